"""A cross-encoder of sentence-transformers: how well one text answers another, read together."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from matchmaker.embedding.identity import FloatArray
from matchmaker.embedding.loading import first_line
from matchmaker.embedding.model import MAX_CHARACTERS
from matchmaker.embedding.torch_model import quiet_libraries
from matchmaker.errors import SettingsError
from matchmaker.settings import Settings


class CrossEncoder:
    """The model that MATCHMAKER_RERANKER names; `weight` is MATCHMAKER_RERANKER_WEIGHT."""

    def __init__(self, model: Any, weight: float) -> None:
        self._model = model
        self._lock = threading.Lock()
        self.weight = weight

    def scores(self, question: str, texts: Sequence[str]) -> FloatArray:
        """Log odds (n,) that each text answers the question, as the model gives them."""
        pairs = [(question[:MAX_CHARACTERS], text[:MAX_CHARACTERS]) for text in texts]
        with self._lock:  # a tokenizer must not be used by two threads at once
            values = self._model.predict(pairs, show_progress_bar=False)
        return np.asarray(values, dtype=np.float32)


def load_cross_encoder(settings: Settings) -> CrossEncoder | None:
    """The model of the settings, None where none is named. Raises SettingsError."""
    name = settings.reranker
    if not name:
        return None
    folder = Path(name).expanduser()
    if not folder.is_dir() and (folder.is_absolute() or name.startswith((".", "~"))):
        raise SettingsError(
            "The folder %(folder)s does not exist.",
            mend="Correct MATCHMAKER_RERANKER, or leave it empty for none.",
            folder=folder,
        )
    quiet_libraries()
    import torch
    from sentence_transformers import CrossEncoder as Transformer

    try:
        model = Transformer(
            str(folder) if folder.is_dir() else name,
            device="cpu",
            activation_fn=torch.nn.Identity(),
        )
    except Exception as error:  # a hub client and a model's files raise a dozen unrelated kinds
        raise SettingsError(
            "%(model)s cannot be loaded as a cross-encoder: %(reason)s",
            mend="Name another in MATCHMAKER_RERANKER, or leave it empty for none.",
            model=name,
            reason=first_line(error),
        ) from error
    if model.num_labels != 1:
        raise SettingsError(
            "%(model)s gives %(count)s scores for a pair; one is needed.",
            mend="Name one that ranks in MATCHMAKER_RERANKER, or leave it empty for none.",
            model=name,
            count=model.num_labels,
        )
    return CrossEncoder(model, settings.reranker_weight)
