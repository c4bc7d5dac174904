"""BM25 of the statements that are asked for, and those that have most of it, without all others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matchmaker.snapshot.lexical import bucket
from matchmaker.snapshot.model import FloatArray, IntArray, LexicalIndex
from matchmaker.snapshot.nearest import best
from matchmaker.text import terms

# Statements with nothing but words that more have than this are not looked for.
_MOST_POSTINGS = 50_000


@dataclass(frozen=True)
class WordScores:
    """`lexical_scores` of a text over what is attainable, by statement."""

    index: LexicalIndex
    text: str

    @cached_property
    def _postings(self) -> list[tuple[slice, np.float32]]:
        """Where the postings of each term stand, and the largest weight among them."""
        indptr = self.index.indptr
        numbers = sorted({bucket(term, len(indptr) - 1) for term in terms(self.text)})
        slices = [slice(int(indptr[number]), int(indptr[number + 1])) for number in numbers]
        return [(each, self.index.weight[each].max(initial=0)) for each in slices]

    @cached_property
    def _attainable(self) -> float:
        # In single precision, as `lexical.attainable` adds them up.
        return float(sum((largest for _, largest in self._postings), np.float32(0)))

    def __getitem__(self, statements: IntArray) -> FloatArray:
        """In [0, 1], shape (k,)."""
        scores = np.zeros(len(statements), dtype=np.float32)
        for postings, _ in self._postings:
            rows = self.index.statements[postings]
            if not len(rows):
                continue
            places = np.minimum(np.searchsorted(rows, statements), len(rows) - 1)
            has_it = rows[places] == statements
            scores[has_it] += self.index.weight[postings][places[has_it]]
        if self._attainable > 0:
            scores /= self._attainable
        return scores

    def first(self, count: int) -> IntArray:
        """Rows of the largest scores above zero, ties by row.

        Terms that weigh most are read first, and no further ones once all of them together give
        less than what the last of so many has (MaxScore: Turtle and Flood, 1995).
        """
        by_weight = sorted(self._postings, key=lambda each: -each[1])
        left, found, read = self._attainable, np.zeros(0, dtype=np.int32), 0
        order, scores = found, np.zeros(0, dtype=np.float32)
        for postings, largest in by_weight:
            size = postings.stop - postings.start
            if len(order) == count and (
                scores[-1] * self._attainable > left or read + size > _MOST_POSTINGS
            ):
                break
            left, read = left - float(largest), read + size
            found = np.union1d(found, self.index.statements[postings]).astype(np.int32)
            if len(found) >= count:
                order, scores = best(self[found], count)
        chosen, values = best(self[found], count)
        return found[chosen[values > 0]]
