"""Reconciliation: which organisations of the directory the rows of somebody's table mean."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from matchmaker.domain import MAX_NAME, Industry, Organization, Place, PlaceLevel
from matchmaker.errors import InvalidInput, NotFound
from matchmaker.ingest.codes import CODE_KINDS, valid_code
from matchmaker.ingest.countries import iso_code
from matchmaker.ingest.matching_model import WEIGHTS, Comparable, PairComparison, evidence
from matchmaker.ingest.name_comparison import NameLevel
from matchmaker.ingest.name_index import NameIndex
from matchmaker.ingest.places import PlaceIndex
from matchmaker.ingest.resolve import keys_of
from matchmaker.services.directory.codes import place_index
from matchmaker.snapshot.load import SnapshotReader, check_graph
from matchmaker.snapshot.model import Snapshot
from matchmaker.store.ports import DuplicateKeys, GraphStore

MOST_QUERIES = 200
MOST_CANDIDATES = 50
USUAL_CANDIDATES = 5
# Names looked at more closely for each query.
_LOOKED_AT = 50
# Less likely ones are not named.
LEAST_CHANCE = 0.01
# Names that are one but for spelling, order, or being the other name of one.
_FITTING = (NameLevel.SAME, NameLevel.SPELLING, NameLevel.ORDER, NameLevel.OTHER_NAME)
# Any organisation, whatever its kind.
ANY_TYPE = "organization"
# What a query may say beside the name.
MATCHED = ("country", "place", "website", *CODE_KINDS)
# What may be fetched of an organisation. Nobody's contact is among it.
FETCHED = (
    "name", "name_en", "kind", "size", "tier", "country", "place", "place_id", "industry",
    "industry_id", "website", *CODE_KINDS, "founded", "status",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReconciliationQuery:
    """One row of a table: a name, and what its other columns say, by `MATCHED` property."""

    name: str = ""
    types: frozenset[str] = frozenset()
    properties: Mapping[str, str] = field(default_factory=dict)
    limit: int = USUAL_CANDIDATES


@dataclass(frozen=True, slots=True)
class DescribedOrganization:
    """An organisation that is listed, with what its codes stand for."""

    organization: Organization
    place: Place | None
    industry: Industry | None


@dataclass(frozen=True, slots=True)
class ReconciliationCandidate:
    """An organisation that a query may mean, compared as an import compares two.

    `is_certain` where an import would make the two one without asking, and no other is certain.
    """

    described: DescribedOrganization
    comparison: PairComparison
    is_certain: bool

    @property
    def chance(self) -> float:
        """Probability that this organisation is the one that is meant, in (0, 1)."""
        return self.comparison.chance

    @property
    def fits_by_name(self) -> bool:
        """Tell whether nothing of the names tells the two apart."""
        levels = self.comparison.levels
        return levels["name"] in _FITTING and levels["form"] != "different"

    @property
    def features(self) -> tuple[tuple[str, float], ...]:
        """The chance in percent, and by comparison its weight: log2 of how far it moves the odds.

        What one of the two does not say moves none and is left out.
        """
        levels = self.comparison.levels.items()
        weights = ((name, WEIGHTS[name][level]) for name, level in levels if level != "unknown")
        return ("chance", round(100 * self.chance, 1)), *weights


@dataclass(frozen=True)
class _Names:
    """Names of one snapshot, ready to be searched."""

    ids: Sequence[str]
    index: NameIndex
    places: PlaceIndex
    by_code: Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Published, as the directory is: no principal is asked for.

    Candidates are those of the current snapshot who are listed; what is said of them is of
    the store's newest. Nobody who opted out is ever named. Raises SnapshotUnavailable.
    """

    store: GraphStore
    reader: SnapshotReader

    def candidates(
        self, queries: Sequence[ReconciliationQuery]
    ) -> tuple[tuple[ReconciliationCandidate, ...], ...]:
        """For each query whom it may mean, likeliest first. Raises InvalidInput for too many."""
        if len(queries) > MOST_QUERIES:
            raise InvalidInput(
                "has %(count)s queries; at most %(most)s.",
                where="queries",
                count=len(queries),
                most=MOST_QUERIES,
            )
        names = self._names()
        sought = [_sought(query, names.places) for query in queries]
        near = [_near(each, names) for each in sought]
        known = self._described({id for ids in near for id in ids})
        return tuple(
            _ranked(query, each, [known[id] for id in ids if id in known])
            for query, each, ids in zip(queries, sought, near, strict=True)
        )

    def suggested(self, prefix: str, limit: int) -> tuple[DescribedOrganization, ...]:
        """Those whose name begins with a text, then those whose name contains it."""
        names = self._names()
        ids = [names.ids[row] for row in names.index.beginning(prefix, limit)]
        known = self._described({prefix, *ids})
        return tuple(known[id] for id in dict.fromkeys([prefix, *ids]) if id in known)[:limit]

    def described(self, ids: Sequence[str]) -> dict[str, DescribedOrganization]:
        """Those of the ids, or aliases, who are listed; by the id that was asked for."""
        return self._described(set(ids))

    def entity(self, id: str) -> DescribedOrganization:
        """One of them. Raises NotFound, for those who opted out too."""
        known = self._described({id})
        if id not in known:
            raise NotFound("There is no listed organisation '%(id)s'.", id=id[:200])
        return known[id]

    def _described(self, ids: Collection[str]) -> dict[str, DescribedOrganization]:
        rows = self.store.organizations_by_id(sorted(ids)) if ids else {}
        listed = {id: replace(row, contact="") for id, row in rows.items() if row.listed}
        places = self.store.places(sorted({r.place for r in listed.values() if r.place}))
        industries = self.store.industries(
            sorted({r.industry for r in listed.values() if r.industry})
        )
        return {
            id: DescribedOrganization(
                row, places.get(row.place or ""), industries.get(row.industry or "")
            )
            for id, row in listed.items()
        }

    def _names(self) -> _Names:
        snapshot = self.reader.current()
        check_graph(snapshot, self.store.graph_id())
        return snapshot.cached("reconciliation", partial(self._make, snapshot))

    def _make(self, snapshot: Snapshot) -> _Names:
        table = snapshot.organizations.table
        ids, names, english, others = (
            table.column(column).to_pylist() for column in ("id", "name", "name_en", "other_names")
        )
        listed = snapshot.organizations.listed.nonzero()[0].tolist()
        pairs = [(row, names[row]) for row in listed]
        pairs += [(row, english[row]) for row in listed if english[row] != names[row]]
        pairs += [(row, name) for row in listed for name in others[row].splitlines()]
        return _Names(ids, NameIndex(pairs), place_index(snapshot), self._by_code())

    def _by_code(self) -> dict[tuple[str, str], str]:
        """Ids by what nobody else has."""
        return {
            (kind, code): keys.id
            for keys in self.store.duplicate_keys()
            for kind in CODE_KINDS
            if (code := valid_code(kind, getattr(keys, kind)))
        }


def _sought(query: ReconciliationQuery, places: PlaceIndex) -> DuplicateKeys:
    """The keys of a query, as organisations have them; what cannot be read is not said."""
    properties = query.properties
    country = iso_code(properties.get("country", ""))
    if not country and properties.get("country"):
        match = places.find(properties["country"])
        if match.level is PlaceLevel.COUNTRY:
            country = places.places[match.id].country
    codes: dict[str, Any] = {
        kind: valid_code(kind, properties.get(kind, "")) for kind in CODE_KINDS
    }
    return DuplicateKeys(
        id="",
        name=query.name[:MAX_NAME],  # no organisation has a longer one
        country=country,
        place=places.find(properties["place"], country).id if properties.get("place") else None,
        website=properties.get("website", ""),
        **codes,
    )


def _near(sought: DuplicateKeys, names: _Names) -> list[str]:
    """Ids of those with the same code, and of those with names like it."""
    codes = [(str(kind), getattr(sought, kind)) for kind in CODE_KINDS]
    ids = [names.by_code[code] for code in codes if code in names.by_code]
    if sought.name:
        ids += [names.ids[row] for row in names.index.nearest(sought.name, _LOOKED_AT)]
    return list(dict.fromkeys(ids))


def _ranked(
    query: ReconciliationQuery, sought: DuplicateKeys, known: Sequence[DescribedOrganization]
) -> tuple[ReconciliationCandidate, ...]:
    """The likeliest of the types asked for. Where two are certain, none is: a person decides."""
    kinds = query.types - {ANY_TYPE}
    different = {each.organization.id: each for each in known}  # some may be merged by now
    candidates = [
        _compared(sought, each)
        for each in different.values()
        if not kinds or each.organization.kind in kinds
    ]
    if sum(candidate.is_certain for candidate in candidates) > 1:
        candidates = [replace(each, is_certain=False) for each in candidates]
    likely = [each for each in candidates if each.chance >= LEAST_CHANCE]
    likely.sort(key=lambda each: (-each.chance, each.described.organization.id))
    return tuple(likely[: max(0, min(query.limit, MOST_CANDIDATES))])


def _compared(sought: DuplicateKeys, known: DescribedOrganization) -> ReconciliationCandidate:
    comparison = evidence(Comparable.of(sought), Comparable.of(keys_of(known.organization)))
    return ReconciliationCandidate(known, comparison, comparison.is_certain)
