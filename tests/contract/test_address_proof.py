"""An account that its owner takes back from whoever had it before: on both stores."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest

from matchmaker.access import ADMIN
from matchmaker.errors import InvalidInput
from matchmaker.services.cooperation.webhooks import Webhooks
from matchmaker.services.people.api_keys import ApiKeys
from matchmaker.services.people.channels import ChannelContent, Channels
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.people.sessions import Sessions
from matchmaker.services.people.sign_in import SignInService
from matchmaker.services.sealing import Sealer
from matchmaker.store.documents import Store
from matchmaker.workflow.account import Account, AccountMembership, Scope
from matchmaker.workflow.notification import NotificationKind
from tests.contract.cooperation import PASSWORD, Cooperation, cooperation_on
from tests.contract.test_channels import ROBOT
from tests.contract.test_two_at_once import sign_in_on

SEALER = Sealer(lambda: "key")
NEW = "violet harbour 7 stones"


class Takeover:
    """An account with all that somebody put on it who knows its password."""

    def __init__(self, store: Store) -> None:
        self.base: Cooperation = cooperation_on(store)
        self.sign_in: SignInService = sign_in_on(self.base)
        repositories, clock = self.base.repositories, self.base.clock
        self.channels = Channels(
            repositories, self.base.accounts, self.sign_in.links, SEALER, clock
        )
        self.hooks = Webhooks(
            repositories, NotificationOutbox(repositories), SEALER, self.base.accounts, clock
        )
        self.keys = ApiKeys(repositories, self.base.accounts, self.sign_in.second_factors, clock)
        self.account = self.base.person("t:f0")
        principal = self.account.principal()
        self.channels.enter(principal, ChannelContent(ROBOT), PASSWORD)
        self.hooks.register(principal, "t:f0", "https://attacker.example/hook")
        self.key = self.keys.issue(principal, "k", Scope.WRITE, PASSWORD)

    def now(self) -> Account:
        return self.base.repositories.accounts.get(self.account.id).value

    def told(self) -> list[NotificationKind]:
        notices = self.base.repositories.notifications.values("account", self.account.id)
        return [notice.kind for notice in notices]

    def reset(self, *, mailed: bool = True) -> None:
        token = self.sign_in.links.token("reset", [self.account.id, self.now().epoch, mailed])
        self.sign_in.reset(token, NEW)

    def confirm(self) -> None:
        token = self.sign_in.links.token("confirm", [self.account.id, self.account.email])
        self.sign_in.confirm(token)

    def join(self) -> None:
        membership = AccountMembership("t:f1")
        issued = self.sign_in.invitations.invite(ADMIN, self.account.email, membership=membership)
        token = self.sign_in.links.token("invitation", issued.invitation.id)
        self.sign_in.by_invitation(token, "Owner", PASSWORD)


@pytest.fixture
def takeover(store: Store) -> Takeover:
    return Takeover(store)


@pytest.mark.parametrize("prove", [Takeover.reset, Takeover.confirm, Takeover.join])
def test_what_was_put_on_an_account_ends_when_its_address_is_proved(
    takeover: Takeover, prove: Callable[[Takeover], None]
) -> None:
    prove(takeover)
    after = takeover.now()
    assert (after.is_proved, after.epoch > takeover.account.epoch) == (True, True)
    principal = after.principal()
    assert takeover.channels.listed(principal) == ()
    assert takeover.hooks.listed(principal, "t:f0") == ()
    assert takeover.keys.principal_of(takeover.key.secret) is None
    assert takeover.told() == [NotificationKind.ACCOUNT_CLEARED]


def test_the_second_factor_of_whoever_was_there_before_ends_too(takeover: Takeover) -> None:
    """Or the owner, with a new password, would be asked for a code that another has."""
    factors = takeover.sign_in.second_factors
    principal = takeover.account.principal()
    made = factors.begin(principal, PASSWORD)
    factors.confirm(principal, pyotp.TOTP(made.secret).at(takeover.base.clock()))
    assert takeover.now().has_second_factor
    takeover.reset()
    assert takeover.sign_in.with_password(takeover.account.email, NEW).recovery == ()
    assert not takeover.now().has_second_factor


def test_a_reset_of_a_proved_account_pauses_its_channels_and_tells_of_them(
    takeover: Takeover,
) -> None:
    takeover.confirm()
    principal = takeover.now().principal()
    takeover.channels.enter(principal, ChannelContent(ROBOT), PASSWORD)
    takeover.reset()
    (channel,) = takeover.channels.listed(takeover.now().principal())
    assert not channel.active
    assert takeover.told().count(NotificationKind.CHANNEL_PAUSED_AT_RESET) == 1
    again = takeover.channels.change(principal, channel.id, channel.rhythm, None)
    assert again.active


@pytest.mark.parametrize("how", ["a new password", "signing out everywhere"])
def test_channels_and_webhooks_of_a_taken_account_are_paused_until_they_are_known(
    takeover: Takeover, how: str
) -> None:
    """Whoever had the account cannot keep its notices; its owner resumes what is theirs."""
    base, url = takeover.base, "https://attacker.example/hook"
    principal = takeover.account.principal()
    colleague = base.person("t:f0", 1).principal()
    (own,) = takeover.hooks.listed(principal, "t:f0")
    secret = SEALER.unseal(own.secret)
    other = takeover.hooks.register(colleague, "t:f0", "https://erp.example/hook")
    if how == "a new password":
        takeover.sign_in.change_password(principal, PASSWORD, NEW)
    else:
        Sessions(base.repositories, base.accounts, base.clock, timedelta(hours=12)).end_all(
            principal, PASSWORD
        )
    (channel,) = takeover.channels.listed(principal)
    assert not channel.active
    hooks = {hook.id: hook for hook in takeover.hooks.listed(principal, "t:f0")}
    assert (hooks[own.id].active, hooks[other.id].active) == (False, True)
    assert NotificationKind.WEBHOOK_PAUSED in takeover.told()
    notices = base.repositories.notifications.values("account", colleague.account)
    assert NotificationKind.WEBHOOK_PAUSED in {notice.kind for notice in notices}
    again = takeover.hooks.register(principal, "t:f0", url)
    assert (again.id, again.secret, again.active) == (own.id, secret, True)
    assert len(takeover.hooks.listed(principal, "t:f0")) == 2


def test_a_webhook_takes_the_password_of_who_signed_in_and_none_of_a_key(
    takeover: Takeover,
) -> None:
    principal, url = takeover.account.principal(), "https://erp.example/hook"
    for wrong in ("", "another password"):
        with pytest.raises(InvalidInput, match="present one"):
            takeover.hooks.register(principal, "t:f0", url, wrong)
    assert takeover.hooks.register(principal, "t:f0", url, PASSWORD).active


def test_a_link_that_an_administrator_hands_over_proves_nothing(takeover: Takeover) -> None:
    takeover.reset(mailed=False)
    assert not takeover.now().is_proved
    (channel,) = takeover.channels.listed(takeover.now().principal())
    assert not channel.active


def test_a_channel_is_entered_with_the_password_only(takeover: Takeover) -> None:
    principal = takeover.account.principal()
    for wrong in ("", "another password"):
        with pytest.raises(InvalidInput, match="present one"):
            takeover.channels.enter(principal, ChannelContent(ROBOT), wrong)
    assert len(takeover.channels.listed(principal)) == 1
