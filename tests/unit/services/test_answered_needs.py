"""Open needs that an organisation may answer: by its kind, and by the kind of who posted them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pytest

from matchmaker.domain import Description, GoalName, GraphRows, Kind, Need, Organization
from matchmaker.goals import GOALS
from matchmaker.recommend.model import Seeker, SeekerText
from matchmaker.recommend.profile_reach import closest_needs, profile_reach, similarity_thresholds
from matchmaker.services.matching.answered_needs import LOOKED_AT, answered_needs, past_needs
from matchmaker.snapshot.model import Snapshot
from tests.unit.recommend.small_graphs import snapshot_of

GOAL = GoalName.INDUSTRY_PARTNER
TEXT = "trials of die casting without porosity"
KINDS = {
    "firm": Kind.FIRM,
    "lab": Kind.UNIVERSITY,
    "asking": Kind.RESEARCH_INSTITUTE,
    "hub": Kind.PLATFORM,
    "works": Kind.FIRM,
}
POSTED = ("firm", "asking", "hub", "lab")
# Of whom each may answer the need.
ANSWERED = {
    "lab": {"firm", "hub"},
    "hub": {"firm", "asking", "lab"},
    "works": {"firm", "asking", "hub", "lab"},
}


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    """Everybody says the same and, but for one firm, looks for firms to do just that."""
    rows = GraphRows(
        organizations=tuple(Organization(f"t:{id}", id, kind) for id, kind in KINDS.items()),
        descriptions=tuple(Description(f"d:{id}", f"t:{id}", TEXT) for id in KINDS),
        needs=tuple(Need(f"n:{id}", f"t:{id}", GOAL, TEXT) for id in POSTED),
    )
    names = [*(f"d:{id}" for id in KINDS), *(f"n:{id}" for id in POSTED)]
    return snapshot_of(rows, {name: [1.0, 0.0] for name in names})


@dataclass(frozen=True)
class Reading:
    """Texts put as questions; all mean the same."""

    snapshot: Snapshot

    def free_texts(self, texts: list[str], goal: GoalName, *, posted: bool) -> list[SeekerText]:
        assert posted
        vector = np.array([1.0, 0.0], dtype=np.float32)
        kind = GOALS[goal].words
        return [SeekerText(text, kind, "en", goal, vector, is_question=True) for text in texts]


@pytest.mark.parametrize("own", ["lab", "hub"])
def test_needs_are_answered_by_those_who_may_whoever_posted_them(
    snapshot: Snapshot, own: str
) -> None:
    found = answered_needs(Reading(snapshot), snapshot.row_of(f"t:{own}"))
    assert {each.need.removeprefix("n:") for each in found} == ANSWERED[own] - {own}


@pytest.mark.parametrize("own", ANSWERED)
def test_a_profile_reaches_the_needs_that_its_kind_may_answer(snapshot: Snapshot, own: str) -> None:
    seeker = Seeker(row=snapshot.row_of(f"t:{own}"), kind=KINDS[own])
    reach = profile_reach(snapshot, similarity_thresholds(snapshot), seeker)
    assert reach.all_needs == len(ANSWERED[own] - {own})


def test_needs_of_who_is_hidden_take_nobody_s_place() -> None:
    """A dozen of the closest are looked at: one that opted out since had posted as many."""
    gone = [Need(f"n:gone{number}", "t:firm", GOAL, TEXT) for number in range(LOOKED_AT)]
    rows = GraphRows(
        organizations=tuple(Organization(f"t:{id}", id, kind) for id, kind in KINDS.items()),
        descriptions=tuple(Description(f"d:{id}", f"t:{id}", TEXT) for id in KINDS),
        needs=(*gone, Need("n:hub", "t:hub", GOAL, TEXT)),
    )
    names = [*(f"d:{id}" for id in KINDS), *(need.id for need in gone)]
    snapshot = snapshot_of(rows, {name: [1.0, 0.0] for name in names} | {"n:hub": [0.8, 0.6]})
    own, firm = (snapshot.row_of(f"t:{id}") for id in ("lab", "firm"))

    def looked_at(*hidden: int) -> set[str]:
        rows = closest_needs(snapshot, own, LOOKED_AT, frozenset(hidden))
        return {snapshot.string("statements", "id", row) for row in rows.tolist()}

    assert looked_at() == {need.id for need in gone}
    assert looked_at(firm) == {"n:hub"}


def test_needs_whose_day_is_over_take_nobody_s_place_and_are_counted_nowhere(wired) -> None:
    """Seen: "closest for 4 of 107 open needs" on one page, "58 open needs" on another."""
    today = wired.clock().date()
    over = [
        Need(f"n:over{number}", "t:firm", GOAL, TEXT, deadline=today - timedelta(days=1))
        for number in range(LOOKED_AT)
    ]
    rows = GraphRows(
        organizations=tuple(Organization(f"t:{id}", id, kind) for id, kind in KINDS.items()),
        descriptions=tuple(Description(f"d:{id}", f"t:{id}", TEXT) for id in KINDS),
        needs=(*over, Need("n:hub", "t:hub", GOAL, TEXT)),
    )
    names = [*(f"d:{id}" for id in KINDS), *(need.id for need in over)]
    vectors = {name: [1.0, 0.0] for name in names} | {"n:hub": [0.8, 0.6]}
    snapshot = snapshot_of(rows, vectors, as_of=today)
    wired.store.upsert(rows)
    past = past_needs(wired.store, snapshot)
    assert past == {need.id for need in over}
    own = snapshot.row_of("t:lab")
    (looked_at,) = closest_needs(snapshot, own, LOOKED_AT, past=past).tolist()
    assert snapshot.string("statements", "id", looked_at) == "n:hub"
    limits = similarity_thresholds(snapshot, past)
    seeker = Seeker(row=own, kind=KINDS["lab"])
    assert profile_reach(snapshot, limits, seeker).all_needs == 1
