"""The packaged model from its kept files, against the libraries that it does without."""

from __future__ import annotations

import errno
import multiprocessing
import os
import random
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matchmaker.embedding import eight_bit_model, session
from matchmaker.embedding.eight_bit_model import EightBitModel, load_eight_bit
from matchmaker.embedding.model import Embedder, identify_first, load_first
from matchmaker.embedding.packaged import damaged_file, packaged_folder
from matchmaker.embedding.packaged_tokenizer import PackagedTokenizer
from matchmaker.embedding.pieces import UNKNOWN, Pieces, save_pieces
from matchmaker.embedding.rounding import mean_of_tokens, normalised, of_unit_length
from matchmaker.embedding.session import multiplies_bytes
from matchmaker.embedding.whole_files import is_as_written
from matchmaker.settings import Settings

SHARED_MODELS = Path(os.environ.get("MATCHMAKER_DATA_DIR", "var")).resolve() / "models"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not multiplies_bytes(), reason="this processor keeps full precision"),
]

TEXTS = [
    "需要DN50不锈钢球阀阀体铸件，耐压1.6MPa",
    "We make precision injection moulds for lamp housings, ±0.01 mm.",
    "Ｆｕｌｌ－ｗｉｄｔｈ ① ②  double  spaces",
    "",
    " ",
    "a",
    "<s>阀</s>＜s＞<mask><pad>",
    "▁▁a ▁",
    "\u3000é e\u0301 ﬁ 😀\u200d\0",
    "袜子织造 sock knitting " * 20,
    "阀门 " * 1300,
    "长" * 4000,
]


def odd_texts(number: int) -> list[str]:
    """Characters of all planes, and of the marks that a tokenizer reads otherwise than others."""
    draw = random.Random(11)
    common = "阀门袜子 球 ▁ \t\n valve steel <s></s><pad><unk><mask>①ﬁ\u200b\u3000é"
    return [
        "".join(
            draw.choice(common) if draw.random() < 0.7 else chr(draw.randrange(0xD800))
            for _ in range(draw.randrange(60))
        )
        for _ in range(number)
    ]


@pytest.fixture(scope="module")
def model() -> EightBitModel:
    settings = Settings(data_dir=SHARED_MODELS.parent)
    return load_eight_bit(SHARED_MODELS, identify_first(settings))


@pytest.fixture(scope="module")
def kept(model: EightBitModel) -> Path:
    """The folder that `model` is kept in."""
    digest = identify_first(Settings()).digest
    return SHARED_MODELS / f"{digest}.eight-bit-{eight_bit_model.FORM}"


def copied(kept: Path, models: Path) -> Path:
    """Everything that the model is read from, in a folder of one's own."""
    models.mkdir()
    tokens = kept.with_suffix("").with_suffix(".tokens.f16")
    for path in (tokens, tokens.with_name(f"{tokens.name}.crc32")):
        (models / path.name).symlink_to(path)
    package = packaged_folder(SHARED_MODELS)
    (models / package.name).symlink_to(package)
    return Path(shutil.copytree(kept, models / kept.name))


def test_vectors_are_those_of_sentence_transformers_around_the_same_layers(
    model: EightBitModel,
) -> None:
    """To the last bit, so that vectors that are kept by text stay what they are."""
    from matchmaker.embedding.eight_bit import quantise
    from matchmaker.embedding.torch_model import TorchModel, load_transformer

    transformer = load_transformer(str(packaged_folder(SHARED_MODELS)), None)
    table = transformer[0].auto_model.get_input_embeddings().weight
    assert quantise(transformer)
    table.data = table.data.half().float()  # as in the file of token vectors
    theirs = TorchModel(transformer)
    texts = [f"query: {text}" for text in TEXTS + odd_texts(60)]
    for ours, its in zip(model.read(texts), theirs.read(texts), strict=True):
        assert ours.length == its.length
        (vector,), (exact,) = model.vectors([[ours.content]]), theirs.vectors([[its.content]])
        np.testing.assert_array_equal(vector, exact, err_msg=repr(its.content[:80]))


def test_vectors_are_near_those_of_full_precision(model: EightBitModel) -> None:
    from sentence_transformers import SentenceTransformer

    full = SentenceTransformer(str(packaged_folder(SHARED_MODELS)), device="cpu")
    embedder = Embedder(model, identify_first(Settings()), "query: ", "passage: ")
    exact = full.encode(["passage: " + text for text in TEXTS], normalize_embeddings=True)
    assert np.sum(embedder.passages(TEXTS) * exact, axis=1).min() > 0.999


def test_tokens_are_those_of_the_tokenizers_library(kept: Path) -> None:
    from tokenizers import Tokenizer

    theirs = Tokenizer.from_file(str(packaged_folder(SHARED_MODELS) / "tokenizer.json"))
    theirs.enable_truncation(512)
    ours = PackagedTokenizer(kept)
    for text in TEXTS + odd_texts(3000):
        assert ours.ids(text, 512) == theirs.encode(text).ids, text


def test_of_two_cuts_the_likelier_is_taken(tmp_path: Path) -> None:
    """By hand: ab + c is −3, a + bc −4, abc by letters −6; x and y are no pieces."""
    scores = {"a": -2, "b": -2, "c": -2, "ab": -1, "bc": -2}
    save_pieces([(each, row, score) for row, (each, score) in enumerate(scores.items())], tmp_path)
    pieces = Pieces(tmp_path)
    assert pieces.cut("abc") == [3, 2]
    assert pieces.cut("xaby") == [UNKNOWN, 3, UNKNOWN]
    assert pieces.cut("") == []


def test_a_piece_that_is_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="longer than 16"):
        save_pieces([("a" * 17, 0, -1.0)], tmp_path)


@pytest.mark.parametrize("hidden", [128, 384, 640, 1024])
@pytest.mark.parametrize(("texts", "tokens"), [(1, 1), (3, 17), (2, 300), (1, 512)])
def test_sums_are_rounded_as_in_pytorch(hidden: int, texts: int, tokens: int) -> None:
    import torch
    from torch.nn import functional

    torch.manual_seed(hidden + tokens)
    states = torch.randn(texts, tokens, hidden) * torch.rand(hidden) + torch.rand(hidden)
    weight, bias = torch.randn(2, hidden)
    exact = functional.layer_norm(states, [hidden], weight, bias, 1e-12)
    ours = normalised(states.numpy(), weight.numpy(), bias.numpy(), 1e-12)
    np.testing.assert_array_equal(ours, exact.numpy())
    mean = states.sum(dim=1) / tokens
    np.testing.assert_array_equal(mean_of_tokens(states.numpy()), mean.numpy())
    unit = functional.normalize(mean, dim=1)
    np.testing.assert_array_equal(of_unit_length(mean.numpy()), unit.numpy())
    assert not of_unit_length(np.zeros((1, hidden), np.float32)).any()


def test_who_multiplies_bytes_is_told_as_pytorch_tells_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    told = bool(torch.cpu.get_capabilities().get("avx512_vnni"))
    assert multiplies_bytes() == told
    monkeypatch.setattr(session, "_PROCESSOR", Path("/nowhere"))
    assert multiplies_bytes() == told


def test_a_process_that_was_forked_has_the_same_vectors(model: EightBitModel) -> None:
    """Servers load the model before they fork."""
    (read,) = model.read(TEXTS[:1])
    (before,) = model.vectors([[read.content]])
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    child = context.Process(target=lambda: sending.send(next(model.vectors([[read.content]]))))
    child.start()
    assert receiving.poll(30)
    np.testing.assert_array_equal(receiving.recv(), before)
    child.join(30)


@pytest.mark.parametrize("cores", ["1", "2", "3"])
def test_batches_side_by_side_are_in_order(
    model: EightBitModel, monkeypatch: pytest.MonkeyPatch, cores: str
) -> None:
    embedder = Embedder(model, identify_first(Settings()), "query: ", "passage: ")
    texts = [f"{name} {number}" for name in TEXTS[:5] for number in range(6)]
    alone = np.concatenate([embedder.passages([text]) for text in texts])
    monkeypatch.setenv("OMP_NUM_THREADS", cores)
    np.testing.assert_allclose(embedder.passages(texts), alone, atol=1e-6)


@pytest.mark.parametrize("name", ["layers.onnx", "hashes.npy", "pieces.npy", "embeddings.npz"])
@pytest.mark.parametrize("damage", ["a bit", "the end", "gone"])
def test_a_kept_file_that_is_damaged_is_made_anew(
    kept: Path, model: EightBitModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    name: str, damage: str,
) -> None:  # fmt: skip
    """A flipped bit would give other vectors, and nothing would say so."""
    folder = copied(kept, tmp_path / "models")
    path = folder / name
    before = path.read_bytes()
    if damage == "a bit":
        middle = len(before) // 2
        path.write_bytes(before[:middle] + bytes([before[middle] ^ 0x40]) + before[middle + 1 :])
    elif damage == "the end":
        path.write_bytes(before[:-100])
    else:
        path.unlink()
    made: list[Path] = []

    def make(models: Path, folder: Path, tokens: Path) -> None:
        made.append(folder)
        shutil.rmtree(folder)
        shutil.copytree(kept, folder)

    monkeypatch.setattr(eight_bit_model, "_make", make)
    again = load_eight_bit(folder.parent, identify_first(Settings()))
    assert made == [folder]
    (read,) = again.read(TEXTS[:1])
    np.testing.assert_array_equal(
        next(again.vectors([[read.content]])), next(model.vectors([[read.content]]))
    )


def test_what_is_made_again_is_what_was_kept(kept: Path, tmp_path: Path) -> None:
    """Also where the table of token vectors was damaged."""
    folder = copied(kept, tmp_path / "models")
    tokens = folder.with_suffix("").with_suffix(".tokens.f16")
    whole = tokens.resolve()
    tokens.unlink()
    tokens.write_bytes(b"damaged")
    (folder / "checksums.json").unlink()
    load_eight_bit(folder.parent, identify_first(Settings()))
    assert damaged_file(folder) == ""
    assert is_as_written(tokens)
    assert tokens.stat().st_size == whole.stat().st_size
    for path in kept.iterdir():
        if path.suffix != ".npz":  # archives say when they were written
            assert (folder / path.name).read_bytes() == path.read_bytes() or (
                path.name == "checksums.json"
            )


def test_on_a_full_disk_the_model_answers_through_pytorch(
    kept: Path, model: EightBitModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an installation of an earlier version is started, which has kept no layers."""
    folder = copied(kept, tmp_path / "models")
    shutil.rmtree(folder)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(eight_bit_model, "save_tokenizer", full)
    embedder = load_first(Settings(data_dir=tmp_path))
    assert not folder.exists()
    expected: Any = Embedder(model, embedder.identity, "query: ", "passage: ").queries(TEXTS[:3])
    np.testing.assert_array_equal(embedder.queries(TEXTS[:3]), expected)


def test_a_processor_that_does_not_multiply_bytes_has_full_precision(
    model: EightBitModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("model", "eight_bit"):
        monkeypatch.setattr(f"matchmaker.embedding.{name}.multiplies_bytes", lambda: False)
    embedder = load_first(Settings(data_dir=SHARED_MODELS.parent))
    ours = Embedder(model, embedder.identity, "query: ", "passage: ").queries(TEXTS)
    exact = embedder.queries(TEXTS)
    assert (exact != ours).any()
    assert np.sum(exact * ours, axis=1).min() > 0.999
