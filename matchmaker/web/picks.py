"""Picking results: keep one, dismiss it, compare up to four side by side."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs

from flask import render_template, request, session, url_for

from matchmaker.access import Principal
from matchmaker.api.http.addresses import parts_of
from matchmaker.api.http.context import services
from matchmaker.domain import GoalName, Offer, Place
from matchmaker.errors import MatchmakerError, NotFound
from matchmaker.recommend.model import Request
from matchmaker.services.directory.directory import OrganizationProfile
from matchmaker.services.matching.interaction_log import DISMISSAL_REASONS
from matchmaker.web.cards import Card, cards_of, kilometres
from matchmaker.web.find import asked_text, picks_of
from matchmaker.web.labels import gettext
from matchmaker.web.layout import (
    PageAnswer,
    is_htmx_request,
    localised,
    own_organization,
    parse_choice,
    redirect_back,
    show_notice,
    signed_in,
    web,
)
from matchmaker.workflow.interactions import InteractionKind

COMPARED = 4
# How many results a comparison looks for its candidates in.
_LOOKED_AT = 100
_OFFERS = 5


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One of those side by side; `card` is its result, None where it is no answer."""

    profile: OrganizationProfile
    km: float | None
    offers: tuple[Offer, ...]
    card: Card | None


@web.app_context_processor
def _shared() -> dict[str, object]:
    return {"compared": compared}


def compared() -> list[tuple[str, str]]:
    """Ids and names of those that the reader chose to compare."""
    ids = [str(id) for id in session.get("compared", [])]
    if not ids:
        return []
    known = services().matching.still_found(signed_in(), ids)
    return [(id, localised(known[id].organization)) for id in ids if id in known]


@web.post("/picks")
def pick() -> PageAnswer:
    """Save, dismiss with a reason, or neither any more."""
    principal, own, form = signed_in(), own_organization(), request.form
    choice, candidate, position = _pressed()
    if choice == "none":
        services().interaction_log.unpick(principal, own, candidate)
    else:
        kind = InteractionKind.SAVED if choice == "saved" else InteractionKind.DISMISSED
        goal = parse_choice(GoalName, form["goal"], "goal") if form.get("goal") else None
        reason = form.get("reason", "")
        services().interaction_log.pick(principal, own, candidate, kind, reason, goal)
        if kind is InteractionKind.DISMISSED and not is_htmx_request():
            show_notice(gettext("It will not be shown again."))
    if is_htmx_request():
        return _actions(principal, own)
    return redirect_back(url_for("web.saved"), position)


@web.post("/compare")
def choose_to_compare() -> PageAnswer:
    """Into what is to be compared, or out of it."""
    principal, own, form = signed_in(), own_organization(), request.form
    (what, candidate, position), note = _pressed(), ""
    chosen = [str(id) for id in session.get("compared", []) if id != candidate]
    if what == "in":
        services().directory.organization_id(principal, candidate)
        if len(chosen) < COMPARED:
            chosen.append(candidate)
        else:
            note = gettext("Four at most fit side by side; take one out first.")
    session["compared"] = chosen
    if is_htmx_request():
        return _tray() if form.get("from") == "tray" else _actions(principal, own, note, True)
    if note:
        show_notice(note, "bad")
    return redirect_back(url_for("web.compare"), position)


def _pressed() -> tuple[str, str, str]:
    """What was chosen, of whom, and the mark of the result where it stands ("": no result).

    The buttons of a page of results share one form, so each says all of its own in its value.
    """
    form = request.form
    if not (pressed := form.get("pick", "")):
        return form.get("what", ""), form.get("candidate", ""), ""
    what, position, candidate = (*pressed.split(" ", 2), "", "")[:3]
    return what, candidate, f"result-{position}"


def _actions(principal: Principal, own: str, note: str = "", with_tray: bool = False) -> str:
    """The foot of a result as it is now, for htmx."""
    form, (goal, text, question) = request.form, _question_asked()
    _, candidate, mark = _pressed()
    return render_template(
        "actions.html",
        candidate=candidate,
        goal=form.get("goal") or goal,
        text=text,
        question=question,
        position=mark.removeprefix("result-"),
        impression=form.get("impression", ""),
        saved=candidate in picks_of(principal, own, InteractionKind.SAVED),
        dismissed=candidate in picks_of(principal, own, InteractionKind.DISMISSED),
        reasons=DISMISSAL_REASONS,
        note=note,
        with_tray=with_tray,
    )


def _tray() -> str:
    goal, text, question = _question_asked()
    return render_template(
        "tray.html", goal=request.form.get("goal") or goal, text=text, question=question
    )


def _question_asked() -> tuple[str, str, str]:
    """Goal, words and id of the question on the page that htmx asks from."""
    page = parts_of(request.headers.get("HX-Current-URL", ""))
    query = parse_qs(page.query if page is not None else "")
    goal, text, question = (query.get(name, [""])[0] for name in ("goal", "text", "question"))
    return goal, text, question


@web.get("/saved")
def saved() -> PageAnswer:
    """Candidates saved and dismissed."""
    principal, own = signed_in(), own_organization()
    saved, dismissed = (
        [
            (profile, reason)
            for id, reason in _picks(principal, own, kind)
            if (profile := _found(principal, id)) is not None
        ]
        for kind in (InteractionKind.SAVED, InteractionKind.DISMISSED)
    )
    searches = services().saved_searches.listed(principal)
    newest = services().matching.still_found(
        principal, [id for search in searches for id in search.latest]
    )
    return render_template(
        "saved.html",
        saved=saved,
        dismissed=dismissed,
        searches=[
            (search, [newest[id].organization for id in search.latest if id in newest])
            for search in searches
        ],
    )


def _picks(principal: Principal, own: str, kind: InteractionKind) -> tuple[tuple[str, str], ...]:
    return services().interaction_log.picks(principal, own, kind).items if own else ()


@web.get("/compare")
def compare() -> PageAnswer:
    """Up to four side by side: how they fit the question, how far they are, what they show."""
    principal, own = signed_in(), own_organization()
    compared_ids = list(dict.fromkeys(request.args.getlist("id")))
    kept = [] if compared_ids else [id for id, _ in compared()]
    ids = compared_ids[:COMPARED] or kept
    here = services().directory.profile(principal, own).place if own else None
    goal_name, text = request.args.get("goal", ""), asked_text(principal)
    goal = GoalName(goal_name) if goal_name in list(GoalName) else None
    cards = _cards(principal, own, goal, text) if goal and ids else {}
    return render_template(
        "compare.html",
        compared_rows=[
            _row(profile, here, cards.get(profile.organization.id))
            for id in ids
            if (profile := _found(principal, id, is_kept=id in kept)) is not None
        ],
        too_many=len(compared_ids) > COMPARED,
        goal=goal,
        own=own,
        question_text=text,
    )


def _found(principal: Principal, id: str, *, is_kept: bool = True) -> OrganizationProfile | None:
    """The profile of somebody who was picked; None where it `is_kept` and opted out since."""
    try:
        return services().directory.profile(principal, id)
    except NotFound:
        if not is_kept:
            raise
        return None


def _row(profile: OrganizationProfile, here: Place | None, card: Card | None) -> ComparedRow:
    id = profile.organization.id
    offers = services().published.offers(id, None, _OFFERS, standing=True).rows
    return ComparedRow(profile, kilometres(here, profile.place), offers, card)


def _cards(principal: Principal, own: str, goal: GoalName, text: str) -> dict[str, Card]:
    """Results of the question by id; none where it cannot be asked now."""
    question, matching = Request[str](goal, _LOOKED_AT, only_new=False), services().matching
    try:
        if text:
            answer = matching.for_text(principal, text, question, own, recorded=False)
        elif own:
            answer = matching.for_organization(principal, own, question, recorded=False)
        else:
            return {}
    except MatchmakerError:
        return {}  # the rest of the comparison is there without
    cards = cards_of(principal, answer)
    return {card.recommendation.id: card for card in (*cards.nearby, *cards.matches)}
