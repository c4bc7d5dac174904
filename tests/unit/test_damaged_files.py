"""A damaged small file whose lock somebody holds and does not give back holds nobody up."""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from matchmaker.api.http.idempotency import LocalAnswers
from matchmaker.errors import StorageFull
from matchmaker.nodes.counts_file import CountsFile
from matchmaker.nodes.queues import queue_in_file

OPENED: dict[str, Callable[[Path], object]] = {
    "answers": lambda path: LocalAnswers(path).begin("k", "request"),
    "queue": lambda path: queue_in_file("q", path, lambda: "s" * 32),
    "counts": lambda path: CountsFile(path).change(lambda connection: connection.total_changes),
}


@pytest.mark.parametrize("what", OPENED)
def test_who_is_stopped_while_a_damaged_file_is_put_aside_holds_nobody_up(
    tmp_path: Path, what: str
) -> None:
    path = tmp_path / "file.db"
    path.write_bytes(b"no database" * 500)
    raised: list[BaseException] = []

    def opened() -> None:
        try:
            OPENED[what](path)
        except (StorageFull, OSError) as error:
            raised.append(error)

    with path.with_name("file.db.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        waiting = threading.Thread(target=opened, daemon=True)
        waiting.start()
        waiting.join(20)
        assert not waiting.is_alive()
    assert len(raised) == 1
    OPENED[what](path)  # once its lock is free
    assert path.with_name("file.db.damaged").exists()
