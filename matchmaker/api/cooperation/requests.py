"""Shapes of requests about postings, introductions and gatherings."""

from __future__ import annotations

import datetime
from typing import Annotated, Any

from flask_openapi3 import FileStorage
from pydantic import Field, RootModel, model_validator

from matchmaker.api.http.fields import (
    NEVER_NULL,
    Count,
    Currency,
    Day,
    Language,
    LookupId,
    MoneyAmount,
    Name,
    OptionalText,
    PageQuery,
    ProgrammeFields,
    Short,
    Strict,
    Text,
    with_tuples,
)
from matchmaker.domain import GoalName, OfferKind, Stage, Terms
from matchmaker.services.cooperation.batches import MAX_PAIRS, PlannedPair
from matchmaker.store.documents import new_id
from matchmaker.workflow.appointment import AppointmentOffer, AppointmentStep
from matchmaker.workflow.gathering import (
    MAX_PARTIES,
    Gathering,
    GatheringKind,
    InvitationAnswer,
    Meeting,
)
from matchmaker.workflow.introduction import Identifier, MessageText, Proposal, Transition
from matchmaker.workflow.posting import Posting, PostingAction


class PostingFields(ProgrammeFields):
    """Fields of a need or an offer that may be changed."""

    text: Text
    terms: Terms = Terms.MARKET
    slots: Count | None = None
    quantity: Short = ""
    budget: MoneyAmount | None = None
    currency: Currency = ""
    stages: list[Stage] = Field([], max_length=len(Stage))
    expires: Day | None = None

    def to_changes(self, *, only_sent: bool = False) -> dict[str, Any]:
        """The fields of a posting, all of them or only those that were sent."""
        return with_tuples(self.model_dump(exclude={"publish"}, exclude_unset=only_sent))


class NewPosting(PostingFields):
    """A need (with `goal`) or an offer (with `offer_kind`); `publish` False saves a draft."""

    organization: LookupId
    goal: GoalName | None = None
    offer_kind: OfferKind | None = None
    language: Language = ""
    publish: bool = True

    @model_validator(mode="after")
    def _need_or_offer(self) -> NewPosting:
        if (self.goal is None) == (self.offer_kind is None):
            raise ValueError("name either goal or offer_kind")
        return self

    def to_posting(self) -> Posting:
        now = datetime.datetime.now(datetime.UTC)
        return Posting(id=new_id(), author="", created=now, **self.to_changes())


class PostingPatch(PostingFields):
    """The fields to change; what is not sent stays, as does null where there is no nothing."""

    text: Text = ""

    @model_validator(mode="before")
    @classmethod
    def _without_null(cls, sent: Any) -> Any:
        if not isinstance(sent, dict):
            return sent
        always = ("text", "terms", "quantity", "currency", "stages", *NEVER_NULL)
        return {
            name: value for name, value in sent.items() if value is not None or name not in always
        }


class PostingTransition(Strict):
    """An action on a posting; `note` tells why it is returned."""

    action: PostingAction
    note: MessageText = ""
    version: int | None = Field(
        None,
        ge=0,
        description="The `version` that was read: refused if changed since. Approving needs it.",
    )


class OwnQuery(PageQuery):
    """A page of what an organisation has."""

    organization: LookupId


class PartyQuery(PageQuery):
    """A page of what an organisation is part of, or of what a cluster's coordinators made."""

    organization: LookupId | None = None
    cluster: LookupId | None = None

    def of_whom(self) -> dict[str, str]:
        return {"organization": self.organization or "", "cluster": self.cluster or ""}

    @model_validator(mode="after")
    def _exactly_one_party(self) -> PartyQuery:
        if (self.organization is None) == (self.cluster is None):
            raise ValueError("name either organization or cluster")
        return self


class NewIntroduction(RootModel[Proposal]):
    """The two who are to meet, and for what."""


class IntroductionTransition(RootModel[Transition]):
    """An action on an introduction."""


class NewMessage(Strict):
    """A message to the other side."""

    text: Annotated[MessageText, Field(min_length=1)]
    organization: Identifier = ""


class NewAttachment(Strict):
    """A file for the other side, and what is written beside it."""

    file: FileStorage
    text: MessageText = ""
    organization: Identifier = ""


class NewAppointment(RootModel[AppointmentOffer]):
    """Times to meet, of which the other side picks one."""


class AppointmentAnswer(RootModel[AppointmentStep]):
    """An action on a proposed meeting."""


class NewBatch(Strict):
    """Many introductions at once: for a goal, or pairs from the worklist. `dry_run` only plans."""

    goal: GoalName | None = None
    pairs: list[PlannedPair] = Field([], max_length=MAX_PAIRS)
    limit: int = Field(20, ge=1, le=MAX_PAIRS)
    message: MessageText = ""
    dry_run: bool = True

    @model_validator(mode="after")
    def _pairs_or_goal(self) -> NewBatch:
        if (self.goal is None) == (not self.pairs):
            raise ValueError("name either goal or pairs")
        return self


class Review(Strict):
    """The rule of whether coordinators see needs and offers before they are published."""

    reviews: bool


class NewGathering(Strict):
    """A circle, a joint brief, pooled needs or a shared platform, and who is invited."""

    kind: GatheringKind
    cluster: LookupId
    title: Name
    text: OptionalText = ""
    parties: list[LookupId] = Field(min_length=2, max_length=MAX_PARTIES)
    lead: Identifier = ""
    needs: list[LookupId] = Field([], max_length=MAX_PARTIES)
    rhythm_days: int = Field(0, ge=0, le=366)

    def to_gathering(self, convened_by: str) -> Gathering:
        lists = {
            "parties": tuple((party, InvitationAnswer.WAITING) for party in self.parties),
            "needs": tuple(self.needs),
        }
        now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
        return Gathering(
            id=new_id(), convened_by=convened_by, created=now, **self.model_dump() | lists
        )


class GatheringAnswer(Strict):
    """An invited organisation's answer."""

    organization: LookupId
    answer: InvitationAnswer


class NewMeeting(Strict):
    """A meeting that was held."""

    at: datetime.datetime
    topic: Name
    present: list[LookupId] = Field([], max_length=MAX_PARTIES)
    result: OptionalText = ""

    def to_meeting(self) -> Meeting:
        zoned = self.at if self.at.tzinfo else self.at.replace(tzinfo=datetime.UTC)
        return Meeting(zoned, self.topic, tuple(self.present), self.result)
