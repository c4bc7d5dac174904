"""Industries as people write them: by a code of GB/T 4754, NACE, ISIC, HS or CPV, or by name.

What is finer than the classes known falls to the next one above; what can be several classes is
none of them: `IndustryMatch.candidates` are to be asked about.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz import fuzz, process

from matchmaker.domain import Industry
from matchmaker.messages import BilingualName, Message, message
from matchmaker.regex import regex
from matchmaker.text import normal

GBT_4754 = "gbt4754"
NACE, ISIC, HS, CPV = "nace", "isic", "hs", "cpv"
_SCHEME_NAMES = regex(
    r"(?P<gbt4754>gb/?t ?4754|国民经济行业(?:分类)?|国标行业)(?:[-—]?20\d\d)?(?:代码|编码)?"
    # National ones that begin with the code of NACE.
    r"|(?P<nace>(?:nace|nacebel|naf|ateco|cnae|\bape\b|\bpkd\b|\bsbi\b|uk ?sic|wz ?2008|wz)"
    r"(?: ?rev\.? ?[12](?:\.1)?)?)"
    r"|(?P<sic>\bsic\b)"
    r"|(?P<isic>isic(?: ?rev\.? ?[1-5](?:\.1)?)?)"
    r"|(?P<hs>(?<![a-z])hs(?![a-z])(?: ?code| ?20\d\d)?|海关编码|海关|商品编码|tariff)"
    r"|(?P<cpv>cpv(?: ?2008)?)"
)
_SIC = "sic"
# NACE's code with a letter that a country adds: 24.51Z.
_NATIONAL = regex(r"(\d{2}\.?\d{2})\s?([a-z])")
_SECTION = r"(?:[a-u](?=\W?\d))?\W?"
_CODE = regex(rf"{_SECTION}(?P<code>\d{{2,}}(?:\.\d{{1,4}}){{0,3}})(?:-(?P<check>\d))?")
_CODE_AND_NAME = regex(rf"({_CODE.pattern})[\s:：\-—–、.]+(?P<name>\D.*)")
# What parts the things that a class's name lists.
_PARTS = regex(r"[、,，;；/()（）]|以及|及|和|与|\band\b|\bor\b|\bof\b")
# Words of a name that do not say what is made.
_PLAIN = regex(
    r"^(manufacture|production|processing|repair|other) |(专用|类似|等|相关)?"
    r"(制造行业|制造业|制造|加工业|加工|生产|行业|产业|业)$"
)
# Names that are of another activity than the things that they list, unless the cell says so too.
_ACTIVITY = regex(
    "修理|维修|批发|零售|租赁|出租|仓储|运输|服务|专用设备|管理|回收|种植|采选"
    r"|\b(repair|wholesale|retail|rental|renting|leasing|storage|transport|sale|machinery for)"
)
_OTHER = frozenset({"其他", "其它", "other", "others", ""})
# Sections with their divisions; those of GB/T 4754 and of ISIC and NACE have the same letters.
_GBT_SECTIONS = "A01 B06 C13 D44 E47 F51 G53 H61 I63 J66 K70 L71 M73 N76 O80 P83 Q84 R86 S91 T97"
_ISIC_SECTIONS = (
    "A01 B05 C10 D35 E36 F41 G45 H49 I55 J58 K64 L68 M69 N77 O84 P85 Q86 R90 S94 T97 U99"
)
_MOST_CANDIDATES = 8
# How alike a name must be to be taken, and to be asked about, in hundredths.
_SAME, _ALIKE, _LEAST_LETTERS = 92, 75, 4
_ARTICLES = regex(r"\b(the|a|an|n\.?e\.?c\.?)\b")


@dataclass(frozen=True, slots=True)
class IndustryMatch:
    """The industry that a cell means.

    `id` is "" where nothing is known, or where it can be any of the `candidates`. `exact` is
    False where the cell was finer or its words only come near; `dropped` is what of it was finer.
    """

    id: str = ""
    exact: bool = False
    dropped: str = ""
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ForeignCode:
    """A code of another classification, its name, and the industries here that it stands for."""

    scheme: str
    code: str
    name: str
    industries: tuple[str, ...]


_NONE = IndustryMatch()


def scheme_of(title: str) -> str:
    """The classification that a column's title names: gbt4754, nace, isic, hs, cpv, sic, or ""."""
    named = _SCHEME_NAMES.search(normal(title))
    return str(named.lastgroup) if named else ""


class IndustryIndex:
    """Industries by everything that they are called, also by codes of other classifications."""

    def __init__(self, industries: Iterable[Industry], foreign: Iterable[ForeignCode] = ()) -> None:
        self.industries = {industry.id: industry for industry in industries}
        self._by_id = {id.casefold(): id for id in self.industries}
        self._above = {id: frozenset(self._ancestors(id)) for id in self.industries}
        self._has_finer = {industry.parent for industry in self.industries.values()}
        self._by_name: defaultdict[str, set[str]] = defaultdict(set)
        # What names list, with the industries that they are names of.
        self._listed: list[tuple[frozenset[str], str, tuple[str, ...]]] = []
        self._by_part: defaultdict[str, set[int]] = defaultdict(set)
        for industry in self.industries.values():
            for name in {normal(industry.name), normal(industry.name_en)} - {""}:
                self._by_name[name].add(industry.id)
                if _plain(name) not in _OTHER:
                    self._by_name[_plain(name)].add(industry.id)
                self._list(name, (industry.id,))
        self._foreign: dict[tuple[str, str], tuple[str, ...]] = {}
        self._foreign_names: dict[str, tuple[str, ...]] = {}
        for entry in foreign:
            ids = tuple(id for id in entry.industries if id in self.industries)
            if ids:
                self._foreign[entry.scheme, entry.code.replace(".", "")] = ids
                if entry.name:
                    self._foreign_names[_plain(normal(entry.name))] = ids
                    self._list(normal(entry.name), ids)
        self._cached_find = lru_cache(maxsize=20_000)(self._find)

    def find(self, cell: str, scheme: str = "") -> IndustryMatch:
        """The industry that a cell means, by the classification of its column where it has one."""
        return self._cached_find(cell, scheme)

    def path(self, id: str) -> BilingualName:
        """The names from the top down to an industry."""
        way = [self.industries[above] for above in reversed([*self._chain(id)])]
        return BilingualName(
            " › ".join(row.name for row in way), " › ".join(row.name_en or row.name for row in way)
        )

    def with_parents(self, ids: Iterable[str]) -> tuple[Industry, ...]:
        """The industries and all above them, each once, what is above first."""
        wanted = {above: None for id in ids for above in reversed([*self._chain(id)])}
        return tuple(self.industries[id] for id in wanted)

    def _find(self, cell: str, scheme: str) -> IndustryMatch:
        text = normal(cell)
        if text in self._by_id:
            return IndustryMatch(self._by_id[text], exact=True)
        named = _SCHEME_NAMES.match(text)
        if named and re.match(r"\W*[a-u]?\W?\d", text[named.end() :]):
            scheme, text = str(named.lastgroup), text[named.end() :].lstrip(":： -—.)）]")
        if scheme == _SIC:  # of five digits Britain's, which begins with NACE's; else America's
            scheme, text = (NACE, text) if re.match(r"\d{5}(?!\d)", text) else (_SIC, "")
        if national := _NATIONAL.fullmatch(text) if scheme in ("", NACE) else None:
            match = self._match(NACE, national[1].replace(".", ""))
            is_whole = national[2] == "z"
            return match if is_whole or not match.id else replace(match, exact=False, dropped=text)
        code = _CODE.fullmatch(text) or _CODE_AND_NAME.fullmatch(text)
        letter = text[0].upper() if text and text[0].isalpha() else ""
        if code is None:
            return self._of_name(text) if text else IndustryMatch()
        name = code.groupdict().get("name")
        by_code = self._of_code(code["code"], bool(code["check"]), scheme, letter)
        if name is None or by_code.exact:
            return by_code
        by_name = self._of_name(name.strip())
        if by_name.exact and (not by_code.id or by_code.id in self._above[by_name.id]):
            return by_name
        if by_name.id in by_code.candidates:
            return IndustryMatch(by_name.id, exact=True)
        return by_code if by_code.id or by_code.candidates else by_name

    # -- codes

    def _of_code(self, code: str, has_check: bool, scheme: str, letter: str) -> IndustryMatch:
        digits = code.replace(".", "")
        if scheme := scheme or _scheme_by_form(code, digits, has_check):
            return self._match(scheme, digits)
        if len(digits) > 5:
            return self._of_any((HS, CPV), digits)
        own = self._match(GBT_4754, digits)
        is_own = bool(own.id) and letter in ("", _section(_GBT_SECTIONS, digits))
        is_other = letter in ("", _section(_ISIC_SECTIONS, digits))
        others = [s for s in (NACE, ISIC) if is_other and (s, digits) in self._foreign]
        if not others or (is_own and own.exact and letter and len(digits) == 4):
            return own
        meant = dict.fromkeys([own.id] if is_own and own.exact else [])
        meant |= dict.fromkeys(id for other in others for id in self._foreign[other, digits])
        widest = self._widest(meant)
        if len(widest) == 1 and (not is_own or not own.exact or own.id in widest):
            return IndustryMatch(widest.pop(), exact=True)
        return IndustryMatch(candidates=tuple(meant))

    def _of_any(self, schemes: Iterable[str], digits: str) -> IndustryMatch:
        """The meaning of a code in the only one of the classifications that has it."""
        meant = [match for scheme in schemes if (match := self._match(scheme, digits)) != _NONE]
        if len(meant) == 1:
            return meant[0]
        ids = [id for match in meant for id in (match.id, *match.candidates) if id]
        return IndustryMatch(candidates=tuple(dict.fromkeys(ids)))

    def _match(self, scheme: str, digits: str) -> IndustryMatch:
        ids, dropped = self._gbt(digits) if scheme == GBT_4754 else self._concorded(scheme, digits)
        if len(ids) == 1:
            return IndustryMatch(ids[0], not dropped, dropped)
        return IndustryMatch(candidates=ids, dropped=dropped)

    def _gbt(self, digits: str) -> tuple[tuple[str, ...], str]:
        """The class of a code or the next one above it, and the code where it was finer.

        A group that is one class is that class: 3110 is 311.
        """
        for length in range(len(digits), 1, -1):
            id = f"{GBT_4754}:{digits[:length]}"
            if id in self.industries:
                same = not digits[length:].strip("0") and (length > 2 or len(digits) == 2)
                same = same and (length == len(digits) or id not in self._has_finer)
                return (id,), "" if same else digits
        return (), ""

    def _concorded(self, scheme: str, digits: str) -> tuple[tuple[str, ...], str]:
        """Ids that a code of another classification stands for, or the next one above it.

        Products are always finer than industries, so of HS and CPV nothing is left.
        """
        for length in range(len(digits), 1, -1):
            ids = self._foreign.get((scheme, digits[:length]), ())
            if ids:
                finer = scheme in (NACE, ISIC) and digits[length:].strip("0")
                return ids, digits if finer else ""
        return (), ""

    # -- names

    def _of_name(self, text: str) -> IndustryMatch:
        plain = _plain(text)
        for ids in (self._by_name.get(text, ()), self._by_name.get(plain, ()),
                    self._foreign_names.get(plain, ())):  # fmt: skip
            widest = self._widest(ids)
            if len(widest) == 1:
                return IndustryMatch(widest.pop(), exact=True)
            if widest:
                return IndustryMatch(candidates=tuple(sorted(widest)))
        near = self._listing(_parts(text), text)
        return self._alike(plain) if near == _NONE and len(plain) >= _LEAST_LETTERS else near

    def _list(self, name: str, ids: tuple[str, ...]) -> None:
        parts = _parts(name)
        for part in parts:
            self._by_part[part].add(len(self._listed))
        self._listed.append((parts, name, ids))

    def _listing(self, parts: frozenset[str], text: str) -> IndustryMatch:
        """The industry whose name lists all that the cell lists and least beside it."""
        if not parts:
            return IndustryMatch()
        activity = set(_ACTIVITY.findall(text))
        entries = [
            self._listed[number]
            for number in set.intersection(*(self._by_part.get(part, set()) for part in parts))
            if set(_ACTIVITY.findall(self._listed[number][1])) <= activity
        ]
        least = min((len(listed - parts) for listed, _, _ in entries), default=0)
        return self._nearest(
            id for listed, _, ids in entries if len(listed - parts) == least for id in ids
        )

    def _alike(self, plain: str) -> IndustryMatch:
        """The industry of nearly this name; of several that are somewhat alike none is taken."""
        found = process.extract(
            plain, self._by_name.keys(), scorer=fuzz.ratio, limit=5, score_cutoff=_ALIKE
        )
        if not found:
            return IndustryMatch()
        if found[0][1] >= _SAME:
            return self._nearest(self._by_name[found[0][0]])
        widest = self._widest(id for name, _, _ in found for id in self._by_name[name])
        return IndustryMatch(candidates=tuple(sorted(widest)))

    def _nearest(self, ids: Iterable[str]) -> IndustryMatch:
        widest = self._widest(ids)
        if len(widest) == 1:
            return IndustryMatch(widest.pop())
        if len(widest) > _MOST_CANDIDATES:
            return IndustryMatch()
        return IndustryMatch(candidates=tuple(sorted(widest)))

    # -- the hierarchy

    def _widest(self, ids: Iterable[str]) -> set[str]:
        """Without those that lie in another of them."""
        given = set(ids)
        return {id for id in given if not given & self._above[id]}

    def _chain(self, id: str) -> Iterator[str]:
        """An industry and those above it, from the finest up."""
        seen = set[str]()
        while id in self.industries and id not in seen:
            seen.add(id)
            yield id
            id = self.industries[id].parent or ""

    def _ancestors(self, id: str) -> Iterator[str]:
        return (above for above in self._chain(id) if above != id)


def industry_note(index: IndustryIndex, cell: str, match: IndustryMatch) -> Message | None:
    """A note on a match that is not exact: a warning, or what is to be asked."""
    if match.exact:
        return None
    if match.id and match.dropped:
        return message(
            "'%(cell)s' is finer than the industries known here: taken as %(industry)s.",
            cell=cell,
            industry=index.path(match.id),
        )
    if match.id:
        return message(
            "'%(cell)s' is no industry known here: taken as the nearest, %(industry)s.",
            cell=cell,
            industry=index.path(match.id),
        )
    if match.candidates:
        paths = [index.path(id) for id in match.candidates]
        return message("'%(cell)s' can be any of %(industries)s.", cell=cell, industries=paths)
    return message("'%(cell)s' is no industry known here.", cell=cell)


def _scheme_by_form(code: str, digits: str, has_check: bool) -> str:
    """The only classification that writes a code so: 28.14, 8481.80, 42131000-2."""
    if has_check and len(digits) == 8:
        return CPV
    if "." in code:
        return HS if len(code.partition(".")[0]) == 4 else NACE
    return ""


def _section(sections: str, digits: str) -> str:
    """The letter of the section that a code lies in."""
    before = [entry[0] for entry in sections.split() if entry[1:] <= digits[:2]]
    return before[-1] if before else ""


def _parts(name: str) -> frozenset[str]:
    """The things that a name lists, without the words that say that they are made."""
    parts = (re.sub(r"(?<=[a-z]{3})s\b", "", _plain(part)) for part in _PARTS.split(name))
    return frozenset(parts) - _OTHER


def _plain(name: str) -> str:
    """A name without words that tell nothing apart; never empty unless it was."""
    text = " ".join(_ARTICLES.sub(" ", name).split()).strip(" .")
    while (rest := _PLAIN.sub("", text).strip()) and rest != text:
        text = rest.removeprefix("of ").strip()
    return text
