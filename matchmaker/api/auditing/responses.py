"""Shapes of answers about clusters: what services give, messages in the reader's words."""

from __future__ import annotations

from pydantic import AliasPath, Field

from matchmaker.api.http.fields import Localised, RowOut
from matchmaker.audit.coverage import Coverage
from matchmaker.audit.figures import Figure, Group
from matchmaker.audit.gatherings import Circle
from matchmaker.audit.indicators import INDICATORS
from matchmaker.audit.priorities import Gatekeeper, KeyMember
from matchmaker.audit.profile import ClusterStage
from matchmaker.audit.ties import Channel
from matchmaker.domain import NamedOrganization
from matchmaker.messages import Message
from matchmaker.services.auditing.results import (
    Basis,
    BenchmarkRow,
    Brief,
    ClusterOpening,
    Isolate,
    NamedCluster,
    Suggestion,
    WhatIf,
)


class DefinitionOut(Localised):
    """An indicator and how it is computed."""

    name: str
    group: Group
    group_title: Message
    title: Message
    unit: str
    better: str
    about: Message


class DefinitionList(Localised):
    """All indicators, in the order of the page."""

    items: list[DefinitionOut]

    @classmethod
    def all(cls, language: str) -> DefinitionList:
        """Of every indicator there is."""
        return cls.of({"items": [definition for definition, _ in INDICATORS.values()]}, language)


class LayerOut(Localised):
    """All indicators of one layer, and the followed ones over five years."""

    layer: Channel
    title: Message
    figures: dict[str, Figure]
    series: dict[str, list[Figure]]


class FindingOut(Localised):
    """A criterion of a stage: its figure, the level it is held to, and its score."""

    name: Message = Field(validation_alias=AliasPath("criterion", "name"))
    stage: ClusterStage = Field(validation_alias=AliasPath("criterion", "stage"))
    group: Group = Field(validation_alias=AliasPath("criterion", "group"))
    figure: Figure
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
    part: Message = Field(validation_alias=AliasPath("item", "part"))
    title: Message = Field(validation_alias=AliasPath("item", "title"))
    unit: Message = Field(validation_alias=AliasPath("item", "unit"))
    level: str = Field(validation_alias=AliasPath("item", "level"))
    source: Message = Field(validation_alias=AliasPath("item", "source"))
    figure: Figure
    origin: Message | None


class PeersOut(Localised):
    """The cluster's standing among all others; percentiles: 100 is the good end."""

    clusters: int
    percentiles: dict[str, float | None]
    nearest: list[NamedCluster]


class AuditOut(Localised):
    """The whole audit of one cluster and year."""

    basis: Basis
    coverage: Coverage
    layers: list[LayerOut]
    years: list[int]
    course: list[ClusterProfileOut]
    group_titles: dict[str, Message]
    stage_titles: dict[str, Message]
    peers: PeersOut
    annual: list[AnnualOut]
    annual_year: int
    annual_deadline: str | None


class BenchmarkOut(Localised):
    """All clusters of one layer and year; `titles` of the figures compared."""

    layer: Channel
    year: int
    snapshot: int
    as_of: str
    titles: dict[str, Message]
    items: list[BenchmarkRow] = Field(validation_alias="rows")


class WorklistOut(Localised):
    """A worklist: the ties, members and briefs with which a cluster should go on."""

    basis: Basis
    items: list[Suggestion]
    key_members: list[KeyMember[NamedOrganization]]
    isolates: list[Isolate]
    gatekeepers: list[Gatekeeper[NamedOrganization]]
    circles: list[Circle[NamedOrganization]]
    briefs: list[Brief]
    openings: list[ClusterOpening]


class WhatIfOut(RowOut[WhatIf]):
    """The network before and after some ties."""
