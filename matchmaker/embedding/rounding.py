"""Sums in float32 in the order in which PyTorch takes them on processors with AVX2.

In 8 bits the last bit of what goes into the layers becomes 10⁻³ of a number that comes out.
In PyTorch's own order the vectors that are kept stay those of the model, to the last bit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matchmaker.embedding.identity import FloatArray

_LANES, _STEPS = 8, 16  # numbers of one instruction, instructions of one chunk
_BLOCK = 16  # rows that are added before their sum is
_LEAST_NORM = np.float32(1e-12)


class _Moments(NamedTuple):
    """Of so many numbers in each of some places: mean, and sum of squared differences to it."""

    numbers: int
    mean: FloatArray
    squares: FloatArray


def normalised(
    states: FloatArray, weight: FloatArray, bias: FloatArray, epsilon: float
) -> FloatArray:
    """Layer normalisation (Ba et al. 2016) of the last of the dimensions (n, t, h).

    Raises ValueError where h is no multiple of 128.
    """
    rows = states.reshape(-1, states.shape[-1])
    mean, variance = _moments(rows)
    scale = np.float32(1) / np.sqrt(variance + np.float32(epsilon))
    return _fused((rows - mean[:, None]) * scale[:, None], weight, bias).reshape(states.shape)


def mean_of_tokens(states: FloatArray) -> FloatArray:
    """Mean (n, h) over the second dimension of (n, t, h)."""
    count, tokens, _ = states.shape
    levels = np.zeros((3, count, states.shape[2]), dtype=np.float32)
    whole = tokens - tokens % _BLOCK
    for start in range(0, whole, _BLOCK):
        levels[1] += _in_turn(states[:, start : start + _BLOCK])
        if (start // _BLOCK + 1) % _BLOCK == 0:
            levels[2] += levels[1]
            levels[1] = 0
    levels[0] = _in_turn(states[:, whole:])
    return np.asarray(_in_turn(levels.swapaxes(0, 1)) / np.float32(tokens))


def of_unit_length(rows: FloatArray) -> FloatArray:
    """Rows (n, h) over their Euclidean length."""
    squares = (rows * rows).reshape(len(rows), -1, _LANES)
    length = np.sqrt(_in_turn(_in_turn(squares)[:, :, None])[:, 0])
    return np.asarray(rows / np.maximum(length, _LEAST_NORM)[:, None])


def _in_turn(parts: FloatArray) -> FloatArray:
    """Sum over the second of three dimensions, one after the other."""
    total = np.zeros_like(parts[:, 0] if parts.shape[1] else parts.sum(axis=1))
    for part in range(parts.shape[1]):
        total += parts[:, part]
    return total


def _fused(first: FloatArray, second: FloatArray | np.float32, third: FloatArray) -> FloatArray:
    """first · second + third, rounded once."""
    exact = first.astype(np.float64)
    exact *= second
    exact += third
    return exact.astype(np.float32)


def _moments(rows: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and variance (r,) of each row (Welford 1962), chunks joined as in a pairwise sum."""
    chunks = rows.reshape(len(rows), -1, _STEPS, _LANES)
    mean, squares = np.zeros((2, *chunks[:, :, 0].shape), dtype=np.float32)
    for step, numbers in enumerate(np.ascontiguousarray(chunks.transpose(2, 0, 1, 3))):
        beyond = numbers - mean
        mean = _fused(beyond, np.float32(1) / np.float32(step + 1), mean)
        squares = _fused(beyond, numbers - mean, squares)
    zeros = np.zeros((len(rows), _LANES), dtype=np.float32)
    nothing = _Moments(0, zeros, zeros)
    levels = [nothing] * max(1, (chunks.shape[1] - 1).bit_length())
    for chunk in range(chunks.shape[1]):
        levels[0] = _joined(levels[0], _Moments(_STEPS, mean[:, chunk], squares[:, chunk]))
        for level in range(1, len(levels)):
            if (chunk + 1) % (1 << level):
                break
            levels[level] = _joined(levels[level], levels[level - 1])
            levels[level - 1] = nothing
    for above in levels[1:]:
        levels[0] = _joined(levels[0], above)
    return _over_lanes(levels[0])


def _joined(of: _Moments, added: _Moments) -> _Moments:
    """Moments of two sets of numbers (Chan et al. 1979)."""
    count = of.numbers + added.numbers
    share = np.float32(added.numbers) / np.float32(count or 1)
    beyond = added.mean - of.mean
    part = share * beyond
    squares = _fused(beyond * np.float32(of.numbers), part, of.squares + added.squares)
    return _Moments(count, of.mean + part, squares)


def _over_lanes(moments: _Moments) -> tuple[FloatArray, FloatArray]:
    """Mean and variance of all lanes, of which one after the other is joined."""
    mean, squares = np.zeros((2, len(moments.mean)), dtype=np.float32)
    for lane in range(_LANES):
        share = np.float32(1) / np.float32(lane + 1)
        beyond = moments.mean[:, lane] - mean
        mean = _fused(beyond, share, mean)
        before = np.float32(moments.numbers * lane)
        squares = squares + _fused(beyond * beyond * share, before, moments.squares[:, lane])
    return mean, squares / np.float32(moments.numbers * _LANES)
