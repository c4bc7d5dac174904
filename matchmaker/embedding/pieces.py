"""Texts cut into known pieces: SentencePiece's Unigram (Kudo 2018), read from a file.

Libraries build a tree of the 250,000 pieces as they load: three quarters of a second and
280 MB for each process. Here a piece is found by a hash of its characters in a mapped table,
which takes no time to load and which all processes share.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SPACE = "▁"
UNKNOWN = -1
HASHES, PIECES = "hashes.npy", "pieces.npy"
LONGEST = 16  # characters
_ROW = np.dtype([("piece", f"<U{LONGEST}"), ("number", "<i4"), ("score", "<f4")])
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
# What an unknown character costs more than the least likely piece.
_PENALTY = 10.0


class Pieces:
    """Pieces with their numbers and log-probabilities, by the hash of their characters."""

    def __init__(self, folder: Path) -> None:
        self._hashes, self._rows = (
            np.load(folder / name, mmap_mode="r", allow_pickle=False).view(np.ndarray)
            for name in (HASHES, PIECES)
        )
        self._unknown = float(self._rows["score"].min()) - _PENALTY

    def cut(self, text: str) -> list[int]:
        """Numbers of the pieces of the likeliest cut, `UNKNOWN` for a character that is none.

        By dynamic programming over ends; of two cuts as likely the one whose last piece
        starts first.
        """
        best = [0.0] + [-inf] * len(text)
        piece = [UNKNOWN] * (len(text) + 1)
        begins = [0] * (len(text) + 1)
        pieces = iter(self._in(text))
        upcoming = next(pieces, None)
        for start in range(len(text)):
            so_far, is_known = best[start], False
            while upcoming is not None and upcoming[0] == start:
                _, end, number, score = upcoming
                is_known = is_known or end == start + 1
                if so_far + score > best[end]:
                    best[end], piece[end], begins[end] = so_far + score, number, start
                upcoming = next(pieces, None)
            if not is_known and so_far + self._unknown > best[start + 1]:
                best[start + 1] = so_far + self._unknown
                piece[start + 1], begins[start + 1] = UNKNOWN, start
        numbers, end = list[int](), len(text)
        while end > 0:
            numbers.append(piece[end])
            end = begins[end]
        return numbers[::-1]

    def _in(self, text: str) -> list[tuple[int, int, int, float]]:
        """Start, end, number and score of every piece in a text, by start and end."""
        hashes = _hashes(_characters(text))
        starts = np.concatenate([np.arange(len(of_length)) for of_length in hashes])
        lengths = np.repeat(np.arange(1, len(hashes) + 1), [len(each) for each in hashes])
        sought = np.concatenate(hashes)
        rows = np.searchsorted(self._hashes, sought)
        rows[rows == len(self._hashes)] = 0
        found = np.flatnonzero(self._hashes[rows] == sought)
        found = found[np.lexsort((lengths[found], starts[found]))]
        return [
            (start, start + length, number, score)
            for start, length, (piece, number, score) in zip(
                starts[found].tolist(),
                lengths[found].tolist(),
                self._rows[rows[found]].tolist(),
                strict=True,
            )
            if text[start : start + length] == piece
        ]


def save_pieces(pieces: Sequence[tuple[str, int, float]], folder: Path) -> None:
    """Keep pieces with their numbers and scores. Raises ValueError where they cannot be told."""
    rows = np.array(pieces, dtype=_ROW)
    if any(row["piece"] != piece for row, (piece, _, _) in zip(rows, pieces, strict=True)):
        raise ValueError(f"a piece is longer than {LONGEST} characters")
    characters = rows["piece"].copy().view("<u4").reshape(-1, LONGEST).astype(np.uint64)
    hashes = np.ones(len(rows), dtype=np.uint64)
    for place, column in enumerate(characters.T):
        has_more = np.char.str_len(rows["piece"]) > place
        hashes[has_more] = (hashes[has_more] + column[has_more]) * _FACTOR
    order = np.argsort(hashes)
    if (np.diff(hashes[order]) == 0).any():
        raise ValueError("two pieces have the same hash")
    np.save(folder / HASHES, hashes[order], allow_pickle=False)
    np.save(folder / PIECES, rows[order], allow_pickle=False)


def _characters(text: str) -> NDArray[np.uint64]:
    return np.frombuffer(text.encode("utf-32-le"), "<u4").astype(np.uint64)


def _hashes(characters: NDArray[np.uint64]) -> list[NDArray[np.uint64]]:
    """Of all parts of a text: for each length, from 1, those of each start."""
    hashes = [np.ones(len(characters), dtype=np.uint64)]
    for length in range(1, min(LONGEST, len(characters)) + 1):
        shorter = hashes[-1][: len(characters) - length + 1]
        hashes.append((shorter + characters[length - 1 :]) * _FACTOR)
    return hashes[1:] or [np.zeros(0, dtype=np.uint64)]
