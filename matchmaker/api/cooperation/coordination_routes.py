"""The routes of coordinators: batches, reviews, gatherings, funnel and effect."""
# mypy: disable-error-code="untyped-decorator"
# ruff: noqa: ARG001
# flask-openapi3 reads the description of what is sent from the signature, used or not.

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from matchmaker.api.cooperation.requests import (
    GatheringAnswer,
    NewBatch,
    NewGathering,
    NewMeeting,
    PartyQuery,
    Review,
)
from matchmaker.api.cooperation.responses import (
    BatchOut,
    EffectOut,
    FunnelList,
    GatheringOut,
    GatheringPage,
    PostingList,
    RulesOut,
)
from matchmaker.api.cooperation.routes import posting_out
from matchmaker.api.http.context import current_language, current_principal, services
from matchmaker.api.http.fields import IdempotencyHeaders, IdPath
from matchmaker.api.http.guards import API_PREFIX
from matchmaker.api.http.routing import after_of, as_json, created, paged, reads, writes
from matchmaker.api.people.requests import Nothing

COORDINATION = Tag(name="coordination", description="Bringing many together, and what it brought.")

coordination = APIBlueprint("coordination", __name__, url_prefix=API_PREFIX)


@coordination.post("/clusters/<path:id>/introductions", **writes(COORDINATION, BatchOut))
def propose_batch(path: IdPath, header: IdempotencyHeaders, body: NewBatch) -> Response:
    """Plan introductions under everybody's slots, and with `dry_run` false propose them."""
    batches, principal = services().batches, current_principal()
    how = body.model_dump(include={"message", "dry_run"})
    if body.goal is not None:
        batch = batches.for_goal(principal, path.id, body.goal, limit=body.limit, **how)
    else:
        batch = batches.for_pairs(principal, path.id, body.pairs, **how)
    return as_json(BatchOut.of(batch, current_language()))


@coordination.get("/clusters/<path:id>/postings", **reads(COORDINATION, PostingList))
def postings_to_review(path: IdPath) -> Response:
    """Needs and offers that wait for the coordinators."""
    waiting = services().postings.to_review(current_principal(), path.id)
    return as_json(PostingList(items=[posting_out(posted) for posted in waiting]))


@coordination.put("/clusters/<path:id>/rules", **writes(COORDINATION, RulesOut))
def set_rules(path: IdPath, body: Review) -> Response:
    """Whether coordinators see needs and offers before they are published."""
    rules = services().postings.set_review(current_principal(), path.id, reviews=body.reviews)
    return as_json(RulesOut(rules))


@coordination.get("/clusters/<path:id>/funnel", **reads(COORDINATION, FunnelList))
def read_funnel(path: IdPath) -> Response:
    """How far introductions came, for each goal."""
    funnels = services().effects.funnel(current_principal(), path.id)
    return as_json(FunnelList.model_validate({"items": funnels}, from_attributes=True))


@coordination.get("/clusters/<path:id>/effect", **reads(COORDINATION, EffectOut))
def read_effect(path: IdPath) -> Response:
    """New ties of treated pairs against those that chance held out, and what else came of it."""
    return as_json(EffectOut.of(services().effects.effect(current_principal(), path.id)))


# -- gatherings


@coordination.get("/gatherings", **reads(COORDINATION, GatheringPage))
def list_gatherings(query: PartyQuery) -> Response:
    """Those an organisation is invited to, or those of a cluster."""
    page = services().gatherings.listed(
        current_principal(), **query.of_whom(), after=after_of(query) or "", limit=query.limit
    )
    return paged(page, query, GatheringPage, shape_one=GatheringOut.of)


@coordination.post("/gatherings", **writes(COORDINATION, GatheringOut, 201))
def convene(header: IdempotencyHeaders, body: NewGathering) -> Response:
    """Convene a circle, a joint brief or a shared platform."""
    principal = current_principal()
    view = services().gatherings.convene(principal, body.to_gathering(principal.subject))
    return created(GatheringOut.of(view), f"gatherings/{view.gathering.id}")


@coordination.get("/gatherings/<id>", **reads(COORDINATION, GatheringOut))
def read_gathering(path: IdPath) -> Response:
    """One gathering; its members know each other's contacts once it runs."""
    return as_json(GatheringOut.of(services().gatherings.show(current_principal(), path.id)))


@coordination.post("/gatherings/<id>/answer", **writes(COORDINATION, GatheringOut))
def answer_gathering(path: IdPath, header: IdempotencyHeaders, body: GatheringAnswer) -> Response:
    """Join, decline or leave."""
    view = services().gatherings.answer(
        current_principal(), path.id, body.organization, body.answer
    )
    return as_json(GatheringOut.of(view))


@coordination.post("/gatherings/<id>/meetings", **writes(COORDINATION, GatheringOut))
def note_meeting(path: IdPath, header: IdempotencyHeaders, body: NewMeeting) -> Response:
    """Note a meeting that was held."""
    view = services().gatherings.hold(current_principal(), path.id, body.to_meeting())
    return as_json(GatheringOut.of(view))


@coordination.post("/gatherings/<id>/close", **writes(COORDINATION, GatheringOut))
def close_gathering(path: IdPath, header: IdempotencyHeaders, body: Nothing) -> Response:
    """End a gathering."""
    return as_json(GatheringOut.of(services().gatherings.close(current_principal(), path.id)))
