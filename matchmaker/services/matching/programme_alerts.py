"""Programmes tell firms that they fit, and before they close; firms keep or leave them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from matchmaker.access import Principal
from matchmaker.domain import Kind, Offer, OfferKind, Organization, OrganizationStatus
from matchmaker.errors import InvalidInput, NotFound, VersionConflict
from matchmaker.ingest.made_ids import source_of_cluster
from matchmaker.provenance import POSTED
from matchmaker.recommend.conditions import UNKNOWN, UNMET, open_programmes
from matchmaker.recommend.model import ProgrammeFit
from matchmaker.recommend.programmes import programmes_by_conditions
from matchmaker.services.directory.cluster_sources import ClusterSources
from matchmaker.services.directory.opted_out import OptedOut
from matchmaker.services.matching.seekers import SeekerFactory
from matchmaker.services.own_organizations import keep_organization, member_id
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.repositories import Repositories, Versioned
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.snapshot.load import SnapshotReader
from matchmaker.snapshot.model import Snapshot
from matchmaker.store.merging import origin_of_field
from matchmaker.store.ports import GraphStore
from matchmaker.store.schema import OFFERS
from matchmaker.store.upsert import not_found
from matchmaker.workflow.account import Account
from matchmaker.workflow.meeting_bounds import MeetingBounds
from matchmaker.workflow.notification import NotificationKind
from matchmaker.workflow.programme_alerts import (
    REMINDERS,
    ProgrammeAlertRecord,
    ProgrammeChoice,
    ProgrammeMark,
    ProgrammeTold,
    facts_of,
    name_of,
)
from matchmaker.workflow.reminders import due_reminder


@dataclass(frozen=True, slots=True)
class FittingProgramme:
    """A programme of which a firm fails no condition, or that it keeps; with its decision."""

    fit: ProgrammeFit
    choice: ProgrammeChoice | None


@dataclass
class _LastLook:
    """At which version of the graph, and in which hour, it was looked last.

    `announced` are the programmes of a snapshot, by its version, of which firms are told: each
    with the cluster's list that alone vouches for it, "" where somebody else does.
    """

    at: tuple[int, datetime] | None = None
    announced: tuple[int, Mapping[str, str]] | None = None


@dataclass(frozen=True, slots=True)
class ProgrammeAlerts:
    """Use cases of programmes that a firm is told of.

    Only firms that are there and did not opt out of being found are told; of each firm those
    people who want to be. Of what a firm posts as a programme nobody is told unasked: any
    member could write to everybody so. It is found as other offers are, and can be kept. What
    only a cluster's own list says (a programme, or that who posted one is an office) is told to
    firms of that cluster: its coordinator speaks for them, and for nobody else. Of whom a firm
    is not to be brought together with, by its own list, the other's or the bounds of clusters, it
    is told no programme but those that it keeps; of who opted out none.
    """

    store: GraphStore
    reader: SnapshotReader
    seekers: Callable[[Snapshot], SeekerFactory]
    repositories: Repositories
    outbox: NotificationOutbox
    clock: Clock
    cluster_sources: ClusterSources
    opted_out: OptedOut
    bounds: Callable[[], Callable[[str], MeetingBounds]]
    with_own_changes: Callable[[Snapshot, str], Snapshot] = lambda snapshot, _: snapshot
    _last_look: _LastLook = field(default_factory=_LastLook)

    def listed(self, principal: Principal, organization_id: str) -> tuple[FittingProgramme, ...]:
        """Open programmes that are announced and fit a firm, or that it keeps; those it left last.

        For its members and admins. Raises NotAllowed, NotFound, SnapshotUnavailable.
        """
        own = member_id(self.store, principal, organization_id)
        record = self._record(own).value
        current = self.reader.current()
        hidden = self.opted_out.hidden_from(principal)
        fits = self._fits(self.seekers(self.with_own_changes(current, own)), own, hidden)
        announced = self._announced_to(own, self._announced(current), fits, self.bounds()(own))
        rows = [FittingProgramme(fit, record.mark_under(fit.id, _name(fit)).choice) for fit in fits]
        kept = ProgrammeChoice.KEPT
        shown = [
            row
            for row in rows
            if row.choice is kept or (row.fit.id in announced and not row.fit.count(UNMET))
        ]
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
        if self.opted_out.hides(principal, offer.organization):
            raise not_found(OFFERS, programme_id)
        if offer.kind is not OfferKind.PROGRAMME:
            raise InvalidInput("%(id)s is no programme.", where="programme", id=programme_id)

        def change(unit: UnitOfWork) -> None:
            stored = self._record(organization.id)
            mark = replace(stored.value.mark(offer.id), choice=choice)
            after = stored.value.with_mark(mark)
            keep_organization(unit, self.repositories, self.store, organization.id)
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
        factory, announced, bounds = (
            self.seekers(snapshot), self._announced(snapshot), self.bounds(),
        )  # fmt: skip
        told = sum(
            self._tell_firm(factory, firm, programmes, announced, bounds)
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

    def _tell_firm(
        self,
        factory: SeekerFactory,
        id: str,
        programmes: frozenset[str],
        vouched: Mapping[str, str],
        bounds: Callable[[str], MeetingBounds],
    ) -> bool:
        """Tell whether a firm was told of anything."""
        try:
            organization = self.store.organization(id)
        except NotFound:
            return False  # deleted since
        is_there = organization.status is OrganizationStatus.ACTIVE and organization.listed
        if organization.kind is not Kind.FIRM or not is_there:
            return False
        stored = self._record(organization.id)
        unit = UnitOfWork("system", self.clock())
        today = unit.at.date()
        before = stored.value.only_of(programmes, today)
        fits = self._fits(factory, organization.id, self.opted_out.ids())
        announced = self._announced_to(organization.id, vouched, fits, bounds(organization.id))
        marks = {fit.id: before.mark_under(fit.id, _name(fit)) for fit in fits}
        closing = [fit for fit in fits if self._is_due(marks[fit.id], fit, announced, today)]
        fresh = [
            fit
            for fit in fits
            if fit.id in announced
            and not fit.count(UNMET)
            and _is_new(marks[fit.id])
            and _is_open(fit, today)
        ]
        if not before.may_be_told(unit.at):
            fresh = []
        record = before
        for fit in closing:
            record = record.with_mark(_reminded(marks[fit.id], fit, today))
        for fit in fresh:
            # Who learns of it when it is about to close needs no reminder beside that.
            mark = _reminded(marks[fit.id], fit, today)
            record = record.with_mark(replace(mark, told=True, told_on=today))
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

    def _is_due(
        self, mark: ProgrammeMark, fit: ProgrammeFit, announced: frozenset[str], today: date
    ) -> bool:
        """Tell whether a reminder is due to who keeps it, or is told and fails no condition."""
        is_wanted = mark.choice is ProgrammeChoice.KEPT or (
            mark.choice is None and fit.id in announced and not fit.count(UNMET)
        )
        return is_wanted and due_reminder(fit.deadline, REMINDERS, mark, today) is not None

    def _fits(
        self, factory: SeekerFactory, organization_id: str, hidden: Set[str]
    ) -> tuple[ProgrammeFit, ...]:
        seeker = factory.profile(self.store.seeker_profile(organization_id))
        fits = programmes_by_conditions(factory.snapshot, seeker)
        # Who opted out a moment ago is still in the snapshot.
        return tuple(fit for fit in fits if fit.organization not in hidden)

    def _record(self, organization_id: str) -> Versioned[ProgrammeAlertRecord]:
        stored = self.repositories.programme_alerts.get_or_none(organization_id)
        return stored or Versioned(ProgrammeAlertRecord(organization_id), 0)

    def _open_ids(self, snapshot: Snapshot) -> frozenset[str]:
        return frozenset(each.id for each in open_programmes(snapshot))

    def _announced(self, snapshot: Snapshot) -> Mapping[str, str]:
        """Those of which firms are told, each with the cluster's list that alone vouches for it.

        They are what no firm says of itself, but an office or a list.
        """
        version, known = snapshot.meta.version, self._last_look.announced
        if known is None or known[0] != version:
            lists = self.cluster_sources.names()
            open_ids = self._open_ids(snapshot)
            rows = {each.organization for each in open_programmes(snapshot)}
            owners = sorted(map(snapshot.id_of, rows))
            organizations = self.store.organizations_by_id(owners)
            vouched = {
                offer.id: source if source in lists else ""
                for id, offers in self.store.offers_by_owner(owners).items()
                for offer in offers
                if offer.id in open_ids
                and (source := _vouching(offer, organizations[id])) is not None
            }
            known = version, vouched
            self._last_look.announced = known
        return known[1]

    def _announced_to(
        self,
        organization_id: str,
        vouched: Mapping[str, str],
        fits: Iterable[ProgrammeFit],
        bounds: MeetingBounds,
    ) -> frozenset[str]:
        """Those of the announced ones, all among `fits`, of which this firm is told."""
        reaching = {""}
        if any(vouched.values()):
            clusters = self.store.clusters_of(organization_id)
            reaching |= {source_of_cluster(cluster.id) for cluster in clusters}
        return frozenset(
            fit.id
            for fit in fits
            if vouched.get(fit.id) in reaching and not bounds.keep_apart_from(fit.organization)
        )


def _vouching(offer: Offer, owner: Organization) -> str | None:
    """The source that says the programme, or that its owner offers such; None: a firm itself."""
    if offer.provenance.source != POSTED:
        return offer.provenance.source
    return None if owner.kind is Kind.FIRM else origin_of_field(owner, "kind").source


def _wants(account: Account) -> bool:
    return account.preferences.programmes


def _is_new(mark: ProgrammeMark) -> bool:
    return not mark.told and mark.choice is None


def _is_open(fit: ProgrammeFit, today: date) -> bool:
    return fit.deadline is None or fit.deadline >= today


def _reminded(mark: ProgrammeMark, fit: ProgrammeFit, today: date) -> ProgrammeMark:
    due = due_reminder(fit.deadline, REMINDERS, mark, today)
    return mark if due is None else replace(mark, reminded_of=fit.deadline, reminded_at=due)


def _name(fit: ProgrammeFit) -> str:
    return name_of(fit.organization, fit.title)


def _told(fit: ProgrammeFit) -> ProgrammeTold:
    unknown = dict.fromkeys(check.condition for check in fit.checks if check.verdict is UNKNOWN)
    return ProgrammeTold(fit.title, fit.deadline, tuple(unknown), fit.name, fit.name_en, fit.id)
