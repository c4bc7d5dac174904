"""Sessions kept on the server: begun, looked up, listed and ended."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from matchmaker.access import Principal
from matchmaker.errors import NotFound, StorageFull, StoreUnavailable, VersionConflict
from matchmaker.services.authors import keep_author
from matchmaker.services.people.accounts import Accounts
from matchmaker.services.people.channel_pause import pause_all
from matchmaker.services.people.operator_key import key_digest
from matchmaker.services.repositories import Repositories, Versioned
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes, retry_on_conflict
from matchmaker.workflow.account import Account
from matchmaker.workflow.elapsed import has_passed
from matchmaker.workflow.session import FORGOTTEN_AFTER, MAX_AGENT, Session, SignInOrigin

# A session's last use is noted at most this often: not a write for every request.
NOTED_EVERY = timedelta(minutes=5)
# However much it is used, a session ends after so long, or after `keep` where that is longer.
LONGEST = timedelta(days=7)
# The oldest of more than these ends.
MAX_SESSIONS = 50
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sessions:
    """Use cases of sessions; each ends by itself when `keep` has passed without a request,
    or LONGEST since it began."""

    repositories: Repositories
    accounts: Accounts
    clock: Clock
    keep: timedelta

    def begin(self, account: Account, origin: SignInOrigin) -> str:
        """A new session of the account; the secret that its cookie is to hold."""
        secret, now = secrets.token_urlsafe(32), self.clock()
        log.info("signed in", subject=account.subject, address=origin.address)
        session = Session(
            key_digest(secret), account.id, account.epoch, now, now, origin.address,
            origin.agent[:MAX_AGENT],
        )  # fmt: skip
        unit = UnitOfWork(account.subject, now)
        others = sorted(self._of(account.id), key=lambda stored: stored.value.last_used)
        outdated = [stored for stored in others if self._is_over(stored.value, account)]
        kept = [stored for stored in others if stored not in outdated]
        for stored in (*outdated, *kept[: max(0, len(kept) - MAX_SESSIONS + 1)]):
            unit.add(self.repositories.sessions.remove(stored))
        unit.add(self.repositories.sessions.put(session))
        with suppress(VersionConflict):  # one of the outdated ended meanwhile
            unit.commit(self.repositories.records)
            return secret
        self.repositories.records.commit([self.repositories.sessions.put(session)])
        return secret

    def account_of(self, secret: str) -> Account | None:
        """The account of a session; None when it has ended or the account is closed."""
        stored = self.repositories.sessions.get_or_none(key_digest(secret))
        if stored is None:
            return None
        owner = self.repositories.accounts.get_or_none(stored.value.account)
        if owner is None or self._is_over(stored.value, owner.value):
            return None
        self._note_use(stored)
        return owner.value

    def own_sessions(self, principal: Principal) -> tuple[Session, ...]:
        """One's own that have not ended, the latest used first. Raises SignInNeeded."""
        account = self.accounts.own_account(principal)
        sessions = [stored.value for stored in self._of(account.id)]
        lasting = [session for session in sessions if not self._is_over(session, account)]
        return tuple(sorted(lasting, key=lambda session: session.last_used, reverse=True))

    def id_of(self, secret: str) -> str:
        """The id of the session that has this secret."""
        return key_digest(secret)

    def is_current(self, session: Session, secret: str) -> bool:
        """Tell whether the secret is this session's."""
        return secrets.compare_digest(session.id, self.id_of(secret))

    def end(self, principal: Principal, id: str, password: str) -> None:
        """End a session of one's own. Raises NotFound, InvalidInput for a wrong password."""
        principal.require_writing()
        account = self.accounts.own_account(principal)
        self.accounts.require_password(principal, account, password)

        def remove(unit: UnitOfWork) -> None:
            keep_author(unit, self.repositories, principal)
            stored = self.repositories.sessions.get_or_none(id)
            if stored is None or stored.value.account != account.id:
                raise NotFound("There is no such session.")
            unit.add(self.repositories.sessions.remove(stored))
            unit.log("session.ended", account.subject)

        commit_changes(self.repositories.records, principal, self.clock, remove)

    def end_all(self, principal: Principal, password: str) -> None:
        """End every session of one's own, and pause its channels and webhooks; keys go on.

        Raises InvalidInput for a wrong password.
        """
        principal.require_writing()
        account = self.accounts.own_account(principal)
        self.accounts.require_password(principal, account, password)

        def remove(unit: UnitOfWork) -> None:
            keep_author(unit, self.repositories, principal)
            for stored in self._of(account.id):
                unit.add(self.repositories.sessions.remove(stored))
            pause_all(unit, self.repositories, account)
            unit.log("account.signed_out", account.subject)

        commit_changes(self.repositories.records, principal, self.clock, remove)

    def sign_out(self, secret: str) -> None:
        """End the session of this secret, if there still is one."""

        def remove() -> None:
            stored = self.repositories.sessions.get_or_none(self.id_of(secret))
            if stored is not None:
                self.repositories.records.commit([self.repositories.sessions.remove(stored)])

        retry_on_conflict(remove)  # what it sent a moment ago may be written now

    def forget_old(self) -> int:
        """Remove sessions that are over, and failed attempts of days ago; how many.

        So go those that began, or failed, by a clock that was ahead: they would last for as long.
        """
        now = self.clock()
        old = [
            self.repositories.sessions.remove(stored)
            for stored in self.repositories.sessions.iterate()
            if self._is_outdated(stored.value) or stored.value.created - now > self.keep
        ]
        old += [
            self.repositories.sign_in_attempts.remove(stored)
            for stored in self.repositories.sign_in_attempts.iterate()
            if has_passed(FORGOTTEN_AFTER, stored.value.last, now)
        ]
        removed = 0
        for change in old:
            with suppress(VersionConflict):  # used meanwhile
                self.repositories.records.commit([change])
                removed += 1
        return removed

    # -- the parts

    def _of(self, account_id: str) -> list[Versioned[Session]]:
        return list(self.repositories.sessions.iterate("account", account_id))

    def _is_over(self, session: Session, account: Account) -> bool:
        is_ended = not account.active or session.epoch != account.epoch
        return is_ended or self._is_outdated(session)

    def _is_outdated(self, session: Session) -> bool:
        now = self.clock()
        is_unused = now - session.last_used > self.keep
        return is_unused or now - session.created > max(self.keep, LONGEST)

    def _note_use(self, stored: Versioned[Session]) -> None:
        now = self.clock()
        if now - stored.value.last_used < NOTED_EVERY:
            return
        used = self.repositories.sessions.put(replace(stored.value, last_used=now), stored.version)
        # Another request noted it, or nothing can be written just now: who reads goes on reading.
        with suppress(VersionConflict, StorageFull, StoreUnavailable):
            self.repositories.records.commit([used])
