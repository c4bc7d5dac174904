"""Secrets of others in the store, encrypted with a key that is not in it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from matchmaker.errors import WrongState

_MARK = "sealed:"


@dataclass(frozen=True, slots=True)
class Sealer:
    """Encrypts with the first of the keys, and reads with any of them (Fernet: AES-128, HMAC).

    `keys` gives them, parted by blanks: a new one is put before the old one.
    """

    keys: Callable[[], str]

    def seal(self, secret: str) -> str:
        """The secret as it is to be stored."""
        return _MARK + self._fernet().encrypt(secret.encode()).decode("ascii")

    def unseal(self, stored: str) -> str:
        """The secret again; what an earlier version stored openly is given as it is.

        Raises WrongState where no key fits.
        """
        if not stored.startswith(_MARK):
            return stored
        try:
            return self._fernet().decrypt(stored.removeprefix(_MARK)).decode()
        except InvalidToken:
            raise WrongState(
                "A secret in the store cannot be read with the key that is set.",
                mend="Put the earlier key behind the present one in MATCHMAKER_SECRET_KEY.",
            ) from None

    def _fernet(self) -> MultiFernet:
        # The keys are long and random, or a hash that is slow would be needed here.
        digests = (hashlib.sha256(key.encode()).digest() for key in self.keys().split())
        return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
