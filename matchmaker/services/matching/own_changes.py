"""The snapshot with what one organisation changed since it was taken, for its own pages alone.

What somebody edits is seen by whoever edited it at once, also where pages read the organisation as
a candidate: which open needs its offers answer, which programmes it may apply to.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, islice
from pathlib import Path
from typing import Any

import structlog

from matchmaker.domain import GraphRows
from matchmaker.embedding import Encoder, VectorCache, VectorCaches, are_stored, embed_missing
from matchmaker.errors import MatchmakerError
from matchmaker.messages import message
from matchmaker.snapshot.build import StatementVectors, passage_texts
from matchmaker.snapshot.cache import Cache
from matchmaker.snapshot.changes import check_patchable, fresh_texts, state_of
from matchmaker.snapshot.columns import statements
from matchmaker.snapshot.load import check_model
from matchmaker.snapshot.model import Snapshot
from matchmaker.snapshot.nearest import EXACT_UP_TO
from matchmaker.snapshot.patch import patched
from matchmaker.snapshot.specified import TextReader
from matchmaker.snapshot.splice import IdColumn, NotPatchableError
from matchmaker.store.answers import GraphChanges
from matchmaker.store.ports import GraphStore

log = structlog.get_logger(__name__)
# What an organisation says of itself, and the field that tells whose row it is.
_OWN_TABLES = {
    "organizations": "id",
    "descriptions": "organization",
    "certificates": "organization",
    "offers": "organization",
}
# After a large import the next snapshot is awaited instead of reading all of that in a request.
_MOST_ROWS = 2_000
# So many new texts (statements, and sentences of long ones) are embedded in a request, 10 to 30 ms
# of the processor each; what else is new waits for the next snapshot, which embeds it.
TEXTS_AT_ONCE = 20
# Organisations whose newest changes are kept beside a snapshot, and values worked out of each.
_KEPT_ORGANIZATIONS, _KEPT_VALUES = 8, 100
# Each holds copies of all vectors (4 bytes a figure, of statements and passages): of so many bytes
# in all as many are kept as there is room for, and at least one.
_KEPT_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class OwnChanges:
    """Puts what an organisation changed since the newest snapshot into it."""

    store: GraphStore
    embedder: Callable[[], Encoder]
    cache: Callable[[], VectorCache | VectorCaches]
    read: TextReader

    def snapshot(self, last: Snapshot, organization_id: str) -> Snapshot:
        """The `last` snapshot as it would be with the organisation's changes.

        It is the last one itself where the organisation changed nothing, where that cannot be told,
        and of a graph so large that its making takes seconds: there the next one is awaited.
        """
        is_small = len(last.statements.kind) <= EXACT_UP_TO
        if not is_small or self.store.version() == last.meta.version:
            return last
        try:
            check_patchable(last)
            changes = self._own(last, organization_id)
            if changes is None:
                return last
            size = last.vectors.nbytes + last.passage_vectors.nbytes
            kept = last.cached("own changes", lambda: Cache(_most_kept(size)))
            newest = kept.get(organization_id, lambda: Cache(1))
            return newest.get(_digest(changes), lambda: self._patched(last, changes))
        except (NotPatchableError, MatchmakerError) as error:
            log.info("own changes not joined", organization=organization_id, error=str(error))
        except Exception:
            # Whatever it was: the next snapshot has them, and no page fails for it.
            log.exception("own changes not joined", organization=organization_id)
        return last

    def _own(self, last: Snapshot, organization_id: str) -> GraphChanges | None:
        """Changes of the organisation's own rows, None where there are none or it is unknown."""
        changes = self.store.changes_since(state_of(last.meta), _nothing_large)
        if changes is None:
            return None
        own_rows = {
            table: tuple(
                row
                for row in getattr(changes.rows, table)
                if getattr(row, owner) == organization_id
            )
            for table, owner in _OWN_TABLES.items()
        }
        former = _former_ids(last, organization_id)
        keys = {
            table: frozenset(
                {row.id for row in rows} | (changes.keys.get(table, frozenset()) & former)
            )
            for table, rows in own_rows.items()
        }
        keys = {table: ids for table, ids in keys.items() if ids}
        if not keys:
            return None
        return replace(changes, keys=keys, rows=GraphRows(**own_rows))

    def _patched(self, last: Snapshot, changes: GraphChanges) -> Snapshot:
        """Raises NotPatchableError, ModelUnavailable."""
        if last.meta.dimension:
            changes = self._affordable(changes)
        texts = fresh_texts(last, changes, passing=True)
        vectors = None
        if last.meta.dimension:
            identity = self.embedder().identity
            check_model(last, identity)
            whole, parts = [each.text for each in texts.spoken], passage_texts(texts.spoken)
            embedded = embed_missing(self.embedder, self.cache(), [*whole, *parts])
            vectors = StatementVectors(
                identity.model, identity.revision, embedded[: len(whole)], None,
                embedded[len(whole) :], texts.drift,
            )  # fmt: skip
        with tempfile.TemporaryDirectory() as folder:  # what lies there is read when it is gone
            snapshot = patched(
                last, changes, texts, vectors, last.meta.as_of, Path(folder), self.read
            )
        return replace(snapshot, own_cache=Cache(_KEPT_VALUES))

    def _affordable(self, changes: GraphChanges) -> GraphChanges:
        """The changes without those whose texts would be embedded beyond `TEXTS_AT_ONCE`.

        The newest is taken whatever it costs, then others, the newest first; what already has its
        vectors costs nothing.
        """
        newest_first = sorted(
            statements(changes.rows),
            key=lambda each: (each.date or date.min, each.id),
            reverse=True,
        )
        texts = [[each.text, *passage_texts([each])] for each in newest_first]
        is_stored = iter(are_stored(self.cache(), list(chain.from_iterable(texts))))
        left, waiting = TEXTS_AT_ONCE, set[str]()
        for statement, own_texts in zip(newest_first, texts, strict=True):
            new = len(own_texts) - sum(map(bool, islice(is_stored, len(own_texts))))
            if new > left and statement is not newest_first[0]:
                waiting.add(statement.id)
            else:
                left -= new
        if not waiting:
            return changes
        rows = {
            table: tuple(row for row in getattr(changes.rows, table) if row.id not in waiting)
            for table in _OWN_TABLES
        }
        keys = {table: ids - waiting for table, ids in changes.keys.items() if ids - waiting}
        return replace(changes, keys=keys, rows=GraphRows(**rows))


def _most_kept(size: int) -> int:
    """Of how many organisations the changed snapshots are kept, of so many bytes of vectors."""
    return max(1, min(_KEPT_ORGANIZATIONS, _KEPT_BYTES // max(size, 1)))


def _digest(changes: GraphChanges) -> bytes:
    """The same for the same changes, in whatever order the store gives them."""
    keys = sorted((table, sorted(ids)) for table, ids in changes.keys.items())
    rows = [sorted(map(repr, getattr(changes.rows, table))) for table in _OWN_TABLES]
    return hashlib.sha256(repr((keys, rows)).encode()).digest()


def _nothing_large(changed: Mapping[str, Collection[Any]]) -> dict[str, Collection[Any]]:
    """No further rows; raises NotPatchableError where too many changed."""
    if sum(map(len, changed.values())) > _MOST_ROWS:
        raise NotPatchableError(message("So much changed that the next snapshot is awaited."))
    return {}


def _former_ids(last: Snapshot, organization_id: str) -> frozenset[str]:
    """Ids of the statements and certificates that the snapshot has of an organisation."""
    rows = IdColumn(last.organizations.table.column("id")).rows_of([organization_id])
    if not len(rows):
        return frozenset()
    statements = last.organization_statements.row(int(rows[0]))
    held = zip(
        *(last.certificates.column(name).to_pylist() for name in ("id", "organization")),
        strict=True,
    )
    return frozenset(last.statements.table.column("id").take(statements).to_pylist()) | {
        id for id, owner in held if owner == organization_id
    }
