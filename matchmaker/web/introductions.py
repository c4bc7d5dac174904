"""Pages of introductions: proposing, answering, talking, reporting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from flask import redirect, render_template, request, url_for

from matchmaker.access import Principal
from matchmaker.api.http.context import services
from matchmaker.api.http.problems import status_of
from matchmaker.domain import GoalName
from matchmaker.errors import MatchmakerError, SignInNeeded
from matchmaker.messages import message
from matchmaker.services.cooperation.introduction_views import IntroductionView
from matchmaker.web.cards import grade_of
from matchmaker.web.conversations import (
    conversation_of,
    is_conversation_form,
    submit_conversation_form,
)
from matchmaker.web.find import text_asked_with
from matchmaker.web.forms import read_form
from matchmaker.web.introduction_words import standing
from matchmaker.web.labels import gettext, language
from matchmaker.web.layout import (
    PageAnswer,
    own_organization,
    parse_choice,
    show_notice,
    signed_in,
    web,
)
from matchmaker.web.parties import fit_of, parties_of
from matchmaker.workflow.introduction import Outcome, Proposal, Transition
from matchmaker.workflow.introduction_states import (
    FINAL,
    Action,
    AmountBand,
    OutcomeKind,
    Side,
    State,
)
from matchmaker.workflow.refusals import DeclineReason

# The states of an introduction that goes well, in their order.
_USUAL_COURSE = (
    State.TERMS, State.PROPOSED, State.ACCEPTED, State.MEETING, State.AGREED, State.DELIVERED,
    State.COMPLETED,
)  # fmt: skip
# Not among the plain buttons: each has a form of its own, or happens by itself.
_WITH_OWN_FORM = {Action.ASK, Action.EXPIRE, Action.REPORT, Action.CONFIRM, Action.DECLINE}
_HIDDEN_FIELDS = (
    "goal", "candidate", "asking_side", "need", "impression", "position", "text", "question",
)  # fmt: skip
_LONGEST_MESSAGE = 4000
_BOTH_ACCEPTED = message("Both of you have accepted: contacts are open, below.")
_CONFIRMATIONS = {
    Action.ACCEPT: message("You have accepted. Contacts are open as soon as both have."),
    Action.AGREE_TERMS: message("You have agreed to the terms, and learn who they are."),
    Action.ASK: message("Your question is sent."),
    Action.DECLINE: message("You have declined; they are told, with your reason."),
    Action.CANCEL: message("The request is taken back."),
    Action.REPORT: message("It is reported; the other side is asked to confirm it."),
    Action.CONFIRM: message("It is completed, and a tie in the graph."),
}


@web.get("/introductions")
def introductions() -> PageAnswer:
    """Requests in and out."""
    principal, own = signed_in(), own_organization()
    page = services().introductions.list_for(
        principal, organization=own, after=request.args.get("after", ""), limit=50
    )
    return render_template(
        "introductions.html",
        page=page,
        slot_usage=services().introductions.slot_usage(principal, own),
    )


@web.get("/introductions/new")
def new_introduction() -> PageAnswer:
    """Ask for an introduction."""
    principal, sent = signed_in(), request.args.to_dict()
    sent.setdefault("message", text_asked_with(principal)[:_LONGEST_MESSAGE])
    return _new_page(principal, sent)


def _new_page(
    principal: Principal, sent: Mapping[str, str], problem: MatchmakerError | None = None
) -> str:
    goal = parse_choice(GoalName, sent.get("goal", ""), "goal")
    own, candidate = own_organization(), sent.get("candidate", "")
    # Who offers to meet a need is the candidate of the one that has it.
    is_offering = sent.get("asking_side") == Side.CANDIDATE
    need = sent.get("need", "")
    parties = parties_of(principal, [candidate], goal, need if is_offering else "", own)
    asker, answerer = (candidate, own) if is_offering else (own, candidate)
    text = "" if is_offering else text_asked_with(principal)
    fit = fit_of(principal, asker, answerer, goal, need, text) if own else None
    return render_template(
        "introduction_new.html",
        goal=goal,
        party=parties[0],
        needed=next(iter(parties[0].needs), None) if is_offering and need else None,
        fit=fit,
        grade=grade_of(fit) if fit else "",
        hidden={name: sent.get(name, "") for name in _HIDDEN_FIELDS},
        sent=sent,
        problem=problem,
    )


@web.post("/introductions/new")
def propose() -> PageAnswer:
    """Ask for it; where that is refused, show the form again with what was written."""
    principal, form = signed_in(), request.form
    try:
        side = parse_choice(Side, form.get("asking_side") or "seeker", "asking_side")
        parties = {side: own_organization(), side.other: form.get("candidate", "")}
        proposal = read_form(Proposal, asking_side=side, **parties)
        view = services().introductions.propose(principal, proposal)
    except MatchmakerError as error:
        return _new_page(principal, form, error), status_of(error)
    show_notice(
        gettext("The offer is sent. You will be told of the answer.")
        if proposal.asking_side is Side.CANDIDATE
        else gettext("The request is sent. You will be told of the answer.")
    )
    return redirect(url_for("web.introduction", id=view.id), 303)


@web.get("/introductions/<id>")
def introduction(id: str) -> PageAnswer:
    """An introduction: its state, why the two fit, what can be done, the conversation."""
    principal = signed_in()
    view = services().introductions.show(principal, id)
    services().notifications.mark_read_of(principal, f"introduction/{view.id}")
    return introduction_page(principal, view)


def _plain_actions(view: IntroductionView) -> list[Action]:
    """Actions that need a button only; of several that end it in the same way, one."""
    actions = [action for action in dict.fromkeys(view.allowed) if action not in _WITH_OWN_FORM]
    if {Action.CANCEL, Action.DECLINE, Action.END} & set(view.allowed):
        return [action for action in actions if action is not Action.WITHDRAW]
    return actions


def introduction_page(
    principal: Principal,
    view: IntroductionView,
    sent: Mapping[str, str] | None = None,
    problem: MatchmakerError | None = None,
) -> str:
    """The page of an introduction; `sent` and `problem` are of a form that was refused."""
    introductions, sent = services().introductions, sent or {}
    # While the terms come first, nothing may be shown that could tell the name.
    is_named = bool(view.seeker.id and view.candidate.id)
    sides = {Side.SEEKER: view.seeker.id, Side.CANDIDATE: view.candidate.id}
    own = sides[view.side] if view.side else ""
    others = [party for party in sides.values() if party not in ("", own)]
    fit = None
    if is_named:
        # The asker's message says what is wanted; an offer to meet a need does not.
        text = view.message if view.asking_side is Side.SEEKER else ""
        ids = view.seeker.id, view.candidate.id
        fit = fit_of(principal, *ids, view.goal, view.need, text)
    return render_template(
        "introduction.html",
        introduction=view,
        conversation=conversation_of(principal, view),
        plain_actions=_plain_actions(view),
        outcome_kinds=list(OutcomeKind),
        amount_bands=list(AmountBand),
        decline_reasons=list(DeclineReason),
        progress=_progress(view),
        parties=parties_of(principal, others, view.goal, view.need, own),
        fit=fit,
        grade=grade_of(fit) if fit else "",
        earlier=introductions.earlier_introductions(principal, view),
        questions=[step for step in view.steps if step.action is Action.ASK],
        slot_usage=introductions.slot_usage(principal, own) if own and view.is_waiting else None,
        reference=_reference(principal, view),
        problem=problem,
        sent={
            "text": sent.get("reason") or sent.get("message") or sent.get("topic", ""),
            "times": request.form.getlist("time"),
            **sent,
        },
        fits_here=sent.get("action") in view.allowed
        or (view.contact and not sent.keys().isdisjoint(("message", "offer"))),
        changed=sent.get("version", str(view.version)) != str(view.version),
    )


def _reference(principal: Principal, view: IntroductionView) -> bool | None:
    """True where one's own side lets it be counted as a reference; None before it is completed."""
    if view.side is None or view.state is not State.COMPLETED:
        return None
    return services().references.is_given(principal, view.id)


@web.post("/introductions/<id>/reference")
def change_reference(id: str) -> PageAnswer:
    """Let the other side count a finished introduction, or no longer."""
    principal = signed_in()
    if request.form.get("do") == "take_back":
        services().references.take_back(principal, id)
        show_notice(gettext("It is counted no longer."))
    else:
        services().references.give(principal, id)
        show_notice(gettext("They may count it; nobody is named."))
    return redirect(url_for("web.introduction", id=id), 303)


@dataclass(frozen=True, slots=True)
class ProgressStep:
    """A state on the way of an introduction: `done`, `current`, `over` or still `ahead`.

    `standing` says more of the present one, as whose answer it waits for, and `until` by when.
    """

    name: State
    mark: str
    at: datetime | None
    standing: str = ""
    until: datetime | None = None


def _progress(view: IntroductionView) -> list[ProgressStep]:
    """States passed, the present one, and those ahead if all goes well."""
    reached: dict[State, datetime] = {}
    for step in view.steps:
        reached.setdefault(step.state, step.at)
    course = [state for state in _USUAL_COURSE if state is not State.TERMS or state in reached]
    if view.state in FINAL and view.state is not State.COMPLETED:
        passed = [state for state in course if state in reached]
        steps = [ProgressStep(state, "done", reached[state]) for state in passed]
        return [*steps, ProgressStep(view.state, "over", reached.get(view.state))]
    current = course.index(view.state)
    marks = ["done"] * current + ["current"] + ["ahead"] * (len(course) - current - 1)
    steps = [
        ProgressStep(state, mark, reached.get(state))
        for state, mark in zip(course, marks, strict=True)
    ]
    if view.is_waiting:
        steps[current] = replace(steps[current], standing=standing(view), until=view.expires)
    return steps


def _exclude(principal: Principal, id: str) -> None:
    """Put the other side on the list of those with whom one is never brought together."""
    view = services().introductions.show(principal, id)
    own = view.candidate if view.side is Side.CANDIDATE else view.seeker
    if view.side and own.id and view.other.id:
        services().exclusions.exclude(principal, own.id, view.other.id)


@web.post("/introductions/<id>")
def act(id: str) -> PageAnswer:
    """Take an action, send a message or agree on a meeting.

    Where that is refused, show the page as it is now with what was written.
    """
    principal, form = signed_in(), request.form
    try:
        if is_conversation_form():
            submit_conversation_form(principal, id)
        else:
            is_report = form.get("action") == Action.REPORT
            outcome = read_form(Outcome) if is_report else None
            transition = read_form(Transition, outcome=outcome)
            # What else is sent holds whatever the other side did meanwhile, where it is possible.
            if transition.action is not Action.CONFIRM:
                transition = replace(transition, version=None)
            view = services().introductions.act(principal, id, transition)
            if form.get("never") and transition.action is Action.DECLINE:
                _exclude(principal, id)
            told = _CONFIRMATIONS.get(transition.action, message("It is noted."))
            if transition.action is Action.ACCEPT and view.state is State.ACCEPTED:
                told = _BOTH_ACCEPTED
            show_notice(told.text(language()))
    except SignInNeeded:
        raise
    except MatchmakerError as error:
        view = services().introductions.show(principal, id)
        return introduction_page(principal, view, form.to_dict(), error), status_of(error)
    return redirect(url_for("web.introduction", id=id), 303)
