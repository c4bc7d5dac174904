"""The forms in which trades write sizes, ratings, rates, prices, deadlines, standards, codes.

All are for folded text (`clauses.fold`): lower case, one kind of dash, half-width.
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


def alternatives(words: Iterable[str]) -> str:
    """Longest first; what ends in a Latin letter ends a word."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return "|".join(
        re.escape(word) + (r"(?![a-z])" if word[-1].isascii() and word[-1].isalpha() else "")
        for word in ordered
    )


TO = r"\s?(?:-|~|to|至|到)\s?"
_DECIMAL = r"\d+(?:\.\d+)?"
_ARABIC = (
    r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
    r"(?:\s?[百千万亿]|k(?![a-z])|\s(?:million|thousand)(?![a-z]))?"
)
_FRACTION = r"(?:\d{1,2}[\s-])?\d{1,2}/\d{1,2}(?=\s?(?:\"|''|inch|in\b|寸|英寸))"
_ENGLISH = r"(?:" + alternatives(ENGLISH_NUMERALS) + ")"
NUMBER = rf"(?:{_FRACTION}|{_ARABIC}|[{HAN_NUMERAL}]{{1,10}}|半(?=[个年天月])|{_ENGLISH})"
UNIT = alternatives(UNITS)
CURRENCY = alternatives(CURRENCIES)
PERIOD = alternatives(PERIODS)

# A number with its unit, or two of them: `10-50 mm`, `8mm~12mm`, `五千件`.
MEASURE = re.compile(
    rf"(?<![a-z0-9.])(?P<low>-?{NUMBER})[\s-]?(?:多|余)?(?P<first>{UNIT})?"
    rf"(?:{TO}(?P<high>-?{NUMBER})[\s-]?(?P<last>{UNIT})?)?"
)
# The same of money, the sign before or the word after.
PRICE = re.compile(
    rf"(?:(?P<sign>us\$|[¥$€£]|(?:rmb|usd|eur|cny)\s?)\s?(?P<after>{_ARABIC})(?:{TO}(?P<upto>{_ARABIC}))?"
    rf"|(?<![a-z0-9.])(?P<low>{NUMBER})(?:{TO}(?P<high>{NUMBER}))?\s?(?:多|余)?(?P<word>{CURRENCY}))"
    rf"(?P<per>\s?(?:/|每|per |an? |each |一)\s?(?P<unit>[a-z]+|{UNIT}))?"
)
RATE_AFTER = re.compile(
    rf"\s?(?:(?:/|per |an? |each |every |每个?|一个?)\s?)(?P<period>{PERIOD})|\s(?P<adverb>monthly|annually|yearly|weekly|daily|a\.?p\.?a\.?|p\.a\.)"
)
RATE_BEFORE = re.compile(
    rf"(?:每个?|一个?|per |each |every )?(?P<period>{PERIOD})"
    r"(?:度)?(?:的|产能|产量|产|供货量|供货|供应|供|需要|需求|需|用量|用|消耗|采购|出货|可做|可产|加工|capacity|output|production|demand|need|volume| of|:|约|大约|左右|around|about|近|超|超过|达|可达|最大|最高|能|可| |至少|不少于|不低于|up to|over|at least|最多)*$"
)  # fmt: skip

SPECIAL = re.compile(
    "|".join(
        (
            r"(?P<dn>(?<![a-z])dn\s?\d{1,4}(?![\d.])(?:(?:\s?[-~/]\s?|to|至|到)(?:dn\s?)?\d{1,4}(?![\d.a-z])|\s?[,、，]\s?dn\s?\d{1,4})*)",
            rf"(?P<pn>(?<![a-z])pn\s?{_DECIMAL}(?:\s?(?:mpa|bar))?(?:{TO}(?:pn\s?)?{_DECIMAL}(?![a-z\d])(?:\s?(?:mpa|bar))?)?)",
            r"(?P<rating>(?<![a-z])(?:class|cl\.?)\s?\d{3,4}(?:\s?[-/~]\s?\d{3,4})*(?:\s?lbs?)?|(?<![a-z\d.])(?:150|300|400|600|800|900|1500|2500)\s?(?:lbs?(?![a-z])|#|磅级?))",
            r"(?P<thread>(?<![a-z0-9.\-])m\d{1,2}(?:\.5)?(?:\s?[x×*]\s?\d{1,3}(?:\.\d+)?)?(?:\s?[-~]\s?m\d{1,2}(?:\s?[x×*]\s?\d{1,3})?)?(?![a-z0-9/#.\-]|\s?级|\s?(?:carbon|碳纤)))",
            r"(?P<pipe>(?<![a-z0-9])(?:g|rc|npt|bspp|bspt|bsp)\s?(?:\d[-\s])?\d{1,2}/\d{1,2}(?!\d)\"?|(?<![a-z0-9./])(?:\d[-\s])?\d{1,2}/\d{1,2}\"?\s?(?:npt|bspp|bspt|bsp)(?![a-z]))",
            rf"(?P<diameter>φ\s?{_DECIMAL}(?:{TO}φ?\s?{_DECIMAL})?(?:\s?(?:mm|毫米|cm|m)(?![a-z0-9²³]))?)",
            rf"(?P<tolerance>(?:±|\+/-)\s?{_DECIMAL}\s?(?:mm|μm|um|微米|毫米|丝|°|度|%|℃)?)",
            rf"(?P<roughness>(?<![a-z])r[az]\s?(?:≤|<|=)?\s?{_DECIMAL})",
            rf"(?P<dimensions>(?<![a-z0-9.φ]){_DECIMAL}\s?(?:mm|cm|m)?\s?[x×*]\s?{_DECIMAL}\s?(?:mm|cm|m)?(?:\s?[x×*]\s?{_DECIMAL})?\s?(?:mm|cm|m|毫米|厘米|米|inch)(?![a-z0-9²³]))",
            r"(?P<standard>(?<![a-z])(?:"
            r"(?:gb|jb|hg|cj|yb|yy|sh|sy|nb|dl|qc|fz|yd|sj|qb|jg|jt|hj|ga|tb|ys|ly|cb|hb|lb|nb|wb|cjj|jgj|gjb|t/[a-z]{2,6})(?:/[tz])?\s?-?\d{2,6}(?:\.\d+)*(?:-(?:19|20)\d{2})?"
            r"|(?:en iso|din en iso|din en|bs en iso|bs en|iso/iec|iso/ts|asme/ansi|ansi/asme|api std|api spec|api|astm|asme|ansi|en|din|iso|iec|bs|jis|ul|iatf|nace mr|nace|mss sp|mss|sae|awwa|nfpa|mil-std|ams|vda|as|wrap|eiga)[\s-]?(?:[a-z]{1,2}\s?)?\d{1,6}[a-z]{0,2}(?:[.\-/]\d+)*(?![a-z0-9])"
            r"|ip[\s]?\d[\dxk]{1,2}(?![a-z0-9])|un\s?38\.3|ul\s?94(?:\s?v-?[012])?))",
            r"(?P<date>(?:(?:19|20)\d{2}年|今年|明年)?\d{1,2}月(?:\d{1,2}[日号]|底|初|中旬|上旬|下旬|份|末)?(?:之前|以前|前)|(?:19|20)\d{2}[-/.]\d{1,2}(?:[-/.]\d{1,2})?(?:之前|以前|前)|(?:19|20)\d{2}年(?:底|末)?(?:之前|以前|前)|(?:今年底|明年底|年底|年内|月底|春节|本月底|下月底|国庆|五一|十一)(?:之前|以前|前)|年内|(?:by|before|until|no later than|not later than)\s(?:the\s)?(?:end of\s|mid-?\s?)?(?:(?:\d{1,2}(?:st|nd|rd|th)?\s)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?(?:\s\d{1,2}(?:st|nd|rd|th)?(?!\d))?,?(?:\s(?:19|20)\d{2})?|q[1-4](?:\s(?:19|20)\d{2})?|(?:19|20)\d{2}(?:-\d{2}(?:-\d{2})?)?|(?:the |this |next )?(?:year|month|spring|summer|autumn|christmas)))",
        )
    )
)
GRADE = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(?P<iron>(?:QT|HT|ZG|KTH)\s?\d{3}(?:-\d{1,3})?[A-Z]?)"
    r"|(?P<structural>Q\d{3}[A-E]?)"
    r"|(?P<carbon>\d{2}(?:#|号钢))"
    r"|(?P<alloy>(?:[A-Z])?\d{0,3}(?:(?:Cr|Ni|Mo|Mn|Ti|Si|Al|Cu|Nb|Zn|Mg|Sn|V|W|B|Co|N|Re)\d{0,2}(?:\.\d)?){2,6}[A-E]?|\d{2,3}(?:Cr|Mn|Ni|Mo|Si)\d{0,2}[A-E]?)"
    r")(?![A-Za-z0-9])"
)
TOKEN = re.compile(r"[a-z0-9]+(?:[-/.][a-z0-9]+)*")
