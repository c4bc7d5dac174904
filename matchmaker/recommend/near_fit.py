"""Text fit where statements are too many to look at each: those near the questions are looked for.

Candidates are found by the approximate index of vectors and by the words that statements share
with the questions; figures of organisations that are asked for are exact, from all their own
statements. So what may be missed is a candidate that nothing else finds, never a figure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommend.best_statements import entries_by_statement
from matchmaker.recommend.evidence import NEAREST, TextFit, to_sixth_power
from matchmaker.recommend.scores import distinct, grouped, is_among
from matchmaker.recommend.usable_statements import freshness, lengths
from matchmaker.snapshot.incidence import ranges
from matchmaker.snapshot.model import BoolArray, FloatArray, IntArray, Snapshot
from matchmaker.snapshot.nearest import best, nearest

# Statements that are looked for at first by each vector and by each kind of words; where too few
# of them are of candidates, `DEEPER` times as many, and so on.
FIRST, DEEPER = 400, 8
# Of several texts at least so many by each.
EACH = 100
# Reading all of so many costs no more: of 57,632 both took the same (docs/scale.md).
READ_ALL_UP_TO = 100_000

_VECTORS_AT_ONCE = 512

StatementFigure = Callable[[IntArray], FloatArray]


def reads_all(snapshot: Snapshot) -> bool:
    """True where all statements are looked at for each question: few, or without an index."""
    is_small = len(snapshot.vectors) <= READ_ALL_UP_TO
    return is_small or snapshot.index_file is None or not snapshot.meta.dimension


class NearTextFit(TextFit):
    """The same figures as `TextFit`, by organisation, without a pass over all statements."""

    @cached_property
    def _found(self) -> dict[int, IntArray]:
        return {}

    def near(self, depth: int) -> IntArray:
        """Rows (k,) of about so many statements nearest to each question, in order."""
        if depth not in self._found:
            self._found[depth] = self._search(depth)
        return self._found[depth]

    @property
    def is_searched_at(self) -> int:
        """A depth at which all statements are looked at that could fit."""
        return len(self.snapshot.statements.kind)

    def _search(self, depth: int) -> IntArray:
        snapshot = self.snapshot
        if depth >= self.is_searched_at:
            return np.flatnonzero(_speaking(snapshot, self)).astype(np.int32)
        found = [_first(self.statement_lexical, depth)]
        if self._is_embedded:
            allowed = _speaking(snapshot, self)
            vectors = self._question_vectors.T
            asked = vectors[np.any(vectors != 0, axis=1)]
            # Of several texts each finds candidates for all of them.
            each = max(round(depth / len(asked) ** 0.5), EACH) if len(asked) else depth
            found += [nearest(snapshot, vector, each, allowed)[0] for vector in asked]
            if len(snapshot.passages.statement):
                products = (snapshot.passage_vectors @ self._question_vectors).max(axis=1)
                found.append(snapshot.passages.statement[best(products, depth)[0]])
        shares = ((each.codes, each.translated, each.concepts) for each in self.questions)
        found += [_first(share, depth) for each in shares for share in each if share is not None]
        return distinct(np.concatenate(found)).astype(np.int32)

    @cached_property
    def _similarities(self) -> _Known:
        return _Known(self._measured)

    @cached_property
    def _fits(self) -> _Known:
        return _Known(lambda rows: self._blended(rows, self._similarity(rows)))

    def _similarity(self, statements: IntArray) -> FloatArray:
        return self._similarities.of(statements)

    def blended_of(self, statements: IntArray) -> FloatArray:
        return self._fits.of(statements)

    def _measured(self, statements: IntArray) -> FloatArray:
        similarity = np.zeros((len(statements), len(self.questions)), dtype=np.float32)
        if not self._is_embedded:
            return similarity
        snapshot, passages = self.snapshot, self.snapshot.passages.statement
        # A part at a time: a copy of many vectors would pass the memory twice more.
        products = np.zeros((len(statements), self._question_vectors.shape[1]), dtype=np.float32)
        for start in range(0, len(statements), _VECTORS_AT_ONCE):
            part = slice(start, start + _VECTORS_AT_ONCE)
            products[part] = snapshot.vectors[statements[part]] @ self._question_vectors
        similarity = self._by_language(products, statements)
        starts = np.searchsorted(passages, statements)
        counts = np.searchsorted(passages, statements, side="right") - starts
        long = np.flatnonzero(counts)
        if len(long):
            rows, before = ranges(starts[long], counts[long])
            of_passages = np.maximum.reduceat(
                snapshot.passage_vectors[rows] @ self._question_vectors, before
            )
            of_passages = self._by_language(of_passages, statements[long])
            similarity[long] = np.maximum(similarity[long], of_passages)
        return similarity

    def dense_of(self, statements: IntArray) -> FloatArray:
        dense = np.maximum(self._similarity(statements).max(axis=1, initial=-1), 0)
        dense[np.isin(statements, self.own)] = 0
        return np.asarray(dense, dtype=np.float32)

    def _aged(self, statements: IntArray) -> FloatArray:
        fits = self.blended_of(statements)
        return np.asarray(fits * (0.5 + 0.5 * freshness(self.snapshot)[statements]), np.float32)

    def _fresh(self, statements: IntArray) -> FloatArray:
        return np.asarray(self._ever(statements) * freshness(self.snapshot)[statements], np.float32)

    def _ever(self, statements: IntArray) -> FloatArray:
        return to_sixth_power(self.blended_of(statements))

    def worded(self, worth: FloatArray) -> OrganizationFigures:
        """Largest fit by what each entry is worth."""
        return OrganizationFigures(self, self.blended_of, worth, np.maximum)

    def _largest(self, figure: StatementFigure) -> Any:
        return OrganizationFigures(self, figure, self.usable, np.maximum)

    def _sum(self, figure: StatementFigure) -> Any:
        return OrganizationFigures(self, figure, self.usable, np.add)

    @cached_property
    def dense(self) -> Any:
        return self._largest(self.dense_of)

    @cached_property
    def best(self) -> Any:
        return self._largest(self.blended_of)

    @cached_property
    def best_lately(self) -> Any:
        return self._largest(self._aged)

    @cached_property
    def evidence(self) -> Any:
        return self._sum(self._fresh)

    @cached_property
    def evidence_ever(self) -> Any:
        return self._sum(self._ever)

    @cached_property
    def mean(self) -> Any:
        return _Quotient(self._sum(self.blended_of), self.spoken)

    @cached_property
    def centroid(self) -> Any:
        def likeness(statements: IntArray) -> FloatArray:
            return np.asarray(self._similarity(statements).max(axis=1, initial=-1), np.float32)

        return _Quotient(self._sum(likeness), lengths(self.snapshot, self.rule), least=0)

    @cached_property
    def focus(self) -> Any:
        return _Quotient(lengths(self.snapshot, self.rule), self.spoken)

    @cached_property
    def nearest_share(self) -> Any:
        near = self.near(FIRST)
        chosen, scores = best(self.blended_of(near), NEAREST)
        votes = scores / max(float(scores.sum()), 1e-9)

        def share(statements: IntArray) -> FloatArray:
            figures = np.zeros(len(statements), dtype=np.float32)
            for statement, vote in zip(near[chosen].tolist(), votes.tolist(), strict=True):
                figures[statements == statement] = vote
            return figures

        return self._sum(share)

    @cached_property
    def spoken(self) -> Any:
        """Numbers of statements that speak for each organisation, (n,)."""
        return self._sum(lambda statements: np.ones(len(statements), dtype=np.float32))

    @cached_property
    def top(self) -> float:
        return float(self.blended_of(self.near(FIRST)).max(initial=0))

    def best_among(self, statements: IntArray) -> Any:
        def figure(asked: IntArray) -> FloatArray:
            return self.blended_of(asked) * np.isin(asked, statements)

        return self._largest(figure)


class _Known:
    """What was worked out of some statements, to be asked for again; `measure` gives the rest."""

    def __init__(self, measure: StatementFigure) -> None:
        self._measure = measure
        self._rows = np.zeros(0, dtype=np.int32)
        self._values: FloatArray | None = None

    def of(self, statements: IntArray) -> FloatArray:
        """Values of some statements (k, …)."""
        missing = statements[~is_among(self._rows, statements)]
        if self._values is None or len(missing):
            new = distinct(missing).astype(np.int32)
            values = self._measure(new)
            rows = np.concatenate([self._rows, new])
            order = np.argsort(rows)
            self._rows = rows[order]
            known = values if self._values is None else np.concatenate([self._values, values])
            self._values = known[order]
        return self._values[np.searchsorted(self._rows, statements)]


@dataclass(frozen=True)
class OrganizationFigures:
    """Scores: a `figure` of statements ≥ 0, over each one's entries by their `weight`, (entries,).

    The largest of them or, by `np.add`, their sum. Of rows that are asked for it is exact; the
    best are looked for among those who own what is near.
    """

    fit: NearTextFit
    figure: StatementFigure
    weight: NDArray[Any]
    joined: np.ufunc

    def __getitem__(self, rows: Any) -> Any:
        asked = np.atleast_1d(rows)
        entries = self.fit.snapshot.organization_statements
        starts = entries.indptr[asked]
        counts = entries.indptr[asked + 1] - starts
        positions, before = ranges(starts, counts)
        weight = self.weight[positions]
        said = np.flatnonzero(weight)
        statements, places = np.unique(entries.indices[positions[said]], return_inverse=True)
        values = np.zeros(len(positions), dtype=np.float64)
        values[said] = self.figure(statements.astype(np.int32))[places] * weight[said]
        figures = np.zeros(len(asked), dtype=np.float32)
        filled = counts > 0
        if filled.any():
            figures[filled] = self.joined.reduceat(values, before[filled])
        return figures[0] if np.ndim(rows) == 0 else figures

    def best(self, eligible: BoolArray, count: int) -> IntArray:
        depth = FIRST
        while True:
            rows, values = self._owners(depth)
            chosen = eligible[rows] & (values > 0)
            if chosen.sum() >= count or depth >= self.fit.is_searched_at:
                rows = rows[chosen]
                return np.asarray(rows[best(values[chosen], count)[0]], dtype=np.int32)
            depth *= DEEPER

    def first(self, count: int) -> IntArray:
        """Rows of the largest of all, whoever they are."""
        rows, values = self._owners(FIRST)
        order, figures = best(values, count)
        return rows[order[figures > 0]]

    def largest(self, but: int | None) -> float:
        rows, values = self._owners(FIRST)
        return float(values[rows != (-1 if but is None else but)].max(initial=0))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> FloatArray:
        return np.asarray(self[np.arange(len(self.fit.snapshot), dtype=np.int32)])

    @cached_property
    def _kept(self) -> dict[int, tuple[IntArray, FloatArray]]:
        return {}

    def _owners(self, depth: int) -> tuple[IntArray, FloatArray]:
        """Organisations for which a near statement speaks, in order, with what those make."""
        if depth not in self._kept:
            near = self.fit.near(depth)
            owners, entry = entries_by_statement(self.fit.snapshot)
            counts = owners[near + 1] - owners[near]
            places, _ = ranges(owners[near], counts)
            values = np.repeat(self.figure(near), counts) * self.weight[entry.position[places]]
            order, first, rows = grouped(entry.row[places])
            joined = self.joined.reduceat(values[order], first) if len(rows) else values
            self._kept[depth] = rows.astype(np.int32), np.asarray(joined, dtype=np.float32)
        return self._kept[depth]


@dataclass(frozen=True)
class _Quotient:
    """One figure of organisations over another, 0 where that is nothing."""

    above: Any
    below: Any
    least: float = 1

    def __getitem__(self, rows: Any) -> Any:
        above, below = np.asarray(self.above[rows]), np.asarray(self.below[rows])
        divisor = np.maximum(below, self.least)
        quotient = np.divide(above, divisor, out=np.zeros_like(above), where=divisor > 0)
        return np.asarray(quotient, dtype=np.float32)[()]


def _first(scores: FloatArray, count: int) -> IntArray:
    """Rows of the largest scores above zero."""
    scored = np.flatnonzero(scores).astype(np.int32)
    return scored[best(scores[scored], count)[0]]


def _speaking(snapshot: Snapshot, fit: TextFit) -> NDArray[np.bool_]:
    """Which statements may speak for anybody by a rule, (m,), made once."""

    def made() -> NDArray[np.bool_]:
        speaks = np.zeros(len(snapshot.statements.kind), dtype=np.bool_)
        speaks[snapshot.organization_statements.indices[fit.usable]] = True
        return speaks

    return snapshot.cached(("speaking statements", fit.rule), made)
