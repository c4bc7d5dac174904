"""Mail to a real SMTP server process, and webhooks to a real HTTP server."""

import base64
import contextlib
import hashlib
import hmac
import json
import mailbox
import socket
import ssl
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from huey import SqliteHuey

from matchmaker.access import ADMIN
from matchmaker.app import create_app
from matchmaker.domain import GoalName, GraphRows, Kind, Organization
from matchmaker.errors import InvalidInput, ServiceUnavailable
from matchmaker.mail import Mailer
from matchmaker.services.cooperation import webhook_call
from matchmaker.services.cooperation.webhooks import Webhooks
from matchmaker.services.people.links import Links
from matchmaker.services.people.notifications import Notifications
from matchmaker.services.people.reset_requests import ResetRequests
from matchmaker.services.people.sign_in import SignInService
from matchmaker.services.unit_of_work import utc_now
from matchmaker.settings import Settings
from matchmaker.store.changes import Put
from matchmaker.wiring import wire
from matchmaker.workflow.account import (
    AccountMembership,
    MailRhythm,
    MembershipRole,
    Preferences,
    Scope,
)
from matchmaker.workflow.introduction import Outcome, Proposal, Transition
from matchmaker.workflow.introduction_states import Action, OutcomeKind
from matchmaker.workflow.webhook import Delivery, checked_url
from tests.passwords import cheap_passwords

PASSWORD = "correct horse 9"


class Watch:
    def __init__(self):
        self.ahead = timedelta()

    def __call__(self):
        return utc_now() + self.ahead


@pytest.fixture(scope="module")
def wired(tmp_path_factory):
    """Services of its own, without a snapshot: no other test's letters and calls are due here."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("outgoing"), store="", _env_file=None)
    services = wire(settings)
    services.passwords = cheap_passwords()
    services.store.prepare()
    yield services
    services.store.close()


@pytest.fixture
def watch():
    return Watch()


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def post_office(tmp_path):
    """A mail server process that puts letters into a maildir."""
    port, box = _free_port(), tmp_path / "box"
    process = subprocess.Popen(
        [
            sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}",
            "-c", "aiosmtpd.handlers.Mailbox", str(box),
        ],
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    yield port, lambda: list(mailbox.Maildir(box))
    process.terminate()
    process.wait()


@pytest.fixture
def pair(wired, request):
    """Two firms of their own, each with a person."""
    number = abs(hash(request.node.name)) % 10**9
    ids = (f"u:a{number}", f"u:b{number}")
    wired.store.upsert(
        GraphRows(
            organizations=tuple(Organization(id, f"甲乙 <{id}>\n厂", Kind.FIRM) for id in ids)
        )
    )
    return [
        wired.accounts.create(
            ADMIN, f"{id[2:]}@example.org", id, PASSWORD,
            memberships=(AccountMembership(id, MembershipRole.OWNER),),
        )
        for id in ids
    ]  # fmt: skip


def propose(wired, pair):
    first, second = (account.memberships[0].organization for account in pair)
    return wired.introductions.propose(
        pair[0].principal(), Proposal(GoalName.SUPPLIER, first, second)
    )


def links(wired, port):
    settings = Settings(
        data_dir=wired.settings.data_dir, store="", smtp_host="127.0.0.1", smtp_port=port,
        smtp_tls=False, smtp_from="hello@matchmaker.example", _env_file=None,
    )  # fmt: skip
    return Links(wired.operator_key.signing_secret, lambda: "https://m.example", Mailer(settings))


def notifications(wired, port, watch):
    return Notifications(
        wired.repositories, wired.accounts, links(wired, port), watch, wired.channels.stop
    )  # fmt: skip


def to(letters, account):
    return [letter for letter in letters if letter["To"] == account.email]


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
    assert wired.sign_in.confirm(parse_qs(urlsplit(link).query)["token"][0]).is_proved


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


# -- webhooks


@pytest.fixture
def receiver():
    """A server that keeps what it is sent and answers with the next status."""
    calls, statuses = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            calls.append((dict(self.headers), body))
            self.send_response(statuses.pop(0) if statuses else 200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook", calls, statuses
    server.shutdown()
    server.server_close()


def test_a_webhook_is_signed_and_called_again_until_it_is_taken(wired, pair, receiver, watch):
    url, calls, statuses = receiver
    statuses += [500, 302]
    service = Webhooks(
        wired.repositories, wired.notification_outbox, wired.sealer, watch, private_allowed=True
    )
    own = pair[1].memberships[0].organization
    hook = service.register(pair[1].principal(), own, url)
    propose(wired, pair)
    service.deliver_due()
    service.deliver_due()  # not due yet
    assert len(calls) == 1
    watch.ahead = timedelta(seconds=10)
    service.deliver_due()
    watch.ahead = timedelta(minutes=10)
    service.deliver_due()
    watch.ahead = timedelta(days=9)
    service.deliver_due()
    assert len(calls) == 3  # refused, redirected, taken
    assert len({body for _, body in calls}) == 1
    headers, body = calls[-1]
    event = json.loads(body)
    assert event["type"] == "introduction.proposed"
    assert event["data"]["organization"] == own
    # As the Standard Webhooks specification writes it.
    key = base64.b64decode(hook.secret.removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_a_webhook_of_before_the_events_were_renamed_is_called_by_their_earlier_names(
    wired, pair, monkeypatch
):
    url, events = "https://example.org", {"/old": [], "/new": []}

    def take(url, body, headers, private_allowed):
        events[urlsplit(url).path].append(json.loads(body)["type"])
        return 200

    monkeypatch.setattr("matchmaker.services.cooperation.webhooks.post", take)
    own = pair[1].memberships[0].organization
    wired.webhooks.register(pair[1].principal(), own, f"{url}/new")
    stored = {
        "id": "old", "organization": own, "url": f"{url}/old", "active": True, "failures": 0,
        "secret": wired.sealer.seal("whsec_c2VjcmV0"), "created": "2026-03-01T08:00:00Z",
    }  # fmt: skip
    put = Put("hook", "old", json.dumps(stored), keys={"organization": own})
    wired.repositories.records.commit([put])
    id = propose(wired, pair).id
    contract = Transition(Action.REPORT, outcome=Outcome(OutcomeKind.CONTRACT))
    wired.introductions.act(pair[1].principal(), id, Transition(Action.ACCEPT))
    wired.introductions.act(pair[1].principal(), id, contract)
    wired.introductions.act(pair[0].principal(), id, Transition(Action.CONFIRM))
    wired.webhooks.deliver_due()
    assert events == {
        "/old": ["introduction.proposed", "outcome.completed"],
        "/new": ["introduction.proposed", "introduction.completed"],
    }


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/x", "https://127.0.0.1/x", "https://10.0.0.8/x", "https://[::1]/x",
        "https://localhost/x", "https://169.254.169.254/latest", "https://u:p@example.org/",
        "ftp://example.org/", "https://[::ffff:10.0.0.1]/", "https://a.internal/", "nonsense",
        # Other ways of writing this machine and its neighbours.
        "https://127.1/x", "https://0177.0.0.1/x", "https://2130706433/x", "https://0x7f.1/x",
        "https://0x7f000001/x", "https://localhost./x", "https://printer.lan/x", "https://intranet/",
        "https://[64:ff9b::a00:1]/", "https://[2002:a00:1::1]/", "https://[::10.0.0.1]/",
        "https://[2001:0:a00:1:0:0:0:0]/", "https://[fe80::1]/", "https://[fd00::1]/",
        "https://169.254.169.254./latest", "https://224.0.0.1/",
        # Other ports and what a parser would leave out.
        "https://example.org:22/", "https://example.org:80/", "https://exa\tmple.org/",
        "https://example.org/\r\nHost: inner", " https://example.org/", "https://example.org\\@10.0.0.1/",
    ],
)  # fmt: skip
def test_a_webhook_reaches_no_inner_machine(url):
    with pytest.raises(InvalidInput):
        checked_url(url)


@pytest.mark.parametrize(
    "url",
    ["https://example.org/x?y=1", "https://example.org:8443/", "https://93.184.216.34/",
     "https://[2606:2800:220:1:248:1893:25c8:1946]/", "https://example.org./", "https://示例.中国/x"],
)  # fmt: skip
def test_a_webhook_may_be_anywhere_in_public(url):
    assert checked_url(url) == url


def test_only_hosts_on_the_list_are_called(tmp_path, monkeypatch):
    listed = Settings(
        data_dir=tmp_path, webhook_hosts="example.org, Hooks.Example.net", _env_file=None
    )
    services = wire(listed)
    services.store.prepare()
    urls = ["https://example.org/x", "https://a.example.org/", "https://hooks.example.net:8443/"]
    hooks = [services.webhooks.register(ADMIN, "t:1", url) for url in urls]
    for url in ("https://badexample.org/", "https://example.net/", "https://example.org.evil.cn/"):
        with pytest.raises(InvalidInput, match="does not call"):
            services.webhooks.register(ADMIN, "t:1", url)
    called = []
    monkeypatch.setattr(
        "matchmaker.services.cooperation.webhooks.post",
        lambda url, *_, **__: called.append(url) or 204,
    )
    now = utc_now()
    shorter = wire(listed.model_copy(update={"webhook_hosts": "example.net"}))
    services.store.documents.commit(
        [
            services.repositories.deliveries.put(Delivery(hook.id, hook.id, "{}", now))
            for hook in hooks
        ]
    )
    assert shorter.webhooks.deliver_due() == 1
    assert called == [urls[2]]
    services.store.close()
    shorter.store.close()


def answering(monkeypatch, name, *answers):
    """A resolver that says something else of a name each time; other names as ever."""
    real, left = socket.getaddrinfo, list(answers)

    def resolve(host, port, *rest, **options):
        if host != name:
            return real(host, port, *rest, **options)
        address = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def test_a_name_that_points_inside_is_not_called(wired, pair, receiver, watch, monkeypatch):
    _, calls, _ = receiver
    service = Webhooks(wired.repositories, wired.notification_outbox, wired.sealer, watch)
    own = pair[1].memberships[0].organization
    service.register(pair[1].principal(), own, "https://rebinding.example.org/hook")
    answering(monkeypatch, "rebinding.example.org", "127.0.0.1")
    propose(wired, pair)
    assert service.deliver_due() == 0
    assert calls == []


def test_the_address_that_was_checked_is_the_one_called(receiver, monkeypatch):
    """A name that is public when it is checked and the metadata service's when it is called."""
    url, calls, _ = receiver
    port = urlsplit(url).port
    monkeypatch.setattr(webhook_call, "is_public", lambda address: address == "127.0.0.1")
    answering(monkeypatch, "rebinding.example.org", "127.0.0.1", "169.254.169.254")
    status = webhook_call.post(
        f"http://rebinding.example.org:{port}/hook?a=1", b"{}", {}, private_allowed=False
    )
    assert (status, len(calls)) == (200, 1)
    assert calls[0][0]["Host"] == f"rebinding.example.org:{port}"


@pytest.fixture
def certificate(tmp_path):
    """A key and a certificate of rebinding.example.org, signed by itself."""
    path = tmp_path / "own.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
            "-keyout", path, "-out", tmp_path / "own.crt", "-subj", "/CN=rebinding.example.org",
            "-addext", "subjectAltName=DNS:rebinding.example.org",
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    path.write_text(path.read_text() + (tmp_path / "own.crt").read_text())
    return path


@pytest.mark.parametrize("name", ["rebinding.example.org", "other.example.org"])
def test_over_tls_the_name_of_the_address_is_the_one_certified(certificate, monkeypatch, name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server_names, calls = [], []
    context.sni_callback = lambda _, server_name, __: server_names.append(server_name)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            calls.append(self.headers["Host"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args):
            pass

    class Quiet(HTTPServer):
        def handle_error(self, *args):
            pass

    server = Quiet(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    webhook_call._authorities.cache_clear()
    answering(monkeypatch, name, "127.0.0.1", "169.254.169.254")
    try:
        url = f"https://{name}:{server.server_port}/hook"
        if name == "rebinding.example.org":
            assert webhook_call.post(url, b"{}", {}, private_allowed=True) == 204
            assert calls == [f"{name}:{server.server_port}"]
        else:
            with pytest.raises(ssl.SSLCertVerificationError):
                webhook_call.post(url, b"{}", {}, private_allowed=True)
            assert calls == []
        assert server_names == [name]
    finally:
        webhook_call._authorities.cache_clear()
        server.shutdown()
        server.server_close()


def test_a_host_that_answers_a_byte_at_a_time_is_given_up(monkeypatch):
    """Each byte comes within the time for one; the deadline is for all of them."""
    monkeypatch.setattr(webhook_call, "DEADLINE_SECONDS", 0.5)
    listener = socket.create_server(("127.0.0.1", 0))

    def trickle():
        connected, _ = listener.accept()
        with connected, contextlib.suppress(OSError):
            for byte in b"HTTP/1.1 200 OK\r\n" + b"x" * 10_000:
                connected.sendall(bytes([byte]))
                time.sleep(0.1)

    threading.Thread(target=trickle, daemon=True).start()
    begun = time.monotonic()
    with pytest.raises(webhook_call.FAILURES):
        webhook_call.post(
            f"http://127.0.0.1:{listener.getsockname()[1]}/", b"{}", {}, private_allowed=True
        )
    assert time.monotonic() - begun < 5
    listener.close()


def dripping(greeting):
    """A server that sends a byte every tenth of a second, and its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def drip(connected):
        with connected, contextlib.suppress(OSError):
            for byte in greeting + b"x" * 10_000:
                connected.sendall(bytes([byte]))
                time.sleep(0.1)

    def accept():
        with contextlib.suppress(OSError):
            while True:
                connected, _ = listener.accept()
                threading.Thread(target=drip, args=(connected,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener, listener.getsockname()[1]


def test_a_mail_server_that_drips_is_one_that_does_not_answer(monkeypatch, tmp_path):
    monkeypatch.setattr("matchmaker.mail._DEADLINE_SECONDS", 0.5)
    listener, port = dripping(b"220 ")
    settings = Settings(
        data_dir=tmp_path, smtp_host="127.0.0.1", smtp_port=port, smtp_tls=False, _env_file=None
    )
    begun = time.monotonic()
    with pytest.raises(ServiceUnavailable):
        Mailer(settings).send("a@example.org", "x", "y")
    assert time.monotonic() - begun < 5
    listener.close()


@pytest.mark.slow
def test_a_receiver_that_drips_keeps_no_other_waiting(monkeypatch, tmp_path):
    """Its calls are the older ones; the other's is made meanwhile, and only one of its own."""
    monkeypatch.setattr(webhook_call, "DEADLINE_SECONDS", 2.0)
    listener, port = dripping(b"HTTP/1.1 200 OK\r\n")
    called_at = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            called_at.append(time.monotonic())
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args):
            pass

    prompt = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=prompt.serve_forever, daemon=True).start()
    services = wire(Settings(data_dir=tmp_path, private_webhooks=True, _env_file=None))
    services.store.prepare()
    hooks = [
        services.webhooks.register(ADMIN, f"t:{number}", f"http://127.0.0.1:{port}/")
        for number, port in enumerate((port, prompt.server_port))
    ]
    now = utc_now()
    deliveries = [Delivery(f"d{n}", hooks[n == 5].id, "{}", now) for n in range(6)]
    services.store.documents.commit(
        [services.repositories.deliveries.put(delivery) for delivery in deliveries]
    )
    begun = time.monotonic()
    assert services.webhooks.deliver_due() == 1
    assert called_at[0] - begun < 1.5
    assert time.monotonic() - begun < 5
    # One call of the five was tried; the others wait for the next round.
    attempts = sorted(each.attempts for each in services.repositories.deliveries.values())
    assert attempts == [0, 0, 0, 0, 1]
    prompt.shutdown()
    prompt.server_close()
    listener.close()
    services.store.close()


def answering_once(content):
    """A server that answers each connection so, and its address."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer():
        with contextlib.suppress(OSError):
            while True:
                connected, _ = listener.accept()
                with connected, contextlib.suppress(OSError):
                    connected.recv(65_536)
                    connected.sendall(content)

    threading.Thread(target=answer, daemon=True).start()
    return listener, f"http://127.0.0.1:{listener.getsockname()[1]}/"


@pytest.mark.parametrize(
    ("content", "problem", "reason"),
    [
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", "status", "the status 503"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "not_http", "something else than HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000, "not_http", "something else than HTTP"),
        (b"", "unreachable", "it broke off"),
    ],
    ids=["busy", "no HTTP", "endless header", "broken off"],
)
def test_why_a_call_was_not_taken_is_told_with_when_it_is_made_again(
    wired, pair, watch, content, problem, reason
):
    listener, url = answering_once(content)
    service = Webhooks(
        wired.repositories, wired.notification_outbox, wired.sealer, watch, private_allowed=True
    )
    own = pair[1].memberships[0].organization
    service.register(pair[1].principal(), own, url)
    propose(wired, pair)
    begun = utc_now()
    service.deliver_due()
    key = wired.api_keys.issue(pair[1].principal(), "reads", Scope.READ, PASSWORD).secret
    headers = {"Authorization": f"Bearer {key}", "Accept-Language": "en"}
    client = create_app(wired).test_client()
    (hook,) = client.get(f"/api/v1/webhooks?organization={own}", headers=headers).json["items"]
    assert (hook["problem"], hook["failures"], hook["waiting"]) == (problem, 1, 1)
    assert reason in hook["reason"]
    next_call = datetime.fromisoformat(hook["next_call"])
    # The first of the retries that docs/mail-and-openid.md promises.
    assert timedelta(seconds=4) <= next_call - begun <= timedelta(seconds=10)
    service.remove(pair[1].principal(), hook["id"])
    service.deliver_due()
    listener.close()


def test_a_receiver_that_is_down_for_a_weekend_is_not_given_up_one_that_stays_down_is(
    wired, pair, watch
):
    """However much waits for it: only time tells. Its owner is told."""
    down = f"http://127.0.0.1:{_free_port()}/hook"
    service = Webhooks(
        wired.repositories, wired.notification_outbox, wired.sealer, watch, private_allowed=True
    )
    own = pair[1].memberships[0].organization
    hook = service.register(pair[1].principal(), own, down)

    def fail(count):
        now = watch()
        changes = [
            wired.repositories.deliveries.put(Delivery(f"{hook.id}-{now}-{n}", hook.id, "{}", now))
            for n in range(count)
        ]
        wired.repositories.records.commit(changes)
        for _ in range(count):
            service.deliver_due()
        return next(each for each in service.listed(pair[1].principal(), own) if each.id == hook.id)

    assert fail(60).active
    watch.ahead = timedelta(days=2.5)
    assert fail(1).active
    watch.ahead = timedelta(days=4)
    ended = fail(1)
    assert not ended.active
    inbox = wired.notifications.inbox(pair[1].principal(), "", 50)
    told = [str(stored.message) for stored in inbox.page.rows if "webhook" in str(stored.message)]
    assert len(told) == 1
    assert "127.0.0.1" in told[0]
    service.remove(pair[1].principal(), hook.id)
    service.deliver_due()
