"""Names as people type them: a beginning, a part, a short name, pinyin, initials, an acronym."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from matchmaker.regex import regex
from matchmaker.text import has_chinese, normal

Mark = tuple[int, int]

_LETTERS = regex(r"[a-zü][a-zü' ]*")
_WORD = regex(r"[^\W_]+")
# Parts of a name that a short name may begin with.
_NAME_SEPARATORS = regex(r"[\s·・•‧(（\[【\-—]+")
# English words that an acronym passes over.
_PASSED_OVER = frozenset({"of", "the", "and", "for", "in", "at", "de", "la", "du", "des", "und"})
_SHORTEST_INITIALS, _SHORTEST_PINYIN = 2, 2
_SHORT_NAME = regex(r"[㐀-䶿一-鿿]{2,5}")
_LONGEST_SHORT = 5
# A short name means those names of which it says nearly as much as of the one it fits best.
_NEARLY = 0.8


class MatchedBy(StrEnum):
    """The part of a result that answers the words that were typed."""

    NAME = "name"
    OTHER_NAME = "other_name"
    SHORT_NAME = "short_name"
    PINYIN = "pinyin"
    INITIALS = "initials"
    CODE = "code"
    WORDS = "words"
    MEANING = "meaning"


@dataclass(frozen=True, slots=True)
class MatchReason:
    """The reason why something is a result: `text` is what answers, `marks` the stretches of it
    that do.

    `strength` in (0, 1]: 1 is the very name or code that was typed.
    """

    by: MatchedBy
    text: str
    strength: float
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class _NameEntry:
    owner: int
    text: str
    normal: str
    by: MatchedBy


class NameTable:
    """Names in order, each of one owner; an owner's first is its name, others are other names.

    Chinese names are looked for by pinyin too where `is_spelt`.
    """

    def __init__(self, names: Iterable[tuple[int, str]], *, is_spelt: bool = True) -> None:
        self._is_spelt = is_spelt
        known, self._names = set[int](), list[_NameEntry]()
        for owner, text in names:
            if not text.strip():
                continue
            by = MatchedBy.OTHER_NAME if owner in known else MatchedBy.NAME
            known.add(owner)
            self._names.append(_NameEntry(owner, text, normal(text), by))

    def matches(self, sought: str) -> dict[int, MatchReason]:
        """Owners whose names answer what was typed, with the best reason of each."""
        text = normal(sought)
        if not text:
            return {}
        best: dict[int, MatchReason] = {}
        for owner, match in self._all(text):
            if owner not in best or best[owner].strength < match.strength:
                best[owner] = match
        return best

    def holding(self, sought: str) -> dict[int, MatchReason]:
        """The same for what was typed as it stands alone: a tenth of the time of `matches`."""
        text = normal(sought)
        best: dict[int, MatchReason] = {}
        for name in self._names if text else ():
            if text in name.normal:
                match = _held(name, text, name.normal.find(text))
                if name.owner not in best or best[name.owner].strength < match.strength:
                    best[name.owner] = match
        return best

    def _all(self, text: str) -> Iterator[tuple[int, MatchReason]]:
        yield from self._written(text)
        if _SHORT_NAME.fullmatch(text):
            yield from self._shortened(text)
        if _LETTERS.fullmatch(text):
            yield from self._acronyms(text)
        if self._is_spelt and _LETTERS.fullmatch(text):
            yield from self._pronounced(re.sub("[' ]", "", text).replace("ü", "v"))

    def _written(self, text: str) -> Iterator[tuple[int, MatchReason]]:
        """Names that hold the text, or each of its words."""
        words = _WORD.findall(text)
        for name in self._names:
            position = name.normal.find(text)
            if position >= 0:
                yield name.owner, _held(name, text, position)
            elif len(words) > 1 and all(word in name.normal for word in words):
                starts = [(name.normal.find(word), len(word)) for word in words]
                yield name.owner, _answering(name, 0.6, [(at, at + long) for at, long in starts])

    def _shortened(self, text: str) -> Iterator[tuple[int, MatchReason]]:
        """Chinese names whose characters, in order, hold those of a short name: 浙大, 哈工大."""
        fits = [
            (name, positions)
            for name in self._names
            if text[0] in name.normal
            and text not in name.normal
            and (positions := _abbreviated(name.normal, text))
        ]
        yield from _told_most(fits, 0.6)

    def _acronyms(self, text: str) -> Iterator[tuple[int, MatchReason]]:
        """Names in Latin letters whose words begin with the letters: MIT."""
        if not 2 <= len(text) <= 8 or " " in text:
            return
        for name in self._names:
            if not name.normal.startswith(text[0]) or has_chinese(name.normal):
                continue
            starts = [
                word.start() for word in _WORD.finditer(name.normal) if word[0] not in _PASSED_OVER
            ]
            letters = "".join(name.normal[start] for start in starts)
            if letters.startswith(text):
                marks = _marks(name, [(start, start + 1) for start in starts[: len(text)]])
                strength = 0.75 if letters == text else 0.55
                yield name.owner, MatchReason(MatchedBy.INITIALS, name.text, strength, marks)

    def _pronounced(self, text: str) -> Iterator[tuple[int, MatchReason]]:
        """Chinese names by pinyin in full, by the first letters of it, or that of a short name."""
        if len(text) < _SHORTEST_PINYIN:
            return
        short: list[tuple[_NameEntry, list[int]]] = []
        for name in self._names:
            if not has_chinese(name.normal):
                continue
            spoken = _pronunciation(name.normal)
            if (stretch := spoken.full(text)) is not None:
                by, strength = MatchedBy.PINYIN, 0.7 if stretch[0] == 0 else 0.6
            elif len(text) >= _SHORTEST_INITIALS and (stretch := spoken.initials(text)) is not None:
                by, strength = MatchedBy.INITIALS, 0.65 if stretch[0] == 0 else 0.5
            elif positions := spoken.shortened(text):
                short.append((name, positions))
                continue
            else:
                continue
            if stretch == (0, len(name.normal)):
                strength += 0.2
            yield name.owner, MatchReason(by, name.text, strength, _marks(name, [stretch]))
        # Weaker than a name whose own pinyin it is, as letters say less than characters.
        yield from _told_most(short, 0.35)


def _held(name: _NameEntry, text: str, position: int) -> MatchReason:
    """The reason why a name answers a text that stands in it."""
    strength = _strength_written(name.normal, text, position)
    return _answering(name, strength, [(position, position + len(text))])


def _answering(name: _NameEntry, strength: float, stretches: Sequence[Mark]) -> MatchReason:
    """The same of any stretches; another name says a little less than the name."""
    less = 0.02 if name.by is MatchedBy.OTHER_NAME else 0.0
    return MatchReason(name.by, name.text, strength - less, _marks(name, stretches))


def _told_most(
    fits: Sequence[tuple[_NameEntry, list[int]]], least_strength: float
) -> Iterator[tuple[int, MatchReason]]:
    """Of names that hold the characters of a short name, those of which it says the most."""
    shares = [len(positions) / _base_length(name.normal) for name, positions in fits]
    least = _NEARLY * max(shares, default=0.0)
    for (name, positions), share in zip(fits, shares, strict=True):
        if share >= least:
            marks = _marks(name, [(position, position + 1) for position in positions])
            reason = MatchReason(
                MatchedBy.SHORT_NAME, name.text, least_strength + 0.3 * share, marks
            )
            yield name.owner, reason


def _strength_written(name: str, text: str, position: int) -> float:
    """The name itself 1, its beginning .9, the beginning of a word .8, any part .7.

    Of names that fit alike, a shorter one is said more of.
    """
    if name == text:
        return 1.0
    share = len(text) / len(name)
    if position == 0:
        return 0.9 + 0.05 * share
    is_word = _NAME_SEPARATORS.fullmatch(name[position - 1]) is not None
    return (0.8 if is_word else 0.7) + 0.05 * share


def _marks(name: _NameEntry, stretches: Sequence[Mark]) -> tuple[Mark, ...]:
    """Stretches of the normal form in the name as written; none where the two differ in length."""
    if len(name.normal) != len(name.text):
        return ()
    return merged(stretches)


def merged(stretches: Iterable[Mark]) -> tuple[Mark, ...]:
    """Stretches in order, those that touch as one."""
    joined: list[Mark] = []
    for start, end in sorted(stretches):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def _base_length(name: str) -> int:
    """Characters of the part of a name before a bracket, at least one."""
    return max(1, len(re.split("[(（]", name)[0].replace(" ", "")))


def _abbreviated(name: str, short: str) -> list[int]:
    """Positions in a name of a short name's characters in order, from the beginning of a part.

    [] where it does not, or where they stand side by side.
    """
    begins = [0, *(match.end() for match in _NAME_SEPARATORS.finditer(name))]
    for begin in begins:
        if name[begin : begin + 1] != short[0]:
            continue
        positions = [begin]
        for character in short[1:]:
            position = name.find(character, positions[-1] + 1)
            if position < 0:
                break
            positions.append(position)
        if len(positions) == len(short) and positions[-1] - begin >= len(short):
            return positions
    return []


@dataclass(frozen=True, slots=True)
class _Pronunciation:
    """A name in pinyin: a syllable for each character, "" for what is not Chinese."""

    syllables: tuple[str, ...]

    def full(self, text: str) -> Mark | None:
        """The first stretch of characters whose pinyin the text is; the last may be begun."""
        for begin, syllable in enumerate(self.syllables):
            if syllable and text[0] == syllable[0] and (end := self._spoken(begin, text)):
                return begin, end
        return None

    def _spoken(self, begin: int, text: str) -> int:
        rest, position = text, begin
        while rest and position < len(self.syllables) and (syllable := self.syllables[position]):
            if rest.startswith(syllable):
                rest = rest[len(syllable) :]
            elif position > begin and syllable.startswith(rest):
                rest = ""
            else:
                return 0
            position += 1
        return 0 if rest else position

    def shortened(self, text: str) -> list[int]:
        """Characters, in order from the first, whose pinyin the text is whole: zheda, 浙大.

        Two to five, each spelled in full; [] where that is not so, or they stand side by side.
        """
        if not (self.syllables and self.syllables[0] and text.startswith(self.syllables[0])):
            return []
        positions = self._spelled(text[len(self.syllables[0]) :], 0)
        if not 1 < len(positions) <= _LONGEST_SHORT or positions[-1] == len(positions) - 1:
            return []
        return positions

    def _spelled(self, rest: str, last: int) -> list[int]:
        """The way on from a character to the end of the text; [] for none."""
        if not rest:
            return [last]
        for position in range(last + 1, len(self.syllables)):
            syllable = self.syllables[position]
            way = (
                self._spelled(rest[len(syllable) :], position)
                if syllable and rest.startswith(syllable)
                else []
            )
            if way:
                return [last, *way]
        return []

    def initials(self, text: str) -> Mark | None:
        """The first stretch of characters whose pinyin begins with the letters."""
        letters = "".join(syllable[:1] or " " for syllable in self.syllables)
        begin = letters.find(text)
        return None if begin < 0 else (begin, begin + len(text))


@lru_cache(maxsize=100_000)
def _pronunciation(name: str) -> _Pronunciation:
    """Of a name in its normal form; characters of several readings are read by their words."""
    from pypinyin import lazy_pinyin  # its dictionaries take a moment to load

    syllables = list[str]()
    for run in re.findall(r"[㐀-䶿一-鿿]+|[^㐀-䶿一-鿿]+", name):
        if not has_chinese(run[:1]):
            syllables += [""] * len(run)
            continue
        spoken = lazy_pinyin(run, errors="ignore", v_to_u=False)
        syllables += spoken if len(spoken) == len(run) else [""] * len(run)
    return _Pronunciation(tuple(syllables))
