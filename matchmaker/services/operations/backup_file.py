"""A backup as a file: a ZIP archive of a copy of the database and of files beside it.

`manifest.json` stands last and says what belongs to it: sizes, SHA-256 of each part, the program
that made it. A file that was cut off has none.
"""

from __future__ import annotations

import hashlib
import json
import os
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Annotated, Any

from pydantic import Field, TypeAdapter

from matchmaker.errors import InvalidInput, file_fault, not_writable

FORMAT = 1
# Of those that nobody gave a name.
NAME = "matchmaker-%Y%m%dT%H%M%SZ.zip"
PATTERN = f"matchmaker-{8 * '[0-9]'}T{6 * '[0-9]'}Z.zip"
MANIFEST = "manifest.json"
DATABASE = "store.db"
FILES = "files/"
# Of the data folder, beside the database. The rest is made anew (snapshots, vectors, metrics), or
# is nobody's to bring (settings, queues): whoever writes a backup decides on data, not on code.
SINGLE_FILES = ("admin.key.sha256", "cursor.secret")
TREES = ("rankers", "uploads", "attachments", "proofs", "call-files")
_CHUNK = 1 << 20
_MAX_MANIFEST = 50_000_000
_MEND = "Use another backup: this one cannot be relied on."


@dataclass(frozen=True, slots=True)
class BackupPart:
    """One file of an archive."""

    size: Annotated[int, Field(ge=0)]
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of a backup. `log_number` and `log_digest` are of the last line of the log."""

    made_at: str
    program: str
    store: str
    graph: str
    version: int
    counts: Mapping[str, int]
    documents: int
    log_number: int
    log_digest: str
    settings: Mapping[str, str]
    parts: Mapping[str, BackupPart]


_MANIFEST = TypeAdapter(Manifest)


def made_at(path: Path) -> datetime:
    """The time when a backup was made, as its name says."""
    return datetime.strptime(path.name, NAME).replace(tzinfo=UTC)


def require_place(target: Path) -> None:
    """Raise InvalidInput where something stands that is no file: /dev/null would not be it any
    more."""
    if target.exists() and not target.is_file():
        raise InvalidInput(
            "is no file that a backup could replace.",
            where=str(target),
            mend="Give it a name of its own.",
        )


def write_backup(
    target: Path, files: Iterable[tuple[str, Path]], about: Mapping[str, Any]
) -> Manifest:
    """Write an archive whole or not at all, readable by its owner only. Raises StorageFull."""
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        # In a folder of everybody's another could have put it there, to read it or lead elsewhere.
        descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
                parts = {}
                for name, path in files:
                    # What went while it was being looked at, as an upload that was written.
                    with suppress(FileNotFoundError), _source(path, name) as source:
                        parts[name] = _add(archive, name, source)
                manifest = Manifest(**about, parts=parts)
                content = {"format": FORMAT, **asdict(manifest)}
                text = json.dumps(content, ensure_ascii=False, indent=1)
                # Without a time, as the parts: `writestr` fails where a clock is before 1980.
                with archive.open(MANIFEST, "w") as sink:
                    sink.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except OSError as error:
        raise not_writable(target, error) from None
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
    return manifest


def files_below(root: Path) -> list[Path]:
    """All files in a folder and the folders in it. Raises ServiceUnavailable: none is left out."""

    def refuse(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError | NotADirectoryError):
            raise file_fault(Path(error.filename), error)

    walked = os.walk(root, onerror=refuse)
    return sorted(Path(folder, name) for folder, _, names in walked for name in names)


def _source(path: Path, name: str) -> IO[bytes]:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise
    except OSError as error:  # held by a link, so under another name
        raise file_fault(Path(name.removeprefix(FILES)), error) from None


def _add(archive: zipfile.ZipFile, name: str, source: IO[bytes]) -> BackupPart:
    digest, size = hashlib.sha256(), 0
    with archive.open(name, "w", force_zip64=True) as sink:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            sink.write(chunk)
    return BackupPart(size, digest.hexdigest())


def extract(path: Path, folder: Path) -> Manifest:
    """Unpack a backup into a folder, every part compared with its checksum.

    Raises InvalidInput where anything is damaged or missing, StorageFull.
    """
    with _opened(path) as archive:
        manifest = _manifest(archive, path)
        for name, part in manifest.parts.items():
            target = folder / name
            try:
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                with os.fdopen(descriptor, "wb") as sink:
                    _copy(archive, name, part, sink, path)
            except OSError as error:
                raise not_writable(target, error) from None
    return manifest


def _copy(
    archive: zipfile.ZipFile, name: str, part: BackupPart, sink: IO[bytes], path: Path
) -> None:
    digest, left = hashlib.sha256(), part.size
    try:
        with archive.open(name) as source:
            while chunk := source.read(min(_CHUNK, left + 1)):
                left -= len(chunk)
                if left < 0:
                    break
                digest.update(chunk)
                sink.write(chunk)
    except (
        zipfile.BadZipFile, KeyError, EOFError, NotImplementedError, RuntimeError,
        UnicodeDecodeError,
    ):  # fmt: skip
        raise _damaged(path, name) from None
    except OSError as error:
        if error.errno is None:  # zlib's
            raise _damaged(path, name) from None
        raise
    except Exception as error:
        if type(error).__module__ == "zlib":
            raise _damaged(path, name) from None
        raise
    if left or digest.hexdigest() != part.sha256:
        raise _damaged(path, name)


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except FileNotFoundError:
        raise InvalidInput("There is no such file.", where=str(path)) from None
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise InvalidInput("is no backup, or was cut off.", where=str(path), mend=_MEND) from None


def _manifest(archive: zipfile.ZipFile, path: Path) -> Manifest:
    try:
        if archive.getinfo(MANIFEST).file_size > _MAX_MANIFEST:
            raise ValueError
        content = json.loads(archive.read(MANIFEST))
        if content.pop("format") != FORMAT:
            raise ValueError
        manifest = _MANIFEST.validate_python(content)
        told = (manifest.made_at, manifest.program, manifest.store, manifest.graph)
        if not all(text.isprintable() for text in told):
            raise ValueError  # it would go to a terminal
    except Exception:
        raise InvalidInput("is no backup, or was cut off.", where=str(path), mend=_MEND) from None
    for name in manifest.parts:
        if not _belongs(name):
            raise InvalidInput(
                "%(part)s does not belong into a backup.", where=str(path), mend=_MEND, part=name
            )
    if DATABASE not in manifest.parts:
        raise _damaged(path, DATABASE)
    return manifest


def _belongs(name: str) -> bool:
    """Tell whether a backup may hold a part of this name."""
    if name == DATABASE:
        return True
    inside = PurePosixPath(name.removeprefix(FILES))
    if not name.startswith(FILES) or name != FILES + str(inside) or ".." in inside.parts:
        return False
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in name):
        return False  # no name that a system would take
    first, *rest = inside.parts
    return first in TREES if rest else first in SINGLE_FILES


def _damaged(path: Path, name: str) -> InvalidInput:
    return InvalidInput("%(part)s is damaged in it.", where=str(path), mend=_MEND, part=name)
