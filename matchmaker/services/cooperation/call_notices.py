"""Notifications of the steps of a call, in the same commit as the step."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.services.cooperation.call_views import CallViews
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.unit_of_work import UnitOfWork
from matchmaker.workflow.account import Account
from matchmaker.workflow.call import Call
from matchmaker.workflow.notification import NotificationKind, name_parameters


@dataclass(frozen=True, slots=True)
class CallNotices:
    """Notices to those who call, by their part, and to those who were invited."""

    views: CallViews
    outbox: NotificationOutbox

    def tell_team(self, unit: UnitOfWork, call: Call, kind: NotificationKind, **facts: str) -> None:
        """To everybody who reads the call among those who make it; of one's answer the latest."""
        is_of_answer = kind is NotificationKind.CALL_ANSWERED

        def reads(account: Account) -> bool:
            return self.views.team_account(call, account) is not None

        for caller in call.callers:
            self.outbox.notify(
                unit, "organization", caller, kind, f"call/{call.id}", facts, wanted=reads,
                once=is_of_answer, anew=is_of_answer,
            )  # fmt: skip

    def tell(
        self,
        unit: UnitOfWork,
        call: Call,
        organization: str,
        kind: NotificationKind,
        *,
        once: bool = False,
        state: str = "",
    ) -> None:
        """To everybody who acts for an invited organisation, and to its webhooks."""
        facts = {
            **name_parameters(self.views.store.organization(call.organization)),
            "time": call.deadline.isoformat(),
            "state": state,
        }
        self.outbox.notify(
            unit, "organization", organization, kind, f"call/{call.id}", facts, once=once
        )
        if kind is NotificationKind.CALL_CORRECTED:
            state = ""  # words of theirs are for people
        if not once:  # a reminder is for people
            payload = {"call": call.id, "organization": organization, "state": state}
            self.outbox.call_webhooks(
                unit, [organization], f"call.{kind.removeprefix('call_')}", payload
            )

    def tell_cluster(self, unit: UnitOfWork, call: Call) -> None:
        """To members of the cluster who want to be told of needs, where it is open to them."""
        facts = {
            **name_parameters(self.views.store.organization(call.organization)),
            "time": call.deadline.isoformat(),
        }

        def wants(account: Account) -> bool:
            return account.preferences.alerts_a_week > 0

        accounts = self.views.repositories.accounts
        members = {
            membership.organization
            for account in accounts.values()
            if account.active and wants(account)
            for membership in account.memberships
        }
        for member in sorted(members):
            if self.views.is_open_to(call, member):
                self.outbox.notify(
                    unit, "organization", member, NotificationKind.CALL_OPENED,
                    f"call/{call.id}", facts, wanted=wants,
                )  # fmt: skip
