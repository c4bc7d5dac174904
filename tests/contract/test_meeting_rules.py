"""Who stays within its own clusters meets nobody else, on both stores, and nobody is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import Alias, Cluster, GoalName, GraphRows, Kind, Membership, Organization
from matchmaker.errors import NotAllowed, WrongState
from matchmaker.services.matching.asker_reader import AskerReader
from matchmaker.services.operations.document_merge import DocumentMerge
from matchmaker.services.picked_organizations import PickedOrganizations, picked_id
from matchmaker.services.repositories import Repositories
from matchmaker.store.documents import Store
from matchmaker.workflow.interactions import InteractionKind
from matchmaker.workflow.introduction import Proposal, Transition
from matchmaker.workflow.introduction_states import Action, State
from matchmaker.workflow.meeting_bounds import MeetingBounds
from tests.contract.calls import CALLER, FIRST, SECOND, CallWorld, calls_on
from tests.contract.cooperation import FIRMS, LAB

OUTSIDER = "t:out"


@pytest.fixture
def world(store: Store) -> CallWorld:
    """The four firms and the lab of one cluster, and a firm of another."""
    world = calls_on(store)
    store.upsert(
        GraphRows(
            organizations=(Organization(OUTSIDER, "外厂", Kind.FIRM),),
            clusters=(Cluster("t:d", "外群"),),
            memberships=(Membership("t:d", OUTSIDER),),
        )
    )
    world.people[OUTSIDER] = world.base.person(OUTSIDER).principal()
    return world


def introduced(world: CallWorld, seeker: str, candidate: str) -> bool:
    """Whether the seeker may ask the candidate."""
    proposal = Proposal(GoalName.SUPPLIER, seeker, candidate)
    try:
        world.base.introductions.propose(world.people[seeker], proposal)
    except WrongState:
        return False
    return True


def test_who_stays_within_its_clusters_meets_their_members_alone(world: CallWorld) -> None:
    rules = world.exclusions
    rules.set_own_clusters_only(world.people[FIRST], FIRST, True)
    assert rules.own_clusters_only(world.people[FIRST], FIRST)
    # What recommendations leave out, and what they are held to.
    assert rules.reader()(OUTSIDER) == MeetingBounds(frozenset({FIRST}))
    assert rules.reader()(CALLER) == MeetingBounds()
    assert rules.reader()(FIRST).only == {*FIRMS, LAB}
    assert not introduced(world, OUTSIDER, FIRST)
    assert not introduced(world, FIRST, OUTSIDER)
    assert introduced(world, CALLER, FIRST)
    content = world.content(organization=OUTSIDER, cluster="t:d")
    call = world.opening.open(world.people[OUTSIDER], content, [FIRST]).brief.id
    # To who calls as anybody who does not answer; the firm learns nothing of it.
    assert (world.states(call), world.told(FIRST, call)) == ({FIRST: "waiting"}, [])
    rules.set_own_clusters_only(world.people[FIRST], FIRST, False)
    assert introduced(world, OUTSIDER, FIRST)


def test_it_is_its_own_peoples_alone_and_not_for_who_would_meet_nobody(world: CallWorld) -> None:
    rules = world.exclusions
    for stranger in (ADMIN, world.people[SECOND]):
        with pytest.raises(NotAllowed):
            rules.set_own_clusters_only(stranger, FIRST, True)
        with pytest.raises(NotAllowed):
            rules.own_clusters_only(stranger, FIRST)
    world.base.store.upsert(GraphRows(organizations=(Organization("t:alone", "单", Kind.FIRM),)))
    alone = world.base.person("t:alone").principal()
    with pytest.raises(WrongState):
        rules.set_own_clusters_only(alone, "t:alone", True)


def test_it_follows_an_organisation_that_is_merged(world: CallWorld) -> None:
    world.exclusions.set_own_clusters_only(world.people[FIRST], FIRST, True)
    repositories = world.base.repositories
    repositories.records.commit(
        DocumentMerge(repositories, FIRST, SECOND, brings_people=True).changes()
    )
    assert world.exclusions.reader()(OUTSIDER).left_out == {SECOND}


def test_the_rule_of_who_is_merged_does_not_undo_one_s_own(world: CallWorld) -> None:
    world.exclusions.set_own_clusters_only(world.people[SECOND], SECOND, True)
    repositories = world.base.repositories
    repositories.records.commit(
        DocumentMerge(repositories, FIRST, SECOND, brings_people=True).changes()
    )
    assert world.exclusions.own_clusters_only(world.people[SECOND], SECOND)


def test_who_leaves_its_last_cluster_meets_anybody_until_it_joins_one(world: CallWorld) -> None:
    """The rule stays, without effect: it does not leave its own with nobody."""
    rules, store = world.exclusions, world.base.store
    rules.set_own_clusters_only(world.people[FIRST], FIRST, True)
    past = world.base.clock().date() - timedelta(days=1)
    store.upsert(GraphRows(memberships=(Membership("t:c", FIRST, until=past),)))
    assert store.clusters_of(FIRST) == ()
    assert store.clustered([FIRST, SECOND, OUTSIDER]) == {SECOND, OUTSIDER}
    assert rules.own_clusters_only(world.people[FIRST], FIRST)
    assert rules.reader()(FIRST) == MeetingBounds() == rules.reader()(OUTSIDER)
    assert introduced(world, FIRST, OUTSIDER)
    store.upsert(GraphRows(memberships=(Membership("t:d", FIRST),)))
    assert rules.reader()(FIRST).only == {OUTSIDER, FIRST}


def test_former_and_coming_members_are_not_within_one_s_clusters(world: CallWorld) -> None:
    """As requests and calls decide: who may not be asked is not recommended either."""
    rules, today = world.exclusions, datetime.now(UTC).date()  # as the store has it
    left = Membership("t:c", SECOND, until=today - timedelta(days=1))
    coming = Membership("t:c", OUTSIDER, since=today + timedelta(days=1))
    world.base.store.upsert(GraphRows(memberships=(left, coming)))
    rules.set_own_clusters_only(world.people[FIRST], FIRST, True)
    assert rules.reader()(FIRST).only == {*FIRMS, LAB} - {SECOND}
    assert rules.reader()(SECOND).left_out == rules.reader()(OUTSIDER).left_out == {FIRST}
    assert not introduced(world, FIRST, SECOND)


def test_of_many_in_turn_the_rules_of_all_are_read_once(world: CallWorld) -> None:
    world.exclusions.set_own_clusters_only(world.people[FIRST], FIRST, True)
    store, asked = world.base.store, []

    class Counted:
        def __getattr__(self, name: str) -> object:
            asked.append(name)
            return getattr(store, name)

    bounds = replace(world.exclusions, store=Counted()).reader()
    assert [bounds(id).only is None for id in (FIRST, SECOND, OUTSIDER)] == [False, True, True]
    assert asked.count("clustered") == 1


def test_of_one_that_asks_all_bounds_are_read_at_once_and_are_those_of_a_run(
    world: CallWorld,
) -> None:
    rules, records = world.exclusions, world.base.repositories.records
    rules.exclude(world.people[FIRST], FIRST, OUTSIDER)
    rules.set_own_clusters_only(world.people[SECOND], SECOND, True)
    lists, asked = world.base.repositories.lists, []
    dismissed = PickedOrganizations(picked_id(InteractionKind.DISMISSED, FIRST), ((LAB, "known"),))
    records.commit([lists.put(dismissed)])

    class Counted:
        def __getattr__(self, name: str) -> object:
            asked.append(name)
            return getattr(records, name)

    counted = replace(rules, repositories=Repositories(Counted))
    for id in (FIRST, SECOND, OUTSIDER, LAB):
        asked.clear()
        assert counted.of_seeker(id, without_dismissed=False) == rules.reader()(id)
        assert asked == ["records_at_once"]
    usual = rules.reader()(FIRST)
    assert OUTSIDER in usual.left_out
    assert LAB not in usual.left_out
    assert counted.of_seeker(FIRST, without_dismissed=True) == usual.without(frozenset({LAB}))


def test_who_asks_is_read_with_its_bounds_by_any_of_its_ids(world: CallWorld) -> None:
    rules, store = world.exclusions, world.base.store
    store.upsert(GraphRows(aliases=(Alias("t:old", FIRST, "manual"),)))
    rules.exclude(world.people[FIRST], FIRST, SECOND)
    rules.exclude(world.people[OUTSIDER], OUTSIDER, FIRST)
    reader = AskerReader(store, rules)
    for id in (FIRST, "t:old"):
        for principal in (ADMIN, world.people[FIRST]):
            profile, bounds = reader.read(principal, id, without_dismissed=True)
            assert profile.organization.id == FIRST
            assert bounds == MeetingBounds(frozenset({SECOND, OUTSIDER}))
    assert reader.read(ADMIN, LAB, without_dismissed=True)[1] == MeetingBounds()
    with pytest.raises(NotAllowed):
        reader.read(world.people[OUTSIDER], FIRST, without_dismissed=True)


def test_what_was_open_before_the_rule_is_agreed_on_where_both_act_themselves(
    world: CallWorld,
) -> None:
    proposal = Proposal(GoalName.SUPPLIER, OUTSIDER, FIRST)
    introductions = world.base.introductions
    view = introductions.propose(world.people[OUTSIDER], proposal)
    world.exclusions.set_own_clusters_only(world.people[FIRST], FIRST, True)
    agreed = introductions.act(world.people[FIRST], view.id, Transition(Action.ACCEPT))
    assert agreed.state is State.ACCEPTED
