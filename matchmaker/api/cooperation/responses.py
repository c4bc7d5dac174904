"""What answers about postings, introductions, gatherings and effects carry."""

from __future__ import annotations

import datetime

from pydantic import BaseModel

from matchmaker.api.http.fields import Outgoing, PageOut
from matchmaker.api.matching.responses import RecommendationOut, RecommendationPage
from matchmaker.domain import GoalName, Kind, OfferKind, Stage, Terms
from matchmaker.services.cooperation.batches import Batch
from matchmaker.services.cooperation.effects import Effect, Funnel
from matchmaker.services.cooperation.gatherings import SeenGathering
from matchmaker.services.cooperation.postings import Posted
from matchmaker.workflow.gathering import Answer, GatheringKind, GatheringState
from matchmaker.workflow.introduction import (
    Action,
    AmountBand,
    Origin,
    OutcomeKind,
    Side,
    State,
)
from matchmaker.workflow.posting import PostingState
from matchmaker.workflow.statistics import Share


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
        one = posted.posting
        fields = {
            name: getattr(one, name)
            for name in cls.model_fields
            if name not in ("version", "graph_id", "matches", "stages")
        }
        return cls(
            **fields,
            version=posted.version,
            stages=list(one.stages),
            graph_id=one.graph_id if one.is_in_graph else None,
            matches=[RecommendationOut.of(found, language) for found in posted.matches],
        )


class PostingPage(PageOut[PostingOut]):
    """Postings."""


class PostingList(BaseModel):
    """Postings."""

    items: list[PostingOut]


class PreviewOut(BaseModel):
    """Who could meet a need, before it is saved; nothing for an offer."""

    answer: RecommendationPage | None


class CounterpartOut(Outgoing):
    """One of the two; empty but for the kind while its name is hidden."""

    id: str
    name: str
    name_en: str
    kind: Kind


class PersonOut(Outgoing):
    """Somebody who agreed."""

    name: str
    email: str


class ContactOut(Outgoing):
    """How to reach the other side."""

    text: str
    website: str
    people: list[PersonOut]


class OutcomeOut(Outgoing):
    """What came of it."""

    kind: OutcomeKind
    amount: AmountBand
    new_product: bool
    jobs: int
    note: str


class StepOut(Outgoing):
    """One thing that was done."""

    action: Action
    state: State
    at: datetime.datetime
    side: Side | None
    reason: str


class IntroductionOut(Outgoing):
    """An introduction as its reader may see it; `allowed` is what may be done next."""

    id: str
    version: int
    goal: GoalName
    state: State
    origin: Origin
    side: Side | None
    asking: Side
    seeker: CounterpartOut
    candidate: CounterpartOut
    created: datetime.datetime
    expires: datetime.datetime
    message: str
    terms: str
    need: str
    cluster: str
    batch: str
    accepted: list[Side]
    awaited: list[Side]
    allowed: list[Action]
    reported_by: Side | None
    outcome: OutcomeOut | None
    satisfaction: int | None
    steps: list[StepOut]
    contact: ContactOut | None


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


class PlannedOut(Outgoing):
    """A pair of a plan, with the product of both sides' wish and readiness."""

    seeker: str
    candidate: str
    goal: GoalName
    value: float


class RefusedOut(BaseModel):
    """A pair that could not be proposed, and why."""

    seeker: str
    candidate: str
    reason: str


class ExposureOut(BaseModel):
    """How often an organisation was shown and proposed."""

    organization: str
    name: str = ""
    shown: int = 0
    proposed: int


class BatchOut(BaseModel):
    """What was proposed, or would be."""

    id: str
    planned: list[PlannedOut]
    introductions: list[str]
    refused: list[RefusedOut]
    options: int
    held_out: int
    expected: float
    exposure: list[ExposureOut]

    @classmethod
    def of(cls, batch: Batch) -> BatchOut:
        return cls(
            id=batch.id,
            planned=[PlannedOut.model_validate(one) for one in batch.planned],
            introductions=list(batch.introductions),
            refused=[
                RefusedOut(seeker=one.seeker, candidate=one.candidate, reason=reason)
                for one, reason in batch.refused
            ],
            options=batch.options,
            held_out=batch.held_out,
            expected=batch.expected,
            exposure=[ExposureOut(organization=id, proposed=n) for id, n in batch.exposure],
        )


class RulesOut(Outgoing):
    """What a cluster's coordinators decided."""

    id: str
    reviews: bool


class MeetingOut(Outgoing):
    """A meeting that was held."""

    at: datetime.datetime
    topic: str
    present: list[str]
    result: str


class PartyOut(BaseModel):
    """An invited organisation, its answer, and its contact where one may know it."""

    organization: str
    name: str
    answer: Answer
    contact: ContactOut | None


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
    parties: list[PartyOut]
    meetings: list[MeetingOut]

    @classmethod
    def of(cls, seen: SeenGathering) -> GatheringOut:
        one = seen.gathering
        return cls(
            id=one.id,
            kind=one.kind,
            cluster=one.cluster,
            title=one.title,
            text=one.text,
            state=one.state,
            lead=one.lead,
            needs=list(one.needs),
            rhythm_days=one.rhythm_days,
            parties=[
                PartyOut(
                    organization=party,
                    name=seen.names.get(party, ""),
                    answer=said,
                    contact=ContactOut.model_validate(seen.contacts[party])
                    if party in seen.contacts
                    else None,
                )
                for party, said in one.parties
            ],
            meetings=[MeetingOut.model_validate(meeting) for meeting in one.meetings],
        )


class GatheringPage(PageOut[GatheringOut]):
    """Gatherings."""


class ShareOut(BaseModel):
    """A share with its 95 % interval."""

    successes: int
    total: int
    value: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, share: Share) -> ShareOut:
        low, high = share.interval or (None, None)
        return cls(
            successes=share.successes, total=share.total, value=share.value, low=low, high=high
        )


class ReasonCount(BaseModel):
    """A reason for declining and how often it was given."""

    reason: str
    count: int


class FunnelOut(BaseModel):
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

    @classmethod
    def of(cls, one: Funnel) -> FunnelOut:
        counts = {
            name: getattr(one, name)
            for name in cls.model_fields
            if name not in ("acceptance", "completion", "reasons")
        }
        return cls(
            **counts,
            acceptance=ShareOut.of(one.acceptance),
            completion=ShareOut.of(one.completion),
            reasons=[ReasonCount(reason=text, count=number) for text, number in one.reasons],
        )


class FunnelList(BaseModel):
    """One funnel for each goal."""

    items: list[FunnelOut]


class BeforeAfterOut(Outgoing):
    """A reported figure before and after; a comparison in time, never by itself an effect."""

    indicator: str
    unit: str
    organizations: int
    before: float | None
    after: float | None


class EffectOut(BaseModel):
    """Treated pairs against those that chance held out (intention to treat), and all else."""

    cluster: str
    since: datetime.datetime | None
    verdict: str
    treated: ShareOut
    held_out: ShareOut
    difference: float | None
    low: float | None
    high: float | None
    new_ties: int
    funnel: list[FunnelOut]
    mission: list[BeforeAfterOut]
    exposure: list[ExposureOut]

    @classmethod
    def of(cls, one: Effect) -> EffectOut:
        low, high = one.tied.interval or (None, None)
        return cls(
            cluster=one.cluster,
            since=one.since,
            verdict=one.verdict,
            treated=ShareOut.of(one.tied.treated),
            held_out=ShareOut.of(one.tied.held_out),
            difference=one.tied.value,
            low=low,
            high=high,
            new_ties=one.new_ties,
            funnel=[FunnelOut.of(each) for each in one.funnel],
            mission=[BeforeAfterOut.model_validate(each) for each in one.mission],
            exposure=[
                ExposureOut(
                    organization=each.organization,
                    name=each.name,
                    shown=each.shown,
                    proposed=each.proposed,
                )
                for each in one.exposure
            ],
        )
