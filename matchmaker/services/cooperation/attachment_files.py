"""The folder of the files of conversations: outside of all that is served, for nobody else."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from matchmaker.errors import InvalidInput, NotFound, not_writable
from matchmaker.nodes.mirror import Mirror
from matchmaker.services.cooperation.attachment_types import media_type_of
from matchmaker.services.cooperation.scanner import Scanner
from matchmaker.store.documents import new_id
from matchmaker.workflow.attachment import MAX_FILE, Attachment, attachment_name

_CHUNK = 1_000_000
# Files that nothing names: somebody may still be sending them.
ORPHANS_KEPT = timedelta(days=1)
# What is sent: its name and content.
SentFile = tuple[str, IO[bytes]]


@dataclass(frozen=True, slots=True)
class AttachmentFiles:
    """A folder with one file for each attachment, named by its id; so other nodes have it."""

    root: Path
    scanner: Scanner
    shared: Mirror | None = None

    @property
    def _mirror(self) -> Mirror:
        return self.shared or Mirror(self.root)

    def keep(self, sender: str, name: str, content: IO[bytes]) -> Attachment:
        """Keep what somebody sends, once it has been looked at: name, size, kind, by the scanner.

        Raises InvalidInput, StorageFull, ServiceUnavailable.
        """
        name, id = attachment_name(name), new_id()
        incoming = self.root / f"{id}.incoming"
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                digest, size = _copy(content, incoming, name)
                with incoming.open("rb") as file:
                    media_type = media_type_of(name, file)
                self.scanner.check(sender, incoming, name)
                incoming.rename(self.root / id)
                self._mirror.put_file(id)
            finally:
                incoming.unlink(missing_ok=True)
        except OSError as error:
            raise not_writable(self.root, error) from None
        return Attachment(id, name, media_type, size, digest)

    @contextmanager
    def kept(self, sender: str, sent: Iterable[SentFile]) -> Iterator[tuple[Attachment, ...]]:
        """Keep files for what names them: where that fails, none stays.

        Raises as `keep` does.
        """
        attachments: list[Attachment] = []
        try:
            attachments.extend(self.keep(sender, name, content) for name, content in sent)
            yield tuple(attachments)
        except Exception:
            for attachment in attachments:
                self.drop(attachment)
            raise

    def open(self, attachment: Attachment) -> IO[bytes]:
        """The file of an attachment, open for reading. Raises NotFound where it is gone."""
        self._mirror.fetch_file(attachment.id)
        try:
            return (self.root / attachment.id).open("rb")
        except FileNotFoundError:
            raise NotFound("The file is not there any more.") from None

    def drop(self, attachment: Attachment) -> None:
        """Delete the file of an attachment, here and in the copy, where it is still there."""
        (self.root / attachment.id).unlink(missing_ok=True)
        self._mirror.remove_file(attachment.id)

    def drop_orphans(self, before: datetime, known: Callable[[], Collection[str]]) -> int:
        """Files older than `before` that no message has any more go; how many.

        `known` gives the ids that messages have, and is only called where there are files.
        """
        old = {
            path.name
            for path in (self.root.iterdir() if self.root.is_dir() else ())
            if path.stat().st_mtime < before.timestamp()
        }
        old.update(self._mirror.shared_files(before))
        kept = known() if old else ()
        orphans = old.difference(kept)
        for name in orphans:
            (self.root / name).unlink(missing_ok=True)
            self._mirror.remove_file(name)
        return len(orphans)


def _copy(content: IO[bytes], target: Path, name: str) -> tuple[str, int]:
    """Digest and size of what was copied. Raises InvalidInput for too much, or nothing."""
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while chunk := content.read(_CHUNK):
            size += len(chunk)
            if size > MAX_FILE:
                raise InvalidInput(
                    "'%(name)s' is larger than %(most)s MB.",
                    where="file",
                    mend="Send a smaller file, or a link to it.",
                    name=name,
                    most=MAX_FILE // 1_000_000,
                )
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if not size:
        raise InvalidInput("'%(name)s' is empty.", where="file", name=name)
    return digest.hexdigest(), size
