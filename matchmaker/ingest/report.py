"""The result of reading a file: rows, and what is to be told of the lines that were read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from matchmaker.domain import GraphRows, Provenance
from matchmaker.errors import InvalidInput
from matchmaker.messages import Message, message, sentences
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

    An error's row is left out. A warning's is kept, without the cell where that `is_lost`,
    else with another value. A line that is `passed` holds no row: a total, a note, the same
    line again. A `note` is about the file as a whole.
    """

    file: str
    line: int
    field: str
    reason: Message
    severity: Severity = "error"
    is_lost: bool = False

    @property
    def costs_something(self) -> bool:
        """True where the row or a cell of it is left out."""
        return self.severity == "error" or self.is_lost

    @property
    def outcome(self) -> Message:
        """A message of what was done with the row; "" where there is none."""
        if not self.line:
            return message("")
        match self.severity:
            case "error":
                return message("The row is left out.")
            case "warning" if self.is_lost:
                return message("The row is kept without this cell.")
            case "warning":
                return message("The row is kept.")
            case "passed":
                return message("The line is passed over.")
            case "note":
                return message("")


@dataclass(frozen=True, slots=True)
class FileCounts:
    """Lines of one file: `read = loaded + refused + passed`; `warned` ones are loaded."""

    file: str
    read: int
    refused: int = 0
    passed: int = 0
    warned: int = 0

    @property
    def loaded(self) -> int:
        """Lines whose rows are kept, alone or joined to another line's."""
        return self.read - self.refused - self.passed


@dataclass(frozen=True, slots=True)
class NamedDealing:
    """One whom the organisation of a line deals with by the list, under a column of `dealings`."""

    organization: str
    column: str
    name: str
    file: str
    line: int
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Parsed:
    """Rows that are valid by themselves, problems with the others, rows read by file.

    `origins` says where a row came from, by its table and its key (parts joined
    by a space), so that what is found wrong later can still be located. `explicit` are fields
    that were written although they are as by default, by table and key. `only_blanks`: the
    file knows organisations by the way, and changes nothing that is known of them. `merged`
    counts lines joined to an earlier line of the same organisation. `earlier_ids` lead from an
    organisation's id to the one that its source's mapping gave it before. `are_ids_made`: ids of
    relations and undertakings are made of what lines say, and are no source's own. `dealings`
    name others, of whom it is not known yet who they are.
    """

    rows: GraphRows
    problems: tuple[Problem, ...] = ()
    read: Mapping[str, int] = field(default_factory=dict)
    origins: Mapping[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    explicit: Mapping[tuple[str, Any], frozenset[str]] = field(default_factory=dict)
    only_blanks: bool = False
    merged: int = 0
    earlier_ids: Mapping[str, str] = field(default_factory=dict)
    are_ids_made: bool = False
    dealings: tuple[NamedDealing, ...] = ()

    @property
    def organization_ids(self) -> set[str]:
        """Ids of the organisations among the rows."""
        return {row.id for row in self.rows.organizations}


def joined_to(line: int) -> Message:
    """What is told of a line that says more of an earlier one's organisation."""
    return message("is the same organisation as line %(line)s: joined to it.", line=line)


class Problems(Protocol):
    """Problems in order, in memory or not."""

    def append(self, problem: Problem, /) -> None: ...

    def extend(self, problems: Iterable[Problem], /) -> None: ...

    def __iter__(self) -> Iterator[Problem]: ...

    def __len__(self) -> int: ...


@dataclass
class Reading:
    """The state of reading files: rows by table and key, and what was wrong."""

    rows: defaultdict[str, MutableMapping[str, Any]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    problems: Problems = field(default_factory=list[Problem])
    read: dict[str, int] = field(default_factory=dict)
    origins: MutableMapping[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    explicit: dict[tuple[str, Any], frozenset[str]] = field(default_factory=dict)
    only_blanks: bool = False
    merged: int = 0
    earlier_ids: dict[str, str] = field(default_factory=dict)
    dealings: list[NamedDealing] = field(default_factory=list)

    def keep(self, table: str, key: str, row: Any, file: str, line: int) -> None:
        """Keep a row, and where it came from."""
        self.rows[table][key] = row
        self.origins[table, key] = (file, line)

    def warn(
        self, file: str, line: int, column: str, reason: Message, *, is_lost: bool = False
    ) -> None:
        """Note what is odd about a row that is kept."""
        self.problems.append(Problem(file, line, column, reason, "warning", is_lost))

    def refuse(self, file: str, line: int, error: InvalidInput) -> None:
        """Leave a row out for what was wrong with it."""
        column = column_of(error)
        reason = sentences(error.message, error.mend) if error.mend else error.message
        self.problems.append(Problem(file, line, column, reason))

    def pass_line(self, file: str, line: int, reason: Message) -> None:
        """A line holds no row of its own."""
        self.problems.append(Problem(file, line, "", reason, "passed"))

    def parsed(self) -> Parsed:
        """The rows of each table, and all that was wrong."""
        rows = GraphRows(**{name: tuple(table.values()) for name, table in self.rows.items()})
        return Parsed(
            rows, tuple(self.problems), self.read, self.origins, self.explicit,
            self.only_blanks, self.merged, self.earlier_ids, dealings=tuple(self.dealings),
        )  # fmt: skip


_ONLY_ITS_CELL = message("By itself this would cost only the cell.")


def consistent(problems: Problems | Sequence[Problem]) -> Iterator[Problem]:
    """Problems of which none says that something is kept of a line that is left out.

    What by itself costs only its cell is told with that: it is not why the line is left out.
    """
    refused, passed = (
        {(each.file, each.line) for each in problems if each.line and each.severity == severity}
        for severity in ("error", "passed")
    )
    for each in problems:
        place = each.file, each.line
        if each.severity == "warning" and place in passed:
            continue
        if each.severity != "warning" or place not in refused:
            yield each
        elif each.is_lost:
            reason = sentences(each.reason, _ONLY_ITS_CELL)
            yield replace(each, reason=reason, severity="error", is_lost=False)


_SEVERITIES: tuple[Severity, ...] = ("error", "passed", "warning", "note")


def file_counts(
    read: Mapping[str, int],
    problems: Iterable[Problem],
    worst: MutableMapping[str, int] | None = None,
) -> tuple[FileCounts, ...]:
    """Counts of lines of each file, by outcome. A line with an error and a warning is refused.

    `worst` is an empty mapping to work with, where memory does not do.
    """
    worst = {} if worst is None else worst
    for problem in problems:
        if problem.line:
            place = f"{problem.line} {problem.file}"
            rank = _SEVERITIES.index(problem.severity)
            if rank < worst.get(place, len(_SEVERITIES)):
                worst[place] = rank
    by_file: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for place, rank in worst.items():
        by_file[place.partition(" ")[2]][_SEVERITIES[rank]] += 1
    return tuple(
        FileCounts(file, lines, counts["error"], counts["passed"], counts["warning"])
        for file, lines in read.items()
        for counts in (by_file[file],)
    )
