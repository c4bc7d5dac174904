"""A file is there whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path to write a file to that appears under its own name only when it is whole."""
    unfinished = path.with_name(f"{path.name}.part")
    try:
        yield unfinished
        unfinished.replace(path)
    except OSError as error:
        if error.filename == str(unfinished) or error.filename == unfinished:
            error.filename = str(path)  # the name that was asked for
        raise
    finally:
        with suppress(OSError):
            unfinished.unlink()
