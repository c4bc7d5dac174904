"""Preferences of places and programmes, and standings of all: made once for a snapshot."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from matchmaker.domain import Kind
from matchmaker.recommend.ages import YEAR, age_years
from matchmaker.recommend.graph import NEW_YEARS, AffiliationNetwork
from matchmaker.recommend.matrices import Matrix, dense_row, without_diagonal
from matchmaker.recommend.profile_scores import ByProfile, PartTable, Profile
from matchmaker.recommend.scores import NearFigures, Ranking, Scores
from matchmaker.snapshot.model import KINDS, NO_DATE, BoolArray, FloatArray, IntArray, Snapshot
from matchmaker.snapshot.network_view import network_view

# A profile counts as much as this many recent undertakings of the seeker's country.
PRIOR_UNDERTAKINGS = 1.0
PRIOR_COUNTRY = 20.0
NOBODY = np.int32(-1)
RANKED: tuple[Literal["latest", "similar_partners", "new_partners", "newcomers"], ...] = (
    "latest",
    "similar_partners",
    "new_partners",
    "newcomers",
)


class Affinity:
    """Affinities by country, region, programme and topic, from one side's view.

    `seekers` are the kinds of organisation that ask: a lab's standing among firms
    is another than among labs.
    """

    def __init__(
        self, snapshot: Snapshot, network: AffiliationNetwork, seekers: frozenset[Kind]
    ) -> None:
        self._snapshot = snapshot
        self._network = network
        self.asks = np.isin(
            snapshot.organizations.kind, [KINDS.index(kind) for kind in sorted(seekers)]
        )

    def prepare(self) -> None:
        """Make now what requests would make at first use."""
        _ = self._by_country, self._by_country_lately, self._with_countries, self._by_region
        _ = self._country_programmes, self._topics, self._activity_by_part, self._met_by_part
        for name in RANKED:
            _ = self.ranking(name).order

    # -- places

    @cached_property
    def _by_country(self) -> Matrix:
        return self._met(self._snapshot.organizations.country, self._weight, self.asks)

    @cached_property
    def _by_country_lately(self) -> Matrix:
        latest = self._network.undertakings.latest
        return self._met(self._snapshot.organizations.country, latest, self.asks)

    @cached_property
    def _by_country_all(self) -> Matrix:
        everybody = np.ones(len(self._snapshot), dtype=np.bool_)
        country = self._snapshot.organizations.country
        return self._shared("by country", lambda: self._met(country, self._weight, everybody))

    @cached_property
    def regions(self) -> IntArray:
        """Place just below the country, shape (n,); -1 when there is none."""
        place, above = self._snapshot.organizations.place, self._region_of_place
        return np.where(place >= 0, above[place], NOBODY) if len(above) else place

    @cached_property
    def _by_region(self) -> Matrix:
        everybody = np.ones(len(self._snapshot), dtype=np.bool_)
        return self._shared("by region", lambda: self._met(self.regions, self._weight, everybody))

    def country(self, country: int, *, lately: bool = False) -> Ranking:
        """Recent work of each organisation with those of a country that ask.

        Not size-normalised: on EU projects plain counts put a new partner among a
        newcomer's first ten in .468 of cases, normalised ones in .418.
        """
        matrix = self._by_country_lately if lately else self._by_country
        return self._ordered(("country", lately, country), matrix, country)

    def country_lift(self, country: int, rows: IntArray) -> FloatArray:
        """ln of observed over expected work with a country, given how active both are, (n,).

        Of the organisations at `rows` (n,).
        """
        everybody = self._ordered(("country of all", country), self._by_country_all, country)
        with_all, with_everybody = self._with_countries[rows], self._with_country.get(country, 0.0)
        lift = (everybody[rows] + 0.1) * self._with_all / ((with_everybody + 1) * (with_all + 1))
        return np.asarray(np.log(np.maximum(lift, 1e-9)), dtype=np.float32)

    def _ordered(self, key: Hashable, matrix: Matrix, row: int) -> Ranking:
        """One row of a matrix as scores, put in order once."""

        def made() -> Ranking:
            if not 0 <= row < matrix.shape[0]:
                return Ranking(np.zeros(0, np.int32), np.zeros(0, np.float32), matrix.shape[1])
            part = slice(int(matrix.indptr[row]), int(matrix.indptr[row + 1]))
            order = np.argsort(matrix.indices[part])
            rows, values = matrix.indices[part][order], matrix.data[part][order]
            return Ranking(rows.astype(np.int32), values.astype(np.float32), matrix.shape[1])

        return self._snapshot.cached((self, key), made)

    @cached_property
    def _with_countries(self) -> FloatArray:
        """Recent work of each organisation with all countries, shape (n,)."""
        return np.asarray(self._by_country_all.sum(axis=0)).ravel()

    @cached_property
    def _with_all(self) -> float:
        return float(self._by_country_all.sum())

    @cached_property
    def _with_country(self) -> dict[int, float]:
        """Recent work of everybody with each country."""
        everybody = self._by_country_all
        return {
            country: float(dense_row(everybody, country).sum())
            for country in range(everybody.shape[0])
        }

    def region(self, region: int) -> Ranking:
        """Recent work of each organisation with a region."""
        return self._ordered(("region", region), self._by_region, region)

    def region_of(self, place: int) -> int:
        """Region of a place, -1 for none."""
        above = self._region_of_place
        return int(above[place]) if 0 <= place < len(above) else -1

    @cached_property
    def _region_of_place(self) -> IntArray:
        return regions(np.asarray(self._snapshot.places.column("parent"), dtype=np.int64))

    # -- programmes and topics

    @cached_property
    def _parts(self) -> Matrix:
        """Undertakings × programme parts, rows of sum 1 where there is a programme."""
        names = self._snapshot.engagements.table.column("programme")
        return self._shared("programme parts", lambda: self._labelled(names, _programme_parts))

    @cached_property
    def _profiles(self) -> Matrix:
        """Organisations × parts: recent undertakings in each."""
        return self._shared("profiles", lambda: self._by_part(self._weight))

    @cached_property
    def _country_prior(self) -> NDArray[np.float32]:
        """Countries × parts, and the whole in the last row: shares, smoothed by the whole."""
        part = np.asarray(self._profiles.sum(axis=0)).ravel()
        whole = part / max(float(part.sum()), 1e-9)
        asks = sparse.diags_array(self.asks.astype(np.float32))
        counts = (
            _membership(self._snapshot.organizations.country) @ asks @ self._profiles
        ).toarray()
        shares = counts + PRIOR_COUNTRY * whole
        shares /= counts.sum(axis=1, keepdims=True) + PRIOR_COUNTRY
        return np.vstack([shares, whole]).astype(np.float32)

    def profile(self, row: int | None, country: int) -> Profile:
        """Shares of programme parts in what one does, its country's habits as prior."""
        is_known = 0 <= country < len(self._country_prior) - 1
        key = country if is_known else -1
        prior = np.asarray(self._country_prior[key], dtype=np.float32)
        if row is None:
            return Profile(None, prior, key, 1.0, 1.0)
        own = dense_row(self._profiles, row)
        total = float(own.sum()) + PRIOR_UNDERTAKINGS
        return Profile(own, prior, key, PRIOR_UNDERTAKINGS, total)

    @cached_property
    def _activity_by_part(self) -> PartTable:
        return PartTable(self._profiles.T)

    @cached_property
    def _met_by_part(self) -> PartTable:
        met = np.asarray(self._network.incidence.T @ self.asks.astype(np.float32))
        return PartTable(self._by_part(self._weight * met).T)

    def programme_activity(self, profile: Profile) -> Scores:
        """Recent undertakings in the programmes of a profile."""
        return ByProfile(self._activity_by_part, profile)

    def programme_partners(self, profile: Profile) -> Scores:
        """The same, counting those it met there who ask."""
        return ByProfile(self._met_by_part, profile)

    @cached_property
    def _country_programmes(self) -> Matrix:
        """(country · parts + part) × organisations: met from a country within a part."""
        country = np.where(self.asks, self._snapshot.organizations.country, NOBODY)
        incidence = self._network.incidence
        by_part = []
        for part in range(self._parts.shape[1]):
            share = self._parts[:, [part]].toarray().ravel() * self._network.joint
            if not share.any():
                continue
            inside = np.flatnonzero(share)
            members = incidence[:, inside]
            weight = sparse.diags_array((self._weight * share)[inside].astype(np.float32))
            joint = (_membership(country) @ members @ weight @ members.T).tocoo()
            by_part.append((joint.row.astype(np.int64), part, joint.col, joint.data))
        parts = self._parts.shape[1]
        countries = int(country.max(initial=-1)) + 1
        empty = np.zeros(0)
        rows = [row * parts + part for row, part, _, _ in by_part]
        return sparse.csr_array(
            (
                np.concatenate([empty, *(data for *_, data in by_part)]).astype(np.float32),
                (
                    np.concatenate([empty, *rows]).astype(np.int32),
                    np.concatenate([empty, *(col for _, _, col, _ in by_part)]).astype(np.int32),
                ),
            ),
            shape=(countries * parts, len(self._snapshot)),
        )

    def programme_country(self, profile: Profile, country: int) -> Scores:
        """Meetings of each with those of a country within the programmes of a profile."""
        parts, joint = self._parts.shape[1], self._country_programmes
        if not 0 <= country * parts < joint.shape[0]:
            return NearFigures(np.zeros(0, np.int32), np.zeros(0, np.float32), len(self._snapshot))
        table = self._snapshot.cached(
            (self, "programmes of country", country),
            lambda: PartTable(joint[country * parts : (country + 1) * parts]),
        )
        return ByProfile(table, profile)

    @cached_property
    def _topics(self) -> Matrix:
        """Organisations × topics, rows of unit length."""
        return self._shared("topics", self._topics_made)

    def _topics_made(self) -> Matrix:
        names = self._snapshot.engagements.table.column("topic")
        weighted = sparse.diags_array(self._weight) @ self._labelled(names, _topic)
        topics = (self._network.incidence @ weighted).tocsr()
        length = np.sqrt(np.asarray(topics.multiply(topics).sum(axis=1)).ravel())
        scaled = sparse.diags_array((1 / np.maximum(length, 1e-9)).astype(np.float32)) @ topics
        scaled.sort_indices()
        return scaled

    def topic(self, row: int, rows: IntArray) -> FloatArray:
        """Cosine of the topics of recent undertakings with one organisation's, shape (n,).

        Of the organisations at `rows` (n,).
        """
        return np.asarray(self._topics[rows] @ dense_row(self._topics, row), dtype=np.float32)

    def _shared(self, name: str, make: Callable[[], Matrix]) -> Matrix:
        """What is the same whichever side asks: made once for the network."""
        return self._snapshot.cached((name, self._network), make)

    # -- measures of everybody

    def ranking(
        self, name: Literal["latest", "similar_partners", "new_partners", "newcomers"]
    ) -> Ranking:
        """One of `measures` in order, made once."""
        return self._snapshot.cached((self, name), lambda: Ranking.of(getattr(self.measures, name)))

    @cached_property
    def measures(self) -> ActivityMeasures:
        """Measures of each organisation that are the same whoever asks."""
        network, snapshot = self._network, self._snapshot
        undertakings, incidence = network.undertakings, network.incidence
        asks = self.asks.astype(np.float32)
        age = age_years(snapshot, undertakings.date)
        met = np.asarray(incidence.T @ asks)
        lately = np.asarray(incidence @ (network.joint * undertakings.latest))
        joint = network.joint * undertakings.weight
        met_recently = np.asarray(incidence @ (joint * met))
        sizes = np.asarray(incidence @ (joint * undertakings.size))
        fresh = network.fresh
        recent, before = _joined(incidence, fresh), _joined(incidence, ~fresh)
        new_ties = (recent - recent.multiply(before)).tocsr()
        first = _first_date(incidence, undertakings.date)
        newest = int(undertakings.date.max(initial=NO_DATE))
        newcomer = asks * (first > newest - NEW_YEARS * YEAR)
        return ActivityMeasures(
            latest=lately.astype(np.float32),
            last_age=_smallest(incidence, age),
            similar_partners=met_recently.astype(np.float32),
            similar_partners_share=_ratio(met_recently, sizes),
            mean_size=_ratio(sizes, network.activity),
            trend=_ratio(lately, network.activity),
            new_partners=np.asarray(new_ties @ asks, dtype=np.float32),
            newcomers=np.asarray(recent @ newcomer, dtype=np.float32),
        )

    @property
    def _weight(self) -> FloatArray:
        return self._network.undertakings.weight

    def _met(self, groups: IntArray, weight: FloatArray, included: BoolArray) -> Matrix:
        """Groups × organisations: joint undertakings with members of the group, by weight."""
        members = _membership(np.where(included, groups, NOBODY).astype(np.int32))
        counted = sparse.diags_array(weight * self._network.joint)
        joint = (members @ self._network.incidence) @ counted
        return (joint @ self._network.incidence.T).tocsr().astype(np.float32)

    def _by_part(self, weight: FloatArray) -> Matrix:
        weighted = sparse.diags_array(weight.astype(np.float32)) @ self._parts
        return (self._network.incidence @ weighted).tocsr()

    def _labelled(
        self, names: pa.ChunkedArray, labels_of: Callable[[str], tuple[str, ...]]
    ) -> Matrix:
        """Undertakings × labels, evenly over each one's labels. Ties have none."""
        undertakings = self._network.undertakings
        known = {name: labels_of(name) for name in names.unique().to_pylist()}
        labels = [known[name] for name in names.to_pylist()]
        numbers = {name: i for i, name in enumerate(sorted({x for row in labels for x in row}))}
        rows, columns, values = [], [], []
        for column, engagement in enumerate(undertakings.engagement.tolist()):
            names = labels[engagement] if engagement >= 0 else ()
            for name in names:
                rows.append(column)
                columns.append(numbers[name])
                values.append(1 / len(names))
        return sparse.csr_array(
            (np.array(values, np.float32), (np.array(rows, np.int32), np.array(columns, np.int32))),
            shape=(len(undertakings.size), max(1, len(numbers))),
        )


@dataclass(frozen=True)
class ActivityMeasures:
    """Columns of shape (n,), seen by those who ask.

    `latest`: Σ exp(−age / 1 year) of joint undertakings; `last_age`: years since the
    last one, joint or not (NaN without); `similar_partners`: recent encounters with those
    who ask, and `similar_partners_share` of all its encounters; `mean_size`: participants of a
    recent undertaking; `trend`: `latest` over three-year activity; `new_partners` of the
    last two years among those who ask; `newcomers`: those of them in their first
    two years.
    """

    latest: FloatArray
    last_age: FloatArray
    similar_partners: FloatArray
    similar_partners_share: FloatArray
    mean_size: FloatArray
    trend: FloatArray
    new_partners: FloatArray
    newcomers: FloatArray


def affinity(snapshot: Snapshot, network: AffiliationNetwork, seekers: frozenset[Kind]) -> Affinity:
    """The affinities of a snapshot's network, made once for each side that asks."""
    view = network_view(snapshot)
    return view.cached(("affinity", network, seekers), lambda: Affinity(view, network, seekers))


def regions(parent: NDArray[np.int64]) -> IntArray:
    """For each place its ancestor just below the topmost, itself where it is one or the top."""
    region = np.arange(len(parent), dtype=np.int64)
    for _ in range(16):  # levels of places
        above = parent[region]
        climbs = (above >= 0) & (parent[np.maximum(above, 0)] >= 0)
        if not climbs.any():
            break
        region = np.where(climbs, above, region)
    return region.astype(np.int32)


def _programme_parts(name: str) -> tuple[str, ...]:
    """Parts of a programme below the framework: "H2020|SC4|LEIT" is of two."""
    return tuple(sorted({part.strip() for part in name.split("|")[1:]} - {""}))


def _topic(name: str) -> tuple[str, ...]:
    """The field that a call names: "ICT-37-2014-1" is of ICT, "MSCA-IF-2014-EF" of MSCA-IF."""
    pieces = [piece for piece in name.split("-") if piece]
    words = [piece for piece in pieces if piece.isalpha()]
    return ("-".join(words[:2] or pieces[:1]),) if pieces else ()


def _membership(groups: IntArray) -> Matrix:
    """Groups × organisations, ones; -1 is in no group."""
    grouped = np.flatnonzero(groups >= 0)
    ones = np.ones(len(grouped), dtype=np.float32)
    size = (int(groups.max(initial=-1)) + 1, len(groups))
    return sparse.csr_array((ones, (groups[grouped], grouped)), shape=size)


def _joined(incidence: Matrix, columns: BoolArray) -> Matrix:
    """A matrix of who took part together in these undertakings, ones, no diagonal."""
    inside = incidence[:, np.flatnonzero(columns)]
    joint = without_diagonal(inside @ inside.T)
    joint.data = np.ones_like(joint.data)
    return joint


def _smallest(incidence: Matrix, values: FloatArray) -> FloatArray:
    """Smallest value over each organisation's undertakings, NaN without one."""
    smallest = np.full(incidence.shape[0], np.nan, dtype=np.float32)
    filled = np.flatnonzero(np.diff(incidence.indptr))
    if len(filled):
        starts = incidence.indptr[filled]
        smallest[filled] = np.minimum.reduceat(values[incidence.indices], starts)
    return smallest


def _first_date(incidence: Matrix, dates: IntArray) -> NDArray[np.float64]:
    first = _smallest(incidence, dates.astype(np.float32))
    return np.asarray(np.nan_to_num(first, nan=np.inf), dtype=np.float64)


def _ratio(above: NDArray[np.float32], below: NDArray[np.float32]) -> FloatArray:
    return np.asarray(
        np.divide(above, below, out=np.full(len(above), np.nan, np.float32), where=below > 0),
        dtype=np.float32,
    )
