"""Taking an import back, field by field: what others changed since stays, and is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from matchmaker.domain import Certificate, ClaimTier, GraphRows, Organization, key_of
from matchmaker.store.merging import (
    changed_fields,
    facts,
    is_same_certificate,
    origin_of_field,
    same_facts,
    with_facts_of,
)

_CLAIM = ("claim", "confirmed_on")


@dataclass(frozen=True, slots=True)
class KeptField:
    """What stays of an import because somebody changed it since; `field` "" is the whole row."""

    table: str
    key: str
    field: str


@dataclass(frozen=True, slots=True)
class Reversal:
    """`put` and `drop` undo an import, but for what is `kept`."""

    put: GraphRows
    drop: GraphRows
    kept: tuple[KeptField, ...]


def reversal(written: GraphRows, before: GraphRows, now: GraphRows) -> Reversal:
    """Of the rows `written`, given what was stored under their keys `before` and is `now`.

    A field that the import changed, and that is as the import left it, goes back. A row that
    the import brought goes, unless somebody changed any of it.
    """
    put: dict[str, tuple[Any, ...]] = {}
    drop: dict[str, tuple[Any, ...]] = {}
    kept: list[KeptField] = []
    earlier, current = dict(before.tables()), dict(now.tables())
    for name, rows in written.tables():
        was, is_now = _by_key(earlier[name]), _by_key(current[name])
        restored, gone = [], []
        for row in rows:
            key = key_of(row)
            if key not in is_now:
                kept.append(KeptField(name, _words(key), ""))
            elif key in was:
                back, stays = _restored(row, was[key], is_now[key])
                if back != is_now[key]:
                    restored.append(back)
                kept.extend(KeptField(name, _words(key), field) for field in stays)
            elif same_facts(row, is_now[key]):
                gone.append(row)
            else:
                kept.append(KeptField(name, _words(key), ""))
        put[name], drop[name] = tuple(restored), tuple(gone)
    return Reversal(GraphRows(**put), GraphRows(**drop), tuple(kept))


def _restored(written: Any, was: Any, now: Any) -> tuple[Any, list[str]]:
    """The row with what the import changed as it was, and the fields that others changed since."""
    changed = list(changed_fields(was, written))
    stays = [name for name in changed if name in set(changed_fields(written, now))]
    back = with_facts_of(now, was, [name for name in changed if name not in stays])
    if isinstance(now, Organization):
        back = replace(back, origins=tuple(_origins(was, now, back)))
    elif not stays and hasattr(was, "provenance"):
        back = replace(back, provenance=was.provenance)
    if isinstance(now, Certificate) and not is_same_certificate(now, back):
        # Nobody confirmed what is on record again, but who did before the import.
        is_untouched = all(getattr(now, name) == getattr(written, name) for name in _CLAIM)
        of = was if is_untouched and is_same_certificate(was, back) else None
        claim = (of.claim, of.confirmed_on) if of else (ClaimTier.STATED, None)
        back = replace(back, claim=claim[0], confirmed_on=claim[1])
        stays = [name for name in stays if name not in _CLAIM]
    return back, stays


def _origins(was: Organization, now: Organization, back: Organization) -> Iterator[Any]:
    """Of restored fields those from before, of the others those of now."""
    restored = set(changed_fields(now, back))
    for name in sorted(facts(Organization)):
        of = was if name in restored else now
        if any(origin.field == name for origin in of.origins):
            yield origin_of_field(of, name)


def _by_key(rows: tuple[Any, ...]) -> dict[Any, Any]:
    return {key_of(row): row for row in rows}


def _words(key: Any) -> str:
    return key if isinstance(key, str) else " ".join(key)
