"""Calls on both stores: from a need to a tie, and who learns what on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic_core import to_json

from matchmaker.access import ADMIN, Principal
from matchmaker.domain import GoalName, GraphRows, Kind, Layer, Need, Organization
from matchmaker.errors import InvalidInput, NotAllowed, NotFound, WrongState
from matchmaker.services.cooperation.call_decisions import Award
from matchmaker.services.people.notifications import named_now
from matchmaker.store.documents import Store, new_id
from matchmaker.workflow.account import AccountMembership, Preferences
from matchmaker.workflow.call import (
    MAX_CORRECTIONS,
    BidField,
    CallPhase,
    CallRole,
    EndReason,
    TeamMember,
)
from matchmaker.workflow.call_answer import Bid, Met, Thanks, ThanksReason
from matchmaker.workflow.gathering import Gathering, GatheringKind, GatheringState, InvitationAnswer
from matchmaker.workflow.introduction import Outcome, Proposal, Transition
from matchmaker.workflow.introduction_states import Action, OutcomeKind, State
from matchmaker.workflow.notification import NotificationKind
from matchmaker.workflow.refusals import DeclineReason
from tests.contract.calls import BID, CALLER, FIRST, SECOND, THIRD, CallWorld, calls_on
from tests.contract.cooperation import LAB, PASSWORD, START

N = NotificationKind


@pytest.fixture
def world(store: Store) -> CallWorld:
    return calls_on(store)


def test_one_need_becomes_a_call_an_award_and_a_tie(world: CallWorld) -> None:
    call = world.open(FIRST, SECOND, THIRD, needs=("t:need",), asked=(BidField.PRICE,))
    view = world.calls.show(world.people[CALLER], call)
    assert {"DN50", "316L", "API 6D"} <= {each.words for each in view.brief.requirements}
    keys = [each.key for each in view.brief.requirements]
    cheap = replace(BID, price=11.0, met=tuple((key, Met.YES) for key in keys))
    world.submit(call, FIRST)
    world.submit(call, SECOND, cheap)
    world.answers.decline(world.people[THIRD], call, THIRD, DeclineReason.NO_CAPACITY, "本月已满")
    view = world.calls.show(world.people[CALLER], call)
    assert view.may_decide  # everybody has answered
    best = {each.organization.id: each.compared.best for each in view.compared}
    assert set(best[SECOND]) - set(best[FIRST]) == {"price", "requirements"}
    assert [each.decline_reason for each in view.parties if not each.compared] == ["no_capacity"]

    thanks = {FIRST: Thanks(ThanksReason.DEARER, "下次再来")}
    world.award(call, SECOND, thanks=thanks, message="请联系我们")
    form = world.answers.form(world.people[FIRST], call, FIRST)
    assert (form.state, form.thanks) == ("not_awarded", thanks[FIRST])
    assert world.told(FIRST)[-1] is N.CALL_NOT_AWARDED
    assert world.told(SECOND)[-1] is N.CALL_AWARDED
    assert N.CALL_NOT_AWARDED not in world.told(THIRD)

    id = world.answers.form(world.people[SECOND], call, SECOND).introduction
    introductions = world.base.introductions
    seen = introductions.show(world.people[SECOND], id)
    assert (seen.state, seen.need, seen.contact) == (State.PROPOSED, "t:need", None)
    introductions.act(world.people[SECOND], id, Transition(Action.ACCEPT))
    report = Transition(Action.REPORT, outcome=Outcome(OutcomeKind.CONTRACT))
    told = introductions.act(world.people[CALLER], id, report)
    confirmed = Transition(Action.CONFIRM, version=told.version)
    introductions.act(world.people[SECOND], id, confirmed)
    (tie,) = world.base.store.neighborhood(CALLER, 1, 100).ties
    assert (tie.source, tie.target, tie.layer) == (SECOND, CALLER, Layer.SUPPLIES)
    (winner,) = [
        each
        for each in world.calls.show(world.people[CALLER], call).parties
        if each.state == "awarded"
    ]
    assert winner.introduction_state is State.COMPLETED


def test_nobody_else_learns_that_there_is_a_call(world: CallWorld) -> None:
    call = world.open(FIRST)
    plain = world.base.accounts.create(
        ADMIN, "m@example.org", "M", PASSWORD, memberships=(AccountMembership(CALLER),)
    )
    coordinator = world.base.coordinator()
    for other in (plain.principal(), world.people[SECOND], coordinator, ADMIN):
        with pytest.raises(NotFound):
            world.calls.show(other, call)
        for firm in (CALLER, FIRST, SECOND):
            with pytest.raises(NotFound):
                world.answers.form(other, call, firm)
    with pytest.raises(NotFound):
        world.calls.show(world.people[FIRST], call)
    assert world.calls.listed(plain.principal(), CALLER).rows == ()
    assert world.answers.open_calls(world.people[SECOND], SECOND) == ()
    figures = world.counting.figures(coordinator, "t:c")
    assert (figures.decided, figures.outcomes) == (0, None)


def test_the_invited_see_neither_each_other_nor_each_others_answers(world: CallWorld) -> None:
    call = world.open(FIRST, SECOND)
    secret = replace(BID, price=7777.25, text="我们的秘密做法")
    world.submit(call, FIRST, secret)
    world.answers.ask(world.people[FIRST], call, FIRST, "我们是一厂，图纸在哪里？")
    seen = to_json(world.answers.form(world.people[SECOND], call, SECOND)).decode()
    for hidden in (FIRST, "厂t:f1", "7777", "秘密", "图纸"):
        assert hidden not in seen
    (question,) = world.calls.show(world.people[CALLER], call).questions
    assert question.asked_by.id == FIRST
    world.calls.answer_question(
        world.people[CALLER], call, question.id, "在附件里", wording="图纸在哪里？"
    )
    form = world.answers.form(world.people[SECOND], call, SECOND)
    assert [(each.text, each.answer, each.own) for each in form.questions] == [
        ("图纸在哪里？", "在附件里", False)
    ]
    assert FIRST not in to_json(form).decode()
    assert world.told(SECOND) == [N.CALL_INVITED, N.CALL_QUESTION_ANSWERED]
    assert world.told(CALLER) == [N.CALL_ANSWERED, N.CALL_QUESTION_ASKED]


def test_an_answer_is_its_firms_until_submitted_and_a_withdrawn_one_is_gone(
    world: CallWorld,
) -> None:
    call = world.open(FIRST, cluster_wide=True)
    draft = replace(BID, text="草稿四一七")

    def stored() -> str:
        return to_json(list(world.base.repositories.call_answers.values("call", call))).decode()

    for firm in (FIRST, SECOND):  # invited, and by itself
        world.answers.save_draft(world.people[firm], call, firm, draft)
    seen = world.calls.show(world.people[CALLER], call)
    assert [each.organization.id for each in seen.parties] == [FIRST]
    assert "草稿" not in to_json(seen).decode()
    assert world.told(CALLER) == []
    world.submit(call, SECOND, draft)
    assert "草稿" in to_json(world.calls.show(world.people[CALLER], call)).decode()
    world.decisions.shortlist(world.people[CALLER], call, [SECOND])
    for firm in (FIRST, SECOND):
        world.answers.withdraw(world.people[firm], call, firm)
    assert "草稿" not in stored()
    seen = world.calls.show(world.people[CALLER], call)
    assert not any(each.compared or each.shortlisted for each in seen.parties)
    assert world.states(call) == {FIRST: "waiting", SECOND: "withdrawn"}


def test_two_who_keep_a_shortlist_at_once_both_have_their_choice(world: CallWorld) -> None:
    """The second one's form took what the first had chosen off again."""
    call = world.open(FIRST, SECOND, THIRD)
    for firm in (FIRST, SECOND, THIRD):
        world.submit(call, firm)

    def keep(chosen: list[str], seen: list[str] | None) -> set[str]:
        view = world.decisions.shortlist(world.people[CALLER], call, chosen, seen)
        return {each.organization.id for each in view.parties if each.shortlisted}

    assert keep([FIRST], []) == {FIRST}
    # Two forms that were opened now, sent one after the other.
    assert keep([FIRST, SECOND], [FIRST]) == {FIRST, SECOND}
    assert keep([THIRD], [FIRST]) == {SECOND, THIRD}
    # Whose answer is gone meanwhile keeps nobody from it.
    world.answers.withdraw(world.people[SECOND], call, SECOND)
    assert keep([FIRST, THIRD], [SECOND, THIRD]) == {FIRST, THIRD}
    assert keep([FIRST], None) == {FIRST}  # what a program says is all there is


def test_two_who_set_the_team_at_once_both_have_what_they_changed(world: CallWorld) -> None:
    """The second one's form took off again whom the first had named, or gave back what it took."""
    call = world.open(FIRST)
    li, wang, zhao, chen = (
        world.base.accounts.create(
            ADMIN, f"{name}@team.example", name, PASSWORD, memberships=(AccountMembership(CALLER),)
        ).id
        for name in ("li", "wang", "zhao", "chen")
    )

    def team_after(wanted: dict[str, CallRole], seen: dict[str, CallRole] | None) -> dict[str, str]:
        members, before = (
            None if each is None else [TeamMember(*person) for person in each.items()]
            for each in (wanted, seen)
        )
        view = world.calls.set_team(world.people[CALLER], call, members or [], before)
        own = world.people[CALLER].account  # who opened it decides, until somebody says otherwise
        named = {each.account: str(each.role) for each in view.team if each.named}
        return {account: role for account, role in named.items() if account != own}

    reads, decides = CallRole.READER, CallRole.DECIDER
    assert team_after({li: reads, wang: reads}, {}) == {li: "reader", wang: "reader"}
    # Two forms that were opened now, sent one after the other.
    assert team_after({li: decides, zhao: reads}, {li: reads, wang: reads}) == {
        li: "decider", zhao: "reader",
    }  # fmt: skip
    assert team_after({li: reads, wang: reads, chen: reads}, {li: reads, wang: reads}) == {
        li: "decider", zhao: "reader", chen: "reader",
    }  # fmt: skip
    assert team_after({wang: reads}, None) == {wang: "reader"}  # what a program says is all


def test_nothing_is_answered_after_the_deadline_until_it_is_prolonged(world: CallWorld) -> None:
    call = world.open(FIRST, SECOND, days=3)
    world.submit(call, FIRST)
    with pytest.raises(WrongState):
        world.award(call, FIRST)  # the second may still answer
    world.base.clock.forward(timedelta(days=4))
    view = world.calls.show(world.people[CALLER], call)
    assert (view.brief.phase, view.may_decide) == (CallPhase.DECIDING, True)
    person = world.people[SECOND]
    for late in (
        lambda: world.submit(call, SECOND),
        lambda: world.answers.save_draft(person, call, SECOND, BID),
        lambda: world.answers.ask(person, call, SECOND, "?"),
        lambda: world.answers.decline(person, call, SECOND, DeclineReason.OTHER),
        lambda: world.invitations.invite(world.people[CALLER], call, [THIRD]),
    ):
        with pytest.raises(WrongState):
            late()
    today = world.base.clock().date()
    with pytest.raises(InvalidInput):  # others rely on the day that was said
        world.calls.prolong(world.people[CALLER], call, today - timedelta(days=2))
    world.calls.prolong(world.people[CALLER], call, today + timedelta(days=7))
    for firm in (FIRST, SECOND):
        assert world.told(firm)[-1] is N.CALL_PROLONGED
    world.submit(call, SECOND)


def test_opt_outs_exclusions_and_closed_doors_hold(store: Store) -> None:
    world = calls_on(store, {LAB: 1}, ranked=(FIRST, SECOND, THIRD))
    unlisted = replace(store.organization(FIRST), listed=False)
    full = replace(store.organization(THIRD), capacity=0)
    store.upsert(GraphRows(organizations=(unlisted, full)))
    world.exclusions.exclude(world.people[SECOND], SECOND, CALLER, "以前的官司")
    call = world.open(cluster_wide=True)
    with pytest.raises(WrongState, match="cannot be invited"):
        world.invitations.invite(world.people[CALLER], call, [THIRD])
    with pytest.raises(InvalidInput, match="is not known"):
        world.invitations.invite(world.people[CALLER], call, [FIRST])
    assert world.invitations.suggestions(world.people[CALLER], call) == ()
    assert world.answers.open_calls(world.people[SECOND], SECOND) == ()
    with pytest.raises(NotFound):
        world.submit(call, SECOND)
    # Who does not want to be proposed may still answer what is open to all.
    assert [each.id for each in world.answers.open_calls(world.people[FIRST], FIRST)] == [call]
    with pytest.raises(WrongState) as refused:
        world.base.introductions.propose(
            world.people[CALLER], Proposal(GoalName.SUPPLIER, CALLER, SECOND)
        )
    assert "no free slot" in str(refused.value)  # as who is busy says
    world.exclusions.allow(world.people[SECOND], SECOND, CALLER)
    world.invitations.invite(world.people[CALLER], call, [SECOND])
    assert world.exclusions.listed(world.people[SECOND], SECOND) == ()
    with pytest.raises(NotAllowed):
        world.exclusions.listed(world.people[CALLER], SECOND)


def test_the_ranking_invites_the_best_that_are_not_there_yet(store: Store) -> None:
    world = calls_on(store, ranked=(CALLER, FIRST, LAB, SECOND, THIRD))
    call = world.open(FIRST)
    view = world.invitations.invite_best(world.people[CALLER], call, 1)
    assert [(each.organization.id, each.invited_by) for each in view.parties] == [
        (FIRST, "by_hand"),
        (SECOND, "by_ranking"),
    ]
    with pytest.raises(InvalidInput):  # no lab supplies
        world.invitations.invite(world.people[CALLER], call, [LAB])


def test_invitations_take_no_slot_and_a_full_winner_stops_the_whole_award(store: Store) -> None:
    world = calls_on(store, {FIRST: 1, SECOND: 3})
    for _ in range(4):
        world.open(FIRST, SECOND)
    call = world.open(FIRST, SECOND)
    usage = world.base.introductions.slot_usage(world.people[FIRST], FIRST)
    assert (usage.running, usage.waiting) == (0, 0)
    world.submit(call, FIRST)
    world.submit(call, SECOND)
    busy = world.base.introductions.propose(
        world.people[THIRD], Proposal(GoalName.SUPPLIER, THIRD, FIRST)
    )
    world.base.introductions.act(world.people[FIRST], busy.id, Transition(Action.ACCEPT))
    before = len(list(world.base.repositories.introductions.values()))
    with pytest.raises(WrongState):
        world.award(call, FIRST, SECOND)
    assert world.states(call) == {FIRST: "submitted", SECOND: "submitted"}
    assert len(list(world.base.repositories.introductions.values())) == before
    assert N.CALL_AWARDED not in world.told(SECOND)
    world.award(call, SECOND)
    # The other one as well, once it is free.
    world.base.introductions.act(world.people[FIRST], busy.id, Transition(Action.END))
    world.award(call, FIRST, also=True)
    assert world.states(call) == {FIRST: "awarded", SECOND: "awarded"}
    with pytest.raises(WrongState):
        world.award(call, FIRST)


def test_the_team_reads_or_decides_and_notes_are_its_own(world: CallWorld) -> None:
    call = world.open(FIRST)
    member, stranger = (
        world.base.accounts.create(
            ADMIN, f"{name}@example.org", name, PASSWORD, memberships=(AccountMembership(firm),)
        )
        for name, firm in (("reader", CALLER), ("stranger", SECOND))
    )
    reader = member.principal()
    world.calls.set_team(world.people[CALLER], call, [TeamMember(member.id, CallRole.READER)])
    world.calls.note(reader, call, "先问价", FIRST)
    (note,) = world.calls.show(world.people[CALLER], call).notes
    assert (note.author, note.organization, note.text) == ("reader", FIRST, "先问价")
    assert "先问价" not in to_json(world.answers.form(world.people[FIRST], call, FIRST)).decode()
    day = world.base.clock().date() + timedelta(days=30)
    for refused in (
        lambda: world.calls.prolong(reader, call, day),
        lambda: world.decisions.end(reader, call, EndReason.NOT_NEEDED),
        lambda: world.invitations.invite(reader, call, [SECOND]),
        lambda: world.calls.set_team(reader, call, [TeamMember(member.id, CallRole.DECIDER)]),
        lambda: world.calls.drop_note(world.people[CALLER], call, note.id),
    ):
        with pytest.raises(NotAllowed):
            refused()
    with pytest.raises(InvalidInput):
        world.calls.set_team(world.people[CALLER], call, [TeamMember(stranger.id, CallRole.READER)])
    # Who has left the firm reads no more.
    with pytest.raises(NotFound):
        world.calls.show(Principal(reader.subject, reader.account), call)


def test_reminders_go_out_five_and_two_days_before_and_the_end_is_told_once(
    world: CallWorld,
) -> None:
    call = world.open(FIRST, SECOND, days=10)
    world.submit(call, SECOND)
    told = []
    for _ in range(12):
        world.base.clock.forward(timedelta(days=1))
        for _ in range(2):
            world.decisions.work_due()
        told.append(world.told(FIRST).count(N.CALL_DEADLINE_NEAR))
        # Read at once: an unread reminder is not repeated.
        _read_all(world, FIRST)
    assert told == [0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2]
    assert N.CALL_DEADLINE_NEAR not in world.told(SECOND)
    assert world.told(CALLER).count(N.CALL_DEADLINE_PASSED) == 1
    world.base.clock.forward(timedelta(days=90))
    world.decisions.work_due()
    view = world.calls.show(world.people[CALLER], call)
    assert (view.brief.phase, view.brief.end_reason) == (CallPhase.ENDED, EndReason.UNDECIDED)
    assert world.told(SECOND)[-1] is N.CALL_ENDED


def _read_all(world: CallWorld, firm: str) -> None:
    notifications = world.base.repositories.notifications
    unread = list(notifications.iterate("unread", world.people[firm].account))
    read = [notifications.put(replace(each.value, read=True), each.version) for each in unread]
    world.base.store.documents.commit(read)


def test_a_call_ends_without_an_award_with_a_reason_for_all(world: CallWorld) -> None:
    call = world.open(FIRST, SECOND)
    world.submit(call, FIRST)
    world.decisions.end(world.people[CALLER], call, EndReason.POSTPONED, "明年再办")
    for firm in (FIRST, SECOND):
        form = world.answers.form(world.people[firm], call, firm)
        assert (form.brief.end_reason, form.brief.end_text) == (EndReason.POSTPONED, "明年再办")
        assert world.told(firm)[-1] is N.CALL_ENDED
    assert world.states(call) == {FIRST: "not_awarded", SECOND: "waiting"}
    for late in (
        lambda: world.award(call, FIRST),
        lambda: world.submit(call, SECOND),
        lambda: world.decisions.end(world.people[CALLER], call, EndReason.OTHER),
    ):
        with pytest.raises(WrongState):
            late()
    # What it said can be taken back still.
    world.answers.withdraw(world.people[FIRST], call, FIRST)
    assert world.answers.form(world.people[FIRST], call, FIRST).bid is None


def test_what_a_call_asks_for_must_be_stated(world: CallWorld) -> None:
    call = world.open(FIRST, asked=(BidField.PRICE, BidField.LEAD_TIME))
    with pytest.raises(InvalidInput) as refused:
        world.submit(call, FIRST, replace(BID, lead_time_days=None))
    assert refused.value.where == "lead_time_days"
    with pytest.raises(InvalidInput):
        world.submit(call, FIRST, replace(BID, met=(("size:DN80", Met.YES),)))
    with pytest.raises(InvalidInput):
        Bid(price=3.0)  # of which currency
    world.answers.save_draft(world.people[FIRST], call, FIRST, Bid(text="未完"))


def test_a_call_open_to_the_cluster_tells_those_who_want_alerts(world: CallWorld) -> None:
    wants = world.people[FIRST]
    world.base.accounts.set_preferences(wants, Preferences("zh", alerts_a_week=3))
    call = world.open(cluster_wide=True)
    assert (world.told(FIRST), world.told(SECOND)) == ([N.CALL_OPENED], [])
    assert [each.id for each in world.answers.open_calls(world.people[SECOND], SECOND)] == [call]
    world.submit(call, SECOND)
    (party,) = world.calls.show(world.people[CALLER], call).parties
    assert (party.organization.id, party.invited_by) == (SECOND, "cluster_wide")


def test_a_call_to_a_cluster_names_nobody_who_opted_out_but_to_those_who_deal_with_it(
    world: CallWorld,
) -> None:
    """They may answer all the same: the call says what it is for, and until when."""
    wants, answered = world.people[FIRST], world.people[SECOND]
    world.base.accounts.set_preferences(wants, Preferences("en", alerts_a_week=3))
    store = world.base.store
    call = world.open(cluster_wide=True)
    world.submit(call, SECOND)
    world.answers.save_draft(wants, call, FIRST, replace(BID, text="未完"))
    store.upsert(GraphRows(organizations=(replace(store.organization(CALLER), listed=False),)))
    world.calls.prolong(world.people[CALLER], call, START.date() + timedelta(days=20))

    def shown(firm: str) -> set[str]:
        person = world.people[firm]
        rows = (
            *world.answers.open_calls(person, firm),
            *world.answers.invitations(person, firm).rows,
        )
        named = [row.caller for row in rows if row.id == call]
        named.append(world.answers.form(person, call, firm).brief.caller)
        named.append(world.calls.deadline_of(person, call).caller)
        return {text for each in named for text in (each.id, each.name)}

    assert shown(FIRST) == shown(THIRD) == {""}
    assert shown(SECOND) == {CALLER, store.organization(CALLER).name}
    names_caller, finds = world.calls.views.names_caller, world.base.finds_statement
    for reader, is_named in ((wants, False), (answered, True)):
        notices = world.base.repositories.notifications.values("account", reader.account)
        texts = [
            named_now(each, reader, finds, names_caller).message.text("zh") for each in notices
        ]
        assert texts
        assert all((store.organization(CALLER).name in text) is is_named for text in texts)
    world.submit(call, FIRST)  # and now they deal with each other
    assert CALLER in shown(FIRST)


def test_a_joint_brief_is_a_call_of_all_who_pooled_their_needs(world: CallWorld) -> None:
    """The first decides; a partner's owner reads, and asks for its own introduction."""
    store, repositories = world.base.store, world.base.repositories
    store.upsert(
        GraphRows(
            organizations=(Organization("t:lab2", "二所", Kind.RESEARCH_INSTITUTE),),
            needs=tuple(
                Need(f"t:pooled{firm[-1]}", firm, GoalName.RESEARCH_PARTNER, "检测密封涂层的寿命")
                for firm in (CALLER, FIRST)
            ),
        )
    )
    lab = world.base.person("t:lab2").principal()
    parties = tuple((id, InvitationAnswer.JOINED) for id in (CALLER, FIRST, LAB))
    gathering = Gathering(
        new_id(), GatheringKind.JOINT_BRIEF, "t:c", "密封", "共同课题", "x", world.base.clock(),
        parties, lead=LAB, needs=("t:pooled0", "t:pooled1"), state=GatheringState.RUNNING,
    )  # fmt: skip
    store.documents.commit([repositories.gatherings.put(gathering)])
    with pytest.raises(NotFound):
        world.opening.draft(world.people[SECOND], SECOND, gathering=gathering.id)
    content = world.opening.draft(world.people[CALLER], CALLER, gathering=gathering.id)
    assert (content.title, content.goal) == ("密封", GoalName.RESEARCH_PARTNER)
    assert "检测密封涂层的寿命" in content.text
    call = world.opening.open(world.people[CALLER], content, ["t:lab2"]).brief.id
    world.answers.submit(lab, call, "t:lab2", BID)
    partner = world.people[FIRST]
    assert world.calls.show(partner, call).role is CallRole.READER
    with pytest.raises(NotAllowed):
        world.decisions.award(partner, call, Award(("t:lab2",)))
    with pytest.raises(InvalidInput):
        world.decisions.introduce(partner, call, FIRST, "t:lab2")
    world.award(call, "t:lab2")
    world.decisions.introduce(partner, call, FIRST, "t:lab2")
    made = repositories.introductions.values("call", call)
    assert {(each.seeker, each.need) for each in made} == {
        (CALLER, "t:pooled0"),
        (FIRST, "t:pooled1"),
    }
    for own in (CALLER, FIRST):
        (party,) = world.calls.show(world.people[own], call).parties
        introduction = repositories.introductions.get(party.introduction).value
        assert introduction.seeker == own


def test_naming_a_need_does_not_tell_whether_somebody_has_it(store: Store) -> None:
    """Another firm's need, and one that nobody has, are refused in the same words."""
    world = calls_on(store)
    first = world.people[FIRST]

    def refused(act: Callable[[str], object]) -> set[str]:
        words = set()
        for need in ("t:need", "t:no-need-at-all"):  # the first one is the caller's
            with pytest.raises(InvalidInput) as refusal:
                act(need)
            words.add(str(refusal.value))
        return words

    for act in (
        lambda need: world.opening.draft(first, FIRST, need=need),
        lambda need: world.opening.open(first, world.content(organization=FIRST, needs=(need,))),
        lambda need: world.base.introductions.propose(
            first, Proposal(GoalName.SUPPLIER, FIRST, SECOND, need=need)
        ),
    ):
        assert len(refused(act)) == 1
    own = world.opening.draft(world.people[CALLER], CALLER, need="t:need")
    assert own.needs == ("t:need",)


def test_an_answer_sent_again_and_again_is_told_once_with_what_it_is_now(world: CallWorld) -> None:
    """Of whoever answers and takes back without end the caller has one notice, until it looks."""
    call, person = world.open(FIRST), world.people[CALLER]
    for price in range(3):
        world.submit(call, FIRST, replace(BID, price=float(price)))
        world.answers.withdraw(world.people[FIRST], call, FIRST)
    assert world.told(CALLER) == [N.CALL_ANSWERED]
    (notice,) = world.base.repositories.notifications.values("unread", person.account)
    assert notice.facts["state"] == "withdrawn"
    stored = world.base.repositories.notifications.get(notice.id)
    seen = world.base.repositories.notifications.put(replace(notice, read=True), stored.version)
    world.base.repositories.records.commit([seen])
    world.submit(call, FIRST)
    assert world.told(CALLER) == [N.CALL_ANSWERED] * 2


def test_an_answer_to_a_question_is_changed_so_often_and_no_more(world: CallWorld) -> None:
    """Each time everybody invited is told: three hundred took twelve seconds."""
    call, caller = world.open(FIRST, SECOND), world.people[CALLER]
    world.answers.ask(world.people[FIRST], call, FIRST, "Until when?")
    (question,) = world.calls.show(caller, call).questions
    for number in range(MAX_CORRECTIONS + 1):
        world.calls.answer_question(caller, call, question.id, f"{number}", "")
    told = world.told(SECOND, call).count(N.CALL_QUESTION_ANSWERED)
    assert told == MAX_CORRECTIONS + 1
    with pytest.raises(WrongState):
        world.calls.answer_question(caller, call, question.id, "otherwise", "")
    assert world.told(SECOND, call).count(N.CALL_QUESTION_ANSWERED) == told
