"""Work that takes long, and imports as they were written: the records of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from matchmaker.domain import GraphRows


class JobKind(StrEnum):
    """What can be asked for."""

    IMPORT = "import"
    REFRESH = "refresh"
    TRAIN = "train"
    DERIVE = "derive"


class JobState(StrEnum):
    """How far it is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. `done` of `total` of a `stage`, where they can be counted (else 0).

    `arguments` are what it was asked with, `said` what it says at its end.
    """

    id: str
    kind: JobKind
    by: str
    asked: datetime
    state: JobState = JobState.QUEUED
    cluster: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    stage: str = ""
    done: int = 0
    total: int = 0
    heard: datetime | None = None
    said: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in (JobState.DONE, JobState.FAILED)


@dataclass(frozen=True, slots=True)
class NotDuplicate:
    """Two organisations that somebody looked at and that are not the same."""

    id: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """An import as it was written, with what takes it back; `undone` says that it was."""

    id: str
    table: str
    cluster: str
    by: str
    at: datetime
    counts: Mapping[str, int]
    put: GraphRows = field(default_factory=GraphRows)
    before: GraphRows = field(default_factory=GraphRows)
    undone: datetime | None = None

    @property
    def can_be_undone(self) -> bool:
        """Whether it is on record whole, and stands."""
        return self.undone is None and len(self.put) > 0
