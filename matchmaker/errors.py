"""Every error a user may meet: what was wrong, where, and how to mend it.

HTTP (`api/http/problems.py`) and the command line (`cli.py`) each map these classes
in one place. Nothing else reaches a user.
"""

from __future__ import annotations

import copy
import errno
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any

from matchmaker.messages import SOURCE, Message, located, sentences
from matchmaker.system_errors import reason_of

_OF_FULL_DISKS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


class MatchmakerError(Exception):
    """Base of all expected errors; never raised itself.

    `message` says what was wrong, `mend` what to do about it, both with the parameters;
    `where` names the file, line or field at fault, when there is one.
    """

    def __init__(
        self,
        message: str | Message = "",
        *,
        mend: str | Message = "",
        where: str = "",
        **parameters: Any,
    ) -> None:
        self.message = _message(message, parameters)
        self.mend = _message(mend, parameters)
        self.where = where
        super().__init__(message)

    @property
    def full(self) -> Message:
        """The whole message: where, what, and what to do about it."""
        problem = located(self.where, self.message) if self.where else self.message
        return sentences(problem, self.mend)

    def text(self, language: str) -> str:
        """All of it, in a language."""
        return self.full.text(language).strip()

    def __str__(self) -> str:
        return self.text(SOURCE)


def _message(text: str | Message, parameters: Mapping[str, Any]) -> Message:
    return text if isinstance(text, Message) else Message(text, parameters)


class InvalidInput(MatchmakerError):
    """A value that cannot be used; `where` names the field or the file and line."""


class NotFound(MatchmakerError):
    """Nothing is known under this id."""


class NotAllowed(MatchmakerError):
    """The principal may not do this."""


class SignInNeeded(NotAllowed):
    """Nobody has signed in, or with the wrong key or password."""


class SecondFactorNeeded(SignInNeeded):
    """The password is right, and a code of the second factor is needed too."""


class CodeUsedJustNow(SignInNeeded):
    """The code was right a moment ago: no guess, and of use to nobody any more."""


class SecondFactorOwed(NotAllowed):
    """The account has to set up a second factor before it does anything else."""


class TooManyAttempts(NotAllowed):
    """Tried too often; to be tried again in `seconds`."""

    def __init__(
        self,
        message: str | Message = "",
        *,
        seconds: float = 60.0,
        mend: str | Message = "",
        **parameters: Any,
    ) -> None:
        super().__init__(message, mend=mend, **parameters)
        self.seconds = seconds


class WrongState(MatchmakerError):
    """The thing exists, but not in a state that allows this transition."""


class ChangedMeanwhile(WrongState):
    """Somebody changed it since it was seen: it is to be looked at as it is now, and done then."""


class DoneBefore(WrongState):
    """What a request asks for was done by the same one, as it was sent before."""


def require_seen(seen: object | None, now: object) -> None:
    """Raise ChangedMeanwhile where something else stands now than was seen; None is anything."""
    if seen is not None and seen != now:
        raise ChangedMeanwhile("Somebody else saved it meanwhile.", mend="Look at it again.")


class VersionConflict(MatchmakerError):
    """Somebody else changed it meanwhile: a compare-and-set that lost."""


class ServiceUnavailable(MatchmakerError):
    """Something outside that is needed does not answer: a mail server, a sign-in provider."""


class LetterRefused(ServiceUnavailable):
    """A letter that no mail server takes to this address, whatever it does with others."""


class IndexDamaged(ServiceUnavailable):
    """The index of shared files is there and cannot be read: it was cut off, or is another's."""


class StoreUnavailable(ServiceUnavailable):
    """The database does not answer."""


class StoreMismatch(MatchmakerError):
    """The database answers, but its schema or content is not what we can use."""


class SnapshotUnavailable(MatchmakerError):
    """No snapshot can be read: none was built, or the one there is broken."""


class ModelUnavailable(MatchmakerError):
    """The embedding model cannot be loaded, or is another than the snapshot's."""


class RankerMismatch(MatchmakerError):
    """A learned ranker that cannot be used: damaged, or learned from other features."""


class SettingsError(MatchmakerError):
    """A setting is missing or has a value that cannot be used."""


class StorageFull(MatchmakerError):
    """The disk or folder cannot be written."""


def not_writable(path: Path, error: OSError | sqlite3.Error) -> StorageFull:
    """The error of a file or folder among the installation's data."""
    return StorageFull(
        "%(path)s cannot be written: %(reason)s.",
        mend="Free space or set MATCHMAKER_DATA_DIR to a folder you may write.",
        path=path,
        reason=reason_of(error),
    )


def restore_unfinished(backup: str) -> StoreMismatch:
    """The error of a database that holds a part of a backup: whoever wrote it there was ended."""
    return StoreMismatch(
        "A restore of %(backup)s was not finished: the database holds a part of it.",
        mend="Run `matchmaker restore FILE --replace` again, with this backup or another.",
        backup=backup,
    )


def full_disk_of(error: Exception) -> StorageFull | None:
    """What to say where a disk was met that is full or read-only; None: it is another error."""
    if not isinstance(error, OSError) or error.errno not in _OF_FULL_DISKS:
        return None
    return StorageFull(
        "A file cannot be written: %(reason)s.",
        mend="Free space for the data and for temporary files (TMPDIR).",
        reason=reason_of(error),
    )


def file_fault_of(error: Exception, folder: Path) -> ServiceUnavailable | None:
    """What to say where a file among the data is not such as it was; None: it is another error."""
    name = getattr(error, "filename", None)
    if not isinstance(error, OSError) or not isinstance(name, str | Path):
        return None
    return file_fault(Path(name), error) if Path(name).is_relative_to(folder) else None


def file_fault(path: Path, error: OSError) -> ServiceUnavailable:
    """The error of a file among the data that is not such as it was."""
    return ServiceUnavailable(
        "%(path)s cannot be used: %(reason)s.",
        mend="Look at it, its permissions and its disk, or restore a backup.",
        path=path,
        reason=reason_of(error),
    )


def without_folders(error: MatchmakerError) -> MatchmakerError:
    """The same, of paths on the server only the last part: where they lie is nobody's business.

    Nor is where another server is that the database runs on: the log says it.
    """
    if isinstance(error, StoreUnavailable) and "url" in error.message.parameters:
        return StoreUnavailable("The database does not answer.", mend="Try again later.")
    told = copy.copy(error)
    told.message, told.mend = _without_folders(error.message), _without_folders(error.mend)
    told.where = _without_folders(error.where)
    return told


def _without_folders(value: Any) -> Any:
    if isinstance(value, Message):
        bare = {name: _without_folders(each) for name, each in value.parameters.items()}
        return replace(value, parameters=bare)
    is_path = isinstance(value, PurePath) or (isinstance(value, str) and value.startswith("/"))
    return PurePath(value).name if is_path else value
