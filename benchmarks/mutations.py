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

from mutated_files import NASTY, TABLE, good_files, zipped

from matchmaker.errors import InvalidInput
from matchmaker.ingest.report import Parsed
from matchmaker.ingest.tables import read_files

TIME_LIMIT = 30


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
