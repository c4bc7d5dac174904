"""Clusters with a planted truth: what the audit must find in them."""

import dataclasses
import itertools
import json
import math

import networkx as nx
import numpy as np
import pytest
from pydantic import TypeAdapter

from matchmaker.audit import priorities, structure
from matchmaker.audit.figures import Figure
from matchmaker.audit.gatherings import circles
from matchmaker.audit.indicators import INDICATORS, measured
from matchmaker.audit.profile import ClusterStage, course, profile
from matchmaker.audit.ties import CHANNELS, Channel
from matchmaker.domain import GoalName, Industry, Layer
from tests.unit.audit.planted import (
    PLANTED,
    STAR,
    YEAR,
    landscape,
    network,
    random_ties,
    rows,
    view,
)


@pytest.fixture(scope="module")
def planted():
    return landscape(rows(PLANTED))


def figures(planted, name, **more):
    return {key: one.value for key, one in measured(view(planted, name, **more)).items()}


def test_a_star_hangs_on_its_lead_firm(planted):
    found = figures(planted, "star")
    assert found["giant_component"] == 1
    assert found["fragility"] > 0.9
    keys = priorities.key_members(view(planted, "star").network)
    assert [planted.snapshot.id_of(one.organization) for one in keys] == ["star:000"]
    assert keys[0].pieces == (1,) * 29


def test_two_cliques_hang_on_their_bridge(planted):
    keys = priorities.key_members(view(planted, "cliques").network)
    assert {planted.snapshot.id_of(key.organization) for key in keys} == {
        "cliques:014",
        "cliques:015",
    }
    assert all(one.pieces == (15, 14) for one in keys)
    assert figures(planted, "cliques", samples=50)["transitivity"] > 0.95


def test_a_random_network_is_no_more_clustered_than_chance(planted):
    found = measured(view(planted, "random", samples=200))["transitivity"]
    assert found.expected_low <= found.value <= found.expected_high
    assert abs(found.z) < 2


def test_who_is_only_gathered_has_no_channel_and_no_network(planted):
    found = figures(planted, "gathered")
    assert (found["ties"], found["isolates"], found["fragmentation"]) == (0, 30, 1)
    ratio = measured(view(planted, "gathered"))["observed_over_expected"]
    assert ratio.value == 0
    assert ratio.high < 0.2


def test_profiles_tell_the_planted_apart(planted):
    names = planted.snapshot.clusters["name"].to_pylist()
    scores = {name: profile(planted, names.index(name), YEAR) for name in names}
    gathered = scores["gathered"].stages
    assert gathered[ClusterStage.COMPARATIVE] > 0.75
    assert gathered[ClusterStage.COMPETITIVE] < 0.1
    for name in ("star", "cliques", "random"):
        assert (
            scores[name].stages[ClusterStage.COMPETITIVE] > gathered[ClusterStage.COMPETITIVE] + 0.3
        )
        assert scores[name].stages[ClusterStage.COMPARATIVE] == gathered[ClusterStage.COMPARATIVE]
    fragile = {name: fragility_score(one) for name, one in scores.items()}
    assert fragile["star"] < 0.1
    # Two of 30 leave, the bridge: from all in one to half of them.
    assert fragile["cliques"] == pytest.approx((1 - 0.5) / (1 - 0.2))
    assert scores["gathered"].aim is ClusterStage.COMPETITIVE
    # Nothing was ever reported, nor platforms used, nor industries named.
    assert scores["star"].known[ClusterStage.COMPARATIVE] == (2, 4)
    assert scores["star"].known[ClusterStage.COMPETITIVE] == (4, 6)


def fragility_score(found):
    return next(one.score for one in found.findings if one.criterion.measure == "fragility")


def test_the_course_shows_when_the_ties_came(planted):
    """Ties begin in 2024: nothing before, all after."""
    years = course(planted, 0, YEAR)
    assert [one.year for one in years] == [2021, 2022, 2023, 2024, 2025]
    scores = [one.stages[ClusterStage.COMPETITIVE] for one in years]
    assert max(scores[:3]) < 0.2 < min(scores[3:])


def core_periphery(pairs, size, layer=Layer.COOPERATES_WITH):
    graph = landscape(rows({"made": (size, pairs)}, layer))
    return measured(view(graph, "made", Channel.COOPERATION, samples=40))["core_periphery"]


def test_a_star_has_the_highest_core_periphery_and_no_chance_to_compare_with():
    """All networks with the degrees of a star are that star."""
    found = core_periphery(STAR, 30)
    assert (found.value, found.because) == (pytest.approx(1), None)
    assert (found.expected, found.z) == (None, None)


def test_two_stars_with_tied_centres_are_a_core_of_two():
    """However the leaves are dealt out, the centres are tied and the leaves are not."""
    pairs = [(0, 1), *((0, leaf) for leaf in range(2, 8)), *((1, leaf) for leaf in range(8, 14))]
    found = core_periphery(pairs, 14)
    assert found.value == pytest.approx(1)
    assert found.expected is None


@pytest.mark.parametrize(
    ("pairs", "size"),
    [
        ([*((0, leaf) for leaf in range(2, 8)), *((1, leaf) for leaf in range(8, 14))], 14),
        (list(itertools.combinations(range(9), 2)), 9),
    ],
    ids=["two stars apart", "complete"],
)
def test_core_periphery_is_unknown_where_no_pair_differs(pairs, size):
    """No pair within core or periphery is tied, or all are: never a 0."""
    found = core_periphery(pairs, size)
    assert found.value is None
    assert found.because.text("en") == "pairs within core and within periphery do not differ"


def test_where_chance_can_differ_core_periphery_is_beside_it():
    found = core_periphery(random_ties(30, 60), 30)
    assert found.expected_low <= found.expected <= found.expected_high
    assert found.z is not None


# -- worklist


def proposals(found, feasibility=lambda a, b: 0.5):
    """Every absent tie, as if all were feasible."""
    tied = set(map(tuple, found.edges.tolist()))
    return [
        priorities.FeasibleTie(
            *found.members[[a, b]].tolist(), GoalName.SUPPLIER, feasibility(a, b)
        )
        for a in range(len(found))
        for b in range(a + 1, len(found))
        if (a, b) not in tied
    ]


def gain(found, chosen):
    after = priorities.joined(found, chosen)
    return (
        structure.compactness(after) - structure.compactness(found),
        structure.fragmentation(found) - structure.fragmentation(after),
    )


def compared(found, seed=4):
    """What ten ties of the worklist gain, ten random absent ones on average, the ten likest."""
    options = proposals(found)
    rng = np.random.default_rng(seed)
    ours = gain(found, [one.proposal for one in priorities.prioritised(found, options, {}, 10)])
    drawn = [
        gain(found, [options[k] for k in rng.choice(len(options), 10, replace=False)])
        for _ in range(60)
    ]
    # The likest: most shared partners, as a recommender by acquaintance would have it.
    shared = (found.adjacency @ found.adjacency).toarray()
    positions = {
        one: (found.position_of(one.asker), found.position_of(one.partner)) for one in options
    }
    likest = sorted(options, key=lambda one: -shared[positions[one]])
    return ours, np.mean(drawn, axis=0), gain(found, likest[:10])


@pytest.mark.slow
def test_ten_ties_do_three_times_what_ten_random_ones_do():
    """A cluster as they are: most members joined, a fringe of pairs and of members alone."""
    core = list(nx.connected_watts_strogatz_graph(110, 4, 0.3, seed=3).edges)
    fringe = [(110, 111), (112, 113), (114, 115), (116, 117)]
    found = view(landscape(rows({"fringe": (124, core + fringe)})), "fringe").network
    ours, random_ones, likest = compared(found)
    assert ours[1] >= 3 * random_ones[1] > 0
    assert ours[0] >= 2 * random_ones[0]
    assert ours[0] > likest[0]
    assert ours[1] > likest[1]


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANTED)
def test_ten_ties_do_more_than_random_ones_on_every_shape(planted, name):
    """Where any tie joins two parts three times as much is out of reach; more is not."""
    ours, random_ones, likest = compared(view(planted, name).network)
    assert ours[0] > random_ones[0] or name == "star"  # there all absent ties are alike
    assert ours[1] >= random_ones[1]
    if name in ("cliques", "random"):  # elsewhere none is likelier than another
        assert ours[0] > likest[0]


def test_the_first_tie_between_two_cliques_opens_a_second_bridge():
    found = view(landscape(rows(PLANTED)), "cliques").network
    first = priorities.prioritised(found, proposals(found), {}, 1)[0]
    ends = {
        found.position_of(first.proposal.asker) < 15,
        found.position_of(first.proposal.partner) < 15,
    }
    assert ends == {True, False}
    assert first.before.cut_points == 2
    assert first.after.cut_points < 2
    assert len(first.relieves) >= 1


def test_an_effect_is_the_difference_that_networkx_sees():
    graph = nx.disjoint_union(nx.path_graph(6), nx.path_graph(5))
    found = network(graph)
    for item in priorities.prioritised(found, proposals(found), {}, 4):
        before = nx.global_efficiency(graph)
        assert item.before.compactness == pytest.approx(before, abs=1e-9)
        graph.add_edge(item.proposal.asker, item.proposal.partner)
        after = nx.global_efficiency(graph)
        assert item.effect == pytest.approx(after - before, abs=1e-6)
        assert item.after.compactness == pytest.approx(after, abs=1e-9)


def test_every_item_is_the_best_that_was_left():
    """Measured again in full, no open proposal would have had a higher priority."""
    found = network(nx.disjoint_union_all([nx.path_graph(4), nx.cycle_graph(5), nx.star_graph(3)]))
    rng = np.random.default_rng(1)
    options = proposals(found, lambda a, b: float(rng.uniform(0.2, 1)))
    now, room = found, dict.fromkeys(range(len(found)), 2)
    for item in priorities.prioritised(found, options, {}, 5):

        def priority(one, now=now):
            return gain(now, [one])[0] * one.feasibility

        open_ = [
            o
            for o in options
            if room[o.asker] and room[o.partner] and not now.adjacency[o.asker, o.partner]
        ]
        assert item.priority == pytest.approx(max(map(priority, open_)), rel=1e-5)
        now = priorities.joined(now, [item.proposal])
        room[item.proposal.asker] -= 1
        room[item.proposal.partner] -= 1


def test_nobody_is_asked_for_more_than_it_can_take():
    found = network(nx.empty_graph(12))
    items = priorities.prioritised(found, proposals(found), {0: 0, 1: 1}, 20)
    asked = [row for one in items for row in (one.proposal.asker, one.proposal.partner)]
    assert 0 not in asked
    assert asked.count(1) == 1
    assert max(asked.count(row) for row in set(asked)) == priorities.USUAL_CAPACITY


def test_isolates_are_brought_in_by_members_with_partners():
    found = network(nx.disjoint_union(nx.path_graph(3), nx.empty_graph(2)))
    brought = priorities.bringers(found, proposals(found, lambda a, b: 0.1 * a))
    assert set(brought) == {3, 4}
    assert [one.asker for one in brought[3]] == [2, 1, 0]  # most feasible first


def test_gatekeepers_are_those_through_whom_the_outside_comes():
    graph = rows(
        {"a": (6, [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)]), "b": (4, [])},
        across=[("a:000", f"b:00{number}") for number in range(4)],
    )
    found = landscape(graph)
    keepers = priorities.gatekeepers(view(found, "a").network)
    assert [found.snapshot.id_of(one.organization) for one in keepers] == ["a:000"]
    assert (keepers[0].pairs, keepers[0].share) == (4, 1)


def circles_of(shown):
    return circles(shown, shown.landscape.snapshot.organizations.open_to_meet)


def with_trades(graph, count=20):
    """Each of the first `count` organisations of an industry of its own, the others of none."""
    trades = tuple(Industry(f"i:{number:02}", f"Trade {number}") for number in range(count))
    organizations = tuple(
        dataclasses.replace(each, industry=trades[number].id) if number < count else each
        for number, each in enumerate(graph.organizations)
    )
    return dataclasses.replace(graph, industries=trades, organizations=organizations)


def test_nobody_of_whose_trade_nothing_is_told_is_in_a_circle_of_those_who_do_not_compete():
    found = landscape(with_trades(rows({"a": (12, [])}), count=9))
    [circle] = circles_of(view(found, "a"))
    assert [found.snapshot.id_of(row) for row in circle.members] == [f"a:{n:03}" for n in range(9)]


def test_a_circle_holds_no_two_competitors():
    graph = with_trades(rows({"a": (20, [])}, Layer.COMPETES_WITH))
    chain = [(n, n + 1) for n in range(19)]
    rivals = with_trades(rows({"a": (20, chain)}, Layer.COMPETES_WITH))
    assert [len(one.members) for one in circles_of(view(landscape(graph), "a"))] == [10, 10]
    found = landscape(rivals)
    for circle in circles_of(view(found, "a", Channel.COOPERATION)):
        numbers = sorted(int(found.snapshot.id_of(row)[2:]) for row in circle.members)
        assert all(b - a > 1 for a, b in itertools.pairwise(numbers))


# -- bad input


def everything(figure: Figure):
    return [value for value in dataclasses.asdict(figure).values() if isinstance(value, float)]


@pytest.mark.parametrize("size", [0, 1, 2, 3])
@pytest.mark.parametrize("channel", CHANNELS)
def test_small_clusters_get_figures_or_a_reason_and_never_nan(size, channel):
    graph = rows({"tiny": (size, []), "other": (8, random_ties(8, 12))})
    found = measured(view(landscape(graph), "tiny", channel, samples=20))
    assert set(found) == set(INDICATORS)
    for name, figure in found.items():
        assert (figure.value is None) == (figure.because is not None), name
        assert all(map(math.isfinite, everything(figure)))
        if figure.because:
            assert all(map(figure.because.text, ("zh", "en")))
    numbers = TypeAdapter(list[Figure]).dump_python(
        list(found.values()), exclude={"__all__": {"because"}}
    )
    json.dumps(numbers, allow_nan=False, default=str)


def test_a_figure_refuses_nan():
    with pytest.raises(ValueError, match="nan"):
        Figure(float("nan"))


def test_every_definition_names_both_languages_and_says_what_it_is():
    for definition, function in INDICATORS.values():
        assert definition.title.text("zh") != definition.title.text("en")
        assert definition.about.text("zh") != definition.about.text("en")
        assert len(definition.about.text("zh")) > 8
        assert definition.about.text("en") == " ".join(function.__doc__.split())
