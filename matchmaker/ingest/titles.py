"""Our columns, as the titles of a file name them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from matchmaker.errors import InvalidInput
from matchmaker.ingest.columns import TableFormat
from matchmaker.ingest.suggestions import recognised
from matchmaker.ingest.table_file import TableFile
from matchmaker.ingest.title_keys import are_of_different_years, says_opted_out
from matchmaker.ingest.unused_titles import why_unused
from matchmaker.messages import Message, message

# Lines by whose values titles are recognised.
_SAMPLES = 20
# Titles that are not read are named up to so many.
_SHOWN = 20


def columns_of(table: TableFormat, file: TableFile, mapping: Mapping[str, str]) -> dict[str, str]:
    """Columns by title of a file, by a person's mapping and else by its name.

    Raises InvalidInput where two titles are one column, or the mapping names one that is none.
    """
    positions = {f"{title}#{p}": title for title, all in file.duplicates for p in all}
    mapped = {title: mapping[title] for title in file.header if title in mapping}
    names = [column.name for column in table.columns]
    if unknown := sorted({column for column in mapped.values() if column} - set(names)):
        raise InvalidInput(
            "'%(column)s' is no column of this table.",
            where=file.name,
            mend="Its columns are %(names)s.",
            column=unknown[0],
            names=", ".join(names),
        )
    # Titles that stand twice are looked up by what they say: both are that column.
    others = {title: positions.get(title, title) for title in file.header if title not in mapped}
    samples = list(islice((line for line in file.lines() if line.tells), _SAMPLES))
    by_name = recognised(
        table.name,
        {
            name: tuple(line.cells.get(title, "") for line in samples)
            for title, name in others.items()
            if name not in mapped
        },
    )
    joined = {column.name for column in table.columns if column.joined_by}
    by_year = {column.name for column in table.columns if column.by_year}
    columns = {
        title: column
        for title, name in others.items()
        if (column := by_name.get(name, "")) and column not in mapped.values()
    } | {title: column for title, column in mapped.items() if column}
    heading: dict[str, list[str]] = {}
    for title in file.header:
        if column := columns.get(title, ""):
            heading.setdefault(column, []).append(title)
    for column, titles in heading.items():
        is_by_year = column in by_year and are_of_different_years(titles)
        may_join = column in joined and not any(title in positions for title in titles)
        if len(titles) > 1 and not (is_by_year or may_join):
            numbers = [file.header.index(title) + 1 for title in titles]
            raise InvalidInput(
                "the columns %(numbers)s (%(titles)s) are all '%(column)s'.",
                where=f"{file.name}:{file.header_line}",
                mend="Rename or delete all but one.",
                numbers=numbers,
                titles=titles,
                column=column,
            )
    return columns


def unread_titles(titles: Sequence[str]) -> Message:
    """A note on columns that are not read."""
    if len(titles) <= _SHOWN:
        return message("Columns that are not read: %(titles)s.", titles=list(titles))
    return message(
        "%(count)s columns are not read, among them %(titles)s.",
        count=len(titles),
        titles=list(titles[:_SHOWN]),
    )


def unread_notes(table: str, titles: Sequence[str]) -> Iterator[tuple[str, Message]]:
    """Notes on columns that are not read: those with a known reason each, then the rest."""
    reasons = {title: why for title in titles if (why := why_unused(table, title, ()))}
    for title, why in list(reasons.items())[:_SHOWN]:
        yield title, message("It is not read: %(why)s", why=why)
    rest = [title for title in titles if title not in reasons]
    rest += list(reasons)[_SHOWN:]
    if rest:
        yield "", unread_titles(rest)


def notes_on_titles(
    table: str, file: TableFile, columns: Mapping[str, str], mapping: Mapping[str, str]
) -> Iterator[tuple[str, Message]]:
    """Notes on a file's titles, each with its title or ""."""
    yield from unread_notes(table, [t for t in file.header if t and t not in columns])
    absent = [title for title in mapping if title not in file.header]
    if absent:
        yield "", message("No column is titled %(titles)s.", titles=absent)
    for title, column in columns.items():
        if column == "listed" and says_opted_out(title):
            yield title, message("Yes is read as opted out.")
