"""Steps of a call that come between those of others, and what nobody may learn or do too often."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import GoalName, GraphRows
from matchmaker.errors import MatchmakerError, NotAllowed, WrongState
from matchmaker.services.cooperation import call_invitations, call_opening
from matchmaker.services.operations.document_merge import DocumentMerge
from matchmaker.store.sqlite import SqliteStore
from matchmaker.workflow.account import AccountMembership
from matchmaker.workflow.call import CallRole, EndReason, TeamMember
from matchmaker.workflow.introduction import Proposal, Transition
from matchmaker.workflow.introduction_states import Action, Side
from matchmaker.workflow.notification import NotificationKind
from matchmaker.workflow.refusals import DeclineReason
from tests.contract.calls import BID, CALLER, FIRST, SECOND, THIRD, CallWorld, calls_on
from tests.contract.cooperation import PASSWORD

N = NotificationKind


# What rests on one commit overtaking another, awards and merges; the rest is the same code.
on_both_stores = pytest.mark.parametrize(
    "world", ["sqlite", pytest.param("neo4j", marks=pytest.mark.neo4j)], indirect=True
)


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CallWorld]:
    """On a file, unless a test asks for Neo4j as well."""
    if getattr(request, "param", "sqlite") == "neo4j":
        server = request.getfixturevalue("neo4j_store")
        server.clear()
        yield calls_on(server)
        return
    store = SqliteStore(tmp_path / "graph.db")
    store.prepare()
    yield calls_on(store)
    store.close()


@contextmanager
def overtaken(world: CallWorld, rival: Callable[[], object]) -> Iterator[None]:
    """Let `rival` commit once, after the next step has read everything and before its commit."""
    records = world.base.repositories.records
    commit = type(records).commit
    waits = [rival]

    def late(self, *args, **named):
        if waits:
            waits.pop()()
        return commit(self, *args, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(records), "commit", late)
        yield
    assert not waits


def attempted(step: Callable[[], object]) -> bool:
    """Whether it went through."""
    try:
        step()
    except MatchmakerError:
        return False
    return True


def _late_steps(world: CallWorld, call: str) -> dict[str, Callable[[], object]]:
    person = world.people[SECOND]
    return {
        "submit": lambda: world.submit(call, SECOND),
        "decline": lambda: world.answers.decline(person, call, SECOND, DeclineReason.OTHER),
        "draft": lambda: world.answers.save_draft(person, call, SECOND, BID),
        "ask": lambda: world.answers.ask(person, call, SECOND, "?"),
        "invite": lambda: world.invitations.invite(world.people[CALLER], call, [THIRD]),
    }


@on_both_stores
@pytest.mark.parametrize("name", ["submit", "decline", "draft", "ask", "invite"])
def test_nothing_slips_into_a_call_that_is_being_decided(world: CallWorld, name: str) -> None:
    """The decision comes between reading and commit: the step finds a decided call."""
    call = world.open(FIRST, SECOND)
    world.submit(call, FIRST)
    world.answers.decline(world.people[SECOND], call, SECOND, DeclineReason.NO_CAPACITY)
    with overtaken(world, lambda: world.award(call, FIRST)), pytest.raises(WrongState):
        _late_steps(world, call)[name]()
    assert world.states(call) == {FIRST: "awarded", SECOND: "declined"}
    assert list(world.base.repositories.call_questions.values("call", call)) == []


@on_both_stores
@pytest.mark.parametrize("decision", ["award", "end"])
def test_a_decision_that_is_overtaken_by_an_answer_counts_it(
    world: CallWorld, decision: str
) -> None:
    call = world.open(FIRST, SECOND)
    world.submit(call, FIRST)
    world.answers.decline(world.people[SECOND], call, SECOND, DeclineReason.NO_CAPACITY)
    end = EndReason.NOT_NEEDED
    with overtaken(world, lambda: world.submit(call, SECOND)):
        if decision == "award":
            world.award(call, FIRST)
        else:
            world.decisions.end(world.people[CALLER], call, end)
    first = "awarded" if decision == "award" else "not_awarded"
    assert world.states(call) == {FIRST: first, SECOND: "not_awarded"}


@on_both_stores
def test_nobody_is_invited_to_an_awarded_call_nor_are_more_than_fit(
    world: CallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = world.open(FIRST)
    world.submit(call, FIRST)
    person = world.people[CALLER]
    # The invitation comes in between: the award finds that somebody may still answer.
    with overtaken(world, lambda: world.invitations.invite(person, call, [SECOND])):
        assert not attempted(lambda: world.award(call, FIRST))
    assert world.states(call) == {FIRST: "submitted", SECOND: "waiting"}
    other = world.open(FIRST)
    monkeypatch.setattr(call_invitations, "MAX_INVITED", 2)
    with overtaken(world, lambda: world.invitations.invite(person, other, [SECOND])):
        assert not attempted(lambda: world.invitations.invite(person, other, [THIRD]))
    assert set(world.states(other)) == {FIRST, SECOND}


@on_both_stores
def test_two_who_decide_at_once_do_not_award_to_two_firms(world: CallWorld) -> None:
    call = world.open(FIRST, SECOND)
    for firm in (FIRST, SECOND):
        world.submit(call, firm)
    with overtaken(world, lambda: world.award(call, FIRST)), pytest.raises(WrongState):
        world.award(call, SECOND)
    assert world.states(call) == {FIRST: "awarded", SECOND: "not_awarded"}
    (introduction,) = world.base.repositories.introductions.values("call", call)
    # What was looked at before the award is no ground for one more.
    world.award(call, SECOND, also=True)
    assert world.states(call) == {FIRST: "awarded", SECOND: "awarded"}
    assert introduction.candidate == FIRST


def test_an_award_rests_on_what_was_looked_at(world: CallWorld) -> None:
    call = world.open(FIRST, SECOND, THIRD)
    world.submit(call, FIRST)
    world.submit(call, SECOND)
    world.answers.decline(world.people[THIRD], call, THIRD, DeclineReason.OTHER)
    seen = world.calls.show(world.people[CALLER], call).basis
    world.answers.save_draft(world.people[SECOND], call, SECOND, BID)
    assert world.calls.show(world.people[CALLER], call).basis == seen  # a draft tells nothing
    world.submit(call, SECOND, replace(BID, price=99.0))
    with pytest.raises(WrongState):
        world.award(call, SECOND, basis=seen)
    world.award(call, SECOND, basis=world.calls.show(world.people[CALLER], call).basis)


def test_a_further_award_needs_no_word_where_the_first_came_to_nothing(world: CallWorld) -> None:
    call = world.open(FIRST, SECOND)
    for firm in (FIRST, SECOND):
        world.submit(call, firm)
    world.award(call, FIRST)
    made = world.answers.form(world.people[FIRST], call, FIRST).introduction
    declined = Transition(Action.DECLINE, reason="排满了")
    world.base.introductions.act(world.people[FIRST], made, declined)
    world.award(call, SECOND)
    assert world.states(call) == {FIRST: "awarded", SECOND: "awarded"}


def test_administrators_learn_neither_who_was_invited_nor_who_is_excluded(world: CallWorld) -> None:
    call = world.open(FIRST, cluster_wide=True)
    world.exclusions.exclude(world.people[SECOND], SECOND, THIRD)
    for refused in (
        lambda: world.answers.invitations(ADMIN, FIRST),
        lambda: world.answers.open_calls(ADMIN, THIRD),
        lambda: world.exclusions.listed(ADMIN, SECOND),
        lambda: world.exclusions.exclude(ADMIN, SECOND, FIRST),
        lambda: world.exclusions.allow(ADMIN, SECOND, THIRD),
    ):
        with pytest.raises(NotAllowed):
            refused()
    privacy = world.base.privacy(keep_interactions=timedelta(days=30), keep_over=timedelta(days=60))
    for firm in (CALLER, FIRST, SECOND):
        exported = privacy.export_organization(ADMIN, firm)
        assert call not in repr(exported)
        assert "never_with" not in exported
        assert set(exported["left_out"]) == {
            "calls", "call_answers", "call_questions", "survey_answers", "never_with",
            "own_clusters_only",
        }  # fmt: skip
    own = privacy.export_organization(world.people[CALLER], CALLER)
    assert [each["id"] for each in own["calls"]] == [call]
    assert "left_out" not in own


@on_both_stores
def test_a_merge_keeps_the_answer_that_went_further(world: CallWorld) -> None:
    call = world.open(FIRST, SECOND, THIRD)
    world.submit(call, SECOND)
    repositories = world.base.repositories
    for gone, kept in ((SECOND, FIRST), (THIRD, FIRST)):
        world.base.store.documents.commit(
            DocumentMerge(repositories, gone, kept, brings_people=True).changes()
        )
    assert world.states(call) == {FIRST: "submitted"}


def test_who_left_the_caller_for_a_partner_only_reads(world: CallWorld) -> None:
    call = world.open(FIRST)
    member = world.base.accounts.create(
        ADMIN, "d@example.org", "D", PASSWORD, memberships=(AccountMembership(CALLER),)
    )
    world.calls.set_team(world.people[CALLER], call, [TeamMember(member.id, CallRole.DECIDER)])
    repositories = world.base.repositories
    stored = repositories.calls.get(call)
    partnered = replace(stored.value, partners=(SECOND,))
    world.base.store.documents.commit([repositories.calls.put(partnered, stored.version)])
    mover = replace(member.principal(), organizations=frozenset({SECOND}))
    assert world.calls.show(mover, call).role is CallRole.READER
    with pytest.raises(NotAllowed):
        world.decisions.end(mover, call, EndReason.OTHER)
    world.submit(call, FIRST)
    world.award(call, FIRST)
    world.calls.set_team(world.people[CALLER], call, [TeamMember(member.id, CallRole.READER)])
    with pytest.raises(NotAllowed):  # only who decides asks for the caller
        world.decisions.introduce(member.principal(), call, CALLER, FIRST)


def told_of_award(world: CallWorld, call: str, firm: str) -> dict[str, object]:
    """All that who called reads of one that it awards, ids and names aside."""
    world.award(call, firm, also=True)
    every = world.calls.show(world.people[CALLER], call).parties
    (party,) = (each for each in every if each.organization.id == firm)
    return {
        "state": party.state,
        "introduced": bool(party.introduction),
        "introduction": party.introduction_state,
        "before": party.was_introduced,
    }


@on_both_stores
def test_an_award_to_whom_one_is_introduced_already_shows_it(world: CallWorld) -> None:
    call = world.open(FIRST)
    world.submit(call, FIRST)
    asks = Proposal(GoalName.SUPPLIER, CALLER, FIRST, asking_side=Side.CANDIDATE)
    open_already = world.base.introductions.propose(world.people[FIRST], asks).id
    world.award(call, FIRST)
    (party,) = world.calls.show(world.people[CALLER], call).parties
    assert (party.introduction, party.was_introduced) == (open_already, True)
    assert world.answers.form(world.people[FIRST], call, FIRST).introduction == open_already
    with pytest.raises(WrongState):
        world.decisions.introduce(world.people[CALLER], call, CALLER, FIRST)


@on_both_stores
def test_an_award_reads_the_same_whatever_the_winner_chose_for_itself(world: CallWorld) -> None:
    """It named the caller never to meet, opted out, or asked it without its name: none shows."""
    store, firms = world.base.store, (FIRST, SECOND, THIRD)
    call = world.open(*firms)
    for firm in firms:
        world.submit(call, firm)
    store.upsert(GraphRows(organizations=(replace(store.organization(FIRST), listed=False),)))
    world.exclusions.exclude(world.people[SECOND], SECOND, CALLER)
    asks = Proposal(
        GoalName.SUPPLIER, CALLER, THIRD, asking_side=Side.CANDIDATE, terms_first=True,
        terms="我们先谈条件",
    )  # fmt: skip
    hidden = world.base.introductions.propose(world.people[THIRD], asks)
    told = [told_of_award(world, call, firm) for firm in firms]
    assert told == [
        {"state": "awarded", "introduced": True, "introduction": "proposed", "before": False}
    ] * len(firms)
    for firm in firms:
        form = world.answers.form(world.people[firm], call, firm)
        declined = world.base.introductions.act(
            world.people[firm], form.introduction, Transition(Action.DECLINE, reason="不需要")
        )
        assert declined.state == "declined"
    still = world.base.introductions.show(world.people[CALLER], hidden.id)
    assert (still.state, still.candidate.id) == ("terms", "")


@on_both_stores
def test_a_winner_that_declined_and_named_the_caller_is_not_proposed_to_again(
    world: CallWorld,
) -> None:
    """The first rests on its answer; what comes after its no is a request as any other's is."""
    call = world.open(FIRST)
    world.submit(call, FIRST)
    world.award(call, FIRST)
    caller, first = world.people[CALLER], world.people[FIRST]
    made = world.answers.form(first, call, FIRST).introduction
    world.base.introductions.act(first, made, Transition(Action.DECLINE, reason="不需要"))
    world.decisions.introduce(caller, call, CALLER, FIRST)  # who only declined may be asked again
    again = world.answers.form(first, call, FIRST).introduction
    assert again != made
    world.base.introductions.act(first, again, Transition(Action.DECLINE, reason="不需要"))
    world.exclusions.exclude(first, FIRST, CALLER)
    with pytest.raises(WrongState, match="no free slot"):  # as of anybody who is busy
        world.decisions.introduce(caller, call, CALLER, FIRST)
    introductions = world.base.repositories.introductions.values("call", call)
    assert {each.id for each in introductions} == {made, again}


def test_a_caller_that_named_the_winner_itself_is_told_so(world: CallWorld) -> None:
    call = world.open(FIRST)
    world.submit(call, FIRST)
    world.exclusions.exclude(world.people[CALLER], CALLER, FIRST)
    with pytest.raises(WrongState, match="Your organisation chose not to meet"):
        world.award(call, FIRST)
    assert world.states(call) == {FIRST: "submitted"}


def test_opt_out_and_no_room_are_refused_in_the_same_words(world: CallWorld) -> None:
    store = world.base.store
    unlisted = replace(store.organization(FIRST), listed=False)
    full = replace(store.organization(THIRD), capacity=0)
    earlier = world.open(FIRST, SECOND, THIRD)  # so that the caller knows of each
    for firm in (FIRST, SECOND, THIRD):
        world.submit(earlier, firm)
    store.upsert(GraphRows(organizations=(unlisted, full)))
    call = world.open()
    refusals = []
    for firm in (FIRST, THIRD):
        with pytest.raises(WrongState) as refused:
            world.invitations.invite(world.people[CALLER], call, [firm])
        error = refused.value
        refusals.append((error.message.id, getattr(error.mend, "id", error.mend)))
    assert len(refusals) == 2
    assert len(set(refusals)) == 1


def test_who_is_kept_apart_since_is_not_reminded_and_cannot_answer(world: CallWorld) -> None:
    call = world.open(FIRST, SECOND, days=6)
    world.exclusions.exclude(world.people[CALLER], CALLER, FIRST)
    world.base.clock.forward(timedelta(days=1))
    world.decisions.work_due()
    later = world.base.clock().date() + timedelta(days=30)
    world.calls.prolong(world.people[CALLER], call, later)
    for kind in (N.CALL_DEADLINE_NEAR, N.CALL_PROLONGED):
        assert (kind in world.told(FIRST), kind in world.told(SECOND)) == (False, True)
    person = world.people[FIRST]
    for refused in (
        lambda: world.submit(call, FIRST),
        lambda: world.answers.save_draft(person, call, FIRST, BID),
        lambda: world.answers.ask(person, call, FIRST, "?"),
    ):
        with pytest.raises(WrongState):
            refused()
    world.answers.decline(person, call, FIRST, DeclineReason.OTHER)


def test_calls_and_invitations_have_their_limits(
    world: CallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_opening, "MAX_OPEN_CALLS", 2)
    monkeypatch.setattr(call_invitations, "MAX_INVITATIONS_A_DAY", 3)
    person = world.people[CALLER]
    first, second = world.open(FIRST, SECOND), world.open(FIRST)
    with pytest.raises(WrongState):
        world.open()
    with pytest.raises(WrongState):
        world.invitations.invite(person, second, [SECOND])
    world.decisions.end(person, first, EndReason.NOT_NEEDED)
    third = world.open()
    with pytest.raises(WrongState):  # ending a call gives no invitations back
        world.invitations.invite(person, third, [SECOND])
    world.base.clock.forward(timedelta(days=1))
    world.invitations.invite(person, third, [SECOND])


def test_the_same_again_tells_nobody_twice(world: CallWorld) -> None:
    call = world.open(FIRST)
    world.answers.ask(world.people[FIRST], call, FIRST, "多久？")
    (question,) = world.calls.show(world.people[CALLER], call).questions
    for _ in range(2):
        world.calls.answer_question(world.people[CALLER], call, question.id, "六月前")
    assert world.told(FIRST).count(N.CALL_QUESTION_ANSWERED) == 1


def test_everybody_invited_is_told_of_a_later_day_and_of_the_end(world: CallWorld) -> None:
    call = world.open(FIRST, SECOND)
    world.answers.decline(world.people[FIRST], call, FIRST, DeclineReason.OTHER)
    later = world.base.clock().date() + timedelta(days=30)
    world.calls.prolong(world.people[CALLER], call, later)
    world.decisions.end(world.people[CALLER], call, EndReason.POSTPONED)
    for firm in (FIRST, SECOND):
        assert {N.CALL_PROLONGED, N.CALL_ENDED} <= set(world.told(firm))


def test_coordinators_read_figures_of_five_decided_calls_and_nothing_of_open_ones(
    world: CallWorld,
) -> None:
    coordinator = world.base.coordinator()
    for number in range(5):
        assert world.counting.figures(coordinator, "t:c").outcomes is None
        call = world.open(FIRST, cluster_wide=True)
        if number < 3:
            world.submit(call, FIRST)
        world.submit(call, SECOND)
        world.decisions.end(world.people[CALLER], call, EndReason.NOT_NEEDED)
    (last,) = [
        row for row in world.calls.listed(world.people[CALLER], CALLER).rows if row.id == call
    ]
    assert (last.invited, last.submitted) == (1, 1)  # who came by itself was not invited
    world.open(FIRST, SECOND, THIRD)
    figures = world.counting.figures(coordinator, "t:c")
    assert figures.decided == 5
    counted = figures.outcomes
    assert counted is not None
    assert (counted.invited, counted.answered, counted.came) == (5, 3, 5)
    assert (counted.awarded, counted.ended) == (0, 5)
    assert counted.answer_rate.value == 0.6


def test_taking_back_after_the_decision_is_nobody_elses_concern(world: CallWorld) -> None:
    call = world.open(FIRST, SECOND)
    for firm in (FIRST, SECOND):
        world.submit(call, firm)
    world.award(call, FIRST)
    before = world.told(CALLER)
    world.answers.withdraw(world.people[SECOND], call, SECOND)
    assert world.told(CALLER) == before
    assert world.answers.form(world.people[SECOND], call, SECOND).bid is None
    open_one = world.open(SECOND)
    world.submit(open_one, SECOND)
    world.answers.withdraw(world.people[SECOND], open_one, SECOND)
    world.answers.save_draft(world.people[SECOND], open_one, SECOND, BID)
    told = world.told(CALLER, open_one)
    world.answers.withdraw(world.people[SECOND], open_one, SECOND)  # a draft alone
    assert world.told(CALLER, open_one) == told
