"""Appointments of both sides of an introduction: up to three times, one to be picked.

Nothing here reads a clock or a store.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, ConfigDict, Field

from matchmaker.errors import InvalidInput, NotAllowed, WrongState
from matchmaker.workflow.checks import check_range
from matchmaker.workflow.introduction import MessageText, check_length
from matchmaker.workflow.introduction_states import Side

MAX_TIMES = 3
MIN_MINUTES, MAX_MINUTES = 15, 480
_AHEAD = timedelta(days=366)

# How long before the meeting both are reminded; where it was fixed later than that, the second.
REMINDER, SHORT_REMINDER = timedelta(hours=24), timedelta(hours=1)


class AppointmentState(StrEnum):
    """The state of a proposed meeting."""

    OFFERED = "offered"  # the other side has to pick a time
    FIXED = "fixed"
    REJECTED = "rejected"  # no time suits the other side
    OFF = "off"  # taken back, or called off after it was fixed
    REPLACED = "replaced"  # other times were proposed instead


class AppointmentAction(StrEnum):
    """The actions on a proposed meeting."""

    PICK = "pick"
    REJECT = "reject"
    CALL_OFF = "call_off"


@dataclass(frozen=True, slots=True)
class AppointmentOffer:
    """A proposal by one side: times, for how many minutes, where or by what means, about what.

    `zone` is the time zone (IANA) that the times are shown in.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    times: Annotated[tuple[AwareDatetime, ...], Field(min_length=1, max_length=MAX_TIMES)]
    zone: Annotated[str, Field(min_length=1, max_length=64)] = "UTC"
    minutes: Annotated[int, Field(ge=MIN_MINUTES, le=MAX_MINUTES)] = 60
    place: MessageText = ""
    topic: MessageText = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.times) <= MAX_TIMES:
            raise InvalidInput("must be one, two or three.", where="times")
        check_range("minutes", self.minutes, MIN_MINUTES, MAX_MINUTES)
        check_length("place", self.place)
        check_length("topic", self.topic)
        zone_of(self.zone)


@dataclass(frozen=True, slots=True)
class AppointmentStep:
    """An action on a proposed meeting; `time` is the one that is picked."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    action: AppointmentAction
    time: AwareDatetime | None = None
    reason: MessageText = ""

    def __post_init__(self) -> None:
        check_length("reason", self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """A meeting that one side proposed and the other answers; `time` is the one picked.

    `sequence` counts its changes, so that calendars know the newer of two files.
    """

    id: str
    introduction: str
    side: Side
    offer: AppointmentOffer
    created: datetime
    state: AppointmentState = AppointmentState.OFFERED
    time: datetime | None = None
    changed: datetime
    reason: str = ""
    sequence: int = 0
    is_reminded: bool = False

    @property
    def reminder_at(self) -> datetime | None:
        """The time to remind both sides; None where nobody has to be (any more)."""
        if self.state is not AppointmentState.FIXED or self.time is None or self.is_reminded:
            return None
        before = REMINDER if self.time - self.changed > REMINDER else SHORT_REMINDER
        return self.time - before

    def is_open(self, now: datetime) -> bool:
        """Tell whether it still waits for an answer or for its time."""
        if self.state is AppointmentState.OFFERED:
            return any(time > now for time in self.offer.times)
        return self.state is AppointmentState.FIXED and self.time is not None and self.time > now

    def came_to_nothing(self, now: datetime) -> bool:
        """Tell whether it is over without a word of the other side: replaced, taken back, or past.

        One side alone makes as many of these as it likes.
        """
        is_answered = self.time is not None or self.state is AppointmentState.REJECTED
        return not is_answered and not self.is_open(now)

    def allowed(self, side: Side, now: datetime) -> tuple[AppointmentAction, ...]:
        """The actions that this side may take."""
        if not self.is_open(now):
            return ()
        if self.state is AppointmentState.FIXED or side is self.side:
            return (AppointmentAction.CALL_OFF,)
        return (AppointmentAction.PICK, AppointmentAction.REJECT)


def offer_times(
    offer: AppointmentOffer, id: str, introduction: str, side: Side, now: datetime
) -> Appointment:
    """The meeting that an offer begins. Raises InvalidInput for times that are over or far."""
    times = tuple(sorted({time.astimezone(UTC) for time in offer.times}))
    if times[0] <= now:
        raise InvalidInput(
            "must lie ahead.", where="times", mend="Choose times after the present one."
        )
    if times[-1] > now + _AHEAD:
        raise InvalidInput("must lie within a year.", where="times")
    return Appointment(
        id=id,
        introduction=introduction,
        side=side,
        offer=replace(offer, times=times),
        created=now,
        changed=now,
    )


def act_on(
    appointment: Appointment, step: AppointmentStep, side: Side, now: datetime
) -> Appointment:
    """The meeting after a side's step; the same step again gives the very same object back.

    Raises WrongState, NotAllowed, InvalidInput.
    """
    action, state = step.action, _TARGETS[step.action]
    if appointment.state is state and (action is not _PICK or step.time == appointment.time):
        return appointment
    if action not in appointment.allowed(side, now):
        raise _refusal(appointment, side, now)
    time = appointment.time
    if action is _PICK:
        time = step.time
        if time is None or time not in appointment.offer.times:
            raise InvalidInput("must be one of the proposed times.", where="time")
        if time <= now:
            raise InvalidInput("must lie ahead.", where="time", mend="Pick a later one.")
    return replace(
        appointment,
        state=state,
        time=time,
        reason=step.reason.strip(),
        changed=now,
        sequence=appointment.sequence + 1,
    )


def supersede(appointment: Appointment, now: datetime) -> Appointment:
    """A meeting that still waits for an answer, once other times are proposed instead."""
    return replace(
        appointment, state=AppointmentState.REPLACED, changed=now, sequence=appointment.sequence + 1
    )


def zone_of(name: str) -> ZoneInfo:
    """The time zone of that name. Raises InvalidInput."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise InvalidInput(
            "'%(zone)s' is no time zone.",
            where="zone",
            mend="Name it as 'Asia/Shanghai' or 'Europe/Berlin'.",
            zone=name[:64],
        ) from None


def time_text(time: datetime, zone: str) -> str:
    """A time as every reader understands it, for instance `2026-12-01 14:00 (UTC+08:00)`."""
    local = time.astimezone(zone_of(zone))
    offset = f"{local:%z}"
    return f"{local:%Y-%m-%d %H:%M} (UTC{offset[:3]}:{offset[3:5]})"


_PICK = AppointmentAction.PICK

_TARGETS = {
    AppointmentAction.PICK: AppointmentState.FIXED,
    AppointmentAction.REJECT: AppointmentState.REJECTED,
    AppointmentAction.CALL_OFF: AppointmentState.OFF,
}


def _refusal(appointment: Appointment, side: Side, now: datetime) -> WrongState | NotAllowed:
    if not appointment.is_open(now):
        return WrongState("That meeting is settled or past.", mend="Propose other times.")
    if appointment.state is AppointmentState.FIXED:
        return WrongState("A time is fixed already.", mend="Call it off first.")
    if side is appointment.side:
        return NotAllowed("The other side picks a time.")
    return NotAllowed("The times are the other side's: pick one, or say that none suits.")
