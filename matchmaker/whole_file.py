"""A file is there whole, or not at all."""

from __future__ import annotations

import errno
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# Told without a name, as the file is open already.
_OF_WRITING = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path to write a file to that appears under its own name only when it is whole.

    What is no file, as a pipe or /dev/stdout, is written to as it is.
    """
    if path.exists() and not path.is_file():
        yield path
        return
    target = path.resolve() if path.is_symlink() else path
    unfinished = target.with_name(f"{target.name}.part")
    try:
        yield unfinished
        unfinished.replace(target)
    except OSError as error:
        is_full = error.filename is None and error.errno in _OF_WRITING
        if is_full or error.filename == str(unfinished) or error.filename == unfinished:
            error.filename = str(path)  # the name that was asked for
        raise
    finally:
        with suppress(OSError):
            unfinished.unlink()


def checksum(path: Path) -> int:
    """CRC-32 of a file: not the same where a bit of it flipped."""
    total = 0
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            total = zlib.crc32(chunk, total)
    return total
