"""Reading our own tables, and writing their templates."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from matchmaker.domain import Description, Engagement, Organization, Participant, Provenance
from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import read_cell
from matchmaker.ingest.columns import TABLES, TableFormat
from matchmaker.ingest.dates import PartialDate
from matchmaker.ingest.files import XLSX, Line, read_lines
from matchmaker.ingest.formats import ColumnFormat, judge_columns
from matchmaker.ingest.numbers import Amount
from matchmaker.ingest.report import Parsed, Problem, Reading
from matchmaker.messages import message
from matchmaker.text import language_of

SUFFIXES = (".csv", ".csv.gz", XLSX)


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
    files: Iterable[tuple[str, Path]], mapping: Mapping[str, str] | None = None
) -> Parsed:
    """Several files, of which participants are joined to the engagements of all.

    `mapping` says which of the tables' columns a file's own column is, "" for none.
    """
    reading = _TableReading()
    for name, path in files:
        _read_file(TABLES[name], path, reading, dict(mapping or {}))
    return _joined(reading)


def _read_file(
    table: TableFormat, path: Path, reading: _TableReading, mapping: dict[str, str]
) -> None:
    reading.read[path.name] = 0
    rename = mapping or table.headers
    reads = {column.name: column.read for column in table.columns}
    cells = (line.cells for line in read_lines(path, table.required, rename=rename))
    formats = judge_columns(cells, reads)
    for line in read_lines(path, table.required, rename=rename):
        reading.read[path.name] += 1
        try:
            _keep(table, line, path.name, reading, formats)
        except InvalidInput as error:
            reading.refuse(path.name, line.number, error)


def _keep(
    table: TableFormat,
    line: Line,
    file: str,
    reading: _TableReading,
    formats: Mapping[str, ColumnFormat],
) -> None:
    if line.fault is not None:
        column, reason = line.fault
        raise InvalidInput(reason, where=column)
    values = dict(_values(table, line, file, reading, formats))
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
    if table.name == "engagements":
        _keep_row(table, values, file, line.number, reading)
        return
    row = table.model(**values)
    _keep_row(table, row, file, line.number, reading)
    if table.name == "organizations":
        for description in _descriptions(row, texts, provenance):
            reading.keep("descriptions", description.id, description, file, line.number)


def _values(
    table: TableFormat,
    line: Line,
    file: str,
    reading: _TableReading,
    formats: Mapping[str, ColumnFormat],
) -> Iterator[tuple[str, Any]]:
    """Values of the cells that are filled; the others have the domain's own defaults."""
    for column in table.columns:
        cell = line.cells.get(column.name, "")
        if not cell and column.required:
            raise InvalidInput("is empty.", where=column.name)
        if not cell:
            continue
        result = read_cell(
            column.name, column.read, cell, formats[column.name], required=column.required
        )
        if result.problem is not None:
            if result.problem.severity == "error":
                raise InvalidInput(result.problem.reason, where=column.name)
            reading.warn(file, line.number, column.name, result.problem.reason)
        if result.value is not None:
            yield column.name, _plain(result.value)


def _plain(value: Any) -> Any:
    """A value as the domain has it."""
    if isinstance(value, PartialDate):
        return value.date
    return value.value if isinstance(value, Amount) else value


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


def _descriptions(
    organization: Organization, texts: dict[str, str], provenance: Provenance
) -> Iterator[Description]:
    for column, suffix in (("description", "about"), ("description_en", "about-en")):
        if texts[column]:
            yield Description(
                id=f"{organization.id}#{suffix}",
                organization=organization.id,
                text=texts[column],
                language=language_of(texts[column]),
                provenance=provenance,
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
