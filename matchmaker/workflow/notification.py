"""Notifications: what somebody is told, in the application and by mail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from matchmaker.domain import Cluster, Organization
from matchmaker.messages import BilingualName, LocalDay, Message, in_context, message, plural
from matchmaker.naming import shortened, unlinked
from matchmaker.terms import TERMS
from matchmaker.workflow.programme_alerts import ProgrammeTold, facts_of_found, told_by


class NotificationKind(StrEnum):
    """Events that somebody is notified of."""

    INTRODUCTION_REQUESTED = "introduction_requested"
    TERMS_OFFERED = "terms_offered"
    INTRODUCTION_PROPOSED = "introduction_proposed"
    INTRODUCTION_QUESTION_ASKED = "introduction_question_asked"
    TERMS_AGREED = "terms_agreed"
    FIRST_SIDE_ACCEPTED = "first_side_accepted"
    INTRODUCTION_ANSWERED = "introduction_answered"
    INTRODUCTION_ACCEPTED = "introduction_accepted"
    INTRODUCTION_ADVANCED = "introduction_advanced"
    MESSAGE_RECEIVED = "message_received"
    OUTCOME_REPORTED = "outcome_reported"
    INTRODUCTION_EXPIRES = "introduction_expires"
    INTRODUCTION_OVER = "introduction_over"
    NEED_POSTED = "need_posted"
    POSTING_SUBMITTED = "posting_submitted"
    POSTING_REVIEWED = "posting_reviewed"
    POSTING_EXPIRED = "posting_expired"
    REVIEW_ENDED = "review_ended"
    GATHERING_INVITED = "gathering_invited"
    GATHERING_ANSWERED = "gathering_answered"
    MEETING_OFFERED = "meeting_offered"
    MEETING_FIXED = "meeting_fixed"
    MEETING_REJECTED = "meeting_rejected"
    MEETING_CALLED_OFF = "meeting_called_off"
    MEETING_SOON = "meeting_soon"
    SEARCH_NEW_RESULTS = "search_new_results"
    SURVEY_OPENED = "survey_opened"
    SURVEY_CLOSES = "survey_closes"
    SURVEY_TIE_DECLARED = "survey_tie_declared"
    SURVEY_ANSWERED_BY_LINK = "survey_answered_by_link"
    CALL_INVITED = "call_invited"
    CALL_OPENED = "call_opened"
    CALL_DEADLINE_NEAR = "call_deadline_near"
    CALL_PROLONGED = "call_prolonged"
    CALL_CORRECTED = "call_corrected"
    CALL_QUESTION_ASKED = "call_question_asked"
    CALL_QUESTION_ANSWERED = "call_question_answered"
    CALL_ANSWERED = "call_answered"
    CALL_DEADLINE_PASSED = "call_deadline_passed"
    CALL_AWARDED = "call_awarded"
    CALL_NOT_AWARDED = "call_not_awarded"
    CALL_ENDED = "call_ended"
    CERTIFICATE_ENDS = "certificate_ends"
    CERTIFICATE_ENDED = "certificate_ended"
    CERTIFICATE_CONFIRMED = "certificate_confirmed"
    PROGRAMMES_FIT = "programmes_fit"
    PROGRAMMES_CLOSE = "programmes_close"
    CHANNEL_GIVEN_UP = "channel_given_up"
    CHANNEL_PAUSED = "channel_paused"
    CHANNEL_PAUSED_AT_RESET = "channel_paused_at_reset"
    ACCOUNT_CLEARED = "account_cleared"
    ORGANIZATION_MERGED = "organization_merged"
    PLACE_ENDED_BY_MERGE = "place_ended_by_merge"
    WEBHOOK_GIVEN_UP = "webhook_given_up"
    WEBHOOK_PAUSED = "webhook_paused"
    WEBHOOK_LEFT = "webhook_left"

    @classmethod
    def _missing_(cls, value: object) -> NotificationKind | None:
        """The kind that an earlier version stored under another name."""
        name = EARLIER_NAMES.get(value) if isinstance(value, str) else None
        return None if name is None else cls(name)


# As notifications were stored before their kinds followed the states.
EARLIER_NAMES = {
    "request": "introduction_requested",
    "terms": "terms_offered",
    "proposed": "introduction_proposed",
    "asked": "introduction_question_asked",
    "answered": "introduction_answered",
    "opened": "introduction_accepted",
    "moved": "introduction_advanced",
    "message": "message_received",
    "reported": "outcome_reported",
    "lapses": "introduction_expires",
    "over": "introduction_over",
    "alert": "need_posted",
    "review": "posting_submitted",
    "reviewed": "posting_reviewed",
    "posting_over": "posting_expired",
    "gathering": "gathering_invited",
    "joined": "gathering_answered",
    "times": "meeting_offered",
    "fixed": "meeting_fixed",
    "no_time": "meeting_rejected",
    "called_off": "meeting_called_off",
    "soon": "meeting_soon",
    "search": "search_new_results",
    "survey": "survey_opened",
    "survey_ends": "survey_closes",
    "survey_claim": "survey_tie_declared",
    "call_open": "call_opened",
    "call_ends": "call_deadline_near",
    "call_question": "call_question_asked",
    "call_replied": "call_question_answered",
    "call_over": "call_deadline_passed",
    "call_thanks": "call_not_awarded",
}


# What each says; the parameters are its facts.
TEXTS = {
    NotificationKind.INTRODUCTION_REQUESTED: message("%(other)s would like to work with you"),
    NotificationKind.TERMS_OFFERED: message(
        "Somebody offers terms; look at them before the name is shown"
    ),
    NotificationKind.INTRODUCTION_PROPOSED: message("It is suggested that you meet %(other)s"),
    NotificationKind.INTRODUCTION_QUESTION_ASKED: message(
        "%(other)s has a question before deciding"
    ),
    NotificationKind.TERMS_AGREED: message(
        "%(other)s agreed to your terms and knows now who you are; its answer is still to come"
    ),
    NotificationKind.FIRST_SIDE_ACCEPTED: message("%(other)s said yes and waits for your answer"),
    NotificationKind.INTRODUCTION_ANSWERED: message("%(other)s answered: %(state)s"),
    NotificationKind.INTRODUCTION_ACCEPTED: message(
        "Both agreed: the contact details of %(other)s are open"
    ),
    NotificationKind.INTRODUCTION_ADVANCED: message("With %(other)s: %(state)s"),
    NotificationKind.MESSAGE_RECEIVED: message("A message from %(other)s"),
    NotificationKind.OUTCOME_REPORTED: message("%(other)s reported an outcome; please confirm it"),
    NotificationKind.INTRODUCTION_EXPIRES: message(
        "%(other)s waits for your answer, until %(time)s"
    ),
    NotificationKind.INTRODUCTION_OVER: message("With %(other)s it is over: %(state)s"),
    NotificationKind.NEED_POSTED: message("%(other)s posted a need that you may be able to meet"),
    NotificationKind.POSTING_SUBMITTED: message("%(other)s submitted something for you to review"),
    NotificationKind.POSTING_REVIEWED: message("What you submitted: %(state)s"),
    NotificationKind.REVIEW_ENDED: message(
        "Nobody looks first any more at what you handed in; you can publish it yourselves"
    ),
    NotificationKind.POSTING_EXPIRED: message("Something you posted has expired; you can renew it"),
    NotificationKind.GATHERING_INVITED: message("You are invited: %(other)s"),
    NotificationKind.GATHERING_ANSWERED: message("%(other)s answered the invitation: %(state)s"),
    NotificationKind.MEETING_OFFERED: message("%(other)s proposes times for a meeting; pick one"),
    NotificationKind.MEETING_FIXED: message("The meeting with %(other)s is fixed: %(time)s"),
    NotificationKind.MEETING_REJECTED: message("None of the times for a meeting suits %(other)s"),
    NotificationKind.MEETING_CALLED_OFF: message("%(other)s called the meeting off"),
    NotificationKind.MEETING_SOON: message("Soon: the meeting with %(other)s, %(time)s"),
    NotificationKind.SEARCH_NEW_RESULTS: message(
        "New among the first ten of your search %(other)s: %(count)s"
    ),
    NotificationKind.SURVEY_OPENED: message(
        "%(other)s asks whom you work with; it takes three minutes"
    ),
    NotificationKind.SURVEY_CLOSES: message(
        "%(other)s waits for your answer on whom you work with, until %(time)s"
    ),
    NotificationKind.SURVEY_TIE_DECLARED: message(
        "In the survey of %(other)s somebody named you as a partner; please say whether it is so"
    ),
    NotificationKind.SURVEY_ANSWERED_BY_LINK: message(
        "In the survey of %(other)s somebody answered for you by a personal link; please look"
        " whether it is right"
    ),
    NotificationKind.CALL_INVITED: message(
        "%(other)s invites you to answer a call, until %(time)s"
    ),
    NotificationKind.CALL_OPENED: message(
        "%(other)s opened a call to your cluster, until %(time)s"
    ),
    NotificationKind.CALL_DEADLINE_NEAR: message(
        "The call of %(other)s waits for your answer, until %(time)s"
    ),
    NotificationKind.CALL_PROLONGED: message("The call of %(other)s now runs until %(time)s"),
    NotificationKind.CALL_CORRECTED: message(
        "%(other)s corrected its call, which runs until %(time)s: %(state)s"
    ),
    NotificationKind.CALL_QUESTION_ASKED: message("%(other)s has a question about your call"),
    NotificationKind.CALL_QUESTION_ANSWERED: message(
        "The call of %(other)s: a question was answered"
    ),
    NotificationKind.CALL_ANSWERED: message("Your call: %(other)s %(state)s"),
    NotificationKind.CALL_DEADLINE_PASSED: message(
        "The deadline of your call %(other)s has passed. Answers: %(count)s"
    ),
    NotificationKind.CALL_AWARDED: message("%(other)s awarded you a call"),
    NotificationKind.CALL_NOT_AWARDED: message(
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
    NotificationKind.PROGRAMMES_FIT: message("This programme fits you: %(other)s"),
    NotificationKind.PROGRAMMES_CLOSE: message("This programme closes soon: %(other)s"),
    NotificationKind.CHANNEL_GIVEN_UP: message(
        "The channel %(other)s took no messages for two days and gets no more; try it, or remove it"
    ),
    NotificationKind.CHANNEL_PAUSED: message(
        "The channel %(other)s is paused: who entered it does not coordinate the cluster any more;"
        " save its hours to take it over, or remove it"
    ),
    NotificationKind.CHANNEL_PAUSED_AT_RESET: message(
        "The channel %(other)s is paused, since a password was set anew or every session ended;"
        " save its hours if you know it, or remove it"
    ),
    NotificationKind.ACCOUNT_CLEARED: message(
        "Your address is confirmed. What had been put on your account before is removed: keys,"
        " second factor, passkeys, channels, webhooks and open invitations; set up again what was"
        " yours, and look who acts for your organisation"
    ),
    NotificationKind.ORGANIZATION_MERGED: message(
        "An administrator made %(other)s and your organisation one; look who acts for it, and"
        " tell an administrator if that is wrong"
    ),
    NotificationKind.PLACE_ENDED_BY_MERGE: message(
        "An administrator made %(other)s one with another organisation; you act for it no more,"
        " unless its owner or an administrator invites you"
    ),
    NotificationKind.WEBHOOK_GIVEN_UP: message(
        "The webhook at %(other)s took no calls for days and gets no more; register it anew once"
        " it works"
    ),
    NotificationKind.WEBHOOK_PAUSED: message(
        "The webhook at %(other)s is paused, since whoever registered it set a new password or"
        " ended every session; register it again if you know it, or remove it"
    ),
    NotificationKind.WEBHOOK_LEFT: message(
        "The webhook at %(other)s is paused: who registered it does not act for the organisation"
        " any more; register it again to take it over, or remove it"
    ),
}
# The same of several programmes.
SEVERAL = {
    NotificationKind.PROGRAMMES_FIT: plural(
        "One programme fits you: %(other)s",
        "%(count)s programmes fit you, among them: %(other)s",
        2,
    ),
    NotificationKind.PROGRAMMES_CLOSE: plural(
        "One programme closes soon: %(other)s",
        "%(count)s programmes close soon, among them: %(other)s",
        2,
    ),
}
# Those of which `other` is who calls.
OF_CALLERS = frozenset(
    {
        NotificationKind.CALL_INVITED,
        NotificationKind.CALL_OPENED,
        NotificationKind.CALL_DEADLINE_NEAR,
        NotificationKind.CALL_PROLONGED,
        NotificationKind.CALL_CORRECTED,
        NotificationKind.CALL_QUESTION_ANSWERED,
        NotificationKind.CALL_AWARDED,
        NotificationKind.CALL_NOT_AWARDED,
        NotificationKind.CALL_ENDED,
    }
)
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
        # what changed in a call whose files have names that stand in no letter
        "files",
        "confirmed_by_partner", "confirmed_by_coordinator",
    )
}  # fmt: skip


# What is told to administrators, by that part.
TO_ADMINISTRATORS = "administrators"

# The facts that name whom it is about; older ones have the first alone.
_NAMES = ("other", "other_en")
# Those of programmes, a line for each.
_NAMES_OF_SEVERAL = ("names", "names_en")
# Other facts that others wrote.
_LINES = ("state", "titles")


def name_parameters(named: Cluster | Organization | None) -> dict[str, str]:
    """The facts that name an organisation or a cluster; None: somebody not to be named."""
    names = (named.name, named.name_en) if named else ("", "")
    return {key: name for key, name in zip(_NAMES, names, strict=True) if name or key == "other"}


def without_names(facts: Mapping[str, str]) -> dict[str, str]:
    """Facts of a notification that name nobody."""
    return {key: fact for key, fact in facts.items() if key not in _NAMES}


@dataclass(frozen=True, slots=True)
class Notification:
    """A notification to one account; `subject` is what it is about, as `kind/id`.

    `told_for` is the part by which it is told, as `organization/id`, `cluster/id` or
    `TO_ADMINISTRATORS`; "" where it is told for itself, or by an earlier version.
    """

    id: str
    account: str
    kind: NotificationKind
    subject: str
    at: datetime
    facts: Mapping[str, str] = field(default_factory=dict)
    read: bool = False
    mailed: bool = False
    told_for: str = ""

    def nameless(self) -> Notification:
        """The same, without the name of whom it is about."""
        return replace(self, facts=without_names(self.facts))

    def of_programmes(self, finds: Callable[[str], bool]) -> Notification:
        """The same, without title and name of the programmes that are not found, by their ids."""
        return replace(self, facts=facts_of_found(self.facts, finds))

    def in_letter(self) -> Notification:
        """The same as letters and channels carry it: of long names the beginning, and no link."""
        written = {}
        for key, fact in self.facts.items():
            if key in _NAMES:
                written[key] = unlinked(shortened(fact))
            elif key in _NAMES_OF_SEVERAL:
                written[key] = unlinked("\n".join(map(shortened, fact.split("\n"))))
            elif key in _LINES:
                written[key] = unlinked(fact)
        return replace(self, facts={**self.facts, **written})

    @property
    def message(self) -> Message:
        """Its text."""
        if self.kind in SEVERAL:
            return _of_programmes(self.kind, self.facts)
        state = self.facts.get("state", "")
        name, english = (" ".join(self.facts.get(key, "").split()) for key in _NAMES)
        # Who reads the terms first does not know the name yet.
        other = BilingualName(name, english) if name else message("Somebody")
        facts = {
            "other": other,
            "state": STATES.get(state, state),
            "time": _day_or_text(self.facts.get("time", "")),
            "count": self.facts.get("count", ""),
        }
        return Message(TEXTS[self.kind].id, facts)


def _day_or_text(told: str) -> LocalDay | str:
    """A day by itself; the time of a meeting has a zone beside it."""
    try:
        return LocalDay.fromisoformat(told)
    except ValueError:
        return told


def _of_programmes(kind: NotificationKind, facts: Mapping[str, str]) -> Message:
    count, named = int(facts.get("count", "1")), told_by(facts)
    if count == 1:
        return Message(TEXTS[kind].id, {"other": _programme(named[0])})
    return replace(
        SEVERAL[kind], parameters={"count": count, "other": tuple(map(_programme, named))}
    )


def _programme(told: ProgrammeTold) -> Message:
    """The title of a programme, its last day, and conditions that nobody could check.

    Of one whose title may not stand there who offers it; its page has the rest.
    """
    title = message("“%(title)s”", title=told.title)
    if not told.title:
        other = BilingualName(told.name, told.name_en) if told.name else message("Somebody")
        title = message("a programme of %(other)s", other=other)
    unknown = tuple(_condition(name) for name in told.unknown)
    if told.deadline is None:
        if not unknown:
            return title
        return message("%(title)s (check: %(unknown)s)", title=title, unknown=unknown)
    day = LocalDay.fromisoformat(told.deadline.isoformat())
    if not unknown:
        return message("%(title)s, until %(day)s", title=title, day=day)
    return message(
        "%(title)s, until %(day)s (check: %(unknown)s)", title=title, day=day, unknown=unknown
    )


def _condition(name: str) -> Message:
    return message("Firm size") if name == "size" else Message(TERMS[name])
