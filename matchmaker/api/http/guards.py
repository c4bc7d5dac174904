"""Guards that every request passes in and out: identity, access, bodies, idempotency."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import TypeVar

import structlog
from flask import Flask, Response, g, request, session
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.middleware.proxy_fix import ProxyFix

from matchmaker import spans
from matchmaker.access import ADMIN, ANONYMOUS, Principal
from matchmaker.api.http import metrics
from matchmaker.api.http.context import (
    EXTENSION,
    context,
    current_language,
    current_principal,
    services,
)
from matchmaker.api.http.cookies import SESSION_COOKIE, SignedCookies, is_local
from matchmaker.api.http.problems import problem, wait_seconds
from matchmaker.api.http.recently_known import RecentlyKnown
from matchmaker.api.http.sent_again import SentAgain
from matchmaker.errors import NotAllowed, SignInNeeded, StoreUnavailable
from matchmaker.messages import message
from matchmaker.nodes.allowance import take_request, take_written, take_wrong_key
from matchmaker.regex import regex
from matchmaker.services.operations.local_server import PATH as LOCAL_PATH
from matchmaker.store.graph_copy import note_age
from matchmaker.workflow.session import counted_address

API_PREFIX = "/api/v1"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# The description of the API, shown by a library with scripts of its own.
DOCUMENTED = ("/api/docs", "/api/swagger", "/static/swagger")
# For those who have no account yet, or cannot get into theirs.
OPEN = frozenset(
    f"{API_PREFIX}/{place}"
    for place in (
        "session", "session/passkey", "session/passkey/options", "password/request",
        "password/reset", "invitations/accept", "invitations/look", "unsubscribe", "confirmation",
        # Whoever is asked in a survey has a personal link, and perhaps no account.
        "survey-answers", "survey-answers/look", "survey-answers/withdrawal",
    )
)  # fmt: skip
# Answers that hold a secret are not kept for a repetition.
SECRET = tuple(
    f"{API_PREFIX}/{place}"
    for place in (
        "session", "password", "invitations", "account", "webhooks", "unsubscribe", "confirmation",
        "survey-links", "survey-answers",
    )
)  # fmt: skip
# Where files may be sent: tables to import.
UPLOADS = f"{API_PREFIX}/imports"
UPLOAD = regex(
    rf"/(admin|clusters/.+)/import|/postings/list|{UPLOADS}"
    # Files of conversations, and such as show certificates.
    rf"|/introductions/[^/]+|{API_PREFIX}/introductions/[^/]+/attachments"
    rf"|/calls/[^/]+/files|{API_PREFIX}/calls/[^/]+/files"
    rf"|/organizations/.+/certificates|{API_PREFIX}/certificates/.+/file"
)
MAX_UPLOAD = 50_000_000
# Bytes of a message that goes with files, whatever its letters.
_TEXT_BESIDE_FILES = 20_000
# Sent as a form: by clients of the Reconciliation API, and with a file.
_FILES = ("/introductions/<id>/attachments", "/certificates/<path:id>/file", "/calls/<id>/files")
FORMS = frozenset({"/reconcile", "/imports", *_FILES})
# Sent with a body, and change nothing.
QUESTIONS = frozenset(
    {
        "/recommendations", "/clusters/<path:id>/what-if", "/postings/preview", "/reconcile",
        "/reconcile/match", LOCAL_PATH,
    }
)  # fmt: skip
# Parts of pages, and what tells whether the service works.
FILES = frozenset({"web.static", "web.vendored"})
FREE = FILES | {"livez", "readyz"}
# What an account may do that still has to set up a second factor.
BEFORE_SECOND_FACTOR = frozenset(
    {
        *FILES, None, "web.sign_in", "web.sign_out", "web.choose_language",
        "web.second_factor", "web.change_second_factor", "people.read_session", "people.sign_out",
        "people.begin_second_factor", "people.confirm_second_factor", "passkeys.list_passkeys",
        "passkeys.begin_passkey", "passkeys.make_passkey",
    }
)  # fmt: skip
# Lists and objects of a body of JSON: hundreds of thousands that are empty take half a second.
MOST_PARTS = 50_000
WRITING = frozenset({"POST", "PUT", "PATCH"})
MAX_KEY = 200
# When the session began, in the signed cookie, and how long that is a moment ago.
SINCE = "since"
RECENT_SECONDS = 600
# For a year, below this name too (RFC 6797); browsers heed it over https only.
TRANSPORT = "max-age=31536000; includeSubDomains"
# What no answer of ours needs; pages have a policy of their own, which lets their scripts in.
POLICY = "default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
_SENT_AGAIN = SentAgain(API_PREFIX)
log = structlog.get_logger(__name__)
Known = TypeVar("Known")
csrf = CSRFProtect()


def register(app: Flask) -> None:
    """Put the guards on the application, in the order in which they act."""
    settings = app.extensions[EXTENSION].services.settings
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        proxied = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)
        app.wsgi_app = proxied  # type: ignore[method-assign]
    app.session_interface = SignedCookies(API_PREFIX, unsaved=FILES)
    app.config.update(
        SESSION_COOKIE_NAME=SESSION_COOKIE,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=settings.session_hours * 3600,
        # Asked for where a session acts; a key is sent on purpose.
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        # Our pages send no referrer. No other host can set the cookie that the token belongs to.
        WTF_CSRF_SSL_STRICT=False,
    )
    csrf.init_app(app)
    app.before_request(_begin)
    app.before_request(_identify)
    app.before_request(_check_body)
    app.before_request(_replay)
    app.after_request(_SENT_AGAIN.remember)
    app.after_request(_end)
    app.after_request(_SENT_AGAIN.settle)  # the last comes first


def _begin() -> None:
    g.started = time.perf_counter()
    g.stages = spans.record()
    g.as_of = note_age()
    if UPLOAD.fullmatch(request.path):
        # Before anything reads the form.
        request.max_content_length = MAX_UPLOAD
    g.request_id = uuid.uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _identify() -> None:
    """Set the principal: by key, else by session; refuse strangers where they may not read."""
    g.principal, g.account = ANONYMOUS, None
    if request.endpoint in FREE:
        return  # nobody's: it waits for no store, whatever cookie a browser sends with it
    key = _bearer()
    if key is not None:
        g.principal = _of_key(key)
    elif "session" in session:
        _resume()
    _check_allowance()
    _check_scope()
    if g.principal is ANONYMOUS and _is_closed():
        raise SignInNeeded("Reading from another machine needs an account.", mend=_HOW_TO_SIGN_IN)


_HOW_TO_SIGN_IN = (
    "Sign in, or send 'Authorization: Bearer KEY'; `matchmaker key --renew` makes an admin's."
)


def _of_key(key: str) -> Principal:
    if services().operator_key.matches(key):
        return ADMIN
    principal = _or_recently(key, lambda: services().api_keys.principal_of(key))
    if principal is None:
        take_wrong_key(context().wrong_keys, counted_address(request.remote_addr or ""))
        raise SignInNeeded("The key is not right.", mend=_HOW_TO_SIGN_IN)
    return principal


def _resume() -> None:
    """The account of the session; what it sends needs the token of its own pages."""
    secret = str(session["session"])
    account = _or_recently(secret, lambda: services().sessions.account_of(secret))
    if account is None:
        session.clear()
        return
    is_recent = abs(time.time() - int(session.get(SINCE, 0))) < RECENT_SECONDS
    session_id = services().sessions.id_of(secret)
    principal = replace(account.principal(), is_recent=is_recent, session=session_id)
    g.principal, g.account = principal, account
    if request.method not in SAFE:
        csrf.protect()
    if request.endpoint not in BEFORE_SECOND_FACTOR:
        services().second_factors.require_set_up(account)


def _or_recently(secret: str, look_up: Callable[[], Known | None]) -> Known | None:
    """Who is known by a secret; for reading while the store is down, who was a moment ago.

    Raises StoreUnavailable for anybody else then, and for whoever changes something.
    """
    recent: RecentlyKnown = context().recently_known
    try:
        known = look_up()
    except StoreUnavailable:
        before: Known | None = recent.get(secret) if _is_reading() else None
        if before is None:
            raise
        return before
    recent.keep(secret, known)
    return known


def _is_reading() -> bool:
    if request.method in SAFE:
        return True
    rule = request.url_rule.rule.removeprefix(API_PREFIX) if request.url_rule else ""
    return rule in QUESTIONS


def _check_allowance() -> None:
    """Whoever asks as fast as a program that copies everything has to wait."""
    principal = current_principal()
    if request.endpoint in FREE or principal is ADMIN or is_local():
        return
    whose = principal.account or counted_address(request.remote_addr or "")
    take_request(context().allowance, whose, principal.firm)
    if request.method in SAFE or _is_reading():
        return
    size = request.content_length or 0
    if UPLOAD.fullmatch(request.path):  # what files may take together has bounds of its own
        size = min(size, _TEXT_BESIDE_FILES)
    take_written(context().written, whose, principal.firm, size)


def _check_scope() -> None:
    """A key for reading changes nothing, whatever a route may forget to ask."""
    principal = current_principal()
    if principal.writes or request.method in SAFE or request.url_rule is None:
        return
    if request.path in OPEN:
        return
    if request.url_rule.rule.removeprefix(API_PREFIX) not in QUESTIONS:
        raise NotAllowed("This key may only read.", mend="Use a key with the scope 'write'.")


def _is_closed() -> bool:
    """Tell whether this is not for strangers from where they ask."""
    if not request.path.startswith(API_PREFIX) or request.path in OPEN:
        return False
    return not (services().settings.public_directory or is_local())


def _bearer() -> str | None:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else None


def _check_body() -> Response | None:
    """415, 400 and 413 come before validation, which would not tell them apart."""
    if request.method not in WRITING or not request.path.startswith(API_PREFIX):
        return None
    if request.url_rule is None or request.url_rule.rule.removeprefix(API_PREFIX) in FORMS:
        return None
    if not request.is_json:
        raise UnsupportedMediaType("Send the body as application/json.")
    sent = request.get_data()
    if sent.count(b"[") + sent.count(b"{") > MOST_PARTS:
        raise RequestEntityTooLarge
    try:
        body = request.get_json()
    except (BadRequest, RecursionError, UnicodeError):
        raise BadRequest("The body is not JSON.") from None
    if not isinstance(body, dict):
        return problem(
            422, message("Send a JSON object."), [("body", message("must be an object"))]
        )
    return None


def _replay() -> Response | None:
    """The answer to a POST that was done before, by its key."""
    key = request.headers.get("Idempotency-Key")
    if request.method != "POST" or request.url_rule is None or not key:
        return None
    if _is_reading():  # the same question is answered again; its long answers would fill the disk
        return None
    # Pages know nothing of it, and what they answer may hold a secret.
    if not request.path.startswith(f"{API_PREFIX}/") or request.path.startswith(SECRET):
        return None
    if len(key) > MAX_KEY:
        too_long = message("has more than %(count)s characters", count=MAX_KEY)
        correct = message("Correct %(names)s.", names="Idempotency-Key")
        return problem(422, correct, [("Idempotency-Key", too_long)])
    return _SENT_AGAIN.begin(key)


def _end(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.get("request_id", "")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Permissions-Policy", PERMISSIONS)
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", TRANSPORT)
    if not request.path.startswith(DOCUMENTED):
        response.headers.setdefault("Content-Security-Policy", POLICY)
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        response.headers.setdefault("Retry-After", str(wait_seconds()))
    if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:  # pages too
        response.headers.setdefault("Retry-After", "5")
    if (seconds := g.get("frees_itself")) is not None:
        response.headers["Retry-After"] = str(seconds)
    if moments := g.get("as_of"):
        response.headers["Matchmaker-As-Of"] = moments[0].isoformat(timespec="seconds")
    if request.path.startswith(API_PREFIX):
        response.headers.setdefault("Content-Language", current_language())
        response.headers.setdefault("Cache-Control", "no-store")
        response.vary.update(("Accept-Language", "Authorization", "Cookie"))
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    route = request.url_rule.rule if request.url_rule else "unknown"
    stages: dict[str, float] = g.get("stages", {})
    metrics.observe(request.method, route, response.status_code, seconds, stages)
    line = {
        "method": request.method,
        "route": route,
        "status": response.status_code,
        "milliseconds": round(seconds * 1000, 1),
        "subject": current_principal().subject,
    }
    log.info("request", **line)
    slow = services().settings.slow_request_ms
    if slow and seconds * 1000 > slow:
        milliseconds = {stage: round(spent * 1000, 1) for stage, spent in stages.items()}
        log.warning("slow_request", **line, stages=milliseconds)
    return response
