"""Connections to one database file: one for each thread and process, errors in our words."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from matchmaker.errors import StorageFull, StoreMismatch, StoreUnavailable
from matchmaker.store.schema import ORGANIZATIONS, TABLES, Table
from matchmaker.store.sql import codec
from matchmaker.store.sqlite.queries import ADD_ENDED, CREATE_OWNERS, INDEX_OPTED_OUT
from matchmaker.store.sqlite.same_file import SameFile, at_rest, empty_store, log_ahead
from matchmaker.store.sqlite.write_turn import WriteTurn
from matchmaker.system_errors import reason_of

BUSY_TIMEOUT_S = 15.0
# How long closing waits for what another thread is at; then that connection stays open.
CLOSING_S = 20.0
SCHEMA_VERSION = 10
# What SQLite says where it cannot make, or fill, a file.
_DISK_ERRORS = ("SQLITE_CANTOPEN", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY")
APPLICATION_ID = 0x4D61746D  # "Matm": tells our file from any other SQLite database
# Not every system can ask for the rights that a file is opened with.
_EFFECTIVE_IDS = os.access in os.supports_effective_ids
SCHEMA = Path(__file__).with_name("schema.sql")
# From the schema of that version to the next; what is only missing is made afterwards.
MIGRATIONS = {
    1: """ALTER TABLE graph ADD COLUMN identity TEXT NOT NULL DEFAULT '';
UPDATE graph SET identity = lower(hex(randomblob(16)));
""",
    2: "",  # documents were added
    # Nothing ever read it: every tie counts once.
    3: "ALTER TABLE ties DROP COLUMN weight;",
    4: "",  # columns were added
    5: "",  # other names of organisations were added
    6: "",  # what changed since a version is noted
    7: "",  # certificates were added
    8: "",  # terms of programmes were added to offers
    9: "",  # that a confirmation was taken back was added to certificates
}
# After the columns of that version were added.
BACKFILLS = {
    # What was added over pages and API was said by a person.
    4: """UPDATE organizations SET provenance_tier = 'confirmed' WHERE provenance_source = 'api';
""",
    # Which confirmations were taken back, and not given anew, only the log said.
    9: """UPDATE certificates SET taken_back_on = doubted.day FROM (
    SELECT subject, max(number) AS number, substr(max(at), 1, 10) AS day FROM log
    WHERE action = 'certificate.doubted' GROUP BY subject
) AS doubted
WHERE certificates.claim = 'stated' AND doubted.subject = 'certificate/' || certificates.id
AND NOT EXISTS (
    SELECT 1 FROM log WHERE log.subject = doubted.subject
    AND log.action = 'certificate.confirmed' AND log.number > doubted.number
);
""",
}


class _Opened(NamedTuple):
    """A connection of one thread, by the process that opened it; `in_use` during a transaction.

    One that does not last is of a file at rest, and closed after that one transaction.
    """

    pid: int
    connection: sqlite3.Connection
    in_use: threading.RLock
    thread: threading.Thread
    lasts: bool = True


class Connections:
    """Opens lazily and never carries a connection over a fork."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._opened: list[_Opened] = []
        self._lock = threading.Lock()
        self.write_turn = WriteTurn(path)
        self._file = SameFile(path)

    def close(self) -> None:
        """Close what this process opened; another process's are left alone.

        Waits for what other threads are at: a connection closed under a running statement
        ends the process.
        """
        with self._lock:
            opened = [each for each in self._opened if each.pid == os.getpid()]
            self._opened.clear()
            self._file.forget()
        self._local = threading.local()
        for each in opened:
            if each.in_use.acquire(timeout=CLOSING_S):
                each.connection.close()
                each.in_use.release()

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A read transaction: everything read inside it is of one moment.

        Inside a write transaction of the same thread it is that one.
        """
        with self._mapped(), self._held() as connection:
            if connection.in_transaction:
                yield connection
                return
        with self._transaction("BEGIN") as connection:
            self._require_schema(connection)
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A write transaction, waiting for others'; all of it is kept or none."""
        with self.write_turn.taken(), self._transaction("BEGIN IMMEDIATE") as connection:
            self.write_turn.begin()
            self._require_schema(connection)
            yield connection
            self._file.require()

    def copy_to(self, path: Path, *, is_checked: bool = True) -> None:
        """A copy of the file as it is at one moment, whatever version of ours made it.

        Where it `is_checked`, all of it is read: raises StoreMismatch where that is not sound.
        """
        with self._mapped(), contextlib.closing(sqlite3.connect(path)) as copy:
            # By a connection of its own, as this thread's may be about to write. All pages in one
            # step: else a writer would make it begin again and again.
            with contextlib.closing(Connections(self.path)) as own, own._held() as source:
                source.backup(copy, pages=-1)
            verdict = "ok"
            if is_checked:
                (verdict,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict != "ok":
            raise _unsound(self.path)

    def take_from(self, path: Path) -> None:
        """The inverse of `copy_to`."""
        with (
            self._mapped(),
            contextlib.closing(sqlite3.connect(path)) as copy,
            self._held() as target,
        ):
            copy.backup(target, pages=-1)

    def create(self) -> None:
        """Make file and schema where they are missing."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StorageFull(
                "The folder %(parent)s cannot be made: %(reason)s.",
                mend="Choose another with MATCHMAKER_DATA_DIR or MATCHMAKER_STORE.",
                parent=self.path.parent,
                reason=reason_of(error),
            ) from None
        with contextlib.suppress(OSError):  # SQLite itself says what cannot be done
            # Its owner's only; SQLite gives the files beside it the same rights. Where the name is
            # a link, what it leads to is made.
            target = os.path.realpath(self.path)
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        self._refuse_foreign()
        with self._mapped(), self._held() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
        with self._transaction("BEGIN IMMEDIATE") as connection:
            if _is_empty(connection):
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            _, earlier = _marks(connection)
            _migrate(connection)
            complete(connection)
            for version in range(earlier, SCHEMA_VERSION):
                for statement in _statements(BACKFILLS.get(version, "")):
                    connection.execute(statement)
            self._require_schema(connection)

    def _refuse_foreign(self) -> None:
        """Before anything is changed: the journal mode would be written into the file."""
        with self._transaction("BEGIN") as connection:
            if not _is_empty(connection) and not _is_older(connection):
                self._require_schema(connection)

    def _require_schema(self, connection: sqlite3.Connection) -> None:
        application, version = _marks(connection)
        if application == 0 and version == 0 and _is_empty(connection):
            raise empty_store(self.path)
        if application != APPLICATION_ID:
            raise StoreMismatch(
                "%(path)s is another program's database.",
                mend="Name another file in MATCHMAKER_STORE.",
                path=self.path,
            )
        if version != SCHEMA_VERSION:
            raise StoreMismatch(
                "%(path)s has schema version %(version)s; this program knows %(schema_version)s.",
                mend="Run `matchmaker upgrade`, which backs it up first and brings it up to date."
                if version in MIGRATIONS
                else "Use the program that made it, or import into a new file.",
                path=self.path,
                version=version,
                schema_version=SCHEMA_VERSION,
            )

    @contextlib.contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._mapped(), self._held() as connection:
            connection.execute(begin)
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def _held(self) -> Iterator[sqlite3.Connection]:
        """This thread's connection, in use until the end."""
        opened = self._connection()
        with opened.in_use:
            try:
                yield opened.connection
            finally:
                if not opened.lasts:
                    opened.connection.close()

    def _connection(self) -> _Opened:
        held: _Opened | None = getattr(self._local, "held", None)
        if held is not None and held.pid == os.getpid():
            if not held.connection.in_transaction:
                self._file.require()
            return held
        self._file.require_there()
        with self._lock:
            self._close_left()
            if all(each.pid != os.getpid() for each in self._opened):
                self._file.forget()  # nothing is open here that could be another
            # Not after that: another thread may close the last, with which the log goes.
            self._file.require()
        connection = _connect(self.path)
        try:
            _is_empty(connection)  # only now SQLite opens it
        except sqlite3.OperationalError as error:
            connection.close()
            if not self._is_at_rest(error):
                raise
            # What SQLite keeps beside a file that is written cannot be made on a full or
            # read-only disk. Nobody can write there then, so the file is read by itself; the
            # next transaction tries anew.
            connection = _connect(at_rest(self.path), uri=True)
            thread = threading.current_thread()
            return _Opened(os.getpid(), connection, threading.RLock(), thread, lasts=False)
        self._file.note()
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA cache_size = -32000")
        opened = _Opened(os.getpid(), connection, threading.RLock(), threading.current_thread())
        self._local.held = opened
        with self._lock:  # `close` in another thread may have replaced `_local` meanwhile
            self._opened.append(opened)
        return opened

    def _close_left(self) -> None:
        """Close the connections of threads that have ended: else files stay open without end."""
        left = [
            each for each in self._opened if each.pid == os.getpid() and not each.thread.is_alive()
        ]
        for each in left:
            each.connection.close()
            self._opened.remove(each)

    def _is_at_rest(self, error: sqlite3.OperationalError) -> bool:
        """Tell whether the disk was the matter, and all that was ever written is in the file."""
        try:
            written = log_ahead(self.path).stat().st_size
        except OSError:
            written = 0
        is_disk = (error.sqlite_errorname or "").startswith(_DISK_ERRORS)
        with contextlib.suppress(OSError):  # its folder may be closed to us
            return is_disk and not written and self.path.is_file()
        return False

    @contextlib.contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise in_our_words(error, self.path) from error
        except UnicodeDecodeError as error:  # SQLite repeats what it cannot read
            raise _unsound(self.path) from error


def _connect(path: str | Path, *, uri: bool = False) -> sqlite3.Connection:
    return sqlite3.connect(
        path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False, uri=uri
    )


def _is_empty(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT count(*) = 0 FROM sqlite_schema").fetchone()[0])


def _marks(connection: sqlite3.Connection) -> tuple[int, int]:
    """The ids of program and schema that stand in the file's head."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return application, version


def _is_older(connection: sqlite3.Connection) -> bool:
    """Tell whether it is ours, of a version that can be brought up to date."""
    application, version = _marks(connection)
    return application == APPLICATION_ID and version in MIGRATIONS


def _migrate(connection: sqlite3.Connection) -> None:
    while _is_older(connection):
        _, version = _marks(connection)
        for statement in _statements(MIGRATIONS[version]):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {version + 1}")


def complete(connection: sqlite3.Connection) -> None:
    """Make what is missing: tables of `store.schema`, their columns, what schema.sql adds."""
    for table in TABLES.values():
        create, *indexes = _create_table(table)
        connection.execute(create)
        existing = {row[1] for row in connection.execute(f"PRAGMA table_info({table.name})")}
        for column in codec(table).columns:
            if column not in existing:
                connection.execute(_add_column(table, column))
        for index in indexes:  # also of columns that were missing
            connection.execute(index)
    for statement in _statements(SCHEMA.read_text(encoding="utf-8")):
        connection.execute(statement)
    if "ended" not in {row[1] for row in connection.execute("PRAGMA table_info(participants)")}:
        connection.execute(ADD_ENDED)
    view = connection.execute("SELECT sql FROM sqlite_schema WHERE name = 'statement_owners'")
    if view.fetchone() != (CREATE_OWNERS,):
        connection.execute("DROP VIEW IF EXISTS statement_owners")
        connection.execute(CREATE_OWNERS)


def _create_table(table: Table[Any]) -> list[str]:
    """DDL of a table and of an index for each field that refers."""
    kinds = codec(table).column_types()
    targets = {ref.field: ref.tables[0] for ref in table.references if len(ref.tables) == 1}
    lines = [
        f"{name} {kind} REFERENCES {targets[name]} (id) DEFERRABLE INITIALLY DEFERRED"
        if name in targets
        else f"{name} {kind}"
        for name, kind in kinds.items()
    ]
    # Full text is kept under the row's number.
    numbered = table is ORGANIZATIONS
    unique = "UNIQUE" if numbered else "PRIMARY KEY"
    lines.append(f"{unique} ({', '.join(table.key)})")
    body = ", ".join(["row INTEGER PRIMARY KEY", *lines] if numbered else lines)
    options = "STRICT" if numbered else "STRICT, WITHOUT ROWID"
    return [
        f"CREATE TABLE IF NOT EXISTS {table.name} ({body}) {options}",
        *(
            f"CREATE INDEX IF NOT EXISTS {table.name}_by_{ref.field} ON {table.name} ({ref.field})"
            for ref in table.references
            if ref.field in kinds and ref.field != table.key[0]
        ),
        *([INDEX_OPTED_OUT] if table is ORGANIZATIONS else []),
    ]


def _add_column(table: Table[Any], column: str) -> str:
    """DDL of a column that a table made earlier lacks."""
    value, kind = codec(table).default(column), codec(table).column_types()[column]
    default = f"'{value}'" if isinstance(value, str) else "NULL" if value is None else value
    return f"ALTER TABLE {table.name} ADD COLUMN {column} {kind} DEFAULT {default}"


def _statements(script: str) -> Iterator[str]:
    """Single statements of a script; `executescript` would commit our transaction."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""


def _unsound(path: Path) -> StoreMismatch:
    return StoreMismatch(
        "%(path)s is not a sound SQLite database.",
        mend="Name another file in MATCHMAKER_STORE, or restore a copy.",
        path=path,
    )


def in_our_words(error: sqlite3.DatabaseError, path: Path) -> Exception:
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith("SQLITE_FULL"):
        return StorageFull(
            "The disk of %(path)s is full.", mend="Free some space and try again.", path=path
        )
    if name.startswith("SQLITE_READONLY"):
        return StorageFull(
            "%(path)s cannot be written.",
            mend="Check its permissions, and that its disk has room and is not read-only.",
            path=path,
        )
    if name.startswith("SQLITE_NOTADB") or name.startswith("SQLITE_CORRUPT"):
        return _unsound(path)
    if name.startswith("SQLITE_BUSY") or name.startswith("SQLITE_LOCKED"):
        return StoreUnavailable(
            "%(path)s is busy: another process has been writing for %(busy_timeout_s)s s.",
            mend="Try again when it has ended.",
            path=path,
            busy_timeout_s=f"{BUSY_TIMEOUT_S:g}",
        )
    if "no such column" in str(error) or "no such table" in str(error):
        return StoreMismatch(
            "%(path)s was made by an earlier version: %(error)s.",
            mend="Run `matchmaker upgrade`, which backs it up first and brings it up to date.",
            path=path,
            error=str(error),
        )
    if name.startswith("SQLITE_CANTOPEN") or name.startswith("SQLITE_IOERR"):
        return _cannot_open(path)
    return error


def _cannot_open(path: Path) -> Exception:
    """SQLite writes files of its own beside a database, so the folder's rights count too."""
    folder = path.parent
    if folder.is_dir() and not os.access(folder, os.W_OK, effective_ids=_EFFECTIVE_IDS):
        return StorageFull(
            "%(path)s cannot be used: its folder cannot be written.",
            mend="Check the folder's permissions, or name another file in MATCHMAKER_STORE.",
            path=path,
        )
    return StoreUnavailable(
        "%(path)s cannot be opened.",
        mend="Check that its folder exists, and that this account may read and write both.",
        path=path,
    )
