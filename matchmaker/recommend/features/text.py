"""Text fit: how well the candidate's single pieces of evidence answer the question."""

from __future__ import annotations

import numpy as np

from matchmaker.domain import Terms
from matchmaker.recommend.evidence import best_by_organization, sum_by_organization
from matchmaker.recommend.features.registry import (
    FAR_PLACE,
    Family,
    feature,
    place_in,
    saturating,
)
from matchmaker.recommend.pairs import Pairs
from matchmaker.snapshot.model import TERMS, FloatArray


@feature("text_dense", Family.TEXT, zh="语义相符程度")
def text_dense(pairs: Pairs) -> FloatArray:
    """Meaning of its best single text against yours: cosine similarity, 0 to 1."""
    return pairs.fit.dense[pairs.rows]


@feature("text_lexical", Family.TEXT, zh="用词相符程度")
def text_lexical(pairs: Pairs) -> FloatArray:
    """Words of its best single text against yours: root of BM25 over the attainable, 0 to 1."""
    return pairs.fit.lexical[pairs.rows]


@feature("text_best", Family.TEXT, zh="最相符的一条文字", monotone=1)
def text_best(pairs: Pairs) -> FloatArray:
    """Its best single text against yours, by meaning and words together, 0 to 1."""
    return pairs.fit.best[pairs.rows]


@feature("text_best_lately", Family.TEXT, zh="近期最相符的一条文字", monotone=1)
def text_best_lately(pairs: Pairs) -> FloatArray:
    """The same with older evidence counting down to half, 0 to 1."""
    return pairs.fit.best_lately[pairs.rows]


@feature("text_evidence", Family.TEXT, zh="相符文字的累计", monotone=1)
def text_evidence(pairs: Pairs) -> FloatArray:
    """All its texts that fit, close and recent ones counting most, over the best candidate."""
    return pairs.over_best(pairs.fit.evidence)


@feature("text_evidence_ever", Family.TEXT, zh="历年相符文字的累计", monotone=1)
def text_evidence_ever(pairs: Pairs) -> FloatArray:
    """All its texts that fit, close ones counting most whatever their age, over the best."""
    return pairs.over_best(pairs.fit.evidence_ever)


@feature("text_nearest", Family.TEXT, zh="最相近十条文字中所占", monotone=1)
def text_nearest(pairs: Pairs) -> FloatArray:
    """Its share among the ten texts of all that fit best, by fit."""
    return pairs.fit.nearest_share[pairs.rows]


@feature("text_mean", Family.TEXT, zh="全部文字的平均相符程度")
def text_mean(pairs: Pairs) -> FloatArray:
    """Mean fit of all its texts: high for a specialist, 0 to 1."""
    return pairs.fit.mean[pairs.rows]


@feature("text_centroid", Family.TEXT, zh="与其全部文字重心的相近程度")
def text_centroid(pairs: Pairs) -> FloatArray:
    """Meaning of all its texts taken together against yours: cosine similarity, -1 to 1."""
    return pairs.fit.centroid[pairs.rows]


@feature("text_focus", Family.TEXT, zh="其文字的专注程度")
def text_focus(pairs: Pairs) -> FloatArray:
    """How alike its texts are to each other: 1 for a specialist."""
    return pairs.fit.focus[pairs.rows]


@feature("text_place", Family.TEXT, better="low", zh="累计相符程度的名次", absent=FAR_PLACE)
def text_place(pairs: Pairs) -> FloatArray:
    """Place among all candidates by all its texts that fit."""
    return place_in(pairs, "evidence")


@feature("text_dense_place", Family.TEXT, better="low", zh="语义相符的名次", absent=FAR_PLACE)
def text_dense_place(pairs: Pairs) -> FloatArray:
    """Place among all candidates by the meaning of its best text."""
    return place_in(pairs, "dense")


@feature("text_lexical_place", Family.TEXT, better="low", zh="用词相符的名次", absent=FAR_PLACE)
def text_lexical_place(pairs: Pairs) -> FloatArray:
    """Place among all candidates by the words of its best text."""
    return place_in(pairs, "lexical")


@feature("text_with_you", Family.HISTORY, zh="与贵方合作中最相符的一条", monotone=1)
def text_with_you(pairs: Pairs) -> FloatArray:
    """Best fit among the undertakings that you two already had, 0 to 1."""
    if pairs.seeker.row is None:
        return np.zeros(len(pairs.rows), dtype=np.float32)
    snapshot = pairs.snapshot
    own = np.zeros(len(snapshot.statements.kind), dtype=np.float32)
    own[snapshot.organization_statements.row(pairs.seeker.row)] = 1
    return best_by_organization(snapshot, pairs.fit.blended * own, pairs.fit.usable)[pairs.rows]


@feature("text_texts", Family.TEXT, zh="可作依据的文字数", unit="texts", scale=saturating(5))
def text_texts(pairs: Pairs) -> FloatArray:
    """How many texts it has that could answer this kind of question."""
    ones = np.ones(len(pairs.snapshot.statements.kind), dtype=np.float32)
    return sum_by_organization(pairs.snapshot, ones, pairs.fit.usable)[pairs.rows]


@feature("question_best", Family.CONTEXT, zh="所有文字中的最高相符程度")
def question_best(pairs: Pairs) -> FloatArray:
    """Best fit of any text of anybody: how usual your question is."""
    top = pairs.fit.blended.max(initial=0)
    return np.full(len(pairs.rows), top, dtype=np.float32)


@feature("terms", Family.TRUST, zh="优惠条件")
def terms(pairs: Pairs) -> FloatArray:
    """Terms of its best offer: 1 free, ½ discounted, 0 at market price."""
    code = pairs.snapshot.statements.terms
    worth = np.where(code == TERMS.index(Terms.FREE), 1.0, 0.0)
    worth = np.where(code == TERMS.index(Terms.DISCOUNTED), 0.5, worth).astype(np.float32)
    return best_by_organization(pairs.snapshot, worth, pairs.fit.usable)[pairs.rows]
