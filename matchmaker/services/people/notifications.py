"""Notices: reading them in the application, and a digest of them by mail."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

import structlog

from matchmaker.access import Principal
from matchmaker.errors import MatchmakerError, NotFound, VersionConflict
from matchmaker.services.people.accounts import Accounts, Invited
from matchmaker.services.repositories import Repositories, Versioned
from matchmaker.services.unit_of_work import Clock
from matchmaker.store.ports import Page
from matchmaker.workflow.account import Account, MailRhythm
from matchmaker.workflow.notification import Notification

log = structlog.get_logger(__name__)
# A digest of the day waits for this; letters "at once" wait a moment for more to come.
DAILY = timedelta(hours=24)
AT_ONCE = timedelta(minutes=1)
MAX_IN_LETTER = 50


class Letters(Protocol):
    """What sends mail."""

    @property
    def is_set_up(self) -> bool: ...

    def send(
        self, to: str, subject: str, text: str, headers: dict[str, str] | None = None
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page of notices, and how many are unread in all."""

    page: Page[Notification]
    unread: int


class Notifications:
    """Use cases of notices; everyone sees only their own."""

    def __init__(
        self,
        repositories: Repositories,
        accounts: Accounts,
        letters: Letters,
        public_url: Callable[[], str],
        clock: Clock,
    ) -> None:
        self._repositories = repositories
        self._accounts = accounts
        self._letters = letters
        self._public_url = public_url
        self._clock = clock

    def inbox(self, principal: Principal, after: str = "", limit: int = 50) -> Inbox:
        """One's notices, newest first. Raises SignInNeeded."""
        account = self._accounts.own(principal)
        page = self._repositories.notices.page(
            "account", account.id, after=after, limit=limit, newest_first=True
        )
        unread = self._repositories.notices.count("unread", account.id)
        return Inbox(Page(tuple(one.value for one in page.rows), page.after), unread)

    def mark_read(self, principal: Principal, ids: Iterable[str]) -> None:
        """Raises NotFound for what is not one's own."""
        principal.require_writing()
        account = self._accounts.own(principal)
        wanted = list(dict.fromkeys(ids))
        found = self._repositories.notices.many(wanted)
        for id in wanted:
            if id not in found or found[id].value.account != account.id:
                raise NotFound("You have no notice '%(id)s'.", id=id)
        self._mark(found.values(), read=True)

    def mark_all_read(self, principal: Principal) -> None:
        """All of one's own."""
        principal.require_writing()
        account = self._accounts.own(principal)
        self._mark(list(self._repositories.notices.iterate("unread", account.id)), read=True)

    # -- by mail

    def mail_due(self) -> int:
        """Send every digest that is due; how many letters were taken.

        A letter is marked as sent after it was: one sent twice is better than none.
        """
        if not self._letters.is_set_up:
            return 0
        waiting: dict[str, list[Versioned[Notification]]] = {}
        for stored in self._repositories.notices.iterate("unmailed", "yes"):
            waiting.setdefault(stored.value.account, []).append(stored)
        sent = 0
        for account_id, notices in waiting.items():
            found = self._repositories.accounts.get_or_none(account_id)
            if found is None or not found.value.active or _is_silent(found.value):
                self._mark(notices, mailed=True)
                continue
            unread = [one for one in notices if not one.value.read]
            wait = AT_ONCE if found.value.preferences.mail is MailRhythm.AT_ONCE else DAILY
            oldest = min((one.value.at for one in unread), default=None)
            if oldest is not None and self._clock() - oldest < wait:
                continue
            try:
                if unread:
                    self._send_digest(found.value, [one.value for one in unread])
                    sent += 1
            except MatchmakerError as error:
                log.warning("digest not sent", account=account_id, error=str(error.message))
                continue
            self._mark(notices, mailed=True)
        return sent

    def send_invitation(self, invited: Invited) -> bool:
        """The link of an invitation, by mail; False without a mail server."""
        link = f"{self._public_url()}/invitation?token={invited.token}"
        if invited.invitation.language == "zh":
            subject, text = "邀请您加入 Matchmaker", f"请在 14 天内打开链接，设置密码：\n\n{link}\n"
        else:
            subject = "You are invited to Matchmaker"
            text = f"Open this link within 14 days to set a password:\n\n{link}\n"
        return self._sent(invited.invitation.email, subject, text)

    def send_reset(self, email: str) -> bool:
        """A link for a new password, if there is such an account; False without a mail server."""
        found = self._accounts.reset_token(email)
        if found is None:
            return self._letters.is_set_up
        account, token = found
        link = f"{self._public_url()}/reset?token={token}"
        if account.preferences.language == "zh":
            subject = "重设密码"
            text = f"请在一小时内打开链接设置新密码；若非本人操作，请忽略：\n\n{link}\n"
        else:
            subject = "A new password"
            text = f"Open this link within an hour; if it was not you, ignore it:\n\n{link}\n"
        return self._sent(account.email, subject, text)

    # -- the parts

    def _sent(self, to: str, subject: str, text: str) -> bool:
        if not self._letters.is_set_up:
            return False
        self._letters.send(to, subject, text)
        return True

    def _send_digest(self, account: Account, notices: list[Notification]) -> None:
        language = account.preferences.language
        base = self._public_url()
        leaving = f"{base}/unsubscribe?token={self._accounts.unsubscribe_token(account.id)}"
        lines = [f"- {one.text(language)}" for one in notices[:MAX_IN_LETTER]]
        more = len(notices) - len(lines)
        if language == "zh":
            subject = f"Matchmaker：{len(notices)} 条新消息"
            lines += [f"……另有 {more} 条"] if more else []
            tail = f"查看：{base}/\n退订邮件：{leaving}\n"
        else:
            subject = f"Matchmaker: {len(notices)} new"
            lines += [f"… and {more} more"] if more else []
            tail = f"Read them: {base}/\nNo more mail: {leaving}\n"
        headers = {
            "List-Unsubscribe": f"<{leaving}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
        self._letters.send(account.email, subject, "\n".join([*lines, "", tail]), headers)

    def _mark(
        self,
        notices: Iterable[Versioned[Notification]],
        *,
        read: bool = False,
        mailed: bool = False,
    ) -> None:
        for stored in notices:
            one = stored.value
            changed = replace(one, read=one.read or read, mailed=one.mailed or mailed)
            if changed == one:
                continue
            try:
                self._repositories.records.commit(
                    [self._repositories.notices.put(changed, stored.version)]
                )
            except VersionConflict:
                continue  # marked by another request; what is left comes again


def _is_silent(account: Account) -> bool:
    return account.preferences.mail is MailRhythm.NEVER
