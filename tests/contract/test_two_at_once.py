"""Two at once with what may be used once, and people who leave at the same moment: both stores."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import GoalName
from matchmaker.errors import (
    CodeUsedJustNow,
    InvalidInput,
    MatchmakerError,
    SignInNeeded,
    WrongState,
)
from matchmaker.nodes.allowance import LocalAllowance
from matchmaker.services.people.invitations import Invitations
from matchmaker.services.people.sign_in import OpenIdClaims, SignInService
from matchmaker.store.documents import Store
from matchmaker.workflow.account import Account, AccountMembership, MembershipRole
from matchmaker.workflow.introduction import Proposal, Transition
from matchmaker.workflow.introduction_states import Action
from tests.contract.cooperation import PASSWORD, PASSWORDS, Cooperation, cooperation_on, timedelta

AT_ONCE = 4


def sign_in_on(services: Cooperation) -> SignInService:
    links, factors = services.links(), services.second_factors()
    invitations = Invitations(
        lambda: services.store, services.repositories, services.accounts, links, factors,
        services.clock, LocalAllowance(0),
    )  # fmt: skip
    return SignInService(
        services.repositories, services.accounts, invitations, PASSWORDS, links, factors,
        services.clock,
    )  # fmt: skip


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each gives or raises, begun at the same moment."""
    start = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def do(number: int) -> None:
        start.wait()
        try:
            results[number] = works[number]()
        except MatchmakerError as error:
            results[number] = error

    threads = [threading.Thread(target=do, args=(number,)) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def won(results: list[Any], *refusals: type[MatchmakerError]) -> list[Any]:
    """Who was first; all others must have been refused in one of these ways."""
    first = [result for result in results if not isinstance(result, MatchmakerError)]
    others = [result for result in results if isinstance(result, MatchmakerError)]
    assert others
    assert {type(other) for other in others} <= set(refusals), others
    return first


def token_of(link: str) -> str:
    return parse_qs(urlsplit(link).query)["token"][0]


def test_an_invitation_makes_one_account(store: Store) -> None:
    sign_in = sign_in_on(cooperation_on(store))
    issued = sign_in.invitations.invite(ADMIN, "new@example.org", admin=True)
    token = token_of(sign_in.invitations.hand_over(ADMIN, issued.invitation.id))
    results = at_once(*[lambda: sign_in.by_invitation(token, "新", PASSWORD)] * AT_ONCE)
    (account,) = won(results, InvalidInput)
    assert sign_in.with_password("new@example.org", PASSWORD).id == account.id


def test_a_coordinator_s_invitation_is_over_when_the_organisation_has_people(store: Store) -> None:
    """Else who invites twice at once reads, by the second, what is the firm's own."""
    services = cooperation_on(store)
    sign_in, coordinator = sign_in_on(services), services.coordinator()
    place = AccountMembership("t:f1", MembershipRole.OWNER)
    first, second = (
        sign_in.invitations.invite(coordinator, email, membership=place).invitation
        for email in ("firm@example.org", "other@example.org")
    )
    tokens = [token_of(sign_in.invitations.hand_over(ADMIN, each.id)) for each in (first, second)]
    sign_in.by_invitation(tokens[0], "A", PASSWORD)
    for token in tokens:
        with pytest.raises(InvalidInput):
            sign_in.by_invitation(token, "B", PASSWORD)
    assert services.accounts.owners("t:f1") == [services.accounts.by_email(ADMIN, first.email).id]
    with pytest.raises(SignInNeeded):
        sign_in.with_provider(OpenIdClaims("https://id.example", "1", second.email, True, "B"))


def test_who_is_invited_twice_and_comes_by_a_provider_is_let_in_at_once(store: Store) -> None:
    """The coordinator's second invitation ended with the first, the administrator's did not."""
    services = cooperation_on(store)
    sign_in, coordinator = sign_in_on(services), services.coordinator()
    for who, place in (
        (coordinator, AccountMembership("t:f1", MembershipRole.OWNER)),
        (coordinator, AccountMembership("t:f1", MembershipRole.OWNER)),
        (ADMIN, AccountMembership("t:f2", MembershipRole.MEMBER)),
    ):
        sign_in.invitations.invite(who, "firm@example.org", membership=place)
    claims = OpenIdClaims("https://id.example", "1", "firm@example.org", True, "A")
    account = sign_in.with_provider(claims)
    assert {each.organization for each in account.memberships} == {"t:f1", "t:f2"}
    assert sign_in.with_provider(claims) == account


def test_nobody_becomes_an_administrator_by_who_is_none_any_more(store: Store) -> None:
    services = cooperation_on(store)
    sign_in = sign_in_on(services)
    admin = services.accounts.create(ADMIN, "root@example.org", "R", PASSWORD, admin=True)
    issued = sign_in.invitations.invite(admin.principal(), "next@example.org", admin=True)
    token = token_of(sign_in.invitations.hand_over(ADMIN, issued.invitation.id))
    assert sign_in.invitations.read(token).admin
    services.accounts.set_active(ADMIN, admin.id, active=False)
    with pytest.raises(InvalidInput):
        sign_in.by_invitation(token, "N", PASSWORD)


def test_an_invitation_is_joined_once(store: Store) -> None:
    services = cooperation_on(store)
    sign_in, own = sign_in_on(services), services.person("t:f0")
    place = AccountMembership("t:f1", MembershipRole.MEMBER)
    issued = sign_in.invitations.invite(ADMIN, own.email, membership=place)
    token = token_of(sign_in.invitations.hand_over(ADMIN, issued.invitation.id))
    results = at_once(*[lambda: sign_in.by_invitation(token, "A", PASSWORD)] * AT_ONCE)
    # Who comes between the first one's reading and writing has lost the session that it ended.
    assert len(won(results, InvalidInput, SignInNeeded)) == 1
    after = services.accounts.by_email(ADMIN, own.email)
    assert [each.organization for each in after.memberships] == ["t:f0", "t:f1"]


def test_a_reset_sets_one_password(store: Store) -> None:
    services = cooperation_on(store)
    sign_in, own = sign_in_on(services), services.person("t:f0")
    token = token_of(sign_in.reset_link(ADMIN, own.email))
    words = [f"another horse {number}" for number in range(10, 10 + AT_ONCE)]
    results = at_once(*[lambda word=word: sign_in.reset(token, word) for word in words])
    won(results, InvalidInput)
    first = [
        word for word, result in zip(words, results, strict=True) if isinstance(result, Account)
    ]
    assert len(first) == 1
    assert sign_in.with_password(own.email, first[0]).id == own.id


@pytest.mark.parametrize("kind", ["recovery", "authenticator"])
def test_a_code_lets_one_in(store: Store, kind: str) -> None:
    services = cooperation_on(store)
    sign_in, own = sign_in_on(services), services.person("t:f0")
    secret = sign_in.second_factors.begin(own.principal(), PASSWORD).secret
    base64.b32decode(secret)
    code = pyotp.TOTP(secret).at(services.clock())
    codes = sign_in.second_factors.confirm(own.principal(), code)
    services.clock.forward(timedelta(seconds=60))
    used = codes[0] if kind == "recovery" else pyotp.TOTP(secret).at(services.clock())
    results = at_once(*[lambda: sign_in.with_password(own.email, PASSWORD, code=used)] * AT_ONCE)
    assert len(won(results, SignInNeeded, CodeUsedJustNow)) == 1


@pytest.mark.parametrize("way", ["deleted", "left"])
def test_the_last_two_owners_do_not_leave_their_members_together(store: Store, way: str) -> None:
    services = cooperation_on(store)
    owners = [services.person("t:f0", number) for number in range(2)]
    services.accounts.create(
        ADMIN, "m@example.org", "M", PASSWORD,
        memberships=(AccountMembership("t:f0", MembershipRole.MEMBER),),
    )  # fmt: skip
    privacy = services.privacy(keep_interactions=timedelta(1), keep_over=timedelta(1))

    def leave(own: Account) -> None:
        if way == "deleted":
            privacy.delete_own(own.principal(), PASSWORD)
        else:
            services.accounts.remove_member(own.principal(), "t:f0", own.id)

    results = at_once(*[lambda own=own: leave(own) for own in owners])
    assert len(won(results, WrongState)) == 1
    assert len(services.accounts.owners("t:f0")) == 1


def test_who_is_deleted_while_writing_leaves_no_name_and_no_fault(store: Store) -> None:
    services = cooperation_on(store)
    people = [services.person(id) for id in ("t:f0", "t:f1")]
    first, second = (person.principal() for person in people)
    made = services.introductions.propose(first, Proposal(GoalName.SUPPLIER, "t:f0", "t:f1"))
    services.introductions.act(second, made.id, Transition(Action.ACCEPT))
    privacy = services.privacy(keep_interactions=timedelta(1), keep_over=timedelta(1))

    def write() -> None:
        for number in range(20):
            services.conversations.write(first, made.id, f"第 {number} 条")

    results = at_once(write, lambda: privacy.delete_own(first, PASSWORD))
    assert results[1] is None
    assert results[0] is None or isinstance(results[0], MatchmakerError)
    authors = {message.author for message in services.repositories.messages.values()}
    assert people[0].id not in authors
    assert services.conversations.messages(second, made.id).rows is not None
