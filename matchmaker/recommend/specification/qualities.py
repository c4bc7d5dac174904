"""What the trades measure in figures of their own: hardness, hours of salt spray, needles, yarn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from matchmaker.recommend.specification.bounds import MeasuredBounds, bounded
from matchmaker.recommend.specification.forms import FORCE
from matchmaker.recommend.specification.measures import requirement
from matchmaker.recommend.specification.model import Requirement, RequirementKind
from matchmaker.recommend.specification.units import HAN_NUMERAL, number
from matchmaker.regex import regex

# Of these more than is asked for is as good; of the ceilings less.
SALT_SPRAY, COATING_HARDNESS, ENDURANCE, PAYLOAD, NOISE, LESS_NOISE, CELLS, ENERGY, INDEX, FILAMENTS = (
    "salt spray", "hardness of a layer", "endurance", "payload", "noise", "reduction of noise", "cells in series",
    "specific energy", "refractive index", "filaments"
)  # fmt: skip
FLOORS = frozenset({SALT_SPRAY, COATING_HARDNESS, ENDURANCE, PAYLOAD, LESS_NOISE, ENERGY, FORCE})
CEILINGS = frozenset({NOISE})
# What lies anywhere within the range that is asked for is right.
WITHIN_RANGE = frozenset({"hardness"})

_FIGURE = rf"(?:(?<![\d.])(?<!\d,)\d[\d,]{{0,8}}(?:\.\d{{1,4}})?|(?<![{HAN_NUMERAL}])[{HAN_NUMERAL}]{{1,8}})"
# Whatever is measured is so in one of these.
_FIGURES = regex(rf"[\d{HAN_NUMERAL}]")
_UNIT = r"(?:\s?(?:针|支|d|层|小时|分钟|h|hrc|hv|gsm|db|k?w|瓦|v|m?ah|rpm))?"
_RANGE = rf"(?P<low>{_FIGURE})(?:{_UNIT}\s?(?:-|~|至|到|to|和)\s?(?:hrc|hv)?(?P<high>{_FIGURE}))?"


# Figures in Arabic numerals with no unit behind them.
_BARE = (
    r"(?:大?约|在|为|是|[:：\s])?(?P<low>\d{1,4}(?:\.\d{1,3})?)(?:\s?(?:-|~|至|到)\s?(?P<high>\d{1,4}(?:\.\d{1,3})?))?"
    r"(?=\s?(?:$|[，,;；。)）]|、(?!\s?\d)|左右|以内|以上|以下|之间|(?:内|外|直)径|[壁料板]?厚|长|宽|高|的))"
)


# Said once for all figures of a text.
_OTHER_UNIT = regex(
    r"单位(?:都?是|为|[:：])?\s?(?:厘米|分米|米|英寸|寸|公分|丝|微米|[cdu]m(?![a-z])|m(?![a-z])|inch)"
)
_BATTERY = regex(
    r"电池|锂|电芯|储能|铁锂|三元|保护板|bms|batter(?:y|ies)|lipo|lithium|li-?ion|(?<![a-z])packs?(?![a-z])"
)


_OF_SOCKS = regex(r"袜|socks?(?![a-z])|hosiery")
_OF_CARBON = regex(r"碳纤|丝束|预浸|carbon|prepreg|(?<![a-z])tows?(?![a-z])|t[378]00")


class _Quality(NamedTuple):
    """`pattern` has groups low and, for a range, high, figures of `factor` units; `unit` is shown
    behind the figure. It is looked for where `beside` stands anywhere in the text.
    """

    aspect: str
    unit: str
    pattern: re.Pattern[str]
    factor: float = 1.0
    beside: re.Pattern[str] | None = None


_BOARD = regex(r"线路板|电路板|软硬结合|软板|硬板|贴片|(?<![a-z])pcbs?(?![a-z])|rigid-flex")
TRAPEZOIDAL = "trapezoidal thread"
# TR90 of frames is a plastic.
_SCREWED = regex(
    r"螺纹|丝杆|丝杠|滚丝|阀杆|螺母|螺杆|梯形|thread|screws?(?![a-z])|spindle|(?<![a-z])stems?(?![a-z])"
)


def _quality(
    aspect: str, unit: str, pattern: str, factor: float = 1.0, beside: re.Pattern[str] | None = None
) -> _Quality:
    return _Quality(aspect, unit, regex(pattern), factor, beside)


_QUALITIES = (
    _quality("hardness", "HRC", rf"(?<![a-z])hrc\s?{_RANGE}(?:±(?P<within>\d+))?"),
    _quality("hardness", "HRC", rf"{_RANGE}\s?hrc(?![a-z])"),
    _quality(COATING_HARDNESS, "HV", rf"(?<![a-z])hv\s?{_RANGE}"),
    _quality(COATING_HARDNESS, "HV", rf"{_RANGE}\s?hv(?![a-z])"),
    _quality(
        SALT_SPRAY, "h", rf"(?:盐雾(?:试验|测试)?|salt[- ]spray(?: test)?)(?:[^，,;；。\d{HAN_NUMERAL}]{{0,6}}){_RANGE}\s?(?:小时|h(?:ours?|rs?)?(?![a-z]))"
    ),
    _quality(
        SALT_SPRAY, "h", rf"{_RANGE}\s?-?(?:小时|h(?:ours?|rs?)?)(?:以上)?\s?(?:的|of |in |neutral |nss )*(?:中性)?(?:盐雾|salt[- ]spray)"
    ),
    _quality("needles", "needles", rf"{_RANGE}[\s-]?(?:针(?!织|筒|板|距|法|对|头)|needles?(?![a-z]))"),
    # 200N, of socks.
    _quality("needles", "needles", r"(?<![a-z\d.])(?P<low>\d{2,3})(?:\s?[/、-]\s?(?P<high>\d{2,3}))?n(?![a-z\d·.*])", beside=_OF_SOCKS),
    _quality("yarn count", "Ne", r"(?<![a-z\d./])(?P<low>\d{1,3})(?P<high>(?!))?s(?:/\d(?!\d))?(?![a-z\d])(?=[^，,;；。\d]{0,16}(?:纱|棉|毛线|麻|yarn|cotton|viscose|combed|carded|spun))"),
    _quality(FILAMENTS, "K", r"(?<![a-z\d.-])(?P<low>1|3|6|12|15|18|24|25|48|50)(?P<high>(?!))?k(?![a-z\d])(?!\s?(?:pcs|pairs?|pieces|sets|units|per|a |each|/|件|个|片|套|根|米|元|左右|以|cny|usd|rmb))", beside=_OF_CARBON),
    _quality("yarn count", "Ne", rf"(?<!\d)(?=\d{{1,3}}\D){_RANGE}\s?支(?:/\d)?(?=[^，,;；。]{{0,6}}(?:纱|棉|线|毛|麻|涤|面料|布|梳|绒|纺))"),
    _quality("yarn count", "Ne", rf"(?:纱|棉|线|毛|麻|涤)[^，,;；。\d]{{0,4}}(?=\d{{1,3}}\D){_RANGE}\s?支(?!笔|管|器|条|装|枪)"),
    _quality("yarn count", "Ne", rf"(?<![a-z])ne\s?{_RANGE}(?=[^,;.]{{0,20}}(?:yarn|cotton|spun|viscose|count))"),
    _quality("denier", "D", rf"(?<![a-z\d/])(?=\d\d){_RANGE}\s?(?:d(?:/\d(?!\d))?(?![a-z\d/])|旦|denier)(?=[^，,;；。]{{0,12}}(?:丝|尼龙|涤|锦|氨纶|纤维|nylon|polyester|yarn|fabric|spandex|filament))"),
    _quality("denier", "D", rf"(?:(?<=丝)|(?<=[龙纶])(?!丝)|(?<=nylon)|(?<=polyester)|(?<=yarn)|(?<=spandex)|(?<=filament))[^，,;；。\d]{{0,6}}(?=\d\d){_RANGE}\s?(?:d(?![a-z\d/])|旦|denier)"),
    _quality("weight of an area", "g/m²", rf"{_RANGE}\s?(?:gsm|g/m2|g/m²|克重|克每平(?:方米|米|方)?|克/平(?:方米|米|方)?)"),
    _quality("torque", "N·m", rf"{_RANGE}\s?(?:n[·.*]?m|牛[·.]?米)(?![a-z/])"),
    # By how much it is less says nothing of how loud it is.
    _quality(LESS_NOISE, "dB", rf"(?:降噪|减噪|消[声音]|隔[声音]|吸[声音]|衰减|(?:降低|减少|减小|减|降|低(?![\s噪]))(?![为是]))(?:量|了|掉|约|大约|噪[声音]|效果|值|[:：为是达\s])*(?:至少|不低于|不少于)?{_RANGE}\s?(?:db(?:\(a\))?|分贝)(?!以下|以内)"),
    _quality(LESS_NOISE, "dB", rf"{_RANGE}\s?(?:db(?:\(a\))?|分贝)\s?(?:以上)?的?(?:降噪|减噪|消[声音]|隔[声音]|衰减|less|lower|quieter|down|drop|reduction|attenuation|insertion loss|damping|noise reduction)"),
    _quality(LESS_NOISE, "dB", rf"(?:\bby|(?:attenuation|reduction|insertion loss|damping)(?: of)?|(?:reduces?|cuts?|lowers?|attenuates?|dampens?) (?:it )?(?:by)?)\s(?:about |around |some |at least |up to |more than )?{_RANGE}\s?db(?:\(a\))?"),
    _quality(NOISE, "dB", rf"{_RANGE}\s?(?:db(?:\(a\))?|分贝)"),
    _quality("power", "W", rf"{_RANGE}\s?-?(?:kw|千瓦)(?![a-z\d·/]|时|小时)", 1_000),
    _quality("power", "W", rf"(?<!in )(?<!within )(?<!every ){_RANGE}\s?-?(?:w(?![a-z\d·/*]|\s?(?:[条双件个套只片米元块粒支吨对张台年月]|pcs))|watts?(?![a-z])|瓦(?!楞|片|解|斯|特兰|时|盖|房|工|匠|当))"),
    # 980KV of a motor is its speed for each volt; Ti-6Al-4V is an alloy.
    _quality("voltage", "V", rf"(?<!al)(?<!al-){_RANGE}\s?-?(?:v(?:ac|dc)?(?![a-z\d/-])|volts?(?![a-z])|伏(?!安|击|笔))"),
    _quality("charge", "Ah", rf"{_RANGE}\s?-?(?:mah(?![a-z])|毫安时?)", 0.001),
    _quality("charge", "Ah", rf"{_RANGE}\s?-?(?:ah(?![a-z])|安时)"),
    _quality("speed", "rpm", rf"{_RANGE}\s?-?(?:rpm(?![a-z])|r/min(?![a-z])|转\s?(?:/|每)\s?分钟?)"),
    _quality("flow", "m³/h", rf"{_RANGE}\s?(?:m3|m³|立方米?|方)\s?(?:/|每|per )\s?(?:h(?:our|r)?(?![a-z])|小?时)"),
    _quality("flow", "m³/h", rf"{_RANGE}\s?(?:l|lit(?:re|er)s?|升)\s?(?:/|每|per )\s?(?:min(?:ute)?(?![a-z])|分钟?)", 0.06),
    _quality(ENERGY, "Wh/kg", rf"{_RANGE}\s?(?:wh|瓦时)\s?/\s?(?:kg|公斤|千克)"),
    _quality(ENDURANCE, "min", rf"(?:续航|留空|航时|flight time|endurance)[^，,;；。\d{HAN_NUMERAL}]{{0,6}}{_RANGE}\s?(?:分钟|min(?:utes?)?)"),
    _quality(ENDURANCE, "min", rf"{_RANGE}[\s-]?(?:分钟|min(?:utes?)?)\s?(?:的)?(?:续航|flight|endurance|in the air)"),
    _quality(ENDURANCE, "min", rf"(?:续航|留空|航时|flight time|endurance)[^，,;；。\d{HAN_NUMERAL}]{{0,6}}{_RANGE}\s?(?:小时|h(?:ours?|rs?)?(?![a-z]))", 60),
    _quality(PAYLOAD, "kg", rf"(?:载荷|载重|负载|payload)(?: of| up to)?[^，,;；。\d{HAN_NUMERAL}]{{0,4}}{_RANGE}\s?(?:公斤|kg)"),
    # Without a unit these are millimetres: 内径32外径40厚4.
    _quality("inner diameter", "mm", rf"(?:内径|孔径|内孔){_BARE}"),
    _quality("outer diameter", "mm", rf"外径{_BARE}"),
    _quality("outer diameter", "mm", r"(?<![a-z])od\s?[:=]?\s?(?P<low>\d{1,4}(?:\.\d{1,3})?)(?P<high>(?!))?(?=\s?(?:[,;，；/x×*]|id(?![a-z])|$))"),
    _quality("diameter", "mm", rf"(?:直径|线径){_BARE}"),
    _quality("wall thickness", "mm", rf"壁厚{_BARE}"),
    _quality("thickness", "mm", rf"(?:料厚|板厚|厚度|(?<![^\s\d，,;；。、×x*])厚){_BARE}"),
    _quality("length", "mm", rf"(?<![^\s\d，,;；。、×x*全总])长度?{_BARE}"),
    # Of cloth they are centimetres: 门幅150.
    _quality("width", "mm", rf"(?:幅宽|门幅)(?=\D?[1-3]?\d\d(?![\d.])){_BARE}", 10),
    _quality("width", "mm", rf"(?:(?<![^\s\d，,;；。、×x*])宽度?|幅宽|门幅){_BARE}"),
    _quality(CELLS, "S", rf"{_RANGE}\s?串(?!口|联|行|标|珠|门|起)", beside=_BATTERY),
    _quality(CELLS, "S", r"(?:packs?(?![a-z])|batter(?:y|ies)|电池|lipo|锂)[^.;。；]{0,24}?(?<![a-z\d.])(?<!in )(?<!within )(?<!every )(?<!after )(?<!充电)(?<!每)(?P<low>\d{1,2})s(?:\s?(?:-|~)\s?(?P<high>\d{1,2})s)?(?![a-z\d]|\s?(?:响应|内|以内|后|一|charg|response|deliver|cycle))", beside=_BATTERY),
    _quality(CELLS, "S", r"(?<![a-z\d.-])(?P<low>\d{1,2})s(?:\s?(?:-|~)\s?(?P<high>\d{1,2})s)?(?=\s(?:high-voltage |smart |lipo |li-?ion |lithium |drone |battery )*(?:packs?|batter|lipo)|\s?(?:高压|智能|锂聚合物|聚合物)?(?:锂电|电池))", beside=_BATTERY),
    _quality(CELLS, "S", r"(?<![a-z\d.-])(?P<low>\d{1,2})s(?P<high>(?!))?(?=\s\d{3,6}\s?mah)", beside=_BATTERY),
    _quality("layers", "layers", rf"{_RANGE}[\s-]?层(?=$|[，,;；、。\s])", beside=_BOARD),
    _quality(TRAPEZOIDAL, "Tr", r"(?<![a-z])tr\s?(?!90(?!\d))(?P<low>\d{1,3})(?:\s?[x×*]\s?\d{1,2})?(?:\s?[-~至到]\s?(?:tr\s?)?(?P<high>\d{1,3}))?(?![a-z\d])", beside=_SCREWED),
    _quality("layers", "layers", rf"{_RANGE}[\s-]?(?:层(?=板|软硬|的?线路)|layers?(?![a-z]))"),
    _quality("cavities", "cavities", rf"(?<!\+){_RANGE}[\s-]?(?:腔|穴|cav(?:it(?:y|ies)|s)?(?![a-z]))"),
    _quality(INDEX, "n", rf"(?:折射率|index)\s?(?:of |from )?(?=1\.){_RANGE}"),
    _quality(INDEX, "n", r"(?:镜片|lens(?:es)?|单体)[^，,;；。\d]{0,4}(?P<low>1\.(?:5[0369]?|6[017]?|7[0146]?))(?P<high>(?!))?(?![\d.]|\s?(?:元|块|美元|欧元|usd|eur|rmb|\$|€|米|毫米|厘米|公分|[mc]?m(?![a-z])|万|千|倍|%|折|kg|克))"),
    _quality(INDEX, "n", r"(?<![\d.])(?P<low>1\.(?:5[0369]?|6[017]?|7[0146]?))(?P<high>(?!))?(?![\d.])(?!\s?(?:元|块|美元|欧元|usd|eur|rmb))(?=(?:\s?mr-?\d{1,3})?[^，,;；。\d]{0,8}?(?:折射|index|非球面|树脂|镜片|单体|monomer|lens))"),
    _quality(INDEX, "n", r"(?<![\d.])(?:(?<=1\.\d\d[/、])|(?=1\.\d\d[/、]1\.[567]))(?P<low>1\.(?:5[0369]|6[017]|7[0146]))(?P<high>(?!))?(?![\d.])"),
)  # fmt: skip


_APART = regex(r"[，,;；]")


def qualities(text: str, folded: str, taken: bytearray) -> Iterator[Requirement]:
    """The figures of a text that the trades measure so; marks them in `taken`, where no other is read."""
    if _FIGURES.search(folded) is None:
        return
    is_in_mm = _OTHER_UNIT.search(folded) is None
    for aspect, unit, pattern, factor, beside in _QUALITIES:
        if unit == "mm" and not is_in_mm:
            continue  # 长2，宽3，单位米
        if beside is not None and beside.search(folded) is None:
            continue  # 羊肉串20串
        for match in pattern.finditer(folded):
            start, end = match.span()
            if _APART.search(folded, start, match.start("low")):
                start = match.start("low")  # 电池包 -40度还能飞的，12S
            low = number(match["low"])
            high = number(match["high"]) if match["high"] else low
            if aspect == "torque" and not _is_torque(text, folded, start, end):
                continue
            if low is None or high is None or taken.find(1, match.start("low"), end) >= 0:
                continue
            within = number(match.groupdict().get("within") or "0") or 0.0
            low, high = sorted((low * factor, high * factor))
            bounds, begin, stop = bounded(folded, start, end, low - within, high + within)
            if low == high and folded[begin - 1 : begin] == "从":
                bounds = MeasuredBounds(low, None)
            # The test, or the pack that has so many cells, may be what is wanted.
            names_thing = aspect in (SALT_SPRAY, CELLS, INDEX, "denier")
            first = match.start("low") if names_thing or aspect == "needles" else start
            last = max(match.end("low"), match.end("high")) if names_thing else end
            if aspect != FILAMENTS:  # 12K碳纤维 is a tow by its name
                taken[first:last] = b"\x01" * (last - first)
            yield requirement(RequirementKind.SIZE, text, begin, stop, bounds, unit, aspect)


def _is_torque(text: str, folded: str, start: int, end: int) -> bool:
    """Whether it is newtons, and not nanometres."""
    named = re.search(r"扭矩|力矩|torque", folded[max(0, start - 16) : start])
    return "N" in text[start:end] or "牛" in text[start:end] or named is not None
