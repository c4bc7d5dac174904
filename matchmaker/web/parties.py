"""An organisation that somebody is to decide about, and why it fits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.access import Principal
from matchmaker.api.http.context import services
from matchmaker.domain import GoalName, Need, NeedState, Offer, Organization
from matchmaker.errors import MatchmakerError
from matchmaker.recommend.model import Recommendation
from matchmaker.services.directory.directory import OrganizationProfile
from matchmaker.web.cards import kilometres
from matchmaker.web.find import goals_of
from matchmaker.workflow.responsiveness import ResponseFigures

_MAX_NAMED = 4


@dataclass(frozen=True, slots=True)
class PartyCard:
    """A party with what it seeks and offers; `km` from one's own place, None where not known."""

    profile: OrganizationProfile
    outcomes: int
    response: ResponseFigures | None
    km: float | None
    needs: tuple[Need, ...]
    offers: tuple[Offer, ...]


def parties_of(
    principal: Principal, ids: Sequence[str], goal: GoalName, need_id: str = "", own: str = ""
) -> list[PartyCard]:
    """Of each the need that it is about, else its open ones for the goal, and its offers.

    Raises NotFound.
    """
    published = services().published
    # First, so that one whose page is hidden is refused before anything of its is read.
    profiles = [services().directory.profile(principal, id) for id in ids]
    candidates = services().matching.candidates(principal, [*ids, own] if own else ids)
    here = candidates[own].place if own in candidates else None
    today = services().local_clock().date()
    parties = []
    for id, profile in zip(ids, profiles, strict=True):
        needs = [
            need
            for need in published.needs(id, NeedState.OPEN, None, 100).rows
            if (
                need.id == need_id
                if need_id
                else need.goal is goal and need.is_answerable_on(today)
            )
        ]
        offers = published.offers(id, None, _MAX_NAMED, standing=True).rows
        parties.append(
            PartyCard(
                profile,
                candidates[id].outcomes if id in candidates else 0,
                candidates[id].response if id in candidates else None,
                kilometres(here, profile.place),
                tuple(needs[:_MAX_NAMED]),
                offers,
            )
        )
    return parties


def likely_goals(organization: Organization) -> list[GoalName]:
    """Goals that one of its kind may have, those first of which it has most open needs."""
    needs = services().published.needs(organization.id, NeedState.OPEN, None, 100).rows
    needed = Counter(need.goal for need in needs)
    return sorted(goals_of(organization.kind), key=lambda goal: -needed[goal])


def fit_of(
    principal: Principal,
    asker: str,
    candidate: str,
    goal: GoalName,
    need_id: str = "",
    text: str = "",
) -> Recommendation | None:
    """Reasons why the two fit; None where they cannot be told now, for which no page fails."""
    try:
        return services().matching.fit(principal, asker, candidate, goal, need_id, text)
    except MatchmakerError:
        return None
