"""What answers about clusters carry, in the reader's language."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AliasPath, BeforeValidator, Field, ValidationInfo

from matchmaker.api.http.fields import Outgoing
from matchmaker.audit.figures import Group
from matchmaker.audit.indicators import INDICATORS
from matchmaker.audit.profile import ClusterStage
from matchmaker.audit.ties import Channel
from matchmaker.domain import GoalName, Kind
from matchmaker.messages import SOURCE, text_of


def _in_language(text: object, info: ValidationInfo) -> str:
    return text_of(text, (info.context or {}).get("language", SOURCE))


Words = Annotated[str, BeforeValidator(_in_language)]


class Localised(Outgoing):
    """Read from attributes; messages become words of the reader's language."""

    @classmethod
    def of(cls, value: object, language: str) -> Self:
        """The answer in a language."""
        return cls.model_validate(value, context={"language": language})


class FigureOut(Localised):
    """A value with its bounds, what chance would give, or why there is no value."""

    value: float | None
    low: float | None
    high: float | None
    expected: float | None
    expected_low: float | None
    expected_high: float | None
    z: float | None
    because: Words | None


class DefinitionOut(Localised):
    """An indicator and how it is computed."""

    name: str
    group: Group
    group_title: Words
    title: Words
    unit: str
    better: str
    about: Words


class DefinitionList(Localised):
    """All indicators, in the order of the page."""

    items: list[DefinitionOut]

    @classmethod
    def all(cls, language: str) -> DefinitionList:
        """Of every indicator there is."""
        return cls.of({"items": [definition for definition, _ in INDICATORS.values()]}, language)


class BasisOut(Localised):
    """The cluster, year, membership and snapshot that figures rest on."""

    cluster: str
    name: str
    name_en: str
    year: int
    members: int
    snapshot: int
    as_of: str


class CoverageOut(Localised):
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


class LayerOut(Localised):
    """All indicators of one layer, and the followed ones over five years."""

    layer: Channel
    title: Words
    figures: dict[str, FigureOut]
    series: dict[str, list[FigureOut]]


class FindingOut(Localised):
    """A criterion of a stage: its figure, the level it is held to, and its score."""

    name: Words = Field(validation_alias=AliasPath("criterion", "name"))
    stage: ClusterStage = Field(validation_alias=AliasPath("criterion", "stage"))
    group: Group = Field(validation_alias=AliasPath("criterion", "group"))
    figure: FigureOut
    year: int
    level: float = Field(validation_alias=AliasPath("criterion", "level"))
    low_is_better: bool = Field(validation_alias=AliasPath("criterion", "low_is_better"))
    score: float | None


class ClusterProfileOut(Localised):
    """点线网 and the four stages of one year, from 0 to 1; `aim` is the stage to work at.

    `known`: of how many criteria each rests on data, and how many there are.
    """

    year: int
    groups: dict[str, float | None]
    stages: dict[str, float | None]
    known: dict[str, tuple[int, int]]
    aim: ClusterStage | None
    findings: list[FindingOut]
    missing: list[FindingOut]


class AnnualOut(Localised):
    """One item of the yearly report; without `origin` it is a gap."""

    code: str = Field(validation_alias=AliasPath("item", "code"))
    part: Words = Field(validation_alias=AliasPath("item", "part"))
    title: Words = Field(validation_alias=AliasPath("item", "title"))
    unit: str = Field(validation_alias=AliasPath("item", "unit"))
    level: str = Field(validation_alias=AliasPath("item", "level"))
    source: Words = Field(validation_alias=AliasPath("item", "source"))
    figure: FigureOut
    origin: Words | None


class NamedClusterOut(Localised):
    """A cluster by name."""

    id: str
    name: str
    name_en: str


class PeersOut(Localised):
    """Where the cluster stands among all others; percentiles: 100 is the good end."""

    clusters: int
    percentiles: dict[str, float | None]
    nearest: list[NamedClusterOut]


class AuditOut(Localised):
    """The whole audit of one cluster and year."""

    basis: BasisOut
    coverage: CoverageOut
    layers: list[LayerOut]
    years: list[int]
    course: list[ClusterProfileOut]
    group_titles: dict[str, Words]
    stage_titles: dict[str, Words]
    peers: PeersOut
    annual: list[AnnualOut]
    annual_year: int
    annual_deadline: str | None


class BenchmarkRowOut(Localised):
    """One cluster among all; percentiles: 100 is the good end."""

    cluster: NamedClusterOut
    members: int
    figures: dict[str, FigureOut]
    percentiles: dict[str, float | None]
    peers: list[str]


class BenchmarkOut(Localised):
    """All clusters of one layer and year; `titles` of the figures compared."""

    layer: Channel
    year: int
    snapshot: int
    as_of: str
    titles: dict[str, Words]
    items: list[BenchmarkRowOut] = Field(validation_alias="rows")


class StandingOut(Localised):
    """A network in six figures."""

    fragmentation: float
    compactness: float
    giant_component: float
    isolates: int
    mean_degree: float
    cut_points: int


class NamedOrganizationOut(Localised):
    """An organisation by name."""

    id: str
    name: str
    name_en: str
    kind: Kind


class SuggestionOut(Localised):
    """A tie to make: who, for what, why it matters, why it is feasible, before and after."""

    asker: NamedOrganizationOut
    partner: NamedOrganizationOut
    goal: GoalName
    feasibility: float
    effect: float
    priority: float
    joins: tuple[int, int] | None
    steps_before: int | None
    relieves: list[NamedOrganizationOut]
    reasons: list[Words]
    before: StandingOut
    after: StandingOut


class KeyMemberOut(Localised):
    """A member whose leaving would part the network into `pieces`."""

    organization: NamedOrganizationOut
    pieces: list[int]
    fragmentation_before: float
    fragmentation_after: float


class OptionOut(Localised):
    """Who could bring an isolate in, and for what."""

    organization: NamedOrganizationOut
    goal: GoalName
    feasibility: float


class IsolateOut(Localised):
    """A member without a partner."""

    organization: NamedOrganizationOut
    options: list[OptionOut]


class GatekeeperOut(Localised):
    """A member through whom much of what is outside comes in."""

    organization: NamedOrganizationOut
    pairs: int
    share: float


class CircleOut(Localised):
    """Firms that do not compete and could meet regularly."""

    members: list[NamedOrganizationOut]
    industries: int
    pairs: int
    acquainted: int


class NeedToPoolOut(Localised):
    """One need of a brief."""

    organization: NamedOrganizationOut
    need: str
    text: str


class BriefOut(Localised):
    """Needs alike enough for one brief; `labs` could answer a common research need."""

    goal: GoalName
    likeness: float
    needs: list[NeedToPoolOut]
    labs: list[NamedOrganizationOut]


class NearIndustryOut(Localised):
    """An industry of another cluster that is near to this one's."""

    name: str
    name_en: str
    density: float


class TieAcrossOut(Localised):
    """A tie with another cluster."""

    member: NamedOrganizationOut
    partner: NamedOrganizationOut
    feasibility: float


class OpeningOut(Localised):
    """Another cluster to open to."""

    cluster: NamedClusterOut
    relatedness: float
    members: int
    ties: int
    nearest: list[NearIndustryOut]
    ties_to_make: list[TieAcrossOut]


class WorklistOut(Localised):
    """What to do next."""

    basis: BasisOut
    items: list[SuggestionOut]
    key_members: list[KeyMemberOut]
    isolates: list[IsolateOut]
    gatekeepers: list[GatekeeperOut]
    circles: list[CircleOut]
    briefs: list[BriefOut]
    openings: list[OpeningOut]


class WhatIfOut(Localised):
    """The network before and after some ties."""

    basis: BasisOut
    ties: int
    before: StandingOut
    after: StandingOut
