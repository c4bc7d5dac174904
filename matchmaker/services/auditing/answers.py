"""What audits answer: figures with the names of those they speak of."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.audit import gatherings
from matchmaker.audit import worklist as work
from matchmaker.audit.annual import Entry
from matchmaker.audit.benchmark import Standing
from matchmaker.audit.coverage import Coverage
from matchmaker.audit.figures import Figure
from matchmaker.audit.profile import Profile
from matchmaker.audit.ties import Channel
from matchmaker.domain import GoalName, Kind
from matchmaker.recommend.model import Reason


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation as an audit names it."""

    id: str
    name: str
    name_en: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Basis:
    """What every figure rests on: the cluster, the year, and the snapshot with its date."""

    cluster: str
    name: str
    name_en: str
    year: int
    members: int
    snapshot: int
    as_of: str


@dataclass(frozen=True, slots=True)
class Audit:
    """The whole audit of one cluster and year.

    `layers` are all indicators of the year, `series` the followed ones of five
    years, the oldest first, `course` the profiles of the same years. `annual` are
    the items of the yearly report of `annual_year`, due by `deadline`.
    """

    basis: Basis
    coverage: Coverage
    layers: dict[Channel, dict[str, Figure]]
    years: tuple[int, ...]
    series: dict[Channel, dict[str, tuple[Figure, ...]]]
    course: tuple[Profile, ...]
    annual: tuple[Entry, ...]
    annual_year: int
    deadline: str | None
    standing: Peers


@dataclass(frozen=True, slots=True)
class Peers:
    """One cluster among all, in all cooperation: `clusters` is how many were compared."""

    figures: dict[str, Figure]
    percentiles: dict[str, float | None]
    clusters: int
    nearest: tuple[tuple[str, str, str], ...]  # id, name, English name


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A tie of the worklist with those it joins, and the recommender's reasons."""

    asker: Party
    partner: Party
    goal: GoalName
    feasibility: float
    item: work.WorkItem
    relieves: tuple[Party, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Bringing:
    """An isolate and who could bring it in, for which goal and how feasibly."""

    isolate: Party
    options: tuple[tuple[Party, GoalName, float], ...]


@dataclass(frozen=True, slots=True)
class KeyParty:
    """A member whose leaving would part the network, see `audit.worklist.KeyMember`."""

    party: Party
    key: work.KeyMember


@dataclass(frozen=True, slots=True)
class LoadedParty:
    """A gatekeeper who carries much, see `audit.worklist.Gatekeeper`."""

    party: Party
    load: work.Gatekeeper


@dataclass(frozen=True, slots=True)
class CircleOfFirms:
    """Firms that could form a circle, see `audit.gatherings.Circle`."""

    members: tuple[Party, ...]
    circle: gatherings.Circle


@dataclass(frozen=True, slots=True)
class Brief:
    """Needs to pool: their texts with who posted them, and labs that could answer them all."""

    goal: GoalName
    needs: tuple[tuple[Party, str, str], ...]  # who, statement id, text
    labs: tuple[tuple[Party, float], ...]
    likeness: float


@dataclass(frozen=True, slots=True)
class OpeningTo:
    """Another cluster to open to: its nearest industries, and the first ties to make with it.

    A tie is a member, somebody of the other cluster, and how feasible it is.
    """

    id: str
    name: str
    name_en: str
    opening: gatherings.Opening
    industries: tuple[tuple[str, str, float], ...]  # name, English name, density
    ties: tuple[tuple[Party, Party, float], ...]


@dataclass(frozen=True, slots=True)
class Worklist:
    """What a coordinator could do next."""

    basis: Basis
    items: tuple[Suggestion, ...]
    key_members: tuple[KeyParty, ...]
    isolates: tuple[Bringing, ...]
    gatekeepers: tuple[LoadedParty, ...]
    circles: tuple[CircleOfFirms, ...]
    briefs: tuple[Brief, ...]
    openings: tuple[OpeningTo, ...]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A network before and after some ties."""

    basis: Basis
    ties: int
    before: work.Standing
    after: work.Standing


@dataclass(frozen=True, slots=True)
class Row:
    """One cluster of the benchmark."""

    id: str
    name: str
    name_en: str
    standing: Standing
    peers: tuple[str, ...]

    def percentile_of(self, name: str) -> float | None:
        """Where it stands by one figure."""
        return self.standing.percentiles[name]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """All clusters of a year and layer side by side."""

    channel: Channel
    year: int
    snapshot: int
    as_of: str
    rows: tuple[Row, ...]
