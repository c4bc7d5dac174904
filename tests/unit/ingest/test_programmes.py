# ruff: noqa: E501 -- conditions as offices write them
"""Lists of policies and programmes, as offices and coordinators keep them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from matchmaker.domain import Kind, OfferKind, Size, Tier
from matchmaker.ingest.programme_conditions import place_of_body, read_conditions
from tests.unit.ingest.test_list_reader import read

LISHUI, ZHUJI, ZHEJIANG = "gbt2260:331100", "gbt2260:330681", "gbt2260:330000"
SMES = (Size.MICRO, Size.SMALL, Size.MEDIUM)


@pytest.mark.parametrize(
    ("text", "body", "expected", "unread"),
    [
        (
            "在丽水市范围内注册的独立法人企业；上年度被认定为专精特新或高新技术企业；成立满2年", "丽水市经信局",
            {"for_places": (LISHUI,), "for_tiers": (Tier.SPECIALISED,), "min_years": 2,
             "for_certificates": ("高新技术企业",)}, 0,
        ),
        ("本市小微企业", "诸暨市科技局", {"for_sizes": SMES[:2], "for_places": (ZHUJI,)}, 0),
        ("在我省登记注册的企业", "诸暨市科技局", {"for_places": (ZHEJIANG,)}, 0),
        ("成立不超过五年的企业", "", {"max_years": 5}, 0),
        ("注册成立3年以内的科技型中小企业", "", {"max_years": 3, "for_certificates": ("科技型中小企业",)}, 0),
        ("“小巨人”企业、单项冠军企业", "", {"for_tiers": (Tier.LITTLE_GIANT, Tier.CHAMPION)}, 0),
        (
            "SMEs registered in Lishui, at least two years old, high-tech enterprises", "Office",
            {"for_sizes": SMES, "for_places": (LISHUI,), "min_years": 2,
             "for_certificates": ("高新技术企业",)}, 0,
        ),
        ("研发投入增长10%以上", "", {}, 1),
        ("小微企业，优先支持小巨人企业", "", {"for_sizes": SMES[:2]}, 1),  # no condition
        ("大型企业除外", "", {}, 1),
        ("小巨人企业可适当放宽", "", {}, 1),
        ("在丽水市莲都区注册的企业", "", {"for_places": ("gbt2260:331102",)}, 0),
        ("中国银行丽水市分行授信企业", "中国银行丽水市分行", {}, 1),  # no place of registration
        ("", "", {}, 0),
    ],
)  # fmt: skip
def test_conditions_are_read_where_they_are_plain(text, body, expected, unread) -> None:
    found = read_conditions(text, body)
    said = {
        name: value
        for name in type(found.terms).__dataclass_fields__
        if (value := getattr(found.terms, name)) not in ((), None, "")
        and name != "further_conditions"
    }
    assert said == expected
    assert len(found.unread) == unread


@pytest.mark.parametrize(
    ("text", "further"),
    [
        ("小微企业；上年度研发投入增长10%以上；优先支持小巨人企业；未被列入失信名单", ("上年度研发投入增长10%以上", "未被列入失信名单")),
        ("SMEs; no arrears of tax; preference is given to young firms", ("no arrears of tax",)),
        ("小微企业", ()),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_condition_unless_it_says_who_is_preferred(text, further) -> None:
    assert read_conditions(text, "").terms.further_conditions == further


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("丽水市科学技术局", LISHUI), ("深圳市南山区工信局", "gbt2260:440305"), ("浙江省科技厅", ZHEJIANG),
        ("新疆维吾尔自治区工信厅", "gbt2260:650000"), ("中国银行丽水市分行", ""), ("工业和信息化部", ""),
    ],
)  # fmt: skip
def test_an_office_is_where_its_name_says(body: str, place: str) -> None:
    assert place_of_body(body) == place


def test_a_policy_list_becomes_programmes_of_the_offices(tmp_path: Path) -> None:
    parsed = read(
        tmp_path,
        "政策名称,发布部门,适用对象,支持标准,申报时间,申报网址\n"
        "技改补助,丽水市经济和信息化局,中小微企业,最高50万元,2026年3月1日-2029年4月30日,https://a.example/1\n"
        "人才补贴,丽水市经济和信息化局,列入目录的企业,每人2万元,常年受理,b.example/2\n"
        "展会补贴,丽水市商务局,,展位费的70%,截止2029年9月底,看通知\n"
        "没有单位的,,,1万元,2029-01-01,\n",
    )
    offices = {row.id: row for row in parsed.rows.organizations}
    assert {row.kind for row in offices.values()} == {Kind.PUBLIC_BODY}
    offers = {row.text.partition("\n")[0]: row for row in parsed.rows.offers}
    assert {row.kind for row in offers.values()} == {OfferKind.PROGRAMME}
    told = {
        name: (str(row.opens), str(row.deadline), row.amount, row.url)
        for name, row in offers.items()
    }
    assert told == {
        "技改补助": ("2026-03-01", "2029-04-30", "最高50万元", "https://a.example/1"),
        "人才补贴": ("None", "None", "每人2万元", "https://b.example/2"),
        "展会补贴": ("None", "2029-09-30", "展位费的70%", ""),
    }
    assert offers["技改补助"].for_sizes == SMES
    # Whom an office of a place supports is there, unless the list says otherwise; that is told.
    assert {row.for_places for row in offers.values()} == {(LISHUI,)}
    assert (2, "body", "warning") in {(p.line, p.field, p.severity) for p in parsed.problems}
    assert offices[offers["展会补贴"].organization].name == "丽水市商务局"
    problems = [(each.line, each.field, each.severity) for each in parsed.problems]
    assert ("conditions" in {field for _, field, _ in problems}, problems[-1][2]) == (True, "error")
    assert (3, "conditions", "warning") in problems  # 列入目录 is not checked
    assert (4, "address", "warning") in problems
    assert (5, "body", "error") in problems


def test_the_same_list_again_is_the_same_programmes(tmp_path: Path) -> None:
    text = "政策名称,发布部门,截止日期\n技改补助,丽水市经信局,2029-01-01\n"
    later = text.replace("2029-01-01", "2030-06-30")
    (first,), (second,) = read(tmp_path, text).rows.offers, read(tmp_path, later).rows.offers
    assert first.id == second.id
    assert str(second.deadline) == "2030-06-30"


@pytest.mark.parametrize("filler", [" ", ",", "T", "("])
def test_a_long_closing_cell_is_told_to_be_no_date_at_once(tmp_path: Path, filler: str) -> None:
    """One such cell took 40 seconds."""
    text = f'政策名称,发布部门,截止日期\n技改补助,丽水市经信局,"x{filler * 30_000}y"\n'
    begin = time.process_time()
    parsed = read(tmp_path, text)
    assert time.process_time() - begin < 5
    assert [offer.deadline for offer in parsed.rows.offers] == [None]
    assert (2, "closes") in {(each.line, each.field) for each in parsed.problems}


def test_a_day_counts_however_much_stands_in_brackets_behind_it(tmp_path: Path) -> None:
    remark = "逾期不予受理，" * 60
    text = f"政策名称,发布部门,截止日期\n技改补助,丽水市经信局,2029-01-01 17:00 （{remark}）\n"
    (offer,) = read(tmp_path, text).rows.offers
    assert str(offer.deadline) == "2029-01-01"


@pytest.mark.parametrize(
    ("behind", "day"),
    [
        ("CEST", "2029-01-01"),
        ("hours", "2029-01-01"),
        (" brussels time", "2029-01-01"),
        ("h", "2029-01-01"),
        (f" {'midday' * 20}!", "None"),
    ],
)
def test_letters_behind_the_hour_are_one_word(tmp_path: Path, behind: str, day: str) -> None:
    """Of a hundred and twenty with a sign behind them all ways to part them were tried: for ever."""
    text = f"政策名称,发布部门,截止日期\n技改补助,丽水市经信局,2029-01-01 17:00{behind}\n"
    (offer,) = read(tmp_path, text).rows.offers
    assert str(offer.deadline) == day
