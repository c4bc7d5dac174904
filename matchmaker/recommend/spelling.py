"""Slips of the pen in English questions: a word that nobody knows, read as the one it was to be.

Known is what the dictionary, the thesaurus, the reader's vocabulary or a statement or name in the
graph has, in whatever form. What is not is read as the nearest word of the thesaurus (of no other:
many firms are called nearly as a word, siemens), if it is near enough and no other is as near, by
restricted Damerau-Levenshtein distance (Damerau, 1964): letters left out, put in, taken for others,
or two neighbours changed round.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from matchmaker.dictionary import dictionary
from matchmaker.recommend.specification.units import CURRENCIES, ENGLISH_NUMERALS, PERIODS, UNITS
from matchmaker.recommend.specification.vocabulary import words as terms_and_markers
from matchmaker.regex import regex
from matchmaker.text import has_chinese
from matchmaker.thesaurus import thesaurus

# Letters of a word of which one may be wrong, and two; shorter ones are too near to others.
ONE_WRONG, TWO_WRONG = 5, 9
# Beside digits, dots, quotes and the like a word is a code, an address or meant as it is.
_WORD = regex(
    rf"(?<![\w.@/&'’“\"-])[A-Za-z][a-z]{{{ONE_WRONG - 1},}}(?![\w@/&’”\"]|[.-]\d|\.\w|'(?!s\b))"
)
_SENTENCE_ENDS = (".", "!", "?", ":", ";")
# Substances are told apart by a letter: nitrile, nitride, nitrite; polyamide, polyimide.
_SUBSTANCE = regex(r"(?:i[dltn]|[aeoy]n|at|os|am)es?$|(?:yl|ol|al)s?$")
_MEASURES = UNITS.keys() | CURRENCIES.keys() | PERIODS.keys() | ENGLISH_NUMERALS.keys()
_PLURAL = regex(r"(?<=[a-z]{4}[^s])s$")


class Respelling(NamedTuple):
    """A word as it was written, and as it is read."""

    written: str
    read: str


def respelt(text: str, is_stated: Callable[[str], bool]) -> tuple[str, tuple[Respelling, ...]]:
    """An English text as it was meant, and the words in it that are read otherwise.

    `is_stated` tells whether any statement or name in the graph has a word, given in lower case.
    """
    respellings: dict[str, Respelling] = {}

    def meant(match: re.Match[str]) -> str:
        written = match[0]
        if written[0].isupper() and not _begins_sentence(text, match.start()):
            return written  # a name
        word = written.lower()
        if _is_known(word) or is_stated(word):
            return written
        nearest = _nearest(word)
        if nearest is None:
            return written
        nearest = nearest.capitalize() if written[0].isupper() else nearest
        respellings.setdefault(written, Respelling(written, nearest))
        return nearest

    return _WORD.sub(meant, text), tuple(respellings.values())


def _begins_sentence(text: str, place: int) -> bool:
    """Whether a sentence or a line begins at a place of a text, but for blanks."""
    before = text[:place].rstrip()
    return not before or before.endswith(_SENTENCE_ENDS) or "\n" in text[len(before) : place]


def _is_known(word: str) -> bool:
    if word in _MEASURES or dictionary().knows(word) or terms_and_markers(word).terms:
        return True
    return bool({word, _PLURAL.sub("", word)} & _trade_words())


def _nearest(word: str) -> str | None:
    """The one word that this one was to be; None where none is near enough, or several are."""
    wrong = 2 if len(word) >= TWO_WRONG else 1
    plural = _PLURAL.search(word)
    single = word[: plural.start()] if plural else word
    if _SUBSTANCE.search(single):
        return None
    alike = [
        other
        for other in _trade_words_by_initial().get(single[0], ())
        if abs(len(other) - len(single)) <= wrong
    ]
    near = process.extract(single, alike, scorer=OSA.distance, score_cutoff=wrong, limit=3)
    if near and (len(near) == 1 or near[0][1] < near[1][1]):
        return str(near[0][0]) + (plural[0] if plural else "")
    return None


@cache
def _trade_words() -> frozenset[str]:
    """English words in the names of the thesaurus."""
    forms = (form for concept in thesaurus().concepts for form in concept.forms)
    return frozenset(
        word for form in forms if not has_chinese(form) for word in re.findall(r"[a-z]{4,}", form)
    )


@cache
def _trade_words_by_initial() -> dict[str, list[str]]:
    words: dict[str, list[str]] = {}
    for word in sorted(_trade_words()):
        words.setdefault(word[0], []).append(word)
    return words
