"""A restore that is under way: where it is unpacked, so that the next process can finish it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from matchmaker.errors import MatchmakerError, WrongState, not_writable
from matchmaker.messages import Message, message, sentences

_MARK = "restore.pending"
_SCRATCH = ".backup-"
_FOLDER = r"\.backup-[a-z0-9_]{1,32}"


@dataclass(frozen=True, slots=True)
class PendingRestore:
    """The backup, the folder beside the data that it is unpacked in, the store that it goes into,
    the name that this has once it is the backup's, and the backup of what was there before ("":
    nothing was).
    """

    backup: str
    folder: str
    store: str
    name: str
    before: str

    @property
    def kept(self) -> Message | str:
        """Where the state before it is kept, where there was any."""
        if not self.before:
            return ""
        return message("What was there before is in %(path)s.", path=self.before)

    def failure(self, error: MatchmakerError, then: Message) -> MatchmakerError:
        """The same error, of a restore that is not whole, with what is to be done then."""
        return type(error)(
            message("The restore was not finished: %(reason)s", reason=error.message),
            mend=sentences(error.mend, then, self.kept),
        )

    def write(self, data_dir: Path) -> None:
        """Note it, on the disk before this returns. Raises StorageFull."""
        mark = data_dir / _MARK
        beside = data_dir / self.folder / _MARK  # goes with what is unpacked there
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
    """The restore that is not finished, None where there is none.

    Raises WrongState where what says so is damaged.
    """
    mark = data_dir / _MARK
    try:
        pending = PendingRestore(**json.loads(mark.read_text(encoding="utf-8")))
        if re.fullmatch(_FOLDER, pending.folder) and all(
            isinstance(value, str) and "\0" not in value for value in asdict(pending).values()
        ):
            return pending
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, RecursionError):
        pass
    raise WrongState(
        "A restore was not finished, and %(mark)s, which says which, is damaged.",
        mend="Run `matchmaker restore FILE --replace` again, with this backup or another.",
        mark=mark,
    )


def forget_restore(data_dir: Path) -> None:
    """It is finished, or changed nothing, or nobody can tell. Raises StorageFull."""
    mark = data_dir / _MARK
    try:
        if mark.is_dir():
            shutil.rmtree(mark)
        mark.unlink(missing_ok=True)
    except OSError as error:
        raise not_writable(mark, error) from None


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
        if not _is_needed(data_dir, folder):
            shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def remove_left(data_dir: Path) -> None:
    """Remove the folders of processes that died, but for that of a restore to be finished."""
    for folder in data_dir.glob(f"{_SCRATCH}*"):
        if not _is_needed(data_dir, folder) and not _is_used(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_needed(data_dir: Path, folder: Path) -> bool:
    """Tell whether a restore that is not finished needs it, or may: its mark is damaged."""
    try:
        pending = pending_restore(data_dir)
    except WrongState:
        return True
    return pending is not None and pending.folder == folder.name


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
