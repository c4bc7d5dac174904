"""The words of the trades, in one automaton that reads a text in one pass.

Which words there are stands in the four TOML files and in `places.csv`; the method is that
of Aho and Corasick (1975), so the time does not grow with the number of words.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import ahocorasick

from matchmaker.recommend.specification.model import RequirementKind
from matchmaker.recommend.specification.tables import NAMES_KEPT, nested_words, word_table
from matchmaker.recommend.specification.units import ENGLISH_NUMERALS
from matchmaker.regex import regex

_HERE = Path(__file__).parent
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_SHORT_CERTIFICATES = frozenset({"CE", "UL", "KC", "FM"})


class Marker(StrEnum):
    """Words that say something of a clause, and those that only look so."""

    SOFT = "soft"
    HARD = "hard"
    DENIAL = "denial"
    CONTRAST = "contrast"
    HARMLESS = "harmless"  # by no name in the code: the section `harmless` of terms.toml is read
    NUMERAL = "numeral"
    DATE = "date"
    IGNORED = "ignored"


class Term(NamedTuple):
    """One word's meaning: a canonical value and the wider term it belongs to.

    `graded` says that it is a grade of a material, `bare` that it is digits or two letters
    alone, which mean a grade or a plastic only beside other words.
    """

    kind: RequirementKind | Marker
    value: str
    family: str = ""
    graded: bool = False
    bare: bool = False


class TermMatch(NamedTuple):
    """A term and where it stands in the folded text; `other` is its second meaning."""

    start: int
    end: int
    term: Term
    other: Term | None = None


def covered(matches: Sequence[TermMatch]) -> bytearray:
    """1 for each character of a text that stands in a match, as far as the last of them."""
    taken = bytearray(max((match.end for match in matches), default=0))
    for match in matches:
        taken[match.start : match.end] = b"\x01" * (match.end - match.start)
    return taken


def apart_from(matches: Iterable[TermMatch], others: Sequence[TermMatch]) -> list[TermMatch]:
    """The matches that share no character with any of the others, in linear time."""
    taken = covered(others)
    return [match for match in matches if taken.find(1, match.start, match.end) < 0]


class Words(NamedTuple):
    """What the vocabulary knows of a text, longest first where words overlap."""

    terms: list[TermMatch]
    markers: list[TermMatch]


def words(folded: str) -> Words:
    """The terms and markers in a folded text, in the order of the text."""
    terms: list[tuple[int, int, tuple[Term, ...]]] = []
    markers: list[tuple[int, int, tuple[Term, ...]]] = []
    size = len(folded)
    for last, (length, meanings, marking) in _automaton().iter(folded):
        start, end = last + 1 - length, last + 1
        if start and folded[start] in _LATIN and folded[start - 1] in _LATIN:
            continue
        if end < size and folded[last] in _LATIN and folded[end] in _LATIN:
            continue
        if meanings:
            terms.append((start, -end, meanings))
        if marking:
            markers.append((start, -end, marking))
    return Words(_longest(terms), _longest(markers))


def _longest(hits: list[tuple[int, int, tuple[Term, ...]]]) -> list[TermMatch]:
    hits.sort(key=_position)
    kept: list[TermMatch] = []
    free = 0
    for start, negative_end, meanings in hits:
        if start >= free or _shares_characters(kept[-1], -negative_end, meanings[0]):
            free = -negative_end
            kept.append(TermMatch(start, free, *meanings[:2]))
    return kept


def _shares_characters(before: TermMatch, end: int, term: Term) -> bool:
    """铸铁管 is 铸铁 and 铁管: a product begins within the name of its material."""
    return (
        before.term.kind is RequirementKind.MATERIAL
        and term.kind is RequirementKind.PRODUCT
        and end > before.end
    )


def _position(hit: tuple[int, int, tuple[Term, ...]]) -> tuple[int, int]:
    return hit[:2]


@cache
def _automaton() -> ahocorasick.Automaton:
    meanings: dict[str, tuple[list[Term], list[Term]]] = {}
    for word, term in _vocabulary():
        is_marker = isinstance(term.kind, Marker) and term.kind is not Marker.IGNORED
        known = meanings.setdefault(word.lower(), ([], []))[is_marker]
        if all(other.kind is not term.kind for other in known):
            known.append(term)
    automaton = ahocorasick.Automaton()
    for word, (terms, markers) in meanings.items():
        automaton.add_word(word, (len(word), tuple(terms), tuple(markers)))
    automaton.make_automaton()
    return automaton


# What a test is done with.
_TESTERS = ("机", "箱", "仪")
_ENGLISH_TESTERS = tuple(
    f" {thing}{end}"
    for thing in ("chamber", "cabinet", "machine", "rig", "bench")
    for end in ("", "s")
)
_TESTING_THINGS = ("tester", "testers")
# What is done with the subject of a test.
CHINESE_TESTS = ("试验", "测试", "检测", "快检", "复检", "复验", "检验", "分析", "评价", "评定")
ENGLISH_TESTS = ("test", "tests", "testing", "examination", "examinations")
# Behind a place: not in it alone.
AROUND_WORDS = ("附近", "周边", "一带", "那边", "这边", "周围")
_COUNTY = regex(r"..[区县市旗]")
_NO_COUNTY = frozenset({"市中", "城中", "城区", "高新", "新市", "中心", "江边"})


def _vocabulary() -> Iterator[tuple[str, Term]]:
    yield from _grades()
    yield from _products()
    yield from _materials()
    terms = word_table("terms.toml")
    for marker, listed in terms["markers"].items():
        for word in listed:
            yield word, Term(Marker(marker), word)
    for word in ENGLISH_NUMERALS:
        yield word, Term(Marker.NUMERAL, word)
    for value, synonyms in terms["certificates"].items():
        for word in (value, *synonyms):
            if len(word) > 2 or value in _SHORT_CERTIFICATES:
                yield word, Term(RequirementKind.CERTIFICATE, value)
    for value, synonyms in terms["partners"].items():
        for word in (value, *synonyms):
            yield from ((form, Term(RequirementKind.PARTNER, value)) for form in _forms(word))
    for word in terms["ignored"]["words"]:
        yield word, Term(Marker.IGNORED, word)
    yield from _places()


def _places() -> Iterator[tuple[str, Term]]:
    """Places by their names, and around counties by what people call them: 瓯海附近 for 瓯海区.

    Two characters alone are too often something else, and many counties are called the same.
    """
    with (_HERE / "places.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    called = Counter(row["name"][:-1] for row in rows)
    people = word_table("terms.toml")["from"]
    for row in rows:
        term = Term(RequirementKind.PLACE, row["name"], row["id"])
        for name in (*row["names"].split("|"), *people.get(row["id"], ())):
            yield name, term
        short = row["name"][:-1]
        if _COUNTY.fullmatch(row["name"]) and called[short] == 1 and short not in _NO_COUNTY:
            for word in AROUND_WORDS:
                yield short + word, term


def _products() -> Iterator[tuple[str, Term]]:
    table = word_table("products.toml")
    heads = set(table["products"])
    family_of = {kind: family for family, kinds in table["families"].items() for kind in kinds}

    def work(value: str) -> Term:
        return Term(RequirementKind.PROCESS, value, family_of.get(value, value.rsplit(" ", 1)[-1]))

    for value, synonyms in table["products"].items():
        head = value.rsplit(" ", 1)[-1]
        family = family_of.get(value, head if head in heads else value)
        term = Term(RequirementKind.PRODUCT, value, family)
        for word in (value, *synonyms):
            yield from ((form, term) for form in _forms(word))
    for value, synonyms in table["processes"].items():
        for word in {
            form for name in (value, *synonyms) for form in (name, name.replace("-", " "))
        }:
            yield word, work(value)
    for subject, names in word_table("tests.toml")["subjects"].items():
        term = Term(RequirementKind.PROCESS, f"{subject} testing", "testing")
        tester = Term(RequirementKind.PRODUCT, f"{subject} tester", f"{subject} tester")
        for name in (subject, *names):
            for form in _test_forms(name):
                yield form, term
                yield from ((form + machine, tester) for machine in _testers_of(form))
            yield from ((f"{name} {each}", tester) for each in _TESTING_THINGS if name.isascii())
    for value, doers in table["doers"].items():
        for word in doers:
            yield from ((form, work(value)) for form in _forms(word))


def _test_forms(subject: str) -> Iterator[str]:
    """What a test of it is called: 盐雾试验, a salt spray test."""
    if subject.isascii():
        yield from (f"{subject} {test}" for test in ENGLISH_TESTS)
    yield from (subject + test for test in CHINESE_TESTS)


def _testers_of(test: str) -> Iterator[str]:
    """What follows the name of a test in that of a machine for it."""
    if test[-1] in "验试测":
        yield from _TESTERS
    if test.endswith((" test", " testing")):
        yield from _ENGLISH_TESTERS


def _materials() -> Iterator[tuple[str, Term]]:
    for value, synonyms in word_table("materials.toml")["families"].items():
        for word in (value, *synonyms):
            yield word, Term(RequirementKind.MATERIAL, value, value)
    for value, letters in word_table("materials.toml")["letters"].items():
        for word in letters:
            yield word, Term(RequirementKind.MATERIAL, value, value, bare=True)


def _grades() -> Iterator[tuple[str, Term]]:
    for family, lines in word_table("materials.toml")["grades"].items():
        for names in lines:
            value = names[0].upper()
            for name in names:
                for form in _spellings(name):
                    if family == "stainless steel" and form[:3].isdigit():
                        for prefix in ("ss", "ss ", "sus ", "aisi ", "aisi", "tp", "wp", "f"):
                            yield prefix + form, Term(RequirementKind.MATERIAL, value, family, True)
                        yield from (
                            (form + ss, Term(RequirementKind.MATERIAL, value, family, True))
                            for ss in ("ss", " ss")
                        )
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
    within = word_table("materials.toml")["within"].get(family)
    return (family, *wider(str(within))) if within else (family,)


@cache
def _strengthening() -> tuple[frozenset[str], frozenset[str]]:
    table = word_table("materials.toml")["reinforcing"]
    return frozenset(table["names"]), frozenset(table["strengthened"])


def strengthens(one: str, other: str) -> bool:
    """Whether of two families one is a fibre or filler and the other what it is mixed into."""
    fibres, matrices = _strengthening()
    for fibre, matrix in ((one, other), (other, one)):
        if fibre in fibres and not matrices.isdisjoint(wider(matrix)):
            return True
    return False


@cache
def _made_of() -> dict[str, str]:
    return {word: str(value) for word, value in word_table("products.toml")["made_of"].items()}


def made_of(word: str) -> str:
    """The material that a product's Chinese name says it is made of, "" where it says none."""
    return _made_of().get(word, "")


@cache
def verbs() -> dict[str, str]:
    """The process that each English verb names."""
    table = word_table("products.toml")["verbs"]
    return {verb: process for process, forms in table.items() for verb in forms}


@cache
def finishing() -> frozenset[str]:
    """Processes done on a thing that is there already, such as plating and grinding."""
    return frozenset(word_table("products.toml")["finishing"]["names"]) | frozenset(
        tests().values()
    )


@cache
def tests() -> dict[str, str]:
    """The kind of testing by the name of what is tested: 盐雾 → salt spray testing."""
    return {
        name: f"{subject} testing"
        for subject, names in word_table("tests.toml")["subjects"].items()
        for each in (subject, *names)
        for name in ((each, f"{each}s") if each[-1:].isascii() and each[-1:].isalpha() else (each,))
    }


@cache
def chambers() -> dict[str, str]:
    """The kind of testing by what it is done in or on: 振动台 → vibration testing."""
    return {
        form: f"{subject} testing"
        for subject, names in word_table("tests.toml")["chambers"].items()
        for name in names
        for form in _forms(name)
    }


@cache
def peoples() -> frozenset[str]:
    """Words for where somebody is from, which say so only before who it is: Italian foundries."""
    return frozenset(word for words in word_table("terms.toml")["from"].values() for word in words)


@lru_cache(NAMES_KEPT)
def part_of(whole: str, part: str) -> str:
    """What a part is called of a whole: of a valve the housing is its body; "" for no name."""
    return str(nested_words("products.toml", "part_of").get(whole, {}).get(part, ""))


@cache
def tools() -> dict[str, str]:
    """The work that a tool serves: an injection mould → injection moulding."""
    return {tool: str(work) for tool, work in word_table("products.toml")["tools"].items()}


@cache
def machines() -> dict[str, str]:
    """The work that is done with a machine: a lathe → turning."""
    return {name: str(work) for name, work in word_table("products.toml")["machines"].items()}


@lru_cache(NAMES_KEPT)
def comes_with(whole: str) -> frozenset[str]:
    """Products that a whole is delivered with, which its maker does not thereby sell."""
    return frozenset(word_table("products.toml")["comes_with"].get(whole, ()))


@lru_cache(NAMES_KEPT)
def delivered_with(part: str) -> frozenset[str]:
    """Wholes that a product is delivered with: moulds, of hot runners."""
    wholes = word_table("products.toml")["comes_with"]
    return frozenset(whole for whole, within in wholes.items() if part in within)


@lru_cache(NAMES_KEPT)
def made_by_makers_of(product: str) -> frozenset[str]:
    """What those make who are called makers of a product, and the product."""
    return frozenset({product, *word_table("products.toml")["makers_of"].get(product, ())})


@cache
def senses() -> dict[str, tuple[frozenset[str], Term]]:
    """What words mean beside other things: 板材 beside spectacles is acetate."""
    return {
        word: (
            frozenset(sense["beside"]),
            Term(RequirementKind(sense["kind"]), sense["value"], sense["value"]),
        )
        for word, sense in nested_words("products.toml", "senses").items()
    }


@cache
def plastics() -> frozenset[str]:
    """Families of materials that are melted to be moulded."""
    return frozenset(word_table("materials.toml")["plastics"]["names"])


@cache
def parts() -> frozenset[str]:
    """Products that stay themselves when the form they are delivered in is named (阀体铸件)."""
    return frozenset(word_table("products.toml")["parts"]["names"])


@cache
def shapes() -> frozenset[str]:
    """Products that are the form in which another one is delivered: castings, forgings."""
    return frozenset(word_table("products.toml")["shapes"]["names"])


@lru_cache(NAMES_KEPT)
def has_own_name(product: str) -> bool:
    """Tell whether a name says what a thing is, not only its shape or a material's form."""
    forms = word_table("products.toml")["forms"]["names"]
    return product not in shapes() and product not in forms
