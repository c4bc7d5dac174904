"""The menu: five entries at most by what somebody acts for, everything else under the name."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for

from matchmaker.access import Principal
from matchmaker.messages import Message, message

MAX_ENTRIES = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the menu; `under` are beginnings of addresses that belong to it."""

    title: Message
    endpoint: str
    icon: str
    under: tuple[str, ...]

    @property
    def link(self) -> str:
        return url_for(self.endpoint)

    @property
    def is_current(self) -> bool:
        """Whether the page that is shown belongs to it."""
        return any(
            request.path == place or (place != "/" and request.path.startswith(f"{place}/"))
            for place in self.under
        )


_HOME = Entry(message("Today"), "web.home", "home", ("/",))
_FIND = Entry(message("Find"), "web.find", "find", ("/find", "/compare"))
_INTRODUCTIONS = Entry(
    message("Introductions"), "web.introductions", "introductions", ("/introductions",)
)
_NEEDS = Entry(message("Open needs"), "web.needs", "needs", ("/needs",))
_POSTINGS = Entry(message("Our needs and offers"), "web.postings", "postings", ("/postings",))
_CLUSTERS = Entry(message("Clusters"), "web.clusters", "clusters", ("/clusters",))
_DIRECTORY = Entry(message("Directory"), "web.organizations", "directory", ("/organizations",))
_ADMIN = Entry(message("Administration"), "web.admin", "admin", ("/admin",))
_PORTFOLIO = Entry(message("Portfolio"), "web.portfolio", "postings", ("/portfolio",))
_SAVED = Entry(message("Saved"), "web.saved", "needs", ("/saved",))
_PROFILE = Entry(message("Our profile"), "web.edit_profile", "directory", ("/profile",))
_CIRCLES = Entry(message("Circles"), "web.gatherings", "clusters", ("/gatherings",))
_ACCOUNT = Entry(message("My account"), "web.account", "admin", ("/account",))


def menu(principal: Principal) -> tuple[list[Entry], list[Entry]]:
    """The entries of the menu, at most five, and those under the name."""
    entries = []
    if principal.organizations:
        entries += [_HOME, _FIND, _INTRODUCTIONS, _NEEDS]
    if principal.clusters or principal.admin:
        entries.append(_CLUSTERS)
    if principal.admin:
        entries.append(_ADMIN)
    if principal.organizations:
        entries.append(_POSTINGS)
    entries.append(_DIRECTORY)
    if not principal.organizations:
        entries.append(_FIND)
    more = entries[MAX_ENTRIES:]
    if principal.organizations:
        more += [_PROFILE, _PORTFOLIO, _SAVED]
    if principal.organizations or principal.clusters:
        more.append(_CIRCLES)
    return entries[:MAX_ENTRIES], [*more, _ACCOUNT]
