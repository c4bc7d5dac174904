"""点线网 and the four stages: scores with the evidence behind them, never one label."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import pyarrow.compute as pc

from matchmaker.audit.figures import Figure, Group, unknown
from matchmaker.audit.indicators import INDICATORS
from matchmaker.audit.landscape import YEARS, Landscape
from matchmaker.audit.ties import Channel
from matchmaker.audit.view import View
from matchmaker.messages import Message, message


class ClusterStage(StrEnum):
    """The four stages of a cluster, in order."""

    COMPARATIVE = "comparative"  # 比较优势: near to resources, gathered
    COMPETITIVE = "competitive"  # 竞争优势: strong local supply, fast answers
    INNOVATIVE = "innovative"  # 创新优势: value is created with labs
    DYNAMIC = "dynamic"  # 动态优势: tied to the world outside, renewing itself


STAGES = tuple(ClusterStage)
STAGE_TITLES = {
    ClusterStage.COMPARATIVE: message("Comparative advantage"),
    ClusterStage.COMPETITIVE: message("Competitive advantage"),
    ClusterStage.INNOVATIVE: message("Innovative advantage"),
    ClusterStage.DYNAMIC: message("Dynamic advantage"),
}
# What a score of a stage must come to before the next one is worth aiming at.
ENOUGH = 0.75


@dataclass(frozen=True)
class Criterion:
    """One thing that speaks for a stage: an indicator of a layer, or a reported figure.

    Reaching `level` gives the full score; below it (above it where low is
    better) the score falls in proportion. The levels are conventions of ours,
    stated so that they can be argued with: no source gives any.
    """

    stage: ClusterStage
    group: Group
    measure: str
    level: float
    channel: Channel | None = None  # None: a figure reported by the cluster
    low_is_better: bool = False
    title: Message | None = None

    @property
    def name(self) -> Message:
        """Its title."""
        if self.title is not None:
            return self.title
        layer = CHANNEL_TITLES[self.channel or Channel.COOPERATION]
        title = INDICATORS[self.measure][0].title
        return message("%(layer)s: %(indicator)s", layer=layer, indicator=title)

    def score(self, value: float) -> float:
        """From 0 to 1."""
        if not self.low_is_better:
            return max(0.0, min(1.0, value / self.level))
        return max(0.0, min(1.0, (1 - value) / (1 - self.level)))


CHANNEL_TITLES = {
    Channel.SUPPLY: message("Supply"),
    Channel.RESEARCH: message("Research"),
    Channel.PLATFORM: message("Platform use"),
    Channel.SHARING: message("Resource sharing"),
    Channel.COOPERATION: message("All cooperation"),
}


_A, _C, _N = Group.ACTORS, Group.CHANNELS, Group.NETWORK
_S1, _S2, _S3, _S4 = STAGES
_ALL_TIES = Channel.COOPERATION
CRITERIA: tuple[Criterion, ...] = (
    Criterion(_S1, _A, "members", 30, _ALL_TIES),
    Criterion(_S1, _A, "sme_share", 0.7, _ALL_TIES),
    Criterion(_S1, _A, "leading_industry_share", 0.5, _ALL_TIES),
    Criterion(_S1, _A, "sales_outside_province_share", 40, title=message("Sales outside the province (reported, %)")),
    Criterion(_S2, _C, "observed_over_expected", 1.0, Channel.SUPPLY),
    Criterion(_S2, _C, "mean_degree", 3.0, Channel.SUPPLY),
    Criterion(_S2, _C, "isolate_share", 0.2, Channel.SUPPLY, low_is_better=True),
    Criterion(_S2, _C, "platform_reach", 0.3, Channel.PLATFORM),
    Criterion(_S2, _N, "giant_component", 0.9, _ALL_TIES),
    Criterion(_S2, _C, "local_supply_share", 50, title=message("Local supply (reported, %)")),
    Criterion(_S3, _C, "lab_reach", 0.5, Channel.RESEARCH),
    Criterion(_S3, _C, "mean_degree", 2.0, Channel.RESEARCH),
    Criterion(_S3, _C, "observed_over_expected", 1.0, Channel.RESEARCH),
    Criterion(_S3, _A, "kind_diversity", 0.7, _ALL_TIES),
    Criterion(_S3, _N, "compactness", 0.4, _ALL_TIES),
    Criterion(_S3, _A, "rd_intensity", 3, title=message("R&D intensity (reported, %)")),
    Criterion(_S3, _A, "new_product_sales_share", 20, title=message("Sales of new products (reported, %)")),
    Criterion(_S4, _C, "outside_reach", 0.3, _ALL_TIES),
    Criterion(_S4, _C, "abroad_share", 0.1, _ALL_TIES),
    Criterion(_S4, _C, "renewal", 0.1, _ALL_TIES),
    Criterion(_S4, _N, "gatekeeper_load", 0.3, _ALL_TIES, low_is_better=True),
    Criterion(_S4, _N, "fragility", 0.2, _ALL_TIES, low_is_better=True),
)  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """A criterion as it stands: its figure, and its score; None where nothing is known."""

    criterion: Criterion
    figure: Figure
    score: float | None
    year: int  # of the figure: a reported one may be older than the year asked for


@dataclass(frozen=True)
class ClusterProfile:
    """Scores in [0, 1] of one year: `groups` 点线网, `stages` the four; None: not computable."""

    year: int
    findings: tuple[Finding, ...]
    groups: Mapping[Group, float | None]
    stages: Mapping[ClusterStage, float | None]

    @property
    def known(self) -> dict[Group | ClusterStage, tuple[int, int]]:
        """For each group and stage: of how many criteria anything is known, and how many."""
        parts: tuple[Group | ClusterStage, ...] = (*self.groups, *self.stages)
        return {part: self._known(part) for part in parts}

    def _known(self, part: Group | ClusterStage) -> tuple[int, int]:
        scores = [
            finding.score
            for finding in self.findings
            if part in (finding.criterion.group, finding.criterion.stage)
        ]
        return sum(score is not None for score in scores), len(scores)

    @property
    def aim(self) -> ClusterStage | None:
        """The first stage whose score is not yet enough; None where all are."""
        for stage in STAGES:
            score = self.stages[stage]
            if score is None or score < ENOUGH:
                return stage
        return None

    @property
    def missing(self) -> tuple[Finding, ...]:
        """Findings that keep the cluster from that stage, the worst first; unknown figures last."""
        short = [
            finding
            for finding in self.findings
            if finding.criterion.stage is self.aim and (finding.score is None or finding.score < 1)
        ]
        return tuple(
            sorted(short, key=lambda finding: (finding.score is None, finding.score or 0.0))
        )


def profile(
    landscape: Landscape, cluster: int, year: int, fitted: int | None = None
) -> ClusterProfile:
    """Of one cluster in one year; `fitted` as in `View`."""
    reported = observed(landscape, cluster, year)
    findings = tuple(
        _finding(landscape, cluster, year, fitted, criterion)
        if criterion.channel is not None
        else _reported_finding(criterion, *reported.get(criterion.measure, (NOT_REPORTED, year)))
        for criterion in CRITERIA
    )
    return ClusterProfile(
        year=year,
        findings=findings,
        groups={
            part: _mean(f.score for f in findings if f.criterion.group is part) for part in Group
        },
        stages={
            part: _mean(f.score for f in findings if f.criterion.stage is part)
            for part in ClusterStage
        },
    )


NOT_REPORTED = unknown("not reported")
NOT_RECORDED = unknown("no tie of this kind is on record anywhere")


def _reported_finding(criterion: Criterion, figure: Figure, year: int) -> Finding:
    score = None if figure.value is None else criterion.score(figure.value)
    return Finding(criterion, figure, score, year)


def _finding(
    landscape: Landscape, cluster: int, year: int, fitted: int | None, criterion: Criterion
) -> Finding:
    """The finding of a criterion; a layer that nobody ever recorded is unknown, not bad.

    Where others have ties and this one's members have none at all, what cannot be
    computed for want of ties counts as missing, which is a 0.
    """
    channel = criterion.channel or Channel.COOPERATION
    if criterion.group is not Group.ACTORS and not landscape.is_recorded(channel):
        return Finding(criterion, NOT_RECORDED, None, year)
    view = View(landscape, cluster, channel, year, fitted=fitted)
    figure = INDICATORS[criterion.measure][1](view)
    if figure.value is not None:
        return Finding(criterion, figure, criterion.score(figure.value), year)
    empty = len(view.network) > 0 and not len(view.network.edges) and not view.network.border.nnz
    lacking = empty and criterion.group is not Group.ACTORS
    return Finding(criterion, figure, 0.0 if lacking else None, year)


def course(landscape: Landscape, cluster: int, year: int) -> tuple[ClusterProfile, ...]:
    """The profiles of the five years to this one, the oldest first."""
    years = range(year - YEARS + 1, year + 1)
    return tuple(profile(landscape, cluster, last, fitted=year) for last in years)


def observed(landscape: Landscape, cluster: int, year: int) -> dict[str, tuple[Figure, int]]:
    """Figures that the cluster itself reported, by indicator: the newest figure up to a year."""
    snapshot = landscape.snapshot
    subject = snapshot.clusters["id"][cluster].as_py()
    rows = snapshot.observations.filter(
        (pc.field("subject") == subject) & (pc.field("year") <= year)
    )
    newest: dict[str, tuple[Figure, int]] = {}
    for row in rows.to_pylist():  # in order of indicator and year: the newest stays
        newest[row["indicator"]] = (Figure(row["value"]), row["year"])
    return newest


def _mean(scores: Iterable[float | None]) -> float | None:
    values = [score for score in scores if score is not None]
    return sum(values) / len(values) if values else None
