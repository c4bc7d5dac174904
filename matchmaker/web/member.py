"""Pages of firms, universities and platforms: home, profile, find, postings, introductions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from flask import redirect, render_template, request, url_for
from flask_babel import format_percent, gettext
from werkzeug.wrappers import Response

from matchmaker.access import Principal
from matchmaker.api.context import services
from matchmaker.api.outputs import RecommendationOut
from matchmaker.api.problems import status_of
from matchmaker.domain import (
    MAX_TEXT,
    GoalName,
    Kind,
    Need,
    NeedState,
    Offer,
    OfferKind,
    Organization,
    OrganizationFilter,
    Place,
    Size,
    Stage,
    Terms,
    Tier,
)
from matchmaker.errors import InvalidInput, MatchmakerError
from matchmaker.exchange.introduction import Action, AmountBand, Outcome, OutcomeKind, Side
from matchmaker.exchange.posting import Posting, PostingAction
from matchmaker.exchange.traces import Message, TraceKind
from matchmaker.recommend.goals import GOALS
from matchmaker.services.asking import Answered
from matchmaker.services.directory import Profile
from matchmaker.services.introductions import Proposal
from matchmaker.services.matching import Question
from matchmaker.services.snapshot_rows import FilterIds
from matchmaker.snapshot.geography import great_circle_km
from matchmaker.store.records import new_id
from matchmaker.web.shell import (
    back,
    chosen,
    is_part,
    language,
    own_organization,
    signed_in,
    told,
    web,
    whole,
)

Page = str | Response | tuple[str, int]
SHOWN = 20
COMPARED = 4
_PAGES_LOOKED_AT = 20
_REASONS = ("known", "competitor", "too_far", "no_fit", "too_large", "too_small", "other")
_NEEDS_SHOWN = 3
_MATCHES = 3
_PORTFOLIO = (
    OfferKind.TECHNOLOGY, OfferKind.EQUIPMENT, OfferKind.PLATFORM_ACCESS, OfferKind.SERVICE,
    OfferKind.PRODUCT,
)  # fmt: skip
_ONLY = frozenset({Kind.UNIVERSITY, Kind.RESEARCH_INSTITUTE, Kind.PLATFORM})


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do next."""

    text: str
    link: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """A result with what its place and trust marks need.

    `best` is the score of the list's first. A learned ranker's score is a probability, and so
    small that only the comparison with the best shows anything.
    """

    found: RecommendationOut
    profile: Profile
    km: float | None = None
    outcomes: int = 0
    best: float = 1.0

    @property
    def fit(self) -> str:
        """In words: the chance of a tie, else thirds of the scale from 0 to 1."""
        if self.found.chance is not None:
            chance = format_percent(self.found.chance, "0.#%")
            return str(gettext("%(chance)s chance of a tie within two years", chance=chance))
        if self.found.score >= 2 / 3:
            return str(gettext("Very good fit"))
        return str(gettext("Good fit") if self.found.score >= 1 / 3 else gettext("Possible fit"))


@web.get("/")
def home() -> Page:
    """What to do next, by role."""
    principal = signed_in()
    own = own_organization()
    if not own:
        if principal.clusters:
            return redirect(url_for("web.cluster", id=min(principal.clusters)))
        return redirect(url_for("web.admin" if principal.admin else "web.find"))
    profile = services().asking.profile(principal, own)
    return render_template(
        "home.html",
        profile=profile,
        tasks=_tasks(principal, profile),
        load=services().introductions.load(principal, own),
        introductions=services().introductions.listed(principal, organization=own, limit=5).rows,
        goals=_goals_of(profile.organization.kind),
        matches=_first_matches(principal, profile.organization),
    )


def _first_matches(
    principal: Principal, organization: Organization
) -> tuple[GoalName, list[Card]] | None:
    """The three best for the first goal of its kind; None where they cannot be had now."""
    goals = _goals_of(organization.kind)
    if not goals:
        return None
    try:
        answered = services().asking.for_organization(
            principal, organization.id, Question(goals[0], _MATCHES)
        )
    except MatchmakerError:
        return None
    return goals[0], _cards(principal, answered)


def _tasks(principal: Principal, profile: Profile) -> list[Task]:
    organization = profile.organization
    waiting = [
        one
        for one in services()
        .introductions.listed(principal, organization=organization.id, limit=100)
        .rows
        if one.side in one.awaited
    ]
    tasks = []
    if waiting:
        tasks.append(Task(gettext("Answer requests"), url_for("web.introductions"), len(waiting)))
    missing = missing_fields(profile)
    if missing:
        text = gettext("Complete the profile: %(missing)s", missing=", ".join(missing))
        tasks.append(Task(text, url_for("web.edit_profile"), len(missing)))
    offers = services().asking.offers(principal, organization.id, None, 1).rows
    if not offers:
        tasks.append(
            Task(gettext("Say what you can offer"), url_for("web.new_posting", what="offer"))
        )
    needs = services().asking.needs(principal, organization.id, NeedState.OPEN, None, 1).rows
    if not needs and organization.kind is Kind.FIRM:
        tasks.append(Task(gettext("Say what you need"), url_for("web.new_posting", what="need")))
    tasks.append(Task(gettext("Look at new matches"), url_for("web.find")))
    return tasks


def missing_fields(profile: Profile) -> list[str]:
    """What a profile lacks, in words."""
    one = profile.organization
    checks = (
        (bool(profile.about), gettext("what you do")),
        (one.place is not None, gettext("place")),
        (one.industry is not None, gettext("industry")),
        (bool(one.stages) or one.kind is not Kind.FIRM, gettext("value-chain stages")),
        (one.capacity is not None, gettext("capacity")),
        (bool(one.contact), gettext("contact")),
    )
    return [text for there, text in checks if not there]


def _goals_of(kind: Kind) -> list[GoalName]:
    return [goal.name for goal in GOALS.values() if kind in goal.seekers]


# -- the directory


@web.get("/organizations")
def organizations() -> Page:
    """Search the directory."""
    principal = signed_in()
    text = request.args.get("q", "").strip()[:500]
    kind = request.args.get("kind", "")
    where = OrganizationFilter(kinds=frozenset({Kind(kind)}) if kind in list(Kind) else frozenset())
    after = request.args.get("after") or None
    following = None
    if text:
        rows = tuple(
            hit.organization for hit in services().asking.search(principal, text, where, 50)
        )
    else:
        page = services().asking.organizations(principal, where, after, 50)
        rows, following = page.rows, page.after
    return render_template(
        "organizations.html", rows=rows, following=following, q=text, kind=kind, kinds=list(Kind)
    )


@web.get("/card")
def card() -> Page:
    """The few lines about an organisation that a picture shows beside itself."""
    profile = services().asking.profile(signed_in(), request.args.get("id", ""))
    return render_template("card.html", profile=profile)


@web.get("/organizations/<path:id>")
def organization(id: str) -> Page:
    """One organisation: profile, offers, needs, cooperations on a time line, network."""
    principal, asking = signed_in(), services().asking
    profile = asking.profile(principal, id)
    identity = profile.organization.id
    around = asking.neighborhood(principal, identity, 1, 100)
    engagements = sorted(
        (one for one in around.engagements if one.date),
        key=lambda one: (one.date or date.min, one.id),
        reverse=True,
    )
    return render_template(
        "organization.html",
        profile=profile,
        own=principal.acts_for(identity),
        offers=[one for one in asking.offers(principal, identity, None, 100).rows if one.active],
        needs=asking.needs(principal, identity, NeedState.OPEN, None, 100).rows,
        around=around,
        engagements=engagements[:30],
        names={one.id: one for one in (*around.organizations, profile.organization)},
    )


@web.get("/profile")
def edit_profile() -> Page:
    """Change one's own organisation."""
    principal, own = signed_in(), own_organization()
    profile = services().asking.profile(principal, own)
    return _profile_page(profile)


def _profile_page(profile: Profile, sent: dict[str, Any] | None = None) -> str:
    return render_template(
        "profile.html",
        profile=profile,
        sent=sent or {},
        stages=list(Stage),
        sizes=list(Size),
        missing=missing_fields(profile),
        place=services().codes.place_name(profile.organization.place),
        industry=services().codes.industry_name(profile.organization.industry),
        reach=services().asking.reach(signed_in(), profile.organization, profile.about),
    )


@web.post("/profile/reach")
def profile_reach() -> Page:
    """Whom the profile would reach as it is being written."""
    principal, form = signed_in(), request.form
    organization = services().asking.profile(principal, own_organization()).organization
    codes = services().codes
    try:
        organization = replace(
            organization,
            place=codes.place(form.get("place", "")),
            industry=codes.industry(form.get("industry", "")),
            stages=_stages(form),
        )
        found = services().asking.reach(principal, organization, form.get("about", "")[:MAX_TEXT])
    except InvalidInput as error:
        return render_template("reach.html", reach=None, error=error)
    return render_template("reach.html", reach=found, error=None)


def _stages(form: Any) -> tuple[Stage, ...]:
    return tuple(stage for stage in Stage if stage in form.getlist("stages"))


@web.get("/codes/<table>")
def codes(table: str) -> Page:
    """Places or industries whose name has the text: options of a list."""
    signed_in()
    text = request.args.get("place" if table == "places" else "industry", "")[:200]
    look = services().codes.places if table == "places" else services().codes.industries
    return render_template("codes.html", found=look(text))


@web.post("/profile")
def save_profile() -> Page:
    """Saved, unless somebody else changed it meanwhile."""
    principal, own, form = signed_in(), own_organization(), request.form
    capacity = form.get("capacity", "").strip()
    changes: dict[str, Any] = {
        "name": form.get("name", ""),
        "name_en": form.get("name_en", ""),
        "website": form.get("website", ""),
        "contact": form.get("contact", ""),
        "size": Size(form["size"]) if form.get("size") in list(Size) else None,
        "stages": _stages(form),
        "capacity": whole(capacity, "capacity") if capacity else None,
        "listed": bool(form.get("listed")),
    }
    version = whole(form.get("version", "0"), "version")
    try:
        changes["place"] = services().codes.place(form.get("place", ""))
        changes["industry"] = services().codes.industry(form.get("industry", ""))
        services().directory.edit(principal, own, changes, form.get("about", ""), version)
    except MatchmakerError as error:
        told(str(error), "bad")
        sent = {**form.to_dict(), "stages": form.getlist("stages")}
        return _profile_page(services().asking.profile(principal, own), sent), 422
    told(gettext("Saved."))
    return redirect(url_for("web.edit_profile"), 303)


# -- find


@web.get("/find")
def find() -> Page:
    """A goal, or a sentence in one's own words; results as cards."""
    principal, own = signed_in(), own_organization()
    kind = services().asking.profile(principal, own).organization.kind if own else None
    goals = _goals_of(kind) if kind else list(GoalName)
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
        cards=_cards(principal, answered),
        saved=_picked(principal, own, TraceKind.SAVED),
        reasons=_REASONS,
    )
    # Of a part, htmx shows only what went well.
    return page, 200 if is_part() else status


def _coded(id: str | None) -> frozenset[str]:
    return frozenset({id}) if id else frozenset()


def _answered(principal: Principal, own: str, goal: GoalName, text: str) -> Answered:
    args = request.args
    radius = args.get("radius", "")
    near = services().asking.profile(principal, own).place if own and radius else None
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
            raise InvalidInput(f"has {len(text)} characters; at most {MAX_TEXT}.", where="text")
        return services().asking.for_text(principal, text, question, own)
    return services().asking.for_organization(principal, own, question)


def _cards(principal: Principal, answered: Answered | None) -> list[Card]:
    if answered is None:
        return []
    asking, own = services().asking, own_organization()
    here = asking.profile(principal, own).place if own else None
    shown = answered.answer.recommendations
    best = max((one.score for one in shown if one.chance is not None), default=1.0)
    cards = []
    for one in shown:
        profile = asking.profile(principal, one.id)
        found = RecommendationOut.of(one, language())
        outcomes = asking.outcomes(principal, one.id)
        km = kilometres(here, profile.place)
        cards.append(Card(found, profile, km, outcomes, best))
    return cards


def kilometres(here: Place | None, there: Place | None) -> float | None:
    """How far two places are; None where one of them is not known or is the same as the other."""
    if here is None or there is None or here.id == there.id:
        return None
    ends = (here.latitude, here.longitude, there.latitude, there.longitude)
    if any(one is None for one in ends):
        return None
    latitude, longitude, *other = (float(one or 0) for one in ends)
    there_latitude, there_longitude = (np.array([one], dtype=np.float32) for one in other)
    return float(great_circle_km(latitude, longitude, there_latitude, there_longitude)[0])


def _picked(principal: Principal, own: str, kind: TraceKind) -> dict[str, str]:
    return dict(services().tracing.picks(principal, own, kind).items) if own else {}


@web.post("/picks")
def pick() -> Page:
    """Save, dismiss with a reason, or neither any more."""
    principal, own, form = signed_in(), own_organization(), request.form
    candidate, what = form.get("candidate", ""), form.get("what", "")
    if what == "none":
        services().tracing.unpick(principal, own, candidate)
    else:
        kind = TraceKind.SAVED if what == "saved" else TraceKind.DISMISSED
        services().tracing.pick(principal, own, candidate, kind, form.get("reason", ""))
        if kind is TraceKind.DISMISSED:
            told(gettext("It will not be shown again."))
    return back(url_for("web.saved"))


@web.get("/saved")
def saved() -> Page:
    """Candidates saved and dismissed."""
    principal, own = signed_in(), own_organization()
    asking = services().asking
    lists = {
        kind: [
            (asking.profile(principal, id), why)
            for id, why in _picked(principal, own, kind).items()
        ]
        for kind in (TraceKind.SAVED, TraceKind.DISMISSED)
    }
    return render_template(
        "saved.html", saved=lists[TraceKind.SAVED], dismissed=lists[TraceKind.DISMISSED]
    )


@web.get("/compare")
def compare() -> Page:
    """Up to four side by side."""
    principal = signed_in()
    ids = list(dict.fromkeys(request.args.getlist("id")))[:COMPARED]
    asking = services().asking
    return render_template(
        "compare.html",
        profiles=[asking.profile(principal, id) for id in ids],
        offers={
            id: [one for one in asking.offers(principal, id, None, 10).rows if one.active]
            for id in ids
        },
    )


# -- needs and offers


@web.get("/postings")
def postings() -> Page:
    """One's needs and offers in every state."""
    principal, own = signed_in(), own_organization()
    page = services().postings.listed(principal, own, request.args.get("after", ""), 50)
    return render_template("postings.html", page=page)


@web.get("/postings/new")
def new_posting() -> Page:
    """A need or an offer in one's own words."""
    signed_in()
    return _posting_page({"what": request.args.get("what", "need")})


def _posting_page(sent: dict[str, Any], preview: list[Card] | None = None) -> str:
    return render_template(
        "posting_new.html",
        sent=sent,
        preview=preview,
        goals=list(GoalName),
        offer_kinds=list(OfferKind),
        terms=list(Terms),
        reasons=_REASONS,
    )


@web.post("/postings/new")
def make_posting() -> Page:
    """Shown who could meet it first; then saved or published."""
    principal, form = signed_in(), request.form
    sent = form.to_dict()
    try:
        posting = _posting_of(form, own_organization())
        if form.get("do") == "preview":
            answer = services().postings.preview(principal, posting, 5)
            found = _cards(principal, Answered(answer, "")) if answer else []
            return _posting_page(sent, found)
        posted = services().postings.post(principal, posting, publish=form.get("do") != "draft")
    except MatchmakerError as error:
        told(str(error), "bad")
        return _posting_page(sent), 422
    told(gettext("Saved."))
    return redirect(url_for("web.posting", id=posted.posting.id), 303)


def _posting_of(form: Any, own: str) -> Posting:
    is_need = form.get("what") == "need"
    deadline, slots = form.get("deadline", ""), form.get("slots", "").strip()
    return Posting(
        new_id(),
        own,
        form.get("text", ""),
        "",
        datetime.now(UTC).replace(microsecond=0),
        goal=chosen(GoalName, form.get("goal", ""), "goal") if is_need else None,
        offer_kind=None if is_need else chosen(OfferKind, form.get("offer_kind", ""), "kind"),
        terms=chosen(Terms, form.get("terms", Terms.MARKET), "terms"),
        slots=whole(slots, "slots") if slots and not is_need else None,
        quantity=form.get("quantity", "")[:200],
        deadline=_day(deadline) if deadline else None,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("must be a day, as 2026-05-01.", where="deadline") from None


@web.get("/postings/<id>")
def posting(id: str) -> Page:
    """One posting, with who could meet it."""
    principal = signed_in()
    posted = services().postings.show(principal, id)
    one = posted.posting
    answered = None
    if one.goal is not None and one.state == "published" and principal.acts_for(one.organization):
        question = Question(one.goal, SHOWN)
        answered = services().asking.for_text(principal, one.text, question, one.organization)
    return render_template(
        "posting.html",
        one=one,
        answered=answered,
        cards=_cards(principal, answered),
        goal=one.goal,
        own=own_organization(),
        saved=_picked(principal, own_organization(), TraceKind.SAVED),
        reasons=_REASONS,
    )


@web.post("/postings/<id>")
def move_posting(id: str) -> Page:
    """Publish, withdraw, renew; approve or return."""
    action = chosen(PostingAction, request.form.get("action", ""), "action")
    services().postings.act(signed_in(), id, action, request.form.get("note", ""))
    told(gettext("Done."))
    return back(url_for("web.posting", id=id))


@web.get("/needs")
def needs() -> Page:
    """Open needs of others, those first that one's house can answer best."""
    principal, own = signed_in(), own_organization()
    kind = services().asking.profile(principal, own).organization.kind if own else None
    rows, following = _answerable(principal, own, kind)
    best: list[Card] = []
    if kind in _ONLY:
        goal = GoalName.CUSTOMER if kind is Kind.PLATFORM else GoalName.INDUSTRY_PARTNER
        answered = services().asking.for_organization(principal, own, Question(goal, 10))
        best = _cards(principal, answered)
    return render_template("needs.html", rows=rows, following=following, own=own, best=best)


def _answerable(
    principal: Principal, own: str, kind: Kind | None
) -> tuple[list[tuple[Need, Organization]], str | None]:
    """Needs that an organisation of this kind may answer, enough to fill a page."""
    asking = services().asking
    after: str | None = request.args.get("after") or None
    rows: list[tuple[Need, Organization]] = []
    for _ in range(_PAGES_LOOKED_AT):
        page = asking.needs(principal, None, NeedState.OPEN, after, 50)
        rows += [
            (one, asking.profile(principal, one.organization).organization)
            for one in page.rows
            if one.organization != own and (kind is None or kind in GOALS[one.goal].candidates)
        ]
        after = page.after
        if after is None or len(rows) >= SHOWN:
            break
    return rows, after


@web.get("/portfolio")
def portfolio() -> Page:
    """What one's house can do: technologies, equipment, access; and who asks for it now."""
    principal, own = signed_in(), own_organization()
    asking = services().asking
    near = asking.needs_near(principal, own)
    by_kind: dict[OfferKind, list[tuple[Offer, list[tuple[Need, Organization]], int]]] = {}
    for offer in asking.offers(principal, own, None, 200).rows:
        ids = near.get(offer.id, ())
        met = [asking.need(principal, one) for one in ids[:_NEEDS_SHOWN]]
        shown = [(one, asking.profile(principal, one.organization).organization) for one in met]
        if offer.active:
            by_kind.setdefault(offer.kind, []).append((offer, shown, len(ids)))
    return render_template(
        "portfolio.html",
        by_kind=[(kind, by_kind[kind]) for kind in _PORTFOLIO if kind in by_kind],
        load=services().introductions.load(principal, own),
        own=own,
    )


# -- introductions


@web.get("/introductions")
def introductions() -> Page:
    """Requests in and out."""
    principal, own = signed_in(), own_organization()
    page = services().introductions.listed(
        principal, organization=own, after=request.args.get("after", ""), limit=50
    )
    return render_template(
        "introductions.html", page=page, load=services().introductions.load(principal, own)
    )


@web.get("/introductions/new")
def new_introduction() -> Page:
    """Ask for an introduction."""
    principal, args = signed_in(), request.args
    goal = chosen(GoalName, args.get("goal", ""), "goal")
    candidate = services().asking.profile(principal, args.get("candidate", ""))
    return render_template(
        "introduction_new.html",
        goal=goal,
        candidate=candidate,
        asking=args.get("asking", ""),
        need=args.get("need", ""),
        impression=args.get("impression", ""),
        position=args.get("position", ""),
        own=own_organization(),
    )


@web.post("/introductions/new")
def propose() -> Page:
    """Asked for."""
    principal, form, own = signed_in(), request.form, own_organization()
    other, place = form.get("candidate", ""), form.get("position", "")
    is_candidate = form.get("asking") == Side.CANDIDATE
    seen = services().introductions.propose(
        principal,
        Proposal(
            chosen(GoalName, form.get("goal", ""), "goal"),
            other if is_candidate else own,
            own if is_candidate else other,
            asking=Side.CANDIDATE if is_candidate else Side.SEEKER,
            message=form.get("message", ""),
            terms=form.get("terms", ""),
            staged=bool(form.get("staged")),
            need=form.get("need", ""),
            impression=form.get("impression", ""),
            position=whole(place, "position") if place else None,
        ),
    )
    told(gettext("The request is sent. You will be told of the answer."))
    return redirect(url_for("web.introduction", id=seen.id), 303)


@web.get("/introductions/<id>")
def introduction(id: str) -> Page:
    """Where it stands, what can be done, contact and conversation once both have agreed."""
    principal = signed_in()
    seen = services().introductions.show(principal, id)
    messages: tuple[Message, ...] = ()
    if seen.contact is not None:
        messages = services().introductions.messages(principal, id, limit=200).rows
    hidden = {Action.EXPIRE, Action.REPORT, Action.CONFIRM, Action.DECLINE}
    return render_template(
        "introduction.html",
        one=seen,
        messages=messages,
        plain=[action for action in dict.fromkeys(seen.allowed) if action not in hidden],
        kinds=list(OutcomeKind),
        bands=list(AmountBand),
    )


@web.post("/introductions/<id>")
def act(id: str) -> Page:
    """One step, or a message."""
    principal, form = signed_in(), request.form
    if "message" in form:
        services().introductions.write(principal, id, form["message"])
        return redirect(url_for("web.introduction", id=id), 303)
    action = chosen(Action, form.get("action", ""), "action")
    outcome = None
    if action is Action.REPORT:
        outcome = Outcome(
            chosen(OutcomeKind, form.get("kind", ""), "kind"),
            chosen(AmountBand, form.get("amount", AmountBand.NONE), "amount"),
            bool(form.get("new_product")),
            whole(form.get("jobs") or "0", "jobs"),
            form.get("note", ""),
        )
    rating = form.get("satisfaction", "")
    services().introductions.act(
        principal,
        id,
        action,
        reason=form.get("reason", ""),
        outcome=outcome,
        satisfaction=whole(rating, "satisfaction") if rating else None,
    )
    told(gettext("Done."))
    return redirect(url_for("web.introduction", id=id), 303)
