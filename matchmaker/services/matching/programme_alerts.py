"""Programmes tell firms that they fit, and before they close; firms keep or leave them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from matchmaker.access import Principal
from matchmaker.domain import Kind, OfferKind, OrganizationStatus
from matchmaker.errors import InvalidInput, NotFound, VersionConflict
from matchmaker.recommend.conditions import UNKNOWN, UNMET, open_programmes
from matchmaker.recommend.model import ProgrammeFit
from matchmaker.recommend.programmes import programmes_by_conditions
from matchmaker.services.matching.seekers import SeekerFactory
from matchmaker.services.own_organizations import member_id
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.repositories import Repositories, Versioned
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.snapshot.load import SnapshotReader
from matchmaker.snapshot.model import Snapshot
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.account import Account
from matchmaker.workflow.notification import NotificationKind
from matchmaker.workflow.programme_alerts import (
    REMINDERS,
    ProgrammeAlertRecord,
    ProgrammeChoice,
    ProgrammeMark,
    ProgrammeTold,
    facts_of,
)
from matchmaker.workflow.reminders import due_reminder


@dataclass(frozen=True, slots=True)
class FittingProgramme:
    """A programme of which a firm fails no condition, or that it keeps; with its decision."""

    fit: ProgrammeFit
    choice: ProgrammeChoice | None


@dataclass
class _LastLook:
    """At which version of the graph, and in which hour, it was looked last."""

    at: tuple[int, datetime] | None = None


@dataclass(frozen=True, slots=True)
class ProgrammeAlerts:
    """Use cases of programmes that a firm is told of.

    Only firms that are there and did not opt out of being found are told; of each firm those
    people who want to be.
    """

    store: GraphStore
    reader: SnapshotReader
    seekers: Callable[[Snapshot], SeekerFactory]
    repositories: Repositories
    outbox: NotificationOutbox
    clock: Clock
    with_own_changes: Callable[[Snapshot, str], Snapshot] = lambda snapshot, _: snapshot
    _last_look: _LastLook = field(default_factory=_LastLook)

    def listed(self, principal: Principal, organization_id: str) -> tuple[FittingProgramme, ...]:
        """Open programmes that fit a firm or that it keeps, those it left last.

        For its members and admins. Raises NotAllowed, NotFound, SnapshotUnavailable.
        """
        own = member_id(self.store, principal, organization_id)
        record = self._record(own).value
        snapshot = self.with_own_changes(self.reader.current(), own)
        rows = [
            FittingProgramme(fit, record.mark(fit.id).choice)
            for fit in self._fits(self.seekers(snapshot), own)
        ]
        kept = ProgrammeChoice.KEPT
        shown = [row for row in rows if not row.fit.count(UNMET) or row.choice is kept]
        return tuple(sorted(shown, key=lambda row: row.choice is ProgrammeChoice.LEFT))

    def closing(self, rows: Sequence[FittingProgramme]) -> tuple[FittingProgramme, ...]:
        """Of these the ones that are not left and close within the days of the reminders.

        The next first.
        """
        today = self.clock().date()
        near = [
            row
            for row in rows
            if row.choice is not ProgrammeChoice.LEFT
            and row.fit.deadline is not None
            and 0 <= (row.fit.deadline - today).days <= REMINDERS[0]
        ]
        return tuple(sorted(near, key=lambda row: (row.fit.deadline or date.max, row.fit.id)))

    def choose(
        self,
        principal: Principal,
        organization_id: str,
        programme_id: str,
        choice: ProgrammeChoice | None,
    ) -> None:
        """Keep a programme, leave it, or take either back.

        Raises NotAllowed, NotFound, InvalidInput for who is no firm or what is no programme.
        """
        principal.require_writing()
        own = member_id(self.store, principal, organization_id)
        organization = self.store.organization(own)
        if organization.kind is not Kind.FIRM:
            raise InvalidInput("Only firms keep programmes.", where="organization")
        offer = self.store.offer(programme_id)
        if offer.kind is not OfferKind.PROGRAMME:
            raise InvalidInput("%(id)s is no programme.", where="programme", id=programme_id)

        def change(unit: UnitOfWork) -> None:
            stored = self._record(organization.id)
            mark = replace(stored.value.mark(offer.id), choice=choice)
            after = stored.value.with_mark(mark)
            unit.add(self.repositories.programme_alerts.put(after, stored.version))

        commit_changes(self.repositories.records, principal, self.clock, change)

    # -- by itself

    def tell(self) -> int:
        """Tell firms of programmes that fit and of those that close; how many firms.

        Where the graph is as it was, once an hour: days pass, and what came within a day of the
        last notice waits for its end.
        """
        now, snapshot = self.clock(), self.reader.current()
        look = (snapshot.meta.version, now.replace(minute=0, second=0, microsecond=0))
        programmes = self._open_ids(snapshot)
        if look == self._last_look.at or not programmes:
            return 0
        factory = self.seekers(snapshot)
        told = sum(
            self._tell_firm(factory, firm, programmes)
            for firm in sorted(self._firms_with_readers())
        )
        self._last_look.at = look
        return told

    # -- the parts

    def _firms_with_readers(self) -> set[str]:
        """Organisations for which somebody acts who wants to be told."""
        return {
            membership.organization
            for account in self.repositories.accounts.values()
            if account.active and _wants(account)
            for membership in account.memberships
        }

    def _tell_firm(self, factory: SeekerFactory, id: str, programmes: frozenset[str]) -> bool:
        """Tell whether a firm was told of anything."""
        try:
            organization = self.store.organization(id)
        except NotFound:
            return False  # deleted since
        is_there = organization.status is OrganizationStatus.ACTIVE and organization.listed
        if organization.kind is not Kind.FIRM or not is_there:
            return False
        stored = self._record(organization.id)
        before = stored.value.only_of(programmes)
        fits = self._fits(factory, organization.id)
        unit = UnitOfWork("system", self.clock())
        today = unit.at.date()
        record = before
        closing = [each for each in fits if self._is_due(before.mark(each.id), each, today)]
        fresh = [
            each
            for each in fits
            if not each.count(UNMET) and _is_new(before.mark(each.id)) and _is_open(each, today)
        ]
        if not before.may_be_told(unit.at):
            fresh = []
        for fit in closing:
            record = record.with_mark(_reminded(record.mark(fit.id), fit, today))
        for fit in fresh:
            # Who learns of it when it is about to close needs no reminder beside that.
            record = record.with_mark(
                replace(_reminded(record.mark(fit.id), fit, today), told=True)
            )
        news = {fit.id for fit in fresh}
        closing = sorted(
            (fit for fit in closing if fit.id not in news),
            key=lambda fit: (fit.deadline or date.max, fit.id),
        )
        if not fresh and not closing:
            return False
        if fresh:
            record = replace(record, told_at=unit.at)
        for kind, told in (
            (NotificationKind.PROGRAMMES_FIT, fresh), (NotificationKind.PROGRAMMES_CLOSE, closing),
        ):  # fmt: skip
            if told:
                subject = f"programmes/{organization.id}"
                self.outbox.notify(
                    unit, "organization", organization.id, kind, subject,
                    facts_of(list(map(_told, told))), wanted=_wants,
                )  # fmt: skip
        unit.add(self.repositories.programme_alerts.put(record, stored.version))
        try:
            unit.commit(self.repositories.records)
        except VersionConflict:
            return False  # somebody chose in this very moment: it comes again
        return True

    def _is_due(self, mark: ProgrammeMark, fit: ProgrammeFit, today: date) -> bool:
        """Tell whether a reminder of it is due to who keeps it, or fails none of its conditions."""
        is_wanted = mark.choice is ProgrammeChoice.KEPT or (
            mark.choice is None and not fit.count(UNMET)
        )
        return is_wanted and due_reminder(fit.deadline, REMINDERS, mark, today) is not None

    def _fits(self, factory: SeekerFactory, organization_id: str) -> tuple[ProgrammeFit, ...]:
        seeker = factory.profile(self.store.seeker_profile(organization_id))
        return programmes_by_conditions(factory.snapshot, seeker)

    def _record(self, organization_id: str) -> Versioned[ProgrammeAlertRecord]:
        stored = self.repositories.programme_alerts.get_or_none(organization_id)
        return stored or Versioned(ProgrammeAlertRecord(organization_id), 0)

    def _open_ids(self, snapshot: Snapshot) -> frozenset[str]:
        return frozenset(each.id for each in open_programmes(snapshot))


def _wants(account: Account) -> bool:
    return account.preferences.programmes


def _is_new(mark: ProgrammeMark) -> bool:
    return not mark.told and mark.choice is None


def _is_open(fit: ProgrammeFit, today: date) -> bool:
    return fit.deadline is None or fit.deadline >= today


def _reminded(mark: ProgrammeMark, fit: ProgrammeFit, today: date) -> ProgrammeMark:
    due = due_reminder(fit.deadline, REMINDERS, mark, today)
    return mark if due is None else replace(mark, reminded_of=fit.deadline, reminded_at=due)


def _told(fit: ProgrammeFit) -> ProgrammeTold:
    unknown = dict.fromkeys(check.condition for check in fit.checks if check.verdict is UNKNOWN)
    return ProgrammeTold(fit.title, fit.deadline, tuple(unknown))
