"""Webhooks: who wants to be called, and how a call is signed (Standard Webhooks 1.0)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from matchmaker.errors import InvalidInput
from matchmaker.messages import Message, message
from matchmaker.regex import regex
from matchmaker.text import without_hidden
from matchmaker.workflow.elapsed import is_reached

# Tried again after these, then given up: some three days in all.
RETRIES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 86_400, 129_600)
)
# A receiver is given up that took nothing of so many calls in a row, for as long as one is tried.
MAX_FAILURES = 50
GIVEN_UP_AFTER = sum(RETRIES, timedelta())

OPEN_PORTS = (443, 8443)
PORTS = frozenset({None, *OPEN_PORTS})
_UNWANTED = regex(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029]")
_INNER = frozenset({"local", "internal", "localhost", "lan", "home", "corp", "intranet", "arpa"})
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_MAPPED = ipaddress.ip_network("::ffff:0:0/96")
# All that is given out of IPv6 (RFC 4291); site-local, translated and other ranges are inner.
_GIVEN_OUT = ipaddress.ip_network("2000::/3")
_DOCUMENTATION = ipaddress.ip_network("3fff::/20")  # RFC 9637, which Python does not know yet

# Events as they were named before they followed the states.
EARLIER_EVENTS = {
    "introduction.completed": "outcome.completed",
    "call.question_answered": "call.replied",
    "call.not_awarded": "call.thanks",
}


class CallProblem(StrEnum):
    """Reasons why a receiver did not take a call."""

    TIMEOUT = "timeout"
    UNKNOWN_NAME = "unknown_name"
    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate"
    INNER_ADDRESS = "inner_address"
    NOT_LISTED = "not_listed"
    NOT_HTTP = "not_http"
    STATUS = "status"


PROBLEM_TEXTS = {
    CallProblem.TIMEOUT: message("It did not answer in time."),
    CallProblem.UNKNOWN_NAME: message("The name of its host is not known."),
    CallProblem.UNREACHABLE: message("No connection to it could be made, or it broke off."),
    CallProblem.CERTIFICATE: message("Its certificate cannot be trusted."),
    CallProblem.INNER_ADDRESS: message("The name of its host leads to an inner machine."),
    CallProblem.NOT_LISTED: message("This installation does not call its host."),
    CallProblem.NOT_HTTP: message("It answered with something else than HTTP."),
    CallProblem.STATUS: message("It answered with the status %(status)s, not with one of 2xx."),
}


@dataclass(frozen=True, slots=True)
class CallResult:
    """The result of a call: taken, or why not; `status` where one was answered."""

    problem: CallProblem | None = None
    status: int = 0


@dataclass(frozen=True, slots=True)
class Hook:
    """An address that an organisation wants called; `failures` in a row, since `failing_since`.

    `earlier_events`: registered when events had their earlier names, and still called with them.
    `called`, `problem`, `status` and `slow` are of the last call. `by` is the account that
    registered it, "" where none did or an earlier version stored it. One that is `paused` is not
    active, and goes on when it is registered again. `key` is the API key that registered it, "" for
    none.
    """

    id: str
    organization: str
    url: str
    secret: str
    created: datetime
    active: bool = True
    failures: int = 0
    earlier_events: bool = True  # what is stored without it is of an earlier version
    called: datetime | None = None
    failing_since: datetime | None = None
    problem: CallProblem | None = None
    status: int = 0
    by: str = ""
    paused: bool = False
    slow: bool = False
    key: str = ""

    def after_takeover(self) -> Hook:
        """After somebody else may have had the account that registered it."""
        return replace(self, active=False, paused=True)

    def resumed(self, by: str, key: str = "") -> Hook:
        """Active again, since an account answers for it, with an API key or without."""
        return replace(
            self, active=True, paused=False, failures=0, failing_since=None, by=by, key=key
        )

    def after(self, now: datetime, result: CallResult) -> Hook:
        """After a call; given up where it has taken none for long, of many."""
        last = replace(self, called=now, problem=result.problem, status=result.status)
        if result.problem is None:
            return replace(last, failures=0, failing_since=None)
        since, failures = self.failing_since or now, self.failures + 1
        is_over = failures >= MAX_FAILURES and now - since >= GIVEN_UP_AFTER
        return replace(last, failures=failures, failing_since=since, active=not is_over)

    @property
    def problem_text(self) -> Message | None:
        """The reason why the last call was not taken."""
        if self.problem is None:
            return None
        parameters = {"status": self.status} if self.status else {}
        return Message(PROBLEM_TEXTS[self.problem].id, parameters)

    def event_name(self, event: str) -> str:
        """An event under the name that this receiver knows."""
        return EARLIER_EVENTS.get(event, event) if self.earlier_events else event


@dataclass(frozen=True, slots=True)
class Delivery:
    """One call to make; `body` is JSON, the same at each attempt."""

    id: str
    hook: str
    body: str
    due: datetime
    attempts: int = 0

    def is_due(self, now: datetime) -> bool:
        """Tell whether it is to be made now."""
        return is_reached(self.due, RETRIES[-1], now)


def new_secret() -> str:
    """A signing secret in the standard's form."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


def signature(secret: str, id: str, at: int, body: str) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.new(key, f"{id}.{at}.{body}".encode(), hashlib.sha256)
    return "v1," + base64.b64encode(signed.digest()).decode()


def checked_url(url: str, *, private_allowed: bool = False) -> str:
    """The address, if it is one that may be called. Raises InvalidInput."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise InvalidInput("is no address.", where="url") from None
    # What `urlsplit` takes out silently would be called otherwise than it was checked.
    if url != without_hidden(url).strip() or _UNWANTED.search(url):
        raise InvalidInput("must not hold blanks or control characters.", where="url")
    if parts.scheme not in ({"http", "https"} if private_allowed else {"https"}) or not host:
        raise InvalidInput("must begin with https:// and name a host.", where="url")
    if parts.username or parts.password:
        raise InvalidInput("must not hold a password.", where="url")
    if private_allowed:
        return url
    if not is_public_name(host):
        raise InvalidInput("must be on a public address.", where="url")
    if port not in PORTS:
        raise InvalidInput(
            "must be at port %(ports)s.", where="url", ports=[str(port) for port in OPEN_PORTS]
        )
    return url


def is_listed(url: str, hosts: Sequence[str]) -> bool:
    """Tell whether an address is of one of the hosts, or below one; of any where none are named."""
    name = (urlsplit(url).hostname or "").rstrip(".")
    return not hosts or any(name == host or name.endswith(f".{host}") for host in hosts)


def is_public_name(host: str) -> bool:
    """Tell whether a host as written could be public; a name is looked up again at each call."""
    name = host.rstrip(".").lower()
    try:
        return is_public(name)
    except ValueError:
        pass
    labels = name.split(".")
    # The last label of a name is no number (RFC 3696): 127.1, 0177.0.0.1 and 0x7f000001 are
    # ways of writing addresses that some resolvers follow.
    is_number = labels[-1].isdigit() or labels[-1].startswith("0x")
    return len(labels) > 1 and all(labels) and not is_number and labels[-1] not in _INNER


def is_public(address: str) -> bool:
    """Tell whether an IP address, and one that it may stand for, is of the public internet.

    Raises ValueError for what is no address.
    """
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv4Address):
        return parsed.is_global and not parsed.is_multicast
    is_reached = any(parsed in range for range in (_GIVEN_OUT, _NAT64, _MAPPED))
    return (
        is_reached
        and parsed not in _DOCUMENTATION
        and all(each.is_global and not each.is_multicast for each in (parsed, *_within(parsed)))
    )


def _within(address: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """IPv4 addresses that a gateway on the way would read out of an IPv6 address."""
    embedded: list[ipaddress.IPv4Address | ipaddress.IPv6Address] = []
    if address.ipv4_mapped:
        embedded.append(address.ipv4_mapped)
    if address.sixtofour:
        embedded.append(address.sixtofour)
    if address.teredo:
        embedded.extend(address.teredo)
    # NAT64 (RFC 6052) and IPv4-compatible addresses (RFC 4291) hold it at the end.
    if address in _NAT64 or int(address) < 1 << 32:
        embedded.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return embedded
