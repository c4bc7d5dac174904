"""Allocation against networkx' maximum-weight matching and all that is possible."""

from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.allocation import own_top_lists
from matchmaker.workflow.allocation import Options, allocate


def options(rows):
    left, right, value = zip(*rows, strict=True) if rows else ((), (), ())
    return Options(
        np.array(left, dtype=np.int64), np.array(right, dtype=np.int64),
        np.array(value, dtype=np.float64),
    )  # fmt: skip


@given(st.integers(0, 10_000))
def test_with_one_slot_each_it_is_the_heaviest_matching(seed):
    rng = np.random.default_rng(seed)
    rows = [(a, 6 + b, float(rng.random())) for a in range(6) for b in range(6)]
    chosen = allocate(options(rows), np.ones(12, dtype=np.int64))
    graph = nx.Graph()
    graph.add_weighted_edges_from(rows)
    best = nx.max_weight_matching(graph)
    expected = sum(graph[a][b]["weight"] for a, b in best)
    assert sum(rows[option][2] for option in chosen) == pytest.approx(expected)


@given(st.integers(0, 10_000))
def test_nothing_possible_is_better(seed):
    """All subsets of nine options among four organisations that are on both sides."""
    rng = np.random.default_rng(seed)
    pairs = [(a, b) for a in range(4) for b in range(4) if a != b]
    chosen = rng.choice(len(pairs), 9, replace=False)
    rows = [(*pairs[option], float(rng.random())) for option in chosen]
    capacity = rng.integers(0, 3, 4)

    def fits(taken):
        used = np.zeros(4, dtype=int)
        pairs_taken = set()
        for option in taken:
            a, b, _ = rows[option]
            if frozenset((a, b)) in pairs_taken:
                return False
            pairs_taken.add(frozenset((a, b)))
            used[[a, b]] += 1
        return (used <= capacity).all()

    best = max(
        sum(rows[option][2] for option in taken)
        for size in range(len(rows) + 1)
        for taken in combinations(range(len(rows)), size)
        if fits(taken)
    )
    allocated = allocate(options(rows), capacity)
    assert fits(allocated)
    assert sum(rows[option][2] for option in allocated) >= best - 2e-3


def test_own_top_lists_lose_what_arrives_late():
    """Two seekers want the same one first; it has one slot, so the weaker wish is lost."""
    rows = [(0, 2, 0.9), (1, 2, 0.8), (1, 3, 0.7)]
    requests = own_top_lists(options(rows), np.ones(4, dtype=np.int64), np.array([0.9, 0.8, 0.7]))
    assert requests.tolist() == [0]
    assert allocate(options(rows), np.ones(4, dtype=np.int64)).tolist() == [0, 2]


def test_no_option_is_no_introduction():
    assert len(allocate(options([]), np.ones(3, dtype=np.int64))) == 0


def test_no_slot_no_value_and_nobody_with_itself_is_ever_taken():
    rows = [(0, 1, 0.9), (0, 2, 0.8), (3, 2, 0.7), (4, 4, 0.6), (5, 6, 0.0)]
    # 1 has no slot and 3 neither: 0 and 2 are left.
    capacity = np.array([2, 0, 2, 0, 2, 2, 2], dtype=np.int64)
    assert allocate(options(rows), capacity).tolist() == [1]
