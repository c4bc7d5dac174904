"""Places and industries by the words of a cell: their ids, and what is to be said of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from matchmaker.domain import is_id
from matchmaker.ingest.cells import is_nothing
from matchmaker.ingest.industries import industry_note, scheme_of
from matchmaker.ingest.place_context import find_beside, places_of_row
from matchmaker.ingest.places import decided_note, kept_as_address, place_note, taken, with_address
from matchmaker.ingest.reference import ReferenceIndex
from matchmaker.ingest.table_file import Line
from matchmaker.messages import Message

if TYPE_CHECKING:
    from matchmaker.ingest.table_reader import TableReader


def find_coded(
    index: ReferenceIndex, column: str, title: str, cell: str, country: str,
    beside: Iterable[str] = (),
) -> tuple[str, Message | None]:  # fmt: skip
    """The id of the place or industry that a cell names, "" for none, and what to tell of it.

    `title` may name a classification, `country` is that of the row, `beside` are places that
    decide among several of one name.
    """
    if column == "place":
        place, decided_by = find_beside(index.places, cell, country, beside)
        says = decided_note if decided_by else place_note
        id, note = place.id, says(index.places, cell, place)
    else:
        industry = index.industries.find(cell, scheme_of(title))
        id, note = industry.id, industry_note(index.industries, cell, industry)
    # An id of one's own may be in another file of this import, or in the store.
    return (cell, None) if not id and is_id(cell) else (id, note)


def look_up(
    reader: TableReader, line: Line, values: dict[str, Any]
) -> Iterator[tuple[str, Message, bool]]:
    """Fill in the places and industries that a line's cells name.

    Yields column, what is to be told, and whether the cell was lost by it.
    """
    for column in reader.looked_up:
        filled = reader.cells_of(line, column)
        default = reader.options.defaults.get(column, "")
        if not filled and default:
            filled = [("", default)]
        if len(filled) > 1:  # province, city and county are one place
            filled = [(filled[0][0], ", ".join(cell for _, cell in filled))]
        for title, cell in filled:
            if is_nothing(cell):
                continue
            chosen = reader.chosen_values.get((column, cell), cell)
            country = str(values.get("country", ""))
            beside = _beside(reader, values, default) if column == "place" else ()
            id, note = find_coded(reader.index, column, title, chosen, country, beside)
            if not id and note is not None and default and column == "place":
                id = find_coded(reader.index, column, "", default, country)[0]
                note = taken(cell, default)
            if id:
                values[column] = id
            if note is None:
                continue
            is_kept = column == "place" and reader.has("street_address")
            if is_kept:
                values["street_address"] = with_address(values, cell)
                note = kept_as_address(cell, note)
            yield column, note, not id and not is_kept


def _beside(reader: TableReader, values: dict[str, Any], default: str) -> Iterator[str]:
    """Places by which one of several is decided: of the row, as was chosen, of the column."""
    places = reader.index.places
    yield from places_of_row(places, values)
    if default:
        yield places.find(default).id
    yield from reader.places_of_column
