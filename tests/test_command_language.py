"""Every command prints in the reader's language, by `--language` and by the locale."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import re
import shutil
import socket
import zipfile
from collections.abc import Iterator

import click
import pytest

from matchmaker.cli import cli, run
from matchmaker.cli.imports import import_group
from matchmaker.domain import GoalName, Size
from tests.api.conftest import ROWS, installation
from tests.test_languages import esperanto, foreign, in_english  # noqa: F401

# What is imported otherwise than by naming a file; every other source is tried with one.
OWN_LINES = {"tables", "cordis", "contracts", "ties", "projects", "list"}

CLUSTER, FIRM, OTHER = "t:cluster", "t:firm1", "t:firm2"
MAIL = "ann@example.org"
# Invented names, what is typed to run a command, and what clusters are called in both languages.
DATA = re.compile(r"Zorvex-\d+ valve castings|matchmaker(?: [a-z]+)+|\((?:点|线|网)\)")
# In the third language what is translated stands between these.
TRANSLATED = re.compile(r"⟦[^⟦⟧]*⟧")
SENTENCE = {
    "zh": r"(?<![:=.\w])[A-Za-z]{2,}(?:,? [A-Za-z]+){2,}",
    "eo": r"(?<![:=.\w])[A-Za-z]{2,}(?:,? [A-Za-z]+)+",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The data of a small installation without a Chinese character; tests work on copies."""
    services = installation(tmp_path_factory, in_english(ROWS))
    services.store.close()
    return services.settings.data_dir


@pytest.fixture
def copy(folder, tmp_path, monkeypatch):
    """A copy that every command opens."""
    shutil.copytree(folder, tmp_path / "var", symlinks=True)
    for name in ("STORE", "MODEL", "HOST", "ADMIN_KEY"):
        monkeypatch.delenv(f"MATCHMAKER_{name}", raising=False)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("MATCHMAKER_PORT", str(port))
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("MATCHMAKER_NEW_PASSWORD", "correct horse 9")
    monkeypatch.setenv("COLUMNS", "900")  # so that no table wraps
    monkeypatch.setattr("os.execve", lambda *arguments: None)
    monkeypatch.setattr("sys.stdin", io.StringIO())  # nobody answers a question
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    run(["--language", "en", "--help"])  # other tests read English


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    parts = getattr(command, "commands", None)
    if parts is None:
        yield path
        return
    for name, part in parts.items():
        yield from leaves(part, (*path, name))


def write_table(path, *rows: str) -> str:
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return str(path)


def calls(folder, introduction: str) -> list[list[str]]:
    """Every command at least once, as it succeeds and as it refuses."""
    tables = folder / "tables"
    write_table(tables / "places.csv", "id,name,level", "place:z,Zet,city", "place:y,,city")
    good = folder / "good"
    write_table(good / "places.csv", "id,name,level", "place:x,Ix,city")
    rows = write_table(
        folder / "rows.csv", "buyer,supplier,text,day", "Zorvex,Zet,valves,2020-01-01"
    )
    archive = str(folder / "empty.zip")
    zipfile.ZipFile(archive, "w").close()
    mapping = write_table(folder / "mapping.toml", "nonsense = 1")
    ids = write_table(folder / "ids.txt", FIRM, "t:none")
    supplier = ["recommend", "--goal", "supplier"]
    return [
        ["setup"],
        ["status"],
        ["doctor"],
        [*supplier, "--for", FIRM],
        [*supplier, "--text", "valve castings", "--country", "XX"],
        [*supplier, "--for-file", ids, "--out", "answers.jsonl"],
        [*supplier, "--for-file", ids, "--text", "x"],
        [*supplier, "--text", "x", "--out", "x"],
        [*supplier, "--texts-file", ids],
        [*supplier, "--limit", "0"],
        ["audit", CLUSTER, "--samples", "0"],
        ["audit", CLUSTER, "--samples", "0", "--xlsx", "a.xlsx"],
        ["audit", "--all"],
        ["audit"],
        ["audit", "t:none"],
        ["export", "members", CLUSTER, "--out", "members.xlsx"],
        ["export", "audit", CLUSTER, "--samples", "0"],
        ["export", "ties", CLUSTER, "--table", "nonsense"],
        ["export", "recommendations", FIRM],
        ["export", "worklist", "t:none"],
        ["clusters", "derive", "--by", "place", "--min-size", "2"],
        ["clusters", "derive", "--by", "community", "--min-size", "2"],
        ["clusters", "derive", "--by", "community", "--industry", "x:1"],
        ["account", "create", MAIL, "--name", "Ann", "--organization", OTHER],
        ["account", "create", MAIL, "--name", "Ann", "--organization", OTHER],
        ["account", "create", "boss@example.org", "--name", "Bo", "--admin", "--cluster", CLUSTER],
        ["account", "list"],
        ["account", "invite", "bob@example.org", "--organization", OTHER],
        ["account", "invite", "bob@example.org"],
        ["account", "reset", MAIL],
        ["account", "reset", "nobody@example.org"],
        ["account", "remove-second-factor", MAIL],
        ["account", "keys", MAIL],
        ["account", "keys", "nobody@example.org"],
        ["account", "keys", MAIL, "--revoke", "none", "--with-made"],
        ["account", "keys", MAIL, "--with-made"],
        ["account", "relieve", "boss@example.org", "--cluster", CLUSTER],
        ["account", "relieve", "boss@example.org", "--cluster", CLUSTER],
        ["account", "relieve", "boss@example.org"],
        ["account", "close", MAIL],
        ["account", "list"],
        ["account", "close", MAIL, "--open"],
        ["post", "valve castings", "--organization", FIRM, "--goal", "supplier"],
        ["post", "valve castings", "--organization", FIRM],
        ["introduction", "propose", "supplier", FIRM, "t:firm3", "--message", "hello"],
        ["introduction", "propose", "supplier", FIRM, FIRM],
        ["introduction", "list", "--organization", FIRM],
        ["introduction", "show", introduction],
        ["introduction", "act", introduction, "accept", "--as", MAIL],
        ["introduction", "act", introduction, "confirm", "--version", "1", "--as", MAIL],
        ["introduction", "batch", CLUSTER, "supplier"],
        ["introduction", "batch", CLUSTER, "supplier", "--propose"],
        ["call", "open", "valve castings", "--organization", OTHER, "--title", "Zorvex",
         "--goal", "supplier", "--until", "2999-01-01", "--as", MAIL],
        ["call", "list", "--organization", OTHER, "--as", MAIL],
        ["call", "list", "--organization", FIRM],
        ["call", "show", "none", "--as", MAIL],
        ["call", "invite", "none", FIRM, "--as", MAIL],
        ["call", "correct", "none", "a day more", "--until", "2999-02-01", "--as", MAIL],
        ["call", "unseal", "none", "--as", MAIL],
        ["call", "open-file", rows, "--as", MAIL],
        ["call", "form", "none", "--as", MAIL],
        ["call", "answer", "none", rows, "--as", MAIL],
        ["call", "withdraw", "none", "--as", MAIL],
        ["call", "comparison", "none", "--as", MAIL],
        ["call", "files", "list", "none", "--as", MAIL],
        ["call", "files", "add", "none", rows, "--as", MAIL],
        ["call", "files", "get", "none", "none", "--as", MAIL],
        ["call", "files", "remove", "none", "none", "--as", MAIL],
        ["programmes", OTHER],
        ["programmes", OTHER, "--keep", "t:none"],
        ["effect", CLUSTER],
        ["log", "--limit", "5"],
        ["log", "--check"],
        ["log", "--who", "system", "--action", "posting.", "--day", "2026-01-01"],
        ["log", "--who", "nobody@example.org"],
        ["log", "--day", "yesterday"],
        ["import", "tables", str(tables)],
        ["import", "tables", str(tables), "--strict"],
        ["import", "tables", str(tables), "--dry-run"],
        ["import", "cordis", archive],
        ["import", "contracts", rows, "--map", mapping],
        ["import", "ties", rows, "--map", mapping],
        ["import", "projects", rows, "--map", mapping],
        ["import", "list", rows, "--cluster", CLUSTER, "--dry-run"],
        ["import", "list", rows, "--cluster", CLUSTER],
        ["import", "list", rows, "--cluster", CLUSTER, "--yes"],
        *(["import", source, rows] for source in import_group.commands if source not in OWN_LINES),
        ["seed", str(good)],
        ["seed", str(tables)],
        ["template"],
        ["template", "nothing"],
        ["template", "organizations", "--xlsx"],
        ["duplicates"],
        ["refresh"],
        ["refresh", "--if-needed"],
        ["train"],
        ["train", "--goal", "supplier"],
        ["evaluate", "--goal", "supplier", "--cut", "2021-01-01", "--by", "size"],
        ["evaluate", "--goal", "supplier", "--cut", "2021-01-01", "--horizon", "soon"],
        ["serve"],
        ["backup", "saved.zip"],
        ["restore", "saved.zip", "--check"],
        ["restore", "saved.zip"],
        ["restore", "rows.csv"],
        ["upgrade"],
        ["worker"],
        ["mcp"],
        ["key"],
        ["key", "--renew"],
        ["key", "--unheard-of"],
    ]  # fmt: skip


def faults(text: str, language: str) -> list[str]:
    """What a command printed in another language."""
    text = DATA.sub("", text)
    if language == "en":
        return foreign(text, "en")
    while TRANSLATED.search(text):
        text = TRANSLATED.sub("", text)
    return re.findall(SENTENCE[language], text)


def leaf_words(arguments: tuple[str, ...]) -> set[str]:
    """What the line of use shows of a command: its path and the names of its arguments."""
    command, words = cli, set()
    for word in arguments:
        if word not in getattr(command, "commands", {}):
            break
        command = command.commands[word]
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            words.add(str(parameter.name).upper())
    return words


# Locale, options, and the language that they mean.
WAYS = [("zh_CN.UTF-8", ["--language", "en"], "en"), ("zh_CN.UTF-8", [], "zh"), ("eo", [], "eo")]


# Calls that are refused, and what of the answer may be Latin: what was typed, and our own names.
REFUSED = {
    ("recommend", "--goal", "supplier", "--limit", "x"): "",
    ("recommend", "--goal", "supplier", "--limit", "0"): "",
    ("recommend", "--goal", "supplier", "--centre", "1", "x", "--text", "x"): "",
    ("recommend", "--goal", "nope", "--text", "x"): "|".join(GoalName),
    ("recommend", "--goal", "supplier", "--text", "x", "--size", "nope"): "|".join([*Size, "sme"]),
    ("recommend", "--goal", "supplier", "--texts-file", "none.txt"): "",
    ("recommend", "--goal", "supplier", "--for-file", "ids.txt", "--out", "none/x.jsonl"): "",
    ("audit", CLUSTER, "--year", "x"): "",
    ("audit", CLUSTER, "--samples", "0", "--xlsx", "none/x.xlsx"): "",
    ("audit", CLUSTER, "--samples", "0", "--pdf", "none/x.pdf"): "",
    ("export", "members", CLUSTER, "--out", "none/x.csv"): "",
    ("export", "members", CLUSTER, "--out", "ids.txt/x.csv"): "",
    ("export", "members", CLUSTER, "--out", f"{'x' * 300}.csv"): "",
    ("import", "list", "none.csv", "--cluster", CLUSTER): "",
    ("import", "tables", "none.csv"): "PATH",
    ("import", "tables", "broken.csv.gz", "--table", "places"): "",
    ("import", "ties", "ids.txt", "--map", "none.toml"): "",
    ("import", "ties", "ids.txt", "--map", "."): "",
    ("import", "ties", "ids.txt", "--map", "broken.toml"): "TOML",
    ("seed", "none"): "",
    ("backup", "ids.txt/x.zip"): "MATCHMAKER_DATA_DIR",
    ("restore", "none.zip"): "",
    ("evaluate", "--goal", "supplier", "--cut", "soon"): "Ymd",
    ("evaluate", "--goal", "supplier", "--cut", "2021-01-01", "--out", "ids.txt"): "",
    ("evaluate", "--goal", "supplier", "--cut", "2021-01-01", "--horizon", "soon"): "",
    ("mcp", "--http", "--port", "x"): "",
    ("template", "organizations", "--out", "none/x.csv"): "",
}  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(arguments, marks=[pytest.mark.slow] if "--pdf" in arguments else [])
        for arguments in REFUSED
    ],
    ids=" ".join,
)
def test_a_refusal_in_chinese_has_no_word_of_english(copy, monkeypatch, capsys, arguments):
    """Click's own words, the names of kinds of values, and what the operating system says."""
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    (copy / "ids.txt").write_text(FIRM)
    (copy / "broken.toml").write_text("a = = 1")
    (copy / "broken.csv.gz").write_bytes(gzip.compress(b"id,name\n" * 99)[:-20])
    assert run(list(arguments)) != 0
    printed = capsys.readouterr().err
    for typed in sorted((*arguments, *leaf_words(arguments)), key=len, reverse=True):
        printed = printed.replace(typed, "")
    printed = re.sub(r"\b(matchmaker|127\.0\.0\.1|--\w+)\b|--help", "", printed)
    printed = re.sub(rf"\b({REFUSED[arguments]})\b", "", printed)
    assert re.findall(r"[A-Za-z]{2,}", printed) == []


def test_a_port_that_is_taken_is_said_in_chinese(copy, monkeypatch, capsys):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("MATCHMAKER_PORT", str(taken.getsockname()[1]))
        assert run(["serve"]) == 1
    assert "端口已被占用" in capsys.readouterr().err


def test_what_to_do_without_a_snapshot_is_said_in_chinese(copy, monkeypatch, capsys):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    shutil.rmtree(copy / "var" / "snapshots")
    assert run(["recommend", "--goal", "supplier", "--text", "x", "--directly"]) != 0
    assert "请运行 `matchmaker refresh`" in capsys.readouterr().err


def test_a_refused_goal_names_what_is_typed_and_what_it_means(copy, monkeypatch, capsys):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert run(["recommend", "--goal", "nope", "--text", "x"]) == 2
    assert "供应商（supplier）" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(
    "ways",
    [
        pytest.param(WAYS, id="in turn"),
        *(pytest.param([way], id=way[2], marks=pytest.mark.long) for way in WAYS),
    ],
)
def test_every_command_prints_in_one_language(
    copy,
    esperanto,  # noqa: F811
    monkeypatch,
    capsys,
    ways,
):
    """Every call in one way, all ways in turn; in the long run every call in each."""
    assert run(["introduction", "propose", "supplier", FIRM, OTHER, "--json"]) == 0
    introduction = json.loads(capsys.readouterr().out)["id"]
    mixed, called = {}, set()
    each_way = itertools.cycle(ways)
    for arguments in calls(copy, introduction):
        locale, options, language = next(each_way)
        monkeypatch.setenv("LC_ALL", locale)
        run([*options, *arguments])
        printed = capsys.readouterr()
        if wrong := faults(printed.out + printed.err, language):
            mixed[" ".join(arguments)] = wrong
        called.update(path for path in leaves(cli) if tuple(arguments[: len(path)]) == path)
    assert mixed == {}
    assert called == set(leaves(cli))
