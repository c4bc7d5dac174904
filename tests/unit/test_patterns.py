"""Regular expressions that try all ways to share the letters of a text are found."""

from __future__ import annotations

import random
import re
import signal
from collections.abc import Iterator

import pytest

from benchmarks.patterns import patterns, slow_texts, stop_at_alarm, words_of


@pytest.fixture
def alarm() -> Iterator[None]:
    before = signal.getsignal(signal.SIGALRM)
    stop_at_alarm()
    yield
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("alarm")
def test_a_pattern_that_does_not_end_is_found_and_one_that_does_is_not() -> None:
    endless, plain = re.compile(r"(?:和|与|和与)*和+$(?<=与)"), re.compile(r"(?:和|与)+$")
    rounds = iter(range(8))
    goes_on = lambda: next(rounds, None) is not None  # noqa: E731 -- as short as that
    found = list(slow_texts([endless, plain], random.Random(1), goes_on))
    assert {each.pattern for each in found} <= {endless.pattern}
    nested = re.compile(r"(?:可|产|可产)*$(?<=量)")
    again = iter(range(8))
    slow = list(slow_texts([nested], random.Random(1), lambda: next(again, None) is not None))
    assert [each.pattern for each in slow] == [nested.pattern]


def test_the_words_of_a_pattern_are_what_its_texts_are_made_of() -> None:
    assert words_of(re.compile(r"(?P<x>找|寻求)\s*(?:makers?|厂家)$")) == [
        "找",
        "寻求",
        "makers",
        "厂家",
    ]


def test_the_patterns_of_the_program_are_all_there() -> None:
    known = {each.pattern for each in patterns()}
    assert len(known) > 500
