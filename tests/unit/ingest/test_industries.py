"""Industries as people write them."""

from __future__ import annotations

import pytest

from matchmaker.domain import Industry
from matchmaker.ingest.industries import IndustryIndex, IndustryMatch, scheme_of

# Divisions and groups of GB/T 4754-2017, written down by hand.
ROWS = """
33 金属制品业; 339 铸造及其他金属制品制造; 34 通用设备制造业; 344 泵、阀门、压缩机及类似机械制造
345 轴承、齿轮和传动部件制造; 18 纺织服装、服饰业; 13 农副食品加工业; 131 谷物磨制
"""


@pytest.fixture(scope="module")
def index() -> IndustryIndex:
    rows = []
    for row in ROWS.strip().replace("\n", ";").split(";"):
        code, name = row.split()
        parent = f"gbt4754:{code[:2]}" if len(code) > 2 else None
        rows.append(Industry(f"gbt4754:{code}", name, "", parent))
    return IndustryIndex(rows, {"nace:28.14": "gbt4754:344", "nace:28": "gbt4754:34"})


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


@pytest.mark.parametrize("cell", ["泵、阀门制造", "阀门", "泵及阀门制造业"])
def test_a_name_may_come_near(index, cell):
    match = index.find(cell)
    assert (match.id, match.exact) == ("gbt4754:344", False)


@pytest.mark.parametrize("cell", ["", "-", "示例", "99", "x"])
def test_what_is_no_industry_known_is_not_guessed(index, cell):
    assert index.find(cell) == IndustryMatch()


@pytest.mark.parametrize(
    ("title", "scheme"),
    [("NACE代码", "nace"), ("ISIC Rev.4", "isic"), ("HS编码", "hs"), ("CPV", "cpv"), ("行业", "")],
)
def test_a_columns_title_names_its_classification(title, scheme):
    assert scheme_of(title) == scheme
