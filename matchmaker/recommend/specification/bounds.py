"""What words around a number make of it: at most, at least, up to, 以内, 起."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.recommend.specification.units import shown
from matchmaker.regex import regex

# Before a comparison they turn it round: 不能超过, 不得低于.
_NEGATIVES = (
    "不", "不能", "不可", "不可以", "不得", "不要", "不许", "不准", "不应", "不宜", "不该", "不会", "别", "勿", "没", "没有", "未"
)  # fmt: skip
_NOT = "|".join(_NEGATIVES)
_NOT_MORE = rf"(?:{_NOT})(?:超过|超出|超|大于|高于|多于|重于|长于|厚于)"
_NOT_LESS = rf"(?:{_NOT})(?:低于|小于|少于|轻于|短于|薄于)"
_PLAIN = "".join(f"(?<!{word})" for word in _NEGATIVES)
# What is looked behind at (最深2米) stays to be read of what it is.
_AT_MOST = regex(
    rf"(?:≤|<|=<|{_NOT_MORE}|{_PLAIN}(?:小于|低于|少于)|限价|最大|最高(?:出价|限价)?|最长|(?<=最[深宽厚重])|最多|至多|可达|可到|可做到|做到|控制在|高达|达到?|"
    r"\b(?:up to|max(?:imum)?\.?|(?<!not )(?:under|below)|at most|(?:not|never|cannot|must not)(?: to| be)? (?:over|above|exceed(?:ing)?)|"
    r"(?:no|not|never|nothing|cannot)(?: be)? (?:more|heavier|longer|larger|bigger|higher|thicker|wider|greater|above|over)(?: than)?|"
    r"(?<!no )(?<!not )less than|within|as thin as|down to)(?: of| to)?)\s?(?:约|大约|about|the |our |¥|\$|€)?\s?$"
)
_AT_LEAST = regex(
    rf"(?:≥|>|>=|{_NOT_LESS}|{_PLAIN}(?:大于|高于|超过)|至少|最小|最低|最少|起订量?|起订|"
    r"\b(?:at least|min(?:imum)?\.?|(?<!not )(?<!cannot )(?<!not be )(?<!never be )(?<!cannot be )(?:over|above)|(?<!no )(?<!not )(?<!never )(?<!not be )(?<!never be )(?<!cannot be )more than|from|"
    r"(?:no|not|never)(?: be)? (?:less|lighter|shorter|smaller|lower|thinner|fewer|under|below)(?: than)?|starting (?:at|from)|exceeding|moq)(?: of| order| order of|:)?)\s?(?:约|大约|about|the )?\s?$"
)
_AT_MOST_AFTER = regex(
    r"\s?(?:以内|之内|以下|及以下|内(?!径|孔|六|螺|外|部|胆)|(?<=[^毫]米)余量|max\b|maximum|or less|or below|or under|at most|封顶)"
)
_AT_LEAST_AFTER = regex(
    r"\s?(?:及以上|以上|起(?![飞降落重球毛]|[订批做]量?[:：为是\s]{0,2}\d)|多(?![孔层种头轴年用功])|余(?![热料量])|\+(?!\d)|or more|moq|minimum order|and up|and above|or above|min\b|minimum|or better)"
)


@dataclass(frozen=True)
class MeasuredBounds:
    """What a written measure means: both ends, None where it is open."""

    low: float | None
    high: float | None

    def shown(self, unit: str) -> str:
        if self.low is None and self.high is not None:
            text = f"≤{shown(self.high)}"
        elif self.high is None and self.low is not None:
            text = f"≥{shown(self.low)}"
        elif self.low == self.high:
            text = shown(self.low or 0.0)
        else:
            text = f"{shown(self.low or 0.0)}-{shown(self.high or 0.0)}"
        return f"{text} {unit}".strip()


def bounded(
    folded: str, start: int, end: int, low: float, high: float
) -> tuple[MeasuredBounds, int, int]:
    """The bounds that words around a number set, and the span with those words."""
    before = folded[max(0, start - 24) : start]
    if low == high:
        if word := _AT_MOST.search(before):
            return MeasuredBounds(None, high), start - (len(before) - word.start()), end
        if word := _AT_LEAST.search(before):
            return MeasuredBounds(low, None), start - (len(before) - word.start()), end
        if word := _AT_MOST_AFTER.match(folded, end):
            return MeasuredBounds(None, high), start, word.end()
        if word := _AT_LEAST_AFTER.match(folded, end):
            return MeasuredBounds(low, None), start, word.end()
    return MeasuredBounds(low, high), start, end
