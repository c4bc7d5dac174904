"""What one node embedded is not embedded again by the next that makes snapshots."""

from __future__ import annotations

import numpy as np
import pytest

from matchmaker.embedding import ModelIdentity, VectorCache
from matchmaker.nodes.objects import ObjectStore
from matchmaker.services.operations import shared_vectors
from matchmaker.services.operations.shared_vectors import SharedVectors
from matchmaker.settings import Settings

VECTORS = np.arange(12, dtype=np.float32).reshape(3, 4)


@pytest.fixture
def nodes(tmp_path):
    """Makes a node: its cache and how it shares it."""
    objects = ObjectStore(Settings(snapshots=str(tmp_path / "shared"), _env_file=None))

    def make(name: str) -> tuple[VectorCache, SharedVectors]:
        cache = VectorCache(tmp_path / name, ModelIdentity("model", "1"))
        return cache, SharedVectors(objects, lambda: cache)

    return make


def test_the_next_maker_has_the_same_vectors_bit_for_bit(nodes):
    (first, sharing), (second, theirs) = nodes("a"), nodes("b")
    with sharing.shared():
        first.put(["a", "b", "c"], VECTORS)
    with theirs.shared():
        vectors, known = second.get(["c", "a", "x"])
    assert known.tolist() == [True, True, False]
    assert vectors[:2].tobytes() == VECTORS[[2, 0]].tobytes()
    assert second.segments() == first.segments()


def test_what_is_embedded_for_a_question_stays_here(nodes, tmp_path):
    first, sharing = nodes("a")
    with sharing.shared():
        pass
    first.put(["question"], VECTORS[:1])
    with sharing.shared():
        pass
    assert not (tmp_path / "shared" / "vectors").exists()


def test_many_small_parts_become_one(nodes, tmp_path, monkeypatch):
    monkeypatch.setattr(shared_vectors, "MAX_SEGMENTS", 3)
    (first, sharing), (second, theirs) = nodes("a"), nodes("b")
    for number, text in enumerate("abc"):
        with sharing.shared():
            first.put([text], VECTORS[number : number + 1])
    assert len(list((tmp_path / "shared" / "vectors").rglob("*.npy"))) == 1
    theirs.sync()
    assert second.get(["a", "b", "c"])[0].tobytes() == VECTORS.tobytes()


def test_damaged_ones_are_embedded_here(nodes, tmp_path):
    (first, sharing), (second, theirs) = nodes("a"), nodes("b")
    with sharing.shared():
        first.put(["a"], VECTORS[:1])
    (path,) = (tmp_path / "shared" / "vectors").rglob("*.npy")
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    theirs.sync()
    assert not second.get(["a"])[1].any()


def test_where_nothing_can_be_shared_the_refresh_goes_on(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    objects = ObjectStore(Settings(snapshots=str(blocked), _env_file=None))
    cache = VectorCache(tmp_path / "a", ModelIdentity("model", "1"))
    with SharedVectors(objects, lambda: cache).shared():
        cache.put(["a"], VECTORS[:1])
    assert cache.get(["a"])[1].all()
