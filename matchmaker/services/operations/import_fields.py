"""Fields and rows that an import changed, one by one: shown, and taken back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from functools import partial

from matchmaker.access import Principal
from matchmaker.domain import GraphRows, Organization, SourceTier
from matchmaker.errors import InvalidInput
from matchmaker.ingest.undo import (
    KeptField,
    TakenBack,
    WhyKept,
    confirmed_since,
    restored_row,
    reversal,
    row_restored,
    statements_alone,
)
from matchmaker.services.directory.cluster_sources import ClusterSources, shown_source
from matchmaker.services.operations.import_report import shown_value
from matchmaker.services.operations.import_reversal import undoable_import
from matchmaker.services.operations.import_rows import (
    TABLES_OF_ROWS,
    RowKey,
    WrittenRow,
    WrittenState,
    chosen_rows,
    written_rows,
)
from matchmaker.services.operations.importer import require_importing
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import Clock, UnitOfWork, require_first, retry_on_conflict
from matchmaker.store.documents import Store
from matchmaker.store.merging import changed_fields, origin_of_field, text_of
from matchmaker.workflow.job import ImportRecord

_TABLE = "organizations"


@dataclass(frozen=True, slots=True)
class WrittenField:
    """A field of an organisation that an import changed, and where both values come from."""

    organization: str
    name: str
    field: str
    before: str
    before_source: str
    before_tier: SourceTier
    after: str
    after_source: str
    after_tier: SourceTier
    now: str
    state: WrittenState


@dataclass(frozen=True, slots=True)
class WrittenFields:
    """The changed fields of organisations, and the rows of other tables, of one import.

    `new` organisations go back with the whole import only.
    """

    id: str
    cluster: str
    organization: str
    file: str
    new: int
    can_be_undone: bool
    fields: tuple[WrittenField, ...]
    rows: tuple[WrittenRow, ...]


@dataclass(frozen=True, slots=True)
class ImportFields:
    """Use cases of those who may take an import back: what it changed, and less than all of it."""

    store: Store
    repositories: Repositories
    sources: ClusterSources
    clock: Clock
    # Those who opted out, and whom somebody therefore does not find.
    opted_out_from: Callable[[Principal], frozenset[str]] = lambda _: frozenset()

    def show(self, principal: Principal, id: str) -> WrittenFields:
        """Fields of known organisations that an import changed, and the rows that it wrote besides.

        Raises NotFound, NotAllowed.
        """
        principal.require_known()
        record = self.repositories.imports.get(id).value
        require_importing(principal, record.cluster, record.organization)
        hidden = self.sources.hidden_from(principal)
        was = _by_id(record.before)
        stands = self._stored(_rows_beside(record.put) | _organizations_of(record.put))
        now = _by_id(stands)
        written = record.put.organizations
        fields = tuple(
            each
            for row in sorted(written, key=lambda row: (row.name, row.id))
            if row.id in was
            for each in _fields(row, was[row.id], now.get(row.id))
        )
        new = sum(row.id not in was for row in written)
        opted_out = self.opted_out_from(principal)
        rows = tuple(
            replace(
                each, organizations=tuple(id for id in each.organizations if id not in opted_out)
            )
            for each in written_rows(record, stands)
        )
        if hidden:
            fields = tuple(
                replace(
                    each,
                    before_source=shown_source(each.before_source, hidden),
                    after_source=shown_source(each.after_source, hidden),
                )
                for each in fields
            )
            rows = tuple(replace(each, source=shown_source(each.source, hidden)) for each in rows)
        return WrittenFields(
            id, record.cluster, record.organization, record.file, new, record.can_be_undone,
            fields, rows,
        )  # fmt: skip

    def take_back(
        self,
        principal: Principal,
        id: str,
        chosen: Collection[tuple[str, str]],
        rows: Collection[RowKey] = (),
    ) -> TakenBack:
        """Put fields (organisation, field) and rows (table, key) back, and tell which stay.

        Raises NotFound, NotAllowed, WrongState, InvalidInput where the import did not change one,
        or something still refers to a row that would go.
        """
        return retry_on_conflict(
            lambda: self._take_back(principal, id, chosen, rows),
            partial(require_first, self.repositories.records, principal),
        )

    def _take_back(
        self,
        principal: Principal,
        id: str,
        chosen: Collection[tuple[str, str]],
        keys: Collection[RowKey],
    ) -> TakenBack:
        version = self.store.version()
        stored = undoable_import(principal, self.repositories, id)
        record = stored.value
        if not chosen and not keys:
            raise InvalidInput("is missing.", where="field", mend="Choose one.")
        fields, kept, undone = self._restored(record, chosen)
        written = chosen_rows(record, keys)
        back = reversal(written, record.before, self._stored(written))
        unit = UnitOfWork.of(principal, self.clock())
        unit.add(self.repositories.imports.put(record, stored.version))
        detail = {"fields": str(undone), "left": str(len(kept) + len(back.kept))}
        if keys:
            detail["rows"] = str(len(back.put) + len(back.drop))
        unit.log("import.fields_undone", f"import/{id}", **detail)
        put = back.put | GraphRows(organizations=fields)
        self.store.replace_rows(put, back.drop, unit.entries, unit.written, version)
        return TakenBack(undone + back.fields, back.rows, (*kept, *back.kept))

    def _restored(
        self, record: ImportRecord, chosen: Collection[tuple[str, str]]
    ) -> tuple[tuple[Organization, ...], list[KeptField], int]:
        """Organisations with chosen fields as they were, what stays, and how many go back."""
        names: dict[str, set[str]] = {}
        for organization, field in chosen:
            names.setdefault(organization, set()).add(field)
        was, written = _by_id(record.before), _by_id(record.put)
        now = _by_id(self.store.stored(_organizations_of(record.put))) if names else {}
        restored: list[Organization] = []
        kept: list[KeptField] = []
        undone = 0
        for organization, fields in sorted(names.items()):
            is_known = organization in was and organization in written
            if not is_known or not fields <= set(
                changed_fields(was[organization], written[organization])
            ):
                raise InvalidInput(
                    "This import changed no such field of %(id)s.", where="field", id=organization
                )
            if organization not in now:
                gone = (KeptField(_TABLE, organization, field, WhyKept.GONE) for field in fields)
                kept.extend(sorted(gone, key=lambda each: each.field))
                continue
            row, stays = restored_row(
                written[organization], was[organization], now[organization], fields
            )
            back = row_restored(_TABLE, written[organization], now[organization], row, stays)
            restored.extend(back.put)
            kept.extend(back.kept)
            undone += back.fields
        return tuple(restored), kept, undone

    def _stored(self, rows: GraphRows) -> GraphRows:
        return self.store.stored(rows | statements_alone(rows))


def _organizations_of(rows: GraphRows) -> GraphRows:
    return GraphRows(organizations=rows.organizations)


def _rows_beside(rows: GraphRows) -> GraphRows:
    return GraphRows(**{name: getattr(rows, name) for name in TABLES_OF_ROWS})


def _fields(
    written: Organization, was: Organization, now: Organization | None
) -> Iterator[WrittenField]:
    for name in changed_fields(was, written):
        before, after = origin_of_field(was, name), origin_of_field(written, name)
        yield WrittenField(
            written.id, (now or written).name, name,
            shown_value(was, name), before.source, before.tier,
            shown_value(written, name), after.source, after.tier,
            shown_value(now, name) if now else "", _state(name, written, was, now),
        )  # fmt: skip


def _state(
    name: str, written: Organization, was: Organization, now: Organization | None
) -> WrittenState:
    if now is None:
        return WrittenState.GONE
    if text_of(now, name) == text_of(was, name):
        return WrittenState.TAKEN_BACK
    if text_of(now, name) != text_of(written, name):
        return WrittenState.CHANGED_SINCE
    is_confirmed = name in confirmed_since(written, now)
    return WrittenState.CONFIRMED_SINCE if is_confirmed else WrittenState.STANDS


def _by_id(rows: GraphRows) -> dict[str, Organization]:
    return {row.id: row for row in rows.organizations}
