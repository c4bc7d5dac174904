"""Every error as RFC 9457 `application/problem+json`: the one mapping for HTTP."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from matchmaker import errors
from matchmaker.api.http.context import LANGUAGES, current_language

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
TITLES: dict[int, tuple[str, str]] = {
    400: ("The request cannot be read", "请求无法解析"),
    401: ("Sign in first", "请先登录"),
    403: ("Not allowed", "没有权限"),
    404: ("Not found", "未找到"),
    405: ("Method not allowed", "不支持此方法"),
    409: ("In conflict with the present state", "与当前状态冲突"),
    412: ("Changed meanwhile", "内容已被他人修改"),
    413: ("The request is too large", "请求过大"),
    415: ("Send application/json", "请使用 application/json"),
    422: ("A value cannot be used", "参数无效"),
    428: ("If-Match is required", "缺少 If-Match"),
    429: ("Too many attempts", "尝试次数过多"),
    500: ("Unexpected error", "意外错误"),
    503: ("Unavailable for now", "暂时不可用"),
    507: ("The disk cannot be written", "磁盘无法写入"),
}


class PreconditionRequired(errors.InvalidInput):
    """An edit without saying which version was edited."""


STATUS[PreconditionRequired] = 428


def problem(status: int, detail: str, fields: list[tuple[str, str]] | None = None) -> Response:
    """A problem in the language asked for; `fields` are the fields at fault."""
    english, chinese = TITLES.get(status) or (HTTPStatus(status).phrase,) * 2
    language = current_language()
    body: dict[str, Any] = {
        "type": f"urn:matchmaker:problem:{status}",
        "title": chinese if language == LANGUAGES[1] else english,
        "status": status,
        "detail": detail,
        "instance": request.path,
        "errors": [{"field": field, "message": message} for field, message in fields or []],
    }
    response = Response(json.dumps(body), status, mimetype=MEDIA_TYPE)
    response.headers["Content-Language"] = language
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="matchmaker"'
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "5"
    return response


def status_of(error: errors.MatchmakerError) -> int:
    """The HTTP status that says the same."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def of_error(error: errors.MatchmakerError) -> Response:
    """An expected error."""
    status = status_of(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("unavailable", error=type(error).__name__, message=str(error.message))
    fields = [(error.where, str(error.message))] if error.where else None
    return problem(status, str(error), fields)


def of_validation(error: ValidationError) -> Response:
    """A request whose fields do not fit; values sent are not repeated."""
    fields = [
        (".".join(str(part) for part in item["loc"]) or "body", item["msg"])
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    names = ", ".join(dict.fromkeys(field for field, _ in fields))
    return problem(422, f"Correct {names}.", fields)


def of_http(error: HTTPException) -> Response:
    """What Flask itself refuses: unknown routes, methods, sizes, redirects."""
    if isinstance(error.response, Response):
        return error.response
    response = problem(error.code or 500, error.description or "")
    # Keep `Allow` of a 405, and the like.
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def note_fault(error: Exception) -> None:
    """A fault of ours, whole, in the log: whoever asked is told without its inside."""
    log.exception("unexpected", path=request.path, error=type(error).__name__)


def of_unexpected(error: Exception) -> Response:
    """A fault of ours, as a problem."""
    note_fault(error)
    return problem(500, "Matchmaker could not answer; the log says why.")


def register(app: Flask) -> None:
    """Map every error of the application."""
    app.register_error_handler(errors.MatchmakerError, of_error)
    app.register_error_handler(HTTPException, of_http)
    app.register_error_handler(Exception, of_unexpected)
