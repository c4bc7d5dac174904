"""Industries as people write them: by a code of GB/T 4754, NACE, ISIC, HS or CPV, or by name.

What is finer than the classes known falls to the next one above; what can be several classes is
none of them: `IndustryMatch.candidates` are to be asked about.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from matchmaker.domain import Industry
from matchmaker.messages import Message, message
from matchmaker.text import normal

GBT_4754 = "gbt4754:"
_SCHEMES = ("gbt4754", "nace", "isic", "hs", "cpv")
_SCHEME_NAMES = re.compile(
    r"(?P<gbt4754>gb/?t ?4754|国标|国民经济)|(?P<nace>nace)|(?P<isic>isic)"
    r"|(?P<hs>(?<![a-z])hs(?![a-z])|海关)|(?P<cpv>cpv)"
)
_CODE = re.compile(r"([a-u])?\s?(\d{1,2}(?:\.\d{1,2}){0,2}|\d{2,8})(-\d)?")
# Words of a class's name that tell nothing apart.
_PARTS = re.compile(r"[、,，;；/及和与的]|以及|\band\b|\bof\b")
_PLAIN = re.compile(r"(专用|类似)?(制造业|制造|加工业|加工|生产|业)$")


@dataclass(frozen=True, slots=True)
class IndustryMatch:
    """What a cell means.

    `id` is "" where nothing is known, or where it can be any of the `candidates`. `exact` is
    False where the cell was finer or its words only come near; `dropped` is what was left of it.
    """

    id: str = ""
    exact: bool = False
    dropped: str = ""
    candidates: tuple[str, ...] = ()


def scheme_of(title: str) -> str:
    """The classification that a column's title names: gbt4754, nace, isic, hs, cpv, or ""."""
    named = _SCHEME_NAMES.search(normal(title))
    return str(named.lastgroup) if named else ""


class IndustryIndex:
    """Industries by everything that they are called.

    `concordance` leads from a code of another classification (`nace:28.14`) to one of the
    industries.
    """

    def __init__(
        self, industries: Iterable[Industry], concordance: Mapping[str, str] | None = None
    ) -> None:
        self.industries = {industry.id: industry for industry in industries}
        self.concordance = dict(concordance or {})
        self._by_id = {normal(id): id for id in self.industries}
        self._by_name: defaultdict[str, set[str]] = defaultdict(set)
        self._by_part: defaultdict[str, set[str]] = defaultdict(set)
        for industry in self.industries.values():
            for name in {normal(industry.name), normal(industry.name_en)} - {""}:
                self._by_name[name].add(industry.id)
                for part in _parts(name):
                    self._by_part[part].add(industry.id)
        self._cached_find = lru_cache(maxsize=20_000)(self._find)

    def find(self, cell: str, scheme: str = "") -> IndustryMatch:
        """The industry that a cell means, by the classification of its column where it has one."""
        return self._cached_find(cell, scheme)

    def path(self, id: str) -> str:
        """The names from the top down to an industry."""
        return " › ".join(self.industries[above].name for above in reversed([*self._chain(id)]))

    def with_parents(self, ids: Iterable[str]) -> tuple[Industry, ...]:
        """The industries and all above them, each once, what is above first."""
        wanted = {above: None for id in ids for above in reversed([*self._chain(id)])}
        return tuple(self.industries[id] for id in wanted)

    def _find(self, cell: str, scheme: str) -> IndustryMatch:
        text = normal(cell)
        if not text:
            return IndustryMatch()
        if text in self._by_id:
            return IndustryMatch(self._by_id[text], exact=True)
        named = _SCHEME_NAMES.match(text)
        if named:
            scheme, text = str(named.lastgroup), text[named.end() :].lstrip(":： -")
        code = _CODE.fullmatch(text)
        if code is not None:
            return self._of_code(code[2], scheme)
        return self._of_name(text)

    def _of_code(self, code: str, scheme: str) -> IndustryMatch:
        if not scheme:
            scheme = "nace" if "." in code else "gbt4754"
        if scheme != "gbt4754":
            return self._concorded(scheme, code)
        for length in range(len(code), 1, -1):
            id = f"{GBT_4754}{code[:length]}"
            if id in self.industries:
                dropped = code if length < len(code) else ""
                return IndustryMatch(id, not dropped, dropped)
        return IndustryMatch()

    def _concorded(self, scheme: str, code: str) -> IndustryMatch:
        while code:
            id = self.concordance.get(f"{scheme}:{code}", "")
            if id in self.industries:
                return IndustryMatch(id, exact=True)
            code = code[:-1].rstrip(".")
        return IndustryMatch()

    def _of_name(self, text: str) -> IndustryMatch:
        ids = self._by_name.get(text, set())
        if len(ids) == 1:
            return IndustryMatch(next(iter(ids)), exact=True)
        parts = _parts(text)
        if not ids and parts:
            ids = set.intersection(*(self._by_part.get(part, set()) for part in parts))
        ids = {
            id for id in ids if not any(above in ids for above in self._chain(id) if above != id)
        }
        if len(ids) == 1:
            return IndustryMatch(ids.pop())
        return IndustryMatch(candidates=tuple(sorted(ids)))

    def _chain(self, id: str) -> Iterator[str]:
        """An industry and those above it, from the finest up."""
        seen = set[str]()
        while id in self.industries and id not in seen:
            seen.add(id)
            yield id
            id = self.industries[id].parent or ""


def industry_note(index: IndustryIndex, cell: str, match: IndustryMatch) -> Message | None:
    """What is to be said of a match that is not exact: a warning, or what is to be asked."""
    if match.exact:
        return None
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


def _parts(name: str) -> frozenset[str]:
    """The things that a name lists, without the words that say they are made."""
    parts = (_PLAIN.sub("", part.strip()) for part in _PARTS.split(name))
    return frozenset(part for part in parts if part)
