"""The embedded store: SQLite."""

from matchmaker.store.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
