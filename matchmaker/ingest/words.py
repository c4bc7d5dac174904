"""Words of values in both languages: what cells of closed lists are taken for.

A word is recognised by what our pages show for a term in any language, and by the lists of
`word_lists.py`, whatever its case, width, script and punctuation. A word that could stand for
several terms is a question.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from enum import StrEnum
from functools import cache
from typing import TypeVar, cast

from rapidfuzz import fuzz, process

from matchmaker.errors import InvalidInput
from matchmaker.goals import GOALS, GoalName
from matchmaker.ingest.cells import CellWarning, UndecidedCell, is_nothing, nothing
from matchmaker.ingest.formats import UNDECIDED, CellReader, ColumnFormat
from matchmaker.ingest.word_lists import (
    AMBIGUOUS,
    IMPLIED,
    KINDS_OF_NAMES,
    NO,
    OTHERS,
    WORDS,
    WORKS,
    WORKS_NOT,
    YES,
    YES_OR_NO,
)
from matchmaker.messages import languages, message, term
from matchmaker.regex import regex
from matchmaker.text import normal
from matchmaker.vocabulary import Kind, Size, Tier

Member = TypeVar("Member", bound=StrEnum)
# How alike an unknown word must be to be named as what may be meant, in hundredths.
_ALIKE = 75
_BETWEEN_WORDS = regex(r"[、,，;；/|+&和或及]|\b(?:and|or|und|oder|et|ou)\b")
_LONGEST = 300
# The letter of an option of a questionnaire: A. 企业
_OPTION = regex(r"^\s*[a-h][.、．:：)]\s*(?=\S)", re.IGNORECASE)
_IN_BRACKETS = regex(r"\(.{0,80}?\)")
_REMARKS = regex(r"\(([^()]{2,80})\)")
# 专精特新中小企业（撤销）: a title that is no more.
_NO_MORE = regex(
    r"撤销|取消|吊销|失效|过期|到期未|未通过|不再|退出|落选|\b(?:withdrawn|revoked|expired|lapsed|former)\b"
)


def word_key(text: str) -> str:
    """The key by which words are compared: folded, simplified, without spaces and punctuation."""
    return "".join(
        sign for sign in normal(text) if unicodedata.category(sign)[0] not in ("P", "Z")
    ) or normal(text)


@cache
def keys_of(words: str) -> frozenset[str]:
    """The keys of words parted by |."""
    return frozenset(word_key(word) for word in words.split("|") if word.strip())


def flag(cell: str, format: ColumnFormat = UNDECIDED) -> bool:
    """Yes or no. Raises InvalidInput; UndecidedCell for an x, which says either."""
    del format
    key = word_key(_OPTION.sub("", cell))
    yes, no, either = _flags()
    if key in yes:
        return True
    if key in no or word_key(_IN_BRACKETS.sub("", normal(cell))) in no:
        return False  # a remark in brackets makes no yes of a no: 否（已报废）
    if key in either:
        raise UndecidedCell("'%(cell)s' can be yes or no.", choices=("yes", "no"), cell=cell)
    if is_nothing(cell):
        raise nothing(cell)
    raise InvalidInput("'%(cell)s' says neither yes nor no.", cell=cell)


def consent(cell: str, format: ColumnFormat = UNDECIDED) -> bool:
    """Yes or no, also where a sentence begins by it: Yes, please. Raises as `flag` does.

    A no to an objection is no refusal, and what it is a yes to its title says: it is asked about.
    """
    if _NO_OBJECTION.match(normal(cell)):
        raise UndecidedCell("'%(cell)s' can be yes or no.", choices=("yes", "no"), cell=cell)
    yes, no, _ = _flags()
    key = word_key(_word_before(cell))
    return key in yes if key and key in yes | no else flag(cell, format)


# No objection, keine Einwände, 无异议: begins as a refusal does.
_NO_OBJECTION = regex(
    r"(?:no|not|nein|nicht|keine?|pas|aucune?|sin|ninguna?|nessuna?)[ -]"
    r"(?:an? |any |other |d[e'] ?)?(?:object|problem|restrict|reserv|concern|issue|worr|limit"
    r"|doubt|reason|opt-?out|einw[aä]nd|bedenk|einschr|vorbehalt|objec|obiez|inconv|probl)"
    r"|(?:没有?|无|不|否|未) ?(?:任何|什么|有)? ?(?:异议|异意|意见|反对|问题|限|介意|保留|疑)"
)
# What follows a yes or no and takes some of it back.
_BUT = regex(
    r"\b(?:but|only|if|unless|except|not|no|aber|nur|nicht|mais|sauf|pas)\b|但|仅|只|除|不|否|暂"
)


def _word_before(cell: str) -> str:
    """The word by which a sentence begins: Yes, please. No - do not list. 否（不公开）.

    "" where it says a yes with conditions, and for what is hardly a word.
    """
    first, parting, rest = _PARTED.match(cell.strip()).groups()  # type: ignore[union-attr]
    is_word = len(first) > 1 or first > "\u2e80"
    is_no = word_key(first) in _flags()[1]
    if not parting or not is_word or first.isdigit() or (_BUT.search(normal(rest)) and not is_no):
        return ""
    return str(first)


_PARTED = regex(r"([^\s,，;；。.!！(（:：—–-]*)([\s,，;；。.!！(（:：—–-]*)(.*)", re.DOTALL)


def one_of(members: type[Member], words: Mapping[str, Member] | None = None) -> CellReader:
    """A reader of one member of a closed list; `words` are recognised besides the list's own."""
    besides = {word_key(word): member for word, member in (words or {}).items()}

    def read(cell: str, format: ColumnFormat = UNDECIDED, /) -> Member:
        del format
        member = besides.get(word_key(cell))
        return member_of(members, cell) if member is None else member

    return read


def member_of(members: type[Member], cell: str) -> Member:
    """The member that a cell names.

    Raises InvalidInput that names the nearest, UndecidedCell with the members that it can
    stand for, CellWarning for a cell that says there is nothing.
    """
    bare = _IN_BRACKETS.sub("", normal(cell))
    for key in (word_key(cell), word_key(bare), word_key(_OPTION.sub("", bare))):
        if member := _members(members).get(key):
            return cast(Member, member)
        if meant := _ambiguous(members).get(key):
            raise UndecidedCell(
                "'%(cell)s' can be %(ways)s.",
                mend="Choose one for all cells that say so.",
                choices=tuple(meant),
                cell=cell,
                ways=tuple(meant),
            )
    if is_nothing(cell):
        raise nothing(cell)
    raise _unknown(members, cell)


def _unknown(members: type[StrEnum], cell: str) -> InvalidInput:
    allowed = tuple(members)
    near = process.extractOne(
        word_key(cell), _members(members).keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE
    )
    if near is None:
        return InvalidInput("'%(cell)s' is not one of %(allowed)s.", cell=cell, allowed=allowed)
    return InvalidInput(
        "'%(cell)s' is not one of %(allowed)s.",
        mend="Perhaps %(near)s is meant.",
        cell=cell,
        allowed=allowed,
        near=_members(members)[near[0]],
    )


def kind(cell: str, format: ColumnFormat = UNDECIDED) -> Kind:
    """The kind of an organisation, also by its legal form's end: 有限责任公司(自然人独资)."""
    del format
    try:
        return member_of(Kind, cell)
    except UndecidedCell:
        raise
    except InvalidInput:
        if len(cell) > _LONGEST:
            raise  # no words for a kind, and every end of it would be tried
        meant = _kinds_in(cell)
        if len(meant) > 1:
            raise UndecidedCell(
                "'%(cell)s' can be %(ways)s.",
                mend="Choose one for all cells that say so.",
                choices=meant,
                cell=cell,
                ways=meant,
            ) from None
        if _is_of_firms(cell):
            return Kind.FIRM
        by_form = _kind_by_form(_IN_BRACKETS.sub("", normal(cell))) or _kind_by_last_word(cell)
        if by_form is None:
            raise
        return by_form


def _is_of_firms(cell: str) -> bool:
    """Tell whether a cell is a size or a tier, which only firms have: 小微, 专精特新."""
    for of in (Size, Tier):
        try:
            member_of(of, cell)
        except UndecidedCell:
            return True
        except InvalidInput:
            continue
        return True
    return False


def _kind_by_last_word(cell: str) -> Kind | None:
    """The kind of what a phrase ends with: family *firm*, 生产型*企业*.

    Raises UndecidedCell where that can be several.
    """
    words = _IN_BRACKETS.sub("", normal(cell)).split()
    ends = [" ".join(words[start:]) for start in range(1, len(words))]
    if len(words) == 1 and not words[0].isascii():
        ends = [words[0][start:] for start in range(1, len(words[0]) - 1)]
    for end in ends:
        try:
            return member_of(Kind, end)
        except UndecidedCell:
            raise
        except (InvalidInput, CellWarning):
            continue
    return None


def is_other(cell: str) -> bool:
    """Tell whether a cell says of a list of words only that none of them fits: 其他, other."""
    return word_key(_OPTION.sub("", cell)) in keys_of(OTHERS)


def _kinds_in(cell: str) -> tuple[Kind, ...]:
    """The different kinds that the parts of a cell name: firm/university."""
    kinds: list[Kind] = []
    for part in _BETWEEN_WORDS.split(cell):
        try:
            kinds.append(member_of(Kind, part))
        except (InvalidInput, CellWarning):
            continue
    return tuple(dict.fromkeys(kinds))


def tier(cell: str, format: ColumnFormat = UNDECIDED) -> Tier:
    """The tier; of several in one cell the highest, with a warning."""
    del format
    if _NO_MORE.search(normal(cell)):
        raise CellWarning(None, message("'%(cell)s' says that it is not held.", cell=cell))
    parts = [part for part in re.split(r"[、,，;；/+&和及]", cell) if part.strip()]
    if len(parts) < 2:
        return member_of(Tier, cell)
    try:
        return member_of(Tier, cell)
    except InvalidInput:
        order = list(Tier)
        tiers = list(_tiers_of(parts))
        if not tiers:
            raise
        highest = max(tiers, key=order.index)
    raise CellWarning(
        highest, message("of '%(cell)s' the highest is kept: %(kept)s.", cell=cell, kept=highest)
    )


def _tiers_of(parts: Iterable[str]) -> Iterator[Tier]:
    """Those that parts of a cell name; other honours are none. Raises UndecidedCell."""
    for part in parts:
        try:
            yield member_of(Tier, part)
        except UndecidedCell:
            raise
        except (InvalidInput, CellWarning):
            continue


def implied_by_kind(cell: str) -> Size | Tier | None:
    """The size or tier that a word for a kind tells besides: 个体 is a micro firm."""
    if found := _implied().get(word_key(cell)):
        return found[1]
    with suppress(InvalidInput, CellWarning):
        return member_of(Tier, cell)
    with suppress(InvalidInput, CellWarning):
        return member_of(Size, cell)
    return None


def kind_of_name(name: str) -> Kind:
    """The kind of an organisation by its name, a firm where that says nothing: a guess."""
    return _kind_by_form(_IN_BRACKETS.sub("", normal(name)).strip()) or Kind.FIRM


def _kind_by_form(folded: str) -> Kind | None:
    for pattern, kind in _name_patterns():
        if pattern.search(folded):
            return kind
    return None


@cache
def _name_patterns() -> tuple[tuple[re.Pattern[str], Kind], ...]:
    return tuple((re.compile(pattern), kind) for pattern, kind in KINDS_OF_NAMES)


def open_to_others(cell: str, format: ColumnFormat = UNDECIDED) -> bool:
    """Whether equipment is open to others, also by how it is: 正常, 维修中, 正常（仅限校内）."""
    plain = normal(cell)
    said = (plain, *_REMARKS.findall(plain), _IN_BRACKETS.sub("", plain))
    if any(word_key(each) in keys_of(WORKS_NOT) for each in said):
        return False
    if any(word_key(each) in keys_of(WORKS) for each in said):
        return True
    return flag(cell, format)


@cache
def _flags() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    yes, no, either = (keys_of(words) for words in (YES, NO, YES_OR_NO))
    return yes, no, either


@cache
def _members(members: type[StrEnum]) -> Mapping[str, StrEnum]:
    """Every word for a member: its name, what pages show in every language, the lists."""
    known: dict[str, StrEnum] = {}
    for member in members:
        for key in keys_of(WORDS.get(members, {}).get(member, "")):
            known[key] = member
    if members is Kind:
        known |= {key: kind for key, (kind, _) in _implied().items()}
    for member in members:
        shown = [term(member, language) for language in languages()]
        if isinstance(member, GoalName):
            shown += [GOALS[member].heading.text(language) for language in languages()]
        known |= {word_key(word): member for word in (*shown, member.value)}
    return known


@cache
def _ambiguous(members: type[StrEnum]) -> Mapping[str, tuple[StrEnum, ...]]:
    return {
        key: meant for words, meant in AMBIGUOUS.get(members, {}).items() for key in keys_of(words)
    }


@cache
def _implied() -> Mapping[str, tuple[Kind, Size | Tier]]:
    return {key: implied for words, implied in IMPLIED.items() for key in keys_of(words)}
