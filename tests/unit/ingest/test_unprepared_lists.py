"""Lists as people have them that nobody prepared: questionnaires, two languages, bands."""

from __future__ import annotations

from pathlib import Path

import pytest

from matchmaker.domain import Role
from matchmaker.ingest.bilingual import in_two_languages
from matchmaker.ingest.countries import iso_code
from matchmaker.ingest.sizes import people_between, size_between
from matchmaker.ingest.suggestions import suggested
from matchmaker.ingest.tables import read_files
from tests.unit.ingest.test_list_reader import read

QUESTIONS = {
    "1、您所在企业的全称是什么？": "name",
    "2、企业所属行业：": "industry",
    "3、企业目前员工总人数（单位：人）": "headcount",
    "4、贵企业主要产品或服务有哪些？（请列举1-3项）": "description",
    "5、贵企业目前最希望采购/寻找哪些产品、技术或服务？": "need",
    "7、2024年营业收入（万元）": "revenue",
    "9、企业地址（省份）": "place",
    "9、企业地址（城市）": "place",
    "10、您对本次调查有何建议？": "",
    "What is the full legal name of your organisation?": "name",
    "Which country are you based in?": "country",
    "How many people do you employ?": "headcount",
    "What are you looking for?": "need",
    "May we share your profile with other members?": "listed",
    "How did you hear about us?": "",
}


@pytest.mark.parametrize("titles", [list(QUESTIONS)[:9], list(QUESTIONS)[9:]])
def test_questions_of_a_questionnaire_head_columns(titles: list[str]) -> None:
    samples = dict.fromkeys(titles, ("示例答复", "Sample answer"))
    assert suggested("organizations", samples) == {title: QUESTIONS[title] for title in titles}


def test_what_a_survey_notes_of_an_answer_is_no_column() -> None:
    samples = {"提交答卷时间": ("2025/9/1 10:21:05",), "来源": ("微信",), "单位名称": ("示例厂",)}
    assert suggested("organizations", samples) == {
        "提交答卷时间": "", "来源": "", "单位名称": "name",
    }  # fmt: skip
    del samples["提交答卷时间"]
    assert suggested("organizations", samples)["来源"] == "source"


def test_codes_are_no_description_and_a_title_in_two_languages_is_either() -> None:
    samples = {
        "主要出口商品(HS)": ("8708.99", "8481.80"), "公司名称 Company Name": ("示例厂",),
        "展位号 Booth No.": ("A1",), "主要产品 Products": ("球阀",), "海关编码": ("3302960001",),
        "客户 ID": ("7",),
    }  # fmt: skip
    assert list(suggested("organizations", samples).values()) == [
        "industry", "name", "", "description", "", "",
    ]  # fmt: skip


def test_a_code_is_no_other_code_that_is_called_nearly_so() -> None:
    assert suggested("organizations", {"SIC Code": ("25620",)}) == {"SIC Code": "industry"}
    assert suggested("organizations", {"USC Kode": ("25620",)}) == {"USC Kode": ""}


@pytest.mark.parametrize(
    ("cell", "chinese", "latin"),
    [
        ("示例阀门有限公司\nSample Valve Co., Ltd.", "示例阀门有限公司", "Sample Valve Co., Ltd."),
        ("示例泵业有限公司 / Sample Pump Co.,Ltd", "示例泵业有限公司", "Sample Pump Co.,Ltd"),
        ("示例（嘉兴）有限公司(Sample (Jiaxing) Co., Ltd.)", "示例（嘉兴）有限公司",
         "Sample (Jiaxing) Co., Ltd."),
        ("Sample Light Co., Ltd. 示例灯具有限公司", "示例灯具有限公司", "Sample Light Co., Ltd."),
        ("TCL示例有限公司 TCL Sample Corp", "TCL示例有限公司", "TCL Sample Corp"),
        ("示例大学 Sample University", "示例大学", "Sample University"),
    ],
)  # fmt: skip
def test_a_name_in_two_languages_is_two_names_of_one(cell: str, chinese: str, latin: str) -> None:
    assert in_two_languages(cell) == (chinese, latin)


@pytest.mark.parametrize(
    "cell",
    ["ABB（中国）有限公司", "3M中国有限公司", "甲有限公司; B Ltd", "甲有限公司 / B GmbH",
     "示例大学(SU)", "示例有限公司 OEM", "Alpha Maschinenbau\nGmbH", "示例厂"],
)  # fmt: skip
def test_a_name_in_one_language_and_two_names_stay(cell: str) -> None:
    assert in_two_languages(cell) == (cell, "")


def test_a_supplier_in_two_languages_is_one(tmp_path: Path) -> None:
    parsed = read(
        tmp_path, "供应商,客户,内容\n示例泵业有限公司 / Sample Pump Co.,示例阀门厂,水泵\n"
    )
    assert {(row.name, row.name_en) for row in parsed.rows.organizations} == {
        ("示例泵业有限公司", "Sample Pump Co."), ("示例阀门厂", ""),
    }  # fmt: skip


def test_of_several_where_the_lead_stands_the_first_leads(tmp_path: Path) -> None:
    text = "项目名称,承担单位\n阀门研究,示例阀门厂（牵头）、示例大学、示例研究院\n"
    parsed = read(tmp_path, text)
    names = {row.id: row.name for row in parsed.rows.organizations}
    (project,) = parsed.rows.engagements
    assert [(names[each.organization], each.role) for each in project.participants] == [
        ("示例阀门厂", Role.COORDINATOR), ("示例大学", Role.PARTNER), ("示例研究院", Role.PARTNER),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "country", "size"),
    [
        ("10-49", "GB", "small"), ("20 à 49", "FR", "small"), ("250+", "DE", "large"),
        ("<10", "GB", "micro"), ("20人以下", "CN", "micro"), ("1000人以上", "CN", "large"),
        ("50-99人", "CN", "small"), ("10-49", "CN", None), ("100+", "GB", None),
    ],
)  # fmt: skip
def test_a_band_of_people_gives_the_class_in_which_it_lies(
    cell: str, country: str, size: str | None
) -> None:
    """Bounds of 2003/361/EC (10, 50, 250) and of 工信部联企业〔2011〕300号 (20, 300, 1000)."""
    band = people_between(cell)
    assert band is not None
    assert size_between(*band, country) == size


@pytest.mark.parametrize("cell", ["", "300", "约80", "2024年", "ten", "10.5"])
def test_what_is_no_band_gives_no_class(cell: str) -> None:
    assert people_between(cell) is None


def test_bands_and_two_languages_in_a_list(tmp_path: Path) -> None:
    path = tmp_path / "organizations.csv"
    path.write_text(
        "公司名称,国家/地区 Country,员工规模\n"
        '"示例灯具有限公司 Sample Light Co., Ltd.",中国 China,50-99人\n',
        "utf-8",
    )
    parsed = read_files([("organizations", path)])
    (row,) = parsed.rows.organizations
    assert (row.name, row.name_en, row.country, row.size) == (
        "示例灯具有限公司", "Sample Light Co., Ltd.", "CN", "small",
    )  # fmt: skip
    assert {p.field for p in parsed.problems if p.severity == "warning"} == {"headcount", "size"}


def test_a_country_in_two_languages_is_one_where_both_say_the_same() -> None:
    cells = ("中国 China", "Germany 德国", "日本\nJapan", "日本 China")
    assert [iso_code(cell) for cell in cells] == ["CN", "DE", "JP", ""]


def test_relations_are_turned_round_by_their_words_and_asked_about_where_they_do_not_tell(
    tmp_path: Path,
) -> None:
    text = (
        "企业A,企业B,关系\n示例甲厂,示例乙厂,供应\n示例丙厂,示例乙厂,采购自\n"
        "示例丁厂,示例乙厂,客户\n示例戊公司,示例乙厂,owned by\n"
    )
    chosen = {"layer": {"客户": "SUPPLIES:reversed"}}
    for values, ties in (({}, 3), (chosen, 4)):
        parsed = read(tmp_path, text, values=values)
        names = {row.id: row.name for row in parsed.rows.organizations}
        said = {(names[t.source], t.layer.value, names[t.target]) for t in parsed.rows.ties}
        assert len(said) == ties
    assert said == {
        ("示例甲厂", "SUPPLIES", "示例乙厂"), ("示例乙厂", "SUPPLIES", "示例丙厂"),
        ("示例乙厂", "SUPPLIES", "示例丁厂"), ("示例乙厂", "OWNS", "示例戊公司"),
    }  # fmt: skip
