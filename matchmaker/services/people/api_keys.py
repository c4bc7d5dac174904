"""API keys: made and revoked by their owner, presented by programs."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from matchmaker.access import Principal
from matchmaker.errors import NotFound, StorageFull, StoreUnavailable, VersionConflict, WrongState
from matchmaker.services.authors import keep_author
from matchmaker.services.people.accounts import Accounts
from matchmaker.services.people.made_with_key import MadeWithKey, end_made_with, made_with
from matchmaker.services.people.operator_key import key_digest
from matchmaker.services.people.second_factors import NO_ANSWER, FactorAnswer, SecondFactors
from matchmaker.services.repositories import Repositories, Versioned
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.workflow.account import Account, ApiKey, Scope, checked_name

# A key's last use is noted at most this often: not a write for every request.
NOTED_EVERY = timedelta(minutes=1)
MAX_KEYS = 20
KEY_PREFIX = "mk_"


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key as it is shown once."""

    key: ApiKey
    secret: str


@dataclass(frozen=True, slots=True)
class ApiKeys:
    """Use cases of the keys that act for accounts."""

    repositories: Repositories
    accounts: Accounts
    second_factors: SecondFactors
    clock: Clock

    def own_keys(self, principal: Principal) -> tuple[ApiKey, ...]:
        """One's own keys; those that ended with all sessions are shown as revoked."""
        return self._keys_of(self.accounts.own_account(principal))

    def keys_of(self, principal: Principal, email: str) -> tuple[ApiKey, ...]:
        """The keys of the account of an address, for an admin. Raises NotFound."""
        return self._keys_of(self.accounts.by_email(principal, email))

    def _keys_of(self, account: Account) -> tuple[ApiKey, ...]:
        return tuple(
            replace(key, revoked=key.revoked or key.epoch not in (None, account.epoch))
            for key in self.repositories.api_keys.values("account", account.id)
        )

    def made(self, principal: Principal, keys: Iterable[ApiKey]) -> Mapping[str, MadeWithKey]:
        """What is left of what was made with each of some keys, revoked ones too, by id."""
        ids = [key.id for key in keys]
        return made_with(self.repositories, self.clock, principal, ids)

    def issue(
        self,
        principal: Principal,
        name: str,
        scope: Scope,
        password: str,
        answer: FactorAnswer = NO_ANSWER,
    ) -> IssuedKey:
        """A key that acts for oneself; the secret is shown this once.

        Asks for the password, and for an answer of the second factor that there is: a key
        outlasts a session that somebody took, and passes by the factor. Raises InvalidInput
        for a wrong one, WrongState where there are too many.
        """
        principal.require_writing()
        cleaned = checked_name(name)
        account = self.second_factors.require_own(principal, password, answer)
        secret = secrets.token_urlsafe(32)
        # Without an underscore, which parts id and secret.
        key = ApiKey(
            secrets.token_hex(8), account.id, cleaned, key_digest(secret), scope,
            self.clock(), epoch=account.epoch,
        )  # fmt: skip

        def put(unit: UnitOfWork) -> IssuedKey:
            keep_author(unit, self.repositories, principal)
            if sum(not each.revoked for each in self.own_keys(principal)) >= MAX_KEYS:
                raise WrongState(
                    "There are %(max_keys)s keys already.",
                    mend="Revoke one first.",
                    max_keys=MAX_KEYS,
                )
            unit.add(self.repositories.api_keys.put(key))
            unit.log("key.made", f"key/{key.id}", scope=key.scope)
            return IssuedKey(key, f"{KEY_PREFIX}{key.id}_{secret}")

        return commit_changes(self.repositories.records, principal, self.clock, put)

    def revoke(self, principal: Principal, key_id: str, *, made: bool = False) -> None:
        """End a key of one's own, and with `made` what was made with it. Raises NotFound."""
        principal.require_writing()
        self._revoke(principal, self.accounts.own_account(principal), key_id, made=made)

    def revoke_of(
        self, principal: Principal, email: str, key_id: str, *, made: bool = False
    ) -> None:
        """The same of a key of the account of an address, for an admin. Raises NotFound."""
        account = self.accounts.by_email(principal, email)
        self._revoke(principal, account, key_id, made=made)

    def _revoke(self, principal: Principal, account: Account, key_id: str, *, made: bool) -> None:

        def end(unit: UnitOfWork) -> None:
            keep_author(unit, self.repositories, principal)
            stored = self.repositories.api_keys.get_or_none(key_id)
            if stored is None or stored.value.account != account.id:
                raise NotFound("There is no such key.")
            revoked = replace(stored.value, revoked=True)
            unit.add(self.repositories.api_keys.put(revoked, stored.version))
            unit.log("key.revoked", f"key/{key_id}")

        commit_changes(self.repositories.records, principal, self.clock, end)
        if made:  # also where it is this key that ends itself
            way_in = replace(principal, key="" if principal.key == key_id else principal.key)
            end_made_with(self.repositories, self.accounts, self.clock, way_in, key_id)

    def principal_of(self, presented: str) -> Principal | None:
        """The principal that a key acts for; None for a wrong or revoked one.

        Raises SecondFactorOwed for the key of an account that has to set one up first.
        """
        key_id, _, secret = presented.removeprefix(KEY_PREFIX).partition("_")
        if not presented.startswith(KEY_PREFIX) or not secret:
            return None
        stored = self.repositories.api_keys.get_or_none(key_id)
        expected = stored.value.digest if stored else key_digest("")
        is_right = hmac.compare_digest(key_digest(secret), expected)
        if stored is None or not is_right or stored.value.revoked:
            return None
        owner = self.repositories.accounts.get_or_none(stored.value.account)
        if owner is None or not owner.value.active:
            return None
        if stored.value.epoch not in (None, owner.value.epoch):
            return None
        self.second_factors.require_set_up(owner.value)
        self._note_use(stored, owner.value.epoch)
        writes = stored.value.scope is Scope.WRITE
        return replace(owner.value.principal(writes=writes), key=key_id)

    def _note_use(self, stored: Versioned[ApiKey], epoch: int) -> None:
        now, last = self.clock(), stored.value.last_used
        if stored.value.epoch is not None and last is not None and now - last < NOTED_EVERY:
            return
        noted = replace(stored.value, last_used=now, epoch=epoch)
        used = self.repositories.api_keys.put(noted, stored.version)
        # Another request noted it, or nothing can be written just now: who reads goes on reading.
        with suppress(VersionConflict, StorageFull, StoreUnavailable):
            self.repositories.records.commit([used])
