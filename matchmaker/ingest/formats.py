"""The way in which the cells of a column are written, judged from all of them and stated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from matchmaker.messages import Message, message, sentences

Decimal = Literal["", ".", ","]
FormatBasis = Literal["", "column", "file", "separator", "language", "given"]
POINT: Decimal = "."
COMMA: Decimal = ","
_MAX_SEEN = 5_000


@dataclass(frozen=True, slots=True)
class ColumnFormat:
    """Conventions that the cells of one column tell together.

    `decimal` is the decimal sign, `day_first` whether 05/03/2021 is the fifth of March; ""
    and None where nothing decides, so that a cell which needs it is refused. `basis` says
    what decided and `evidence` is the cell that did. `mixed` holds two cells that contradict
    each other, `open_cell` the first cell that can be read in several ways by itself. `stored`
    are a date that a sheet stores as such and one of the same column that it keeps as text.
    `year_first`: years stand first in its other cells, so that 25/3/12 is of 2025. `minguo`:
    years are counted from 1912 (民國) in some of them, so that 99/12/31 is of 2010.
    `taxes` has the first cells that say that tax is in an amount, and that it is not.
    """

    decimal: Decimal = ""
    day_first: bool | None = None
    basis: FormatBasis = ""
    evidence: str = ""
    mixed: tuple[str, ...] = ()
    open_cell: str = ""
    stored: tuple[str, ...] = ()
    year_first: bool = False
    minguo: bool = False
    taxes: Mapping[bool, str] = field(default_factory=dict, hash=False)

    @property
    def tax_note(self) -> Message | None:
        """A note where cells say whether tax is in them: only their figures are kept."""
        if len(self.taxes) > 1:
            return message(
                "'%(first)s' is with tax and '%(second)s' without: the figures are kept as they "
                "are written, and cannot be compared.",
                first=self.taxes[True],
                second=self.taxes[False],
            )
        for cell in self.taxes.values():
            return message(
                "'%(cell)s' says whether tax is in it: only the figure is kept.", cell=cell
            )
        return None

    @property
    def is_telling(self) -> bool:
        """Tell whether people are to be told: a cell needed what was decided, or is doubtful."""
        return bool(self.explanation and (self.open_cell or self.stored))

    @property
    def explanation(self) -> Message | None:
        """The decision and its ground, for people; None where there was nothing to decide."""
        if self.stored:
            return message(
                "'%(date)s' is stored as a date and '%(text)s' as text: where a program took the "
                "month for the day, the former may be wrong. Compare them with their source.",
                date=self.stored[0],
                text=self.stored[1],
            )
        if self.mixed:
            return message(
                "'%(first)s' and '%(second)s' are written in two ways: cells that could be "
                "meant in either are refused.",
                first=self.mixed[0],
                second=self.mixed[1],
            )
        if not self.basis:
            return None
        if self.decimal:
            decided = (
                message("Numbers are read with a decimal comma.")
                if self.decimal == COMMA
                else message("Numbers are read with a decimal point.")
            )
        else:
            decided = (
                message("Dates are read with the day before the month.")
                if self.day_first
                else message("Dates are read with the month before the day.")
            )
        return sentences(decided, self._reason)

    @property
    def _reason(self) -> Message:
        match self.basis:
            case "column":
                return message("'%(cell)s' shows it.", cell=self.evidence)
            case "file":
                return message("'%(cell)s' in another column shows it.", cell=self.evidence)
            case "separator":
                return message("Files with semicolons between their cells are written so.")
            case "language":
                return message("Files headed in this language are written so.")
            case _:
                return message("It was given with the import.")


UNDECIDED = ColumnFormat()


class SheetDate(str):
    """A cell that its sheet stores as a date, as ISO writes it: `2021-03-04`."""

    __slots__ = ()


class CellReader(Protocol):
    """A column's reader: the value of a cell that is not empty.

    Raises InvalidInput where it cannot be read, `cells.UndecidedCell` where it could mean
    several things, `cells.CellWarning` with a value that is not quite what the cell says.
    """

    def __call__(self, cell: str, format: ColumnFormat = ..., /) -> Any: ...


@dataclass(frozen=True, slots=True)
class FormatReader:
    """A reader whose cells may need each other.

    `clue` is the value of the format's field `decides` that one cell shows by itself, None
    where it shows none; `is_open` tells whether the cell can be read in several ways, and
    `is_year_first` whether it begins with a whole year, `is_minguo` with one of 民國; `has_tax`
    whether it says that tax is in it, None where it says nothing of that.
    """

    read: Callable[[str, ColumnFormat], Any]
    decides: Literal["decimal", "day_first"]
    clue: Callable[[str], Any]
    is_open: Callable[[str], bool]
    is_year_first: Callable[[str], bool] = lambda _cell: False
    is_minguo: Callable[[str], bool] = lambda _cell: False
    has_tax: Callable[[str], bool | None] = lambda _cell: None

    def __call__(self, cell: str, format: ColumnFormat = UNDECIDED, /) -> Any:
        return self.read(cell, format)


@dataclass(slots=True)
class ColumnEvidence:
    """The first cell for each value that a column's cells show."""

    reader: FormatReader
    cells: dict[Any, str] = field(default_factory=dict)
    open_cell: str = ""
    year_first: bool = False
    minguo: bool = False
    # A date that the sheet stores as such, and the first in figures that is text.
    stored: dict[bool, str] = field(default_factory=dict)
    taxes: dict[bool, str] = field(default_factory=dict)
    # Cells seen, with their class: what a sheet keeps as a number is read otherwise.
    seen: set[tuple[type, str]] = field(default_factory=set)

    def see(self, cell: str) -> None:
        """Take note of what one more cell shows."""
        if not cell or (cell.__class__, cell) in self.seen:
            return
        if len(self.seen) < _MAX_SEEN:
            self.seen.add((cell.__class__, cell))
        if self.reader.decides == "day_first":
            if cell.__class__ is SheetDate:
                self.stored.setdefault(True, cell)
            elif self.reader.clue(cell) is not None or self.reader.is_open(cell):
                self.stored.setdefault(False, cell)
        self.year_first = self.year_first or self.reader.is_year_first(cell)
        self.minguo = self.minguo or self.reader.is_minguo(cell)
        if (has_tax := self.reader.has_tax(cell)) is not None:
            self.taxes.setdefault(has_tax, cell)
        if (value := self.reader.clue(cell)) is not None:
            self.cells.setdefault(value, cell)
        elif not self.open_cell and self.reader.is_open(cell):
            self.open_cell = cell

    @property
    def both_stored(self) -> tuple[str, ...]:
        """A stored date and one in text, where there are both."""
        return (self.stored[True], self.stored[False]) if len(self.stored) > 1 else ()

    def format(self) -> ColumnFormat:
        """The format that the cells show by themselves, UNDECIDED where they show none."""
        if not self.cells:
            return UNDECIDED
        if len(self.cells) > 1:
            return ColumnFormat(mixed=tuple(self.cells.values())[:2], open_cell=self.open_cell)
        ((value, cell),) = self.cells.items()
        decided = _with(self.reader.decides, value, "column", cell)
        return replace(decided, open_cell=self.open_cell)


def _with(name: str, value: Any, basis: FormatBasis, evidence: str = "") -> ColumnFormat:
    parts: dict[str, Any] = {name: value, "basis": basis, "evidence": evidence}
    return ColumnFormat(**parts)


def judge(cells: Iterable[str], read: CellReader) -> ColumnFormat:
    """The format of one column, from its cells alone."""
    return judge_columns(({"": cell} for cell in cells), {"": read})[""]


def judge_columns(
    rows: Iterable[Mapping[str, str]],
    reads: Mapping[str, CellReader],
    *,
    separator: str = "",
    language: str = "",
    given: Mapping[str, ColumnFormat] | None = None,
) -> dict[str, ColumnFormat]:
    """Formats of the columns of `reads` by their names, from one pass over all rows of a file.

    What a column does not decide itself, the file's other columns do where they agree, then
    the `language` of its titles (`zh`: a decimal point), then its `separator` (semicolons: a
    decimal comma). `given` formats, from a mapping or a person, win; that of "" is for all.
    """
    gathered = {
        name: ColumnEvidence(read) for name, read in reads.items() if isinstance(read, FormatReader)
    }
    for row in rows:
        for name, evidence in gathered.items():
            evidence.see(row.get(name, ""))
    own = {name: evidence.format() for name, evidence in gathered.items()}
    of_file = {
        field: _of_file(field, own.values(), separator, language)
        for field in ("decimal", "day_first")
    }
    stated = given or {}
    formats = dict.fromkeys(reads, UNDECIDED)
    for name, evidence in gathered.items():
        field = evidence.reader.decides
        hint = stated.get(name) or stated.get("") or UNDECIDED
        if getattr(hint, field) not in ("", None):
            formats[name] = _with(field, getattr(hint, field), "given")
        elif own[name] is not UNDECIDED:
            formats[name] = own[name]
        elif evidence.open_cell:
            formats[name] = replace(of_file[field], open_cell=evidence.open_cell)
        if evidence.year_first and evidence.open_cell and own[name] is UNDECIDED:
            formats[name] = replace(formats[name], year_first=True)
        if evidence.minguo:
            formats[name] = replace(formats[name], minguo=True)
        if evidence.taxes:
            formats[name] = replace(formats[name], taxes=evidence.taxes)
        if evidence.both_stored:
            formats[name] = replace(formats[name], stored=evidence.both_stored)
    return formats


def _of_file(
    field: str, formats: Iterable[ColumnFormat], separator: str, language: str
) -> ColumnFormat:
    """What the file as a whole tells about columns that do not decide themselves."""
    shown = [each for each in formats if getattr(each, field) not in ("", None)]
    if len({getattr(each, field) for each in shown}) == 1:
        return replace(shown[0], basis="file")
    if field == "decimal" and not shown:
        if language == "zh":
            return _with(field, POINT, "language")
        if separator == ";":
            return _with(field, COMMA, "separator")
    return UNDECIDED
