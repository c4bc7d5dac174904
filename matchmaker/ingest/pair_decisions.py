"""A person's decisions, before a file is written, on organisations that may be known ones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from matchmaker.domain import Alias, DuplicateCandidate, GraphRows
from matchmaker.ingest.matching_model import Comparable, evidence
from matchmaker.ingest.report import Parsed, Problem
from matchmaker.ingest.resolve import SAID_SO, reasons_text
from matchmaker.messages import Message, message
from matchmaker.store.ports import DuplicateKeys


@dataclass(frozen=True, slots=True)
class PairDecision:
    """A person's decision whether two organisations are one; `first` sorts before `second`."""

    first: str
    second: str
    is_same: bool

    @property
    def key(self) -> tuple[str, str]:
        return min(self.first, self.second), max(self.first, self.second)


@dataclass(frozen=True, slots=True)
class DecidedPair:
    """A pair that was decided: `gone` counts for `kept` from now on, or both stay two."""

    pair: DuplicateCandidate
    gone: str
    kept: str
    is_same: bool
    gone_name: str
    kept_name: str


@dataclass(frozen=True)
class Decisions:
    """The decisions that count: `same` leads from who goes to who stays, `apart` are two.

    `notes` tell in words what each did, or why it does not count.
    """

    pairs: tuple[DecidedPair, ...] = ()
    notes: tuple[Message, ...] = ()
    same: Mapping[str, str] = field(default_factory=dict)
    apart: frozenset[tuple[str, str]] = frozenset()

    def problems(self, file: str) -> list[Problem]:
        """The notes, as they are told of a file."""
        return [Problem(file, 0, "", note, "note") for note in self.notes]


def decisions_of(
    said: Iterable[PairDecision],
    in_file: Mapping[str, DuplicateKeys],
    stored: Mapping[str, DuplicateKeys],
    aliases: Mapping[str, str],
    line_of: Callable[[str], int],
    closed: Collection[str] = (),
) -> Decisions:
    """Decisions on pairs of a file, of whom one at least is not stored yet.

    `in_file` and `stored` hold the organisations that the decisions speak of; `line_of` tells the
    first line of one in the file: of two that are new the earlier stays. Of `closed` ids, which an
    id of the file may stand for, whoever imports it decides nothing.
    """
    pairs: list[DecidedPair] = []
    notes: list[Message] = []
    same: dict[str, str] = {}
    seen: dict[tuple[str, str], bool] = {}
    for decision in said:
        first, second = (aliases.get(id, id) for id in decision.key)
        if first == second:
            continue  # they were made one meanwhile
        keys = {id: stored.get(id) or in_file.get(id) for id in (first, second)}
        one, other = keys[first], keys[second]
        if one is None or other is None:
            notes.append(_no_longer_named(decision))
            continue
        compared = evidence(Comparable.of(one), Comparable.of(other))
        gone, kept = _gone_and_kept((first, second), stored, line_of)
        names = {"gone": one.name, "kept": other.name}
        if gone != first:
            names = {"gone": other.name, "kept": one.name}
        key = (min(first, second), max(first, second))
        is_first = key not in seen
        if not is_first and seen[key] is decision.is_same:
            continue
        seen.setdefault(key, decision.is_same)
        why_not = (
            _said_both(names)
            if not is_first
            else _not_theirs(names)
            if first in closed or second in closed
            else _both_stored(names)
            if gone in stored
            else _other_codes(names)
            if decision.is_same and compared.contradicted
            else _said_of_another(names)
            if decision.is_same and gone in same
            else None
        )
        if why_not is not None:
            notes.append(why_not)
            continue
        score = round(min(compared.chance, 0.9999), 4)
        pair = DuplicateCandidate(*key, score, reasons_text(compared.reasons))
        pairs.append(DecidedPair(pair, gone, kept, decision.is_same, names["gone"], names["kept"]))
        if decision.is_same:
            same[gone] = kept
        notes.append(_same_told(names) if decision.is_same else _apart_told(names))
    apart = frozenset(each.pair.key for each in pairs if not each.is_same)
    return Decisions(tuple(pairs), tuple(notes), same, apart)


def _gone_and_kept(
    ids: tuple[str, str], stored: Collection[str], line_of: Callable[[str], int]
) -> tuple[str, str]:
    """Who is stored stays, else who stands first in the file."""
    first, second = ids
    if (first in stored) != (second in stored):
        return (second, first) if first in stored else (first, second)
    return (first, second) if line_of(second) < line_of(first) else (second, first)


def with_decided(parsed: Parsed, decisions: Decisions, known: Collection[str]) -> Parsed:
    """With the other ids that a person decided, also of who is only named by a file.

    `known` are the ids that the store has.
    """
    ids = {row.id for row in parsed.rows.organizations}.union(known)
    there = {alias.id for alias in parsed.rows.aliases}
    more = tuple(
        Alias(each.gone, each.kept, SAID_SO)
        for each in decisions.pairs
        if each.is_same and each.gone not in there and each.kept in ids
    )
    rows: GraphRows = replace(parsed.rows, aliases=(*parsed.rows.aliases, *more))
    return replace(parsed, rows=rows)


def _same_told(names: Mapping[str, str]) -> Message:
    return message(
        "As you decided, '%(gone)s' is '%(kept)s': its lines count for that one, what that one"
        " has stays, and the name is kept as another name. It is not asked again.",
        **names,
    )


def _apart_told(names: Mapping[str, str]) -> Message:
    return message(
        "As you decided, '%(gone)s' and '%(kept)s' are two. It is not asked again.", **names
    )


def _no_longer_named(decision: PairDecision) -> Message:
    return message(
        "What was decided of '%(first)s' and '%(second)s' does not count: as it is read now, the"
        " file does not name both.",
        first=decision.first, second=decision.second,
    )  # fmt: skip


def _both_stored(names: Mapping[str, str]) -> Message:
    return message(
        "'%(gone)s' and '%(kept)s' are both on record: an administrator decides on them among"
        " the duplicates.",
        **names,
    )


def _not_theirs(names: Mapping[str, str]) -> Message:
    return message(
        "Of '%(gone)s' and '%(kept)s' one is on record and no member of this cluster: an"
        " administrator decides on them.",
        **names,
    )


def _said_both(names: Mapping[str, str]) -> Message:
    return message(
        "Of '%(gone)s' and '%(kept)s' both is said, that they are one and that they are two: what"
        " was said first counts.",
        **names,
    )


def _other_codes(names: Mapping[str, str]) -> Message:
    return message("'%(gone)s' and '%(kept)s' have valid codes that differ, and stay two.", **names)


def _said_of_another(names: Mapping[str, str]) -> Message:
    return message(
        "'%(gone)s' was said to be another one already, and cannot be '%(kept)s' too: that it is"
        " the same does not count here.",
        **names,
    )
