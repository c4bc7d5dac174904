"""Typed repositories over the documents beside the graph."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Generic

from pydantic import TypeAdapter

from matchmaker.errors import NotFound
from matchmaker.ingest.table_options import TableOptions
from matchmaker.kind_names import KIND_NAMES
from matchmaker.services.picked_organizations import PickedOrganizations, list_keys
from matchmaker.services.submitted_list import SubmittedList
from matchmaker.services.unit_of_work import T
from matchmaker.store.changes import Keys, Put, Record, RecordQuery, Remove
from matchmaker.store.documents import Records
from matchmaker.store.ports import Page
from matchmaker.workflow.account import Account, ApiKey, Invitation
from matchmaker.workflow.appointment import Appointment
from matchmaker.workflow.attachment import FilesTaken
from matchmaker.workflow.call import Call, CallState
from matchmaker.workflow.call_answer import CallAnswer, CallNote, CallQuestion
from matchmaker.workflow.certificate import CertificateRecord
from matchmaker.workflow.channel import ChannelNotice, NoticeChannel
from matchmaker.workflow.clock_record import ClockRecord
from matchmaker.workflow.gathering import Gathering
from matchmaker.workflow.interactions import (
    Assignment,
    ClusterRules,
    ConversationMessage,
    Interaction,
    LongQuestion,
    MonthlyCounts,
    OpenPair,
    PendingGraphWrite,
    Slots,
)
from matchmaker.workflow.introduction import Introduction
from matchmaker.workflow.introduction_states import ACTIVE, OutcomeKind
from matchmaker.workflow.job import ImportPart, ImportRecord, Job, NotDuplicate
from matchmaker.workflow.notification import Notification
from matchmaker.workflow.passkey import UsedChallenge
from matchmaker.workflow.posting import Posting
from matchmaker.workflow.programme_alerts import ProgrammeAlertRecord
from matchmaker.workflow.receipt import RECEIPT, Receipt, receipt_keys
from matchmaker.workflow.saved_search import SavedSearch
from matchmaker.workflow.session import Session, SignInAttempts
from matchmaker.workflow.survey import SurveyResponse, SurveyRound, response_id
from matchmaker.workflow.webhook import Delivery, Hook

_PAGE = 200
# What accounts are found by that came through OpenID Connect, as it was first stored.
OPENID_SUBJECT_KEY = "identity"
# How values of the key "reversible" begin that are of an organisation's own lists.
OWN_LISTS = "organization/"


@dataclass(frozen=True, slots=True)
class Versioned(Generic[T]):
    """A value with the version under which it is stored."""

    value: T
    version: int


@dataclass(frozen=True, slots=True)
class Address:
    """To whom an e-mail address belongs: the record that makes it unique."""

    id: str
    account: str


@dataclass(frozen=True, slots=True)
class RememberedList:
    """A record of how a file was read, for the next of the same `cluster` and titles.

    `id` stands for both; `file` is the name of the last such file. `joins` says whether
    organisations that were new became members.
    """

    id: str
    cluster: str
    file: str
    at: datetime
    options: TableOptions
    joins: bool | None = None


def reference_id(introduction: str, organization: str) -> str:
    """The id of what an organisation gives of an introduction."""
    return f"{introduction} {organization}"


@dataclass(frozen=True, slots=True)
class GivenReference:
    """Permission of `organization` to the one it is `about` to count what both finished."""

    id: str
    introduction: str
    organization: str
    about: str
    kind: OutcomeKind
    finished: datetime


@cache
def _adapter(model: type[T]) -> TypeAdapter[T]:
    """Made once in a process: making all takes a tenth of a second."""
    return TypeAdapter(model)


class Repository(Generic[T]):
    """All documents of one kind, as values of one type that have an `id`."""

    def __init__(
        self, records: Callable[[], Records], kind: str, model: type[T], keys: Callable[[T], Keys]
    ) -> None:
        self.kind = kind
        self._records = records
        self._adapter: TypeAdapter[T] = _adapter(model)  # type: ignore[arg-type]
        self._keys = keys

    def get(self, id: str) -> Versioned[T]:
        """Raises NotFound."""
        stored = self.get_or_none(id)
        if stored is None:
            kind = KIND_NAMES.get(self.kind, self.kind)
            raise NotFound("There is no %(kind)s '%(id)s'.", kind=kind, id=id)
        return stored

    def get_or_none(self, id: str) -> Versioned[T] | None:
        """The document with its version, or None where there is none."""
        record = self._records().record(self.kind, id)
        return None if record is None else self.read(record)

    def many(self, ids: Sequence[str]) -> dict[str, Versioned[T]]:
        """Those that exist, by id."""
        if not ids:
            return {}
        records = self._records().records(self.kind, list(dict.fromkeys(ids)))
        return {id: self.read(record) for id, record in records.items()}

    def at_once(
        self, ids: Sequence[str], keys: Sequence[tuple[str, str]]
    ) -> dict[str, Versioned[T]]:
        """Those with one of the ids, and all with the value under one of the keys, by id."""
        records = self._records().records_at_once(RecordQuery(self.kind, ids, keys))
        return {record.id: self.read(record) for record in records}

    def page(
        self,
        key: str = "",
        value: str = "",
        *,
        after: str = "",
        limit: int = 100,
        newest_first: bool = False,
    ) -> Page[Versioned[T]]:
        """A page of those with the value under the key, or of all."""
        page = self._records().find(
            self.kind, key, value, after=after, limit=limit, newest_first=newest_first
        )
        return Page(tuple(self.read(record) for record in page.rows), page.after)

    def iterate(self, key: str = "", value: str = "") -> Iterator[Versioned[T]]:
        """All of them, page by page."""
        after: str | None = ""
        while after is not None:
            page = self.page(key, value, after=after, limit=_PAGE)
            yield from page.rows
            after = page.after

    def values(self, key: str = "", value: str = "") -> Iterator[T]:
        """All of them without versions."""
        return (stored.value for stored in self.iterate(key, value))

    def count(self, key: str, value: str) -> int:
        """Count those that have the value under the key."""
        return self._records().count(self.kind, key, value)

    def values_under(self, key: str, value: T) -> Sequence[str]:
        """The values by which one is found under a key."""
        under = self._keys(value).get(key, ())
        return [under] if isinstance(under, str) else under

    def put(self, value: T, expected: int = 0) -> Put:
        """The change that stores a value over the version `expected`."""
        body = self._adapter.dump_json(value, by_alias=True).decode()
        return Put(self.kind, value.id, body, expected, self._keys(value))  # type: ignore[attr-defined]

    def remove(self, stored: Versioned[T]) -> Remove:
        """The change that removes it."""
        return Remove(self.kind, stored.value.id, stored.version)  # type: ignore[attr-defined]

    def plain(self, value: T) -> dict[str, Any]:
        """As JSON has it, under the names that are public."""
        plain: dict[str, Any] = self._adapter.dump_python(value, mode="json", by_alias=True)
        return plain

    def read(self, record: Record) -> Versioned[T]:
        return Versioned(self._adapter.validate_json(record.body), record.version)


class Repositories:
    """Every kind of document there is, and what each can be found by."""

    def __init__(self, records: Callable[[], Records]) -> None:
        self._records = records
        self.accounts = Repository(records, "account", Account, _account_keys)
        self.addresses = Repository(records, "address", Address, _fields("account"))
        self.invitations = Repository(records, "invitation", Invitation, _invitation_keys)
        self.api_keys = Repository(records, "api_key", ApiKey, _fields("account"))
        self.sessions = Repository(records, "session", Session, _fields("account"))
        self.sign_in_attempts = Repository(records, "sign_in_attempts", SignInAttempts, _fields())
        self.used_challenges = Repository(records, "used_challenge", UsedChallenge, _fields())
        self.introductions = Repository(records, "introduction", Introduction, _introduction_keys)
        self.references = Repository(
            records, "reference", GivenReference, _fields("about", "organization")
        )
        self.slots = Repository(records, "slots", Slots, _slots_keys)
        self.open_pairs = Repository(records, "open_pair", OpenPair, _fields())
        self.messages = Repository(records, "message", ConversationMessage, _message_keys)
        self.appointments = Repository(records, "appointment", Appointment, _appointment_keys)
        self.notifications = Repository(records, "notice", Notification, _notification_keys)
        self.postings = Repository(records, "posting", Posting, _fields("organization", "state"))
        self.gatherings = Repository(records, "gathering", Gathering, _gathering_keys)
        self.surveys = Repository(records, "survey", SurveyRound, _survey_keys)
        self.survey_responses = Repository(
            records, "survey_response", SurveyResponse, _survey_response_keys
        )
        self.calls = Repository(records, "call", Call, _call_keys)
        self.call_answers = Repository(records, "call_answer", CallAnswer, _call_answer_keys)
        of_question = _fields("call", "organization")
        self.call_questions = Repository(records, "call_question", CallQuestion, of_question)
        of_note = _fields("call", "organization", "author")
        self.call_notes = Repository(records, "call_note", CallNote, of_note)
        of_one = _fields("organization")
        self.certificates = Repository(records, "certificate", CertificateRecord, of_one)
        self.files_taken = Repository(records, "files_taken", FilesTaken, _fields())
        self.rules = Repository(records, "cluster_rules", ClusterRules, _fields())
        # Stored under their first name.
        self.interactions = Repository(records, "trace", Interaction, _interaction_keys)
        self.assignments = Repository(records, "assignment", Assignment, _assignment_keys)
        self.pending_graph_writes = Repository(records, "realisation", PendingGraphWrite, _fields())
        self.hooks = Repository(records, "hook", Hook, _hook_keys)
        self.channels = Repository(records, "channel", NoticeChannel, _fields("owner"))
        self.channel_notices = Repository(
            records, "channel_notice", ChannelNotice, _fields("channel")
        )
        self.deliveries = Repository(records, "delivery", Delivery, _fields("hook"))
        self.lists = Repository(records, "list", PickedOrganizations, list_keys)
        self.long_questions = Repository(records, "question", LongQuestion, _fields("account"))
        self.saved_searches = Repository(records, "saved_search", SavedSearch, _saved_search_keys)
        self.programme_alerts = Repository(
            records, "programme_alerts", ProgrammeAlertRecord, _fields()
        )
        self.monthly_counts = Repository(records, "tally", MonthlyCounts, _fields())
        self.receipts = Repository(records, RECEIPT, Receipt, receipt_keys)
        self.clock = Repository(records, "clock", ClockRecord, _fields())
        self.jobs = Repository(records, "job", Job, _fields("state"))
        self.imports = Repository(records, "import", ImportRecord, _import_keys)
        self.import_parts = Repository(
            records, "import_part", ImportPart, lambda part: {"import": part.import_id}
        )
        self.remembered_lists = Repository(
            records, "remembered_list", RememberedList, _fields("cluster")
        )
        self.submitted_lists = Repository(
            records, "submitted_list", SubmittedList, _fields("organization", "state")
        )
        self.not_duplicates = Repository(records, "apart", NotDuplicate, _fields())

    @property
    def records(self) -> Records:
        """The port itself, for the log and for committing."""
        return self._records()


def pair_id(first: str, second: str, goal: str) -> str:
    """One id for two organisations and a goal, whoever asks."""
    low, high = sorted((first, second))
    return f"{goal} {low} {high}"


def _fields(*names: str) -> Callable[[Any], Keys]:
    """To be found by these fields as they are."""
    return lambda value: {name: getattr(value, name) for name in names}


def _import_keys(record: ImportRecord) -> Keys:
    key = "organization" if record.organization else "cluster"
    whose = record.organization or record.cluster
    return {key: whose, "reversible": [f"{key}/{whose}"] if record.put else []}


def _call_keys(call: Call) -> Keys:
    is_for_all = call.cluster_wide and call.state is CallState.OPEN
    return {
        "organization": list(call.callers),
        "cluster": [call.cluster] if call.cluster else [],
        "state": call.state,
        "open_to": [call.cluster] if is_for_all else [],
        "team": [member.account for member in call.team],
    }


def _call_answer_keys(answer: CallAnswer) -> Keys:
    whose = "kept_from" if answer.kept_back else "organization"  # which never got it
    return {"call": answer.call, whose: answer.organization}


def _slots_keys(slots: Slots) -> Keys:
    return {"busy": "yes"} if slots.taken else {}


def _account_keys(account: Account) -> Keys:
    return {
        "organization": [membership.organization for membership in account.memberships],
        "cluster": list(account.clusters),
        OPENID_SUBJECT_KEY: [account.openid_subject] if account.openid_subject else [],
        "admin": ["yes"] if account.admin else [],
        "passkey": [passkey.id for passkey in account.passkeys],
        "key": [place.key for place in account.given_by_key],
    }


def _invitation_keys(invitation: Invitation) -> Keys:
    return {
        "email": invitation.email,
        "organization": [invitation.organization] if invitation.organization else [],
        "cluster": [invitation.cluster] if invitation.cluster else [],
        "unmailed": ["yes"] if invitation.unmailed else [],
        "key": [invitation.key] if invitation.key else [],
    }


def _hook_keys(hook: Hook) -> Keys:
    return {"organization": hook.organization, "key": [hook.key] if hook.key else []}


def _introduction_keys(introduction: Introduction) -> Keys:
    is_waiting, is_active = introduction.is_waiting, introduction.state in ACTIVE
    awaited = introduction.awaited if is_waiting else ()
    asker = introduction.organization(introduction.asking_side)
    return {
        "organization": [introduction.seeker, introduction.candidate],
        "state": introduction.state,
        "cluster": [introduction.cluster] if introduction.cluster else [],
        "batch": [introduction.batch] if introduction.batch else [],
        "call": [introduction.call] if introduction.call else [],
        "phase": "waiting" if is_waiting else "active" if is_active else "over",
        "waiting_for": [introduction.organization(side) for side in awaited],
        "asking": [asker] if is_waiting and introduction.accepted else [],
    }


def _message_keys(message: ConversationMessage) -> Keys:
    attachments = [attachment.id for attachment in message.attachments]
    return {
        "introduction": message.introduction,
        "attachment": attachments,
        "with_files": ["yes"] if attachments else [],
    }


def _appointment_keys(appointment: Appointment) -> Keys:
    return {
        "introduction": appointment.introduction,
        "to_remind": [] if appointment.reminder_at is None else ["yes"],
    }


def _saved_search_keys(search: SavedSearch) -> Keys:
    return {
        "account": search.account,
        "organization": search.organization,
        "alerts": ["yes"] if search.alerts else [],
    }


def told_key(notification: Notification) -> str:
    """What an unread one is found by: whom it told, of what, and about whom."""
    parts = notification.account, notification.kind, notification.subject
    text = "\x1f".join((*parts, notification.facts.get("other", "")))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _notification_keys(notification: Notification) -> Keys:
    return {
        "account": notification.account,
        "subject": notification.subject,
        "unread": [] if notification.read else [notification.account],
        "told": [] if notification.read else [told_key(notification)],
        "unmailed": [] if notification.mailed else ["yes"],
    }


def _gathering_keys(gathering: Gathering) -> Keys:
    return {
        "cluster": gathering.cluster,
        "organization": [party for party, _ in gathering.parties],
        "state": gathering.state,
    }


def _survey_keys(survey: SurveyRound) -> Keys:
    return {"cluster": survey.cluster, "state": survey.state, "member": list(survey.members)}


def _survey_response_keys(response: SurveyResponse) -> Keys:
    answer = response.answer
    partners = sorted({partner for _, partner in answer.mentioned})
    named = sorted({tie.partner for tie in answer.ties if tie.partner})
    return {
        "round": response.round,
        "organization": response.organization,
        "partner": partners,
        # Who named whom in which round.
        "named": [response_id(response.round, partner) for partner in named],
        "pending": ["yes"] if response.pending else [],
    }


def _interaction_keys(interaction: Interaction) -> Keys:
    return {
        "seeker": interaction.seeker,
        "kind": interaction.kind,
        "month": f"{interaction.at:%Y-%m}",
    }


def _assignment_keys(assignment: Assignment) -> Keys:
    return {
        "cluster": assignment.cluster,
        "pair": pair_id(assignment.seeker, assignment.candidate, assignment.goal),
        "organization": [assignment.seeker, assignment.candidate],
    }
