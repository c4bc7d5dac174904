"""Lists as coordinators' offices keep them: what their titles and cells must not be taken for."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from matchmaker.errors import InvalidInput
from matchmaker.ingest.list_guess import all_titles, column_samples, guessed_format
from matchmaker.ingest.list_reader import read_list
from matchmaker.ingest.name_comparison import NameLevel, comparable, compare
from matchmaker.ingest.numbers import amount
from matchmaker.ingest.periods import period_of
from matchmaker.ingest.report import Parsed
from matchmaker.ingest.suggestions import suggested
from matchmaker.ingest.table_file import open_table
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.trade_words import are_of_other_trades
from matchmaker.ingest.unused_titles import why_unused
from matchmaker.ingest.words import consent


def columns(folder: Path, text: str) -> tuple[str, dict[str, str]]:
    (folder / "rows.csv").write_text(text, encoding="utf-8")
    samples = column_samples(open_table(folder / "rows.csv", expected=all_titles()))
    kind = guessed_format(samples)
    return kind, suggested(kind, samples)


def read(folder: Path, text: str) -> Parsed:
    kind, mapping = columns(folder, text)
    table = open_table(folder / "rows.csv", expected=all_titles())
    return read_list(table, TableOptions(table=kind, mapping=mapping), "my")


def test_names_of_people_are_contacts_and_their_positions_nothing(tmp_path: Path) -> None:
    kind, found = columns(
        tmp_path,
        "Organisation,Title,First name,Surname,Position,E-mail,Country\n"
        "Example Pumps Ltd,Mr,Tom,Askew,Sales,tom@example.com,UK\n"
        "Sample Seals AB,Ms,Anna,Lund,CTO,anna@example.com,SE\n",
    )
    assert kind == "organizations"
    assert {title: found[title] for title in ("Title", "First name", "Surname", "Position")} == {
        "Title": "", "First name": "contact", "Surname": "contact", "Position": "",
    }  # fmt: skip
    assert why_unused(kind, "Position", ()) is not None
    assert why_unused(kind, "职务", ()) is not None


@pytest.mark.parametrize(
    ("titles", "side"),
    [("客户名称,产品,2023年销售额(万元)", "buyer"), ("供应商名称,供应产品,年采购额", "supplier")],
)
def test_whom_one_sells_to_is_no_list_of_members(tmp_path: Path, titles: str, side: str) -> None:
    kind, found = columns(tmp_path, f"{titles}\n示例机车有限公司,构架,4300\n")
    assert kind == "orders"
    assert list(found.values()) == [side, "text", "amount"]


def test_a_directory_of_suppliers_stays_one_of_organizations(tmp_path: Path) -> None:
    text = "供应商名称,统一社会信用代码,联系人,联系电话,成立时间\n示例厂,,张三,13800000000,2010\n"
    assert columns(tmp_path, text)[0] == "organizations"


def test_printed_rulers_are_no_rows(tmp_path: Path) -> None:
    ruler = "-" * 60
    parsed = read(
        tmp_path,
        f"|Lieferant|Kurztext|Nettowert|\n{ruler}\n|Krüger GmbH|Rundstahl|12.480,50|\n{ruler}\n",
    )
    assert len(parsed.rows.engagements) == 1
    passed = [each.line for each in parsed.problems if each.severity == "passed"]
    assert passed == [2, 4]


def test_a_sign_for_the_cell_above_is_that_cell(tmp_path: Path) -> None:
    parsed = read(
        tmp_path, "供应商,采购方,品名\n示例甲厂,示例乙厂,盘\n〃,同上,片\n示例丙厂,ditto,轴\n"
    )
    named = [[part.organization for part in row.participants] for row in parsed.rows.engagements]
    assert named[0] == named[1]
    assert named[2][1] == named[0][1]
    assert [each.line for each in parsed.problems if "cell above" in str(each.reason)] == [3, 3, 4]
    assert not any(each.is_lost for each in parsed.problems)


@pytest.mark.parametrize("name", ["Idem", "Dito", "IDEM"])
def test_a_firm_that_is_called_as_a_sign_is_that_firm(tmp_path: Path, name: str) -> None:
    parsed = read(
        tmp_path,
        f"Supplier,Buyer,Item\nHuber GmbH,A Ltd,disc\n{name},A Ltd,plate\nB AG,C Ltd,shaft\n",
    )
    named = {row.name for row in parsed.rows.organizations}
    assert named == {"Huber GmbH", "A Ltd", name, "B AG", "C Ltd"}
    told = [each.line for each in parsed.problems if "read as a name" in str(each.reason)]
    assert told == [3]


@pytest.mark.parametrize("sign", ["Idem", "idem", "〃"])
def test_such_a_word_beside_other_signs_is_the_cell_above(tmp_path: Path, sign: str) -> None:
    """Also where the other signs stand further down."""
    parsed = read(
        tmp_path,
        "Supplier,Buyer,Item\nHuber GmbH,A Ltd,disc\nIdem,A Ltd,plate\nB AG,C Ltd,shaft\n"
        f"{sign},C Ltd,nut\n",
    )
    assert {row.name for row in parsed.rows.organizations} == {
        "Huber GmbH",
        "A Ltd",
        "B AG",
        "C Ltd",
    }


def test_a_word_in_small_letters_below_a_name_is_the_cell_above(tmp_path: Path) -> None:
    parsed = read(tmp_path, "Supplier,Buyer,Item\nHuber GmbH,A Ltd,disc\nidem,A Ltd,plate\n")
    assert {row.name for row in parsed.rows.organizations} == {"Huber GmbH", "A Ltd"}


def test_a_sign_below_nothing_names_nobody(tmp_path: Path) -> None:
    parsed = read(tmp_path, "供应商,采购方,品名\n〃,示例乙厂,盘\n")
    assert [row.name for row in parsed.rows.organizations] == ["示例乙厂"]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("Yes, please", True), ("是，同意公开", True), ("Ja, gerne", True), ("yes", True),
        ("No - do not list", False), ("否（不公开）", False), ("No, only by mail", False),
        ("No", False), ("不，谢谢", False), ("No contact please", False), ("无", False),
        ("No, objection: our data are secret", False), ("不, 反对公开", False),
    ],
)  # fmt: skip
def test_consent_is_read_where_a_sentence_begins_with_it(cell: str, value: bool) -> None:
    assert consent(cell) is value


@pytest.mark.parametrize(
    "cell",
    [
        "Yes, but only to members",
        "同意，但不公开电话",
        "yes and no",
        "T. Müller",
        "1,5",
        "是否",
        "Yes - do not list",
        "No objection",
        "No objections.",
        "No problem, list us",
        "NO RESTRICTIONS",
        "no-problem",
        "Not a problem",
        "No concerns",
        "keine Einwände",
        "Kein Problem",
        "pas d'objection",
        "无异议",
        "无 异议",
        "不反对",
        "没有问题，可以公开",
        "不限",
    ],
)
def test_consent_with_conditions_is_asked_about(cell: str) -> None:
    with pytest.raises(InvalidInput):
        consent(cell)


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (
            ["12万元（含税）", "9万元（不含税）", "3万元"],
            "'12万元(含税)' is with tax and '9万元(不含税)'",
        ),
        (["980 € HT", "1200 € TTC"], "'1200 € TTC' is with tax and '980 € HT' without"),
        (["100 EUR brutto", "90 EUR zzgl. MwSt", "80 EUR net"], "brutto' is with tax and '90 EUR"),
        (["12万元（未税）", "9万元"], "'12万元(未税)' says whether tax is in it"),
        (["12万元", "9万元"], ""),
    ],
)
def test_a_column_whose_amounts_speak_of_tax_is_told_once(
    tmp_path: Path, cells: list[str], told: str
) -> None:
    lines = "".join(f"示例甲厂,示例乙厂,盘{at},{cell}\n" for at, cell in enumerate(cells))
    parsed = read(tmp_path, f"供应商,采购方,品名,金额\n{lines}")
    notes = [str(each.reason) for each in parsed.problems if "tax" in str(each.reason)]
    assert len(notes) == bool(told)
    assert all(told in note.replace("（", "(").replace("）", ")") for note in notes)


@pytest.mark.parametrize(
    ("cell", "value", "currency"),
    [
        ("980 € HT", 980, "EUR"), ("12.5万元（含税）", 125_000, "CNY"),
        ("1.200,50 EUR zzgl. MwSt", 1200.5, "EUR"), ("1,200.00 excl. VAT", 1200, ""),
    ],
)  # fmt: skip
def test_an_amount_may_say_whether_tax_is_in_it(cell: str, value: float, currency: str) -> None:
    read_amount = amount(cell)
    assert (read_amount.value, read_amount.currency) == (value, currency)


@pytest.mark.parametrize(
    ("cell", "begun"),
    [
        ("ab Januar 2024", "Januar 2024"), ("depuis mars 2021", "mars 2021"),
        ("à partir de janvier 2022", "janvier 2022"), ("自2023年1月起", "2023年1月"),
    ],
)  # fmt: skip
def test_a_period_that_has_only_begun(cell: str, begun: str) -> None:
    assert period_of(cell) == (begun, "")


@pytest.mark.parametrize(
    ("chinese", "latin", "other"),
    [
        ("台州市海鑫电子有限公司", "haixin pump", True),
        ("台州市海鑫泵业有限公司", "haixin pump", False),
        ("台州市海鑫科技有限公司", "haixin pump", False),
        ("台州市海鑫泵业有限公司", "haixin diesel care", False),
        ("温州市立信阀门电子有限公司", "lixin valve", False),
        ("佛山市金辉灯饰有限公司", "jinhui lighting", False),
        ("佛山市金辉陶瓷有限公司", "jinhui lighting", True),
    ],
)
def test_a_trade_name_of_another_trade_is_another_firm(
    chinese: str, latin: str, other: bool
) -> None:
    assert are_of_other_trades(chinese, latin.split()) is other


_ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.3"><office:body><office:spreadsheet>
<table:table table:name="A"><table:table-row>{titles}</table:table-row>
<table:table-row>{name}<table:table-cell office:value-type="string"><text:p>
<text:a xlink:href="https://pumps.example.com/">site</text:a></text:p></table:table-cell>
</table:table-row>
<table:table-row>{other}<table:table-cell office:value-type="string"
 table:formula='of:=HYPERLINK("https://seals.example.com";"link")'><text:p>link</text:p>
</table:table-cell></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""


def test_links_behind_cells_of_open_documents_are_read(tmp_path: Path) -> None:
    def cell(text: str) -> str:
        kind = 'office:value-type="string"'
        return f"<table:table-cell {kind}><text:p>{text}</text:p></table:table-cell>"

    content = _ODS.format(
        titles=cell("Company") + cell("Website"), name=cell("Example Pumps Ltd"),
        other=cell("Sample Seals AB"),
    )  # fmt: skip
    with zipfile.ZipFile(tmp_path / "list.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    lines = list(open_table(tmp_path / "list.ods", expected=all_titles()).lines())
    assert [line.links for line in lines] == [
        {"Website": "https://pumps.example.com/"}, {"Website": "https://seals.example.com"},
    ]  # fmt: skip


def test_levels_of_romanised_names_know_the_trade() -> None:
    def level(first: str, second: str) -> NameLevel:
        return compare(comparable(first), comparable(second))

    assert level("台州市海鑫泵业有限公司", "Taizhou Haixin Pump Co Ltd") is NameLevel.ROMANISED
    assert level("台州市海鑫电子有限公司", "Taizhou Haixin Pump Co Ltd") is NameLevel.DIFFERENT


def test_labels_above_the_titles_are_no_groups_and_their_unit_counts(tmp_path: Path) -> None:
    """Once 36.8 was read as yuan: the line 单位：万元 was taken for a group over titles."""
    parsed = read(
        tmp_path,
        "2023年度配套采购台账,,,\n编制单位：示例轨道有限公司,,单位：万元,\n"
        "供应商,采购方,合同金额,签订日期\n示例轴承有限公司,示例轨道有限公司,36.8,2023-01-12\n",
    )
    assert [(row.amount, row.currency) for row in parsed.rows.engagements] == [(368_000, "CNY")]
