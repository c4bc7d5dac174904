"""The HTTP server with real connections: slow, large, broken and too many requests."""

import contextlib
import json
import socket
import threading
import time

import pytest
import waitress.channel

from matchmaker.serving import server as serving
from matchmaker.serving.lanes import LaneName, LaneSize, Occupancy
from matchmaker.serving.server import BufferingServer
from matchmaker.serving.sharing import OpenConnections
from matchmaker.serving.turns import Callers, KnownCaller

pytestmark = pytest.mark.slow  # clients that are slow on purpose

MAY_END = threading.Event()


HAS_LEFT: list[bool] = []
SERVED: list[str] = []
LONG = 4_000_000


def app(environ, start_response):
    """Echoes the size of the body; some addresses take as long as the test says."""
    if environ["PATH_INFO"].endswith(("recommendations", "invitations")):
        MAY_END.wait(20)
    if environ["PATH_INFO"] == "/soon":
        time.sleep(0.4)
    if environ["PATH_INFO"] == "/imports/long":
        end = time.monotonic() + 10
        while not environ["waitress.client_disconnected"]() and time.monotonic() < end:
            time.sleep(0.05)
        HAS_LEFT.append(time.monotonic() < end)
    SERVED.append(environ.get("HTTP_AUTHORIZATION", ""))
    size = len(environ["wsgi.input"].read())
    if environ["PATH_INFO"] == "/large":
        start_response("200 OK", [("Content-Length", str(LONG))])
        return [b"x" * LONG]
    body = json.dumps({"size": size, "path": environ["PATH_INFO"]}).encode()
    start_response("200 OK", [("Content-Type", "application/json")])
    return [body]


@pytest.fixture
def port(monkeypatch):
    monkeypatch.setattr(serving, "HEADER_SECONDS", 1.0)
    monkeypatch.setattr(serving, "BODY_SECONDS", 1.0)
    monkeypatch.setattr(
        "matchmaker.serving.lanes.SIZES",
        {
            LaneName.PROBE: LaneSize(1, 50, 50, 4),
            LaneName.LIGHT: LaneSize(2, 50, 50, 4),
            LaneName.HEAVY: LaneSize(1, 4, 4, 4),
            LaneName.FILES: LaneSize(1, 4, 4, 4),
            LaneName.OUTWARD: LaneSize(1, 50, 50, 4),
        },
    )
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    served = BufferingServer(
        app, listener, threads=2, occupancy=Occupancy(), slot=1,
        limit_of=lambda path: 3_000_000 if path == "/admin/import" else 1000,
        callers=Callers(0, lambda headers: KnownCaller(headers.get("AUTHORIZATION", ""))),
    )  # fmt: skip
    over = threading.Event()

    def loop():
        while not over.is_set():
            served.turn(0.05)

    thread = threading.Thread(target=loop)
    thread.start()
    yield listener.getsockname()[1]
    over.set()
    thread.join()
    served.stop()
    for channel in list(served.active_channels.values()):
        channel.handle_close()
    served.close()


def connect(port):
    connected = socket.create_connection(("127.0.0.1", port))
    connected.settimeout(10)
    return connected


def read_all(connected):
    parts = []
    while part := connected.recv(65536):
        parts.append(part)
    return b"".join(parts)


def ask(port, path="/", body=b"", headers=""):
    with connect(port) as connected:
        method = "POST" if body else "GET"
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}{length}\r\n"
        connected.sendall(head.encode() + body)
        return read_all(connected)


def test_a_request_in_single_bytes_is_answered_like_any_other(port):
    with connect(port) as connected:
        for (
            byte
        ) in b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc":
            connected.sendall(bytes([byte]))
        assert b'{"size": 3, "path": "/x"}' in read_all(connected)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"GET / HTTP/1.1\r\nX-Slow: ",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n",
    ],
)
def test_who_does_not_come_to_an_end_is_cut_off_while_others_are_served(port, head):
    """Thirty of them: ten times as many as there are threads."""
    slow = [connect(port) for _ in range(30)]
    begun = time.monotonic()
    for connected in slow:
        connected.sendall(head)
    for _ in range(3):
        for connected in slow:
            if head:
                connected.sendall(b"x")
        at = time.monotonic()
        assert b"200 OK" in ask(port)
        assert time.monotonic() - at < 1
    for connected in slow:
        with contextlib.suppress(ConnectionResetError):
            assert connected.recv(100) == b""
        connected.close()
    assert 0.9 < time.monotonic() - begun < 6


def test_too_many_heavy_requests_are_refused_at_once_and_light_ones_served(port):
    """One is served and three wait; of ten the six others are told when to come back."""
    MAY_END.clear()
    answers = []

    def heavy():
        answers.append(ask(port, "/api/v1/recommendations", b"{}", "Accept-Language: zh\r\n"))

    threads = [threading.Thread(target=heavy) for _ in range(10)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 10
    while len(answers) < 6 and time.monotonic() < until:
        time.sleep(0.01)
    refused = list(answers)
    assert b"200 OK" in ask(port, "/light")
    MAY_END.set()
    for thread in threads:
        thread.join()
    assert len(refused) == 6
    assert all(answer.startswith(b"HTTP/1.1 503") for answer in refused)
    assert all(b"Retry-After: 2" in answer for answer in refused)
    assert all(b"application/problem+json" in answer for answer in refused)
    assert "请稍后再试" in json.loads(refused[0].partition(b"\r\n\r\n")[2])["detail"]
    assert sum(answer.startswith(b"HTTP/1.1 200") for answer in answers) == 4


def test_whoever_asks_once_is_not_behind_all_that_another_has_sent(port):
    """Sixty connections of one member kept the sign-in of everybody waiting for two minutes."""
    MAY_END.clear()
    SERVED.clear()
    with contextlib.ExitStack() as clients:
        sent = [clients.enter_context(connect(port)) for _ in range(13)]
        for number, connected in enumerate(sent):
            name = "many" if number < 12 else "once"
            connected.sendall(
                b"POST /api/v1/invitations HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                b"Connection: close\r\nAuthorization: " + name.encode() + b"\r\n\r\n{}"
            )
            time.sleep(0.05)
        MAY_END.set()
        assert all(b"200 OK" in read_all(connected) for connected in sent)
    assert "once" in SERVED[:3]  # one may be under way, and one have had its turn


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n" + b"x" * 1001,
        b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n",
        b"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"800\r\n" + b"x" * 2048 + b"\r\n0\r\n\r\n",
    ],
)  # fmt: skip
def test_what_is_too_large_for_where_it_goes_is_refused_before_it_has_arrived(port, request_bytes):
    with connect(port) as connected:
        connected.sendall(request_bytes)
        assert connected.recv(65536).startswith(b"HTTP/1.1 413")


def test_who_sends_too_much_reads_the_answer_before_the_connection_ends(port):
    """A connection that is reset under what was sent would lose it."""
    with connect(port) as connected:
        connected.sendall(b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n")
        for _ in range(30):
            connected.sendall(b"x" * 10_000)
            time.sleep(0.005)
        assert read_all(connected).startswith(b"HTTP/1.1 413")


def test_a_file_may_be_as_large_as_files_may(port):
    assert b'"size": 2000000' in ask(port, "/admin/import", b"x" * 2_000_000)


@pytest.mark.parametrize(
    ("garbage", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\n bad\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 40_000 + b"\r\n\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", b"501"),
    ],
)
def test_what_is_no_request_is_refused_as_a_problem(port, garbage, status):
    with connect(port) as connected:
        connected.sendall(garbage)
        answer = read_all(connected)
    assert answer.split(b" ")[1] == status
    assert b"application/problem+json" in answer
    assert b"200 OK" in ask(port)


@pytest.mark.parametrize(
    "head",
    [
        "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: x\r\nContent-Length: 4\r\n",
        "POST /x HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n",
        "GET /x HTTP/1.1\r\n",
        "GET /x HTTP/1.1\r\nHost: x\r\nHost: y\r\n",
        "GET /x HTTP/1.1\r\nhost: x\r\nHOST: x\r\n",
    ],
)
def test_what_another_server_could_read_otherwise_is_refused_and_nothing_behind_it_answered(
    port, head
):
    """RFC 9112, 6.1 and 3.2."""
    behind = "0\r\n\r\nGET /behind HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with connect(port) as connected:
        connected.sendall(f"{head}\r\n{behind}".encode())
        answer = read_all(connected)
    assert answer.split(b" ")[1] == b"400"
    assert answer.count(b"HTTP/1.") == 1
    assert b"behind" not in answer


def test_who_speaks_the_older_protocol_names_no_host(port):
    with connect(port) as connected:
        connected.sendall(b"GET /old HTTP/1.0\r\n\r\n")
        assert b'"path": "/old"' in read_all(connected)


def test_what_the_server_itself_refuses_is_told_as_safely(port):
    with connect(port) as connected:
        connected.sendall(
            b"POST /x HTTP/1.1\r\nHost: x\r\nX-Forwarded-Proto: https\r\n"
            b"Content-Length: 500000000\r\n\r\n"
        )
        answer = read_all(connected)
    assert answer.split(b" ")[1] == b"413"
    assert b"frame-ancestors 'none'" in answer
    assert b"Strict-Transport-Security: max-age=31536000" in answer


def test_who_leaves_is_seen_while_the_answer_is_made(port):
    """A file that is just being parsed is parsed for nobody then."""
    HAS_LEFT.clear()
    with connect(port) as connected:
        connected.sendall(b"GET /imports/long HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.3)
        assert HAS_LEFT == []
    end = time.monotonic() + 5
    while not HAS_LEFT and time.monotonic() < end:
        time.sleep(0.05)
    assert HAS_LEFT == [True]


def test_who_sends_no_more_is_answered_and_then_closed(port):
    """`nc -N`, and what closes its half: the end of what it sends came before the answer."""
    for requests in (1, 2):
        with connect(port) as connected:
            connected.sendall(b"GET /soon HTTP/1.1\r\nHost: x\r\n\r\n" * requests)
            connected.shutdown(socket.SHUT_WR)
            answer = read_all(connected)  # to its end: the connection is closed, too
        assert answer.count(b"200 OK") == requests


def test_who_sends_no_more_of_what_is_heavy_counts_as_having_left(port):
    HAS_LEFT.clear()
    with connect(port) as connected:
        connected.sendall(b"GET /imports/long HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.3)
        connected.shutdown(socket.SHUT_WR)
        assert read_all(connected) == b""
    end = time.monotonic() + 5
    while not HAS_LEFT and time.monotonic() < end:
        time.sleep(0.05)
    assert HAS_LEFT == [True]


def test_half_of_a_request_and_no_more_is_closed(port):
    with connect(port) as connected:
        connected.sendall(b"GET /soon HTTP/1.1\r\nHost")
        connected.shutdown(socket.SHUT_WR)
        assert read_all(connected) == b""


def test_several_requests_on_one_connection_are_answered_in_order(port):
    with connect(port) as connected:
        connected.sendall(
            b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
            b"GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        answer = read_all(connected)
    assert answer.index(b'"path": "/a"') < answer.index(b'"path": "/b"')


def test_head_and_body_of_an_answer_in_one_piece_go_out_together(port, monkeypatch):
    channel, sent = waitress.channel.HTTPChannel, []
    send = channel.send

    def noted(self, data, do_close=True):
        sent.append(bytes(data))
        return send(self, data, do_close)

    monkeypatch.setattr(channel, "send", noted)
    answer = ask(port, "/a")
    assert answer.endswith(b'"path": "/a"}')
    assert sent == [answer]


def test_who_reads_pages_is_told_on_a_page(port):
    with connect(port) as connected:
        connected.sendall(
            b"POST /x HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nContent-Length: 5000\r\n\r\n"
        )
        answer = read_all(connected)
    assert b"text/html" in answer
    assert b"too large" in answer


def test_who_waits_for_another_server_holds_up_nobody_else(port):
    """More of them than there are threads for pages."""
    MAY_END.clear()
    waiting = [
        threading.Thread(target=ask, args=(port, "/api/v1/invitations", b"{}")) for _ in range(3)
    ]
    for thread in waiting:
        thread.start()
    begun = time.monotonic()
    answers = [ask(port, "/light") for _ in range(3)]
    seconds = time.monotonic() - begun
    MAY_END.set()
    for thread in waiting:
        thread.join()
    assert all(b"200 OK" in answer for answer in answers)
    assert seconds < 5


def test_connections_that_wait_are_shared_with_the_other_worker_and_a_crowd_is_taken_soon():
    """In turns 1, 1, 2, 2, 4 and the last 2 of twelve; sixty more by one alone in six turns."""
    with socket.create_server(("127.0.0.1", 0)) as listener, contextlib.ExitStack() as clients:
        listener.setblocking(False)
        port = listener.getsockname()[1]
        workers = [
            BufferingServer(
                app, listener.dup(), threads=2, occupancy=Occupancy(), slot=slot,
                limit_of=lambda _: 1000,
            )
            for slot in (1, 2)
        ]  # fmt: skip
        for _ in range(12):
            clients.enter_context(connect(port))
        for _ in range(3):
            for worker in workers:
                worker.turn(0)
        assert [len(worker.active_channels) for worker in workers] == [7, 5]
        workers[0].turn(0)  # nobody waits any more
        for _ in range(60):
            clients.enter_context(connect(port))
        for _ in range(6):
            workers[0].turn(0)
        assert len(workers[0].active_channels) == 67
        for worker in workers:
            worker.stop()
            for channel in list(worker.active_channels.values()):
                channel.handle_close()
            worker.close()


@pytest.fixture
def two_workers():
    """Two on one socket that know of each other's connections, and its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        everybodys = OpenConnections()
        workers = [
            BufferingServer(
                app, listener.dup(), threads=2, occupancy=Occupancy(), slot=slot,
                limit_of=lambda _: 1000, open_connections=everybodys,
            )
            for slot in (1, 2)
        ]  # fmt: skip
        yield workers, listener.getsockname()[1]
        for worker in workers:
            worker.stop()
            for channel in list(worker.active_channels.values()):
                channel.handle_close()
            worker.close()


def numbers_of(workers):
    return [len(worker.active_channels) for worker in workers]


def test_a_connection_goes_to_the_worker_with_fewest_though_another_wakes_first(two_workers):
    workers, port = two_workers
    with contextlib.ExitStack() as clients:
        for worker in workers:
            worker.turn(0)
        for _ in range(8):
            clients.enter_context(connect(port))
            for worker in workers:
                worker.turn(0)
        assert numbers_of(workers) == [4, 4]


def test_what_a_worker_that_hangs_does_not_take_is_taken_by_the_other_one(two_workers):
    workers, port = two_workers
    with contextlib.ExitStack() as clients:
        for worker in workers:
            worker.turn(0)
        clients.enter_context(connect(port))
        workers[0].turn(0)
        clients.enter_context(connect(port))
        workers[0].turn(0)
        assert numbers_of(workers) == [1, 0]  # the second is left to the other one
        begun = time.monotonic()
        while numbers_of(workers) != [2, 0] and time.monotonic() - begun < 5:
            workers[0].turn(0.5)
        assert time.monotonic() - begun < 1
        time.sleep(0.3)
        workers[1].stop_accepting()
        clients.enter_context(connect(port))
        workers[0].turn(0)
        assert numbers_of(workers) == [3, 0]  # one that ends is not waited for


def test_who_has_more_connections_gives_up_half_of_what_it_has_more(two_workers):
    """Six of one worker's are there as the other starts; each asks twice, and keeps what it may."""
    workers, port = two_workers
    with contextlib.ExitStack() as clients:
        connected = [clients.enter_context(connect(port)) for _ in range(6)]
        while numbers_of(workers) != [6, 0]:
            workers[0].turn(0)
        workers[1].turn(0)
        workers[0].turn(0.6)  # and now it weighs
        workers[0].turn(0)
        answers = []
        for client in connected * 2:
            with contextlib.suppress(OSError):
                client.sendall(b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n")
            client.settimeout(0.05)
            answer = b""
            end = time.monotonic() + 2
            while b"}" not in answer and time.monotonic() < end:
                workers[0].turn(0.01)
                with contextlib.suppress(OSError):
                    part = client.recv(65536)
                    if not part:
                        client.close()
                        break
                    answer += part
            answers.append(answer)
        assert [b"Connection: close" in answer for answer in answers[:6]] == [True] * 3 + [
            False
        ] * 3
        assert all(b"200 OK" in answer for answer in answers[:6])
        assert answers[6:9] == [b""] * 3
        assert all(b"close" not in answer and b"200 OK" in answer for answer in answers[9:])
        assert numbers_of(workers) == [3, 0]


def test_who_sends_the_next_request_too_early_reads_all_of_the_last_answer(two_workers):
    """Its connection is given up for the other worker's sake, with megabytes on their way."""
    workers, port = two_workers
    with contextlib.ExitStack() as clients:
        client = clients.enter_context(connect(port))
        others = [clients.enter_context(connect(port)) for _ in range(3)]
        while numbers_of(workers) != [1 + len(others), 0]:
            workers[0].turn(0)
        workers[1].turn(0)
        workers[0].turn(0.6)  # and now it weighs
        workers[0].turn(0)
        client.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        begun = time.monotonic()
        while not workers[0].active_channels or not any(
            channel.total_outbufs_len for channel in workers[0].active_channels.values()
        ):
            workers[0].turn(0.01)
            assert time.monotonic() - begun < 5
        client.sendall(b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n")
        client.settimeout(0.05)
        answer = b""
        while time.monotonic() - begun < 10:
            workers[0].turn(0.01)
            try:
                part = client.recv(200_000)
            except TimeoutError:
                continue
            if not part:
                break
            answer += part
        assert b"Connection: close" in answer
        assert len(answer.partition(b"\r\n\r\n")[2]) == LONG


@pytest.mark.parametrize("by", [-3600.0, 3600.0], ids=["back", "forward"])
def test_a_clock_that_is_set_neither_lets_slow_clients_stay_nor_cuts_off_others(
    by, port, monkeypatch
):
    """Each has as long as before, whatever the time is now."""
    monkeypatch.setattr(serving, "HEADER_SECONDS", 3.0)
    clock = SetClock()
    monkeypatch.setattr(serving, "time", clock)
    monkeypatch.setattr(waitress.channel, "time", clock)
    slow = connect(port)
    slow.sendall(b"GET / HTTP/1.1\r\nX: ")
    time.sleep(0.6)
    clock.by = by
    time.sleep(0.6)
    slow.sendall(b"y")  # it is still there
    begun = time.monotonic()
    assert read_all(slow) == b""
    assert 0.5 < time.monotonic() - begun < 8


def test_who_is_sending_a_file_when_the_server_is_told_to_end_is_answered(two_workers):
    """A connection that was only opened, or a head that was only begun, keeps it from nothing."""
    (worker, _), port = two_workers
    with connect(port) as idle, connect(port) as begun, connect(port) as sender:
        begun.sendall(b"POST / HTTP/1.1\r\nHost: x")
        sender.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab")
        until = time.monotonic() + 5
        while worker.is_idle and time.monotonic() < until:
            worker.turn(0.05)
        worker.stop_accepting()
        for _ in range(3):
            worker.turn(0.05)
        assert not worker.is_idle
        sender.sendall(b"cd")
        while not worker.is_idle and time.monotonic() < until:
            worker.turn(0.05)
        assert worker.is_idle
        assert idle.fileno() > 0
        assert b'"size": 4' in sender.recv(65536)


class SetClock:
    """The module `time` with a clock that may be set."""

    by = 0.0
    monotonic = staticmethod(time.monotonic)

    def time(self):
        return time.time() + self.by


def test_who_reads_no_answer_makes_room_for_others(monkeypatch):
    """Whoever kept all connections open so left none to others for five minutes."""
    monkeypatch.setattr(serving, "STALLED_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener, contextlib.ExitStack() as clients:
        listener.setblocking(False)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)  # those of its connections
        worker = BufferingServer(
            app, listener.dup(), threads=2, occupancy=Occupancy(), slot=1,
            limit_of=lambda _: 1000, connections=60,
        )  # fmt: skip
        port = listener.getsockname()[1]
        for _ in range(60):
            client = clients.enter_context(connect(port))
            client.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
            worker.turn(0)
        other = clients.enter_context(connect(port))
        other.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        other.settimeout(0.01)
        answer, until = b"", time.monotonic() + 10
        while not answer and time.monotonic() < until:
            worker.turn(0.05)
            with contextlib.suppress(TimeoutError):
                answer = other.recv(100)
        assert answer.startswith(b"HTTP/1.1 200")
        worker.stop()
        for channel in list(worker.active_channels.values()):
            channel.handle_close()
        worker.close()
