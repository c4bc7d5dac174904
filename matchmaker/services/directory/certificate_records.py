"""Records of certificates beside the graph: files that show them, confirmations taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import IO

from matchmaker.domain import Certificate
from matchmaker.errors import InvalidInput, VersionConflict
from matchmaker.services.cooperation.attachment_files import AttachmentFiles
from matchmaker.services.cooperation.file_quota import FileQuota
from matchmaker.services.repositories import Repositories, Versioned
from matchmaker.services.unit_of_work import UnitOfWork
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.attachment import MAX_FILES_TOGETHER, Attachment
from matchmaker.workflow.certificate import (
    CertificateRecord,
    taken_back,
    with_taken_back,
    without_taken_back,
)

ProofFile = tuple[str, IO[bytes]]


@dataclass(frozen=True, slots=True)
class CertificateRecords:
    """A record for each certificate that has any; one whose certificate is gone remembers, too."""

    store: GraphStore
    repositories: Repositories
    files: AttachmentFiles
    quota: FileQuota

    def of(self, row: Certificate) -> tuple[CertificateRecord, int]:
        """The record kept beside a certificate, with its version; 0 where there is none."""
        stored: Versioned[CertificateRecord] | None
        stored = self.repositories.certificates.get_or_none(row.id)
        if stored is None:
            return CertificateRecord(row.id, row.organization), 0
        return stored.value, stored.version

    def keep(self, unit: UnitOfWork, record: CertificateRecord, version: int) -> None:
        """Write a record that was read as of a version."""
        unit.add(self.repositories.certificates.put(record, version))

    def attach(self, unit: UnitOfWork, row: Certificate, file: Attachment | None) -> None:
        """Keep the file that shows a certificate."""
        if file is not None:
            record, version = self.of(row)
            self.keep(unit, replace(record, file=file), version)

    def detach(self, unit: UnitOfWork, row: Certificate) -> None:
        """Remove what is kept beside a certificate whose id goes; not what was taken back."""
        stored = self.repositories.certificates.get_or_none(row.id)
        before = stored.value if stored else CertificateRecord(row.id, row.organization)
        remembered = with_taken_back(before, row).taken_back
        if remembered:
            kept = CertificateRecord(row.id, row.organization, taken_back=remembered)
            self.keep(unit, kept, stored.version if stored else 0)
        elif stored is not None:
            unit.add(self.repositories.certificates.remove(stored))

    def remember(self, unit: UnitOfWork, row: Certificate, file: Attachment | None = None) -> None:
        """Keep what is said of a certificate whose confirmation was taken back, and its file."""
        record, version = self.of(row)
        after = with_taken_back(replace(record, file=file or record.file), row)
        if after != record:
            self.keep(unit, after, version)

    def forget(self, unit: UnitOfWork, row: Certificate) -> None:
        """A confirmation that was taken back is given anew."""
        for stored in self.repositories.certificates.iterate("organization", row.organization):
            after = without_taken_back(stored.value, row)
            if after != stored.value:
                self.keep(unit, after, stored.version)

    def forget_gone(self) -> None:
        """Name no file any more of certificates that went without their holder, by an import.

        Nobody could take such a file away, and it would count among its organisation's.
        """
        repository = self.repositories.certificates
        named = [stored for stored in repository.iterate() if stored.value.file is not None]
        owners = list({stored.value.organization for stored in named})
        held = self.store.certificates_by_owner(owners) if owners else {}
        there = {row.id for rows in held.values() for row in rows}
        for stored in named:
            record = stored.value
            if record.id in there:
                continue
            nameless = replace(record, file=None)
            kept = repository.put(nameless, stored.version)
            with suppress(VersionConflict):  # entered again meanwhile
                self.repositories.records.commit(
                    [kept if record.taken_back else repository.remove(stored)]
                )

    def taken_back(self, rows: Iterable[Certificate]) -> dict[str, date]:
        """Days on which confirmations were taken back, by ids of those of these that it was of.

        Also where it was of another row of the same kind and number, or of one that is gone.
        """
        by_owner: dict[str, list[Certificate]] = {}
        for row in rows:
            by_owner.setdefault(row.organization, []).append(row)
        held = self.store.certificates_by_owner(list(by_owner)) if by_owner else {}
        return {
            id: day
            for owner, certificates in by_owner.items()
            for id, day in taken_back(
                certificates,
                held.get(owner, ()),
                self.repositories.certificates.values("organization", owner),
            ).items()
        }

    @contextmanager
    def kept(self, sender: str, proof: ProofFile | None) -> Iterator[Attachment | None]:
        """Keep a file that is sent, unless the block that uses it fails."""
        file = None if proof is None else self.files.keep(sender, *proof)
        try:
            yield file
        except Exception:
            if file is not None:
                self.files.drop(file)
            raise

    def take_room(self, unit: UnitOfWork, row: Certificate, file: Attachment | None) -> None:
        """Count a file that takes the place of a certificate's, if it has one.

        Raises InvalidInput where the files of the organisation would be too large together.
        """
        if file is None:
            return
        records = self.repositories.certificates.values("organization", row.organization)
        sizes = {each.id: each.file.size for each in records if each.file}
        before = sizes.pop(row.id, 0)
        others = sum(sizes.values())
        if others + file.size > MAX_FILES_TOGETHER:
            raise InvalidInput(
                "All files that show certificates of one organisation may have %(most)s MB "
                "together.",
                where="file",
                mend="Take out what ended, or send a smaller file.",
                most=MAX_FILES_TOGETHER // 1_000_000,
            )
        self.quota.take(unit, row.organization, (file,), freed=before)
