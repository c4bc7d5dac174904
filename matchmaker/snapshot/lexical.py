"""BM25 over statements, on hashed terms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from matchmaker import text as text_module
from matchmaker.marks import mark_of
from matchmaker.messages import message
from matchmaker.remembered import remembered
from matchmaker.snapshot.model import FloatArray, IntArray, LexicalIndex
from matchmaker.snapshot.splice import NotPatchableError, Splice
from matchmaker.snapshot.unchanged import EarlierTexts
from matchmaker.text import codes, terms

# Collisions at 2²⁰ buckets: with 200,000 distinct terms about one in eleven
# shares its bucket, nearly always with a rare one.
BUCKETS = 1 << 20
_POSTINGS_AT_ONCE = 1 << 20
K1 = 1.2
B = 0.75


def bucket(term: str, buckets: int = BUCKETS) -> int:
    """The same on every machine and in every run, which `hash` is not."""
    return crc32(term.encode("utf-8", "surrogatepass")) & (buckets - 1)


@dataclass(frozen=True)
class EarlierPostings:
    """An index made before, and for each text now its row there, -1 where it was another."""

    index: LexicalIndex
    rows: IntArray


@lru_cache(maxsize=1)
def reading() -> str:
    """A mark of this program's way to find the terms of a text, another for each version of it."""
    return mark_of([Path(text_module.__file__)])


def earlier_postings(earlier: EarlierTexts | None) -> EarlierPostings | None:
    """The index of an earlier snapshot, whose terms were found the same way; else None."""
    if earlier is None or earlier.snapshot.meta.reading != reading():
        return None
    return EarlierPostings(earlier.snapshot.lexical, earlier.rows)


def build_lexical(
    texts: Sequence[str], buckets: int = BUCKETS, earlier: EarlierPostings | None = None
) -> LexicalIndex:
    """Postings of all texts; statement i is `texts[i]`.

    Texts that stand in an `earlier` index, of the same `reading`, are not read again.
    """
    kept = _kept(earlier, len(texts), buckets)
    missing = kept.missing
    new = read_postings([texts[row] for row in missing.tolist()], buckets)
    kept.lengths[missing] = new.lengths
    return weigh(
        np.concatenate([kept.columns, new.columns]),
        np.concatenate([kept.rows, missing[new.rows]]),
        np.concatenate([kept.frequencies, new.frequencies]),
        kept.lengths,
        buckets,
    )


@dataclass(frozen=True)
class TermPostings:
    """Counts of terms in texts: `columns` (buckets), `rows` (texts) and `frequencies` (p,), and
    `lengths` (texts,)."""

    columns: NDArray[np.int64]
    rows: IntArray
    frequencies: FloatArray
    lengths: FloatArray


def read_postings(texts: Sequence[str], buckets: int) -> TermPostings:
    """Those of texts, which are read for their words."""
    columns: list[int] = []
    rows: list[int] = []
    frequencies: list[int] = []
    lengths = np.zeros(len(texts), dtype=np.float32)
    buckets_by_term: dict[str, int] = {}
    for row, text in enumerate(texts):
        counted: Counter[int] = Counter()
        for term in terms(text):
            number = buckets_by_term.get(term)
            if number is None:
                number = buckets_by_term[term] = bucket(term, buckets)
            counted[number] += 1
        lengths[row] = counted.total()
        columns.extend(counted.keys())
        frequencies.extend(counted.values())
        rows.extend([row] * len(counted))
    return TermPostings(
        np.array(columns, dtype=np.int64),
        np.array(rows, dtype=np.int32),
        np.array(frequencies, dtype=np.float32),
        lengths,
    )


@dataclass(frozen=True)
class _Kept:
    """Postings of texts that are as they were, (p,) each; `missing` are rows of all others."""

    columns: NDArray[np.int64]
    rows: IntArray
    frequencies: FloatArray
    lengths: FloatArray
    missing: IntArray


def _kept(earlier: EarlierPostings | None, count: int, buckets: int) -> _Kept:
    lengths = np.zeros(count, dtype=np.float32)
    if earlier is None or len(earlier.index.indptr) - 1 != buckets:
        none, everything = np.zeros(0, dtype=np.int32), np.arange(count, dtype=np.int32)
        return _Kept(none.astype(np.int64), none, lengths[:0], lengths, everything)
    index, stood = earlier.index, earlier.rows
    known = stood >= 0
    # How often a term is said is kept in two bytes.
    known[known] = index.length[stood[known]] <= np.iinfo(index.frequency.dtype).max
    row_now = np.full(len(index.length), -1, dtype=np.int32)
    row_now[stood[known]] = np.flatnonzero(known)
    lengths[known] = index.length[stood[known]]
    rows = row_now[index.statements]
    columns = np.repeat(np.arange(buckets, dtype=np.int64), np.diff(index.indptr))
    stays = rows >= 0
    return _Kept(
        columns[stays],
        rows[stays],
        index.frequency[stays].astype(np.float32),
        lengths,
        np.flatnonzero(~known).astype(np.int32),
    )


@dataclass(frozen=True)
class TermWeights:
    """Weights of BM25, from all statements: `idf` of each bucket and the `average` length."""

    idf: NDArray[np.float64]
    average: float

    @classmethod
    def of(cls, document_frequency: NDArray[np.int64], lengths: FloatArray) -> TermWeights:
        """Weights for statements of these lengths, so many of which have a term of each bucket."""
        spoken = int(np.count_nonzero(lengths))
        average = float(lengths.sum()) / spoken if spoken else 1.0
        # By frequency: there are many more buckets than frequencies that one of them has.
        frequency = np.arange(document_frequency.max(initial=0) + 1, dtype=np.float64)
        idf = np.log1p((spoken - frequency + 0.5) / (frequency + 0.5))
        return cls(idf[document_frequency], average)

    def weights(
        self, columns: NDArray[np.int64], frequencies: FloatArray, lengths: FloatArray
    ) -> NDArray[np.float64]:
        """Of postings (p,), with the length of the statement of each."""
        norm = K1 * (1 - B + B * lengths / self.average)
        return np.asarray(self.idf[columns] * frequencies * (K1 + 1) / (frequencies + norm))


def weigh(
    columns: NDArray[np.int64],
    rows: NDArray[np.int32],
    frequencies: FloatArray,
    lengths: FloatArray,
    buckets: int,
) -> LexicalIndex:
    """BM25 weight of each posting: idf · tf (k1 + 1) / (tf + k1 (1 − b + b |d| / avgdl)).

    idf = ln(1 + (N − df + ½) / (df + ½)) (Lucene's, never negative). N counts the
    statements that have any term.
    """
    scale = TermWeights.of(np.bincount(columns, minlength=buckets), lengths)
    weight = scale.weights(columns, frequencies, lengths[rows])
    order = np.lexsort((rows, columns))
    indptr = np.zeros(buckets + 1, dtype=np.int64)
    np.cumsum(np.bincount(columns, minlength=buckets), out=indptr[1:])
    return LexicalIndex(
        indptr=indptr,
        statements=rows[order],
        weight=weight[order].astype(np.float32),
        frequency=frequencies[order].astype(np.uint16),
        length=lengths,
    )


def respliced(index: LexicalIndex, splice: Splice, texts: Sequence[str]) -> LexicalIndex:
    """The index of a table of statements that was spliced, with the texts of its fresh rows.

    Postings stand in order of term and statement, and stay so: fresh ones are put between, some
    terms at a time, as all weights are other ones when anything is. Raises NotPatchableError.
    """
    if splice.is_as_before:
        return index
    buckets = len(index.indptr) - 1
    read = read_postings(texts, buckets)
    order = np.lexsort((splice.fresh[read.rows], read.columns))
    fresh = replace(
        read,
        columns=read.columns[order],
        rows=splice.fresh[read.rows][order],
        frequencies=read.frequencies[order],
    )
    lengths = splice.array(index.length, read.lengths)
    if len(lengths) and lengths.max() > np.iinfo(index.frequency.dtype).max:
        raise NotPatchableError(message("A text is too long."))
    rows_kept = splice.rows_kept
    gone = np.flatnonzero(rows_kept[index.statements] < 0)
    went = np.searchsorted(index.indptr, gone, side="right") - 1
    frequency = np.diff(index.indptr) - np.bincount(went, minlength=buckets)
    frequency += np.bincount(fresh.columns, minlength=buckets)
    indptr = np.zeros(buckets + 1, dtype=np.int64)
    np.cumsum(frequency, out=indptr[1:])
    scale, total = TermWeights.of(frequency, lengths), int(indptr[-1])
    joined = LexicalIndex(
        indptr=indptr,
        statements=np.empty(total, dtype=np.int32),
        weight=np.empty(total, dtype=np.float32),
        frequency=np.empty(total, dtype=np.uint16),
        length=lengths,
    )
    starts = np.arange(0, index.indptr[-1], _POSTINGS_AT_ONCE)
    bounds = sorted({0, buckets, *np.searchsorted(index.indptr, starts).tolist()})
    for first, last in pairwise(bounds):
        former = slice(int(index.indptr[first]), int(index.indptr[last]))
        rows = rows_kept[index.statements[former]]
        stays = rows >= 0
        columns = np.repeat(np.arange(first, last), np.diff(index.indptr[first : last + 1]))
        columns, rows = columns[stays], rows[stays]
        new = slice(*np.searchsorted(fresh.columns, (first, last)).tolist())
        places = np.searchsorted(
            columns * np.int64(len(lengths)) + rows,
            fresh.columns[new] * np.int64(len(lengths)) + fresh.rows[new],
        )
        columns = np.repeat(np.arange(first, last), np.diff(indptr[first : last + 1]))
        rows = np.insert(rows, places, fresh.rows[new])
        kept = index.frequency[former][stays].astype(np.float32)
        frequencies = np.insert(kept, places, fresh.frequencies[new])
        now = slice(int(indptr[first]), int(indptr[last]))
        joined.statements[now] = rows
        joined.weight[now] = scale.weights(columns, frequencies, lengths[rows])
        joined.frequency[now] = frequencies.astype(np.uint16)
    return joined


def without(index: LexicalIndex, keep: NDArray[np.bool_]) -> LexicalIndex:
    """The index over the statements to keep, weighed as if the others had never been."""
    buckets = len(index.indptr) - 1
    columns = np.repeat(np.arange(buckets, dtype=np.int64), np.diff(index.indptr))
    kept = keep[index.statements]
    lengths = np.where(keep, index.length, 0).astype(np.float32)
    frequencies = index.frequency[kept].astype(np.float32)
    return weigh(columns[kept], index.statements[kept], frequencies, lengths, buckets)


@remembered(1_000)
def _buckets_of_text(text: str, buckets: int) -> tuple[int, ...]:
    """Where the terms of a text stand, in order; of one question it is asked many times."""
    return tuple(sorted({bucket(term, buckets) for term in terms(text)}))


def attainable(index: LexicalIndex, text: str) -> float:
    """The BM25 that a statement would have that says each term of a text best of all."""
    buckets = len(index.indptr) - 1
    parts = (
        index.weight[index.indptr[number] : index.indptr[number + 1]].max(initial=0)
        for number in _buckets_of_text(text, buckets)
    )
    return float(sum(parts))


def lexical_scores(index: LexicalIndex, text: str) -> FloatArray:
    """BM25 of every statement for a text, shape (m,); a term counts once however often said."""
    scores = np.zeros(len(index.length), dtype=np.float32)
    buckets = len(index.indptr) - 1
    for number in _buckets_of_text(text, buckets):
        postings = slice(int(index.indptr[number]), int(index.indptr[number + 1]))
        np.add.at(scores, index.statements[postings], index.weight[postings])
    return scores


def code_shares(index: LexicalIndex, text: str) -> FloatArray | None:
    """Share of a text's codes (`matchmaker.text.codes`) that each statement names, shape (m,).

    Rare codes count more, those that nobody names not at all; None where none is named.
    """
    buckets = len(index.indptr) - 1
    shares, total = np.zeros(len(index.length), dtype=np.float32), np.float32(0)
    for number in sorted({bucket(code, buckets) for code in codes(text)}):
        postings = slice(int(index.indptr[number]), int(index.indptr[number + 1]))
        rarity = index.weight[postings].max(initial=0)
        shares[index.statements[postings]] += rarity
        total += rarity
    return shares / total if total else None


def term_shares(index: LexicalIndex, text: str) -> FloatArray:
    """Share of a text's terms that each statement has, whatever their rarity, shape (m,)."""
    buckets = len(index.indptr) - 1
    counts = np.zeros(len(index.length), dtype=np.float32)
    numbers = _buckets_of_text(text, buckets)
    for number in numbers:
        counts[index.statements[index.indptr[number] : index.indptr[number + 1]]] += 1
    return counts / np.float32(max(1, len(numbers)))


def statements_with_name(index: LexicalIndex, name: str) -> IntArray:
    """Statements that have all words of a name, and all pairs of characters of a Chinese one."""
    indptr = index.indptr
    numbers = _buckets_of_name(name, len(indptr) - 1)
    counts = [int(indptr[number + 1] - indptr[number]) for number in numbers]
    if not numbers or not all(counts):
        return index.statements[:0]
    # What is left of the fewest is soon nothing.
    fewest_first = sorted(zip(counts, numbers, strict=True))
    postings = (index.statements[indptr[each] : indptr[each + 1]] for _, each in fewest_first)
    return reduce(lambda a, b: np.intersect1d(a, b, assume_unique=True), postings)


@lru_cache(maxsize=50_000)
def _buckets_of_name(name: str, buckets: int) -> tuple[int, ...]:
    return tuple(bucket(term, buckets) for term in dict.fromkeys(terms(name)))


def postings_of(index: LexicalIndex, term: str) -> IntArray:
    """Statements that have a term."""
    number = bucket(term, len(index.indptr) - 1)
    return index.statements[int(index.indptr[number]) : int(index.indptr[number + 1])]


def known_share(index: LexicalIndex, text: str) -> float:
    """Share of a text's terms, by rarity, that any statement has, 0 for a text without terms.

    A term counts as much as the statement that says it best would get for it; one that no
    statement has, as much as the rarest would: ln(1 + (N + ½) / ½) of N statements.
    """
    buckets = len(index.indptr) - 1
    spoken = int(np.count_nonzero(index.length))
    rarest = float(np.log1p((spoken + 0.5) / 0.5))
    known, unknown = 0.0, 0.0
    for number in _buckets_of_text(text, buckets):
        weights = index.weight[index.indptr[number] : index.indptr[number + 1]]
        if len(weights):
            known += float(weights.max())
        else:
            unknown += rarest
    return known / (known + unknown) if known else 0.0


def named_buckets(index: LexicalIndex, passage: str) -> frozenset[int]:
    """Buckets of the terms that a passage names."""
    buckets = len(index.indptr) - 1
    return frozenset(bucket(term, buckets) for term in terms(passage))


def named_share(index: LexicalIndex, question: str, named: Collection[int]) -> float:
    """Share of a question's terms that are in `named` buckets, rare ones counting more, 0 to 1."""
    buckets = len(index.indptr) - 1
    share, total = 0.0, 0.0
    for number in _buckets_of_text(question, buckets):
        rarity = float(index.weight[index.indptr[number] : index.indptr[number + 1]].max(initial=0))
        total += rarity
        share += rarity if number in named else 0.0
    return share / total if total else 0.0
