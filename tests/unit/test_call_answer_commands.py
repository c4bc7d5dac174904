"""Calls and answers as files by command, held against what the API gives and takes."""

import csv
import io
import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from matchmaker.access import ADMIN
from matchmaker.api.cooperation.call_requests import BidBody, NewCall
from matchmaker.cli import call_answers as commands
from matchmaker.cli import cli
from tests.unit.calling_firms import CALLER, FIRM, OTHER, calling_firms


@pytest.fixture
def services(tmp_path, monkeypatch):
    wired = calling_firms(tmp_path)
    monkeypatch.setattr(commands, "wired", lambda: wired)
    yield wired
    wired.store.close()


def run(*words, **options):
    runner = CliRunner()
    return runner.invoke(cli, ["--language", "en", "call", *map(str, words)], **options)


def described(services, tmp_path, **changed):
    until = services.clock().date() + timedelta(days=9)
    content = {
        "organization": "t:a", "title": "球阀", "text": "需要球阀DN50，20件", "goal": "supplier",
        "deadline": until.isoformat(), "asked": ["price"], "invited": ["t:b", "t:c"],
    } | changed  # fmt: skip
    path = tmp_path / "call.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.fixture
def call(services, tmp_path):
    """The id of a call that a file described."""
    answer = run("open-file", described(services, tmp_path), "--as", CALLER)
    assert answer.exit_code == 0, answer.output
    return answer.stdout.strip()


def test_a_call_is_opened_as_a_file_describes_it(services, call):
    caller = services.accounts.by_email(ADMIN, CALLER).principal()
    view = services.calls.show(caller, call)
    assert [party.organization.id for party in view.parties] == ["t:b", "t:c"]
    assert [field.value for field in view.brief.asked] == ["price"]


def test_an_answer_goes_out_as_a_file_and_comes_back(services, call, tmp_path):
    path = tmp_path / "answer.json"
    empty = run("form", call, "--organization", "t:b", "--out", path, "--as", FIRM)
    assert empty.exit_code == 0, empty.output
    assert "must be stated: price" in empty.stderr
    (key,) = (line.split()[0] for line in empty.stderr.splitlines() if "DN50" in line)
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content == {"organization": "t:b", "met": []}
    content |= {
        "price": 95.5, "currency": "CNY", "unit": "件", "lead_time_days": 20, "text": "含税",
        "met": [{"requirement": key, "met": "yes"}],
    }  # fmt: skip
    path.write_text(json.dumps(content), encoding="utf-8")
    assert run("answer", call, path, "--draft", "--as", FIRM).exit_code == 0
    assert _prices(run("comparison", call, "--as", CALLER)) == []  # a draft is its firm's alone
    sent = run("answer", call, "-", "--as", FIRM, input=path.read_bytes())
    assert sent.exit_code == 0, sent.output
    again = run("form", call, "--organization", "t:b", "--as", FIRM)
    kept = json.loads(again.stdout)
    assert {name: kept[name] for name in content} == content
    # What is written out is what the API takes.
    assert BidBody.model_validate_json(again.stdout).to_bid().price == 95.5
    assert _prices(run("comparison", call, "--as", CALLER)) == ["95.5"]
    assert run("withdraw", call, "--organization", "t:b", "--as", FIRM).exit_code == 0
    assert _prices(run("comparison", call, "--as", CALLER)) == []


def _prices(answer):
    assert answer.exit_code == 0, answer.output
    rows = list(csv.reader(io.StringIO(answer.stdout.lstrip("\ufeff"))))
    column = next(n for n, title in enumerate(rows[0]) if "rice" in title)
    return [row[column] for row in rows[1:] if row[column]]


def test_the_comparison_is_written_as_its_file_is_called(call, tmp_path):
    for name, begins in (("a.xlsx", b"PK"), ("a.json", b"{"), ("a.csv", b"")):
        path = tmp_path / name
        assert run("comparison", call, "--out", path, "--as", CALLER).exit_code == 0
        assert path.read_bytes().startswith(begins)


def test_nobody_else_reads_answers_or_answers_for_another(call, tmp_path):
    path = tmp_path / "answer.json"
    path.write_text(json.dumps({"organization": "t:b", "price": 1, "currency": "CNY"}))
    for words in (
        ("comparison", call, "--as", FIRM),
        ("form", call, "--organization", "t:b", "--as", OTHER),
        ("answer", call, path, "--as", OTHER),
        ("withdraw", call, "--organization", "t:b", "--as", CALLER),
    ):
        assert run(*words).exit_code != 0, words


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("nonsense", "is not JSON"),
        ('{"organization": "t:b", "prise": 9}', "prise: Extra inputs are not permitted"),
        ('{"organization": "t:b", "price": "dear"}', "price: Input should be a valid number"),
        ('{"price": 9}', "organization: Field required"),
    ],
)
def test_a_file_that_is_no_answer_is_refused_with_its_field(call, tmp_path, content, told):
    path = tmp_path / "answer.json"
    path.write_text(content)
    refused = run("answer", call, path, "--as", FIRM)
    assert refused.exit_code != 0
    assert told in str(refused.exception.full)


def test_a_file_has_the_fields_of_the_api(services, tmp_path):
    """The page's form, the API and the command take one shape."""
    path = described(services, tmp_path)
    assert NewCall.model_validate_json(path.read_text(encoding="utf-8")).title == "球阀"
    refused = run("open-file", described(services, tmp_path, goal="friends"), "--as", CALLER)
    assert "goal: Input should be" in str(refused.exception.full)
