"""Borders that clusters could have: by place, and by the network's own communities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matchmaker.domain import EngagementKind, Layer, PlaceLevel
from matchmaker.snapshot.model import ENGAGEMENT_KINDS, PLACE_LEVELS, BoolArray, IntArray, Snapshot

_LAYERS = (Layer.SUPPLIES, Layer.COOPERATES_WITH, Layer.USES, Layer.SHARES_WITH)
_JOINT = (EngagementKind.RESEARCH_PROJECT, EngagementKind.PATENT, EngagementKind.CONTRACT)


@dataclass(frozen=True)
class ClusterCandidate:
    """Organisations (rows) of one place (row) that could be a cluster."""

    place: int
    members: tuple[int, ...]


def by_place(
    snapshot: Snapshot, level: PlaceLevel, min_size: int, among: BoolArray
) -> tuple[ClusterCandidate, ...]:
    """Places of a level with at least `min_size` organisations, the largest first.

    `among` (N,) are the organisations that count. Whoever gives only a coarser
    place is left out.
    """
    above = np.array(snapshot.places["parent"].to_pylist(), dtype=np.int64)
    levels = np.array(snapshot.places["level"].to_pylist(), dtype=np.int64)
    ancestors = _ancestors(above, levels == PLACE_LEVELS.index(level))
    place = snapshot.organizations.place
    at = np.where(place >= 0, ancestors[place] if len(ancestors) else -1, -1)
    groups: dict[int, list[int]] = {}
    for row in np.flatnonzero((at >= 0) & among):
        groups.setdefault(int(at[row]), []).append(int(row))
    candidates = [
        ClusterCandidate(place, tuple(members))
        for place, members in groups.items()
        if len(members) >= min_size
    ]
    return tuple(
        sorted(candidates, key=lambda candidate: (-len(candidate.members), candidate.place))
    )


def _ancestors(parent: NDArray[np.int64], wanted: BoolArray) -> NDArray[np.int64]:
    """For each place itself or the nearest place above it that is wanted, -1 where none is."""
    ancestors = np.where(wanted, np.arange(len(parent)), -1)
    above = parent.copy()
    for _ in range(len(PLACE_LEVELS) + len(_LAYERS)):
        at = np.flatnonzero((ancestors < 0) & (above >= 0))
        if not len(at):
            break
        ancestors[at] = np.where(wanted[above[at]], above[at], -1)
        above[at] = parent[above[at]]
    return ancestors


def below(snapshot: Snapshot, industries: Sequence[int]) -> BoolArray:
    """Organisations (N,) of these industries or anything below them."""
    parent = np.array(snapshot.industries["parent"].to_pylist(), dtype=np.int64)
    chosen = np.zeros(len(parent), dtype=np.bool_)
    chosen[list(industries)] = True
    for _ in range(len(parent)):
        more = chosen | ((parent >= 0) & chosen[parent])
        if (more == chosen).all():
            break
        chosen = more
    industry = snapshot.organizations.industry
    return np.asarray((industry >= 0) & chosen[industry])


@dataclass(frozen=True)
class Community:
    """Organisations that deal with each other more than with the rest.

    `cluster` is the row of the declared cluster that shares most members, -1
    without one; `overlap` the Jaccard index with it. `place` is the commonest
    place (row, -1 unknown) and `place_share` its share.
    """

    members: tuple[int, ...]
    place: int
    place_share: float
    cluster: int
    overlap: float
    shared: int


@dataclass(frozen=True)
class Communities:
    """All communities of a size, and how far they follow the declared borders.

    `agreement` is the normalised mutual information of community and declared
    cluster over organisations that have both, in [0, 1]; None without any.
    """

    communities: tuple[Community, ...]
    organizations: int
    agreement: float | None


def communities(snapshot: Snapshot, min_size: int) -> Communities:
    """By modularity with the Leiden algorithm (Traag, Waltman and van Eck, 2019), seed 0.

    Ties count 1, an undertaking of n parties 1 / (n − 1) for each pair.
    """
    from sklearn.metrics import normalized_mutual_info_score
    from sknetwork.clustering import Leiden

    weights = _weights(snapshot)
    joined = np.flatnonzero(np.diff(weights.indptr))
    if not len(joined):
        return Communities((), 0, None)
    inner = sparse.csr_matrix(weights[joined][:, joined])
    label = np.asarray(Leiden(random_state=0).fit_predict(inner))
    memberships = snapshot.memberships
    declared: dict[int, set[int]] = {}
    for row, cluster in zip(
        memberships.organization.tolist(), memberships.cluster.tolist(), strict=True
    ):
        declared.setdefault(cluster, set()).add(row)
    groups = [
        _community(snapshot, joined[label == number].astype(np.int32), declared)
        for number in range(int(label.max()) + 1)
        if (label == number).sum() >= min_size
    ]
    label_of = dict(zip(joined.tolist(), label.tolist(), strict=True))
    labelled = [
        (cluster, label_of[row])
        for cluster, rows in declared.items()
        for row in sorted(rows)
        if row in label_of
    ]
    agreement = None
    if len({cluster for cluster, _ in labelled}) > 1:
        agreement = float(normalized_mutual_info_score(*zip(*labelled, strict=True)))
    ordered = sorted(groups, key=lambda candidate: (-len(candidate.members), candidate.members))
    return Communities(tuple(ordered), len(joined), agreement)


def _community(snapshot: Snapshot, members: IntArray, declared: dict[int, set[int]]) -> Community:
    place = snapshot.organizations.place[members]
    names, counts = np.unique(place[place >= 0], return_counts=True)
    inside = set(members.tolist())
    best, overlap, shared = -1, 0.0, 0
    for cluster, rows in sorted(declared.items()):
        common = len(inside & rows)
        jaccard = common / len(inside | rows)
        if jaccard > overlap:
            best, overlap, shared = cluster, jaccard, common
    return Community(
        members=tuple(members.tolist()),
        place=int(names[counts.argmax()]) if len(names) else -1,
        place_share=float(counts.max() / len(members)) if len(names) else 0.0,
        cluster=best,
        overlap=overlap,
        shared=shared,
    )


def _weights(snapshot: Snapshot) -> sparse.csr_array:
    """Symmetric weights of all ties and undertakings, (N, N), without loops."""
    size = len(snapshot)
    took_part = snapshot.engagement_organizations
    kinds = [ENGAGEMENT_KINDS.index(kind) for kind in _JOINT]
    parties = np.diff(took_part.indptr)
    counts = np.isin(snapshot.engagements.kind, kinds) & (parties > 1)
    share = np.where(counts, 1 / np.maximum(parties - 1, 1), 0.0)
    incidence = sparse.csr_array(
        (np.ones(len(took_part.indices)), took_part.indices, took_part.indptr),
        shape=(len(parties), size),
    )
    total = sparse.csr_array(incidence.T @ sparse.diags_array(share) @ incidence)
    for layer in _LAYERS:
        out = snapshot.layers[layer].out
        ones = np.ones(len(out.indices))
        ties = sparse.csr_array((ones, out.indices, out.indptr), shape=(size, size))
        undirected = snapshot.layers[layer].into is out
        total = total + (ties if undirected else ties + ties.T)
    weights = sparse.csr_array(total)
    weights.setdiag(0)
    weights.eliminate_zeros()
    return weights
