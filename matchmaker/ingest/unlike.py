"""Pairs of names that are surely unlike, told from a few numbers of each, many at once, or from
their words.

Most pairs that share a block are: to take both names apart for each would take most of an
import's time. Whoever is not told apart here is compared properly.
"""

from __future__ import annotations

from array import array

import numpy as np
from numpy.typing import NDArray

from matchmaker.ingest.matching_model import Comparable
from matchmaker.ingest.name_comparison import ALIKE, ComparableName, NameLevel, compare_words

_BINS = 32
_WAITING = 5_000
_LONGEST = 255
# What a name is: the only one of an organisation with one other name and one code at most, Chinese,
# of a branch; and whether it may be like one whose letters differ: initials, a group's name.
_TOLD, _HAN, _BRANCH, _MAY_BE_SHORT = 1, 2, 4, 8
_SHORT = 6  # letters of what may be initials


class NameSummaries:
    """Some 130 bytes for each organisation, in order."""

    def __init__(self) -> None:
        self._flags, self._letters = bytearray(), bytearray()
        # Names whose letters are still to be counted: of many at once.
        self._texts: list[str] = []
        self._folded, self._translated, self._numerals = array("q"), array("q"), array("q")
        # Words of names in Latin letters, parted by spaces, and where each name ends.
        self._spelled, self._ends = bytearray(), array("q", [0])
        # 0 where there is none.
        self._other, self._host, self._code = array("q"), array("q"), array("q")

    def add(self, organization: Comparable) -> None:
        name = organization.names[0] if organization.names else None
        text = " ".join(name.translated) if name else ""
        codes = [each for each in enumerate(organization.codes) if each[1]]
        is_told = (
            name is not None
            and len(organization.names) == 1
            and max(len(organization.others), len(codes)) <= 1
            and len(text) <= _LONGEST
            and text.count(" ") < max(1, len(name.translated))  # not within a word
        )
        if name is None or not is_told:
            self._flags.append(0)
            self._texts.append("")
            self._add_words((), (), ())
        else:
            self._flags.append(_flags(name))
            self._texts.append(text)
            if not name.is_han:
                self._spelled += text.encode("utf-8", "surrogatepass")
            self._add_words(name.folded, name.translated, name.numerals)
        self._ends.append(len(self._spelled))
        if len(self._texts) >= _WAITING:
            self._count_letters()
        self._other.append(_letters_of(organization.others[0].folded) if organization.others else 0)
        self._host.append(hash(organization.host) if organization.host else 0)
        self._code.append(hash(codes[0]) if codes else 0)

    def _add_words(self, folded: tuple[str, ...], translated: tuple[str, ...],
                   numerals: tuple[str, ...]) -> None:  # fmt: skip
        self._folded.append(_letters_of(folded))
        self._translated.append(_letters_of(translated))
        self._numerals.append(hash(numerals))

    def _count_letters(self) -> None:
        signs = "".join(self._texts).encode("utf-32-le", "surrogatepass")
        letters = np.frombuffer(signs, dtype="<u4").astype(np.int64) % _BINS
        owners = np.repeat(np.arange(len(self._texts)), list(map(len, self._texts)))
        counts = np.bincount(owners * _BINS + letters, minlength=len(self._texts) * _BINS)
        self._letters += counts.astype(np.uint8).tobytes()
        self._texts = []

    def are_unlike(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell of each pair, (p,), whether `matching_model.are_unlike` plainly says so."""
        if self._texts:
            self._count_letters()
        flags = np.frombuffer(self._flags, dtype=np.uint8)
        both, either = flags[first] & flags[second], flags[first] | flags[second]
        only_one = both ^ either
        differ = ~self._share(first, second)
        for words in (self._folded, self._translated):
            hashes = np.frombuffer(words, dtype=np.int64)
            differ &= hashes[first] != hashes[second]
        numerals = np.frombuffer(self._numerals, dtype=np.int64)
        is_far = self._are_far(first, second) & (either & _MAY_BE_SHORT == 0)
        unlike = differ & ((numerals[first] != numerals[second]) | is_far)
        # Of a Chinese name and one in Latin letters only that they may be one is cheap to tell:
        # they share a block where the one is the other in pinyin.
        may_tell = (both & _TOLD != 0) & (only_one & (_BRANCH | _HAN) == 0)
        told: NDArray[np.bool_] = may_tell & unlike
        for pair in np.flatnonzero(may_tell & differ & ~unlike & (either & _HAN == 0)).tolist():
            one, other = self._words(int(first[pair])), self._words(int(second[pair]))
            told[pair] = compare_words(one, other) is NameLevel.DIFFERENT
        return told

    def _words(self, position: int) -> tuple[str, ...]:
        """The translated words of a name in Latin letters."""
        start, end = self._ends[position : position + 2]
        return tuple(self._spelled[start:end].decode("utf-8", "surrogatepass").split(" "))

    def _share(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell whether two may have a website, a code or an other name in common."""
        names, others, hosts, codes = (
            np.frombuffer(each, dtype=np.int64)
            for each in (self._folded, self._other, self._host, self._code)
        )
        share: NDArray[np.bool_] = (others[first] == names[second]) | (
            names[first] == others[second]
        )
        for each in (others, hosts, codes):
            share |= (each[first] == each[second]) & (each[first] != 0)
        return share

    def _are_far(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell whether too few letters are in both for one to be like the other or a part of it."""
        letters = np.frombuffer(self._letters, dtype=np.uint8).reshape(-1, _BINS)
        one, other = letters[first], letters[second]
        common = np.minimum(one, other).sum(axis=1, dtype=np.int64)
        sizes = one.sum(axis=1, dtype=np.int64), other.sum(axis=1, dtype=np.int64)
        # The similarity of two strings is at most twice what they have in common over their sizes.
        is_far: NDArray[np.bool_] = 200 * common < ALIKE * (sizes[0] + sizes[1])
        is_far &= common < np.minimum(*sizes)
        return is_far


def _flags(name: ComparableName) -> int:
    if name.is_han:
        may_be_short = "集团" in name.folded[0] or "控股" in name.folded[0]
    else:
        words = name.translated
        may_be_short = len(set(words)) < len(words) or (len(words) == 1 and len(words[0]) <= _SHORT)
    return (
        _TOLD | _HAN * name.is_han | _BRANCH * name.branch | _MAY_BE_SHORT * may_be_short
    )  # fmt: skip


def _letters_of(words: tuple[str, ...]) -> int:
    """The same for the same letters in any order."""
    letters = "".join(words).encode("utf-8", "surrogatepass")
    return sum(letters) << 16 | len(letters)
