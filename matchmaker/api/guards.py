"""What every request passes on its way in and out: identity, access, bodies, idempotency."""

from __future__ import annotations

import hashlib
import ipaddress
import time
import uuid
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from matchmaker.access import ADMIN, READER, Principal
from matchmaker.api import metrics
from matchmaker.api.context import context, current_language, current_principal, services
from matchmaker.api.idempotency import StoredAnswer
from matchmaker.api.problems import Unauthorized, problem

API_PREFIX = "/api/v1"
WRITING = frozenset({"POST", "PUT", "PATCH"})
MAX_KEY = 200
KEPT_HEADERS = ("Content-Type", "Content-Language", "ETag", "Location")
log = structlog.get_logger(__name__)


def register(app: Flask) -> None:
    """Put the guards on the application, in the order in which they act."""
    app.before_request(_begin)
    app.before_request(_identify)
    app.before_request(_check_body)
    app.before_request(_replay)
    app.after_request(_remember)
    app.after_request(_end)


def _begin() -> None:
    g.started = time.perf_counter()
    g.request_id = uuid.uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _identify() -> None:
    """Set the principal; refuse a wrong key, and reading from elsewhere without one."""
    g.principal = READER
    if not request.path.startswith(API_PREFIX):
        return
    key = _bearer()
    if key is not None:
        if not services().keys.is_admin_key(key):
            raise Unauthorized("The key is not right.", mend=_HOW)
        g.principal = ADMIN
        return
    if not _is_local():
        raise Unauthorized("Reading from another machine needs the admin key.", mend=_HOW)


_HOW = "Send 'Authorization: Bearer KEY'; `matchmaker key --renew` makes a new one."


def _bearer() -> str | None:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else None


def _is_local() -> bool:
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


def is_loopback(host: str) -> bool:
    """Whether a host name or address stays on this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_body() -> Response | None:
    """415, 400 and 413 come before validation, which would not tell them apart."""
    if request.method not in WRITING or not request.path.startswith(API_PREFIX):
        return None
    if request.url_rule is None:
        return None
    if not request.is_json:
        raise UnsupportedMediaType("Send the body as application/json.")
    try:
        body = request.get_json()
    except (BadRequest, RecursionError, UnicodeError):
        raise BadRequest("The body is not JSON.") from None
    if not isinstance(body, dict):
        return problem(422, "Send a JSON object.", [("body", "must be an object")])
    return None


def _replay() -> Response | None:
    """The first answer again, for a POST whose key is known."""
    key = request.headers.get("Idempotency-Key")
    if request.method != "POST" or request.url_rule is None or not key:
        return None
    if len(key) > MAX_KEY:
        message = f"has more than {MAX_KEY} characters"
        return problem(422, "Correct Idempotency-Key.", [("Idempotency-Key", message)])
    scoped = _fingerprint(current_principal(), key)
    stored = context().idempotency.begin(scoped, _fingerprint_of_request())
    if stored is None:
        g.idempotency_key = scoped
        return None
    response = Response(stored.body, stored.status, stored.headers)
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _remember(response: Response) -> Response:
    key = g.pop("idempotency_key", None)
    if key is None:
        return response
    if response.status_code >= 500:
        context().idempotency.release(key)
        return response
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    context().idempotency.finish(
        key, StoredAnswer(response.status_code, headers, response.get_data())
    )
    return response


def _end(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.get("request_id", "")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    if request.path.startswith(API_PREFIX):
        response.headers.setdefault("Content-Language", current_language())
        response.headers.setdefault("Cache-Control", "no-store")
        response.vary.update(("Accept-Language", "Authorization"))
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    route = request.url_rule.rule if request.url_rule else "unknown"
    metrics.observe(request.method, route, response.status_code, seconds)
    log.info(
        "request",
        method=request.method,
        route=route,
        status=response.status_code,
        milliseconds=round(seconds * 1000, 1),
        subject=current_principal().subject,
    )
    return response


def _fingerprint(principal: Principal, key: str) -> str:
    return hashlib.sha256(f"{principal.subject}\n{key}".encode("utf-8", "replace")).hexdigest()


def _fingerprint_of_request() -> str:
    digest = hashlib.sha256(f"{request.method}\n{request.full_path}\n".encode("utf-8", "replace"))
    digest.update(request.get_data())
    return digest.hexdigest()
