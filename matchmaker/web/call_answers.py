"""The page of a call for who was invited: what is asked, its own answer, questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import redirect, render_template, request, url_for

from matchmaker.access import Principal
from matchmaker.api.cooperation.call_requests import BidBody, RequirementMet
from matchmaker.api.http.context import services
from matchmaker.api.http.problems import status_of
from matchmaker.errors import InvalidInput, MatchmakerError, NotFound, SignInNeeded
from matchmaker.services.cooperation.attachment_types import EXTENSIONS
from matchmaker.services.cooperation.call_shapes import CallForm
from matchmaker.web.forms import read_form
from matchmaker.web.labels import gettext
from matchmaker.web.layout import (
    PageAnswer,
    own_organization,
    parse_choice,
    show_notice,
    signed_in,
    web,
)
from matchmaker.workflow.call import CallPhase
from matchmaker.workflow.call_answer import Bid, Met
from matchmaker.workflow.call_comparison import ComparedBid, sole_bid
from matchmaker.workflow.refusals import DeclineReason

ACCEPTED = ",".join(f".{extension}" for extension in EXTENSIONS)
_FIELDS = ("price", "currency", "unit", "lead_time_days", "minimum_quantity", "capacity", "text",
           "valid_until")  # fmt: skip


def answer_page(
    principal: Principal, id: str, own: str, problem: MatchmakerError | None = None
) -> str:
    """The call with the answer of one's own organisation. Raises NotFound.

    Where one acts for several, the one that was invited; `own` if it was, or nobody was.
    """
    parts = services().call_answers.answering_organizations(principal, id)
    others = sorted(principal.organizations - {own, *parts})
    ways = list(dict.fromkeys([*([own] if own in parts else parts), own, *others]))
    form = _first_form(principal, id, ways)
    services().notifications.mark_read_of(principal, f"call/{id}")
    return render_template(
        "call_answer.html",
        form=form,
        is_open=form.brief.phase is CallPhase.OPEN,
        accepted=ACCEPTED,
        values=_values(form, request.form if problem else {}),
        met=_met(form, request.form if problem else {}),
        verdicts=list(Met),
        reasons=list(DeclineReason),
        own_bid=sole_bid(form.organization.id, form.bid) if form.bid else None,
        meanwhile=_saved_meanwhile(form) if problem else None,
        of_team=services().calls.is_of_team(principal, id),
        today=services().local_clock().date(),
        problem=problem,
        sent=request.form if problem else {},
    )


def _saved_meanwhile(form: CallForm) -> ComparedBid | None:
    """What a colleague saved since the form was opened that was refused; None for nothing."""
    stands = form.draft or form.bid
    if stands is None or request.form.get("seen", form.mark) == form.mark:
        return None
    return sole_bid(form.organization.id, stands)


def _first_form(principal: Principal, id: str, organizations: Sequence[str]) -> CallForm:
    """The form of the first that may answer. Raises NotFound where none of them may."""
    for own in organizations[:-1]:
        try:
            return services().call_answers.form(principal, id, own)
        except NotFound:
            continue
    return services().call_answers.form(principal, id, organizations[-1])


def _values(form: CallForm, sent: Mapping[str, str]) -> dict[str, object]:
    """Values of the fields: what was sent, else the draft, else the answer."""
    if sent.get("do") in ("draft", "submit"):
        return {name: sent.get(name, "") for name in _FIELDS}
    bid = form.draft or form.bid or Bid()
    values = {name: getattr(bid, name) for name in _FIELDS}
    shown = {name: _plain(value) for name, value in values.items()}
    return shown | {"currency": bid.currency or form.brief.currency}


def _plain(value: object) -> object:
    """A figure as it is typed: 12.5, and 100 rather than 100.0."""
    if value is None:
        return ""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _met(form: CallForm, sent: Mapping[str, str]) -> dict[str, str]:
    if sent.get("do") in ("draft", "submit"):
        return {name[4:]: value for name, value in sent.items() if name.startswith("met:")}
    bid = form.draft or form.bid or Bid()
    return {key: verdict.value for key, verdict in bid.met}


@web.post("/calls/<id>/answer")
def answer_call(id: str) -> PageAnswer:
    """Keep, send or take back the answer, decline, or ask; refused, the page as filled in."""
    principal = signed_in()
    own = request.form.get("organization", "") or own_organization()
    try:
        notice = _step(principal, id, own)
    except SignInNeeded:
        raise
    except MatchmakerError as error:
        return answer_page(principal, id, own, error), status_of(error)
    show_notice(notice)
    return redirect(url_for("web.call", id=id, answer=own), 303)


def _step(principal: Principal, id: str, own: str) -> str:
    answers, form = services().call_answers, request.form
    seen = form.get("seen")  # none on a page of an earlier version
    match form.get("do"):
        case "draft":
            answers.save_draft(principal, id, own, _bid(own), seen)
            return gettext("Kept. Only you see it until you send it.")
        case "submit":
            answers.submit(principal, id, own, _bid(own), seen)
            return gettext("Your answer is sent. You can change it until the deadline.")
        case "withdraw":
            answers.withdraw(principal, id, own, seen)
            return gettext("Your answer is taken back; nothing of it is left.")
        case "decline":
            reason = parse_choice(DeclineReason, form.get("reason", ""), "reason")
            answers.decline(principal, id, own, reason, form.get("text", "").strip(), seen)
            return gettext("You have declined. Thank you for saying why.")
        case "ask":
            answers.ask(principal, id, own, form.get("question", "").strip())
            return gettext("Your question is sent. Who asked is told to the caller alone.")
        case what:
            raise InvalidInput("'%(text)s' is not possible.", where="do", text=(what or "")[:100])


def _bid(own: str) -> Bid:
    """The answer that the form holds. Raises InvalidInput."""
    met = [
        RequirementMet(requirement=name[4:], met=parse_choice(Met, value, "met"))
        for name, value in request.form.items()
        if name.startswith("met:") and value
    ]
    currency = request.form.get("currency", "").strip().upper()
    priced = bool(request.form.get("price", "").strip())
    body = read_form(
        BidBody, organization=own, draft=False, met=met, currency=currency if priced else ""
    )
    return body.to_bid()
