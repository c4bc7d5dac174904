"""Blocking: only organisations that share a key are compared, so that pairs are few."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import combinations
from tempfile import SpooledTemporaryFile
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matchmaker.ingest.matching_model import Comparable, finer_place
from matchmaker.ingest.name_comparison import ComparableName, initials
from matchmaker.ingest.names import name_key
from matchmaker.ingest.trade_names import romanised, spoken
from matchmaker.ingest.unlike import NameSummaries
from matchmaker.regex import regex
from matchmaker.store.ports import DuplicateKeys

# A key that more share says nothing of who is meant.
RARE = 40
_SHORTEST_WORD = 4
_MOST_WORDS = 6
_BATCH = 10_000
_COMPARED = 100_000
_PARTS = 32
_IN_MEMORY = 1 << 19  # bytes of each part
_NAME_KEY = regex(r"[0-9a-f]{16}")
STRONG = "!"  # begins keys that say nearly everything: all who share one are compared


def keys(candidate: Comparable) -> set[str]:
    """Keys of an organisation; two that may be one share at least one of them."""
    found = {f"{STRONG}{code}" for code in candidate.codes if code}
    found.add(f"{STRONG}{source_key(candidate.keys)}")
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
        written = spoken("".join(name.words)) if name.is_han else romanised(name.words)
        found.update(f"spoken {each}" for each in written)
    return found


def _joined(name: ComparableName) -> str:
    return "".join(sorted(name.translated))


def source_key(row: DuplicateKeys) -> str:
    """Its source and its name: what it is known by there, under whatever rules ids were made."""
    return f"{row.id.partition(':')[0]}:{name_key(row.name)}"


def is_known_by_name(row: DuplicateKeys) -> bool:
    """Tell whether its source gave it no key of its own: its id is made of its name."""
    return bool(_NAME_KEY.fullmatch(row.id.partition(":")[2]))


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


class Rows(Protocol):
    """Organisations in order, in memory or not."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[DuplicateKeys]: ...

    def __getitem__(self, position: int, /) -> DuplicateKeys: ...


def pairs(
    rows: Rows, first_new: int = 0, summaries: NameSummaries | None = None
) -> Iterator[tuple[int, int]]:
    """Positions in `rows` of each two that share a key, in order.

    At least the second of a pair is at or behind `first_new`. With `summaries`, which are
    filled, those whose names are surely unlike are left out. Keys and pairs are kept as
    numbers, in files where they are many: memory grows by the summaries alone.
    """
    total = max(len(rows), 1)
    blocks, found = _Parts(2), _Parts(1)
    for hashes, owners in _hashed(rows, summaries):
        blocks.add((hashes >> 1) % _PARTS, np.stack((hashes, owners), axis=1))
    for entries in blocks:
        order = np.lexsort((entries[:, 1], entries[:, 0]))
        hashes, owners = entries[order, 0], entries[order, 1]
        starts = np.flatnonzero(np.r_[True, hashes[1:] != hashes[:-1]])
        sizes = np.diff(starts, append=len(hashes))
        # A large block tells nothing, unless its key says nearly everything.
        kept = (sizes >= 2) & ((sizes <= RARE) | (hashes[starts] & 1 == 1))
        for first, second in _within(owners, starts[kept], sizes[kept]):
            is_new = second >= first_new
            packed = np.unique((first[is_new] << 32) | second[is_new])
            found.add((packed >> 32) * _PARTS // total, packed[:, None])
    for part in found:
        packed = np.unique(part[:, 0])
        for some in np.array_split(packed, len(packed) // _COMPARED + 1):
            first, second = some >> 32, some & 0xFFFFFFFF
            if summaries is not None:
                kept = ~summaries.are_unlike(first, second)
                first, second = first[kept], second[kept]
            yield from zip(first.tolist(), second.tolist(), strict=True)


Integers = NDArray[np.int64]


def _within(
    owners: Integers, starts: Integers, sizes: Integers
) -> Iterator[tuple[Integers, Integers]]:
    """Pairs of each block's members, in order of position; of a large one those with its first."""
    for size in np.unique(sizes).tolist():
        of_size = starts[sizes == size]
        if size > RARE:
            for start in of_size.tolist():
                others = owners[start + 1 : start + size]
                yield np.full(len(others), owners[start]), others
            continue
        one, other = np.triu_indices(size, 1)
        for batch in np.array_split(of_size, len(of_size) * len(one) // 1_000_000 + 1):
            members = owners[batch[:, None] + np.arange(size)]
            yield members[:, one].ravel(), members[:, other].ravel()


class _Parts:
    """Numbers in rows of some width, parted so that one part fits into memory."""

    def __init__(self, width: int) -> None:
        self._width = width
        # Closed as they are read.
        self._files = [SpooledTemporaryFile(max_size=_IN_MEMORY) for _ in range(_PARTS)]  # noqa: SIM115

    def add(self, parts: Integers, rows: Integers) -> None:
        """Rows (n, width), each to the part of its number in `parts` (n,)."""
        order = np.argsort(parts, kind="stable")
        ends = np.searchsorted(parts[order], np.arange(_PARTS), side="right")
        for file, some in zip(self._files, np.split(rows[order], ends[:-1]), strict=True):
            if len(some):
                file.write(some.tobytes())

    def __iter__(self) -> Iterator[Integers]:
        """What was added, part by part, (n, width); each is given away."""
        for file in self._files:
            with file:
                file.seek(0)
                rows = np.frombuffer(file.read(), dtype=np.int64).reshape(-1, self._width)
            if len(rows):
                yield rows


def _hashed(rows: Rows, summaries: NameSummaries | None) -> Iterator[tuple[Integers, Integers]]:
    """The keys of rows as numbers, odd where they are strong, and the position of each's row."""
    hashes, owners = array("q"), array("q")
    for position, row in enumerate(rows):
        candidate = Comparable.of(row)
        if summaries is not None:
            summaries.add(candidate)
        of_row = [hash(key) | 1 if key[0] == STRONG else hash(key) & ~1 for key in keys(candidate)]
        hashes.extend(of_row)
        owners.extend([position] * len(of_row))
        if len(hashes) >= _BATCH:
            yield np.array(hashes, dtype=np.int64), np.array(owners, dtype=np.int64)
            hashes, owners = array("q"), array("q")
    if hashes:
        yield np.array(hashes, dtype=np.int64), np.array(owners, dtype=np.int64)
