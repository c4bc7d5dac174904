"""Connections of assistants: what is half sent ends while others are answered."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from matchmaker.assistants import connections
from matchmaker.assistants.connections import MOST_OF_KEY, KeysBound, server_of
from matchmaker.nodes.allowance import LocalAllowance

WHOLE = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
HALVES = {
    "nothing": b"",
    "half a head": b"POST / HTTP/1.1\r\nHost: x\r\nX: a",
    "half a body": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nabc",
    "half a second request": WHOLE + b"POST / HTTP/1.1\r\nHo",
}
MOST = 20


async def answering(scope: Any, receive: Any, send: Any) -> None:
    """Takes the whole body, and tells its size."""
    size, more = 0, True
    while more:
        part = await receive()
        size, more = size + len(part.get("body", b"")), part.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": f"{size} bytes".encode()})


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 1.0)
    monkeypatch.setattr(connections, "most_connections", lambda: MOST)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    server = server_of(answering, "127.0.0.1", number, LocalAllowance(30))
    server.config.lifespan = "off"
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield number
    server.should_exit = server.force_exit = True
    thread.join(10)


def connect(port: int, sent: bytes) -> socket.socket:
    connected = socket.create_connection(("127.0.0.1", port))
    connected.settimeout(10)
    connected.sendall(sent)
    return connected


def answered(port: int) -> bool:
    with connect(port, WHOLE) as connected:
        return b"200 OK" in connected.recv(1000)


def is_over(connected: socket.socket) -> bool:
    """Read to the end, by whichever way the server ended it."""
    try:
        while connected.recv(1000):
            pass
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)
def test_who_does_not_come_to_an_end_is_cut_off(port: int, half: bytes) -> None:
    with connect(port, half) as connected:
        begun = time.monotonic()
        time.sleep(0.3)
        if half:
            connected.sendall(b"x")  # a little more does not help
        assert answered(port)
        assert is_over(connected)
        assert time.monotonic() - begun < 6


def test_who_sends_whole_requests_keeps_the_connection(port: int) -> None:
    """For longer than one request may take."""
    with connect(port, b"") as connected:
        for _ in range(4):
            connected.sendall(WHOLE)
            read = b""
            while not read.endswith(b"0\r\n\r\n"):
                read += connected.recv(1000)
            assert b"3 bytes" in read
            time.sleep(0.4)


def test_half_sent_requests_take_nobody_s_place(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 5.0)
    halves = [connect(port, HALVES["half a head"]) for _ in range(2 * MOST)]
    begun = time.monotonic()
    assert all(answered(port) for _ in range(3))
    assert time.monotonic() - begun < 2  # long before they are cut off for being late
    for each in halves:
        each.close()


async def exchanged(
    application: Any,
    method: str,
    key: bytes,
    accepted: bytes = b"en",
    *,
    scheme: bytes = b"Bearer",
    more: tuple[bytes, ...] = (),
) -> Any:
    """Status, headers and body of an answer to who sends no body: it is not waited for."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError("read before it was refused")

    given = (scheme + b" " + key, *more)
    headers = [(b"authorization", each) for each in given] + [(b"accept-language", accepted)]
    scope = {"type": "http", "method": method, "headers": headers}
    await application(scope, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


@pytest.mark.parametrize(
    ("accepted", "words"), [(b"zh-CN,zh", "\u540c\u65f6"), (b"en", "at once"), (b"x", "at once")]
)
def test_what_one_key_sends_beyond_some_at_once_is_refused_unread(
    accepted: bytes, words: str
) -> None:
    """As HTTP has it: 503 with Retry-After. Another key, and what only listens, are answered."""

    async def asking() -> None:
        may_end = asyncio.Event()

        async def waiting(scope: Any, receive: Any, send: Any) -> None:
            await may_end.wait()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        bound = KeysBound(waiting, LocalAllowance(30))
        taken = [asyncio.create_task(exchanged(bound, "POST", b"a")) for _ in range(MOST_OF_KEY)]
        others = [
            asyncio.create_task(exchanged(bound, method, key))
            for method, key in (("POST", b"b"), ("GET", b"a"))
        ]
        await asyncio.sleep(0)
        status, headers, body = await exchanged(bound, "POST", b"a", accepted)
        assert (status, headers[b"retry-after"]) == (503, b"2")
        assert words in json.loads(body)["error"]["message"]
        for scheme in (b"bearer", b"bEaReR"):
            again = exchanged(bound, "POST", b"a", scheme=scheme)
            assert (await asyncio.wait_for(again, 5))[0] == 503
        may_end.set()
        answers = await asyncio.gather(*taken, *others)
        assert {answer[0] for answer in answers} == {200}
        assert (await exchanged(bound, "POST", b"a"))[0] == 200

    asyncio.run(asking())


@pytest.mark.parametrize(("accepted", "words"), [(b"zh", "\u53ea\u80fd"), (b"en", "one Auth")])
def test_two_keys_in_one_request_are_refused(accepted: bytes, words: str) -> None:
    """As HTTP has it (RFC 9110, 5.3): which of the two is meant would be anybody's guess."""
    bound = KeysBound(answering, LocalAllowance(30))
    sent = exchanged(bound, "POST", b"a", accepted, more=(b"Bearer x1",))
    status, headers, body = asyncio.run(sent)
    assert (status, b"retry-after" in headers) == (400, False)
    assert words in json.loads(body)["error"]["message"]


def test_one_key_keeps_few_streams_open() -> None:
    """Four thousand of one key left no connection to anybody else; requests go on beside them."""

    async def asking() -> None:
        may_end = asyncio.Event()

        async def listening(scope: Any, receive: Any, send: Any) -> None:
            if scope["method"] == "GET":
                await may_end.wait()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        bound = KeysBound(listening, LocalAllowance(30))
        kept = [asyncio.create_task(exchanged(bound, "GET", b"a")) for _ in range(MOST_OF_KEY)]
        await asyncio.sleep(0)
        assert (await asyncio.wait_for(exchanged(bound, "GET", b"a"), 5))[0] == 503
        assert (await exchanged(bound, "POST", b"a"))[0] == 200
        may_end.set()
        assert {answer[0] for answer in await asyncio.gather(*kept)} == {200}
        assert (await exchanged(bound, "GET", b"a"))[0] == 200

    asyncio.run(asking())


@pytest.mark.parametrize(("accepted", "words"), [(b"zh", "\u5931\u8d25"), (b"en", "failed")])
def test_keys_that_are_none_are_counted_by_where_they_come_from(
    accepted: bytes, words: str
) -> None:
    """What is right is answered from the same address all the while."""

    async def knowing(scope: Any, receive: Any, send: Any) -> None:
        is_right = dict(scope["headers"])[b"authorization"].endswith(b"right")
        start = {"type": "http.response.start", "status": 200 if is_right else 401}
        await send(start | {"headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def asking() -> None:
        bound = KeysBound(knowing, LocalAllowance(5, minutes=1))
        for number in range(5):
            assert (await exchanged(bound, "POST", b"x%d" % number))[0] == 401
        status, headers, body = await exchanged(bound, "POST", b"y", accepted)
        assert (status, headers[b"retry-after"]) == (429, b"60")
        assert words in json.loads(body)["error"]["message"]
        assert (await exchanged(bound, "POST", b"right"))[0] == 200

    asyncio.run(asking())
