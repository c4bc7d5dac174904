"""Places and industries by name, for people who do not know their codes."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from matchmaker.errors import InvalidInput
from matchmaker.messages import message
from matchmaker.snapshot.load import SnapshotReader
from matchmaker.snapshot.model import Snapshot
from matchmaker.text import normal

MOST = 20


@dataclass(frozen=True, slots=True)
class Coded:
    """A place or industry; `within` names the wider one, "" at the top."""

    id: str
    name: str
    name_en: str
    within: str


class Codes:
    """Looks names up in the tables of the current snapshot."""

    def __init__(self, reader: SnapshotReader) -> None:
        self._reader = reader
        self._names: tuple[Snapshot, dict[str, list[tuple[str, str]]]] | None = None

    def places(self, text: str) -> tuple[Coded, ...]:
        """Those whose name begins with the text, then those that contain it, `MOST` in all."""
        return self._found("places", text)

    def industries(self, text: str) -> tuple[Coded, ...]:
        """The same of industries."""
        return self._found("industries", text)

    def place(self, text: str) -> str | None:
        """The id that is meant by an id or a name; None for an empty text.

        Raises InvalidInput where nothing, or more than one place, has the name.
        """
        return self._meant("places", "place", text)

    def industry(self, text: str) -> str | None:
        """The same of industries."""
        return self._meant("industries", "industry", text)

    def place_name(self, id: str | None) -> str:
        """What to write for a place: its name where no other has it, else the id."""
        return self._written("places", id)

    def industry_name(self, id: str | None) -> str:
        """The same for an industry."""
        return self._written("industries", id)

    def _written(self, table: str, id: str | None) -> str:
        columns: pa.Table = getattr(self._reader.current(), table)
        row = pc.index(columns.column("id"), id or "").as_py()
        if row < 0:
            return id or ""
        name = self._coded(table, row).name
        same = sum(normal(name) in pair for pair in self._all(table))
        return name if same == 1 else id or ""

    def _found(self, table: str, text: str) -> tuple[Coded, ...]:
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

    def _meant(self, table: str, where: str, text: str) -> str | None:
        text = text.strip()
        if not text:
            return None
        if ":" in text:
            return text  # an id, newer than the snapshot perhaps: the store knows
        sought = normal(text)
        rows = [row for row, pair in enumerate(self._all(table)) if sought in pair]
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
        near = tuple(match.name for match in self._found(table, text[:2])[:5])
        raise InvalidInput(
            "'%(text)s' is not known.",
            where=where,
            mend=message("Known are %(names)s.", names=near) if near else "",
            text=text[:100],
        )

    def _all(self, table: str) -> list[tuple[str, str]]:
        """Names in normal form, by row; made once per snapshot."""
        snapshot = self._reader.current()
        if self._names is None or self._names[0] is not snapshot:
            self._names = (snapshot, {})
        kept = self._names[1]
        if table not in kept:
            columns: pa.Table = getattr(snapshot, table)
            kept[table] = [
                (normal(name), normal(english))
                for name, english in zip(
                    columns.column("name").to_pylist(),
                    columns.column("name_en").to_pylist(),
                    strict=True,
                )
            ]
        return kept[table]

    def _coded(self, table: str, row: int) -> Coded:
        columns: pa.Table = getattr(self._reader.current(), table)
        parent = columns.column("parent")[row].as_py()
        within = columns.column("name")[parent].as_py() if parent >= 0 else ""
        id, name, english = (
            columns.column(column)[row].as_py() for column in ("id", "name", "name_en")
        )
        return Coded(id, name, english, within)
