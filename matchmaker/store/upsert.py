"""Writing rows: what is new, what has changed and what may go, decided here for every store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from matchmaker.domain import (
    Description,
    GraphRows,
    Need,
    NeedState,
    Organization,
    Provenance,
    key_of,
)
from matchmaker.errors import InvalidInput, NotFound, VersionConflict
from matchmaker.kind_names import KIND_NAMES
from matchmaker.store.answers import RowChanges, UpsertCounts
from matchmaker.store.merging import NO_FIELDS, contradicts_stronger, merged_row
from matchmaker.store.said_again import stays
from matchmaker.store.schema import (
    DESCRIPTIONS,
    NEEDS,
    ORGANIZATIONS,
    REFERRED_TABLES,
    TABLES,
    Table,
    ids_by_table,
    references,
)
from matchmaker.store.transaction import Transaction
from matchmaker.text import language_of

CHUNK = 5_000


def upsert(tx: Transaction, rows: GraphRows) -> UpsertCounts:
    """Write the rows that are new or differ from the stored ones, in a new version of the graph.

    Raises InvalidInput where a row refers to what is neither stored nor among them.
    """
    check_references(tx, rows)
    counts = UpsertCounts()
    for table, chunk in table_chunks(rows):
        counts += upsert_chunk(tx, table, chunk)
    if counts.any_written:
        tx.increase_version()
    return counts


def upsert_chunk(tx: Transaction, table: Table[Any], rows: Sequence[Any]) -> UpsertCounts:
    """Write the rows that are new or differ from the stored ones.

    All are of `table`, and no key stands twice in `rows`. References are not checked.
    """
    stored = tx.rows_by_key(table, [key_of(row) for row in rows])
    return _write_chunk(tx, table, rows, stored, lambda row, _: row).counts


@dataclass(frozen=True, slots=True)
class MergeRules:
    """Rules by which an import's rows are merged into stored ones; see `merging`.

    `written_defaults`: by table and key, fields that were written although they are as by
    default. Only blanks are filled in the tables `fill_blanks_tables`, and of the
    organisations `fill_blanks_ids`; what is known there stays.
    `dry_run`: nothing is written.
    """

    written_defaults: Mapping[tuple[str, Any], frozenset[str]] = field(default_factory=dict)
    fill_blanks_tables: frozenset[str] = frozenset()
    fill_blanks_ids: frozenset[str] = frozenset()
    dry_run: bool = False


DEFAULT_RULES = MergeRules()


def import_rows(tx: Transaction, rows: GraphRows, rules: MergeRules) -> RowChanges:
    """Merge the rows of an import into what is stored, field by field, as `rules` say.

    Raises InvalidInput as `upsert` does.
    """
    check_references(tx, rows)
    changes = RowChanges.of(
        import_chunk(tx, table, chunk, rules) for table, chunk in table_chunks(rows)
    )
    if changes.counts.any_written and not rules.dry_run:
        tx.increase_version()
    return changes


def import_batches(
    tx: Transaction, batches: Iterable[GraphRows], rules: MergeRules, max_kept: int
) -> RowChanges:
    """Merge an import that comes in batches; the changes list about `max_kept` rows.

    What a row refers to is in its batch or before it. Raises InvalidInput as `upsert` does.
    """
    changes = RowChanges.of((_import_batch(tx, rows, rules) for rows in batches), max_kept)
    if changes.counts.any_written and not rules.dry_run:
        tx.increase_version()
    return changes


def _import_batch(tx: Transaction, rows: GraphRows, rules: MergeRules) -> RowChanges:
    if not rules.dry_run:  # else what it refers to may be of a batch that was not written
        check_references(tx, rows)
    return RowChanges.of(
        import_chunk(tx, table, chunk, rules) for table, chunk in table_chunks(rows)
    )


def import_chunk(
    tx: Transaction, table: Table[Any], rows: Sequence[Any], rules: MergeRules
) -> RowChanges:
    """Merge rows of one table into what is stored under their keys; the changes that makes.

    No key stands twice in `rows`. References are not checked.
    """

    def merge(row: Any, before: Any) -> Any:
        written_defaults = rules.written_defaults.get((table.name, key_of(row)), NO_FIELDS)
        only_blanks = table.name in rules.fill_blanks_tables or (
            table is ORGANIZATIONS and row.id in rules.fill_blanks_ids
        )
        return merged_row(table, before, row, written_defaults, only_blanks=only_blanks)

    stored, again = tx.stored_unlike(table, rows)
    unsettled = [key_of(row) for row in rows if key_of(row) in again and not stays(row)]
    if unsettled:
        stored |= tx.rows_by_key(table, unsettled)
    settled = again.difference(unsettled)
    left = [row for row in rows if key_of(row) not in settled] if settled else rows
    changes = _write_chunk(tx, table, left, stored, merge, dry_run=rules.dry_run)
    counts = UpsertCounts(unchanged=Counter({table.name: len(settled)} if settled else {}))
    return replace(changes, counts=changes.counts + counts)


def _write_chunk(
    tx: Transaction, table: Table[Any], rows: Sequence[Any], stored: Mapping[Any, Any],
    merge: Callable[[Any, Any], Any], *, dry_run: bool = False,
) -> RowChanges:  # fmt: skip
    new, changed = [], []
    contradicted_keys = []
    for row in rows:
        before = stored.get(key_of(row))
        if before is None:
            new.append(_first_version(row))
            continue
        if contradicts_stronger(before, row):
            contradicted_keys.append((table.name, key_of(row)))
        if (after := _next_version(merge(row, before), before)) != before:
            changed.append((before, after))
    if (new or changed) and not dry_run:
        tx.write(table, new, changed)
    unchanged = len(rows) - len(new) - len(changed)
    # Adding to an empty one drops the counts that are zero.
    counts = UpsertCounts() + UpsertCounts(
        Counter({table.name: len(new)}),
        Counter({table.name: len(changed)}),
        Counter({table.name: unchanged}),
    )
    return RowChanges(
        counts,
        GraphRows(**{table.name: tuple(before for before, _ in changed)}),
        GraphRows(**{table.name: (*new, *(after for _, after in changed))}),
        tuple(contradicted_keys),
    )


def replace_rows(tx: Transaction, added: GraphRows, removed: GraphRows) -> UpsertCounts:
    """Write the rows `added`, then take those `removed` out; the counts are of `added`.

    Raises InvalidInput where a row that stays refers to one that goes.
    """
    counts = upsert(tx, added)
    if _remove_rows(tx, removed) and not counts.any_written:
        tx.increase_version()
    return counts


def stored_rows(tx: Transaction, rows: GraphRows) -> GraphRows:
    """The rows that are stored now under the keys of `rows`; those of new keys are left out."""
    tables: dict[str, list[Any]] = {}
    for table, chunk in table_chunks(rows):
        stored = tx.rows_by_key(table, [key_of(row) for row in chunk])
        tables.setdefault(table.name, []).extend(stored.values())
    return GraphRows(**{name: tuple(stored) for name, stored in tables.items()})


def replace_organization(
    tx: Transaction,
    organization: Organization,
    about: str | None,
    expected_version: int,
    source: Provenance | None = None,
) -> Organization:
    """Write an organisation over its version `expected_version`, 0 for a new one, with its text.

    `about` is what it says of itself: None leaves that, "" removes it. Raises NotFound, or
    VersionConflict where another version is stored.
    """
    before = tx.rows_by_key(ORGANIZATIONS, [organization.id]).get(organization.id)
    if before is None and expected_version > 0:
        raise not_found(ORGANIZATIONS, organization.id)
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
    check_references(tx, GraphRows(organizations=(after,)))
    tx.write(ORGANIZATIONS, [] if before else [after], [(before, after)] if before else [])
    if about is not None:
        _write_about(tx, after, about, source or after.provenance)
    # A compare-and-set counts even when nothing differs: who holds the old version must
    # learn that somebody was here.
    tx.increase_version()
    return after


def _write_about(
    tx: Transaction, organization: Organization, about: str, source: Provenance
) -> None:
    id = f"{organization.id}#about"
    if not about.strip():
        tx.remove(DESCRIPTIONS, [id])
        return
    row = Description(id, organization.id, about, language_of(about), provenance=source)
    upsert_chunk(tx, DESCRIPTIONS, [row])


def transition_need(tx: Transaction, need_id: str, before: NeedState, after: NeedState) -> Need:
    """Move a need from state `before` to `after`.

    Raises NotFound, or WrongState where it is in another state than `before`.
    """
    need = tx.rows_by_key(NEEDS, [need_id]).get(need_id)
    if need is None:
        raise not_found(NEEDS, need_id)
    moved = need.transitioned(before, after)
    tx.write(NEEDS, [], [(need, moved)])
    tx.increase_version()
    return moved


def check_references(tx: Transaction, rows: GraphRows) -> None:
    """Raise InvalidInput naming the first id that is neither stored nor in `rows`."""
    in_rows = ids_by_table(rows)
    for table, reference, table_rows in references(rows):
        missing = {id for row in table_rows for id in table.referred_ids(row, reference)}
        for target in reference.tables:
            missing -= in_rows[target]
        for target in reference.tables:
            for chunk in chunks(sorted(missing)):
                missing -= tx.existing_ids(TABLES[target], chunk)
        if missing:
            raise InvalidInput(
                "refers to '%(missing)s', which is not in the graph.",
                where=f"{table.name}.{reference.field}",
                mend="Import it first or in the same run.",
                missing=min(missing),
            )


def table_chunks(rows: GraphRows) -> Iterator[tuple[Table[Any], list[Any]]]:
    """Chunks of each table: of rows with one key the last, and parents before their children."""
    for name, table_rows in rows.tables():
        by_key = {key_of(row): row for row in table_rows}
        ordered = list(by_key.values())
        parent = TABLES[name].parent
        if parent is not None:
            ordered.sort(key=lambda row: _depth(row, parent, by_key))
        for chunk in chunks(ordered):
            yield TABLES[name], chunk


def chunks(rows: Sequence[Any]) -> Iterator[list[Any]]:
    """The rows in lists of at most CHUNK, in their order."""
    for start in range(0, len(rows), CHUNK):
        yield list(rows[start : start + CHUNK])


def not_found(table: Table[Any], id: str) -> NotFound:
    """The error that no row of this table has the id."""
    kind = KIND_NAMES[table.model.__name__.lower()]
    return NotFound("No %(kind)s has the id '%(id)s'.", kind=kind, id=id)


def _remove_rows(tx: Transaction, rows: GraphRows) -> int:
    """Remove those of the rows that are stored; their number.

    Raises InvalidInput when another row still refers to one.
    """
    removed = 0
    # What refers goes before what it refers to.
    for table, chunk in reversed(list(table_chunks(rows))):
        is_referred = table.name in REFERRED_TABLES
        referrer = tx.find_referrer(table, {row.id for row in chunk}) if is_referred else None
        if referrer is not None:
            raise InvalidInput(
                "%(id)s cannot be removed: %(referrer)s still refers to it.",
                where=table.name,
                mend="Remove what refers to it first.",
                id=referrer[0],
                referrer=referrer[1],
            )
        removed += tx.remove(table, [key_of(row) for row in chunk])
    return removed


def _depth(row: Any, parent: str, rows: Mapping[str, Any]) -> int:
    """Steps up to a row whose parent is not among `rows`."""
    depth = 0
    while (above := getattr(row, parent)) in rows and depth <= len(rows):
        row, depth = rows[above], depth + 1
    return depth


def _first_version(row: Any) -> Any:
    return replace(row, version=row.version or 1) if isinstance(row, Organization) else row


def _next_version(row: Any, before: Any) -> Any:
    """The row to store in the place of `before`; `before` itself when they say the same."""
    if not isinstance(row, Organization):
        return row
    same = replace(row, version=before.version)
    return before if same == before else replace(row, version=before.version + 1)
