"""The signed cookie of a session: its name, when it is sent, and what of it counts."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from matchmaker.api.http.context import EXTENSION, services
from matchmaker.settings import is_loopback

SESSION_COOKIE = "matchmaker"
_EVER = datetime.min.replace(tzinfo=UTC)


class SignedCookies(SecureCookieSessionInterface):
    """Signed cookies; the key is read with each request, as a full disk may come to have room."""

    digest_method = staticmethod(hashlib.sha256)

    def __init__(self, api: str, unsaved: Collection[str | None]) -> None:
        """Beside answers of the endpoints `unsaved`, which caches keep for all, none is sent.

        `api` is where the API begins: what is asked there with a key has no form.
        """
        self._api, self._unsaved = api, unsaved

    def get_cookie_name(self, app: Flask) -> str:  # noqa: ARG002
        """Over https one that no other host, nor a page over http, can set."""
        return cookie_name(SESSION_COOKIE)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """An empty one for who asks the API with a key and sends no cookie; it reads no secret.

        One that was signed by a clock that was ahead counts as signed now, where that is no longer
        ahead than a session lasts: when it ends the store tells as well.
        """
        cookie = request.cookies.get(self.get_cookie_name(app))
        asks_with_key = request.path.startswith(self._api) and "Authorization" in request.headers
        if asks_with_key and not cookie:
            return self.session_class()
        serializer = self.get_signing_serializer(app)
        if serializer is None or not cookie:
            return super().open_session(app, request)
        longest = app.permanent_session_lifetime
        try:
            content = serializer.loads(cookie, max_age=int(longest.total_seconds()))
        except SignatureExpired as error:
            ahead = (error.date_signed or _EVER) - datetime.now(UTC)
            if error.payload is None or not timedelta() < ahead <= longest:
                return self.session_class()
            content = serializer.load_payload(error.payload)
        except BadSignature:
            return self.session_class()
        return self.session_class(content)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        app.secret_key = app.extensions[EXTENSION].services.operator_key.session_secret()
        return super().get_signing_serializer(app)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Beside every answer but those of `unsaved`."""
        if request.endpoint not in self._unsaved:
            super().save_session(app, session, response)

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002
        """Everywhere but on plain http to this very machine."""
        return not (is_local() and not request.is_secure)


def cookie_name(name: str) -> str:
    """As browsers protect it over https: bound to this host, to all of it, and to https."""
    return f"__Host-{name}" if request.is_secure else name


def is_local() -> bool:
    """Served on loopback, asked from loopback, under a loopback name, by no proxy.

    The name counts because a web page elsewhere can point its own name at
    127.0.0.1 and read through the visitor's browser (DNS rebinding).
    """
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    name = urlsplit(f"//{request.host}").hostname or ""
    return (
        not forwarded
        and is_loopback(services().settings.host)
        and is_loopback(request.remote_addr or "")
        and is_loopback(name)
    )
