"""Batches are read at once and written in one commit: as many questions, however many pairs."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from matchmaker.access import RepeatableRequest
from matchmaker.domain import GoalName
from matchmaker.errors import DoneBefore
from matchmaker.services.cooperation.batches import Batches, PlannedPair, batch_told
from matchmaker.services.read_ahead import ReadAhead
from matchmaker.services.receipts import Receipts
from matchmaker.services.repositories import Repositories
from matchmaker.store.documents import Records, Store
from matchmaker.workflow.introduction import Proposal
from tests.contract.cooperation import Cooperation, cooperation_on

FIRMS = [f"t:f{number}" for number in range(4)]


def batches_on(services: Cooperation) -> Batches:
    return Batches(
        services.store, services.repositories, services.introductions, services.capacity,
        lambda: None, lambda: None, lambda: ("salt", 0.0), services.clock,
    )  # fmt: skip


def pairs_of(firms: list[str]) -> list[PlannedPair]:
    return [
        PlannedPair(seeker, candidate, GoalName.SUPPLIER)
        for seeker, candidate in permutations(firms, 2)
    ]


def test_who_is_kept_apart_is_the_same_for_many_as_for_each(store: Store) -> None:
    services = cooperation_on(store)
    exclusions = services.introductions.exclusions
    person = services.person("t:f0").principal()
    exclusions.exclude(person, "t:f0", "t:f1")
    exclusions.set_own_clusters_only(services.person("t:f2").principal(), "t:f2", only=True)
    every = list(permutations([*FIRMS, "t:lab"], 2))
    apart = {pair for pair in every if exclusions.keeps_apart(*pair)}
    assert ("t:f1", "t:f0") in apart
    assert exclusions.kept_apart(every) == apart


def test_slots_of_many_are_those_of_each(store: Store) -> None:
    services = cooperation_on(store, {"t:f3": 1})
    person = services.person("t:f0").principal()
    services.introductions.propose(person, Proposal(GoalName.SUPPLIER, "t:f0", "t:f1"))
    organizations = list(store.organizations_by_id(FIRMS).values())
    usages = services.capacity.slot_usages(organizations)
    assert usages["t:f1"].waiting == 1
    assert usages == {each.id: services.capacity.slot_usage(each) for each in organizations}


def test_a_plan_asks_the_store_no_more_for_each_pair(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = cooperation_on(store)
    batches, coordinator, asked = batches_on(services), services.coordinator(), list[str]()
    for kind in (Records, type(store.documents), type(store)):
        for name in ("records", "records_at_once", "count", "_read_records", "_read", "rows"):
            if (real := kind.__dict__.get(name)) is not None:
                monkeypatch.setattr(kind, name, noted(asked, name, real))
    counts = []
    for pairs in (pairs_of(FIRMS[:2]), pairs_of(FIRMS)):
        asked.clear()
        batches.for_pairs(coordinator, "t:c", pairs, dry_run=True)
        counts.append(len(asked))
    # For each party that is named one at most (whether it opted out), and none for a pair.
    assert 5 < counts[0] <= counts[1] <= counts[0] + len(FIRMS) - 2


def noted(asked: list[str], name: str, real: Any) -> Any:
    def call(*arguments: Any, **named: Any) -> Any:
        asked.append(name)
        return real(*arguments, **named)

    return call


def test_a_batch_is_proposed_once_however_often_it_is_sent(store: Store) -> None:
    """All of it is one commit, with its receipt; who sends it again is told of the same."""
    services = cooperation_on(store)
    batches, coordinator = batches_on(services), services.coordinator()
    pairs = pairs_of(FIRMS)
    sent = replace(coordinator, request=RepeatableRequest("k", "pairs", "1"))
    batch = batches.for_pairs(sent, "t:c", pairs)
    assert len(batch.introductions) > 1
    receipt = Receipts(services.repositories, services.clock).of("k")
    assert receipt is not None
    assert batch_told(receipt) == batch
    proposed = [each.id for each in services.repositories.introductions.values()]
    assert sorted(proposed) == sorted(batch.introductions)
    again = replace(coordinator, request=RepeatableRequest("k", "pairs", "2"))
    customers = [replace(pair, goal=GoalName.CUSTOMER) for pair in pairs]  # that are still free
    with pytest.raises(DoneBefore):
        batches.for_pairs(again, "t:c", customers)
    assert [each.id for each in services.repositories.introductions.values()] == proposed


def test_what_was_read_ahead_is_what_the_store_answers(store: Store) -> None:
    services = cooperation_on(store)
    for number, firm in enumerate(FIRMS):
        services.person(firm, number)
    stored = services.repositories
    every = [("organization", id) for id in (*FIRMS, "t:gone")]
    ahead = ReadAhead(stored.records)
    ahead.fetch(stored.accounts, keys=every[1:])  # of all but one
    ahead.fetch(stored.slots, FIRMS)
    read = Repositories(lambda: ahead)
    for key in every:
        assert list(read.accounts.values(*key)) == list(stored.accounts.values(*key))
        newest = [one.accounts.page(*key, limit=1, newest_first=True) for one in (read, stored)]
        assert newest[0] == newest[1]
        assert read.accounts.count(*key) == stored.accounts.count(*key)
    assert read.accounts.count("organization", "t:f1") == 1
    ids = [account.id for account in stored.accounts.values()]
    assert read.accounts.many([*ids, "gone"]) == stored.accounts.many(ids)
    assert read.slots.many(FIRMS) == stored.slots.many(FIRMS)


def test_a_batch_tells_all_that_proposals_one_by_one_tell(store: Store) -> None:
    services = cooperation_on(store)
    people = [services.person(firm, number) for number, firm in enumerate(FIRMS)]
    coordinator = services.coordinator()
    one = Proposal(GoalName.SUPPLIER, "t:f0", "t:f1", cluster="t:c")
    services.introductions.propose(coordinator, one)
    batches_on(services).for_pairs(
        coordinator, "t:c", [PlannedPair("t:f2", "t:f3", GoalName.SUPPLIER)]
    )
    told = [list(services.repositories.notifications.values("account", each.id)) for each in people]
    assert [len(each) for each in told] == [1, 1, 1, 1]
    assert len({each[0].kind for each in told}) == 1
