# ruff: noqa: E501 -- words of many languages, as a table is read
"""Comparing two names, in levels: what is the same, and what makes the difference."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from matchmaker.ingest.names import name_parts
from matchmaker.ingest.trade_names import is_romanised
from matchmaker.ingest.trade_words import are_of_other_trades
from matchmaker.regex import regex

SIMILAR, ALIKE = 90.0, 80.0  # of 100, sorted words


class NameLevel(StrEnum):
    """Levels of likeness of two names, the most alike first."""

    SAME = "same"  # the same words
    SPELLING = "spelling"  # but for accents, articles, "and", 第一 and 一, spaces
    ORDER = "order"  # the same words in another order
    TRANSLATION = "translation"  # universität and university
    OTHER_NAME = "other_name"  # one is the other's short, former or other name
    SIMILAR = "similar"
    BRANCH = "branch"  # one is a branch of the other
    GROUP = "group"  # one has 集团, group, holding more
    PART = "part"  # one has all words of the other and more
    ACRONYM = "acronym"  # one is the other's initials
    ROMANISED = "romanised"  # one has the other's Chinese trade name in Latin letters
    ALIKE = "alike"
    DIFFERENT = "different"


_STOP = frozenset(
    [
        "and",
        "und",
        "et",
        "y",
        "e",
        "i",
        "og",
        "och",
        "en",
        "of",
        "the",
        "der",
        "die",
        "das",
        "des",
        "dem",
        "de",
        "la",
        "le",
        "les",
        "l",
        "d",
        "du",
        "di",
        "del",
        "della",
        "dello",
        "dell",
        "degli",
        "delle",
        "dei",
        "do",
        "da",
        "dos",
        "das",
        "van",
        "von",
        "for",
        "für",
        "fur",
        "per",
        "pour",
        "para",
        "in",
        "im",
        "at",
        "a",
        "an",
        "&",
        "at",
    ]
)
_ARTICLES = frozenset(
    {"the", "la", "le", "les", "der", "die", "das", "el", "los", "il", "l", "het"}
)
_TRANSLATED = {
    word: term
    for term, words in {
        "university": "universität universitat universitaet universiteit universita università université universite universidad universidade univerzita univerzitet uniwersytet universitatea universitet universitetet universiti univ yliopisto egyetem üniversitesi universitesi universitas",
        "institute": "institut instituto istituto instytut institutul institutet instituut intezet enstitüsü enstitusu inst",
        "research": "forschung recherche recherches investigación investigacion ricerca ricerche onderzoek badań badan forskning",
        "technology": "technologie technologies tecnologia tecnología tecnologie technologii teknologi technological tech technologien",
        "technical": "technische technique tecnica técnica tecnico technicka techniczny technisch tehnica",
        "center": "centre zentrum centro centrum centar centrul centret",
        "national": "nazionale nacional nationale nationaal narodni narodowy nationales nationaler",
        "science": "sciences wissenschaft wissenschaften ciencia ciencias scienze nauk",
        "academy": "akademie académie academie academia accademia akademia akademi",
        "association": "verband associazione asociación asociacion associação",
        "foundation": "stiftung fondation fondazione fundación fundacion fundacja stichting fundação",
        "international": "internationale internacional internazionale internationaal intl",
        "industry": "industries industrie industria industrial industriale ind",
        "engineering": "ingenieure ingénierie ingegneria ingeniería ingenieria engrg engg",
        "system": "systems systeme systèmes sistemi sistemas",
        "service": "services servizi servicios serviços dienste",
        "solution": "solutions", "product": "products produkte prodotti productos", "manufacturing": "mfg manufacture manufacturers",
        "group": "gruppe groupe gruppo grupo groep grupa", "brother": "brothers bros gebrüder gebruder gebrueder fratelli",
        "municipality": "gemeente comune municipio ayuntamiento kommune kommun gemeinde stadt city",
        "ministry": "ministerium ministère ministere ministero ministerio ministerie", "hospital": "hospitals krankenhaus hôpital ospedale spital ziekenhuis sairaala",
        "laboratory": "laboratories labs lab laboratoire laboratorio labor",
    }.items()
    for word in (term, *words.split())
}  # fmt: skip
_GROUP_WORDS = frozenset("group holding holdings 集团 控股 concern konzern".split())  # noqa: SIM905
_BRANCH_WORDS = frozenset(
    [
        "branch",
        "niederlassung",
        "zweigniederlassung",
        "succursale",
        "sucursal",
        "filial",
        "filiale",
        "branche",
    ]
)
_BRANCH = regex(
    r"(?:有限公司|公司|集团|厂|银行|大学|院)?[\u4e00-\u9fff]{0,10}?(?:分公司|分厂|分店|分行|支行|分院|分部|办事处|子公司|分所|分校)$"
)
_SCHOOL = regex(r"(?:大学|学院|学校|中学|医院|研究院|研究所)$")
# What is made stands in the last characters; of names so long one may be written wrongly.
_TRADE, _LONG = 2, 12
_ORDINAL = regex(r"第([一二三四五六七八九十百零\d]+)")
_REGION = regex(r"(?<=[\u4e00-\u9fff]{2})(?:省|市|自治区|特别行政区)(?=[\u4e00-\u9fff]{2})")
_HAN = regex(r"[\u3400-\u9fff]")
# What tells two works, schools or units of one kind apart.
_NUMERALS = regex(r"\d+|[一二三四五六七八九十甲乙丙丁戊]|\b(?:i{1,3}|iv|vi{0,3}|ix)\b")
_DIRECTIONS = frozenset(
    [
        "north",
        "south",
        "east",
        "west",
        "northern",
        "southern",
        "eastern",
        "western",
        "nord",
        "sud",
        "süd",
        "ost",
    ]
)
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "a", "ø": "o", "œ": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)


@dataclass(frozen=True, slots=True)
class ComparableName:
    """A name as it is compared: its words as they are, and folded to one spelling."""

    words: tuple[str, ...]
    folded: tuple[str, ...]
    translated: tuple[str, ...]
    form: str
    branch: bool
    is_han: bool
    # What comparisons need each time: the letters of Chinese names, the numerals of all.
    letters: str
    numerals: tuple[str, ...]


@lru_cache(maxsize=20_000)
def comparable(name: str) -> ComparableName:
    """Takes a name apart for comparing."""
    parts = name_parts(name)
    words = parts.words or (name,)
    branch = False
    is_han = _HAN.search("".join(words)) is not None
    letters, numerals = "", ()
    if is_han:
        joined = _REGION.sub("", _ORDINAL.sub(r"\1", "".join(words)))
        branch = _BRANCH.search(joined + parts.form) is not None
        folded: tuple[str, ...] = (joined,)
        translated = folded
        letters, numerals = "".join(sorted(joined)), tuple(sorted(_NUMERALS.findall(joined)))
    else:
        telling = _telling(words)
        # Lists, as each name of an import comes here: these are made in half the time.
        folded = tuple([folded_word(word) or word for word in telling])
        translated = tuple(
            [_TRANSLATED.get(word, fold) for word, fold in zip(telling, folded, strict=True)]
        )
        numerals = tuple(_NUMERALS.findall(" ".join(translated)))
        branch = bool(_BRANCH_WORDS & set(words))
    return ComparableName(
        words, folded, translated, parts.form, branch, is_han, letters, numerals
    )  # fmt: skip


def _telling(words: tuple[str, ...]) -> tuple[str, ...]:
    """Without the articles and little words between others: those at the ends are names."""
    inner = [word for word in words[1:-1] if word not in _STOP]
    first = () if words[0] in _ARTICLES and len(words) > 1 else words[:1]
    return (*first, *inner, *words[1:][-1:])


@lru_cache(maxsize=200_000)
def folded_word(word: str) -> str:
    """Without accents, and with ä, ae and a as one: "söhne", "soehne" and "sohne" are one word."""
    plain = unicodedata.normalize("NFKD", word.translate(_LETTERS))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return plain.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def compare(first: ComparableName, second: ComparableName) -> NameLevel:
    """The level of two names. The same either way round."""
    if first.words == second.words:
        return NameLevel.SAME
    if first.branch != second.branch:
        return NameLevel.BRANCH if _is_branch(first, second) else NameLevel.DIFFERENT
    if first.is_han != second.is_han:
        chinese, latin = (first, second) if first.is_han else (second, first)
        whole = "".join(chinese.words)
        has_it = is_romanised(whole, latin.words) and not are_of_other_trades(whole, latin.words)
        return NameLevel.ROMANISED if has_it else NameLevel.DIFFERENT
    if first.is_han:
        return _compare_han(first, second)
    if are_spelled_alike(first, second):
        return NameLevel.SPELLING
    if sorted(first.folded) == sorted(second.folded):
        return NameLevel.ORDER
    if sorted(first.translated) == sorted(second.translated):
        return NameLevel.TRANSLATION
    if first.numerals != second.numerals:
        return NameLevel.DIFFERENT
    return compare_words(first.translated, second.translated)


def are_spelled_alike(first: ComparableName, second: ComparableName) -> bool:
    """Tell whether two names are the same, or but for spelling: what `compare` says, sooner."""
    if first.words == second.words:
        return True
    if first.branch != second.branch or first.is_han != second.is_han:
        return False
    one, other = " ".join(first.folded), " ".join(second.folded)
    if first.is_han or one == other:
        return one == other
    return one.replace(" ", "") == other.replace(" ", "")


def _is_branch(first: ComparableName, second: ComparableName) -> bool:
    branch, whole = (first, second) if first.branch else (second, first)
    if branch.is_han:
        return branch.folded[0].startswith(whole.folded[0])
    return set(whole.folded) <= set(branch.folded)


def _compare_han(first: ComparableName, second: ComparableName) -> NameLevel:
    one, other = first.folded[0], second.folded[0]
    if are_spelled_alike(first, second):
        return NameLevel.SPELLING
    if first.letters == second.letters:
        return NameLevel.ORDER
    if first.numerals != second.numerals:
        return NameLevel.DIFFERENT
    short, long = sorted((one, other), key=len)
    rest = long.replace("集团", "").replace("控股", "")
    if rest in (short, short.replace("集团", "")):
        return NameLevel.GROUP
    if len(short) >= 3 and (long.endswith(short) or long.startswith(short)):
        return NameLevel.PART
    score = fuzz.ratio(one, other, score_cutoff=ALIKE)
    if score and _have_other_trade_names(one, other):
        return NameLevel.DIFFERENT
    return _similar(score, min(len(one), len(other)) >= 5)


def _have_other_trade_names(one: str, other: str) -> bool:
    """Tell whether characters that tell two apart differ, and not only what they make.

    A Chinese name is its place, its trade name, its trade: firms of one town and trade have all
    but the two characters of the trade name in common. Of schools, hospitals and institutes the
    words between their town and what they are tell them apart.
    """
    length = max(len(one), len(other))
    edits = Levenshtein.opcodes(one, other)
    written_wrongly = sum(e.src_end - e.src_start for e in edits if e.tag == "replace") == 1
    for edit in edits:
        if edit.tag == "equal":
            continue
        is_trade = edit.src_end > len(one) - _TRADE
        if edit.tag == "replace" and not is_trade and not (written_wrongly and length >= _LONG):
            return True
        if edit.tag != "replace" and edit.src_start and _SCHOOL.search(one):
            return True
    return False


def compare_words(first: tuple[str, ...], second: tuple[str, ...]) -> NameLevel:
    """The level of two names in Latin letters with the same numerals, whose translated words
    are not the same in whatever order."""
    less, more = sorted((first, second), key=len)
    only = set(less) ^ set(more)
    if only & _DIRECTIONS:
        return NameLevel.DIFFERENT
    if set(less) < set(more):
        if set(more) - set(less) <= _GROUP_WORDS:
            return NameLevel.GROUP
        return NameLevel.PART
    if len(less) == 1 and 2 <= len(less[0]) <= 6 and less[0] in initials(more):
        return NameLevel.ACRONYM
    score = fuzz.token_sort_ratio(" ".join(less), " ".join(more), score_cutoff=ALIKE)
    # One short word for another, in names of few: two firms, however alike the rest is.
    return _similar(score, all(len(word) >= 4 for word in only))


def _similar(score: float, certain: bool) -> NameLevel:
    if score >= SIMILAR and certain:
        return NameLevel.SIMILAR
    return NameLevel.ALIKE if score >= ALIKE else NameLevel.DIFFERENT


def initials(words: tuple[str, ...]) -> set[str]:
    """Abbreviations by first letters of a name of several words."""
    return {"".join(word[0] for word in words)} if len(words) >= 3 else set()
