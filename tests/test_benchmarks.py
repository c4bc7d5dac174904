"""Every benchmark that the documents show runs, on a graph of a handful.

Those that start servers, or compute for more than some seconds, do so in `make test-long`.
"""

from __future__ import annotations

import datetime
import json
import re
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import matchmaker.cli
from matchmaker.domain import (
    Cluster,
    Engagement,
    EngagementKind,
    GraphRows,
    Kind,
    Layer,
    Membership,
    Organization,
    Participant,
    Role,
    Tie,
)
from matchmaker.recommend import train
from tests.api.conftest import installation
from tests.samples import copy_samples, link_models
from tests.unit.ingest.test_cordis import archive

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]
BENCHMARKS = ROOT / "benchmarks"
# In a browser: `tests/web/test_page_benchmark.py`.
# In tests of the pages, and of what damaged files give.
ELSEWHERE = {"pages", "mutations", "reader_mutations", "faults"} | {
    "floor",  # takes a minute whatever it is given: run by who sets the floor anew
    "lighthouse",  # needs Lighthouse, which is not installed with the project
    "receivers",  # minutes by the clock; in small in test_webhooks, test_channel_call, test_logs
    "nodes",  # some minutes of several services: `make test-cluster`
    "words_model",  # learns from public graphs with years of texts, which no test has
    "projection",  # writes what is shipped with the program, over texts that are not
    # In small in tests/contract/test_agreement.py and test_histories.py, and in tests/unit:
    # test_corpus.py and test_patterns.py.
    "stores",
    "patterns",
    "histories",
    "fuzz",
    "full_disk",  # mounts a disk; in small in tests/contract/test_failures.py
    "neo4j_faults",  # minutes of a server that hangs and is killed
    "translations",  # tests/test_languages.py
    "neo4j",  # tools.neo4j.server, which every test of that store starts
}

Run = Callable[..., str]


def history() -> GraphRows:
    """24 firms and 12 labs of one cluster, 240 projects of the years 2012 to 2019."""
    firms = [Organization(f"b:f{n:02}", f"Valves {n}", Kind.FIRM, country="DE") for n in range(24)]
    labs = [Organization(f"b:u{n:02}", f"Lab {n}", Kind.UNIVERSITY) for n in range(12)]
    projects = tuple(
        Engagement(
            f"b:p{n:03}",
            EngagementKind.RESEARCH_PROJECT,
            (
                Participant(firms[n % 24].id, Role.COORDINATOR),
                Participant(labs[(n * 7 + n // 24) % 12].id, Role.PARTNER),
            ),
            title=("Ball valves", "Tight seals", "Cast housings", "Quiet pumps")[n % 4],
            date=datetime.date(2012, 1, 1) + datetime.timedelta(days=12 * n),
        )
        for n in range(240)
    )
    since = datetime.date(2018, 1, 1)
    ties = tuple(
        Tie(f"b:t{n}", firms[n].id, firms[n + 1].id, Layer.COOPERATES_WITH, since) for n in range(6)
    )
    return GraphRows(
        organizations=(*firms, *labs),
        clusters=(Cluster("b:c", "Valves"),),
        memberships=tuple(Membership("b:c", firm.id) for firm in firms),
        engagements=projects,
        ties=ties,
    )


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an installation with that history."""
    services = installation(tmp_path_factory, history())
    services.store.close()
    return Path(services.settings.data_dir)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs a benchmark as `python benchmarks/NAME.py` does; what it printed."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    monkeypatch.delenv("MATCHMAKER_STORE", raising=False)

    def run_one(name: str, *arguments: object) -> str:
        monkeypatch.setattr(sys, "argv", [name, *map(str, arguments)])
        folder = BENCHMARKS if (BENCHMARKS / f"{name}.py").exists() else ROOT / "tools"
        runpy.run_path(str(folder / f"{name}.py"), run_name="__main__")
        return capfd.readouterr().out

    yield run_one
    sys.modules.pop("measure", None)


@pytest.fixture
def _commands_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands that a benchmark starts run here, where everything is imported already."""

    run_process = subprocess.run

    def run_here(
        words: list[str], *, env: dict[str, str] | None = None, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        if Path(words[0]).name == "matchmaker":
            arguments = words[1:]
        elif words[1:3] == ["-m", "matchmaker.cli"]:
            arguments = words[3:]
        else:
            return run_process(words, env=env, **options)
        with monkeypatch.context() as patch:
            for name, value in (env or {}).items():
                patch.setenv(name, value)
            return subprocess.CompletedProcess(words, matchmaker.cli.run(arguments), "", "")

    monkeypatch.setattr(subprocess, "run", run_here)


@pytest.mark.long
def test_sign_in(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # Without a model, which is most of a server's start: nothing is asked of it.
    monkeypatch.setenv("MATCHMAKER_MODEL", str(tmp_path / "none"))
    lines = run("sign_in", "--count", 2, "--mail", "none").splitlines()[1:]
    # Signing in, forgetting the password, inviting and accepting, on pages and by the API.
    assert len(lines) == 8
    assert all("| same |" in line for line in lines)


def test_allocation(run: Run) -> None:
    printed = run("allocation", "--seekers", 20, "--candidates", 20, "--options", 5, "--seeds", 1)
    assert printed.count('"ratio"') == 3


def test_cooperation(run: Run) -> None:
    """A handful of firms: the arms are all there, and shares are shares."""
    printed = run("cooperation", "--firms", 8, "--needs", 5, "--seeds", 1, "--steps", 1)
    rows = [json.loads(line) for line in printed.splitlines()]
    assert [row["arm"] for row in rows] == [
        "baseline", "calls", "reminders", "trust", "plans", "all",
    ]  # fmt: skip
    assert all(0 <= row["completed"] <= 1 for row in rows)


def test_audit(run: Run, graph: Path) -> None:
    printed = run("audit", graph, "--sizes", 40, "--members", 30)
    assert "200 random networks of the same degrees, 30 members, 120 ties" in printed
    assert re.search(r"b:c +n +24 ", printed)


def test_ranking(run: Run, graph: Path) -> None:
    printed = run("ranking", graph, "--seekers", 24)
    assert "many seekers, all cores" in printed


@pytest.mark.long
def test_scale(run: Run, graph: Path, tmp_path: Path) -> None:
    """Twice the graph has twice the organisations, and each size is asked as many questions."""
    asked = ("--seekers", 4, "--trials", 5, "--cut", "2017-12-31", "--keep", tmp_path)
    printed = run("scale", graph, "--times", 1, 2, *asked)
    small, large = re.findall(r"(\d+) organisations, (\d+) undertakings", printed)
    assert [2 * int(figure) for figure in small] == [int(figure) for figure in large]
    assert "grows with the graph to the power of" in printed
    assert "walks to the end" in printed


@pytest.mark.long
def test_refresh(run: Run, graph: Path, tmp_path: Path) -> None:
    """Whatever it measures, it has to find the files of both ways the same."""
    printed = run("refresh", graph, "--times", 1, 2, "--changes", 8, "--keep", tmp_path)
    assert printed.count("files the same: yes") == 2
    assert "whole over patched" in printed
    assert "patched: grows with the graph to the power of" in printed


@pytest.fixture
def _few_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is learned here only has to run: how well is for `tests/unit/services`."""
    monkeypatch.setattr(train, "SEEDS", 1)
    monkeypatch.setitem(train.SMALL_TREES, "max_iter", 10)


@pytest.mark.long
@pytest.mark.usefixtures("_few_trees")
def test_ablation(run: Run, graph: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(graph))
    monkeypatch.setattr("matchmaker.services.matching.training.MINIMUM_EVENTS", 100)
    printed = run("ablation", "--cut", "2017-12-31", "--limit", 10)
    assert "| nothing |" in printed
    assert "10 questions with a history" in printed


@pytest.mark.long
def test_embedding(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    link_models(tmp_path)
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(tmp_path))
    printed = run("embedding", "--texts", 8, "--rounds", 1, "--pairs", 8)
    assert re.search(r"served \| \d+ \| [\d.]+ \| \d+ \|[^\n]*\| \d", printed)


@pytest.mark.long
@pytest.mark.parametrize("texts", [0, 3])
def test_serving(
    run: Run, graph: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, texts: int
) -> None:
    if not texts:  # nothing is asked of the model, which is most of a server's start
        monkeypatch.setenv("MATCHMAKER_MODEL", str(tmp_path / "none"))
    printed = run("serving", graph, "--requests", 5, "--texts", texts)
    assert "HTTP, known organisation" in printed
    assert "PSS of master, two workers and model" in printed


@pytest.mark.long
def test_starting(run: Run, graph: Path) -> None:
    printed = run("starting", graph, "--rounds", 1)
    assert re.search(r"^\| a first answer, s \| [\d.]+ ", printed, re.MULTILINE)
    assert re.search(r"^\| server with two workers, MB \| \d+ ", printed, re.MULTILINE)


@pytest.mark.usefixtures("_few_trees")
def test_quality(run: Run, graph: Path, tmp_path: Path) -> None:
    page = tmp_path / "quality.md"
    run(
        "quality", "--cordis", graph, "--work", tmp_path, "--page", page, "--cases", 1, "--limit", 9
    )
    assert "EU projects: firm → lab, 2017–2018: new partners" in page.read_text("utf-8")
    assert list((tmp_path / "figures").glob("*.svg"))


@pytest.mark.usefixtures("_commands_in_this_process")
@pytest.mark.parametrize(
    "store", ["sqlite", pytest.param("neo4j", marks=[pytest.mark.neo4j, pytest.mark.long])]
)
def test_import_of_cordis_and_what_it_leaves_for_serving(
    run: Run, tmp_path: Path, store: str
) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    link_models(folder)
    printed = run("cordis_import", archive(tmp_path), "--store", store, "--keep", folder)
    assert f"matchmaker import cordis ({store})" in printed
    assert "import over floor" in printed
    if store == "neo4j":
        few = ("--requests", 3, "--before", 0, "--texts", 0, "--cut", "2014-12-31")
        printed = run("serving", folder, "--neo4j", *few)
        assert re.search(r"Neo4j alone, with reasons +p50 +[\d.]+ ms", printed)


def test_identity(run: Run) -> None:
    """Of the written pairs no two firms are made one, and nine of ten are found."""
    printed = run("identity")
    rightly, found = re.findall(r"all: [^|]+\| (\d+) of (\d+)", printed)
    assert rightly[0] == rightly[1]
    assert int(found[0]) >= 0.9 * int(found[1])


def test_judged_needs(
    run: Run, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of twelve needs each is asked by its asker and by nobody, and by the baselines."""
    folder = tmp_path_factory.mktemp("judged") / "samples"
    copy_samples(tmp_path_factory, folder)
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(folder))
    written = folder / "judged.json"
    printed = run("judged", "--limit", 12, "--part", "report", "--json", written, "--show", 2)
    assert "needs that nobody meets" in printed
    assert "  right: seed:" in printed
    answers = json.loads(written.read_text("utf-8"))["answers"]
    assert len(answers) == 12
    assert {len(lists) for lists in answers.values()} == {7}
    said = run("otherwise", "--goal", "supplier", "--limit", 2, "--show", 1)
    assert re.findall(r"found again +1\.000|nobody +0\.000", said) != []
    assert len(re.findall(r"2 things in 2 frames", said)) == 2


def test_the_memory_of_an_import_is_measured(run: Run) -> None:
    with pytest.raises(SystemExit) as ended:
        run("import_memory", "--rows", 50)
    assert not ended.value.code


@pytest.mark.long
@pytest.mark.usefixtures("_commands_in_this_process")
def test_what_a_costly_file_costs_is_measured(run: Run) -> None:
    printed = run("upload_costs", "deep.json")
    assert re.search(r"^deep\.json +\d+ ", printed, re.MULTILINE)
    assert "failed" not in printed


def test_bands_of_a_survey(run: Run) -> None:
    printed = run("survey_bands", "--draws", 2, "--members", 24)
    assert "those with few ties answer less" in printed
    assert "width of a band, mean" in printed


@pytest.mark.long
def test_a_survey_that_is_answered_at_once(run: Run, graph: Path) -> None:
    asked = ("--members", 6, "--answering", 2, "--seconds", 1, "--workers", 1, "--no-model")
    printed = run("survey_load", *asked, "--reading", 0, 1, "--models", graph / "models")
    assert "answers acknowledged 2, kept 2, failed 0" in printed


@pytest.mark.parametrize("option", ["--misses", "--tuning"])
def test_specifications(run: Run, option: str) -> None:
    printed = run("specifications", option)
    assert re.search(r"^all +\d+ +[.\d]+ +[.\d]+$", printed, re.MULTILINE)


def test_cases(
    run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two members of a list of our own: loaded, and nothing refused."""
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(tmp_path))  # it sets others
    folder = tmp_path / "26-list"
    folder.mkdir()
    table = "编号,企业名称,网址\nz:1,示例第一阀门厂,\nz:2,示例第二泵厂,www.example.org\n"
    (folder / "list.csv").write_text(table, encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        run("cases", tmp_path)
    assert not ended.value.code
    assert capfd.readouterr().out.splitlines()[-1] == "2 of 2 as they must be"


def test_cases_are_started_as_a_module_too(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.cases", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1:] == ["0 of 0 as they must be"], done.stderr


def test_kills(run: Run, tmp_path: Path) -> None:
    printed = run("kills", "--kills", 1, "--state", tmp_path / "kills.json")
    assert re.search(r"1 kills, \d+ acknowledged, \d+ of them moves, 0 lost", printed)


def test_every_benchmark_that_is_shown_is_run_here() -> None:
    shown = {
        name
        for page in [*ROOT.glob("*.md"), *ROOT.glob("*/README.md"), *(ROOT / "docs").rglob("*.md")]
        for name in re.findall(
            r"python (?:benchmarks/|-m (?:benchmarks|tools)\.)(\w+)", page.read_text("utf-8")
        )
    }
    run_here = re.findall(r'run\(\s*"(\w+)"', Path(__file__).read_text("utf-8"))
    assert shown <= {*run_here, *ELSEWHERE}
