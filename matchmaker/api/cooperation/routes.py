"""The routes of postings, introductions, batches, gatherings and effects."""

# mypy: disable-error-code="untyped-decorator"
# ruff: noqa: ARG001
# flask-openapi3 reads the description of what is sent from the signature, used or not.

from __future__ import annotations

from flask import Response
from flask_openapi3 import Tag

from matchmaker.api.cooperation.requests import (
    GatheringAnswer,
    IntroductionTransition,
    NewBatch,
    NewGathering,
    NewIntroduction,
    NewMeeting,
    NewPosting,
    OwnQuery,
    PartyQuery,
    PostingPatch,
    PostingTransition,
    Review,
)
from matchmaker.api.cooperation.responses import (
    BatchOut,
    EffectOut,
    FunnelList,
    GatheringOut,
    GatheringPage,
    IntroductionOut,
    IntroductionPage,
    PostingList,
    PostingOut,
    PostingPage,
    PreviewOut,
    RulesOut,
    SlotUsageOut,
)
from matchmaker.api.http.context import current_language, current_principal, services
from matchmaker.api.http.description import Area
from matchmaker.api.http.fields import IdempotencyHeaders, IdPath
from matchmaker.api.http.guards import API_PREFIX
from matchmaker.api.http.repetitions import Arguments, answers_again
from matchmaker.api.http.routing import after_of, as_json, created, paged, reads, writes
from matchmaker.api.matching.responses import RecommendationPage
from matchmaker.api.people.requests import Nothing
from matchmaker.services.cooperation.batches import batch_told
from matchmaker.services.cooperation.postings import SavedPosting
from matchmaker.workflow.receipt import Receipt

POSTINGS = Tag(name="postings", description="Needs and offers on their way into the graph.")

INTRODUCTIONS = Tag(name="introductions", description="From a suggestion to a cooperation.")

COORDINATION = Tag(name="coordination", description="Bringing many together, and what it brought.")

cooperation = Area("cooperation", __name__, url_prefix=API_PREFIX)

coordination = Area("coordination", __name__, url_prefix=API_PREFIX)


def posting_out(posted: SavedPosting) -> PostingOut:
    """A posting in the language asked for."""
    return PostingOut.of(posted, current_language())


# -- postings


@cooperation.get("/postings", **reads(POSTINGS, PostingPage))
def list_postings(query: OwnQuery) -> Response:
    """An organisation's needs and offers in every state, newest first, for its members."""
    page = services().postings.listed(
        current_principal(), query.organization, after_of(query) or "", query.limit
    )
    return paged(page, query, PostingPage, shape_one=posting_out)


@cooperation.post("/postings", **writes(POSTINGS, PostingOut, 201))
def make_posting(header: IdempotencyHeaders, body: NewPosting) -> Response:
    """Post a need or an offer; a published need is matched at once."""
    posted = services().postings.post(current_principal(), body.to_posting(), publish=body.publish)
    return created(posting_out(posted), f"postings/{posted.posting.id}")


@cooperation.post("/postings/preview", **writes(POSTINGS, PreviewOut))
def preview_posting(body: NewPosting) -> Response:
    """Show who could meet a need, before it is saved."""
    answer = services().postings.preview(current_principal(), body.to_posting())
    shaped = RecommendationPage.of(answer, current_language()) if answer else None
    return as_json(PreviewOut(answer=shaped))


@cooperation.get("/postings/<id>", **reads(POSTINGS, PostingOut))
def read_posting(path: IdPath) -> Response:
    """One posting, for its members and its reviewers."""
    return as_json(posting_out(services().postings.show(current_principal(), path.id)))


@cooperation.patch("/postings/<id>", **writes(POSTINGS, PostingOut))
def edit_posting(path: IdPath, body: PostingPatch) -> Response:
    """Change a posting."""
    posted = services().postings.edit(current_principal(), path.id, body.to_changes(only_sent=True))
    return as_json(posting_out(posted))


@cooperation.post("/postings/<id>/transition", **writes(POSTINGS, PostingOut))
def move_posting(path: IdPath, header: IdempotencyHeaders, body: PostingTransition) -> Response:
    """Publish, withdraw or renew; approve or return as a coordinator."""
    posted = services().postings.act(
        current_principal(), path.id, body.action, body.note, body.version
    )
    return as_json(posting_out(posted))


# -- introductions


@cooperation.get("/introductions", **reads(INTRODUCTIONS, IntroductionPage))
def list_introductions(query: PartyQuery) -> Response:
    """An organisation's introductions, or those proposed in a cluster, newest first."""
    page = services().introductions.list_for(
        current_principal(), **query.of_whom(), after=after_of(query) or "", limit=query.limit
    )
    return paged(page, query, IntroductionPage)


@cooperation.post("/introductions", **writes(INTRODUCTIONS, IntroductionOut, 201))
def propose_introduction(header: IdempotencyHeaders, body: NewIntroduction) -> Response:
    """Ask for an introduction, or propose one as a coordinator."""
    view = services().introductions.propose(current_principal(), body.root)
    return created(IntroductionOut(view), f"introductions/{view.id}")


@cooperation.get("/introductions/<id>", **reads(INTRODUCTIONS, IntroductionOut))
def read_introduction(path: IdPath) -> Response:
    """One introduction; names and contact details as far as both sides have agreed."""
    view = services().introductions.show(current_principal(), path.id)
    return as_json(IntroductionOut(view))


@cooperation.post("/introductions/<id>/transition", **writes(INTRODUCTIONS, IntroductionOut))
def move_introduction(
    path: IdPath, header: IdempotencyHeaders, body: IntroductionTransition
) -> Response:
    """Answer it, or say how it went on; `allowed` of an introduction says what is possible."""
    view = services().introductions.act(current_principal(), path.id, body.root)
    return as_json(IntroductionOut(view))


def slot_usage_of(organization_id: str) -> Response:
    """The slots of an organisation, for its members."""
    usage = services().introductions.slot_usage(current_principal(), organization_id)
    return as_json(SlotUsageOut.model_validate(usage))


@cooperation.get("/organizations/<path:id>/slots", **reads(INTRODUCTIONS, SlotUsageOut))
def read_slot_usage(path: IdPath) -> Response:
    """Show how many introductions one's organisation can still take on."""
    return slot_usage_of(path.id)


# Its former name, for programs that ask by it.
@cooperation.get(
    "/organizations/<path:id>/load", deprecated=True, **reads(INTRODUCTIONS, SlotUsageOut)
)
def read_load(path: IdPath) -> Response:
    """The same as `slots`, under its former name."""
    return slot_usage_of(path.id)


# -- a cluster's coordinators: batches, reviews, funnel and effect


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


@answers_again("coordination.propose_batch")
def told_of_batch(receipt: Receipt, arguments: Arguments) -> Response:
    """The batch that was proposed."""
    del arguments
    return as_json(BatchOut.of(batch_told(receipt), current_language()))


@coordination.get("/clusters/<path:id>/postings", **reads(COORDINATION, PostingList))
def postings_to_review(path: IdPath) -> Response:
    """Needs and offers that wait for the coordinators."""
    waiting = services().postings.to_review(current_principal(), path.id)
    return as_json(PostingList(items=[posting_out(posted) for posted in waiting]))


@coordination.put("/clusters/<path:id>/rules", **writes(COORDINATION, RulesOut))
def set_rules(path: IdPath, body: Review) -> Response:
    """Tell whether coordinators see needs and offers before they are published.

    Switched off, what waits is given back to its people within a minute.
    """
    rules = services().cluster_reviews.set_review(
        current_principal(), path.id, reviews=body.reviews
    )
    return as_json(RulesOut(rules))


@coordination.get("/clusters/<path:id>/funnel", **reads(COORDINATION, FunnelList))
def read_funnel(path: IdPath) -> Response:
    """Show how far introductions came, for each goal."""
    funnels = services().effects.funnel(current_principal(), path.id)
    return as_json(FunnelList(items=list(funnels)))


@coordination.get("/clusters/<path:id>/effect", **reads(COORDINATION, EffectOut))
def read_effect(path: IdPath) -> Response:
    """New ties of treated pairs against those that chance held out, and what else came of it."""
    return as_json(
        EffectOut.model_validate(services().effects.effect(current_principal(), path.id))
    )


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
    """Convene a circle, a joint brief, pooled needs or a shared platform."""
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
