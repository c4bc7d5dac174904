"""Reading our own tables, and writing their templates."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import islice
from pathlib import Path
from typing import Any

from matchmaker.domain import (
    MAX_TEXT,
    Description,
    Engagement,
    Organization,
    Participant,
    Provenance,
)
from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import CellProblem, read_cell
from matchmaker.ingest.columns import TABLES, TableFormat
from matchmaker.ingest.dates import PartialDate
from matchmaker.ingest.formats import COMMA, ColumnFormat, judge_columns
from matchmaker.ingest.header import plain_title
from matchmaker.ingest.numbers import Amount
from matchmaker.ingest.organization_rows import (
    Completed,
    completed,
    headcount_of,
    joined,
    year_of_today,
)
from matchmaker.ingest.report import Parsed, Problem, Reading
from matchmaker.ingest.suggestions import expected_titles, recognised
from matchmaker.ingest.table_file import (
    AS_JUDGED,
    SUFFIXES,
    FileOptions,
    Line,
    TableFile,
    open_table,
)
from matchmaker.messages import message, plural
from matchmaker.text import language_of, normal

# Lines by whose values columns are recognised.
_SAMPLES = 20


def template(table: str, language: str, *, xlsx: bool = False) -> bytes:
    """Header, an explanation and an example of each column; both begin with # and are skipped."""
    columns = TABLES[table].columns
    explained = [f"{'*' if c.required else ''}{c.meaning.text(language)}" for c in columns]
    rows = [
        [column.title.text(language) for column in columns],
        [f"# {explained[0]}", *explained[1:]],
        [f"# {columns[0].example}", *(column.example for column in columns[1:])],
    ]
    if xlsx:
        return _workbook(table, rows)
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return ("\ufeff" + out.getvalue()).encode("utf-8")  # Excel takes UTF-8 only with its mark


def _workbook(table: str, rows: list[list[str]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = table
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@dataclass
class _TableReading(Reading):
    """Rows of several files; engagements as their fields, until all participants are known."""

    parts: dict[str, list[tuple[Participant, str, int]]] = field(default_factory=dict)
    derived: Counter[str] = field(default_factory=Counter)


def tables_at(path: Path) -> list[tuple[str, Path]]:
    """A file, or every file of a folder, that is named for a table; with that table's name.

    Names are TABLE.csv, TABLE.ANYTHING.csv, or the same in XLSX. Raises InvalidInput where
    there is none.
    """
    candidates = sorted(path.iterdir()) if path.is_dir() else [path]
    files = [(name, file) for file in candidates if (name := table_of(file)) is not None]
    if not files:
        raise InvalidInput(
            "is not named for a table." if path.is_file() else "holds no file named for a table.",
            where=str(path),
            mend="Name it TABLE.csv or TABLE.xlsx, where TABLE is one of %(names)s.",
            names=", ".join(TABLES),
        )
    return files


def table_of(path: Path) -> str | None:
    """The table that a file's name begins with, when it is one of ours."""
    name = path.name.lower()
    first = name.split(".", 1)[0]
    return first if first in TABLES and name.endswith(SUFFIXES) else None


def read_files(
    files: Iterable[tuple[str, Path]],
    mapping: Mapping[str, str] | None = None,
    options: FileOptions = AS_JUDGED,
) -> Parsed:
    """Several files, of which participants are joined to the engagements of all.

    `mapping` says which of the tables' columns a file's own column is, "" for none.
    """
    reading = _TableReading()
    for name, path in files:
        _read_file(TABLES[name], path, reading, mapping or {}, options)
    return _joined(reading)


def _read_file(
    table: TableFormat,
    path: Path,
    reading: _TableReading,
    mapping: Mapping[str, str],
    options: FileOptions,
) -> None:
    reading.read[path.name] = 0
    file = open_table(path, options, expected_titles(table.name) | set(map(normal, mapping)))
    columns = _columns(table, file, mapping)
    reading.problems.extend(file.notes)
    reads = {column.name: column.read for column in table.columns}
    data = (line for line in file.lines() if line.passed_over is None)
    formats = judge_columns(
        (_renamed(table, line, columns).cells for line in data),
        reads,
        separator=file.separator,
        language=language_of(" ".join(file.header)),
    )
    _tell_formats(path.name, formats, reading)
    for line in (_renamed(table, line, columns) for line in file.lines()):
        reading.read[path.name] += 1
        if line.passed_over is not None:
            reading.problems.append(Problem(path.name, line.number, "", line.passed_over, "passed"))
            continue
        try:
            _keep(table, line, path.name, reading, formats)
        except InvalidInput as error:
            reading.refuse(path.name, line.number, error)
    _tell_derived(path.name, reading)


def _tell_derived(file: str, reading: _TableReading) -> None:
    """What was worked out for want of a cell, once for the file."""
    if count := reading.derived.pop("kind", 0):
        reason = plural(
            "of %(count)s organisation the kind is taken from its name: a firm where that says "
            "nothing.",
            "of %(count)s organisations the kind is taken from their names: a firm where these "
            "say nothing.",
            count=count,
        )
        reading.warn(file, 0, "kind", reason)
    if count := reading.derived.pop("size", 0):
        reason = plural(
            "of %(count)s firm the size is taken from its headcount.",
            "of %(count)s firms the size is taken from their headcount.",
            count=count,
        )
        reading.problems.append(Problem(file, 0, "size", reason, "note"))
    reading.derived.clear()


def _tell_formats(file: str, formats: Mapping[str, ColumnFormat], reading: _TableReading) -> None:
    """How numbers and dates are read, where a cell needs it or that is not as usual."""
    for column, format in formats.items():
        explanation = format.explanation
        if explanation and (format.open_cell or format.decimal == COMMA):
            reading.problems.append(Problem(file, 0, column, explanation, "note"))


def _columns(table: TableFormat, file: TableFile, mapping: Mapping[str, str]) -> dict[str, str]:
    """Which title of a file heads which column of a table. Raises InvalidInput."""
    positions = {f"{title}#{p}": title for title, all in file.duplicates for p in all}
    plain = {title: plain_title(positions.get(title, title)) for title in file.header}
    if mapping:
        heads = {title: mapping.get(title, "") for title in file.header}
    else:
        samples = list(islice(file.lines(), _SAMPLES))
        values = {
            plain[title]: tuple(line.cells.get(title, "") for line in samples)
            for title in file.header
        }
        by_plain = recognised(table.name, values)
        heads = {title: by_plain[plain[title]] for title in file.header}
    where = f"{file.name}:{file.header_line}"
    for column in table.columns:
        titles = [title for title, name in heads.items() if name == column.name]
        if not titles and column.name in table.required:
            raise InvalidInput(
                "the column '%(missing)s' is missing; found %(names)s.",
                where=where,
                mend="Add it, or rename the column that holds it.",
                missing=column.name,
                names=", ".join(file.header)[:300],
            )
        if len(titles) > 1 and not column.joined_by:
            raise InvalidInput(
                "the columns %(numbers)s (%(titles)s) are all '%(column)s'.",
                where=where,
                mend="Rename or delete all but one.",
                numbers=[file.header.index(title) + 1 for title in titles],
                titles=titles,
                column=column.name,
            )
    return {title: name for title, name in heads.items() if name}


def _renamed(table: TableFormat, line: Line, columns: Mapping[str, str]) -> Line:
    """A line under the columns of the table; cells of one column are joined."""
    cells: dict[str, str] = {}
    joined_by = {column.name: column.joined_by for column in table.columns}
    for title, name in columns.items():
        cell = line.cells.get(title, "")
        if cell and cells.get(name):
            cell = f"{cells[name]}{joined_by[name]}{cell}"
        cells[name] = cell or cells.get(name, "")
    problems = tuple(replace(p, column=columns.get(p.column, p.column)) for p in line.problems)
    return replace(line, cells=cells, problems=problems)


def _keep(
    table: TableFormat,
    line: Line,
    file: str,
    reading: _TableReading,
    formats: Mapping[str, ColumnFormat],
) -> None:
    """Keep a line's rows, or refuse it for all that is wrong with it. Raises InvalidInput."""
    values, problems = _values(table, line, formats)
    told = [Problem(file, line.number, p.column, p.reason, p.severity) for p in problems]
    if any(problem.severity == "error" for problem in told):
        reading.problems += [problem for problem in told if problem.severity == "error"]
        return
    _keep_values(table, values, line, file, reading)
    reading.problems += told


def _keep_values(
    table: TableFormat, values: dict[str, Any], line: Line, file: str, reading: _TableReading
) -> None:
    source = str(values.pop("source", "")) if table.name != "ties" else ""
    provenance = Provenance(source or file, f"line {line.number}")
    if table.name == "participants":
        engagement = str(values.pop("engagement"))
        reading.parts.setdefault(engagement, []).append((Participant(**values), file, line.number))
        return
    texts = {name: values.pop(name, "") for name in ("description", "description_en")}
    if any(column.name == "language" for column in table.columns) and not values.get("language"):
        values["language"] = language_of(f"{values.get('title', '')} {values.get('text', '')}")
    if "provenance" in {column.name for column in fields(table.model)}:
        values["provenance"] = provenance
    if table.name == "organizations":
        complete = completed(values, line.cells, source)
        _keep_organization(complete, texts, file, line.number, reading)
    else:
        row = values if table.name == "engagements" else table.model(**values)
        _keep_row(table, row, file, line.number, reading)


def _keep_organization(
    complete: Completed, texts: dict[str, str], file: str, line: int, reading: _TableReading
) -> None:
    """An organisation with its descriptions and headcount; one without an id joins its like."""
    row = Organization(**complete.values)
    before = reading.rows["organizations"].get(row.id)
    if before is not None and "id" in complete.derived:
        reading.rows["organizations"][row.id] = joined(before, row)
        earlier = reading.origins["organizations", row.id][1]
        reason = message("is the same organisation as on line %(line)s: joined.", line=earlier)
        reading.warn(file, line, "name", reason)
    else:
        _keep_row(TABLES["organizations"], row, file, line, reading)
    reading.derived.update(complete.derived)
    for description in _descriptions(row, texts):
        same = reading.rows["descriptions"].get(description.id)
        is_other = same is not None and same.text != description.text
        id = f"{description.id}-{line}" if is_other else description.id
        reading.keep("descriptions", id, replace(description, id=id), file, line)
    if complete.headcount is not None:
        figure = headcount_of(row.id, complete.headcount, year_of_today(), row.provenance)
        reading.keep("observations", figure.id, figure, file, line)


def _values(
    table: TableFormat, line: Line, formats: Mapping[str, ColumnFormat]
) -> tuple[dict[str, Any], list[CellProblem]]:
    """Values of the cells that are filled, and what is wrong with any; others have defaults."""
    values: dict[str, Any] = {}
    problems = [p for p in line.problems if p.severity == "error" or p.column in formats]
    at_fault = {problem.column for problem in problems}
    for column in table.columns:
        cell = line.cells.get(column.name, "")
        if not cell:
            if column.required and not column.derived and column.name not in at_fault:
                problems.append(CellProblem(column.name, message("is empty.")))
            continue
        if len(cell) > MAX_TEXT:
            reason = message(
                "has %(count)s characters; at most %(max_text)s.",
                count=len(cell),
                max_text=MAX_TEXT,
            )
            problems.append(CellProblem(column.name, reason))
            continue
        result = read_cell(
            column.name, column.read, cell, formats[column.name], required=column.required
        )
        if result.problem is not None:
            problems.append(result.problem)
        if result.value is not None:
            values |= _as_stored(table, column.name, result.value)
    return values, problems


def _as_stored(table: TableFormat, column: str, value: Any) -> dict[str, Any]:
    """A value as the domain has it, with how fine a date is known, and an amount's currency."""
    has = {each.name for each in fields(table.model)}
    if isinstance(value, PartialDate):
        is_main = column in ("founded", "since", "date") and "date_precision" in has
        return {column: value.date} | ({"date_precision": value.precision} if is_main else {})
    if not isinstance(value, Amount):
        return {column: value}
    return {column: value.value} | {
        name: said
        for name, said in (("currency", value.in_currency("")[0]), ("unit", value.unit))
        if said and name in has
    }


def _keep_row(table: TableFormat, row: Any, file: str, line: int, reading: _TableReading) -> None:
    """Keep a row, or an engagement's fields. Raises InvalidInput where its key was read before."""
    value_of = row.get if isinstance(row, dict) else row.__getattribute__
    key = " ".join(str(value_of(part)) for part in table.key)
    if key in reading.rows[table.name]:
        before, before_2 = reading.origins[table.name, key]
        raise InvalidInput(
            "%(names)s was already on %(before)s:%(before_2)s.",
            where=table.key[0],
            names=key,
            before=before,
            before_2=before_2,
        )
    reading.keep(table.name, key, row, file, line)


def _descriptions(organization: Organization, texts: dict[str, str]) -> Iterator[Description]:
    for column, suffix in (("description", "about"), ("description_en", "about-en")):
        if texts[column]:
            yield Description(
                id=f"{organization.id}#{suffix}",
                organization=organization.id,
                text=texts[column],
                language=language_of(texts[column]),
                provenance=organization.provenance,
            )


def _joined(reading: _TableReading) -> Parsed:
    """Engagements with their participants; a participant without an engagement is a problem."""
    engagements = reading.rows["engagements"]
    for engagement in [id for id in reading.parts if id not in engagements]:
        reason = message(
            "'%(engagement)s' is not among the engagements of this import.", engagement=engagement
        )
        for _, file, line in reading.parts[engagement]:
            reading.problems.append(Problem(file, line, "engagement", reason))
    for id, engagement_fields in list(engagements.items()):
        participants = tuple(part for part, _, _ in reading.parts.get(id, ()))
        try:
            engagements[id] = Engagement(participants=participants, **engagement_fields)
        except InvalidInput as error:
            reading.refuse(*reading.origins["engagements", id], error)
            del engagements[id]
    return reading.parsed()
