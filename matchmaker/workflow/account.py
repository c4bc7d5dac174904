"""People with accounts, what they belong to, and the keys that act for them.

Fields that were renamed are read by both names, and stored and handed out by the first.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from matchmaker.access import Principal
from matchmaker.errors import InvalidInput, SignInNeeded
from matchmaker.mail_address import registered_address
from matchmaker.messages import languages
from matchmaker.naming import check_name
from matchmaker.regex import regex
from matchmaker.text import clean, is_unseen
from matchmaker.workflow.checks import check_range, with_earlier_name
from matchmaker.workflow.passkey import Passkey
from matchmaker.workflow.second_factor import SecondFactor, UsedRecoveryCode, recovery_digest

MIN_PASSWORD = 10
MAX_PASSWORD = 200
MAX_EMAIL = 254
MAX_PERSON_NAME = 200
_EMAIL = regex(r"[^@\s<>,;:\"\x00-\x1f\x7f]+@[^@\s<>,;:\"\x00-\x1f\x7f]+\.[^@\s.]{2,}")
_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
# With the domain as it is registered: "भारत.भारत" is "xn--h2brj9c.xn--h2brj9c".
_MAILABLE = regex(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?!\d+$){_LABEL}")
# Too easy: guessed within so many attempts by who knows the usual ways (zxcvbn, Wheeler 2016:
# its scores 0 and 1), names of the service and the account's own address among them.
EASY_SCORE = 1
_GUESSED_FIRST = ("matchmaker", "woaini", "woaini1314", "iloveyou")
_MOST_JUDGED = 72  # what zxcvbn judges; longer ones are as good as these


class MembershipRole(StrEnum):
    """The part of an account in an organisation. All three act for it."""

    OWNER = "owner"  # also invites others, answers for its data
    MEMBER = "member"
    LIAISON = "liaison"  # of a university or institute, for all its labs


class MailRhythm(StrEnum):
    """The rhythm in which notifications also come by mail."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class AccountMembership:
    """An account's place in an organisation."""

    organization: str
    role: Annotated[MembershipRole, with_earlier_name("role", "post")] = MembershipRole.MEMBER


@dataclass(frozen=True, slots=True)
class GivenPlace:
    """A place that an account has by an invitation made with an API key, of the id `key`.

    In an organisation or as a cluster's coordinator; of neither, among the administrators.
    """

    key: str
    organization: str = ""
    cluster: str = ""


@dataclass(frozen=True, slots=True)
class Preferences:
    """Preferences of an account; `alerts_a_week` 0 wants no alerts of new needs.

    `programmes`: it wants to be told of programmes that fit its firm, and when they close.
    """

    language: str = "zh"
    mail: MailRhythm = MailRhythm.DAILY
    alerts_a_week: int = 0
    programmes: bool = True

    def __post_init__(self) -> None:
        check_range("alerts_a_week", self.alerts_a_week, 0, 100)


@dataclass(frozen=True, slots=True)
class Account:
    """A person. `epoch` grows when all their sessions, keys and links must stop working.

    `is_proved` says that the owner of the address showed that it is theirs: by a link that
    went to it and nowhere else, or through a provider that vouches for it.
    """

    id: str
    email: str
    name: str
    created: datetime
    password_hash: str = ""
    memberships: Annotated[
        tuple[AccountMembership, ...], with_earlier_name("memberships", "belongings")
    ] = ()
    clusters: tuple[str, ...] = ()
    admin: bool = False
    active: bool = True
    epoch: int = 0
    is_proved: bool = False
    # "issuer subject" of an OpenID provider.
    openid_subject: Annotated[str, with_earlier_name("openid_subject", "identity")] = ""
    preferences: Preferences = field(default_factory=Preferences)
    second_factor: SecondFactor | None = None
    passkeys: tuple[Passkey, ...] = ()
    # Digests of the codes that are left for who lost the second factor, each good once.
    recovery: tuple[str, ...] = ()
    last_recovery: UsedRecoveryCode | None = None
    given_by_key: tuple[GivenPlace, ...] = ()

    def __post_init__(self) -> None:
        factor = self.second_factor
        if factor is not None and factor.recovery:
            object.__setattr__(self, "recovery", (*self.recovery, *factor.recovery))
            object.__setattr__(self, "second_factor", replace(factor, recovery=()))

    @property
    def has_authenticator(self) -> bool:
        """Tell whether codes of an authenticator can be asked for."""
        return self.second_factor is not None and self.second_factor.is_on

    @property
    def has_second_factor(self) -> bool:
        """Tell whether a password alone does not sign in: a code or passkey is asked for too."""
        return self.has_authenticator or bool(self.passkeys)

    @property
    def subject(self) -> str:
        """Its name in the log."""
        return f"account:{self.id}"

    def require_active(self) -> Account:
        """The account itself. Raises SignInNeeded for a closed one."""
        if not self.active:
            raise SignInNeeded("This account is closed.", mend="Ask the administrator.")
        return self

    def require_proved(self) -> Account:
        """The account itself. Raises SignInNeeded where nobody proved its address."""
        if not self.is_proved:
            raise SignInNeeded(
                "Nobody has shown yet that the account's address is theirs.",
                mend="Sign in with its password and confirm the address, or reset it.",
            )
        return self

    def require_epoch_of(self, principal: Principal) -> None:
        """Raise SignInNeeded for who was let in before its sessions and keys ended."""
        if principal.epoch not in (None, self.epoch):
            raise ended_meanwhile()

    def ended(self) -> Account:
        """The account with all its sessions, keys and links ended.

        Codes for recovery go with the last factor that they stand for, and who would send one of
        them twice has nothing to send it with.
        """
        recovery = self.recovery if self.has_second_factor else ()
        return replace(self, epoch=self.epoch + 1, recovery=recovery, last_recovery=None)

    def proved(self) -> Account:
        """The account with its address proved, and every way in ended but the password."""
        cleared = replace(self, second_factor=None, passkeys=(), openid_subject="")
        return replace(cleared.ended(), is_proved=True)

    def with_passkey(self, used: Passkey) -> Account:
        """The account with a passkey of its as it is after an answer."""
        passkeys = tuple(used if each.id == used.id else each for each in self.passkeys)
        return replace(self, passkeys=passkeys)

    def after_recovery_code(self, code: str, now: datetime) -> Account | None:
        """The account after one of its codes for recovery, which is then used; None for another."""
        digest = recovery_digest(code)
        if digest not in self.recovery:
            return None
        left = tuple(each for each in self.recovery if each != digest)
        return replace(self, recovery=left, last_recovery=UsedRecoveryCode(digest, now))

    def places_by(self, key: str) -> tuple[GivenPlace, ...]:
        """Places that it came by through an API key, of those that it still has."""
        own = {membership.organization for membership in self.memberships}
        return tuple(
            place
            for place in self.given_by_key
            if place.key == key
            and (
                place.organization in own
                if place.organization
                else place.cluster in self.clusters
                if place.cluster
                else self.admin
            )
        )

    def principal(self, *, writes: bool = True) -> Principal:
        """The principal as which the person acts."""
        owned = [
            membership.organization
            for membership in self.memberships
            if membership.role is MembershipRole.OWNER
        ]
        return Principal(
            self.subject,
            account=self.id,
            admin=self.admin,
            organizations=frozenset(membership.organization for membership in self.memberships),
            owned=frozenset(owned),
            clusters=frozenset(self.clusters),
            writes=writes,
            epoch=self.epoch,
        )


def ended_meanwhile() -> SignInNeeded:
    """That a session or key has ended after it let somebody in."""
    return SignInNeeded("This session or key has ended meanwhile.", mend="Sign in again.")


@dataclass(frozen=True, slots=True)
class Invitation:
    """A place that somebody offered to an address; accepted through a signed link.

    `handed_over` says that an administrator was shown the link, to pass it on: who comes by
    it has not shown that the address is theirs. `unmailed` says that the mail server did not
    take its letter, which is sent again. `key` is the API key that it was made with, "" for none.
    """

    id: str
    email: str
    invited_by: str
    expires: datetime
    membership: Annotated[
        AccountMembership | None, with_earlier_name("membership", "belonging")
    ] = None
    cluster: str = ""
    admin: bool = False
    language: str = "zh"
    used: bool = False
    handed_over: bool = False
    unmailed: bool = False
    key: str = ""

    def is_open(self, now: datetime) -> bool:
        """Tell whether it can be accepted: not used, not too old."""
        return not self.used and now < self.expires

    @property
    def organization(self) -> str:
        """The id of the organisation that it invites to, if to one."""
        return self.membership.organization if self.membership else ""

    @property
    def role(self) -> MembershipRole | None:
        """The role that it offers in an organisation."""
        return self.membership.role if self.membership else None

    @property
    def makes_leader(self) -> bool:
        """Tell whether who takes it invites others: as owner, coordinator or administrator."""
        return self.membership is None or self.membership.role is MembershipRole.OWNER

    def give_to(self, account: Account) -> Account:
        """The account with the place that was offered."""
        memberships, clusters = account.memberships, account.clusters
        if self.membership is not None:
            others = (
                membership
                for membership in memberships
                if membership.organization != self.organization
            )
            memberships = (*others, self.membership)
        if self.cluster:
            clusters = tuple(dict.fromkeys((*clusters, self.cluster)))
        admin = account.admin or self.admin
        return replace(
            account,
            memberships=memberships,
            clusters=clusters,
            admin=admin,
            given_by_key=self._given_by_key(account),
        )

    def _given_by_key(self, account: Account) -> tuple[GivenPlace, ...]:
        """Places that the account came by through API keys: what it had before stays as it was."""
        place = GivenPlace(self.key, self.organization, self.cluster)
        if self.key and self._is_held_by(account):
            return account.given_by_key
        others = (each for each in account.given_by_key if replace(each, key=self.key) != place)
        return (*others, place) if self.key else tuple(others)

    def _is_held_by(self, account: Account) -> bool:
        """Tell whether an account has the place already; whoever becomes an owner has not."""
        if self.membership is None:
            return self.cluster in account.clusters if self.cluster else account.admin
        as_owner = replace(self.membership, role=MembershipRole.OWNER)
        return not {self.membership, as_owner}.isdisjoint(account.memberships)


class Scope(StrEnum):
    """Rights of an API key."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that acts for an account; only its hash is kept.

    It works in the `epoch` of the account in which it was made; None: made by an earlier
    version, taken into the present one at its next use.
    """

    id: str
    account: str
    name: str
    digest: str
    scope: Scope
    created: datetime
    last_used: datetime | None = None
    revoked: bool = False
    epoch: int | None = None


def checked_email(address: str) -> str:
    """The address in the one form in which it is kept. Raises InvalidInput."""
    cleaned = address.strip().lower()
    if cleaned.isascii() and not address.strip().isascii():
        # Another mailbox than the one whose letters it looks like: the Kelvin sign is no K.
        raise InvalidInput("is no address of the form name@example.org.", where="email")
    if len(cleaned) > MAX_EMAIL or not _EMAIL.fullmatch(cleaned):
        raise InvalidInput("is no address of the form name@example.org.", where="email")
    return cleaned


def mailable_email(address: str) -> str:
    """The same of one that a letter can be sent to (RFC 5322, without quotes and comments).

    Raises InvalidInput.
    """
    cleaned = checked_email(address)
    try:
        registered = registered_address(cleaned).addr_spec  # as the mailer does
    except ValueError:
        registered = ""
    if not _MAILABLE.fullmatch(registered):
        raise InvalidInput("is no address of the form name@example.org.", where="email")
    return cleaned


def first_address(text: str) -> str:
    """The first mail address in a line of contact, in the form in which it is kept; "" for none."""
    words = re.split(r"[\s<>,;:，；：、()（）]+", text.lower())
    return next((word for word in words if _EMAIL.fullmatch(word)), "")


def checked_language(language: str) -> str:
    """A language that there is. Raises InvalidInput."""
    if language not in languages():
        raise InvalidInput("must be one of %(names)s.", where="language", names=languages())
    return language


def checked_name(name: str) -> str:
    """A name without needless blanks and invisible characters. Raises InvalidInput."""
    cleaned = "" if is_unseen(name) else " ".join(clean(name)[0].split())
    _check_length("name", cleaned, 1, MAX_PERSON_NAME)
    return cleaned


def person_name(name: str) -> str:
    """The name of a person, as others read it in letters. Raises InvalidInput."""
    cleaned = checked_name(name)
    check_name(cleaned)
    return cleaned


def check_password(password: str, email: str = "") -> None:
    """Length, and how soon it would be guessed, as NIST SP 800-63B advises. Raises InvalidInput."""
    from zxcvbn import zxcvbn  # its lists take a while to load: where a password is chosen

    _check_length("password", password, MIN_PASSWORD, MAX_PASSWORD)
    judged = unicodedata.normalize("NFKC", password)[:_MOST_JUDGED]
    known = [email, *email.split("@"), *_GUESSED_FIRST] if email else list(_GUESSED_FIRST)
    if len(set(judged)) < 4 or zxcvbn(judged, known)["score"] <= EASY_SCORE:
        raise InvalidInput(
            "is too easy to guess; choose another.",
            where="password",
            mend="Several unusual words make a good one.",
        )


def _check_length(name: str, text: str, minimum: int, maximum: int) -> None:
    if not minimum <= len(text) <= maximum:
        raise InvalidInput(
            "must have from %(minimum)s to %(maximum)s characters.",
            where=name,
            minimum=minimum,
            maximum=maximum,
        )
