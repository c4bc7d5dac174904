"""One question against all statements: by meaning, by words, by codes and by translation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from matchmaker.domain import StatementKind
from matchmaker.goals import GoalName
from matchmaker.recommend.model import SeekerText
from matchmaker.recommend.specification import (
    RequirementKind,
    Specification,
    made_by_customers,
    material_names,
    names_of_kinds,
    without_conditions,
    without_customers,
    without_measures,
)
from matchmaker.snapshot.lexical import attainable, code_shares, lexical_scores
from matchmaker.snapshot.model import STATEMENT_KINDS, BoolArray, FloatArray, IntArray, Snapshot
from matchmaker.snapshot.other_words import (
    ListedThing,
    concept_share,
    statements_naming,
    translated_share,
)
from matchmaker.text import has_digits, language_of

# All chosen on tuning sets (docs/measurements.md).
# Share of the words in a fit within one language; the rest is the cosine's.
WORDS = 0.3
# Slope and level from cosine to fit across languages, with a second model and without: so fits of
# equal odds are equal, by logistic regressions over needs and the offers that meet them.
ACROSS_LANGUAGES = {True: (1.24, 0.0), False: (1.12, -0.06)}
# How far a named code lifts a fit towards 1.
CODES = 0.5
# What the share of the words adds that a statement says in the other language by the dictionary.
TRANSLATED = 0.3
# How far the share of the concepts lifts a fit towards 1 that a statement names in whatever words.
CONCEPTS = 0.3
_LISTED_KINDS = frozenset(
    {RequirementKind.PRODUCT, RequirementKind.PROCESS, RequirementKind.MATERIAL}
)
# The share that stands in for it in a description that names what customers of an offer make.
NAMED = 0.4


@dataclass(frozen=True)
class Question:
    """One text that is asked with, and what the index of words says to it.

    `lexical` (m,) is BM25 over what is attainable, `codes` (m,) the share of its codes that
    each statement names, None where it has none; `translated` (m,) the share of its words
    that each says in the other language, None where that is not looked up; `concepts` (m,) the
    share of what it names that each names, too, None where it names nothing known. `abroad` is
    the vector that statements in other languages are compared with. `language` is a code of
    `statement_languages`, -1 where no statement is in it.
    """

    text: str
    vector: FloatArray | None
    language: int
    lexical: FloatArray
    codes: FloatArray | None
    translated: FloatArray | None
    concepts: FloatArray | None = None
    abroad: FloatArray | None = None


def question_of(
    snapshot: Snapshot, languages: Mapping[str, int], text: SeekerText, *, looked_up: bool
) -> Question:
    """A text as it is asked with; `languages` are those of `statement_languages`.

    `looked_up`: what it says in English is looked up in Chinese, too, and what it names in the
    thesaurus.
    """
    lexical = lexical_scores(snapshot.lexical, text.wording)
    top = attainable(snapshot.lexical, text.wording)
    if top > 0:
        lexical /= top
    language = text.language or language_of(text.text)
    codes = None
    if has_digits(text.text):  # else no code is in it, and it need not be read for figures
        codes = code_shares(snapshot.lexical, without_measures(text.specification))
    vector = text.vector if snapshot.meta.dimension else None
    in_chinese = statements_in_chinese(snapshot) if looked_up and language == "en" else None
    translated = None
    if in_chinese is not None and len(in_chinese):
        translated = translated_share(snapshot.lexical, text.wording, in_chinese)
    concepts = None
    if looked_up:
        concepts = _concepts(snapshot, text)
    abroad = vector if vector is None or text.abroad is None else text.abroad
    number = languages.get(language, -1)
    return Question(text.wording, vector, number, lexical, codes, translated, concepts, abroad)


def _concepts(snapshot: Snapshot, text: SeekerText) -> FloatArray | None:
    """The share of what a text names that each statement names, too, (m,).

    Where it is known what customers of an offer make, descriptions that name that have a share of
    it, too, and needs are asked for what is offered alone.
    """
    words = without_conditions(text.specification)
    named = concept_share(snapshot, words, _listed(text.specification, words))
    if text.kind is not StatementKind.OFFER or text.goal is GoalName.INDUSTRY_PARTNER:
        return named
    made = made_by_customers(text.specification)
    if not made:
        return named
    customers = np.zeros(len(snapshot.statements.kind), dtype=np.float32)
    for product in made:
        names = names_of_kinds(product)
        customers[statements_naming(snapshot, ("product", product), names)] = NAMED
    is_described = snapshot.statements.kind == STATEMENT_KINDS.index(StatementKind.DESCRIPTION)
    if named is not None:
        customers = np.maximum(customers, named)
    offered = without_customers(text.specification)
    others = named
    if offered != words:
        others = concept_share(snapshot, offered, _listed(text.specification, offered))
    return np.where(is_described, customers, 0 if others is None else others).astype(np.float32)


def _listed(specification: Specification, words: str) -> tuple[ListedThing, ...]:
    """The things and materials, and the work, that words kept of a specified text ask for."""
    return tuple(
        ListedThing(
            asked.kind,
            asked.value,
            material_names(asked.value)
            if asked.kind is RequirementKind.MATERIAL
            else names_of_kinds(asked.value),
            asked.text,
        )
        for asked in specification.requirements
        if asked.kind in _LISTED_KINDS
        and not (asked.denied or asked.soft)
        and words[asked.start : asked.end].strip()
    )


def statements_in_chinese(snapshot: Snapshot) -> IntArray:
    """Rows of statements in Chinese, made once."""

    def rows() -> IntArray:
        languages, of_statement = statement_languages(snapshot)
        if "zh" not in languages:
            return np.zeros(0, dtype=np.int32)
        return np.flatnonzero(of_statement == languages["zh"]).astype(np.int32)

    return snapshot.cached("statements in Chinese", rows)


def blend(
    similarity: FloatArray | None,
    lexical: FloatArray,
    is_foreign: BoolArray,
    codes: FloatArray | None,
    line: tuple[float, float],
    translated: FloatArray | None = None,
    concepts: FloatArray | None = None,
) -> FloatArray:
    """Fit in [0, 1] of statements (k,) to one text.

    Within a language, cosine and words have their shares. Across languages there are no words
    in common: the cosine stands on a `line` (slope, level) that makes it say what both say
    together, and the share of the words that a statement has `translated` adds to it. What
    names the codes or the `concepts` of the text comes before what is only like it. Without a model
    (`similarity` None) words are all there is, said or translated.
    """
    fit = lexical.copy()
    if similarity is None and translated is not None:
        np.maximum(fit, translated, out=fit, where=is_foreign)
    if similarity is not None:
        fit *= WORDS
        fit += (1 - WORDS) * np.maximum(similarity, 0)
        if is_foreign.any():
            stretched = line[0] * similarity + line[1]
            if translated is not None:
                stretched = np.maximum(stretched, 0) + TRANSLATED * translated
            np.maximum(fit, stretched, out=fit, where=is_foreign)
        np.clip(fit, 0, 1, out=fit)
    if codes is not None:
        fit += CODES * codes * (1 - fit)
    if concepts is not None:
        fit += CONCEPTS * concepts * (1 - fit)
    return np.asarray(fit, dtype=np.float32)


def statement_languages(snapshot: Snapshot) -> tuple[dict[str, int], IntArray]:
    """Numbers of the languages, and that of each statement (m,)."""

    def numbered() -> tuple[dict[str, int], IntArray]:
        column = snapshot.statements.table["language"].combine_chunks().dictionary_encode()
        column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        numbers = {name: number for number, name in enumerate(column.dictionary.to_pylist())}
        return numbers, np.asarray(column.indices.to_numpy(), dtype=np.int32)

    return snapshot.cached("statement languages", numbered)
