"""Importing: parse, resolve duplicates, leave out what dangles, write; and report it all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from matchmaker.access import Principal
from matchmaker.domain import GraphRows
from matchmaker.errors import NotAllowed
from matchmaker.ingest.references import drop_dangling, referred
from matchmaker.ingest.report import Parsed, Problem, ReadProgress
from matchmaker.ingest.resolve import resolve
from matchmaker.ingest.scope import within
from matchmaker.ingest.table_file import AS_JUDGED, FileOptions
from matchmaker.ingest.tables import read_files, tables_at
from matchmaker.messages import message
from matchmaker.services.operations.refresher import Progress, no_progress
from matchmaker.store.ports import MAX_PAGE, GraphStore, Page, iterate


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """`strict`: one bad row refuses all. `dry_run`: only report.

    `mapping` names columns of our tables by a file's own ("" for none). `cluster` admits
    only rows about that cluster's members and new ones. `keep` reports the rows.
    `file` says how the files are read.
    """

    strict: bool = False
    dry_run: bool = False
    mapping: Mapping[str, str] = field(default_factory=dict)
    cluster: str = ""
    keep: bool = False
    progress: Progress = no_progress
    file: FileOptions = AS_JUDGED


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The result of an import, of a dry run as if it had been written. Counts are per table.

    `put` are the rows, `before` what was stored under their keys: what an undo needs.
    """

    written: bool
    dry_run: bool
    rows: dict[str, int]
    problems: tuple[Problem, ...]
    merged: int
    to_review: int
    created: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    unchanged: dict[str, int] = field(default_factory=dict)
    put: GraphRows = field(default_factory=GraphRows)
    before: GraphRows = field(default_factory=GraphRows)

    @property
    def refused(self) -> int:
        """How many rows were left out; warnings do not count."""
        return sum(problem.severity == "error" for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Importer:
    """Use cases that bring files in: of admins, and of coordinators for their cluster."""

    store: GraphStore
    not_duplicates: Callable[[], set[tuple[str, str]]] = set

    def tables(
        self, principal: Principal, paths: Sequence[Path], options: ImportOptions
    ) -> ImportReport:
        """Our own tables, from files named for their table and folders of them.

        Raises NotAllowed, or InvalidInput when a file cannot be read as its table at all.
        """
        require_importing(principal, options.cluster)
        options.progress(message("Reading the files"), 0, 0)
        files = [file for path in paths for file in tables_at(path)]
        return self._import(
            read_files(files, options.mapping, options.file), options, trust_keys=False
        )

    def read(
        self, principal: Principal, read: Callable[[ReadProgress], Parsed], options: ImportOptions
    ) -> ImportReport:
        """What a reader of `ingest` makes of a file in another layout, whose keys are trusted.

        Raises NotAllowed, or InvalidInput when the file cannot be read.
        """
        require_importing(principal, options.cluster)
        step = message("Reading the file")
        options.progress(step, 0, 0)
        parsed = read(lambda done, total: options.progress(step, done, total))
        return self._import(parsed, options, trust_keys=True)

    def _import(self, parsed: Parsed, options: ImportOptions, *, trust_keys: bool) -> ImportReport:
        options.progress(message("Looking for duplicates"), 0, 0)
        aliases = self.store.aliases()
        resolution = resolve(
            parsed.rows,
            self.store.duplicate_keys(),
            aliases,
            trust_keys=trust_keys,
            not_duplicates=self.not_duplicates(),
        )
        # A merge made before is on record with the reason it had then.
        merged = tuple(
            alias for alias in resolution.merged if aliases.get(alias.id) != alias.organization
        )
        review = resolution.review
        rows = replace(
            resolution.rows,
            aliases=(*resolution.rows.aliases, *merged),
            duplicates=(*resolution.rows.duplicates, *review),
        )
        checked = drop_dangling(replace(parsed, rows=rows), self._stored_ids(rows))
        needed = options.keep or options.cluster
        before = self.store.stored(checked.rows) if needed else GraphRows()
        if options.cluster:
            members = _ids(partial(self.store.members, options.cluster))
            checked = within(checked, before, options.cluster, members)
        report = ImportReport(
            written=False,
            dry_run=options.dry_run,
            rows=checked.rows.counts(),
            problems=checked.problems,
            merged=len(resolution.merged),
            to_review=len(review),
            put=checked.rows if options.keep else GraphRows(),
            before=before,
        )
        if options.dry_run or (options.strict and report.refused):
            return report
        options.progress(message("Writing to the store"), 0, 0)
        counts = self.store.upsert(checked.rows)
        return replace(
            report,
            written=True,
            created=counts.created,
            changed=counts.changed,
            unchanged=counts.unchanged,
        )

    def _stored_ids(self, rows: GraphRows) -> dict[str, set[str]]:
        """Of the ids that rows refer to and do not hold, those that the store has, by table."""
        wanted = {name: sorted(ids) for name, ids in referred(rows).items()}
        organizations = self.store.organizations_by_id(wanted["organizations"])
        return {
            "places": set(self.store.places(wanted["places"])),
            "industries": set(self.store.industries(wanted["industries"])),
            "organizations": {key for key, row in organizations.items() if key == row.id},
            "clusters": _ids(self.store.clusters) if wanted["clusters"] else set(),
        }


def _ids(page: Callable[[str | None, int], Page[Any]]) -> set[str]:
    return {row.id for row in iterate(lambda after: page(after, MAX_PAGE))}


def require_importing(principal: Principal, cluster: str) -> None:
    """Raise NotAllowed for anyone but admins and, for a cluster, its coordinators."""
    if cluster:
        principal.require_coordinator(cluster)
    elif not principal.admin:
        raise NotAllowed("Only administrators may import for all clusters.")
