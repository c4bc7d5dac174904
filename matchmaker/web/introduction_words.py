"""In words: who proposed an introduction, what happened to it, and whose answer it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from matchmaker.api.http.context import services
from matchmaker.domain import NamedOrganization
from matchmaker.errors import MatchmakerError
from matchmaker.messages import Message, message
from matchmaker.services.cooperation.introduction_views import IntroductionView, StepView
from matchmaker.web.labels import gettext, text_of, word
from matchmaker.web.layout import localised, web
from matchmaker.workflow.introduction_states import Action, Origin, Side, State
from matchmaker.workflow.refusals import DeclineReason

# What each action was, once it is done.
_DONE = {
    Action.AGREE_TERMS: message("agreed to the terms"),
    Action.ASK: message("wrote before deciding"),
    Action.ACCEPT: message("accepted"),
    Action.DECLINE: message("declined"),
    Action.EXPIRE: message("nobody answered in time"),
    Action.CANCEL: message("took it back"),
    Action.MEET: message("said that they are in talks"),
    Action.AGREE: message("said that they have agreed"),
    Action.DELIVER: message("said that it is delivered"),
    Action.REPORT: message("reported the outcome"),
    Action.CONFIRM: message("confirmed the outcome"),
    Action.END: message("ended it without an outcome"),
    Action.WITHDRAW: message("withdrew consent"),
}


@dataclass(frozen=True, slots=True)
class IntroductionEvent:
    """One thing that happened: when, by whom ("" for nobody), and the state where it changed."""

    at: datetime
    who: str
    what: Message
    state: State | None = None
    reason: str = ""
    decline_reason: DeclineReason | None = None


@web.app_template_filter()
def proposed_by(view: IntroductionView) -> str:
    """The name of whoever proposed it, where neither side did; else ""."""
    if view.origin is Origin.MEMBER:
        return ""
    if view.origin is Origin.SYSTEM:
        return gettext("Proposed by Matchmaker")
    if view.origin is Origin.ADMINISTRATOR:
        return gettext("Proposed by an administrator")
    cluster = _cluster_name(view.cluster)
    if cluster:
        return gettext("Proposed by the coordinator of %(cluster)s", cluster=cluster)
    return gettext("Proposed by a coordinator")


@web.app_template_filter()
def author_of(view: IntroductionView) -> str:
    """The name of whoever wrote the message and the terms."""
    if view.origin is Origin.MEMBER:
        return _party(view, view.asking_side)
    return _outsider(view, view.origin)


def _outsider(view: IntroductionView, origin: Origin) -> str:
    """Somebody who acts for neither side."""
    if origin is Origin.SYSTEM:
        return "Matchmaker"
    if origin is Origin.ADMINISTRATOR:
        return gettext("An administrator")
    cluster = _cluster_name(view.cluster)
    if cluster:
        return gettext("The coordinator of %(cluster)s", cluster=cluster)
    return gettext("A coordinator")


@web.app_template_filter()
def introduction_title(view: IntroductionView) -> str:
    """The two sides: from who proposed it to the other one; of a coordinator's simply both."""
    if view.origin is not Origin.MEMBER:
        return f"{_name(view.seeker)} – {_name(view.candidate)}"
    asking = {Side.SEEKER: view.seeker, Side.CANDIDATE: view.candidate}
    return f"{_name(asking[view.asking_side])} → {_name(asking[view.asking_side.other])}"


@web.app_template_filter()
def text_title(view: IntroductionView) -> str:
    """The heading of what was written: a request, an offer, or a coordinator's proposal."""
    if view.origin is not Origin.MEMBER:
        return gettext("The proposal")
    return gettext("What was written" if view.asking_side is Side.SEEKER else "The offer")


@web.app_template_filter()
def standing(view: IntroductionView) -> str:
    """The state; while it waits for an answer, whose."""
    awaited = view.awaited if view.is_waiting else ()
    if not awaited:
        return word(view.state)
    others = [_party(view, side) for side in awaited if side is not view.side]
    if view.side in awaited:
        if not others:
            return gettext("Waiting for your answer")
        return gettext("Waiting for your answer and that of %(name)s", name=others[0])
    if len(others) > 1:
        return gettext(
            "Waiting for the answers of %(first)s and %(second)s", first=others[0], second=others[1]
        )
    return gettext("Waiting for the answer of %(name)s", name=others[0])


@web.app_template_filter()
def events_of(view: IntroductionView) -> list[IntroductionEvent]:
    """Events, oldest first, beginning with the proposal."""
    steps = list(view.steps)
    state = steps[0].state if steps and view.origin is Origin.MEMBER else State.PROPOSED
    # Who proposes has accepted by that: it is one event.
    if view.origin is Origin.MEMBER and steps and steps[0].action is Action.ACCEPT:
        steps = steps[1:]
    events = [IntroductionEvent(view.created, author_of(view), _proposal(view))]
    for step in steps:
        changed = step.state if step.state is not state else None
        state = step.state
        events.append(
            IntroductionEvent(
                step.at, _actor(view, step), _DONE[step.action], changed, step.reason,
                step.decline_reason,
            )
        )  # fmt: skip
    return events


def _proposal(view: IntroductionView) -> Message:
    if view.origin is not Origin.MEMBER:
        return message("proposed the introduction")
    if view.asking_side is Side.SEEKER:
        return message("asked for the introduction")
    return message("made the offer")


def _actor(view: IntroductionView, step: StepView) -> str:
    if step.side is not None:
        return _party(view, step.side)
    if step.action is Action.EXPIRE:
        return ""
    if step.origin is not None:
        return _outsider(view, step.origin)
    return gettext("An administrator") if view.origin is Origin.MEMBER else author_of(view)


def _party(view: IntroductionView, side: Side) -> str:
    if side is view.side:
        return text_of("You")
    return _name(view.seeker if side is Side.SEEKER else view.candidate)


def _name(organization: NamedOrganization) -> str:
    return localised(organization) or gettext("Name not shown yet")


def _cluster_name(id: str) -> str:
    try:
        return localised(services().published.cluster(id)) if id else ""
    except MatchmakerError:
        return ""
