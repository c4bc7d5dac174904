"""Jobs that people request: how they get to a worker, and are done once."""

import json
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from huey.consumer import Consumer

from matchmaker.access import ADMIN, Principal
from matchmaker.errors import (
    InvalidInput,
    NotAllowed,
    ServiceUnavailable,
    StorageFull,
    StoreUnavailable,
    WrongState,
)
from matchmaker.jobs import MAX_WAIT_SECONDS
from matchmaker.messages import message, plural
from matchmaker.services.operations import job_queue
from matchmaker.services.operations.job_queue import JobQueue
from matchmaker.services.unit_of_work import utc_now
from matchmaker.settings import Settings
from matchmaker.store.changes import Put
from matchmaker.wiring import Wiring
from matchmaker.workflow.job import JobKind, JobState


@pytest.fixture
def wired(tmp_path):
    wiring = Wiring(Settings(data_dir=tmp_path, _env_file=None))
    wiring.store.prepare()
    wiring.job_handlers = {JobKind.DERIVE: lambda job, progress: message("done")}
    yield wiring
    wiring.store.close()


def other_process(wired):
    """The same installation, wired anew."""
    wiring = Wiring(wired.settings)
    wiring.job_handlers = wired.job_handlers
    assert wiring.job_queue
    return wiring


def work_off(wired):
    assert wired.job_queue
    for queue in wired.requested_jobs.values():
        while (task := queue.dequeue()) is not None:
            queue.execute(task)


@pytest.mark.slow
def test_what_was_requested_begins_within_about_a_second(wired):
    worker = other_process(wired)
    began = threading.Event()

    def handler(job, progress):
        began.set()
        return message("done")

    worker.job_handlers[JobKind.DERIVE] = handler
    consumer = Consumer(
        worker.requested_jobs[JobKind.DERIVE], workers=1, periodic=False, max_delay=MAX_WAIT_SECONDS
    )
    consumer.start()
    try:
        time.sleep(2 * MAX_WAIT_SECONDS)  # by now it looks as seldom as it ever does
        wired.job_queue.request(ADMIN, JobKind.DERIVE)
        assert began.wait(MAX_WAIT_SECONDS + 1)
    finally:
        consumer.stop(graceful=True)
    worker.store.close()


def test_a_job_that_came_twice_is_done_once(wired):
    times = []
    wired.job_handlers[JobKind.DERIVE] = lambda job, progress: times.append(job.id) or message("x")
    job = wired.job_queue.request(ADMIN, JobKind.DERIVE)
    threads = [
        threading.Thread(target=other_process(wired).job_queue.run, args=(job.id,))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work_off(wired)
    assert times == [job.id]


@pytest.mark.parametrize(("away", "state"), [(2, JobState.DONE), (3, JobState.FAILED)])
def test_an_import_waits_for_what_is_not_available_and_not_for_ever(wired, away, state):
    begun = []

    def handler(job, progress):
        begun.append(job.attempts)
        if len(begun) <= away:
            raise ServiceUnavailable("The place of files broke off.")
        return message("done")

    wired.job_handlers = {JobKind.IMPORT: handler}
    job = wired.job_queue.request(ADMIN, JobKind.IMPORT)
    work_off(wired)
    waiting = wired.job_queue.show(ADMIN, job.id)
    assert (waiting.state, waiting.can_be_cancelled) == (JobState.QUEUED, True)
    assert "The place of files broke off." in str(waiting.waits_for)
    assert "1 of 3 times" in str(waiting.waits_for)
    assert "自动重新开始" in waiting.waits_for.text("zh")
    for _ in range(2):
        assert wired.job_queue.send_forgotten() == 1
        work_off(wired)
    assert begun == [1, 2, 3]
    over = wired.job_queue.show(ADMIN, job.id)
    assert (over.state, over.waits_for) == (state, None)
    assert wired.job_queue.send_forgotten() == 0


def test_what_came_of_a_job_is_written_down_once_the_disk_has_room_again(wired, monkeypatch):
    """It filled the disk itself: else it would be under way until the worker is started anew."""
    refused = []
    write = JobQueue._write

    def on_full_disk(self, job, *expected):
        if job.state is JobState.FAILED and len(refused) < 3:
            refused.append(job.id)
            raise StorageFull("The disk is full.")
        write(self, job, *expected)

    def handler(job, progress):
        raise StorageFull("The disk is full.")

    monkeypatch.setattr(JobQueue, "_write", on_full_disk)
    monkeypatch.setattr(job_queue, "_FINISH_RETRIES", [0.01] * 5)
    wired.job_handlers = {JobKind.IMPORT: handler}
    job = wired.job_queue.request(ADMIN, JobKind.IMPORT)
    work_off(wired)
    over = wired.job_queue.show(ADMIN, job.id)
    assert (over.state, str(over.result)) == (JobState.FAILED, "The disk is full.")
    assert len(refused) == 3


def test_a_job_that_cannot_be_begun_while_another_process_writes_is_begun_later(wired, monkeypatch):
    job = wired.job_queue.request(ADMIN, JobKind.DERIVE)
    commit = wired.repositories.records.commit

    def busy(changes, entries=()):
        raise StoreUnavailable("busy: another process has been writing.")

    monkeypatch.setattr(wired.repositories.records, "commit", busy)
    wired.job_queue.run(job.id)
    monkeypatch.setattr(wired.repositories.records, "commit", commit)
    waiting = wired.job_queue.show(ADMIN, job.id)
    assert (waiting.state, waiting.attempts) == (JobState.QUEUED, 0)
    wired.job_queue.run(job.id)
    assert wired.job_queue.show(ADMIN, job.id).state is JobState.DONE


def test_a_job_that_only_waits_for_its_turn_waits_for_nothing_else(wired):
    job = wired.job_queue.request(ADMIN, JobKind.DERIVE)
    assert wired.job_queue.show(ADMIN, job.id).waits_for is None


@pytest.mark.parametrize("in_parts", [False, True])
def test_an_import_that_began_to_write_is_begun_again_and_not_cancelled_meanwhile(wired, in_parts):
    """What the store did not answer any more may be written."""
    begun = []

    def handler(job, progress):
        begun.append(job.is_in_parts)
        wired.job_queue.begin_writing(job.id, in_parts and len(begun) == 1)
        if len(begun) < 3:
            raise ServiceUnavailable("The store is away.")
        return message("done")

    wired.job_handlers = {JobKind.IMPORT: handler}
    job = wired.job_queue.request(ADMIN, JobKind.IMPORT)
    work_off(wired)
    waiting = wired.job_queue.show(ADMIN, job.id)
    assert (waiting.state, waiting.can_be_cancelled) == (JobState.QUEUED, False)
    assert "It waits: The store is away. It is taken up again" in str(waiting.waits_for)
    assert "nothing of it is written" not in str(waiting.waits_for)
    assert "自动继续" in waiting.waits_for.text("zh")
    for _ in range(2):
        assert wired.job_queue.send_forgotten() == 1
        work_off(wired)
    assert begun == [False, in_parts, in_parts]
    assert wired.job_queue.show(ADMIN, job.id).state is JobState.DONE


def test_a_job_of_an_earlier_version_is_picked_up(wired):
    """It lies in the data folder under the names of then, and nothing is in huey's queue."""
    body = {
        "id": "old", "kind": "derive", "by": "account:a", "asked": "2026-01-05T08:00:00Z",
        "state": "queued", "heard": None, "stage": "", "said": "",
    }  # fmt: skip
    wired.store.documents.commit([Put("job", "old", json.dumps(body), keys={"state": "queued"})])
    assert wired.job_queue.send_forgotten() == 1
    assert wired.job_queue.send_forgotten() == 0
    work_off(wired)
    job = wired.job_queue.show(ADMIN, "old")
    assert (job.state, job.requested_by, str(job.result)) == (JobState.DONE, "account:a", "done")
    assert job.requested_at.year == 2026


def test_what_an_earlier_version_said_stays_readable(wired):
    body = {
        "id": "old", "kind": "refresh", "by": "admin", "asked": "2026-01-05T08:00:00Z",
        "state": "done", "heard": "2026-01-05T08:00:01Z", "stage": "Reading the graph",
        "said": "100% of it",
    }  # fmt: skip
    wired.store.documents.commit([Put("job", "old", json.dumps(body), keys={"state": "done"})])
    (job,) = wired.job_queue.page(ADMIN)
    assert (str(job.stage), str(job.result)) == ("Reading the graph", "100% of it")
    assert job.stage.text("zh") == "正在读取图谱"
    assert job.last_heartbeat.second == 1


def test_a_result_is_read_in_the_readers_language_afterwards(wired):
    rows = [plural("%(count)s row", "%(count)s rows", count=3), JobKind.REFRESH]

    def refuses(job, progress):
        raise InvalidInput("'%(what)s' is not one of %(rows)s.", where="kind", what="x", rows=rows)

    wired.job_handlers[JobKind.DERIVE] = refuses
    job = wired.job_queue.request(ADMIN, JobKind.DERIVE)
    work_off(wired)
    result = wired.job_queue.show(ADMIN, job.id).result
    assert result.text("en") == "kind: 'x' is not one of 3 rows, refresh."
    assert result.text("zh").startswith("类型")
    assert "快照" in result.text("zh")


def test_a_job_whose_worker_is_silent_was_cut_off(wired):
    job = wired.job_queue.request(ADMIN, JobKind.DERIVE)
    stored = wired.repositories.jobs.get(job.id)
    heard = utc_now() - timedelta(minutes=3)
    body = json.loads(wired.repositories.jobs.put(stored.value).body)
    body |= {"state": "running", "last_heartbeat": heard.isoformat()}
    wired.store.documents.commit(
        [Put("job", job.id, json.dumps(body), stored.version, {"state": "running"})]
    )
    assert wired.job_queue.show(ADMIN, job.id).state is JobState.FAILED
    work_off(wired)  # huey still has it; a second run would write everything twice
    assert str(wired.job_queue.show(ADMIN, job.id).result).startswith("It was cut off")


def test_only_administrators_request_what_is_everybodys(wired):
    coordinator = Principal("account:c", account="c", clusters=frozenset({"c:1"}))
    with pytest.raises(NotAllowed):
        wired.job_queue.request(coordinator, JobKind.REFRESH, "c:1")
    assert not any(queue.pending_count() for queue in wired.requested_jobs.values())


def interrupted(wired, **fields):
    """A job as a worker leaves it that is killed while doing it."""
    job = wired.job_queue.request(ADMIN, JobKind.DERIVE)
    while wired.requested_jobs[JobKind.DERIVE].dequeue() is not None:
        continue
    running = replace(job, state=JobState.RUNNING, last_heartbeat=utc_now(), **fields)
    wired.store.documents.commit([wired.repositories.jobs.put(running, 1)])
    return job.id


def test_what_a_worker_died_of_is_taken_up_again(wired):
    id = interrupted(wired, attempts=1)
    worker = other_process(wired)
    assert worker.job_queue.resume_interrupted() == 1
    work_off(worker)
    job = wired.job_queue.show(ADMIN, id)
    assert (job.state, job.attempts) == (JobState.DONE, 2)
    worker.store.close()


def test_what_workers_died_of_three_times_ends_as_failed_with_the_reason(wired):
    id = interrupted(wired, attempts=3)
    assert other_process(wired).job_queue.resume_interrupted() == 0
    job = wired.job_queue.show(ADMIN, id)
    assert job.state is JobState.FAILED
    assert "ended 3 times while it did this" in str(job.result)


def test_a_training_does_not_keep_an_import_waiting(wired):
    """Each kind of work has a queue and a worker of its own."""
    begun, may_end = threading.Event(), threading.Event()
    worker = other_process(wired)
    worker.job_handlers[JobKind.TRAIN] = lambda job, progress: may_end.wait(20) and message("x")
    worker.job_handlers[JobKind.DERIVE] = lambda job, progress: begun.set() or message("x")
    consumers = [
        Consumer(queue, workers=1, periodic=False, max_delay=0.1)
        for queue in worker.requested_jobs.values()
    ]
    assert worker.job_queue
    for consumer in consumers:
        consumer.start()
    try:
        wired.job_queue.request(ADMIN, JobKind.TRAIN)
        time.sleep(0.5)
        wired.job_queue.request(ADMIN, JobKind.DERIVE)
        assert begun.wait(3)
    finally:
        may_end.set()
        for consumer in consumers:
            consumer.stop(graceful=True)
        worker.store.close()


@pytest.mark.slow
def test_the_worker_process_does_what_was_requested(tmp_path, monkeypatch):
    """It finds no cluster, or no snapshot yet to look in; it says which."""
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("MATCHMAKER_STORE", raising=False)
    wired = Wiring(Settings(data_dir=tmp_path, _env_file=None))
    wired.store.prepare()
    job = wired.job_queue.request(ADMIN, JobKind.DERIVE)
    worker = subprocess.Popen([sys.executable, "-m", "matchmaker.jobs"])
    try:
        until = time.monotonic() + 120
        while not wired.job_queue.show(ADMIN, job.id).is_over and time.monotonic() < until:
            time.sleep(0.2)
    finally:
        worker.terminate()
        worker.wait(timeout=30)
    done = wired.job_queue.show(ADMIN, job.id)
    assert done.is_over
    assert "Clusters found: 0." in str(done.result) or "matchmaker refresh" in str(done.result)
    wired.store.close()


def test_of_one_coordinator_so_many_wait_and_no_more(wired, monkeypatch):
    """Each holds a file of up to 50 MB until it is read."""
    monkeypatch.setattr(job_queue, "MAX_QUEUED", 2)
    first, second = (
        Principal(f"account:{name}", account=name, clusters=frozenset({"c:1"}))
        for name in ("a", "b")
    )

    def request(principal):
        return wired.job_queue.request(principal, JobKind.IMPORT, "c:1", upload="u")

    done = request(first)
    request(first)
    with pytest.raises(WrongState, match="2 files of yours"):
        request(first)
    request(second)
    for _ in range(3):
        request(ADMIN)
    wired.job_handlers = {JobKind.IMPORT: lambda job, progress: message("done")}
    wired.job_queue.run(done.id)
    request(first)
