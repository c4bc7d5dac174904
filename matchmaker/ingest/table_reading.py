"""The state of reading files of tables, in memory or in a file of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

from matchmaker.domain import Participant
from matchmaker.ingest.report import Reading
from matchmaker.ingest.spool import Spool


@dataclass
class TableReading(Reading):
    """Rows of several files; engagements as their fields, until all participants are known.

    `prefixed` leads from ids without a source to those that they were given, by table. With
    a `spool` all is kept there and not in memory.
    """

    parts: dict[str, list[tuple[Participant, str, int]]] = field(default_factory=dict)
    prefixed: dict[str, MutableMapping[str, str]] = field(default_factory=dict)
    spool: Spool | None = None
    cluster: str = ""

    def __post_init__(self) -> None:
        if self.spool is not None:
            self.rows = defaultdict(self.spool.mapping)
            self.problems, self.origins = self.spool.list(), self.spool.mapping()

    def mapping(self) -> MutableMapping[Any, Any]:
        """A mapping for as much as a file may hold."""
        return {} if self.spool is None else self.spool.mapping()
