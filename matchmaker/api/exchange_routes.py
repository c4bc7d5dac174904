"""The routes that carry a suggestion to a cooperation: postings, introductions, conversation."""
# mypy: disable-error-code="untyped-decorator"
# ruff: noqa: ARG001
# flask-openapi3 reads the description of what is sent from the signature, used or not.

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from matchmaker.api import exchange_inputs as inputs
from matchmaker.api import exchange_outputs as outputs
from matchmaker.api.account_routes import DONE, done
from matchmaker.api.context import current_language, current_principal, services
from matchmaker.api.guards import API_PREFIX
from matchmaker.api.inputs import IdempotencyHeaders, IdPath, PageQuery
from matchmaker.api.outputs import RecommendationPage
from matchmaker.api.routes import KEY, READ, WRITE, after_of, as_json, created, paged
from matchmaker.services.postings import Posted

POSTINGS = Tag(name="postings", description="Needs and offers on their way into the graph.")
INTRODUCTIONS = Tag(name="introductions", description="From a suggestion to a cooperation.")

exchange = APIBlueprint("exchange", __name__, url_prefix=API_PREFIX)


def posting_out(posted: Posted) -> outputs.PostingOut:
    """A posting in the language asked for."""
    return outputs.PostingOut.of(posted, current_language())


# -- postings


@exchange.get(
    "/postings", tags=[POSTINGS], security=KEY, responses={200: outputs.PostingPage, **READ}
)
def list_postings(query: inputs.OwnQuery) -> Response:
    """An organisation's needs and offers in every state, newest first, for its members."""
    page = services().postings.listed(
        current_principal(), query.organization, after_of(query) or "", query.limit
    )
    return paged(page, query, outputs.PostingPage, shape_one=posting_out)


@exchange.post(
    "/postings", tags=[POSTINGS], security=KEY, responses={201: outputs.PostingOut, **WRITE}
)
def make_posting(header: IdempotencyHeaders, body: inputs.NewPosting) -> Response:
    """Post a need or an offer; a published need is matched at once."""
    posted = services().postings.post(current_principal(), body.to_posting(), publish=body.publish)
    return created(posting_out(posted), f"postings/{posted.posting.id}")


@exchange.post(
    "/postings/preview", tags=[POSTINGS], security=KEY, responses={200: outputs.PreviewOut, **WRITE}
)
def preview_posting(header: IdempotencyHeaders, body: inputs.NewPosting) -> Response:
    """Who could meet a need, before it is saved."""
    answer = services().postings.preview(current_principal(), body.to_posting())
    shaped = RecommendationPage.of(answer, "", current_language()) if answer else None
    return as_json(outputs.PreviewOut(answer=shaped))


@exchange.get(
    "/postings/<id>", tags=[POSTINGS], security=KEY, responses={200: outputs.PostingOut, **READ}
)
def read_posting(path: IdPath) -> Response:
    """One posting, for its members and its reviewers."""
    return as_json(posting_out(services().postings.show(current_principal(), path.id)))


@exchange.patch(
    "/postings/<id>", tags=[POSTINGS], security=KEY, responses={200: outputs.PostingOut, **WRITE}
)
def edit_posting(path: IdPath, body: inputs.PostingPatch) -> Response:
    """Change a posting."""
    posted = services().postings.edit(current_principal(), path.id, body.to_changes())
    return as_json(posting_out(posted))


@exchange.post(
    "/postings/<id>/transition",
    tags=[POSTINGS],
    security=KEY,
    responses={200: outputs.PostingOut, **WRITE},
)
def move_posting(path: IdPath, header: IdempotencyHeaders, body: inputs.PostingStep) -> Response:
    """Publish, withdraw or renew; approve or return as a coordinator."""
    posted = services().postings.act(current_principal(), path.id, body.action, body.note)
    return as_json(posting_out(posted))


# -- introductions


@exchange.get(
    "/introductions",
    tags=[INTRODUCTIONS],
    security=KEY,
    responses={200: outputs.IntroductionPage, **READ},
)
def list_introductions(query: inputs.PartyQuery) -> Response:
    """An organisation's introductions, or those proposed in a cluster, newest first."""
    page = services().introductions.listed(
        current_principal(),
        organization=query.organization or "",
        cluster=query.cluster or "",
        after=after_of(query) or "",
        limit=query.limit,
    )
    return paged(page, query, outputs.IntroductionPage)


@exchange.post(
    "/introductions",
    tags=[INTRODUCTIONS],
    security=KEY,
    responses={201: outputs.IntroductionOut, **WRITE},
)
def propose_introduction(header: IdempotencyHeaders, body: inputs.NewIntroduction) -> Response:
    """Ask for an introduction, or propose one as a coordinator."""
    seen = services().introductions.propose(current_principal(), body.to_proposal())
    return created(outputs.IntroductionOut.model_validate(seen), f"introductions/{seen.id}")


@exchange.get(
    "/introductions/<id>",
    tags=[INTRODUCTIONS],
    security=KEY,
    responses={200: outputs.IntroductionOut, **READ},
)
def read_introduction(path: IdPath) -> Response:
    """One introduction; names and contact details as far as both sides have agreed."""
    seen = services().introductions.show(current_principal(), path.id)
    return as_json(outputs.IntroductionOut.model_validate(seen))


@exchange.post(
    "/introductions/<id>/transition",
    tags=[INTRODUCTIONS],
    security=KEY,
    responses={200: outputs.IntroductionOut, **WRITE},
)
def move_introduction(
    path: IdPath, header: IdempotencyHeaders, body: inputs.IntroductionStep
) -> Response:
    """Answer it, or say how it went on; `allowed` of an introduction says what is possible."""
    seen = services().introductions.act(
        current_principal(),
        path.id,
        body.action,
        organization=body.organization,
        reason=body.reason,
        outcome=body.outcome.to_outcome() if body.outcome else None,
        satisfaction=body.satisfaction,
    )
    return as_json(outputs.IntroductionOut.model_validate(seen))


@exchange.get(
    "/introductions/<id>/messages",
    tags=[INTRODUCTIONS],
    security=KEY,
    responses={200: outputs.MessagePage, **READ},
)
def list_messages(path: IdPath, query: PageQuery) -> Response:
    """The conversation, open once both have accepted."""
    page = services().introductions.messages(
        current_principal(), path.id, after_of(query, path.id) or "", query.limit
    )
    return paged(page, query, outputs.MessagePage, path.id)


@exchange.post(
    "/introductions/<id>/messages",
    tags=[INTRODUCTIONS],
    security=KEY,
    responses={201: outputs.MessageOut, **WRITE},
)
def write_message(path: IdPath, header: IdempotencyHeaders, body: inputs.NewMessage) -> Response:
    """Write to the other side."""
    message = services().introductions.write(
        current_principal(), path.id, body.text, body.organization
    )
    return created(outputs.MessageOut.model_validate(message), f"introductions/{path.id}/messages")


@exchange.get(
    "/organizations/<path:id>/load",
    tags=[INTRODUCTIONS],
    security=KEY,
    responses={200: outputs.LoadOut, **READ},
)
def read_load(path: IdPath) -> Response:
    """How many introductions one's organisation can still take on."""
    load = services().introductions.load(current_principal(), path.id)
    return as_json(outputs.LoadOut.model_validate(load))


# -- what was shown, and what was done with it


@exchange.post(
    "/impressions/<id>/clicks", tags=[INTRODUCTIONS], security=KEY, responses={**DONE, **WRITE}
)
def note_click(path: IdPath, header: IdempotencyHeaders, body: inputs.Click) -> Response:
    """Note that a candidate of a list was looked at."""
    services().tracing.click(current_principal(), path.id, body.candidate)
    return done()


@exchange.get(
    "/organizations/<path:id>/picks",
    tags=[INTRODUCTIONS],
    security=KEY,
    responses={200: outputs.PickList, **READ},
)
def list_picks(path: IdPath, query: inputs.PickQuery) -> Response:
    """Candidates that an organisation saved, or dismissed."""
    found = services().tracing.picks(current_principal(), path.id, query.kind)
    items = [outputs.PickOut(candidate=one, reason=why) for one, why in found.items]
    return as_json(outputs.PickList(items=items))


@exchange.post(
    "/organizations/<path:id>/picks",
    tags=[INTRODUCTIONS],
    security=KEY,
    responses={**DONE, **WRITE},
)
def pick_candidate(path: IdPath, header: IdempotencyHeaders, body: inputs.Pick) -> Response:
    """Save a candidate, or dismiss it with a reason: it is not shown again."""
    services().tracing.pick(current_principal(), path.id, body.candidate, body.kind, body.reason)
    return done()


@exchange.delete(
    "/organizations/<path:id>/picks",
    tags=[INTRODUCTIONS],
    security=KEY,
    responses={**DONE, **WRITE},
)
def unpick_candidate(path: IdPath, query: inputs.CandidateQuery) -> Response:
    """Neither saved nor dismissed any more."""
    services().tracing.unpick(current_principal(), path.id, query.candidate)
    return done()
