"""The changes and log lines of a use case, committed together or not at all."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from pydantic import TypeAdapter

from matchmaker.access import Principal, RepeatableRequest
from matchmaker.errors import DoneBefore, VersionConflict, WrongState
from matchmaker.store.changes import Change, Put
from matchmaker.store.documents import Records
from matchmaker.store.log import Entry
from matchmaker.workflow.receipt import RECEIPT, Receipt, receipt_keys

T = TypeVar("T")

Clock = Callable[[], datetime]

_ATTEMPTS = 200
_RECEIPT: TypeAdapter[Receipt] = TypeAdapter(Receipt)


def utc_now() -> datetime:
    """The time, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass
class UnitOfWork:
    """Changes and log lines on their way to one commit."""

    actor: str
    at: datetime
    changes: list[Change] = field(default_factory=list)
    kept: list[Put] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    request: RepeatableRequest | None = None
    told: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, principal: Principal, at: datetime) -> UnitOfWork:
        """Nothing yet, in the name of whoever acts."""
        return cls(principal.subject, at, request=principal.request)

    def add(self, *changes: Change) -> None:
        """More to change."""
        self.changes.extend(changes)

    def keep(self, put: Put) -> None:
        """What the commit depends on: written as it is, unless the unit changes it itself."""
        self.kept.append(put)

    def log(self, action: str, subject: str, **detail: str) -> None:
        """A line of the log."""
        self.entries.append(
            Entry(self.at.astimezone(UTC).isoformat(), self.actor, action, subject, detail)
        )

    def tell(self, **facts: str) -> None:
        """What the request is answered with and could be read nowhere, for who sends it again."""
        self.told |= facts

    @property
    def written(self) -> list[Change]:
        """All that is to be written: what changes, what that depends on as it is, and the receipt.

        A request has one receipt, with the first that is written for it.
        """
        changed = {(change.kind, change.id) for change in self.changes}
        kept = {(put.kind, put.id): put for put in self.kept}
        others = [put for document, put in kept.items() if document not in changed]
        return [*self.changes, *others, *self._receipt()]

    def _receipt(self) -> list[Change]:
        request = self.request
        if request is None or request.has_receipt:
            return []
        made: dict[str, str] = {}
        for change in self.changes:
            if isinstance(change, Put) and not change.expected:
                made.setdefault(change.kind, change.id)
        for entry in self.entries:  # rows of the graph, too
            kind, _, id = entry.subject.partition("/")
            made.setdefault(kind, id)
        receipt = Receipt(request.id, request.digest, request.sending, self.at, made, self.told)
        body = _RECEIPT.dump_json(receipt).decode()
        return [Put(RECEIPT, receipt.id, body, 0, receipt_keys(receipt))]

    def commit(self, records: Records) -> None:
        """All or nothing. Raises VersionConflict."""
        records.commit(self.written, self.entries)
        if self.request is not None:
            self.request.has_receipt = True


def commit_changes(
    records: Records, principal: Principal, clock: Clock, change: Callable[[UnitOfWork], T]
) -> T:
    """Commit what `change` adds to a unit of work, all or nothing; what it returns.

    Where somebody was faster it is done again from the start, and must read everything anew.
    """

    def attempt() -> T:
        unit = UnitOfWork.of(principal, clock())
        result = change(unit)
        if unit.changes or unit.entries:
            unit.commit(records)
        return result

    return retry_on_conflict(attempt, partial(require_first, records, principal))


def retry_on_conflict(
    attempt: Callable[[], T], require_again: Callable[[], object] = lambda: None
) -> T:
    """The result of an attempt that nobody was faster than; it reads everything anew each time.

    `require_again` is asked before another attempt. Raises what that does, and WrongState when
    others are faster every time.
    """
    for number in range(_ATTEMPTS):
        try:
            return attempt()
        except VersionConflict:
            require_again()
            time.sleep(random.uniform(0, min(0.05, 0.002 * (number + 1))))  # noqa: S311
    raise WrongState("Others are changing this at the moment.", mend="Try again in a moment.")


def require_first(records: Records, principal: Principal) -> None:
    """Raise DoneBefore where a principal's request was done, as it was sent at another time."""
    request = principal.request
    if request is None or request.has_receipt:
        return
    record = records.record(RECEIPT, request.id)
    if record is None:
        return
    if _RECEIPT.validate_json(record.body).sending != request.sending:
        raise DoneBefore("The first request with this Idempotency-Key was done meanwhile.")
    request.has_receipt = True  # with rows of the graph
