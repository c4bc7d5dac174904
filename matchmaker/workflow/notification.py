"""Notices: what somebody is told, in both languages, in the application and by mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class NotificationKind(StrEnum):
    """What happened."""

    REQUEST = "request"
    TERMS = "terms"
    PROPOSED = "proposed"
    ANSWERED = "answered"
    OPENED = "opened"
    MOVED = "moved"
    MESSAGE = "message"
    REPORTED = "reported"
    OVER = "over"
    ALERT = "alert"
    REVIEW = "review"
    REVIEWED = "reviewed"
    POSTING_OVER = "posting_over"
    GATHERING = "gathering"
    JOINED = "joined"


# What each notice says; the names in braces are its facts.
TEXTS: dict[NotificationKind, tuple[str, str]] = {
    NotificationKind.REQUEST: (
        "{other} 希望与您合作，请答复",
        "{other} would like to work with you",
    ),
    NotificationKind.TERMS: (
        "有一家机构提出合作条件，请先看条件",
        "Somebody offers terms; look at them before the name is shown",
    ),
    NotificationKind.PROPOSED: (
        "集群建议您与 {other} 对接，请答复",
        "Your cluster suggests that you meet {other}",
    ),
    NotificationKind.ANSWERED: ("{other} 的答复：{state}", "{other} answered: {state}"),
    NotificationKind.OPENED: (
        "双方均已同意，可查看 {other} 的联系方式",
        "Both agreed: the contact details of {other} are open",
    ),
    NotificationKind.MOVED: ("与 {other} 的合作进展：{state}", "With {other}: {state}"),
    NotificationKind.MESSAGE: ("{other} 发来消息", "A message from {other}"),
    NotificationKind.REPORTED: (
        "{other} 报告了合作成果，请确认",
        "{other} reported an outcome; please confirm it",
    ),
    NotificationKind.OVER: ("与 {other} 的对接已结束：{state}", "With {other} it is over: {state}"),
    NotificationKind.ALERT: (
        "{other} 发布了贵机构可能满足的需求",
        "{other} posted a need that you may be able to meet",
    ),
    NotificationKind.REVIEW: (
        "{other} 提交的内容待审核",
        "{other} submitted something for you to review",
    ),
    NotificationKind.REVIEWED: ("您提交的内容：{state}", "What you submitted: {state}"),
    NotificationKind.POSTING_OVER: (
        "您发布的内容已到期，可续期",
        "Something you posted has expired; you can renew it",
    ),
    NotificationKind.GATHERING: ("邀请您参加：{other}", "You are invited: {other}"),
    NotificationKind.JOINED: (
        "{other} 已答复邀请：{state}",
        "{other} answered the invitation: {state}",
    ),
}


@dataclass(frozen=True, slots=True)
class Notification:
    """One notice to one account; `subject` is what it is about, as `kind/id`."""

    id: str
    account: str
    kind: NotificationKind
    subject: str
    at: datetime
    facts: Mapping[str, str] = field(default_factory=dict)
    read: bool = False
    mailed: bool = False

    def text(self, language: str) -> str:
        """What it says, in `zh` or `en`."""
        chinese, english = TEXTS[self.kind]
        template = chinese if language == "zh" else english
        known = {"other": "", "state": ""} | dict(self.facts)
        if language == "zh":
            known["state"] = STATES_ZH.get(known["state"], known["state"])
        else:
            known["state"] = known["state"].replace("_", " ")
        # Not str.format: a name may hold braces.
        return template.replace("{state}", known["state"]).replace(
            "{other}", " ".join(known["other"].split())
        )


STATES_ZH = {
    "terms": "待看条件",
    "proposed": "待答复",
    "accepted": "已接受",
    "meeting": "洽谈中",
    "agreed": "已签约",
    "delivered": "已交付",
    "completed": "已完成",
    "declined": "已婉拒",
    "expired": "已过期",
    "cancelled": "已撤回",
    "ended": "已终止",
    "published": "已发布",
    "draft": "退回修改",
    "joined": "参加",
    "left": "退出",
    "waiting": "待答复",
    "withdrawn": "已撤下",
    "in_review": "审核中",
}
