"""All clusters side by side: percentiles and nearest peers, never a rank by raw density."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.audit.figures import Figure
from matchmaker.audit.indicators import INDICATORS, measured
from matchmaker.audit.landscape import Landscape
from matchmaker.audit.ties import Channel
from matchmaker.audit.view import View

# Figures that may be compared across sizes; density and counts of ties may not.
COMPARED = (
    "size_adjusted_density", "observed_over_expected", "isolate_share", "giant_component",
    "lab_reach", "platform_reach", "outside_reach", "renewal", "fragility",
)  # fmt: skip
PEERS = 5


@dataclass(frozen=True)
class ClusterStanding:
    """One cluster among all, with all its figures: `percentiles`, of those compared, are the
    share of the others below it and half of the equal ones, 0–100. Where low is
    better it is turned, so that 100 is always the good end.
    """

    cluster: int
    members: int
    figures: dict[str, Figure]
    percentiles: dict[str, float | None]
    peers: tuple[int, ...]


def benchmark(landscape: Landscape, channel: Channel, year: int) -> tuple[ClusterStanding, ...]:
    """Every cluster with a member in the year, in order of row."""

    def make() -> tuple[ClusterStanding, ...]:
        views = [View(landscape, int(cluster), channel, year) for cluster in landscape.clusters]
        views = [view for view in views if len(view.network)]
        measures = [measured(view) for view in views]
        places = {
            name: percentiles(
                [figures[name].value for figures in measures], INDICATORS[name][0].better
            )
            for name in COMPARED
        }
        near = peers(views)
        return tuple(
            ClusterStanding(
                cluster=view.cluster,
                members=len(view.network),
                figures=figures,
                percentiles={name: places[name][number] for name in COMPARED},
                peers=tuple(views[other].cluster for other in near[number]),
            )
            for number, (view, figures) in enumerate(zip(views, measures, strict=True))
        )

    return landscape.once(("benchmark", channel, year), make)


def percentiles(values: list[float | None], better: str) -> list[float | None]:
    """Per value the share of the other known ones that it is better than, equals for half, ×100."""
    defined = np.array([value for value in values if value is not None], dtype=np.float64)
    if better == "low":
        defined = -defined
    ranks: list[float | None] = []
    for value in values:
        if value is None or len(defined) < 2:
            ranks.append(None)
            continue
        own = -value if better == "low" else value
        below, same = (defined < own).sum(), (defined == own).sum() - 1
        ranks.append(float(100 * (below + same / 2) / (len(defined) - 1)))
    return ranks


def peers(views: list[View]) -> list[list[int]]:
    """For each view the five most like it in size, make-up and trade, the nearest first.

    Distance is Euclidean over ln members, shares of five sorts of member and the
    share of each division of industry, each block scaled to the same spread.
    """
    if not views:
        return []
    sizes = np.log([[len(view.network)] for view in views])
    sorts = np.array([np.bincount(view.sort, minlength=5) / len(view.sort) for view in views])
    division = views[0].landscape.traits.division
    names = np.unique(np.concatenate([division[view.network.members] for view in views]))
    trades = np.zeros((len(views), len(names)))
    for number, view in enumerate(views):
        divisions, counts = np.unique(division[view.network.members], return_counts=True)
        trades[number, np.searchsorted(names, divisions)] = counts / counts.sum()
    space = np.hstack([_scaled(sizes), _scaled(sorts), _scaled(trades)])
    square = (space**2).sum(axis=1)
    distance = square[:, None] + square[None, :] - 2 * space @ space.T
    np.fill_diagonal(distance, np.inf)
    count = min(PEERS, len(views) - 1)
    return [list(map(int, np.argsort(row, kind="stable")[:count])) for row in distance]


def _scaled(block: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = float(np.sqrt(((block - block.mean(axis=0)) ** 2).sum(axis=1).mean()))
    return block / spread if spread > 0 else block
