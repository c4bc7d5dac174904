"""What is done once, however often it is sent: looking receipts up, and forgetting old ones.

A request that was answered 503, or not at all, may have been done all the same: its process was
killed, or the database hung as it was writing. Its receipt is a document of an id of its own, in
the same commit (`UnitOfWork.written`). So whoever sends it again finds it done, or else writes the
receipt first; of two who write one at once, the later writes nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from matchmaker.errors import VersionConflict, not_writable
from matchmaker.services.repositories import Repositories, Versioned
from matchmaker.services.unit_of_work import Clock
from matchmaker.workflow.receipt import RECEIPT, Receipt

# The file of the answers, where nodes share none, and what they are under at the server.
ANSWERS_FILE, ANSWERS = "idempotency.db", "answer"
# As long as answers are kept.
KEPT_FOR = timedelta(days=1)
# Of the answers in their file, those from before a time (seconds since 1970).
OLD_ANSWERS = "DELETE FROM answer WHERE at < ?"
_TOGETHER = 200


def forget_answers(path: Path, before: datetime) -> int:
    """Remove answers from their file that were kept before a time; how many.

    Else they would stay until the next request with a key. Raises StorageFull.
    """
    if not path.is_file():
        return 0
    try:
        with closing(sqlite3.connect(path, timeout=1.0)) as connection, connection:
            return connection.execute(OLD_ANSWERS, (before.timestamp(),)).rowcount
    except sqlite3.Error as error:
        raise not_writable(path, error) from None


@dataclass(frozen=True, slots=True)
class Receipts:
    """Receipts of requests, each for a day at least."""

    repositories: Repositories
    clock: Clock

    def of(self, id: str) -> Receipt | None:
        """The receipt of a request that was done. Raises StoreUnavailable."""
        stored = self.repositories.receipts.get_or_none(id)
        return None if stored is None else stored.value

    def forget_old(self) -> int:
        """Remove those that nobody asks for any more; how many. Raises StoreUnavailable."""
        first = f"{self.clock() - KEPT_FOR:%Y-%m-%d}"
        days = [day for day in self.repositories.records.tally(RECEIPT, "day") if day < first]
        return sum(self._remove(chunk) for day in sorted(days) for chunk in self._of_day(day))

    def _of_day(self, day: str) -> Iterator[tuple[Versioned[Receipt], ...]]:
        receipts, after = self.repositories.receipts, ""
        while page := receipts.page("day", day, after=after, limit=_TOGETHER).rows:
            after = page[-1].value.id
            yield page

    def _remove(self, receipts: tuple[Versioned[Receipt], ...]) -> int:
        with suppress(VersionConflict):  # another process removes them, too
            remove = self.repositories.receipts.remove
            self.repositories.records.commit([remove(stored) for stored in receipts])
            return len(receipts)
        return 0
