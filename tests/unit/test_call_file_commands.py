"""The files of calls by command, as who calls and who answers."""

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from matchmaker.access import ADMIN
from matchmaker.cli import call_files as commands
from matchmaker.cli import cli
from matchmaker.domain import GoalName
from matchmaker.workflow.call import CallContent
from tests.unit.calling_firms import CALLER, FIRM, OTHER, calling_firms


@pytest.fixture
def call(tmp_path, monkeypatch):
    """The id of a call of t:a, to which t:b is invited and t:c is not."""
    wired = calling_firms(tmp_path)
    caller = wired.accounts.by_email(ADMIN, CALLER).principal()
    until = wired.clock().date() + timedelta(days=9)
    content = CallContent("t:a", "球阀", "需要球阀", GoalName.SUPPLIER, until)
    monkeypatch.setattr(commands, "wired", lambda: wired)
    yield wired.call_opening.open(caller, content, ["t:b"]).brief.id
    wired.store.close()


def run(*words):
    answer = CliRunner().invoke(cli, ["--language", "en", "call", "files", *map(str, words)])
    return answer.exit_code, answer.output


def test_files_are_added_listed_written_out_and_removed(call, tmp_path):
    plan = tmp_path / "plan.txt"
    plan.write_text("DN50", encoding="utf-8")
    assert run("add", call, plan, "--as", CALLER) == (0, "Files added: 1\n")
    assert run("add", call, plan, "--answer", "t:b", "--as", FIRM)[0] == 0
    # A draft's files are its firm's alone until it is sent.
    _, of_caller = run("list", call, "--as", CALLER)
    _, of_firm = run("list", call, "--as", FIRM)
    assert [line.split()[1:] for line in of_caller.splitlines()] == [["4", "-", "plan.txt"]]
    assert [line.split()[1:] for line in of_firm.splitlines()] == [
        ["4", "-", "plan.txt"],
        ["4", "t:b", "plan.txt"],
    ]
    file = of_caller.split()[0]
    out = tmp_path / "got.txt"
    assert run("get", call, file, "--out", out, "--as", FIRM)[0] == 0
    assert Path(out).read_text(encoding="utf-8") == "DN50"
    assert run("remove", call, file, "--as", FIRM)[0] != 0  # of the call, and not theirs
    assert run("remove", call, file, "--as", CALLER) == (0, "The file is gone.\n")
    assert run("list", call, "--as", CALLER) == (0, "")


def test_who_may_not_read_the_call_learns_of_no_file(call, tmp_path):
    plan = tmp_path / "plan.txt"
    plan.write_text("DN50", encoding="utf-8")
    run("add", call, plan, "--as", CALLER)
    for words in (("list", call), ("get", call, "x"), ("add", call, plan)):
        code, said = run(*words, "--as", OTHER)
        assert (code, "plan" in said) == (1, False)
