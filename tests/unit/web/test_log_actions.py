"""The log in words: every action that the code can write has a name in each language."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path

import pytest

from matchmaker.messages import languages, translated
from matchmaker.services.operations import submitted_lists
from matchmaker.web.log_actions import ACTIONS, FAMILIES, action_name
from matchmaker.workflow.appointment import AppointmentState
from matchmaker.workflow.gathering import InvitationAnswer
from matchmaker.workflow.introduction import Action
from matchmaker.workflow.job import JobKind
from matchmaker.workflow.posting import PostingAction
from matchmaker.workflow.survey import SurveyState

PACKAGE = Path(__file__).parents[3] / "matchmaker"
# What stands in an action that is put together, by its text.
PUT_TOGETHER = {
    "f'posting.{action}'": PostingAction,
    "f'offerings.{action}'": submitted_lists._AFTER,
    "f'introduction.{action}'": Action,
    "f'introduction.meeting_{after.state}'": AppointmentState,
    "f'survey.{after.state}'": SurveyState,
    "f'gathering.{answer}'": InvitationAnswer,
    "f'work.{kind}'": JobKind,
}
# Functions that are given an action to log; a variable in a call of `log` is a parameter of them.
GIVEN = {"log", "_entries", "change", "_change", "change_with", "_act", "_remove", "_unit"}
CODE = re.compile(r"[a-z]+\.[a-z_]+")


def _written(tree):
    """Texts of actions in calls that log, and in what is assigned to `action`."""
    for node in ast.walk(tree):
        values = []
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in GIVEN:
                values = [*node.args, *(word.value for word in node.keywords)]
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "action":
            values = [node.value]
        for value in values:
            for part in (value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,):
                if isinstance(part, ast.Constant) and CODE.fullmatch(str(part.value)):
                    yield part.value
                elif isinstance(part, ast.JoinedStr):
                    yield from _each(part)


def _each(text):
    begin = text.values[0]
    if not (isinstance(begin, ast.Constant) and re.match(r"[a-z]+\.", begin.value)):
        return
    filled = PUT_TOGETHER[ast.unparse(text)]  # a new one is to be added there
    yield from (begin.value + value for value in filled)


@functools.cache
def _modules():
    """Modules of services and of assistants, parsed."""
    return [
        ast.parse(path.read_text("utf-8"))
        for folder in ("services", "assistants")
        for path in sorted((PACKAGE / folder).rglob("*.py"))
    ]


@functools.cache
def actions_of_the_code():
    """Every action that a service or an assistant can write into the log."""
    return {action for module in _modules() for action in _written(module)}


def _logged_by_a_variable():
    """Functions that log what they are given, or name an action otherwise."""
    for module in _modules():
        for function in ast.walk(module):
            if not isinstance(function, ast.FunctionDef):
                continue
            inner = {arg.arg for arg in (*function.args.args, *function.args.kwonlyargs)}
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "log":
                    given = node.args[0] if node.args else None
                    if isinstance(given, ast.Name) and given.id in inner:
                        yield function.name


def test_every_action_that_can_be_written_has_words_in_each_language():
    written = actions_of_the_code()
    assert {"account.made", "work.refresh", "exclusion.added", "introduction.accept"} <= written
    assert not written - ACTIONS.keys()
    for action in written:
        english = ACTIONS[action].id
        for language in set(languages()) - {"en"}:
            assert translated(english, language) != english, action


def test_words_are_there_for_no_action_that_nobody_writes():
    assert not ACTIONS.keys() - actions_of_the_code()


def test_whoever_logs_what_it_is_given_is_looked_at():
    assert set(_logged_by_a_variable()) <= GIVEN


def test_no_two_actions_have_the_same_name():
    for language in languages():
        names = [translated(name.id, language) for name in ACTIONS.values()]
        assert len(names) == len(set(names))


def test_every_action_belongs_to_a_family_to_choose():
    assert {action.partition(".")[0] + "." for action in ACTIONS} == FAMILIES.keys()


@pytest.mark.parametrize("code", ["organisation.taught", "", "posting"])
def test_an_unknown_code_is_shown_as_it_is(code):
    assert action_name(code) == code
