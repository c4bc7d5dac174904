"""Refusals of states and values, in the same words everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pydantic import AliasChoices, Field

from matchmaker.errors import InvalidInput, WrongState
from matchmaker.messages import message
from matchmaker.regex import regex

# A scheme, and the character after it: a digit there makes it a host with its port.
_SCHEME = regex(r"\s*([A-Za-z][A-Za-z0-9+.-]*):(.?)", re.DOTALL)
_CONTROL = regex(r"[\x00-\x1f\x7f]")


def with_earlier_name(name: str, earlier: str) -> Any:
    """A field that was renamed: read by both names, stored by the earlier."""
    return Field(validation_alias=AliasChoices(name, earlier), serialization_alias=earlier)


def check_range(name: str, value: int, minimum: int, maximum: int) -> None:
    """Raise InvalidInput for a number outside these bounds."""
    if not minimum <= value <= maximum:
        raise InvalidInput(
            "must be from %(minimum)s to %(maximum)s.", where=name, minimum=minimum, maximum=maximum
        )


def check_website(address: str) -> None:
    """Raise InvalidInput for what a browser would run or open otherwise than as a page.

    A host without a scheme is a website too, with its port or without.
    """
    scheme = _SCHEME.match(address)
    is_page = scheme is None or scheme[1].lower() in ("http", "https") or scheme[2].isdigit()
    if not is_page or _CONTROL.search(address):
        raise InvalidInput(
            "is no address of a website.", where="website", mend="It begins with https://."
        )


def not_possible(state: str, action: str, possible: Iterable[str]) -> WrongState:
    """The error of an action that a state does not allow, with those that it does."""
    return WrongState(
        "It is %(state)s; '%(action)s' is not possible then.",
        mend="Possible: %(names)s.",
        state=state,
        action=action,
        names=tuple(dict.fromkeys(possible)) or message("nothing"),
    )


def check_length(name: str, text: str, limit: int) -> None:
    """Raise InvalidInput for a text that is too long."""
    if len(text) > limit:
        raise InvalidInput(
            "has %(length)s characters; at most %(limit)s.",
            where=name,
            length=len(text),
            limit=limit,
        )
