"""Texts over which a regular expression of the program does not come to an end.

    python -m benchmarks.patterns [--seconds 600] [--part 0 --parts 1] [--seed 0]

A pattern whose parts can share the same letters in many ways (`(?:可|产|可产)*$`) tries them all
where nothing matches: of thirty repeats that is for ever. Each pattern that a module makes with
`matchmaker.regex.regex` is asked for texts of its own words: one or two of them, repeated some
thirty times, with one before and something behind that does not fit. What takes a quarter of a
second of the processor, or does not end within a second and a half, is shown with the text; a
pattern that is only ever put to a few letters may be among them. Part and seed tell which.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import random
import re
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import matchmaker
from matchmaker.regex import made

_WORD = re.compile(r"[\u4e00-\u9fff]{1,6}|[A-Za-z]{2,12}")
# What is no word of a text: classes and what heads a group.
_SYNTAX = re.compile(r"\\[a-zA-Z]|\(\?(?:P<\w+>|[<=!:>]+)")
_METHODS = ("search", "match", "fullmatch")
_BESIDE = ("", " ", "，", "a", "1", "、", "的")
_BETWEEN = ("", "", " ", "、", "的", "-")
_BEHIND = ("", "!", "。", " x", "1")
_REPEATS = (24, 30)
_TEXTS_A_ROUND = 12
_MOST_WORDS = 400
LONG, TOO_LONG = 0.25, 1.5


class Slow(NamedTuple):
    """A text that a pattern takes long for: how it was put to it, and processor seconds."""

    pattern: str
    method: str
    text: str
    seconds: float


class _NoEnd(Exception):
    """A pattern is still at it."""


def patterns() -> list[re.Pattern[str]]:
    """Every pattern of the program that repeats something, its modules imported."""
    for module in pkgutil.walk_packages(matchmaker.__path__, "matchmaker."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return [each for each in made() if any(sign in each.pattern for sign in "*+{")]


def slow_texts(
    asked: Sequence[re.Pattern[str]], chance: random.Random, goes_on: Callable[[], bool]
) -> Iterator[Slow]:
    """The first slow text of each pattern, drawn for as long as it `goes_on`."""
    left = [(each, words_of(each)) for each in asked]
    while left and goes_on():
        for entry in list(left):
            pattern, words = entry
            texts = (_text(words, chance) for _ in range(_TEXTS_A_ROUND))
            found = next(filter(None, (_slow(pattern, text) for text in texts)), None)
            if found:
                left.remove(entry)
                yield found


def words_of(pattern: re.Pattern[str]) -> list[str]:
    """The words that a pattern is written with, each once."""
    written = _SYNTAX.sub(" ", pattern.pattern)
    return list(dict.fromkeys(_WORD.findall(written)))[:_MOST_WORDS] or ["a"]


def _text(words: Sequence[str], chance: random.Random) -> str:
    before = chance.choice((*words, "", " "))
    repeated = chance.choice(words) + chance.choice(_BETWEEN) + chance.choice((*words, *_BESIDE))
    return before + repeated * chance.choice(_REPEATS) + chance.choice(_BEHIND)


def _slow(pattern: re.Pattern[str], text: str) -> Slow | None:
    for method in _METHODS:
        begun = time.process_time()
        try:
            signal.setitimer(signal.ITIMER_REAL, TOO_LONG)
            getattr(pattern, method)(text)
        except _NoEnd:
            pass
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        if (seconds := time.process_time() - begun) > LONG:
            return Slow(pattern.pattern, method, text, seconds)
    return None


def stop_at_alarm() -> None:
    """Have a pattern that is still at it end with an error: it looks for signals now and then."""

    def end(*_: object) -> None:
        raise _NoEnd

    signal.signal(signal.SIGALRM, end)


def main() -> None:
    """Draw texts for so long, and show those that take long."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=600)
    arguments.add_argument("--part", type=int, default=0)
    arguments.add_argument("--parts", type=int, default=1)
    arguments.add_argument("--seed", type=int, default=0)
    chosen = arguments.parse_args()
    stop_at_alarm()
    asked = patterns()[chosen.part :: chosen.parts]
    until = time.monotonic() + chosen.seconds
    found = 0
    chance = random.Random(chosen.seed)
    for slow in slow_texts(asked, chance, lambda: time.monotonic() < until):
        found += 1
        print(f"{slow.seconds:.2f} s, {slow.method}: {slow.pattern[:60]!r} <- {slow.text[:60]!r}")
    print(f"{len(asked)} patterns, {found} with a text that takes long")


if __name__ == "__main__":
    main()
