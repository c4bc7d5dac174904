"""The shipped model of how well a candidate's texts answer words, from public graphs.

`python -m tools.words_model` makes the file, and judges it by leaving each graph out in turn. It
reads texts only, and none of how many a candidate has: of two who say the same, who has
said it more often is no better answer to somebody who never asked before.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import numpy as np
import structlog

from matchmaker.errors import RankerMismatch
from matchmaker.recommend.features import FEATURES, Family
from matchmaker.recommend.rank import FeatureMatrix
from matchmaker.recommend.trees import Trees
from matchmaker.snapshot.model import FloatArray

log = structlog.get_logger(__name__)
# Of a pool of candidates one in a hundred or so is right: with so much more, log odds of a
# statement that fits well are about those of a half.
LIFT = 3.0
PATH = Path(__file__).with_name("words_model.npz")
# Figures of how much somebody has said, not of how well.
OF_QUANTITY = frozenset({"text_texts", "text_mean", "text_focus"})
# Of equals one stands first: who says the same would not be worth the same.
OF_RANK = frozenset({"text_place", "text_dense_place", "text_lexical_place"})
# Read word by word of the best few: what is specified counts beside what is learned.
OF_ANSWERS = frozenset({"words_fit", "cross_encoder"})


def words_features() -> tuple[str, ...]:
    """Features to learn a question in words by: the candidate's texts, and how usual it is."""
    texts = (name for name, feature in FEATURES.items() if feature.family is Family.TEXT)
    return (*(name for name in texts if name not in OF_ANSWERS), "question_best")


def general_features() -> tuple[str, ...]:
    """The same without figures of quantity and of rank."""
    return tuple(name for name in words_features() if name not in OF_QUANTITY | OF_RANK)


@dataclass(frozen=True)
class WordsModel:
    """Log odds that a candidate is right, of its `features`. `meaning` is theirs, in order."""

    features: tuple[str, ...]
    meaning: tuple[str, ...]
    trees: Trees

    def log_odds(self, matrix: FeatureMatrix) -> FloatArray:
        """Log odds (n,) from a matrix that holds its features among others."""
        columns = [matrix.names.index(name) for name in self.features]
        return np.asarray(self.trees.decision_function(matrix.values[:, columns]), np.float32)

    def save(self, path: Path) -> None:
        """Write it as arrays, without anything that runs when it is read."""
        header = json.dumps({"features": self.features, "meaning": self.meaning})
        arrays = {field.name: getattr(self.trees, field.name) for field in fields(Trees)}
        small = {
            name: array.astype(np.float32) if name == "value" else array
            for name, array in arrays.items()
        }
        with path.open("wb") as file:
            np.savez_compressed(file, header=np.array(header), **small)

    @classmethod
    def load(cls, path: Path) -> WordsModel:
        """Raises RankerMismatch where features have come to mean something else."""
        with np.load(path, allow_pickle=False) as content:
            header = json.loads(str(content["header"]))
            arrays = {field.name: content[field.name] for field in fields(Trees)}
        trees = Trees(**arrays | {"depth": int(arrays["depth"]), "base": float(arrays["base"])})
        model = cls(tuple(header["features"]), tuple(header["meaning"]), trees)
        if model.meaning != meanings(model.features):
            raise RankerMismatch(
                "%(path)s was learned from other features.",
                mend="Install a release whose parts belong together.",
                path=path,
            )
        return model


def meanings(features: Sequence[str]) -> tuple[str, ...]:
    """The description of each feature, "" for one that is not there."""
    return tuple(FEATURES[name].meaning if name in FEATURES else "" for name in features)


@dataclass(frozen=True)
class BestText:
    """Stands in where no model can be used: the log odds of its best single text's fit."""

    features: tuple[str, ...] = ("text_best",)

    def log_odds(self, matrix: FeatureMatrix) -> FloatArray:
        """Log odds (n,): of a fit of one half as of a candidate that is right `LIFT` too seldom."""
        fit = np.nan_to_num(matrix.values[:, matrix.names.index("text_best")])
        fit = np.clip(fit, 1e-6, 1 - 1e-6)
        return np.asarray(np.log(fit / (1 - fit)) - LIFT, dtype=np.float32)


@cache
def shipped() -> WordsModel | BestText:
    """The model of this release; without one that fits its features, the best single text."""
    try:
        return WordsModel.load(PATH)
    except (RankerMismatch, OSError) as error:
        log.warning("words_model_refused", reason=str(error))
        return BestText()
