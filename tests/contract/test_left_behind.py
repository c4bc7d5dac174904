"""Webhooks and channels of clusters end with the place of who set them up: on both stores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import GoalName
from matchmaker.errors import NotAllowed, NotFound, SignInNeeded
from matchmaker.nodes.allowance import LocalAllowance
from matchmaker.services.cooperation import webhooks
from matchmaker.services.cooperation.webhooks import Webhooks
from matchmaker.services.people.channels import ChannelContent, Channels
from matchmaker.services.people.invitations import Invitations
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.sealing import Sealer
from matchmaker.services.unit_of_work import UnitOfWork
from matchmaker.store.documents import Store
from matchmaker.workflow.account import Account, AccountMembership, MembershipRole
from matchmaker.workflow.introduction import Proposal
from matchmaker.workflow.notification import NotificationKind
from tests.contract.cooperation import PASSWORD, Cooperation, cooperation_on
from tests.contract.test_channels import ROBOT

DAY = timedelta(days=1)


class Leaving:
    """Two owners of a firm, a coordinator with a colleague; the first of each set things up."""

    def __init__(self, store: Store) -> None:
        self.base: Cooperation = cooperation_on(store)
        base, sealer = self.base, Sealer(lambda: "key")
        links, factors = base.links(), base.second_factors()
        outbox = NotificationOutbox(base.repositories)
        self.hooks = Webhooks(base.repositories, outbox, sealer, factors, base.clock)
        self.channels = Channels(
            base.repositories,
            base.accounts,
            factors,
            links,
            sealer,
            base.clock,
            base.finds_statement,
        )
        self.privacy = base.privacy(keep_interactions=DAY, keep_over=DAY)
        self.owner, self.left = base.person("t:f0"), base.person("t:f0", 1)
        self.admin = base.accounts.create(ADMIN, "a@example.org", "A", PASSWORD, admin=True)
        self.coordinator = base.coordinator()
        self.colleague = base.accounts.create(
            ADMIN, "d@example.org", "D", PASSWORD, clusters=("t:c",)
        ).principal()
        self.hook = self.hooks.register(
            self.owner.principal(), "t:f0", "https://erp.example/hook"
        ).id
        self.channel = self.channels.enter(
            self.coordinator, ChannelContent(ROBOT, "t:c"), PASSWORD
        ).id

    def told(self, account: str) -> set[NotificationKind]:
        notices = self.base.repositories.notifications.values("account", account)
        return {notice.kind for notice in notices}

    def calls(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """The addresses called once somebody asked the firm."""
        called: list[str] = []

        def take(url: str, *content: object, **rules: object) -> int:
            del content, rules
            called.append(url)
            return 200

        monkeypatch.setattr(webhooks, "post", take)
        asking = self.base.person("t:f1").principal()
        self.base.introductions.propose(asking, Proposal(GoalName.SUPPLIER, "t:f1", "t:f0"))
        self.hooks.deliver_due()
        return called


def closed(leaving: Leaving, account: str) -> None:
    leaving.base.accounts.set_active(ADMIN, account, active=False)


def deleted(leaving: Leaving, account: str) -> None:
    leaving.privacy.delete_account(ADMIN, account)


def removed(leaving: Leaving, account: str) -> None:
    leaving.base.accounts.remove_member(leaving.left.principal(), "t:f0", account)


def relieved(leaving: Leaving, account: str) -> None:
    leaving.base.accounts.relieve(ADMIN, account, "t:c")


@pytest.fixture
def leaving(store: Store) -> Leaving:
    return Leaving(store)


@pytest.mark.parametrize("leave", [closed, deleted, removed])
def test_a_webhook_is_paused_once_its_owner_goes_until_another_takes_it_over(
    leaving: Leaving, leave: Callable[[Leaving, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(leaving, leaving.owner.id)
    (hook,) = leaving.hooks.listed(leaving.left.principal(), "t:f0")
    assert (hook.active, hook.paused) == (False, True)
    assert NotificationKind.WEBHOOK_LEFT in leaving.told(leaving.left.id)
    assert leaving.told(leaving.owner.id) == leaving.told(leaving.admin.id) == set()
    assert leaving.calls(monkeypatch) == []
    again = leaving.hooks.register(leaving.left.principal(), "t:f0", hook.url)
    assert (again.id, again.active, again.by) == (hook.id, True, leaving.left.id)


@pytest.mark.parametrize("leave", [closed, deleted, relieved])
def test_a_cluster_s_channel_is_paused_once_its_coordinator_goes(
    leaving: Leaving, leave: Callable[[Leaving, str], None]
) -> None:
    leave(leaving, leaving.coordinator.account)
    (channel,) = leaving.channels.listed(leaving.colleague, "t:c")
    assert not channel.active
    assert leaving.told(leaving.colleague.account) == {NotificationKind.CHANNEL_PAUSED}
    leave(leaving, leaving.colleague.account)
    assert leaving.told(leaving.admin.id) == set()  # it was paused already


def test_administrators_are_told_where_nobody_is_left_in_charge(leaving: Leaving) -> None:
    closed(leaving, leaving.colleague.account)
    closed(leaving, leaving.coordinator.account)
    closed(leaving, leaving.left.id)
    closed(leaving, leaving.owner.id)
    told = {NotificationKind.CHANNEL_PAUSED, NotificationKind.WEBHOOK_LEFT}
    assert leaving.told(leaving.admin.id) == told


def test_whoever_stays_keeps_what_they_set_up(leaving: Leaving) -> None:
    removed(leaving, leaving.left.id)
    closed(leaving, leaving.colleague.account)
    assert leaving.hooks.listed(leaving.owner.principal(), "t:f0")[0].active
    assert leaving.channels.listed(leaving.coordinator, "t:c")[0].active


def test_a_webhook_of_somebody_who_lost_the_place_otherwise_is_not_called(
    leaving: Leaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A place that ended before this was looked at, or with a merge."""
    accounts = leaving.base.repositories.accounts
    stored = accounts.get(leaving.owner.id)
    monkeypatch.setattr("matchmaker.services.people.accounts.pause_left", lambda *_: None)
    removed(leaving, stored.value.id)
    assert leaving.hooks.listed(leaving.left.principal(), "t:f0")[0].active
    assert leaving.calls(monkeypatch) == []
    assert not leaving.hooks.listed(leaving.left.principal(), "t:f0")[0].active
    assert NotificationKind.WEBHOOK_LEFT in leaving.told(leaving.left.id)


def test_who_left_is_told_no_more_of_what_waits_for_them(leaving: Leaving) -> None:
    """A day's letter would else name, to who has left, whoever asked the firm meanwhile."""
    base = leaving.base
    gone, stays = leaving.left, leaving.owner
    leaving.channels.enter(gone.principal(), ChannelContent(ROBOT), PASSWORD)
    asking = base.person("t:f1").principal()
    base.introductions.propose(asking, Proposal(GoalName.SUPPLIER, "t:f1", "t:f0"))
    base.introductions.propose(asking, Proposal(GoalName.SUPPLIER, "t:f1", "t:f2"))
    asked = NotificationKind.INTRODUCTION_REQUESTED
    assert asked in leaving.told(gone.id)
    base.accounts.remove_member(stays.principal(), "t:f0", gone.id)
    assert asked not in leaving.told(gone.id)
    assert list(base.repositories.channel_notices.iterate()) == []
    assert asked in leaving.told(stays.id)


def test_what_somebody_was_told_for_another_organisation_stays(leaving: Leaving) -> None:
    base, gone = leaving.base, leaving.left

    def joined(account: Account) -> Account:
        return replace(account, memberships=(*account.memberships, AccountMembership("t:f2")))

    base.accounts.change(gone.id, joined, "account.changed")
    asking = base.person("t:f1").principal()
    base.introductions.propose(asking, Proposal(GoalName.SUPPLIER, "t:f1", "t:f2"))
    base.accounts.remove_member(leaving.owner.principal(), "t:f0", gone.id)
    assert NotificationKind.INTRODUCTION_REQUESTED in leaving.told(gone.id)


def test_who_coordinates_no_more_acts_for_the_cluster_by_nothing(leaving: Leaving) -> None:
    """Neither by a session or key nor by an invitation; the account, and its other part, stay."""
    base, id = leaving.base, leaving.coordinator.account
    place = AccountMembership("t:f3", MembershipRole.OWNER)
    base.accounts.change(id, lambda old: replace(old, memberships=(place,)), "account.changed")
    before = base.accounts.by_email(ADMIN, "c@example.org").principal()
    invitations = Invitations(
        lambda: base.store, base.repositories, base.accounts, base.links(), base.second_factors(),
        base.clock, LocalAllowance(0),
    )  # fmt: skip
    invitations.invite(before, "n@example.org", cluster="t:c")
    assert invitations.open_for("n@example.org")
    unit = UnitOfWork("account:x", base.clock())
    told, outbox = NotificationKind.POSTING_SUBMITTED, NotificationOutbox(base.repositories)
    outbox.notify(unit, "cluster", "t:c", told, "posting/p", {"other": "A"})
    unit.commit(base.repositories.records)
    assert told in leaving.told(id)
    relieved(leaving, id)
    after = base.accounts.by_email(ADMIN, "c@example.org")
    assert (after.clusters, after.memberships) == ((), (place,))
    with pytest.raises(SignInNeeded):
        after.require_epoch_of(before)
    assert invitations.open_for("n@example.org") == []
    assert told not in leaving.told(id)
    with pytest.raises(NotFound, match="no such part"):
        relieved(leaving, id)
    with pytest.raises(NotAllowed):
        base.accounts.relieve(leaving.colleague, leaving.colleague.account, "t:c")


def test_an_administrator_is_one_no_more(leaving: Leaving) -> None:
    leaving.base.accounts.relieve(ADMIN, leaving.admin.id)
    assert not leaving.base.accounts.by_email(ADMIN, "a@example.org").principal().admin


def test_what_is_told_to_who_is_in_charge_goes_with_the_charge(leaving: Leaving) -> None:
    """Letters and channels would carry it on: whose webhook or robot was paused, and its host."""
    base = leaving.base
    closed(leaving, leaving.owner.id)
    assert leaving.told(leaving.left.id) == {NotificationKind.WEBHOOK_LEFT}
    base.accounts.remove_member(ADMIN, "t:f0", leaving.left.id)
    assert leaving.told(leaving.left.id) == set()
    closed(leaving, leaving.colleague.account)
    closed(leaving, leaving.coordinator.account)
    assert leaving.told(leaving.admin.id) == {NotificationKind.CHANNEL_PAUSED}
    base.accounts.relieve(ADMIN, leaving.admin.id)
    assert leaving.told(leaving.admin.id) == set()
