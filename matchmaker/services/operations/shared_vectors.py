"""Vectors that one node embedded, for whichever makes the next snapshot: none is made twice."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import numpy as np
import structlog

from matchmaker.embedding import VectorCache, VectorCaches
from matchmaker.embedding.cache import CachedVectors
from matchmaker.errors import MatchmakerError, NotFound
from matchmaker.nodes.objects import ObjectStore

FOLDER = "vectors"
# So many are kept in memory at most, and lost when the process dies.
ROWS = 4096
# Small segments become one when there are so many.
MAX_SEGMENTS = 64
SMALL_BYTES = 16_000_000

log = structlog.get_logger(__name__)


@dataclass
class SharedVectors:
    """Segments at the object store, for each model; a segment's name ends with its SHA-256."""

    objects: ObjectStore
    cache: Callable[[], VectorCache | VectorCaches]
    _waiting: dict[str, list[tuple[bytes, bytes]]] = field(default_factory=dict)

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Have what others embedded before the block, and share what is embedded in it.

        Where that cannot be, texts are embedded here.
        """
        parts = self.cache().parts
        self._not_vital(self.sync)
        for part in parts:
            part.listener = self._listener(part)
        try:
            yield
        finally:
            for part in parts:
                part.listener = None
                self._not_vital(lambda part=part: self._put(part))  # type: ignore[misc]
            self._not_vital(self._merge)

    def sync(self) -> None:
        """Take over what other nodes shared. Raises ServiceUnavailable, StorageFull."""
        for part in self.cache().parts:
            known = part.segments()
            for each in self.objects.listed(_folder(part)):
                name = each.name.rpartition("/")[2]
                if name not in known:
                    with suppress(NotFound):  # it has become part of another
                        part.put_segment(name, self._rows(each.name, each.size))

    # -- the parts

    def _listener(self, part: VectorCache) -> Callable[[CachedVectors], None]:
        def hear(rows: CachedVectors) -> None:
            waiting = self._waiting.setdefault(part.identity.digest, [])
            waiting.extend(rows)
            if len(waiting) >= ROWS:
                self._not_vital(lambda: self._put(part))

        return hear

    def _put(self, part: VectorCache) -> None:
        rows = self._waiting.get(part.identity.digest)
        if rows:
            name = self._put_rows(part, rows)
            part.put_segment(name, ())
            self._waiting[part.identity.digest] = []

    def _put_rows(self, part: VectorCache, rows: CachedVectors) -> str:
        width = len(rows[0][1])
        table = np.array(rows, dtype=[("digest", "V16"), ("vector", f"V{width}")])
        content = io.BytesIO()
        np.save(content, table, allow_pickle=False)
        digest = hashlib.sha256(content.getvalue()).hexdigest()
        name = f"{time.time_ns():020d}-{digest}.npy"
        self.objects.put(f"{_folder(part)}/{name}", content.getvalue())
        return name

    def _rows(self, name: str, size: int) -> list[tuple[bytes, bytes]]:
        """Raises NotFound where it is gone or damaged: it is embedded here then."""
        content = self.objects.get(name, size)
        digest = name.rpartition("-")[2].removesuffix(".npy")
        if hashlib.sha256(content).hexdigest() != digest:
            log.error("shared vectors are damaged", name=name)
            raise NotFound("%(name)s is not there.", name=name)
        table = np.load(io.BytesIO(content), allow_pickle=False)
        return [(row["digest"].tobytes(), row["vector"].tobytes()) for row in table]

    def _merge(self) -> None:
        for part in self.cache().parts:
            small = [each for each in self.objects.listed(_folder(part)) if each.size < SMALL_BYTES]
            if len(small) < MAX_SEGMENTS:
                continue
            rows: dict[bytes, bytes] = {}
            for each in small:
                rows.update(self._rows(each.name, each.size))
            part.put_segment(self._put_rows(part, list(rows.items())), ())
            for each in small:
                self.objects.remove(each.name)

    def _not_vital(self, work: Callable[[], object]) -> None:
        try:
            work()
        except MatchmakerError as error:
            log.warning("vectors not shared", reason=str(error.message))


def _folder(part: VectorCache) -> str:
    return f"{FOLDER}/{part.identity.digest}"
