"""Passkeys: made, listed, ended, and used to sign in, alone or after the password."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final, NoReturn

import structlog

from matchmaker.access import Principal
from matchmaker.errors import InvalidInput, NotFound, SignInNeeded, VersionConflict, WrongState
from matchmaker.services.people.accounts import Accounts
from matchmaker.services.people.links import Links
from matchmaker.services.people.second_factors import SecondFactors
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.workflow.account import Account, checked_name
from matchmaker.workflow.passkey import (
    MAX_PASSKEYS,
    CredentialAnswer,
    Passkey,
    PasskeyRefused,
    Site,
    UsedChallenge,
    challenge_of,
    credential_of,
    new_passkey,
    registration_options,
    sign_in_options,
    site_of,
)

ANSWERED_WITHIN: Final = timedelta(minutes=5)
# The purposes of challenges, each signed apart.
_MAKE, _SIGN_IN = "passkey made", "passkey used"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Passkeys:
    """Use cases of passkeys.

    A challenge is a signed token: it says whose it is and when it was made. That it was
    answered is kept, so that no answer counts twice.
    """

    repositories: Repositories
    accounts: Accounts
    second_factors: SecondFactors
    links: Links
    clock: Clock

    @property
    def site(self) -> Site | None:
        """The site that passkeys are bound to here; None where browsers bind none."""
        return site_of(self.links.public_url())

    def begin(self, principal: Principal, password: str = "") -> dict[str, Any]:
        """The options that a browser makes a passkey with.

        Asks for the password, so that who took a session adds no way in of their own.
        Raises InvalidInput for a wrong one, WrongState where none can be made.
        """
        principal.require_writing()
        account, site = self.accounts.own_account(principal), self._required_site()
        self.accounts.require_password(principal, account, password)
        _require_room(account)
        challenge = self._challenge(_MAKE, account)
        return registration_options(
            site, challenge, account.id, account.email, account.name, account.passkeys
        )

    def confirm(self, principal: Principal, name: str, answer: CredentialAnswer) -> Account:
        """The account with the passkey that a device made; its sessions and keys end.

        Raises InvalidInput for an answer that is not to a challenge of this account.
        """
        principal.require_writing()
        account, site, cleaned = (
            self.accounts.own_account(principal),
            self._site(),
            checked_name(name),
        )
        try:
            challenge, owner, _ = self._read_challenge(_MAKE, answer)
            if owner != account.id:
                raise PasskeyRefused("the challenge is another account's")
            passkey = new_passkey(answer, site, challenge, cleaned, self.clock())
        except PasskeyRefused as error:
            log.warning("passkey refused", subject=account.subject, reason=str(error))
            raise _not_made() from None
        if self.repositories.accounts.page("passkey", passkey.id, limit=1).rows:
            raise _not_made()

        def add(before: Account) -> Account:
            _require_room(before)
            return replace(before.ended(), passkeys=(*before.passkeys, passkey))

        return self._change(principal, account.id, add, "account.passkey", challenge, _not_made)

    def ask(self, account_id: str = "", epoch: int = 0) -> dict[str, Any]:
        """The options that a browser signs in with: any passkey, or one of an account.

        The latter is for who gave the right password in this epoch of the account.
        """
        site = self._required_site()
        stored = self.repositories.accounts.get_or_none(account_id) if account_id else None
        if stored is None or stored.value.epoch != epoch or not stored.value.passkeys:
            return sign_in_options(site, self._challenge(_SIGN_IN))
        challenge = self._challenge(_SIGN_IN, stored.value)
        return sign_in_options(site, challenge, stored.value.passkeys)

    def sign_in(self, answer: CredentialAnswer) -> Account:
        """The account whose passkey answered a challenge of ours, its use noted.

        Raises SignInNeeded, for whatever reason with the same words.
        """
        try:
            challenge, owner, epoch = self._read_challenge(_SIGN_IN, answer)
        except PasskeyRefused as error:
            _refuse("unknown", str(error))
        id = credential_of(answer)
        page = self.repositories.accounts.page("passkey", id, limit=1) if id else None
        if page is None or not page.rows:
            _refuse("unknown", "there is no such passkey")
        account, site = page.rows[0].value, self._site()
        if owner and (owner, epoch) != (account.id, account.epoch):
            _refuse(account.subject, "the password was of another account, or has changed")

        def use(before: Account) -> Account:
            passkey = next((each for each in before.passkeys if each.id == id), None)
            if passkey is None:
                _refuse(before.subject, "the passkey has ended")
            try:
                used = passkey.after_answer(
                    answer, site, challenge, self.clock(), is_alone=not owner
                )
            except PasskeyRefused as error:
                _refuse(before.subject, str(error))
            kept = tuple(used if each.id == id else each for each in before.passkeys)
            return replace(before.require_active(), passkeys=kept)

        by = Principal(account.subject)
        return self._change(by, account.id, use, "account.passkey_used", challenge, _not_right)

    def own_passkeys(self, principal: Principal) -> tuple[Passkey, ...]:
        """One's own, in the order in which they were made. Raises SignInNeeded."""
        return self.accounts.own_account(principal).passkeys

    def remove(self, principal: Principal, id: str, password: str, code: str = "") -> Account:
        """End a passkey; sessions and keys end. The code is asked of who has an authenticator.

        Raises InvalidInput for a wrong password or code, NotFound.
        """
        principal.require_writing()
        account = self.accounts.own_account(principal)
        self.accounts.require_password(principal, account, password)

        def remove(before: Account) -> Account:
            kept = tuple(each for each in before.passkeys if each.id != id)
            if kept == before.passkeys:
                raise NotFound("There is no such passkey.")
            confirmed = self.second_factors.after_own_code(before, code)
            return replace(confirmed, passkeys=kept).ended()

        return self.accounts.change(account.id, remove, "account.passkey_removed", principal)

    def forget_old(self) -> int:
        """Remove challenges that are too old to be answered again; how many."""
        removed = 0
        for stored in self.repositories.used_challenges.iterate():
            if self.clock() - stored.value.at > 2 * ANSWERED_WITHIN:
                with suppress(VersionConflict):
                    removal = self.repositories.used_challenges.remove(stored)
                    self.repositories.records.commit([removal])
                    removed += 1
        return removed

    # -- the parts

    def _change(
        self, principal: Principal, account_id: str, change: Callable[[Account], Account],
        action: str, challenge: bytes, refusal: Callable[[], Exception],
    ) -> Account:  # fmt: skip
        """Change the account and note in the same commit that the challenge was answered."""
        used = UsedChallenge(hashlib.sha256(challenge).hexdigest(), self.clock())

        def put(unit: UnitOfWork) -> Account:
            stored = self.repositories.accounts.get(account_id)
            if self.repositories.used_challenges.get_or_none(used.id) is not None:
                log.warning("passkey refused", subject=stored.value.subject, reason="replayed")
                raise refusal()
            changed = change(stored.value)
            unit.add(
                self.repositories.used_challenges.put(used),
                self.repositories.accounts.put(changed, stored.version),
            )
            unit.log(action, changed.subject)
            return changed

        return commit_changes(self.repositories.records, principal, self.clock, put)

    def _challenge(self, purpose: str, account: Account | None = None) -> bytes:
        owner = [account.id, account.epoch] if account else ["", 0]
        return self.links.token(purpose, [*owner, secrets.token_urlsafe(16)]).encode()

    def _read_challenge(self, purpose: str, answer: CredentialAnswer) -> tuple[bytes, str, int]:
        """The challenge, whose it is and of which epoch. Raises PasskeyRefused."""
        challenge = challenge_of(answer)
        try:
            token = challenge.decode("ascii")
            owner, epoch, _ = self.links.read(purpose, token, ANSWERED_WITHIN)
        except (InvalidInput, UnicodeDecodeError, ValueError, TypeError):
            raise PasskeyRefused("the challenge is not ours, or too old") from None
        return challenge, owner, epoch

    def _site(self) -> Site:
        """For answers: without a site there was no question."""
        return self.site or Site("", "")

    def _required_site(self) -> Site:
        if self.site is None:
            raise WrongState(
                "Passkeys need this service to be reached by a name, over https.",
                mend="Set MATCHMAKER_PUBLIC_URL.",
            )
        return self.site


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


def _not_made() -> InvalidInput:
    return InvalidInput(
        "is not the answer to a question of ours.", where="credential", mend="Begin again."
    )
