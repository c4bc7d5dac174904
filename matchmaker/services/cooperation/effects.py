"""Effects of introductions: the funnel, and the effect against pairs held out by chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import permutations, starmap

from matchmaker.access import Principal
from matchmaker.domain import RIVAL_LAYERS, GoalName
from matchmaker.services.cooperation.cluster_changes import led_to_tie
from matchmaker.services.directory.opted_out import OptedOut
from matchmaker.services.repositories import Repositories
from matchmaker.snapshot.load import SnapshotReader
from matchmaker.store.ports import GraphStore, iterate
from matchmaker.workflow.interactions import Assignment, Interaction, InteractionKind
from matchmaker.workflow.introduction import Introduction
from matchmaker.workflow.introduction_states import ACTIVE, Origin, State
from matchmaker.workflow.statistics import Difference, Share, middle

# The figures by which the field counts success, before and after.
MISSION = (
    "sales_outside_province_share", "new_product_sales_share", "unit_cost_index", "inventory_days",
)  # fmt: skip
_MAX_NEIGHBOURS = 1000
# Pairs on each side without which nothing is said.
_ENOUGH = 10
_OPENED = frozenset({*ACTIVE, State.COMPLETED, State.ENDED})


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """A reason for declining and how often it was given."""

    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """Counts of introductions of one goal by how far they came; each count includes those after it.

    `shown` and `clicked` count what was seen before an introduction; `acceptance` and
    `completion` are shares of those proposed; `hours_to_answer` is the median from the
    proposal to both sides' yes or a no.
    """

    goal: GoalName
    acceptance: Share
    completion: Share
    hours_to_answer: float | None
    reasons: tuple[ReasonCount, ...]
    shown: int = 0
    clicked: int = 0
    proposed: int = 0
    answered: int = 0
    accepted: int = 0
    met: int = 0
    agreed: int = 0
    delivered: int = 0
    completed: int = 0
    declined: int = 0
    expired: int = 0


@dataclass(frozen=True, slots=True)
class Exposure:
    """Counts of how often an organisation was shown and proposed."""

    organization: str
    name: str = ""
    shown: int = 0
    proposed: int = 0


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """A reported figure: medians of the last year before and the newest year after.

    A comparison in time, of the members who reported both; never by itself an effect.
    """

    indicator: str
    unit: str
    organizations: int
    before: float | None
    after: float | None


class Verdict(StrEnum):
    """The conclusion that the figures of an effect allow."""

    NO_HOLDOUT = "no_holdout"
    TOO_FEW = "too_few"
    NO_DIFFERENCE = "no_difference"
    MORE = "more"
    FEWER = "fewer"


@dataclass(frozen=True, slots=True)
class Effect:
    """Outcomes of pairs proposed and of pairs that chance held out, in one cluster.

    `tied` compares the shares that have a tie in the graph dated after the day on
    which chance decided: all treated pairs, whether they accepted or not
    (intention to treat). `new_ties` are pairs that completed an introduction to more than an
    exchange of knowledge, and had no tie before it.
    """

    cluster: str
    funnel: tuple[Funnel, ...]
    tied: Difference
    new_ties: int
    mission: tuple[BeforeAfter, ...] = ()
    since: datetime | None = None
    exposure: tuple[Exposure, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The conclusion about cause that the figures allow."""
        if not self.tied.held_out.total:
            return Verdict.NO_HOLDOUT
        if min(self.tied.treated.total, self.tied.held_out.total) < _ENOUGH:
            return Verdict.TOO_FEW
        if not self.tied.says_something:
            return Verdict.NO_DIFFERENCE
        return Verdict.MORE if (self.tied.value or 0) > 0 else Verdict.FEWER


@dataclass(frozen=True, slots=True)
class Effects:
    """Use cases of measuring. A cluster's figures are its coordinators' alone.

    Of candidates who opted out only those are named whom the coordinator finds.
    """

    store: GraphStore
    repositories: Repositories
    reader: SnapshotReader
    opted_out: OptedOut

    def funnel(self, principal: Principal, cluster_id: str) -> tuple[Funnel, ...]:
        """One funnel for each goal that was proposed. Raises NotAllowed, NotFound."""
        principal.require_coordinator(cluster_id)
        return self._funnels(self.store.cluster(cluster_id).id)

    def effect(self, principal: Principal, cluster_id: str) -> Effect:
        """The whole measurement. Raises NotAllowed, NotFound."""
        principal.require_coordinator(cluster_id)
        cluster = self.store.cluster(cluster_id).id
        assignments = list(self.repositories.assignments.values("cluster", cluster))
        treated = [assignment for assignment in assignments if not assignment.held]
        held_out = [assignment for assignment in assignments if assignment.held]
        completed = [
            introduction
            for introduction in self.repositories.introductions.values("cluster", cluster)
            if introduction.state is State.COMPLETED
        ]
        return Effect(
            cluster=cluster,
            funnel=self._funnels(cluster),
            tied=Difference(self._tied(treated), self._tied(held_out)),
            new_ties=self._new_ties(completed),
            mission=self._mission(completed),
            since=min((assignment.at for assignment in assignments), default=None),
            exposure=self._exposure(principal, cluster),
        )

    # -- the parts

    def _funnels(self, cluster: str) -> tuple[Funnel, ...]:
        by_goal: dict[GoalName, list[Introduction]] = {}
        for introduction in self.repositories.introductions.values("cluster", cluster):
            by_goal.setdefault(introduction.goal, []).append(introduction)
        shown: Counter[GoalName] = Counter()
        clicked: Counter[GoalName] = Counter()
        for interaction in self._interactions(cluster):
            if interaction.goal is None:
                continue  # saved or dismissed, nobody said what for
            if interaction.kind is InteractionKind.IMPRESSION:
                shown[interaction.goal] += len(interaction.shown)
            elif interaction.kind is InteractionKind.CLICK:
                clicked[interaction.goal] += 1
        goals = sorted({*by_goal, *shown})
        return tuple(
            funnel_of(goal, by_goal.get(goal, []), shown[goal], clicked[goal]) for goal in goals
        )

    def _interactions(self, cluster: str) -> Iterator[Interaction]:
        """Interactions of a cluster's members: what they were shown and did."""
        for member in iterate(lambda after: self.store.members(cluster, after, 500)):
            yield from self.repositories.interactions.values("seeker", member.id)

    def _tied(self, assignments: Sequence[Assignment]) -> Share:
        """The share of pairs with a tie or engagement that began after they were assigned."""
        return Share.of(sum(map(self._has_tie_since, assignments)), len(assignments))

    def _has_tie_since(self, assignment: Assignment) -> bool:
        around = self.store.neighborhood(assignment.seeker, 1, _MAX_NEIGHBOURS)
        pair, day = {assignment.seeker, assignment.candidate}, assignment.at.date()
        return any(
            {tie.source, tie.target} == pair
            and tie.layer not in RIVAL_LAYERS
            and tie.since is not None
            and tie.since >= day
            for tie in around.ties
        ) or any(
            pair <= {part.organization for part in engagement.participants}
            and engagement.date is not None
            and engagement.date >= day
            for engagement in around.engagements
        )

    def _new_ties(self, completed: Sequence[Introduction]) -> int:
        """Count pairs of whom a tie came, as a cluster's page does: none that had one before."""
        asked: dict[frozenset[str], date] = {}
        for introduction in filter(led_to_tie, completed):
            pair = frozenset((introduction.seeker, introduction.candidate))
            asked[pair] = min(asked.get(pair, date.max), introduction.created.date())
        between = self.store.between([both for pair in asked for both in permutations(pair, 2)])
        dated = [
            *((tie.since, {tie.source, tie.target}) for tie in between.ties
              if tie.layer not in RIVAL_LAYERS),
            *((engagement.date, {part.organization for part in engagement.participants})
              for engagement in between.engagements),
        ]  # fmt: skip
        return sum(
            not any(pair <= parties and (since is None or since < day) for since, parties in dated)
            for pair, day in asked.items()
        )

    def _mission(self, completed: list[Introduction]) -> tuple[BeforeAfter, ...]:
        first: dict[str, int] = {}
        for introduction in completed:
            year = introduction.created.year
            for party in (introduction.seeker, introduction.candidate):
                first[party] = min(first.get(party, year), year)
        if not first:
            return ()
        # By indicator and organisation: the value of each year.
        reported: dict[str, dict[str, dict[int, float]]] = {}
        units: dict[str, str] = {}
        for row in self.reader.current().observations.to_pylist():
            if row["subject"] in first:
                by_subject = reported.setdefault(row["indicator"], {})
                by_subject.setdefault(row["subject"], {})[row["year"]] = row["value"]
                units[row["indicator"]] = row["unit"]
        figures = []
        for indicator in MISSION:
            pairs = [
                (values[max(before)], values[max(after)])
                for subject, values in reported.get(indicator, {}).items()
                if (before := [year for year in values if year < first[subject]])
                and (after := [year for year in values if year >= first[subject]])
            ]
            medians = (middle([old for old, _ in pairs]), middle([new for _, new in pairs]))
            figures.append(BeforeAfter(indicator, units.get(indicator, ""), len(pairs), *medians))
        return tuple(figures)

    def _exposure(self, principal: Principal, cluster: str) -> tuple[Exposure, ...]:
        shown = Counter(
            candidate.candidate
            for interaction in self._interactions(cluster)
            if interaction.kind is InteractionKind.IMPRESSION
            for candidate in interaction.shown
        )
        proposed = Counter(
            introduction.candidate
            for introduction in self.repositories.introductions.values("cluster", cluster)
        )
        found = self.opted_out.those_found(principal, {*shown, *proposed})
        most = sorted(found, key=lambda id: (-proposed[id], -shown[id], id))[:50]
        organizations = self.store.organizations_by_id(most)
        names = {id: organization.name for id, organization in organizations.items()}
        return tuple(Exposure(id, names.get(id, ""), shown[id], proposed[id]) for id in most)


def funnel_of(
    goal: GoalName, introductions: Iterable[Introduction], shown: int = 0, clicked: int = 0
) -> Funnel:
    """Counts of how far each came, by the states that it went through."""
    counts: Counter[str] = Counter()
    hours: list[float] = []
    reasons: Counter[str] = Counter()
    for introduction in introductions:
        state = introduction.state
        passed = {step.state for step in introduction.steps} | {state}
        counts["proposed"] += 1
        if introduction.answered is not None:
            counts["answered"] += 1
            hours.append((introduction.answered - introduction.created).total_seconds() / 3600)
        counts["accepted"] += bool(passed & _OPENED)
        counts["met"] += bool(passed & {State.MEETING, State.AGREED, State.DELIVERED})
        counts["agreed"] += bool(passed & {State.AGREED, State.DELIVERED})
        counts["delivered"] += State.DELIVERED in passed
        counts["completed"] += state is State.COMPLETED
        counts["declined"] += state is State.DECLINED
        counts["expired"] += state is State.EXPIRED
        # What members asked for by themselves is counted, not read.
        if state is State.DECLINED and introduction.origin is not Origin.MEMBER:
            reasons[introduction.steps[-1].reason] += 1
    return Funnel(
        goal=goal,
        shown=shown,
        clicked=clicked,
        acceptance=Share.of(counts["accepted"], counts["proposed"]),
        completion=Share.of(counts["completed"], counts["proposed"]),
        hours_to_answer=middle(hours),
        reasons=tuple(starmap(ReasonCount, reasons.most_common(10))),
        **counts,
    )
