"""Open introductions between two, which pages show in place of a button to ask."""

from __future__ import annotations

from collections.abc import Iterable

from matchmaker.access import Principal
from matchmaker.api.http.context import services
from matchmaker.domain import Need


def open_partners(principal: Principal, organization: str) -> dict[str, str]:
    """The newest open introduction with each organisation that the reader may know of."""
    found: dict[str, str] = {}
    for view in services().introductions.list_open_of(principal, organization):
        for party in (view.seeker.id, view.candidate.id):
            if party and party != organization:
                found.setdefault(party, view.id)
    return found


def open_pairs(
    principal: Principal, pairs: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """The open introduction of each pair that has one, of those that the reader may see."""
    partners: dict[str, dict[str, str]] = {}
    found = {}
    for first, second in pairs:
        if first not in partners:
            partners[first] = open_partners(principal, first)
        if second in partners[first]:
            found[first, second] = partners[first][second]
    return found


def open_offers(principal: Principal, own: str, needs: Iterable[Need]) -> dict[str, str]:
    """The open introduction that answers a need, by the need's id.

    Also one with its owner for the same goal: a second one cannot be proposed beside it.
    """
    if not own:
        return {}
    views = services().introductions.list_open_of(principal, own)
    by_need = {view.need: view.id for view in reversed(views) if view.need}
    by_goal = {(view.other.id, view.goal): view.id for view in reversed(views) if view.other.id}
    found = {
        need.id: by_need.get(need.id) or by_goal.get((need.organization, need.goal), "")
        for need in needs
    }
    return {need: id for need, id in found.items() if id}
