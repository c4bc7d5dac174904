"""Rows and columns that a sheet hides or strikes through: read, and told."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font

from matchmaker.ingest.table_file import open_table


def written(folder: Path, *, is_marked: bool) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["No", "Supplier", "Product", "Margin"],
        [1, "Sample Bolts Ltd", "bolts", 3],
        [2, "Sample Cables Ltd", "cables", 4],
        [3, "Sample Springs Ltd", "springs", 5],
        [4, "Sample Gears Ltd", "gears", 6],
    ):
        sheet.append(row)
    sheet["B2"].font = Font(strike=True)  # a cell alone strikes out no line
    if is_marked:
        for cell in sheet[3]:
            cell.font = Font(strike=True)
        sheet.row_dimensions[4].hidden = True
        sheet.column_dimensions["D"].hidden = True
    path = folder / "marked.xlsx"
    book.save(path)
    return path


def test_hidden_and_struck_lines_are_read_and_told(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, is_marked=True))
    assert [line.cells["Supplier"].split()[1] for line in table.lines()] == [
        "Bolts", "Cables", "Springs", "Gears",
    ]  # fmt: skip
    assert [str(note.reason) for note in table.notes] == [
        "Lines struck through in the sheet are read all the same: 3. Take out those that no "
        "longer hold.",
        "Lines hidden in the sheet are read all the same: 4.",
        "Columns hidden in the sheet are read as the others: D.",
    ]


def test_of_a_sheet_that_shows_all_nothing_is_told(tmp_path: Path) -> None:
    assert open_table(written(tmp_path, is_marked=False)).notes == ()
