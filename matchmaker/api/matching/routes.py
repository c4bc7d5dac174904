"""The routes of recommendations, and of what people do with them."""

# mypy: disable-error-code="untyped-decorator"
# ruff: noqa: ARG001
# flask-openapi3 reads the description of headers from the signature, used or not.

from __future__ import annotations

from flask import Response
from flask_openapi3 import Tag

from matchmaker.api.cooperation.routes import INTRODUCTIONS
from matchmaker.api.http.context import current_language, current_principal, services
from matchmaker.api.http.description import Area
from matchmaker.api.http.fields import IdempotencyHeaders, IdPath
from matchmaker.api.http.files import as_file, sends_file
from matchmaker.api.http.guards import API_PREFIX
from matchmaker.api.http.repetitions import answers_again, told_nothing
from matchmaker.api.http.routing import as_json, no_content, reads, writes
from matchmaker.api.matching.requests import (
    CandidateQuery,
    ChosenProgramme,
    Click,
    Pick,
    PickQuery,
    RecommendationBody,
    RecommendationExportQuery,
    RecommendationQuery,
)
from matchmaker.api.matching.responses import (
    FittingProgrammeList,
    FittingProgrammeOut,
    GoalList,
    GoalOut,
    PickOut,
    PickPage,
    RecommendationPage,
)
from matchmaker.goals import GOALS
from matchmaker.services.matching.answer import Answer

RECOMMENDATIONS = Tag(name="recommendations", description="Partners, with reasons.")

matching = Area("matching", __name__, url_prefix=API_PREFIX)


@matching.get(
    "/organizations/<path:id>/recommendations",
    **reads(RECOMMENDATIONS, RecommendationPage, public=True),
)
def recommendations(path: IdPath, query: RecommendationQuery) -> Response:
    """Partners for one organisation, with reasons."""
    answer = services().matching.for_organization(current_principal(), path.id, query.to_question())
    return _recommended(answer, query.name_partners)


@matching.get("/organizations/<path:id>/recommendations/export", **sends_file(RECOMMENDATIONS))
def export_recommendations(path: IdPath, query: RecommendationExportQuery) -> Response:
    """Partners for one organisation as a file; as a graph the organisation with each of them."""
    export = services().exports.recommendations(
        current_principal(), path.id, query.to_question(), query.text.strip()
    )
    return as_file(export, query)


@matching.get("/goals", **reads(RECOMMENDATIONS, GoalList, public=True))
def list_goals() -> Response:
    """List the goals: what a recommendation can be for."""
    return as_json(GoalList(items=[GoalOut.of(goal) for goal in GOALS.values()]))


@matching.post("/recommendations", **writes(RECOMMENDATIONS, RecommendationPage, public=True))
def recommend_for_question(body: RecommendationBody) -> Response:
    """Partners for a free text or for a posted need, with reasons.

    The text may come from someone who is not in the graph. It is not stored.
    """
    principal, recommender = current_principal(), services().matching
    if body.need is not None:
        principal.require_known()
        need = services().published_statements.need(principal, body.need)
        answer = recommender.for_need(principal, need, body.to_question(need.goal))
    else:
        question = body.to_question()
        answer = recommender.for_text(principal, body.text or "", question, body.organization or "")
    return _recommended(answer, body.name_partners)


def _recommended(answer: Answer, names_partners: bool) -> Response:
    return as_json(RecommendationPage.of(answer, current_language(), names_partners=names_partners))


@matching.get("/organizations/<path:id>/programmes", **reads(RECOMMENDATIONS, FittingProgrammeList))
def list_programmes(path: IdPath) -> Response:
    """Open programmes of which a firm fails no condition, or that it keeps; best first."""
    rows = services().programme_alerts.listed(current_principal(), path.id)
    items = [FittingProgrammeOut.of(row, current_language()) for row in rows]
    return as_json(FittingProgrammeList(items=items))


@matching.put("/organizations/<path:id>/programmes", **writes(RECOMMENDATIONS))
def choose_programme(path: IdPath, header: IdempotencyHeaders, body: ChosenProgramme) -> Response:
    """Keep a programme, to be reminded before it closes; leave it, to be told of it no more."""
    services().programme_alerts.choose(current_principal(), path.id, body.programme, body.choice)
    return no_content()


@matching.post("/impressions/<id>/clicks", **writes(INTRODUCTIONS))
def note_click(path: IdPath, header: IdempotencyHeaders, body: Click) -> Response:
    """Note that a candidate of a list was looked at."""
    services().interaction_log.click(current_principal(), path.id, body.candidate)
    return no_content()


@matching.get("/organizations/<path:id>/picks", **reads(INTRODUCTIONS, PickPage))
def list_picks(path: IdPath, query: PickQuery) -> Response:
    """Candidates that an organisation saved, or dismissed."""
    picks = services().interaction_log.picks(current_principal(), path.id, query.kind)
    items = [PickOut(candidate=candidate, reason=reason) for candidate, reason in picks.items]
    return as_json(PickPage(items=items))


@matching.post("/organizations/<path:id>/picks", **writes(INTRODUCTIONS))
def pick_candidate(path: IdPath, header: IdempotencyHeaders, body: Pick) -> Response:
    """Save a candidate, or dismiss it with a reason: it is not shown again."""
    services().interaction_log.pick(
        current_principal(), path.id, body.candidate, body.kind, body.reason, body.goal
    )
    return no_content()


answers_again("matching.pick_candidate")(told_nothing)


@matching.delete("/organizations/<path:id>/picks", **writes(INTRODUCTIONS))
def unpick_candidate(path: IdPath, query: CandidateQuery) -> Response:
    """Neither saved nor dismissed any more."""
    services().interaction_log.unpick(current_principal(), path.id, query.candidate)
    return no_content()
