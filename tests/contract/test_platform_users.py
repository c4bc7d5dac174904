"""The graph says who uses a platform that several share, and who does not any more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matchmaker.access import Principal
from matchmaker.domain import GraphRows, Kind, Layer, Tie
from matchmaker.services.cooperation.gatherings import Gatherings
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.store.documents import Store
from matchmaker.workflow.gathering import Gathering, GatheringKind, InvitationAnswer
from tests.contract.cooperation import FIRMS, LAB, START, cooperation_on

JOINED, LEFT = InvitationAnswer.JOINED, InvitationAnswer.LEFT
FIRST, SECOND, *_ = FIRMS


class World:
    """A platform that two firms share."""

    def __init__(self, store: Store) -> None:
        self.store, base = store, cooperation_on(store)
        lab = replace(store.organization(LAB), kind=Kind.PLATFORM)
        store.upsert(GraphRows(organizations=(lab,)))
        self.people: dict[str, Principal] = {
            id: base.person(id).principal() for id in (LAB, FIRST, SECOND)
        }
        self.coordinator = base.coordinator()
        self.gatherings = Gatherings(
            store, base.repositories, NotificationOutbox(base.repositories),
            base.introductions.exclusions, base.clock,
        )  # fmt: skip
        parties = tuple((id, InvitationAnswer.WAITING) for id in self.people)
        gathering = Gathering(
            "g", GatheringKind.SHARED_PLATFORM, "t:c", "Test bench", "", "x", START, parties,
            lead=LAB,
        )  # fmt: skip
        self.gatherings.convene(self.coordinator, gathering)
        for id in self.people:
            self.answer(id, JOINED)

    def answer(self, id: str, answer: InvitationAnswer) -> None:
        self.gatherings.answer(self.people[id], "g", id, answer)

    @property
    def ties(self) -> list[Tie]:
        return [tie for tie in self.store.neighborhood(LAB, 1, 50).ties if tie.layer is Layer.USES]

    @property
    def users(self) -> set[str]:
        return {tie.source for tie in self.ties if not tie.ended}


@pytest.fixture
def world(store: Store) -> World:
    return World(store)


def test_who_leaves_a_platform_uses_it_no_more_until_it_joins_again(world: World) -> None:
    assert world.users == {FIRST, SECOND}
    world.answer(FIRST, LEFT)
    assert world.users == {SECOND}
    assert len(world.ties) == 2  # that it did is still known
    world.answer(FIRST, JOINED)
    assert world.users == {FIRST, SECOND}


def test_nobody_uses_a_platform_that_left_itself(world: World) -> None:
    world.answer(LAB, LEFT)
    assert world.users == set()
    world.answer(LAB, JOINED)
    assert world.users == {FIRST, SECOND}


def test_the_end_of_a_gathering_ends_no_use_but_of_who_had_left(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process ended before the graph knew that one had left: the next look writes it."""
    with monkeypatch.context() as patched:
        patched.setattr(Gatherings, "_write", lambda *_: False)
        world.answer(FIRST, LEFT)
        world.gatherings.close(world.coordinator, "g")
    assert world.users == {FIRST, SECOND}
    world.gatherings.sync_graph()
    assert world.users == {SECOND}
    version = world.store.version()
    world.gatherings.sync_graph()
    assert world.store.version() == version
