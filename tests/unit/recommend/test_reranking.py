"""A real cross-encoder, tiny and with weights by chance, reads the best answers once more."""

from __future__ import annotations

import json

import numpy as np
import pytest

from matchmaker.domain import GoalName, GraphRows, Kind, Offer, OfferKind, StatementKind
from matchmaker.embedding.cross_encoder import load_cross_encoder
from matchmaker.errors import SettingsError
from matchmaker.recommend.model import Request, Seeker, SeekerText
from matchmaker.recommend.pipeline import recommend
from matchmaker.settings import Settings

from .small_graphs import organization, snapshot_of

pytestmark = pytest.mark.slow  # PyTorch and transformers, imported and run
ASKED = "steel castings"
TEXTS = (
    "steel castings of pumps",
    "steel castings of valves, small",
    "castings, steel and iron, large",
    "large steel castings for ships",
    "small steel castings, pumps and valves",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A model of two layers over twenty words, saved as anybody's would be."""
    return saved_model(tmp_path_factory.mktemp("models") / "reader", labels=1)


def saved_model(folder, labels):
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    words = sorted({word.strip(",") for text in (ASKED, *TEXTS) for word in text.split()})
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ",", *words]
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(tokens), encoding="utf-8")
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(tokens), hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=64, num_labels=labels,
        initializer_range=1.0,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


def settings(folder, weight=1.0):
    return Settings(_env_file=None, reranker=str(folder), reranker_weight=weight)


@pytest.fixture(scope="module")
def scores_by_hand(folder):
    """Logits of transformers alone, by text."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    with torch.inference_mode():
        return {
            text: float(model(**tokenizer(ASKED, text, return_tensors="pt")).logits[0, 0])
            for text in TEXTS
        }


@pytest.fixture(scope="module")
def foundries():
    return snapshot_of(
        GraphRows(
            organizations=(organization("asker"), *(organization(f"f{n}") for n in range(5))),
            offers=tuple(
                Offer(f"t:o{n}", f"t:f{n}", OfferKind.PRODUCT, text) for n, text in enumerate(TEXTS)
            ),
        )
    )


def answer(snapshot, reranker, limit=10):
    question = SeekerText(ASKED, StatementKind.NEED, "en", goal=GoalName.SUPPLIER, is_question=True)
    seeker = Seeker(row=snapshot.row_of("t:asker"), kind=Kind.FIRM, texts=(question,))
    request = Request[int](GoalName.SUPPLIER, limit)
    return recommend(snapshot, seeker, request, reranker=reranker).matches


def texts_of(matches):
    return [TEXTS[int(match.id.removeprefix("t:f"))] for match in matches]


def test_its_scores_are_the_model_s_own(folder, scores_by_hand):
    scores = load_cross_encoder(settings(folder)).scores(ASKED, TEXTS)
    assert scores == pytest.approx([scores_by_hand[text] for text in TEXTS], abs=1e-5)
    assert np.ptp(scores) > 0.1


def test_with_all_the_weight_its_order_is_the_answer_s(folder, foundries, scores_by_hand):
    before = answer(foundries, None)
    after = answer(foundries, load_cross_encoder(settings(folder)))
    expected = sorted(TEXTS, key=lambda text: -scores_by_hand[text])
    assert texts_of(after) == expected
    assert texts_of(before) != expected
    # On the scale of before, and what is said for and against still adds up to the score.
    assert [after[0].score, after[-1].score] == pytest.approx(
        [before[0].score, before[-1].score], abs=1e-5
    )
    for match in after:
        parts = sum(reason.contribution for reason in (*match.reasons, *match.against))
        assert parts == pytest.approx(match.score, abs=1e-4)


def test_without_weight_it_changes_nothing(folder, foundries):
    before = answer(foundries, None)
    after = answer(foundries, load_cross_encoder(settings(folder, weight=0.0)))
    assert [match.id for match in after] == [match.id for match in before]
    assert [match.score for match in after] == pytest.approx([match.score for match in before])


def test_none_is_loaded_where_none_is_set():
    assert load_cross_encoder(Settings(_env_file=None)) is None


def test_what_cannot_be_loaded_is_a_fault_of_the_settings(tmp_path, folder):
    (empty := tmp_path / "empty").mkdir()
    (broken := tmp_path / "broken").mkdir()
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (broken / "config.json").write_text(json.dumps(config), encoding="utf-8")
    for name in (tmp_path / "nowhere", empty, broken):
        with pytest.raises(SettingsError, match=r"does not exist|cannot be loaded") as caught:
            load_cross_encoder(settings(name))
        assert str(name) in caught.value.text("en")
        assert "MATCHMAKER_RERANKER" in caught.value.text("en")
        assert "\n" not in str(caught.value)


def test_a_model_of_several_classes_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="gives 3 scores"):
        load_cross_encoder(settings(saved_model(tmp_path / "classes", labels=3)))


def test_only_the_best_are_read(foundries):
    """Two places are shown, and all that answer are read, in one go."""

    class Counting:
        weight, calls = 1.0, []

        def scores(self, question, texts):
            self.calls.append((question, len(texts)))
            return np.arange(len(texts), dtype=np.float32)

    reader = Counting()
    assert len(answer(foundries, reader, limit=2)) == 2
    assert reader.calls == [(ASKED, len(TEXTS))]
