"""Capacity: introductions that an organisation can still take on."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from matchmaker.domain import Organization
from matchmaker.errors import StoreUnavailable, WrongState
from matchmaker.services.repositories import Repositories, Versioned
from matchmaker.services.unit_of_work import UnitOfWork
from matchmaker.workflow.interactions import Slots

# Requests that may wait for an organisation's answer, for each slot that it has.
WAITING_PER_SLOT = 3
# Requests of its own that may wait for others' answers.
MAX_ASKED = 20
_KEPT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class SlotUsage:
    """Slots of an organisation: in all, taken by running introductions, and requests waiting."""

    capacity: int
    running: int
    waiting: int

    @property
    def free(self) -> int:
        """Slots that neither a running nor a waiting introduction may still take."""
        return max(0, self.capacity - self.running - self.waiting)

    @property
    def untaken(self) -> int:
        """Slots that no running introduction takes: one is needed to accept what waits."""
        return max(0, self.capacity - self.running)


@dataclass
class Capacity:
    """Slots, kept so that nobody ever gets more running introductions than it said."""

    repositories: Repositories
    default_slots: int
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _full: tuple[float, frozenset[str]] = field(default=(0.0, frozenset()), init=False)  # when, who

    def of(self, organization: Organization) -> int:
        """The number of introductions it may have at the same time."""
        return self.default_slots if organization.capacity is None else organization.capacity

    def slot_usage(self, organization: Organization) -> SlotUsage:
        """The slots in all, those taken, and the requests that wait."""
        slots = self.repositories.slots.get_or_none(organization.id)
        waiting = self.repositories.introductions.count("waiting_for", organization.id)
        return SlotUsage(self.of(organization), len(slots.value.taken) if slots else 0, waiting)

    def slot_usages(self, organizations: Sequence[Organization]) -> dict[str, SlotUsage]:
        """The same of many, by id, read at once."""
        ids = [organization.id for organization in organizations]
        taken = self.repositories.slots.many(ids)
        keys = [("waiting_for", id) for id in ids]
        waiting = Counter(
            id
            for stored in self.repositories.introductions.at_once([], keys).values()
            for id in self.repositories.introductions.values_under("waiting_for", stored.value)
        )
        return {
            each.id: SlotUsage(
                self.of(each),
                len(taken[each.id].value.taken) if each.id in taken else 0,
                waiting[each.id],
            )
            for each in organizations
        }

    def require_room(self, organization: Organization, *, is_asker: bool) -> None:
        """Raise WrongState where one more request would be too many."""
        usage = self.slot_usage(organization)
        if usage.running >= usage.capacity:
            raise no_free_slot(organization)
        if is_asker:
            requests = self.repositories.introductions.count("asking", organization.id)
            if requests >= MAX_ASKED:
                raise WrongState(
                    "%(asked)s requests wait for an answer already.",
                    mend="Cancel one first.",
                    asked=requests,
                )
        elif usage.waiting >= WAITING_PER_SLOT * usage.capacity:
            raise WrongState(
                "%(organization)s has many requests to answer already.",
                mend="Try again later, or choose another.",
                organization=organization.name,
            )

    def lock_slots(self, unit: UnitOfWork, organization_id: str) -> None:
        """Have what was counted of it still be so at the commit.

        Whoever proposes to it, takes a slot of it or merges it meanwhile begins anew, or we do.
        """
        stored = self._stored(organization_id)
        change = self.repositories.slots.put(stored.value, stored.version)
        if change not in unit.changes:
            unit.add(change)

    def take(self, unit: UnitOfWork, organization: Organization, introduction_id: str) -> None:
        """One slot for an introduction. Raises WrongState when none is free."""
        stored = self._stored(organization.id)
        if introduction_id in stored.value.taken:
            return
        if len(stored.value.taken) >= self.of(organization):
            raise WrongState(
                "%(organization)s has no free slot left.",
                mend="Wait until one of its introductions is over.",
                organization=organization.name,
            )
        taken = replace(stored.value, taken=(*stored.value.taken, introduction_id))
        unit.add(self.repositories.slots.put(taken, stored.version))

    def release(self, unit: UnitOfWork, organization_id: str, introduction_id: str) -> None:
        """Give the slot of an introduction back."""
        stored = self._stored(organization_id)
        if introduction_id not in stored.value.taken:
            return
        kept = tuple(id for id in stored.value.taken if id != introduction_id)
        unit.add(self.repositories.slots.put(replace(stored.value, taken=kept), stored.version))

    def full(self, capacities: dict[str, int]) -> frozenset[str]:
        """Ids of organisations with no free slot, at most ten seconds old.

        `capacities` are the limits of those that state one.
        """
        with self._lock:
            read_at, full = self._full
            if time.monotonic() - read_at > _KEPT_SECONDS or not read_at:
                with suppress(StoreUnavailable):  # as it was last, until it answers
                    full = frozenset(
                        slots.id
                        for slots in self.repositories.slots.values("busy", "yes")
                        if len(slots.taken) >= capacities.get(slots.id, self.default_slots)
                    )
                self._full = (time.monotonic(), full)
            return full

    def _stored(self, organization_id: str) -> Versioned[Slots]:
        return self.repositories.slots.get_or_none(organization_id) or Versioned(
            Slots(organization_id), 0
        )


def no_free_slot(organization: Organization) -> WrongState:
    """The refusal of a request to an organisation that is busy."""
    return WrongState(
        "%(organization)s has no free slot for an introduction.",
        mend="Wait until one of its introductions is over, or choose another.",
        organization=organization.name,
    )
