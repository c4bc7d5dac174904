"""Numerals and units of trade texts, as floats in one unit for each dimension.

Factors are those of the SI and of NIST SP 811 (2008), appendix B.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from matchmaker.regex import regex


class Unit(NamedTuple):
    """value in `base` = written value · factor + offset."""

    base: str
    factor: float
    offset: float = 0.0

    def of(self, value: float) -> float:
        """The value in the base unit; 12 significant digits, so that 16 · 0.1 is 1.6."""
        return float(f"{value * self.factor + self.offset:.12g}")


_FACTORS: dict[str, dict[float, str]] = {
    "mm": {
        1: "mm 毫米 ㎜",
        10: "cm 厘米 公分 ㎝",
        100: "dm 分米",
        1000: "m 米 metre metres meter meters",
        1e-3: "µm μm um 微米 micron microns",
        1e-6: "nm 纳米",
        1e-2: "丝",
        25.4: "inch inches in \" '' ″ ” 英寸 寸",
        304.8: "ft feet foot 英尺",
    },
    "km": {
        1: "km 公里 千米 kilometre kilometres kilometer kilometers",
        1.609344: "mile miles 英里",
    },
    "MPa": {
        1: "mpa 兆帕",
        0.1: "bar bars barg 巴",
        1e-3: "kpa 千帕",
        1e-6: "pa",
        0.006894757293168: "psi psig",
        0.0980665: "kgf/cm2 kgf/cm² kg/cm2 kg/cm² 公斤压力",
        0.101325: "atm 大气压",
    },
    "kg": {
        1: "kg kgs 公斤 千克 ㎏ kilo kilos kilograms",
        1e-3: "g 克 gram grams",
        1e-6: "mg 毫克",
        1000: "t 吨 ton tons tonne tonnes mt",
        0.45359237: "lb lbs pounds",
        0.5: "斤",
    },
    "L": {
        1000: "m3 m³ 立方 立方米 cbm",
        1: "l litre litres liter liters 升",
        1e-3: "ml 毫升 cc",
    },
    "m²": {1: "m2 m² ㎡ 平方 平方米 平米 sqm"},
    "piece": {
        1: "件 个 只 枚 颗 粒 支 pcs pc piece pieces nos units unit 台 parts 根 把 片 块 条 张 sheets 批次",
    },
    "pair": {1: "双 对 副 付 pair pairs prs pr", 12: "dozen 打"},
    "set": {1: "套 组 set sets"},
    "roll": {1: "卷 roll rolls"},
    "box": {1: "箱 盒 包 cartons boxes"},
    "day": {
        1: "天 日 day days 个工作日 工作日",
        7: "周 星期 个星期 礼拜 week weeks",
        30: "个月 月 month months",
        1 / 24: "小时 个小时 hour hours h hrs",
        365: "年 year years",
    },
}  # fmt: skip
UNITS = {
    name: Unit(base, factor)
    for base, factors in _FACTORS.items()
    for factor, names in factors.items()
    for name in names.split()
}
for _name in (
    "℃",
    "°c",
    "º c",
    "ºc",
    "° c",
    "摄氏度",
    "degc",
    "deg c",
    "degrees celsius",
    "度",
    "c",
):
    UNITS[_name] = Unit("°C", 1.0)
for _name in ("℉", "°f", "° f", "degf", "deg f", "degrees fahrenheit", "华氏度"):
    UNITS[_name] = Unit("°C", 5 / 9, -160 / 9)

CURRENCIES = {
    "元": "CNY", "块钱": "CNY", "rmb": "CNY", "cny": "CNY", "¥": "CNY", "￥": "CNY", "yuan": "CNY",
    "人民币": "CNY", "$": "USD", "usd": "USD", "us$": "USD", "美元": "USD", "美金": "USD", "dollars": "USD", "dollar": "USD", "bucks": "USD",
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "欧元": "EUR", "£": "GBP", "gbp": "GBP",
    "英镑": "GBP", "jpy": "JPY", "日元": "JPY", "sgd": "SGD", "新元": "SGD",
}  # fmt: skip

# Nominal pipe sizes in inches and their DN (ASME B36.10M, ISO 6708).
NOMINAL_DIAMETERS = {
    0.125: 6, 0.25: 8, 0.375: 10, 0.5: 15, 0.75: 20, 1: 25, 1.25: 32, 1.5: 40, 2: 50, 2.5: 65, 3: 80,
    3.5: 90, 4: 100, 5: 125, 6: 150, 8: 200, 10: 250, 12: 300, 14: 350, 16: 400, 18: 450, 20: 500,
    22: 550, 24: 600, 26: 650, 28: 700, 30: 750, 32: 800, 36: 900, 40: 1000, 42: 1050, 48: 1200,
}  # fmt: skip

# Months in a period; a month has 30 days, as in the contracts of the trade.
PERIODS = {
    "天": 1 / 30, "日": 1 / 30, "day": 1 / 30, "daily": 1 / 30, "周": 7 / 30, "星期": 7 / 30, "week": 7 / 30,
    "weekly": 7 / 30, "月": 1, "个月": 1, "month": 1, "monthly": 1, "季": 3, "季度": 3, "quarter": 3, "quarterly": 3,
    "年": 12, "year": 12, "annum": 12, "annual": 12, "annually": 12, "yearly": 12, "yr": 12, "mth": 1, "mo": 1, "wk": 7 / 30, "pa": 12, "p.a.": 12,
    "班": 1 / 30, "小时": 1 / 720, "hour": 1 / 720, "hr": 1 / 720, "h": 1 / 720,
}  # fmt: skip

HAN_NUMERAL = "零〇一二两三四五六七八九十百千万亿"
_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
ENGLISH_NUMERALS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fourteen": 14, "fifteen": 15,
    "twenty": 20, "thirty": 30, "forty": 40, "forty-five": 45, "fifty": 50, "sixty": 60, "ninety": 90,
    "hundred": 100, "thousand": 1000,
}  # fmt: skip
_MULTIPLES = {
    "百": 100,
    "千": 1000,
    "万": 10_000,
    "亿": 1e8,
    "k": 1000,
    "w": 10_000,
    "million": 1e6,
    "thousand": 1000,
}
_WRITTEN = regex(r"([\d.,]+)\s?(百|千|万|亿|k|w|million|thousand)?")
# Signs that a figure is written with at most.
_LONGEST = 60
_FRACTION = regex(r"(?:(\d+)[\s-])?(\d+)/(\d+)")


@lru_cache(maxsize=4096)
def number(text: str) -> float | None:
    """The number that is written: `1,200`, `1.5万`, `1-1/2`, `一万二千`, `two`; None if none is."""
    if len(text) > _LONGEST:  # no figure of a trade, and more digits than a number holds
        return None
    text = text.strip().lower()
    if text.startswith("-"):
        value = number(text[1:])
        return None if value is None else -value
    if text in ENGLISH_NUMERALS:
        return float(ENGLISH_NUMERALS[text])
    if text.startswith("半"):
        return 0.5
    if fraction := _FRACTION.fullmatch(text):
        whole, above, below = (int(part or 0) for part in fraction.groups())
        return whole + above / below if below else None
    if written := _WRITTEN.fullmatch(text):
        try:
            value = float(written[1].replace(",", ""))
        except ValueError:
            return None
        return value * _MULTIPLES.get(written[2] or "", 1)
    return han_number(text)


def han_number(text: str) -> float | None:
    """The value of a Chinese numeral (`一万二千`, `十二万`, `两万五`); None if it is none."""
    if "点" in text:  # 零点八
        before, _, behind = text.partition("点")
        digits = [_DIGITS.get(character) for character in behind]
        value = han_number(before)
        if value is None or not digits or None in digits:
            return None
        return float(f"{value:.0f}.{''.join(map(str, digits))}")
    total, section, digit, last = 0, 0, -1, 1
    for character in text:
        if character in _DIGITS:
            if digit > 0 and (text.isdigit() or character == "两"):  # 三两 is a weight
                return None
            digit = _DIGITS[character]
            if character in "零〇":
                last = 10  # the next digit is one of units: 一万零五
        elif character in _TENS:
            last = _TENS[character]
            section += (1 if digit < 0 else digit) * last
            digit = -1
        elif character in _MYRIADS:
            last = _MYRIADS[character]
            total += max(section + max(digit, 0), 1) * last
            section, digit = 0, -1
        else:
            return None
    if digit > 0:  # 两万五 is 25,000; 十五 is 15
        section += digit * (last // 10 if last >= 100 else 1)
    return float(total + section) if text else None


def shown(value: float) -> str:
    """A number as it is read: 50, 1.6, 0.02."""
    return f"{value:.10g}" if abs(value) < 1e7 else f"{value:.0f}"
