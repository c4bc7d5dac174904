"""Firms for joint research: who looks for the same is asked by nobody who does, on both stores."""

from __future__ import annotations

import pytest

from matchmaker.domain import Cluster, GoalName, GraphRows, Kind, Membership, Organization
from matchmaker.errors import InvalidInput
from matchmaker.store.documents import Store
from matchmaker.workflow.introduction import Proposal
from tests.contract.calls import CALLER, CallWorld, calls_on

GOAL = GoalName.INDUSTRY_PARTNER
KINDS = {
    "t:u1": Kind.UNIVERSITY,
    "t:u2": Kind.UNIVERSITY,
    "t:i1": Kind.RESEARCH_INSTITUTE,
    "t:i2": Kind.RESEARCH_INSTITUTE,
    "t:p1": Kind.PLATFORM,
    "t:p2": Kind.PLATFORM,
}
FIRM = CALLER
# Whose wish for firms each may answer.
ANSWERED = {
    "t:u2": {FIRM, "t:p1"},
    "t:i2": {FIRM, "t:p1"},
    "t:p2": {FIRM, "t:u1", "t:i1"},
    "t:f1": {FIRM, "t:u1", "t:i1", "t:p1"},
}
ASKERS = [FIRM, "t:u1", "t:i1", "t:p1"]


@pytest.fixture
def world(store: Store) -> CallWorld:
    world = calls_on(store)
    store.upsert(
        GraphRows(
            organizations=tuple(Organization(id, id, kind) for id, kind in KINDS.items()),
            clusters=(Cluster("t:c", "群"),),
            memberships=tuple(Membership("t:c", id) for id in KINDS),
        )
    )
    for id in KINDS:
        world.people[id] = world.base.person(id).principal()
    return world


def proposed(world: CallWorld, asker: str, candidate: str) -> bool:
    try:
        world.base.introductions.propose(world.people[asker], Proposal(GOAL, asker, candidate))
    except InvalidInput as error:
        return error.where != "candidate"
    return True


def invited(world: CallWorld, call: str, asker: str, candidate: str) -> bool:
    try:
        world.invitations.invite(world.people[asker], call, [candidate])
    except InvalidInput as error:
        return error.where != "organizations"
    return True


@pytest.mark.parametrize("asker", ASKERS)
def test_requests_and_calls_are_answered_by_those_who_do_not_look_for_the_same(
    world: CallWorld, asker: str
) -> None:
    content = world.content(organization=asker, goal=GOAL, cluster_wide=True)
    call = world.opening.open(world.people[asker], content).brief.id
    for candidate, asked_by in ANSWERED.items():
        expected = asker in asked_by
        open_to = [each.id for each in world.invitations.views.open_to(candidate)]
        assert (call in open_to) == expected, candidate
        assert proposed(world, asker, candidate) == expected, candidate
        assert invited(world, call, asker, candidate) == expected, candidate
