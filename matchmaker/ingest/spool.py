"""Rows that are too many for memory: kept in a private file of SQLite, gone with its last user.

A mapping and a list that are used as those of memory are. SQLite writes its nameless database
to a file of the system's temporary folder only when it outgrows its cache.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, MutableMapping, Sequence, ValuesView
from typing import Any, TypeVar, overload

from matchmaker.ingest.row_packing import packed, unpacked

Key = TypeVar("Key")
Value = TypeVar("Value")
# Entries that wait in memory, and that are read at once.
_WAITING, _READ = 5_000, 1_000
_CACHE_KIB = 8_000


class Spool:
    """The file. Made by one thread at a time; what it holds is never read by others."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "temp_store = FILE"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        self._connection.execute("BEGIN")
        self._count = 0

    def mapping(self) -> SpooledMapping[Any, Any]:
        """A new mapping; its keys are texts, bytes, numbers, or tuples of texts."""
        return SpooledMapping(self._connection, self._table("key UNIQUE, value BLOB"))

    def list(self) -> SpooledList[Any]:
        """A new list."""
        return SpooledList(self._connection, self._table("value BLOB"))

    def _table(self, columns: str) -> str:
        self._count += 1
        name = f"rows_{self._count}"
        self._connection.execute(f"CREATE TABLE {name} (position INTEGER PRIMARY KEY, {columns})")
        return name


class SpooledMapping(MutableMapping[Key, Value]):
    """Values by key, in the order in which the keys came. Values are written back by `[]=`."""

    def __init__(self, connection: sqlite3.Connection, table: str) -> None:
        self._connection = connection
        self._waiting: dict[Any, Any] = {}
        self._get = f"SELECT value FROM {table} WHERE key = ?"  # noqa: S608
        self._has = f"SELECT 1 FROM {table} WHERE key = ?"  # noqa: S608
        self._put = (
            f"INSERT INTO {table} (key, value) VALUES (?, ?) "  # noqa: S608
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value"
        )
        self._drop = f"DELETE FROM {table} WHERE key = ?"  # noqa: S608
        self._page = (
            f"SELECT position, key, value FROM {table} "  # noqa: S608
            f"WHERE position > ? ORDER BY position LIMIT {_READ}"
        )
        self._size = f"SELECT count(*) FROM {table}"  # noqa: S608

    def __getitem__(self, key: Key) -> Value:
        cell = _key(key)
        value = self._waiting.get(cell, _MISSING)
        if value is not _MISSING:
            return value  # type: ignore[no-any-return]
        row = self._connection.execute(self._get, (cell,)).fetchone()
        if row is None:
            raise KeyError(key)
        return _decoded(row[0])  # type: ignore[no-any-return]

    def __contains__(self, key: object) -> bool:
        cell = _key(key)
        return cell in self._waiting or bool(
            self._connection.execute(self._has, (cell,)).fetchone()
        )

    def __setitem__(self, key: Key, value: Value) -> None:
        self._waiting[_key(key)] = value
        if len(self._waiting) >= _WAITING:
            self._flush()

    def __delitem__(self, key: Key) -> None:
        self._flush()
        if not self._connection.execute(self._drop, (_key(key),)).rowcount:
            raise KeyError(key)

    def __iter__(self) -> Iterator[Key]:
        return (key for key, _ in self.entries())

    def __len__(self) -> int:
        self._flush()
        return int(self._connection.execute(self._size).fetchone()[0])

    def values(self) -> ValuesView[Value]:
        """All values, read in pages."""
        return _PagedValues(self)

    def entries(self) -> Iterator[tuple[Any, Value]]:
        """Keys, tuples of texts as one text, and values; entries may change meanwhile."""
        after = 0
        while True:
            self._flush()
            page = self._connection.execute(self._page, (after,)).fetchall()
            if not page:
                return
            after = page[-1][0]
            yield from ((key, _decoded(value)) for _, key, value in page)

    def _flush(self) -> None:
        entries = [(key, _encoded(value)) for key, value in self._waiting.items()]
        self._connection.executemany(self._put, entries)
        self._waiting.clear()


class _PagedValues(ValuesView[Value]):
    """Values of a mapping without a look-up of each."""

    def __init__(self, mapping: SpooledMapping[Any, Value]) -> None:
        super().__init__(mapping)
        self._entries = mapping.entries

    def __iter__(self) -> Iterator[Value]:
        return (value for _, value in self._entries())


class SpooledList(Sequence[Value]):
    """Values in order, to which more may be added."""

    def __init__(self, connection: sqlite3.Connection, table: str) -> None:
        self._connection = connection
        self._waiting: list[Value] = []
        self._written = 0
        self._get = f"SELECT value FROM {table} WHERE position = ?"  # noqa: S608
        self._put = f"INSERT INTO {table} (position, value) VALUES (?, ?)"  # noqa: S608
        self._page = f"SELECT value FROM {table} WHERE position > ? ORDER BY position LIMIT {_READ}"  # noqa: S608

    def append(self, value: Value) -> None:
        self._waiting.append(value)
        if len(self._waiting) >= _WAITING:
            first = self._written + 1
            cells = ((first + i, _encoded(value)) for i, value in enumerate(self._waiting))
            self._connection.executemany(self._put, cells)
            self._written += len(self._waiting)
            self._waiting.clear()

    def extend(self, values: Iterable[Value]) -> None:
        for value in values:
            self.append(value)

    def __len__(self) -> int:
        return self._written + len(self._waiting)

    @overload
    def __getitem__(self, position: int) -> Value: ...

    @overload
    def __getitem__(self, position: slice) -> Sequence[Value]: ...

    def __getitem__(self, position: int | slice) -> Value | Sequence[Value]:
        if isinstance(position, slice):
            return [self[each] for each in range(*position.indices(len(self)))]
        if not 0 <= position < len(self):
            raise IndexError(position)
        if position >= self._written:
            return self._waiting[position - self._written]
        row = self._connection.execute(self._get, (position + 1,)).fetchone()
        return _decoded(row[0])  # type: ignore[no-any-return]

    def __iter__(self) -> Iterator[Value]:
        for start in range(0, self._written, _READ):
            page = self._connection.execute(self._page, (start,)).fetchall()
            yield from (_decoded(value) for (value,) in page)
        yield from self._waiting


_MISSING: Any = object()


def _key(key: Any) -> Any:
    return "\x1f".join(key) if isinstance(key, tuple) else key


def _encoded(value: Any) -> Any:
    return value if isinstance(value, int | str) and not isinstance(value, bool) else packed(value)


def _decoded(cell: Any) -> Any:
    return unpacked(cell) if isinstance(cell, bytes) else cell
