"""An import of which a Neo4j server has some parts is finished, or none of it is there.

On SQLite every import is written at once: `tests/unit/services/test_failed_imports.py`.
"""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import GraphRows, Kind, Organization
from matchmaker.errors import MatchmakerError, StoreUnavailable, WrongState
from matchmaker.services.operations import import_parts, import_records, large_import
from matchmaker.services.operations.import_cancellation import drop_unfinished
from matchmaker.services.operations.import_status import ImportStatus
from matchmaker.services.unit_of_work import utc_now
from matchmaker.settings import Settings
from matchmaker.store.neo4j import Neo4jStore
from matchmaker.store.neo4j import store as neo4j_store_module
from matchmaker.wiring import Wiring, wire
from matchmaker.workflow.job import JobState
from tests.contract.test_failures import _stop_all_of
from tools.neo4j.server import ServerAddress

pytestmark = [pytest.mark.slow, pytest.mark.neo4j]

KNOWN = Organization("list:3", "示例3号阀门厂", Kind.FIRM, website="https://old.example")
LIST = "id,name,kind,website\n" + "".join(
    f"list:{n},示例{n}号阀门厂,firm,https://n{n}.example\n" for n in range(20)
)
Chunks = Callable[[large_import.LargeImport], Iterator[GraphRows]]


@contextmanager
def installed(
    neo4j_store: Neo4jStore, neo4j_server: ServerAddress, folder: Path
) -> Iterator[Wiring]:
    """An installation on the server, whose graph has `KNOWN` alone."""
    neo4j_store.clear()
    neo4j_store.upsert(GraphRows(organizations=(KNOWN,)))
    settings = Settings(
        data_dir=folder,
        store=neo4j_server.url.replace("bolt://", f"bolt://{neo4j_server.user}@"),
        store_password=neo4j_server.password,
        _env_file=None,
    )
    wiring = wire(settings)
    yield wiring
    wiring.store.close()


@pytest.fixture
def wired(
    neo4j_store: Neo4jStore, neo4j_server: ServerAddress, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Wiring]:  # fmt: skip
    """An installation that writes seven organisations at a time, one of which it knows."""
    monkeypatch.setattr(large_import, "LARGE", 0)
    monkeypatch.setattr(large_import, "CHUNK", 7)
    with installed(neo4j_store, neo4j_server, tmp_path) as wiring:
        yield wiring


def requested(wired: Wiring) -> str:
    id = wired.import_workflow.keep(ADMIN, "organizations.csv", io.BytesIO(LIST.encode()))
    return wired.import_workflow.write(ADMIN, id).id


def state(wired: Wiring, id: str) -> ImportStatus:
    return wired.import_workflow.status(ADMIN, id)


def rows(store: Neo4jStore) -> dict[str, str]:
    return {row.id: row.website for row in store.export().rows.organizations}


@contextmanager
def after_chunk(
    monkeypatch: pytest.MonkeyPatch, number: int, happens: Callable[[], object]
) -> Iterator[None]:
    """Has something happen once so many chunks of organisations are written."""
    chunks: Chunks = large_import.LargeImport.chunks

    def interrupted(self: large_import.LargeImport) -> Iterator[GraphRows]:
        for each, chunk in enumerate(chunks(self)):
            if each == number + 1:  # places and industries come first
                happens()
            yield chunk

    with monkeypatch.context() as context:
        context.setattr(large_import.LargeImport, "chunks", interrupted)
        yield


def is_away() -> None:
    raise StoreUnavailable("The store is away.")


def hang(server: ServerAddress, seconds: float) -> Callable[[], None]:
    """Stops the server, which keeps its connections and says nothing, and lets it go on."""
    process = psutil.Process(server.process.pid)  # type: ignore[attr-defined]

    def stop() -> None:
        _stop_all_of(process)
        threading.Timer(seconds, process.resume).start()

    return stop


def answers(store: Neo4jStore) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            store.version()
        except MatchmakerError:
            time.sleep(0.2)
        else:
            return


def test_a_list_cut_off_by_a_server_that_hangs_goes_on_and_all_of_it_can_be_taken_back(
    wired: Wiring, neo4j_store: Neo4jStore, neo4j_server: ServerAddress,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    id = requested(wired)
    with after_chunk(monkeypatch, 1, hang(neo4j_server, 7)):
        wired.job_queue.run(id)
    answers(neo4j_store)
    waiting = state(wired, id)
    assert waiting.state == "queued", waiting.error
    assert "It is taken up again by itself" in str(waiting.waits_for)
    # One of them was there; the server may have taken the next seven when it went on.
    assert len(rows(neo4j_store)) in (7, 14)
    with pytest.raises(WrongState):
        wired.import_workflow.cancel(ADMIN, id)
    wired.job_queue.run(id)
    assert rows(neo4j_store) == {f"list:{n}": f"https://n{n}.example" for n in range(20)}
    record = wired.repositories.imports.get(id).value
    assert state(wired, id).state == "written"
    assert len(record.put.organizations) == 20
    assert [row.website for row in record.before.organizations] == ["https://old.example"]
    assert list(wired.repositories.import_parts.values()) == []
    wired.import_workflow.undo(ADMIN, id)
    assert rows(neo4j_store) == {"list:3": "https://old.example"}


def test_a_small_list_is_written_once_when_the_server_hangs_as_it_is_written(
    wired: Wiring, neo4j_store: Neo4jStore, neo4j_server: ServerAddress,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(large_import, "LARGE", 1_000_000)
    write, stop = type(wired.store).import_rows, hang(neo4j_server, 7)
    id = requested(wired)

    def hung(self: Neo4jStore, *arguments: object) -> object:
        stop()
        return write(self, *arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as context:
        context.setattr(type(wired.store), "import_rows", hung)
        wired.job_queue.run(id)
    answers(neo4j_store)
    assert state(wired, id).state in ("queued", "written")  # it may have taken it as it went on
    wired.job_queue.run(id)
    assert state(wired, id).state == "written"
    assert len(rows(neo4j_store)) == 20
    lines = [line.entry.action for line in wired.store.documents.log(limit=1000)]
    assert lines.count("import.written") == 1
    wired.import_workflow.undo(ADMIN, id)
    assert rows(neo4j_store) == {"list:3": "https://old.example"}


def test_what_a_server_took_late_is_taken_back_with_the_rest(
    wired: Wiring, neo4j_store: Neo4jStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that gave up does not end what the server has of it, even while the next one runs."""
    id, late = requested(wired), []
    write = type(wired.store).import_rows

    def gives_up(self: Neo4jStore, *arguments: object) -> object:
        late.append((self, arguments))
        is_away()

    with (
        monkeypatch.context() as context,
        after_chunk(
            monkeypatch, 1, lambda: context.setattr(type(wired.store), "import_rows", gives_up)
        ),
    ):
        wired.job_queue.run(id)
    (given_up,) = late
    with after_chunk(monkeypatch, 1, lambda: write(given_up[0], *given_up[1])):  # type: ignore[arg-type]
        wired.job_queue.run(id)
    assert len(rows(neo4j_store)) == 20
    wired.import_workflow.undo(ADMIN, id)
    assert rows(neo4j_store) == {"list:3": "https://old.example"}


@pytest.mark.parametrize("chunk", [1, 2, 3, 4])
def test_rows_written_in_chunks_are_one_import_wherever_it_was_cut_off(
    wired: Wiring, neo4j_store: Neo4jStore, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    id = requested(wired)
    with after_chunk(monkeypatch, chunk, is_away):
        wired.job_queue.run(id)
    with after_chunk(monkeypatch, max(1, chunk - 1), is_away):
        wired.job_queue.run(id)
    wired.job_queue.run(id)
    assert "Of 20 lines 20 were loaded." in str(wired.job_queue.show(ADMIN, id).result)
    assert "New organisations: 19." in str(wired.job_queue.show(ADMIN, id).result)
    wired.import_workflow.undo(ADMIN, id)
    assert rows(neo4j_store) == {"list:3": "https://old.example"}


def test_rows_of_a_list_too_large_for_a_transaction_are_one_import_too(
    wired: Wiring, neo4j_store: Neo4jStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large_import, "LARGE", 1_000_000)
    monkeypatch.setattr(neo4j_store_module, "ATOMIC_ROWS", 5)
    id = requested(wired)
    with monkeypatch.context() as context:
        context.setattr(type(wired.store), "_completed", lambda *_: is_away())
        wired.job_queue.run(id)
    assert len(rows(neo4j_store)) == 20
    job = wired.job_queue.show(ADMIN, id)
    assert (job.state, job.is_in_parts, job.can_be_cancelled) == ("queued", True, False)
    wired.job_queue.run(id)
    wired.import_workflow.undo(ADMIN, id)
    assert rows(neo4j_store) == {"list:3": "https://old.example"}


def failed(wired: Wiring, monkeypatch: pytest.MonkeyPatch) -> str:
    id = requested(wired)
    with after_chunk(monkeypatch, 1, is_away):
        for _ in range(3):
            wired.job_queue.run(id)
    return id


def test_a_list_that_failed_in_parts_is_taken_back_as_it_is_cancelled(
    wired: Wiring, neo4j_store: Neo4jStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = failed(wired, monkeypatch)
    told = state(wired, id)
    assert told.state == "failed"
    assert "write the file again to complete it, or cancel it" in str(told.error)
    assert len(rows(neo4j_store)) == 7
    wired.import_workflow.cancel(ADMIN, id)
    assert rows(neo4j_store) == {"list:3": "https://old.example"}
    assert list(wired.repositories.import_parts.values()) == []


def test_a_list_that_failed_in_parts_is_completed_when_it_is_written_again(
    wired: Wiring, neo4j_store: Neo4jStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = failed(wired, monkeypatch)
    wired.import_workflow.write(ADMIN, id)
    wired.job_queue.run(id)
    assert len(rows(neo4j_store)) == 20
    wired.import_workflow.undo(ADMIN, id)
    assert rows(neo4j_store) == {"list:3": "https://old.example"}


def test_what_nobody_can_finish_is_taken_back_by_itself(
    wired: Wiring, neo4j_store: Neo4jStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the file is gone, as after the days for which it is kept; not before."""
    id, uploads = failed(wired, monkeypatch), wired.import_workflow.uploads
    everything = wired.store, wired.repositories, uploads, utc_now
    assert drop_unfinished(*everything) == 0
    uploads.drop(uploads.of(ADMIN, id))
    assert drop_unfinished(*everything) == 1
    assert rows(neo4j_store) == {"list:3": "https://old.example"}
    assert drop_unfinished(*everything) == 0


@pytest.fixture
def too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the rows of one part were more than a record keeps for an undo."""
    for module in (import_parts, import_records):
        monkeypatch.setattr(module, "MAX_UNDONE", 6)


@pytest.mark.usefixtures("too_large")
def test_what_is_too_large_for_an_undo_is_taken_back_while_it_is_not_finished(
    wired: Wiring, neo4j_store: Neo4jStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = requested(wired)
    with after_chunk(monkeypatch, 2, is_away):
        for _ in range(3):
            wired.job_queue.run(id)
    assert len(rows(neo4j_store)) == 14
    wired.import_workflow.cancel(ADMIN, id)
    assert rows(neo4j_store) == {"list:3": "https://old.example"}
    assert list(wired.repositories.import_parts.values()) == []
    logged = [line.entry.action for line in wired.repositories.records.last_log(20)]
    assert logged.count("import.undone") == 1


@pytest.mark.usefixtures("too_large")
def test_what_is_taken_back_part_by_part_goes_on_where_the_store_went_away(
    wired: Wiring, neo4j_store: Neo4jStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = requested(wired)
    with after_chunk(monkeypatch, 2, is_away):
        for _ in range(3):
            wired.job_queue.run(id)
    replaced, times = Neo4jStore.replace_rows, []

    def once(*parts: object, **named: object) -> object:
        times.append(1)
        return is_away() if len(times) > 1 else replaced(*parts, **named)  # type: ignore[arg-type]

    with monkeypatch.context() as context:
        context.setattr(Neo4jStore, "replace_rows", once)
        with pytest.raises(StoreUnavailable):
            wired.import_workflow.cancel(ADMIN, id)
    assert len(rows(neo4j_store)) == 7  # the newest part is gone, the one before is not
    wired.import_workflow.cancel(ADMIN, id)
    assert rows(neo4j_store) == {"list:3": "https://old.example"}


@pytest.mark.usefixtures("too_large")
def test_what_is_too_large_for_an_undo_is_completed_and_stays(
    wired: Wiring, neo4j_store: Neo4jStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = failed(wired, monkeypatch)
    wired.import_workflow.write(ADMIN, id)
    wired.job_queue.run(id)
    assert len(rows(neo4j_store)) == 20
    assert not state(wired, id).can_be_undone
    assert list(wired.repositories.import_parts.values()) == []


def test_who_is_relieved_in_the_midst_writes_no_more_and_what_is_there_goes(
    wired: Wiring, neo4j_store: Neo4jStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each part depends on the rights of who imports, and nobody has its file back."""
    account = wired.accounts.create(ADMIN, "a@parts.example", "a", "correct horse 9", admin=True)
    workflow, sender = wired.import_workflow, account.principal()
    upload = workflow.keep(sender, "organizations.csv", io.BytesIO(LIST.encode()))
    id = workflow.write(sender, upload).id
    with after_chunk(monkeypatch, 1, lambda: wired.accounts.relieve(ADMIN, account.id)):
        wired.job_queue.run(id)
    assert wired.repositories.jobs.get(id).value.state is JobState.FAILED
    assert len(rows(neo4j_store)) > 1
    assert drop_unfinished(wired.store, wired.repositories, workflow.uploads, utc_now) == 1
    assert rows(neo4j_store) == {"list:3": "https://old.example"}
