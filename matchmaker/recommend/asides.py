"""What people write around a need: greetings, who they are, how long they looked, thanks, a number.

"Hello, a friend told me of this place. We need DN50 ball valves. Price can be discussed, thanks!"
asks for valves. In a long text such clauses are told by their likeness to those of `asides.tsv`,
and the likeness of what is left is compared; what they specify (a quantity, a date) stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from functools import cache
from importlib.resources import files
from typing import NamedTuple, Protocol

import numpy as np

from matchmaker.recommend.specification import (
    SUBJECT_KINDS,
    UNLISTED,
    Requirement,
    Specification,
    read,
)
from matchmaker.regex import regex
from matchmaker.snapshot.model import FloatArray, Snapshot
from matchmaker.text import blanked, lines_by_language

Span = tuple[int, int]
# Characters of Chinese and words of other languages above which a text is long: shorter ones
# hold little beside the need. A Chinese word has two characters or so.
LONG_ZH, LONG_WORDS = 50, 30
# Mean cosine, by the second encoder, to the two nearest asides above which a clause is one; of
# clauses that name a thing or work by a name that is known so much more. Of clauses of the readable
# judged needs one in ten lies above, of asides six in seven in Chinese and nearly all in English.
LIKE_ASIDES = {"zh": 0.5, "en": 0.35}
NAMING = 0.1
NEAREST = 2
# Of a text with more clauses, thousands of which may be one word, those at its beginning.
MOST_CLAUSES = 200

_END = regex(r"[。！？；!?;\n]+|\.(?=\s|$)|，|(?<=[\u4e00-\u9fff]),")
_CHINESE = regex(r"[\u4e00-\u9fff]")


class Aside(NamedTuple):
    """A clause that says nothing of what is asked for: its span, and its words."""

    start: int
    end: int
    words: str


@cache
def aside_texts() -> Mapping[str, tuple[str, ...]]:
    """What is written around needs, by language."""
    texts: dict[str, list[str]] = {}
    content = files(__package__).joinpath("asides.tsv").read_text("utf-8")
    for language, text in lines_by_language(content):
        texts.setdefault(language, []).append(text)
    return {language: tuple(those) for language, those in texts.items()}


def clauses_of_long(text: str) -> list[Span]:
    """The spans of the clauses of a long text that say something; none of a short one.

    Sentences, and in Chinese what stands between commas.
    """
    chinese = len(_CHINESE.findall(text))
    if chinese <= LONG_ZH and len(text.split()) <= LONG_WORDS:
        return []
    ends = [match.end() for match in _END.finditer(text)]
    spans = zip([0, *ends], [*ends, len(text)], strict=True)
    return [(start, end) for start, end in spans if any(map(str.isalnum, text[start:end]))]


class Embed(Protocol):
    """Embeds texts in these languages as questions; `kept` in the cache, as they come again."""

    def __call__(
        self, texts: Sequence[str], languages: Sequence[str], *, kept: bool = False
    ) -> FloatArray:
        """Unit vectors (n, d)."""


def asides(snapshot: Snapshot, text: str, language: str, embed: Embed) -> tuple[Aside, ...]:
    """The clauses of a long text that say nothing of what is asked for, of its first ones.

    None without vectors, in a language of which no asides are known, and where nothing else
    would be left.
    """
    spans = clauses_of_long(text)[:MOST_CLAUSES] if snapshot.meta.dimension else []
    known = aside_texts().get(language)
    if len(spans) < 2 or known is None:
        return ()
    of_known = snapshot.cached(
        ("asides", language), lambda: embed(known, [language] * len(known), kept=True)
    )
    clauses = embed([text[start:end] for start, end in spans], [language] * len(spans))
    likeness = np.sort(clauses @ of_known.T, axis=1)[:, -NEAREST:].mean(axis=1)
    bar, specification = LIKE_ASIDES[language], read(text)
    found = [
        Aside(*span, text[slice(*span)].strip())
        for span, like in zip(spans, likeness.tolist(), strict=True)
        if like >= bar + NAMING * _names_something(specification, span)
    ]
    return tuple(found) if len(found) < len(spans) else ()


def without_asides(text: str, asides: Sequence[Aside]) -> str:
    """A text with blanks for its asides, so that offsets stay."""
    return blanked(text, (aside[:2] for aside in asides))


def named_in(
    specification: Specification, asides: Sequence[Aside], kept: Set[str] = frozenset()
) -> tuple[Requirement, ...]:
    """The things and work that a text names in its asides, but for those whose keys are `kept`."""
    return tuple(
        item
        for item in specification.items
        if item.kind in SUBJECT_KINDS and item.key not in kept and _is_in_one(item, asides)
    )


def without_named_in(
    specification: Specification, asides: Sequence[Aside], kept: Set[str] = frozenset()
) -> str:
    """The text without the words of its asides but for what else they specify, and `kept` keys."""
    rest = list(without_asides(specification.text, asides))
    left_out = {id(item) for item in named_in(specification, asides, kept)}
    for item in specification.items:
        if id(item) not in left_out and _is_in_one(item, asides):
            rest[item.start : item.end] = specification.text[item.start : item.end]
    return "".join(rest)


def _names_something(specification: Specification, span: Span) -> bool:
    return any(
        item.kind in SUBJECT_KINDS
        and item.aspect != UNLISTED
        and not item.denied
        and span[0] <= item.start < span[1]
        for item in specification.items
    )


def _is_in_one(item: Requirement, asides: Sequence[Aside]) -> bool:
    return any(aside.start <= item.start < aside.end for aside in asides)
