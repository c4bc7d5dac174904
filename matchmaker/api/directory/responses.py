"""What answers carry. No public view has an organisation's contact."""

from __future__ import annotations

import datetime

from pydantic import BaseModel

from matchmaker.api.http.fields import Outgoing, PageOut, optional
from matchmaker.domain import (
    EngagementKind,
    GoalName,
    Kind,
    Layer,
    NeedState,
    OfferKind,
    PlaceLevel,
    Role,
    Size,
    Stage,
    Terms,
    Tier,
)
from matchmaker.services.directory.directory import OrganizationProfile
from matchmaker.store.log import LoggedEntry


class ProvenanceOut(Outgoing):
    """Where a fact comes from."""

    source: str
    record: str


class OrganizationOut(Outgoing):
    """The public part of an organisation."""

    id: str
    name: str
    name_en: str
    kind: Kind
    size: Size | None
    tier: Tier | None
    place: str | None
    industry: str | None
    country: str
    stages: list[Stage]
    credit_code: str
    vat: str
    website: str
    capacity: int | None
    listed: bool
    founded: datetime.date | None
    provenance: ProvenanceOut
    version: int


class PlaceOut(Outgoing):
    """A place."""

    id: str
    name: str
    name_en: str
    level: PlaceLevel
    country: str
    latitude: float | None
    longitude: float | None


class IndustryOut(Outgoing):
    """An industry."""

    id: str
    name: str
    name_en: str


class ClusterOut(Outgoing):
    """A cluster."""

    id: str
    name: str
    name_en: str
    place: str | None
    industry: str | None
    level: str
    batch: int | None
    provenance: ProvenanceOut


class ProfileOut(OrganizationOut):
    """One organisation with what its codes stand for and the text about it.

    `contact` is empty for everyone but its own members.
    """

    contact: str

    about: str
    place_details: PlaceOut | None
    industry_details: IndustryOut | None
    clusters: list[ClusterOut]

    @classmethod
    def of(cls, profile: OrganizationProfile) -> ProfileOut:
        public = OrganizationOut.model_validate(profile.organization).model_dump()
        return cls(
            **public,
            contact=profile.organization.contact,
            about=profile.about,
            place_details=optional(PlaceOut, profile.place),
            industry_details=optional(IndustryOut, profile.industry),
            clusters=[ClusterOut.model_validate(cluster) for cluster in profile.clusters],
        )


class OfferOut(Outgoing):
    """An offer."""

    id: str
    organization: str
    kind: OfferKind
    text: str
    language: str
    terms: Terms
    slots: int | None
    stages: list[Stage]
    date: datetime.date | None
    active: bool
    provenance: ProvenanceOut


class NeedOut(Outgoing):
    """A need."""

    id: str
    organization: str
    goal: GoalName
    text: str
    language: str
    quantity: str
    budget: float | None
    currency: str
    deadline: datetime.date | None
    stages: list[Stage]
    date: datetime.date | None
    state: NeedState
    provenance: ProvenanceOut


class ParticipantOut(Outgoing):
    """One organisation's part in an engagement."""

    organization: str
    role: Role
    amount: float | None


class EngagementOut(Outgoing):
    """An engagement."""

    id: str
    kind: EngagementKind
    participants: list[ParticipantOut]
    title: str
    text: str
    language: str
    date: datetime.date | None
    until: datetime.date | None
    date_estimated: bool
    programme: str
    topic: str
    amount: float | None
    currency: str
    provenance: ProvenanceOut


class TieOut(Outgoing):
    """A tie."""

    id: str
    source: str
    target: str
    layer: Layer
    since: datetime.date | None
    until: datetime.date | None
    date_estimated: bool
    weight: float
    note: str
    provenance: ProvenanceOut


class StepOut(Outgoing):
    """One step of a path: over the tie or engagement `via`."""

    source: str
    target: str
    via: str
    label: str
    title: str
    year: int | None


class OrganizationPage(PageOut[OrganizationOut]):
    """A page of organisations."""


class OfferPage(PageOut[OfferOut]):
    """A page of offers."""


class NeedPage(PageOut[NeedOut]):
    """A page of needs."""


class EngagementPage(PageOut[EngagementOut]):
    """A page of engagements."""


class ClusterPage(PageOut[ClusterOut]):
    """A page of clusters."""


class NeighborhoodOut(Outgoing):
    """An ego network; `truncated` says that there are more organisations."""

    centre: str
    depth: int
    organizations: list[OrganizationOut]
    ties: list[TieOut]
    engagements: list[EngagementOut]
    truncated: bool


class PathsOut(BaseModel):
    """All shortest paths, each as its steps; empty when there is none."""

    paths: list[list[StepOut]]


class LogLineOut(BaseModel):
    """Who did what to what; `digest` chains all lines up to this one."""

    number: int
    at: str
    actor: str
    action: str
    subject: str
    detail: dict[str, str]
    digest: str

    @classmethod
    def of(cls, line: LoggedEntry) -> LogLineOut:
        one = line.entry
        return cls(
            number=line.number,
            at=one.at,
            actor=one.actor,
            action=one.action,
            subject=one.subject,
            detail=dict(one.detail),
            digest=line.digest,
        )


class LogOut(BaseModel):
    """Lines of the log."""

    items: list[LogLineOut]
