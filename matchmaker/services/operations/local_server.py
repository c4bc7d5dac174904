"""A note by which the command line finds the server of this data folder, and may ask it.

The server leaves a file in the folder that only its owner can read: where it listens, what it
was started with, and a key that is good for as long as it runs. Whoever can read the file can
read the store beside it as well.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import os
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from matchmaker.settings import Settings

NOTE = "server.json"
HEADER = "X-Matchmaker-Local-Key"
PATH = "/local/recommendations"
_PACKAGE = Path(__file__).parents[2]
# What an answer depends on besides the data folder.
_DECISIVE = ("store", "model", "model_revision", "query_prefix", "passage_prefix", "default_slots")


@dataclass(frozen=True, slots=True)
class ServerNote:
    """The address of a server on this machine, its key, and what it was started with."""

    host: str
    port: int
    pid: int
    key: str
    code: str
    settings: str


def announce(settings: Settings, pid: int) -> None:
    """Leave the note of a server that has begun to listen; none where loopback does not reach it.

    A folder that cannot be written is passed over: the command line then asks without it.
    """
    host = _loopback(settings.host)
    if not host:
        return
    note = ServerNote(
        host, settings.port, pid, secrets.token_urlsafe(32), code_version(), _fingerprint(settings)
    )
    beside = settings.data_dir / f".{NOTE}-{pid}"
    with suppress(OSError):
        beside.unlink(missing_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(note), file)
        beside.replace(settings.data_dir / NOTE)


def withdraw(settings: Settings, pid: int) -> None:
    """Take the note of a server that ends away, unless another has taken its place."""
    note = read_note(settings)
    if note is not None and note.pid == pid:
        with suppress(OSError):
            (settings.data_dir / NOTE).unlink(missing_ok=True)


def read_note(settings: Settings) -> ServerNote | None:
    """The note of the server that was last started here, None where there is none to trust."""
    path = settings.data_dir / NOTE
    try:
        if os.name == "posix" and path.stat().st_uid not in (os.geteuid(), 0):
            return None  # somebody else would get to hear what is asked
        content = json.loads(path.read_text(encoding="utf-8"))
        return ServerNote(**content)
    except (OSError, ValueError, TypeError):
        return None


def accepts(settings: Settings, key: str) -> bool:
    """Tell whether it is the key of the server's note, compared in constant time."""
    note = read_note(settings)
    return note is not None and hmac.compare_digest(
        key.encode("utf-8", "replace"), note.key.encode()
    )


def same_settings(note: ServerNote, settings: Settings) -> bool:
    """Tell whether a server answers as this process would."""
    return note.settings == _fingerprint(settings)


def code_version() -> str:
    """A digest of this package's files by name, size and time: an edited file is another one."""
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*.py")):
        status = path.stat()
        digest.update(f"{path}\n{status.st_size}\n{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def _fingerprint(settings: Settings) -> str:
    values = [*(str(getattr(settings, name)) for name in _DECISIVE), _folder(settings)]
    return hashlib.sha256("\n".join(values).encode()).hexdigest()[:16]


def _folder(settings: Settings) -> str:
    """Which folder it is: a copy of one that is served has its server's note, and other data."""
    with suppress(OSError):
        status = settings.data_dir.stat()
        return f"{status.st_dev} {status.st_ino}"
    return ""


def _loopback(host: str) -> str:
    """The loopback address at which a server on a host is reached, "" for none."""
    if host == "localhost":
        return "127.0.0.1"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return ""
    if address.is_unspecified:
        return "127.0.0.1" if address.version == 4 else "::1"
    return host if address.is_loopback else ""
