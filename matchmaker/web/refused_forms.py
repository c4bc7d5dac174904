"""Forms that were refused: their page again, with the reason and what was typed.

What is secret (passwords, codes, tokens) is typed again: no page repeats it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response, g, make_response, request
from flask.typing import ResponseReturnValue

from matchmaker.errors import MatchmakerError

View = TypeVar("View", bound=Callable[..., Any])
_PAGES: dict[str, Callable[..., ResponseReturnValue]] = {}


def comes_back_as(page: Callable[..., ResponseReturnValue]) -> Callable[[View], View]:
    """The page that a form of this view stands on, made of the same parts of the address."""

    def register(view: View) -> View:
        _PAGES[f"web.{view.__name__}"] = page
        return view

    return register


def has_page(endpoint: str) -> bool:
    """Tell whether a refused form of this endpoint comes back on its page."""
    return endpoint in _PAGES


def page_again(error: MatchmakerError, status: int) -> Response | None:
    """The page of the form that was sent, which says why it was refused.

    None for a form of which no page is known, and where the page itself cannot be shown.
    """
    page = _PAGES.get(request.endpoint or "")
    if page is None or request.method != "POST":
        return None
    g.refused = error
    try:
        again = make_response(page(**(request.view_args or {})))
    except MatchmakerError:  # not for who asks, or not there: then why it was refused is enough
        del g.refused
        return None
    again.status_code = status
    return again


def is_refused(**fields: str) -> bool:
    """Tell whether this page answers a refused form that was sent with these fields."""
    return "refused" in g and all(request.form.get(name) == text for name, text in fields.items())


def typed(name: str, default: object = "", **fields: str) -> object:
    """What was typed into a field of the refused form with these fields; else the default."""
    return request.form.get(name, "") if is_refused(**fields) else default
