"""Effects of introductions, against pairs that were held out by chance."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from statistics import NormalDist, median

Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Share:
    """`successes` of `total`: their quotient, and the ends of its 95 % interval (Wilson 1927)."""

    successes: int
    total: int
    value: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, successes: int, total: int) -> Share:
        """(p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n); no value where there is none."""
        if not total:
            return cls(successes, total, None, None, None)
        value = successes / total
        centre = value + Z * Z / (2 * total)
        half = Z * math.sqrt(value * (1 - value) / total + Z * Z / (4 * total * total))
        scale = 1 + Z * Z / total
        low, high = max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)
        return cls(successes, total, value, low, high)

    @property
    def interval(self) -> tuple[float, float] | None:
        """Both ends, where there is a value."""
        return None if self.low is None or self.high is None else (self.low, self.high)


@dataclass(frozen=True, slots=True)
class Difference:
    """Treated less held-out share, with Newcombe's interval (1998, method 10)."""

    treated: Share
    held_out: Share

    @property
    def value(self) -> float | None:
        if self.treated.value is None or self.held_out.value is None:
            return None
        return self.treated.value - self.held_out.value

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's limits of both shares, their distances squared and added."""
        first, second = self.treated.interval, self.held_out.interval
        if self.value is None or first is None or second is None:
            return None
        p1, p2 = self.treated.value or 0.0, self.held_out.value or 0.0
        low = math.hypot(p1 - first[0], second[1] - p2)
        high = math.hypot(first[1] - p1, p2 - second[0])
        return (self.value - low, self.value + high)

    @property
    def says_something(self) -> bool:
        """Tell whether the interval leaves nought out."""
        interval = self.interval
        return interval is not None and not interval[0] <= 0 <= interval[1]


def is_held_out(salt: str, goal: str, first: str, second: str, share: float) -> bool:
    """Tell whether chance keeps this pair out: the same answer each time, in either order.

    SHA-256 of salt, goal and both ids is read as a number in [0, 1).
    """
    low, high = sorted((first, second))
    digest = hashlib.sha256("\n".join((salt, goal, low, high)).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < share


def middle(values: list[float]) -> float | None:
    """The median; None of nothing."""
    return median(values) if values else None
