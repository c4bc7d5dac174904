"""Files that the models make once and map afterwards: nobody finds one half written, or damaged."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from matchmaker.errors import StorageFull
from matchmaker.system_errors import reason_of
from matchmaker.whole_file import checksum


@contextmanager
def told_of_disk(path: Path, size: int) -> Iterator[None]:
    """Raises StorageFull, with the `size` in bytes that `path` needs, where the system refuses."""
    try:
        yield
    except OSError as error:
        # NumPy says how much was written of what was to be, and no number.
        refusal = error if error.errno else OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        raise StorageFull(
            "%(path)s cannot be written: %(reason)s.",
            mend="Free %(number)s MB or choose another MATCHMAKER_DATA_DIR.",
            path=path,
            reason=reason_of(refusal),
            number=size >> 20,
        ) from None


def keep_whole(write: Callable[[str], object], path: Path, size: int) -> None:
    """Write under another name first, whoever else writes it; `write` gets that name.

    Its checksum is kept beside it. Raises StorageFull.
    """
    with told_of_disk(path, size):
        path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=path.parent)
        try:
            write(name)
            os.fsync(number)
            written = checksum(Path(name))
            os.replace(name, path)  # noqa: PTH105
            _sum_of(path).write_text(str(written))
        finally:
            os.close(number)
            Path(name).unlink(missing_ok=True)


def keep_anew(write: Callable[[str], object], path: Path, size: int) -> None:
    """Write what is damaged, or missing, as `keep_whole` does.

    One without a checksum, as earlier versions wrote it, stays where it cannot be. Raises
    StorageFull for others.
    """
    try:
        keep_whole(write, path, size)
    except StorageFull:
        if _sum_of(path).exists() or not path.exists():
            raise


def keep_whole_folder(
    write: Callable[[Path], object], folder: Path, is_whole: Callable[[], bool], size: int
) -> None:
    """Write a folder under another name first; another's that `is_whole` by then stays.

    Raises StorageFull.
    """
    with told_of_disk(folder, size):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            dir=folder.parent, prefix=f".{folder.name}-", ignore_cleanup_errors=True
        ) as beside:
            write(Path(beside))
            if is_whole():
                return
            shutil.rmtree(folder, ignore_errors=True)
            try:
                os.replace(beside, folder)  # noqa: PTH105
            except OSError:
                if not is_whole():
                    raise


def is_as_written(path: Path) -> bool:
    """Tell whether a file is as `keep_whole` wrote it; of one by an earlier version nobody knows.

    A tenth of a second for 100 MB, during which other threads run.
    """
    try:
        return _sum_of(path).read_text() == str(checksum(path))
    except (OSError, ValueError):
        return False


def _sum_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.crc32")
