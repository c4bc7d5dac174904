"""Parts of a document, whatever it becomes: sections of text, tables and pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from babel.numbers import format_decimal, format_percent

from matchmaker.audit.figures import Figure
from matchmaker.messages import SOURCE, Message, locale_of

NOTHING = "—"


@dataclass(frozen=True)
class Paragraph:
    """One paragraph."""

    text: str


@dataclass(frozen=True)
class DocumentTable:
    """Rows of cells, each a text or a number; `widths` are shares of the page's width."""

    header: tuple[str, ...]
    rows: tuple[tuple[str | float | int | None, ...], ...]
    caption: str = ""
    widths: tuple[int, ...] = ()


@dataclass(frozen=True)
class Picture:
    """A picture that draws an SVG, with what it shows in words for who cannot see it."""

    draw: Callable[[], str]
    caption: str


Block = Paragraph | DocumentTable | Picture


@dataclass(frozen=True)
class Section:
    """One heading and what stands below it; `is_reference`: to look things up in,
    not to read; `is_wide`: for a workbook only."""

    title: str
    blocks: tuple[Block, ...]
    is_reference: bool = False
    is_wide: bool = False


@dataclass(frozen=True)
class Document:
    """A whole report in one language."""

    language: str
    title: str
    subtitle: str
    sections: tuple[Section, ...]

    @property
    def tables(self) -> tuple[tuple[str, DocumentTable], ...]:
        """All tables with the title of their section."""
        return tuple(
            (section.title, block)
            for section in self.sections
            for block in section.blocks
            if isinstance(block, DocumentTable)
        )


class Named(Protocol):
    """An organisation or cluster with its name, and perhaps an English one."""

    @property
    def name(self) -> str: ...

    @property
    def name_en(self) -> str: ...


class Writer:
    """Words, numbers and names as readers of one language have them."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._locale = locale_of(language)

    def gettext(self, id: str, /, **parameters: Any) -> str:
        """A text in the language."""
        return Message(id, parameters).text(self.language)

    def paragraph(self, id: str, /, **parameters: Any) -> Paragraph:
        """A text in the language that stands alone."""
        return Paragraph(self.gettext(id, **parameters))

    def name(self, subject: Named) -> str:
        """The English name for readers of English, where there is one."""
        return subject.name_en if self.language == SOURCE and subject.name_en else subject.name

    def names(self, several: Iterable[Named]) -> str:
        """Names in a row."""
        return self.listed(self.name(organization) for organization in several)

    def listed(self, parts: Iterable[str | Message]) -> str:
        """Texts in a row."""
        return Message("%(parts)s", {"parts": tuple(parts)}).text(self.language)

    def number(self, value: float | None) -> str:
        """A number to be read: whole ones whole, others with three digits that count."""
        if value is None:
            return NOTHING
        if float(value).is_integer():
            return self.decimal(int(value), 0)
        return self.decimal(value, 0 if abs(value) >= 100 else 2 if abs(value) >= 0.1 else 3)

    def percent(self, part: int, whole: int) -> str:
        """A share as a whole percentage."""
        if not whole:
            return NOTHING
        share = Decimal(f"{100 * part / whole:.0f}") / 100
        return str(format_percent(share, "0 %", locale=self._locale))

    def figure(self, figure: Figure) -> str:
        """A figure with its bounds, and z where chance was drawn; or why there is none."""
        if figure.value is None:
            reason = figure.because.text(self.language) if figure.because else ""
            return f"{NOTHING} {reason}".strip()
        text = self.number(figure.value)
        if figure.low is not None and figure.high is not None:
            text += f" [{self.number(figure.low)}, {self.number(figure.high)}]"
        if figure.expected is not None:
            z = "" if figure.z is None else f", z {self.decimal(figure.z, 1, sign='+')}"
            text += f" ({self.gettext('chance')} {self.number(figure.expected)}{z})"
        return text

    def decimal(self, value: float, digits: int, sign: str = "") -> str:
        """A number with so many digits after the point."""
        # Rounded first: the pattern would round the shortest decimal, not the number itself.
        rounded = Decimal(f"{value:.{digits}f}")
        pattern = f"#,##0.{'0' * digits}".rstrip(".")
        if sign:
            pattern = f"{sign}{pattern};-{pattern}"
        return str(format_decimal(rounded, pattern, locale=self._locale))


def shortened(text: str, length: int = 90) -> str:
    """A text on one line, cut where it is long."""
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"
