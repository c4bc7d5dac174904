"""Whoever can write where a queue lies runs nothing with it; what is ours still arrives."""

from __future__ import annotations

import os
import pickle
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from huey import RedisHuey, SqliteHuey

from matchmaker.access import ADMIN
from matchmaker.errors import ServiceUnavailable
from matchmaker.messages import message
from matchmaker.nodes.queues import queue_in_file
from matchmaker.services.people.sign_in import SignInService
from matchmaker.settings import Settings
from matchmaker.wiring import Wiring
from matchmaker.workflow.job import JobKind, JobState


class Runs:
    """What runs a program when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return os.mkdir, (str(self.mark),)


@pytest.fixture(params=["file", "redis"])
def wired(request, tmp_path):
    """One installation, its queues in a file or at a real server."""
    settings = (
        Settings(data_dir=tmp_path / "a", _env_file=None)
        if request.param == "file"
        else request.getfixturevalue("shared_settings")
    )
    wiring = Wiring(settings)
    wiring.store.prepare()
    wiring.job_handlers = {JobKind.REFRESH: lambda job, progress: message("Done.")}
    yield wiring
    wiring.store.close()


def earlier_queue(wired, name):
    """The same queue as releases before had it: huey's own, of pickles."""
    if wired.shared_state is None:
        return SqliteHuey(name, filename=str(wired.jobs_file), results=False)
    pool = wired.shared_state.patient.connection_pool
    return RedisHuey(f"matchmaker-{name}", connection_pool=pool, results=False)


def dequeue_all(queue):
    queue.storage.blocking = False
    tasks = []
    while (task := queue.dequeue()) is not None:
        tasks.append(task)
    return tasks


def test_whoever_can_write_into_the_queue_runs_no_program(wired, tmp_path, monkeypatch):
    """A worker that is at it goes on with what comes behind."""
    forged, sent = pickle.dumps(Runs(tmp_path / "ran")), threading.Event()
    monkeypatch.setattr(SignInService, "send_reset", lambda self, email: sent.set())
    assert wired.reset_requests
    queue = wired.requested_letters
    wired.reset_requests._task("first@example.org")
    (first,) = dequeue_all(queue)
    queue.storage.put_data(first.revoke_id, forged)  # huey looks there whether it is revoked
    queue.enqueue(first)
    queue.storage.add_to_schedule(forged, datetime(2026, 1, 5, tzinfo=UTC))
    queue.storage.enqueue(forged)
    wired.reset_requests._task("second@example.org")
    consumer = queue.create_consumer(workers=1, periodic=False, max_delay=0.1)
    consumer.start()
    try:
        assert sent.wait(10)
        time.sleep(1.2)  # what is scheduled is looked for every second
    finally:
        consumer.stop(graceful=True)
    assert queue.scheduled_count() == 0
    assert not (tmp_path / "ran").exists()


def test_a_message_that_nobody_here_signed_is_dropped_and_told(wired):
    assert wired.reset_requests
    queue = wired.requested_letters
    wired.reset_requests._task("who@example.org")
    signed = queue.storage.dequeue()
    # Another address, no signature, and one of another queue of ours.
    queue.storage.enqueue(signed.replace(b"who@", b"you@"))
    queue.storage.enqueue(signed.rpartition(b".")[0])
    assert wired.job_queue
    wired.requested_jobs[JobKind.REFRESH].storage.enqueue(signed)
    with structlog.testing.capture_logs() as lines:
        assert dequeue_all(queue) == []
        assert dequeue_all(wired.requested_jobs[JobKind.REFRESH]) == []
    assert [line["event"] for line in lines] == [
        "message dropped: not of this installation and version"
    ] * 3
    assert "example.org" not in str(lines)
    queue.storage.enqueue(signed)
    assert [task.args for task in dequeue_all(queue)] == [["who@example.org"]]


def test_a_job_requested_of_an_earlier_version_beside_this_one_is_done(wired):
    """Its message is dropped; the job is in the store, and sent again."""
    earlier = earlier_queue(wired, "requested-refresh")
    job = wired.job_queue.request(ADMIN, JobKind.REFRESH)
    queue = wired.requested_jobs[JobKind.REFRESH]
    assert len(dequeue_all(queue)) == 1
    task = earlier.task(name="run_job")(wired.job_queue.run)
    task(job.id)
    assert dequeue_all(queue) == []
    assert wired.job_queue.send_forgotten() == 1
    for again in dequeue_all(queue):
        queue.execute(again)
    assert wired.job_queue.show(ADMIN, job.id).state is JobState.DONE


def test_an_earlier_version_drops_what_this_one_sends_and_goes_on(wired):
    earlier = earlier_queue(wired, "requested-refresh")
    earlier.storage.blocking = False
    wired.job_queue.request(ADMIN, JobKind.REFRESH)
    with pytest.raises(pickle.UnpicklingError):  # which its worker logs
        earlier.dequeue()
    assert earlier.dequeue() is None


@pytest.mark.parametrize("at", [0, 4096])
def test_a_damaged_queue_in_a_file_is_set_aside_and_begun_anew(tmp_path, at):
    path = tmp_path / "jobs.db"
    first = queue_in_file("letters", path, lambda: "s" * 32)
    for number in range(50):
        first.storage.enqueue(b"x" * 200, number)
    first.storage.close()
    content = path.read_bytes()
    path.write_bytes(content[:at] + bytes(range(1, 201)) * 40 + content[at + 8000 :])
    again = queue_in_file("letters", path, lambda: "s" * 32)
    assert again.pending_count() == 0
    again.storage.enqueue(b"y")
    assert queue_in_file("letters", path, lambda: "s" * 32).pending_count() == 1
    assert (tmp_path / "jobs.db.damaged").stat().st_size == len(
        content[:at] + bytes(8000) + content[at + 8000 :]
    )


def test_a_queue_that_cannot_be_read_is_told_once_and_read_again(
    shared_settings, monkeypatch, caplog
):
    """A server that was made a replica answers no question that changes something."""
    wired = Wiring(shared_settings)
    wired.store.prepare()
    done = threading.Event()
    monkeypatch.setattr(SignInService, "send_reset", lambda self, email: done.set())
    assert wired.reset_requests
    server = wired.shared_state.quick
    consumer = wired.requested_letters.create_consumer(workers=1, periodic=False)
    try:
        with structlog.testing.capture_logs() as logs:
            server.replicaof("127.0.0.1", 1)
            consumer.start()
            time.sleep(3.5)
            server.replicaof("NO", "ONE")
            wired.requested_letters.enqueue(wired.reset_requests._task.s("a@example.org"))
            assert done.wait(10)
    finally:
        server.replicaof("NO", "ONE")
        consumer.stop(graceful=True)
        wired.store.close()
    events = [line["event"] for line in logs]
    # What tasks are put off until is read beside, and may be readable a moment longer, or sooner.
    assert 1 <= events.count("queue not read") <= 2
    assert events.count("queue read again") == events.count("queue not read")
    assert not [record for record in caplog.records if record.exc_info]


def test_jobs_are_looked_at_where_no_queue_can_be_made(tmp_path):
    """On a disk that cannot be written: only sending them is not possible, and told in words."""
    wired = Wiring(Settings(data_dir=tmp_path, _env_file=None))
    wired.store.prepare()
    in_the_way = tmp_path / "jobs.db-journal"
    in_the_way.mkdir()  # of a new file SQLite cannot write the first page then
    assert wired.job_queue.waiting(ADMIN) == []
    job = wired.job_queue.request(ADMIN, JobKind.REFRESH)
    with pytest.raises(ServiceUnavailable, match="queue of jobs cannot be used"):
        wired.job_queue.send_forgotten()
    in_the_way.rmdir()
    assert wired.job_queue.send_forgotten() == 1
    assert wired.job_queue.show(ADMIN, job.id).state is JobState.QUEUED
    wired.store.close()
