"""Signing in: with a password, with a provider, by an invitation; passwords and addresses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import structlog

from matchmaker.access import Principal
from matchmaker.errors import (
    CodeUsedJustNow,
    InvalidInput,
    NotFound,
    SecondFactorNeeded,
    SignInNeeded,
    TooManyAttempts,
)
from matchmaker.messages import message
from matchmaker.services.people.accounts import Accounts
from matchmaker.services.people.address_proof import prove
from matchmaker.services.people.channel_pause import pause_all
from matchmaker.services.people.failed_attempts import FailedAttempts, require_patience
from matchmaker.services.people.invitations import Invitations
from matchmaker.services.people.links import Links
from matchmaker.services.people.passwords import Passwords
from matchmaker.services.people.second_factors import NO_ANSWER, FactorAnswer, SecondFactors
from matchmaker.services.repositories import OPENID_SUBJECT_KEY, Repositories
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes, retry_on_conflict
from matchmaker.workflow.account import (
    MAX_EMAIL,
    Account,
    check_password,
    checked_email,
    person_name,
)
from matchmaker.workflow.session import (
    FREE_FAILURES,
    FREE_LETTERS,
    FREE_OF_STRANGERS,
    SignInOrigin,
    attempts_id,
    factor_id,
    letters_id,
    password_id,
    strangers_id,
)

RESET_WITHIN = timedelta(hours=1)
CONFIRMED_WITHIN = timedelta(days=2)
NOWHERE = SignInOrigin()
log = structlog.get_logger(__name__)


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
    """Use cases of signing in, of passwords, and of showing that an address is one's own."""

    repositories: Repositories
    accounts: Accounts
    invitations: Invitations
    passwords: Passwords
    links: Links
    second_factors: SecondFactors
    clock: Clock

    def with_password(
        self, email: str, password: str, origin: SignInOrigin = NOWHERE, code: str = ""
    ) -> Account:
        """The account.

        Raises SignInNeeded, SecondFactorNeeded, or TooManyAttempts for who failed too often:
        counted by address and place, whether there is such an account or not, and with a
        longer wait each time. A device that signed in before is not kept out by the failures
        of others.
        """
        cleaned = _cleaned(email)
        self._require_patience(cleaned, origin)
        stored = self.accounts.find(cleaned)
        hashed = stored.value.password_hash if stored else ""
        is_right = self.passwords.matches(hashed, password)
        if stored is None or not is_right:
            self._note_failure(cleaned, origin, stored.value.subject if stored else "unknown")
            raise _not_right()
        account = self._with_code(stored.value.require_active(), origin, code)
        self._forget_failures(cleaned, origin)
        if not self.passwords.is_dated(hashed):
            return account
        renewed = self.passwords.hash(password)

        def rehash(account: Account) -> Account:
            return replace(account, password_hash=renewed)

        return self.accounts.change(account.id, rehash, "account.rehashed", account.principal())

    def with_code(self, account_id: str, epoch: int, origin: SignInOrigin, code: str) -> Account:
        """The account of somebody whose password was right a moment ago, in this epoch of it.

        Raises SignInNeeded, TooManyAttempts.
        """
        stored = self.repositories.accounts.get_or_none(account_id)
        if stored is None or stored.value.epoch != epoch:
            raise _not_right()
        self._require_patience(stored.value.email, origin)
        account = self._with_code(stored.value.require_active(), origin, code)
        self._forget_failures(account.email, origin)
        return account

    def with_provider(self, claims: OpenIdClaims) -> Account:
        """The account, found by the provider's subject, by its address, or by an invitation.

        Raises SignInNeeded when nobody has invited them.
        """
        issuer = claims.issuer.rstrip("/")
        subject = f"{issuer} {claims.subject}"
        known = self._linked(issuer, claims.subject)
        if known is not None:
            known.require_active()
            return known.require_proved() if known.password_hash else known
        if not claims.email_verified:
            raise SignInNeeded(
                "The provider does not vouch for the address.", mend="Confirm it there first."
            )
        email = checked_email(claims.email)
        stored = self.accounts.find(email)
        if stored is not None:

            def link(before: Account) -> Account:
                before.require_proved()
                if before.openid_subject.partition(" ")[0].rstrip("/") == issuer:
                    # The address may be another's by now: the account stays the first one's.
                    raise SignInNeeded(
                        "The account belongs to another person at the provider.",
                        mend="Set a new password by mail, and sign in again by the provider.",
                    )
                return replace(before.require_active(), openid_subject=subject)

            return self.accounts.change(stored.value.id, link, "account.linked")
        return self._invited(email, claims.name or email, subject)

    def _invited(self, email: str, name: str, subject: str) -> Account:
        """A new account with all places that its address is invited to. Raises SignInNeeded."""

        def make() -> Account:
            waiting = self.invitations.open_for(email)
            if not waiting:
                raise SignInNeeded(
                    "There is no account for this address.", mend="Ask to be invited first."
                )
            return self.invitations.make_account(
                waiting[0], name, openid_subject=subject, is_proved=True
            )

        def join(account: Account) -> Account | None:
            waiting = self.invitations.open_for(email)
            return self.invitations.join(waiting[0], account) if waiting else None

        # Each time those that hold by now: to be the first of a member's people ends others.
        account = retry_on_conflict(make)
        while (joined := retry_on_conflict(partial(join, account))) is not None:
            account = joined
        return account

    def linked_account(self, issuer: str, subject: str) -> Account | None:
        """The open account that is linked to a subject of an issuer, as the pages would let in.

        Nobody is linked here.
        """
        account = self._linked(issuer, subject)
        if account is None or not account.active:
            return None
        return account if account.is_proved or not account.password_hash else None

    def _linked(self, issuer: str, subject: str) -> Account | None:
        """The account of a subject; issuers are the same with and without the last slash."""
        for spelled in (issuer.rstrip("/"), f"{issuer.rstrip('/')}/"):
            page = self.repositories.accounts.page(
                OPENID_SUBJECT_KEY, f"{spelled} {subject}", limit=1
            )
            if page.rows:
                return page.rows[0].value
        return None

    def by_invitation(
        self, token: str, name: str, password: str, origin: SignInOrigin = NOWHERE, code: str = ""
    ) -> Account:
        """A new account, or the place added to the one there is (which needs its password).

        Who was handed the link for somebody else does not learn, by what neither a new account
        nor one there is could have, whether there is one: a name or password that is refused
        is refused alike, after as long. Raises InvalidInput, SignInNeeded, TooManyAttempts.
        """
        email = self.invitations.read(token).email
        person_name(name)
        refusal = _refusal(password, email)
        if refusal is not None or self.accounts.find(email) is not None:
            try:
                account = self.with_password(email, password, origin, code)
            except SecondFactorNeeded:
                raise
            except SignInNeeded as error:
                raise refusal or error from None
            return retry_on_conflict(
                lambda: self.invitations.join(self.invitations.of_token(token), account)
            )
        hashed = self.passwords.hash(password)
        return retry_on_conflict(
            lambda: self.invitations.make_account(
                self.invitations.of_token(token), name, password_hash=hashed
            )
        )

    # -- passwords

    def change_password(
        self, principal: Principal, old: str, new: str, answer: FactorAnswer = NO_ANSWER
    ) -> Account:
        """A new password; all other sessions end, channels and webhooks of the account are paused.

        Asks for the old one, and for an answer of the second factor that there is.
        Raises InvalidInput, NotAllowed, SignInNeeded where they ended meanwhile.
        """
        principal.require_writing()
        account = self.accounts.own_account(principal)
        self.accounts.require_password(principal, account, old)
        check_password(new, account.email)
        hashed = self.passwords.hash(new)

        def renew(before: Account, unit: UnitOfWork) -> Account:
            confirmed = self.second_factors.after_own_factor(before, unit, answer)
            pause_all(unit, self.repositories, before)
            return replace(confirmed.ended(), password_hash=hashed)

        return self.accounts.change_with(account.id, renew, "account.password", principal)

    def reset_link(self, principal: Principal, email: str) -> str:
        """The link with which a new password is set, for an admin to hand over.

        It does not show that the address is the owner's. Raises NotAllowed, NotFound.
        """
        account = self.accounts.by_email(principal, email)
        if not account.active:
            raise NotFound("There is no active account for %(email)s.", email=email)
        return self.links.url("reset", self._reset_token(account, mailed=False))

    def send_reset(self, email: str) -> None:
        """Mail a link for a new password, if there is such an account.

        It gets several at once, then one after waits that grow, whoever asks: nobody is flooded
        with letters. Raises ServiceUnavailable.
        """
        stored = self.accounts.find(email)
        if stored is None or not stored.value.active:
            return
        account = stored.value
        counted = letters_id(account.id)
        if self._attempts.wait([counted]):
            return
        text = message(
            "Open this link within an hour; if it was not you, ignore it:\n\n%(link)s\n",
            link=self.links.url("reset", self._reset_token(account, mailed=True)),
        )
        language = account.preferences.language
        if self.links.mail(account.email, language, message("A new password"), text):
            self._attempts.count({counted: FREE_LETTERS})

    def reset(self, token: str, password: str, origin: SignInOrigin = NOWHERE) -> Account:
        """A new password by a link, which then works no more. Raises InvalidInput.

        Channels and webhooks of the account are paused, and no provider signs in to it before it
        is linked anew. A mailed link shows that the address is the owner's,
        as `confirm` does. Nobody waits with it for failures with the one before, their own or
        those of strangers.
        """
        account_id, epoch, mailed = self.links.read("reset", token, RESET_WITHIN)
        hashed = self.passwords.hashed_once(password)

        def change(account: Account, unit: UnitOfWork) -> Account:
            if account.epoch != epoch or not account.active:
                raise _used()
            password_hash = hashed(account.email)
            if mailed and not account.is_proved:
                account = prove(unit, self.repositories, account, knows_account=False)
            else:
                pause_all(unit, self.repositories, account)
            return replace(account.ended(), password_hash=password_hash, openid_subject="")

        account = self._change(account_id, change, "account.reset")
        self._forget_failures(account.email, origin)
        self._attempts.forget(strangers_id(account.email))
        self._attempts.forget(password_id(account.id))
        self._attempts.forget(factor_id(account.id))
        return account

    # -- that an address is its owner's

    def send_confirmation(self, principal: Principal) -> bool:
        """Mail a link that confirms one's address; False without a mail server.

        Nobody shows before that the address is theirs: it gets as few letters as `send_reset`
        sends, counted apart, so that none of those is kept back. Raises TooManyAttempts.
        """
        account = self.accounts.own_account(principal)
        counted = letters_id(account.id, "confirmation")
        if wait := self._attempts.wait([counted]):
            raise TooManyAttempts(
                "Several letters went to this address.",
                mend="Open the last of them, or ask again later.",
                seconds=wait.total_seconds(),
            )
        link = self.links.url("confirm", self.links.token("confirm", [account.id, account.email]))
        text = message(
            "Open this link within %(days)s days to confirm your address. If it was not you who"
            " made an account, leave it:\n\n%(link)s\n",
            days=CONFIRMED_WITHIN.days,
            link=link,
        )
        language = account.preferences.language
        is_sent = self.links.mail(account.email, language, message("Confirm your address"), text)
        if is_sent:
            self._attempts.count({counted: FREE_LETTERS})
        return is_sent

    def confirm(self, token: str, signed_in: str = "", password: str = "") -> Account:
        """The account, its address shown to be its owner's by a link.

        The first time all that was put on the account before ends with its sessions, since it may
        have been somebody else's until now. So may its password: who is not signed in to the
        account (`signed_in` is the id of theirs) sets a new `password` with it, which others may.
        Raises InvalidInput.
        """
        account_id, email = self.links.read("confirm", token, CONFIRMED_WITHIN)
        is_known = signed_in == account_id
        hashed = self.passwords.hashed_once(password)

        def confirmed(account: Account, unit: UnitOfWork) -> Account:
            if account.email != email or not account.active or (account.is_proved and password):
                raise _used()
            if account.is_proved or (is_known and not password):
                return prove(unit, self.repositories, account, knows_account=True)
            if not password:
                raise InvalidInput(
                    "is chosen anew by whoever is not signed in to the account: the one before"
                    " may be somebody else's.",
                    where="password",
                    mend="Send a password, or sign in first.",
                )
            password_hash = hashed(account.email)
            proved = prove(unit, self.repositories, account, knows_account=is_known)
            return replace(proved, password_hash=password_hash)

        return self._change(account_id, confirmed, "account.confirmed")

    def is_password_set_by_confirming(self, token: str, signed_in: str = "") -> bool:
        """Tell whether who confirms by this link sets a password. Raises InvalidInput."""
        account_id, _ = self.links.read("confirm", token, CONFIRMED_WITHIN)
        stored = self.repositories.accounts.get_or_none(account_id)
        return stored is not None and not stored.value.is_proved and signed_in != account_id

    # -- the parts

    @property
    def _attempts(self) -> FailedAttempts:
        return FailedAttempts(self.repositories, self.clock)

    def _change(
        self, account_id: str, change: Callable[[Account, UnitOfWork], Account], action: str
    ) -> Account:
        """An account as a link changes it, with what `change` adds. Raises InvalidInput."""

        def put(unit: UnitOfWork) -> Account:
            stored = self.repositories.accounts.get_or_none(account_id)
            if stored is None:
                raise _used()
            changed = change(stored.value, unit)
            unit.add(self.repositories.accounts.put(changed, stored.version))
            unit.log(action, changed.subject)
            return changed

        principal = Principal(f"account:{account_id}")
        return commit_changes(self.repositories.records, principal, self.clock, put)

    def _with_code(self, account: Account, origin: SignInOrigin, code: str) -> Account:
        try:
            return self.second_factors.require(account, code)
        except (SecondFactorNeeded, CodeUsedJustNow):
            raise
        except SignInNeeded:
            self._note_failure(account.email, origin, account.subject)
            raise

    def _reset_token(self, account: Account, *, mailed: bool) -> str:
        return self.links.token("reset", [account.id, account.epoch, mailed])

    def _require_patience(self, email: str, origin: SignInOrigin) -> None:
        """Raise TooManyAttempts for who has to wait."""
        ids = [attempts_id(email, origin)]
        if not origin.device:
            ids.append(strangers_id(email))
        require_patience(self._attempts.wait(ids))

    def _note_failure(self, email: str, origin: SignInOrigin, subject: str) -> None:
        log.warning("sign-in failed", subject=subject, address=origin.address)
        free_failures = {attempts_id(email, origin): FREE_FAILURES}
        if not origin.device:
            free_failures[strangers_id(email)] = FREE_OF_STRANGERS
        self._attempts.count(free_failures)

    def _forget_failures(self, email: str, origin: SignInOrigin) -> None:
        self._attempts.forget(attempts_id(email, origin))


def _cleaned(email: str) -> str:
    """As it is kept; what is no address at all is counted as it was sent."""
    try:
        return checked_email(email)
    except InvalidInput:
        return email[:MAX_EMAIL]


def _refusal(password: str, email: str) -> InvalidInput | None:
    """Why no new account could have this password; None: it could."""
    try:
        check_password(password, email)
    except InvalidInput as error:
        return error
    return None


def _not_right() -> SignInNeeded:
    return SignInNeeded(
        "The address or the password is not right.", mend="Correct them, or reset the password."
    )


def _used() -> InvalidInput:
    return InvalidInput("has been used or is too old.", where="token", mend="Ask for a new link.")
