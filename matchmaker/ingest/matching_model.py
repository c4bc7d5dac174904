"""The chance that two organisations are one: weights of evidence, added.

After Fellegi and Sunter (A Theory for Record Linkage, JASA 64, 1969), as `splink` computes it:
each comparison has levels; a level's weight is log2 of how much oftener it is seen in pairs that
are one (m) than in pairs that are two (u). `benchmarks/identity.py --fit` estimates both and prints
them beside the weights in use, which are nearer to nought where few pairs were seen: codes,
websites, countries, branches and groups.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from matchmaker.ingest.codes import CODE_KINDS, CodeKind, valid_code
from matchmaker.ingest.legal_forms import FormRelation, relation
from matchmaker.ingest.name_comparison import (
    ComparableName,
    NameLevel,
    are_spelled_alike,
    comparable,
    compare,
)
from matchmaker.ingest.names import normal_name
from matchmaker.ingest.trade_names import is_full
from matchmaker.messages import Message, message
from matchmaker.store.ports import DuplicateKeys

# Chances from which two are made one without asking, and from which a person is asked.
MERGED, LISTED = 0.99, 0.05
PRIOR = -6.0  # log2 odds that two organisations which share a block are one

_RANKS = {level: rank for rank, level in enumerate(NameLevel)}

Level = str
WEIGHTS: dict[str, dict[Level, float]] = {
    "name": {
        NameLevel.SAME: 9.2,
        NameLevel.SPELLING: 9.0,
        NameLevel.ORDER: 7.5,
        NameLevel.TRANSLATION: 7.0,
        NameLevel.OTHER_NAME: 7.0,
        NameLevel.SIMILAR: 5.0,
        NameLevel.BRANCH: 3.5,
        NameLevel.GROUP: 4.0,
        NameLevel.PART: 2.0,
        NameLevel.ACRONYM: 2.5,
        NameLevel.ROMANISED: 7.0,
        NameLevel.ALIKE: 0.5,
        NameLevel.DIFFERENT: -4.0,
    },
    "form": {"same": 0.5, "near": 0.0, "missing": 0.0, "different": -2.5},
    "country": {"same": 1.0, "unknown": 0.0, "different": -6.0},
    "place": {"same": 4.0, "unknown": 0.0, "different": -4.0},
    # Registers give no full name in Chinese twice (State Council order 734 of 2020, article 17).
    "registered": {"same": 3.5, "unknown": 0.0},
    "website": {"same": 7.0, "unknown": 0.0, "different": -1.5},
    "code": {"same": 20.0, "unknown": 0.0, "different": -20.0},
}
SAME_CODE: dict[CodeKind, Message] = {
    "credit_code": message("same credit code"),
    "vat": message("same VAT number"),
    "lei": message("same LEI"),
    "ror": message("same ROR identifier"),
}
SAME_NAME = message("same name")
REASONS: dict[tuple[str, Level], Message] = {
    ("name", NameLevel.SAME): SAME_NAME,
    ("name", NameLevel.SPELLING): message("same name in another spelling"),
    ("name", NameLevel.ORDER): message("same words in another order"),
    ("name", NameLevel.TRANSLATION): message("same name in another language"),
    ("name", NameLevel.OTHER_NAME): message("one is also called as the other"),
    ("name", NameLevel.SIMILAR): message("like names"),
    ("name", NameLevel.BRANCH): message("one may be a branch of the other"),
    ("name", NameLevel.GROUP): message("a firm and its group"),
    ("name", NameLevel.PART): message("the one name is part of the other"),
    ("name", NameLevel.ACRONYM): message("the one name abbreviates the other"),
    ("name", NameLevel.ROMANISED): message("the one name has the other's trade name in pinyin"),
    ("name", NameLevel.ALIKE): message("names that resemble each other"),
    ("form", "different"): message("different legal forms"),
    ("country", "same"): message("same country"),
    ("country", "unknown"): message("country of one not known"),
    ("country", "different"): message("different countries"),
    ("place", "same"): message("same place"),
    ("place", "different"): message("different places"),
    ("website", "same"): message("same website"),
    ("website", "different"): message("different websites"),
}
# Levels of names that are not the same.
_RESEMBLING = frozenset(
    {NameLevel.SIMILAR, NameLevel.PART, NameLevel.ACRONYM, NameLevel.ROMANISED, NameLevel.ALIKE}
)
# Letters of an other name that many do not share by chance: SU and 阀门 are of many.
_TELLING = 6
# Hosts where many have their page.
_SHARED_HOSTS = frozenset({
    "1688.com", "alibaba.com", "facebook.com", "linkedin.com", "made-in-china.com", "taobao.com",
    "wix.com", "sites.google.com", "github.io", "weebly.com", "wordpress.com", "blogspot.com",
    "qq.com", "163.com",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Comparable:
    """An organisation as it is compared; `others` are its other names long enough to tell."""

    keys: DuplicateKeys
    names: tuple[ComparableName, ...]
    others: tuple[ComparableName, ...]
    codes: tuple[str, ...]
    host: str

    @classmethod
    def of(cls, keys: DuplicateKeys) -> Comparable:
        # One name twice would be compared four times.
        names = [comparable(name) for name in dict.fromkeys((keys.name, keys.name_en)) if name]
        others = [comparable(name) for name in keys.other_names]
        telling = tuple(each for each in others if _length(each) >= _TELLING)
        codes = tuple(valid_code(kind, getattr(keys, kind)) for kind in CODE_KINDS)
        return cls(keys, tuple(names), telling, codes, website_host(keys.website))


@dataclass(frozen=True, slots=True)
class PairComparison:
    """Two organisations compared: the level of each comparison."""

    levels: dict[str, Level]
    reasons: tuple[Message, ...]

    @property
    def weight(self) -> float:
        """Log2 of the odds that the two are one."""
        return PRIOR + sum(WEIGHTS[name][level] for name, level in self.levels.items())

    @property
    def chance(self) -> float:
        """The probability that the two are one, in (0, 1)."""
        return float(1 / (1 + 2.0**-self.weight))

    @property
    def contradicted(self) -> bool:
        """Tell whether two valid and different codes of a kind say that they are two."""
        return self.levels["code"] == "different"

    @property
    def is_certain(self) -> bool:
        """Tell whether they may be made one without asking."""
        if self.levels["code"] != "unknown":
            return self.levels["code"] == "same"
        names = self.levels["name"] in (NameLevel.SAME, NameLevel.SPELLING)
        return names and self.chance >= MERGED and "different" not in self.levels.values()

    @property
    def is_listed(self) -> bool:
        """Tell whether a person is asked: alike enough, and no code speaks against it."""
        names = self.levels["name"] != NameLevel.DIFFERENT or self.levels["code"] == "same"
        hosts = self.levels["website"] == "same"
        return (names or hosts) and not self.contradicted and self.chance >= LISTED


def are_unlike(first: Comparable, second: Comparable) -> bool:
    """Tell whether there is nothing to ask about two: no name, code or website is like another's.

    Quickly told, and so of most that share a block.
    """
    if first.host and first.host == second.host:
        return False
    if any(one and one == other for one, other in zip(first.codes, second.codes, strict=True)):
        return False
    return all(
        compare(one, other) is NameLevel.DIFFERENT for one in first.names for other in second.names
    ) and not _shares_other_name(first, second)


def evidence(first: Comparable, second: Comparable) -> PairComparison:
    """The comparisons of two organisations. The same either way round."""
    name, form = _name(first, second)
    code, reasons = _code(first, second)
    place = _place(first.keys.place, second.keys.place)
    if _province(first.keys.place) != _province(second.keys.place) and place == "unknown":
        place = (
            "different" if _province(first.keys.place) and _province(second.keys.place) else place
        )
    country = _equal(first.keys.country.upper(), second.keys.country.upper())
    levels: dict[str, Level] = {
        "name": name,
        "form": form,
        "country": country,
        "place": place,
        "registered": _registered(first, second),
        "website": _equal(first.host, second.host),
        "code": code,
    }
    return PairComparison(levels, (*reasons, *_reasons(levels)))


def _reasons(levels: dict[str, Level]) -> Iterator[Message]:
    for name, level in levels.items():
        if (name, level) in REASONS:
            yield REASONS[name, level]


def _name(first: Comparable, second: Comparable) -> tuple[NameLevel, FormRelation]:
    """The most alike of their names, each in whatever language."""
    pairs = [(compare(a, b), relation(a.form, b.form)) for a in first.names for b in second.names]
    best = min(pairs, key=lambda pair: _RANKS[pair[0]], default=(NameLevel.DIFFERENT, "missing"))
    if best[0] in _RESEMBLING and _differ_in_chinese(first, second):
        best = (NameLevel.DIFFERENT, "missing")
    is_other = _RANKS[best[0]] > _RANKS[NameLevel.OTHER_NAME] and _shares_other_name(first, second)
    return (NameLevel.OTHER_NAME, "missing") if is_other else best


def _registered(first: Comparable, second: Comparable) -> Level:
    """Tell whether both have one full Chinese name, which begins with a place."""
    full, other = (
        {name for key in (each.keys.name, each.keys.name_en) if is_full(name := normal_name(key))}
        for each in (first, second)
    )
    return "unknown" if full.isdisjoint(other) else "same"


def _differ_in_chinese(first: Comparable, second: Comparable) -> bool:
    """Tell whether both have Chinese names, which differ: translations are more alike."""
    levels = [
        compare(one, other)
        for one in first.names
        for other in second.names
        if one.is_han and other.is_han
    ]
    return bool(levels) and set(levels) == {NameLevel.DIFFERENT}


def _shares_other_name(first: Comparable, second: Comparable) -> bool:
    """Tell whether an other name of one is a name of the other."""
    if not (first.others or second.others):
        return False
    pairs = (
        *product(first.others, (*second.names, *second.others)),
        *product(first.names, second.others),
    )
    return any(are_spelled_alike(one, other) for one, other in pairs)


def _length(name: ComparableName) -> int:
    """How much a name tells: a Chinese character as much as two letters."""
    letters = "".join(name.translated)
    return 2 * len(letters) if name.is_han else len(letters)


def _code(first: Comparable, second: Comparable) -> tuple[Level, list[Message]]:
    """Two valid and different codes of one kind are two organisations, whatever the name."""
    pairs = zip(CODE_KINDS, first.codes, second.codes, strict=True)
    both = [(kind, one == other) for kind, one, other in pairs if one and other]
    same = [SAME_CODE[kind] for kind, equal in both if equal]
    if any(not equal for _, equal in both):
        return "different", same
    return ("same" if same else "unknown"), same


def _equal(first: str, second: str) -> Level:
    if not first or not second:
        return "unknown"
    return "same" if first == second else "different"


_MUNICIPALITIES = ("11", "12", "31", "50")


def _place(first: str | None, second: str | None) -> Level:
    """Tell whether two are in one place; a county says nothing against the city that it lies in."""
    one, other = finer_place(first), finer_place(second)
    is_wider = "" in (_county(one), _county(other))
    if one != other and is_wider and _city(one) and _city(one) == _city(other):
        return "unknown"
    return _equal(one, other)


def _city(place: str) -> str:
    source, _, key = place.partition(":")
    if source != "gbt2260":
        return ""
    return key[:2] if key[:2] in _MUNICIPALITIES else key[:4]


def _county(place: str) -> str:
    """The digits of a county, "" for a city."""
    key = place.partition(":")[2][4:6]
    return "" if key == "00" else key


def finer_place(place: str | None) -> str:
    """A place that tells where somebody is: no country, no province."""
    source, _, key = (place or "").partition(":")
    if source == "iso3166":
        return ""
    if source == "gbt2260" and key.endswith("0000") and key[:2] not in _MUNICIPALITIES:
        return ""
    return place or ""


def _province(place: str | None) -> str:
    source, _, key = (place or "").partition(":")
    return key[:2] if source == "gbt2260" else ""


def website_host(address: str) -> str:
    """The host of an address, "" where many share it."""
    host = address.strip().casefold().partition("://")[2] or address.strip().casefold()
    host = host.split("/")[0].split("?")[0].split(":")[0].removeprefix("www.")
    return "" if "." not in host or host in _SHARED_HOSTS else host
