"""The snapshot: the graph at one version as immutable arrays.

Rows of every table are sorted by id, so a row number is stable within one
snapshot. Codes are positions in the enumeration (`KINDS[code]`), -1 is "not
said". Dates are days since 1970-01-01 in int32, `NO_DATE` where unknown. Stages
are bit masks, bit i for the i-th of the ten stages.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matchmaker.domain import (
    ClaimTier,
    EngagementKind,
    GoalName,
    Kind,
    Layer,
    OfferKind,
    PlaceLevel,
    Role,
    Size,
    Stage,
    StatementKind,
    Terms,
    Tier,
)
from matchmaker.errors import NotFound
from matchmaker.snapshot.cache import Cache, cache_of
from matchmaker.snapshot.strings import StringColumn

Value = TypeVar("Value")

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int32]
CodeArray = NDArray[np.int8]
OffsetArray = NDArray[np.int64]
FloatArray = NDArray[np.float32]

# Of what single strings are read.
StringGroup = Literal["organizations", "statements", "engagements", "places", "ties"]

# Of a file: device, number, size in bytes and time of change in nanoseconds.
FileStamp = tuple[int, int, int, int]

KINDS = tuple(Kind)
SIZES = tuple(Size)
TIERS = tuple(Tier)
STAGES = tuple(Stage)
ROLES = tuple(Role)
GOALS = tuple(GoalName)
LAYERS = tuple(Layer)
OFFER_KINDS = tuple(OfferKind)
TERMS = tuple(Terms)
STATEMENT_KINDS = tuple(StatementKind)
ENGAGEMENT_KINDS = tuple(EngagementKind)
PLACE_LEVELS = tuple(PlaceLevel)
CLAIM_TIERS = tuple(ClaimTier)
# Kept with every snapshot: codes mean nothing without them.
CODES: Mapping[str, tuple[StrEnum, ...]] = {
    type(each[0]).__name__: each
    for each in (
        KINDS, SIZES, TIERS, STAGES, ROLES, GOALS, LAYERS, OFFER_KINDS, TERMS,
        STATEMENT_KINDS, ENGAGEMENT_KINDS, PLACE_LEVELS, CLAIM_TIERS,
    )
}  # fmt: skip

NO_DATE = np.iinfo(np.int32).min
_EPOCH = date(1970, 1, 1)


def to_days(day: date | None) -> int:
    """Days since 1970-01-01, NO_DATE for None."""
    return int(NO_DATE) if day is None else (day - _EPOCH).days


def stage_bits(stages: Iterable[Stage]) -> int:
    """The bit mask of some stages: bit i for the i-th of the ten."""
    return sum({1 << STAGES.index(stage) for stage in stages})


def stages_in(bits: int) -> tuple[Stage, ...]:
    """The inverse of `stage_bits`, in order."""
    return tuple(stage for number, stage in enumerate(STAGES) if bits >> number & 1)


def from_days(days: int) -> date | None:
    """The inverse of `to_days`."""
    return None if days == NO_DATE else _EPOCH + timedelta(days=int(days))


@dataclass(frozen=True)
class Incidence:
    """A sparse matrix in CSR form, rows × columns, without values.

    `indptr` (rows + 1,), `indices` (entries,). `code` (entries,) is the role of
    the entry where it has one (position in ROLES), else -1.
    """

    indptr: OffsetArray
    indices: IntArray
    code: CodeArray

    def row(self, number: int) -> IntArray:
        """Column numbers of one row, a view."""
        return self.indices[self.indptr[number] : self.indptr[number + 1]]

    def codes(self, number: int) -> CodeArray:
        """Role codes of one row, aligned with `row`."""
        return self.code[self.indptr[number] : self.indptr[number + 1]]


@dataclass(frozen=True)
class Adjacency:
    """Ties of one layer in CSR form over organisations, with parallel ties kept apart.

    `since`, `until` (days) and `tie` (row in `Snapshot.ties`) are aligned with
    `indices`.
    """

    indptr: OffsetArray
    indices: IntArray
    since: IntArray
    until: IntArray
    tie: IntArray

    def row(self, number: int) -> slice:
        """The slice of the aligned arrays that belongs to one organisation."""
        return slice(int(self.indptr[number]), int(self.indptr[number + 1]))


@dataclass(frozen=True)
class TieLayer:
    """One layer: `out` by source, `into` by target. Undirected layers hold each tie
    under both its ends, and `into` equals `out`."""

    out: Adjacency
    into: Adjacency


@dataclass(frozen=True)
class Organizations:
    """Columns of shape (n,). `table`: id, name, name_en, country, other_names (strings;
    other names a line each).

    `opted_out` are those that did so themselves, `listed` those that did not and bear no
    name of one that did. `latitude`, `longitude` are the place's or its nearest ancestor's that has
    them, NaN else; `verified` says that a credit code or VAT number with a right
    check digit is on record. `active` is False for those dissolved or in
    liquidation on the snapshot's day, `ended` the day since when, where it is known.
    Where it stated no stages, `stages` are those that its description and offers name,
    and `stages_read` is True: nothing that it said of itself.
    """

    table: pa.Table
    kind: CodeArray
    size: CodeArray
    tier: CodeArray
    place: IntArray
    industry: IntArray
    stages: IntArray
    stages_read: BoolArray
    capacity: IntArray
    opted_out: BoolArray
    listed: BoolArray
    active: BoolArray
    ended: IntArray
    verified: BoolArray
    latitude: FloatArray
    longitude: FloatArray
    country: IntArray

    @property
    def open_to_meet(self) -> BoolArray:
        """A mask of organisations that did not opt out and still are, (n,)."""
        return np.asarray(self.listed & self.active)


@dataclass(frozen=True)
class Statements:
    """Columns of shape (m,). `table`: id, text, language (strings).

    `goal` (needs), `offer_kind`, `terms` (offers) are codes; `active` is False
    for withdrawn offers and needs that are not open. `engagement` is the row of
    the engagement that the statement belongs to, -1 else. `stages` are those that a need
    looks for and that other statements say are done: as ticked, else as their words name.
    """

    table: pa.Table
    kind: CodeArray
    date: IntArray
    goal: CodeArray
    offer_kind: CodeArray
    terms: CodeArray
    stages: IntArray
    active: BoolArray
    engagement: IntArray


@dataclass(frozen=True)
class Passages:
    """Sentences of long statements but engagements, columns (p,) in order of statement and place.

    `statement` is its row; the passage is `text[start:end]` of it.
    """

    statement: IntArray
    start: IntArray
    end: IntArray

    def of(self, statement: int) -> slice:
        """Rows of the passages of a statement; none of a short one."""
        first, last = np.searchsorted(self.statement, (statement, statement + 1))
        return slice(int(first), int(last))


@dataclass(frozen=True)
class Engagements:
    """Columns of shape (e,). `table`: id, title, programme, topic (strings).

    `statement` is the row of its statement, -1 when it has no text.
    """

    table: pa.Table
    kind: CodeArray
    date: IntArray
    date_estimated: BoolArray
    statement: IntArray


@dataclass(frozen=True)
class Memberships:
    """Columns of shape (k,): rows of clusters and organisations, and the period.

    `written` is the day on which the membership was said or imported, where that is known.
    """

    cluster: IntArray
    organization: IntArray
    since: IntArray
    until: IntArray
    written: IntArray


@dataclass(frozen=True)
class Namesakes:
    """Columns (p,): rows of two organisations of one name that are rather one than two."""

    first: IntArray
    second: IntArray


@dataclass(frozen=True)
class LexicalIndex:
    """BM25 postings over statements (Robertson and Zaragoza, 2009; k1 1.2, b 0.75).

    Terms are hashed into `len(indptr) - 1` buckets (a power of two). `weight` is
    the term's whole BM25 contribution to that statement, idf included;
    `frequency` how often the statement says it. `length` (m,) is in terms.
    """

    indptr: OffsetArray
    statements: IntArray
    weight: FloatArray
    frequency: NDArray[np.uint16]
    length: FloatArray


@dataclass(frozen=True)
class SnapshotMeta:
    """Description of a snapshot: `version` of the `graph` (its id), `as_of` the date it shows.

    `model` and `revision` name what made the vectors; `dimension` 0 means none. `reading` is
    that of its index of words (`lexical.reading`), "" where that is not known. `stamp` is
    that of the graph's version, `made_by` the program's (`build.made_by`). `drift` counts the
    texts that came, changed or went since the means of languages were worked out. `specified_by`
    marks how the statements' column `specification` was read, "" where nothing was.
    """

    version: int
    graph: str
    as_of: date
    model: str
    revision: str
    dimension: int
    counts: Mapping[str, int]
    reading: str = ""
    stamp: str = ""
    made_by: str = ""
    drift: int = 0
    specified_by: str = ""


@dataclass(frozen=True, slots=True)
class IndexFile:
    """An approximate index of vectors; open, it is read also when its file is gone."""

    path: Path
    opened: Any  # usearch's Index


@dataclass(frozen=True)
class Snapshot:
    """Everything ranking and auditing read.

    `places`: id, name, name_en, parent (row, -1), level (code), country,
    latitude, longitude. `industries`: id, name, name_en, parent (row, -1).
    `clusters`: id, name, name_en, place (row, -1), industry (row, -1).
    `ties`: id, note, source_name (provenance) and date_estimated.
    `certificates`: id, organization (id), kind, since, until (days), claim (code), taken_back (the
    day on which its confirmation was), in order of id.
    `programmes`: id of the offer, organization (id) and the terms (`ProgrammeTerms`) of those that
    are not withdrawn, in order of id; years are -1 and days NO_DATE where they are no condition.
    `observations`: id, subject (id), indicator, year, value, unit, source and precedence, in
    order of subject, indicator, year and from the weakest source to the strongest.
    `vectors` (m, dimension): unit vectors after the mean of their language
    (`language_means`, of raw vectors) was taken off (`matchmaker.embedding.comparable`), zero
    where a statement has none; `passage_vectors` (p, dimension) are those of its passages.
    `query_means` are taken off a question in the same way.
    """

    meta: SnapshotMeta
    organizations: Organizations
    namesakes: Namesakes
    statements: Statements
    passages: Passages
    engagements: Engagements
    memberships: Memberships
    places: pa.Table
    industries: pa.Table
    clusters: pa.Table
    ties: pa.Table
    observations: pa.Table
    certificates: pa.Table
    programmes: pa.Table
    layers: Mapping[Layer, TieLayer]
    engagement_organizations: Incidence  # engagements × organisations, with roles
    organization_engagements: Incidence  # its transpose, with roles
    statement_organizations: Incidence  # statements × organisations, with roles
    organization_statements: Incidence  # its transpose, with roles
    lexical: LexicalIndex
    vectors: FloatArray
    passage_vectors: FloatArray
    language_means: Mapping[str, FloatArray]
    query_means: Mapping[str, FloatArray]
    index_file: IndexFile | None = None  # the approximate index, where there is one
    # Rows of its keys, -1 of those that are no more; None: each key is a row.
    index_rows: IntArray | None = None
    folder: Path | None = None  # that it was read from
    # The file that each array or table was read from, by its name.
    files: Mapping[str, FileStamp] = field(default_factory=dict)
    own_cache: Cache | None = None  # instead of one of those of the latest used

    def __len__(self) -> int:
        return len(self.organizations.kind)

    def row_of(self, organization_id: str) -> int:
        """Row of an organisation. Raises NotFound."""
        row = self._rows.get(organization_id)
        if row is None:
            raise NotFound(
                "%(organization_id)s is not in the snapshot of version %(version)s.",
                mend="What is new is in the next snapshot.",
                organization_id=organization_id,
                version=self.meta.version,
            )
        return row

    def mask_of(self, ids: Iterable[str]) -> BoolArray:
        """A mask (n,) of the organisations with these ids; those newer than it are passed over."""
        mask = np.zeros(len(self), dtype=np.bool_)
        mask[[row for id in ids if (row := self._rows.get(id)) is not None]] = True
        return mask

    @cached_property
    def _rows(self) -> dict[str, int]:
        ids = self.organizations.table.column("id").to_pylist()
        return {row_id: row for row, row_id in enumerate(ids)}

    @cached_property
    def _strings(self) -> dict[tuple[str, str], StringColumn]:
        return {}

    def string(self, group: StringGroup, column: str, row: int) -> str:
        """A string of a row of organisations, statements, engagements, places or ties."""
        strings = self._strings.get((group, column))
        if strings is None:
            columns = getattr(self, group)
            table = columns if isinstance(columns, pa.Table) else columns.table
            strings = self._strings[group, column] = StringColumn(table.column(column))
        return strings[row]

    def goal_of(self, statement: int) -> GoalName | None:
        """What a need is posted for; None of statements that say nothing of it."""
        code = int(self.statements.goal[statement])
        return GOALS[code] if code >= 0 else None

    def id_of(self, row: int) -> str:
        """Id of an organisation."""
        return self.string("organizations", "id", int(row))

    def ids_of(self, rows: IntArray) -> list[str]:
        """Ids of organisations."""
        return [str(id) for id in self.organizations.table.column("id").take(rows).to_pylist()]

    def name_of(self, row: int) -> str:
        """Name of an organisation as its source writes it."""
        return self.string("organizations", "name", int(row))

    def english_name_of(self, row: int) -> str:
        """Its English name, or the one it has where it has none."""
        return self.string("organizations", "name_en", int(row)) or self.name_of(row)

    def cached(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The result of `make` for this snapshot, made at first use and shared by all threads.

        What is made may itself ask for others; nobody waits for what another makes.
        """
        return (self.own_cache or cache_of(self)).get(key, make)
