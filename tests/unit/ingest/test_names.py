"""Legal forms, words that name nobody, several in one cell, what a name says of the status."""

from __future__ import annotations

import pytest

from matchmaker.domain import OrganizationStatus
from matchmaker.ingest.consortia import (
    consortium_members,
    is_only_form,
    listed_members,
    may_be_several,
)
from matchmaker.ingest.names import name_key, name_parts, normal_name
from matchmaker.ingest.placeholders import is_placeholder
from matchmaker.ingest.statuses import without_status


@pytest.mark.parametrize(
    ("name", "base", "form"),
    [
        ("SAS Verein Inc.", "sas verein", "inc"),
        ("AB Futter Limited", "ab futter", "ltd"),
        ("S.C. Muster & Sohn Inc", "sc muster sohn", "inc"),
        ("AD Hafen Company", "ad hafen", "co"),
        ("CO Baumeister", "co baumeister", ""),
        ("A.S. Wanderer", "as wanderer", ""),
        ("SIA Werke Company Limited", "sia werke", "co ltd"),
        ("SIA Muster", "muster", "sia"),
        ("Muster GmbH & Co. KG", "muster", "gmbh co kg"),
        ("GmbH", "gmbh", ""),
        ("Sp. z o.o.", "sp z oo", ""),
        ("示例集团股份有限公司", "示例集团", "股份有限公司"),
        ("有限公司", "有限公司", ""),
        ("㈱見本", "见本", "株式会社"),
    ],
)
def test_a_form_goes_only_where_forms_stand(name: str, base: str, form: str) -> None:
    parts = name_parts(name)
    assert (parts.base, parts.form) == (base, form)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Muster A/S", "MUSTER AS"),
        ("Muster S.p.A.", "Muster SPA"),
        ("Muster S. A.", "MUSTER, SA"),
        ("Muster Pty Ltd", "Muster Pty. Limited"),
        ("Muster Pte. Ltd.", "MUSTER PRIVATE LIMITED COMPANY"),
        ("Muster (P) Ltd", "Muster Private Limited"),
        ("Muster Sp. z o.o.", "MUSTER SPÓŁKA Z OGRANICZONĄ ODPOWIEDZIALNOŚCIĄ"),
        ("Muster s.r.o.", "Muster, spol. s r.o."),
        ("Muster S.à r.l.", "Muster SARL"),
        ("Muster Aktiengesellschaft", "Muster AG"),
        ("Muster Co.,Ltd", "Muster Company Limited"),
        ("ООО Образец", "Общество с ограниченной ответственностью «Образец»"),
        ("株式会社見本", "見本株式会社"),
        ("示例閥門有限責任公司", "示例阀门有限公司"),
        ("Muster GmbH (in liquidation)", "Muster GmbH"),
    ],
)
def test_one_form_in_two_spellings_is_one_name(name: str, other: str) -> None:
    assert normal_name(name) == normal_name(other)
    assert name_key(name) == name_key(other)


@pytest.mark.parametrize("other", ["Muster GmbH", "Muster LLP", "Muster", "Muster AG Berlin"])
def test_other_forms_are_other_names(other: str) -> None:
    assert name_key("Muster AG") != name_key(other)


@pytest.mark.parametrize(
    "name",
    [
        "", " ", "-", "—", "/", "...", "?", "N/A", "n.a.", "#N/A", "None", "NULL", "unknown",
        "Unknown Supplier", "See list of vendors", "see annex", "as per attached list", "Various",
        "Various Suppliers", "Miscellaneous Foreign Awardees", "TBD", "Awarded to No Suppliers",
        "无", "（无）", "待定", "不详", "详见附件", "见附件2", "多家供应商", "暂无供应商", "个人",
        "客户A", "n.n.", "N.N.", "brak", "nessuno", "neuvedeno", "нет данных", "該当なし", "暫無",
        "keine Angaben", "non communiqué", "未公布", "0", "000",
    ],
)  # fmt: skip
def test_some_words_name_nobody(name: str) -> None:
    assert is_placeholder(name)


@pytest.mark.parametrize(
    "name",
    [
        "N/A Systems Ltd", "None Ltd", "Unknown Pleasures Ltd", "Various Foods GmbH",
        "NULL Werke AG", "无锡示例公司", "其他示例有限公司", "No. 1 Muster",
        "Test Equipment Muster Inc", "X Muster", "3M", "1&1 AG", "360", "不二越", "N.A. Tools GmbH",
        "Nobody & Co", "TBD Networks AG", "未来科技有限公司", "个人护理用品有限公司",
        "Brak Muster Sp. z o.o.",
    ],
)  # fmt: skip
def test_names_that_begin_like_them_are_names(name: str) -> None:
    assert not is_placeholder(name)


@pytest.mark.parametrize(
    ("cell", "members"),
    [
        ("A Ltd; B GmbH", ("A Ltd", "B GmbH")),
        ("A Ltd + B Inc.", ("A Ltd", "B Inc.")),
        ("A Ltd / B GmbH (consortium)", ("A Ltd", "B GmbH")),
        ("A Ltd and B Ltd JV", ("A Ltd", "B Ltd")),
        ("示例甲有限公司、示例乙研究院", ("示例甲有限公司", "示例乙研究院")),
        ("联合体（牵头人：示例甲公司，成员：示例乙设计院）", ("示例甲公司", "示例乙设计院")),
        ("示例甲有限公司（牵头人）、示例乙有限公司（成员）", ("示例甲有限公司", "示例乙有限公司")),
        ("示例甲有限公司与示例乙有限公司联合体", ("示例甲有限公司", "示例乙有限公司")),
        ("A Ltd; A Ltd", ("A Ltd",)),
        ("A Ltd\nB GmbH", ("A Ltd", "B GmbH")),
        ("A Maschinenbau\nGmbH", ("A Maschinenbau GmbH",)),
        ("A GmbH (55 %) / B AG (45 %)", ("A GmbH", "B AG")),
        ("A S.p.A. (capogruppo mandataria), B S.r.l. (mandante)", ("A S.p.A.", "B S.r.l.")),
        ("Konsorcjum: A Sp. z o.o. (lider), B S.A. (partner)", ("A Sp. z o.o.", "B S.A.")),
        ("A Ltd (partner)", ("A Ltd (partner)",)),
    ],
)
def test_a_consortium_is_several(cell: str, members: tuple[str, ...]) -> None:
    assert consortium_members(cell) == members


@pytest.mark.parametrize(
    "name",
    [
        "1. FC Muster GmbH", "Muster 2.0 Ltd", "N/A",
        "Muster & Sohn", "A+B Muster Ltd", "Werkzeug (Das Muster) Inc", "Muster GmbH & Co. KG",
        "Muster, Muster & Co Ltd", "Muster Ltd; London", "Muster and Sons Ltd",
        "示例和平科技有限公司", "Consortium Muster AG", "A/S Muster",
    ],
)  # fmt: skip
def test_one_name_stays_whole(name: str) -> None:
    assert consortium_members(name) == (name,)


@pytest.mark.parametrize(
    ("cell", "members"),
    [
        ("Unknown; Muster GmbH", ("Muster GmbH",)),
        ("示例甲有限公司、无", ("示例甲有限公司",)),
        ("1. Muster GmbH 2. Beispiel AG", ("Muster GmbH", "Beispiel AG")),
        ("1、示例甲厂2、示例乙厂 3、示例丙厂", ("示例甲厂", "示例乙厂", "示例丙厂")),
        ("①示例甲厂②示例乙厂", ("示例甲厂", "示例乙厂")),
        ("(1) Muster (2) Beispiel (3) TBD", ("Muster", "Beispiel")),
    ],
)
def test_numbered_names_are_several_and_nobody_is_none(cell: str, members: tuple[str, ...]) -> None:
    assert consortium_members(cell) == members


@pytest.mark.parametrize(
    ("cell", "members", "asked"),
    [
        ("Muster; Beispiel; TU Musterstadt", ("Muster", "Beispiel", "TU Musterstadt"), False),
        ("Muster, Beispiel, Sample Co., Ltd.", ("Muster", "Beispiel", "Sample Co., Ltd."), False),
        ("University of Muster, Berg", ("University of Muster, Berg",), True),
        ("Sample Co., Ltd.", ("Sample Co., Ltd.",), False),
    ],
)
def test_a_cell_of_partners_names_several_without_legal_forms(cell, members, asked) -> None:
    assert listed_members(cell) == members
    assert len(members) > 1 or may_be_several(cell, by_comma=True) is asked


@pytest.mark.parametrize("name", ["GmbH", "Co., Ltd.", "有限公司", "Sp. z o.o."])
def test_a_legal_form_alone_names_nobody(name: str) -> None:
    assert is_only_form(name)
    assert not is_only_form(f"Muster {name}")


@pytest.mark.parametrize(
    ("name", "rest", "status"),
    [
        ("Muster GmbH (in liquidation)", "Muster GmbH", OrganizationStatus.IN_LIQUIDATION),
        ("Muster GmbH i.L.", "Muster GmbH", OrganizationStatus.IN_LIQUIDATION),
        ("Muster Ltd - in liquidation", "Muster Ltd", OrganizationStatus.IN_LIQUIDATION),
        ("Muster Ltd (dissolved 2019)", "Muster Ltd", OrganizationStatus.DISSOLVED),
        ("示例厂（已注销）", "示例厂", OrganizationStatus.DISSOLVED),
        ("示例厂（吊销，未注销）", "示例厂", OrganizationStatus.IN_LIQUIDATION),
        ("Closed Muster GmbH", "Closed Muster GmbH", None),
        ("Muster (Shanghai)", "Muster (Shanghai)", None),
        ("Active", "Active", None),
    ],
)
def test_a_name_may_tell_the_status(name: str, rest: str, status: OrganizationStatus) -> None:
    assert without_status(name) == (rest, status)
