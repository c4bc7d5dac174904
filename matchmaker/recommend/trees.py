"""Boosted trees as plain arrays: small in a file, and the same whatever library grew them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.snapshot.model import FloatArray


@dataclass(frozen=True)
class Trees:
    """A sum of regression trees; all their nodes stand in one list, shape (nodes,).

    A value at most `threshold` of column `feature` goes to `left`, else to `right`, an unknown
    one to the left where `unknown_left`. A leaf leads to itself on both sides and adds its
    `value`. `roots` are where trees begin, `depth` how many steps lead to the furthest leaf.
    """

    roots: NDArray[np.int32]
    feature: NDArray[np.int32]
    threshold: NDArray[np.float64]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    unknown_left: NDArray[np.bool_]
    value: NDArray[np.float64]
    depth: int
    base: float

    @classmethod
    def mean_of(cls, classifiers: Sequence[Any]) -> Trees:
        """The mean of some `HistGradientBoostingClassifier` of two classes."""
        nodes, roots, depth, start = [], [], 0, 0
        for classifier in classifiers:
            for (predictor,) in classifier._predictors:
                tree = predictor.nodes.copy()
                own = np.arange(len(tree)) + start
                is_leaf = tree["is_leaf"].astype(bool)
                left = np.where(is_leaf, own, tree["left"].astype(np.int64) + start)
                right = np.where(is_leaf, own, tree["right"].astype(np.int64) + start)
                nodes.append((tree, is_leaf, left, right))
                roots.append(start)
                start += len(tree)
                depth = max(depth, int(tree["depth"].max()))
        share = 1 / len(classifiers)
        return cls(
            roots=np.array(roots, np.int32),
            feature=np.concatenate([tree["feature_idx"] for tree, *_ in nodes]).astype(np.int32),
            threshold=np.concatenate([tree["num_threshold"] for tree, *_ in nodes]),
            left=np.concatenate([left for _, _, left, _ in nodes]).astype(np.int32),
            right=np.concatenate([right for *_, right in nodes]).astype(np.int32),
            unknown_left=np.concatenate([t["missing_go_to_left"] for t, *_ in nodes]).astype(bool),
            value=np.concatenate([np.where(leaf, t["value"], 0) for t, leaf, *_ in nodes]) * share,
            depth=depth,
            base=share * float(sum(c._baseline_prediction.item() for c in classifiers)),
        )

    def decision_function(self, values: FloatArray) -> NDArray[np.float64]:
        """Sums (n,) for values (n, f).

        Equal rows are summed once: explanations ask of the same candidate with many sets of
        other evidence taken away.
        """
        values = np.ascontiguousarray(values)
        if values.size:
            rows = values.view(np.dtype((np.void, values.strides[0]))).ravel()
            _, first, which = np.unique(rows, return_index=True, return_inverse=True)
            if len(first) < len(values):
                return self._sums(values[first])[which]
        return self._sums(values)

    def _sums(self, values: FloatArray) -> NDArray[np.float64]:
        at = np.broadcast_to(self.roots, (len(values), len(self.roots)))
        begins = (np.arange(len(values)) * values.shape[1])[:, None]
        flat = values.ravel()
        for _ in range(self.depth):
            here = flat.take(begins + self.feature.take(at))
            goes_left = here <= self.threshold.take(at)
            unknown = np.isnan(here)
            if unknown.any():
                goes_left = np.where(unknown, self.unknown_left.take(at), goes_left)
            at = np.where(goes_left, self.left.take(at), self.right.take(at))
        return np.asarray(self.value[at].sum(axis=1) + self.base, dtype=np.float64)
