"""Names of tables of which several stand in one file and are read together."""

from __future__ import annotations

from dataclasses import replace

from matchmaker.ingest.table_file import TableFile
from matchmaker.ingest.table_options import TableOptions

# Between the names of a file, in which no colon stands, and of a sheet.
_BEFORE_SHEET = ": "


def named(table: TableFile, options: TableOptions) -> TableFile:
    """The same table, called by its sheet as well where several are read together."""
    if not options.names_sheet:
        return table
    # That one is read, and not the others, is not so.
    notes = [each for each in table.notes if each.reason.parameters.keys() != {"sheet", "others"}]
    name = named_sheet(table.name, table.sheet)
    return replace(table, name=name, notes=tuple(replace(each, file=name) for each in notes))


def named_sheet(file: str, sheet: str) -> str:
    """What a table in a file is called: by its sheet as well, where that is given."""
    return f"{file}{_BEFORE_SHEET}{sheet}" if sheet else file


def sheet_of(name: str) -> str:
    """The sheet by which a table is called, "" where it is called by its file alone."""
    return name.partition(_BEFORE_SHEET)[2]
