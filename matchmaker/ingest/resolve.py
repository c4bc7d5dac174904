"""Duplicate organisations: merged when certain, listed for a person when not.

`matching_model` says how certain: the same valid code, or the same name in the same place, is
enough. Everything else is a suggestion.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType

from matchmaker.domain import Alias, DuplicateCandidate, GraphRows, Organization, OrganizationStatus
from matchmaker.ingest import blocking
from matchmaker.ingest.blocking import Rows
from matchmaker.ingest.matching_model import (
    SAME_NAME,
    Comparable,
    PairComparison,
    are_unlike,
    evidence,
)
from matchmaker.ingest.names import name_parts
from matchmaker.ingest.statuses import end_in_name
from matchmaker.ingest.unlike import NameSummaries
from matchmaker.messages import Message
from matchmaker.store.ports import DuplicateKeys
from matchmaker.store.schema import TABLES

MAX_REVIEW = 5_000
# Reasons are stored by their ids; whoever shows them translates them.
SEPARATOR = "; "
# Why an organisation is another id of one, where a person said so.
SAID_SO = "merged"
# A row, why it is the same, and the comparison.
_Certain = tuple[int, tuple[Message, ...], PairComparison]
_COMPARED = 20_000  # organisations that are taken apart for comparing at a time


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
    not_duplicates: Collection[tuple[str, str]] = (),
    same: Mapping[str, str] = MappingProxyType({}),
) -> Resolution:
    """Duplicates within `rows` and against what is stored.

    A row merged into a stored organisation is not written: the stored one is
    never changed by a look-alike. `trust_keys` says that the source's own keys
    tell its organisations apart: two of them are then only suggested. `aliases`
    are merges made before, which hold again; `not_duplicates` the pairs, in order, that
    a person said are two, and `same` leads from new ones to whom a person said they are.
    """
    organizations = tuple(with_status_of_name(row) for row in rows.organizations)
    rows = replace(rows, organizations=organizations)
    ids = {row.id for row in organizations}
    stored, stored_ids = [], set[str]()
    for keys in known:
        stored_ids.add(keys.id)
        # Who comes in under a stored id says anew what that organisation is.
        if keys.id not in ids:
            stored.append(keys)
    # All of them: a row may refer to an organisation that an earlier import merged.
    leads_to = {alias: kept for alias, kept in aliases.items() if alias not in stored_ids}
    new = [keys_of(row) for row in organizations if row.id not in leads_to and row.id not in same]
    merged, review = resolve_keys(
        [*stored, *new], len(stored), stored_ids, not_duplicates, trust_keys=trust_keys
    )
    leads_to |= {alias.id: alias.organization for alias in merged}
    said = said_aliases(same, leads_to)
    leads_to |= {alias.id: alias.organization for alias in said}
    merged = (*merged, *said)
    return Resolution(rewritten(rows, leads_to), merged, review)


def resolve_keys(
    keys: Rows,
    first_new: int,
    stored_ids: Container[str],
    not_duplicates: Collection[tuple[str, str]] = (),
    *,
    trust_keys: bool = False,
) -> tuple[tuple[Alias, ...], tuple[DuplicateCandidate, ...]]:
    """Pairs that are certainly one, and pairs for a person, of `keys` from `first_new` on.

    Those before are stored. Memory does not grow with `keys` but with what is found.
    """
    decided = _decided(keys, first_new, stored_ids, _Rules(trust_keys, not_duplicates))
    return tuple(decided.aliases), decided.review(not_duplicates)


def said_aliases(same: Mapping[str, str], leads_to: Mapping[str, str]) -> tuple[Alias, ...]:
    """Other ids that a person decided, each of who is there in the end; nobody's twice."""

    def end_of(id: str) -> str:
        while (further := same.get(id) or leads_to.get(id)) is not None:
            id = further
        return id

    return tuple(Alias(gone, end_of(gone), SAID_SO) for gone in same)


def keys_of(row: Organization) -> DuplicateKeys:
    """Keys by which an organisation is compared."""
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
        row.other_names,
    )


def with_status_of_name(row: Organization) -> Organization:
    """With the status that its name tells, where nothing else is said: "(in liquidation)"."""
    status = name_parts(row.name).status
    if status is None or row.status is not OrganizationStatus.ACTIVE:
        return row
    return replace(row, status=status, ended=row.ended or end_in_name(row.name))


@dataclass(frozen=True)
class _Rules:
    """What forbids to make two one: trusted keys of one source, what a person said."""

    trust_keys: bool
    not_duplicates: Collection[tuple[str, str]]

    def apart(self, first: Comparable, second: Comparable) -> bool:
        """Whether a person said that these are two."""
        return _ordered(first.keys.id, second.keys.id) in self.not_duplicates

    def certainty(
        self, first: Comparable, second: Comparable, found: PairComparison
    ) -> tuple[Message, ...]:
        """Why two are one without asking; nothing where a person decides."""
        if is_one_by_name(first, second, found):
            return (SAME_NAME,)
        if not found.is_certain or (self.trust_keys and _source(first) == _source(second)):
            return ()
        return found.reasons

    def may_join(self, candidate: Comparable, group: Sequence[Comparable]) -> bool:
        """Whether it is not kept from any of those who are one already."""
        return not any(
            self.apart(each, candidate)
            or evidence(each, candidate).contradicted
            or (self.trust_keys and _source(each) == _source(candidate) and each is not group[0])
            for each in group
        )


def is_one_by_name(first: Comparable, second: Comparable, found: PairComparison) -> bool:
    """True where one source names both alike, and knows one of them by nothing else.

    A list of orders has names where that of members has codes. What is said of place, country
    or code still tells two apart.
    """
    keys = (first.keys, second.keys)
    if not any(map(blocking.is_known_by_name, keys)):
        return False
    source, other = map(blocking.source_key, keys)
    told = (found.levels[name] for name in ("code", "place", "country"))
    return source == other and "different" not in told


@dataclass
class _Decided:
    """Pairs that were compared: who is whom for certain, and who may be."""

    aliases: list[Alias] = field(default_factory=list)
    listed: list[tuple[float, str, str, str]] = field(default_factory=list)

    def list(self, first: str, second: str, found: PairComparison) -> None:
        """Note that two may be one; of very many only the most alike are kept."""
        score = round(min(found.chance, 0.9999), 4)
        self.listed.append((score, first, second, reasons_text(found.reasons)))
        if len(self.listed) >= 20 * MAX_REVIEW:
            self.listed = sorted(self.listed, key=lambda each: -each[0])[: 10 * MAX_REVIEW]

    def review(self, not_duplicates: Collection[tuple[str, str]]) -> tuple[DuplicateCandidate, ...]:
        """The listed pairs of those that were kept, the most alike first."""
        kept = {alias.id: alias.organization for alias in self.aliases}
        best: dict[tuple[str, str], DuplicateCandidate] = {}
        for score, first, second, reasons in self.listed:
            key = _ordered(kept.get(first, first), kept.get(second, second))
            if key[0] == key[1] or key in not_duplicates:
                continue
            if key not in best or best[key].score < score:
                best[key] = DuplicateCandidate(*key, score, reasons)
        ranked = sorted(best.values(), key=lambda candidate: (-candidate.score, candidate.key))
        return tuple(ranked[:MAX_REVIEW])


def _decided(rows: Rows, first_new: int, stored_ids: Container[str], rules: _Rules) -> _Decided:
    """Every pair that shares a block, compared; each new one merged into the first it can be."""
    decided = _Decided()
    candidate_at = lru_cache(_COMPARED)(lambda position: Comparable.of(rows[position]))
    certain: defaultdict[int, list[tuple[int, tuple[Message, ...], PairComparison]]] = defaultdict(
        list
    )
    for first, second in blocking.pairs(rows, first_new, NameSummaries()):
        one, other = candidate_at(first), candidate_at(second)
        if are_unlike(one, other) or rules.apart(one, other):
            continue
        found = evidence(one, other)
        if reasons := rules.certainty(one, other, found):
            certain[second].append((first, reasons, found))
        elif found.is_listed:
            decided.list(one.keys.id, other.keys.id, found)
    kept_as: dict[int, int] = {}
    groups: dict[int, list[Comparable]] = {}
    for second in sorted(certain):
        candidate = candidate_at(second)
        if _is_ambiguous(candidate, certain[second], kept_as, candidate_at):
            for first, _, found in certain[second]:
                decided.list(rows[first].id, candidate.keys.id, found)
            continue
        for first, reasons, found in certain[second]:
            root = kept_as.get(first, first)
            group = groups.setdefault(root, [candidate_at(root)])
            if candidate.keys.id in stored_ids or not rules.may_join(candidate, group):
                decided.list(rows[first].id, candidate.keys.id, found)
                continue
            group.append(candidate)
            kept_as[second] = root
            decided.aliases.append(Alias(candidate.keys.id, rows[root].id, reasons_text(reasons)))
            break
    return decided


def _is_ambiguous(
    candidate: Comparable,
    certain: Sequence[_Certain],
    kept_as: Mapping[int, int],
    candidate_at: Callable[[int], Comparable],
) -> bool:
    """Whether a name alone says who it is, and its source has several of that name."""
    by_name = {
        kept_as.get(first, first)
        for first, _, found in certain
        if not found.is_certain and is_one_by_name(candidate_at(first), candidate, found)
    }
    return len(by_name) > 1 and not any(found.is_certain for _, _, found in certain)


def _source(candidate: Comparable) -> str:
    return candidate.keys.id.partition(":")[0]


def _ordered(first: str, second: str) -> tuple[str, str]:
    return min(first, second), max(first, second)


def reasons_text(reasons: Iterable[Message]) -> str:
    """Reasons as they are stored: their ids, in order."""
    return SEPARATOR.join(reason.id for reason in reasons)


def rewritten(rows: GraphRows, to: Mapping[str, str]) -> GraphRows:
    """References to merged organisations lead to those that were kept."""
    if not to:
        return rows
    kept = replace(rows, organizations=tuple(row for row in rows.organizations if row.id not in to))
    tables = {
        name: tuple(
            redirected
            for row in table_rows
            if (redirected := TABLES[name].redirected(row, to)) is not None
        )
        for name, table_rows in kept.tables()
    }
    return GraphRows(**tables)
