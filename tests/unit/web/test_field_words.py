"""Fields that a refusal names have words in each language."""

from __future__ import annotations

import ast
from pathlib import Path

from matchmaker.messages import FIELD, languages, translated

PACKAGE = Path(__file__).parents[3] / "matchmaker"
FLOORS = ("services", "workflow", "web", "recommend", "snapshot", "assistants")
# Functions by the position of the name of a field; all others have it as `where`.
NAMED = {"check_length": 0, "check_range": 0, "_check_length": 0, "whole_number": 1, "day_of": 1}
# Names in files, said as they are written there.
AS_WRITTEN = {"ranker.features"}


def _fields(tree):
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        named = [word.value for word in node.keywords if word.arg == "where"]
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in NAMED:
            named += node.args[NAMED[name] : NAMED[name] + 1]
        yield from (each.value for each in named if isinstance(each, ast.Constant))


def test_every_field_that_a_refusal_names_has_words_in_each_language():
    fields = {
        field
        for floor in FLOORS
        for path in (PACKAGE / floor).rglob("*.py")
        for field in _fields(ast.parse(path.read_text("utf-8")))
    } - AS_WRITTEN
    assert {"email", "deadline", "radius", "day"} <= fields
    for language in set(languages()) - {"en"}:
        assert not [field for field in fields if translated(field, language, FIELD) == field]
