"""A SQLite store whose file a power cut or a bad disk left otherwise than it was."""

import threading
from pathlib import Path

import pytest

from matchmaker.domain import GraphRows, Kind, Organization
from matchmaker.errors import StoreMismatch, StoreUnavailable
from matchmaker.store.sqlite import SqliteStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of a store at rest."""
    path = tmp_path / "matchmaker.db"
    store = SqliteStore(path)
    store.prepare()
    store.upsert(GraphRows(organizations=(Organization("test:a", "Alpha", Kind.FIRM),)))
    store.close()
    return path


def test_of_a_file_that_was_emptied_it_is_said_that_a_backup_is_to_be_restored(path: Path) -> None:
    """Whoever is only told to set up would go on with the sample graph."""
    path.write_bytes(b"")
    with pytest.raises(StoreMismatch, match="matchmaker restore FILE"):
        SqliteStore(path).organization("test:a")


@pytest.mark.parametrize("way", ["moved away", "removed", "replaced by a copy"])
def test_nothing_is_written_into_a_file_that_has_its_name_no_more(path: Path, way: str) -> None:
    """Who restores by hand while the service runs: what it then took would be in no file."""
    store, away = SqliteStore(path), path.with_name("away.db")
    assert store.organization("test:a").name == "Alpha"
    if way == "removed":
        path.unlink()
    else:
        path.rename(away)
    if way == "replaced by a copy":
        path.write_bytes(away.read_bytes())
    firm = GraphRows(organizations=(Organization("test:b", "Beta", Kind.FIRM),))
    for act in (lambda: store.upsert(firm), lambda: store.organization("test:a")):
        with pytest.raises(StoreMismatch, match="while it was open"):
            act()
    assert path.exists() is (way == "replaced by a copy")  # none was made
    if way == "moved away":
        away.rename(path)
        store.upsert(firm)
        assert store.organization("test:b").name == "Beta"
    store.close()


def test_nothing_is_written_where_the_log_written_ahead_was_removed(path: Path) -> None:
    """SQLite goes on in the file without a name, and others begin another: half would be lost."""
    store, log = SqliteStore(path), path.with_name(f"{path.name}-wal")
    store.upsert(GraphRows(organizations=(Organization("test:b", "Beta", Kind.FIRM),)))
    away = log.rename(path.with_name("away-wal"))
    with pytest.raises(StoreMismatch, match="-wal was moved, removed or replaced"):
        store.upsert(GraphRows(organizations=(Organization("test:c", "Gamma", Kind.FIRM),)))
    away.rename(log)
    store.upsert(GraphRows(organizations=(Organization("test:c", "Gamma", Kind.FIRM),)))
    assert store.organization("test:b").name == "Beta"
    store.close()


def test_who_has_nothing_open_any_more_takes_the_file_that_is_there(path: Path) -> None:
    """The last who closes removes the log, and the next begins another."""
    store = SqliteStore(path)
    reader = threading.Thread(target=store.organization, args=("test:a",))
    reader.start()
    reader.join()
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)
    assert store.organization("test:a").name == "Alpha"
    store.close()


def test_a_write_is_refused_whose_file_goes_while_it_waits_for_its_turn(path: Path) -> None:
    store = SqliteStore(path)
    connections = store._connections
    with pytest.raises(StoreMismatch, match="while it was open"), connections.writing():
        path.rename(path.with_name("away.db"))
    path.with_name("away.db").rename(path)
    assert store.organization("test:a").name == "Alpha"
    store.close()


@pytest.mark.parametrize("damage", ["half", "zeros", "noise"])
def test_a_damaged_file_is_refused_and_left_as_it_is(path: Path, damage: str) -> None:
    whole = path.read_bytes()
    content = {"half": whole[: len(whole) // 2], "zeros": bytes(len(whole))}.get(damage, b"x" * 9)
    path.write_bytes(content)
    for act in (lambda: SqliteStore(path).organization("test:a"), SqliteStore(path).prepare):
        with pytest.raises((StoreMismatch, StoreUnavailable)):
            act()
    assert path.read_bytes() == content
