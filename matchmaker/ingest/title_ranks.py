"""How surely a title heads a column: by our own titles, and by those that others use for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from matchmaker.ingest.columns import Column
from matchmaker.ingest.title_keys import halves_of, title_keys
from matchmaker.ingest.words import word_key
from matchmaker.messages import languages
from matchmaker.regex import regex
from matchmaker.text import normal

_FURTHER = regex(
    r"^(?:第?[一二三四1-4]|备用|其他|其它|另一|紧急|second|2nd|third|other|alternative|alternate|backup"
    r"|additional|secondary|zweiter?|weiterer?|deuxième|segundo|altro)\s*(?=\D)"
    r"|[\s(（_#-]*[1-4一二三四][)）]?$"
)
# Ranks of titles: our own, others in their order, those of parts.
FIRST_OF_PARTS = 10_000


def rank_of(column: Column, title: str) -> int | None:
    """How surely a title heads a column, 0 for its own title; None: it does not."""
    ranks = ranks_of(column)
    halves = halves_of(title)
    if halves and all(half in ranks for half in halves):
        return min(ranks[half] for half in halves)
    found = [ranks[key] for key in title_keys(title) if key in ranks]
    # 第二联系人, E-mail 2: people to turn to are several
    if not found and column.name == "contact":
        plain = _FURTHER.sub("", normal(title)).strip()
        found = [ranks[key] for key in title_keys(plain) if plain and key in ranks]
    return min(found, default=None)


def is_part(column: Column, title: str) -> bool:
    rank = rank_of(column, title)
    return rank is not None and rank >= FIRST_OF_PARTS


def ranks_of(column: Column) -> Mapping[str, int]:
    return _ranks_in(column, languages())


@cache
def _ranks_in(column: Column, languages: tuple[str, ...]) -> Mapping[str, int]:
    own = [column.title.text(language) for language in languages]
    words = [(word, rank) for rank, word in enumerate(column.also.split("|"), 1)]
    words += [(word, FIRST_OF_PARTS) for word in column.parts.split("|")]
    ranks: dict[str, int] = {}
    for word, rank in [*((word, 0) for word in (column.name, *own)), *words]:
        if word:
            ranks.setdefault(word_key(word), rank)
    return ranks
