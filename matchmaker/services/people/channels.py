"""Channels: entering where notices go besides the inbox, and sending them there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import KW_ONLY, dataclass, field, replace
from datetime import timedelta
from threading import Lock

import structlog

from matchmaker.access import ANONYMOUS, Principal
from matchmaker.errors import InvalidInput, NotFound, TooManyAttempts, VersionConflict, WrongState
from matchmaker.messages import Message, message
from matchmaker.services.authors import keep_author
from matchmaker.services.people.accounts import Accounts
from matchmaker.services.people.channel_call import (
    DEADLINE_SECONDS,
    TRY_SECONDS,
    ChannelMessage,
    call,
    describe,
)
from matchmaker.services.people.channel_pause import may_answer_for, tell_owners
from matchmaker.services.people.links import Links
from matchmaker.services.people.notifications import (
    FindsStatement,
    NamesCaller,
    named_now,
    names_anybody,
)
from matchmaker.services.people.second_factors import NO_ANSWER, FactorAnswer, SecondFactors
from matchmaker.services.repositories import Repositories, Versioned
from matchmaker.services.sealing import Sealer
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.store.documents import new_id
from matchmaker.workflow.account import MailRhythm
from matchmaker.workflow.channel import (
    ChannelNotice,
    Delivered,
    NoticeChannel,
    QuietHours,
    apprise_address,
)
from matchmaker.workflow.notification import NotificationKind

log = structlog.get_logger(__name__)
MAX_CHANNELS = 10
# In a process, of different firms: else one whose channel hangs keeps all others from trying.
TRIED_AT_ONCE = 2
SIDE_BY_SIDE = 4
STOPPED_WITHIN = timedelta(days=400)
# A message is short: the rest is in the inbox.
MAX_LINES = 20


@dataclass(frozen=True, slots=True)
class ChannelContent:
    """The fields entered of a channel; of a cluster's `cluster` is its id."""

    address: str
    cluster: str = ""
    rhythm: MailRhythm = MailRhythm.AT_ONCE
    quiet: QuietHours | None = None


@dataclass(frozen=True, slots=True)
class Channels:
    """Use cases of channels. An account's are its person's, a cluster's its coordinators'.

    `private_allowed` and `hosts` are those of webhooks: the same addresses are called.
    `finds_statement` and `names_caller` are those of notifications.
    """

    repositories: Repositories
    accounts: Accounts
    second_factors: SecondFactors
    links: Links
    sealer: Sealer
    clock: Clock
    finds_statement: FindsStatement
    _: KW_ONLY
    names_caller: NamesCaller = names_anybody
    private_allowed: bool = False
    hosts: tuple[str, ...] = ()
    # Who tries a channel now. They wait for its service: of the threads that serve pages, two.
    _trying: set[str] = field(default_factory=set, init=False, compare=False, repr=False)
    _lock: Lock = field(default_factory=Lock, init=False, compare=False, repr=False)

    def listed(self, principal: Principal, cluster: str = "") -> tuple[NoticeChannel, ...]:
        """One's own, or a cluster's. Raises SignInNeeded, NotAllowed."""
        owner = self._owner(principal, cluster)
        return tuple(self.repositories.channels.values("owner", owner))

    def authors(self, principal: Principal, listed: Iterable[NoticeChannel]) -> dict[str, str]:
        """Names of those who set a cluster's channels up, or changed them last, by channel.

        For its coordinators; without those whose account is gone. Raises NotAllowed.
        """
        of_clusters = [each for each in listed if each.cluster and each.by]
        for each in of_clusters:
            principal.require_coordinator(each.cluster)
        accounts = self.repositories.accounts.many(sorted({each.by for each in of_clusters}))
        return {
            each.id: accounts[each.by].value.name for each in of_clusters if each.by in accounts
        }

    def enter(
        self,
        principal: Principal,
        content: ChannelContent,
        password: str = "",
        answer: FactorAnswer = NO_ANSWER,
    ) -> NoticeChannel:
        """A channel, which gets what happens from now on.

        Asks for the password, and for an answer of the second factor that there is: a channel
        outlasts a session that somebody took. Raises NotAllowed, InvalidInput for a wrong one, or
        for what cannot or may not be called, WrongState.
        """
        principal.require_writing()
        owner = self._owner(principal, content.cluster)
        _check_rhythm(content.rhythm)
        address = apprise_address(content.address)
        described = describe(address, private_allowed=self.private_allowed, hosts=self.hosts)
        account = self.second_factors.require_own(principal, password, answer)

        def entered(unit: UnitOfWork) -> NoticeChannel:
            # Of a password that is set anew and a channel one is first.
            keep_author(unit, self.repositories, principal)
            if len(self.listed(principal, content.cluster)) >= MAX_CHANNELS:
                raise WrongState(
                    "There are %(most)s channels already.",
                    mend="Remove one first.",
                    most=MAX_CHANNELS,
                )
            channel = NoticeChannel(
                new_id(), owner, described.service, described.label, self.sealer.seal(address),
                self.clock(), account.preferences.language, content.rhythm, content.quiet,
                by=account.id,
            )  # fmt: skip
            unit.add(self.repositories.channels.put(channel))
            unit.log(
                "channel.entered", f"channel/{channel.id}", owner=owner, service=channel.service
            )
            return channel

        return commit_changes(self.repositories.records, principal, self.clock, entered)

    def change(
        self, principal: Principal, id: str, rhythm: MailRhythm, quiet: QuietHours | None
    ) -> NoticeChannel:
        """Set when it is sent to; one that was given up or paused is tried again. Raises NotFound.

        Whoever changes a cluster's answers for it from then on.
        """
        principal.require_writing()
        _check_rhythm(rhythm)

        def changed(unit: UnitOfWork) -> NoticeChannel:
            keep_author(unit, self.repositories, principal)
            stored = self._own(principal, id)
            channel = replace(
                stored.value,
                rhythm=rhythm,
                quiet=quiet,
                active=True,
                failures=0,
                retry_at=None,
                problem=None,
                by=principal.account,
            )
            unit.add(self.repositories.channels.put(channel, stored.version))
            unit.log("channel.changed", f"channel/{id}")
            return channel

        return commit_changes(self.repositories.records, principal, self.clock, changed)

    def remove(self, principal: Principal, id: str) -> None:
        """Nothing goes there any more. Raises NotFound for what is not one's own."""
        principal.require_writing()
        self._own(principal, id)
        self._remove(principal.subject, id, "channel.removed")

    def test(self, principal: Principal, id: str) -> Delivered:
        """Send a word, whatever its hours, and wait for TRY_SECONDS at most.

        Raises NotFound, WrongState for a lost key, TooManyAttempts while another is tried.
        """
        principal.require_writing()
        channel = self._own(principal, id).value
        line = message("This channel works: notices of Matchmaker come here.")
        with self._tried_by(principal.counted_as):
            return self._call(
                channel, message("Matchmaker"), [line.text(channel.language)], seconds=TRY_SECONDS
            )

    def stop(self, token: str) -> None:
        """No more of it, by the link at the foot of a message. Raises InvalidInput."""
        id = str(self.links.read("channel", token, STOPPED_WITHIN))
        self._remove("link", id, "channel.stopped")

    def is_stop_link(self, token: str) -> bool:
        """Tell whether a token is that of the link at the foot of a channel's messages."""
        try:
            self.links.read("channel", token, STOPPED_WITHIN)
        except InvalidInput:
            return False
        return True

    # -- by themselves

    def deliver_due(self) -> int:
        """Send what is due to every channel; how many messages were taken.

        A notice goes after its message was taken: one sent twice is better than none. Services
        that took the last one come first: no other waits for those that hang.
        """
        waiting: dict[str, list[Versioned[ChannelNotice]]] = {}
        for stored in self.repositories.channel_notices.iterate():
            waiting.setdefault(stored.value.channel, []).append(stored)
        channels = self.repositories.channels.many(list(waiting))
        for id in waiting.keys() - channels.keys():
            self._drop(waiting[id])
        with ThreadPoolExecutor(SIDE_BY_SIDE, "channel") as threads:
            order = sorted(channels, key=lambda id: (channels[id].value.failures, id))
            return sum(threads.map(lambda id: self._deliver(channels[id], waiting[id]), order))

    # -- the parts

    def _deliver(
        self, stored: Versioned[NoticeChannel], notices: Sequence[Versioned[ChannelNotice]]
    ) -> bool:
        channel, now = stored.value, self.clock()
        if not channel.active:
            self._drop(notices)
            return False
        if channel.cluster and channel.by and not self._is_answered_for(channel):
            unit = UnitOfWork("system", now)
            paused = replace(channel, active=False)
            unit.add(self.repositories.channels.put(paused, stored.version))
            tell_owners(unit, self.repositories, paused, NotificationKind.CHANNEL_PAUSED)
            with suppress(VersionConflict):  # taken over meanwhile: next time
                unit.commit(self.repositories.records)
                self._drop(notices)
            return False
        if not channel.is_due([notice.value for notice in notices], now):
            return False
        unread = self._unread(notices)
        if not unread:
            self._drop(notices)
            return False
        named = self._named(channel, unread)
        lines = [f"- {notice.message.text(channel.language)}" for notice in named]
        title = message("Matchmaker: %(count)s new", count=len(unread))
        try:
            delivered = self._call(channel, title, lines, beyond=len(unread) - len(lines))
        except WrongState as error:  # the key that reads its address is lost
            log.error("channel not called", channel=channel.id, error=str(error.message))
            return False
        taken = delivered is Delivered.SENT
        # What it took to answer counts: after that it rests.
        after = channel.after(self.clock(), delivered)
        if not taken:
            log.info("channel not taken", channel=channel.id, verdict=delivered.value)
        unit = UnitOfWork("system", now)
        unit.add(self.repositories.channels.put(after, stored.version))
        if not after.active:
            log.warning("channel given up", channel=channel.id)
            tell_owners(unit, self.repositories, after, NotificationKind.CHANNEL_GIVEN_UP)
        with suppress(VersionConflict):  # changed or removed meanwhile
            unit.commit(self.repositories.records)
        if taken or not after.active:
            self._drop(notices)
        return taken

    @contextmanager
    def _tried_by(self, whose: str) -> Iterator[None]:
        """A place to try a channel in, of each firm one. Raises TooManyAttempts."""
        with self._lock:
            if whose in self._trying or len(self._trying) >= TRIED_AT_ONCE:
                raise TooManyAttempts(
                    "Another channel is being tried.",
                    mend="Try again in some seconds.",
                    seconds=TRY_SECONDS,
                )
            self._trying.add(whose)
        try:
            yield
        finally:
            with self._lock:
                self._trying.remove(whose)

    def _is_answered_for(self, channel: NoticeChannel) -> bool:
        stored = self.repositories.accounts.get_or_none(channel.by)
        return may_answer_for(channel, stored.value if stored else None)

    def _unread(self, notices: Sequence[Versioned[ChannelNotice]]) -> list[ChannelNotice]:
        """Those that nobody has read in the application meanwhile, in order."""
        ids = [stored.value.notice for stored in notices if stored.value.notice]
        inbox = self.repositories.notifications.many(ids)
        unread = [
            stored.value
            for stored in notices
            if stored.value.notice not in inbox or not inbox[stored.value.notice].value.read
        ]
        return sorted(unread, key=lambda notice: (notice.at, notice.id))

    def _named(
        self, channel: NoticeChannel, unread: Sequence[ChannelNotice]
    ) -> list[ChannelNotice]:
        """As many as a message holds, as they are told now."""
        stored = self.repositories.accounts.get_or_none(channel.owner.removeprefix("account:"))
        reader = stored.value.principal() if stored else ANONYMOUS
        return [
            named_now(notice, reader, self.finds_statement, self.names_caller)
            for notice in unread[:MAX_LINES]
        ]

    def _call(
        self,
        channel: NoticeChannel,
        title: Message,
        lines: Sequence[str],
        beyond: int = 0,
        seconds: float = DEADLINE_SECONDS,
    ) -> Delivered:
        language = channel.language
        stop = self.links.url("unsubscribe", self.links.token("channel", channel.id))
        footer = [
            message("Read them: %(link)s", link=self.links.url("notices")).text(language),
            message("No more of these here: %(link)s", link=stop).text(language),
        ]
        # A signed link fills an SMS; the page of channels stops them, too.
        brief = [message("Stop these: %(link)s", link=self.links.url("channels")).text(language)]
        more = message("… and %(more)s more", more="{count}").text(language)
        sent = ChannelMessage(title.text(language), lines, footer, brief, more, beyond)
        return call(
            self.sealer.unseal(channel.address), sent,
            private_allowed=self.private_allowed, hosts=self.hosts, seconds=seconds,
        )  # fmt: skip

    def _drop(self, notices: Sequence[Versioned[ChannelNotice]]) -> None:
        for stored in notices:
            with suppress(VersionConflict):
                self.repositories.records.commit([self.repositories.channel_notices.remove(stored)])

    def _remove(self, actor: str, id: str, action: str) -> None:
        stored = self.repositories.channels.get_or_none(id)
        if stored is None:
            return  # stopped already
        unit = UnitOfWork(actor, self.clock())
        unit.add(self.repositories.channels.remove(stored))
        for notice in self.repositories.channel_notices.iterate("channel", id):
            unit.add(self.repositories.channel_notices.remove(notice))
        unit.log(action, f"channel/{id}", owner=stored.value.owner)
        unit.commit(self.repositories.records)

    def _owner(self, principal: Principal, cluster: str) -> str:
        if cluster:
            principal.require_coordinator(cluster)
            return f"cluster:{cluster}"
        return f"account:{self.accounts.own_account(principal).id}"

    def _own(self, principal: Principal, id: str) -> Versioned[NoticeChannel]:
        """Raises NotFound for what is not one's own."""
        stored = self.repositories.channels.get_or_none(id)
        if stored is not None:
            channel = stored.value
            is_coordinated = channel.cluster and (
                principal.admin or channel.cluster in principal.clusters
            )
            if is_coordinated or channel.owner == f"account:{principal.account}":
                return stored
        raise NotFound("There is no such channel.")


def _check_rhythm(rhythm: MailRhythm) -> None:
    if rhythm is MailRhythm.NEVER:
        raise InvalidInput("cannot be 'never'.", where="rhythm", mend="Remove the channel instead.")
