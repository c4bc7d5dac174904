"""The projection of the second model's vectors, from texts: principal axes of what is left of them.

    python -m tools.projection TITLES.txt ABSTRACTS.txt …

A text a line. Vectors are centred by language, as they are when they are compared; every file's
texts in each language count as much as those of any other. Written is
`matchmaker/embedding/projection.npy` (512 × 192 in half precision, 196 kB). Whoever changes it
raises `ARITHMETIC` in `matchmaker/embedding/second.py`.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np

from matchmaker.embedding import center, language_means
from matchmaker.embedding.identity import FloatArray
from matchmaker.embedding.second import UniversalEncoder
from matchmaker.text import language_of

AXES = 192
TARGET = Path(__file__).parents[1] / "matchmaker" / "embedding" / "projection.npy"


def principal_axes(groups: list[FloatArray], count: int) -> FloatArray:
    """First axes (d, count) of the mean second moment of groups of vectors, the greatest first.

    Each axis has the sign that makes its greatest entry positive: the same on every machine.
    """
    moment = sum((group.T @ group / len(group)).astype(np.float64) for group in groups)
    _, axes = np.linalg.eigh(moment)
    axes = axes[:, ::-1][:, :count]
    greatest = axes[np.abs(axes).argmax(axis=0), np.arange(count)]
    return np.asarray(axes * np.sign(greatest), dtype=np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    files = parser.parse_args().files
    with tempfile.TemporaryDirectory() as folder:
        encoder = UniversalEncoder(Path(folder))
    groups = []
    for file in files:
        by_language: dict[str, list[str]] = defaultdict(list)
        for text in dict.fromkeys(file.read_text("utf-8").splitlines()):
            by_language[language_of(text)].append(text)
        for language, texts in sorted(by_language.items()):
            raw = encoder.passages(texts)
            labels = [language] * len(texts)
            groups.append(center(raw, labels, language_means(raw, labels)))
            print(f"{file.name}: {len(texts):,} texts, language {language or 'unknown'}")  # noqa: T201
    axes = principal_axes(groups, AXES)
    for group in groups:
        print(f"kept of {len(group):,}: {np.square(group @ axes).sum(axis=1).mean():.3f}")  # noqa: T201
    np.save(TARGET, axes.astype(np.float16))


if __name__ == "__main__":
    main()
