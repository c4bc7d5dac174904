"""What a document is made of, whatever it becomes: sections of text, tables and pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matchmaker.audit.figures import Figure, Phrase

Say = Callable[[str, str], str]


@dataclass(frozen=True)
class Text:
    """One paragraph."""

    text: str


@dataclass(frozen=True)
class Table:
    """Rows of cells, each a text or a number; `widths` are shares of the page's width."""

    header: tuple[str, ...]
    rows: tuple[tuple[str | float | int | None, ...], ...]
    caption: str = ""
    widths: tuple[int, ...] = ()


@dataclass(frozen=True)
class Picture:
    """What draws an SVG, with what it shows in words for who cannot see it."""

    draw: Callable[[], str]
    caption: str


Block = Text | Table | Picture


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
    """A whole report in one language (`zh` or `en`)."""

    language: str
    title: str
    subtitle: str
    sections: tuple[Section, ...]

    @property
    def tables(self) -> tuple[tuple[str, Table], ...]:
        """All tables with the title of their section."""
        return tuple(
            (section.title, block)
            for section in self.sections
            for block in section.blocks
            if isinstance(block, Table)
        )


def speaker(language: str) -> Say:
    """Choose between a Chinese and an English text."""
    return lambda zh, en: Phrase(zh, en).said(language)


def number(value: float | None) -> str:
    """A number to be read: whole ones whole, others with three digits that count."""
    if value is None:
        return "—"
    if float(value).is_integer():
        return f"{int(value):,}"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.3f}"


def figure_text(figure: Figure, language: str) -> str:
    """A figure with its bounds, and z where chance was drawn; or why there is none."""
    if figure.value is None:
        return f"— {figure.because.said(language)}" if figure.because else "—"
    text = number(figure.value)
    if figure.low is not None and figure.high is not None:
        text += f" [{number(figure.low)}, {number(figure.high)}]"
    if figure.expected is not None:
        chance = speaker(language)("随机", "chance")
        z = "" if figure.z is None else f", z {figure.z:+.1f}"
        text += f" ({chance} {number(figure.expected)}{z})"
    return text


def percent(part: int, whole: int) -> str:
    """A share as a whole percentage."""
    return f"{100 * part / whole:.0f} %" if whole else "—"


def shortened(text: str, length: int = 90) -> str:
    """A text on one line, cut where it is long."""
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"


def listed(names: Sequence[str], language: str) -> str:
    """Names in a row."""
    return ("、" if language.startswith("zh") else ", ").join(names)
