"""The store that the settings name, opened; and its content from the one kind into the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

from matchmaker.errors import StorageFull, StoreMismatch
from matchmaker.settings import Settings
from matchmaker.store.content import ContentReader
from matchmaker.store.documents import Store
from matchmaker.store.graph_copy import GraphCopy

if TYPE_CHECKING:
    from matchmaker.store.sqlite import SqliteStore


def open_store(settings: Settings, copy: GraphCopy | None = None) -> Store:
    """The store that MATCHMAKER_STORE names. Raises SettingsError."""
    if settings.store_kind == "sqlite":
        from matchmaker.store.sqlite import SqliteStore

        return SqliteStore(settings.sqlite_path)
    from matchmaker.store.neo4j import Neo4jStore

    parts = urlsplit(settings.store_url)
    address = parts.hostname or "localhost"
    settings.require_encryption(
        "MATCHMAKER_STORE", address, encrypted=parts.scheme.endswith(("+s", "+ssc"))
    )
    host = f"[{address}]" if ":" in address else address
    located = urlunsplit((parts.scheme, f"{host}:{parts.port or 7687}", "", "", ""))
    in_address = unquote(parts.password or "")
    return Neo4jStore(
        located,
        parts.username or "neo4j",
        lambda: settings.store_password.get_secret_value() or in_address,
        copy,
    )


def open_file(path: Path) -> SqliteStore:
    """A database file as a store, whatever store the settings name."""
    from matchmaker.store.sqlite import SqliteStore

    return SqliteStore(path)


def copy_store(store: Store, path: Path) -> None:
    """All that a store holds, at one moment, in a new database file."""
    from matchmaker.store.sqlite import SqliteStore

    if isinstance(store, SqliteStore):
        store.copy_to(path)
        return
    copy = SqliteStore(path)
    try:
        copy.prepare()
        copy.replace_content(store.content())
    finally:
        copy.close()


def put_into_store(
    store: Store, path: Path, backup: Path, name: str, first: Callable[[], object]
) -> None:
    """Have a store hold what is in a database file, which is from that backup, and nothing else.

    `name` and `first` are as for `Store.replace_content`.
    """
    copy = open_file(path)
    try:
        copy.prepare()  # of an earlier version
        store.replace_content(copy.content(), str(backup.absolute()), first, name)
    finally:
        copy.close()


def put_back_file(store: Store, path: Path) -> None:
    """Have the embedded store be the copy of itself, of an earlier schema too."""
    from matchmaker.store.sqlite import SqliteStore

    assert isinstance(store, SqliteStore), "another store takes no file"
    store.take_from(path)


def remove_unknown_parts(path: Path) -> tuple[str, ...]:
    """Remove triggers and views that are not ours from a database file; the names of them.

    Raises StoreMismatch.
    """
    from matchmaker.store.sqlite import soundness

    return soundness.remove_unknown_parts(path)


def remove_documents(path: Path, documents: Sequence[tuple[str, str]]) -> None:
    """Remove documents by kind and id from a database file."""
    from matchmaker.store.sqlite import soundness

    soundness.remove_documents(path, documents)


@contextmanager
def content_of(path: Path) -> Iterator[ContentReader]:
    """All that a database file holds, which nobody may have checked; an earlier version's too,
    which is brought up to date. So much of it is in memory at once, however large it is.

    Raises StoreMismatch where anything that is read of it is not as it is written, StorageFull.
    """
    from matchmaker.store.sqlite import SqliteStore, soundness

    store = SqliteStore(path)
    try:
        store.prepare()
        fault = soundness.fault_of(path)
        if fault is not None:
            raise StoreMismatch(fault)
        with soundness.content_reader(path) as reader:
            yield reader
    except (StorageFull, StoreMismatch):
        raise
    except Exception as error:  # whatever rows that nobody checked may raise
        table = soundness.unreadable_table(path)
        raise StoreMismatch(
            "A row of the table %(table)s says what none can.", table=table
        ) from error
    finally:
        store.close()
