"""Keys by which titles are compared: as they are, and without what is put around them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from matchmaker.ingest.group_titles import named_side
from matchmaker.ingest.need_fields import field_of_need
from matchmaker.ingest.title_units import unit_of_title
from matchmaker.ingest.title_words import OPTED_OUT, RUNNING_NUMBER
from matchmaker.ingest.words import keys_of, word_key
from matchmaker.regex import regex
from matchmaker.text import normal

# Each title of a file is compared with every column of every kind of list.
_TITLES = 4_000
_IN_BRACKETS = regex(r"[(\[【].*?[)\]】]")
# A field of a nested address: address.city, location/country.
_PART_OF_ADDRESS = regex(
    r"(?:.*[./_])?(?:address(?:es)?|addr|location|geo|adresse|地址|所在地)"
    r"(?:[./_]\d+)?[./_](\w[\w ]*)"
)
# The year that a column's figures are of: 2024年营业收入, Turnover 2024, Umsatz (2024).
_YEAR = regex(
    r"(?<!\d)((?:19|20)\d\d)(?!\d)\s*(?:年[度末底]?|财年)?(?:\s*1\s*[-—–~至]\s*12\s*月份?)?"
)
# 规上年产值 is of firms above a size.
_LAST_YEAR = regex(r"去年|(?<!规)上一?年|\b(?:last|previous|prior) year|\bvorjahr")
# 1、 Q2. (3): numbers of questions; their words beside what they ask for.
_NUMBERED = regex(r"^(?:q\d{1,3}[.:、 ]*|\(?\d{1,3}(?:[.．:](?!\d)|[、)）]))\s*", re.IGNORECASE)
_OF_FORMS = regex(
    r"[(\[【][^()\[\]【】]*(?:选|填|题|multiple|single|required|optional)[^()\[\]【】]*[)\]】]"
)
# A title in Chinese and in another language: 公司名称 Company Name.
_TWO_SCRIPTS = regex(r"([^a-z]*[一-鿿][^a-z]*?)[\s/|·-]*([a-z][^一-鿿]*)")
_WHICH_KIND = regex(r"(?:的?属于|是)?(?:哪|何)一?[种类个]*(?:类型|类别|类|性质|单位|企业)")
# 供应商全称, 企业详细名称
_WHOLE_NAME = regex(r"(?<=.)(?:全称|详细名称|完整名称|正式名称|规范名称|单位全称|名称全称)$")
# 是否高新技术企业, 有无CNAS认可: what a yes or no is of.
_WHETHER = regex(r"^(?:是否(?:为|是|有|属于|通过|获得|取得|具有|具备|拥有)?|有无)")
_QUESTION = regex(
    r"请(?:问|填写|输入|选择|简述|描述)|[您贵](?:单位|公司|企业|司|校|方)?(?=.)的?|目前|主要?有?哪些$|有哪些|是什么|有多少"
    r"|是多少|(?:是|为)(?=[?？]?$)|是否有|[?？]+$"
)


@lru_cache(maxsize=_TITLES)
def title_keys(title: str) -> tuple[str, ...]:
    """A title as it is, without what stands in brackets, and what stands around a stroke."""
    return tuple(_title_keys(title))


# Where goods go or come from, and where an account is: not where a side is.
OF_GOODS = regex(
    r"收货|交货|送货|发货|到货|产地|原产|开户|银行|账户"
    r"|\b(?:deliver(?:y|ed)|ship(?:ping|ped)?[- ]?to|shipping|shipment|origin|bank|iban"
    r"|livraison|entrega|consegna|origine|origen|herkunft\w*|ursprung\w*"
    r"|liefer(?:adresse|anschrift|ort|land|stelle)|versand\w*)\b"
)


def _title_keys(title: str) -> Iterator[str]:
    folded = normal(title)
    yield word_key(folded)
    if (asked := _asked_for(folded)) != folded:
        yield word_key(asked)
        folded = asked
    if part := _part_of_place(folded):
        yield word_key(part)
        return
    bare = _IN_BRACKETS.sub("", folded)
    yield word_key(bare)
    if side := named_side(bare):
        yield word_key(side)
    if (named := _WHOLE_NAME.sub("名称", bare)) != bare:
        yield word_key(named)
    if (whether := _WHETHER.sub("", bare)) != bare and whether:
        yield word_key(whether)
    if (unit := unit_of_title(title)) and title.endswith(unit):  # Value EUR, 合同金额万元
        yield word_key(title[: -len(unit)].strip().removesuffix(" in"))
    if (plain := _YEAR.sub("", bare).strip()) != bare and word_key(plain):
        yield word_key(plain)
    if said := field_of_need(folded):
        yield word_key(said)
        return
    if match := _PART_OF_ADDRESS.fullmatch(bare):
        yield word_key(match[1])
    if "," in bare:  # Сумма, тыс. руб.
        yield word_key(bare.partition(",")[0])
    if "/" in bare:
        yield from map(word_key, filter(None, bare.split("/")))


# One of several columns of an address, as questionnaires part it: 企业地址（城市）, 地址-省份.
_PARTED_PLACE = regex(
    r"(?:.*(?:地址|地区|所在地|区域|城市|位置)|address|location)\s*[(\[【:：—–-]\s*(省份?|城市|市|区县|县区|区/县|区|县|province|city"
    r"|district|county|state|country)\s*[)\]】]?"
)


@lru_cache(maxsize=_TITLES)
def halves_of(title: str) -> tuple[str, ...]:
    """A title in Chinese and in another language, each as it is compared; none of another.

    `公司名称 Company Name` heads what both say; `客户 ID` is neither a client nor an id.
    """
    match = _TWO_SCRIPTS.fullmatch(_IN_BRACKETS.sub("", normal(title)).strip())
    return tuple(map(word_key, match.groups())) if match else ()


def _part_of_place(title: str) -> str:
    """What of an address a title says that it is, "" for a whole one."""
    match = _PARTED_PLACE.fullmatch(title)
    return match[1] if match else ""


def _asked_for(title: str) -> str:
    """What a question of a questionnaire asks for: `1、贵单位的名称是？(必填)` is 名称."""
    text = _NUMBERED.sub("", title)
    if text == title and not _QUESTION.search(title):
        return title
    text = _OF_FORMS.sub("", _WHICH_KIND.sub("类型", text))
    return _QUESTION.sub("", text).strip(" ?？:：,，") or title


def year_of_title(title: str) -> int | None:
    """The one year that a title names; None for none or several."""
    years = {int(year) for year in _YEAR.findall(normal(title))}
    return years.pop() if len(years) == 1 else None


def says_last_year(title: str) -> bool:
    """Tell whether a title says that its figures are of the year before: 去年产值."""
    return bool(_LAST_YEAR.search(normal(title)))


def are_of_different_years(titles: Iterable[str]) -> bool:
    """Tell whether each title names a year that no other does; one may name none."""
    years = [year_of_title(title) for title in titles]
    return len(set(years)) == len(years)


def says_opted_out(title: str) -> bool:
    """Tell whether a yes under the title means that an organisation is not to be recommended."""
    return not keys_of(OPTED_OUT).isdisjoint(title_keys(title))


def only_counts(title: str) -> bool:
    """Tell whether a title says that its column only counts the lines."""
    return word_key(title) in keys_of(RUNNING_NUMBER)
