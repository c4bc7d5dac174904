"""Tables in files of every usual kind, line by line, as a person sees them in the sheet."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from matchmaker.errors import InvalidInput
from matchmaker.ingest import (
    binary_workbook,
    encodings,
    html_table,
    json_file,
    old_workbook,
    open_document,
    sheet_files,
    text_file,
    word_table,
    workbook,
)
from matchmaker.ingest.cells import CellProblem
from matchmaker.ingest.cleaned_rows import cleaned
from matchmaker.ingest.ditto import DittoReader
from matchmaker.ingest.header import (
    SAMPLE,
    Footer,
    Header,
    cell_of_row,
    find_header,
    is_comment,
    is_expected,
    template_lines,
    with_footer,
)
from matchmaker.ingest.no_tables import refuse_no_table
from matchmaker.ingest.parsed_rows import is_parsed, rows_at
from matchmaker.ingest.question_titles import is_of_survey, without_letters
from matchmaker.ingest.report import Problem
from matchmaker.ingest.rows import FileFormat, Row, RowSource, SheetSummary
from matchmaker.ingest.side_by_side import (
    refuse_long_titles,
    refuse_side_by_side,
    refuse_transposed,
)
from matchmaker.ingest.title_units import unit_above
from matchmaker.ingest.title_years import year_above
from matchmaker.messages import Message, message
from matchmaker.system_errors import reason_of
from matchmaker.text import normal

# What names of such files end with; what a file is, its bytes tell.
_ENDS = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson")
# .et is what WPS calls an .xls, or an .xlsx.
_BOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods", ".docx")
SUFFIXES = (*_ENDS, *(f"{end}.gz" for end in _ENDS), *_BOOKS)
# Rows that are looked at for the header, comments among them.
MAX_SAMPLE = 5_000
_ZIP, _COMPOUND = b"PK", b"\xd0\xcf\x11\xe0"

__all__ = [
    "SUFFIXES",
    "CellProblem",
    "FileOptions",
    "Line",
    "SheetSummary",
    "TableFile",
    "open_table",
]


@dataclass(frozen=True, slots=True)
class FileOptions:
    """Choices that a person may make; blank or 0: judged from the file.

    `sheet` is a sheet's name, `encoding` one that Python knows, `separator` one character,
    `header_line` the number of the line that holds the column titles, from 1.
    """

    sheet: str = ""
    encoding: str = ""
    separator: str = ""
    header_line: int = 0


AS_JUDGED = FileOptions()


@dataclass(frozen=True, slots=True)
class Line:
    """A data line: its number in the file, from 1, and its cells by column title.

    Cells are text as the sheet shows it, cleaned; what a sheet or JSON keeps as a number is
    a `SheetNumber`. `passed_over` is why the line is no row: a total, a note. `links` are the
    addresses behind cells, by title.
    """

    number: int
    cells: dict[str, str]
    problems: tuple[CellProblem, ...] = ()
    passed_over: Message | None = None
    links: Mapping[str, str] | None = None

    @property
    def tells(self) -> bool:
        """True where it shows what the columns hold: it is a row, and its cells stand in place."""
        return self.passed_over is None and all(p.severity != "error" for p in self.problems)

    @property
    def is_unreadable(self) -> bool:
        """True where it is no row at all: an error of the file's, and no cell."""
        return not any(self.cells.values()) and any(p.severity == "error" for p in self.problems)


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table in a file. `notes` are about the file as a whole: what was judged, what is left.

    `header` are the titles of the columns, all different; `duplicates` has the positions, from
    1, of titles that stand over several columns, which are `Name#4` and `Name#6` in `header`.
    """

    path: Path
    name: str
    kind: FileFormat
    header: tuple[str, ...]
    header_line: int
    sheet: str = ""
    sheets: tuple[SheetSummary, ...] = ()
    encoding: str = ""
    separator: str = ""
    notes: tuple[Problem, ...] = ()
    duplicates: tuple[tuple[str, tuple[int, ...]], ...] = ()
    source: RowSource = field(kw_only=True, repr=False)
    # The currency or multiple that lines above the titles give for all amounts, "" for none.
    unit: str = field(default="", kw_only=True)
    # The year that they name, 0 for none and for several.
    year: int = field(default=0, kw_only=True)
    # What the lines above the titles say.
    above: tuple[str, ...] = field(default=(), kw_only=True, repr=False)
    expected: Collection[str] = field(default=(), kw_only=True, repr=False)
    # Where the rows begin: below the header and the explanations of our own templates.
    last_line_above: int = field(default=0, kw_only=True, repr=False)

    def lines(self) -> Iterator[Line]:
        """The lines below the header, read anew with every call. Raises InvalidInput."""
        ditto = DittoReader(self._below)
        is_survey = any(map(is_of_survey, self.header))
        for row, reason in with_footer(self._below(), Footer(self.header, self.expected)):
            if row.broken is not None and self.kind == "csv":
                raise InvalidInput(
                    row.broken,
                    where=f"{self.name}:{row.number}",
                    mend=message("Close it, and double those inside of a text."),
                )
            if is_survey:
                row.cells[:] = map(without_letters, row.cells)
            if reason is None:
                ditto.fill(row)
            yield self._line(row, reason)

    def _below(self) -> Iterator[Row]:
        return (row for row in cleaned(self.source) if row.number > self.last_line_above)

    def _line(self, row: Row, reason: Message | None) -> Line:
        if row.broken is not None:
            cells = dict(zip(self.header, row.cells, strict=False))
            return Line(row.number, cells, (CellProblem("", row.broken),))
        cells = dict.fromkeys(self.header, "")
        cells.update(zip(self.header, row.cells, strict=False))
        if reason is not None:
            return Line(row.number, cells, passed_over=reason)
        problems = [
            CellProblem(self._title(position), why, severity)
            for position, why, severity in row.problems
        ]
        links = {self._title(at): link for at, link in row.links.items()} if row.links else None
        return Line(row.number, cells, (*problems, *self._surplus(row)), links=links)

    def _title(self, position: int) -> str:
        return self.header[position] if position < len(self.header) else f"#{position + 1}"

    def _surplus(self, row: Row) -> Iterator[CellProblem]:
        """Cells beyond the last title: in a sheet a remark, in a text file a shifted line."""
        surplus = [position for position in range(len(self.header), len(row.cells))
                   if row.cells[position]]  # fmt: skip
        if not surplus:
            return
        if self.source.has_positions:
            reason = message("stands below no title and is left out.")
            yield from (CellProblem(self._title(position), reason, "warning")
                        for position in surplus)  # fmt: skip
            return
        reason = message(
            "has %(cells)s cells, not %(columns)s.", cells=surplus[-1] + 1, columns=len(self.header)
        )
        yield CellProblem(self.header[-1], reason)


def open_table(
    path: Path, options: FileOptions = AS_JUDGED, expected: Collection[str] = ()
) -> TableFile:
    """The table that a file holds, with its header found.

    `expected` are titles, as `text.normal` writes them, of the header. Raises InvalidInput.
    """
    if not path.is_file():
        raise InvalidInput("there is no such file.", where=str(path))
    source = rows_of(path, options, expected)
    sample = _sample(source, expected, max(SAMPLE, options.header_line))
    if source.titles is not None:
        header: Header | None = Header(0, 0, source.titles) if source.titles else None
    else:
        refuse_transposed(sample, expected, path.name)
        header = find_header(sample, expected, options.header_line)
    if header is None:
        raise _no_header(path.name, options, has_comments=bool(sample))
    refuse_long_titles(header.titles, f"{path.name}:{header.first}")
    if source.titles is None and not options.header_line:
        if cell := cell_of_row(header, sample, expected):
            raise _row_as_header(path.name, header, cell)
        refuse_side_by_side(header.titles, f"{path.name}:{header.first}")
    if isinstance(source, text_file.TextSource):
        source = source.under(header.line, len(header.titles))
    notes = [*source.notes, *_header_notes(sample, header)]
    return TableFile(
        path, path.name, source.kind, header.titles, header.line, source.sheet, source.sheets,
        source.encoding, source.separator,
        tuple(Problem(path.name, 0, "", note, "note") for note in notes), header.duplicates,
        unit=unit_above(_cells_above(sample, header)),
        year=year_above(_cells_above(sample, header)),
        above=tuple(filter(None, _cells_above(sample, header))), expected=expected,
        source=source, last_line_above=template_lines(sample, header),
    )  # fmt: skip


def _sample(source: RowSource, expected: Collection[str], size: int) -> list[Row]:
    """The first rows, as many as are wanted beside comments."""
    sample: list[Row] = []
    for row in islice(cleaned(source), MAX_SAMPLE):
        sample.append(row)
        size -= not is_comment(row.cells, expected)
        if size < 1:
            break
    return sample


def rows_of(path: Path, options: FileOptions, expected: Collection[str]) -> RowSource:
    """The rows of a file; its kind is told by its bytes, not by its name. Raises InvalidInput."""
    try:
        with path.open("rb") as file:
            head = file.read(512)
    except OSError as error:
        raise InvalidInput(
            "cannot be read: %(error)s.", where=str(path), error=reason_of(error)
        ) from None
    if is_parsed(path, head):
        return rows_at(path)
    if head.startswith((_ZIP, _COMPOUND)):
        return _sheet(_sheets_known(path, head), options.sheet, expected, path.name)
    refuse_no_table(path.name, head)
    letters = head.replace(b"\0", b"").lower()  # of UTF-16 too
    if b"<html" in letters or b"<table" in letters:
        return _sheet(
            html_table.sheets_of(path, options.encoding), options.sheet, expected, path.name
        )
    encoding = encodings.encoding_of(path, options.encoding)
    source = json_file.json_source(path, encoding.name, encoding.codec)
    return source or _text_source(path, encoding, options, expected)


def _sheets_known(path: Path, head: bytes) -> list[RowSource]:
    """The sheets of a workbook: a look at each is a look through all, so the last are kept."""
    state = sheet_files.state_of(path)
    sheets = _last_sheets.get(state)
    if sheets is None:
        sheets = _sheets_of(path, head)
        _last_sheets.clear()
        _last_sheets[state] = sheets
    return sheets


_last_sheets: dict[sheet_files.FileState, list[RowSource]] = {}


def _sheets_of(path: Path, head: bytes) -> list[RowSource]:
    if head.startswith(_COMPOUND):
        if word_table.is_old_word(path):
            raise word_table.old_word(path.name)
        return old_workbook.sheets_of(path)
    if b"opendocument" in head:
        return open_document.sheets_of(path)
    if binary_workbook.is_binary(path):
        return binary_workbook.sheets_of(path)
    if word_table.is_word(path):
        return word_table.sheets_of(path)
    return workbook.sheets_of(path)


def _text_source(
    path: Path, encoding: encodings.Encoding, options: FileOptions, expected: Collection[str]
) -> text_file.TextSource:
    note = message(
        "read as %(encoding)s, judged by its letters: choose another encoding if letters look "
        "wrong.",
        encoding=encoding.name,
    )
    separator = (
        text_file.separator_named(options.separator)
        if options.separator
        else text_file.separator_of(path, encoding.codec, expected)
    )
    wide = message("no sign parts the columns: they are parted at the wide gaps between them.")
    notes = ([note] if encoding.judged else []) + ([wide] if separator == text_file.WIDE else [])
    return text_file.TextSource(
        path=path,
        codec=encoding.codec,
        encoding=encoding.name,
        separator=separator,
        notes=tuple(notes),
    )


def _sheet(
    sheets: Sequence[RowSource], wanted: str, expected: Collection[str], name: str
) -> RowSource:
    """The sheet of that name, else the visible one with data and most of the expected titles."""
    summaries = sheets[0].sheets if sheets else ()
    if wanted:
        position = _position_of(wanted, summaries, name)
    else:
        visible = [i for i, summary in enumerate(summaries) if summary.rows and not summary.hidden]
        if not visible:
            hidden = [summary.name for summary in summaries if summary.rows]
            raise _no_sheet(name, hidden)
        position = visible[0]
        if len(visible) > 1:
            position = max(visible, key=lambda i: (_fitness(sheets[i], expected), -i))
    others = [
        message("'%(sheet)s' (hidden)", sheet=summary.name)
        if summary.hidden
        else message("'%(sheet)s'", sheet=summary.name)
        for i, summary in enumerate(summaries)
        if i != position and summary.rows
    ]
    if not others:
        return sheets[position]
    note = message(
        "the sheet '%(sheet)s' is read, not %(others)s; another can be chosen (--sheet).",
        sheet=summaries[position].name,
        others=others,
    )
    return replace(sheets[position], notes=(note, *sheets[position].notes))


def _position_of(wanted: str, summaries: Sequence[SheetSummary], name: str) -> int:
    names = [summary.name for summary in summaries]
    for spelling in (str, normal):
        for position, sheet in enumerate(names):
            if spelling(sheet) == spelling(wanted):
                return position
    raise InvalidInput(
        "has no sheet '%(sheet)s'; it has %(names)s.", where=name, sheet=wanted, names=names
    )


def _no_sheet(name: str, hidden: Sequence[str]) -> InvalidInput:
    if hidden:
        return InvalidInput(
            "only hidden sheets hold anything: %(names)s.",
            where=name,
            mend="Show the sheet, or choose it (--sheet).",
            names=list(hidden),
        )
    return InvalidInput("the file is empty.", where=name, mend="Its first line must name columns.")


def _fitness(sheet: RowSource, expected: Collection[str]) -> tuple[int, bool]:
    """How many expected titles a sheet has, and whether it is a table at all."""
    sample = list(islice(cleaned(sheet), SAMPLE))
    header = find_header(sample, expected)
    if header is None:
        return 0, False
    hits = sum(is_expected(title, expected) for title in header.titles)
    return hits, len(header.titles) > 1 and len(sample) > 1


def _no_header(name: str, options: FileOptions, *, has_comments: bool) -> InvalidInput:
    if options.header_line:
        return InvalidInput(
            "line %(line)s holds no titles of columns.",
            where=name,
            mend="Name the line that does.",
            line=options.header_line,
        )
    reason = (
        message("holds nothing but comments: all its lines begin with #.")
        if has_comments
        else message("the file is empty.")
    )
    return InvalidInput(reason, where=name, mend="Its first line must name columns.")


def _row_as_header(name: str, header: Header, cell: str) -> InvalidInput:
    return InvalidInput(
        "has no titles of columns: line %(line)s begins the rows already ('%(cell)s').",
        where=name,
        mend="Write a line of titles above it, or say which line holds them (--header-line).",
        line=header.first,
        cell=cell[:60],
    )


def _cells_above(sample: list[Row], header: Header) -> Iterator[str]:
    for row in sample:
        if row.number < header.first:
            yield from row.cells


def _header_notes(sample: list[Row], header: Header) -> Iterator[Message]:
    above = [row.number for row in sample if row.number < header.first and any(row.cells)]
    if above:
        yield message(
            "the titles of the columns stand on line %(line)s; the lines above are no data.",
            line=header.first,
        )
    for row in sample:
        if header.first <= row.number <= header.line:
            yield from (
                message(
                    "the title of column %(column)s %(reason)s", column=position + 1, reason=reason
                )
                for position, reason, severity in row.problems
                if severity == "error"
            )
    for title, positions in header.duplicates:
        yield message(
            "'%(title)s' stands over columns %(positions)s; they are %(names)s.",
            title=title,
            positions=list(positions),
            names=[f"{title}#{position}" for position in positions],
        )
