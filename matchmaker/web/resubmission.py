"""A form that came after its session had ended, from a page open too long, or too soon.

Nothing is stored: the page that says so carries it, and sends it again once its reader has
signed in. What a page elsewhere sent is never offered to be sent again.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from flask import g, render_template, request

from matchmaker.domain import is_id
from matchmaker.messages import Message, message
from matchmaker.regex import regex

_SECRET = ("password", "secret", "code")
# Of a personal link: whose browser sent it has it in its address.
_LINK = "token"
_ENDED = message("Your session has ended.")
_TOO_LONG = message("This page was open too long.")
_CHOSEN = regex("[a-z_]+|[0-9a-f]{16,}")
# So much goes through the page once more.
_MAX_BYTES = 200_000


def kept_page(status: int, wait: Message | None = None) -> tuple[str, int] | None:
    """The form that was sent, to be sent again; None where it held nothing to keep.

    `wait` says why it was too soon, where that was it.
    """
    fields = list(_fields(_SECRET if wait else (*_SECRET, _LINK)))
    if not fields or sum(len(text) for _, text in fields) > _MAX_BYTES:
        return None
    account = g.get("account")
    page = render_template(
        "kept.html",
        why=wait or _reason(),
        waits=wait is not None,
        fields=fields,
        texts=_written(fields) or [each for each in fields if each[0] != _LINK],
        target=request.full_path.rstrip("?") if _is_ours() else "",
        has_files=bool(request.files),
        is_signed_in=account is not None,
    )
    return page, status


def _written(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those fields that somebody wrote in: no choices, ids and names of buttons."""
    return [
        (name, text)
        for name, text in fields
        if name != _LINK and len(text) > 3 and not (_CHOSEN.fullmatch(text) or is_id(text))
    ]


def _reason() -> Message:
    return _TOO_LONG if g.get("account") is not None else _ENDED


def _fields(secret: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if any(part in name for name in request.form for part in secret if name != "csrf_token"):
        return
    for name, text in request.form.items(multi=True):
        if name not in ("csrf_token", "back") and text:
            yield name, text


def _is_ours() -> bool:
    """Tell whether the form stood on a page of ours, as the browser says."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    try:
        return urlsplit(request.headers.get("Origin", "")).netloc == request.host
    except ValueError:  # no address at all: http://[
        return False
