"""Words of lists for the kind of a need: of a partner of which goal, or of none here."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from matchmaker.errors import InvalidInput
from matchmaker.goals import GoalName
from matchmaker.ingest.cells import CellWarning
from matchmaker.ingest.formats import UNDECIDED, ColumnFormat
from matchmaker.ingest.word_lists import NEED_KINDS, NOT_OF_PARTNERS
from matchmaker.ingest.words import member_of, word_key
from matchmaker.regex import regex
from matchmaker.text import normal

_OF_RESEARCH = regex(r"技术|难题|攻关|research|technolog|technical|challenge|problem|forschung")
_BETWEEN = regex(r"[;；、,，|\n]")
NO_PARTNER = ""


def need_kinds(cell: str, format: ColumnFormat = UNDECIDED, /) -> tuple[str, ...]:
    """The goals of the kinds of need that a cell names, each once: 采购；技术.

    Raises InvalidInput where one is not known.
    """
    del format
    if word_key(cell) in _words():  # 产能/设备 is one
        return (_goal(cell),)
    return tuple(
        dict.fromkeys(_goal(part.strip()) for part in _BETWEEN.split(cell) if part.strip())
    )


def _goal(cell: str) -> str:
    """The goal that a word for a kind of need means, NO_PARTNER for what no partner gives."""
    key = word_key(cell)
    if key in _words():
        return _words()[key]
    try:
        return str(member_of(GoalName, cell).value)
    except CellWarning as warning:
        if warning.value is None:
            raise
        raise InvalidInput("'%(cell)s' is no kind of need known here.", cell=cell) from None


def goal_of_titles(titles: Iterable[str]) -> GoalName:
    """The goal of needs under these titles: 技术难题 is for research, others for suppliers."""
    is_research = any(_OF_RESEARCH.search(normal(title)) for title in titles)
    return GoalName.RESEARCH_PARTNER if is_research else GoalName.SUPPLIER


@cache
def _words() -> dict[str, str]:
    words = {word_key(word): goal.value for goal, all in NEED_KINDS for word in all.split("|")}
    return words | {word_key(word): NO_PARTNER for word in NOT_OF_PARTNERS.split("|")}
