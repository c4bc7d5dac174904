"""Pages of a call: nothing that was typed is lost, and each organisation finds its own part."""

import itertools
import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from io import BytesIO

import pytest
from icalendar import Calendar

from matchmaker.access import ADMIN, Principal
from matchmaker.domain import GoalName, Organization
from matchmaker.services.cooperation.call_decisions import Award
from matchmaker.workflow.account import AccountMembership, MembershipRole, Preferences
from matchmaker.workflow.call import CallContent, EndReason
from matchmaker.workflow.call_answer import Bid

PASSWORD = "correct horse 9"
_number = itertools.count()


class Reader:
    """A browser of somebody who acts for some firms, in English."""

    def __init__(self, app, wired, *firms):
        # Of the tests of pooled needs too, for which this module is another one.
        email = f"{__name__}.{next(_number)}@example.org"
        places = tuple(AccountMembership(firm, MembershipRole.OWNER) for firm in firms)
        self.person = wired.accounts.create(ADMIN, email, "R", PASSWORD, memberships=places)
        self.client = app.test_client()
        sent = {"email": email, "password": PASSWORD}
        self.token = self.client.post("/api/v1/session", json=sent).json["csrf_token"]
        wired.accounts.set_preferences(self.person.principal(), Preferences("en"))

    def get(self, place):
        return self.client.get(place)

    def post(self, place, **sent):
        return self.client.post(place, data={"csrf_token": self.token, **sent})


@pytest.fixture
def firms(wired):
    made = [f"t:called{next(_number)}" for _ in range(4)]
    for firm in made:
        wired.directory.create(ADMIN, Organization(firm, f"Works {firm}", "firm"), "")
    return made


def _acts_for(firm):
    own = frozenset({firm})
    return Principal("system", account="system", organizations=own, owned=own)


def _open(wired, caller, *invited):
    deadline = datetime.now(UTC).date() + timedelta(days=9)
    content = CallContent(
        caller, "Ball valves", "Ball valves DN50 of steel 316L", GoalName.SUPPLIER, deadline
    )
    return wired.call_opening.open(_acts_for(caller), content, invited).brief.id


def test_a_late_answer_shows_what_was_typed_to_be_copied(app, wired, firms):
    caller, firm, *_ = firms
    call = _open(wired, caller, firm)
    reader = Reader(app, wired, firm)
    wired.call_decisions.end(_acts_for(caller), call, EndReason.POSTPONED)
    for do, name in (
        ("submit", "text"),
        ("draft", "text"),
        ("decline", "text"),
        ("ask", "question"),
    ):
        answer = reader.post(
            f"/calls/{call}/answer", do=do, reason="no_capacity", **{name: "typed for hours"}
        )
        assert answer.status_code == 409
        assert "typed for hours" in answer.text
        assert "readonly" in answer.text
    assert "Send the answer" not in reader.get(f"/calls/{call}").text


def test_a_refused_step_of_the_caller_shows_what_was_typed(app, wired, firms):
    caller, firm, *_ = firms
    call = _open(wired, caller, firm)
    wired.call_answers.ask(_acts_for(firm), call, firm, "Until when?")
    (question,) = wired.repositories.call_questions.values("call", call)
    reader = Reader(app, wired, caller)
    for sent in (
        {"do": "note", "text": "typed for hours", "organization": "t:nobody"},
        {"do": "reply", "question": question.id, "answer": "", "wording": "typed for hours"},
        {"do": "end", "reason": "nonsense", "text": "typed for hours"},
        {"do": "prolong", "deadline": "1999-12-31"},
    ):
        answer = reader.post(f"/calls/{call}", **sent)
        assert answer.status_code == 422
        typed = sent.get("text") or sent.get("wording") or sent["deadline"]
        assert typed in answer.text


def test_a_firm_sees_its_whole_answer_after_the_decision(app, wired, firms):
    caller, firm, *_ = firms
    call = _open(wired, caller, firm)
    bid = Bid(price=88.5, currency="CNY", lead_time_days=23, minimum_quantity=417, text="As drawn")
    wired.call_answers.submit(_acts_for(firm), call, firm, bid)
    wired.call_decisions.end(_acts_for(caller), call, EndReason.POSTPONED)
    page = Reader(app, wired, firm).get(f"/calls/{call}").text
    for said in ("88.5", "23 days", "417", "As drawn"):
        assert said in page


def test_an_invitation_to_ones_second_organisation_opens_its_form(app, wired, firms):
    caller, invited, first, _ = firms
    call = _open(wired, caller, invited)
    reader = Reader(app, wired, first, invited)
    page = reader.get(f"/calls/{call}")
    assert page.status_code == 200
    assert f'name="organization" value="{invited}"' in page.text
    answer = reader.post(
        f"/calls/{call}/answer", do="draft", organization=invited, text="Ours", price="",
    )  # fmt: skip
    assert answer.status_code == 303
    form = wired.call_answers.form(_acts_for(invited), call, invited)
    assert form.draft.text == "Ours"
    # Whoever calls with the one and is invited with the other goes from page to page.
    both = Reader(app, wired, caller, invited)
    team = both.get(f"/calls/{call}").text
    assert f"/calls/{call}?answer={invited.replace(':', '%3A')}" in team or (
        f"/calls/{call}?answer={invited}" in team
    )
    own = both.get(f"/calls/{call}?answer={invited}")
    assert "Send the answer" in own.text
    assert f'href="/calls/{call}"' in own.text


def test_a_bid_past_its_validity_is_marked(app, wired, firms):
    caller, firm, *_ = firms
    call = _open(wired, caller, firm)
    today = wired.local_clock().date()
    bid = Bid(price=3.0, currency="CNY", valid_until=today)
    wired.call_answers.submit(_acts_for(firm), call, firm, bid)
    reader = Reader(app, wired, caller)
    for place in (f"/calls/{call}", f"/calls/{call}/award"):
        assert "validity expired" not in reader.get(place).text
    repository = wired.repositories.call_answers
    (stored,) = repository.iterate("call", call)
    old = replace(bid, valid_until=today - timedelta(days=1))
    wired.repositories.records.commit(
        [repository.put(replace(stored.value, bid=old), stored.version)]
    )
    for place in (f"/calls/{call}", f"/calls/{call}/award"):
        assert "validity expired" in reader.get(place).text


def test_files_of_a_call_go_up_by_the_form_and_come_as_attachments_only(app, wired, firms):
    caller, firm, *_ = firms
    call = _open(wired, caller, firm)
    reader, invited = Reader(app, wired, caller), Reader(app, wired, firm)
    sent = {"file": (BytesIO("见附图".encode()), "plan.txt"), "organization": ""}
    assert reader.post(f"/calls/{call}/files", **sent).status_code == 303
    assert "plan.txt" in reader.get(f"/calls/{call}").text
    own = invited.get(f"/calls/{call}").text
    (address,) = set(re.findall(rf'href="(/calls/{call}/files\?file=[^"]+)"', own))
    got = invited.get(address)
    assert got.data == "见附图".encode()
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.headers["Content-Security-Policy"]
    # What it holds decides, not what it is called.
    feigned = {"file": (BytesIO(b"MZ\x90\x00"), "plan.pdf"), "organization": firm}
    assert invited.post(f"/calls/{call}/files", **feigned).status_code == 422


def test_files_of_an_ended_call_are_removed_on_the_pages_of_whose_they_are(app, wired, firms):
    caller, asked, *_ = firms
    call = _open(wired, caller, asked)
    pages = {caller: f"/calls/{call}", asked: f"/calls/{call}?answer={asked}"}
    readers = {firm: Reader(app, wired, firm) for firm in pages}
    sent = {caller: "drawing.txt", asked: "offer.txt"}
    for firm, name in sent.items():
        own = {"organization": asked} if firm == asked else {}
        form = own | {"file": (BytesIO(b"see the drawing"), name)}
        assert readers[firm].post(f"/calls/{call}/files", **form).status_code == 303
    wired.call_decisions.end(_acts_for(caller), call, EndReason.NOT_NEEDED)
    for firm, name in sent.items():
        reader, page = readers[firm], readers[firm].get(pages[firm]).text
        (file,) = re.findall(r'name="remove" value="([^"]+)"', page)
        assert name in page
        own = {"organization": asked} if firm == asked else {}
        assert reader.post(f"/calls/{call}/files", remove=file, **own).status_code == 303
        assert name not in reader.get(pages[firm]).text


def test_no_page_offers_to_remove_files_of_an_answer_that_may_yet_be_awarded(app, wired, firms):
    caller, winner, other, *_ = firms
    call = _open(wired, caller, winner, other)
    readers = {firm: Reader(app, wired, firm) for firm in (winner, other)}
    for firm, reader in readers.items():
        form = {"organization": firm, "file": (BytesIO(b"see the drawing"), "offer.txt")}
        assert reader.post(f"/calls/{call}/files", **form).status_code == 303
        wired.call_answers.submit(_acts_for(firm), call, firm, Bid(text="gladly"))
    wired.call_decisions.award(_acts_for(caller), call, Award((winner,)))
    pages = {firm: readers[firm].get(f"/calls/{call}?answer={firm}").text for firm in readers}
    assert 'name="remove"' in pages[winner]
    assert 'name="remove"' not in pages[other]
    assert "its files stay beside it" in pages[other]
    assert "Take our answer back" in pages[other]


def test_a_call_s_deadline_comes_as_a_calendar_file(app, wired, firms):
    caller, firm, *_ = firms
    call = _open(wired, caller, firm)
    answer = Reader(app, wired, firm).get(f"/calls/{call}/calendar")
    assert answer.mimetype == "text/calendar"
    (entry,) = Calendar.from_ical(answer.data).walk("VEVENT")
    last = wired.repositories.calls.get(call).value.deadline
    # Shanghai is eight hours ahead: the end of its day is 16:00 UTC.
    assert entry.decoded("dtend") == datetime.combine(last, time(16), UTC)
    assert str(entry["url"]).endswith(f"/calls/{call}")


def test_a_program_names_the_answer_that_it_replaces(app, wired, firms):
    caller, firm, *_ = firms
    call = _open(wired, caller, firm)
    reader = Reader(app, wired, firm)
    place, own = f"/api/v1/calls/{call}/answer", {"organization": firm}
    headers = {"X-CSRF-Token": reader.token}
    read = reader.client.get(place, query_string=own)
    bid = own | {"price": 88.5, "currency": "CNY", "draft": True}
    tagged = headers | {"If-Match": read.headers["ETag"]}
    first = reader.client.put(place, json=bid | {"text": "one"}, headers=tagged)
    assert first.status_code == 200
    assert reader.client.put(place, json=bid | {"text": "two"}, headers=tagged).status_code == 412
    back = reader.client.delete(place, query_string=own, headers=tagged)
    assert back.status_code == 412
    tagged = headers | {"If-Match": first.headers["ETag"]}
    assert reader.client.put(place, json=bid | {"text": "two"}, headers=tagged).status_code == 200
    assert reader.client.put(place, json=bid | {"text": "any"}, headers=headers).status_code == 200


def test_a_file_that_a_colleague_put_beside_an_answer_does_not_go_unseen(app, wired, firms):
    caller, firm, *_ = firms
    call = _open(wired, caller, firm)
    reader, colleague = Reader(app, wired, firm), Reader(app, wired, firm)
    wired.call_answers.save_draft(_acts_for(firm), call, firm, Bid(price=88.5, currency="CNY"))
    page = reader.get(f"/calls/{call}").text
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]
    file = {"file": (BytesIO(b"%PDF-1.4 a drawing"), "drawing.pdf"), "organization": firm}
    sent = colleague.client.post(
        f"/api/v1/calls/{call}/files", data=file, headers={"X-CSRF-Token": colleague.token}
    )
    assert sent.status_code == 204
    refused = reader.post(f"/calls/{call}/answer", do="withdraw", seen=seen)
    assert refused.status_code == 409
    [kept] = wired.call_answers.form(_acts_for(firm), call, firm).files
    assert kept.name == "drawing.pdf"


@pytest.mark.parametrize("do", ["draft", "submit", "decline", "withdraw"])
def test_what_a_colleague_sent_is_not_replaced_unseen(app, wired, firms, do):
    caller, firm, *_ = firms
    call = _open(wired, caller, firm)
    reader = Reader(app, wired, firm)
    place = f"/calls/{call}/answer"
    seen = re.search(r'name="seen" value="([^"]+)"', reader.get(f"/calls/{call}").text)[1]
    bid = Bid(price=88.5, currency="CNY", text="As drawn by a colleague")
    wired.call_answers.submit(_acts_for(firm), call, firm, bid)
    sent = {"do": do, "seen": seen, "text": "typed for hours", "reason": "no_capacity"}
    refused = reader.post(place, **sent)
    assert refused.status_code == 409
    assert ("typed for hours" in refused.text) or do == "withdraw"
    assert "As drawn by a colleague" in refused.text
    stands = wired.call_answers.form(_acts_for(firm), call, firm).bid
    assert stands.text == "As drawn by a colleague"
    now = re.search(r'name="seen" value="([^"]+)"', refused.text)[1]
    assert reader.post(place, **sent | {"seen": now}).status_code == 303
