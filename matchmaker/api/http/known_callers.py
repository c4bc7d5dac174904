"""The account behind a request, as far as its headers tell before anybody reads it.

A key or the secret in a session's cookie that was right a moment ago, in whichever process, is
somebody's; whatever else is sent is nobody's, made up or not. So no store is asked, nor a signature
checked: what is looked up is the secret itself, which nobody guesses.
"""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from itertools import islice

from matchmaker.api.http.cookies import SESSION_COOKIE
from matchmaker.api.http.recently_known import RecentlyKnown

_COOKIES = frozenset({SESSION_COOKIE, f"__Host-{SESSION_COOKIE}"})
# What a session of ours holds is less.
_LONGEST = 16_384


def known_account(recent: RecentlyKnown, headers: Mapping[str, str]) -> tuple[str, str]:
    """The id of the account that sends these headers, under the names of waitress, and what stands
    for its firm; "" for none."""
    known = map(recent.account_of, _secrets(headers))
    return next((each for each in known if each[0]), ("", ""))


def _secrets(headers: Mapping[str, str]) -> Iterator[str]:
    scheme, _, key = headers.get("AUTHORIZATION", "").partition(" ")
    if scheme.lower() == "bearer":
        yield key.strip()
    sent = (cookie.strip().partition("=") for cookie in headers.get("COOKIE", "").split(";"))
    named = (value for name, _, value in sent if name in _COOKIES)
    yield from map(_session_secret, islice(named, len(_COOKIES)))


def _session_secret(cookie: str) -> str:
    """What a signed cookie names as its session; "" where it is none."""
    packed = cookie.strip('"').rsplit(".", 2)[0]
    try:
        content = urlsafe_b64decode(packed.lstrip(".") + "==")
        if packed.startswith("."):
            content = zlib.decompressobj().decompress(content, _LONGEST)
        secret = json.loads(content)["session"]
    except (ValueError, KeyError, TypeError, zlib.error, RecursionError):
        return ""
    return secret if isinstance(secret, str) else ""
