"""All that one database holds, at one moment: what a copy of it has to equal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from matchmaker.store.answers import Export, GraphState
from matchmaker.store.log import LoggedEntry
from matchmaker.store.schema import Table


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document with its version, and the names and values that it is found by, in order."""

    kind: str
    id: str
    version: int
    body: str
    keys: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StoreContent:
    """The graph with its identity and version, documents in order of kind and id, the whole log.

    Vectors are not part of it: they are made again from the texts.
    """

    graph: Export
    documents: tuple[StoredDocument, ...]
    log: tuple[LoggedEntry, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was ever written."""
        return not (len(self.graph.rows) or self.documents or self.log)


@dataclass(frozen=True, slots=True)
class ContentReader:
    """The same read piece by piece, for whoever keeps none of it: rows of a table, documents in
    order of kind and id (without what they are found by), lines of the log.
    """

    graph: GraphState
    rows: Callable[[Table[Any]], Iterator[Any]]
    documents: Callable[[], Iterator[StoredDocument]]
    log: Callable[[], Iterator[LoggedEntry]]
