"""Names and codes that everything is searched by, made once for each snapshot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Literal

import pyarrow as pa

from matchmaker.ingest.codes import CODE_KINDS, valid_code
from matchmaker.ingest.countries import iso_code
from matchmaker.regex import regex
from matchmaker.services.directory.codes import CodeTable, industry_index, place_index
from matchmaker.services.directory.name_search import NameTable
from matchmaker.snapshot.model import Snapshot
from matchmaker.store.ports import GraphStore

NamedTable = CodeTable | Literal["organizations"]

_NAMED: tuple[NamedTable, ...] = ("organizations", "clusters", "places", "industries")
# The English names of places are pinyin, and industries nobody spells so.
_SPELT: frozenset[NamedTable] = frozenset({"organizations", "clusters"})
_NAMES = ("name", "name_en", "other_names")
_LATIN_WORD = regex(r"[a-z]{3,}")


def prepare_names(snapshot: Snapshot, earlier: Snapshot | None = None) -> None:
    """Have all names ready to be searched, so that the first who searches does not wait.

    A table whose names are those of an earlier snapshot, row by row, is that one's.
    """
    for table in _NAMED:
        if earlier is not None and _columns(snapshot, table).equals(_columns(earlier, table)):
            known = names_searched(earlier, table)
            snapshot.cached(_key(table), _giving(known))
        names_searched(snapshot, table)
    place_index(snapshot, earlier)
    industry_index(snapshot, earlier)
    iso_code("China")  # has the names of countries read


def names_searched(snapshot: Snapshot, table: NamedTable) -> NameTable:
    """Names of a table by row, each with its English and its other ones, pinyin where spelt so."""
    return snapshot.cached(_key(table), lambda: _made(snapshot, table))


def words_of_names(snapshot: Snapshot) -> Mapping[str, int]:
    """Latin words in lower case of which the names of places, clusters and organisations are, and
    how often.

    Not of organisations that opted out by the snapshot.
    """
    return snapshot.cached("words of names", lambda: Counter(_words_of_names(snapshot)))


def is_word_of_names(snapshot: Snapshot, word: str, opted_out: Collection[int]) -> bool:
    """Tell whether a word is one of them also without names of who opted out since (rows).

    Whoever asks does not learn that one is called so. Counted against all: nothing is made, or
    kept, for each who opts out.
    """
    count = words_of_names(snapshot).get(word, 0)
    if not count or not opted_out:
        return count > 0
    since = [row for row in opted_out if snapshot.organizations.listed[row]]
    columns = _columns(snapshot, "organizations").take(pa.array(since, pa.int64()))
    return count > sum(each == word for each in _latin_words(columns))


def codes_searched(snapshot: Snapshot, store: GraphStore) -> Sequence[tuple[str, str]]:
    """Codes of organisations that the store has, each with the id. Raises StoreUnavailable."""
    return snapshot.cached(
        "codes searched",
        lambda: [
            (code, keys.id)
            for keys in store.duplicate_keys()
            for kind in CODE_KINDS
            if (code := valid_code(kind, getattr(keys, kind)))
        ],
    )


def _key(table: NamedTable) -> tuple[str, str]:
    return "names searched", table


def _giving(known: NameTable) -> Callable[[], NameTable]:
    return lambda: known


def _columns(snapshot: Snapshot, table: NamedTable) -> pa.Table:
    rows = _rows(snapshot, table)
    return rows.select([name for name in _NAMES if name in rows.column_names])


def _rows(snapshot: Snapshot, table: NamedTable) -> pa.Table:
    if table == "organizations":
        return snapshot.organizations.table
    rows: pa.Table = getattr(snapshot, table)
    return rows


def _words_of_names(snapshot: Snapshot) -> Iterator[str]:
    for table in _NAMED:
        if table == "industries":  # their words are those of trades
            continue
        columns = _columns(snapshot, table)
        if table == "organizations":
            columns = columns.filter(pa.array(snapshot.organizations.listed))
        yield from _latin_words(columns)


def _latin_words(columns: pa.Table) -> Iterator[str]:
    for column in columns.columns:
        yield from _LATIN_WORD.findall("\n".join(column.to_pylist()).lower())


def _made(snapshot: Snapshot, table: NamedTable) -> NameTable:
    columns = [column.to_pylist() for column in _columns(snapshot, table).columns]
    names, english = columns[:2]
    others = columns[2] if len(columns) > 2 else [""] * len(names)
    pairs = (
        (row, name)
        for row in range(len(names))
        for name in dict.fromkeys([names[row], english[row], *others[row].splitlines()])
    )
    return NameTable(pairs, is_spelt=table in _SPELT)
