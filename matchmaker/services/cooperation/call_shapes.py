"""Views of a call: by those who make it, and by those who may answer it."""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass

from matchmaker.domain import GoalName, NamedOrganization
from matchmaker.workflow.attachment import Attachment
from matchmaker.workflow.call import (
    BidField,
    CallCorrection,
    CallPhase,
    CallRequirement,
    CallRole,
    EndReason,
)
from matchmaker.workflow.call_answer import AnswerState, Bid, CallAnswer, InvitedBy, Thanks
from matchmaker.workflow.call_comparison import ComparedBid
from matchmaker.workflow.introduction_states import State
from matchmaker.workflow.refusals import DeclineReason


@dataclass(frozen=True, slots=True)
class CallBrief:
    """The part of a call that everybody reads who may see it."""

    id: str
    title: str
    text: str
    goal: GoalName
    caller: NamedOrganization
    partners: tuple[NamedOrganization, ...]
    deadline: datetime.date
    phase: CallPhase
    asked: tuple[BidField, ...]
    requirements: tuple[CallRequirement, ...]
    currency: str
    quantity: str
    end_reason: EndReason | None
    end_text: str
    sealed: bool
    version: int
    corrections: tuple[CallCorrection, ...]
    files: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class CallParty:
    """One organisation that was invited, or came by itself, as who calls sees it.

    `compared` is its answer beside the others, None without one; `introduction` is what an
    award led to for the reader's side, with its state; `was_introduced` says that it was open
    before; `outdated` that it answered an earlier wording of the call. While answers are sealed
    `state` is None: who calls does not learn who has answered either.
    """

    organization: NamedOrganization
    invited_by: InvitedBy
    state: AnswerState | None = None
    submitted: datetime.datetime | None = None
    decline_reason: DeclineReason | None = None
    decline_text: str = ""
    thanks: Thanks | None = None
    shortlisted: bool = False
    compared: ComparedBid | None = None
    introduction: str = ""
    introduction_state: State | None = None
    was_introduced: bool = False
    outdated: bool = False
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class CallQuestionView:
    """A question as who calls sees it; `asked_by` is shown to nobody else."""

    id: str
    asked_by: NamedOrganization
    at: datetime.datetime
    text: str
    wording: str
    answer: str
    answered: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note of the team; `organization` is the answer that it is about, "" for the call."""

    id: str
    organization: str
    author: str
    at: datetime.datetime
    text: str


@dataclass(frozen=True, slots=True)
class TeamPerson:
    """Somebody of those who call; `named` says that the team names them, and no post of theirs."""

    account: str
    name: str
    role: CallRole | None
    named: bool


@dataclass(frozen=True, slots=True)
class CallView:
    """A call as who calls sees it; `role` is the reader's. `may_decide` says that an award may be
    made now: nobody is waited for. `basis` is what it would rest on: another one once answers or
    the decision have changed. `unsealed` is when sealed answers were opened, `may_unseal` says
    that they can be now; until then none is compared, `basis` is "", and `submitted`, how many
    there are, is all that is told of them.
    """

    brief: CallBrief
    role: CallRole
    cluster: str
    cluster_wide: bool
    needs: tuple[str, ...]
    gathering: str
    created: datetime.datetime
    may_decide: bool
    basis: str
    unsealed: datetime.datetime | None
    may_unseal: bool
    submitted: int
    parties: tuple[CallParty, ...]
    questions: tuple[CallQuestionView, ...]
    notes: tuple[NoteView, ...]
    team: tuple[TeamPerson, ...]

    @property
    def compared(self) -> tuple[CallParty, ...]:
        """Those whose answers stand side by side, the shortlist first."""
        parties = (party for party in self.parties if party.compared)
        return tuple(sorted(parties, key=lambda party: not party.shortlisted))


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A question with its answer as all read it; `own` says that the reader asked it."""

    id: str
    text: str
    answer: str
    answered: datetime.datetime | None
    own: bool


@dataclass(frozen=True, slots=True)
class CallForm:
    """A call as who was invited sees it, with its own answer; of others it tells nothing."""

    brief: CallBrief
    organization: NamedOrganization
    state: AnswerState
    draft: Bid | None
    bid: Bid | None
    submitted: datetime.datetime | None
    decline_reason: DeclineReason | None
    decline_text: str
    thanks: Thanks | None
    introduction: str
    outdated: bool
    files: tuple[Attachment, ...]
    questions: tuple[AnsweredQuestion, ...]

    @property
    def mark(self) -> str:
        """Tells apart what its own answer says."""
        return mark_of(self)


def mark_of(answer: CallAnswer | CallForm) -> str:
    """Tells answers apart, sent or not, for two colleagues who are at one at once."""
    files = tuple(file.id for file in answer.files)  # which go with it
    said = repr((answer.state.value, answer.draft, answer.bid, answer.submitted, files))
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()
