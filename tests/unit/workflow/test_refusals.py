"""What is refused, in which words, and where: every refusal of rights and states."""

from __future__ import annotations

import datetime as d
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from matchmaker.access import ANONYMOUS, Principal
from matchmaker.domain import GoalName
from matchmaker.errors import MatchmakerError
from matchmaker.workflow import account as accounts
from matchmaker.workflow import appointment as appointments
from matchmaker.workflow import attachment, checks, posting, webhook
from matchmaker.workflow import gathering as gatherings
from matchmaker.workflow import introduction as introductions
from matchmaker.workflow import survey as surveys
from matchmaker.workflow.introduction_states import Action, Origin, OutcomeKind, Side

NOW = d.datetime(2026, 3, 1, 8, tzinfo=d.UTC)
DAY = d.timedelta(days=1)
JOINED = gatherings.InvitationAnswer.JOINED
WAIT = gatherings.InvitationAnswer.WAITING


def gathering(**k):
    v = {
        "id": "g",
        "kind": gatherings.GatheringKind.JOINT_BRIEF,
        "cluster": "t:c",
        "title": "T",
        "text": "",
        "convened_by": "x",
        "created": NOW,
        "parties": tuple((f"t:{n}", WAIT) for n in range(3)),
        "lead": "t:0",
    } | k
    return gatherings.Gathering(**v)


def proposal(**k):
    return introductions.Proposal(GoalName.SUPPLIER, **({"seeker": "t:a", "candidate": "t:b"} | k))


def intro(side=Side.SEEKER, **k):
    return introductions.propose(proposal(**k), "i", side, Origin.MEMBER, "account:1", NOW)


def act(i, a, side, now=NOW, **k):
    return introductions.act(i, introductions.Transition(a, **k), side, "account:2", now)


accepted = act(intro(), Action.ACCEPT, Side.CANDIDATE)
asked = intro()
for n in range(introductions.MAX_QUESTIONS):
    asked = act(asked, Action.ASK, Side.SEEKER, reason=str(n))
staged = intro(terms_first=True, terms="30 days")
offer = appointments.AppointmentOffer((NOW + DAY, NOW + 2 * DAY), "Asia/Shanghai")
offered = appointments.offer_times(offer, "p", "i", Side.SEEKER, NOW)
fixed = appointments.act_on(
    offered,
    appointments.AppointmentStep(appointments.AppointmentAction.PICK, NOW + DAY),
    Side.CANDIDATE,
    NOW,
)


def step(x, a, side, time=None, now=NOW):
    return appointments.act_on(x, appointments.AppointmentStep(a, time), side, now)


Q = surveys.SurveyQuestion


def round_(**k):
    return surveys.SurveyRound(
        **(
            {
                "id": "s",
                "cluster": "t:c",
                "title": "T",
                "questions": (Q.BUYS_FROM,),
                "members": ("t:a", "t:b"),
                "opened_by": "x",
                "created": NOW,
                "deadline": d.date(2026, 3, 10),
            }
            | k
        )
    )


def ans(*ties, denied=(), **k):
    return lambda: surveys.check_answer(round_(), "t:a", surveys.SurveyAnswer(ties, denied), 2026)


T = surveys.ReportedTie
member = Principal(
    "account:1", account="1", organizations=frozenset({"t:a"}), clusters=frozenset({"t:c"})
)
reader = replace(member, writes=False)
acc = accounts.Account("1", "a@example.org", "A", NOW)
post = posting.Posting("t:a", "castings", goal=GoalName.SUPPLIER, id="p", author="x", created=NOW)


def raised(error: Exception) -> None:
    raise error


CALLS: dict[str, Callable[[], object]] = {
    "access nobody": lambda: ANONYMOUS.require_known(),
    "access nobody writes": lambda: ANONYMOUS.require_writing(),
    "access reader": lambda: reader.require_writing(),
    "access admin": lambda: member.require_admin(),
    "access reader admin": lambda: replace(reader, admin=True).require_admin(),
    "access member": lambda: member.require_member("t:b"),
    "access nobody member": lambda: ANONYMOUS.require_member("t:a"),
    "access owner": lambda: member.require_owner("t:a"),
    "access nobody owner": lambda: ANONYMOUS.require_owner("t:a"),
    "access coordinator": lambda: member.require_coordinator("t:d"),
    "access nobody coordinator": lambda: ANONYMOUS.require_coordinator("t:c"),
    "gathering twice": lambda: gathering(parties=(("t:0", WAIT), ("t:0", WAIT), ("t:1", WAIT))),
    "gathering few": lambda: gathering(parties=(("t:0", WAIT), ("t:1", WAIT))),
    "gathering many": lambda: gathering(parties=tuple((f"t:{n}", WAIT) for n in range(31))),
    "gathering lead": lambda: gathering(lead="t:9"),
    "gathering no lead": lambda: gathering(lead=""),
    "gathering closed": lambda: gatherings.answer(gatherings.close(gathering()), "t:0", JOINED),
    "gathering stranger": lambda: gatherings.answer(gathering(), "t:9", JOINED),
    "gathering leaves": lambda: gatherings.answer(
        gathering(), "t:0", gatherings.InvitationAnswer.LEFT
    ),
    "gathering waits": lambda: gatherings.answer(gathering(), "t:0", WAIT),
    "gathering forming": lambda: gatherings.hold(gathering(), gatherings.Meeting(NOW, "x")),
    "gathering absent": lambda: gatherings.hold(
        gathering(
            state=gatherings.GatheringState.RUNNING,
            parties=tuple((f"t:{n}", JOINED) for n in range(3)),
        ),
        gatherings.Meeting(NOW, "x", ("t:0", "t:9", "t:8")),
    ),
    "range": lambda: checks.check_range("jobs", 6, 1, 5),
    "range low": lambda: checks.check_range("jobs", 0, 1, 5),
    "website script": lambda: checks.check_website("javascript:alert(1)"),
    "website control": lambda: checks.check_website("https://x.org/\x01"),
    "not possible": lambda: raised(
        checks.not_possible("draft", "expire", ["publish", "publish", "withdraw"])
    ),
    "nothing possible": lambda: raised(checks.not_possible("ended", "meet", [])),
    "length": lambda: checks.check_length("note", "xxxx", 3),
    "file name": lambda: attachment.attachment_name("noextension"),
    "file name long": lambda: attachment.attachment_name("n" * 150),
    "file name only extension": lambda: attachment.attachment_name(".pdf"),
    "file name odd extension": lambda: attachment.attachment_name("a.p df"),
    "file room": lambda: attachment.require_room(150_000_001, 50_000_000),
    "zone": lambda: appointments.zone_of("Nowhere/" + "x" * 80),
    "times none": lambda: appointments.AppointmentOffer(()),
    "times four": lambda: appointments.AppointmentOffer(tuple(NOW + n * DAY for n in range(4))),
    "minutes few": lambda: appointments.AppointmentOffer((NOW,), minutes=14),
    "minutes many": lambda: appointments.AppointmentOffer((NOW,), minutes=481),
    "place long": lambda: appointments.AppointmentOffer((NOW,), place="x" * 4001),
    "topic long": lambda: appointments.AppointmentOffer((NOW,), topic="x" * 4001),
    "reason long": lambda: appointments.AppointmentStep(
        appointments.AppointmentAction.REJECT, reason="x" * 4001
    ),
    "time over": lambda: appointments.offer_times(
        replace(offer, times=(NOW, NOW + DAY)), "p", "i", Side.SEEKER, NOW
    ),
    "time far": lambda: appointments.offer_times(
        replace(offer, times=(NOW + 367 * DAY,)), "p", "i", Side.SEEKER, NOW
    ),
    "pick other": lambda: step(
        offered, appointments.AppointmentAction.PICK, Side.CANDIDATE, NOW + 3 * DAY
    ),
    "pick none": lambda: step(offered, appointments.AppointmentAction.PICK, Side.CANDIDATE),
    "pick past": lambda: step(
        offered, appointments.AppointmentAction.PICK, Side.CANDIDATE, NOW + DAY, NOW + DAY
    ),
    "pick own": lambda: step(offered, appointments.AppointmentAction.PICK, Side.SEEKER, NOW + DAY),
    "call off others": lambda: step(
        offered, appointments.AppointmentAction.CALL_OFF, Side.CANDIDATE
    ),
    "pick fixed": lambda: step(
        fixed, appointments.AppointmentAction.PICK, Side.CANDIDATE, NOW + 2 * DAY
    ),
    "call off past": lambda: step(
        fixed, appointments.AppointmentAction.CALL_OFF, Side.SEEKER, now=NOW + DAY
    ),
    "itself": lambda: intro(candidate="t:a"),
    "message long": lambda: intro(message="x" * 4001),
    "terms long": lambda: intro(terms="x" * 4001),
    "terms blank": lambda: intro(terms_first=True, terms=" "),
    "jobs": lambda: introductions.Outcome(OutcomeKind.CONTRACT, jobs=100_001),
    "jobs negative": lambda: introductions.Outcome(OutcomeKind.CONTRACT, jobs=-1),
    "note": lambda: introductions.Outcome(OutcomeKind.CONTRACT, note="x" * 4001),
    "reason": lambda: introductions.Transition(Action.DECLINE, "x" * 4001),
    "satisfaction": lambda: introductions.Transition(Action.REPORT, satisfaction=6),
    "satisfaction low": lambda: introductions.Transition(Action.REPORT, satisfaction=0),
    "expired": lambda: act(intro(), Action.ACCEPT, Side.CANDIDATE, NOW + 14 * DAY),
    "expired question": lambda: act(intro(), Action.ASK, Side.CANDIDATE, NOW + 15 * DAY),
    "state": lambda: act(intro(), Action.MEET, Side.CANDIDATE),
    "state of neither": lambda: act(accepted, Action.ACCEPT, None),
    "neither": lambda: act(intro(), Action.ACCEPT, None),
    "expires itself": lambda: act(intro(), Action.EXPIRE, Side.SEEKER),
    "cancel": lambda: act(intro(), Action.CANCEL, Side.CANDIDATE),
    "own terms": lambda: act(staged, Action.AGREE_TERMS, Side.SEEKER),
    "decline own": lambda: act(intro(), Action.DECLINE, Side.SEEKER),
    "enough asked": lambda: act(asked, Action.ASK, Side.CANDIDATE, reason="more"),
    "confirm nothing": lambda: act(accepted, Action.CONFIRM, Side.SEEKER),
    "confirm own": lambda: act(
        act(
            accepted,
            Action.REPORT,
            Side.SEEKER,
            outcome=introductions.Outcome(OutcomeKind.CONTRACT),
        ),
        Action.CONFIRM,
        Side.SEEKER,
    ),
    "no outcome": lambda: act(accepted, Action.REPORT, Side.SEEKER),
    "closed contact": lambda: act(
        replace(accepted, contact_closed=True), Action.WITHDRAW, Side.SEEKER
    ),
    "posting": lambda: posting.act(post, posting.PostingAction.EXPIRE, d.date(2026, 3, 1)),
    "posting text": lambda: replace(post, text=" "),
    "url": lambda: webhook.checked_url("https://[x"),
    "url port": lambda: webhook.checked_url("https://x.example.org:99999"),
    "url blank": lambda: webhook.checked_url(" https://x.example.org"),
    "url control": lambda: webhook.checked_url("https://x.example.org/\n"),
    "url scheme": lambda: webhook.checked_url("http://x.example.org"),
    "url no host": lambda: webhook.checked_url("https:///x"),
    "url other scheme": lambda: webhook.checked_url("ftp://x.example.org", private_allowed=True),
    "url user": lambda: webhook.checked_url("https://u@x.example.org"),
    "url password": lambda: webhook.checked_url("https://:p@x.example.org"),
    "url inner": lambda: webhook.checked_url("https://10.0.0.1"),
    "url other port": lambda: webhook.checked_url("https://x.example.org:444"),
    "survey no question": lambda: round_(questions=()),
    "survey no members": lambda: round_(members=()),
    "survey question twice": lambda: round_(questions=(Q.BUYS_FROM, Q.BUYS_FROM)),
    "survey member twice": lambda: round_(members=("t:a", "t:a")),
    "survey members many": lambda: round_(members=tuple(f"t:{n}" for n in range(2001))),
    "survey past": lambda: surveys.check_opening(round_(), d.date(2026, 3, 11)),
    "survey far": lambda: surveys.check_opening(round_(), d.date(2025, 12, 9)),
    "survey over": lambda: surveys.require_open(round_(), d.date(2026, 3, 11)),
    "survey closed": lambda: surveys.require_open(
        round_(state=surveys.SurveyState.CLOSED), d.date(2026, 3, 1)
    ),
    "answer many": ans(*(T(Q.BUYS_FROM, f"t:{n}") for n in range(201))),
    "answer question": ans(T(Q.BUYS_FROM, "t:b"), T(Q.USES, "t:b")),
    "answer both": ans(T(Q.BUYS_FROM, "t:b", "B")),
    "answer neither": ans(T(Q.BUYS_FROM, "", " ")),
    "answer itself": ans(T(Q.BUYS_FROM, "t:a")),
    "answer name": ans(T(Q.BUYS_FROM, name="x" * 501)),
    "answer year": ans(T(Q.BUYS_FROM, "t:b", since=1899)),
    "answer next year": ans(T(Q.BUYS_FROM, "t:b", since=2027)),
    "answer twice": ans(T(Q.BUYS_FROM, name="Straße"), T(Q.BUYS_FROM, name=" STRASSE ")),
    "answer denied question": ans(denied=(surveys.DeniedTie(Q.USES, "t:b"),)),
    "answer denied too": ans(
        T(Q.BUYS_FROM, "t:b"),
        denied=(surveys.DeniedTie(Q.BUYS_FROM, "t:c"), surveys.DeniedTie(Q.BUYS_FROM, "t:b")),
    ),
    "email": lambda: accounts.checked_email("a@b"),
    "email long": lambda: accounts.checked_email("a" * 250 + "@example.org"),
    "language": lambda: accounts.checked_language("xx"),
    "name empty": lambda: accounts.checked_name(" "),
    "name long": lambda: accounts.checked_name("x" * 201),
    "password short": lambda: accounts.check_password("Xu7!kq9zP"),
    "password long": lambda: accounts.check_password("Xu7!kq9zPa" * 21),
    "password easy": lambda: accounts.check_password("password12"),
    "password few": lambda: accounts.check_password("abcabcabcabcabcabcabc"),
    "password address": lambda: accounts.check_password("wangfang1987", "wangfang1987@example.org"),
    "password service": lambda: accounts.check_password("matchmaker1"),
    "alerts": lambda: accounts.Preferences(alerts_a_week=101),
    "alerts negative": lambda: accounts.Preferences(alerts_a_week=-1),
    "closed account": lambda: replace(acc, active=False).require_active(),
}

# Name, kind, where, and all the words, as a reader of English gets them.
WORDS = {
    name: expected
    for name, *expected in (
        line.split("\t")
        for line in Path(__file__).with_name("refusals.tsv").read_text("utf-8").splitlines()
    )
}


@pytest.mark.parametrize("name", CALLS)
def test_what_is_refused_is_told_with_where_and_what_to_do(name: str) -> None:
    with pytest.raises(MatchmakerError) as refused:
        CALLS[name]()
    error = refused.value
    assert [type(error).__name__, error.where, error.text("en")] == WORDS[name]
