"""Text fit: the best single statement of each candidate, dense and lexical."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.domain import GoalName
from matchmaker.embedding import is_joint
from matchmaker.goals import EvidenceRule, Goal
from matchmaker.recommend.best_statements import BestStatement
from matchmaker.recommend.model import Seeker
from matchmaker.recommend.question_fit import (
    ACROSS_LANGUAGES,
    WORDS,
    Question,
    blend,
    question_of,
    statement_languages,
)
from matchmaker.recommend.questions import QuestionSource, questions
from matchmaker.recommend.scores import NearFigures, distinct
from matchmaker.recommend.usable_statements import (
    evidence_mask,
    freshness,
    lengths,
    sum_by_organization,
    worth,
)
from matchmaker.snapshot.lexical import named_buckets, named_share
from matchmaker.snapshot.model import FloatArray, IntArray, Snapshot
from matchmaker.snapshot.nearest import best, products
from matchmaker.snapshot.said_again import all_products

NEAREST = 10
# Of so few statements the best are found sooner one by one.
_ONE_BY_ONE = 50
# Of needs judged by hand on the sample graph, in Chinese and English alike: the best of who meets
# one fits it by .46 to .50 in the middle and above .25 in nine of ten cases, who only sounds alike
# by .16, the best of all others by .28. The first reads as a fit, the second as something near.
FITS, FITS_PARTLY = 0.35, 0.2


@dataclass(frozen=True)
class TextFit:
    """Fit of all statements (m,) to the seeker's texts, and of all organisations (n,) by them.

    `usable` (entries of organisation × statement) says which may speak for whom.
    """

    snapshot: Snapshot
    goal: GoalName
    rule: EvidenceRule
    source: QuestionSource
    questions: tuple[Question, ...]
    own: IntArray  # statements of the seeker's that must not answer themselves
    usable: NDArray[np.bool_]

    @cached_property
    def similarity(self) -> FloatArray:
        """Cosine of every statement to each of the texts, shape (m, texts).

        That of a long statement is its own or that of its best passage, whichever is greater.
        """
        return self._similarity(np.arange(len(self.snapshot.statements.kind), dtype=np.int32))

    @cached_property
    def worth(self) -> FloatArray:
        """The worth of each entry of organisation × statement as an answer, (entries,)."""
        return worth(self.snapshot, self.rule)

    @cached_property
    def _question_vectors(self) -> FloatArray:
        """Vectors of the texts as columns, then those for other languages, zeros for none.

        Shape (dimension, texts), or twice as many where any text has another one abroad.
        """
        none = np.zeros(self.snapshot.meta.dimension, dtype=np.float32)
        columns = [none if each.vector is None else each.vector for each in self.questions]
        if any(each.abroad is not each.vector for each in self.questions):
            columns += [none if each.abroad is None else each.abroad for each in self.questions]
        return np.asarray(np.column_stack(columns), dtype=np.float32)

    def _by_language(self, likeness: FloatArray, statements: IntArray) -> FloatArray:
        """Of products with `_question_vectors` those that count for statements, (k, texts)."""
        texts = len(self.questions)
        if likeness.shape[1] == texts:
            return likeness
        asked_in = np.array([each.language for each in self.questions])
        languages = statement_languages(self.snapshot)[1][statements]
        is_foreign = languages[:, None] != asked_in[None, :]
        return np.where(is_foreign, likeness[:, texts:], likeness[:, :texts])

    @property
    def _is_embedded(self) -> bool:
        return bool(self.questions) and self.snapshot.meta.dimension > 0

    def _similarity(self, statements: IntArray) -> FloatArray:
        if not self._is_embedded:
            return np.zeros((len(statements), len(self.questions)), dtype=np.float32)
        snapshot, passages = self.snapshot, self.snapshot.passages
        everyone = len(statements) == len(snapshot.vectors)
        # All questions at once: the statements' vectors pass the memory once.
        if everyone:
            likeness = all_products(snapshot, self._question_vectors)
        else:
            likeness = products(snapshot.vectors[statements], self._question_vectors)
        similarity = self._by_language(likeness, statements)
        if everyone and len(passages.statement):
            begins = np.flatnonzero(np.diff(passages.statement, prepend=-1))
            of_passages = np.maximum.reduceat(
                snapshot.passage_vectors @ self._question_vectors, begins
            )
            rows = passages.statement[begins]
            of_passages = self._by_language(of_passages, rows)
            similarity[rows] = np.maximum(similarity[rows], of_passages)
        elif not everyone:
            for place, row in enumerate(statements.tolist()):
                if len(of_passages := self._passage_similarity(row)):
                    similarity[place] = np.maximum(similarity[place], of_passages.max(axis=0))
        return similarity

    def _passage_similarity(self, statement: int) -> FloatArray:
        """Cosine of each passage of a statement to each of the texts, shape (passages, texts)."""
        rows = self.snapshot.passages.of(statement)
        if not self._is_embedded:
            return np.zeros((rows.stop - rows.start, len(self.questions)), dtype=np.float32)
        likeness = np.asarray(
            self.snapshot.passage_vectors[rows] @ self._question_vectors, dtype=np.float32
        )
        return self._by_language(likeness, np.full(len(likeness), statement, dtype=np.int32))

    def quotation(self, statement: int, text: str) -> tuple[int, int]:
        """Begin and end in a statement's text of the passage that fits best, the first of equals.

        A short statement is quoted as a whole.
        """
        passages = self.snapshot.passages
        if not len(passages.statement):
            return 0, len(text)
        rows = passages.of(statement)
        spans = [
            (int(passages.start[row]), int(passages.end[row]))
            for row in range(rows.start, rows.stop)
        ]
        if not spans or not self.questions:
            return 0, len(text)
        fits = np.maximum(self._passage_similarity(statement), 0) * (1 - WORDS)
        lexical = self.snapshot.lexical
        named = [named_buckets(lexical, text[start:end]) for start, end in spans]
        for column, question in enumerate(self.questions):
            words = [named_share(lexical, question.text, each) for each in named]
            fits[:, column] += WORDS * np.array(words, dtype=np.float32)
        return spans[int(fits.max(axis=1).argmax())]

    @cached_property
    def statement_similarity(self) -> FloatArray:
        """Largest cosine of each statement to any of the texts, shape (m,)."""
        least = np.float32(-1 if self.questions else 0)
        largest = np.full(len(self.similarity), least, dtype=np.float32)
        for column in self.similarity.T:  # a few: a maximum along each row takes ten times as long
            np.maximum(largest, column, out=largest)
        return largest

    @cached_property
    def statement_dense(self) -> FloatArray:
        """The same cut at 0, and 0 for the seeker's own, shape (m,)."""
        dense = np.maximum(self.statement_similarity, 0)
        dense[self.own] = 0
        return dense

    def dense_of(self, statements: IntArray) -> FloatArray:
        """`statement_dense` of some statements."""
        return self.statement_dense[statements]

    @cached_property
    def statement_lexical(self) -> FloatArray:
        """Square root of the largest BM25 over what is attainable, 0 for the own, shape (m,)."""
        lexical = np.zeros(len(self.snapshot.statements.kind), dtype=np.float32)
        for question in self.questions:
            np.maximum(lexical, question.lexical, out=lexical)
        lexical[self.own] = 0  # a joint engagement must not answer itself
        return np.sqrt(lexical)

    @cached_property
    def dense(self) -> BestStatement:
        """Largest similarity of each organisation's statements, shape (n,)."""
        return best_by_organization(self.snapshot, self.statement_dense, self.usable)

    @cached_property
    def lexical(self) -> BestStatement:
        """Largest lexical fit of each organisation's statements, shape (n,)."""
        return best_by_organization(self.snapshot, self.statement_lexical, self.usable)

    @cached_property
    def blended(self) -> FloatArray:
        """Meaning and words together for every statement, 0 for the seeker's own, shape (m,).

        The same figure says the same whatever the languages of question and statement.
        """
        return self._blended(None, self.similarity)

    def blended_of(self, statements: IntArray) -> FloatArray:
        """`blended` of some statements: for a few no pass over all is made."""
        if "blended" in self.__dict__:
            return self.blended[statements]
        return self._blended(statements, self._similarity(statements))

    def _blended(self, statements: IntArray | None, similarity: FloatArray) -> FloatArray:
        """Of statements (k,), None for all of them, by their similarity (k, texts)."""

        def chosen(figures: FloatArray | None) -> FloatArray | None:
            return figures if figures is None or statements is None else figures[statements]

        languages = statement_languages(self.snapshot)[1]
        languages = languages if statements is None else languages[statements]
        line = ACROSS_LANGUAGES[is_joint(self.snapshot.meta.model)]
        fit = np.zeros(len(languages), dtype=np.float32)
        for column, question in enumerate(self.questions):
            meaning = None if question.vector is None else similarity[:, column]
            lexical = question.lexical if statements is None else question.lexical[statements]
            further = (question.codes, question.translated, question.concepts)
            codes, translated, concepts = map(chosen, further)
            is_foreign = languages != question.language
            blended = blend(meaning, lexical, is_foreign, codes, line, translated, concepts)
            np.maximum(fit, blended, out=fit)
        fit[self.own if statements is None else np.isin(statements, self.own)] = 0
        return fit

    @cached_property
    def best(self) -> BestStatement:
        """Largest blended fit of each organisation, shape (n,)."""
        return best_by_organization(self.snapshot, self.blended, self.usable)

    @cached_property
    def best_lately(self) -> BestStatement:
        """The same with the fit of old engagements counting down to half, shape (n,)."""
        aged = self.blended * (0.5 + 0.5 * freshness(self.snapshot))
        return best_by_organization(self.snapshot, aged, self.usable)

    @cached_property
    def _close(self) -> FloatArray:
        """fit⁶ of every statement, shape (m,)."""
        return to_sixth_power(self.blended)

    @cached_property
    def evidence(self) -> FloatArray:
        """Σ freshness · fit⁶ over each organisation's statements, shape (n,)."""
        return sum_by_organization(self.snapshot, self._close * freshness(self.snapshot), self.rule)

    @cached_property
    def evidence_ever(self) -> FloatArray:
        """Σ fit⁶ over each organisation's statements, shape (n,)."""
        return sum_by_organization(self.snapshot, self._close, self.rule)

    @cached_property
    def mean(self) -> FloatArray:
        """Mean fit of each organisation's statements, 0 without one, shape (n,)."""
        ones = np.ones(len(self.blended), dtype=np.float32)
        count = sum_by_organization(self.snapshot, ones, self.rule)
        total = sum_by_organization(self.snapshot, self.blended, self.rule)
        return np.asarray(total / np.maximum(count, 1), dtype=np.float32)

    @cached_property
    def centroid(self) -> FloatArray:
        """Cosine of the question with the mean vector of each one's statements, shape (n,)."""
        total = sum_by_organization(self.snapshot, self.statement_similarity, self.rule)
        length = lengths(self.snapshot, self.rule)
        return np.divide(total, length, out=np.zeros_like(total), where=length > 0)

    @cached_property
    def focus(self) -> FloatArray:
        """Length of the mean vector of each one's statements: 1 when all say the same, (n,)."""
        ones = np.ones(len(self.blended), dtype=np.float32)
        count = sum_by_organization(self.snapshot, ones, self.rule)
        return np.asarray(
            lengths(self.snapshot, self.rule) / np.maximum(count, 1), dtype=np.float32
        )

    @cached_property
    def spoken(self) -> FloatArray:
        """Numbers of statements that speak for each organisation, (n,)."""
        ones = np.ones(len(self.snapshot.statements.kind), dtype=np.float32)
        return sum_by_organization(self.snapshot, ones, self.rule)

    @cached_property
    def top(self) -> float:
        """The largest fit of any statement."""
        return float(self.blended.max(initial=0))

    def best_among(self, statements: IntArray) -> BestStatement:
        """Largest blended fit of each organisation's statements among these, (n,)."""
        among = np.zeros(len(self.blended), dtype=np.float32)
        among[statements] = 1
        return best_by_organization(self.snapshot, self.blended * among, self.usable)

    @cached_property
    def nearest_share(self) -> FloatArray:
        """Share of each organisation in the ten best fits of usable statements, shape (n,)."""
        entries = self.snapshot.organization_statements
        reached = np.zeros(len(self.blended), dtype=np.float32)
        reached[entries.indices[self.usable]] = 1
        places, scores = best(self.blended * reached, NEAREST)
        votes = np.zeros(len(self.blended), dtype=np.float32)
        votes[places] = scores / max(float(scores.sum()), 1e-9)
        return sum_by_organization(self.snapshot, votes, self.rule)


class NothingAsked(TextFit):
    """The fit where there is no text to ask with: nobody's, and nothing is looked through."""

    @property
    def _nobody(self) -> Any:
        return NearFigures(np.zeros(0, np.int32), np.zeros(0, np.float32), len(self.snapshot))

    dense = lexical = best = best_lately = _nobody
    evidence = evidence_ever = mean = centroid = nearest_share = _nobody

    def blended_of(self, statements: IntArray) -> FloatArray:
        return np.zeros(len(statements), dtype=np.float32)

    def best_among(self, statements: IntArray) -> Any:
        del statements
        return self._nobody


def to_sixth_power(fits: FloatArray) -> FloatArray:
    """Two texts of fit .9 count as much as hundreds of fit .3.

    The exponent is the one that ranked suppliers of public tenders best, of 2, 6 and 12.
    """
    squares = fits * fits
    return np.asarray(squares * squares * squares, dtype=np.float32)


def text_fit(
    snapshot: Snapshot, seeker: Seeker, goal: Goal, kind: type[TextFit] = TextFit
) -> TextFit:
    """Fit of statements, and through them of organisations, to the seeker's texts."""
    asked_with = questions(snapshot, seeker, goal)
    rule = goal.rule(words=seeker.words)
    languages, _ = statement_languages(snapshot)
    kind = kind if asked_with.texts else NothingAsked
    own = np.zeros(0, dtype=np.int32)
    if seeker.row is not None and asked_with.source is QuestionSource.OWN:
        own = snapshot.organization_statements.row(seeker.row)
    return kind(
        snapshot=snapshot,
        goal=goal.name,
        rule=rule,
        source=asked_with.source,
        questions=tuple(
            question_of(snapshot, languages, text, looked_up=seeker.asks_in_words)
            for text in asked_with.texts
        ),
        own=own,
        usable=evidence_mask(snapshot, rule),
    )


def best_by_organization(
    snapshot: Snapshot, scores: FloatArray, usable: NDArray[np.bool_]
) -> BestStatement:
    """Largest score (m,) among each organisation's usable statements, 0 without one."""
    return BestStatement(snapshot, scores, usable)


def best_statements(
    snapshot: Snapshot, fit: TextFit, row: int, count: int
) -> list[tuple[int, float]]:
    """(statement, fit) of an organisation's usable statements that fit at all, best first."""
    if not fit.questions:
        return []
    entries = snapshot.organization_statements
    part = slice(int(entries.indptr[row]), int(entries.indptr[row + 1]))
    statements = entries.indices[part][fit.usable[part]]
    if len(statements) <= _ONE_BY_ONE:
        fits_of = zip((-fit.blended_of(statements)).tolist(), statements.tolist(), strict=True)
        return [(number, -below) for below, number in sorted(set(fits_of))[:count] if below < 0]
    statements = distinct(statements)
    blended = fit.blended_of(statements)
    places, fits = best(blended, count)
    chosen = zip(statements[places].tolist(), fits.tolist(), strict=True)
    return [(statement, value) for statement, value in chosen if value > 0]
