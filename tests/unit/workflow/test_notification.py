"""What notifications say, in the reader's language."""

import json
from datetime import UTC, datetime

import pytest
from linkify_it import LinkifyIt

from matchmaker.domain import Kind, Organization
from matchmaker.services.repositories import Repositories
from matchmaker.store.changes import Record
from matchmaker.workflow.notification import Notification, NotificationKind, name_parameters

AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "facts", "english", "chinese"),
    [
        ("introduction_requested", {"other": "甲厂"}, "甲厂 would like to work with you",
         "甲厂 希望与您合作，请答复"),
        ("introduction_answered", {"other": "A", "state": "accepted"}, "A answered: accepted",
         "A 的答复：已接受"),
        ("posting_reviewed", {"state": "in_review"}, "What you submitted: in review",
         "您提交的内容：审核中"),
        ("introduction_over", {"other": "A\n Works", "state": "cancelled"},
         "With A Works it is over: cancelled",
         "与 A Works 的对接已结束：已撤回"),
        ("programmes_close", {"count": "4", "titles": "A\nB\nC", "unknown": "\nsize place\n",
                              "deadlines": "2026-03-04\n2026-03-05\n"},
         "4 programmes close soon, among them: “A”, until Mar 4, 2026; “B”, until Mar 5, 2026"
         " (check: Firm size, Place); “C”",
         "有 4 个项目即将截止，其中：“A”，截至 2026年3月4日；“B”，截至 2026年3月5日"
         "（请自行核对：企业规模、所在地）；“C”"),
        # Each reads a day as their language writes it; it was "until 2026-12-14" for all.
        ("introduction_expires", {"other": "A", "time": "2026-12-14"},
         "A waits for your answer, until Dec 14, 2026", "A 在等待您的答复，截至 2026年12月14日"),
        ("meeting_soon", {"other": "A", "time": "2026-12-01 14:00 (UTC+08:00)"},
         "Soon: the meeting with A, 2026-12-01 14:00 (UTC+08:00)",
         "会面临近：与A，2026-12-01 14:00 (UTC+08:00)"),
        # A name may hold what a template would take for its own.
        ("message_received", {"other": "100%(s) {state}"}, "A message from 100%(s) {state}",
         "100%(s) {state} 发来消息"),
    ],
)  # fmt: skip
def test_a_notification_reads_in_both_languages(kind, facts, english, chinese):
    message = Notification("n", "a", NotificationKind(kind), "introduction/i", AT, facts).message
    assert (message.text("en"), message.text("zh")) == (english, chinese)


# As a data folder held them when their kinds were not named for the states.
STORED = {
    "request": NotificationKind.INTRODUCTION_REQUESTED,
    "terms": NotificationKind.TERMS_OFFERED,
    "proposed": NotificationKind.INTRODUCTION_PROPOSED,
    "asked": NotificationKind.INTRODUCTION_QUESTION_ASKED,
    "answered": NotificationKind.INTRODUCTION_ANSWERED,
    "opened": NotificationKind.INTRODUCTION_ACCEPTED,
    "moved": NotificationKind.INTRODUCTION_ADVANCED,
    "message": NotificationKind.MESSAGE_RECEIVED,
    "reported": NotificationKind.OUTCOME_REPORTED,
    "lapses": NotificationKind.INTRODUCTION_EXPIRES,
    "over": NotificationKind.INTRODUCTION_OVER,
    "alert": NotificationKind.NEED_POSTED,
    "review": NotificationKind.POSTING_SUBMITTED,
    "reviewed": NotificationKind.POSTING_REVIEWED,
    "posting_over": NotificationKind.POSTING_EXPIRED,
    "gathering": NotificationKind.GATHERING_INVITED,
    "joined": NotificationKind.GATHERING_ANSWERED,
    "times": NotificationKind.MEETING_OFFERED,
    "fixed": NotificationKind.MEETING_FIXED,
    "no_time": NotificationKind.MEETING_REJECTED,
    "called_off": NotificationKind.MEETING_CALLED_OFF,
    "soon": NotificationKind.MEETING_SOON,
    "search": NotificationKind.SEARCH_NEW_RESULTS,
    "survey": NotificationKind.SURVEY_OPENED,
    "survey_ends": NotificationKind.SURVEY_CLOSES,
    "survey_claim": NotificationKind.SURVEY_TIE_DECLARED,
    "call_invited": NotificationKind.CALL_INVITED,
    "call_open": NotificationKind.CALL_OPENED,
    "call_ends": NotificationKind.CALL_DEADLINE_NEAR,
    "call_question": NotificationKind.CALL_QUESTION_ASKED,
    "call_replied": NotificationKind.CALL_QUESTION_ANSWERED,
    "call_over": NotificationKind.CALL_DEADLINE_PASSED,
    "call_thanks": NotificationKind.CALL_NOT_AWARDED,
}


class OneRecord:
    """A store that holds one document."""

    def __init__(self, kind, body):
        self.held = Record(kind, "x", 1, body)

    def record(self, kind, id):
        return self.held if kind == self.held.kind else None


@pytest.mark.parametrize("name", STORED)
def test_a_stored_notification_of_an_earlier_name_is_read_under_its_new_one(name):
    about = {
        "id": "x",
        "kind": name,
        "subject": "call/c",
        "at": "2026-03-01T08:00:00Z",
        "facts": {},
    }
    inbox = Repositories(lambda: OneRecord("notice", json.dumps({**about, "account": "a"})))
    waiting = Repositories(
        lambda: OneRecord("channel_notice", json.dumps({**about, "channel": "c"}))
    )
    assert inbox.notifications.get("x").value.kind is STORED[name]
    assert waiting.channel_notices.get("x").value.kind is STORED[name]


def test_whom_it_is_about_is_named_as_each_reader_knows_it() -> None:
    """In the Latin name where there is one; notices of before hold the other alone."""
    firm = Organization("t:o", "海昌阀门", Kind.FIRM, name_en="Haichang  Valve")
    kind, subject = NotificationKind.CALL_AWARDED, "call/c"
    told = Notification("n", "a", kind, subject, AT, name_parameters(firm)).message
    assert "Haichang Valve" in told.text("en")
    assert "海昌" not in told.text("en")
    assert "海昌阀门" in told.text("zh")
    earlier = Notification("n", "a", kind, subject, AT, {"other": "海昌阀门"}).message
    assert "海昌阀门" in earlier.text("en")
    hidden = Notification("n", "a", kind, subject, AT, name_parameters(None)).message
    assert hidden.text("en").startswith("Somebody")


def test_letters_carry_the_first_80_characters_of_a_name() -> None:
    """A longer one could be a notice of its own; the page has all of it."""
    firm = Organization("t:o", "阀" * 200, Kind.FIRM, name_en="Valves " * 28)
    facts = name_parameters(firm)
    told = Notification("n", "a", NotificationKind.CALL_AWARDED, "call/c", AT, facts)
    assert "阀" * 200 in told.message.text("zh")
    letter = told.in_letter().message
    assert "阀" * 79 + "…" in letter.text("zh")
    assert "阀" * 80 not in letter.text("zh")
    assert letter.text("en").count("Valves") == 11


NAMES_WITH_ADDRESSES = [
    "Valves evil.example.com/login Ltd",
    "Booking.com B.V.",
    "ask sales@evil.com",
    "阀门厂evil.cn登录",
    "1.2.3.4/x Works",
    "ftp://evil/x Works",
    "evil.\u200bcom/login",
    "ＬＯＧＩＮ．evil．ｃｏｍ",
    "例子.公司 Works",
]


@pytest.mark.parametrize("name", NAMES_WITH_ADDRESSES)
@pytest.mark.parametrize(
    ("kind", "fact"),
    [
        ("message_received", "other"),
        ("message_received", "other_en"),
        ("call_corrected", "state"),
        ("programmes_fit", "names"),
        ("programmes_fit", "titles"),
    ],
)
def test_no_program_of_mail_makes_a_link_of_what_others_wrote(name, kind, fact):
    """As linkify-it finds them, which knows domains, addresses of mail and of machines."""
    links = LinkifyIt().set({"fuzzy_ip": True}).tlds(["公司"], keep_old=True)
    facts = {"other": "A", "count": "1", fact: name}
    told = Notification("n", "a", NotificationKind(kind), "introduction/i", AT, facts)
    for language in ("en", "zh"):
        assert not links.match(told.in_letter().message.text(language))


@pytest.mark.parametrize(
    "name", ["Sample S.p.A.", "海昌阀门。（浙江）有限公司", "Valves No.5", "V1.2 DN50 3.1b Works"]
)
def test_names_without_an_address_stand_in_letters_as_they_are(name):
    told = Notification("n", "a", NotificationKind.MESSAGE_RECEIVED, "i/i", AT, {"other": name})
    assert told.in_letter().message.text("en") == f"A message from {name}"
