"""The first visit after an invitation: who you are, what you need, who could meet it."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from matchmaker.access import Principal
from matchmaker.api.cooperation.requests import NewPosting
from matchmaker.api.http.context import services
from matchmaker.api.http.problems import status_of
from matchmaker.errors import MatchmakerError, SignInNeeded
from matchmaker.recommend.model import Request
from matchmaker.web.cards import Card, cards_of
from matchmaker.web.find import goals_of
from matchmaker.web.forms import read_form
from matchmaker.web.home import FIRST_MATCHES, first_matches
from matchmaker.web.layout import PageAnswer, own_organization, signed_in, web, whole_number
from matchmaker.workflow.posting import Posting

STEPS = 3


@web.get("/welcome")
def welcome() -> PageAnswer:
    """One of the three steps; the first where none is named."""
    principal = signed_in()
    if not own_organization():
        return redirect(url_for("web.tour"))
    step = request.args.get("step", "1")
    return _step_page(principal, int(step) if step in ("1", "2", "3") else 1)


def _step_page(
    principal: Principal,
    step: int,
    sent: dict[str, Any] | None = None,
    problem: MatchmakerError | None = None,
) -> str:
    profile = services().directory.profile(principal, own_organization())
    organization = profile.organization
    posting = _posting(principal) if step == STEPS else None
    goal, matches = None, list[Card]()
    if posting is not None:
        goal, matches = posting.goal, _who_meets(principal, posting)
    elif step == STEPS:
        goal, matches = first_matches(principal, organization)
    return render_template(
        "welcome.html",
        step=step,
        steps=STEPS,
        profile=profile,
        sent=sent or {},
        problem=problem,
        place=services().codes.name_of("places", organization.place),
        industry=services().codes.name_of("industries", organization.industry),
        goals=goals_of(organization.kind),
        goal=goal,
        matches=matches,
        posting=posting,
    )


def _posting(principal: Principal) -> Posting | None:
    """The need that was posted a step before; None where there was none, or it cannot be told."""
    try:
        posting = services().postings.show(principal, request.args.get("posting", "")).posting
    except MatchmakerError:
        return None
    return posting if posting.goal and principal.acts_for(posting.organization) else None


def _who_meets(principal: Principal, posting: Posting) -> list[Card]:
    """The three who could meet it best; none where that cannot be told now."""
    if posting.goal is None:
        return []
    question = Request[str](posting.goal, FIRST_MATCHES)
    try:
        answered = services().matching.for_text(
            principal, posting.text, question, posting.organization
        )
    except MatchmakerError:
        return []
    return cards_of(principal, answered).matches


@web.post("/welcome")
def take_step() -> PageAnswer:
    """Keep what a step says and go on; where it is refused, the step again with what was typed."""
    principal, form = signed_in(), request.form
    step = 2 if form.get("step") == "2" else 1
    try:
        if step == 1:
            _introduce(principal)
        else:
            posting = read_form(NewPosting, organization=own_organization()).to_posting()
            posted = services().postings.post(principal, posting, publish=True).posting
            return redirect(url_for("web.welcome", step=STEPS, posting=posted.id), 303)
    except SignInNeeded:
        raise
    except MatchmakerError as error:
        return _step_page(principal, step, form.to_dict(), error), status_of(error)
    return redirect(url_for("web.welcome", step=step + 1), 303)


def _introduce(principal: Principal) -> None:
    form, codes = request.form, services().codes
    changes = {
        "place": codes.id_of("places", form.get("place", "")),
        "industry": codes.id_of("industries", form.get("industry", "")),
        "contact": form.get("contact", ""),
    }
    version = whole_number(form.get("version", "0"), "version")
    about = form.get("about", "")
    services().directory.edit(principal, own_organization(), changes, about, version)
