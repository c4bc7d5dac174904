"""An account that its owner takes back from whoever had it before: on both stores."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest

from matchmaker.access import ADMIN
from matchmaker.errors import InvalidInput, SignInNeeded
from matchmaker.services.cooperation.webhooks import Webhooks
from matchmaker.services.people.api_keys import ApiKeys
from matchmaker.services.people.channels import ChannelContent, Channels
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.people.sessions import Sessions
from matchmaker.services.people.sign_in import SignInService
from matchmaker.services.sealing import Sealer
from matchmaker.store.documents import Store
from matchmaker.workflow.account import Account, AccountMembership, MembershipRole, Scope
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
        factors = self.sign_in.second_factors
        self.channels = Channels(
            repositories,
            self.base.accounts,
            factors,
            self.sign_in.links,
            SEALER,
            clock,
            self.base.finds_statement,
        )
        self.hooks = Webhooks(
            repositories, NotificationOutbox(repositories), SEALER, factors, clock
        )
        self.keys = ApiKeys(repositories, self.base.accounts, factors, clock)
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

    def confirm(self, signed_in: bool = True) -> None:
        token = self.sign_in.links.token("confirm", [self.account.id, self.account.email])
        if signed_in:
            self.sign_in.confirm(token, self.account.id)
        else:
            self.sign_in.confirm(token, password=NEW)

    def confirm_elsewhere(self) -> None:
        self.confirm(signed_in=False)

    def join(self) -> None:
        membership = AccountMembership("t:f1")
        issued = self.sign_in.invitations.invite(ADMIN, self.account.email, membership=membership)
        token = self.sign_in.links.token("invitation", issued.invitation.id)
        self.sign_in.by_invitation(token, "Owner", PASSWORD)


@pytest.fixture
def takeover(store: Store) -> Takeover:
    return Takeover(store)


@pytest.mark.parametrize(
    "prove", [Takeover.reset, Takeover.confirm, Takeover.confirm_elsewhere, Takeover.join]
)
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


@pytest.mark.parametrize("prove", [Takeover.reset, Takeover.confirm_elsewhere])
def test_the_password_and_the_open_invitations_of_whoever_was_there_before_end(
    takeover: Takeover, prove: Callable[[Takeover], None]
) -> None:
    """Whoever was handed the link of the account invited an accomplice; the owner was not asked."""
    stranger, sign_in = takeover.account.principal(), takeover.sign_in
    owner = AccountMembership("t:f0", MembershipRole.OWNER)
    tokens = []
    for address in ("taken@example.org", "open@example.org"):
        issued = sign_in.invitations.invite(stranger, address, membership=owner)
        tokens.append(sign_in.links.token("invitation", issued.invitation.id))
    sign_in.by_invitation(tokens[0], "Accomplice", PASSWORD)
    prove(takeover)
    with pytest.raises(SignInNeeded):
        sign_in.with_password(takeover.account.email, PASSWORD)
    assert sign_in.with_password(takeover.account.email, NEW).is_proved
    with pytest.raises(InvalidInput, match="used or is too old"):
        sign_in.by_invitation(tokens[1], "Accomplice", PASSWORD)
    assert takeover.told() == [NotificationKind.ACCOUNT_CLEARED]


def test_who_signed_up_and_confirms_where_they_are_signed_in_keeps_password_and_invitations(
    takeover: Takeover,
) -> None:
    sign_in = takeover.sign_in
    issued = sign_in.invitations.invite(
        takeover.account.principal(), "c@example.org", membership=AccountMembership("t:f0")
    )
    takeover.confirm()
    assert sign_in.with_password(takeover.account.email, PASSWORD).is_proved
    token = sign_in.links.token("invitation", issued.invitation.id)
    assert sign_in.by_invitation(token, "Colleague", PASSWORD).active


def test_a_confirming_link_sets_no_password_of_an_account_that_is_proved(
    takeover: Takeover,
) -> None:
    """Or it would work for two days as a link that resets."""
    takeover.confirm()
    with pytest.raises(InvalidInput, match="used or is too old"):
        takeover.confirm_elsewhere()
    assert takeover.sign_in.with_password(takeover.account.email, PASSWORD)


def test_who_is_not_signed_in_confirms_nothing_without_a_password(takeover: Takeover) -> None:
    token = takeover.sign_in.links.token("confirm", [takeover.account.id, takeover.account.email])
    with pytest.raises(InvalidInput, match="chosen anew"):
        takeover.sign_in.confirm(token)
    assert not takeover.now().is_proved
    assert takeover.sign_in.is_password_set_by_confirming(token)
    assert not takeover.sign_in.is_password_set_by_confirming(token, takeover.account.id)


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
    again = takeover.channels.change(takeover.now().principal(), channel.id, channel.rhythm, None)
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
    again = takeover.hooks.register(takeover.now().principal(), "t:f0", url)
    assert (again.id, again.active) == (own.id, True)
    assert again.secret == ""  # whoever resumes it, with a key that was taken too, learns nothing
    (kept,) = (h for h in takeover.hooks.listed(principal, "t:f0") if h.id == own.id)
    assert kept.secret == own.secret  # its receiver goes on with it
    assert len(takeover.hooks.listed(principal, "t:f0")) == 2


def test_a_webhook_takes_the_password_of_who_signed_in_and_none_of_a_key(
    takeover: Takeover,
) -> None:
    principal, url = takeover.account.principal(), "https://erp.example/hook"
    for wrong, why in (("", "is missing"), ("another password", "present one")):
        with pytest.raises(InvalidInput, match=why):
            takeover.hooks.register(principal, "t:f0", url, wrong)
    assert takeover.hooks.register(principal, "t:f0", url, PASSWORD).active


def test_a_link_that_an_administrator_hands_over_proves_nothing(takeover: Takeover) -> None:
    takeover.reset(mailed=False)
    assert not takeover.now().is_proved
    (channel,) = takeover.channels.listed(takeover.now().principal())
    assert not channel.active


def test_a_channel_is_entered_with_the_password_only(takeover: Takeover) -> None:
    principal = takeover.account.principal()
    for wrong, why in (("", "is missing"), ("another password", "present one")):
        with pytest.raises(InvalidInput, match=why):
            takeover.channels.enter(principal, ChannelContent(ROBOT), wrong)
    assert len(takeover.channels.listed(principal)) == 1
