"""Parsers fed with whatever leads to code that was not reached yet (coverage-guided fuzzing).

    pip install atheris && python -m benchmarks.fuzz PARSER [--seconds 1200] [--corpus FOLDER]

PARSER is one of `PARSERS` below. atheris (libFuzzer) changes the inputs of the corpus, keeps what
reaches new branches of ours, and stops at the first one that raises anything but a refusal in our
own words, or takes longer than 10 s. A small part of what it kept is in `tests/corpus`, which
the tests feed to the same functions.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from matchmaker.errors import MatchmakerError

CORPUS = Path(__file__).parents[1] / "tests" / "corpus"
SECONDS_FOR_ONE = 10
# What libFuzzer's memory tells nothing of: a parser may build what it reads twice.
_MEGABYTES = 2_048
_LONGEST = 4_096


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _file(name: str, read: Callable[[Path], object]) -> Callable[[bytes], None]:
    def parse(content: bytes) -> None:
        with tempfile.TemporaryDirectory(prefix="fuzz") as folder:
            path = Path(folder) / name
            path.write_bytes(content)
            read(path)

    return parse


def _table(path: Path) -> object:
    from matchmaker.ingest.tables import read_files

    return read_files([("organizations", path)])


def _mapping(path: Path) -> object:
    from matchmaker.ingest.mapping_file import read_mapping

    return read_mapping(path)


def _ocds(path: Path) -> object:
    from matchmaker.ingest.ocds import read_ocds

    return read_ocds(path)


def _gleif(path: Path) -> object:
    from matchmaker.ingest.gleif import read_gleif

    return read_gleif(path)


def _backup(path: Path) -> object:
    from matchmaker.services.operations.backup_file import extract

    with tempfile.TemporaryDirectory(prefix="fuzz") as folder:
        return extract(path, Path(folder))


def _cells(content: bytes) -> None:
    from matchmaker.ingest import codes, countries, dates, numbers
    from matchmaker.ingest.cells import CellWarning
    from matchmaker.ingest.names import name_parts, split_names

    cell = _text(content)
    name_parts(cell), split_names(cell)
    reads: list[Callable[[str], object]] = [dates.parse, dates.day, numbers.parse]
    reads += [countries.country, *(partial(codes.check, kind) for kind in codes.CODE_KINDS)]
    for read in reads:
        with contextlib.suppress(MatchmakerError, CellWarning):
            read(cell)


def _question(content: bytes) -> None:
    from matchmaker.recommend.specification.reading import read
    from matchmaker.stages import read_stages
    from matchmaker.text import passages, terms

    text = _text(content)
    read(text), terms(text), passages(text), read_stages(text, is_need=True)


def _credential(content: bytes) -> None:
    from datetime import UTC, datetime

    from matchmaker.workflow.passkey import PasskeyRefused, Site, challenge_of, new_passkey

    with contextlib.suppress(PasskeyRefused, ValueError, RecursionError):
        answer = json.loads(content)
        if isinstance(answer, dict):  # the shape of the route sees to it
            challenge = challenge_of(answer)
            site = Site("example.org", "https://example.org")
            new_passkey(answer, site, challenge, "x", datetime.now(UTC))


PARSERS: dict[str, Callable[[bytes], None]] = {
    "delimited": _file("organizations.csv", _table),
    "workbook": _file("organizations.xlsx", _table),
    "old_workbook": _file("organizations.xls", _table),
    "open_document": _file("organizations.ods", _table),
    "json": _file("organizations.json", _table),
    "mapping": _file("list.toml", _mapping),
    "ocds": _file("releases.json", _ocds),
    "gleif": _file("entities.xml", _gleif),
    "backup": _file("saved.zip", _backup),
    "cells": _cells,
    "question": _question,
    "credential": _credential,
}


def feed(parser: str, content: bytes) -> None:
    """Have a parser read the input. Raises what is no refusal of ours."""
    with contextlib.suppress(MatchmakerError):
        PARSERS[parser](content)


def main() -> None:
    """Fuzz one parser for so long."""
    import atheris

    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("parser", choices=sorted(PARSERS))
    arguments.add_argument("--seconds", type=int, default=1200)
    arguments.add_argument("--corpus", type=Path, help="where inputs are kept, to go on from")
    chosen = arguments.parse_args()
    corpus = chosen.corpus or Path(tempfile.mkdtemp(prefix="corpus"))
    corpus.mkdir(parents=True, exist_ok=True)
    with atheris.instrument_imports(include=["matchmaker"]):
        feed(chosen.parser, b"")  # what it imports is imported now
    given = [
        sys.argv[0], str(corpus), str(CORPUS / chosen.parser),
        f"-max_total_time={chosen.seconds}", f"-timeout={SECONDS_FOR_ONE}",
        f"-rss_limit_mb={_MEGABYTES}", f"-max_len={_LONGEST}", "-print_final_stats=1",
    ]  # fmt: skip
    atheris.Setup(given, lambda content: feed(chosen.parser, content))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
