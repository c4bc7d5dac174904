"""Notices and webhook calls that go into the same commit as what they tell of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from matchmaker.services.repositories import Draft, Shelves
from matchmaker.store.documents import new_id
from matchmaker.workflow.account import Account
from matchmaker.workflow.notification import Notice, NoticeKind
from matchmaker.workflow.webhook import Delivery


class Telling:
    """Adds to a draft what others are to be told of it."""

    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves

    def organization(
        self,
        draft: Draft,
        organization_id: str,
        kind: NoticeKind,
        subject: str,
        facts: Mapping[str, str],
        *,
        once: bool = False,
    ) -> None:
        """A notice to everybody who acts for an organisation, but not to who did it.

        `once` leaves out those who have an unread notice of the same subject and kind.
        """
        accounts = self._shelves.accounts.values("organization", organization_id)
        self.accounts(draft, accounts, kind, subject, facts, once=once)

    def cluster(
        self,
        draft: Draft,
        cluster_id: str,
        kind: NoticeKind,
        subject: str,
        facts: Mapping[str, str],
    ) -> None:
        """A notice to the coordinators of a cluster."""
        accounts = self._shelves.accounts.values("cluster", cluster_id)
        self.accounts(draft, accounts, kind, subject, facts)

    def accounts(
        self,
        draft: Draft,
        accounts: Iterable[Account],
        kind: NoticeKind,
        subject: str,
        facts: Mapping[str, str],
        *,
        once: bool = False,
    ) -> None:
        """A notice to each of these people."""
        for account in accounts:
            if not account.active or account.subject == draft.actor:
                continue
            if once and self._is_told(account, kind, subject):
                continue
            notice = Notice(new_id(), account.id, kind, subject, draft.at, dict(facts))
            draft.add(self._shelves.notices.put(notice))

    def call(
        self, draft: Draft, organizations: Iterable[str], kind: str, facts: Mapping[str, object]
    ) -> None:
        """A call to every webhook of these organisations."""
        for organization in organizations:
            for hook in self._shelves.hooks.values("organization", organization):
                if not hook.active:
                    continue
                told = {"type": kind, "timestamp": draft.at.isoformat(), "data": dict(facts)}
                body = json.dumps(told, ensure_ascii=False, sort_keys=True)
                delivery = Delivery(new_id(), hook.id, body, draft.at)
                draft.add(self._shelves.deliveries.put(delivery))

    def _is_told(self, account: Account, kind: NoticeKind, subject: str) -> bool:
        unread = self._shelves.notices.page("unread", account.id, limit=100, newest_first=True)
        return any(one.value.kind is kind and one.value.subject == subject for one in unread.rows)
