"""What a session or key sends while it is being ended counts no more: on both stores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from matchmaker.access import ADMIN, Principal
from matchmaker.errors import SignInNeeded
from matchmaker.services.people.channels import ChannelContent
from matchmaker.services.people.passwords import Passwords
from matchmaker.services.people.privacy import Privacy
from matchmaker.services.people.second_factors import FactorAnswer
from matchmaker.services.people.sessions import Sessions
from matchmaker.services.people.sign_in import SignInService
from matchmaker.services.unit_of_work import UnitOfWork
from matchmaker.store.documents import Store
from matchmaker.workflow.account import (
    AccountMembership,
    MailRhythm,
    MembershipRole,
    Preferences,
    Scope,
)
from matchmaker.workflow.session import SignInOrigin
from tests.contract.cooperation import PASSWORD
from tests.contract.test_address_proof import NEW, Takeover
from tests.contract.test_channels import ROBOT
from tests.contract.test_two_at_once import token_of

ANOTHER = "green lantern 5 rivers"
URL = "https://attacker.example/another"
KINDS = ("accounts", "hooks", "channels", "invitations", "api_keys", "sessions")
Write = Callable[["Taken", Principal], Any]


class Taken(Takeover):
    """An account that its owner takes back, and what else there is to write to."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        base = self.base
        self.colleague = base.person("t:f0", 1)
        self.sessions = Sessions(base.repositories, base.accounts, base.clock, timedelta(hours=12))
        self.sessions.begin(self.account, SignInOrigin())
        self.privacy: Privacy = base.privacy(
            keep_interactions=timedelta(days=30), keep_over=timedelta(days=30)
        )
        place = AccountMembership("t:f0", MembershipRole.OWNER)
        self.place = place
        self.invitation = self.sign_in.invitations.invite(
            ADMIN, "guest@example.org", membership=place
        ).invitation

    def stored(self) -> dict[str, list[str]]:
        return {
            kind: sorted(map(repr, getattr(self.base.repositories, kind).values()))
            for kind in KINDS
        }

    def put(self, **fields: bool) -> None:
        accounts = self.base.repositories.accounts
        stored = accounts.get(self.account.id)
        put = accounts.put(replace(stored.value, **fields), stored.version)  # type: ignore[arg-type]
        self.base.repositories.records.commit([put])

    def owned_hook(self, principal: Principal) -> str:
        return self.hooks.listed(principal, "t:f0")[0].id


@pytest.fixture
def taken(store: Store) -> Taken:
    return Taken(store)


def _own_session(taken: Taken, by: Principal) -> None:
    taken.sessions.end(by, taken.sessions.own_sessions(by)[0].id, PASSWORD)


def _change_channel(taken: Taken, by: Principal) -> None:
    (channel,) = taken.channels.listed(by)
    taken.channels.change(by, channel.id, MailRhythm.DAILY, None)


OWN: dict[str, Write] = {
    "password": lambda it, by: it.sign_in.change_password(by, PASSWORD, ANOTHER),
    "name": lambda it, by: it.base.accounts.rename(by, "Another"),
    "preferences": lambda it, by: it.base.accounts.set_preferences(by, Preferences("en")),
    "deletion": lambda it, by: it.privacy.delete_own(by, PASSWORD),
    "leaving": lambda it, by: it.base.accounts.remove_member(by, "t:f0", by.account),
    "another's leaving": lambda it, by: it.base.accounts.remove_member(by, "t:f0", it.colleague.id),
    "key": lambda it, by: it.keys.issue(by, "k", Scope.WRITE, PASSWORD),
    "end of a key": lambda it, by: it.keys.revoke(by, it.key.key.id),
    "end of a session": _own_session,
    "end of all sessions": lambda it, by: it.sessions.end_all(by, PASSWORD),
    "webhook": lambda it, by: it.hooks.register(by, "t:f0", URL, PASSWORD),
    "webhook of a key": lambda it, by: it.hooks.register(by, "t:f0", URL),
    "end of a webhook": lambda it, by: it.hooks.remove(by, it.owned_hook(by)),
    "channel": lambda it, by: it.channels.enter(by, ChannelContent(ROBOT), PASSWORD),
    "change of a channel": _change_channel,
    "invitation": lambda it, by: it.sign_in.invitations.invite(
        by, "late@example.org", membership=it.place
    ),
    "second factor": lambda it, by: it.sign_in.second_factors.begin(by, PASSWORD),
}
ADMINS: dict[str, Write] = {
    "account": lambda it, by: it.base.accounts.create(by, "late@example.org", "L", ANOTHER),
    "closing": lambda it, by: it.base.accounts.set_active(by, it.colleague.id, active=False),
    "another's deletion": lambda it, by: it.privacy.delete_account(by, it.colleague.id),
    "another's second factor": lambda it, by: it.sign_in.second_factors.remove_of(
        by, it.colleague.email
    ),
    "link": lambda it, by: it.sign_in.invitations.hand_over(by, it.invitation.id),
}


def before_the_next_commit(monkeypatch: pytest.MonkeyPatch, rival: Callable[[], None]) -> None:
    """Somebody else is faster once, after all that is asked was looked at."""
    commit, rivals = UnitOfWork.commit, [rival]

    def late(unit: UnitOfWork, records: Any) -> None:
        if rivals:
            rivals.pop()()
        commit(unit, records)

    monkeypatch.setattr(UnitOfWork, "commit", late)


@pytest.mark.parametrize("write", OWN.values(), ids=OWN)
def test_nothing_counts_that_an_account_sends_while_it_is_confirmed(
    taken: Taken, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    _refused_while(taken, write, taken.confirm_elsewhere, monkeypatch)


@pytest.mark.parametrize("written", ["password", "webhook", "change of a channel"])
def test_nothing_counts_that_an_account_sends_while_its_password_is_reset(
    taken: Taken, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its address was proved long ago: what it set up is paused, and stays so."""
    taken.put(is_proved=True)
    _refused_while(taken, OWN[written], taken.reset, monkeypatch)


@pytest.mark.parametrize("write", ADMINS.values(), ids=ADMINS)
def test_nothing_counts_that_an_administrator_s_session_sends_while_it_is_ended(
    taken: Taken, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken.put(admin=True)
    _refused_while(taken, write, taken.reset, monkeypatch)


@pytest.mark.parametrize("write", OWN.values(), ids=OWN)
def test_nothing_counts_that_one_session_sends_while_it_alone_is_ended(
    taken: Taken, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account's epoch stays: the owner goes on in another session of theirs."""
    sessions, account = taken.sessions, taken.now()
    by, owner = (
        replace(account.principal(), session=sessions.id_of(sessions.begin(account, each)))
        for each in (SignInOrigin("203.0.113.7"), SignInOrigin("198.51.100.2"))
    )
    _refused_once_ended(
        taken, write, by, lambda: sessions.end(owner, by.session, PASSWORD), monkeypatch
    )
    taken.base.accounts.rename(owner, "Owner")


@pytest.mark.parametrize("written", ["name", "webhook of a key", "invitation", "end of a key"])
def test_nothing_counts_that_a_key_sends_while_it_alone_is_revoked(
    taken: Taken, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, by = taken.now().principal(), taken.keys.principal_of(taken.key.secret)
    assert by is not None
    _refused_once_ended(
        taken, OWN[written], by, lambda: taken.keys.revoke(owner, taken.key.key.id), monkeypatch
    )


def _refused_once_ended(
    taken: Taken,
    write: Write,
    by: Principal,
    end: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    after: list[dict[str, list[str]]] = []

    def end_it() -> None:
        end()
        after.append(taken.stored())

    before_the_next_commit(monkeypatch, end_it)
    with pytest.raises(SignInNeeded, match="ended meanwhile"):
        write(taken, by)
    assert after == [taken.stored()]


def test_signing_out_waits_for_what_the_session_sent_a_moment_ago(taken: Taken) -> None:
    sessions, account = taken.sessions, taken.now()
    secret = sessions.begin(account, SignInOrigin())
    by = replace(account.principal(), session=sessions.id_of(secret))
    remove = taken.base.repositories.sessions.remove
    rivals = [lambda: taken.base.accounts.rename(by, "Busy")]

    def late(stored: Any) -> Any:
        change = remove(stored)
        if rivals:
            rivals.pop()()
        return change

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(taken.base.repositories.sessions, "remove", late)
        sessions.sign_out(secret)
    assert taken.now().name == "Busy"
    assert sessions.account_of(secret) is None


def _refused_while(
    taken: Taken, write: Write, owner: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    after: list[dict[str, list[str]]] = []

    def take_back() -> None:
        owner()
        after.append(taken.stored())

    by = taken.now().principal()
    before_the_next_commit(monkeypatch, take_back)
    with pytest.raises(SignInNeeded, match="ended meanwhile"):
        write(taken, by)
    assert after == [taken.stored()]
    assert taken.sign_in.with_password(taken.account.email, NEW).is_proved


def test_who_signs_in_with_a_password_that_is_reset_meanwhile_does_not_bring_it_back(
    taken: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hash with costs of an earlier version is made anew at signing in."""
    monkeypatch.setattr(Passwords, "is_dated", lambda passwords, hashed: True)
    before_the_next_commit(monkeypatch, taken.reset)
    with pytest.raises(SignInNeeded):
        taken.sign_in.with_password(taken.account.email, PASSWORD)
    monkeypatch.undo()
    assert taken.sign_in.with_password(taken.account.email, NEW)


def test_who_accepts_with_a_password_that_is_reset_meanwhile_gets_no_session(
    taken: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in: SignInService = taken.sign_in
    place = AccountMembership("t:f1")
    issued = sign_in.invitations.invite(ADMIN, taken.account.email, membership=place)
    token = token_of(sign_in.invitations.hand_over(ADMIN, issued.invitation.id))
    before_the_next_commit(monkeypatch, taken.reset)
    with pytest.raises(SignInNeeded):
        sign_in.by_invitation(token, "Thief", PASSWORD)
    assert place not in taken.now().memberships


def test_who_gives_a_code_while_the_password_is_reset_is_not_let_in(
    taken: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken.confirm()
    factors, clock, by = taken.sign_in.second_factors, taken.base.clock, taken.now().principal()
    code = pyotp.TOTP(factors.begin(by, PASSWORD).secret)
    recovery = factors.confirm(by, code.at(clock()))
    before_the_next_commit(monkeypatch, taken.reset)
    with pytest.raises(SignInNeeded):
        taken.sign_in.with_password(taken.account.email, PASSWORD, code=recovery[0])
    by = taken.now().principal()
    before_the_next_commit(monkeypatch, taken.reset)
    with pytest.raises(SignInNeeded, match="ended meanwhile"):
        factors.remove(by, NEW, FactorAnswer(recovery[1]))
    assert taken.now().has_second_factor


def test_a_new_password_is_hashed_once_however_often_others_are_faster(
    taken: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or whoever writes without a pause keeps the owner from it: hashing takes the longest."""
    hashed: list[str] = []
    real = Passwords.hash

    def counted(passwords: Passwords, password: str) -> str:
        hashed.append(password)
        return real(passwords, password)

    monkeypatch.setattr(Passwords, "hash", counted)
    by = taken.account.principal()
    before_the_next_commit(monkeypatch, lambda: taken.base.accounts.rename(by, "Busy") and None)
    taken.reset()
    assert hashed == [NEW]
