"""Damaged files of every reader, mutated at random, read and imported.

    python benchmarks/reader_mutations.py [--count 5000] [--seed 0] [--keep FOLDER] [--read-only]

The readers are those of mappings (contracts, ties, projects; CSV, XLSX, XLS, ODS, JSON), CORDIS,
OCDS, ROR, OpenAlex and GLEIF; `mutations.py` has our own tables. What is required of a mutant
is the same: read within 30 s without a traceback, and either refused as a whole or every line
of it loaded, refused or passed over; and then imported so into an empty store (a dry run).
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mutated_files import NASTY, zipped
from mutations import MUTATIONS, TIME_LIMIT, _alarm, limited, print_counts
from reader_files import ADMIN, GoodFile, good_files

from matchmaker.ingest.report import Parsed
from matchmaker.services.operations.importer import Importer, ImportOptions
from matchmaker.store.sqlite import SqliteStore


def in_values(content: bytes, randoms: random.Random) -> bytes:
    """A value of JSON, wherever it stands, is another or of another type; a key is another."""
    text = content.decode("utf-8", "replace")
    lines = text.splitlines() or [""]
    is_lines = len(lines) > 1
    number = randoms.randrange(len(lines)) if is_lines else 0
    try:
        document = json.loads(lines[number] if is_lines else text)
    except (ValueError, RecursionError):
        return content
    places = list(_places(document))
    if not places:
        return content
    parent, key = randoms.choice(places)
    value = randoms.choice(
        (None, True, 0, -1, 1e308, 10**400, [], {}, [[]], [None], "", [1, "a"], {"a": {"b": []}},
         [{"id": None}], "x" * 30_000, *NASTY)
    )  # fmt: skip
    if isinstance(parent, dict) and randoms.random() < 0.2:
        parent[str(value)[:300]] = parent.pop(key)
    else:
        parent[key] = value
    written = json.dumps(document, ensure_ascii=randoms.random() < 0.5)
    if is_lines:
        lines[number] = written
        return ("\n".join(lines) + "\n").encode("utf-8", "surrogatepass")
    return written.encode("utf-8", "surrogatepass")


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) \
        if isinstance(value, list) else ()  # fmt: skip
    for key, part in items:
        yield value, key
        yield from _places(part)


def in_member_cells(content: bytes, randoms: random.Random) -> bytes:
    """The text of a member of a zip changed as that of a file is."""
    import io
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {info.filename: archive.read(info) for info in archive.infolist()}
    except Exception:  # damaged before
        return MUTATIONS["bytes"](content, randoms)
    if not members:
        return content
    name = randoms.choice(sorted(members))
    kinds = ["cells", "quoting", "bytes"] if name.endswith(".csv") else ["value"]
    members[name] = CHANGES[randoms.choice(kinds)](members[name], randoms)
    return zipped(members)


CHANGES = MUTATIONS | {"value": in_values, "member cells": in_member_cells}


def kinds_of(name: str) -> list[str]:
    """The mutations that a file of this name can take."""
    if name.endswith((".json", ".jsonl")):
        return ["bytes", "encoding", "cells", "value", "value", "value"]
    if name.endswith((".csv", ".tsv")):
        return ["bytes", "encoding", "cells", "cells", "quoting"]
    if name.endswith(".gz"):
        return ["bytes", "packed", "packed"]
    if name.endswith(".zip"):
        return ["bytes", "member", "member bytes", "member cells", "member cells", "member cells"]
    if name.endswith((".xlsx", ".ods")):
        return ["bytes", "member", "member bytes", "sheet", "sheet", "sheet"]
    return ["bytes"]


def unaccounted(parsed: Parsed, *, joins: bool) -> int:
    """Lines read that were neither loaded, refused nor passed over.

    The lines of rows that were kept come from the rows themselves, not from a difference. Lines
    that joined another line's row are known from nothing else, so readers that join are
    held to not telling of more lines than they read.
    """
    gap = 0
    for file, read in parsed.read.items():
        kept = {line for place, line in parsed.origins.values() if place == file}
        told = {problem.line for problem in parsed.problems if problem.file == file} - {0}
        accounted = len(kept | told)
        gap += max(0, accounted - read) if joins else abs(read - accounted)
    return gap


def outcome(path: Path, file: GoodFile, importer: Importer | None) -> tuple[str, str]:
    """`read`, `refused`, or what went wrong and how."""

    def lost() -> str:
        parsed = file.read(path)
        if gap := unaccounted(parsed, joins=file.joins):
            return f"{gap} lines"
        if importer is not None:
            report = importer.read(ADMIN, lambda _: parsed, ImportOptions(dry_run=True))
            return next((str(counts) for counts in report.files if counts.loaded < 0), "")
        return ""

    start = time.perf_counter()
    result, detail = limited(lost)
    seconds = time.perf_counter() - start
    is_slow = result == "read" and seconds >= TIME_LIMIT / 5
    return ("SLOW", f"{seconds:.1f} s") if is_slow else (result, detail)


def run(count: int, seed: int, keep: Path | None = None, *, importing: bool = True) -> Counter[str]:
    """How many mutants came to what."""
    signal.signal(signal.SIGALRM, _alarm)
    counts: Counter[str] = Counter()
    randoms = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = good_files(folder)
        store = SqliteStore(folder / "graph.db")
        store.prepare()
        importer = Importer(store)
        for number in range(count):
            file = files[number % len(files)]
            kind = randoms.choice(kinds_of(file.name))
            content = file.content
            for _ in range(randoms.choice((1, 1, 1, 2, 5))):
                content = CHANGES[kind](content, randoms)
            path = folder / file.name
            path.write_bytes(content)
            result, detail = outcome(path, file, importer if importing else None)
            counts[result] += 1
            if result not in ("read", "refused"):
                print(f"{result} {number} {file.name} ({kind})\n{detail}", flush=True)
                if keep is not None:
                    keep.mkdir(parents=True, exist_ok=True)
                    (keep / f"{number}.{file.name}").write_bytes(content)
        store.close()
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--read-only", action="store_true", help="do not import")
    given = parser.parse_args()
    start = time.perf_counter()
    counts = run(given.count, given.seed, given.keep, importing=not given.read_only)
    return print_counts(counts, start)


if __name__ == "__main__":
    sys.exit(main())
