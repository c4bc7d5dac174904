"""Webhooks: who wants to be called, and how a call is signed (Standard Webhooks 1.0)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from matchmaker.errors import InvalidInput

# Tried again after these, then given up: some three days in all.
RETRIES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 86_400, 129_600)
)


@dataclass(frozen=True, slots=True)
class Hook:
    """An address that an organisation wants called; `failures` in a row."""

    id: str
    organization: str
    url: str
    secret: str
    created: datetime
    active: bool = True
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """One call to make; `body` is JSON, the same at each attempt."""

    id: str
    hook: str
    body: str
    due: datetime
    attempts: int = 0


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
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise InvalidInput("is no address.", where="url") from None
    if parts.scheme not in ({"http", "https"} if private_allowed else {"https"}) or not host:
        raise InvalidInput("must begin with https:// and name a host.", where="url")
    if parts.username or parts.password:
        raise InvalidInput("must not hold a password.", where="url")
    if not private_allowed and not is_public_name(host):
        raise InvalidInput("must be on a public address.", where="url")
    return url


def is_public_name(host: str) -> bool:
    """Whether a host as written could be public; a name is looked up again at each call."""
    try:
        return is_public(host)
    except ValueError:
        return "." in host.strip(".") and not host.endswith((".local", ".internal", ".localhost"))


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet. Raises ValueError."""
    parsed = ipaddress.ip_address(address)
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_global and not parsed.is_multicast
