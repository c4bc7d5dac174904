"""The first visit after an invitation: who you are, what you need, the first three matches."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from matchmaker.access import Principal
from matchmaker.api.cooperation.requests import NewPosting
from matchmaker.api.http.context import services
from matchmaker.api.http.problems import status_of
from matchmaker.errors import MatchmakerError, SignInNeeded
from matchmaker.web.find import goals_of
from matchmaker.web.forms import read_form
from matchmaker.web.home import first_matches
from matchmaker.web.layout import PageAnswer, own_organization, signed_in, web, whole_number

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
    goal, matches = first_matches(principal, organization) if step == STEPS else (None, [])
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
    )


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
            services().postings.post(principal, posting, publish=True)
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
