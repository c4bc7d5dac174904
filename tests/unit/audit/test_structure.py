"""Measures of structure against networkx and formulas, on graphs of every shape."""

import itertools
import math

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from matchmaker.audit import structure
from matchmaker.audit.network import ClusterNetwork, cut_points
from tests.unit.audit.planted import network

EXACT = 1e-9
SHAPES = {
    "empty": nx.empty_graph(0),
    "single": nx.empty_graph(1),
    "pair": nx.empty_graph(2),
    "disconnected": nx.disjoint_union(nx.complete_graph(4), nx.path_graph(5)),
    "complete": nx.complete_graph(9),
    "star": nx.star_graph(12),
    "path": nx.path_graph(10),
    "barbell": nx.barbell_graph(5, 2),
}


@st.composite
def graphs(draw):
    size = draw(st.integers(0, 24))
    share = draw(st.floats(0, 1))
    return nx.gnp_random_graph(size, share, seed=draw(st.integers(0, 10_000)))


def check_against_networkx(graph):
    ours = network(graph)
    size = len(graph)
    assert ours.degree.tolist() == [graph.degree(node) for node in range(size)]
    assert len(ours.edges) == graph.number_of_edges()
    assert structure.transitivity(ours) == pytest.approx(nx.transitivity(graph), abs=EXACT)
    efficiency = nx.global_efficiency(graph) if size else 0
    assert structure.compactness(ours) == pytest.approx(efficiency, abs=EXACT)
    assert set(cut_points(ours).tolist()) == set(nx.articulation_points(graph))
    parts = sorted(map(len, nx.connected_components(graph)), reverse=True)
    assert sorted(ours.component_sizes.tolist(), reverse=True) == parts
    assert structure.giant(ours) == pytest.approx(parts[0] / size if parts else 0, abs=EXACT)
    burt = nx.constraint(graph) if size else {}
    expected = [burt[node] for node in range(size)]
    assert structure.constraint(ours) == pytest.approx(expected, abs=EXACT, nan_ok=True)


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_agree_with_networkx(name):
    check_against_networkx(SHAPES[name])


@given(graphs())
def test_random_graphs_agree_with_networkx(graph):
    check_against_networkx(graph)


@given(graphs())
def test_fragmentation_is_the_share_of_pairs_without_a_way(graph):
    """Counted pair by pair with networkx' own reachability."""
    pairs = list(itertools.combinations(graph, 2))
    apart = sum(not nx.has_path(graph, a, b) for a, b in pairs)
    expected = apart / len(pairs) if pairs else 0
    assert structure.fragmentation(network(graph)) == pytest.approx(expected, abs=EXACT)


@given(graphs())
def test_the_core_has_the_fewest_errors_of_all_prefixes_by_degree(graph):
    ours = network(graph)
    if len(graph) < 2:
        return
    inside = structure.core(ours)

    def errors(chosen):
        core = set(chosen)
        missing = sum(not graph.has_edge(a, b) for a, b in itertools.combinations(core, 2))
        outer = set(graph) - core
        return missing + sum(graph.has_edge(a, b) for a, b in itertools.combinations(outer, 2))

    ordered = sorted(graph, key=lambda node: (-graph.degree(node), node))
    best = min(errors(ordered[:count]) for count in range(1, len(graph)))
    assert errors(np.flatnonzero(inside).tolist()) == best


@given(graphs())
def test_core_periphery_is_numpys_correlation_with_the_pattern(graph):
    """Borgatti and Everett's pattern without pairs across; with a core of one, all its pairs."""
    ours = network(graph)
    inside = structure.core(ours)
    pattern, tied = [], []
    for a, b in itertools.combinations(range(len(graph)), 2):
        if inside[a] == inside[b] or inside.sum() == 1:
            pattern.append(float(inside[a] or inside[b]))
            tied.append(float(graph.has_edge(a, b)))
    found = structure.core_periphery(ours, inside, ours.edges)
    if len(set(pattern)) < 2 or len(set(tied)) < 2:
        assert math.isnan(found)
    else:
        assert found == pytest.approx(np.corrcoef(pattern, tied)[0, 1], abs=EXACT)


@given(st.integers(3, 20))
def test_a_star_is_the_purest_core_and_periphery(leaves):
    ours = network(nx.star_graph(leaves))
    inside = structure.core(ours)
    assert np.flatnonzero(inside).tolist() == [0]
    assert structure.core_periphery(ours, inside, ours.edges) == pytest.approx(1)


def test_constraint_of_a_directed_layer_counts_ties_both_ways():
    """a⇄b, a→c, c⇄d, b→d, d→e: of its three ties a has two with b and one with c."""
    graph = nx.DiGraph([(0, 1), (1, 0), (0, 2), (2, 3), (3, 2), (1, 3), (3, 4)])
    found = structure.constraint(network(graph))
    # a: (2/3)² + (1/3)²; b and c likewise; d: (1/4)² + (2/4)² + (1/4)²; nobody shares a partner.
    assert found == pytest.approx([5 / 9, 5 / 9, 5 / 9, 6 / 16, 1])
    assert found.mean() == pytest.approx(0.6083, abs=5e-5)


@given(st.integers(1, 14), st.floats(0, 1), st.integers(0, 10_000))
def test_constraint_of_directed_graphs_is_networkxs(size, share, seed):
    graph = nx.gnp_random_graph(size, share, seed=seed, directed=True)
    burt = nx.constraint(graph)
    expected = [burt[node] for node in range(size)]
    found = structure.constraint(network(graph))
    assert found == pytest.approx(expected, abs=EXACT, nan_ok=True)


def test_gatekeeping_counts_pairs_of_outsider_and_member_without_a_tie():
    """0–1, 0–2 and 1–2 among members; outsider x knows 0 and 1, outsider y knows 0.

    0 stands between x and 2, y and 1, y and 2: three (x and 1 know each other).
    1 stands between x and 2: one. 2 knows no outsider.
    """
    ours = with_border(nx.complete_graph(3), [[1, 1], [1, 0], [0, 0]])
    assert structure.brokered(ours).tolist() == [3, 1, 0]


@given(graphs(), st.integers(0, 10_000))
def test_gatekeeping_agrees_with_counting_triples(graph, seed):
    border = np.random.default_rng(seed).random((len(graph), 5)) < 0.3
    ours = with_border(graph, border)
    expected = [
        sum(
            border[b, a] and not border[c, a]
            for c in graph.neighbors(b)
            for a in range(border.shape[1])
        )
        for b in graph
    ]
    assert structure.brokered(ours).tolist() == expected


def with_border(graph, border):
    plain = network(graph)
    matrix = np.array(border, dtype=bool).reshape(len(graph), len(border[0]) if len(border) else 5)
    outsiders = np.arange(100, 100 + matrix.shape[1], dtype=np.int32)
    return ClusterNetwork(plain.members, plain.arcs, False, outsiders, sparse.csr_array(matrix))


def test_a_star_falls_apart_when_its_centre_leaves():
    """One of 21 leaves (5 %): from one component of 21 to pieces of one in 20."""
    assert structure.after_losing(network(nx.star_graph(20)), 0.05) == pytest.approx(1 / 20)


@given(graphs())
def test_a_ties_gain_is_the_difference_of_networkx_efficiency(graph):
    absent = list(nx.non_edges(graph))
    if not absent:
        return
    u, v = absent[0]
    ours = network(graph)
    steps = structure.lengths(ours.hops)
    near = 1 / np.maximum(steps, 1)
    gained = structure.compactness_gain(steps, near, steps[u], steps[v], steps[:, u], steps[:, v])
    before = nx.global_efficiency(graph)
    graph.add_edge(u, v)
    size = len(graph)
    expected = (nx.global_efficiency(graph) - before) * size * (size - 1)
    assert math.isclose(gained, expected, rel_tol=1e-5, abs_tol=1e-4)  # float32 in the sum


@pytest.mark.slow
def test_compactness_of_many_members_is_estimated_from_a_sample():
    """2,100 members in a circle, each tied to the ten next to it on both sides.

    Who is d places away is ⌈d/10⌉ steps away, whoever is asked: on both sides the 1,049 nearest,
    and the one opposite.
    """
    ours = network(nx.circulant_graph(2_100, range(1, 11)))
    exact = (2 * sum(1 / math.ceil(d / 10) for d in range(1, 1_050)) + 1 / 105) / 2_099
    assert len(ours.sources) == 1_000
    assert structure.compactness(ours) == pytest.approx(exact, abs=EXACT)
