"""Regular expressions of modules: compiled when first used, and each of them can be."""

from __future__ import annotations

import copy
import importlib
import pickle
import pkgutil
import re
from re import _constants as codes
from re import _parser as parser

import pytest

import matchmaker
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


_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT)


def _may_be_nothing(code, value):
    if code in (*_REPEATS, codes.POSSESSIVE_REPEAT):
        return value[0] == 0
    if code is codes.SUBPATTERN:
        return all(_may_be_nothing(*each) for each in value[3])
    if code is codes.BRANCH:
        return any(all(_may_be_nothing(*each) for each in way) for way in value[1])
    return code in (codes.ASSERT, codes.ASSERT_NOT, codes.AT)


def _may_be_a_repeat(parts):
    """Whether there is a way through them by nothing but a repeat without end."""
    for place, (code, value) in enumerate(parts):
        if not all(_may_be_nothing(*each) for at, each in enumerate(parts) if at != place):
            continue
        if code in _REPEATS and (value[1] is codes.MAXREPEAT or _may_be_a_repeat(value[2])):
            return True
        if code is codes.SUBPATTERN and _may_be_a_repeat(value[3]):
            return True
        if code is codes.BRANCH and any(map(_may_be_a_repeat, value[1])):
            return True
    return False


def _repeats_a_repeat(parts):
    """Whether one without end repeats another one: (a+|b)*, which may take 2^n steps to fail."""
    for code, value in parts:
        if code in _REPEATS and value[1] is codes.MAXREPEAT and _may_be_a_repeat(value[2]):
            return True
        inner = {
            codes.BRANCH: lambda value: value[1],
            codes.SUBPATTERN: lambda value: [value[3]],
            codes.ASSERT: lambda value: [value[1]],
            codes.ASSERT_NOT: lambda value: [value[1]],
            codes.ATOMIC_GROUP: lambda value: [value],
        }
        if code in (*_REPEATS, codes.POSSESSIVE_REPEAT):
            ways = [value[2]]
        else:
            ways = inner[code](value) if code in inner else []
        if any(map(_repeats_a_repeat, ways)):
            return True
    return False


@pytest.mark.parametrize(
    ("pattern", "is_one"),
    [
        (r"(?:a+|b)*c", True),
        (r"(?:(?:a|b)*c?)*d", True),
        (r"(?:x|(?:a*)?)+b", True),
        (r"(?:a+,)*b", False),
        (r"(?:[\d.]|万)*$", False),
        (r"(?:a{1,3}|b)*c", False),
    ],
)
def test_repeats_of_repeats_are_seen(pattern, is_one):
    assert _repeats_a_repeat(parser.parse(pattern)) is is_one


def test_no_pattern_repeats_a_repeat_without_end():
    """Seen: 贷款1111111111111111x in a list of needs, twice as long a digit more."""
    for module in pkgutil.walk_packages(matchmaker.__path__, "matchmaker."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    made = [(each.pattern, each._given_flags) for each in regexes._MADE]
    assert len(made) > 900
    assert not [each for each, flags in made if _repeats_a_repeat(parser.parse(each, flags))]
