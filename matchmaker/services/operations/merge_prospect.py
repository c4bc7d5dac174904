"""Two organisations before they are made one: who acts for each, and what would come along."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from matchmaker.domain import Cluster, Organization
from matchmaker.workflow.account import Account, Invitation, MembershipRole


@dataclass(frozen=True, slots=True)
class MergeSide:
    """One of the two, with the active accounts that act for it and its open invitations."""

    organization: Organization
    people: tuple[Account, ...]
    invited: tuple[Invitation, ...]

    def role_of(self, account: Account) -> MembershipRole:
        """The part that one of its people has in it."""
        return next(
            membership.role
            for membership in account.memberships
            if membership.organization == self.organization.id
        )


@dataclass(frozen=True, slots=True)
class MergeProspect:
    """What an administrator reads before `gone` becomes another id of `kept`.

    `joining` are the clusters that only `gone` is or will be a member of.
    """

    gone: MergeSide
    kept: MergeSide
    joining: tuple[Cluster, ...]

    @property
    def losing(self) -> tuple[Account, ...]:
        """People of `gone` who have no place any more, since others act for `kept`."""
        staying = {account.id for account in self.kept.people}
        people = self.gone.people if staying else ()
        return tuple(account for account in people if account.id not in staying)

    @property
    def is_asked_of_people(self) -> bool:
        """Tell whether people of `gone` could act for `kept`: nobody does yet."""
        return not self.kept.people and bool(self.gone.people or self.gone.invited)

    @property
    def digest(self) -> str:
        """Of all that is decided on: another one once somebody came, left or was invited."""
        read = [
            [
                side.organization.id,
                sorted((account.id, side.role_of(account)) for account in side.people),
                sorted(invitation.id for invitation in side.invited),
            ]
            for side in (self.gone, self.kept)
        ]
        clusters = sorted(cluster.id for cluster in self.joining)
        return hashlib.sha256(json.dumps([read, clusters]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class MergeDecision:
    """An administrator's word on what comes along; nothing that is not said.

    `brings_people`: those of the one that goes act for the one that stays, where nobody does.
    `clusters`: ids of those that the one that stays becomes a member of. `read`: the digest of
    what was decided on; None: whatever it is.
    """

    brings_people: bool = False
    clusters: frozenset[str] = frozenset()
    read: str | None = None
