"""Characters in Chinese questions that only sound like those meant: 不绣钢 for 不锈钢.

Who types by sound takes the wrong one of several characters. A stretch of three characters or more
that is the name of a thing or material, or of work, but for one that sounds like its own, is read
as that name; not where the character is a word with the one beside it, and not where the graph has
it so. Of three characters the one between must be wrong: others are as often of the words around.
`syllables.tsv` has the characters that sound alike (`seed/make_syllables.py` writes it).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files

from matchmaker.dictionary import dictionary
from matchmaker.recommend.specification.names import chinese_names
from matchmaker.recommend.specification.vocabulary import words as terms_and_markers
from matchmaker.recommend.spelling import Respelling
from matchmaker.regex import regex
from matchmaker.remembered import remembered
from matchmaker.thesaurus import thesaurus

SHORTEST, LONGEST = 3, 8
# Words by themselves before or behind a name: 带热处理 is not 代热处理.
_PARTICLES = frozenset("及和与跟或带的地得了着过给为以在有要做把被对从向到由等")
_RUN = regex(rf"[\u4e00-\u9fff]{{{SHORTEST},}}")


def resounded(text: str, is_stated: Callable[[str], bool]) -> tuple[str, tuple[Respelling, ...]]:
    """A Chinese text as it was meant, and the words in it that are read otherwise.

    `is_stated` tells whether any statement or name in the graph has a word.
    """
    respellings: dict[str, Respelling] = {}
    letters = list(text)
    heard = _heard(text)
    stated = {word: is_stated(word) for word in {found.written for _, found in heard}}
    free = 0
    for start, found in heard:
        if start < free or stated[found.written]:
            continue
        free = start + len(found.read)
        letters[start:free] = found.read
        respellings.setdefault(found.written, found)
    return "".join(letters), tuple(respellings.values())


@remembered(1_000)
def _heard(text: str) -> tuple[tuple[int, Respelling], ...]:
    """What a text has of names that sound otherwise, by where it begins.

    Looked up once: a question that nobody answers is put again under other goals.
    """
    starts = (
        (start, run.end())
        for run in _RUN.finditer(text)
        for start in range(run.start(), run.end() - SHORTEST + 1)
    )
    return tuple(
        (start, found) for start, end in starts if (found := _meant(text, start, end)) is not None
    )


def _meant(text: str, start: int, end: int) -> Respelling | None:
    """The longest name that a text has from `start` on but for a character that sounds so."""
    for size in range(min(LONGEST, end - start), SHORTEST - 1, -1):
        written = text[start : start + size]
        names = {name for name in _nearly(written) if name not in text}
        if len(names) != 1 or written in _names() or _is_one_term(written):
            continue
        (name,) = names
        within = next(i for i in range(size) if name[i] != written[i])
        if within in (0, size - 1) and _is_of_the_words_around(written, within):
            continue
        place = start + within
        beside = (text[max(place - 1, 0) : place + 1], text[place : place + 2])
        if not any(len(pair) > 1 and _is_word(pair) for pair in beside):
            return Respelling(written, name)
    return None


def _is_of_the_words_around(written: str, end: int) -> bool:
    """Tell whether the first or last character of a stretch is rather of what stands beside it.

    The first of 帆无人机 is of the word before: the rest is a name without it.
    """
    rest = written[:end] + written[end + 1 :]
    return len(written) == SHORTEST or written[end] in _PARTICLES or _is_word(rest)


def _nearly(written: str) -> Iterator[str]:
    """Names that sound as a stretch does, and differ from it by one character."""
    for name in names_by_sound().get(_sound(written), ()):
        if sum(a != b for a, b in zip(name, written, strict=True)) == 1:
            yield name


def _is_one_term(word: str) -> bool:
    return any(match.end - match.start == len(word) for match in terms_and_markers(word).terms)


def _is_word(text: str) -> bool:
    return text in _headwords() or text in _names() or _is_one_term(text)


@cache
def _headwords() -> frozenset[str]:
    return frozenset(dictionary().chinese)


@cache
def _names() -> frozenset[str]:
    """Chinese names of the thesaurus and of the lists of the specification."""
    forms = (form for concept in thesaurus().concepts for form in concept.forms)
    return frozenset(name for name in (*forms, *chinese_names()) if _RUN.fullmatch(name))


@cache
def names_by_sound() -> dict[str, tuple[str, ...]]:
    """Chinese names by the syllables that they are read by, without tones."""
    known: dict[str, list[str]] = {}
    for name in sorted(_names()):
        if len(name) <= LONGEST:
            known.setdefault(_sound(name), []).append(name)
    return {sound: tuple(names) for sound, names in known.items()}


def _sound(word: str) -> str:
    return " ".join(_syllables().get(character, character) for character in word)


@cache
def _syllables() -> dict[str, str]:
    lines = files(__package__).joinpath("syllables.tsv").read_text("utf-8").splitlines()
    syllables = (line.split("\t") for line in lines)
    return {character: syllable for syllable, characters in syllables for character in characters}
