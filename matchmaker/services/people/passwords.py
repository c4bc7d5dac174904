"""Passwords: hashed with Argon2id, and compared in the same time whether there is one or not."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from matchmaker.workflow.account import check_password

_MAX_COMPARED = 1000


@dataclass
class Passwords:
    """Hashes and compares passwords; what a hash costs is the hasher's to say."""

    hasher: PasswordHasher

    def hash(self, password: str) -> str:
        """The hash to keep."""
        return self.hasher.hash(password)

    def hashed_once(self, password: str) -> Callable[[str], str]:
        """What gives a new password's hash by the account's address, which it must not resemble.

        Made once, however often a commit is tried again: whoever writes to the account without
        a pause must not be faster each time. It raises InvalidInput for one that is too easy.
        """

        @cache
        def hashed(email: str) -> str:
            check_password(password, email)
            return self.hash(password)

        return hashed

    def matches(self, hashed: str, password: str) -> bool:
        """Tell whether the password has this hash; without a hash never, found out as slowly."""
        # Asked for in either case: made at the first comparison, it must not tell which it was.
        nobodys = self._nobodys_hash
        try:
            self.hasher.verify(hashed or nobodys, password[:_MAX_COMPARED])
        except (VerificationError, InvalidHashError):
            return False
        return bool(hashed)

    def is_dated(self, hashed: str) -> bool:
        """Tell whether the hash was made with other costs than are usual now."""
        return self.hasher.check_needs_rehash(hashed)

    @cached_property
    def _nobodys_hash(self) -> str:
        return self.hasher.hash(secrets.token_hex(16))
