"""Notifications: what somebody is told, in the application and by mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from matchmaker.messages import Message, in_context, message


class NotificationKind(StrEnum):
    """Events that somebody is notified of."""

    REQUEST = "request"
    TERMS = "terms"
    PROPOSED = "proposed"
    ASKED = "asked"
    ANSWERED = "answered"
    OPENED = "opened"
    MOVED = "moved"
    MESSAGE = "message"
    REPORTED = "reported"
    LAPSES = "lapses"
    OVER = "over"
    ALERT = "alert"
    REVIEW = "review"
    REVIEWED = "reviewed"
    POSTING_OVER = "posting_over"
    GATHERING = "gathering"
    JOINED = "joined"
    TIMES = "times"
    FIXED = "fixed"
    NO_TIME = "no_time"
    CALLED_OFF = "called_off"
    SOON = "soon"
    SEARCH = "search"
    SURVEY = "survey"
    SURVEY_ENDS = "survey_ends"
    SURVEY_CLAIM = "survey_claim"
    CALL_INVITED = "call_invited"
    CALL_OPEN = "call_open"
    CALL_ENDS = "call_ends"
    CALL_PROLONGED = "call_prolonged"
    CALL_QUESTION = "call_question"
    CALL_REPLIED = "call_replied"
    CALL_ANSWERED = "call_answered"
    CALL_OVER = "call_over"
    CALL_AWARDED = "call_awarded"
    CALL_THANKS = "call_thanks"
    CALL_ENDED = "call_ended"
    CERTIFICATE_ENDS = "certificate_ends"
    CERTIFICATE_ENDED = "certificate_ended"
    CERTIFICATE_CONFIRMED = "certificate_confirmed"
    CHANNEL_GIVEN_UP = "channel_given_up"
    CHANNEL_PAUSED = "channel_paused"


# What each says; the parameters are its facts.
TEXTS = {
    NotificationKind.REQUEST: message("%(other)s would like to work with you"),
    NotificationKind.TERMS: message("Somebody offers terms; look at them before the name is shown"),
    NotificationKind.PROPOSED: message("Your cluster suggests that you meet %(other)s"),
    NotificationKind.ASKED: message("%(other)s has a question before deciding"),
    NotificationKind.ANSWERED: message("%(other)s answered: %(state)s"),
    NotificationKind.OPENED: message("Both agreed: the contact details of %(other)s are open"),
    NotificationKind.MOVED: message("With %(other)s: %(state)s"),
    NotificationKind.MESSAGE: message("A message from %(other)s"),
    NotificationKind.REPORTED: message("%(other)s reported an outcome; please confirm it"),
    NotificationKind.LAPSES: message("%(other)s waits for your answer, until %(time)s"),
    NotificationKind.OVER: message("With %(other)s it is over: %(state)s"),
    NotificationKind.ALERT: message("%(other)s posted a need that you may be able to meet"),
    NotificationKind.REVIEW: message("%(other)s submitted something for you to review"),
    NotificationKind.REVIEWED: message("What you submitted: %(state)s"),
    NotificationKind.POSTING_OVER: message("Something you posted has expired; you can renew it"),
    NotificationKind.GATHERING: message("You are invited: %(other)s"),
    NotificationKind.JOINED: message("%(other)s answered the invitation: %(state)s"),
    NotificationKind.TIMES: message("%(other)s proposes times for a meeting; pick one"),
    NotificationKind.FIXED: message("The meeting with %(other)s is fixed: %(time)s"),
    NotificationKind.NO_TIME: message("None of the times for a meeting suits %(other)s"),
    NotificationKind.CALLED_OFF: message("%(other)s called the meeting off"),
    NotificationKind.SOON: message("Soon: the meeting with %(other)s, %(time)s"),
    NotificationKind.SEARCH: message("New among the first ten of your search %(other)s: %(count)s"),
    NotificationKind.SURVEY: message("%(other)s asks whom you work with; it takes three minutes"),
    NotificationKind.SURVEY_ENDS: message(
        "%(other)s waits for your answer on whom you work with, until %(time)s"
    ),
    NotificationKind.SURVEY_CLAIM: message(
        "In the survey of %(other)s somebody named you as a partner; please say whether it is so"
    ),
    NotificationKind.CALL_INVITED: message(
        "%(other)s invites you to answer a call, until %(time)s"
    ),
    NotificationKind.CALL_OPEN: message("%(other)s opened a call to your cluster, until %(time)s"),
    NotificationKind.CALL_ENDS: message(
        "The call of %(other)s waits for your answer, until %(time)s"
    ),
    NotificationKind.CALL_PROLONGED: message("The call of %(other)s now runs until %(time)s"),
    NotificationKind.CALL_QUESTION: message("%(other)s has a question about your call"),
    NotificationKind.CALL_REPLIED: message("The call of %(other)s: a question was answered"),
    NotificationKind.CALL_ANSWERED: message("Your call: %(other)s %(state)s"),
    NotificationKind.CALL_OVER: message(
        "The deadline of your call %(other)s has passed. Answers: %(count)s"
    ),
    NotificationKind.CALL_AWARDED: message("%(other)s awarded you a call"),
    NotificationKind.CALL_THANKS: message(
        "%(other)s thanks you for your answer and awarded the call otherwise: %(state)s"
    ),
    NotificationKind.CALL_ENDED: message("The call of %(other)s ended without an award: %(state)s"),
    NotificationKind.CERTIFICATE_ENDS: message(
        "Your certificate %(other)s ends on %(time)s; enter the new one in time"
    ),
    NotificationKind.CERTIFICATE_ENDED: message(
        "Your certificate %(other)s ended on %(time)s; needs that ask for it are not met any more"
    ),
    NotificationKind.CERTIFICATE_CONFIRMED: message("Your certificate %(other)s: %(state)s"),
    NotificationKind.CHANNEL_GIVEN_UP: message(
        "The channel %(other)s took no messages for two days and gets no more; try it, or remove it"
    ),
    NotificationKind.CHANNEL_PAUSED: message(
        "The channel %(other)s is paused: who entered it does not coordinate the cluster any more;"
        " save its hours to take it over, or remove it"
    ),
}
# States as they stand in these sentences, which is not always their label.
STATES = {
    name: in_context("state", name.replace("_", " "))
    for name in (
        "terms", "proposed", "accepted", "meeting", "agreed", "delivered", "completed",
        "declined", "expired", "cancelled", "ended", "published", "draft", "joined", "left",
        "waiting", "withdrawn", "in_review", "submitted", "awarded", "not_awarded",
        # why a call was awarded otherwise, or ended
        "another_fits", "dearer", "slower", "minimum_too_large", "too_little_capacity",
        "requirements_not_met", "incomplete", "nothing_suitable", "not_needed", "postponed",
        "over_budget", "undecided", "other",
        "confirmed_by_partner", "confirmed_by_coordinator",
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Notification:
    """A notification to one account; `subject` is what it is about, as `kind/id`."""

    id: str
    account: str
    kind: NotificationKind
    subject: str
    at: datetime
    facts: Mapping[str, str] = field(default_factory=dict)
    read: bool = False
    mailed: bool = False

    @property
    def message(self) -> Message:
        """Its text."""
        state = self.facts.get("state", "")
        other: str | Message = " ".join(self.facts.get("other", "").split())
        # Who reads the terms first does not know the name yet.
        other = other or message("Somebody")
        facts = {
            "other": other,
            "state": STATES.get(state, state),
            "time": self.facts.get("time", ""),
            "count": self.facts.get("count", ""),
        }
        return Message(TEXTS[self.kind].id, facts)
