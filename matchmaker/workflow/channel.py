"""Channels: robots, chats, SMS gateways and further mail that notices go to, and when they may."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from matchmaker.errors import InvalidInput
from matchmaker.messages import Message, message
from matchmaker.regex import regex
from matchmaker.workflow.account import MailRhythm
from matchmaker.workflow.checks import check_range
from matchmaker.workflow.elapsed import has_passed, is_reached
from matchmaker.workflow.notification import Notification, NotificationKind, without_names
from matchmaker.workflow.programme_alerts import facts_of_found

# A channel that does not answer is tried again after these, then given up: some two days.
RETRIES = tuple(
    timedelta(seconds=seconds) for seconds in (60, 300, 1_800, 7_200, 21_600, 43_200, 86_400)
)
DAILY = timedelta(hours=24)
# What comes at once waits a moment for more to come.
AT_ONCE = timedelta(minutes=1)
MAX_ADDRESS = 2_000
DEFAULT_ZONE = "Asia/Shanghai"
# As people copy them from the robot's page; apprise knows the others by itself.
_NATIVE = (
    ("oapi.dingtalk.com", regex(r"/robot/send"), "access_token", "dingtalk"),
    ("open.feishu.cn", regex(r"/open-apis/bot/v2/hook/([\w-]+)"), "", "feishu"),
    ("open.larksuite.com", regex(r"/open-apis/bot/v2/hook/([\w-]+)"), "", "lark"),
)


class Delivered(StrEnum):
    """The fate of a message that was sent."""

    SENT = "sent"
    NOT_SENT = "not_sent"
    TOO_LATE = "too_late"
    REFUSED = "refused"


DELIVERED_TEXTS = {
    Delivered.SENT: message("Sent; look whether it has come."),
    Delivered.NOT_SENT: message("The service did not take it. Is the address still good?"),
    Delivered.TOO_LATE: message("The service did not answer in time."),
    Delivered.REFUSED: message("This installation does not call such addresses."),
}


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Hours, by the clock of a time zone, in which nothing is sent; over midnight, too."""

    begin: int
    end: int
    zone: str = DEFAULT_ZONE

    def __post_init__(self) -> None:
        check_range("quiet_from", self.begin, 0, 23)
        check_range("quiet_until", self.end, 0, 23)
        try:
            ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError):
            raise InvalidInput(
                "'%(zone)s' is no time zone.", where="zone", mend="For instance Europe/Berlin.",
                zone=self.zone[:100],
            ) from None  # fmt: skip

    def over_at(self, now: datetime) -> datetime | None:
        """The end of quiet hours that `now` falls in; None where it falls in none."""
        local = now.astimezone(ZoneInfo(self.zone))
        if self.begin == self.end:
            return None
        within = (
            self.begin <= local.hour < self.end
            if self.begin < self.end
            else local.hour >= self.begin or local.hour < self.end
        )
        if not within:
            return None
        day = local.date() + timedelta(days=int(local.hour >= self.end))
        return datetime.combine(day, time(self.end), local.tzinfo)


# What a mark begins with: of a mention, a tag, or the address of a link.
_MARKS = regex(r"[@＠<]|\](?=\()")


def quiet_hours(begin: int | None, end: int | None, zone: str) -> QuietHours | None:
    """Quiet hours as they are entered: both, or None for none.

    Raises InvalidInput where one is missing, or both are the same hour.
    """
    if begin is None and end is None:
        return None
    if begin is None or end is None:
        raise InvalidInput(
            "is missing: quiet hours have a beginning and an end.",
            where="quiet_from" if begin is None else "quiet_until",
            mend="Give both hours, or neither.",
        )
    if begin == end:
        raise InvalidInput(
            "is the hour at which they begin.", where="quiet_until",
            mend="Give different hours, or neither for no quiet hours.",
        )  # fmt: skip
    return QuietHours(begin, end, zone)


@dataclass(frozen=True, slots=True)
class NoticeChannel:
    """A channel for notices besides the inbox, of an account or for a cluster's coordinators.

    `owner` is `account:ID` or `cluster:ID`. `address` is sealed: it holds secrets; `label` shows
    what may be shown of it; `by` is the account that answers for it. After `failures` in a row,
    the last for `problem`, it is tried again at `retry_at`.
    """

    id: str
    owner: str
    service: str
    label: str
    address: str
    created: datetime
    language: str = "zh"
    rhythm: MailRhythm = MailRhythm.AT_ONCE
    quiet: QuietHours | None = None
    active: bool = True
    failures: int = 0
    retry_at: datetime | None = None
    sent: datetime | None = None
    by: str = ""
    problem: Delivered | None = None

    @property
    def cluster(self) -> str:
        """The cluster whose coordinators it is for; "" of an account's."""
        kind, _, id = self.owner.partition(":")
        return id if kind == "cluster" else ""

    def is_due(self, waiting: Sequence[ChannelNotice], now: datetime) -> bool:
        """Tell whether what waits is sent now: by rhythm, outside of quiet hours, after a pause."""
        if not waiting:
            return False
        if self.retry_at is not None and not is_reached(self.retry_at, RETRIES[-1], now):
            return False
        if self.quiet is not None and self.quiet.over_at(now):
            return False
        pause = DAILY if self.rhythm is MailRhythm.DAILY else AT_ONCE
        return any(has_passed(pause, notice.at, now) for notice in waiting)

    @property
    def reason(self) -> Message | None:
        """The reason why the last message was not taken."""
        return None if self.problem is None else DELIVERED_TEXTS[self.problem]

    def after(self, now: datetime, delivered: Delivered) -> NoticeChannel:
        """After a message was taken, or not; it is given up where it was not too often."""
        if delivered is Delivered.SENT:
            return replace(self, failures=0, retry_at=None, sent=now, problem=None)
        failed = replace(self, failures=self.failures + 1, problem=delivered)
        if self.failures >= len(RETRIES):
            return replace(failed, active=False)
        return replace(failed, retry_at=now + RETRIES[self.failures])


@dataclass(frozen=True, slots=True)
class ChannelNotice:
    """A notice on its way to a channel, in the same commit as what it tells of.

    `notice` is the one in somebody's inbox that says the same; "" for a cluster's.
    """

    id: str
    channel: str
    kind: NotificationKind
    subject: str
    at: datetime
    facts: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""

    def nameless(self) -> ChannelNotice:
        """The same, without the name of whom it is about."""
        return replace(self, facts=without_names(self.facts))

    def of_programmes(self, finds: Callable[[str], bool]) -> ChannelNotice:
        """The same, without title and name of the programmes that are not found, by their ids."""
        return replace(self, facts=facts_of_found(self.facts, finds))

    @property
    def message(self) -> Message:
        """Its text."""
        told = Notification(self.id, "", self.kind, self.subject, self.at, self.facts)
        return told.in_letter().message


def apprise_address(address: str) -> str:
    """An address as apprise writes it, of one that was copied from a robot's page.

    Raises InvalidInput.
    """
    cleaned = address.strip()
    if len(cleaned) > MAX_ADDRESS or not cleaned or re.search(r"[\x00-\x20\x7f]", cleaned):
        raise InvalidInput("must not hold blanks or control characters.", where="address")
    try:
        parts = urlsplit(cleaned)
    except ValueError:
        raise InvalidInput("is no address.", where="address") from None
    for host, path, name, scheme in _NATIVE:
        match = path.match(parts.path)
        if parts.scheme == "https" and parts.hostname == host and match:
            token = parse_qs(parts.query).get(name, [""])[0] if name else match[1]
            if token:
                return f"{scheme}://{token}"
    return cleaned


def without_marks(text: str) -> str:
    """A text whose signs call nobody and lead nowhere: a blank of no width stands in each mark.

    Names may hold `@everyone` (Discord), `<at user_id="all">` (Feishu, Lark), `<!channel>` (Slack),
    `<@all>` (WeCom, DingTalk) or `[text](address)`, which services read in plain texts too.
    """
    return _MARKS.sub(lambda mark: f"{mark[0]}\u200b", text)


def body_of(
    lines: Sequence[str], footer: Sequence[str], more: str, most: int, beyond: int = 0
) -> str:
    """A message of at most `most` bytes: its foot, and as many of its lines as fit above it.

    `more`, with the place `{count}`, tells of the others and of `beyond` that are not among
    them. Where not even the first line fits, as much of it as does. No line calls a whole group.
    """
    lines = [without_marks(line) for line in lines]

    def text_of(kept: Sequence[str]) -> str:
        left = len(lines) - len(kept) + beyond
        rest = [more.replace("{count}", str(left))] if left else []
        return "\n".join([*kept, *rest, "", *footer])

    for count in range(len(lines), 0, -1):
        text = text_of(lines[:count])
        if len(text.encode()) <= most:
            return text
    room = most - len(text_of(["…"]).encode()) if lines else 0
    if room > 0:
        return text_of([lines[0].encode()[:room].decode(errors="ignore") + "…"])
    end = "\n".join(footer)
    return end.encode()[: max(0, most)].decode(errors="ignore")
