"""Networks drawn at random with the same degrees: what structure would be by chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matchmaker.audit.network import Edges

SAMPLES = 200
# Attempted swaps for each tie before the first draw, and between two draws of one
# chain; Milo et al. (2003) find about a hundred for motifs in the worst case and
# ten enough in practice.
BURN_IN = 10
THINNING = 2
_MEMORY = 256 * 2**20


def rewired(edges: Edges, size: int, samples: int = SAMPLES, seed: int = 0) -> NDArray[np.int64]:
    """Networks of the same degrees, shape (samples, m, 2); none has loops or double ties.

    Double edge swaps (Maslov and Sneppen, 2002): two ties a–b, c–d become a–d,
    c–b where that makes no loop and no double tie, and stay as they are where it
    would, so that all networks of these degrees are equally likely (Fosdick et
    al., 2018). Many chains run side by side, each in its own table of ties.
    """
    count = len(edges)
    if count < 2 or not samples:
        return np.broadcast_to(edges, (samples, count, 2)).copy()
    chains = int(np.clip(_MEMORY // max(1, size * size), 1, samples))
    drawn = -(-samples // chains)
    rng = np.random.default_rng(seed)
    state = np.tile(edges.astype(np.int64), (chains, 1, 1))
    taken = np.zeros(chains * size * size, dtype=np.bool_)
    base = np.arange(chains, dtype=np.int64) * (size * size)
    for a, b in ((0, 1), (1, 0)):
        taken[(base[:, None] + edges[:, a] * size + edges[:, b]).ravel()] = True
    networks = []
    for turn in range(drawn):
        _swap(state, taken, base, size, count * (THINNING if turn else BURN_IN), rng)
        networks.append(state.copy())
    return np.concatenate(networks)[:samples]


def _swap(
    state: NDArray[np.int64],
    taken: NDArray[np.bool_],
    base: NDArray[np.int64],
    size: int,
    steps: int,
    rng: np.random.Generator,
) -> None:
    """So many attempted swaps in every chain, in place."""
    chains, count, _ = state.shape
    flat = state.reshape(-1, 2)
    start = np.arange(chains, dtype=np.int64) * count
    block = max(1, 2_000_000 // chains)
    for done in range(0, steps, block):
        length = min(block, steps - done)
        first = start + rng.integers(count, size=(length, chains))
        second = start + rng.integers(count, size=(length, chains))
        turned = rng.integers(2, size=(length, chains))
        for left, right, turn in zip(first, second, turned, strict=True):
            a, b = flat[left, 0], flat[left, 1]
            c, d = flat[right, turn], flat[right, 1 - turn]
            ad, cb = base + a * size + d, base + c * size + b
            fine = np.flatnonzero((a != d) & (c != b) & ~taken[ad] & ~taken[cb] & (left != right))
            a, b, c, d, chain = a[fine], b[fine], c[fine], d[fine], base[fine]
            for x, y, tied in ((a, b, False), (c, d, False), (a, d, True), (c, b, True)):
                taken[chain + x * size + y] = tied
                taken[chain + y * size + x] = tied
            flat[left[fine], 1] = d
            flat[right[fine], 0] = c
            flat[right[fine], 1] = b


def transitivities(drawn: NDArray[np.int64], size: int) -> NDArray[np.float64]:
    """Transitivity of each network drawn, (samples,)."""
    samples, count, _ = drawn.shape
    if not samples or not count:
        return np.zeros(samples)
    degree = np.bincount(drawn[0].ravel(), minlength=size)
    paths = float((degree * (degree - 1)).sum())
    if not paths:
        return np.zeros(samples)
    values = np.empty(samples)
    table = np.zeros((size, size), dtype=np.bool_)
    for number, edges in enumerate(drawn):
        table[edges[:, 0], edges[:, 1]] = table[edges[:, 1], edges[:, 0]] = True
        # Each triangle is seen from each of its three ties.
        closed = np.count_nonzero(table[edges[:, 0]] & table[edges[:, 1]])
        values[number] = 2 * closed / paths
        table[edges[:, 0], edges[:, 1]] = table[edges[:, 1], edges[:, 0]] = False
    return values
