"""Members of a cluster as their coordinators see them: who is in touch, and who is not reached."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from matchmaker.access import Principal
from matchmaker.audit.ties import Channel
from matchmaker.domain import Organization, is_within
from matchmaker.errors import MatchmakerError
from matchmaker.services.directory.directory import Directory, OrganizationProfile
from matchmaker.services.people.accounts import Accounts
from matchmaker.services.people.invitations import Invitations
from matchmaker.services.repositories import Repositories
from matchmaker.store.ports import Page
from matchmaker.workflow.account import Invitation, first_address
from matchmaker.workflow.introduction import Introduction
from matchmaker.workflow.introduction_states import Action

if TYPE_CHECKING:
    from matchmaker.services.auditing.auditing import Auditing

_ANSWERS = (Action.ACCEPT, Action.AGREE_TERMS, Action.DECLINE)
# Introductions that are read of each.
_READ = 50


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One member: `ties` inside the cluster, None where that is not worked out yet.

    `left` is the day on which its membership ended, None where it has not. `people` are those
    who act for it; `invited` the newest invitation that is still open. `address` is whom to
    invite by its contact, as far as that is the reader's to see.
    """

    profile: OrganizationProfile
    ties: int | None
    left: date | None
    last_answer: datetime | None
    people: int
    invited: Invitation | None
    may_invite: bool
    has_contact: bool
    address: str


@dataclass(frozen=True, slots=True)
class ClusterMembers:
    """Use cases of a cluster's members."""

    repositories: Repositories
    directory: Directory
    accounts: Accounts
    invitations: Invitations
    auditing: Callable[[], Auditing]

    def page(
        self, principal: Principal, cluster_id: str, after: str | None, limit: int
    ) -> Page[MemberRow]:
        """A page of members. Raises NotAllowed, NotFound."""
        principal.require_coordinator(cluster_id)
        members = self.directory.members(principal, cluster_id, after, limit)
        ties = self._ties(principal, cluster_id)
        left = self._left(cluster_id, [member.id for member in members.rows])
        rows = [self._row(principal, member, ties, left) for member in members.rows]
        return Page(tuple(rows), members.after)

    def _row(
        self,
        principal: Principal,
        member: Organization,
        ties: dict[str, int],
        left: dict[str, date | None],
    ) -> MemberRow:
        id = member.id
        may_invite = self.invitations.may_invite(principal, id)
        is_open = self.invitations.open_to(principal, id) if may_invite else ()
        return MemberRow(
            self.directory.profile(principal, id),
            ties.get(id),
            left.get(id),
            self._last_answer(id),
            sum(1 for _ in self.accounts.of_organization(id)),
            max(is_open, key=lambda invitation: invitation.id, default=None),
            may_invite,
            bool(member.contact),
            first_address(self.invitations.contact_for_inviting(principal, member)),
        )

    def _ties(self, principal: Principal, cluster_id: str) -> dict[str, int]:
        """By id; nothing where there is no snapshot of the cluster yet."""
        with suppress(MatchmakerError):
            view = self.auditing().view(principal, cluster_id, Channel.COOPERATION)
            rows, degrees = view.network.members.tolist(), view.network.degree.tolist()
            return {
                view.landscape.snapshot.id_of(row): int(degree)
                for row, degree in zip(rows, degrees, strict=True)
            }
        return {}

    def _left(self, cluster_id: str, ids: list[str]) -> dict[str, date | None]:
        """By id the day on which those left who are members no more."""
        directory = self.directory
        cluster, today = directory.store.cluster(cluster_id).id, directory.clock().date()
        rows = directory.store.memberships_in(cluster, ids)
        there = {row.organization for row in rows if is_within(row.since, row.until, today)}
        return {row.organization: row.until for row in rows if row.organization not in there}

    def _last_answer(self, id: str) -> datetime | None:
        """The last time it accepted or declined what others asked."""
        page = self.repositories.introductions.page(
            "organization", id, limit=_READ, newest_first=True
        )
        times = [time for stored in page.rows for time in _answers(stored.value, id)]
        return max(times, default=None)


def _answers(introduction: Introduction, id: str) -> list[datetime]:
    return [
        step.at
        for step in introduction.steps
        if step.action in _ANSWERS
        and step.side is not None
        and introduction.organization(step.side) == id
        # Who asks has thereby accepted, which is no answer.
        and not (step is introduction.steps[0] and introduction.accepted)
    ]
