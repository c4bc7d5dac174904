"""What is kept of a certificate beside the graph, and when its holder is told that it ends."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from matchmaker.domain import Certificate
from matchmaker.workflow.attachment import Attachment

# Days before the last one on which its holder is told; 0: it has ended.
ENDED = 0
REMINDERS = (60, 14, ENDED)
# Who enters what ended long ago is not told so.
ENDED_LATELY = 30


@dataclass(frozen=True, slots=True)
class CertificateRecord:
    """The file that shows a certificate, and of which end its holder was last told.

    `id` is the certificate's. `reminded_of` is the last day that was told of, `reminded_at`
    which of REMINDERS that was.
    """

    id: str
    organization: str
    file: Attachment | None = None
    reminded_of: date | None = None
    reminded_at: int = REMINDERS[0] + 1


def content_digest(certificate: Certificate, file: Attachment | None) -> str:
    """Tells whether what somebody looked at, with the file that shows it, is still the same."""
    row = certificate
    content = (
        row.kind, row.number, row.issuer, row.since, row.until, row.date_precision, row.proof,
        file.id if file else "",
    )  # fmt: skip
    return hashlib.blake2b(repr(content).encode(), digest_size=16).hexdigest()


def due_reminder(
    certificate: Certificate, record: CertificateRecord | None, today: date
) -> int | None:
    """Which of REMINDERS is due today; None where none is, or it was sent."""
    if certificate.until is None:
        return None
    left = (certificate.until - today).days
    if left < -ENDED_LATELY or left > REMINDERS[0]:
        return None
    due = ENDED if left < 0 else min(days for days in REMINDERS if left <= days and days)
    was_told = record is not None and record.reminded_of == certificate.until
    if was_told and record is not None and record.reminded_at <= due:
        return None
    return due
