"""What notifications say, in the reader's language."""

from datetime import UTC, datetime

import pytest

from matchmaker.workflow.notification import Notification, NotificationKind

AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "facts", "english", "chinese"),
    [
        ("request", {"other": "甲厂"}, "甲厂 would like to work with you",
         "甲厂 希望与您合作，请答复"),
        ("answered", {"other": "A", "state": "accepted"}, "A answered: accepted",
         "A 的答复：已接受"),
        ("reviewed", {"state": "in_review"}, "What you submitted: in review",
         "您提交的内容：审核中"),
        ("over", {"other": "A\n Works", "state": "cancelled"}, "With A Works it is over: cancelled",
         "与 A Works 的对接已结束：已撤回"),
        # A name may hold what a template would take for its own.
        ("message", {"other": "100%(s) {state}"}, "A message from 100%(s) {state}",
         "100%(s) {state} 发来消息"),
    ],
)  # fmt: skip
def test_a_notification_reads_in_both_languages(kind, facts, english, chinese):
    message = Notification("n", "a", NotificationKind(kind), "introduction/i", AT, facts).message
    assert (message.text("en"), message.text("zh")) == (english, chinese)
