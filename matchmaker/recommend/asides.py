"""What people write around a need: greetings, who they are, how long they looked, thanks, a number.

"Hello, a friend told me of this place. We need DN50 ball valves. Price can be discussed, thanks!"
asks for valves. In a long text such clauses are told by their likeness to those of `asides.tsv`,
and the likeness of what is left is compared; what they specify (a quantity, a date) stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import numpy as np

from matchmaker.recommend.specification import SUBJECT_KINDS, UNLISTED, Requirement, Specification
from matchmaker.snapshot.model import FloatArray

Span = tuple[int, int]
# Characters of Chinese and words of other languages above which a text is long: shorter ones
# hold little beside the need. A Chinese word has two characters or so.
LONG_ZH, LONG_WORDS = 30, 18
# Mean cosine to the two nearest asides above which a clause is one; of clauses that name a thing or
# work by a name that is known the second. Of clauses of needs that were read for it 1 in 50 in
# English and 1 in 20 in Chinese lie above the first, of others nearly all.
LIKE_ASIDES = {"zh": 0.45, "en": 0.42}
NAMING = 0.5
NEAREST = 2

_END = re.compile(r"[。！？；!?;\n]+|\.(?=\s|$)|，|(?<=[\u4e00-\u9fff]),")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@cache
def aside_texts() -> Mapping[str, tuple[str, ...]]:
    """What is written around needs, by language."""
    texts: dict[str, list[str]] = {}
    for line in files(__package__).joinpath("asides.tsv").read_text("utf-8").splitlines():
        language, _, text = line.partition("\t")
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


def asides(
    specification: Specification, spans: Sequence[Span], language: str, likeness: FloatArray
) -> tuple[Span, ...]:
    """Those of the spans of a text's clauses that are asides, by `likeness` (k,) to such.

    None where nothing else would be left.
    """
    bar = LIKE_ASIDES.get(language, max(LIKE_ASIDES.values()))
    found = [
        span
        for span, like in zip(spans, likeness.tolist(), strict=True)
        if like >= (max(bar, NAMING) if _names_something(specification, span) else bar)
    ]
    return tuple(found) if len(found) < len(spans) else ()


def aside_likeness(clauses: FloatArray, known: FloatArray) -> FloatArray:
    """Mean cosine (k,) of clauses (k, d) to the `NEAREST` of known asides (n, d)."""
    return np.asarray(np.sort(clauses @ known.T, axis=1)[:, -NEAREST:].mean(axis=1), np.float32)


def without_spans(text: str, spans: Sequence[Span]) -> str:
    """A text with blanks for some spans of it, so that offsets stay."""
    letters = list(text)
    for start, end in spans:
        letters[start:end] = " " * (end - start)
    return "".join(letters)


def without_asides(specification: Specification, spans: Sequence[Span]) -> str:
    """The text without what these asides of it name, and with what else they specify."""
    rest = list(without_spans(specification.text, spans))
    for item in specification.items:
        if item.kind not in SUBJECT_KINDS and any(_is_in(item, span) for span in spans):
            rest[item.start : item.end] = specification.text[item.start : item.end]
    return "".join(rest)


def _names_something(specification: Specification, span: Span) -> bool:
    return any(
        item.kind in SUBJECT_KINDS
        and item.aspect != UNLISTED
        and not item.denied
        and _is_in(item, span)
        for item in specification.items
    )


def _is_in(item: Requirement, span: Span) -> bool:
    return span[0] <= item.start < span[1]
