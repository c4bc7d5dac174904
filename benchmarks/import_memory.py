# ruff: noqa: E501 -- rows of a list, as it is written
"""Peak memory and time of importing organisations, for two sizes of a file.

    python benchmarks/import_memory.py [--rows 100000 400000] [--limit 500]

Each import runs in a process and an empty installation of its own. The exit status is 1 where
one takes more than the limit, in MiB.
"""

from __future__ import annotations

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
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


def imported(rows: int) -> tuple[float, float, float]:
    """Peak resident memory in MiB, seconds, and seconds of processor time of an import.

    On a machine that does other work only the last can be compared.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "organizations.csv"
        write_list(path, rows)
        started = time.monotonic()
        peak = Path(folder) / "peak"
        process = subprocess.Popen(
            [sys.executable, "-c", MEASURED, str(peak), "import", "tables", str(path)],
            env={
                **os.environ,
                "MATCHMAKER_DATA_DIR": str(Path(folder) / "data"),
                "PYTHONPATH": str(Path(__file__).parents[1]),
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, status, used = os.wait4(process.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        process.returncode = code
        if code not in (0, 3):
            sys.exit(f"The import of {rows:,} rows ended with {code}.")
        worked = used.ru_utime + used.ru_stime
        return int(peak.read_text()) / 1024, time.monotonic() - started, worked


def main() -> int:
    """Print a line for each size; 1 where one is above the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 400_000])
    parser.add_argument("--limit", type=float, default=500.0, help="MiB")
    options = parser.parse_args()
    above = 0
    for rows in options.rows:
        peak, seconds, worked = imported(rows)
        above += peak > options.limit
        print(
            f"{rows:>9,} rows: {peak:,.0f} MiB, {seconds:,.0f} s, of the processor {worked:,.0f} s",
            flush=True,
        )
    return min(above, 1)


if __name__ == "__main__":
    sys.exit(main())
