"""The names of a line of organisations: by themselves, and such as may be given to others."""

from __future__ import annotations

from typing import Any

from matchmaker.ingest.clean_names import cleaned
from matchmaker.ingest.names import split_names, without_former
from matchmaker.ingest.noted_names import without_notes
from matchmaker.ingest.table_reader import TableReader
from matchmaker.ingest.table_reading import RowValues
from matchmaker.messages import message
from matchmaker.naming import check_name, has_address
from matchmaker.store.merging import OTHER_NAMES

_OWN = ("name", "name_en")
# Of tables of other rows what stands in letters and on pages of others.
_NAMES = {"clusters": _OWN, "places": _OWN, "industries": _OWN, "certificates": ("issuer",)}


def clean_names(reader: TableReader, row: RowValues) -> None:
    """Clean what rows of another table than that of organisations are called, and tell it.

    Raises InvalidInput where nothing is left of a name.
    """
    for field in _NAMES.get(reader.table.name, ()):
        if name := row.values.get(field):
            row.values[field], told = cleaned(str(name), field)
            for reason in told:
                reader.reading.warn(reader.file.name, row.line, field, reason)


def take_notes(reader: TableReader, row: RowValues, values: dict[str, Any]) -> None:
    """Take what stands beside the names out of them, and tell it.

    An address becomes the website, or goes with the contact, where the line says no other.
    """
    for field in _OWN:
        noted = without_notes(str(values.get(field, "")))
        if not noted.notes:
            continue
        values[field] = noted.name
        website, contact = "", ""
        if noted.website and not values.get("website"):
            values["website"] = website = noted.website
        if noted.contact and not values.get("contact"):
            values["contact"] = contact = noted.contact
        for reason in noted.told(website, contact):
            reader.reading.warn(reader.file.name, row.line, field, reason)
    if others := values.get(OTHER_NAMES):
        noted_others = tuple(map(without_notes, split_names(others)))
        for reason in (each for noted in noted_others for each in noted.told()):
            reader.reading.warn(reader.file.name, row.line, OTHER_NAMES, reason)
        values[OTHER_NAMES] = "; ".join(noted.name for noted in noted_others)


def take_former(reader: TableReader, row: RowValues, values: dict[str, Any]) -> None:
    """Keep the former name of the brackets behind a name beside it, and tell of a later one."""
    written = values["name"]
    values["name"], former = without_former(written)
    if not former:
        return
    values[OTHER_NAMES] = "; ".join(filter(None, (values.get(OTHER_NAMES), former)))
    if not written.startswith(values["name"]):  # it is called by what stood in the brackets
        reason = message(
            "'%(cell)s' was renamed: it is called '%(name)s', and its former name is kept beside.",
            cell=written,
            name=values["name"],
        )
        reader.reading.warn(reader.file.name, row.line, "name", reason)


def check_names(reader: TableReader, row: RowValues, values: dict[str, Any]) -> None:
    """Leave other names with a web address out. Raises InvalidInput for its own with one."""
    for field in _OWN:
        if field in values:
            values[field] = " ".join(str(values[field]).split())
            if values[field]:
                check_name(values[field], field)
    others = tuple(" ".join(name.split()) for name in values.get(OTHER_NAMES, ()))
    for name in filter(has_address, others):
        reason = message("'%(cell)s' holds a web address and is no name.", cell=name)
        reader.reading.warn(reader.file.name, row.line, OTHER_NAMES, reason, is_lost=True)
    if others:
        values[OTHER_NAMES] = tuple(name for name in others if not has_address(name))
