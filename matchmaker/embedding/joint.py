"""Two models side by side: what each sees of a text, in one vector."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from matchmaker.embedding.cache import VectorCache, VectorCaches
from matchmaker.embedding.centering import Means, center
from matchmaker.embedding.identity import Encoder, FloatArray, ModelIdentity
from matchmaker.embedding.model import identify_first, load_first
from matchmaker.embedding.second import DIMENSION, SECOND, UniversalEncoder, identify_second
from matchmaker.remembered import Remembered
from matchmaker.settings import Settings

# Share of the second model in the likeness of two texts, of 0 to 1 the best in both languages
# and across them (docs/measurements.md).
SECOND_SHARE = 0.4
_QUESTIONS_KEPT = 256
# In larger products some libraries of linear algebra sum a row otherwise by where it stands.
_AT_ONCE = 8


class JointEmbedder:
    """The vectors of several encoders one after the other, shape (n, sum of dimensions)."""

    def __init__(self, parts: tuple[Encoder, ...]) -> None:
        self.parts = parts
        self.identity = joined([part.identity for part in parts])
        self.dimension = sum(part.dimension for part in parts)
        self._query = Remembered(lambda text: self._queries([text]), _QUESTIONS_KEPT)

    def passages(self, texts: Sequence[str]) -> FloatArray:
        """Vectors of texts that may be found."""
        return np.hstack([part.passages(texts) for part in self.parts])

    def queries(self, texts: Sequence[str]) -> FloatArray:
        """Vectors of texts that look for something.

        Those of the latest single ones are kept: a question is asked again under other goals and
        with other filters.
        """
        return self._query(texts[0]).copy() if len(texts) == 1 else self._queries(texts)

    def _queries(self, texts: Sequence[str]) -> FloatArray:
        return np.hstack([part.queries(texts) for part in self.parts])


def joined(identities: Sequence[ModelIdentity]) -> ModelIdentity:
    """One identity of several: another when any of them is."""
    return ModelIdentity(
        "+".join(each.model for each in identities), ", ".join(each.revision for each in identities)
    )


def load_embedder(settings: Settings) -> Encoder:
    """The models that the settings name. Raises ModelUnavailable."""
    first = load_first(settings)
    if not settings.has_second_model:
        return first
    return JointEmbedder((first, UniversalEncoder(settings.data_dir / "models")))


def identities(settings: Settings) -> tuple[ModelIdentity, ...]:
    """Names and revisions of the models in the settings, not loaded. Raises ModelUnavailable."""
    first = identify_first(settings)
    return (first, identify_second()) if settings.has_second_model else (first,)


def identify_model(settings: Settings) -> ModelIdentity:
    """The same as one."""
    return joined(identities(settings))


def open_cache(folder: Path, settings: Settings) -> VectorCache | VectorCaches:
    """Vectors by text: a file for each model, so that neither is asked twice for the other."""
    caches = [VectorCache(folder, identity) for identity in identities(settings)]
    return caches[0] if len(caches) == 1 else VectorCaches(caches, identify_model(settings))


def is_joint(model: str) -> bool:
    """Tell whether the second model stands beside another, by the name of both."""
    return model.endswith(f"+{SECOND}")


def comparable(
    vectors: FloatArray, languages: Sequence[str], means: Means, model: str
) -> FloatArray:
    """Unit vectors (n, d) whose products are likenesses, from raw ones of `model` (n, r).

    Each part is centred by its languages' means. The second, whose last dimensions say
    hardly anything, is projected on fewer; both are weighed by the root of their share.
    """
    if not is_joint(model) or not vectors.shape[1]:
        return center(vectors, languages, means)
    width = vectors.shape[1] - DIMENSION
    of_first = {language: mean[:width] for language, mean in means.items()}
    of_second = {language: mean[width:] for language, mean in means.items()}
    first = center(vectors[:, :width], languages, of_first)
    second = _projected(center(vectors[:, width:], languages, of_second))
    norms = np.linalg.norm(second, axis=1, keepdims=True)
    np.divide(second, norms, out=second, where=norms > 1e-9)
    return np.hstack(
        [first * np.float32((1 - SECOND_SHARE) ** 0.5), second * np.float32(SECOND_SHARE**0.5)]
    )


def _projected(vectors: FloatArray) -> FloatArray:
    """Products with `_projection`, of so many rows at once that a row's company does not show:
    libraries of linear algebra sum in another order where rows are few."""
    projection = _projection()
    rows = np.zeros((-(-len(vectors) // _AT_ONCE) * _AT_ONCE, vectors.shape[1]), np.float32)
    rows[: len(vectors)] = vectors
    parts = [rows[at : at + _AT_ONCE] @ projection for at in range(0, len(rows), _AT_ONCE)]
    return np.vstack([*parts, np.zeros((0, projection.shape[1]), np.float32)])[: len(vectors)]


@cache
def _projection() -> FloatArray:
    """Principal axes (512, 192) of centred vectors of public texts, made by `tools.projection`."""
    with files(__package__).joinpath("projection.npy").open("rb") as file:
        return np.asarray(np.load(file, allow_pickle=False), dtype=np.float32)
