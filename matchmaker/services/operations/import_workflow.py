"""Bringing lists and tables in: looked at, written, taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import IO

from matchmaker.access import Principal
from matchmaker.domain import GraphRows
from matchmaker.errors import (
    InvalidInput,
    MatchmakerError,
    NotAllowed,
    NotFound,
    SignInNeeded,
    StorageFull,
    WrongState,
)
from matchmaker.exports.tables import DataExport, ExportTable
from matchmaker.ingest.list_guess import column_samples
from matchmaker.ingest.table_file import SUFFIXES, TableFile
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.undo import TakenBack
from matchmaker.messages import Message
from matchmaker.services.operations.file_inspection import inspect_file
from matchmaker.services.operations.import_cancellation import cancel_upload
from matchmaker.services.operations.import_check import check_of, refused_check_of, report_of
from matchmaker.services.operations.import_decisions import ImportDecisions
from matchmaker.services.operations.import_parts import forget_parts
from matchmaker.services.operations.import_preview import ImportPreview, file_preview, problem_rows
from matchmaker.services.operations.import_proposal import formats_of, proposed
from matchmaker.services.operations.import_reading import import_upload
from matchmaker.services.operations.import_records import import_summary
from matchmaker.services.operations.import_report import ImportReport
from matchmaker.services.operations.import_reversal import undo_import
from matchmaker.services.operations.import_sheets import (
    afresh_where_other,
    are_long,
    checked_sheets,
    other_sheets,
    rows_of_sheets,
    with_rows,
)
from matchmaker.services.operations.import_status import (
    ImportStatus,
    status_of_job,
    status_of_preview,
    status_of_record,
    status_of_submitted,
)
from matchmaker.services.operations.import_undo import undo_jobs
from matchmaker.services.operations.import_writing import ImportWriting, done_before
from matchmaker.services.operations.importer import Importer, ImportOptions, require_importing
from matchmaker.services.operations.job_queue import JobCancelled, JobQueue
from matchmaker.services.operations.own_lists import require_small
from matchmaker.services.operations.problem_lines import (
    keep_lines,
    kept_table,
    problem_lines,
    problems_export,
    problems_table,
    told_table,
)
from matchmaker.services.operations.reference_data import reference_index
from matchmaker.services.operations.refresher import Progress, no_progress
from matchmaker.services.operations.requester import by_now, requester
from matchmaker.services.operations.upload_folder import Upload, UploadFolder
from matchmaker.services.own_organizations import member_id
from matchmaker.services.repositories import Repositories
from matchmaker.services.reviewing import reviewing_clusters
from matchmaker.services.unit_of_work import Clock, retry_on_conflict
from matchmaker.store.documents import Store
from matchmaker.workflow.job import ImportRecord, Job, JobKind


@dataclass(frozen=True, slots=True)
class ImportWorkflow:
    """Use cases of imports over the pages, the API and the command line.

    Admins import everything, coordinators what is about the members of their cluster, the people
    of an `organization` what it offers itself. Files are parsed for as long as `is_awaited` says
    that somebody waits for it.
    """

    store: Store
    repositories: Repositories
    importer: Importer
    job_queue: JobQueue
    uploads: UploadFolder
    decisions: ImportDecisions
    clock: Clock
    is_awaited: Callable[[], bool] = lambda: True

    def awaited_by(self, is_awaited: Callable[[], bool]) -> ImportWorkflow:
        """The same for a request whose sender may leave."""
        return replace(self, is_awaited=is_awaited)

    def formats(
        self, principal: Principal, cluster: str = "", organization: str = ""
    ) -> tuple[str, ...]:
        """Those of `FORMATS` that one may import, lists first. Raises NotAllowed."""
        self._require(principal, cluster, organization)
        return formats_of(cluster, organization)

    def keep(
        self, principal: Principal, name: str, content: IO[bytes], cluster: str = "",
        organization: str = "",
    ) -> str:  # fmt: skip
        """Keep a file until it is written; the id to speak of it.

        Raises InvalidInput, also where reading it would take more than a file may, StorageFull,
        and NotFound where it was cancelled meanwhile, or whoever sent it waits no more.
        """
        own = organization and member_id(self.store, principal, organization)
        self._require(principal, cluster, own)
        principal.require_writing()
        if not name.lower().endswith(SUFFIXES):
            raise InvalidInput("must be a file of %(names)s.", where="file", names=list(SUFFIXES))
        kept = self.uploads.keep(principal, name, content, "" if own else cluster, own)
        upload = replace(kept, is_awaited=self.is_awaited)
        try:
            with upload.being_read():
                if own:
                    require_small(upload.path)
                inspect_file(upload.path, upload.watch())
        except (InvalidInput, NotFound, StorageFull):
            self.uploads.drop(upload)
            raise
        return upload.id

    def unwritten_uploads(
        self, principal: Principal, cluster: str = "", organization: str = ""
    ) -> list[Upload]:
        """Files of the principal that are not written yet, the newest first."""
        self._require(principal, cluster, organization)
        whose = (cluster, organization)
        return [
            each
            for each in self.uploads.all_of(principal)
            if (each.state.cluster, each.state.organization) == whose
        ]

    def read_as(self, principal: Principal, id: str) -> tuple[TableOptions, ...]:
        """How a kept file is read, each sheet of several. Raises InvalidInput, NotAllowed."""
        state = self._upload(principal, id).state
        return (state.options or TableOptions(), *(state.sheets or ()))

    def choose(
        self, principal: Principal, id: str, options: TableOptions, joins: bool | None = None,
        *, withdraws: bool = False, sheets: tuple[TableOptions, ...] | None = None,
    ) -> None:  # fmt: skip
        """Say how a kept file is to be read, and whether new organisations join the cluster, or
        what is not in the list is withdrawn.

        Of another sheet, header or kind the columns are proposed anew. `sheets` are how further
        ones are read with it, None: as is proposed.
        """
        upload = self._upload(principal, id)
        self.decisions.require(principal, options.decisions)
        before = upload.state.options or TableOptions()
        whose = (upload.state.cluster, upload.state.organization)
        if options.table and options.table not in formats_of(*whose):
            raise InvalidInput("is no table that you may import.", where="table")
        options = afresh_where_other(options, (before, *(upload.state.sheets or ())))
        if before.table and options.table != before.table:
            options = replace(options, mapping={}, values={}, defaults={})
            joins = sheets = None
        sheets = checked_sheets(sheets, upload.state)
        state = replace(
            upload.state, options=options, joins=joins, is_remembered=False, sheets=sheets,
            withdraws=withdraws and bool(upload.state.organization),
        )  # fmt: skip
        with upload.being_read():
            upload.save(state)

    def preview(self, principal: Principal, id: str, *, at_length: bool = False) -> ImportPreview:
        """The preview of a kept file, as it was chosen last, else as is proposed.

        Of a large one only how it is read, and what `check` found out, unless `at_length` says
        that there is time.
        Raises NotFound where it is not there any more.
        """
        upload = self._upload(principal, id)
        with upload.being_read():
            return self._preview(principal, upload, at_length=at_length)

    def _preview(self, principal: Principal, upload: Upload, *, at_length: bool) -> ImportPreview:
        state = upload.state
        preview = ImportPreview(
            upload.id, state.cluster, upload.path.name, state.options or TableOptions(),
            organization=state.organization, withdraws=state.withdraws,
            is_reviewed=bool(state.organization and reviewing_clusters(
                self.store, self.repositories, state.organization
            )),
        )  # fmt: skip
        try:
            upload, table = proposed(self.repositories, principal, upload)
            options = upload.state.options or TableOptions()
            samples, index = column_samples(table), reference_index(self.store)
            file = file_preview(table, options, samples, index)
        except InvalidInput as error:
            return replace(preview, refused=error)
        preview = replace(
            preview,
            options=options,
            joins=upload.state.joins is not False,
            is_remembered=upload.state.is_remembered,
            file=file,
            sheets=other_sheets(upload, index),
        )
        if not at_length and are_long(upload, table):
            return self._checked(principal, replace(preview, is_large=True), upload, table)
        try:
            run = ImportOptions(dry_run=True, cluster=state.cluster, keep=True)
            report, recognised = self._import(principal, upload, run)
        except InvalidInput as error:
            return replace(preview, refused=error)
        return replace(
            preview,
            report=replace(report, put=GraphRows(), before=GraphRows()),
            recognised=recognised,
            rows=tuple(problem_rows(table, options, report)),
            sheets=tuple(with_rows(upload, preview.sheets, report)),
            pairs=self.decisions.choices(principal, report),
        )

    def check(self, principal: Principal, id: str) -> Job:
        """Request that every line of a kept file is read as it is chosen, and none written.

        For large files, which `look` does not read whole. Raises InvalidInput, NotAllowed.
        """
        upload = self._upload(principal, id)
        with upload.being_read():
            upload, _ = proposed(self.repositories, principal, upload)
        return self.job_queue.request(
            principal, JobKind.CHECK, upload.state.cluster, upload=id, file=upload.path.name,
            organization=upload.state.organization,
        )  # fmt: skip

    def run_check(self, job: Job, progress: Progress = no_progress) -> Message:
        """Do what `check` requested, with the rights of who did: what `JobQueue` calls."""
        upload = self.uploads.sent_by(job.requested_by, job.arguments["upload"])
        principal = requester(self.repositories, job.requested_by)
        with upload.being_read():
            return self._run_check(principal, upload, progress)

    def _run_check(self, principal: Principal, upload: Upload, progress: Progress) -> Message:
        upload, _ = proposed(self.repositories, principal, upload)
        run = ImportOptions(dry_run=True, cluster=upload.state.cluster, progress=progress)
        try:
            report, recognised = self._import(principal, upload, run)
        except InvalidInput as error:
            upload.keep_check(refused_check_of(upload, error))
            raise
        titles, rows = rows_of_sheets(upload, report)
        keep_lines(upload.lines_file, titles, problem_lines(titles, rows))
        upload.keep_check(check_of(upload, report, recognised))
        return import_summary(report, recognised)

    def _checked(
        self, principal: Principal, preview: ImportPreview, upload: Upload, table: TableFile
    ) -> ImportPreview:
        """A preview of a large file with what its check found out."""
        check = upload.check()
        if check is None:
            return preview
        try:
            report = report_of(check, upload.path.name)
        except InvalidInput as error:
            return replace(preview, refused=error)
        rows = tuple(problem_rows(table, preview.options, report))
        told = replace(
            preview, report=report, recognised=check.recognised, rows=rows,
            sheets=tuple(with_rows(upload, preview.sheets, report)),
        )  # fmt: skip
        return replace(told, pairs=self.decisions.choices(principal, report))

    def problems(self, principal: Principal, id: str) -> ExportTable:
        """Every line of a kept file with problems, as the file has it, with a column of them.

        Of a large one what its check found. Raises WrongState where it was not checked so yet.
        """
        upload = self._upload(principal, id)
        with upload.being_read():
            return self._problems(upload, principal)

    def _problems(self, upload: Upload, principal: Principal) -> ExportTable:
        kept = kept_table(upload.lines_file) if upload.check() else None
        if kept is not None:
            return kept
        upload, table = proposed(self.repositories, principal, upload)
        if are_long(upload, table):
            raise WrongState("The file is large.", mend="Have all its lines checked first.")
        run = ImportOptions(dry_run=True, cluster=upload.state.cluster)
        report, _ = self._import(principal, upload, run)
        titles, rows = rows_of_sheets(upload, report)
        return problems_table(titles, problem_lines(titles, rows))

    def write(self, principal: Principal, id: str) -> Job:
        """Request that a kept file is written as seen last.

        Raises InvalidInput, NotAllowed, WrongState where too many wait already.
        """
        principal.require_writing()
        upload = self._upload(principal, id)
        with upload.being_read():
            upload, _ = proposed(self.repositories, principal, upload)
        options = upload.state.options or TableOptions()
        self.decisions.require(principal, options.decisions)
        job = self.job_queue.request(
            principal, JobKind.IMPORT, upload.state.cluster, id=id,
            upload=id, table=options.table, file=upload.path.name,
            organization=upload.state.organization,
        )  # fmt: skip
        # Now that it is written down: where this is cut off, the worker does it.
        self.uploads.request_if_possible(principal.subject, id)
        return job

    def run(self, job: Job, progress: Progress = no_progress) -> Message:
        """Do what `write` requested, with the rights of who did: what `JobQueue` calls.

        Where a worker died after the rows and the record were written, nothing is left to do.
        """
        upload_id = job.arguments["upload"]
        if (told := done_before(self.repositories, self.uploads, job)) is not None:
            return told
        try:
            principal = requester(self.repositories, job.requested_by)
        except MatchmakerError:  # the account is gone or closed
            self.uploads.drop_requested(upload_id)
            raise
        begin_writing = partial(self.job_queue.begin_writing, job.id)
        return import_summary(*self._write(principal, upload_id, job.id, progress, begin_writing))

    def cancel(self, principal: Principal, id: str) -> None:
        """Stop all work on a file of one's own that is not written yet, and remove the file.

        Raises NotFound for anyone but who sent it, WrongState where it is (being) written.
        """
        cancel_upload(self.store, self.repositories, self.job_queue, self.uploads, principal, id)

    def write_now(
        self, principal: Principal, id: str, progress: Progress = no_progress
    ) -> ImportReport:
        """Write a kept file at once. Raises InvalidInput, NotAllowed."""
        principal.require_writing()
        options = self._upload(principal, id).state.options or TableOptions()
        self.decisions.require(principal, options.decisions)
        return self._write(principal, id, id, progress)[0]

    def _write(
        self, principal: Principal, upload_id: str, id: str, progress: Progress,
        begin_writing: Callable[[bool], None] = lambda _: None,
    ) -> tuple[ImportReport, int]:  # fmt: skip
        """Write a file that waits for it, and with its rows the record that takes it back.

        The file goes when both are written: until then the same import can be done again. Where
        it was not to be, whoever sent it has it back. Rights that change while it runs count:
        it is done anew with those of now, or goes.
        """
        writing = ImportWriting(
            self.store, self.repositories, self.importer, self.decisions, self.clock
        )
        try:
            requested = self.uploads.request(principal.subject, upload_id)
            upload, _ = proposed(self.repositories, principal, requested)
            written = retry_on_conflict(
                lambda: writing.write(
                    by_now(self.repositories, principal), upload, id, progress, begin_writing
                )
            )
        except (JobCancelled, NotAllowed, SignInNeeded):  # or whoever sent it may no more
            self.uploads.drop_requested(upload_id)
            raise
        except Exception:
            self.uploads.give_back(principal.subject, upload_id)
            raise
        self.uploads.drop_requested(upload_id)
        forget_parts(self.repositories, id)
        return written

    def imports(
        self, principal: Principal, cluster: str = "", organization: str = ""
    ) -> list[ImportRecord]:
        """The newest first. Raises NotAllowed."""
        self._require(principal, cluster, organization)
        under = ("organization", organization) if organization else ("cluster", cluster)
        page = self.repositories.imports.page(*under, limit=20, newest_first=True)
        return [stored.value for stored in page.rows]

    def statuses(
        self, principal: Principal, cluster: str = "", organization: str = ""
    ) -> list[ImportStatus]:
        """Of what was imported, the newest first, without problems. Raises NotAllowed."""
        records = self.imports(principal, cluster, organization)
        undos = undo_jobs(self.repositories, records)
        return [
            status_of_record(replace(record, problems=()), undos.get(record.id))
            for record in records
        ]

    def status(self, principal: Principal, id: str) -> ImportStatus:
        """The status of an import: for its sender, and once written for those who may undo it.

        Raises NotFound, NotAllowed.
        """
        principal.require_known()
        stored = self.repositories.imports.get_or_none(id)
        if stored is not None:
            self._require(principal, stored.value.cluster, stored.value.organization)
            undos = undo_jobs(self.repositories, [stored.value])
            return status_of_record(stored.value, undos.get(id))
        submitted = self.repositories.submitted_lists.get_or_none(id)
        if submitted is not None:
            self._require(principal, "", submitted.value.organization)
            return status_of_submitted(submitted.value)
        if self.repositories.jobs.get_or_none(id) is not None:
            return status_of_job(self.job_queue.show(principal, id))
        return status_of_preview(self.preview(principal, id))

    def problems_export(self, principal: Principal, id: str) -> DataExport:
        """Problems of lines: as the file has them before it is written, then as told."""
        principal.require_known()
        stored = self.repositories.imports.get_or_none(id)
        if stored is None:
            return problems_export(self.problems(principal, id))
        self._require(principal, stored.value.cluster, stored.value.organization)
        return problems_export(told_table(stored.value.problems))

    def undo(self, principal: Principal, id: str, progress: Progress = no_progress) -> TakenBack:
        """Take an import back at once, as `undo_import` does and with what it raises."""
        return undo_import(self.store, self.repositories, principal, self.clock, id, progress)

    def _import(
        self, principal: Principal, upload: Upload, run: ImportOptions
    ) -> tuple[ImportReport, int]:
        return import_upload(self.store, self.importer, principal, upload, run)

    def _upload(self, principal: Principal, id: str) -> Upload:
        upload = replace(self.uploads.of(principal, id), is_awaited=self.is_awaited)
        self._require(principal, upload.state.cluster, upload.state.organization)
        return upload

    def _require(self, principal: Principal, cluster: str, organization: str = "") -> None:
        require_importing(principal, cluster, organization)
        if cluster:
            self.store.cluster(cluster)
