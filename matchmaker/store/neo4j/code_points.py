"""Pages in order of code points, whichever way the server compares.

`ORDER BY` sorts texts by code points, and so does an index. Where no index answers, `>` compares
them as UTF-16, in which what is beyond the basic plane (𠀀) stands before U+E000 and what follows
it (Ａ): rows after such an id would be left out of the next page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

Item = TypeVar("Item")
# From here on the two orders differ.
_SURROGATES: Final = "\ud800"
_ALL: Final = 2**31 - 1


def rows_after(
    ask: Callable[[str, int], Sequence[Item]], id_of: Callable[[Item], str], after: str, limit: int
) -> list[Item]:
    """The first rows after an id, of what `ask` gives for where to begin and how many."""
    common = next((at for at, sign in enumerate(after) if sign >= _SURROGATES), None)
    if common is None:
        return list(ask(after, limit))
    # Up to there both orders agree, so none is before that; who is after is told here.
    return [row for row in ask(after[:common], _ALL) if id_of(row) > after][:limit]
