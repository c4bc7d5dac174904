"""A document as a PDF or a workbook, written whole or not at all."""

from __future__ import annotations

import base64
import re
import subprocess
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from matchmaker.errors import SettingsError
from matchmaker.regex import regex
from matchmaker.reports.document import Document, DocumentTable, Paragraph, Picture
from matchmaker.text import guarded, xml_text
from matchmaker.whole_file import whole_file

FONTS = ("Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Zen Hei", "sans-serif")
_CHINESE = regex("[\u4e00-\u9fff]")
_SHEET = regex(r"[\[\]:*?/\\]")


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


def write_workbook(document: Document, path: Path) -> None:
    """One sheet for each section; a text is never a formula."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.active)
    for place, section in enumerate(document.sections, 1):
        sheet = book.create_sheet(_SHEET.sub(" ", f"{place} {section.title}")[:31])
        sheet.append([_cell(document.title)])
        sheet.append([_cell(document.subtitle)])
        sheet["A1"].font = Font(bold=True, size=14)
        for block in section.blocks:
            sheet.append([])
            if isinstance(block, Paragraph):
                sheet.append([_cell(block.text)])
            elif isinstance(block, Picture):
                sheet.append([_cell(block.caption)])
            else:
                _append(sheet, block, Font(bold=True))
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


def _append(sheet: Any, table: DocumentTable, bold: Any) -> None:
    if table.caption:
        sheet.append([_cell(table.caption)])
    sheet.append([_cell(name) for name in table.header])
    for cell in sheet[sheet.max_row]:
        cell.font = bold
    for row in table.rows:
        sheet.append([_cell(value) for value in row])


def _cell(value: str | float | int | None) -> str | float | int | None:
    """A cell that no spreadsheet takes for a formula, without characters XML cannot hold."""
    if not isinstance(value, str):
        return value
    return guarded(xml_text(value)[:32_000])


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
