"""Single rows that an import wrote beside organisations: what they say, and where they stand."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from matchmaker.domain import GraphRows, SourceTier, key_of
from matchmaker.errors import InvalidInput
from matchmaker.ingest.stated_rows import ALSO_STATED, STATED, added_statements
from matchmaker.ingest.undo import WhyKept, key_words, reversed_row, rows_by_key
from matchmaker.store.merging import changed_fields, principal_date, text_of
from matchmaker.store.schema import TABLES
from matchmaker.workflow.job import ImportRecord

# Tables whose rows stand alone: nothing else that an import writes rests on them.
TABLES_OF_ROWS = (
    "descriptions", "certificates", "memberships", "offers", "needs", "engagements", "ties",
    "observations",
)  # fmt: skip
# Of these tables the fields that say what a row is; of the others it is their text.
_SAYING = {
    "certificates": ("kind", "number"),
    "memberships": ("cluster",),
    "ties": ("layer",),
    "observations": ("indicator", "value", "unit"),
}
RowKey = tuple[str, str]


class WrittenState(StrEnum):
    """The state of what an import wrote: it can be taken back, or why not."""

    STANDS = "stands"
    TAKEN_BACK = "taken_back"
    CHANGED_SINCE = "changed_since"
    CONFIRMED_SINCE = "confirmed_since"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """A field of a row before an import and after it, as people write it."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class WrittenRow:
    """A row that an import brought, or of which it `changed` fields, and who stands behind it.

    `says` are the texts or words that make it up, `organizations` those that it is about.
    """

    table: str
    key: str
    organizations: tuple[str, ...]
    says: tuple[str, ...]
    date: str
    changed: tuple[ChangedValue, ...]
    source: str
    tier: SourceTier
    is_new: bool
    state: WrittenState


def written_rows(record: ImportRecord, now: GraphRows) -> Iterator[WrittenRow]:
    """The rows of an import beside organisations, given what is stored of them `now`."""
    written, before = dict(record.put.tables()), dict(record.before.tables())
    current = dict(now.tables())
    for name in TABLES_OF_ROWS:
        was, is_now = rows_by_key(before[name]), rows_by_key(current[name])
        for row in written[name]:
            earlier = was.get(key_of(row))
            if earlier is None or row != earlier:
                yield _written_row(name, row, earlier, is_now)


def chosen_rows(record: ImportRecord, keys: Collection[RowKey]) -> GraphRows:
    """The rows of an import under these tables and keys.

    Raises InvalidInput where it wrote none under one.
    """
    written = dict(record.put.tables())
    chosen: dict[str, list[Any]] = {}
    for table in dict.fromkeys(table for table, _ in keys):
        rows = {key_words(key_of(row)): row for row in written.get(table, ())}
        for key in dict.fromkeys(key for other, key in keys if other == table):
            if table not in TABLES_OF_ROWS or key not in rows:
                raise InvalidInput(
                    "This import wrote no such row of %(table)s: %(key)s.",
                    where="row", table=table, key=key,
                )  # fmt: skip
            chosen.setdefault(table, []).append(rows[key])
    return GraphRows(**{table: tuple(rows) for table, rows in chosen.items()})


def _written_row(name: str, row: Any, was: Any | None, now: Mapping[Any, Any]) -> WrittenRow:
    source = row.provenance.source
    if name in STATED and was is not None and (added := added_statements(row, was)):
        source = added[0].source
    changed = (
        ChangedValue(field, text_of(was, field), text_of(row, field))
        for field in (changed_fields(was, row) if was is not None else ())
        if field != ALSO_STATED
    )
    return WrittenRow(
        name, key_words(key_of(row)), _concerned(name, row), _says(name, row),
        _date(row), tuple(changed), source, row.provenance.tier, was is None,
        _state(name, row, was, now),
    )  # fmt: skip


def _state(name: str, row: Any, was: Any | None, now: Mapping[Any, Any]) -> WrittenState:
    back = reversed_row(name, row, was, now)
    if back.put or back.drop:
        return WrittenState.STANDS
    if not back.kept:
        return WrittenState.TAKEN_BACK
    if key_of(row) not in now:
        return WrittenState.GONE
    is_confirmed = all(each.why is WhyKept.CONFIRMED_SINCE for each in back.kept)
    return WrittenState.CONFIRMED_SINCE if is_confirmed else WrittenState.CHANGED_SINCE


def _concerned(name: str, row: Any) -> tuple[str, ...]:
    table = TABLES[name]
    ids = (
        id
        for reference in table.references
        if "organizations" in reference.tables
        for id in table.referred_ids(row, reference)
    )
    return tuple(dict.fromkeys(ids))


def _says(name: str, row: Any) -> tuple[str, ...]:
    if name not in _SAYING:
        text = TABLES[name].text(row) or getattr(row, "number", "")
        return (text,) if text else ()
    return tuple(text for field in _SAYING[name] if (text := text_of(row, field)))


def _date(row: Any) -> str:
    if hasattr(row, "year"):
        return str(row.year)
    name = principal_date(row.__class__)
    return text_of(row, name) if name else ""
