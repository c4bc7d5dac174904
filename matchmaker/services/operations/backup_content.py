"""What stands in the database of a backup, looked through before anything is restored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic_core import from_json

from matchmaker.errors import InvalidInput, StoreMismatch, without_folders
from matchmaker.messages import Message, message, plural
from matchmaker.services.operations.backup_file import Manifest
from matchmaker.services.repositories import Repositories, Repository
from matchmaker.store.changes import Record
from matchmaker.store.content import StoreContent, StoredDocument
from matchmaker.store.documents import Records
from matchmaker.store.log import first_broken
from matchmaker.store.opening import content_of, remove_unknown_parts
from matchmaker.store.schema import TABLES, ids_by_table, references

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
        content = content_of(database)
    except StoreMismatch as error:
        raise _cannot_be_read(path, without_folders(error).message) from error
    fault = _fault(content, manifest)
    if fault is not None:
        raise _cannot_be_read(path, fault)
    if not _is_log_whole(content, manifest):
        raise InvalidInput(
            "The log in it is not the one that was written.", where=str(path), mend=_MEND
        )
    return BackupContent(tuple(_unreadable(content.documents)))


def _cannot_be_read(path: Path, reason: Message) -> InvalidInput:
    return InvalidInput(
        "The database in it cannot be read: %(reason)s", where=str(path), mend=_MEND, reason=reason
    )


def _fault(content: StoreContent, manifest: Manifest) -> Message | None:
    """What is not as it was written, or cannot be written again."""
    rows = content.graph.rows
    held = {name: len(getattr(rows, name)) for name in TABLES} | {"records": len(content.documents)}
    written = {**manifest.counts, "records": manifest.documents}
    for name, count in held.items():
        if count != written.get(name, 0):
            return message(
                "The table %(table)s has %(found)s rows; %(written)s were written.",
                table=name,
                found=count,
                written=written.get(name, 0),
            )
    if (content.graph.graph_id, content.graph.version) != (manifest.graph, manifest.version):
        return message("It is not the graph that was written.")
    ids = ids_by_table(rows)
    for table, reference, table_rows in references(rows):
        known = set().union(*(ids[target] for target in reference.tables))
        missing = {id for row in table_rows for id in table.referred_ids(row, reference)} - known
        if missing:
            return message(
                "A row of the table %(table)s refers to '%(id)s', which is not in it.",
                table=table.name,
                id=min(missing),
            )
    return None


def _is_log_whole(content: StoreContent, manifest: Manifest) -> bool:
    last = content.log[-1] if content.log else None
    try:
        is_unbroken = first_broken(content.log) is None
    except (TypeError, ValueError, RecursionError):  # no line of ours
        return False
    return is_unbroken and (last.digest if last else "") == manifest.log_digest


def _unreadable(documents: Sequence[StoredDocument]) -> list[tuple[str, str]]:
    """Documents that are not of the shape of their kind; of kinds of other versions, no JSON."""
    kept = vars(Repositories(_no_records)).values()
    by_kind = {each.kind: each for each in kept if isinstance(each, Repository)}
    return [
        (document.kind, document.id)
        for document in documents
        if not _is_readable(document, by_kind.get(document.kind))
    ]


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
