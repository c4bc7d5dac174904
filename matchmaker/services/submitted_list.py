"""An organisation's own list that coordinators of its cluster are to see before others do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from matchmaker.ingest.offerings import Offering
from matchmaker.workflow.job import LineCounts, LineProblem
from matchmaker.workflow.posting import PostingState


@dataclass(frozen=True, slots=True)
class SubmittedList:
    """What a list says, as it was handed in by `author`: nobody else reads it until it is approved.

    `state` is as of a posting: in review, published, a draft again (sent back, with a `note`), or
    withdrawn. `read` has the lines of each sheet, `lines` and `problems` are what was told of them;
    `withdraws`: what earlier lists brought and this one has not goes with it.
    """

    id: str
    organization: str
    file: str
    author: str
    submitted: datetime
    offerings: tuple[Offering, ...]
    read: Mapping[str, int] = field(default_factory=dict)
    lines: LineCounts = field(default_factory=LineCounts)
    problems: tuple[LineProblem, ...] = ()
    withdraws: bool = False
    by_administrator: bool = False
    state: PostingState = PostingState.IN_REVIEW
    note: str = ""
