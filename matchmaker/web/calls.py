"""Pages of calls for those who make them: opening, inviting, comparing, deciding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import Response, redirect, render_template, request, url_for

from matchmaker.access import Principal
from matchmaker.api.cooperation.call_requests import NewCall
from matchmaker.api.cooperation.calls import call_file, deadline_calendar
from matchmaker.api.http.context import current_principal, services
from matchmaker.api.http.files import ExportQuery, as_file
from matchmaker.api.http.problems import status_of
from matchmaker.errors import InvalidInput, MatchmakerError, NotFound, SignInNeeded
from matchmaker.exports.tables import ExportFormat
from matchmaker.goals import GOALS
from matchmaker.recommend.model import Recommendation
from matchmaker.services.cooperation.call_decisions import Award
from matchmaker.services.cooperation.call_export import comparison_export
from matchmaker.services.cooperation.call_shapes import CallView
from matchmaker.services.directory.reconciliation import ReconciliationQuery
from matchmaker.web.call_answers import ACCEPTED, answer_page
from matchmaker.web.forms import read_form
from matchmaker.web.labels import gettext, language
from matchmaker.web.layout import (
    PageAnswer,
    acting_organization,
    day_of,
    own_organization,
    parse_choice,
    show_notice,
    signed_in,
    web,
)
from matchmaker.web.name_lookup import not_meant
from matchmaker.workflow.call import LONGEST, BidField, CallPhase, CallRole, EndReason, TeamMember
from matchmaker.workflow.call_answer import AnswerState, Thanks, ThanksReason

SUGGESTED = 10
# Reasons that speak of what is asked for.
_OF_THE_WORDS = frozenset({"text", "specification"})
# What a firm is likely to want to know of a supplier's answer.
_USUALLY_ASKED = (BidField.PRICE, BidField.LEAD_TIME)
CURRENCIES = ("CNY", "EUR", "USD", "JPY", "GBP", "HKD")


@web.get("/calls")
def calls() -> PageAnswer:
    """Calls that wait for one's answer, those open to one's clusters, and one's own."""
    principal, own = signed_in(), acting_organization()
    after = request.args.get("after", "")
    return render_template(
        "calls.html",
        made=services().calls.listed(principal, own, after if request.args.get("of") else ""),
        invited=services().call_answers.invitations(
            principal, own, "" if request.args.get("of") else after
        ),
        open=services().call_answers.open_calls(principal, own),
    )


@web.get("/calls/new")
def new_call() -> PageAnswer:
    """A call for a need, for a joint brief, or in words of its own."""
    principal, own = signed_in(), acting_organization()
    args = request.args
    content = services().call_opening.draft(
        principal, own, args.get("need", ""), args.get("gathering", "")
    )
    sent = {
        "title": "" if content.title == "–" else content.title,
        "text": "" if content.text == "–" else content.text,
        "goal": content.goal,
        "deadline": content.deadline.isoformat(),
        "quantity": content.quantity,
        "currency": content.currency,
        "cluster": content.cluster,
        "gathering": content.gathering,
    }
    return _new_page(sent, list(content.needs), list(_USUALLY_ASKED))


def _new_page(
    sent: Mapping[str, object],
    needs: list[str],
    asked: list[BidField],
    problem: MatchmakerError | None = None,
) -> str:
    principal, own = signed_in(), acting_organization()
    kind = services().directory.profile(principal, own).organization.kind
    today = services().local_clock().date()
    return render_template(
        "call_new.html",
        sent=sent,
        needs=needs,
        asked=asked,
        fields=list(BidField),
        goals=[goal.name for goal in GOALS.values() if kind in goal.askers],
        clusters=services().directory.profile(principal, own).clusters,
        currencies=CURRENCIES,
        today=today,
        latest=today + LONGEST,
        problem=problem,
    )


@web.post("/calls/new")
def open_call() -> PageAnswer:
    """Opened; where that is refused, the form again with what was written."""
    principal, form = signed_in(), request.form
    needs = form.getlist("needs")
    asked = [parse_choice(BidField, each, "asked") for each in form.getlist("asked")]
    try:
        body = read_call_form(acting_organization(), needs, asked)
        view = services().call_opening.open(principal, body.to_content())
    except SignInNeeded:
        raise
    except MatchmakerError as error:
        return _new_page(form.to_dict(), needs, asked, error), status_of(error)
    show_notice(gettext("The call is open. Now invite whom it is for."))
    return redirect(url_for("web.call", id=view.brief.id), 303)


def read_call_form(own: str, needs: list[str], asked: list[BidField]) -> NewCall:
    """The form of a new call. Raises InvalidInput."""
    return read_form(
        NewCall,
        organization=own,
        needs=needs,
        asked=asked,
        cluster_wide=bool(request.form.get("cluster_wide")),
        sealed=bool(request.form.get("sealed")),
        currency=request.form.get("currency", "").strip().upper(),
        invited=[],
    )


@web.get("/calls/<id>")
def call(id: str) -> PageAnswer:
    """For who calls everything that came in; for who was invited its own answer."""
    principal = signed_in()
    if answers := request.args.get("answer", ""):
        return answer_page(principal, id, answers)
    try:
        view = services().calls.show(principal, id)
    except NotFound:
        return answer_page(principal, id, own_organization())
    services().notifications.mark_read_of(principal, f"call/{id}")
    return _call_page(principal, view)


def _call_page(principal: Principal, view: CallView, problem: MatchmakerError | None = None) -> str:
    may_invite = view.role is CallRole.DECIDER and view.brief.phase is CallPhase.OPEN
    # Ranking takes a second: not at every look.
    asks = not view.parties or bool(request.values.get("best") or request.form.get("asks"))
    today = services().local_clock().date()
    suggestions = _suggestions(principal, view.brief.id) if asks and may_invite else ()
    return render_template(
        "call.html",
        view=view,
        suggestions=suggestions,
        likely=likely(suggestions) if not view.parties else frozenset(),
        asks=asks,
        may_invite=may_invite,
        decides=view.role is CallRole.DECIDER,
        own=_own_caller(principal, view),
        parts=services().call_answers.answering_organizations(principal, view.brief.id),
        members=_members(principal, view.cluster) if may_invite else (),
        accepted=ACCEPTED,
        roles=list(CallRole),
        end_reasons=[each for each in EndReason if each is not EndReason.UNDECIDED],
        today=today,
        latest=today + LONGEST,
        problem=problem,
        sent=request.form if problem else {},
        chosen=request.form.getlist("organization") if problem else [],
        typed=request.form.getlist("name") if problem else [],
    )


def _own_caller(principal: Principal, view: CallView) -> str:
    """The first of those who call that the reader acts for; "" for none."""
    callers = [view.brief.caller.id, *(each.id for each in view.brief.partners)]
    own = own_organization()
    return own if own in callers else next(filter(principal.acts_for, callers), "")


def _suggestions(principal: Principal, id: str) -> tuple[Recommendation, ...]:
    """Organisations that the ranking would invite; none where it cannot be told now."""
    try:
        return services().call_invitations.suggestions(principal, id, SUGGESTED)
    except MatchmakerError:
        return ()


def likely(suggestions: Iterable[Recommendation]) -> frozenset[str]:
    """Those to be invited unless somebody unticks them: who speaks of what is asked for.

    Who is only near, or known to a partner, is listed for whoever wants to look.
    """
    return frozenset(
        each.id
        for each in suggestions
        if any(reason.feature in _OF_THE_WORDS for reason in each.leading(1))
    )


def _members(principal: Principal, cluster: str) -> list[str]:
    """Names of a cluster's members, to choose from."""
    try:
        return [
            row.name for row in services().directory.members(principal, cluster, None, 200).rows
        ]
    except MatchmakerError:
        return []


@web.post("/calls/<id>")
def change_call(id: str) -> PageAnswer:
    """One step of those who call; where it is refused the page with what was written."""
    principal = signed_in()
    try:
        notice = _step(principal, id)
    except SignInNeeded:
        raise
    except MatchmakerError as error:
        view = services().calls.show(principal, id)  # NotFound for everybody else
        return _call_page(principal, view, error), status_of(error)
    show_notice(notice)
    return redirect(url_for("web.call", id=id), 303)


def _step(principal: Principal, id: str) -> str:
    """Do what the form says; what to tell of it. Raises MatchmakerError."""
    form, calls = request.form, services().calls
    match form.get("do"):
        case "invite":
            ids = [*form.getlist("organization"), *_ids_of(form.getlist("name"))]
            if not ids:
                raise InvalidInput("must name at least one.", where="organizations")
            services().call_invitations.invite(principal, id, list(dict.fromkeys(ids)))
            return gettext("They are invited and told.")
        case "shortlist":
            chosen, seen = form.getlist("shortlist"), form.getlist("seen")
            services().call_decisions.shortlist(principal, id, chosen, seen)
            return gettext("The shortlist is kept.")
        case "note":
            calls.note(principal, id, form.get("text", ""), form.get("organization", ""))
            return gettext("Noted, for your team alone.")
        case "drop_note":
            calls.drop_note(principal, id, form.get("note", ""))
            return gettext("The note is gone.")
        case "reply":
            calls.answer_question(
                principal, id, form.get("question", ""), form.get("answer", ""),
                form.get("wording", ""),
            )  # fmt: skip
            return gettext("Everybody invited reads the answer.")
        case "team":
            calls.set_team(principal, id, _team("role:"), _team("seen:"))
            return gettext("Saved.")
        case "prolong":
            calls.prolong(principal, id, day_of(form.get("deadline", ""), "deadline"))
            return gettext("The deadline is moved; everybody invited is told.")
        case "correct":
            day = form.get("deadline", "")
            calls.correct(
                principal, id, form.get("summary", ""), form.get("text", ""),
                day_of(day, "deadline") if day else None,
            )  # fmt: skip
            return gettext("It is corrected; everybody invited is told what changed.")
        case "unseal":
            calls.unseal(principal, id)
            return gettext("The answers are open now; the log keeps it.")
        case "introduce":
            services().call_decisions.introduce(
                principal, id, form.get("organization", ""), form.get("winner", "")
            )
            return gettext("The request is sent. You will be told of the answer.")
        case "end":
            reason = parse_choice(EndReason, form.get("reason", ""), "reason")
            services().call_decisions.end(principal, id, reason, form.get("text", ""))
            return gettext("The call is ended; everybody invited is told.")
        case what:
            raise InvalidInput("'%(text)s' is not possible.", where="do", text=(what or "")[:100])


def _team(field: str) -> list[TeamMember]:
    roles = {
        name.removeprefix(field): value
        for name, value in request.form.items()
        if name.startswith(field) and value
    }
    return [
        TeamMember(account, parse_choice(CallRole, role, "team")) for account, role in roles.items()
    ]


def _ids_of(names: list[str]) -> list[str]:
    """Organisations by the names that were typed. Raises InvalidInput for an unknown one."""
    typed = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    found = []
    queries = [ReconciliationQuery(name, limit=2) for name in typed]
    answers = services().reconciliation.candidates(queries) if queries else []
    for name, candidates in zip(typed, answers, strict=True):
        sure = [
            candidate.described.organization.id
            for candidate in candidates
            if candidate.is_certain or candidate.fits_by_name
        ]
        if len(sure) != 1:
            raise not_meant(current_principal(), name, "organizations")
        found += sure
    return found


@web.get("/calls/<id>/calendar")
def call_calendar(id: str) -> Response:
    """Its deadline for one's calendar."""
    return deadline_calendar(signed_in(), id)


@web.get("/calls/<id>/files")
def read_call_file(id: str) -> Response:
    """A file of it, or of an answer."""
    return call_file(signed_in(), id, request.args.get("file", ""))


@web.post("/calls/<id>/files")
def change_call_files(id: str) -> PageAnswer:
    """Files put beside a call or an answer, or one taken away."""
    principal, form, files = signed_in(), request.form, services().call_files
    organization = form.get("organization", "")
    if gone := form.get("remove", ""):
        files.detach(principal, id, gone, organization)
    else:
        sent = [
            (file.filename or "", file.stream)
            for file in request.files.getlist("file")
            if file.filename
        ]
        if organization:
            files.attach_to_answer(principal, id, organization, sent)
        else:
            files.attach_to_call(principal, id, sent)
    show_notice(gettext("Saved."))
    return redirect(url_for("web.call", id=id, answer=organization or None), 303)


@web.get("/calls/<id>/award")
def award_call(id: str) -> PageAnswer:
    """Award a call, and tell the others."""
    principal = signed_in()
    return _award_page(services().calls.show(principal, id))


def _award_page(view: CallView, problem: MatchmakerError | None = None) -> str:
    return render_template(
        "call_award.html",
        view=view,
        parties=[each for each in view.compared if each.state is not AnswerState.AWARDED],
        reasons=list(ThanksReason),
        today=services().local_clock().date(),
        decides=view.role is CallRole.DECIDER,
        problem=problem,
        sent=request.form,
        winners=request.form.getlist("winner"),
    )


@web.post("/calls/<id>/award")
def decide_call(id: str) -> PageAnswer:
    """Awarded, others thanked; where it is refused the form again."""
    principal, form = signed_in(), request.form
    try:
        thanks = {
            name.partition(":")[2]: Thanks(
                parse_choice(ThanksReason, value, "thanks"),
                form.get(f"text:{name.partition(':')[2]}", "").strip(),
            )
            for name, value in form.items()
            if name.startswith("reason:")
        }
        award = Award(
            tuple(form.getlist("winner")), form.get("message", "").strip(), thanks,
            form.get("basis", ""), form.get("also") == "1",
        )  # fmt: skip
        services().call_decisions.award(principal, id, award)
    except SignInNeeded:
        raise
    except MatchmakerError as error:
        return _award_page(services().calls.show(principal, id), error), status_of(error)
    show_notice(gettext("Awarded. An introduction is proposed, and the others are thanked."))
    return redirect(url_for("web.call", id=id), 303)


@web.get("/calls/<id>/answers.<format>")
def export_answers(id: str, format: str) -> Response:
    """The answers side by side as a file."""
    principal = signed_in()
    export = comparison_export(services().calls.show(principal, id))
    chosen = parse_choice(ExportFormat, format, "format")
    return as_file(export, ExportQuery(format=chosen, language=language()))
