"""Invitations: a place in an organisation, in a cluster or among the admins, offered by a link."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from matchmaker.access import Principal
from matchmaker.domain import Organization, SourceTier
from matchmaker.errors import (
    InvalidInput,
    LetterRefused,
    MatchmakerError,
    NotAllowed,
    NotFound,
    ServiceUnavailable,
    SettingsError,
    VersionConflict,
)
from matchmaker.ingest.made_ids import source_of_cluster
from matchmaker.messages import Message, message
from matchmaker.nodes.allowance import Allowance
from matchmaker.services.authors import keep_author
from matchmaker.services.own_organizations import asked_id, is_coordinated, keep_organization
from matchmaker.services.people.accounts import Accounts
from matchmaker.services.people.address_proof import prove
from matchmaker.services.people.earlier_people import had_people
from matchmaker.services.people.invitation_letter import invitation_subject, invitation_text
from matchmaker.services.people.invitation_limits import (
    INVITED_FOR,
    require_few_letters,
    take_letter,
)
from matchmaker.services.people.links import Links
from matchmaker.services.people.second_factors import NO_PROOF, OwnProof, SecondFactors
from matchmaker.services.repositories import Address, Repositories, Versioned
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes, retry_on_conflict
from matchmaker.store.documents import new_id
from matchmaker.store.merging import origin_of_field
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.account import (
    Account,
    AccountMembership,
    Invitation,
    Preferences,
    checked_language,
    mailable_email,
    person_name,
)

# Sent one after the other, so many letters not taken mean that the server takes none.
_FAILURES = 3

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class IssuedInvitation:
    """An invitation, and whether its link went to the address by mail.

    With `refused` the mail server takes letters, but none to this address.
    Nobody else is shown the link: who has it is taken for the address's owner.
    """

    invitation: Invitation
    mailed: bool
    refused: bool = False

    @property
    def message(self) -> Message:
        """A message of what came of it and how it goes on, which tells nothing of the address."""
        if self.mailed:
            return message("A letter is on its way.")
        if self.refused:
            return message(
                "The invitation is made, but the mail server refuses letters to this address. Look"
                " whether it is right; if not, invite by the right one."
            )
        if self.invitation.unmailed:
            return message(
                "The invitation is made, but the mail server does not take its letter just now: it"
                " is sent again by itself until it is taken. Do not invite again."
            )
        return message(
            "The invitation is made, but this service sends no mail: an administrator has its link."
        )


@dataclass(frozen=True, slots=True)
class Invitations:
    """Use cases of inviting, and what signing in takes of it."""

    store: Callable[[], GraphStore]
    repositories: Repositories
    accounts: Accounts
    links: Links
    second_factors: SecondFactors
    clock: Clock
    letters: Allowance

    def invite(
        self,
        principal: Principal,
        email: str,
        *,
        membership: AccountMembership | None = None,
        cluster: str = "",
        admin: bool = False,
        language: str = "zh",
        later: bool = False,
        proof: OwnProof = NO_PROOF,
    ) -> IssuedInvitation:
        """Offer somebody a place in an organisation, a cluster, or among the admins, by mail.

        A letter that the mail server does not take is sent again by `mail_due`; with `later`
        only so, where the server was seen to take none.
        Owners invite to their organisation; a cluster's coordinators invite the first
        people of its members, where nobody acts for one yet; admins invite anybody.
        Whom an account with a second factor makes an owner, a coordinator or an administrator, it
        makes so by a `proof`: they outlast a session that somebody took, and invite others.
        Raises NotAllowed, InvalidInput, TooManyAttempts, WrongState; NotFound where it is merged.
        """
        principal.require_writing()
        address = mailable_email(email)
        if (membership is not None) + bool(cluster) + admin != 1:
            raise InvalidInput("Name one of organization, cluster and admin.")
        if membership is not None:
            own_id = asked_id(self.store(), principal, membership.organization)
            membership = replace(membership, organization=own_id)
        elif cluster:
            self.store().cluster(cluster)
        self._require_giver(principal, membership, cluster)
        invitation = Invitation(
            new_id(), address, principal.subject, self.clock() + INVITED_FOR, membership, cluster,
            admin, checked_language(language), unmailed=later and self.links.can_mail,
            key=principal.key,
        )  # fmt: skip
        if invitation.makes_leader:
            self.second_factors.show(principal, proof)
        take_letter(self.letters, principal)

        def put(unit: UnitOfWork) -> None:
            # Of a proof of the address, which ends open invitations, and this one is first.
            keep_author(unit, self.repositories, principal)
            # Before they are counted: of two who invite to one at once the second counts anew.
            if membership is not None:
                keep_organization(unit, self.repositories, self.store(), membership.organization)
            require_few_letters(self.repositories, principal, invitation, self.clock())
            unit.add(self.repositories.invitations.put(invitation))
            unit.log("invitation.made", f"invitation/{invitation.id}", **_place(invitation))

        commit_changes(self.repositories.records, principal, self.clock, put)
        if invitation.unmailed or not self.links.can_mail:
            return IssuedInvitation(invitation, mailed=False)
        try:
            self._send(invitation)
        except (ServiceUnavailable, SettingsError) as error:
            _note(invitation, error)
            marked = self._mark_unmailed(invitation.id)
            is_refused = isinstance(error, LetterRefused)
            return IssuedInvitation(marked, mailed=False, refused=is_refused)
        return IssuedInvitation(invitation, mailed=True)

    def mail_due(self, is_over: Callable[[], bool] = lambda: False) -> int:
        """Send the letters again that were not taken, until it `is_over`; how many were taken now.

        In any order, so that no letter that is refused for ever keeps the others waiting.
        """
        if not self.links.can_mail:
            return 0
        waiting = list(self.repositories.invitations.iterate("unmailed", "yes"))
        random.shuffle(waiting)
        sent = failures = 0
        for stored in waiting:
            if is_over():
                break
            if self._is_open(stored.value):
                if not self._holds(stored.value):
                    continue
                try:
                    self._send(stored.value)
                except LetterRefused as error:  # which says nothing of the others
                    _note(stored.value, error)
                    continue
                except (ServiceUnavailable, SettingsError) as error:
                    _note(stored.value, error)
                    failures += 1
                    if failures == _FAILURES:
                        break
                    continue
                sent, failures = sent + 1, 0
            marked = replace(stored.value, unmailed=False)
            put = self.repositories.invitations.put(marked, stored.version)
            with suppress(VersionConflict):  # by another request: the letter comes once more
                self.repositories.records.commit([put])
        return sent

    def open(self, principal: Principal, limit: int = 200) -> tuple[Invitation, ...]:
        """Invitations that still can be accepted, the newest first, for an admin."""
        principal.require_admin()
        page = self.repositories.invitations.page(limit=limit, newest_first=True)
        return tuple(stored.value for stored in page.rows if self._is_open(stored.value))

    def hand_over(self, principal: Principal, invitation_id: str) -> str:
        """The link of an invitation, to pass it on without mail or as a code to scan.

        For an admin. Where the installation sends no mail, also for the coordinator who invited
        the first people of a member: whoever is shown the link could take it for themselves, of
        whatever address they name.

        The account that is made by it counts as unproved until its owner confirms the
        address. Raises NotAllowed, NotFound.
        """
        principal.require_writing()

        def mark(unit: UnitOfWork) -> Invitation:
            stored = self.repositories.invitations.get_or_none(invitation_id)
            if stored is None or not self.may_hand_over(principal, stored.value):
                principal.require_admin()
            if stored is None or not self._is_open(stored.value):
                raise NotFound("There is no such open invitation.")
            keep_author(unit, self.repositories, principal)
            invitation = replace(stored.value, handed_over=True)
            unit.add(self.repositories.invitations.put(invitation, stored.version))
            unit.log("invitation.handed_over", f"invitation/{invitation.id}")
            return invitation

        return self._link(commit_changes(self.repositories.records, principal, self.clock, mark))

    def open_to(self, principal: Principal, organization_id: str) -> tuple[Invitation, ...]:
        """Invitations to an organisation that still can be accepted, for who may invite to it."""
        self._require_inviter(principal, organization_id)
        invitations = self.repositories.invitations.values("organization", organization_id)
        return tuple(filter(self._is_open, invitations))

    def read(self, token: str) -> Invitation:
        """The invitation that a link holds. Raises InvalidInput."""
        return self.of_token(token).value

    # -- for signing in

    def of_token(self, token: str) -> Versioned[Invitation]:
        """The invitation of a link. Raises InvalidInput."""
        invitation_id = self.links.read("invitation", token, INVITED_FOR)
        stored = self.repositories.invitations.get_or_none(str(invitation_id))
        if stored is None or not self._is_open(stored.value) or not self._holds(stored.value):
            raise InvalidInput(
                "has been used or is too old.", where="token", mend="Ask to be invited again."
            )
        return stored

    def open_for(self, email: str) -> list[Versioned[Invitation]]:
        """Everything an address is invited to."""
        sent = self.repositories.invitations.iterate("email", email)
        return [each for each in sent if self._is_open(each.value) and self._holds(each.value)]

    def make_account(
        self,
        stored: Versioned[Invitation],
        name: str,
        *,
        password_hash: str = "",
        openid_subject: str = "",
        is_proved: bool = False,
    ) -> Account:
        """The account of somebody new, with the place that was offered. Raises InvalidInput."""
        invitation = stored.value
        is_proved = is_proved or not invitation.handed_over
        account = Account(
            new_id(), invitation.email, person_name(name), self.clock(), password_hash,
            openid_subject=openid_subject, is_proved=is_proved,
            preferences=Preferences(language=invitation.language),
        )  # fmt: skip
        unit = UnitOfWork(account.subject, self.clock())
        unit.add(self.repositories.addresses.put(Address(invitation.email, account.id)))
        return self._commit(unit, stored, invitation.give_to(account), 0)

    def join(self, stored: Versioned[Invitation], account: Account) -> Account:
        """An account with the place that was offered; its sessions and keys end.

        A mailed link shows that the address is the owner's: what was put on the account before
        is removed (`prove`). Raises SignInNeeded where they ended since `account` was read.
        """
        own = self.repositories.accounts.get(account.id)
        own.value.require_epoch_of(account.principal())
        unit = UnitOfWork(own.value.subject, self.clock())
        account = own.value.ended()
        if not stored.value.handed_over:
            account = prove(unit, self.repositories, account, knows_account=True)
        return self._commit(unit, stored, stored.value.give_to(account), own.version)

    # -- the parts

    def _send(self, invitation: Invitation) -> None:
        days = -(-(invitation.expires - self.clock()) // timedelta(days=1))
        subject = invitation_subject(self.store(), invitation)
        link = self._link(invitation)
        text = invitation_text(self.store(), self.repositories, invitation, link, days)
        self.links.mail(invitation.email, invitation.language, subject, text)

    def _mark_unmailed(self, invitation_id: str) -> Invitation:
        def mark() -> Invitation:
            stored = self.repositories.invitations.get(invitation_id)
            marked = replace(stored.value, unmailed=True)
            put = self.repositories.invitations.put(marked, stored.version)
            self.repositories.records.commit([put])
            return marked

        return retry_on_conflict(mark)

    def _link(self, invitation: Invitation) -> str:
        return self.links.url("invitation", self.links.token("invitation", invitation.id))

    def may_invite(self, principal: Principal, organization_id: str) -> bool:
        """Tell whether the principal may invite to the organisation."""
        try:
            self._require_inviter(principal, organization_id)
        except NotAllowed:
            return False
        return True

    def contact_for_inviting(self, principal: Principal, organization: Organization) -> str:
        """The contact of a stored organisation, for who brought it in and may invite there.

        Coordinators read that which their own cluster's list said, while nobody acts for the
        organisation; "" for all else that is not theirs to see.
        """
        if principal.admin:
            return organization.contact
        if not organization.contact or not self.may_invite(principal, organization.id):
            return ""
        clusters = {cluster.id for cluster in self.store().clusters_of(organization.id)}
        own_lists = {source_of_cluster(id) for id in clusters & principal.clusters}
        origin = origin_of_field(organization, "contact")
        is_theirs = origin.tier is SourceTier.IMPORT and origin.source in own_lists
        return organization.contact if is_theirs else ""

    def contact_to_invite(self, principal: Principal, organization_id: str) -> str:
        """The same by the id. Raises NotFound."""
        return self.contact_for_inviting(principal, self.store().organization(organization_id))

    def _require_inviter(self, principal: Principal, organization_id: str) -> None:
        if principal.admin or organization_id in principal.owned:
            return
        if not self._is_without_people(principal, organization_id):
            raise NotAllowed("Only the owner of the organisation's account may invite to it.")

    def _is_without_people(self, principal: Principal, organization_id: str) -> bool:
        """Tell whether a coordinator may invite the first people of this member.

        Whoever could invite into an organisation that has people, or had, could read what is
        theirs.
        """
        if not is_coordinated(self.store(), principal, organization_id):
            return False
        return not had_people(self.repositories, organization_id)

    def may_hand_over(self, principal: Principal, invitation: Invitation) -> bool:
        """Tell whether somebody may be shown an invitation's link."""
        if principal.admin:
            return True
        if self.links.can_mail or invitation.invited_by != principal.subject:
            return False
        organization = invitation.organization
        return bool(organization) and self._is_without_people(principal, organization)

    def _require_giver(
        self, principal: Principal, membership: AccountMembership | None, cluster: str
    ) -> None:
        if membership is not None:
            self._require_inviter(principal, membership.organization)
        elif cluster:
            principal.require_coordinator(cluster)
        else:
            principal.require_admin()

    def _holds(self, invitation: Invitation) -> bool:
        """Tell whether who invited may give that place still: else it would outlast their own."""
        kind, _, id = invitation.invited_by.partition(":")
        if kind != "account":
            return True
        stored = self.repositories.accounts.get_or_none(id)
        if stored is None or not stored.value.active:
            return False
        try:
            self._require_giver(stored.value.principal(), invitation.membership, invitation.cluster)
        except NotAllowed:
            return False
        return True

    def _is_open(self, invitation: Invitation) -> bool:
        return invitation.is_open(self.clock())

    def _commit(
        self, unit: UnitOfWork, stored: Versioned[Invitation], account: Account, version: int
    ) -> Account:
        invitation = stored.value
        if invitation.membership is not None:  # of the first people of a member one is first
            keep_organization(unit, self.repositories, self.store(), invitation.organization)
            if not self._holds(invitation):
                raise VersionConflict
        used = replace(invitation, used=True, unmailed=False)
        unit.add(
            self.repositories.accounts.put(account, version),
            self.repositories.invitations.put(used, stored.version),
        )
        unit.log("invitation.accepted", f"invitation/{invitation.id}", **_place(invitation))
        unit.commit(self.repositories.records)
        return account


def _note(invitation: Invitation, error: MatchmakerError) -> None:
    log.warning(
        "invitation not mailed",
        invitation=invitation.id,
        error=str(error.message),
        mend=str(error.mend),
    )


def _place(invitation: Invitation) -> dict[str, str]:
    if invitation.role is not None:
        return {"organization": invitation.organization, "role": invitation.role}
    return {"cluster": invitation.cluster} if invitation.cluster else {"admin": "yes"}
