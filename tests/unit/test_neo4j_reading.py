"""One reading question to Neo4j: in one round trip, and again where the driver would try again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from neo4j.exceptions import ClientError, SessionExpired, TransientError

from matchmaker.errors import StoreUnavailable
from matchmaker.store.neo4j.connection import Connection
from matchmaker.store.neo4j.store import Neo4jStore


class _Session:
    """Says what was asked of it; `fails` is raised by what is asked without a transaction."""

    def __init__(self, asked: list[str], fails: Exception | None) -> None:
        self._asked, self._fails = asked, fails

    def __enter__(self) -> _Session:
        return self

    def __exit__(self, *_: object) -> None: ...

    def run(self, query: Any, parameters: dict[str, Any]) -> Any:
        self._asked.append("alone")
        if self._fails is not None:
            raise self._fails
        return _answer(parameters["number"])

    def execute_read(self, work: Any) -> Any:
        self._asked.append("transaction")
        return work(SimpleNamespace(run=lambda _, parameters: _answer(parameters["number"])))


class _Answer(list[Any]):
    def keys(self) -> list[str]:
        return ["number"]


def _answer(number: int) -> _Answer:
    return _Answer([{"number": number}])


def connection(asked: list[str], fails: Exception | None = None) -> Connection:
    opened = Connection("bolt://127.0.0.1:1", "neo4j", "secret")
    opened._open = lambda _: SimpleNamespace(session=lambda **_: _Session(asked, fails))  # type: ignore[assignment,method-assign,return-value]
    return opened


def test_a_question_is_asked_without_a_transaction() -> None:
    asked: list[str] = []
    assert connection(asked).rows("RETURN $number AS number", number=3) == [{"number": 3}]
    assert asked == ["alone"]


@pytest.mark.parametrize("fails", [TransientError("a deadlock"), SessionExpired("it restarted")])
def test_what_may_be_tried_again_is_asked_in_a_transaction(fails: Exception) -> None:
    asked: list[str] = []
    assert connection(asked, fails).rows("RETURN $number AS number", number=3) == [{"number": 3}]
    assert asked == ["alone", "transaction"]


def test_what_is_wrong_is_not_asked_again() -> None:
    asked: list[str] = []
    with pytest.raises(ClientError):
        connection(asked, ClientError("no such function")).rows("RETURN x()", number=3)
    assert asked == ["alone"]


def test_where_the_server_is_too_slow_for_a_profile_it_is_not_waited_for_again() -> None:
    asked: list[str] = []
    store = Neo4jStore("bolt://127.0.0.1:1", "neo4j", "secret")
    store._connection = connection(asked)
    store._connection.rows = _slow(asked)  # type: ignore[method-assign]
    with pytest.raises(StoreUnavailable):
        store.seeker_profile("t:firm")
    assert asked == ["alone"]


def _slow(asked: list[str]) -> Any:
    def rows(*_: object, **__: object) -> None:
        asked.append("alone")
        raise StoreUnavailable("It does not answer.")

    return rows
