"""Where suppliers and buyers of a list of orders are."""

from __future__ import annotations

from pathlib import Path

import pytest

from matchmaker.domain import Kind, Organization
from matchmaker.ingest.list_guess import column_samples, guessed_format
from matchmaker.ingest.list_reader import read_list, with_known
from matchmaker.ingest.matching_model import Comparable, evidence
from matchmaker.ingest.party_places import are_apart, are_elsewhere
from matchmaker.ingest.report import Parsed
from matchmaker.ingest.resolve import resolve
from matchmaker.ingest.suggestions import suggested
from matchmaker.ingest.table_file import open_table
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.tables import read_files
from matchmaker.store.ports import DuplicateKeys

NINGBO, CHANGZHOU, WUJIN = "gbt2260:330200", "gbt2260:320400", "gbt2260:320412"


def columns(folder: Path, text: str) -> dict[str, str]:
    path = folder / "rows.csv"
    path.write_text(text, encoding="utf-8")
    samples = column_samples(open_table(path))
    return {**suggested(guessed_format(samples), samples), "": guessed_format(samples)}


def read(folder: Path, text: str, **options: object) -> Parsed:
    mapping = columns(folder, text)
    kind = mapping.pop("")
    chosen = TableOptions(table=kind, mapping=mapping, **options)  # type: ignore[arg-type]
    return read_list(open_table(folder / "rows.csv"), chosen, "my")


def places(parsed: Parsed) -> dict[str, tuple[str | None, str]]:
    return {row.name: (row.place, row.country) for row in parsed.rows.organizations}


def test_the_places_of_both_sides_are_read(tmp_path: Path) -> None:
    parsed = read(
        tmp_path,
        "供应商,供应商所在地,采购方,采购方地址,品名,金额\n"
        "示例轴承有限公司,浙江宁波,示例轨道有限公司,江苏省常州市武进区延政路 8 号,轴承,1200\n",
    )
    assert places(parsed) == {
        "示例轴承有限公司": (NINGBO, ""), "示例轨道有限公司": (WUJIN, ""),
    }  # fmt: skip
    buyer = parsed.rows.organizations[1]
    assert buyer.street_address == "江苏省常州市武进区延政路 8 号"


@pytest.mark.parametrize(
    ("titles", "taken"),
    [
        ("Supplier,Supplier city,What", ["supplier", "supplier_place", "text"]),
        ("Vendor,Vendor country,What", ["supplier", "supplier_country", "text"]),
        ("Fournisseur,Ville du fournisseur,Objet", ["supplier", "supplier_place", "text"]),
        ("Lieferant,Ort des Lieferanten,Artikel", ["supplier", "supplier_place", "text"]),
        ("Customer,Customer location,Product", ["buyer", "buyer_place", "text"]),
        ("客户名称,客户地区,产品", ["buyer", "buyer_place", "text"]),
        ("中标单位,中标单位地址,标的", ["supplier", "supplier_place", "text"]),
    ],
)
def test_titles_say_whose_place_it_is(tmp_path: Path, titles: str, taken: list[str]) -> None:
    found = columns(tmp_path, f"{titles}\nExample Ltd,Bergen,Pumps\n")
    assert list(found.values()) == [*taken, "orders"]


def test_what_stands_behind_a_side_is_of_it(tmp_path: Path) -> None:
    """An export of an ERP: the number, then the name, the town and the country of the vendor."""
    found = columns(
        tmp_path,
        "Lieferant,Name 1,Ort,Land,Kurztext,Nettowert\n"
        "104711,Krüger GmbH,Bochum,DE,Rundstahl,12.5\n"
        "200310,Odlewnia Sp. z o.o.,Gliwice,PL,Guss,9\n",
    )
    assert found == {
        "Lieferant": "", "Name 1": "supplier", "Ort": "supplier_place",
        "Land": "supplier_country", "Kurztext": "text", "Nettowert": "amount", "": "orders",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("titles", "taken"),
    [
        ("供应商,所在地,采购方,品名", ["supplier", "supplier_place", "buyer", "text"]),
        ("供应商,注册地,采购方,品名", ["supplier", "supplier_place", "buyer", "text"]),
        ("供应商,采购方,所在地,品名", ["supplier", "buyer", "buyer_place", "text"]),
        ("Supplier,Location,Buyer,What", ["supplier", "supplier_place", "buyer", "text"]),
        ("Supplier,Buyer,What,Location", ["supplier", "buyer", "text", ""]),
        ("Supplier,Buyer,What,Suppliers place", ["supplier", "buyer", "text", "supplier_place"]),
    ],
)
def test_a_place_is_of_whom_it_stands_behind(tmp_path: Path, titles: str, taken: list[str]) -> None:
    found = columns(tmp_path, f"{titles}\nExample Ltd,Bergen,Other Ltd,Oslo\n")
    assert list(found.values()) == [*taken, "orders"]


@pytest.mark.parametrize(
    "title",
    [
        "Delivery address", "Delivery place", "Place of delivery", "Address (delivery)",
        "Ship to address", "Ship-to country", "Country of origin", "Country (origin)",
        "Supplier bank country", "Supplier address (bank)", "Supplier delivery address",
        "Lieferadresse", "Adresse de livraison", "供应商产地", "产地", "采购方收货地址", "收货地址",
        "交货地点", "采购方送货地址", "供应商地址(收货)", "供应商开户行地址", "地址（交货）",
    ],
)  # fmt: skip
@pytest.mark.parametrize("order", ["Supplier,{},Buyer,What", "Supplier,Buyer,What,{}"])
def test_where_goods_go_or_an_account_is_says_of_no_side_where_it_is(
    tmp_path: Path, title: str, order: str
) -> None:
    text = f"{order.format(title)}\nExample Ltd,Germany,Other Ltd,Germany\n"
    assert columns(tmp_path, text)[title] == ""


def test_a_country_beside_decides_which_town_it_is(tmp_path: Path) -> None:
    text = "Buyer,Supplier,Supplier city,Supplier country\nA Ltd,B GmbH,Birmingham,GB\n"
    row = next(row for row in read(tmp_path, text).rows.organizations if row.name == "B GmbH")
    assert row.country == "GB"
    assert row.place != "iso3166:GB"


def test_a_place_that_can_be_several_is_told_and_not_guessed(tmp_path: Path) -> None:
    parsed = read(tmp_path, "供应商,供应商地址,采购方\n示例铸造厂,鼓楼区,示例阀门厂\n")
    assert places(parsed)["示例铸造厂"] == (None, "")
    assert ["can be any of" in str(each.reason) for each in parsed.problems] == [True]


def test_the_first_line_that_says_where_somebody_is_stays(tmp_path: Path) -> None:
    parsed = read(
        tmp_path,
        "供应商,供应商所在地,采购方\n示例甲厂,常州市,示例乙厂\n示例甲厂,武进区,示例乙厂\n"
        "示例甲厂,宁波市,示例乙厂\n",
    )
    assert places(parsed)["示例甲厂"][0] == CHANGZHOU
    told = [each.line for each in parsed.problems if "elsewhere" in str(each.reason)]
    assert told == [4]


def test_a_member_of_the_name_has_its_blank_filled_and_nothing_else(tmp_path: Path) -> None:
    text = "供应商,供应商所在地,采购方\n示例轴承厂,宁波市,示例轨道厂\n"
    member = Organization("c:1", "示例轴承厂", Kind.PLATFORM)
    parsed = with_known(read(tmp_path, text), [member])
    filled = next(row for row in parsed.rows.organizations if row.id == "c:1")
    assert (filled.place, filled.kind, filled.name) == (NINGBO, Kind.PLATFORM, "示例轴承厂")
    assert parsed.rows.engagements[0].participants[0].organization == "c:1"


def test_a_member_of_the_name_elsewhere_is_another_one(tmp_path: Path) -> None:
    text = "供应商,供应商所在地,采购方\n示例轴承厂,宁波市,示例轨道厂\n"
    member = Organization("c:1", "示例轴承厂", Kind.FIRM, place=CHANGZHOU)
    parsed = with_known(read(tmp_path, text), [member])
    assert parsed.rows.engagements[0].participants[0].organization != "c:1"
    assert ["said to be elsewhere" in str(each.reason) for each in parsed.problems] == [True]


def test_a_place_in_another_country_than_was_said_is_told_and_not_taken(tmp_path: Path) -> None:
    parsed = read(
        tmp_path,
        "Supplier,Supplier country,Supplier city,Buyer\nHuber GmbH,Germany,,A Ltd\n"
        "Huber GmbH,,Shanghai,A Ltd\nHuber GmbH,,Munich,A Ltd\n",
    )
    place, country = places(parsed)["Huber GmbH"]
    assert country == "DE"
    assert place == next(iter(places(read(tmp_path, MUNICH)).values()))[0]
    told = [each.line for each in parsed.problems if "elsewhere" in str(each.reason)]
    assert told == [3]


MUNICH = "Supplier,Supplier country,Supplier city,Buyer\nHuber GmbH,DE,Munich,A Ltd\n"


@pytest.mark.parametrize(
    ("country", "place", "is_taken"),
    [("CN", None, False), ("", NINGBO, False), ("DE", None, True), ("", None, True)],
)
def test_a_member_in_another_country_is_another_one(
    tmp_path: Path, country: str, place: str | None, is_taken: bool
) -> None:
    member = Organization("c:1", "Huber GmbH", Kind.FIRM, country=country, place=place)
    parsed = with_known(read(tmp_path, MUNICH), [member])
    assert (parsed.rows.engagements[0].participants[0].organization == "c:1") is is_taken
    told = ["said to be elsewhere" in str(each.reason) for each in parsed.problems]
    assert told == ([] if is_taken else [True])


@pytest.mark.parametrize("country", ["HK", "MO", "TW", "CN"])
def test_a_code_for_a_part_of_a_state_says_nothing_against_the_state(country: str) -> None:
    one = Organization("c:1", "示例厂", Kind.FIRM, country=country)
    other = Organization("c:2", "示例厂", Kind.FIRM, place="gbt2260:810000")
    assert not are_elsewhere(one, other)


def test_the_same_name_in_the_same_town_is_one_organization(tmp_path: Path) -> None:
    """The place of the list is what decides: without it a person is asked."""
    text = "供应商,供应商所在地,采购方\n示例宏达机械厂,宁波市,示例轨道厂\n"
    known = (DuplicateKeys("other:1", "示例宏达机械厂", place=NINGBO),)
    merged = resolve(read(tmp_path, text).rows, known, {}, trust_keys=True)
    assert [alias.organization for alias in merged.merged] == ["other:1"]
    bare = read(tmp_path, text.replace("宁波市", ""))
    assert resolve(bare.rows, known, {}, trust_keys=True).merged == ()


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        (WUJIN, CHANGZHOU, False),
        (WUJIN, "gbt2260:320411", False),
        (CHANGZHOU, NINGBO, True),
        ("iso3166:DE", NINGBO, True),
        ("gbt2260:320000", WUJIN, False),
        (None, NINGBO, False),
    ],
)
def test_who_is_elsewhere(first: str | None, second: str, apart: bool) -> None:
    assert are_apart(first, second) is apart


def test_a_county_says_nothing_against_its_city() -> None:
    def level(first: str, second: str) -> str:
        keys = (DuplicateKeys(id, "示例厂", place=id) for id in (first, second))
        one, other = map(Comparable.of, keys)
        return evidence(one, other).levels["place"]  # type: ignore[return-value]

    assert level(CHANGZHOU, WUJIN) == "unknown"
    assert level("gbt2260:110000", "gbt2260:110108") == "unknown"
    assert level(WUJIN, "gbt2260:320411") == "different"
    assert level(WUJIN, WUJIN) == "same"


def test_what_is_certain_of_a_place_that_can_be_several_counts(tmp_path: Path) -> None:
    """江苏省鼓楼区 is in Nanjing or in Xuzhou: asked about, and in Jiangsu meanwhile."""
    text = (
        "订单号,供应商,供应商所在地,采购方,采购内容\n1,示例甲厂,江苏省鼓楼区,示例丙厂,阀\n"
        "2,示例乙厂,鼓楼区,示例丙厂,阀\n3,示例丁厂,Springfield,示例丙厂,阀\n"
    )
    parsed = read(tmp_path, text)
    assert places(parsed) == {
        "示例甲厂": ("gbt2260:320000", ""), "示例乙厂": (None, ""), "示例丙厂": (None, ""),
        "示例丁厂": ("iso3166:US", "US"),
    }  # fmt: skip
    warned = {p.line: p.reason.text("en") for p in parsed.problems if p.severity == "warning"}
    assert "Until then it counts as" in warned[2]
    assert "can be any of" in warned[3]


def test_a_column_of_provinces_settles_counties_of_one_name(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text(
        "企业名称,省份,区县\n示例甲厂,江苏省,鼓楼区\n示例乙厂,福建省,鼓楼区\n示例丙厂,,鼓楼区\n"
        "示例丁厂,北京市,朝阳区\n示例戊厂,辽宁,朝阳\n", "utf-8",
    )  # fmt: skip
    parsed = read_files([("organizations", path)], TableOptions(source="my"))
    assert {row.name: row.place for row in parsed.rows.organizations} == {
        "示例甲厂": "gbt2260:320000", "示例乙厂": "gbt2260:350102", "示例丙厂": None,
        "示例丁厂": "gbt2260:110105", "示例戊厂": "gbt2260:211300",
    }  # fmt: skip
    addresses = {row.name: row.street_address for row in parsed.rows.organizations}
    assert addresses["示例甲厂"] == "江苏省, 鼓楼区"
