"""One contracting process, put together from its OCDS releases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from matchmaker.ingest.json_records import dict_at, dicts_at, text_at
from matchmaker.regex import regex

_INDEX = regex(r"\d{1,4}")
_WRAPPERS = ("releases", "records", "compiledRelease")


@dataclass(frozen=True, slots=True)
class Undertaking:
    """An award or a contract as releases have it; cells as they stand there.

    `award` is the id of the award that a contract belongs to. `suppliers` are ids of ours.
    """

    id: str
    award: str = ""
    status: str = ""
    title: str = ""
    description: str = ""
    date: str = ""
    start: str = ""
    end: str = ""
    amount: str = ""
    currency: str = ""
    items: str = ""
    topic: str = ""
    lots: tuple[str, ...] = ()
    suppliers: tuple[str, ...] = ()
    released: str = ""
    number: int = 0


@dataclass(slots=True)
class Process:
    """One contracting process: all that its releases say, the latest word on each thing."""

    ocid: str
    title: str = ""
    description: str = ""
    items: str = ""
    buyers: tuple[str, ...] = ()
    lots: dict[str, str] = field(default_factory=dict)
    awards: dict[str, list[Undertaking]] = field(default_factory=dict)
    contracts: dict[str, list[Undertaking]] = field(default_factory=dict)
    released: str = ""

    def add_tender(self, release: Mapping[str, Any], released: str) -> None:
        """Title, text, lots and items of the tender; a later release comes before."""
        tender = dict_at(release, "tender")
        is_later = released >= self.released
        for name, text in (
            ("title", text_at(tender, "title")),
            ("description", text_at(tender, "description")),
            ("items", descriptions(tender)),
        ):
            if text and (is_later or not getattr(self, name)):
                setattr(self, name, text)
        for lot in dicts_at(tender, "lots"):
            texts = (text_at(lot, "title"), text_at(lot, "description"))
            self.lots[text_at(lot, "id")] = ". ".join(filter(None, texts))
        self.released = max(self.released, released)

    def add_buyers(self, buyers: tuple[str, ...], released: str) -> None:
        if buyers and (released >= self.released or not self.buyers):
            self.buyers = buyers


def add(undertakings: dict[str, list[Undertaking]], new: Undertaking) -> None:
    """Add what a release says of an award or contract to what others say of it.

    A release of another date is a later or earlier word on the same; without dates what
    contradicts is another: lots of one award in a table.
    """
    versions = undertakings.setdefault(new.id, [])
    for position, old in enumerate(versions):
        is_version = new.id and new.released and old.released and new.released != old.released
        if is_version or _agree(old, new):
            later, earlier = (new, old) if new.released >= old.released else (old, new)
            versions[position] = _filled(later, earlier)
            return
    versions.append(new)


def _agree(first: Undertaking, second: Undertaking) -> bool:
    """Tell whether no field that both have differs; without an id the amount must be there."""
    names = ("award", "status", "title", "date", "start", "end", "amount", "currency", "lots")
    pairs = [(getattr(first, name), getattr(second, name)) for name in (*names, "suppliers")]
    return all(not (a and b) or a == b for a, b in pairs) and bool(first.id or pairs[6][0])


def _filled(later: Undertaking, earlier: Undertaking) -> Undertaking:
    blank = {
        each.name: getattr(earlier, each.name)
        for each in fields(Undertaking)
        if not getattr(later, each.name)
    }
    return replace(later, **blank)


def releases_of(value: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The releases in a package, a record or a release; of a record the compiled one.

    Linked releases, which only name an address, are left out.
    """
    compiled = dict_at(value, "compiledRelease")
    if compiled:
        yield {"ocid": value.get("ocid"), **compiled}
    elif "records" in value or ("releases" in value and "awards" not in value):
        for part in (*dicts_at(value, "records"), *dicts_at(value, "releases")):
            if "url" not in part:
                yield from releases_of({"ocid": value.get("ocid"), **part})
    else:
        yield dict(value)


def nested(cells: Mapping[str, str]) -> dict[str, Any]:
    """The release that a line of a flattened table stands for: `awards/0/value/amount`."""
    root: dict[str, Any] = {}
    for title, cell in cells.items():
        if cell:
            _put(root, _path(title), cell)
    return _listed(root)  # type: ignore[no-any-return]


def _path(title: str) -> list[str]:
    separator = "/" if "/" in title else "."
    parts = [part.strip() for part in title.split(separator)]
    while len(parts) > 1 and (parts[0] in _WRAPPERS or _INDEX.fullmatch(parts[0])):
        parts = parts[1:]
    return parts


def _put(tree: dict[str, Any], path: Sequence[str], cell: str) -> None:
    for part in path[:-1]:
        tree = tree.setdefault(part, {})
        if not isinstance(tree, dict):
            return
    tree.setdefault(path[-1], cell)


def _listed(tree: Any) -> Any:
    """With lists where all keys are positions."""
    if not isinstance(tree, dict):
        return tree
    values = {key: _listed(value) for key, value in tree.items()}
    if values and all(_INDEX.fullmatch(key) for key in values):
        return [values[key] for key in sorted(values, key=int)]
    return values


def undertaking(
    value: Mapping[str, Any], released: str, number: int, suppliers: tuple[str, ...]
) -> Undertaking:
    """An award or a contract of a release."""
    period = dict_at(value, "period") or dict_at(value, "contractPeriod")
    first = next(iter(dicts_at(value, "items")), {})
    topic = (text_at(first, "classification", "scheme"), text_at(first, "classification", "id"))
    return Undertaking(
        id=text_at(value, "id"),
        award=text_at(value, "awardID"),
        status=text_at(value, "status").lower(),
        title=text_at(value, "title"),
        description=text_at(value, "description"),
        date=text_at(value, "dateSigned") or text_at(value, "date"),
        start=text_at(period, "startDate"),
        end=text_at(period, "endDate"),
        amount=text_at(value, "value", "amount"),
        currency=text_at(value, "value", "currency"),
        items=descriptions(value),
        topic=" ".join(filter(None, topic)),
        lots=words_at(value, "relatedLots"),
        suppliers=suppliers,
        released=released,
        number=number,
    )  # fmt: skip


def words_at(value: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """The texts of a list, which tables write in one cell: `supplier;tenderer`."""
    words = value.get(key)
    if isinstance(words, str):
        words = re.split(r"[;,]", words)
    if not isinstance(words, list):
        return ()
    texts = (text_at({"": word}, "") for word in words if isinstance(word, str | int))
    return tuple(filter(None, texts))


def descriptions(value: Mapping[str, Any]) -> str:
    """The goods and services of a process, in the words of the items."""
    words = (
        text_at(item, "description") or text_at(item, "classification", "description")
        for item in dicts_at(value, "items")
    )
    return "; ".join(dict.fromkeys(filter(None, words)))
