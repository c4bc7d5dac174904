"""What an indicator gives back, and the definition that is shown beside it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatVector = NDArray[np.float64]


class Phrase(NamedTuple):
    """One thing said in Chinese and in English."""

    zh: str
    en: str

    def said(self, language: str) -> str:
        """In Chinese for `zh…`, in English for anything else."""
        return self.zh if language.startswith("zh") else self.en


class Group(StrEnum):
    """Which part of 点线网 an indicator belongs to."""

    ACTORS = "actors"  # 点
    CHANNELS = "channels"  # 线
    NETWORK = "network"  # 网


GROUP_TITLES = {
    Group.ACTORS: Phrase("点：主体", "Actors (点)"),
    Group.CHANNELS: Phrase("线：通道", "Channels (线)"),
    Group.NETWORK: Phrase("网：网络", "Network (网)"),
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
    because: Phrase | None = None

    def __post_init__(self) -> None:
        for name in ("value", "low", "high", "expected", "expected_low", "expected_high", "z"):
            number = getattr(self, name)
            if number is not None and not math.isfinite(number):
                raise ValueError(f"{name} is {number}")


def unknown(zh: str, en: str) -> Figure:
    """Not computable, because."""
    return Figure(None, because=Phrase(zh, en))


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
        z=(value - mean) / spread if spread > 1e-12 else None,
    )


@dataclass(frozen=True)
class Definition:
    """An indicator: its name, where it stands, and what page and report say of it.

    `about.en` is the docstring of the function that computes it. `better` says
    which way is up: `high`, `low`, or "" where neither is.
    """

    name: str
    group: Group
    title: Phrase
    unit: str
    about: Phrase
    better: str = ""


def described(
    function: Callable[..., object], name: str, group: Group, title: Phrase, **more: str
) -> Definition:
    """The definition of a function, from its docstring. `about_zh` is its Chinese text."""
    about = " ".join((function.__doc__ or "").split())
    return Definition(
        name,
        group,
        title,
        more.get("unit", ""),
        Phrase(more["about_zh"], about),
        more.get("better", ""),
    )
