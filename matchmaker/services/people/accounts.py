"""Accounts: signing in, inviting, resetting, keys; every way to become a Principal."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from itsdangerous import BadSignature, URLSafeTimedSerializer

from matchmaker.access import Principal
from matchmaker.errors import (
    InvalidInput,
    NotAllowed,
    NotFound,
    SignInNeeded,
    TooManyAttempts,
    VersionConflict,
    WrongState,
)
from matchmaker.services.repositories import Address, Repositories, Versioned
from matchmaker.services.unit_of_work import Clock, UnitOfWork, retry_on_conflict
from matchmaker.store.documents import new_id
from matchmaker.store.log import LoggedEntry, first_broken
from matchmaker.store.ports import GraphStore, Page
from matchmaker.workflow.account import (
    Account,
    AccountMembership,
    ApiKey,
    Invitation,
    MailRhythm,
    MembershipRole,
    Preferences,
    Scope,
    check_password,
    checked_email,
)

MAX_FAILURES = 10
LOCKED_FOR = timedelta(minutes=15)
RESET_WITHIN = timedelta(hours=1)
INVITED_FOR = timedelta(days=14)
# A key's last use is noted at most this often: not a write for every request.
NOTED_EVERY = timedelta(minutes=1)
MAX_KEYS = 20
MAX_NAME = 200
KEY_PREFIX = "mk_"
_WRONG = "The address or the password is not right."
# Compared with when there is no such account, so that the time tells nothing.
_NOBODY = PasswordHasher().hash(secrets.token_hex(16))


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key as it is shown once."""

    key: ApiKey
    secret: str


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation with the token of its link."""

    invitation: Invitation
    token: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What an OpenID provider says of somebody."""

    issuer: str
    subject: str
    email: str
    email_verified: bool
    name: str


class Accounts:
    """Use cases of accounts."""

    def __init__(
        self,
        store: Callable[[], GraphStore],
        repositories: Repositories,
        secret: Callable[[], str],
        clock: Clock,
    ) -> None:
        self._store = store
        self._repositories = repositories
        self._secret = secret
        self._clock = clock
        self._hasher = PasswordHasher()

    # -- signing in

    def sign_in(self, email: str, password: str) -> Account:
        """The account. Raises SignInNeeded, or TooManyAttempts after ten failures in a row."""
        found = self._by_email(email)
        if found is None or not found.value.password_hash:
            self._matches(_NOBODY, password)
            raise SignInNeeded(_WRONG, mend="Correct them, or reset the password.")
        return retry_on_conflict(lambda: self._sign_in(found.value.id, password))

    def sign_in_with(self, identity: Identity) -> Account:
        """The account of an OpenID identity, found by it, by its address, or by an invitation.

        Raises SignInNeeded when nobody has invited them.
        """
        named = f"{identity.issuer} {identity.subject}"
        page = self._repositories.accounts.page("identity", named, limit=1)
        if page.rows:
            return _active(page.rows[0].value)
        if not identity.email_verified:
            raise SignInNeeded(
                "The provider does not vouch for the address.", mend="Confirm it there first."
            )
        email = checked_email(identity.email)
        found = self._by_email(email)
        if found is not None:
            linked = replace(_active(found.value), identity=named)
            unit = UnitOfWork(linked.subject, self._clock())
            unit.add(self._repositories.accounts.put(linked, found.version))
            unit.log("account.linked", linked.subject)
            unit.commit(self._repositories.records)
            return linked
        waiting = self._open_invitations(email)
        if not waiting:
            raise SignInNeeded(
                "There is no account for this address.", mend="Ask to be invited first."
            )
        account = self._accept(waiting[0], identity.name or email, "", identity=named)
        for other in waiting[1:]:
            self._join(other, account)
        return self._repositories.accounts.get(account.id).value

    def principal(self, account_id: str, epoch: int) -> tuple[Principal, Account] | None:
        """Whoever a session names; None when it was revoked or the account is closed."""
        found = self._repositories.accounts.get_or_none(account_id)
        if found is None or not found.value.active or found.value.epoch != epoch:
            return None
        return found.value.principal(), found.value

    def principal_of_key(self, presented: str) -> Principal | None:
        """Whoever an API key acts for; None for a wrong or revoked one."""
        identity, _, secret = presented.removeprefix(KEY_PREFIX).partition("_")
        if not presented.startswith(KEY_PREFIX) or not secret:
            return None
        found = self._repositories.api_keys.get_or_none(identity)
        expected = found.value.digest if found else _digest("")
        right = hmac.compare_digest(_digest(secret), expected)
        if found is None or not right or found.value.revoked:
            return None
        owner = self._repositories.accounts.get_or_none(found.value.account)
        if owner is None or not owner.value.active:
            return None
        self._note_use(found)
        return owner.value.principal(writes=found.value.scope is Scope.WRITE)

    def principal_of_email(self, email: str) -> Principal:
        """For the operator's command line only. Raises NotFound."""
        found = self._by_email(checked_email(email))
        if found is None:
            raise NotFound(
                "There is no account for %(email)s.", mend="`matchmaker account list`.", email=email
            )
        return _active(found.value).principal()

    def id_of_email(self, email: str) -> str:
        """The account of an address, open or closed. Raises NotFound."""
        found = self._by_email(checked_email(email))
        if found is None:
            raise NotFound(
                "There is no account for %(email)s.", mend="`matchmaker account list`.", email=email
            )
        return found.value.id

    # -- one's own account

    def own(self, principal: Principal) -> Account:
        """One's own account. Raises SignInNeeded."""
        return self._own(principal).value

    def set_preferences(self, principal: Principal, preferences: Preferences) -> Account:
        """How one wants to be told of things."""
        principal.require_writing()
        account = self.own(principal)
        if account.preferences == preferences:
            return account
        return self._change(
            principal, lambda one: replace(one, preferences=preferences), "account.preferences"
        )

    def rename(self, principal: Principal, name: str) -> Account:
        """One's own name. Raises InvalidInput."""
        principal.require_writing()
        named = _checked_name(name)
        return self._change(principal, lambda one: replace(one, name=named), "account.renamed")

    def change_password(self, principal: Principal, old: str, new: str) -> Account:
        """A new password; all other sessions end. Raises InvalidInput, NotAllowed."""
        principal.require_writing()
        account = self._own(principal).value
        self.require_password(account, old)
        check_password(new, account.email)
        hashed = self._hasher.hash(new)
        return self._change(
            principal,
            lambda one: replace(one, password_hash=hashed, epoch=one.epoch + 1),
            "account.password",
        )

    def require_password(self, account: Account, password: str) -> None:
        """Raise InvalidInput for another password; an account without one needs none."""
        if account.password_hash and not self._matches(account.password_hash, password):
            raise InvalidInput("is not the present one.", where="password")

    def sign_out_everywhere(self, principal: Principal) -> Account:
        """End all sessions of one's account."""
        principal.require_known()
        return self._change(
            principal, lambda one: replace(one, epoch=one.epoch + 1), "account.signed_out"
        )

    def unsubscribe(self, token: str) -> None:
        """No more mail, by the link at the foot of one. Raises InvalidInput."""
        account_id = self._read_token("unsubscribe", token, timedelta(days=400))
        found = self._repositories.accounts.get_or_none(str(account_id))
        if found is None:
            return
        silent = replace(
            found.value, preferences=replace(found.value.preferences, mail=MailRhythm.NEVER)
        )
        unit = UnitOfWork(silent.subject, self._clock())
        unit.add(self._repositories.accounts.put(silent, found.version))
        unit.log("account.unsubscribed", silent.subject)
        unit.commit(self._repositories.records)

    def unsubscribe_token(self, account_id: str) -> str:
        """The token of the link that ends all mail to an account."""
        return self._token("unsubscribe", account_id)

    # -- forgotten passwords

    def reset_token(self, email: str) -> tuple[Account, str] | None:
        """The account and the token for a reset link; None when there is no such account."""
        found = self._by_email(email)
        if found is None or not found.value.active:
            return None
        return found.value, self._token("reset", [found.value.id, found.value.epoch])

    def reset(self, token: str, password: str) -> Account:
        """A new password by a link, which then works no more. Raises InvalidInput."""
        account_id, epoch = self._read_token("reset", token, RESET_WITHIN)
        found = self._repositories.accounts.get_or_none(account_id)
        if found is None or found.value.epoch != epoch or not found.value.active:
            raise InvalidInput("has been used or is too old.", where="token", mend=_AGAIN)
        check_password(password, found.value.email)
        hashed = self._hasher.hash(password)
        changed = replace(
            found.value, password_hash=hashed, epoch=epoch + 1, failures=0, locked_until=None
        )
        unit = UnitOfWork(changed.subject, self._clock())
        unit.add(self._repositories.accounts.put(changed, found.version))
        unit.log("account.reset", changed.subject)
        try:
            unit.commit(self._repositories.records)
        except VersionConflict:
            raise InvalidInput("has been used.", where="token", mend=_AGAIN) from None
        return changed

    # -- inviting

    def invite(
        self,
        principal: Principal,
        email: str,
        *,
        belonging: AccountMembership | None = None,
        cluster: str = "",
        admin: bool = False,
        language: str = "zh",
    ) -> Invited:
        """Offer somebody a place in an organisation, a cluster, or among the admins.

        Owners invite to their organisation; a cluster's coordinators invite the first
        people of its members, where nobody acts for one yet; admins invite anybody.
        Raises NotAllowed, InvalidInput.
        """
        principal.require_writing()
        address = checked_email(email)
        if (belonging is not None) + bool(cluster) + admin != 1:
            raise InvalidInput("Name one of organization, cluster and admin.")
        if belonging is not None:
            identity = self._store().organization(belonging.organization).id
            belonging = AccountMembership(identity, belonging.post)
            self._require_inviter(principal, identity)
        elif cluster:
            self._store().cluster(cluster)
            principal.require_coordinator(cluster)
        else:
            principal.require_admin()
        Preferences(language=language)
        now = self._clock()
        invitation = Invitation(
            new_id(), address, principal.subject, now + INVITED_FOR, belonging, cluster, admin,
            language,
        )  # fmt: skip
        unit = UnitOfWork.of(principal, now)
        unit.add(self._repositories.invitations.put(invitation))
        unit.log("invitation.made", f"invitation/{invitation.id}", **_place(invitation))
        unit.commit(self._repositories.records)
        return Invited(invitation, self._token("invitation", invitation.id))

    def invitation(self, token: str) -> Invitation:
        """What a link invites to. Raises InvalidInput."""
        return self._invitation(token).value

    def accept_invitation(self, token: str, name: str, password: str) -> Account:
        """Make the account, or add the place to the one there is (which needs its password).

        Raises InvalidInput, SignInNeeded.
        """
        stored = self._invitation(token)
        found = self._by_email(stored.value.email)
        if found is None:
            return self._accept(stored, name, password)
        account = self.sign_in(stored.value.email, password)
        self._join(stored, account)
        return self._repositories.accounts.get(account.id).value

    # -- API keys

    def keys(self, principal: Principal) -> tuple[ApiKey, ...]:
        """One's own keys."""
        account = self._own(principal).value
        return tuple(self._repositories.api_keys.values("account", account.id))

    def make_key(self, principal: Principal, name: str, scope: Scope) -> NewKey:
        """A key that acts for oneself; the secret is shown this once."""
        principal.require_writing()
        account = self._own(principal).value
        if sum(not one.revoked for one in self.keys(principal)) >= MAX_KEYS:
            raise WrongState(
                "There are %(max_keys)s keys already.", mend="Revoke one first.", max_keys=MAX_KEYS
            )
        secret = secrets.token_urlsafe(32)
        # Without an underscore, which parts id and secret.
        key = ApiKey(
            secrets.token_hex(8), account.id, _checked_name(name), _digest(secret), scope,
            self._clock(),
        )  # fmt: skip
        unit = UnitOfWork.of(principal, self._clock())
        unit.add(self._repositories.api_keys.put(key))
        unit.log("key.made", f"key/{key.id}", scope=key.scope)
        unit.commit(self._repositories.records)
        return NewKey(key, f"{KEY_PREFIX}{key.id}_{secret}")

    def revoke_key(self, principal: Principal, key_id: str) -> None:
        """End a key of one's own. Raises NotFound."""
        principal.require_writing()
        self._own(principal)

        def attempt() -> None:
            stored = self._repositories.api_keys.get_or_none(key_id)
            if stored is None or stored.value.account != principal.account:
                raise NotFound("There is no such key.")
            unit = UnitOfWork.of(principal, self._clock())
            unit.add(
                self._repositories.api_keys.put(replace(stored.value, revoked=True), stored.version)
            )
            unit.log("key.revoked", f"key/{key_id}")
            unit.commit(self._repositories.records)

        retry_on_conflict(attempt)

    # -- others' accounts

    def members(self, principal: Principal, organization_id: str) -> tuple[Account, ...]:
        """Who acts for an organisation. Raises NotAllowed."""
        principal.require_member(organization_id)
        return tuple(self.of_organization(organization_id))

    def of_organization(self, organization_id: str) -> Iterator[Account]:
        """Active accounts of an organisation, for services."""
        every = self._repositories.accounts.values("organization", organization_id)
        return (one for one in every if one.active)

    def of_cluster(self, cluster_id: str) -> Iterator[Account]:
        """Active coordinators of a cluster, for services."""
        every = self._repositories.accounts.values("cluster", cluster_id)
        return (one for one in every if one.active)

    def listed(self, principal: Principal, after: str, limit: int) -> Page[Account]:
        """All accounts, for an admin."""
        principal.require_admin()
        page = self._repositories.accounts.page(after=after, limit=limit)
        return Page(tuple(one.value for one in page.rows), page.after)

    def by_id(self, principal: Principal, account_id: str) -> Account:
        """Any account, for an admin. Raises NotFound."""
        principal.require_admin()
        return self._repositories.accounts.get(account_id).value

    def remove_member(self, principal: Principal, organization_id: str, account_id: str) -> None:
        """Take somebody's place in an organisation away. Raises NotAllowed, NotFound."""
        principal.require_writing()
        if account_id != principal.account:
            principal.require_owner(organization_id)

        def attempt() -> None:
            stored = self._repositories.accounts.get(account_id)
            kept = tuple(b for b in stored.value.belongings if b.organization != organization_id)
            if len(kept) == len(stored.value.belongings):
                raise NotFound("That account does not belong to the organisation.")
            owners = [
                one.id
                for one in self.of_organization(organization_id)
                if AccountMembership(organization_id, MembershipRole.OWNER) in one.belongings
            ]
            if owners == [account_id] and not principal.admin:
                raise WrongState(
                    "The last owner cannot leave.", mend="Make somebody else the owner first."
                )
            changed = replace(stored.value, belongings=kept, epoch=stored.value.epoch + 1)
            unit = UnitOfWork.of(principal, self._clock())
            unit.add(self._repositories.accounts.put(changed, stored.version))
            unit.log("member.removed", changed.subject, organization=organization_id)
            unit.commit(self._repositories.records)

        retry_on_conflict(attempt)

    def set_active(self, principal: Principal, account_id: str, *, active: bool) -> Account:
        """Close an account, or open it again. Raises NotAllowed, NotFound."""
        principal.require_admin()

        def attempt() -> Account:
            stored = self._repositories.accounts.get(account_id)
            changed = replace(stored.value, active=active, epoch=stored.value.epoch + 1)
            unit = UnitOfWork.of(principal, self._clock())
            unit.add(self._repositories.accounts.put(changed, stored.version))
            unit.log("account.opened" if active else "account.closed", changed.subject)
            unit.commit(self._repositories.records)
            return changed

        return retry_on_conflict(attempt)

    def create(
        self,
        principal: Principal,
        email: str,
        name: str,
        password: str,
        *,
        belongings: tuple[AccountMembership, ...] = (),
        clusters: tuple[str, ...] = (),
        admin: bool = False,
        language: str = "zh",
    ) -> Account:
        """An account made by an admin, without an invitation. Raises InvalidInput, WrongState."""
        principal.require_admin()
        address = checked_email(email)
        check_password(password, address)
        known = tuple(
            replace(one, organization=self._store().organization(one.organization).id)
            for one in belongings
        )
        for cluster in clusters:
            self._store().cluster(cluster)
        account = Account(
            new_id(), address, _checked_name(name), self._clock(), self._hasher.hash(password),
            known, clusters, admin, preferences=Preferences(language=language),
        )  # fmt: skip
        unit = UnitOfWork.of(principal, self._clock())
        unit.add(
            self._repositories.addresses.put(Address(address, account.id)),
            self._repositories.accounts.put(account),
        )
        unit.log("account.made", account.subject)
        try:
            unit.commit(self._repositories.records)
        except VersionConflict:
            raise WrongState(
                "%(address)s has an account already.", where="email", address=address
            ) from None
        return account

    # -- the log

    def log(self, principal: Principal, before: int | None, limit: int) -> list[LoggedEntry]:
        """Lines of the log, newest first. Raises NotAllowed for anyone but an admin."""
        principal.require_admin()
        if before is None:
            return list(self._repositories.records.last_log(limit))
        start = max(0, before - 1 - limit)
        lines = self._repositories.records.log(after=start, limit=before - 1 - start or 1)
        return [line for line in reversed(lines) if line.number < before]

    def first_broken_line(self, principal: Principal) -> int | None:
        """Number of the first line of the log that is not as it was written; None: all are."""
        principal.require_admin()
        return first_broken(self._lines())

    def _lines(self) -> Iterator[LoggedEntry]:
        after = 0
        while lines := self._repositories.records.log(after=after, limit=1000):
            yield from lines
            after = lines[-1].number

    # -- the parts

    def _sign_in(self, account_id: str, password: str) -> Account:
        stored = self._repositories.accounts.get(account_id)
        account, now = stored.value, self._clock()
        if account.locked_until is not None and now < account.locked_until:
            raise TooManyAttempts(
                "Too many failed attempts.", mend="Wait a quarter of an hour, or reset it."
            )
        right = self._matches(account.password_hash, password)
        if right and account.failures == 0 and not self._is_dated(account.password_hash):
            return _active(account)
        unit = UnitOfWork(account.subject, now)
        if right:
            hashed = self._hasher.hash(password)
            changed = replace(_active(account), failures=0, locked_until=None, password_hash=hashed)
        else:
            failures = account.failures + 1
            until = now + LOCKED_FOR if failures % MAX_FAILURES == 0 else None
            changed = replace(account, failures=failures, locked_until=until)
            if until is not None:
                unit.log("account.locked", account.subject)
        unit.add(self._repositories.accounts.put(changed, stored.version))
        unit.commit(self._repositories.records)
        if not right:
            raise SignInNeeded(_WRONG, mend="Correct them, or reset the password.")
        return changed

    def _matches(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password[:1000])
        except (VerificationError, InvalidHashError):
            return False

    def _is_dated(self, hashed: str) -> bool:
        return self._hasher.check_needs_rehash(hashed)

    def _by_email(self, email: str) -> Versioned[Account] | None:
        try:
            address = self._repositories.addresses.get_or_none(checked_email(email))
        except InvalidInput:
            return None
        return self._repositories.accounts.get_or_none(address.value.account) if address else None

    def _own(self, principal: Principal) -> Versioned[Account]:
        principal.require_known()
        if not principal.account:
            raise WrongState("The operator's key has no account of its own.")
        return self._repositories.accounts.get(principal.account)

    def _change(
        self, principal: Principal, change: Callable[[Account], Account], action: str
    ) -> Account:
        def attempt() -> Account:
            stored = self._own(principal)
            changed = change(stored.value)
            unit = UnitOfWork.of(principal, self._clock())
            unit.add(self._repositories.accounts.put(changed, stored.version))
            unit.log(action, changed.subject)
            unit.commit(self._repositories.records)
            return changed

        return retry_on_conflict(attempt)

    def _require_inviter(self, principal: Principal, organization_id: str) -> None:
        if principal.admin or organization_id in principal.owned:
            return
        clusters = {one.id for one in self._store().clusters_of(organization_id)}
        has_people = any(True for _ in self.of_organization(organization_id))
        # Whoever could invite into an organisation that has people could read what is theirs.
        if clusters & principal.clusters and not has_people:
            return
        raise NotAllowed("Only the owner of the organisation's account may invite to it.")

    def _open_invitations(self, email: str) -> list[Versioned[Invitation]]:
        now = self._clock()
        every = self._repositories.invitations.iterate("email", email)
        return [one for one in every if not one.value.used and now < one.value.expires]

    def _invitation(self, token: str) -> Versioned[Invitation]:
        identity = self._read_token("invitation", token, INVITED_FOR)
        found = self._repositories.invitations.get_or_none(str(identity))
        if found is None or found.value.used or self._clock() >= found.value.expires:
            raise InvalidInput(
                "has been used or is too old.", where="token", mend="Ask to be invited again."
            )
        return found

    def _accept(
        self, stored: Versioned[Invitation], name: str, password: str, *, identity: str = ""
    ) -> Account:
        invitation = stored.value
        if not identity:
            check_password(password, invitation.email)
        account = Account(
            new_id(), invitation.email, _checked_name(name), self._clock(),
            self._hasher.hash(password) if password else "",
            (invitation.belonging,) if invitation.belonging else (),
            (invitation.cluster,) if invitation.cluster else (),
            invitation.admin, identity=identity,
            preferences=Preferences(language=invitation.language),
        )  # fmt: skip
        unit = UnitOfWork(account.subject, self._clock())
        unit.add(
            self._repositories.addresses.put(Address(invitation.email, account.id)),
            self._repositories.accounts.put(account),
            self._repositories.invitations.put(replace(invitation, used=True), stored.version),
        )
        unit.log("invitation.accepted", f"invitation/{invitation.id}", **_place(invitation))
        unit.commit(self._repositories.records)
        return account

    def _join(self, stored: Versioned[Invitation], account: Account) -> None:
        invitation = stored.value
        own = self._repositories.accounts.get(account.id)
        belongings, clusters = own.value.belongings, own.value.clusters
        if invitation.belonging is not None:
            others = [b for b in belongings if b.organization != invitation.belonging.organization]
            belongings = (*others, invitation.belonging)
        if invitation.cluster:
            clusters = tuple(dict.fromkeys((*clusters, invitation.cluster)))
        joined = replace(
            own.value,
            belongings=belongings,
            clusters=clusters,
            admin=own.value.admin or invitation.admin,
        )
        unit = UnitOfWork(joined.subject, self._clock())
        unit.add(
            self._repositories.accounts.put(joined, own.version),
            self._repositories.invitations.put(replace(invitation, used=True), stored.version),
        )
        unit.log("invitation.accepted", f"invitation/{invitation.id}", **_place(invitation))
        unit.commit(self._repositories.records)

    def _note_use(self, stored: Versioned[ApiKey]) -> None:
        now, last = self._clock(), stored.value.last_used
        if last is not None and now - last < NOTED_EVERY:
            return
        try:
            self._repositories.records.commit(
                [
                    self._repositories.api_keys.put(
                        replace(stored.value, last_used=now), stored.version
                    )
                ]
            )
        except VersionConflict:
            return  # another request noted it

    def _token(self, purpose: str, content: object) -> str:
        return str(URLSafeTimedSerializer(self._secret(), salt=purpose).dumps(content))

    def _read_token(self, purpose: str, token: str, within: timedelta) -> Any:
        serializer = URLSafeTimedSerializer(self._secret(), salt=purpose)
        try:
            return serializer.loads(token, max_age=int(within.total_seconds()))
        except BadSignature:
            raise InvalidInput(
                "is not one of ours, or is too old.", where="token", mend=_AGAIN
            ) from None


_AGAIN = "Ask for a new link."


def _active(account: Account) -> Account:
    if not account.active:
        raise SignInNeeded("This account is closed.", mend="Ask the administrator.")
    return account


def _checked_name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not 1 <= len(cleaned) <= MAX_NAME:
        raise InvalidInput(
            "must have from 1 to %(max_name)s characters.", where="name", max_name=MAX_NAME
        )
    return cleaned


def _place(invitation: Invitation) -> dict[str, str]:
    if invitation.belonging is not None:
        return {
            "organization": invitation.belonging.organization,
            "post": invitation.belonging.post,
        }
    return {"cluster": invitation.cluster} if invitation.cluster else {"admin": "yes"}


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
