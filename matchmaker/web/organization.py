"""One organisation: what is known of it and from where, whom it knows, why for us, what to do."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import redirect, render_template, request, url_for

from matchmaker.access import Principal
from matchmaker.api.http.context import services
from matchmaker.domain import (
    UNDIRECTED_LAYERS,
    Cluster,
    Engagement,
    GoalName,
    Membership,
    NeedState,
    Neighborhood,
    Organization,
    OrganizationFilter,
    Stage,
)
from matchmaker.goals import GOALS
from matchmaker.provenance import INTRODUCED
from matchmaker.recommend.model import Recommendation
from matchmaker.services.cooperation.attachment_types import EXTENSIONS
from matchmaker.services.directory.directory import OrganizationProfile
from matchmaker.services.directory.figures import ReportedFigure
from matchmaker.store.merging import is_blank
from matchmaker.web.cards import grade_of, kilometres
from matchmaker.web.ego_network import TieRow, ego_network
from matchmaker.web.find import picks_of, text_asked_with
from matchmaker.web.labels import language
from matchmaker.web.layout import PageAnswer, own_organization, show_notice, signed_in, web
from matchmaker.web.open_introductions import open_offers
from matchmaker.web.parties import fit_of, likely_goals
from matchmaker.web.refused_forms import comes_back_as
from matchmaker.web.second_factor import by_passkey, own_proof
from matchmaker.workflow.account import AccountMembership, MembershipRole, first_address
from matchmaker.workflow.interactions import InteractionKind

# Somebody with an account who acts for nobody.
_STRANGER = Principal("stranger", account="stranger", writes=False)
_TIES, _ENGAGEMENTS, _SIMILAR, _COMPARED = 100, 30, 6, 3
# Facts of an organisation, in the order of the page; codes come after them.
FACTS = ("name", "name_en", "other_names", "kind", "size", "tier", "place", "street_address",
         "industry", "country", "stages", "website", "founded", "status", "ended", "successor",
         "capacity", "listed")  # fmt: skip


@web.get("/organizations/<path:id>")
def organization(id: str) -> PageAnswer:
    """The page of an organisation, with what the reader can do about it."""
    principal, published = signed_in(), services().published
    profile = services().directory.profile(principal, id)
    own = own_organization()
    is_own = principal.acts_for(profile.organization.id)
    is_shown_to_others = is_own and request.args.get("as") == "others"
    if is_shown_to_others:
        principal, own, is_own = _STRANGER, "", False
        profile = services().directory.profile(principal, id)
    row = profile.organization
    known_contact = services().invitations.contact_to_invite(principal, row.id)
    around = services().directory.neighborhood(principal, row.id, 1, _TIES)
    names = {each.id: each for each in (*around.organizations, row)}
    needs = published.needs(row.id, NeedState.OPEN, None, 100).rows
    goals = [] if is_own or not own else _goals(principal, own, row, {need.goal for need in needs})
    asked = text_asked_with(principal)
    goal, fit = _best_reason(principal, own, row, goals, asked)
    similar = _similar(principal, profile)
    ties, engagements = _ties(around, row.id), _engagements(around.engagements)
    return render_template(
        "organization.html",
        profile=profile,
        own=is_own,
        asking=own,
        is_shown_to_others=is_shown_to_others,
        undirected=UNDIRECTED_LAYERS,
        facts=[name for name in FACTS if not is_blank(row, name)],
        series=_series(services().directory.figures(principal, row.id)),
        references=services().references.of(row.id),
        certificates=services().certificates.listed(principal, row.id),
        extensions=EXTENSIONS,
        memberships=_memberships(principal, row.id),
        offers=published.offers(row.id, None, 100, standing=True).rows,
        needs=needs,
        offered={} if is_own else open_offers(principal, own, needs),
        ties=ties,
        engagements=engagements,
        ego=ego_network(row.id, ties, around.engagements, names),
        names=names,
        chain=_chain(row.stages),
        goals=goals,
        goal=goal,
        asked=asked,
        fit=fit,
        grade=grade_of(fit) if fit else "",
        saved=row.id in picks_of(principal, own, InteractionKind.SAVED),
        similar=similar,
        beside=[row.id, *(each.id for each, _ in similar[:_COMPARED])],
        coordinated=[cluster for cluster in profile.clusters if cluster.id in principal.clusters],
        proposed=_proposed(principal, profile),
        may_invite=not is_own and services().invitations.may_invite(principal, row.id),
        known_contact=known_contact,
        known_address=first_address(known_contact),
        by_passkey=by_passkey(),
    )


def _memberships(principal: Principal, id: str) -> list[tuple[Membership, Cluster]]:
    """Those with a day, with the cluster."""
    rows = services().directory.memberships(principal, id)
    return [(row, services().published.cluster(row.cluster)) for row in rows if row.since]


def _goals(
    principal: Principal, own: str, other: Organization, needed: Container[GoalName]
) -> list[GoalName]:
    """What one's own organisation may look for and this one may be, the likeliest first.

    What only some of its kind answer, by a need for the same, is offered where it has one open.
    """
    seeker = services().directory.profile(principal, own).organization
    return [
        name
        for name in likely_goals(seeker)
        if (goal := GOALS[name]).may_answer(seeker.kind, other.kind)
        and (name in needed or (seeker.kind in goal.seekers and other.kind in goal.candidates))
    ]


def _best_reason(
    principal: Principal, own: str, other: Organization, goals: list[GoalName], asked: str
) -> tuple[GoalName | None, Recommendation | None]:
    """The goal asked for, else the likeliest, and why this one fits it: what was asked, if so."""
    if not goals:
        return None, None
    chosen = request.args.get("goal", "")
    goal = GoalName(chosen) if chosen in goals else goals[0]
    return goal, fit_of(principal, own, other.id, goal, text=asked)


# Of the small picture of a series, in its own units.
_WIDTH, _HEIGHT = 60, 16


@dataclass(frozen=True, slots=True)
class FigureSeries:
    """A figure of several years, the newest first, with its course as points of a line.

    `line` is "" for fewer than three years, or where they are not in one unit.
    """

    latest: ReportedFigure
    earlier: tuple[ReportedFigure, ...]

    @property
    def line(self) -> str:
        rows = [self.latest, *self.earlier][::-1]
        values = [row.reported.value for row in rows]
        years = [row.year for row in rows]
        if len(rows) < 3 or len({row.reported.unit for row in rows}) > 1:
            return ""
        low, spread = min(values), (max(values) - min(values)) or 1
        span = years[-1] - years[0]
        return " ".join(
            f"{_WIDTH * (year - years[0]) / span:.1f},{_HEIGHT * (1 - (value - low) / spread):.1f}"
            for year, value in zip(years, values, strict=True)
        )


def _series(figures: Iterable[ReportedFigure]) -> list[FigureSeries]:
    """The years of each indicator together."""
    grouped = (tuple(rows) for _, rows in groupby(figures, key=lambda row: row.indicator))
    return [FigureSeries(rows[0], rows[1:]) for rows in grouped]


def _ties(around: Neighborhood, centre: str) -> list[TieRow]:
    """Its own ties by kind, the newest first."""
    rows = [
        TieRow(tie, tie.target if tie.source == centre else tie.source, tie.source == centre)
        for tie in around.ties
        if centre in (tie.source, tie.target)
    ]
    rows.sort(key=lambda row: (row.tie.since or date.min, row.tie.id), reverse=True)
    return sorted(rows, key=lambda row: (str(row.tie.layer), not row.is_source))


def _engagements(rows: Iterable[Engagement]) -> list[Engagement]:
    dated = [row for row in rows if row.date]
    dated.sort(key=lambda row: (row.date or date.min, row.id), reverse=True)
    return dated[:_ENGAGEMENTS]


@web.app_template_filter()
def undertaken(engagement: Engagement) -> str:
    """The word of what an undertaking is; of one made here, what the two agreed on."""
    is_outcome = engagement.provenance.source == INTRODUCED and bool(engagement.topic)
    return engagement.topic if is_outcome else engagement.kind


@dataclass(frozen=True, slots=True)
class ChainStage:
    """A stage of the value chain: `done` where held, `gap` between two that are, else `ahead`."""

    name: Stage
    mark: str
    at: None = None


def _chain(held: tuple[Stage, ...]) -> list[ChainStage]:
    """All stages in order; none where it says none."""
    stages = list(Stage)
    places = [stages.index(stage) for stage in held]
    if not places:
        return []
    return [
        ChainStage(
            stage,
            "done" if place in places else "gap" if min(places) < place < max(places) else "ahead",
        )
        for place, stage in enumerate(stages)
    ]


def _similar(
    principal: Principal, profile: OrganizationProfile
) -> list[tuple[Organization, float | None]]:
    """Others of its kind and trade with their distance from it, nearest first."""
    row = profile.organization
    if row.industry is None:
        return []
    where = OrganizationFilter(kinds=frozenset({row.kind}), industries=frozenset({row.industry}))
    page = services().directory.organizations(principal, where, None, 60)
    others = [each.id for each in page.rows if each.id != row.id]
    candidates = services().matching.candidates(principal, others)
    measured = [
        (
            each.organization,
            0.0
            if row.place is not None and each.organization.place == row.place
            else kilometres(profile.located, each.place),
        )
        for each in candidates.values()
    ]
    measured.sort(key=lambda pair: (pair[1] is None, pair[1] or 0.0, pair[0].id))
    return measured[:_SIMILAR]


def _proposed(principal: Principal, profile: OrganizationProfile) -> list[object]:
    """What was proposed to it in the clusters that the reader coordinates, and its answers."""
    own = {cluster.id for cluster in profile.clusters} & principal.clusters
    return [
        view
        for cluster in sorted(own)
        for view in services().introductions.list_for(principal, cluster=cluster, limit=100).rows
        if profile.organization.id in (view.seeker.id, view.candidate.id)
    ]


@web.post("/organizations/<path:id>/invitation")
@comes_back_as(organization, shows_others=True)
def invite_to(id: str) -> PageAnswer:
    """A coordinator invites the first of a member's people."""
    principal = signed_in()
    owner = AccountMembership(id, MembershipRole.OWNER)
    issued = services().invitations.invite(
        principal,
        request.form.get("email", ""),
        membership=owner,
        language=language(),
        proof=own_proof(),
    )
    show_notice(issued.message, "good" if issued.mailed else "bad")
    return redirect(url_for("web.organization", id=id), 303)
