"""Access tokens of the OpenID issuer: signed JWTs for this resource, of accounts linked to it.

Checked as RFC 9068 and RFC 8707 say. Nobody is linked here: a subject whose account is not known
yet signs in on the pages first, where the address has to be proved.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import requests
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

from matchmaker.access import Principal
from matchmaker.api.people.openid import SIGNATURES
from matchmaker.services.people.sign_in import SignInService

log = structlog.get_logger(__name__)

READ_SCOPE, WRITE_SCOPE = "matchmaker.read", "matchmaker.write"
# For all that is asked of the issuer at once.
DEADLINE_SECONDS = 5.0
# Keys are asked for again after so long, and for an unknown one not more often than this.
KEYS_KEPT_SECONDS, ASKED_AGAIN_SECONDS = 3_600.0, 30.0
LEEWAY_SECONDS = 30
_MAX_TOKEN, _MAX_ANSWER = 16_000, 500_000
# An ID token, or one for a sign-out, is none.
_TYPES = frozenset({"", "jwt", "at+jwt", "application/at+jwt"})


@dataclass(frozen=True, slots=True)
class TokenBearer:
    """The account of a token, its rights, and the end of it (seconds since 1970)."""

    principal: Principal
    scopes: frozenset[str]
    expires: int


@dataclass
class IssuerKeys:
    """Public keys of an issuer: asked for when needed, kept, and asked for anew when they turn."""

    issuer: str
    now: Callable[[], float] = time.monotonic
    _keys: dict[str, Any] = field(default_factory=dict)
    _asked: float | None = None
    _known_since: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def key(self, id: str) -> Any | None:
        """The key of that id, None where the issuer has none or does not answer.

        Of somebody who sends unknown ids nothing is asked more often than ASKED_AGAIN_SECONDS,
        and once there are keys nobody waits for what another has asked.
        """
        now = self.now()
        is_fresh = self._known_since is not None and now - self._known_since < KEYS_KEPT_SECONDS
        patience = 0.0 if self._keys else DEADLINE_SECONDS
        if not (is_fresh and id in self._keys) and self._lock.acquire(timeout=patience):
            try:
                if self._asked is None or self.now() - self._asked >= ASKED_AGAIN_SECONDS:
                    self._asked = self.now()
                    self._ask()
            finally:
                self._lock.release()
        return self._keys.get(id)

    def _ask(self) -> None:
        outcome: Future[dict[str, Any]] = Future()

        def work() -> None:
            try:
                outcome.set_result(self._published())
            except Exception as error:
                outcome.set_exception(error)

        # One that drips is left behind: nobody waits for it.
        threading.Thread(target=work, daemon=True).start()
        try:
            self._keys = outcome.result(DEADLINE_SECONDS)
            self._known_since = self.now()
        except Exception as error:
            log.warning("keys of the issuer not read", error=type(error).__name__)

    def _published(self) -> dict[str, Any]:
        metadata = metadata_of(self.issuer)
        published = _json_at(str(metadata["jwks_uri"]))
        signing = [key for key in published["keys"] if key.get("use", "sig") == "sig"]
        usable = [key for key in signing if key.get("kid") and key.get("kty") != "oct"]
        return {str(key.kid): key for key in KeySet.import_key_set({"keys": usable}).keys}


def metadata_of(issuer: str) -> Mapping[str, Any]:
    """The metadata that an issuer publishes. Raises where there are none, or another issuer's."""
    base = issuer.rstrip("/")
    metadata = _json_at(f"{base}/.well-known/openid-configuration")
    if str(metadata.get("issuer", "")).rstrip("/") != base:
        raise ValueError("metadata of another issuer")
    return metadata


def _json_at(address: str) -> Mapping[str, Any]:
    """What an address answers; not one that sends elsewhere, or sends too much."""
    with requests.get(
        address, timeout=DEADLINE_SECONDS, allow_redirects=False, stream=True
    ) as answer:
        answer.raise_for_status()
        content = answer.raw.read(_MAX_ANSWER + 1, decode_content=True)
    if answer.status_code != requests.codes.ok or len(content) > _MAX_ANSWER:
        raise ValueError("no answer that can be used")
    found: Mapping[str, Any] = json.loads(content)
    return found


@dataclass(frozen=True)
class AccessTokens:
    """Decides whether a token opens this resource, and as whom."""

    sign_in: SignInService
    keys: IssuerKeys
    resource: str
    now: Callable[[], float] = time.time
    is_active: Callable[[str], bool] = lambda _: True  # whether the issuer took it back since

    def bearer(self, token: str) -> TokenBearer | None:
        """The bearer of a token; None for one that is wrong in any way."""
        try:
            claims = self._claims(token)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            log.info("access token refused", error=type(error).__name__)
            return None
        if claims is None:
            return None
        account = self.sign_in.linked_account(str(claims["iss"]), str(claims["sub"]))
        if account is None:
            return None
        needs_more = account.has_second_factor or self.sign_in.second_factors.is_owed(account)
        if needs_more and not _tells_of_second_factor(claims):
            return None
        if not self.is_active(token):
            log.info("access token refused", error="taken back")
            return None
        scopes = _scopes(claims)
        principal = account.principal(writes=WRITE_SCOPE in scopes)
        return TokenBearer(principal, scopes, int(claims["exp"]))

    def _claims(self, token: str) -> Mapping[str, Any] | None:
        """What the issuer says; None where it does not say it, or not of this resource and now."""
        if len(token) > _MAX_TOKEN:
            return None
        header = extract_compact(token.encode()).protected
        if header.get("alg") not in SIGNATURES or str(header.get("typ", "")).lower() not in _TYPES:
            return None
        key = self.keys.key(str(header.get("kid", "")))
        if key is None:
            return None
        claims: Mapping[str, Any] = jwt.decode(token, key, algorithms=list(SIGNATURES)).claims
        return claims if self._is_ours(claims) else None

    def _is_ours(self, claims: Mapping[str, Any]) -> bool:
        issuer = self.keys.issuer.rstrip("/")
        audience = claims.get("aud")
        meant = audience if isinstance(audience, list) else [audience]
        subject, now = claims.get("sub"), self.now()
        return (
            claims.get("iss") in (issuer, f"{issuer}/")
            and self.resource in meant
            and isinstance(subject, str)
            and bool(subject)
            and _time(claims, "exp") > now - LEEWAY_SECONDS
            and ("nbf" not in claims or _time(claims, "nbf") <= now + LEEWAY_SECONDS)
            and ("iat" not in claims or _time(claims, "iat") <= now + LEEWAY_SECONDS)
        )


def _time(claims: Mapping[str, Any], name: str) -> float:
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError(name)
    return float(value)


def _scopes(claims: Mapping[str, Any]) -> frozenset[str]:
    """Of `scope`, or of what Entra ID says instead."""
    said = claims.get("scope", claims.get("scp", ""))
    words = said if isinstance(said, list) else str(said).split()
    return frozenset(map(str, words)) & {READ_SCOPE, WRITE_SCOPE}


def _tells_of_second_factor(claims: Mapping[str, Any]) -> bool:
    """Whether the issuer says that it asked for more than a password (RFC 8176)."""
    methods = claims.get("amr")
    return isinstance(methods, list) and "mfa" in methods
