"""Sessions of people who have signed in, and failed attempts to."""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from matchmaker.regex import regex
from matchmaker.workflow.elapsed import is_reached

MAX_AGENT: Final = 120
# What a person mistypes costs no wait; then each further failure doubles it.
FREE_FAILURES: Final = 5
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=1)
# From everywhere together, by devices that never signed in to the account.
FREE_OF_STRANGERS: Final = 50
FORGOTTEN_AFTER: Final = timedelta(days=1)
# Letters for a new password that an account gets at once; then each further doubles the wait.
FREE_LETTERS: Final = 5
# What one line or rented machine has of IPv6 (RFC 6177): counted singly, it would have no limit.
_IPV6_NETWORK: Final = 64
_WITH_PORT: Final = regex(r"(?P<v4>[\d.]+):\d+|\[(?P<v6>[^\[\]]+)\](?::\d+)?")


@dataclass(frozen=True, slots=True)
class SignInOrigin:
    """The origin of an attempt to sign in: the network address, and the device's own mark.

    `device` is known only where it signed in to the same account before.
    """

    address: str = ""
    device: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that has signed in; `id` is the digest of the secret that its cookie holds.

    It works in the `epoch` of the account in which it began.
    """

    id: str
    account: str
    epoch: int
    created: datetime
    last_used: datetime
    address: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class SignInAttempts:
    """Failures in a row to sign in with one address from one place; no attempt before `until`."""

    id: str
    failures: int
    last: datetime
    until: datetime | None = None

    def failed(self, now: datetime, free: int) -> SignInAttempts:
        """After one more failure, of which `free` cost no wait; a day without forgets them."""
        failures = 1 if now - self.last > FORGOTTEN_AFTER else self.failures + 1
        return replace(self, failures=failures, last=now, until=_wait_until(failures, now, free))

    def wait(self, now: datetime) -> timedelta:
        """The time for which another attempt is too early; zero where it is not."""
        if self.until is None or is_reached(self.until, LONGEST_WAIT, now):
            return timedelta()
        return self.until - now


def _wait_until(failures: int, now: datetime, free: int) -> datetime | None:
    if failures < free:
        return None
    doublings = min(failures - free, 10)
    return now + min(LONGEST_WAIT, FIRST_WAIT * float(2**doublings))


def counted_address(address: str) -> str:
    """What is counted as one address: of IPv6 the network of 64 bits, of IPv4 each, also mapped.

    A port behind it, as some gateways write it (RFC 7239), is left out. What is no address, as of
    a local socket, counts as it is.
    """
    with_port = _WITH_PORT.fullmatch(address)
    try:
        parsed = ipaddress.ip_address(with_port["v4"] or with_port["v6"] if with_port else address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed), _IPV6_NETWORK), strict=False))


def attempts_id(email: str, origin: SignInOrigin) -> str:
    """Under which failures with an address are counted: by device where it is known."""
    place = (
        f"device {origin.device}" if origin.device else f"address {counted_address(origin.address)}"
    )
    return hashlib.sha256(f"{email}\n{place}".encode("utf-8", "replace")).hexdigest()[:40]


def strangers_id(email: str) -> str:
    """Under which the failures of all unknown devices together are counted."""
    return hashlib.sha256(f"{email}\nstrangers".encode("utf-8", "replace")).hexdigest()[:40]


def letters_id(account_id: str, kind: str = "") -> str:
    """Under which letters for a new password of an account are counted, or those of a `kind`."""
    return hashlib.sha256(f"{account_id}\nletters{kind}".encode()).hexdigest()[:40]


def password_id(account_id: str) -> str:
    """Under which wrong passwords are counted that should confirm a change of who signed in."""
    return hashlib.sha256(f"{account_id}\npassword".encode()).hexdigest()[:40]


def factor_id(account_id: str) -> str:
    """Under which wrong codes are counted that should confirm a change of who signed in."""
    return hashlib.sha256(f"{account_id}\nfactor".encode()).hexdigest()[:40]
