"""Recommendations as callers see them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from pydantic import BaseModel

from matchmaker.api.http.fields import ListOut, Outgoing
from matchmaker.domain import GoalName, Kind, Layer
from matchmaker.goals import Goal
from matchmaker.messages import Message, message, translated
from matchmaker.recommend.model import (
    AdviceWay,
    ConditionCheck,
    ConditionKind,
    Evidence,
    Match,
    PathStep,
    ProgrammeFit,
    Reason,
    Recommendation,
)
from matchmaker.recommend.specification import Fulfilment, Judgement, Requirement, RequirementKind
from matchmaker.services.matching.answer import Answer, Freshness
from matchmaker.services.matching.programme_alerts import FittingProgramme
from matchmaker.terms import TERMS
from matchmaker.workflow.programme_alerts import ProgrammeChoice

REASONS_IN_A_SENTENCE = 3


class GoalOut(Outgoing):
    """A goal: what a recommendation can be for."""

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
            title_zh=goal.heading.text("zh"),
            title_en=goal.heading.text("en"),
            seekers=sorted(goal.askers),
            candidates=sorted(goal.answerers),
            layers=sorted(goal.layers),
        )


class GoalList(ListOut[GoalOut]):
    """All goals."""


class ReasonOut(Outgoing):
    """One kind of evidence's part in the score, in the language asked for and in both."""

    feature: str
    contribution: float
    value: float | None
    text: str
    zh: str
    en: str


class AdviceOut(Outgoing):
    """Advice: over a partner of both (`closing`) or over a gap (`reaching`)."""

    way: AdviceWay
    text: str
    zh: str
    en: str


class RequirementOut(Outgoing):
    """Something that words specify: `value` with its unit, read from `text`.

    `low` and `high` bound a measured value in `unit`, null where it is open. A `soft` one is
    a wish, a `denied` one is what is not wanted or not on offer. `key` names it in
    `requirements` of a question, to be ignored, insisted on or merely wished for.
    """

    key: str
    kind: RequirementKind
    title: str
    value: str
    text: str
    start: int
    end: int
    low: float | None
    high: float | None
    unit: str
    soft: bool
    denied: bool

    @classmethod
    def of(cls, requirement: Requirement, language: str) -> RequirementOut:
        title = translated(TERMS[requirement.kind], language)
        return cls.model_validate(requirement._asdict() | {"key": requirement.key, "title": title})


class JudgementOut(Outgoing):
    """One requirement against what a candidate says: met, unmet or unknown.

    `evidence` are the words that say so, "" where nothing is said; `note` what to mind. With
    `on_record` a certificate on record says it: `note` tells until when and who stands for it.
    """

    requirement: str
    value: str
    verdict: Fulfilment
    evidence: str
    note: str
    on_record: bool

    @classmethod
    def of(cls, judgement: Judgement, language: str) -> JudgementOut:
        return cls(
            requirement=judgement.requirement.key,
            value=judgement.requirement.value,
            verdict=judgement.verdict,
            evidence=judgement.evidence.text if judgement.evidence else "",
            note=judgement.note.text(language) if judgement.note else "",
            on_record=judgement.on_record,
        )


class RecommendationOut(Outgoing):
    """A candidate; `reason` is a sentence in the language asked for.

    `reasons` speak for it and `against` against it; contributions of both add up to `score`.
    `requirements` says of each thing that was specified whether its best statement meets it.
    `match` grades what it says against the words asked; null where nobody asked in words.
    `chance` is the probability of a tie within two years, before the price of being
    suggested to many others that `score` is less; null where fixed weights rank.
    `km` from the seeker's place; null where that is not known, or both are of one place.
    """

    id: str
    name: str
    name_en: str
    kind: Kind
    score: float
    reason: str
    reasons: list[ReasonOut]
    against: list[ReasonOut]
    evidence: tuple[Evidence, ...]
    path: tuple[PathStep, ...]
    match: Match | None = None
    requirements: tuple[JudgementOut, ...] = ()
    advice: AdviceOut | None = None
    chance: float | None = None
    km: float | None = None

    @classmethod
    def of(cls, recommendation: Recommendation, language: str) -> RecommendationOut:
        advice, comparison = recommendation.advice, recommendation.comparison
        worded = {
            "reason": leading_reasons(recommendation, language),
            "reasons": _reasons(recommendation.reasons, language),
            "against": _reasons(recommendation.against, language),
            "requirements": [
                JudgementOut.of(judgement, language)
                for judgement in (comparison.judgements if comparison else ())
            ],
            "advice": advice and {"way": advice.way, **_texts(advice.message, language)},
        }
        return cls.model_validate(vars(recommendation) | worded)


class ConditionOut(Outgoing):
    """One condition of a programme: `asked`, and the `value` on record that it was checked by."""

    condition: ConditionKind
    title: str
    asked: str
    verdict: Fulfilment
    value: str

    @classmethod
    def of(cls, check: ConditionCheck, language: str) -> ConditionOut:
        return cls(
            condition=check.condition,
            title=condition_title(check.condition).text(language),
            asked=check.asked.text(language),
            verdict=check.verdict,
            value=check.value.text(language),
        )


def condition_title(condition: ConditionKind) -> Message:
    """The title of a condition."""
    return message("Firm size") if condition is ConditionKind.SIZE else Message(TERMS[condition])


class ProgrammeOut(Outgoing):
    """A programme that can be applied to; `id` is that of the offer, `organization` makes it.

    `answers` says whether it answers the words asked; null where nobody asked in words.
    """

    id: str
    organization: str
    name: str
    name_en: str
    title: str
    text: str
    amount: str
    url: str
    opens: date | None
    deadline: date | None
    conditions: list[ConditionOut]
    score: float
    fit: float
    answers: bool | None

    @classmethod
    def of(cls, programme: ProgrammeFit, language: str) -> ProgrammeOut:
        conditions = [ConditionOut.of(check, language) for check in programme.checks]
        return cls.model_validate(
            vars(programme) | {"title": programme.title, "conditions": conditions}
        )


class FittingProgrammeOut(Outgoing):
    """A programme of which a firm fails no condition, or that it keeps; with its decision."""

    programme: ProgrammeOut
    choice: ProgrammeChoice | None

    @classmethod
    def of(cls, row: FittingProgramme, language: str) -> FittingProgrammeOut:
        return cls(programme=ProgrammeOut.of(row.fit, language), choice=row.choice)


class FittingProgrammeList(ListOut[FittingProgrammeOut]):
    """Programmes that fit a firm."""


class ClosestStatementOut(Outgoing):
    """The statement that came closest to words that nobody answers."""

    id: str
    name: str
    name_en: str
    evidence: Evidence


class NamedOrganizationOut(Outgoing):
    """An organisation that the question names."""

    id: str
    name: str
    name_en: str


class RecommendationPage(BaseModel):
    """Recommendations, best first; `seeker` is empty for a free text of nobody known.

    Asked in words, `recommendations` are those who say something that answers; `nearby` are
    near to the seeker, though nothing they say mentions it. Where nobody answers, `closest`
    are the statements that came closest, and `text` says so in the language asked for.
    `known_partners` would stand among the recommendations, were partners not left out
    (`only_new`), and `further_known_partners` counts others who may; `partners` says so in
    words. `usual` says how such ties came about in the past. `requirements` are what was read
    from the words, `ignored` those of them that the question leaves aside.
    `programmes` are what is looked for where the goal is `support`, best first, with each of
    their conditions; `recommendations` are then those who offer them.
    `named` are those whom the words ask for by name, and `naming` says so.
    `notices` say whom a filter let pass where nobody is coded as finely, and which words were
    taken for slips of the pen and read otherwise.
    `impression` is what clicks and requests for an introduction refer to.
    """

    goal: GoalName
    seeker: str
    impression: str
    snapshot: Freshness
    recommendations: list[RecommendationOut]
    nearby: list[RecommendationOut] = []
    closest: list[ClosestStatementOut] = []
    known_partners: list[RecommendationOut] = []
    further_known_partners: int = 0
    partners: str = ""
    usual: str = ""
    requirements: list[RequirementOut] = []
    ignored: list[RequirementOut] = []
    text: str = ""
    notices: list[str] = []
    programmes: list[ProgrammeOut] = []
    naming: str = ""
    named: list[NamedOrganizationOut] = []

    @classmethod
    def of(
        cls, answer: Answer, language: str, *, names_partners: bool = True
    ) -> RecommendationPage:
        """The page; without `names_partners` those who fit are only counted."""
        if not names_partners:
            answer = answer.without_names_of_partners
        return cls(
            goal=answer.goal,
            seeker=answer.seeker,
            impression=answer.impression_id,
            snapshot=answer.freshness,
            recommendations=[
                RecommendationOut.of(recommendation, language)
                for recommendation in answer.recommendations
            ],
            nearby=[RecommendationOut.of(candidate, language) for candidate in answer.nearby],
            closest=[ClosestStatementOut.model_validate(vars(each)) for each in answer.closest],
            known_partners=[RecommendationOut.of(partner, language) for partner in answer.known],
            further_known_partners=answer.further_known,
            partners="" if answer.known_partners is None else answer.known_partners.text(language),
            usual="" if answer.usual is None else answer.usual.text(language),
            requirements=[RequirementOut.of(each, language) for each in answer.requirements],
            ignored=[RequirementOut.of(each, language) for each in answer.ignored],
            text="" if answer.advice is None else answer.advice.text(language),
            notices=[notice.text(language) for notice in answer.notices],
            programmes=[ProgrammeOut.of(each, language) for each in answer.programmes],
            naming="" if answer.named_ones is None else answer.named_ones.text(language),
            named=[
                NamedOrganizationOut.model_validate(each, from_attributes=True)
                for each in answer.named
            ],
        )


def _reasons(reasons: Iterable[Reason], language: str) -> list[dict[str, object]]:
    return [vars(reason) | _texts(reason.message, language) for reason in reasons]


def _texts(message: Message, language: str) -> dict[str, str]:
    """A message in the reader's language and in the two that the interface promises."""
    if not (message.parameters or message.plural):
        return _texts_of_words(message.id, message.context, language)
    zh, en = message.text("zh"), message.text("en")
    text = {"zh": zh, "en": en}.get(language) or message.text(language)
    return {"text": text, "zh": zh, "en": en}


# An answer says the same few of them in a hundred places; nobody changes what is read here.
@lru_cache(maxsize=2_000)
def _texts_of_words(id: str, context: str, language: str) -> dict[str, str]:
    zh, en = translated(id, "zh", context), translated(id, "en", context)
    text = {"zh": zh, "en": en}.get(language) or translated(id, language, context)
    return {"text": text, "zh": zh, "en": en}


def leading_reasons(recommendation: Recommendation, language: str) -> str:
    """The first reasons of a recommendation in a sentence; "" where there are none."""
    leading = recommendation.leading(REASONS_IN_A_SENTENCE)
    if not leading:
        return ""
    texts = translated("; ", language).join(reason.message.text(language) for reason in leading)
    return translated("%(reasons)s.", language) % {"reasons": texts}


class PickOut(BaseModel):
    """A candidate that was saved or dismissed."""

    candidate: str
    reason: str


class PickPage(ListOut[PickOut]):
    """Candidates that were saved or dismissed."""
