"""Bringing tables in over the pages: looked at, written, taken back."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import IO

from pydantic import TypeAdapter

from matchmaker.access import SYSTEM, Principal
from matchmaker.domain import GraphRows
from matchmaker.errors import InvalidInput, WrongState
from matchmaker.ingest.columns import TABLES, table_name
from matchmaker.ingest.scope import ALLOWED
from matchmaker.ingest.table_file import SUFFIXES, SheetSummary, TableFile, open_table
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.tables import table_of
from matchmaker.ingest.titles import expected_titles, known, suggested
from matchmaker.ingest.undo import KeptField, reversal
from matchmaker.messages import Message, message
from matchmaker.services.operations.import_report import ImportReport
from matchmaker.services.operations.importer import Importer, ImportOptions, require_importing
from matchmaker.services.operations.job_queue import JobQueue
from matchmaker.services.operations.refresher import Progress, no_progress
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import Clock, UnitOfWork
from matchmaker.store.documents import Store, new_id
from matchmaker.workflow.job import ImportRecord, Job, JobKind

SAMPLES = 5
# An import of more rows is kept without what an undo needs.
MAX_UNDONE = 20_000
_OPTIONS = TypeAdapter(TableOptions)
_OPTIONS_FILE = "options.json"
# What is tried for a file that is not named for a table; of equals the first.
_LIKELY = ("organizations", "observations", "ties", "offers", "needs", "memberships", "clusters")


@dataclass(frozen=True, slots=True)
class FilePreview:
    """A file as it is read: what was judged of it, and its columns with some of their cells."""

    name: str
    kind: str
    sheet: str
    sheets: tuple[SheetSummary, ...]
    encoding: str
    separator: str
    header_line: int
    samples: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """A file before it is written: how it is read, and what would come of it.

    `options` are those in force, with every title of the file in their mapping. `report` is
    None where the file cannot be read with them; `refused` says why. `file` is None where it
    cannot be read at all.
    """

    upload: str
    options: TableOptions
    file: FilePreview | None = None
    report: ImportReport | None = None
    refused: InvalidInput | None = None

    @property
    def table(self) -> str:
        """The table that the file is read as."""
        return self.options.table

    @property
    def mapping(self) -> Mapping[str, str]:
        """Which column each title is, "" for none."""
        return self.options.mapping

    @property
    def samples(self) -> Mapping[str, tuple[str, ...]]:
        """Some cells of each column."""
        return self.file.samples if self.file else {}


@dataclass(frozen=True, slots=True)
class ImportWorkflow:
    """Use cases of imports over the pages and the API.

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

    def keep(self, principal: Principal, name: str, content: IO[bytes], cluster: str = "") -> str:
        """Keep a file until it is written; the id to speak of it. Raises InvalidInput."""
        self._require(principal, cluster)
        if not name.lower().endswith(SUFFIXES):
            raise InvalidInput("must be a file of %(names)s.", where="file", names=list(SUFFIXES))
        own = self._folder(principal)
        shutil.rmtree(own, ignore_errors=True)
        upload = new_id()
        (own / upload).mkdir(parents=True)
        with (own / upload / _safe(name)).open("wb") as file:
            shutil.copyfileobj(content, file)
        return upload

    def look(
        self,
        principal: Principal,
        upload: str,
        options: TableOptions | None = None,
        cluster: str = "",
    ) -> ImportPreview:
        """What would come of the file; without options as it was looked at last.

        A file seen for the first time is read as the last one of its name was, else as its
        titles suggest. Raises InvalidInput where it is not there any more.
        """
        path = self._path(principal, upload)
        chosen = options or self._saved(path) or self._remembered(principal, path, cluster)
        try:
            file = open_table(path, chosen.file, self._expected(chosen.table))
        except InvalidInput as error:
            return ImportPreview(upload, chosen, refused=error)
        table = chosen.table or table_of(path) or likely_table(file.header)
        if table not in self.tables(principal, cluster):
            raise InvalidInput("is no table that you may import.", where="table")
        columns = {column.name for column in TABLES[table].columns}
        given = {
            title: name for title, name in chosen.mapping.items() if name in columns or not name
        }
        mapping = suggested(table, file.header) | {
            title: given[title] for title in file.header if title in given
        }
        chosen = replace(chosen, table=table, mapping=mapping)
        (path.parent / _OPTIONS_FILE).write_bytes(_OPTIONS.dump_json(chosen))
        preview = ImportPreview(upload, chosen, _file_preview(file))
        run = ImportOptions(dry_run=True, tables=chosen, cluster=cluster)
        try:
            return replace(preview, report=self.importer.tables(principal, [path], run))
        except InvalidInput as error:
            return replace(preview, refused=error)

    def write(
        self,
        principal: Principal,
        upload: str,
        options: TableOptions | None = None,
        cluster: str = "",
    ) -> Job:
        """Request that it is written, as it was looked at last. Raises InvalidInput, NotAllowed."""
        self._require(principal, cluster)
        path = self._path(principal, upload)
        chosen = options or self._saved(path) or TableOptions()
        table = chosen.table or table_of(path) or ""
        if table not in self.tables(principal, cluster):
            raise InvalidInput("is no table that you may import.", where="table")
        saved = _OPTIONS.dump_json(replace(chosen, table=table))
        (path.parent / _OPTIONS_FILE).write_bytes(saved)
        requested = self._requested(upload)
        requested.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path.parent, requested)
        return self.job_queue.request(
            principal, JobKind.IMPORT, cluster, upload=upload, table=table
        )

    def run(self, job: Job, progress: Progress = no_progress) -> Message:
        """Do what `write` requested, which checked who did: what `JobQueue` calls."""
        folder = self._requested(job.arguments["upload"])
        try:
            path = _uploaded(folder)
            if path is None:
                raise InvalidInput("is not there any more.", where="file", mend="Choose it again.")
            chosen = self._saved(path) or TableOptions(table=job.arguments["table"])
            run = ImportOptions(progress=progress, tables=chosen, cluster=job.cluster, keep=True)
            report = self.importer.tables(SYSTEM, [path], run)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        is_small = len(report.put) <= MAX_UNDONE
        record = ImportRecord(
            job.id, job.arguments["table"], job.cluster, job.requested_by, self.clock(),
            report.rows, report.put if is_small else GraphRows(),
            report.before if is_small else GraphRows(), file=path.name,
            options=_OPTIONS.dump_python(replace(chosen, edits={}), mode="json"),
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

    def undo(self, principal: Principal, id: str) -> tuple[KeptField, ...]:
        """Put back what was before, field by field; what others have changed since stays.

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
        unit.log("import.undone", f"import/{id}", left=str(len(back.kept)))
        self.store.replace_rows(back.put, back.drop, unit.entries, unit.changes)
        return back.kept

    def _saved(self, path: Path) -> TableOptions | None:
        """As a file was looked at last."""
        try:
            return _OPTIONS.validate_json((path.parent / _OPTIONS_FILE).read_bytes())
        except (OSError, ValueError):
            return None

    def _remembered(self, principal: Principal, path: Path, cluster: str) -> TableOptions:
        """As the last file of this name was read."""
        for record in self.imports(principal, cluster):
            if record.file == path.name and record.options:
                return _OPTIONS.validate_python(record.options)
        return TableOptions()

    def _expected(self, table: str) -> frozenset[str]:
        tables = (table,) if table in TABLES else _LIKELY
        return frozenset[str]().union(*map(expected_titles, tables))

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
        folder = self._folder(principal)
        if upload and (folder / upload).parent == folder and (path := _uploaded(folder / upload)):
            return path
        raise InvalidInput("is not there any more.", where="file", mend="Choose it again.")


def likely_table(header: Iterable[str]) -> str:
    """The table of which a file has the most titles."""
    titles = list(header)
    counts = {name: sum(map(bool, known(TABLES[name], titles).values())) for name in _LIKELY}
    return max(_LIKELY, key=lambda name: counts[name])


def _file_preview(file: TableFile) -> FilePreview:
    samples: dict[str, dict[str, None]] = {title: {} for title in file.header}
    for line in islice(file.lines(), 50 * SAMPLES):
        for title, cells in samples.items():
            if len(cells) < SAMPLES and (cell := line.cells.get(title, "")):
                cells[cell] = None
    return FilePreview(
        file.name, file.kind, file.sheet, file.sheets, file.encoding, file.separator,
        file.header_line, {title: tuple(cells) for title, cells in samples.items()},
    )  # fmt: skip


def _safe(name: str) -> str:
    """A file's own name without what a path could be made of."""
    plain = "".join(mark for mark in Path(name).name if mark.isprintable() and mark not in "/\\:")
    return plain.lstrip(".")[-150:] or "table.csv"


def _uploaded(folder: Path) -> Path | None:
    """The file that was kept in a folder."""
    if not folder.is_dir():
        return None
    files = sorted(path for path in folder.iterdir() if path.name != _OPTIONS_FILE)
    return files[0] if files else None
