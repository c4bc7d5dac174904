# ruff: noqa: E501 -- rows of a list, as it is written
"""Peak memory and time of importing, for several sizes of a file, and how both grow.

    python benchmarks/import_memory.py [--rows 100000 400000] [--limit 500]
    python benchmarks/import_memory.py --cordis CORDIS.zip [--times 1 4] [--limit 1024]

Lists of organisations, or the EU's research projects as many times over as said: each copy has
ids of its own, organisations whose names have other letters (words that many names have, such as
legal forms, stay), and a tenth of its participations are of the same organisation in another
copy. Each import runs in a process and an empty installation of its own, into SQLite. The exit
status is 1 where one takes more than the limit, in MiB.
"""

from __future__ import annotations

import argparse
import csv
import io
import math
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

PLACES = ("温州市", "诸暨市", "Wenzhou", "绍兴市", "义乌市")


def write_list(path: Path, rows: int) -> None:
    """A list of members as people have it, every name another one."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["企业名称", "类型", "所在地", "成立日期", "职工人数", "联系电话", "主营产品"]
        )
        for number in range(rows):
            writer.writerow(
                [
                    f"示例第{number}号{_word(number)}有限公司", "民营", PLACES[number % len(PLACES)],
                    f"20{number % 20:02}-0{number % 9 + 1}-11", number % 900 + 1,
                    f"0577-{number:08}", f"{_word(number)}铸件、{_word(number * 7 + 1)}阀门",
                ]
            )  # fmt: skip


def _word(number: int) -> str:
    """Two Chinese characters of their own for each of many numbers."""
    return chr(0x4E00 + number * 7919 % 20_000) + chr(0x4E00 + number * 104_729 % 20_000)


ACROSS = 0.1
SEED = 20260101
# A word that so many names have stays in all copies.
COMMON = 20
_WORD = re.compile(r"\w+")
_VOWELS, _CONSONANTS = "aeiouy", "bcdfghjklmnpqrstvwxz"


def write_copies(source: Path, path: Path, times: int) -> tuple[int, int]:
    """A zip in CORDIS' own layout that holds another so many times over; how many organisations
    and rows of participations it has."""
    csv.field_size_limit(2**31 - 1)
    generator = random.Random(SEED)
    ids: set[str] = set()
    named: Counter[str] = Counter()
    for row in _cells(source, "organization.csv"):
        if row["organisationID"] not in ids and row["name"]:
            named.update(set(_WORD.findall(row["name"].casefold())))
        ids.add(row["organisationID"])
    common = {word for word, names in named.items() if names >= COMMON}
    rows = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name in ("project.csv", "organization.csv"):
            with target.open(name, "w", force_zip64=True) as raw:
                file = io.TextIOWrapper(raw, "utf-8", newline="")
                writer: csv.DictWriter[str] | None = None
                for copy in range(times):
                    other_letters = _letters(copy, common)
                    for row in _cells(source, name):
                        if writer is None:
                            writer = csv.DictWriter(file, list(row), delimiter=";")
                            writer.writeheader()
                        if name == "project.csv":
                            row["id"] = _of_copy(row["id"], copy)
                        else:
                            rows += 1
                            moved = times > 1 and generator.random() < ACROSS
                            owner = generator.randrange(times) if moved else copy
                            row["projectID"] = _of_copy(row["projectID"], copy)
                            row["organisationID"] = _of_copy(row["organisationID"], owner)
                            letters = other_letters if owner == copy else _letters(owner, common)
                            for column in ("name", "shortName"):
                                row[column] = _WORD.sub(letters, row[column])
                        writer.writerow(row)
                file.flush()
                file.detach()
    return times * len(ids), rows


def _cells(source: Path, name: str) -> Iterator[dict[str, str]]:
    with zipfile.ZipFile(source) as archive:
        inside = next(part for part in archive.namelist() if part.endswith(name))
        with archive.open(inside) as raw:
            yield from csv.DictReader(io.TextIOWrapper(raw, "utf-8-sig", newline=""), delimiter=";")


def _of_copy(id: str, copy: int) -> str:
    return f"{id}x{copy}" if id and copy else id


def _letters(copy: int, common: set[str]) -> Callable[[re.Match[str]], str]:
    """Words that are not common, in the letters of a copy: vowels for vowels."""
    generator = random.Random(copy)
    table: dict[int, int] = {}
    for letters in (_VOWELS, _CONSONANTS) if copy else ():
        others = "".join(generator.sample(letters, len(letters)))
        table |= str.maketrans(letters + letters.upper(), others + others.upper())

    def replaced(match: re.Match[str]) -> str:
        word = match[0]
        return word if word.casefold() in common else word.translate(table)

    return replaced


# The command line, and in the end on a file of its own what the system says of the process. The
# peak of a child as its parent is told it (`ru_maxrss`) begins with what the parent holds.
MEASURED = """
import atexit, re, runpy, sys
from pathlib import Path

target = Path(sys.argv.pop(1))

def keep():
    status = Path("/proc/self/status").read_text()
    target.write_text(re.search(r"VmHWM:\\s+(\\d+) kB", status)[1])

atexit.register(keep)
runpy.run_module("matchmaker.cli", run_name="__main__", alter_sys=True)
"""


@dataclass(frozen=True)
class Measured:
    """Peak resident memory in MiB, seconds, and seconds of processor time of an import.

    On a machine that does other work only the last can be compared.
    """

    peak: float
    clock: float
    worked: float


def imported(kind: str, path: Path, folder: Path) -> Measured:
    """An import of a file into an empty installation in a folder."""
    started = time.monotonic()
    peak = folder / "peak"
    process = subprocess.Popen(
        [sys.executable, "-c", MEASURED, str(peak), "import", kind, str(path)],
        env={
            **os.environ,
            "MATCHMAKER_DATA_DIR": str(folder / "data"),
            "PYTHONPATH": str(Path(__file__).parents[1]),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    process.returncode = code
    if code not in (0, 3):
        sys.exit(f"The import of {path.name} ended with {code}.")
    worked = used.ru_utime + used.ru_stime
    return Measured(int(peak.read_text()) / 1024, time.monotonic() - started, worked)


def of_lists(sizes: Sequence[int]) -> Iterator[tuple[int, str, Measured]]:
    """Imports of lists of so many organisations."""
    for rows in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "organizations.csv"
            write_list(path, rows)
            yield rows, f"{rows:>9,} rows", imported("tables", path, Path(folder))


def of_copies(source: Path, sizes: Sequence[int]) -> Iterator[tuple[int, str, Measured]]:
    """Imports of so many copies of the EU's projects."""
    for times in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "copies.zip"
            organizations, rows = write_copies(source, path, times)
            title = f"{organizations:>9,} organisations, {rows:>9,} participations ({times} ×)"
            yield organizations, title, imported("cordis", path, Path(folder))


def main() -> int:
    """Print a line for each size; 1 where one is above the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 400_000])
    parser.add_argument("--cordis", type=Path, help="a CORDIS zip, instead of lists")
    parser.add_argument("--times", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--limit", type=float, default=500.0, help="MiB")
    options = parser.parse_args()
    imports = of_copies(options.cordis, options.times) if options.cordis else of_lists(options.rows)
    measured: list[tuple[int, Measured]] = []
    for size, title, one in imports:
        measured.append((size, one))
        print(
            f"{title}: {one.peak:,.0f} MiB, {one.clock:,.0f} s, "
            f"of the processor {one.worked:,.0f} s",
            flush=True,
        )
    (smallest, first), (largest, last) = measured[0], measured[-1]
    if largest > smallest:
        growth = math.log(largest / smallest)
        print(
            f"grows to the power of {math.log(last.worked / first.worked) / growth:.2f} (seconds "
            f"of the processor), {math.log(last.peak / first.peak) / growth:.2f} (memory)"
        )
    return int(any(one.peak > options.limit for _, one in measured))


if __name__ == "__main__":
    sys.exit(main())
