"""The routes of `/api/v1`: each parses, calls a service, and shapes the answer."""

# mypy: disable-error-code="untyped-decorator"
# ruff: noqa: ARG001
# flask-openapi3 reads the description of headers from the signature, used or not.

from __future__ import annotations

import datetime
from http import HTTPStatus
from urllib.parse import quote

from flask import Response
from flask_openapi3 import Tag

from matchmaker.api.directory.requests import (
    DirectoryQuery,
    LogQuery,
    NeedQuery,
    NeedTransition,
    NeighborhoodQuery,
    NewEngagement,
    NewNeed,
    NewOffer,
    NewOrganization,
    OrganizationFields,
    OrganizationPatch,
    OwnerQuery,
    PathQuery,
    SearchQuery,
)
from matchmaker.api.directory.responses import (
    ClusterOut,
    ClusterPage,
    EngagementOut,
    EngagementPage,
    LogLineOut,
    LogOut,
    NeedOut,
    NeedPage,
    NeighborhoodOut,
    OfferOut,
    OfferPage,
    OrganizationPage,
    PathsOut,
    ProfileOut,
    SearchGroupOut,
    SearchOut,
)
from matchmaker.api.http.context import current_principal, services
from matchmaker.api.http.description import Area
from matchmaker.api.http.fields import EditHeaders, IdempotencyHeaders, IdPath, PageQuery
from matchmaker.api.http.files import ExportQuery, as_file, sends_file
from matchmaker.api.http.guards import API_PREFIX
from matchmaker.api.http.problems import PreconditionRequired
from matchmaker.api.http.routing import after_of, as_json, created, paged, reads, writes
from matchmaker.errors import VersionConflict
from matchmaker.services.directory.directory import OrganizationProfile
from matchmaker.store.ports import Page

ORGANIZATIONS = Tag(name="organizations", description="Who there is, and whom they know.")
SEARCH = Tag(name="search", description="One box for everything.")
EXCHANGE = Tag(name="exchange", description="Offers, needs and engagements.")
LOG = Tag(name="log", description="Who changed what.")

directory = Area("directory", __name__, url_prefix=API_PREFIX)


@directory.get("/search", **reads(SEARCH, SearchOut, public=True))
def search(query: SearchQuery) -> Response:
    """Search everything: organisations, needs, offers, clusters, places and industries.

    Each result says what of it answers, and by what: its name, pinyin, a code, words or meaning.
    """
    groups = services().search.everything(
        current_principal(), query.q, query.limit, frozenset(query.kind)
    )
    return as_json(SearchOut(items=[SearchGroupOut.model_validate(group) for group in groups]))


# -- organisations


@directory.get("/organizations", **reads(ORGANIZATIONS, OrganizationPage, public=True))
def list_organizations(query: DirectoryQuery) -> Response:
    """List or search organisations.

    With `q` the best matches come first, on one page of at most `limit`.
    """
    if query.q is not None:
        hits = services().directory.search(
            current_principal(), query.q, query.to_filter(), query.limit
        )
        return paged(Page(tuple(hit.organization for hit in hits)), query, OrganizationPage)
    page = services().directory.organizations(
        current_principal(), query.to_filter(), after_of(query), query.limit
    )
    return paged(page, query, OrganizationPage)


@directory.post("/organizations", **writes(ORGANIZATIONS, ProfileOut, status=201))
def create_organization(header: IdempotencyHeaders, body: NewOrganization) -> Response:
    """Add an organisation."""
    profile = services().directory.create(
        current_principal(), body.to_organization(), body.about or ""
    )
    response = _profile(profile)
    response.status_code = HTTPStatus.CREATED
    response.headers["Location"] = f"{API_PREFIX}/organizations/{quote(profile.organization.id)}"
    return response


@directory.get(
    "/organizations/<path:id>/neighborhood", **reads(ORGANIZATIONS, NeighborhoodOut, public=True)
)
def neighborhood(path: IdPath, query: NeighborhoodQuery) -> Response:
    """Show whom an organisation is joined to, one or two steps out, and how."""
    around = services().directory.neighborhood(
        current_principal(), path.id, query.depth, query.limit
    )
    return as_json(NeighborhoodOut.model_validate(around))


@directory.get("/organizations/<path:id>", **reads(ORGANIZATIONS, ProfileOut, public=True))
def read_organization(path: IdPath) -> Response:
    """One organisation; its ETag is needed to edit it."""
    return _profile(services().directory.profile(current_principal(), path.id))


@directory.put("/organizations/<path:id>", **writes(ORGANIZATIONS, ProfileOut, also=(412, 428)))
def replace_organization(path: IdPath, header: EditHeaders, body: OrganizationFields) -> Response:
    """Replace a profile; fields that are not sent go back to their defaults."""
    profile = services().directory.edit(
        current_principal(), path.id, body.to_changes(), body.about, _expected(header)
    )
    return _profile(profile)


@directory.patch("/organizations/<path:id>", **writes(ORGANIZATIONS, ProfileOut, also=(412, 428)))
def change_organization(path: IdPath, header: EditHeaders, body: OrganizationPatch) -> Response:
    """Change the fields that are sent."""
    profile = services().directory.edit(
        current_principal(), path.id, body.to_changes(only_sent=True), body.about, _expected(header)
    )
    return _profile(profile)


@directory.get("/paths", **reads(ORGANIZATIONS, PathsOut, public=True))
def paths(query: PathQuery) -> Response:
    """All shortest paths between two organisations, with the ties and engagements along them."""
    shortest = services().directory.paths(
        current_principal(), query.source, query.target, query.max_length
    )
    return as_json(PathsOut.model_validate({"paths": shortest}))


# -- clusters


@directory.get("/clusters", **reads(ORGANIZATIONS, ClusterPage, public=True))
def list_clusters(query: PageQuery) -> Response:
    """List clusters."""
    page = services().published.clusters(after_of(query), query.limit)
    return paged(page, query, ClusterPage)


@directory.get("/clusters/<path:id>/members", **reads(ORGANIZATIONS, OrganizationPage, public=True))
def list_members(path: IdPath, query: PageQuery) -> Response:
    """List members of a cluster, past ones too."""
    page = services().directory.members(
        current_principal(), path.id, after_of(query, path.id), query.limit
    )
    return paged(page, query, OrganizationPage, path.id)


@directory.get("/clusters/<path:id>/members/export", **sends_file(ORGANIZATIONS))
def export_members(path: IdPath, query: ExportQuery) -> Response:
    """Members of a cluster as a file that can be imported again; as a graph with their ties."""
    return as_file(services().exports.members(current_principal(), path.id), query)


@directory.get("/clusters/<path:id>/ties/export", **sends_file(ORGANIZATIONS))
def export_ties(path: IdPath, query: ExportQuery) -> Response:
    """Ties among the members of a cluster as a file: declared, of contracts and of projects."""
    return as_file(services().exports.ties(current_principal(), path.id), query)


@directory.get("/clusters/<path:id>/certificates/export", **sends_file(ORGANIZATIONS))
def export_certificates(path: IdPath, query: ExportQuery) -> Response:
    """Certificates that members hold and held, as a file that can be imported again."""
    return as_file(services().exports.certificates(current_principal(), path.id), query)


@directory.get("/clusters/<path:id>/offers/export", **sends_file(ORGANIZATIONS))
def export_offers(path: IdPath, query: ExportQuery) -> Response:
    """Offers of the members, programmes with their terms, as a file that can be imported again."""
    return as_file(services().exports.offers(current_principal(), path.id), query)


@directory.get("/organizations/<path:id>/offers/export", **sends_file(ORGANIZATIONS))
def export_own_offers(path: IdPath, query: ExportQuery) -> Response:
    """Offers of one organisation, programmes with their terms, to be imported again."""
    return as_file(services().exports.offers_of(current_principal(), path.id), query)


@directory.get("/clusters/<path:id>", **reads(ORGANIZATIONS, ClusterOut, public=True))
def read_cluster(path: IdPath) -> Response:
    """One cluster."""
    return as_json(ClusterOut.model_validate(services().published.cluster(path.id)))


# -- offers, needs, engagements


@directory.get("/offers", **reads(EXCHANGE, OfferPage, public=True))
def list_offers(query: OwnerQuery) -> Response:
    """List offers, of one organisation or of all."""
    page = services().published_statements.offers(
        current_principal(), _owner(query), after_of(query), query.limit
    )
    return paged(page, query, OfferPage)


@directory.post("/offers", **writes(EXCHANGE, OfferOut, status=201))
def post_offer(header: IdempotencyHeaders, body: NewOffer) -> Response:
    """Publish an offer."""
    offer = services().directory.post_offer(current_principal(), body.to_offer(), _today())
    return created(OfferOut.model_validate(offer), f"offers/{offer.id}")


@directory.get("/offers/<path:id>", **reads(EXCHANGE, OfferOut, public=True))
def read_offer(path: IdPath) -> Response:
    """One offer."""
    return as_json(
        OfferOut.model_validate(services().published_statements.offer(current_principal(), path.id))
    )


@directory.get("/needs", **reads(EXCHANGE, NeedPage, public=True))
def list_needs(query: NeedQuery) -> Response:
    """List needs, of one organisation or of all."""
    wanted = query.to_wanted(_owner(query))
    page = services().directory.needs(current_principal(), wanted, after_of(query), query.limit)
    return paged(Page(tuple(need for need, _ in page.rows), page.after), query, NeedPage)


@directory.post("/needs", **writes(EXCHANGE, NeedOut, status=201))
def post_need(header: IdempotencyHeaders, body: NewNeed) -> Response:
    """Publish a need."""
    need = services().directory.post_need(current_principal(), body.to_need(), _today())
    return created(NeedOut.model_validate(need), f"needs/{need.id}")


@directory.post("/needs/<path:id>/transition", **writes(EXCHANGE, NeedOut))
def transition_need(path: IdPath, header: IdempotencyHeaders, body: NeedTransition) -> Response:
    """Move a need from one state to another."""
    need = services().directory.transition_need(
        current_principal(), path.id, body.before, body.after
    )
    return as_json(NeedOut.model_validate(need))


@directory.get("/needs/<path:id>", **reads(EXCHANGE, NeedOut, public=True))
def read_need(path: IdPath) -> Response:
    """One need."""
    return as_json(
        NeedOut.model_validate(services().published_statements.need(current_principal(), path.id))
    )


@directory.get("/engagements", **reads(EXCHANGE, EngagementPage, public=True))
def list_engagements(query: OwnerQuery) -> Response:
    """List engagements, of one organisation or of all."""
    page = services().published_statements.engagements(
        current_principal(), _owner(query), after_of(query), query.limit
    )
    return paged(page, query, EngagementPage)


@directory.post("/engagements", **writes(EXCHANGE, EngagementOut, status=201))
def post_engagement(header: IdempotencyHeaders, body: NewEngagement) -> Response:
    """Record an engagement."""
    engagement = services().directory.post_engagement(current_principal(), body.to_engagement())
    shaped = EngagementOut.model_validate(engagement)
    return created(shaped, f"engagements/{engagement.id}")


@directory.get("/engagements/<path:id>", **reads(EXCHANGE, EngagementOut, public=True))
def read_engagement(path: IdPath) -> Response:
    """One engagement."""
    return as_json(
        EngagementOut.model_validate(
            services().published_statements.engagement(current_principal(), path.id)
        )
    )


def _owner(query: OwnerQuery) -> str | None:
    """The organisation asked about by its own id. Raises NotFound."""
    owner = query.organization
    return (
        None if owner is None else services().directory.organization_id(current_principal(), owner)
    )


def _profile(profile: OrganizationProfile) -> Response:
    directory, id = services().directory, profile.organization.id
    figures = directory.figures(current_principal(), id)
    memberships = directory.memberships(current_principal(), id)
    certificates = services().certificates.listed(current_principal(), id)
    references = services().references.of(id)
    response = as_json(ProfileOut.of(profile, figures, memberships, certificates, references))
    response.set_etag(str(profile.organization.version))
    return response


def _expected(header: EditHeaders) -> int:
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


@directory.get("/log", **reads(LOG, LogOut))
def read_log(query: LogQuery) -> Response:
    """The log of all changes, newest first, for an admin."""
    principal, log = current_principal(), services().change_log
    only = log.narrowed(
        principal, who=query.who, action=query.action, day=query.day, before=query.before
    )
    lines = log.page(principal, query.limit, only)
    return as_json(LogOut(items=[LogLineOut.of(line) for line in lines]))
