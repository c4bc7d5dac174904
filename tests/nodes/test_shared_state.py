"""What nodes share at a real server: leases, counts, answers, who is there."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import redis

from matchmaker.api.http.idempotency import SharedAnswers, StoredAnswer
from matchmaker.errors import InvalidInput, ServiceUnavailable, WrongState
from matchmaker.nodes import shared_state
from matchmaker.nodes.allowance import LocalAllowance, SharedAllowance
from matchmaker.nodes.election import Election
from matchmaker.nodes.lease import Lease
from matchmaker.nodes.notes import NodeNote
from matchmaker.nodes.registry import NodeRegistry, NodeState
from matchmaker.nodes.shared_state import SharedState, key
from matchmaker.settings import Settings

ANSWER = StoredAnswer(201, {"Content-Type": "application/json"}, b'{"id":"api:1"}\x00\xff')
NODE = NodeState("a:80", "http://a", "1", 5, 9, datetime(2026, 1, 1, tzinfo=UTC))


def unreachable(settings: Settings) -> SharedState:
    """A server that is not there, of whom nobody waits for long."""
    state = SharedState(settings.model_copy(update={"redis": "redis://127.0.0.1:9/0"}))
    state.patient = state.quick
    return state


def test_one_of_all_has_a_lease_until_it_gives_it_back(state):
    first, second = Lease(state, "work", "a"), Lease(state, "work", "b")
    assert first.acquire()
    assert not second.acquire()
    assert second.is_over
    holder = second.holder()
    assert holder is not None
    assert holder.node == "a"
    first.release()
    assert second.acquire()
    assert first.is_over


def test_each_holder_gets_a_larger_token_even_after_the_server_lost_everything(state):
    tokens = []
    for name in "abc":
        lease = Lease(state, "work", name)
        assert lease.acquire()
        tokens.append(lease.token)
        if name == "b":
            state.quick.flushall()
        else:
            lease.release()
    assert tokens == sorted(set(tokens))


def test_a_holder_s_token_is_above_one_that_is_in_use(state):
    """It is of a server whose clock was years ahead, and which lost everything since."""
    ahead = int(datetime(2099, 1, 1, tzinfo=UTC).timestamp() * 1e6)
    first, second = Lease(state, "refresh", "a"), Lease(state, "refresh", "b")
    assert first.acquire(ahead)
    assert first.token == ahead + 1
    first.release()
    assert second.acquire()
    assert second.token == ahead + 2


def test_what_is_no_lease_stops_work_for_no_longer_than_one(state):
    """Put there by hand, or by another program: nobody's time would ever end it."""
    held, token = key("lease", "work"), key("token", "work")
    state.quick.rpush(held, "garbage")
    state.quick.rpush(token, "garbage")
    state.quick.rpush(key("generations"), "garbage")
    lease = Lease(state, "work", "a", seconds=0.2)
    assert lease.acquire()
    assert NodeRegistry(state).generation("digest")
    lease.release()
    state.quick.set(token, "garbage")
    state.quick.hset(held, mapping={"owner": "somebody", "token": "x"})
    assert not lease.acquire()
    time.sleep(0.3)
    assert lease.acquire()
    assert lease.renew()


def test_a_lease_that_another_has_by_now_is_neither_renewed_nor_given_back(state):
    first, second = Lease(state, "work", "a"), Lease(state, "work", "b")
    first.acquire()
    state.quick.delete(key("lease", "work"))  # as if its time had run out
    second.acquire()
    assert not first.renew()
    first.release()
    assert second.renew()


def test_a_holder_knows_by_its_own_clock_when_its_time_is_up(state):
    now = [0.0]
    lease = Lease(state, "work", "a", 10.0, lambda: now[0])
    lease.acquire()
    now[0] = 9.9
    assert not lease.is_over
    now[0] = 10.0
    assert lease.is_over


def test_who_cannot_renew_ends_its_work_and_the_next_is_elected(state):
    lost = []
    first = Election(Lease(state, "work", "a"), 1, lambda: 1, lambda: lost.append("a"))
    second = Election(Lease(state, "work", "b"), 1, lambda: 1, lambda: lost.append("b"))
    for election in (first, second):
        election.step()
    assert (first.is_elected, second.is_elected) == (True, False)
    state.quick.delete(key("lease", "work"))
    second.step()
    first.step()
    assert lost == ["a"]
    assert second.is_elected


def test_a_node_of_an_older_program_makes_room_for_a_newer_one(state):
    lost = []
    highest = [1]
    older = Election(Lease(state, "work", "a"), 1, lambda: highest[0], lambda: lost.append("a"))
    newer = Election(Lease(state, "work", "b"), 2, lambda: highest[0], lambda: lost.append("b"))
    older.step()
    assert older.is_elected
    highest[0] = 2  # the newer one is there
    older.step()
    newer.step()
    assert lost == ["a"]
    assert newer.is_elected
    late = Election(Lease(state, "work", "c"), 1, lambda: highest[0], lambda: None)
    newer.resign()
    late.step()
    assert not late.is_elected


def test_of_nodes_is_known_what_each_said_last(state):
    registry = NodeRegistry(state)
    registry.announce(NODE)
    registry.announce(replace(NODE, name="a:8000", note=NodeNote.OTHER_PROGRAM, snapshot=3))
    registry.announce_served("a:80", 17, 4)
    registry.announce_served("a:80", 18, 3)
    nodes = registry.nodes()
    assert [(node.name, node.served, node.note) for node in nodes] == [
        ("a:80", 3, ""), ("a:8000", 0, "other program")
    ]  # fmt: skip
    registry.withdraw("a:80")
    assert [node.name for node in registry.nodes()] == ["a:8000"]
    assert 0 < state.quick.ttl(key("node", "a:8000")) <= 15


def test_a_program_that_came_later_is_newer(state):
    registry = NodeRegistry(state)
    first, second = registry.generation("x"), registry.generation("y")
    assert first < second
    assert registry.generation("x") == first


def test_an_answer_given_on_one_node_is_given_again_on_another(state, shared_settings):
    answers = SharedAnswers(state)
    assert answers.begin("k", "request") is None
    answers.finish("k", ANSWER)
    answers.renew("k")
    assert SharedAnswers(SharedState(shared_settings)).begin("k", "request") == ANSWER
    with pytest.raises(InvalidInput):
        answers.begin("k", "another")
    assert 23 * 3600 < state.quick.ttl(key("answer", "k")) <= 24 * 3600


def test_a_key_is_taken_while_its_request_runs_and_free_after_it_failed(state):
    answers = SharedAnswers(state)
    answers.begin("k", "request")
    with pytest.raises(WrongState):
        answers.begin("k", "request")
    assert 0 < state.quick.pttl(key("answer", "k")) <= 5_000  # if its node died
    state.quick.pexpire(key("answer", "k"), 1_000)
    answers.renew("another", "k")
    assert state.quick.pttl(key("answer", "k")) > 4_000
    answers.release("k")
    answers.renew("k")
    assert not state.quick.exists(key("answer", "k"))
    assert answers.begin("k", "request") is None


def test_requests_are_counted_over_all_nodes(state, shared_settings):
    one, other = (
        SharedAllowance(3, shared, LocalAllowance(3), 2.0, "allowance")
        for shared in (state, SharedState(shared_settings))
    )
    taken = [bucket.take("a") for bucket in (one, other) * 4]
    assert taken == [True] * 6 + [False] * 2  # two minutes' worth of 3
    assert other.take("b")


def test_a_server_whose_clock_was_ahead_refuses_nobody_for_as_long(state):
    """A bucket that was last drawn on in a day to come holds what was left of it."""
    allowance = SharedAllowance(3, state, LocalAllowance(3), 2.0, "allowance")
    assert allowance.take("somebody")
    (name,) = state.quick.keys(key("allowance", "*"))
    seconds, _ = state.quick.time()
    state.quick.hset(name, "at", seconds + 24 * 3600)
    assert [allowance.take("somebody") for _ in range(6)] == [True] * 5 + [False]


def test_while_nodes_cannot_count_together_each_counts_for_itself(shared_settings):
    bucket = SharedAllowance(1, unreachable(shared_settings), LocalAllowance(1), 2.0, "allowance")
    assert [bucket.take("a") for _ in range(3)] == [True, True, False]


def test_what_cannot_be_reserved_is_refused_and_what_was_done_stays_done(shared_settings):
    answers = SharedAnswers(unreachable(shared_settings))
    with pytest.raises(ServiceUnavailable, match="Redis"):
        answers.begin("k", "request")
    answers.finish("k", ANSWER)


def test_a_server_that_is_silent_is_not_waited_for_once_more_in_each_attempt(monkeypatch):
    """What takes connections and says nothing: each attempt connects anew, and both time out."""
    monkeypatch.setattr(shared_state, "_PATIENT_SECONDS", 0.2)
    monkeypatch.setattr(shared_state, "_STEP_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0), backlog=64) as silent:
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        state = SharedState(Settings(redis=address, _env_file=None))

        def ask():
            with suppress(redis.RedisError):
                state.patient.get("a")

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        asking.join(5)  # all attempts by all would take a quarter of a minute and more
        assert not asking.is_alive()


def test_of_many_requests_one_at_a_time_waits_for_a_server_that_is_silent(monkeypatch):
    """Three at a time waited for seven seconds each, and the last of fifty for minutes."""
    monkeypatch.setattr(shared_state, "_PATIENT_SECONDS", 0.5)
    monkeypatch.setattr(shared_state, "_STEP_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0), backlog=64) as silent:
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        answers = SharedAnswers(SharedState(Settings(redis=address, _env_file=None)))

        def seconds(number):
            begun = time.monotonic()
            with pytest.raises(ServiceUnavailable, match="Redis"):
                answers.begin(f"k{number}", "request")
            return time.monotonic() - begun

        assert seconds(0) > 0.2
        with ThreadPoolExecutor(8) as pool:
            waited = sorted(pool.map(seconds, range(1, 9)))
        assert waited[-2] < 0.1 < waited[-1]


def test_a_server_that_is_back_is_noticed_by_the_next_request(redis_server, shared_settings):
    state = SharedState(shared_settings)
    state.patient = state.quick
    answers = SharedAnswers(state)
    redis_server.end()
    for _ in range(2):
        with pytest.raises(ServiceUnavailable, match="Redis"):
            answers.begin("back", "request")
    redis_server.start()
    assert answers.begin("back", "request") is None
    answers.finish("back", ANSWER)
    assert answers.begin("back", "request") == ANSWER


def test_who_changes_something_waits_while_the_server_starts_anew(redis_server, shared_settings):
    answers = SharedAnswers(SharedState(shared_settings))
    answers.begin("k", "request")
    redis_server.end()
    redis_server.start()
    answers.finish("k", ANSWER)
    assert answers.begin("k", "request") == ANSWER
    assert redis.Redis(port=redis_server.port).ping()


def test_all_that_is_kept_for_one_purpose_is_removed_and_nothing_else(state):
    answers = [key("answer", str(number)) for number in range(2_500)]
    state.patient.mset(dict.fromkeys(answers, "told"))
    state.patient.set(key("answers", "other"), "kept")
    state.remove_all("answer")
    assert not state.patient.exists(*answers)
    assert state.patient.get(key("answers", "other")) == b"kept"
    state.patient.delete(key("answers", "other"))
