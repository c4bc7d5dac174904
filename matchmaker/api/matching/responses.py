"""Recommendations as callers see them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from pydantic import BaseModel

from matchmaker.api.http.fields import Outgoing
from matchmaker.domain import (
    GoalName,
    Kind,
    Layer,
    StatementKind,
)
from matchmaker.recommend.goals import Goal
from matchmaker.recommend.model import Recommendation, Way
from matchmaker.services.matching.matching import Answer

REASONS_IN_A_SENTENCE = 3


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


def _sentence(texts: Iterable[str], language: str) -> str:
    parts = [text.rstrip("。.;；") for text in texts if text]
    if not parts:
        return ""
    return "；".join(parts) + "。" if language == "zh" else "; ".join(parts) + "."


class PickOut(BaseModel):
    """A candidate that was saved or dismissed."""

    candidate: str
    reason: str


class PickList(BaseModel):
    """What was saved or dismissed."""

    items: list[PickOut]
