"""An installation that the cases are tried on by its commands, and the register of cases."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from matchmaker.domain import GraphRows
from matchmaker.settings import read_settings
from matchmaker.store.opening import open_store

REPORTED = 3  # exit status: something was refused, and said so


# A first refresh embeds the whole seed, which takes minutes on a busy machine.
COMMAND_SECONDS = 900

# What a check yields: what it is about, what came of it, what must come of it.
Check = tuple[str, Any, Any]

CASES: dict[str, Callable[[Installation], Iterator[Check]]] = {}


def case(number: str) -> Callable[[Any], Any]:
    """Register what the case of this number must give."""

    def register(check: Callable[[Installation], Iterator[Check]]) -> Any:
        CASES[number] = check
        return check

    return register


@dataclass
class Installation:
    """One empty installation, and the folder of the case."""

    case: Path
    data: Path

    def run(self, *arguments: str, language: str = "en") -> subprocess.CompletedProcess[str]:
        """A command of ours, as a person would type it in the folder of the case."""
        return subprocess.run(
            [sys.executable, "-m", "matchmaker.cli", *arguments],
            env={
                **os.environ,
                "MATCHMAKER_DATA_DIR": str(self.data),
                "LC_ALL": language,
                "PYTHONPATH": str(Path(__file__).parents[1]),
            },
            cwd=self.case,
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )

    def load(self, *arguments: str) -> Report:
        """`matchmaker import …` with its report."""
        done = self.run("import", *arguments, "--json")
        return Report(done.returncode, done.stdout, done.stderr)

    def tables(self, *files: str, **options: str) -> Report:
        """Our own tables, or lists that are much like them."""
        return self.load("tables", *files, *_options(options))

    def contracts(self, file: str, mapping: str = "map.toml") -> Report:
        """A file by its mapping."""
        return self.load("contracts", file, "--map", mapping)

    def ties(self, file: str, mapping: str = "map.toml") -> Report:
        """Relations by their mapping."""
        return self.load("ties", file, "--map", mapping)

    def ask(self, words: str, *options: str) -> dict[str, Any]:
        """Suppliers for words, as `matchmaker recommend --json` gives them."""
        done = self.run("recommend", "--goal", "supplier", "--text", words, *options, "--json")
        page: dict[str, Any] = json.loads(done.stdout)
        return page

    @property
    def rows(self) -> GraphRows:
        """Everything in the store."""
        os.environ["MATCHMAKER_DATA_DIR"] = str(self.data)
        store = open_store(read_settings())
        store.prepare()
        rows = store.export().rows
        store.close()
        return rows

    def organizations(self) -> dict[str, Any]:
        """Organisations by id."""
        return {row.id: row for row in self.rows.organizations}

    def names(self) -> set[str]:
        """Names of all organisations."""
        return {row.name for row in self.rows.organizations}

    def amounts(self) -> list[float | None]:
        """Amounts of contracts, in the order of the lines that they come from."""
        rows = sorted(self.rows.engagements, key=lambda row: (line_of(row), row.id))
        return [row.amount for row in rows]


@dataclass
class Report:
    """What `matchmaker import --json` told."""

    code: int
    out: str
    err: str

    @cached_property
    def document(self) -> dict[str, Any]:
        """The report; empty where the file was refused as a whole."""
        try:
            return dict(json.loads(self.out))
        except ValueError:
            return {}

    @property
    def problems(self) -> list[dict[str, Any]]:
        """Each with file, line, field, reason and severity."""
        return list(self.document.get("problems", ()))

    def lines(self, severity: str) -> list[int]:
        """Lines with a problem of this kind, each once, in order."""
        return sorted({row["line"] for row in self.problems if row["severity"] == severity})

    def fields(self, line: int) -> set[str]:
        """Fields with a problem on a line."""
        return {row["field"] for row in self.problems if row["line"] == line}

    def is_accounted(self, lines: int) -> bool:
        """True where read = loaded + refused + passed over, and `lines` were read."""
        files = self.document.get("files", ())
        return (
            bool(files)
            and all(row["read"] == row["loaded"] + row["refused"] + row["passed"] for row in files)
            and sum(row["read"] for row in files) == lines
        )

    @property
    def refused_whole(self) -> bool:
        """Nothing was read; a sentence says why, and no traceback."""
        return self.code not in (0, REPORTED) and bool(self.err) and "Traceback" not in self.err


def _options(options: dict[str, str]) -> Iterator[str]:
    for name, value in options.items():
        yield f"--{name.replace('_', '-')}"
        yield value


def line_of(row: Any) -> int:
    """The line of its file that a row came from, 0 where it has none."""
    digits = "".join(mark if mark.isdigit() else " " for mark in row.provenance.record).split()
    return int(digits[-1]) if digits else 0
