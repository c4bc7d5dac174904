"""Which organisations are compared at all: those that share a key, so that few pairs are."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from matchmaker.ingest.matching_model import Comparable, finer_place
from matchmaker.ingest.name_comparison import ComparableName, initials
from matchmaker.ingest.names import name_key
from matchmaker.store.ports import DuplicateKeys

# A key that more share says nothing of who is meant.
RARE = 40
_SHORTEST_WORD = 4
_MOST_WORDS = 6
_BATCH = 10_000
_NAME_KEY = re.compile(r"[0-9a-f]{16}")
STRONG = "!"  # begins keys that say nearly everything: all who share one are compared


def keys(candidate: Comparable) -> set[str]:
    """Keys of an organisation; two that may be one share at least one of them."""
    found = {f"{STRONG}{code}" for code in candidate.codes if code}
    found.update(f"{STRONG}{key}" for key in source_key(candidate.keys))
    if candidate.host:
        found.add(f"host {candidate.host}")
    found.update(f"all {_joined(name)}" for name in candidate.others)
    place = finer_place(candidate.keys.place)
    for name in candidate.names:
        joined = _joined(name)
        found.add(f"all {joined}")
        if place:
            found.add(f"{STRONG}{place} {joined}")
        found.update(_han_keys(name.folded[0]) if name.is_han else _word_keys(name))
    return found


def _joined(name: ComparableName) -> str:
    return "".join(sorted(name.translated))


def source_key(row: DuplicateKeys) -> tuple[str, ...]:
    """The key of one that its source knows by its name alone; nothing of others.

    Two of one source that share it are one, under whatever rules their ids were made.
    """
    source, _, key = row.id.partition(":")
    return (f"{source}:{name_key(row.name)}",) if _NAME_KEY.fullmatch(key) else ()


def _han_keys(name: str) -> Iterator[str]:
    yield "bag " + "".join(sorted(name))
    yield "start " + name[:4]
    yield "core " + name.replace("集团", "").replace("控股", "")
    yield from (name[start : start + 3] for start in range(len(name) - 2))


def _word_keys(name: ComparableName) -> Iterator[str]:
    words = name.translated
    joined = "".join(words)
    yield f"start {joined[:6]}"
    yield f"end {joined[-7:]}"
    yield from (word for word in words if len(word) >= _SHORTEST_WORD)
    for pair in combinations(sorted(set(words[:_MOST_WORDS])), 2):
        yield " ".join(pair)
    for short in initials(words):
        yield f"short {short}"
    if len(words) == 1 and len(words[0]) <= _MOST_WORDS:
        yield f"short {words[0]}"


def pairs(stored: Sequence[DuplicateKeys], new: Sequence[DuplicateKeys]) -> NDArray[np.int64]:
    """Positions in `stored` and then `new` of each two that share a key, (p, 2), in order.

    At least the second of a pair is new. Keys are kept as numbers, so that the memory for
    400,000 organisations is some 100 MB.
    """
    hashes, owners = _hashed(new, len(stored))
    wanted = np.unique(hashes)
    for start in range(0, len(stored), _BATCH):
        more, of = _hashed(stored[start : start + _BATCH], start)
        shared = np.isin(more, wanted)
        hashes, owners = np.append(hashes, more[shared]), np.append(owners, of[shared])
    order = np.lexsort((owners, hashes))
    hashes, owners = hashes[order], owners[order]
    starts = np.flatnonzero(np.diff(hashes, prepend=hashes[:1] - 1)) if len(hashes) else owners
    sizes = np.diff(starts, append=len(hashes))
    shared_by_few = (sizes >= 2) & ((sizes <= RARE) | (hashes[starts] & 1 == 1))
    found = [
        pair
        for start, size in zip(starts[shared_by_few], sizes[shared_by_few], strict=True)
        for pair in _within(owners[start : start + size], len(stored))
    ]
    return np.unique(np.array(found, dtype=np.int64).reshape(-1, 2), axis=0)


def _within(members: NDArray[np.int64], first_new: int) -> Iterator[tuple[int, int]]:
    """Pairs of a block's members, in order of position; of a large one those with its first."""
    positions = members.tolist()
    if positions[-1] < first_new:
        return
    if len(positions) > RARE:
        yield from ((positions[0], other) for other in positions[1:] if other >= first_new)
        return
    yield from (pair for pair in combinations(positions, 2) if pair[1] >= first_new)


def _hashed(
    rows: Sequence[DuplicateKeys], first: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The keys of rows as numbers, odd where they are strong, and the position of each's row."""
    hashes, owners = array("q"), array("q")
    for position, row in enumerate(rows, first):
        for key in keys(Comparable.of(row)):
            hashes.append(hash(key) | 1 if key.startswith(STRONG) else hash(key) & ~1)
            owners.append(position)
    return np.array(hashes, dtype=np.int64), np.array(owners, dtype=np.int64)
