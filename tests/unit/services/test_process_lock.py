"""One process works with a part of a data folder, and others are told which."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from matchmaker.errors import WrongState
from matchmaker.services.operations.process_lock import ProcessLock

# Holds the lock as a worker does, without what makes one slow to start.
WORKER = """
import sys, time
from pathlib import Path
from matchmaker.services.operations.process_lock import ProcessLock
lock = ProcessLock(Path(sys.argv[1]))
lock.acquire(3)
while True:
    lock.beat()
    time.sleep(0.1)
"""


def wait_for_holder(lock, other_than=0, seconds=20.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        holder = lock.holder()
        if holder is not None and holder.pid not in (0, other_than):
            return holder
        time.sleep(0.05)
    raise AssertionError("nobody holds the lock")


@pytest.fixture
def lock(tmp_path):
    return ProcessLock(tmp_path / "jobs.lock")


def test_a_second_process_is_told_who_works_with_the_folder(lock):
    worker = subprocess.Popen([sys.executable, "-c", WORKER, str(lock.path)])
    try:
        wait_for_holder(lock)
        with pytest.raises(WrongState) as refusal:
            ProcessLock(lock.path).acquire()
        assert str(worker.pid) in str(refusal.value)
    finally:
        worker.kill()
        worker.wait()
    lock.acquire()  # what the killed one held is free
    assert lock.holder().pid == os.getpid()
    lock.release()


def test_a_process_that_was_stopped_is_silent(lock):
    lock.acquire()
    assert not lock.holder().is_silent(datetime.now(UTC))
    os.utime(lock.path, (time.time() - 60, time.time() - 60))
    assert lock.holder().is_silent(datetime.now(UTC))
    lock.beat()
    assert not lock.holder().is_silent(datetime.now(UTC))
    lock.release()
