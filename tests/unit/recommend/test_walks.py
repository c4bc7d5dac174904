"""Pushed walks against the same walks to the end, on networks with hubs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from matchmaker.domain import GraphRows
from matchmaker.recommend import graph, matrices, walks
from matchmaker.recommend.graph import ITERATIONS, AffiliationNetwork, Pace
from matchmaker.recommend.walks import Collector, _largest, restarted
from tests.unit.recommend.small_graphs import firms, project, snapshot_of

SIZE = 90


@pytest.fixture(scope="module")
def with_hubs() -> AffiliationNetwork:
    """Projects of three to six of ninety firms, drawn so that a few are in most of them."""
    generator = np.random.default_rng(1)
    chances = 1 / np.arange(1, SIZE + 1)
    projects = tuple(
        project(
            f"p{number:03}",
            " ".join(
                f"o{row:02}"
                for row in generator.choice(
                    SIZE, generator.integers(3, 7), replace=False, p=chances / chances.sum()
                )
            ),
        )
        for number in range(150)
    )
    return AffiliationNetwork(
        snapshot_of(GraphRows(organizations=firms(SIZE), engagements=projects)), frozenset()
    )


def pushed(monkeypatch: pytest.MonkeyPatch, network: AffiliationNetwork, **settings: float):
    """The network with walks pushed under these settings."""
    monkeypatch.setattr(graph, "EXACT_UP_TO", 0)
    for name, value in settings.items():
        monkeypatch.setattr(walks, name, value)
    network.__dict__.pop("walkers", None)
    return network


@pytest.mark.parametrize("restart", [0.1, 0.3, 0.7])
def test_pushed_to_the_end_it_is_the_walk_itself(monkeypatch, with_hubs, restart) -> None:
    network = pushed(monkeypatch, with_hubs, MIN_PROBABILITY=0, HUB=10**9)
    for row in range(0, SIZE, 9):
        exact = restarted(network.hops(row, Pace.RECENT, ITERATIONS), row, restart)
        found = network.pushed_pagerank(network.levels(row), row, restart)
        assert np.asarray(found) == pytest.approx(exact, abs=1e-6)


@pytest.mark.parametrize(("least", "passes_to"), [(1e-3, 1000), (3e-4, 8), (1e-4, 4)])
def test_it_is_off_by_no_more_than_what_it_says(monkeypatch, with_hubs, least, passes_to) -> None:
    """In sum over all: at most twice what was lost, weighed as the walk's steps are."""
    network = pushed(monkeypatch, with_hubs, MIN_PROBABILITY=least, HUB=60, HUB_PASSES_TO=passes_to)
    for row in range(0, SIZE, 9):
        levels = network.levels(row)
        exact = restarted(network.hops(row, Pace.RECENT, ITERATIONS), row, 0.3)
        found = network.pushed_pagerank(levels, row, 0.3)
        weights = [0.3 * 0.7**step for step in range(1, ITERATIONS)] + [0.7**ITERATIONS]
        lost = sum(
            weight * (1 - level.values.sum()) for weight, level in zip(weights, levels, strict=True)
        )
        assert 0 < lost < 1
        assert np.abs(np.asarray(found) - exact).sum() <= 2 * lost + 1e-5
        assert np.asarray(found).sum() == pytest.approx(1, abs=1e-5)


def test_three_steps_pushed_to_the_end_are_three_steps(monkeypatch, with_hubs) -> None:
    second = with_hubs.hop(with_hubs.first_hop(5, Pace.EVEN), Pace.EVEN)
    exact = with_hubs.hop(second, Pace.RECENT)
    network = pushed(monkeypatch, with_hubs, MIN_PROBABILITY=0, HUB=10**9)
    assert np.asarray(network.three_step(5)) == pytest.approx(exact, abs=1e-6)


def test_one_without_undertakings_walks_nowhere(monkeypatch) -> None:
    rows = GraphRows(organizations=firms(3), engagements=(project("p", "o01 o02"),))
    network = AffiliationNetwork(snapshot_of(rows), frozenset())
    monkeypatch.setattr(graph, "EXACT_UP_TO", 0)
    found = np.asarray(network.pushed_pagerank(network.levels(0), 0, 0.3))
    assert found.tolist() == [0, 0, 0]
    assert not np.asarray(network.three_step(0)).any()


@pytest.mark.parametrize("size", [8, 1000])
def test_sums_by_number_are_those_of_a_plain_loop(size: int) -> None:
    collector, generator = Collector(size), np.random.default_rng(size)
    for count in (1, 7, 40):
        numbers = generator.integers(0, 8, count).astype(np.int32)
        weights = generator.random(count)
        sums: dict[int, float] = {}
        for number, weight in zip(numbers.tolist(), weights.tolist(), strict=True):
            sums[number] = sums.get(number, 0.0) + weight
        rows, collected = collector.collect(numbers, weights)
        assert dict(zip(rows.tolist(), collected.tolist(), strict=True)) == sums
        assert rows.tolist() == sorted(sums)
        distinct, places = collector.placed(numbers)
        assert distinct[places].tolist() == numbers.tolist()


@pytest.mark.parametrize("at_once", [1, 7, 1000])
def test_a_hub_passes_to_the_likeliest_of_all(monkeypatch, with_hubs, at_once) -> None:
    """Chances by a product of whole matrices."""
    monkeypatch.setattr(walks, "_HUBS_AT_ONCE", at_once)
    network = pushed(monkeypatch, with_hubs, HUB=60, HUB_PASSES_TO=6)
    incidence, members = network.incidence.toarray(), network.participants.toarray()
    for walker in network.walkers.values():
        hubs = np.flatnonzero(walker._number_of_hub >= 0)
        assert len(hubs) > 3
        for number, hub in enumerate(hubs.tolist()):
            joined = incidence[hub] * walker._weight
            chances = (joined / joined.sum() / walker._size) @ members
            part = slice(*walker._hubs.indptr[number : number + 2].tolist())
            kept, worth = walker._hubs.indices[part], walker._hubs.data[part]
            assert worth == pytest.approx(chances[kept], rel=1e-5)
            assert np.sort(worth) == pytest.approx(np.sort(chances)[-6:], rel=1e-5)


@given(
    st.lists(st.sampled_from([0.1, 0.2, 0.3, 0.5]), max_size=12), st.integers(1, 6), st.randoms()
)
def test_the_largest_are_those_of_sorting(values, count, generator) -> None:
    numbers = list(range(len(values)))
    generator.shuffle(numbers)
    places = sorted(range(len(values)), key=lambda place: (-values[place], numbers[place]))
    found = _largest(np.array(values, dtype=np.float64), np.array(numbers, dtype=np.int32), count)
    assert found.tolist() == sorted(places[:count])


@pytest.mark.parametrize("at_once", [1, 2, 100])
def test_nobody_meets_itself(monkeypatch, at_once) -> None:
    monkeypatch.setattr(matrices, "_ROWS_AT_ONCE", at_once)
    generator = np.random.default_rng(at_once)
    dense = generator.integers(0, 2, (7, 7)).astype(np.float32)
    found = matrices.without_diagonal(sparse.csr_array(dense))
    np.fill_diagonal(dense, 0)
    assert np.array_equal(found.toarray(), dense)
    assert found.nnz == np.count_nonzero(dense)
    assert not matrices.without_diagonal(sparse.csr_array((0, 0))).nnz
