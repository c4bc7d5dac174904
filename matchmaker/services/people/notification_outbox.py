"""Notices and webhook calls that go into the same commit as what they tell of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import UnitOfWork
from matchmaker.store.documents import new_id
from matchmaker.workflow.account import Account
from matchmaker.workflow.notification import Notification, NotificationKind
from matchmaker.workflow.webhook import Delivery


class NotificationOutbox:
    """Adds to a draft what others are to be told of it."""

    def __init__(self, repositories: Repositories) -> None:
        self._repositories = repositories

    def organization(
        self,
        unit: UnitOfWork,
        organization_id: str,
        kind: NotificationKind,
        subject: str,
        facts: Mapping[str, str],
        *,
        once: bool = False,
    ) -> None:
        """A notice to everybody who acts for an organisation, but not to who did it.

        `once` leaves out those who have an unread notice of the same subject and kind.
        """
        accounts = self._repositories.accounts.values("organization", organization_id)
        self.accounts(unit, accounts, kind, subject, facts, once=once)

    def cluster(
        self,
        unit: UnitOfWork,
        cluster_id: str,
        kind: NotificationKind,
        subject: str,
        facts: Mapping[str, str],
    ) -> None:
        """A notice to the coordinators of a cluster."""
        accounts = self._repositories.accounts.values("cluster", cluster_id)
        self.accounts(unit, accounts, kind, subject, facts)

    def accounts(
        self,
        unit: UnitOfWork,
        accounts: Iterable[Account],
        kind: NotificationKind,
        subject: str,
        facts: Mapping[str, str],
        *,
        once: bool = False,
    ) -> None:
        """A notice to each of these people."""
        for account in accounts:
            if not account.active or account.subject == unit.actor:
                continue
            if once and self._is_told(account, kind, subject):
                continue
            notice = Notification(new_id(), account.id, kind, subject, unit.at, dict(facts))
            unit.add(self._repositories.notices.put(notice))

    def call(
        self,
        unit: UnitOfWork,
        organizations: Iterable[str],
        kind: str,
        facts: Mapping[str, object],
    ) -> None:
        """A call to every webhook of these organisations."""
        for organization in organizations:
            for hook in self._repositories.hooks.values("organization", organization):
                if not hook.active:
                    continue
                told = {"type": kind, "timestamp": unit.at.isoformat(), "data": dict(facts)}
                body = json.dumps(told, ensure_ascii=False, sort_keys=True)
                delivery = Delivery(new_id(), hook.id, body, unit.at)
                unit.add(self._repositories.deliveries.put(delivery))

    def _is_told(self, account: Account, kind: NotificationKind, subject: str) -> bool:
        unread = self._repositories.notices.page("unread", account.id, limit=100, newest_first=True)
        return any(one.value.kind is kind and one.value.subject == subject for one in unread.rows)
