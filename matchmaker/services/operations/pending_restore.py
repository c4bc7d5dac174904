"""A restore that is under way: where it is unpacked, so that the next process can finish it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from matchmaker.errors import not_writable

_MARK = "restore.pending"
_SCRATCH = ".backup-"


@dataclass(frozen=True, slots=True)
class PendingRestore:
    """The backup, the folder beside the data that it is unpacked in, and whether the database is
    the backup's by now, so that only its files are to be put in place.
    """

    backup: str
    folder: str
    is_put: bool

    def write(self, data_dir: Path) -> None:
        """Note it, on the disk before this returns. Raises StorageFull."""
        mark = data_dir / _MARK
        beside = mark.with_name(f"{_MARK}.new")
        try:
            os.sync()  # what is unpacked is there where the mark is
            with beside.open("w", encoding="utf-8") as file:
                json.dump(asdict(self), file)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(mark)
        except OSError as error:
            raise not_writable(mark, error) from None


def pending_restore(data_dir: Path) -> PendingRestore | None:
    """The restore that is not finished, None where there is none."""
    try:
        return PendingRestore(**json.loads((data_dir / _MARK).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def forget_restore(data_dir: Path) -> None:
    """It is finished, or changed nothing."""
    (data_dir / _MARK).unlink(missing_ok=True)


@contextlib.contextmanager
def scratch_folder(data_dir: Path) -> Iterator[Path]:
    """A folder for what is under way, on the disk of the data; kept where a restore still needs it.

    Those of processes that died are removed. Raises StorageFull.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        remove_left(data_dir)
        folder = Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=data_dir))
        lock = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)  # freed when this process ends
        fcntl.flock(lock, fcntl.LOCK_EX)
    except OSError as error:
        raise not_writable(data_dir, error) from None
    try:
        yield folder
    finally:
        pending = pending_restore(data_dir)
        if pending is None or pending.folder != folder.name:
            shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def remove_left(data_dir: Path) -> None:
    """Remove the folders of processes that died, but for that of a restore to be finished."""
    pending = pending_restore(data_dir)
    for folder in data_dir.glob(f"{_SCRATCH}*"):
        if (pending is None or pending.folder != folder.name) and not _is_used(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_used(folder: Path) -> bool:
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return True  # gone meanwhile, or nothing of ours
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(lock)
    return False
