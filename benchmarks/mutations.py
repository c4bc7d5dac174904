"""Damaged files: 40 good ones of every format, mutated at random and read as tables.

    python benchmarks/mutations.py [--count 20000] [--first 0] [--seed 0] [--keep FOLDER]

Each mutant must be read within 30 s and without a traceback: either as a whole refused, or
every line of it accounted for, loaded, refused or passed over. What is not so is kept in FOLDER.
The mutations: bytes, encodings, cells, quotation marks and separators, members of zips and
what sheets say of themselves.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import random
import re
import signal
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import FrameType

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from matchmaker.errors import InvalidInput
from matchmaker.ingest.report import Parsed
from matchmaker.ingest.tables import read_files

TABLE = "organizations"
TIME_LIMIT = 30
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


@dataclass(frozen=True)
class Mutation:
    """A file changed: its name still says its format."""

    name: str
    kind: str
    content: bytes


def mutations(count: int, seed: int) -> Iterator[Mutation]:
    """Mutants of all files in turn, the same for the same seed."""
    files = list(good_files().items())
    randoms = random.Random(seed)
    for number in range(count):
        name, content = files[number % len(files)]
        kinds = ["bytes"]
        if name.endswith((".csv", ".tsv", ".json", ".jsonl")):
            kinds += ["encoding", "cells", "quoting"]
        if content[:2] == b"PK":
            kinds += ["member", "member bytes", "sheet", "sheet"]
        if name.endswith(".gz"):
            kinds += ["packed"]
        kind = randoms.choice(kinds)
        for _ in range(randoms.choice((1, 1, 1, 2, 5))):
            content = MUTATIONS[kind](content, randoms)
        yield Mutation(name, kind, content)


def in_bytes(content: bytes, randoms: random.Random) -> bytes:
    """Some bytes changed, lost, doubled, put in or cut off."""
    if not content:
        return content
    start = randoms.randrange(len(content))
    end = min(len(content), start + randoms.choice((1, 1, 2, 8, 64)))
    piece = content[start:end]
    other = randoms.choice(
        (b"", piece * 2, piece * 50, bytes(len(piece)), randoms.randbytes(len(piece)), b"\xff",
         b'"', b"\n", b"\r", b",", b"\xe9", b"\xc3")
    )  # fmt: skip
    if randoms.random() < 0.1:
        return content[:start]
    return content[:start] + other + content[end:]


def in_encoding(content: bytes, randoms: random.Random) -> bytes:
    """The text in another encoding, or two encodings in one file."""
    text = content.decode(randoms.choice(("utf-8", "gb18030", "cp1252", "utf-16")), "replace")
    codec = randoms.choice(("utf-8", "utf-16", "utf-16-be", "utf-32", "gb18030", "cp950", "cp1252",
                            "cp1250", "cp1251", "shift-jis", "koi8-r", "utf-7"))  # fmt: skip
    other = text.encode(codec, randoms.choice(("ignore", "replace")))
    both = other[: len(other) // 2] + content
    return randoms.choice((other, content + other, both, b"\xef\xbb\xbf" + other))


def _decoded(content: bytes) -> tuple[str, str]:
    codec = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    try:
        return content.decode(codec), codec
    except UnicodeDecodeError:
        return content.decode("latin-1"), "latin-1"


def in_cells(content: bytes, randoms: random.Random) -> bytes:
    """A cell replaced, lost or moved; a line lost, doubled or moved."""
    text, codec = _decoded(content)
    parts = re.split(r"([,;\t|\r\n]+)", text)
    place = randoms.randrange(0, len(parts), 2)
    action = randoms.randrange(5)
    if action < 2:
        parts[place] = randoms.choice(NASTY)
    elif action == 2:
        del parts[place : place + 2]
    elif action == 3:
        parts[place:place] = [randoms.choice(NASTY), randoms.choice(",;\t|\n")]
    else:
        lines = text.splitlines(keepends=True)
        lines.insert(randoms.randrange(len(lines) + 1), randoms.choice(lines or [""]))
        parts = lines
    return "".join(parts).encode(codec, "ignore")


def in_quoting(content: bytes, randoms: random.Random) -> bytes:
    """A quotation mark, separator or end of line put in, taken out or changed."""
    text, codec = _decoded(content)
    marks = [match.start() for match in re.finditer(r'[",;\t|\r\n\\]', text)] or [0]
    place = randoms.choice([*marks, randoms.randrange(len(text) + 1)])
    mark = randoms.choice(('"', '""', "'", ",", ";", "\t", "\n", "\r", '"\n', '",', "\\", ""))
    return (text[:place] + mark + text[place + randoms.randrange(2) :]).encode(codec, "ignore")


def _members(content: bytes) -> dict[str, bytes] | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {info.filename: archive.read(info) for info in archive.infolist()}
    except Exception:  # damaged before: only its bytes can be changed
        return None


def in_members(content: bytes, randoms: random.Random) -> bytes:
    """A member of the zip lost, emptied, renamed or in another's place."""
    members = _members(content)
    if not members:
        return in_bytes(content, randoms)
    name = randoms.choice(sorted(members))
    action = randoms.randrange(4)
    if action == 0:
        del members[name]
    elif action == 1:
        members[name] = b""
    elif action == 2:
        members[name.upper()] = members.pop(name)
    else:
        members[name] = members[randoms.choice(sorted(members))]
    return zipped(members)


def in_member_bytes(content: bytes, randoms: random.Random) -> bytes:
    """Bytes of a member changed, the zip sound."""
    members = _members(content)
    if not members:
        return in_bytes(content, randoms)
    name = randoms.choice(sorted(members))
    members[name] = in_bytes(members[name], randoms)
    return zipped(members)


def in_sheet(content: bytes, randoms: random.Random) -> bytes:
    """What a sheet says of its cells: references, types, styles, numbers, merged ranges."""
    members = _members(content)
    if not members:
        return in_bytes(content, randoms)
    sheets = [name for name in members if "sheet" in name.lower() or name.endswith("content.xml")]
    name = randoms.choice(sorted(sheets) or sorted(members))
    text = members[name].decode("utf-8", "ignore")
    values = list(re.finditer(r'="([^"<]*)"|>([^<]+)<', text))
    if not values:
        return in_bytes(content, randoms)
    match = randoms.choice(values)
    group = 1 if match.group(1) is not None else 2
    value = randoms.choice(
        ("", "0", "-1", "999999999999", "1e308", "NaN", "XFD1048576", "A1", "A1:XFD1048576", "s",
         "e", "b", "d", "n", "inlineStr", "str", "#N/A", "1.5", "x", "4000", "1048576",
         "16384", "hidden")
    )  # fmt: skip
    start, end = match.span(group)
    members[name] = (text[:start] + value + text[end:]).encode()
    return zipped(members)


def in_packed(content: bytes, randoms: random.Random) -> bytes:
    """The unpacked text changed and packed again."""
    try:
        unpacked = gzip.decompress(content)
    except Exception:  # damaged before
        return in_bytes(content, randoms)
    return gzip.compress(randoms.choice((in_cells, in_bytes))(unpacked, randoms), mtime=0)


MUTATIONS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "bytes": in_bytes,
    "encoding": in_encoding,
    "cells": in_cells,
    "quoting": in_quoting,
    "member": in_members,
    "member bytes": in_member_bytes,
    "sheet": in_sheet,
    "packed": in_packed,
}


class Hang(BaseException):
    """A file took longer than it may; nothing may catch this."""


def outcome(mutation: Mutation, folder: Path) -> tuple[str, str]:
    """`read`, `refused`, or what went wrong and how."""
    path = folder / f"{TABLE}.{mutation.name}"
    path.write_bytes(mutation.content)
    return limited(lambda: _lost(unaccounted(read_files([(TABLE, path)]))))


def _lost(lines: int) -> str:
    return f"{lines} lines" if lines else ""


def limited(work: Callable[[], str]) -> tuple[str, str]:
    """`read`, `refused`, or what went wrong and how; `work` tells what was lost, "" for nothing."""
    signal.setitimer(signal.ITIMER_REAL, TIME_LIMIT)
    try:
        lost = work()
    except InvalidInput:
        return "refused", ""
    except Hang:
        return "HANG", ""
    except Exception:
        return "TRACEBACK", traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return ("LOST", lost) if lost else ("read", "")


def unaccounted(parsed: Parsed) -> int:
    """Lines read that were neither loaded, alone or joined to another, refused nor passed over.

    The lines of rows that were kept come from the rows themselves, not from a difference.
    """
    kept = {line for (table, _), (_, line) in parsed.origins.items() if table == TABLE}
    told = {problem.line for problem in parsed.problems if problem.line}
    return sum(parsed.read.values()) - len(kept | told)


def _alarm(_signal: int, _frame: FrameType | None) -> None:
    raise Hang


def run(count: int, seed: int, keep: Path | None = None, first: int = 0) -> Counter[str]:
    """How many mutants came to what; those before `first` are made and not tried."""
    signal.signal(signal.SIGALRM, _alarm)
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for number, mutation in islice(enumerate(mutations(count, seed)), first, None):
            result, detail = outcome(mutation, Path(folder))
            counts[result] += 1
            if result not in ("read", "refused"):
                print(f"{result} {number} {mutation.name} ({mutation.kind})\n{detail}")
                if keep is not None:
                    keep.mkdir(parents=True, exist_ok=True)
                    (keep / f"{TABLE}.{number}.{mutation.name}").write_bytes(mutation.content)
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0, help="try only those from this number on")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    start = time.perf_counter()
    return print_counts(
        run(arguments.count, arguments.seed, arguments.keep, arguments.first), start
    )


def print_counts(counts: Counter[str], start: float) -> int:
    """Print what the mutants came to; the exit status."""
    for result, number in sorted(counts.items()):
        print(f"{result:10} {number:6}")
    print(f"{counts.total()} files in {time.perf_counter() - start:.0f} s")
    return 0 if set(counts) <= {"read", "refused"} else 1


if __name__ == "__main__":
    sys.exit(main())
