"""The routes of tie surveys: coordinators hold them, members answer by account or by link."""

# mypy: disable-error-code="untyped-decorator"
# ruff: noqa: ARG001
# flask-openapi3 reads the description of what is sent from the signature, used or not.

from __future__ import annotations

from flask import Response
from flask_openapi3 import Tag

from matchmaker.api.auditing.survey_shapes import (
    AnswerByLink,
    NewSurvey,
    NewSurveyLink,
    OwnAnswerBody,
    OwnAnswerQuery,
    RemindedOut,
    SurveyAuditOut,
    SurveyAuditQuery,
    SurveyFormOut,
    SurveyLinkBody,
    SurveyLinkOut,
    SurveyOut,
    SurveyPage,
    SurveyPageQuery,
    SurveyTieList,
    SurveyViewOut,
)
from matchmaker.api.http.context import current_language, current_principal, services
from matchmaker.api.http.description import Area
from matchmaker.api.http.fields import IdempotencyHeaders, IdPath, SeenHeaders
from matchmaker.api.http.guards import API_PREFIX
from matchmaker.api.http.repetitions import Arguments, answers_again
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
from matchmaker.api.people.requests import Nothing
from matchmaker.workflow.receipt import Receipt

SURVEYS = Tag(name="surveys", description="Asking members whom they work with, and confirming it.")

surveys = Area("surveys", __name__, url_prefix=API_PREFIX)


@surveys.get("/clusters/<path:id>/surveys", **reads(SURVEYS, SurveyPage))
def list_surveys(path: IdPath, query: SurveyPageQuery) -> Response:
    """Rounds of a cluster, newest first."""
    scope = f"surveys {path.id}"
    page = services().surveys.listed(
        current_principal(), path.id, after_of(query, scope) or "", query.limit
    )
    return paged(page, query, SurveyPage, scope, SurveyOut.model_validate)


@surveys.post("/clusters/<path:id>/surveys", **writes(SURVEYS, SurveyViewOut, 201))
def open_survey(path: IdPath, header: IdempotencyHeaders, body: NewSurvey) -> Response:
    """Open a round; members who have an account are told."""
    principal = current_principal()
    principal.require_coordinator(path.id)
    members = [] if body.members else services().surveys.member_ids(path.id)
    survey = body.to_round(path.id, members, principal.subject)
    view = services().surveys.open(principal, survey)
    return created(SurveyViewOut.of(view), f"surveys/{view.survey.id}")


@surveys.get("/surveys/<id>", **reads(SURVEYS, SurveyViewOut))
def read_survey(path: IdPath) -> Response:
    """Response rate, who has answered, and counts of ties once five have; nobody's answer."""
    return as_json(SurveyViewOut.of(services().surveys.show(current_principal(), path.id)))


@surveys.get("/surveys/<id>/ties", **reads(SURVEYS, SurveyTieList))
def list_survey_ties(path: IdPath) -> Response:
    """Ties that both sides confirmed, and all of firms that agreed to show theirs."""
    return as_json(SurveyTieList.of(services().surveys.ties(current_principal(), path.id)))


@surveys.get("/surveys/<id>/audit", **reads(SURVEYS, SurveyAuditOut, also=(409,)))
def audit_survey(path: IdPath, query: SurveyAuditQuery) -> Response:
    """Indicators of ties on record, confirmed and told, with bands for who did not answer."""
    audit = services().survey_audits.audit(current_principal(), path.id, query.layer, query.draws)
    return as_json(SurveyAuditOut.of(audit, current_language()))


@surveys.post("/surveys/<id>/remind", **writes(SURVEYS, RemindedOut))
def remind_members(path: IdPath, header: IdempotencyHeaders, body: Nothing) -> Response:
    """Remind every member with an account that has not answered."""
    return as_json(RemindedOut(members=services().surveys.remind(current_principal(), path.id)))


@answers_again("surveys.remind_members")
def told_of_reminders(receipt: Receipt, arguments: Arguments) -> Response:
    """How many were reminded then."""
    return as_json(RemindedOut(members=int(receipt.told["members"])))


@surveys.post("/surveys/<id>/close", **writes(SURVEYS, SurveyViewOut))
def close_survey(path: IdPath, header: IdempotencyHeaders, body: Nothing) -> Response:
    """End a round before its last day; all its links end."""
    return as_json(SurveyViewOut.of(services().surveys.close(current_principal(), path.id)))


@surveys.post("/survey-links", **writes(SURVEYS, SurveyLinkOut))
def show_survey_link(header: IdempotencyHeaders, body: NewSurveyLink) -> Response:
    """The personal link of a member that has not answered, to answer without an account."""
    link = services().surveys.link(
        current_principal(), body.survey, body.organization, renew=body.renew
    )
    return as_json(SurveyLinkOut.model_validate(link))


# -- answering


@surveys.get("/surveys/<id>/answer", **reads(SURVEYS, SurveyFormOut))
def read_own_answer(path: IdPath, query: OwnAnswerQuery) -> Response:
    """Show what one's own organisation is asked, and has answered."""
    form = services().survey_answers.form(current_principal(), path.id, query.organization)
    return as_tagged(SurveyFormOut.of(form), form.response.mark)


@surveys.put("/surveys/<id>/answer", **writes(SURVEYS, SurveyFormOut, also=(412,)))
def answer_survey(path: IdPath, header: SeenHeaders, body: OwnAnswerBody) -> Response:
    """Answer for one's own organisation; the answer before is replaced, with If-Match the one that
    was read only."""
    answers = services().survey_answers
    with compared():
        form = answers.answer(
            current_principal(), path.id, body.organization, body.to_answer(), header.seen
        )
    return as_tagged(SurveyFormOut.of(form), form.response.mark)


@surveys.delete("/surveys/<id>/answer", **writes(SURVEYS, also=(412,)))
def withdraw_answer(path: IdPath, header: SeenHeaders, query: OwnAnswerQuery) -> Response:
    """Take one's own answer back; with If-Match the one that was read only."""
    answers = services().survey_answers
    with compared():
        answers.withdraw(current_principal(), path.id, query.organization, header.seen)
    return no_content()


@surveys.post("/survey-answers/look", **writes(SURVEYS, SurveyFormOut, public=True))
def look_at_survey(header: IdempotencyHeaders, body: SurveyLinkBody) -> Response:
    """Show what a personal link asks, and nothing that was answered."""
    return as_json(SurveyFormOut.of(services().survey_answers.form_of_link(body.token)))


@surveys.post("/survey-answers", **writes(SURVEYS, SurveyFormOut, public=True))
def answer_by_link(header: IdempotencyHeaders, body: AnswerByLink) -> Response:
    """Answer by a personal link, without an account; no answer that an account gave is changed."""
    form = services().survey_answers.answer_by_link(body.token, body.to_answer())
    return as_json(SurveyFormOut.of(form))


@surveys.post("/survey-answers/withdrawal", **writes(SURVEYS, SurveyFormOut, public=True))
def withdraw_by_link(header: IdempotencyHeaders, body: SurveyLinkBody) -> Response:
    """Take back what was answered by a personal link."""
    return as_json(SurveyFormOut.of(services().survey_answers.withdraw_by_link(body.token)))
