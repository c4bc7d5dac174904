"""Backups: what was saved is what is restored, from each store into each, while others write."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import GraphRows
from matchmaker.services.operations.backups import Backups
from matchmaker.services.unit_of_work import utc_now
from matchmaker.settings import Settings
from matchmaker.store.changes import Put
from matchmaker.store.documents import Store
from matchmaker.store.log import Entry, first_broken
from matchmaker.store.opening import copy_store, open_file, put_into_store
from matchmaker.store.sqlite import SqliteStore
from tests.contract.graphs import everything, firm


def backups_of(store: Store, data_dir: Path) -> Backups:
    return Backups(
        Settings(data_dir=data_dir, _env_file=None),
        lambda: store,
        lambda path: copy_store(store, path),
        lambda path: put_into_store(store, path),
        open_file,
        lambda: None,
        utc_now,
    )


def write(store: Store, number: int) -> None:
    """A row, a document of two versions and a line of the log: in one commit, then one more."""
    entry = Entry("2026-01-01T00:00:00Z", "someone", "made", f"t:{number}", {"to": "接受"})
    put = Put("note", f"n{number}", '{"text": "阀门"}', keys={"owner": ["x", f"t:{number}"]})
    store.replace_rows(GraphRows(organizations=(firm(number),)), GraphRows(), (entry,), (put,))
    store.documents.commit([Put("note", put.id, '{"text": "球阀"}', 1, {"owner": "y"})])


@pytest.fixture
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Where it is restored."""
    embedded = SqliteStore(tmp_path / "other" / "matchmaker.db")
    yield embedded
    embedded.close()


def test_what_was_saved_is_restored_with_every_version_and_line(
    store: Store, other: Store, tmp_path: Path
) -> None:
    store.upsert(everything())
    for number in range(20, 25):
        write(store, number)
    before = store.content()
    assert len(before.log) == 5
    assert {document.version for document in before.documents} == {2}
    (tmp_path / "uploads" / "asked" / "u").mkdir(parents=True)
    (tmp_path / "uploads" / "asked" / "u" / "名单.csv").write_text("名称\n甲", encoding="utf-8")
    (tmp_path / "attachments").mkdir()
    (tmp_path / "attachments" / "0a").write_bytes(b"AC1032")
    (tmp_path / "cursor.secret").write_text("secret")
    path, manifest = backups_of(store, tmp_path).make(ADMIN, tmp_path / "b.zip")
    assert (manifest.documents, manifest.log_number) == (5, 5)
    assert path.stat().st_mode & 0o777 == 0o600

    restored = backups_of(other, tmp_path / "other").restore(ADMIN, path)
    assert restored == manifest
    assert other.content() == before
    folder = tmp_path / "other"
    assert (folder / "uploads/asked/u/名单.csv").read_text(encoding="utf-8") == "名称\n甲"
    assert (folder / "attachments" / "0a").read_bytes() == b"AC1032"
    assert (folder / "cursor.secret").read_text() == "secret"
    # It goes on from there: the next line follows the last one, by whom documents are found too.
    write(other, 99)
    assert first_broken(other.documents.log(limit=100)) is None
    assert other.documents.count("note", "owner", "y") == 6


@pytest.mark.neo4j
def test_a_backup_of_the_embedded_store_is_restored_into_a_server(
    neo4j_store: Store, tmp_path: Path
) -> None:
    neo4j_store.clear()  # type: ignore[attr-defined]
    embedded = SqliteStore(tmp_path / "matchmaker.db")
    embedded.prepare()
    embedded.upsert(everything())
    for number in range(20, 25):
        write(embedded, number)
    path, _ = backups_of(embedded, tmp_path).make(ADMIN, tmp_path / "b.zip")
    backups = backups_of(neo4j_store, tmp_path / "other")
    backups.restore(ADMIN, path)
    assert neo4j_store.content() == embedded.content()
    write(neo4j_store, 99)
    # In the place of what is there, which is backed up first.
    backups.restore(ADMIN, path, replace=True)
    assert neo4j_store.content() == embedded.content()
    assert len(backups.listed()) == 1
    embedded.close()


def test_a_backup_is_of_one_moment_while_others_write(
    store: Store, other: Store, tmp_path: Path
) -> None:
    """Each commit writes a row, a document and a line: a backup holds all three or none."""
    over = threading.Event()
    numbers = itertools.count(1000)

    def writing() -> None:
        while not over.is_set():
            write(store, next(numbers))

    writers = [threading.Thread(target=writing) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        paths = [
            backups_of(store, tmp_path).make(ADMIN, tmp_path / f"{number}.zip")[0]
            for number in range(3)
        ]
    finally:
        over.set()
        for writer in writers:
            writer.join()
    counts = []
    for path in paths:
        backups_of(other, tmp_path / "other").restore(ADMIN, path, replace=True)
        content = other.content()
        rows = {row.id for row in content.graph.rows.organizations}
        assert {f"t:{document.id[1:]}" for document in content.documents} == rows
        assert {line.entry.subject for line in content.log} == rows
        assert first_broken(content.log) is None
        counts.append(len(rows))
    assert counts == sorted(counts)
    assert 0 < counts[-1] <= len(store.content().log)
