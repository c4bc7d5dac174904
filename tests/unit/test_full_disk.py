"""A SQLite store on a disk where nothing can be written any more."""

import pytest

from matchmaker.domain import GraphRows, Kind, Organization
from matchmaker.errors import StorageFull, StoreUnavailable
from matchmaker.store.sqlite import SqliteStore


@pytest.fixture
def path(tmp_path):
    """A store at rest with one organisation, where SQLite cannot make what it keeps beside it.

    A link to nowhere in its place: rights would not hold the tests' own user where it is root.
    """
    store = SqliteStore(tmp_path / "matchmaker.db")
    store.prepare()
    store.upsert(GraphRows(organizations=(Organization("test:a", "Alpha", Kind.FIRM),)))
    store.close()
    (tmp_path / "matchmaker.db-shm").symlink_to(tmp_path / "missing" / "file")
    return tmp_path / "matchmaker.db"


def test_what_is_in_the_store_is_read(path):
    assert SqliteStore(path).organization("test:a").name == "Alpha"


def test_writing_says_that_the_disk_cannot_be_written(path):
    with pytest.raises(StorageFull, match=r"matchmaker\.db cannot be written"):
        SqliteStore(path).upsert(
            GraphRows(organizations=(Organization("test:b", "Beta", Kind.FIRM),))
        )


def test_once_there_is_room_the_same_store_writes(path):
    store = SqliteStore(path)
    assert store.organization("test:a").name == "Alpha"
    path.with_name("matchmaker.db-shm").unlink()
    store.upsert(GraphRows(organizations=(Organization("test:b", "Beta", Kind.FIRM),)))
    assert SqliteStore(path).organization("test:b").name == "Beta"
    store.close()


def test_a_file_that_lacks_what_was_written_last_is_not_read(path):
    """A process was killed: the newest commits are beside the file, and cannot be read here."""
    path.with_name("matchmaker.db-wal").write_bytes(bytes(32))
    with pytest.raises((StoreUnavailable, StorageFull)):
        SqliteStore(path).organization("test:a")
