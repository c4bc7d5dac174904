"""Accounts: one's own, and those of others: listed, made, changed, closed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import structlog

from matchmaker.access import Principal
from matchmaker.errors import InvalidInput, NotFound, WrongState
from matchmaker.services.authors import keep_account, keep_author
from matchmaker.services.own_organizations import keep_organization
from matchmaker.services.people.channel_pause import pause_left
from matchmaker.services.people.failed_attempts import FailedAttempts
from matchmaker.services.people.passwords import Passwords
from matchmaker.services.people.untold_notices import untold_notices
from matchmaker.services.repositories import Address, Repositories, Versioned
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.store.documents import new_id
from matchmaker.store.ports import GraphStore, Page
from matchmaker.workflow.account import (
    Account,
    AccountMembership,
    MembershipRole,
    Preferences,
    check_password,
    checked_email,
    checked_language,
    mailable_email,
    person_name,
)
from matchmaker.workflow.notification import TO_ADMINISTRATORS
from matchmaker.workflow.session import password_id

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Accounts:
    """Use cases of accounts, and how the services beside it find and change them."""

    store: Callable[[], GraphStore]
    repositories: Repositories
    passwords: Passwords
    clock: Clock

    # -- one's own account

    def own_account(self, principal: Principal) -> Account:
        """One's own account. Raises SignInNeeded."""
        principal.require_known()
        if not principal.account:
            raise WrongState("The operator's key has no account of its own.")
        return self.repositories.accounts.get(principal.account).value

    def set_preferences(self, principal: Principal, preferences: Preferences) -> Account:
        """Set one's preferences of language, mail and alerts. Raises InvalidInput."""
        principal.require_writing()
        account = self.own_account(principal)
        if account.preferences == preferences:
            return account
        checked_language(preferences.language)

        def prefer(before: Account) -> Account:
            return replace(before, preferences=preferences)

        return self.change(account.id, prefer, "account.preferences", principal)

    def rename(self, principal: Principal, name: str) -> Account:
        """Give one's account another name. Raises InvalidInput."""
        principal.require_writing()
        account = self.own_account(principal)
        cleaned = name if name == account.name else person_name(name)
        return self.change(
            account.id, lambda old: replace(old, name=cleaned), "account.renamed", principal
        )

    # -- others' accounts

    def members(self, principal: Principal, organization_id: str) -> tuple[Account, ...]:
        """Active accounts that act for an organisation. Raises NotAllowed."""
        principal.require_member(organization_id)
        return tuple(self.of_organization(organization_id))

    def page(self, principal: Principal, after: str, limit: int) -> Page[Account]:
        """All accounts, for an admin."""
        principal.require_admin()
        page = self.repositories.accounts.page(after=after, limit=limit)
        return Page(tuple(stored.value for stored in page.rows), page.after)

    def iterate(self, principal: Principal) -> Iterator[Account]:
        """All accounts one after the other, for an admin."""
        principal.require_admin()
        return self.repositories.accounts.values()

    def by_ids(self, principal: Principal, ids: Iterable[str]) -> dict[str, Account]:
        """Those of the ids who have an account, open or closed, for an admin."""
        principal.require_admin()
        found = {id: self.repositories.accounts.get_or_none(id) for id in ids}
        return {id: stored.value for id, stored in found.items() if stored is not None}

    def by_email(self, principal: Principal, email: str) -> Account:
        """The account of an address, open or closed, for an admin. Raises NotFound."""
        principal.require_admin()
        stored = self.find(checked_email(email))
        if stored is None:
            raise NotFound(
                "There is no account for %(email)s.", mend="`matchmaker account list`.", email=email
            )
        return stored.value

    def create(
        self,
        principal: Principal,
        email: str,
        name: str,
        password: str | None,
        *,
        memberships: tuple[AccountMembership, ...] = (),
        clusters: tuple[str, ...] = (),
        admin: bool = False,
        language: str = "zh",
    ) -> Account:
        """An account made by an admin, without an invitation; without a password nobody signs in.

        Raises InvalidInput, WrongState, NotFound.
        """
        principal.require_admin()
        address = mailable_email(email)
        if password is not None:
            check_password(password, address)
        store = self.store()
        memberships = tuple(
            replace(membership, organization=store.organization(membership.organization).id)
            for membership in memberships
        )
        for cluster in clusters:
            store.cluster(cluster)
        account = Account(
            new_id(), address, person_name(name), self.clock(),
            "" if password is None else self.passwords.hash(password),
            memberships, clusters, admin,
            preferences=Preferences(language=checked_language(language)),
        )  # fmt: skip

        def put(unit: UnitOfWork) -> Account:
            keep_author(unit, self.repositories, principal)
            if self.repositories.addresses.get_or_none(address) is not None:
                raise WrongState(
                    "%(address)s has an account already.", where="email", address=address
                )
            for membership in memberships:
                keep_organization(unit, self.repositories, store, membership.organization)
            unit.add(
                self.repositories.addresses.put(Address(address, account.id)),
                self.repositories.accounts.put(account),
            )
            unit.log("account.made", account.subject)
            return account

        return commit_changes(self.repositories.records, principal, self.clock, put)

    def remove_member(self, principal: Principal, organization_id: str, account_id: str) -> None:
        """Take somebody's membership in an organisation away; webhooks that it made are paused.

        What they were told for it and have not read is told no more, by letter or channel either.
        Raises NotAllowed, NotFound.
        """
        principal.require_writing()
        if account_id != principal.account:
            principal.require_owner(organization_id)

        def leave(unit: UnitOfWork) -> None:
            stored = self.repositories.accounts.get(account_id)
            account = stored.value
            keep_author(unit, self.repositories, principal, account)
            kept = tuple(
                membership
                for membership in account.memberships
                if membership.organization != organization_id
            )
            if kept == account.memberships:
                raise NotFound("That account does not belong to the organisation.")
            owners = self.owners(organization_id)
            if owners == [account_id] and not principal.admin:
                raise WrongState(
                    "The last owner cannot leave.", mend="Make somebody else the owner first."
                )
            left = replace(account.ended(), memberships=kept)
            unit.add(self.repositories.accounts.put(left, stored.version))
            pause_left(unit, self.repositories, account_id, left)
            unit.add(
                *untold_notices(self.repositories, account_id, f"organization/{organization_id}")
            )
            if account_id in owners and (others := set(owners) - {account_id}):
                keep_account(unit, self.repositories, min(others))
            unit.log("member.removed", account.subject, organization=organization_id)

        commit_changes(self.repositories.records, principal, self.clock, leave)

    def relieve(self, principal: Principal, account_id: str, cluster: str = "") -> Account:
        """Take an account's part as a cluster's coordinator away, or else as an administrator.

        Its sessions and keys end; what it set up by that part is paused, and what it was told by
        it and has not read is told no more. Raises NotAllowed, NotFound.
        """
        principal.require_admin()

        def put(unit: UnitOfWork) -> Account:
            stored = self.repositories.accounts.get(account_id)
            before = stored.value
            keep_author(unit, self.repositories, principal, before)
            if not (cluster in before.clusters if cluster else before.admin):
                raise NotFound("That account has no such part.")
            clusters = tuple(id for id in before.clusters if id != cluster)
            admin = before.admin and bool(cluster)
            after = replace(before.ended(), clusters=clusters, admin=admin)
            unit.add(self.repositories.accounts.put(after, stored.version))
            pause_left(unit, self.repositories, account_id, after)
            told_for = f"cluster/{cluster}" if cluster else TO_ADMINISTRATORS
            unit.add(*untold_notices(self.repositories, account_id, told_for))
            unit.log("account.relieved", after.subject, cluster=cluster)
            return after

        return commit_changes(self.repositories.records, principal, self.clock, put)

    def set_active(self, principal: Principal, account_id: str, *, active: bool) -> Account:
        """Close an account, or open it again.

        What a closed one set up for a cluster or an organisation is paused, and whoever is left
        in charge is told. Raises NotAllowed, NotFound.
        """
        principal.require_admin()
        action = "account.opened" if active else "account.closed"

        def put(unit: UnitOfWork) -> Account:
            stored = self.repositories.accounts.get(account_id)
            keep_author(unit, self.repositories, principal, stored.value)
            changed = replace(stored.value.ended(), active=active)
            unit.add(self.repositories.accounts.put(changed, stored.version))
            if not active:
                pause_left(unit, self.repositories, account_id, changed)
            unit.log(action, changed.subject)
            return changed

        return commit_changes(self.repositories.records, principal, self.clock, put)

    # -- for the services beside it

    def require_password(self, principal: Principal, account: Account, password: str) -> None:
        """Raise InvalidInput for another password, TooManyAttempts after several.

        They are counted by account, wherever it is asked for, until a right one here or a reset:
        with a session or key that was taken, it could be guessed. Who has none, only a provider,
        shows that it is them by having signed in a moment ago: WrongState otherwise.
        """
        if not account.password_hash:
            if not principal.is_recent:
                raise WrongState("You signed in a while ago.", mend="Sign out, and sign in again.")
            return

        def is_right() -> bool:
            return self.passwords.matches(account.password_hash, password)

        attempts = FailedAttempts(self.repositories, self.clock)
        if not attempts.guess(password_id(account.id), password, is_right):
            log.warning("wrong password", subject=account.subject)
            if not password:
                raise InvalidInput("is missing.", where="password")
            raise InvalidInput("is not the present one.", where="password")

    def find(self, email: str) -> Versioned[Account] | None:
        """The account of an address; None where there is none."""
        try:
            address = self.repositories.addresses.get_or_none(checked_email(email))
        except InvalidInput:
            return None
        return self.repositories.accounts.get_or_none(address.value.account) if address else None

    def of_organization(self, organization_id: str) -> Iterator[Account]:
        """Active accounts of an organisation."""
        accounts = self.repositories.accounts.values("organization", organization_id)
        return (account for account in accounts if account.active)

    def without_people(self, organization_ids: Iterable[str]) -> frozenset[str]:
        """Those of the organisations for which nobody acts: nobody there can answer."""
        return frozenset(id for id in organization_ids if not any(self.of_organization(id)))

    def owners(self, organization_id: str) -> list[str]:
        """Ids of the active accounts that own an organisation's."""
        ownership = AccountMembership(organization_id, MembershipRole.OWNER)
        accounts = self.of_organization(organization_id)
        return [account.id for account in accounts if ownership in account.memberships]

    def change(
        self,
        account_id: str,
        change: Callable[[Account], Account],
        action: str,
        by: Principal | None = None,
        **detail: str,
    ) -> Account:
        """An account changed, with a line of the log: `by` somebody, else by its own person.

        Raises NotFound, SignInNeeded where `by` was let in before their sessions and keys ended.
        """

        def alone(account: Account, _: UnitOfWork) -> Account:
            return change(account)

        return self.change_with(account_id, alone, action, by, **detail)

    def change_with(
        self,
        account_id: str,
        change: Callable[[Account, UnitOfWork], Account],
        action: str,
        by: Principal | None = None,
        **detail: str,
    ) -> Account:
        """The same, in one commit with what `change` adds to the unit of work."""

        def put(unit: UnitOfWork) -> Account:
            stored = self.repositories.accounts.get(account_id)
            keep_author(unit, self.repositories, principal, stored.value)
            changed = change(stored.value, unit)
            unit.add(self.repositories.accounts.put(changed, stored.version))
            unit.log(action, changed.subject, **detail)
            return changed

        principal = by or Principal(f"account:{account_id}")
        return commit_changes(self.repositories.records, principal, self.clock, put)
