"""Signing in: with a password, with a provider, by an invitation; sessions and passwords."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from matchmaker.access import Principal
from matchmaker.errors import InvalidInput, NotFound, SignInNeeded, TooManyAttempts
from matchmaker.messages import message
from matchmaker.services.people.accounts import Accounts
from matchmaker.services.people.invitations import Invitations
from matchmaker.services.people.links import Links
from matchmaker.services.people.passwords import Passwords
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import Clock, UnitOfWork, retry_on_conflict
from matchmaker.workflow.account import Account, check_password, checked_email

MAX_FAILURES = 10
LOCKED_FOR = timedelta(minutes=15)
RESET_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class OpenIdClaims:
    """Claims of an OpenID provider about a person."""

    issuer: str
    subject: str
    email: str
    email_verified: bool
    name: str


@dataclass(frozen=True, slots=True)
class SignInService:
    """Use cases of signing in, of sessions and of passwords."""

    repositories: Repositories
    accounts: Accounts
    invitations: Invitations
    passwords: Passwords
    links: Links
    clock: Clock

    def with_password(self, email: str, password: str) -> Account:
        """The account. Raises SignInNeeded, or TooManyAttempts after ten failures in a row."""
        stored = self.accounts.find(email)
        if stored is None or not stored.value.password_hash:
            self.passwords.matches("", password)
            raise _not_right()
        return retry_on_conflict(lambda: self._compare(stored.value.id, password))

    def with_provider(self, claims: OpenIdClaims) -> Account:
        """The account, found by the provider's subject, by its address, or by an invitation.

        Raises SignInNeeded when nobody has invited them.
        """
        subject = f"{claims.issuer} {claims.subject}"
        page = self.repositories.accounts.page("identity", subject, limit=1)
        if page.rows:
            return page.rows[0].value.require_active()
        if not claims.email_verified:
            raise SignInNeeded(
                "The provider does not vouch for the address.", mend="Confirm it there first."
            )
        email = checked_email(claims.email)
        stored = self.accounts.find(email)
        if stored is not None:

            def link(before: Account) -> Account:
                return replace(before.require_active(), openid_subject=subject)

            return self.accounts.change(stored.value.id, link, "account.linked")
        waiting = self.invitations.open_for(email)
        if not waiting:
            raise SignInNeeded(
                "There is no account for this address.", mend="Ask to be invited first."
            )
        first, *others = waiting
        account = self.invitations.make_account(first, claims.name or email, openid_subject=subject)
        for invitation in others:
            account = self.invitations.join(invitation, account.id)
        return account

    def by_invitation(self, token: str, name: str, password: str) -> Account:
        """A new account, or the place added to the one there is (which needs its password).

        Raises InvalidInput, SignInNeeded.
        """
        stored = self.invitations.of_token(token)
        email = stored.value.email
        if self.accounts.find(email) is not None:
            return self.invitations.join(stored, self.with_password(email, password).id)
        check_password(password, email)
        hashed = self.passwords.hash(password)
        return self.invitations.make_account(stored, name, password_hash=hashed)

    def of_session(self, account_id: str, epoch: int) -> Account | None:
        """The account of a session; None when that was revoked or the account is closed."""
        stored = self.repositories.accounts.get_or_none(account_id)
        if stored is None or not stored.value.active or stored.value.epoch != epoch:
            return None
        return stored.value

    def end_sessions(self, principal: Principal) -> Account:
        """End all sessions of one's account."""
        id = self.accounts.own(principal).id
        return self.accounts.change(id, Account.ended, "account.signed_out", principal)

    # -- passwords

    def require_password(self, account: Account, password: str) -> None:
        """Raise InvalidInput for another password; an account without one needs none."""
        if account.password_hash and not self.passwords.matches(account.password_hash, password):
            raise InvalidInput("is not the present one.", where="password")

    def change_password(self, principal: Principal, old: str, new: str) -> Account:
        """A new password; all other sessions end. Raises InvalidInput, NotAllowed."""
        principal.require_writing()
        account = self.accounts.own(principal)
        self.require_password(account, old)
        check_password(new, account.email)
        hashed = self.passwords.hash(new)

        def renew(before: Account) -> Account:
            return replace(before.ended(), password_hash=hashed)

        return self.accounts.change(account.id, renew, "account.password", principal)

    def reset_token(self, account: Account) -> str:
        """The token with which a new password is set."""
        return self.links.token("reset", [account.id, account.epoch])

    def send_reset(self, email: str) -> bool:
        """A link for a new password, if there is such an account; False without a mail server."""
        stored = self.accounts.find(email)
        if stored is None or not stored.value.active:
            return self.links.can_mail
        account = stored.value
        text = message(
            "Open this link within an hour; if it was not you, ignore it:\n\n%(link)s\n",
            link=self.links.url("reset", self.reset_token(account)),
        )
        language = account.preferences.language
        return self.links.mail(account.email, language, message("A new password"), text)

    def reset(self, token: str, password: str) -> Account:
        """A new password by a link, which then works no more. Raises InvalidInput."""
        account_id, epoch = self.links.read("reset", token, RESET_WITHIN)

        def change(account: Account) -> Account:
            if account.epoch != epoch or not account.active:
                raise _used()
            check_password(password, account.email)
            return replace(account.ended().unlocked(), password_hash=self.passwords.hash(password))

        try:
            return self.accounts.change(account_id, change, "account.reset")
        except NotFound:
            raise _used() from None

    # -- the parts

    def _compare(self, account_id: str, password: str) -> Account:
        stored = self.repositories.accounts.get(account_id)
        account, now = stored.value, self.clock()
        if account.locked_until is not None and now < account.locked_until:
            raise TooManyAttempts(
                "Too many failed attempts.", mend="Wait a quarter of an hour, or reset it."
            )
        unit = UnitOfWork(account.subject, now)
        is_right = self.passwords.matches(account.password_hash, password)
        if is_right:
            account.require_active()
            if not account.failures and not self.passwords.is_dated(account.password_hash):
                return account
            changed = replace(account.unlocked(), password_hash=self.passwords.hash(password))
        else:
            failures = account.failures + 1
            until = now + LOCKED_FOR if failures % MAX_FAILURES == 0 else None
            changed = replace(account, failures=failures, locked_until=until)
            if until is not None:
                unit.log("account.locked", account.subject)
        unit.add(self.repositories.accounts.put(changed, stored.version))
        unit.commit(self.repositories.records)
        if not is_right:
            raise _not_right()
        return changed


def _not_right() -> SignInNeeded:
    return SignInNeeded(
        "The address or the password is not right.", mend="Correct them, or reset the password."
    )


def _used() -> InvalidInput:
    return InvalidInput("has been used or is too old.", where="token", mend="Ask for a new link.")
