"""Vectors by (model revision, text): no text is embedded twice."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matchmaker.embedding.identity import Encoder, FloatArray, ModelIdentity
from matchmaker.errors import StorageFull
from matchmaker.spans import span
from matchmaker.system_errors import reason_of

CREATE = "CREATE TABLE IF NOT EXISTS vectors (digest BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID"
CREATE_SEGMENTS = "CREATE TABLE IF NOT EXISTS segments (name TEXT PRIMARY KEY) WITHOUT ROWID"
PUT = "INSERT OR REPLACE INTO vectors VALUES (?, ?)"
PUT_SEGMENT = "INSERT OR REPLACE INTO segments VALUES (?)"
CHUNK = 512  # texts embedded between two commits: what an interruption can lose
LOOK_UP = 500
QUERY = "\0query\0"  # before the text of a query: no text begins so


# Digests of texts and their vectors, as bytes.
CachedVectors = Sequence[tuple[bytes, bytes]]


class VectorCache:
    """One file for each model and revision; several processes may use it at once.

    `listener` is told of rows that were put, where another node is to have them.
    """

    def __init__(self, folder: Path, identity: ModelIdentity) -> None:
        self.identity = identity
        self.listener: Callable[[CachedVectors], None] | None = None
        self.parts = (self,)
        self.path = folder / f"{identity.digest}.db"
        self._lock = threading.Lock()
        self._underway: dict[str, threading.Event] = {}

    def get(self, texts: Sequence[str]) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Vectors (n, d) with zeros where unknown, and which are known; d is 0 when none is."""
        digests = [_digest(text) for text in texts]
        stored: dict[bytes, bytes] = {}
        with self._open() as database:
            wanted = list(dict.fromkeys(digests))
            for start in range(0, len(wanted), LOOK_UP):
                part = wanted[start : start + LOOK_UP]
                marks = ",".join("?" * len(part))
                query = f"SELECT digest, vector FROM vectors WHERE digest IN ({marks})"  # noqa: S608
                stored.update(database.execute(query, part))
        is_stored = np.array([digest in stored for digest in digests], dtype=np.bool_)
        if not stored:
            return np.zeros((len(texts), 0), dtype=np.float32), is_stored
        empty = bytes(len(next(iter(stored.values()))))
        joined = b"".join(stored.get(digest, empty) for digest in digests)
        return np.frombuffer(joined, dtype=np.float32).reshape(len(texts), -1).copy(), is_stored

    def put(self, texts: Sequence[str], vectors: FloatArray) -> None:
        """Keep vectors (n, d) of these texts; all or none of them. Raises StorageFull."""
        rows = [
            (_digest(text), np.ascontiguousarray(vector, dtype=np.float32).tobytes())
            for text, vector in zip(texts, vectors, strict=True)
        ]
        with self._open() as database, database:
            database.executemany(PUT, rows)
        if self.listener is not None:
            self.listener(rows)

    @contextlib.contextmanager
    def claim(self, texts: Sequence[str]) -> Iterator[tuple[list[str], dict[str, threading.Event]]]:
        """Texts that nobody else in this process embeds just now; the block has them embedded.

        And the others, each with what is set once whoever embeds it is done, or gave up.
        """
        done = threading.Event()
        with self._lock:
            others = {text: self._underway[text] for text in texts if text in self._underway}
            own = [text for text in texts if text not in others]
            self._underway.update(dict.fromkeys(own, done))
        try:
            yield own, others
        finally:
            with self._lock:
                for text in own:
                    del self._underway[text]
            done.set()

    def segments(self) -> set[str]:
        """Names of what was taken over from other nodes."""
        with self._open() as database:
            return {name for (name,) in database.execute("SELECT name FROM segments")}

    def put_segment(self, name: str, rows: CachedVectors) -> None:
        """Take over what another node has embedded; all or none of it. Raises StorageFull."""
        with self._open() as database, database:
            database.executemany(PUT, rows)
            database.execute(PUT_SEGMENT, (name,))

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.closing(sqlite3.connect(self.path, timeout=15)) as database:
                database.execute("PRAGMA journal_mode = WAL")
                database.execute("PRAGMA synchronous = NORMAL")
                database.execute(CREATE)
                database.execute(CREATE_SEGMENTS)
                yield database
        except sqlite3.DatabaseError as error:
            raise StorageFull(
                "The cache of vectors %(path)s cannot be used: %(error)s.",
                mend="Free some space, or delete the file: it will be made again.",
                path=self.path,
                error=reason_of(error),
            ) from None
        except OSError as error:
            raise StorageFull(
                "The folder %(parent)s cannot be made: %(reason)s.",
                mend="Choose another MATCHMAKER_DATA_DIR.",
                parent=self.path.parent,
                reason=reason_of(error),
            ) from None


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class VectorCaches:
    """Those of several models, whose vectors stand side by side."""

    def __init__(self, parts: Sequence[VectorCache], identity: ModelIdentity) -> None:
        self.identity = identity
        self.parts = tuple(parts)


def are_stored(cache: VectorCache | VectorCaches, texts: Sequence[str]) -> NDArray[np.bool_]:
    """Which texts have vectors of each part of the model, (n,)."""
    return np.asarray(np.all([part.get(texts)[1] for part in cache.parts], axis=0))


def embed_missing(
    embedder: Callable[[], Encoder],
    cache: VectorCache | VectorCaches,
    texts: Sequence[str],
    progress: Callable[[int, int], None] | None = None,
    *,
    as_queries: bool = False,
) -> FloatArray:
    """Vectors (n, d) of passages (or queries), from the cache where it has them.

    `embedder` gives the model, and is asked only when a text is new: loading
    it takes seconds and hundreds of megabytes.

    New ones are stored every few hundred, so that an interrupted run goes on
    where it was. Questions are answered where nothing can be stored, too: a full disk ends
    no reading. `progress` hears how many texts are embedded, of how many that had to be,
    for each part of the model anew.
    """

    def part(number: int) -> Callable[[], Encoder]:
        return lambda: embedder().parts[number]

    with span("embed"):
        vectors = [
            _embed_missing(part(number), part_cache, texts, progress, as_queries)
            for number, part_cache in enumerate(cache.parts)
        ]
    return vectors[0] if len(vectors) == 1 else np.hstack(vectors)


def _embed_missing(
    embedder: Callable[[], Encoder],
    cache: VectorCache,
    texts: Sequence[str],
    progress: Callable[[int, int], None] | None,
    as_queries: bool,
) -> FloatArray:
    mark = QUERY if as_queries else ""
    # A question is answered without the cache; what a refresh embeds has to be kept.
    forgiving = contextlib.suppress(StorageFull) if as_queries else contextlib.nullcontext()
    vectors = np.zeros((len(texts), 0), dtype=np.float32)
    is_stored = np.zeros(len(texts), dtype=np.bool_)
    with forgiving:
        vectors, is_stored = cache.get([mark + text for text in texts])
    if is_stored.all():
        return vectors
    model = embedder()
    if vectors.shape[1] != model.dimension:
        vectors = np.zeros((len(texts), model.dimension), dtype=np.float32)
        is_stored = np.zeros(len(texts), dtype=np.bool_)
    rows_of: dict[str, list[int]] = {}
    for row in np.flatnonzero(~is_stored).tolist():
        rows_of.setdefault(texts[row], []).append(row)
    # Like lengths together also across chunks; long ones first, so that the
    # progress bar's estimate errs on the pessimistic side.
    missing = sorted(rows_of, key=lambda text: (-len(text), text))
    with cache.claim([mark + text for text in missing]) as (own, others):
        missing = [text.removeprefix(mark) for text in own]
        for start in range(0, len(missing), CHUNK):
            chunk = missing[start : start + CHUNK]
            embedded = model.queries(chunk) if as_queries else model.passages(chunk)
            with forgiving:
                cache.put([mark + text for text in chunk], embedded)
            for text, vector in zip(chunk, embedded, strict=True):
                vectors[rows_of[text]] = vector
            if progress is not None:
                progress(min(start + CHUNK, len(missing)), len(missing))
    if others:
        for done in set(others.values()):
            done.wait()
        elsewhere = [text.removeprefix(mark) for text in others]
        embedded = _embed_missing(embedder, cache, elsewhere, None, as_queries)
        for text, vector in zip(elsewhere, embedded, strict=True):
            vectors[rows_of[text]] = vector
    return vectors
