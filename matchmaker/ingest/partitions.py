"""Records that are too many for memory: brought together by key, and put in order, in files.

A record is a tuple of texts, numbers, truth values and tuples of them.
"""

from __future__ import annotations

import heapq
import marshal
from array import array
from collections.abc import Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import Any

SpooledRow = tuple[Any, ...]
# Files that records are parted into, so that those of one fit into memory.
_PARTS = 64
_WAITING = 200  # records that are written and read at once
_IN_MEMORY = 1 << 17  # bytes of each file
_PLACES = 20  # bits


class Partitions:
    """Records by their first value: all of one are in one part, in the order they came."""

    def __init__(self) -> None:
        self._files = [_RecordFile() for _ in range(_PARTS)]

    def add(self, record: SpooledRow) -> None:
        """One more record."""
        self._files[hash(record[0]) % _PARTS].append(record)

    def __iter__(self) -> Iterator[list[SpooledRow]]:
        """Each part; it is given away, and its file is gone."""
        for file in self._files:
            yield list(file.take())


class RecentRecords:
    """Records that came lately, by their hashes: of those whose keys share a place the last."""

    def __init__(self) -> None:
        self._hashes = array("q", bytes(8 << _PLACES))

    def has(self, key: str, record: SpooledRow) -> bool:
        """Tell whether a record is known to have come with a key before; from now on it is."""
        place, told = hash(key) & ((1 << _PLACES) - 1), hash((key, record))
        if self._hashes[place] == told:
            return True
        self._hashes[place] = told
        return False


class SortedRuns:
    """Records in the order of their first value, of which no two are the same."""

    def __init__(self) -> None:
        self._runs: list[_RecordFile] = []

    def add(self, records: Sequence[SpooledRow]) -> None:
        """More records, in any order, as many as memory holds."""
        run = _RecordFile()
        for record in sorted(records, key=lambda each: each[0]):
            run.append(record)
        self._runs.append(run)

    def __iter__(self) -> Iterator[SpooledRow]:
        """All of them; they are given away."""
        runs, self._runs = self._runs, []
        return heapq.merge(*(run.take() for run in runs))


class _RecordFile:
    """Records in order. What is read is what this process has written."""

    def __init__(self) -> None:
        # Closed when it is read.
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
        self._waiting: list[SpooledRow] = []

    def append(self, record: SpooledRow) -> None:
        self._waiting.append(record)
        if len(self._waiting) >= _WAITING:
            self._flush()

    def _flush(self) -> None:
        content = marshal.dumps(self._waiting)
        self._file.write(len(content).to_bytes(8, "little"))
        self._file.write(content)
        self._waiting = []

    def take(self) -> Iterator[SpooledRow]:
        waiting, self._waiting = self._waiting, []
        with self._file as file:
            file.seek(0)
            while head := file.read(8):
                yield from marshal.loads(file.read(int.from_bytes(head, "little")))  # noqa: S302
        yield from waiting
