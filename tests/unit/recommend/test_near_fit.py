"""Where statements are many, those near a question are looked for; figures stay those of all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matchmaker.domain import GoalName, StatementKind
from matchmaker.goals import GOALS
from matchmaker.recommend import near_fit
from matchmaker.recommend.answers import worded_fit
from matchmaker.recommend.evidence import TextFit, text_fit
from matchmaker.recommend.model import Request, Seeker, SeekerText
from matchmaker.recommend.near_fit import NearTextFit
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.pipeline import recommend
from matchmaker.recommend.trials import seeker_of
from matchmaker.snapshot import nearest as nearest_statements
from matchmaker.snapshot.load import load, save
from matchmaker.snapshot.model import Snapshot
from matchmaker.snapshot.nearest import nearest, open_index, write_index
from tests.unit.snapshot.graphs import random_rows, snapshot_of

FIGURES = (
    "dense", "lexical", "best", "best_lately", "evidence", "evidence_ever", "mean", "centroid",
    "focus", "spoken",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder_of_many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved graph of 400 organisations that counts as one of many statements."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matchmaker.snapshot.load.EXACT_UP_TO", 10)
        return save(snapshot_of(random_rows(3, size=400)), tmp_path_factory.mktemp("many"))


@pytest.fixture
def indexed(folder_of_many: Path, monkeypatch: pytest.MonkeyPatch) -> Snapshot:
    """The graph of 400 organisations, read anew: what is worked out from it is kept nowhere."""
    monkeypatch.setattr("matchmaker.snapshot.load.EXACT_UP_TO", 10)
    monkeypatch.setattr(nearest_statements, "_FEW", 0)
    monkeypatch.setattr(nearest_statements, "_READ_MEANWHILE", 0)
    monkeypatch.setattr(near_fit, "FIRST", 120)
    monkeypatch.setattr(near_fit, "READ_ALL_UP_TO", 10)
    return load(folder_of_many)


def question(snapshot: Snapshot) -> Seeker:
    vector = np.asarray(snapshot.vectors[5] + 0.3 * snapshot.vectors[9], dtype=np.float32)
    text = SeekerText(
        "valve casting 阀门", StatementKind.NEED, "en", GoalName.SUPPLIER,
        vector / np.linalg.norm(vector), is_question=True,
    )  # fmt: skip
    return Seeker(texts=(text,))


@pytest.mark.parametrize("goal", [GoalName.SUPPLIER, GoalName.RESEARCH_PARTNER])
@pytest.mark.parametrize("is_known", [True, False])
def test_figures_of_organisations_are_those_of_all_statements(
    indexed: Snapshot, goal: GoalName, is_known: bool
) -> None:
    seeker = seeker_of(indexed, 7) if is_known else question(indexed)
    every = text_fit(indexed, seeker, GOALS[goal])
    near = text_fit(indexed, seeker, GOALS[goal], NearTextFit)
    assert isinstance(every, TextFit)
    assert isinstance(near, NearTextFit)
    rows = np.random.default_rng(0).permutation(len(indexed))[:60].astype(np.int32)
    for name in FIGURES:
        expected = np.asarray(getattr(every, name))[rows]
        np.testing.assert_allclose(getattr(near, name)[rows], expected, rtol=1e-4, atol=1e-5)
        assert getattr(near, name)[int(rows[3])] == pytest.approx(expected[3], rel=1e-4, abs=1e-5)
    expected = np.asarray(worded_fit(indexed, every))[rows]
    np.testing.assert_allclose(worded_fit(indexed, near)[rows], expected, atol=1e-5)
    assert near.top == pytest.approx(every.top, abs=1e-5)
    own = indexed.organization_statements.row(7)
    among = np.asarray(every.best_among(own))[rows]
    np.testing.assert_allclose(near.best_among(own)[rows], among, atol=1e-5)


@pytest.mark.parametrize("name", ["dense", "best", "best_lately"])
def test_the_best_are_those_of_all(indexed: Snapshot, name: str) -> None:
    """Among all, and among a tenth of them, for which more is looked at than what is nearest."""
    seeker = question(indexed)
    every = np.asarray(getattr(text_fit(indexed, seeker, GOALS[GoalName.SUPPLIER]), name))
    near = text_fit(indexed, seeker, GOALS[GoalName.SUPPLIER], NearTextFit)
    for eligible in (np.ones(len(indexed), np.bool_), np.arange(len(indexed)) % 10 == 1):
        rows = getattr(near, name).best(eligible, 10)
        scores = np.where(eligible, every, 0)
        expected = [row for row in np.argsort(-scores, kind="stable")[:10] if scores[row] > 0]
        assert eligible[rows].all()
        assert np.all(np.diff(every[rows]) <= 1e-5)
        # What is somewhat near by its meaning and by its words may be missed.
        assert len(set(rows.tolist()) & set(expected)) >= (10 if name == "dense" else 9)


def test_who_asks_nothing_costs_no_look_at_any_statement(
    indexed: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Most of those known say nothing themselves: no depth would find anybody for them."""
    monkeypatch.setattr(NearTextFit, "_search", lambda *_: pytest.fail("looked"))
    goal, everybody = GOALS[GoalName.SUPPLIER], np.ones(len(indexed), np.bool_)
    every = text_fit(indexed, Seeker(), goal)
    near = text_fit(indexed, Seeker(), goal, NearTextFit)
    for name in ("dense", "lexical", "evidence", "best", "best_lately"):
        assert not np.asarray(getattr(every, name)).any()
        assert not np.asarray(getattr(near, name)).any()
        assert not len(getattr(near, name).best(everybody, 10))
    assert near.dense.largest(None) == near.top == every.top == 0
    assert not np.asarray(near.nearest_share).any()


def test_answers_are_those_of_all_statements(indexed: Snapshot) -> None:
    exact = replace(indexed, index_file=None, index_rows=None)
    fits = [
        Pairs(graph, GOALS[GoalName.SUPPLIER], question(indexed), np.zeros(0, np.int32)).fit
        for graph in (indexed, exact)
    ]
    assert [type(fit) for fit in fits] == [NearTextFit, TextFit]
    shares: list[float] = []
    for goal in (GoalName.SUPPLIER, GoalName.RESEARCH_PARTNER):
        for seeker in (question(indexed), *(seeker_of(indexed, row) for row in range(0, 60, 7))):
            near, all_read = (
                [each.row for each in recommend(graph, seeker, Request(goal, 10)).matches]
                for graph in (indexed, exact)
            )
            shares.append(len(set(near) & set(all_read)) / len(all_read))
            assert near[:1] == all_read[:1]
    assert np.mean(shares) >= 0.9


@pytest.mark.slow
@pytest.mark.parametrize(("size", "links"), [(6_000, 48), (9_000, 6)])
def test_an_index_in_eight_bits_finds_98_of_the_nearest_100(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, links: int
) -> None:
    """Also where a third of the statements may speak, though never a seeker's own neighbours.

    With few links a small index misses as many on its way as one of many statements with more.
    """
    monkeypatch.setattr(nearest_statements, "_LINKS", links)
    monkeypatch.setattr(nearest_statements, "_FEW", 0)
    monkeypatch.setattr(nearest_statements, "_READ_MEANWHILE", 0)
    random = np.random.default_rng(1)
    topics = random.standard_normal((60, 96))
    vectors = 0.7 * topics[random.integers(0, 60, size)] + random.standard_normal((size, 96))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    write_index(vectors, tmp_path / "index")
    snapshot = snapshot_of(random_rows(1))
    snapshot = replace(
        snapshot,
        vectors=vectors,
        meta=replace(snapshot.meta, dimension=96),
        index_file=open_index(tmp_path / "index"),
    )
    allowed = np.arange(len(vectors)) % 3 == 0
    for mask in (None, allowed):
        found = 0
        for row in range(40):
            asked = vectors[row] + 0.1 * random.standard_normal(96).astype(np.float32)
            exact = vectors @ asked if mask is None else np.where(mask, vectors @ asked, -np.inf)
            rows, _ = nearest(snapshot, asked / np.linalg.norm(asked), 100, mask)
            found += len(set(np.argsort(-exact)[:100].tolist()) & set(rows.tolist()))
        assert found / 4000 >= 0.98
