"""Towns and streets of China by name, and the counties that they lie in.

They are finer than the places known here: a cell that names one falls to its county.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

LIST = Path(__file__).parents[2] / "seed" / "lists" / "townships.txt"
# What a name may be without: 柳市 for 柳市镇. A whole cell of so many letters may be so written.
_KINDS = ("镇", "街道", "乡")
_SHORT = range(2, 5)
# Offices that stand for what they administer: 娄桥街道办事处, 柳市镇人民政府.
_OFFICE = ("街道办事处", "街道办", "街办")
_LONGEST = 12
# 南京东路 alone is a road of many cities, and not the street office of Shanghai that is named so.
_ROADS = ("路", "街", "道", "巷", "弄", "村", "号")


class Townships:
    """Counties by the names of their towns.

    `lines` are a county each: its code, then its towns by what their names end with, as in
    `330382|镇 大荆 仙溪|乡 智仁`.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._counties: dict[str, str] = {}
        for line in lines:
            code, *groups = line.rstrip("\n").split("|")
            for kind, *names in (group.split(" ") for group in groups):
                for name in (each + kind for each in names):
                    before = self._counties.get(name)
                    self._counties[name] = f"{before} {code}" if before else code

    def __bool__(self) -> bool:
        return bool(self._counties)

    def at_start(self, text: str, *, is_whole: bool) -> frozenset[str]:
        """Codes of the counties with a town by whose name a text begins; empty for none.

        The longest name counts. A text that is a whole cell may be a name but for its kind.
        """
        plain = text
        for office in _OFFICE:
            plain = plain.replace(office, "街道")
        for end in range(min(len(plain), _LONGEST), 2, -1):
            if codes := self._counties.get(plain[:end]):
                return frozenset(codes.split())
        if is_whole and len(text) in _SHORT and not text.endswith(_ROADS):
            return frozenset(self._of_short(text))
        return frozenset()

    def _of_short(self, text: str) -> Iterator[str]:
        for kind in _KINDS:
            yield from self._counties.get(text + kind, "").split()


@cache
def townships() -> Townships:
    """Those that come with Matchmaker; none where the list is missing."""
    if not LIST.exists():
        return Townships(())
    with LIST.open(encoding="utf-8") as stream:
        return Townships(stream)
