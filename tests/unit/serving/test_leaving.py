"""How the processes end that the master forks: what waits is sent, and nothing aborts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]
# What a library began before the fork and would take down as the process exits ends it by SIGABRT
# (onnxruntime does so). Each kind of child says whether what Python does at its end was done.
MASTER = """
import atexit, ctypes, os, sys, types
from types import SimpleNamespace
from matchmaker.serving import arbiter

libc = ctypes.CDLL(None)
libc.__cxa_atexit(ctypes.cast(libc.abort, ctypes.c_void_p), None, None)
master_pid = os.getpid()
atexit.register(lambda: os.write(1, b"drained;") if os.getpid() != master_pid else None)

class Ended:
    def __init__(self, *_):
        self.tmp, self.booted = open(os.devnull), False
    def init_process(self):
        {served}

nothing = lambda *_: None
master = arbiter.JobsArbiter.__new__(arbiter.JobsArbiter)
master.__dict__.update(
    pid=master_pid, worker_age=0, worker_class=Ended, LISTENERS=[], app=None, timeout=2,
    proc_name="x", WORKERS={{}}, _stats={{"workers_spawned": 0}}, _jobs_pid=0,
    lock=SimpleNamespace(release=nothing),
    log=SimpleNamespace(info=nothing, debug=nothing, exception=nothing, warning=nothing),
    cfg=SimpleNamespace(pre_fork=nothing, post_fork=nothing, worker_exit=nothing, reuse_port=False),
)
sys.modules["wsgi"] = types.SimpleNamespace(wired=None)
arbiter.work_beside = nothing
pid = {fork}
os.write(1, b"status %d" % os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
os._exit(0)
"""
SERVES = "master.spawn_worker()"
WORKS = "(master._start_jobs(), master._jobs_pid)[1]"


@pytest.mark.parametrize(
    ("fork", "served", "said"),
    [
        (SERVES, "pass", "drained;status 0"),
        (SERVES, "raise RuntimeError", "drained;status 3"),  # gunicorn stops for one that is 3
        (WORKS, "pass", "drained;status 0"),
    ],
    ids=["serves", "does not begin", "jobs"],
)
def test_a_process_that_ends_sends_what_waits_and_does_not_abort(fork, served, said, tmp_path):
    """Seen: each process that had served a question aborted when the service was stopped."""
    program = MASTER.format(fork=fork, served=served)
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "MATCHMAKER_DATA_DIR": str(tmp_path)},
        cwd=PROJECT, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert done.stdout == said
