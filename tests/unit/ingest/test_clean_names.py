"""Names of registers and of other tables: cleaned as letters carry them, and told."""

from __future__ import annotations

from pathlib import Path

import pytest

from matchmaker.ingest.clean_names import cleaned
from matchmaker.ingest.ror import read_ror
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.tables import read_files
from matchmaker.naming import check_name
from tests.unit.ingest import test_ocds, test_ror


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Sample (https://www.sample.example/en)", "Sample (sample.example)"),
        ("ｗｗｗ．sample．example Institute", "sample.example Institute"),
        ("Sample\u202eelpmas Institute", "Sampleelpmas Institute"),
        ("Sample\nInstitute\u2028of Delft", "Sample Institute of Delft"),
        ("https://https://www.www.sample.example", "sample.example"),
    ],
)
def test_a_name_of_a_register_is_one_that_anybody_may_be_called_by(written: str, name: str) -> None:
    clean, told = cleaned(written)
    assert clean == name
    check_name(clean)
    assert [reason.text("zh") for reason in told] == [
        f"“{written}”按“{name}”读取：名称只有一行，且不含网址。"
    ]


@pytest.mark.parametrize("name", ["Booking.com B.V.", "Universität Beispiel", "示例大学（南区）"])
def test_other_names_stay_as_they_are(name: str) -> None:
    assert cleaned(name) == (name, ())


def test_names_of_ror_are_cleaned_and_told(tmp_path: Path) -> None:
    names = [
        {"value": "Sample https://sample.example/x", "types": ["ror_display"], "lang": "en"},
        {"value": "www.sample.example", "types": ["alias"], "lang": None},
    ]
    parsed = read_ror(test_ror.dump(tmp_path, test_ror.ror(names=names)))
    (row,) = parsed.rows.organizations
    assert (row.name, row.name_en) == ("Sample sample.example", "Sample sample.example")
    assert row.other_names == ("sample.example",)
    assert [each.severity for each in parsed.problems] == ["warning", "warning"]


def test_a_cluster_and_who_issued_a_certificate_are_called_as_anybody_may_be(
    tmp_path: Path,
) -> None:
    clusters = tmp_path / "clusters.csv"
    clusters.write_text("id,name\nmy:c,阀门集群 https://evil.example/a\nmy:d,https://\n", "utf-8")
    certificates = tmp_path / "certificates.csv"
    certificates.write_text(
        "id,organization,kind,issuer\nmy:z,my:1,ISO 9001,TUV www.evil.example/a\n", "utf-8"
    )
    files = [("clusters", clusters), ("certificates", certificates)]
    parsed = read_files(files, TableOptions())
    assert [row.name for row in parsed.rows.clusters] == ["阀门集群 evil.example"]
    assert [row.issuer for row in parsed.rows.certificates] == ["TUV evil.example"]
    told = [(each.file, each.line, each.field, each.severity) for each in parsed.problems]
    assert ("clusters.csv", 2, "name", "warning") in told
    assert ("clusters.csv", 3, "name", "error") in told
    assert ("certificates.csv", 2, "issuer", "warning") in told


def test_a_party_of_a_contract_is_called_as_anybody_may_be(tmp_path: Path) -> None:
    suppliers = [{"id": "s", "name": "Mill http://www.evil.example/a"}]
    release = test_ocds.release("ocds-abc123-1", test_ocds.award(suppliers=suppliers))
    parsed = test_ocds.read(tmp_path, release)
    assert "Mill evil.example" in {row.name for row in parsed.rows.organizations}
