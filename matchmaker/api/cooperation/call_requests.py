"""Shapes of requests about calls, never-with lists and refusals."""

from __future__ import annotations

import datetime
from typing import Annotated

from flask_openapi3 import FileStorage
from pydantic import Field, model_validator

from matchmaker.api.http.fields import (
    Currency,
    Day,
    LookupId,
    MoneyAmount,
    Name,
    OptionalText,
    PageQuery,
    Short,
    Strict,
    Text,
)
from matchmaker.domain import GoalName
from matchmaker.services.cooperation.call_decisions import Award
from matchmaker.workflow.call import (
    MAX_INVITED,
    MAX_NEEDS,
    MAX_TEAM,
    BidField,
    CallContent,
    CallRole,
    EndReason,
    TeamMember,
)
from matchmaker.workflow.call_answer import MAX_DAYS, Bid, Met, Thanks, ThanksReason
from matchmaker.workflow.introduction import Identifier, MessageText
from matchmaker.workflow.refusals import DeclineReason

_MAX_REQUIREMENTS = 100


class NewCall(Strict):
    """A call, and whom it invites at once. `needs` are open needs of who calls, by their ids."""

    organization: LookupId
    title: Name
    text: Text
    goal: GoalName
    deadline: Day
    needs: list[LookupId] = Field([], max_length=MAX_NEEDS)
    gathering: Identifier = Field("", description="The joint brief that calls.")
    cluster: Identifier = ""
    cluster_wide: bool = Field(False, description="Members of the cluster may answer uninvited.")
    asked: list[BidField] = Field(
        [], max_length=len(BidField), description="What an answer must state."
    )
    currency: Currency = ""
    quantity: Short = ""
    sealed: bool = Field(
        False, description="Nobody of who calls reads an answer before the deadline."
    )
    invited: list[LookupId] = Field([], max_length=MAX_INVITED)

    def to_content(self) -> CallContent:
        """As the service takes it."""
        sent = self.model_dump(exclude={"invited"})
        return CallContent(
            **sent | {"needs": tuple(self.needs), "asked": tuple(dict.fromkeys(self.asked))}
        )


class OwnCallsQuery(PageQuery):
    """A page of an organisation's calls, or of those that it was invited to."""

    organization: LookupId


class OwnPartQuery(Strict):
    """For which of one's organisations."""

    organization: LookupId


class SuggestionsQuery(Strict):
    """The number of organisations that the ranking names."""

    limit: int = Field(10, ge=1, le=MAX_INVITED)


class NewInvitations(Strict):
    """Organisations to invite: these, or the `best` so many by the ranking."""

    organizations: list[LookupId] = Field([], max_length=MAX_INVITED)
    best: int | None = Field(None, ge=1, le=MAX_INVITED)

    @model_validator(mode="after")
    def _one(self) -> NewInvitations:
        if (self.best is None) == (not self.organizations):
            raise ValueError("name either organizations or best")
        return self


class NewDeadline(Strict):
    """A later day."""

    deadline: Day


class NewCorrection(Strict):
    """A call's content from now on, and in `summary` what changed: all invited are told that."""

    summary: Name
    text: OptionalText = Field("", description="Empty: the text stays.")
    deadline: Day | None = Field(None, description="A later day; null: it stays.")


class TeamMemberIn(Strict):
    """A person by account, and whether they may decide or only read."""

    account: LookupId
    role: CallRole


def _members(people: list[TeamMemberIn]) -> list[TeamMember]:
    return [TeamMember(each.account, each.role) for each in people]


class TeamIn(Strict):
    """Everybody beside the owners who may read the call or decide on it."""

    members: list[TeamMemberIn] = Field(max_length=MAX_TEAM)
    seen: list[TeamMemberIn] | None = Field(
        None,
        max_length=MAX_TEAM,
        description="The team that was seen: what changed of it since then stays.",
    )

    def to_members(self) -> list[TeamMember]:
        """As the service takes them."""
        return _members(self.members)

    def to_seen(self) -> list[TeamMember] | None:
        """As the service takes them; None where all of the team is said."""
        return None if self.seen is None else _members(self.seen)


class ShortlistIn(Strict):
    """The answers on the shortlist, by organisation."""

    organizations: list[LookupId] = Field(max_length=MAX_INVITED)
    seen: list[LookupId] | None = Field(
        None,
        max_length=MAX_INVITED,
        description="The shortlist that was seen: what changed of it since then stays.",
    )


class NewNote(Strict):
    """A note for the team, of one answer or of the call."""

    text: Annotated[MessageText, Field(min_length=1)]
    organization: Identifier = ""


class NoteQuery(Strict):
    """The note that is meant."""

    note: LookupId


class QuestionAnswer(Strict):
    """The answer to a question, for everybody; `wording` is how all others read the question."""

    question: LookupId
    answer: Text
    wording: OptionalText = ""


class ThanksIn(Strict):
    """Thanks to a firm whose answer is not awarded."""

    organization: LookupId
    reason: ThanksReason = ThanksReason.ANOTHER_FITS
    text: OptionalText = ""


class NewAward(Strict):
    """The winner of a call, what it reads with the introduction, and thanks to the others."""

    winners: Annotated[list[LookupId], Field(min_length=1, max_length=MAX_INVITED)]
    message: MessageText = ""
    thanks: list[ThanksIn] = Field([], max_length=MAX_INVITED)
    basis: Identifier = Field(
        "", description="The call's `basis` that was read; refused if changed."
    )
    also: bool = Field(False, description="Award an awarded call to others as well.")

    def to_award(self) -> Award:
        """As the service takes it."""
        thanks = {each.organization: Thanks(each.reason, each.text) for each in self.thanks}
        winners = tuple(dict.fromkeys(self.winners))
        return Award(winners, self.message, thanks, self.basis, self.also)


class AwardIntroduction(Strict):
    """An introduction to a winner: again, or for a partner that called too."""

    organization: LookupId
    winner: LookupId
    message: MessageText = ""


class CallEnding(Strict):
    """The reason why a call ends without an award."""

    reason: EndReason
    text: OptionalText = ""


class RequirementMet(Strict):
    """An answer on a requirement of the call: is it met?"""

    requirement: Short
    met: Met


class BidBody(Strict):
    """An answer. `draft` keeps it without sending it; nobody else sees it then."""

    organization: LookupId
    draft: bool = False
    price: MoneyAmount | None = None
    currency: Currency = ""
    unit: Short = ""
    lead_time_days: int | None = Field(None, ge=0, le=MAX_DAYS)
    minimum_quantity: MoneyAmount | None = None
    capacity: MoneyAmount | None = Field(None, description="Units a month.")
    met: list[RequirementMet] = Field([], max_length=_MAX_REQUIREMENTS)
    text: OptionalText = ""
    valid_until: datetime.date | None = None

    def to_bid(self) -> Bid:
        """As the service takes it."""
        sent = self.model_dump(exclude={"organization", "draft", "met"})
        return Bid(**sent, met=tuple((each.requirement, each.met) for each in self.met))


class DeclineBody(Strict):
    """A refusal to answer a call, with its reason."""

    organization: LookupId
    reason: DeclineReason
    text: OptionalText = ""


class NewCallQuestion(Strict):
    """A question to who calls; the answer goes to everybody, who asked to nobody else."""

    organization: LookupId
    text: Text


class NewCallFile(Strict):
    """A file beside the call, or with `organization` beside one's own answer."""

    file: FileStorage
    organization: Identifier = ""


class CallFileQuery(Strict):
    """The file that is meant; to take one of an own answer away, with the organisation."""

    file: LookupId
    organization: Identifier = ""


class MeetingRuleBody(Strict):
    """With whom one's organisation is brought together at all."""

    own_clusters_only: bool


class NewExclusion(Strict):
    """An organisation never to be brought together with; the note is one's own."""

    organization: LookupId
    note: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")] = ""
