"""The first page of firms, universities and platforms, and their portfolio."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import g, redirect, render_template, session, url_for

from matchmaker.access import Principal
from matchmaker.api.http.context import services
from matchmaker.domain import GoalName, Kind, Need, NeedState, Offer, OfferKind, Organization
from matchmaker.errors import MatchmakerError
from matchmaker.messages import Message, message
from matchmaker.recommend.model import Request
from matchmaker.services.directory.directory import OrganizationProfile
from matchmaker.services.matching.open_needs import RankedNeed
from matchmaker.services.matching.programme_alerts import FittingProgramme
from matchmaker.web.cards import Card, cards_of
from matchmaker.web.directory import missing_fields
from matchmaker.web.find import goals_of
from matchmaker.web.layout import PageAnswer, acting_organization, own_organization, signed_in, web
from matchmaker.web.open_introductions import open_offers, open_partners
from matchmaker.web.parties import likely_goals
from matchmaker.web.postings import CANDIDATES_ONLY, NEEDS_SHOWN
from matchmaker.web.turns import turn

FIRST_MATCHES, _INTRODUCTIONS, _CLOSING = 3, 5, 3

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


@dataclass(frozen=True, slots=True)
class WaitingQuestion:
    """A call or a survey that one's own organisation is asked to answer."""

    kind: Message
    title: str
    link: str
    deadline: date


@web.get("/")
def home() -> PageAnswer:
    """Show what needs an answer today, who fits best, and what else to do, by role."""
    principal = signed_in()
    own = own_organization()
    if not own:
        if principal.clusters:
            return redirect(url_for("web.cluster", id=_first_cluster(principal)))
        return redirect(url_for("web.admin" if principal.admin else "web.find"))
    profile = services().directory.profile(principal, own)
    views = services().introductions.list_for(principal, organization=own, limit=100).rows
    asked = {view.need for view in views if view.need}
    answerable = [row for row in _answerable(principal, own) if row.need.id not in asked]
    offered = open_offers(principal, own, (row.need for row in answerable))
    answerable = [row for row in answerable if row.need.id not in offered]
    waiting = [(view, todo) for view in views if (todo := turn(view))]
    waiting_ids = {view.id for view, _ in waiting}
    goal, matches = first_matches(principal, profile.organization)
    fitting, closing = _programmes(principal, profile.organization)
    return render_template(
        "home.html",
        profile=profile,
        waiting=waiting,
        others=[view for view in views if view.id not in waiting_ids][:_INTRODUCTIONS],
        asked=_asked(principal, own),
        tasks=_tasks(profile),
        slot_usage=services().introductions.slot_usage(principal, own),
        goals=goals_of(profile.organization.kind),
        goal=goal,
        matches=matches,
        under_way=open_partners(principal, own),
        answerable=answerable[:FIRST_MATCHES],
        answerable_count=len(answerable),
        fitting=len(fitting),
        closing=closing[:_CLOSING],
        closing_count=len(closing),
        needs_first=profile.organization.kind in CANDIDATES_ONLY,
    )


def _first_cluster(principal: Principal) -> str:
    """The cluster that a coordinator looked at last, else the first that the account names."""
    last = str(session.get("cluster", ""))
    if last in principal.clusters:
        return last
    named = g.account.clusters if g.get("account") is not None else ()
    return next((id for id in named if id in principal.clusters), min(principal.clusters))


def first_matches(
    principal: Principal, organization: Organization
) -> tuple[GoalName | None, list[Card]]:
    """The three best for the goal that it most likely needs; none where it cannot be told now."""
    goals = likely_goals(organization)
    if not goals:
        return None, []
    try:
        answered = services().matching.for_organization(
            principal, organization.id, Request(goals[0], FIRST_MATCHES)
        )
    except MatchmakerError:
        return goals[0], []
    return goals[0], cards_of(principal, answered).matches


def _answerable(principal: Principal, own: str) -> tuple[RankedNeed, ...]:
    """Open needs that own statements answer, best first; none where it cannot be told now."""
    try:
        return services().open_needs.answered(principal, own)
    except MatchmakerError:
        return ()


def _programmes(
    principal: Principal, own: Organization
) -> tuple[tuple[FittingProgramme, ...], tuple[FittingProgramme, ...]]:
    """Programmes that fit a firm, and which of them close soon; none where nobody can tell now."""
    if own.kind is not Kind.FIRM:
        return (), ()
    try:
        rows = services().programme_alerts.listed(principal, own.id)
    except MatchmakerError:
        return (), ()
    return rows, services().programme_alerts.closing(rows)


def _asked(principal: Principal, own: str) -> list[WaitingQuestion]:
    """The calls and surveys that wait for an answer, the next to end first."""
    rows = services().call_answers.invitations(principal, own).rows
    calls = [
        WaitingQuestion(
            message("Call"), row.title, url_for("web.call", id=row.id, answer=own), row.deadline
        )
        for row in rows
        if row.waits
    ]
    surveys = [
        WaitingQuestion(
            message("Survey"), row.title, url_for("web.answer_survey", id=row.id), row.deadline
        )
        for row in services().surveys.waiting_for(principal, own)
    ]
    return sorted([*calls, *surveys], key=lambda each: each.deadline)


def _tasks(profile: OrganizationProfile) -> list[Task]:
    organization = profile.organization
    tasks = []
    missing = missing_fields(profile)
    if missing:
        text = message("Complete the profile: %(missing)s", missing=missing)
        tasks.append(Task(text, url_for("web.edit_profile"), len(missing)))
    offers = services().published.offers(organization.id, None, 1, standing=True).rows
    if not offers:
        tasks.append(
            Task(message("Say what you can offer"), url_for("web.new_posting", what="offer"))
        )
    needs = services().published.needs(organization.id, NeedState.OPEN, None, 1).rows
    if not needs and organization.kind is Kind.FIRM:
        tasks.append(Task(message("Say what you need"), url_for("web.new_posting", what="need")))
    return tasks


@web.get("/portfolio")
def portfolio() -> PageAnswer:
    """Show what one's house can do: technologies, equipment, access; and who asks for it now."""
    principal, own = signed_in(), acting_organization()
    answerable = _answerable(principal, own)
    by_kind: dict[OfferKind, list[tuple[Offer, list[tuple[Need, Organization]], int]]] = {}
    for offer in services().published.offers(own, None, 200, standing=True).rows:
        asking = [
            (each.need, each.owner)
            for each in answerable
            if each.answer is not None and each.answer.evidence.id == offer.id
        ]
        by_kind.setdefault(offer.kind, []).append((offer, asking[:NEEDS_SHOWN], len(asking)))
    return render_template(
        "portfolio.html",
        by_kind=[(kind, by_kind[kind]) for kind in _PORTFOLIO if kind in by_kind],
        slot_usage=services().introductions.slot_usage(principal, own),
        own=own,
        offered=open_offers(principal, own, (each.need for each in answerable)),
    )
