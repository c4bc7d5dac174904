"""Pages of firms, universities and platforms: home, profile, find, postings, introductions."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, render_template, url_for

from matchmaker.access import Principal
from matchmaker.api.http.context import services
from matchmaker.domain import GoalName, Kind, Need, NeedState, Offer, OfferKind, Organization
from matchmaker.errors import MatchmakerError
from matchmaker.messages import Message, message
from matchmaker.recommend.model import Request
from matchmaker.services.directory.directory import OrganizationProfile
from matchmaker.web.cards import Card, cards_of
from matchmaker.web.directory import missing_fields
from matchmaker.web.find import goals_of
from matchmaker.web.layout import Page, own_organization, signed_in, web
from matchmaker.web.postings import NEEDS_SHOWN

_MATCHES = 3

_PORTFOLIO = (
    OfferKind.TECHNOLOGY, OfferKind.EQUIPMENT, OfferKind.PLATFORM_ACCESS, OfferKind.SERVICE,
    OfferKind.PRODUCT,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do next."""

    text: Message
    link: str
    count: int = 0


@web.get("/")
def home() -> Page:
    """What to do next, by role."""
    principal = signed_in()
    own = own_organization()
    if not own:
        if principal.clusters:
            return redirect(url_for("web.cluster", id=min(principal.clusters)))
        return redirect(url_for("web.admin" if principal.admin else "web.find"))
    profile = services().directory.profile(principal, own)
    return render_template(
        "home.html",
        profile=profile,
        tasks=_tasks(principal, profile),
        load=services().introductions.load(principal, own),
        introductions=services().introductions.listed(principal, organization=own, limit=5).rows,
        goals=goals_of(profile.organization.kind),
        matches=_first_matches(principal, profile.organization),
    )


def _first_matches(
    principal: Principal, organization: Organization
) -> tuple[GoalName, list[Card]] | None:
    """The three best for the first goal of its kind; None where they cannot be had now."""
    goals = goals_of(organization.kind)
    if not goals:
        return None
    try:
        answered = services().matching.for_organization(
            principal, organization.id, Request(goals[0], _MATCHES)
        )
    except MatchmakerError:
        return None
    return goals[0], cards_of(principal, answered).matches


def _tasks(principal: Principal, profile: OrganizationProfile) -> list[Task]:
    organization = profile.organization
    waiting = [
        introduction
        for introduction in services()
        .introductions.listed(principal, organization=organization.id, limit=100)
        .rows
        if introduction.side in introduction.awaited
    ]
    tasks = []
    if waiting:
        tasks.append(Task(message("Answer requests"), url_for("web.introductions"), len(waiting)))
    missing = missing_fields(profile)
    if missing:
        text = message("Complete the profile: %(missing)s", missing=missing)
        tasks.append(Task(text, url_for("web.edit_profile"), len(missing)))
    offers = services().published.offers(organization.id, None, 1).rows
    if not offers:
        tasks.append(
            Task(message("Say what you can offer"), url_for("web.new_posting", what="offer"))
        )
    needs = services().published.needs(organization.id, NeedState.OPEN, None, 1).rows
    if not needs and organization.kind is Kind.FIRM:
        tasks.append(Task(message("Say what you need"), url_for("web.new_posting", what="need")))
    tasks.append(Task(message("Look at new matches"), url_for("web.find")))
    return tasks


@web.get("/portfolio")
def portfolio() -> Page:
    """What one's house can do: technologies, equipment, access; and who asks for it now."""
    principal, own = signed_in(), own_organization()
    directory, published = services().directory, services().published
    near = services().matching.needs_near(principal, own)
    by_kind: dict[OfferKind, list[tuple[Offer, list[tuple[Need, Organization]], int]]] = {}
    for offer in published.offers(own, None, 200).rows:
        ids = near.get(offer.id, ())
        needs = [published.need(id) for id in ids[:NEEDS_SHOWN]]
        asking = [
            (need, directory.profile(principal, need.organization).organization) for need in needs
        ]
        if offer.active:
            by_kind.setdefault(offer.kind, []).append((offer, asking, len(ids)))
    return render_template(
        "portfolio.html",
        by_kind=[(kind, by_kind[kind]) for kind in _PORTFOLIO if kind in by_kind],
        load=services().introductions.load(principal, own),
        own=own,
    )
