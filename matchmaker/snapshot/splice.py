"""Columns of the next snapshot out of those of the last: bulk copies of what stays, and what is
fresh put in its place. No row that stays is looked at by itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matchmaker.messages import Message, message
from matchmaker.snapshot.model import Incidence, IntArray

Columns = TypeVar("Columns")
Rows = TypeVar("Rows", NDArray[Any], pa.Table)
Numbers = NDArray[np.int64]

_SHORT = 20  # rows; shorter stretches than that are not copied by themselves


class NotPatchableError(Exception):
    """The next snapshot has to be made from the whole graph, for the `reason`."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


class IdColumn(Mapping[str, int]):
    """Rows by id of a column of ids in order, found by bisection: no dict of all of them."""

    def __init__(self, column: pa.ChunkedArray) -> None:
        array = column.combine_chunks()
        if isinstance(array, pa.ChunkedArray):
            array = array.chunk(0) if array.num_chunks else pa.array([], pa.large_string())
        self._count = len(array)
        _, starts, content = array.buffers()
        ends = np.frombuffer(starts or b"", dtype=np.int64)
        self._ends = ends[array.offset : array.offset + self._count + 1]
        self._bytes = memoryview(content) if content is not None else memoryview(b"")

    def _at(self, row: int) -> bytes:
        return bytes(self._bytes[self._ends[row] : self._ends[row + 1]])

    def position_of(self, row_id: str) -> int:
        """The first row whose id is not before this one; ids are in order of code points."""
        wanted = row_id.encode("utf-8")
        low, high = 0, self._count
        while low < high:
            middle = (low + high) // 2
            if self._at(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low

    def __getitem__(self, row_id: str) -> int:
        row = self.position_of(row_id)
        if row < self._count and self._at(row) == row_id.encode("utf-8"):
            return row
        raise KeyError(row_id)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[str]:
        return (self._at(row).decode("utf-8") for row in range(self._count))

    def rows_of(self, row_ids: Collection[str]) -> IntArray:
        """Rows of those of the ids that are there, in order."""
        rows = sorted(row for each in row_ids if (row := self.get(each, -1)) >= 0)
        return np.array(rows, dtype=np.int32)


class Piece(NamedTuple):
    """A stretch of rows, of the fresh ones or of the former, from the `first` up to the `end`."""

    is_fresh: bool
    first: int
    end: int


@dataclass(frozen=True)
class Splice:
    """A change of the rows of a table.

    `kept` (k,) are the former rows that stay, `moved` (k,) where they stand now, `fresh` (f,)
    the rows now of those that are new or changed, all ascending; `now` (former rows,) where
    what each former row was about is now, changed or not, -1 for what is gone; `count` is k + f.
    """

    kept: IntArray
    moved: IntArray
    fresh: IntArray
    now: IntArray
    count: int

    @classmethod
    def of(cls, former: int, dropped: IntArray, fresh_before: Sequence[int]) -> Splice:
        """Of so many `former` rows some are `dropped`; each fresh one stands before a former row,
        whose number among all former rows `fresh_before` gives, ascending."""
        keep = np.ones(former, dtype=np.bool_)
        keep[dropped] = False
        kept = np.flatnonzero(keep).astype(np.int32)
        positions = np.array(fresh_before, dtype=np.int64)
        before = np.searchsorted(kept, positions)  # kept rows before each fresh one
        moved = np.arange(len(kept)) + np.searchsorted(before, np.arange(len(kept)), side="right")
        now = np.full(former, -1, dtype=np.int32)
        now[kept] = moved
        fresh = (before + np.arange(len(before))).astype(np.int32)
        return cls(kept, moved.astype(np.int32), fresh, now, len(kept) + len(fresh))

    @classmethod
    def by_id(cls, ids: IdColumn, dropped: IntArray, fresh: Sequence[str]) -> Splice:
        """The same of a table in order of id, with the ids of the fresh rows in order."""
        positions = [ids.position_of(row_id) for row_id in fresh]
        splice = cls.of(len(ids), dropped, positions)
        for position, row_id, row in zip(positions, fresh, splice.fresh.tolist(), strict=True):
            if ids.get(row_id) == position:
                splice.now[position] = row
        return splice

    @classmethod
    def by_number(cls, numbers: NDArray[Any], dropped: IntArray, fresh: NDArray[Any]) -> Splice:
        """The same of a table in order of a number, given as it is now of each former row."""
        keep = np.ones(len(numbers), dtype=np.bool_)
        keep[dropped] = False
        kept = np.append(np.flatnonzero(keep), len(numbers))
        positions = kept[np.searchsorted(numbers[kept[:-1]], fresh)]
        return cls.of(len(numbers), dropped, positions.tolist())

    @property
    def rows_kept(self) -> IntArray:
        """The row now of each former row that stays as it was, -1 for others."""
        rows = np.full(len(self.now), -1, dtype=np.int32)
        rows[self.kept] = self.moved
        return rows

    @property
    def is_as_before(self) -> bool:
        """Tell whether every row stays where it was."""
        return len(self.kept) == len(self.now) == self.count

    def array(self, former: NDArray[Any], fresh: NDArray[Any]) -> NDArray[Any]:
        """A column now; the former array itself where nothing changed."""
        if self.is_as_before:
            return former
        if len(self.kept) > _SHORT * len(self.pieces):
            return _concatenated(joined(self.pieces, former, fresh))
        values = np.empty((self.count, *former.shape[1:]), dtype=former.dtype)
        values[self.moved] = former[self.kept]
        values[self.fresh] = fresh
        return values

    @cached_property
    def pieces(self) -> list[Piece]:
        """Stretches of rows that stand together before and now, in order."""
        kept, moved = self.kept, self.moved
        pieces = {
            int(moved[first]): Piece(False, int(kept[first]), int(kept[end - 1]) + 1)
            for first, end in _runs(kept, moved)
        }
        for first, end in _runs(self.fresh):
            pieces[int(self.fresh[first])] = Piece(True, first, end)
        return [pieces[row] for row in sorted(pieces)]

    def pointing(self, column: IntArray, now: IntArray | None) -> IntArray:
        """A former column of rows of a table, at where they are `now` (None: as before).

        Only of rows that are kept. -1 stays. Raises NotPatchableError.
        """
        if now is None:
            return column
        moved = column.copy()
        moved[self.kept] = moved_rows(now, column[self.kept])
        return moved

    @property
    def moves(self) -> IntArray | None:
        """`now`; None where all is where it was, changed or not."""
        stays = len(self.now) == self.count and bool((self.now == np.arange(self.count)).all())
        return None if stays else self.now

    def table(self, former: pa.Table, fresh: pa.Table) -> pa.Table:
        """A table now; the former itself where nothing changed."""
        if self.is_as_before:
            return former
        # Of one piece alone the rest of the former table would stay behind it in the file.
        return pa.concat_tables(joined(self.pieces, former, fresh))

    def columns(self, former: Columns, fresh: Columns) -> Columns:
        """All arrays and the table of a group of columns."""
        values = {}
        for column in fields(former):  # type: ignore[arg-type]
            before, new = getattr(former, column.name), getattr(fresh, column.name)
            join = self.table if isinstance(before, pa.Table) else self.array
            values[column.name] = join(before, new)
        shape: Callable[..., Columns] = type(former)
        return shape(**values)

    def incidence(self, former: Incidence, fresh: Incidence, columns: IntArray | None) -> Incidence:
        """A sparse matrix now; `columns` tells where each former column is now, None: as before."""
        if self.is_as_before and columns is None:
            return former
        indptr = np.zeros(self.count + 1, dtype=np.int64)
        lengths = self.array(np.diff(former.indptr), np.diff(fresh.indptr))
        np.cumsum(lengths, out=indptr[1:])
        starts = former.indptr, fresh.indptr
        entries = [
            Piece(is_fresh, int(starts[is_fresh][first]), int(starts[is_fresh][end]))
            for is_fresh, first, end in self.pieces
        ]
        before = former.indices if columns is None else columns[former.indices]
        indices = _concatenated(joined(entries, before, fresh.indices))
        if len(indices) and indices.min() < 0:
            raise dangling()
        return Incidence(indptr, indices, _concatenated(joined(entries, former.code, fresh.code)))


def joined(pieces: Iterable[Piece], former: Rows, fresh: Rows) -> Iterator[Rows]:
    """Slices of a former column or table and of fresh rows, in order; the first is empty."""
    yield former[:0]
    for is_fresh, first, end in pieces:
        yield (fresh if is_fresh else former)[first:end]


def _concatenated(parts: Iterable[NDArray[Any]]) -> NDArray[Any]:
    """An array of parts, of the kind of the first."""
    parts = list(parts)
    return np.concatenate(parts, dtype=parts[0].dtype, casting="unsafe")


def _runs(*numbers: IntArray) -> Iterator[tuple[int, int]]:
    """Stretches in which the ascending numbers go on by one: first and end of each."""
    if not len(numbers[0]):
        return
    breaks = np.zeros(len(numbers[0]) - 1, dtype=np.bool_)
    for each in numbers:
        breaks |= np.diff(each) != 1
    starts = [0, *(np.flatnonzero(breaks) + 1).tolist()]
    yield from zip(starts, [*starts[1:], len(numbers[0])], strict=True)


def moved_rows(now: IntArray, rows: NDArray[Any]) -> NDArray[Any]:
    """Map pointers to former rows to rows now; -1 stays. Raises NotPatchableError."""
    moved = np.where(rows >= 0, now[rows] if len(now) else -1, -1).astype(np.int32)
    if np.any((rows >= 0) & (moved < 0)):
        raise dangling()
    return moved


def dangling() -> NotPatchableError:
    """Something refers to what is no more: the changes do not tell everything."""
    return NotPatchableError(message("A row that stays refers to one that is gone."))


def rows_of_entries(indptr: Numbers) -> IntArray:
    """The row of each entry of a sparse matrix."""
    return np.repeat(np.arange(len(indptr) - 1, dtype=np.int32), np.diff(indptr))
