"""Shapes of requests: paths, queries, headers and bodies."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from flask_openapi3 import FileStorage
from pydantic import BeforeValidator, Field

from matchmaker.api.http.fields import (
    Count,
    Country,
    Currency,
    Day,
    Id,
    Language,
    LookupId,
    MoneyAmount,
    Name,
    OptionalName,
    OptionalText,
    PageQuery,
    PartialDay,
    ProgrammeFields,
    Short,
    Strict,
    Text,
    with_tuples,
)
from matchmaker.domain import (
    MAX_KIND,
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
from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import CellWarning
from matchmaker.ingest.words import member_of
from matchmaker.services.directory.certificates import CertificateContent
from matchmaker.services.directory.directory import new_id
from matchmaker.services.directory.needs import WantedNeeds
from matchmaker.services.directory.search import LONGEST, MOST_IN_GROUP
from matchmaker.services.directory.search_results import ResultKind
from matchmaker.store.ports import MAX_PATH_LENGTH

MAX_NEIGHBORS = 500
MAX_VALUES = 50
NAMES = (
    "By id, code or name in either language (`gbt2260:330000`, `330000`, `浙江`, `Zhejiang`; "
    "`C34`, `阀门`), with everything below it."
)
COUNTRY_NAMES = "By ISO 3166-1 code or name."


def _in_words(members: type[StrEnum]) -> BeforeValidator:
    """A reader of terms also in the words that people use for them: 小型, little giant."""

    def read(value: object) -> object:
        if not isinstance(value, str) or value in list(members):
            return value
        try:
            return member_of(members, value)
        except (InvalidInput, CellWarning):
            return value  # pydantic says which there are

    return BeforeValidator(read)


KindWord = Annotated[Kind, _in_words(Kind)]
SizeWord = Annotated[Size, _in_words(Size)]
TierWord = Annotated[Tier, _in_words(Tier)]


class Narrowing(Strict):
    """Filters of organisations, in the words of people."""

    kind: list[KindWord] = Field([], max_length=len(Kind))
    size: list[SizeWord] = Field([], max_length=len(Size), description="`sme` holds all but large.")
    tier: list[TierWord] = Field([], max_length=len(Tier))
    country: list[LookupId] = Field([], max_length=MAX_VALUES, description=COUNTRY_NAMES)
    place: list[LookupId] = Field([], max_length=MAX_VALUES, description=NAMES)
    industry: list[LookupId] = Field([], max_length=MAX_VALUES, description=NAMES)

    def narrowed_to(self) -> dict[str, Any]:
        """The same by the names of `OrganizationFilter` and `Filters`."""
        return {
            "kinds": frozenset(self.kind),
            "sizes": frozenset(self.size),
            "tiers": frozenset(self.tier),
            "countries": frozenset(self.country),
            "places": frozenset(self.place),
            "industries": frozenset(self.industry),
        }


CertificateNames = Annotated[
    list[LookupId],
    Field(
        max_length=MAX_VALUES,
        description="Who holds one of these today, or one that shows as much: `ISO 9001` lets"
        " IATF 16949 pass.",
    ),
]


class OrganizationNarrowing(Narrowing):
    """The same, and members of a cluster."""

    cluster: LookupId | None = Field(None, description="By id or name.")

    def to_filter(self) -> OrganizationFilter:
        return OrganizationFilter(**self.narrowed_to(), cluster=self.cluster)


class DirectoryQuery(OrganizationNarrowing, PageQuery):
    """Narrows a list or search of organisations."""

    q: str | None = Field(None, min_length=1, max_length=500, description="Full-text search.")
    certificate: CertificateNames = Field([])

    def to_filter(self) -> OrganizationFilter:
        certificates = frozenset(self.certificate)
        return replace(super().to_filter(), certificates=certificates)


class SearchQuery(Strict):
    """The text that is typed into a search over everything."""

    q: str = Field(
        min_length=1,
        max_length=LONGEST,
        description="A name or part of one in either language, pinyin or its initials, a short "
        "name (浙大), a code (credit code, LEI, VAT number, ROR, GB/T 4754, GB/T 2260), or words.",
    )
    kind: list[ResultKind] = Field(
        [], max_length=len(ResultKind), description="What to look for; none means everything."
    )
    limit: int = Field(5, ge=1, le=MOST_IN_GROUP, description="Results of each kind.")


class OwnerQuery(PageQuery):
    """A page of what one organisation has, or of everybody's."""

    organization: LookupId | None = None


class NeedQuery(OrganizationNarrowing, OwnerQuery):
    """A page of needs, narrowed by what they are for and by who posted them."""

    state: NeedState | None = None
    goal: list[GoalName] = Field([], max_length=len(GoalName))

    def to_wanted(self, organization_id: str | None) -> WantedNeeds:
        goals = frozenset(self.goal)
        return WantedNeeds(self.to_filter(), goals, self.state, organization_id)


class NeighborhoodQuery(Strict):
    """The reach of the ego network."""

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
    street_address: OptionalName = ""
    contact: OptionalName = ""
    capacity: Count | None = None
    listed: bool = True
    founded: PartialDay | None = None
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


class CertificateFields(Strict):
    """A certificate or qualification; `kind` is kept under the one name it is known by."""

    kind: Annotated[Name, Field(max_length=MAX_KIND)]
    number: Short = ""
    issuer: Short = ""
    since: PartialDay | None = None
    until: Day | None = Field(None, description="The last day; null: no end.")
    proof: OptionalName = Field("", description="Name or address of what shows it.")

    def to_content(self) -> CertificateContent:
        day, precision = date_of_text(self.since) if self.since else (None, DatePrecision.DAY)
        return CertificateContent(
            self.kind, self.number, self.issuer, day, self.until, self.proof, precision
        )


class CertificateConfirmation(Strict):
    """Of what somebody saw that they stand for."""

    seen: Annotated[str, Field(max_length=64, description="`digest` of the certificate.")]


class CertificateFile(Strict):
    """The file that shows a certificate."""

    file: FileStorage


class NewOrganization(OrganizationFields):
    """A profile to add; without an id one is made."""

    id: Id | None = None

    def to_organization(self) -> Organization:
        return Organization(id=self.id or new_id("organization"), **self.to_changes())


class OrganizationPatch(OrganizationFields):
    """The fields of a profile to change; what is not sent stays."""

    name: Name = ""
    kind: Kind = Kind.FIRM


class NewOffer(ProgrammeFields):
    """Something that an organisation can give; of a programme also the terms of applying."""

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
        fields = with_tuples(self.model_dump())
        return Offer(id=new_id("offer"), **fields)


class NewNeed(Strict):
    """Something that an organisation looks for."""

    organization: Id
    goal: GoalName
    text: Text
    language: Language = ""
    quantity: Short = ""
    budget: MoneyAmount | None = None
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
    amount: MoneyAmount | None = None


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
    amount: MoneyAmount | None = None
    currency: Currency = ""

    def to_engagement(self) -> Engagement:
        fields = self.model_dump(exclude={"participants"})
        participants = tuple(
            Participant(part.organization, part.role, part.amount) for part in self.participants
        )
        return Engagement(id=new_id("engagement"), participants=participants, **fields)


class LogQuery(Strict):
    """Lines before a number, of somebody, of an action, of a day."""

    who: str = Field(
        "",
        max_length=320,
        description="E-mail address of an account; `admin`, `system`, `link` or `anonymous`.",
    )
    action: str = Field(
        "",
        max_length=100,
        description="An action, as `posting.made`; with a full stop at its end all of a kind, as"
        " `posting.`.",
    )
    day: date | None = Field(None, description="A day in the time zone of the service.")
    before: int | None = Field(None, ge=1, le=2**53)
    limit: int = Field(100, ge=1, le=1000)
