"""One file of one of our tables: every line counted, all problems of a row told at once."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from matchmaker.domain import Provenance, is_id
from matchmaker.errors import InvalidInput
from matchmaker.ingest import cells
from matchmaker.ingest.cells import CellProblem, CellReading, is_nothing, read_cell
from matchmaker.ingest.coded_words import CodedCells
from matchmaker.ingest.columns import Column, TableFormat
from matchmaker.ingest.consortia import is_only_form
from matchmaker.ingest.continued_lines import with_further_needs
from matchmaker.ingest.country_cells import PlaceAsCountry, place_as_country
from matchmaker.ingest.dates import PartialDate
from matchmaker.ingest.formats import ColumnFormat, FormatReader, judge_columns
from matchmaker.ingest.links import with_links
from matchmaker.ingest.list_guess import all_titles
from matchmaker.ingest.made_ids import slug
from matchmaker.ingest.numbers import Amount
from matchmaker.ingest.place_context import common_places
from matchmaker.ingest.qualifications import TIER, cell_with_title, highest
from matchmaker.ingest.reference import ReferenceIndex
from matchmaker.ingest.report import Problem, Severity
from matchmaker.ingest.sheet_names import named
from matchmaker.ingest.suggestions import expected_titles
from matchmaker.ingest.table_fields import name_in_english, referred_table
from matchmaker.ingest.table_file import Line, TableFile, open_table
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.table_reading import RowValues, TableReading
from matchmaker.ingest.title_keys import year_of_title
from matchmaker.ingest.title_units import (
    currency_of_unit,
    unit_note,
    unit_of_title,
    units_of,
    with_unit,
)
from matchmaker.ingest.title_years import with_year, year_note
from matchmaker.ingest.titles import columns_of, notes_on_titles
from matchmaker.ingest.words import is_other
from matchmaker.messages import Message, message
from matchmaker.regex import regex
from matchmaker.store.merging import PRECISION, principal_date
from matchmaker.text import language_of, normal

# Readers that keep a cell as it is.
_AS_WRITTEN = (cells.text, cells.web_address)
_CODES = ("credit_code", "vat", "lei", "ror")
MEMBERSHIP_DAYS = ("member_since", "member_until")
_LOOKED_UP = ("place", "industry")
_AMOUNT_CURRENCY = "the amount's currency"  # until it is known what the column of currencies says
_NOW = 9_999  # of a title that names no year
_MAX_READ = 20_000
_SPACE = regex(r"\s+")
_PARTED = regex(r"\d[.,/-]\d")


@dataclass
class TableReader:
    """Reads the lines of one file into `reading`. Raises InvalidInput where it cannot at all."""

    table: TableFormat
    path: Path
    options: TableOptions
    reading: TableReading
    index: ReferenceIndex
    today: datetime.date
    file: TableFile = field(init=False)
    columns: dict[str, str] = field(init=False)
    formats: Mapping[str, ColumnFormat] = field(init=False)
    # Titles of columns with a cell that could be written in two ways.
    judged: set[str] = field(default_factory=set, init=False)
    # Columns of money of which a cell names no currency, as was told once.
    bare: set[str] = field(default_factory=set, init=False)
    first_lines: MutableMapping[bytes, int] = field(init=False)
    read_cells: dict[tuple[str, type, str, ColumnFormat], CellReading] = field(
        default_factory=dict, init=False
    )

    def __post_init__(self) -> None:
        expected = expected_titles(self.table.name) | set(map(normal, self.options.mapping))
        file = named(open_table(self.path, self.options.file, expected), self.options)
        self.file = replace(file, expected=expected | all_titles())
        self.first_lines = self.reading.mapping()
        self.columns = columns_of(self.table, self.file, self.options.mapping)
        self.formats = self._judged()

    @cached_property
    def units(self) -> Mapping[str, str]:
        """Units of the columns of amounts and figures whose title gives one: `金额（万元）`."""
        return units_of(self.columns, self.table.columns, self.file.unit)

    @cached_property
    def source(self) -> str:
        """The beginning of ids that have no source."""
        return slug(self.options.source or self.path.name.split(".", 1)[0])

    @cached_property
    def titles(self) -> Mapping[str, list[str]]:
        """The file's titles of each column, of several years the latest first."""
        titles: dict[str, list[str]] = {}
        for title, column in self.columns.items():
            titles.setdefault(column, []).append(title)
        for column in (each.name for each in self.table.columns if each.by_year):
            titles.get(column, []).sort(key=lambda title: -(year_of_title(title) or _NOW))
        return titles

    @cached_property
    def read_columns(self) -> tuple[Column, ...]:
        """Columns that the file has or that have a default, but those that are looked up."""
        has = {*self.titles, *self.options.defaults}
        columns = self.table.columns
        return tuple(each for each in columns if each.name in has and each.name not in _LOOKED_UP)

    @cached_property
    def coded(self) -> CodedCells:
        """The columns of the table whose words are looked up and not read alone."""
        looked_up = tuple(name for name in _LOOKED_UP if name in self.table.names)
        return CodedCells(
            self.index, looked_up, self.options.defaults,
            self.chosen_values, self.has("street_address"), "country" in self.table.names,
            lambda: self.places_of_column,
        )  # fmt: skip

    @cached_property
    def required_columns(self) -> tuple[str, ...]:
        """Columns without which a line is no row."""
        told = self.table.told_by_rows
        return tuple(name for name in self.table.required if name not in told)

    @cached_property
    def chosen_values(self) -> Mapping[tuple[str, str], str]:
        """By column and cell, what a person decided that the cell stands for."""
        values = self.options.values.items()
        return {(column, cell): word for column, words in values for cell, word in words.items()}

    @cached_property
    def places_of_column(self) -> tuple[str, ...]:
        """The county, the city and the country in which most of its column lies."""
        told = (self.cells_of(line, "place") for line in self.file.lines() if line.tells)
        cells = islice((", ".join(cell for _, cell in each) for each in told), _MAX_READ)
        return common_places(self.index.places, cells)

    def lines(self) -> Iterator[tuple[Line, RowValues]]:
        """Lines that hold a row without errors, and its values; the others are accounted for."""
        self._require_columns()
        self.reading.read[self.file.name] = 0
        self.reading.problems.extend(self._notes())
        for line in with_further_needs(self.file.lines(), self.table.name, self.columns):
            self.reading.read[self.file.name] += 1
            if line.passed_over is not None:
                self.reading.pass_line(self.file.name, line.number, line.passed_over)
                continue
            line = with_links(line, self.columns)  # noqa: PLW2901
            if edits := self.options.edits.get(line.number):
                told = tuple(each for each in line.problems if each.column not in edits)
                line = replace(line, cells={**line.cells, **edits}, problems=told)  # noqa: PLW2901
            same = self._line_of_same(line)
            if same is not None:
                reason = message("is the same as line %(line)s.", line=same)
                self.reading.pass_line(self.file.name, line.number, reason)
                continue
            values = self._row(line)
            if values is not None:
                yield line, values

    def _judged(self) -> Mapping[str, ColumnFormat]:
        """Formats by title; a running number is found on the way and is no id."""
        reads = {column.name: column.read for column in self.table.columns}
        titles = {
            title: reads[column] for title, column in self.columns.items()
            if isinstance(reads[column], FormatReader)
        }  # fmt: skip
        own_ids = [title for title, column in self.columns.items() if column == "id"]
        is_running = dict.fromkeys(own_ids, True)

        def seen() -> Iterator[Mapping[str, str]]:
            number = 0
            for line in self.file.lines():
                if line.tells:
                    number += 1
                    for title in own_ids:
                        is_running[title] &= line.cells.get(title, "") == str(number)
                    self.judged |= {
                        title for title in titles
                        if title not in self.judged and _PARTED.search(line.cells.get(title, ""))
                    }  # fmt: skip
                    yield line.cells
                    if not titles and number > 1 and not any(is_running.values()):
                        break  # nothing is left to judge
            is_running.update(dict.fromkeys(own_ids, False) if number < 2 else {})

        decimal: Any = self.options.decimal
        given = ColumnFormat(decimal, self.options.day_first)
        formats = judge_columns(
            seen(), titles, separator=self.file.separator,
            language=language_of("".join(self.file.header)), given={"": given},
        )  # fmt: skip
        for title, running in is_running.items():
            if running and title not in self.options.mapping:
                del self.columns[title]
        return formats

    def _require_columns(self) -> None:
        """A required column may be missing where its words are given, or the rows tell it."""
        defaults = self.options.defaults.keys() - {"id", "name"}  # no two have these in common
        given = {*self.columns.values(), *defaults, *self.table.told_by_rows}
        missing = [name for name in self.table.required if name not in given]
        if missing:
            raise InvalidInput(
                "the column '%(missing)s' is missing; found %(names)s.",
                where=f"{self.file.name}:{self.file.header_line}",
                mend="Add it, or rename the column that holds it.",
                missing=next(each.title for each in self.table.columns if each.name == missing[0]),
                names=", ".join(self.file.header)[:300],
            )

    def _notes(self) -> Iterator[Problem]:
        yield from self.file.notes
        names = self.table.name, self.file, self.columns, self.options.mapping
        for title, reason in notes_on_titles(*names):
            yield self.note(title, reason)
        if not self.reading.cluster:
            for title in (each for name in MEMBERSHIP_DAYS for each in self.titles.get(name, ())):
                reason = message("It is read only where the list is imported for a cluster.")
                yield self.note(title, reason)
        for title, format in self.formats.items():
            if format.explanation is not None and (title in self.judged or format.stored):
                yield self.note(title, format.explanation)
            if format.tax_note is not None:
                yield self.note(title, format.tax_note)
        if self.file.year:
            yield self.note("", year_note(self.file.year))
        for title, unit in self.units.items():
            yield self.note(title, unit_note(unit, is_above=not unit_of_title(title)))

    def note(self, column: str, reason: Message) -> Problem:
        """Tell something of a column of the file as a whole."""
        return Problem(self.file.name, 0, column, reason, "note")

    def _line_of_same(self, line: Line) -> int | None:
        """The earlier line with the same cells in every column that is read.

        A line that cannot be read as one is the same as none: its cells are not what it says.
        """
        if any(problem.severity == "error" for problem in line.problems):
            return None
        text = "\x1f".join(line.cells.get(title, "") for title in self.columns)
        digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
        first = self.first_lines.setdefault(digest, line.number)
        return None if first == line.number else first

    # -- one line

    def _row(self, line: Line) -> RowValues | None:
        """The values of a line's cells; None where it is refused."""
        problems = [self._of_file(line, each) for each in line.problems
                    if each.severity == "error" or each.column not in self.file.header
                    or each.column in self.columns]  # fmt: skip
        if line.is_unreadable:
            self.reading.problems.extend(problems)
            return None
        values, by_default = dict[str, Any](), set[str]()
        strays = {"industry": {}, "place": self._strays(line)}
        for title, stray in strays["place"].items():
            line = replace(line, cells={**line.cells, title: stray.code})
            problems.append(self._problem(line, "country", stray.note, "warning"))
        for column in self.read_columns:
            value, is_default = self._value(line, column, problems)
            if value is not None:
                values |= self._plain(column.name, value, values)
                if is_default:
                    by_default.add(column.name)
        self._decide_currency(line, values, problems)
        for name in self.coded.columns:
            filled = self.cells_of(line, name) + [(t, s.cell) for t, s in strays[name].items()]
            for note, is_lost in self.coded.look_up(name, filled, values):
                problems.append(self._problem(line, name, note, "warning", is_lost=is_lost))
        name_in_english(self.table.name, values)
        for name in self.required_columns:
            is_told = any(p.field == name and p.severity == "error" for p in problems)
            if name not in values and not is_told:
                problems.append(self._problem(line, name, message("is empty.")))
        if any(problem.severity == "error" for problem in problems):
            # The whole line is left out. Of a cell that would be kept nothing is to be told.
            self.reading.problems.extend(
                replace(problem, severity="error", is_lost=False)
                for problem in problems
                if problem.severity == "error" or problem.is_lost
            )
            return None
        self.reading.problems.extend(problems)
        said = str(values.pop("source", "")) if self.table.name != "ties" else ""
        provenance = Provenance(
            said or self.options.source or self.file.name, f"line {line.number}", date=self.today
        )
        return RowValues(values, frozenset(by_default), provenance, line.number)

    def _of_file(self, line: Line, problem: CellProblem) -> Problem:
        column = self.columns.get(problem.column, problem.column)
        is_lost = problem.severity == "warning" and not line.cells.get(problem.column)
        return Problem(
            self.file.name, line.number, column, problem.reason, problem.severity, is_lost
        )

    def _problem(
        self, line: Line, column: str, reason: Message, severity: Severity = "error",
        *, is_lost: bool = False,
    ) -> Problem:  # fmt: skip
        return Problem(self.file.name, line.number, column, reason, severity, is_lost)

    def _strays(self, line: Line) -> Mapping[str, PlaceAsCountry]:
        """By title, the cells of a column of countries that are places."""
        key = "country" if "place" in self.coded.columns else ""
        cells = ((t, self.chosen_values.get((key, c), c)) for t, c in self.cells_of(line, key))
        found = ((title, place_as_country(self.index.places, cell)) for title, cell in cells)
        return {title: stray for title, stray in found if stray is not None}

    def cells_of(self, line: Line, column: str) -> list[tuple[str, str]]:
        """Title and text of the cells that are filled."""
        titles = self.titles.get(column, ())
        return [(title, cell) for title in titles if (cell := line.cells.get(title))]

    def _value(self, line: Line, column: Column, problems: list[Problem]) -> tuple[Any, bool]:
        """A column's value, and whether it is the default that was chosen for all."""
        filled = self.cells_of(line, column.name)
        if column.name in self.table.told_by_rows:
            filled = list(self._telling(line, column, filled, problems))
        filled = list(self._with_titles(line, column, filled, problems))
        if not column.required and (column.read in _AS_WRITTEN or column.name in _CODES):
            filled = [(title, cell) for title, cell in filled if not is_nothing(cell)]
        if not filled:
            default = self.options.defaults.get(column.name, "")
            if not default:
                return None, False
            return self.value_in(line, column, "", default, problems), True
        read = [self.value_in(line, column, title, cell, problems) for title, cell in filled]
        if column.name == TIER:
            return highest([each for each in read if each is not None]), False
        if column.joined_by:
            texts = dict.fromkeys(str(value) for value in read if value is not None)
            return column.joined_by.join(texts) or None, False
        return next((value for value in read if value is not None), None), False

    def _with_titles(
        self, line: Line, column: Column, filled: list[tuple[str, str]], problems: list[Problem]
    ) -> Iterator[tuple[str, str]]:
        """Cells with what their titles say of qualifications, but those that say no."""
        for title, cell in filled:
            chosen = self.chosen_values.get((column.name, cell), cell)
            whole, doubt = cell_with_title(column.name, title, chosen)
            if doubt is not None:
                problems.append(self._problem(line, column.name, doubt, "warning", is_lost=True))
            elif whole:
                yield title, cell if whole == chosen else whole

    def _telling(
        self, line: Line, column: Column, filled: list[tuple[str, str]], problems: list[Problem]
    ) -> Iterator[tuple[str, str]]:
        """Cells of a column that rows can do without, but those that say nothing: 其他, `-`."""
        for title, cell in filled:
            chosen = self.chosen_values.get((column.name, cell), cell)
            if column.name == "kind" and is_only_form(chosen):
                continue  # it goes with the name
            if is_nothing(chosen) or (column.name == "kind" and is_other(chosen)):
                reason = message("'%(cell)s' tells nothing: the name has to.", cell=cell)
                problems.append(self._problem(line, column.name, reason, "warning"))
            else:
                yield title, cell

    def value_in(
        self, line: Line, column: Column, title: str, cell: str, problems: list[Problem]
    ) -> Any:
        format, unit = self.formats.get(title, ColumnFormat()), self.units.get(title, "")
        cell = with_year(with_unit(cell, unit), self.file.year, column.read)
        if column.read is cells.text and column.name not in self.options.values:
            return cell
        key = (column.name, cell.__class__, cell, format)
        result = self.read_cells.get(key)
        if result is None:
            result = read_cell(
                column.name, column.read, cell, format, required=column.required,
                values=self.chosen_values,
            )  # fmt: skip
            if len(self.read_cells) < _MAX_READ:
                self.read_cells[key] = result
        if result.problem is not None:
            problem = result.problem
            is_lost = problem.severity == "warning" and result.value is None
            problems.append(
                self._problem(line, column.name, problem.reason, problem.severity, is_lost=is_lost)
            )
        if unit and isinstance(result.value, Amount) and not result.value.currency:
            return replace(result.value, currency=currency_of_unit(unit))
        return result.value

    def _plain(self, column: str, value: Any, values: Mapping[str, Any]) -> dict[str, Any]:
        """A value as the domain has it: a date with its precision, an amount with its currency."""
        if isinstance(value, PartialDate) and column not in MEMBERSHIP_DAYS:
            plain: dict[str, Any] = {column: value.date}
            if column == principal_date(self.table.model):
                plain[PRECISION] = value.precision
            return plain
        if isinstance(value, Amount) and self.table.name == "organizations":
            return {column: value}
        if isinstance(value, Amount):
            unit = " ".join(filter(None, (value.currency, value.unit)))
            said = {_AMOUNT_CURRENCY: value.currency, "unit": unit}
            return {column: value.value, **{n: w for n, w in said.items() if w and self.has(n)}}
        if column == "unit" and values.get("unit"):
            return {}  # the figure's own comes first
        target = referred_table(self.table.name, column)
        if target and isinstance(value, str):
            return {column: self.full_id(value, target)}
        return {column: value}

    def has(self, name: str) -> bool:
        """Tell whether the table has a column, also for a part of an amount."""
        return {_AMOUNT_CURRENCY: "currency"}.get(name, name) in self.table.names

    def _decide_currency(self, line: Line, values: dict[str, Any], problems: list[Problem]) -> None:
        """The currency that an amount names, where the column of currencies does not say which."""
        if not (sign := values.pop(_AMOUNT_CURRENCY, "")):
            return
        code, difference = Amount(0, sign).in_currency(values.get("currency", ""))
        if code:
            values["currency"] = code
        else:
            values.pop("currency", None)
        if difference is not None:
            problems.append(self._problem(line, "currency", difference, "warning"))

    def full_id(self, cell: str, table: str) -> str:
        """An id with a source: its own, that of a row read before, else this file's."""
        if is_id(cell):
            return cell
        bare = _SPACE.sub("_", cell.strip())
        if table not in self.reading.prefixed:
            self.reading.prefixed[table] = self.reading.mapping()
        known = self.reading.prefixed[table]
        return known.setdefault(bare, f"{self.source}:{bare}"[:230])
