"""Own lists where coordinators review: handed in, approved as a whole, sent back, taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from matchmaker.access import Principal
from matchmaker.errors import NotAllowed, NotFound, WrongState
from matchmaker.ingest.list_formats import OFFERINGS
from matchmaker.services.operations.import_records import forgetting, line_counts
from matchmaker.services.operations.import_report import ImportReport
from matchmaker.services.operations.import_status import line_problems
from matchmaker.services.operations.importer import ImportOptions
from matchmaker.services.operations.own_lists import OwnList, write_offerings
from matchmaker.services.own_organizations import keep_organization, member_id
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.repositories import Repositories, Versioned
from matchmaker.services.reviewing import reviewing_clusters, tell_reviewers, tell_submitter
from matchmaker.services.submitted_list import SubmittedList
from matchmaker.services.unit_of_work import (
    Clock,
    UnitOfWork,
    commit_changes,
    require_first,
    retry_on_conflict,
)
from matchmaker.store.changes import Change
from matchmaker.store.log import Entry
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.checks import check_length
from matchmaker.workflow.introduction import MAX_MESSAGE
from matchmaker.workflow.job import ImportRecord
from matchmaker.workflow.posting import PostingAction, PostingState

# So many of an organisation wait at a time: each may have 2,000 lines.
MAX_WAITING = 5
_AFTER = {
    PostingAction.APPROVE: PostingState.PUBLISHED,
    PostingAction.PUBLISH: PostingState.PUBLISHED,
    PostingAction.RETURN: PostingState.DRAFT,
    PostingAction.WITHDRAW: PostingState.WITHDRAWN,
}
_REVIEWERS = frozenset({PostingAction.APPROVE, PostingAction.RETURN})


@dataclass(frozen=True, slots=True)
class SubmittedLists:
    """Use cases of own lists that wait; their people, their reviewers and admins see them."""

    store: GraphStore
    repositories: Repositories
    clock: Clock

    def submit(
        self, principal: Principal, listed: OwnList, report: ImportReport, id: str,
        add: Callable[[UnitOfWork], None], *, withdraws: bool,
    ) -> None:  # fmt: skip
        """Hand a list in, once, with what else it takes to `add`; its coordinators are told.

        Raises WrongState where too many wait already.
        """
        own = listed.organization

        def change(unit: UnitOfWork) -> None:
            add(unit)
            keep_organization(unit, self.repositories, self.store, own)
            if len(self._standing(own, PostingState.IN_REVIEW)) >= MAX_WAITING:
                raise WrongState(
                    "%(count)s lists of yours wait for the coordinators of your cluster.",
                    mend="Take one back first.",
                    count=MAX_WAITING,
                )
            submitted = SubmittedList(
                id, own, listed.name, principal.subject, unit.at, listed.offerings, listed.read,
                line_counts(report), line_problems(report.problems), withdraws, principal.admin,
            )  # fmt: skip
            owner = self.store.organization(own)
            tell_reviewers(unit, self._outbox, self._reviewing(own), owner)
            unit.log("offerings.submitted", f"own_list/{id}", organization=own)
            unit.add(self.repositories.submitted_lists.put(submitted))

        commit_changes(self.repositories.records, principal, self.clock, change)

    def of(self, principal: Principal, organization: str) -> tuple[SubmittedList, ...]:
        """An organisation's lists that wait or were sent back, the newest first.

        Raises NotAllowed.
        """
        own = member_id(self.store, principal, organization)
        standing = self._standing(own, PostingState.IN_REVIEW, PostingState.DRAFT)
        return tuple(sorted(standing, key=lambda each: each.submitted, reverse=True))

    def to_review(self, principal: Principal, cluster: str) -> tuple[SubmittedList, ...]:
        """List those that wait for the coordinators of a cluster. Raises NotAllowed."""
        principal.require_coordinator(cluster)
        waiting = self.repositories.submitted_lists.values("state", PostingState.IN_REVIEW)
        return tuple(each for each in waiting if cluster in self._reviewing(each.organization))

    def waits(self, principal: Principal, id: str) -> bool:
        """Tell whether what was to be imported became a list that waits, or is over."""
        principal.require_known()
        stored = self.repositories.submitted_lists.get_or_none(id)
        return stored is not None and stored.value.state is not PostingState.PUBLISHED

    def may_publish(self, principal: Principal, organization: str) -> bool:
        """Tell whether what an organisation handed in is for its own people to publish: nobody
        reviews it any more."""
        return principal.acts_for(organization) and not self._reviewing(organization)

    def show(self, principal: Principal, id: str) -> SubmittedList:
        """One of these. Raises NotFound for whom it does not concern."""
        return self._visible(principal, id).value

    def act(
        self, principal: Principal, id: str, action: PostingAction, note: str = ""
    ) -> SubmittedList:
        """Approve a list, send it back with a note; or as one of its own people take it back.

        They publish it where nobody reviews any more. All of it is published in the name of who
        handed it in. Raises NotFound, NotAllowed, InvalidInput, WrongState.
        """
        principal.require_writing()
        check_length("note", note, MAX_MESSAGE)
        return retry_on_conflict(
            lambda: self._act(principal, id, action, note),
            partial(require_first, self.repositories.records, principal),
        )

    def _act(
        self, principal: Principal, id: str, action: PostingAction, note: str
    ) -> SubmittedList:
        stored = self._visible(principal, id)
        self._require(principal, stored.value, action)
        acted = replace(stored.value, state=_AFTER[action], note=note)
        unit = UnitOfWork.of(principal, self.clock())
        keep_organization(unit, self.repositories, self.store, acted.organization)
        unit.log(f"offerings.{action}", f"own_list/{id}", organization=acted.organization)
        # What it says, and what was told of its lines, is told by its record once it is over.
        is_over = acted.state is not PostingState.DRAFT
        over = replace(acted, offerings=(), problems=()) if is_over else acted
        unit.add(self.repositories.submitted_lists.put(over, stored.version))
        if action in _REVIEWERS:
            tell_submitter(unit, self._outbox, acted.organization, f"own_list/{id}", acted.state)
        if acted.state is PostingState.PUBLISHED:
            self._publish(acted, unit)
        else:
            unit.commit(self.repositories.records)
        return acted

    def _publish(self, listed: SubmittedList, unit: UnitOfWork) -> None:
        """Write what a list says beside what its organisation offers by now, all or nothing."""

        def complete(report: ImportReport) -> tuple[Sequence[Entry], Sequence[Change]]:
            own = listed.organization
            record = ImportRecord(
                listed.id, OFFERINGS, "", listed.author, unit.at, report.rows, report.put,
                report.before, file=listed.file, lines=listed.lines, problems=listed.problems,
                too_large=False, by_administrator=listed.by_administrator, organization=own,
            )  # fmt: skip
            whole = replace(
                unit, changes=[*unit.changes], kept=[*unit.kept], entries=[*unit.entries]
            )
            whole.add(*forgetting(self.repositories, record), self.repositories.imports.put(record))
            whole.log("import.written", f"table/{OFFERINGS}", rows=str(sum(report.rows.values())))
            return whole.entries, whole.written

        said = OwnList(listed.organization, listed.file, listed.offerings, (), listed.read)
        run = ImportOptions(keep=True, complete=complete)
        write_offerings(self.store, said, run, withdraws=listed.withdraws)

    @property
    def _outbox(self) -> NotificationOutbox:
        return NotificationOutbox(self.repositories)

    def _standing(self, organization: str, *states: PostingState) -> list[SubmittedList]:
        all_of = self.repositories.submitted_lists.values("organization", organization)
        return [each for each in all_of if each.state in states]

    def _reviewing(self, organization: str) -> frozenset[str]:
        return reviewing_clusters(self.store, self.repositories, organization)

    def _visible(self, principal: Principal, id: str) -> Versioned[SubmittedList]:
        principal.require_known()
        stored = self.repositories.submitted_lists.get_or_none(id)
        if stored is not None:
            listed = stored.value
            is_own = principal.admin or principal.acts_for(listed.organization)
            waits = listed.state is PostingState.IN_REVIEW
            if is_own or (waits and principal.clusters & self._reviewing(listed.organization)):
                return stored
        raise NotFound("You have no list '%(id)s'.", id=id)

    def _require(self, principal: Principal, listed: SubmittedList, action: PostingAction) -> None:
        reviewing = self._reviewing(listed.organization)
        if action is PostingAction.WITHDRAW or (action is PostingAction.PUBLISH and not reviewing):
            principal.require_member(listed.organization)
        elif action not in _REVIEWERS or not (principal.admin or principal.clusters & reviewing):
            raise NotAllowed("Only the coordinators of its cluster review it.")
        returned = listed.state is PostingState.DRAFT and action not in _REVIEWERS
        if listed.state is not PostingState.IN_REVIEW and not returned:
            raise WrongState("It does not wait any more: it is %(state)s.", state=listed.state)
