"""Records of programmes that a firm was told of and keeps or leaves, and what to tell it next."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from matchmaker.naming import has_link, shortened
from matchmaker.workflow.elapsed import has_passed

# Days before the last one on which a firm is told that a programme closes.
REMINDERS = (5, 2)
# Of several programmes so many are named.
MOST_NAMED = 3
# So long one that was taken back is remembered: posted anew it is nothing new.
REMEMBERED = timedelta(days=30)
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
    was. `name` stands for who offers it under which title (`name_of`), `told_on` is the day on
    which it was told of.
    """

    programme: str
    told: bool = False
    choice: ProgrammeChoice | None = None
    reminded_of: date | None = None
    reminded_at: int = REMINDERS[0] + 1
    name: str = ""
    told_on: date | None = None


def name_of(organization: str, title: str) -> str:
    """A short digest of who offers a programme under which title, written in whatever case."""
    text = f"{organization}\n{' '.join(title.split()).casefold()}"
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


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

    def mark_under(self, programme: str, name: str) -> ProgrammeMark:
        """Its mark, or that of one which was told of under the same name: it was posted anew."""
        same = ProgrammeMark(programme)
        for mark in self.marks:
            if mark.programme == programme:
                return replace(mark, name=name)
            if mark.name == name and (mark.told or mark.reminded_of is not None):
                same = mark
        return replace(same, programme=programme, name=name)

    def with_mark(self, mark: ProgrammeMark) -> ProgrammeAlertRecord:
        """The record with this mark in place of what was noted of the same programme."""
        others = (each for each in self.marks if each.programme != mark.programme)
        return replace(self, marks=(*others, mark))

    def may_be_told(self, now: datetime) -> bool:
        """Tell whether it was not told of new programmes lately."""
        return self.told_at is None or has_passed(BETWEEN, self.told_at, now)

    def only_of(self, programmes: frozenset[str], today: date) -> ProgrammeAlertRecord:
        """The record without those that are over or taken back, a while after it was told."""
        marks = (
            mark
            for mark in self.marks
            if mark.programme in programmes
            or not mark.told
            or (mark.told_on is not None and today - mark.told_on <= REMEMBERED)
        )
        return replace(self, marks=tuple(marks))


@dataclass(frozen=True, slots=True)
class ProgrammeTold:
    """Of a programme what a notice says; `unknown` are conditions that the reader has to check.

    `name` and `name_en` are those of who offers it, who is named where no title can be; `offer`
    is its id, "" in notices of earlier versions.
    """

    title: str
    deadline: date | None
    unknown: tuple[str, ...] = ()
    name: str = ""
    name_en: str = ""
    offer: str = ""


def facts_of(told: Sequence[ProgrammeTold]) -> dict[str, str]:
    """As a notice carries them: how many, and a line for each of those that are named."""
    named = told[:MOST_NAMED]
    return {
        "count": str(len(told)),
        "titles": _lines(title_in_notice(each.title) for each in named),
        "deadlines": _lines(each.deadline.isoformat() if each.deadline else "" for each in named),
        "unknown": _lines(" ".join(each.unknown) for each in named),
        "names": _lines(" ".join(each.name.split()) for each in named),
        "names_en": _lines(" ".join(each.name_en.split()) for each in named),
        "offers": _lines(each.offer for each in named),
    }


def facts_of_found(facts: Mapping[str, str], finds: Callable[[str], bool]) -> dict[str, str]:
    """The facts of a notice, of programmes that are not found without what tells whose they are."""
    told = told_by(facts)
    hidden = {each.offer for each in told if each.offer and not finds(each.offer)}
    shown = [
        ProgrammeTold("", each.deadline, each.unknown) if each.offer in hidden else each
        for each in told
    ]
    return {**facts, **facts_of(shown), "count": facts.get("count", "1")}


def told_by(facts: Mapping[str, str]) -> list[ProgrammeTold]:
    """Those that a notice names."""
    titles = facts.get("titles", "").split("\n")
    blank = _lines("" for _ in titles)  # of earlier notices, which did not keep names
    columns = ("deadlines", "unknown", "names", "names_en", "offers")
    rows = zip(titles, *(facts.get(name, blank).split("\n") for name in columns), strict=True)
    return [
        ProgrammeTold(
            title_in_notice(title), date.fromisoformat(day) if day else None,
            tuple(unknown.split()), name, name_en, offer,
        )
        for title, day, unknown, name, name_en, offer in rows
    ]  # fmt: skip


def title_in_notice(title: str) -> str:
    """A title as a notice carries it to others: one short line; "" for one with an address."""
    line = " ".join(title.split())
    return "" if has_link(line) else shortened(line)


def _lines(values: Iterable[str]) -> str:
    return "\n".join(values)
