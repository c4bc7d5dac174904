"""Places, industries and clusters by name, for people who do not know their codes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from matchmaker.domain import Industry, Place
from matchmaker.errors import InvalidInput
from matchmaker.ingest.industries import IndustryIndex, industry_note
from matchmaker.ingest.places import PlaceIndex
from matchmaker.messages import Message, message
from matchmaker.services.directory.regions import region, section
from matchmaker.snapshot.geography import rows_below
from matchmaker.snapshot.load import SnapshotReader
from matchmaker.snapshot.model import PLACE_LEVELS, Snapshot
from matchmaker.text import normal

MAX_CODES = 20
ASKED_ABOUT = 8  # choices that a question about a name names
CodeTable = Literal["places", "industries", "clusters"]
# The fields in which they are named.
FIELDS = {"places": "place", "industries": "industry", "clusters": "cluster"}
_GROUPS: dict[str, Callable[[str], tuple[str, ...]]] = {"places": region, "industries": section}


def place_index(snapshot: Snapshot, earlier: Snapshot | None = None) -> PlaceIndex:
    """The places of a snapshot by everything that they are called; made once.

    Where an earlier snapshot has the same places, it is that one's.
    """

    def make() -> PlaceIndex:
        if earlier is not None and snapshot.places.equals(earlier.places):
            return place_index(earlier)
        rows = snapshot.places.to_pylist()
        return PlaceIndex(
            Place(
                row["id"],
                row["name"],
                PLACE_LEVELS[row["level"]],
                row["name_en"],
                rows[row["parent"]]["id"] if row["parent"] >= 0 else None,
                row["country"],
            )
            for row in rows
        )

    return snapshot.cached("place index", make)


def industry_index(snapshot: Snapshot, earlier: Snapshot | None = None) -> IndustryIndex:
    """The industries of a snapshot by everything that they are called; made once.

    Where an earlier snapshot has the same industries, it is that one's.
    """

    def make() -> IndustryIndex:
        if earlier is not None and snapshot.industries.equals(earlier.industries):
            return industry_index(earlier)
        rows = snapshot.industries.to_pylist()
        return IndustryIndex(
            Industry(
                row["id"],
                row["name"],
                row["name_en"],
                rows[row["parent"]]["id"] if row["parent"] >= 0 else None,
            )
            for row in rows
        )

    return snapshot.cached("industry index", make)


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """A place, industry or cluster; `within` names the wider one, "" at the top."""

    id: str
    name: str
    name_en: str
    within: str


def rows_named(snapshot: Snapshot, table: CodeTable, text: str) -> tuple[int, ...]:
    """Rows of all that a text means, without those below: 浙江, Zhejiang, 330000, 长三角, C34.

    A text is an id, a name in either language, a short name, pinyin, a code, or what people
    call a region or a section. Raises InvalidInput that says what else may be meant where
    nothing, or more than one, is called so.
    """
    ids = _ids(snapshot, table)
    group = _GROUPS.get(table, _no_group)(text)
    if group and not _named_so(snapshot, table, text):
        return tuple(ids[id] for id in group if id in ids)
    return (_row_named(snapshot, table, text, is_exact=False),)


def code_named(snapshot: Snapshot, table: CodeTable, text: str) -> str:
    """The id of the only one that a text means. Raises InvalidInput as `rows_named` does."""
    return _coded(snapshot, table, _row_named(snapshot, table, text, is_exact=True)).id


@dataclass(frozen=True, slots=True)
class Codes:
    """Looks names up in a table of the current snapshot."""

    reader: SnapshotReader

    def name_of(self, table: CodeTable, id: str | None) -> str:
        """The text for a place or industry: its name where no other has it, else the id."""
        snapshot = self.reader.current()
        row = _ids(snapshot, table).get(id or "")
        if row is None:
            return id or ""
        name = _coded(snapshot, table, row).name
        return name if len(_named_so(snapshot, table, name)) == 1 else id or ""

    def title_of(self, table: CodeTable, id: str) -> CodeEntry | None:
        """The name that an id stands for; None where the snapshot has none of it."""
        snapshot = self.reader.current()
        row = _ids(snapshot, table).get(id)
        return None if row is None else _coded(snapshot, table, row)

    def english_of_industry(self, id: str) -> str:
        """The English name of an industry; of one without, that of the narrowest above with one,
        and the code. "" for what is no industry, or has none above."""
        snapshot = self.reader.current()
        row, columns = _ids(snapshot, "industries").get(id, -1), snapshot.industries
        own = row
        while row >= 0:
            if english := columns["name_en"][row].as_py():
                code = id.rpartition(":")[2]
                return str(english) if row == own else f"{english} ({code})"
            row = int(columns["parent"][row].as_py())
        return ""

    def search(self, table: CodeTable, text: str) -> tuple[CodeEntry, ...]:
        """Those whose name begins with the text, then those that contain it, `MAX_CODES` in all."""
        return _search(self.reader.current(), table, text)

    def id_of(self, table: CodeTable, text: str) -> str | None:
        """The id that is meant by an id, a name, or what else stands for it; None for no text.

        Raises InvalidInput where nothing, or more than one, has the name.
        """
        text = text.strip()
        if not text or ":" in text:
            return text or None  # an id may be newer than the snapshot: the store knows
        return code_named(self.reader.current(), table, text)

    def meant(self, table: CodeTable, text: str) -> tuple[str | None, Message | None]:
        """The same, of industries also the nearest to words that are none's name, with a message
        that says so: 泵、阀门 is of what lists both.
        """
        snapshot, text = self.reader.current(), text.strip()
        if table != "industries" or not text or ":" in text:
            return self.id_of(table, text), None
        id = _coded(snapshot, table, _row_named(snapshot, table, text, is_exact=False)).id
        index = industry_index(snapshot)
        is_named = _named_so(snapshot, table, text) or id == text
        match = index.find(text)
        if is_named or match.exact or match.id != id:
            return id, None
        return id, industry_note(index, text, match)

    def ids_named(self, table: CodeTable, text: str) -> frozenset[str]:
        """Ids of all that a text means, see `rows_named`."""
        snapshot = self.reader.current()
        rows = rows_named(snapshot, table, text)
        return frozenset(_coded(snapshot, table, row).id for row in rows)

    def ids_below(self, table: CodeTable, ids: frozenset[str]) -> frozenset[str]:
        """These ids and those of everything below them, as the snapshot has them."""
        snapshot = self.reader.current()

        def make() -> frozenset[str]:
            known = _ids(snapshot, table)
            inside = with_below(snapshot, table, [known[id] for id in ids if id in known])
            return ids | {id for id, row in known.items() if row in inside}

        return snapshot.cached(("below", table, ids), make)


def _no_group(_: str) -> tuple[str, ...]:
    return ()


def _row_named(snapshot: Snapshot, table: CodeTable, text: str, *, is_exact: bool) -> int:
    """The row of the only one that a text means; not `is_exact`, of the nearest name too."""
    text, where = text.strip(), FIELDS[table]
    row = _ids(snapshot, table).get(text)
    if row is not None:
        return row
    rows, finer = _named_so(snapshot, table, text), ""
    if not rows:
        rows, finer = _also_called(snapshot, table, text, is_exact=is_exact)
    if len(rows) == 1 and not finer:
        return rows[0]
    several = [_coded(snapshot, table, row) for row in rows]
    if finer:
        raise InvalidInput(
            "'%(text)s' is finer than what is known here.",
            where=where,
            mend=message("Known are %(names)s.", names=tuple(match.name for match in several)),
            text=text[:100],
        )
    if several:
        choices = "; ".join(
            f"{match.id} {match.name} {match.within}".strip() for match in several[:ASKED_ABOUT]
        )
        raise InvalidInput(
            "'%(text)s' may be %(several)s.",
            where=where,
            mend="Give the whole name, or the code.",
            text=text[:100],
            several=choices,
        )
    near = tuple(match.name for match in _search(snapshot, table, text[:2])[:5])
    raise InvalidInput(
        "'%(text)s' is not known.",
        where=where,
        mend=message("Known are %(names)s.", names=near)
        if near
        else message("Give a name or a code; what is new is known after the next refresh."),
        text=text[:100],
    )


def _also_called(
    snapshot: Snapshot, table: CodeTable, text: str, *, is_exact: bool
) -> tuple[list[int], str]:
    """Rows of what a code, a short name, an address or pinyin means, and what of it was finer.

    A cluster is meant by any part of its name.
    """
    ids = _ids(snapshot, table)
    if table == "clusters":
        return [ids[match.id] for match in _search(snapshot, table, text)], ""
    index = place_index(snapshot) if table == "places" else industry_index(snapshot)
    match = index.find(text)
    if match.candidates:
        return [ids[id] for id in match.candidates], ""
    if not match.id or (is_exact and not match.exact and not match.dropped):
        return [], ""
    return [ids[match.id]], match.dropped


def with_below(snapshot: Snapshot, table: CodeTable, rows: Iterable[int]) -> frozenset[int]:
    """The rows and all those under them."""
    return rows_below(getattr(snapshot, table), rows)


def _search(snapshot: Snapshot, table: CodeTable, text: str) -> tuple[CodeEntry, ...]:
    sought = normal(text)
    if not sought:
        return ()
    names = _names(snapshot, table)
    begins = [row for row, pair in enumerate(names) if any(n.startswith(sought) for n in pair)]
    among = set(begins)
    holds = [
        row
        for row, pair in enumerate(names)
        if row not in among and any(sought in name for name in pair)
    ]
    return tuple(_coded(snapshot, table, row) for row in [*begins, *holds][:MAX_CODES])


def _ids(snapshot: Snapshot, table: CodeTable) -> dict[str, int]:
    """Rows by id; made once per snapshot."""

    def make() -> dict[str, int]:
        columns: pa.Table = getattr(snapshot, table)
        return {id: row for row, id in enumerate(columns.column("id").to_pylist())}

    return snapshot.cached(("ids", table), make)


def _names(snapshot: Snapshot, table: CodeTable) -> list[tuple[str, str]]:
    """Names in normal form, by row; made once per snapshot."""

    def make() -> list[tuple[str, str]]:
        columns: pa.Table = getattr(snapshot, table)
        names, english = (columns.column(name).to_pylist() for name in ("name", "name_en"))
        return list(zip(map(normal, names), map(normal, english), strict=True))

    return snapshot.cached(("names", table), make)


def _named_so(snapshot: Snapshot, table: CodeTable, text: str) -> list[int]:
    """Rows that are called just so in either language."""
    sought = normal(text)
    return [row for row, pair in enumerate(_names(snapshot, table)) if sought and sought in pair]


def _coded(snapshot: Snapshot, table: CodeTable, row: int) -> CodeEntry:
    columns: pa.Table = getattr(snapshot, table)
    within = ""
    if "parent" in columns.column_names:
        parent = columns.column("parent")[row].as_py()
        within = columns.column("name")[parent].as_py() if parent >= 0 else ""
    id, name, english = (
        columns.column(column)[row].as_py() for column in ("id", "name", "name_en")
    )
    return CodeEntry(id, name, english, within)
