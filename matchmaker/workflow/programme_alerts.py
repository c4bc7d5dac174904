"""Records of programmes that a firm was told of and keeps or leaves, and what to tell it next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

# Days before the last one on which a firm is told that a programme closes.
REMINDERS = (5, 2)
# Of several programmes so many are named.
MOST_NAMED = 3
# However many programmes come, a firm is told of new ones once in so long.
BETWEEN = timedelta(hours=24)


class ProgrammeChoice(StrEnum):
    """A firm's decision on a programme."""

    KEPT = "kept"
    LEFT = "left"  # told of it no more


@dataclass(frozen=True, slots=True)
class ProgrammeMark:
    """The record of a programme that a firm was told of, with its decision.

    `reminded_of` is the last day that it was reminded of, `reminded_at` which of REMINDERS that
    was.
    """

    programme: str
    told: bool = False
    choice: ProgrammeChoice | None = None
    reminded_of: date | None = None
    reminded_at: int = REMINDERS[0] + 1


@dataclass(frozen=True, slots=True)
class ProgrammeAlertRecord:
    """All marks of a firm, whose id it has, and when it was last told of new programmes."""

    id: str
    told_at: datetime | None = None
    marks: tuple[ProgrammeMark, ...] = ()

    def mark(self, programme: str) -> ProgrammeMark:
        """The mark of a programme, or an empty one."""
        return next(
            (mark for mark in self.marks if mark.programme == programme), ProgrammeMark(programme)
        )

    def with_mark(self, mark: ProgrammeMark) -> ProgrammeAlertRecord:
        """The record with this mark in place of what was noted of the same programme."""
        others = (each for each in self.marks if each.programme != mark.programme)
        return replace(self, marks=(*others, mark))

    def may_be_told(self, now: datetime) -> bool:
        """Tell whether it was not told of new programmes lately."""
        return self.told_at is None or now - self.told_at >= BETWEEN

    def only_of(self, programmes: frozenset[str]) -> ProgrammeAlertRecord:
        """The record without those it was told of that are over or taken back by now."""
        marks = (mark for mark in self.marks if mark.programme in programmes or not mark.told)
        return replace(self, marks=tuple(marks))


@dataclass(frozen=True, slots=True)
class ProgrammeTold:
    """Of a programme what a notice says; `unknown` are conditions that the reader has to check."""

    title: str
    deadline: date | None
    unknown: tuple[str, ...] = ()


def facts_of(told: Sequence[ProgrammeTold]) -> dict[str, str]:
    """As a notice carries them: how many, and a line for each of those that are named."""
    named = told[:MOST_NAMED]
    return {
        "count": str(len(told)),
        "titles": _lines(" ".join(each.title.split()) for each in named),
        "deadlines": _lines(each.deadline.isoformat() if each.deadline else "" for each in named),
        "unknown": _lines(" ".join(each.unknown) for each in named),
    }


def told_by(facts: Mapping[str, str]) -> list[ProgrammeTold]:
    """Those that a notice names."""
    columns = [facts.get(name, "").split("\n") for name in ("titles", "deadlines", "unknown")]
    return [
        ProgrammeTold(title, date.fromisoformat(day) if day else None, tuple(unknown.split()))
        for title, day, unknown in zip(*columns, strict=True)
    ]


def _lines(values: Iterable[str]) -> str:
    return "\n".join(values)
