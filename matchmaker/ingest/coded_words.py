"""Places and industries by the words of a cell: their ids, and what is to be said of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matchmaker.domain import is_id
from matchmaker.ingest.cells import is_nothing
from matchmaker.ingest.country_cells import country_as_place
from matchmaker.ingest.industries import industry_note, scheme_of
from matchmaker.ingest.place_context import (
    find_beside,
    interim_place_note,
    places_of_row,
    sure_part,
)
from matchmaker.ingest.places import (
    GBT_2260,
    chosen_place_note,
    decided_note,
    kept_as_address,
    place_note,
    with_address,
)
from matchmaker.ingest.reference import ReferenceIndex
from matchmaker.messages import Message


def coded_value(
    index: ReferenceIndex, column: str, title: str, cell: str, country: str,
    beside: Iterable[str] = (), usual: Callable[[], Sequence[str]] = tuple,
) -> tuple[str, Message | None]:  # fmt: skip
    """The id of the place or industry that a cell names, "" for none, and what to tell of it.

    `title` may name a classification, `country` is that of the row, `beside` are places that
    decide among several of one name, `usual` gives those in which most of the column lies.
    """
    if column == "place":
        place, decided_by = find_beside(index.places, cell, country, beside, usual)
        says = decided_note if decided_by else place_note
        id, note = place.id, says(index.places, cell, place)
    else:
        industry = index.industries.find(cell, scheme_of(title))
        id, note = industry.id, industry_note(index.industries, cell, industry)
    # An id of one's own may be in another file of this import, or in the store.
    return (cell, None) if not id and is_id(cell) else (id, note)


@dataclass(frozen=True)
class CodedCells:
    """Fills in the places and industries that the cells of a list's lines name.

    `columns` are those of its table that are looked up, `chosen_values` what a person decided
    that a cell of a column stands for. `places_of_column` are the county and the city in which
    most places of the list lie; it is asked only where one of several is to be decided.
    """

    index: ReferenceIndex
    columns: tuple[str, ...]
    defaults: Mapping[str, str]
    chosen_values: Mapping[tuple[str, str], str]
    keeps_address: bool
    keeps_country: bool
    places_of_column: Callable[[], tuple[str, ...]]

    def look_up(
        self, column: str, filled: list[tuple[str, str]], values: dict[str, Any]
    ) -> Iterator[tuple[Message, bool]]:
        """Put the place or industry of a column's cells, `filled` by title, into `values`.

        Yields what is to be told, and whether the cell was lost by it.
        """
        default = self.defaults.get(column, "")
        if not filled and default:
            filled = [("", default)]
        if len(filled) > 1:  # province, city and county are one place
            filled = [(filled[0][0], ", ".join(cell for _, cell in filled))]
        for title, cell in filled:
            if is_nothing(cell):
                continue
            chosen = self.chosen_values.get((column, cell), cell)
            country = str(values.get("country", ""))
            beside = self._beside(values, default) if column == "place" else ()
            id, note = coded_value(
                self.index, column, title, chosen, country, beside, self.places_of_column
            )
            if not id and note is not None and default and column == "place":
                id = coded_value(self.index, column, "", default, country)[0]
                note = chosen_place_note(cell, default)
            if not id and note is not None and column == "place":
                id = self._interim(chosen, country, values)
                note = interim_place_note(self.index.places, note, id) if id else note
            if id:
                values[column] = id
                self._fill_country(column, id, values)
            if note is None and column == "place":
                note = country_as_place(self.index.places, title, cell, id)
                if note is not None:
                    yield note, False
                continue
            if note is None:
                continue
            is_kept = column == "place" and self.keeps_address
            if is_kept:
                values["street_address"] = with_address(values, cell)
                note = kept_as_address(cell, note)
            yield note, not id and not is_kept

    def _interim(self, cell: str, country: str, values: Mapping[str, Any]) -> str:
        """The id of the wider place in which a cell lies for certain, "" for none.

        A town of a former name lies where the name of its row says, if most of the column does.
        """
        places = self.index.places
        match = places.find(cell, country)
        if match.candidates:
            return sure_part(places, match)
        said = (id for id in places_of_row(places, values) if id in self.places_of_column())
        return next(said, "")

    def _fill_country(self, column: str, id: str, values: dict[str, Any]) -> None:
        """The country of a place abroad, and of a country that stands for a place."""
        if not self.keeps_country:
            return
        place = self.index.places.places.get(id) if column == "place" else None
        if place is not None and not id.startswith(GBT_2260) and place.country:
            values.setdefault("country", place.country)

    def _beside(self, values: Mapping[str, Any], default: str) -> Iterator[str]:
        """Places by which one of several is decided: of the row, and as was chosen."""
        places = self.index.places
        yield from places_of_row(places, values)
        if default:
            yield places.find(default).id
