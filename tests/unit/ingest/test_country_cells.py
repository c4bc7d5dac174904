"""Places written in columns of countries, and countries written in columns of cities."""

from __future__ import annotations

from pathlib import Path

import pytest

from matchmaker.domain import GraphRows
from matchmaker.ingest.countries import iso_code
from matchmaker.ingest.country_cells import place_as_country
from matchmaker.ingest.reference import index_with
from matchmaker.ingest.regions_abroad import LIST, country_of_region, read_regions
from matchmaker.ingest.report import Parsed
from matchmaker.ingest.tables import read_files
from tests.unit.ingest.test_party_places import places, read

ZHEJIANG, WENZHOU, GERMANY = "gbt2260:330000", "gbt2260:330300", "iso3166:DE"


def members(folder: Path, text: str) -> Parsed:
    path = folder / "rows.csv"
    path.write_text(text, encoding="utf-8")
    return read_files([("organizations", path)])


def told(parsed: Parsed) -> dict[int, list[str]]:
    lines: dict[int, list[str]] = {}
    for problem in parsed.problems:
        if problem.line:
            lines.setdefault(problem.line, []).append(str(problem.reason))
    return lines


def test_a_place_in_a_column_of_countries_is_that_place_and_its_country(tmp_path: Path) -> None:
    parsed = members(
        tmp_path,
        "企业名称,国家,主要产品\n甲厂,Zhejiang,阀\n乙厂,温州市,阀\n"
        "Bayern GmbH,Bavaria,阀\n丙厂,中国,阀\n",
    )
    assert places(parsed) == {
        "甲厂": (ZHEJIANG, "CN"), "乙厂": (WENZHOU, "CN"),
        "Bayern GmbH": (GERMANY, "DE"), "丙厂": (None, "CN"),
    }  # fmt: skip
    assert told(parsed)[2] == ["'Zhejiang' is a place and no country: read as a place in China."]
    assert told(parsed).keys() == {2, 3, 4}
    addresses = {row.name: row.street_address for row in parsed.rows.organizations}
    assert addresses["Bayern GmbH"] == "Bavaria"


def test_city_and_country_that_changed_places_are_both_read(tmp_path: Path) -> None:
    parsed = members(
        tmp_path,
        "Company Name,City,Country,Products\nA Ltd,Germany,Hamburg,valves\n"
        "B Ltd,Hamburg,Bavaria,valves\nC Ltd,Deutschland,,valves\nD Ltd,Hamburg,Germany,valves\n",
    )
    hamburg, _ = places(parsed)["D Ltd"]
    assert places(parsed) == {
        "A Ltd": (hamburg, "DE"), "B Ltd": (hamburg, "DE"),
        "C Ltd": (GERMANY, "DE"), "D Ltd": (hamburg, "DE"),
    }  # fmt: skip
    assert "'Deutschland' is a country and no city" in told(parsed)[4][0]
    assert 5 not in told(parsed)


def test_a_location_may_be_a_country_and_is_not_told_of(tmp_path: Path) -> None:
    parsed = members(tmp_path, "Company Name,Location,Products\nA Ltd,Germany,valves\n")
    assert places(parsed) == {"A Ltd": (GERMANY, "DE")}
    assert told(parsed) == {}


def test_a_place_in_the_column_of_a_partys_country_is_read_too(tmp_path: Path) -> None:
    parsed = read(
        tmp_path, "供应商,供应商国家,采购方,品名,金额\n示例轴承厂,温州市,Sample GmbH,轴承,1200\n"
    )
    assert places(parsed)["示例轴承厂"] == (WENZHOU, "CN")
    assert ["read as a place in China" in text for text in told(parsed)[2]] == [True]


def test_a_place_that_is_not_in_the_country_of_its_line_is_told_as_that(tmp_path: Path) -> None:
    parsed = members(tmp_path, "Company Name,City,Country,Products\nD Ltd,Wenzhou,Germany,valves\n")
    assert "one of the two is wrong" in told(parsed)[2][0]


@pytest.mark.parametrize("cell", ["Nowhereland", "Germny", "Georgia", "CA", "无", "n/a", "Limburg"])
def test_what_is_no_place_for_certain_is_none(cell: str) -> None:
    assert place_as_country(index_with(GraphRows()).places, cell) is None


def test_a_place_of_several_is_asked_about_and_its_country_is_certain() -> None:
    stray = place_as_country(index_with(GraphRows()).places, "鼓楼区")
    assert stray is not None
    assert stray.code == "CN"


@pytest.mark.parametrize(
    ("name", "country"),
    [("bayern", "DE"), ("Nordrhein Westfalen", "DE"), ("Lombardia", "IT"), ("爱知县", "JP"),
     ("Ile-de-France", "FR"), ("TEXAS", "US"), ("加州", "US"), ("Atlantis", "")],
)  # fmt: skip
def test_regions_abroad_lie_in_their_country(name: str, country: str) -> None:
    assert country_of_region(name) == country


def test_no_region_is_a_country_or_of_two_countries() -> None:
    lines = LIST.read_text("utf-8").splitlines()
    names = [name for line in lines for name in line.split("|")[1].split(";")]
    assert [name for name in names if iso_code(name)] == []
    assert [name for name in names if not country_of_region(name)] == []
    assert read_regions(["BE|Limburg", "NL|Limburg;Zeeland"]) == {"limburg": "", "zeeland": "NL"}


def test_a_cluster_lies_in_a_country_and_has_no_column_for_one(tmp_path: Path) -> None:
    path = tmp_path / "clusters.csv"
    path.write_text("id,name,place\ncluster:v,Valve cluster,Germany\n", encoding="utf-8")
    parsed = read_files([("clusters", path)])
    assert [(row.name, row.place) for row in parsed.rows.clusters] == [("Valve cluster", GERMANY)]
