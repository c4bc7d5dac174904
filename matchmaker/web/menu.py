"""The menu: five entries at most by what somebody acts for, everything else under the name."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for

from matchmaker.access import Principal
from matchmaker.messages import Message, message

MAX_ENTRIES = 5


@dataclass(frozen=True, slots=True)
class MenuEntry:
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
        """Tell whether the page that is shown belongs to it."""
        return any(
            request.path == place or (place != "/" and request.path.startswith(f"{place}/"))
            for place in self.under
        )


_HOME = MenuEntry(message("Today"), "web.home", "home", ("/",))
_FIND = MenuEntry(message("Find"), "web.find", "find", ("/find", "/compare"))
_INTRODUCTIONS = MenuEntry(
    message("Introductions"), "web.introductions", "introductions", ("/introductions",)
)
_NEEDS = MenuEntry(message("Open needs"), "web.needs", "needs", ("/needs",))
_POSTINGS = MenuEntry(message("Our needs and offers"), "web.postings", "postings", ("/postings",))
_CLUSTERS = MenuEntry(message("Clusters"), "web.clusters", "clusters", ("/clusters",))
_DIRECTORY = MenuEntry(message("Directory"), "web.organizations", "directory", ("/organizations",))
_ADMIN = MenuEntry(message("Administration"), "web.admin", "admin", ("/admin",))
_PORTFOLIO = MenuEntry(message("Portfolio"), "web.portfolio", "postings", ("/portfolio",))
_SAVED = MenuEntry(message("Saved"), "web.saved", "needs", ("/saved",))
_PROFILE = MenuEntry(message("Our profile"), "web.edit_profile", "directory", ("/profile",))
_CALLS = MenuEntry(message("Calls"), "web.calls", "needs", ("/calls", "/refusals"))
_CIRCLES = MenuEntry(message("Circles"), "web.gatherings", "clusters", ("/gatherings",))
_ACCOUNT = MenuEntry(message("My account"), "web.account", "admin", ("/account",))


def menu(principal: Principal) -> tuple[list[MenuEntry], list[MenuEntry]]:
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
        more += [_CALLS, _PROFILE, _PORTFOLIO]
    more.append(_SAVED)
    if principal.organizations or principal.clusters:
        more.append(_CIRCLES)
    return entries[:MAX_ENTRIES], [*more, _ACCOUNT]
