"""Good files of many kinds and languages, to be damaged."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

TABLE = "organizations"


TITLES = ["id", "name", "kind", "country", "founded", "capacity", "description"]


CHINESE_TITLES = ["编号", "企业名称", "类型", "国家", "成立日期", "可接洽数", "简介"]


WESTERN = ("Münchner Prüftechnik GmbH", "Société des Vannes", "León Industrias", "ÅSE Verkstad")


CENTRAL = ("Łódzkie Zakłady Armatury", "Škoda Třinec", "Győri Szerszámgép", "Žilina Čerpadla")


CYRILLIC = ("Завод Арматуры", "Производство Насосов", "Київ Прилад", "Московский Литейный")


CHINESE = ("示例阀门有限公司", "温州铸造厂", "浙江机械设备制造有限公司", "上海电子材料研究院")


TRADITIONAL = ("臺灣閥門有限公司", "臺北機械製造廠", "高雄電子材料研究院", "新竹設備股份有限公司")


NASTY = (
    "", '"', '""', "'", "\x00", "\x0b", "\u200b", "\ufeff", "\u202e", "\n", "\r\n", "=1+1",
    "@SUM(A1)", "#N/A", "#REF!", "-", "N/A", "1e400", "9" * 400, "-1", "x" * 30_000, "合计",
    "Total", "2021-02-30", "\ud83d\ude00", "%s", "{0}", "<b>", "../..", "NaN", "0x10", "٣",
    "123456789012345678", "sep=;",
)  # fmt: skip


_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"


def rows(names: tuple[str, ...], titles: list[str] = TITLES) -> list[list[str]]:
    """A header and a row for each name."""
    return [titles] + [
        [f"m:{i}", name, "firm", "DE", f"20{10 + i}-03-0{i + 1}", str(i), f"Valves, {name}; pumps"]
        for i, name in enumerate(names)
    ]


def delimited(table: list[list[str]], separator: str = ",", end: str = "\r\n") -> str:
    """Rows as CSV with quoted texts where they need it."""

    def cell(text: str) -> str:
        needs = separator in text or '"' in text or "\n" in text
        return '"' + text.replace('"', '""') + '"' if needs else text

    return "".join(separator.join(map(cell, row)) + end for row in table)


def good_files() -> dict[str, bytes]:
    """Forty files that load whole, by name."""
    files: dict[str, bytes] = {}
    encodings = (("utf-8", CHINESE), ("utf-8-sig", WESTERN), ("utf-16", CHINESE),
                 ("utf-16-le", WESTERN), ("gb18030", CHINESE), ("cp950", TRADITIONAL),
                 ("cp1252", WESTERN), ("cp1250", CENTRAL), ("cp1251", CYRILLIC))  # fmt: skip
    for encoding, names in encodings:
        files[f"{encoding}.csv"] = delimited(rows(names)).encode(encoding)
    for name, separator in (("semicolon", ";"), ("tab", "\t"), ("pipe", "|")):
        files[f"{name}.csv"] = delimited(rows(WESTERN), separator).encode()
    above = "# made by hand\n\nList of members\n"
    below = "Total,4,,,,,\nSource: office,,,,,,\n"
    files["lines-around.csv"] = (above + delimited(rows(WESTERN)) + below).encode()
    files["sep.csv"] = ("sep=;\r\n" + delimited(rows(WESTERN), ";")).encode()
    files["multiline.csv"] = delimited(
        [*rows(WESTERN), ["m:9", "Nine", "firm", "DE", "2012", "1", 'two\nlines, "quoted"']]
    ).encode()
    files["chinese.csv"] = delimited(rows(CHINESE, CHINESE_TITLES)).encode("gb18030")
    files["mac.csv"] = delimited(rows(WESTERN), end="\r").encode()
    files["bare.csv"] = delimited([row[:3] for row in rows(WESTERN)]).encode()
    files["tab.tsv"] = delimited(rows(CHINESE), "\t").encode()
    files["packed.csv.gz"] = gzip.compress(delimited(rows(CHINESE)).encode(), mtime=0)
    objects = [dict(zip(TITLES, row, strict=True)) for row in rows(CHINESE)[1:]]
    files["list.json"] = json.dumps(objects, ensure_ascii=False).encode()
    files["escaped.json"] = json.dumps(objects, indent=1).encode()
    files["inside.json"] = json.dumps({"meta": {"n": 4}, "rows": objects}).encode()
    files["numbers.json"] = json.dumps([{**o, "capacity": 3} for o in objects]).encode()
    files["lines.jsonl"] = "".join(json.dumps(item) + "\n" for item in objects).encode()
    files["packed.jsonl.gz"] = gzip.compress(files["lines.jsonl"], mtime=0)
    for name, change in WORKBOOKS.items():
        files[f"{name}.xlsx"] = workbook(change)
    files["plain.xlsm"] = workbook(_unchanged)
    files["plain.ods"] = open_document(rows(CHINESE))
    files["titled.ods"] = open_document([["List of members"], [], *rows(WESTERN)])
    files["plain.xls"] = old_workbook(rows(CHINESE))
    files["titled.xls"] = old_workbook([["List of members"], [], *rows(WESTERN)])
    return files


def workbook(change: Callable[[Worksheet], None]) -> bytes:
    """An XLSX file of the Chinese rows, changed."""
    book = Workbook()
    sheet = book.active
    for row in rows(CHINESE):
        sheet.append([int(cell) if cell.isdigit() else cell for cell in row])
    change(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _unchanged(_sheet: Worksheet) -> None:
    pass


def _titled(sheet: Worksheet) -> None:
    sheet.insert_rows(1, 2)
    sheet["A1"] = "List of members"
    sheet.merge_cells("A1:G1")


def _merged(sheet: Worksheet) -> None:
    sheet.merge_cells("D2:D5")


def _formats(sheet: Worksheet) -> None:
    for row in range(2, 6):
        sheet.cell(row, 6).number_format = '0" 家"'


def _hidden(sheet: Worksheet) -> None:
    other = sheet.parent.create_sheet("old", 0)
    other.append(["id", "name"])
    other.sheet_state = "hidden"


def _errors(sheet: Worksheet) -> None:
    sheet["G3"] = "#N/A"
    sheet["G4"] = "=1/0"


def _totals(sheet: Worksheet) -> None:
    sheet.append([None, "合计", None, None, None, 6])
    sheet.append(["制表人：某某"])


WORKBOOKS: dict[str, Callable[[Worksheet], None]] = {
    "plain": _unchanged,
    "titled": _titled,
    "merged": _merged,
    "formats": _formats,
    "hidden": _hidden,
    "errors": _errors,
    "totals": _totals,
    "sheets": lambda sheet: sheet.parent.create_sheet("more").append(["a", "b"]),
    "blank": lambda sheet: sheet.insert_rows(1),
}


def open_document(table: list[list[str]]) -> bytes:
    """The least that is an ODS file."""
    cells = "".join(
        "<table:table-row>"
        + "".join(
            '<table:table-cell office:value-type="string">'
            f"<text:p>{cell}</text:p></table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in table
    )
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        f' xmlns:table="{_TABLE}" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
        f'<office:body><office:spreadsheet><table:table table:name="one">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content.encode(),
        }
    )


def old_workbook(table: list[list[str]]) -> bytes:
    """An XLS file."""
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("one")
    for number, row in enumerate(table):
        for position, cell in enumerate(row):
            sheet.write(number, position, int(cell) if cell.isdigit() else cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()
