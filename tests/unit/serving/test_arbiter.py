"""The master of the server, and the worker of background jobs that it watches."""

import os
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from gunicorn.arbiter import Arbiter

from matchmaker import embedding
from matchmaker.services.operations.process_lock import Holder
from matchmaker.serving import arbiter
from matchmaker.serving.arbiter import JobsArbiter
from matchmaker.settings import Settings
from matchmaker.wiring import Wiring

PID = 4711


class Watched:
    """The lock of a jobs worker that says when it was heard of last."""

    def __init__(self):
        self.heard = datetime.now(UTC)

    def holder(self):
        return Holder(PID, self.heard, self.heard)


@pytest.fixture
def killed(monkeypatch):
    sent = []
    monkeypatch.setattr(arbiter.os, "kill", lambda *of: sent.append(of))
    return sent


@pytest.fixture
def watching(monkeypatch):
    """A master that has just looked, and what moves its monotonic clock."""
    passed = [0.0]
    real = time.monotonic
    monkeypatch.setattr(arbiter.time, "monotonic", lambda: real() + passed[0])
    master = JobsArbiter.__new__(JobsArbiter)
    master._jobs_pid, master.jobs_lock = PID, Watched()
    master._jobs_heard, master._jobs_heard_at = None, 0.0
    master._end_hung_jobs()
    yield master, passed
    master._jobs_pid = 0


@pytest.mark.parametrize("hours", [-3, 3], ids=["back", "forward"])
def test_a_worker_is_not_taken_for_hung_because_the_clock_was_set(hours, watching, killed):
    """Its last word was a second ago; by the clock it is hours before or after now."""
    master, passed = watching
    master.jobs_lock.heard -= timedelta(hours=hours)
    master._end_hung_jobs()
    passed[0] += 2
    master._end_hung_jobs()
    assert killed == []


def test_a_worker_that_is_silent_is_ended_also_where_the_clock_was_set_back(watching, killed):
    master, passed = watching
    master.jobs_lock.heard += timedelta(hours=3)
    master._end_hung_jobs()
    passed[0] += 59
    master._end_hung_jobs()
    assert killed == []
    passed[0] += 2
    master._end_hung_jobs()
    assert killed == [(PID, signal.SIGKILL)]


def ended_by(act):
    """A child that has ended in some way, and is not waited for yet."""
    pid = os.fork()
    if not pid:
        act()
        os._exit(7)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    return pid


@pytest.mark.parametrize(
    ("end", "read_anew"),
    [
        (lambda: os.kill(os.getpid(), signal.SIGBUS), True),
        (lambda: os.kill(os.getpid(), signal.SIGKILL), False),
        (lambda: os._exit(signal.SIGBUS), False),
    ],
    ids=["cannot read what is open", "killed", "ended"],
)
def test_a_child_that_died_of_a_file_that_is_open_has_the_snapshot_read_anew(
    end, read_anew, monkeypatch
):
    """Else all that follow, forked with the same file open, would die of it."""
    read = []
    monkeypatch.setattr(JobsArbiter, "_read_files_anew", lambda master: read.append(master))
    master = JobsArbiter.__new__(JobsArbiter)
    master._jobs_pid = 0
    pid = ended_by(end)
    master.WORKERS = {pid: None}
    monkeypatch.setattr(Arbiter, "reap_workers", lambda _: None)
    try:
        master.reap_workers()
    finally:
        os.waitpid(pid, 0)
    assert bool(read) is read_anew


def test_a_model_whose_files_cannot_be_read_any_more_is_loaded_anew(tmp_path, monkeypatch):
    """Seen: a table cut off while it was open ended each worker at its first question."""
    monkeypatch.setattr(embedding, "load_embedder", lambda settings: object())
    wired = Wiring(Settings(data_dir=tmp_path, _env_file=None))
    before = wired.embedder()
    assert wired.embedder() is before
    wired.forget_models()
    assert wired.embedder() is not before


def test_the_log_claims_no_more_than_is_known_of_what_a_process_died_of(monkeypatch):
    """A model or the index of the database may be what could not be read, or somebody's `kill`."""
    forgotten, said = [], []
    wired = SimpleNamespace(
        reader=SimpleNamespace(forget=lambda: forgotten.append("snapshot")),
        forget_models=lambda: forgotten.append("models"),
    )
    monkeypatch.setitem(sys.modules, "wsgi", SimpleNamespace(wired=wired))
    monkeypatch.setattr(arbiter, "log", SimpleNamespace(error=lambda text: said.append(text)))
    master = JobsArbiter.__new__(JobsArbiter)
    master._jobs_pid = 0
    master._read_files_anew()
    assert forgotten == ["snapshot", "models"]
    assert "which one is not known" in said[0]
    assert "could not read the snapshot" not in said[0]
