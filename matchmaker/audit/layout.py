"""Places of members in the picture of a cluster: the same at each visit.

The places come of every tie that members ever had, so that neither layer nor year moves anybody.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from matchmaker.audit.landscape import Landscape

# Members for whom springs take seconds; a browser spreads more of them itself.
MOST_PLACED = 5_000
_ITERATIONS = 150


def layout(landscape: Landscape, cluster: int) -> dict[int, tuple[float, float]]:
    """Rows of all who were ever members, and their places, x to the right and y downwards,
    both from 0 to 1. Empty above `MOST_PLACED` members. Made once for a snapshot."""
    return landscape.once(("layout", cluster), lambda: _layout(landscape, cluster))


def _layout(landscape: Landscape, cluster: int) -> dict[int, tuple[float, float]]:
    ties = landscape.ties(cluster)
    members = np.unique(ties.members)
    if not 0 < len(members) <= MOST_PLACED:
        return {}
    inside = np.isin(ties.source, members) & np.isin(ties.target, members)
    source, target = (np.searchsorted(members, end[inside]) for end in (ties.source, ties.target))
    one_way: sparse.coo_matrix[np.float64] = sparse.coo_matrix(
        (np.ones(len(source)), (source, target)), shape=(len(members), len(members))
    )
    adjacency = sparse.csr_matrix(one_way + one_way.T)
    adjacency.setdiag(0)
    adjacency.eliminate_zeros()
    adjacency.data = np.ones(len(adjacency.data))
    _, component = csgraph.connected_components(adjacency, directed=False)
    places = placed(adjacency, component)
    spread = np.ptp(places, axis=0)
    unit = (places - places.min(axis=0)) / np.where(spread > 0, spread, 1)
    return {
        int(row): (round(float(x), 4), round(1 - float(y), 4))
        for row, (x, y) in zip(members, unit, strict=True)
    }


def placed(adjacency: Any, component: NDArray[np.integer]) -> NDArray[np.float64]:
    """A place (n, 2) for each member: every component by springs in a box of its own,
    boxes on shelves, the largest on top and those who are alone at the bottom.

    `adjacency` is any sparse matrix (n, n), `component` (n,) the number of each one's part.
    """
    places = np.zeros((len(component), 2))
    sizes = np.bincount(component)
    sides = np.where(sizes > 1, np.sqrt(sizes), 0.5)
    width = max(float(sides.max(initial=1)), 1.25 * float(np.sqrt((sides**2).sum())))
    x = y = shelf = 0.0
    for number in np.lexsort((np.arange(len(sizes)), -sizes)):
        side = float(sides[number])
        if x > 0 and x + side > width:
            x, y, shelf = 0.0, y - shelf, 0.0
        inside = np.flatnonzero(component == number)
        # A margin keeps neighbours and their names apart.
        corner = np.array([x, y - side])
        places[inside] = corner + side * (0.1 + 0.8 * _sprung(adjacency, inside))
        x, shelf = x + side, max(shelf, side)
    return places


def _sprung(adjacency: Any, inside: NDArray[np.int64]) -> NDArray[np.float64]:
    """Places of one component in the unit square."""
    from sknetwork.embedding import Spring

    if len(inside) < 3:
        return np.column_stack([np.linspace(0.2, 0.8, len(inside)), np.full(len(inside), 0.5)])
    inner = sparse.csr_matrix(adjacency[inside][:, inside])  # all that scikit-network takes
    start = np.random.default_rng(0).normal(size=(len(inside), 2))
    iterations = _ITERATIONS if len(inside) <= 500 else _ITERATIONS // 3
    sprung = Spring(2, n_iter=iterations, tol=1e-4).fit_transform(inner, position_init=start)
    spread = np.ptp(sprung, axis=0)
    return np.asarray((sprung - sprung.min(axis=0)) / np.where(spread > 0, spread, 1))
