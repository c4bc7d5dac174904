"""One process works with a part of a data folder, and others are told which."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from matchmaker import jobs
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


@pytest.mark.parametrize(
    ("variables", "answer"),
    [
        ({"LC_ALL": "zh_CN.UTF-8"}, "数据文件夹"),
        ({"LC_ALL": "C.UTF-8"}, "already works with"),
        ({"LC_ALL": "zh_CN.UTF-8", "MATCHMAKER_LANGUAGE": "en"}, "already works with"),
        ({"LC_ALL": "en_US.UTF-8", "MATCHMAKER_LANGUAGE": "zh"}, "数据文件夹"),
    ],
)
def test_a_second_worker_is_refused_in_the_readers_language(lock, monkeypatch, variables, answer):
    for name, value in ({"MATCHMAKER_LANGUAGE": ""} | variables).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(lock.path.parent))
    monkeypatch.setattr(jobs, "_LOCK_WAIT_SECONDS", 0)
    monkeypatch.setattr("os.umask", lambda mask: 0)  # this process goes on
    lock.acquire()
    with pytest.raises(SystemExit) as refusal:
        jobs.main()
    assert answer in refusal.value.code
    lock.release()


def test_a_process_that_was_stopped_is_silent(lock):
    lock.acquire()
    assert not lock.holder().is_silent(datetime.now(UTC))
    os.utime(lock.path, (time.time() - 60, time.time() - 60))
    assert lock.holder().is_silent(datetime.now(UTC))
    lock.beat()
    assert not lock.holder().is_silent(datetime.now(UTC))
    lock.release()


def test_where_no_file_can_be_made_the_folder_is_locked(tmp_path):
    """A full or read-only disk, and nobody ever served from it: one still can, and one alone."""
    path = tmp_path / "server.lock"
    path.symlink_to(tmp_path / "missing" / "file")
    first = ProcessLock(path)
    first.acquire()
    with pytest.raises(WrongState):
        ProcessLock(path).acquire()
    first.release()
    ProcessLock(path).acquire()


def test_those_who_share_it_keep_out_who_wants_it_alone_and_are_kept_out_by_them(tmp_path):
    path = tmp_path / "single-assistants.lock"
    first, second, alone = (ProcessLock(path) for _ in range(3))
    first.share()
    second.share()
    with pytest.raises(WrongState, match=f"Process {os.getpid()} already works"):
        alone.acquire()
    first.release()
    with pytest.raises(WrongState):
        alone.acquire()
    second.release()
    alone.acquire()
    with pytest.raises(WrongState, match=f"Process {os.getpid()} already works"):
        first.share()
    alone.release()


def test_where_no_lock_can_be_made_nothing_is_kept_out(tmp_path):
    """A link to nowhere: rights would not hold the tests' own user where it is root."""
    path = tmp_path / "single-assistants.lock"
    path.symlink_to(tmp_path / "missing" / "file")
    ProcessLock(path).share()


def test_who_noted_itself_last_and_has_ended_is_not_told_as_the_one_that_is_there(tmp_path):
    """Two assistants share a lock: the second, which wrote its number, ends; the first goes on."""
    path = tmp_path / "single-assistants.lock"
    first = ProcessLock(path)
    first.share()
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from matchmaker.services.operations.process_lock import ProcessLock\n"
        "import os\nProcessLock(Path(sys.argv[1])).share()\nprint(os.getpid())\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
    ).stdout.strip()
    with pytest.raises(WrongState, match=f"Another process already works.*{ended}.*has ended"):
        ProcessLock(path).acquire()
