"""Where clusters could be drawn: by place, and by the network's own communities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matchmaker.domain import EngagementKind, Layer, PlaceLevel
from matchmaker.snapshot.model import (
    ENGAGEMENT_KINDS,
    PLACE_LEVELS,
    BoolArray,
    IntArray,
    Snapshot,
)

_LAYERS = (Layer.SUPPLIES, Layer.COOPERATES_WITH, Layer.USES, Layer.SHARES_WITH)
_JOINT = (EngagementKind.RESEARCH_PROJECT, EngagementKind.PATENT, EngagementKind.CONTRACT)


@dataclass(frozen=True)
class Candidate:
    """Organisations (rows) of one place (row) that could be a cluster."""

    place: int
    members: tuple[int, ...]


def by_place(
    snapshot: Snapshot, level: PlaceLevel, min_size: int, among: BoolArray
) -> tuple[Candidate, ...]:
    """Places of a level with at least `min_size` organisations, the largest first.

    `among` (N,) are the organisations that count. Whoever gives only a coarser
    place is left out.
    """
    above = np.array(snapshot.places["parent"].to_pylist(), dtype=np.int64)
    levels = np.array(snapshot.places["level"].to_pylist(), dtype=np.int64)
    found = _ancestors(above, levels == PLACE_LEVELS.index(level))
    place = snapshot.organizations.place
    at = np.where(place >= 0, found[place] if len(found) else -1, -1)
    rows = np.flatnonzero((at >= 0) & among)
    groups: dict[int, list[int]] = {}
    for row in rows:
        groups.setdefault(int(at[row]), []).append(int(row))
    kept = [Candidate(one, tuple(members)) for one, members in groups.items()]
    kept = [one for one in kept if len(one.members) >= min_size]
    return tuple(sorted(kept, key=lambda one: (-len(one.members), one.place)))


def _ancestors(parent: NDArray[np.int64], wanted: BoolArray) -> NDArray[np.int64]:
    """For each place itself or the nearest place above it that is wanted, -1 where none is."""
    found = np.where(wanted, np.arange(len(parent)), -1)
    here = parent.copy()
    for _ in range(len(PLACE_LEVELS) + len(_LAYERS)):
        open_ = (found < 0) & (here >= 0)
        if not open_.any():
            break
        at = np.flatnonzero(open_)
        found[at] = np.where(wanted[here[at]], here[at], -1)
        here[at] = parent[here[at]]
    return found


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

    found: tuple[Community, ...]
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
    belong = snapshot.memberships
    declared: dict[int, set[int]] = {}
    for row, cluster in zip(belong.organization.tolist(), belong.cluster.tolist(), strict=True):
        declared.setdefault(cluster, set()).add(row)
    found = [
        _community(snapshot, joined[label == one].astype(np.int32), declared)
        for one in range(int(label.max()) + 1)
        if (label == one).sum() >= min_size
    ]
    of = {int(row): int(one) for row, one in zip(joined, label, strict=True)}
    both = [(of[row], one) for one, rows in declared.items() for row in sorted(rows) if row in of]
    agreement = None
    if both and len({one for _, one in both}) > 1:
        mine, theirs = zip(*both, strict=True)
        agreement = float(normalized_mutual_info_score(theirs, mine))
    ordered = sorted(found, key=lambda one: (-len(one.members), one.members))
    return Communities(tuple(ordered), len(joined), agreement)


def _community(snapshot: Snapshot, members: IntArray, declared: dict[int, set[int]]) -> Community:
    place = snapshot.organizations.place[members]
    names, counts = np.unique(place[place >= 0], return_counts=True)
    mine = set(members.tolist())
    best, overlap, shared = -1, 0.0, 0
    for cluster, rows in sorted(declared.items()):
        common = len(mine & rows)
        jaccard = common / len(mine | rows)
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
    found = sparse.csr_array(total)
    found.setdiag(0)
    found.eliminate_zeros()
    return found
