"""Requirements that are a number with a unit: sizes, pressures, temperatures, rates, prices, days."""

from __future__ import annotations

import re

from matchmaker.recommend.specification.bounds import MeasuredBounds, bounded
from matchmaker.recommend.specification.forms import (
    FORCE,
    INCHES,
    NOMINAL_DIAMETER,
    NOMINAL_PRESSURE,
)
from matchmaker.recommend.specification.model import Requirement, RequirementKind
from matchmaker.recommend.specification.ordered import (
    ends_clause,
    is_count_of_things,
    is_of_stuff,
    is_order,
    is_ordered,
)
from matchmaker.recommend.specification.patterns import (
    MEASURE,
    RATE_AFTER,
    RATE_BEFORE,
    RATE_OF_THINGS,
    anywhere,
)
from matchmaker.recommend.specification.units import PERIODS, UNITS, number
from matchmaker.regex import regex

_STRENGTH = regex(
    r"(?:强度|模量|屈服|抗拉|应力|strength|modulus|yield|tensile|stress)[^，,;；。]{0,6}$"
)
_HEAT = regex(
    r"(?:温|热|冷|耐|蒸汽|工况|介质|steam|℃|temperature|heat|cold|cryogenic|零下|down to|up to|-|~)[^，,;；。]{0,8}$"
)
_LEAD_TIME = regex(
    r"(?:交期|交货期?|货期|工期|供期|发货|交付|出样|打样|周期|到货|lead[- ]time|deliver(?:y|ed|ies)?(?: time)?|turnaround|ship(?:ped|ping|s)?|ready|quot\w+|samples?|sampling takes|takes|t1|t0|within|in)[^，,;；。.]{0,8}$"
)
_LEAD_TIME_AFTER = regex(
    r"(?:之|以)?内|交|发|取|出|到货|给|完成|前|\s?(?:lead[- ]time|turnaround|delivery|from [a-z]+|t[01]|ex works|or less|after)|回"
)
_NO_LEAD_TIME = regex(
    r"(?:账期|质保|保质|保修|寿命|免租|排期|测试|租|付款|试用|连续|留空|库存|约|年限|经验|成立|历史|工作|运行|warranty|payment|net|guarantee|life|shelf|experience|every|for|last|past|over)[^，,;；。.]{0,4}$"
)
_OF_A_DATE = regex(r"\s?\d{1,2}\s?[月日号]")
_OF_A_DATE_BEFORE = regex(r"\d\s?[年月]\s?$")
_YEAR = 365
_HOURS = regex(r"小时|[hH](?:ours?|rs)?$")
_WITHIN = regex(r"(?:within|in|under)\s$")
_ALONE_BEFORE = regex(r"(?:^|[，,;；。.])\s?$")
_ALONE_AFTER = regex(r"\s?(?:$|[，,;；。.])")
_CONDITION = regex(
    r"\s?(?:hours?|h)?\s?(?:salt spray|盐雾|warranty|质保|experience|经验|不)|的?寿命"
)
_UNDER_PRESSURE = regex(r"压力?[^，,;；。0-9]{0,3}$")
_TONNAGE = regex(
    r"(?:(?:锁模力|吨位|锁模|clamp\w*|tonnage)[^，,;；。]{0,4}|"
    r"(?:注塑机|压铸机|冲床|压力机|油压机|液压机|折弯机|(?:mou?lding|casting) machine|press)[，,\s]{0,2}|"
    r"(?:die[- ]casting|压铸)\s?(?:up to|from|of|最大|到)?\s?)$"
)
# 2500吨和3500吨压铸单元, 三千吨左右的机器: what machines press with is no weight.
_FORCE = regex(
    r"(?:\s?(?:和|及|、|/|-|~|至|到|and|or|to)\s?[\d.]+\s?(?:吨|tonnes?|tons?|t))*(?:左右|上下|以上|以下|级)?的?-?\s?(?:一体化?)?(?:机|设备|单元|级|压铸|压机|冲床|注塑(?!用)|油压|液压|press|machine|tonne machine|die.?casting|injection|clamp)"
)
# How fast a battery is emptied, and what a thing is called: LiPo 6S 100C, model 300C.
_RATE_OF_BATTERY = regex(
    r"(?:(?<![a-z])packs?(?![a-z])|batter(?:y|ies)|lipo|电池|电芯|锂电)[^，,;；。.℃°温热]{0,12}$|"
    r"(?:型号|model|part no\.?|type)[^，,;；。a-z0-9]{0,3}$"
)
_NO_HEAT = regex(r"\s?(?:倍率|放电|充电|discharge|rate|rating)")
# What is weighed, behind the machine that it is for: 折弯机，3吨钢板; "press 20 tons of copper".
_STUFF = regex(
    r"的?\s?(?:不锈|碳|冷轧|热轧)?(?:钢(?!厂)|铜|铝(?!合金压|件|压)|铁|锌|镁|塑料|橡胶|原料|材料|毛坯|粒子|料|板材|型材|铸件|锻件|钢材)|\s?of (?!force|pressure|clamp)"
)
_TONNE, _MUCH = 1000.0, 100.0
# 压铸模 电机壳 2500吨: no mould weighs so much, and machines press with more.
_HEAVIEST_MOULD = 100 * _TONNE
_STUFF_BEFORE = regex(r"(?:[钢料铝铜锌材铁锭]|粒子|steel|resin|granules|alloy|scrap)[，,\s]{0,2}$")
_NAMES_MOULDS = anywhere(
    r"(?:压铸|注塑)模(?![块式型压])|模具(?!钢)|die[- ]?casting dies?(?![a-z])|(?<![a-z])mou?lds?(?![a-z])"
)
# What carries a weight is not ordered by it: 需要20吨行车.
_LIFTED = regex(
    r"(?:级|以上)?的?\s?(?:行车|叉车|吊|起重|天车|货车|卡车|地磅|千斤顶|(?:[a-z-]+ ){0,2}?(?:crane|forklift|truck|hoist|jack|lift|winch|boiler|"
    r"furnace|scale|weighbridge|tank|trailer|reactor|mixer|elevator|excavator|loader)s?(?![a-z])|"
    r"[^，,;；。\d]{0,4}(?:锅炉|电炉|炉(?!料|渣)|葫芦|储罐|料罐|罐(?!头|装)|秤|平板车|挂车|搬运车|运输车|反应釜|釜|电梯|货梯|升降|卷扬机|拉力机|试验机|挖掘机|装载机|装置))"
)
_ORDER = regex(
    r"(?:起订量?|起订|最小起订|moq|minimum order|min(?:imum)?\.? order(?: quantity)?(?: of)?|first order|from)[:\s]{0,2}$"
)
# 每款最少500双: so many of each are the least.
_OF_EACH = regex(r"(?:每|一)[个种]?[款色码单花规](?:格|型|号)?(?:起做|起订)?$")
_ASPECTS = {
    "wall thickness": r"壁厚|wall(?:s| thickness)?",
    "thickness": r"厚度?|thick(?:ness)?|gauge",
    NOMINAL_DIAMETER: r"口径|通径|公称直径|bore size|nominal (?:diameter|size|bore)",
    "inner diameter": r"内径|内孔|孔径|bore|inner diameter|inside diameter|\bid\b",
    "outer diameter": r"外径|outer diameter|outside diameter|\bod\b",
    "diameter": r"直径|线径|罐径|筒径|球径|diameter|dia\.?",
    "length": r"长度?|long|length",
    "width": r"宽度?|幅宽|wide|width",
    "height": r"高度?|high|height|tall",
    "depth": r"深度?|deep|depth",
    "stroke": r"行程|stroke",
    "tolerance": r"公差|精度|误差|圆度|偏差|同轴度|平面度|直线度|垂直度|平行度|圆柱度|跳动|变形|tolerance|accuracy|runout|flatness|roundness|straightness|squareness|parallelism|concentricity",
    "weight": r"重量?|单重|weigh\w*",
}
_ASPECT = regex("|".join(f"(?P<a{n}>{p})" for n, p in enumerate(_ASPECTS.values())))
_ASPECT_NAMES = tuple(_ASPECTS)
_NEAR = 14
# Between these a dash is no sign: 20-40, A-12.
_LATIN_AND_FIGURES = frozenset("abcdefghijklmnopqrstuvwxyz0123456789%℃°")
# 一丝五 are one and a half hundredths of a millimetre, 两米六 two metres and sixty.
_TENTH = regex(
    r"(?<=[丝米斤寸吨])[一二三四五六七八九半](?![一二三四五六七八九十百千万\d个只件台套双家条根年月天])"
)
# "Sixty in Siberia", "20 in stock" are no inches; those say of what.
_IN_A_PLACE = regex(
    r" (?!(?:to|x|by|and|or|dia|diameter|wide|long|thick|high|deep|tall|od|id|bore|nominal|full|class|ansi|pipes?|tubes?|valves?|ball|gate|globe|check|butterfly|flanges?|bolts?|screws?|wafers?|cylinders?|schedule|sch|stainless|carbon|steel|brass|props?|propellers?)\b)[a-z]"
)
_MANY = 100  # 年8万
_A_DAY = 1 / 31
_BAR_STOCK = regex(r"[ -](?:stock|ends?)(?![a-z])")
# Of what a radar works at: 毫米波雷达 77G.
_NAMES_RADAR = anywhere(r"雷达|毫米波|(?<![a-z])(?:radar|mm-?wave)")
_WEIGHED = regex(r"重|weigh|mass")
_BANDS = frozenset({24, 60, 76, 77, 78, 79, 80})
# Of mobile networks, and no grams.
_GENERATION = regex(r"[345]g/[345]g?|[345]g(?=[/网通模基信专])")
# How far a thing reaches or flies, and not how far away a partner is.
# What is so long itself is not so far away: 两百公里高压线, "30 km of pipeline".
_LONG_THING = regex(
    r"\s?(?:长的?|的)?[\u4e00-\u9fff]{0,4}?(?:高压线|输电|配电|电力线|线路|管线|管道|油管|气管|公路|道路|铁路|轨道|河道|河堤|堤|海岸|边境|围栏|电缆|光缆|航线|隧道)|"
    r"(?:[ -]long|(?: stretch)? of)?(?: [a-z]+){0,3}? (?:pipe(?:line)?s?|(?:power ?|overhead )?lines?|roads?|highways?|rail(?:way)?s?|tracks?|cables?|fences?|coast(?:line)?|"
    r"rivers?|canals?|dikes?|dykes?|borders?|tunnels?)(?![a-z])"
)
_FAR_FROM = regex(r"[离距]|方圆|周边|\b(?:within|radius|distance)\b")
_REACHED = regex(
    r"(?:航程|航距|图传|数传|链路|传输|通信|通讯|飞行|作用|探测|测控|控制)(?:距离|半径|范围)?[^，,;；。]{0,4}$|(?:图传|数传)(?:模块|电台|设备|系统|机)[，,]$|"
    r"(?<!\bin )(?<!\bwithin )(?<!\bin a )(?<!\bwithin a )\b(?:range|reach|(?:data ?|radio |video )link)(?: of| up to|:|,| is)?(?: up to| about)? ?$"
)
_FROM_THERE = regex(r" (?:from|of|around) ")


def measure(text: str, folded: str, start: int) -> list[Requirement]:
    """The number with a unit that stands at an offset, if it says something."""
    if (
        start
        and folded[start - 1] == "-"
        and folded[start - 2 : start - 1] not in _LATIN_AND_FIGURES
    ):
        start -= 1
    match = MEASURE.match(folded, start)
    if match is None:
        return []
    if not (match["first"] or match["last"]):
        return _bare_rate(text, folded, match)
    requirement = _measure(text, folded, match)
    return [requirement] if requirement else []


def _bare_rate(text: str, folded: str, match: re.Match[str]) -> list[Requirement]:
    """Pieces of what the text is of: `80,000 per month`."""
    start, end = match.span("low")
    if not folded[start].isdigit() or folded[start : start + 4] in ("2024", "2025", "2026", "2027"):
        return []
    amount = number(match["low"])
    if amount is None:
        return []
    if after := RATE_AFTER.match(folded, end):
        end, period = after.end(), after["period"] or after["adverb"]
    elif of_things := RATE_OF_THINGS.match(folded, end):
        period = of_things["period"]
    elif (before := RATE_BEFORE.search(folded, max(0, start - _NEAR), start)) and (
        amount >= _MANY and (folded[end : end + 1] == " " or ends_clause(folded, end))
    ):
        start, period = before.start(), before["period"] or before["every"]
    elif is_count_of_things(folded, start, end, amount):
        bounds = MeasuredBounds(amount, amount)
        return [requirement(RequirementKind.QUANTITY, text, start, end, bounds, "piece")]
    else:
        return []
    months = PERIODS.get(period, 12)
    bounds = MeasuredBounds(_a_month(amount, months), _a_month(amount, months))
    return [requirement(RequirementKind.QUANTITY, text, start, end, bounds, "piece/month")]


def _measure(text: str, folded: str, match: re.Match[str]) -> Requirement | None:
    first, last = match["first"], match["last"]
    end = match.end()
    high_text = match["high"]
    if high_text and not last and not first:
        return None
    if high_text and not last:  # `5 mm-8` or `3天到` with something else behind
        high_text, end = None, match.end("first")
    name = last or first
    if name is None or (name == "in" and _IN_A_PLACE.match(folded, end)):
        return None
    if name == "个" and folded.startswith("半", end):  # 一周两个半天
        return None
    unit = UNITS[name]
    low = number(match["low"])
    high = number(high_text) if high_text else low
    if low is None or high is None:
        return None
    low_unit = UNITS[first] if first and last else unit
    if low_unit.base != unit.base:
        return None
    low, high = low_unit.of(low), unit.of(high)
    tenth = _TENTH.match(folded, end)
    if tenth is not None and low == high:
        amount = number(match["low"]) or 0.0
        low = high = unit.of(amount + _tenths(tenth[0]))
        end = tenth.end()
    if match["low"].startswith("-") and unit.base != "°C":
        low = abs(low)
    start = match.start()
    return _as_kind(text, folded, name, unit.base, start, end, min(low, high), max(low, high))


def _a_month(amount: float | None, months: float) -> float | None:
    """An amount of so many months for one: 21,430 and not 21,428.57143 of 5,000 a week."""
    return None if amount is None else float(f"{amount / months:.4g}")


def _tenths(written: str) -> float:
    """What stands behind a unit as it is spoken: the half of 三斤半, the tenths of 一米五."""
    return 0.5 if written == "半" else (number(written) or 0.0) / 10


def _as_kind(
    text: str, folded: str, name: str, base: str, start: int, end: int, low: float, high: float
) -> Requirement | None:
    before, after = folded[max(0, start - _NEAR) : start], folded[end : end + _NEAR]
    if base == "day":
        return _days(text, start, end, high, before, after)
    bounds, start, end = bounded(folded, start, end, low, high)
    before = folded[max(0, start - _NEAR) : start]
    if base == "°C":
        if name == "度" and low >= 0 and not _HEAT.search(before):
            return None
        if name == "c" and not _is_heat(text, end, low, high, before):
            return None
        if before.endswith("零下"):
            bounds, start = MeasuredBounds(-high, -low), start - 2
        return requirement(RequirementKind.TEMPERATURE, text, start, end, bounds, base)
    if base == "MPa":
        if name == "bar" and _BAR_STOCK.match(folded, end):
            return None
        if _STRENGTH.search(before) or name in ("gpa", "pa"):
            return None
        aspect = NOMINAL_PRESSURE if "公称" in before else ""
        return requirement(RequirementKind.PRESSURE, text, start, end, bounds, base, aspect)
    if base == "km":
        if re.match(r"\s?/|\s?每", folded[end : end + 3]) or _rate(folded, start, end):
            return None
        is_exact = bounds.low == bounds.high and not _FAR_FROM.search(before)
        if is_exact and _LONG_THING.match(folded, end):
            return None
        if _REACHED.search(folded[max(0, start - 24) : start]) and not _FROM_THERE.match(
            folded, end
        ):
            return None
        bounds = MeasuredBounds(None, bounds.high) if bounds.low == bounds.high else bounds
        return requirement(RequirementKind.DISTANCE, text, start, end, bounds, base)
    if base == "mm":
        return _length(text, folded, name, start, end, bounds, before)
    return _amount(text, folded, name, base, start, end, bounds)


def _is_heat(text: str, end: int, low: float, high: float, before: str) -> bool:
    """Whether a bare C is degrees: 550C, "-20 to 250 C"; and neither a grade nor a class."""
    is_round = high % 5 == 0 and low % 5 == 0
    is_far = high >= 100 or low < 0 or bool(_HEAT.search(before))
    is_other = _RATE_OF_BATTERY.search(before) or _NO_HEAT.match(text[end : end + 16].lower())
    return text[end - 1] == "C" and is_round and is_far and not is_other


def _length(
    text: str, folded: str, name: str, start: int, end: int, bounds: MeasuredBounds, before: str
) -> Requirement | None:
    after = folded[end : end + 12]
    if re.match(r"\s?/\s?(?:s|min|h|r|分|秒|小时)", after):
        return None
    aspect = _aspect(before, after)
    if rate := _rate(folded, start, end):
        end = rate[1]
        bounds = MeasuredBounds(
            *(None if v is None else v / rate[0] for v in (bounds.low, bounds.high))
        )
        return requirement(RequirementKind.QUANTITY, text, start, end, bounds, "mm/month")
    if UNITS[name].factor == 25.4 and aspect in ("", NOMINAL_DIAMETER):
        aspect = INCHES
    if aspect == NOMINAL_DIAMETER and UNITS[name].factor == 1:
        return requirement(RequirementKind.SIZE, text, start, end, bounds, "DN", aspect)
    if aspect == "tolerance":
        high = bounds.high if bounds.high is not None else bounds.low
        bounds = MeasuredBounds(None, high)
    return requirement(RequirementKind.SIZE, text, start, end, bounds, "mm", aspect)


def _amount(
    text: str, folded: str, name: str, base: str, start: int, end: int, bounds: MeasuredBounds
) -> Requirement | None:
    after = folded[end : end + 24]
    if name == "g" and _GENERATION.search(folded, max(0, start - 3), end + 1):
        return None
    said = {round(1000 * value) for value in (bounds.low, bounds.high) if value is not None}
    is_weighed = _WEIGHED.search(folded, max(0, start - 8), start)
    if name == "g" and said <= _BANDS and not is_weighed and _NAMES_RADAR(folded):
        return None
    is_range = None not in (bounds.low, bounds.high) and bounds.low != bounds.high
    ordered = (not is_range and _ORDER.search(folded[max(0, start - 24) : start])) or (
        bounds.high is None
        and (
            text[end - 1 : end] == "起"
            or folded.startswith(("moq", "minimum"), max(0, end - 13), end)
            or folded[:end].endswith(("moq", "minimum order"))
            or _OF_EACH.search(folded, max(0, start - 8), start)
        )
    )
    rate = _rate(folded, start, end)
    if rate and base == "L" and rate[0] < _A_DAY:
        return None  # a flow
    if rate:
        begin, end = rate[2], max(end, rate[1])
        values = (_a_month(v, rate[0]) for v in (bounds.low, bounds.high))
        return requirement(
            RequirementKind.QUANTITY, text, begin, end, MeasuredBounds(*values), f"{base}/month"
        )
    if ordered and base not in ("m²", "L", "mm"):
        low = bounds.low if bounds.low is not None else bounds.high
        return requirement(
            RequirementKind.QUANTITY,
            text,
            start,
            end,
            MeasuredBounds(low, None),
            base,
            "minimum order",
        )
    if base == "L":
        return requirement(RequirementKind.SIZE, text, start, end, bounds, base, "volume")
    is_tonnes = base == "kg" and UNITS[name].factor >= _TONNE
    if base == "kg" and not is_tonnes and _UNDER_PRESSURE.search(folded[max(0, start - 8) : start]):
        stated = (None if v is None else UNITS["公斤压力"].of(v) for v in (bounds.low, bounds.high))
        return requirement(
            RequirementKind.PRESSURE, text, start, end, MeasuredBounds(*stated), "MPa"
        )
    if base == "kg":
        if UNITS[name].factor == 1e-6:
            return None
        named = _TONNAGE.search(folded[max(0, start - _NEAR - 4) : start]) or (
            (bounds.low or 0) >= _HEAVIEST_MOULD
            and _NAMES_MOULDS(folded)
            and not is_ordered(folded, start)
            and not _STUFF_BEFORE.search(folded, max(0, start - 8), start)
        )
        if _FORCE.match(after) or (named and not _STUFF.match(after)):
            tonnes = (None if v is None else v / 1000 for v in (bounds.low, bounds.high))
            return requirement(
                RequirementKind.SIZE, text, start, end, MeasuredBounds(*tonnes), "t", FORCE
            )
        if re.match(r"\s?/\s?(?!(?:件|个|只|支|套|台|pcs?|pieces?|each|ea)(?![a-z]))|\s?每", after):
            return None  # of one of them it is its weight: 180kg/件
        is_much = (bounds.low or 0) >= _MUCH
        by_the_tonne = (is_tonnes and is_ordered(folded, start)) or (
            is_much and is_of_stuff(folded, start, end)
        )
        # "A 5 tonne winch" is one of them.
        is_one = re.search(r"(?<![a-z])an? $", folded[max(0, start - 3) : start])
        if by_the_tonne and not is_one and not _LIFTED.match(after):
            return requirement(RequirementKind.QUANTITY, text, start, end, bounds, base)
        return requirement(RequirementKind.SIZE, text, start, end, bounds, base, "weight")
    if base == "m²" or not is_order(folded, start, end, bounds.low or bounds.high or 0):
        return None
    return requirement(RequirementKind.QUANTITY, text, start, end, bounds, base)


def _days(
    text: str, start: int, end: int, high: float, before: str, after: str
) -> Requirement | None:
    """A time to deliver; other times (warranty, payment, endurance) are none."""
    if _NO_LEAD_TIME.search(before) or _CONDITION.match(after):
        return None
    if _OF_A_DATE.match(after) or _OF_A_DATE_BEFORE.search(before):
        return None
    alone = (
        1 < high < _YEAR
        and not _HOURS.search(text, start, end)
        and _ALONE_BEFORE.search(before)
        and _ALONE_AFTER.match(after)
    )
    if not (_LEAD_TIME.search(before) or _LEAD_TIME_AFTER.match(after) or alone):
        return None
    if text[start : start + 2].lower() in ("a ", "an") and not _WITHIN.search(before):
        return None
    if within := re.search(r"(?:within|in|under|不超过|最快|≤|最长)\s?$", before):
        start -= len(before) - within.start()
    if behind := re.match(r"(?:之内|以内|内)", after):
        end += behind.end()
    return requirement(
        RequirementKind.DEADLINE, text, start, end, MeasuredBounds(None, high), "day", "duration"
    )


def _rate(folded: str, start: int, end: int) -> tuple[float, int, int] | None:
    """(months, end, start) of the period that an amount is for, None where there is none."""
    if after := RATE_AFTER.match(folded, end):
        period = after["period"] or after["adverb"]
        return float(PERIODS.get(period, 12)), after.end(), start
    if before := RATE_BEFORE.search(folded[max(0, start - _NEAR) : start]):
        period = before["period"] or before["every"]
        return float(PERIODS[period]), end, start - len(before[0])
    return None


def _aspect(before: str, after: str) -> str:
    """What a length measures, by the nearest word before it, else by the one after it."""
    clause = re.split(r"[，,;；。、]", before)[-1]
    matches = list(_ASPECT.finditer(clause))
    if matches:
        return _ASPECT_NAMES[int((matches[-1].lastgroup or "a0")[1:])]
    if behind := _ASPECT.match(after.lstrip(" -的")):
        return _ASPECT_NAMES[int((behind.lastgroup or "a0")[1:])]
    return ""


def requirement(
    kind: RequirementKind,
    text: str,
    start: int,
    end: int,
    bounds: MeasuredBounds,
    unit: str,
    aspect: str = "",
) -> Requirement:
    return Requirement(
        kind,
        bounds.shown(unit),
        text[start:end],
        start,
        end,
        aspect=aspect,
        low=bounds.low,
        high=bounds.high,
        unit=unit,
    )
