"""Lists of what an organisation itself offers, as firms, institutes and platforms keep them."""

from __future__ import annotations

import datetime
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from matchmaker.domain import Kind, Offer, OfferKind, Organization
from matchmaker.errors import InvalidInput
from matchmaker.ingest import word_table
from matchmaker.ingest.known_offerings import matched
from matchmaker.ingest.list_guess import all_titles, column_samples
from matchmaker.ingest.offerings import (
    Offering,
    OfferingList,
    guessed_kind,
    holds_certificates,
    is_of,
    read_offerings,
    titled,
)
from matchmaker.ingest.own_titles import is_told
from matchmaker.ingest.suggestions import suggested
from matchmaker.ingest.table_file import open_table
from matchmaker.ingest.table_options import TableOptions

FIRM = Organization("t:1", "温州示例阀门有限公司", Kind.FIRM, name_en="Sample Valve Co., Ltd.")
UNIVERSITY = Organization("t:2", "示例理工大学", Kind.UNIVERSITY, name_en="Sample University")
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def read(path: Path, owner: Organization = FIRM) -> tuple[OfferingList, OfferKind]:
    """As it is read where nobody chooses anything."""
    table = open_table(path, expected=all_titles())
    mapping = suggested("offerings", column_samples(table))
    kind = guessed_kind(table, mapping)
    options = TableOptions(table="offerings", mapping=mapping, defaults={"kind": kind.value})
    return read_offerings(table, options, owner), kind


def texts(listed: OfferingList) -> list[tuple[int, str]]:
    return [(each.line, each.text) for each in listed.offerings]


def told(listed: OfferingList) -> list[tuple[int, str]]:
    return [(each.line, each.severity) for each in listed.problems if each.line]


def workbook(path: Path, *rows: list[object], title: str = "Sheet", merged: str = "") -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for cells in merged.split():
        sheet.merge_cells(cells)
    book.save(path)
    return path


def test_a_price_list_in_gbk_is_read_without_its_prices(tmp_path: Path) -> None:
    """Each size is an offer, the total is none, and no price gets into a text."""
    path = tmp_path / "价目表.csv"
    path.write_bytes(
        "产品名称,型号,口径,材质,单价（元）\n不锈钢球阀,Q41F,DN50,304,320\n"
        "不锈钢球阀,Q41F,DN80,304,510\n\n合计,,,,830\n".encode("gbk")
    )
    listed, kind = read(path)
    assert kind is OfferKind.PRODUCT
    assert texts(listed) == [
        (2, "不锈钢球阀 Q41F, 口径 DN50, 材质 304"), (3, "不锈钢球阀 Q41F, 口径 DN80, 材质 304"),
    ]  # fmt: skip
    assert (listed.read, told(listed)) == (3, [(5, "passed")])
    assert any("价格不公开" in each.reason.text("zh") for each in listed.problems)


def test_merged_titles_and_units_in_titles(tmp_path: Path) -> None:
    """A figure takes the unit above it; a group that reaches over rows is said of each."""
    path = workbook(
        tmp_path / "catalogue.xlsx",
        ["产品目录（2025）"],
        ["序号", "产品类别", "产品", "型号", "技术参数"],
        ["", "", "", "", "流量（m³/h）", "扬程（m）"],
        [1, "化工泵", "磁力泵", "CQB50", 12.5, 32],
        [2, "", "磁力泵", "CQB65", 25, 32],
        merged="A1:F1 A2:A3 B2:B3 C2:C3 D2:D3 E2:F2 B4:B5",
    )
    assert texts(read(path)[0]) == [
        (4, "磁力泵 CQB50, 产品类别 化工泵, 流量 12.5 m³/h, 扬程 32 m"),
        (5, "磁力泵 CQB65, 产品类别 化工泵, 流量 25 m³/h, 扬程 32 m"),
    ]


def test_an_english_list_of_models_without_names(tmp_path: Path) -> None:
    """The number of the model names it, the description says what it is."""
    path = tmp_path / "models.csv"
    path.write_text(
        "Model;Description;Size;MOQ;Unit price (USD)\n"
        "HC-101;2-pc ball valve, full bore;1/2-2;100;8.5\n"
    )
    assert texts(read(path)[0]) == [(2, "HC-101, 2-pc ball valve, full bore, Size 1/2-2, MOQ 100")]


def test_a_list_of_equipment_says_when_it_is_open_and_leaves_out_what_is_not(
    tmp_path: Path,
) -> None:
    """What it cost and where it stands is nobody's business."""
    path = workbook(
        tmp_path / "list.xlsx",
        ["大型仪器设备清单"],
        [
            "设备名称",
            "型号",
            "数量",
            "开放时间",
            "收费标准（元/小时）",
            "是否开放",
            "存放地点",
            "原值",
        ],
        ["扫描电镜", "Sigma 300", 1, "周一至周五", 300, "是", 2000000],
        ["衍射仪", "D8", 1, "", "", "否", 900000],
    )
    listed, kind = read(path, UNIVERSITY)
    assert kind is OfferKind.EQUIPMENT
    assert texts(listed) == [
        (3, "扫描电镜 Sigma 300, 数量 1, 开放时间 周一至周五, 收费标准 300 元/小时")
    ]
    assert told(listed) == [(4, "passed")]


def test_results_of_an_institute_are_its_own_whichever_of_its_parts_has_them(
    tmp_path: Path,
) -> None:
    """A school of one's own is no other organisation; another university is."""
    path = workbook(
        tmp_path / "results.xlsx",
        ["附件1 科技成果汇总表"],
        ["序号", "成果名称", "完成单位", "完成人", "成果简介"],
        [1, "石墨密封技术", "机械工程学院", "张三", "逸散低于100ppm"],
        [2, "空化试验技术", "示例理工大学材料学院", "李四", ""],
        [3, "喷涂工艺", "邻省工业大学", "王五", ""],
    )
    listed, kind = read(path, UNIVERSITY)
    assert kind is OfferKind.TECHNOLOGY
    assert texts(listed) == [(3, "石墨密封技术, 逸散低于100ppm"), (4, "空化试验技术")]
    assert told(listed) == [(5, "error")]


def word(path: Path, body: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        document = f"<w:document {WORD}><w:body>{body}</w:body></w:document>"
        archive.writestr("word/document.xml", document)
    return path


def paragraph(text: str) -> str:
    return (
        f"<w:p><w:r><w:t>{text}</w:t></w:r><w:del><w:r><w:delText>x</w:delText></w:r></w:del></w:p>"
    )


def row(*cells: str, goes_on: str = "") -> str:
    mark = f'<w:tcPr><w:vMerge w:val="{goes_on}"/></w:tcPr>' if goes_on else ""
    parts = (f"<w:tc>{mark if not at else ''}{paragraph(cell)}</w:tc>"
             for at, cell in enumerate(cells))  # fmt: skip
    return f"<w:tr>{''.join(parts)}</w:tr>"


def test_a_table_of_a_word_document(tmp_path: Path) -> None:
    """What reaches over two rows is of both; the words above the table say what it is of."""
    first = row("流体", "空化水洞", "CT", goes_on="restart")
    second = row("", "流量台", "FT", goes_on="continue")
    table = f"<w:tbl>{row('类别', '设备名称', '型号')}{first}{second}</w:tbl>"
    other = f"<w:tbl>{row('联系人', '电话')}{row('王', '1')}</w:tbl>"
    listed, kind = read(
        word(tmp_path / "a.docx", paragraph("共享设备") + table + paragraph("联系") + other)
    )
    assert kind is OfferKind.EQUIPMENT
    assert texts(listed) == [(2, "空化水洞 CT, 类别 流体"), (3, "流量台 FT, 类别 流体")]
    assert any("2 联系" in each.reason.text("zh") for each in listed.problems)
    with pytest.raises(InvalidInput, match="without a table"):
        open_table(word(tmp_path / "b.docx", paragraph("Nothing")))


def test_a_document_of_more_marks_than_memory_holds_is_refused_with_that_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nine million empty paragraphs were an unknown error of a workbook."""
    monkeypatch.setattr(word_table, "MAX_MARKS", 50)
    path = word(tmp_path / "many.docx", "<w:p/>" * 50 + f"<w:tbl>{row('name')}</w:tbl>")
    with pytest.raises(InvalidInput, match="too much memory"):
        open_table(path)


def test_what_a_document_does_not_show_is_not_published(tmp_path: Path) -> None:
    """Hidden remarks, text where it was before it was moved, and text boxes a second time."""
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>底价 900</w:t></w:r>"
    shown = '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>闸阀</w:t></w:r>'
    moved = "<w:moveFrom><w:r><w:t>截止阀</w:t></w:r></w:moveFrom>"
    twice = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        "<mc:Choice><w:r><w:t> Z41</w:t></w:r></mc:Choice>"
        "<mc:Fallback><w:r><w:t> Z41</w:t></w:r></mc:Fallback></mc:AlternateContent>"
    )
    cell = f"<w:tc><w:p>{hidden}{shown}{moved}{twice}</w:p></w:tc>"
    line = f"<w:tr>{cell}<w:tc>{paragraph('WCB')}</w:tc></w:tr>"
    listed, _ = read(word(tmp_path / "a.docx", f"<w:tbl>{row('产品名称', '材质')}{line}</w:tbl>"))
    assert texts(listed) == [(2, "闸阀 Z41, 材质 WCB")]


@pytest.mark.parametrize(
    "head",
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\xff\xd8\xff\xe0\0\x10JFIF\0", b"RIFF\1\2\3\4WEBPVP8 \0",
     b"\0\0\0\x18ftypheic\0\0\0\0", b"GIF89a\1\0\1\0", b"BM\x9a\0\0\0\0\0\0\0\x8a\0"],
    ids=["png", "jpeg", "webp", "heic", "gif", "bmp"],
)  # fmt: skip
def test_a_picture_is_called_one_whatever_its_name(tmp_path: Path, head: bytes) -> None:
    """It said before that the file is no workbook."""
    for name in ("list.xlsx", "list.csv"):
        path = tmp_path / name
        path.write_bytes(head + bytes(600))
        with pytest.raises(InvalidInput, match="is a picture"):
            open_table(path)


def test_names_one_below_the_other_need_no_title(tmp_path: Path) -> None:
    """As they are pasted; a name with a comma is one name, and a title is one."""
    path = tmp_path / "pasted.txt"
    path.write_text(titled("低离心浇铸铜套\n锡青铜轴瓦, 带油槽\n"))
    assert texts(read(path)[0]) == [(2, "低离心浇铸铜套"), (3, "锡青铜轴瓦, 带油槽")]
    for text in ("产品名称\n铜套\n", "品名\t规格\n铜套\tDN50\n"):
        assert titled(text) == text


@pytest.mark.parametrize(
    ("name", "is_own"),
    [
        ("温州示例阀门有限公司", True), ("Sample Valve", True), ("示例阀门", True),
        ("温州示例阀门有限公司研发中心", True), ("装配车间", True), ("泰诚阀门集团有限公司", False),
        ("杭州职业技术学院", False), ("机械工程学院", False), ("阀门", False),
        ("铸造分厂质检科", True), ("二厂装配车间", True), ("某某阀门厂质检科", False),
        ("杭州职业技术学院机电系", False), ("示例市人民医院检验科", False),
    ],
)  # fmt: skip
def test_whose_line_it_is(name: str, is_own: bool) -> None:
    """A firm has no schools, and a word that many names end with is nobody's name."""
    assert is_of(FIRM, name) is is_own


def test_a_group_is_called_without_saying_that_it_is_one() -> None:
    """Its subsidiary of nearly the same name is another firm."""
    group = Organization("t:3", "示例海昌阀门集团股份有限公司", Kind.FIRM)
    assert is_of(group, "海昌阀门")
    assert not is_of(group, "示例海昌阀门有限公司")


def offer(id: str, text: str, **others: object) -> Offer:
    return Offer(id, FIRM.id, OfferKind.PRODUCT, text, **others)  # type: ignore[arg-type]


def states(lines: list[tuple[str, str]], stored: list[Offer]) -> list[str]:
    offerings = [
        Offering(number, OfferKind.PRODUCT, name, text)
        for number, (name, text) in enumerate(lines, 2)
    ]
    found = matched(offerings, stored, FIRM.id, datetime.date(2026, 1, 1))
    assert len({row.id for row, _ in found.rows}) == len(found.rows)
    return [str(each.state) for each in found.outcomes]


def test_several_of_one_name_are_told_apart_by_all_they_say() -> None:
    """Three sizes of a valve: one is known in these words, the others are not the one that is."""
    stored = [offer("list:1", "闸阀, DN50")]
    lines = [("闸阀", "闸阀, DN50"), ("闸阀", "闸阀, DN80"), ("闸阀", "闸阀, DN100")]
    assert states(lines, stored) == ["same", "new", "new"]
    assert states([("闸阀", "闸阀, DN80")], stored) == ["changed"]
    assert states([("闸阀 Z41H", "闸阀 Z41H")], stored) == ["new"]


def test_what_stands_empty_below_a_name_has_it_and_what_is_discontinued_is_passed_over(
    tmp_path: Path,
) -> None:
    """Two sizes below one name are of it, and that is told; behind a gap nothing is guessed."""
    path = tmp_path / "list.csv"
    path.write_text("名称,规格,是否停产\n棉袜,200针,否\n,168针,\n旧款袜,96针,是\n,72针,\n")
    listed = read(path)[0]
    assert texts(listed) == [(2, "棉袜, 200针"), (3, "棉袜, 168针")]
    assert told(listed) == [(3, "warning"), (4, "passed"), (5, "error")]


def test_a_column_of_kinds_decides_line_by_line_where_it_has_kinds(tmp_path: Path) -> None:
    """类型 over kinds of valves is said of each, and is no kind of offer."""
    path = tmp_path / "list.csv"
    path.write_text("名称,类型\n空化水洞,设备\n降噪技术,技术\n流量测试,服务\n")
    kinds = [each.kind for each in read(path)[0].offerings]
    assert kinds == [OfferKind.EQUIPMENT, OfferKind.TECHNOLOGY, OfferKind.SERVICE]
    path.write_text("名称,类型\n甲型,球阀\n乙型,闸阀\n")
    assert texts(read(path)[0]) == [(2, "甲型, 类型 球阀"), (3, "乙型, 类型 闸阀")]


def test_ones_own_offers_as_they_were_exported_are_those_that_there_are(tmp_path: Path) -> None:
    """No code, date or language gets into a text, and what was withdrawn stays so."""
    path = tmp_path / "offers.csv"
    path.write_text(
        "id,organization,kind,text,language,terms,stages,date,active,organization_name\n"
        f'x:1,{FIRM.id},product,"闸阀, DN50",zh,market,research,2025-01-02,true,{FIRM.name}\n'
        f"x:2,{FIRM.id},product,旧阀,zh,market,,2024-01-02,false,{FIRM.name}\n"
    )
    listed = read(path)[0]
    assert texts(listed) == [(2, "闸阀, DN50")]
    assert told(listed) == [(3, "passed")]
    assert states([("闸阀, DN50", "闸阀, DN50")], [offer("x:1", "闸阀, DN50")]) == ["same"]


def test_a_list_of_customers_is_none_of_what_is_offered(tmp_path: Path) -> None:
    """By mistake names of others would be published; a product may have one in its name."""
    path = tmp_path / "customers.csv"
    path.write_text("名称,规格\n甲泵业有限公司,DN50\n乙阀门股份有限公司,DN80\n丙管件厂,DN20\n")
    assert read(path)[0].names_organizations
    path.write_text("名称,规格\n甲泵业有限公司定制泵,DN50\n闸阀,DN80\n球阀 Sample Ltd,DN20\n")
    assert not read(path)[0].names_organizations


@pytest.mark.parametrize("model", ["Model No.", ""])
def test_a_running_number_is_no_name_and_what_stands_below_the_numbers_is_a_note(
    tmp_path: Path, model: str
) -> None:
    rows = [
        [1, "Cryogenic ball valve, extended bonnet", "DQ41F", "DN25"],
        [2, "Forged gate valve", "Z61Y", "DN50"],
        [None, "Oxygen globe valve", "JY41W", "DN15"],
        [3, "Prices exclude packing", None, None],
        [None, "MOQ 10 pcs per size.", None, None],
    ]
    titles = ["Item", "Description", model, "Size"]
    kept = [place for place, title in enumerate(titles) if title]
    table = [[line[place] for place in kept] for line in (titles, *rows)]
    listed, _ = read(workbook(tmp_path / "price list.xlsx", *table))
    first = "DQ41F, " if model else ""
    assert listed.offerings[0].text == f"{first}Cryogenic ball valve, extended bonnet, Size DN25"
    # A number, or anything else said of it, makes a line one of the list.
    assert [each.line for each in listed.offerings] == ([2, 3, 4] if model else [2, 3, 4, 5])
    assert [severity for line, severity in told(listed) if line == 6] == ["passed"]


def test_the_last_line_of_a_catalogue_says_what_holds_for_all(tmp_path: Path) -> None:
    path = tmp_path / "目录.csv"
    path.write_text(
        "序号,产品名称,型号,主要参数\n1,超低温球阀,DQ41F,DN25\n2,蝶阀,D343H,DN200\n,以上产品均可按图定制,,\n",
        "utf-8",
    )
    listed, _ = read(path)
    assert [each.name for each in listed.offerings] == ["超低温球阀 DQ41F", "蝶阀 D343H"]
    assert [line for line, _ in told(listed)][-1] == 4


def test_what_a_trade_calls_its_things_is_read_by_the_form_of_its_titles(tmp_path: Path) -> None:
    """A mould is called by 模具名称, and what is measured of it is said; its price is not."""
    path = workbook(
        tmp_path / "报价.xlsx",
        [
            "序号",
            "模具名称",
            "型号",
            "穴数",
            "模具钢材",
            "模具寿命(万次)",
            "出厂价",
            "毛利",
            "经办人",
        ],
        [1, "PVC弯头模具", "HS-G01", "一出四", "2316", 50, 68000, "30%"],
        [2, "PPR三通模具", "HS-G02", "一出八", "S136", 80, 115000, "25%"],
    )
    assert texts(read(path)[0]) == [
        (2, "PVC弯头模具 HS-G01, 穴数 一出四, 模具钢材 2316, 模具寿命 50 万次"),
        (3, "PPR三通模具 HS-G02, 穴数 一出八, 模具钢材 S136, 模具寿命 80 万次"),
    ]


@pytest.mark.parametrize(
    ("title", "is_said"),
    [
        ("模具寿命(万次)", True), ("适用车型", True), ("吨位要求", True), ("Cavity number", False),
        ("Cavities", True), ("Mould life", True), ("成型周期(s)", True), ("出厂底价", False),
        ("主要客户", False), ("客户类型", False), ("库存数量", False), ("Customer type", False),
        ("采购周期", False), ("价格范围", False), ("成本构成材料", False), ("图片规格", False),
    ],
)  # fmt: skip
def test_only_what_is_of_the_thing_itself_is_said(title: str, is_said: bool) -> None:
    """Whoever uploads a price list tells nobody what it costs, who buys it and who sells it."""
    assert is_told(title, ("a", "b")) is is_said


def test_patents_of_a_university_are_technologies_that_it_offers(tmp_path: Path) -> None:
    """What lapsed, what is not for others and what others hold alone is left out."""
    own, other = UNIVERSITY.name, "某某泵业有限公司"
    path = workbook(
        tmp_path / "专利清单.xlsx",
        ["专利清单（机械学院）"],
        ["专利名称", "专利号", "申请日", "发明人", "专利权人", "法律状态", "摘要", "可否转让"],
        ["阀杆填料密封结构", "ZL202110345678.9", "2021-3-31", "李明", own, "有效", "石墨", "是"],
        ["内漏诊断", "202310567890.2", "2023-6-1", "李明", f"{own};{other}", "", "", ""],
        ["堆焊工艺", "ZL201810123456.X", "2018-2-7", "王强", own, "终止", "", "是"],
        ["喷涂机器人", "ZL202010987654.3", "2020-9-18", "王强", own, "有效", "", "否"],
        ["磁力泵", "ZL201910987654.3", "2019-9-18", "王强", other, "有效", "", ""],
    )  # fmt: skip
    listed, kind = read(path, UNIVERSITY)
    assert kind is OfferKind.TECHNOLOGY
    assert texts(listed) == [
        (3, "阀杆填料密封结构, 专利号 ZL202110345678.9, 石墨"),
        (4, "内漏诊断, 专利号 202310567890.2"),
    ]
    assert told(listed) == [(5, "passed"), (6, "passed"), (7, "error")]


def test_patents_as_a_database_exports_them(tmp_path: Path) -> None:
    """标题 is what an invention is called where the other titles are those of patents."""
    path = tmp_path / "导出.csv"
    path.write_bytes(
        "标题,公开（公告）号,申请号,申请人,IPC主分类,摘要,当前法律状态\n"
        "阀笼,CN113456789B,CN202110345111.0,示例理工大学,F16K1/36,多级小孔,授权\n".encode("gb18030")
    )
    listed, kind = read(path, UNIVERSITY)
    assert (kind, texts(listed)) == (
        OfferKind.TECHNOLOGY, [(2, "阀笼, 公开（公告）号 CN113456789B, 多级小孔")],
    )  # fmt: skip


def test_a_changed_line_is_known_by_its_number() -> None:
    """Renamed and of another steel it is the same mould; a size or a shared number is none."""
    before = [
        Offering(1, OfferKind.PRODUCT, "三通模具 HS-G02", "三通模具 HS-G02, S136", "HS-G02"),
        Offering(2, OfferKind.PRODUCT, "闸阀 DN50", "闸阀 DN50, 铸钢", "DN50"),
        Offering(3, OfferKind.PRODUCT, "弯头模具 HS-G07", "弯头模具 HS-G07, P20", "HS-G07"),
    ]
    day = datetime.date(2026, 3, 1)
    stored = [each.to_offer("t:1", day) for each in before]
    after = [
        Offering(
            4, OfferKind.PRODUCT, "等径三通模具 HS-G02", "等径三通模具 HS-G02, 718H", "HS-G02"
        ),
        Offering(5, OfferKind.PRODUCT, "球阀 DN50", "球阀 DN50, 铸钢", "DN50"),
        Offering(6, OfferKind.PRODUCT, "90度弯头模具 HS-G07", "90度弯头模具 HS-G07, P20", "HS-G07"),
        Offering(7, OfferKind.PRODUCT, "45度弯头模具 HS-G07", "45度弯头模具 HS-G07, P20", "HS-G07"),
    ]
    found = matched(after, stored, "t:1", day)
    assert [each.state.value for each in found.outcomes] == ["changed", "new", "new", "new"]
    assert found.outcomes[0].before == "三通模具 HS-G02, S136"
    assert found.rows[0][0].id == stored[0].id


def test_what_a_brochure_says_beside_its_tables_is_told_not_to_be_read(tmp_path: Path) -> None:
    """Once, with how it begins: whoever sent it would look for it among the offers."""
    path = tmp_path / "brochure.docx"
    prose = "公司创建于1998年，从事管件、日用品和汽车内外饰件模具的设计与制造。" * 2
    table = "".join(
        f"<w:tr>{''.join(f'<w:tc><w:p><w:r><w:t>{cell}</w:t></w:r></w:p></w:tc>' for cell in row)}"
        "</w:tr>"
        for row in (("产品系列", "最大模重"), ("管件系列", "3吨"))
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "word/document.xml",
            f"<w:document {WORD}><w:body><w:p><w:r><w:t>{prose}</w:t></w:r></w:p>"
            f"<w:tbl>{table}</w:tbl></w:body></w:document>",
        )
    listed, _ = read(path)
    assert texts(listed) == [(2, "管件系列, 最大模重 3吨")]
    told = [each.reason.text("zh") for each in listed.problems if not each.line]
    assert len(told) == 1
    assert told[0].startswith("表格以外的文字不读取：“公司创建于1998年")


def test_certificates_are_told_where_they_belong() -> None:
    """Seen: the page asked which of the columns of certificates names a product."""
    assert holds_certificates(("证书名称", "证书编号", "认证范围", "发证机构", "有效期至"))
    assert not holds_certificates(("产品名称", "认证", "单价"))
    assert not holds_certificates(("专利名称", "专利号", "授权日"))
