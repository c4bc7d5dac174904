"""The words of the trades, in one automaton that reads a text in one pass.

Which words there are stands in the three TOML files and in `places.csv`; the method is that
of Aho and Corasick (1975), so the time does not grow with the number of words.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import ahocorasick

from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.specification.model import RequirementKind

_HERE = Path(__file__).parent
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


@dataclass(frozen=True, slots=True)
class Term:
    """One word's meaning: a canonical value and the wider term it belongs to.

    `graded` says that it is a grade of a material, `bare` that it is digits alone, which
    mean a grade only beside the name of a material.
    """

    kind: RequirementKind
    value: str
    family: str = ""
    graded: bool = False
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A term and where it stands in the folded text; `others` are its other meanings."""

    start: int
    end: int
    term: Term
    others: tuple[Term, ...] = ()


def matches(folded: str) -> list[Match]:
    """The terms in a folded text, longest first where they overlap, in the order of the text."""
    hits = []
    size = len(folded)
    for last, (length, terms) in _automaton().iter(folded):
        start, end = last + 1 - length, last + 1
        if folded[start] in _LATIN and start and folded[start - 1] in _LATIN:
            continue
        if folded[last] in _LATIN and end < size and folded[end] in _LATIN:
            continue
        hits.append((start, -end, terms))
    hits.sort(key=lambda hit: hit[:2])
    kept, free = [], 0
    for start, negative_end, terms in hits:
        if start >= free:
            free = -negative_end
            kept.append(Match(start, free, terms[0], terms[1:]))
    return kept


@cache
def _automaton() -> ahocorasick.Automaton:
    words: dict[str, list[Term]] = {}
    for word, term in _words():
        known = words.setdefault(fold(word), [])
        if all(other.kind is not term.kind for other in known):
            known.append(term)
    automaton = ahocorasick.Automaton()
    for word, terms in words.items():
        automaton.add_word(word, (len(word), tuple(terms)))
    automaton.make_automaton()
    return automaton


def _words() -> Iterator[tuple[str, Term]]:
    yield from _grades()
    yield from _products()
    yield from _materials()
    terms = _table("terms.toml")
    for section, kind in (
        ("certificates", RequirementKind.CERTIFICATE),
        ("partners", RequirementKind.PARTNER),
    ):
        for value, synonyms in terms[section].items():
            for word in (value, *synonyms):
                if len(word) > 2 or section == "partners" or word in ("CE", "UL", "3c"):
                    yield from ((form, Term(kind, value)) for form in _forms(word))
    with (_HERE / "places.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for name in row["names"].split("|"):
                yield name, Term(RequirementKind.PLACE, row["name"], row["id"])


def _products() -> Iterator[tuple[str, Term]]:
    table = _table("products.toml")
    heads = set(table["products"])
    for section, kind in (
        ("products", RequirementKind.PRODUCT),
        ("processes", RequirementKind.PROCESS),
    ):
        for value, synonyms in table[section].items():
            head = value.rsplit(" ", 1)[-1]
            family = head if section == "products" and head in heads else value
            for word in (value, *synonyms):
                for form in _forms(word) if section == "products" else (word,):
                    yield form, Term(kind, value, family)


def _materials() -> Iterator[tuple[str, Term]]:
    for value, synonyms in _table("materials.toml")["families"].items():
        for word in (value, *synonyms):
            yield word, Term(RequirementKind.MATERIAL, value, value)


def _grades() -> Iterator[tuple[str, Term]]:
    for family, lines in _table("materials.toml")["grades"].items():
        for names in lines:
            value = names[0].upper() if names[0].isascii() else names[0]
            for name in names:
                for form in _spellings(name):
                    bare = form.replace(".", "").replace("-", "").isdigit()
                    yield form, Term(RequirementKind.MATERIAL, value, family, True, bare)


def _spellings(grade: str) -> set[str]:
    """A grade with and without its dashes, and with a space between letters and figures."""
    spaced = re.sub(r"^([a-z]{2,})(\d)", r"\1 \2", grade)
    return {grade, grade.replace("-", ""), grade.replace("-", " "), spaced}


def _forms(word: str) -> Iterator[str]:
    """A word, and its plural where it is English."""
    yield word
    if word.isascii() and word[-1:].isalpha() and word.islower():
        if word.endswith(("s", "x", "ch", "sh")):
            yield word + "es"
        elif word.endswith("y") and word[-2:-1] not in "aeiou":
            yield word[:-1] + "ies"
        else:
            yield word + "s"


@cache
def wider(family: str) -> tuple[str, ...]:
    """A material's family and the wider ones it is part of, nearest first."""
    within = _table("materials.toml")["within"].get(family)
    return (family, *wider(str(within))) if within else (family,)


@cache
def parts() -> frozenset[str]:
    """Products that stay themselves when the form they are delivered in is named (阀体铸件)."""
    return frozenset(_table("products.toml")["parts"]["names"])


@cache
def shapes() -> frozenset[str]:
    """Products that are the form in which another one is delivered: castings, forgings."""
    return frozenset(_table("products.toml")["shapes"]["names"])


@cache
def _table(name: str) -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((_HERE / name).read_text(encoding="utf-8"))
