"""Writing very many participants in one transaction: with more memory, their index at the end."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from matchmaker.store.sqlite import queries

# So many are written before anything is done otherwise.
MANY = 250_000
# Of pages, meanwhile: each entry stands on another one, and who has not most of them in memory
# writes the same ones into the log and looks for them there again and again.
CACHE_KIB = 256_000


class ManyParticipants:
    """The count of those that a transaction writes, and what is put off because of it.

    Where they are as many as there were before, an index is made anew in less time than it takes
    to put each into it.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._written, self._next = 0, MANY
        # What makes the index again while there is none.
        self._index = ""
        self._cache: int | None = None

    @classmethod
    @contextmanager
    def of(cls, connection: sqlite3.Connection) -> Iterator[ManyParticipants]:
        """Those of the transaction that is the block; the index is there at its end."""
        participants = cls(connection)
        try:
            yield participants
            participants.restore_index()
        finally:
            participants._restore_cache()

    def wrote(self, count: int) -> None:
        """Note that so many more were written."""
        self._written += count
        if self._cache is not None or self._written < self._next:
            return
        self._next *= 2
        (total,) = self._connection.execute(queries.COUNT_PARTICIPANTS).fetchone()
        if total > 2 * self._written:
            return
        (self._cache,) = self._connection.execute("PRAGMA cache_size").fetchone()
        self._connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        (self._index,) = self._connection.execute(queries.PARTICIPANTS_INDEX).fetchone()
        self._connection.execute(queries.DROP_PARTICIPANTS_INDEX)

    def restore_index(self) -> None:
        """Have them in order of organisation again, for what asks for that or at the end."""
        if self._index:
            self._restore_cache()  # or sorting them would take as much memory once more
            self._connection.execute(self._index)
            self._index = ""

    def _restore_cache(self) -> None:
        if self._cache is not None:
            self._connection.execute(f"PRAGMA cache_size = {self._cache}")
