"""Pages of coordinators: dashboard, worklist, batches, circles, review, effect."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from flask import jsonify, redirect, render_template, request, session, url_for

from matchmaker.access import Principal
from matchmaker.api.auditing.responses import AuditOut, BenchmarkOut, DefinitionList, WorklistOut
from matchmaker.api.http.context import services
from matchmaker.audit.ties import Channel
from matchmaker.domain import GoalName, Kind
from matchmaker.errors import InvalidInput
from matchmaker.messages import plural
from matchmaker.services.cooperation.batches import Batch, PlannedPair
from matchmaker.services.cooperation.gatherings import GatheringView
from matchmaker.store.documents import new_id
from matchmaker.web.cluster_answer import figure_changes, gain_of, measured, standing_of
from matchmaker.web.labels import gettext, language, word
from matchmaker.web.layout import (
    PageAnswer,
    is_htmx_request,
    own_organization,
    redirect_back,
    show_notice,
    signed_in,
    web,
)
from matchmaker.web.maps import map_of_cluster
from matchmaker.web.name_lookup import clusters_shown
from matchmaker.web.network_picture import drawn_network
from matchmaker.web.open_introductions import open_pairs
from matchmaker.web.parties import fit_of
from matchmaker.workflow.gathering import Gathering, GatheringKind, InvitationAnswer, Meeting

LIMIT = 10
_EXPOSED = 20
# Pairs of a plan whose reasons are worked out for the page.
_EXPLAINED = 20
# What the dashboard shows of an audit; all else is in the report.
HEADLINES = (
    "members", "isolate_share", "mean_degree", "observed_over_expected",
    "giant_component", "fragmentation",
)  # fmt: skip
# Fetched only for networks that need them.
_PICTURES = {
    "cytoscape": "cytoscape.min.js",
    "graphology": "graphology.umd.min.js",
    "forces": "graphology-library.min.js",
    "sigma": "sigma.min.js",
}


@web.get("/clusters")
def clusters() -> PageAnswer:
    """One's own clusters; for an admin all."""
    principal, text = signed_in(), request.args.get("q", "").strip()
    if principal.admin:
        page = clusters_shown(text, request.args.get("after"))
        return render_template("clusters.html", rows=page.rows, following=page.after, searched=True)
    own = [services().published.cluster(id) for id in sorted(principal.clusters)]
    return render_template("clusters.html", rows=own, following=None, searched=False)


def asked_year() -> int | None:
    """The year that the address names, if it names one."""
    text = request.args.get("year", "")
    return int(text) if text.isdecimal() and len(text) == 4 else None


@web.get("/clusters/<path:id>/network.json")
def network(id: str) -> PageAnswer:
    """Nodes and ties of a layer and year."""
    layer = request.args.get("layer", "")
    channel = Channel(layer) if layer in list(Channel) else Channel.COOPERATION
    return jsonify(drawn_network(services().auditing.view(signed_in(), id, channel, asked_year())))


@web.get("/clusters/<path:id>/missing.json")
def missing(id: str) -> PageAnswer:
    """The worklist's missing ties alone, for the picture."""
    ties = services().auditing.worklist(signed_in(), id, LIMIT, asked_year()).items
    return jsonify(
        [{"source": tie.asker.id, "target": tie.partner.id, "goal": tie.goal} for tie in ties]
    )


@web.get("/clusters/<path:id>/worklist")
def worklist(id: str) -> PageAnswer:
    """Show what to do next: a page, or for htmx the part of the dashboard."""
    principal = signed_in()
    cluster = services().published.cluster(id)
    answer = WorklistOut.of(
        services().auditing.worklist(principal, cluster.id, LIMIT, asked_year()), language()
    )
    template = "worklist_part.html" if is_htmx_request() else "worklist.html"
    return render_template(
        template,
        worklist=answer,
        id=cluster.id,
        cluster=cluster,
        gain=gain_of(answer),
        under_way=open_pairs(principal, ((tie.asker.id, tie.partner.id) for tie in answer.items)),
        unanswering=services().accounts.without_people(
            {party.id for item in answer.items for party in (item.asker, item.partner)}
        ),
        part=is_htmx_request(),
    )


@web.get("/clusters/<path:id>/benchmark")
def benchmark(id: str) -> PageAnswer:
    """The cluster beside its peers, or all clusters."""
    everyone = "all" in request.args
    clusters = services().auditing.benchmark(
        signed_in(), Channel.COOPERATION, asked_year(), "" if everyone else id
    )
    answer = BenchmarkOut.of(clusters, language())
    return render_template("benchmark.html", benchmark=answer, id=id, everyone=everyone)


@web.get("/clusters/<path:id>/effect")
def effect(id: str) -> PageAnswer:
    """Funnel, new ties, and the effect against the hold-out."""
    principal = signed_in()
    effect = services().effects.effect(principal, id)
    shown = effect.exposure[:_EXPOSED]
    candidates = services().matching.candidates(principal, [row.organization for row in shown])
    return render_template(
        "effect.html",
        effect=effect,
        exposed=[(row, candidates.get(row.organization)) for row in shown],
        calls=services().call_counting.figures(principal, id),
        refusals=services().refusals.of_cluster(principal, id),
        cluster=services().published.cluster(id),
    )


@web.get("/clusters/<path:id>/introductions")
def cluster_introductions(id: str) -> PageAnswer:
    """Show what coordinators and the system proposed."""
    principal = signed_in()
    page = services().introductions.list_for(
        principal, cluster=id, after=request.args.get("after", ""), limit=50
    )
    return render_template(
        "cluster_introductions.html",
        page=page,
        cluster=services().published.cluster(id),
        goals=list(GoalName),
        batch=None,
        goal="",
        message="",
    )


@web.post("/clusters/<path:id>/introductions")
def propose_batch(id: str) -> PageAnswer:
    """A plan first, then proposed: pairs ticked in the worklist, or a goal for all members."""
    principal, form = signed_in(), request.form
    dry = form.get("do") != "propose"
    pairs, goal, message = form.getlist("pair"), form.get("goal", ""), form.get("message", "")
    batches = services().batches
    if pairs:
        planned = [_pair(pair) for pair in pairs]
        batch = batches.for_pairs(principal, id, planned, message=message, dry_run=dry)
    elif goal in list(GoalName):
        batch = batches.for_goal(
            principal, id, GoalName(goal), limit=20, message=message, dry_run=dry
        )
    else:
        raise InvalidInput(gettext("Tick at least one tie."), where="pair")
    if not dry:
        made, refused = len(batch.introductions), len(batch.refused)
        show_notice(
            gettext(
                "%(made)s introductions are proposed, %(refused)s were not possible.",
                made=made,
                refused=refused,
            )
            if refused
            else plural(
                "%(count)s introduction is proposed.", "%(count)s introductions are proposed.", made
            ).text(language())
        )
        return redirect(url_for("web.cluster_introductions", id=id), 303)
    left_out = max(0, len(pairs) - batch.options) if pairs else 0
    return _plan_page(principal, id, batch, goal, message, left_out)


def _plan_page(
    principal: Principal, id: str, batch: Batch, goal: str, message: str, left_out: int
) -> str:
    names = {
        party: services().directory.profile(principal, party).organization
        for planned in batch.planned
        for party in (planned.seeker, planned.candidate)
    }
    return render_template(
        "cluster_introductions.html",
        page=services().introductions.list_for(principal, cluster=id, limit=50),
        cluster=services().published.cluster(id),
        goals=list(GoalName),
        batch=batch,
        left_out=left_out,
        names=names,
        unanswering=services().accounts.without_people(names),
        reasons={
            (planned.seeker, planned.candidate): fit_of(
                principal, planned.seeker, planned.candidate, planned.goal
            )
            for planned in batch.planned[:_EXPLAINED]
        },
        goal=goal,
        message=message,
    )


def _pair(text: str) -> PlannedPair:
    # No id holds a tab, and no browser changes one.
    parts = text.split("\t")
    try:
        seeker, candidate, goal, value = parts
        return PlannedPair(seeker, candidate, GoalName(goal), min(1.0, max(0.001, float(value))))
    except ValueError:
        raise InvalidInput("is no pair of the worklist.", where="pair") from None


@web.get("/clusters/<path:id>/review")
def review(id: str) -> PageAnswer:
    """Needs and offers that wait for the coordinators."""
    principal = signed_in()
    waiting = services().postings.to_review(principal, id)
    profile = partial(services().directory.profile, principal)
    services().notifications.mark_read_of(principal, f"review/{id}")
    return render_template(
        "review.html",
        rows=[(each, profile(each.posting.organization).organization) for each in waiting],
        lists=[
            (listed, profile(listed.organization).organization)
            for listed in services().submitted_lists.to_review(principal, id)
        ],
        cluster=services().published.cluster(id),
        reviews=services().cluster_reviews.reviews(principal, id),
    )


@web.post("/clusters/<path:id>/review")
def set_review(id: str) -> PageAnswer:
    """Tell whether they wait at all."""
    reviews = bool(request.form.get("reviews"))
    services().cluster_reviews.set_review(signed_in(), id, reviews=reviews)
    is_ended = gettext("Saved. What waits is being given back to its people, within a minute.")
    show_notice(gettext("Saved.") if reviews else is_ended)
    return redirect(url_for("web.review", id=id), 303)


@web.get("/clusters/<path:id>")
def cluster(id: str) -> PageAnswer:
    """点线网 with the course, the network, and what to do next."""
    if id in signed_in().clusters:
        session["cluster"] = id
    audit = AuditOut.of(services().auditing.audit(signed_in(), id, asked_year()), language())
    everything = next(layer for layer in audit.layers if layer.layer is Channel.COOPERATION)
    definitions = {
        definition.name: definition for definition in DefinitionList.all(language()).items
    }
    # These days are no part of an earlier year.
    is_now = asked_year() in (None, date.fromisoformat(audit.basis.as_of).year)
    history, cluster_id = services().cluster_history, audit.basis.cluster
    changed = history.changes(signed_in(), cluster_id) if is_now else None
    return render_template(
        "cluster.html",
        audit=audit,
        standing_now=standing_of(audit),
        changed=changed,
        names=services().matching.candidates(signed_in(), changed.organizations if changed else ()),
        moved=[
            (definitions[each.name].title, each)
            for each in figure_changes(audit, HEADLINES)
            if each.name in definitions
        ],
        id=audit.basis.cluster,
        headlines=[
            (definitions[name], everything.figures[name])
            for name in HEADLINES
            if name in everything.figures and name in definitions
        ],
        course=_course(audit),
        places=map_of_cluster(
            signed_in(),
            services().auditing.view(signed_in(), id, Channel.COOPERATION, audit.basis.year),
        ),
        standing=[
            (definitions[name].title, value)
            for name, value in audit.peers.percentiles.items()
            if value is not None and name in definitions
        ],
        channels=[(layer.layer, layer.title) for layer in audit.layers],
        kinds={kind: word(kind) for kind in Kind},
        libraries={name: url_for("web.vendored", name=file) for name, file in _PICTURES.items()},
    )


def _course(audit: AuditOut) -> dict[str, Any]:
    """Five years of the three groups, as the chart and the table need them."""
    return {
        "years": audit.years,
        "lines": [
            {
                "name": title,
                "values": [
                    None if (score := year.groups[group]) is None else round(score, 3)
                    for year in audit.course
                ],
            }
            for group, title in audit.group_titles.items()
        ],
    }


web.add_app_template_filter(measured, "measured")


# -- circles, joint briefs, shared platforms


@web.get("/gatherings")
def gatherings() -> PageAnswer:
    """Those one is invited to, or convened."""
    principal, own = signed_in(), own_organization()
    views: list[GatheringView] = []
    if own:
        views += services().gatherings.listed(principal, organization=own).rows
    for id in sorted(principal.clusters):
        views += services().gatherings.listed(principal, cluster=id).rows
    return render_template("gatherings.html", rows=views, own=own)


@web.post("/gatherings")
def convene() -> PageAnswer:
    """Invite them."""
    principal, form = signed_in(), request.form
    kind = form.get("kind", "")
    proposed = Gathering(
        new_id(),
        GatheringKind(kind) if kind in list(GatheringKind) else GatheringKind.CIRCLE,
        form.get("cluster", ""),
        form.get("title", "").strip() or gettext("Circle"),
        form.get("text", ""),
        principal.subject,
        datetime.now(UTC).replace(microsecond=0),
        tuple((party, InvitationAnswer.WAITING) for party in form.getlist("party")),
        lead=form.get("lead", ""),
        needs=tuple(form.getlist("need")),
        rhythm_days=30,
    )
    view = services().gatherings.convene(principal, proposed)
    show_notice(gettext("They are invited."))
    return redirect(url_for("web.gathering", id=view.gathering.id), 303)


@web.get("/gatherings/<id>")
def gathering(id: str) -> PageAnswer:
    """Show who takes part, and what was done."""
    principal = signed_in()
    view = services().gatherings.show(principal, id)
    services().notifications.mark_read_of(principal, f"gathering/{view.gathering.id}")
    return render_template(
        "gathering.html",
        view=view,
        gathering=view.gathering,
        own=own_organization(),
        convener=principal.admin or view.gathering.cluster in principal.clusters,
    )


@web.post("/gatherings/<id>")
def change_gathering(id: str) -> PageAnswer:
    """An answer, a meeting, or the end."""
    principal, form = signed_in(), request.form
    action = form.get("what", "")
    if action == "meeting":
        meeting = Meeting(
            datetime.now(UTC).replace(microsecond=0),
            form.get("topic", "").strip() or gettext("Meeting"),
            tuple(form.getlist("present")),
            form.get("result", ""),
        )
        services().gatherings.hold(principal, id, meeting)
    elif action == "close":
        services().gatherings.close(principal, id)
    elif action in list(InvitationAnswer):
        services().gatherings.answer(principal, id, own_organization(), InvitationAnswer(action))
    else:
        services().gatherings.show(principal, id)
        raise InvalidInput("'%(text)s' is not possible.", where="do", text=action[:100])
    show_notice(gettext("Done."))
    return redirect_back(url_for("web.gathering", id=id))
