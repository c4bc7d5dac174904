"""Small values of the workflow, each against what its documentation promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from matchmaker.domain import Certificate, ClaimTier, GoalName, Layer
from matchmaker.messages import message
from matchmaker.workflow.appointment import (
    AppointmentOffer,
    AppointmentState,
    offer_times,
    supersede,
)
from matchmaker.workflow.certificate import (
    CertificateRecord,
    WithdrawnConfirmation,
    taken_back,
    with_taken_back,
    without_taken_back,
)
from matchmaker.workflow.introduction import Proposal, propose
from matchmaker.workflow.introduction_states import Origin, Side, State
from matchmaker.workflow.job import Job, JobKind
from matchmaker.workflow.meeting_bounds import MeetingBounds
from matchmaker.workflow.survey import SurveyTie, TieKey, visible_ties

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
DAY = date(2026, 2, 1)


# -- certificates whose confirmation was taken back

ISO = Certificate("x:1", "t:a", "ISO 9001", "A-1")
MEMORY = CertificateRecord(
    "x:1",
    "t:a",
    taken_back=(
        WithdrawnConfirmation("iso 9001", "A-1", DAY),
        WithdrawnConfirmation("CE", "", DAY),
    ),
)


@pytest.mark.parametrize(
    ("row", "is_remembered"),
    [
        (ISO, True),
        (replace(ISO, number="A-2"), False),
        (replace(ISO, number=""), True),  # may be any of its kind
        (replace(ISO, kind="CE", number="Z"), True),  # the one taken back said no number
        (replace(ISO, kind="ISO 14001"), False),
        (replace(ISO, claim=ClaimTier.COORDINATOR), False),  # given anew
    ],
)
def test_a_confirmation_that_was_taken_back_is_of_its_kind_and_number(row, is_remembered):
    assert taken_back([row], (), [MEMORY]) == ({row.id: DAY} if is_remembered else {})


def test_what_is_held_and_was_taken_back_counts_by_its_latest_day():
    later = replace(ISO, id="x:2", taken_back_on=DAY + timedelta(days=3))
    assert taken_back([ISO], [later], [MEMORY]) == {"x:1": DAY + timedelta(days=3)}


def test_a_confirmation_given_anew_is_forgotten_and_the_others_are_not():
    assert without_taken_back(MEMORY, ISO).taken_back == (WithdrawnConfirmation("CE", "", DAY),)
    assert without_taken_back(MEMORY, replace(ISO, kind="CE")).taken_back == (
        WithdrawnConfirmation("iso 9001", "A-1", DAY),
    )
    again = with_taken_back(MEMORY, replace(ISO, taken_back_on=DAY))
    assert again.taken_back[-1] == WithdrawnConfirmation("ISO 9001", "A-1", DAY)
    assert with_taken_back(MEMORY, ISO) is MEMORY


# -- ties of a survey that coordinators may see


def tie(said: set[str], denied: set[str] = frozenset()) -> SurveyTie:  # type: ignore[assignment]
    key = TieKey(Layer.SUPPLIES, "t:a", "t:b")
    return SurveyTie(key, frozenset(said), frozenset(denied))


@pytest.mark.parametrize(
    ("seen", "agreeing", "denied"),
    [
        (tie({"t:a", "t:b"}), {}, set()),  # confirmed
        (tie({"t:a"}), {"t:a": True}, set()),
        (tie({"t:a"}), {"t:a": False}, None),
        (tie({"t:a"}), {}, None),
        (tie({"t:a"}), {"t:b": True}, None),
        (tie({"t:a"}, {"t:b"}), {"t:a": True, "t:b": True}, {"t:b"}),
        (tie({"t:a"}, {"t:b"}), {"t:a": True, "t:b": False}, set()),
        (tie({"t:a"}, {"t:b"}), {"t:a": True}, set()),
    ],
)
def test_what_a_firm_says_or_denies_is_seen_where_it_agreed(seen, agreeing, denied):
    shown = visible_ties([seen], agreeing)
    if denied is None:
        assert shown == ()
    else:
        assert [each.denied_by for each in shown] == [denied]
        assert shown[0].said_by == seen.said_by


# -- reminders of introductions


@pytest.mark.parametrize(
    ("left", "reminded_at", "due"),
    [
        (timedelta(days=5, seconds=1), 0, None),
        (timedelta(days=5), 0, 5),
        (timedelta(days=2, seconds=1), 0, 5),
        (timedelta(days=2), 0, 2),
        (timedelta(seconds=1), 0, 2),
        (timedelta(0), 0, None),
        (timedelta(days=4), 5, None),
        (timedelta(days=2), 5, 2),
        (timedelta(days=1), 2, None),
    ],
)
def test_an_introduction_is_reminded_of_five_and_two_days_before_it_lapses(left, reminded_at, due):
    proposal = Proposal(GoalName.SUPPLIER, "t:a", "t:b")
    waiting = propose(proposal, "i", Side.SEEKER, Origin.MEMBER, "account:1", NOW)
    waiting = replace(waiting, reminded_at=reminded_at)
    assert waiting.due_reminder(waiting.expires - left) == due
    over = replace(waiting, state=State.DECLINED)
    assert over.due_reminder(waiting.expires - left) is None


# -- others


def test_times_that_others_replace_are_a_newer_file_for_calendars():
    offer = AppointmentOffer((NOW + timedelta(days=1),), "Asia/Shanghai")
    later = NOW + timedelta(hours=1)
    replaced = supersede(offer_times(offer, "m", "i", Side.SEEKER, NOW), later)
    assert (replaced.state, replaced.changed) == (AppointmentState.REPLACED, later)
    assert replaced.sequence == 1


def test_who_is_left_out_as_well_changes_nothing_of_with_whom_alone():
    bounds = MeetingBounds(frozenset({"t:a"}), frozenset({"t:b", "t:c"}))
    both = MeetingBounds(frozenset({"t:a", "t:c"}), frozenset({"t:b", "t:c"}))
    assert bounds.without(frozenset({"t:c"})) == both


@pytest.mark.parametrize(
    ("stored", "text"), [("Done.", "Done."), ("", None), (None, None), (message("Done."), "Done.")]
)
def test_what_came_of_a_job_is_read_as_it_was_stored_before(stored, text):
    from pydantic import TypeAdapter

    job = TypeAdapter(Job).validate_python(
        {
            "id": "j", "kind": JobKind.REFRESH, "requested_by": "admin", "requested_at": NOW,
            "result": stored,
        }
    )  # fmt: skip
    assert (None if job.result is None else str(job.result)) == text
