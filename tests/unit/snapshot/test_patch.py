"""A patched snapshot is the one that a rebuild gives, in every byte of every file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import fields, replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchmaker.domain import Kind, Participant, Role
from matchmaker.recommend.affinity import affinity
from matchmaker.recommend.graph import network
from matchmaker.snapshot import build, changes, folders, load, patch
from matchmaker.snapshot.lexical import build_lexical
from matchmaker.snapshot.load import verify
from matchmaker.snapshot.nearest import nearest
from matchmaker.snapshot.network_view import share_network_view
from matchmaker.store.sqlite import SqliteStore
from tests.unit.snapshot.edits import EDITS, EditedGraph


@pytest.fixture(autouse=True)
def _small_graphs_are_patched_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "MOST_CHANGED", 1e9)
    monkeypatch.setattr(folders, "sync", lambda _: None)  # no power is cut here
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
    is_large=st.booleans(),
)
@pytest.mark.slow
def test_a_history_of_patches_gives_what_a_rebuild_gives(
    seed: int, edits: list[list[str]], is_large: bool
) -> None:
    """Vectors too, whether they are made in memory or, of a large graph, as a file."""
    with tempfile.TemporaryDirectory() as temporary, pytest.MonkeyPatch.context() as changed:
        changed.setattr(patch, "_WRITTEN_FROM", 1 if is_large else 1 << 40)
        store = SqliteStore(Path(temporary) / "graph.db")
        store.prepare()
        graph = EditedGraph(store, Path(temporary), seed)
        for some in edits:
            for name in some:
                graph.edit(name)
            graph.patch_and_rebuild()
        store.close()


@pytest.fixture
def graph(tmp_path: Path) -> Iterator[EditedGraph]:
    store = SqliteStore(tmp_path / "graph.db")
    store.prepare()
    yield EditedGraph(store, tmp_path, 5)
    store.close()


def test_files_of_what_did_not_change_are_the_same_files(graph: EditedGraph) -> None:
    before = graph.last.folder
    graph.edit("changed organization")
    after = graph.patch()
    assert before is not None
    same = {file.name for file in after.iterdir() if file.samefile(before / file.name)}
    assert {"vectors.npy", "statements.arrow", "lexical.weight.npy", "ties.arrow"} <= same
    assert "engagement_organizations.indices.npy" in same
    assert "meta.json" not in same
    verify(after)


@pytest.mark.parametrize(
    ("edit", "shared"),
    [
        ("offer", True),
        ("new offer", True),
        ("name", True),
        ("kind", False),
        ("engagement", False),
        ("date", False),
    ],
)
def test_the_network_is_that_of_the_last_snapshot_where_nothing_of_it_changed(
    graph: EditedGraph, edit: str, shared: bool
) -> None:
    """And of a snapshot made by itself it is never another's."""
    rows, before = graph.rows, graph.last
    if edit == "offer":
        graph.put(offers=[replace(rows.offers[0], text="Ball valves")])
    elif edit == "new offer":  # rows of all statements after it are other ones
        graph.put(offers=[replace(rows.offers[0], id="a:0", text="Ball valves")])
    elif edit == "name":
        graph.put(organizations=[replace(rows.organizations[3], name="Another name")])
    elif edit == "kind":
        was_firm = rows.organizations[3].kind is Kind.FIRM
        kind = Kind.UNIVERSITY if was_firm else Kind.FIRM
        graph.put(organizations=[replace(rows.organizations[3], kind=kind)])
    elif edit == "engagement":
        one = rows.engagements[2]
        other = next(row.id for row in rows.organizations if row.id != one.participants[0])
        parts = (*one.participants, Participant(other, Role.PARTNER))
        graph.put(engagements=[replace(one, participants=parts)])
    else:  # later than all that is dated: ages count from there
        graph.put(needs=[replace(rows.needs[0], date=graph.as_of)])
    network_of = network(before, frozenset())
    after = load.load(graph.patch(), before)
    share_network_view(after, before)
    assert (network(after, frozenset()) is network_of) is shared
    alone = load.load(after.folder) if after.folder else after
    measures = affinity(alone, network(alone, frozenset()), frozenset({Kind.FIRM})).measures
    carried = affinity(after, network(after, frozenset()), frozenset({Kind.FIRM})).measures
    for each in fields(measures):
        np.testing.assert_array_equal(getattr(measures, each.name), getattr(carried, each.name))


def test_texts_that_came_after_the_approximate_index_are_found_and_others_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of so few texts the index misses none: it has to answer as all vectors do."""
    for module in (load, patch):
        monkeypatch.setattr(module, "EXACT_UP_TO", 10)
    monkeypatch.setattr("matchmaker.snapshot.nearest._READ_MEANWHILE", 0)
    store = SqliteStore(tmp_path / "graph.db")
    store.prepare()
    graph = EditedGraph(store, tmp_path, 6)
    for edits in (["statement", "changed statement"], ["removed statement", "statement"]):
        for name in edits * 3:
            graph.edit(name)
        graph.patch()
        snapshot = graph.last
        assert snapshot.index_file is not None
        assert snapshot.index_rows is not None
        exact = replace(snapshot, index_file=None, index_rows=None)
        for row in range(0, len(snapshot.vectors), 7):
            vector = np.asarray(snapshot.vectors[row])
            wanted, _ = nearest(exact, vector, 5)
            found, _ = nearest(snapshot, vector, 5)
            np.testing.assert_array_equal(found, wanted)
    store.close()
