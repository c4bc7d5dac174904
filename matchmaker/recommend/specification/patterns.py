"""The forms in which trades write sizes, ratings, rates, prices, deadlines, standards, codes.

All but `GRADE` are for folded text (`clauses.fold`): lower case, one kind of dash, half-width.
They are matched at a place where a number or its prefix stands, never searched for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from matchmaker.recommend.specification.units import (
    CURRENCIES,
    ENGLISH_NUMERALS,
    HAN_NUMERAL,
    PERIODS,
    UNITS,
)
from matchmaker.regex import regex
from matchmaker.remembered import Remembered, remembered

_NOT_BEFORE = {"丝": "(?![杆网印锥攻线绸袜光瓜束])", "付": "(?![款清定钱账费给了现出订])"}


def anywhere(pattern: str) -> Remembered[[str], bool]:
    """Whether a pattern stands anywhere in a text: looked up once for all that the text names."""
    compiled = regex(pattern)

    @remembered(1_000)
    def stands_there(folded: str) -> bool:
        return compiled.search(folded) is not None

    return stands_there


def alternatives(words: Iterable[str]) -> str:
    """Longest first; what ends in a Latin letter ends a word, and 丝杆 are no hundredths."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return "|".join(
        re.escape(word)
        + (r"(?![a-z])" if word[-1].isascii() and word[-1].isalpha() else _NOT_BEFORE.get(word, ""))
        for word in ordered
    )


TO = r"\s?(?:-|~|to|至|到)\s?"
DECIMAL = r"\d+(?:\.\d+)?"
# Six groups of thousands at most: of a list without end all would be looked at from each.
_ARABIC = (
    r"(?:\d{1,3}(?:,\d{3}){1,6}(?!,\d{3})|\d+)(?:\.\d+)?"
    r"(?:\s?[百千万亿]|k(?![a-z])|w(?=[件个只条双副套台根片米])|\s(?:million|thousand)(?![a-z]))?"
)
_INCH = r"(?=\s?(?:-\s?\d{1,2}(?:/\d{1,2})?\s?)?(?:\"|''|inch|in(?![a-z])|寸|英寸))"
_FRACTION = rf"(?:\d{{1,2}}[\s-])?\d{{1,2}}/\d{{1,2}}{_INCH}"
_ENGLISH = r"(?:" + alternatives(ENGLISH_NUMERALS) + ")"
NUMBER = rf"(?:{_FRACTION}|{_ARABIC}|[{HAN_NUMERAL}]{{1,10}}|半(?=[个年天月])|{_ENGLISH})"
# Of 12K T700 and "5 M8 nuts" the letter begins what stands behind it.
UNIT = rf"(?:{alternatives(UNITS)})(?:(?<![a-z])|(?!\d))"
CURRENCY = alternatives(CURRENCIES)
PERIOD = alternatives(PERIODS)

# Where a number can begin, and one that is written in figures.
START = regex(rf"[0-9{HAN_NUMERAL}半]")
FIGURE = regex(DECIMAL)
# A number with its unit, or two of them: `10-50 mm`, `8mm~12mm`, `五千件`.
MEASURE = regex(
    rf"(?P<low>-?{NUMBER})(?:[\s-]?(?:多|余)?(?P<first>{UNIT}))?"
    rf"(?:{TO}(?P<high>-?{NUMBER})(?:[\s-]?(?P<last>{UNIT}))?)?"
)
_PER = rf"(?P<per>\s?(?:/|每|per |an? |each |一)\s?(?P<unit>{UNIT}|[a-z]+))?"
# Money, with the sign before the number or the word behind it.
SIGN = regex(r"(?:us\$|[¥$€£]|rmb|usd|eur|cny|gbp)\s?$")
SIGNED_PRICE = regex(rf"(?P<low>{_ARABIC})(?:{TO}(?P<high>{_ARABIC}))?{_PER}")
PRICE = regex(
    rf"(?P<low>{NUMBER})(?:{TO}(?P<high>{NUMBER}))?\s?(?:多|余)?(?P<word>{CURRENCY}){_PER}"
)
RATE_AFTER = regex(
    rf"\s?(?:(?:/|per |an? |each |every |每个?|一个?)\s?)(?P<period>{PERIOD})"
    r"|\s(?P<adverb>monthly|annually|yearly|weekly|daily|p\.?a\.?)(?![a-z])"
)
# 200 stainless valve bodies (CF8M, DN50) a month.
RATE_OF_THINGS = regex(
    r" (?!(?:or|and|to|years?|days?|weeks?|months?|hours?)\b)(?:[a-z][a-z'-]*,? ){1,5}(?:\([^)]{0,30}\) |in [a-z0-9]{1,12} )?"
    rf"(?:a|an|per|each|every) (?P<period>{PERIOD})(?![a-z])"
)
RATE_BEFORE = regex(
    # In 48小时 500付 the hours are how long it lasts.
    rf"(?:(?<![a-z02-9])(?<!\d1)(?P<period>{PERIOD})|(?:每个?|一个?)(?P<every>{PERIOD})[^，,;；。\d]{{0,4}}$)"
    r"(?:度|的|产能|产量|产|供货量|供货|供应|供|需求|需|用量|用|消耗|采购|出货|可做|可产|加工|处理|"
    r"capacity|output|production|demand|need|volume| of|:|约|大约|左右|around|about|近|超|超过|达|"
    r"最大|最高|能|可| |至少|不少于|不低于|up to|over|at least|最多|稳定|大概|要|喷|出|均|约为)*+$"
)

DIAMETER = regex(
    rf"φ\s?{DECIMAL}(?:{TO}φ?\s?{DECIMAL}|\s?[x×*]\s?{DECIMAL}(?:\s?[x×*]\s?{DECIMAL})?)?(?:\s?(?:mm|毫米|cm|厘米|m|米)(?![a-z0-9²³]))?"
)
TOLERANCE = regex(rf"(?:±|\+/-)\s?{DECIMAL}\s?(?P<unit>mm(?![a-z])|μm|um|微米|毫米|丝|°|度|%|℃)?")
NOMINAL_DIAMETER = regex(
    r"dn\s?\d{1,4}(?![\d.])"
    r"(?:\s?(?:[-~/]|to|至|到)\s?(?:dn\s?)?\d{1,4}(?![\d.a-z])|\s?[,、，]\s?dn\s?\d{1,4}(?![\d.])){0,12}"
)
_NPS = r"(?:\d{1,2}[ -])?\d/\d|\d{1,2}(?:\.\d{1,3})?"
NOMINAL_PIPE_SIZE = regex(rf"nps\s?(?P<low>{_NPS})(?:{TO}(?:nps\s?)?(?P<high>{_NPS}))?(?![\d/])")
NOMINAL_PRESSURE = regex(
    rf"pn\s?{DECIMAL}(?:\s?(?:mpa|bar))?"
    rf"(?:{TO}(?:pn\s?)?{DECIMAL}(?![a-z\d])(?:\s?(?:mpa|bar))?"
    rf"|\s?[/、]\s?(?:pn\s?)?{DECIMAL}(?![a-z\d])){{0,12}}"
)
CLASS = regex(r"(?:class|cl\.?|ansi)\s?\d{3,4}(?:\s?[-/~]\s?\d{3,4})*(?:\s?lbs?)?(?![a-z0-9])")
POUNDS = regex(
    r"(?:150|300|400|600|800|900|1500|2500)(?:\s?[-~/]\s?(?:300|400|600|800|900|1500|2500)){0,7}\s?(?:lbs?(?![a-z])|#|磅级?)"
)
THREAD = regex(
    r"m\d{1,2}(?:\.\d)?(?:\s?[x×*]\s?\d{1,3}(?:\.\d+)?)?"
    # The second of small ones goes without its letter: M1.2-1.6. M8-8.8 is a strength, M10-1.5 a pitch.
    r"(?:(?:\s?[-~]\s?| to |至|到)(?:m|(?<=m1\.\d[-~])(?=1\.\d|[23]\.[05])|(?<=m2\.\d[-~])(?=[23]\.[05])|(?<=m[12][-~])(?=1\.\d|[23]\.[05]))"
    r"\d{1,2}(?:\.\d)?(?:\s?[x×*]\s?\d{1,3})?)?"
    r"(?![a-z0-9/#.]|-\d|\s?(?:级|carbon|碳纤|高速钢|steel))"
)
PIPE_THREAD = regex(r"(?:g|rc|npt|bspp|bspt|bsp)\s?(?:\d[-\s])?\d{1,2}/\d{1,2}(?!\d)\"?")
PIPE_THREAD_BEHIND = regex(r"(?:\d[-\s])?\d{1,2}(?:/\d{1,2})?\"?\s?(?:npt|bspp|bspt|bsp)(?![a-z])")
ROUGHNESS = regex(rf"r[az]\s?(?:≤|<|=)?\s?{DECIMAL}(?:\s?(?P<unit>nm|纳米)(?![a-z]))?")
_SIDE = rf"{DECIMAL}\s?(?:mm|cm|m|毫米|厘米|米)?"
DIMENSIONS = regex(
    rf"{_SIDE}\s?[x×*]\s?{_SIDE}(?:\s?[x×*]\s?{DECIMAL})?\s?"
    r"(?P<unit>mm(?![a-z])|cm(?![a-z])|m(?![a-z²³])|毫米|厘米|米|inch)?(?![a-z0-9²³])"
)
_STANDARD_NUMBER = r"[\s-]?(?:[a-z]{1,2}[\s-]?)?\d{1,6}[a-z]{0,2}(?:[.\-/]\d+)*(?![a-z0-9])"
CHINESE_BODIES = frozenset(
    [
        "gb",
        "jb",
        "hg",
        "cj",
        "yb",
        "yy",
        "sh",
        "sy",
        "nb",
        "dl",
        "qc",
        "fz",
        "yd",
        "sj",
        "qb",
        "jg",
        "jt",
        "hj",
        "ga",
        "tb",
        "ys",
        "ly",
        "cb",
        "hb",
        "lb",
        "wb",
        "cjj",
        "jgj",
        "gjb",
    ]
)
CHINESE_STANDARD = regex(
    r"(?:t/[a-z]{2,6}|[a-z]{2,3}(?:/[tz])?)\s?-?\d{2,6}(?:\.\d+)*(?:-(?:19|20)\d{2})?(?![a-z0-9])"
)
BODIES = frozenset(
    [
        "en",
        "iso",
        "iec",
        "api",
        "astm",
        "asme",
        "ansi",
        "din",
        "bs",
        "jis",
        "ul",
        "iatf",
        "nace",
        "mss",
        "sae",
        "awwa",
        "nfpa",
        "mil-std",
        "ams",
        "vda",
        "as",
        "eiga",
        "ieee",
        "ipc",
        "ispm",
        "nsf",
        "un",
        "nb/t",
    ]
)
STANDARD = regex(
    r"(?:(?:din |bs )?en iso|din en|bs en|iso/iec|iso/ts|as/nzs|can/csa|asme/ansi|ansi/asme|api (?:std|spec|standard)|"
    r"nace mr|mss sp|ansi/[a-z]+|[a-z]+(?:-std)?)" + _STANDARD_NUMBER
)
PROTECTION = regex(r"ip\s?\d[\dxk]{1,2}(?![a-z0-9])")
FLAMMABILITY = regex(r"ul\s?94(?:\s?-?v-?[012])?(?![a-z0-9])")
DATE = regex(
    r"(?:(?:19|20)\d{2}年)?\d{1,2}月(?:(?:\d{1,2}[日号]|底|初|中旬|上旬|下旬|份|末)?(?:之前|以前|前)"
    r"|(?:\d{1,2}[日号]|底|初|中旬|末)(?:交货?|交付|到货|要货?|出货|发货))"
    r"|(?:19|20)\d{2}[-/.]\d{1,2}(?:[-/.]\d{1,2})?(?:之前|以前|前)"
    r"|(?:19|20)\d{2}年(?:底|末)?(?:之前|以前|前)"
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
SPOKEN_DATE = regex(
    r"(?:[这本下]个?)?(?:周|星期|礼拜)[一二三四五六日天末]之?前|"
    r"(?:本|下|今|明)?(?:年|月)?(?:年底|月底|春节|国庆|五一)(?:之)?前|年前|年内|本月内|"
    r"(?:by|before|until|no later than|not later than)\s(?:the\s)?(?:end of\s|mid-?\s?)?"
    rf"(?:(?:\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?)?{_MONTH}(?:\s\d{{1,2}}(?:st|nd|rd|th)?(?!\d))?,?(?:\s(?:19|20)\d{{2}})?"
    r"|q[1-4](?:\s(?:19|20)\d{2})?|(?:19|20)\d{2}(?:-\d{2}(?:-\d{2})?)?"
    rf"|(?:this |next |coming |this coming )?{_WEEKDAY}"
    r"|(?:the |this |next )?(?:year|month|week|quarter|spring|summer|autumn|christmas)(?: end)?)(?![a-z])"
)
# B2B would be of boron alone.
_ELEMENT = r"(?:Cr|Ni|Mo|Mn|Ti|Si|Al|Cu|Nb|Zn|Mg|Sn|V|W|B|Co|N|Re)"
GRADE = regex(
    r"(?P<iron>(?:QT|HT|ZG|KTH)\s?\d{3}(?:-\d{1,3})?[A-Z]?)"
    r"|(?P<structural>[QL]\d{3}[A-Z]{0,3})"
    r"|(?P<carbon>\d{2}(?:#|号钢))"
    rf"|(?P<alloy>(?!B2B)(?:ZG|[A-Z])?\d{{0,3}}(?:{_ELEMENT}\d{{0,2}}(?:\.\d)?){{2,6}}[A-E]?"
    r"|\d{2,3}(?:Cr|Mn|Ni|Mo|Si)\d{0,2}[A-E]?)"
)
TOKEN = regex(r"[a-z0-9]{1,30}(?:[-/.][a-z0-9]{1,30}){0,5}#?")
SPACED_CODE = regex(r"\d{3,6} (?:\d?[a-z]{1,3}\d?)(?![a-z0-9])")
