"""The state of reading files, in memory or in a file of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from matchmaker.domain import Participant, Provenance
from matchmaker.ingest.report import Reading
from matchmaker.ingest.spool import Spool


@dataclass(frozen=True)
class RowValues:
    """Values of the cells of a line: values by column; which of them stand there by default."""

    values: dict[str, Any]
    by_default: frozenset[str]
    provenance: Provenance
    line: int


@dataclass
class SpooledReading(Reading):
    """With a `spool` all is kept there and not in memory."""

    spool: Spool | None = None

    def __post_init__(self) -> None:
        if self.spool is not None:
            self.rows = defaultdict(self.spool.mapping)
            self.problems, self.origins = self.spool.list(), self.spool.mapping()

    def mapping(self) -> MutableMapping[Any, Any]:
        """A mapping for as much as a file may hold."""
        return {} if self.spool is None else self.spool.mapping()


class OriginsOfRows(MutableMapping[tuple[str, str], tuple[str, int]]):
    """Sources of rows, by table and id, as their provenance tells."""

    def __init__(self, rows: Mapping[str, Mapping[str, Any]]) -> None:
        self._rows = rows

    def __getitem__(self, key: tuple[str, str]) -> tuple[str, int]:
        table, id = key
        row = self._rows[table][id] if table in self._rows else None
        if row is None or not hasattr(row, "provenance"):
            raise KeyError(key)
        file, _, line = row.provenance.record.rpartition(":")
        return file, int(line)

    def __setitem__(self, key: tuple[str, str], value: tuple[str, int]) -> None:
        raise NotImplementedError("rows tell it themselves")

    def __delitem__(self, key: tuple[str, str]) -> None:
        raise NotImplementedError("rows tell it themselves")

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((table, id) for table, rows in self._rows.items() for id in rows)

    def __len__(self) -> int:
        return sum(map(len, self._rows.values()))


@dataclass
class TableReading(SpooledReading):
    """Rows of several files; engagements as their fields, until all participants are known.

    `prefixed` leads from ids without a source to those that they were given, by table.
    """

    parts: dict[str, list[tuple[Participant, str, int]]] = field(default_factory=dict)
    prefixed: dict[str, MutableMapping[str, str]] = field(default_factory=dict)
    cluster: str = ""
