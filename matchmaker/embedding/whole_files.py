"""Files that the models make once and map afterwards, which nobody finds half written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from matchmaker.errors import StorageFull
from matchmaker.system_errors import reason_of


@contextmanager
def told_of_disk(path: Path, size: int) -> Iterator[None]:
    """Raises StorageFull, with the `size` in bytes that `path` needs, where the system refuses."""
    try:
        yield
    except OSError as error:
        raise StorageFull(
            "%(path)s cannot be written: %(reason)s.",
            mend="Free %(number)s MB or choose another MATCHMAKER_DATA_DIR.",
            path=path,
            reason=reason_of(error),
            number=size >> 20,
        ) from None


def keep_whole(write: Callable[[str], object], path: Path, size: int) -> None:
    """Write under another name first, whoever else writes it; `write` gets that name.

    Raises StorageFull.
    """
    with told_of_disk(path, size):
        path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=path.parent)
        try:
            write(name)
            os.fsync(number)
            os.replace(name, path)  # noqa: PTH105
        finally:
            os.close(number)
            Path(name).unlink(missing_ok=True)
