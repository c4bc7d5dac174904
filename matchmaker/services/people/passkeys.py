"""Passkeys: made, listed, ended, and used to sign in, alone or after the password."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NoReturn

import structlog

from matchmaker.access import Principal
from matchmaker.errors import NotFound, SignInNeeded, WrongState
from matchmaker.services.people.accounts import Accounts
from matchmaker.services.people.passkey_challenges import ChallengePurpose, PasskeyChallenges
from matchmaker.services.people.second_factors import (
    NO_ANSWER,
    FactorAnswer,
    SecondFactors,
    wrong_credential,
)
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import Clock, UnitOfWork
from matchmaker.workflow.account import Account, checked_name
from matchmaker.workflow.passkey import (
    MAX_PASSKEYS,
    CredentialAnswer,
    Passkey,
    PasskeyRefused,
    Site,
    credential_of,
    new_passkey,
    registration_options,
    sign_in_options,
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Passkeys:
    """Use cases of passkeys."""

    repositories: Repositories
    accounts: Accounts
    second_factors: SecondFactors
    challenges: PasskeyChallenges
    clock: Clock

    @property
    def site(self) -> Site | None:
        """The site that passkeys are bound to here; None where browsers bind none."""
        return self.challenges.site

    def begin(
        self, principal: Principal, password: str = "", answer: FactorAnswer = NO_ANSWER
    ) -> dict[str, Any]:
        """The options that a browser makes a passkey with.

        Asks for the password, and for an answer of the second factor that there is, so that who
        took a session adds no way in of their own. Raises InvalidInput for a wrong one,
        WrongState where none can be made.
        """
        principal.require_writing()
        account, site = self.accounts.own_account(principal), self.challenges.required_site()
        self.accounts.require_password(principal, account, password)
        _require_room(account)
        if account.has_second_factor:

            def confirm(before: Account, unit: UnitOfWork) -> Account:
                return self.second_factors.after_own_factor(before, unit, answer)

            account = self.accounts.change_with(
                account.id, confirm, "account.passkey_begun", principal
            )
        challenge = self.challenges.issue(ChallengePurpose.MAKE, account)
        return registration_options(
            site, challenge, account.id, account.email, account.name, account.passkeys
        )

    def confirm(self, principal: Principal, name: str, answer: CredentialAnswer) -> Account:
        """The account with the passkey that a device made; its sessions and keys end.

        Raises InvalidInput for an answer that is not to a challenge of this account.
        """
        principal.require_writing()
        account = self.accounts.own_account(principal)
        site, cleaned = self.challenges.site or Site("", ""), checked_name(name)

        def add(before: Account, unit: UnitOfWork) -> Account:
            try:
                challenge = self.challenges.read_own(ChallengePurpose.MAKE, answer, before)
                self.challenges.use(unit, challenge)
                passkey = new_passkey(answer, site, challenge, cleaned, self.clock())
            except PasskeyRefused as error:
                log.warning("passkey refused", subject=before.subject, reason=str(error))
                raise wrong_credential() from None
            if self.repositories.accounts.page("passkey", passkey.id, limit=1).rows:
                raise wrong_credential()
            _require_room(before)
            # A secret that nobody confirmed was asked for when less was asked.
            factor = before.second_factor if before.has_authenticator else None
            added = (*before.passkeys, passkey)
            return replace(before.ended(), second_factor=factor, passkeys=added)

        return self.accounts.change_with(account.id, add, "account.passkey", principal)

    def ask(self, account_id: str = "", epoch: int = 0) -> dict[str, Any]:
        """The options that a browser signs in with: any passkey, or one of an account.

        The latter is for who gave the right password in this epoch of the account.
        """
        site = self.challenges.required_site()
        stored = self.repositories.accounts.get_or_none(account_id) if account_id else None
        if stored is None or stored.value.epoch != epoch or not stored.value.passkeys:
            return sign_in_options(site, self.challenges.issue(ChallengePurpose.SIGN_IN))
        challenge = self.challenges.issue(ChallengePurpose.SIGN_IN, stored.value)
        return sign_in_options(site, challenge, stored.value.passkeys)

    def ask_own(self, principal: Principal) -> dict[str, Any]:
        """The options for an answer of a passkey of one's own that confirms a change.

        Raises WrongState for who has none.
        """
        principal.require_writing()
        account, site = self.accounts.own_account(principal), self.challenges.required_site()
        if not account.passkeys:
            raise WrongState("You have no passkey.", mend="Make one first.")
        challenge = self.challenges.issue(ChallengePurpose.CONFIRM, account)
        return sign_in_options(site, challenge, account.passkeys)

    def sign_in(self, answer: CredentialAnswer) -> Account:
        """The account whose passkey answered a challenge of ours, its use noted.

        Raises SignInNeeded, for whatever reason with the same words.
        """
        try:
            challenge, owner, epoch = self.challenges.read(ChallengePurpose.SIGN_IN, answer)
        except PasskeyRefused as error:
            _refuse("unknown", str(error))
        id = credential_of(answer)
        page = self.repositories.accounts.page("passkey", id, limit=1) if id else None
        if page is None or not page.rows:
            _refuse("unknown", "there is no such passkey")
        account = page.rows[0].value
        if owner and (owner, epoch) != (account.id, account.epoch):
            _refuse(account.subject, "the password was of another account, or has changed")

        def use(before: Account, unit: UnitOfWork) -> Account:
            try:
                self.challenges.use(unit, challenge)
                used = self.challenges.account_after(before, answer, challenge, is_alone=not owner)
            except PasskeyRefused as error:
                _refuse(before.subject, str(error))
            return used.require_active()

        by = account.principal()
        return self.accounts.change_with(account.id, use, "account.passkey_used", by)

    def own_passkeys(self, principal: Principal) -> tuple[Passkey, ...]:
        """One's own, in the order in which they were made. Raises SignInNeeded."""
        return self.accounts.own_account(principal).passkeys

    def remove(
        self, principal: Principal, id: str, password: str, answer: FactorAnswer = NO_ANSWER
    ) -> Account:
        """End a passkey; sessions and keys end.

        Asks for an answer of it, of another one, or a code. Raises InvalidInput for a wrong
        password or answer, NotFound.
        """
        principal.require_writing()
        account = self.accounts.own_account(principal)
        self.accounts.require_password(principal, account, password)

        def remove(before: Account, unit: UnitOfWork) -> Account:
            confirmed = self.second_factors.after_own_factor(before, unit, answer)
            kept = tuple(each for each in confirmed.passkeys if each.id != id)
            if kept == confirmed.passkeys:
                raise NotFound("There is no such passkey.")
            return replace(confirmed, passkeys=kept).ended()

        return self.accounts.change_with(account.id, remove, "account.passkey_removed", principal)


def _require_room(account: Account) -> None:
    if len(account.passkeys) >= MAX_PASSKEYS:
        raise WrongState(
            "There are %(count)s passkeys already.", mend="End one first.", count=MAX_PASSKEYS
        )


def _refuse(subject: str, reason: str) -> NoReturn:
    log.warning("sign-in failed", subject=subject, reason=reason)
    raise _not_right()


def _not_right() -> SignInNeeded:
    return SignInNeeded(
        "The passkey does not open an account here.", mend="Try again, or use your password."
    )
