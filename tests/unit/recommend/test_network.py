"""Graph measures against networkx and plain loops, on random and on hand-counted graphs."""

import datetime
import math
from itertools import pairwise
from unittest.mock import patch

import networkx
import numpy as np
import pytest
from hypothesis import given, settings

from matchmaker.domain import GraphRows, Kind, Layer
from matchmaker.recommend.affinity import Affinity
from matchmaker.recommend.explain import shortest
from matchmaker.recommend.graph import ITERATIONS, RESTART, AffiliationNetwork, Pace, network
from tests.unit.recommend.small_graphs import (
    TODAY,
    collaborations,
    firms,
    organization,
    partner_graph,
    project,
    snapshot_of,
    tie,
)

NO_LAYERS = frozenset()
BRIEF = settings(max_examples=40, deadline=None)


@given(collaborations())
@BRIEF
def test_shared_partners_are_those_that_a_plain_loop_finds(rows):
    found = AffiliationNetwork(snapshot_of(rows), NO_LAYERS)
    graph = partner_graph(rows)
    for here in graph:
        expected = [
            sum(1 for middle in graph if graph.has_edge(here, middle) and graph.has_edge(middle, b))
            for b in graph
        ]
        assert np.asarray(found.shared_partners(here)).tolist() == expected


@given(collaborations())
@BRIEF
def test_adamic_adar_and_resource_allocation_are_those_of_networkx(rows):
    found = AffiliationNetwork(snapshot_of(rows), NO_LAYERS)
    graph = partner_graph(rows)
    here = 0
    # networkx divides by ln(degree), which is never of a shared partner with degree 1.
    pairs = [(here, other) for other in graph if other != here]
    for a, b, value in networkx.adamic_adar_index(graph, pairs):
        assert found.adamic_adar(a)[b] == pytest.approx(value, rel=1e-5)
    for a, b, value in networkx.resource_allocation_index(graph, pairs):
        assert found.resource_allocation(a)[b] == pytest.approx(value, rel=1e-5)


def bipartite(rows: GraphRows) -> networkx.DiGraph:
    """Organisation → project by recency, project → each participant evenly."""
    graph = networkx.DiGraph()
    graph.add_nodes_from(one.id for one in rows.organizations)
    for engagement in rows.engagements:
        weight = math.exp(-(TODAY - engagement.date).days / 365.25 / 3)
        for part in engagement.participants:
            graph.add_edge(part.organization, ("project", engagement.id), weight=weight)
            graph.add_edge(("project", engagement.id), part.organization, weight=1.0)
    return graph


@given(collaborations())
@BRIEF
def test_pagerank_is_that_of_networkx_on_the_bipartite_graph(rows):
    """Two of its steps are one of ours: damping √.7 on each, and the mass on organisations."""
    snapshot = snapshot_of(rows)
    graph = bipartite(rows)
    start = snapshot.id_of(0)
    if not graph.out_degree(start):
        return  # a walk that cannot begin is tested below
    alpha = math.sqrt(1 - RESTART)
    # What stands on organisations is a fixed share: a project's rank is √.7 of what came from them.
    ranks = networkx.pagerank(
        graph, alpha=alpha, personalization={start: 1}, tol=1e-12, max_iter=1000
    )
    of_organizations = np.array([ranks[snapshot.id_of(row)] for row in range(len(snapshot))])
    expected = of_organizations / of_organizations.sum()
    found = AffiliationNetwork(snapshot, NO_LAYERS)
    assert found.pagerank(0, iterations=100) == pytest.approx(expected, abs=1e-5)
    assert found.pagerank(0) == pytest.approx(expected, abs=(1 - RESTART) ** ITERATIONS)


def test_pagerank_of_one_without_history_stays_with_it():
    rows = GraphRows(organizations=firms(3), engagements=(project("p", "o01 o02"),))
    ranks = AffiliationNetwork(snapshot_of(rows), NO_LAYERS).pagerank(0)
    assert ranks[1:].tolist() == [0, 0]


def test_a_recent_project_draws_more_than_one_of_six_years_ago():
    """e² times more: both partners are one step away, six years apart."""
    old = TODAY.replace(year=2014)
    rows = GraphRows(
        organizations=firms(3),
        engagements=(project("new", "o00 o01"), project("old", "o00 o02", old)),
    )
    mass = np.array([1, 0, 0], dtype=np.float32)
    near = AffiliationNetwork(snapshot_of(rows), NO_LAYERS).hop(mass, Pace.RECENT)
    assert near[1] / near[2] == pytest.approx(math.exp(2), rel=1e-3)


def test_a_big_project_gives_each_of_its_partners_less():
    """One of two gets half of a project's mass, one of four a quarter."""
    rows = GraphRows(
        organizations=firms(5),
        engagements=(project("pair", "o00 o01"), project("four", "o00 o02 o03 o04")),
    )
    mass = np.array([1, 0, 0, 0, 0], dtype=np.float32)
    near = AffiliationNetwork(snapshot_of(rows), NO_LAYERS).hop(mass, Pace.RECENT)
    assert near[1:].tolist() == pytest.approx([1 / 4, 1 / 8, 1 / 8, 1 / 8])


def test_three_steps_are_three_random_steps_the_last_by_recency():
    """On a line 0–1–2–3 the chance to stand at 3 after three steps: ½ · ¼ · ¼."""
    rows = GraphRows(
        organizations=firms(4),
        engagements=(project("a", "o00 o01"), project("b", "o01 o02"), project("c", "o02 o03")),
    )
    assert AffiliationNetwork(snapshot_of(rows), NO_LAYERS).three_step(0)[3] == pytest.approx(
        1 / 32
    )


def test_a_tie_joins_two_only_in_the_layers_asked_for():
    rows = GraphRows(organizations=firms(2), ties=(tie("o00", Layer.SUPPLIES, "o01"),))
    snapshot = snapshot_of(rows)
    assert AffiliationNetwork(snapshot, frozenset({Layer.SUPPLIES})).partners(1).tolist() == [0]
    assert AffiliationNetwork(snapshot, frozenset({Layer.USES})).partners(1).tolist() == []


def test_an_undirected_tie_is_one_undertaking():
    rows = GraphRows(organizations=firms(2), ties=(tie("o00", Layer.COOPERATES_WITH, "o01"),))
    found = AffiliationNetwork(snapshot_of(rows), frozenset({Layer.COOPERATES_WITH}))
    assert found.participants.shape == (1, 2)
    assert found.latest_joint_undertaking(0, 1) == 0


@given(collaborations())
@BRIEF
def test_the_latest_undertaking_of_two_is_that_of_a_plain_loop(rows):
    snapshot = snapshot_of(rows)
    found = AffiliationNetwork(snapshot, NO_LAYERS)
    dates = {project.id: project.date for project in rows.engagements}
    ids = snapshot.engagements.table["id"].to_pylist()
    for here, there in partner_graph(rows).edges:
        pair = {snapshot.id_of(here), snapshot.id_of(there)}
        met = [p.id for p in rows.engagements if pair <= {q.organization for q in p.participants}]
        latest = ids[
            int(found.undertakings.engagement[found.latest_joint_undertaking(here, there)])
        ]
        assert latest in met
        assert dates[latest] == max(dates[each] for each in met)


def test_country_affinity_counts_recent_partnerships_with_that_country():
    """With German firms: the lab had one now and one three years ago, 1 + 1/e."""
    three_years_ago = TODAY - datetime.timedelta(days=round(3 * 365.25))
    rows = GraphRows(
        organizations=(
            organization("a", country="DE"),
            organization("b", country="DE"),
            organization("c", country="FR"),
            organization("lab"),
        ),
        engagements=(
            project("now", "a lab"),
            project("then", "b lab", three_years_ago),
            project("french", "c lab"),
        ),
    )
    snapshot = snapshot_of(rows)
    german = int(snapshot.organizations.country[snapshot.row_of("t:a")])
    network = AffiliationNetwork(snapshot, NO_LAYERS)
    affinity = Affinity(snapshot, network, frozenset({Kind.FIRM})).country(german)
    assert affinity[snapshot.row_of("t:lab")] == pytest.approx(1 + math.exp(-1), rel=1e-3)


@pytest.mark.parametrize("looked_at_first", [1, 64])
@given(collaborations())
@BRIEF
def test_paths_are_as_short_as_those_of_networkx_and_walk_real_edges(looked_at_first, rows):
    """From whichever end the link of a path of four steps is found."""
    found = AffiliationNetwork(snapshot_of(rows), NO_LAYERS)
    graph = partner_graph(rows)
    lengths = networkx.single_source_shortest_path_length(graph, 0)
    around = found.around(0)
    for target in graph:
        if target == 0:
            continue
        with patch("matchmaker.recommend.graph.FIRST_LINKS", looked_at_first):
            way = shortest(found, around, target)
        if lengths.get(target, 99) > 4:
            assert way == []
        else:
            assert len(way) - 1 == lengths[target]
            assert way[0] == 0
            assert way[-1] == target
            assert all(graph.has_edge(a, b) for a, b in pairwise(way))


@pytest.mark.parametrize("looked_at_first", [1, 64])
def test_a_path_of_four_steps_goes_over_the_rarest_of_who_is_in_the_middle(looked_at_first):
    """a – b – (m1 or m2) – d – e, where m1 has many others to work with."""
    crowd = " ".join(f"x{number}" for number in range(8))
    rows = GraphRows(
        organizations=tuple(organization(name) for name in f"a b m1 m2 d e {crowd}".split()),
        engagements=(
            *(project(f"{one}{other}", f"{one} {other}") for one, other in ("ab", "de")),
            *(
                project(f"{one}{middle}", f"{one} {middle}")
                for one in "bd"
                for middle in ("m1", "m2")
            ),
            project("crowd", f"m1 {crowd}"),
        ),
    )
    snapshot = snapshot_of(rows)
    found = AffiliationNetwork(snapshot, NO_LAYERS)
    around = found.around(snapshot.row_of("t:a"))
    with patch("matchmaker.recommend.graph.FIRST_LINKS", looked_at_first):
        way = shortest(found, around, snapshot.row_of("t:e"))
    assert [snapshot.id_of(row) for row in way] == ["t:a", "t:b", "t:m2", "t:d", "t:e"]


def test_layers_without_ties_share_one_network():
    snapshot = snapshot_of(GraphRows(organizations=firms(2)))
    assert network(snapshot, frozenset({Layer.USES})) is network(snapshot, NO_LAYERS)
