"""A choice of introductions to propose together, so that most will be accepted by both sides.

Everyone's own top list sends the same few famous candidates more requests than
they can answer. Here the expected number of mutual acceptances is maximised under
everybody's open slots. With seekers on one side and candidates on the other this
is the transport problem, whose linear programme has integral corners (Hoffman and
Kruskal 1956), so HiGHS' simplex gives whole introductions. Where an organisation
is on both sides its slots are shared and integrality is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

DoubleArray = NDArray[np.float64]
LongArray = NDArray[np.int64]
# For integer programmes only: what is found by then is within this of the best.
_GAP = 1e-3
_SECONDS = 25.0


@dataclass(frozen=True, slots=True)
class Options:
    """Possible introductions: `seekers`, `candidates` (n,) row numbers, `value` (n,) in [0, 1].

    `value` is the probability that both sides accept.
    """

    seekers: LongArray
    candidates: LongArray
    value: DoubleArray

    def __len__(self) -> int:
        return len(self.value)


def allocate(options: Options, capacity: LongArray) -> LongArray:
    """Numbers of the options to take, ascending.

    `capacity` (organisations,) is the number of introductions each may get in all.
    Maximises the sum of `value`; no option of value 0 is taken, and of two options
    for the same two organisations at most one.
    """
    usable = np.flatnonzero(
        (options.value > 0)
        & (capacity[options.seekers] > 0)
        & (capacity[options.candidates] > 0)
        & (options.seekers != options.candidates)
    )
    usable = usable[_best_of_pair(options, usable)]
    if not len(usable):
        return usable
    left, right, value = options.seekers[usable], options.candidates[usable], options.value[usable]
    rows = np.concatenate([left, right])
    columns = np.tile(np.arange(len(usable)), 2)
    involved, rows = np.unique(rows, return_inverse=True)
    matrix = coo_array(
        (np.ones(len(rows)), (rows, columns)), shape=(len(involved), len(usable))
    ).tocsr()
    limits = capacity[involved].astype(np.float64)
    # Takes a while to load: where introductions are chosen.
    from scipy.optimize import Bounds, LinearConstraint, linprog, milp

    if np.intersect1d(left, right).size:
        solved = milp(
            -value,
            constraints=LinearConstraint(matrix, -np.inf, limits),
            integrality=np.ones(len(usable), dtype=np.int64),
            bounds=Bounds(0, 1),
            options={"mip_rel_gap": _GAP, "time_limit": _SECONDS},
        )
    else:
        solved = linprog(  # type: ignore[call-overload]
            -value, A_ub=matrix, b_ub=limits, bounds=(0, 1), method="highs-ds"
        )
    if solved.x is None:
        return usable[_greedy(left, right, value, capacity)]
    return usable[solved.x > 0.5]


def _best_of_pair(options: Options, usable: LongArray) -> LongArray:
    """Positions in `usable` of the most valuable option of each two organisations."""
    low = np.minimum(options.seekers[usable], options.candidates[usable])
    high = np.maximum(options.seekers[usable], options.candidates[usable])
    order = np.lexsort((usable, -options.value[usable], high, low))
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
    return np.sort(order[first])


def _greedy(
    left: LongArray, right: LongArray, value: DoubleArray, capacity: LongArray
) -> LongArray:
    """The best first, where the solver ran out of time: at least half of the best sum."""
    free = capacity.copy()
    taken = []
    for option in np.argsort(-value, kind="stable"):
        if free[left[option]] > 0 and free[right[option]] > 0:
            free[left[option]] -= 1
            free[right[option]] -= 1
            taken.append(int(option))
    return np.array(sorted(taken), dtype=np.int64)
