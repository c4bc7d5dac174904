"""Ego networks and shortest paths, against networkx."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import pytest

from matchmaker.domain import GraphRows, Layer
from matchmaker.store.ports import GraphStore
from tests.contract.graphs import everything, firm, project, random_graph, tie


@pytest.mark.parametrize("seed", range(4))
def test_shortest_paths_are_networkx(store: GraphStore, seed: int) -> None:
    """Every sequence of ties and engagements along a shortest path, up to four steps."""
    rows, graph = random_graph(seed)
    store.upsert(rows)
    source = "t:00"
    lengths = nx.single_source_shortest_path_length(graph, source)
    for target in sorted(set(graph) - {source}):
        paths = store.paths(source, target, 4, 1000)
        walked = {tuple(step.via for step in path) for path in paths}
        assert len(walked) == len(paths)
        if lengths.get(target, 9) > 4:
            assert paths == ()
            continue
        expected = set()
        for nodes in nx.all_shortest_paths(nx.Graph(graph), source, target):
            ways: list[tuple[str, ...]] = [()]
            for one, other in pairwise(nodes):
                ways = [(*way, key) for way in ways for key in graph[one][other]]
            expected.update(ways)
        assert walked == expected


@pytest.mark.parametrize("seed", range(2))
def test_without_some_a_network_is_networkx_without_them(store: GraphStore, seed: int) -> None:
    """Ego networks and shortest paths alike: nobody is reached over who is not to be told of."""
    rows, graph = random_graph(seed)
    store.upsert(rows)
    source, without = "t:00", frozenset(sorted(set(graph) - {"t:00"})[::3])
    rest = nx.Graph(graph)
    rest.remove_nodes_from(without)
    lengths = nx.single_source_shortest_path_length(rest, source)
    assert lengths != {
        node: far
        for node, far in nx.single_source_shortest_path_length(graph, source).items()
        if node not in without
    }
    for target in sorted(set(rest) - {source}):
        paths = store.paths(source, target, 4, 1000, without)
        told = {len(path) for path in paths}
        assert told == ({lengths[target]} if lengths.get(target, 9) <= 4 else set())
        assert without.isdisjoint(step.target for path in paths for step in path)
    for row in rows.ties:  # competitors are neighbours, though no path leads over them
        if without.isdisjoint((row.source, row.target)):
            rest.add_edge(row.source, row.target)
    near = nx.single_source_shortest_path_length(rest, source, cutoff=2)
    network = store.neighborhood(source, 2, 100, without)
    assert {row.id for row in network.organizations} == set(near)


@pytest.mark.parametrize("depth", [1, 2])
def test_ego_networks_are_networkx(store: GraphStore, depth: int) -> None:
    rows, graph = random_graph(7)
    for row in rows.ties:  # competitors are neighbours, though no path leads over them
        graph.add_edge(row.source, row.target, key=row.id)
    store.upsert(rows)
    for centre in ("t:00", "t:05"):
        near = nx.single_source_shortest_path_length(graph, centre, cutoff=depth)
        network = store.neighborhood(centre, depth, 100)
        assert [row.id for row in network.organizations] == sorted(near, key=lambda n: (near[n], n))
        inside = {row.id for row in rows.ties if {row.source, row.target} <= set(near)}
        assert {row.id for row in network.ties} == inside
        joint = {
            row.id
            for row in rows.engagements
            if len({part.organization for part in row.participants} & set(near)) >= 2
        }
        assert {row.id for row in network.engagements} == joint
        assert not network.truncated


def test_a_cut_off_ego_network_says_so(store: GraphStore) -> None:
    people = tuple(firm(number) for number in range(6))
    ties = tuple(tie(f"r{number}", 0, number) for number in range(1, 6))
    store.upsert(GraphRows(organizations=people, ties=ties))
    network = store.neighborhood("t:0", 1, 3)
    assert [row.id for row in network.organizations] == ["t:0", "t:1", "t:2", "t:3"]
    assert network.truncated


def test_a_path_tells_what_it_goes_over(store: GraphStore) -> None:
    store.upsert(
        GraphRows(
            organizations=(firm(1), firm(2), firm(3)),
            ties=(tie("r", 2, 1),),
            engagements=(project("e", 2, 3, title="Joint tests"),),
        )
    )
    ((first, second),) = store.paths("t:1", "t:3", 4, 10)
    assert (first.target, first.via, first.label, first.year) == ("t:2", "t:r", "SUPPLIES", 2021)
    assert (second.via, second.title, second.year) == ("t:e", "Joint tests", 2020)


def test_no_path_leads_over_competitors(store: GraphStore) -> None:
    people = (firm(1), firm(2))
    store.upsert(GraphRows(organizations=people, ties=(tie("r", 1, 2, Layer.COMPETES_WITH),)))
    assert store.paths("t:1", "t:2", 4, 10) == ()


def test_paths_stop_at_the_length_asked_for(store: GraphStore) -> None:
    people = tuple(firm(number) for number in range(6))
    ties = tuple(tie(f"r{number}", number, number + 1) for number in range(5))
    store.upsert(GraphRows(organizations=people, ties=ties))
    assert store.paths("t:0", "t:3", 2, 10) == ()
    assert len(store.paths("t:0", "t:3", 3, 10)[0]) == 3
    assert store.paths("t:0", "t:5", 4, 10) == ()


def test_paths_are_limited_and_in_order(store: GraphStore) -> None:
    people = tuple(firm(number) for number in range(5))
    ties = tuple(tie(f"r{middle}{end}", middle, end) for middle in (1, 2, 3) for end in (0, 4))
    store.upsert(GraphRows(organizations=people, ties=ties))
    paths = store.paths("t:0", "t:4", 4, 2)
    assert [path[0].target for path in paths] == ["t:1", "t:2"]


def test_a_path_to_itself_is_empty(store: GraphStore) -> None:
    store.upsert(everything())
    assert store.paths("t:1", "other:1", 4, 10) == ()
