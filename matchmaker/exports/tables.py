"""Exported data: tables of typed cells, and the graph that they describe."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from matchmaker.messages import SOURCE, Message, in_context, message, term, text_of
from matchmaker.text import xml_text

# Context of the titles of columns that only exports have.
EXPORTED = "export"
# Parts of one cell; our own import parts cells by it too.
SEPARATOR = "; "

Single = str | bool | int | float | date | Message | None
ExportCell = Single | tuple[StrEnum | Message | str, ...]
Flat = str | bool | int | float | date | None


class ExportFormat(StrEnum):
    """The formats there are; their values are the files' suffixes."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    GRAPHML = "graphml"
    GEXF = "gexf"


@dataclass(frozen=True)
class ExportColumn:
    """One column. Of `is_term` the cells are terms of the field: code and word are both written."""

    name: str
    title: Message
    is_term: bool = False


@dataclass(frozen=True)
class ExportTable:
    """Rows with a cell for each column; `name` and the columns' names are the same for ever."""

    name: str
    title: Message
    columns: tuple[ExportColumn, ...]
    rows: Sequence[tuple[ExportCell, ...]]

    def __post_init__(self) -> None:
        widths = {len(row) for row in self.rows} - {len(self.columns)}
        if widths:
            raise ValueError(f"{self.name}: rows of {widths} cells, {len(self.columns)} columns")


@dataclass(frozen=True)
class ExportGraph:
    """Nodes have columns id, name and name_en, edges source, target and weight, among others.

    `since` and `until` of edges, where they have such columns, are their time.
    """

    nodes: ExportTable
    edges: ExportTable
    directed: bool


@dataclass(frozen=True)
class DataExport:
    """Something to take away: tables, the most important first, and the same as a graph.

    `name` is that of the file. `facts` are said of the whole: what, when, from which data.
    `graph` is made when it is asked for.
    """

    name: str
    tables: tuple[ExportTable, ...]
    graph: Callable[[], ExportGraph]
    facts: tuple[tuple[str, Single], ...] = ()


def columns(names: str, *terms: str) -> tuple[ExportColumn, ...]:
    """Columns of these names, parted by spaces, under titles of their own."""
    return tuple(
        ExportColumn(name, in_context(EXPORTED, name), name in terms) for name in names.split()
    )


@dataclass(frozen=True)
class FlatColumn:
    """A column as one language writes it: its name, its title, and what of a cell it shows."""

    name: str
    title: str
    value: Callable[[ExportCell], Flat]


def flat_columns(table: ExportTable, language: str) -> list[tuple[int, FlatColumn]]:
    """The columns of a table as files have them, each with the number of its cell.

    A term is written in the reader's language, and where that is not the language of the
    codes its code stands in a column of its own behind it.
    """
    flat: list[tuple[int, FlatColumn]] = []
    for number, column in enumerate(table.columns):
        title = column.title.text(language)
        if not column.is_term or language == SOURCE:
            flat.append((number, FlatColumn(column.name, title, _plain(language))))
            continue
        code = message("%(column)s (code)", column=column.title).text(language)
        flat.append((number, FlatColumn(column.name, title, _worded(language))))
        flat.append((number, FlatColumn(f"{column.name}_code", code, _plain(language))))
    return flat


def flat_rows(table: ExportTable, language: str) -> Iterator[list[Flat]]:
    """The rows under `flat_columns`."""
    shown = flat_columns(table, language)
    for row in table.rows:
        yield [column.value(row[number]) for number, column in shown]


def label(name: str, name_en: str, language: str) -> str:
    """The English name for readers of English, where there is one."""
    return xml_text(name_en if language == SOURCE and name_en else name)


def _plain(language: str) -> Callable[[ExportCell], Flat]:
    """Codes as codes, texts in the language, everything else as it is."""

    def value(cell: ExportCell) -> Flat:
        if isinstance(cell, tuple):
            return SEPARATOR.join(text_of(part, language) for part in cell)
        if isinstance(cell, Message | str):
            return text_of(cell, language)
        return cell

    return value


def _worded(language: str) -> Callable[[ExportCell], Flat]:
    """Terms by their word."""

    def value(cell: ExportCell) -> Flat:
        if isinstance(cell, tuple):
            return SEPARATOR.join(term(str(part), language) for part in cell)
        return term(cell, language) if isinstance(cell, str) and cell else _plain(language)(cell)

    return value
