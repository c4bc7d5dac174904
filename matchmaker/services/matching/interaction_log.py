"""Remembering who was shown whom, at which place, by which model; and what they did with it."""

from __future__ import annotations

import hashlib
import queue
import threading
import time
import weakref
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import structlog

from matchmaker.access import Principal
from matchmaker.domain import GoalName
from matchmaker.errors import InvalidInput, MatchmakerError, NotFound, VersionConflict
from matchmaker.nodes.allowance import Allowance
from matchmaker.services.directory.opted_out import OptedOut
from matchmaker.services.own_organizations import keep_organization, kept_id
from matchmaker.services.picked_organizations import PickedOrganizations, picked_id
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes, retry_on_conflict
from matchmaker.store.changes import Change
from matchmaker.store.documents import new_id
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.interactions import Interaction, InteractionKind, ShownCandidate

log = structlog.get_logger(__name__)
_WAITING = 2_000
_COMMIT_SIZE = 100
# What comes within so long of a commit is written together: one for each list that is shown costs
# a busy server as much as reading who asks. Who is killed loses what it still gathers.
_GATHER_SECONDS = 0.25
# A store that does not answer at the end of a process keeps it for no longer.
_LAST_SECONDS = 6.0
MAX_PICKS = 500
# Lists of one day that are kept of one account: a person sees hundreds.
MAX_LISTS_A_DAY = 2_000
DISMISSAL_REASONS = ("known", "competitor", "too_far", "no_fit", "too_large", "too_small", "other")
_PICKS = (InteractionKind.SAVED, InteractionKind.DISMISSED)


@dataclass
class InteractionLog:
    """Traces are written by a thread of their own, many at once: nobody waits for them.

    Where more come than can be written the newest are dropped, and the log says so.
    """

    store: GraphStore
    repositories: Repositories
    opted_out: OptedOut
    clock: Clock
    lists: Allowance
    _queue: queue.Queue[Change | None] = field(
        default_factory=lambda: queue.Queue(_WAITING), init=False
    )  # None: whoever put it waits for what came before
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _writer: threading.Thread | None = field(default=None, init=False)

    def impression(
        self,
        principal: Principal,
        goal: GoalName,
        seeker: str,
        ranking: Sequence[tuple[str, float]],
        model: str,
        snapshot: int,
    ) -> str:
        """A list that somebody saw; the id under which clicks and requests refer to it.

        "" where it is one too many of the day: a program that asks all day fills no disk.
        """
        if not self.lists.take(principal.subject):
            return ""
        candidates = tuple(
            ShownCandidate(id, rank, score) for rank, (id, score) in enumerate(ranking, 1)
        )
        interaction = Interaction(
            new_id(), InteractionKind.IMPRESSION, self.clock(), principal.subject, goal, seeker,
            candidates, model, snapshot,
        )  # fmt: skip
        self._note(self.repositories.interactions.put(interaction))
        return interaction.id

    def click(self, principal: Principal, impression: str, candidate: str) -> None:
        """Somebody looked closer at a candidate of a list that they saw; counted once.

        Raises NotFound.
        """
        principal.require_known()
        self.flush()
        stored = self.repositories.interactions.get_or_none(impression)
        if stored is None:  # another process may have shown it, and be gathering still
            time.sleep(_GATHER_SECONDS)
            stored = self.repositories.interactions.get_or_none(impression)
        if stored is None or stored.value.subject != principal.subject:
            raise NotFound("You have seen no such list.")
        ranking = stored.value
        clicked = tuple(row for row in ranking.shown if row.candidate == candidate)[:1]
        if not clicked:
            raise NotFound("That candidate was not in the list.")
        id = f"{ranking.id} {clicked[0].position}"
        if self.repositories.interactions.get_or_none(id) is not None:
            return  # a program that clicks all day changes no figure, and fills no disk
        interaction = Interaction(
            id, InteractionKind.CLICK, self.clock(), principal.subject, ranking.goal,
            ranking.seeker, clicked, ranking.model, ranking.snapshot, ranking.id,
        )  # fmt: skip
        self._note(self.repositories.interactions.put(interaction))

    def pick(
        self,
        principal: Principal,
        organization: str,
        candidate: str,
        kind: InteractionKind,
        reason: str = "",
        goal: GoalName | None = None,
    ) -> None:
        """Save a candidate for an organisation, or dismiss it with a reason.

        `goal` is what it had been looked for, where that is known. Raises NotAllowed,
        InvalidInput, NotFound for an organisation that was merged into another one meanwhile; a
        candidate that was is picked under the id that it has now.
        """
        principal.require_writing()
        principal.require_member(organization)
        names = ", ".join(sorted(DISMISSAL_REASONS))
        if kind is InteractionKind.DISMISSED and reason not in DISMISSAL_REASONS:
            raise InvalidInput("must be one of %(names)s.", where="reason", names=names)
        if kind not in _PICKS:
            raise InvalidInput("must be saved or dismissed.", where="kind")

        def change(unit: UnitOfWork) -> None:
            keep_organization(unit, self.repositories, self.store, organization)
            chosen = kept_id(unit, self.repositories, self.store, candidate)
            # Of each kind the last of a day: who saves and dismisses by turns fills no disk.
            day = (principal.subject, organization, chosen, kind, goal or "", f"{unit.at:%Y-%m-%d}")
            id = hashlib.blake2b("\x1f".join(day).encode(), digest_size=16).hexdigest()
            earlier = self.repositories.interactions.get_or_none(id)
            interaction = Interaction(
                id, kind, unit.at, principal.subject, goal, organization,
                (ShownCandidate(chosen, 0, 0.0),), reason=reason,
            )  # fmt: skip
            unit.add(
                *self._changed_lists(organization, chosen, kind, reason),
                self.repositories.interactions.put(interaction, earlier.version if earlier else 0),
            )

        commit_changes(self.repositories.records, principal, self.clock, change)

    def unpick(self, principal: Principal, organization: str, candidate: str) -> None:
        """Neither saved nor dismissed any more."""
        principal.require_writing()
        principal.require_member(organization)

        def attempt() -> None:
            if changes := self._changed_lists(organization, candidate):
                self.repositories.records.commit(changes)

        retry_on_conflict(attempt)

    def picks(
        self, principal: Principal, organization: str, kind: InteractionKind
    ) -> PickedOrganizations:
        """List what an organisation saved or dismissed, without who opted out since.

        Raises NotAllowed.
        """
        principal.require_member(organization)
        picks = self._list(organization, kind)[0]
        found = set(self.opted_out.those_found(principal, (id for id, _ in picks.items)))
        return replace(picks, items=tuple(item for item in picks.items if item[0] in found))

    def picked(
        self, principal: Principal, organization: str, kind: InteractionKind
    ) -> frozenset[str]:
        """Whom an organisation saved or dismissed, to mark those that are shown anyway.

        Raises NotAllowed.
        """
        principal.require_member(organization)
        return self._list(organization, kind)[0].ids

    def flush(self) -> None:
        """Wait until everything noted so far is written."""
        if self._queue.unfinished_tasks:
            self._queue.put(None)
        self._queue.join()

    # -- the parts

    def _list(self, organization: str, kind: InteractionKind) -> tuple[PickedOrganizations, int]:
        """A list of an organisation with its version, 0 for one not stored yet."""
        id = picked_id(kind, organization)
        stored = self.repositories.lists.get_or_none(id)
        if stored is None:
            return PickedOrganizations(id), 0
        return stored.value, stored.version

    def _changed_lists(
        self,
        organization: str,
        candidate: str,
        kind: InteractionKind | None = None,
        reason: str = "",
    ) -> list[Change]:
        """The candidate moves to the end of the list of a kind, and out of all others."""
        changes: list[Change] = []
        for name in _PICKS:
            before, version = self._list(organization, name)
            kept = tuple(item for item in before.items if item[0] != candidate)
            items = (*kept, (candidate, reason)) if name is kind else kept
            if items != before.items:
                picked = replace(before, items=items[-MAX_PICKS:])
                changes.append(self.repositories.lists.put(picked, version))
        return changes

    def _note(self, change: Change) -> None:
        with self._lock:
            if self._writer is None or not self._writer.is_alive():
                # Made when first needed: a thread does not survive a fork.
                self._writer = threading.Thread(target=self._write, daemon=True)
                self._writer.start()
                weakref.finalize(self, _finish, self._queue, self._writer)
        try:
            self._queue.put_nowait(change)
        except queue.Full:
            log.warning("interaction dropped")

    def _write(self) -> None:
        gathers_until = 0.0
        while True:
            taken = self._gather(gathers_until)
            gathers_until = time.monotonic() + _GATHER_SECONDS
            together = [change for change in taken if change is not None]
            try:
                self._commit(together)
            except MatchmakerError as error:
                log.warning(
                    "interactions not written", count=len(together), error=str(error.message)
                )
            finally:
                for _ in taken:
                    self._queue.task_done()

    def _gather(self, until: float) -> list[Change | None]:
        """Wait for something, then for all that comes until then, a time of the monotonic clock."""
        taken = [self._queue.get()]
        while taken[-1] is not None and len(taken) < _COMMIT_SIZE:
            try:
                taken.append(self._queue.get(timeout=max(0.0, until - time.monotonic())))
            except queue.Empty:
                break
        return taken

    def _commit(self, together: list[Change]) -> None:
        if not together:
            return
        try:
            self.repositories.records.commit(together)
        except VersionConflict:  # the same click, noted by another process: without it
            for change in together:
                with suppress(VersionConflict):
                    self.repositories.records.commit([change])


def _finish(waiting: queue.Queue[Change | None], writer: threading.Thread) -> None:
    """At the end of a process, have what was noted written first."""
    if not (writer.is_alive() and waiting.unfinished_tasks):
        return
    waiting.put(None)
    until = time.monotonic() + _LAST_SECONDS
    with waiting.all_tasks_done:
        while waiting.unfinished_tasks and (left := until - time.monotonic()) > 0:
            waiting.all_tasks_done.wait(left)
