"""Asking an issuer whether it took a token back (RFC 7662), of one that answers as we tell it."""

from __future__ import annotations

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from matchmaker.assistants.access_tokens import metadata_of
from matchmaker.assistants.introspection import KEPT_SECONDS, TokenIntrospection

pytestmark = pytest.mark.slow  # the provider is a process of its own

CREDENTIALS = ("matchmaker", "p:ss wörd")


class Issuer:
    """Its metadata and its endpoint; `says` is the status and body of the next answers."""

    def __init__(self) -> None:
        self.says: tuple[int, object] = (200, {"active": True})
        self.has_endpoint = True
        self.asked: list[tuple[str, str]] = []
        self.waiting: threading.Event | None = None
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                metadata = {"issuer": issuer.address}
                if issuer.has_endpoint:
                    metadata["introspection_endpoint"] = f"{issuer.address}/introspect"
                self.answer(200, metadata)

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                issuer.asked.append((form["token"][0], self.headers["Authorization"]))
                if issuer.waiting:
                    issuer.waiting.wait(30)
                self.answer(*issuer.says)

            def answer(self, status: int, body: object) -> None:
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def issuer():
    issuer = Issuer()
    yield issuer
    issuer.server.shutdown()
    issuer.server.server_close()


@pytest.fixture
def clock():
    return [1_000.0]


@pytest.fixture
def asks(issuer, clock):
    return TokenIntrospection(
        lambda: metadata_of(issuer.address), lambda: CREDENTIALS, lambda: clock[0]
    )


def test_a_token_that_was_taken_back_opens_nothing_once_the_answer_is_no_longer_kept(
    issuer, asks, clock
):
    assert asks.is_active("t.o.k")
    issuer.says = (200, {"active": False})
    assert asks.is_active("t.o.k")
    clock[0] += KEPT_SECONDS
    assert not asks.is_active("t.o.k")
    assert not asks.is_active("t.o.k")
    assert [token for token, _ in issuer.asked] == ["t.o.k", "t.o.k"]
    # Name and secret as RFC 6749, section 2.3.1 has them.
    sent = base64.b64decode(issuer.asked[0][1].removeprefix("Basic ")).decode()
    assert sent == "matchmaker:p%3Ass%20w%C3%B6rd"


@pytest.mark.parametrize(
    "says",
    [
        (200, {}), (200, {"active": "true"}), (200, {"active": 1}), (200, ["active"]),
        (401, {"error": "invalid_client"}), (403, {"active": True}), (500, {}),
        (302, {"active": True}),
    ],
)  # fmt: skip
def test_what_is_not_plainly_yes_is_no(issuer, asks, says):
    issuer.says = says
    assert not asks.is_active("t.o.k")


def test_without_an_endpoint_or_credentials_or_where_tokens_cannot_be_taken_back_the_token_counts(
    issuer, asks
):
    issuer.says = (400, {"error": "unsupported_token_type"})
    assert asks.is_active("t.o.k")
    issuer.says = (200, {"active": False})
    bare = TokenIntrospection(lambda: metadata_of(issuer.address), lambda: ("matchmaker", ""))
    assert bare.is_active("t.o.k")
    issuer.has_endpoint = False
    assert TokenIntrospection(
        lambda: metadata_of(issuer.address), lambda: CREDENTIALS
    ).is_active("t.o.k")  # fmt: skip
    assert len(issuer.asked) == 1


def test_an_issuer_that_does_not_answer_keeps_nobody_waiting_and_opens_nothing(
    issuer, asks, monkeypatch
):
    monkeypatch.setattr("matchmaker.assistants.introspection.DEADLINE_SECONDS", 0.2)
    issuer.waiting = threading.Event()
    assert not asks.is_active("t.o.k")
    issuer.waiting.set()
    gone = TokenIntrospection(lambda: metadata_of("http://127.0.0.1:9"), lambda: CREDENTIALS)
    assert not gone.is_active("t.o.k")
