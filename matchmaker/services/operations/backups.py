"""Backing an installation up while it runs, and bringing one back, whichever store it has."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import hashlib
import logging
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, timedelta
from importlib.metadata import version
from pathlib import Path

from matchmaker.access import Principal
from matchmaker.errors import MatchmakerError, WrongState, not_writable, restore_unfinished
from matchmaker.messages import Message, located, message, sentences
from matchmaker.services.operations import backup_file
from matchmaker.services.operations.backup_content import (
    BackupContent,
    look_through,
    unknown_parts_removed,
)
from matchmaker.services.operations.backup_file import (
    DATABASE,
    FILES,
    NAME,
    PATTERN,
    SINGLE_FILES,
    TREES,
    Manifest,
    files_below,
    made_at,
)
from matchmaker.services.operations.pending_restore import (
    PendingRestore,
    forget_restore,
    pending_restore,
    remove_left,
    scratch_folder,
)
from matchmaker.services.operations.process_lock import ProcessLock
from matchmaker.services.people.operator_key import LENGTH_FILE, SIGNING_FILE
from matchmaker.services.unit_of_work import Clock
from matchmaker.settings import Settings
from matchmaker.store.documents import Store
from matchmaker.store.opening import remove_documents

_LOG = logging.getLogger(__name__)


def _logged(told: Message) -> None:
    _LOG.warning("%s", told)


@dataclass(frozen=True, slots=True)
class Backups:
    """Use cases of backups.

    `copy` writes all that the store holds, at one moment, into a new database file, and `put`
    has the store hold what is in such a file, which a backup had in it, under a name of this
    restore, and first calls what is to be done before anything is changed; `put_file_back` undoes
    a migration. `open_file` opens it as a store. `forget` is called before another log and
    other documents take the place of those there are: what was noted of these holds no more.
    `gather` has the files here that other nodes share, and `spread` gives them those that were
    brought back. `alone` keeps servers away, and raises WrongState where one runs.
    """

    settings: Settings
    store: Callable[[], Store]
    copy: Callable[[Path], None]
    put: Callable[[Path, Path, str, Callable[[], object]], None]
    put_file_back: Callable[[Path], None]
    open_file: Callable[[Path], Store]
    forget: Callable[[], None]
    clock: Clock
    gather: Callable[[], object] = lambda: None
    spread: Callable[[], object] = lambda: None
    alone: Callable[[], AbstractContextManager[None]] = contextlib.nullcontext
    tell: Callable[[Message], object] = _logged

    @property
    def folder(self) -> Path:
        """The folder of backups that nobody gave a place."""
        return self.settings.backup_dir or self.settings.data_dir / "backups"

    @property
    def is_at_once(self) -> bool:
        """Tell whether the store takes a backup in one transaction, and an earlier schema too."""
        return self.settings.store_kind == "sqlite"

    def make(self, principal: Principal, target: Path | None = None) -> tuple[Path, Manifest]:
        """A backup of now, checked after it was written. Raises NotAllowed, StorageFull,
        StoreUnavailable, InvalidInput where what was written cannot be read.
        """
        principal.require_admin()
        path = target or self._free_name()
        backup_file.require_place(path)
        self._make_private(path.parent if target is None else None)
        with scratch_folder(self.settings.data_dir) as scratch:
            self.gather()
            # Files that a job waits for are older than its document, or new since.
            belonging = self._belonging(scratch / "first")
            copied = scratch / DATABASE
            self.copy(copied)
            about = self._about(copied)
            newer = dict(self._files())
            files = {**belonging, **{name: newer[name] for name in newer.keys() - belonging}}
            ordered = [(DATABASE, copied), *sorted(files.items())]
            manifest = backup_file.write_backup(path, ordered, about)
        with scratch_folder(self.settings.data_dir) as scratch:
            _, content = self._unpacked(path, scratch)
        if content.unreadable:  # it holds what there is, which is better than none
            self.tell(located(str(path), content.told))
        return path, manifest

    def _free_name(self) -> Path:
        """The name of a backup of now; never that of another, which may be all there is."""
        moment = self.clock().astimezone(UTC)
        while (path := self.folder / moment.strftime(NAME)).exists():
            moment += timedelta(seconds=1)
        return path

    def check(self, principal: Principal, path: Path) -> Manifest:
        """Read a backup whole: every part as its checksum says, and a database that is sound.

        Raises NotAllowed, InvalidInput.
        """
        principal.require_admin()
        with scratch_folder(self.settings.data_dir) as scratch:
            manifest, content = self._unpacked(path, scratch)
        if content.unreadable:
            raise content.refusal(path)
        return manifest

    def restore(
        self, principal: Principal, path: Path, *, replace: bool = False, leave_out: bool = False
    ) -> Manifest:
        """Bring a backup back: into an empty installation, or in the place of what is there.

        With `leave_out`, documents in it that cannot be read are left out.

        Everything is checked before anything is changed. What is replaced is backed up first: in
        the same transaction where the store is one file, so a server that runs loses nothing that
        it was told to keep; another store is written in parts, beside no server.
        Raises NotAllowed, InvalidInput, WrongState where something is there already or a server
        is in the way, StoreMismatch where it is a part of a backup.
        """
        principal.require_admin()
        with scratch_folder(self.settings.data_dir) as scratch:
            manifest, content = self._unpacked(path, scratch)
            if content.unreadable and not leave_out:
                raise content.refusal(path)
            remove_documents(scratch / DATABASE, content.unreadable)
            with self._restoring():
                self._put(principal, path, scratch, replace=replace)
        return manifest

    def finish_restore(self, principal: Principal) -> Message | None:
        """Put the files of a restore in place that was killed, or had no room for them, after the
        database was; what was done, None where nothing was to be.

        The database says itself which restore it holds. One that was broken off before is
        forgotten, with nothing put: whoever began it may have thought better of it. One into
        another store waits for that. Raises WrongState where the one that began it is still at it,
        or its mark is damaged or what it unpacked is gone, once; what `restore` raises.
        """
        folder = self.settings.data_dir
        try:
            if pending_restore(folder) is None:
                remove_left(folder)
                return None
        except WrongState:
            forget_restore(folder)
            raise
        principal.require_admin()
        with self._restoring():
            pending = pending_restore(folder)
            told = None if pending is None else self._finish_pending(pending)
        remove_left(folder)
        return told

    def _finish_pending(self, pending: PendingRestore) -> Message:
        folder = self.settings.data_dir
        if pending.store != self.settings.store_address:
            return message(
                "A restore of %(backup)s into %(store)s was not finished. This is another store, "
                "and is left as it is.",
                backup=pending.backup,
                store=pending.store,
            )
        store = self.store()
        if store.restored_as() != pending.name:
            forget_restore(folder)
            told = message(
                "A restore of %(backup)s was broken off, and the database is not of it: it is "
                "forgotten, and nothing was put.",
                backup=pending.backup,
            )
        elif store.unfinished_restore() is not None:
            forget_restore(folder)
            told = restore_unfinished(pending.backup).message
        else:
            self._finish(pending)
            told = message(
                "A restore of %(backup)s that was broken off is finished: its files and keys were "
                "put beside the database.",
                backup=pending.backup,
            )
        return sentences(told, pending.kept)

    @contextlib.contextmanager
    def _restoring(self) -> Iterator[None]:
        """Keep other restores away, and servers where the store is written in parts."""
        lock = ProcessLock(self.settings.data_dir / "restore.lock")
        try:
            lock.acquire()
        except WrongState:
            holder = lock.holder()
            raise WrongState(
                "Process %(pid)s restores a backup here.",
                mend="Wait until it is done.",
                pid=holder.pid if holder else "?",
            ) from None
        try:
            with contextlib.nullcontext() if self.is_at_once else self.alone():
                yield
        finally:
            lock.release()

    def _put(self, principal: Principal, path: Path, scratch: Path, *, replace: bool) -> None:
        folder = self.settings.data_dir
        name = secrets.token_hex(16)
        pending = PendingRestore(
            str(path.absolute()), scratch.name, self.settings.store_address, name, ""
        )
        is_begun = False

        def first() -> None:
            nonlocal pending, is_begun
            kept = self._kept_of(principal, replace=replace)
            pending = dataclasses.replace(pending, before=str(kept.absolute()) if kept else "")
            pending.write(folder)
            self.forget()
            is_begun = True

        self.store().prepare()
        try:
            self.put(scratch / DATABASE, path, name, first)
        except MatchmakerError as error:
            forget_restore(folder)  # nothing was changed, or the graph itself says what it holds
            if not is_begun:
                raise
            again = message("Then run `matchmaker restore %(path)s --replace` again.", path=path)
            raise pending.failure(error, again) from error
        os.sync()  # no file is of the backup where the database is not
        self._finish(pending)

    def _finish(self, pending: PendingRestore) -> None:
        """Put the files in place, where the database is.

        Raises WrongState where they are gone, StorageFull.
        """
        folder, scratch = self.settings.data_dir, self.settings.data_dir / pending.folder
        if not (scratch / DATABASE).is_file():
            forget_restore(folder)
            raise WrongState(
                "A restore of %(backup)s was not finished, and what it unpacked is gone.",
                mend="Run `matchmaker restore FILE --replace` again, with this backup or another.",
                backup=pending.backup,
            )
        try:
            self._put_files(scratch / FILES)
        except MatchmakerError as error:
            again = message(
                "The next command finishes the restore of %(path)s.", path=pending.backup
            )
            raise pending.failure(error, again) from error
        forget_restore(folder)

    def _kept_of(self, principal: Principal, *, replace: bool) -> Path | None:
        """The backup of what is about to be replaced, where that is anything whole."""
        store = self.store()
        unfinished = store.unfinished_restore()
        if unfinished is not None and not replace:
            raise restore_unfinished(unfinished)
        if unfinished is not None or store.is_empty():
            return None
        if not replace:
            raise WrongState(
                "There is a graph already.",
                mend="Restore into an empty data folder, or with `--replace`, which backs "
                "up first what is there.",
            )
        return self.make(principal)[0]

    def put_back(self, path: Path) -> None:
        """The state of a backup just made, as it was then, of an earlier version too."""
        with scratch_folder(self.settings.data_dir) as scratch:
            backup_file.extract(path, scratch)
            self.put_file_back(scratch / DATABASE)
            self._put_files(scratch / FILES)

    def make_due(self, principal: Principal) -> int:
        """The backup of the day, where the settings name a time; how many were made (0 or 1).

        The oldest of more than are to be kept go.
        """
        at = self.settings.backup_time
        if not at:
            return 0
        now, (hour, minute) = self.clock().astimezone(UTC), map(int, at.split(":"))
        due = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        due = due if due <= now else due - timedelta(days=1)
        if any(due <= made_at(path) <= now for path in self.listed()):
            return 0
        made = self.make(principal)[0]
        # One that a clock made which was ahead is neither today's nor the newest.
        past = [path for path in self.listed() if path == made or made_at(path) <= now]
        for old in past[: -self.settings.backup_keep]:
            old.unlink(missing_ok=True)
        return 1

    def listed(self) -> list[Path]:
        """Backups in the folder that were given no other place, the oldest first."""
        return sorted(self.folder.glob(PATTERN))

    # -- the parts

    def _about(self, copied: Path) -> dict[str, object]:
        """The manifest of a copy of the database, which may be of an earlier version."""
        copy = self.open_file(_copy_of(copied))
        try:
            copy.prepare()
            status = copy.status()
            last = copy.documents.last_log(1)
            documents = copy.count_documents()
            graph = copy.graph_id()
        finally:
            copy.close()
        return {
            "made_at": self.clock().astimezone(UTC).isoformat(timespec="seconds"),
            "program": version("matchmaker"),
            "store": self.settings.store_kind,
            "graph": graph,
            "version": status.version,
            "counts": dict(status.counts),
            "documents": documents,
            "log_number": last[0].number if last else 0,
            "log_digest": last[0].digest if last else "",
            "settings": self._plain_settings(),
        }

    def _plain_settings(self) -> dict[str, str]:
        """Settings that were made, without secrets: what the new installation may need too."""
        changed_settings = self.settings.model_dump(exclude_defaults=True)
        hidden = ("password", "secret", "key", "data_dir")
        return {
            name: str(value)
            for name, value in changed_settings.items()
            if not any(word in name for word in hidden) and "@" not in str(value)
        }

    def _unpacked(self, path: Path, scratch: Path) -> tuple[Manifest, BackupContent]:
        """A backup unpacked and looked through, whatever does not belong into its database taken
        out of it and told.
        """
        manifest = backup_file.extract(path, scratch)
        database = scratch / DATABASE
        unknown = unknown_parts_removed(database, path)
        if unknown:
            self.tell(
                message(
                    "%(backup)s: %(names)s in its database is no part of it, and is left out.",
                    backup=path,
                    names=unknown,
                )
            )
        return manifest, look_through(_copy_of(database), manifest, path)

    def _files(self) -> Iterator[tuple[str, Path]]:
        """Files of the data folder that belong to it, by their name in the archive."""
        for name in (*SINGLE_FILES, *TREES):
            root = self.settings.data_dir / name
            for file in [root] if root.is_file() else files_below(root):
                if file.is_file() and not file.is_symlink():
                    yield FILES + file.relative_to(self.settings.data_dir).as_posix(), file

    def _belonging(self, scratch: Path) -> dict[str, Path]:
        """The files as they are now, held by links: what is dropped meanwhile stays."""
        held = {}
        for name, file in self._files():
            target = scratch / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                try:
                    os.link(file, target)
                except OSError:
                    shutil.copyfile(file, target)
                held[name] = target
        return held

    def _put_files(self, files: Path) -> None:
        """Put files of a backup where they belong, instead of those of the same name."""
        try:
            for source in sorted(files.rglob("*")):
                target = self.settings.data_dir / source.relative_to(files)
                if source.is_dir():
                    target.mkdir(parents=True, exist_ok=True, mode=0o700)
                    continue
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                _move(source, target)
                if source == files / SIGNING_FILE:  # which may be another, and shorter
                    (self.settings.data_dir / LENGTH_FILE).unlink(missing_ok=True)
            self.spread()
        except OSError as error:
            raise not_writable(self.settings.data_dir, error) from None

    def _make_private(self, folder: Path | None) -> None:
        if folder is not None:
            try:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            except OSError as error:
                raise not_writable(folder, error) from None


def _move(source: Path, target: Path) -> None:
    """Put a file in the place of another at once, also where that lies on another disk."""
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        beside = target.with_name(f".{hashlib.sha256(target.name.encode()).hexdigest()}.part")
        shutil.copyfile(source, beside)
        beside.replace(target)
        source.unlink()


def _copy_of(database: Path) -> Path:
    """A copy that may be brought up to date, while the file itself stays as it is."""
    copy = database.with_name(f"current-{database.name}")
    shutil.copyfile(database, copy)
    return copy
