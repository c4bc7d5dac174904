"""What a question is compared with abroad, and that it costs nothing where nobody speaks so."""

from __future__ import annotations

import numpy as np
import pytest

from matchmaker.domain import GoalName, GraphRows, Kind, Offer, OfferKind, Organization, Stage
from matchmaker.embedding import VectorCache
from matchmaker.embedding.cache import VectorCaches
from matchmaker.embedding.identity import ModelIdentity
from matchmaker.services.matching.seekers import SeekerFactory
from matchmaker.services.matching.snapshot_rows import SnapshotRows
from matchmaker.snapshot.model import stage_bits
from tests.unit.recommend.small_graphs import snapshot_of

IDENTITY = ModelIdentity("test", "1")


class Listening:
    """An encoder that puts every text on one axis, and texts about valves on the other."""

    identity, dimension = IDENTITY, 2

    def __init__(self) -> None:
        self.parts = (self,)
        self.asked: list[str] = []

    def passages(self, texts):
        return np.array([[0, 1] if "球阀" in text else [1, 0] for text in texts], np.float32)

    def queries(self, texts):
        self.asked += texts
        return self.passages(texts)


class Beside:
    """Two encoders, their vectors side by side."""

    identity, dimension = IDENTITY, 4

    def __init__(self, parts) -> None:
        self.parts = parts

    def queries(self, texts):
        return np.hstack([part.queries(texts) for part in self.parts])


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("不锈钢球阀", ["ball valves wanted", "ball valves wanted 球阀"]),
        ("stainless ball valves", ["ball valves wanted"]),
    ],
)
def test_a_question_is_asked_by_its_names_abroad_where_somebody_speaks_so(
    tmp_path, said, asked
) -> None:
    rows = GraphRows(
        organizations=(Organization("t:firm", "Firm", Kind.FIRM),),
        offers=(Offer("o:1", "t:firm", OfferKind.PRODUCT, said),),
    )
    encoder, cache = Listening(), VectorCache(tmp_path, IDENTITY)
    snapshot = snapshot_of(rows, {"o:1": [0, 1]})
    factory = SeekerFactory(None, SnapshotRows(snapshot), lambda: encoder, lambda: cache)  # type: ignore[arg-type]
    (text,) = factory.free_texts(["ball valves wanted"], GoalName.SUPPLIER)
    assert encoder.asked[: len(asked)] == asked
    assert (text.abroad is None) == (len(asked) == 1)
    if text.abroad is not None:
        np.testing.assert_allclose(text.abroad, [0.5, 0.5])


def test_of_two_encoders_only_the_last_reads_the_names(tmp_path) -> None:
    rows = GraphRows(
        organizations=(Organization("t:firm", "Firm", Kind.FIRM),),
        offers=(Offer("o:1", "t:firm", OfferKind.PRODUCT, "不锈钢球阀"),),
    )
    first, last = Listening(), Listening()
    encoder = Beside((first, last))
    cache = VectorCaches([VectorCache(tmp_path / name, IDENTITY) for name in "ab"], IDENTITY)
    snapshot = snapshot_of(rows, {"o:1": [0, 1, 0, 1]})
    factory = SeekerFactory(None, SnapshotRows(snapshot), lambda: encoder, lambda: cache)  # type: ignore[arg-type]
    (text,) = factory.free_texts(["ball valves wanted"], GoalName.SUPPLIER)
    assert "ball valves wanted 球阀" not in first.asked
    assert "ball valves wanted 球阀" in last.asked
    assert text.vector is not None
    assert text.abroad is not None
    own, abroad = np.asarray(text.vector), np.asarray(text.abroad)
    assert own[1] == own[3] == 0  # what it says itself is on the first axis for both
    assert abroad[1] == 0
    assert abroad[3] > 0.5


@pytest.mark.parametrize(
    ("need", "sought"),
    [
        ("找做袜子外贸的贸易商", [Stage.TRADING]),
        ("急找做铜套的，贸易商免谈", []),
        ("Sock mill wanted, traders need not apply", [Stage.MAKING]),
    ],
)
def test_a_stage_that_is_refused_is_not_sought(tmp_path, need, sought) -> None:
    snapshot = snapshot_of(GraphRows(organizations=(Organization("t:firm", "Firm", Kind.FIRM),)))
    factory = SeekerFactory(
        None,  # type: ignore[arg-type]
        SnapshotRows(snapshot),
        Listening,
        lambda: VectorCache(tmp_path, IDENTITY),
    )
    (text,) = factory.free_texts([need], GoalName.SUPPLIER)
    assert text.sought_stages == stage_bits(sought)
