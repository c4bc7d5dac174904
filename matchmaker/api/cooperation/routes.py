"""The routes that carry a suggestion to a cooperation: postings, introductions, conversation."""

# mypy: disable-error-code="untyped-decorator"
# ruff: noqa: ARG001
# flask-openapi3 reads the description of what is sent from the signature, used or not.

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from matchmaker.api.cooperation.requests import (
    IntroductionStep,
    NewIntroduction,
    NewMessage,
    NewPosting,
    OwnQuery,
    PartyQuery,
    PostingPatch,
    PostingStep,
)
from matchmaker.api.cooperation.responses import (
    IntroductionOut,
    IntroductionPage,
    LoadOut,
    MessageOut,
    MessagePage,
    PostingOut,
    PostingPage,
    PreviewOut,
)
from matchmaker.api.http.context import current_language, current_principal, services
from matchmaker.api.http.fields import IdempotencyHeaders, IdPath, PageQuery
from matchmaker.api.http.guards import API_PREFIX
from matchmaker.api.http.routing import (
    KEY,
    READ,
    WRITE,
    after_of,
    as_json,
    created,
    paged,
)
from matchmaker.api.matching.responses import RecommendationPage
from matchmaker.services.cooperation.postings import Posted

POSTINGS = Tag(name="postings", description="Needs and offers on their way into the graph.")

INTRODUCTIONS = Tag(name="introductions", description="From a suggestion to a cooperation.")

cooperation = APIBlueprint("cooperation", __name__, url_prefix=API_PREFIX)


def posting_out(posted: Posted) -> PostingOut:
    """A posting in the language asked for."""
    return PostingOut.of(posted, current_language())


# -- postings


@cooperation.get("/postings", tags=[POSTINGS], security=KEY, responses={200: PostingPage, **READ})
def list_postings(query: OwnQuery) -> Response:
    """An organisation's needs and offers in every state, newest first, for its members."""
    page = services().postings.listed(
        current_principal(), query.organization, after_of(query) or "", query.limit
    )
    return paged(page, query, PostingPage, shape_one=posting_out)


@cooperation.post("/postings", tags=[POSTINGS], security=KEY, responses={201: PostingOut, **WRITE})
def make_posting(header: IdempotencyHeaders, body: NewPosting) -> Response:
    """Post a need or an offer; a published need is matched at once."""
    posted = services().postings.post(current_principal(), body.to_posting(), publish=body.publish)
    return created(posting_out(posted), f"postings/{posted.posting.id}")


@cooperation.post(
    "/postings/preview", tags=[POSTINGS], security=KEY, responses={200: PreviewOut, **WRITE}
)
def preview_posting(header: IdempotencyHeaders, body: NewPosting) -> Response:
    """Who could meet a need, before it is saved."""
    answer = services().postings.preview(current_principal(), body.to_posting())
    shaped = RecommendationPage.of(answer, current_language()) if answer else None
    return as_json(PreviewOut(answer=shaped))


@cooperation.get(
    "/postings/<id>", tags=[POSTINGS], security=KEY, responses={200: PostingOut, **READ}
)
def read_posting(path: IdPath) -> Response:
    """One posting, for its members and its reviewers."""
    return as_json(posting_out(services().postings.show(current_principal(), path.id)))


@cooperation.patch(
    "/postings/<id>", tags=[POSTINGS], security=KEY, responses={200: PostingOut, **WRITE}
)
def edit_posting(path: IdPath, body: PostingPatch) -> Response:
    """Change a posting."""
    posted = services().postings.edit(current_principal(), path.id, body.to_changes())
    return as_json(posting_out(posted))


@cooperation.post(
    "/postings/<id>/transition",
    tags=[POSTINGS],
    security=KEY,
    responses={200: PostingOut, **WRITE},
)
def move_posting(path: IdPath, header: IdempotencyHeaders, body: PostingStep) -> Response:
    """Publish, withdraw or renew; approve or return as a coordinator."""
    posted = services().postings.act(current_principal(), path.id, body.action, body.note)
    return as_json(posting_out(posted))


# -- introductions


@cooperation.get(
    "/introductions",
    tags=[INTRODUCTIONS],
    security=KEY,
    responses={200: IntroductionPage, **READ},
)
def list_introductions(query: PartyQuery) -> Response:
    """An organisation's introductions, or those proposed in a cluster, newest first."""
    page = services().introductions.listed(
        current_principal(),
        organization=query.organization or "",
        cluster=query.cluster or "",
        after=after_of(query) or "",
        limit=query.limit,
    )
    return paged(page, query, IntroductionPage)


@cooperation.post(
    "/introductions",
    tags=[INTRODUCTIONS],
    security=KEY,
    responses={201: IntroductionOut, **WRITE},
)
def propose_introduction(header: IdempotencyHeaders, body: NewIntroduction) -> Response:
    """Ask for an introduction, or propose one as a coordinator."""
    seen = services().introductions.propose(current_principal(), body.to_proposal())
    return created(IntroductionOut.model_validate(seen), f"introductions/{seen.id}")


@cooperation.get(
    "/introductions/<id>",
    tags=[INTRODUCTIONS],
    security=KEY,
    responses={200: IntroductionOut, **READ},
)
def read_introduction(path: IdPath) -> Response:
    """One introduction; names and contact details as far as both sides have agreed."""
    seen = services().introductions.show(current_principal(), path.id)
    return as_json(IntroductionOut.model_validate(seen))


@cooperation.post(
    "/introductions/<id>/transition",
    tags=[INTRODUCTIONS],
    security=KEY,
    responses={200: IntroductionOut, **WRITE},
)
def move_introduction(path: IdPath, header: IdempotencyHeaders, body: IntroductionStep) -> Response:
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
    return as_json(IntroductionOut.model_validate(seen))


@cooperation.get(
    "/introductions/<id>/messages",
    tags=[INTRODUCTIONS],
    security=KEY,
    responses={200: MessagePage, **READ},
)
def list_messages(path: IdPath, query: PageQuery) -> Response:
    """The conversation, open once both have accepted."""
    page = services().introductions.messages(
        current_principal(), path.id, after_of(query, path.id) or "", query.limit
    )
    return paged(page, query, MessagePage, path.id)


@cooperation.post(
    "/introductions/<id>/messages",
    tags=[INTRODUCTIONS],
    security=KEY,
    responses={201: MessageOut, **WRITE},
)
def write_message(path: IdPath, header: IdempotencyHeaders, body: NewMessage) -> Response:
    """Write to the other side."""
    message = services().introductions.write(
        current_principal(), path.id, body.text, body.organization
    )
    return created(MessageOut.model_validate(message), f"introductions/{path.id}/messages")


@cooperation.get(
    "/organizations/<path:id>/load",
    tags=[INTRODUCTIONS],
    security=KEY,
    responses={200: LoadOut, **READ},
)
def read_load(path: IdPath) -> Response:
    """How many introductions one's organisation can still take on."""
    load = services().introductions.load(current_principal(), path.id)
    return as_json(LoadOut.model_validate(load))
