"""Writing a kept file, and with its rows the record that takes it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from matchmaker.access import Principal
from matchmaker.ingest.table_options import TableOptions
from matchmaker.services.operations.import_decisions import ImportDecisions
from matchmaker.services.operations.import_parts import ImportParts
from matchmaker.services.operations.import_proposal import remembered_reading
from matchmaker.services.operations.import_reading import import_upload
from matchmaker.services.operations.import_records import record_of
from matchmaker.services.operations.import_report import ImportReport
from matchmaker.services.operations.importer import Importer, ImportOptions
from matchmaker.services.operations.own_lists import forgetting, require_unreviewed
from matchmaker.services.operations.refresher import Progress
from matchmaker.services.operations.requester import keep_rights
from matchmaker.services.operations.upload_folder import Upload
from matchmaker.services.own_organizations import keep_organization
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import Clock, UnitOfWork
from matchmaker.store.changes import Change
from matchmaker.store.documents import Store
from matchmaker.store.log import Entry


@dataclass(frozen=True, slots=True)
class ImportWriting:
    """The writing of files that wait for it."""

    store: Store
    repositories: Repositories
    importer: Importer
    decisions: ImportDecisions
    clock: Clock

    def write(
        self, principal: Principal, upload: Upload, id: str, progress: Progress,
        begin_writing: Callable[[bool], None],
    ) -> tuple[ImportReport, int]:  # fmt: skip
        """What was written, and how many organisations were known by their names.

        Raises VersionConflict where rights changed meanwhile, or an organisation whose own list
        it is was merged.
        """
        imported_by = principal.subject
        options, cluster = upload.state.options or TableOptions(), upload.state.cluster
        own = upload.state.organization
        unit = UnitOfWork(imported_by, self.clock())
        unit.add(*remembered_reading(self.repositories, upload, options, unit.at))
        known = self.importer.not_duplicates()
        keep = partial(keep_rights, repositories=self.repositories, principal=principal)
        parts = ImportParts(self.repositories, id, imported_by, keep)

        def complete(report: ImportReport) -> tuple[Sequence[Entry], Sequence[Change]]:
            record = record_of(report, id, options.table, cluster, principal, unit.at, upload)
            rows = str(sum(report.rows.values()))
            whole = UnitOfWork(imported_by, unit.at)
            keep(whole)
            if own:
                keep_organization(whole, self.repositories, self.store, own)
                whole.add(*forgetting(self.repositories, own))
            whole.add(*unit.changes, self.repositories.imports.put(record))
            whole.log("import.written", f"table/{record.table}", rows=rows)
            self.decisions.remember(whole, report.decided, known)
            return whole.entries, whole.changes

        run = ImportOptions(
            progress=progress, begin_writing=begin_writing, cluster=cluster, keep=True,
            complete=complete, parts=parts,
        )  # fmt: skip
        # They may have been less than when it was requested.
        self.decisions.require(principal, options.decisions)
        if own:
            require_unreviewed(self.store, self.repositories, own)
        return import_upload(self.store, self.importer, principal, upload, run)
