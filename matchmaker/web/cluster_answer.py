"""The answer that a cluster's dashboard begins with: is it a network, since when, against whom."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.api.auditing.responses import AuditOut, WorklistOut
from matchmaker.audit.ties import Channel
from matchmaker.web.labels import number, percent

# Figures that are shares of members, ties or pairs: shown as per cent.
SHARES = frozenset(
    {
        "isolate_share", "giant_component", "giant_without_coordinator", "fragmentation", "density",
        "sme_share", "leading_industry_share", "reciprocity", "large_small_share", "abroad_share",
        "lab_reach", "platform_reach", "outside_reach", "renewal", "gatekeeper_load", "fragility",
    }
)  # fmt: skip
# More than half of the members joined in one piece: below that it is a gathering.
_NETWORK = 0.5
# Shares below which a digit after the point tells clusters apart: of densities, say.
_SMALL = 0.1
# Clusters above which a place is told in hundredths.
_RANKED_CLUSTERS = 20


def measured(value: float | None, name: str) -> str:
    """A figure of an audit as every page has it."""
    if name not in SHARES:
        return number(value)
    return percent(value, digits=1 if value is not None and abs(value) < _SMALL else 0)


@dataclass(frozen=True, slots=True)
class Standing:
    """Counts of members that stand alone in all cooperation, now and before.

    `is_network`: more than half of them are joined in one piece; `joined` are those.
    `before` is the first of the years followed in which there were members, with how many
    there were and how many stood alone; None where that is this year. `better_than` is the
    share, in hundredths, of the `clusters` compared of which fewer stand alone.
    """

    members: int
    alone: int
    joined: int
    is_network: bool
    before: tuple[int, int, int] | None
    better_than: float | None
    clusters: int

    @property
    def rank(self) -> str:
        """Its place among few clusters, of which hundredths tell nothing; "" among many."""
        if self.better_than is None or self.clusters > _RANKED_CLUSTERS:
            return ""
        place = self.clusters - self.better_than / 100 * (self.clusters - 1)
        first, last = math.floor(place), math.ceil(place)
        return str(first) if first == last else f"{first}–{last}"


def standing_of(audit: AuditOut) -> Standing | None:
    """From the figures of the audit; None for a cluster without members."""
    cooperation = next(layer for layer in audit.layers if layer.layer is Channel.COOPERATION)
    share = cooperation.figures["isolate_share"].value
    giant = cooperation.figures["giant_component"].value
    members = audit.basis.members
    if share is None or giant is None or not members:
        return None
    series = cooperation.series
    past = [
        (year, round(count.value), round(alone.value * count.value))
        for year, count, alone in zip(
            audit.years, series["members"], series["isolate_share"], strict=True
        )
        if count.value and alone.value is not None and year < audit.basis.year
    ]
    return Standing(
        members=members,
        alone=round(share * members),
        joined=round(giant * members),
        is_network=giant > _NETWORK,
        before=past[0] if past else None,
        better_than=audit.peers.percentiles.get("isolate_share"),
        clusters=audit.peers.clusters,
    )


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure of all cooperation of the year `since` and of the year looked at."""

    name: str
    since: int
    before: float
    now: float


def figure_changes(audit: AuditOut, names: Sequence[str]) -> list[FigureChange]:
    """Those of the figures that rose or fell since the year before, in the order of `names`."""
    cooperation = next(layer for layer in audit.layers if layer.layer is Channel.COOPERATION)
    changes = []
    for name in names:
        values = [figure.value for figure in cooperation.series.get(name, [])[-2:]]
        if len(values) == 2 and None not in values and values[0] != values[1]:
            before, now = (float(value or 0) for value in values)
            changes.append(FigureChange(name, audit.years[-2], before, now))
    return changes


@dataclass(frozen=True, slots=True)
class Gain:
    """The gain of all ties of a worklist together: members more that have a tie."""

    ties: int
    brought_in: int
    largest_before: float
    largest_after: float


def gain_of(worklist: WorklistOut) -> Gain | None:
    """Of the ties of the list, each measured with those above it already made; None for none."""
    if not worklist.items:
        return None
    before, after = worklist.items[0].before, worklist.items[-1].after
    return Gain(
        ties=len(worklist.items),
        brought_in=before.isolates - after.isolates,
        largest_before=before.giant_component,
        largest_after=after.giant_component,
    )
