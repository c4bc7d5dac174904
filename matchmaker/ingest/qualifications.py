"""Columns of qualifications with a yes or no in each cell: 高新技术企业 是, ISO 9001 √, CNAS 无.

What a yes says stands in the title; so it is read with the cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import CellWarning, UndecidedCell
from matchmaker.ingest.certificates import certificate_names
from matchmaker.ingest.title_keys import title_keys
from matchmaker.ingest.words import flag, member_of, word_key
from matchmaker.messages import Message
from matchmaker.regex import regex
from matchmaker.vocabulary import Tier

_BETWEEN = regex(r"[、,，;；/+&\n]")
CERTIFICATES, TIER = "certificates", "tier"


def cell_with_title(column: str, title: str, cell: str) -> tuple[str, Message | None]:
    """The qualification that a cell with its title says; "" where it says no.

    Of other titles and columns the cell as it is, of tiers without what is a certificate. The
    message tells why it can be yes or no.
    """
    named = _name_of(column, title)
    if not named:
        return (without_certificates(cell)[0] if column == TIER else cell), None
    try:
        return (named if flag(cell) else ""), None
    except UndecidedCell as doubt:
        return "", doubt.message
    except CellWarning:
        return "", None
    except InvalidInput:
        return (_graded(cell, title) if column == TIER else f"{named}: {cell}"), None


def _graded(cell: str, title: str) -> str:
    """A cell that says how high the tier is that its title names: 省级 under 专精特新."""
    for text in (cell, f"{cell}{title}"):
        try:
            member_of(Tier, text)
        except (InvalidInput, CellWarning):
            continue
        return text
    return cell


def without_certificates(cell: str) -> tuple[str, list[str]]:
    """A cell of honours without what are certificates and no tiers, and those by their names."""
    names = certificate_names()
    parts = [part.strip() for part in _BETWEEN.split(cell) if part.strip()]
    known = {part: names[key] for part in parts if (key := word_key(part)) in names}
    if not known:
        return cell, []
    return "、".join(part for part in parts if part not in known), list(known.values())


def highest(tiers: Sequence[Tier]) -> Tier | None:
    """The highest of several tiers, None of none."""
    return max(tiers, key=list(Tier).index, default=None)


def _name_of(column: str, title: str) -> str:
    """The qualification that a title names; "" for none."""
    if column == CERTIFICATES:
        names = certificate_names()
        return next((names[key] for key in title_keys(title) if key in names), "")
    if column == TIER:
        return next(_tiers(title), "")
    return ""


def _tiers(title: str) -> Iterator[str]:
    for key in title_keys(title):
        try:
            yield member_of(Tier, key).value
        except (InvalidInput, CellWarning):
            continue
