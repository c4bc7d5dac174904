"""Snapshots from one node to others: whole or refused, and the latest maker's counts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from matchmaker.errors import WrongState
from matchmaker.nodes.notes import NodeNote
from matchmaker.nodes.objects import ObjectStore
from matchmaker.services.operations import snapshot_exchange
from matchmaker.services.operations.folder_lock import folder_lock
from matchmaker.services.operations.snapshot_exchange import SnapshotExchange
from matchmaker.settings import Settings
from matchmaker.snapshot import folders
from matchmaker.snapshot.load import SnapshotReader, save, verify
from tests.unit.snapshot.graphs import random_rows, snapshot_of

pytestmark = pytest.mark.slow  # nodes that wait for each other


@pytest.fixture
def nodes(tmp_path, monkeypatch):
    """Makes a node: its exchange over the one shared folder."""
    monkeypatch.setattr(folders, "sync", lambda path: None)  # no crash of the machine is tried here

    def make(name: str) -> SnapshotExchange:
        root = tmp_path / name / "snapshots"
        objects = ObjectStore(Settings(snapshots=str(tmp_path / "shared"), _env_file=None))
        return SnapshotExchange(objects, root, SnapshotReader(root))

    return make


def made(node: SnapshotExchange, version: int, token: int, seed: int = 1) -> None:
    snapshot = snapshot_of(random_rows(seed), vectors=True)
    save(replace(snapshot, meta=replace(snapshot.meta, version=version)), node.root)
    node.publish(token)


def served(node: SnapshotExchange) -> int:
    return node.reader.current().meta.version


def test_what_one_node_publishes_the_others_serve(nodes, tmp_path):
    maker, other = nodes("a"), nodes("b")
    assert other.follow() is NodeNote.WAITS
    made(maker, 3, token=100)
    assert other.follow() is NodeNote.FOLLOWS
    assert served(other) == 3 == other.local_version()
    verify(other.reader.folder())
    theirs, ours = maker.reader.folder(), other.reader.folder()
    for path in theirs.rglob("*"):
        assert (ours / path.relative_to(theirs)).read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    "damage", [lambda path: path.write_bytes(bytes(path.stat().st_size)), Path.unlink]
)
def test_what_a_disk_damaged_since_is_fetched_again(nodes, damage):
    maker, other = nodes("a"), nodes("b")
    made(maker, 3, token=100)
    other.follow()
    damage(other.reader.current().folder / "vectors.npy")
    other.reader.forget()  # as whoever is started again has read nothing
    assert other.follow() is NodeNote.FOLLOWS
    verify(other.reader.folder())
    assert served(other) == 3


def test_only_what_is_new_is_sent_and_fetched(nodes, tmp_path, monkeypatch):
    maker, other = nodes("a"), nodes("b")
    made(maker, 3, token=100)
    other.follow()
    blobs = {path.name for path in (tmp_path / "shared" / "blobs").iterdir()}
    made(maker, 4, token=100)  # the same graph under another number
    new = {path.name for path in (tmp_path / "shared" / "blobs").iterdir()} - blobs
    assert len(new) == 1  # its meta.json
    fetched = []
    fetch = other.objects.fetch
    monkeypatch.setattr(
        other.objects, "fetch", lambda name, *to: (fetched.append(name), fetch(name, *to))
    )
    other.follow()
    assert fetched == [f"blobs/{name}" for name in new]
    assert served(other) == 4


def test_a_maker_whose_time_was_up_is_behind_its_successor(nodes):
    old, new, other = nodes("a"), nodes("b"), nodes("c")
    made(old, 3, token=100)
    made(new, 5, token=200)
    with pytest.raises(WrongState, match="Another node"):
        made(old, 6, token=100)
    other.follow()
    assert served(other) == 5
    assert old.follow() is NodeNote.FOLLOWS  # and gives up what it made
    assert served(old) == 5


def test_a_damaged_file_is_refused_and_the_last_good_one_kept(nodes, tmp_path):
    maker, other = nodes("a"), nodes("b")
    made(maker, 3, token=100)
    other.follow()
    before = set((tmp_path / "shared" / "blobs").iterdir())
    made(maker, 4, token=100, seed=2)
    blob = max(
        set((tmp_path / "shared" / "blobs").iterdir()) - before, key=lambda p: p.stat().st_size
    )
    content = bytearray(blob.read_bytes())
    content[len(content) // 2] ^= 1
    blob.write_bytes(content)
    assert other.follow() is NodeNote.DAMAGED
    assert served(other) == 3
    content[len(content) // 2] ^= 1
    blob.write_bytes(content)  # as if it had been damaged on its way
    assert other.follow() is NodeNote.DAMAGED  # not fetched again at once
    other._refused.clear()  # after a minute
    assert other.follow() is NodeNote.FOLLOWS
    assert served(other) == 4


def test_a_file_that_is_gone_is_refused_too(nodes, tmp_path):
    maker, other = nodes("a"), nodes("b")
    made(maker, 3, token=100)
    max((tmp_path / "shared" / "blobs").iterdir(), key=lambda path: path.stat().st_size).unlink()
    assert other.follow() is NodeNote.DAMAGED
    assert other.local_version() == 0


@pytest.mark.parametrize("what", ["format", "codes"])
def test_a_node_keeps_the_last_good_one_of_a_newer_program_and_says_so(
    nodes, tmp_path, monkeypatch, what
):
    maker, older = nodes("a"), nodes("b")
    made(maker, 3, token=100)
    older.follow()
    with monkeypatch.context() as newer:
        if what == "format":
            newer.setattr(snapshot_exchange, "FORMAT", snapshot_exchange.FORMAT + 1)
        else:
            newer.setattr(snapshot_exchange, "codes_digest", lambda: "another")
        made(maker, 4, token=200)
    assert older.follow() is NodeNote.OTHER_PROGRAM
    assert served(older) == 3
    late = nodes("c")  # of the older program, it joins meanwhile
    assert late.follow() is NodeNote.OTHER_PROGRAM
    assert served(late) == 3


def test_a_pointer_that_only_a_newer_program_understands_harms_nothing(nodes, tmp_path):
    maker, older = nodes("a"), nodes("b")
    made(maker, 3, token=100)
    newer = tmp_path / "shared" / "pointers" / f"{200:020d}-000001-f99.json"
    newer.write_text('{"parts": []}')
    assert older.follow() is NodeNote.OTHER_PROGRAM
    assert served(older) == 3
    maker._swept = -1e9
    made(maker, 4, token=300)  # and nothing that it may need is removed
    assert newer.exists()
    assert older.follow() is NodeNote.FOLLOWS


@pytest.mark.parametrize(
    "name",
    [
        f"99999999999999999999-x-f{snapshot_exchange.FORMAT}.json",
        f"99999999999999999999-000001-f{snapshot_exchange.FORMAT}.json",
        f"{2**52:020d}-000001-f{snapshot_exchange.FORMAT}.json",
        "99999999999999999999-000001-f99.json",
        "zz",
    ],
)
@pytest.mark.parametrize("content", ["{}", pytest.param("a copy", marks=pytest.mark.long)])
def test_a_file_among_the_pointers_that_is_none_stops_no_snapshots(nodes, tmp_path, name, content):
    """One that is the copy of a pointer under another name is none."""
    maker, other = nodes("a"), nodes("b")
    made(maker, 3, token=100)
    pointers = tmp_path / "shared" / "pointers"
    (pointer,) = pointers.iterdir()
    (pointers / name).write_text(pointer.read_text() if content == "a copy" else content)
    assert other.follow() is NodeNote.FOLLOWS
    with capture_logs() as lines:
        for version in (4, 5):
            maker._swept = -1e9
            made(maker, version, token=100)
            assert other.follow() is NodeNote.FOLLOWS
            assert (served(other), other.newest().version) == (version, version)
    assert [line["name"] for line in lines if line["event"].startswith("ignored")] == [name]
    assert (pointers / name).exists()  # it is not ours to remove


def test_nothing_is_fetched_over_a_snapshot_that_is_being_made(nodes):
    maker, other = nodes("a"), nodes("b")
    made(maker, 3, token=100)
    with folder_lock(other.root):
        other.follow()
        assert other.local_version() == 0
    other.follow()
    assert served(other) == 3


def test_a_pointer_that_names_files_outside_its_folder_is_refused(nodes, tmp_path):
    maker, other = nodes("a"), nodes("b")
    made(maker, 3, token=100)
    other.follow()
    made(maker, 4, token=100)
    pointer = max((tmp_path / "shared" / "pointers").iterdir())
    published = pointer.read_bytes()
    names = (
        "../../outside.npy", f"{tmp_path}/outside.npy", "deeper/outside.npy",
        "..", "", ".lock", "published.json",
    )  # fmt: skip
    digest = json.loads(published)["files"]["meta.json"]["digest"]
    refused = [(name, digest) for name in names] + [("inside.npy", "../pointers/a")]
    for name, said in refused:
        content = json.loads(published)
        content["files"][name] = content["files"]["meta.json"] | {"digest": said}
        pointer.write_text(json.dumps(content))
        other._read.clear()
        other._refused.clear()
        assert other.follow() is NodeNote.DAMAGED, name
        assert not list(tmp_path.rglob("outside.npy"))
        assert served(other) == 3


def test_of_files_that_are_gone_no_digests_are_kept(nodes):
    maker = nodes("a")
    for version in (3, 4, 5):
        made(maker, version, token=100, seed=version)
    # its files but for what says that it is published
    assert len(maker._digests) == len(list(maker.reader.folder().iterdir())) - 1


def test_what_a_dead_process_left_is_removed_by_the_next(nodes):
    maker, other = nodes("a"), nodes("b")
    made(maker, 3, token=100)
    for prefix in (".writing-", ".fetching-"):
        left = other.root / f"{prefix}x"
        left.mkdir(parents=True)
        (left / "vectors.npy").write_bytes(b"half")
    other.follow()
    assert served(other) == 3
    assert sorted(path.name for path in other.root.iterdir() if path.is_dir()) == [
        other.reader.folder().name
    ]


def test_what_no_node_can_want_any_more_goes(nodes, tmp_path):
    maker, late = nodes("a"), nodes("b")
    for version in range(1, 6):
        made(maker, version, token=100, seed=version)
    now = datetime.now(UTC)
    maker.clock = lambda: now + timedelta(hours=2)
    maker._swept = -1e9
    made(maker, 6, token=100, seed=6)
    pointers = sorted((tmp_path / "shared" / "pointers").iterdir())
    assert [json.loads(path.read_bytes())["version"] for path in pointers] == [4, 5, 6]
    named = {
        file["digest"]
        for path in pointers
        for file in json.loads(path.read_bytes())["files"].values()
    }
    assert {path.name for path in (tmp_path / "shared" / "blobs").iterdir()} == named
    late.follow()
    assert served(late) == 6
