"""Industries as people write them."""

from __future__ import annotations

import pytest

from matchmaker.domain import Industry
from matchmaker.ingest.industries import ForeignCode, IndustryIndex, IndustryMatch, scheme_of

# Divisions and groups of GB/T 4754-2017, written down by hand.
ROWS = """
33 金属制品业; 339 铸造及其他金属制品制造; 34 通用设备制造业; 344 泵、阀门、压缩机及类似机械制造
345 轴承、齿轮和传动部件制造; 18 纺织服装、服饰业; 13 农副食品加工业; 131 谷物磨制
62 餐饮业; 65 软件和信息技术服务业; 35 专用设备制造业; 352 化工、木材、非金属加工专用设备制造
31 黑色金属冶炼和压延加工业; 311 炼铁; 41 其他制造业; 43 金属制品、机械和设备修理业
"""
FOREIGN = (
    ("nace", "28", "Manufacture of machinery and equipment n.e.c.", "34;35"),
    ("nace", "28.14", "Manufacture of other taps and valves", "344"),
    ("nace", "28.15", "Manufacture of bearings, gears, gearing and driving elements", "345"),
    ("nace", "62", "Computer programming, consultancy and related activities", "65"),
    ("isic", "2814", "Manufacture of bearings, gears, gearing and driving elements", "345"),
    ("hs", "8481", "", "344"),
    ("cpv", "4213", "", "344"),
)


@pytest.fixture(scope="module")
def index() -> IndustryIndex:
    rows = []
    for row in ROWS.strip().replace("\n", ";").split(";"):
        code, name = row.split()
        parent = f"gbt4754:{code[:2]}" if len(code) > 2 else None
        rows.append(Industry(f"gbt4754:{code}", name, "", parent))
    foreign = (
        ForeignCode(scheme, code, name, tuple(f"gbt4754:{target}" for target in codes.split(";")))
        for scheme, code, name, codes in FOREIGN
    )
    return IndustryIndex(rows, foreign)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("gbt4754:344", "344"),
        ("344", "344"),
        ("34", "34"),
        ("C344", "344"),
        ("通用设备制造业", "34"),
        ("28.14", "344"),
        ("C28.14", "344"),
        ("nace:28.14", "344"),
        ("NACE 28.14", "344"),
        ("NACE Rev. 2: C28.14", "344"),
        ("8481.80", "344"),
        ("848180", "344"),
        ("CPV 42131100-3", "344"),
        ("42131100-3", "344"),
        ("isic:2814", "345"),
        ("J62", "65"),  # J is another section in GB/T 4754
        ("H62", "62"),
        ("3110", "311"),  # a group that is one class
        ("C3110 炼铁", "311"),
        ("其他制造业", "41"),
        ("Manufacture of other taps and valves", "344"),
        ("Bearings, gears, gearing and driving elements", "345"),
    ],
)
def test_an_industry_is_known_by_code_and_name(index, cell, code):
    assert index.find(cell) == IndustryMatch(f"gbt4754:{code}", exact=True)


@pytest.mark.parametrize(
    ("cell", "code"), [("3443", "344"), ("C3443", "344"), ("gbt4754:C3443", "344"), ("1319", "131")]
)
def test_a_class_finer_than_known_falls_to_the_next_above(index, cell, code):
    match = index.find(cell)
    assert (match.id, match.exact) == (f"gbt4754:{code}", False)
    assert match.dropped in cell


@pytest.mark.parametrize("cell", ["泵、阀门制造", "阀门", "泵及阀门制造业", "Valves"])
def test_a_name_may_come_near(index, cell):
    match = index.find(cell)
    assert (match.id, match.exact) == ("gbt4754:344", False)


@pytest.mark.parametrize(
    ("cell", "codes"), [("2814", ("344", "345")), ("28", ("34", "35")), ("nace:28", ("34", "35"))]
)
def test_what_can_be_several_industries_is_none_of_them(index, cell, codes):
    match = index.find(cell)
    assert (match.id, match.candidates) == ("", tuple(f"gbt4754:{code}" for code in codes))


def test_the_column_decides_what_a_bare_code_is_of(index):
    assert index.find("2814", "nace").id == "gbt4754:344"
    assert index.find("2814", "isic").id == "gbt4754:345"
    assert [scheme_of(title) for title in ("NACE", "行业")] == ["nace", ""]


# A repair trade and makers of machines for it list the word too, and are something else.
@pytest.mark.parametrize(
    "cell", ["", "-", "示例", "99", "x", "其他", "机械", "木材", "制造业", "3", "99.99"]
)
def test_what_is_no_industry_known_is_not_guessed(index, cell):
    assert index.find(cell) == IndustryMatch()


@pytest.mark.parametrize(
    ("title", "scheme"),
    [("NACE代码", "nace"), ("ISIC Rev.4", "isic"), ("HS编码", "hs"), ("CPV", "cpv"), ("行业", "")],
)
def test_a_columns_title_names_its_classification(title, scheme):
    assert scheme_of(title) == scheme


def test_national_codes_begin_with_those_of_nace(index):
    """Of France with a letter, of Britain with a fifth digit; of America they are others."""
    assert index.find("28.14Z", "nace").id == "gbt4754:344"
    assert index.find("2814Z", "nace").exact
    finer = index.find("28.14B", "nace")
    assert (finer.id, finer.exact) == ("gbt4754:344", False)
    assert index.find("28140", "sic").id == "gbt4754:344"
    assert index.find("2814", "sic") == IndustryMatch()
    titles = ("SIC Code", "UK SIC", "Code NAF", "Code APE", "CNAE", "classic name")
    assert [scheme_of(title) for title in titles] == ["sic", "nace", "nace", "nace", "nace", ""]
