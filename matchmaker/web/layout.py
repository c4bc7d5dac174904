"""Parts that all pages share: language, layout, the policy on scripts, errors as pages."""

from __future__ import annotations

import functools
import gzip
import re
from datetime import date
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from flask import (
    Blueprint,
    Flask,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    send_from_directory,
    session,
    url_for,
)
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from matchmaker import errors
from matchmaker.access import Principal
from matchmaker.api.http.addresses import parts_of
from matchmaker.api.http.context import current_principal, services
from matchmaker.api.http.guards import API_PREFIX, FILES
from matchmaker.api.http.problems import (
    disk_fault,
    note_fault,
    note_wait,
    of_http,
    status_of,
    wait_seconds,
)
from matchmaker.messages import NAMES, Message
from matchmaker.regex import regex
from matchmaker.web import labels
from matchmaker.web.labels import language
from matchmaker.web.menu import menu
from matchmaker.web.refused_forms import is_refused, page_again, typed
from matchmaker.web.resubmission import kept_page
from matchmaker.workflow.account import Account

Option = TypeVar("Option", bound=StrEnum)
WEB_FOLDER = Path(__file__).parent
_UNWANTED = regex(r"[\x00-\x1f\x7f\\]")
VENDOR = WEB_FOLDER / "vendor"
_COMPRESSED = frozenset({"text/css", "text/javascript", "image/svg+xml"})
_TYPES = {".css": "text/css", ".json": "application/json"}
POLICY = (
    "default-src 'none'; object-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


web = Blueprint(
    "web", __name__, template_folder="templates", static_folder="static", static_url_path="/static"
)


def register(app: Flask) -> None:
    """The views, on the application, and their layout."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    labels.register(app)
    app.register_blueprint(web)


@web.app_context_processor
def _shared() -> dict[str, Any]:
    return {
        "csrf": generate_csrf,
        "language": language(),
        "languages": labels.language_names(),
        "principal": current_principal(),
        "account": g.get("account"),
        "unread": _unread,
        "menu": lambda: menu(current_principal()),
        "as_of": lambda: next(iter(g.get("as_of") or ()), None),
        "has_pictures": (VENDOR / "cytoscape.min.js").exists(),
        "vendor": lambda name: (VENDOR / name).exists(),
        "own_organization": own_organization,
        # Chinese has no space between sentences, nor after a full-width colon.
        "gap": "" if language() == NAMES else " ",
        "here": _here(),
        "localised": localised,
        "name_of": _name_of,
        "with_query": with_query,
        "refused": g.get("refused"),
        "is_refused": is_refused,
        "typed": typed,
    }


def _here() -> str:
    """The address of this page; of one that a refused form came back on, where the form stood."""
    stood = request.form.get("back", "") if is_refused() else ""
    return stood if is_own_path(stood) else request.full_path.rstrip("?")


def localised(row: Any) -> str:
    """A name in the reader's language, where there is one in it."""
    if language() == NAMES:
        return str(row.name)
    return getattr(row, "name_en", "") or _english_of(row) or str(row.name)


def _english_of(row: Any) -> str:
    """The English name of an industry that has none of its own; "" for anything else."""
    id = getattr(row, "id", "") or getattr(row, "value", "")
    try:
        return services().codes.english_of_industry(str(id))
    except errors.MatchmakerError:
        return ""  # without a snapshot it is named as it is


def _name_of(id: str) -> str:
    """What an organisation or cluster is called; its id where there is none."""
    for look in (
        lambda: services().directory.profile(current_principal(), id).organization,
        lambda: services().published.cluster(id),
    ):
        try:
            return localised(look())
        except errors.MatchmakerError:
            continue
    return id


def with_query(**changes: str) -> str:
    """This page's address with some of its query changed."""
    kept = request.args.to_dict(flat=False)
    kept.update({name: [value] for name, value in changes.items()})
    return f"{request.path}?{urlencode(kept, doseq=True)}"


def _unread() -> int:
    if g.get("account") is None:
        return 0
    try:
        return services().notifications.inbox(current_principal(), limit=1).unread
    except errors.MatchmakerError:
        return 0  # a page that says that the store is down must not fail for it


def own_organization() -> str:
    """The organisation somebody acts for: the one chosen, else the first; "" for none."""
    principal = current_principal()
    chosen_id = request.args.get("organization", "") or str(session.get("organization", ""))
    if chosen_id in principal.organizations:
        session["organization"] = chosen_id
        return chosen_id
    return min(principal.organizations, default="")


def acting_organization() -> str:
    """The same, on pages that are nothing without one. Raises NotFound for who acts for none."""
    own = own_organization()
    if not own:
        signed_in()
        raise errors.NotFound(
            "You act for no organisation, and this page is about one's own.",
            mend="Its owner can invite you; the directory has everybody else's page.",
        )
    return own


def signed_in() -> Principal:
    """The principal who looks at the page. Raises SignInNeeded."""
    principal = current_principal()
    principal.require_known()
    return principal


def signed_in_here() -> Account:
    """The account of the session, for pages of one's own that no key opens. Raises SignInNeeded."""
    signed_in()
    account: Account | None = g.get("account")
    if account is None:
        raise errors.SignInNeeded("This page needs somebody who signed in.", mend="Sign in again.")
    return account


def redirect_back(default: str, mark: str = "") -> Response:
    """To the page that the form named, if it is one of ours, and to a `mark` on it."""
    target = request.form.get("back", "")
    if not is_own_path(target):
        return redirect(default, 303)
    return redirect(f"{target}#{quote(mark)}" if mark else target, 303)


def next_page(target: str) -> str:
    """The page to go to after signing in: the one asked for, if it is one of ours."""
    return target if is_own_path(target) else url_for("web.home")


def is_own_path(target: str) -> bool:
    """Tell whether an address stays here, however a browser reads it.

    Browsers take out tabs and line ends, and read a backslash as a slash.
    """
    if not target.startswith("/") or _UNWANTED.search(target):
        return False
    parts = parts_of(target)
    return parts is not None and not (parts.scheme or parts.netloc or target.startswith("//"))


def is_htmx_request() -> bool:
    """Tell whether htmx asks for a part of a page; what its history restores is a whole one."""
    headers = request.headers
    return "HX-Request" in headers and "HX-History-Restore-Request" not in headers


@web.app_template_test()
def is_changed_meanwhile(problem: object) -> bool:
    """Tell whether nothing is wrong but that somebody changed it since it was seen."""
    return isinstance(problem, errors.ChangedMeanwhile | errors.VersionConflict)


def show_notice(text: str | Message | errors.MatchmakerError, kind: str = "good") -> None:
    """A line at the top of the next page; that somebody was faster is no fault of the reader's."""
    kind = "" if kind == "bad" and is_changed_meanwhile(text) else kind
    flash(labels.text_of(text), kind)


def parse_choice(options: type[Option], text: str, where: str) -> Option:
    """One of the field's terms as a form sent it. Raises InvalidInput."""
    try:
        return options(text)
    except ValueError:
        raise errors.InvalidInput(
            "'%(text)s' is not possible.", where=where, text=text[:100]
        ) from None


def written(name: str) -> frozenset[str]:
    """Values of a field of the address; several are parted by `、` or `;`."""
    parts = (part.strip() for part in re.split("[、；;]", request.args.get(name, "")[:500]))
    return frozenset(filter(None, parts))


def whole_number(text: str, where: str) -> int:
    """A whole number as a form sent it. Raises InvalidInput."""
    if not re.fullmatch(r"[0-9]{1,9}", text.strip()):
        raise errors.InvalidInput("must be a whole number.", where=where)
    return int(text)


def day_of(text: str, where: str) -> date:
    """A day as a form sent it. Raises InvalidInput."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise errors.InvalidInput("must be a day.", where=where) from None


def beginning() -> int:
    """The first row of a page of a list, by its address; 0 where that names no such number."""
    typed = request.args.get("from", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0


@web.before_request
def _readable() -> None:
    """No store keeps the character NUL, so no page takes it."""
    sent = [*request.args.items(multi=True), *request.form.items(multi=True)]
    sent += [(name, str(value)) for name, value in (request.view_args or {}).items()]
    for name, value in sent:
        if "\x00" in value:
            raise errors.InvalidInput("must not contain the character NUL.", where=name[:100])


@web.get("/vendor/<path:name>")
def vendored(name: str) -> Response:
    """Libraries for the browser, compressed where the browser takes it."""
    zipped = VENDOR / f"{name}.gz"
    if zipped.exists() and _takes_gzip():
        response = send_from_directory(VENDOR, f"{name}.gz")
        response.headers["Content-Encoding"] = "gzip"
        kind = _TYPES.get(Path(name).suffix, "text/javascript")
        response.headers["Content-Type"] = f"{kind}; charset=utf-8"
    else:
        response = send_from_directory(VENDOR, name)
    response.headers["Cache-Control"] = "public, max-age=86400"
    response.vary.add("Accept-Encoding")
    return response


def _takes_gzip() -> bool:
    return request.accept_encodings["gzip"] > 0


@functools.lru_cache(maxsize=64)
def _zipped(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)


@web.after_request
def _compress(response: Response) -> Response:
    """Our own styles and scripts, compressed where the browser takes it.

    Pages are not: they hold a secret beside what was typed, and their length would tell of it.
    """
    if request.endpoint != "web.static" or response.mimetype not in _COMPRESSED:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code == HTTPStatus.OK and _takes_gzip():
        response.direct_passthrough = False
        response.set_data(_zipped(response.get_data()))
        response.headers["Content-Encoding"] = "gzip"
        etag, _ = response.get_etag()
        # A tag of its own, so that nobody is sent the rest of the other form of the file.
        response.set_etag(f"{etag}-gzip")
        response.headers.pop("Accept-Ranges", None)
        response.make_conditional(request)
    return response


@web.after_request
def _close(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)  # a file has its own
    response.headers["X-Frame-Options"] = "DENY"
    if request.endpoint not in FILES or response.status_code >= HTTPStatus.BAD_REQUEST:
        response.headers["Cache-Control"] = "no-store"
        response.headers["Content-Language"] = language()
    if 300 <= response.status_code < 400:
        response.set_data(b"")  # a sentence of the library, in English to everybody
    return response


@web.errorhandler(errors.MatchmakerError)
def _refused(error: errors.MatchmakerError) -> Response | tuple[str, int]:
    """The page again with the reason, after a form; a page of its own otherwise."""
    status = status_of(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        error = errors.without_folders(error)
    if isinstance(error, errors.SecondFactorOwed):
        show_notice(error, "bad")
        return redirect(url_for("web.second_factor"), 303)
    note_wait(error)
    if status < HTTPStatus.INTERNAL_SERVER_ERROR and (page := page_again(error, status)):
        return page
    if isinstance(error, errors.SignInNeeded):
        return _sign_in_again(error, status)
    if isinstance(error, errors.TooManyAttempts):  # no other page is asked for: it has to wait, too
        if request.method == "POST" and (kept := kept_page(status, error.full)):
            return kept
    elif request.method == "POST" and request.form.get("back") and status < 500:
        show_notice(error, "bad")
        return redirect_back("/")
    return render_template("problem.html", error=error, status=status), status


def _sign_in_again(error: errors.SignInNeeded, status: int) -> Response | tuple[str, int]:
    """The sign-in and back; for a form what was written, to send it then."""
    if request.method == "POST":
        page = render_template("problem.html", error=error, status=status), status
        return kept_page(status) or page
    here = request.full_path.rstrip("?")
    if not is_htmx_request():
        return redirect(url_for("web.sign_in", next=here), 303)
    answer = make_response(labels.text_of(error), status)
    asked_from = parts_of(request.headers.get("HX-Current-URL", ""))
    if asked_from is not None and asked_from.path == request.path:
        # A part of the very page: the address has all that was asked. Of other parts the page
        # only says so itself: something may be half written on it.
        answer.headers["HX-Redirect"] = url_for("web.sign_in", next=here)
    return answer


@web.app_errorhandler(HTTPStatus.NOT_FOUND)
def _unknown(error: HTTPException) -> Response:
    """An address that is none of ours: a page for readers, a problem for programs."""
    is_program = request.path.startswith(API_PREFIX) or not request.accept_mimetypes.accept_html
    if is_program:
        return of_http(error)
    problem = errors.NotFound(
        "There is no page at this address.", mend="Look at the menu, or search the directory."
    )
    return _close(make_response(render_template("problem.html", error=problem, status=404), 404))


@web.errorhandler(Exception)
def _unexpected(error: Exception) -> Response | tuple[str, int]:
    """A fault of ours, or of the disk, as a page."""
    if fault := disk_fault(error):
        return _refused(fault)
    note_fault(error)
    problem = errors.MatchmakerError(
        "Matchmaker could not answer; the log says why.",
        mend="Try again in a moment, or tell the administrator when it was.",
    )
    return render_template("problem.html", error=problem, status=500), 500


@web.errorhandler(HTTPException)
def _broken(error: HTTPException) -> Response | tuple[str, int]:
    if isinstance(error.response, Response):
        return error.response
    status = error.code or 500
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        seconds = wait_seconds()
        return _refused(errors.TooManyAttempts(error.description or "", seconds=seconds))
    problem = errors.InvalidInput(error.description or error.name)
    if status == 413:
        problem = errors.InvalidInput(
            "This is too large to be sent.", mend="Part the file into several, or send less."
        )
    if status == 400 and "CSRF" in (error.description or ""):
        if kept := kept_page(400 if g.get("account") else 401):
            return kept
        problem = errors.InvalidInput(
            "This page was open too long.", mend="Open it again and repeat."
        )
    return render_template("problem.html", error=problem, status=status), status


PageAnswer = str | Response | tuple[str, int]
