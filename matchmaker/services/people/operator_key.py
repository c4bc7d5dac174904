"""The operator's key and the secret that signs: made once, kept in the data folder."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from matchmaker.errors import SettingsError, StorageFull, WrongState, not_writable
from matchmaker.messages import Message, message
from matchmaker.regex import regex

KEY_FILE = "admin.key.sha256"
SIGNING_FILE = "cursor.secret"
# How long the secret is: one that is shorter is what a disk kept of it.
LENGTH_FILE = "cursor.secret.length"
_DIGEST = regex("[0-9a-f]{64}")
# What a disk that lost its current leaves is empty or of zeros: anybody would know that secret.
# Who put one there by hand may have ended its line.
_SECRET = regex(r"[!-~]{32,}\s*")
_LENGTH = regex(r"\d{1,6}\s*")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class OperatorKey:
    """The key of whoever runs the installation, of which only the hash is kept, and its secret."""

    folder: Path
    configured: str = ""
    configured_secret: str = ""
    unwritten: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)
    _told: set[str] = field(default_factory=set, repr=False, compare=False)

    def make(self) -> str | None:
        """A new key, to be shown once; None when there is one already.

        Raises StorageFull when the folder cannot be written.
        """
        if self.configured:
            return None
        key = secrets.token_urlsafe(32)
        return key if _write_once(self.folder / KEY_FILE, key_digest(key)) else None

    def renew(self) -> str:
        """A new key instead of the old one, which stops working once the new one is kept.

        Raises WrongState where the settings have the key, StorageFull.
        """
        if self.configured:
            raise WrongState("The key is the one that is set.", mend="Change MATCHMAKER_ADMIN_KEY.")
        key, path = secrets.token_urlsafe(32), self.folder / KEY_FILE
        with _written_beside(path, key_digest(key)) as beside:
            beside.replace(path)
        return key

    def matches(self, key: str) -> bool:
        """Tell whether it is the operator's key, compared in constant time."""
        expected = self._admin_digest()
        return bool(expected) and hmac.compare_digest(key_digest(key), expected)

    def signing_secret(self) -> str:
        """The secret for signatures, the same for all processes.

        Raises StorageFull when there is none yet and the folder cannot be written, SettingsError
        where what is kept is none.
        """
        if self.configured_secret:
            return self.configured_secret
        path = self.folder / SIGNING_FILE
        if not path.exists():
            self._make_secret(path)
        content = _read(path)
        if not _SECRET.fullmatch(content) or self._is_cut(content):
            raise SettingsError(
                "%(path)s is damaged, or cannot be read: there is no secret to sign with.",
                mend="Put it back from a backup. Without one remove it: a new one is made, and "
                "second factors, webhooks and channels that it sealed have to be set up anew.",
                path=path,
            )
        return content

    def _make_secret(self, path: Path) -> None:
        try:
            (self.folder / LENGTH_FILE).unlink(missing_ok=True)  # that of the one before
        except OSError as error:
            raise not_writable(path, error) from None
        _write_once(path, secrets.token_hex(32))

    def _is_cut(self, content: str) -> bool:
        """Tell whether a secret was longer before; one that is not is noted with its length."""
        path, length = self.folder / LENGTH_FILE, len(content.strip())
        noted = _read(path)
        before = int(noted) if _LENGTH.fullmatch(noted) else 0
        if length > before:
            with suppress(StorageFull), _written_beside(path, str(length)) as beside:
                beside.replace(path)
        return length < before

    def check(self) -> Message:
        """A message that both are as they were made. Raises SettingsError where one is not."""
        path = self.folder / KEY_FILE
        if not self.configured and path.exists() and not _DIGEST.fullmatch(_read(path).strip()):
            raise SettingsError(
                "%(path)s is damaged, or cannot be read: no admin key is taken.",
                mend="Put it back from a backup, or run `matchmaker key --renew`.",
                path=path,
            )
        if self.configured_secret or (self.folder / SIGNING_FILE).exists():
            self.signing_secret()
        return message("as they were made")

    def session_secret(self) -> str:
        """The secret for what may end with the server: sign-ins, and places in lists.

        Where none can be written, or what is kept is none, it is one in memory, shared with the
        processes forked later: everything is read as ever.
        """
        try:
            return self.signing_secret()
        except StorageFull:
            return self.unwritten
        except SettingsError as error:
            if str(error) not in self._told:
                self._told.add(str(error))
                log.error("sign-ins end with the server", error=str(error))
            return self.unwritten

    def _admin_digest(self) -> str:
        if self.configured:
            return key_digest(self.configured)
        return _read(self.folder / KEY_FILE).strip()


def key_digest(key: str) -> str:
    """SHA-256 of a key of many random bits, which no slow hash would make harder to turn round."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _read(path: Path) -> str:
    """What a file holds; "" where that is nothing, or no text."""
    try:
        return path.read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""


def _write_once(path: Path, content: str) -> bool:
    """Create a private file whole, in one step; False when it was there already."""
    if path.exists():
        return False
    with _written_beside(path, content) as beside:
        try:
            # A link fails when the name is taken: of two processes one wins, whole.
            os.link(beside, path)
        except FileExistsError:
            return False
    return True


@contextmanager
def _written_beside(path: Path, content: str) -> Iterator[Path]:
    """A private file beside a path, on the disk, to take that name. Raises StorageFull."""
    beside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            yield beside
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise not_writable(path, error) from None
