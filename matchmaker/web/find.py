"""Finding partners: questions, results, saved and dismissed ones, comparing."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import redirect, render_template, request, url_for

from matchmaker.access import Principal
from matchmaker.api.http.context import services
from matchmaker.api.http.files import ExportQuery, as_file
from matchmaker.api.http.problems import status_of
from matchmaker.domain import GoalName, Kind, Need, NeedState, OrganizationFilter, Size, Tier
from matchmaker.errors import MatchmakerError, NotFound
from matchmaker.exports.tables import ExportFormat
from matchmaker.goals import GOALS
from matchmaker.recommend.model import Request
from matchmaker.services.directory.facets import FacetedFilter
from matchmaker.services.matching.answer import Answer
from matchmaker.services.matching.better_goal import better_goal
from matchmaker.services.matching.interaction_log import DISMISSAL_REASONS
from matchmaker.services.matching.questions import FIELDS, names_in, question_of, terms_in
from matchmaker.web.cards import cards_of
from matchmaker.web.labels import language
from matchmaker.web.layout import (
    PageAnswer,
    is_htmx_request,
    own_organization,
    parse_choice,
    signed_in,
    web,
)
from matchmaker.web.maps import map_of_results
from matchmaker.workflow.interactions import InteractionKind

PAGE_SIZE = 20
_SUGGESTED_SEARCHES = 6
# Characters of a question that stand in the address itself; Chinese ones take nine bytes each.
MOST_IN_ADDRESS = 1000


@web.get("/find")
def find() -> PageAnswer:
    """A goal, or a sentence in one's own words; results as cards."""
    principal, own_id = signed_in(), own_organization()
    text, goal_name = "", request.args.get("goal", "")
    goal = GoalName(goal_name) if goal_name in list(GoalName) else None
    answer, problem, status = None, None, 200
    try:
        text = asked_text(principal)
    except MatchmakerError as error:
        problem, status = error, status_of(error)
    if goal and (own_id or text) and problem is None:
        try:
            answer = _answer(principal, own_id, text)
        except MatchmakerError as error:
            problem, status = error, status_of(error)
    cards = cards_of(principal, answer, own_id)
    is_idle = answer is None and problem is None and not is_htmx_request()
    if cards.asker is not None:  # who is looked up already is not looked up again
        goals = goals_of(cards.asker.organization.kind)
    else:
        goals = services().matching.goals(principal, own_id) if own_id else list(GoalName)
    page = render_template(
        "results.html" if is_htmx_request() else "find.html",
        problem=problem,
        kinds=sorted(GOALS[goal].answerers) if goal else list(Kind),
        sizes=list(Size),
        tiers=list(Tier),
        goals=goals,
        goal=goal,
        text=text,
        question_text=text,
        own=own_id,
        counts=_facet_counts(principal, goal) if goal and not is_htmx_request() else None,
        answer=answer,
        better=(
            better_goal(goal, text, cards.asker.organization.kind if cards.asker else None)
            or (answer.elsewhere if answer else None)
        )
        if goal and text
        else None,
        cards=cards,
        is_by_conditions=goal is not None and GOALS[goal].by_conditions,
        places=map_of_results(principal, cards),
        saved=picks_of(principal, own_id, InteractionKind.SAVED),
        reasons=DISMISSAL_REASONS,
        own_needs=_own_needs(own_id) if is_idle and own_id else [],
        searches=services().saved_searches.listed(principal)[:_SUGGESTED_SEARCHES]
        if is_idle
        else (),
        submitted={name: request.args.getlist(name) for name in FIELDS if name in request.args},
    )
    # Of a part, htmx shows only what went well.
    return page, 200 if is_htmx_request() else status


@web.post("/find")
def ask() -> PageAnswer:
    """To the address of the question, which can be kept and sent however long it is."""
    principal, form = signed_in(), request.form.to_dict(flat=False)
    text = request.form.get("text", "").strip()
    submitted = {
        name: form[name] for name in FIELDS if name in form and name not in ("text", "question")
    }
    if len(text) > MOST_IN_ADDRESS:
        submitted["question"] = [services().long_questions.keep(principal, text)]
    elif text:
        submitted["text"] = [text]
    return redirect(f"{url_for('web.find')}?{urlencode(submitted, doseq=True)}", 303)


def asked_text(principal: Principal) -> str:
    """The words of the question that the address names. Raises NotFound."""
    if question := request.values.get("question", ""):
        return services().long_questions.text(principal, question)
    return request.values.get("text", "").strip()


def text_asked_with(principal: Principal) -> str:
    """The text that the list of results was asked with; "" where that is not known any more."""
    try:
        return asked_text(principal)
    except NotFound:
        return ""


def _facet_counts(principal: Principal, goal: GoalName) -> dict[str, dict[str, int]]:
    """Counts of those who could answer, by each choice of a filter beside all else chosen."""
    fields = request.args.to_dict(flat=False)
    kinds = terms_in(fields, Kind) or frozenset(GOALS[goal].answerers)
    places, industries = (names_in(fields, name) for name in ("place", "industry"))
    where = OrganizationFilter(
        kinds, terms_in(fields, Size), terms_in(fields, Tier), names_in(fields, "country"), places,
        industries, certificates=names_in(fields, "certificate"),
    )  # fmt: skip
    try:
        facets = services().faceted_directory.facets(
            principal, FacetedFilter(where), with_clusters=False
        )
    except MatchmakerError:
        return {}  # what is wrong with a filter is said where the results would be
    facet_values = {"kind": facets.kinds, "size": facets.sizes, "tier": facets.tiers}
    return {
        name: {each.value: each.count for each in values} for name, values in facet_values.items()
    }


def _own_needs(own_id: str) -> list[Need]:
    """Some of the open needs of one's own organisation, to begin with."""
    today = services().local_clock().date()
    needs = services().published.needs(own_id, NeedState.OPEN, None, 100).rows
    return [need for need in needs if need.is_answerable_on(today)][:_SUGGESTED_SEARCHES]


def _answer(principal: Principal, own_id: str, text: str) -> Answer:
    question, matching = _question(own_id), services().matching
    if text:
        return matching.for_text(principal, text, question, own_id)
    return matching.for_organization(principal, own_id, question)


def _question(own_id: str) -> Request[str]:
    """The request that is asked, ticked and written in the address. Raises InvalidInput."""
    return question_of(request.args.to_dict(flat=False), PAGE_SIZE, is_measured=bool(own_id))


@web.get("/find/export")
def export_results() -> PageAnswer:
    """Send what is found, as a file."""
    principal, own_id = signed_in(), own_organization()
    export = services().exports.recommendations(
        principal, own_id, _question(own_id), asked_text(principal)
    )
    format = parse_choice(ExportFormat, request.args.get("format", ""), "format")
    return as_file(export, ExportQuery(format=format, language=language()))


def picks_of(principal: Principal, own_id: str, kind: InteractionKind) -> frozenset[str]:
    return services().interaction_log.picked(principal, own_id, kind) if own_id else frozenset()


def goals_of(kind: Kind) -> list[GoalName]:
    return [goal.name for goal in GOALS.values() if kind in goal.askers]
