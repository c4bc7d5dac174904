"""Attention shared out: prices under which nobody is suggested in too many places."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.snapshot.model import FloatArray, IntArray

# Seekers who are alike would all be sent past the same candidate at once. Prices that
# differ a little by seeker send some of them to it: on EU projects, under a cap of two
# in a hundred, that saves newcomers 3 % of hit@10 and those with a history 1 %.
LEANING = 0.3
PRICED_OUT = np.float32(0.001)  # what is left of a probability below its price
SLOTS = 10  # what is usually shown: prices are shares of what that many chances add up to
CAP = 0.02  # nobody gets more than this share of all slots
# Prices made beforehand are made for a lower share: those who ask are never just those of
# the sample. On EU projects of 2016 the most suggested then got .019 to .021 of the slots.
CAP_IN_SAMPLE = 0.7 * CAP
# Of so many of a kind who ask together, prices are made for them and no others.
MIN_CROWD = 300
TARGET_SHARE = 0.99 * CAP  # served are rounded chances: who is on the brink may come in after all
# Of each seeker's candidates the likeliest: seldom does one show further ones.
SHORTLIST_SIZE = 200
# Of few candidates not all can keep the cap: up to half more than an even share is left to each.
EVEN = 1.5


@dataclass(frozen=True)
class Prices:
    """Prices of candidates that would be suggested too often, by id.

    As a share of what the seeker's ten best chances add up to: so it costs those to
    whom much and those to whom little is likely the same part. Those who ask with a
    `history` and `newcomers` want the same few for other reasons: one price for both
    would be the higher one. On EU projects, under the same cap, two cost those with a
    history less, and newcomers as well.
    """

    history: Mapping[str, float]
    newcomers: Mapping[str, float]


UNPRICED = Prices({}, {})
Ids = Callable[[IntArray], Sequence[str]]


def chances_less_prices(chances: NDArray[Any], cost: NDArray[Any]) -> NDArray[Any]:
    """Chances less what they cost, of any shape.

    Never below nothing, and those priced out still in the order of their chances.
    """
    return np.asarray(np.maximum(chances - cost, chances * PRICED_OUT))


def best_sum(chances: FloatArray, slots: int = SLOTS) -> float:
    """The sum of the `slots` largest chances of (n,): right answers to expect among so many."""
    if len(chances) <= slots:
        return float(chances.sum())
    return float(np.partition(chances, -slots)[-slots:].sum())


def share(seeker: str, candidate: str) -> float:
    """The share of its price that a candidate pays before one seeker, even in 1 ± `LEANING`.

    Drawn from the two names alone, so the same question has the same answer.
    """
    drawn = hashlib.blake2b(f"{seeker}\0{candidate}".encode(), digest_size=4).digest()
    return 1 + LEANING * (int.from_bytes(drawn) / 2**31 - 1)


def apply_exposure_prices(
    prices: Prices, seeker: str, has_history: bool, ids: Sequence[str], scores: FloatArray
) -> FloatArray:
    """Probabilities (n,) of candidates `ids` less what they pay before one seeker, by its name."""
    by_id = prices.history if has_history else prices.newcomers
    part = np.fromiter(
        (
            by_id[candidate] * share(seeker, candidate) if candidate in by_id else 0.0
            for candidate in ids
        ),
        np.float32,
        len(ids),
    )
    return np.asarray(chances_less_prices(scores, part * best_sum(scores)), dtype=np.float32)


@dataclass(frozen=True)
class Pools:
    """Candidates of many seekers side by side, shape (seekers, widest).

    `chance` is each one's probability over what the seeker's ten best add up to,
    -inf where a pool is smaller; `rows` who it is; `share` what of its price this
    seeker's candidate pays, see `share`.
    """

    chance: NDArray[np.float64]
    rows: IntArray
    share: NDArray[np.float64]

    def top(self, price: NDArray[np.float64], slots: int = SLOTS) -> NDArray[np.int64]:
        """Columns of those that each seeker is shown under these prices, (seekers, slots)."""
        slots = min(slots, self.chance.shape[1])
        # Of equals the first by row, as they are shown.
        value = chances_less_prices(self.chance, price[self.rows] * self.share) - 1e-14 * self.rows
        return np.argpartition(-value, slots - 1, axis=1)[:, :slots]

    def largest_shares(
        self, price: NDArray[np.float64], slot_counts: Sequence[int]
    ) -> NDArray[np.float64]:
        """Share of all slots that each organisation gets under these prices, (size,).

        Where so many or so many are shown, the larger.
        """
        every = [self._shares(price, slots) for slots in slot_counts]
        return np.asarray(np.max(every, axis=0))

    def even_shares(self, size: int, slots: int) -> NDArray[np.float64]:
        """Share of all slots that each would get were every seeker's given out by lot, (size,)."""
        real = np.isfinite(self.chance)
        width = real.sum(axis=1)
        filled = np.minimum(width, slots)
        even = np.broadcast_to((filled / np.maximum(width, 1))[:, None], real.shape)
        shares = np.bincount(self.rows[real], even[real], minlength=size)
        return np.asarray(shares / max(filled.sum(), 1), dtype=np.float64)

    def _shares(self, price: NDArray[np.float64], slots: int) -> NDArray[np.float64]:
        columns = self.top(price, slots)
        real = np.isfinite(np.take_along_axis(self.chance, columns, 1))
        rows_shown = np.take_along_axis(self.rows, columns, 1)[real]
        return np.bincount(rows_shown, minlength=len(price)) / max(len(rows_shown), 1)


@dataclass(frozen=True)
class Shortlist:
    """The likeliest candidates of one seeker: `rows` (n,) with their chances before any price."""

    seeker: str
    has_history: bool
    rows: IntArray
    chances: FloatArray


def prices_together(
    shortlists: Sequence[Shortlist], ids: Ids, size: int, usual: Prices, limit: int = SLOTS
) -> Prices:
    """Prices for just those who ask together; the usual ones for the few of a kind.

    `ids` names rows of organisations, of which there are `size`. The cap holds among the
    `limit` that are shown to each, and among the first ten of more.
    """
    slot_counts = (limit,) if limit <= SLOTS else (SLOTS, limit)

    def of(has_history: bool, otherwise: Mapping[str, float]) -> Mapping[str, float]:
        group = [
            shortlist
            for shortlist in shortlists
            if shortlist.has_history is has_history and len(shortlist.rows)
        ]
        if len(group) < MIN_CROWD:
            return otherwise
        shares = [
            np.array([share(shortlist.seeker, candidate) for candidate in ids(shortlist.rows)])
            for shortlist in group
        ]
        group_pools = pools(
            [shortlist.chances for shortlist in group],
            [shortlist.rows for shortlist in group],
            shares,
        )
        return prices_by_id(exposure_prices(group_pools, size, TARGET_SHARE, slot_counts), ids)

    return Prices(of(True, usual.history), of(False, usual.newcomers))


def prices_by_id(price: NDArray[np.float64], ids: Ids) -> dict[str, float]:
    """Prices (size,) of those who pay one, by id."""
    rows = np.flatnonzero(price > 0).astype(np.int32)
    return dict(zip(ids(rows), price[rows].tolist(), strict=True))


def pools(
    chances: Sequence[FloatArray],
    rows: Sequence[IntArray],
    shares: Sequence[NDArray[np.float64]] = (),
) -> Pools:
    """Pools of different sizes from their probabilities, padded.

    Where `shares` are not given, whose share is which does not matter: they are as even as
    `share` spreads them.
    """
    widest = max(map(len, rows))
    chance = np.full((len(rows), widest), -np.inf)
    candidates = np.zeros((len(rows), widest), dtype=np.int32)
    for number, (values, part) in enumerate(zip(chances, rows, strict=True)):
        chance[number, : len(part)] = values / max(best_sum(values), 1e-9)
        candidates[number, : len(part)] = part
    drawn = np.random.default_rng(20).uniform(1 - LEANING, 1 + LEANING, chance.shape)
    for number, of_seeker in enumerate(shares):
        drawn[number, : len(of_seeker)] = of_seeker
    return Pools(chance, candidates, drawn)


def exposure_prices(
    seekers: Pools, size: int, cap: float, slot_counts: Sequence[int] = (SLOTS,), rounds: int = 300
) -> NDArray[np.float64]:
    """Prices (size,) under which nobody gets more than `cap` of all slots.

    Slots are the first so many of each list, for each of `slot_counts`. Whom most could
    be shown only as one of few, half more than an even share stands for the cap.
    Where `rounds` steps do not get there (hardly anybody else is likely at all), prices
    are those that came nearest.

    In shares of what a seeker's ten best chances add up to. The most right answers
    that fit under the cap, every seeker's counting as one, are shown to whoever ranks
    by chance less price: the dual of an assignment with capacities, by subgradient
    steps (Bertsekas, 1981). Whoever is over the cap pays more, whoever is under it
    less, never below 0; in the end whoever is still over it pays more until nobody is.
    On EU projects prices in probability cost a quarter less than those in log odds:
    they take a slot where it is least likely to be missed.
    """
    price = np.zeros(size)
    if not np.isfinite(seekers.chance).any():
        return price
    even = np.max([seekers.even_shares(size, slots) for slots in slot_counts], axis=0)
    caps = np.maximum(cap, EVEN * even)
    best = np.sort(seekers.chance, axis=1)[:, -2 * SLOTS :]
    scale = max(float(np.std(best[np.isfinite(best)])), 1e-3)
    best_price, least = price.copy(), np.inf
    for step in range(rounds):
        excess = seekers.largest_shares(price, slot_counts) / caps - 1
        if excess.max() < least:
            best_price, least = price.copy(), float(excess.max())
        if least <= 0 and step > rounds // 2:
            break
        rate = 0.7 * scale / (1 + step / 20)
        price = np.maximum(0, price + rate * np.clip(excess, -1, 1))
    raised = best_price
    for _ in range(rounds):
        over = seekers.largest_shares(raised, slot_counts) > caps
        if not over.any():
            return raised
        raised = raised + 0.01 * scale * over
    return best_price
