"""Files that one node keeps and another reads: uploads, attachments, rankers, the log's anchor."""

from __future__ import annotations

import io
import os
import shutil
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from matchmaker.access import Principal
from matchmaker.errors import NotFound, ServiceUnavailable
from matchmaker.nodes import mirror as mirror_module
from matchmaker.nodes.mirror import Mirror
from matchmaker.nodes.objects import ObjectStore
from matchmaker.services.cooperation.attachment_files import AttachmentFiles
from matchmaker.services.cooperation.scanner import Scanner
from matchmaker.services.operations import upload_folder
from matchmaker.services.operations.upload_folder import KEPT_UPLOADS, UploadFolder, UploadState
from matchmaker.settings import Settings

WANG = Principal("account:wang", admin=True)


@pytest.fixture
def mirrors(tmp_path):
    """Makes the mirror of a folder on a node."""
    objects = ObjectStore(Settings(snapshots=str(tmp_path / "shared"), _env_file=None))

    def make(node: str, folder: str) -> Mirror:
        return Mirror(tmp_path / node / folder, objects, f"files/{folder}")

    return make


@pytest.fixture
def uploads(mirrors):
    def make(node: str) -> UploadFolder:
        mirror = mirrors(node, "uploads")
        return UploadFolder(mirror.local, mirror)

    return make


def test_a_file_sent_to_one_node_is_read_chosen_and_written_on_others(uploads):
    first, second, worker = (uploads(node) for node in "abc")
    id = first.keep(WANG, "表 1.csv", io.BytesIO(b"name\nx\n"), "cluster:x").id
    there = second.of(WANG, id)
    assert (there.path.name, there.path.read_bytes()) == ("表 1.csv", b"name\nx\n")
    assert there.state == UploadState("cluster:x")
    second.of(WANG, id).save(UploadState("cluster:x", joins=True))
    assert first.of(WANG, id).state.joins is True
    assert [each.id for each in second.all_of(WANG)] == [id]
    first.request(WANG.subject, id)
    assert worker.requested(id).path.read_bytes() == b"name\nx\n"
    with pytest.raises(NotFound):
        second.of(WANG, id)
    worker.drop_requested(id)
    with pytest.raises(NotFound):
        first.requested(id)


def test_what_is_cancelled_on_one_node_is_no_longer_read_on_another(uploads):
    first, second = uploads("a"), uploads("b")
    id = first.keep(WANG, "a.csv", io.BytesIO(b"x"), "").id
    read = second.of(WANG, id)
    is_wanted = read.watch()
    assert is_wanted()
    first.drop(first.of(WANG, id))
    until = time.monotonic() + 5
    while is_wanted():
        assert time.monotonic() < until, "it is read for ever"
        time.sleep(0.05)
    assert not read.path.parent.exists()
    assert not list(second.root.rglob("a.csv"))


def test_a_request_that_is_cancelled_elsewhere_is_no_longer_read(uploads):
    first, worker = uploads("a"), uploads("b")
    id = first.keep(WANG, "a.csv", io.BytesIO(b"x"), "").id
    first.request(WANG.subject, id)
    is_wanted = worker.request(WANG.subject, id).watch()
    first.drop_requested(id)
    time.sleep(1.1)
    assert not is_wanted()
    assert not list(worker.root.rglob("a.csv"))


def test_what_another_node_wrote_does_not_stay_where_it_was_sent(uploads):
    first, worker = uploads("a"), uploads("b")
    id = first.keep(WANG, "a.csv", io.BytesIO(b"x"), "").id
    first.request(WANG.subject, id)
    worker.request(WANG.subject, id)
    worker.drop_requested(id)
    asked = first.root / "asked" / id
    os.utime(asked, (0, 0))  # what is only just there may be about to be shared
    first.keep(WANG, "b.csv", io.BytesIO(b"y"), "")
    assert not asked.exists()


def test_what_was_not_written_goes_back_to_its_sender_on_every_node(uploads):
    first, worker = uploads("a"), uploads("b")
    id = first.keep(WANG, "a.csv", io.BytesIO(b"x"), "").id
    first.request(WANG.subject, id)
    worker.request(WANG.subject, id)
    worker.give_back(WANG.subject, id)
    for node in (first, uploads("c")):
        assert [each.id for each in node.all_of(WANG)] == [id]
        assert node.of(WANG, id).path.read_bytes() == b"x"
    again = first.request(WANG.subject, id)  # what this node had of the first time is in the way
    assert again.path.read_bytes() == b"x"
    with pytest.raises(NotFound):
        worker.of(WANG, id)


def test_what_is_written_while_its_request_is_being_shared_counts_as_written(uploads, monkeypatch):
    """The worker may be done with a file before who requested it has shared it again."""
    node = uploads("a")
    id = node.keep(WANG, "a.csv", io.BytesIO(b"name\nx\n"), "").id
    digest = mirror_module._digest

    def written_first(path: Path) -> str:
        if path.is_relative_to(node.root / "asked"):
            uploads("a").drop_requested(id)
        return digest(path)

    monkeypatch.setattr(mirror_module, "_digest", written_first)
    with pytest.raises(NotFound):
        node.request(WANG.subject, id)
    with pytest.raises(NotFound):
        uploads("b").requested(id)


def test_the_server_and_the_worker_of_a_node_may_both_put_a_file_where_it_waits(
    uploads, monkeypatch
):
    """Neither takes from under the other what is being shared: the worker lost the file by it."""
    server, worker = uploads("a"), uploads("a")
    id = server.keep(WANG, "a.csv", io.BytesIO(b"x"), "").id
    put, remove = Mirror.put_folder, upload_folder._remove
    is_removed, is_over = threading.Event(), threading.Event()
    requested = threading.Thread(target=server.request_if_possible, args=(WANG.subject, id))

    def put_while_it_is_requested(mirror: Mirror, name: str) -> None:
        if threading.current_thread() is not requested:
            requested.start()
            is_removed.wait(1)
        put(mirror, name)

    def remove_slowly(folder: Path) -> None:
        remove(folder)
        is_removed.set()
        is_over.wait(1)

    monkeypatch.setattr(Mirror, "put_folder", put_while_it_is_requested)
    monkeypatch.setattr(upload_folder, "_remove", remove_slowly)
    assert worker.request(WANG.subject, id).path.read_bytes() == b"x"
    is_over.set()
    requested.join()
    assert uploads("b").requested(id).path.read_bytes() == b"x"


def test_of_many_the_oldest_go_wherever_they_were_sent(uploads):
    first, second = uploads("a"), uploads("b")
    ids = [
        (first, second)[number % 2].keep(WANG, "a.csv", io.BytesIO(b"x"), "").id
        for number in range(KEPT_UPLOADS + 2)
    ]
    kept = {each.id for each in first.all_of(WANG)}
    assert kept == {each.id for each in second.all_of(WANG)}
    assert kept < set(ids)
    assert len(kept) == KEPT_UPLOADS


def test_what_is_being_written_here_is_not_overwritten_by_an_older_one(mirrors):
    here, elsewhere = mirrors("a", "x"), mirrors("b", "x")
    folder = elsewhere.local / "f"
    folder.mkdir(parents=True)
    (folder / "one").write_text("first")
    elsewhere.put_folder("f")
    here.fetch_folder("f")
    (here.local / "f" / "one").write_text("mine")  # and not yet shared
    here.fetch_folder("f")
    assert (here.local / "f" / "one").read_text() == "mine"
    here.put_folder("f")
    elsewhere.fetch_folder("f")
    assert (folder / "one").read_text() == "mine"


def test_what_takes_its_place_while_its_folder_is_shared_keeps_no_other_file_away(
    mirrors, monkeypatch
):
    """As what came of a check, which another process writes beside and puts in place."""
    here, there = mirrors("a", "uploads"), mirrors("b", "uploads")
    folder = here.local / "wang" / "1"
    folder.mkdir(parents=True)
    (folder / "list.csv").write_bytes(b"name")
    digest = mirror_module._digest
    for name in ("check.json.new", "list.txt"):
        (folder / name).write_bytes(b"{}")
        monkeypatch.setattr(
            mirror_module, "_digest", lambda path: _gone(path, "list.txt") or digest(path)
        )
        here.put_folder("wang/1")
        monkeypatch.undo()
        assert there.fetch_folder("wang/1")
        assert [each.name for each in (there.local / "wang" / "1").iterdir()] == ["list.csv"]


def _gone(path, name):
    if path.name == name:
        path.unlink()


def test_a_file_that_arrives_damaged_is_not_taken(mirrors, tmp_path):
    here, elsewhere = mirrors("a", "x"), mirrors("b", "x")
    (elsewhere.local / "f").mkdir(parents=True)
    (elsewhere.local / "f" / "one").write_text("first")
    elsewhere.put_folder("f")
    for path in (tmp_path / "shared" / "files" / "x" / "f").iterdir():
        if path.name != "INDEX.json":
            path.write_text("other")
    with pytest.raises(ServiceUnavailable, match="damaged"):
        here.fetch_folder("f")
    assert not list((here.local / "f").iterdir())


@pytest.mark.parametrize("left", [b"", b'{"written":17', b"[]"])
def test_a_damaged_index_is_told_in_words_and_keeps_no_other_file_away(uploads, tmp_path, left):
    """As an upload that was cut off leaves it; to send the folder again mends it."""
    first, second = uploads("a"), uploads("b")
    broken, whole = (
        first.keep(WANG, name, io.BytesIO(b"name\nx\n"), "").id for name in ("1.csv", "2.csv")
    )
    (index,) = [
        path for path in (tmp_path / "shared").rglob("INDEX.json") if path.parent.name == broken
    ]
    index.write_bytes(left)
    with pytest.raises(ServiceUnavailable, match="damaged"):
        second.of(WANG, broken)
    assert [each.id for each in second.all_of(WANG)] == [whole]
    assert broken in {path.name for path in (tmp_path / "a").rglob("*") if path.is_dir()}
    # Who has it shares it anew.
    first.shared.put_folder(index.parent.relative_to(tmp_path / "shared/files/uploads").as_posix())
    assert second.of(WANG, broken).path.read_bytes() == b"name\nx\n"


def test_an_attachment_is_opened_on_any_node_and_gone_on_all(mirrors):
    def files(node: str) -> AttachmentFiles:
        mirror = mirrors(node, "attachments")
        return AttachmentFiles(mirror.local, Scanner(""), mirror)

    first, second = files("a"), files("b")
    attachment = first.keep("account:a", "a.txt", io.BytesIO(b"plain text\n"))
    with second.open(attachment) as file:
        assert file.read() == b"plain text\n"
    later = datetime.now(UTC) + timedelta(hours=1)
    shutil.rmtree(first.root)
    assert first.drop_orphans(later, lambda: {attachment.id}) == 0
    assert first.drop_orphans(later, lambda: ()) == 1
    shutil.rmtree(second.root)
    with pytest.raises(NotFound):
        second.open(attachment)


def test_all_that_is_shared_is_gathered_for_a_backup(mirrors, uploads):
    kept = uploads("a").keep(WANG, "a.csv", io.BytesIO(b"x"), "")
    elsewhere = mirrors("b", "uploads")
    elsewhere.gather()
    there = elsewhere.local / kept.path.relative_to(mirrors("a", "uploads").local)
    assert there.read_bytes() == b"x"
    restored = mirrors("c", "uploads")
    shutil.copytree(elsewhere.local, restored.local)
    shutil.rmtree(elsewhere.local.parent.parent / "shared")
    restored.spread()
    assert uploads("d").of(WANG, kept.id).path.read_bytes() == b"x"


def test_without_other_nodes_nothing_is_shared(tmp_path):
    alone = Mirror(tmp_path / "x")
    alone.put_folder("f")
    alone.put_file("f")
    assert alone.fetch_folder("f")
    alone.gather()
    assert not (tmp_path / "x").exists()
