"""Remembering who was shown whom, at which place, by which model; and what they did with it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from dataclasses import replace

import structlog

from matchmaker.access import Principal
from matchmaker.domain import GoalName
from matchmaker.errors import InvalidInput, MatchmakerError, NotFound
from matchmaker.services.repositories import PickedOrganizations, Repositories
from matchmaker.services.unit_of_work import Clock, retry_on_conflict
from matchmaker.store.documents import Change, new_id
from matchmaker.workflow.interactions import Interaction, InteractionKind, ShownCandidate

log = structlog.get_logger(__name__)
_WAITING = 2_000
_TOGETHER = 100
MAX_PICKS = 500
_REASONS = frozenset(
    {"known", "competitor", "too_far", "no_fit", "too_large", "too_small", "other"}
)


class InteractionLog:
    """Traces are written by a thread of their own: nobody waits for them.

    Where more come than can be written the newest are dropped, and the log says so.
    """

    def __init__(self, repositories: Repositories, clock: Clock) -> None:
        self._repositories = repositories
        self._clock = clock
        self._queue: queue.Queue[Change] = queue.Queue(_WAITING)
        self._lock = threading.Lock()
        self._writer: threading.Thread | None = None

    def impression(
        self,
        principal: Principal,
        goal: GoalName,
        seeker: str,
        ranking: Sequence[tuple[str, float]],
        model: str,
        snapshot: int,
    ) -> str:
        """A list that somebody saw; the id under which clicks and requests refer to it."""
        shown = tuple(
            ShownCandidate(id, rank, score) for rank, (id, score) in enumerate(ranking, 1)
        )
        interaction = Interaction(
            new_id(), InteractionKind.IMPRESSION, self._clock(), principal.subject, goal, seeker,
            shown, model, snapshot,
        )  # fmt: skip
        self._note(self._repositories.interactions.put(interaction))
        return interaction.id

    def click(self, principal: Principal, impression: str, candidate: str) -> None:
        """Somebody looked closer at a candidate of a list that they saw. Raises NotFound."""
        principal.require_known()
        seen = self._impression(principal, impression)
        found = [one for one in seen.shown if one.candidate == candidate]
        if not found:
            raise NotFound("That candidate was not in the list.")
        self._note(
            self._repositories.interactions.put(
                self._of(seen, InteractionKind.CLICK, found[0], principal)
            )
        )

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
        InvalidInput.
        """
        principal.require_writing()
        principal.require_member(organization)
        if kind is InteractionKind.DISMISSED and reason not in _REASONS:
            raise InvalidInput(
                "must be one of %(names)s.", where="reason", names=", ".join(sorted(_REASONS))
            )
        if kind not in (InteractionKind.SAVED, InteractionKind.DISMISSED):
            raise InvalidInput("must be saved or dismissed.", where="kind")

        def attempt() -> None:
            changes = []
            for name in (InteractionKind.SAVED, InteractionKind.DISMISSED):
                stored = self._repositories.lists.get_or_none(f"{name} {organization}")
                before = stored.value if stored else PickedOrganizations(f"{name} {organization}")
                kept = tuple(item for item in before.items if item[0] != candidate)
                items = (*kept, (candidate, reason)) if name is kind else kept
                if items != before.items:
                    picked = replace(before, items=items[-MAX_PICKS:])
                    changes.append(
                        self._repositories.lists.put(picked, stored.version if stored else 0)
                    )
            interaction = Interaction(
                new_id(), kind, self._clock(), principal.subject, goal, organization,
                (ShownCandidate(candidate, 0, 0.0),), reason=reason,
            )  # fmt: skip
            self._repositories.records.commit(
                [*changes, self._repositories.interactions.put(interaction)]
            )

        retry_on_conflict(attempt)

    def unpick(self, principal: Principal, organization: str, candidate: str) -> None:
        """Neither saved nor dismissed any more."""
        principal.require_writing()
        principal.require_member(organization)

        def attempt() -> None:
            for name in (InteractionKind.SAVED, InteractionKind.DISMISSED):
                stored = self._repositories.lists.get_or_none(f"{name} {organization}")
                if stored is None:
                    continue
                kept = tuple(item for item in stored.value.items if item[0] != candidate)
                if kept != stored.value.items:
                    changed = replace(stored.value, items=kept)
                    self._repositories.records.commit(
                        [self._repositories.lists.put(changed, stored.version)]
                    )

        retry_on_conflict(attempt)

    def picks(
        self, principal: Principal, organization: str, kind: InteractionKind
    ) -> PickedOrganizations:
        """What an organisation saved or dismissed. Raises NotAllowed."""
        principal.require_member(organization)
        stored = self._repositories.lists.get_or_none(f"{kind} {organization}")
        return stored.value if stored else PickedOrganizations(f"{kind} {organization}")

    def dismissed(self, organization: str) -> frozenset[str]:
        """Whom an organisation does not want to be shown."""
        stored = self._repositories.lists.get_or_none(f"{InteractionKind.DISMISSED} {organization}")
        return (
            frozenset(candidate for candidate, _ in stored.value.items) if stored else frozenset()
        )

    def flush(self) -> None:
        """Wait until everything noted so far is written."""
        self._queue.join()

    # -- the parts

    def _impression(self, principal: Principal, id: str) -> Interaction:
        self.flush()
        stored = self._repositories.interactions.get_or_none(id)
        if stored is None or stored.value.subject != principal.subject:
            raise NotFound("You have seen no such list.")
        return stored.value

    def _of(
        self, seen: Interaction, kind: InteractionKind, one: ShownCandidate, principal: Principal
    ) -> Interaction:
        return Interaction(
            new_id(), kind, self._clock(), principal.subject, seen.goal, seen.seeker, (one,),
            seen.model, seen.snapshot, seen.id,
        )  # fmt: skip

    def _note(self, change: Change) -> None:
        with self._lock:
            if self._writer is None or not self._writer.is_alive():
                # Made when first needed: a thread does not survive a fork.
                self._writer = threading.Thread(target=self._write, daemon=True)
                self._writer.start()
        try:
            self._queue.put_nowait(change)
        except queue.Full:
            log.warning("trace dropped")

    def _write(self) -> None:
        while True:
            together = [self._queue.get()]
            while len(together) < _TOGETHER:
                try:
                    together.append(self._queue.get_nowait())
                except queue.Empty:
                    break
            try:
                self._repositories.records.commit(together)
            except MatchmakerError as error:
                log.warning("traces not written", count=len(together), error=str(error.message))
            finally:
                for _ in together:
                    self._queue.task_done()
