"""What answers about postings, introductions, gatherings and effects carry."""

from __future__ import annotations

import datetime
from typing import Any

from pydantic import BaseModel, RootModel

from matchmaker.api.http.fields import Outgoing, PageOut
from matchmaker.api.matching.responses import RecommendationOut, RecommendationPage
from matchmaker.domain import GoalName, OfferKind, Stage, Terms
from matchmaker.services.cooperation.batches import Batch, PlannedPair
from matchmaker.services.cooperation.effects import (
    BeforeAfter,
    Effect,
    Exposure,
    ReasonCount,
    Verdict,
)
from matchmaker.services.cooperation.gatherings import GatheringView
from matchmaker.services.cooperation.introduction_views import Contact, IntroductionView
from matchmaker.services.cooperation.postings import Posted
from matchmaker.workflow.gathering import GatheringKind, GatheringState, InvitationAnswer, Meeting
from matchmaker.workflow.interactions import ClusterRules
from matchmaker.workflow.posting import PostingState


class PostingOut(Outgoing):
    """A need or an offer; `graph_id` is its id among needs or offers once it is published."""

    id: str
    version: int
    organization: str
    state: PostingState
    goal: GoalName | None
    offer_kind: OfferKind | None
    text: str
    language: str
    terms: Terms
    slots: int | None
    quantity: str
    budget: float | None
    currency: str
    deadline: datetime.date | None
    stages: list[Stage]
    created: datetime.datetime
    published: datetime.date | None
    expires: datetime.date | None
    graph_id: str | None
    note: str
    matches: list[RecommendationOut]

    @classmethod
    def of(cls, posted: Posted, language: str) -> PostingOut:
        posting = posted.posting
        others = {
            "version": posted.version,
            "graph_id": posting.graph_id if posting.is_in_graph else None,
            "matches": [RecommendationOut.of(match, language) for match in posted.matches],
        }
        return cls.model_validate(values(cls, posting) | others)


class PostingPage(PageOut[PostingOut]):
    """Postings."""


class PostingList(BaseModel):
    """Postings."""

    items: list[PostingOut]


class PreviewOut(BaseModel):
    """Who could meet a need, before it is saved; nothing for an offer."""

    answer: RecommendationPage | None


class IntroductionOut(RootModel[IntroductionView]):
    """An introduction as its reader may see it."""


class IntroductionPage(PageOut[IntroductionOut]):
    """Introductions."""


class MessageOut(Outgoing):
    """One message of a conversation."""

    id: str
    organization: str
    at: datetime.datetime
    text: str


class MessagePage(PageOut[MessageOut]):
    """A conversation, oldest first."""


class LoadOut(Outgoing):
    """Slots of an organisation."""

    capacity: int
    running: int
    waiting: int
    free: int


class RefusedOut(BaseModel):
    """A pair that could not be proposed, and why."""

    seeker: str
    candidate: str
    reason: str


class BatchOut(BaseModel):
    """What was proposed, or would be."""

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
    """What a cluster's coordinators decided."""


class GatheringPartyOut(BaseModel):
    """An invited organisation, its answer, and its contact where one may know it."""

    organization: str
    name: str
    answer: InvitationAnswer
    contact: Contact | None


class GatheringOut(BaseModel):
    """A circle, a joint brief or a shared platform."""

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
            for party, answer in view.gathering.parties
        ]
        return cls.model_validate(values(cls, view.gathering) | {"parties": parties})


class GatheringPage(PageOut[GatheringOut]):
    """Gatherings."""


class ShareOut(Outgoing):
    """A share with its 95 % interval."""

    successes: int
    total: int
    value: float | None
    low: float | None
    high: float | None


class FunnelOut(Outgoing):
    """How far the introductions of one goal came; each count includes those after it."""

    goal: GoalName
    shown: int
    clicked: int
    proposed: int
    answered: int
    accepted: int
    met: int
    agreed: int
    delivered: int
    completed: int
    declined: int
    expired: int
    hours_to_answer: float | None
    acceptance: ShareOut
    completion: ShareOut
    reasons: list[ReasonCount]


class FunnelList(Outgoing):
    """One funnel for each goal."""

    items: list[FunnelOut]


class EffectOut(Outgoing):
    """Treated pairs against those that chance held out (intention to treat), and all else."""

    cluster: str
    since: datetime.datetime | None
    verdict: Verdict
    treated: ShareOut
    held_out: ShareOut
    difference: float | None
    low: float | None
    high: float | None
    new_ties: int
    funnel: list[FunnelOut]
    mission: list[BeforeAfter]
    exposure: list[Exposure]

    @classmethod
    def of(cls, effect: Effect) -> EffectOut:
        low, high = effect.tied.interval or (None, None)
        ends = {"difference": effect.tied.value, "low": low, "high": high}
        shown = values(cls, effect.tied) | values(cls, effect) | ends
        return cls.model_validate(shown, from_attributes=True)


def values(model: type[BaseModel], source: object) -> dict[str, Any]:
    """The fields of a model that something has under the same names."""
    return {name: getattr(source, name) for name in model.model_fields if hasattr(source, name)}
