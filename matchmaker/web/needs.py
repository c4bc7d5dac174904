"""Pages of needs that others posted."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import render_template, request

from matchmaker.api.http.context import services
from matchmaker.domain import GoalName, Kind, OrganizationFilter
from matchmaker.errors import InvalidInput
from matchmaker.goals import GOALS
from matchmaker.messages import Message, message
from matchmaker.recommend.model import Request
from matchmaker.services.matching.open_needs import NeedOrder, RankedNeed, WantedOpenNeeds
from matchmaker.web.cards import Card, cards_of, grade_of, match_grade
from matchmaker.web.find import PAGE_SIZE
from matchmaker.web.layout import PageAnswer, own_organization, signed_in, web, written
from matchmaker.web.open_introductions import open_offers
from matchmaker.web.parties import fit_of
from matchmaker.web.postings import CANDIDATES_ONLY

# A deadline that is nearer stands out.
_MAX_BEGIN = 1_000_000
_ORDERS = {
    NeedOrder.FIT: message("best fit first"),
    NeedOrder.DEADLINE: message("nearest deadline first"),
    NeedOrder.NEWEST: message("newest first"),
}


@web.get("/needs")
def needs() -> PageAnswer:
    """Open needs of others, those first that one's house can answer best."""
    principal, own = signed_in(), own_organization()
    kind = services().directory.profile(principal, own).organization.kind if own else None
    goal, sort = request.args.get("goal", ""), request.args.get("sort", "")
    orders = [order for order in NeedOrder if own or order is not NeedOrder.FIT]
    order = NeedOrder(sort) if sort in orders else orders[0]
    possible = [each.name for each in GOALS.values() if kind is None or kind in each.answerers]
    wanted = WantedOpenNeeds(
        OrganizationFilter(places=written("place"), industries=written("industry")),
        frozenset({GoalName(goal)}) if goal in list(GoalName) else frozenset(),
    )
    ranked: tuple[RankedNeed, ...] = ()
    problem = None
    try:
        ranked = services().open_needs.ranked(principal, own, wanted, order)
    except InvalidInput as error:
        problem = error
    begin = _begin()
    best: list[Card] = []
    if kind in CANDIDATES_ONLY:
        goal_near = GoalName.CUSTOMER if kind is Kind.PLATFORM else GoalName.INDUSTRY_PARTNER
        answered = services().matching.for_organization(principal, own, Request(goal_near, 10))
        best = cards_of(principal, answered).matches
    rows = ranked[begin : begin + PAGE_SIZE]
    shown = render_template(
        "needs.html",
        rows=[(row, _grade(row)) for row in rows],
        offered=open_offers(principal, own, (row.need for row in rows)),
        total=len(ranked),
        begin=begin,
        shown=PAGE_SIZE,
        problem=problem,
        own=own,
        best=best,
        goal=goal,
        goals=possible,
        order=order,
        orders=[(each, _ORDERS[each]) for each in orders],
        answered=sum(row.answer is not None for row in ranked),
    )
    return shown, 200 if problem is None else 422


def _grade(row: RankedNeed) -> Message | None:
    """How what one says answers the need; None where nothing does."""
    return match_grade(row.answer.match) if row.answer else None


def _begin() -> int:
    typed = request.args.get("from", "")
    return (
        min(int(typed), _MAX_BEGIN) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0
    )


@web.get("/needs/<path:id>")
def need(id: str) -> PageAnswer:
    """One need, why the reader fits it, and answering it while it is open."""
    principal, own = signed_in(), own_organization()
    need = services().published_statements.need(principal, id)
    owner = services().directory.profile(principal, need.organization).organization
    fit, is_open = None, need.is_answerable_on(datetime.now(UTC).date())
    if own and own != owner.id and is_open:
        fit = fit_of(principal, owner.id, own, need.goal, need.id)
    return render_template(
        "need.html",
        need=need,
        owner=owner,
        own=own,
        open=is_open,
        offered=open_offers(principal, own, [need]),
        fit=fit,
        grade=grade_of(fit) if fit else "",
    )
