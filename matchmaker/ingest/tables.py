"""Reading our own tables, and writing their templates."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
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
from matchmaker.ingest.cells import read_cell
from matchmaker.ingest.columns import TABLES, TableFormat
from matchmaker.ingest.dates import PartialDate
from matchmaker.ingest.formats import ColumnFormat, judge_columns
from matchmaker.ingest.header import plain_title
from matchmaker.ingest.numbers import Amount
from matchmaker.ingest.report import Parsed, Problem, Reading
from matchmaker.ingest.table_file import (
    AS_JUDGED,
    SUFFIXES,
    FileOptions,
    Line,
    TableFile,
    open_table,
)
from matchmaker.messages import message
from matchmaker.text import language_of, normal

# What people call the columns besides their names here.
ALSO = {
    "id": ("序号", "代码", "code", "identifier"),
    "name": ("名称", "公司名称", "单位名称", "企业全称", "机构名称",
             "company", "firm", "organisation"),
    "kind": ("类别", "性质", "机构类型", "type", "category"),
    "place": ("地区", "城市", "行政区", "所在城市", "属地", "city", "location", "region"),
    "industry": ("产业", "所属行业", "行业代码", "sector", "nace"),
    "description": ("说明", "简介", "企业简介", "主营业务", "经营范围", "主要产品",
                    "about", "profile"),
    "credit_code": ("信用代码", "社会信用代码", "税号", "registration number"),
    "website": ("网址", "官网", "url", "homepage"),
    "contact": ("联系人", "电话", "邮箱", "phone", "email"),
    "size": ("企业规模",),
    "text": ("正文", "描述", "需求", "供给", "description", "details"),
    "organization": ("企业", "公司", "单位", "company", "firm"),
    "date": ("时间", "日期", "发布日期", "year"),
}  # fmt: skip


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


def suggested(table: str, header: Sequence[str]) -> dict[str, str]:
    """Which column each of a file's own columns may be, "" where none comes near.

    Exact names come first, then names without case and punctuation, then the most alike.
    """
    columns = TABLES[table].columns
    exact = TABLES[table].headers
    others = {also: column.name for column in columns for also in ALSO.get(column.name, ())}
    loose = {_letters(name): column for name, column in (others | exact).items()}
    taken: dict[str, str] = {}
    for close in (exact.get, lambda cell: loose.get(_letters(cell)), lambda c: _alike(c, loose)):
        for cell in header:
            column = close(cell) if cell not in taken else None
            if column and column not in taken.values():
                taken[cell] = column
    return {cell: taken.get(cell, "") for cell in header}


def _letters(text: str) -> str:
    return "".join(letter for letter in normal(text) if letter.isalnum())


def _alike(cell: str, names: Mapping[str, str]) -> str | None:
    near = difflib.get_close_matches(_letters(cell), names, 1, 0.7)
    return names[near[0]] if near else None


def expected_titles(table: str) -> frozenset[str]:
    """What may head the columns of a table, as `text.normal` writes it."""
    columns = TABLES[table].columns
    others = (also for column in columns for also in ALSO.get(column.name, ()))
    return frozenset(map(normal, (*TABLES[table].headers, *others)))


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
    lines = (_renamed(line, columns) for line in file.lines() if line.passed_over is None)
    formats = judge_columns((line.cells for line in lines), reads)
    for line in (_renamed(line, columns) for line in file.lines()):
        reading.read[path.name] += 1
        if line.passed_over is not None:
            reading.problems.append(Problem(path.name, line.number, "", line.passed_over, "passed"))
            continue
        try:
            _keep(table, line, path.name, reading, formats)
        except InvalidInput as error:
            reading.refuse(path.name, line.number, error)


def _columns(table: TableFormat, file: TableFile, mapping: Mapping[str, str]) -> dict[str, str]:
    """Which title of a file heads which column of a table. Raises InvalidInput."""
    by_name = {normal(title): column for title, column in table.headers.items()}
    positions = {f"{title}#{p}": title for title, all in file.duplicates for p in all}
    heading: dict[str, list[str]] = {}
    for title in file.header:
        plain = plain_title(positions.get(title, title))
        column = mapping.get(title, "") if mapping else by_name.get(plain, "")
        heading.setdefault(column, []).append(title)
    where = f"{file.name}:{file.header_line}"
    for column, titles in heading.items():
        if column and len(titles) > 1:
            numbers = [file.header.index(title) + 1 for title in titles]
            raise InvalidInput(
                "the columns %(numbers)s (%(titles)s) are all '%(column)s'.",
                where=where,
                mend="Rename or delete all but one.",
                numbers=numbers,
                titles=titles,
                column=column,
            )
    missing = [column for column in table.required if column not in heading]
    if missing:
        raise InvalidInput(
            "the column '%(missing)s' is missing; found %(names)s.",
            where=where,
            mend="Add it, or rename the column that holds it.",
            missing=missing[0],
            names=", ".join(file.header)[:300],
        )
    return {titles[0]: column for column, titles in heading.items() if column}


def _renamed(line: Line, columns: Mapping[str, str]) -> Line:
    """A line under the columns of the table."""
    cells = {columns.get(title, title): cell for title, cell in line.cells.items()}
    problems = tuple(replace(p, column=columns.get(p.column, p.column)) for p in line.problems)
    return replace(line, cells=cells, problems=problems)


def _keep(
    table: TableFormat,
    line: Line,
    file: str,
    reading: _TableReading,
    formats: Mapping[str, ColumnFormat],
) -> None:
    for problem in line.problems:
        if problem.severity == "error":
            raise InvalidInput(problem.reason, where=problem.column)
        reading.warn(file, line.number, problem.column, problem.reason)
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
        if len(cell) > MAX_TEXT:
            raise InvalidInput(
                "has %(count)s characters; at most %(max_text)s.",
                where=column.name,
                count=len(cell),
                max_text=MAX_TEXT,
            )
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
