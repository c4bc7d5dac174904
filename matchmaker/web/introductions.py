"""Pages of introductions: proposing, answering, talking, reporting."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for

from matchmaker.api.http.context import services
from matchmaker.domain import (
    GoalName,
)
from matchmaker.services.cooperation.introductions import Proposal
from matchmaker.web.labels import gettext
from matchmaker.web.layout import (
    Page,
    chosen,
    own_organization,
    signed_in,
    told,
    web,
    whole,
)
from matchmaker.workflow.interactions import Message
from matchmaker.workflow.introduction import Action, AmountBand, Outcome, OutcomeKind, Side


@web.get("/introductions")
def introductions() -> Page:
    """Requests in and out."""
    principal, own = signed_in(), own_organization()
    page = services().introductions.listed(
        principal, organization=own, after=request.args.get("after", ""), limit=50
    )
    return render_template(
        "introductions.html", page=page, load=services().introductions.load(principal, own)
    )


@web.get("/introductions/new")
def new_introduction() -> Page:
    """Ask for an introduction."""
    principal, args = signed_in(), request.args
    goal = chosen(GoalName, args.get("goal", ""), "goal")
    candidate = services().directory.profile(principal, args.get("candidate", ""))
    return render_template(
        "introduction_new.html",
        goal=goal,
        candidate=candidate,
        asking=args.get("asking", ""),
        need=args.get("need", ""),
        impression=args.get("impression", ""),
        position=args.get("position", ""),
        own=own_organization(),
    )


@web.post("/introductions/new")
def propose() -> Page:
    """Asked for."""
    principal, form, own = signed_in(), request.form, own_organization()
    other, place = form.get("candidate", ""), form.get("position", "")
    is_candidate = form.get("asking") == Side.CANDIDATE
    seen = services().introductions.propose(
        principal,
        Proposal(
            chosen(GoalName, form.get("goal", ""), "goal"),
            other if is_candidate else own,
            own if is_candidate else other,
            asking=Side.CANDIDATE if is_candidate else Side.SEEKER,
            message=form.get("message", ""),
            terms=form.get("terms", ""),
            staged=bool(form.get("staged")),
            need=form.get("need", ""),
            impression=form.get("impression", ""),
            position=whole(place, "position") if place else None,
        ),
    )
    told(gettext("The request is sent. You will be told of the answer."))
    return redirect(url_for("web.introduction", id=seen.id), 303)


@web.get("/introductions/<id>")
def introduction(id: str) -> Page:
    """Where it stands, what can be done, contact and conversation once both have agreed."""
    principal = signed_in()
    seen = services().introductions.show(principal, id)
    messages: tuple[Message, ...] = ()
    if seen.contact is not None:
        messages = services().introductions.messages(principal, id, limit=200).rows
    hidden = {Action.EXPIRE, Action.REPORT, Action.CONFIRM, Action.DECLINE}
    return render_template(
        "introduction.html",
        one=seen,
        messages=messages,
        plain=[action for action in dict.fromkeys(seen.allowed) if action not in hidden],
        kinds=list(OutcomeKind),
        bands=list(AmountBand),
    )


@web.post("/introductions/<id>")
def act(id: str) -> Page:
    """One step, or a message."""
    principal, form = signed_in(), request.form
    if "message" in form:
        services().introductions.write(principal, id, form["message"])
        return redirect(url_for("web.introduction", id=id), 303)
    action = chosen(Action, form.get("action", ""), "action")
    outcome = None
    if action is Action.REPORT:
        outcome = Outcome(
            chosen(OutcomeKind, form.get("kind", ""), "kind"),
            chosen(AmountBand, form.get("amount", AmountBand.NONE), "amount"),
            bool(form.get("new_product")),
            whole(form.get("jobs") or "0", "jobs"),
            form.get("note", ""),
        )
    rating = form.get("satisfaction", "")
    services().introductions.act(
        principal,
        id,
        action,
        reason=form.get("reason", ""),
        outcome=outcome,
        satisfaction=whole(rating, "satisfaction") if rating else None,
    )
    told(gettext("Done."))
    return redirect(url_for("web.introduction", id=id), 303)
