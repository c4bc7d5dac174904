"""The routes of calls: one need to many. Who makes one, who was invited, and figures."""

# mypy: disable-error-code="untyped-decorator"
# ruff: noqa: ARG001
# flask-openapi3 reads the description of what is sent from the signature, used or not.

from __future__ import annotations

from datetime import date, timedelta

from flask import Response, request
from flask_openapi3 import Tag

from matchmaker.access import Principal
from matchmaker.api.cooperation.call_requests import (
    AwardIntroduction,
    BidBody,
    CallEnding,
    CallFileQuery,
    DeclineBody,
    MeetingRuleBody,
    NewAward,
    NewCall,
    NewCallFile,
    NewCallQuestion,
    NewCorrection,
    NewDeadline,
    NewExclusion,
    NewInvitations,
    NewNote,
    NoteQuery,
    OwnCallsQuery,
    OwnPartQuery,
    QuestionAnswer,
    ShortlistIn,
    SuggestionsQuery,
    TeamIn,
)
from matchmaker.api.cooperation.call_responses import (
    CallFiguresOut,
    CallFormOut,
    CallInvitationList,
    CallInvitationPage,
    CallOut,
    CallPage,
    ExcludedList,
    MeetingRuleOut,
    OwnRefusalsOut,
    RefusalCountsOut,
    SuggestedList,
    SuggestedOut,
)
from matchmaker.api.cooperation.conversations import as_download, sends
from matchmaker.api.http.context import current_language, current_principal, services
from matchmaker.api.http.description import Area
from matchmaker.api.http.fields import IdempotencyHeaders, IdPath, SeenHeaders
from matchmaker.api.http.files import ExportQuery, as_file, sends_file
from matchmaker.api.http.guards import API_PREFIX
from matchmaker.api.http.repetitions import Arguments, answers_again, told_nothing
from matchmaker.api.http.routing import (
    after_of,
    as_json,
    as_tagged,
    compared,
    created,
    no_content,
    paged,
    reads,
    writes,
)
from matchmaker.exports.calendar import (
    LAST_MINUTES,
    MEDIA_TYPE,
    CalendarEvent,
    calendar_file,
    end_of_day,
)
from matchmaker.messages import message
from matchmaker.services.cooperation.call_export import comparison_export
from matchmaker.services.cooperation.call_shapes import CallView
from matchmaker.workflow.appointment import zone_of
from matchmaker.workflow.call import CallPhase
from matchmaker.workflow.receipt import Receipt

# Days are counted from here in calendars: sequences are small numbers.
_FIRST_DAY = date(2020, 1, 1).toordinal()
CALLS = Tag(name="calls", description="One need to many: invited, answered, compared, awarded.")

REFUSALS = Tag(name="refusals", description="Never-with lists, and what refusals teach.")

calls = Area("calls", __name__, url_prefix=API_PREFIX)


def _call(view: CallView) -> Response:
    return as_json(CallOut(view))


# -- who calls


@calls.get("/calls", **reads(CALLS, CallPage))
def list_calls(query: OwnCallsQuery) -> Response:
    """Calls of one's organisation that one may read, newest first."""
    page = services().calls.listed(
        current_principal(), query.organization, after_of(query) or "", query.limit
    )
    return paged(page, query, CallPage)


@calls.post("/calls", **writes(CALLS, CallOut, 201))
def open_call(header: IdempotencyHeaders, body: NewCall) -> Response:
    """Open a call, for a need or in words of its own, and invite."""
    view = services().call_opening.open(current_principal(), body.to_content(), body.invited)
    return created(CallOut(view), f"calls/{view.brief.id}")


@calls.get("/calls/<id>", **reads(CALLS, CallOut))
def read_call(path: IdPath) -> Response:
    """A call with its answers side by side, for those who make it."""
    return _call(services().calls.show(current_principal(), path.id))


@calls.get("/calls/<id>/comparison", **sends_file(CALLS))
def export_comparison(path: IdPath, query: ExportQuery) -> Response:
    """The answers side by side as CSV, XLSX or JSON."""
    return as_file(comparison_export(services().calls.show(current_principal(), path.id)), query)


@calls.get("/calls/<id>/suggestions", **reads(CALLS, SuggestedList, also=(409,)))
def suggest_invitations(path: IdPath, query: SuggestionsQuery) -> Response:
    """Suggest whom the ranking would invite."""
    suggestions = services().call_invitations.suggestions(current_principal(), path.id, query.limit)
    return as_json(SuggestedList(items=[SuggestedOut.model_validate(each) for each in suggestions]))


@calls.post("/calls/<id>/invitations", **writes(CALLS, CallOut))
def invite_to_call(path: IdPath, header: IdempotencyHeaders, body: NewInvitations) -> Response:
    """Invite by hand, or the best by the ranking; takes nobody's slot."""
    invitations, principal = services().call_invitations, current_principal()
    if body.best is not None:
        return _call(invitations.invite_best(principal, path.id, body.best))
    return _call(invitations.invite(principal, path.id, body.organizations))


@calls.put("/calls/<id>/deadline", **writes(CALLS, CallOut))
def prolong_call(path: IdPath, body: NewDeadline) -> Response:
    """Prolong it; everybody invited is told."""
    return _call(services().calls.prolong(current_principal(), path.id, body.deadline))


@calls.post("/calls/<id>/corrections", **writes(CALLS, CallOut))
def correct_call(path: IdPath, header: IdempotencyHeaders, body: NewCorrection) -> Response:
    """Put it otherwise; all invited are told what changed, and answers before are marked."""
    return _call(
        services().calls.correct(
            current_principal(), path.id, body.summary, body.text, body.deadline
        )
    )


@calls.post("/calls/<id>/opening", **writes(CALLS, CallOut))
def open_answers(path: IdPath, header: IdempotencyHeaders) -> Response:
    """Open sealed answers once the deadline has passed; the log keeps who did, and when."""
    return _call(services().calls.unseal(current_principal(), path.id))


@calls.get("/calls/<id>/calendar", **sends(MEDIA_TYPE, "The deadline as an iCalendar file.", CALLS))
def read_call_calendar(path: IdPath) -> Response:
    """The deadline for one's calendar, for whoever makes the call or may answer it."""
    return deadline_calendar(current_principal(), path.id)


def deadline_calendar(principal: Principal, id: str) -> Response:
    """The end of a call's last day, where the installation is, as an .ics file."""
    brief = services().calls.deadline_of(principal, id)
    end = end_of_day(brief.deadline, zone_of(services().settings.time_zone))
    is_off = brief.phase is CallPhase.ENDED
    title = message("Answers until the end of the day: %(call)s", call=brief.title)
    content = calendar_file(
        CalendarEvent(
            id=f"call-{id}",
            title=title.text(current_language()),
            start=end - timedelta(minutes=LAST_MINUTES),
            minutes=LAST_MINUTES,
            place="",
            text=brief.text,
            link=f"{services().settings.base_url}/calls/{id}",
            changed=services().local_clock(),
            # It moves to later days only, and an end is the last that is told.
            sequence=brief.deadline.toordinal() - _FIRST_DAY + brief.version + is_off,
            is_off=is_off,
            alarms=(timedelta(days=2), timedelta(hours=4)),
        )
    )
    response = Response(content, content_type=f"{MEDIA_TYPE}; charset=utf-8")
    response.headers["Content-Disposition"] = f"attachment; filename=call-{id[:12]}.ics"
    response.headers["Cache-Control"] = "no-store"
    return response


@calls.put("/calls/<id>/team", **writes(CALLS, CallOut))
def set_call_team(path: IdPath, body: TeamIn) -> Response:
    """Set who of those who call may read it, and who may decide."""
    calls, principal = services().calls, current_principal()
    return _call(calls.set_team(principal, path.id, body.to_members(), body.to_seen()))


@calls.put("/calls/<id>/shortlist", **writes(CALLS, CallOut))
def shortlist_answers(path: IdPath, body: ShortlistIn) -> Response:
    """Set which answers are looked at more closely; seen by the team alone."""
    decisions = services().call_decisions
    return _call(decisions.shortlist(current_principal(), path.id, body.organizations, body.seen))


@calls.post("/calls/<id>/notes", **writes(CALLS, CallOut))
def note_on_call(path: IdPath, header: IdempotencyHeaders, body: NewNote) -> Response:
    """A note for the team."""
    view = services().calls.note(current_principal(), path.id, body.text, body.organization)
    return _call(view)


@calls.delete("/calls/<id>/notes", **writes(CALLS, CallOut))
def drop_note(path: IdPath, query: NoteQuery) -> Response:
    """Take one's own note away."""
    return _call(services().calls.drop_note(current_principal(), path.id, query.note))


@calls.post("/calls/<id>/replies", **writes(CALLS, CallOut))
def answer_question(path: IdPath, header: IdempotencyHeaders, body: QuestionAnswer) -> Response:
    """Answer a question, to everybody."""
    view = services().calls.answer_question(
        current_principal(), path.id, body.question, body.answer, body.wording
    )
    return _call(view)


@calls.post("/calls/<id>/award", **writes(CALLS, CallOut))
def award_call(path: IdPath, header: IdempotencyHeaders, body: NewAward) -> Response:
    """Award it, thank the others, and propose an introduction to each winner."""
    decisions = services().call_decisions
    return _call(decisions.award(current_principal(), path.id, body.to_award()))


@calls.post("/calls/<id>/introductions", **writes(CALLS, CallOut))
def introduce_winner(path: IdPath, header: IdempotencyHeaders, body: AwardIntroduction) -> Response:
    """Propose an introduction to a winner again, or for a partner that called too."""
    view = services().call_decisions.introduce(
        current_principal(), path.id, body.organization, body.winner, body.message
    )
    return _call(view)


@calls.post("/calls/<id>/end", **writes(CALLS, CallOut))
def end_call(path: IdPath, header: IdempotencyHeaders, body: CallEnding) -> Response:
    """End it without an award; everybody invited reads why."""
    decisions = services().call_decisions
    return _call(decisions.end(current_principal(), path.id, body.reason, body.text))


# -- who was invited


@calls.get("/call-invitations", **reads(CALLS, CallInvitationPage))
def list_call_invitations(query: OwnCallsQuery) -> Response:
    """Calls that one's organisation was invited to or has answered, newest first."""
    page = services().call_answers.invitations(
        current_principal(), query.organization, after_of(query) or "", query.limit
    )
    return paged(page, query, CallInvitationPage)


@calls.get("/call-invitations/open", **reads(CALLS, CallInvitationList))
def list_open_calls(query: OwnPartQuery) -> Response:
    """Calls open to one's clusters, which one's organisation may answer uninvited."""
    open_calls = services().call_answers.open_calls(current_principal(), query.organization)
    return as_json(CallInvitationList.model_validate({"items": open_calls}))


@calls.get("/calls/<id>/answer", **reads(CALLS, CallFormOut))
def read_call_answer(path: IdPath, query: OwnPartQuery) -> Response:
    """A call with one's own answer, and the questions that were answered."""
    form = services().call_answers.form(current_principal(), path.id, query.organization)
    return as_tagged(CallFormOut(form), form.mark)


@calls.put("/calls/<id>/answer", **writes(CALLS, CallFormOut, also=(412,)))
def answer_call(path: IdPath, header: SeenHeaders, body: BidBody) -> Response:
    """Answer a call, or keep a draft; the answer before is replaced, with If-Match the one that was
    read only."""
    answers = services().call_answers
    act = answers.save_draft if body.draft else answers.submit
    with compared():
        form = act(current_principal(), path.id, body.organization, body.to_bid(), header.seen)
    return as_tagged(CallFormOut(form), form.mark)


@calls.delete("/calls/<id>/answer", **writes(CALLS, also=(412,)))
def withdraw_call_answer(path: IdPath, header: SeenHeaders, query: OwnPartQuery) -> Response:
    """Take one's answer back; nothing of it stays. With If-Match the one that was read only."""
    answers = services().call_answers
    with compared():
        answers.withdraw(current_principal(), path.id, query.organization, header.seen)
    return no_content()


@calls.post("/calls/<id>/decline", **writes(CALLS, CallFormOut))
def decline_call(path: IdPath, header: IdempotencyHeaders, body: DeclineBody) -> Response:
    """Say that there will be no answer, and why."""
    form = services().call_answers.decline(
        current_principal(), path.id, body.organization, body.reason, body.text
    )
    return as_json(CallFormOut(form))


@calls.post("/calls/<id>/questions", **writes(CALLS, CallFormOut))
def ask_about_call(path: IdPath, header: IdempotencyHeaders, body: NewCallQuestion) -> Response:
    """Ask who calls; the answer goes to everybody."""
    form = services().call_answers.ask(current_principal(), path.id, body.organization, body.text)
    return as_json(CallFormOut(form))


@answers_again("calls.decline_call", "calls.ask_about_call")
def told_of_own_part(receipt: Receipt, arguments: Arguments) -> Response:
    """One's own part in the call, as it is now."""
    id, own = arguments["id"], request.get_json()["organization"]
    return as_json(CallFormOut(services().call_answers.form(current_principal(), id, own)))


# -- files


@calls.post("/calls/<id>/files", **writes(CALLS))
def attach_call_file(path: IdPath, header: IdempotencyHeaders, form: NewCallFile) -> Response:
    """Put a file beside the call, or beside one's own answer: at most 20 MB, five of each, of
    the kinds that conversations take.
    """
    sent = [(form.file.filename or "", form.file.stream)]
    principal, files = current_principal(), services().call_files
    if form.organization:
        files.attach_to_answer(principal, path.id, form.organization, sent)
    else:
        files.attach_to_call(principal, path.id, sent)
    return no_content()


@calls.get("/calls/<id>/files", **sends("application/octet-stream", "The file, to be kept.", CALLS))
def read_call_file(path: IdPath, query: CallFileQuery) -> Response:
    """A file of a call, or of an answer that one may read."""
    return call_file(current_principal(), path.id, query.file)


def call_file(principal: Principal, id: str, file: str) -> Response:
    """A file to be kept, never one to be shown in the browser."""
    return as_download(*services().call_files.read(principal, id, file))


@calls.delete("/calls/<id>/files", **writes(CALLS))
def detach_call_file(path: IdPath, query: CallFileQuery) -> Response:
    """Take a file away, of the call or of one's own answer; not while it is decided on, nor of an
    answer to which an awarded call may yet be awarded as well."""
    services().call_files.detach(current_principal(), path.id, query.file, query.organization)
    return no_content()


# -- figures, never-with lists, refusals


@calls.get("/clusters/<path:id>/calls", **reads(CALLS, CallFiguresOut))
def read_call_figures(path: IdPath) -> Response:
    """Count the calls in a cluster, and what came of them; nothing of any call."""
    return as_json(CallFiguresOut(services().call_counting.figures(current_principal(), path.id)))


@calls.get("/clusters/<path:id>/refusals", **reads(REFUSALS, RefusalCountsOut))
def read_cluster_refusals(path: IdPath) -> Response:
    """Count the reasons why requests are declined in a cluster, by kind, from enough cases."""
    return as_json(RefusalCountsOut(services().refusals.of_cluster(current_principal(), path.id)))


@calls.get("/organizations/<path:id>/refusals", **reads(REFUSALS, OwnRefusalsOut))
def read_own_refusals(path: IdPath) -> Response:
    """Count the reasons of refusals that one got and gave, with advice on each."""
    figures = services().refusals.of_organization(current_principal(), path.id)
    return as_json(OwnRefusalsOut.of(figures, current_language()))


@calls.get("/organizations/<path:id>/never-with", **reads(REFUSALS, ExcludedList))
def list_exclusions(path: IdPath) -> Response:
    """List those that one's organisation does not want to be brought together with."""
    exclusions = services().exclusions.listed(current_principal(), path.id)
    return as_json(ExcludedList.model_validate({"items": exclusions}))


@calls.post("/organizations/<path:id>/never-with", **writes(REFUSALS))
def exclude(path: IdPath, header: IdempotencyHeaders, body: NewExclusion) -> Response:
    """Never be brought together with somebody again; they are not told."""
    services().exclusions.exclude(current_principal(), path.id, body.organization, body.note)
    return no_content()


answers_again("calls.attach_call_file", "calls.exclude")(told_nothing)


@calls.delete("/organizations/<path:id>/never-with", **writes(REFUSALS))
def allow(path: IdPath, query: OwnPartQuery) -> Response:
    """Take somebody off the list."""
    services().exclusions.allow(current_principal(), path.id, query.organization)
    return no_content()


@calls.get("/organizations/<path:id>/meeting-rule", **reads(REFUSALS, MeetingRuleOut))
def read_meeting_rule(path: IdPath) -> Response:
    """Tell whether one's organisation is brought together within its own clusters only."""
    only = services().exclusions.own_clusters_only(current_principal(), path.id)
    return as_json(MeetingRuleOut(own_clusters_only=only))


@calls.put("/organizations/<path:id>/meeting-rule", **writes(REFUSALS))
def set_meeting_rule(path: IdPath, body: MeetingRuleBody) -> Response:
    """Be brought together with members of one's own clusters only, or with anybody again."""
    services().exclusions.set_own_clusters_only(
        current_principal(), path.id, body.own_clusters_only
    )
    return no_content()
