"""A second thing to sign in with: codes of an authenticator, and codes for when it is lost."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import pyotp

STEP_SECONDS: Final = 30  # RFC 6238
# A clock may be a step ahead or behind.
STEPS_AROUND: Final = (0, -1, 1)
RECOVERY_CODES: Final = 10
# As long as a code of the authenticator would count.
RECENTLY_USED: Final = timedelta(seconds=STEP_SECONDS * len(STEPS_AROUND))
ISSUER: Final = "Matchmaker"


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """An authenticator. `secret` is sealed; before `since` is set it was not confirmed.

    `last_step` is that of the last code that was taken: none is taken twice. `recovery` is
    where earlier versions kept what an account has now.
    """

    secret: str
    since: datetime | None = None
    last_step: int = 0
    recovery: tuple[str, ...] = ()

    @property
    def is_on(self) -> bool:
        """Tell whether its codes are asked for."""
        return self.since is not None

    def after_code(self, secret: str, code: str, now: datetime) -> SecondFactor | None:
        """After a right code of the authenticator; None for a wrong one.

        `secret` is the one that `self.secret` seals.
        """
        for step in _steps_around(now):
            if step > self.last_step and _is_code_of(step, secret, code):
                return replace(self, last_step=step)
        return None

    def is_last_code(self, secret: str, code: str, now: datetime) -> bool:
        """Tell whether the code is the one taken last, and would count if it had not been."""
        return self.last_step in _steps_around(now) and _is_code_of(self.last_step, secret, code)


@dataclass(frozen=True, slots=True)
class UsedRecoveryCode:
    """The digest of a recovery code that was used, and when."""

    digest: str
    used: datetime

    def is_code(self, code: str, now: datetime) -> bool:
        """Tell whether this is the code, and was used a moment ago."""
        is_same = hmac.compare_digest(self.digest, recovery_digest(code))
        return is_same and now - self.used < RECENTLY_USED


def _steps_around(now: datetime) -> tuple[int, ...]:
    step_now = int(now.timestamp()) // STEP_SECONDS
    return tuple(step_now + around for around in STEPS_AROUND)


def _is_code_of(step: int, secret: str, code: str) -> bool:
    digits = "".join(code.split())
    right = pyotp.TOTP(secret, interval=STEP_SECONDS).generate_otp(step)
    return hmac.compare_digest(right.encode(), digits.encode("utf-8", "replace"))


def new_secret() -> str:
    """A secret of 160 bits in base32, as authenticators take it."""
    return pyotp.random_base32()


def address_of(secret: str, email: str) -> str:
    """The address that an authenticator reads from a QR code."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(
        name=email, issuer_name=ISSUER
    )


def new_recovery_codes() -> tuple[str, ...]:
    """Codes of 120 bits, which need no slow hash, written in fours."""

    def code() -> str:
        letters = base64.b32encode(secrets.token_bytes(15)).decode("ascii").lower()
        return "-".join(letters[start : start + 4] for start in range(0, 24, 4))

    return tuple(code() for _ in range(RECOVERY_CODES))


def recovery_digest(code: str) -> str:
    """The digest kept of a recovery code, however it is typed."""
    letters = "".join(char for char in code.lower() if char.isalnum())
    return hashlib.sha256(letters.encode("utf-8", "replace")).hexdigest()
