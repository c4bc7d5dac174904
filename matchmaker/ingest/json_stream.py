"""JSON on its way to the parser, without what would end or fill the process that reads it."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import accumulate
from typing import Final

from matchmaker.errors import InvalidInput

# The parser's C code ends the process at an integer that Python does not convert (4,300 digits).
MAX_DIGITS: Final = 4_000
# The parser keeps the whole path for each level: 20,000 of them took a gigabyte.
MAX_NESTING: Final = 100
_LONG_NUMBER = re.compile(rb"[0-9]{%d}" % (MAX_DIGITS + 1))
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_BUT_SIGNS = bytes(set(range(256)) - set(b'"[]{}'))
_STEPS = {sign: 1 if sign in b"[{" else -1 for sign in b"[]{}"}


class JsonStream:
    """A stream of UTF-8 as `ijson` reads it. `name` is that of the file, for errors."""

    def __init__(self, read: Callable[[int], bytes], name: str) -> None:
        self._read, self._name = read, name
        self._digits = self._escape = b""
        self._is_text = False
        self._depth = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes. Raises InvalidInput for a longer number, or deeper nesting, than any."""
        chunk = self._read(size)
        self._check_numbers(chunk)
        self._check_nesting(chunk)
        return chunk

    def _check_numbers(self, chunk: bytes) -> None:
        if _LONG_NUMBER.search(self._digits + chunk):
            raise InvalidInput(
                "holds a number of more than %(limit)s digits.",
                where=self._name,
                mend="Export it again.",
                limit=MAX_DIGITS,
            )
        self._digits = (self._digits + chunk)[-MAX_DIGITS:]

    def _check_nesting(self, chunk: bytes) -> None:
        plain = _ESCAPE.sub(b"", self._escape + chunk)
        self._escape = b"\\" if plain.endswith(b"\\") else b""
        parts = plain.translate(None, _BUT_SIGNS).split(b'"')
        outside = b"".join(parts[self._is_text :: 2])
        self._is_text ^= len(parts) % 2 == 0
        depths = list(accumulate(map(_STEPS.__getitem__, outside), initial=self._depth))
        if max(depths) > MAX_NESTING:
            raise InvalidInput(
                "is nested more than %(limit)s deep.",
                where=self._name,
                mend="Export it again.",
                limit=MAX_NESTING,
            )
        self._depth = depths[-1]
