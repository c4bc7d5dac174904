"""Gatherings, postings, kept searches, webhooks, files and jobs: what follows from what."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from matchmaker.domain import GoalName, NeedState, OfferKind, Provenance, SourceTier, Stage, Terms
from matchmaker.workflow import allocation, gathering, posting, webhook
from matchmaker.workflow.attachment import MAX_FILES_TOGETHER, attachment_name, require_room
from matchmaker.workflow.checks import check_length, check_range, check_website
from matchmaker.workflow.gathering import Gathering, GatheringKind, GatheringState, Meeting
from matchmaker.workflow.gathering import InvitationAnswer as Answer
from matchmaker.workflow.posting import Posting, PostingAction, PostingState
from matchmaker.workflow.saved_search import SavedSearch

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
TODAY = date(2026, 3, 1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


# -- gatherings


def brief(*answers: Answer, lead: str = "t:0", kind=GatheringKind.JOINT_BRIEF) -> Gathering:
    parties = tuple((f"t:{number}", answer) for number, answer in enumerate(answers))
    return Gathering("g", kind, "t:c", "T", "", "x", NOW, parties, lead)


def test_a_brief_runs_once_three_have_joined_and_the_lab_is_one_of_them() -> None:
    forming = brief(*[Answer.WAITING] * 4)
    states = []
    for party in ("t:1", "t:2", "t:3", "t:0"):
        forming = gathering.answer(forming, party, Answer.JOINED)
        states.append(forming.state)
    assert states == [GatheringState.FORMING] * 3 + [GatheringState.RUNNING]
    assert forming.joined == ("t:0", "t:1", "t:2", "t:3")
    left = gathering.answer(forming, "t:0", Answer.LEFT)
    assert (left.state, left.joined) == (GatheringState.FORMING, ("t:1", "t:2", "t:3"))
    assert gathering.answer(left, "t:0", Answer.DECLINED).parties[0] == ("t:0", Answer.DECLINED)


def test_a_circle_needs_five_and_no_lead() -> None:
    circle = brief(*[Answer.JOINED] * 4, Answer.WAITING, lead="", kind=GatheringKind.CIRCLE)
    assert gathering.answer(circle, "t:4", Answer.DECLINED).state is GatheringState.FORMING
    assert gathering.answer(circle, "t:4", Answer.JOINED).state is GatheringState.RUNNING


def test_contacts_are_known_to_who_joined_while_it_runs() -> None:
    running = replace(brief(*[Answer.JOINED] * 3, Answer.DECLINED), state=GatheringState.RUNNING)
    assert [running.knows_contacts(f"t:{n}") for n in range(5)] == [True] * 3 + [False] * 2
    assert not replace(running, state=GatheringState.FORMING).knows_contacts("t:0")
    closed = gathering.close(running)
    assert closed == replace(running, state=GatheringState.CLOSED)
    assert not closed.knows_contacts("t:0")


def test_meetings_are_kept_in_order() -> None:
    running = replace(brief(*[Answer.JOINED] * 3), state=GatheringState.RUNNING)
    first, second = Meeting(NOW, "a", ("t:0", "t:2")), Meeting(NOW + DAY, "b")
    held = gathering.hold(gathering.hold(running, first), second)
    assert held == replace(running, meetings=(first, second))


# -- postings

DRAFT = Posting(
    "t:1", "castings", goal=GoalName.SUPPLIER, id="p", author="a", created=NOW, language="en",
    quantity="5 t", budget=10.0, currency="EUR", stages=(Stage.MAKING,),
)  # fmt: skip


def test_a_posting_as_the_graph_keeps_it() -> None:
    need = replace(DRAFT, published=TODAY, deadline=date(2026, 6, 1)).need(NeedState.EXPIRED)
    assert (need.id, need.organization, need.goal, need.text) == (
        "post:p", "t:1", GoalName.SUPPLIER, "castings",
    )  # fmt: skip
    assert (need.language, need.quantity, need.budget, need.currency) == ("en", "5 t", 10.0, "EUR")
    assert (need.deadline, need.stages, need.date) == (date(2026, 6, 1), (Stage.MAKING,), TODAY)
    assert need.state is NeedState.EXPIRED
    assert DRAFT.need().state is NeedState.OPEN
    said = (need.provenance.source, need.provenance.record, need.provenance.tier)
    assert said == ("posted", "p", SourceTier.SELF)
    given = replace(
        DRAFT, goal=None, offer_kind=OfferKind.EQUIPMENT, terms=Terms.DISCOUNTED, slots=3,
        published=TODAY,
    )  # fmt: skip
    offer = given.offer(active=False)
    assert (offer.id, offer.organization, offer.kind) == ("post:p", "t:1", OfferKind.EQUIPMENT)
    assert (offer.text, offer.language, offer.terms, offer.slots) == (
        "castings", "en", Terms.DISCOUNTED, 3,
    )  # fmt: skip
    assert (offer.stages, offer.date, offer.active) == ((Stage.MAKING,), TODAY, False)
    assert given.offer().active
    assert offer.provenance == need.provenance
    assert replace(given, offer_kind=None).offer().kind is OfferKind.PRODUCT
    assert (DRAFT.is_in_graph, given.is_in_graph) == (False, True)


def test_a_programme_keeps_its_terms_in_the_graph() -> None:
    programme = replace(
        DRAFT, goal=None, offer_kind=OfferKind.PROGRAMME, for_places=("t:place",), min_years=3,
        deadline=TODAY, amount="up to 300,000", url="https://example.org/call",
    )  # fmt: skip
    offer = programme.offer()
    assert (offer.for_places, offer.min_years, offer.deadline) == (("t:place",), 3, TODAY)
    assert (offer.amount, offer.url) == ("up to 300,000", "https://example.org/call")


def test_a_need_has_the_goal_that_was_said() -> None:
    assert replace(DRAFT, goal=GoalName.CUSTOMER).need().goal is GoalName.CUSTOMER


def test_a_row_is_taken_down_with_its_own_posting_and_by_no_import() -> None:
    need, offer = DRAFT.need(NeedState.CLOSED), replace(DRAFT, goal=None).offer(active=False)
    assert posting.is_taken_down(need)
    assert posting.is_taken_down(offer)
    assert not posting.is_taken_down(DRAFT.need())
    assert not posting.is_taken_down(replace(DRAFT, goal=None).offer())
    # An expired need was not taken down by anybody.
    assert not posting.is_taken_down(DRAFT.need(NeedState.EXPIRED))
    of_a_list = Provenance("list.csv", "", SourceTier.IMPORT)
    assert not posting.is_taken_down(replace(need, provenance=of_a_list))
    assert not posting.is_taken_down(replace(offer, provenance=of_a_list))


def test_a_posting_is_published_until_its_day_or_half_a_year() -> None:
    half_a_year = TODAY + timedelta(days=180)
    for changes, end in (
        ({}, half_a_year),
        ({"expires": TODAY}, TODAY),
        ({"expires": TODAY - DAY}, half_a_year),
        ({"deadline": TODAY + DAY, "expires": TODAY}, TODAY + DAY),
        ({"deadline": TODAY - DAY}, half_a_year),
    ):
        published = posting.act(replace(DRAFT, note="x", **changes), PostingAction.PUBLISH, TODAY)
        assert (published.state, published.published, published.note) == (
            PostingState.PUBLISHED, TODAY, "",
        )  # fmt: skip
        assert published.expires == end


def test_a_renewed_posting_lasts_anew_but_not_past_its_deadline() -> None:
    published = posting.act(replace(DRAFT, expires=TODAY + DAY), PostingAction.PUBLISH, TODAY)
    later = TODAY + timedelta(days=30)
    renewed = posting.act(published, PostingAction.RENEW, later, reviewed=True)
    assert (renewed.state, renewed.published) == (PostingState.PUBLISHED, TODAY)
    assert renewed.expires == later + timedelta(days=180)
    with_deadline = replace(published, deadline=later)
    assert posting.act(with_deadline, PostingAction.RENEW, later).expires == later
    expired = posting.act(published, PostingAction.EXPIRE, later, note="over")
    assert (expired.state, expired.note) == (PostingState.EXPIRED, "over")


def test_where_a_cluster_reviews_nothing_new_is_public_at_once() -> None:
    waiting = posting.act(replace(DRAFT, note="x"), PostingAction.PUBLISH, TODAY, reviewed=True)
    assert waiting == replace(DRAFT, state=PostingState.IN_REVIEW, note="")
    returned = posting.act(waiting, PostingAction.RETURN, TODAY, reviewed=True, note="unclear")
    assert returned == replace(DRAFT, note="unclear")
    approved = posting.act(waiting, PostingAction.APPROVE, TODAY, reviewed=True)
    assert approved.state is PostingState.PUBLISHED
    gone = posting.act(approved, PostingAction.WITHDRAW, TODAY, reviewed=True)
    assert gone.state is PostingState.WITHDRAWN
    again = posting.act(gone, PostingAction.RENEW, TODAY, reviewed=True)
    assert again.state is PostingState.IN_REVIEW


# -- kept searches

SEARCH = SavedSearch(
    "s", "a", "t:1", "valves", (("goal", "supplier"), ("text", "x"), ("text", "y")), NOW, NOW
)
TEN = tuple(f"t:{number}" for number in range(10))


def test_a_search_tells_of_the_first_ten_and_of_nobody_twice() -> None:
    assert SEARCH.fields == {"goal": ["supplier"], "text": ["x", "y"]}
    assert SEARCH.newcomers((*TEN, "t:10")) == TEN
    seen = SEARCH.after_looking(("t:1", "t:2"), NOW + HOUR)
    assert (seen.told, seen.latest, seen.latest_at) == (("t:1", "t:2"), ("t:1", "t:2"), NOW + HOUR)
    again = seen.after_looking(("t:2", "t:3"), NOW + 2 * HOUR)
    assert (again.told, again.latest) == (("t:1", "t:2", "t:3"), ("t:3",))
    assert (again.looked, again.latest_at) == (NOW + 2 * HOUR, NOW + 2 * HOUR)
    nothing = again.after_looking(("t:1",), NOW + 3 * HOUR)
    assert nothing == replace(again, looked=NOW + 3 * HOUR)
    full = replace(SEARCH, told=tuple(f"o:{number}" for number in range(1000)))
    told = full.after_looking(("t:1",), NOW).told
    assert (len(told), told[0], told[-1]) == (1000, "o:1", "t:1")


def test_alerts_begin_with_what_is_new_from_then_on() -> None:
    quiet = SEARCH.stopped()
    assert quiet == replace(SEARCH, alerts=False)
    begun = quiet.begun(("t:1",), NOW + HOUR)
    assert begun == replace(SEARCH, looked=NOW + HOUR, told=("t:1",))
    told = replace(quiet, latest=("t:9",), latest_at=NOW)
    again = told.begun(("t:1",), NOW + HOUR)
    assert (again.latest, again.latest_at) == (("t:9",), NOW)
    assert [SEARCH.is_due(NOW + step) for step in (HOUR - DAY / 86_400, HOUR)] == [False, True]
    assert not quiet.is_due(NOW + DAY)


# -- webhooks


def test_a_call_is_signed_as_the_standard_has_it() -> None:
    """Standard Webhooks 1.0: HMAC-SHA256 of id, time and body, parted by dots."""
    secret = webhook.new_secret()
    assert secret.startswith("whsec_")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    assert len(key) == 24
    assert webhook.new_secret() != secret
    mac = hmac.new(key, b'msg_1.1700000000.{"a":"\xe9\x98\x80"}', hashlib.sha256).digest()
    signed = webhook.signature(secret, "msg_1", 1_700_000_000, '{"a":"阀"}')
    assert signed == "v1," + base64.b64encode(mac).decode()


@pytest.mark.parametrize(
    "url",
    ["https://hooks.example.org/x", "https://hooks.example.org:443", "https://8.8.8.8:8443/",
     "https://[2001:4860:4860::8888]/"],
)  # fmt: skip
def test_public_addresses_may_be_called(url: str) -> None:
    assert webhook.checked_url(url) == url


def test_ones_own_network_may_be_called_where_that_is_set() -> None:
    for url in ("http://10.0.0.1:8080/x", "https://hooks.internal"):
        assert webhook.checked_url(url, private_allowed=True) == url


@pytest.mark.parametrize(
    ("host", "is_public"),
    [
        ("hooks.example.org", True), ("hooks.example.org.", True), ("8.8.8.8", True),
        ("2001:4860:4860::8888", True), ("example", False), ("localhost", False),
        ("printer.local", False), ("printer.hall.local", False),
        ("db.INTERNAL.", False), ("127.1", False), ("0x7f.1", False),
        ("1.0x7f000001", False), ("0177.0.0.1", False), ("a..org", False), ("", False),
        ("10.0.0.1", False), ("224.0.0.1", False), ("::1", False), ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False), ("64:ff9b::808:808", True), ("::a00:1", False),
        ("2002:a00:1::", False), ("2001:0:a00:1::", False), ("fe80::1", False),
    ],
)  # fmt: skip
def test_a_host_as_written_is_public_or_not(host: str, is_public: bool) -> None:
    assert webhook.is_public_name(host) is is_public


def test_a_list_of_hosts_holds_those_below_them() -> None:
    hosts = ("example.org", "hooks.example.net")
    for url, is_listed in (
        ("https://example.org/", True), ("https://a.example.org./", True),
        ("https://hooks.example.net", True), ("https://example.net", False),
        ("https://notexample.org", False), ("https://", False),
    ):  # fmt: skip
        assert webhook.is_listed(url, hosts) is is_listed
        assert webhook.is_listed(url, ())


# -- files, bounds, shares


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("drawing.PDF", "drawing.pdf"), ("C:\\plans\\a b.dwg", "a b.dwg"),
        ("../../etc/x.txt", "x.txt"), ("e\u0301.png", "é.png"), ("a\u202egnp.exe", "agnp.exe"),
        ('<a>:"b|c?*.csv', "abc.csv"), (" . report . .xlsx ", "report.xlsx"),
        ("a.tar.gz", "a.tar.gz"), ("x" * 130 + ".pdf", "x" * 116 + ".pdf"),
    ],
)  # fmt: skip
def test_a_file_is_kept_under_a_harmless_name(given: str, kept: str) -> None:
    assert attachment_name(given) == kept


def test_bounds_belong_to_what_they_allow() -> None:
    for value in (1, 5):
        check_range("x", value, 1, 5)
    check_length("x", "abc", 3)
    require_room(MAX_FILES_TOGETHER - 1, 1)
    for website in ("", "example.org", "example.org:8080/x", "https://example.org", "HTTP://x.org"):
        check_website(website)


def test_without_a_solver_the_best_are_taken_first() -> None:
    left, right = np.array([0, 0, 1, 2]), np.array([3, 4, 3, 4])
    value = np.array([0.9, 0.5, 0.8, 0.4])
    taken = allocation._greedy(left, right, value, np.array([1, 1, 1, 1, 1]))
    assert taken.tolist() == [0, 3]
    assert allocation._greedy(left, right, value, np.array([2, 1, 1, 2, 1])).tolist() == [0, 1, 2]
    assert allocation._greedy(left, right, value, np.zeros(5, int)).tolist() == []
