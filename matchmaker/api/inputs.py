"""What requests carry: paths, queries, headers and bodies."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from matchmaker.api.fields import (
    Amount,
    Count,
    Country,
    Currency,
    Day,
    Id,
    Language,
    LookupId,
    Name,
    OptionalName,
    OptionalText,
    Short,
    Strict,
    Text,
)
from matchmaker.domain import (
    Engagement,
    EngagementKind,
    GoalName,
    Kind,
    Need,
    NeedState,
    Offer,
    OfferKind,
    Organization,
    OrganizationFilter,
    Participant,
    Role,
    Size,
    Stage,
    Terms,
    Tier,
)
from matchmaker.errors import InvalidInput
from matchmaker.services.directory import new_id
from matchmaker.services.matching import Question
from matchmaker.services.snapshot_rows import FilterIds
from matchmaker.store.ports import MAX_PAGE, MAX_PATH_LENGTH

MAX_RECOMMENDATIONS = 100
MAX_NEIGHBORS = 500
MAX_VALUES = 50


class IdPath(BaseModel):
    """The id in a path; ids may hold `:` and `/`."""

    id: LookupId


class EditHeaders(BaseModel):
    """Which version of the profile was edited."""

    model_config = ConfigDict(extra="ignore")

    if_match: str | None = Field(
        None, alias="If-Match", max_length=100, description="ETag of the version that was read."
    )


class IdempotencyHeaders(BaseModel):
    """A key under which a repeated POST is answered as the first was."""

    model_config = ConfigDict(extra="ignore")

    idempotency_key: str | None = Field(
        None, alias="Idempotency-Key", min_length=1, max_length=200, description="Your own key."
    )


class PageQuery(Strict):
    """One page; `cursor` is the `next` of the page before."""

    limit: int = Field(50, ge=1, le=MAX_PAGE)
    cursor: str | None = Field(None, max_length=2000)


class OrganizationQuery(PageQuery):
    """Narrows a list or search of organisations."""

    q: str | None = Field(None, min_length=1, max_length=500, description="Full-text search.")
    kind: list[Kind] = Field([], max_length=len(Kind))
    size: list[Size] = Field([], max_length=len(Size))
    tier: list[Tier] = Field([], max_length=len(Tier))
    place: LookupId | None = Field(None, description="With everything below it.")
    industry: LookupId | None = Field(None, description="With everything below it.")
    cluster: LookupId | None = None

    def to_filter(self) -> OrganizationFilter:
        return OrganizationFilter(
            kinds=frozenset(self.kind),
            sizes=frozenset(self.size),
            tiers=frozenset(self.tier),
            place=self.place,
            industry=self.industry,
            cluster=self.cluster,
        )


class OwnerQuery(PageQuery):
    """A page of what one organisation has, or of everybody's."""

    organization: LookupId | None = None


class NeedQuery(OwnerQuery):
    """A page of needs."""

    state: NeedState | None = None


class NeighborhoodQuery(Strict):
    """How far the ego network reaches."""

    depth: int = Field(1, ge=1, le=2)
    limit: int = Field(100, ge=1, le=MAX_NEIGHBORS, description="Organisations at most.")


class PathQuery(Strict):
    """Two organisations, and how many steps may lie between them."""

    source: LookupId
    target: LookupId
    max_length: int = Field(MAX_PATH_LENGTH, ge=1, le=MAX_PATH_LENGTH)


class CandidateFilters(Strict):
    """Narrows the candidates of a recommendation."""

    kind: list[Kind] = Field([], max_length=len(Kind))
    size: list[Size] = Field([], max_length=len(Size))
    tier: list[Tier] = Field([], max_length=len(Tier))
    country: list[Country] = Field([], max_length=MAX_VALUES)
    place: list[LookupId] = Field([], max_length=MAX_VALUES, description="With all below.")
    industry: list[LookupId] = Field([], max_length=MAX_VALUES, description="With all below.")
    cluster: list[LookupId] = Field([], max_length=MAX_VALUES)
    radius_km: float | None = Field(
        None,
        gt=0,
        le=20_040,
        allow_inf_nan=False,
        description="From the seeker, or from latitude, longitude.",
    )
    latitude: float | None = Field(None, ge=-90, le=90, allow_inf_nan=False)
    longitude: float | None = Field(None, ge=-180, le=180, allow_inf_nan=False)

    @model_validator(mode="after")
    def _both_coordinates(self) -> CandidateFilters:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude belong together")
        return self

    def to_ids(self) -> FilterIds:
        centre = None
        if self.latitude is not None and self.longitude is not None:
            centre = (self.latitude, self.longitude)
        return FilterIds(
            kinds=frozenset(self.kind),
            sizes=frozenset(self.size),
            tiers=frozenset(self.tier),
            countries=frozenset(country for country in self.country if country),
            places=frozenset(self.place),
            industries=frozenset(self.industry),
            clusters=frozenset(self.cluster),
            radius_km=self.radius_km,
            centre=centre,
        )


class RecommendationQuery(CandidateFilters):
    """What an organisation looks for."""

    goal: GoalName
    limit: int = Field(10, ge=1, le=MAX_RECOMMENDATIONS)
    only_new: bool = Field(True, description="Leave out those who are partners already.")
    exposure_cap: bool = Field(
        True, description="Make those who are suggested to many others pay for it."
    )

    def to_question(self) -> Question:
        return Question(self.goal, self.limit, self.only_new, self.to_ids(), self.exposure_cap)


class RecommendationBody(Strict):
    """A free text, or a posted need, to find partners for."""

    text: Text | None = None
    need: LookupId | None = None
    organization: LookupId | None = Field(None, description="Who asks, with a text.")
    goal: GoalName | None = Field(None, description="Required with a text; a need has its own.")
    limit: int = Field(10, ge=1, le=MAX_RECOMMENDATIONS)
    only_new: bool = True
    exposure_cap: bool = True
    filters: CandidateFilters = CandidateFilters()

    @model_validator(mode="after")
    def _one_question(self) -> RecommendationBody:
        if (self.text is None) == (self.need is None):
            raise ValueError("send either text or need")
        if self.text is not None and self.goal is None:
            raise ValueError("a text needs a goal")
        if self.need is not None and self.organization is not None:
            raise ValueError("a need has its own organization")
        return self

    def to_question(self, own: GoalName | None = None) -> Question:
        """The question; `own` is the goal of the need that is asked for."""
        goal = self.goal or own
        if goal is None:  # validated above: only a need comes without a goal
            raise InvalidInput("is needed.", where="goal")
        return Question(goal, self.limit, self.only_new, self.filters.to_ids(), self.exposure_cap)


class OrganizationFields(Strict):
    """A profile as it is written; `contact` is stored and never shown to the public."""

    name: Name
    kind: Kind
    name_en: OptionalName = ""
    size: Size | None = None
    tier: Tier | None = None
    place: Id | None = None
    industry: Id | None = None
    country: Country = ""
    stages: list[Stage] = Field([], max_length=len(Stage))
    credit_code: Short = ""
    vat: Short = ""
    website: OptionalName = ""
    contact: OptionalName = ""
    capacity: Count | None = None
    listed: bool = True
    founded: Day | None = None
    about: OptionalText | None = None

    def to_changes(self, *, only_sent: bool = False) -> dict[str, Any]:
        """Fields of the domain's organisation, all of them or only those that were sent."""
        changes = self.model_dump(exclude={"about", "id"}, exclude_unset=only_sent)
        if "stages" in changes:
            changes["stages"] = tuple(changes["stages"])
        return changes


class NewOrganization(OrganizationFields):
    """A profile to add; without an id one is made."""

    id: Id | None = None

    def to_organization(self) -> Organization:
        return Organization(id=self.id or new_id("organization"), **self.to_changes())


class OrganizationPatch(OrganizationFields):
    """The fields of a profile to change; what is not sent stays."""

    name: Name = ""
    kind: Kind = Kind.FIRM


class NewOffer(Strict):
    """What an organisation can give."""

    organization: Id
    kind: OfferKind
    text: Text
    language: Language = ""
    terms: Terms = Terms.MARKET
    slots: Count | None = None
    stages: list[Stage] = Field([], max_length=len(Stage))
    date: Day | None = None
    active: bool = True

    def to_offer(self) -> Offer:
        fields = self.model_dump() | {"stages": tuple(self.stages)}
        return Offer(id=new_id("offer"), **fields)


class NewNeed(Strict):
    """What an organisation looks for."""

    organization: Id
    goal: GoalName
    text: Text
    language: Language = ""
    quantity: Short = ""
    budget: Amount | None = None
    currency: Currency = ""
    deadline: Day | None = None
    stages: list[Stage] = Field([], max_length=len(Stage))
    date: Day | None = None

    def to_need(self) -> Need:
        fields = self.model_dump() | {"stages": tuple(self.stages)}
        return Need(id=new_id("need"), **fields)


class NeedTransition(Strict):
    """From which state to which; it fails when the need is no longer in `before`."""

    before: NeedState
    after: NeedState


class ParticipantFields(Strict):
    """One organisation's part in an engagement."""

    organization: Id
    role: Role
    amount: Amount | None = None


class NewEngagement(Strict):
    """A dated joint undertaking."""

    kind: EngagementKind
    participants: list[ParticipantFields] = Field(min_length=1, max_length=500)
    title: OptionalName = ""
    text: OptionalText = ""
    language: Language = ""
    date: Day | None = None
    until: Day | None = None
    programme: Short = ""
    topic: Short = ""
    amount: Amount | None = None
    currency: Currency = ""

    def to_engagement(self) -> Engagement:
        fields = self.model_dump(exclude={"participants"})
        participants = tuple(
            Participant(part.organization, part.role, part.amount) for part in self.participants
        )
        return Engagement(id=new_id("engagement"), participants=participants, **fields)
