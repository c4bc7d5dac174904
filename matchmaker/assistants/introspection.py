"""Asking the issuer whether a token was taken back since it was signed (RFC 7662).

Asked of an issuer whose metadata name an endpoint, with the client's credentials; the answer is
kept briefly. A token that the issuer does not vouch for is refused, also where it does not answer.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import requests
import structlog

log = structlog.get_logger(__name__)

# For all that is asked of the issuer at once.
DEADLINE_SECONDS = 5.0
# So long an answer counts: a token that is taken back opens nothing any more after that.
KEPT_SECONDS = 30.0
ENDPOINT_KEPT_SECONDS = 3_600.0
MAX_ANSWER = 500_000
_MAX_KEPT = 5_000

Credentials = tuple[str, str]


@dataclass
class TokenIntrospection:
    """Asks an issuer of tokens; of one that names no endpoint, or without credentials, nothing.

    `metadata` fetches what the issuer publishes, raising where it does not answer.
    """

    metadata: Callable[[], Mapping[str, Any]]
    credentials: Callable[[], Credentials]
    now: Callable[[], float] = time.monotonic
    _endpoint: str | None = None  # "": there is none
    _endpoint_since: float = 0.0
    _kept: dict[bytes, tuple[float, bool]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def is_active(self, token: str) -> bool:
        """True where a rightly signed token still holds, as far as the issuer tells."""
        if not all(self.credentials()):
            return True
        digest = hashlib.sha256(token.encode()).digest()
        with self._lock:
            until, active = self._kept.get(digest, (0.0, False))
        if self.now() < until:
            return active
        try:
            active = _within_deadline(lambda: self._ask(token))
        except Exception as error:
            log.warning("the issuer does not say whether a token holds", error=str(error)[:200])
            return False
        self._keep(digest, active)
        return active

    def _keep(self, digest: bytes, active: bool) -> None:
        with self._lock:
            if len(self._kept) >= _MAX_KEPT:
                now = self.now()
                self._kept = {key: each for key, each in self._kept.items() if each[0] > now}
                while len(self._kept) >= _MAX_KEPT:
                    del self._kept[next(iter(self._kept))]
            self._kept[digest] = (self.now() + KEPT_SECONDS, active)

    def _ask(self, token: str) -> bool:
        endpoint = self._address()
        if not endpoint:
            return True
        # RFC 6749, section 2.3.1: both are encoded as in a form before they are joined.
        name, secret = (quote(part, safe="") for part in self.credentials())
        with requests.post(
            endpoint,
            data={"token": token, "token_type_hint": "access_token"},
            auth=(name, secret),
            headers={"Accept": "application/json"},
            timeout=DEADLINE_SECONDS,
            allow_redirects=False,
            stream=True,
        ) as answer:
            content = answer.raw.read(MAX_ANSWER + 1, decode_content=True)
        said = json.loads(content) if len(content) <= MAX_ANSWER else None
        if not isinstance(said, dict):
            raise ValueError("no answer that can be used")
        # Of issuers that keep no list of the tokens they sign: they cannot take one back.
        if said.get("error") == "unsupported_token_type":
            return True
        if answer.status_code != requests.codes.ok:
            raise ValueError(f"{answer.status_code} {said.get('error', '')}")
        return said.get("active") is True

    def _address(self) -> str:
        """The endpoint, asked for again after an hour; one that is known stays meanwhile."""
        is_known = self._endpoint is not None
        if not is_known or self.now() - self._endpoint_since >= ENDPOINT_KEPT_SECONDS:
            try:
                self._endpoint = str(self.metadata().get("introspection_endpoint") or "")
                self._endpoint_since = self.now()
            except Exception:
                if not is_known:
                    raise
        return self._endpoint or ""


def _within_deadline(ask: Callable[[], bool]) -> bool:
    outcome: Future[bool] = Future()

    def work() -> None:
        try:
            outcome.set_result(ask())
        except Exception as error:
            outcome.set_exception(error)

    # One that drips is left behind: nobody waits for it.
    threading.Thread(target=work, daemon=True).start()
    return outcome.result(DEADLINE_SECONDS)
