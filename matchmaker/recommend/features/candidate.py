"""The candidate itself: how active it is, what it does, and whether it can be trusted."""

from __future__ import annotations

import numpy as np

from matchmaker.domain import Layer
from matchmaker.recommend.conditions import UNMET, checks, open_programmes, share_met
from matchmaker.recommend.features.registry import Family, feature, saturating
from matchmaker.recommend.model import Seeker
from matchmaker.recommend.pairs import Pairs
from matchmaker.snapshot.model import BoolArray, FloatArray, IntArray, Snapshot


@feature(Family.ACTIVITY)
def recent_activity(pairs: Pairs) -> FloatArray:
    """How active it lately was in joint undertakings, over the most active.

    Shape (n,): the square root of what it has over what the one with most has, in [0, 1].
    Joint undertakings count by recency.
    """
    return pairs.over_best(pairs.network.ranking("activity"))


@feature(Family.ACTIVITY, scale=saturating(5))
def completed(pairs: Pairs) -> FloatArray:
    """How many joint undertakings it is known to have taken part in.

    Shape (n,), a number of undertakings, whatever their age; 0 where none is known.
    """
    return pairs.network.joint_count[pairs.rows]


@feature(Family.INDUSTRY, absent=np.nan)
def same_industry(pairs: Pairs) -> FloatArray:
    """Relatedness of the registered industries: 1 the same, ½ under the same wider one.

    Shape (n,): 1, ½ or 0; NaN where either industry is unknown.
    """
    parent = np.asarray(pairs.snapshot.industries.column("parent"), dtype=np.int64)
    industries = pairs.snapshot.organizations.industry[pairs.rows]
    own = pairs.seeker.industry
    if own < 0 or not len(parent):
        return np.full(len(industries), np.nan, dtype=np.float32)
    wider = np.where(industries >= 0, parent[industries], -1)
    family = {own, int(parent[own])} - {-1}
    related = np.isin(wider, sorted(family)) | np.isin(industries, sorted(family))
    value = np.where(industries == own, 1.0, np.where(related, 0.5, 0.0))
    return np.where(industries < 0, np.nan, value).astype(np.float32)


@feature(Family.INDUSTRY, absent=np.nan)
def stages(pairs: Pairs) -> FloatArray:
    """Share of its value-chain stages that you do not hold yourself.

    Shape (n,), in [0, 1]; NaN where no stage of its is known.
    """
    their_stages = pairs.snapshot.organizations.stages[pairs.rows].astype(np.uint32)
    added = their_stages & ~np.uint32(pairs.held_stages)
    held = np.bitwise_count(their_stages).astype(np.float32)
    share = np.bitwise_count(added) / np.maximum(held, 1)
    return np.where(held > 0, share, np.nan).astype(np.float32)


def _half_where_unknown(values: FloatArray) -> FloatArray:
    return np.clip(np.nan_to_num(values, nan=0.5), 0, 1).astype(np.float32)


@feature(Family.STAGES, scale=_half_where_unknown, absent=np.nan, monotone=1)
def sought_stages(pairs: Pairs) -> FloatArray:
    """Share of the value-chain stages that you look for which it holds.

    Shape (n,), in [0, 1]; NaN where nothing is sought, or no stage of its is known.
    """
    their_stages = pairs.snapshot.organizations.stages[pairs.rows].astype(np.uint32)
    sought = pairs.sought_stages
    if not sought:
        return np.full(len(pairs.rows), np.nan, dtype=np.float32)
    share = np.bitwise_count(their_stages & np.uint32(sought)) / sought.bit_count()
    return np.where(their_stages > 0, share, np.nan).astype(np.float32)


@feature(Family.TRUST)
def verified(pairs: Pairs) -> FloatArray:
    """Whether a credit code or VAT number with a right check digit is on record.

    Shape (n,): 1 or 0. Check digits of GB 32100 and of the VAT numbers of each country.
    """
    return pairs.snapshot.organizations.verified[pairs.rows].astype(np.float32)


@feature(Family.TRUST, absent=np.nan, scale=saturating(2))
def capacity(pairs: Pairs) -> FloatArray:
    """How many introductions it says it can still take on.

    Shape (n,), a number of introductions; NaN where it does not say.
    """
    slots = pairs.snapshot.organizations.capacity[pairs.rows].astype(np.float32)
    return np.where(slots < 0, np.nan, slots).astype(np.float32)


@feature(Family.INDUSTRY)
def other_cluster(pairs: Pairs) -> FloatArray:
    """Whether it is a member of a cluster, and of none of yours.

    Shape (n,): 1 or 0.
    """
    anywhere = in_a_cluster(pairs.snapshot)[pairs.rows]
    own = np.isin(pairs.rows, _in_clusters_of(pairs.snapshot, pairs.seeker))
    return (anywhere & ~own).astype(np.float32)


@feature(Family.CONDITIONS, monotone=1)
def conditions(pairs: Pairs) -> FloatArray:
    """How far you meet the conditions of its programme of which you meet most.

    Shape (n,), in [0, 1): the largest over its open programmes (`conditions.share_met`), 0 for one
    with a condition that is not met, and for who has no programme.
    """
    shares = np.zeros(len(pairs.snapshot), dtype=np.float32)
    for programme in open_programmes(pairs.snapshot):
        checked = checks(pairs.snapshot, pairs.seeker, programme)
        value = 0.0 if any(each.verdict is UNMET for each in checked) else share_met(checked)
        shares[programme.organization] = max(shares[programme.organization], value)
    return shares[pairs.rows]


@feature(Family.RIVALRY, monotone=-1)
def competitor(pairs: Pairs) -> FloatArray:
    """Whether the two are recorded as competitors.

    Shape (n,): 1 or 0.
    """
    if pairs.seeker.row is None:
        return np.zeros(len(pairs.rows), dtype=np.float32)
    ties = pairs.snapshot.layers[Layer.COMPETES_WITH].out
    return np.isin(pairs.rows, ties.indices[ties.row(pairs.seeker.row)]).astype(np.float32)


@feature(Family.ACTIVITY)
def latest_activity(pairs: Pairs) -> FloatArray:
    """How active it was in the last year, over the most active.

    Shape (n,): the square root of what it has over what the one with most has, in [0, 1].
    A joint undertaking counts exp(−age / 1 year).
    """
    return pairs.over_best(pairs.affinity.ranking("latest"))


@feature(
    Family.ACTIVITY,
    scale=lambda years: np.exp(-np.nan_to_num(years, nan=10.0)).astype(np.float32),
    absent=np.nan,
)
def last_active(pairs: Pairs) -> FloatArray:
    """Years since its last known undertaking.

    Shape (n,), years, of undertakings alone too; NaN where none is known.
    """
    return pairs.affinity.measures.last_age[pairs.rows]


@feature(Family.ACTIVITY)
def partners(pairs: Pairs) -> FloatArray:
    """How many organisations it has worked with, over the one with most.

    Shape (n,): the square root of what it has over what the one with most has, in [0, 1].
    """
    return pairs.over_best(pairs.network.ranking("degree"))


@feature(Family.ACTIVITY)
def centrality(pairs: Pairs) -> FloatArray:
    """Standing in the whole network: PageRank over the best.

    Shape (n,): the square root of what it has over what the one with most has, in [0, 1].
    PageRank (Page, Brin, Motwani and Winograd, 1999) with restarts anywhere.
    """
    return pairs.over_best(pairs.network.ranking("centrality"))


@feature(Family.ACTIVITY)
def similar_partners(pairs: Pairs) -> FloatArray:
    """How many organisations like you it lately worked with, over the one with most.

    Shape (n,): the square root of what it has over what the one with most has, in [0, 1].
    Encounters count by recency, again in each undertaking.
    """
    return pairs.over_best(pairs.affinity.ranking("similar_partners"))


@feature(Family.ACTIVITY, absent=np.nan)
def similar_partners_share(pairs: Pairs) -> FloatArray:
    """Share of organisations like you among those it lately worked with.

    Shape (n,), in [0, 1], by recency; NaN where it has no joint undertaking.
    """
    return pairs.affinity.measures.similar_partners_share[pairs.rows]


@feature(Family.ACTIVITY, scale=saturating(10), absent=np.nan)
def group_size(pairs: Pairs) -> FloatArray:
    """How many take part in its undertakings of late, on average.

    Shape (n,), participants, by recency; NaN where it has no joint undertaking.
    """
    return pairs.affinity.measures.mean_size[pairs.rows]


@feature(Family.ACTIVITY, absent=np.nan)
def trend(pairs: Pairs) -> FloatArray:
    """Activity of the last year over that of the last three: rising towards 1.

    Shape (n,), in [0, 1]: Σ exp(−age / 1 year) over Σ exp(−age / 3 years); NaN without any.
    """
    return pairs.affinity.measures.trend[pairs.rows]


@feature(Family.ACTIVITY)
def new_partners(pairs: Pairs) -> FloatArray:
    """New partners like you that it found in the last two years, over the one with most.

    Shape (n,): the square root of what it has over what the one with most has, in [0, 1].
    Partners are new where no earlier undertaking joined the two.
    """
    return pairs.over_best(pairs.affinity.ranking("new_partners"))


@feature(Family.ACTIVITY)
def newcomers(pairs: Pairs) -> FloatArray:
    """Newcomers like you that it took in over the last two years, over the one with most.

    Shape (n,): the square root of what it has over what the one with most has, in [0, 1].
    A newcomer's first known undertaking is of these two years.
    """
    return pairs.over_best(pairs.affinity.ranking("newcomers"))


def in_other_cluster(snapshot: Snapshot, seeker: Seeker) -> BoolArray:
    """Members of some cluster that are in none of the seeker's, shape (n,)."""
    anywhere, everybody = in_a_cluster(snapshot), np.arange(len(snapshot), dtype=np.int32)
    return anywhere & ~np.isin(everybody, _in_clusters_of(snapshot, seeker))


def in_a_cluster(snapshot: Snapshot) -> BoolArray:
    """A mask of members of any cluster, shape (N,)."""

    def made() -> BoolArray:
        anywhere = np.zeros(len(snapshot), dtype=np.bool_)
        anywhere[snapshot.memberships.organization] = True
        return anywhere

    return snapshot.cached("in a cluster", made)


def _in_clusters_of(snapshot: Snapshot, seeker: Seeker) -> IntArray:
    members = snapshot.memberships
    own = np.isin(members.cluster, sorted(seeker.clusters))
    return np.asarray(members.organization[own])
