"""Single strings of a column: one of Arrow's scalars costs several times as much as the string."""

from __future__ import annotations

from typing import Any, Literal

import pyarrow as pa

_OFFSETS: dict[pa.DataType, Literal["i", "q"]] = {pa.string(): "i", pa.large_string(): "q"}


class StringColumn:
    """A column of strings (n,), read one at a time; None where a value is null."""

    def __init__(self, column: pa.ChunkedArray) -> None:
        self._column = column
        self._plain = column.num_chunks == 1 and not column.null_count and column.type in _OFFSETS
        if self._plain:
            chunk = column.chunk(0)
            _, offsets, data = chunk.buffers()
            begins = memoryview(offsets).cast("B").cast(_OFFSETS[column.type])
            self._begins = begins[chunk.offset : chunk.offset + len(chunk) + 1]
            self._data = memoryview(data if data is not None else b"")

    def __reduce__(self) -> tuple[Any, ...]:
        return StringColumn, (self._column,)

    def __len__(self) -> int:
        return len(self._column)

    def __getitem__(self, row: int) -> str:
        if not self._plain or row < 0:
            return self._column[row].as_py()  # type: ignore[no-any-return]
        return str(self._data[self._begins[row] : self._begins[row + 1]], "utf-8")
