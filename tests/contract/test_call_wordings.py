"""Calls that are corrected or sealed, on both stores, and when a deadline is over."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic_core import to_json

from matchmaker.errors import InvalidInput, NotFound, WrongState
from matchmaker.services.cooperation import call_invitations
from matchmaker.services.cooperation.call_export import comparison_export
from matchmaker.services.cooperation.refusals import Refusals
from matchmaker.store.documents import Store
from matchmaker.workflow.call_answer import AnswerState
from matchmaker.workflow.notification import NotificationKind
from matchmaker.workflow.refusals import DeclineReason
from tests.contract.calls import (
    BID,
    CALLER,
    FIRST,
    SECOND,
    TEXT,
    THIRD,
    call_services,
    calls_again,
    calls_on,
)
from tests.contract.cooperation import cooperation_on


def test_all_invited_are_told_of_a_correction_and_answers_before_it_are_marked(store: Store):
    world = calls_on(store)
    call = world.open(FIRST, SECOND)
    world.submit(call, FIRST)
    deadline = world.content(days=12).deadline
    caller = world.people[CALLER]
    view = world.calls.correct(caller, call, "DN65, not DN50", "需要DN65球阀", deadline)
    (noted,) = view.brief.corrections
    assert (noted.text_before, noted.summary) == (TEXT, "DN65, not DN50")
    assert noted.deadline_before == world.content().deadline
    for firm in (FIRST, SECOND):
        assert world.told(firm)[-1] is NotificationKind.CALL_CORRECTED
    notices = world.base.repositories.notifications.values("account", world.people[FIRST].account)
    texts = [each.message.text("en") for each in notices]
    until = f"{deadline:%b} {deadline.day}, {deadline.year}"
    assert f"厂t:f0 corrected its call, which runs until {until}: DN65, not DN50" in texts
    assert world.answers.form(world.people[FIRST], call, FIRST).outdated
    assert [party.outdated for party in view.parties] == [True, False]
    # The same answer again renews it; what it was given to is told by that.
    world.submit(call, FIRST)
    assert not world.answers.form(world.people[FIRST], call, FIRST).outdated
    with pytest.raises(InvalidInput):  # nothing changes
        world.calls.correct(caller, call, "again", "需要DN65球阀")
    with pytest.raises(InvalidInput):  # an earlier day
        world.calls.correct(caller, call, "earlier", "", world.content(days=2).deadline)
    with pytest.raises(NotFound):
        world.calls.correct(world.people[FIRST], call, "not ours", "x")


@pytest.mark.parametrize(
    "address", ["https://evil.example/verify", "ｗｗｗ．evil.example", "login-evil.example.com"]
)
def test_what_changed_stands_in_letters_without_web_addresses(store: Store, address: str):
    world = calls_on(store)
    call = world.open(FIRST)
    caller = world.people[CALLER]
    with pytest.raises(InvalidInput) as refused:
        world.calls.correct(caller, call, f"Closed today. Sign in at {address}", "需要DN65球阀")
    assert refused.value.where == "summary"
    assert world.told(FIRST) == [NotificationKind.CALL_INVITED]
    world.calls.correct(caller, call, "DN65,\nnot DN50", f"需要DN65球阀，见 {address}")
    notices = world.base.repositories.notifications.values("account", world.people[FIRST].account)
    texts = [each.message.text("en") for each in notices]
    assert any(text.endswith(": DN65, not DN50") for text in texts)


def test_who_answered_an_earlier_wording_is_waited_for_and_reminded(store: Store):
    world = calls_on(store)
    call = world.open(FIRST)
    world.submit(call, FIRST)
    world.calls.correct(world.people[CALLER], call, "other", "需要DN80球阀")
    with pytest.raises(WrongState):
        world.award(call, FIRST)
    world.base.clock.forward(timedelta(days=6))
    world.decisions.work_due()
    assert world.told(FIRST)[-1] is NotificationKind.CALL_DEADLINE_NEAR
    world.submit(call, FIRST)
    world.award(call, FIRST)
    assert world.states(call) == {FIRST: "awarded"}


def test_nobody_of_who_calls_reads_a_sealed_answer_before_it_is_opened_after_the_deadline(
    store: Store,
):
    world = calls_on(store)
    call = world.open(FIRST, days=3, sealed=True)
    world.submit(call, FIRST, replace(BID, text="四十九元一件"))
    caller = world.people[CALLER]

    def seen() -> str:
        view = world.calls.show(caller, call)
        return to_json(view).decode() + to_json(comparison_export(view).tables[0].rows).decode()

    assert "四十九元一件" not in seen()
    for act in (
        lambda: world.calls.unseal(caller, call),
        lambda: world.award(call, FIRST),
        lambda: world.decisions.shortlist(caller, call, [FIRST]),
    ):
        with pytest.raises(WrongState):
            act()
    world.base.clock.forward(timedelta(days=4))
    assert "四十九元一件" not in seen()
    with pytest.raises(WrongState):
        world.award(call, FIRST)
    with pytest.raises(NotFound):
        world.calls.unseal(world.people[FIRST], call)
    assert world.calls.unseal(caller, call).unsealed == world.base.clock()
    assert "四十九元一件" in seen()
    opened = [
        (line.entry.actor, line.entry.subject, dict(line.entry.detail))
        for line in store.documents.last_log(50)
        if line.entry.action == "call.unsealed"
    ]
    assert opened == [(caller.subject, f"call/{call}", {"answers": "1"})]
    with pytest.raises(WrongState):  # answers that come now would be read at once
        world.calls.prolong(caller, call, world.content(days=9).deadline)
    world.award(call, FIRST)


def test_nobody_of_who_calls_learns_whose_sealed_answers_have_come(store: Store):
    """One submits, one declines, one comes by itself; who calls is told of a count alone."""
    world = calls_on(store, ranked=(SECOND, THIRD))
    caller = world.people[CALLER]
    call = world.open(FIRST, SECOND, days=3, sealed=True, cluster_wide=True)
    before = world.calls.show(caller, call)
    told = world.told(CALLER)
    world.submit(call, FIRST)
    world.answers.decline(world.people[SECOND], call, SECOND, DeclineReason.NO_CAPACITY, "voll")
    world.submit(call, THIRD)
    view = world.calls.show(caller, call)
    assert view.parties == before.parties
    assert [party.state for party in view.parties] == [None, None]
    assert (before.submitted, view.submitted) == (0, 2)
    assert world.told(CALLER) == told
    with pytest.raises(InvalidInput):  # as of anybody who is not invited
        world.calls.note(caller, call, "did it answer?", THIRD)
    # Inviting it, or asking whom to invite, does not tell that it is there already.
    assert [each.id for each in world.invitations.suggestions(caller, call)] == [THIRD]
    invited = world.invitations.invite(caller, call, [THIRD]).parties
    assert [party.organization.id for party in invited] == [FIRST, SECOND, THIRD]
    world.base.clock.forward(timedelta(days=4))
    opened = world.calls.unseal(caller, call)
    assert [party.state for party in opened.parties] == ["submitted", "declined", "submitted"]


def test_nothing_of_a_sealed_call_depends_on_what_was_answered(store: Store):
    """Two calls alike, of which one was answered at two prices: their views differ in no letter."""
    world = calls_on(store)
    caller = world.people[CALLER]
    seen = []
    for price in (23.75, 41.0):
        call = world.open(FIRST, SECOND, days=3, sealed=True)
        world.submit(call, FIRST, replace(BID, price=price))
        view = to_json(world.calls.show(caller, call)).decode()
        seen.append(view.replace(call, "this call"))
    assert seen[0] == seen[1]
    assert world.calls.show(caller, call).basis == ""
    # Sealed answers are no ground that could be named and tried either.
    for basis in ("", "2b71549717a4587f"):
        with pytest.raises(WrongState):
            world.award(call, FIRST, basis=basis)


def test_the_ground_of_a_decision_is_not_found_by_trying_answers(store: Store):
    """Who knows everything of the call and of its answer but the key cannot work it out."""
    world = calls_on(store)
    call = world.open(FIRST)
    world.submit(call, FIRST)
    shown = world.calls.show(world.people[CALLER], call).basis
    compared = [(FIRST, AnswerState.SUBMITTED, repr(BID), 1, "()")]
    tried = repr(("open", None, 1, compared))
    assert shown
    assert shown != hashlib.sha256(tried.encode()).hexdigest()[:16]
    other = calls_again(store)
    other.calls = replace(
        other.calls, views=replace(other.calls.views, secret=lambda: "another secret")
    )
    assert other.calls.show(world.people[CALLER], call).basis != shown


def test_who_declined_a_sealed_call_is_told_by_no_count_and_no_list(store: Store):
    world = calls_on(store, ranked=(FIRST, SECOND))
    refusals = Refusals(store, world.base.repositories)
    caller, first = world.people[CALLER], world.people[FIRST]
    other = world.open()
    call = world.open(FIRST, days=3, sealed=True)

    def seen() -> tuple[int, list[str]]:
        suggested = world.invitations.suggestions(caller, other)
        received = refusals.of_organization(caller, CALLER).received
        return received.total, [each.id for each in suggested]

    world.answers.decline(first, call, FIRST, DeclineReason.NO_CAPACITY)
    assert seen() == (0, [FIRST, SECOND])
    assert refusals.of_cluster(world.base.coordinator(), "t:c").total == 0
    assert refusals.of_organization(first, FIRST).given.total == 1  # its own, which it knows
    world.base.clock.forward(timedelta(days=4))
    world.calls.unseal(caller, call)
    assert seen() == (1, [SECOND])


def test_the_bound_on_invitations_tells_of_nobody_who_came_by_itself(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    world = calls_on(store)
    call = world.open(FIRST, days=3, sealed=True, cluster_wide=True)
    world.submit(call, THIRD)
    monkeypatch.setattr(call_invitations, "MAX_INVITED", 2)
    world.invitations.invite(world.people[CALLER], call, [SECOND])
    with pytest.raises(InvalidInput):
        world.invitations.invite(world.people[CALLER], call, [THIRD])


def test_a_deadline_is_the_end_of_its_day_where_the_installation_is(store: Store):
    """Shanghai is eight hours ahead: its 11 March ends at 16:00 UTC of that day."""
    base = cooperation_on(store)
    clock = base.clock
    base.clock = lambda: clock().astimezone(ZoneInfo("Asia/Shanghai"))
    world = call_services(base)
    for firm in (CALLER, FIRST):
        world.people[firm] = base.person(firm).principal()
    clock.now = datetime(2026, 3, 1, 8, tzinfo=UTC)
    call = world.open(FIRST, days=10)
    assert world.calls.show(world.people[CALLER], call).brief.deadline == date(2026, 3, 11)
    clock.now = datetime(2026, 3, 11, 15, 59, tzinfo=UTC)
    world.submit(call, FIRST)
    clock.now = datetime(2026, 3, 11, 16, 0, tzinfo=UTC)
    with pytest.raises(WrongState):
        world.submit(call, FIRST, replace(BID, price=1.0))
