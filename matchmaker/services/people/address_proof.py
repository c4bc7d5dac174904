"""An account whose address is shown to be its owner's, without what somebody else had put on it.

Until then the account may have been another's, who was handed the link of an invitation: keys,
passkeys, channels and webhooks that they made would outlast the owner's new password.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from matchmaker.services.people.channel_pause import is_answered_for
from matchmaker.services.repositories import Repositories, Versioned
from matchmaker.services.unit_of_work import UnitOfWork
from matchmaker.store.changes import Change
from matchmaker.store.documents import new_id
from matchmaker.workflow.account import Account, Invitation
from matchmaker.workflow.notification import Notification, NotificationKind


def prove(
    unit: UnitOfWork, repositories: Repositories, account: Account, *, knows_account: bool
) -> Account:
    """The account with its address proved; for `unit` to store.

    One that was not proved before loses its sessions, keys, second factor, passkeys, channels
    and webhooks in the same commit, and its owner is told where there were any but sessions.
    Unless who proves it was signed in or gave its password (`knows_account`), whoever set the
    password may have been somebody else: it ends, too, and so do the invitations they sent.
    """
    if account.is_proved:
        return account
    removals = _removals(repositories, account)
    has_invited = False
    if not knows_account:
        everybodys = repositories.invitations.iterate()
        sent = [stored for stored in everybodys if stored.value.invited_by == account.subject]
        has_invited = bool(sent)
        removals += _withdrawals(repositories, sent)
        account = replace(account, password_hash="")
    unit.add(*removals)
    if removals or has_invited or account.has_second_factor:
        notice = Notification(
            new_id(), account.id, NotificationKind.ACCOUNT_CLEARED, f"account/{account.id}", unit.at
        )
        unit.add(repositories.notifications.put(notice))
        unit.log("account.cleared", account.subject)
    return account.proved()


def _withdrawals(repositories: Repositories, sent: Sequence[Versioned[Invitation]]) -> list[Change]:
    """The end of those of some invitations that nobody took yet."""
    return [
        repositories.invitations.put(
            replace(stored.value, used=True, unmailed=False), stored.version
        )
        for stored in sent
        if not stored.value.used
    ]


def _removals(repositories: Repositories, account: Account) -> list[Change]:
    """The end of keys, channels and webhooks that this account made."""
    changes: list[Change] = [
        repositories.api_keys.put(replace(stored.value, revoked=True), stored.version)
        for stored in repositories.api_keys.iterate("account", account.id)
        if not stored.value.revoked
    ]
    for stored in repositories.channels.iterate():
        if is_answered_for(stored.value, account):
            changes.append(repositories.channels.remove(stored))
            notices = repositories.channel_notices.iterate("channel", stored.value.id)
            changes += map(repositories.channel_notices.remove, notices)
    for membership in account.memberships:
        hooks = repositories.hooks.iterate("organization", membership.organization)
        changes += [
            repositories.hooks.remove(hook) for hook in hooks if hook.value.by == account.id
        ]
    return changes
