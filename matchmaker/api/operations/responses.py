"""The service's state, and imports, as callers see them."""

from __future__ import annotations

from matchmaker.api.http.fields import Localised, Outgoing, RowOut
from matchmaker.domain import SourceTier
from matchmaker.ingest.known_offerings import OfferingState
from matchmaker.ingest.undo import WhyKept
from matchmaker.messages import Message
from matchmaker.services.operations.health import Status
from matchmaker.services.operations.import_rows import WrittenState
from matchmaker.services.operations.import_status import ImportState
from matchmaker.workflow.job import LineCounts


class StatusOut(RowOut[Status]):
    """The store, model and snapshot that the service runs on."""


class LineCountsOut(RowOut[LineCounts]):
    """Lines of the file: read = loaded + refused + passed; warned ones are loaded."""


class ImportColumnOut(Localised):
    """A column of the file, what it is taken for ('' for nothing), and some of its cells.

    `unused` says why it is taken for nothing, where it is.
    """

    title: str
    column: str
    samples: list[str]
    format: Message | None
    unused: Message | None


class WordChoiceOut(Outgoing):
    """A word with the values that it may mean."""

    value: str
    name: str


class UnknownWordOut(Outgoing):
    """A word that is not understood; `values` of the choices explain it."""

    column: str
    cell: str
    count: int
    chosen: str
    choices: list[WordChoiceOut]


class PairChoiceOut(Localised):
    """Two organisations that may be one: `name` comes with the file, `other_name` (`other`) is on
    record where it `is_stored`, else in the file too.

    `is_same` is what was said in `decisions`, null until then; `closed` is why that is for an
    administrator. `score` is the chance that they are one, in (0, 1).
    """

    first: str
    second: str
    name: str
    other: str
    other_name: str
    is_stored: bool
    score: float
    reasons: list[Message]
    is_same: bool | None
    closed: Message | None


class LineProblemOut(Localised):
    """A problem of one line of a file."""

    line: int
    field: str
    severity: str
    reason: Message
    sheet: str = ""


class OfferingOut(Outgoing):
    """What becomes of a line of an organisation's own list: `text` as others will read it.

    `changed`: it is said anew, `before` is how it reads today. `posted`: a posting has that name,
    and only it is changed. `missing` ones stay and `withdrawn` ones go, by earlier lists and not in
    this one: their line is 0.
    """

    line: int
    kind: str
    text: str
    state: OfferingState
    before: str
    sheet: str = ""


class KeptFieldOut(Outgoing):
    """A field of an import that stays though it was to be taken back; without `field` the whole
    row.

    `changed_since`: somebody has changed it. `confirmed_since`: another source says the same by
    now. `gone`: it is not there any more, or is joined to another. `in_use`: people or records
    here rely on the organisation.
    """

    table: str
    key: str
    field: str
    why: WhyKept


class TakenBackOut(Outgoing):
    """Counts of fields that are as before and of rows that went, and what stays."""

    fields: int
    rows: int
    kept: list[KeptFieldOut]


class ImportOut(Localised):
    """An import: looked at, on its way, written, being taken back, or taken back.

    `waits_for`: something was not available when it was begun, and it is to be begun again.
    `is_too_large_to_undo` says that it cannot be taken back, until it is written that it could
    not be then.
    Work that goes on is at `done` of `total` (0 where it cannot be counted) of a `stage`. Of what
    was taken back `restored` fields are as before, `removed` rows went, and `left` stayed.
    `offerings` are those of an `organization`'s own list, until it is written.
    """

    id: str
    state: ImportState
    cluster: str
    file: str
    table: str
    lines: LineCountsOut
    counts: dict[str, int]
    new: int
    known: int
    merged: int
    alike: int
    columns: list[ImportColumnOut]
    words: list[UnknownWordOut]
    pairs: list[PairChoiceOut]
    problems: list[LineProblemOut]
    error: Message | None
    waits_for: Message | None
    can_be_undone: bool
    is_too_large_to_undo: bool
    left: int
    restored: int
    removed: int
    stage: Message | None
    done: int
    total: int
    organization: str
    offerings: list[OfferingOut]
    taken_back: TakenBackOut | None = None


class ImportList(Outgoing):
    """The newest imports first."""

    items: list[ImportOut]


class WrittenFieldOut(Outgoing):
    """A field that an import changed: both values, where they come from, and what it is now.

    `stands`: it can be taken back. `changed_since`: somebody changed it, and it stays.
    `confirmed_since`: another source says the same by now, and it stays. `gone`: its organisation
    is not there any more, or is joined to another.
    """

    organization: str
    name: str
    field: str
    before: str
    before_source: str
    before_tier: SourceTier
    after: str
    after_source: str
    after_tier: SourceTier
    now: str
    state: WrittenState


class ChangedValueOut(Outgoing):
    """A field of a row before and after."""

    field: str
    before: str
    after: str


class WrittenRowOut(Outgoing):
    """A statement, tie, certificate or other row that an import brought or changed.

    `says` are the words that make it up, `organizations` those that it is about. `gone`: it was
    there before, and is not any more.
    """

    table: str
    key: str
    organizations: list[str]
    says: list[str]
    date: str
    changed: list[ChangedValueOut]
    source: str
    tier: SourceTier
    is_new: bool
    state: WrittenState


class WrittenFieldList(Outgoing):
    """Changed fields of organisations that were known (`items`), and rows of other tables.

    `new` organisations go with the whole import. `offset` and `limit` count in either list.
    """

    new: int
    total: int
    total_rows: int
    can_be_undone: bool
    items: list[WrittenFieldOut]
    rows: list[WrittenRowOut]
