"""What the cells of a column are, whatever its title says."""

from __future__ import annotations

import re
from collections.abc import Sequence

from matchmaker.ingest.cells import is_nothing
from matchmaker.text import normal

# The share of a column's values that must be of a kind for the column to be of it.
MOST = 0.6


def are_counts(values: Sequence[str]) -> bool:
    """Tell whether values count people: 150人, 20."""
    filled = [value for value in values if value and not is_nothing(value)]
    return bool(filled) and sum(bool(_COUNT.fullmatch(each)) for each in filled) > len(filled) / 2


_COUNT = re.compile(
    r"(?:约|ca\.? ?|~)?\d{1,6}\s*(?:多|余)?(?:人|名|employees|staff|people)?(?:左右|以上)?"
)


def are_ranks_of_members(values: Sequence[str]) -> bool:
    """Tell whether values are ranks in an association, as 副会长单位, and not what members are."""
    filled = [value for value in values if value and not is_nothing(value)]
    return bool(filled) and sum(map(_is_rank, filled)) >= MOST * len(filled)


def _is_rank(value: str) -> bool:
    return _RANK.fullmatch(normal(value).replace(" ", "")) is not None


_RANK = re.compile(
    r"(?:荣誉|名誉|轮值|常务|执行|创始|首届|第\w届)*(?:副?会长|副?理事长|副?主席|理事|常务理事|监事长?|秘书长|会员|发起人?"
    r"|普通会员|团体会员|单位会员|一般会员|正式会员|预备会员)(?:单位|企业|会员)?"
    r"|(?:full|ordinary|regular|associate|associated|founding|honorary|corporate|individual|supporting"
    r"|premium|gold|silver|bronze|platinum|basic|vollmitglied|fördermitglied|gründungsmitglied)"
    r"(?:member(?:ship)?)?"
)
