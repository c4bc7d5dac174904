"""The organisations of a line: who stands on a side, nobody, or several together."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from matchmaker.domain import MAX_NAME, FieldOrigin, Kind, Organization, Provenance, SourceTier
from matchmaker.errors import InvalidInput
from matchmaker.ingest.bilingual import in_two_languages
from matchmaker.ingest.cells import is_nothing
from matchmaker.ingest.columns import TABLES
from matchmaker.ingest.consortia import (
    consortium_members,
    is_only_form,
    listed_members,
    may_be_several,
    without_others,
)
from matchmaker.ingest.countries import iso_code
from matchmaker.ingest.earlier_keys import earlier_name_key
from matchmaker.ingest.facts import Party, digest
from matchmaker.ingest.formats import CellReader
from matchmaker.ingest.mapped_row import MappedRow
from matchmaker.ingest.mapping_file import ColumnName, PartyColumns, Titles
from matchmaker.ingest.names import name_key
from matchmaker.ingest.noted_names import without_notes
from matchmaker.ingest.party_places import PartyPlaces
from matchmaker.ingest.placeholders import is_placeholder
from matchmaker.ingest.places import PlaceIndex
from matchmaker.ingest.unused_names import without_unused_mark
from matchmaker.messages import message
from matchmaker.naming import check_name
from matchmaker.regex import regex

_READ: dict[str, CellReader] = {
    column.name: column.read for column in TABLES["organizations"].columns
}
MAX_KEY = 200
_COUNTRY = regex(r"(.+?)\s{0,9}[(（]([A-Z]{2,3})[)）]")
# 100234     Alpha Valve Co., Ltd.: the key of a system and the name, as its reports align them.
_NUMBERED = regex(r"(\d{4,10})\s{2,}(\D.*)", re.DOTALL)
# Whom a cell names.
Names = Callable[[str], tuple[str, ...]]


def one_name(cell: str) -> tuple[str, ...]:
    """The cell as the name of one."""
    return (" ".join(cell.split()),)


@dataclass(frozen=True, slots=True)
class ColumnOrValue:
    """A value that is the same for a whole file, or stands in a column."""

    column: str = ""
    value: Any = None

    def read(self, row: MappedRow, read: CellReader) -> tuple[Any, bool]:
        """The column's value where it says one, else that of the file; whether it is the latter."""
        value = row.value(self.column, read) if self.column else None
        return (self.value, True) if value is None else (value, False)


@dataclass(frozen=True, slots=True)
class PartyReader:
    """One side of a file's lines, with its columns found."""

    source: str
    name: str
    id: str
    kind: ColumnOrValue
    country: ColumnOrValue
    places: PartyPlaces

    @classmethod
    def of(
        cls,
        columns: PartyColumns,
        source: str,
        titles: Titles,
        missing: list[str],
        index: PlaceIndex | None = None,
    ) -> PartyReader:
        """Adds to `missing` what the file lacks; places are looked up in the `index`."""
        return cls(
            source,
            titles.first(columns.name, missing),
            titles.first(columns.id, missing),
            _kind(columns.kind, titles, missing),
            _country(columns.country, titles, missing),
            PartyPlaces(titles.first(columns.place, missing), index),
        )

    @property
    def column(self) -> str:
        """The column that problems of this side are told under."""
        return self.name or self.id

    def parties(
        self, row: MappedRow, provenance: Provenance, names: Names = consortium_members
    ) -> tuple[Party, ...]:
        """Those on this side, none where the line names nobody; `names` tells whom a cell names."""
        noted = without_notes(self._used_name(row))
        parties = self._named(noted.name, row, provenance, names)
        alone = parties[0].organization if len(parties) == 1 else None
        website = noted.website if alone is not None else ""
        for reason in noted.told(website):
            row.warn(self.name, reason)
        if alone is None or not website:
            return parties
        return (replace(parties[0], organization=replace(alone, website=website)),)

    def _named(
        self, name: str, row: MappedRow, provenance: Provenance, names: Names
    ) -> tuple[Party, ...]:
        """Whom the cell of names, without what stood beside them, and that of ids name."""
        key = _key(row.cell(self.id))
        if is_placeholder(name):
            return (Party(f"{self.source}:{key}"),) if key else ()
        whole, latin = in_two_languages(name)
        name = name if latin else whole
        if latin and len(names(whole)) == 1:
            whole = " ".join(whole.split())
            return (self._party(whole, key or name_key(whole), row, provenance, latin),)
        named = tuple(self._alone(each, row) for each in names(name) if self._is_name(each, row))
        if not named:
            return ()
        if len(named) < 2:
            alone, country = name_and_country(named[0])
            if country and not key and is_country_of(alone, named[0]):
                return (self._party(alone, name_key(alone), row, provenance, country=country),)
            if may_be_several(named[0], by_comma=names is listed_members):
                reason = message(
                    "'%(cell)s' may name several: taken as the name of one. Number them, or "
                    "write each in a line of its own.",
                    cell=named[0],
                )
                row.warn(self.name, reason)
            return (self._party(named[0], key or name_key(named[0]), row, provenance),)
        if key:
            reason = message(
                "is that of %(count)s organisations together: left out.", count=len(named)
            )
            row.warn(self.id, reason, is_lost=True)
        parted = [name_and_country(each) for each in named]
        if 2 * sum(bool(country) for _, country in parted) < len(parted):
            parted = [(each, "") for each in named]
        # Where they are is said of one, and not of which.
        return tuple(
            self._party(each, name_key(each), row, provenance, country=country, is_placed=False)
            for each, country in parted
        )

    def _used_name(self, row: MappedRow) -> str:
        """The cell without the mark that the entry is no longer to be used: what is told was."""
        cell = row.cell(self.name)
        name, mark = without_unused_mark(cell)
        if mark:
            reason = message(
                "'%(cell)s' is marked as no longer to be used (%(mark)s): read as '%(name)s'.",
                cell=cell, mark=mark, name=name,
            )  # fmt: skip
            row.warn(self.name, reason)
        if numbered := _NUMBERED.fullmatch(name):
            reason = message(
                "'%(number)s' before '%(name)s' is its number in the list and not in the name.",
                number=numbered[1], name=numbered[2],
            )  # fmt: skip
            row.warn(self.name, reason)
            name = numbered[2]
        return name

    def _is_name(self, name: str, row: MappedRow) -> bool:
        """Tell whether it names somebody, and not only a legal form."""
        if not is_only_form(name):
            return True
        reason = message("'%(cell)s' is a legal form and names nobody.", cell=name)
        row.warn(self.name, reason, is_lost=True)
        return False

    def _alone(self, name: str, row: MappedRow) -> str:
        """The one that is named, of several of whom the others are not."""
        alone = without_others(name)
        if alone != name:
            reason = message("'%(cell)s' speaks of others without their names.", cell=name)
            row.warn(self.name, reason)
        return alone

    def _party(
        self,
        name: str,
        key: str,
        row: MappedRow,
        provenance: Provenance,
        name_en: str = "",
        country: str = "",
        *,
        is_placed: bool = True,
    ) -> Party:
        name, name_en = " ".join(name.split()), " ".join(name_en.split())
        id = key if key.startswith(f"{self.source}:") else f"{self.source}:{key}"
        if len(name) > MAX_NAME:
            cut = message("has %(length)s characters: the first %(limit)s are kept.",
                          length=len(name), limit=MAX_NAME)  # fmt: skip
            row.warn(self.name, cut)
        try:
            for each in filter(None, (name, name_en)):
                check_name(each, self.column)
            kind, is_default_kind = self.kind.read(row, _READ["kind"])
            stray = "" if country else self.places.stray(row, self.country.column)
            country, is_default_country = (
                (country or stray, False)
                if country or stray
                else self.country.read(row, _READ["country"])
            )
            place, address = (None, "")
            if is_placed:
                beside = row.cell(self.country.column) if stray else ""
                place, address = self.places.read(row, name, country or "", beside)
            by_default = (("country", is_default_country and country), ("kind", is_default_kind))
            organization = Organization(
                id=id,
                name=name[:MAX_NAME],
                name_en=name_en[:MAX_NAME],
                kind=kind,
                country=country or self.places.country(place),
                place=place,
                street_address=address,
                provenance=provenance,
                origins=tuple(
                    FieldOrigin(name, provenance.source, SourceTier.DERIVED, provenance.date)
                    for name, is_default in by_default
                    if is_default
                ),
            )
        except InvalidInput as error:
            row.refuse_for(error)
            return Party(id)
        is_by_name = key == name_key(name)
        return Party(
            id, organization, f"{self.source}:{earlier_name_key(name)}" if is_by_name else ""
        )


def name_and_country(name: str) -> tuple[str, str]:
    """A name without the code of its country behind it, and that country: `Alpha BV (NL)`."""
    match = _COUNTRY.fullmatch(name)
    country = iso_code(match[2]) if match else ""
    return (match[1], country) if match and country else (name, "")


# Legal forms, as people put them in brackets too.
_FORMS = ("(SA)", "(AG)", "(AS)")


def is_country_of(name: str, whole: str) -> bool:
    """Tell whether what stands in brackets behind a name is a country: `Samson AG (DE)`.

    Neither a legal form nor what its last words begin with: Information Technology (IT).
    """
    code = whole[len(name) :].strip(" ()（）")
    words = [word[:1].upper() for word in name.split()]
    is_short = any("".join(words[start:]) == code for start in range(len(words)))
    return len(words) > 1 and not is_short and f"({code})" not in _FORMS


def _key(cell: str) -> str:
    """A key as ids take it: no spaces, and not longer than they may be; "" for none."""
    if is_nothing(cell):
        return ""
    key = "_".join(cell.split())
    return key if len(key) <= MAX_KEY else digest(key)


def _kind(column: ColumnName, titles: Titles, missing: list[str]) -> ColumnOrValue:
    if column in list(Kind):
        return ColumnOrValue(value=Kind(column))
    before = len(missing)
    title = titles.first(column, missing)
    if len(missing) > before and isinstance(column, str):
        missing.pop()
        raise InvalidInput(
            "'%(column)s' is neither a kind (%(kinds)s) nor a column of the file.",
            where=titles.file,
            column=column,
            kinds=[kind.value for kind in Kind],
        )
    return ColumnOrValue(title, Kind.FIRM)


def _country(column: ColumnName, titles: Titles, missing: list[str]) -> ColumnOrValue:
    if isinstance(column, str) and column not in titles.titles and iso_code(column):
        return ColumnOrValue(value=iso_code(column))
    return ColumnOrValue(titles.first(column, missing))
