"""The command line: what it prints, and its exit codes."""

import gc
import json
import os
import re
import socket
import subprocess
import sys
import threading
import weakref

import pytest

from matchmaker.cli import run
from matchmaker.cli.output import modules_kept, wired
from matchmaker.messages import message
from matchmaker.services.unit_of_work import utc_now
from matchmaker.workflow.job import Job, JobKind, JobState
from tests.samples import link_models

TABLES = {
    "places": "id,name,level,latitude,longitude\nplace:a,甲市,city,28.0,120.7\n",
    "organizations": (
        "id,name,kind,place\n"
        "t:firm1,示例阀门厂,firm,place:a\n"
        "t:firm2,示例铸造厂,firm,place:a\n"
        "t:firm3,示例密封件厂,firm,place:a\n"
    ),
    "offers": (
        "id,organization,kind,text\n"
        "t:offer1,t:firm2,product,耐高压不锈钢铸件\n"
        "t:offer2,t:firm3,product,橡胶密封圈批量供应\n"
    ),
    "needs": "id,organization,goal,text\nt:need1,t:firm1,supplier,需要不锈钢铸件\n",
}


def write_tables(folder, **changes):
    folder.mkdir(exist_ok=True)
    for name, text in (TABLES | changes).items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return str(folder)


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    """Whatever language the machine speaks."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """An empty installation."""
    for name in ("STORE", "MODEL", "HOST", "ADMIN_KEY"):
        monkeypatch.delenv(f"MATCHMAKER_{name}", raising=False)
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """An installation with the tables above and a snapshot; tests only read it."""
    folder = tmp_path_factory.mktemp("loaded")
    (folder / "var").mkdir()
    link_models(folder / "var")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MATCHMAKER_DATA_DIR", str(folder / "var"))
        patch.delenv("MATCHMAKER_STORE", raising=False)
        assert run(["import", "tables", write_tables(folder / "tables")]) == 0
        assert run(["refresh"]) == 0
        yield folder


def test_help_does_not_wait_for_the_model():
    shown = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "matchmaker.cli", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "recommend" in shown.stdout
    for heavy in ("torch", "pyarrow", "neo4j", "flask", "pydantic"):
        assert not re.search(rf"\| +{heavy}$", shown.stderr, re.MULTILINE), heavy


@pytest.mark.parametrize(
    "arguments",
    [
        ["recommend", "--goal", "supplier"],
        ["recommend", "--goal", "friendship", "--text", "x"],
        ["recommend", "--goal", "supplier", "--text", "x", "--need", "t:1"],
        ["recommend", "--goal", "supplier", "--text", "x", "--limit", "1001"],
        ["recommend", "--goal", "supplier", "--text", "x", "--out", "f"],
        ["template", "nothing"],
        ["nothing"],
    ],
)
def test_wrong_usage_is_2(fresh, arguments):
    assert run(arguments) == 2


def test_without_a_snapshot_it_says_what_to_run(fresh, capsys):
    assert run(["recommend", "--goal", "supplier", "--text", "球阀"]) == 4
    error = capsys.readouterr().err.strip()
    assert "matchmaker refresh" in error
    assert "\n" not in error


@pytest.mark.slow
def test_a_recommendation_as_json(loaded, capsys):
    assert run(["recommend", "--goal", "supplier", "--for", "t:firm1", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["seeker"] == "t:firm1"
    assert answer["recommendations"][0]["id"] == "t:firm2"


@pytest.mark.slow
def test_a_recommendation_for_reading(loaded, capsys):
    assert run(["recommend", "--goal", "supplier", "--text", "橡胶密封圈"]) == 0
    shown = capsys.readouterr().out
    assert "示例密封件厂" in shown
    assert "示例铸造厂" not in shown  # it casts, and says nothing of seals


@pytest.mark.slow
def test_text_that_is_no_utf_8_is_refused_in_words(loaded, capsys):
    """A terminal of another encoding hands over halves of characters."""
    half = b"\xb7\xa7 valve".decode("utf-8", "surrogateescape")
    assert run(["recommend", "--goal", "supplier", "--text", half]) == 1
    assert "UTF-8" in capsys.readouterr().err


@pytest.mark.slow
def test_a_need_is_asked_for(loaded, capsys):
    assert run(["recommend", "--goal", "supplier", "--need", "t:need1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["recommendations"][0]["id"] == "t:firm2"


def test_an_unknown_organisation_is_1(loaded):
    assert run(["recommend", "--goal", "supplier", "--for", "t:nobody"]) == 1


def test_an_unknown_filter_is_named(loaded, capsys):
    arguments = ["recommend", "--goal", "supplier", "--for", "t:firm1", "--place", "place:none"]
    assert run(arguments) == 1
    assert "place" in capsys.readouterr().err


def test_bulk_for_ids_keeps_order_and_reports_unknown_ones(loaded, tmp_path):
    (tmp_path / "ids.txt").write_text("\ufefft:firm3\n\nt:nobody\nt:firm1\n", encoding="utf-8")
    out = tmp_path / "recs.jsonl"
    arguments = ["recommend", "--goal", "supplier", "--for-file", str(tmp_path / "ids.txt")]
    assert run([*arguments, "--limit", "1000", "--out", str(out)]) == 3
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line["seeker"] for line in lines] == ["t:firm3", "t:nobody", "t:firm1"]
    assert lines[1]["recommendations"] == []
    assert lines[1]["error"]
    assert set(lines[2]["recommendations"][0]) == {"id", "name", "score"}


@pytest.mark.slow
def test_bulk_for_texts_equals_one_by_one(loaded, tmp_path, capsys):
    texts = tmp_path / "needs.jsonl"
    rows = [
        {"id": "q1", "text": "橡胶密封圈"},
        {"id": "q2", "text": "不锈钢铸件", "organization": "t:firm1"},
    ]
    texts.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    assert run(["recommend", "--goal", "supplier", "--texts-file", str(texts)]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["seeker"] for line in lines] == ["q1", "q2"]
    assert lines[0]["recommendations"][0]["id"] == "t:firm3"
    assert lines[1]["recommendations"][0]["id"] == "t:firm2"
    run(["recommend", "--goal", "supplier", "--text", "橡胶密封圈", "--json"])
    single = json.loads(capsys.readouterr().out)["recommendations"]
    for bulk, one in zip(lines[0]["recommendations"], single, strict=True):
        assert bulk["id"] == one["id"]
        assert bulk["score"] == pytest.approx(one["score"], abs=1e-3)


def test_a_broken_line_of_texts_is_named_and_nothing_written(loaded, tmp_path, capsys):
    texts = tmp_path / "needs.jsonl"
    texts.write_text('{"id": "q1", "text": "x"}\n{"id": "q2"\n', encoding="utf-8")
    out = tmp_path / "recs.jsonl"
    arguments = ["recommend", "--goal", "supplier", "--texts-file", str(texts), "--out", str(out)]
    assert run(arguments) == 1
    assert "line 2" in capsys.readouterr().err
    assert not out.exists()


def test_importing_twice_changes_nothing(fresh, capsys):
    folder = write_tables(fresh / "tables")
    assert run(["import", "tables", folder, "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert first["created"]["organizations"] == 3
    assert run(["import", "tables", folder, "--json"]) == 0
    second = json.loads(capsys.readouterr().out)
    assert second["created"] == {}
    assert second["changed"] == {}


BAD = {"organizations": TABLES["organizations"] + "t:firm4,示例,bakery,place:a\n"}


def test_good_rows_load_and_bad_ones_are_reported(fresh, capsys):
    folder = write_tables(fresh / "tables", **BAD)
    report = fresh / "problems.csv"
    assert run(["import", "tables", folder, "--json", "--problems", str(report)]) == 3
    done = json.loads(capsys.readouterr().out)
    assert done["created"]["organizations"] == 3
    assert done["problems"][0]["line"] == 5
    assert done["problems"][0]["field"] == "kind"
    assert "bakery" in report.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("option", ["--strict", "--dry-run"])
def test_strict_and_dry_run_write_nothing(fresh, capsys, option):
    folder = write_tables(fresh / "tables", **BAD)
    assert run(["import", "tables", folder, option, "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["written"] is False
    assert run(["status", "--json"]) == 0
    counts = json.loads(capsys.readouterr().out)["counts"]
    assert not any(counts.values())


def test_a_template_can_be_imported_as_it_is(fresh, capsys):
    assert run(["template", "organizations", "--out", str(fresh / "organizations.csv")]) == 0
    assert (fresh / "organizations.csv").stat().st_size > 0


@pytest.mark.slow
def test_status_and_doctor_on_a_working_installation(loaded, capsys):
    assert run(["status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"]["organizations"] == 3
    assert run(["doctor", "--json"]) == 0
    assert all(check["ok"] for check in json.loads(capsys.readouterr().out))


def test_status_says_what_work_waits_for(fresh, capsys):
    assert run(["import", "tables", write_tables(fresh / "tables")]) == 0
    capsys.readouterr()
    services = wired()
    job = Job(
        "j1", JobKind.IMPORT, "account:a", utc_now(), attempts=1,
        result=message("The store of files is away."),
    )  # fmt: skip
    done = (Job(f"k{n}", JobKind.REFRESH, "account:a", utc_now(), JobState.DONE) for n in range(31))
    services.repositories.records.commit(
        [services.repositories.jobs.put(each) for each in (job, *done)]
    )
    assert run(["status"]) == 0
    assert "The store of files is away." in capsys.readouterr().out
    assert run(["status", "--json"]) == 0
    (waiting,) = json.loads(capsys.readouterr().out)["waiting_jobs"]
    assert waiting == {"id": "j1", "kind": "import", "waits_for": "The store of files is away."}


def test_status_says_that_counts_were_damaged(fresh, capsys):
    assert run(["import", "tables", write_tables(fresh / "tables")]) == 0
    (fresh / "var" / "attempts.db.damaged").write_bytes(b"damaged")
    capsys.readouterr()
    assert run(["status"]) == 0
    assert "damaged, and begun anew at 20" in capsys.readouterr().out


@pytest.mark.slow
def test_doctor_says_how_to_mend(fresh, monkeypatch, capsys):
    monkeypatch.setenv("MATCHMAKER_MODEL", str(fresh / "no-model-here"))
    assert run(["doctor", "--json"]) == 4
    checks = {check["name"]: check for check in json.loads(capsys.readouterr().out)}
    for name in ("store", "model", "snapshot"):
        assert not checks[name]["ok"]
        assert checks[name]["mend"]


def test_a_wrong_setting_is_one_line(fresh, monkeypatch, capsys):
    monkeypatch.setenv("MATCHMAKER_PORT", "many")
    assert run(["status"]) == 1
    error = capsys.readouterr().err.strip()
    assert "MATCHMAKER_PORT" in error
    assert "\n" not in error


def test_a_port_in_use_is_one_line(fresh, monkeypatch, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("MATCHMAKER_PORT", str(taken.getsockname()[1]))
        assert run(["serve"]) == 1
    error = capsys.readouterr().err.strip()
    assert "PORT" in error
    assert "\n" not in error


def test_a_data_folder_that_cannot_be_written_is_one_line(fresh, monkeypatch, capsys):
    (fresh / "file").write_text("")
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(fresh / "file" / "var"))
    assert run(["setup"]) == 5
    error = capsys.readouterr().err.strip()
    assert "MATCHMAKER_DATA_DIR" in error
    assert "\n" not in error


@pytest.mark.usefixtures("loaded")
def test_without_a_history_nothing_is_learned_and_that_is_said(capsys):
    assert run(["train"]) == 0
    assert "fixed weights" in capsys.readouterr().err
    assert run(["train", "--goal", "supplier"]) == 1
    assert "too short" in capsys.readouterr().err
    assert run(["evaluate", "--goal", "supplier", "--cut", "2024-01-01"]) == 1
    assert "nothing that supplier is about happened" in capsys.readouterr().err


@pytest.mark.parametrize("horizon", ["0y", "2", "y", "-1y", "2w", "12345d"])
@pytest.mark.usefixtures("loaded")
def test_a_horizon_that_is_none_is_refused(horizon, capsys):
    assert run(["evaluate", "--goal", "supplier", "--cut", "2024-01-01", "--horizon", horizon]) == 2
    assert "2y, 18m or 90d" in capsys.readouterr().err


@pytest.mark.usefixtures("loaded")
def test_many_seekers_keep_their_order_and_errors_their_place(tmp_path, capsys):
    ids = [f"t:firm{1 + n % 3}" if n % 50 else f"t:nobody{n}" for n in range(300)]
    asked, out = tmp_path / "ids.txt", tmp_path / "recs.jsonl"
    asked.write_text("\n".join(ids), encoding="utf-8")
    assert (
        run(["recommend", "--goal", "supplier", "--for-file", str(asked), "--out", str(out)]) == 3
    )
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line["seeker"] for line in lines] == ids
    assert [line["seeker"] for line in lines if "error" in line] == ids[::50]
    by_seeker = {}
    for line in lines:
        if "error" not in line:
            known = by_seeker.setdefault(line["seeker"], line["recommendations"])
            assert line["recommendations"] == known
    assert "6 of 300 seekers" in capsys.readouterr().err


# -- audits


@pytest.fixture(scope="module")
def clustered(loaded, tmp_path_factory):
    """The installation above with a cluster of its three firms."""
    folder = tmp_path_factory.mktemp("clustered")
    tables = {
        "clusters": "id,name,name_en\nt:cluster,甲市阀门集群,Valves of A\n",
        "memberships": (
            "cluster,organization\nt:cluster,t:firm1\nt:cluster,t:firm2\nt:cluster,t:firm3\n"
        ),
        "ties": "id,source,target,layer,since\nt:tie,t:firm2,t:firm1,SUPPLIES,2024-01-01\n",
    }
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    assert run(["import", "tables", str(folder)]) == 0
    assert run(["refresh"]) == 0
    return folder


def test_an_audit_is_read_in_the_terminal(clustered, capsys):
    assert run(["audit", "t:cluster", "--language", "zh"]) == 0
    shown = capsys.readouterr().out
    assert "甲市阀门集群" in shown
    assert "点线网与四阶段" in shown
    assert run(["audit", "t:cluster"]) == 0
    assert "Valves of A: network audit" in capsys.readouterr().out


def test_an_audit_for_machines_is_json(clustered, capsys):
    assert run(["audit", "t:cluster", "--json", "--samples", "0"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["audit"]["basis"]["members"] == 3
    assert found["worklist"]["basis"]["cluster"] == "t:cluster"
    assert run(["audit", "--all", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["items"][0]["members"] == 3


@pytest.mark.slow
def test_reports_are_written_whole(clustered, tmp_path, capsys):
    pdf, xlsx = tmp_path / "a.pdf", tmp_path / "a.xlsx"
    assert run(["audit", "t:cluster", "--pdf", str(pdf), "--xlsx", str(xlsx)]) == 0
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert xlsx.read_bytes().startswith(b"PK")
    assert run(["audit", "--all", "--xlsx", str(xlsx)]) == 0
    assert run(["audit", "t:cluster", "--pdf", str(tmp_path / "none" / "a.pdf")]) == 5
    assert "Traceback" not in capsys.readouterr().err


def test_what_cannot_be_audited_is_told(clustered, capsys):
    assert run(["audit"]) == 2
    assert run(["audit", "t:cluster", "--all"]) == 2
    assert run(["audit", "t:none"]) == 1
    assert run(["audit", "t:cluster", "--year", "1500"]) == 1
    assert "year: must be from 1900" in capsys.readouterr().err


def test_clusters_are_derived_by_place(clustered, capsys):
    """The three firms are in a declared cluster, so none is left to derive."""
    assert run(["clusters", "derive", "--by", "place", "--min-size", "2", "--dry-run"]) == 0
    assert "0 places with at least 2 organisations" in capsys.readouterr().err
    assert run(["clusters", "derive", "--by", "community", "--min-size", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["organizations"] == 2
    assert run(["clusters", "derive", "--by", "place", "--industry", "x:1"]) == 1
    assert run(["clusters", "derive", "--by", "colour"]) == 2


def test_a_report_and_a_refusal_are_in_chinese(fresh, monkeypatch, capsys):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    folder = fresh / "tables"
    folder.mkdir()
    places = "编号,名称,级别\nplace:a,甲市,city\nplace:b,,city\n"
    (folder / "places.csv").write_text(places, "utf-8")
    assert run(["import", "tables", str(folder)]) == 3
    shown = capsys.readouterr()
    assert "1 地点: 新增 1 条" in shown.out
    assert "places.csv 第 3 行，名称" in shown.err
    assert "为空" in shown.err
    monkeypatch.setenv("MATCHMAKER_PORT", "70000")
    assert run(["status"]) == 1
    assert "应小于或等于 65535。" in capsys.readouterr().err
    assert run(["--language", "en", "status"]) == 1
    assert "less than or equal to 65535." in capsys.readouterr().err


def test_a_setting_out_of_range_is_named_with_its_bound(fresh, monkeypatch, capsys):
    monkeypatch.setenv("MATCHMAKER_WORKERS", "0")
    assert run(["status"]) == 1
    assert capsys.readouterr().err == (
        "Error: MATCHMAKER_WORKERS: Input should be greater than or equal to 1. "
        "Correct or unset the variable.\n"
    )


def test_a_template_is_in_the_readers_language(monkeypatch, tmp_path):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert run(["template", "organizations", "--out", str(tmp_path)]) == 0
    assert (tmp_path / "organizations.csv").read_text("utf-8-sig").startswith("编号,企业名称,")


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize(
    "command",
    [
        ["import", "ocds"],
        ["import", "cordis"],
        ["import", "list"],
        ["restore"],
        ["restore", "--check"],
        ["import", "contracts", "--map", __file__],
        ["import", "contracts", __file__, "--map"],
        ["recommend", "--goal", "supplier", "--for-file"],
    ],
    ids=" ".join,
)
def test_what_has_no_end_is_not_read_to_it(command, capsys):
    """Seen: a zip is looked for at its end, until memory ended, with a traceback."""
    for place in ("/dev/zero", "/dev/full"):
        assert run([*command, place]) == 2
        assert f"'{place}' is no file" in capsys.readouterr().err


@pytest.mark.usefixtures("loaded")
def test_what_another_command_writes_is_read_where_once_is_enough(tmp_path, capsys):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=("t:firm1\n",), daemon=True)
    writer.start()
    assert run(["recommend", "--goal", "supplier", "--for-file", str(pipe)]) == 0
    assert "t:firm1" in capsys.readouterr().out
    writer.join(timeout=10)
    assert run(["import", "ror", str(pipe)]) == 2


@pytest.mark.usefixtures("fresh")
def test_a_mapping_is_small(tmp_path, capsys):
    large = tmp_path / "large.toml"
    with large.open("wb") as file:
        file.truncate(40 * 1024**3)
    assert run(["import", "contracts", __file__, "--map", str(large)]) == 2
    assert "is larger than 10 MB" in capsys.readouterr().err


def test_what_a_command_loads_is_not_looked_through_for_garbage_and_what_it_makes_is() -> None:
    passes: list[str] = []

    class Ring:
        def __init__(self) -> None:
            self.own = self

    def note(phase: str, _: dict[str, int]) -> None:
        passes.append(phase)

    gc.unfreeze()
    gc.callbacks.append(note)
    try:
        with modules_kept():
            rings = [Ring() for _ in range(10 * gc.get_threshold()[0])]
        assert passes == []
        assert gc.get_freeze_count() >= len(rings)
        ring = weakref.ref(Ring())
        gc.collect()
        assert ring() is None
    finally:
        gc.callbacks.remove(note)
        gc.unfreeze()
