"""Whether an open file is still the one of its name is asked by many threads at once."""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from matchmaker.errors import StoreMismatch, StoreUnavailable
from matchmaker.store.sqlite.connection import Connections
from matchmaker.store.sqlite.same_file import SameFile


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "graph.db"
    path.write_bytes(b"")
    path.with_name("graph.db-wal").write_bytes(b"")
    return path


def test_threads_that_open_and_close_it_do_not_disturb_one_that_looks(file: Path) -> None:
    same, until = SameFile(file), time.monotonic() + 1

    def open_and_close() -> None:
        while time.monotonic() < until:
            same.note()
            same.forget()

    def look() -> int:
        looked = 0
        while time.monotonic() < until:
            same.require()
            looked += 1
        return looked

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            others = [threads.submit(open_and_close) for _ in range(2)]
            looks = [threads.submit(look) for _ in range(2)]
            assert all(each.result() > 0 for each in looks)
            for each in others:
                each.result()
    finally:
        sys.setswitchinterval(interval)


def test_another_file_of_its_name_is_told(file: Path) -> None:
    same = SameFile(file)
    same.note()
    same.require()
    file.rename(file.with_name("away.db"))
    with pytest.raises(StoreMismatch):
        same.require()
    file.write_bytes(b"")
    with pytest.raises(StoreMismatch):
        same.require()
    same.forget()
    same.note()
    same.require()


def test_a_name_that_the_system_cannot_look_up_is_refused_in_words(tmp_path: Path) -> None:
    connections = Connections(tmp_path / f"{300 * 'x'}.db")
    with pytest.raises(StoreUnavailable), connections.reading():
        pass


def test_a_database_is_made_where_a_link_leads_that_leads_nowhere_yet(tmp_path: Path) -> None:
    link, target = tmp_path / "graph.db", tmp_path / "elsewhere.db"
    link.symlink_to(target)
    connections = Connections(link)
    connections.create()
    with connections.reading() as connection:
        assert connection.execute("SELECT count(*) FROM organizations").fetchone() == (0,)
    connections.close()
    assert target.is_file()
    assert link.is_symlink()


def test_a_log_that_goes_is_noticed_behind_a_link_too(tmp_path: Path) -> None:
    link, target = tmp_path / "graph.db", tmp_path / "elsewhere.db"
    link.symlink_to(target)
    connections = Connections(link)
    connections.create()
    connections.close()
    with connections.reading():
        pass
    target.with_name("elsewhere.db-wal").unlink()
    with pytest.raises(StoreMismatch), connections.reading():
        pass


def test_links_in_a_circle_are_refused_in_words(tmp_path: Path) -> None:
    link, other = tmp_path / "graph.db", tmp_path / "other.db"
    link.symlink_to(other)
    other.symlink_to(link)
    connections = Connections(link)
    with pytest.raises(StoreUnavailable), connections.reading():
        pass


def test_a_file_that_is_cut_off_while_its_log_says_how_long_it_is_is_noticed(
    tmp_path: Path,
) -> None:
    connections, path = _grown(tmp_path)
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(StoreMismatch, match="cut off"), connections.reading():
        pass
    with pytest.raises(StoreMismatch, match="cut off"), connections.writing():
        pass
    connections.close()


def test_a_file_that_is_tidied_up_by_hand_is_read_on(tmp_path: Path) -> None:
    connections, path = _grown(tmp_path)
    size = path.stat().st_size
    with connections.writing() as connection:
        connection.execute("DELETE FROM records")
    with closing(sqlite3.connect(path)) as other:
        other.execute("VACUUM")
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert path.stat().st_size < size
    for _ in range(2):
        with connections.reading() as connection:
            assert connection.execute("SELECT count(*) FROM records").fetchone() == (0,)
    connections.close()


def _grown(folder: Path) -> tuple[Connections, Path]:
    """A database of some hundred pages that is open, with its log ahead."""
    path = folder / "graph.db"
    connections = Connections(path)
    connections.create()
    insert = "INSERT INTO records (kind, id, version, body) VALUES ('test', ?, 1, ?)"
    with connections.writing() as connection:
        connection.executemany(insert, [(f"{n}", 200 * "x") for n in range(2000)])
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_checkpoint(FULL)")
    with connections.writing() as connection:
        connection.execute(insert, ("last", "x"))
    with connections.reading() as connection:
        assert connection.execute("SELECT count(*) FROM records").fetchone() == (2001,)
    return connections, path


def test_who_opens_it_as_another_thread_closes_the_last_is_not_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log goes with the last connection, and comes again with the next."""
    connections = Connections(tmp_path / "graph.db")
    connections.create()
    connections.close()
    begun, left, gone = threading.Event(), threading.Event(), threading.Event()

    def read() -> None:
        with connections.reading():
            pass

    def read_and_stay() -> None:
        read()
        begun.set()
        left.wait()

    first, second = threading.Thread(target=read_and_stay), threading.Thread(target=read)
    require, forget = SameFile.require, SameFile.forget

    def look(same: SameFile) -> None:
        if threading.current_thread() is threading.main_thread() and not left.is_set():
            left.set()
            first.join()
            second.start()
            gone.wait(0.3)
        require(same)

    def close(same: SameFile) -> None:
        if threading.current_thread() is second:
            gone.set()
            time.sleep(0.1)
        forget(same)

    first.start()
    begun.wait()
    monkeypatch.setattr(SameFile, "require", look)
    monkeypatch.setattr(SameFile, "forget", close)
    read()
    second.join()
