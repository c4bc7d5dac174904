"""Duplicate organisations: merged when certain, listed for a person when not.

Certain is the same valid credit code or VAT number, or the same full name in
the same place. Everything else is a suggestion.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from matchmaker.domain import Alias, DuplicateCandidate, GraphRows, Organization
from matchmaker.ingest.names import normal_name
from matchmaker.messages import Message, message
from matchmaker.store.ports import DuplicateKeys
from matchmaker.store.schema import TABLES

SIMILAR = 93.0  # of 100, token-sorted ratio
# A word that more names share says nothing of who is meant.
RARE = 40
MAX_REVIEW = 5_000

# Stored by their ids; whoever shows a reason translates it.
SAME_CREDIT_CODE = message("same credit code")
SAME_VAT = message("same VAT number")
SAME_NAME_AND_PLACE = message("same name and place")
SAME_NAME = message("same name")
LIKE_NAMES = message("like names")


@dataclass(frozen=True)
class Resolution:
    """Rows with references to merged organisations rewritten, and what was decided."""

    rows: GraphRows
    merged: tuple[Alias, ...]
    review: tuple[DuplicateCandidate, ...]


def resolve(
    rows: GraphRows,
    known: Iterable[DuplicateKeys],
    aliases: Mapping[str, str],
    *,
    trust_keys: bool = False,
) -> Resolution:
    """Duplicates within `rows` and against what is stored.

    A row merged into a stored organisation is not written: the stored one is
    never changed by a look-alike. `trust_keys` says that the source's own keys
    tell its organisations apart: two of them are then only suggested. `aliases`
    are merges made before, which hold again.
    """
    stored = {keys.id: keys for keys in known}
    incoming = [_keys_of(row) for row in rows.organizations]
    certain = _Certain(stored.values())
    merged: list[Alias] = []
    # All of them: a row may refer to an organisation that an earlier import merged.
    leads_to = {alias: kept for alias, kept in aliases.items() if alias not in stored}
    for keys in incoming:
        if keys.id in stored or keys.id in leads_to:
            continue
        alias = certain.match(keys, trust_keys)
        if alias is None:
            certain.add(keys)
            continue
        merged.append(alias)
        leads_to[keys.id] = alias.organization
    kept = [keys for keys in incoming if keys.id not in leads_to]
    review = _suggestions(kept, list(stored.values()))
    return Resolution(_rewritten(rows, leads_to), tuple(merged), review)


def _keys_of(row: Organization) -> DuplicateKeys:
    return DuplicateKeys(
        row.id,
        row.name,
        row.name_en,
        row.credit_code,
        row.vat,
        row.lei,
        row.ror,
        row.country,
        row.place,
        row.website,
    )


class _Certain:
    """Organisations by everything that tells who they are for certain."""

    def __init__(self, known: Iterable[DuplicateKeys]) -> None:
        self._by_mark: dict[tuple[str, ...], DuplicateKeys] = {}
        for keys in known:
            self.add(keys)

    def add(self, keys: DuplicateKeys) -> None:
        for reason, mark in _marks(keys):
            self._by_mark.setdefault((reason.id, *mark), keys)

    def match(self, keys: DuplicateKeys, trust_keys: bool) -> Alias | None:
        for reason, mark in _marks(keys):
            other = self._by_mark.get((reason.id, *mark))
            if other is None or _contradict(keys, other):
                continue
            if trust_keys and _source(other.id) == _source(keys.id):
                continue
            return Alias(keys.id, other.id, reason.id)
        return None


def _marks(keys: DuplicateKeys) -> Iterable[tuple[Message, tuple[str, ...]]]:
    if code := _valid_credit_code(keys.credit_code):
        yield SAME_CREDIT_CODE, (code,)
    if number := _valid_vat(keys.vat):
        yield SAME_VAT, (number,)
    if keys.place:
        yield SAME_NAME_AND_PLACE, (normal_name(keys.name), keys.place)


def _contradict(first: DuplicateKeys, second: DuplicateKeys) -> bool:
    """Two valid and different numbers of a kind are two organisations, whatever the name."""
    codes = {_valid_credit_code(first.credit_code), _valid_credit_code(second.credit_code)} - {""}
    numbers = {_valid_vat(first.vat), _valid_vat(second.vat)} - {""}
    return len(codes) > 1 or len(numbers) > 1


def _valid_credit_code(code: str) -> str:
    from stdnum.cn import uscc

    return uscc.compact(code) if code and uscc.is_valid(code) else ""


def _valid_vat(number: str) -> str:
    from stdnum.eu import vat

    return vat.compact(number) if number and vat.is_valid(number) else ""


def _source(keys: str) -> str:
    return keys.partition(":")[0]


def _suggestions(
    incoming: list[DuplicateKeys], stored: list[DuplicateKeys]
) -> tuple[DuplicateCandidate, ...]:
    """Like names of one country, most alike first; compared only where they share a rare word."""
    everyone = {keys.id: keys for keys in (*stored, *incoming)}
    new = {keys.id for keys in incoming}
    blocks: dict[tuple[str, str], list[str]] = defaultdict(list)
    for keys in everyone.values():
        for block in _blocks(normal_name(keys.name)):
            blocks[keys.country, block].append(keys.id)
    candidates: dict[tuple[str, str], DuplicateCandidate] = {}
    for members in blocks.values():
        if not 2 <= len(members) <= RARE:
            continue
        for position, first in enumerate(members):
            for second in members[position + 1 :]:
                key = (min(first, second), max(first, second))
                if key in candidates or not ({first, second} & new):
                    continue
                candidate = _compared(everyone[key[0]], everyone[key[1]])
                if candidate is not None:
                    candidates[key] = candidate
    ranked = sorted(candidates.values(), key=lambda candidate: (-candidate.score, candidate.key))
    return tuple(ranked[:MAX_REVIEW])


def _blocks(name: str) -> set[str]:
    """Words of four letters and more; the first four characters of a Chinese name."""
    words = {word for word in name.split() if len(word) >= 4}
    return words | {name[:4]} if not name.isascii() else words or {name}


def _compared(organization: DuplicateKeys, other: DuplicateKeys) -> DuplicateCandidate | None:
    if _contradict(organization, other):
        return None
    first, second = normal_name(organization.name), normal_name(other.name)
    if first == second:
        same_place = organization.place is not None and organization.place == other.place
        reason = SAME_NAME_AND_PLACE if same_place else SAME_NAME
        return DuplicateCandidate(organization.id, other.id, 1.0 if same_place else 0.97, reason.id)
    if any(character.isdigit() for character in first + second):
        return None  # 第二工厂 and 第三工厂 differ in one character and are two
    score = fuzz.token_sort_ratio(first, second, score_cutoff=SIMILAR)
    if score == 0:
        return None
    return DuplicateCandidate(
        organization.id, other.id, round(score / 100 * 0.95, 4), LIKE_NAMES.id
    )


def _rewritten(rows: GraphRows, to: Mapping[str, str]) -> GraphRows:
    """References to merged organisations lead to those that were kept."""
    if not to:
        return rows
    tables = {
        name: tuple(
            redirected
            for row in table_rows
            if (redirected := TABLES[name].redirected(row, to)) is not None
        )
        for name, table_rows in rows.tables()
    }
    tables["organizations"] = tuple(row for row in rows.organizations if row.id not in to)
    return GraphRows(**tables)
