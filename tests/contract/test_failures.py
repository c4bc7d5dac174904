"""A store that cannot be used says so in our words, and harms nothing that is not ours."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from multiprocessing import get_context
from multiprocessing.queues import Queue
from pathlib import Path

import neo4j
import psutil
import pytest

from matchmaker.domain import GraphRows
from matchmaker.errors import MatchmakerError, StorageFull, StoreMismatch, StoreUnavailable
from matchmaker.store.changes import Put
from matchmaker.store.documents import new_id
from matchmaker.store.graph_copy import GraphCopy, note_age
from matchmaker.store.neo4j import Neo4jStore
from matchmaker.store.sqlite import SqliteStore
from tests.contract.graphs import everything, firm
from tools.neo4j.server import ServerAddress, free_port

NOBODY = 65534
FORK = get_context("fork")


# -- the embedded store


def test_a_file_that_is_no_database_is_a_mismatch_and_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "graph.db"
    file.write_bytes(b"id,name\n" * 1000)
    for use in (SqliteStore(file).prepare, SqliteStore(file).status):
        with pytest.raises(StoreMismatch, match=r"graph\.db"):
            use()
    assert file.read_bytes() == b"id,name\n" * 1000


def test_another_programs_database_is_a_mismatch_and_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "theirs.db"
    with closing(sqlite3.connect(file)) as theirs:
        theirs.execute("CREATE TABLE bookmarks (url TEXT)")
        theirs.commit()
    before = file.read_bytes()
    for use in (SqliteStore(file).prepare, SqliteStore(file).status):
        with pytest.raises(StoreMismatch, match="another program"):
            use()
    assert file.read_bytes() == before


def test_a_schema_of_another_version_is_a_mismatch(tmp_path: Path) -> None:
    file = tmp_path / "graph.db"
    SqliteStore(file).prepare()
    with closing(sqlite3.connect(file)) as later:
        later.execute("PRAGMA user_version = 99")
    for use in (SqliteStore(file).prepare, SqliteStore(file).version):
        with pytest.raises(StoreMismatch, match="99"):
            use()


def test_a_file_of_the_first_schema_is_brought_up_to_date(tmp_path: Path) -> None:
    file = tmp_path / "graph.db"
    SqliteStore(file).prepare()
    SqliteStore(file).upsert(GraphRows(organizations=(firm("a"),)))
    with closing(sqlite3.connect(file)) as earlier:
        for table in ("record_keys", "records", "log"):
            earlier.execute(f"DROP TABLE {table}")
        earlier.execute("ALTER TABLE graph DROP COLUMN identity")
        earlier.execute("ALTER TABLE ties ADD COLUMN weight REAL NOT NULL DEFAULT 1")
        earlier.execute("PRAGMA user_version = 1")
        earlier.commit()
    with pytest.raises(StoreMismatch, match="schema version 1"):
        SqliteStore(file).version()
    SqliteStore(file).prepare()
    assert SqliteStore(file).graph_id()
    assert SqliteStore(file).version() == 1
    assert SqliteStore(file).documents.find("anything").rows == ()
    assert [row.id for row in SqliteStore(file).export().rows.organizations] == ["t:a"]


def test_a_file_that_was_never_prepared_is_a_mismatch(tmp_path: Path) -> None:
    with pytest.raises(StoreMismatch, match="holds no graph"):
        SqliteStore(tmp_path / "graph.db").status()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="nowhere"):
        SqliteStore(tmp_path / "nowhere" / "graph.db").status()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageFull, match="file"):
        SqliteStore(tmp_path / "file" / "below" / "graph.db").prepare()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that an ordinary user may enter; pytest's own is closed to others."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


def _error_of(use: Callable[[], object], answers: Queue[str]) -> None:
    if os.geteuid() == 0:
        os.seteuid(NOBODY)  # permissions do not hold for root
    try:
        use()
    except MatchmakerError as error:
        answers.put(f"{type(error).__name__}: {error}")
    except BaseException as error:  # anything else would leave the test waiting
        answers.put(f"unexpected {error!r}")
    else:
        answers.put("no error")


def _as_ordinary_user(use: Callable[[], object]) -> str:
    """Name and text of what `use` raises when an ordinary user runs it."""
    answers: Queue[str] = FORK.Queue()
    child = FORK.Process(target=_error_of, args=(use, answers))
    child.start()
    answer = answers.get(timeout=30)
    child.join()
    return answer


def test_a_folder_that_cannot_be_written_is_named(open_folder: Path) -> None:
    open_folder.chmod(0o555)
    answer = _as_ordinary_user(SqliteStore(open_folder / "graph.db").prepare)
    assert answer.startswith("StorageFull")
    assert str(open_folder) in answer


def test_a_file_that_cannot_be_written_is_named(open_folder: Path) -> None:
    file = open_folder / "graph.db"
    store = SqliteStore(file)
    store.prepare()
    store.upsert(GraphRows(organizations=(firm(1),)))
    store.close()
    file.chmod(0o444)
    open_folder.chmod(0o555)
    answer = _as_ordinary_user(
        lambda: SqliteStore(file).upsert(GraphRows(organizations=(firm(2),)))
    )
    assert answer.startswith("StorageFull")
    assert "graph.db" in answer
    assert SqliteStore(file).organization("t:1").name == "Firm 1"


@pytest.mark.parametrize("at", [0, 7])
def test_a_damaged_list_of_tables_is_told_in_words(tmp_path: Path, at: int) -> None:
    """SQLite repeats what it cannot read, which is no text any more."""
    file = tmp_path / "graph.db"
    store = SqliteStore(file)
    store.prepare()
    store.close()
    content = bytearray(file.read_bytes())
    begin = content.index(b"CREATE TABLE") + at
    content[begin : begin + 3] = b"\x94\x94\x94"
    file.write_bytes(content)
    for use in (store.status, store.prepare, store.version):
        with pytest.raises(StoreMismatch, match=r"graph\.db is not a sound SQLite database"):
            use()


def test_a_full_disk_is_said_and_nothing_is_half_written(tmp_path: Path) -> None:
    """SQLite's own limit on pages stands for the disk's end: it fails at the same place."""
    store = SqliteStore(tmp_path / "graph.db")
    store.prepare()
    store.upsert(GraphRows(organizations=(firm(1),)))
    with store._connections.reading() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 5}")
    before = store.export()
    with pytest.raises(StorageFull, match="full"):
        store.upsert(GraphRows(organizations=tuple(firm(n, "x" * 400) for n in range(2, 500))))
    assert store.export() == before


def test_a_store_that_was_used_works_across_a_fork(tmp_path: Path) -> None:
    """Parent and child write by turns: neither sees the other's connection."""
    store = SqliteStore(tmp_path / "graph.db")
    store.prepare()
    store.upsert(GraphRows(organizations=(firm("parent"),)))

    def write() -> None:
        for number in range(20):
            store.upsert(GraphRows(organizations=(firm(f"child{number}"),)))

    child = FORK.Process(target=write)
    child.start()
    for number in range(20):
        store.upsert(GraphRows(organizations=(firm(f"parent{number}"),)))
    child.join(60)
    assert child.exitcode == 0
    assert store.status().counts["organizations"] == 41
    with closing(sqlite3.connect(tmp_path / "graph.db")) as checked:
        assert checked.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_processes_that_prepare_at_once_make_one_schema(tmp_path: Path) -> None:
    file = tmp_path / "graph.db"
    children = [FORK.Process(target=SqliteStore(file).prepare) for _ in range(6)]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    assert [child.exitcode for child in children] == [0] * 6
    assert SqliteStore(file).status().version == 0


# -- the server


def _seconds_until_unavailable(url: str) -> tuple[float, str]:
    store = Neo4jStore(url, "neo4j", "a-secret-word")
    began = time.monotonic()
    with pytest.raises(StoreUnavailable) as refused:
        store.version()
    store.close()
    return time.monotonic() - began, str(refused.value)


@pytest.mark.slow
def test_a_server_that_is_down_is_said_soon() -> None:
    port = free_port()
    seconds, message = _seconds_until_unavailable(f"bolt://127.0.0.1:{port}")
    assert seconds < 5
    assert str(port) in message


@pytest.mark.slow
def test_a_server_that_never_answers_is_said_soon() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        seconds, message = _seconds_until_unavailable(f"bolt://127.0.0.1:{port}")
    assert seconds < 8
    assert str(port) in message


@pytest.mark.neo4j
def test_a_wrong_password_is_said_and_not_shown(neo4j_server: ServerAddress) -> None:
    store = Neo4jStore(neo4j_server.url, neo4j_server.user, "a-wrong-secret")
    with pytest.raises(StoreUnavailable) as refused:
        store.version()
    store.close()
    assert "password" in str(refused.value)
    assert "a-wrong-secret" not in str(refused.value)
    assert neo4j_server.password not in str(refused.value)


@pytest.mark.neo4j
def test_a_password_that_changed_meanwhile_is_asked_for_again(
    neo4j_server: ServerAddress, neo4j_store: Neo4jStore
) -> None:
    """A vault gives the service's account another one while the service runs."""
    connection = neo4j_store._connection
    password = ["the first one 1"]
    make = "CREATE OR REPLACE USER rotated SET PASSWORD $password CHANGE NOT REQUIRED"
    connection.apply(make, password=password[0])
    store = Neo4jStore(neo4j_server.url, "rotated", lambda: password[0])
    try:
        _ = store._connection.driver  # it knows the first password, and has not connected yet
        password[0] = "the second one 2"
        connection.apply(make, password=password[0])
        assert store.version() == neo4j_store.version()
    finally:
        store.close()
        connection.apply("DROP USER rotated IF EXISTS")


@pytest.mark.neo4j
def test_serving_needs_no_right_to_change_the_schema(
    neo4j_store: Neo4jStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After setup an account that may only read and write data is enough."""
    sent: list[str] = []
    begin = neo4j.Session.run, neo4j.ManagedTransaction.run

    def session_run(self: neo4j.Session, query: str, *args: object, **named: object) -> object:
        sent.append(str(query))
        return begin[0](self, query, *args, **named)

    def transaction_run(
        self: neo4j.ManagedTransaction, query: str, *args: object, **named: object
    ) -> object:
        sent.append(str(query))
        return begin[1](self, query, *args, **named)

    monkeypatch.setattr(neo4j.Session, "run", session_run)
    monkeypatch.setattr(neo4j.ManagedTransaction, "run", transaction_run)
    neo4j_store.upsert(everything())
    neo4j_store.set_embeddings("r", ["t:1#about"], [[1.0] * 384])  # as the migrations have it
    neo4j_store.status()
    neo4j_store.documents.commit([Put("account", new_id(), "{}")])
    neo4j_store.replace_rows(GraphRows(ties=everything().ties), GraphRows())
    assert len(sent) > 20
    schema = r"(?is)\b(create|drop|alter)\s+(or\s+replace\s+)?\w*\s*(index|constraint|user|role)"
    assert [query for query in sent if re.search(schema, query)] == []


def test_a_thread_that_connects_while_another_closes_reads_all_the_same(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "graph.db")
    store.prepare()
    store.close()
    connections = store._connections

    class ClosedMeanwhile:
        """A lock that is got only after another thread has closed the store."""

        def __enter__(self) -> None:
            connections._local = threading.local()

        def __exit__(self, *_: object) -> None: ...

    connections._lock = ClosedMeanwhile()  # type: ignore[assignment]
    assert store.version() == 0


def _stop_all_of(process: psutil.Process) -> None:
    """A signal is taken when a thread next looks: until all have, one of them may answer yet."""
    process.suspend()
    for task in (Path("/proc") / str(process.pid) / "task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that ended
            while (task / "stat").read_text().rpartition(")")[2].split()[0] != "T":
                time.sleep(0.01)


@pytest.mark.neo4j
def test_while_the_server_hangs_the_graph_is_read_from_its_copy_and_writes_are_refused(
    neo4j_server: ServerAddress, tmp_path: Path
) -> None:
    """A stopped process keeps its connections open and says nothing: the worst of outages."""
    copy = GraphCopy(tmp_path / "copy", SqliteStore)
    store = Neo4jStore(neo4j_server.url, neo4j_server.user, neo4j_server.password, copy)
    store.prepare()
    store.clear()
    store.upsert(GraphRows(organizations=(firm(1), firm(2))))
    copy.write(store.export())
    (server,) = [
        child for child in psutil.Process().children(recursive=True) if "java" in child.name()
    ]
    _stop_all_of(server)
    try:
        moments = note_age()
        first, _ = _seconds(lambda: store.organization("t:1"))
        assert first < 8
        assert len(moments) == 1
        later = [_seconds(lambda: store.organization("t:2"))[0] for _ in range(5)]
        assert max(later) < 1
        for write in (
            lambda: store.upsert(GraphRows(organizations=(firm(3),))),
            lambda: store.documents.commit([Put("note", "a", "{}")]),
        ):
            seconds, refusal = _seconds(write)
            assert seconds < 1
            assert isinstance(refusal, StoreUnavailable)
    finally:
        server.resume()
    resumed = time.monotonic()
    again = GraphRows(organizations=(firm(3),))
    while isinstance(_seconds(lambda: store.upsert(again))[1], StoreUnavailable):
        assert time.monotonic() - resumed < 5
        time.sleep(0.1)
    moments = note_age()
    assert store.organization("t:3").name == "Firm 3"
    assert moments == []
    store.close()


def _seconds(call: Callable[[], object]) -> tuple[float, object]:
    """How long it took, and what it gave or raised."""
    begun = time.monotonic()
    try:
        given: object = call()
    except StoreUnavailable as error:
        given = error
    return time.monotonic() - begun, given
