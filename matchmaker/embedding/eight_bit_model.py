"""The packaged model in 8 bits, from files that its layers, pieces and token vectors are kept in.

PyTorch makes them once, of the model as it is packaged; from then on no process imports it,
which takes seconds and 230 MB. Vectors are those of PyTorch and of sentence-transformers around
the same layers, to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import structlog

from matchmaker.embedding.identity import FloatArray, ModelIdentity, TokenizedText
from matchmaker.embedding.loading import not_loaded, threads_wanted
from matchmaker.embedding.packaged import damaged_file, make_anew, packaged_folder, write_checksums
from matchmaker.embedding.packaged_tokenizer import PackagedTokenizer, save_tokenizer
from matchmaker.embedding.rounding import mean_of_tokens, normalised, of_unit_length
from matchmaker.embedding.session import open_session
from matchmaker.embedding.token_file import TokenFile
from matchmaker.embedding.whole_files import is_as_written, keep_whole, keep_whole_folder
from matchmaker.messages import message

# Raised when what is kept comes to be made otherwise, or of other files.
FORM = 1
LAYERS, EMBEDDINGS = "layers.onnx", "embeddings.npz"
_SIZE = 45 << 20  # of what is kept, without the token vectors
_REMOVE = message("Remove this folder: it is made anew from the package.")

log = structlog.get_logger(__name__)


class EightBitModel:
    """What an Embedder asks of a model: mean of the tokens, unit length."""

    def __init__(self, folder: Path, tokens: Path) -> None:
        with np.load(folder / EMBEDDINGS, allow_pickle=False) as kept:
            self._positions, self._type = kept["positions"], kept["type"]
            self._weight, self._bias = kept["weight"], kept["bias"]
            self._epsilon = float(kept["epsilon"])
        self._window, self.dimension = self._positions.shape
        self._tokens = TokenFile(tokens, self.dimension)
        self._tokenizer = PackagedTokenizer(folder)
        self._layers = open_session(str(folder / LAYERS))

    def read(self, texts: Sequence[str]) -> list[TokenizedText]:
        """Numbers of each text's tokens, as far as the model reads."""
        numbers = (self._tokenizer.ids(text, self._window) for text in texts)
        return [TokenizedText(each, len(each)) for each in numbers]

    def vectors(self, batches: Sequence[Sequence[Any]]) -> Iterator[FloatArray]:
        """Vectors (n, dimension) of each batch of texts that are as long as each other."""
        threads = min(threads_wanted(), len(batches))
        if threads < 2:
            yield from map(self._vectors, batches)
            return
        with ThreadPoolExecutor(threads) as pool:
            yield from pool.map(self._vectors, batches)

    def _vectors(self, batch: Sequence[Sequence[int]]) -> FloatArray:
        """Twice over their length, as `PackagedTransformer` and `SentenceTransformer` do."""
        states = self._tokens.rows(np.array(batch, dtype=np.int64))
        states += self._type
        states += self._positions[: states.shape[1]]
        states = normalised(states, self._weight, self._bias, self._epsilon)
        (states,) = self._layers.run(None, {"before": states})
        return of_unit_length(of_unit_length(mean_of_tokens(states)))


def load_eight_bit(models: Path, identity: ModelIdentity) -> EightBitModel:
    """The packaged model in 8 bits, kept in the folder `models`, where it is made if need be.

    Made anew, too, where a file of it is damaged: that is looked for meanwhile.
    Raises ModelUnavailable, StorageFull.
    """
    folder = models / f"{identity.digest}.eight-bit-{FORM}"
    tokens = models / f"{identity.digest}.tokens.f16"
    if folder.exists():
        with ThreadPoolExecutor(1) as pool:
            looking = pool.submit(_is_whole, folder, tokens)
            try:
                model = EightBitModel(folder, tokens)
                if looking.result():
                    return model
            except Exception as error:  # each of the libraries raises kinds of its own
                if looking.result():
                    raise not_loaded(str(folder), error, _REMOVE) from error
        log.warning("a damaged model is made anew", folder=str(folder))
    _make(models, folder, tokens)
    return EightBitModel(folder, tokens)


def _is_whole(folder: Path, tokens: Path) -> bool:
    return not damaged_file(folder) and is_as_written(tokens)


def _make(models: Path, folder: Path, tokens: Path) -> None:
    """Raises ModelUnavailable, StorageFull."""
    from matchmaker.embedding.eight_bit import graph_of
    from matchmaker.embedding.torch_model import load_packaged_transformer

    source = packaged_folder(models)
    if damaged_file(source):  # nothing that lasts is made of what may be damaged
        make_anew(source)
    model = load_packaged_transformer(source)[0].auto_model
    embeddings = model.embeddings
    layers = graph_of(model).SerializeToString()

    def rows(name: str) -> Any:
        return embeddings[name].weight.numpy()

    def write(beside: Path) -> None:
        (beside / LAYERS).write_bytes(layers)
        save_tokenizer(source, beside)
        np.savez(
            beside / EMBEDDINGS,
            positions=rows("position_embeddings"),
            type=rows("token_type_embeddings")[0],
            weight=rows("LayerNorm"),
            bias=embeddings["LayerNorm"].bias.numpy(),
            epsilon=embeddings["LayerNorm"].eps,
        )
        write_checksums(beside)

    table = rows("word_embeddings")
    if not is_as_written(tokens):
        keep_whole(table.astype("<f2").tofile, tokens, table.size * 2)
    keep_whole_folder(write, folder, lambda: not damaged_file(folder), _SIZE)
