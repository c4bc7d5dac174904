"""The command line asks the running server, and answers the same without it."""

import json
import os
import shutil
import stat
import threading
from dataclasses import asdict, replace

import pytest
from werkzeug.serving import make_server

from matchmaker.app import create_app
from matchmaker.cli import matching as command
from matchmaker.cli import run
from matchmaker.services.operations import local_server
from matchmaker.services.operations.local_server import (
    HEADER,
    NOTE,
    PATH,
    accepts,
    announce,
    read_note,
    same_settings,
    withdraw,
)
from matchmaker.settings import Settings

pytestmark = pytest.mark.slow
QUESTIONS = {
    "text": ["--text", "不锈钢球阀铸件", "--limit", "3"],
    "organisation": ["--for", "t:firm1", "--place", "甲省", "--size", "小型"],
    "need": ["--need", "t:need1", "--with-partners", "--no-exposure-cap"],
    "near": ["--text", "密封", "--centre", "28", "120.7", "--radius", "500"],
    "nothing": ["--text", "你好"],
    "unknown organisation": ["--for", "t:nobody"],
    "unknown place": ["--text", "x", "--place", "大西洲"],
    "empty": ["--text", "  "],
}

REFUSED = {"unknown organisation", "unknown place", "empty"}


@pytest.fixture(scope="module")
def listening(wired):
    """The settings of a server that listens."""
    server = make_server("127.0.0.1", 0, create_app(wired), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield wired.settings.model_copy(update={"port": server.port})
    server.shutdown()
    thread.join()


@pytest.fixture
def served(listening, wired, monkeypatch):
    """The same, which left its note; direct questions go to `wired`."""
    announce(listening, os.getpid())
    monkeypatch.setattr("matchmaker.settings.read_settings", lambda: wired.settings)
    yield listening
    withdraw(listening, os.getpid())


@pytest.fixture
def alone(monkeypatch):
    """Whoever asks directly fails."""

    def never():
        raise AssertionError("asked without the server")

    monkeypatch.setattr(command, "wired", never)


def asked(capsys, *arguments, language="en"):
    code = run(["--language", language, "recommend", "--goal", "supplier", *arguments])
    printed = capsys.readouterr()
    said = [line for line in printed.err.splitlines() if "request_id=" not in line]  # the log
    return code, printed.out, "\n".join(said)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("shape", [[], ["--json"]])
def test_the_server_answers_as_the_command_does_alone(
    served, wired, capsys, monkeypatch, question, shape
):
    arguments = [*QUESTIONS[question], *shape]
    with monkeypatch.context() as patch:
        patch.setattr(command, "wired", lambda: pytest.fail("asked without the server"))
        by_server = asked(capsys, *arguments, language="zh")
    monkeypatch.setattr(command, "wired", lambda: wired)
    assert by_server == asked(capsys, *arguments, "--directly", language="zh")
    assert by_server[0] == (1 if question in REFUSED else 0)


def test_nothing_of_it_is_recorded(served, wired, capsys, alone):
    wired.interaction_log.flush()
    before = sum(1 for _ in wired.repositories.interactions.values())
    _, out, _ = asked(capsys, "--for", "t:firm1", "--json")
    wired.interaction_log.flush()
    assert json.loads(out)["impression"] == ""
    assert sum(1 for _ in wired.repositories.interactions.values()) == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code": "another"}, "of another version"),
        ({"port": 1}, "does not answer"),
        ({"key": "wrong"}, "does not answer"),
    ],
)
def test_a_server_that_cannot_be_asked_is_named_and_passed_over(
    served, wired, capsys, monkeypatch, change, said
):
    path = wired.settings.data_dir / NOTE
    content = asdict(read_note(wired.settings)) | change
    path.write_text(json.dumps(content))
    if "key" in change:  # the server goes by its own note
        monkeypatch.setattr("matchmaker.api.matching.local.accepts", lambda *_: False)
    monkeypatch.setattr(command, "wired", lambda: wired)
    code, out, err = asked(capsys, *QUESTIONS["text"])
    assert code == 0
    assert "t:firm2" in out
    assert said in err


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"host": 1}', "not json"])
def test_a_note_that_is_none_is_passed_over_in_silence(served, wired, capsys, monkeypatch, content):
    (wired.settings.data_dir / NOTE).write_text(content)
    monkeypatch.setattr(command, "wired", lambda: wired)
    code, out, err = asked(capsys, *QUESTIONS["text"])
    assert (code, err) == (0, "")
    assert "t:firm2" in out


def test_a_server_on_another_store_or_model_is_not_asked(served, wired, capsys, monkeypatch):
    other = wired.settings.model_copy(update={"store": "sqlite:///elsewhere.db"})
    monkeypatch.setattr("matchmaker.settings.read_settings", lambda: other)
    monkeypatch.setattr(command, "wired", lambda: wired)
    monkeypatch.setattr("matchmaker.cli.server._answer", lambda *_: pytest.fail("asked"))
    assert asked(capsys, *QUESTIONS["text"])[0] == 0


def test_the_server_of_a_folder_is_not_asked_for_a_copy_of_it(tmp_path):
    """Seen: whoever tried something on a copy was answered from what was served."""
    served, copy = tmp_path / "served", tmp_path / "copy"
    served.mkdir()
    settings = Settings(data_dir=served, host="127.0.0.1", _env_file=None)
    announce(settings, os.getpid())
    shutil.copytree(served, copy)
    of_copy = settings.model_copy(update={"data_dir": copy})
    (tmp_path / "link").symlink_to(served)
    of_link = settings.model_copy(update={"data_dir": tmp_path / "link"})
    assert not same_settings(read_note(of_copy), of_copy)
    assert same_settings(read_note(of_link), of_link)
    assert same_settings(read_note(settings), settings)


def test_only_the_owner_of_the_folder_may_ask(served, client):
    path = served.data_dir / NOTE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    key = read_note(served).key
    question = {"goal": "supplier"}
    assert client.post(PATH, json=question).status_code == 403
    assert client.post(PATH, json=question, headers={HEADER: "wrong"}).status_code == 403
    far = {"REMOTE_ADDR": "192.0.2.7"}
    headers = {HEADER: key}
    assert client.post(PATH, json=question, headers=headers, environ_base=far).status_code == 403
    proxied = headers | {"X-Forwarded-For": "192.0.2.7"}
    assert client.post(PATH, json=question, headers=proxied).status_code == 403


def test_a_note_of_somebody_else_is_not_trusted(served, monkeypatch):
    monkeypatch.setattr(local_server.os, "geteuid", lambda: os.getuid() + 1 or 1)
    trusted = read_note(served)
    assert trusted is None or (served.data_dir / NOTE).stat().st_uid == 0


@pytest.mark.parametrize(
    ("host", "reached"),
    [
        ("127.0.0.1", "127.0.0.1"), ("localhost", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"),
        ("::", "::1"), ("192.0.2.1", None), ("matchmaker.example.org", None),
    ],
)  # fmt: skip
def test_the_server_is_reached_over_loopback_alone(wired, tmp_path, host, reached):
    settings = wired.settings.model_copy(update={"data_dir": tmp_path, "host": host})
    announce(settings, 7)
    note = read_note(settings)
    assert (note and note.host) == reached


def test_a_server_takes_only_its_own_note_away(wired, tmp_path):
    settings = wired.settings.model_copy(update={"data_dir": tmp_path})
    announce(settings, 7)
    first = read_note(settings)
    announce(settings, 8)
    withdraw(settings, 7)
    second = read_note(settings)
    assert second == replace(second, pid=8)
    assert second.key != first.key
    assert accepts(settings, second.key)
    assert not accepts(settings, first.key)
    withdraw(settings, 8)
    assert read_note(settings) is None
    assert not accepts(settings, "")
