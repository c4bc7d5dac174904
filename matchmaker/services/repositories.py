"""Typed shelves over the documents beside the graph, and a draft of changes to commit at once."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from matchmaker.access import Principal
from matchmaker.errors import NotFound, VersionConflict, WrongState
from matchmaker.store.documents import Change, Entry, Keys, Put, Record, Records, Remove
from matchmaker.store.ports import Page
from matchmaker.workflow.account import Account, ApiKey, Invitation
from matchmaker.workflow.gathering import Gathering
from matchmaker.workflow.interactions import (
    Assignment,
    ClusterRules,
    Message,
    OpenPair,
    Realisation,
    Slots,
    Tally,
    Trace,
)
from matchmaker.workflow.introduction import ACTIVE, Introduction
from matchmaker.workflow.job import Apart, Imported, Job
from matchmaker.workflow.notification import Notice
from matchmaker.workflow.posting import Posting
from matchmaker.workflow.webhook import Delivery, Hook

T = TypeVar("T")
Clock = Callable[[], datetime]
_ATTEMPTS = 200
_PAGE = 200


def utc_now() -> datetime:
    """The time, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Stored(Generic[T]):
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


class Shelf(Generic[T]):
    """All documents of one kind, as values of one type that have an `id`."""

    def __init__(
        self, records: Callable[[], Records], kind: str, model: type[T], keys: Callable[[T], Keys]
    ) -> None:
        self.kind = kind
        self._records = records
        self._adapter: TypeAdapter[T] = TypeAdapter(model)
        self._keys = keys

    def get(self, id: str) -> Stored[T]:
        """Raises NotFound."""
        found = self.maybe(id)
        if found is None:
            raise NotFound(f"There is no {self.kind.replace('_', ' ')} {id!r}.")
        return found

    def maybe(self, id: str) -> Stored[T] | None:
        """None where there is none."""
        record = self._records().record(self.kind, id)
        return None if record is None else self._read(record)

    def many(self, ids: Sequence[str]) -> dict[str, Stored[T]]:
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
    ) -> Page[Stored[T]]:
        """A page of those with the value under the key, or of all."""
        page = self._records().find(
            self.kind, key, value, after=after, limit=limit, newest_first=newest_first
        )
        return Page(tuple(self._read(record) for record in page.rows), page.after)

    def every(self, key: str = "", value: str = "") -> Iterator[Stored[T]]:
        """All of them, page by page."""
        after: str | None = ""
        while after is not None:
            page = self.page(key, value, after=after, limit=_PAGE)
            yield from page.rows
            after = page.after

    def values(self, key: str = "", value: str = "") -> Iterator[T]:
        """All of them without versions."""
        return (stored.value for stored in self.every(key, value))

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

    def remove(self, stored: Stored[T]) -> Remove:
        """The change that removes it."""
        return Remove(self.kind, stored.value.id, stored.version)  # type: ignore[attr-defined]

    def plain(self, value: T) -> object:
        """As JSON has it."""
        return self._adapter.dump_python(value, mode="json")

    def _read(self, record: Record) -> Stored[T]:
        return Stored(self._adapter.validate_json(record.body), record.version)


class Shelves:
    """Every kind of document there is, and what each can be found by."""

    def __init__(self, records: Callable[[], Records]) -> None:
        self._records = records
        self.accounts = Shelf(records, "account", Account, _account_keys)
        self.addresses = Shelf(records, "address", Address, lambda one: {"account": one.account})
        self.invitations = Shelf(records, "invitation", Invitation, _invitation_keys)
        self.api_keys = Shelf(records, "api_key", ApiKey, lambda one: {"account": one.account})
        self.introductions = Shelf(records, "introduction", Introduction, _introduction_keys)
        self.slots = Shelf(
            records, "slots", Slots, lambda one: {"busy": "yes"} if one.taken else {}
        )
        self.pairs = Shelf(records, "open_pair", OpenPair, lambda _: {})
        self.messages = Shelf(
            records, "message", Message, lambda one: {"introduction": one.introduction}
        )
        self.notices = Shelf(records, "notice", Notice, _notice_keys)
        self.postings = Shelf(records, "posting", Posting, _posting_keys)
        self.gatherings = Shelf(records, "gathering", Gathering, _gathering_keys)
        self.rules = Shelf(records, "cluster_rules", ClusterRules, lambda _: {})
        self.traces = Shelf(records, "trace", Trace, _trace_keys)
        self.assignments = Shelf(records, "assignment", Assignment, _assignment_keys)
        self.realisations = Shelf(records, "realisation", Realisation, lambda _: {})
        self.hooks = Shelf(records, "hook", Hook, lambda one: {"organization": one.organization})
        self.deliveries = Shelf(records, "delivery", Delivery, lambda one: {"hook": one.hook})
        self.lists = Shelf(records, "list", PickList, lambda _: {})
        self.tallies = Shelf(records, "tally", Tally, lambda _: {})
        self.jobs = Shelf(records, "job", Job, lambda one: {"state": one.state})
        self.imports = Shelf(records, "import", Imported, lambda one: {"cluster": one.cluster})
        self.apart = Shelf(records, "apart", Apart, lambda _: {})

    @property
    def records(self) -> Records:
        """The port itself, for the log and for committing."""
        return self._records()


@dataclass
class Draft:
    """Changes and log lines on their way to one commit."""

    actor: str
    at: datetime
    changes: list[Change] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    @classmethod
    def of(cls, principal: Principal, at: datetime) -> Draft:
        """A draft in the name of whoever acts."""
        return cls(principal.subject, at)

    def add(self, *changes: Change) -> None:
        """More to change."""
        self.changes.extend(changes)

    def log(self, action: str, subject: str, **detail: str) -> None:
        """A line of the log."""
        self.entries.append(Entry(self.at.isoformat(), self.actor, action, subject, detail))

    def commit(self, records: Records) -> None:
        """All or nothing. Raises VersionConflict."""
        records.commit(self.changes, self.entries)


def retried(attempt: Callable[[], T]) -> T:
    """What a use case gives when nobody was faster; it reads everything anew each time.

    Raises WrongState when others are faster every time.
    """
    for number in range(_ATTEMPTS):
        try:
            return attempt()
        except VersionConflict:
            time.sleep(random.uniform(0, min(0.05, 0.002 * (number + 1))))  # noqa: S311
    raise WrongState("Many others are changing this just now.", mend="Try again in a moment.")


def pair_id(first: str, second: str, goal: str) -> str:
    """One id for two organisations and a goal, whoever asks."""
    low, high = sorted((first, second))
    return f"{goal} {low} {high}"


def _account_keys(one: Account) -> Keys:
    return {
        "organization": [belonging.organization for belonging in one.belongings],
        "cluster": list(one.clusters),
        "identity": [one.identity] if one.identity else [],
        "admin": ["yes"] if one.admin else [],
    }


def _invitation_keys(one: Invitation) -> Keys:
    keys: dict[str, str | Sequence[str]] = {"email": one.email}
    if one.belonging is not None:
        keys["organization"] = one.belonging.organization
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


def _notice_keys(one: Notice) -> Keys:
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


def _trace_keys(one: Trace) -> Keys:
    return {"seeker": one.seeker, "kind": one.kind, "month": f"{one.at:%Y-%m}"}


def _assignment_keys(one: Assignment) -> Keys:
    return {
        "cluster": one.cluster,
        "pair": pair_id(one.seeker, one.candidate, one.goal),
        "organization": [one.seeker, one.candidate],
    }
