"""Channels in both stores: what waits is written with what it tells of, sent once, and stopped."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from matchmaker.access import Principal
from matchmaker.errors import InvalidInput, NotAllowed, NotFound, TooManyAttempts
from matchmaker.services.directory.opted_out import OptedOut
from matchmaker.services.directory.published import PublishedStatements
from matchmaker.services.people import channels as service
from matchmaker.services.people.channel_call import ChannelMessage, Delivered
from matchmaker.services.people.channels import ChannelContent, Channels
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.people.second_factors import FactorAnswer
from matchmaker.services.repositories import Repositories
from matchmaker.services.sealing import Sealer
from matchmaker.services.unit_of_work import UnitOfWork
from matchmaker.store.documents import Store
from matchmaker.workflow.account import Account, AccountMembership, MailRhythm
from matchmaker.workflow.channel import RETRIES, QuietHours, quiet_hours
from matchmaker.workflow.notification import NotificationKind

ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7abc-4bc4"
NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)  # in Shanghai
OWNER = Principal("account:o", account="o", organizations=frozenset({"t:1"}))
COORDINATOR = Principal("account:c", account="c", clusters=frozenset({"c:1"}))


class _Accounts:
    def __init__(self, repositories: Repositories) -> None:
        self.repositories = repositories

    def own_account(self, principal: Principal) -> Account:
        return self.repositories.accounts.get(principal.account).value


class _SecondFactors:
    def __init__(self, accounts: _Accounts) -> None:
        self.accounts = accounts

    def require_own(self, principal: Principal, password: str, answer: FactorAnswer) -> Account:
        del password, answer
        return self.accounts.own_account(principal)


class _Links:
    def token(self, purpose: str, content: object) -> str:
        return f"{purpose}-{content}"

    def read(self, purpose: str, token: str, within: timedelta) -> str:
        del within
        if not token.startswith(f"{purpose}-"):
            raise InvalidInput("is not one of ours.", where="token")
        return token.removeprefix(f"{purpose}-")

    def url(self, page: str, token: str = "") -> str:
        return f"https://m.example/{page}?token={token}"


class Desk:
    """The use cases with a robot that keeps what it gets."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.verdict = NOON, Delivered.SENT
        self.seen: list[tuple[str, ChannelMessage]] = []
        self.repositories = Repositories(lambda: store.documents)
        self.outbox = NotificationOutbox(self.repositories)
        accounts = _Accounts(self.repositories)
        self.use_cases = Channels(
            self.repositories,
            accounts,  # type: ignore[arg-type]
            _SecondFactors(accounts),  # type: ignore[arg-type]
            _Links(),  # type: ignore[arg-type]
            Sealer(lambda: "a long and random key"), lambda: self.now,
            PublishedStatements(store, OptedOut(lambda: store)).finds_statement,
        )  # fmt: skip
        people = (
            Account("o", "o@example.org", "O", NOON, memberships=(AccountMembership("t:1"),)),
            Account("c", "c@example.org", "C", NOON, clusters=("c:1",)),
        )
        store.documents.commit([self.repositories.accounts.put(person) for person in people])

        def called(address: str, message: ChannelMessage, **rules: object) -> Delivered:
            del rules
            self.seen.append((address, message))
            return self.verdict

        monkeypatch.setattr(service, "call", called)

    def tell(self, scope: str = "organization", id: str = "t:1", other: str = "甲厂") -> None:
        unit = UnitOfWork("system", self.now)
        facts = {"other": other}
        kind = NotificationKind.INTRODUCTION_REQUESTED
        self.outbox.notify(unit, scope, id, kind, "introduction/i", facts)  # type: ignore[arg-type]
        unit.commit(self.repositories.records)

    def after(self, **time: float) -> int:
        self.now += timedelta(**time)
        return self.use_cases.deliver_due()


@pytest.fixture
def desk(store: Store, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(store, monkeypatch)


def test_what_happens_goes_there_once_and_the_address_is_sealed(desk: Desk) -> None:
    channel = desk.use_cases.enter(OWNER, ChannelContent(ROBOT))
    body = desk.repositories.records.record("channel", channel.id)
    assert body is not None
    assert "693a91f6" not in body.body
    desk.tell(other="甲厂")
    desk.tell(other="乙厂")
    assert desk.after(seconds=30) == 0  # a moment for more to come
    assert desk.after(seconds=31) == 1
    ((address, message),) = desk.seen
    assert address == ROBOT
    assert message.title == "Matchmaker：2 条新消息"
    assert [line.count("厂") for line in message.lines] == [1, 1]
    assert f"token=channel-{channel.id}" in message.footer[-1]
    assert "https://m.example/channels" in message.brief[-1]
    assert desk.after(days=2) == 0
    # What was read in the application is not sent any more.
    desk.tell()
    unread = max(
        desk.repositories.notifications.iterate("unread", "o"), key=lambda each: each.value.at
    )
    read = desk.repositories.notifications.put(replace(unread.value, read=True), unread.version)
    desk.repositories.records.commit([read])
    assert desk.after(minutes=5) == 0
    assert list(desk.repositories.channel_notices.values()) == []


def test_coordinators_have_one_for_their_cluster_and_others_none_of_theirs(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        desk.use_cases.enter(OWNER, ChannelContent(ROBOT, "c:1"))
    channel = desk.use_cases.enter(COORDINATOR, ChannelContent(ROBOT, "c:1"))
    for act in (desk.use_cases.remove, desk.use_cases.test):
        with pytest.raises(NotFound):
            act(OWNER, channel.id)
    desk.tell("cluster", "c:1")
    assert desk.after(minutes=2) == 1
    desk.tell()  # to a member is none of the cluster's
    assert desk.after(minutes=2) == 0


def test_quiet_hours_and_a_digest_a_day(desk: Desk) -> None:
    """Noon in Shanghai; quiet from 22 to 7, so ten hours and nineteen hours later."""
    quiet = QuietHours(22, 7)
    desk.use_cases.enter(OWNER, ChannelContent(ROBOT, quiet=quiet))
    desk.now += timedelta(hours=9, minutes=59)
    desk.tell()
    assert [desk.after(minutes=2), desk.after(hours=8), desk.after(hours=1)] == [0, 0, 1]
    (channel,) = desk.use_cases.listed(OWNER)
    desk.use_cases.change(OWNER, channel.id, MailRhythm.DAILY, None)
    desk.tell()
    assert [desk.after(hours=23), desk.after(hours=1)] == [0, 1]
    with pytest.raises(InvalidInput):
        desk.use_cases.change(OWNER, channel.id, MailRhythm.NEVER, None)


def test_one_that_does_not_answer_is_tried_again_and_then_given_up(desk: Desk) -> None:
    channel = desk.use_cases.enter(OWNER, ChannelContent(ROBOT))
    desk.tell()
    desk.verdict = Delivered.NOT_SENT
    desk.after(minutes=2)
    desk.after(seconds=30)  # too early
    assert len(desk.seen) == 1
    for pause in RETRIES:
        desk.after(seconds=pause.total_seconds())
    assert len(desk.seen) == 1 + len(RETRIES)
    (given_up,) = desk.use_cases.listed(OWNER)
    assert not given_up.active
    kinds = [each.kind for each in desk.repositories.notifications.values("account", "o")]
    assert kinds.count(NotificationKind.CHANNEL_GIVEN_UP) == 1
    assert list(desk.repositories.channel_notices.values()) == []
    desk.verdict = Delivered.SENT
    desk.use_cases.change(OWNER, channel.id, MailRhythm.AT_ONCE, None)
    desk.tell()
    assert desk.after(minutes=2) == 1


def test_why_a_message_was_not_taken_is_kept_until_one_is(desk: Desk) -> None:
    channel = desk.use_cases.enter(OWNER, ChannelContent(ROBOT))
    desk.tell()
    for verdict, reason in (
        (Delivered.TOO_LATE, "did not answer in time"),
        (Delivered.REFUSED, "does not call such addresses"),
        (Delivered.NOT_SENT, "did not take it"),
    ):
        desk.verdict = verdict
        desk.after(hours=2)
        (failing,) = desk.use_cases.listed(OWNER)
        assert failing.problem is verdict
        assert failing.reason is not None
        assert reason in failing.reason.text("en")
        assert failing.retry_at is not None
        assert failing.retry_at > desk.now
    desk.use_cases.change(OWNER, channel.id, MailRhythm.AT_ONCE, None)
    assert desk.use_cases.listed(OWNER)[0].reason is None
    desk.verdict = Delivered.SENT
    assert desk.after(hours=2) == 1
    assert desk.use_cases.listed(OWNER)[0].reason is None


def test_services_that_took_the_last_message_come_before_those_that_hang(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after the other here; the one that fails was entered first, its id is the smaller."""
    monkeypatch.setattr(service, "SIDE_BY_SIDE", 1)
    for key in ("hangs", "works"):
        desk.use_cases.enter(
            OWNER, ChannelContent(f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={key}")
        )

    def called(address: str, message: ChannelMessage, **rules: object) -> Delivered:
        desk.seen.append((address, message))
        return Delivered.TOO_LATE if "hangs" in address else Delivered.SENT

    monkeypatch.setattr(service, "call", called)
    desk.tell()
    desk.after(minutes=2)
    desk.seen.clear()
    desk.tell()
    desk.after(hours=1)
    assert [address.partition("key=")[2] for address, _ in desk.seen] == ["works", "hangs"]


def test_who_relied_on_a_channel_is_told_in_the_inbox_that_it_was_given_up(desk: Desk) -> None:
    """A cluster's coordinators; its one member, whose notices go elsewhere, is not."""
    desk.use_cases.enter(COORDINATOR, ChannelContent(ROBOT, "c:1"))
    desk.tell("cluster", "c:1")
    desk.verdict = Delivered.REFUSED
    for pause in (timedelta(minutes=2), *RETRIES):
        desk.after(seconds=pause.total_seconds())
    given_up = [
        notice
        for notice in desk.repositories.notifications.values()
        if notice.kind is NotificationKind.CHANNEL_GIVEN_UP
    ]
    assert [notice.account for notice in given_up] == ["c"]
    assert "WeCom Bot (wecombot://…)" in given_up[0].message.text("en")
    assert desk.after(days=3) == 0
    assert list(desk.repositories.channel_notices.values()) == []


def test_a_clusters_channel_ends_with_its_authors_office_until_a_colleague_takes_it_over(
    desk: Desk,
) -> None:
    channel = desk.use_cases.enter(COORDINATOR, ChannelContent(ROBOT, "c:1"))
    accounts = desk.repositories.accounts
    former = accounts.get("c")
    colleague = Account("d", "d@example.org", "D", NOON, clusters=("c:1",))
    changes = [accounts.put(replace(former.value, clusters=()), former.version)]
    desk.repositories.records.commit([*changes, accounts.put(colleague)])
    desk.tell("cluster", "c:1")
    assert desk.after(minutes=2) == 0
    assert desk.seen == []
    paused = [
        notice.account
        for notice in desk.repositories.notifications.values()
        if notice.kind is NotificationKind.CHANNEL_PAUSED
    ]
    assert paused == ["d"]
    successor = Principal("account:d", account="d", clusters=frozenset({"c:1"}))

    def author() -> str:
        listed = desk.use_cases.listed(successor, "c:1")
        return desk.use_cases.authors(successor, listed)[channel.id]

    assert author() == former.value.name
    desk.use_cases.change(successor, channel.id, MailRhythm.AT_ONCE, None)
    assert author() == "D"
    with pytest.raises(NotAllowed):
        desk.use_cases.authors(OWNER, desk.use_cases.listed(successor, "c:1"))
    desk.tell("cluster", "c:1")
    assert desk.after(minutes=2) == 1


def test_whoever_tries_channels_holds_one_thread_and_for_seconds_only(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one firm's hung, tried again and again, nobody else could try theirs."""
    channel = desk.use_cases.enter(OWNER, ChannelContent(ROBOT))
    of_cluster = desk.use_cases.enter(COORDINATOR, ChannelContent(ROBOT, "c:1"))
    waited: list[object] = []

    def slow(address: str, message: ChannelMessage, **rules: object) -> Delivered:
        del address, message
        waited.append(rules["seconds"])
        if len(waited) == 2:  # two at once
            with pytest.raises(TooManyAttempts):
                desk.use_cases.test(OWNER, channel.id)
            return Delivered.SENT
        with pytest.raises(TooManyAttempts):  # itself, meanwhile
            desk.use_cases.test(OWNER, channel.id)
        if len(waited) == 1:  # somebody else
            verdict = desk.use_cases.test(COORDINATOR, of_cluster.id)
            assert verdict is Delivered.SENT
        return Delivered.NOT_SENT

    monkeypatch.setattr(service, "call", slow)
    for _ in range(2):  # one after the other is as well
        assert desk.use_cases.test(OWNER, channel.id) is Delivered.NOT_SENT
    assert waited == [10, 10, 10]


@pytest.mark.parametrize(("begin", "end"), [(22, None), (None, 7), (22, 22)])
def test_half_of_the_quiet_hours_is_not_taken_for_none(begin: int | None, end: int | None) -> None:
    with pytest.raises(InvalidInput):
        quiet_hours(begin, end, "Asia/Shanghai")
    assert quiet_hours(None, None, "Asia/Shanghai") is None
    assert quiet_hours(22, 7, "Asia/Shanghai") == QuietHours(22, 7)


def test_the_link_at_the_foot_stops_it(desk: Desk) -> None:
    channel = desk.use_cases.enter(OWNER, ChannelContent(ROBOT))
    desk.tell()
    with pytest.raises(InvalidInput):
        desk.use_cases.stop("unsubscribe-o")
    desk.use_cases.stop(f"channel-{channel.id}")
    desk.use_cases.stop(f"channel-{channel.id}")  # pressed twice
    assert desk.after(days=1) == 0
    assert desk.use_cases.listed(OWNER) == ()


@pytest.mark.parametrize(
    ("hour", "over"), [(21, None), (22, 7), (23, 7), (0, 7), (6, 7), (7, None), (12, None)]
)
def test_quiet_hours_go_over_midnight(hour: int, over: int | None) -> None:
    now = datetime(2026, 5, 1, 16, tzinfo=UTC) + timedelta(hours=hour)  # midnight in Shanghai
    end = QuietHours(22, 7).over_at(now)
    assert (None if end is None else end.hour) == over
    assert end is None or timedelta(0) < end - now <= timedelta(hours=9)
