"""The result of reading a file: rows, and problems with those that are left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from matchmaker.domain import GraphRows
from matchmaker.errors import InvalidInput
from matchmaker.messages import Message
from matchmaker.store.schema import TABLES

Severity = Literal["error", "warning", "passed", "note"]
# Gets how much of a file is read, and how much there is.
ReadProgress = Callable[[int, int], None]


_ROWS = frozenset(table.model.__name__ for table in TABLES.values()) | {"Participant"}


def column_of(error: InvalidInput) -> str:
    """The column that an error is about, or the field where a row says it of itself."""
    row, _, name = error.where.partition(".")
    return name if row in _ROWS else error.where


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to tell of a file.

    An error's row is left out. A warning's is kept, without the cell or with another value. A
    line that is `passed` holds no row: a total, a note, the same line again. A `note` is about
    the file as a whole: its sheet, its encoding.
    """

    file: str
    line: int
    field: str
    reason: Message
    severity: Severity = "error"


@dataclass(frozen=True, slots=True)
class Parsed:
    """Rows that are valid by themselves, problems with the others, rows read by file.

    `origins` says where a row came from, by its table and its key (parts joined
    by a space), so that what is found wrong later can still be located.
    """

    rows: GraphRows
    problems: tuple[Problem, ...] = ()
    read: Mapping[str, int] = field(default_factory=dict)
    origins: Mapping[tuple[str, str], tuple[str, int]] = field(default_factory=dict)


@dataclass
class Reading:
    """The state of reading files: rows by table and key, and what was wrong."""

    rows: defaultdict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    problems: list[Problem] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=dict)
    origins: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)

    def keep(self, table: str, key: str, row: Any, file: str, line: int) -> None:
        """Keep a row, and where it came from."""
        self.rows[table][key] = row
        self.origins[table, key] = (file, line)

    def warn(self, file: str, line: int, column: str, reason: Message) -> None:
        """Note what is odd about a row that is kept."""
        self.problems.append(Problem(file, line, column, reason, "warning"))

    def refuse(self, file: str, line: int, error: InvalidInput) -> None:
        """Leave a row out for what was wrong with it."""
        column = column_of(error)
        self.problems.append(Problem(file, line, column, error.message))

    def parsed(self) -> Parsed:
        """The rows of each table, and all that was wrong."""
        rows = GraphRows(**{name: tuple(table.values()) for name, table in self.rows.items()})
        return Parsed(rows, tuple(self.problems), self.read, self.origins)
