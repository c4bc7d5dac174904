# ruff: noqa: E501 -- words, as a list is read
"""Address books of one person, as LinkedIn, Outlook, Google and card readers export them."""

from __future__ import annotations

from collections.abc import Iterable

from matchmaker.ingest.words import keys_of, word_key

# Titles that by themselves say so, and those of which two beside a person's names do.
_ALONE = "connected on|linkedin url|business street|e-mail 1 - value|phone 1 - value|e-mail 1 - label|group membership|名片备注|名片分组"
_OF_PEOPLE = "business phone|home phone|mobile phone|home street|other street|birthday|anniversary|nickname|spouse|middle name|organization title|organization name|organization department|labels|job title|business fax|生日|昵称"
_FIRST = "first name|given name|vorname|prénom|名"
_LAST = "last name|family name|surname|nachname|nom de famille|姓"


def is_address_book(titles: Iterable[str]) -> bool:
    """Tell whether titles are those of an address book, whose people are no firms."""
    keys = frozenset(map(word_key, titles))
    if keys.isdisjoint(keys_of(_FIRST)) or keys.isdisjoint(keys_of(_LAST)):
        return False
    return not keys.isdisjoint(keys_of(_ALONE)) or len(keys & keys_of(_OF_PEOPLE)) > 1
