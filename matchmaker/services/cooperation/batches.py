"""Introductions proposed together: most mutual acceptances under everybody's slots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from pydantic import ConfigDict, Field

from matchmaker.access import ADMIN, Principal
from matchmaker.audit.gatherings import rivals
from matchmaker.audit.ties import Channel
from matchmaker.audit.view import View
from matchmaker.domain import GoalName, Organization
from matchmaker.errors import InvalidInput, MatchmakerError
from matchmaker.goals import GOALS
from matchmaker.messages import Message
from matchmaker.recommend.model import Request
from matchmaker.services.auditing.auditing import Auditing
from matchmaker.services.cooperation.capacity import Capacity
from matchmaker.services.cooperation.introductions import Introductions
from matchmaker.services.matching.matching import Matching
from matchmaker.services.repositories import Repositories, pair_id
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.store.documents import new_id
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.allocation import Options, allocate
from matchmaker.workflow.checks import check_range
from matchmaker.workflow.interactions import Assignment
from matchmaker.workflow.introduction import Identifier, Introduction, Proposal
from matchmaker.workflow.introduction_states import Action
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
class PlannedPair:
    """Two organisations and a goal; `value` is both sides' wish × readiness, or a feasibility."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    seeker: Identifier
    candidate: Identifier
    goal: GoalName
    value: Annotated[float, Field(gt=0, le=1)] = 1.0


@dataclass(frozen=True, slots=True)
class Batch:
    """Pairs that were proposed (or would be), out of how many options, and how unevenly.

    `exposure` counts how often each candidate was proposed, most first. Pairs that
    chance holds out are neither named nor proposed, only counted.
    """

    id: str
    planned: tuple[PlannedPair, ...]
    introductions: tuple[str, ...]
    refused: tuple[tuple[PlannedPair, Message], ...]
    options: int
    held_out: int
    expected: float
    exposure: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Batches:
    """Use cases of proposing many introductions at once."""

    store: GraphStore
    repositories: Repositories
    introductions: Introductions
    capacity: Capacity
    matching: Callable[[], Matching]
    auditing: Callable[[], Auditing]
    holdout: Callable[[], tuple[str, float]]
    clock: Clock

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
        cluster = self._require_coordinator(principal, cluster_id, dry_run=dry_run)
        options = self._options(principal, cluster, goal)
        return self._run(
            principal, cluster, options, limit, message, dry_run=dry_run, best_first=True
        )

    def for_pairs(
        self,
        principal: Principal,
        cluster_id: str,
        pairs: Sequence[PlannedPair],
        *,
        message: str = "",
        dry_run: bool = False,
    ) -> Batch:
        """Pairs that a coordinator picked from the worklist, as many as the slots allow.

        They stay in the order in which they are given, which is the worklist's.
        """
        cluster = self._require_coordinator(principal, cluster_id, dry_run=dry_run)
        check_range("pairs", len(pairs), 1, MAX_PAIRS)
        ids = _parties(pairs)
        found = self.introductions.exclusions.opted_out.organizations(principal, ids)
        unknown = sorted(set(ids) - set(found))
        if unknown:
            raise InvalidInput("'%(id)s' is not known.", where="pairs", id=unknown[0])
        return self._run(principal, cluster, pairs, len(pairs), message, dry_run=dry_run)

    # -- the parts

    def _require_coordinator(self, principal: Principal, cluster_id: str, *, dry_run: bool) -> str:
        if not dry_run:
            principal.require_writing()
        principal.require_coordinator(cluster_id)
        return self.store.cluster(cluster_id).id

    def _run(
        self,
        principal: Principal,
        cluster: str,
        options: Sequence[PlannedPair],
        limit: int,
        message: str,
        *,
        dry_run: bool,
        best_first: bool = False,
    ) -> Batch:
        check_range("limit", limit, 1, MAX_PAIRS)
        organizations = self.store.organizations_by_id(_parties(options))
        usable = [pair for pair in options if self._is_open(pair, organizations)]
        chosen = self._allocated(usable, organizations)
        if best_first:
            chosen.sort(key=lambda pair: (-pair.value, pair.seeker, pair.candidate))
        chosen = chosen[:limit]
        salt, share = self.holdout()
        held_out = [
            pair
            for pair in chosen
            if is_held_out(salt, pair.goal, pair.seeker, pair.candidate, share)
        ]
        treated = [pair for pair in chosen if pair not in held_out]
        batch = new_id()
        introductions: list[str] = []
        refused: list[tuple[PlannedPair, Message]] = []
        if not dry_run:
            for pair in held_out:
                self._assign(principal, cluster, pair)
            for pair in treated:
                proposal = Proposal(
                    pair.goal, pair.seeker, pair.candidate, message=message, cluster=cluster
                )
                try:
                    introductions.append(self._assign(principal, cluster, pair, batch, proposal))
                except MatchmakerError as error:
                    refused.append((pair, error.message))
        return Batch(
            id="" if dry_run else batch,
            planned=tuple(treated),
            introductions=tuple(introductions),
            refused=tuple(refused),
            options=len(usable),
            held_out=len(held_out),
            expected=sum(pair.value for pair in treated),
            exposure=tuple(Counter(pair.candidate for pair in treated).most_common()),
        )

    def _allocated(
        self, options: Sequence[PlannedPair], organizations: Mapping[str, Organization]
    ) -> list[PlannedPair]:
        """The chosen options, in their order."""
        row_of = {id: row for row, id in enumerate(organizations)}
        capacity = np.array(
            [self.capacity.slot_usage(party).free for party in organizations.values()],
            dtype=np.int64,
        )
        chosen = allocate(
            Options(
                np.array([row_of[pair.seeker] for pair in options], dtype=np.int64),
                np.array([row_of[pair.candidate] for pair in options], dtype=np.int64),
                np.array([pair.value for pair in options], dtype=np.float64),
            ),
            capacity,
        )
        return [options[int(number)] for number in chosen]

    def _is_open(self, pair: PlannedPair, organizations: Mapping[str, Organization]) -> bool:
        """Both known, willing to be proposed and to meet, and not in touch for this already."""
        parties = (organizations.get(pair.seeker), organizations.get(pair.candidate))
        if pair.seeker == pair.candidate:
            return False
        if not all(party and party.open_to_meet for party in parties):
            return False
        if self.introductions.exclusions.keeps_apart(pair.seeker, pair.candidate):
            return False
        id = pair_id(pair.seeker, pair.candidate, pair.goal)
        return self.repositories.open_pairs.get_or_none(id) is None

    def _options(self, principal: Principal, cluster: str, goal: GoalName) -> list[PlannedPair]:
        """Everyone's list, with how much the candidate would want the seeker.

        Without pairs of one trade who sell the same.
        """
        view = self.auditing().view(principal, cluster, Channel.COOPERATION)
        ids = [view.landscape.snapshot.id_of(int(row)) for row in view.network.members]
        ids = [
            member.id
            for member in self.store.organizations_by_id(ids).values()
            if member.kind in GOALS[goal].seekers and member.open_to_meet
        ][:MAX_SEEKERS]
        apart = _rival_pairs(view)
        wish = {
            pair: score
            for pair, score in self._scores(ids, Request(goal, PER_SEEKER)).items()
            if frozenset(pair) not in apart
        }
        candidates = list(dict.fromkeys(candidate for _, candidate in wish))
        reverse = GOALS[goal].reverse
        back = {} if reverse is None else self._scores(candidates, Request(reverse, 100))
        unseen = 1.0 if reverse is None else UNSEEN
        ready = {id: self._readiness(id) for id in {*ids, *candidates}}
        return [
            PlannedPair(
                seeker,
                candidate,
                goal,
                score * back.get((candidate, seeker), unseen) * ready[seeker] * ready[candidate],
            )
            for (seeker, candidate), score in wish.items()
        ]

    def _scores(self, ids: list[str], question: Request[str]) -> dict[tuple[str, str], float]:
        """By asker and answer: the scores of everyone's list, within [0, 1]."""
        return {
            (answer.seeker, recommendation.id): min(1.0, max(0.0, recommendation.score))
            for answer in self.matching().for_organizations(ADMIN, ids, question)
            for recommendation in answer.recommendations
        }

    def _readiness(self, organization_id: str) -> float:
        """Share of requests that it accepted, drawn towards a half where it had few."""
        page = self.repositories.introductions.page(
            "organization", organization_id, limit=_ANSWERS_READ, newest_first=True
        )
        answers = [_own_answer(stored.value, organization_id) for stored in page.rows]
        accepted = answers.count(Action.ACCEPT)
        answered = len(answers) - answers.count(None)
        return (accepted + _PRIOR[0]) / (answered + _PRIOR[1])

    def _assign(
        self,
        principal: Principal,
        cluster: str,
        pair: PlannedPair,
        batch: str = "",
        proposal: Proposal | None = None,
    ) -> str:
        """Make the proposal, or hold the pair out where there is none; the introduction's id.

        What chance answered is written down the first time only.
        """
        assignments = self.repositories.assignments
        id = f"{cluster} {pair_id(pair.seeker, pair.candidate, pair.goal)}"

        def change(unit: UnitOfWork) -> str:
            introduction = ""
            if proposal is not None:
                introduction = self.introductions.add_proposal(unit, principal, proposal, batch).id
            if assignments.get_or_none(id) is None:
                assignment = Assignment(
                    id, cluster, pair.goal, pair.seeker, pair.candidate, unit.at,
                    held=proposal is None, introduction=introduction,
                )  # fmt: skip
                unit.add(assignments.put(assignment))
            return introduction

        return commit_changes(self.repositories.records, principal, self.clock, change)


def _parties(pairs: Sequence[PlannedPair]) -> list[str]:
    return list(dict.fromkeys(id for pair in pairs for id in (pair.seeker, pair.candidate)))


def _rival_pairs(view: View) -> set[frozenset[str]]:
    """Members of one trade who sell the same, or are known to compete."""
    firms = np.flatnonzero(view.is_firm)
    if not len(firms):
        return set()
    ids = [view.landscape.snapshot.id_of(int(row)) for row in view.network.members[firms]]
    pairs = np.argwhere(np.triu(rivals(view, firms, silent_too=False)))
    return {frozenset((ids[first], ids[second])) for first, second in pairs.tolist()}


def _own_answer(introduction: Introduction, organization_id: str) -> Action | None:
    """An organisation's answer to what it had not asked for itself."""
    for step in introduction.steps[1:] if introduction.accepted else introduction.steps:
        if step.side is None or introduction.organization(step.side) != organization_id:
            continue
        if step.action in (Action.ACCEPT, Action.DECLINE):
            return step.action
    return None
