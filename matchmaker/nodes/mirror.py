"""Files of the data folder that all nodes have: written through to the object store, fetched there.

Where there is one node, every method does nothing: the data folder is all there is.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping, Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import time

import structlog
from pydantic import TypeAdapter, ValidationError

from matchmaker.errors import IndexDamaged, NotFound, ServiceUnavailable
from matchmaker.nodes.objects import ObjectStore

INDEX = "INDEX.json"
# A folder that only this node has may be one that is being written just now.
_GRACE_SECONDS = 60.0
# What is written beside a file before it takes its place.
_PART = ".part"
_UNFINISHED = frozenset({_PART, ".new"})


@dataclass(frozen=True, slots=True)
class _File:
    """A file of a folder: bytes, SHA-256, and when it was written (nanoseconds)."""

    size: int
    digest: str
    written: int


@dataclass(frozen=True, slots=True)
class _Index:
    """All of a folder, when it was written (nanoseconds) and its files by name."""

    written: int
    files: Mapping[str, _File]


_INDEX = TypeAdapter(_Index)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Mirror:
    """Files below `local`, and under `prefix` in the store of all nodes; None: nowhere else.

    A folder is shared whole, with an index of its files; a file of a folder that has no index,
    by itself. All methods raise ServiceUnavailable, and take names relative to `local`.
    """

    local: Path
    objects: ObjectStore | None = None
    prefix: str = ""

    # -- whole folders

    def put_folder(self, name: str) -> None:
        """Share a folder as it is here now."""
        if self.objects is None:
            return
        folder = self.local / name
        if not folder.is_dir():
            return
        before = None
        with suppress(IndexDamaged):  # this one takes its place
            before = self._index(name)
        known = {file.digest for file in before.files.values()} if before else set()
        files = {}
        for path in sorted(folder.iterdir()):
            if path.suffix in _UNFINISHED or path.name.startswith(".") or not path.is_file():
                continue
            try:
                file = _file(path)
                if file.digest not in known:
                    self.objects.put(self._name(name, file.digest), path)
            except (FileNotFoundError, NotFound):  # went just now
                continue
            files[path.name] = file
        index = _Index(folder.stat().st_mtime_ns, files)
        self.objects.put(self._name(name, INDEX), _INDEX.dump_json(index))
        for digest in known - {file.digest for file in files.values()}:
            self.objects.remove(self._name(name, digest))

    def fetch_folder(self, name: str) -> bool:
        """Have a folder here as it was shared last; False where it is not shared.

        What was written here later stays: it is about to be shared.
        """
        if self.objects is None:
            return True
        index = self._index(name)
        if index is None:
            return False
        folder = self.local / name
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for file_name, file in index.files.items():
            path = folder / Path(file_name).name
            if _is_at_least(path, file):
                continue
            beside = path.with_name(f".{path.name}.{os.getpid()}{_PART}")
            with suppress(NotFound):  # replaced just now: the next look gets it
                self.objects.fetch(self._name(name, file.digest), beside, file.size)
                if _digest(beside) != file.digest:
                    beside.unlink()
                    raise ServiceUnavailable(
                        "%(name)s arrived damaged.", mend="Try again.", name=path.name
                    )
                os.utime(beside, ns=(file.written, file.written))
                beside.replace(path)
        os.utime(folder, ns=(index.written, index.written))
        return True

    def remove_folder(self, name: str) -> None:
        """It is shared no more; what is here is the caller's."""
        if self.objects is None:
            return
        self.objects.remove(self._name(name, INDEX))
        for each in self.objects.listed(self._name(name)):
            self.objects.remove(each.name)

    def has_folder(self, name: str) -> bool:
        """Tell whether a folder is shared; where there is one node, it is."""
        try:
            return self.objects is None or self._index(name) is not None
        except IndexDamaged:
            return True

    def fetch_folders(self, parent: str) -> set[str]:
        """Have all folders of a folder here, and none that are shared no more; their names.

        One whose index is damaged stays as it is here, and does not keep the others away.
        """
        here = self.local / parent
        if self.objects is None:
            return {each.name for each in here.iterdir()} if here.is_dir() else set()
        shared, damaged = set[str](), set[str]()
        for name in self.objects.folders(self._name(parent)):
            try:
                if self.fetch_folder(f"{parent}/{name}"):
                    shared.add(name)
            except IndexDamaged as error:
                log.warning("folder not fetched", folder=f"{parent}/{name}", error=str(error))
                damaged.add(name)
        self._drop_others(here, shared | damaged)
        return shared

    def drop_unshared(self, parent: str) -> None:
        """Remove what is here of a folder's folders and shared no more."""
        here = self.local / parent
        if self.objects is not None and here.is_dir():
            names = [folder.name for folder in here.iterdir()]
            shared = {name for name in names if self.has_folder(f"{parent}/{name}")}
            self._drop_others(here, shared)

    def _drop_others(self, here: Path, shared: Set[str]) -> None:
        for folder in here.iterdir() if here.is_dir() else ():
            with suppress(FileNotFoundError):  # it goes just now
                is_old = time() - folder.stat().st_mtime > _GRACE_SECONDS
                if folder.is_dir() and folder.name not in shared and is_old:
                    shutil.rmtree(folder, ignore_errors=True)

    # -- single files

    def put_file(self, name: str) -> None:
        """Share a file as it is here now."""
        if self.objects is not None:
            self.objects.put(self._name(name), self.local / name)

    def fetch_file(self, name: str, *, again: bool = False) -> None:
        """Have a file here, if it is shared; `again` as it was shared last."""
        path = self.local / name
        if self.objects is None or (path.exists() and not again):
            return
        beside = path.with_name(f".{path.name}.{os.getpid()}{_PART}")
        try:
            self.objects.fetch(self._name(name), beside)
        except NotFound:
            if again:
                path.unlink(missing_ok=True)
            return
        beside.replace(path)

    def remove_file(self, name: str) -> None:
        """It is shared no more; what is here is the caller's."""
        if self.objects is not None:
            self.objects.remove(self._name(name))

    def shared_files(self, written_before: datetime) -> list[str]:
        """Names of the single files that were shared before then."""
        if self.objects is None:
            return []
        return [
            each.name.rpartition("/")[2]
            for each in self.objects.listed(self._name())
            if each.written is not None and each.written < written_before
        ]

    # -- everything

    def gather(self) -> None:
        """Have all that is shared here."""
        if self.objects is not None:
            self._gather("")

    def spread(self) -> None:
        """Share all that is here: folders with files in them whole."""
        if self.objects is None or not self.local.is_dir():
            return
        for path in sorted(self.local.rglob("*")):
            if path.is_dir() and any(each.is_file() for each in path.iterdir()):
                self.put_folder(path.relative_to(self.local).as_posix())

    def spread_files(self) -> None:
        """Share all files that are here, each by itself."""
        if self.objects is None or not self.local.is_dir():
            return
        for path in sorted(self.local.iterdir()):
            if path.is_file() and path.suffix != _PART:
                self.put_file(path.name)

    def _gather(self, name: str) -> None:
        assert self.objects is not None
        if self.fetch_folder(name):
            return
        for each in self.objects.listed(self._name(name)):
            self.fetch_file("/".join(filter(None, (name, each.name.rpartition("/")[2]))))
        for folder in self.objects.folders(self._name(name)):
            self._gather("/".join(filter(None, (name, folder))))

    def _index(self, name: str) -> _Index | None:
        assert self.objects is not None
        try:
            return _INDEX.validate_json(self.objects.get(self._name(name, INDEX)))
        except NotFound:
            return None
        except ValidationError:
            raise IndexDamaged(
                "The index of %(name)s in the place of files is damaged.",
                mend="Send the file again; an administrator looks at the place of files.",
                name=name or self.prefix,
            ) from None

    def _name(self, *parts: str) -> str:
        return "/".join(part for part in (self.prefix, *parts) if part)


def _is_at_least(path: Path, file: _File) -> bool:
    """Tell whether what is here is the shared one, or was written later."""
    try:
        status = path.stat()
    except OSError:
        return False
    if status.st_mtime_ns > file.written:
        return True
    return status.st_size == file.size and _digest(path) == file.digest


def _file(path: Path) -> _File:
    status = path.stat()
    return _File(status.st_size, _digest(path), status.st_mtime_ns)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
