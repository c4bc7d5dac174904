"""Organisations that may be one: looked at, made one, or kept apart."""

from __future__ import annotations

from dataclasses import dataclass, replace

from matchmaker.access import Principal
from matchmaker.domain import DuplicateCandidate, GraphRows
from matchmaker.errors import ChangedMeanwhile, InvalidInput, NotFound, VersionConflict, WrongState
from matchmaker.ingest.merge import merged
from matchmaker.services.operations.document_merge import DocumentMerge
from matchmaker.services.operations.merge_prospect import MergeDecision, MergeProspect, MergeSide
from matchmaker.services.own_organizations import require_itself
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import Clock, UnitOfWork, retry_on_conflict
from matchmaker.store.documents import Store
from matchmaker.workflow.introduction_states import FINAL
from matchmaker.workflow.job import NotDuplicate
from matchmaker.workflow.notification import NotificationKind, name_parameters


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Use cases of an administrator who decides on duplicates."""

    store: Store
    repositories: Repositories
    clock: Clock

    def pairs(self, principal: Principal) -> tuple[DuplicateCandidate, ...]:
        """Pairs to decide on, the most alike first. Raises NotAllowed."""
        principal.require_admin()
        pairs = self.store.duplicates()
        return tuple(sorted(pairs, key=lambda pair: (-pair.score, pair.key)))

    def prospect(self, principal: Principal, gone: str, kept: str) -> MergeProspect:
        """What making two organisations one would bring. Raises NotAllowed, NotFound, InvalidInput.

        To be read before they are: there is no way back.
        """
        principal.require_admin()
        if gone == kept:
            raise InvalidInput("are the same already.", where="kept")
        return self._prospect(gone, kept)

    def merge(self, principal: Principal, gone: str, kept: str, decision: MergeDecision) -> None:
        """Make two organisations one; `gone` becomes another id of `kept`.

        Rows and documents that name the one name the other afterwards, all in one commit. People
        and memberships of clusters come along as was decided, people only where nobody acts for
        `kept`; all are told.
        Raises NotAllowed, NotFound, InvalidInput, WrongState, and ChangedMeanwhile where it is not
        any more what was decided on.
        """
        principal.require_admin()
        if gone == kept:
            raise InvalidInput("are the same already.", where="kept")
        retry_on_conflict(lambda: self._merge(principal, gone, kept, decision))

    def _merge(self, principal: Principal, gone: str, kept: str, decision: MergeDecision) -> None:
        # Before anything else is read: who changes something meanwhile is noticed at the commit.
        version = self.store.version()
        prospect = self._prospect(gone, kept)
        if decision.read not in (None, prospect.digest):
            raise ChangedMeanwhile("It was changed since you read it.", mend="Look at it again.")
        brings_people = decision.brings_people and not prospect.kept.people
        documents = DocumentMerge(self.repositories, gone, kept, brings_people=brings_people)
        slots = documents.emptied_slots()
        introductions = self.repositories.introductions.values("organization", gone)
        if any(introduction.state not in FINAL for introduction in introductions):
            raise WrongState(
                "%(gone)s has introductions under way.",
                mend="Wait until they are over, or keep the other one.",
                gone=gone,
            )
        rows = self.store.rows_about(gone) | self.store.rows_about(kept)
        if not {gone, kept} <= {row.id for row in rows.organizations}:
            raise VersionConflict  # another merge took one of them since: all is read anew
        unit = UnitOfWork.of(principal, self.clock())
        unit.add(slots, *documents.changes())
        unit.log("organization.merged", f"organization/{gone}", into=kept)
        self._tell(unit, prospect, brings_people=brings_people)
        put, drop = merged(rows, gone, kept, "merged")
        refused = {cluster.id for cluster in prospect.joining} - decision.clusters
        joined = tuple(row for row in put.memberships if row.cluster not in refused)
        put = replace(put, memberships=joined)
        self.store.replace_rows(put, drop, unit.entries, unit.written, at_version=version)

    def _prospect(self, gone: str, kept: str) -> MergeProspect:
        sides = self._side(gone), self._side(kept)
        theirs = {row.cluster for row in self.store.rows_about(kept).memberships}
        today = self.clock().date()
        joining = {
            row.cluster
            for row in self.store.rows_about(gone).memberships
            if row.organization == gone and (row.until is None or row.until >= today)
        }
        clusters = tuple(self.store.cluster(id) for id in sorted(joining - theirs))
        return MergeProspect(*sides, clusters)

    def _side(self, id: str) -> MergeSide:
        organization = self.store.organization(id)
        if organization.id != id:
            raise NotFound("There is no organisation '%(id)s' any more.", id=id)
        accounts = self.repositories.accounts.values("organization", id)
        invitations = self.repositories.invitations.values("organization", id)
        return MergeSide(
            organization,
            tuple(account for account in accounts if account.active),
            tuple(each for each in invitations if each.is_open(self.clock())),
        )

    def people(self, principal: Principal, organization_id: str) -> int:
        """The number of people who act for an organisation. Raises NotAllowed."""
        principal.require_admin()
        accounts = self.repositories.accounts.values("organization", organization_id)
        return sum(account.active for account in accounts)

    def _tell(self, unit: UnitOfWork, prospect: MergeProspect, *, brings_people: bool) -> None:
        """Tell the people of both; those of `gone` who have no place any more, that too."""
        outbox = NotificationOutbox(self.repositories)
        gone, kept = prospect.gone.organization, prospect.kept.organization
        staying = {account.id for account in prospect.kept.people}
        facts = name_parameters(gone)
        merged, left = NotificationKind.ORGANIZATION_MERGED, NotificationKind.PLACE_ENDED_BY_MERGE
        outbox.notify(unit, "organization", kept.id, merged, f"organization/{kept.id}", facts)
        outbox.notify(
            unit, "organization", gone.id, merged if brings_people else left,
            f"organization/{gone.id}", facts, wanted=lambda account: account.id not in staying,
        )  # fmt: skip

    def keep_apart(self, principal: Principal, first: str, second: str) -> None:
        """They are not the same, and will not be asked about again. Raises NotAllowed, NotFound."""
        principal.require_admin()
        retry_on_conflict(lambda: self._keep_apart(principal, first, second))

    def _keep_apart(self, principal: Principal, first: str, second: str) -> None:
        version = self.store.version()
        pairs = [pair for pair in self.store.duplicates() if pair.key == (first, second)]
        id = f"{first} {second}"
        unit = UnitOfWork.of(principal, self.clock())
        for organization in (first, second):
            require_itself(self.store, organization)
        if self.repositories.not_duplicates.get_or_none(id) is None:
            unit.add(self.repositories.not_duplicates.put(NotDuplicate(id, first, second)))
            unit.log("organizations.apart", f"organization/{first}", other=second)
        dropped = GraphRows(duplicates=tuple(pairs))
        self.store.replace_rows(GraphRows(), dropped, unit.entries, unit.written, version)
