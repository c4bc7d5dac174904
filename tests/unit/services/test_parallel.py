"""Jobs on forked processes: each pool does its own, whatever other threads do meanwhile."""

from __future__ import annotations

from matchmaker.services.matching.parallel import CHUNK, ForkedPool


def test_a_pool_does_its_own_job_though_another_was_begun_before_its_work() -> None:
    """Two coordinators at once: one was answered with the other's goal and the other's members."""
    double, triple = (ForkedPool(lambda number, by=by: number * by, 1) for by in (2, 3))
    with double as doubling, triple as tripling:
        assert list(doubling.map([1, 2, 3])) == [2, 4, 6]
        assert list(tripling.map([1, 2, 3])) == [3, 6, 9]


def test_a_pool_does_its_job_though_another_has_ended_before_its_work() -> None:
    """The first was answered with an unexpected error."""
    with ForkedPool(lambda number: number * 2, 1) as doubling:
        with ForkedPool(lambda number: number * 3, 1) as tripling:
            assert list(tripling.map([1])) == [3]
        assert list(doubling.map(range(2 * CHUNK))) == [2 * number for number in range(2 * CHUNK)]
