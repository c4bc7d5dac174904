"""Backups: what was saved is what is restored, from each store into each, while others write."""

from __future__ import annotations

import itertools
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import GraphRows
from matchmaker.errors import (
    MatchmakerError,
    StorageFull,
    StoreMismatch,
    StoreUnavailable,
    VersionConflict,
    WrongState,
)
from matchmaker.services.operations.backups import Backups
from matchmaker.services.operations.upgrade import Upgrade
from matchmaker.services.people.operator_key import OperatorKey
from matchmaker.services.unit_of_work import utc_now
from matchmaker.settings import Settings
from matchmaker.store.changes import Put
from matchmaker.store.documents import Store
from matchmaker.store.log import Entry, first_broken
from matchmaker.store.neo4j import Neo4jStore
from matchmaker.store.opening import copy_store, open_file, put_back_file, put_into_store
from matchmaker.store.sqlite import SqliteStore
from tests.contract.graphs import everything, firm
from tools.neo4j.server import ServerAddress


def backups_of(store: Store, data_dir: Path) -> Backups:
    address = "bolt://neo4j@127.0.0.1" if isinstance(store, Neo4jStore) else ""
    return Backups(
        Settings(data_dir=data_dir, store=address, _env_file=None),
        lambda: store,
        lambda path: copy_store(store, path),
        lambda path, *how: put_into_store(store, path, *how),
        lambda path: put_back_file(store, path),
        open_file,
        lambda: None,
        utc_now,
    )


def write(store: Store, number: int) -> None:
    """A row, a document of two versions and a line of the log: in one commit, then one more."""
    entry = Entry("2026-01-01T00:00:00Z", "someone", "made", f"t:{number}", {"to": "接受"})
    owned = {"owner": ["x", f"t:{number}"], "kind": "told"}
    put = Put("note", f"n{number}", '{"text": "阀门"}', keys=owned)
    store.replace_rows(GraphRows(organizations=(firm(number),)), GraphRows(), (entry,), (put,))
    store.documents.commit(
        [Put("note", put.id, '{"text": "球阀"}', 1, {"owner": "y", "kind": "told"})]
    )


@pytest.fixture
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Where it is restored."""
    embedded = SqliteStore(tmp_path / "other" / "matchmaker.db")
    yield embedded
    embedded.close()


def test_what_was_saved_is_restored_with_every_version_and_line(
    store: Store, other: Store, tmp_path: Path
) -> None:
    store.upsert(everything())
    for number in range(20, 25):
        write(store, number)
    before = store.content()
    assert len(before.log) == 5
    assert {document.version for document in before.documents} == {2}
    (tmp_path / "uploads" / "asked" / "u").mkdir(parents=True)
    (tmp_path / "uploads" / "asked" / "u" / "名单.csv").write_text("名称\n甲", encoding="utf-8")
    (tmp_path / "attachments").mkdir()
    (tmp_path / "attachments" / "0a").write_bytes(b"AC1032")
    (tmp_path / "cursor.secret").write_text("secret")
    path, manifest = backups_of(store, tmp_path).make(ADMIN, tmp_path / "b.zip")
    assert (manifest.documents, manifest.log_number) == (5, 5)
    assert path.stat().st_mode & 0o777 == 0o600

    restored = backups_of(other, tmp_path / "other").restore(ADMIN, path)
    assert restored == manifest
    assert other.content() == before
    folder = tmp_path / "other"
    assert (folder / "uploads/asked/u/名单.csv").read_text(encoding="utf-8") == "名称\n甲"
    assert (folder / "attachments" / "0a").read_bytes() == b"AC1032"
    assert (folder / "cursor.secret").read_text() == "secret"
    # It goes on from there: the next line follows the last one, by whom documents are found too.
    write(other, 99)
    assert first_broken(other.documents.log(limit=100)) is None
    assert other.documents.count("note", "owner", "y") == 6
    assert other.documents.count("note", "kind", "told") == 6


@pytest.mark.neo4j
def test_a_backup_of_the_embedded_store_is_restored_into_a_server(
    neo4j_store: Store, tmp_path: Path
) -> None:
    neo4j_store.clear()  # type: ignore[attr-defined]
    embedded = SqliteStore(tmp_path / "matchmaker.db")
    embedded.prepare()
    embedded.upsert(everything())
    for number in range(20, 25):
        write(embedded, number)
    path, _ = backups_of(embedded, tmp_path).make(ADMIN, tmp_path / "b.zip")
    backups = backups_of(neo4j_store, tmp_path / "other")
    backups.restore(ADMIN, path)
    assert neo4j_store.content() == embedded.content()
    write(neo4j_store, 99)
    # In the place of what is there, which is backed up first.
    backups.restore(ADMIN, path, replace=True)
    assert neo4j_store.content() == embedded.content()
    assert len(backups.listed()) == 1
    embedded.close()


def test_a_backup_is_of_one_moment_while_others_write(
    store: Store, other: Store, tmp_path: Path
) -> None:
    """Each commit writes a row, a document and a line: a backup holds all three or none."""
    over = threading.Event()
    numbers = itertools.count(1000)

    def writing() -> None:
        while not over.is_set():
            write(store, next(numbers))

    writers = [threading.Thread(target=writing) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        paths = [
            backups_of(store, tmp_path).make(ADMIN, tmp_path / f"{number}.zip")[0]
            for number in range(3)
        ]
    finally:
        over.set()
        for writer in writers:
            writer.join()
    counts = []
    for path in paths:
        backups_of(other, tmp_path / "other").restore(ADMIN, path, replace=True)
        content = other.content()
        rows = {row.id for row in content.graph.rows.organizations}
        assert {f"t:{document.id[1:]}" for document in content.documents} == rows
        assert {line.entry.subject for line in content.log} == rows
        assert first_broken(content.log) is None
        counts.append(len(rows))
    assert counts == sorted(counts)
    assert 0 < counts[-1] <= len(store.content().log)


class FailingRefresher:
    """Somebody writes while the snapshot is made, which fails."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def is_needed(self) -> bool:
        return True

    def refresh(self, principal: object) -> None:
        self.store.upsert(GraphRows(organizations=(firm(77),)))
        raise StoreUnavailable("The model's folder is gone.")


def test_an_upgrade_that_fails_where_nothing_was_migrated_puts_nothing_back(
    store: Store, tmp_path: Path
) -> None:
    """What was written meanwhile stays: the schema was current, so the data are as before."""
    store.upsert(GraphRows(organizations=(firm(1),)))
    backups = backups_of(store, tmp_path)
    steps = Upgrade(store, backups, FailingRefresher(store))  # type: ignore[arg-type]
    with pytest.raises(WrongState, match="model's folder is gone") as failure:
        steps.run(ADMIN)
    (made,) = backups.listed()
    assert str(made) in str(failure.value)
    assert set(store.organizations_by_id([firm(1).id, firm(77).id])) == {firm(1).id, firm(77).id}


@pytest.mark.neo4j
@pytest.mark.slow
@pytest.mark.parametrize("step", ["cleared", "rows", "documents"])
def test_a_restore_killed_in_its_midst_is_told_by_everything_and_done_again(
    neo4j_server: ServerAddress, neo4j_store: Neo4jStore, tmp_path: Path, step: str
) -> None:
    """A graph of which a part is there was taken for a whole one, with nothing in it."""
    neo4j_store.clear()
    neo4j_store.upsert(everything())
    for number in range(20, 25):
        write(neo4j_store, number)
    saved = neo4j_store.content()
    path, _ = backups_of(neo4j_store, tmp_path).make(ADMIN, tmp_path / "saved.zip")
    write(neo4j_store, 99)

    pid = os.fork()
    if not pid:
        try:
            other = Neo4jStore(neo4j_server.url, neo4j_server.user, neo4j_server.password)

            def killed(*args: object, **options: object) -> None:
                os.kill(os.getpid(), signal.SIGKILL)

            where = {"cleared": "_fill", "rows": "_restore", "documents": "_restore"}[step]
            done = getattr(other, where)
            steps = iter([done, killed] if step == "documents" else [killed])
            setattr(other, where, lambda *args, **options: next(steps)(*args, **options))
            backups_of(other, tmp_path / "other").restore(ADMIN, path, replace=True)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL

    backups = backups_of(neo4j_store, tmp_path / "third")
    upgrade = Upgrade(neo4j_store, backups, None)  # type: ignore[arg-type]
    entry = Entry("2026-01-01T00:00:00Z", "someone", "made", "t:1")
    for ask in (
        neo4j_store.status,  # of `status` and `doctor`
        neo4j_store.graph_id,  # of whoever serves
        neo4j_store.version,
        neo4j_store.content,  # of a backup
        neo4j_store.export,  # of a refresh
        upgrade.plan,
        lambda: upgrade.run(ADMIN),
        lambda: backups.make(ADMIN),
        lambda: backups.restore(ADMIN, path),
        lambda: neo4j_store.upsert(GraphRows(organizations=(firm(5),))),
        lambda: neo4j_store.documents.commit([Put("note", "x", "{}")]),
        lambda: neo4j_store.documents.commit([], [entry]),
    ):
        with pytest.raises(StoreMismatch, match="was not finished") as refusal:
            ask()
        assert str(path) in str(refusal.value)
    assert backups.listed() == []
    backups.restore(ADMIN, path, replace=True)
    assert neo4j_store.content() == saved
    # A part of a backup is none of what was there before.
    assert backups.listed() == []


@pytest.mark.neo4j
@pytest.mark.slow
@pytest.mark.parametrize("meanwhile", ["another node restored", "nothing"])
def test_a_restore_of_a_node_that_was_killed_is_never_put_over_what_the_graph_holds_since(
    neo4j_server: ServerAddress, neo4j_store: Neo4jStore, tmp_path: Path, meanwhile: str
) -> None:
    """Weeks after another node had restored a good one, any command of the first put its own."""
    neo4j_store.clear()
    neo4j_store.upsert(GraphRows(organizations=(firm(1),)))
    bad, _ = backups_of(neo4j_store, tmp_path).make(ADMIN, tmp_path / "bad.zip")
    neo4j_store.upsert(GraphRows(organizations=(firm(2),)))
    good, _ = backups_of(neo4j_store, tmp_path).make(ADMIN, tmp_path / "good.zip")
    pid = os.fork()
    if not pid:
        try:
            node = Neo4jStore(neo4j_server.url, neo4j_server.user, neo4j_server.password)
            node._fill = lambda content: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign]
            backups_of(node, tmp_path / "first").restore(ADMIN, bad, replace=True)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL

    first = backups_of(neo4j_store, tmp_path / "first")
    if meanwhile == "nothing":
        told = first.finish_restore(ADMIN)
        assert told is not None
        assert "holds a part of it" in str(told)
        assert str(first.listed()[0]) in str(told)
        with pytest.raises(StoreMismatch, match="was not finished"):
            neo4j_store.status()
    backups_of(neo4j_store, tmp_path / "second").restore(ADMIN, good, replace=True)
    neo4j_store.upsert(GraphRows(organizations=(firm(3),)))
    saved = neo4j_store.content()
    told = first.finish_restore(ADMIN)
    if meanwhile == "nothing":
        assert told is None
    else:
        assert "forgotten" in str(told)
        assert str(bad) in str(told)
        assert str(first.listed()[0]) in str(told)
    assert neo4j_store.content() == saved
    assert not [file for file in (tmp_path / "first").iterdir() if file.name.startswith(".backup")]


def test_files_of_a_restore_are_not_put_beside_a_graph_that_was_restored_since(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A node had no room for its files, and another restored another backup meanwhile."""
    store.upsert(GraphRows(organizations=(firm(1),)))
    (tmp_path / "attachments").mkdir()
    (tmp_path / "attachments" / "0a").write_bytes(b"sent")
    path, _ = backups_of(store, tmp_path).make(ADMIN, tmp_path / "saved.zip")
    first = backups_of(store, tmp_path / "first")

    def full(self: Backups, files: Path) -> None:
        raise StorageFull("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(Backups, "_put_files", full)
        with pytest.raises(StorageFull, match="The next command"):
            first.restore(ADMIN, path, replace=True)
    backups_of(store, tmp_path / "second").restore(ADMIN, path, replace=True)
    told = first.finish_restore(ADMIN)
    assert "forgotten" in str(told)
    assert not (tmp_path / "first" / "attachments").exists()


def test_a_restore_that_fails_names_the_backup_of_what_was_there(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.upsert(GraphRows(organizations=(firm(1),)))
    path, _ = backups_of(store, tmp_path).make(ADMIN, tmp_path / "saved.zip")
    backups = backups_of(store, tmp_path / "other")

    def gone(self: Store, content: object, of: str, first: Callable[[], object], name: str) -> None:
        first()
        raise StoreUnavailable("It does not answer.")

    monkeypatch.setattr(type(store), "replace_content", gone)
    with pytest.raises(MatchmakerError, match="It does not answer") as failure:
        backups.restore(ADMIN, path, replace=True)
    assert isinstance(failure.value, StoreUnavailable)
    (before,) = backups.listed()
    assert f"matchmaker restore {path} --replace" in str(failure.value)
    assert str(before) in str(failure.value)


def test_what_is_written_while_a_backup_is_restored_is_in_the_one_made_first_or_in_the_store(
    tmp_path: Path,
) -> None:
    """Who was told that something is kept finds it again: a server may run beside it."""
    store = SqliteStore(tmp_path / "graph.db")
    store.prepare()
    store.upsert(everything())
    backups = backups_of(store, tmp_path)
    path, _ = backups.make(ADMIN, tmp_path / "saved.zip")
    over, kept = threading.Event(), set()
    numbers = itertools.count(1000)

    def writing() -> None:
        server = SqliteStore(tmp_path / "graph.db")
        while not over.is_set():
            number = next(numbers)
            # Refused while the store is replaced, or between its two commits: nobody was told.
            with suppress(StoreUnavailable, VersionConflict):
                write(server, number)
                kept.add(f"t:{number}")
        server.close()

    writers = [threading.Thread(target=writing) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        while len(kept) < 3:
            over.wait(0.01)
        backups.restore(ADMIN, path, replace=True)
        after = len(kept)
        while len(kept) < after + 3:
            over.wait(0.01)
    finally:
        over.set()
        for writer in writers:
            writer.join()
    (made,) = backups.listed()
    before = SqliteStore(tmp_path / "before.db")
    backups_of(before, tmp_path / "before").restore(ADMIN, made)
    found = {line.entry.subject for each in (before, store) for line in each.content().log}
    assert kept - found == set()
    assert first_broken(store.content().log) is None
    before.close()
    store.close()


@pytest.mark.neo4j
def test_a_server_database_is_not_replaced_beside_a_server(
    neo4j_store: Neo4jStore, tmp_path: Path
) -> None:
    neo4j_store.clear()
    neo4j_store.upsert(everything())
    before = neo4j_store.content()
    path, _ = backups_of(neo4j_store, tmp_path).make(ADMIN, tmp_path / "saved.zip")

    @contextmanager
    def refused() -> Iterator[None]:
        raise WrongState("A server runs.")
        yield

    backups = replace(backups_of(neo4j_store, tmp_path / "other"), alone=refused)
    write(neo4j_store, 99)
    with pytest.raises(WrongState, match="A server runs"):
        backups.restore(ADMIN, path, replace=True)
    assert neo4j_store.content() != before
    assert backups.listed() == []


def test_a_shorter_secret_of_a_backup_is_not_taken_for_what_is_left_of_a_longer_one(
    store: Store, other: Store, tmp_path: Path
) -> None:
    (tmp_path / "cursor.secret").write_text("s" * 32)
    path, _ = backups_of(store, tmp_path).make(ADMIN, tmp_path / "b.zip")
    folder = tmp_path / "other"
    assert len(OperatorKey(folder).signing_secret()) == 64
    backups_of(other, folder).restore(ADMIN, path, replace=True)
    assert OperatorKey(folder).signing_secret() == "s" * 32
