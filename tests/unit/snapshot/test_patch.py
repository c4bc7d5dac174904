"""A patched snapshot is the one that a rebuild gives, in every byte of every file."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchmaker.snapshot import build, changes, load
from matchmaker.snapshot.lexical import build_lexical
from matchmaker.store.sqlite import SqliteStore
from tests.unit.snapshot.edits import EDITS, EditedGraph


@pytest.fixture(autouse=True)
def _small_graphs_are_patched_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "MOST_CHANGED", 1e9)
    monkeypatch.setattr(load, "_sync", lambda _: None)  # no power is cut here
    # Files of the size of the graph.
    monkeypatch.setattr(build, "build_lexical", partial(build_lexical, buckets=1 << 10))


@settings(
    max_examples=200 if settings.get_current_profile_name() == "long" else 8,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    seed=st.integers(0, 1000),
    edits=st.lists(
        st.lists(st.sampled_from(sorted(EDITS)), min_size=1, max_size=4), min_size=1, max_size=4
    ),
)
def test_a_history_of_patches_gives_what_a_rebuild_gives(seed: int, edits: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        store = SqliteStore(Path(temporary) / "graph.db")
        store.prepare()
        graph = EditedGraph(store, Path(temporary), seed)
        for some in edits:
            for name in some:
                graph.edit(name)
            graph.patch()
        store.close()
