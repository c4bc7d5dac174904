"""Records beside introductions: slots, conversations, what was shown, what chance held out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from matchmaker.domain import GoalName
from matchmaker.workflow.attachment import Attachment


@dataclass(frozen=True, slots=True)
class Slots:
    """The running introductions of an organisation, by id."""

    id: str
    taken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenPair:
    """Two organisations have an introduction for a goal that is not over: which."""

    id: str
    introduction: str


@dataclass(frozen=True, slots=True)
class ConversationMessage:
    """A message from one side of an introduction to the other, with files."""

    id: str
    introduction: str
    organization: str
    author: str
    at: datetime
    text: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownCandidate:
    """One candidate in a list that somebody saw: at which position, with which score."""

    candidate: str
    position: int
    score: float


class InteractionKind(StrEnum):
    """The actions on a recommendation."""

    IMPRESSION = "impression"
    CLICK = "click"
    SAVED = "saved"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Interaction:
    """An impression of a whole list, or something done with one of its candidates.

    `goal` is None where nobody said what a candidate was saved or dismissed for. `model` is
    the ranker that put them in order, `snapshot` the graph it saw.
    """

    id: str
    kind: InteractionKind
    at: datetime
    subject: str
    goal: GoalName | None
    seeker: str
    shown: tuple[ShownCandidate, ...]
    model: str = ""
    snapshot: int = 0
    impression: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Chance's answer for an eligible pair: proposed (`held` False), or held out."""

    id: str
    cluster: str
    goal: GoalName
    seeker: str
    candidate: str
    at: datetime
    held: bool
    introduction: str = ""


@dataclass(frozen=True, slots=True)
class PendingGraphWrite:
    """A completed introduction that has still to become an engagement in the graph."""

    id: str
    introduction: str


@dataclass(frozen=True, slots=True)
class ClusterRules:
    """Decisions of a cluster's coordinators: whether they see needs and offers first."""

    id: str
    reviews: bool = False


@dataclass(frozen=True, slots=True)
class MonthlyCounts:
    """Counts that outlive the records they were counted from; `id` is cluster and month."""

    id: str
    counts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class LongQuestion:
    """A question in somebody's own words that is too long for an address."""

    id: str
    account: str
    text: str
    at: datetime
