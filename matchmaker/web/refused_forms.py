"""Forms that were refused: their page again, with the reason and what was typed.

What is secret (passwords, codes, tokens, addresses with keys in them) is typed again: no page
repeats it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Response, g, make_response, request
from flask.typing import ResponseReturnValue

from matchmaker.errors import MatchmakerError

View = TypeVar("View", bound=Callable[..., Any])
_PAGES: dict[str, Callable[..., ResponseReturnValue]] = {}
_SHOWING_OTHERS: set[str] = set()


def comes_back_as(
    page: Callable[..., ResponseReturnValue], *, shows_others: bool = False
) -> Callable[[View], View]:
    """The page that a form of this view stands on, made of the same parts of the address.

    One that `shows_others` than whoever asks is given back only for what the view itself refused:
    who has used up their requests would read on by sending its form.
    """

    def register(view: View) -> View:
        endpoint = f"web.{view.__name__}"
        _PAGES[endpoint] = page
        if not shows_others:
            return view
        _SHOWING_OTHERS.add(endpoint)

        @functools.wraps(view)
        def beginning(*parts: Any, **named: Any) -> Any:
            g.view_has_begun = True
            return view(*parts, **named)

        return cast(View, beginning)

    return register


def has_page(endpoint: str) -> bool:
    """Tell whether a refused form of this endpoint comes back on its page."""
    return endpoint in _PAGES


def page_again(error: MatchmakerError, status: int) -> Response | None:
    """The page of the form that was sent, which says why it was refused.

    None for a form of which no page is known, and where the page itself cannot be shown.
    """
    endpoint = request.endpoint or ""
    page = _PAGES.get(endpoint)
    if page is None or request.method != "POST":
        return None
    if endpoint in _SHOWING_OTHERS and "view_has_begun" not in g:
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
