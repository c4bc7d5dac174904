"""Single fields of organisations that an import changed: shown, and taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Set
from dataclasses import dataclass
from enum import StrEnum

from matchmaker.access import Principal
from matchmaker.domain import GraphRows, Organization, SourceTier
from matchmaker.errors import InvalidInput, WrongState
from matchmaker.ingest.undo import KeptField, restored_row
from matchmaker.services.operations.import_report import shown_value
from matchmaker.services.operations.importer import require_importing
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import Clock, UnitOfWork, retry_on_conflict
from matchmaker.store.documents import Store
from matchmaker.store.merging import changed_fields, origin_of_field
from matchmaker.workflow.job import ImportRecord

_TABLE = "organizations"


class FieldState(StrEnum):
    """Whether a field that an import changed can be taken back, and else why not."""

    STANDS = "stands"
    TAKEN_BACK = "taken_back"
    CHANGED_SINCE = "changed_since"
    GONE = "gone"


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
    state: FieldState


@dataclass(frozen=True, slots=True)
class WrittenFields:
    """The changed fields of one import; `new` organisations go back with the whole import only."""

    id: str
    cluster: str
    file: str
    new: int
    can_be_undone: bool
    fields: tuple[WrittenField, ...]


@dataclass(frozen=True, slots=True)
class ImportFields:
    """Use cases of those who may take an import back: what it changed, and less than all of it."""

    store: Store
    repositories: Repositories
    clock: Clock

    def show(self, principal: Principal, id: str) -> WrittenFields:
        """What an import changed of organisations that were known.

        Raises NotFound, NotAllowed.
        """
        principal.require_known()
        record = self.repositories.imports.get(id).value
        require_importing(principal, record.cluster)
        was = _by_id(record.before)
        now = self._now(record)
        written = record.put.organizations
        fields = tuple(
            each
            for row in sorted(written, key=lambda row: (row.name, row.id))
            if row.id in was
            for each in _fields(row, was[row.id], now.get(row.id))
        )
        new = sum(row.id not in was for row in written)
        return WrittenFields(id, record.cluster, record.file, new, record.can_be_undone, fields)

    def take_back(
        self, principal: Principal, id: str, chosen: Collection[tuple[str, str]]
    ) -> tuple[KeptField, ...]:
        """Put fields (organisation, field) back as they were before; those that stay.

        Raises NotFound, NotAllowed, WrongState, InvalidInput where the import did not change one.
        """
        return retry_on_conflict(lambda: self._take_back(principal, id, chosen))

    def _take_back(
        self, principal: Principal, id: str, chosen: Collection[tuple[str, str]]
    ) -> tuple[KeptField, ...]:
        stored = self.repositories.imports.get(id)
        record = stored.value
        require_importing(principal, record.cluster)
        principal.require_writing()
        if not record.can_be_undone:
            raise WrongState(
                "This import changed nothing, is too large to be taken back, or was already."
            )
        if not chosen:
            raise InvalidInput("is missing.", where="field", mend="Choose one.")
        names: dict[str, set[str]] = {}
        for organization, field in chosen:
            names.setdefault(organization, set()).add(field)
        was, now = _by_id(record.before), self._now(record)
        written = _by_id(record.put)
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
                kept.append(KeptField(_TABLE, organization, ""))
                continue
            row, stays = restored_row(
                written[organization], was[organization], now[organization], fields
            )
            restored.extend([] if row == now[organization] else [row])
            kept.extend(KeptField(_TABLE, organization, field) for field in stays)
            undone += len(fields) - len(stays)
        unit = UnitOfWork.of(principal, self.clock())
        unit.add(self.repositories.imports.put(record, stored.version))
        left = sum(map(len, names.values())) - undone
        unit.log("import.fields_undone", f"import/{id}", fields=str(undone), left=str(left))
        rows = GraphRows(organizations=tuple(restored))
        self.store.replace_rows(rows, GraphRows(), unit.entries, unit.changes)
        return tuple(kept)

    def _now(self, record: ImportRecord) -> dict[str, Organization]:
        return _by_id(self.store.stored(GraphRows(organizations=record.put.organizations)))


def _fields(
    written: Organization, was: Organization, now: Organization | None
) -> Iterator[WrittenField]:
    since = set(changed_fields(written, now)) if now else set()
    still = set(changed_fields(was, now)) if now else set()
    for name in changed_fields(was, written):
        before, after = origin_of_field(was, name), origin_of_field(written, name)
        yield WrittenField(
            written.id, (now or written).name, name,
            shown_value(was, name), before.source, before.tier,
            shown_value(written, name), after.source, after.tier,
            shown_value(now, name) if now else "", _state(name, now, since, still),
        )  # fmt: skip


def _state(name: str, now: Organization | None, since: Set[str], still: Set[str]) -> FieldState:
    """Of the fields changed `since` the import, those that `still` differ from before it stay."""
    if now is None:
        return FieldState.GONE
    if name not in since:
        return FieldState.STANDS
    return FieldState.CHANGED_SINCE if name in still else FieldState.TAKEN_BACK


def _by_id(rows: GraphRows) -> dict[str, Organization]:
    return {row.id: row for row in rows.organizations}
