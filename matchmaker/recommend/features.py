"""What a candidate is judged by: one small function each, its docstring shown to users.

A feature is raw: in its own unit, NaN where unknown. How it enters a score, in
[0, 1], is said by its `scale`, so that fixed weights can be read and compared.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from matchmaker.domain import Layer, Terms
from matchmaker.recommend.evidence import TextFit, best_by_organization, text_fit
from matchmaker.recommend.geography import great_circle_km
from matchmaker.recommend.goals import Goal
from matchmaker.recommend.graph import FURTHER, Network, network
from matchmaker.recommend.model import Seeker
from matchmaker.snapshot.model import TERMS, BoolArray, FloatArray, IntArray, Snapshot

NEAR_KM = 150.0  # what is reached and back within a working day
Compute = Callable[["Pairs"], FloatArray]
Scale = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class Pairs:
    """One seeker against candidates: what features are computed from.

    `rows` (n,) are rows of organisations in the snapshot.
    """

    snapshot: Snapshot
    goal: Goal
    seeker: Seeker
    rows: IntArray

    @cached_property
    def network(self) -> Network:
        return network(self.snapshot, self.goal.walk)

    @cached_property
    def fit(self) -> TextFit:
        return text_fit(self.snapshot, self.seeker, self.goal)

    @cached_property
    def distance_km(self) -> FloatArray:
        """To each of `rows`, shape (n,), NaN where unknown."""
        organizations = self.snapshot.organizations
        return great_circle_km(
            self.seeker.latitude,
            self.seeker.longitude,
            organizations.latitude[self.rows],
            organizations.longitude[self.rows],
        )

    @cached_property
    def country(self) -> int:
        """Code of the seeker's country in the snapshot, -1 when nobody else is there."""
        if self.seeker.row is not None:
            return int(self.snapshot.organizations.country[self.seeker.row])
        return _countries(self.snapshot).get(self.seeker.country, -1)

    @cached_property
    def _walks(self) -> dict[Callable[[Network, int], FloatArray], FloatArray]:
        return {}

    def walked(self, measure: Callable[[Network, int], FloatArray]) -> FloatArray:
        """A measure from the seeker over the network; zeros for one without a place in it."""
        if self.seeker.row is None:
            return np.zeros(len(self.snapshot), dtype=np.float32)
        if measure not in self._walks:
            self._walks[measure] = measure(self.network, self.seeker.row)
        return self._walks[measure]

    @cached_property
    def steps(self) -> NDArray[np.int8]:
        """Steps in the network from the seeker to everybody, as `Network.steps`."""
        if self.seeker.row is None:
            return np.full(len(self.snapshot), FURTHER, dtype=np.int8)
        return self.network.steps(self.seeker.row, self.walked(Network.shared_partners))

    def narrowed(self, rows: IntArray) -> Pairs:
        """The same seeker against fewer candidates, with what was computed so far."""
        fewer = replace(self, rows=rows)
        kept = ("network", "fit", "country", "_walks")
        fewer.__dict__.update({name: self.__dict__[name] for name in kept if name in self.__dict__})
        return fewer

    def over_best(self, values: FloatArray) -> FloatArray:
        """Square root of each over the largest of all others than the seeker, in [0, 1]."""
        others = values.copy()
        if self.seeker.row is not None:
            others[self.seeker.row] = 0
        top = float(others.max(initial=0))
        return np.sqrt(np.maximum(others, 0) / top) if top > 0 else others


def _countries(snapshot: Snapshot) -> dict[str, int]:
    names = sorted(set(snapshot.organizations.table.column("country").to_pylist()))
    return {name: number for number, name in enumerate(names) if name}


@dataclass(frozen=True)
class Feature:
    """A feature with what users are told of it. Values have the shape of `Pairs.rows`."""

    name: str
    unit: str
    better: Literal["high", "low"]
    zh: str
    compute: Compute
    scale: Scale

    @property
    def en(self) -> str:
        """What it means: the first line of the function's docstring."""
        return inspect.getdoc(self.compute).splitlines()[0]  # type: ignore[union-attr]


FEATURES: dict[str, Feature] = {}


def _unit_interval(values: FloatArray) -> FloatArray:
    """As it is, unknown as 0."""
    return np.clip(np.nan_to_num(values, nan=0.0), 0, 1).astype(np.float32)


def feature(
    name: str,
    *,
    unit: str = "",
    better: Literal["high", "low"] = "high",
    zh: str,
    scale: Scale = _unit_interval,
) -> Callable[[Compute], Compute]:
    """Register a feature under its name."""

    def register(compute: Compute) -> Compute:
        FEATURES[name] = Feature(name, unit, better, zh, compute, scale)
        return compute

    return register


def _saturating(half: float) -> Scale:
    """x / (x + half): 0 at none, ½ at `half`, towards 1."""
    return lambda values: (np.nan_to_num(values) / (np.nan_to_num(values) + half)).astype(
        np.float32
    )


def _nearness(values: FloatArray) -> FloatArray:
    """exp(−km / 150); unknown counts as an average place, never as far."""
    return np.where(np.isnan(values), 0.3, np.exp(-np.nan_to_num(values) / NEAR_KM)).astype(
        np.float32
    )


@feature("text_dense", zh="语义相符程度")
def text_dense(pairs: Pairs) -> FloatArray:
    """Meaning of its best single text against yours: cosine similarity, 0 to 1."""
    return pairs.fit.dense[pairs.rows]


@feature("text_lexical", zh="用词相符程度")
def text_lexical(pairs: Pairs) -> FloatArray:
    """Words of its best single text against yours: root of BM25 over the attainable, 0 to 1."""
    return pairs.fit.lexical[pairs.rows]


@feature("pagerank", zh="合作网络中的亲近程度")
def pagerank(pairs: Pairs) -> FloatArray:
    """Closeness in the network of recent undertakings: square root of PageRank over the best."""
    return pairs.over_best(pairs.walked(Network.pagerank))[pairs.rows]


@feature("three_step", zh="伙伴之伙伴的近期合作")
def three_step(pairs: Pairs) -> FloatArray:
    """Lately active with the partners of your partners: three random steps, over the best."""
    return pairs.over_best(pairs.walked(Network.three_step))[pairs.rows]


@feature("adamic_adar", zh="共同伙伴（少见者更重）")
def adamic_adar(pairs: Pairs) -> FloatArray:
    """Partners in common, rare ones counting more (Adamic–Adar), over the best."""
    return pairs.over_best(pairs.walked(Network.adamic_adar))[pairs.rows]


@feature("resource_allocation", zh="共同伙伴（资源分配指数）")
def resource_allocation(pairs: Pairs) -> FloatArray:
    """Partners in common, each shared out among all it has, over the best."""
    return pairs.over_best(pairs.walked(Network.resource_allocation))[pairs.rows]


@feature("shared_partners", unit="organizations", zh="共同伙伴数", scale=_saturating(3))
def shared_partners(pairs: Pairs) -> FloatArray:
    """How many organisations both of you have worked with."""
    return pairs.walked(Network.shared_partners)[pairs.rows]


@feature("country_affinity", zh="与贵方所在国机构的近期合作")
def country_affinity(pairs: Pairs) -> FloatArray:
    """How much it lately worked with organisations of your country, over the best."""
    return pairs.over_best(pairs.network.country_affinity(pairs.country))[pairs.rows]


@feature("recent_activity", zh="近期活跃程度")
def recent_activity(pairs: Pairs) -> FloatArray:
    """How active it lately was in joint undertakings, over the most active."""
    return pairs.over_best(pairs.network.activity)[pairs.rows]


@feature("completed", unit="undertakings", zh="已有合作事项数", scale=_saturating(5))
def completed(pairs: Pairs) -> FloatArray:
    """How many joint undertakings it is known to have taken part in."""
    return np.asarray(np.diff(pairs.network.incidence.indptr)[pairs.rows], dtype=np.float32)


@feature("nearness", unit="km", better="low", zh="距离", scale=_nearness)
def nearness(pairs: Pairs) -> FloatArray:
    """Great-circle distance between the two registered places; unknown is never far."""
    return pairs.distance_km


@feature("same_country", zh="同一国家")
def same_country(pairs: Pairs) -> FloatArray:
    """Whether both are in the same country."""
    country = pairs.snapshot.organizations.country[pairs.rows]
    return np.asarray((country == pairs.country) & (country >= 0), dtype=np.float32)


@feature("same_industry", zh="行业相近")
def same_industry(pairs: Pairs) -> FloatArray:
    """Relatedness of the registered industries: 1 the same, ½ under the same wider one."""
    parent = np.asarray(pairs.snapshot.industries.column("parent"), dtype=np.int64)
    theirs = pairs.snapshot.organizations.industry[pairs.rows]
    mine = pairs.seeker.industry
    if mine < 0 or not len(parent):
        return np.full(len(theirs), np.nan, dtype=np.float32)
    wider = np.where(theirs >= 0, parent[theirs], -1)
    family = {mine, int(parent[mine])} - {-1}
    related = np.isin(wider, sorted(family)) | np.isin(theirs, sorted(family))
    value = np.where(theirs == mine, 1.0, np.where(related, 0.5, 0.0))
    return np.where(theirs < 0, np.nan, value).astype(np.float32)


@feature("stages", zh="价值链环节互补")
def stages(pairs: Pairs) -> FloatArray:
    """Share of its value-chain stages that you do not hold yourself."""
    theirs = pairs.snapshot.organizations.stages[pairs.rows].astype(np.uint32)
    added = theirs & ~np.uint32(pairs.seeker.stages)
    held = np.bitwise_count(theirs).astype(np.float32)
    share = np.bitwise_count(added) / np.maximum(held, 1)
    return np.where(held > 0, share, np.nan).astype(np.float32)


@feature("verified", zh="身份已核验")
def verified(pairs: Pairs) -> FloatArray:
    """Whether a credit code or VAT number with a right check digit is on record."""
    return pairs.snapshot.organizations.verified[pairs.rows].astype(np.float32)


@feature("capacity", unit="introductions", zh="尚可接洽数", scale=_saturating(2))
def capacity(pairs: Pairs) -> FloatArray:
    """How many introductions it says it can still take on."""
    said = pairs.snapshot.organizations.capacity[pairs.rows].astype(np.float32)
    return np.where(said < 0, np.nan, said).astype(np.float32)


@feature("terms", zh="优惠条件")
def terms(pairs: Pairs) -> FloatArray:
    """Terms of its best offer: 1 free, ½ discounted, 0 at market price."""
    code = pairs.snapshot.statements.terms
    worth = np.where(code == TERMS.index(Terms.FREE), 1.0, 0.0)
    worth = np.where(code == TERMS.index(Terms.DISCOUNTED), 0.5, worth).astype(np.float32)
    return best_by_organization(pairs.snapshot, worth, pairs.fit.usable)[pairs.rows]


@feature("other_cluster", zh="来自其他集群")
def other_cluster(pairs: Pairs) -> FloatArray:
    """Whether it is a member of a cluster, and of none of yours."""
    return in_other_cluster(pairs.snapshot, pairs.seeker)[pairs.rows].astype(np.float32)


@feature("competitor", better="low", zh="竞争关系")
def competitor(pairs: Pairs) -> FloatArray:
    """Whether the two are recorded as competitors."""
    rivals = np.zeros(len(pairs.snapshot), dtype=np.float32)
    if pairs.seeker.row is not None:
        ties = pairs.snapshot.layers[Layer.COMPETES_WITH].out
        rivals[ties.indices[ties.row(pairs.seeker.row)]] = 1
    return rivals[pairs.rows]


def in_other_cluster(snapshot: Snapshot, seeker: Seeker) -> BoolArray:
    """Members of some cluster that are in none of the seeker's, shape (n,)."""
    members = snapshot.memberships
    anywhere = np.zeros(len(snapshot), dtype=np.bool_)
    mine = np.zeros(len(snapshot), dtype=np.bool_)
    anywhere[members.organization] = True
    own = np.isin(members.cluster, sorted(seeker.clusters))
    mine[members.organization[own]] = True
    return anywhere & ~mine
