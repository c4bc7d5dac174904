"""Further sheets of a file that are read together with the first, each by columns of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from matchmaker.errors import InvalidInput
from matchmaker.ingest.list_guess import column_samples
from matchmaker.ingest.reference import ReferenceIndex
from matchmaker.ingest.table_file import TableFile
from matchmaker.ingest.table_options import TableOptions
from matchmaker.services.operations.file_inspection import MAX_SHEETS
from matchmaker.services.operations.import_preview import (
    ProblemRow,
    SheetPreview,
    file_preview,
    problem_rows,
    takes_long,
)
from matchmaker.services.operations.import_reading import open_sheets
from matchmaker.services.operations.import_report import ImportReport
from matchmaker.services.operations.upload_folder import Upload, UploadState


def checked_sheets(
    sheets: tuple[TableOptions, ...] | None, state: UploadState
) -> tuple[TableOptions, ...] | None:
    """Choices of further sheets, each with its columns proposed anew where it is read otherwise.

    Raises InvalidInput for more than may be read together.
    """
    if sheets is None:
        return None
    if len(sheets) >= MAX_SHEETS:
        raise InvalidInput(
            "At most %(most)s sheets are read together.", where="file", most=MAX_SHEETS
        )
    before = tuple(filter(None, (state.options, *(state.sheets or ()))))
    return tuple(afresh_where_other(each, before) for each in sheets)


def afresh_where_other(options: TableOptions, before: Sequence[TableOptions]) -> TableOptions:
    """Options without what was said of columns and cells where they are for another reading."""
    if any(options.file == each.file for each in before or [TableOptions()]):
        return options
    return replace(options, mapping={}, values={}, edits={})


def are_long(upload: Upload, table: TableFile) -> bool:
    """True where an import of all sheets takes longer than a page may wait."""
    if takes_long(upload.path, table):
        return True
    return any(takes_long(upload.path, each) for each, _ in open_sheets(upload)[1:])


def other_sheets(upload: Upload, index: ReferenceIndex) -> tuple[SheetPreview, ...]:
    """The sheets that are read together with the first, as they are read."""
    return tuple(
        SheetPreview(options, file_preview(table, options, column_samples(table), index))
        for table, options in open_sheets(upload)[1:]
    )


def with_rows(
    upload: Upload, sheets: Sequence[SheetPreview], report: ImportReport
) -> Iterator[SheetPreview]:
    """The same with the rows of each that have problems."""
    for sheet, (table, options) in zip(sheets, open_sheets(upload)[1:], strict=True):
        yield replace(sheet, rows=tuple(problem_rows(table, options, report)))


def rows_of_sheets(
    upload: Upload, report: ImportReport
) -> tuple[tuple[str, ...], Iterator[ProblemRow]]:
    """The titles of all sheets of a file, each once, and every row that has problems."""
    sheets = open_sheets(upload)
    titles = dict.fromkeys(title for table, _ in sheets for title in table.header)
    rows = chain.from_iterable(
        problem_rows(table, options, report, None) for table, options in sheets
    )
    return tuple(titles), rows
