"""A store that is closed waits for what other threads are at."""

from __future__ import annotations

import sqlite3
import threading

from matchmaker.store.sqlite.connection import Connections


def test_closing_waits_for_a_running_transaction_which_is_kept(tmp_path):
    path = tmp_path / "store.db"
    connections = Connections(path)
    connections.create()
    inside, go_on = threading.Event(), threading.Event()

    def write() -> None:
        with connections.writing() as connection:
            inside.set()
            assert go_on.wait(10)
            connection.execute("CREATE TABLE kept (value INTEGER)")
            connection.execute("INSERT INTO kept VALUES (7)")

    writer = threading.Thread(target=write)
    writer.start()
    assert inside.wait(10)
    closing = threading.Thread(target=connections.close)
    closing.start()
    closing.join(0.2)
    assert closing.is_alive()
    go_on.set()
    closing.join(10)
    writer.join(10)
    assert not closing.is_alive()
    with sqlite3.connect(path) as read:
        assert read.execute("SELECT value FROM kept").fetchall() == [(7,)]
