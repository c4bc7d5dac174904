"""Dates: in every usual spelling, as fine as written, never guessed."""

from __future__ import annotations

import datetime
import time

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import CellWarning, SheetNumber, UndecidedCell
from matchmaker.ingest.dates import last_date, parse, partial_date, past_date, year
from matchmaker.ingest.formats import UNDECIDED, ColumnFormat, judge, judge_columns


def read(cell: str, format: ColumnFormat = UNDECIDED) -> tuple[str, str]:
    date = parse(cell, format)
    return date.date.isoformat(), date.precision.value


@pytest.mark.parametrize(
    "cell",
    ["2021-03-05", "2021/3/5", "2021.3.5", "2021.3.5.", "2021年3月5日", "２０２１年３月５日",
     "2021 年 3 月 5 日", "二〇二一年三月五日", "二零二一年三月五号", "二O二一年三月五日",
     "20210305",
     "2021-03-05 10:00:00", "2021-03-05 23:59", "2021-03-05T10:00:00Z",
     "2021-03-05T10:00:00.5+08:00",
     "2021-03-05+01:00", "20210305101112", "2021年3月5日10时30分", "2021年3月5日 上午10:30",
     "2021/3/5 下午3:20", "2021-3-5 上午9:05:11", "5 марта 2021 г.", "5. března 2021",
     "2021年3月5日（星期五）", "5.3.2021", "05.03.2021", "5 March 2021", "March 5, 2021",
     "5. März 2021",
     "5 de marzo de 2021", "5 mars 2021", "5 marzo 2021", "Friday, 5 March 2021",
     "5th of March 2021",
     "5-Mar-21", "5-Mar-2021", "2021-Mar-05", "民国110年3月5日", "民國110年3月5日", "民国110/3/5",
     "令和3年3月5日",
     "44260", SheetNumber("44260"), SheetNumber("44260.75"), SheetNumber("20210305"), "2021 03 05"],
)  # fmt: skip
def test_a_day_in_every_usual_spelling(cell: str) -> None:
    assert read(cell) == ("2021-03-05", "day")


@pytest.mark.parametrize(
    ("cell", "date", "precision"),
    [
        ("2021", "2021-01-01", "year"),
        ("2021年", "2021-01-01", "year"),
        ("2021年度", "2021-01-01", "year"),
        (SheetNumber("2021"), "2021-01-01", "year"),
        ("2021-10", "2021-10-01", "month"),
        ("2021.10", "2021-10-01", "month"),
        ("2012/6", "2012-06-01", "month"),
        ("202103", "2021-03-01", "month"),
        (SheetNumber("2021.12"), "2021-12-01", "month"),
        ("2021年3月", "2021-03-01", "month"),
        ("二〇二一年三月", "2021-03-01", "month"),
        ("民国110年3月", "2021-03-01", "month"),
        ("Mar-21", "2021-03-01", "month"),
        ("Sept. 2021", "2021-09-01", "month"),
        ("03/2021", "2021-03-01", "month"),
        ("2021Q2", "2021-04-01", "quarter"),
        ("Q2 2021", "2021-04-01", "quarter"),
        ("2021年第二季度", "2021-04-01", "quarter"),
        ("2021年2季度", "2021-04-01", "quarter"),
    ],
)
def test_what_is_coarse_stays_coarse(cell: str, date: str, precision: str) -> None:
    assert read(cell) == (date, precision)


@pytest.mark.parametrize(
    "cell",
    ["2016-02-30", "2021-13", "2021-00-10", "1900-01-00", "0021-03-05", SheetNumber("3000"),
     SheetNumber("21"), "10:00:00", "长期", "2021-03-05~2024-03-04", "2019-2021", "2021-22",
     "1990s",
     "99999999999 May 2020", pytest.param(f"May {'9' * 5_000}, 2020", id="long"), "0 May 2020",
     "21-Mar", "March", "05032021", "once", "29/02/2021", "99999", "=1+1", ""],
)  # fmt: skip
def test_nonsense_is_refused(cell: str) -> None:
    with pytest.raises(InvalidInput):
        parse(cell)


@pytest.mark.parametrize("cell", ["0000-00-00", "n/a", "-", "无", "不详"])
def test_a_cell_that_says_there_is_no_date_is_empty_with_a_warning(cell: str) -> None:
    with pytest.raises(CellWarning) as warning:
        parse(cell)
    assert warning.value.value is None


def test_a_number_typed_as_a_month_is_a_question() -> None:
    """A sheet keeps 2021.10 as 2021.1."""
    with pytest.raises(UndecidedCell) as error:
        parse(SheetNumber("2021.1"))
    assert error.value.choices == ("2021-01", "2021-10")
    assert read("2021.1") == ("2021-01-01", "month")


@pytest.mark.parametrize(
    ("cell", "choices"),
    [
        ("05/03/2021", ("2021-03-05", "2021-05-03")),
        ("3/5/21", ("2021-03-05", "2021-05-03")),
        ("05-03-2021", ("2021-03-05", "2021-05-03")),
        ("3/5/2021 10:00 AM", ("2021-03-05", "2021-05-03")),
        ("13/5/21", ("2013-05-21", "2021-05-13")),
    ],
)
def test_day_or_month_first_is_a_question(cell: str, choices: tuple[str, ...]) -> None:
    with pytest.raises(UndecidedCell) as error:
        parse(cell)
    assert error.value.choices == choices


def test_a_day_above_twelve_decides_for_its_column() -> None:
    cells = ["3/4/2020", "23/10/2020", "28/1/15"]
    format = judge(cells, partial_date)
    assert (format.day_first, format.evidence) == (True, "23/10/2020")
    assert [read(cell, format)[0] for cell in cells] == ["2020-04-03", "2020-10-23", "2015-01-28"]
    american = judge(["3/4/2020", "10/23/2020"], partial_date)
    assert read("3/4/2020", american)[0] == "2020-03-04"
    assert "month before the day" in str(american.explanation)


def test_another_column_or_a_person_decides_where_a_column_does_not() -> None:
    rows = [{"a": "3/4/2020", "b": "23/10/2020"}]
    reads = {"a": partial_date, "b": partial_date}
    assert judge_columns(rows, reads)["a"].day_first is True
    said = judge_columns(rows, reads, given={"a": ColumnFormat(day_first=False)})["a"]
    assert (said.day_first, said.basis) == (False, "given")


@pytest.mark.parametrize(
    ("cell", "date"),
    [
        ("114/08/01", "2025-08-01"), ("114.8.5", "2025-08-05"), ("114年8月18日", "2025-08-18"),
        ("114-12", "2025-12-01"), ("1140801", "2025-08-01"), ("100年1月", "2011-01-01"),
    ],
)  # fmt: skip
def test_years_of_three_figures_are_counted_from_1912(cell: str, date: str) -> None:
    assert read(cell)[0] == date


def test_two_figures_beside_such_years_are_counted_so_too() -> None:
    """民國 99 is 2010; where nothing shows 民國, 99 is 1999."""
    column = judge(["99/12/31", "100/01/05"], partial_date)
    assert read("99/12/31", column)[0] == "2010-12-31"
    assert read("99/12/31", judge(["99/12/31"], partial_date))[0] == "1999-12-31"
    assert read("民國114年8月1日", column)[0] == "2025-08-01"


def test_points_do_not_decide_for_strokes() -> None:
    assert judge(["23.10.2020", "2020-10-23"], partial_date).day_first is None


def test_two_days_that_are_one_need_no_question() -> None:
    assert read("5/5/2021") == ("2021-05-05", "day")


def test_half_a_year_is_kept_as_its_year_with_a_warning() -> None:
    with pytest.raises(CellWarning, match="year alone") as warning:
        parse("2021年上半年")
    assert warning.value.value.precision.value == "year"


def test_a_last_day_is_the_last_of_what_is_written() -> None:
    assert last_date("2024-06-05") == datetime.date(2024, 6, 5)
    for cell, day in (("2024", 31), ("2024-02", 29), ("2024Q1", 31)):
        with pytest.raises(CellWarning, match="last day") as warning:
            last_date(cell)
        assert warning.value.value.day == day
    assert last_date("长期") is None
    assert last_date("至今") is None


def test_nothing_was_founded_in_the_future() -> None:
    with pytest.raises(InvalidInput, match="still to come"):
        past_date("2150-01-01")


def test_a_year_is_read_from_any_date() -> None:
    assert [year(cell) for cell in ("2024", "2024年", "2024-12-31", "2024Q3")] == [2024] * 4


DAYS = st.dates(datetime.date(1970, 1, 1), datetime.date(2035, 12, 31))


@given(
    day=DAYS,
    locale=st.sampled_from(
        ["en", "de", "fr", "es", "it", "nl", "zh", "zh_Hant", "pt", "sv", "en_GB"]
    ),
    width=st.sampled_from(["medium", "long", "full"]),
)
def test_what_a_locale_writes_is_read_as_it_was(
    day: datetime.date, locale: str, width: str
) -> None:
    """Against babel's own formatting; French 'mar.' is Tuesday and March."""
    cell = format_date(day, width, locale)
    format = ColumnFormat(day_first=True, basis="column")
    assert parse(cell, format).date == day, cell


@given(st.text(max_size=25) | st.from_regex(r"[\d年月日./ -]{1,12}", fullmatch=True))
def test_any_text_is_a_date_a_warning_or_refused(cell: str) -> None:
    try:
        date = parse(cell).date
    except (InvalidInput, CellWarning):
        return
    assert 1600 <= date.year <= 2200


@pytest.mark.parametrize("end", [" ,", "年,"])
def test_a_long_text_is_no_date_and_is_told_so_at_once(end):
    cell = "2019-01-01" + end * 4000 + "x"
    begin = time.process_time()
    with pytest.raises(InvalidInput):
        partial_date(cell)
    assert time.process_time() - begin < 0.5
