"""Prices of exposure against an assignment solved by linear programming."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog

from matchmaker.recommend.exposure import CAP as CAP_OF_ALL
from matchmaker.recommend.exposure import (
    LEANING,
    MIN_CROWD,
    Pools,
    Prices,
    Shortlist,
    apply_exposure_prices,
    best_sum,
    exposure_prices,
    pools,
    prices_together,
    share,
)

SEEKERS, CANDIDATES, SLOTS, CAP = 120, 30, 10, 0.06


@pytest.fixture
def crowded() -> Pools:
    """Everybody likes the same few best, more or less."""
    generator = np.random.default_rng(4)
    fame = np.linspace(0.4, 0.02, CANDIDATES)
    chance = np.clip(fame * generator.uniform(0.3, 1.7, (SEEKERS, CANDIDATES)), 0, 1)
    rows = [np.arange(CANDIDATES, dtype=np.int32)] * SEEKERS
    return pools(list(chance.astype(np.float32)), rows)


def best_assignment(chance: np.ndarray, cap: float) -> float:
    """Most right answers that ten slots each and the cap allow, by linear programming."""
    seekers, candidates = chance.shape
    ten_each = sparse.kron(sparse.eye_array(seekers), np.ones((1, candidates)))
    taken = sparse.kron(np.ones((1, seekers)), sparse.eye_array(candidates))
    limit = np.full(candidates, cap * seekers * SLOTS)
    solved = linprog(
        -chance.ravel(), A_ub=taken, b_ub=limit, A_eq=ten_each,
        b_eq=np.full(seekers, SLOTS), bounds=(0, 1),
    )  # fmt: skip
    assert solved.success
    return float(-solved.fun)


def shown_under(asked: Pools, price: np.ndarray) -> tuple[float, float]:
    """(largest share of slots, sum of chances shown)."""
    columns = asked.top(price)
    rows = np.take_along_axis(asked.rows, columns, 1)
    largest = np.bincount(rows.ravel()).max() / rows.size
    return float(largest), float(np.take_along_axis(asked.chance, columns, 1).sum())


def test_nobody_gets_more_than_the_cap_and_little_is_lost_against_the_best_assignment(
    crowded: Pools,
) -> None:
    plain, _ = shown_under(crowded, np.zeros(CANDIDATES))
    price = exposure_prices(crowded, CANDIDATES, CAP)
    largest, shown = shown_under(crowded, price)

    assert plain > CAP * 1.25
    assert largest <= CAP
    assert shown >= 0.97 * best_assignment(crowded.chance, CAP)


def test_those_who_are_alike_are_not_all_sent_past_the_same() -> None:
    chance = np.tile(np.linspace(0.2, 0.1, 40), (100, 1)).astype(np.float32)
    alike = pools(list(chance), [np.arange(40, dtype=np.int32)] * 100)
    price = exposure_prices(alike, 40, 0.05)
    largest, shown = shown_under(alike, price)

    assert largest <= 0.05
    assert len(np.unique(np.sort(alike.top(price), axis=1), axis=0)) > 20
    assert shown >= 0.97 * best_assignment(alike.chance, 0.05)


def test_what_is_paid_is_the_same_each_time_and_even_over_seekers() -> None:
    shares = np.array([share(f"seeker {number}", "lab") for number in range(4000)])
    again = np.array([share(f"seeker {number}", "lab") for number in range(4000)])

    assert (shares == again).all()
    assert abs(shares.mean() - 1) < 0.02
    assert shares.min() >= 1 - LEANING
    assert shares.max() <= 1 + LEANING
    quarters = np.histogram(shares, bins=4, range=(1 - LEANING, 1 + LEANING))[0]
    assert (abs(quarters - 1000) < 150).all()


def test_who_is_suggested_seldom_pays_nothing(crowded: Pools) -> None:
    price = exposure_prices(crowded, CANDIDATES, CAP)
    columns = crowded.top(np.zeros(CANDIDATES))
    seldom = (
        np.bincount(np.take_along_axis(crowded.rows, columns, 1).ravel(), minlength=CANDIDATES)
        < 0.2 * CAP * SEEKERS * SLOTS
    )
    assert price.min() == 0
    assert price[seldom].max() < price.max() / 2


def test_every_seeker_counts_as_one_however_likely_its_answers() -> None:
    chance = np.random.default_rng(5).uniform(0.1, 0.4, (60, 30)).astype(np.float32)
    chance[:, :3] += 0.5  # whom all want
    rows = [np.arange(30, dtype=np.int32)] * 60
    scale = np.linspace(0.01, 1, 60, dtype=np.float32)[:, None]
    alike = exposure_prices(pools(list(chance), rows), 30, 0.05)
    scaled = exposure_prices(pools(list(chance * scale), rows), 30, 0.05)

    assert alike.max() > 0
    assert scaled == pytest.approx(alike, abs=1e-6)


def test_pools_of_different_sizes_show_no_padding() -> None:
    asked = pools(
        [np.array([0.2, 0.1], np.float32), np.array([0.3] * 12, np.float32)],
        [np.array([5, 6], np.int32), np.arange(7, 19, dtype=np.int32)],
    )
    price = exposure_prices(asked, 20, 0.5)
    assert price[0] == 0  # the padding names row 0, which nobody is shown
    assert np.isfinite(price).all()


def test_prices_for_those_who_ask_together_hold_for_just_them() -> None:
    """Each list made as it will be shown: nobody is in more than a fifth of the first ten."""
    generator = np.random.default_rng(8)
    fame = np.linspace(0.3, 0.01, 90)
    lists = []
    for number in range(400):
        chances = (fame * generator.uniform(0.5, 1.5, 90)).astype(np.float32)
        lists.append(Shortlist(f"t:{number}", True, np.arange(90, dtype=np.int32), chances))
    few = [replace(one, has_history=False) for one in lists[: MIN_CROWD - 1]]
    usual = Prices({"t:usual": 1.0}, {"t:usual": 2.0})
    found = prices_together([*lists, *few], names, 90, usual)

    shown = Counter(
        candidate
        for one in lists
        for candidate in sorted(
            names(one.rows),
            key=lambda name, one=one: (
                -(
                    one.chances[int(name)]
                    - found.history.get(name, 0) * share(one.seeker, name) * best_sum(one.chances)
                )
            ),
        )[:10]
    )
    assert max(shown.values()) <= CAP_OF_ALL * len(lists) * 10
    assert len(found.history) > 5
    assert found.newcomers == usual.newcomers


def names(rows: np.ndarray) -> list[str]:
    return [str(row) for row in rows]


def test_of_few_candidates_nobody_is_priced_out_for_a_cap_that_nobody_can_keep() -> None:
    """20 candidates have 5 % each when shared evenly; half more is as far as it goes."""
    generator = np.random.default_rng(6)
    chance = np.linspace(0.4, 0.1, 20) * generator.uniform(0.5, 1.5, (500, 20))
    few = pools(list(chance.astype(np.float32)), [np.arange(20, dtype=np.int32)] * 500)
    price = exposure_prices(few, 20, 0.02)
    largest, shown = shown_under(few, price)
    _, freely = shown_under(few, np.zeros(20))

    assert 0.05 < largest <= 0.075
    assert shown > 0.9 * freely


def test_the_cap_holds_among_the_first_ten_and_among_all_that_are_shown(crowded: Pools) -> None:
    wide = np.hstack([crowded.chance, crowded.chance / 3])
    rows = np.tile(np.arange(2 * CANDIDATES, dtype=np.int32), (SEEKERS, 1))
    asked = Pools(wide, rows, np.ones_like(wide))
    price = exposure_prices(asked, 2 * CANDIDATES, 0.04, slot_counts=(10, 20))

    for slots in (10, 20):
        counted = Counter(rows[asked_row][column] for asked_row, columns in
                          enumerate(asked.top(price, slots)) for column in columns)  # fmt: skip
        assert max(counted.values()) <= 0.04 * SEEKERS * slots


def test_names_and_not_texts_tell_seekers_apart() -> None:
    chances, ids = np.full(3, 0.2, np.float32), ["u", "v", "w"]
    prices = Prices({}, {"u": 0.1})
    paid = {
        name: float(0.2 - apply_exposure_prices(prices, name, False, ids, chances)[0])
        for name in ("t:1", "t:2")
    }
    assert paid["t:1"] == pytest.approx(0.06 * share("t:1", "u"), rel=1e-4)
    assert paid["t:1"] != paid["t:2"]
    assert apply_exposure_prices(prices, "t:1", True, ids, chances).tolist() == chances.tolist()


def test_those_with_few_alternatives_do_not_lift_the_cap_of_others() -> None:
    """Fifty seekers can be shown only the same six; of the wide pools nobody gets above the cap."""
    generator = np.random.default_rng(9)
    fame = np.linspace(0.4, 0.02, 120)
    wide = [(fame * generator.uniform(0.4, 1.6, 120)).astype(np.float32) for _ in range(200)]
    narrow = [np.linspace(0.3, 0.1, 6).astype(np.float32)] * 50
    rows = [np.arange(120, dtype=np.int32)] * 200 + [np.arange(120, 126, dtype=np.int32)] * 50
    asked = pools([*wide, *narrow], rows)
    price = exposure_prices(asked, 126, 0.02)
    slots = 200 * 10 + 50 * 6
    counted = Counter(
        int(asked.rows[seeker, column])
        for seeker, columns in enumerate(asked.top(price))
        for column in columns
        if np.isfinite(asked.chance[seeker, column])
    )

    assert max(counted[lab] for lab in range(120)) <= 0.02 * slots
    assert all(counted[lab] == 50 for lab in range(120, 126))


def test_of_equals_those_are_counted_that_are_shown() -> None:
    """Chances on few levels, as trees give them: the first by row is shown (`selection.choose`)."""
    generator = np.random.default_rng(3)
    levels = np.linspace(0.01, 0.3, 12)
    chance = levels[generator.integers(0, 12, (300, 90))].astype(np.float32)
    chance[:, :8] = 0.3
    asked = pools(list(chance), [np.arange(90, dtype=np.int32)] * 300)
    price = exposure_prices(asked, 90, 0.02)
    value = np.maximum(
        asked.chance - price[asked.rows] * asked.share, asked.chance * np.float32(0.001)
    )
    order = np.lexsort((asked.rows, -value), axis=1)[:, :10]

    assert np.bincount(order.ravel()).max() <= 0.02 * 300 * 10
