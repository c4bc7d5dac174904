"""Letters to a real SMTP server process."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from huey import SqliteHuey

from matchmaker.access import ADMIN
from matchmaker.app import create_app
from matchmaker.errors import TooManyAttempts
from matchmaker.messages import message
from matchmaker.services.people.reset_requests import ResetRequests
from matchmaker.services.people.sign_in import SignInService
from matchmaker.workflow.account import MailRhythm, Preferences, Scope
from matchmaker.workflow.introduction import Transition
from matchmaker.workflow.introduction_states import Action
from tests.api.outgoing.conftest import PASSWORD, _free_port, links, notifications, propose, to


def test_a_days_notices_come_in_one_letter_in_the_readers_language(wired, post_office, pair, watch):
    port, letters = post_office
    service = notifications(wired, port, watch)
    introduction = propose(wired, pair)
    wired.introductions.act(pair[1].principal(), introduction.id, Transition(Action.ACCEPT))
    for text in ("一", "二", "三"):
        wired.conversations.write(pair[0].principal(), introduction.id, text)
    service.mail_due()
    assert to(letters(), pair[1]) == []  # the day is not over
    watch.ahead = timedelta(hours=25)
    service.mail_due()
    (letter,) = to(letters(), pair[1])
    text = letter.get_payload(decode=True).decode()
    assert "希望与您合作" in text
    assert text.count("发来消息") == 1  # three messages, told once
    service.mail_due()
    assert len(to(letters(), pair[1])) == 1


def test_an_address_kept_of_earlier_that_no_letter_reaches_stops_nobody_s_letters(
    wired, post_office, pair, watch
):
    port, letters = post_office
    stored = wired.repositories.accounts.get(pair[1].id)
    odd = replace(stored.value, email="a..b@example.org")
    wired.repositories.records.commit([wired.repositories.accounts.put(odd, stored.version)])
    introduction = propose(wired, pair)  # its notice is the older one
    wired.introductions.act(pair[1].principal(), introduction.id, Transition(Action.ACCEPT))
    watch.ahead = timedelta(hours=25)
    assert notifications(wired, port, watch).mail_due() == 1
    assert len(to(letters(), pair[0])) == 1
    # So that no letter of later tests waits for it.
    wired.accounts.set_preferences(pair[1].principal(), Preferences("en", MailRhythm.NEVER))


def test_the_inbox_speaks_the_language_asked_for_else_ones_own(wired, pair):
    propose(wired, pair)
    key = wired.api_keys.issue(pair[1].principal(), "reads", Scope.READ, PASSWORD).secret
    client = create_app(wired).test_client()
    for accepted, spoken, text in (
        (None, "zh", "希望与您合作"),
        ("fr", "zh", "希望与您合作"),
        ("en", "en", "would like to work with you"),
    ):
        headers = {"Authorization": f"Bearer {key}"} | (
            {"Accept-Language": accepted} if accepted else {}
        )
        answer = client.get("/api/v1/notices", headers=headers)
        assert answer.headers["Content-Language"] == spoken
        assert text in answer.json["items"][0]["text"]


def test_the_link_at_the_foot_ends_all_mail(wired, post_office, pair, watch):
    port, letters = post_office
    service = notifications(wired, port, watch)
    wired.accounts.set_preferences(pair[1].principal(), Preferences("en", MailRhythm.AT_ONCE))
    introduction = propose(wired, pair)
    watch.ahead = timedelta(minutes=2)
    service.mail_due()
    (letter,) = to(letters(), pair[1])
    text = letter.get_payload(decode=True).decode()
    assert "would like to work with you" in text
    link = letter["List-Unsubscribe"].strip("<>").replace("\n", "").replace(" ", "")
    assert link in text
    wired.notifications.unsubscribe(parse_qs(urlsplit(link).query)["token"][0])
    wired.introductions.act(pair[0].principal(), introduction.id, Transition(Action.CANCEL))
    watch.ahead = timedelta(days=3)
    service.mail_due()
    assert len(to(letters(), pair[1])) == 1


@pytest.mark.parametrize(
    ("purpose", "button", "done"),
    [
        ("unsubscribe", "End all mail to me", "You will get no more mail."),
        ("channel", "End these messages", "Nothing goes there any more."),
    ],
)
def test_the_page_of_a_stop_link_says_what_it_stops(wired, purpose, button, done):
    client = create_app(wired).test_client()
    query, english = {"token": wired.links.token(purpose, "x")}, {"Accept-Language": "en"}
    page = client.get("/unsubscribe", query_string=query, headers=english)
    assert f"<button>{button}</button>" in page.text
    assert ("all mail" in page.text) is (purpose == "unsubscribe")
    stopped = client.post(
        "/unsubscribe", query_string=query, headers=english, follow_redirects=True
    )
    assert done in stopped.text


def test_a_program_of_mail_that_ends_them_is_sent_nowhere_else(wired, pair):
    """RFC 8058, 3.1: what is posted to with one click must not answer with a redirect."""
    account = pair[1]
    wired.accounts.set_preferences(account.principal(), Preferences("en", MailRhythm.DAILY))
    client = create_app(wired).test_client()
    token = wired.notifications.unsubscribe_token(account.id)
    answer = client.post(f"/unsubscribe?token={token}", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    after = wired.accounts.own_account(account.principal())
    assert after.preferences.mail is MailRhythm.NEVER


def test_letters_call_for_no_notice_of_absence(wired, post_office, pair):
    """RFC 3834, 2 and 5: automatic responders leave alone what says that it is automatic."""
    port, letters = post_office
    links(wired, port).mail(pair[0].email, "en", message("A subject"), "text")
    (letter,) = to(letters(), pair[0])
    assert letter["Auto-Submitted"] == "auto-generated"


def test_a_mail_server_that_is_down_loses_nothing(wired, post_office, pair, watch):
    port, letters = post_office
    propose(wired, pair)
    watch.ahead = timedelta(hours=25)
    assert notifications(wired, _free_port(), watch).mail_due() == 0
    notifications(wired, port, watch).mail_due()
    assert len(to(letters(), pair[1])) == 1


def test_a_reset_comes_by_mail(wired, post_office, pair, watch):
    port, received = post_office
    sign_in = SignInService(
        wired.repositories, wired.accounts, wired.invitations, wired.passwords,
        links(wired, port), wired.second_factors, watch,
    )  # fmt: skip
    sign_in.send_reset(pair[0].email)
    (letter,) = to(received(), pair[0])
    text = letter.get_payload(decode=True).decode()
    link = next(word for word in text.split() if word.startswith("https://m.example/reset?"))
    wired.sign_in.reset(parse_qs(urlsplit(link).query)["token"][0], "another horse 7")
    changed = wired.sign_in.with_password(pair[0].email, "another horse 7")
    assert changed.is_proved  # only who reads the mail of the address had the link


def test_nobody_is_flooded_with_letters_for_a_new_password(wired, post_office, watch):
    """Five, however often somebody asks; a minute later another. Whoever asks is told nothing."""
    port, received = post_office
    account = wired.accounts.create(ADMIN, "flooded@example.org", "F", PASSWORD)
    sign_in = SignInService(
        wired.repositories, wired.accounts, wired.invitations, wired.passwords,
        links(wired, port), wired.second_factors, watch,
    )  # fmt: skip
    for _ in range(8):
        sign_in.send_reset(account.email)
    assert len(to(received(), account)) == 5
    watch.ahead += timedelta(seconds=61)
    for _ in range(3):
        sign_in.send_reset(account.email)
    assert len(to(received(), account)) == 6


def test_nobody_is_flooded_with_letters_that_confirm_an_address(wired, post_office, watch):
    """Who has an account of somebody's address is told to wait; a new password is still mailed."""
    port, received = post_office
    account = wired.accounts.create(ADMIN, "victim@example.org", "V", PASSWORD)
    sign_in = SignInService(
        wired.repositories, wired.accounts, wired.invitations, wired.passwords,
        links(wired, port), wired.second_factors, watch,
    )  # fmt: skip
    for _ in range(5):
        assert sign_in.send_confirmation(account.principal())
    for _ in range(3):
        with pytest.raises(TooManyAttempts, match="Several letters"):
            sign_in.send_confirmation(account.principal())
    assert len(to(received(), account)) == 5
    sign_in.send_reset(account.email)
    assert len(to(received(), account)) == 6
    watch.ahead += timedelta(seconds=61)
    assert sign_in.send_confirmation(account.principal())


def test_an_address_is_confirmed_by_a_letter(wired, post_office, watch):
    port, received = post_office
    account = wired.accounts.create(ADMIN, "unproved@example.org", "U", PASSWORD)
    assert not account.is_proved
    sign_in = SignInService(
        wired.repositories, wired.accounts, wired.invitations, wired.passwords,
        links(wired, port), wired.second_factors, watch,
    )  # fmt: skip
    assert sign_in.send_confirmation(account.principal())
    (letter,) = to(received(), account)
    text = letter.get_payload(decode=True).decode()
    link = next(word for word in text.split() if word.startswith("https://m.example/confirm?"))
    token = parse_qs(urlsplit(link).query)["token"][0]
    assert wired.sign_in.confirm(token, account.id).is_proved


def test_asking_for_a_reset_waits_for_no_mail_server(wired, pair):
    """Asked of a server that is down, for an account and for none: queued alike, told alike."""
    sign_in = SignInService(
        wired.repositories, wired.accounts, wired.invitations, wired.passwords,
        links(wired, _free_port()), wired.second_factors, wired.clock,
    )  # fmt: skip
    queue = SqliteHuey("resets", filename=str(wired.settings.data_dir / "resets.db"), results=False)
    requests = ResetRequests(sign_in, queue)
    for email in (pair[0].email, "nobody@example.org"):
        assert requests.ask(email) is True
    assert queue.pending_count() == 2
    while (task := queue.dequeue()) is not None:
        queue.execute(task)  # what cannot be sent is logged, and nobody is told
