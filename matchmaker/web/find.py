"""Finding partners: questions, results, saved and dismissed ones, comparing."""

from __future__ import annotations

from flask import render_template, request, url_for

from matchmaker.access import Principal
from matchmaker.api.http.context import services
from matchmaker.api.http.problems import status_of
from matchmaker.domain import (
    MAX_TEXT,
    GoalName,
    Kind,
    Size,
    Tier,
)
from matchmaker.errors import InvalidInput, MatchmakerError
from matchmaker.recommend.goals import GOALS
from matchmaker.services.asking import Answered
from matchmaker.services.matching.matching import Question
from matchmaker.services.matching.snapshot_rows import FilterIds
from matchmaker.web.cards import cards_of
from matchmaker.web.labels import gettext
from matchmaker.web.layout import (
    Page,
    back,
    is_part,
    own_organization,
    signed_in,
    told,
    web,
    whole,
)
from matchmaker.workflow.interactions import InteractionKind

SHOWN = 20


COMPARED = 4


DISMISSAL_REASONS = ("known", "competitor", "too_far", "no_fit", "too_large", "too_small", "other")


@web.get("/find")
def find() -> Page:
    """A goal, or a sentence in one's own words; results as cards."""
    principal, own = signed_in(), own_organization()
    kind = services().directory.profile(principal, own).organization.kind if own else None
    goals = goals_of(kind) if kind else list(GoalName)
    asked = request.args.get("goal", "")
    text = request.args.get("text", "").strip()
    goal = GoalName(asked) if asked in list(GoalName) else None
    answered, problem, status = None, None, 200
    if goal and (own or text):
        try:
            answered = _answered(principal, own, goal, text)
        except MatchmakerError as error:
            problem, status = error, status_of(error)
    page = render_template(
        "results.html" if is_part() else "find.html",
        problem=problem,
        kinds=sorted(GOALS[goal].candidates) if goal else list(Kind),
        sizes=list(Size),
        tiers=list(Tier),
        goals=goals,
        goal=goal,
        text=text,
        own=own,
        answered=answered,
        cards=cards_of(principal, answered),
        saved=picked_by(principal, own, InteractionKind.SAVED),
        reasons=DISMISSAL_REASONS,
    )
    # Of a part, htmx shows only what went well.
    return page, 200 if is_part() else status


def _coded(id: str | None) -> frozenset[str]:
    return frozenset({id}) if id else frozenset()


def _answered(principal: Principal, own: str, goal: GoalName, text: str) -> Answered:
    args = request.args
    radius = args.get("radius", "")
    near = services().directory.profile(principal, own).place if own and radius else None
    centre = None
    if near is not None and near.latitude is not None and near.longitude is not None:
        centre = (near.latitude, near.longitude)
    filters = FilterIds(
        kinds=frozenset(Kind(one) for one in args.getlist("kind") if one in list(Kind)),
        sizes=frozenset(Size(one) for one in args.getlist("size") if one in list(Size)),
        tiers=frozenset(Tier(one) for one in args.getlist("tier") if one in list(Tier)),
        places=_coded(services().codes.place(args.get("place", ""))),
        industries=_coded(services().codes.industry(args.get("industry", ""))),
        radius_km=float(whole(radius, "radius")) or None if centre else None,
        centre=centre,
    )
    question = Question(goal, SHOWN, filters=filters)
    if text:
        if len(text) > MAX_TEXT:
            raise InvalidInput(
                "has %(count)s characters; at most %(max_text)s.",
                where="text",
                count=len(text),
                max_text=MAX_TEXT,
            )
        return services().asking.for_text(principal, text, question, own)
    return services().asking.for_organization(principal, own, question)


def picked_by(principal: Principal, own: str, kind: InteractionKind) -> dict[str, str]:
    return dict(services().interaction_log.picks(principal, own, kind).items) if own else {}


@web.post("/picks")
def pick() -> Page:
    """Save, dismiss with a reason, or neither any more."""
    principal, own, form = signed_in(), own_organization(), request.form
    candidate, what = form.get("candidate", ""), form.get("what", "")
    if what == "none":
        services().interaction_log.unpick(principal, own, candidate)
    else:
        kind = InteractionKind.SAVED if what == "saved" else InteractionKind.DISMISSED
        services().interaction_log.pick(principal, own, candidate, kind, form.get("reason", ""))
        if kind is InteractionKind.DISMISSED:
            told(gettext("It will not be shown again."))
    return back(url_for("web.saved"))


@web.get("/saved")
def saved() -> Page:
    """Candidates saved and dismissed."""
    principal, own = signed_in(), own_organization()
    directory = services().directory
    lists = {
        kind: [
            (directory.profile(principal, id), why)
            for id, why in picked_by(principal, own, kind).items()
        ]
        for kind in (InteractionKind.SAVED, InteractionKind.DISMISSED)
    }
    return render_template(
        "saved.html", saved=lists[InteractionKind.SAVED], dismissed=lists[InteractionKind.DISMISSED]
    )


@web.get("/compare")
def compare() -> Page:
    """Up to four side by side."""
    principal = signed_in()
    ids = list(dict.fromkeys(request.args.getlist("id")))[:COMPARED]
    directory, published = services().directory, services().published
    return render_template(
        "compare.html",
        profiles=[directory.profile(principal, id) for id in ids],
        offers={
            id: [one for one in published.offers(id, None, 10).rows if one.active] for id in ids
        },
    )


def goals_of(kind: Kind) -> list[GoalName]:
    return [goal.name for goal in GOALS.values() if kind in goal.seekers]
