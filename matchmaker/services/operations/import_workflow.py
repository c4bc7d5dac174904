"""Bringing tables in over the pages: looked at, written, taken back; and deciding on duplicates."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import IO

from matchmaker.access import Principal
from matchmaker.domain import GraphRows
from matchmaker.errors import InvalidInput, NotAllowed, NotFound, WrongState
from matchmaker.ingest.columns import TABLES
from matchmaker.ingest.files import read_lines
from matchmaker.ingest.merge import merged
from matchmaker.ingest.scope import ALLOWED
from matchmaker.ingest.tables import suggested
from matchmaker.ingest.undo import reversal
from matchmaker.services.operations.importer import Importer, ImportOptions, ImportReport
from matchmaker.services.operations.job_queue import JobQueue
from matchmaker.services.operations.refresher import Progress, no_progress
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import Clock, UnitOfWork
from matchmaker.store.documents import new_id
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.account import AccountMembership
from matchmaker.workflow.job import ImportRecord, Job, JobKind, NotDuplicate

SUFFIXES = (".csv", ".xlsx")
SAMPLES = 3
# An import of more rows is kept without what an undo needs.
MOST_UNDONE = 20_000


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """A file before it is written: its columns with samples, what they are taken for, problems.

    `report` is None where the file cannot be read with this mapping; `refused` says why.
    """

    upload: str
    table: str
    samples: Mapping[str, tuple[str, ...]]
    mapping: Mapping[str, str]
    report: ImportReport | None
    refused: str = ""


class ImportWorkflow:
    """Use cases of imports over the pages.

    Admins import everything, coordinators what is about the members of their cluster.
    """

    def __init__(
        self,
        store: GraphStore,
        repositories: Repositories,
        importing: Importer,
        work: JobQueue,
        uploads: Path,
        clock: Clock,
    ) -> None:
        self._store = store
        self._repositories = repositories
        self._importer = importing
        self._work = work
        self._uploads = uploads
        self._clock = clock

    # -- a file

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
        suffix = Path(name).suffix.lower()
        if suffix not in SUFFIXES:
            raise InvalidInput("must be a file .csv or .xlsx.", where="file")
        own = self._folder(principal)
        shutil.rmtree(own, ignore_errors=True)
        upload = new_id()
        (own / upload).mkdir(parents=True)
        with (own / upload / f"{table}{suffix}").open("wb") as written:
            shutil.copyfileobj(content, written)
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
        lines = list(islice(read_lines(path), SAMPLES))
        header = list(lines[0].cells) if lines else []
        taken = suggested(table, header)
        if mapping is not None:
            taken = {cell: _column(table, mapping.get(cell, "")) for cell in header}
        samples = {cell: tuple(line.cells.get(cell, "") for line in lines) for cell in header}
        options = ImportOptions(dry_run=True, mapping=taken, cluster=cluster)
        try:
            report = self._importer.tables([path], options)
        except InvalidInput as error:
            return ImportPreview(upload, table, samples, taken, None, str(error))
        return ImportPreview(upload, table, samples, taken, report)

    def write(
        self, principal: Principal, upload: str, mapping: Mapping[str, str], cluster: str = ""
    ) -> Job:
        """Ask for it to be written. Raises InvalidInput, NotAllowed."""
        self._require(principal, cluster)
        path = self._path(principal, upload)
        kept = self._uploads / "asked" / upload
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path.parent, kept)
        columns = {f"column.{cell}": column for cell, column in mapping.items()}
        return self._work.ask(
            principal, JobKind.IMPORT, cluster, upload=upload, table=path.name.split(".", 1)[0],
            **columns,
        )  # fmt: skip

    def written(self, job: Job, progress: Progress = no_progress) -> str:
        """Do what `write` asked for: what `JobQueue` calls. Gives what to say."""
        folder = self._uploads / "asked" / job.arguments["upload"]
        mapping = {
            name.removeprefix("column."): column
            for name, column in job.arguments.items()
            if name.startswith("column.")
        }
        options = ImportOptions(progress=progress, mapping=mapping, cluster=job.cluster, keep=True)
        try:
            report = self._importer.tables([folder], options)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        is_small = len(report.put) <= MOST_UNDONE
        imported = ImportRecord(
            job.id, job.arguments["table"], job.cluster, job.by, self._clock(), report.rows,
            report.put if is_small else GraphRows(), report.before if is_small else GraphRows(),
        )  # fmt: skip
        unit = UnitOfWork(job.by, self._clock())
        unit.add(self._repositories.imports.put(imported))
        rows = str(sum(report.rows.values()))
        unit.log("import.written", f"table/{imported.table}", rows=rows)
        unit.commit(self._repositories.records)
        parts = [f"{count} {name}" for name, count in report.rows.items()]
        return f"{', '.join(parts) or '0'}; {report.refused} ✗"

    # -- taking back

    def imports(self, principal: Principal, cluster: str = "") -> list[ImportRecord]:
        """The newest first. Raises NotAllowed."""
        self._require(principal, cluster)
        page = self._repositories.imports.page("cluster", cluster, limit=20, newest_first=True)
        return [stored.value for stored in page.rows]

    def undo(self, principal: Principal, id: str) -> int:
        """Put back what was before; how many rows others have changed since and so stay.

        Raises NotFound, NotAllowed, WrongState, InvalidInput where something still refers
        to a row that would go.
        """
        stored = self._repositories.imports.get(id)
        imported = stored.value
        self._require(principal, imported.cluster)
        principal.require_writing()
        if not imported.can_be_undone:
            raise WrongState("This import cannot be taken back, or was already.")
        now = self._store.stored(imported.put)
        back = reversal(imported.put, imported.before, now)
        self._store.replace_rows(back.put, back.drop)
        unit = UnitOfWork.of(principal, self._clock())
        unit.add(
            self._repositories.imports.put(replace(imported, undone=self._clock()), stored.version)
        )
        unit.log("import.undone", f"import/{id}", left=str(back.left))
        unit.commit(self._repositories.records)
        return back.left

    # -- duplicates

    def merge(self, principal: Principal, gone: str, kept: str) -> None:
        """Make two organisations one; `gone` becomes another id of `kept`.

        People of the one become people of the other. Raises NotAllowed, NotFound, WrongState.
        """
        principal.require_admin()
        principal.require_writing()
        if gone == kept:
            raise InvalidInput("are the same already.", where="kept")
        for id in (gone, kept):
            if self._store.organization(id).id != id:
                raise NotFound("There is no organisation '%(id)s' any more.", id=id)
        if self._is_busy(gone):
            raise WrongState(
                "%(gone)s has introductions under way.",
                mend="Wait until they are over, or keep the other one.",
                gone=gone,
            )
        rows = self._store.rows_about(gone) | self._store.rows_about(kept)
        self._store.replace_rows(*merged(rows, gone, kept, "merged"))
        unit = UnitOfWork.of(principal, self._clock())
        for stored in self._repositories.accounts.iterate("organization", gone):
            roles = {place.organization: place.role for place in stored.value.memberships}
            roles.setdefault(kept, roles.pop(gone))
            memberships = tuple(AccountMembership(id, role) for id, role in roles.items())
            account = replace(stored.value, memberships=memberships)
            unit.add(self._repositories.accounts.put(account, stored.version))
        unit.log("organization.merged", f"organization/{gone}", into=kept)
        unit.commit(self._repositories.records)

    def keep_apart(self, principal: Principal, first: str, second: str) -> None:
        """They are not the same, and will not be asked about again. Raises NotAllowed."""
        principal.require_admin()
        principal.require_writing()
        pairs = [one for one in self._store.duplicates() if one.key == (first, second)]
        self._store.replace_rows(GraphRows(), GraphRows(duplicates=tuple(pairs)))
        id = f"{first} {second}"
        if self._repositories.not_duplicates.get_or_none(id) is None:
            unit = UnitOfWork.of(principal, self._clock())
            unit.add(self._repositories.not_duplicates.put(NotDuplicate(id, first, second)))
            unit.log("organizations.apart", f"organization/{first}", other=second)
            unit.commit(self._repositories.records)

    def _is_busy(self, organization_id: str) -> bool:
        slots = self._repositories.slots.get_or_none(organization_id)
        waiting = self._repositories.introductions.count("waiting_for", organization_id)
        asking = self._repositories.introductions.count("asking", organization_id)
        return bool((slots and slots.value.taken) or waiting or asking)

    # -- the rest

    def _require(self, principal: Principal, cluster: str) -> None:
        if cluster:
            principal.require_coordinator(cluster)
            self._store.cluster(cluster)
        elif not principal.admin:
            raise NotAllowed("Only administrators may import for all clusters.")

    def _folder(self, principal: Principal) -> Path:
        return self._uploads / principal.subject.replace(":", "-")

    def _path(self, principal: Principal, upload: str) -> Path:
        folder = self._folder(principal)
        found = sorted(folder.glob("*/*.*"))
        for path in found:
            if path.parent.name == upload:
                return path
        raise InvalidInput("is not there any more.", where="file", mend="Choose it again.")


def _column(table: str, asked: str) -> str:
    names = {column.name for column in TABLES[table].columns}
    return asked if asked in names else ""
