"""Introductions proposed together: most mutual acceptances under everybody's slots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from pydantic import ConfigDict, Field, TypeAdapter

from matchmaker.access import ADMIN, Principal
from matchmaker.audit.gatherings import rivals
from matchmaker.audit.ties import Channel
from matchmaker.audit.view import View
from matchmaker.domain import GoalName, Organization
from matchmaker.errors import InvalidInput, MatchmakerError, StoreUnavailable
from matchmaker.goals import GOALS
from matchmaker.messages import Message
from matchmaker.recommend.model import Request
from matchmaker.services.auditing.auditing import Auditing
from matchmaker.services.cooperation.capacity import Capacity
from matchmaker.services.cooperation.introductions import Introductions
from matchmaker.services.matching.matching import Matching
from matchmaker.services.picked_organizations import never_id, within_id
from matchmaker.services.read_ahead import ReadAhead
from matchmaker.services.repositories import Repositories, pair_id
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.store.documents import new_id
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.allocation import Options, allocate
from matchmaker.workflow.checks import check_range
from matchmaker.workflow.interactions import Assignment
from matchmaker.workflow.introduction import Identifier, Introduction, Proposal
from matchmaker.workflow.introduction_states import Action
from matchmaker.workflow.receipt import Receipt
from matchmaker.workflow.statistics import is_held_out

MAX_PAIRS = 200
PER_SEEKER = 20
MAX_SEEKERS = 2_000
# A candidate in whose own list the seeker does not appear may still accept.
UNSEEN = 0.05
# Answers are counted as if there had been four before, half of them accepted.
_PRIOR = (2, 4)
_ANSWERS_READ = 100
_READ_TOGETHER = 200
# Ids of the introductions, and what was refused and why.
Proposed = tuple[list[str], list[tuple["PlannedPair", Message]]]


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


_BATCH: TypeAdapter[Batch] = TypeAdapter(Batch)


def batch_told(receipt: Receipt) -> Batch:
    """The batch that a request made, as it was told of it."""
    return _BATCH.validate_json(receipt.told["batch"])


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

        def change(unit: UnitOfWork) -> Batch:
            usable = self._usable(options, organizations)
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
            batch = "" if dry_run else new_id()
            made: Proposed = ([], [])
            if not dry_run:
                made = self._propose(unit, principal, cluster, batch, message, treated)
                self._assign(unit, cluster, held_out)
            planned = Batch(
                id=batch,
                planned=tuple(treated),
                introductions=tuple(made[0]),
                refused=tuple(made[1]),
                options=len(usable),
                held_out=len(held_out),
                expected=sum(pair.value for pair in treated),
                exposure=tuple(Counter(pair.candidate for pair in treated).most_common()),
            )
            unit.tell(batch=_BATCH.dump_json(planned).decode())
            return planned

        return commit_changes(self.repositories.records, principal, self.clock, change)

    def _propose(
        self,
        unit: UnitOfWork,
        principal: Principal,
        cluster: str,
        batch: str,
        message: str,
        pairs: Sequence[PlannedPair],
    ) -> Proposed:
        """All of them in one commit: ids of introductions, and pairs that are refused, and why."""
        proposing = self.introductions.reading(self._read_ahead(pairs))
        introductions: dict[str, PlannedPair] = {}
        refused: list[tuple[PlannedPair, Message]] = []
        for pair in pairs:
            proposal = Proposal(
                pair.goal, pair.seeker, pair.candidate, message=message, cluster=cluster
            )
            try:
                made = proposing.add_proposal(unit, principal, proposal, batch)
            except StoreUnavailable:
                raise
            except MatchmakerError as error:
                refused.append((pair, error.message))
            else:
                introductions[made.id] = pair
        self._assign(unit, cluster, list(introductions.values()), list(introductions))
        return list(introductions), refused

    def _read_ahead(self, pairs: Sequence[PlannedPair]) -> Repositories:
        """What proposing each of the pairs reads, read at once; slots, which are held, first."""
        asked = self.store.organizations_by_id(_parties(pairs))
        own = {id: row.id for id, row in asked.items()}
        ids = list(dict.fromkeys(own.values()))
        of_all, ahead = self.repositories, ReadAhead(self.repositories.records)
        ahead.fetch(of_all.slots, ids)
        ahead.fetch(of_all.introductions, keys=[("waiting_for", id) for id in ids])
        known = [pair for pair in pairs if pair.seeker in own and pair.candidate in own]
        ahead.fetch(
            of_all.open_pairs,
            [pair_id(own[pair.seeker], own[pair.candidate], pair.goal) for pair in known],
        )
        ahead.fetch(of_all.lists, [name(id) for id in ids for name in (never_id, within_id)])
        people = [("organization", id) for id in ids]
        ahead.fetch(of_all.accounts, keys=people)
        ahead.fetch(of_all.hooks, keys=people)
        read = Repositories(lambda: ahead)
        accounts = [each.id for key in people for each in read.accounts.values(*key)]
        ahead.fetch(of_all.channels, keys=[("owner", f"account:{id}") for id in accounts])
        return read

    def _usable(
        self, options: Sequence[PlannedPair], organizations: Mapping[str, Organization]
    ) -> list[PlannedPair]:
        """Pairs of which both are known, willing to meet, and not in touch for this already."""
        willing = {id: party.id for id, party in organizations.items() if party.open_to_meet}
        parties = {
            pair: (willing[pair.seeker], willing[pair.candidate])
            for pair in options
            if pair.seeker in willing and pair.candidate in willing
        }
        possible: dict[str, PlannedPair] = {}  # of several that are one the best
        for pair, (seeker, candidate) in parties.items():
            id = pair_id(seeker, candidate, pair.goal)
            if seeker != candidate and (id not in possible or possible[id].value < pair.value):
                possible[id] = pair
        in_touch = self.repositories.open_pairs.many(list(possible))
        left = {pair for id, pair in possible.items() if id not in in_touch}
        apart = self.introductions.exclusions.kept_apart([parties[pair] for pair in left])
        usable = dict.fromkeys(pair for pair in options if pair in left)
        return [pair for pair in usable if parties[pair] not in apart]

    def _allocated(
        self, options: Sequence[PlannedPair], organizations: Mapping[str, Organization]
    ) -> list[PlannedPair]:
        """The chosen options, in their order."""
        row_of = {id: row for row, id in enumerate(organizations)}
        usages = self.capacity.slot_usages(list(organizations.values()))
        capacity = np.array(
            [usages[party.id].free for party in organizations.values()], dtype=np.int64
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
        ready = self._readiness([*dict.fromkeys([*ids, *candidates])])
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

    def _readiness(self, ids: Sequence[str]) -> dict[str, float]:
        """Share of requests that each accepted, drawn towards a half where it had few."""
        ready: dict[str, float] = {}
        for start in range(0, len(ids), _READ_TOGETHER):
            together = ids[start : start + _READ_TOGETHER]
            keys = [("organization", id) for id in together]
            read = self.repositories.introductions.at_once([], keys).values()
            answers: dict[str, list[Action]] = {id: [] for id in together}
            for stored in sorted(read, key=lambda each: each.value.id, reverse=True):
                for id in {stored.value.seeker, stored.value.candidate} & answers.keys():
                    answer = _own_answer(stored.value, id)
                    if answer is not None and len(answers[id]) < _ANSWERS_READ:
                        answers[id].append(answer)
            for id, given in answers.items():
                accepted = given.count(Action.ACCEPT)
                ready[id] = (accepted + _PRIOR[0]) / (len(given) + _PRIOR[1])
        return ready

    def _assign(
        self,
        unit: UnitOfWork,
        cluster: str,
        pairs: Sequence[PlannedPair],
        introductions: Sequence[str] = (),
    ) -> None:
        """Note what chance answered for pairs: held out, where there are no introductions.

        It is written down the first time only.
        """
        assignments = self.repositories.assignments
        ids = [f"{cluster} {pair_id(each.seeker, each.candidate, each.goal)}" for each in pairs]
        before = assignments.many(ids)
        for number, (id, pair) in enumerate(zip(ids, pairs, strict=True)):
            if id not in before:
                introduction = introductions[number] if introductions else ""
                assignment = Assignment(
                    id, cluster, pair.goal, pair.seeker, pair.candidate, unit.at,
                    held=not introductions, introduction=introduction,
                )  # fmt: skip
                unit.add(assignments.put(assignment))


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
