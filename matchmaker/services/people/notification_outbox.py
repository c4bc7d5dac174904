"""Notifications and webhook calls that go into the same commit as what they tell of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import UnitOfWork
from matchmaker.store.documents import new_id
from matchmaker.workflow.account import Account
from matchmaker.workflow.notification import Notification, NotificationKind
from matchmaker.workflow.webhook import Delivery


@dataclass(frozen=True, slots=True)
class NotificationOutbox:
    """Adds to a unit of work what others are to be told of it."""

    repositories: Repositories

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
        """A notification to everybody who acts for an organisation, but not to who did it.

        `once` leaves out those who have an unread notification of the same subject and kind.
        """
        accounts = self.repositories.accounts.values("organization", organization_id)
        self.accounts(unit, accounts, kind, subject, facts, once=once)

    def cluster(
        self,
        unit: UnitOfWork,
        cluster_id: str,
        kind: NotificationKind,
        subject: str,
        facts: Mapping[str, str],
    ) -> None:
        """A notification to the coordinators of a cluster."""
        accounts = self.repositories.accounts.values("cluster", cluster_id)
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
        """A notification to each of these people."""
        for account in accounts:
            if not account.active or account.subject == unit.actor:
                continue
            if once and self._is_waiting(account, kind, subject):
                continue
            notification = Notification(new_id(), account.id, kind, subject, unit.at, dict(facts))
            unit.add(self.repositories.notifications.put(notification))

    def call(
        self, unit: UnitOfWork, organizations: Iterable[str], kind: str, facts: Mapping[str, object]
    ) -> None:
        """A call to every webhook of these organisations."""
        for organization in organizations:
            for hook in self.repositories.hooks.values("organization", organization):
                if not hook.active:
                    continue
                event = {"type": kind, "timestamp": unit.at.isoformat(), "data": dict(facts)}
                body = json.dumps(event, ensure_ascii=False, sort_keys=True)
                delivery = Delivery(new_id(), hook.id, body, unit.at)
                unit.add(self.repositories.deliveries.put(delivery))

    def _is_waiting(self, account: Account, kind: NotificationKind, subject: str) -> bool:
        unread = self.repositories.notifications.page(
            "unread", account.id, limit=100, newest_first=True
        )
        return any(
            stored.value.kind is kind and stored.value.subject == subject for stored in unread.rows
        )
