"""Importing: parse, resolve duplicates, leave out what dangles, write; and report it all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from matchmaker.access import Principal
from matchmaker.domain import GraphRows
from matchmaker.errors import NotAllowed
from matchmaker.ingest.references import drop_dangling, referred
from matchmaker.ingest.report import Parsed, Problem
from matchmaker.ingest.resolve import resolve
from matchmaker.ingest.scope import within
from matchmaker.ingest.tables import read_files, tables_at
from matchmaker.messages import message
from matchmaker.services.operations.refresher import Progress, no_progress
from matchmaker.store.ports import MAX_PAGE, GraphStore, iterate


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """`strict`: one bad row refuses all. `dry_run`: only report.

    `mapping` names columns of our tables by a file's own ("" for none). `cluster` admits
    only rows about that cluster's members and new ones. `keep` reports the rows.
    """

    strict: bool = False
    dry_run: bool = False
    mapping: Mapping[str, str] = field(default_factory=dict)
    cluster: str = ""
    keep: bool = False
    progress: Progress = no_progress


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or on a dry run would have done. Counts are per table.

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


class Importer:
    """Use cases that bring files in: of admins, and of coordinators for their cluster."""

    def __init__(
        self, store: GraphStore, not_duplicates: Callable[[], set[tuple[str, str]]] = set
    ) -> None:
        self._store = store
        self._not_duplicates = not_duplicates

    def tables(
        self, principal: Principal, paths: Sequence[Path], options: ImportOptions
    ) -> ImportReport:
        """Our own tables, from files named for their table and folders of them.

        Raises NotAllowed, or InvalidInput when a file cannot be read as its table at all.
        """
        require_importing(principal, options.cluster)
        options.progress(message("Reading the files"), 0, 0)
        files = [file for path in paths for file in tables_at(path)]
        return self._import(read_files(files, options.mapping), options, trust_keys=False)

    def cordis(self, principal: Principal, path: Path, options: ImportOptions) -> ImportReport:
        """EU research projects in CORDIS' own layout.

        Raises NotAllowed, or InvalidInput for another zip.
        """
        from matchmaker.ingest.cordis import read_cordis

        require_importing(principal, options.cluster)
        step = message("Reading CORDIS")
        parsed = read_cordis(path, lambda done, total: options.progress(step, done, total))
        return self._import(parsed, options, trust_keys=True)

    def mapped(
        self,
        principal: Principal,
        path: Path,
        mapping: Path,
        kind: Literal["contracts", "ties"],
        options: ImportOptions,
    ) -> ImportReport:
        """Contracts or ties from any CSV. Raises NotAllowed, InvalidInput for file or mapping."""
        from matchmaker.ingest.mapping import read_mapped

        require_importing(principal, options.cluster)
        options.progress(message("Reading the file"), 0, 0)
        return self._import(read_mapped(path, mapping, kind), options, trust_keys=True)

    def _import(self, parsed: Parsed, options: ImportOptions, *, trust_keys: bool) -> ImportReport:
        options.progress(message("Looking for duplicates"), 0, 0)
        aliases = self._store.aliases()
        known = self._store.duplicate_keys()
        resolution = resolve(parsed.rows, known, aliases, trust_keys=trust_keys)
        # A merge made before is on record with the reason it had then.
        merged = tuple(
            alias for alias in resolution.merged if aliases.get(alias.id) != alias.organization
        )
        not_duplicates = self._not_duplicates()
        review = tuple(pair for pair in resolution.review if pair.key not in not_duplicates)
        rows = replace(
            resolution.rows,
            aliases=(*resolution.rows.aliases, *merged),
            duplicates=(*resolution.rows.duplicates, *review),
        )
        checked = drop_dangling(replace(parsed, rows=rows), self._known(rows))
        needed = options.keep or options.cluster
        before = self._store.stored(checked.rows) if needed else GraphRows()
        if options.cluster:
            members = self._members(options.cluster)
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
        counts = self._store.upsert(checked.rows)
        return replace(
            report,
            written=True,
            created=counts.created,
            changed=counts.changed,
            unchanged=counts.unchanged,
        )

    def _known(self, rows: GraphRows) -> dict[str, set[str]]:
        """Of the ids that rows refer to and do not hold, those that the store has, by table."""
        wanted = {name: sorted(ids) for name, ids in referred(rows).items()}
        organizations = self._store.organizations_by_id(wanted["organizations"])
        return {
            "places": set(self._store.places(wanted["places"])),
            "industries": set(self._store.industries(wanted["industries"])),
            "organizations": {key for key, row in organizations.items() if key == row.id},
            "clusters": self._cluster_ids() if wanted["clusters"] else set(),
        }

    def _members(self, cluster_id: str) -> set[str]:
        members = iterate(lambda after: self._store.members(cluster_id, after, MAX_PAGE))
        return {member.id for member in members}

    def _cluster_ids(self) -> set[str]:
        clusters = iterate(lambda after: self._store.clusters(after, MAX_PAGE))
        return {cluster.id for cluster in clusters}


def require_importing(principal: Principal, cluster: str) -> None:
    """Raise NotAllowed for anyone but admins and, for a cluster, its coordinators."""
    if cluster:
        principal.require_coordinator(cluster)
    elif not principal.admin:
        raise NotAllowed("Only administrators may import for all clusters.")
