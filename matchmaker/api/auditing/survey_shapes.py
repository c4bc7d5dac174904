"""Shapes of requests and answers about tie surveys."""

from __future__ import annotations

import datetime

from pydantic import BaseModel, Field

from matchmaker.api.http.fields import (
    Day,
    Localised,
    LookupId,
    Name,
    OptionalName,
    OptionalText,
    Outgoing,
    PageOut,
    PageQuery,
    Strict,
)
from matchmaker.audit.figures import Figure
from matchmaker.audit.nonresponse import DRAWS, Band
from matchmaker.audit.ties import Channel
from matchmaker.domain import Layer, NamedOrganization
from matchmaker.messages import Message
from matchmaker.services.auditing.survey_forms import AskedQuestion, ClaimedTie, SurveyForm
from matchmaker.services.auditing.surveys import SurveyFigures, SurveyMember, SurveyTies, SurveyView
from matchmaker.store.documents import new_id
from matchmaker.workflow.survey import (
    MAX_MEMBERS,
    MAX_TIES,
    DeniedTie,
    ReportedTie,
    SurveyAnswer,
    SurveyQuestion,
    SurveyRound,
    SurveyState,
    TieFrequency,
    TieStatus,
)

# A token holds three short texts and a signature.
_MAX_TOKEN = 1000


class SurveyPageQuery(PageQuery):
    """A page of a cluster's rounds."""


class NewSurvey(Strict):
    """A round of questions: who is asked, which ties, until which day."""

    title: Name
    text: OptionalText = ""
    questions: list[SurveyQuestion] = Field(min_length=1, max_length=len(SurveyQuestion))
    members: list[LookupId] = Field(
        [], max_length=MAX_MEMBERS, description="Ids of members; all of them where none is named."
    )
    deadline: Day

    def to_round(self, cluster: str, members: list[str], opened_by: str) -> SurveyRound:
        """The round; `members` are all of the cluster."""
        return SurveyRound(
            id=new_id(),
            cluster=cluster,
            title=self.title,
            questions=tuple(self.questions),
            members=tuple(self.members or members),
            deadline=self.deadline,
            opened_by=opened_by,
            created=datetime.datetime.now(datetime.UTC).replace(microsecond=0),
            text=self.text,
        )


class NewSurveyLink(Strict):
    """A request for a personal link; with `renew` a new one, and the old one works no more."""

    survey: LookupId
    organization: LookupId
    renew: bool = False


class NamedTie(Strict):
    """A partner, by id or, where it is not in the directory, by name."""

    question: SurveyQuestion
    partner: LookupId | None = None
    name: OptionalName = ""
    since: int | None = Field(None, ge=1000, le=2999, description="The year it began.")
    frequency: TieFrequency | None = None


class NoTie(Strict):
    """A tie that another member named, and that is none."""

    question: SurveyQuestion
    partner: LookupId


class SurveyAnswerBody(Strict):
    """A member's whole answer; it replaces the one before."""

    ties: list[NamedTie] = Field([], max_length=MAX_TIES)
    denied: list[NoTie] = Field([], max_length=MAX_TIES)
    shows_rows: bool = Field(
        False, description="Whether the coordinators may see these ties one by one."
    )

    def to_answer(self) -> SurveyAnswer:
        """As the service takes it."""
        return SurveyAnswer(
            tuple(
                ReportedTie(tie.question, tie.partner or "", tie.name, tie.since, tie.frequency)
                for tie in self.ties
            ),
            tuple(DeniedTie(no.question, no.partner) for no in self.denied),
            self.shows_rows,
        )


class OwnAnswerBody(SurveyAnswerBody):
    """The answer of one's own organisation."""

    organization: LookupId


class OwnAnswerQuery(Strict):
    """The member whose own answer is meant: a member of the cluster."""

    organization: LookupId


class SurveyLinkBody(Strict):
    """A personal link's token."""

    token: str = Field(min_length=1, max_length=_MAX_TOKEN)


class AnswerByLink(SurveyAnswerBody, SurveyLinkBody):
    """An answer by a personal link."""


# -- answers


class SurveyOut(Outgoing):
    """A round."""

    id: str
    cluster: str
    title: str
    text: str
    questions: list[SurveyQuestion]
    deadline: datetime.date
    state: SurveyState
    created: datetime.datetime


class SurveyPage(PageOut[SurveyOut]):
    """Rounds of a cluster."""


class SurveyViewOut(Outgoing):
    """A round with its figures and who has answered; what anybody said is not in it."""

    survey: SurveyOut
    is_open: bool
    figures: SurveyFigures
    response_rate: float
    members: list[SurveyMember]

    @classmethod
    def of(cls, view: SurveyView) -> SurveyViewOut:
        return cls(
            survey=SurveyOut.model_validate(view.survey),
            is_open=view.is_open,
            figures=view.figures,
            response_rate=view.figures.response_rate,
            members=list(view.members),
        )


class SurveyTieOut(Outgoing):
    """A tie that may be seen: confirmed by both, or of firms that agreed to show theirs."""

    layer: Layer
    source: NamedOrganization
    target: NamedOrganization
    status: TieStatus
    since: int | None
    frequency: TieFrequency | None


class SurveyTieList(Outgoing):
    """Ties of a round that may be seen one by one."""

    items: list[SurveyTieOut]

    @classmethod
    def of(cls, surveyed: SurveyTies) -> SurveyTieList:
        return cls(
            items=[
                SurveyTieOut(
                    layer=tie.key.layer,
                    source=surveyed.names[tie.key.source],
                    target=surveyed.names[tie.key.target],
                    status=tie.status,
                    since=tie.since,
                    frequency=tie.frequency,
                )
                for tie in surveyed.ties
                if tie.key.source in surveyed.names and tie.key.target in surveyed.names
            ]
        )


class SurveyLinkOut(Outgoing):
    """A personal link, to be given to this organisation and to nobody else."""

    organization: NamedOrganization
    url: str


class RemindedOut(BaseModel):
    """The number of members who were reminded."""

    members: int


class SurveyAuditQuery(Strict):
    """The layer, and the number of drawn networks in which its bands are measured."""

    layer: Channel = Channel.COOPERATION
    draws: int = Field(DRAWS, ge=20, le=DRAWS)


class SurveyFigureOut(Localised):
    """An indicator of ties on record, confirmed by both, and told; and what it may be.

    `band` holds what is told, `low` to `high` (97 % of the draws), and `least` to `most`:
    bounds whatever the silent ones would say.
    """

    name: str
    title: Message
    recorded: Figure
    confirmed: Figure
    band: Band


class SurveyAuditOut(Localised):
    """The figures of one layer of a survey, with bands for who did not answer."""

    survey: str
    layer: Channel
    members: int
    answered: int
    share: float
    lead: Message | None
    figures: list[SurveyFigureOut]
    sources: Message


class SurveyFormOut(Outgoing):
    """The questions to a member, its answers, and what others say of it."""

    survey: SurveyOut
    organization: NamedOrganization
    is_open: bool
    answered: datetime.datetime | None
    answer: SurveyAnswer
    questions: list[AskedQuestion]
    claims: list[ClaimedTie]
    roster: list[NamedOrganization]

    @classmethod
    def of(cls, form: SurveyForm) -> SurveyFormOut:
        return cls(
            survey=SurveyOut.model_validate(form.survey),
            organization=form.organization,
            is_open=form.is_open,
            answered=form.response.answered,
            answer=form.answer,
            questions=list(form.questions),
            claims=list(form.claims),
            roster=list(form.roster),
        )
