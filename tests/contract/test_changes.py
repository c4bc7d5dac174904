"""What changed since a version: enough to turn an earlier export into the present one."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from matchmaker.domain import GraphRows, NeedState, key_of
from matchmaker.snapshot import changes as snapshot_changes
from matchmaker.snapshot.changes import state_of
from matchmaker.store import transaction
from matchmaker.store.answers import Export, GraphChanges
from matchmaker.store.documents import Store
from matchmaker.store.graph_copy import GraphCopy
from matchmaker.store.lookup import export
from matchmaker.store.neo4j import transaction as on_neo4j
from matchmaker.store.sqlite import SqliteStore
from matchmaker.store.sqlite import transaction as on_sqlite
from tests.contract.graphs import everything, firm, project, random_graph, tie
from tests.unit.snapshot.edits import EDITS, EditedGraph


def brought_up_to_date(earlier: Export, changes: GraphChanges) -> GraphRows:
    """The rows of an export after its changes."""
    tables = {}
    for name, rows in earlier.rows.tables():
        gone = changes.keys.get(name, frozenset())
        kept = [row for row in rows if key_of(row) not in gone]
        tables[name] = tuple(sorted((*kept, *getattr(changes.rows, name)), key=key_of))
    return GraphRows(**tables)


def since(store: Store, earlier: Export) -> GraphChanges:
    changes = store.changes_since(earlier.state)
    assert changes is not None
    return changes


def remove_with_all_about(store: Store, organization_id: str) -> None:
    store.replace_rows(GraphRows(), store.rows_about(organization_id))


def test_changes_turn_an_earlier_export_into_the_present_one(store: Store) -> None:
    rng = random.Random(3)
    store.upsert(everything())
    rows, _ = random_graph(5)
    earlier = store.export()
    edits = [
        lambda: store.upsert(rows),
        lambda: store.upsert(GraphRows(organizations=(firm(1, "Another name"),))),
        lambda: store.transition_need("n:1", NeedState.OPEN, NeedState.MATCHED),
        lambda: store.replace_organization(store.organization("t:3"), "It teaches.", 1),
        lambda: store.replace_rows(
            GraphRows(ties=(tie("new", 1, 3),)),
            GraphRows(ties=rng.sample(rows.ties, 3), memberships=everything().memberships[:1]),
        ),
        lambda: remove_with_all_about(store, "t:2"),
        lambda: store.import_rows(GraphRows(engagements=(project("e00", "01", "02", title="x"),))),
    ]
    for edit in edits:
        edit()
        changes = since(store, earlier)
        exported = store.export()
        assert brought_up_to_date(earlier, changes) == exported.rows
        assert changes.state == exported.state
        assert changes.counts == exported.rows.counts()
    assert since(store, exported).keys == {}


def test_further_rows_are_read_with_those_that_changed(store: Store) -> None:
    store.upsert(everything())
    earlier = store.export()
    store.upsert(GraphRows(organizations=(firm(1, "Another name"),)))
    asked = []

    def also(changed):  # type: ignore[no-untyped-def]
        asked.append(dict(changed))
        return {"ties": ["r:1", "r:nobody"]}

    changes = store.changes_since(earlier.state, also)
    assert changes is not None
    assert asked == [{"organizations": ["t:1"]}]
    assert [row.id for row in changes.rows.ties] == ["r:1"]
    assert changes.keys["ties"] == {"r:1", "r:nobody"}


def test_a_state_of_another_past_is_not_known(store: Store) -> None:
    """A copy was put back, and edits brought the graph to the same version on another way."""
    store.upsert(everything())
    copy = store.content()
    store.upsert(GraphRows(organizations=(firm(1, "Lost name"),)))
    lost = store.state()
    store.replace_content(copy)
    assert store.changes_since(copy.graph.state) is None
    store.upsert(GraphRows(organizations=(firm(3, "Another"),)))
    assert store.version() == lost.version
    store.upsert(GraphRows(organizations=(firm(3, "And another"),)))
    assert store.changes_since(lost) is None


def test_of_a_large_import_nothing_is_noted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.upsert(everything())
    earlier = store.state()
    for adapter in (on_sqlite, on_neo4j):
        monkeypatch.setattr(adapter, "MOST_NOTED", 20)
    assert transaction.MOST_NOTED > 20
    store.upsert(GraphRows(organizations=tuple(firm(f"n{number}") for number in range(30))))
    assert store.changes_since(earlier) is None
    after = store.state()
    store.upsert(GraphRows(organizations=(firm("n3", "Another name"),)))
    changes = store.changes_since(after)
    assert changes is not None
    assert changes.keys == {"organizations": {"t:n3"}}


def test_of_many_small_changes_the_later_ones_stay_known(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for adapter in (on_sqlite, on_neo4j):
        monkeypatch.setattr(adapter, "MOST_NOTED", 20)
    states = [store.state()]
    for number in range(23):
        store.upsert(GraphRows(organizations=(firm(f"n{number:02}"),)))
        states.append(store.state())
    assert store.changes_since(states[3]) is None
    late = store.changes_since(states[15])
    assert late is not None
    assert late.keys == {"organizations": {f"t:n{number:02}" for number in range(15, 23)}}


@pytest.mark.long
def test_patched_snapshots_are_those_of_a_rebuild(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The long run of random histories is in tests/unit/snapshot, on the embedded store."""
    monkeypatch.setattr(snapshot_changes, "MOST_CHANGED", 1e9)
    graph = EditedGraph(store, tmp_path, 7)
    copies = GraphCopy(tmp_path / "copy", SqliteStore)
    copies.write(store.export())
    names = sorted(EDITS)
    for some in (names[:9], names[9:]):
        before = state_of(graph.last.meta)
        assert copies.is_of(before)
        for name in some:
            graph.edit(name)
        graph.patch_and_rebuild()
        changes = store.changes_since(before)
        assert changes is not None
        copies.follow(changes)
    assert copies.read(export) == store.export()
