"""Second factors: set up, asked for at signing in and before changes, and taken away."""

from __future__ import annotations

from dataclasses import dataclass, replace

import structlog

from matchmaker.access import Principal
from matchmaker.errors import (
    CodeUsedJustNow,
    InvalidInput,
    SecondFactorNeeded,
    SecondFactorOwed,
    SignInNeeded,
    WrongState,
)
from matchmaker.services.people.accounts import Accounts
from matchmaker.services.people.failed_attempts import FailedAttempts
from matchmaker.services.people.passkey_challenges import ChallengePurpose, PasskeyChallenges
from matchmaker.services.sealing import Sealer
from matchmaker.services.unit_of_work import Clock, UnitOfWork
from matchmaker.workflow.account import Account
from matchmaker.workflow.passkey import CredentialAnswer, PasskeyRefused
from matchmaker.workflow.second_factor import (
    SecondFactor,
    address_of,
    new_recovery_codes,
    new_secret,
    recovery_digest,
)
from matchmaker.workflow.session import factor_id

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class NewSecondFactor:
    """The secret for an authenticator, as itself and as an address in a QR code."""

    secret: str
    address: str


@dataclass(frozen=True, slots=True)
class FactorAnswer:
    """What confirms, besides the password, a change of how one signs in or what outlasts that.

    `code` is of the authenticator or for recovery, `credential` a passkey's answer instead.
    """

    code: str = ""
    credential: CredentialAnswer | None = None


NO_ANSWER = FactorAnswer()


@dataclass(frozen=True, slots=True)
class OwnProof:
    """What shows that an account with a second factor is one's own, before offering a way in.

    `shown_for` is the account for which it was found right: a code counts once, and one of them
    does for a whole list.
    """

    password: str = ""
    answer: FactorAnswer = NO_ANSWER
    shown_for: str = ""


NO_PROOF = OwnProof()


@dataclass(frozen=True, slots=True)
class SecondFactors:
    """Use cases of second factors; asked of admins and coordinators, or of all."""

    accounts: Accounts
    challenges: PasskeyChallenges
    sealer: Sealer
    clock: Clock
    is_owed_by_leaders: bool = False
    is_owed_by_all: bool = False

    def is_owed(self, account: Account) -> bool:
        """Tell whether the account has to set one up before anything else."""
        leads = account.admin or bool(account.clusters)
        is_asked = self.is_owed_by_all or (self.is_owed_by_leaders and leads)
        return is_asked and not account.has_second_factor

    def require_set_up(self, account: Account) -> None:
        """Raise SecondFactorOwed for an account that has to set one up before anything else."""
        if self.is_owed(account):
            raise SecondFactorOwed(
                "A second factor is asked of your account here.",
                mend="Set one up under 'My account'.",
            )

    def begin(
        self, principal: Principal, password: str = "", answer: FactorAnswer = NO_ANSWER
    ) -> NewSecondFactor:
        """A new secret for the authenticator, to be confirmed by a code of it.

        Asks for the password, and for an answer of the passkeys that there are, so that who took
        a session cannot shut its owner out. Raises InvalidInput for a wrong one, WrongState where
        there is an authenticator already.
        """
        principal.require_writing()
        account = self.accounts.own_account(principal)
        self.accounts.require_password(principal, account, password)
        secret = new_secret()

        def put(before: Account, unit: UnitOfWork) -> Account:
            if before.has_authenticator:
                raise WrongState("There is a second factor already.", mend="Turn it off first.")
            confirmed = self.after_own_factor(before, unit, answer)
            return replace(confirmed, second_factor=SecondFactor(self.sealer.seal(secret)))

        self.accounts.change_with(account.id, put, "account.second_factor_begun", principal)
        return NewSecondFactor(secret, address_of(secret, account.email))

    def confirm(self, principal: Principal, code: str) -> tuple[str, ...]:
        """Ask for its codes from now on; recovery codes, shown this once.

        All sessions and keys end. Raises InvalidInput for a wrong code, WrongState.
        """
        principal.require_writing()
        account = self.accounts.own_account(principal)
        recovery = new_recovery_codes()

        def confirm(before: Account) -> Account:
            factor = before.second_factor
            if factor is None or factor.is_on:
                raise WrongState("There is nothing to confirm.", mend="Set it up first.")
            after = self._after_code(factor, code)
            if after is None:
                raise _wrong_code()
            digests = tuple(recovery_digest(code) for code in recovery)
            on = replace(after, since=self.clock())
            return replace(before.ended(), second_factor=on, recovery=digests)

        self.accounts.change(account.id, confirm, "account.second_factor", principal)
        return recovery

    def remove(self, principal: Principal, password: str, answer: FactorAnswer) -> Account:
        """Ask for no code any more. Raises InvalidInput for a wrong password or answer."""
        principal.require_writing()
        account = self.accounts.own_account(principal)
        self.accounts.require_password(principal, account, password)

        def remove(before: Account, unit: UnitOfWork) -> Account:
            confirmed = self.after_own_factor(before, unit, answer)
            return replace(confirmed, second_factor=None).ended()

        return self.accounts.change_with(
            account.id, remove, "account.second_factor_removed", principal
        )

    def renew_recovery(
        self, principal: Principal, password: str, answer: FactorAnswer
    ) -> tuple[str, ...]:
        """New recovery codes instead of those there are, shown this once; sessions and keys end.

        For who has passkeys only, too. Raises InvalidInput for a wrong password or answer,
        WrongState where no second factor is asked for.
        """
        principal.require_writing()
        account = self.accounts.own_account(principal)
        self.accounts.require_password(principal, account, password)
        recovery = new_recovery_codes()

        def renew(before: Account, unit: UnitOfWork) -> Account:
            if not before.has_second_factor:
                raise WrongState("There is no second factor to recover.", mend="Set one up first.")
            digests = tuple(recovery_digest(each) for each in recovery)
            confirmed = self.after_own_factor(before, unit, answer)
            return replace(confirmed.ended(), recovery=digests)

        self.accounts.change_with(account.id, renew, "account.recovery_renewed", principal)
        return recovery

    def remove_of(self, principal: Principal, email: str) -> Account:
        """Take all away from somebody who lost them, for an admin. Raises NotAllowed, NotFound."""
        account = self.accounts.by_email(principal, email)

        def remove(before: Account) -> Account:
            return replace(before, second_factor=None, passkeys=()).ended()

        return self.accounts.change(account.id, remove, "account.second_factor_removed", principal)

    def require(self, account: Account, code: str) -> Account:
        """The account after a right code, where it needs one.

        Wrong codes that should confirm a change are counted anew then: whose session and password
        were taken changes them, however many codes the thief guessed at. The thief gains five
        guesses each time the owner signs in with a code, each right in 3 of a million cases; of
        the password none, since programs sign in with that as often as they like.
        Raises SecondFactorNeeded without a code, SignInNeeded for a wrong or used one; as
        CodeUsedJustNow where it is the one taken last, sent again.
        """
        if not account.has_second_factor:
            return account
        if not code.strip():
            raise SecondFactorNeeded(
                "A code of your authenticator is needed too.",
                mend="Send it as `code`; a recovery code will do. A passkey signs in alone.",
            )

        def use(before: Account) -> Account:
            after = self._after(before, code)
            if after is None:
                refused = SignInNeeded(
                    "The code is not right, or was used.", mend="Wait for the next one."
                )
                if self._is_last_code(before, code):
                    raise CodeUsedJustNow(refused.message, mend=refused.mend)
                raise refused
            return after

        after = self.accounts.change(account.id, use, "account.code_used", account.principal())
        self._attempts.forget(factor_id(account.id))
        return after

    def require_own(self, principal: Principal, password: str, answer: FactorAnswer) -> Account:
        """The account of who shows, by password and second factor, that it is theirs.

        For a change that is not one of the account itself: the answer has counted then, whatever
        comes of the change. Raises InvalidInput for a wrong password or answer, TooManyAttempts.
        """
        account = self.accounts.own_account(principal)
        self.accounts.require_password(principal, account, password)
        if not account.has_second_factor:
            return account

        def confirm(before: Account, unit: UnitOfWork) -> Account:
            return self.after_own_factor(before, unit, answer)

        return self.accounts.change_with(account.id, confirm, "account.factor_shown", principal)

    def show(self, principal: Principal, proof: OwnProof) -> OwnProof:
        """The proof once it was found right, by `require_own`; it is not looked at again then.

        Nothing is asked of the operator's key, or of who has no second factor. Raises
        InvalidInput for a wrong password or answer, TooManyAttempts, WrongState.
        """
        if not principal.account or proof.shown_for == principal.account:
            return proof
        if self.accounts.own_account(principal).has_second_factor:
            self.require_own(principal, proof.password, proof.answer)
        return replace(proof, shown_for=principal.account)

    def open_account(
        self, principal: Principal, account_id: str, proof: OwnProof = NO_PROOF
    ) -> Account:
        """Open a closed account again, which is a way in for whoever knows its password.

        Raises NotAllowed, NotFound, and as `show` does.
        """
        principal.require_admin()
        self.accounts.repositories.accounts.get(account_id)
        self.show(principal, proof)
        return self.accounts.set_active(principal, account_id, active=True)

    def after_own_factor(self, account: Account, unit: UnitOfWork, answer: FactorAnswer) -> Account:
        """The account after an answer that confirms a change, where it has a second factor.

        That the challenge was answered goes with what `unit` stores. Raises InvalidInput for a
        wrong answer or none, TooManyAttempts after several wrong codes: they are counted by
        account, wherever they are asked for.
        """
        if not account.has_second_factor:
            return account
        if answer.credential is not None:
            return self._after_passkey(account, unit, answer.credential)
        if not answer.code.strip():  # is no guess
            raise _nothing_shown(account)

        def check() -> Account | None:
            after = self._after(account, answer.code)
            if after is None and self._is_last_code(account, answer.code):
                # No guess: it was right, and is of use to nobody any more. Otherwise whoever
                # sends a form twice would be kept from the next change.
                raise InvalidInput(
                    "was used a moment ago.",
                    where="code",
                    mend="If you sent it twice, see whether it is done; else take another code.",
                )
            return after

        after = self._attempts.guess(factor_id(account.id), answer.code, check)
        if after is None:
            raise _wrong_code()
        return after

    @property
    def _attempts(self) -> FailedAttempts:
        return FailedAttempts(self.accounts.repositories, self.clock)

    def _after_passkey(
        self, account: Account, unit: UnitOfWork, credential: CredentialAnswer
    ) -> Account:
        try:
            challenge = self.challenges.read_own(ChallengePurpose.CONFIRM, credential, account)
            self.challenges.use(unit, challenge)
            return self.challenges.account_after(account, credential, challenge, is_alone=False)
        except PasskeyRefused as error:
            log.warning("passkey refused", subject=account.subject, reason=str(error))
            raise wrong_credential() from None

    def _after(self, account: Account, code: str) -> Account | None:
        """After a code of the authenticator, or one for recovery; None for a wrong one."""
        factor = account.second_factor
        used = self._after_code(factor, code) if factor is not None and factor.is_on else None
        if used is not None:
            return replace(account, second_factor=used)
        return account.after_recovery_code(code, self.clock())

    def _is_last_code(self, account: Account, code: str) -> bool:
        """Tell whether the code was the right one a moment ago, and no other was taken since."""
        factor, now = account.second_factor, self.clock()
        if factor is not None and factor.is_on:
            secret = self.sealer.unseal(factor.secret)
            if factor.is_last_code(secret, code, now):
                return True
        return account.last_recovery is not None and account.last_recovery.is_code(code, now)

    def _after_code(self, factor: SecondFactor, code: str) -> SecondFactor | None:
        return factor.after_code(self.sealer.unseal(factor.secret), code, self.clock())


def wrong_credential() -> InvalidInput:
    """That a device answered something else than what we asked."""
    return InvalidInput(
        "is not the answer to a question of ours.", where="credential", mend="Begin again."
    )


def _nothing_shown(account: Account) -> InvalidInput:
    if account.has_authenticator:
        return InvalidInput(
            "of your authenticator is needed, or a recovery code, or a passkey's answer.",
            where="code",
            mend="Who has neither asks the administrator.",
        )
    return InvalidInput(
        "of your passkey is needed, or a recovery code.",
        where="credential",
        mend="Who has neither asks the administrator.",
    )


def _wrong_code() -> InvalidInput:
    return InvalidInput(
        "is not right, or was used.", where="code", mend="Wait for the next one of your device."
    )
