"""Bringing tables in over the pages: looked at, written, taken back."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import IO

from matchmaker.access import SYSTEM, Principal
from matchmaker.domain import GraphRows
from matchmaker.errors import InvalidInput, WrongState
from matchmaker.ingest.columns import TABLES, table_name
from matchmaker.ingest.scope import ALLOWED
from matchmaker.ingest.table_file import SUFFIXES, open_table
from matchmaker.ingest.tables import expected_titles, suggested
from matchmaker.ingest.undo import reversal
from matchmaker.messages import Message, message
from matchmaker.services.operations.importer import (
    Importer,
    ImportOptions,
    ImportReport,
    require_importing,
)
from matchmaker.services.operations.job_queue import JobQueue
from matchmaker.services.operations.refresher import Progress, no_progress
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import Clock, UnitOfWork
from matchmaker.store.documents import Store, new_id
from matchmaker.workflow.job import ImportRecord, Job, JobKind

SAMPLES = 3
# An import of more rows is kept without what an undo needs.
MAX_UNDONE = 20_000
# Argument of a job: the column that a cell of the file's header is.
_COLUMN = "column."


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """A file before it is written: its columns with samples, what they are taken for, problems.

    `report` is None where the file cannot be read with this mapping; `refused` says why.
    """

    upload: str
    table: str
    samples: Mapping[str, tuple[str, ...]]
    mapping: Mapping[str, str]
    report: ImportReport | None = None
    refused: InvalidInput | None = None


@dataclass(frozen=True, slots=True)
class ImportWorkflow:
    """Use cases of imports over the pages.

    Admins import everything, coordinators what is about the members of their cluster.
    """

    store: Store
    repositories: Repositories
    importer: Importer
    job_queue: JobQueue
    uploads: Path
    clock: Clock

    def tables(self, principal: Principal, cluster: str = "") -> tuple[str, ...]:
        """Those that one may import. Raises NotAllowed."""
        self._require(principal, cluster)
        return tuple(name for name in TABLES if not cluster or name in ALLOWED)

    def keep(
        self, principal: Principal, table: str, name: str, content: IO[bytes], cluster: str = ""
    ) -> str:
        """Keep a file until it is written; the id to speak of it. Raises InvalidInput."""
        if table not in self.tables(principal, cluster):
            raise InvalidInput("is no table that you may import.", where="table")
        suffix = next((end for end in SUFFIXES if name.lower().endswith(end)), "")
        if not suffix:
            raise InvalidInput("must be a file of %(names)s.", where="file", names=list(SUFFIXES))
        own = self._folder(principal)
        shutil.rmtree(own, ignore_errors=True)
        upload = new_id()
        (own / upload).mkdir(parents=True)
        with (own / upload / f"{table}{suffix}").open("wb") as file:
            shutil.copyfileobj(content, file)
        return upload

    def look(
        self,
        principal: Principal,
        upload: str,
        mapping: Mapping[str, str] | None = None,
        cluster: str = "",
    ) -> ImportPreview:
        """What would come of the file. Raises InvalidInput where it is no table at all."""
        self._require(principal, cluster)
        path = self._path(principal, upload)
        table = path.name.split(".", 1)[0]
        file = open_table(path, expected=expected_titles(table))
        lines = list(islice(file.lines(), SAMPLES))
        header = list(file.header)
        columns = suggested(table, header)
        if mapping is not None:
            names = {column.name for column in TABLES[table].columns}
            columns = {
                cell: name if (name := mapping.get(cell, "")) in names else "" for cell in header
            }
        samples = {cell: tuple(line.cells.get(cell, "") for line in lines) for cell in header}
        preview = ImportPreview(upload, table, samples, columns)
        options = ImportOptions(dry_run=True, mapping=columns, cluster=cluster)
        try:
            return replace(preview, report=self.importer.tables(principal, [path], options))
        except InvalidInput as error:
            return replace(preview, refused=error)

    def write(
        self, principal: Principal, upload: str, mapping: Mapping[str, str], cluster: str = ""
    ) -> Job:
        """Request that it is written. Raises InvalidInput, NotAllowed."""
        self._require(principal, cluster)
        path = self._path(principal, upload)
        requested = self._requested(upload)
        requested.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path.parent, requested)
        columns = {f"{_COLUMN}{cell}": column for cell, column in mapping.items()}
        return self.job_queue.request(
            principal, JobKind.IMPORT, cluster, upload=upload, table=path.name.split(".", 1)[0],
            **columns,
        )  # fmt: skip

    def run(self, job: Job, progress: Progress = no_progress) -> Message:
        """Do what `write` requested, which checked who did: what `JobQueue` calls."""
        folder = self._requested(job.arguments["upload"])
        mapping = {
            name.removeprefix(_COLUMN): column
            for name, column in job.arguments.items()
            if name.startswith(_COLUMN)
        }
        options = ImportOptions(progress=progress, mapping=mapping, cluster=job.cluster, keep=True)
        try:
            report = self.importer.tables(SYSTEM, [folder], options)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        is_small = len(report.put) <= MAX_UNDONE
        record = ImportRecord(
            job.id, job.arguments["table"], job.cluster, job.requested_by, self.clock(),
            report.rows, report.put if is_small else GraphRows(),
            report.before if is_small else GraphRows(),
        )  # fmt: skip
        unit = UnitOfWork(job.requested_by, self.clock())
        unit.add(self.repositories.imports.put(record))
        rows = str(sum(report.rows.values()))
        unit.log("import.written", f"table/{record.table}", rows=rows)
        unit.commit(self.repositories.records)
        counts = [
            message("%(count)s %(table)s", count=count, table=table_name(name))
            for name, count in report.rows.items()
        ]
        return message(
            "Rows written: %(rows)s; refused: %(refused)s.",
            rows=counts or 0,
            refused=report.refused,
        )

    def imports(self, principal: Principal, cluster: str = "") -> list[ImportRecord]:
        """The newest first. Raises NotAllowed."""
        self._require(principal, cluster)
        page = self.repositories.imports.page("cluster", cluster, limit=20, newest_first=True)
        return [stored.value for stored in page.rows]

    def undo(self, principal: Principal, id: str) -> int:
        """Put back what was before; how many rows others have changed since and so stay.

        Raises NotFound, NotAllowed, WrongState, InvalidInput where something still refers
        to a row that would go.
        """
        stored = self.repositories.imports.get(id)
        record = stored.value
        self._require(principal, record.cluster)
        principal.require_writing()
        if not record.can_be_undone:
            raise WrongState("This import cannot be taken back, or was already.")
        back = reversal(record.put, record.before, self.store.stored(record.put))
        unit = UnitOfWork.of(principal, self.clock())
        unit.add(self.repositories.imports.put(replace(record, undone=unit.at), stored.version))
        unit.log("import.undone", f"import/{id}", left=str(back.left))
        self.store.replace_rows(back.put, back.drop, unit.entries, unit.changes)
        return back.left

    def _require(self, principal: Principal, cluster: str) -> None:
        require_importing(principal, cluster)
        if cluster:
            self.store.cluster(cluster)

    def _folder(self, principal: Principal) -> Path:
        return self.uploads / principal.subject.replace(":", "-")

    def _requested(self, upload: str) -> Path:
        """Where a file is between its request and its import; the folder's name is older."""
        return self.uploads / "asked" / upload

    def _path(self, principal: Principal, upload: str) -> Path:
        for path in sorted(self._folder(principal).glob("*/*.*")):
            if path.parent.name == upload:
                return path
        raise InvalidInput("is not there any more.", where="file", mend="Choose it again.")
