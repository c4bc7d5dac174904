"""The network of one snapshot as sparse matrices, made once and shared by all requests.

A tie counts as an undertaking of two: engagements and ties are the columns of
one incidence matrix, so that every measure walks over both in the same way.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matchmaker.domain import UNDIRECTED_LAYERS, Layer
from matchmaker.snapshot.model import NO_DATE, FloatArray, IntArray, Snapshot, to_days

E_FOLDING_YEARS = 3.0
YEAR = 365.25
# An undertaking without a date says little of today: as one of ten years ago.
UNDATED_AGE_YEARS = 10.0
RESTART = 0.3
# .7⁸ ≈ .058 of the mass is not restarted yet; on EU projects twelve rank no better.
ITERATIONS = 8
KEPT_SNAPSHOTS = 2  # the newest, and the one that requests under way still hold

FURTHER = 3

Matrix = Any  # scipy.sparse.csr_array, float32, int32 indices
Made = TypeVar("Made")


@dataclass(frozen=True)
class Undertakings:
    """Columns of the incidence matrix, shape (c,): what joins organisations.

    `size` is how many take part, `weight` exp(−age / 3 years), `date` in days.
    `engagement` and `tie` are rows in the snapshot's tables, -1 for the other kind.
    """

    size: IntArray
    weight: FloatArray
    date: IntArray
    engagement: IntArray
    tie: IntArray


class Network:
    """Organisations × undertakings over engagements and the given tie layers."""

    def __init__(self, snapshot: Snapshot, layers: frozenset[Layer]) -> None:
        self._snapshot = snapshot
        self.organizations = len(snapshot)
        self.incidence, self.undertakings = _incidence(snapshot, layers)

    @cached_property
    def _hops(self) -> tuple[Matrix, Matrix, Matrix]:
        """(undertakings × organisations by recency, the same evenly, and back)."""
        even = self.incidence
        recent = even @ sparse.diags_array(self.undertakings.weight)
        back = sparse.diags_array(_inverse(self.undertakings.size)) @ even.T
        return (
            _compact(_row_normalized(recent).T),
            _compact(_row_normalized(even).T),
            _compact(back.T),
        )

    def prepare(self) -> None:
        """Make now what requests would make at first use."""
        _ = self._hops, self._participants, self.adjacency, self.degree
        _ = self.activity, self._country_activity

    def hop(self, mass: FloatArray, *, recent: bool) -> FloatArray:
        """One random step: to an undertaking of one's own, then to one of its participants."""
        by_recency, evenly, back = self._hops
        return np.asarray(back @ ((by_recency if recent else evenly) @ mass), dtype=np.float32)

    def pagerank(self, row: int, iterations: int = ITERATIONS) -> FloatArray:
        """Personalised PageRank from one organisation, shape (n,).

        x = r·s + (1 − r)·P'x by power iteration, r = .3; a step prefers recent
        undertakings (Haveliwala, 2002; on the bipartite graph). Mass that comes
        to an organisation without undertakings is lost.
        """
        mass = (1 - RESTART) * self.first_hop(row, recent=True)
        mass[row] += RESTART
        for _ in range(iterations - 1):
            mass = (1 - RESTART) * self.hop(mass, recent=True)
            mass[row] += RESTART
        return mass

    def three_step(self, row: int) -> FloatArray:
        """Mass after three random steps, the last by recency, shape (n,)."""
        second = self.hop(self.first_hop(row, recent=False), recent=False)
        return self.hop(second, recent=True)

    def first_hop(self, row: int, *, recent: bool) -> FloatArray:
        """`hop` from one organisation: only its own undertakings are touched, shape (n,)."""
        columns = self.incidence.indices[
            self.incidence.indptr[row] : self.incidence.indptr[row + 1]
        ]
        weight = self.undertakings.weight[columns] if recent else np.ones(len(columns), np.float32)
        total = float(weight.sum())
        if total <= 0:
            return np.zeros(self.organizations, dtype=np.float32)
        shares = weight / total / self.undertakings.size[columns]
        members = self._participants
        return _gathered(members, columns, shares, self.organizations)

    @cached_property
    def _participants(self) -> Matrix:
        """Undertakings × organisations."""
        return _compact(self.incidence.T)

    @cached_property
    def adjacency(self) -> Matrix:
        """Who ever took part with whom, organisations × organisations, ones, no diagonal."""
        joint = (self.incidence @ self.incidence.T).tocsr()
        joint.setdiag(0)
        joint.eliminate_zeros()
        joint.data = np.ones_like(joint.data)
        return _compact(joint)

    @cached_property
    def degree(self) -> FloatArray:
        """Number of distinct partners, shape (n,)."""
        return np.asarray(np.diff(self.adjacency.indptr), dtype=np.float32)

    def partners(self, row: int) -> IntArray:
        """Rows of everybody that one organisation ever took part with."""
        joint = self.adjacency
        return np.asarray(joint.indices[joint.indptr[row] : joint.indptr[row + 1]])

    def through_partners(self, row: int, weight: FloatArray) -> FloatArray:
        """Σ of `weight` over the partners shared with each organisation, shape (n,)."""
        partners = self.partners(row)
        return _gathered(self.adjacency, partners, weight[partners], self.organizations)

    def partners_of(self, rows: IntArray) -> IntArray:
        """Rows of everybody that any of these ever took part with, in order."""
        joint = self.adjacency
        met = np.zeros(self.organizations, dtype=np.bool_)
        for row in rows.tolist():
            met[joint.indices[joint.indptr[row] : joint.indptr[row + 1]]] = True
        return np.flatnonzero(met).astype(np.int32)

    def shared_partners(self, row: int) -> FloatArray:
        """Number of partners in common with each organisation, shape (n,)."""
        return self.through_partners(row, np.ones(self.organizations, dtype=np.float32))

    def adamic_adar(self, row: int) -> FloatArray:
        """Σ 1 / ln(degree) over shared partners (Adamic and Adar, 2003), shape (n,)."""
        weight = 1 / np.log(np.maximum(self.degree, 2))
        return self.through_partners(row, weight.astype(np.float32))

    def resource_allocation(self, row: int) -> FloatArray:
        """Σ 1 / degree over shared partners (Zhou, Lü and Zhang, 2009), shape (n,)."""
        return self.through_partners(row, (1 / np.maximum(self.degree, 1)).astype(np.float32))

    @cached_property
    def activity(self) -> FloatArray:
        """Σ of recency weights of each organisation's undertakings, shape (n,)."""
        return np.asarray(self.incidence @ self.undertakings.weight, dtype=np.float32)

    @cached_property
    def _country_activity(self) -> FloatArray:
        """Countries × organisations: recent partnerships with organisations of a country.

        Not size-normalised: on EU projects plain counts put a new partner among a
        newcomer's first ten in .468 of cases, normalised ones in .418.
        """
        country = self._snapshot.organizations.country
        known = np.flatnonzero(country >= 0)
        size = int(country.max(initial=-1)) + 1
        member = sparse.csr_array(
            (np.ones(len(known), np.float32), (country[known], known)),
            shape=(size, self.organizations),
        )
        by_recency = sparse.diags_array(self.undertakings.weight)
        joint = (member @ self.incidence) @ by_recency @ self.incidence.T
        return np.asarray(joint.toarray(), dtype=np.float32)

    def country_affinity(self, country: int) -> FloatArray:
        """How much each organisation lately worked with those of a country, shape (n,)."""
        if not 0 <= country < len(self._country_activity):
            return np.zeros(self.organizations, dtype=np.float32)
        return np.asarray(self._country_activity[country], dtype=np.float32)

    def steps(self, row: int, shared_partners: FloatArray) -> NDArray[np.int8]:
        """Steps from one organisation to each, 0 to 2, and `FURTHER` for the rest, shape (n,)."""
        steps = np.full(self.organizations, FURTHER, dtype=np.int8)
        steps[shared_partners > 0] = 2
        steps[self.partners(row)] = 1
        steps[row] = 0
        return steps

    def rarest(self, rows: IntArray) -> int:
        """Who of these has the fewest partners, and so says most; ties by row."""
        return int(rows[np.lexsort((rows, self.degree[rows]))[0]])

    def shared_with(self, first: int, second: int) -> IntArray:
        """Partners of both, the rarest first."""
        shared = np.intersect1d(self.partners(first), self.partners(second), assume_unique=True)
        return np.asarray(shared[np.lexsort((shared, self.degree[shared]))])

    def joint_undertakings(self, first: int, second: int) -> NDArray[np.int64]:
        """Columns that both took part in, latest first."""
        matrix = self.incidence
        mine = matrix.indices[matrix.indptr[first] : matrix.indptr[first + 1]]
        theirs = matrix.indices[matrix.indptr[second] : matrix.indptr[second + 1]]
        joint = np.intersect1d(mine, theirs, assume_unique=True)
        return np.asarray(joint[np.lexsort((joint, -self.undertakings.date[joint].astype(int)))])


def _gathered(matrix: Matrix, rows: IntArray, weight: FloatArray, size: int) -> FloatArray:
    """Σ of `weight` (r,) times the given rows (r,) of a matrix of ones, shape (size,)."""
    starts, ends = matrix.indptr[rows], matrix.indptr[rows + 1]
    if not len(rows):
        return np.zeros(size, dtype=np.float32)
    entries = np.concatenate(
        [matrix.indices[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
    )
    spread = np.repeat(weight, ends - starts)
    return np.bincount(entries, weights=spread, minlength=size).astype(np.float32)


def _inverse(values: NDArray[Any]) -> FloatArray:
    inverse = np.zeros(len(values), dtype=np.float32)
    np.divide(1, values, out=inverse, where=values > 0)
    return inverse


def _compact(matrix: Matrix) -> Matrix:
    """CSR with 32-bit values and indices: half the memory that a product has to pass."""
    compact = matrix.tocsr().astype(np.float32)
    compact.sort_indices()
    compact.indices = compact.indices.astype(np.int32)
    compact.indptr = compact.indptr.astype(np.int32)
    return compact


def _row_normalized(matrix: Matrix) -> Matrix:
    sums = np.asarray(matrix.sum(axis=1)).ravel()
    return sparse.diags_array(_inverse(sums)) @ matrix


def recency(snapshot: Snapshot, dates: IntArray) -> FloatArray:
    """exp(−age / 3 years) at the snapshot's date; what lies ahead counts as of today."""
    age = (to_days(snapshot.meta.as_of) - dates.astype(np.float64)) / YEAR
    age[dates == NO_DATE] = UNDATED_AGE_YEARS
    return np.asarray(np.exp(-np.maximum(age, 0) / E_FOLDING_YEARS), dtype=np.float32)


def _incidence(snapshot: Snapshot, layers: frozenset[Layer]) -> tuple[Matrix, Undertakings]:
    engaged = snapshot.organization_engagements
    rows = np.repeat(np.arange(len(snapshot)), np.diff(engaged.indptr))
    columns = engaged.indices.astype(np.int64)
    count = len(snapshot.engagements.kind)
    dates = [snapshot.engagements.date]
    numbers = [np.full(count, -1, np.int32)]
    all_rows: list[NDArray[Any]] = [rows]
    all_columns: list[NDArray[Any]] = [columns]
    for layer in sorted(layers):
        out = snapshot.layers[layer].out
        source = np.repeat(np.arange(len(snapshot)), np.diff(out.indptr))
        # An undirected tie stands under both its ends: take it once.
        once = source < out.indices if layer in UNDIRECTED_LAYERS else np.ones(len(source), bool)
        size = int(once.sum())
        number = np.arange(count, count + size)
        all_rows += [source[once], out.indices[once]]
        all_columns += [number, number]
        dates.append(out.since[once])
        numbers.append(out.tie[once])
        count += size
    entries = sparse.csr_array(
        (
            np.ones(sum(map(len, all_rows)), np.float32),
            (np.concatenate(all_rows), np.concatenate(all_columns)),
        ),
        shape=(len(snapshot), count),
    )
    entries.sum_duplicates()
    entries.data = np.ones_like(entries.data)
    entries = _compact(entries)
    date = np.concatenate(dates).astype(np.int32)
    tie = np.concatenate(numbers).astype(np.int32)
    engagement = np.where(tie < 0, np.arange(count), -1).astype(np.int32)
    sizes = np.bincount(entries.indices, minlength=count).astype(np.int32)
    return entries, Undertakings(sizes, recency(snapshot, date), date, engagement, tie)


_made: OrderedDict[int, tuple[Snapshot, dict[Hashable, Any]]] = OrderedDict()
_lock = threading.Lock()


def made_once(snapshot: Snapshot, key: Hashable, make: Callable[[], Made]) -> Made:
    """What `make` gives for this snapshot, made at first use and shared by all threads."""
    with _lock:
        # The snapshot is kept beside what was made of it, so its id cannot be another's.
        _, made = _made.setdefault(id(snapshot), (snapshot, {}))
        _made.move_to_end(id(snapshot))
        while len(_made) > KEPT_SNAPSHOTS:
            _made.popitem(last=False)
        if key not in made:
            made[key] = make()
        found: Made = made[key]
        return found


def network(snapshot: Snapshot, layers: frozenset[Layer]) -> Network:
    """The network of a snapshot over its engagements and those of the layers that have ties."""
    tied = frozenset(layer for layer in layers if len(snapshot.layers[layer].out.indices))
    return made_once(snapshot, ("network", tied), lambda: Network(snapshot, tied))
