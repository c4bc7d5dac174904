"""Pure functions on text: language, terms for lexical search, normal forms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from matchmaker.regex import regex

_HAN_RANGES = "㐀-䶿一-鿿豈-﫿"
_HAN = regex(f"[{_HAN_RANGES}]")
_LETTER = rf"[^\W_{_HAN_RANGES}]"
# A text that begins so is taken for a formula by spreadsheets (OWASP, "CSV Injection"), which in
# Chinese and Japanese read the wide signs as the narrow ones.
FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n")
GUARD = "'"
# The same behind signs at which some program parts a line, and blanks and quotes that it may drop:
# what it takes for a cell and begins with "" is to it nothing in quotes, and what follows.
_COMPUTED = r"(?=['\" \xa0\u3000]*[=+\-@\uff1d\uff0b\uff0d\uff20])"
_WITHIN = regex(rf"([;|\t\r\n]){_COMPUTED}")
_GUARDED_WITHIN = regex(rf"([;|\t\r\n]){GUARD}{_COMPUTED}")
_RUN = regex(rf"[{_HAN_RANGES}]+|{_LETTER}+(?:\.\d{_LETTER}*)*")

# Terms that stand in any text of organisations and would only be noise where marked.
_EVERYWHERE = frozenset(
    re.split(
        " ",
        "an and are as at be by can do for from have in is it looking need not of on or our that "
        "the this to us we with who you 我们 们需 需要 寻找 找能 可以 公司 有限 的公",
    )
)

# How many of whatever: 两个, 千双, 百副 say nothing of what.
_COUNTED = regex(
    "[零〇一二两三四五六七八九十百千万亿几数半]+"
    "[个只件条双对副套台家款种样批次张片块根支名天月周年吨]?"
)

# Lengths as `_length` has them: 30 words or 60 Chinese characters are still one statement.
LONG, SHORT = 60, 8
MOST_PASSAGES = 24
_WORDS = regex(rf"{_LETTER}+")
# To the end of a sentence or a line; a point ends one where a capital, a bracket or Chinese
# follows, and not after an abbreviation.
_ABBREVIATED = "".join(
    rf"(?<!\b{word})" for word in ("Co", "Ltd", "Inc", "Corp", "Dr", "Mr", "Ms", "No", "St", "ca")
)
_SENTENCE = regex(
    r"\S.*?(?:[。！？；!?;]+[”’」』）)\"]*"
    rf"|{_ABBREVIATED}\.(?=\s+[A-Z(“\"{_HAN_RANGES}])|(?=\s*\n)|(?=\s*\Z))",
    re.DOTALL,
)


# Words that stand before a number without making a code of it.
_NO_PREFIX = regex(
    "(?:a|about|above|an|and|are|as|at|below|by|each|for|from|in|is|least|max|min|most|no|nr|of|on"
    "|only|or|over|page|per|since|than|the|to|under|until|up|with|years?)"
)
_WORD = rf"(?<!{_LETTER})(?<!\d\.)[a-z0-9]+(?!{_LETTER})(?!\.\d)"
_CODES = regex(
    # DN 50, GB/T 12224-2015: letters, then a number; the year of a standard may be missing.
    rf"(?P<prefix>{_WORD}(?:/[a-z]{{1,2}})?) (?P<number>\d+)(?P<rest>(?:-\d+)*)"
    rf"(?!{_LETTER}|\.\d|-)"
    # M8×30
    rf"|(?P<size>[a-z]{{1,3}}\d+) ?[x×*] ?(?P<by>\d+)(?!{_LETTER}|\.\d)"
    # 6204-2RS, CF-8M; 6204 2RS
    rf"|(?P<joined>{_WORD}(?:[-_]{_WORD})+|\d+ \d+[a-z]{{1,3}}(?!{_LETTER}))"
    rf"|(?P<plain>{_WORD})"
)
_DIGIT = regex(r"\d")
_LONGEST_WORD = 3  # letters of a piece of a code: 2-axis and 24-hour are none


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


def marked(text: str, question: str) -> tuple[tuple[int, int], ...]:
    """Stretches of a text that say a word or a code of a question, in order, those that touch as
    one.

    Width, case, traditional characters and the English plural make no difference. Words that
    stand in any text (`_EVERYWHERE`), or only count, are not marked.
    """
    said = (term for term in terms(question) if term not in _EVERYWHERE)
    wanted = {term for term in said if not _COUNTED.fullmatch(term)}
    if not wanted:
        return ()
    folded, places = _folded(text)
    stretches = list[tuple[int, int]]()
    for run in _RUN.finditer(folded):
        if not _HAN.match(run[0]):
            if singular(run[0]) in wanted:
                stretches.append(run.span())
            continue
        size = min(2, len(run[0]))
        stretches += [
            (start, start + size)
            for start in range(run.start(), run.end() - size + 1)
            if folded[start : start + size] in wanted
        ]
    stretches += [match.span() for match in _CODES.finditer(folded) if codes(match[0]) & wanted]
    joined = list[tuple[int, int]]()
    for start, end in sorted((places[start], places[end - 1] + 1) for start, end in stretches):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def _folded(text: str) -> tuple[str, list[int]]:
    """A text folded as `normal` does but for its spaces, and where each character stood."""
    pieces, places = list[str](), list[int]()
    for place, character in enumerate(text):
        piece = unicodedata.normalize("NFKC", character).casefold()
        pieces.append(piece)
        places += [place] * len(piece)
    folded = "".join(pieces)
    plain = simplified(folded)
    return (plain if len(plain) == len(folded) else folded), places


def has_chinese(text: str) -> bool:
    """Tell whether any character is Chinese."""
    return _HAN.search(text) is not None


def words(folded: str) -> Iterator[tuple[int, int]]:
    """Begin and end of each word that is not Chinese, in a text in its normal form."""
    is_latin = folded.isascii()
    for run in _RUN.finditer(folded):
        if is_latin or not _HAN.match(run[0]):
            yield run.span()


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
    one term; a single letter or digit is none: it fits everything. A code that is
    written apart is also there as written together (`codes`).
    """
    folded = normal(text)
    terms_found = [code for code, is_apart in _codes(folded) if is_apart]
    if folded.isascii():
        return terms_found + [singular(run) for run in _RUN.findall(folded) if len(run) > 1]
    for run in _RUN.findall(folded):
        if _HAN.match(run):
            if len(run) == 1:
                terms_found.append(run)
            terms_found.extend(run[i : i + 2] for i in range(len(run) - 1))
        elif len(run) > 1:
            terms_found.append(singular(run))
    return terms_found


def passages(text: str) -> list[tuple[int, int]]:
    """Begin and end of the passages of a long text, [] for one that is short or one sentence.

    A passage is a sentence, with its neighbour where it is a few words; of very many
    sentences, several are one passage.
    """
    if len(text) < LONG // 2 or _length(text) <= LONG:
        return []
    spans = [(match.start(), match.end()) for match in _SENTENCE.finditer(text)]
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and (
            _length(text[start:end]) < SHORT or _length(text[slice(*joined[-1])]) < SHORT
        ):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    each = -(-len(joined) // MOST_PASSAGES) or 1
    groups = [joined[first : first + each] for first in range(0, len(joined), each)]
    return [(group[0][0], group[-1][1]) for group in groups] if len(groups) > 1 else []


def _length(text: str) -> int:
    """Chinese characters and twice the words: about what a model makes tokens of."""
    han = len(_HAN.findall(text))
    return han + 2 * len(_WORDS.findall(text))


def has_digits(text: str) -> bool:
    """Whether there is a digit in a text as it is compared: without one it has no code."""
    return _DIGIT.search(normal(text)) is not None


def codes(text: str) -> set[str]:
    """Grades, sizes and part numbers in a text, written together: cf8m, dn50, 62042rs, gbt12224.

    A code has a letter and a digit, and at least three characters. Width, case, hyphens and
    a space between letters and number make no difference. Each is a term of the text.
    """
    return {code for code, _ in _codes(normal(text))}


def _codes(folded: str) -> Iterator[tuple[str, bool]]:
    """Codes of a text in its normal form, and whether they are written apart there."""
    if not _DIGIT.search(folded):
        return
    place = 0
    while match := _CODES.search(folded, place):
        place = match.end()
        if prefix := match["prefix"]:
            letters = prefix.replace("/", "")
            if not letters.isalpha() or len(letters) > 5 or _NO_PREFIX.fullmatch(prefix):
                # The words are looked at for themselves, the number with what follows it.
                place = match.start() + len(prefix)
                yield from _whole(prefix)
                continue
            yield letters + match["number"], True
            if match["rest"]:
                yield letters + match["number"] + match["rest"].replace("-", ""), True
        elif match["size"]:
            yield f"{match['size']}x{match['by']}", "x" not in match[0] or " " in match[0]
        elif match["joined"]:
            pieces = re.split("[-_ ]", match["joined"])
            if any(piece.isalpha() and len(piece) > _LONGEST_WORD for piece in pieces):
                for piece in pieces:
                    yield from _whole(piece)
            else:
                yield from ((code, True) for code, _ in _whole("".join(pieces)))
        else:
            yield from _whole(match["plain"])


def _whole(word: str) -> Iterator[tuple[str, bool]]:
    if len(word) > 2 and word.isalnum() and not word.isdigit() and not word.isalpha():
        yield word, False


# What a rule would take for the plural of another word, or of none.
_OF_SIBILANTS = {"lens": "lens", "lenses": "lens", "gases": "gas", "buses": "bus"}


@lru_cache(maxsize=100_000)
def singular(word: str) -> str:
    """English plural folded; other words unchanged.

    Harman's S-stemmer (1991), and after sibilants -es whole: pouches are of one word with pouch.
    """
    if word in _OF_SIBILANTS:
        return _OF_SIBILANTS[word]
    if word.endswith(("ches", "shes", "xes", "sses")) and len(word) > 4:
        return word[:-2]
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
    return GUARD + text if is_computed(text) else text


def guarded_cell(text: str) -> str:
    """The same of a cell of CSV, also of what is a cell where lines are parted at other signs.

    A spreadsheet of a country with decimal commas parts at semicolons, and knows no quotes then
    that begin within what it takes for one cell: "a;=1" is "a;'=1".
    """
    return _WITHIN.sub(rf"\1{GUARD}", guarded(text))


def unguarded(text: str) -> str:
    """The inverse of `guarded_cell`; other texts unchanged."""
    text = _GUARDED_WITHIN.sub(r"\1", text)
    return text[1:] if text.startswith(GUARD) and is_computed(text) else text


def is_computed(text: str) -> bool:
    """Tell whether a spreadsheet computes it, behind apostrophes and blanks that it may drop."""
    return text.lstrip(f"{GUARD} \xa0\u3000").startswith(FORMULA)


# What XML 1.0 cannot hold (its production 2, Char), and so neither XLSX, GraphML, GEXF nor SVG.
_NOT_XML = regex("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return _NOT_XML.sub("", text)


# Characters that are never seen, and such as stand for a space or line break.
_SPACES = "\t\v\f\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f"
_INVISIBLE = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U000e0000-\U000e007f"
)
_SUSPECT = regex(f"[{_SPACES}{_INVISIBLE}\r]")
_BREAK = regex(r"\r\n?")
_SPACE = regex(f" ?[{_SPACES}]+ ?")
_HIDDEN = regex(f"[{_INVISIBLE}]")
# Spaces of print, which are spelling; the byte mark too often begins a cell to be told.
_USUAL = frozenset("\t\x85\xa0\u2000\u2002\u2003\u2009\u202f\u2028\u2029\ufeff")
_JOINERS = "\u200c\u200d"
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Mc", "Me", "Mn", "Zl", "Zp", "Zs"})


def clean(text: str) -> tuple[str, bool]:
    """A cell or a name without invisible and control characters, and whether there were any.

    A vertical tab or page break is a space, between Chinese characters nothing. Joiners stay
    where scripts need them; full-width letters stay.
    """
    # Most texts of Latin letters are told without looking for each of the signs.
    if (text.isascii() and text.isprintable()) or not _SUSPECT.search(text):
        return text.strip(), False
    plain = _BREAK.sub("\n", text)
    has_odd = any(
        character not in _USUAL and character not in "\r\n"
        for character in _SUSPECT.findall(plain.strip())
    )
    kept = without_hidden(_SPACE.sub(_space, plain)).strip()
    return kept, has_odd and kept != text.strip()


def without_hidden(text: str) -> str:
    """A text without characters that are never seen or that turn the direction of others.

    Its spaces, tabs and line breaks stay, and joiners where scripts and pictures need them.
    """
    return _HIDDEN.sub(lambda match: _hidden(text, match.start()), text)


def is_unseen(text: str) -> bool:
    """Whether nothing of a text is seen: spaces, invisible characters, marks upon none."""
    return all(unicodedata.category(character) in _UNSEEN for character in clean(text)[0])


def _space(match: re.Match[str]) -> str:
    text, start, end = match.string, match.start(), match.end()
    is_break = any(character in "\v\f\x1c\x1d\x1e\x1f" for character in match.group())
    if is_break and start and end < len(text) and is_han(text[start - 1]) and is_han(text[end]):
        return ""
    return " "


def _hidden(text: str, position: int) -> str:
    character = text[position]
    if "\ud800" <= character <= "\udfff":
        return "\ufffd"
    if character in _JOINERS and position and _joins(text[position - 1]):
        return character
    return ""


def _joins(before: str) -> bool:
    """Whether a joiner after this character is part of its script's spelling, or of a picture."""
    code = ord(before)
    return 0x600 <= code <= 0x1CFF or code >= 0x1F000 or unicodedata.category(before) == "So"


def is_han(character: str) -> bool:
    """True for a Chinese character or full-width mark."""
    return "\u2e80" <= character <= "\u9fff" or "\uf900" <= character <= "\uffef"


def blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """A text with blanks for some spans of it, so that offsets stay."""
    letters = list(text)
    for start, end in spans:
        letters[start:end] = " " * (end - start)
    return "".join(letters)


def lines_by_language(content: str) -> tuple[tuple[str, str], ...]:
    """(language, text) of the lines of a list of texts, a tab between the two."""
    lines = (line.partition("\t") for line in content.splitlines())
    return tuple((language, text) for language, _, text in lines)
