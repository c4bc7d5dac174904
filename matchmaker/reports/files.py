"""A document as a PDF or a workbook, written whole or not at all."""

from __future__ import annotations

import base64
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from babel.numbers import NumberFormatError, format_decimal, parse_decimal
from jinja2 import Environment, PackageLoader, StrictUndefined

from matchmaker.errors import SettingsError
from matchmaker.messages import locale_of
from matchmaker.regex import regex
from matchmaker.reports.document import Document, DocumentTable, Paragraph, Picture
from matchmaker.text import is_computed, xml_text
from matchmaker.whole_file import whole_file

FONTS = ("Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Zen Hei", "sans-serif")
Cell = str | float | int | None
_CHINESE = regex("[\u4e00-\u9fff]")
# As long as a number of a report is.
_FIGURE = regex(r"[-+]?[0-9](?:[0-9]|[^\w\s+-]|[\u00a0\u202f]){0,30}")
_SHEET = regex(r"[\[\]:*?/\\]")
_LONGEST_SHEET = 31  # Excel's own limit


def html(document: Document) -> str:
    """The document as one page that needs nothing beside it."""
    environment = Environment(
        loader=PackageLoader("matchmaker.reports"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("report.html").render(
        document=document, fonts=FONTS, kind=_kind, data_url=data_url
    )


def write_pdf(document: Document, path: Path) -> None:
    """Raises SettingsError where the system lacks Pango or a font for Chinese."""
    try:
        from weasyprint import HTML
    except OSError as error:
        raise SettingsError(
            "A PDF needs the Pango library: %(error)s.",
            error=" ".join(str(error).split("\n")),
            mend="On Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0.",
        ) from None
    page = html(document)
    if _CHINESE.search(page) and not _has_chinese_font():
        raise SettingsError(
            "No font for Chinese is installed, so the PDF would show empty boxes.",
            mend="On Debian: apt-get install fonts-noto-cjk.",
        )
    with whole_file(path) as unfinished:
        HTML(string=page).write_pdf(unfinished)


def _sheet_name(place: int, title: str) -> str:
    """As much of a title as Excel takes, without half a word at its end."""
    name = " ".join(_SHEET.sub(" ", f"{place} {title}").split())
    if len(name) > _LONGEST_SHEET and name[:_LONGEST_SHEET].isascii():
        name = name[: _LONGEST_SHEET + 1].rsplit(" ", 1)[0].rstrip(" ,;")
    return name[:_LONGEST_SHEET]


def write_workbook(document: Document, path: Path) -> None:
    """One sheet for each section; a text is never a formula, and what a table counts is a number."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.active)
    for place, section in enumerate(document.sections, 1):
        sheet = book.create_sheet(_sheet_name(place, section.title))
        _append(sheet, [document.title])
        _append(sheet, [document.subtitle])
        sheet["A1"].font = Font(bold=True, size=14)
        for block in section.blocks:
            sheet.append([])
            if isinstance(block, Paragraph):
                _append(sheet, [block.text])
            elif isinstance(block, Picture):
                _append(sheet, [block.caption])
            else:
                _append_table(sheet, block, Font(bold=True), document.language)
        widest = max(
            (block.widths for block in section.blocks if isinstance(block, DocumentTable)),
            default=(),
            key=len,
        )
        for column, width in enumerate(widest, 1):
            sheet.column_dimensions[get_column_letter(column)].width = max(10, width)
        for row in sheet.iter_rows(min_row=3):
            for cell in row:
                cell.alignment = Alignment(
                    wrap_text=len(row) > 1 and row[1].value is not None, vertical="top"
                )
    with whole_file(path) as unfinished:
        book.save(unfinished)


def _append_table(sheet: Any, table: DocumentTable, bold: Any, language: str) -> None:
    if table.caption:
        _append(sheet, [table.caption])
    _append(sheet, table.header)
    for cell in sheet[sheet.max_row]:
        cell.font = bold
    for row in table.rows:
        _append(sheet, row, language)


def _append(sheet: Any, row: Sequence[Cell], language: str = "") -> None:
    """A row whose texts stay texts; those that are figures, written in `language`, are numbers."""
    numbers = [_figure(value, language) if language else None for value in row]
    sheet.append(
        [
            number[0] if number else xml_text(value)[:32_000] if isinstance(value, str) else value
            for value, number in zip(row, numbers, strict=True)
        ]
    )
    for cell, number in zip(sheet[sheet.max_row], numbers, strict=False):
        if number:
            cell.number_format = number[1]
        elif isinstance(cell.value, str) and is_computed(cell.value):
            cell.data_type, cell.quotePrefix = "s", True


def _figure(value: Cell, language: str) -> tuple[float, str] | None:
    """The number that a text of a report says, and the format that shows it so; None: no number."""
    text = value.removesuffix(" %") if isinstance(value, str) else ""
    # Names and needs stand in tables, too: 1E-99999999, 1_000 and 007 are none of our numbers.
    if not _FIGURE.fullmatch(text):
        return None
    locale = locale_of(language)
    try:
        number = parse_decimal(text, locale=locale, strict=True)
    except NumberFormatError:
        return None
    digits = max(0, -int(number.as_tuple().exponent))
    shown = f"#,##0.{'0' * digits}".rstrip(".")
    if format_decimal(number, shown, locale=locale) != text.removeprefix("+"):
        return None
    return (float(number) / 100, f"{shown} %") if text != value else (float(number), shown)


def _kind(block: object) -> str:
    return type(block).__name__


def data_url(svg: str) -> str:
    """A picture as an address that needs no file."""
    # WeasyPrint draws text of an SVG with the system's fonts; the families must be named in it.
    families = ", ".join(f"'{name}'" for name in FONTS)
    svg = re.sub(r"(font-family:|font: [0-9.]+px) [^;\"]*", rf"\1 {families}", svg)
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _has_chinese_font() -> bool:
    try:
        listing = subprocess.run(
            ["fc-list", ":lang=zh", "family"],  # noqa: S607
            capture_output=True, text=True, timeout=20, check=False,
        )  # fmt: skip
    except OSError:
        return True  # without fontconfig's own tool nothing can be told
    return bool(listing.stdout.strip())
