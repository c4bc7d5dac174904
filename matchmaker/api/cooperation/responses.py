"""Shapes of answers about postings, introductions, gatherings and effects."""

from __future__ import annotations

import datetime
import inspect
from dataclasses import dataclass
from typing import Any

from pydantic import AliasPath, BaseModel, Field, RootModel

from matchmaker.api.http.fields import ListOut, Outgoing, PageOut, RowOut
from matchmaker.api.matching.responses import RecommendationOut, RecommendationPage
from matchmaker.services.cooperation.batches import Batch, PlannedPair
from matchmaker.services.cooperation.effects import BeforeAfter, Exposure, Funnel, Verdict
from matchmaker.services.cooperation.gatherings import GatheringView
from matchmaker.services.cooperation.introduction_views import Contact, IntroductionView
from matchmaker.services.cooperation.postings import SavedPosting
from matchmaker.workflow.appointment import Appointment
from matchmaker.workflow.gathering import GatheringKind, GatheringState, InvitationAnswer, Meeting
from matchmaker.workflow.interactions import ClusterRules
from matchmaker.workflow.posting import PostingContent, PostingState
from matchmaker.workflow.statistics import Share


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingView(PostingContent):
    """A need or an offer; `graph_id` is its id among needs or offers once it is published.

    `matches` are whom a need found as it was published, in the answer to that alone: read again,
    also by a repetition of the request, it has none. Recommendations for the need are of now.
    """

    id: str
    version: int
    state: PostingState
    created: datetime.datetime
    published: datetime.date | None
    graph_id: str | None
    note: str
    matches: list[RecommendationOut]


class PostingOut(RowOut[PostingView]):
    """A need or an offer."""

    @classmethod
    def of(cls, posted: SavedPosting, language: str) -> PostingOut:
        fields = values(PostingView, posted.posting) | {
            "version": posted.version,
            "graph_id": posted.posting.graph_id if posted.posting.is_in_graph else None,
            "matches": [RecommendationOut.of(match, language) for match in posted.matches],
        }
        return cls(PostingView(**fields))


class PostingPage(PageOut[PostingOut]):
    """Postings."""


class PostingList(ListOut[PostingOut]):
    """Postings."""


class PreviewOut(BaseModel):
    """Those who could meet a need, before it is saved; nobody for an offer."""

    answer: RecommendationPage | None


class IntroductionOut(RootModel[IntroductionView]):
    """An introduction as its reader may see it."""


class IntroductionPage(PageOut[IntroductionOut]):
    """Introductions."""


class AttachmentOut(Outgoing):
    """A file of a conversation; its content is at `/attachments/{id}`."""

    id: str
    name: str
    media_type: str
    size: int = Field(description="Bytes.")
    digest: str = Field(description="SHA-256 of the content.")


class AppointmentOut(RootModel[Appointment]):
    """A proposed or fixed meeting; `side` is the one that proposed it."""


class AppointmentList(ListOut[AppointmentOut]):
    """Meetings, newest first."""


class MessageOut(Outgoing):
    """One message of a conversation."""

    id: str
    organization: str
    at: datetime.datetime
    text: str
    attachments: list[AttachmentOut]


class MessagePage(PageOut[MessageOut]):
    """A conversation, oldest first."""


class SlotUsageOut(Outgoing):
    """Slots of an organisation: how many introductions it can take on at once."""

    capacity: int = Field(description="In all.")
    running: int = Field(description="Taken by running introductions.")
    waiting: int = Field(description="Requests that wait for its answer.")
    free: int = Field(description="Neither taken nor waited for.")


class RefusedOut(BaseModel):
    """A pair that could not be proposed, and why."""

    seeker: str
    candidate: str
    reason: str


class BatchOut(BaseModel):
    """Introductions that were proposed, or would be."""

    id: str
    planned: list[PlannedPair]
    introductions: list[str]
    refused: list[RefusedOut]
    options: int
    held_out: int
    expected: float
    exposure: list[Exposure]

    @classmethod
    def of(cls, batch: Batch, language: str) -> BatchOut:
        refused = [
            RefusedOut(seeker=pair.seeker, candidate=pair.candidate, reason=reason.text(language))
            for pair, reason in batch.refused
        ]
        exposure = [Exposure(id, proposed=count) for id, count in batch.exposure]
        return cls.model_validate(values(cls, batch) | {"refused": refused, "exposure": exposure})


class RulesOut(RootModel[ClusterRules]):
    """Rules that a cluster's coordinators decided."""


class GatheringPartyOut(BaseModel):
    """An invited organisation, its answer, and its contact where one may know it."""

    organization: str
    name: str
    answer: InvitationAnswer
    contact: Contact | None


class GatheringOut(BaseModel):
    """A circle, a joint brief, pooled needs or a shared platform."""

    id: str
    kind: GatheringKind
    cluster: str
    title: str
    text: str
    state: GatheringState
    lead: str
    needs: list[str]
    rhythm_days: int
    parties: list[GatheringPartyOut]
    meetings: list[Meeting]

    @classmethod
    def of(cls, view: GatheringView) -> GatheringOut:
        parties = [
            GatheringPartyOut(
                organization=party,
                name=view.names.get(party, ""),
                answer=answer,
                contact=view.contacts.get(party),
            )
            for party, answer in view.parties
        ]
        return cls.model_validate(values(cls, view.gathering) | {"parties": parties})


class GatheringPage(PageOut[GatheringOut]):
    """Gatherings."""


class FunnelList(ListOut[Funnel]):
    """One funnel for each goal."""


class EffectOut(Outgoing):
    """Treated pairs against those that chance held out (intention to treat), and all else."""

    cluster: str
    since: datetime.datetime | None
    verdict: Verdict
    treated: Share = Field(validation_alias=AliasPath("tied", "treated"))
    held_out: Share = Field(validation_alias=AliasPath("tied", "held_out"))
    difference: float | None = Field(validation_alias=AliasPath("tied", "value"))
    low: float | None = Field(None, validation_alias=AliasPath("tied", "interval", 0))
    high: float | None = Field(None, validation_alias=AliasPath("tied", "interval", 1))
    new_ties: int
    funnel: list[Funnel]
    mission: list[BeforeAfter]
    exposure: list[Exposure]


def values(model: type[BaseModel] | type[PostingView], source: object) -> dict[str, Any]:
    """The fields of a model that something has under the same names."""
    names = inspect.signature(model).parameters
    return {name: getattr(source, name) for name in names if hasattr(source, name)}
