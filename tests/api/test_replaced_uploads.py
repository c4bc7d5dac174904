"""A file that a newer one replaces while it is looked at: told in words, whenever it goes."""

import io
import os
import threading
import time

import pytest

from matchmaker.access import Principal
from matchmaker.errors import NotFound
from matchmaker.services.operations import import_workflow, job_queue, upload_folder
from matchmaker.services.operations.upload_folder import KEPT_UPLOADS
from tests.api.conftest import application_of_a_file, installation_of_a_file
from tests.api.things_of_routes import API, CLUSTER
from tests.api.world import make_world

STEPS = ("proposed", "file_preview", "are_long", "problem_rows")
LIST = "单位名称,单位性质\n" + "".join(f"示例竞态{n}厂,民营\n" for n in range(40)) + ",民营\n"


# What is sent and never written stays in their own.
wired, app = installation_of_a_file(), application_of_a_file()


@pytest.fixture(scope="module")
def world(wired):
    return make_world(wired)


@pytest.fixture
def newer(world):
    """Sends as many files as are kept, as the coordinator in another tab."""
    session = world.headers("coordinator")

    def send(app):
        def run():
            for _ in range(KEPT_UPLOADS):
                sent = {"file": (io.BytesIO(LIST.encode()), "list.csv"), "cluster": CLUSTER}
                answer = app.test_client().post(f"{API}/imports", headers=session, data=sent)
                assert answer.status_code == 201, answer.text

        other = threading.Thread(target=run)
        other.start()
        other.join()

    return send


def first_upload(world, app, language):
    headers = world.headers("coordinator") | {"Accept-Language": language}
    sent = {"file": (io.BytesIO(LIST.encode()), "list.csv"), "cluster": CLUSTER}
    answer = app.test_client().post(f"{API}/imports", headers=headers, data=sent)
    assert answer.status_code == 201, answer.text
    return answer.json["id"], headers


@pytest.mark.parametrize(
    ("step", "language", "words"),
    [
        *((step, "en", "Choose it again") for step in STEPS),
        (STEPS[0], "zh", "请重新选择"),
        *(pytest.param(step, "zh", "请重新选择", marks=pytest.mark.long) for step in STEPS[1:]),
    ],
)
def test_a_file_that_goes_while_it_is_looked_at_is_told_to_be_gone(
    world, app, newer, monkeypatch, step, language, words
):
    id, headers = first_upload(world, app, language)
    original = getattr(import_workflow, step)

    def interrupted(*given, **named):
        monkeypatch.setattr(import_workflow, step, original)
        newer(app)
        return original(*given, **named)

    monkeypatch.setattr(import_workflow, step, interrupted)
    answer = app.test_client().get(f"{API}/imports/{id}", headers=headers)
    assert answer.status_code == 404, answer.text
    assert words in answer.json["detail"]
    assert "var" not in answer.json["detail"]
    assert "list.csv" not in answer.json["detail"]


# Until as many files went under somebody's hands, for so long at most.
ENOUGH_GONE, RACING_SECONDS = 10, 10


@pytest.mark.slow
@pytest.mark.parametrize("what", ["preview", "problems", "check", "write"])
def test_files_sent_and_read_all_at_once_are_there_or_told_to_be_gone(
    wired, world, what, monkeypatch
):
    """Nine tabs of one person: whatever goes under whose hands, no other error than that.

    Nobody works their files off, of which more wait so than may.
    """
    monkeypatch.setattr(job_queue, "MAX_QUEUED", 10_000)
    who = Principal("racing", "racing", clusters=frozenset([CLUSTER]))
    workflow, unexpected, ends = wired.import_workflow, [], time.monotonic() + RACING_SECONDS
    gone = []

    def tab():
        while time.monotonic() < ends and len(gone) < ENOUGH_GONE:
            try:
                id = workflow.keep(who, "list.csv", io.BytesIO(LIST.encode()), CLUSTER)
                workflow.unwritten_uploads(who, CLUSTER)
                getattr(workflow, what)(who, id)
            except NotFound:
                gone.append(1)
            except Exception as error:
                unexpected.append(repr(error))

    tabs = [threading.Thread(target=tab) for _ in range(9)]
    for each in tabs:
        each.start()
    for each in tabs:
        each.join()
    assert not unexpected
    assert gone
    assert len(workflow.unwritten_uploads(who, CLUSTER)) <= KEPT_UPLOADS


def test_a_file_that_is_half_gone_is_gone_and_not_one_for_all_clusters(wired):
    """Its state goes with it: without one it was taken for a file that only admins may import."""
    who = Principal("halfway", "halfway", clusters=frozenset([CLUSTER]))
    workflow = wired.import_workflow
    id = workflow.keep(who, "list.csv", io.BytesIO(LIST.encode()), CLUSTER)
    workflow.uploads.of(who, id).path.with_name("upload.json").unlink()
    with pytest.raises(NotFound):
        workflow.preview(who, id)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "upload.json",
        *(
            pytest.param(name, marks=pytest.mark.long)
            for name in ("check.json", "problems.jsonl", ".upload.json", "a/check.json")
        ),
    ],
)
def test_a_file_called_as_one_of_ours_is_kept_and_goes_like_any_other(wired, name, monkeypatch):
    """It was taken for our own: never found again, never replaced, and there for ever."""
    monkeypatch.setattr(upload_folder, "KEPT_UPLOADS", 1)  # a process looks through each
    who = Principal("naming", "naming", clusters=frozenset([CLUSTER]))
    workflow = wired.import_workflow
    content = b'[{"name": "Works", "kind": "firm"}, {"name": "Other", "kind": "firm"}]'
    first = workflow.keep(who, name, io.BytesIO(content), CLUSTER)
    assert workflow.preview(who, first).file is not None
    second = workflow.keep(who, name, io.BytesIO(content), CLUSTER)
    assert [each.id for each in workflow.unwritten_uploads(who, CLUSTER)] == [second]
    with pytest.raises(NotFound):
        workflow.preview(who, first)


def test_a_folder_without_a_file_to_read_goes_with_the_next_file(app, world):
    uploads = world.services.import_workflow.uploads
    own = uploads.root / world.principal("coordinator").subject.replace(":", "-")
    left, fresh = own / "left", own / "fresh"
    for folder in (left, fresh):
        folder.mkdir(parents=True)
        (folder / "check.json").write_text("[]")
    long_ago = time.time() - 7200
    os.utime(left, (long_ago, long_ago))
    sent = {"file": (io.BytesIO(LIST.encode()), "list.csv"), "cluster": CLUSTER}
    app.test_client().post(f"{API}/imports", headers=world.headers("coordinator"), data=sent)
    # One that was begun just now may be a file that is still being sent.
    assert (left.exists(), fresh.exists()) == (False, True)


@pytest.mark.parametrize("what", [os.mkdir, os.mkfifo])
def test_what_is_no_file_any_more_is_told_as_gone(world, app, wired, what):
    """A folder, or a pipe, which nobody would ever write to."""
    id, headers = first_upload(world, app, "en")
    (path,) = wired.settings.data_dir.glob(f"uploads/*/{id}/list.csv")
    path.unlink()
    what(path)
    answer = app.test_client().get(f"{API}/imports/{id}", headers=headers)
    assert answer.status_code == 404
    assert "not there any more" in answer.json["detail"]


def test_a_file_where_a_folder_of_the_data_belongs_is_told_in_words(world, app, wired):
    _, headers = first_upload(world, app, "en")
    uploads = wired.settings.data_dir / "uploads"
    away = uploads.rename(uploads.with_name("away"))
    uploads.write_bytes(b"")
    try:
        sent = {"file": (io.BytesIO(LIST.encode()), "list.csv"), "cluster": CLUSTER}
        answer = app.test_client().post(f"{API}/imports", headers=headers, data=sent)
        page = app.test_client().get(f"/clusters/{CLUSTER}/import", headers=headers)
    finally:
        uploads.unlink()
        away.rename(uploads)
    assert answer.status_code == 503
    assert page.status_code == 200  # nobody has sent anything
    assert "cannot be used: a part of the path is no folder" in answer.json["detail"]
    assert wired.settings.data_dir.name not in answer.text
