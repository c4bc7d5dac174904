"""Files and meetings of an introduction, between its two sides alone, on both stores."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import GoalName
from matchmaker.errors import InvalidInput, NotAllowed, NotFound
from matchmaker.store.documents import Store
from matchmaker.workflow.appointment import (
    AppointmentAction,
    AppointmentOffer,
    AppointmentState,
    AppointmentStep,
)
from matchmaker.workflow.introduction import Proposal, Transition
from matchmaker.workflow.introduction_states import Action, State
from matchmaker.workflow.notification import NotificationKind
from tests.contract.cooperation import START, Cooperation, cooperation_on, services_on

DAY = timedelta(days=1)
TEXT = "图纸见附件".encode()


@pytest.fixture
def opened(store: Store, tmp_path) -> tuple[Cooperation, str]:
    """An introduction of t:f0 and t:f1 that both accepted."""
    cooperation_on(store)
    services = services_on(store, tmp_path / "attachments")
    first, second = services.person("t:f0"), services.person("t:f1")
    services.person("t:f2")
    view = services.introductions.propose(
        first.principal(), Proposal(GoalName.SUPPLIER, "t:f0", "t:f1")
    )
    services.introductions.act(second.principal(), view.id, Transition(Action.ACCEPT))
    return services, view.id


def person(services: Cooperation, organization: str):
    return services.principal_of(f"p0.{organization.replace(':', '.')}@example.org")


def notices(services: Cooperation, organization: str) -> list[NotificationKind]:
    account = person(services, organization).account
    found = services.repositories.notifications.values("account", account)
    return [each.kind for each in sorted(found, key=lambda each: each.id)]


def test_a_file_is_read_by_the_two_sides_and_by_nobody_else(opened) -> None:
    services, id = opened
    first, second, third = (person(services, f"t:f{number}") for number in range(3))
    sent = services.conversations.write(first, id, "", files=[("说明.txt", io.BytesIO(TEXT))])
    (attachment,) = sent.attachments
    for side in (first, second):
        known, content = services.conversations.attachment(side, attachment.id)
        with content:
            assert (known.name, content.read()) == ("说明.txt", TEXT)
    with pytest.raises(NotFound):
        services.conversations.attachment(third, attachment.id)
    with pytest.raises(NotAllowed):
        services.conversations.attachment(ADMIN, attachment.id)
    services.introductions.act(second, id, Transition(Action.WITHDRAW))
    with pytest.raises(NotAllowed):
        services.conversations.attachment(first, attachment.id)


def test_what_is_refused_leaves_no_file_and_no_message(opened, tmp_path) -> None:
    services, id = opened
    first, third = person(services, "t:f0"), person(services, "t:f2")
    good, bad = ("a.txt", io.BytesIO(TEXT)), ("b.pdf", io.BytesIO(b"MZ"))
    with pytest.raises(InvalidInput):
        services.conversations.write(first, id, "two", files=[good, bad])
    with pytest.raises(NotFound):
        services.conversations.write(third, id, "mine", files=[("c.txt", io.BytesIO(TEXT))])
    assert services.conversations.messages(first, id).rows == ()
    folder = tmp_path / "attachments"
    assert not folder.exists() or list(folder.iterdir()) == []


def test_files_go_with_the_conversation_they_belong_to(opened, tmp_path) -> None:
    services, id = opened
    first = person(services, "t:f0")
    services.conversations.write(first, id, "", files=[("a.txt", io.BytesIO(TEXT))])
    services.introductions.act(first, id, Transition(Action.END))
    services.clock.forward(timedelta(days=40_000))  # files are as old as their clock says
    assert services.conversations.drop_orphans() == 0
    keep = timedelta(days=30)
    assert services.privacy(keep_interactions=keep, keep_over=keep).forget_old() == 1
    assert services.conversations.drop_orphans() == 1
    assert list((tmp_path / "attachments").iterdir()) == []


def test_a_picked_time_fixes_the_meeting_and_brings_the_two_into_talks(opened) -> None:
    services, id = opened
    first, second = person(services, "t:f0"), person(services, "t:f1")
    offer = AppointmentOffer((START + 2 * DAY, START + 3 * DAY), "Asia/Shanghai", 45, "二号楼")
    offered = services.conversations.offer(first, id, offer)
    assert notices(services, "t:f1")[-1] is NotificationKind.MEETING_OFFERED
    step = AppointmentStep(AppointmentAction.PICK, START + 3 * DAY)
    with pytest.raises(NotAllowed):
        services.conversations.answer(first, offered.id, step)
    services.conversations.answer(second, offered.id, step)
    services.conversations.answer(second, offered.id, step)
    assert services.introductions.show(first, id).state is State.MEETING
    assert notices(services, "t:f0")[-1] is NotificationKind.MEETING_FIXED
    (fixed,) = services.conversations.appointments(first, id)
    assert (fixed.state, fixed.time) == (AppointmentState.FIXED, START + 3 * DAY)
    with pytest.raises(NotFound):
        services.conversations.appointment(person(services, "t:f2"), fixed.id)
    lines = [line.entry.action for line in services.repositories.records.last_log(50)]
    assert lines.count("introduction.meeting_fixed") == 1


def test_other_times_take_the_place_of_those_that_wait(opened) -> None:
    services, id = opened
    first, second = person(services, "t:f0"), person(services, "t:f1")
    services.conversations.offer(first, id, AppointmentOffer((START + DAY,)))
    services.conversations.offer(second, id, AppointmentOffer((START + 2 * DAY,)))
    states = [each.state for each in services.conversations.appointments(first, id)]
    assert states == [AppointmentState.OFFERED, AppointmentState.REPLACED]


def test_times_proposed_without_end_are_told_once_and_not_all_kept(opened) -> None:
    """Seen: two thousand of one side, each kept, listed to both and told to the other."""
    services, id = opened
    first, second = person(services, "t:f0"), person(services, "t:f1")
    conversations, off = services.conversations, AppointmentStep(AppointmentAction.CALL_OFF)
    picked = conversations.offer(first, id, AppointmentOffer((START + DAY,)))
    conversations.answer(second, picked.id, AppointmentStep(AppointmentAction.PICK, START + DAY))
    conversations.answer(first, picked.id, off)
    rejected = conversations.offer(first, id, AppointmentOffer((START + DAY,)))
    conversations.answer(second, rejected.id, AppointmentStep(AppointmentAction.REJECT))
    for number in range(15):
        hours = timedelta(hours=25 + number)
        taken_back = conversations.offer(first, id, AppointmentOffer((START + hours,)))
        conversations.answer(first, taken_back.id, off)
        conversations.offer(first, id, AppointmentOffer((services.clock() + timedelta(minutes=1),)))
        conversations.offer(first, id, AppointmentOffer((START + hours,)))
        services.clock.forward(timedelta(minutes=2))
    kept = conversations.appointments(second, id)
    assert len(kept) <= 25
    assert kept[0].state is AppointmentState.OFFERED
    assert {picked.id, rejected.id} <= {each.id for each in kept}  # what both had a word in
    told = notices(services, "t:f1")
    assert told.count(NotificationKind.MEETING_OFFERED) <= 2
    assert told.count(NotificationKind.MEETING_CALLED_OFF) <= 2


def test_both_sides_are_reminded_once_a_day_before(opened) -> None:
    services, id = opened
    first, second = person(services, "t:f0"), person(services, "t:f1")
    offered = services.conversations.offer(first, id, AppointmentOffer((START + 3 * DAY,)))
    step = AppointmentStep(AppointmentAction.PICK, START + 3 * DAY)
    services.conversations.answer(second, offered.id, step)
    assert services.conversations.remind_due() == 0
    services.clock.forward(2 * DAY)
    assert services.conversations.remind_due() == 1
    assert services.conversations.remind_due() == 0
    for organization in ("t:f0", "t:f1"):
        assert notices(services, organization).count(NotificationKind.MEETING_SOON) == 1


def test_nobody_is_reminded_after_a_consent_was_withdrawn(opened) -> None:
    services, id = opened
    first, second = person(services, "t:f0"), person(services, "t:f1")
    offered = services.conversations.offer(first, id, AppointmentOffer((START + 3 * DAY,)))
    step = AppointmentStep(AppointmentAction.PICK, START + 3 * DAY)
    services.conversations.answer(second, offered.id, step)
    services.introductions.act(second, id, Transition(Action.WITHDRAW))
    services.clock.forward(2 * DAY)
    services.conversations.remind_due()
    assert NotificationKind.MEETING_SOON not in notices(services, "t:f0")


def test_the_latest_is_read_first_and_what_was_before_it_page_by_page(opened) -> None:
    services, id = opened
    first, second, third = (person(services, f"t:f{number}") for number in range(3))
    for number in range(7):
        services.conversations.write(first, id, f"message {number}")
    read, before = [], ""
    for expected in (3, 3, 1):
        page = services.conversations.latest(second, id, before, limit=3)
        assert len(page.rows) == expected
        read += [message.text for message in page.rows]
        before = page.after or ""
    assert (read, before) == ([f"message {number}" for number in range(6, -1, -1)], "")
    with pytest.raises(NotFound):
        services.conversations.latest(third, id)
    with pytest.raises(NotAllowed):
        services.conversations.latest(ADMIN, id)
