"""Against whom: expected ties, size-adjusted density, percentiles, relatedness."""

import datetime
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from scipy.stats import poisson
from scipy.stats import t as student

from matchmaker.audit.benchmark import benchmark, percentiles
from matchmaker.audit.gatherings import openings
from matchmaker.audit.indicators import measured
from matchmaker.audit.landscape import scaling
from matchmaker.audit.opportunity import ratio
from matchmaker.audit.relatedness import Relatedness
from matchmaker.audit.ties import Channel
from matchmaker.audit.view import View
from matchmaker.domain import Industry, Layer
from matchmaker.snapshot.cache import cache_of
from tests.unit.audit.planted import YEAR, landscape, random_ties, rows, view


def many(degrees, size=30):
    return {
        f"k{number:02}": (size, random_ties(size, round(size * degree / 2), number + 1))
        for number, degree in enumerate(degrees)
    }


def test_expected_ties_of_all_clusters_add_up_to_those_there_are():
    """A logistic fit with a free intercept reproduces the total it was fitted on."""
    found = landscape(rows(many([2, 3, 4, 5, 6, 8])))
    model = found.opportunity(Channel.SUPPLY, YEAR)
    observed = expected = 0
    for cluster in found.clusters:
        for year in range(YEAR - 4, YEAR + 1):
            network = found.network(int(cluster), Channel.SUPPLY, year)
            observed += len(network.edges)
            expected += model.expected(found.traits, network, year)
    assert expected == pytest.approx(observed, rel=0.02)


def test_a_cluster_with_half_the_usual_ties_is_below_one():
    found = landscape(rows(many([4, 4, 4, 4, 4, 2])))
    sparse = measured(view(found, "k05"))["observed_over_expected"]
    usual = measured(view(found, "k00"))["observed_over_expected"]
    assert sparse.high < 1 < usual.high
    assert usual.value / sparse.value == pytest.approx(2, rel=0.1)


def test_size_is_no_fault():
    """Of the same mean degree, small and large clusters are as expected."""
    graph = {f"n{size}": (size, random_ties(size, 3 * size, size)) for size in (20, 40, 80, 160)}
    found = landscape(rows(graph, since=datetime.date(2015, 1, 1)))
    for name in graph:
        assert measured(view(found, name))["observed_over_expected"].value == pytest.approx(
            1, abs=0.15
        )


def test_without_enough_ties_nothing_is_expected():
    found = landscape(rows({"a": (5, [(0, 1)]), "b": (5, [])}))
    figure = measured(view(found, "a"))["observed_over_expected"]
    assert figure.value is None
    assert "30" in figure.because.text("en")


@pytest.mark.parametrize("observed", [0, 1, 7, 120])
def test_limits_of_the_ratio_are_poissons(observed):
    """At the limits the count is as far out as 2.5 % allow (scipy's own Poisson)."""
    _, low, high = ratio(observed, 10.0)
    assert poisson.cdf(observed, high * 10) == pytest.approx(0.025, abs=1e-6)
    if observed:
        assert poisson.sf(observed - 1, low * 10) == pytest.approx(0.025, abs=1e-6)
    else:
        assert low == 0


def test_the_residual_is_that_of_a_line_through_the_others():
    """numpy's polyfit through all but the cluster itself, and its prediction interval."""
    sizes = np.array([10, 20, 30, 40, 60, 80, 100, 150, 200, 300])
    ties = np.array([12, 30, 33, 80, 90, 170, 160, 300, 310, 900])
    found = scaling(sizes, ties)
    assert found.fitted
    x, y = np.log(sizes), np.log(ties + 0.5)
    rest = np.arange(10) != 3
    slope, intercept = np.polyfit(x[rest], y[rest], 1)
    value, half = found.residual(40, 80)
    assert value == pytest.approx(y[3] - intercept - slope * x[3], abs=1e-9)
    errors = y[rest] - intercept - slope * x[rest]
    centred = x[rest] - x[rest].mean()
    leverage = 1 / 9 + (x[3] - x[rest].mean()) ** 2 / (centred**2).sum()
    spread = np.sqrt((errors**2).sum() / 7 * (1 + leverage))
    assert half == pytest.approx(student.ppf(0.975, 7) * spread, abs=1e-9)


def test_few_peers_share_one_ratio_of_ties_to_members():
    """Four others of 50 with 100 ties each, one of 50 with 200: ln 2, whatever the slope."""
    found = scaling(np.array([50] * 5), np.array([100, 100, 100, 100, 200]))
    value, _ = found.residual(50, 200)
    assert not found.fitted
    assert value == pytest.approx(np.log(200.5 / 100.5))


def test_where_no_cluster_has_a_tie_size_adjusts_nothing():
    found = landscape(rows({f"k{n}": (10 + n, []) for n in range(5)}))
    assert measured(view(found, "k0"))["size_adjusted_density"].value is None


def test_what_is_kept_is_bounded_and_can_be_made_again(monkeypatch):
    monkeypatch.setattr("matchmaker.snapshot.cache.KEPT_VALUES", 3)
    found = landscape(rows({"a": (5, [(0, 1)])}))
    made = [len(found.network(0, Channel.SUPPLY, year).edges) for year in (2023, 2024, 2025, 2024)]
    assert made == [0, 1, 1, 1]
    assert len(cache_of(found.snapshot)._values) <= 3


def test_percentiles_count_the_others_below_and_half_of_the_equal():
    assert percentiles([1, 2, 2, 3, None], "high") == [0, 50, 50, 100, None]
    assert percentiles([1, 2, 2, 3], "low") == [100, 50, 50, 0]
    assert percentiles([5], "high") == [None]


def test_the_benchmark_never_ranks_raw_density():
    found = benchmark(landscape(rows(many([2, 4, 6]))), Channel.SUPPLY, YEAR)
    assert [one.members for one in found] == [30, 30, 30]
    assert not {"density", "ties", "mean_degree"} & set(found[0].percentiles)
    assert [one.percentiles["size_adjusted_density"] for one in found] in ([None] * 3, [0, 50, 100])


def test_peers_are_those_of_like_size():
    graph = {f"n{size}": (size, random_ties(size, 2 * size)) for size in (10, 11, 12, 90, 100)}
    found = landscape(rows(graph))
    names = found.snapshot.clusters["name"].to_pylist()
    table = benchmark(found, Channel.SUPPLY, YEAR)
    near = {names[one.cluster]: [names[peer] for peer in one.peers] for one in table}
    assert set(near["n10"][:2]) == {"n11", "n12"}
    assert near["n100"][0] == "n90"


def test_relatedness_density_by_hand():
    """Industry 0 is .8 near 1 and .2 near 2; of those only 1 is present: .8 / 1."""
    near = np.array([[1, 0.8, 0.2], [0.8, 1, 0.0], [0.2, 0.0, 1]], dtype=np.float32)
    found = Relatedness(np.array([3, 5, 9], dtype=np.int32), near)
    assert found.density(np.array([5])) == pytest.approx({3: 0.8, 5: 0.0, 9: 0.0})
    pairs = found.between(np.array([3, 3, 4]), np.array([5, 9, 5]))
    assert pairs == pytest.approx([0.8, 0.2, 0])


def test_who_is_hidden_is_counted_in_no_cluster_to_open_to():
    """Three ties lead to six firms of another trade, two of them to the one that is hidden."""
    across = [("a:000", "b:000"), ("a:001", "b:000"), ("a:000", "b:001")]
    graph = rows({"a": (3, []), "b": (6, [])}, Layer.COOPERATES_WITH, across)
    trades = {"a": "i:0", "b": "i:1"}
    graph = replace(
        graph,
        industries=(Industry("i:0", "甲"), Industry("i:1", "乙")),
        organizations=tuple(
            replace(each, industry=trades[each.id[0]]) for each in graph.organizations
        ),
    )
    found = landscape(graph)
    near = Relatedness(np.array([0, 1], dtype=np.int32), np.array([[1, 0.8], [0.8, 1]]))
    found.once("relatedness", lambda: near)
    snapshot = found.snapshot

    def counted(*hidden):
        mask = snapshot.mask_of(frozenset(hidden))
        there = openings(View(found, 0, Channel.COOPERATION, YEAR), mask)
        return [(opening.members, opening.ties) for opening in there]

    assert counted() == [(6, 3)]
    assert counted("b:000") == [(5, 1)]
    assert counted("b:002") == [(5, 3)]
    assert counted("b:002", "b:003") == []  # of fewer than five nothing is said


def test_reciprocity_and_directed_density_are_networkx():
    graph = nx.gnp_random_graph(20, 0.2, seed=5, directed=True)
    found = landscape(rows({"d": (20, list(graph.edges))}))
    figures = measured(view(found, "d"), ("reciprocity", "density", "ties"))
    assert figures["reciprocity"].value == pytest.approx(nx.reciprocity(graph), abs=1e-9)
    assert figures["density"].value == pytest.approx(nx.density(graph), abs=1e-9)
    assert figures["ties"].value == graph.number_of_edges()
