"""Certificates as facts: what cells name, and tables of them in both languages."""

from __future__ import annotations

import datetime
import time
from pathlib import Path

import pytest

from matchmaker.domain import ClaimTier, DatePrecision
from matchmaker.ingest.certificates import certificate_name, certificates_in, known_certificates
from matchmaker.ingest.report import Parsed
from matchmaker.ingest.tables import read_files

DAY = datetime.date


def read(folder: Path, table: str, content: str) -> Parsed:
    path = folder / f"{table}.csv"
    path.write_text(content, encoding="utf-8")
    return read_files([(table, path)], today=DAY(2026, 5, 1))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IATF16949（有效期至2027-03）", [("IATF 16949", "", DAY(2027, 3, 31))]),
        ("ISO9001:2015认证、ISO 14001:2015", [("ISO 9001", "", None), ("ISO 14001", "", None)]),
        ("CNAS: L1234; 无", [("CNAS", "L1234", None)]),
        (
            "质量管理体系认证证书 编号：00120Q35678R1M/3300 有效期至2026年5月31日",
            [("ISO 9001", "00120Q35678R1M/3300", DAY(2026, 5, 31))],
        ),
        (
            "通过了ISO9001质量管理体系认证和IATF 16949认证，并连续多年获得优秀企业称号",
            [("ISO 9001", "", None), ("IATF 16949", "", None)],
        ),
        ("zertifiziert nach ISO 9001 gültig bis 03.2027", [("ISO 9001", "", DAY(2027, 3, 31))]),
        ("Nadcap; UL & API", [("Nadcap", "", None), ("UL", "", None), ("API", "", None)]),
        # What is not held is no fact.
        ("正在申请 IATF 16949; ISO 14001 in progress; no ISO 9001", []),
    ],
)
def test_a_cell_names_certificates_with_number_and_last_day(
    text: str, expected: list[tuple[str, str, DAY | None]]
) -> None:
    assert [(one.kind, one.number, one.until) for one in certificates_in(text)] == expected


def test_one_certificate_has_one_name_however_it_is_written() -> None:
    written = ("IATF16949", "ts 16949", "IATF 16949 certified", "iatf16949认证", "ISO/TS 16949")
    assert {certificate_name(each) for each in written} == {"IATF 16949"}
    assert certificate_name("Nadcap  AC7004 ") == "Nadcap AC7004"


def test_a_list_of_members_gives_facts_beside_the_text(tmp_path: Path) -> None:
    parsed = read(
        tmp_path, "organizations",
        "企业名称,ISO9001认证,其他资质\n示例甲厂,是,IATF16949 有效期至2027-03-15\n示例乙厂,否,无\n",
    )  # fmt: skip
    (owner,) = {row.organization for row in parsed.rows.certificates}
    names = {row.id: row.name for row in parsed.rows.organizations}
    assert names[owner] == "示例甲厂"
    held = {row.kind: row.until for row in parsed.rows.certificates}
    assert held == {"ISO 9001": None, "IATF 16949": DAY(2027, 3, 15)}
    assert {row.claim for row in parsed.rows.certificates} == {ClaimTier.STATED}
    assert len(parsed.rows.descriptions) == 1


@pytest.mark.parametrize(
    "header",
    [
        "organization,kind,number,issuer,since,until,proof,claim",
        "机构,证书名称,证书编号,发证机构,发证日期,有效期至,证明材料,核实情况",
        "Company,Certificate,Certificate no,Issued by,Issue date,Valid until,Evidence,Confirmation",
    ],
)
def test_a_table_of_certificates_is_read_in_either_language(tmp_path: Path, header: str) -> None:
    parsed = read(
        tmp_path, "certificates",
        f"{header}\nmy:1,IATF16949,T-1,TÜV,2024-03,2027-03-31,a.pdf,经协调员确认\n"
        "my:1,ts 16949,T-2,TÜV,,2028-01-01,,\nmy:2,ISO 9001,,,2024-05-02,2020-01-01,,\n",
    )  # fmt: skip
    first, second, third = parsed.rows.certificates
    assert (first.organization, first.kind, first.number, first.issuer, first.proof) == (
        "my:1", "IATF 16949", "T-1", "TÜV", "a.pdf",
    )  # fmt: skip
    assert (first.since, first.date_precision) == (DAY(2024, 3, 1), DatePrecision.MONTH)
    assert (first.until, first.claim) == (DAY(2027, 3, 31), ClaimTier.COORDINATOR)
    # Two of one kind are told apart by their numbers.
    assert second.number == "T-2"
    assert second.id != first.id
    # A last day before the first is told and left out.
    assert third.until is None
    assert any(problem.field == "until" and problem.is_lost for problem in parsed.problems)


def test_a_cell_of_many_certificates_is_read_in_time_in_proportion_to_it():
    """A cell of 30,000 characters took four seconds, and a file has many."""

    def seconds(size: int) -> float:
        begin = time.process_time()
        certificates_in("ISO 9001、" * size)
        known_certificates("ISO 9001、" * size)
        return time.process_time() - begin

    seconds(100)
    long, short = (min(seconds(size) for _ in range(2)) for size in (6000, 600))
    assert long < 20 * max(short, 1e-3)
