"""Writes: once is enough, one of many wins, and what refers to nothing is refused."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from matchmaker.domain import GraphRows, Layer, NeedState
from matchmaker.errors import InvalidInput, MatchmakerError, NotFound, VersionConflict, WrongState
from matchmaker.store.ports import GraphStore
from tests.contract.graphs import dangling, everything, firm, project, tie


def test_export_gives_back_what_was_written(store: GraphStore) -> None:
    rows = everything()
    store.upsert(rows)
    organizations = tuple(replace(row, version=1) for row in rows.organizations)
    assert store.export().rows == replace(rows, organizations=organizations)


def test_the_same_rows_twice_change_nothing(store: GraphStore) -> None:
    store.upsert(everything())
    before = store.export()
    again = store.upsert(everything())
    assert store.export() == before
    assert not any(again.created.values())
    assert not any(again.changed.values())
    assert sum(again.unchanged.values()) == len(everything())


def test_a_row_twice_in_one_import_is_one(store: GraphStore) -> None:
    store.upsert(GraphRows(organizations=(firm(1), firm(1))))
    assert len(store.export().rows.organizations) == 1


def test_a_changed_row_is_counted_and_moves_its_version(store: GraphStore) -> None:
    store.upsert(GraphRows(organizations=(firm(1), firm(2))))
    before = store.version()
    counts = store.upsert(GraphRows(organizations=(firm(1, "New name"), firm(2))))
    assert (counts.changed["organizations"], counts.unchanged["organizations"]) == (1, 1)
    assert store.organization("t:1").name == "New name"
    assert (store.organization("t:1").version, store.organization("t:2").version) == (2, 1)
    assert store.version() > before


@pytest.mark.parametrize("rows", dangling().values(), ids=dangling().keys())
def test_a_row_that_refers_to_nothing_is_refused_whole(store: GraphStore, rows: GraphRows) -> None:
    store.upsert(everything())
    before = store.export()
    with pytest.raises(InvalidInput, match="missing"):
        store.upsert(GraphRows(organizations=(firm(9),)) | rows)
    assert store.export() == before


def _outcomes(calls: list[Callable[[], object]]) -> list[object]:
    """What each call gave or raised, all started together."""

    def outcome(call: Callable[[], object]) -> object:
        try:
            return call()
        except MatchmakerError as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(outcome, calls))


def test_of_concurrent_edits_of_one_version_one_wins(store: GraphStore) -> None:
    store.upsert(GraphRows(organizations=(firm(1),)))
    edits = [
        lambda number=number: store.replace_organization(firm(1, f"Edit {number}"), None, 1)
        for number in range(8)
    ]
    outcomes = _outcomes(edits)
    won = [outcome for outcome in outcomes if not isinstance(outcome, MatchmakerError)]
    assert len(won) == 1
    assert sum(isinstance(outcome, VersionConflict) for outcome in outcomes) == 7
    assert store.organization("t:1") == won[0]
    assert store.organization("t:1").version == 2


def test_of_concurrent_creations_one_wins(store: GraphStore) -> None:
    creations = [
        lambda number=number: store.replace_organization(firm(1, f"Made {number}"), None, 0)
        for number in range(6)
    ]
    outcomes = _outcomes(creations)
    assert sum(not isinstance(outcome, MatchmakerError) for outcome in outcomes) == 1


def test_editing_what_does_not_exist_is_not_found(store: GraphStore) -> None:
    with pytest.raises(NotFound):
        store.replace_organization(firm(1), None, 3)


def test_an_edit_sets_and_removes_the_text_about(store: GraphStore) -> None:
    created = store.replace_organization(firm(1), "We cast valves", 0)
    assert [row.text for row in store.statements_of("t:1")] == ["We cast valves"]
    kept = store.replace_organization(replace(created, name="Renamed"), None, 1)
    assert [row.text for row in store.statements_of("t:1")] == ["We cast valves"]
    store.replace_organization(kept, "", 2)
    assert store.statements_of("t:1") == ()


def test_an_edit_may_not_refer_to_nothing(store: GraphStore) -> None:
    with pytest.raises(InvalidInput):
        store.replace_organization(firm(1, place="p:nowhere"), None, 0)
    with pytest.raises(NotFound):
        store.organization("t:1")


def test_of_concurrent_transitions_one_wins(store: GraphStore) -> None:
    store.upsert(everything())
    calls = [
        lambda: store.transition_need("n:1", NeedState.OPEN, NeedState.MATCHED) for _ in range(8)
    ]
    outcomes = _outcomes(calls)
    assert sum(not isinstance(outcome, MatchmakerError) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, WrongState) for outcome in outcomes) == 7
    assert store.need("n:1").state is NeedState.MATCHED


def test_a_transition_that_no_need_may_make_is_refused(store: GraphStore) -> None:
    store.upsert(everything())
    store.transition_need("n:1", NeedState.OPEN, NeedState.CLOSED)
    with pytest.raises(WrongState):
        store.transition_need("n:1", NeedState.CLOSED, NeedState.MATCHED)
    with pytest.raises(NotFound):
        store.transition_need("n:none", NeedState.OPEN, NeedState.CLOSED)


def test_a_tie_that_changes_its_layer_is_not_left_in_the_old_one(store: GraphStore) -> None:
    people = (firm(1), firm(2))
    store.upsert(GraphRows(organizations=people, ties=(tie("r", 1, 2),)))
    store.upsert(GraphRows(ties=(tie("r", 1, 2, Layer.USES),)))
    assert [row.layer for row in store.export().rows.ties] == [Layer.USES]


def test_participants_who_left_are_gone(store: GraphStore) -> None:
    people = (firm(1), firm(2), firm(3))
    store.upsert(GraphRows(organizations=people, engagements=(project("e", 1, 2),)))
    store.upsert(GraphRows(engagements=(project("e", 3, 1),)))
    assert [p.organization for p in store.engagement("t:e").participants] == ["t:3", "t:1"]
