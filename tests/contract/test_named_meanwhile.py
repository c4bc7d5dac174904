"""Whom others name while it is merged is named by the id that it has then, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import GraphRows, Kind, Membership, Organization
from matchmaker.errors import InvalidInput, NotFound
from matchmaker.services.cooperation.gatherings import Gatherings
from matchmaker.services.operations.duplicates import Duplicates
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.unit_of_work import UnitOfWork, utc_now
from matchmaker.store.documents import Store
from matchmaker.workflow.account import AccountMembership, MembershipRole
from matchmaker.workflow.gathering import Gathering, GatheringKind, InvitationAnswer, Meeting
from tests.contract.calls import CALLER, FIRST, SECOND
from tests.contract.cooperation import PASSWORD, START
from tests.contract.test_merged_meanwhile import KEPT, Meanwhile, merge
from tests.contract.test_two_at_once import sign_in_on, token_of

PLACE = AccountMembership(FIRST, MembershipRole.MEMBER)


class World(Meanwhile):
    """The same, with a coordinator who convenes and people who invite."""

    def __init__(self, store: Store, folder: Path) -> None:
        super().__init__(store, folder)
        base = self.calls.base
        self.sign_in = sign_in_on(base)
        self.gatherings = Gatherings(
            store, self.repositories, NotificationOutbox(self.repositories),
            base.introductions.exclusions, base.clock,
        )  # fmt: skip

    def convene(self, *parties: str) -> str:
        waiting = tuple((party, InvitationAnswer.WAITING) for party in parties)
        gathering = Gathering(
            f"g{parties[-1][2:]}", GatheringKind.POOLED_NEEDS, "t:c", "铸件", "", "x", START,
            waiting,
        )  # fmt: skip
        return self.gatherings.convene(self.surveys.coordinator, gathering).gathering.id


def merged_at_the_commit(monkeypatch: pytest.MonkeyPatch, world: World, gone: str) -> None:
    commit, rivals = UnitOfWork.commit, [merge]

    def late(unit: UnitOfWork, records: Any) -> None:
        if rivals:
            rivals.pop()(world.store, world.repositories, gone, KEPT)
        commit(unit, records)

    monkeypatch.setattr(UnitOfWork, "commit", late)


def parties_of_a_gathering(world: World) -> list[str]:
    gathering = world.repositories.gatherings.get(world.convene(CALLER, FIRST)).value
    return [party for party, _ in gathering.parties]


def members_of_a_survey(world: World) -> list[str]:
    id = world.surveys.another_round(members=(CALLER, SECOND, FIRST))
    return list(world.repositories.surveys.get(id).value.members)


def invited_to_a_call(world: World) -> list[str]:
    view = world.calls.invitations.invite(world.calls.people[CALLER], world.call, [FIRST])
    return [party.organization.id for party in view.parties]


def invited_by_a_new_call(world: World) -> list[str]:
    return list(world.calls.states(world.calls.open(FIRST)))


def never_met(world: World) -> list[str]:
    exclusions, person = world.calls.exclusions, world.calls.people[CALLER]
    exclusions.exclude(person, CALLER, FIRST)
    return [each.organization.id for each in exclusions.listed(person, CALLER)]


NAMING = (
    parties_of_a_gathering, members_of_a_survey, invited_to_a_call, invited_by_a_new_call,
    never_met,
)  # fmt: skip


@pytest.mark.parametrize("name", NAMING)
def test_who_is_merged_meanwhile_is_named_by_its_new_id(
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: Callable[[World], list[str]],
) -> None:
    world = World(store, tmp_path)
    merged_at_the_commit(monkeypatch, world, FIRST)
    named = name(world)
    assert KEPT in named
    assert FIRST not in named


@pytest.mark.parametrize("way", ["invitation", "account"])
def test_nobody_gets_a_place_in_who_is_merged_meanwhile(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Nor one in who was kept, which nobody offered."""
    world = World(store, tmp_path)
    merged_at_the_commit(monkeypatch, world, FIRST)
    accounts, invite = world.calls.base.accounts, world.sign_in.invitations.invite
    give: dict[str, Callable[[], object]] = {
        "invitation": lambda: invite(ADMIN, "x@example.org", membership=PLACE),
        "account": lambda: accounts.create(
            ADMIN, "x@example.org", "X", PASSWORD, memberships=(PLACE,)
        ),
    }
    with pytest.raises(NotFound):
        give[way]()
    assert world.calls.base.accounts.find("x@example.org") is None
    assert list(world.repositories.invitations.values()) == []


def test_two_are_not_kept_apart_once_one_of_them_is_another(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(store, tmp_path)
    duplicates = Duplicates(store, world.repositories, utc_now)
    replace_rows, rivals = store.replace_rows, [merge]

    def late(*rows: Any, **named: Any) -> Any:
        if rivals:
            rivals.pop()(store, world.repositories, FIRST, KEPT)
        return replace_rows(*rows, **named)

    monkeypatch.setattr(store, "replace_rows", late)
    with pytest.raises(NotFound):
        duplicates.keep_apart(ADMIN, FIRST, SECOND)
    assert list(world.repositories.not_duplicates.values()) == []


@pytest.mark.parametrize("rival", ["invited as well", "made by an administrator"])
def test_of_the_first_people_of_a_member_one_is_first(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rival: str
) -> None:
    """A coordinator invites nobody to who has people, by two invitations taken at once neither."""
    world = World(store, tmp_path)
    new = Organization("t:new", "新厂", Kind.FIRM)
    store.upsert(GraphRows(organizations=(new,), memberships=(Membership("t:c", "t:new"),)))
    place, sign_in = replace(PLACE, organization="t:new"), world.sign_in
    tokens = [
        token_of(sign_in.invitations.hand_over(ADMIN, issued.invitation.id))
        for email in ("firm@example.org", "other@example.org")
        for issued in [
            sign_in.invitations.invite(world.surveys.coordinator, email, membership=place)
        ]
    ]
    accounts = world.calls.base.accounts

    def first() -> None:
        if rival == "invited as well":
            sign_in.by_invitation(tokens[1], "B", PASSWORD)
        else:
            accounts.create(ADMIN, "made@example.org", "B", PASSWORD, memberships=(place,))

    commit, rivals = UnitOfWork.commit, [first]

    def late(unit: UnitOfWork, records: Any) -> None:
        if rivals:
            rivals.pop()()
        commit(unit, records)

    monkeypatch.setattr(UnitOfWork, "commit", late)
    with pytest.raises(InvalidInput):
        sign_in.by_invitation(tokens[0], "A", PASSWORD)
    assert [account.name for account in accounts.of_organization("t:new")] == ["B"]


def test_a_gathering_that_a_merge_leaves_too_small_stops_no_other_one(
    store: Store, tmp_path: Path
) -> None:
    """Its meetings are those of who was kept; the same one noted twice is one."""
    world = World(store, tmp_path)
    both, others = world.convene(KEPT, FIRST), world.convene(SECOND, CALLER)
    for id, parties in ((both, (KEPT, FIRST)), (others, (SECOND, CALLER))):
        for party in parties:
            world.gatherings.answer(world.calls.people[party], id, party, InvitationAnswer.JOINED)
    merge(store, world.repositories, FIRST, KEPT)
    meeting = Meeting(START + timedelta(days=1), "铸件", (KEPT, FIRST))
    for _ in range(2):
        world.gatherings.hold(world.surveys.coordinator, both, meeting)
    assert len(world.repositories.gatherings.get(both).value.meetings) == 1
    met = store.engagement(f"gathering:{both}.1")
    assert [each.organization for each in met.participants] == [KEPT]
    assert world.gatherings.sync_graph() == 1
