"""The operator's key and the secret that signs: made once, kept in the data folder."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from matchmaker.errors import StorageFull, not_writable

KEY_FILE = "admin.key.sha256"
SIGNING_FILE = "cursor.secret"


@dataclass(frozen=True, slots=True)
class OperatorKey:
    """The key of whoever runs the installation, of which only the hash is kept, and its secret."""

    folder: Path
    configured: str = ""
    configured_secret: str = ""
    unwritten: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)

    def make(self) -> str | None:
        """A new key, to be shown once; None when there is one already.

        Raises StorageFull when the folder cannot be written.
        """
        if self.configured:
            return None
        key = secrets.token_urlsafe(32)
        return key if _write_once(self.folder / KEY_FILE, key_digest(key)) else None

    def renew(self) -> str:
        """A new key instead of the old one, which stops working at once."""
        (self.folder / KEY_FILE).unlink(missing_ok=True)
        key = secrets.token_urlsafe(32)
        _write_once(self.folder / KEY_FILE, key_digest(key))
        return key

    def matches(self, key: str) -> bool:
        """Tell whether it is the operator's key, compared in constant time."""
        expected = self._admin_digest()
        return bool(expected) and hmac.compare_digest(key_digest(key), expected)

    def signing_secret(self) -> str:
        """The secret for signatures, the same for all processes.

        Raises StorageFull when there is none yet and the folder cannot be written.
        """
        if self.configured_secret:
            return self.configured_secret
        path = self.folder / SIGNING_FILE
        _write_once(path, secrets.token_hex(32))
        return path.read_text(encoding="ascii")

    def session_secret(self) -> str:
        """The secret for what may end with the server: sign-ins, and places in lists.

        Where none can be written it is one in memory, shared with the processes forked later:
        on a full or read-only disk everything is read as ever.
        """
        try:
            return self.signing_secret()
        except StorageFull:
            return self.unwritten

    def _admin_digest(self) -> str:
        if self.configured:
            return key_digest(self.configured)
        try:
            return (self.folder / KEY_FILE).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return ""


def key_digest(key: str) -> str:
    """SHA-256 of a key of many random bits, which no slow hash would make harder to turn round."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _write_once(path: Path, content: str) -> bool:
    """Create a private file whole, in one step; False when it was there already."""
    if path.exists():
        return False
    beside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(content)
            # A link fails when the name is taken: of two processes one wins, whole.
            os.link(beside, path)
        except FileExistsError:
            return False
        finally:
            beside.unlink()
    except OSError as error:
        raise not_writable(path, error) from None
    return True
