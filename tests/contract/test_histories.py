"""Several clients at once: what came of it is what one after the other gives, on both stores.

A sample of `python -m benchmarks.histories`, and what it found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.histories import OTHER, TWIN, World, check, embedded, world_on
from matchmaker.access import ADMIN
from matchmaker.domain import GoalName
from matchmaker.errors import WrongState
from matchmaker.services.operations.merge_prospect import MergeDecision
from matchmaker.store.documents import Store
from matchmaker.workflow.introduction import Proposal, Transition
from matchmaker.workflow.introduction_states import Action

BRINGING = MergeDecision(brings_people=True)


@pytest.mark.parametrize("seed", range(4))
def test_a_history_is_serialisable(store: Store, tmp_path: Path, seed: int) -> None:
    with embedded(tmp_path) as alone:
        assert check(seed, store, alone) == ""


def at_the_commit(
    monkeypatch: pytest.MonkeyPatch, store: Any, meanwhile: Callable[[], object]
) -> None:
    """Have something done once, between what the next commit read and the commit itself."""
    commit, replace_rows = store.documents.commit, store.replace_rows
    left = [meanwhile]

    def disturbed(write: Callable[..., Any]) -> Callable[..., Any]:
        def late(*given: Any, **named: Any) -> Any:
            if left:
                left.pop()()
            return write(*given, **named)

        return late

    monkeypatch.setattr(store.documents, "commit", disturbed(commit))
    monkeypatch.setattr(store, "replace_rows", disturbed(replace_rows))


@pytest.fixture
def world(store: Store) -> World:
    return world_on(store)


def propose(world: World, seeker: str, candidate: str) -> str:
    proposal = Proposal(GoalName.SUPPLIER, seeker, candidate)
    principal = world.principal(0, seeker)
    return world.services.introductions.propose(principal, proposal).id


def test_whom_one_proposes_to_is_merged_meanwhile(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The introduction is with who was kept, not with who is gone."""
    store = world.services.store
    at_the_commit(monkeypatch, store, lambda: world.duplicates.merge(ADMIN, TWIN, OTHER, BRINGING))
    id = propose(world, "t:f3", TWIN)
    assert world.services.repositories.introductions.get(id).value.candidate == OTHER


def test_who_is_merged_is_proposed_to_meanwhile(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_the_commit(monkeypatch, world.services.store, lambda: propose(world, "t:f3", TWIN))
    with pytest.raises(WrongState, match="under way"):
        world.duplicates.merge(ADMIN, TWIN, OTHER, BRINGING)
    assert world.services.store.organization(TWIN).id == TWIN


def test_the_last_slot_is_taken_while_one_proposes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """t:f0 takes one introduction at a time."""
    id = propose(world, "t:f1", "t:f0")

    def accept() -> None:
        accepted = Transition(Action.ACCEPT)
        world.services.introductions.act(world.principal(0, "t:f0"), id, accepted)

    at_the_commit(monkeypatch, world.services.store, accept)
    with pytest.raises(WrongState, match="no free slot"):
        propose(world, "t:f3", "t:f0")


def test_what_is_edited_during_a_merge_is_not_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = world.services.store

    def edit() -> None:
        row = store.organization(OTHER)
        store.replace_organization(replace(row, website="https://example.org"), None, row.version)

    at_the_commit(monkeypatch, store, edit)
    world.duplicates.merge(ADMIN, TWIN, OTHER, BRINGING)
    assert store.organization(TWIN).website == "https://example.org"
