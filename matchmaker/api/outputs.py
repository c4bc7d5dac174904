"""What answers carry. No public view has an organisation's contact."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

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
    StatementKind,
    Terms,
    Tier,
)
from matchmaker.recommend.goals import Goal
from matchmaker.recommend.model import Recommendation, Way
from matchmaker.services.directory import Profile
from matchmaker.services.matching import Answer

Row = TypeVar("Row", bound=BaseModel)
REASONS_IN_A_SENTENCE = 3


class Outgoing(BaseModel):
    """Read from the attributes of the domain's frozen values."""

    model_config = ConfigDict(from_attributes=True)


class FieldError(Outgoing):
    """One field at fault."""

    field: str
    message: str


class Problem(Outgoing):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldError] = []


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
    def of(cls, profile: Profile) -> ProfileOut:
        public = OrganizationOut.model_validate(profile.organization).model_dump()
        return cls(
            **public,
            contact=profile.organization.contact,
            about=profile.about,
            place_details=_optional(PlaceOut, profile.place),
            industry_details=_optional(IndustryOut, profile.industry),
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


class PageOut(BaseModel, Generic[Row]):
    """One page; `next` is the cursor of the following one, null on the last."""

    items: list[Row]
    next: str | None


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


class GoalOut(Outgoing):
    """What a recommendation can be for."""

    name: GoalName
    title_zh: str
    title_en: str
    seekers: list[Kind]
    candidates: list[Kind]
    layers: list[Layer]

    @classmethod
    def of(cls, goal: Goal) -> GoalOut:
        return cls(
            name=goal.name,
            title_zh=goal.title_zh,
            title_en=goal.title_en,
            seekers=sorted(goal.seekers),
            candidates=sorted(goal.candidates),
            layers=sorted(goal.layers),
        )


class GoalList(BaseModel):
    """All goals."""

    items: list[GoalOut]


class ReasonOut(Outgoing):
    """One feature's part in the score, in the language asked for and in both."""

    feature: str
    contribution: float
    value: float | None
    text: str
    zh: str
    en: str


class EvidenceOut(Outgoing):
    """A text of the candidate that speaks for it; `fit` is between 0 and 1."""

    id: str
    kind: StatementKind
    text: str
    language: str
    year: int | None
    fit: float


class PathStepOut(Outgoing):
    """One step from the seeker towards the candidate."""

    id: str
    name: str
    name_en: str
    via: str
    title: str
    year: int | None


class AdviceOut(Outgoing):
    """How to go about it: over a partner of both (`closing`) or over a gap (`reaching`)."""

    way: Way
    text: str
    zh: str
    en: str


class RecommendationOut(Outgoing):
    """A candidate; `reason` is a sentence in the language asked for.

    `chance` is the probability of a tie within two years, before the price of being
    suggested to many others that `score` is less; null where fixed weights rank.
    """

    id: str
    name: str
    name_en: str
    kind: Kind
    score: float
    reason: str
    reasons: list[ReasonOut]
    evidence: list[EvidenceOut]
    path: list[PathStepOut]
    advice: AdviceOut | None = None
    chance: float | None = None

    @classmethod
    def of(cls, found: Recommendation, language: str) -> RecommendationOut:
        told = found.advice
        reasons = [
            ReasonOut(
                feature=reason.feature,
                contribution=reason.contribution,
                value=reason.value,
                text=reason.zh if language == "zh" else reason.en,
                zh=reason.zh,
                en=reason.en,
            )
            for reason in found.reasons
        ]
        return cls(
            id=found.id,
            name=found.name,
            name_en=found.name_en,
            kind=found.kind,
            score=found.score,
            chance=found.chance,
            reason=_sentence(
                [
                    one.zh if language == "zh" else one.en
                    for one in found.leading(REASONS_IN_A_SENTENCE)
                ],
                language,
            ),
            reasons=reasons,
            evidence=[EvidenceOut.model_validate(piece) for piece in found.evidence],
            path=[PathStepOut.model_validate(step) for step in found.path],
            advice=None
            if told is None
            else AdviceOut(
                way=told.way,
                text=told.zh if language == "zh" else told.en,
                zh=told.zh,
                en=told.en,
            ),
        )


class SnapshotOut(Outgoing):
    """How fresh the candidates are: the snapshot's version and date, the store's version."""

    version: int
    as_of: datetime.date
    store_version: int | None


class RecommendationPage(BaseModel):
    """Recommendations, best first; `seeker` is empty for a free text of nobody known.

    `impression` is what clicks and requests for an introduction refer to.
    """

    goal: GoalName
    seeker: str
    impression: str
    snapshot: SnapshotOut
    recommendations: list[RecommendationOut]

    @classmethod
    def of(cls, answer: Answer, impression: str, language: str) -> RecommendationPage:
        return cls(
            goal=answer.goal,
            seeker=answer.seeker,
            impression=impression,
            snapshot=SnapshotOut.model_validate(answer.freshness),
            recommendations=[
                RecommendationOut.of(found, language) for found in answer.recommendations
            ],
        )


class Health(BaseModel):
    """Whether the service is up."""

    status: str


class StatusOut(Outgoing):
    """What the service runs on."""

    ready: bool
    store: str
    schema_version: str
    store_version: int
    counts: dict[str, int]
    snapshot: SnapshotOut | None
    model: str


def _optional(shape: type[Row], value: Any | None) -> Row | None:
    return None if value is None else shape.model_validate(value)


def _sentence(texts: Iterable[str], language: str) -> str:
    parts = [text.rstrip("。.;；") for text in texts if text]
    if not parts:
        return ""
    return "；".join(parts) + "。" if language == "zh" else "; ".join(parts) + "."
