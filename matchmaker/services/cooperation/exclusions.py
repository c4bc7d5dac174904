"""Never-with lists: whom an organisation does not want to be brought together with, for good.

A list holds from both sides and tells neither: nobody learns that somebody named them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from matchmaker.access import Principal
from matchmaker.domain import NamedOrganization
from matchmaker.errors import InvalidInput
from matchmaker.services.repositories import PickedOrganizations, Repositories, Versioned, never_id
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.checks import check_length

MAX_EXCLUDED = 500
MAX_NOTE = 500
# Whom a list names after a change, with the notes.
_Change = Callable[[Mapping[str, str]], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Excluded:
    """Somebody on one's own list, with a note for oneself."""

    organization: NamedOrganization
    note: str


@dataclass(frozen=True, slots=True)
class Exclusions:
    """Use cases of never-with lists; each is its organisation's alone."""

    store: GraphStore
    repositories: Repositories
    clock: Clock

    def listed(self, principal: Principal, organization_id: str) -> tuple[Excluded, ...]:
        """Whom one's own organisation excludes, the newest last. Raises NotAllowed, NotFound."""
        organization = self.store.organization(organization_id).id
        principal.require_own_people(organization)
        items = self._list(organization).value.items
        known = self.store.organizations_by_id([id for id, _ in items])
        return tuple(Excluded(known[id].named, note) for id, note in items if id in known)

    def exclude(
        self, principal: Principal, organization_id: str, other_id: str, note: str = ""
    ) -> None:
        """Never bring the two together again. Raises NotAllowed, NotFound, InvalidInput."""
        other = self.store.organization(other_id).id
        check_length("note", note, MAX_NOTE)

        def change(items: Mapping[str, str]) -> Mapping[str, str]:
            return {**items, other: note}

        self._change(principal, organization_id, other, change, "exclusion.added")

    def allow(self, principal: Principal, organization_id: str, other_id: str) -> None:
        """Take somebody off the list. Raises NotAllowed, NotFound."""
        known = self.store.organizations_by_id([other_id])
        other = known[other_id].id if other_id in known else other_id

        def change(items: Mapping[str, str]) -> Mapping[str, str]:
            return {id: note for id, note in items.items() if id != other}

        self._change(principal, organization_id, other, change, "exclusion.removed")

    # -- for other use cases

    def of(self, organization_id: str) -> frozenset[str]:
        """All with whom it is not to be brought together: on its list, or with it on theirs."""
        own = {id for id, _ in self._list(organization_id).value.items}
        theirs = {
            picks.id.partition(" ")[2]
            for picks in self.repositories.lists.values("never", organization_id)
        }
        return frozenset(own | theirs)

    def are_apart(self, first: str, second: str) -> bool:
        """Whether one of the two excludes the other."""
        return any(
            other in (id for id, _ in self._list(own).value.items)
            for own, other in ((first, second), (second, first))
        )

    # -- the parts

    def _list(self, organization: str) -> Versioned[PickedOrganizations]:
        id = never_id(organization)
        return self.repositories.lists.get_or_none(id) or Versioned(PickedOrganizations(id), 0)

    def _change(
        self, principal: Principal, organization_id: str, other: str, change: _Change, action: str
    ) -> None:
        principal.require_writing()
        organization = self.store.organization(organization_id).id
        principal.require_own_people(organization)
        if organization == other:
            raise InvalidInput("must be another organisation.", where="organization")

        def attempt(unit: UnitOfWork) -> None:
            stored = self._list(organization)
            items = tuple(change(dict(stored.value.items)).items())
            if items == stored.value.items:
                return
            if len(items) > MAX_EXCLUDED:
                raise InvalidInput(
                    "has more than %(limit)s.", where="organization", limit=MAX_EXCLUDED
                )
            picks = PickedOrganizations(stored.value.id, items)
            unit.add(self.repositories.lists.put(picks, stored.version))
            # Who is on the list stays the organisation's own: the log does not name them.
            unit.log(action, f"organization/{organization}")

        commit_changes(self.repositories.records, principal, self.clock, attempt)
