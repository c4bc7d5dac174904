"""Random networks of the same degrees."""

import itertools
from collections import Counter

import networkx as nx
import numpy as np
import pytest
from scipy.stats import chisquare

from matchmaker.audit.nulls import rewired, transitivities
from tests.unit.audit.planted import network


def test_everybody_keeps_the_number_of_partners_and_no_tie_is_double():
    graph = nx.gnm_random_graph(40, 90, seed=3)
    for edges in rewired(network(graph).edges, 40, samples=20):
        drawn = nx.Graph(map(tuple, edges))
        assert drawn.number_of_edges() == 90
        assert not any(a == b for a, b in edges)
        assert [drawn.degree(n) if n in drawn else 0 for n in range(40)] == [
            graph.degree(n) for n in range(40)
        ]


def test_all_networks_of_the_degrees_are_equally_likely():
    """Degrees 3, 2, 2, 2, 1: every graph that has them, listed by brute force."""
    degrees = [3, 2, 2, 2, 1]
    pairs = list(itertools.combinations(range(5), 2))
    possible = {
        edges
        for edges in itertools.combinations(pairs, 5)
        if [sum(node in pair for pair in edges) for node in range(5)] == degrees
    }
    start = np.array(sorted(possible)[0])
    drawn = rewired(start, 5, samples=6_000, seed=1)
    counts = Counter(tuple(sorted(tuple(sorted(edge)) for edge in one.tolist())) for one in drawn)
    assert set(counts) == possible
    assert chisquare(list(counts.values())).pvalue > 0.001


def test_transitivity_of_each_is_networkx():
    drawn = rewired(network(nx.gnm_random_graph(25, 60, seed=2)).edges, 25, samples=10)
    expected = [nx.transitivity(nx.Graph(map(tuple, one))) for one in drawn]
    assert transitivities(drawn, 25) == pytest.approx(expected, abs=1e-9)


def test_the_same_seed_draws_the_same():
    edges = network(nx.gnm_random_graph(20, 40, seed=2)).edges
    assert (rewired(edges, 20, 5, seed=7) == rewired(edges, 20, 5, seed=7)).all()
    assert (rewired(edges, 20, 5, seed=7) != rewired(edges, 20, 5, seed=8)).any()


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_to_swap_gives_the_same_network(count):
    edges = np.array([[0, 1]] * count, dtype=np.int64).reshape(count, 2)
    assert (rewired(edges, 3, samples=4) == edges).all()
