"""Work that takes long, and imports as they were written: the records of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AliasChoices, Field, PlainSerializer, PlainValidator

from matchmaker.domain import GraphRows
from matchmaker.messages import Message, from_data, to_data


def _stored_message(data: object) -> Message | None:
    """As it was stored; once it was a plain text, "" for none."""
    if data is None or isinstance(data, Message):
        return data
    return Message(data) if data and isinstance(data, str) else from_data(data or None)


_Message = PlainValidator(_stored_message), PlainSerializer(to_data)


class JobKind(StrEnum):
    """Kinds of work that can be requested."""

    IMPORT = "import"
    CHECK = "check"
    REFRESH = "refresh"
    TRAIN = "train"
    DERIVE = "derive"
    UNDO = "undo"


class JobState(StrEnum):
    """States of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. `done` of `total` of a `stage`, where they can be counted (else 0).

    `arguments` are what it was requested with, `result` says what came of it. `attempts` counts
    how often it was begun: more than once where a worker died while doing it, or where something
    was not available, of which `result` then says what it waits for. What `is_writing`
    cannot be cancelled any more; where it `is_in_parts`, some of it stays when the worker dies.
    """

    id: str
    kind: JobKind
    requested_by: Annotated[str, Field(validation_alias=AliasChoices("requested_by", "by"))]
    requested_at: Annotated[datetime, Field(validation_alias=AliasChoices("requested_at", "asked"))]
    state: JobState = JobState.QUEUED
    cluster: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    stage: Annotated[Message | None, *_Message] = None
    done: int = 0
    total: int = 0
    last_heartbeat: Annotated[
        datetime | None, Field(validation_alias=AliasChoices("last_heartbeat", "heard"))
    ] = None
    result: Annotated[
        Message | None, *_Message, Field(validation_alias=AliasChoices("result", "said"))
    ] = None
    attempts: int = 0
    is_writing: bool = False
    is_in_parts: bool = False

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more will happen."""
        return self.state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)

    @property
    def waits_for(self) -> Message | None:
        """What it waits for after it was begun, None where it only has its turn to wait for."""
        return self.result if self.state is JobState.QUEUED else None

    @property
    def can_be_cancelled(self) -> bool:
        """Tell whether it is about a file of which nothing was written yet."""
        return self.is_about_file and not (self.is_over or self.is_writing)

    @property
    def is_about_file(self) -> bool:
        """Tell whether somebody's file is read for it."""
        return self.kind in (JobKind.IMPORT, JobKind.CHECK)

    @property
    def may_be_repeated(self) -> bool:
        """Tell whether the same work again does nothing twice: it looks what is on record."""
        return self.is_about_file or self.kind is JobKind.UNDO


@dataclass(frozen=True, slots=True)
class NotDuplicate:
    """Two organisations that somebody looked at and that are not the same."""

    id: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class LineCounts:
    """Lines of a file that was imported: `read = loaded + refused + passed`."""

    read: int = 0
    loaded: int = 0
    refused: int = 0
    passed: int = 0
    warned: int = 0


@dataclass(frozen=True, slots=True)
class LineProblem:
    """A message about a line; `severity` as `ingest.report.Problem` has it.

    `sheet` is that of the line where several were read together.
    """

    line: int
    field: str
    severity: str
    reason: Annotated[Message | None, *_Message]
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class ImportPart:
    """A part of an import, of which the rows are written and the record is not yet.

    `created` and `changed` count rows by table; `put` and `before` are as an ImportRecord has
    them; of a part that is not `is_whole`, as earlier releases wrote them, they are not kept.
    """

    id: str
    import_id: str
    imported_by: str
    created: Mapping[str, int] = field(default_factory=dict)
    changed: Mapping[str, int] = field(default_factory=dict)
    put: GraphRows = field(default_factory=GraphRows)
    before: GraphRows = field(default_factory=GraphRows)
    is_whole: bool = True


# So many rows of a file made an import large where it was not kept how many of them changed.
_LARGE = 20_000


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """An import as it was written, with what takes it back; `undone` says that it was, with
    `restored` fields as before and `removed` rows, and `left` how much of it stayed all the same.

    `organization` is whose own offers it brought, "" for others' rows.
    `table` is the format of the file, of which `file` is the name. `problems` are the first of
    what was told of its lines. `counts` are rows of the file, whether they changed anything or
    not; `too_large` is None where it was not kept yet that so many changed that none are kept, and
    `by_administrator` where it was not kept yet with whose rights it was written. Of one that
    `is_forgotten` the rows are not kept any more.
    """

    id: str
    table: str
    cluster: str
    imported_by: Annotated[str, Field(validation_alias=AliasChoices("imported_by", "by"))]
    imported_at: Annotated[datetime, Field(validation_alias=AliasChoices("imported_at", "at"))]
    counts: Mapping[str, int]
    put: GraphRows = field(default_factory=GraphRows)
    before: GraphRows = field(default_factory=GraphRows)
    undone: datetime | None = None
    left: int = 0
    file: str = ""
    lines: LineCounts = LineCounts()
    problems: tuple[LineProblem, ...] = ()
    restored: int = 0
    removed: int = 0
    too_large: bool | None = None
    by_administrator: bool | None = None
    organization: str = ""
    is_forgotten: bool = False

    def forgotten(self) -> ImportRecord:
        """The same without what takes it back, and what was told of its lines."""
        return replace(self, put=GraphRows(), before=GraphRows(), problems=(), is_forgotten=True)

    @property
    def can_be_undone(self) -> bool:
        """Tell whether it is on record whole, and stands."""
        return self.undone is None and len(self.put) > 0

    @property
    def is_too_large_to_undo(self) -> bool:
        """Tell whether so much changed that nothing is kept by which it could be taken back."""
        if self.too_large is None:
            return len(self.put) == 0 and sum(self.counts.values()) > _LARGE
        return self.too_large
