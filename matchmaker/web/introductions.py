"""Pages of introductions: proposing, answering, talking, reporting."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for

from matchmaker.api.http.context import services
from matchmaker.domain import GoalName
from matchmaker.web.forms import read_form
from matchmaker.web.labels import gettext
from matchmaker.web.layout import Page, own_organization, parse_choice, show_notice, signed_in, web
from matchmaker.workflow.interactions import ConversationMessage
from matchmaker.workflow.introduction import Outcome, Proposal, Transition
from matchmaker.workflow.introduction_states import Action, AmountBand, OutcomeKind, Side


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
    goal = parse_choice(GoalName, args.get("goal", ""), "goal")
    candidate = services().directory.profile(principal, args.get("candidate", ""))
    return render_template(
        "introduction_new.html",
        goal=goal,
        candidate=candidate,
        sent={name: args.get(name, "") for name in ("asking", "need", "impression", "position")},
    )


@web.post("/introductions/new")
def propose() -> Page:
    """Asked for."""
    principal, asking = (
        signed_in(),
        parse_choice(Side, request.form.get("asking") or "seeker", "asking"),
    )
    parties = {asking: own_organization(), asking.other: request.form.get("candidate", "")}
    proposal = read_form(Proposal, asking=asking, **parties)
    view = services().introductions.propose(principal, proposal)
    show_notice(gettext("The request is sent. You will be told of the answer."))
    return redirect(url_for("web.introduction", id=view.id), 303)


@web.get("/introductions/<id>")
def introduction(id: str) -> Page:
    """Where it stands, what can be done, contact and conversation once both have agreed."""
    principal = signed_in()
    view = services().introductions.show(principal, id)
    messages: tuple[ConversationMessage, ...] = ()
    if view.contact is not None:
        messages = services().introductions.messages(principal, id, limit=200).rows
    # Each of these has a form of its own, or happens by itself.
    apart = {Action.EXPIRE, Action.REPORT, Action.CONFIRM, Action.DECLINE}
    return render_template(
        "introduction.html",
        introduction=view,
        messages=messages,
        plain=[action for action in dict.fromkeys(view.allowed) if action not in apart],
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
    is_report = form.get("action") == Action.REPORT
    transition = read_form(Transition, outcome=read_form(Outcome) if is_report else None)
    services().introductions.act(principal, id, transition)
    show_notice(gettext("Done."))
    return redirect(url_for("web.introduction", id=id), 303)
