"""The result of an indicator, and the definition that is shown beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.messages import Message, message

FloatVector = NDArray[np.float64]
# Indicators have short titles that mean something else in other places.
INDICATOR = "indicator"
# Numbers that differ by less are one and the same.
TOLERANCE = 1e-12


class Group(StrEnum):
    """The part of 点线网 that an indicator belongs to."""

    ACTORS = "actors"  # 点
    CHANNELS = "channels"  # 线
    NETWORK = "network"  # 网


GROUP_TITLES = {
    Group.ACTORS: message("Actors"),
    Group.CHANNELS: message("Channels"),
    Group.NETWORK: message("Network"),
}


@dataclass(frozen=True)
class Figure:
    """A value, or why there is none; never NaN.

    `low` and `high` bound an estimate (95 %). `expected` with its own bounds is
    what chance alone would give, `z` the distance from it in standard deviations.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    expected: float | None = None
    expected_low: float | None = None
    expected_high: float | None = None
    z: float | None = None
    because: Message | None = None

    def __post_init__(self) -> None:
        numbers = (
            self.value, self.low, self.high,
            self.expected, self.expected_low, self.expected_high, self.z,
        )  # fmt: skip
        if not all(number is None or math.isfinite(number) for number in numbers):
            raise ValueError(f"a figure is not finite: {numbers}")


def unknown(id: str, /, **parameters: Any) -> Figure:
    """Not computable, because."""
    return Figure(None, because=Message(id, parameters))


def against(value: float, drawn: FloatVector) -> Figure:
    """A value beside what it is in networks or labels drawn at random, shape (draws,)."""
    low, high = np.quantile(drawn, [0.025, 0.975])
    spread = float(drawn.std(ddof=1)) if len(drawn) > 1 else 0.0
    mean = float(drawn.mean())
    return Figure(
        value,
        expected=mean,
        expected_low=float(low),
        expected_high=float(high),
        z=(value - mean) / spread if spread > TOLERANCE else None,
    )


@dataclass(frozen=True)
class Definition:
    """An indicator: its name, where it stands, and what page and report say of it.

    `about` is the docstring of the function that computes it. `better` says which
    way is up: `high`, `low`, or "" where neither is.
    """

    name: str
    group: Group
    title: Message
    unit: str
    about: Message
    better: str = ""

    @property
    def group_title(self) -> Message:
        """The title of its group."""
        return GROUP_TITLES[self.group]
