"""Counties of Taiwan, which GB/T 2260 does not list: they lie in the province."""

from __future__ import annotations

from matchmaker.regex import regex

_PROVINCE = "台湾省"
_COUNTY = regex(
    r"(?:宜兰|新竹|苗栗|彰化|南投|云林|嘉义|屏东|台东|花莲|澎湖)县|(?:基隆|新竹|嘉义)市"
)


def under_province(text: str) -> str:
    """An address in simplified characters, with the province before a county that begins it."""
    return f"{_PROVINCE}{text}" if _COUNTY.match(text) else text
