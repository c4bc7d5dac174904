"""The form of a member in a tie survey: its questions with whom comes to mind first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import numpy as np

from matchmaker.domain import Kind, NamedOrganization, Organization
from matchmaker.services.auditing.surveys import Surveys
from matchmaker.snapshot.geography import great_circle_km
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.survey import (
    ReportedTie,
    SurveyAnswer,
    SurveyQuestion,
    SurveyResponse,
    SurveyRound,
    TieKey,
    key_of,
    response_id,
)

_SUGGESTED = 8
_NEIGHBOURS = 1_000
_HUBS = frozenset({Kind.PLATFORM, Kind.PUBLIC_BODY})
_LABS = frozenset({Kind.UNIVERSITY, Kind.RESEARCH_INSTITUTE})
_UNKNOWN_KM = float("inf")


class SuggestedBy(StrEnum):
    """Reasons why somebody is suggested as a partner, the strongest first."""

    LAST_ANSWER = "last_answer"
    ON_RECORD = "on_record"
    SAME_TRADE = "same_trade"
    NEAR = "near"


@dataclass(frozen=True, slots=True)
class SuggestedPartner:
    """A partner to tick; `km` is None where a place is not known. `tie` is what was told."""

    organization: NamedOrganization
    by: SuggestedBy
    km: float | None = None
    tie: ReportedTie | None = None


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """One question with those who come to mind first, and partners told who are not known."""

    question: SurveyQuestion
    suggestions: tuple[SuggestedPartner, ...]
    outside: tuple[ReportedTie, ...]


@dataclass(frozen=True, slots=True)
class ClaimedTie:
    """A tie that another member named: to be confirmed or denied, as asked of who reads it."""

    question: SurveyQuestion
    partner: NamedOrganization


@dataclass(frozen=True, slots=True)
class SurveyForm:
    """The questions to a member, with all that it takes to answer in three minutes.

    `roster` are the other members of the cluster, asked or not. `claims` are what others say of
    it, shown to its own people only, once it has answered, so that nobody is led. `answer` is its
    answer, or that of the round before, where this one begins; unless `hides_answers`.
    """

    survey: SurveyRound
    organization: NamedOrganization
    response: SurveyResponse
    answer: SurveyAnswer
    questions: tuple[AskedQuestion, ...]
    roster: tuple[NamedOrganization, ...]
    claims: tuple[ClaimedTie, ...]
    is_open: bool
    hides_answers: bool = False


def form_of(
    surveys: Surveys,
    survey: SurveyRound,
    response: SurveyResponse,
    *,
    hides_answers: bool = False,
    by_link: bool = False,
    sent: SurveyAnswer | None = None,
) -> SurveyForm:
    """The form of one member, as it stands now; with `hides_answers` an empty one.

    Empty for whoever opens a personal link: its coordinator has seen it, too, and an answer of
    this round or of the one before is the member's own. Nor does who answers `by_link` read what
    others said: a coordinator could read everybody's answers so. Who opted out is in none, also
    where it named the member, but where the member named it before. What was `sent` and is not kept
    is shown beside.
    """
    own, store = response.organization, surveys.store
    if hides_answers:
        response = replace(response, answer=SurveyAnswer())
    if by_link:
        answer = response.answer
    else:
        answer = response.answer if response.answered else _last_answer(surveys, survey, own)
    if sent is not None:
        is_beside = response.answered and not by_link
        answer = sent.with_all_of(answer) if is_beside else sent
    partners = [tie.partner for tie in answer.ties if tie.partner]
    members = {row.id: row for row in surveys.members(survey.cluster)}
    others = [id for id in (own, *survey.members, *partners) if id not in members]
    rows = members | store.organizations_by_id(list(dict.fromkeys(others)))
    hidden = unknown_to(surveys, own) | {own}
    # Who has left the cluster knows whom the round asks, and is not told who is in it since.
    listed = dict.fromkeys((*survey.members, *(members if own in members else ())))
    roster = [rows[id] for id in listed if id in rows and id not in hidden]
    suggestions = _Suggestions(store, rows[own], roster, rows)
    shows_claims = response.answered and not by_link
    claims = _claims(surveys, survey, response) if shows_claims else []
    return SurveyForm(
        survey,
        rows[own].named,
        response,
        answer,
        tuple(
            suggestions.of(question, [tie for tie in answer.ties if tie.question is question])
            for question in _questions(survey, answer)
            if question is not SurveyQuestion.USED_BY or rows[own].kind in _HUBS
        ),
        tuple(row.named for row in roster),
        tuple(
            ClaimedTie(question, rows[id].named)
            for question, id in claims
            if id in rows and id not in hidden
        ),
        survey.is_open_on(surveys.clock().date()),
        hides_answers,
    )


def _questions(survey: SurveyRound, answer: SurveyAnswer) -> tuple[SurveyQuestion, ...]:
    """What is asked; and what the answer says besides, by confirming what others named."""
    return tuple(dict.fromkeys((*survey.questions, *(tie.question for tie in answer.ties))))


def unknown_to(surveys: Surveys, organization_id: str) -> frozenset[str]:
    """Ids of those who opted out, but for those whom this member named, or denied, before."""
    hidden = surveys.store.opted_out()
    if not hidden:
        return hidden
    own = surveys.repositories.survey_responses.values("organization", organization_id)
    return hidden.difference(partner for each in own for _, partner in each.answer.mentioned)


def _last_answer(surveys: Surveys, survey: SurveyRound, own: str) -> SurveyAnswer:
    """The member's answer in the round before, to what is asked in this one."""
    latest = max(
        (
            (each.answered, each.id, each.answer)
            for each in surveys.repositories.survey_responses.values("organization", own)
            if each.answered and each.round != survey.id
        ),
        default=None,
        key=lambda each: each[:2],
    )
    if latest is None:
        return SurveyAnswer()
    answer = latest[2]
    ties = tuple(tie for tie in answer.ties if tie.question in survey.questions)
    return SurveyAnswer(ties)  # whether it shows them is asked anew


def _claims(
    surveys: Surveys, survey: SurveyRound, response: SurveyResponse
) -> list[tuple[SurveyQuestion, str]]:
    """Claims of others about a member that it neither names nor denies itself."""
    own, answer = response.organization, response.answer
    mentioned = {key_of(question, own, partner) for question, partner in answer.mentioned}
    naming = surveys.repositories.survey_responses.values("named", response_id(survey.id, own))
    claims = {
        (tie.question.inverse, each.organization)
        for each in naming
        for tie in each.answer.ties
        if tie.partner == own and key_of(tie.question, each.organization, own) not in mentioned
    }
    return sorted(claims)


@dataclass(frozen=True)
class _Suggestions:
    """Suggested partners: told before, on record, of the same trade, near, in this order."""

    store: GraphStore
    own: Organization
    roster: Sequence[Organization]
    rows: Mapping[str, Organization]

    def of(self, question: SurveyQuestion, reported: Sequence[ReportedTie]) -> AskedQuestion:
        """One question; whoever was told or is on record is shown, the rest up to eight."""
        partners = {tie.partner: tie for tie in reported if tie.partner in self.rows}
        before = [
            self._partner(self.rows[id], SuggestedBy.LAST_ANSWER, tie)
            for id, tie in partners.items()
        ]
        others = [
            self._partner(row, self._reason(question, row))
            for row in self.roster
            if row.id not in partners and _may_answer(question, row.kind)
        ]
        order = list(SuggestedBy)
        others.sort(
            key=lambda each: (
                order.index(each.by),
                _UNKNOWN_KM if each.km is None else each.km,
                each.organization.id,
            )
        )
        known = sum(each.by is SuggestedBy.ON_RECORD for each in others)
        room = max(known, _SUGGESTED - len(before))
        outside = tuple(tie for tie in reported if not tie.partner)
        return AskedQuestion(question, (*before, *others[:room]), outside)

    def _partner(
        self, row: Organization, by: SuggestedBy, tie: ReportedTie | None = None
    ) -> SuggestedPartner:
        return SuggestedPartner(row.named, by, self._km.get(row.id), tie)

    def _reason(self, question: SurveyQuestion, other: Organization) -> SuggestedBy:
        if key_of(question, self.own.id, other.id) in self._recorded:
            return SuggestedBy.ON_RECORD
        if self.own.industry and self.own.industry == other.industry:
            return SuggestedBy.SAME_TRADE
        return SuggestedBy.NEAR

    @cached_property
    def _recorded(self) -> set[TieKey]:
        """Ties of the graph that still hold."""
        around = self.store.neighborhood(self.own.id, 1, _NEIGHBOURS)
        return {
            TieKey(tie.layer, tie.source, tie.target)
            for tie in around.ties
            if self.own.id in (tie.source, tie.target) and not tie.ended and tie.until is None
        }

    @cached_property
    def _km(self) -> dict[str, float]:
        """Kilometres to each whose place is known, by id."""
        ids = {row.place for row in (self.own, *self.roster) if row.place}
        places = self.store.places(sorted(ids))
        home = places.get(self.own.place or "")
        if home is None or home.latitude is None or home.longitude is None:
            return {}
        points = {
            row.id: (place.latitude, place.longitude)
            for row in self.roster
            if (place := places.get(row.place or "")) and place.latitude is not None
        }
        there = np.array(list(points.values()), dtype=np.float32).reshape(-1, 2)
        km = great_circle_km(home.latitude, home.longitude, there[:, 0], there[:, 1])
        return {id: float(each) for id, each in zip(points, km, strict=True) if each == each}


def _may_answer(question: SurveyQuestion, kind: Kind) -> bool:
    """Tell whether one of this kind is suggested for a question; anybody may be named."""
    if question is SurveyQuestion.USES:
        return kind in _HUBS
    if question is SurveyQuestion.RESEARCHES_WITH:
        return kind in _LABS or kind is Kind.FIRM
    return True
