"""More than pairs: circles of firms, needs to pool, and clusters to open to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from matchmaker.audit.landscape import MIN_MEMBERS
from matchmaker.audit.ties import Channel
from matchmaker.audit.view import View
from matchmaker.domain import Layer, OfferKind, StatementKind
from matchmaker.goals import GOALS
from matchmaker.snapshot.model import GOALS as GOAL_CODES
from matchmaker.snapshot.model import OFFER_KINDS, STATEMENT_KINDS, BoolArray, Snapshot

CIRCLE = 10
SMALLEST_CIRCLE = 6
# Firms of one trade whose products are this near in words sell to the same buyers.
RIVAL_LIKENESS = 0.35
# Needs that are this near in words can be answered by one project.
POOL_LIKENESS = 0.45
# What a row of the snapshot sells, and what a statement names.
SoldBy = Callable[[int], frozenset[str]]
NamedIn = Callable[[int], frozenset[str]]
# How an organisation is named: by its row, or with its id and names.
Party = TypeVar("Party")


@dataclass(frozen=True)
class Circle(Generic[Party]):
    """Firms that could meet regularly; pairs among them, and how many know each other."""

    members: tuple[Party, ...]
    industries: int
    pairs: int
    acquainted: int


def circles(
    view: View, open_to_meet: BoolArray, count: int = 3, sold: SoldBy | None = None
) -> tuple[Circle[int], ...]:
    """Up to `count` disjoint circles of about ten firms none of which competes with another.

    Only those `open_to_meet`, a mask (N,) of the snapshot's organisations, are among them. `sold`
    gives what a row of the snapshot sells, by names that are the same in any language.

    Two firms compete by a COMPETES_WITH tie, or when they are of one industry and sell the same,
    or their products are alike in words (or one has none on record). A firm of no known industry
    may be of any: only its products tell that it does not compete. Each circle
    starts from the firm with fewest partners and takes at each step the firm
    that is nearest in trade to those inside and knows fewest of them.
    """
    firms = np.flatnonzero(view.is_firm & open_to_meet[view.network.members])
    if len(firms) < SMALLEST_CIRCLE:
        return ()
    rival: NDArray[np.bool_] = rivals(view, firms, sold=sold)
    industry = view.industry[firms]
    own, other = np.meshgrid(industry, industry, indexing="ij")
    near = view.landscape.relatedness.between(own.ravel(), other.ravel()).reshape(own.shape)
    tied = view.network.adjacency[firms][:, firms].toarray() > 0
    worth = near + 0.5 * ~tied
    free = np.ones(len(firms), dtype=np.bool_)
    chosen: list[Circle[int]] = []
    degree = view.network.degree[firms]
    while len(chosen) < count and free.sum() >= SMALLEST_CIRCLE:
        start = int(np.lexsort((np.arange(len(firms)), degree, ~free))[0])
        inside = [start]
        while len(inside) < CIRCLE:
            open_to = free & ~np.asarray(rival[inside]).any(axis=0)
            open_to[inside] = False
            if not open_to.any():
                break
            value = np.where(open_to, worth[inside].mean(axis=0), -np.inf)
            inside.append(int(np.argmax(value)))
        free[inside] = False
        if len(inside) < SMALLEST_CIRCLE:
            continue
        places = np.array(sorted(inside))
        acquainted = int(np.triu(tied[np.ix_(places, places)], 1).sum())
        chosen.append(
            Circle(
                members=tuple(int(row) for row in view.network.members[firms[places]]),
                industries=len(np.unique(industry[places])),
                pairs=len(places) * (len(places) - 1) // 2,
                acquainted=acquainted,
            )
        )
    return tuple(chosen)


def rivals(
    view: View, firms: NDArray[np.int64], *, silent_too: bool = True, sold: SoldBy | None = None
) -> BoolArray:
    """A mask of pairs of firms that compete, (f, f), nobody with itself.

    With `silent_too` those of one industry count of whom no product is on record, and those of no
    known one as of any; `sold` as in `circles`.
    """
    snapshot = view.landscape.snapshot
    rows = view.network.members[firms]
    products = _mean_vectors(snapshot, rows)
    silent = np.linalg.norm(products, axis=1) == 0
    alike = np.asarray(products @ products.T >= RIVAL_LIKENESS)
    if silent_too:
        alike |= silent[:, None] | silent[None, :]
    things = [sold(int(row)) for row in rows] if sold else []
    for number, own in enumerate(things):
        alike[number] |= [not own.isdisjoint(others) for others in things]
    industry = view.industry[firms]
    known = industry >= 0
    same = (industry[:, None] == industry[None, :]) & known[:, None]
    if silent_too:
        same |= ~(known[:, None] & known[None, :])
    compete = alike & same
    ties = snapshot.layers[Layer.COMPETES_WITH].out
    for number, row in enumerate(rows):
        compete[number] |= np.isin(rows, ties.indices[ties.row(int(row))])
    np.fill_diagonal(compete, False)
    return np.asarray(compete | compete.T)


def _mean_vectors(snapshot: Snapshot, rows: NDArray[np.int32]) -> NDArray[np.float32]:
    """Unit mean of the products and services of each organisation; zeros without any."""
    kinds = [OFFER_KINDS.index(kind) for kind in (OfferKind.PRODUCT, OfferKind.SERVICE)]
    means = np.zeros((len(rows), snapshot.vectors.shape[1]), dtype=np.float32)
    for number, row in enumerate(rows):
        statements = snapshot.organization_statements.row(int(row))
        sold = statements[np.isin(snapshot.statements.offer_kind[statements], kinds)]
        if len(sold):
            means[number] = snapshot.vectors[sold].mean(axis=0)
    length = np.linalg.norm(means, axis=1, keepdims=True)
    return np.asarray(means / np.where(length > 0, length, 1))


@dataclass(frozen=True)
class Pool:
    """Needs of several members alike enough for one brief: rows of statements and their owners."""

    statements: tuple[int, ...]
    owners: tuple[int, ...]
    likeness: float


def pools(
    view: View,
    open_to_meet: BoolArray,
    likeness: float = POOL_LIKENESS,
    named: NamedIn | None = None,
) -> tuple[Pool, ...]:
    """Groups of open needs of one goal from at least two members, the largest first.

    Of those members who are `open_to_meet`, a mask (N,) of the snapshot's organisations. `named`
    gives the things that a statement is of: needs of others than most of their group are left out,
    and those that name nothing stay.

    Average-linkage clustering of their vectors at a cosine of `likeness`, which
    keeps a chain of near neighbours from becoming one group.
    """
    from sklearn.cluster import AgglomerativeClustering

    snapshot = view.landscape.snapshot
    members = view.network.members
    needs, owners = _open_needs(snapshot, members[open_to_meet[members]])
    spoken = snapshot.vectors[needs].any(axis=1) if len(needs) else np.zeros(0, dtype=np.bool_)
    needs, owners = needs[spoken], owners[spoken]
    groups = []
    for goal in (row.name for row in GOALS.values() if row.pooled):
        chosen = np.flatnonzero(snapshot.statements.goal[needs] == GOAL_CODES.index(goal))
        if len(chosen) < 2:
            continue
        vectors = snapshot.vectors[needs[chosen]]
        model = AgglomerativeClustering(
            n_clusters=None, distance_threshold=1 - likeness, metric="cosine", linkage="average"
        )
        labels = model.fit_predict(vectors)
        for label in range(int(labels.max()) + 1):
            group = chosen[labels == label]
            if named is not None:
                group = group[_of_one_thing([named(int(need)) for need in needs[group]])]
            if len(np.unique(owners[group])) < 2:
                continue
            groups.append(_pool(snapshot, needs[group], owners[group]))
    return tuple(sorted(groups, key=lambda pool: (-len(set(pool.owners)), -pool.likeness)))


def _of_one_thing(things: Sequence[frozenset[str]]) -> BoolArray:
    """A mask of needs that are of what most of them are of, or name nothing, (k,)."""
    counts = Counter(thing for each in things for thing in sorted(each))
    if not counts:
        return np.ones(len(things), dtype=np.bool_)
    common = counts.most_common(1)[0][0]
    near = [not each or any(_is_part_of(thing, common) for thing in each) for each in things]
    return np.array(near, dtype=np.bool_)


def _is_part_of(thing: str, other: str) -> bool:
    """Whether two names are one, or one is that of a part: mould, mould insert."""
    return thing == other or thing.startswith(f"{other} ") or other.startswith(f"{thing} ")


def _pool(snapshot: Snapshot, needs: NDArray[np.int64], owners: NDArray[np.int32]) -> Pool:
    cosine = snapshot.vectors[needs] @ snapshot.vectors[needs].T
    apart = ~np.eye(len(needs), dtype=np.bool_)
    return Pool(
        statements=tuple(int(need) for need in needs),
        owners=tuple(int(need) for need in owners),
        likeness=float(cosine[apart].mean()),
    )


def _open_needs(
    snapshot: Snapshot, members: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    is_need = snapshot.statements.kind == STATEMENT_KINDS.index(StatementKind.NEED)
    open_needs = np.flatnonzero(is_need & snapshot.statements.active)
    speakers = snapshot.statement_organizations
    owners = speakers.indices[speakers.indptr[open_needs]] if len(open_needs) else members[:0]
    of_members = np.isin(owners, members)
    return open_needs[of_members], owners[of_members]


@dataclass(frozen=True)
class Opening:
    """Another cluster to open to: how near its trades are, and the ties there are already."""

    cluster: int
    relatedness: float
    members: int
    ties: int
    nearest: tuple[tuple[int, float], ...]  # industries of the other cluster, with density


def openings(view: View, hidden: BoolArray, limit: int = 5) -> tuple[Opening, ...]:
    """Other clusters by the density of this one's industries around theirs, nearest first.

    Members of theirs who are `hidden`, a mask (N,) of the snapshot's organisations, count nowhere,
    and of fewer than five figures would tell of single ones.
    Industries that both have are left out of the mean: they are no opening.
    """
    landscape, snapshot = view.landscape, view.landscape.snapshot
    own = np.unique(view.industry[view.industry >= 0])
    density = landscape.relatedness.density(own)
    candidates = []
    for other in landscape.clusters:
        if int(other) == view.cluster:
            continue
        members = landscape.network(int(other), Channel.COOPERATION, view.year).members
        members = members[~hidden[members]]
        if len(members) < MIN_MEMBERS:
            continue
        industries = np.unique(snapshot.organizations.industry[members])
        near = sorted(
            (
                (int(row), density[int(row)])
                for row in np.setdiff1d(industries, own)
                if int(row) in density
            ),
            key=lambda pair: (-pair[1], pair[0]),
        )
        if not near:
            continue
        columns = np.flatnonzero(np.isin(view.network.outsiders, members))
        candidates.append(
            Opening(
                cluster=int(other),
                relatedness=float(np.mean([value for _, value in near])),
                members=len(members),
                ties=int(view.network.border[:, columns].nnz) if len(columns) else 0,
                nearest=tuple(near[:3]),
            )
        )
    return tuple(
        sorted(candidates, key=lambda opening: (-opening.relatedness, opening.cluster))[:limit]
    )
