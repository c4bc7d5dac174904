"""People known by a key or a session a moment ago, who go on reading while the store is down.

Whose accounts they are all processes of a server know: else who is known in one waits in the
next one's queue among those whom nobody knows.
"""

from __future__ import annotations

import hashlib
import mmap
import struct
import threading
import time
from collections import OrderedDict
from typing import Any

from matchmaker.access import Principal

KEPT_SECONDS = 600.0
_MAX_KEPT = 5_000


class RecentlyKnown:
    """By secret, of which only the hash is kept; what ended is forgotten when that is seen."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[float, Any]] = OrderedDict()
        self._lock = threading.Lock()
        self._accounts = _SharedAccounts()

    def keep(self, secret: str, known: Any | None) -> None:
        """The store says who it is; None: nobody any more."""
        name = _digest(secret)
        account = known.account if isinstance(known, Principal) else getattr(known, "id", "")
        self._accounts.note(name, account)
        with self._lock:
            self._known.pop(name, None)
            if known is not None:
                self._known[name] = time.monotonic(), known
            while len(self._known) > _MAX_KEPT:
                self._known.popitem(last=False)

    def get(self, secret: str) -> Any | None:
        """The person last known by this within KEPT_SECONDS, None for nobody."""
        with self._lock:
            seen, known = self._known.get(_digest(secret), (0.0, None))
        return known if known is not None and time.monotonic() - seen < KEPT_SECONDS else None

    def account_of(self, secret: str) -> str:
        """The id of the account last known by this, in whichever process; "" for none."""
        return self._accounts.get(_digest(secret))


class _SharedAccounts:
    """Ids of accounts by hashes of secrets, in memory that processes share if made before a fork.

    A place for each hash, which the next one of the same place takes over: whoever lost it is
    known again by the next request. Two that write one place at once may leave neither there.
    """

    _PLACES = 8_192
    _ENTRY = struct.Struct("=32s64sd")

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, self._PLACES * self._ENTRY.size)

    def note(self, digest: str, account: str) -> None:
        """It is that account's, or nobody's any more."""
        name, id = bytes.fromhex(digest), account.encode("utf-8", "surrogatepass")
        if account and len(id) <= 64:
            self._ENTRY.pack_into(self._memory, self._at(name), name, id, time.monotonic())
        elif self.get(digest):
            self._ENTRY.pack_into(self._memory, self._at(name), b"", b"", 0.0)

    def get(self, digest: str) -> str:
        """The account's id, within KEPT_SECONDS."""
        name = bytes.fromhex(digest)
        noted, id, at = self._ENTRY.unpack_from(self._memory, self._at(name))
        if noted != name or time.monotonic() - at >= KEPT_SECONDS:
            return ""
        return str(id.rstrip(b"\0").decode("utf-8", "ignore"))

    def _at(self, name: bytes) -> int:
        return int.from_bytes(name[:8], "big") % self._PLACES * self._ENTRY.size


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
