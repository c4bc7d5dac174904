"""Introductions proposed together: most mutual acceptances under everybody's slots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from matchmaker.access import ADMIN, Principal
from matchmaker.audit.ties import Channel
from matchmaker.domain import GoalName, Organization
from matchmaker.errors import InvalidInput, MatchmakerError
from matchmaker.goals import GOALS
from matchmaker.services.auditing.auditing import Auditing
from matchmaker.services.cooperation.capacity import Capacity
from matchmaker.services.cooperation.introductions import Introductions, Proposal
from matchmaker.services.matching.matching import Matching, Question
from matchmaker.services.repositories import Repositories, pair_id
from matchmaker.services.unit_of_work import Clock, UnitOfWork, retry_on_conflict
from matchmaker.store.documents import new_id
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.allocation import Options, allocate
from matchmaker.workflow.interactions import Assignment
from matchmaker.workflow.introduction import Action, Introduction
from matchmaker.workflow.statistics import is_held_out

MAX_PAIRS = 200
PER_SEEKER = 20
MAX_SEEKERS = 2_000
# A candidate in whose own list the seeker does not appear may still accept.
UNSEEN = 0.05
# Answers are counted as if there had been four before, half of them accepted.
_PRIOR = (2, 4)
_ANSWERS_READ = 100


@dataclass(frozen=True, slots=True)
class Planned:
    """A pair of a plan; `value` is the product of both sides' wish and readiness, in [0, 1]."""

    seeker: str
    candidate: str
    goal: GoalName
    value: float


@dataclass(frozen=True, slots=True)
class Batch:
    """What was proposed (or would be), out of how many options, and how unevenly.

    `exposure` counts how often each candidate was proposed, most first. Pairs that
    chance holds out are neither named nor proposed, only counted.
    """

    id: str
    planned: tuple[Planned, ...]
    introductions: tuple[str, ...]
    refused: tuple[tuple[Planned, str], ...]
    options: int
    held_out: int
    expected: float
    exposure: tuple[tuple[str, int], ...]


class Batches:
    """Use cases of proposing many introductions at once."""

    def __init__(
        self,
        store: GraphStore,
        repositories: Repositories,
        introductions: Introductions,
        capacity: Capacity,
        matching: Callable[[], Matching],
        auditing: Callable[[], Auditing],
        holdout: Callable[[], tuple[str, float]],
        clock: Clock,
    ) -> None:
        self._store = store
        self._repositories = repositories
        self._introductions = introductions
        self._capacity = capacity
        self._matching = matching
        self._auditing = auditing
        self._holdout = holdout
        self._clock = clock

    def for_goal(
        self,
        principal: Principal,
        cluster_id: str,
        goal: GoalName,
        *,
        limit: int = 20,
        message: str = "",
        dry_run: bool = False,
    ) -> Batch:
        """The best introductions for the members of a cluster, by what both sides look for.

        Raises NotAllowed, NotFound, InvalidInput, SnapshotUnavailable.
        """
        cluster = self._entitled(principal, cluster_id, dry_run=dry_run)
        return self._run(
            principal, cluster, self._options(cluster, goal), limit, message, dry_run=dry_run
        )

    def for_pairs(
        self,
        principal: Principal,
        cluster_id: str,
        pairs: Iterable[Planned],
        *,
        message: str = "",
        dry_run: bool = False,
    ) -> Batch:
        """Pairs that a coordinator picked from the worklist, as many as the slots allow."""
        cluster = self._entitled(principal, cluster_id, dry_run=dry_run)
        picked = list(pairs)
        if not 1 <= len(picked) <= MAX_PAIRS:
            raise InvalidInput(
                "must be from 1 to %(max_pairs)s.", where="pairs", max_pairs=MAX_PAIRS
            )
        ids = [party for one in picked for party in (one.seeker, one.candidate)]
        unknown = sorted(set(ids) - set(self._store.organizations_by_id(ids)))
        if unknown:
            raise InvalidInput("'%(unknown)s' is not known.", where="pairs", unknown=unknown[0])
        return self._run(principal, cluster, picked, len(picked), message, dry_run=dry_run)

    # -- the parts

    def _entitled(self, principal: Principal, cluster_id: str, *, dry_run: bool) -> str:
        if not dry_run:
            principal.require_writing()
        principal.require_coordinator(cluster_id)
        return self._store.cluster(cluster_id).id

    def _run(
        self,
        principal: Principal,
        cluster: str,
        options: list[Planned],
        limit: int,
        message: str,
        *,
        dry_run: bool,
    ) -> Batch:
        if not 1 <= limit <= MAX_PAIRS:
            raise InvalidInput(
                "must be from 1 to %(max_pairs)s.", where="limit", max_pairs=MAX_PAIRS
            )
        ids = list(dict.fromkeys([x for one in options for x in (one.seeker, one.candidate)]))
        known = self._store.organizations_by_id(ids)
        usable = [one for one in options if self._is_open(one, known)]
        chosen = self._allocated(usable, known)[:limit]
        salt, share = self._holdout()
        held = [
            one for one in chosen if is_held_out(salt, one.goal, one.seeker, one.candidate, share)
        ]
        treated = [one for one in chosen if one not in held]
        batch = new_id()
        made: list[str] = []
        refused: list[tuple[Planned, str]] = []
        if not dry_run:
            for one in held:
                self._hold(principal, cluster, one)
            for one in treated:
                try:
                    made.append(self._propose(principal, cluster, one, batch, message).id)
                except MatchmakerError as error:
                    refused.append((one, str(error.message)))
        return Batch(
            id="" if dry_run else batch,
            planned=tuple(treated),
            introductions=tuple(made),
            refused=tuple(refused),
            options=len(usable),
            held_out=len(held),
            expected=sum(one.value for one in treated),
            exposure=tuple(Counter(one.candidate for one in treated).most_common()),
        )

    def _allocated(
        self, options: list[Planned], known: Mapping[str, Organization]
    ) -> list[Planned]:
        """The chosen options, the most valuable first."""
        ids = {identity: row for row, identity in enumerate(known)}
        capacity = np.array(
            [self._capacity.load(one).free for one in known.values()], dtype=np.int64
        )
        found = allocate(
            Options(
                np.array([ids[one.seeker] for one in options], dtype=np.int64),
                np.array([ids[one.candidate] for one in options], dtype=np.int64),
                np.array([one.value for one in options], dtype=np.float64),
            ),
            capacity,
        )
        chosen = [options[int(row)] for row in found]
        return sorted(chosen, key=lambda one: (-one.value, one.seeker, one.candidate))

    def _is_open(self, one: Planned, known: Mapping[str, Organization]) -> bool:
        """Both known, willing to be proposed, and not in touch for this goal already."""
        parties = (known.get(one.seeker), known.get(one.candidate))
        if any(party is None or not party.listed for party in parties):
            return False
        if one.seeker == one.candidate:
            return False
        pair = pair_id(one.seeker, one.candidate, one.goal)
        return self._repositories.pairs.get_or_none(pair) is None

    def _options(self, cluster: str, goal: GoalName) -> list[Planned]:
        """Everyone's list, with how much the candidate would want the seeker."""
        seekers = [one for one in self._members(cluster) if one.kind in GOALS[goal].seekers]
        matching = self._matching()
        question = Question(goal, PER_SEEKER)
        wish: dict[tuple[str, str], float] = {}
        ids = [one.id for one in seekers if one.listed][:MAX_SEEKERS]
        for answer in matching.for_organizations(ADMIN, ids, question):
            for found in answer.recommendations:
                wish[answer.seeker, found.id] = min(1.0, max(0.0, found.score))
        candidates = list(dict.fromkeys(candidate for _, candidate in wish))
        back: dict[tuple[str, str], float] = {}
        reverse = GOALS[goal].reverse
        if reverse is not None:
            opposite = Question(reverse, 100)
            for answer in matching.for_organizations(ADMIN, candidates, opposite):
                for found in answer.recommendations:
                    back[found.id, answer.seeker] = min(1.0, max(0.0, found.score))
        ready = {one: self._readiness(one) for one in {*ids, *candidates}}
        return [
            Planned(
                seeker,
                candidate,
                goal,
                score
                * (back.get((seeker, candidate), UNSEEN) if reverse else 1.0)
                * ready[seeker]
                * ready[candidate],
            )
            for (seeker, candidate), score in wish.items()
        ]

    def _readiness(self, organization_id: str) -> float:
        """Share of requests that it accepted, drawn towards a half where it had few."""
        page = self._repositories.introductions.page(
            "organization", organization_id, limit=_ANSWERS_READ, newest_first=True
        )
        accepted = answered = 0
        for stored in page.rows:
            said = _own_answer(stored.value, organization_id)
            answered += said is not None
            accepted += said is Action.ACCEPT
        return (accepted + _PRIOR[0]) / (answered + _PRIOR[1])

    def _members(self, cluster: str) -> list[Organization]:
        view = self._auditing().view(cluster, Channel.COOPERATION)
        rows = view.network.members
        ids = [view.landscape.snapshot.id_of(int(row)) for row in rows]
        return list(self._store.organizations_by_id(ids).values())

    def _hold(self, principal: Principal, cluster: str, one: Planned) -> None:
        def attempt() -> None:
            unit = UnitOfWork.of(principal, self._clock())
            if self._assign(unit, cluster, one, held=True):
                unit.commit(self._repositories.records)

        retry_on_conflict(attempt)

    def _propose(
        self, principal: Principal, cluster: str, one: Planned, batch: str, message: str
    ) -> Introduction:
        proposal = Proposal(
            one.goal, one.seeker, one.candidate, message=message, cluster=cluster, batch=batch
        )

        def attempt() -> Introduction:
            unit = UnitOfWork.of(principal, self._clock())
            made = self._introductions.draft(unit, principal, proposal)
            self._assign(unit, cluster, one, held=False, introduction=made.id)
            unit.commit(self._repositories.records)
            return made

        return retry_on_conflict(attempt)

    def _assign(
        self, unit: UnitOfWork, cluster: str, one: Planned, *, held: bool, introduction: str = ""
    ) -> bool:
        """What chance answered, written down the first time only."""
        identity = f"{cluster} {pair_id(one.seeker, one.candidate, one.goal)}"
        if self._repositories.assignments.get_or_none(identity) is not None:
            return False
        assignment = Assignment(
            identity, cluster, one.goal, one.seeker, one.candidate, unit.at, held, introduction
        )
        unit.add(self._repositories.assignments.put(assignment))
        return True


def _own_answer(introduction: Introduction, organization_id: str) -> Action | None:
    """What an organisation answered to what it had not asked for itself."""
    for step in introduction.steps[1:] if introduction.accepted else introduction.steps:
        if step.side is None or introduction.organization(step.side) != organization_id:
            continue
        if step.action in (Action.ACCEPT, Action.DECLINE):
            return step.action
    return None
