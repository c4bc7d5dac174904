"""Values that a store answers with, beside the rows themselves."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from matchmaker.domain import Cluster, GraphRows, Organization, Statement, key_of

Row = TypeVar("Row")

MAX_PAGE = 200
MAX_PATH_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page in order of id; `after` continues it, None when it was the last."""

    rows: tuple[Row, ...]
    after: str | None = None


def iterate(fetch: Callable[[str | None], Page[Row]]) -> Iterator[Row]:
    """All rows of a list, page by page; `fetch` gives the page after a cursor."""
    after: str | None = None
    while True:
        page = fetch(after)
        yield from page.rows
        after = page.after
        if after is None:
            return


@dataclass(frozen=True, slots=True)
class UpsertCounts:
    """Rows created, changed and found the same, by the name of a table that had any."""

    created: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: UpsertCounts) -> UpsertCounts:
        return UpsertCounts(
            self.created + other.created,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
        )

    @property
    def any_written(self) -> bool:
        """Tell whether a row was created or changed."""
        return bool(self.created or self.changed)


@dataclass(frozen=True, slots=True)
class RowChanges:
    """Changes that an import made, or would: rows `after` it and `before`, those that differ alone.

    A row of `after` without one of its key in `before` is new. `contradicted_keys` are table and
    key of rows of which something was not taken, because a stronger source says otherwise.
    """

    counts: UpsertCounts = field(default_factory=UpsertCounts)
    before: GraphRows = field(default_factory=GraphRows)
    after: GraphRows = field(default_factory=GraphRows)
    contradicted_keys: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, parts: Iterable[RowChanges], max_kept: float = math.inf) -> RowChanges:
        """All parts together; no row stands in two of them.

        After about `max_kept` rows the new ones of further parts are counted alone; after as many
        that changed, those too.
        """
        counts = UpsertCounts()
        before, after = defaultdict[str, list[Any]](list), defaultdict[str, list[Any]](list)
        size = 0
        contradicted_keys: list[tuple[str, Any]] = []
        for part in parts:
            counts += part.counts
            contradicted_keys.extend(part.contradicted_keys)
            if size > max_kept:
                part = part.without_new()  # noqa: PLW2901
            if size > 2 * max_kept:
                continue
            size += len(part.after)
            for rows, tables in ((part.before, before), (part.after, after)):
                for name, table_rows in rows.tables():
                    tables[name].extend(table_rows)
        old, new = (GraphRows(**{name: tuple(rows) for name, rows in tables.items()})
                    for tables in (before, after))  # fmt: skip
        return cls(counts, old, new, tuple(contradicted_keys))

    def without_new(self) -> RowChanges:
        """Without the rows that were not there before."""
        after = {}
        for name, rows in self.after.tables():
            known = {key_of(row) for row in getattr(self.before, name)}
            after[name] = tuple(row for row in rows if key_of(row) in known)
        return replace(self, after=GraphRows(**after))


@dataclass(frozen=True, slots=True)
class DuplicateKeys:
    """The names, codes and addresses by which duplicates of an organisation are recognised."""

    id: str
    name: str
    name_en: str = ""
    credit_code: str = ""
    vat: str = ""
    lei: str = ""
    ror: str = ""
    country: str = ""
    place: str | None = None
    website: str = ""
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchHit:
    """An organisation found by full text; `statement` is the text that matched best.

    `statement` is None when the name itself matched. `score` is comparable only
    within one answer.
    """

    organization: Organization
    score: float
    statement: Statement | None = None


@dataclass(frozen=True, slots=True)
class NearestStatement:
    """A statement and its cosine similarity to the vector asked for."""

    statement: Statement
    similarity: float


@dataclass(frozen=True, slots=True)
class SeekerProfile:
    """An organisation and all that it says, at one version of the graph.

    `clusters` are those it is a member of today, `statements` as `statements_of` but for offers
    that it withdrew.
    """

    organization: Organization
    clusters: tuple[Cluster, ...]
    statements: tuple[Statement, ...]
    version: int


@dataclass(frozen=True, slots=True)
class GraphState:
    """The identity of a graph, and its version.

    `stamp` tells two graphs apart that reached one version on different ways, as one that was put
    back from a copy does; "" where it is not known.
    """

    version: int
    graph_id: str = ""
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Export:
    """The whole graph at one version; writes that came later are not in it."""

    version: int
    rows: GraphRows
    graph_id: str = ""
    stamp: str = field(default="", compare=False)

    @property
    def state(self) -> GraphState:
        """The graph's identity and version."""
        return GraphState(self.version, self.graph_id, self.stamp)


@dataclass(frozen=True, slots=True)
class GraphChanges:
    """The rows of a graph that changed since an earlier state of it.

    `keys` by table: of rows that were written or removed since, and of further ones that were
    asked for. `rows` are those of them that there are. `counts` are of all rows of the graph.
    """

    state: GraphState
    keys: Mapping[str, frozenset[Any]]
    rows: GraphRows
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """The figures of a store that `doctor` and `status` show."""

    backend: str
    address: str
    schema: str
    version: int
    counts: dict[str, int]
