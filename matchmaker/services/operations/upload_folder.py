"""Files that somebody sent to be imported, each with how it is to be read, until it is written."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from secrets import token_hex
from typing import IO

from pydantic import TypeAdapter

from matchmaker.access import Principal
from matchmaker.domain import DuplicateCandidate
from matchmaker.errors import InvalidInput, NotFound, ServiceUnavailable, StorageFull, full_disk_of
from matchmaker.ingest.known_offerings import OfferingOutcome
from matchmaker.ingest.pair_decisions import DecidedPair
from matchmaker.ingest.table_options import TableOptions
from matchmaker.nodes.mirror import Mirror
from matchmaker.store.documents import new_id
from matchmaker.workflow.job import LineCounts, LineProblem

# So many files that were not written are kept of everybody.
KEPT_UPLOADS = 5
_STATE_FILE, _CHECK_FILE, _LINES_FILE = "upload.json", "check.json", "problems.jsonl"
_OWN_FILES = frozenset({_STATE_FILE, _CHECK_FILE, _LINES_FILE})
_UNFINISHED = ".new"
# Seconds for which a folder may have no file that can be read: it is just being sent.
_BEING_KEPT = 3600
_DOOMED = "."
# So often it is asked whether a file was cancelled on another node while it is parsed here.
_LOOK_ELSEWHERE_SECONDS = 1.0
# A name may take 255 bytes.
_MAX_BYTES = 200


@dataclass(frozen=True, slots=True)
class UploadState:
    """For which cluster or organisation a file was sent, and how it is read; None: as is proposed.

    `joins` says whether organisations that are new become members of the cluster, `withdraws`
    whether what earlier lists of the organisation brought and this one has not is withdrawn.
    `is_remembered` says that it is read as an earlier file with the same titles was. `sheets` are
    how further sheets are read together with the one of `options`; None: as is proposed.
    """

    cluster: str = ""
    organization: str = ""
    withdraws: bool = False
    options: TableOptions | None = None
    sheets: tuple[TableOptions, ...] | None = None
    joins: bool | None = None
    is_remembered: bool = False


@dataclass(frozen=True, slots=True)
class FileCheck:
    """The result of reading a file whole, with these `options`, before it is written.

    `rows` are counts by table; `new`, `known`, `merged`, `alike` and `recognised` count
    organisations as `ImportReport` does; `problems` are the first of them,
    `refused` is why the file cannot be read so at all. `pairs` are the first that may be one, with
    `names` of who is in the file, `decided` those that a person decided. `created`
    and `changed` count rows by table.
    """

    options: TableOptions | None
    joins: bool | None
    lines: LineCounts
    rows: Mapping[str, int]
    new: int
    known: int
    merged: int
    alike: int
    recognised: int
    problems: tuple[LineProblem, ...]
    refused: LineProblem | None = None
    pairs: tuple[DuplicateCandidate, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    decided: tuple[DecidedPair, ...] = ()
    created: Mapping[str, int] = field(default_factory=dict)
    changed: Mapping[str, int] = field(default_factory=dict)
    offerings: tuple[OfferingOutcome, ...] = ()
    withdraws: bool = False
    sheets: tuple[TableOptions, ...] | None = None


_STATE = TypeAdapter(UploadState)
_CHECK = TypeAdapter(FileCheck)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent: its id, where it lies, and its state.

    `is_awaited` tells whether whoever has it read still waits for what comes of it.
    """

    id: str
    path: Path
    state: UploadState
    mirror: Mirror
    is_awaited: Callable[[], bool] = field(default=lambda: True, compare=False)

    def save(self, state: UploadState) -> Upload:
        """The same with another state."""
        kept = self.path.parent / _STATE_FILE
        if state != self.state or not kept.exists():
            written = kept.with_suffix(_UNFINISHED)  # nobody reads half of it
            written.write_bytes(_STATE.dump_json(state))
            written.replace(kept)
            self._share()
        return replace(self, state=state)

    @contextmanager
    def being_read(self) -> Iterator[None]:
        """Tell who reads it that it is gone, where it goes meanwhile. Raises NotFound, StorageFull.

        Whatever cannot be read of a file that is not there any more has that reason, also where
        it is only that nobody waits for it.
        """
        try:
            yield
        except (OSError, InvalidInput) as error:
            if not (self.path.exists() and self.is_awaited()):
                raise _gone() from None
            raise full_disk_of(error) or error from None
        if not self.path.exists():
            raise _gone()

    def watch(self) -> Callable[[], bool]:
        """What tells, asked again and again, whether the file is still to be read.

        It is not once nobody waits for it, or it went: here, or on another node, and then it goes
        here as well.
        """
        looked = time.monotonic()

        def is_wanted() -> bool:
            nonlocal looked
            if not (self.is_awaited() and self.path.exists()):
                return False
            if time.monotonic() - looked < _LOOK_ELSEWHERE_SECONDS:
                return True
            looked = time.monotonic()
            try:
                is_there = self.mirror.has_folder(self._name)
            except ServiceUnavailable:  # nobody knows
                return True
            if not is_there:
                _remove(self.path.parent)
            return is_there

        return is_wanted

    def _share(self) -> None:
        self.mirror.put_folder(self._name)

    @property
    def _name(self) -> str:
        return self.path.parent.relative_to(self.mirror.local).as_posix()

    @property
    def _check_file(self) -> Path:
        return self.path.parent / _CHECK_FILE

    @property
    def lines_file(self) -> Path:
        """The file of the lines with problems that a check found; see `problem_lines`."""
        return self.path.parent / _LINES_FILE

    def keep_check(self, check: FileCheck) -> None:
        """Keep what came of reading every line."""
        written = self._check_file.with_suffix(_UNFINISHED)
        written.write_bytes(_CHECK.dump_json(check))
        written.replace(self._check_file)
        self._share()

    def check(self) -> FileCheck | None:
        """The result of reading every line as it is chosen now; None where that was not done."""
        try:
            check = _CHECK.validate_json(self._check_file.read_bytes())
        except (OSError, ValueError):
            return None
        state = self.state
        read_as = (check.options, check.sheets, check.joins, check.withdraws)
        is_same = read_as == (state.options, state.sheets, state.joins, state.withdraws)
        return check if is_same else None


@dataclass(frozen=True, slots=True)
class UploadFolder:
    """A folder for each principal, and one for the files that are waiting to be written.

    By the `mirror` other nodes have them as well.
    """

    root: Path
    shared: Mirror | None = None

    @property
    def mirror(self) -> Mirror:
        """The mirror by which the files get to other nodes."""
        return self.shared or Mirror(self.root)

    def keep(
        self, principal: Principal, name: str, content: IO[bytes], cluster: str,
        organization: str = "",
    ) -> Upload:  # fmt: skip
        """Keep a file; the oldest of many goes. Raises StorageFull, and nothing is left of it."""
        own = self._own(principal)
        id = new_id()
        kept = Upload(id, own / id / safe_name(name), UploadState(), self.mirror)
        try:
            kept.path.parent.mkdir(parents=True, mode=0o700)
            with kept.path.open("wb") as file:
                shutil.copyfileobj(content, file)
            with kept.being_read():
                kept = kept.save(UploadState(cluster, organization))
        except (OSError, StorageFull) as error:
            _remove(kept.path.parent)
            raise full_disk_of(error) or error from None
        for left in own.glob(f"{_DOOMED}*"):  # by who was killed while it went
            shutil.rmtree(left, ignore_errors=True)
        self._drop_unreadable(own)
        # Files that were requested here, and written or cancelled elsewhere.
        self.mirror.drop_unshared(self._name(self._requested))
        for upload in self.all_of(principal)[KEPT_UPLOADS:]:
            if upload.id != id:
                self.drop(upload)
        return kept

    def _drop_unreadable(self, own: Path) -> None:
        """Folders with nothing to read go: nobody is shown them, and no limit counts them."""
        for folder in own.iterdir():
            is_being_kept = time.time() - _sent_at(folder) < _BEING_KEPT
            if not is_being_kept and self._upload(folder) is None:
                self._drop_folder(folder)

    def drop(self, upload: Upload) -> None:
        """A file that is not to be read goes, at once: who reads it finds all of it or nothing."""
        self._drop_folder(upload.path.parent)

    def _drop_folder(self, folder: Path) -> None:
        _remove(folder)
        self.mirror.remove_folder(self._name(folder))

    def of(self, principal: Principal, id: str) -> Upload:
        """Raises NotFound where the principal has no such file (any more)."""
        return self._read(self._own(principal), id)

    def all_of(self, principal: Principal) -> list[Upload]:
        """The newest first."""
        own = self._own(principal)
        names = self.mirror.fetch_folders(self._name(own))
        folders = [own / name for name in names if not name.startswith(_DOOMED)]
        folders.sort(key=_sent_at, reverse=True)
        return [upload for folder in folders if (upload := self._upload(folder)) is not None]

    def sent_by(self, subject: str, id: str) -> Upload:
        """A file by who sent it. Raises NotFound where it is not there any more."""
        return self._read(self._folder(subject), id)

    def request(self, subject: str, id: str) -> Upload:
        """Put somebody's file where it waits to be written, if it does not yet.

        Raises NotFound where it is not there.
        """
        with self._moving():
            try:
                return self.requested(id)
            except NotFound:
                pass
            try:
                return self._moved(id, self._folder(subject), self._requested)
            except NotFound:  # another node may have been faster
                return self.requested(id)

    def request_if_possible(self, subject: str, id: str) -> None:
        """As `request`, unless the file is cancelled or written, or cannot be moved just now."""
        with suppress(NotFound, ServiceUnavailable):
            self.request(subject, id)

    def give_back(self, subject: str, id: str) -> None:
        """Put a file that was not written back to who sent it, if it is there."""
        with suppress(NotFound), self._moving():
            self._moved(id, self._requested, self._folder(subject))

    @contextmanager
    def _moving(self) -> Iterator[None]:
        """One at a time of this node moves a file: what one has moved and not shared yet, another
        would take for what lay there before."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        turn = self.root / ".moving"
        turn.touch(mode=0o600)
        with turn.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _moved(self, id: str, source: Path, target: Path) -> Upload:
        upload, moved = self._read(source, id), target / id
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            # As if it were sent now: until it is shared it is nobody's to sweep.
            os.utime(upload.path.parent)
            if moved.exists() and upload.path.exists():
                _remove(moved)  # what this node had of it before another one moved it
            upload.path.parent.rename(moved)
            self.mirror.put_folder(self._name(moved))
        except FileNotFoundError:  # also where a worker has written and removed it meanwhile
            raise _gone() from None
        self.mirror.remove_folder(self._name(upload.path.parent))
        return self._read(target, id)

    def requested(self, id: str) -> Upload:
        """A file that waits to be written. Raises NotFound where it is not there."""
        return self._read(self._requested, id)

    def all_requested(self) -> list[str]:
        """Ids of the files that have waited to be written for a while."""
        names = self.mirror.fetch_folders(self._name(self._requested))
        return [
            name
            for name in names
            if not name.startswith(_DOOMED)
            and time.time() - _sent_at(self._requested / name) >= _BEING_KEPT
        ]

    def drop_requested(self, id: str) -> None:
        """Remove uploads that were written, or cannot be."""
        self._drop_folder(self._requested / id)

    def _read(self, parent: Path, id: str) -> Upload:
        folder = parent / id
        if id and folder.parent == parent and not id.startswith("."):
            is_there = self.mirror.fetch_folder(self._name(folder))
            upload = self._upload(folder) if is_there else None
            if upload is not None:
                return upload
        raise _gone()

    def _upload(self, folder: Path) -> Upload | None:
        """What is kept in a folder, None where that is nothing."""
        try:
            files = sorted(folder.iterdir())
        except OSError:  # it goes just now
            return None
        sent = [path for path in files if _is_sent(path)]
        state = _state(folder)
        return Upload(folder.name, sent[0], state, self.mirror) if sent and state else None

    def _name(self, folder: Path) -> str:
        return folder.relative_to(self.root).as_posix()

    def _own(self, principal: Principal) -> Path:
        return self._folder(principal.subject)

    def _folder(self, subject: str) -> Path:
        return self.root / subject.replace(":", "-")

    @property
    def _requested(self) -> Path:
        """The folder's name is older than ours for it."""
        return self.root / "asked"


def _remove(folder: Path) -> None:
    """Remove a folder at once: who reads in it finds all or nothing."""
    doomed = folder.with_name(f"{_DOOMED}{folder.name}.{token_hex(4)}")
    with suppress(FileNotFoundError):
        folder.rename(doomed)
    shutil.rmtree(doomed, ignore_errors=True)


def safe_name(name: str) -> str:
    """A file's own name without what a path could be made of."""
    plain = "".join(mark for mark in Path(name).name if mark.isprintable() and mark not in "/\\:")
    short = plain.encode()[-_MAX_BYTES:].decode(errors="ignore").lstrip(". ") or "table.csv"
    # By one of our own names it would be taken for ours, and stay for ever.
    return f"list-{short}" if short in _OWN_FILES else short


def _is_sent(path: Path) -> bool:
    """Whether it is the file that somebody sent; its own name never begins with a dot."""
    is_ours = path.name in _OWN_FILES or path.name.startswith(".")
    return not is_ours and path.suffix != _UNFINISHED and path.is_file()


def _gone() -> NotFound:
    return NotFound(
        "The file is not there any more: it was written or cancelled, or %(count)s newer ones "
        "took its place.",
        mend="Choose it again.",
        count=KEPT_UPLOADS,
    )


def _sent_at(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:  # it goes just now
        return 0.0


def _state(folder: Path) -> UploadState | None:
    """The state of a file; None where it goes just now, or is not kept whole yet."""
    try:
        return _STATE.validate_json((folder / _STATE_FILE).read_bytes())
    except OSError:
        return None
    except ValueError:  # of another version
        return UploadState()
