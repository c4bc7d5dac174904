"""Snapshots between nodes: whoever makes one publishes it, the others fetch and verify it.

Files are stored by their SHA-256, so what a snapshot has in common with the last one is neither
sent nor fetched again. A pointer names the files of one snapshot. Its own name begins with the
fencing token of whoever wrote it, and the greatest name counts: what a maker publishes whose
time was up, and who does not know it yet, is behind that of its successor.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.metadata import version as version_of
from pathlib import Path

import structlog
from pydantic import TypeAdapter, ValidationError

from matchmaker.errors import NotFound, SnapshotUnavailable, StorageFull, WrongState, not_writable
from matchmaker.nodes.notes import NodeNote
from matchmaker.nodes.objects import ObjectStore
from matchmaker.regex import regex
from matchmaker.services.operations.folder_lock import folder_lock
from matchmaker.snapshot.folders import FETCHING, install
from matchmaker.snapshot.head import FORMAT, MEND
from matchmaker.snapshot.load import SnapshotReader, load
from matchmaker.snapshot.model import CODES

POINTERS, BLOBS = "pointers", "blobs"
# What is published of a folder, kept in it.
PUBLISHED = "published.json"
KEPT_POINTERS = 3
# Of another format they serve nodes of another version, until these are upgraded.
_OTHERS_KEPT = timedelta(days=7)
# A maker may be about to name files that no pointer names yet.
_UNNAMED_KEPT = timedelta(hours=1)
_SWEPT_EVERY = 600.0
# What arrived damaged is fetched again after a while: it may have been so on its way only.
REFUSED_SECONDS = 60.0
_AT_ONCE = 4
# Fencing token, number of its maker's publication, format.
_POINTER = regex(r"(\d{20})-(\d{6})-f(\d+)\.json")
# Microseconds since 1970, in the year 2255: up to here Redis counts without rounding.
_LAST_TOKEN = 2**53
# Files lie in the folder itself, and none is there before it was fetched.
_NAME, _DIGEST = regex(r"[^./\\\0][^/\\\0]*"), regex(r"[0-9a-f]{64}")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """A file of a snapshot: bytes and SHA-256, by which it is stored."""

    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Publication:
    """One published snapshot, as its pointer says.

    `format` and `codes` say which programs can read it, `version` and `graph` of what it is.
    """

    name: str
    format: int
    codes: str
    program: str
    version: int
    graph: str
    made_at: str
    files: Mapping[str, PublishedFile]

    @property
    def is_readable(self) -> bool:
        """Tell whether this program can read it."""
        return self.format == FORMAT and self.codes == codes_digest()

    @property
    def is_sound(self) -> bool:
        """Tell whether all its files are such as a snapshot has: whoever fetches it writes them."""
        return all(
            _NAME.fullmatch(name) and name != PUBLISHED and _DIGEST.fullmatch(file.digest)
            for name, file in self.files.items()
        )


_PUBLICATION = TypeAdapter(Publication)


def codes_digest() -> str:
    """A digest of what each code of a snapshot stands for, in this program."""
    codes = {name: [member.value for member in members] for name, members in CODES.items()}
    return hashlib.sha256(json.dumps(codes, sort_keys=True).encode()).hexdigest()[:16]


@dataclass
class SnapshotExchange:
    """The published snapshots, and those in this node's data folder."""

    objects: ObjectStore
    root: Path
    reader: SnapshotReader
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    _read: dict[str, Publication] = field(default_factory=dict)
    _refused: dict[str, float] = field(default_factory=dict)
    _ignored: set[str] = field(default_factory=set)
    _digests: dict[tuple[int, int, int, int], str] = field(default_factory=dict)
    _swept: float = -_SWEPT_EVERY

    def publish(self, token: int) -> Publication:
        """Publish what the data folder points to, for whoever has the fencing token.

        Raises ServiceUnavailable, SnapshotUnavailable, and WrongState where another has
        published with a later token.
        """
        folder = self.reader.folder()
        meta = load(folder).meta
        names = self._pointer_names()
        latest = self._publication(names[-1]) if names else None
        files = self._files_of(folder)
        known = {file.digest for file in latest.files.values()} if latest else set()
        lacking = {file.digest: name for name, file in files.items() if file.digest not in known}
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(
                pool.map(
                    lambda item: self.objects.put(f"{BLOBS}/{item[0]}", folder / item[1]),
                    lacking.items(),
                )
            )
        names = self._pointer_names()
        number = _next_number(names, token)
        name = f"{token:020d}-{number:06d}-f{FORMAT}.json"
        if names and names[-1] > name:
            raise WrongState(
                "Another node makes the snapshots by now; what this one made is dropped.",
                mend="Nothing: the other's is fetched.",
            )
        publication = Publication(
            name, FORMAT, codes_digest(), version_of("matchmaker"), meta.version, meta.graph,
            self.clock().isoformat(timespec="seconds"), files,
        )  # fmt: skip
        content = _PUBLICATION.dump_json(publication)
        self.objects.put(f"{POINTERS}/{name}", content)
        (folder / PUBLISHED).write_bytes(content)
        self._sweep()
        return publication

    def follow(self) -> NodeNote:
        """Fetch the newest that this program can read, unless it is here; how it stands then.

        What cannot be used is left alone, and the last good one kept.
        """
        names = self._pointer_names()
        if not names:
            return NodeNote.WAITS
        newest = self._publication(names[-1])
        readable = self._newest_readable(names)
        note = NodeNote.FOLLOWS if newest.is_readable else NodeNote.OTHER_PROGRAM
        if readable is None or (self._local_name() == readable.name and self._is_read()):
            return note
        if time.monotonic() < self._refused.get(readable.name, 0.0):
            return NodeNote.DAMAGED
        try:
            with folder_lock(self.root):
                if self._local_name() != readable.name or not self._is_read():
                    self._fetch(readable)
        except WrongState:
            return note  # a refresh is running here
        except (NotFound, SnapshotUnavailable) as error:
            log.error("snapshot_refused", published=readable.name, reason=str(error.message))
            self._refused[readable.name] = time.monotonic() + REFUSED_SECONDS
            return NodeNote.DAMAGED
        except StorageFull as error:
            log.error("snapshot_not_fetched", reason=str(error.message))
            return NodeNote.NO_ROOM
        return note

    def newest(self) -> Publication | None:
        """The newest of all, whether or not this program can read it."""
        names = self._pointer_names()
        return self._publication(names[-1]) if names else None

    def latest_token(self) -> int:
        """The fencing token of the newest, which those of later makers must be above; 0: none."""
        names = self._pointer_names()
        return int(names[-1].partition("-")[0]) if names else 0

    def local_version(self) -> int:
        """Version of the graph that the published snapshot in this data folder shows; 0: none."""
        local = self._local()
        return local.version if local is not None else 0

    # -- the parts

    def _fetch(self, publication: Publication) -> None:
        """Raises NotFound, SnapshotUnavailable where it is not what was published, StorageFull."""
        if not publication.is_sound:
            raise SnapshotUnavailable("%(path)s is damaged.", mend=MEND, path=publication.name)
        known = self._local_files()
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(
                dir=self.root, prefix=FETCHING, ignore_cleanup_errors=True
            ) as beside:
                folder = Path(beside)
                with ThreadPoolExecutor(_AT_ONCE) as pool:
                    list(
                        pool.map(
                            lambda item: self._fetch_file(folder / item[0], item[1], known),
                            publication.files.items(),
                        )
                    )
                (folder / PUBLISHED).write_bytes(_PUBLICATION.dump_json(publication))
                load(folder)
                install(folder, self.root, publication.version)
        except OSError as error:
            raise not_writable(self.root, error) from None
        log.info("snapshot fetched", version=publication.version, published=publication.name)

    def _fetch_file(self, target: Path, file: PublishedFile, known: Mapping[str, Path]) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        here = known.get(file.digest)
        if here is not None and _is_as_written(here, file.digest):
            try:
                os.link(here, target)
            except OSError:
                shutil.copyfile(here, target)
            return
        self.objects.fetch(f"{BLOBS}/{file.digest}", target, file.size)
        if target.stat().st_size != file.size or _digest(target) != file.digest:
            raise SnapshotUnavailable("%(path)s is damaged.", mend=MEND, path=target.name)

    def _local_files(self) -> dict[str, Path]:
        """Files of the snapshot in this data folder, by their digests."""
        publication = self._local()
        if publication is None:
            return {}
        folder = self.reader.folder()
        return {file.digest: folder / name for name, file in publication.files.items()}

    def _local(self) -> Publication | None:
        """The publication of the snapshot in this data folder, None where it was not published."""
        try:
            return _PUBLICATION.validate_json((self.reader.folder() / PUBLISHED).read_bytes())
        except (SnapshotUnavailable, OSError, ValueError):
            return None

    def _local_name(self) -> str:
        local = self._local()
        return local.name if local is not None else ""

    def _is_read(self) -> bool:
        """Tell whether what is in this data folder can be: a disk may have damaged it since."""
        try:
            return bool(self.reader.current())
        except SnapshotUnavailable:
            return False

    def _newest_readable(self, names: list[str]) -> Publication | None:
        for name in reversed(names):
            if name.endswith(f"-f{FORMAT}.json"):
                publication = self._publication(name)
                if publication.is_readable:
                    return publication
        return None

    def _pointer_names(self) -> list[str]:
        """All of them, the one that counts last; what is no pointer does not count."""
        names = {each.name.rpartition("/")[2] for each in self.objects.listed(POINTERS)}
        pointers = {name for name in names if self._is_pointer(name)}
        for name in names - pointers - self._ignored:
            log.warning("ignored among the published snapshots", name=name)
        self._ignored = names - pointers
        self._read = {name: self._read[name] for name in pointers & self._read.keys()}
        return sorted(pointers)

    def _is_pointer(self, name: str) -> bool:
        """Tell whether a file is named and made as a pointer; only the name of other formats."""
        match = _POINTER.fullmatch(name)
        if match is None or int(match[1]) >= _LAST_TOKEN:
            return False
        try:
            return int(match[3]) != FORMAT or self._publication(name) != _unreadable(name)
        except NotFound:  # its maker has just removed it
            return False

    def _publication(self, name: str) -> Publication:
        """The publication that a pointer names. Pointers never change; others' may differ."""
        if name not in self._read:
            content = self.objects.get(f"{POINTERS}/{name}")
            try:
                read = _PUBLICATION.validate_json(content)
            except ValidationError:
                read = _unreadable(name)
            self._read[name] = read if read.name == name else _unreadable(name)
        return self._read[name]

    def _files_of(self, folder: Path) -> dict[str, PublishedFile]:
        files, digests = {}, {}
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.name != PUBLISHED:
                status = path.stat()
                stamp = (status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size)
                digests[stamp] = self._digests.get(stamp) or _digest(path)
                name = path.relative_to(folder).as_posix()
                files[name] = PublishedFile(status.st_size, digests[stamp])
        self._digests = digests  # those of earlier folders are not asked for any more
        return files

    def _sweep(self) -> None:
        """Remove what no node can want any more."""
        if time.monotonic() - self._swept < _SWEPT_EVERY:
            return
        self._swept = time.monotonic()
        now = self.clock()
        names = set(self._pointer_names())
        pointers = {
            name: each
            for each in self.objects.listed(POINTERS)
            if (name := each.name.rpartition("/")[2]) in names
        }
        readable = [name for name in sorted(pointers) if name.endswith(f"-f{FORMAT}.json")]
        kept = set(readable[-KEPT_POINTERS:])
        kept.update(
            name
            for name, each in pointers.items()
            if name not in readable and (each.written is None or now - each.written < _OTHERS_KEPT)
        )
        publications = [self._publication(name) for name in kept]
        if not all(each.files for each in publications):
            return  # of another program, which alone knows what they need
        named = {file.digest for each in publications for file in each.files.values()}
        for name in pointers.keys() - kept:
            self.objects.remove(f"{POINTERS}/{name}")
            self._read.pop(name, None)
        for blob in self.objects.listed(BLOBS):
            is_new = blob.written is None or now - blob.written < _UNNAMED_KEPT
            if blob.name.rpartition("/")[2] not in named and not is_new:
                self.objects.remove(blob.name)


def _unreadable(name: str) -> Publication:
    """What is told of a pointer that this program does not understand."""
    return Publication(name, 0, "", "", 0, "", "", {})


def _next_number(names: list[str], token: int) -> int:
    """The number after the last one of a token."""
    own = [name for name in names if name.startswith(f"{token:020d}-")]
    return int(own[-1].split("-")[1]) + 1 if own else 1


def _is_as_written(path: Path, digest: str) -> bool:
    """Tell whether a file has this digest; one that is gone, or cannot be read, has none."""
    try:
        return _digest(path) == digest
    except OSError:
        return False


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
