"""Places as people write them: by code, name, short name, address or pinyin, in either language.

What is finer than the places known falls to the next one above; what can be several places is
none of them, until another cell decides: `PlaceMatch.candidates` are to be asked about.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from babel import Locale

from matchmaker.domain import MAX_NAME, Place, PlaceLevel
from matchmaker.ingest.countries import iso_code
from matchmaker.ingest.foreign_cities import ForeignCities
from matchmaker.ingest.island_counties import under_province
from matchmaker.ingest.regions_abroad import country_of_region
from matchmaker.ingest.townships import Townships
from matchmaker.messages import NAMES, BilingualName, Message, message, sentences
from matchmaker.regex import regex
from matchmaker.text import normal

GBT_2260 = "gbt2260:"
_CODE = regex(r"(gb/?t ?2260[:： ]?)?(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})")
_SEPARATORS = regex(r"[,，、;；/|>›·()\[\]（）【】]+")
_HAN, _WORDS = regex(r"[㐀-䶿一-鿿]"), regex(r"[^\W_]+")

# Kinds of Chinese divisions, as their names end; longer ones first.
_KINDS = regex(
    r"(特别行政区|自治区|自治州|自治县|自治旗|左翼|省|市|地区|盟|林区|特区|新区|县|旗|区)$"
)
# Nationalities in the names of autonomous divisions; some are written without 族.
_NATIONALITY = regex(
    "(?:蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|"
    "纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|"
    "德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺|各)族$|(?:哈萨克|蒙古|柯尔克孜|维吾尔|塔吉克|锡伯)$"
)
# A street, a town or a village that is named for a place elsewhere: 南京东路, 鼓楼街道.
_NAMED_FOR = regex(
    "[东南西北中]?[一二三四五六七八九十]?(路|街|大街|大道|道|巷|弄|胡同|镇|乡|村|社区)"
)
_OUTSIDE = regex("(以?外|周边|附近|境外|之外)$")
# Generic words in English and pinyin, and how the Chinese name of what they mean ends.
_GENERIC: Mapping[str, str] = {
    "city": "市", "shi": "市", "municipality": "市", "province": "省", "sheng": "省",
    "county": "县", "xian": "县", "district": "区", "qu": "区", "prefecture": "州地盟市",
    "zhou": "州", "autonomous": "区州县旗", "region": "区", "banner": "旗", "qi": "旗",
    "special": "区", "administrative": "区", "new": "区", "area": "区", "league": "盟",
}  # fmt: skip
# Codes of ISO 3166-1 for parts of the state in whose list of places they are.
STATES = {"HK": "CN", "MO": "CN", "TW": "CN"}
# Of more candidates only so many are named.
_SHOWN = 8
_SAID_BESIDE = frozenset({"市辖区", "县", "全境", "全市", "全省", "the", "of", "pr", "p", "r"})
# What stands at a place, said around its name in English: Taizhou office, Head office: Wenzhou.
_AT_PLACE = regex(
    r"^(?:(?:head|main|branch|sales) )?office(?: in|:)? |"
    r" (?:(?:head|main|branch|sales) )?(?:office|branch|hq|headquarters)(?=$|,| \()"
)
# English names that are in use beside those of the list, and pinyin where that is not pinyin.
_ALSO_CALLED = {
    "西藏自治区": "xizang", "内蒙古自治区": "neimenggu", "香港特别行政区": "xianggang hongkong",
    "澳门特别行政区": "aomen macau", "北京市": "peking", "广州市": "canton", "厦门市": "amoy",
    "呼和浩特市": "huhehaote", "鄂尔多斯市": "eerduosi", "哈尔滨市": "haerbin", "拉萨市": "lasa",
    "齐齐哈尔市": "qiqihaer", "乌鲁木齐市": "wulumuqi", "吐鲁番市": "tulufan", "喀什地区": "kashi",
    "日喀则市": "rikaze shigatse", "高雄市": "gaoxiong", "台北市": "taibei", "新竹市": "hsinchu",
    "巴彦淖尔市": "bayannaoer", "呼伦贝尔市": "hulunbeier", "克拉玛依市": "kelamayi",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """The place that a cell means.

    `id` is "" where nothing is known, or where it can be any of the `candidates`. `exact` is
    False where the cell was finer or said more; `dropped` is what of it was left.
    """

    id: str = ""
    level: PlaceLevel | None = None
    exact: bool = False
    dropped: str = ""
    candidates: tuple[str, ...] = ()


class PlaceIndex:
    """Places by everything that they are called.

    `former` has codes and names that are no longer in use, with the id of the place that each
    has become; `towns` are what lies in the counties, `cities` those of other countries.
    """

    def __init__(
        self,
        places: Iterable[Place],
        former: Iterable[tuple[str, str, str]] = (),
        towns: Townships | None = None,
        cities: ForeignCities | None = None,
    ) -> None:
        self._towns, self._cities = towns, cities
        self.places = {place.id: place for place in places}
        self._by_id = {id.casefold(): id for id in self.places}
        self._by_code = {
            id.removeprefix(GBT_2260): id for id in self.places if id.startswith(GBT_2260)
        }
        divisions = tuple(self.places.values())
        for city in cities.places if cities is not None else ():
            if city.parent in self.places:
                self.places.setdefault(city.id, city)
        self._above = {id: frozenset(self._ancestors(id)) for id in self.places}
        # Ids by name, and by what is left of a name without its kind.
        self._full: defaultdict[str, set[str]] = defaultdict(set)
        self._short: defaultdict[str, set[str]] = defaultdict(set)
        for place in divisions:
            also = _ALSO_CALLED.get(place.name, "").split()
            english = _letters(place.name_en)
            spelt = english.replace("ü", "u"), english.replace("ü", "v")
            for name in {normal(place.name), *spelt, *also} - {""}:
                self._full[name].add(place.id)
            for name in _short_names(place, english):
                self._short[name].add(place.id)
        for code, name, id in former:
            if id in self.places:
                self._by_code.setdefault(code, id)
                if name not in self._full:
                    self._short[name].add(id)
        chinese = (len(name) for name in (*self._full, *self._short) if _HAN.match(name))
        self._longest = max(chinese, default=0)
        self._cached_find = lru_cache(maxsize=20_000)(self._find)

    def find(self, cell: str, country: str = "", within: str = "") -> PlaceMatch:
        """The place that a cell means, in a country (ISO 3166-1) and within another, if given."""
        return self._cached_find(cell, country, within)

    def is_town_alone(self, cell: str) -> bool:
        """Tell whether a cell names a town or street of some county, and nothing wider."""
        text = normal(cell)
        return bool(self._of_towns(text, set(), text)) and not self._of_names(text)[0]

    def path(self, id: str) -> BilingualName:
        """The names from the top down to a place: 浙江省 › 温州市, Zhejiang › Wenzhou."""
        above = [self.places[each] for each in reversed([*self.chain(id)])]
        english = (place.name_en or place.name for place in above)
        return BilingualName(
            " › ".join(_chinese_name(place) for place in above), " › ".join(english)
        )

    def with_parents(self, ids: Iterable[str]) -> tuple[Place, ...]:
        """The places and all above them, each once, what is above first."""
        wanted = {above: None for id in ids for above in reversed([*self.chain(id)])}
        return tuple(self.places[id] for id in wanted)

    def _find(self, cell: str, country: str, within: str) -> PlaceMatch:
        text = under_province(_AT_PLACE.sub("", normal(cell)))
        if not text:
            return PlaceMatch()
        if text in self._by_id:
            return self._match(self._by_id[text], "")
        code = _CODE.fullmatch(text.replace("gbt2260:", "gbt 2260:"))
        if code is not None:
            return self._of_code(code[2], is_named=bool(code[1]))
        chosen, dropped = self._of_names(text)
        abroad = self._of_cities(text, chosen, dropped, country)
        if counties := self._of_towns(text, chosen, dropped):
            chosen, dropped = counties | abroad, cell.strip()
        elif abroad:
            chosen = abroad
            dropped = cell.strip() if any(map(self._is_country, abroad)) else ""
        allowed = {id for id in chosen if self._is_in(id, country, within)}
        if len(allowed) == 1:
            return self._match(allowed.pop(), dropped)
        if chosen:
            return PlaceMatch(candidates=tuple(sorted(allowed or chosen)), dropped=dropped)
        above = within or f"iso3166:{country or country_of_region(text)}"
        return self._match(above, cell.strip()) if above in self.places else PlaceMatch()

    def _match(self, id: str, dropped: str) -> PlaceMatch:
        return PlaceMatch(id, self.places[id].level, not dropped, dropped)

    def _is_in(self, id: str, country: str, within: str) -> bool:
        if country and self.places[id].country not in ("", country, STATES.get(country)):
            return False
        return not within or within == id or within in self._above[id]

    # -- codes

    def _of_code(self, code: str, *, is_named: bool) -> PlaceMatch:
        """GB/T 2260 at any level; 9 and 12 digits are a street's and a village's.

        A code whose prefecture is unknown may be a postal code, so it is nothing, unless it
        says what it is.
        """
        finer, county = code[6:].rstrip("0"), f"{code[:6]:0<6}"
        if county in self._by_code:
            return self._match(self._by_code[county], code[6:] if finer else "")
        above = (f"{county[:4]}00", f"{county[:2]}0000" if is_named or county[2:4] == "90" else "")
        for coarser in above:
            if coarser in self._by_code:
                return self._match(self._by_code[coarser], code)
        return PlaceMatch()

    # -- names

    def _of_names(self, text: str) -> tuple[set[str], str]:
        """Ids that the names in a text can mean together, and what of it is no place."""
        whole = self._full.get(_letters(text))  # an English name may have commas
        if whole:
            return self._preferred(whole), ""
        chosen: set[str] = set()
        dropped = []
        for part in _SEPARATORS.split(text):
            named = [*(self._chinese(part) if _HAN.search(part) else self._latin(part))]
            if not any(ids for ids, _ in named) and (ids := self._country(part, text)):
                named = [(ids, "")]
            for ids, rest in named:
                together = self._together(chosen, ids)
                if ids and chosen and not together:
                    return chosen | ids, ""  # they contradict each other
                chosen = together
                if rest and rest not in _SAID_BESIDE:
                    dropped.append(rest)
        rest = " ".join(dropped)
        return (set(), text) if _OUTSIDE.search(rest) else (self._preferred(chosen), rest)

    def _of_cities(self, text: str, chosen: set[str], dropped: str, country: str) -> set[str]:
        """Cities of other countries that a text names, where it names no division.

        A whole name counts more than a division by which it begins: 吉隆坡 is not in 吉隆县.
        Several of one country are that country, which is sure.
        """
        if self._cities is None:
            return set()
        is_division = any(not self._is_country(id) for id in chosen)
        if is_division and not (dropped and self._cities.is_whole_name(text)):
            return set()
        ids = self._cities.named(text, {country} - {""}) & self.places.keys()
        countries = {self.places[id].parent or "" for id in ids}
        return countries if len(ids) > 1 == len(countries) else ids

    def _is_country(self, id: str) -> bool:
        return self.places[id].level is PlaceLevel.COUNTRY

    def _of_towns(self, text: str, chosen: set[str], dropped: str) -> set[str]:
        """The counties of the town or street that a text names, or names behind wider places.

        Behind a place only those that lie in it; none where the places are counties already.
        """
        rest = dropped if chosen else text
        if self._towns is None or not _HAN.match(rest):
            return set()
        first = _SEPARATORS.split(rest)[0].split()[0]
        codes = self._towns.at_start(first, is_whole=first == text)
        counties = {f"{GBT_2260}{code}" for code in codes} & self.places.keys()
        if not chosen:
            return counties
        several = chosen if len(chosen) > 1 else set[str]()
        return {id for id in counties if chosen & self._above[id] or id in several}

    def _country(self, part: str, text: str) -> set[str]:
        """A country in any usual spelling; two letters in an address may be a state's."""
        if len(part.strip()) < 3 and part != text:
            return set()
        return {f"iso3166:{iso_code(part)}"} & self.places.keys()

    def _together(self, chosen: set[str], ids: set[str]) -> set[str]:
        """The finer ones of the pairs that lie in each other; both where one side is empty."""
        if not chosen or not ids:
            return chosen or ids
        return {
            finer
            for first in chosen
            for second in ids
            for finer, above in ((first, second), (second, first))
            if finer == above or above in self._above[finer]
        }

    def _chinese(self, part: str) -> Iterator[tuple[set[str], str]]:
        """Names one after the other from the widest to the finest, and what follows them."""
        for word in re.split(r"[\s\-—–]+", part):
            chosen: set[str] = set()
            start = 0
            while start < len(word):
                ids, end = self._longest_name(word, start, chosen)
                if not ids:
                    break
                chosen, start = ids, end
            yield chosen, word[start:]

    def _longest_name(self, word: str, start: int, chosen: set[str]) -> tuple[set[str], int]:
        """The longest name at a position that lies in what was read before it, and its end."""
        for end in range(min(len(word), start + self._longest), start + 1, -1):
            name = word[start:end]
            ids = self._full.get(name) or self._short.get(name, set())
            if not ids:
                continue
            if name not in self._full and not chosen and _NAMED_FOR.match(word, end):
                ids = ids if self._longest_name(word, end, ids)[0] else set()
            together = self._together(chosen, ids) if ids else ids
            finer = {id for id in together if id not in chosen}
            if finer:
                return finer, end
        return set(), start

    def _latin(self, part: str) -> Iterator[tuple[set[str], str]]:
        """Names of one or several words in any order, and the words that are none."""
        words = [_ascii(word) for word in _WORDS.findall(part.replace("'", ""))]
        start = 0
        while start < len(words):
            for end in range(min(len(words), start + 8), start, -1):
                name = "".join(words[start:end])
                ids = self._full.get(name) or self._short.get(name)
                if ids:
                    kinds = "".join(_GENERIC.get(word, "") for word in words[end : end + 1])
                    alike = {id for id in ids if self.places[id].name[-1:] in kinds}
                    yield alike or ids, ""
                    start = end + bool(kinds)
                    break
            else:
                if words[start] not in _GENERIC:
                    yield set(), words[start]
                start += 1

    def _preferred(self, ids: set[str]) -> set[str]:
        """Of several places of one name: a city before the county of its name within it.

        A province comes before smaller places elsewhere that are called so for short.
        """
        provinces = {id for id in ids if self.places[id].level is PlaceLevel.PROVINCE}
        if len(provinces) == 1 and not any(provinces & self._above[id] for id in ids):
            return provinces
        cities = {id for id in ids if self.places[id].level is PlaceLevel.CITY}
        return {id for id in ids if not cities & self._above[id]}

    # -- the hierarchy

    def chain(self, id: str) -> Iterator[str]:
        """A place and those above it, from the finest up."""
        seen = set[str]()
        while id in self.places and id not in seen:
            seen.add(id)
            yield id
            id = self.places[id].parent or ""

    def _ancestors(self, id: str) -> Iterator[str]:
        return (above for above in self.chain(id) if above != id)


def place_note(index: PlaceIndex, cell: str, match: PlaceMatch) -> Message | None:
    """A note on a match that is not exact: a warning, or a question."""
    if match.exact:
        return None
    if match.id:
        return message(
            "'%(cell)s' is finer than the places known here: taken as %(place)s.",
            cell=cell,
            place=index.path(match.id),
        )
    if match.candidates:
        paths = [*dict.fromkeys(map(index.path, match.candidates[:_SHOWN]))]
        if len(match.candidates) == 1:
            return message(
                "'%(cell)s' is %(place)s, which is not where the rest of the line says: one of "
                "the two is wrong.",
                cell=cell, place=paths[0],
            )  # fmt: skip
        if len(match.candidates) > _SHOWN:
            return message(
                "'%(cell)s' can be any of %(count)s places, among them %(places)s.",
                cell=cell,
                count=len(match.candidates),
                places=paths,
            )
        return message("'%(cell)s' can be any of %(places)s.", cell=cell, places=paths)
    return message("'%(cell)s' is no place known here.", cell=cell)


def with_address(values: Mapping[str, Any], cell: str) -> str:
    """The street address of a row with a place that is kept in words, the street first."""
    street = str(values.get("street_address", ""))
    parts = (street,) if cell in street else (street, cell)
    return ", ".join(filter(None, parts))[:MAX_NAME]


def kept_as_address(cell: str, note: Message) -> Message:
    """A note on a place that is not known for certain, and stays as it is written."""
    return sentences(note, message("'%(cell)s' is kept as the address.", cell=cell))


def decided_note(index: PlaceIndex, cell: str, match: PlaceMatch) -> Message:
    """A note on a place that can be several, and was decided by what stands beside it."""
    return message(
        "'%(cell)s' can be several places: taken as %(place)s by what stands beside it.",
        cell=cell,
        place=index.path(match.id),
    )


def chosen_place_note(cell: str, place: str) -> Message:
    """A note on a place that is not known, where people chose one for such cells."""
    return message(
        "'%(cell)s' is no place known here: taken as %(place)s, as was chosen.",
        cell=cell,
        place=place,
    )


def _chinese_name(place: Place) -> str:
    """Countries that the list has in English alone by their Chinese name."""
    if place.level is PlaceLevel.COUNTRY and place.name == place.name_en:
        return str(Locale.parse(NAMES).territories.get(place.country, place.name))
    return place.name


def _short_names(place: Place, letters: str) -> set[str]:
    """A name without its kind and nationalities; at least two characters are left."""
    short = normal(place.name)
    without_kind = _KINDS.sub("", short)
    chinese = {short}
    if len(without_kind) >= 2:
        short = without_kind
        chinese = {short}
        if place.name.endswith(("自治区", "自治州", "自治县", "自治旗")):
            while len(rest := _NATIONALITY.sub("", short)) >= 2 and rest != short:
                short = rest
            chinese = {short, f"{short}{place.name[-1]}"}
    english = [_ascii(word) for word in _WORDS.findall(place.name_en.casefold().replace("'", ""))]
    while len(english) > 1 and english[-1] in _GENERIC:
        english.pop()
    return {*chinese, "".join(english)} - {normal(place.name), letters, ""}


def _ascii(word: str) -> str:
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _letters(text: str) -> str:
    """The letters of a name in Latin script without accents but ü, "" for one that has others."""
    if _HAN.search(text):
        return ""
    letters = "".join(_WORDS.findall(normal(text).replace("'", "")))
    return letters if letters.isascii() else "".join(c if c == "ü" else _ascii(c) for c in letters)
