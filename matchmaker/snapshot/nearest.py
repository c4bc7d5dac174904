"""Statements nearest to a vector: exact up to 50,000 of them, by an index above."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matchmaker.snapshot.model import FloatArray, IndexFile, IntArray, Snapshot

EXACT_UP_TO = 50_000
# Of so few that are allowed each is looked at.
_FEW = 10_000
# Vectors that are read in the time in which the index looks at one more: of 288,160 it looks at
# 1,100 in 6 ms, at 14,300 in 77 and at 51,500 in 488; reading all takes 70.
_READ_MEANWHILE = 20
# Of 8 bits the order is not that of the vectors: so many more than asked for are looked at, and
# as many again as are asked for.
_BESIDE = 150
# So many that are allowed are looked at, however few are asked for: an index of many misses some
# on its way (of 144,080, 4 of the nearest 100 where 500 are looked at, and 1.5 where 1,000 are).
_LEAST_LOOKED_AT = 1_000
# So many scores of very many, or each of so many, say where about the largest begin: at twice as
# many as would be in the sample by chance, and some more.
_SAMPLE, _EACH, _MARGIN = 4_096, 8, 32
# Of so many vectors the products with up to some twenty others are made at once.
_ROWS_OF_A_PART = 64
# With so few others each is multiplied by itself, of so many vectors while they are near at hand.
_ONE_BY_ONE, _ROWS_AT_HAND = 2, 512
# Links of each vector: of 144,080 it misses 5 of the nearest 100 with 32 and 4 with 48, which
# take a seventh more to make and to ask.
_LINKS = 48
# Fewer vectors are put into an index one after the other.
_BY_ONE_THREAD = 10_000


def nearest(
    snapshot: Snapshot, vector: FloatArray, count: int, allowed: NDArray[np.bool_] | None = None
) -> tuple[IntArray, FloatArray]:
    """Rows of the `count` nearest statements and their similarity, nearest first.

    `allowed` (m,) narrows the statements. Ties go to the lower row. Above
    `EXACT_UP_TO` statements the answer is that of a usearch index, which may
    miss a few of the true nearest, unless so many are looked at that reading all is faster.
    """
    if snapshot.meta.dimension == 0 or count <= 0:
        return np.zeros(0, np.int32), np.zeros(0, np.float32)
    if snapshot.index_file is not None:
        usable = len(snapshot.vectors) if allowed is None else int(np.count_nonzero(allowed))
        if allowed is not None and usable <= _FEW:
            few = np.flatnonzero(allowed).astype(np.int32)
            chosen, similarity = best(np.asarray(snapshot.vectors[few] @ vector, np.float32), count)
            return few[chosen], similarity
        looked_at = max(2 * (count + _BESIDE), _LEAST_LOOKED_AT * len(snapshot.vectors) // usable)
        if looked_at * _READ_MEANWHILE < len(snapshot.vectors):
            return _by_index(snapshot, snapshot.index_file, vector, count, looked_at, allowed)
    scores = np.asarray(snapshot.vectors @ vector, dtype=np.float32)
    if allowed is not None:
        scores = np.where(allowed, scores, -np.inf).astype(np.float32)
    return best(scores, count)


def products(vectors: FloatArray, columns: FloatArray) -> FloatArray:
    """Dot products of all vectors (m, d) with a few (d, k), shape (m, k).

    In parts so small that BLAS reads them as they lie: of a large matrix it makes a copy first,
    which for so few columns takes twice as long as multiplying. With one or two columns dot
    product by dot product, which reads the memory twice as fast as a product of matrices.
    """
    columns = np.ascontiguousarray(columns, dtype=np.float32)
    found = np.empty((len(vectors), columns.shape[1]), dtype=np.float32)
    if columns.shape[1] <= _ONE_BY_ONE:
        others = list(enumerate(np.ascontiguousarray(columns.T)))
        for start in range(0, len(vectors), _ROWS_AT_HAND):
            part = slice(start, start + _ROWS_AT_HAND)
            for column, other in others:
                np.vecdot(vectors[part], other, out=found[part, column])
        return found
    whole = len(vectors) - len(vectors) % _ROWS_OF_A_PART
    shape = (whole // _ROWS_OF_A_PART, _ROWS_OF_A_PART)
    parts = vectors[:whole].reshape(*shape, vectors.shape[1])
    np.matmul(parts, columns, out=found[:whole].reshape(*shape, columns.shape[1]))
    np.matmul(vectors[whole:], columns, out=found[whole:])
    return found


def best(scores: FloatArray, count: int) -> tuple[IntArray, FloatArray]:
    """Rows of the largest finite scores, largest first, ties by row."""
    rows = _at_least(scores, count) if len(scores) > count else None
    values = scores if rows is None else scores.take(rows)
    order = np.argsort(-values, kind="stable")[:count]  # rows ascend: of equals the lower is first
    values = values.take(order)
    is_finite = np.isfinite(values)
    order = order[is_finite] if rows is None else rows.take(order[is_finite])
    return order.astype(np.int32), values[is_finite].astype(np.float32)


def _at_least(scores: FloatArray, count: int) -> NDArray[np.intp]:
    """Rows of all that score as much as the `count`-th largest, in order.

    Of many, a part is selected from that a bar from a sample leaves: one comparison each.
    """
    step = max(len(scores) // _SAMPLE, _EACH)
    wanted = 2 * (count // step) + _MARGIN
    if 2 * wanted * step <= len(scores):
        bar = np.partition(scores[::step], -wanted)[-wanted]
        rows = np.flatnonzero(scores >= bar)
        if count <= len(rows) < len(scores) // 2:
            few = scores[rows]
            return np.asarray(rows[few >= np.partition(few, -count)[-count]])
    return np.flatnonzero(scores >= np.partition(scores, -count)[-count])


def write_index(vectors: FloatArray, path: Path) -> None:
    """An HNSW index of all vectors that are not zero, in 8 bits, keyed by row."""
    from usearch.index import Index

    index = Index(ndim=vectors.shape[1], metric="ip", dtype="i8", connectivity=_LINKS)
    rows = np.flatnonzero(np.any(vectors != 0, axis=1))
    # Several threads link a small graph as they come, and may leave one out of everybody's reach.
    threads = 1 if len(rows) <= _BY_ONE_THREAD else 0
    index.add(rows.astype(np.uint64), np.ascontiguousarray(vectors[rows]), threads=threads)
    index.save(str(path))


def _not_in_index(snapshot: Snapshot) -> IntArray:
    """Rows of statements that no key of the index stands for."""
    if snapshot.index_rows is None:
        return np.zeros(0, dtype=np.int32)
    missing = np.ones(len(snapshot.vectors), dtype=np.bool_)
    missing[snapshot.index_rows[snapshot.index_rows >= 0]] = False
    return np.flatnonzero(missing).astype(np.int32)


def open_index(path: Path) -> IndexFile:
    """Memory-map what `write_index` wrote. Raises OSError where it cannot be read."""
    from usearch.index import Index

    try:
        opened = Index.restore(str(path), view=True)
    except RuntimeError as error:
        raise OSError(f"{path.name}: {error}") from None
    if opened is None:
        raise OSError(f"{path.name} is no index")
    return IndexFile(path, opened)


def _by_index(
    snapshot: Snapshot,
    index_file: IndexFile,
    vector: FloatArray,
    count: int,
    looked_at: int,
    allowed: NDArray[np.bool_] | None,
) -> tuple[IntArray, FloatArray]:
    """Look at more until enough are allowed, then score the found ones exactly.

    So are those scored that came after the index was made.
    """
    index = index_file.opened
    beside = snapshot.cached("statements not in the index", lambda: _not_in_index(snapshot))
    while True:
        looked_at = min(looked_at, len(index))
        rows = index.search(np.asarray(vector), looked_at).keys.astype(np.int64)
        if snapshot.index_rows is not None:
            rows = snapshot.index_rows[rows]
            rows = np.concatenate([rows[rows >= 0], beside])
        rows = np.sort(rows)
        if allowed is not None:
            rows = rows[allowed[rows]]
        if len(rows) >= count or looked_at >= len(index):
            break
        looked_at *= 2
    scores = np.asarray(snapshot.vectors[rows] @ vector, dtype=np.float32)
    order = np.lexsort((rows, -scores))[:count]
    return rows[order].astype(np.int32), scores[order]
