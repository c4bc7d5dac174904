"""Channels and webhooks that are paused until somebody looks at them, and who is told of it."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import UnitOfWork
from matchmaker.store.documents import new_id
from matchmaker.workflow.account import Account, AccountMembership, MembershipRole
from matchmaker.workflow.channel import NoticeChannel
from matchmaker.workflow.notification import Notification, NotificationKind
from matchmaker.workflow.webhook import Hook


def is_answered_for(channel: NoticeChannel, account: Account) -> bool:
    """Tell whether a channel is the account's own, or one that it set up for a cluster."""
    return account.subject == channel.owner or account.id == channel.by


def pause_all(unit: UnitOfWork, repositories: Repositories, account: Account) -> None:
    """Pause what an account answers for: somebody else may have had its password or a session.

    That is its channels, and the webhooks that it registered: they outlast both. Whoever they are
    for is told, in the inbox.
    """
    for stored in repositories.channels.iterate():
        if stored.value.active and is_answered_for(stored.value, account):
            paused = replace(stored.value, active=False, failures=0, retry_at=None, problem=None)
            unit.add(repositories.channels.put(paused, stored.version))
            kind = NotificationKind.CHANNEL_PAUSED_AT_RESET
            tell_owners(unit, repositories, paused, kind)
    for hook in repositories.hooks.iterate():
        if hook.value.active and hook.value.by == account.id:
            unit.add(repositories.hooks.put(hook.value.after_takeover(), hook.version))
            _tell_of_hook(unit, repositories, hook.value)


def _tell_of_hook(unit: UnitOfWork, repositories: Repositories, hook: Hook) -> None:
    ownership = AccountMembership(hook.organization, MembershipRole.OWNER)
    facts = {"other": urlsplit(hook.url).hostname or ""}
    for owner in repositories.accounts.values("organization", hook.organization):
        if owner.active and ownership in owner.memberships:
            notice = Notification(
                new_id(),
                owner.id,
                NotificationKind.WEBHOOK_PAUSED,
                f"hook/{hook.id}",
                unit.at,
                facts,
            )
            unit.add(repositories.notifications.put(notice))


def tell_owners(
    unit: UnitOfWork, repositories: Repositories, channel: NoticeChannel, told: NotificationKind
) -> None:
    """That it has ended, in their inboxes: whoever relied on it would wait in vain."""
    kind, _, id = channel.owner.partition(":")
    accounts = repositories.accounts
    own = (stored.value for stored in accounts.many([id]).values())
    facts = {"other": f"{channel.service} ({channel.label})"}
    for owner in accounts.values("cluster", id) if kind == "cluster" else own:
        if owner.active:
            notice = Notification(new_id(), owner.id, told, f"channel/{channel.id}", unit.at, facts)
            unit.add(repositories.notifications.put(notice))
