"""Files that hold one of our tables, by their names."""

from __future__ import annotations

from pathlib import Path

from matchmaker.errors import InvalidInput
from matchmaker.ingest.columns import TABLES
from matchmaker.ingest.table_file import SUFFIXES


def tables_at(path: Path, table: str = "") -> list[tuple[str, Path]]:
    """A file, or every file of a folder, that is named for a table; with that table's name.

    Names are TABLE.csv, TABLE.ANYTHING.csv, or the same in another kind of file. A `table` that
    is given is that of a file of any name. Raises InvalidInput where there is none.
    """
    if table and table not in TABLES:
        raise InvalidInput(
            "'%(table)s' is no table. Tables: %(names)s.", where="table", table=table,
            names=", ".join(TABLES),
        )  # fmt: skip
    if table and path.is_file():
        return [(table, path)]
    candidates = sorted(path.iterdir()) if path.is_dir() else [path]
    if table:
        files = [(table, file) for file in candidates if file.name.lower().endswith(SUFFIXES)]
    else:
        files = [(name, file) for file in candidates if (name := table_of(file)) is not None]
    if not files:
        raise InvalidInput(
            "is not named for a table." if path.is_file() else "holds no file named for a table.",
            where=str(path),
            mend="Name it TABLE.csv or TABLE.xlsx, or say --table TABLE, where TABLE is one of "
            "%(names)s.",
            names=", ".join(TABLES),
        )
    return files


def table_of(path: Path) -> str | None:
    """The table that a file's name begins with, when it is one of ours."""
    name = path.name.lower()
    first = name.split(".", 1)[0]
    return first if first in TABLES and name.endswith(SUFFIXES) else None
