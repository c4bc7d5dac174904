"""Other words for what statements say: by the dictionary in Chinese, by the thesaurus in any.

What a word or a concept adds is added to the statements that have it: none passes over all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from matchmaker.dictionary import dictionary, words_of
from matchmaker.snapshot.lexical import postings_of, statements_with_name
from matchmaker.snapshot.model import FloatArray, IntArray, LexicalIndex, Snapshot
from matchmaker.text import terms
from matchmaker.thesaurus import named, thesaurus

# What a statement that names a wider concept than was asked for says of it.
WIDER = 0.4
# Of a long text the concepts that are looked for.
MOST_CONCEPTS = 30


def translated_share(index: LexicalIndex, text: str, chinese: IntArray) -> FloatArray:
    """Share of an English text's words that each Chinese statement says, 0 for others, (m,).

    `chinese` are the rows of statements in Chinese. A word is said by a headword that the
    dictionary has for it, as far as it means that (`Dictionary.headwords_of`), or as it is
    written. Rare words count more, ln(1 + N / (1 + df)) of N statements in Chinese; those of
    which the dictionary and the index know nothing count as said by nobody.
    """
    total = np.float32(0)
    is_chinese = np.zeros(len(index.length), dtype=np.bool_)
    is_chinese[chinese] = True
    shares = np.zeros(len(index.length), dtype=np.float32)
    for word in words_of(text):
        said = [
            (statements_with_name(index, headword), share)
            for headword, share in dictionary().headwords_of(word).items()
        ]
        said += [(postings_of(index, term), 1.0) for term in terms(word)]
        rows, scores = _largest(said)
        kept = is_chinese[rows]
        rows, scores = rows[kept], scores[kept]
        rarity = np.float32(np.log1p(len(chinese) / (1 + np.count_nonzero(scores))))
        total += rarity
        shares[rows] += rarity * scores
    return shares / total if total else shares


def _largest(said: Sequence[tuple[IntArray, float]]) -> tuple[IntArray, FloatArray]:
    """Rows of several lists, each once and in order, with the largest share of those it is in."""
    if not said:
        return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32)
    rows, places = np.unique(np.concatenate([each for each, _ in said]), return_inverse=True)
    shares = np.repeat(
        np.array([share for _, share in said], dtype=np.float32), [len(each) for each, _ in said]
    )
    scores = np.zeros(len(rows), dtype=np.float32)
    np.maximum.at(scores, places, shares)
    return rows, scores


class ListedThing(NamedTuple):
    """A thing that a text asks for, as a list of things knows it.

    `names` are all that it and its kinds are called in any language, none where it is on no list;
    `said` is how the text says it.
    """

    kind: str
    value: str
    names: tuple[str, ...]
    said: str


class _Sought(NamedTuple):
    """Statements (k,) that name something, in order, how surely each, and what it counts."""

    rows: IntArray
    scores: FloatArray
    worth: float


def concept_share(
    snapshot: Snapshot, text: str, listed: Sequence[ListedThing] = ()
) -> FloatArray | None:
    """Share of what a text names or asks for that each statement names, (m,).

    That is the concepts of the thesaurus (`matchmaker.thesaurus`) and the things of lists, which
    are one where they have a name in common. In whatever words and language: who names a narrower
    concept names it, who names a wider one says `WIDER` of it. Rare ones count more,
    ln(1 + N / (1 + df)) of N statements, and all by the root of their part of the text, as much of
    one that speaks of little else. None where nothing is known of it, or no statement says
    anything.
    """
    concepts, coverage = named(text)
    if not concepts and not listed:
        return None
    surest = sorted(concepts.items(), key=lambda item: -item[1])[:MOST_CONCEPTS]
    sought = {number: _sought(snapshot, number, worth) for number, worth in surest}
    others = []
    for thing in listed:
        same = _same_concept(thing, sought)
        rows = _stating(snapshot, thing)
        if same is None:
            others.append(_Sought(rows, np.ones(len(rows), dtype=np.float32), 1.0))
            coverage += _letters(thing.said) / max(_letters(text), 1)
        else:
            known = sought[same]
            sought[same] = _Sought(*_largest([(rows, 1.0), *_graded(known)]), 1.0)
    total = np.float32(0)
    spoken = int(np.count_nonzero(snapshot.lexical.length))
    shares = np.zeros(len(snapshot.lexical.length), dtype=np.float32)
    for rows, scores, worth in (*sought.values(), *others):
        rarity = np.float32(worth * np.log1p(spoken / (1 + len(rows))))
        total += rarity
        shares[rows] += rarity * scores
    return shares * np.float32(min(coverage, 1) ** 0.5) / total if total else None


def _sought(snapshot: Snapshot, number: int, worth: float) -> _Sought:
    concept = thesaurus().concepts[number]
    said = [(_naming(snapshot, other), WIDER) for other in concept.wider]
    said += [(_naming(snapshot, other), 1.0) for other in (number, *concept.narrower)]
    return _Sought(*_largest(said), worth)


def _stating(snapshot: Snapshot, thing: ListedThing) -> IntArray:
    """Statements that have a name of a thing; what is on no list is not looked up twice."""
    if not thing.names:
        return statements_with_name(snapshot.lexical, thing.said)
    return statements_naming(snapshot, (f"listed {thing.kind}", thing.value), thing.names)


def _same_concept(thing: ListedThing, concepts: Iterable[int]) -> int | None:
    """The number of the concept that has most names in common with a thing; None where none has."""
    names = {thing.value, *thing.names}
    common = {
        number: len(names.intersection(thesaurus().concepts[number].forms)) for number in concepts
    }
    most = max(common, key=lambda number: common[number], default=None)
    return most if most is not None and common[most] else None


def _graded(sought: _Sought) -> list[tuple[IntArray, float]]:
    """The statements of each score."""
    rows, scores, _ = sought
    return [(rows[scores == score], float(score)) for score in np.unique(scores)]


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _naming(snapshot: Snapshot, concept: int) -> IntArray:
    """Statements that have a form of a concept, looked up once."""
    return statements_naming(snapshot, ("concept", concept), thesaurus().concepts[concept].forms)


def statements_naming(
    snapshot: Snapshot, key: tuple[str, object], names: Iterable[str]
) -> IntArray:
    """Statements that have any of the names, in order; looked up once, and kept under `key`."""

    def rows() -> IntArray:
        said = [statements_with_name(snapshot.lexical, name) for name in names]
        return np.unique(np.concatenate([snapshot.lexical.statements[:0], *said]))

    return snapshot.cached(key, rows)
