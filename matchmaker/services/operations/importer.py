"""Importing: parse, resolve duplicates, leave out what dangles, write; and report it all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from matchmaker.domain import DuplicateCandidate, GraphRows
from matchmaker.errors import InvalidInput
from matchmaker.ingest.columns import TABLES
from matchmaker.ingest.references import drop_dangling, referred
from matchmaker.ingest.report import Parsed, Problem
from matchmaker.ingest.resolve import resolve
from matchmaker.ingest.scope import within
from matchmaker.ingest.tables import read_files, table_of
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
    """Use cases that bring files in. Whoever can run commands here is the admin."""

    def __init__(self, store: GraphStore, apart: Callable[[], set[tuple[str, str]]] = set) -> None:
        self._store = store
        self._apart = apart

    def tables(self, paths: Sequence[Path], options: ImportOptions) -> ImportReport:
        """Our own tables, from files named for their table and folders of them.

        Raises InvalidInput when a file cannot be read as its table at all.
        """
        options.progress("Reading the files", 0, 0)
        files = [located for path in paths for located in _tables_at(path)]
        return self._import(read_files(files, options.mapping), options, trust_keys=False)

    def cordis(self, path: Path, options: ImportOptions) -> ImportReport:
        """EU research projects in CORDIS' own layout. Raises InvalidInput for another zip."""
        from matchmaker.ingest.cordis import read_cordis

        parsed = read_cordis(
            path, lambda done, total: options.progress("Reading CORDIS", done, total)
        )
        return self._import(parsed, options, trust_keys=True)

    def mapped(
        self,
        path: Path,
        mapping: Path,
        kind: Literal["contracts", "ties"],
        options: ImportOptions,
    ) -> ImportReport:
        """Contracts or ties from any CSV. Raises InvalidInput for file or mapping."""
        from matchmaker.ingest.mapping import read_mapped

        options.progress("Reading the file", 0, 0)
        return self._import(read_mapped(path, mapping, kind), options, trust_keys=True)

    def duplicates(self) -> tuple[DuplicateCandidate, ...]:
        """Pairs for a person to decide on, the most alike first."""
        found = self._store.duplicates()
        return tuple(sorted(found, key=lambda pair: (-pair.score, pair.key)))

    def _import(self, parsed: Parsed, options: ImportOptions, *, trust_keys: bool) -> ImportReport:
        options.progress("Looking for duplicates", 0, 0)
        aliases = self._store.aliases()
        known = self._store.duplicate_keys()
        resolution = resolve(parsed.rows, known, aliases, trust_keys=trust_keys)
        # A merge made before is on record with the reason it had then.
        merged = tuple(one for one in resolution.merged if aliases.get(one.id) != one.organization)
        apart = self._apart()
        review = tuple(pair for pair in resolution.review if pair.key not in apart)
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
        options.progress("Writing to the store", 0, 0)
        counts = self._store.upsert(checked.rows)
        return replace(
            report,
            written=True,
            created=_some(counts.created),
            changed=_some(counts.changed),
            unchanged=_some(counts.unchanged),
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
        found = iterate(lambda after: self._store.members(cluster_id, after, MAX_PAGE))
        return {member.id for member in found}

    def _cluster_ids(self) -> set[str]:
        return {one.id for one in iterate(lambda after: self._store.clusters(after, MAX_PAGE))}


def _tables_at(path: Path) -> list[tuple[str, Path]]:
    """Files with the table that each is named for. Raises InvalidInput when there is none."""
    candidates = sorted(path.iterdir()) if path.is_dir() else [path]
    found = [(name, file) for file in candidates if (name := table_of(file)) is not None]
    if not found:
        raise InvalidInput(
            "is not named for a table." if path.is_file() else "holds no file named for a table.",
            where=str(path),
            mend="Name it TABLE.csv or TABLE.xlsx, where TABLE is one of %(names)s.",
            names=", ".join(TABLES),
        )
    return found


def _some(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}
