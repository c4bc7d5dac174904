"""Countries: by any usual spelling, and as places.

Names in many languages, three-letter and numeric codes are those of CLDR, as babel has them.
Approximate middles, so that a distance can be told at all, are general geographic knowledge,
rounded to half a degree.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache

from babel import Locale
from babel.core import get_global
from rapidfuzz import fuzz, process

from matchmaker.domain import Place, PlaceLevel
from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import SheetNumber, UndecidedCell, is_nothing, nothing
from matchmaker.ingest.formats import UNDECIDED, ColumnFormat
from matchmaker.ingest.locales import LANGUAGES
from matchmaker.regex import regex
from matchmaker.text import normal

# The EU's institutions write two countries otherwise than ISO 3166-1 does.
_EU_CODES = {"EL": "GR", "UK": "GB"}
# Codes of CLDR that are no country of ISO 3166-1; Kosovo's is in general use.
_NO_COUNTRIES = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ".split())  # noqa: SIM905
# Spellings that CLDR lacks, parted by bars.
_ALSO = {
    "BO": "bolivia plurinational state of",
    "BN": "brunei darussalam",
    "CD": "dr congo|drc|congo democratic republic|democratic republic of the congo|"
    "democratic republic of congo|congo the democratic republic of the|zaire|民主刚果",
    "CG": "republic of the congo|congo republic|congo brazzaville",
    "CI": "ivory coast|cote divoire|科特迪瓦共和国",
    "CN": "中华人民共和国|中国大陆|大陆|内地|中国内地|prc|pr china|peoples republic of china|"
    "china peoples republic|china pr|mainland china|china mainland|volksrepublik china|vr china|"
    "republique populaire de chine",
    "CV": "cabo verde",
    "CZ": "czech republic|česká republika|捷克共和国",
    "DE": "federal republic of germany|bundesrepublik deutschland|brd|德意志联邦共和国|ger",
    "DK": "丹麦王国",
    "ES": "西班牙王国",
    "FM": "micronesia federated states of|federated states of micronesia",
    "FR": "法兰西|法兰西共和国|french republic",
    "GB": "great britain|britain|england|scotland|wales|northern ireland|u k|united kingdom of "
    "great britain and northern ireland|英格兰|苏格兰|威尔士|北爱尔兰|"
    "大不列颠及北爱尔兰联合王国|联合王国",
    "GR": "hellas|hellenic republic|希腊共和国",
    "HK": "香港|中国香港|香港特别行政区|hong kong|hong kong sar|hongkong|hong kong china",
    "IR": "iran islamic republic of|islamic republic of iran",
    "IT": "意大利共和国",
    "JP": "日本国",
    "KP": "dprk|democratic peoples republic of korea|korea democratic peoples republic of|"
    "朝鲜民主主义人民共和国|korea north",
    "KR": "korea|republic of korea|korea republic of|korea south|s korea|rok|大韩民国|南韩",
    "LA": "lao pdr|lao peoples democratic republic|老挝人民民主共和国",
    "MD": "moldova republic of|republic of moldova",
    "MK": "macedonia|the former yugoslav republic of macedonia|fyrom|马其顿",
    "MM": "burma|myanmar",
    "MO": "澳门|中国澳门|澳门特别行政区|macau|macao|macao sar|macau sar",
    "NL": "holland|the netherlands|kingdom of the netherlands|荷兰王国",
    "PS": "palestine|state of palestine|palestine state of|巴勒斯坦国",
    "RU": "russian federation|俄罗斯联邦|俄国",
    "SG": "新加坡共和国",
    "SK": "slovak republic",
    "SY": "syrian arab republic",
    "SZ": "swaziland",
    "TL": "east timor",
    "TR": "turkey|republic of türkiye|republic of turkey|土耳其共和国",
    "TW": "taiwan|taiwan province of china|chinese taipei|中国台湾|台湾省|中国台湾省|taiwan roc",
    "TZ": "tanzania united republic of|united republic of tanzania",
    "US": "usa|u s a|u s|united states of america|america|the us|the usa|the united states|"
    "美利坚合众国|美利坚|etats unis d amerique|vereinigte staaten von amerika",
    "VA": "holy see|holy see vatican city state|vatican",
    "VE": "venezuela bolivarian republic of",
    "VN": "viet nam|socialist republic of vietnam|越南社会主义共和国",
    "ZA": "republic of south africa|rsa",
}
# Signs of vehicles (UN Convention on Road Traffic) that are no codes of ISO 3166-1.
_SIGNS = {
    "A": "AT", "B": "BE", "D": "DE", "E": "ES", "F": "FR", "H": "HU", "I": "IT", "J": "JP",
    "L": "LU", "M": "MT", "N": "NO", "P": "PT", "S": "SE", "CDN": "CA", "SLO": "SI", "FL": "LI",
}  # fmt: skip
_SEVERAL = {"congo": ("CD", "CG"), "kongo": ("CD", "CG"), "刚果": ("CD", "CG")}
_FORMAL = regex(
    r"^(the |(federal |federative |islamic |arab |socialist |democratic |hellenic |swiss )*"
    r"(republic|kingdom|state|commonwealth|grand duchy|principality|sultanate|confederation) of "
    r"(the )?)|( (republic|kingdom|republik|republique))$|(共和国|王国|联邦)$"
)
# How alike an unknown name must be to be named as what may be meant, in hundredths.
_ALIKE = 75
_MIDDLES = """
AD 42.5 1.5;AE 24 54;AF 33 65;AG 17 -62;AI 18 -63;AL 41 20;AM 40 45;AO -12.5 18.5;AR -34 -64
AT 47.5 14;AU -25 134;AW 12.5 -70;AZ 40.5 47.5;BA 44 18;BB 13 -59.5;BD 24 90;BE 50.5 4.5;BF 13 -2
BG 42.5 25.5;BH 26 50.5;BI -3.5 30;BJ 9.5 2.5;BM 32.5 -64.5;BN 4.5 114.5;BO -17 -65;BR -10 -55
BS 24 -76;BT 27.5 90.5;BW -22 24;BY 53 28;BZ 17 -88.5;CA 56 -106;CD -3 23.5;CF 7 21;CG -1 15
CH 47 8;CI 8 -5.5;CL -30 -71;CM 6 12;CN 35 103;CO 4 -72;CR 10 -84;CU 21.5 -80;CV 16 -24;CW 12 -69
CY 35 33;CZ 50 15.5;DE 51 10;DJ 11.5 43;DK 56 10;DM 15.5 -61.5;DO 19 -70.5;DZ 28 3;EC -2 -77.5
EE 58.5 25.5;EG 27 30;ER 15 39;ES 40 -4;ET 8 38;FI 63 26;FJ -18 178;FO 62 -7;FR 46.5 2.5
GA -1 11.5;GB 53 -2;GD 12 -61.5;GE 42 43.5;GF 4 -53;GG 49.5 -2.5;GH 8 -1;GI 36 -5.5;GL 72 -40
GM 13.5 -15.5;GN 10.5 -11;GP 16 -61.5;GQ 1.5 10.5;GR 39 22;GT 15.5 -90.5;GW 12 -15;GY 5 -59
HK 22.5 114;HN 15 -86.5;HR 45.5 16;HT 19 -72.5;HU 47 19.5;ID -2.5 118;IE 53 -8;IL 31.5 35
IM 54 -4.5;IN 21 78;IQ 33 44;IR 32.5 54;IS 65 -18;IT 42.5 12.5;JE 49 -2;JM 18 -77.5;JO 31 36.5
JP 36 138;KE 0.5 38;KG 41.5 74.5;KH 12.5 105;KR 36.5 128;KW 29.5 47.5;KZ 48 67;LA 18.5 104
LB 34 36;LC 14 -61;LI 47 9.5;LK 7.5 80.5;LR 6.5 -9.5;LS -29.5 28;LT 55.5 24;LU 49.5 6;LV 57 25
LY 27 17;MA 32 -6;MC 43.5 7.5;MD 47 29;ME 42.5 19.5;MG -19 46.5;MH 7 171;MK 41.5 21.5;ML 17.5 -4
MM 21 96;MN 46.5 103.5;MO 22 113.5;MQ 14.5 -61;MR 20 -10.5;MT 36 14.5;MU -20 57.5;MV 3 73
MW -13.5 34;MX 23.5 -102;MY 4 109.5;MZ -18 35.5;NA -22 17;NC -21.5 165.5;NE 17.5 9.5;NG 9.5 8
NI 13 -85;NL 52 5.5;NO 62 10;NP 28 84;NZ -41 174;OM 21 57;PA 8.5 -80;PE -9.5 -75;PF -17.5 -149.5
PG -6.5 145;PH 12 122;PK 30 69.5;PL 52 19.5;PR 18 -66.5;PS 32 35;PT 39.5 -8;PY -23 -58;QA 25.5 51
RE -21 55.5;RO 46 25;RS 44 21;RU 60 90;RW -2 30;SA 24 45;SC -4.5 55.5;SD 16 30;SE 62 15;SG 1.5 104
SI 46 15;SK 48.5 19.5;SL 8.5 -12;SM 44 12.5;SN 14.5 -14.5;SO 6 46;SR 4 -56;SS 7.5 30;ST 0.5 6.5
SV 13.5 -89;SY 35 38.5;SZ -26.5 31.5;TD 15.5 19;TG 8.5 1;TH 15 101;TJ 38.5 71;TL -9 126;TM 39 59.5
TN 34 9.5;TR 39 35;TT 10.5 -61.5;TW 23.5 121;TZ -6.5 35;UA 49 32;UG 1.5 32.5;US 39.5 -98
UY -33 -56;UZ 41.5 64;VC 13 -61;VE 7 -66;VG 18.5 -64.5;VN 16 108;VU -16 167;WS -13.5 -172
XK 42.5 21;YE 15.5 47.5;ZA -29 25;ZM -13.5 28;ZW -19 29.5
"""


def country(cell: str, format: ColumnFormat = UNDECIDED) -> str:
    """ISO 3166-1 alpha-2 of a country, from a code or a name in many languages.

    Raises InvalidInput that names the nearest; UndecidedCell where several have the name;
    CellWarning for a cell that says there is nothing.
    """
    del format
    if code := iso_code(cell):
        return code
    if is_nothing(cell):
        raise nothing(cell)
    key = folded(cell)
    if several := _SEVERAL.get(key):
        raise UndecidedCell("'%(cell)s' can be %(ways)s.", choices=several, cell=cell, ways=several)
    near = process.extractOne(key, _names().keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE)
    if near is None:
        raise InvalidInput("'%(cell)s' is no country that is known.", cell=cell)
    code = _names()[near[0]]
    raise InvalidInput(
        "'%(cell)s' is no country that is known.",
        mend="Perhaps %(near)s is meant: %(code)s.",
        cell=cell,
        near=Locale.parse("en").territories[code],
        code=code,
    )


# By type: a number of a sheet is another cell than the same in text.
@lru_cache(4_000, typed=True)
def iso_code(cell: str) -> str:
    """ISO 3166-1 alpha-2, from a code or a name; "" for what is neither or several."""
    key = folded(cell)
    upper = key.upper()
    if upper in _SIGNS:
        return _SIGNS[upper]
    if len(upper) == 2 and upper.isascii() and upper.isalpha():
        upper = _EU_CODES.get(upper, upper)
        return upper if upper in _codes() else ""
    if re.fullmatch(r"[A-Z]{3}|\d{3}", upper) or isinstance(cell, SheetNumber):
        alias = get_global("territory_aliases").get(upper.zfill(3), ())
        if len(alias) == 1 and alias[0] in _codes():
            return str(alias[0])
    if key in _SEVERAL:
        return ""
    return _names().get(key) or _names().get(_FORMAL.sub("", key).strip()) or _beside_code(cell)


def _beside_code(cell: str) -> str:
    """`DE - Germany`, `China (CN)`, `中国 China`: names or codes that agree."""
    parts = [part for part in re.split(r"[()（）\[\]/,:;|\n-]", cell) if part.strip()]
    if len(parts) == 1:  # 中国 China, Germany 德国
        parts = re.split(r"(?<=[㐀-鿿])\s+(?=[A-Za-z])|(?<=[A-Za-z.])\s+(?=[㐀-鿿])", cell.strip())
    if len(parts) != 2:
        return ""
    first, second = (iso_code(part) if len(part) < len(cell) else "" for part in parts)
    return first if first and first == second else ""


def folded(text: str) -> str:
    """Folded, simplified, without accents and punctuation; `&` is a word."""
    plain = unicodedata.normalize("NFKD", normal(text).replace("&", " and "))
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign))
    kept = re.sub(r"['’.]", "", kept)
    return " ".join(re.sub(r"[^\w\s]", " ", kept).split())


@cache
def _codes() -> frozenset[str]:
    names = Locale.parse("en").territories
    return frozenset(str(code) for code in names if len(str(code)) == 2) - _NO_COUNTRIES


@cache
def _names() -> Mapping[str, str]:
    """Code by every name, the earlier language first where two countries share one."""
    names: dict[str, str] = {}
    for code, words in _ALSO.items():
        names |= {folded(word): code for word in words.split("|")}
    for language in LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if code in _codes():
                names.setdefault(folded(name), code)
    return names


@cache
def _middles() -> Mapping[str, tuple[float, float]]:
    return {
        code: (float(latitude), float(longitude))
        for entry in _MIDDLES.strip().replace("\n", ";").split(";")
        for code, latitude, longitude in [entry.split()]
    }


def country_places() -> tuple[Place, ...]:
    """Every country whose middle is known."""
    return tuple(country_place(code) for code in _middles())


@lru_cache(1_000)
def country_place(code: str) -> Place:
    """A country by its ISO code; without coordinates where none are known."""
    name = Locale.parse("en").territories.get(code, code)
    latitude, longitude = _middles().get(code, (None, None))
    id = f"iso3166:{code}"
    return Place(id, name, PlaceLevel.COUNTRY, name, None, code, latitude, longitude)
