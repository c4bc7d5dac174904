"""Certificates and qualifications: entering them, confirming them, telling of those that end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
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
from matchmaker.errors import (
    ChangedMeanwhile,
    NotAllowed,
    NotFound,
    StoreUnavailable,
    VersionConflict,
    WrongState,
)
from matchmaker.ingest.certificates import certificate_name
from matchmaker.naming import check_name
from matchmaker.provenance import SAID_HERE
from matchmaker.services.cooperation.attachment_files import ORPHANS_KEPT, AttachmentFiles
from matchmaker.services.cooperation.file_quota import FileQuota
from matchmaker.services.directory.certificate_records import CertificateRecords, ProofFile
from matchmaker.services.directory.certificate_view import CertificateView
from matchmaker.services.directory.opted_out import OptedOut
from matchmaker.services.own_organizations import member_id, require_itself
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import Clock, UnitOfWork, require_first, retry_on_conflict
from matchmaker.store.merging import is_same_certificate
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.attachment import Attachment
from matchmaker.workflow.certificate import ENDED_LATELY, REMINDERS, new_certificate_id, taken_back
from matchmaker.workflow.introduction_states import State
from matchmaker.workflow.notification import NotificationKind
from matchmaker.workflow.reminders import ENDED, due_reminder


@dataclass(frozen=True, slots=True)
class CertificateContent:
    """The fields entered of a certificate; see `Certificate`."""

    kind: str
    number: str = ""
    issuer: str = ""
    since: date | None = None
    until: date | None = None
    proof: str = ""
    date_precision: DatePrecision = DatePrecision.DAY


@dataclass(frozen=True, slots=True)
class Certificates:
    """Use cases of certificates. What is held anybody may read; files only those who confirm."""

    store: GraphStore
    opted_out: OptedOut
    repositories: Repositories
    files: AttachmentFiles
    quota: FileQuota
    outbox: NotificationOutbox
    clock: Clock

    @property
    def records(self) -> CertificateRecords:
        """The records kept of certificates beside the graph."""
        return CertificateRecords(self.store, self.repositories, self.files, self.quota)

    # -- reading

    def listed(self, principal: Principal, organization_id: str) -> tuple[CertificateView, ...]:
        """List an organisation's certificates, those that hold today first. Raises NotFound."""
        held = self.store.certificates_of(organization_id)
        if not held:
            return ()
        views = self._views(principal, held, held)
        return tuple(sorted(views, key=_order))

    def show(self, principal: Principal, id: str) -> CertificateView:
        """One certificate. Raises NotFound."""
        return self._view(principal, self.opted_out.certificate(principal, id))

    def file(self, principal: Principal, id: str) -> tuple[Attachment, IO[bytes]]:
        """The file that shows a certificate. Raises NotFound, also for whom it is not for."""
        certificate = self.opted_out.certificate(principal, id)
        view = self._view(principal, certificate)
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
        organization = member_id(self.store, principal, organization_id)
        _check_issuer(content)
        row = self._entered(principal, certificate_id(organization, "new"), organization, content)
        with self.records.kept(principal.counted_as, proof) as file:

            def change(unit: UnitOfWork) -> Certificate:
                require_itself(self.store, organization)
                held = {each.id: each for each in self.store.certificates_of(organization)}
                new = replace(row, id=new_certificate_id(held, row))
                self.records.take_room(unit, new, file)
                self.records.attach(unit, new, file)
                unit.log("certificate.entered", _subject(new), organization=organization)
                return new

            return self._view(principal, self._changed(principal, change))

    def change(
        self,
        principal: Principal,
        id: str,
        content: CertificateContent | None = None,
        proof: ProofFile | None = None,
        seen: str | None = None,
    ) -> CertificateView:
        """Change one's own certificate, or the file that shows it; with `seen` only what is so.

        What was confirmed was confirmed as it was: what is changed has to be confirmed again.
        One of another kind is another certificate, with another id unless a source gave it.
        That a confirmation was taken back stays.
        Raises NotAllowed, NotFound, InvalidInput, and ChangedMeanwhile where it is not as `seen`.
        """
        organization = self._own(principal, id)
        after = None
        if content is not None:
            _check_issuer(content, self.store.certificate(id))
            after = self._entered(principal, id, organization, content)
        replaced: list[Attachment] = []
        with self.records.kept(principal.counted_as, proof) as file:

            def change(unit: UnitOfWork) -> Certificate:
                before = self.store.certificate(id)
                self._require_as(principal, before, seen)
                row = replace(after or before, taken_back_on=before.taken_back_on)
                kept = self.records.of(before)[0].file
                replaced[:] = [kept] if kept and file else []
                if file is not None:
                    row = replace(row, claim=ClaimTier.STATED, confirmed_on=None)
                elif is_same_certificate(before, row):
                    row = replace(row, claim=before.claim, confirmed_on=before.confirmed_on)
                self.records.take_room(unit, before, file)
                if is_certificate_id(id) and row.kind.casefold() != before.kind.casefold():
                    held = {each.id: each for each in self.store.certificates_of(organization)}
                    held.pop(id, None)
                    row = replace(row, id=new_certificate_id(held, row))
                    self.records.detach(unit, before)
                    self.records.remember(unit, row, file or kept)
                else:
                    self.records.remember(unit, row, file)
                unit.log("certificate.changed", _subject(row), organization=organization)
                return row

            row = self._changed(principal, change, id)
        for attachment in replaced:
            self.files.drop(attachment)
        return self._view(principal, row)

    def remove(self, principal: Principal, id: str, seen: str | None = None) -> None:
        """Take one's own certificate out, with its file.

        Raises NotAllowed, NotFound, and ChangedMeanwhile where it is not as `seen`.
        """
        organization = self._own(principal, id)
        row = self.store.certificate(id)
        self._require_as(principal, row, seen)
        file = self.records.of(row)[0].file
        unit = UnitOfWork.of(principal, self.clock())
        self.records.detach(unit, row)
        unit.log("certificate.removed", _subject(row), organization=organization)
        drop = GraphRows(certificates=(row,))
        self.store.replace_rows(GraphRows(), drop, unit.entries, unit.written)
        if file is not None:
            self.files.drop(file)

    # -- who stands for it

    def confirm(self, principal: Principal, id: str, seen: str) -> CertificateView:
        """Stand for what another organisation says that it holds.

        Coordinators of its clusters and administrators may, and people of an organisation that
        completed an introduction with it; once a coordinator took a confirmation back, only
        coordinators. `seen` is the digest of what they saw. Raises NotAllowed, NotFound,
        WrongState, also where it is no longer what they saw.
        """
        principal.require_writing()
        tier = self._tier(principal, self.opted_out.certificate(principal, id).organization)
        if tier is None:
            raise NotAllowed(
                "Only a coordinator of its cluster, or somebody who completed an introduction with"
                " the organisation, can confirm this."
            )

        def change(unit: UnitOfWork) -> Certificate:
            row, today = self.store.certificate(id), self.clock().date()
            view = self._view(principal, row)
            if seen != view.digest:
                raise ChangedMeanwhile(
                    "The certificate was changed since you saw it.",
                    mend="Look at it again, and confirm it if what it says now is true.",
                )
            if not row.is_valid_on(today):
                raise WrongState(
                    "This certificate does not hold today.",
                    mend="Its holder can enter the new one.",
                )
            if view.taken_back_on and tier is not ClaimTier.COORDINATOR:
                raise NotAllowed(
                    "A coordinator took the confirmation back on %(day)s; only a coordinator of"
                    " its cluster can confirm it anew.",
                    day=view.taken_back_on,
                )
            if tier.rank <= row.claim.rank:
                return row
            unit.log("certificate.confirmed", _subject(row), claim=tier)
            kind = NotificationKind.CERTIFICATE_CONFIRMED
            facts = {"other": row.kind, "state": tier.value}
            self.outbox.notify(unit, "organization", row.organization, kind, _subject(row), facts)
            self.records.forget(unit, row)
            return replace(row, claim=tier, confirmed_on=today, taken_back_on=None)

        return self._view(principal, self._changed(principal, change))

    def take_back(self, principal: Principal, id: str) -> CertificateView:
        """Stand for it no longer: then it is only stated, and that is remembered.

        Raises NotAllowed, NotFound.
        """
        principal.require_writing()
        if not self._may_take_back(principal, self.opted_out.certificate(principal, id)):
            raise NotAllowed("Only a coordinator of its cluster may do this.")

        def change(unit: UnitOfWork) -> Certificate:
            row, today = self.store.certificate(id), self.clock().date()
            unit.log("certificate.doubted", _subject(row))
            row = replace(row, claim=ClaimTier.STATED, confirmed_on=None, taken_back_on=today)
            self.records.remember(unit, row)
            return row

        return self._view(principal, self._changed(principal, change))

    # -- by themselves

    def remind_due(self) -> int:
        """Tell holders of certificates that end soon or have ended; how many were told of."""
        today = self.clock().date()
        first, last = today - timedelta(days=ENDED_LATELY), today + timedelta(days=REMINDERS[0])
        ending = self.store.certificates_ending(first.isoformat(), last.isoformat())
        return sum(self._remind(row, today) for row in ending)

    def drop_orphans(self) -> int:
        """Files of certificates that are gone go too, also by an import; how many."""
        self.records.forget_gone()
        return self.files.drop_orphans(
            self.clock() - ORPHANS_KEPT,
            lambda: {
                record.file.id for record in self.repositories.certificates.values() if record.file
            },
        )

    # -- the parts

    def _remind(self, row: Certificate, today: date) -> bool:
        record, version = self.records.of(row)
        due = due_reminder(row.until, REMINDERS, record, today, ENDED_LATELY)
        if due is None or self._is_renewed(row):
            return False
        unit = UnitOfWork("system", self.clock())
        kinds = NotificationKind.CERTIFICATE_ENDS, NotificationKind.CERTIFICATE_ENDED
        kind = kinds[due == ENDED]
        facts = {"other": row.kind, "time": row.until.isoformat() if row.until else ""}
        self.outbox.notify(unit, "organization", row.organization, kind, _subject(row), facts)
        self.records.keep(unit, replace(record, reminded_of=row.until, reminded_at=due), version)
        try:
            unit.commit(self.repositories.records)
        except VersionConflict:
            return False  # another worker was faster
        return True

    def _is_renewed(self, row: Certificate) -> bool:
        """Tell whether the organisation holds another of its kind that lasts longer."""
        return any(
            other.kind == row.kind
            and other.id != row.id
            and (other.until is None or (row.until is not None and other.until > row.until))
            for other in self.store.certificates_of(row.organization)
        )

    def _views(
        self, principal: Principal, rows: Sequence[Certificate], held: Sequence[Certificate]
    ) -> list[CertificateView]:
        """Certificates of one organisation, of all that it holds, as somebody sees them.

        While the store is down bare, as the copy of the graph has them: nobody confirms one then.
        """
        organization = rows[0].organization
        try:
            tier = self._tier(principal, organization) if principal.is_known else None
            records = list(self.repositories.certificates.values("organization", organization))
        except StoreUnavailable:
            tier, records = None, []
        is_own = principal.admin or principal.acts_for(organization)
        today = self.clock().date()
        may_open = is_own or tier is not None
        files = {record.id: record.file for record in records if may_open}
        days = taken_back(rows, held, records)

        def confirms(row: Certificate) -> ClaimTier | None:
            if tier is None or tier.rank <= row.claim.rank or not row.is_valid_on(today):
                return None
            return None if row.id in days and tier is not ClaimTier.COORDINATOR else tier

        return [
            CertificateView(
                row,
                row.is_valid_on(today),
                files.get(row.id),
                is_own,
                confirms(row),
                tier is ClaimTier.COORDINATOR and self._may_take_back(principal, row),
                days.get(row.id),
            )
            for row in rows
        ]

    def _require_as(self, principal: Principal, row: Certificate, seen: str | None) -> None:
        """Raise ChangedMeanwhile where somebody saw another digest; None: they named none."""
        if seen is not None:
            self._view(principal, row).require_as(seen)

    def _view(self, principal: Principal, row: Certificate) -> CertificateView:
        held = self.store.certificates_of(row.organization)
        (view,) = self._views(principal, (row,), held)
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
        """Tell whether an introduction of theirs with it came to a confirmed outcome."""
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
                self.store.replace_rows(put, drop, unit.entries, unit.written, version)
            return row

        first = partial(require_first, self.repositories.records, principal)
        return retry_on_conflict(attempt, first)

    def _own(self, principal: Principal, id: str) -> str:
        """The id of a certificate's organisation, for its people. Raises NotAllowed, NotFound."""
        principal.require_writing()
        organization = self.opted_out.certificate(principal, id).organization
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


def _check_issuer(content: CertificateContent, before: Certificate | None = None) -> None:
    """Raise InvalidInput for one that is called anew as nobody may be."""
    issuer = content.issuer.strip()
    if issuer and (before is None or issuer != before.issuer):
        check_name(issuer, "issuer")


def _subject(row: Certificate) -> str:
    return f"certificate/{row.id}"


def _order(view: CertificateView) -> tuple[bool, str, str]:
    return not view.is_valid, view.certificate.kind, view.certificate.id
