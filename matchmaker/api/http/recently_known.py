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
from matchmaker.workflow.account import Account

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
        principal = known.principal() if isinstance(known, Account) else known
        self._accounts.note(name, principal)
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

    def account_of(self, secret: str) -> tuple[str, str]:
        """The id of the account last known by this, in whichever process, and what stands for the
        firm or cluster for which it acts; "" for none."""
        return self._accounts.get(_digest(secret))


class _SharedAccounts:
    """Accounts by hashes of secrets, in memory that processes share if made before a fork.

    A place for each hash, which the next one of the same place takes over: whoever lost it is
    known again by the next request. Two that write one place at once may leave neither there.
    """

    _PLACES = 8_192
    _ENTRY = struct.Struct("=32s64s16sd")

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, self._PLACES * self._ENTRY.size)

    def note(self, digest: str, principal: Principal | None) -> None:
        """It is that account's, or nobody's any more."""
        name = bytes.fromhex(digest)
        id = principal.account.encode("utf-8", "surrogatepass") if principal else b""
        if principal and 0 < len(id) <= 64:
            entry = name, id, _firm(principal), time.monotonic()
            self._ENTRY.pack_into(self._memory, self._at(name), *entry)
        elif self.get(digest)[0]:
            self._ENTRY.pack_into(self._memory, self._at(name), b"", b"", b"", 0.0)

    def get(self, digest: str) -> tuple[str, str]:
        """The account's id, and its firm, within KEPT_SECONDS."""
        name = bytes.fromhex(digest)
        noted, id, firm, at = self._ENTRY.unpack_from(self._memory, self._at(name))
        if noted != name or time.monotonic() - at >= KEPT_SECONDS:
            return "", ""
        return id.rstrip(b"\0").decode("utf-8", "ignore"), firm.hex() if any(firm) else ""

    def _at(self, name: bytes) -> int:
        return int.from_bytes(name[:8], "big") % self._PLACES * self._ENTRY.size


def _firm(principal: Principal) -> bytes:
    """What stands for the firm of an account, else for its cluster; b"" where it has neither."""
    if not principal.firm:
        return b""
    text = principal.firm.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16).digest()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
