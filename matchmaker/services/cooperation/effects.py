"""What introductions brought about: the funnel, and the effect against pairs held out by chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from matchmaker.access import Principal
from matchmaker.domain import GoalName, Layer
from matchmaker.services.repositories import Repositories
from matchmaker.snapshot.load import SnapshotReader
from matchmaker.store.ports import GraphStore, iterate
from matchmaker.workflow.interactions import Assignment, InteractionKind
from matchmaker.workflow.introduction import ACTIVE, Introduction, Origin, State
from matchmaker.workflow.statistics import Difference, Share, middle

# The figures by which the field counts success, before and after.
MISSION = (
    "sales_outside_province_share", "new_product_sales_share", "unit_cost_index", "inventory_days",
)  # fmt: skip
_MAX_NEIGHBOURS = 1000
_OPENED = frozenset({*ACTIVE, State.COMPLETED, State.ENDED})


@dataclass(frozen=True, slots=True)
class Funnel:
    """How far the introductions of one goal came; each count includes those after it.

    `shown`, `clicked` and `requested` count what was seen before an introduction.
    `hours_to_answer` is the median from the proposal to both sides' or a no.
    """

    goal: GoalName
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
    hours_to_answer: float | None = None
    reasons: tuple[tuple[str, int], ...] = ()

    @property
    def acceptance(self) -> Share:
        """Accepted of proposed, with Wilson's interval."""
        return Share(self.accepted, self.proposed)

    @property
    def completion(self) -> Share:
        """Completed of proposed."""
        return Share(self.completed, self.proposed)


@dataclass(frozen=True, slots=True)
class Exposure:
    """How often one organisation was shown and proposed."""

    organization: str
    name: str
    shown: int
    proposed: int


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """A reported figure of the members: medians of the last year before and the newest after.

    A comparison in time, of those who reported both; never by itself an effect.
    """

    indicator: str
    unit: str
    organizations: int
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class Effect:
    """What became of pairs proposed and of pairs that chance held out, in one cluster.

    `tied` compares the shares that have a tie in the graph dated after the day on
    which chance decided: all treated pairs, whether they accepted or not
    (intention to treat).
    """

    cluster: str
    funnel: tuple[Funnel, ...]
    tied: Difference
    new_ties: int
    mission: tuple[BeforeAfter, ...] = ()
    since: datetime | None = None
    exposure: tuple[Exposure, ...] = field(default=())

    @property
    def verdict(self) -> str:
        """What may be said: `no_holdout`, `too_few`, `no_difference`, `more` or `fewer`."""
        if not self.tied.held_out.total:
            return "no_holdout"
        if min(self.tied.treated.total, self.tied.held_out.total) < _ENOUGH:
            return "too_few"
        if not self.tied.says_something:
            return "no_difference"
        return "more" if (self.tied.value or 0) > 0 else "fewer"


_ENOUGH = 10


class Effects:
    """Use cases of measuring. A cluster's figures are its coordinators' alone."""

    def __init__(
        self, store: GraphStore, repositories: Repositories, reader: SnapshotReader
    ) -> None:
        self._store = store
        self._reader = reader
        self._repositories = repositories

    def funnel(self, principal: Principal, cluster_id: str) -> tuple[Funnel, ...]:
        """One funnel for each goal that was proposed. Raises NotAllowed, NotFound."""
        principal.require_coordinator(cluster_id)
        return self._funnels(self._store.cluster(cluster_id).id)

    def effect(self, principal: Principal, cluster_id: str) -> Effect:
        """The whole measurement. Raises NotAllowed, NotFound."""
        principal.require_coordinator(cluster_id)
        cluster = self._store.cluster(cluster_id).id
        assignments = list(self._repositories.assignments.values("cluster", cluster))
        treated = [one for one in assignments if not one.held]
        held = [one for one in assignments if one.held]
        completed = [
            one
            for one in self._repositories.introductions.values("cluster", cluster)
            if one.state is State.COMPLETED
        ]
        return Effect(
            cluster=cluster,
            funnel=self._funnels(cluster),
            tied=Difference(self._tied(treated), self._tied(held)),
            new_ties=len({frozenset((one.seeker, one.candidate)) for one in completed}),
            mission=self._mission(completed),
            since=min((one.at for one in assignments), default=None),
            exposure=self._exposure(cluster),
        )

    # -- the parts

    def _funnels(self, cluster: str) -> tuple[Funnel, ...]:
        by_goal: dict[GoalName, list[Introduction]] = {}
        for one in self._repositories.introductions.values("cluster", cluster):
            by_goal.setdefault(one.goal, []).append(one)
        members = self._member_ids(cluster)
        shown: Counter[GoalName] = Counter()
        clicked: Counter[GoalName] = Counter()
        for member in members:
            for trace in self._repositories.traces.values("seeker", member):
                if trace.goal is None:
                    continue  # saved or dismissed, for nobody knows what
                if trace.kind is InteractionKind.IMPRESSION:
                    shown[trace.goal] += len(trace.shown)
                elif trace.kind is InteractionKind.CLICK:
                    clicked[trace.goal] += 1
        goals = sorted({*by_goal, *shown})
        return tuple(
            funnel_of(goal, by_goal.get(goal, []), shown[goal], clicked[goal]) for goal in goals
        )

    def _member_ids(self, cluster: str) -> list[str]:
        return [one.id for one in iterate(lambda after: self._store.members(cluster, after, 500))]

    def _tied(self, assignments: Iterable[Assignment]) -> Share:
        """How many pairs have a tie or engagement that began after they were assigned."""
        total = tied = 0
        for one in assignments:
            total += 1
            tied += self._has_tie_since(one)
        return Share(tied, total)

    def _has_tie_since(self, one: Assignment) -> bool:
        around = self._store.neighborhood(one.seeker, 1, _MAX_NEIGHBOURS)
        pair, day = {one.seeker, one.candidate}, one.at.date()
        for tie in around.ties:
            together = {tie.source, tie.target} == pair and tie.layer is not Layer.COMPETES_WITH
            if together and tie.since is not None and tie.since >= day:
                return True
        return any(
            pair <= {part.organization for part in engagement.participants}
            and engagement.date is not None
            and engagement.date >= day
            for engagement in around.engagements
        )

    def _mission(self, completed: list[Introduction]) -> tuple[BeforeAfter, ...]:
        first: dict[str, int] = {}
        for one in completed:
            year = one.created.year
            for party in (one.seeker, one.candidate):
                first[party] = min(first.get(party, year), year)
        if not first:
            return ()
        reported: dict[str, dict[str, dict[int, float]]] = {}
        units: dict[str, str] = {}
        for seen in self._reader.current().observations.to_pylist():
            if seen["subject"] not in first:
                continue
            of = reported.setdefault(seen["indicator"], {})
            of.setdefault(seen["subject"], {})[seen["year"]] = seen["value"]
            units[seen["indicator"]] = seen["unit"]
        found = []
        for indicator in MISSION:
            pairs = [
                (values[max(before)], values[max(after)])
                for subject, values in reported.get(indicator, {}).items()
                if (before := [year for year in values if year < first[subject]])
                and (after := [year for year in values if year >= first[subject]])
            ]
            found.append(
                BeforeAfter(
                    indicator,
                    units.get(indicator, ""),
                    len(pairs),
                    middle([one for one, _ in pairs]),
                    middle([two for _, two in pairs]),
                )
            )
        return tuple(found)

    def _exposure(self, cluster: str) -> tuple[Exposure, ...]:
        shown: Counter[str] = Counter()
        for member in self._member_ids(cluster):
            for trace in self._repositories.traces.values("seeker", member):
                if trace.goal is None:
                    continue  # saved or dismissed, for nobody knows what
                if trace.kind is InteractionKind.IMPRESSION:
                    shown.update(one.candidate for one in trace.shown)
        proposed = Counter(
            one.candidate for one in self._repositories.introductions.values("cluster", cluster)
        )
        most = sorted({*shown, *proposed}, key=lambda one: (-proposed[one], -shown[one], one))[:50]
        names = self._store.organizations_by_id(most)
        return tuple(
            Exposure(one, names[one].name if one in names else "", shown[one], proposed[one])
            for one in most
        )


def funnel_of(
    goal: GoalName, introductions: Iterable[Introduction], shown: int = 0, clicked: int = 0
) -> Funnel:
    """Counts of how far each came, by the states that it went through."""
    counts: Counter[str] = Counter()
    hours: list[float] = []
    reasons: Counter[str] = Counter()
    for one in introductions:
        passed = {step.state for step in one.steps} | {one.state}
        counts["proposed"] += 1
        if one.answered is not None:
            counts["answered"] += 1
            hours.append((one.answered - one.created).total_seconds() / 3600)
        counts["accepted"] += bool(passed & _OPENED)
        counts["met"] += bool(passed & {State.MEETING, State.AGREED, State.DELIVERED})
        counts["agreed"] += bool(passed & {State.AGREED, State.DELIVERED})
        counts["delivered"] += State.DELIVERED in passed
        counts["completed"] += one.state is State.COMPLETED
        counts["declined"] += one.state is State.DECLINED
        counts["expired"] += one.state is State.EXPIRED
        # What members asked for by themselves is counted, not read.
        if one.state is State.DECLINED and one.origin is not Origin.MEMBER:
            reasons[one.steps[-1].reason] += 1
    return Funnel(
        goal=goal,
        shown=shown,
        clicked=clicked,
        hours_to_answer=middle(hours),
        reasons=tuple(reasons.most_common(10)),
        **counts,
    )
