"""A large import is taken back by the worker, also while a Neo4j server hangs over it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from matchmaker.access import ADMIN
from matchmaker.errors import StoreUnavailable, WrongState
from matchmaker.ingest.undo import TakenBack
from matchmaker.services.operations import import_undo
from matchmaker.store.neo4j import Neo4jStore
from matchmaker.wiring import Wiring
from matchmaker.workflow.job import Job, JobState
from tests.contract.test_imports_in_parts import LIST, answers, hang, installed, rows
from tools.neo4j.server import ServerAddress

pytestmark = [pytest.mark.slow, pytest.mark.neo4j]


@pytest.fixture
def wired(
    neo4j_store: Neo4jStore, neo4j_server: ServerAddress, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Wiring]:  # fmt: skip
    """An installation for which more than ten rows are many, one of which it knows."""
    monkeypatch.setattr(import_undo, "AT_ONCE", 10)
    with installed(neo4j_store, neo4j_server, tmp_path) as wiring:
        yield wiring


@pytest.fixture
def imported(wired: Wiring) -> str:
    id = wired.import_workflow.keep(ADMIN, "organizations.csv", io.BytesIO(LIST.encode()))
    wired.import_workflow.write_now(ADMIN, id)
    return id


def requested(wired: Wiring, id: str) -> Job:
    job = wired.import_undo.take_back(ADMIN, id)
    assert isinstance(job, Job)
    return job


def undone_lines(wired: Wiring) -> int:
    lines = wired.store.documents.log(limit=1000)
    return sum(line.entry.action == "import.undone" for line in lines)


def test_a_server_that_hangs_over_a_large_undo_has_it_done_once_and_it_is_told(
    wired: Wiring, imported: str, neo4j_store: Neo4jStore, neo4j_server: ServerAddress,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    job, replaced = requested(wired, imported), Neo4jStore.replace_rows
    stop = hang(neo4j_server, 7)

    def hung(*parts: object) -> object:
        stop()
        return replaced(*parts)  # type: ignore[arg-type]

    with monkeypatch.context() as context:
        context.setattr(Neo4jStore, "replace_rows", hung)
        wired.job_queue.run(job.id)
    answers(neo4j_store)
    waiting = wired.job_queue.show(ADMIN, job.id)
    assert waiting.state is JobState.QUEUED, waiting.result
    told = wired.import_workflow.status(ADMIN, imported)
    assert told.state in ("taking_back", "taken_back")  # it may have taken it as it went on
    wired.job_queue.run(job.id)
    assert rows(neo4j_store) == {"list:3": "https://old.example"}
    done = wired.job_queue.show(ADMIN, job.id)
    assert done.state is JobState.DONE, done.result
    assert "Taken back. Fields as before: 1; entries removed: 19." in str(done.result)
    assert undone_lines(wired) == 1


def test_what_a_server_took_without_an_answer_is_told_as_done(
    wired: Wiring, imported: str, neo4j_store: Neo4jStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also at a terminal, which waits until the server answers again."""
    replaced, times = Neo4jStore.replace_rows, []

    def mute(*parts: object) -> object:
        replaced(*parts)  # type: ignore[arg-type]
        times.append(1)
        raise StoreUnavailable("The store is away.")

    monkeypatch.setattr(import_undo, "_WAITS", (0.0,))
    monkeypatch.setattr(Neo4jStore, "replace_rows", mute)
    assert wired.import_undo.finish(ADMIN, imported) == TakenBack(1, 19, ())
    assert (len(times), undone_lines(wired)) == (1, 1)
    assert rows(neo4j_store) == {"list:3": "https://old.example"}
    with pytest.raises(WrongState):
        wired.import_undo.finish(ADMIN, imported)


def test_an_undo_asked_for_twice_is_one_and_a_failed_one_is_begun_again(
    wired: Wiring, imported: str, neo4j_store: Neo4jStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = requested(wired, imported)
    assert requested(wired, imported).id == job.id
    assert sum(each.id == job.id for each in wired.repositories.jobs.values()) == 1

    def away(*_: object) -> object:
        raise StoreUnavailable("The store is away.")

    with monkeypatch.context() as context:
        context.setattr(Neo4jStore, "replace_rows", away)
        for _ in range(3):
            wired.job_queue.run(job.id)
    told = wired.import_workflow.status(ADMIN, imported)
    assert (told.state, str(told.error)) == ("written", "The store is away.")
    assert requested(wired, imported).state is JobState.QUEUED
    wired.job_queue.run(job.id)
    assert wired.import_workflow.status(ADMIN, imported).state == "taken_back"
    assert rows(neo4j_store) == {"list:3": "https://old.example"}
