"""Places and industries by the words of a cell: their ids, and what is to be said of them."""

from __future__ import annotations

from matchmaker.domain import is_id
from matchmaker.ingest.industries import industry_note, scheme_of
from matchmaker.ingest.places import place_note
from matchmaker.ingest.reference import ReferenceIndex
from matchmaker.messages import Message


def find_coded(
    index: ReferenceIndex, column: str, title: str, cell: str, country: str
) -> tuple[str, Message | None]:
    """The id of the place or industry that a cell names, "" for none, and what to tell of it.

    `title` may name a classification, `country` is that of the row.
    """
    if column == "place":
        place = index.places.find(cell, country)
        id, note = place.id, place_note(index.places, cell, place)
    else:
        industry = index.industries.find(cell, scheme_of(title))
        id, note = industry.id, industry_note(index.industries, cell, industry)
    # An id of one's own may be in another file of this import, or in the store.
    return (cell, None) if not id and is_id(cell) else (id, note)
