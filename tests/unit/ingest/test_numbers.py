"""Numbers and amounts: read as they can only be meant, by their column, or not at all."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import CellWarning, SheetNumber, UndecidedCell
from matchmaker.ingest.formats import ColumnFormat, judge, judge_columns
from matchmaker.ingest.numbers import amount, figure, latitude, longitude, parse, whole

POINT, COMMA = ColumnFormat(decimal="."), ColumnFormat(decimal=",")


def read_column(*cells: str) -> list[float]:
    """The cells of one column of amounts, read together."""
    format = judge(cells, amount)
    return [amount(cell, format).value for cell in cells]


def test_a_column_with_decimal_commas_reads_all_its_cells_so() -> None:
    cells = ("4711,98", "10,00", "1.234.567,89", "1.500", "4.711,98", "12 500,50", "1.200,00 €")
    assert read_column(*cells) == [4711.98, 10, 1234567.89, 1500, 4711.98, 12500.5, 1200]


def test_a_column_with_decimal_points_reads_all_its_cells_so() -> None:
    assert read_column("1,500", "0.25", "12,345,678.5", "7") == [1500, 0.25, 12345678.5, 7]


@pytest.mark.parametrize("cell", ["1.500", "1,500", "12.345", "-1,200", "(1,200)", "1,200 tsd"])
def test_what_nothing_decides_is_a_question(cell: str) -> None:
    with pytest.raises(UndecidedCell, match="decimal point or a decimal comma") as error:
        parse(cell)
    assert len(error.value.choices) == 2
    assert {parse(choice).value for choice in error.value.choices} == {
        parse(cell, POINT).value, parse(cell, COMMA).value
    }  # fmt: skip


def test_a_column_that_contradicts_itself_decides_nothing() -> None:
    format = judge(["1.5", "2,75", "1.500"], amount)
    assert format.mixed == ("1.5", "2,75")
    assert amount("1.5", format).value == 1.5
    assert amount("2,75", format).value == 2.75
    with pytest.raises(UndecidedCell):
        amount("1.500", format)


def test_other_columns_and_the_separator_decide_where_a_column_does_not() -> None:
    rows = [{"price": "1.500", "share": "3,5"}, {"price": "2.000", "share": "4"}]
    reads = {"price": amount, "share": figure}
    by_file = judge_columns(rows, reads)["price"]
    assert (by_file.decimal, by_file.basis, by_file.evidence) == (",", "file", "3,5")
    alone = judge_columns([{"price": "1.500"}], {"price": amount}, separator=";")["price"]
    assert (alone.decimal, alone.basis) == (",", "separator")
    chinese = judge_columns([{"price": "1,500"}], {"price": amount}, language="zh")["price"]
    assert (chinese.decimal, chinese.basis) == (".", "language")


def test_what_a_person_says_goes_before_all_evidence() -> None:
    said = {"": ColumnFormat(decimal=",")}
    format = judge_columns([{"p": "1.500"}, {"p": "0.5"}], {"p": amount}, given=said)["p"]
    assert (format.decimal, format.basis) == (",", "given")
    assert amount("1.500", format).value == 1500
    with pytest.raises(InvalidInput, match="does not fit"):
        amount("0.5", format)


def test_what_was_decided_is_told_with_the_cell_that_did() -> None:
    assert "decimal comma. '4711,98' shows it" in str(judge(["1", "4711,98"], amount).explanation)
    assert judge(["1", "2"], amount).explanation is None


@pytest.mark.parametrize(
    ("cell", "value", "currency", "unit"),
    [
        ("S$1,200.00", 1200, "SGD", ""),
        ("12万元", 120_000, "CNY", ""),
        ("1.5亿", 150_000_000, "", ""),
        ("1亿2000万元", 120_000_000, "CNY", ""),
        ("十二万元", 120_000, "CNY", ""),
        ("3億円", 300_000_000, "JPY", ""),
        ("12 тыс. руб.", 12_000, "RUB", ""),
        ("12 млн руб.", 12_000_000, "RUB", ""),
        ("3억원", 300_000_000, "KRW", ""),
        ("4 tys. zł", 4_000, "PLN", ""),
        ("人民币壹万贰仟元整", 12_000, "CNY", ""),
        ("百分之五", 5, "", "%"),
        ("12 k€", 12_000, "EUR", ""),
        ("k€ 12", 12_000, "EUR", ""),
        ("3 Mio EUR", 3_000_000, "EUR", ""),
        ("1,5 Mrd. EUR", 1_500_000_000, "EUR", ""),
        ("500 Tsd. €", 500_000, "EUR", ""),
        ("MUSD 3.2", 3_200_000, "USD", ""),
        ("1.5 million US dollars", 1_500_000, "USD", ""),
        ("2.5m", 2_500_000, "", ""),
        ("US$ 5", 5, "USD", ""),
        ("￥8", 8, "¥", ""),
        ("RMB 3.5万", 35_000, "CNY", ""),
        ("5元", 5, "CNY", ""),
        ("3.2%", 3.2, "", "%"),
        ("１２３．５", 123.5, "", ""),
        ("−5", -5, "", ""),
        ("5-", -5, "", ""),
        ("(7.25)", -7.25, "", ""),
        ("€ -1.200,50", -1200.5, "EUR", ""),
        ("1'234.50", 1234.5, "", ""),
        ("1’200.–", 1200, "", ""),
        ("12,34,567", 1_234_567, "", ""),
        ("1\u202f234\u202f567", 1_234_567, "", ""),
        ("12\u00a0500", 12_500, "", ""),
        ("1.2E+05", 120_000, "", ""),
        ("100 kg", 100, "", "kg"),
        ("0,500", 0.5, "", ""),
    ],
)
def test_currencies_multiples_units_and_signs(
    cell: str, value: float, currency: str, unit: str
) -> None:
    read = parse(cell)
    assert (read.value, read.currency, read.unit) == (value, currency, unit)


@pytest.mark.parametrize(
    "cell",
    ["约40人", "10-20", ">50", "40余人", "approx. 40", "50+", "1,234,56", "1.2.3", "1 1 1", "abc",
     "2021-03-04", "1/2", "1e400", "9.13E+17", "DN50", "5 of 7"],
)  # fmt: skip
def test_what_is_no_exact_number_is_refused(cell: str) -> None:
    with pytest.raises(InvalidInput):
        parse(cell)


@pytest.mark.parametrize("cell", ["n/a", "-", "无", "/", "N.A.", "—"])
def test_a_cell_that_says_there_is_nothing_is_empty_with_a_warning(cell: str) -> None:
    with pytest.raises(CellWarning) as warning:
        amount(cell)
    assert warning.value.value is None


def test_a_number_of_a_sheet_is_never_ambiguous() -> None:
    assert amount(SheetNumber("1.234")).value == 1.234
    assert judge([SheetNumber("1.5"), "2,5"], amount).decimal == ","


def test_a_column_that_can_hold_only_one_reading_needs_no_question() -> None:
    """1.5 people are none, and no latitude has 27,999 degrees."""
    assert whole("1.500") == 1500
    assert whole("210人") == 210
    assert latitude("27.999") == 27.999
    assert longitude("120,701") == 120.701
    with pytest.raises(UndecidedCell):
        whole("2.000")


@pytest.mark.parametrize("cell", ["1.5", "-3", "3%", "12元", "5 kg"])
def test_a_count_is_a_whole_number_of_things(cell: str) -> None:
    with pytest.raises(InvalidInput):
        whole(cell)


def test_degrees_are_read_with_minutes_and_sides() -> None:
    assert latitude("27°30'N") == 27.5
    assert longitude("9°15'36\"W") == pytest.approx(-9.26)
    assert longitude("东经120.5°") == 120.5
    with pytest.raises(InvalidInput, match="beyond 90"):
        latitude("95.5")


def test_an_amount_of_money_has_no_other_unit() -> None:
    with pytest.raises(InvalidInput, match="pcs"):
        amount("12 pcs")
    assert figure("12 pcs").unit == "pcs"
    with pytest.raises(UndecidedCell, match="metres"):
        figure("2.5 m")


def test_a_sign_that_currencies_share_is_the_one_stated() -> None:
    assert parse("$5").in_currency("SGD") == ("SGD", None)
    assert parse("￥5").in_currency("JPY") == ("JPY", None)
    code, difference = parse("$5").in_currency("")
    assert code == ""
    assert "can be USD, SGD" in str(difference)
    assert "no currency is taken" in str(difference)
    assert parse("￥5").in_currency("EUR")[0] == ""
    code, difference = parse("S$5").in_currency("USD")
    assert code == "SGD"
    assert "in SGD, not in USD" in str(difference)
    assert parse("5").in_currency("EUR") == ("EUR", None)


VALUES = st.decimals(-(10**9), 10**9, allow_nan=False, places=2)


@given(values=st.lists(VALUES, min_size=1), locale=st.sampled_from(["de", "en", "fr", "hi", "pl"]))
def test_what_a_locale_writes_is_read_as_it_was(values: list[Decimal], locale: str) -> None:
    """Against babel's own formatting, two decimals always written."""
    cells = [format_decimal(value, "#,##0.00", locale) for value in values]
    assert read_column(*cells) == [float(value) for value in values]


@given(st.text(max_size=20) | st.from_regex(r"[-+(]?[\d.,' ]{1,9}[万亿%€kmM人)]?", fullmatch=True))
def test_any_text_is_a_number_a_warning_or_refused(cell: str) -> None:
    for format in (POINT, COMMA, ColumnFormat()):
        try:
            assert abs(amount(cell, format).value) < 1e15
        except (InvalidInput, CellWarning):
            continue


@pytest.mark.parametrize(
    ("cell", "value", "currency"),
    [
        ("NT$50,000,000元", 50_000_000, "TWD"),
        ("新台币5,000万元", 50_000_000, "TWD"),
        ("HK$1.2m", 1_200_000, "HKD"),
        ("USD 3.5 mn", 3_500_000, "USD"),
        ("人民币壹佰万元整", 1_000_000, "CNY"),
        ("RMB 2,000万", 20_000_000, "CNY"),
    ],
)
def test_a_sign_of_a_currency_and_its_unit_in_chinese_are_one(cell, value, currency):
    read = amount(cell)
    assert (read.value, read.currency) == (value, currency)


def test_a_sum_in_two_currencies_is_no_amount():
    with pytest.raises(InvalidInput):
        amount("NT$500美元")
