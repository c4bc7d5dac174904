"""Contracts and relations from any CSV, by a mapping file."""

from __future__ import annotations

import datetime
import gzip
from pathlib import Path

import pytest

from matchmaker.domain import EngagementKind, Layer, Role
from matchmaker.errors import InvalidInput
from matchmaker.ingest.mapping import read_mapped, read_mapping
from matchmaker.ingest.names import name_key

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "examples"
AWARDS = """tender_no,tender_description,agency,award_date,supplier_name,awarded_amt
T1,supply of ball valves,Water Board,2019-06-11,VALVE PTE. LTD.,1000.5
T1,supply of ball valves,Water Board,2019-06-11,OTHER PTE LTD,500
T2,repair,Water Board,11 June,VALVE PTE LTD,1
"""
FACTS = """head,relation,tail,date
甲公司,合作,乙公司,2025-01-02
甲公司,供给,乙公司,2025-01-03
母公司,母公司/控股,子公司,2025-01-04
甲公司,持有专利,一种阀门,2025-02-05
乙公司,持有专利,一种阀门,2025-02-04
甲公司,涉足行业,阀门制造,2025-03-01
阀门,上游于,石油,2025-03-01
甲公司,合作,甲公司,2025-01-02
甲公司,仰慕,乙公司,2025-01-02
"""


def mapped(folder: Path, content: str, example: str, kind: str):
    path = folder / "rows.csv.gz"
    path.write_bytes(gzip.compress(content.encode()))
    return read_mapped(path, EXAMPLES / example, kind)  # type: ignore[arg-type]


def test_awards_become_contracts_of_supplier_and_buyer(tmp_path: Path) -> None:
    parsed = mapped(tmp_path, AWARDS, "gebiz.toml", "contracts")
    first, second = parsed.rows.engagements
    assert first.kind is EngagementKind.CONTRACT
    assert [part.role for part in first.participants] == [Role.SUPPLIER, Role.BUYER]
    assert (first.date, first.amount, first.currency) == (datetime.date(2019, 6, 11), 1000.5, "SGD")
    assert first.text == "supply of ball valves"
    assert first.participants[1] == second.participants[1]
    assert [(p.line, p.field) for p in parsed.problems] == [(4, "award_date")]


def test_the_same_name_in_other_spelling_is_one_organization(tmp_path: Path) -> None:
    content = AWARDS.replace("11 June", "2019-07-01")
    parsed = mapped(tmp_path, content, "gebiz.toml", "contracts")
    names = {row.name for row in parsed.rows.organizations}
    assert names == {"VALVE PTE. LTD.", "OTHER PTE LTD", "Water Board"}


def test_relations_become_what_the_mapping_says(tmp_path: Path) -> None:
    parsed = mapped(tmp_path, FACTS, "ickg.toml", "ties")
    a, b = (f"ickg:{name_key(name)}" for name in ("甲公司", "乙公司"))
    ties = {row.layer: (row.source, row.target) for row in parsed.rows.ties}
    assert ties[Layer.COOPERATES_WITH] == ties[Layer.SUPPLIES] == (a, b)
    assert ties[Layer.OWNS] == (f"ickg:{name_key('母公司')}", f"ickg:{name_key('子公司')}")
    (patent,) = parsed.rows.engagements
    assert (patent.title, patent.date) == ("一种阀门", datetime.date(2025, 2, 4))
    assert {part.organization for part in patent.participants} == {a, b}
    assert [row.text for row in parsed.rows.descriptions] == ["涉足行业：阀门制造"]
    errors = [(p.line, p.field) for p in parsed.problems if p.severity == "error"]
    assert errors == [(9, "target"), (10, "relation")]
    assert any("1 line with '上游于'" in str(p.reason) for p in parsed.problems)


def test_ids_are_the_same_in_every_run(tmp_path: Path) -> None:
    once = mapped(tmp_path, FACTS, "ickg.toml", "ties").rows
    again = mapped(tmp_path, FACTS, "ickg.toml", "ties").rows
    assert once == again


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.name)
def test_every_example_is_a_mapping(example: Path) -> None:
    read_mapping(example)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("source = ", "not TOML"),
        ("[contracts]\ntext='a'", "source"),
        ('source="x"\n[ties]\nrelation="r"\nunknown=1', "ties"),
        ('source="x"', r"no \[ties\] section"),
    ],
)
def test_a_bad_mapping_says_what_is_wrong(tmp_path: Path, content: str, reason: str) -> None:
    (tmp_path / "map.toml").write_text(content)
    (tmp_path / "rows.csv").write_text(FACTS)
    with pytest.raises(InvalidInput) as caught:
        read_mapped(tmp_path / "rows.csv", tmp_path / "map.toml", "ties")
    assert caught.match(reason)


def test_a_column_that_the_mapping_names_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="'agency' is missing"):
        mapped(tmp_path, AWARDS.replace("agency", "buyer"), "gebiz.toml", "contracts")
