"""Terms of the trades: ways to say the same in Chinese and English, and what asks for it.

The TSV files beside this module have a concept a line: its name in English and in Chinese, other
ways to say it, wider concepts, and phrases of people who describe a problem and do not name what
solves it, alternatives parted by `|`, all in their normal form (`matchmaker.text.normal`). Such a
phrase may have parts joined by ` + `: it is there where all of them are, in whatever order. They
were written for this project, hold no words of any organisation, and know some 4,500
concepts by 56,000 forms.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import ahocorasick

from matchmaker.regex import regex
from matchmaker.remembered import remembered
from matchmaker.text import has_chinese, normal, singular, words

# What a phrase that only asks for a concept says of it, of what its name says.
ASKED = 0.7
# Words of an English form.
_LONGEST_FORM = 6

_JOINS = " + "
# Of a phrase in parts: as far apart as they may stand, in characters; how many there are at least;
# how often each is looked at.
_FARTHEST = 120
_FEWEST_PARTS = 2
_MOST_PLACES = 20
# Plurals whose singular is another word: no leak-tight joint is a garment.
_NO_SINGULAR = frozenset({"briefs", "sweets", "tights"})
_SENTENCE_END = regex(r"[。！？!?；;\n]|\.(?= |$)")

Meanings = tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Concept:
    """A thing, a process, a service or a topic.

    `forms` are all ways to say it, its names first. `wider` and `narrower` are numbers of
    concepts, these at any depth.
    """

    name: str
    chinese: str
    forms: tuple[str, ...]
    wider: tuple[int, ...]
    narrower: tuple[int, ...]


class NamedConcepts(NamedTuple):
    """Concepts that a text names or asks for, how surely, in (0, 1], and how much of it does so.

    `coverage` is the share of its letters and digits that stand in their forms.
    """

    concepts: Mapping[int, float]
    coverage: float


class ConceptStretch(NamedTuple):
    """A stretch of a text, and the concepts that it means, each with how surely."""

    start: int
    end: int
    meanings: Meanings


@dataclass(frozen=True)
class _Forms:
    """What stands for what, by Chinese text and by English words.

    `most_words` of the longest form that begins with a word, at most `_LONGEST_FORM`.
    """

    chinese: ahocorasick.Automaton
    english: Mapping[tuple[str, ...], Meanings]
    most_words: Mapping[str, int]


class _JointPhrase(NamedTuple):
    """A phrase in parts, by their numbers, and the concept that it asks for."""

    parts: frozenset[int]
    concept: int


@dataclass(frozen=True)
class Thesaurus:
    """All concepts, and where their forms stand in texts.

    `parts` are those of phrases in parts, their meanings numbers of `of_part`, which has the
    phrases that begin with each.
    """

    concepts: tuple[Concept, ...]
    forms: _Forms
    parts: _Forms
    of_part: tuple[tuple[_JointPhrase, ...], ...]

    def named(self, text: str) -> NamedConcepts:
        """Concepts that a text names. Where forms overlap, the longest from the left counts."""
        folded = normal(text)
        worth: dict[int, float] = {}
        covered = bytearray(len(folded))
        for stretch in self.stretches(folded):
            covered[stretch.start : stretch.end] = b"\x01" * (stretch.end - stretch.start)
            for number, share in stretch.meanings:
                worth[number] = max(worth.get(number, 0.0), share)
        for stretch in self._joint(folded):
            covered[stretch.start : stretch.end] = b"\x01" * (stretch.end - stretch.start)
            for number, share in stretch.meanings:
                worth[number] = max(worth.get(number, 0.0), share)
        letters = [character.isalnum() for character in folded]
        both = sum(
            1 for is_letter, is_said in zip(letters, covered, strict=True) if is_letter and is_said
        )
        return NamedConcepts(worth, both / max(sum(letters), 1))

    def _joint(self, folded: str) -> Iterator[ConceptStretch]:
        """The parts of phrases all of whose parts are there, near each other in a sentence."""
        there: dict[int, list[tuple[int, int]]] = {}
        for stretch in (*_in_chinese(self.parts, folded), *_in_english(self.parts, folded)):
            for number, _ in stretch.meanings:
                there.setdefault(number, []).append((stretch.start, stretch.end))
        if len(there) < _FEWEST_PARTS:
            return
        ends = [match.start() for match in _SENTENCE_END.finditer(folded)]
        for first, places in there.items():
            for phrase in self.of_part[first]:
                if not phrase.parts <= there.keys():
                    continue
                for place in places[:_MOST_PLACES]:
                    nearest = [
                        min(there[part][:_MOST_PLACES], key=lambda other: abs(other[0] - place[0]))
                        for part in phrase.parts
                    ]
                    if _together(nearest, ends):
                        for start, end in nearest:
                            yield ConceptStretch(start, end, ((phrase.concept, ASKED),))
                        break

    def stretches(self, folded: str) -> Iterator[ConceptStretch]:
        """Stretches of a text in its normal form that name concepts, the longest from the left."""
        hits = [*_in_chinese(self.forms, folded), *_in_english(self.forms, folded)]
        free = 0
        for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
            if hit.start >= free:
                free = hit.end
                yield hit


def _together(places: Sequence[tuple[int, int]], ends: Sequence[int]) -> bool:
    """Tell whether stretches stand near each other, and no sentence ends between them."""
    first, last = min(places)[0], max(end for _, end in places)
    if last - first > _FARTHEST:
        return False
    return bisect_left(ends, first) == bisect_left(ends, last)


def _in_chinese(forms: _Forms, folded: str) -> Iterator[ConceptStretch]:
    if not forms.chinese:  # an automaton of no words does not iterate
        return
    for last, (length, meanings) in forms.chinese.iter(folded):
        start, end = last + 1 - length, last + 1
        cuts_word = _is_latin(folded[start - 1 : start + 1]) or _is_latin(folded[last : end + 1])
        if not cuts_word:
            yield ConceptStretch(start, end, meanings)


def _in_english(forms: _Forms, folded: str) -> Iterator[ConceptStretch]:
    """From the left, of those that begin with a word the longest first."""
    spans = list(words(folded))
    said = [_folded(folded[start:end]) for start, end in spans]
    for first, word in enumerate(said):
        for last in range(min(first + forms.most_words.get(word, 0), len(spans)), first, -1):
            if meanings := forms.english.get(tuple(said[first:last])):
                yield ConceptStretch(spans[first][0], spans[last - 1][1], meanings)


def _folded(word: str) -> str:
    """An English word without its plural, but where the singular is another word."""
    return word if word in _NO_SINGULAR else singular(word)


def _is_latin(pair: str) -> bool:
    """Tell whether two characters are of one Latin word or number."""
    return len(pair) == 2 and pair.isascii() and pair.isalnum()


@cache
def thesaurus() -> Thesaurus:
    """The shipped one, read once."""
    return of_rows(list(_rows()))


def of_rows(rows: Sequence[ConceptRow]) -> Thesaurus:
    """A thesaurus of these concepts."""
    numbers = {row.name: number for number, row in enumerate(rows)}
    wider = [tuple(numbers[name] for name in row.wider if name in numbers) for row in rows]
    narrower: list[set[int]] = [set() for _ in rows]
    for number in range(len(rows)):
        for above in _all_above(number, wider):
            narrower[above].add(number)
    by_part: dict[str, dict[int, float]] = {}
    of_part: list[list[_JointPhrase]] = []
    for number, row in enumerate(rows):
        for phrase in filter(_is_joint, row.asked):
            parts = [_number_of(part, by_part, of_part) for part in phrase.split(_JOINS)]
            of_part[parts[0]].append(_JointPhrase(frozenset(parts), number))
    concepts = (
        Concept(row.name, row.chinese, row.forms, wider[number], tuple(sorted(narrower[number])))
        for number, row in enumerate(rows)
    )
    return Thesaurus(
        tuple(concepts), _forms(_by_form(rows)), _forms(by_part), tuple(map(tuple, of_part))
    )


def _forms(by_form: Mapping[str, Mapping[int, float]]) -> _Forms:
    automaton = ahocorasick.Automaton()
    english: dict[tuple[str, ...], dict[int, float]] = {}
    for form, meanings in by_form.items():
        if has_chinese(form):
            automaton.add_word(form, (len(form), tuple(meanings.items())))
        elif said := tuple(_folded(form[start:end]) for start, end in words(form)):
            english.setdefault(said, {}).update(meanings)
    automaton.make_automaton()
    most_words: dict[str, int] = {}
    for said in english:
        most_words[said[0]] = max(most_words.get(said[0], 0), min(len(said), _LONGEST_FORM))
    meanings_of = {said: tuple(each.items()) for said, each in english.items()}
    return _Forms(automaton, meanings_of, most_words)


def _number_of(
    part: str, by_part: dict[str, dict[int, float]], of_part: list[list[_JointPhrase]]
) -> int:
    if part not in by_part:
        by_part[part] = {len(of_part): ASKED}
        of_part.append([])
    return next(iter(by_part[part]))


def _is_joint(phrase: str) -> bool:
    return _JOINS in phrase


@remembered(1_000)
def named(text: str) -> NamedConcepts:
    """Concepts of the shipped thesaurus that a text names."""
    return thesaurus().named(text)


def by_name_in(language: str, text: str, most: int) -> str:
    """Names in `language` (zh or en) of the concepts that a text names surest, at most so many."""
    known = thesaurus().concepts
    surest = sorted(named(text).concepts.items(), key=lambda item: -item[1])[:most]
    return " ".join(
        known[number].chinese if language == "zh" else known[number].name for number, _ in surest
    )


class ConceptRow(NamedTuple):
    """A line of a TSV file."""

    name: str
    forms: tuple[str, ...]
    wider: tuple[str, ...]
    asked: tuple[str, ...]

    @property
    def chinese(self) -> str:
        return self.forms[1]


def _rows() -> Iterator[ConceptRow]:
    for file in sorted(files(__package__).iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".tsv"):
            continue
        for line in file.read_text("utf-8").splitlines():
            name, chinese, *others = line.split("\t")
            forms, wider, asked = (tuple(filter(None, cell.split("|"))) for cell in others)
            yield ConceptRow(name, (name, chinese, *forms), wider, asked)


def _by_form(rows: Sequence[ConceptRow]) -> dict[str, dict[int, float]]:
    """What each form means: concepts that it names, or else only asks for."""
    by_form: dict[str, dict[int, float]] = {}
    for number, row in enumerate(rows):
        for form in row.forms:
            by_form.setdefault(form, {})[number] = 1.0
        for phrase in row.asked:
            if _is_joint(phrase):
                continue
            by_form.setdefault(phrase, {}).setdefault(number, ASKED)
    return by_form


def _all_above(number: int, wider: list[tuple[int, ...]]) -> set[int]:
    """All concepts above one, itself aside."""
    above: set[int] = set()
    waiting = list(wider[number])
    while waiting:
        reached = waiting.pop()
        if reached not in above:
            above.add(reached)
            waiting.extend(wider[reached])
    return above - {number}
