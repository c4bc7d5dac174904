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
    """What an OpenID provider says of somebody."""

    issuer: str
    subject: str
    email: str
    email_verified: bool
    name: str


class SignInService:
    """Use cases of signing in, of sessions and of passwords."""

    def __init__(
        self,
        repositories: Repositories,
        accounts: Accounts,
        invitations: Invitations,
        passwords: Passwords,
        links: Links,
        clock: Clock,
    ) -> None:
        self._repositories = repositories
        self._accounts = accounts
        self._invitations = invitations
        self._passwords = passwords
        self._links = links
        self._clock = clock

    def with_password(self, email: str, password: str) -> Account:
        """The account. Raises SignInNeeded, or TooManyAttempts after ten failures in a row."""
        stored = self._accounts.find(email)
        if stored is None or not stored.value.password_hash:
            self._passwords.matches("", password)
            raise _not_right()
        return retry_on_conflict(lambda: self._compare(stored.value.id, password))

    def with_provider(self, claims: OpenIdClaims) -> Account:
        """The account, found by the provider's subject, by its address, or by an invitation.

        Raises SignInNeeded when nobody has invited them.
        """
        subject = f"{claims.issuer} {claims.subject}"
        page = self._repositories.accounts.page("identity", subject, limit=1)
        if page.rows:
            return page.rows[0].value.require_active()
        if not claims.email_verified:
            raise SignInNeeded(
                "The provider does not vouch for the address.", mend="Confirm it there first."
            )
        email = checked_email(claims.email)
        stored = self._accounts.find(email)
        if stored is not None:
            return self._accounts.change(
                stored.value.id,
                lambda before: replace(before.require_active(), openid_subject=subject),
                "account.linked",
            )
        waiting = self._invitations.open_for(email)
        if not waiting:
            raise SignInNeeded(
                "There is no account for this address.", mend="Ask to be invited first."
            )
        first, *others = waiting
        account = self._invitations.make_account(
            first, claims.name or email, openid_subject=subject
        )
        for invitation in others:
            account = self._invitations.join(invitation, account.id)
        return account

    def by_invitation(self, token: str, name: str, password: str) -> Account:
        """A new account, or the place added to the one there is (which needs its password).

        Raises InvalidInput, SignInNeeded.
        """
        stored = self._invitations.of_token(token)
        email = stored.value.email
        if self._accounts.find(email) is not None:
            return self._invitations.join(stored, self.with_password(email, password).id)
        check_password(password, email)
        hashed = self._passwords.hash(password)
        return self._invitations.make_account(stored, name, password_hash=hashed)

    def of_session(self, account_id: str, epoch: int) -> Account | None:
        """Whose session it is; None when it was revoked or the account is closed."""
        stored = self._repositories.accounts.get_or_none(account_id)
        if stored is None or not stored.value.active or stored.value.epoch != epoch:
            return None
        return stored.value

    def end_sessions(self, principal: Principal) -> Account:
        """End all sessions of one's account."""
        return self._accounts.change(
            self._accounts.own(principal).id,
            lambda before: replace(before, epoch=before.epoch + 1),
            "account.signed_out",
            principal,
        )

    # -- passwords

    def require_password(self, account: Account, password: str) -> None:
        """Raise InvalidInput for another password; an account without one needs none."""
        if account.password_hash and not self._passwords.matches(account.password_hash, password):
            raise InvalidInput("is not the present one.", where="password")

    def change_password(self, principal: Principal, old: str, new: str) -> Account:
        """A new password; all other sessions end. Raises InvalidInput, NotAllowed."""
        principal.require_writing()
        account = self._accounts.own(principal)
        self.require_password(account, old)
        check_password(new, account.email)
        hashed = self._passwords.hash(new)
        return self._accounts.change(
            account.id,
            lambda before: replace(before, password_hash=hashed, epoch=before.epoch + 1),
            "account.password",
            principal,
        )

    def reset_token(self, account: Account) -> str:
        """The token with which a new password is set."""
        return self._links.token("reset", [account.id, account.epoch])

    def send_reset(self, email: str) -> bool:
        """A link for a new password, if there is such an account; False without a mail server."""
        stored = self._accounts.find(email)
        if stored is None or not stored.value.active:
            return self._links.can_mail
        account = stored.value
        text = message(
            "Open this link within an hour; if it was not you, ignore it:\n\n%(link)s\n",
            link=self._links.url("reset", self.reset_token(account)),
        )
        language = account.preferences.language
        return self._links.mail(account.email, language, message("A new password"), text)

    def reset(self, token: str, password: str) -> Account:
        """A new password by a link, which then works no more. Raises InvalidInput."""
        account_id, epoch = self._links.read("reset", token, RESET_WITHIN)

        def change(account: Account) -> Account:
            if account.epoch != epoch or not account.active:
                raise _used()
            check_password(password, account.email)
            return replace(
                account,
                password_hash=self._passwords.hash(password),
                epoch=epoch + 1,
                failures=0,
                locked_until=None,
            )

        try:
            return self._accounts.change(account_id, change, "account.reset")
        except NotFound:
            raise _used() from None

    # -- the parts

    def _compare(self, account_id: str, password: str) -> Account:
        stored = self._repositories.accounts.get(account_id)
        account, now = stored.value, self._clock()
        if account.locked_until is not None and now < account.locked_until:
            raise TooManyAttempts(
                "Too many failed attempts.", mend="Wait a quarter of an hour, or reset it."
            )
        is_right = self._passwords.matches(account.password_hash, password)
        if (
            is_right
            and not account.failures
            and not self._passwords.is_dated(account.password_hash)
        ):
            return account.require_active()
        unit = UnitOfWork(account.subject, now)
        if is_right:
            changed = replace(
                account.require_active(),
                failures=0,
                locked_until=None,
                password_hash=self._passwords.hash(password),
            )
        else:
            failures = account.failures + 1
            until = now + LOCKED_FOR if failures % MAX_FAILURES == 0 else None
            changed = replace(account, failures=failures, locked_until=until)
            if until is not None:
                unit.log("account.locked", account.subject)
        unit.add(self._repositories.accounts.put(changed, stored.version))
        unit.commit(self._repositories.records)
        if not is_right:
            raise _not_right()
        return changed


def _not_right() -> SignInNeeded:
    return SignInNeeded(
        "The address or the password is not right.", mend="Correct them, or reset the password."
    )


def _used() -> InvalidInput:
    return InvalidInput("has been used or is too old.", where="token", mend="Ask for a new link.")
