"""What was sent is cancelled by who sent it: its process is killed, and nothing is written."""

import io
import os
import shutil
import threading
import time
import zipfile
from pathlib import Path

import pytest

from matchmaker.access import ADMIN, Principal
from matchmaker.errors import NotFound, WrongState
from matchmaker.services.operations import importer
from matchmaker.services.unit_of_work import utc_now
from matchmaker.workflow.account import Account
from matchmaker.workflow.job import JobKind, JobState

pytestmark = pytest.mark.slow  # files are parsed in a process

OWNER = Principal("account:a", account="a", admin=True)
OTHER = Principal("account:b", account="b", admin=True)
LIST = "企业名称,地区\n示例阀门厂,温州\n".encode()


@pytest.fixture
def workflow(wired):
    accounts = [Account(id, f"{id}@cancel.example", id, utc_now(), admin=True) for id in "ab"]
    wired.repositories.records.commit(map(wired.repositories.accounts.put, accounts))
    return wired.import_workflow


@pytest.fixture(scope="module")
def slow_file():
    """A workbook that takes several seconds to parse."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    rows = "".join(f"<row><c><v>{number}.5</v></c></row>" for number in range(350_000))
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{links}"><sheets>'
        '<sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" '
        f'Target="worksheets/sheet1.xml" Type="{links}/worksheet"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData>'
        "</worksheet>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def until(look, seconds=20.0):
    """What `look` finds, as soon as it finds something."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)
    return found


def parsing_process(folder):
    """The id of the process that parses a file below a folder, None for none."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"matchmaker.ingest.inspection" in words and str(folder).encode() in b" ".join(words):
            return int(process.name)
    return None


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def left_files(wired):
    """Files of uploads of whatever kind, and rows of them."""
    uploads = wired.settings.data_dir / "uploads"
    return [path for path in uploads.rglob("*") if path.is_file() and path.name != ".moving"]


class Raised(threading.Thread):
    """A thread that keeps what it raised."""

    def __init__(self, target):
        super().__init__(target=target, daemon=True)
        self.error = None
        self._work = target

    def run(self):
        try:
            self._work()
        except Exception as error:
            self.error = error


def test_cancelling_kills_the_process_that_parses(wired, workflow, slow_file):
    before = wired.store.version()
    keeping = Raised(lambda: workflow.keep(OWNER, "slow.xlsx", io.BytesIO(slow_file)))
    keeping.start()
    pid = until(lambda: parsing_process(wired.settings.data_dir))
    (upload,) = workflow.unwritten_uploads(OWNER)
    begun = time.monotonic()
    workflow.cancel(OWNER, upload.id)
    until(lambda: not is_alive(pid), 2.0)
    assert time.monotonic() - begun < 2
    keeping.join(5)
    assert isinstance(keeping.error, NotFound)
    assert "it was written or cancelled" in keeping.error.text("en")
    assert "已写入或已取消" in keeping.error.text("zh")
    assert left_files(wired) == []
    assert wired.store.version() == before


def test_who_does_not_wait_any_more_has_cancelled(wired, workflow, slow_file):
    waits = threading.Event()
    waits.set()
    keeping = Raised(
        lambda: workflow.awaited_by(waits.is_set).keep(OWNER, "slow.xlsx", io.BytesIO(slow_file))
    )
    keeping.start()
    pid = until(lambda: parsing_process(wired.settings.data_dir))
    waits.clear()
    until(lambda: not is_alive(pid), 2.0)
    keeping.join(5)
    assert isinstance(keeping.error, NotFound)
    assert left_files(wired) == []


@pytest.mark.parametrize(
    "act",
    [
        lambda workflow, id: workflow.preview(OWNER, id),
        lambda workflow, id: workflow.problems(OWNER, id),
        lambda workflow, id: workflow.check(OWNER, id),
        lambda workflow, id: workflow.write(OWNER, id),
        lambda workflow, id: workflow.status(OWNER, id),
    ],
)
def test_who_does_not_wait_for_another_reading_stops_it_and_keeps_the_file(
    wired, workflow, slow_file, act
):
    """Of a file that was kept before it is to be read with another sheet."""
    id = workflow.uploads.keep(OWNER, "slow.xlsx", io.BytesIO(slow_file), "").id
    waits = threading.Event()
    waits.set()
    reading = Raised(lambda: act(workflow.awaited_by(waits.is_set), id))
    reading.start()
    pid = until(lambda: parsing_process(wired.settings.data_dir))
    waits.clear()
    until(lambda: not is_alive(pid), 2.0)
    reading.join(5)
    assert isinstance(reading.error, NotFound)  # which nobody reads
    assert [each.id for each in workflow.unwritten_uploads(OWNER)] == [id]
    assert sorted(path.name for path in left_files(wired)) == ["slow.xlsx", "upload.json"]
    assert not list(wired.repositories.jobs.values())


@pytest.mark.parametrize("kind", [JobKind.CHECK, JobKind.IMPORT])
def test_a_job_that_parses_ends_as_cancelled(wired, workflow, slow_file, kind):
    """As on a node that has not parsed the file yet, or after an upgrade."""
    before = wired.store.version()
    id = workflow.uploads.keep(OWNER, "slow.xlsx", io.BytesIO(slow_file), "").id
    if kind is JobKind.IMPORT:
        workflow.uploads.request(OWNER.subject, id)
    job = workflow.job_queue.request(OWNER, kind, "", upload=id, file="slow.xlsx")
    running = Raised(lambda: wired.job_queue.run(job.id))
    running.start()
    pid = until(lambda: parsing_process(wired.settings.data_dir))
    workflow.cancel(OWNER, id)
    until(lambda: not is_alive(pid), 2.0)
    running.join(5)
    assert running.error is None
    ended = wired.job_queue.show(OWNER, job.id)
    assert ended.state is JobState.CANCELLED
    assert "nothing was written" in ended.result.text("en")
    assert "没有写入任何内容" in ended.result.text("zh")
    assert left_files(wired) == []
    assert wired.store.version() == before


def test_what_waits_to_be_written_is_cancelled(wired, workflow):
    before = wired.store.version()
    id = workflow.keep(OWNER, "list.csv", io.BytesIO(LIST))
    job = workflow.write(OWNER, id)
    workflow.cancel(OWNER, id)
    wired.job_queue.run(job.id)
    assert wired.job_queue.show(OWNER, job.id).state is JobState.CANCELLED
    assert workflow.status(OWNER, id).state == "cancelled"
    assert left_files(wired) == []
    assert wired.store.version() == before
    workflow.cancel(OWNER, id)  # once more: it is


@pytest.fixture
def paused(monkeypatch):
    """Has the import stop where a function is called, until it is let go on."""

    def pause(owner, name):
        reached, goes_on, real = threading.Event(), threading.Event(), getattr(owner, name)

        def waiting(*args, **named):
            reached.set()
            assert goes_on.wait(20)
            return real(*args, **named)

        monkeypatch.setattr(owner, name, waiting)
        return reached, goes_on

    return pause


def begun(wired, workflow):
    id = workflow.keep(OWNER, "list.csv", io.BytesIO(LIST))
    job = workflow.write(OWNER, id)
    running = Raised(lambda: wired.job_queue.run(job.id))
    running.start()
    return id, job, running


def test_an_import_that_runs_is_cancelled_until_it_writes(wired, workflow, paused):
    before = wired.store.version()
    reached, goes_on = paused(importer, "resolve")
    id, job, running = begun(wired, workflow)
    assert reached.wait(10)
    workflow.cancel(OWNER, id)
    assert wired.job_queue.show(OWNER, job.id).state is JobState.CANCELLED  # at once
    goes_on.set()
    running.join(10)
    assert running.error is None
    assert wired.job_queue.show(OWNER, job.id).state is JobState.CANCELLED
    assert wired.store.version() == before
    assert wired.repositories.imports.get_or_none(id) is None
    assert left_files(wired) == []


def test_what_is_being_written_is_written_whole(wired, workflow, paused):
    reached, goes_on = paused(type(wired.store), "import_rows")
    id, job, running = begun(wired, workflow)
    assert reached.wait(10)
    time.sleep(1.2)  # the job is written down anew meanwhile, with how far it is
    for _ in range(2):
        with pytest.raises(WrongState) as late:
            workflow.cancel(OWNER, id)
        assert "It is done already, or being written" in late.value.text("en")
        assert "已经完成，或正在写入" in late.value.text("zh")
        goes_on.set()
        running.join(10)
    assert wired.job_queue.show(OWNER, job.id).state is JobState.DONE
    assert [row.name for row in wired.store.export().rows.organizations] == ["示例阀门厂"]


def test_who_sent_it_not_learns_nothing(wired, workflow):
    id = workflow.keep(OWNER, "list.csv", io.BytesIO(LIST))
    job = workflow.write(OWNER, id)
    told = []
    for other, asked in ((OTHER, id), (ADMIN, id), (OTHER, "nothing")):
        with pytest.raises(NotFound) as unknown:
            workflow.cancel(other, asked)
        told.append(unknown.value.text("en"))
    assert len(set(told)) == 1
    assert wired.job_queue.show(OWNER, job.id).state is JobState.QUEUED
    shutil.rmtree(wired.settings.data_dir / "uploads" / "asked")
