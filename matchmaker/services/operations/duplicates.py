"""Organisations that may be one: looked at, made one, or kept apart."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.access import Principal
from matchmaker.domain import DuplicateCandidate, GraphRows
from matchmaker.errors import InvalidInput, NotFound, WrongState
from matchmaker.ingest.merge import merged
from matchmaker.services.operations.document_merge import DocumentMerge
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

    def merge(self, principal: Principal, gone: str, kept: str) -> None:
        """Make two organisations one; `gone` becomes another id of `kept`.

        Rows and documents that name the one name the other afterwards, all in one commit. The
        people of `gone` come along where nobody acts for `kept`; all are told.
        Raises NotAllowed, NotFound, InvalidInput, WrongState.
        """
        principal.require_admin()
        if gone == kept:
            raise InvalidInput("are the same already.", where="kept")
        retry_on_conflict(lambda: self._merge(principal, gone, kept))

    def _merge(self, principal: Principal, gone: str, kept: str) -> None:
        # Before anything else is read: who changes something meanwhile is noticed at the commit.
        version = self.store.version()
        staying = self._people(kept)
        documents = DocumentMerge(self.repositories, gone, kept, brings_people=not staying)
        slots = documents.emptied_slots()
        for id in (gone, kept):
            if self.store.organization(id).id != id:
                raise NotFound("There is no organisation '%(id)s' any more.", id=id)
        introductions = self.repositories.introductions.values("organization", gone)
        if any(introduction.state not in FINAL for introduction in introductions):
            raise WrongState(
                "%(gone)s has introductions under way.",
                mend="Wait until they are over, or keep the other one.",
                gone=gone,
            )
        rows = self.store.rows_about(gone) | self.store.rows_about(kept)
        unit = UnitOfWork.of(principal, self.clock())
        unit.add(slots, *documents.changes())
        unit.log("organization.merged", f"organization/{gone}", into=kept)
        self._tell(unit, gone, kept, staying)
        put, drop = merged(rows, gone, kept, "merged")
        self.store.replace_rows(put, drop, unit.entries, unit.changes, at_version=version)

    def people(self, principal: Principal, organization_id: str) -> int:
        """The number of people who act for an organisation. Raises NotAllowed."""
        principal.require_admin()
        return len(self._people(organization_id))

    def _people(self, organization_id: str) -> frozenset[str]:
        """Ids of the active accounts of an organisation."""
        accounts = self.repositories.accounts.values("organization", organization_id)
        return frozenset(account.id for account in accounts if account.active)

    def _tell(self, unit: UnitOfWork, gone: str, kept: str, staying: frozenset[str]) -> None:
        """Tell the people of both; those of `gone` who have no place any more, that too."""
        outbox = NotificationOutbox(self.repositories)
        facts = name_parameters(self.store.organization(gone))
        merged, left = NotificationKind.ORGANIZATION_MERGED, NotificationKind.PLACE_ENDED_BY_MERGE
        outbox.notify(unit, "organization", kept, merged, f"organization/{kept}", facts)
        outbox.notify(
            unit, "organization", gone, left if staying else merged, f"organization/{gone}", facts,
            wanted=lambda account: account.id not in staying,
        )  # fmt: skip

    def keep_apart(self, principal: Principal, first: str, second: str) -> None:
        """They are not the same, and will not be asked about again. Raises NotAllowed."""
        principal.require_admin()
        pairs = [pair for pair in self.store.duplicates() if pair.key == (first, second)]
        id = f"{first} {second}"
        unit = UnitOfWork.of(principal, self.clock())
        if self.repositories.not_duplicates.get_or_none(id) is None:
            unit.add(self.repositories.not_duplicates.put(NotDuplicate(id, first, second)))
            unit.log("organizations.apart", f"organization/{first}", other=second)
        dropped = GraphRows(duplicates=tuple(pairs))
        self.store.replace_rows(GraphRows(), dropped, unit.entries, unit.changes)
