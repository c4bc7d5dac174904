"""The cooperation commands in the reader's language."""

import json

import pytest
from click.testing import CliRunner

from matchmaker.access import ADMIN
from matchmaker.cli import cli
from matchmaker.cli import cooperation as commands
from matchmaker.domain import GoalName, GraphRows, Kind, Organization
from matchmaker.settings import Settings
from matchmaker.wiring import Wiring
from matchmaker.workflow.introduction import Proposal, Transition
from matchmaker.workflow.introduction_states import Action


@pytest.fixture
def services(tmp_path, monkeypatch):
    """Two firms with an introduction that was declined."""
    wired = Wiring(Settings(data_dir=tmp_path, _env_file=None))
    wired.store.prepare()
    firms = (Organization("t:a", "甲", Kind.FIRM), Organization("t:b", "乙", Kind.FIRM))
    wired.store.upsert(GraphRows(organizations=firms))
    monkeypatch.setattr(commands, "wired", lambda: wired)
    yield wired
    wired.store.close()
    CliRunner().invoke(cli, ["--language", "en", "--help"])  # other tests read English


@pytest.mark.parametrize(
    ("options", "state", "goal", "following"),
    [
        ([], "proposed", "supplier", "next: cancel"),
        (["--language", "en"], "proposed", "supplier", "next: cancel"),
        (["--language", "zh"], "等待答复", "供应商", "下一步：cancel"),
    ],
)
def test_an_introduction_is_shown_in_the_readers_language(
    services, monkeypatch, options, state, goal, following
):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    proposal = Proposal(GoalName.SUPPLIER, "t:a", "t:b")
    view = services.introductions.propose(ADMIN, proposal)
    answer = CliRunner().invoke(cli, [*options, "introduction", "show", view.id])
    assert answer.exit_code == 0, answer.output
    first, *rest = answer.output.splitlines()
    assert first == f"{view.id}  {state}  {goal}  甲 → 乙"
    assert rest == [f"  {following}"]


def test_json_is_the_same_in_every_language(services):
    view = services.introductions.propose(ADMIN, Proposal(GoalName.SUPPLIER, "t:a", "t:b"))
    services.introductions.act(ADMIN, view.id, Transition(Action.CANCEL))
    answer = CliRunner().invoke(
        cli, ["--language", "zh", "introduction", "list", "--organization", "t:a", "--json"]
    )
    (row,) = json.loads(answer.output)
    assert (row["state"], row["goal"], row["seeker"]["id"]) == ("cancelled", "supplier", "t:a")


def test_choices_of_the_command_are_the_words_of_the_workflow():
    """Written out in the command, so that `--help` need not load the workflow."""
    from matchmaker.workflow.introduction_states import AmountBand, OutcomeKind

    choices = {option.name: getattr(option.type, "choices", ()) for option in commands.act.params}
    assert set(choices["action"]) == set(Action) - {Action.EXPIRE}
    assert list(choices["outcome"]) == list(OutcomeKind)
    assert list(choices["amount"]) == list(AmountBand)
