"""Open needs for whoever looks: those first that what they say can answer."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import numpy as np

from matchmaker.access import Principal
from matchmaker.domain import (
    GoalName,
    Need,
    NeedState,
    Organization,
    OrganizationFilter,
    StatementKind,
)
from matchmaker.errors import ModelUnavailable, NotFound, SnapshotUnavailable
from matchmaker.goals import GOALS
from matchmaker.recommend.model import Match
from matchmaker.recommend.profile_reach import likeness_to
from matchmaker.services.directory.directory import Directory
from matchmaker.services.directory.narrowing import named_in, passes
from matchmaker.services.matching.answered_needs import AnsweredNeed, read_open_needs
from matchmaker.services.matching.matching import Matching
from matchmaker.services.unit_of_work import Clock
from matchmaker.snapshot.model import STATEMENT_KINDS, Snapshot
from matchmaker.store.ports import GraphStore


class NeedOrder(StrEnum):
    """The order of a list of open needs."""

    FIT = "fit"
    DEADLINE = "deadline"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class WantedOpenNeeds:
    """A choice of open needs: for these goals, of organisations that pass; empty means any."""

    by: OrganizationFilter
    goals: frozenset[GoalName] = frozenset()


@dataclass(frozen=True, slots=True)
class RankedNeed:
    """An open need with who posted it; `answer` is what of one's own statements answers it.

    `likeness` is the cosine of one's closest statement, None where it is not known.
    """

    need: Need
    owner: Organization
    answer: AnsweredNeed | None
    likeness: float | None


@dataclass(frozen=True, slots=True)
class OpenNeeds:
    """Use case of the list of open needs."""

    store: GraphStore
    directory: Directory
    matching: Matching
    clock: Clock

    def ranked(
        self, principal: Principal, organization_id: str, wanted: WantedOpenNeeds, order: NeedOrder
    ) -> tuple[RankedNeed, ...]:
        """Needs of others that can still be answered, for all who have signed in.

        An `organization_id` is one's own: its own needs, and those that its kind may not answer,
        are left out, and what it says decides on the order. Past a deadline no need is open.
        Raises NotAllowed, InvalidInput for an unknown name.
        """
        principal.require_known()
        kind = None
        if organization_id:
            principal.require_member(organization_id)
            kind = self.store.organization(organization_id).kind
        goals = {
            goal.name
            for goal in GOALS.values()
            if (kind is None or kind in goal.answerers)
            and (not wanted.goals or goal.name in wanted.goals)
        }
        where = named_in(wanted.by, self.directory.codes, self.store)
        if where.cluster is not None:
            self.directory.require_inside(principal, where.cluster)
        needs = [need for need in self._open() if need.goal in goals]
        owners = self.store.organizations_by_id(sorted({need.organization for need in needs}))
        hidden = self.directory.opted_out.hidden_from(principal)
        answers, likeness = self._own_side(principal, organization_id)
        rows = [
            RankedNeed(
                need, replace(owner, contact=""), answers.get(need.id), likeness.get(need.id)
            )
            for need in needs
            if (owner := owners.get(need.organization)) is not None
            and owner.id != organization_id
            and owner.id not in hidden
            and (kind is None or GOALS[need.goal].may_answer(owner.kind, kind))
            and passes(owner, where, self.directory.codes)
        ]
        return tuple(sorted(rows, key=_ORDERS[order]))

    def answered(self, principal: Principal, organization_id: str) -> tuple[RankedNeed, ...]:
        """Those that something the organisation says answers and that are still open, best first.

        For its members and admins. Raises NotAllowed, SnapshotUnavailable, ModelUnavailable.
        """
        today, needs = self.clock().date(), dict[str, Need]()
        answers = self.matching.answered_needs(principal, organization_id)
        for answer in answers:
            with suppress(NotFound):  # taken back since the snapshot
                need = self.store.need(answer.need)
                if need.state is NeedState.OPEN and need.is_answerable_on(today):
                    needs[need.id] = need
        owners = self.store.organizations_by_id(sorted({n.organization for n in needs.values()}))
        hidden = self.directory.opted_out.hidden_from(principal)
        return tuple(
            RankedNeed(needs[answer.need], replace(owner, contact=""), answer, None)
            for answer in answers
            if answer.need in needs
            and (owner := owners.get(needs[answer.need].organization)) is not None
            and owner.id not in hidden
        )

    def _open(self) -> list[Need]:
        """Needs that are open and whose deadline has not passed."""
        today = self.clock().date()
        return [need for need in read_open_needs(self.store) if need.is_answerable_on(today)]

    def _own_side(
        self, principal: Principal, organization_id: str
    ) -> tuple[Mapping[str, AnsweredNeed], Mapping[str, float]]:
        """Answers to each need, and how near one's words come to each; {} where not known."""
        if not organization_id:
            return {}, {}
        answers, likeness = dict[str, AnsweredNeed](), dict[str, float]()
        with suppress(SnapshotUnavailable, ModelUnavailable):  # the list is there without
            answered = self.matching.answered_needs(principal, organization_id)
            answers = {each.need: each for each in answered}
        with suppress(SnapshotUnavailable):
            likeness = _likeness(self.matching.own_snapshot(organization_id), organization_id)
        return answers, likeness


def _likeness(snapshot: Snapshot, organization_id: str) -> dict[str, float]:
    """Cosine of each open need to the closest of an organisation's own statements, by id."""
    ids = snapshot.organizations.table.column("id").to_pylist()
    if organization_id not in ids:
        return {}
    is_need = snapshot.statements.kind == STATEMENT_KINDS.index(StatementKind.NEED)
    needs = np.flatnonzero(is_need & snapshot.statements.active)
    closest = likeness_to(snapshot, ids.index(organization_id), needs)
    if closest is None:
        return {}
    names = snapshot.statements.table.column("id").take(needs).to_pylist()
    return dict(zip(names, closest.astype(float).tolist(), strict=True))


def _by_fit(row: RankedNeed) -> tuple[bool, bool, float, float, str]:
    """Those that something answers first, well before in part; then the closest in words."""
    answer = row.answer
    in_part = answer is not None and answer.match is not Match.GOOD
    likeness = -1.0 if row.likeness is None else row.likeness
    return answer is None, in_part, -(answer.score if answer else 0.0), -likeness, row.need.id


def _by_deadline(row: RankedNeed) -> tuple[date, tuple[bool, bool, float, float, str]]:
    return row.need.deadline or date.max, _by_fit(row)


def _by_age(row: RankedNeed) -> tuple[int, tuple[bool, bool, float, float, str]]:
    return -(row.need.date or date.min).toordinal(), _by_fit(row)


_ORDERS = {NeedOrder.FIT: _by_fit, NeedOrder.DEADLINE: _by_deadline, NeedOrder.NEWEST: _by_age}
