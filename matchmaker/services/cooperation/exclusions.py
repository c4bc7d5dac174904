"""Bounds on who may meet whom: never-with lists, and who meets within its clusters only.

Both hold from both sides and tell neither: nobody learns that somebody named or avoids them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from matchmaker.access import Principal
from matchmaker.domain import NamedOrganization
from matchmaker.errors import InvalidInput, WrongState
from matchmaker.services.directory.opted_out import OptedOut
from matchmaker.services.own_organizations import keep_organization, kept_id, own_people_id
from matchmaker.services.picked_organizations import (
    STAYING_WITHIN,
    PickedOrganizations,
    naming,
    never_id,
    picked_id,
    within_id,
)
from matchmaker.services.repositories import Repositories, Versioned
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.store.changes import Record, RecordQuery
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.checks import check_length
from matchmaker.workflow.interactions import InteractionKind
from matchmaker.workflow.meeting_bounds import MeetingBounds

MAX_EXCLUDED = 500
MAX_NOTE = 500
# Whom a list names after a change that is about somebody, with the notes.
_Change = Callable[[Mapping[str, str], str], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class ExcludedOrganization:
    """Somebody on one's own list, with a note for oneself."""

    organization: NamedOrganization
    note: str


@dataclass(frozen=True, slots=True)
class Exclusions:
    """Use cases of never-with lists; each is its organisation's alone.

    Whom somebody does not find, since it opted out, they cannot name: `opted_out`.
    """

    store: GraphStore
    opted_out: OptedOut
    repositories: Repositories
    clock: Clock

    def listed(
        self, principal: Principal, organization_id: str
    ) -> tuple[ExcludedOrganization, ...]:
        """List whom one's organisation excludes, the newest last, but for who opted out since.

        Raises NotAllowed, NotFound.
        """
        organization = own_people_id(self.store, principal, organization_id)
        items = self._list(organization).value.items
        known = self.opted_out.organizations(principal, [id for id, _ in items])
        return tuple(
            ExcludedOrganization(known[id].named, note) for id, note in items if id in known
        )

    def exclude(
        self, principal: Principal, organization_id: str, other_id: str, note: str = ""
    ) -> None:
        """Never bring the two together again. Raises NotAllowed, NotFound, InvalidInput."""
        self.opted_out.organization(principal, other_id)
        check_length("note", note, MAX_NOTE)

        def change(items: Mapping[str, str], other: str) -> Mapping[str, str]:
            return {**items, other: note}

        def of_whom(unit: UnitOfWork) -> str:
            return kept_id(unit, self.repositories, self.store, other_id)

        self._change(principal, organization_id, of_whom, change, "exclusion.added")

    def allow(self, principal: Principal, organization_id: str, other_id: str) -> None:
        """Take somebody off the list. Raises NotAllowed, NotFound."""

        def change(items: Mapping[str, str], other: str) -> Mapping[str, str]:
            return {id: note for id, note in items.items() if id != other}

        def of_whom(_: UnitOfWork) -> str:
            return self.store.aliased(other_id) or other_id

        self._change(principal, organization_id, of_whom, change, "exclusion.removed")

    def own_clusters_only(self, principal: Principal, organization_id: str) -> bool:
        """Tell whether one's own organisation is brought together within its clusters only.

        Raises NotAllowed, NotFound.
        """
        organization = own_people_id(self.store, principal, organization_id)
        return self._stays_within(organization)

    def set_own_clusters_only(self, principal: Principal, organization_id: str, only: bool) -> None:
        """Be brought together with members of one's own clusters only, or with anybody again.

        Raises NotAllowed, NotFound, WrongState for who belongs to no cluster.
        """
        principal.require_writing()
        organization = own_people_id(self.store, principal, organization_id)
        if only and not self.store.clusters_of(organization):
            raise WrongState(
                "Your organisation belongs to no cluster: it would meet nobody.",
                mend="Join a cluster first.",
            )

        def attempt(unit: UnitOfWork) -> None:
            stored = self.repositories.lists.get_or_none(within_id(organization))
            if only == (stored is not None):
                return
            if stored is not None:
                unit.add(self.repositories.lists.remove(stored))
            else:
                rule = PickedOrganizations(within_id(organization))
                unit.add(self.repositories.lists.put(rule, 0))
                keep_organization(unit, self.repositories, self.store, organization)
            unit.log("exclusion.own_clusters_only", f"organization/{organization}", on=str(only))

        commit_changes(self.repositories.records, principal, self.clock, attempt)

    # -- for other use cases

    def reader(self) -> Callable[[str], MeetingBounds]:
        """A function that gives the bounds of an organisation, of one or of many in turn.

        Who stays within its clusters is read once, for all of them.
        """
        within = self.staying_within()

        def bounds(organization_id: str) -> MeetingBounds:
            own, named = never_id(organization_id), naming(organization_id)
            lists = self.repositories.lists.at_once([own], [named]).values()
            return self._bounds(organization_id, (each.value for each in lists), within)

        return bounds

    def of_seeker(self, organization_id: str, without_dismissed: bool) -> MeetingBounds:
        """The bounds of one organisation that seeks partners, read all at once.

        `without_dismissed`: whom it does not want to be shown is left out, too.
        """
        query = self.query_of_seeker(organization_id, without_dismissed)
        return self.by_lists(organization_id, self.repositories.records.records_at_once(query))

    def query_of_seeker(self, organization_id: str, without_dismissed: bool) -> RecordQuery:
        """What asks for all lists that the same bounds come from."""
        refused = picked_id(InteractionKind.DISMISSED, organization_id)
        ids = [never_id(organization_id), *([refused] if without_dismissed else [])]
        keys = [naming(organization_id), STAYING_WITHIN]
        return RecordQuery(self.repositories.lists.kind, ids, keys)

    def by_lists(self, organization_id: str, records: Iterable[Record]) -> MeetingBounds:
        """The same bounds, by the lists that were read."""
        lists = {record.id: self.repositories.lists.read(record).value for record in records}
        bounds = self._bounds(organization_id, lists.values(), self._in_clusters(lists.values()))
        refused = picked_id(InteractionKind.DISMISSED, organization_id)
        return bounds.without(lists[refused].ids) if refused in lists else bounds

    def staying_within(self) -> frozenset[str]:
        """Ids of those who meet only members of their clusters; none that is in no cluster."""
        return self._in_clusters(self.repositories.lists.values(*STAYING_WITHIN))

    def excludes(self, own: str, other: str) -> bool:
        """True where an organisation's own list, or its own rule, keeps it from another."""
        if any(other == id for id, _ in self._list(own).value.items):
            return True
        if not self._stays_within(own):
            return False
        clusters, theirs = ({row.id for row in self.store.clusters_of(id)} for id in (own, other))
        # Without a cluster the rule has no effect: nobody would be left to meet.
        return bool(clusters) and clusters.isdisjoint(theirs)

    def keeps_apart(self, first: str, second: str) -> bool:
        """True where one excludes the other, or stays within clusters that the two do not share."""
        return self.excludes(first, second) or self.excludes(second, first)

    def kept_apart(self, pairs: Collection[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """Those of the pairs of which `keeps_apart` is true, read at once.

        And once more for each of them that stays within its clusters.
        """
        ids = sorted({id for pair in pairs for id in pair})
        lists = self.repositories.lists.many([never_id(id) for id in ids])
        named = {stored.value.owner: stored.value.ids for stored in lists.values()}
        within = self.staying_within().intersection(ids)
        fellows = {id: self.store.fellow_members(id) for id in within}

        def excludes(own: str, other: str) -> bool:
            return other in named.get(own, ()) or (own in within and other not in fellows[own])

        return frozenset(
            (first, second)
            for first, second in pairs
            if excludes(first, second) or excludes(second, first)
        )

    # -- the parts

    def _stays_within(self, organization: str) -> bool:
        return self.repositories.lists.get_or_none(within_id(organization)) is not None

    def _bounds(
        self, organization_id: str, lists: Iterable[PickedOrganizations], within: frozenset[str]
    ) -> MeetingBounds:
        """By its own never-with list and those that name it; `within` are all who stay within."""
        named = [each for each in lists if each.says_never]
        own = [each.ids for each in named if each.owner == organization_id]
        apart = frozenset(each.owner for each in named).union(*own) - {organization_id}
        if not within:
            return MeetingBounds(apart)
        fellows = self.store.fellow_members(organization_id)
        return MeetingBounds(
            apart | within - fellows - {organization_id},
            fellows if organization_id in within else None,
        )

    def _in_clusters(self, lists: Iterable[PickedOrganizations]) -> frozenset[str]:
        """Ids of those that stay within their clusters by a rule, if they are in any."""
        staying = [each.owner for each in lists if each.says_within]
        return self.store.clustered(staying) if staying else frozenset()

    def _list(self, organization: str) -> Versioned[PickedOrganizations]:
        id = never_id(organization)
        return self.repositories.lists.get_or_none(id) or Versioned(PickedOrganizations(id), 0)

    def _change(
        self, principal: Principal, organization_id: str, of_whom: Callable[[UnitOfWork], str],
        change: _Change, action: str,
    ) -> None:  # fmt: skip
        principal.require_writing()
        organization = own_people_id(self.store, principal, organization_id)

        def attempt(unit: UnitOfWork) -> None:
            other = of_whom(unit)
            if organization == other:
                raise InvalidInput("must be another organisation.", where="organization")
            stored = self._list(organization)
            items = tuple(change(dict(stored.value.items), other).items())
            if items == stored.value.items:
                return
            if len(items) > MAX_EXCLUDED:
                raise InvalidInput(
                    "has more than %(limit)s.", where="organization", limit=MAX_EXCLUDED
                )
            picks = PickedOrganizations(stored.value.id, items)
            unit.add(self.repositories.lists.put(picks, stored.version))
            keep_organization(unit, self.repositories, self.store, organization)
            # Who is on the list stays the organisation's own: the log does not name them.
            unit.log(action, f"organization/{organization}")

        commit_changes(self.repositories.records, principal, self.clock, attempt)
