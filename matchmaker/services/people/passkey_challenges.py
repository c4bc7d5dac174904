"""Challenges that passkeys answer: signed, for one purpose and account, and answered once."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from matchmaker.errors import InvalidInput, VersionConflict, WrongState
from matchmaker.services.people.links import Links
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import Clock, UnitOfWork
from matchmaker.workflow.account import Account
from matchmaker.workflow.passkey import (
    CredentialAnswer,
    PasskeyRefused,
    Site,
    UsedChallenge,
    challenge_of,
    credential_of,
    site_of,
)

ANSWERED_WITHIN: Final = timedelta(minutes=5)


class ChallengePurpose(StrEnum):
    """What an answer is for; each is signed apart, and none does for another."""

    MAKE = "passkey made"
    SIGN_IN = "passkey used"
    CONFIRM = "passkey confirms"  # a change of what signs in to the account


@dataclass(frozen=True, slots=True)
class PasskeyChallenges:
    """Challenges as signed tokens: each says whose it is and when it was made.

    That it was answered is kept, so that no answer counts twice.
    """

    repositories: Repositories
    links: Links
    clock: Clock

    @property
    def site(self) -> Site | None:
        """The site that passkeys are bound to here; None where browsers bind none."""
        return site_of(self.links.public_url())

    def required_site(self) -> Site:
        """The same. Raises WrongState where browsers bind none."""
        if self.site is None:
            raise WrongState(
                "Passkeys need this service to be reached by a name, over https.",
                mend="Set MATCHMAKER_PUBLIC_URL.",
            )
        return self.site

    def issue(self, purpose: ChallengePurpose, account: Account | None = None) -> bytes:
        """A new challenge, for an account as it is in its present epoch or for anybody."""
        owner = [account.id, account.epoch] if account else ["", 0]
        return self.links.token(purpose, [*owner, secrets.token_urlsafe(16)]).encode()

    def read(self, purpose: ChallengePurpose, answer: CredentialAnswer) -> tuple[bytes, str, int]:
        """The challenge, whose it is and of which epoch. Raises PasskeyRefused."""
        challenge = challenge_of(answer)
        try:
            token = challenge.decode("ascii")
            owner, epoch, _ = self.links.read(purpose, token, ANSWERED_WITHIN)
        except (InvalidInput, UnicodeDecodeError, ValueError, TypeError):
            raise PasskeyRefused("the challenge is not ours, or too old") from None
        return challenge, owner, epoch

    def read_own(
        self, purpose: ChallengePurpose, answer: CredentialAnswer, account: Account
    ) -> bytes:
        """The challenge, where it is the account's of now. Raises PasskeyRefused."""
        challenge, owner, epoch = self.read(purpose, answer)
        if (owner, epoch) != (account.id, account.epoch):
            raise PasskeyRefused("the challenge is another account's, or of before a change")
        return challenge

    def use(self, unit: UnitOfWork, challenge: bytes) -> None:
        """Note that it was answered, with what `unit` stores; PasskeyRefused the next time."""
        used = UsedChallenge(hashlib.sha256(challenge).hexdigest(), self.clock())
        if self.repositories.used_challenges.get_or_none(used.id) is not None:
            raise PasskeyRefused("replayed")
        unit.add(self.repositories.used_challenges.put(used))

    def account_after(
        self, account: Account, answer: CredentialAnswer, challenge: bytes, *, is_alone: bool
    ) -> Account:
        """The account, the use of the passkey of its that answered noted. Raises PasskeyRefused."""
        id = credential_of(answer)
        passkey = next((each for each in account.passkeys if each.id == id), None)
        if passkey is None:
            raise PasskeyRefused("the passkey is not the account's, or has ended")
        site = self.site or Site("", "")  # without one there was no question
        used = passkey.after_answer(answer, site, challenge, self.clock(), is_alone=is_alone)
        return account.with_passkey(used)

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
