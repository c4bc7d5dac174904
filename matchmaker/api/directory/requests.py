"""What requests carry: paths, queries, headers and bodies."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from matchmaker.api.http.fields import (
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
    PageQuery,
    Short,
    Strict,
    Text,
)
from matchmaker.domain import (
    MAX_OTHER_NAMES,
    DatePrecision,
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
    OrganizationStatus,
    Participant,
    Role,
    Size,
    Stage,
    Terms,
    Tier,
    date_of_text,
)
from matchmaker.services.directory.directory import new_id
from matchmaker.store.ports import MAX_PATH_LENGTH

MAX_NEIGHBORS = 500
MAX_VALUES = 50


class DirectoryQuery(PageQuery):
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
    lei: Short = ""
    ror: Short = ""
    website: OptionalName = ""
    contact: OptionalName = ""
    capacity: Count | None = None
    listed: bool = True
    founded: Day | None = None
    status: OrganizationStatus = OrganizationStatus.ACTIVE
    ended: Day | None = None
    successor: Id | None = None
    other_names: list[Name] = Field([], max_length=MAX_OTHER_NAMES)
    about: OptionalText | None = None

    def to_changes(self, *, only_sent: bool = False) -> dict[str, Any]:
        """Fields of the domain's organisation, all of them or only those that were sent."""
        changes = self.model_dump(exclude={"about", "id"}, exclude_unset=only_sent)
        if "stages" in changes:
            changes["stages"] = tuple(changes["stages"])
        if "other_names" in changes:
            changes["other_names"] = tuple(changes["other_names"])
        if "founded" in changes:
            day, precision = None, DatePrecision.DAY
            if changes["founded"] is not None:
                day, precision = date_of_text(changes["founded"])
            changes |= {"founded": day, "date_precision": precision}
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


class LogQuery(Strict):
    """Lines before a number."""

    before: int | None = Field(None, ge=1, le=2**53)
    limit: int = Field(100, ge=1, le=1000)
