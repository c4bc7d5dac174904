"""Names in two languages that stand in two columns under one title."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from matchmaker.ingest.cells import filled_values
from matchmaker.ingest.column_values import MOST
from matchmaker.ingest.consortia import is_organization_name
from matchmaker.regex import regex
from matchmaker.text import is_han

# A column without a title, and one whose title stands over several: #2, Company#4.
_OF_ANOTHER = regex(r"(.*)#\d+")


def second_names(
    samples: Mapping[str, Sequence[str]], taken: Mapping[str, str], is_name: Callable[[str], bool]
) -> dict[str, str]:
    """Columns of names in two languages side by side, of which one has no title of its own.

    The Chinese one is the name, the other the English name. `is_name` tells whether a title heads
    names.
    """
    if "name_en" in taken.values():
        return {}
    for title, beside in pairwise(samples):
        match = _OF_ANOTHER.fullmatch(beside)
        plain = (_OF_ANOTHER.fullmatch(title) or (title, title))[1]
        if taken.get(title, "") not in ("name", "") or taken.get(beside) or match is None:
            continue
        if match[1] not in ("", plain) or not (taken.get(title) or is_name(plain)):
            continue
        are_han = [_are_names_in_han(samples[each]) for each in (title, beside)]
        if are_han == [False, True]:
            return {title: "name_en", beside: "name"}
        if are_han == [True, False]:
            return {title: "name", beside: "name_en"}
    return {}


def _are_names_in_han(values: Sequence[str]) -> bool | None:
    """Whether most values are names with Chinese characters; False: in letters; None: neither."""
    filled = filled_values(values)
    in_han = [value for value in filled if any(map(is_han, value))]
    if not filled:
        return None
    if len(in_han) >= MOST * len(filled):
        names = sum(map(is_organization_name, in_han))
        return True if names >= MOST * len(in_han) else None
    in_letters = [value for value in filled if value not in in_han and value[:1].isalpha()]
    return False if len(in_letters) >= MOST * len(filled) else None
