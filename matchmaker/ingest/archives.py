"""Packed files: how far they are unpacked, and the errors of such as are damaged or unknown."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, Final

from matchmaker.errors import InvalidInput
from matchmaker.ingest.rows import MAX_BYTES

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

# RuntimeError is raised for encrypted members, and NotImplementedError below it for versions and
# ways of packing that are not known; ValueError for names and sizes that cannot be.
UNREADABLE_ARCHIVE: Final = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError,
)  # fmt: skip
GZIP: Final = b"\x1f\x8b"
# Lists that people keep become up to ten times smaller. One line again and again becomes a
# thousand times smaller, and each copy takes as long to read as a line that says something.
MAX_TEXT_RATIO: Final = 50
_SMALL_TEXT: Final = 5_000_000


def open_gzip(raw: IO[bytes], name: str) -> io.BufferedReader:
    """What a file holds that gzip packed. `name` is that of the file, for errors.

    Raises InvalidInput while it is read, as soon as it is far larger than the packed file.
    """
    size = raw.seek(0, os.SEEK_END)
    raw.seek(0)
    limit = max(_SMALL_TEXT, MAX_TEXT_RATIO * size)
    return io.BufferedReader(_Limited(raw, name, limit), 1 << 16)


class _Limited(io.RawIOBase):
    """Unpacked bytes, up to a limit: a small file may unpack without end."""

    def __init__(self, raw: IO[bytes], name: str, limit: int) -> None:
        self._stream = gzip.GzipFile(fileobj=raw)
        self._name, self._left = name, limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        place = memoryview(buffer)
        content = self._stream.read(len(place))
        self._left -= len(content)
        if self._left < 0:
            raise InvalidInput(
                "Unpacked, this file is far too large.",
                where=self._name,
                mend="Part it into several files.",
            )
        place[: len(content)] = content
        return len(content)


def too_large(name: str) -> InvalidInput:
    """The error of a file that unpacks to more than is read."""
    return InvalidInput(
        "unpacks to more than %(limit)s MB.",
        where=name,
        mend="Part it into several files.",
        limit=MAX_BYTES // 1024**2,
    )
