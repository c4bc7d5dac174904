"""Which answers a repetition gets anew, since what one may be told of a thing can end.

Contact details are told for as long as both sides agree, an answer to a call until it is taken
back: a first answer that was kept with them would go on telling them. So would one that names whom
a need found, who may have opted out or left since: read again it has no matches.
"""

from __future__ import annotations

from urllib.parse import unquote

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
