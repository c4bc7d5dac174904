"""Certificates and qualifications: entering them, confirming them, telling of those that end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import IO

from matchmaker.access import Principal
from matchmaker.domain import (
    Certificate,
    ClaimTier,
    DatePrecision,
    GraphRows,
    Provenance,
    SourceTier,
    certificate_id,
    is_certificate_id,
)
from matchmaker.errors import InvalidInput, NotAllowed, NotFound, VersionConflict, WrongState
from matchmaker.ingest.certificates import certificate_name
from matchmaker.provenance import SAID_HERE
from matchmaker.services.cooperation.attachment_files import AttachmentFiles
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.repositories import Repositories, Versioned
from matchmaker.services.unit_of_work import Clock, UnitOfWork, retry_on_conflict
from matchmaker.store.merging import is_same_certificate
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.attachment import MAX_FILES_TOGETHER, Attachment
from matchmaker.workflow.certificate import (
    ENDED,
    ENDED_LATELY,
    REMINDERS,
    CertificateRecord,
    content_digest,
    due_reminder,
)
from matchmaker.workflow.introduction_states import State
from matchmaker.workflow.notification import NotificationKind

# Of one organisation.
MAX_CERTIFICATES = 200
_ORPHANS_KEPT = timedelta(days=1)
ProofFile = tuple[str, IO[bytes]]


@dataclass(frozen=True, slots=True)
class CertificateContent:
    """What is entered of a certificate; see `Certificate`."""

    kind: str
    number: str = ""
    issuer: str = ""
    since: date | None = None
    until: date | None = None
    proof: str = ""
    date_precision: DatePrecision = DatePrecision.DAY


@dataclass(frozen=True, slots=True)
class CertificateView:
    """A certificate as somebody sees it: whether it holds today, and what they may do.

    `file` shows it; None where there is none or it is not for them. `may_confirm` is the tier
    that they can lift it to.
    """

    certificate: Certificate
    is_valid: bool
    file: Attachment | None
    may_change: bool
    may_confirm: ClaimTier | None
    may_take_back: bool

    @property
    def digest(self) -> str:
        """Of what they see."""
        return content_digest(self.certificate, self.file)


@dataclass(frozen=True, slots=True)
class Certificates:
    """Use cases of certificates. What is held anybody may read; files only those who confirm."""

    store: GraphStore
    repositories: Repositories
    files: AttachmentFiles
    outbox: NotificationOutbox
    clock: Clock

    # -- reading

    def listed(self, principal: Principal, organization_id: str) -> tuple[CertificateView, ...]:
        """What an organisation holds and held: what holds today first. Raises NotFound."""
        held = self.store.certificates_of(organization_id)
        if not held:
            return ()
        views = self._views(principal, held[0].organization, held)
        return tuple(sorted(views, key=_order))

    def file(self, principal: Principal, id: str) -> tuple[Attachment, IO[bytes]]:
        """The file that shows a certificate. Raises NotFound, also for whom it is not for."""
        certificate = self.store.certificate(id)
        (view,) = self._views(principal, certificate.organization, (certificate,))
        if view.file is None:
            raise NotFound("There is no file for you that shows this certificate.")
        return view.file, self.files.open(view.file)

    # -- entering

    def enter(
        self,
        principal: Principal,
        organization_id: str,
        content: CertificateContent,
        proof: ProofFile | None = None,
    ) -> CertificateView:
        """Enter a certificate of one's own organisation. Raises NotAllowed, InvalidInput."""
        principal.require_writing()
        organization = self.store.organization(organization_id).id
        principal.require_member(organization)
        row = self._entered(principal, certificate_id(organization, "new"), organization, content)
        with self._kept(proof) as file:

            def change(unit: UnitOfWork) -> Certificate:
                held = {each.id: each for each in self.store.certificates_of(organization)}
                new = replace(row, id=_new_id(held, row))
                self._require_room(new, file)
                self._attach(unit, new, file)
                unit.log("certificate.entered", _subject(new), organization=organization)
                return new

            return self._view(principal, self._changed(principal, change))

    def change(
        self,
        principal: Principal,
        id: str,
        content: CertificateContent | None = None,
        proof: ProofFile | None = None,
    ) -> CertificateView:
        """Change one's own certificate, or the file that shows it.

        What was confirmed was confirmed as it was: what is changed has to be confirmed again.
        One of another kind is another certificate, with another id unless a source gave it.
        Raises NotAllowed, NotFound, InvalidInput.
        """
        organization = self._own(principal, id)
        after = None if content is None else self._entered(principal, id, organization, content)
        replaced: list[Attachment] = []
        with self._kept(proof) as file:

            def change(unit: UnitOfWork) -> Certificate:
                before = self.store.certificate(id)
                row, kept = after or before, self._record(before)[0].file
                replaced[:] = [kept] if kept and file else []
                if file is not None:
                    row = replace(row, claim=ClaimTier.STATED, confirmed_on=None)
                elif is_same_certificate(before, row):
                    row = replace(row, claim=before.claim, confirmed_on=before.confirmed_on)
                self._require_room(before, file)
                if is_certificate_id(id) and row.kind.casefold() != before.kind.casefold():
                    held = {each.id: each for each in self.store.certificates_of(organization)}
                    held.pop(id, None)
                    row = replace(row, id=_new_id(held, row))
                    self._detach(unit, id)
                    self._attach(unit, row, file or kept)
                else:
                    self._attach(unit, row, file)
                unit.log("certificate.changed", _subject(row), organization=organization)
                return row

            row = self._changed(principal, change, id)
        for attachment in replaced:
            self.files.drop(attachment)
        return self._view(principal, row)

    def remove(self, principal: Principal, id: str) -> None:
        """Take one's own certificate out, with its file. Raises NotAllowed, NotFound."""
        organization = self._own(principal, id)
        row = self.store.certificate(id)
        unit = UnitOfWork.of(principal, self.clock())
        self._detach(unit, id)
        unit.log("certificate.removed", _subject(row), organization=organization)
        drop = GraphRows(certificates=(row,))
        self.store.replace_rows(GraphRows(), drop, unit.entries, unit.changes)

    # -- who stands for it

    def confirm(self, principal: Principal, id: str, seen: str = "") -> CertificateView:
        """Stand for what another organisation says that it holds.

        Coordinators of its clusters and administrators may, and people of an organisation that
        completed an introduction with it. `seen` is the digest of what they saw, "" for whatever
        is there. Raises NotAllowed, NotFound, WrongState.
        """
        principal.require_writing()
        tier = self._tier(principal, self.store.certificate(id).organization)
        if tier is None:
            raise NotAllowed(
                "Only a coordinator of its cluster, or somebody who completed an introduction with"
                " the organisation, can confirm this."
            )

        def change(unit: UnitOfWork) -> Certificate:
            row, today = self.store.certificate(id), self.clock().date()
            if seen and seen != self._view(principal, row).digest:
                raise WrongState("It was changed meanwhile.", mend="Look at it again.")
            if not row.is_valid_on(today):
                raise WrongState(
                    "This certificate does not hold today.",
                    mend="Its holder can enter the new one.",
                )
            if tier.rank <= row.claim.rank:
                return row
            unit.log("certificate.confirmed", _subject(row), claim=tier)
            kind = NotificationKind.CERTIFICATE_CONFIRMED
            facts = {"other": row.kind, "state": tier.value}
            self.outbox.notify(unit, "organization", row.organization, kind, _subject(row), facts)
            return replace(row, claim=tier, confirmed_on=today)

        return self._view(principal, self._changed(principal, change))

    def take_back(self, principal: Principal, id: str) -> CertificateView:
        """Stand for it no longer: then it is only stated. Raises NotAllowed, NotFound."""
        principal.require_writing()
        if not self._may_take_back(principal, self.store.certificate(id)):
            raise NotAllowed("Only a coordinator of its cluster may do this.")

        def change(unit: UnitOfWork) -> Certificate:
            row = self.store.certificate(id)
            unit.log("certificate.doubted", _subject(row))
            return replace(row, claim=ClaimTier.STATED, confirmed_on=None)

        return self._view(principal, self._changed(principal, change))

    # -- by themselves

    def remind_due(self) -> int:
        """Tell holders of certificates that end soon or have ended; how many were told of."""
        today = self.clock().date()
        first, last = today - timedelta(days=ENDED_LATELY), today + timedelta(days=REMINDERS[0])
        ending = self.store.certificates_ending(first.isoformat(), last.isoformat())
        return sum(self._remind(row, today) for row in ending)

    def drop_orphans(self) -> int:
        """Files of certificates that are gone go too; how many."""
        return self.files.drop_orphans(
            self.clock() - _ORPHANS_KEPT,
            lambda: {
                record.file.id for record in self.repositories.certificates.values() if record.file
            },
        )

    # -- the parts

    def _remind(self, row: Certificate, today: date) -> bool:
        record, version = self._record(row)
        due = due_reminder(row, record, today)
        if due is None or self._is_renewed(row):
            return False
        unit = UnitOfWork("system", self.clock())
        kinds = NotificationKind.CERTIFICATE_ENDS, NotificationKind.CERTIFICATE_ENDED
        kind = kinds[due == ENDED]
        facts = {"other": row.kind, "time": row.until.isoformat() if row.until else ""}
        self.outbox.notify(unit, "organization", row.organization, kind, _subject(row), facts)
        self._keep(unit, replace(record, reminded_of=row.until, reminded_at=due), version)
        try:
            unit.commit(self.repositories.records)
        except VersionConflict:
            return False  # another worker was faster
        return True

    def _is_renewed(self, row: Certificate) -> bool:
        """Whether the organisation holds another of its kind that lasts longer."""
        return any(
            other.kind == row.kind
            and other.id != row.id
            and (other.until is None or (row.until is not None and other.until > row.until))
            for other in self.store.certificates_of(row.organization)
        )

    def _views(
        self, principal: Principal, organization: str, rows: Sequence[Certificate]
    ) -> list[CertificateView]:
        tier = self._tier(principal, organization) if principal.is_known else None
        is_own = principal.admin or principal.acts_for(organization)
        today = self.clock().date()
        may_open = is_own or tier is not None
        records = self.repositories.certificates.many([row.id for row in rows]) if may_open else {}
        return [
            CertificateView(
                row,
                row.is_valid_on(today),
                records[row.id].value.file if row.id in records else None,
                is_own,
                tier if tier and tier.rank > row.claim.rank and row.is_valid_on(today) else None,
                tier is ClaimTier.COORDINATOR and self._may_take_back(principal, row),
            )
            for row in rows
        ]

    def _view(self, principal: Principal, row: Certificate) -> CertificateView:
        (view,) = self._views(principal, row.organization, (row,))
        return view

    def _tier(self, principal: Principal, organization: str) -> ClaimTier | None:
        """As whom somebody can stand for what an organisation holds; None for its own people."""
        if principal.acts_for(organization):
            return None
        if principal.admin:
            return ClaimTier.COORDINATOR
        if principal.clusters:
            clusters = {cluster.id for cluster in self.store.clusters_of(organization)}
            if clusters & principal.clusters:
                return ClaimTier.COORDINATOR
        if principal.organizations and self._worked_with(principal, organization):
            return ClaimTier.PARTNER
        return None

    def _may_take_back(self, principal: Principal, row: Certificate) -> bool:
        if row.claim not in (ClaimTier.PARTNER, ClaimTier.COORDINATOR):
            return False
        return self._tier(principal, row.organization) is ClaimTier.COORDINATOR

    def _worked_with(self, principal: Principal, organization: str) -> bool:
        """Whether an introduction of theirs with it came to a confirmed outcome."""
        return any(
            introduction.state is State.COMPLETED
            and {introduction.seeker, introduction.candidate} & principal.organizations
            for introduction in self.repositories.introductions.values("organization", organization)
        )

    def _changed(
        self, principal: Principal, change: Callable[[UnitOfWork], Certificate], id: str = ""
    ) -> Certificate:
        """The row after a change that rests on the graph as it was read, else it is begun anew.

        That under `id` goes where the row has another one now.
        """

        def attempt() -> Certificate:
            version = self.store.version()
            unit = UnitOfWork.of(principal, self.clock())
            row = change(unit)
            if unit.entries:
                put, is_moved = GraphRows(certificates=(row,)), id and row.id != id
                drop = GraphRows(certificates=(self.store.certificate(id),) if is_moved else ())
                self.store.replace_rows(put, drop, unit.entries, unit.changes, version)
            return row

        return retry_on_conflict(attempt)

    def _own(self, principal: Principal, id: str) -> str:
        """Whose certificate it is, for its people. Raises NotAllowed, NotFound."""
        principal.require_writing()
        organization = self.store.certificate(id).organization
        principal.require_member(organization)
        return organization

    def _entered(
        self, principal: Principal, id: str, organization: str, content: CertificateContent
    ) -> Certificate:
        """The row that somebody enters. Raises InvalidInput."""
        tier = SourceTier.SELF if principal.acts_for(organization) else SourceTier.CONFIRMED
        return Certificate(
            id, organization, certificate_name(content.kind), content.number.strip(),
            content.issuer.strip(), content.since, content.until, content.proof.strip(),
            provenance=Provenance(SAID_HERE.source, "", tier, self.clock().date()),
            date_precision=content.date_precision,
        )  # fmt: skip

    def _attach(self, unit: UnitOfWork, row: Certificate, file: Attachment | None) -> None:
        if file is not None:
            record, version = self._record(row)
            self._keep(unit, replace(record, file=file), version)

    def _detach(self, unit: UnitOfWork, id: str) -> None:
        """What is kept beside a certificate whose id goes, goes too."""
        stored = self.repositories.certificates.get_or_none(id)
        if stored is not None:
            unit.add(self.repositories.certificates.remove(stored))

    @contextmanager
    def _kept(self, proof: ProofFile | None) -> Iterator[Attachment | None]:
        """What is sent, kept as a file unless what is done with it fails."""
        file = None if proof is None else self.files.keep(*proof)
        try:
            yield file
        except Exception:
            if file is not None:
                self.files.drop(file)
            raise

    def _require_room(self, row: Certificate, file: Attachment | None) -> None:
        """Raise InvalidInput where the files of the organisation would be too large together."""
        if file is None:
            return
        records = self.repositories.certificates.values("organization", row.organization)
        others = sum(each.file.size for each in records if each.file and each.id != row.id)
        if others + file.size > MAX_FILES_TOGETHER:
            raise InvalidInput(
                "All files that show certificates of one organisation may have %(most)s MB "
                "together.",
                where="file",
                mend="Take out what ended, or send a smaller file.",
                most=MAX_FILES_TOGETHER // 1_000_000,
            )

    def _record(self, row: Certificate) -> tuple[CertificateRecord, int]:
        """What is kept beside a certificate, with its version; 0 where nothing is."""
        stored: Versioned[CertificateRecord] | None
        stored = self.repositories.certificates.get_or_none(row.id)
        if stored is None:
            return CertificateRecord(row.id, row.organization), 0
        return stored.value, stored.version

    def _keep(self, unit: UnitOfWork, record: CertificateRecord, version: int) -> None:
        unit.add(self.repositories.certificates.put(record, version))


def _new_id(held: Mapping[str, Certificate], row: Certificate) -> str:
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


def _subject(row: Certificate) -> str:
    return f"certificate/{row.id}"


def _order(view: CertificateView) -> tuple[bool, str, str]:
    return not view.is_valid, view.certificate.kind, view.certificate.id
