"""Every error as RFC 9457 `application/problem+json`: the one mapping for HTTP."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException, default_exceptions

from matchmaker import errors
from matchmaker.api.http.context import current_language, services
from matchmaker.messages import Message, message
from matchmaker.validation import field_fault

MEDIA_TYPE = "application/problem+json"
log = structlog.get_logger(__name__)

STATUS: dict[type[errors.MatchmakerError], int] = {
    errors.InvalidInput: 422,
    errors.NotFound: 404,
    errors.NotAllowed: 403,
    errors.SignInNeeded: 401,
    errors.TooManyAttempts: 429,
    errors.WrongState: 409,
    errors.VersionConflict: 412,
    errors.ServiceUnavailable: 503,
    errors.StoreMismatch: 503,
    errors.SnapshotUnavailable: 503,
    errors.ModelUnavailable: 503,
    errors.SettingsError: 503,
    errors.StorageFull: 507,
}
TITLES = {
    400: message("The request cannot be read"),
    401: message("Sign in first"),
    403: message("Not allowed"),
    404: message("Not found"),
    405: message("Method not allowed"),
    409: message("In conflict with the present state"),
    412: message("Changed meanwhile"),
    413: message("The request is too large"),
    415: message("Send application/json"),
    422: message("A value cannot be used"),
    428: message("If-Match is required"),
    429: message("Too many attempts"),
    500: message("Unexpected error"),
    503: message("Unavailable for now"),
    507: message("The disk cannot be written"),
}
# What Flask and Werkzeug refuse by themselves, in their own English words.
REFUSALS = {
    status: default_exceptions[status].description or "" for status in (400, 404, 405, 413, 415)
}
FieldProblem = tuple[str, Message]


class PreconditionRequired(errors.InvalidInput):
    """An edit without saying which version was edited."""


STATUS[PreconditionRequired] = 428

# Of a request, which may name 80,000 fields that nobody knows.
_MOST_FAULTS = 100


def problem(status: int, detail: Message, fields: Sequence[FieldProblem] = ()) -> Response:
    """A problem in the reader's language; `fields` are the fields at fault."""
    language = current_language()
    title = TITLES.get(status) or Message(HTTPStatus(status).phrase)
    body: dict[str, Any] = {
        "type": f"urn:matchmaker:problem:{status}",
        "title": title.text(language),
        "status": status,
        "detail": detail.text(language),
        "instance": request.path,
        "errors": [{"field": field, "message": fault.text(language)} for field, fault in fields],
    }
    response = Response(json.dumps(body), status, mimetype=MEDIA_TYPE)
    response.headers["Content-Language"] = language
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="matchmaker"'
    return response


def status_of(error: errors.MatchmakerError) -> int:
    """The HTTP status that says the same."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def note_wait(error: errors.MatchmakerError) -> None:
    """Keep for `Retry-After` how long who asks has to wait."""
    if isinstance(error, errors.TooManyAttempts):
        g.wait_seconds = error.seconds


def wait_seconds() -> int:
    """Seconds to wait after asking too often: as told, else until the limit begins anew."""
    wait = g.get("wait_seconds")
    if wait is None:
        limits = (limiter.current_limit for limiter in current_app.extensions.get("limiter", ()))
        wait = max((float(each.reset_at) - time.time() for each in limits if each), default=60.0)
    return max(1, math.ceil(float(wait)))


def of_error(error: errors.MatchmakerError) -> Response:
    """An expected error."""
    status = status_of(error)
    note_wait(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("unavailable", error=type(error).__name__, message=str(error.message))
        error = errors.without_folders(error)
    return problem(status, error.full, [(error.where, error.message)] if error.where else ())


def of_validation(error: ValidationError) -> Response:
    """A request whose fields do not fit; values sent are not repeated, nor are all faults told."""
    faults = error.errors(include_url=False, include_input=False)[:_MOST_FAULTS]
    fields = [
        (".".join(str(part) for part in fault["loc"]) or "body", field_fault(fault))
        for fault in faults
    ]
    names = tuple(dict.fromkeys(field for field, _ in fields))
    return problem(422, message("Correct %(names)s.", names=names), fields)


def of_http(error: HTTPException) -> Response:
    """The problem for a refusal of Flask itself: unknown routes, methods, sizes, redirects."""
    if isinstance(error.response, Response):
        return error.response
    response = problem(error.code or 500, Message(error.description or ""))
    # Keep `Allow` of a 405, and the like.
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def note_fault(error: Exception) -> None:
    """A fault of ours, whole, in the log: whoever asked is told without its inside."""
    log.exception("unexpected", path=request.path, error=type(error).__name__)


def disk_fault(error: Exception) -> errors.MatchmakerError | None:
    """A fault of the disk, or of a file there, in our words; None where it is one of ours."""
    if full := errors.full_disk_of(error):
        return full
    fault = errors.file_fault_of(error, services().settings.data_dir)
    if fault is not None:
        log.error("file cannot be used", message=str(fault.message))
    return fault


def of_unexpected(error: Exception) -> Response:
    """A fault of ours, or of the disk, as a problem."""
    if fault := disk_fault(error):
        return of_error(fault)
    note_fault(error)
    return problem(500, message("Matchmaker could not answer; the log says why."))


def register(app: Flask) -> None:
    """Map every error of the application."""
    app.register_error_handler(errors.MatchmakerError, of_error)
    app.register_error_handler(HTTPException, of_http)
    app.register_error_handler(Exception, of_unexpected)
