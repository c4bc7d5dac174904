"""Models that PyTorch computes: any of sentence-transformers, and the packaged one.

The packaged one where the processor keeps full precision, and to make what is kept of it
(`eight_bit_model.py`).
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import structlog

from matchmaker.embedding.identity import FloatArray, TokenizedText
from matchmaker.embedding.loading import not_loaded
from matchmaker.embedding.packaged import CHECKSUMS, damaged_file, make_anew
from matchmaker.embedding.token_file import token_file
from matchmaker.errors import ModelUnavailable, StorageFull
from matchmaker.messages import message

_NAME_IT = message("Set MATCHMAKER_MODEL to its folder, or unset it for the packaged one.")
_REMOVE = message("Remove this folder: it is made anew from the package.")

log = structlog.get_logger(__name__)


class TorchModel:
    """What an Embedder asks of a model, of a SentenceTransformer or what answers as one."""

    def __init__(self, transformer: Any) -> None:
        self._transformer = transformer
        self._lock = threading.Lock()
        self.dimension = int(transformer.get_embedding_dimension())

    def read(self, texts: Sequence[str]) -> list[TokenizedText]:
        """Texts with how many tokens the model reads of each; characters where it says nothing."""
        tokenizer = getattr(self._transformer, "tokenizer", None)
        if not texts or not callable(tokenizer):
            return [TokenizedText(text, len(text)) for text in texts]
        with self._lock:
            numbers = tokenizer(list(texts), truncation=True)["input_ids"]
        return [TokenizedText(text, len(each)) for text, each in zip(texts, numbers, strict=True)]

    def vectors(self, batches: Sequence[Sequence[str]]) -> Iterator[FloatArray]:
        """Vectors (n, dimension) of each batch, in order: on every core a batch of its own."""
        import torch

        cores = torch.get_num_threads()
        if min(cores, len(batches)) < 2:
            yield from map(self._vectors, batches)
            return
        try:
            with ThreadPoolExecutor(
                cores, initializer=torch.set_num_threads, initargs=(1,)
            ) as pool:
                yield from pool.map(self._vectors, batches)
        finally:
            torch.set_num_threads(cores)  # some of what a thread sets is for the whole process

    def _vectors(self, texts: Sequence[str]) -> FloatArray:
        """As `SentenceTransformer.encode` has them, waiting for others only to make tokens."""
        import torch

        model = self._transformer
        with self._lock:  # a tokenizer must not be used by two threads at once
            features = model.preprocess(
                list(texts), prompt=model.prompts.get(model.default_prompt_name)
            )
        with torch.inference_mode():
            pooled = model(features)["sentence_embedding"][:, : self.dimension].float()
            return np.asarray(torch.nn.functional.normalize(pooled, dim=1).numpy())


def load_packaged_transformer(folder: Path) -> Any:
    """The packaged model, made anew where a file of it is damaged: that is looked for meanwhile.

    Where an earlier version wrote no checksums, too; while the disk is full, that one is used.
    """
    set_up_torch()
    transformer = None
    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(damaged_file, folder)
        try:
            transformer = _read_packaged(folder)
        except ModelUnavailable:
            if not looking.result():
                raise
    damaged = looking.result()
    if not damaged:
        return transformer
    log.warning("a damaged or unchecked model is made anew", folder=str(folder), file=damaged)
    try:
        return _read_packaged(make_anew(folder))
    except StorageFull as error:
        if transformer is None or damaged != CHECKSUMS:
            raise
        log.warning("the model is used unchecked", error=str(error.message))
        return transformer


def load_transformer(location: str, revision: str | None) -> Any:
    """A model of sentence-transformers, of a folder or a hub. Raises ModelUnavailable."""
    quiet_libraries()
    from sentence_transformers import SentenceTransformer

    try:
        transformer = SentenceTransformer(location, revision=revision, device="cpu")
    except Exception as error:  # a hub client raises a dozen unrelated kinds
        raise not_loaded(location, error, _NAME_IT) from error
    transformer.eval()
    return transformer


def fit_for_serving(transformer: Any, tokens: Path) -> TorchModel:
    """The model with its layers in 8 bits where that is known to gain, its token vectors in a file.

    Raises StorageFull when the file `tokens` cannot be made.
    """
    from matchmaker.embedding.eight_bit import quantise  # imports torch, which takes its time

    quantise(transformer)
    _read_tokens_from_file(transformer, tokens)
    _release_file(transformer)
    return TorchModel(transformer)


def set_up_torch() -> None:
    """Import PyTorch without what we do not use, for as many threads as are wanted."""
    # Triton compiles for GPUs, we compute on the CPU: importing it takes 70 MB for nothing.
    sys.modules.setdefault("triton", None)  # type: ignore[arg-type]
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import torch

    threads = os.environ.get("OMP_NUM_THREADS", "")
    if threads.isdigit():
        torch.set_num_threads(int(threads))


def quiet_libraries() -> None:
    """Tell libraries, before a model is loaded, to wait for nothing and say little."""
    set_up_torch()
    # Hub clients wait minutes for a network that is not there.
    os.environ.setdefault("HF_HUB_DOWNLOAD_TIMEOUT", "10")
    os.environ.setdefault("HF_HUB_ETAG_TIMEOUT", "5")
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()


def _read_packaged(folder: Path) -> Any:
    from matchmaker.embedding.bert import load_packaged

    try:
        return load_packaged(folder)
    except Exception as error:  # each of the libraries raises kinds of its own
        raise not_loaded(str(folder), error, _REMOVE) from error


def _release_file(transformer: Any) -> None:
    """Copy the weights out of the mapped file: the mapping would keep all of it resident."""
    for parameter in transformer.parameters():
        parameter.data = parameter.data.clone()
    gc.collect()


def _read_tokens_from_file(transformer: Any, path: Path) -> None:
    """Read token vectors from a file instead of holding them in memory. Raises StorageFull."""
    import torch

    class Tokens(torch.nn.Module):  # type: ignore[misc]
        """The file where a model has its table."""

        def forward(self, ids: Any) -> Any:
            return torch.from_numpy(file.rows(ids.numpy()))

    inner = getattr(transformer[0], "auto_model", None)
    if inner is None:
        return
    table = inner.get_input_embeddings()
    if type(table) is torch.nn.Embedding and table.weight.dtype is torch.float32:
        file = token_file(path, table.weight.detach().numpy())
        inner.set_input_embeddings(Tokens())
