"""Codes checked on the way in; the check digits were computed by hand from their standards."""

from __future__ import annotations

import pytest

from matchmaker.ingest.cells import CellWarning, SheetNumber
from matchmaker.ingest.codes import CodeKind, check, code

USCC = "91110000600037341L"


@pytest.mark.parametrize(
    "cell",
    [USCC, USCC.lower(), f"'{USCC}", f'="{USCC}"', "９１１１００００600037341L", f" {USCC} "],
)
def test_a_credit_code_is_valid_in_whatever_clothes(cell: str) -> None:
    checked = check("credit_code", cell)
    assert (checked.value, checked.valid, checked.reason) == (USCC, True, None)


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("vat", "de 136 695 976", "DE136695976"),
        ("vat", "GB 980 7806 84", "GB980780684"),
        ("lei", "5299 00T8 BM49 AURS DO55", "529900T8BM49AURSDO55"),
        ("ror", "https://ror.org/05dxps055", "05dxps055"),
    ],
)
def test_other_codes_have_one_plain_form(kind: CodeKind, cell: str, value: str) -> None:
    assert check(kind, cell).value == value


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        ("credit_code", "abc"),
        ("credit_code", "911100006000373410"),
        ("vat", "DE136695977"),
        ("lei", "529900T8BM49AURSDO56"),
        ("ror", "05dxps054"),
    ],
)
def test_what_fails_is_kept_as_said_and_warned_of(kind: CodeKind, cell: str) -> None:
    checked = check(kind, cell)
    assert (checked.value, checked.valid) == (cell, False)
    with pytest.raises(CellWarning) as warned:
        code(kind)(cell)
    assert warned.value.value == cell


@pytest.mark.parametrize("cell", ["911100006000373000", "9.1110000600037E+17"])
def test_a_long_number_of_a_sheet_is_damaged(cell: str) -> None:
    """The sheet keeps 15 digits; the same digits as text are all there."""
    checked = check("credit_code", SheetNumber(cell))
    assert (checked.value, checked.valid) == ("", False)
    assert "15" in str(checked.reason)


def test_what_a_workbook_leaves_of_a_code_in_a_file_of_text_is_damaged_too() -> None:
    """No code has a point or plus; of 9.13E+17 fifteen of eighteen digits are gone."""
    checked = check("credit_code", "9.13E+17")
    assert (checked.value, checked.valid) == ("", False)
    assert "the code is lost" in str(checked.reason)


def test_an_empty_cell_is_no_code_and_no_problem() -> None:
    assert check("vat", " ").reason is None
