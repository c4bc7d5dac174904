"""Whether an open file is still the one of its name is asked by many threads at once."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from matchmaker.errors import StoreMismatch
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
