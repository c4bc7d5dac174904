"""Names that nobody here writes: cleaned where those of people would be refused, and told."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from matchmaker.domain import Organization
from matchmaker.errors import InvalidInput
from matchmaker.messages import Message, message
from matchmaker.naming import clean_name
from matchmaker.text import without_hidden


def cleaned(name: str, where: str = "name") -> tuple[str, tuple[Message, ...]]:
    """A name as it may go in letters, and what is to be told where that is another.

    Raises InvalidInput where nothing is left of it.
    """
    clean = _clean(name)
    if clean == name:
        return name, ()
    if name.strip() and not clean:
        raise InvalidInput("'%(cell)s' names nobody.", where=where, cell=name)
    return clean, (_told(name, clean),)


def with_clean_names(row: Organization) -> tuple[Organization, tuple[Message, ...]]:
    """An organisation of a register with names that may go in letters, and what is to be told.

    Raises InvalidInput where nothing is left of its name.
    """
    name, told = cleaned(row.name)
    after = {each: _clean(each) for each in (row.name_en, *row.other_names)}
    told += tuple(_told(*names) for names in after.items() if names[0] not in (names[1], row.name))
    if not told:
        return row, ()
    others = tuple(dict.fromkeys(filter(None, (after[each] for each in row.other_names))))
    return replace(row, name=name, name_en=after[row.name_en], other_names=others), told


@lru_cache(1_000)  # the name in English is often the same
def _clean(name: str) -> str:
    return clean_name(without_hidden(name))


def _told(name: str, clean: str) -> Message:
    return message(
        "'%(cell)s' is read as '%(name)s': names are one line without a web address.",
        cell=name,
        name=clean,
    )
