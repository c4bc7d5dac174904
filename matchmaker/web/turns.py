"""What waits for its reader in an introduction: an answer, a question, times, an outcome."""

from __future__ import annotations

from matchmaker.api.http.context import current_principal, services
from matchmaker.messages import Message, message
from matchmaker.services.cooperation.introduction_views import IntroductionView
from matchmaker.web.layout import web
from matchmaker.workflow.appointment import AppointmentAction
from matchmaker.workflow.introduction_states import ACTIVE, Action

ANSWER = message("Look and answer")
QUESTION = message("Answer their question")
TIMES = message("Pick a time to meet")
OUTCOME = message("Confirm the outcome that they reported")


def turn(view: IntroductionView) -> Message | None:
    """What its reader is asked to do now; None where nothing waits for them."""
    if view.side is None:
        return None
    if view.side in view.awaited:
        return ANSWER if view.is_waiting else OUTCOME
    if view.is_waiting:
        return QUESTION if has_question(view) else None
    if view.state in ACTIVE and _offers_times(view):
        return TIMES
    return None


def has_question(view: IntroductionView) -> bool:
    """Tell whether the last that was written before deciding is the other side's."""
    asked = [step.side for step in view.steps if step.action is Action.ASK]
    return bool(asked) and view.is_waiting and asked[-1] is not view.side


def _offers_times(view: IntroductionView) -> bool:
    side, now = view.side, services().clock()
    if side is None or view.contact is None:
        return False
    offered = services().conversations.appointments(current_principal(), view.id)
    return any(AppointmentAction.PICK in each.allowed(side, now) for each in offered)


web.add_app_template_filter(turn)
web.add_app_template_filter(has_question)
