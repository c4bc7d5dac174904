"""Every command that the README and the docs show runs, in the order in which they show it."""

from __future__ import annotations

import gzip
import importlib
import json
import pkgutil
import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from openpyxl import Workbook

from matchmaker.cli import run
from tests.samples import copy_samples
from tests.unit import ingest as readers
from tests.unit.ingest.test_mapping import AWARDS, FACTS

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    [
        ROOT / "CONTRIBUTING.md",
        *ROOT.glob("README*.md"),
        *ROOT.glob("*/README.md"),
        *(ROOT / "docs").rglob("*.md"),
    ]
)
PROJECTS = """
source = "own"
[projects]
lead = { name = "lead" }
partners = { name = "partners" }
id = "no"
title = "title"
"""
OFFERS = "id,organization,kind,text\nown:1,seed:valves-001,product,DN50 ball valves in CF8M\n"
FENCED = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(matchmaker [^`]+)`")
# Run until they are stopped; `tests/contract/test_killed.py` and the browser's tests run them.
RUNS_ON = {"serve", "worker", "mcp"}
# The sample graph has no history before 2017 to learn from, and says so.
REFUSED = {"evaluate"}


def commands(page: Path) -> list[str]:
    """Whole commands of a page; what only names one (`matchmaker log`) among its prose too."""
    text = page.read_text(encoding="utf-8")
    found: list[str] = []
    for block in FENCED.findall(text):
        joined = re.sub(r"\\\n\s*", " ", block)
        lines = (re.sub(r"\s{2,}#.*$", "", line).strip() for line in joined.splitlines())
        found += [line.removeprefix(".venv/bin/") for line in lines]
    inline = (" ".join(line.split()) for line in INLINE.findall(FENCED.sub("", text)))
    found += [line for line in inline if len(line.split()) > 2]
    shown = [line for line in found if line.startswith("matchmaker ")]
    return [line for line in dict.fromkeys(shown) if "…" not in line]


class Desk:
    """A folder with the files that the pages speak of, and what the last commands answered."""

    FILES: ClassVar = {
        "contracts": "awards.csv.gz",
        "list": "members.csv",
        "projects": "projects.csv",
    }

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capture = capture
        self.known: dict[str, str] = {}

    def words(self, line: str) -> list[str]:
        """The command with its placeholders filled in."""
        for name, value in self.places(line).items():
            line = re.sub(rf"(?<![\w-]){name}(?![\w.-])", value, line)
        return shlex.split(line)[1:]

    def places(self, line: str) -> dict[str, str]:
        cluster = "seed:cluster-valves"
        ids = dict.fromkeys(("audit", "batch", "effect"), cluster)
        ids["recommend"] = "seed:need-valves-001"
        default = "seed:valves-001" if " call " not in line else self.known.get("call", "")
        return {
            "ID": next(
                (id for word, id in ids.items() if word in line.split()),
                self.known.get("introduction", default) if " act " in line else default,
            ),
            "CLUSTER": cluster,
            "GOAL": "supplier",
            "ADDRESS": "wang@example.org"
            if {"reset", "keys"}.intersection(line.split())
            else "reader@example.org",
            "NAME": "Reader",
            "YOU": "wang@example.org",
            "TABLE": "offers",
            "FILE.zip": "cordis-projects.zip",
            "FILE": "prices.xlsx"
            if "--organization" in line
            else next(
                (file for word, file in self.FILES.items() if word in line.split()),
                "relations.csv.gz",
            ),
            "MAP.toml": "projects.toml"
            if "projects" in line
            else f"docs/examples/{'gebiz' if 'contracts' in line else 'ickg'}.toml",
        }

    def __call__(self, line: str) -> int:
        words = self.words(line)
        target = None
        if ">" in words:
            target = self.folder / words[words.index(">") + 1]
            words = words[: words.index(">")]
        self.capture.readouterr()
        code = run(words)
        said = self.capture.readouterr()
        if target is not None:
            target.write_text(said.out, encoding="utf-8")
        if words[:2] == ["introduction", "propose"]:
            self.known["introduction"] = re.findall(r"[0-9a-f]{32}", said.out)[0]
        if words[:2] == ["call", "open-file"]:
            self.known["call"] = said.out.strip()
        if words[:2] == ["call", "form"]:  # as who answers fills it in
            path = self.folder / "answer.json"
            answer = json.loads(path.read_text(encoding="utf-8")) | {"text": "95 元/件，20 天"}
            path.write_text(json.dumps(answer), encoding="utf-8")
        assert "Traceback" not in said.err
        return code


def public_files(folder: Path) -> None:
    """What public sources publish, under the names that the pages show.

    The tests of a source's reader say what: `published(folder)` of each module of them.
    """
    for module in pkgutil.iter_modules(readers.__path__, f"{readers.__name__}."):
        publish = getattr(importlib.import_module(module.name), "published", None)
        if publish is not None:
            publish(folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reader")
    (folder / "docs").symlink_to(ROOT / "docs")
    prices = Workbook()
    for row in (
        ("Product", "Model", "Size"),
        ("Ball valve", "Q41F", "DN50"),
        ("Gate valve", "Z41H", "DN80"),
    ):
        prices.active.append(row)
    prices.save(folder / "prices.xlsx")
    (folder / "awards.csv.gz").write_bytes(gzip.compress(AWARDS.encode()))
    (folder / "relations.csv.gz").write_bytes(gzip.compress(FACTS.encode()))
    public_files(folder)
    (folder / "offers.csv").write_text(OFFERS, encoding="utf-8")
    (folder / "members.csv").write_text("序号,单位名称,单位性质\n1,示例厂,民营\n", encoding="utf-8")
    (folder / "projects.csv").write_text(
        "no,title,lead,partners\n1,Seals,示例大学,示例厂\n", "utf-8"
    )
    (folder / "projects.toml").write_text(PROJECTS, encoding="utf-8")
    (folder / "my-folder").mkdir()
    (folder / "my-folder" / "offers.csv").write_text(OFFERS, encoding="utf-8")
    (folder / "ids.txt").write_text("seed:valves-001\nseed:valves-005\n", encoding="utf-8")
    needs = [{"id": "1", "text": "不锈钢阀体铸件"}, {"id": "2", "text": "valve tests"}]
    lines = "".join(json.dumps(need, ensure_ascii=False) + "\n" for need in needs)
    (folder / "needs.jsonl").write_text(lines, encoding="utf-8")
    call = {
        "organization": "seed:valves-001", "title": "阀体铸件", "text": "DN50球阀阀体铸件",
        "goal": "supplier", "deadline": str(datetime.now(UTC).date() + timedelta(days=9)),
        "invited": ["seed:valves-005"],
    }  # fmt: skip
    (folder / "call.json").write_text(json.dumps(call), encoding="utf-8")
    (folder / "figures").mkdir()
    copy_samples(tmp_path_factory, folder / "var")
    return folder


@pytest.fixture
def reader(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Desk:
    """A new user at the sample graph."""
    for name, value in {
        "MATCHMAKER_DATA_DIR": str(folder / "var"),
        "MATCHMAKER_NEW_PASSWORD": "correct horse 9",
        "LC_ALL": "C",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(folder)
    return Desk(folder, capsys)


@pytest.mark.slow(tests=100)
def test_what_the_pages_show_runs(reader: Desk) -> None:
    """The English README first, then what the other pages add to it, each command once."""
    refused, done = {}, set()
    for page in PAGES:
        for line in commands(page):
            name = line.split()[1]
            plain = " ".join(reader.words(line.replace(" --language zh", "")))
            if name in RUNS_ON or plain in done:
                continue
            done.add(plain)
            code = reader(line)
            if code not in ((0, 1) if name in REFUSED else (0, 3)):
                refused[f"{page.name}: {line}"] = code
    assert refused == {}
    assert len(done) > 40
