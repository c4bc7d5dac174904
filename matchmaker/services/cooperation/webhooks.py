"""Webhooks: registering them, and calling them until they answer or are given up."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import KW_ONLY, dataclass, field, replace
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

import structlog

from matchmaker.access import Principal
from matchmaker.errors import InvalidInput, NotFound, VersionConflict, WrongState
from matchmaker.services.authors import keep_author
from matchmaker.services.cooperation.webhook_call import FAILURES, post, problem_of
from matchmaker.services.cooperation.webhook_lanes import QUICK_SECONDS, CallLane, CallLanes
from matchmaker.services.people.channel_pause import may_answer_for, tell_owners
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.people.second_factors import NO_ANSWER, FactorAnswer, SecondFactors
from matchmaker.services.repositories import Repositories, Versioned
from matchmaker.services.sealing import Sealer
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.store.changes import Change
from matchmaker.store.documents import new_id
from matchmaker.workflow.account import Account, AccountMembership, MembershipRole
from matchmaker.workflow.notification import NotificationKind
from matchmaker.workflow.webhook import (
    RETRIES,
    CallProblem,
    CallResult,
    Delivery,
    Hook,
    checked_url,
    is_listed,
    new_secret,
    signature,
)

log = structlog.get_logger(__name__)
MAX_HOOKS = 10
# A round waits so long for what it called, and until all receivers that are well had their turn.
WAIT_SECONDS, LONGEST_WAIT_SECONDS = 2.0, 5.0
# One receiver's share of a round.
ROUND_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class HookState:
    """A hook with how many calls wait for it, and when the first of them is made."""

    hook: Hook
    waiting: int
    next_call: datetime | None


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Use cases of webhooks. `private_allowed` is for an installation behind its own firewall.

    `hosts`: those that may be called, with what is below them; none named, every public one.
    """

    repositories: Repositories
    outbox: NotificationOutbox
    sealer: Sealer
    second_factors: SecondFactors
    clock: Clock
    _: KW_ONLY
    private_allowed: bool = False
    hosts: tuple[str, ...] = ()
    lanes: CallLanes = field(default_factory=CallLanes)

    def register(
        self,
        principal: Principal,
        organization_id: str,
        url: str,
        password: str | None = None,
        answer: FactorAnswer = NO_ANSWER,
    ) -> Hook:
        """A hook for an organisation; its secret is shown this once.

        Of who signed in it takes the account's `password`, and an answer of the second factor
        that there is: a webhook outlasts a session that somebody took. None is of a key, which
        was made with both. One that is paused goes on; the secret, which its receiver has, is
        shown nobody again, and "" here.
        Raises NotAllowed, InvalidInput for another password, WrongState.
        """
        principal.require_writing()
        principal.require_owner(organization_id)
        if password is not None:
            self._checked(url)  # an answer that counts once is not lost on an address
            self.second_factors.require_own(principal, password, answer)

        def put(unit: UnitOfWork) -> Hook:
            # Of a password that is set anew, which pauses webhooks, and this one is first.
            keep_author(unit, self.repositories, principal)
            checked = self._checked(url)
            hooks = list(self.repositories.hooks.iterate("organization", organization_id))
            for stored in hooks:
                if stored.value.paused and stored.value.url == checked:
                    return self._resume(unit, principal, stored)
            if len(hooks) >= MAX_HOOKS:
                raise WrongState(
                    "There are %(max_hooks)s webhooks already.",
                    mend="Remove one first.",
                    max_hooks=MAX_HOOKS,
                )
            hook = Hook(
                new_id(), organization_id, checked,
                new_secret(), self.clock(), earlier_events=False, by=principal.account,
                key=principal.key,
            )  # fmt: skip
            sealed = replace(hook, secret=self.sealer.seal(hook.secret))
            unit.add(self.repositories.hooks.put(sealed))
            unit.log("webhook.registered", f"hook/{hook.id}", organization=organization_id)
            return hook

        return commit_changes(self.repositories.records, principal, self.clock, put)

    def _resume(self, unit: UnitOfWork, principal: Principal, stored: Versioned[Hook]) -> Hook:
        hook = stored.value.resumed(principal.account, principal.key)
        unit.add(self.repositories.hooks.put(hook, stored.version))
        unit.log("webhook.registered", f"hook/{hook.id}", organization=hook.organization)
        return replace(hook, secret="")

    def listed(self, principal: Principal, organization_id: str) -> tuple[Hook, ...]:
        """The hooks of one's own organisation. Raises NotAllowed."""
        principal.require_owner(organization_id)
        return tuple(self.repositories.hooks.values("organization", organization_id))

    def states(self, principal: Principal, organization_id: str) -> tuple[HookState, ...]:
        """The hooks of one's own organisation and what waits for them. Raises NotAllowed."""
        states = []
        for hook in self.listed(principal, organization_id):
            due = [
                delivery.due for delivery in self.repositories.deliveries.values("hook", hook.id)
            ]
            states.append(HookState(hook, len(due), min(due, default=None)))
        return tuple(states)

    def remove(self, principal: Principal, hook_id: str) -> None:
        """Call this address no more. Raises NotFound for what is not one's own."""
        principal.require_writing()

        def removed(unit: UnitOfWork) -> None:
            keep_author(unit, self.repositories, principal)
            stored = self.repositories.hooks.get_or_none(hook_id)
            may = principal.admin or (stored and stored.value.organization in principal.owned)
            if stored is None or not may:
                raise NotFound("There is no such webhook.")
            unit.add(self.repositories.hooks.remove(stored))
            unit.log("webhook.removed", f"hook/{hook_id}")

        commit_changes(self.repositories.records, principal, self.clock, removed)

    def deliver_due(self) -> int:
        """Make every call that is due; how many were taken.

        Receivers are called side by side, and one that fails waits for the next round with the
        rest. What takes longer than a moment goes on meanwhile; one that was slow or failed last,
        or was never called, holds no place of those that are well.
        """
        now = self.clock()
        due: dict[str, list[Versioned[Delivery]]] = {}
        for stored in self.repositories.deliveries.iterate():
            if stored.value.is_due(now):
                due.setdefault(stored.value.hook, []).append(stored)
        hooks = self.repositories.hooks.many(list(due))
        failures = {id: stored.value.failures for id, stored in hooks.items()}
        for id in sorted(due, key=lambda id: failures.get(id, 0)):
            work = partial(self._deliver_in_turn, due[id])
            self.lanes.add(id, work, _lane_of(hooks[id].value) if id in hooks else CallLane.WELL)
        return self.lanes.wait(WAIT_SECONDS, LONGEST_WAIT_SECONDS)

    def _deliver_in_turn(self, queue: Sequence[Versioned[Delivery]]) -> int:
        """Calls of one receiver, until one is not taken or its time is over."""
        until, taken = time.monotonic() + ROUND_SECONDS, 0
        for stored in queue:
            if not self._deliver(stored):
                break
            taken += 1
            if time.monotonic() >= until:
                break
        return taken

    def _deliver(self, stored: Versioned[Delivery]) -> bool:
        delivery = stored.value
        hook = self.repositories.hooks.get_or_none(delivery.hook)
        if hook is None or not hook.value.active:
            self._commit(self.repositories.deliveries.remove(stored))
            return False
        if hook.value.by and not self._is_answered_for(hook.value):
            self._pause(hook)
            return False
        begun = time.monotonic()
        try:
            result = self._call(hook.value, delivery)
        except WrongState as error:  # the key that reads its secret is lost
            log.error("webhook not called", hook=hook.value.id, error=str(error.message))
            return False
        is_slow = time.monotonic() - begun > QUICK_SECONDS
        taken, now = result.problem is None, self.clock()
        self._note(hook, replace(hook.value.after(now, result), slow=is_slow))
        if taken or delivery.attempts >= len(RETRIES):
            self._commit(self.repositories.deliveries.remove(stored))
        else:
            due = now + RETRIES[delivery.attempts]
            later = replace(delivery, attempts=delivery.attempts + 1, due=due)
            self._commit(self.repositories.deliveries.put(later, stored.version))
        return taken

    def _is_answered_for(self, hook: Hook) -> bool:
        stored = self.repositories.accounts.get_or_none(hook.by)
        return may_answer_for(hook, stored.value if stored else None)

    def _pause(self, hook: Versioned[Hook]) -> None:
        unit = UnitOfWork("system", self.clock())
        unit.add(self.repositories.hooks.put(hook.value.after_takeover(), hook.version))
        tell_owners(unit, self.repositories, hook.value, NotificationKind.WEBHOOK_LEFT)
        with suppress(VersionConflict):  # registered again, or removed: next time
            unit.commit(self.repositories.records)

    def _note(self, hook: Versioned[Hook], after: Hook) -> None:
        """Note the result of a call for its owners; who relied on one that is given up is told."""
        unit = UnitOfWork("system", self.clock())
        unit.add(self.repositories.hooks.put(after, hook.version))
        if not after.active:
            log.warning("webhook given up", hook=after.id)
            facts, owned = {"other": urlsplit(after.url).hostname or ""}, after.organization
            self.outbox.notify(
                unit, "organization", owned, NotificationKind.WEBHOOK_GIVEN_UP,
                f"hook/{after.id}", facts, wanted=lambda account: _owns(account, owned),
            )  # fmt: skip
        with suppress(VersionConflict):  # removed meanwhile
            unit.commit(self.repositories.records)

    def _call(self, hook: Hook, delivery: Delivery) -> CallResult:
        if not is_listed(hook.url, self.hosts):
            log.warning("webhook not called", hook=hook.id, error="its host is not listed")
            return CallResult(CallProblem.NOT_LISTED)
        at = int(self.clock().timestamp())
        secret = self.sealer.unseal(hook.secret)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Matchmaker",
            "webhook-id": delivery.id,
            "webhook-timestamp": str(at),
            "webhook-signature": signature(secret, delivery.id, at, delivery.body),
        }
        try:
            status = post(
                hook.url, delivery.body.encode(), headers, private_allowed=self.private_allowed
            )
        except FAILURES as error:
            log.info("webhook not taken", hook=hook.id, error=type(error).__name__)
            return CallResult(problem_of(error))
        if 200 <= status < 300:
            return CallResult(None, status)
        log.info("webhook not taken", hook=hook.id, status=status)
        return CallResult(CallProblem.STATUS, status)

    def _checked(self, url: str) -> str:
        checked = checked_url(url, private_allowed=self.private_allowed)
        if not is_listed(checked, self.hosts):
            raise InvalidInput(
                "is of a host that this installation does not call.",
                where="url",
                mend="Ask its administrator to list the host.",
            )
        return checked

    def _commit(self, change: Change) -> None:
        try:
            self.repositories.records.commit([change])
        except VersionConflict:
            return  # another worker was faster


def _lane_of(hook: Hook) -> CallLane:
    if hook.failures or hook.slow:
        return CallLane.TROUBLED
    return CallLane.NEW if hook.called is None else CallLane.WELL


def _owns(account: Account, organization_id: str) -> bool:
    return AccountMembership(organization_id, MembershipRole.OWNER) in account.memberships
