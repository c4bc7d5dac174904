"""Imports as callers send them."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from flask_openapi3 import FileStorage
from pydantic import Field

from matchmaker.api.http.fields import MAX_ID, Short, Strict
from matchmaker.api.http.forms import sent_as_json
from matchmaker.ingest.pair_decisions import PairDecision
from matchmaker.ingest.table_file import FileOptions
from matchmaker.ingest.table_options import TableOptions
from matchmaker.services.operations.file_inspection import MAX_SHEETS

_Words = dict[str, str]


class PairDecisionIn(Strict):
    """A decision whether two organisations of `pairs` are one."""

    first: Annotated[str, Field(max_length=MAX_ID)]
    second: Annotated[str, Field(max_length=MAX_ID)]
    is_same: bool


class ImportChoices(Strict):
    """Choices of how the file is read; what is left out is judged from the file."""

    table: Short = Field(
        "",
        description="organizations, orders, projects, relations, equipment, or a table; of an "
        "organisation's own list: offerings.",
    )
    source: Annotated[str, Field(max_length=32)] = ""
    sheet: Short = ""
    sheets: Annotated[list[Short], Field(max_length=MAX_SHEETS)] | None = Field(
        None,
        description="Sheets that are read together, of members or of an own list; left out: those "
        "that hold the like.",
    )
    encoding: Short = ""
    separator: Annotated[str, Field(max_length=10)] = ""
    header_line: int = Field(0, ge=0, le=1000)
    mapping: _Words = Field({}, description="Columns by the titles of the file, '' for none.")
    defaults: _Words = Field({}, description="Words for empty cells, by column.")
    values: dict[str, _Words] = Field({}, description="What words mean, by column and word.")
    edits: dict[int, _Words] = Field({}, description="Corrected cells, by line and title.")
    decimal: Literal["", ".", ","] = ""
    day_first: bool | None = None
    joins: bool | None = Field(None, description="Whether new organisations join the cluster.")
    withdraws: bool = Field(
        False, description="Whether what earlier own lists brought and this one has not goes."
    )
    decisions: Annotated[list[PairDecisionIn], Field(max_length=1000)] = Field(
        [], description="What is said of organisations that may be one."
    )

    def to_options(self) -> TableOptions:
        """As the service takes it."""
        sheet = self.sheet or next(iter(self.sheets or ()), "")
        file = FileOptions(sheet, self.encoding, self.separator, self.header_line)
        return TableOptions(
            self.table, self.source, file, self.mapping, self.defaults, self.values, self.edits,
            self.decimal, self.day_first,
            tuple(PairDecision(each.first, each.second, each.is_same) for each in self.decisions),
        )  # fmt: skip

    def to_sheets(self) -> tuple[TableOptions, ...] | None:
        """How further sheets are read, each as is said for all; None: as is proposed."""
        if self.sheets is None:
            return None
        first = self.to_options()
        others = (name for name in self.sheets if name != first.file.sheet)
        return tuple(replace(first, file=FileOptions(name), edits={}) for name in others)


class NewImport(Strict):
    """A file, for which cluster, how it is read, and whether it is written at once.

    With `organization` it is a list of what that organisation offers itself, by its own people.
    """

    file: FileStorage
    cluster: Annotated[str, Field(max_length=MAX_ID)] = ""
    organization: Annotated[str, Field(max_length=MAX_ID)] = ""
    options: Annotated[ImportChoices | None, sent_as_json] = Field(
        None, description="As JSON; what is left out is judged from the file."
    )
    write: bool = Field(False, description="Write it, instead of only looking at it.")


class ImportField(Strict):
    """A field of an organisation that an import changed."""

    organization: Annotated[str, Field(max_length=MAX_ID)]
    field: Short


class ImportRow(Strict):
    """A row that an import wrote, as `GET /imports/{id}/changes` names it."""

    table: Short
    key: Annotated[str, Field(max_length=2 * MAX_ID + 1)]


class ImportUndo(Strict):
    """The fields and rows of an import to take back; without any of both the whole."""

    fields: Annotated[list[ImportField], Field(min_length=1, max_length=1000)] | None = Field(
        None, description="Only these fields of organisations."
    )
    rows: Annotated[list[ImportRow], Field(min_length=1, max_length=1000)] | None = Field(
        None, description="Only these statements, ties, certificates and other rows."
    )


class ImportChangesQuery(Strict):
    """Pages of the changed fields and of the rows."""

    offset: int = Field(0, ge=0, le=10_000_000)
    limit: int = Field(200, ge=1, le=1000)


class ImportQuery(Strict):
    """Of which cluster, or by which organisation; of none: an administrator's own."""

    cluster: Annotated[str, Field(max_length=MAX_ID)] = ""
    organization: Annotated[str, Field(max_length=MAX_ID)] = ""
