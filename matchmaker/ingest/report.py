"""What reading a file gives: rows, and what was wrong with those that are not among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from matchmaker.domain import GraphRows
from matchmaker.errors import InvalidInput
from matchmaker.messages import Message


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file. An error's row is left out; a warning's is kept."""

    file: str
    line: int
    field: str
    reason: Message
    severity: Literal["error", "warning"] = "error"


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
    """What reading has come to so far; each reader adds what it keeps of its own."""

    problems: list[Problem] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=dict)
    origins: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)

    def refuse(self, file: str, line: int, error: InvalidInput) -> None:
        """Leave a row out for what was wrong with it."""
        column = error.where.rsplit(".", 1)[-1]
        self.problems.append(Problem(file, line, column, error.message))

    def parsed(self, **tables: Iterable[Any]) -> Parsed:
        """The rows of each table, and all that was wrong."""
        rows = GraphRows(**{name: tuple(table) for name, table in tables.items()})
        return Parsed(rows, tuple(self.problems), self.read, self.origins)
