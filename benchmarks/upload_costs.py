"""The processor time that looking at a file costs, which somebody made to cost much.

    python benchmarks/upload_costs.py                 # every file, in a made-up installation
    python benchmarks/upload_costs.py sheets names    # those whose names hold one of the words

Each is sent and its preview asked for, in a process of its own with the sample graph; what
counts is the time of that process and of those that it starts. Aim: at most 10 s, read or
refused. Files are small and made here; none leaves the folder that goes at the end.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path

from matchmaker.access import ADMIN
from matchmaker.errors import InvalidInput
from matchmaker.settings import Settings
from matchmaker.wiring import wire

AIM, PATIENCE = 10, 240
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
FILES: dict[str, Callable[[], bytes]] = {}


def file(name: str) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    """Register what makes the file of this name."""

    def register(make: Callable[[], bytes]) -> Callable[[], bytes]:
        FILES[name] = make
        return make

    return register


def zipped(parts: dict[str, bytes]) -> bytes:
    """Parts in a zip, each packed."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            packing = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, packing)
    return out.getvalue()


def workbook(rows: str, *, sheets: int = 1, shared: str = "", after: str = "") -> bytes:
    """An XLSX file of which every sheet has these rows."""
    numbers = range(1, sheets + 1)
    book = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    links = "".join(
        f'<Relationship Id="r{n}" Target="worksheets/sheet{n}.xml" Type="{_RELATIONS}/worksheet"/>'
        for n in numbers
    )
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'
    parts = {
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{book}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{links}</Relationships>',
        **{f"xl/worksheets/sheet{n}.xml": sheet for n in numbers},
    }
    if shared:
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{_MAIN}">{shared}</sst>'
    return zipped({name: content.encode() for name, content in parts.items()})


def text(content: str) -> str:
    """A cell with its text inside."""
    return f'<c t="inlineStr"><is><t>{content}</t></is></c>'


def row(cells: Iterable[str]) -> str:
    """A row of an XLSX sheet."""
    return f"<row>{''.join(map(text, cells))}</row>"


HEAD = row(["企业名称", "地区", "主要产品"])
FIRMS = "".join(row([f"示例阀门{n}有限公司", "温州", "阀门"]) for n in range(50))


@file("blank-rows.xlsx")
def _() -> bytes:
    return workbook(HEAD + FIRMS + '<row><c s="1"/><c s="1"/><c s="1"/></row>' * 200_000)


@file("blank-rows-far.xlsx")
def _() -> bytes:
    far = '<row r="1048000"><c r="XFD1048000" s="1"/></row>'
    return workbook(HEAD + FIRMS + '<row><c s="1"/></row>' * 900_000 + far)


@file("columns.xlsx")
def _() -> bytes:
    titles = row(f"c{n}" for n in range(1_990))
    return workbook(titles + row(str(n) for n in range(1_990)) * 200)


@file("columns-named.xlsx")
def _() -> bytes:
    return workbook(row(["企业名称", *(f"地区{n}" for n in range(1_980))]) + FIRMS * 20)


@file("long-titles.xlsx")
def _() -> bytes:
    titles = row(f"{n}" + "企业名称地区主要产品" * 18 for n in range(1_900))
    return workbook(titles + row(["甲"] * 1_900) * 20)


@file("long-titles.csv")
def _() -> bytes:
    titles = ",".join(f"{n}" + "企业名称（万元）" * 22 for n in range(1_900))
    return f"{titles}\n{','.join(['甲'] * 1_900)}\n".encode()


@file("sheets.xlsx")
def _() -> bytes:
    return workbook(HEAD + FIRMS, sheets=5_000)


@file("some-sheets.xlsx")
def _() -> bytes:
    return workbook(HEAD + FIRMS * 40, sheets=200)


@file("shared-strings.xlsx")
def _() -> bytes:
    shared = "".join(f"<si><t>{n:x}</t></si>" for n in range(3_000_000))
    cells = "".join(f'<row><c t="s"><v>{n}</v></c></row>' for n in range(300))
    return workbook(HEAD + cells, shared=shared)


@file("shared-strings-rich.xlsx")
def _() -> bytes:
    shared = "<si><r><t>a</t></r><r><t>b</t></r></si>" * 1_500_000
    return workbook(HEAD + '<row><c t="s"><v>1</v></c></row>' * 300, shared=shared, sheets=20)


@file("shared-strings-long.xlsx")
def _() -> bytes:
    shared = f"<si><t>{'甲乙' * 16_000}</t></si>" * 300
    rows = "".join(f'<row><c t="s"><v>{n % 300}</v></c></row>' for n in range(40_000))
    return workbook(HEAD + rows, shared=shared)


@file("merged.xlsx")
def _() -> bytes:
    ranges = "".join(f'<mergeCell ref="A{n}:ALL{n + 60_000}"/>' for n in range(2, 90_000))
    rows = "<row><c><v>1</v></c></row>" * 50_000
    return workbook(HEAD + rows, after=f"<mergeCells>{ranges}</mergeCells>")


@file("few-rows-of-one-cell.xlsx")
def _() -> bytes:
    return workbook(HEAD + row(["示" * 32_000, "温州", "阀" * 32_000]) * 300)


@file("numbers.xlsx")
def _() -> bytes:
    return workbook(HEAD + "".join(f"<row><c><v>{n}.5</v></c></row>" for n in range(400_000)))


def document(tables: str) -> bytes:
    """An ODS file."""
    office = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = " ".join(f'xmlns:{name}="{office}:{name}:1.0"' for name in ("office", "table", "text"))
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>"
        f"{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "content.xml": content.encode()})


def ods_row(cells: Iterable[str], rows: int = 1, columns: int = 1) -> str:
    """A row of an ODS sheet, again and again."""
    inside = "".join(
        f'<table:table-cell table:number-columns-repeated="{columns}" '
        f'office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
        for cell in cells
    )
    return f'<table:table-row table:number-rows-repeated="{rows}">{inside}</table:table-row>'


def ods_table(rows: str, name: str = "one") -> str:
    return f'<table:table table:name="{name}">{rows}</table:table>'


ODS_HEAD = ods_row(["企业名称", "地区", "主要产品"])


@file("rows-repeated.ods")
def _() -> bytes:
    return document(ods_table(ODS_HEAD + ods_row(["甲阀门厂", "温州"], rows=1_000_000)))


@file("rows-repeated-often.ods")
def _() -> bytes:
    rows = "".join(ods_row([f"甲{n}阀门厂", "温州"], rows=10_000) for n in range(100))
    return document(ods_table(ODS_HEAD + rows))


@file("columns-repeated.ods")
def _() -> bytes:
    return document(ods_table(ODS_HEAD + ods_row(["甲"], rows=10_000, columns=1_990) * 5))


@file("blank-rows.ods")
def _() -> bytes:
    return document(
        ods_table(ODS_HEAD + "<table:table-row><table:table-cell/></table:table-row>" * 400_000)
    )


@file("tables.ods")
def _() -> bytes:
    return document("".join(ods_table(ODS_HEAD + ods_row(["甲厂"]), f"t{n}") for n in range(9_000)))


@file("tables-nested.ods")
def _() -> bytes:
    inside = ods_table(ods_row(["甲"]))
    for _ in range(200):
        inside = ods_table(
            f"<table:table-row><table:table-cell>{inside}</table:table-cell></table:table-row>"
        )
    return document(inside * 200)


@file("spans.ods")
def _() -> bytes:
    cell = (
        '<table:table-row><table:table-cell table:number-columns-spanned="1990" '
        'table:number-rows-spanned="60000"><text:p>甲</text:p></table:table-cell></table:table-row>'
    )
    return document(ods_table(ODS_HEAD + cell * 20_000))


@file("spaces.ods")
def _() -> bytes:
    cell = "甲" + '<text:s text:c="1000"/>' * 30
    return document(ods_table(ODS_HEAD + ods_row([cell + "乙"], rows=10_000) * 3))


def old(sheets: int, rows: int, columns: int = 1, *, far: bool = False) -> bytes:
    """An XLS file."""
    import xlwt

    book = xlwt.Workbook()
    for number in range(sheets):
        sheet = book.add_sheet(f"s{number}")
        for position, title in enumerate(["企业名称", "地区", "主要产品"]):
            sheet.write(0, position, title)
        for line in range(1, rows + 1):
            for position in range(columns):
                sheet.write(line, position, f"示例阀门{line}厂" if position == 0 else "")
        if far:
            sheet.write(65_535, 255, "far")
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@file("sheets.xls")
def _() -> bytes:
    return old(2_000, 1)


@file("rows.xls")
def _() -> bytes:
    return old(1, 60_000, 10)


@file("far.xls")
def _() -> bytes:
    return old(200, 5, far=True)


@file("page.xls")
def _() -> bytes:
    rows = "<tr><td>甲厂<td>温州" * 100_000
    return f"<html><table><tr><td>企业名称<td>地区{rows}</table>".encode()


@file("page-tables.xls")
def _() -> bytes:
    return (
        f"<html>{'<table><tr><td>企业名称<td>地区<tr><td>甲厂<td>温州</table>' * 20_000}".encode()
    )


@file("page-nested.xls")
def _() -> bytes:
    return ("<html>" + "<table><tr><td>" * 5_000 + "甲").encode()


@file("page-spans.xls")
def _() -> bytes:
    cell = "<tr><td colspan=1990 rowspan=60000>甲</td></tr>"
    return f"<html><table><tr><td>企业名称<td>地区</tr>{cell * 20_000}</table>".encode()


@file("page-marks.xls")
def _() -> bytes:
    return (
        f"<html><table><tr><td>企业名称<td>地区<tr><td>{'<b>甲</b><br>' * 100_000}</table>".encode()
    )


@file("one-line.csv")
def _() -> bytes:
    return ("企业名称,地区\n" + "甲" * 660_000 + "\n").encode()


@file("one-line-of-cells.csv")
def _() -> bytes:
    return ("甲," * 500_000).encode()


@file("quotes.csv")
def _() -> bytes:
    return ('企业名称,地区\n"' + '""' * 900_000).encode()


@file("open-quotes.csv")
def _() -> bytes:
    return ("企业名称,地区\n" + '"甲,乙\n' * 200_000).encode()


@file("blank-lines.csv")
def _() -> bytes:
    return ("企业名称,地区\n甲厂,温州\n" + "\n" * 1_900_000).encode()


@file("wide-gaps.txt")
def _() -> bytes:
    return ("企业名称    地区    主要产品\n" + "甲厂    温州    阀门\n" * 60_000).encode()


@file("short-lines.csv")
def _() -> bytes:
    return ("企业名称\n" + "甲\n" * 400_000).encode()


@file("columns.csv")
def _() -> bytes:
    return (",".join(f"c{n}" for n in range(1_990)) + ("\n" + "1," * 1_989) * 400).encode()


@file("deep.json")
def _() -> bytes:
    return b"[" * 900_000


@file("deep-objects.json")
def _() -> bytes:
    return b'[{"name":"a","b":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}]"


@file("deep-in-lines.jsonl")
def _() -> bytes:
    deep = b'{"name":"a","b":' + b"[" * 900 + b"]" * 900 + b"}\n"
    return deep * 1_000


@file("wide.json")
def _() -> bytes:
    return json.dumps([{f"f{n}": n for n in range(1_990)}] * 40).encode()


@file("other-fields.json")
def _() -> bytes:
    return json.dumps([{f"f{n}": n} for n in range(100_000)]).encode()


@file("same-field.json")
def _() -> bytes:
    return ("[{" + ",".join(['"name":"a"'] * 100_000) + "}]").encode()


@file("objects.json")
def _() -> bytes:
    return ("[" + ",".join(['{"name":"a"}'] * 130_000) + "]").encode()


@file("lists-in-lists.json")
def _() -> bytes:
    return json.dumps({f"l{n}": [{"name": f"a{n}"}] for n in range(60_000)}).encode()


@file("long-number.json")
def _() -> bytes:
    return ('[{"name":"a","n":' + "9" * 1_000_000 + "}]").encode()


def names(part: str, count: int = 2_000, length: int = 300) -> bytes:
    """A list of organisations with long names, as a coordinator may send."""
    whole = part * (length // len(part) + 1)
    return ("企业名称,网址\n" + "\n".join(f"{whole[:length]}{n}" for n in range(count))).encode()


for _part in ("示例·", "有限公司", "(", "=", "a ", "，", "1,", "“", "GmbH & Co. KG ", "温州"):
    FILES[f"names-{_part.strip()}.csv"] = lambda part=_part: names(part)
for _part in ("示例·", "温州示例阀门"):
    FILES[f"longer-names-{_part}.csv"] = lambda part=_part: names(part, 40, 12_000)


@file("names-of-one-firm.csv")
def _() -> bytes:
    return (
        "企业名称\n" + "\n".join(f"诸暨大唐袜业有限公司第{n}分公司" for n in range(3_000))
    ).encode()


@file("cells-long.csv")
def _() -> bytes:
    said = "、".join(f"阀门{n}" for n in range(4_000))
    return ("企业名称,主要产品,主要客户,合作单位,荣誉资质\n" + "\n".join(
        f"示例{n}厂,{said},{said},{said},{said}" for n in range(4))).encode()  # fmt: skip


def seconds() -> float:
    """Processor time of this process and of all that it has started."""
    own, others = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def look_at(name: str, path: Path, data: Path) -> None:
    """Send a file, look at its preview, and say what that cost and what came of it."""
    services = wire(Settings(data_dir=data, store="", _env_file=None))
    small = BytesIO("企业名称,地区\n示例阀门厂,温州\n".encode())
    workflow = services.import_workflow
    workflow.preview(ADMIN, workflow.keep(ADMIN, "list.csv", small))  # what is made once
    before, began = seconds(), time.perf_counter()
    try:
        with path.open("rb") as content:
            id = workflow.keep(ADMIN, name, content)
        sent = seconds()
        preview = workflow.preview(ADMIN, id)
        come = "large" if preview.is_large else "read"
        if preview.refused:
            come = f"refused: {preview.refused.text('en')}"
    except InvalidInput as error:
        sent, come = seconds(), f"not taken: {error.text('en')}"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({
        "kept": sent - before, "preview": seconds() - sent, "wall": time.perf_counter() - began,
        "peak": peak, "come": come,
    }))  # fmt: skip


def main(words: list[str]) -> None:
    """Look at every file of which the name holds one of the words, else at all."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        models = Path(os.environ.get("MATCHMAKER_DATA_DIR", "var")).resolve() / "models"
        if models.is_dir():
            (data / "models").symlink_to(models)
        environment = {**os.environ, "MATCHMAKER_DATA_DIR": str(data)}
        subprocess.run(
            [sys.executable, "-m", "matchmaker.cli", "seed"], env=environment, check=True,
            capture_output=True, cwd=Path(__file__).parents[1],
        )  # fmt: skip
        print(
            "file                              bytes   kept preview   sum  MB  what came of it",
            flush=True,
        )
        over = 0
        for name, make in FILES.items():
            if words and not any(word in name for word in words):
                continue
            path = Path(folder) / "sent"
            path.write_bytes(make())
            size = path.stat().st_size
            try:
                done = subprocess.run(
                    [sys.executable, __file__, "--one", name, str(path), str(data)],
                    env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE,
                )  # fmt: skip
            except subprocess.TimeoutExpired:
                over += 1
                print(f"{name:30} {size:>9} no answer within {PATIENCE} s *", flush=True)
                continue
            if done.returncode:
                print(f"{name:30} {size:>9} failed: {done.stderr[-300:]}", flush=True)
                continue
            told = json.loads(done.stdout.splitlines()[-1])
            whole = told["kept"] + told["preview"]
            over += whole > AIM
            print(f"{name:30} {size:>9} {told['kept']:6.1f} {told['preview']:7.1f} "
                  f"{whole:5.1f} {'*' if whole > AIM else ' '} {told['peak']:>4} "
                  f"{told['come'][:90]}", flush=True)  # fmt: skip
        print(f"{over} over {AIM} s")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        look_at(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
    else:
        main(sys.argv[1:])
