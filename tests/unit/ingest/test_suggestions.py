"""Which columns of ours the titles of a file are taken for."""

from __future__ import annotations

import pytest

from matchmaker.ingest.suggestions import expected_titles, recognised, suggested
from matchmaker.text import normal


def samples(titles: str, *rows: str) -> dict[str, tuple[str, ...]]:
    """Values under the titles, all parted by bars."""
    cells = [row.split("|") for row in rows]
    return {
        title: tuple(row[place] for row in cells) for place, title in enumerate(titles.split("|"))
    }


def test_the_titles_of_a_chinese_member_list_are_recognised() -> None:
    titles = (
        "序号|企业名称|统一社会信用代码|单位性质|所在镇街/地区|主营产品（服务）|成立日期|联系电话"
    )
    names = ["", "name", "credit_code", "kind", "place", "description", "founded", "contact"]
    file = samples(
        titles, "1|甲|x|民营|诸暨市|袜|2008|210|0000-1", "2|乙|x|民营|诸暨|纱|2011|65|0000-2"
    )
    assert recognised("organizations", file) == dict(zip(titles.split("|"), names, strict=True))


def test_a_running_number_is_no_id() -> None:
    file = samples("编号|名称", "1|甲", "2|乙", "3|丙")
    assert recognised("organizations", file) == {"编号": "", "名称": "name"}
    keys = samples("编号|名称", "A-7|甲", "A-9|乙")
    assert recognised("organizations", keys)["编号"] == "id"
    assert recognised("organizations", samples("No.|Name", "1|A"))["No."] == ""
    assert recognised("organizations", samples("id|name", "1|A", "2|B"))["id"] == "id"


def test_two_titles_that_tell_what_a_firm_does_are_both_its_description() -> None:
    file = samples("公司名称|主营业务|主要产品", "甲|铸造|阀体")
    assert list(recognised("organizations", file).values()) == [
        "name", "description", "description"
    ]  # fmt: skip


def test_of_two_titles_of_one_column_the_usual_is_taken() -> None:
    file = samples("单位名称|名称|所在地|地址", "甲|乙|温州市|温州市学院路7号")
    taken = recognised("organizations", file)
    assert taken == {"单位名称": "name", "名称": "", "所在地": "place", "地址": "street_address"}


def test_province_city_and_county_are_one_place() -> None:
    file = samples("名称|省份|地市|区县", "甲|浙江省|温州市|永嘉县")
    assert list(recognised("organizations", file).values()) == ["name", "place", "place", "place"]


def test_english_titles_are_recognised_whatever_their_case_and_punctuation() -> None:
    file = samples(
        "Company_Name|COUNTRY|Employees|Founded (year)|E-Mail|Sector", "A|UK|5|2001|a@b.c|C13"
    )
    assert list(recognised("organizations", file).values()) == [
        "name", "country", "headcount", "founded", "contact", "industry"
    ]  # fmt: skip


def test_values_suggest_columns_whose_titles_say_nothing() -> None:
    file = samples(
        "名称|甲栏|乙栏|丙栏|丁栏",
        "甲|www.sample.com|a@sample.com|中型|91330000MA27U0B06K",
        "乙|https://sample.cn/x|b@sample.com|小型|",
    )
    assert list(recognised("organizations", file).values()) == ["name", "", "", "", ""]
    assert list(suggested("organizations", file).values())[:4] == [
        "name", "website", "contact", "size"
    ]  # fmt: skip


def test_titles_nearly_known_are_suggested_and_not_recognised() -> None:
    file = samples("企业名字|foo", "示例阀门厂|bar")
    assert recognised("organizations", file)["企业名字"] == ""
    assert suggested("organizations", file) == {"企业名字": "name", "foo": ""}


def test_titles_by_which_a_header_is_found_are_ours_and_those_of_others() -> None:
    known = expected_titles("organizations")
    assert {normal(title) for title in ("企业名称", "name", "Company name")} <= known


def test_fields_of_a_nested_address_are_places() -> None:
    given = samples("name|address.city|address.country|contact.name", "Alpha|Wenzhou|CN|Li")
    assert recognised("organizations", given) == {
        "name": "name", "address.city": "place", "address.country": "country",
        "contact.name": "contact",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("title", "column"),
    [
        ("1、贵单位的名称是？", "name"), ("2、贵单位属于哪一类？(单选题)", "kind"),
        ("3、贵公司主要产品有哪些？", "description"), ("5、贵单位所在城市", "place"),
        ("4、贵单位目前希望采购什么产品或服务？", "need"), ("您的企业名称（必填）", "name"),
        ("请填写统一社会信用代码", "credit_code"), ("Q1. Company name", "name"),
        ("2024年产值（万元）", "output"), ("2024年营业额（万元）", "revenue"),
        ("Products wanted", "need"), ("2022年", ""),
    ],
)  # fmt: skip
def test_questions_of_a_form_ask_for_columns(title: str, column: str) -> None:
    assert recognised("organizations", {title: ("x",)}) == {title: column}


@pytest.mark.parametrize(
    "titles",
    [
        "Bestellnummer|Lieferant|Besteller|Bezeichnung|Nettobetrag|Bestelldatum",
        "Numer zamówienia|Dostawca|Zamawiający|Przedmiot zamówienia|Wartość brutto|Data zamówienia",
        "Номер договора|Поставщик|Заказчик|Предмет закупки|Сумма, тыс. руб.|Дата договора",
        "注文番号|仕入先|発注元|品名|金額（千円）|注文日",
        "발주번호|공급업체|발주처|품목|금액(원)|발주일",
    ],
)
def test_orders_of_other_languages_are_recognised(titles: str) -> None:
    columns = ["order_number", "supplier", "buyer", "text", "amount", "date"]
    given = samples(titles, "A1|a|b|c|1|2024-05-01")
    assert list(recognised("orders", given).values()) == columns


def test_a_lone_1_is_no_legal_entity_identifier() -> None:
    assert suggested("organizations", {"2022年": ("1", "1")}) == {"2022年": ""}
