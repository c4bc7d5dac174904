# ruff: noqa: E501 -- lists as they are written
"""Lists of certificates, as associations, offices and certification bodies keep them."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from matchmaker.domain import Kind, Organization, certificate_id
from matchmaker.ingest.list_guess import column_samples, guessed_format
from matchmaker.ingest.list_reader import with_known
from matchmaker.ingest.report import Parsed, file_counts
from tests.unit.ingest.test_list_reader import opened, read

DAY = datetime.date
CHINESE = """会员单位资质证书台账,,,,,,,
序号,企业名称,证书名称,证书编号,发证机构,发证日期,有效期至,认证范围
1,示例甲阀门有限公司,质量管理体系认证,00123Q30456R1M,示例认证有限公司,2023-05-12,2026-05-11,球阀的设计与制造
2,示例甲阀门有限公司,环境管理体系认证,00123E30456R1M,示例认证有限公司,2023.5.12,2026.5.11,
3,示例乙泵业有限公司,API 6D,6D-1234,美国石油学会,,长期,
4,示例丙检测有限公司,CNAS认可实验室,L1234,CNAS,2022-01-01至2028-01-01,,
5,示例丁机械厂,ISO9001、ISO14001,Q-1；E-1,示例认证有限公司,,2024-03至2027-03,
6,示例丁机械厂,,X-9,,,,
7,,特种设备生产许可证,TS2710123-2027,市监局,,2027-01-01,
8,示例戊厂,ISO45001（申请中）,,,,,
合计,7,,,,,,
"""
ENGLISH = """Company;Standard;Certificate no.;Certification body;Issued;Valid until;Status
Sample Castings GmbH;ISO 9001:2015;12 100 4711;TÜV Muster;12.05.2023;11.05.2026;valid
Sample Castings GmbH;IATF 16949;IATF 0123456;TÜV Muster;12.05.2023;11.05.2026;withdrawn
Muster Labs AG;ISO/IEC 17025;D-PL-12345;DAkkS;01.02.2020;31.01.2025;expired
"""


def counts_of(parsed: Parsed) -> tuple[int, int, int, int]:
    [counts] = file_counts(parsed.read, parsed.problems)
    return counts.read, counts.loaded, counts.refused, counts.passed


def test_a_list_of_certificates_is_one_and_brings_no_member_named_by_a_certificate(
    tmp_path: Path,
) -> None:
    assert guessed_format(column_samples(opened(tmp_path, CHINESE))) == "certifications"
    parsed = read(tmp_path, CHINESE)
    assert sorted(row.name for row in parsed.rows.organizations) == [
        "示例丁机械厂", "示例丙检测有限公司", "示例乙泵业有限公司", "示例甲阀门有限公司",
    ]  # fmt: skip
    names = {row.id: row.name for row in parsed.rows.organizations}
    held = [
        (names[row.organization], row.kind, row.number, row.issuer, row.since, row.until)
        for row in parsed.rows.certificates
    ]
    body = "示例认证有限公司"
    assert sorted(held, key=lambda each: each[2]) == [
        ("示例甲阀门有限公司", "ISO 14001", "00123E30456R1M", body, DAY(2023, 5, 12), DAY(2026, 5, 11)),
        ("示例甲阀门有限公司", "ISO 9001", "00123Q30456R1M", body, DAY(2023, 5, 12), DAY(2026, 5, 11)),
        ("示例乙泵业有限公司", "API 6D", "6D-1234", "美国石油学会", None, None),
        ("示例丁机械厂", "ISO 14001", "E-1", body, DAY(2024, 3, 1), DAY(2027, 3, 31)),
        ("示例丙检测有限公司", "CNAS", "L1234", "CNAS", DAY(2022, 1, 1), DAY(2028, 1, 1)),
        ("示例丁机械厂", "ISO 9001", "Q-1", body, DAY(2024, 3, 1), DAY(2027, 3, 31)),
    ]  # fmt: skip
    assert [row.text for row in parsed.rows.descriptions] == ["球阀的设计与制造"]


def test_every_line_of_it_is_accounted_for(tmp_path: Path) -> None:
    parsed = read(tmp_path, CHINESE)
    assert counts_of(parsed) == (9, 5, 2, 2)
    told = {
        each.line: each.reason.text("en") for each in parsed.problems if each.line in (8, 9, 10)
    }
    assert "names no certificate" in told[8]
    assert "nobody who holds it" in told[9]
    assert "is not held" in told[10]


def test_a_list_in_english_with_what_is_withdrawn_and_what_has_expired(tmp_path: Path) -> None:
    assert guessed_format(column_samples(opened(tmp_path, ENGLISH))) == "certifications"
    parsed = read(tmp_path, ENGLISH)
    assert [(row.kind, row.number, row.until) for row in parsed.rows.certificates] == [
        ("ISO 9001", "12 100 4711", DAY(2026, 5, 11)),
        ("ISO/IEC 17025", "D-PL-12345", DAY(2025, 1, 31)),
    ]
    assert counts_of(parsed) == (3, 2, 0, 1)


def test_certificates_of_people_are_told_and_not_kept(tmp_path: Path) -> None:
    text = "姓名,单位名称,证书名称,证书编号,发证机关\n王小明,示例甲厂,焊工证,T123,市监局\n"
    parsed = read(tmp_path, text)
    assert (parsed.rows.certificates, parsed.rows.organizations) == ((), ())
    assert counts_of(parsed) == (1, 0, 0, 1)


def test_two_of_one_kind_are_told_apart_by_their_numbers(tmp_path: Path) -> None:
    text = (
        "单位名称,资质名称,资质等级,证书编号,有效期至\n示例甲厂,CCC认证,,A1,2027-01-01\n"
        "示例甲厂,CCC认证,,A2,2027-02-01\n示例甲厂,安装资质,二级,B1,2027-02-01\n"
    )
    rows = read(tmp_path, text).rows.certificates
    assert [(row.kind, row.number) for row in rows] == [
        ("CCC", "A1"), ("CCC", "A2"), ("安装资质 二级", "B1"),
    ]  # fmt: skip
    assert len({row.id for row in rows}) == 3


def test_a_certificate_of_a_member_is_the_one_on_its_page(tmp_path: Path) -> None:
    """The id is that which the same certificate has from any other source."""
    members = [Organization("c:1", "示例甲阀门有限公司", Kind.FIRM)]
    parsed = with_known(read(tmp_path, CHINESE), members)
    own = [row for row in parsed.rows.certificates if row.organization == "c:1"]
    assert {row.id for row in own} == {
        certificate_id("c:1", "ISO 9001"), certificate_id("c:1", "ISO 14001"),
    }  # fmt: skip
    assert {parsed.origins["certificates", row.id][1] for row in own} == {3, 4}


@pytest.mark.parametrize(
    ("titles", "kind"),
    [
        ("序号,单位名称,证书名称,证书编号,发证机关,有效期", "certifications"),
        ("获证组织名称,认证项目,证书编号,证书状态,证书到期日期", "certifications"),
        ("企业名称,资质名称,资质等级,资质证书编号,发证日期,有效期至", "certifications"),
        ("Certificate,Holder,Certificate number,Issued by,Expiry date", "certifications"),
        ("Firma,Norm,Zertifikat-Nr.,Zertifizierungsstelle,Gültig bis", "certifications"),
        ("证书编号,证书名称,所属企业", "certifications"),
        ("企业名称,统一社会信用代码,联系人,联系电话,地址,主营产品,资质证书", "organizations"),
        ("Company,City,Website,Employees,Certificates", "organizations"),
        ("单位名称,职工人数,注册资本,ISO9001,CNAS", "organizations"),
        ("id,organization,kind,number,issuer,since,until", "certificates"),
    ],
)
def test_only_a_list_of_certificates_is_one(tmp_path: Path, titles: str, kind: str) -> None:
    row = ",".join("x" * (number + 1) for number in range(titles.count(",") + 1))
    samples = column_samples(opened(tmp_path, f"{titles}\n{row}\n{row}y\n"))
    assert guessed_format(samples) == kind


def test_a_certificate_of_which_each_line_tells_another_scope_is_one(tmp_path: Path) -> None:
    lines = """获证企业,证书名称,证书编号,有效期至,认证范围
示例甲阀门有限公司,ISO9001,A1,2026-01-04,球阀的生产
示例甲阀门有限公司,ISO9001,A1,2026-01-04,闸阀的生产
示例甲阀门有限公司,ISO9001、ISO14001,A1、B7,2026-01-04,
"""
    parsed = read(tmp_path, lines)
    assert sorted((row.kind, row.number) for row in parsed.rows.certificates) == [
        ("ISO 14001", "B7"),
        ("ISO 9001", "A1"),
    ]
    assert sorted(row.text for row in parsed.rows.descriptions) == ["球阀的生产", "闸阀的生产"]
    assert counts_of(parsed) == (3, 3, 0, 0)
