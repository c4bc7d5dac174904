"""Shapes of answers. No public view has an organisation's contact."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Self

from pydantic import BaseModel, Field, ValidationInfo, field_validator, model_validator

from matchmaker.api.http.fields import ListOut, Outgoing, PageOut, RowOut
from matchmaker.domain import (
    ClaimTier,
    Cluster,
    DatePrecision,
    Engagement,
    FieldOrigin,
    Industry,
    Kind,
    Membership,
    Need,
    Offer,
    OrganizationStatus,
    Place,
    Provenance,
    Size,
    Stage,
    Step,
    Tie,
    Tier,
    date_text,
)
from matchmaker.ingest.codes import CodeKind, invalid_codes
from matchmaker.provenance import PRIVATE_FIELDS
from matchmaker.services.cooperation.references import ReferenceCount
from matchmaker.services.directory.certificate_view import CertificateView
from matchmaker.services.directory.directory import OrganizationProfile
from matchmaker.services.directory.figures import ReportedFigure
from matchmaker.services.directory.name_search import MatchedBy
from matchmaker.services.directory.search_results import ResultKind
from matchmaker.store.log import LoggedEntry
from matchmaker.workflow.introduction_states import OutcomeKind


class OrganizationOut(Outgoing):
    """The public part of an organisation.

    `provenance` says where it comes from and how strong that is; `origins` the same of the
    fields that come from elsewhere, with what contradicts them. `invalid_codes` names the codes
    whose check digits are wrong: they are kept as their source has them.
    """

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
    lei: str
    ror: str
    website: str
    street_address: str
    capacity: int | None
    listed: bool
    date_precision: DatePrecision
    founded: str | None = Field(description="As precisely as known: 2012-10-31, 2012-10, 2012.")
    status: OrganizationStatus
    ended: datetime.date | None
    successor: str | None
    other_names: list[str]
    provenance: Provenance
    origins: list[FieldOrigin]
    version: int
    invalid_codes: list[CodeKind] = Field(default_factory=list)

    @field_validator("founded", mode="before")
    @classmethod
    def _as_known(cls, founded: Any, info: ValidationInfo) -> Any:
        if isinstance(founded, datetime.date):
            return date_text(founded, info.data["date_precision"])
        return founded

    @field_validator("origins")
    @classmethod
    def _without_contacts(cls, origins: list[FieldOrigin]) -> list[FieldOrigin]:
        """Origins without those of contacts: what others say of one is as private as itself."""
        return [origin for origin in origins if origin.field not in PRIVATE_FIELDS]

    @model_validator(mode="after")
    def _mark_codes(self) -> Self:
        self.invalid_codes = list(invalid_codes(self))
        return self


class CoordinatesOut(Outgoing):
    """Coordinates of a place, in degrees; `place` has them, or is the nearest above it."""

    place: str
    latitude: float
    longitude: float

    @classmethod
    def of(cls, located: Place | None) -> CoordinatesOut | None:
        if located is None or located.latitude is None or located.longitude is None:
            return None
        return cls(place=located.id, latitude=located.latitude, longitude=located.longitude)


class ReportedValueOut(Outgoing):
    """A value as a source reports it."""

    value: float
    unit: str
    provenance: Provenance


class FigureOut(Outgoing):
    """A figure of a year, from the strongest of its sources, of equals the newest.

    `contradicted` are other values that sources report of the same year.
    """

    indicator: str
    year: int
    reported: ReportedValueOut
    contradicted: list[ReportedValueOut]


class DescriptionOut(Outgoing):
    """A text about an organisation: `ID#about` is its profile, `ID#certificates` what it holds."""

    id: str
    text: str
    language: str
    provenance: Provenance


class MembershipOut(Outgoing):
    """Since when an organisation belongs to a cluster; `until` where it does no more."""

    cluster: str
    since: str = Field(description="As precisely as known: 2012-10-31, 2012-10, 2012; or empty.")
    until: datetime.date | None
    provenance: Provenance

    @classmethod
    def of(cls, row: Membership) -> MembershipOut:
        return cls(cluster=row.cluster, since=row.since_text, until=row.until,
                   provenance=row.provenance)  # fmt: skip


class CertificateFileOut(Outgoing):
    """A file that shows a certificate; its content is at `/certificates/{id}/file`."""

    name: str
    media_type: str
    size: int = Field(description="Bytes.")
    digest: str = Field(description="SHA-256 of the content.")


class CertificateOut(Outgoing):
    """A certificate or qualification, whether it holds today, and who stands for it.

    `file` is null where there is none or it is not for the reader; `may_confirm` names the tier
    that the reader can lift it to. Who confirms it sends the `digest` of what they saw.
    """

    id: str
    organization: str
    kind: str
    number: str
    issuer: str
    since: str = Field(description="As precisely as known: 2024-03-01, 2024-03, 2024; or empty.")
    until: datetime.date | None
    is_valid: bool
    claim: ClaimTier
    confirmed_on: datetime.date | None
    taken_back_on: datetime.date | None = Field(
        description="Day on which a coordinator took a confirmation back, not confirmed anew since."
    )
    proof: str
    file: CertificateFileOut | None
    may_change: bool
    may_confirm: ClaimTier | None
    digest: str = Field(description="Of what it says, and of the file as the reader sees it.")
    provenance: Provenance

    @classmethod
    def of(cls, view: CertificateView) -> CertificateOut:
        row = view.certificate
        facts = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        fields = {name: getattr(view, name) for name in cls.model_fields if hasattr(view, name)}
        return cls.model_validate(facts | fields | {"since": row.since_text})


class CertificateList(ListOut[CertificateOut]):
    """Certificates that an organisation holds and held, those that hold today first."""


class ReferenceOut(Outgoing):
    """The number of finished introductions of a kind that others let the organisation show."""

    kind: OutcomeKind
    count: int
    latest: datetime.datetime


class ProfileOut(OrganizationOut):
    """One organisation with what its codes stand for, the text about it, and figures reported.

    `contact` is empty for everyone but its own members. `figures` are by indicator (`headcount`,
    `revenue`), the newest year first.
    """

    contact: str

    about: str
    descriptions: list[DescriptionOut]
    figures: list[FigureOut]
    memberships: list[MembershipOut]
    certificates: list[CertificateOut]
    references: list[ReferenceOut]
    place_details: Place | None
    coordinates: CoordinatesOut | None
    industry_details: Industry | None
    clusters: list[Cluster]

    @classmethod
    def of(
        cls,
        profile: OrganizationProfile,
        figures: Sequence[ReportedFigure],
        memberships: Sequence[Membership],
        certificates: Sequence[CertificateView],
        references: Sequence[ReferenceCount],
    ) -> ProfileOut:
        public = OrganizationOut.model_validate(profile.organization).model_dump()
        return cls(
            **public,
            contact=profile.organization.contact,
            about=profile.about,
            descriptions=[DescriptionOut.model_validate(row) for row in profile.descriptions],
            memberships=list(map(MembershipOut.of, memberships)),
            certificates=list(map(CertificateOut.of, certificates)),
            references=list(map(ReferenceOut.model_validate, references)),
            figures=[FigureOut.model_validate(figure) for figure in figures],
            place_details=profile.place,
            coordinates=CoordinatesOut.of(profile.located),
            industry_details=profile.industry,
            clusters=list(profile.clusters),
        )


class ClusterOut(RowOut[Cluster]):
    """A cluster."""


class OfferOut(RowOut[Offer]):
    """An offer."""


class NeedOut(RowOut[Need]):
    """A need."""


class EngagementOut(RowOut[Engagement]):
    """An engagement."""


class OrganizationPage(PageOut[OrganizationOut]):
    """A page of organisations."""


class OfferPage(PageOut[Offer]):
    """A page of offers."""


class NeedPage(PageOut[Need]):
    """A page of needs."""


class EngagementPage(PageOut[Engagement]):
    """A page of engagements."""


class ClusterPage(PageOut[Cluster]):
    """A page of clusters."""


class NeighborhoodOut(Outgoing):
    """An ego network; `truncated` says that there are more organisations."""

    centre: str
    depth: int
    organizations: list[OrganizationOut]
    ties: list[Tie]
    engagements: list[Engagement]
    truncated: bool


class PathsOut(Outgoing):
    """All shortest paths, each as its steps; empty when there is none."""

    paths: list[list[Step]]


class MatchOut(Outgoing):
    """The reason why something was found: `text` is what answers, `marks` the stretches of it that
    do.

    A stretch is the numbers of its first character and of the one after its last. `strength`
    is 1 for the very name or code that was typed.
    """

    by: MatchedBy
    text: str
    strength: float
    marks: list[tuple[int, int]]


class SearchResultOut(Outgoing):
    """Something that was found; `organization` is the one itself, or whose need or offer it is.

    `within` is the wider place or industry.
    """

    kind: ResultKind
    id: str
    name: str
    name_en: str
    match: MatchOut
    organization: OrganizationOut | None
    within: str
    deadline: datetime.date | None


class SearchGroupOut(Outgoing):
    """Results of one kind, best first; `total` counts those that are not listed, too."""

    kind: ResultKind
    total: int
    results: list[SearchResultOut]


class SearchOut(ListOut[SearchGroupOut]):
    """Results of a search, the group with the best one first."""


class LogLineOut(BaseModel):
    """A line of the log: who did what to what; `digest` chains all lines up to this one."""

    number: int
    at: str
    actor: str
    action: str
    subject: str
    detail: dict[str, str]
    digest: str

    @classmethod
    def of(cls, line: LoggedEntry) -> LogLineOut:
        return cls(number=line.number, digest=line.digest, **asdict(line.entry))


class LogOut(ListOut[LogLineOut]):
    """Lines of the log."""
