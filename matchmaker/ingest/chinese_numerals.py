"""Chinese numerals written with digits: 二〇二一 is 2021, 一百二十 is 120."""

from __future__ import annotations

import re

from matchmaker.regex import regex

_DIGITS = dict(zip("零一二三四五六七八九", range(10), strict=True)) | {
    "〇": 0, "○": 0, "两": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7,
    "捌": 8, "玖": 9, "貳": 2, "參": 3, "陸": 6, "兩": 2,
}  # fmt: skip
_TENS = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_NUMERAL = regex(f"[{''.join(_DIGITS)}{''.join(_TENS)}]+")


def with_digits(text: str) -> str:
    """The text with each numeral below ten thousand written in digits.

    A run that is no numeral stays; so does 百 or 千 without a digit before it, which is a
    multiple of the number before it (3百).
    """
    return _NUMERAL.sub(_in_digits, text)


def _in_digits(match: re.Match[str]) -> str:
    run = match[0]
    if not any(sign in _TENS for sign in run):
        return "".join(str(_DIGITS[sign]) for sign in run)
    value = _value(run)
    return run if value is None else str(value)


def _value(run: str) -> int | None:
    """三千零五十 is 3050, 十二 is 12; None for what is written in no such way."""
    total, digit, below = 0, None, 10_000
    for place, sign in enumerate(run):
        if sign in _DIGITS:
            if digit not in (None, 0):
                return None
            digit = _DIGITS[sign]
            continue
        unit = _TENS[sign]
        if unit >= below or (digit is None and not (unit == 10 and place == 0)):
            return None
        total += (1 if digit is None else digit) * unit
        below, digit = unit, None
    return total + (digit or 0)
