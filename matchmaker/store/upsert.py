"""What is new, what changed and what may go: decided here for every store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from matchmaker.domain import Description, GraphRows, Need, NeedState, Organization, key_of
from matchmaker.errors import InvalidInput, NotFound, VersionConflict
from matchmaker.messages import message
from matchmaker.store.answers import UpsertCounts
from matchmaker.store.schema import (
    DESCRIPTIONS,
    NEEDS,
    ORGANIZATIONS,
    REFERRED,
    TABLES,
    Table,
    ids_by_table,
    references,
)
from matchmaker.store.transaction import RowWriter
from matchmaker.text import language_of

BATCH = 5_000
_KINDS = {
    "organizations": message("organisation"),
    "clusters": message("cluster"),
    "offers": message("offer"),
    "needs": message("need"),
    "engagements": message("engagement"),
}


@dataclass
class Tally:
    """Rows created, changed and unchanged so far."""

    created: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Take over what a committed transaction did."""
        self.created += other.created
        self.changed += other.changed
        self.unchanged += other.unchanged

    def rows(self, table: str) -> int:
        """How many rows of a table were looked at."""
        return self.created[table] + self.changed[table] + self.unchanged[table]

    @property
    def differs(self) -> bool:
        """Whether anything was written."""
        return bool(self.created.total() or self.changed.total())

    def counts(self) -> UpsertCounts:
        """The tally as the port wants it."""
        return UpsertCounts(dict(+self.created), dict(+self.changed), dict(+self.unchanged))


def upsert(writer: RowWriter, rows: GraphRows) -> Tally:
    """See `GraphStore.upsert`."""
    check_references(writer, rows)
    tally = Tally()
    for table, batch in table_batches(rows):
        upsert_batch(writer, table, batch, tally)
    if tally.differs:
        writer.bump()
    return tally


def upsert_batch(writer: RowWriter, table: Table[Any], rows: Sequence[Any], tally: Tally) -> None:
    """Write the rows that are new or differ; each key stands once among them."""
    stored = writer.stored(table, [key_of(row) for row in rows])
    new, changed = [], []
    for row in rows:
        before = stored.get(key_of(row))
        if before is None:
            new.append(_first_version(row))
        elif (after := _next_version(row, before)) != before:
            changed.append((before, after))
    if new or changed:
        writer.write(table, new, changed)
    tally.created[table.name] += len(new)
    tally.changed[table.name] += len(changed)
    tally.unchanged[table.name] += len(rows) - len(new) - len(changed)


def replace_rows(writer: RowWriter, put: GraphRows, drop: GraphRows) -> Tally:
    """See `GraphStore.replace_rows`."""
    tally = upsert(writer, put)
    if _drop(writer, drop) and not tally.differs:
        writer.bump()
    return tally


def stored(writer: RowWriter, rows: GraphRows) -> GraphRows:
    """What is stored under the keys of these rows."""
    tables: dict[str, list[Any]] = {}
    for table, batch in table_batches(rows):
        kept = writer.stored(table, [key_of(row) for row in batch])
        tables.setdefault(table.name, []).extend(kept.values())
    return GraphRows(**{name: tuple(kept) for name, kept in tables.items()})


def replace_organization(
    writer: RowWriter, organization: Organization, about: str | None, expected_version: int
) -> Organization:
    """See `GraphStore.replace_organization`."""
    before = writer.stored(ORGANIZATIONS, [organization.id]).get(organization.id)
    if before is None and expected_version > 0:
        raise unknown(ORGANIZATIONS, organization.id)
    actual = before.version if before else 0
    if actual != expected_version:
        raise VersionConflict(
            "%(organization)s has version %(actual)s, not %(expected_version)s.",
            mend="Read it again and repeat the change.",
            organization=organization.id,
            actual=actual,
            expected_version=expected_version,
        )
    after = replace(organization, version=expected_version + 1)
    check_references(writer, GraphRows(organizations=(after,)))
    writer.write(ORGANIZATIONS, [] if before else [after], [(before, after)] if before else [])
    if about is not None:
        _write_about(writer, after, about)
    # A compare-and-set counts even when nothing differs: who holds the old version must
    # learn that somebody was here.
    writer.bump()
    return after


def _write_about(writer: RowWriter, organization: Organization, about: str) -> None:
    id = f"{organization.id}#about"
    if not about.strip():
        writer.remove(DESCRIPTIONS, [id])
        return
    source = organization.provenance
    row = Description(id, organization.id, about, language_of(about), provenance=source)
    upsert_batch(writer, DESCRIPTIONS, [row], Tally())


def transition_need(writer: RowWriter, need_id: str, before: NeedState, after: NeedState) -> Need:
    """See `GraphStore.transition_need`."""
    need = writer.stored(NEEDS, [need_id]).get(need_id)
    if need is None:
        raise unknown(NEEDS, need_id)
    moved = need.transitioned(before, after)
    writer.write(NEEDS, [], [(need, moved)])
    writer.bump()
    return moved


def check_references(writer: RowWriter, rows: GraphRows) -> None:
    """Raise InvalidInput naming the first id that is neither stored nor in `rows`."""
    given = ids_by_table(rows)
    missing: list[tuple[str, tuple[str, ...], set[str]]] = []
    for table, reference, table_rows in references(rows):
        ids = {id for row in table_rows for id in table.referred_ids(row, reference)}
        ids = ids.difference(*(given[name] for name in reference.tables))
        if ids:
            missing.append((f"{table.name}.{reference.field}", reference.tables, ids))
    wanted = {
        name: sorted(set().union(*(ids for _, tables, ids in missing if name in tables)))
        for name in REFERRED
    }
    known = {
        name: {id for batch in batches(ids) for id in writer.known(name, batch)}
        for name, ids in wanted.items()
    }
    for place, tables, ids in missing:
        left = ids.difference(*(known[name] for name in tables))
        if left:
            raise InvalidInput(
                "refers to '%(missing)s', which is not in the graph.",
                where=place,
                mend="Import it first or in the same run.",
                missing=min(left),
            )


def table_batches(rows: GraphRows) -> Iterator[tuple[Table[Any], list[Any]]]:
    """Batches of each table: one row for a key, the last one; parents before their children."""
    for name, table_rows in rows.tables():
        last = {key_of(row): row for row in table_rows}
        ordered: Iterable[Any] = last.values()
        if TABLES[name].is_tree:
            ordered = sorted(ordered, key=lambda row: _depth(row, last))
        for batch in batches(list(ordered)):
            yield TABLES[name], batch


def batches(rows: Sequence[Any]) -> Iterator[list[Any]]:
    """Lists of at most BATCH rows."""
    for start in range(0, len(rows), BATCH):
        yield list(rows[start : start + BATCH])


def unknown(table: Table[Any], id: str) -> NotFound:
    """Nothing of this kind has the id."""
    return NotFound("No %(kind)s has the id '%(id)s'.", kind=_KINDS[table.name], id=id)


def _drop(writer: RowWriter, rows: GraphRows) -> int:
    """Remove rows; how many were there. Raises InvalidInput when one is still referred to."""
    removed = 0
    # What refers goes before what it refers to.
    for table, batch in reversed(list(table_batches(rows))):
        is_referred = table.name in REFERRED
        referrer = writer.referrer(table, {row.id for row in batch}) if is_referred else None
        if referrer is not None:
            raise InvalidInput(
                "%(id)s cannot go: %(referrer)s still refers to it.",
                where=table.name,
                mend="Remove what refers to it first.",
                id=referrer[0],
                referrer=referrer[1],
            )
        removed += writer.remove(table, [key_of(row) for row in batch])
    return removed


def _depth(row: Any, rows: dict[str, Any]) -> int:
    depth = 0
    while row.parent in rows and depth <= len(rows):
        row, depth = rows[row.parent], depth + 1
    return depth


def _first_version(row: Any) -> Any:
    return replace(row, version=row.version or 1) if isinstance(row, Organization) else row


def _next_version(row: Any, before: Any) -> Any:
    if not isinstance(row, Organization):
        return row
    same = replace(row, version=before.version)
    return before if same == before else replace(row, version=before.version + 1)
