"""What the trades call things: ways to say the same in Chinese and English, and what asks for it.

The TSV files beside this module have a concept a line: its name in English and in Chinese, other
ways to say it, wider concepts, and phrases of people who describe a problem and do not name what
solves it, alternatives parted by `|`, all in their normal form (`matchmaker.text.normal`). They
were written for this project, hold no words of any organisation, and know more than 4,000
concepts by 50,000 forms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import ahocorasick

from matchmaker.text import has_chinese, normal, singular, words

# What a phrase that only asks for a concept says of it, of what its name says.
ASKED = 0.7
# Words of an English form.
_LONGEST_FORM = 6

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


class _ConceptStretch(NamedTuple):
    start: int
    end: int
    meanings: Meanings


@dataclass(frozen=True)
class Thesaurus:
    """All concepts, and where their forms stand in texts."""

    concepts: tuple[Concept, ...]
    chinese: ahocorasick.Automaton
    english: Mapping[tuple[str, ...], Meanings]

    def named(self, text: str) -> NamedConcepts:
        """What a text names. Where forms overlap, the longest from the left counts."""
        folded = normal(text)
        worth: dict[int, float] = {}
        covered = 0
        for stretch in self._stretches(folded):
            covered += _letters(folded[stretch.start : stretch.end])
            for number, share in stretch.meanings:
                worth[number] = max(worth.get(number, 0.0), share)
        return NamedConcepts(worth, covered / max(_letters(folded), 1))

    def _stretches(self, folded: str) -> Iterator[_ConceptStretch]:
        hits = [*self._in_chinese(folded), *self._in_english(folded)]
        free = 0
        for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
            if hit.start >= free:
                free = hit.end
                yield hit

    def _in_chinese(self, folded: str) -> Iterator[_ConceptStretch]:
        for last, (length, meanings) in self.chinese.iter(folded):
            start, end = last + 1 - length, last + 1
            cuts_word = _is_latin(folded[start - 1 : start + 1]) or _is_latin(
                folded[last : end + 1]
            )
            if not cuts_word:
                yield _ConceptStretch(start, end, meanings)

    def _in_english(self, folded: str) -> Iterator[_ConceptStretch]:
        spans = list(words(folded))
        said = [singular(folded[start:end]) for start, end in spans]
        for first in range(len(spans)):
            for last in range(min(first + _LONGEST_FORM, len(spans)), first, -1):
                if meanings := self.english.get(tuple(said[first:last])):
                    yield _ConceptStretch(spans[first][0], spans[last - 1][1], meanings)
                    break


def _is_latin(pair: str) -> bool:
    """Whether two characters are of one Latin word or number."""
    return len(pair) == 2 and pair.isascii() and pair.isalnum()


def _letters(text: str) -> int:
    return sum(character.isalnum() for character in text)


@cache
def thesaurus() -> Thesaurus:
    """The shipped one, read once."""
    rows = list(_rows())
    numbers = {row.name: number for number, row in enumerate(rows)}
    wider = [tuple(numbers[name] for name in row.wider if name in numbers) for row in rows]
    narrower: list[set[int]] = [set() for _ in rows]
    for number in range(len(rows)):
        for above in _all_above(number, wider):
            narrower[above].add(number)
    automaton = ahocorasick.Automaton()
    english: dict[tuple[str, ...], dict[int, float]] = {}
    for form, meanings in _by_form(rows).items():
        if has_chinese(form):
            automaton.add_word(form, (len(form), tuple(meanings.items())))
        elif said := tuple(singular(form[start:end]) for start, end in words(form)):
            english.setdefault(said, {}).update(meanings)
    automaton.make_automaton()
    concepts = (
        Concept(row.name, row.chinese, row.forms, wider[number], tuple(sorted(narrower[number])))
        for number, row in enumerate(rows)
    )
    return Thesaurus(
        tuple(concepts), automaton, {said: tuple(each.items()) for said, each in english.items()}
    )


@lru_cache(maxsize=1_000)
def named(text: str) -> NamedConcepts:
    """What the shipped thesaurus knows of a text."""
    return thesaurus().named(text)


def by_name_in(language: str, text: str, most: int) -> str:
    """What a text names surest, at most so many, by their names in `language` (zh or en)."""
    known = thesaurus().concepts
    surest = sorted(named(text).concepts.items(), key=lambda item: -item[1])[:most]
    return " ".join(
        known[number].chinese if language == "zh" else known[number].name for number, _ in surest
    )


class _ConceptRow(NamedTuple):
    name: str
    forms: tuple[str, ...]
    wider: tuple[str, ...]
    asked: tuple[str, ...]

    @property
    def chinese(self) -> str:
        return self.forms[1]


def _rows() -> Iterator[_ConceptRow]:
    for file in sorted(files(__package__).iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".tsv"):
            continue
        for line in file.read_text("utf-8").splitlines():
            name, chinese, *others = line.split("\t")
            forms, wider, asked = (tuple(filter(None, cell.split("|"))) for cell in others)
            yield _ConceptRow(name, (name, chinese, *forms), wider, asked)


def _by_form(rows: list[_ConceptRow]) -> dict[str, dict[int, float]]:
    """What each form means: concepts that it names, or else only asks for."""
    by_form: dict[str, dict[int, float]] = {}
    for number, row in enumerate(rows):
        for form in row.forms:
            by_form.setdefault(form, {})[number] = 1.0
        for phrase in row.asked:
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
