"""Webhooks to a real HTTP server, and servers that hang or drip."""

import base64
import contextlib
import hashlib
import hmac
import json
import socket
import ssl
import subprocess
import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

import pytest

from matchmaker.access import ADMIN
from matchmaker.app import create_app
from matchmaker.errors import InvalidInput, ServiceUnavailable
from matchmaker.mail import Mailer
from matchmaker.services.cooperation import webhook_call, webhooks
from matchmaker.services.cooperation.webhook_lanes import CallLanes
from matchmaker.services.cooperation.webhooks import Webhooks
from matchmaker.services.unit_of_work import utc_now
from matchmaker.settings import Settings
from matchmaker.store.changes import Put
from matchmaker.wiring import wire
from matchmaker.workflow.account import Scope
from matchmaker.workflow.introduction import Outcome, Transition
from matchmaker.workflow.introduction_states import Action, OutcomeKind
from matchmaker.workflow.webhook import Delivery, checked_url
from tests.api.outgoing.conftest import PASSWORD, _free_port, propose


def calling_this_machine(wired, watch) -> Webhooks:
    """Webhooks as they are wired, but that receivers of these tests may be called."""
    return Webhooks(
        wired.repositories,
        wired.notification_outbox,
        wired.sealer,
        wired.second_factors,
        watch,
        private_allowed=True,
    )


def test_a_webhook_is_signed_and_called_again_until_it_is_taken(wired, pair, receiver, watch):
    url, calls, statuses = receiver
    statuses += [500, 302]
    service = calling_this_machine(wired, watch)
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
    told = wired.introductions.act(pair[1].principal(), id, contract)
    confirmed = Transition(Action.CONFIRM, version=told.version)
    wired.introductions.act(pair[0].principal(), id, confirmed)
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
    service = Webhooks(
        wired.repositories, wired.notification_outbox, wired.sealer, wired.second_factors, watch
    )
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


def test_new_receivers_and_those_that_were_slow_before_a_restart_wait_apart(
    wired, pair, receiver, watch, monkeypatch
):
    """Each lane has places of its own, so that those that are well wait for none of them."""
    url, calls, _ = receiver
    own = pair[1].memberships[0].organization
    hook = calling_this_machine(wired, watch).register(pair[1].principal(), own, f"{url}apart")

    def lanes_of_a_call(number, took):
        """The lane in which a worker that began just now calls it, by what is stored."""
        service, lanes = calling_this_machine(wired, watch), {}

        class Recorded(CallLanes):
            def add(self, receiver, work, lane):
                lanes[receiver] = lane
                super().add(receiver, work, lane)

        monkeypatch.setattr(webhooks, "QUICK_SECONDS", 0.0 if took == "long" else 60.0)
        put = wired.repositories.deliveries.put(Delivery(f"apart {number}", hook.id, "{}", watch()))
        wired.store.documents.commit([put])
        replace(service, lanes=Recorded()).deliver_due()
        return lanes[hook.id]

    met = [lanes_of_a_call(number, took) for number, took in enumerate(("quickly", "long", "long"))]
    met += [lanes_of_a_call(3, "quickly"), lanes_of_a_call(4, "quickly")]
    assert met == ["new", "well", "troubled", "troubled", "well"]
    assert len(calls) == 5


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
    # One call of the five was tried, which goes on where its deadline comes late; the others wait
    # for the next round.
    until = time.monotonic() + 60
    while True:
        attempts = sorted(each.attempts for each in services.repositories.deliveries.values())
        if any(attempts) or time.monotonic() > until:
            break
        time.sleep(0.05)
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
    service = calling_this_machine(wired, watch)
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
    service = calling_this_machine(wired, watch)
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
