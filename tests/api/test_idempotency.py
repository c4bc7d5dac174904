"""Keys of POSTs: one answer each, shared by processes."""

import pytest

from matchmaker.api.http import idempotency
from matchmaker.api.http.idempotency import LocalAnswers, StoredAnswer
from matchmaker.errors import InvalidInput, WrongState

ANSWER = StoredAnswer(201, {"Content-Type": "application/json"}, b'{"id":"api:1"}')


def test_the_first_answer_is_given_again(tmp_path):
    path = tmp_path / "keys.db"
    assert LocalAnswers(path).begin("k", "request") is None
    LocalAnswers(path).finish("k", ANSWER)
    assert LocalAnswers(path).begin("k", "request") == ANSWER


def test_another_request_under_the_same_key_is_refused(tmp_path):
    store = LocalAnswers(tmp_path / "keys.db")
    store.begin("k", "request")
    with pytest.raises(InvalidInput):
        store.begin("k", "another")


def test_the_key_is_taken_while_the_first_request_runs(tmp_path):
    store = LocalAnswers(tmp_path / "keys.db")
    store.begin("k", "request")
    with pytest.raises(WrongState):
        store.begin("k", "request")


def test_a_failed_request_frees_its_key(tmp_path):
    store = LocalAnswers(tmp_path / "keys.db")
    store.begin("k", "request")
    store.release("k")
    assert store.begin("k", "request") is None


def test_a_request_whose_worker_died_frees_its_key_after_a_while(tmp_path, monkeypatch):
    store = LocalAnswers(tmp_path / "keys.db")
    store.begin("k", "request")
    later = idempotency.time.time() + idempotency.ABANDONED_SECONDS + 1
    monkeypatch.setattr(idempotency.time, "time", lambda: later)
    assert store.begin("k", "request") is None
