"""Pure functions on text: language, terms for lexical search, normal forms."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

_HAN_RANGES = "㐀-䶿一-鿿豈-﫿"
_HAN = re.compile(f"[{_HAN_RANGES}]")
_LETTER = rf"[^\W_{_HAN_RANGES}]"
# A text that begins so is taken for a formula by spreadsheets (OWASP, "CSV Injection").
FORMULA = ("=", "+", "-", "@", "\t", "\r")
GUARD = "'"
_RUN = re.compile(rf"[{_HAN_RANGES}]+|{_LETTER}+(?:\.\d{_LETTER}*)*")


@cache
def _simplifier() -> object:
    from opencc import OpenCC  # loads dictionaries: only where needed

    return OpenCC("t2s")


def simplified(text: str) -> str:
    """Traditional Chinese characters written simplified; other text unchanged."""
    if not _HAN.search(text):
        return text
    # The converter takes no halves of characters, which stand for bytes that are none.
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return str(_simplifier().convert(whole))  # type: ignore[attr-defined]


def language_of(text: str) -> str:
    """`zh` when at least a fifth of the letters are Chinese, else `en`; "" without letters."""
    letters = sum(character.isalpha() for character in text)
    if letters == 0:
        return ""
    return "zh" if len(_HAN.findall(text)) * 5 >= letters else "en"


def normal(text: str) -> str:
    """Compatibility-folded, simplified, lower case, single spaces."""
    if text.isascii():
        return " ".join(text.lower().split())
    return _normal_word(str(text)) if len(text) <= _MAX_WORD else _normal(text)


def _normal(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return simplified(" ".join(folded.split()))


# Names and words are compared again and again; long texts are not.
_MAX_WORD = 60
_normal_word = lru_cache(maxsize=20_000)(_normal)


def terms(text: str) -> list[str]:
    """Terms for lexical search: words, and bigrams of Chinese runs (single characters as such).

    Follows the common treatment of CJK text (Lucene's CJKAnalyzer): overlapping
    bigrams need no dictionary and never miss a word boundary. A decimal number is
    one term; a single letter or digit is none: it fits everything.
    """
    terms_found: list[str] = []
    for run in _RUN.findall(normal(text)):
        if _HAN.match(run):
            if len(run) == 1:
                terms_found.append(run)
            terms_found.extend(run[i : i + 2] for i in range(len(run) - 1))
        elif len(run) > 1:
            terms_found.append(_stem(run))
    return terms_found


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    """English plural folded (Harman's S-stemmer, 1991); other words unchanged."""
    if word.endswith("ies") and len(word) > 4 and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    if word.endswith("es") and len(word) > 3 and not word.endswith(("aes", "ees", "oes")):
        return word[:-1]
    if word.endswith("s") and len(word) > 3 and not word.endswith(("us", "ss")):
        return word[:-1]
    return word


def guarded(text: str) -> str:
    """The text, behind an apostrophe where a spreadsheet would compute it.

    So is what begins with such an apostrophe by itself: `unguarded` always gives the text again.
    """
    return GUARD + text if text.lstrip(GUARD).startswith(FORMULA) else text


def unguarded(text: str) -> str:
    """The inverse of `guarded`; other texts unchanged."""
    is_guarded = text.startswith(GUARD) and text.lstrip(GUARD).startswith(FORMULA)
    return text[1:] if is_guarded else text
