"""Channels and webhooks that are paused until somebody looks at them, and who is told of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlsplit

from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import UnitOfWork
from matchmaker.store.documents import new_id
from matchmaker.workflow.account import Account, AccountMembership, MembershipRole
from matchmaker.workflow.channel import NoticeChannel
from matchmaker.workflow.notification import TO_ADMINISTRATORS, Notification, NotificationKind
from matchmaker.workflow.webhook import Hook


def is_answered_for(channel: NoticeChannel, account: Account) -> bool:
    """Tell whether a channel is the account's own, or one that it set up for a cluster."""
    return account.subject == channel.owner or account.id == channel.by


def may_answer_for(entered: NoticeChannel | Hook, account: Account | None) -> bool:
    """Tell whether an account may still read what it has a cluster or an organisation send.

    None: an account that is gone.
    """
    if account is None or not account.active:
        return False
    if isinstance(entered, Hook):
        return account.admin or _ownership(entered) in account.memberships
    return account.admin or entered.cluster in account.clusters


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
            tell_owners(unit, repositories, hook.value, NotificationKind.WEBHOOK_PAUSED)


def pause_left(
    unit: UnitOfWork, repositories: Repositories, id: str, after: Account | None
) -> None:
    """Pause what an account set up and may not read any more; whoever is left in charge is told.

    `after` is the account as it will be, None where it goes. Its own channels are not among it.
    """
    for stored in repositories.channels.iterate():
        channel = stored.value
        if not (channel.active and channel.cluster and channel.by == id):
            continue
        if not may_answer_for(channel, after):
            paused = replace(channel, active=False)
            unit.add(repositories.channels.put(paused, stored.version))
            tell_owners(unit, repositories, paused, NotificationKind.CHANNEL_PAUSED, but=id)
    for hook in repositories.hooks.iterate():
        if hook.value.active and hook.value.by == id and not may_answer_for(hook.value, after):
            unit.add(repositories.hooks.put(hook.value.after_takeover(), hook.version))
            kind = NotificationKind.WEBHOOK_LEFT
            tell_owners(unit, repositories, hook.value, kind, but=id)


def tell_owners(
    unit: UnitOfWork,
    repositories: Repositories,
    entered: NoticeChannel | Hook,
    told: NotificationKind,
    but: str = "",
) -> None:
    """That it has ended, in their inboxes: whoever relied on it would wait in vain.

    Administrators are told of what nobody is left in charge of; `but` an account that goes.
    """
    accounts = repositories.accounts
    charged: Iterable[Account]
    if isinstance(entered, Hook):
        subject, other = f"hook/{entered.id}", urlsplit(entered.url).hostname or ""
        people = accounts.values("organization", entered.organization)
        charged = (account for account in people if _ownership(entered) in account.memberships)
        told_for = f"organization/{entered.organization}"
    else:
        subject, other = f"channel/{entered.id}", f"{entered.service} ({entered.label})"
        told_for = f"cluster/{entered.cluster}" if entered.cluster else ""
        own = accounts.many([entered.owner.partition(":")[2]]).values()
        is_own = not entered.cluster
        charged = (
            (stored.value for stored in own)
            if is_own
            else accounts.values("cluster", entered.cluster)
        )
    left = [account.id for account in charged if account.active and account.id != but]
    if not left:
        admins = accounts.values("admin", "yes")
        left = [account.id for account in admins if account.active and account.id != but]
        told_for = TO_ADMINISTRATORS
    for id in left:
        facts = {"other": other}
        notice = Notification(new_id(), id, told, subject, unit.at, facts, told_for=told_for)
        unit.add(repositories.notifications.put(notice))


def _ownership(hook: Hook) -> AccountMembership:
    return AccountMembership(hook.organization, MembershipRole.OWNER)
