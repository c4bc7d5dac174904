"""Mapping files: which column of somebody else's table is what, in TOML.

The format is described, with examples, in `docs/importing.md`.
"""

from __future__ import annotations

import datetime
import difflib
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from matchmaker.domain import Layer
from matchmaker.errors import InvalidInput
from matchmaker.ingest.formats import ColumnFormat
from matchmaker.ingest.table_file import FileOptions
from matchmaker.messages import Message, message
from matchmaker.system_errors import position_of, reason_of
from matchmaker.text import normal
from matchmaker.validation import fault_sentence

# One column, or alternatives of which the first that the file has is taken.
ColumnName = str | list[str]
MAX_NEAREST = 3


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class PartyColumns(_Part):
    """Columns that tell of an organisation in a line.

    `id` is a column of its key, else its name is its key; without `name` it must be there
    already. `kind` and `country` are columns or, where the file has none of that name, the
    values themselves. `place` is where it is.
    """

    name: ColumnName = ""
    id: ColumnName = ""
    kind: ColumnName = "firm"
    country: ColumnName = ""
    place: ColumnName = ""


class _Written(_Part):
    """How numbers and dates of a section are written, where its columns do not show it."""

    decimal: Literal["", ".", ","] = ""
    day_first: bool | None = None

    @property
    def given(self) -> ColumnFormat:
        return ColumnFormat(decimal=self.decimal, day_first=self.day_first)


class Contracts(_Written):
    """Columns of contracts.

    `id` may be several columns that make the key together, each of them alternatives.
    Without it the whole line makes one. `item` are columns that tell lots or items of one
    contract apart. `since` is when the two began to deal with each other, and becomes a tie.
    `currency` is a column or a code.
    """

    supplier: PartyColumns
    buyer: PartyColumns
    text: ColumnName = ""
    id: str | list[ColumnName] = ""
    item: str | list[ColumnName] = ""
    title: ColumnName = ""
    date: ColumnName = ""
    until: ColumnName = ""
    since: ColumnName = ""
    amount: ColumnName = ""
    currency: ColumnName = ""


class Projects(_Written):
    """Columns of joint projects: one line each, with who leads it and who takes part.

    `partners` may be several columns; a cell of each may name several organisations.
    """

    lead: PartyColumns = PartyColumns()
    partners: PartyColumns | list[PartyColumns] = []
    id: str | list[ColumnName] = ""
    title: ColumnName = ""
    text: ColumnName = ""
    start: ColumnName = ""
    until: ColumnName = ""
    months: ColumnName = ""
    amount: ColumnName = ""
    currency: ColumnName = ""
    programme: ColumnName = ""


class Equipment(_Written):
    """Columns of equipment or technologies that others may use: one line each, with who has it."""

    owner: PartyColumns
    text: ColumnName = ""
    specification: ColumnName = ""
    date: ColumnName = ""
    open: ColumnName = ""
    offered: Literal["equipment", "technology"] = "equipment"


class Programmes(_Written):
    """Columns of programmes that may be applied to: one line each, with who offers it."""

    body: PartyColumns
    title: ColumnName = ""
    conditions: ColumnName = ""
    support: ColumnName = ""
    opens: ColumnName = ""
    closes: ColumnName = ""
    address: ColumnName = ""


class Patents(_Written):
    """Columns of patents: one line each, with who holds it; a cell may name several holders."""

    holder: PartyColumns
    title: ColumnName = ""
    number: ColumnName = ""
    application: ColumnName = ""
    inventors: ColumnName = ""
    filed: ColumnName = ""
    granted: ColumnName = ""
    status: ColumnName = ""
    classification: ColumnName = ""
    text: ColumnName = ""


class Certifications(_Written):
    """Columns of certificates: one line each, with the organisation that holds it.

    `person` is a column of people: a line that names one is no organisation's.
    """

    holder: PartyColumns
    kind: ColumnName = ""
    number: ColumnName = ""
    issuer: ColumnName = ""
    since: ColumnName = ""
    until: ColumnName = ""
    status: ColumnName = ""
    scope: ColumnName = ""
    proof: ColumnName = ""
    person: ColumnName = ""


class Relation(_Part):
    """The meaning of one value of the relation column."""

    as_: Literal["tie", "description", "patent", "ignore"] = Field(alias="as")
    layer: Layer | None = None
    reverse: bool = False
    note: str = ""


class StatusColumn(_Part):
    """The column that says whether a tie still holds, and words of it besides the usual ones."""

    column: ColumnName
    ended: list[str] = []
    active: list[str] = []


class Relations(_Written):
    """Columns of relations between a head and a tail; `date` is `from` by its older name."""

    head: PartyColumns
    tail: PartyColumns
    relation: ColumnName
    from_: ColumnName = Field(default="", alias="from")
    date: ColumnName = ""
    until: ColumnName = ""
    status: ColumnName | StatusColumn = ""
    amount: ColumnName = ""
    currency: ColumnName = ""
    values: dict[str, Relation]
    # Whether values are those of a list, and not what somebody wrote in a mapping file.
    is_list: bool = False

    @property
    def since(self) -> ColumnName:
        """The column of the first day."""
        return self.from_ or self.date


class MappingFile(_Written):
    """A whole mapping file.

    `undated` is the middle of the period, for lines without a date. `sheet`, `encoding`,
    `separator` and `header_line` say how the file is read where that is not found rightly.
    """

    source: str
    undated: datetime.date | None = None
    sheet: str = ""
    encoding: str = ""
    separator: str = ""
    header_line: int = 0
    contracts: Contracts | None = None
    ties: Relations | None = None
    projects: Projects | None = None

    @property
    def options(self) -> FileOptions:
        return FileOptions(self.sheet, self.encoding, self.separator, self.header_line)

    def written(self, section: _Written) -> ColumnFormat:
        """The conventions for a section's numbers and dates: its own, else the file's."""
        day_first = self.day_first if section.day_first is None else section.day_first
        return ColumnFormat(decimal=section.decimal or self.decimal, day_first=day_first)


def read_mapping(path: Path) -> MappingFile:
    """Raises InvalidInput naming the key at fault."""
    try:
        return MappingFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise InvalidInput(
            "cannot be read: %(reason)s.", where=str(path), reason=reason_of(error)
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(
            "is not TOML: %(error)s.", where=str(path), error=position_of(error)
        ) from None
    except ValidationError as error:
        key = ".".join(map(str, error.errors()[0]["loc"]))
        raise InvalidInput(
            fault_sentence(error), where=f"{path}: {key}", mend=message("See docs/importing.md.")
        ) from None


# Fields of a section that name no column.
_NO_COLUMNS = frozenset({"values", "is_list", "offered", "decimal", "day_first", "ended", "active"})


def column_names(part: BaseModel) -> Iterator[str]:
    """Every column that a section may name, alternatives too."""
    for name, value in part:
        if isinstance(value, BaseModel):
            yield from column_names(value)
        elif name not in _NO_COLUMNS:
            yield from _flat(value)


def _flat(value: object) -> Iterator[str]:
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, BaseModel):
        yield from column_names(value)
    elif isinstance(value, list):
        for part in value:
            yield from _flat(part)


@dataclass(frozen=True, slots=True)
class Titles:
    """The column titles of a file, looked up as people spell them."""

    titles: Sequence[str]
    file: str
    duplicates: Sequence[tuple[str, Sequence[int]]] = ()

    def find(self, column: str) -> str | None:
        """The title that is this column: as it stands, in any case and width, by its letters."""
        if column in self.titles:
            return column
        for spelling in (normal, letters):
            matching = [title for title in self.titles if spelling(title) == spelling(column)]
            if len(matching) == 1 and spelling(column):
                return matching[0]
        return None

    def first(self, column: ColumnName, missing: list[str]) -> str:
        """The first alternative that is there, "" for none asked; else it is added to `missing`."""
        alternatives = [column] if isinstance(column, str) else column
        for alternative in alternatives:
            if not alternative:
                return ""
            title = self.find(alternative)
            if title is not None:
                return title
        if alternatives:
            missing.append(alternatives[0])
        return ""

    def require(self, missing: Sequence[str]) -> None:
        """Raise InvalidInput for columns that are not there, with what comes nearest."""
        if not missing:
            return
        raise InvalidInput(
            "the mapping names columns that the file lacks: %(columns)s.",
            where=self.file,
            mend=message("Write a column's title as it stands in the file."),
            columns=[self._with_nearest(column) for column in dict.fromkeys(missing)],
        )

    def _with_nearest(self, column: str) -> Message:
        for title, positions in self.duplicates:
            if letters(title) == letters(column):
                return message(
                    "'%(column)s' (stands over columns %(positions)s: write %(titles)s)",
                    column=column,
                    positions=list(positions),
                    titles=[f"{title}#{position}" for position in positions],
                )
        by_spelling = {letters(title): title for title in reversed(self.titles)}
        near = difflib.get_close_matches(letters(column), by_spelling, MAX_NEAREST, 0.5)
        if near:
            return message(
                "'%(column)s' (nearest: %(titles)s)",
                column=column,
                titles=[by_spelling[spelling] for spelling in near],
            )
        shown = [title for title in self.titles if title][:20]
        return message("'%(column)s' (the file has %(titles)s)", column=column, titles=shown)


def letters(text: str) -> str:
    """Letters and digits of a title, in one case and width: `tender_no.` is `tenderno`."""
    return "".join(character for character in normal(text) if character.isalnum())
