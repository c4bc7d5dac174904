"""Regular expressions of modules: compiled when first used, and each of them can be."""

from __future__ import annotations

import copy
import pickle
import re

import pytest

from matchmaker import regex as regexes
from matchmaker.regex import compile_all, regex


def test_a_pattern_is_compiled_once_and_at_its_first_use(monkeypatch):
    compiled = []
    monkeypatch.setattr(
        "matchmaker.regex.re.compile", lambda *given: compiled.append(given) or re._compile(*given)
    )
    grades = regex(r"q(\d{3})", re.I)
    assert grades.pattern == r"q(\d{3})"
    assert compiled == []
    assert grades.fullmatch("Q235")[1] == "235"
    assert grades.sub("", "of Q355 or Q235") == "of  or "
    assert [match[0] for match in grades.finditer("q355, q235")] == ["q355", "q235"]
    assert compiled == [(r"q(\d{3})", re.I)]


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))]
)
def test_a_copy_finds_what_its_original_finds(copied):
    assert copied(regex("stain(less)?")).search("of stainless steel")[1] == "less"


def test_a_pattern_that_is_none_says_so_when_all_are_compiled(monkeypatch):
    monkeypatch.setattr(regexes, "_MADE", [])
    regex("(")
    with pytest.raises(re.error):
        compile_all()


def test_every_pattern_of_the_package_is_one():
    import matchmaker.app

    assert matchmaker.app
    compile_all()
    assert len(regexes._MADE) > 700
