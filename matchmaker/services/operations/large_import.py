"""Importing more rows than memory should hold, chunk by chunk."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from matchmaker.domain import Alias, DuplicateCandidate, GraphRows, Industry, Organization, Place
from matchmaker.ingest.pair_decisions import Decisions, PairDecision, decisions_of
from matchmaker.ingest.reference import ReferenceIndex
from matchmaker.ingest.references import drop_dangling, referred
from matchmaker.ingest.report import FileCounts, Parsed, Problem, consistent, file_counts
from matchmaker.ingest.resolve import (
    keys_of,
    resolve_keys,
    rewritten,
    said_aliases,
    with_status_of_name,
)
from matchmaker.ingest.spool import SpooledList
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.table_reading import SpooledReading
from matchmaker.ingest.tables import read_large_files
from matchmaker.store.merging import as_said_of, merged_organization
from matchmaker.store.ports import DuplicateKeys, GraphStore

CHUNK = 2_000
# Files of so many bytes in all are read so.
LARGE = 1_000_000


def is_large(files: Sequence[tuple[str, Path]]) -> bool:
    """True where files, by table, are lists of organisations that memory should not hold."""
    return {name for name, _ in files} == {"organizations"} and sum(
        path.stat().st_size for _, path in files
    ) > LARGE


@dataclass
class LargeImport:
    """The rows of files, kept in a file of its own: each of its steps reads that anew.

    `read`, then `resolve`, then `check`; then `chunks` are what is to be written. `trust_keys`
    says that ids of organisations are their source's own, which tell them apart.
    """

    store: GraphStore
    index: ReferenceIndex
    reading: SpooledReading
    trust_keys: bool = False
    leads_to: dict[str, str] = field(default_factory=dict)
    merged: tuple[Alias, ...] = ()
    review: tuple[DuplicateCandidate, ...] = ()
    filled: frozenset[str] = frozenset()
    decisions: Decisions = field(default_factory=Decisions)
    reference_rows: GraphRows = field(default_factory=GraphRows)

    @classmethod
    def read(
        cls, store: GraphStore, index: ReferenceIndex, files: Iterable[tuple[str, Path]],
        options: TableOptions, today: datetime.date,
    ) -> LargeImport:  # fmt: skip
        """Raises InvalidInput when a file cannot be read as its table at all."""
        return cls(store, index, read_large_files(files, options, index, today))

    @property
    def organizations(self) -> Any:
        return self.reading.rows["organizations"]

    def resolve(
        self, not_duplicates: set[tuple[str, str]], said: Sequence[PairDecision] = ()
    ) -> None:
        """Merge duplicates, as `ingest.resolve.resolve` does and what it merges is filled.

        What is `said` of pairs counts.
        """
        spool, organizations = self.reading.spool, self.organizations
        assert spool is not None
        aliases = self.store.aliases()
        stored_ids, keys = spool.mapping(), spool.list()
        concerned = {id for decision in said for id in decision.key}
        concerned |= {aliases[id] for id in concerned if id in aliases}
        stored = dict[str, DuplicateKeys]()
        for each in self.store.duplicate_keys():
            if each.id in concerned:
                stored[each.id] = each
            if each.id in organizations:
                stored_ids[each.id] = 1
            else:
                keys.append(each)
                if each.id in aliases:
                    stored_ids[each.id] = 1
        first_new = len(keys)
        self.leads_to = {alias: kept for alias, kept in aliases.items() if alias not in stored_ids}
        in_file = {id: keys_of(row) for id in concerned if (row := organizations.get(id))}
        self.decisions = decisions_of(said, in_file, stored, aliases, self._line_of)
        for id, row in organizations.entries():
            whole = with_status_of_name(row)
            if whole is not row:
                organizations[id] = whole
            if id not in self.leads_to and id not in self.decisions.same:
                keys.append(keys_of(whole))
        apart = not_duplicates | self.decisions.apart
        decided, self.review = resolve_keys(
            keys, first_new, stored_ids, apart, trust_keys=self.trust_keys
        )
        ends = self.leads_to | {alias.id: alias.organization for alias in decided}
        decided = (*decided, *said_aliases(self.decisions.same, ends))
        self.leads_to |= {alias.id: alias.organization for alias in decided}
        # A merge made before is on record with the reason it had then.
        self.merged = tuple(
            alias for alias in decided if aliases.get(alias.id) != alias.organization
        )
        self._fill(decided)

    def _line_of(self, id: str) -> int:
        return self.reading.origins.get(("organizations", id), ("", 0))[1]

    def _fill(self, decided: Sequence[Alias]) -> None:
        """Fill the blanks of those that are kept from those that are merged into them."""
        organizations = self.organizations
        self.filled = frozenset(alias.organization for alias in decided)
        if not self.leads_to:
            return
        for id, row in organizations.entries():
            if (kept_id := self.leads_to.get(id)) is None:
                continue
            silent = as_said_of(row, kept_id)
            kept = organizations.get(kept_id)
            organizations[kept_id] = (
                merged_organization(kept, silent, only_blanks=True) if kept else silent
            )
            del organizations[id]

    def check(self) -> None:
        """Leave out references to nothing; find the places and industries to write too."""
        own = dict(self.reading.rows["places"]) if "places" in self.reading.rows else {}
        places: dict[str, Place] = {}
        industries: dict[str, Industry] = {}
        held = self.index
        known: dict[str, Iterable[str]] = {
            "places": held.places.places.keys() | own.keys(),
            "industries": held.industries.industries,
        }
        for rows in self._organizations():
            parsed = Parsed(rows, origins=self.reading.origins)
            successors = referred(rows)["organizations"]
            known["organizations"] = self._known(successors)
            checked = drop_dangling(parsed, known)
            self.reading.problems.extend(checked.problems)
            for row, before in zip(checked.rows.organizations, rows.organizations, strict=True):
                if row is not before:
                    self.organizations[row.id] = row
            wanted = held.rows(checked.rows)
            places |= {row.id: row for row in wanted.places}
            industries |= {row.id: row for row in wanted.industries}
        self._check_engagements()
        stored = self.store.places(sorted(places)), self.store.industries(sorted(industries))
        new = (row for id, row in places.items() if id not in stored[0] and id not in own)
        self.reference_rows = GraphRows(
            places=(*new, *own.values()),
            industries=tuple(row for id, row in industries.items() if id not in stored[1]),
        )

    def _check_engagements(self) -> None:
        """The same of undertakings: where nothing was refused, all that they name are there."""
        if not any(each.severity == "error" for each in self.reading.problems):
            return
        engagements = self.reading.rows["engagements"]
        for part in _parts(engagements.values()):
            rows = rewritten(GraphRows(engagements=tuple(part)), self.leads_to)
            known = {"organizations": self._known(referred(rows)["organizations"])}
            checked = drop_dangling(Parsed(rows, origins=self.reading.origins), known)
            self.reading.problems.extend(checked.problems)
            kept = {row.id: row for row in checked.rows.engagements}
            for row in rows.engagements:
                if row.id not in kept:
                    del engagements[row.id]
                elif kept[row.id] is not row:
                    engagements[row.id] = kept[row.id]

    def _known(self, ids: Iterable[str]) -> set[str]:
        """Those ids of organisations that the files or the store have."""
        here = {id for id in ids if id in self.organizations}
        stored = self.store.organizations_by_id(sorted(set(ids) - here))
        return here | {key for key, row in stored.items() if key == row.id}

    def problems(self) -> Sequence[Problem]:
        """All that is to be told of lines."""
        assert self.reading.spool is not None
        problems: SpooledList[Problem] = self.reading.spool.list()
        told = consistent(self.reading.problems)
        problems.extend(each for each in told if each.severity != "note")
        return problems

    def notes(self) -> tuple[Problem, ...]:
        """Messages about the files as a whole."""
        return tuple(each for each in self.reading.problems if each.severity == "note")

    def files(self) -> tuple[FileCounts, ...]:
        """The outcome of the lines of each file."""
        return file_counts(self.reading.read, self.reading.problems, self.reading.mapping())

    def counts(self) -> dict[str, int]:
        """Rows of each table that has any."""
        rows = self.reading.rows
        of_lists = {name: len(rows[name]) for name in list(rows) if name != "places"}
        few = self.reference_rows | GraphRows(aliases=self.merged, duplicates=self.review)
        counts = few.counts() | of_lists
        return {name: counts[name] for name, _ in few.tables() if counts.get(name)}

    def chunks(self) -> Iterator[GraphRows]:
        """The rows to write in parts, those that others refer to first."""
        yield self.reference_rows
        # Who took another's place may stand behind it.
        last: list[Organization] = []
        for rows in self._organizations():
            now = tuple(row for row in rows.organizations if row.successor is None)
            last.extend(row for row in rows.organizations if row.successor is not None)
            yield GraphRows(organizations=now)
        yield GraphRows(organizations=tuple(last))
        yield GraphRows(aliases=self.merged, duplicates=self.review)
        for name in ("descriptions", "certificates", "observations", "needs", "engagements"):
            for part in _parts(self.reading.rows[name].values()):
                yield rewritten(GraphRows(**{name: tuple(part)}), self.leads_to)

    def _organizations(self) -> Iterator[GraphRows]:
        for rows in _parts(self.organizations.values()):
            yield rewritten(GraphRows(organizations=tuple(rows)), self.leads_to)


def _parts(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """Lists of at most CHUNK rows."""
    left = iter(rows)
    while part := list(islice(left, CHUNK)):
        yield part
