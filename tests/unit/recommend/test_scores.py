"""Scores that look at a part only, against all of them sorted and added up."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

from matchmaker.recommend import best_statements, profile_scores, scores
from matchmaker.recommend.best_statements import BestStatement
from matchmaker.recommend.profile_scores import ByProfile, PartTable, Profile
from matchmaker.recommend.scores import Eligible, NearFigures, Ranking, distinct, grouped, largest
from matchmaker.snapshot.model import Snapshot
from tests.unit.snapshot.graphs import random_rows, snapshot_of

BRIEF = settings(max_examples=60, deadline=None)
SIZE = 30
# Few distinct figures, so that ties are common.
FIGURES = arrays(np.float32, SIZE, elements=st.sampled_from([0, 0, 0.25, 0.5, 1, 2]))
SOME = arrays(np.bool_, SIZE)


@pytest.fixture(scope="module")
def snapshots() -> list[Snapshot]:
    return [snapshot_of(random_rows(seed, 24)) for seed in range(6)]


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Orders are read a few at a time, and nobody is looked at one by one."""
    monkeypatch.setattr(scores, "MAX_ONE_BY_ONE", 0)
    monkeypatch.setattr(scores, "BLOCK", 2)
    monkeypatch.setattr(best_statements, "BLOCK", 2)
    monkeypatch.setattr(profile_scores, "BLOCK", 2)
    monkeypatch.setattr(profile_scores, "USUAL", 6)


def sorted_rows(values: np.ndarray, allowed: np.ndarray, count: int) -> list[int]:
    """Rows above zero by value, then by number: said once more, plainly."""
    rows = [row for row in range(len(values)) if allowed[row] and values[row] > 0]
    return sorted(rows, key=lambda row: (-values[row], row))[:count]


@given(FIGURES, SOME, st.integers(1, 12), st.none() | st.integers(0, SIZE - 1))
@BRIEF
def test_a_ranking_gives_the_best_as_sorting_would(values, allowed, count, but):
    ranking = Ranking.of(values)
    assert Eligible(allowed).best(ranking, count).tolist() == sorted_rows(values, allowed, count)
    assert Eligible(allowed).best(values, count).tolist() == sorted_rows(values, allowed, count)
    others = np.delete(values, but) if but is not None else values
    assert largest(ranking, but) == others.max() == largest(values, but)
    assert np.asarray(ranking).tolist() == values.tolist()


@given(FIGURES, FIGURES, SOME, st.floats(0, 1), st.integers(1, 12))
@example(np.zeros(SIZE, np.float32), np.ones(SIZE, np.float32), np.ones(SIZE, bool), 1e-46, 3)
@BRIEF
def test_those_near_and_the_share_of_all_others(near, everybody, allowed, share, count):
    rows = np.flatnonzero(near).astype(np.int32)
    ranking = Ranking.of(everybody)
    values = (near[rows] + np.float32(share) * everybody[rows]).astype(np.float32)
    found = NearFigures(rows, values, SIZE, share, ranking)
    plain = np.float32(share) * everybody
    plain[rows] = values
    assert np.asarray(found).tolist() == plain.tolist()
    assert found[np.arange(SIZE)].tolist() == plain.tolist()
    assert [found[row] for row in range(SIZE)] == plain.tolist()
    assert found.best(allowed, count).tolist() == sorted_rows(plain, allowed, count)
    assert found.largest(3) == pytest.approx(np.delete(plain, 3).max())


@given(
    arrays(np.float32, (5, SIZE), elements=st.sampled_from([0, 0, 0, 1, 2, 3])),
    arrays(np.float32, 5, elements=st.sampled_from([0, 0, 1, 4])),
    arrays(np.float32, 5, elements=st.sampled_from([0.125, 0.25])),
    st.booleans(),
    SOME,
    st.integers(1, 12),
)
@BRIEF
def test_the_best_by_a_profile_are_those_of_the_whole_product(
    counts, own, usual, is_known, allowed, count
):
    profile = Profile(own, usual, 1, 1.0, float(own.sum()) + 1)
    if not is_known:
        profile = Profile(None, usual, 1, 1.0, 1.0)
    shares = (own + usual) / (own.sum() + 1) if is_known else usual
    found = ByProfile(PartTable(sparse.csr_array(counts)), profile)
    whole = found[np.arange(SIZE)]
    assert whole == pytest.approx(shares @ counts, rel=1e-5)
    assert np.asarray(found).tolist() == whole.tolist()
    assert found.best(allowed, count).tolist() == sorted_rows(whole, allowed, count)
    assert found.largest(None) == whole.max()
    first = int(np.argmax(whole))
    assert found.largest(first) == np.delete(whole, first).max()


@given(SOME, st.integers(0, 12))
@BRIEF
def test_the_first_of_the_eligible(allowed, count):
    assert Eligible(allowed).first(count).tolist() == np.flatnonzero(allowed)[:count].tolist()


@given(st.integers(0, 5), st.data(), SOME, st.integers(1, 12))
@BRIEF
def test_the_best_statement_of_each_is_that_of_a_plain_loop(snapshots, seed, data, allowed, count):
    snapshot = snapshots[seed]
    speaks, allowed = snapshot.organization_statements, allowed[: len(snapshot)]
    figures = st.sampled_from([0, 0, 0.25, 0.5, 1])
    scores = data.draw(arrays(np.float32, len(snapshot.statements.kind), elements=figures))
    usable = data.draw(arrays(np.bool_, len(speaks.indices)))
    plain = np.zeros(len(snapshot), dtype=np.float32)
    for row in range(len(snapshot)):
        for entry in range(speaks.indptr[row], speaks.indptr[row + 1]):
            if usable[entry]:
                plain[row] = max(plain[row], scores[speaks.indices[entry]])
    found = BestStatement(snapshot, scores, usable)
    assert np.asarray(found).tolist() == plain.tolist()
    assert [found[row] for row in range(len(snapshot))] == plain.tolist()
    assert found.best(allowed, count).tolist() == sorted_rows(plain, allowed, count)
    assert found.largest(0) == plain[1:].max(initial=0)


@given(st.lists(st.integers(0, 9)))
def test_numbers_are_grouped_as_by_a_plain_loop(numbers):
    places: dict[int, list[int]] = {}
    for place, number in enumerate(numbers):
        places.setdefault(number, []).append(place)
    rows = np.array(numbers, dtype=np.int32)
    order, begins, each = grouped(rows)
    assert each.tolist() == distinct(rows).tolist() == sorted(places)
    ends = [*begins.tolist()[1:], len(numbers)]
    parts = [order[a:b].tolist() for a, b in zip(begins.tolist(), ends, strict=False)]
    assert parts == [places[number] for number in sorted(places)]
