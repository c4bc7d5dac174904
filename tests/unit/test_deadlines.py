"""A database that hangs is down for everybody, until it answers again."""

import threading
import time
from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from matchmaker.errors import StoreUnavailable
from matchmaker.store.neo4j import cypher, deadline, migrations
from matchmaker.store.neo4j.connection import Connection
from matchmaker.store.neo4j.deadline import Deadlines, NotAnsweringError

pytestmark = pytest.mark.slow  # deadlines pass


class Server:
    """Answers unless it is stopped."""

    def __init__(self):
        self.goes, self.renewed = threading.Event(), 0
        self.goes.set()
        self.deadlines = Deadlines(self.answer, self.renew)

    def answer(self):
        self.goes.wait(20)
        return "answer"

    def renew(self):
        self.renewed += 1

    def ask(self, seconds=0.4):
        begun = time.monotonic()
        try:
            return self.deadlines.call(self.answer, seconds), time.monotonic() - begun
        except NotAnsweringError:
            return None, time.monotonic() - begun


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(deadline, "_PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(deadline, "_PROBE_SECONDS", 0.2)
    monkeypatch.setattr(deadline, "_COLD_PROBE_SECONDS", 0.8)
    monkeypatch.setattr(deadline, "_LOOK_SECONDS", 0.05)
    monkeypatch.setattr(deadline, "_LONG_CALL_PROBE_SECONDS", 0.8)
    server = Server()
    yield server
    server.goes.set()


def test_one_waits_and_all_others_are_told_at_once_until_it_answers_again(server):
    assert server.ask()[0] == "answer"
    server.goes.clear()
    answer, seconds = server.ask()
    assert answer is None
    assert 0.2 < seconds < 2
    for _ in range(20):
        answer, seconds = server.ask()
        assert answer is None
        assert seconds < 0.1
    assert server.renewed == 1
    server.goes.set()
    until = time.monotonic() + 5
    while server.ask()[0] is None and time.monotonic() < until:
        time.sleep(0.02)
    assert server.ask()[0] == "answer"


def test_a_call_that_takes_long_on_a_server_that_answers_others_is_let_finish(server):
    assert server.deadlines.call(lambda: time.sleep(0.8) or "late", 5) == "late"
    assert server.renewed == 0


def test_a_call_that_takes_too_long_is_given_up_and_the_server_is_not(server):
    with pytest.raises(NotAnsweringError):
        server.deadlines.call(lambda: time.sleep(3), 0.3)
    assert server.renewed == 0
    assert server.ask()[0] == "answer"


def test_a_change_of_the_schema_waits_for_no_server_that_hangs(server, monkeypatch):
    """As a restore begins with, and an upgrade: they would never end."""
    runs = SimpleNamespace(run=lambda query, parameters: SimpleNamespace(consume=server.answer))
    driver = SimpleNamespace(session=lambda: nullcontext(runs))
    monkeypatch.setattr(Connection, "driver", driver)
    connection = Connection("bolt://127.0.0.1:1", "neo4j", lambda: "secret")
    monkeypatch.setattr(connection, "_deadlines", server.deadlines)
    connection.apply("MATCH (n) DELETE n")
    server.goes.clear()
    begun = time.monotonic()
    with pytest.raises(StoreUnavailable, match="does not answer"):
        connection.apply("MATCH (n) DELETE n")
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("step", [migrations.migrate, migrations.current])
def test_the_schema_is_waited_for_no_longer_than_all_else(server, monkeypatch, step):
    """As an upgrade begins with, and every command that tells the state."""
    executor = SimpleNamespace(analyze=server.answer, migrate=server.answer)
    monkeypatch.setattr(migrations, "_executor", lambda connection: executor)
    connection = Connection("bolt://127.0.0.1:1", "neo4j", lambda: "secret")
    monkeypatch.setattr(connection, "_deadlines", server.deadlines)
    server.goes.clear()
    begun = time.monotonic()
    with pytest.raises(StoreUnavailable, match="does not answer"):
        step(connection)
    assert time.monotonic() - begun < 5


def test_an_index_of_a_large_graph_may_take_longer_than_a_request(monkeypatch):
    """Neo4j ends what takes longer than is allowed for its transaction."""
    asked, ended = [], SimpleNamespace(consume=lambda: None)
    runs = SimpleNamespace(run=lambda query, _=None: asked.append(query) or ended)
    monkeypatch.setattr(Connection, "driver", SimpleNamespace(session=lambda: nullcontext(runs)))
    connection = Connection("bolt://127.0.0.1:1", "neo4j", lambda: "secret")
    monkeypatch.setattr(connection, "rows", lambda query, **_: [])
    migrations.ensure_dimension(connection, 3)
    assert asked[-1] == cypher.AWAIT_INDEXES  # as text: a query with a timeout is none


class ColdServer(Server):
    """Just started: the first question takes long, and holds up those that come after it."""

    def __init__(self):
        super().__init__()
        self.probed, self.seconds = 0, 0.6
        self.deadlines = Deadlines(self.probe, self.renew)

    def probe(self):
        self.probed += 1
        time.sleep(self.seconds if self.probed == 1 else 20)


def test_a_late_answer_to_the_first_question_shows_that_it_is_back(server):
    """Others, asked meanwhile, hang behind it."""
    cold = ColdServer()
    cold.deadlines.mark_down()
    begun = time.monotonic()
    while cold.ask()[0] is None and time.monotonic() < begun + 5:
        time.sleep(0.02)
    assert 0.5 < time.monotonic() - begun < 2
    assert cold.renewed == 1


def test_whoever_is_just_back_is_not_down_again_for_being_slow(server):
    server.deadlines.mark_down()
    until = time.monotonic() + 5
    while server.ask()[0] is None and time.monotonic() < until:
        time.sleep(0.02)
    slow = 0.5  # longer than others are waited for
    server.answer = lambda: time.sleep(slow)
    server.deadlines._probe = server.answer
    assert server.deadlines.call(lambda: time.sleep(0.6) or "written", 5) == "written"
    assert server.renewed == 1


@pytest.mark.parametrize(("seconds", "is_given_up"), [(5, True), (900, False)])
def test_whoever_writes_a_whole_graph_gives_a_busy_server_more_time(server, seconds, is_given_up):
    """As one that is kept busy by that very call, or by the machine."""
    busy = 0.5  # longer than others are waited for
    server.deadlines._probe = lambda: time.sleep(busy)
    try:
        written = server.deadlines.call(lambda: time.sleep(1) or "written", seconds)
    except NotAnsweringError:
        written = ""
    assert (written == "") is is_given_up
    assert server.renewed == is_given_up


def test_what_the_call_raises_is_raised(server):
    with pytest.raises(ZeroDivisionError):
        server.deadlines.call(lambda: 1 / 0, 1)
    with pytest.raises(TimeoutError, match="of its own"):
        server.deadlines.call(own_timeout, 1)


def own_timeout():
    raise TimeoutError("of its own")
