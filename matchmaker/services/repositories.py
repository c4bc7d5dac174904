"""Typed repositories over the documents beside the graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic

from pydantic import TypeAdapter

from matchmaker.errors import NotFound
from matchmaker.services.unit_of_work import T
from matchmaker.store.documents import Keys, Put, Record, Records, Remove
from matchmaker.store.ports import Page
from matchmaker.workflow.account import Account, ApiKey, Invitation
from matchmaker.workflow.gathering import Gathering
from matchmaker.workflow.interactions import (
    Assignment,
    ClusterRules,
    Interaction,
    Message,
    OpenPair,
    PendingGraphWrite,
    Slots,
    Tally,
)
from matchmaker.workflow.introduction import ACTIVE, Introduction
from matchmaker.workflow.job import ImportRecord, Job, NotDuplicate
from matchmaker.workflow.notification import Notification
from matchmaker.workflow.posting import Posting
from matchmaker.workflow.webhook import Delivery, Hook

_PAGE = 200


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
class PickList:
    """Somebody's list of organisations: saved, or dismissed with a reason; `id` is its owner."""

    id: str
    items: tuple[tuple[str, str], ...] = ()


class Repository(Generic[T]):
    """All documents of one kind, as values of one type that have an `id`."""

    def __init__(
        self, records: Callable[[], Records], kind: str, model: type[T], keys: Callable[[T], Keys]
    ) -> None:
        self.kind = kind
        self._records = records
        self._adapter: TypeAdapter[T] = TypeAdapter(model)
        self._keys = keys

    def get(self, id: str) -> Versioned[T]:
        """Raises NotFound."""
        found = self.get_or_none(id)
        if found is None:
            raise NotFound(
                "There is no %(kind)s '%(id)s'.", kind=self.kind.replace("_", " "), id=id
            )
        return found

    def get_or_none(self, id: str) -> Versioned[T] | None:
        """None where there is none."""
        record = self._records().record(self.kind, id)
        return None if record is None else self._read(record)

    def many(self, ids: Sequence[str]) -> dict[str, Versioned[T]]:
        """Those that exist, by id."""
        found = self._records().records(self.kind, list(dict.fromkeys(ids)))
        return {id: self._read(record) for id, record in found.items()}

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
        return Page(tuple(self._read(record) for record in page.rows), page.after)

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
        """How many have the value under the key."""
        return self._records().count(self.kind, key, value)

    def tally(self, key: str) -> dict[str, int]:
        """How many have each value under the key."""
        return self._records().tally(self.kind, key)

    def put(self, value: T, expected: int = 0) -> Put:
        """The change that stores a value over the version `expected`."""
        body = self._adapter.dump_json(value).decode()
        return Put(self.kind, value.id, body, expected, self._keys(value))  # type: ignore[attr-defined]

    def remove(self, stored: Versioned[T]) -> Remove:
        """The change that removes it."""
        return Remove(self.kind, stored.value.id, stored.version)  # type: ignore[attr-defined]

    def plain(self, value: T) -> dict[str, Any]:
        """As JSON has it, under the names that are public."""
        plain: dict[str, Any] = self._adapter.dump_python(value, mode="json", by_alias=True)
        return plain

    def _read(self, record: Record) -> Versioned[T]:
        return Versioned(self._adapter.validate_json(record.body), record.version)


class Repositories:
    """Every kind of document there is, and what each can be found by."""

    def __init__(self, records: Callable[[], Records]) -> None:
        self._records = records
        self.accounts = Repository(records, "account", Account, _account_keys)
        self.addresses = Repository(
            records, "address", Address, lambda one: {"account": one.account}
        )
        self.invitations = Repository(records, "invitation", Invitation, _invitation_keys)
        self.api_keys = Repository(records, "api_key", ApiKey, lambda one: {"account": one.account})
        self.introductions = Repository(records, "introduction", Introduction, _introduction_keys)
        self.slots = Repository(
            records, "slots", Slots, lambda one: {"busy": "yes"} if one.taken else {}
        )
        self.pairs = Repository(records, "open_pair", OpenPair, lambda _: {})
        self.messages = Repository(
            records, "message", Message, lambda one: {"introduction": one.introduction}
        )
        self.notifications = Repository(records, "notice", Notification, _notification_keys)
        self.postings = Repository(records, "posting", Posting, _posting_keys)
        self.gatherings = Repository(records, "gathering", Gathering, _gathering_keys)
        self.rules = Repository(records, "cluster_rules", ClusterRules, lambda _: {})
        self.traces = Repository(records, "trace", Interaction, _trace_keys)
        self.assignments = Repository(records, "assignment", Assignment, _assignment_keys)
        self.realisations = Repository(records, "realisation", PendingGraphWrite, lambda _: {})
        self.hooks = Repository(
            records, "hook", Hook, lambda one: {"organization": one.organization}
        )
        self.deliveries = Repository(records, "delivery", Delivery, lambda one: {"hook": one.hook})
        self.lists = Repository(records, "list", PickList, lambda _: {})
        self.tallies = Repository(records, "tally", Tally, lambda _: {})
        self.jobs = Repository(records, "job", Job, lambda one: {"state": one.state})
        self.imports = Repository(
            records, "import", ImportRecord, lambda one: {"cluster": one.cluster}
        )
        self.apart = Repository(records, "apart", NotDuplicate, lambda _: {})

    @property
    def records(self) -> Records:
        """The port itself, for the log and for committing."""
        return self._records()


def pair_id(first: str, second: str, goal: str) -> str:
    """One id for two organisations and a goal, whoever asks."""
    low, high = sorted((first, second))
    return f"{goal} {low} {high}"


def _account_keys(one: Account) -> Keys:
    return {
        "organization": [place.organization for place in one.memberships],
        "cluster": list(one.clusters),
        "identity": [one.openid_subject] if one.openid_subject else [],
        "admin": ["yes"] if one.admin else [],
    }


def _invitation_keys(one: Invitation) -> Keys:
    keys: dict[str, str | Sequence[str]] = {"email": one.email}
    if one.membership is not None:
        keys["organization"] = one.membership.organization
    if one.cluster:
        keys["cluster"] = one.cluster
    return keys


def _introduction_keys(one: Introduction) -> Keys:
    return {
        "organization": [one.seeker, one.candidate],
        "state": one.state,
        "cluster": [one.cluster] if one.cluster else [],
        "batch": [one.batch] if one.batch else [],
        "phase": "waiting" if one.is_waiting else "active" if one.state in ACTIVE else "over",
        "waiting_for": [one.organization(side) for side in one.awaited] if one.is_waiting else [],
        "asking": [one.organization(one.asking)] if one.is_waiting and one.accepted else [],
    }


def _notification_keys(one: Notification) -> Keys:
    keys: dict[str, str | Sequence[str]] = {"account": one.account, "subject": one.subject}
    if not one.read:
        keys["unread"] = one.account
    if not one.mailed:
        keys["unmailed"] = "yes"
    return keys


def _posting_keys(one: Posting) -> Keys:
    return {"organization": one.organization, "state": one.state}


def _gathering_keys(one: Gathering) -> Keys:
    return {
        "cluster": one.cluster,
        "organization": [party for party, _ in one.parties],
        "state": one.state,
    }


def _trace_keys(one: Interaction) -> Keys:
    return {"seeker": one.seeker, "kind": one.kind, "month": f"{one.at:%Y-%m}"}


def _assignment_keys(one: Assignment) -> Keys:
    return {
        "cluster": one.cluster,
        "pair": pair_id(one.seeker, one.candidate, one.goal),
        "organization": [one.seeker, one.candidate],
    }
