"""What stands in the database of a backup, looked through before anything is restored."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic_core import from_json

from matchmaker.errors import InvalidInput, StoreMismatch, without_folders
from matchmaker.messages import Message, message, plural
from matchmaker.services.operations.backup_file import Manifest
from matchmaker.services.repositories import Repositories, Repository
from matchmaker.store.changes import Record
from matchmaker.store.content import ContentReader, StoredDocument
from matchmaker.store.documents import Records
from matchmaker.store.log import LoggedEntry, first_broken
from matchmaker.store.opening import content_of, remove_unknown_parts
from matchmaker.store.schema import REFERRED_TABLES, TABLES, Reference

_MEND = "Use another backup: this one cannot be relied on."
# How many documents that cannot be read are named.
_NAMED = 5


@dataclass(frozen=True, slots=True)
class BackupContent:
    """A database that was read whole; documents in it may still be unreadable, by kind and id."""

    unreadable: tuple[tuple[str, str], ...]

    @property
    def told(self) -> Message:
        """The words on documents that cannot be read."""
        return plural(
            "%(count)s document in it cannot be read: %(names)s.",
            "%(count)s documents in it cannot be read, such as %(names)s.",
            len(self.unreadable),
            names=[f"{kind} {id}" for kind, id in self.unreadable[:_NAMED]],
        )

    def refusal(self, path: Path) -> InvalidInput:
        """The refusal of a backup with documents that cannot be read."""
        return InvalidInput(
            self.told,
            where=str(path),
            mend="Use another backup, or restore without them: `--leave-out-unreadable`.",
        )


def unknown_parts_removed(database: Path, path: Path) -> tuple[str, ...]:
    """Triggers and views of others, which would run as it is read, removed; their names.

    Raises InvalidInput where it is no sound database.
    """
    try:
        return remove_unknown_parts(database)
    except StoreMismatch as error:
        raise _cannot_be_read(path, without_folders(error).message) from error


def look_through(database: Path, manifest: Manifest, path: Path) -> BackupContent:
    """Read all of an unpacked database. Raises InvalidInput where it is not sound, or is not the
    one that was written; StorageFull.
    """
    try:
        with content_of(database) as content:
            held = _held(content)
            fault = _fault(held, content, manifest)
            is_log_whole = fault is None and _is_log_whole(content, manifest)
    except StoreMismatch as error:
        raise _cannot_be_read(path, without_folders(error).message) from error
    if fault is not None:
        raise _cannot_be_read(path, fault)
    if not is_log_whole:
        raise InvalidInput(
            "The log in it is not the one that was written.", where=str(path), mend=_MEND
        )
    return BackupContent(held.unreadable)


def _cannot_be_read(path: Path, reason: Message) -> InvalidInput:
    return InvalidInput(
        "The database in it cannot be read: %(reason)s", where=str(path), mend=_MEND, reason=reason
    )


@dataclass(frozen=True, slots=True)
class _Held:
    """What is kept of all rows and documents: how many, and by which ids they refer to which."""

    counts: Mapping[str, int]
    ids: Mapping[str, Collection[str]]
    referred: Mapping[tuple[str, Reference], Collection[str]]
    unreadable: tuple[tuple[str, str], ...]


def _held(content: ContentReader) -> _Held:
    counts = dict.fromkeys((*TABLES, "records"), 0)
    ids: dict[str, set[str]] = {name: set() for name in REFERRED_TABLES}
    referred: dict[tuple[str, Reference], set[str]] = {}
    for name, table in TABLES.items():
        refers = [(each, referred.setdefault((name, each), set())) for each in table.references]
        for row in content.rows(table):
            counts[name] += 1
            if name in ids:
                ids[name].add(row.id)
            for reference, to in refers:
                to.update(table.referred_ids(row, reference))
    unreadable = []
    is_readable = _reading_documents()
    for document in content.documents():
        counts["records"] += 1
        if not is_readable(document):
            unreadable.append((document.kind, document.id))
    return _Held(counts, ids, referred, tuple(unreadable))


def _fault(held: _Held, content: ContentReader, manifest: Manifest) -> Message | None:
    """What is not as it was written, or cannot be written again."""
    written = {**manifest.counts, "records": manifest.documents}
    for name, count in held.counts.items():
        if count != written.get(name, 0):
            return message(
                "The table %(table)s has %(found)s rows; %(written)s were written.",
                table=name,
                found=count,
                written=written.get(name, 0),
            )
    if (content.graph.graph_id, content.graph.version) != (manifest.graph, manifest.version):
        return message("It is not the graph that was written.")
    for (name, reference), to in held.referred.items():
        missing = set(to).difference(*(held.ids[target] for target in reference.tables))
        if missing:
            return message(
                "A row of the table %(table)s refers to '%(id)s', which is not in it.",
                table=name,
                id=min(missing),
            )
    return None


def _is_log_whole(content: ContentReader, manifest: Manifest) -> bool:
    last = ""

    def lines() -> Iterator[LoggedEntry]:
        nonlocal last
        for line in content.log():
            last = line.digest
            yield line

    try:
        is_unbroken = first_broken(lines()) is None
    except (TypeError, ValueError, RecursionError):  # no line of ours
        return False
    return is_unbroken and last == manifest.log_digest


def _reading_documents() -> Callable[[StoredDocument], bool]:
    """Tells whether a document is of the shape of its kind; of kinds of other versions, JSON."""
    kept = vars(Repositories(_no_records)).values()
    by_kind = {each.kind: each for each in kept if isinstance(each, Repository)}
    return lambda document: _is_readable(document, by_kind.get(document.kind))


def _is_readable(document: StoredDocument, repository: Repository[object] | None) -> bool:
    try:
        if repository is None:
            return isinstance(from_json(document.body), dict)
        record = Record(document.kind, document.id, document.version, document.body)
        value: object = repository.read(record).value
        return getattr(value, "id", None) == document.id
    except Exception:  # whatever a text that nobody checked may raise
        return False


def _no_records() -> Records:
    raise AssertionError("only what is given is read")
