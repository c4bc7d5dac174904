"""Notifications and webhook calls that go into the same commit as what they tell of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from matchmaker.services.repositories import Repositories, told_key
from matchmaker.services.unit_of_work import UnitOfWork
from matchmaker.store.documents import new_id
from matchmaker.workflow.account import Account
from matchmaker.workflow.channel import ChannelNotice
from matchmaker.workflow.notification import Notification, NotificationKind
from matchmaker.workflow.webhook import Delivery


@dataclass(frozen=True, slots=True)
class NotificationOutbox:
    """Adds to a unit of work what others are to be told of it."""

    repositories: Repositories

    def notify(
        self,
        unit: UnitOfWork,
        scope: Literal["organization", "cluster"],
        id: str,
        kind: NotificationKind,
        subject: str,
        facts: Mapping[str, str],
        *,
        once: bool = False,
        anew: bool = False,
        wanted: Callable[[Account], bool] = lambda _: True,
    ) -> None:
        """A notification to everybody who acts for an organisation, or coordinates a cluster.

        But not to who did it. `once` leaves out those who have an unread notification of
        the same subject and kind about the same one, and channels of a cluster where nobody is
        left; with `anew` that one says these facts from now on. `wanted` leaves out those for whom
        it is False.
        """
        waiting, told = 0, 0
        for account in self.repositories.accounts.values(scope, id):
            if not account.active or account.subject == unit.actor or not wanted(account):
                continue
            notification = Notification(
                new_id(), account.id, kind, subject, unit.at, dict(facts),
                told_for=f"{scope}/{id}",
            )  # fmt: skip
            if once and self.repositories.notifications.count("told", told_key(notification)):
                waiting += 1
                if anew:
                    self._say_anew(unit, notification)
                continue
            told += 1
            unit.add(self.repositories.notifications.put(notification))
            self._to_channels(unit, f"account:{account.id}", notification, notification.id)
        if scope == "cluster" and (told or not waiting):
            for_cluster = Notification(new_id(), "", kind, subject, unit.at, dict(facts))
            self._to_channels(unit, f"cluster:{id}", for_cluster)

    def _say_anew(self, unit: UnitOfWork, told: Notification) -> None:
        page = self.repositories.notifications.page("told", told_key(told), limit=1)
        for stored in page.rows:
            after = replace(stored.value, facts=told.facts)
            if after != stored.value:
                unit.add(self.repositories.notifications.put(after, stored.version))

    def _to_channels(
        self, unit: UnitOfWork, owner: str, told: Notification, notice: str = ""
    ) -> None:
        for channel in self.repositories.channels.values("owner", owner):
            if channel.active:
                copy = ChannelNotice(
                    new_id(), channel.id, told.kind, told.subject, told.at, told.facts, notice
                )
                unit.add(self.repositories.channel_notices.put(copy))

    def call_webhooks(
        self,
        unit: UnitOfWork,
        organizations: Iterable[str],
        event: str,
        facts: Mapping[str, object],
    ) -> None:
        """Add a call to every active webhook of these organisations to `unit`."""
        for organization in organizations:
            for hook in self.repositories.hooks.values("organization", organization):
                if not hook.active:
                    continue
                content = {
                    "type": hook.event_name(event),
                    "timestamp": unit.at.isoformat(),
                    "data": dict(facts),
                }
                body = json.dumps(content, ensure_ascii=False, sort_keys=True)
                delivery = Delivery(new_id(), hook.id, body, unit.at)
                unit.add(self.repositories.deliveries.put(delivery))
