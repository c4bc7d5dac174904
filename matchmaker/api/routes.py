"""The routes of `/api/v1`: each parses, calls a service, and shapes the answer."""
# mypy: disable-error-code="untyped-decorator"
# ruff: noqa: ARG001
# flask-openapi3 reads the description of headers from the signature, used or not.

from __future__ import annotations

import datetime
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel

from matchmaker.api import inputs, outputs
from matchmaker.api.context import (
    context,
    current_language,
    current_principal,
    services,
)
from matchmaker.api.guards import API_PREFIX
from matchmaker.api.problems import MEDIA_TYPE, PreconditionRequired
from matchmaker.errors import VersionConflict
from matchmaker.recommend.goals import GOALS
from matchmaker.services.asking import Answered
from matchmaker.services.directory import Profile
from matchmaker.store.ports import Page


def problems_of(*statuses: int) -> dict[int, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        for status in statuses
    }


READ = problems_of(401, 403, 404, 422, 503)
WRITE = problems_of(400, 401, 403, 404, 409, 413, 415, 422, 429, 503, 507)
_EDIT = {**WRITE, **problems_of(412, 428)}
KEY: list[dict[str, list[str]]] = [{"key": []}, {"session": []}]

ORGANIZATIONS = Tag(name="organizations", description="Who there is, and whom they know.")
EXCHANGE = Tag(name="exchange", description="Offers, needs and engagements.")
RECOMMENDATIONS = Tag(name="recommendations", description="Partners, with reasons.")
SERVICE = Tag(name="service", description="Whether and on what the service runs.")

api = APIBlueprint("api", __name__, url_prefix=API_PREFIX)


# -- organisations


@api.get(
    "/organizations",
    tags=[ORGANIZATIONS],
    responses={200: outputs.OrganizationPage, **READ},
)
def list_organizations(query: inputs.OrganizationQuery) -> Response:
    """List or search organisations.

    With `q` the best matches come first, on one page of at most `limit`.
    """
    if query.q is not None:
        hits = services().asking.search(
            current_principal(), query.q, query.to_filter(), query.limit
        )
        return paged(Page(tuple(hit.organization for hit in hits)), query, outputs.OrganizationPage)
    page = services().asking.organizations(
        current_principal(), query.to_filter(), after_of(query), query.limit
    )
    return paged(page, query, outputs.OrganizationPage)


@api.post(
    "/organizations",
    tags=[ORGANIZATIONS],
    security=KEY,
    responses={201: outputs.ProfileOut, **WRITE},
)
def create_organization(
    header: inputs.IdempotencyHeaders, body: inputs.NewOrganization
) -> Response:
    """Add an organisation."""
    profile = services().directory.create(
        current_principal(), body.to_organization(), body.about or ""
    )
    response = _profile(profile)
    response.status_code = HTTPStatus.CREATED
    response.headers["Location"] = f"{API_PREFIX}/organizations/{quote(profile.organization.id)}"
    return response


@api.get(
    "/organizations/<path:id>/neighborhood",
    tags=[ORGANIZATIONS],
    responses={200: outputs.NeighborhoodOut, **READ},
)
def neighborhood(path: inputs.IdPath, query: inputs.NeighborhoodQuery) -> Response:
    """Whom an organisation is joined to, one or two steps out, and how."""
    found = services().asking.neighborhood(current_principal(), path.id, query.depth, query.limit)
    return as_json(outputs.NeighborhoodOut.model_validate(found))


@api.get(
    "/organizations/<path:id>/recommendations",
    tags=[RECOMMENDATIONS],
    responses={200: outputs.RecommendationPage, **READ},
)
def recommendations(path: inputs.IdPath, query: inputs.RecommendationQuery) -> Response:
    """Partners for one organisation, with reasons."""
    answer = services().asking.for_organization(current_principal(), path.id, query.to_question())
    return _recommended(answer)


@api.get(
    "/organizations/<path:id>",
    tags=[ORGANIZATIONS],
    responses={200: outputs.ProfileOut, **READ},
)
def read_organization(path: inputs.IdPath) -> Response:
    """One organisation; its ETag is needed to edit it."""
    return _profile(services().asking.profile(current_principal(), path.id))


@api.put(
    "/organizations/<path:id>",
    tags=[ORGANIZATIONS],
    security=KEY,
    responses={200: outputs.ProfileOut, **_EDIT},
)
def replace_organization(
    path: inputs.IdPath, header: inputs.EditHeaders, body: inputs.OrganizationFields
) -> Response:
    """Replace a profile; fields that are not sent go back to their defaults."""
    profile = services().directory.edit(
        current_principal(), path.id, body.to_changes(), body.about, _expected(header)
    )
    return _profile(profile)


@api.patch(
    "/organizations/<path:id>",
    tags=[ORGANIZATIONS],
    security=KEY,
    responses={200: outputs.ProfileOut, **_EDIT},
)
def change_organization(
    path: inputs.IdPath, header: inputs.EditHeaders, body: inputs.OrganizationPatch
) -> Response:
    """Change the fields that are sent."""
    profile = services().directory.edit(
        current_principal(),
        path.id,
        body.to_changes(only_sent=True),
        body.about,
        _expected(header),
    )
    return _profile(profile)


@api.get("/paths", tags=[ORGANIZATIONS], responses={200: outputs.PathsOut, **READ})
def paths(query: inputs.PathQuery) -> Response:
    """All shortest paths between two organisations, with the ties and engagements along them."""
    found = services().asking.paths(
        current_principal(), query.source, query.target, query.max_length
    )
    steps = [[outputs.StepOut.model_validate(step) for step in path] for path in found]
    return as_json(outputs.PathsOut(paths=steps))


# -- clusters


@api.get("/clusters", tags=[ORGANIZATIONS], responses={200: outputs.ClusterPage, **READ})
def list_clusters(query: inputs.PageQuery) -> Response:
    """List clusters."""
    page = services().asking.clusters(current_principal(), after_of(query), query.limit)
    return paged(page, query, outputs.ClusterPage)


@api.get(
    "/clusters/<path:id>/members",
    tags=[ORGANIZATIONS],
    responses={200: outputs.OrganizationPage, **READ},
)
def list_members(path: inputs.IdPath, query: inputs.PageQuery) -> Response:
    """List members of a cluster, past ones too."""
    page = services().asking.members(
        current_principal(), path.id, after_of(query, path.id), query.limit
    )
    return paged(page, query, outputs.OrganizationPage, path.id)


@api.get("/clusters/<path:id>", tags=[ORGANIZATIONS], responses={200: outputs.ClusterOut, **READ})
def read_cluster(path: inputs.IdPath) -> Response:
    """One cluster."""
    return as_json(
        outputs.ClusterOut.model_validate(services().asking.cluster(current_principal(), path.id))
    )


# -- offers, needs, engagements


@api.get("/offers", tags=[EXCHANGE], responses={200: outputs.OfferPage, **READ})
def list_offers(query: inputs.OwnerQuery) -> Response:
    """List offers, of one organisation or of all."""
    page = services().asking.offers(
        current_principal(), query.organization, after_of(query), query.limit
    )
    return paged(page, query, outputs.OfferPage)


@api.post("/offers", tags=[EXCHANGE], security=KEY, responses={201: outputs.OfferOut, **WRITE})
def post_offer(header: inputs.IdempotencyHeaders, body: inputs.NewOffer) -> Response:
    """Publish an offer."""
    offer = services().directory.post_offer(current_principal(), body.to_offer(), _today())
    return created(outputs.OfferOut.model_validate(offer), f"offers/{offer.id}")


@api.get("/offers/<path:id>", tags=[EXCHANGE], responses={200: outputs.OfferOut, **READ})
def read_offer(path: inputs.IdPath) -> Response:
    """One offer."""
    return as_json(
        outputs.OfferOut.model_validate(services().asking.offer(current_principal(), path.id))
    )


@api.get("/needs", tags=[EXCHANGE], responses={200: outputs.NeedPage, **READ})
def list_needs(query: inputs.NeedQuery) -> Response:
    """List needs, of one organisation or of all."""
    page = services().asking.needs(
        current_principal(), query.organization, query.state, after_of(query), query.limit
    )
    return paged(page, query, outputs.NeedPage)


@api.post("/needs", tags=[EXCHANGE], security=KEY, responses={201: outputs.NeedOut, **WRITE})
def post_need(header: inputs.IdempotencyHeaders, body: inputs.NewNeed) -> Response:
    """Publish a need."""
    need = services().directory.post_need(current_principal(), body.to_need(), _today())
    return created(outputs.NeedOut.model_validate(need), f"needs/{need.id}")


@api.post(
    "/needs/<path:id>/transition",
    tags=[EXCHANGE],
    security=KEY,
    responses={200: outputs.NeedOut, **WRITE},
)
def transition_need(
    path: inputs.IdPath, header: inputs.IdempotencyHeaders, body: inputs.NeedTransition
) -> Response:
    """Move a need from one state to another."""
    need = services().directory.transition_need(
        current_principal(), path.id, body.before, body.after
    )
    return as_json(outputs.NeedOut.model_validate(need))


@api.get("/needs/<path:id>", tags=[EXCHANGE], responses={200: outputs.NeedOut, **READ})
def read_need(path: inputs.IdPath) -> Response:
    """One need."""
    return as_json(
        outputs.NeedOut.model_validate(services().asking.need(current_principal(), path.id))
    )


@api.get("/engagements", tags=[EXCHANGE], responses={200: outputs.EngagementPage, **READ})
def list_engagements(query: inputs.OwnerQuery) -> Response:
    """List engagements, of one organisation or of all."""
    page = services().asking.engagements(
        current_principal(), query.organization, after_of(query), query.limit
    )
    return paged(page, query, outputs.EngagementPage)


@api.post(
    "/engagements",
    tags=[EXCHANGE],
    security=KEY,
    responses={201: outputs.EngagementOut, **WRITE},
)
def post_engagement(header: inputs.IdempotencyHeaders, body: inputs.NewEngagement) -> Response:
    """Record an engagement."""
    engagement = services().directory.post_engagement(current_principal(), body.to_engagement())
    shaped = outputs.EngagementOut.model_validate(engagement)
    return created(shaped, f"engagements/{engagement.id}")


@api.get("/engagements/<path:id>", tags=[EXCHANGE], responses={200: outputs.EngagementOut, **READ})
def read_engagement(path: inputs.IdPath) -> Response:
    """One engagement."""
    return as_json(
        outputs.EngagementOut.model_validate(
            services().asking.engagement(current_principal(), path.id)
        )
    )


# -- recommendations


@api.get("/goals", tags=[RECOMMENDATIONS], responses={200: outputs.GoalList, **READ})
def list_goals() -> Response:
    """What a recommendation can be for."""
    return as_json(outputs.GoalList(items=[outputs.GoalOut.of(goal) for goal in GOALS.values()]))


@api.post(
    "/recommendations",
    tags=[RECOMMENDATIONS],
    responses={200: outputs.RecommendationPage, **WRITE},
)
def recommend_for_question(
    header: inputs.IdempotencyHeaders, body: inputs.RecommendationBody
) -> Response:
    """Partners for a free text or for a posted need, with reasons.

    The text may come from someone who is not in the graph. It is not stored.
    """
    asking, principal = services().asking, current_principal()
    if body.need is not None:
        principal.require_known()
        question = body.to_question(asking.goal_of_need(body.need))
        answer = asking.for_need(principal, body.need, question)
    else:
        question = body.to_question()
        answer = asking.for_text(principal, body.text or "", question, body.organization or "")
    return _recommended(answer)


# -- the service itself


@api.get("/status", tags=[SERVICE], responses={200: outputs.StatusOut, **READ})
def status() -> Response:
    """What the service runs on, and how fresh it is."""
    return as_json(outputs.StatusOut.model_validate(services().health.status()))


# -- shaping


def as_json(shaped: BaseModel) -> Response:
    """An answer."""
    return Response(shaped.model_dump_json(), mimetype="application/json")


def created(shaped: BaseModel, place: str) -> Response:
    response = as_json(shaped)
    response.status_code = HTTPStatus.CREATED
    response.headers["Location"] = f"{API_PREFIX}/{quote(place)}"
    return response


def _recommended(answered: Answered) -> Response:
    return as_json(
        outputs.RecommendationPage.of(answered.answer, answered.impression, current_language())
    )


def _profile(profile: Profile) -> Response:
    response = as_json(outputs.ProfileOut.of(profile))
    response.set_etag(str(profile.organization.version))
    return response


def _question(query: inputs.PageQuery, scope: str) -> dict[str, Any]:
    return {"scope": scope, **query.model_dump(mode="json", exclude={"cursor", "limit"})}


def after_of(query: inputs.PageQuery, scope: str = "") -> str | None:
    return context().cursors.decode(query.cursor, _question(query, scope))


def cursor_of(page: Page[Any], query: inputs.PageQuery, scope: str = "") -> str | None:
    """The signed cursor of the page after this one."""
    return context().cursors.encode(page.after, _question(query, scope))


def paged(
    page: Page[Any],
    query: inputs.PageQuery,
    shape: Any,
    scope: str = "",
    shape_one: Callable[[Any], Any] = lambda one: one,
) -> Response:
    """A page of rows, each shaped, with the cursor of the next."""
    rows = [shape_one(one) for one in page.rows]
    following = cursor_of(page, query, scope)
    return as_json(shape.model_validate({"items": rows, "next": following}, from_attributes=True))


def _expected(header: inputs.EditHeaders) -> int:
    """The version named in If-Match. Raises PreconditionRequired or VersionConflict."""
    if header.if_match is None:
        raise PreconditionRequired(
            "is missing.", where="If-Match", mend="Send the ETag of the profile you read."
        )
    version = header.if_match.strip().strip('"')
    if not version.isascii() or not version.isdigit() or len(version) > 15:
        raise VersionConflict(
            "If-Match is no version of this profile.", mend="Send the ETag of the profile you read."
        )
    return int(version)


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()
