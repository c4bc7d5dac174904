"""References: finished introductions as counted facts, each with the other side's consent."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from matchmaker.access import Principal
from matchmaker.errors import NotFound, StoreUnavailable, WrongState
from matchmaker.kind_names import KIND_NAMES
from matchmaker.services.repositories import GivenReference, Repositories, Versioned, reference_id
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.workflow.introduction import Introduction
from matchmaker.workflow.introduction_states import OutcomeKind, Side, State


@dataclass(frozen=True, slots=True)
class ReferenceCount:
    """Counts of finished introductions of one kind that others let an organisation show."""

    kind: OutcomeKind
    count: int
    latest: datetime


@dataclass(frozen=True, slots=True)
class References:
    """Finished introductions that partners let be counted for an organisation; nobody is named."""

    repositories: Repositories
    clock: Clock

    def of(self, organization_id: str) -> tuple[ReferenceCount, ...]:
        """The references that an organisation may show, for anybody, the commonest first.

        None while the store is down: the graph is read from a copy, which has no documents.
        """
        try:
            given = list(self.repositories.references.values("about", organization_id))
        except StoreUnavailable:
            return ()
        counts = Counter(reference.kind for reference in given)
        latest = {
            kind: max(each.finished for each in given if each.kind is kind) for kind in counts
        }
        ordered = sorted(counts, key=lambda kind: (-counts[kind], kind))
        return tuple(ReferenceCount(kind, counts[kind], latest[kind]) for kind in ordered)

    def is_given(self, principal: Principal, id: str) -> bool:
        """Tell whether one's own side lets the other one count it. Raises NotFound."""
        stored, side = self._own(principal, id)
        key = reference_id(id, stored.value.organization(side))
        return self.repositories.references.get_or_none(key) is not None

    def give(self, principal: Principal, id: str) -> None:
        """Let the other side count this one. Raises NotFound, WrongState before it is finished."""
        principal.require_writing()

        def change(unit: UnitOfWork) -> None:
            read, side = self._own(principal, id)
            introduction = read.value
            # Where one of the two is merged meanwhile it names another.
            unit.keep(self.repositories.introductions.put(introduction, read.version))
            if introduction.state is not State.COMPLETED or introduction.outcome is None:
                raise WrongState(
                    "It is not finished yet.", mend="Report the outcome, and let it be confirmed."
                )
            own = introduction.organization(side)
            if self.repositories.references.get_or_none(reference_id(id, own)) is not None:
                return
            finished = introduction.steps[-1].at if introduction.steps else unit.at
            reference = GivenReference(
                reference_id(id, own), id, own, introduction.organization(side.other),
                introduction.outcome.kind, finished,
            )  # fmt: skip
            unit.add(self.repositories.references.put(reference))
            unit.log("reference.given", f"introduction/{id}", organization=own)

        commit_changes(self.repositories.records, principal, self.clock, change)

    def take_back(self, principal: Principal, id: str) -> None:
        """Let it be counted no longer. Raises NotFound."""
        principal.require_writing()

        def change(unit: UnitOfWork) -> None:
            read, side = self._own(principal, id)
            own = read.value.organization(side)
            stored = self.repositories.references.get_or_none(reference_id(id, own))
            if stored is not None:
                unit.add(self.repositories.references.remove(stored))
                unit.log("reference.taken_back", f"introduction/{id}", organization=own)

        commit_changes(self.repositories.records, principal, self.clock, change)

    def _own(self, principal: Principal, id: str) -> tuple[Versioned[Introduction], Side]:
        """An introduction and one's own side of it. Raises NotFound for anybody else's."""
        stored = self.repositories.introductions.get_or_none(id)
        for side in Side:
            if stored is not None and principal.acts_for(stored.value.organization(side)):
                return stored, side
        raise NotFound("There is no %(kind)s '%(id)s'.", kind=KIND_NAMES["introduction"], id=id)
