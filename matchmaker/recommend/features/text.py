"""Text fit: how well the candidate's single pieces of evidence answer the question."""

from __future__ import annotations

import numpy as np

from matchmaker.domain import Terms
from matchmaker.recommend.certificates import share_held
from matchmaker.recommend.evidence import best_by_organization
from matchmaker.recommend.features.registry import UNRANKED, Family, feature, rank_in, saturating
from matchmaker.recommend.pairs import Pairs
from matchmaker.snapshot.model import TERMS, FloatArray


@feature(Family.TEXT, monotone=1)
def words_fit(pairs: Pairs) -> FloatArray:
    """How well its best text answers the words asked, before what they specify, 0 to 1.

    Shape (n,), in [0, 1]; 0 where no text of its answers.
    """
    return pairs.answers.fit


@feature(Family.SPECIFICATION, monotone=1)
def specification(pairs: Pairs) -> FloatArray:
    """What it says of what the words asked specify: above 0 met, below 0 not met.

    Shape (n,), from −1 (denied, or much unmet) to 0.4 (all met); 0 where nothing can be told.
    """
    return pairs.answers.adjustment


@feature(Family.SPECIFICATION, monotone=1)
def certified(pairs: Pairs) -> FloatArray:
    """Share of the certificates asked for that it holds on record, the more the surer it is.

    Shape (n,), in [0, 1]; 0 where none is asked for.
    """
    return share_held(pairs.answers)


@feature(Family.TEXT)
def text_dense(pairs: Pairs) -> FloatArray:
    """Meaning of its best single text against yours: cosine similarity, 0 to 1.

    Shape (n,); 0 where it has no text that could answer.
    """
    return np.asarray(pairs.fit.dense[pairs.rows])


@feature(Family.TEXT)
def text_lexical(pairs: Pairs) -> FloatArray:
    """Words of its best single text against yours: root of BM25 over the attainable, 0 to 1.

    Shape (n,); BM25 (Robertson and Zaragoza, 2009) over what a text of all the words would have.
    """
    return np.asarray(pairs.fit.lexical[pairs.rows])


@feature(Family.TEXT, monotone=1)
def text_best(pairs: Pairs) -> FloatArray:
    """Its best single text against yours, by meaning and words together, 0 to 1.

    Shape (n,); 0 where it has no text that could answer.
    """
    return np.asarray(pairs.fit.best[pairs.rows])


@feature(Family.TEXT, monotone=1)
def text_best_lately(pairs: Pairs) -> FloatArray:
    """The same with older evidence counting down to half, 0 to 1.

    Shape (n,); 0 where it has no text that could answer.
    """
    return np.asarray(pairs.fit.best_lately[pairs.rows])


@feature(Family.TEXT, monotone=1)
def text_evidence(pairs: Pairs) -> FloatArray:
    """All its texts that fit, close and recent ones counting most, over the best candidate.

    Shape (n,): the square root of what it has over what the one with most has, in [0, 1].
    Σ freshness · fit⁶ over its texts.
    """
    return pairs.over_best(pairs.fit.evidence)


@feature(Family.TEXT, monotone=1)
def text_evidence_ever(pairs: Pairs) -> FloatArray:
    """All its texts that fit, close ones counting most whatever their age, over the best.

    Shape (n,): the square root of what it has over what the one with most has, in [0, 1].
    Σ fit⁶ over its texts.
    """
    return pairs.over_best(pairs.fit.evidence_ever)


@feature(Family.TEXT, monotone=1)
def text_nearest(pairs: Pairs) -> FloatArray:
    """Its share among the ten texts of all that fit best, by fit.

    Shape (n,), in [0, 1]; over all candidates they add up to 1 at most.
    """
    return pairs.fit.nearest_share[pairs.rows]


@feature(Family.TEXT)
def text_mean(pairs: Pairs) -> FloatArray:
    """Mean fit of all its texts: high for a specialist, 0 to 1.

    Shape (n,); 0 where it has no text that could answer.
    """
    return pairs.fit.mean[pairs.rows]


@feature(Family.TEXT)
def text_centroid(pairs: Pairs) -> FloatArray:
    """Meaning of all its texts taken together against yours: cosine similarity, -1 to 1.

    Shape (n,); 0 where it has no text that could answer.
    """
    return pairs.fit.centroid[pairs.rows]


@feature(Family.TEXT)
def text_focus(pairs: Pairs) -> FloatArray:
    """How alike its texts are to each other: 1 for a specialist.

    Shape (n,), in [0, 1]: length of the mean of its texts' unit vectors; 0 without a text.
    """
    return pairs.fit.focus[pairs.rows]


@feature(Family.TEXT, absent=UNRANKED)
def text_place(pairs: Pairs) -> FloatArray:
    """Place among all candidates by all its texts that fit.

    Shape (n,): 1 for the first, 200 where that list does not name it.
    """
    return rank_in(pairs, "evidence")


@feature(Family.TEXT, absent=UNRANKED)
def text_dense_place(pairs: Pairs) -> FloatArray:
    """Place among all candidates by the meaning of its best text.

    Shape (n,): 1 for the first, 200 where that list does not name it.
    """
    return rank_in(pairs, "dense")


@feature(Family.TEXT, absent=UNRANKED)
def text_lexical_place(pairs: Pairs) -> FloatArray:
    """Place among all candidates by the words of its best text.

    Shape (n,): 1 for the first, 200 where that list does not name it.
    """
    return rank_in(pairs, "lexical")


@feature(Family.HISTORY, monotone=1)
def text_with_you(pairs: Pairs) -> FloatArray:
    """Best fit among the undertakings that you two already had, 0 to 1.

    Shape (n,); 0 where you had none, or for a question without an asker.
    """
    if pairs.seeker.row is None:
        return np.zeros(len(pairs.rows), dtype=np.float32)
    snapshot = pairs.snapshot
    best = pairs.fit.best_among(snapshot.organization_statements.row(pairs.seeker.row))
    return np.asarray(best[pairs.rows])


@feature(Family.TEXT, scale=saturating(5))
def text_texts(pairs: Pairs) -> FloatArray:
    """How many texts it has that could answer this kind of question.

    Shape (n,), a number of texts.
    """
    return np.asarray(pairs.fit.spoken[pairs.rows])


@feature(Family.CONTEXT)
def question_best(pairs: Pairs) -> FloatArray:
    """Best fit of any text of anybody: how usual your question is.

    Shape (n,), in [0, 1], the same for all.
    """
    return np.full(len(pairs.rows), pairs.fit.top, dtype=np.float32)


@feature(Family.TRUST)
def terms(pairs: Pairs) -> FloatArray:
    """Terms of its best offer: 1 free, ½ discounted, 0 at market price.

    Shape (n,): 1, ½ or 0; 0 too without an offer, or where it does not say.
    """
    code = pairs.snapshot.statements.terms
    worth = np.where(code == TERMS.index(Terms.FREE), 1.0, 0.0)
    worth = np.where(code == TERMS.index(Terms.DISCOUNTED), 0.5, worth).astype(np.float32)
    return np.asarray(best_by_organization(pairs.snapshot, worth, pairs.fit.usable)[pairs.rows])
