"""Parts of an introduction's page once both have accepted: talk, files, meetings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import request

from matchmaker.access import Principal
from matchmaker.api.cooperation.conversations import appointment_calendar, attachment_file
from matchmaker.api.http.context import services
from matchmaker.errors import InvalidInput
from matchmaker.services.cooperation.attachment_types import EXTENSIONS
from matchmaker.services.cooperation.introduction_views import IntroductionView
from matchmaker.web.forms import read_form
from matchmaker.web.labels import gettext
from matchmaker.web.layout import PageAnswer, show_notice, signed_in, web
from matchmaker.workflow.appointment import (
    MAX_TIMES,
    Appointment,
    AppointmentAction,
    AppointmentOffer,
    AppointmentStep,
    zone_of,
)
from matchmaker.workflow.attachment import MAX_FILE
from matchmaker.workflow.interactions import ConversationMessage
from matchmaker.workflow.introduction_states import Side

# To choose among without JavaScript, which adds the reader's own.
ZONES = (
    "Asia/Shanghai", "Asia/Tokyo", "Asia/Singapore", "Asia/Kolkata", "Asia/Dubai",
    "Europe/London", "Europe/Berlin", "Europe/Moscow", "America/New_York", "America/Chicago",
    "America/Los_Angeles", "America/Sao_Paulo", "Australia/Sydney", "UTC",
)  # fmt: skip

MESSAGES_SHOWN = 200


@dataclass(frozen=True, slots=True)
class MeetingView:
    """A proposed meeting as its reader may act on it."""

    row: Appointment
    is_own: bool
    is_open: bool
    allowed: tuple[AppointmentAction, ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """The latest messages of the two sides, newest last, and their meetings, newest first.

    `earlier` is the message before which more were written, "" where none were.
    """

    messages: Sequence[ConversationMessage]
    earlier: str
    meetings: Sequence[MeetingView]
    zone: str
    zones: Sequence[str]
    now: datetime
    extensions: str = EXTENSIONS
    most: int = MAX_FILE // 1_000_000
    times: int = MAX_TIMES


def conversation_of(principal: Principal, view: IntroductionView) -> Conversation | None:
    """The conversation of an introduction; None while it is closed, or is others'."""
    side = view.side
    if view.contact is None or side is None:
        return None
    conversations, now = services().conversations, services().clock()
    own = services().settings.time_zone
    page = conversations.latest(principal, view.id, request.args.get("before", ""), MESSAGES_SHOWN)
    return Conversation(
        messages=page.rows[::-1],
        earlier=page.after or "",
        meetings=[
            _meeting(appointment, side, now)
            for appointment in conversations.appointments(principal, view.id)
        ],
        zone=request.form.get("zone", own),
        zones=tuple(dict.fromkeys((own, *ZONES))),
        now=now,
    )


def _meeting(appointment: Appointment, side: Side, now: datetime) -> MeetingView:
    return MeetingView(
        appointment,
        is_own=appointment.side is side,
        is_open=appointment.is_open(now),
        allowed=appointment.allowed(side, now),
    )


def is_conversation_form() -> bool:
    """Tell whether the form that was sent is one of the conversation."""
    return bool({"message", "offer", "meeting"} & request.form.keys())


def submit_conversation_form(principal: Principal, id: str) -> None:
    """Do what the form says: write, propose times, or answer those that were proposed."""
    conversations, form = services().conversations, request.form
    if "message" in form:
        files = [
            (file.filename or "", file.stream)
            for file in request.files.getlist("file")
            if file.filename
        ]
        conversations.write(principal, id, form["message"], files=files)
        return
    if "offer" in form:
        conversations.offer(principal, id, _offer())
        show_notice(gettext("The times are proposed; you will be told which is picked."))
        return
    step = read_form(AppointmentStep, action=form.get("step", ""))
    conversations.answer(principal, form["meeting"], step)
    fixed = gettext("The time is fixed; put it into your calendar below.")
    show_notice(fixed if step.action is AppointmentAction.PICK else gettext("It is noted."))


def _offer() -> AppointmentOffer:
    """The times of the form, which are those of a clock in the zone that was chosen."""
    zone = zone_of(request.form.get("zone", ""))
    times = []
    for text in request.form.getlist("time"):
        if not text.strip():
            continue
        try:
            clock = datetime.fromisoformat(text.strip())
        except ValueError:
            raise InvalidInput("is no date with a time.", where="times") from None
        times.append(clock.replace(tzinfo=clock.tzinfo or zone).astimezone(UTC))
    if not times:
        raise InvalidInput("must name at least one.", where="times")
    return read_form(AppointmentOffer, times=tuple(times))


@web.get("/attachments/<id>")
def attachment(id: str) -> PageAnswer:
    """A file of a conversation, to be kept."""
    return attachment_file(signed_in(), id)


@web.get("/meetings/<id>/calendar")
def meeting_calendar(id: str) -> PageAnswer:
    """A meeting for one's calendar."""
    return appointment_calendar(signed_in(), id)
