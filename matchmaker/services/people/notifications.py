"""Notifications: reading them in the application, and a digest of them by mail."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

import structlog

from matchmaker.access import Principal
from matchmaker.errors import InvalidInput, MatchmakerError, NotFound, VersionConflict
from matchmaker.messages import message
from matchmaker.services.people.accounts import Accounts
from matchmaker.services.people.links import Links
from matchmaker.services.repositories import Repositories, Versioned
from matchmaker.services.unit_of_work import Clock
from matchmaker.store.ports import Page
from matchmaker.workflow.account import Account, MailRhythm
from matchmaker.workflow.channel import ChannelNotice
from matchmaker.workflow.elapsed import has_passed
from matchmaker.workflow.notification import OF_CALLERS, SEVERAL, Notification, NotificationKind

log = structlog.get_logger(__name__)
# A digest of the day waits for this; letters "at once" wait a moment for more to come.
DAILY = timedelta(hours=24)
AT_ONCE = timedelta(minutes=1)
MAX_IN_LETTER = 50
UNSUBSCRIBED_WITHIN = timedelta(days=400)
# Whether somebody finds the need or offer of an id; is told who makes the call of an id.
FindsStatement = Callable[[Principal, str], bool]
NamesCaller = Callable[[Principal, str], bool]
Told = TypeVar("Told", Notification, ChannelNotice)


def names_anybody(_reader: Principal, _id: str) -> bool:
    """Where nothing is known of who calls."""
    return True


def named_now(
    told: Told,
    reader: Principal,
    finds_statement: FindsStatement,
    names_caller: NamesCaller = names_anybody,
) -> Told:
    """What somebody is told, without the name of whom they find no more.

    Whoever takes part in something stays named; who only posted a need or a programme, or opened
    a call to a cluster, may have opted out since.
    """
    if told.kind in SEVERAL:
        return told.of_programmes(lambda id: finds_statement(reader, id))
    if told.kind in OF_CALLERS:
        return told if names_caller(reader, told.subject.partition("/")[2]) else told.nameless()
    if told.kind is not NotificationKind.NEED_POSTED:
        return told
    return told if finds_statement(reader, told.facts.get("need", "")) else told.nameless()


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page of notifications, and how many are unread in all."""

    page: Page[Notification]
    unread: int


@dataclass(frozen=True, slots=True)
class Notifications:
    """Use cases of notifications; everyone sees only their own.

    Who opted out since they were told of its need or call is not named to them:
    `finds_statement`, `names_caller`.
    """

    repositories: Repositories
    accounts: Accounts
    links: Links
    clock: Clock
    stop_channel: Callable[[str], None]
    finds_statement: FindsStatement
    names_caller: NamesCaller = names_anybody

    def inbox(self, principal: Principal, after: str = "", limit: int = 50) -> Inbox:
        """One's notifications, newest first. Raises SignInNeeded."""
        account = self.accounts.own_account(principal)
        page = self.repositories.notifications.page(
            "account", account.id, after=after, limit=limit, newest_first=True
        )
        unread = self.repositories.notifications.count("unread", account.id)
        rows = tuple(self.named_now(stored.value, principal) for stored in page.rows)
        return Inbox(Page(rows, page.after), unread)

    def named_now(self, told: Notification, reader: Principal) -> Notification:
        """What somebody is told, without the name of whom they find no more."""
        return named_now(told, reader, self.finds_statement, self.names_caller)

    def mark_read(self, principal: Principal, ids: Iterable[str]) -> None:
        """Raises NotFound for what is not one's own."""
        principal.require_writing()
        account = self.accounts.own_account(principal)
        ids = list(dict.fromkeys(ids))
        stored = self.repositories.notifications.many(ids)
        for id in ids:
            if id not in stored or stored[id].value.account != account.id:
                raise NotFound("You have no notice '%(id)s'.", id=id)
        self._mark(stored.values(), read=True)

    def mark_read_of(self, principal: Principal, subject: str) -> None:
        """Mark read what tells of a thing just opened. A key that only reads changes nothing."""
        if not principal.account or not principal.writes:
            return
        unread = self.repositories.notifications.iterate("unread", principal.account)
        self._mark([each for each in unread if each.value.subject == subject], read=True)

    def mark_all_read(self, principal: Principal) -> None:
        """All of one's own."""
        principal.require_writing()
        account = self.accounts.own_account(principal)
        unread = self.repositories.notifications.iterate("unread", account.id)
        self._mark(list(unread), read=True)

    # -- by mail

    def unsubscribe_token(self, account_id: str) -> str:
        """The token of the link that ends all mail to an account."""
        return self.links.token("unsubscribe", account_id)

    def unsubscribe(self, token: str) -> None:
        """No more mail, or messages to a channel, by the link at the foot. Raises InvalidInput."""
        try:
            account_id = self.links.read("unsubscribe", token, UNSUBSCRIBED_WITHIN)
        except InvalidInput:
            self.stop_channel(token)
            return

        def silence(account: Account) -> Account:
            return replace(account, preferences=replace(account.preferences, mail=MailRhythm.NEVER))

        with suppress(NotFound):  # deleted since
            self.accounts.change(str(account_id), silence, "account.unsubscribed")

    def mail_due(self, is_over: Callable[[], bool] = lambda: False) -> int:
        """Send every digest that is due, until it `is_over`; how many letters were taken.

        A letter is marked as sent after it was: one sent twice is better than none.
        """
        if not self.links.can_mail:
            return 0
        waiting: dict[str, list[Versioned[Notification]]] = {}
        for stored in self.repositories.notifications.iterate("unmailed", "yes"):
            waiting.setdefault(stored.value.account, []).append(stored)
        sent = 0
        for account_id, notifications in waiting.items():
            if is_over():
                break
            reader = self.repositories.accounts.get_or_none(account_id)
            account = reader.value if reader else None
            if not account or not account.active or account.preferences.mail is MailRhythm.NEVER:
                self._mark(notifications, mailed=True)
                continue
            unread = [stored.value for stored in notifications if not stored.value.read]
            wait = AT_ONCE if account.preferences.mail is MailRhythm.AT_ONCE else DAILY
            if unread and not any(has_passed(wait, each.at, self.clock()) for each in unread):
                continue
            try:
                if unread:
                    self._send_digest(account, unread)
                    sent += 1
            except MatchmakerError as error:
                log.warning("digest not sent", account=account_id, error=str(error.message))
                continue
            self._mark(notifications, mailed=True)
        return sent

    # -- the parts

    def _send_digest(self, account: Account, notifications: list[Notification]) -> None:
        unsubscribe = self.links.url("unsubscribe", self.unsubscribe_token(account.id))
        more = len(notifications) - MAX_IN_LETTER
        language = account.preferences.language
        reader = account.principal()
        listed = [self.named_now(item, reader) for item in notifications[:MAX_IN_LETTER]]
        lines = [f"- {item.in_letter().message.text(language)}" for item in listed]
        if more > 0:
            lines.append(message("… and %(more)s more", more=more).text(language))
        read = message("Read them: %(link)s", link=self.links.url("")).text(language)
        end = message("No more mail: %(link)s", link=unsubscribe).text(language)
        one_click = "List-Unsubscribe=One-Click"
        headers = {"List-Unsubscribe": f"<{unsubscribe}>", "List-Unsubscribe-Post": one_click}
        subject = message("Matchmaker: %(count)s new", count=len(notifications))
        text = "\n".join([*lines, "", read, end, ""])
        self.links.mail(account.email, language, subject, text, headers)

    def _mark(
        self,
        notifications: Iterable[Versioned[Notification]],
        *,
        read: bool = False,
        mailed: bool = False,
    ) -> None:
        for stored in notifications:
            before = stored.value
            marked = replace(before, read=before.read or read, mailed=before.mailed or mailed)
            if marked == before:
                continue
            put = self.repositories.notifications.put(marked, stored.version)
            with suppress(VersionConflict):  # by another request; what is left comes again
                self.repositories.records.commit([put])
