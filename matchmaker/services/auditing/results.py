"""Results of audits: figures with the names of those they speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matchmaker.audit.annual import AnnualEntry
from matchmaker.audit.benchmark import COMPARED
from matchmaker.audit.coverage import Coverage
from matchmaker.audit.figures import GROUP_TITLES, Figure, Group
from matchmaker.audit.gatherings import Circle
from matchmaker.audit.indicators import INDICATORS
from matchmaker.audit.priorities import Gatekeeper, KeyMember, NetworkSummary
from matchmaker.audit.profile import CHANNEL_TITLES, STAGE_TITLES, ClusterProfile, ClusterStage
from matchmaker.audit.ties import Channel
from matchmaker.domain import GoalName, NamedOrganization
from matchmaker.messages import Message


@dataclass(frozen=True, slots=True)
class NamedCluster:
    """A cluster as an audit names it."""

    id: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Basis:
    """The ground of every figure: the cluster, the year, and the snapshot with its date."""

    cluster: str
    name: str
    name_en: str
    year: int
    members: int
    snapshot: int
    as_of: str


@dataclass(frozen=True, slots=True)
class LayerAudit:
    """All indicators of one layer and year, and the followed ones of five years, oldest first."""

    layer: Channel
    figures: dict[str, Figure]
    series: dict[str, tuple[Figure, ...]]

    @property
    def title(self) -> Message:
        """The name of the layer."""
        return CHANNEL_TITLES[self.layer]


@dataclass(frozen=True, slots=True)
class Audit:
    """The whole audit of one cluster and year.

    `course` are the profiles of the five years of the layers' series. `annual` are the
    items of the yearly report of `annual_year`, due by `annual_deadline`.
    """

    basis: Basis
    coverage: Coverage
    layers: tuple[LayerAudit, ...]
    years: tuple[int, ...]
    course: tuple[ClusterProfile, ...]
    annual: tuple[AnnualEntry, ...]
    annual_year: int
    annual_deadline: str | None
    peers: Peers

    def layer(self, channel: Channel) -> LayerAudit:
        """One of the layers."""
        return next(layer for layer in self.layers if layer.layer is channel)

    @property
    def group_titles(self) -> Mapping[Group, Message]:
        """Names of the groups of the course."""
        return GROUP_TITLES

    @property
    def stage_titles(self) -> Mapping[ClusterStage, Message]:
        """Names of the stages of the course."""
        return STAGE_TITLES


@dataclass(frozen=True, slots=True)
class Peers:
    """One cluster among all, in all cooperation: `clusters` is how many were compared."""

    figures: dict[str, Figure]
    percentiles: dict[str, float | None]
    clusters: int
    nearest: tuple[NamedCluster, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A tie to make: who, for what, why it matters, why it is feasible, before and after."""

    asker: NamedOrganization
    partner: NamedOrganization
    goal: GoalName
    feasibility: float
    effect: float
    priority: float
    joins: tuple[int, int] | None
    steps_before: int | None
    relieves: tuple[NamedOrganization, ...]
    reasons: tuple[Message, ...]
    before: NetworkSummary
    after: NetworkSummary


@dataclass(frozen=True, slots=True)
class PartnerOption:
    """Somebody with partners who could bring an isolate in, for which goal and how feasibly."""

    organization: NamedOrganization
    goal: GoalName
    feasibility: float


@dataclass(frozen=True, slots=True)
class Isolate:
    """A member without a partner, and who could bring it in."""

    organization: NamedOrganization
    options: tuple[PartnerOption, ...]


@dataclass(frozen=True, slots=True)
class PooledNeed:
    """One need of a brief: whose, its id, its text."""

    organization: NamedOrganization
    need: str
    text: str


@dataclass(frozen=True, slots=True)
class Brief:
    """Needs to pool, and labs that could answer them all."""

    goal: GoalName
    likeness: float
    needs: tuple[PooledNeed, ...]
    labs: tuple[NamedOrganization, ...]


@dataclass(frozen=True, slots=True)
class NearIndustry:
    """An industry of another cluster that is near to this one's; `density` as in the audit."""

    name: str
    name_en: str
    density: float


@dataclass(frozen=True, slots=True)
class TieAcross:
    """A member, somebody of another cluster, and how feasible a tie between them is."""

    member: NamedOrganization
    partner: NamedOrganization
    feasibility: float


@dataclass(frozen=True, slots=True)
class ClusterOpening:
    """Another cluster to open to, see `audit.gatherings.Opening`, and the first ties to make."""

    cluster: NamedCluster
    relatedness: float
    members: int
    ties: int
    nearest: tuple[NearIndustry, ...]
    ties_to_make: tuple[TieAcross, ...]


@dataclass(frozen=True, slots=True)
class Worklist:
    """Next steps for a coordinator."""

    basis: Basis
    items: tuple[Suggestion, ...]
    key_members: tuple[KeyMember[NamedOrganization], ...]
    isolates: tuple[Isolate, ...]
    gatekeepers: tuple[Gatekeeper[NamedOrganization], ...]
    circles: tuple[Circle[NamedOrganization], ...]
    briefs: tuple[Brief, ...]
    openings: tuple[ClusterOpening, ...]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A network before and after some ties."""

    basis: Basis
    ties: int
    before: NetworkSummary
    after: NetworkSummary


@dataclass(frozen=True, slots=True)
class BenchmarkRow:
    """One cluster among all; percentiles: 100 is the good end, `peers` are ids."""

    cluster: NamedCluster
    members: int
    figures: dict[str, Figure]
    percentiles: dict[str, float | None]
    peers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """All clusters of a year and layer side by side."""

    layer: Channel
    year: int
    snapshot: int
    as_of: str
    rows: tuple[BenchmarkRow, ...]

    @property
    def titles(self) -> Mapping[str, Message]:
        """Names of the figures that are compared."""
        return {name: INDICATORS[name][0].title for name in COMPARED}
