"""The result of an import: what became of each line, and what changed field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from matchmaker.domain import (
    DuplicateCandidate,
    FieldOrigin,
    GraphRows,
    Organization,
    SourceTier,
    key_of,
)
from matchmaker.ingest.known_offerings import OfferingOutcome
from matchmaker.ingest.pair_decisions import DecidedPair
from matchmaker.ingest.report import FileCounts, Problem
from matchmaker.messages import Message, message
from matchmaker.provenance import PRIVATE_FIELDS
from matchmaker.store.merging import changed_fields, facts, is_blank, origin_of_field, text_of

# More are counted and not listed.
MAX_CHANGES = 200
# Whoever imports does not learn what is stored of a private field.
_HIDDEN = "…"


# An import of more rows is kept without what an undo needs.
MAX_UNDONE = 20_000


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after, as people write it; `tier` is how strong the new value is."""

    field: str
    before: str
    after: str
    tier: SourceTier


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """A field that stays as it is because what says so is stronger or newer."""

    field: str
    kept: str
    kept_tier: SourceTier
    other: str
    other_source: str
    other_tier: SourceTier


@dataclass(frozen=True, slots=True)
class OrganizationChange:
    """An organisation that is new or changes: which fields, and what contradicts it."""

    id: str
    name: str
    state: Literal["new", "changed"]
    fields: tuple[FieldChange, ...] = ()
    conflicts: tuple[FieldConflict, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The result of an import, of a dry run what it would be. Counts are per table.

    `files` accounts for every line, `problems` tells of each that is not simply loaded, `notes`
    of files as a whole. `changes` are the first MAX_CHANGES organisations that are new or
    change, `alike` the first pairs that may be one, `decided` those that a person decided, `names`
    what the file calls those of `alike` that are in it, whether it may be loaded or not. `put` are
    rows as they are stored after, `before` those that were stored under their keys: what an undo
    needs. `offerings` is what becomes of each one in an organisation's own list, which
    `waits` where its coordinators see it first.
    """

    written: bool
    dry_run: bool
    rows: Mapping[str, int]
    problems: Sequence[Problem] = ()
    merged: int = 0
    to_review: int = 0
    created: Mapping[str, int] = field(default_factory=dict)
    changed: Mapping[str, int] = field(default_factory=dict)
    unchanged: Mapping[str, int] = field(default_factory=dict)
    files: tuple[FileCounts, ...] = ()
    notes: tuple[Problem, ...] = ()
    changes: tuple[OrganizationChange, ...] = ()
    alike: tuple[DuplicateCandidate, ...] = ()
    decided: tuple[DecidedPair, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    put: GraphRows = field(default_factory=GraphRows)
    before: GraphRows = field(default_factory=GraphRows)
    offerings: tuple[OfferingOutcome, ...] = ()
    waits: bool = False

    @property
    def read(self) -> int:
        """Lines below the headers of all files."""
        return sum(file.read for file in self.files)

    @property
    def loaded(self) -> int:
        """Lines whose rows are kept, alone or joined to another line's."""
        return sum(file.loaded for file in self.files)

    @property
    def refused(self) -> int:
        """Lines that were left out; warnings do not count."""
        return sum(file.refused for file in self.files)

    @property
    def passed(self) -> int:
        """Lines that hold no row."""
        return sum(file.passed for file in self.files)

    @property
    def warned(self) -> int:
        """Lines that are kept otherwise than they were written."""
        return sum(file.warned for file in self.files)

    @property
    def is_clean(self) -> bool:
        """True where every cell was read as it was written; notes and passed lines do not count."""
        return not any(problem.severity in ("error", "warning") for problem in self.problems)

    @property
    def new(self) -> int:
        """Organisations that were not known."""
        return self.created.get("organizations", 0)

    @property
    def written_rows(self) -> int:
        """Rows that are new or change."""
        return sum(self.created.values()) + sum(self.changed.values())

    def offerings_that_are(self, *states: str) -> tuple[OfferingOutcome, ...]:
        """Offerings of an organisation's own list of which this becomes."""
        return tuple(each for each in self.offerings if each.state in states)

    @property
    def is_too_large_to_undo(self) -> bool:
        """Tell whether nothing is kept by which it could be taken back."""
        return self.written_rows > MAX_UNDONE

    @property
    def known(self) -> int:
        """Organisations that were known, whether they change or not."""
        counts = (self.changed, self.unchanged)
        return sum(count.get("organizations", 0) for count in counts)


def organization_changes(
    before: GraphRows, after: GraphRows, limit: int = MAX_CHANGES
) -> tuple[OrganizationChange, ...]:
    """Changes of each organisation, those that change before those that are new."""
    stored = {row.id: row for row in before.organizations}
    rows = sorted(after.organizations, key=lambda row: (row.id not in stored, key_of(row)))
    return tuple(_change(stored.get(row.id), row) for row in rows[:limit])


def _change(before: Organization | None, after: Organization) -> OrganizationChange:
    names: Any = changed_fields(before, after) if before else _filled(after)
    fields = tuple(
        FieldChange(
            name,
            shown_value(before, name) if before else "",
            shown_value(after, name),
            origin_of_field(after, name).tier,
        )
        for name in names
    )
    known = {origin.field: origin.conflict for origin in before.origins} if before else {}
    conflicts = tuple(
        _conflict(after, origin)
        for origin in after.origins
        if origin.conflict is not None and known.get(origin.field) != origin.conflict
    )
    state: Literal["new", "changed"] = "changed" if before else "new"
    return OrganizationChange(after.id, after.name, state, fields, conflicts)


def shown_value(row: Organization, name: str) -> str:
    """A field as text; that it is there, and no more, of one that is nobody else's."""
    text = text_of(row, name)
    return _HIDDEN if text and name in PRIVATE_FIELDS else text


def _filled(row: Organization) -> Iterator[str]:
    return (name for name in facts(Organization) if not is_blank(row, name))


def _conflict(row: Organization, origin: FieldOrigin) -> FieldConflict:
    other = origin.conflict
    assert other is not None
    return FieldConflict(
        origin.field, shown_value(row, origin.field), origin.tier,
        other.value if origin.field not in PRIVATE_FIELDS else _HIDDEN, other.source, other.tier,
    )  # fmt: skip


def stays_as_written(report: ImportReport) -> Message:
    """A message, before it is written, that an import cannot be taken back."""
    return message(
        "It would write %(count)s rows. An import of more than %(most)s cannot be taken back: "
        "split the file to be able to.",
        count=f"{report.written_rows:,}", most=f"{MAX_UNDONE:,}",
    )  # fmt: skip
