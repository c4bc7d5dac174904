"""The bytes of an XLSX sheet without the rows that hold nothing: spreadsheets write many."""

from __future__ import annotations

import re
from typing import IO

# What ends a row (ECMA-376, 18.3.1.73), what opens one, and what a cell with something has.
ROW_END = re.compile(rb"</(?:\w+:)?row>")
_ROW = re.compile(rb"<(?:\w+:)?row(?=[\s/>])([^>]*)>")
_NUMBER = re.compile(rb'(?:^|\s)r="(\d{1,7})"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_CHUNK = 1 << 16
# A row is not longer than this; who reads such a one refuses it.
_LONGEST = 1 << 26


def is_filled(row: bytes) -> bool:
    """Tell whether the bytes of a row have a value or a text."""
    return b"v>" in row or b"t>" in row


class FilledRows:
    """A stream of a sheet's part in which rows without value, text or formula are left out.

    A row without its number that follows such ones is given it.
    """

    def __init__(self, part: IO[bytes]) -> None:
        self._part = part
        self._rest = b""
        self._number = 0
        self._is_left_out = self._has_begun = False

    def read(self, _size: int = -1) -> bytes:
        """The next bytes, more or fewer than asked for; none at the end."""
        # As much again as waits: who searches a long row anew with each bit never ends.
        while chunk := self._part.read(max(_CHUNK, len(self._rest))):
            kept = self._filled(self._rest + chunk)
            if kept:
                return kept
        rest, self._rest = self._rest, b""
        return rest

    def _filled(self, content: bytes) -> bytes:
        kept, start = [], 0
        for end in ROW_END.finditer(content):
            kept.append(self._kept(content[start : end.end()]))
            start = end.end()
        self._rest = content[start:]
        if len(self._rest) > _LONGEST:
            kept.append(self._rest)
            self._rest = b""
        return b"".join(kept)

    def _kept(self, row: bytes) -> bytes:
        """A row with its number where it is needed; nothing for one that is blank."""
        opened, is_given = None, False
        for opened in _ROW.finditer(row):
            given = _NUMBER.search(opened[1])
            is_given = given is not None and int(given[1]) > self._number
            self._number = int(given[1]) if given and is_given else self._number + 1
        if opened is None or b"<!" in row:
            return row
        is_blank = not (is_filled(row) or _FORMULA.search(row, opened.end()))
        if is_blank and self._has_begun:
            self._is_left_out = True
            return b""
        is_unknown = self._is_left_out and not is_given
        self._has_begun, self._is_left_out = True, False
        if not is_unknown:
            return row
        name_end = opened.start(1)
        return b'%s r="%d"%s' % (row[:name_end], self._number, _without_number(row[name_end:]))


def _without_number(rest: bytes) -> bytes:
    attributes, mark, cells = rest.partition(b">")
    return re.sub(rb'\sr="[^"]*"', b"", attributes) + mark + cells
