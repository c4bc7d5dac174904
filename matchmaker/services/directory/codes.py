"""Places and industries by name, for people who do not know their codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from matchmaker.domain import Industry, Place
from matchmaker.errors import InvalidInput
from matchmaker.ingest.industries import IndustryIndex, IndustryMatch
from matchmaker.ingest.places import PlaceIndex, PlaceMatch
from matchmaker.messages import message
from matchmaker.snapshot.load import SnapshotReader
from matchmaker.snapshot.model import PLACE_LEVELS, Snapshot
from matchmaker.text import normal

MOST = 20
CodeTable = Literal["places", "industries"]
# The fields of forms in which they are named.
_FIELDS = {"places": "place", "industries": "industry"}


def place_index(snapshot: Snapshot) -> PlaceIndex:
    """The places of a snapshot by everything that they are called; made once."""

    def make() -> PlaceIndex:
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


def industry_index(snapshot: Snapshot) -> IndustryIndex:
    """The industries of a snapshot by everything that they are called; made once."""

    def make() -> IndustryIndex:
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
class Coded:
    """A place or industry; `within` names the wider one, "" at the top."""

    id: str
    name: str
    name_en: str
    within: str


@dataclass(frozen=True, slots=True)
class Codes:
    """Looks names up in a table of the current snapshot."""

    reader: SnapshotReader

    def name_of(self, table: CodeTable, id: str | None) -> str:
        """What to write for a place or industry: its name where no other has it, else the id."""
        columns: pa.Table = getattr(self.reader.current(), table)
        row = pc.index(columns.column("id"), id or "").as_py()
        if row < 0:
            return id or ""
        name = self._coded(table, row).name
        same = sum(normal(name) in pair for pair in self._all(table))
        return name if same == 1 else id or ""

    def search(self, table: CodeTable, text: str) -> tuple[Coded, ...]:
        """Those whose name begins with the text, then those that contain it, `MOST` in all."""
        sought = normal(text)
        if not sought:
            return ()
        names = self._all(table)
        begins = [row for row, pair in enumerate(names) if any(n.startswith(sought) for n in pair)]
        among = set(begins)
        holds = [
            row
            for row, pair in enumerate(names)
            if row not in among and any(sought in name for name in pair)
        ]
        return tuple(self._coded(table, row) for row in [*begins, *holds][:MOST])

    def id_of(self, table: CodeTable, text: str) -> str | None:
        """The id that is meant by an id, a name, or what else stands for it; None for no text.

        Raises InvalidInput where nothing, or more than one, has the name.
        """
        text, where = text.strip(), _FIELDS[table]
        if not text:
            return None
        if ":" in text:
            return text  # an id, newer than the snapshot perhaps: the store knows
        sought = normal(text)
        rows = [row for row, pair in enumerate(self._all(table)) if sought in pair]
        if not rows:
            rows = self._also_called(table, text)
        if len(rows) == 1:
            return self._coded(table, rows[0]).id
        if rows:
            several = "; ".join(
                f"{match.id} {match.name} {match.within}".strip()
                for match in (self._coded(table, row) for row in rows[:5])
            )
            raise InvalidInput(
                "'%(text)s' may be %(several)s.", where=where, text=text[:100], several=several
            )
        near = tuple(match.name for match in self.search(table, text[:2])[:5])
        raise InvalidInput(
            "'%(text)s' is not known.",
            where=where,
            mend=message("Known are %(names)s.", names=near) if near else "",
            text=text[:100],
        )

    def _also_called(self, table: CodeTable, text: str) -> list[int]:
        """Rows of what a code, a short name, an address or pinyin means, and nothing beside it."""
        snapshot = self.reader.current()
        match: PlaceMatch | IndustryMatch
        if table == "places":
            match = place_index(snapshot).find(text)
        else:
            match = industry_index(snapshot).find(text)
        ids = [match.id] if match.exact else match.candidates
        columns: pa.Table = getattr(snapshot, table)
        return [pc.index(columns.column("id"), id).as_py() for id in ids]

    def _all(self, table: CodeTable) -> list[tuple[str, str]]:
        """Names in normal form, by row; made once per snapshot."""
        snapshot = self.reader.current()

        def make() -> list[tuple[str, str]]:
            columns: pa.Table = getattr(snapshot, table)
            names, english = (columns.column(name).to_pylist() for name in ("name", "name_en"))
            return list(zip(map(normal, names), map(normal, english), strict=True))

        return snapshot.cached(("names", table), make)

    def _coded(self, table: CodeTable, row: int) -> Coded:
        columns: pa.Table = getattr(self.reader.current(), table)
        parent = columns.column("parent")[row].as_py()
        within = columns.column("name")[parent].as_py() if parent >= 0 else ""
        id, name, english = (
            columns.column(column)[row].as_py() for column in ("id", "name", "name_en")
        )
        return Coded(id, name, english, within)
