"""What could not be written is not lost: its sender has the file back, and can try again."""

import io
from datetime import timedelta
from pathlib import Path

import pytest

from matchmaker.access import Principal
from matchmaker.errors import ServiceUnavailable, StoreUnavailable, WrongState
from matchmaker.services.operations.import_cancellation import drop_orphans
from matchmaker.services.unit_of_work import utc_now
from matchmaker.workflow.account import Account
from matchmaker.workflow.job import Job, JobKind, JobState

OWNER = Principal("account:a", account="a", admin=True)
LIST = "企业名称,地区\n示例阀门厂,温州\n".encode()


@pytest.fixture
def workflow(wired):
    account = Account("a", "a@failed.example", "a", utc_now(), admin=True)
    wired.repositories.records.commit([wired.repositories.accounts.put(account)])
    return wired.import_workflow


def names(wired):
    return [row.name for row in wired.store.export().rows.organizations]


@pytest.fixture
def is_away(wired, monkeypatch):
    """Has the store not take rows, until it is called."""
    with monkeypatch.context() as context:
        real = wired.store.import_rows

        def refuse(_store, rows, rules, *rest):
            if not rules.dry_run:
                raise StoreUnavailable("%(path)s is away.", path=Path("/srv/secret/graph.db"))
            return real(rows, rules, *rest)

        context.setattr(type(wired.store), "import_rows", refuse)
        yield context.undo


def fail(wired, id):
    """Begin it as often as it is begun by itself."""
    for _ in range(3):
        wired.job_queue.run(id)


def sent(workflow):
    id = workflow.keep(OWNER, "list.csv", io.BytesIO(LIST))
    return id, workflow.write(OWNER, id)


def test_a_file_outlasts_an_import_that_fails_as_the_store_is_away(wired, workflow, is_away):
    id, job = sent(workflow)
    fail(wired, job.id)
    assert wired.job_queue.show(OWNER, job.id).state is JobState.FAILED
    failed = workflow.status(OWNER, id)
    assert (failed.state, failed.error.text("en")) == ("failed", "graph.db is away.")
    assert [each.id for each in workflow.unwritten_uploads(OWNER)] == [id]
    assert workflow.preview(OWNER, id).report.new == 1
    is_away()
    again = workflow.write(OWNER, id)
    wired.job_queue.run(again.id)
    assert workflow.status(OWNER, id).state == "written"
    assert names(wired) == ["示例阀门厂"]
    assert workflow.unwritten_uploads(OWNER) == []


def test_an_import_is_written_by_itself_and_once_when_the_store_is_there_again(
    wired, workflow, is_away
):
    id, job = sent(workflow)
    wired.job_queue.run(job.id)
    assert workflow.status(OWNER, id).state == "queued"
    assert names(wired) == []
    is_away()
    wired.job_queue.run(job.id)
    wired.job_queue.run(job.id)
    assert workflow.status(OWNER, id).state == "written"
    assert names(wired) == ["示例阀门厂"]
    workflow.undo(OWNER, id)
    assert names(wired) == []


def test_an_import_whose_answer_was_lost_is_written_once(wired, workflow, monkeypatch):
    """The store took it, and was away before it said so."""
    id, job = sent(workflow)
    real = wired.store.import_rows

    def take_and_go(_store, *arguments):
        real(*arguments)
        raise StoreUnavailable("The store is away.")

    with monkeypatch.context() as context:
        context.setattr(type(wired.store), "import_rows", take_and_go)
        wired.job_queue.run(job.id)
    with pytest.raises(WrongState):
        workflow.cancel(OWNER, id)
    wired.job_queue.run(job.id)
    assert wired.job_queue.show(OWNER, job.id).state is JobState.DONE
    lines = [line.entry.action for line in wired.store.documents.log(limit=100)]
    assert lines.count("import.written") == 1
    assert workflow.unwritten_uploads(OWNER) == []
    workflow.undo(OWNER, id)
    assert names(wired) == []


def test_a_failed_import_is_cancelled_as_often_as_one_likes(wired, workflow, is_away):
    id, job = sent(workflow)
    fail(wired, job.id)
    is_away()
    for _ in range(2):
        workflow.cancel(OWNER, id)
        assert workflow.unwritten_uploads(OWNER) == []
    assert names(wired) == []


def test_what_is_written_is_not_requested_twice(wired, workflow):
    id, job = sent(workflow)
    wired.job_queue.run(job.id)
    with pytest.raises(WrongState):
        workflow.cancel(OWNER, id)
    assert workflow.status(OWNER, id).state == "written"


def test_a_request_that_was_cut_off_before_its_file_moved_is_carried_out(
    wired, workflow, monkeypatch
):
    def cut_off(*_):
        raise KeyboardInterrupt

    id = workflow.keep(OWNER, "list.csv", io.BytesIO(LIST))
    with monkeypatch.context() as context:
        context.setattr(type(workflow.uploads), "request", cut_off)
        with pytest.raises(KeyboardInterrupt):
            workflow.write(OWNER, id)
    assert wired.job_queue.send_forgotten() in (0, 1)
    wired.job_queue.run(id)
    assert workflow.status(OWNER, id).state == "written"
    assert names(wired) == ["示例阀门厂"]


def test_a_request_is_taken_and_carried_out_although_its_file_could_not_move(
    wired, workflow, monkeypatch
):
    def break_off(*_):
        raise ServiceUnavailable("The place of files broke off.")

    id = workflow.keep(OWNER, "list.csv", io.BytesIO(LIST))
    with monkeypatch.context() as context:
        context.setattr(type(workflow.uploads), "request", break_off)
        job = workflow.write(OWNER, id)
        wired.job_queue.run(job.id)
    assert [each.id for each in workflow.unwritten_uploads(OWNER)] == [id]
    wired.job_queue.run(job.id)
    assert workflow.status(OWNER, id).state == "written"
    assert names(wired) == ["示例阀门厂"]


def test_a_file_stays_with_its_sender_where_the_store_does_not_take_the_request(
    wired, workflow, monkeypatch
):
    id = workflow.keep(OWNER, "list.csv", io.BytesIO(LIST))
    workflow.preview(OWNER, id)

    def refuse(*_):
        raise StoreUnavailable("The store is away.")

    with monkeypatch.context() as context:
        context.setattr(type(wired.store.documents), "commit", refuse)
        with pytest.raises(StoreUnavailable):
            workflow.write(OWNER, id)
    assert [each.id for each in workflow.unwritten_uploads(OWNER)] == [id]
    wired.job_queue.run(workflow.write(OWNER, id).id)
    assert names(wired) == ["示例阀门厂"]


def later(monkeypatch):
    """Two hours from now nothing is only just being done."""
    from matchmaker.services.operations import upload_folder

    real = upload_folder.time.time
    hours = timedelta(hours=2).total_seconds()
    monkeypatch.setattr(upload_folder.time, "time", lambda: real() + hours)


def test_files_for_which_no_work_waits_do_not_stay(wired, workflow, monkeypatch):
    """One as an earlier version left it that was killed, one whose worker died too often."""
    lost = workflow.keep(OWNER, "lost.csv", io.BytesIO(LIST))
    workflow.uploads.request(OWNER.subject, lost)
    died, job = sent(workflow)
    stored = wired.repositories.jobs.get(job.id)
    waiting, _ = sent(workflow)
    assert drop_orphans(wired.repositories, workflow.uploads) == 0
    dead = Job(
        job.id, JobKind.IMPORT, OWNER.subject, job.requested_at, JobState.RUNNING,
        arguments=job.arguments, attempts=3,
    )  # fmt: skip
    wired.repositories.records.commit([wired.repositories.jobs.put(dead, stored.version)])
    wired.job_queue.resume_interrupted()
    later(monkeypatch)
    assert drop_orphans(wired.repositories, workflow.uploads) == 2
    assert [each.id for each in workflow.unwritten_uploads(OWNER)] == [died]
    asked = wired.settings.data_dir / "uploads" / "asked"
    assert [each.name for each in asked.iterdir()] == [waiting]


@pytest.mark.parametrize(("is_in_parts", "may_be_cancelled"), [(False, True), (True, False)])
def test_what_is_taken_up_again_can_be_cancelled_where_nothing_of_it_is_written(
    wired, workflow, is_in_parts, may_be_cancelled
):
    """Its worker died between the note that it writes and the writing."""
    id, job = sent(workflow)
    stored = wired.repositories.jobs.get(job.id)
    died = Job(
        job.id, JobKind.IMPORT, OWNER.subject, job.requested_at, JobState.RUNNING,
        arguments=job.arguments, attempts=1, is_writing=True, is_in_parts=is_in_parts,
    )  # fmt: skip
    wired.repositories.records.commit([wired.repositories.jobs.put(died, stored.version)])
    assert wired.job_queue.resume_interrupted() == 1
    if may_be_cancelled:
        workflow.cancel(OWNER, id)
        wired.job_queue.run(id)
        assert names(wired) == []
    else:
        with pytest.raises(WrongState):
            workflow.cancel(OWNER, id)
        wired.job_queue.run(id)
        assert names(wired) == ["示例阀门厂"]
