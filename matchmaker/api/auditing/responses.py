"""What answers about clusters carry, in the reader's language."""

from __future__ import annotations

from pydantic import BaseModel

from matchmaker.api.http.fields import Outgoing
from matchmaker.audit.annual import Entry
from matchmaker.audit.benchmark import COMPARED
from matchmaker.audit.figures import GROUP_TITLES, Definition, Figure, Group
from matchmaker.audit.indicators import INDICATORS
from matchmaker.audit.profile import CHANNEL_TITLES, STAGE_TITLES, Finding, Profile, Stage
from matchmaker.audit.ties import Channel
from matchmaker.services.auditing.answers import (
    Audit,
    Basis,
    Benchmark,
)


class FigureOut(BaseModel):
    """A value with its bounds, what chance would give, or why there is no value."""

    value: float | None
    low: float | None
    high: float | None
    expected: float | None
    expected_low: float | None
    expected_high: float | None
    z: float | None
    because: str | None

    @classmethod
    def of(cls, figure: Figure, language: str) -> FigureOut:
        because = figure.because.said(language) if figure.because else None
        return cls(
            value=figure.value, low=figure.low, high=figure.high, expected=figure.expected,
            expected_low=figure.expected_low, expected_high=figure.expected_high, z=figure.z,
            because=because,
        )  # fmt: skip


class DefinitionOut(BaseModel):
    """An indicator and how it is computed."""

    name: str
    group: Group
    group_title: str
    title: str
    unit: str
    better: str
    about: str

    @classmethod
    def of(cls, definition: Definition, language: str) -> DefinitionOut:
        return cls(
            name=definition.name, group=definition.group,
            group_title=GROUP_TITLES[definition.group].said(language),
            title=definition.title.said(language), unit=definition.unit,
            better=definition.better, about=definition.about.said(language),
        )  # fmt: skip


class DefinitionList(BaseModel):
    """All indicators, in the order of the page."""

    items: list[DefinitionOut]

    @classmethod
    def all(cls, language: str) -> DefinitionList:
        found = [DefinitionOut.of(one, language) for one, _ in INDICATORS.values()]
        return cls(items=found)


class BasisOut(Outgoing):
    """The cluster, year, membership and snapshot that figures rest on."""

    cluster: str
    name: str
    name_en: str
    year: int
    members: int
    snapshot: int
    as_of: str

    @classmethod
    def of(cls, basis: Basis) -> BasisOut:
        return cls.model_validate(basis)


class CoverageOut(Outgoing):
    """Members, and of how many the data say anything."""

    members: int
    with_statement: int
    with_tie: int
    with_recent_tie: int
    with_observation: int
    with_industry: int
    with_place: int
    ties: int
    undated_ties: int
    undertakings: int
    estimated_undertakings: int


class LayerOut(BaseModel):
    """All indicators of one layer, and the followed ones over five years."""

    layer: Channel
    title: str
    figures: dict[str, FigureOut]
    series: dict[str, list[FigureOut]]


class FindingOut(BaseModel):
    """A criterion of a stage: its figure, the level it is held to, and its score."""

    name: str
    stage: Stage
    group: Group
    figure: FigureOut
    year: int
    level: float
    low_is_better: bool
    score: float | None

    @classmethod
    def of(cls, finding: Finding, language: str) -> FindingOut:
        criterion = finding.criterion
        return cls(
            name=criterion.name.said(language), stage=criterion.stage, group=criterion.group,
            figure=FigureOut.of(finding.figure, language), year=finding.year,
            level=criterion.level, low_is_better=criterion.low_is_better, score=finding.score,
        )  # fmt: skip


class ClusterProfileOut(BaseModel):
    """点线网 and the four stages of one year, from 0 to 1; `aim` is the stage to work at.

    `known`: of how many criteria each rests on data, and how many there are.
    """

    year: int
    groups: dict[str, float | None]
    stages: dict[str, float | None]
    known: dict[str, tuple[int, int]]
    aim: Stage | None
    findings: list[FindingOut]
    missing: list[FindingOut]

    @classmethod
    def of(cls, profile: Profile, language: str) -> ClusterProfileOut:
        parts: tuple[Group | Stage, ...] = (*profile.groups, *profile.stages)
        return cls(
            year=profile.year,
            groups={one.value: score for one, score in profile.groups.items()},
            stages={one.value: score for one, score in profile.stages.items()},
            known={one.value: profile.known(one) for one in parts},
            aim=profile.aim,
            findings=[FindingOut.of(one, language) for one in profile.findings],
            missing=[FindingOut.of(one, language) for one in profile.missing],
        )


class AnnualOut(BaseModel):
    """One item of the yearly report; without `origin` it is a gap."""

    code: str
    part: str
    title: str
    unit: str
    level: str
    source: str
    figure: FigureOut
    origin: str | None

    @classmethod
    def of(cls, entry: Entry, language: str) -> AnnualOut:
        item = entry.item
        return cls(
            code=item.code, part=item.part.said(language), title=item.title.said(language),
            unit=item.unit, level=item.level, source=item.source.said(language),
            figure=FigureOut.of(entry.figure, language),
            origin=entry.origin.said(language) if entry.origin else None,
        )  # fmt: skip


class NamedOut(BaseModel):
    """A cluster by name."""

    id: str
    name: str
    name_en: str


class PeersOut(BaseModel):
    """Where the cluster stands among all others; percentiles: 100 is the good end."""

    clusters: int
    percentiles: dict[str, float | None]
    nearest: list[NamedOut]


class AuditOut(BaseModel):
    """The whole audit of one cluster and year."""

    basis: BasisOut
    coverage: CoverageOut
    layers: list[LayerOut]
    years: list[int]
    course: list[ClusterProfileOut]
    group_titles: dict[str, str]
    stage_titles: dict[str, str]
    peers: PeersOut
    annual: list[AnnualOut]
    annual_year: int
    annual_deadline: str | None

    @classmethod
    def of(cls, audit: Audit, language: str) -> AuditOut:
        layers = [
            LayerOut(
                layer=channel,
                title=CHANNEL_TITLES[channel].said(language),
                figures={name: FigureOut.of(one, language) for name, one in figures.items()},
                series={
                    name: [FigureOut.of(one, language) for one in values]
                    for name, values in audit.series[channel].items()
                },
            )
            for channel, figures in audit.layers.items()
        ]
        standing = audit.standing
        nearest = [NamedOut(id=a, name=b, name_en=c) for a, b, c in standing.nearest]
        return cls(
            basis=BasisOut.of(audit.basis),
            coverage=CoverageOut.model_validate(audit.coverage),
            layers=layers,
            years=list(audit.years),
            course=[ClusterProfileOut.of(one, language) for one in audit.course],
            group_titles={one.value: text.said(language) for one, text in GROUP_TITLES.items()},
            stage_titles={one.value: text.said(language) for one, text in STAGE_TITLES.items()},
            peers=PeersOut(
                clusters=standing.clusters, percentiles=standing.percentiles, nearest=nearest
            ),
            annual=[AnnualOut.of(one, language) for one in audit.annual],
            annual_year=audit.annual_year,
            annual_deadline=audit.deadline,
        )


class BenchmarkRowOut(BaseModel):
    """One cluster among all; percentiles: 100 is the good end."""

    cluster: NamedOut
    members: int
    figures: dict[str, FigureOut]
    percentiles: dict[str, float | None]
    peers: list[str]


class BenchmarkOut(BaseModel):
    """All clusters of one layer and year; `titles` of the figures compared."""

    layer: Channel
    year: int
    snapshot: int
    as_of: str
    titles: dict[str, str]
    items: list[BenchmarkRowOut]

    @classmethod
    def of(cls, found: Benchmark, language: str, only: str | None = None) -> BenchmarkOut:
        """`only` keeps one cluster and its peers."""
        near = next((row.peers for row in found.rows if row.id == only), ())
        rows = [row for row in found.rows if only is None or row.id == only or row.id in near]
        return cls(
            layer=found.channel, year=found.year, snapshot=found.snapshot, as_of=found.as_of,
            titles={name: INDICATORS[name][0].title.said(language) for name in COMPARED},
            items=[
                BenchmarkRowOut(
                    cluster=NamedOut(id=row.id, name=row.name, name_en=row.name_en),
                    members=row.standing.members,
                    figures={
                        name: FigureOut.of(figure, language)
                        for name, figure in row.standing.figures.items()
                    },
                    percentiles=row.standing.percentiles,
                    peers=list(row.peers),
                )
                for row in rows
            ],
        )  # fmt: skip
