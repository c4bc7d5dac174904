"""What a repetition is answered with: the first answer, or what was done as it is now.

What one may be told of a thing can end. Contact details are told for as long as both sides agree,
an answer to a call until it is taken back: a first answer that was kept with them would go on
telling them. So would one that names whom a need found, who may have opted out or left since: read
again it has no matches.

And a first answer may not be there: its process was killed, or its client was told 503. Then the
receipt tells what was done, and that is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote

from flask import Response

from matchmaker.workflow.receipt import Receipt

# What is read, and what is below it that answers with the same once it has changed something.
_CHANGED_BY = {
    "introductions": frozenset({"transition"}),
    "postings": frozenset({"transition"}),
    "gatherings": frozenset({"answer", "meetings", "close"}),
    "calls": frozenset(
        {
            "invitations", "corrections", "opening", "notes", "replies", "award", "introductions",
            "end",
        }
    ),
}  # fmt: skip


def read_again_at(path: str, location: str = "") -> str | None:
    """Where that is read which a POST at `path` answered with; None where its words are kept.

    `location` is where it says that what it made is. All are below the prefix of the API.
    """
    thing, *below = path.strip("/").split("/")
    if thing not in _CHANGED_BY:
        return None
    if not below:
        return unquote(location) or None
    id, *action = below
    return f"/{thing}/{id}" if len(action) == 1 and action[0] in _CHANGED_BY[thing] else None


@dataclass(frozen=True, slots=True)
class Retold:
    """Where that is read, below the prefix of the API, which a request did, and its status."""

    place: str
    status: int
    is_new: bool = False


# The kind of what a POST makes there.
_MADE: Final[Mapping[str, str]] = {
    "postings": "posting",
    "introductions": "introduction",
    "gatherings": "gathering",
    "calls": "call",
    "organizations": "organization",
    "offers": "offer",
    "needs": "need",
    "engagements": "engagement",
}
# The same for what is made of another thing, and where that is read.
_MADE_BELOW: Final = {
    ("introductions", "meetings"): ("appointment", "meetings"),
    ("clusters", "surveys"): ("survey", "surveys"),
}
# What beside `_CHANGED_BY` answers with the thing that it changes.
_ALSO_CHANGED_BY: Final = {
    "meetings": frozenset({"transition"}),
    "needs": frozenset({"transition"}),
    "surveys": frozenset({"close"}),
    "imports": frozenset({"write", "undo"}),
}


def retold(path: str, receipt: Receipt) -> Retold | None:
    """What a request to `path` that was done is answered with; None where `tellers` know it."""
    thing, *below = path.strip("/").split("/")
    if not below:
        kind = _MADE.get(thing, "")
        return _made(thing, receipt, kind) if kind in receipt.made else None
    id, action = "/".join(below[:-1]), below[-1]
    kind, things = _MADE_BELOW.get((thing, action), ("", ""))
    if kind in receipt.made:
        return _made(things, receipt, kind)
    changed_by = _CHANGED_BY.get(thing, frozenset()) | _ALSO_CHANGED_BY.get(thing, frozenset())
    return Retold(f"/{thing}/{id}", 200) if action in changed_by else None


def _made(things: str, receipt: Receipt, kind: str) -> Retold:
    return Retold(f"/{things}/{receipt.made[kind]}", 201, is_new=True)


# Those of the route.
Arguments = Mapping[str, Any]
Teller = Callable[[Receipt, Arguments], Response]
# By the name of a route: what answers who sends again what was done, where no place is read.
tellers: Final[dict[str, Teller]] = {}


def answers_again(*endpoints: str) -> Callable[[Teller], Teller]:
    """Have a function answer for these routes, within the request that was sent again."""

    def register(teller: Teller) -> Teller:
        tellers.update(dict.fromkeys(endpoints, teller))
        return teller

    return register


def told_nothing(receipt: Receipt, arguments: Arguments) -> Response:
    """It was done, with nothing to say, as at first."""
    del receipt, arguments
    return Response(status=HTTPStatus.NO_CONTENT)
