"""A file before it is written: its columns, words to ask about, rows with problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_type_hints

from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import is_nothing, read_cell
from matchmaker.ingest.columns import Column
from matchmaker.ingest.countries import iso_code
from matchmaker.ingest.customs import DIRECTION, DIRECTIONS, asks_direction, implied_direction
from matchmaker.ingest.formats import ColumnFormat, judge_columns
from matchmaker.ingest.industries import scheme_of
from matchmaker.ingest.list_formats import FORMATS, RELATIONS
from matchmaker.ingest.place_context import (
    TELLING_PLACES,
    common_places,
    find_beside,
    places_of_row,
)
from matchmaker.ingest.places import PlaceIndex
from matchmaker.ingest.qualifications import cell_with_title
from matchmaker.ingest.reference import ReferenceIndex
from matchmaker.ingest.relation_words import RELATIONS as RELATION_VALUES
from matchmaker.ingest.report import Problem
from matchmaker.ingest.sheet_names import sheet_of
from matchmaker.ingest.table_file import Line, SheetSummary, TableFile
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.unused_titles import NO_PLACE, why_unused
from matchmaker.messages import Message
from matchmaker.services.operations.import_decisions import PairChoice
from matchmaker.services.operations.import_report import ImportReport
from matchmaker.text import language_of

SAMPLES = 5
# More words of one column, and more rows, are counted and not shown.
MAX_WORDS = 30
MAX_ROWS = 100
# By so many lines of a file its numbers, dates and words are judged before it is written; by
# fewer of a wide one.
MAX_LINES = 20_000
MAX_CELLS = 200_000
# A file of more bytes, or a table of more lines or characters (packed they take few bytes), is
# read whole by the worker, and not while a page waits: a line takes up to two milliseconds, and
# 5,000,000 characters that name one organisation after the other took 70 seconds.
MAX_LOOKED_AT = 2_000_000
MAX_LINES_LOOKED_AT = 3_000
MAX_CHARACTERS_LOOKED_AT = 500_000
YES, NO = "true", "false"


@dataclass(frozen=True, slots=True)
class ColumnPreview:
    """A column of the file: its title, some of its cells, and how they are read.

    `column` is the name of what it is taken for, "" for none. `format` says how its numbers
    or dates are read; None where there is nothing to say. `unused` says why it is taken for
    nothing, where it is.
    """

    title: str
    samples: tuple[str, ...]
    column: str
    format: Message | None = None
    unused: Message | None = None


@dataclass(frozen=True, slots=True)
class WordChoice:
    """A value that a word may be taken for, with its name where it is an id."""

    value: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class UnknownWord:
    """A word of a column that is not understood, or that a person has explained.

    `choices` are what it may be taken for; none: anything that the column takes. Where the
    column `is_required`, rows are left out until it is explained.
    """

    column: str
    cell: str
    count: int
    choices: tuple[WordChoice, ...] = ()
    chosen: str = ""
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class ProblemCell:
    """A cell that something is to be told of; `title` is "" for what is told of the row."""

    title: str
    column: str
    cell: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A line with problems; `name` says which row it is. `cells` are the whole line by title."""

    line: int
    name: str
    problem_cells: tuple[ProblemCell, ...]
    cells: Mapping[str, str]
    sheet: str = ""

    @property
    def is_refused(self) -> bool:
        """True where the row is left out."""
        return any(
            each.severity == "error" for cell in self.problem_cells for each in cell.problems
        )

    @property
    def costs_something(self) -> bool:
        """True where the row or a cell of it is left out, not kept whole with a remark."""
        return any(each.costs_something for each in self.problems)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is told of it."""
        return tuple(each for cell in self.problem_cells for each in cell.problems)


@dataclass(frozen=True, slots=True)
class FilePreview:
    """A file as it is read: what was judged of it, its columns and its unknown words."""

    name: str
    kind: str
    sheet: str
    sheets: tuple[SheetSummary, ...]
    encoding: str
    separator: str
    header_line: int
    columns: tuple[ColumnPreview, ...]
    words: tuple[UnknownWord, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetPreview:
    """A further sheet of a file, read together with the first: how, and its rows with problems."""

    options: TableOptions
    file: FilePreview
    rows: tuple[ProblemRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """A file before it is written: how it is read, and what would come of it.

    `options` are those in force, with every title of the file in their mapping.
    `is_remembered` says that they are those of an earlier file with the same titles. `report`
    is None where the file cannot be read with them, and `refused` says why; also where it
    `is_large` and no worker has read it whole yet. `file` is None where
    it cannot be read at all. `recognised` counts organisations of a list that are known by
    their names. `pairs` are organisations that may be one, to be decided on. `organization` is
    whose own list it is, whether it `withdraws` what it does not have, and whether it `is_reviewed`
    by coordinators first. `sheets` are further ones that are read together with it.
    """

    upload: str
    cluster: str
    name: str
    options: TableOptions
    joins: bool = True
    is_remembered: bool = False
    file: FilePreview | None = None
    report: ImportReport | None = None
    refused: InvalidInput | None = None
    is_large: bool = False
    recognised: int = 0
    rows: tuple[ProblemRow, ...] = ()
    pairs: tuple[PairChoice, ...] = ()
    organization: str = ""
    withdraws: bool = False
    is_reviewed: bool = False
    sheets: tuple[SheetPreview, ...] = ()


def file_preview(
    table: TableFile, options: TableOptions, samples: Mapping[str, tuple[str, ...]],
    index: ReferenceIndex,
) -> FilePreview:  # fmt: skip
    """The preview of a file; `samples` are some cells under each title."""
    lines = _first_lines(table)
    formats = _formats(table, lines, options)
    columns = tuple(
        ColumnPreview(
            title,
            samples.get(title, ())[:SAMPLES],
            options.mapping.get(title, ""),
            formats[title].explanation if title in formats else None,
            None
            if options.mapping.get(title)
            else why_unused(options.table, title, samples.get(title, ())) or NO_PLACE,
        )
        for title in table.header
    )
    return FilePreview(
        table.name, table.kind, table.sheet, table.sheets, table.encoding, table.separator,
        table.header_line, columns, tuple(_unknown_words(table, lines, options, index)),
    )  # fmt: skip


def takes_long(path: Path, table: TableFile) -> bool:
    """True where an import of a file takes longer than a page may wait.

    Where it cannot be read to its end, whoever reads it is told why.
    """
    if path.stat().st_size > MAX_LOOKED_AT:
        return True
    characters = 0
    try:
        for count, line in enumerate(table.lines(), 1):
            characters += sum(map(len, line.cells.values()))
            if count > MAX_LINES_LOOKED_AT or characters > MAX_CHARACTERS_LOOKED_AT:
                return True
    except InvalidInput:
        return False
    return False


def problem_rows(
    table: TableFile, options: TableOptions, report: ImportReport, limit: int | None = MAX_ROWS
) -> Iterator[ProblemRow]:
    """Rows that are refused, or kept otherwise than they were written, in their order.

    Of more than `limit` first those that cost a row or a cell.
    """
    by_line: dict[int, list[Problem]] = {}
    for problem in report.problems:
        if options.names_sheet and problem.file != table.name:
            continue
        if problem.line and problem.severity in ("error", "warning"):
            by_line.setdefault(problem.line, []).append(problem)
    costs = {n for n, told in by_line.items() if any(p.costs_something for p in told)}
    wanted = set(sorted(by_line, key=lambda number: (number not in costs, number))[:limit])
    naming = _naming_titles(options)
    last = max(wanted, default=0)
    for line in table.lines() if wanted else ():
        if line.number > last:
            break
        if line.number in wanted:
            cells = {**line.cells, **options.edits.get(line.number, {})}
            name = next((cells[title] for title in naming if cells.get(title)), "")
            problem_cells = tuple(_problem_cells(by_line[line.number], cells, options))
            yield ProblemRow(line.number, name, problem_cells, cells, sheet_of(table.name))


def choices_of(format: str, column: str) -> tuple[str, ...]:
    """The members of the closed list that a column takes, yes and no for a flag; else none."""
    if column not in {each.name for each in FORMATS[format].columns}:
        return ()
    if format == RELATIONS and column == "layer":
        return RELATION_VALUES
    if column == DIRECTION:
        return DIRECTIONS
    hint = get_type_hints(FORMATS[format].model).get(column)
    kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    for kind in kinds:
        if kind is bool:
            return (YES, NO)
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            return tuple(member.value for member in kind)
    return ()


def _first_lines(table: TableFile) -> tuple[Line, ...]:
    return tuple(islice(table.lines(), min(MAX_LINES, MAX_CELLS // len(table.header))))


def _formats(
    table: TableFile, lines: Sequence[Line], options: TableOptions
) -> Mapping[str, ColumnFormat]:
    reads = {column.name: column.read for column in FORMATS[options.table].columns}
    by_title = {title: reads[name] for title, name in options.mapping.items() if name in reads}
    given = ColumnFormat(options.decimal, options.day_first)  # type: ignore[arg-type]
    return judge_columns(
        (line.cells for line in lines if line.tells),
        by_title,
        separator=table.separator,
        language=language_of("".join(table.header)),
        given={"": given},
    )


def _unknown_words(
    table: TableFile, lines: Sequence[Line], options: TableOptions, index: ReferenceIndex
) -> Iterator[UnknownWord]:
    """Words of closed lists, places and industries that are to be explained once."""
    columns = {column.name: column for column in FORMATS[options.table].columns}
    asked_columns = {
        title: columns[name]
        for title, name in options.mapping.items()
        if name == "industry" or choices_of(options.table, name)
    }
    counts: dict[str, Counter[str]] = {title: Counter() for title in asked_columns}
    all_places = [_Places(options, index.places, column) for column in ("place", *_PARTIES)]
    places_told = [each for each in all_places if each.titles]
    for line in lines if asked_columns or places_told else ():
        if line.tells:
            for places in places_told:
                places.add(line)
            for title, count in counts.items():
                cell = line.cells.get(title, "")
                if whole := cell_with_title(asked_columns[title].name, title, cell)[0]:
                    count[whole] += 1
    if _is_direction_unsaid(table, options):
        count_of_rows = sum(line.tells for line in lines)
        choices = tuple(map(WordChoice, DIRECTIONS))
        chosen = options.values.get(DIRECTION, {}).get("", "")
        yield UnknownWord(DIRECTION, "", count_of_rows, choices, chosen, is_required=True)
    for places in places_told:
        yield from places.words()
    for title, count in counts.items():
        yield from _words_of(count, asked_columns[title], options, index, scheme_of(title))


def _is_direction_unsaid(table: TableFile, options: TableOptions) -> bool:
    """Whether a list of customs says nowhere whether goods left or came in."""
    columns = set(options.mapping.values())
    texts = (*table.header, *table.above, table.sheet, table.name)
    is_said = DIRECTION in columns or options.defaults.get(DIRECTION) or implied_direction(texts)
    return asks_direction(columns) and columns.isdisjoint(("supplier", "buyer")) and not is_said


def _words_of(
    counts: Counter[str], column: Column, options: TableOptions, index: ReferenceIndex, scheme: str
) -> Iterator[UnknownWord]:
    answers = options.values.get(column.name, {})
    shown = 0
    for cell, number in counts.most_common():
        choices = _choices(options.table, column, cell, index, scheme)
        if (choices is None and cell not in answers) or shown >= MAX_WORDS:
            continue
        shown += 1
        answer = answers.get(cell, "")
        yield UnknownWord(column.name, cell, number, choices or (), answer, column.required)


# Columns of places of others than whom a line is of: of whom they are.
_PARTIES: Mapping[str, str] = {"supplier_place": "supplier", "buyer_place": "buyer"}


class _Places:
    """Cells of places as the reader sees them: together, and beside what else a line says."""

    def __init__(self, options: TableOptions, index: PlaceIndex, column: str) -> None:
        self.column = column
        self._index, self._answers = index, options.values.get(column, {})
        default = options.defaults.get(column, "")
        self._default = [id for id in (index.find(default).id,) if id] if default else []
        self.titles = [title for title, name in options.mapping.items() if name == column]
        party = _PARTIES.get(column, "")
        self._beside = {
            "name" if name == party else name: title
            for title, name in options.mapping.items()
            if name == party or (name in TELLING_PLACES and not party)
        }
        # By cell how often it stands there, and what the lines say of those that can be several.
        self._cells: Counter[str] = Counter()
        self._rows: dict[str, list[str]] = {}
        self._countries: dict[str, set[str]] = {}
        country = f"{party}_country" if party else "country"
        countries = (title for title, name in options.mapping.items() if name == country)
        self._country = next(countries, "")

    def add(self, line: Line) -> None:
        cells = [cell for title in self.titles if (cell := line.cells.get(title, ""))]
        if whole := ", ".join(cells):
            self._cells[whole] += 1
            if self._index.find(whole).candidates:
                beside = {name: line.cells.get(title, "") for name, title in self._beside.items()}
                self._rows.setdefault(whole, []).extend(places_of_row(self._index, beside))
                if country := iso_code(line.cells.get(self._country, "")):
                    self._countries.setdefault(whole, set()).add(country)

    def words(self) -> Iterator[UnknownWord]:
        """Those that neither their lines nor the column decides, and those that were answered."""
        # Suppliers and buyers are from anywhere.
        usual = () if self.column in _PARTIES else common_places(self._index, self._cells)
        shown = 0
        for cell, number in self._cells.most_common():
            beside = [*self._rows.get(cell, ()), *self._default]
            said = self._countries.get(cell, set())
            country = next(iter(said)) if len(said) == 1 else ""
            match, _ = find_beside(self._index, cell, country, beside, lambda: usual)
            is_asked = not match.id and bool(match.candidates) and not is_nothing(cell)
            if shown < MAX_WORDS and (is_asked or cell in self._answers):
                shown += 1
                choices = (WordChoice(id, self._index.path(id)) for id in match.candidates)
                answer = self._answers.get(cell, "")
                yield UnknownWord(self.column, cell, number, tuple(choices), answer)


def _choices(
    format: str, column: Column, cell: str, index: ReferenceIndex, scheme: str
) -> tuple[WordChoice, ...] | None:
    """What a word may be taken for, None where it is understood or says nothing."""
    if is_nothing(cell):
        return None
    if column.name == "industry":
        match = index.industries.find(cell, scheme)
        ids = match.candidates
        return None if match.id else tuple(WordChoice(id, index.industries.path(id)) for id in ids)
    reading = read_cell(column.name, column.read, cell)
    if reading.value is not None or reading.problem is None:
        return None
    return tuple(map(WordChoice, reading.choices or choices_of(format, column.name)))


# By what a row is known, the surest first.
_NAMING = ("name", "title", "text", "supplier", "head", "organization", "id")


def _naming_titles(options: TableOptions) -> list[str]:
    order = {name: position for position, name in enumerate(_NAMING)}
    named = [title for title, name in options.mapping.items() if name in order]
    rest = [title for title, name in options.mapping.items() if name and title not in named]
    return sorted(named, key=lambda title: order[options.mapping[title]]) + rest


def _problem_cells(
    problems: list[Problem], cells: Mapping[str, Any], options: TableOptions
) -> Iterator[ProblemCell]:
    """Of a line, by the cells that they are about."""
    left = list(problems)
    for title in cells:
        names = {title, options.mapping.get(title) or title}
        own = tuple(each for each in left if each.field and each.field in names)
        if own:
            left = [each for each in left if each not in own]
            yield ProblemCell(title, options.mapping.get(title, ""), cells[title], own)
    if left:
        yield ProblemCell("", left[0].field, "", tuple(left))
