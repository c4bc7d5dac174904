"""Relations that two lists state, each from its own side: one row, with the word of both.

A supplier's list of customers and a customer's list of suppliers name the same supply, under
different ids. The row on record gets what the other states in `also_stated`, and its blanks
filled from that. Two that say different things of the time, number, text or amount stay two.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from matchmaker.domain import (
    UNDIRECTED_LAYERS,
    DatePrecision,
    Engagement,
    EngagementKind,
    GraphRows,
    Tie,
)
from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import UndecidedCell
from matchmaker.ingest.relation_words import relation
from matchmaker.ingest.report import Parsed, Problem
from matchmaker.ingest.stated_rows import Stated, start_of, with_statement
from matchmaker.messages import Message, message
from matchmaker.regex import regex
from matchmaker.store.schema import ENGAGEMENTS, TIES, Table
from matchmaker.text import normal

# Written by what is done here, and kept in step with it: no list adds its word to those.
_OWN_SOURCES = frozenset({"survey", "introduction", "gathering"})
_AMOUNT = regex(r"\s*\(([\d,.]+ ?[A-Z]*)\)$")
_SAME_AMOUNT = 0.005
_SHORTEST_PART = 2
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class StatedAgain:
    """A row that states what a row on record, or one before it, states: the ids of both."""

    table: str
    id: str
    kept: str
    other_source: str


@dataclass(frozen=True, slots=True)
class DistinctStatements:
    """Rows of which none states what another one does."""

    rows: GraphRows
    again: tuple[StatedAgain, ...] = ()


def pairs_of(rows: GraphRows) -> set[tuple[str, str]]:
    """The first two parties of each relation and undertaking, in both orders."""
    ends = [(row.source, row.target) for row in rows.ties]
    ends += [
        (row.participants[0].organization, row.participants[-1].organization)
        for row in rows.engagements
    ]
    return {pair for one, other in ends if one != other for pair in ((one, other), (other, one))}


def joined_to(parsed: Parsed, stored: GraphRows) -> Parsed:
    """The rows read, joined to rows `stored` between the same parties; each line is told of it."""
    whole = joined(parsed.rows, stored)
    if not whole.again:
        return parsed
    told: defaultdict[str, list[int]] = defaultdict(list)
    origins = {}
    for each in whole.again:
        file, line = parsed.origins.get((each.table, each.id), ("", 0))
        told[file].append(line)
        origins[each.table, each.kept] = (file, line)
    notes = (Problem(file, 0, "", _note(sorted(lines)), "note") for file, lines in told.items())
    return replace(
        parsed,
        rows=whole.rows,
        problems=(*parsed.problems, *notes),
        origins={**origins, **parsed.origins},
    )


def _note(lines: Sequence[int]) -> Message:
    shown = [*lines[:_SHOWN], *(["…"] if len(lines) > _SHOWN else [])]
    return message(
        "%(count)s lines state what is already on record, stated by the other side or in another "
        "list: they add their word to it, and are not counted twice (lines %(lines)s).",
        count=len(lines),
        lines=shown,
    )


def joined(rows: GraphRows, stored: GraphRows) -> DistinctStatements:
    """Rows joined to those `stored` between the same parties, and to each other."""
    ties = _Joining(TIES, stored.ties)
    undertakings = _Joining(ENGAGEMENTS, stored.engagements)
    changed = replace(
        rows, ties=ties.joined(rows.ties), engagements=undertakings.joined(rows.engagements)
    )
    return DistinctStatements(changed, (*ties.again, *undertakings.again))


class _Joining:
    """The rows of one table that others may be joined to, by their parties."""

    def __init__(self, table: Table[Any], stored: Sequence[Stated]) -> None:
        self._table = table
        self._on_record = {row.id for row in stored}
        self._by_parties: defaultdict[Any, dict[str, Stated]] = defaultdict(dict)
        self.again: list[StatedAgain] = []
        for row in stored:
            if row.provenance.source not in _OWN_SOURCES:
                self._note(row)

    def _note(self, row: Stated) -> None:
        self._by_parties[_parties(row)][row.id] = row

    def joined(self, rows: Sequence[Any]) -> tuple[Any, ...]:
        # What this import states of a row on record counts, whatever is joined to that.
        kept: dict[str, Stated] = {row.id: row for row in rows if row.id in self._on_record}
        for row in rows:
            if row.id in self._on_record:
                continue
            match = self._match(row)
            if match is None:
                kept[row.id] = row
                self._note(row)
                continue
            known = kept.get(match.id, match)
            before = replace(known, also_stated=match.also_stated)
            whole = with_statement(self._table, before, row)
            kept[match.id] = whole
            self._note(whole)
            self.again.append(
                StatedAgain(self._table.name, row.id, match.id, match.provenance.source)
            )
        return tuple(kept.values())

    def _match(self, row: Stated) -> Stated | None:
        """Which row states the same; where several do, the earliest."""
        if not _has_two(row):
            return None
        candidates = self._by_parties.get(_parties(row), {}).values()
        same = [
            other
            for other in candidates
            if any(each.id == row.id for each in other.also_stated)
        ] or [
            other for other in candidates if _is_same(other, row, other.id in self._on_record)
        ]  # fmt: skip
        return min(same, key=lambda other: (str(start_of(other) or "~"), other.id), default=None)


def _has_two(row: Stated) -> bool:
    return isinstance(row, Tie) or len({part.organization for part in row.participants}) > 1


def _parties(row: Stated) -> Any:
    """What two rows must share: what kind they are, and who stands where."""
    if isinstance(row, Tie):
        ends = (row.source, row.target)
        return row.layer, tuple(sorted(ends)) if row.layer in UNDIRECTED_LAYERS else ends
    return row.kind, frozenset((part.organization, part.role) for part in row.participants)


# -- whether two of the same parties are one


def _is_same(known: Stated, row: Stated, is_on_record: bool) -> bool:
    """Tell whether two rows of the same parties state one thing.

    Of one list two orders are two; and of relations those are one whose days agree.
    """
    if isinstance(known, Tie) and isinstance(row, Tie):
        times = _overlap if is_on_record else _days_agree
        return times(known, row) and _notes_agree(known.note, row.note)
    if isinstance(known, Engagement) and isinstance(row, Engagement):
        return is_on_record and _is_same_undertaking(known, row)
    return False


def _is_same_undertaking(known: Engagement, row: Engagement) -> bool:
    if not (
        _equal_or_unstated(known.number, row.number)
        and _days_agree(known, row)
        and _texts_agree(known.title, row.title)
        and _texts_agree(known.text, row.text)
        and _amounts_agree(known, row)
    ):
        return False
    if row.kind is EngagementKind.CONTRACT:
        return True
    return bool(known.number and row.number) or bool(known.title and row.title)


def _equal_or_unstated(known: str, word: str) -> bool:
    return not known or not word or _plain(known) == _plain(word)


def _plain(word: str) -> str:
    return "".join(character for character in normal(word) if character.isalnum())


def _texts_agree(known: str, text: str) -> bool:
    """Tell whether two texts name the same: one may say more of it than the other."""
    one, other = sorted((_plain(known), _plain(text)), key=len)
    return not one or one == other or (len(one) >= _SHORTEST_PART and one in other)


def _notes_agree(known: str, note: str) -> bool:
    """Tell whether two notes name the same: a word for the relation names nothing."""
    (known_word, known_amount), (word, amount) = map(_parted, (known, note))
    return _equal_or_unstated(known_amount, amount) and _texts_agree(known_word, word)


def _parted(note: str) -> tuple[str, str]:
    """What a note names, and the amount behind it."""
    match = _AMOUNT.search(note)
    word, amount = (note[: match.start()], match[1]) if match else (note, "")
    try:
        relation(word)
    except UndecidedCell:
        return "", amount
    except InvalidInput:
        return word, amount
    return "", amount


def _amounts_agree(known: Engagement, row: Engagement) -> bool:
    if known.amount is None or row.amount is None:
        return True
    if known.currency and row.currency and known.currency != row.currency:
        return False
    return abs(known.amount - row.amount) <= _SAME_AMOUNT * max(abs(known.amount), abs(row.amount))


def _days_agree(known: Stated, row: Stated) -> bool:
    """Tell whether two begin on one day, as far as both are known."""
    one, other = start_of(known), start_of(row)
    if one is None or other is None or known.date_estimated or row.date_estimated:
        return True
    precision = min(known.date_precision, row.date_precision, key=list(DatePrecision).index)
    return _rounded(one, precision) == _rounded(other, precision)


def _rounded(day: datetime.date, precision: DatePrecision) -> datetime.date:
    match precision:
        case DatePrecision.YEAR:
            return day.replace(month=1, day=1)
        case DatePrecision.QUARTER:
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case DatePrecision.MONTH:
            return day.replace(day=1)
        case _:
            return day


def _overlap(known: Tie, row: Tie) -> bool:
    """Tell whether two hold at a time, where what is not stated lasts."""
    first = [each.since for each in (known, row) if each.since and not each.date_estimated]
    last = [each.until for each in (known, row) if each.until]
    return not first or not last or max(first) <= min(last)
