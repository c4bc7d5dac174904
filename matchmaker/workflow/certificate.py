"""Records of certificates beside the graph, and reminders to holders that they end."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from matchmaker.domain import Certificate, ClaimTier, certificate_id
from matchmaker.errors import InvalidInput
from matchmaker.workflow.attachment import Attachment

# Days before the last one on which its holder is told; also once it has ended.
REMINDERS = (60, 14)
# Who enters what ended long ago is not told so.
ENDED_LATELY = 30
# Of one organisation.
MAX_CERTIFICATES = 200
# Of one certificate, of those that its holder changed it from.
MAX_REMEMBERED = 20


@dataclass(frozen=True, slots=True)
class WithdrawnConfirmation:
    """A coordinator's confirmation of a certificate that was taken back, with what it said."""

    kind: str
    number: str
    on: date


@dataclass(frozen=True, slots=True)
class CertificateRecord:
    """The file that shows a certificate, and of which end its holder was last told.

    `id` is the certificate's. `reminded_of` is the last day that was told of, `reminded_at`
    which reminder that was. `taken_back` remembers what the certificate was called when its
    confirmation was taken back, also once its holder has changed it or taken it out.
    """

    id: str
    organization: str
    file: Attachment | None = None
    reminded_of: date | None = None
    reminded_at: int = REMINDERS[0] + 1
    taken_back: tuple[WithdrawnConfirmation, ...] = ()


def new_certificate_id(held: Mapping[str, Certificate], row: Certificate) -> str:
    """An id for what is entered. Raises InvalidInput where it is on record, or too much is."""
    if len(held) >= MAX_CERTIFICATES:
        raise InvalidInput(
            "are %(length)s; at most %(limit)s.", where="certificates",
            length=len(held), limit=MAX_CERTIFICATES,
        )  # fmt: skip
    for id in dict.fromkeys(certificate_id(row.organization, row.kind, number)
                            for number in ("", row.number)):  # fmt: skip
        if id not in held:
            return id
        if held[id].number == row.number:
            break
    raise InvalidInput(
        "'%(kind)s' is on record already.",
        where="kind",
        mend="Change what is on record, or give the number of the other one.",
        kind=row.kind,
    )


def with_taken_back(record: CertificateRecord, row: Certificate) -> CertificateRecord:
    """Remembers also what a certificate says whose confirmation was taken back."""
    if row.taken_back_on is None:
        return record
    newest = WithdrawnConfirmation(row.kind, row.number, row.taken_back_on)
    said = newest.kind, newest.number
    kept = [each for each in record.taken_back if (each.kind, each.number) != said]
    return replace(record, taken_back=(*kept, newest)[-MAX_REMEMBERED:])


def without_taken_back(record: CertificateRecord, row: Certificate) -> CertificateRecord:
    """Remembers nothing of a certificate any more."""
    kept = tuple(each for each in record.taken_back if not _is_same(row, each))
    return replace(record, taken_back=kept)


def taken_back(
    rows: Iterable[Certificate], held: Iterable[Certificate], records: Iterable[CertificateRecord]
) -> dict[str, date]:
    """The days on which confirmations of certificates were last taken back, by id.

    `held` and `records` are all of their organisation. Where somebody stands for a certificate,
    it was given anew.
    """
    memory = [each for record in records for each in record.taken_back]
    memory += [WithdrawnConfirmation(row.kind, row.number, row.taken_back_on)
               for row in held if row.taken_back_on]  # fmt: skip
    days = {
        row.id: [each.on for each in memory if _is_same(row, each)]
        for row in rows
        if row.claim is ClaimTier.STATED
    }
    return {id: max(on) for id, on in days.items() if on}


def _is_same(row: Certificate, taken_back: WithdrawnConfirmation) -> bool:
    """Of one kind and number; one that says no number may be any of its kind."""
    if row.kind.casefold() != taken_back.kind.casefold():
        return False
    return not row.number or not taken_back.number or row.number == taken_back.number


def content_digest(
    certificate: Certificate, file: Attachment | None, taken_back_on: date | None = None
) -> str:
    """Tells whether what somebody looked at, with the file that shows it, is still the same."""
    row = certificate
    content = (
        row.kind, row.number, row.issuer, row.since, row.until, row.date_precision, row.proof,
        file.id if file else "", taken_back_on,
    )  # fmt: skip
    return hashlib.blake2b(repr(content).encode(), digest_size=16).hexdigest()
