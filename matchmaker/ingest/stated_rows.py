"""A relation or undertaking with the word of all who state it, and as only some of them do."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from typing import Any

from matchmaker.domain import DatePrecision, Engagement, OtherStatement, Role, Tie
from matchmaker.errors import InvalidInput
from matchmaker.regex import regex
from matchmaker.store.merging import changed_fields, facts, is_blank, merged_row
from matchmaker.store.schema import Table

# Who stands where: the same in all statements of a row.
_PARTIES = ("id", "source", "target", "layer", "kind", "participants")
_WHICH = frozenset({*_PARTIES, "provenance", "also_stated"})
# Tables of rows that lists state, and how ids end that are made of what lines say.
STATED = ("ties", "engagements")
_MADE_ID = regex(r":(?:tie|contract|project|patent)-[0-9a-f]{18}$")
ALSO_STATED = "also_stated"
Stated = Tie | Engagement


def is_made_id(id: str) -> bool:
    """Tell whether an id was made of what a line of a list says, and is no source's own."""
    return _MADE_ID.search(id) is not None


def start_of(row: Stated) -> datetime.date | None:
    """The day on which it begins."""
    return row.since if isinstance(row, Tie) else row.date


def with_statement(table: Table[Any], row: Any, other: Any) -> Any:
    """A row with what another one states of the same: its word, and what it fills of blanks."""
    statement = OtherStatement(
        other.id, other.provenance.source, other.provenance.record, other.provenance.tier,
        other.provenance.date, tuple(_said(other)),
    )  # fmt: skip
    known = {each.id: each for each in row.also_stated}
    before = known.get(other.id)
    if before is not None and before.said == statement.said:
        statement = before  # said again, on another day or line
    known[other.id] = statement
    return replace(_filled(table, row, other), also_stated=tuple(known.values()))


def _filled(table: Table[Any], row: Any, other: Any) -> Any:
    silent = replace(other, **{name: getattr(row, name) for name in _PARTIES if hasattr(row, name)})
    start = "since" if isinstance(row, Tie) else "date"
    blank = row
    if row.date_estimated and not other.date_estimated and getattr(other, start):
        blank = replace(row, **{start: None}, date_estimated=False)
    try:
        whole = merged_row(table, blank, silent, only_blanks=True)
    except InvalidInput:  # its days do not go together with those of the other
        return row
    return replace(whole, provenance=row.provenance)


def _said(row: Any) -> Iterator[tuple[str, str]]:
    """What a row says besides which relation it is of, by field, as text."""
    for name in facts(row.__class__):
        if name not in _WHICH and not is_blank(row, name):
            value = getattr(row, name)
            yield name, "true" if value is True else str(value)
    if start_of(row) is not None:
        yield "date_precision", row.date_precision.value
        if row.date_estimated:
            yield "date_estimated", "true"


def stated_by(table: Table[Any], row: Any, statements: Sequence[OtherStatement]) -> Any:
    """The row as only these statements make it, under the id of the first."""
    first, *others = statements
    alone = _stated_by(row, first)
    for each in others:
        alone = with_statement(table, alone, _stated_by(row, each))
    return alone


def _stated_by(row: Any, statement: OtherStatement) -> Any:
    said = dict(statement.said)
    values = {
        each.name: _value(each.name, said.get(each.name), each.default)
        for each in fields(row)
        if each.name not in _WHICH
    }
    alone = replace(row, id=statement.id, provenance=statement.provenance, also_stated=(), **values)
    if not isinstance(alone, Engagement):
        return alone
    suppliers = [part for part in row.participants if part.role is Role.SUPPLIER]
    share = alone.amount if len(suppliers) == 1 else None
    parts = (
        replace(part, amount=share if part.role is Role.SUPPLIER else None)
        for part in row.participants
    )
    return replace(alone, participants=tuple(parts))


def _value(name: str, text: str | None, default: Any) -> Any:
    if text is None:
        return default
    match name:
        case "since" | "until" | "date":
            return datetime.date.fromisoformat(text)
        case "date_precision":
            return DatePrecision(text)
        case "ended" | "date_estimated":
            return text == "true"
        case "amount":
            return float(text)
        case _:
            return text


def added_statements(row: Any, before: Any | None) -> tuple[OtherStatement, ...]:
    """Statements on a row that are not among those made `before`."""
    known = {each.id for each in before.also_stated} if before is not None else set[str]()
    return tuple(each for each in row.also_stated if each.id not in known)


def differs_by_statements(written: Any, now: Any) -> bool:
    """Tell whether a row is as it was written but for what others stated of it since."""
    later = added_statements(now, written)
    said = {(name, text) for each in later for name, text in each.said}
    said_now = dict(_said(now))
    open_fields = {name for name in facts(written.__class__) if is_blank(written, name)}
    if written.date_estimated:
        open_fields.add("since" if isinstance(written, Tie) else "date")
    return bool(later) and all(
        name == ALSO_STATED or (name in open_fields and (name, said_now.get(name, "")) in said)
        for name in changed_fields(written, now)
    )
