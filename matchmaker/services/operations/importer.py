"""Importing: parse, resolve duplicates, leave out what dangles, write; and report it all."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from matchmaker.access import Principal
from matchmaker.domain import (
    Certificate,
    ClaimTier,
    DuplicateCandidate,
    GraphRows,
    Organization,
    is_within,
)
from matchmaker.errors import NotAllowed
from matchmaker.ingest.cordis import is_large_cordis, read_cordis, read_large_cordis
from matchmaker.ingest.dealings import with_dealings
from matchmaker.ingest.earlier_keys import known_by_earlier_ids
from matchmaker.ingest.hidden_parties import aliases_found, pairs_found, without_hidden
from matchmaker.ingest.known_certificates import may_be_known_as, under_known_ids
from matchmaker.ingest.known_members import named_members
from matchmaker.ingest.made_ids import source_of_cluster, with_source
from matchmaker.ingest.other_statements import joined_to, pairs_of
from matchmaker.ingest.pair_decisions import Decisions, decisions_of, with_decided
from matchmaker.ingest.references import drop_dangling, drop_orphans, with_origins_of_kept
from matchmaker.ingest.report import Parsed, Problem, ReadProgress, consistent, file_counts
from matchmaker.ingest.resolve import Resolution, keys_of, resolve
from matchmaker.ingest.scope import (
    with_claims_of_importer,
    with_identities_on_record,
    within,
    without_restored_claims,
)
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.table_paths import tables_at
from matchmaker.ingest.tables import read_files, read_sheets
from matchmaker.messages import message
from matchmaker.services.directory.directory import VOUCHED
from matchmaker.services.operations.import_parts import ImportParts
from matchmaker.services.operations.import_references import NotOfCluster, ids_of, stored_ids
from matchmaker.services.operations.import_report import (
    MAX_CHANGES,
    ImportReport,
    organization_changes,
)
from matchmaker.services.operations.large_import import LargeImport, is_large
from matchmaker.services.operations.reference_data import reference_index
from matchmaker.services.operations.refresher import Progress, no_progress
from matchmaker.store.changes import Change
from matchmaker.store.graph_store import Completion, PartNote
from matchmaker.store.log import Entry
from matchmaker.store.merging import as_said_of, merged_organization
from matchmaker.store.ports import DuplicateKeys, GraphStore, MergeRules, RowChanges

# More pairs that may be one are counted and not listed in a report.
MAX_ALIKE = 200
# Of more changed rows than about so many a report does not hold all: they cannot be taken back.
MAX_KEPT = 20_001
# What a coordinator's list does not change of an organisation on record.
_IDENTITY = VOUCHED | {"tier"}
# The column of a list whose cells become rows of a table.
_SAID_IN = {"descriptions": "description"}


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """Options of reading files and of writing their rows.

    `strict`: anything refused or not read as written refuses all. `dry_run`: only report.
    `tables` says how files of our tables are read. `cluster` admits only rows about that
    cluster's members and new ones, who become members where they `joins`. `keep` reports the
    rows, for an undo. `begin_writing` is called before the first row is written, with whether that
    is done in parts, and may raise so that none is. What `complete` makes of the report is written
    with the rows or not at all; `parts` keeps what is written before it, in parts.
    """

    strict: bool = False
    dry_run: bool = False
    cluster: str = ""
    joins: bool = True
    keep: bool = False
    tables: TableOptions = field(default_factory=TableOptions)
    progress: Progress = no_progress
    begin_writing: Callable[[bool], None] = lambda _: None
    complete: Callable[[ImportReport], tuple[Sequence[Entry], Sequence[Change]]] | None = None
    parts: ImportParts | None = None

    def begin(self, *, is_in_parts: bool) -> None:
        """Say that the first row is about to be written."""
        if self.parts is not None:
            self.parts.is_in_parts = is_in_parts
        self.begin_writing(is_in_parts)

    @property
    def note(self) -> PartNote | None:
        """What is to be written with each part."""
        return None if self.parts is None else self.parts.note

    def completion(self, report_of: Callable[[RowChanges], ImportReport]) -> Completion | None:
        """The same for a store, which knows what changes before there is a report."""
        complete = self.complete
        return None if complete is None else lambda changes: complete(report_of(changes))


@dataclass(frozen=True, slots=True)
class Importer:
    """Use cases that bring files in: of admins, and of coordinators for their cluster."""

    store: GraphStore
    not_duplicates: Callable[[], set[tuple[str, str]]] = set
    # Days on which confirmations of certificates were taken back, by their ids.
    taken_back: Callable[[Sequence[Certificate]], Mapping[str, datetime.date]] = lambda _: {}
    # Those of the organisations for which nobody acts.
    without_people: Callable[[Collection[str]], frozenset[str]] = frozenset
    # Those who opted out, and whom somebody therefore does not find.
    hidden_from: Callable[[Principal], frozenset[str]] = lambda _: frozenset()

    def tables(
        self, principal: Principal, paths: Sequence[Path], options: ImportOptions
    ) -> ImportReport:
        """Our own tables, from files named for their table and folders of them.

        Raises NotAllowed, or InvalidInput when a file cannot be read as its table at all.
        """
        require_importing(principal, options.cluster)
        options.progress(message("Reading the files"), 0, 0)
        files = [file for path in paths for file in tables_at(path, options.tables.table)]
        if is_large(files) and not options.cluster:
            index = reference_index(self.store)
            large = LargeImport.read(self.store, index, files, options.tables, today())
            return self._import_large(large, options)
        parsed = read_files(
            files, options.tables, reference_index(self.store), today(), options.cluster
        )
        return self._import(principal, parsed, options, trust_keys=False)

    def sheets(
        self, principal: Principal, sheets: Sequence[tuple[Path, TableOptions]], run: ImportOptions
    ) -> ImportReport:
        """Sheets of one file that are read as one list. Raises as `tables` does."""
        require_importing(principal, run.cluster)
        run.progress(message("Reading the file"), 0, 0)
        parsed = read_sheets(sheets, reference_index(self.store), run.cluster)
        return self._import(principal, parsed, run, trust_keys=False)

    def cordis(self, principal: Principal, path: Path, options: ImportOptions) -> ImportReport:
        """EU projects in CORDIS' own layout, of any size. Raises as `read` does."""
        if not is_large_cordis(path) or options.cluster:
            return self.read(principal, partial(read_cordis, path), options)
        require_importing(principal, options.cluster)
        step = message("Reading the file")
        options.progress(step, 0, 0)
        reading = read_large_cordis(
            path, lambda done, total: options.progress(step, done, total), today()
        )
        index = reference_index(self.store)
        return self._import_large(LargeImport(self.store, index, reading, trust_keys=True), options)

    def read(
        self, principal: Principal, read: Callable[[ReadProgress], Parsed], options: ImportOptions
    ) -> ImportReport:
        """Import what a reader of `ingest` makes of a file in another layout; keys are trusted.

        Raises NotAllowed, or InvalidInput when the file cannot be read.
        """
        require_importing(principal, options.cluster)
        step = message("Reading the file")
        options.progress(step, 0, 0)
        parsed = read(lambda done, total: options.progress(step, done, total))
        return self._import(principal, parsed, options, trust_keys=True)

    def _import(
        self, principal: Principal, parsed: Parsed, options: ImportOptions, *, trust_keys: bool
    ) -> ImportReport:
        parsed = replace(parsed, rows=_dated(parsed.rows, today()))
        options.progress(message("Looking for duplicates"), 0, 0)
        known = tuple(self.store.duplicate_keys())
        aliases = self.store.aliases() | known_by_earlier_ids(
            parsed.earlier_ids, parsed.rows.organizations, known
        )
        hidden = self.hidden_from(principal) if options.cluster else frozenset[str]()
        if options.cluster and not principal.admin:
            # Before names are looked up: then a hidden one's id reads as one that nobody has.
            others = NotOfCluster(options.cluster, self._members(options.cluster), hidden)
            parsed = others.left_out(self.store, parsed, known, aliases)
            aliases = aliases_found(aliases, hidden, parsed.organization_ids)
        members = self._members(options.cluster) - hidden if options.cluster else set[str]()
        parsed = with_dealings(parsed, known, None if principal.admin else members)
        decisions = self._decisions(principal, parsed, known, aliases, options, hidden)
        apart = self.not_duplicates() | decisions.apart
        same = named_members(parsed.rows.organizations, known, members, apart) | {**decisions.same}
        resolved = partial(resolve, trust_keys=trust_keys, same=same, not_duplicates=apart)
        resolution = resolved(parsed.rows, known, aliases)
        if hidden:
            on_record = {keys.id for keys in known}
            shown = without_hidden(parsed, resolution, aliases, hidden, on_record)
            if shown is not parsed or pairs_found(resolution.review, hidden) != resolution.review:
                parsed = drop_dangling(shown, stored_ids(self.store, shown.rows, hidden))
                known = tuple(keys for keys in known if keys.id not in hidden)
                aliases = {id: kept for id, kept in aliases.items() if kept not in hidden}
                resolution = resolved(parsed.rows, known, aliases)
        # A merge made before is on record with the reason it had then.
        merged = tuple(
            alias for alias in resolution.merged if aliases.get(alias.id) != alias.organization
        )
        leads_to = aliases | {alias.id: alias.organization for alias in resolution.merged}
        rows = replace(
            resolution.rows,
            organizations=self._with_merged(parsed.rows, resolution, leads_to),
            aliases=(*resolution.rows.aliases, *merged),
            duplicates=(*resolution.rows.duplicates, *resolution.review),
        )
        parsed = with_origins_of_kept(replace(parsed, rows=rows), leads_to)
        checked = drop_dangling(parsed, stored_ids(self.store, rows))
        alike = GraphRows(certificates=may_be_known_as(checked.rows.certificates))
        checked = under_known_ids(checked, self.store.stored(alike).certificates)
        if options.cluster:
            members = self._members(options.cluster)
            stored = self.store.stored(checked.rows)
            if not principal.admin:
                # Never that of a register, or of another cluster, whatever the file calls it.
                own = with_source(checked.rows, source_of_cluster(options.cluster))
                checked = replace(checked, rows=own)
            checked = within(
                checked, stored, options.cluster, members, joins=options.joins, hidden=hidden
            )
            if not principal.admin:
                acting_for = principal.organizations
                checked = with_claims_of_importer(checked, stored, acting_for)
                ids = {row.id for row in checked.rows.organizations}
                checked = with_identities_on_record(
                    checked, stored, _IDENTITY, source_of_cluster(options.cluster), acting_for,
                    ids - self.without_people(ids),
                )  # fmt: skip
            checked = with_decided(checked, decisions, {keys.id for keys in known})
        checked = self._without_restored_claims(checked)
        checked = self._with_reference_rows(drop_orphans(checked))
        if checked.are_ids_made:
            checked = joined_to(checked, self.store.between(pairs_of(checked.rows)))
        told = (*checked.problems, *decisions.problems(next(iter(checked.read), "")))
        checked = replace(checked, problems=tuple(consistent(told)))
        report = ImportReport(
            written=False,
            dry_run=options.dry_run,
            rows=checked.rows.counts(),
            problems=tuple(row for row in checked.problems if row.severity != "note"),
            notes=tuple(row for row in checked.problems if row.severity == "note"),
            files=file_counts(checked.read, checked.problems),
            merged=len(merged) + checked.merged,
            to_review=len(resolution.review),
            alike=(review := resolution.review[:MAX_ALIKE]),
            decided=decisions.pairs,
            names=_names_of(review, {row.id: row for row in rows.organizations}),
        )
        is_refused = options.strict and not report.is_clean
        rules = MergeRules(
            written_defaults=checked.explicit,
            fill_blanks_tables=frozenset({"organizations"} if checked.only_blanks else ()),
            fill_blanks_ids=frozenset(alias.organization for alias in resolution.merged),
            dry_run=options.dry_run or is_refused,
        )
        if not rules.dry_run:
            options.progress(message("Writing to the store"), 0, 0)
            options.begin(is_in_parts=not self.store.is_written_at_once(checked.rows))

        def report_of(changes: RowChanges) -> ImportReport:
            contradicted = tuple(overruled(changes, checked.origins))
            whole = replace(
                report,
                written=not rules.dry_run,
                problems=(*report.problems, *contradicted),
                files=file_counts(checked.read, (*checked.problems, *contradicted)),
            )
            return with_changes(whole, changes, options)

        completion = options.completion(report_of)
        return report_of(self.store.import_rows(checked.rows, rules, completion, options.note))

    def _without_restored_claims(self, parsed: Parsed) -> Parsed:
        claimed = tuple(
            row for row in parsed.rows.certificates if row.claim is not ClaimTier.STATED
        )
        if not claimed:
            return parsed
        stated = [replace(row, claim=ClaimTier.STATED, confirmed_on=None) for row in claimed]
        before = self.store.stored(GraphRows(certificates=claimed))
        return without_restored_claims(parsed, before, self.taken_back(stated))

    def _import_large(self, large: LargeImport, options: ImportOptions) -> ImportReport:
        """The same for more rows than memory should hold."""
        options.progress(message("Looking for duplicates"), 0, 0)
        large.resolve(self.not_duplicates(), options.tables.decisions)
        large.check()
        report = ImportReport(
            written=False,
            dry_run=options.dry_run,
            rows=large.counts(),
            problems=large.problems(),
            notes=(*large.notes(), *large.decisions.problems(next(iter(large.reading.read), ""))),
            files=large.files(),
            merged=len(large.merged) + large.reading.merged,
            to_review=len(large.review),
            alike=large.review[:MAX_ALIKE],
            decided=large.decisions.pairs,
            names=_names_of(large.review[:MAX_ALIKE], large.organizations),
        )
        is_refused = options.strict and not report.is_clean
        rules = MergeRules(fill_blanks_ids=large.filled, dry_run=options.dry_run or is_refused)
        if not rules.dry_run:
            options.progress(message("Writing to the store"), 0, 0)
            options.begin(is_in_parts=not self.store.is_written_at_once())
        reports: list[ImportReport] = []  # asked for within the transaction, and after it

        def report_of(changes: RowChanges) -> ImportReport:
            if reports:
                return reports[0]
            large.reading.problems.extend(overruled(changes, large.reading.origins))
            whole = replace(
                report, written=not rules.dry_run, problems=large.problems(), files=large.files()
            )
            reports.append(with_changes(whole, changes, options))
            return reports[0]

        max_kept = MAX_KEPT if options.keep else 2 * MAX_CHANGES
        completion = options.completion(report_of)
        return report_of(
            self.store.import_batches(large.chunks, rules, max_kept, completion, options.note)
        )

    def _decisions(
        self, principal: Principal, parsed: Parsed, known: Sequence[DuplicateKeys],
        aliases: Mapping[str, str], options: ImportOptions, hidden: frozenset[str],
    ) -> Decisions:  # fmt: skip
        said = options.tables.decisions
        concerned = {aliases.get(id, id) for decision in said for id in decision.key} - hidden
        in_file = {row.id: keys_of(row) for row in parsed.rows.organizations if row.id in concerned}
        stored = {keys.id: keys for keys in known if keys.id in concerned}

        def line_of(id: str) -> int:
            return parsed.origins.get(("organizations", id), ("", 0))[1]

        closed: set[str] = set()
        if options.cluster and stored and not principal.admin:  # an id may stand for anybody's
            closed = set(stored) - self._members(options.cluster)
        return decisions_of(said, in_file, stored, aliases, line_of, closed)

    def _members(self, cluster: str) -> set[str]:
        """Ids of a cluster's members of today: who has left is not in its scope any more."""
        ids = ids_of(partial(self.store.members, cluster))
        rows = self.store.memberships_in(cluster, sorted(ids))
        day = today()
        return {row.organization for row in rows if is_within(row.since, row.until, day)}

    def _with_merged(
        self, rows: GraphRows, resolution: Resolution, leads_to: Mapping[str, str]
    ) -> tuple[Organization, ...]:
        """Organisations that are kept, their blanks filled from those that are merged into them."""
        kept = {row.id: row for row in resolution.rows.organizations}
        gone = [row for row in rows.organizations if row.id in leads_to and row.id not in kept]
        for row in gone:
            id = leads_to[row.id]
            silent = as_said_of(row, id)
            kept[id] = merged_organization(kept[id], silent, only_blanks=True) \
                if id in kept else silent  # fmt: skip
        return tuple(kept.values())

    def _with_reference_rows(self, parsed: Parsed) -> Parsed:
        """With the places and industries that rows refer to and the store does not have yet."""
        wanted = reference_index(self.store).rows(parsed.rows)
        places = self.store.places([row.id for row in wanted.places])
        industries = self.store.industries([row.id for row in wanted.industries])
        own = parsed.rows
        rows = replace(
            own,
            places=(*(row for row in wanted.places if row.id not in places), *own.places),
            industries=(
                *(row for row in wanted.industries if row.id not in industries), *own.industries
            ),
        )  # fmt: skip
        return replace(parsed, rows=rows)


def overruled(
    changes: RowChanges, origins: Mapping[tuple[str, str], tuple[str, int]]
) -> Iterator[Problem]:
    """What is told of rows that a stronger source overrules."""
    for table, key in changes.contradicted_keys:
        file, line = origins.get((table, " ".join(key) if isinstance(key, tuple) else key), ("", 0))
        if line:
            reason = message("a stronger source says otherwise, and that stays.")
            yield Problem(file, line, _SAID_IN.get(table, ""), reason, "warning", is_lost=True)


def with_changes(report: ImportReport, changes: RowChanges, options: ImportOptions) -> ImportReport:
    """A report with what was written, and with what takes it back where that is kept."""
    is_kept = options.keep
    if options.parts is not None:
        changes = options.parts.with_earlier(changes)
        is_kept &= options.parts.is_whole
    return replace(
        report,
        created=changes.counts.created,
        changed=changes.counts.changed,
        unchanged=changes.counts.unchanged,
        changes=organization_changes(changes.before, changes.after),
        put=changes.after if is_kept else GraphRows(),
        before=changes.before if is_kept else GraphRows(),
    )


def _dated(rows: GraphRows, today: datetime.date) -> GraphRows:
    """Rows that were said on a day unknown are of the day on which they are imported."""

    def dated(row: Any) -> Any:
        source = getattr(row, "provenance", None)
        if source is None or source.date is not None:
            return row
        return replace(row, provenance=replace(source, date=today))

    return GraphRows(**{name: tuple(map(dated, table)) for name, table in rows.tables()})


def today() -> datetime.date:
    """The day by which what is imported is dated."""
    return datetime.datetime.now(datetime.UTC).date()


def _names_of(pairs: Sequence[DuplicateCandidate], organizations: Any) -> dict[str, str]:
    """Names of those in pairs that are among `organizations`, a mapping by id."""
    ids = {id for pair in pairs for id in pair.key}
    return {id: row.name for id in sorted(ids) if (row := organizations.get(id)) is not None}


def require_importing(principal: Principal, cluster: str, organization: str = "") -> None:
    """Raise NotAllowed for anyone but admins and, for a cluster, its coordinators.

    What an organisation offers its own people bring in, and admins.
    """
    if organization:
        principal.require_member(organization)
    elif cluster:
        principal.require_coordinator(cluster)
    elif not principal.admin:
        raise NotAllowed("Only administrators may import for all clusters.")
