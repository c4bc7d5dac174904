"""Snapshots on disk: whole or refused, swapped at once, the last good one kept."""

from __future__ import annotations

import datetime
import json
import os
import random
import threading
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from matchmaker.embedding import ModelIdentity
from matchmaker.errors import ModelUnavailable, SnapshotUnavailable, StorageFull
from matchmaker.snapshot import folders
from matchmaker.snapshot import load as load_module
from matchmaker.snapshot.build import build
from matchmaker.snapshot.folders import POINTER
from matchmaker.snapshot.load import SnapshotReader, check_model, load, save, save_made, verify
from matchmaker.snapshot.model import Snapshot
from matchmaker.store.ports import Export
from tests.unit.snapshot.graphs import AS_OF, random_rows, random_vectors, snapshot_of


def assert_same(one: object, other: object) -> None:
    """Field by field, arrays and tables by value."""
    if isinstance(one, np.ndarray):
        np.testing.assert_array_equal(one, other)
    elif isinstance(one, pa.Table):
        assert one.equals(other)
    elif is_dataclass(one):
        for each in fields(one):
            assert_same(getattr(one, each.name), getattr(other, each.name))
    elif isinstance(one, dict):
        assert one.keys() == other.keys()  # type: ignore[attr-defined]
        for key, value in one.items():
            assert_same(value, other[key])  # type: ignore[index]
    else:
        assert one == other


@pytest.mark.parametrize("vectors", [True, False])
def test_what_was_saved_is_what_is_loaded(tmp_path: Path, vectors: bool) -> None:
    snapshot = snapshot_of(random_rows(1), vectors=vectors)
    folder = save(snapshot, tmp_path)
    loaded = load(folder)
    assert loaded.folder == folder
    assert_same(snapshot, replace(loaded, folder=None, files={}))
    verify(folder)


def test_arrays_are_mapped_not_copied(tmp_path: Path) -> None:
    loaded = load(save(snapshot_of(random_rows(1)), tmp_path))
    assert isinstance(loaded.vectors.base, np.memmap)
    assert not loaded.vectors.flags.writeable


def test_a_reader_sees_the_newest(tmp_path: Path) -> None:
    reader = SnapshotReader(tmp_path)
    with pytest.raises(SnapshotUnavailable, match="No snapshot"):
        reader.current()
    first = snapshot_of(random_rows(1))
    save(first, tmp_path)
    assert reader.current() is reader.current()
    newer = replace(first, meta=replace(first.meta, version=4, as_of=datetime.date(2027, 1, 1)))
    save(newer, tmp_path)
    assert reader.current().meta.version == 4


def test_a_new_one_is_prepared_before_anybody_is_given_it(tmp_path: Path) -> None:
    first = snapshot_of(random_rows(1))
    save(first, tmp_path)
    reader = SnapshotReader(tmp_path)
    held = reader.renew(lambda snapshot: None)
    newer = replace(first, meta=replace(first.meta, version=4))
    save(newer, tmp_path)
    assert reader.current() is held  # until whoever renews has been there
    given: list[int] = []
    renewed = reader.renew(lambda snapshot: given.append(reader.current().meta.version))
    assert given == [held.meta.version]
    assert reader.current() is renewed
    assert renewed.meta.version == 4


def _break(folder: Path, how: str) -> None:
    victim = folder / "vectors.npy"
    if how == "truncated":
        victim.write_bytes(victim.read_bytes()[:-8])
    elif how == "missing":
        victim.unlink()
    elif how == "meta":
        (folder / "meta.json").write_text("{")
    elif how == "changed byte":
        victim.write_bytes(victim.read_bytes()[:-1] + b"\x7f")
    elif how == "nested meta":
        (folder / "meta.json").write_text(100_000 * "[")
    elif how == "meta of another shape":
        (folder / "meta.json").write_text("[]")
    elif how.startswith("meta without "):
        text = (folder / "meta.json").read_text()
        (folder / "meta.json").write_text(text.replace(f'"{how.split()[-1]}"', '"other"'))
    elif how in ("no codes", "other codes"):
        content = json.loads((folder / "meta.json").read_text())
        codes = content.pop("codes")
        if how == "other codes":
            codes["Kind"].reverse()
            content["codes"] = codes
        (folder / "meta.json").write_text(json.dumps(content))
    elif how == "format":
        text = (folder / "meta.json").read_text()
        (folder / "meta.json").write_text(text.replace('"format": ', '"format": 99'))


@pytest.mark.parametrize(
    "how",
    [
        "truncated",
        "missing",
        "meta",
        "nested meta",
        "meta of another shape",
        "meta without files",
        "meta without dimension",
        "format",
        "changed byte",
        "no codes",
        "other codes",
    ],
)
def test_a_broken_snapshot_is_refused_and_the_last_good_one_kept(tmp_path: Path, how: str) -> None:
    good = snapshot_of(random_rows(1))
    save(good, tmp_path)
    reader = SnapshotReader(tmp_path)
    held = reader.current()
    broken = save(replace(good, meta=replace(good.meta, version=9)), tmp_path)
    _break(broken, how)
    assert reader.current() is held
    with pytest.raises(SnapshotUnavailable):
        SnapshotReader(tmp_path).current()


def test_a_changed_byte_is_found_by_verify(tmp_path: Path) -> None:
    folder = save(snapshot_of(random_rows(1)), tmp_path)
    content = bytearray((folder / "vectors.npy").read_bytes())
    content[-3] ^= 1
    (folder / "vectors.npy").write_bytes(bytes(content))
    with pytest.raises(SnapshotUnavailable, match="damaged"):
        verify(folder)


def test_a_snapshot_says_what_its_codes_stand_for(tmp_path: Path) -> None:
    content = json.loads((save(snapshot_of(random_rows(1)), tmp_path) / "meta.json").read_text())
    assert content["codes"]["Size"] == ["micro", "small", "medium", "large", "sme"]
    assert content["codes"]["Stage"][0] == "idea"


def test_a_snapshot_of_an_earlier_version_says_how_to_make_it_anew(tmp_path: Path) -> None:
    _break(save(snapshot_of(random_rows(1)), tmp_path), "no codes")
    with pytest.raises(SnapshotUnavailable, match=r"earlier version.*matchmaker refresh"):
        SnapshotReader(tmp_path).current()


def test_others_go_on_with_the_last_while_one_takes_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = snapshot_of(random_rows(1))
    save(good, tmp_path)
    reader = SnapshotReader(tmp_path)
    held = reader.current()
    save(replace(good, meta=replace(good.meta, version=9)), tmp_path)
    begun, go_on = threading.Event(), threading.Event()

    def slow(*_: object) -> None:
        begun.set()
        assert go_on.wait(30)

    monkeypatch.setattr("matchmaker.snapshot.load.verify", slow)
    taker = threading.Thread(target=reader.current)
    taker.start()
    assert begun.wait(30)
    assert reader.current() is held
    go_on.set()
    taker.join()
    assert reader.current().meta.version == 9


def test_old_snapshots_are_cleared_away(tmp_path: Path) -> None:
    snapshot = snapshot_of(random_rows(1))
    for version in range(5):
        save(replace(snapshot, meta=replace(snapshot.meta, version=version)), tmp_path)
    assert len(list(tmp_path.glob("v*"))) == 2
    assert SnapshotReader(tmp_path).current().meta.version == 4


def test_a_reader_goes_on_to_the_newest_when_the_one_it_reads_is_cleared_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two newer ones are made meanwhile; what it has read once it does not read again."""
    monkeypatch.setattr(folders, "sync", lambda path: None)
    save(snapshot_of(random_rows(1)), tmp_path)
    newest, checksum = SnapshotReader(tmp_path), load_module.checksum
    read: list[str] = []

    def overtaken(path: Path) -> int:
        total = checksum(path)
        if path.parent.name.startswith("v"):
            read.append(path.name)
            if len(read) == 10:
                for version in (11, 12):
                    before = load(newest.folder())
                    newer = replace(before, meta=replace(before.meta, version=version))
                    save_made(lambda _, made=newer: made, tmp_path, before)  # type: ignore[misc]
        return total

    monkeypatch.setattr(load_module, "checksum", overtaken)
    assert SnapshotReader(tmp_path).current().meta.version == 12
    written_anew = {"language_means.npy", "query_means.npy"}
    again = {name for name in read if read.count(name) > 1}
    assert again <= written_anew
    assert len(read) > 20


def test_a_file_that_another_one_took_the_number_of_is_read_anew(tmp_path: Path) -> None:
    """The system gives the number of a file that is gone to the next: its time tells them apart."""
    folder = save(snapshot_of(random_rows(1)), tmp_path)
    earlier = load(folder)
    os.utime(folder / "places.arrow", ns=(1, 1))
    after = load(folder, earlier)
    assert after.places is not earlier.places
    assert after.industries is earlier.industries


def test_a_full_disk_leaves_the_last_one_current(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk ends while arrays are written: nothing half-written is ever pointed to."""
    snapshot = snapshot_of(random_rows(1))
    save(snapshot, tmp_path)
    before = (tmp_path / POINTER).read_text()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(StorageFull, match="the disk is full"):
        save(snapshot, tmp_path)
    assert (tmp_path / POINTER).read_text() == before
    assert not list(tmp_path.glob(".writing-*"))


@pytest.mark.parametrize("left", [b"", bytes(14), b"\xa2\xff\x00", b"v000"])
def test_a_damaged_pointer_is_a_snapshot_that_cannot_be_read_and_the_next_one_can(
    left: bytes, tmp_path: Path
) -> None:
    save(snapshot_of(random_rows(1)), tmp_path)
    (tmp_path / POINTER).write_bytes(left)
    with pytest.raises(SnapshotUnavailable):
        SnapshotReader(tmp_path).current()
    again = save(snapshot_of(random_rows(2)), tmp_path)
    assert SnapshotReader(tmp_path).current().folder == again


def test_a_pipe_in_the_place_of_the_pointer_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / POINTER)
    with pytest.raises(SnapshotUnavailable, match="is damaged"):
        SnapshotReader(tmp_path).current()


def test_a_pointer_that_cannot_be_read_is_not_told_as_none(tmp_path: Path) -> None:
    save(snapshot_of(random_rows(1)), tmp_path)
    (tmp_path / POINTER).unlink()
    (tmp_path / POINTER).mkdir()  # as one that is closed to the service
    with pytest.raises(SnapshotUnavailable, match=f"{POINTER} cannot be read"):
        SnapshotReader(tmp_path).current()


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFull, match="cannot be written"):
        save(snapshot_of(random_rows(1)), tmp_path / "file" / "snapshots")


def test_vectors_of_another_model_are_refused() -> None:
    snapshot: Snapshot = snapshot_of(random_rows(1))
    check_model(snapshot, ModelIdentity("test", "1"))
    with pytest.raises(ModelUnavailable, match="matchmaker refresh"):
        check_model(snapshot, ModelIdentity("test", "2"))
    check_model(snapshot_of(random_rows(1), vectors=False), ModelIdentity("other", "1"))


@pytest.mark.parametrize("seed", range(2))
def test_made_over_an_earlier_one_it_is_as_made_anew(seed: int, tmp_path: Path) -> None:
    """After each of several edits, over the files of the snapshot before it."""
    pool, generator = random_rows(seed, 24), random.Random(seed)
    earlier = None
    for turn in range(4):
        chosen = {
            name: tuple(row for row in table if generator.random() < 0.8)
            for name, table in pool.tables()
            if name in ("descriptions", "offers", "needs", "engagements")
        }
        descriptions = [
            replace(row, text=f"{row.text} pump {turn}") if generator.random() < 0.3 else row
            for row in chosen.pop("descriptions")
        ]
        rows = replace(pool, descriptions=tuple(descriptions), **chosen)
        anew = snapshot_of(rows)
        over = build(Export(3, rows), AS_OF, random_vectors(rows), earlier)
        assert_same(anew, over)
        earlier = load(save(over, tmp_path))


def test_a_reader_that_forgets_sees_what_was_damaged_since(tmp_path):
    """Also in files that it had read, and has open."""
    save(snapshot_of(random_rows(1), vectors=True), tmp_path)
    reader = SnapshotReader(tmp_path)
    path = reader.current().folder / "vectors.npy"
    os.truncate(path, path.stat().st_size // 2)
    assert reader.current()
    reader.forget()
    with pytest.raises(SnapshotUnavailable, match=r"vectors\.npy is damaged"):
        reader.current()
