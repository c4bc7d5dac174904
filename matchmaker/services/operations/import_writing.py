"""Writing a kept file, and with its rows the record that takes it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from matchmaker.access import Principal
from matchmaker.ingest.table_options import TableOptions
from matchmaker.messages import Message
from matchmaker.services.operations.import_decisions import ImportDecisions
from matchmaker.services.operations.import_parts import ImportParts, forget_parts
from matchmaker.services.operations.import_proposal import remembered_reading
from matchmaker.services.operations.import_reading import import_upload, open_sheets
from matchmaker.services.operations.import_records import (
    forgetting,
    handed_in,
    line_outcomes,
    record_of,
)
from matchmaker.services.operations.import_report import ImportReport
from matchmaker.services.operations.importer import Importer, ImportOptions
from matchmaker.services.operations.own_lists import read_own_list, write_offerings
from matchmaker.services.operations.refresher import Progress
from matchmaker.services.operations.requester import keep_rights
from matchmaker.services.operations.submitted_lists import SubmittedLists
from matchmaker.services.operations.upload_folder import Upload, UploadFolder
from matchmaker.services.own_organizations import keep_organization
from matchmaker.services.repositories import Repositories
from matchmaker.services.reviewing import reviewing_clusters
from matchmaker.services.unit_of_work import Clock, UnitOfWork
from matchmaker.store.changes import Change
from matchmaker.store.documents import Store
from matchmaker.store.log import Entry
from matchmaker.workflow.job import Job


def done_before(repositories: Repositories, uploads: UploadFolder, job: Job) -> Message | None:
    """What came of an import that a worker had written, or handed in, before it died.

    Its file may have been given back, as it seemed not to be.
    """
    written = repositories.imports.get_or_none(job.id)
    submitted = repositories.submitted_lists.get_or_none(job.id)
    done = written or submitted
    if done is None:
        return None
    uploads.request_if_possible(job.requested_by, job.arguments["upload"])
    uploads.drop_requested(job.arguments["upload"])
    forget_parts(repositories, job.id)
    return line_outcomes(done.value.lines) if written else handed_in(done.value.lines.loaded)


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
            whole.add(*forgetting(self.repositories, record))
            whole.add(*unit.changes, self.repositories.imports.put(record))
            whole.log("import.written", f"table/{record.table}", rows=rows)
            self.decisions.remember(whole, report.decided, known)
            return whole.entries, whole.written

        run = ImportOptions(
            progress=progress, begin_writing=begin_writing, cluster=cluster, keep=True,
            complete=complete, parts=parts,
        )  # fmt: skip
        # They may have been less than when it was requested.
        self.decisions.require(principal, options.decisions)
        if own and reviewing_clusters(self.store, self.repositories, own):
            return self._hand_in(principal, upload, id, unit, keep), 0
        return import_upload(self.store, self.importer, principal, upload, run)

    def _hand_in(
        self, principal: Principal, upload: Upload, id: str, unit: UnitOfWork,
        keep: Callable[[UnitOfWork], None],
    ) -> ImportReport:  # fmt: skip
        """An own list where coordinators see first what is offered: it waits for their yes."""
        withdraws = upload.state.withdraws
        listed = read_own_list(self.store, open_sheets(upload), upload.state.organization)
        run = ImportOptions(dry_run=True)
        report = write_offerings(self.store, listed, run, withdraws=withdraws)

        def add(submitting: UnitOfWork) -> None:
            keep(submitting)
            submitting.add(*unit.changes)

        submitted = SubmittedLists(self.store, self.repositories, self.clock)
        submitted.submit(principal, listed, report, id, add, withdraws=withdraws)
        return replace(report, waits=True)
