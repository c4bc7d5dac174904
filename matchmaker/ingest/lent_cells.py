# ruff: noqa: E501 -- words, as a list is read
"""What organisations of a list of members let others use or do for others: offers of theirs."""

from __future__ import annotations

from collections.abc import Iterator

from matchmaker.domain import OfferKind
from matchmaker.regex import regex
from matchmaker.text import normal

_PARTED = regex(r"[；;\n]")
# The surest first: a machine that may be rented is equipment, also where work is done on it.
_KINDS = (
    (
        OfferKind.TECHNOLOGY,
        regex(r"转让|许可|专利|成果|\b(?:licen[cs]\w*|patents?|technolog\w+)\b"),
    ),
    (
        OfferKind.EQUIPMENT,
        regex(
            r"设备|仪器|机时|台时|按[小时天日周]|出租|租[用赁借]|共享|产能|富余|闲置|空闲|空着|余量|[产生]线|[床炉窑]|暗室|实验室|机台|[\d一二两三四五六七八九十]+[台套条]|"
            r"\b(?:equipment|machines?|lines?|ovens?|furnaces?|capacity|idle|spare|rent|hire|by the (?:hour|day)|bookable|(?:laser|press|oven|machine) time|free (?:on|at|in|from|most))\b"
        ),
    ),
)


def offers_in(text: str, titles: tuple[str, ...]) -> Iterator[tuple[OfferKind, str]]:
    """The offers of a cell, each with its kind: 老化测试可外接；夜班压铸产能有富余.

    `titles` stand over it and say what kind all are of that do not say it themselves.
    """
    for piece in filter(None, map(str.strip, _PARTED.split(text))):
        yield _kind(piece) or _kind(" ".join(titles)) or OfferKind.SERVICE, piece


def _kind(words: str) -> OfferKind | None:
    said = normal(words)
    return next((kind for kind, pattern in _KINDS if pattern.search(said)), None)
