"""Invitations on both stores: letters not taken are sent again, rights that went end them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from matchmaker.access import ADMIN, Principal
from matchmaker.domain import Cluster, GraphRows, Membership
from matchmaker.errors import (
    InvalidInput,
    LetterRefused,
    NotAllowed,
    ServiceUnavailable,
    TooManyAttempts,
)
from matchmaker.mail import Mailer
from matchmaker.nodes.allowance import LocalAllowance
from matchmaker.services.directory.codes import Codes, SnapshotReader
from matchmaker.services.directory.directory import Directory
from matchmaker.services.directory.opted_out import OptedOut
from matchmaker.services.people import invitation_limits, invitations
from matchmaker.services.people.invitations import Invitations
from matchmaker.services.people.links import Links
from matchmaker.store.documents import Store
from matchmaker.workflow.account import AccountMembership, MembershipRole
from tests.contract.cooperation import PASSWORD, Cooperation, cooperation_on


class MailServer:
    """Takes letters, or none at all while it `is_down`."""

    is_set_up = True

    def __init__(self) -> None:
        self.is_down = True
        self.receivers: list[str] = []

    def send(
        self, to: str, subject: str, text: str, headers: Mapping[str, str] | None = None
    ) -> None:
        if self.is_down:
            raise ServiceUnavailable("The mail server does not answer.")
        if to.startswith("nobody"):
            raise LetterRefused("The mail server refused the message: %(error)s.", error="x")
        self.receivers.append(to)


class Desk:
    """Invitations on one store, and the mail server that their letters go to."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.services: Cooperation = cooperation_on(store)
        self.mail = MailServer()
        mailer = cast(Mailer, self.mail)
        links = Links(lambda: "secret", lambda: "https://m.example", mailer)
        services = self.services
        self.invitations = Invitations(
            lambda: store, services.repositories, services.accounts, links,
            services.second_factors(), services.clock, LocalAllowance(0),
        )  # fmt: skip
        self.directory = Directory(
            store,
            lambda: datetime.now(UTC),
            Codes(SnapshotReader(Path("nowhere"))),
            OptedOut(lambda: store),
        )

    def waiting(self) -> set[str]:
        rows = self.services.repositories.invitations.iterate("unmailed", "yes")
        return {each.value.email for each in rows}

    def token(self, invitation_id: str) -> str:
        return self.invitations.links.token("invitation", invitation_id)


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


def test_only_letters_that_were_not_taken_are_sent_again_and_each_once(desk: Desk) -> None:
    first = desk.invitations.invite(ADMIN, "a@example.org", cluster="t:c")
    later = desk.invitations.invite(ADMIN, "b@example.org", cluster="t:c", later=True)
    assert (first.mailed, first.invitation.unmailed, later.invitation.unmailed) == (
        False, True, True,
    )  # fmt: skip
    assert desk.waiting() == {"a@example.org", "b@example.org"}
    assert desk.invitations.mail_due() == 0
    assert desk.waiting() == {"a@example.org", "b@example.org"}
    desk.mail.is_down = False
    assert desk.invitations.invite(ADMIN, "c@example.org", cluster="t:c").mailed
    assert desk.invitations.mail_due() == 2
    assert desk.waiting() == set()
    assert desk.invitations.mail_due() == 0
    assert sorted(desk.mail.receivers) == ["a@example.org", "b@example.org", "c@example.org"]


def test_who_invites_an_address_that_is_refused_is_told_so_and_not_that_no_letter_goes(
    desk: Desk,
) -> None:
    down = desk.invitations.invite(ADMIN, "nobody@example.org", cluster="t:c")
    desk.mail.is_down = False
    refused = desk.invitations.invite(ADMIN, "nobody@example.org", cluster="t:c")
    assert (down.refused, refused.refused, refused.mailed) == (False, True, False)
    assert "Do not invite again" in down.message.text("en")
    assert "Do not invite again" not in refused.message.text("en")
    assert "拒收" in refused.message.text("zh")


def test_letters_that_are_refused_for_ever_keep_no_other_waiting(desk: Desk) -> None:
    """However many there are: who invites to addresses of nobody stops nobody's invitations."""
    emails = [*(f"nobody{number}@example.org" for number in range(12)), "a@example.org"]
    for email in emails:
        desk.invitations.invite(ADMIN, email, cluster="t:c", later=True)
    desk.mail.is_down = False
    assert desk.invitations.mail_due() == 1
    assert desk.mail.receivers == ["a@example.org"]
    assert desk.waiting() == set(emails) - {"a@example.org"}


def test_people_of_one_organisation_have_no_letters_sent_to_everybody(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its owner names whom it likes, and the installation writes to all of them."""
    monkeypatch.setattr(invitation_limits, "MAX_TO_ORGANIZATION_A_DAY", 5)
    owner, colleague, other = (
        desk.services.person(id, number).principal()
        for id, number in (("t:f0", 0), ("t:f0", 1), ("t:f1", 0))
    )
    desk.mail.is_down = False

    def invite(principal: Principal, organization: str, number: int) -> None:
        place = AccountMembership(organization, MembershipRole.MEMBER)
        desk.invitations.invite(principal, f"p{number}@example.org", membership=place)

    for number in range(5):
        invite((owner, colleague)[number % 2], "t:f0", number)
        desk.services.clock.forward(timedelta(minutes=1))
    for principal in (owner, colleague):
        with pytest.raises(TooManyAttempts) as refused:
            invite(principal, "t:f0", 5)
        assert refused.value.seconds == 24 * 3600 - 5 * 60
    assert len(desk.mail.receivers) == 5
    invite(other, "t:f1", 5)
    invite(ADMIN, "t:f0", 6)
    desk.services.clock.forward(timedelta(hours=24))
    invite(owner, "t:f0", 7)
    assert len(desk.mail.receivers) == 8


def test_of_two_who_invite_the_last_one_at_once_one_does(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A colleague invites between the count of the first and its commit."""
    monkeypatch.setattr(invitation_limits, "MAX_TO_ORGANIZATION_A_DAY", 1)
    owner, colleague = (desk.services.person("t:f0", number).principal() for number in (0, 1))
    place = AccountMembership("t:f0", MembershipRole.MEMBER)
    count = invitations.require_few_letters
    between = [colleague]

    def count_and_wait(*asked: object) -> None:
        count(*asked)  # type: ignore[arg-type]
        if between:
            desk.invitations.invite(between.pop(), "second@example.org", membership=place)

    monkeypatch.setattr(invitations, "require_few_letters", count_and_wait)
    desk.mail.is_down = False
    with pytest.raises(TooManyAttempts):
        desk.invitations.invite(owner, "first@example.org", membership=place)
    assert desk.mail.receivers == ["second@example.org"]


def test_coordinators_of_one_cluster_have_no_letters_sent_to_everybody(desk: Desk) -> None:
    """They invite each other, and the first people of every member, to whatever address."""
    desk.store.upsert(GraphRows(clusters=(Cluster("t:d", "Other"),)))
    first, second, elsewhere = (
        desk.services.accounts.create(ADMIN, f"{name}@example.org", name, PASSWORD, clusters=(of,))
        for name, of in (("c1", "t:c"), ("c2", "t:c"), ("c3", "t:d"))
    )
    five_a_day = LocalAllowance(5 / (24 * 60), 24 * 60)
    limited = replace(desk.invitations, letters=five_a_day)
    desk.mail.is_down = False
    for number in range(5):
        coordinator = (first, second)[number % 2].principal()
        limited.invite(coordinator, f"p{number}@example.org", cluster="t:c")
    for coordinator in (first, second):
        with pytest.raises(TooManyAttempts):
            limited.invite(coordinator.principal(), "p5@example.org", cluster="t:c")
    assert len(desk.mail.receivers) == 5
    limited.invite(elsewhere.principal(), "p5@example.org", cluster="t:d")
    limited.invite(ADMIN, "p6@example.org", cluster="t:c")
    assert len(desk.mail.receivers) == 7


def test_one_person_writes_to_an_address_a_few_times_a_day_and_keeps_no_other_from_it(
    desk: Desk,
) -> None:
    """Else whoever may invite at all sends somebody letters without end."""
    owner, other = (desk.services.person(id).principal() for id in ("t:f0", "t:f1"))
    desk.mail.is_down = False

    def invite(principal: Principal, organization: str, email: str = "a@example.org") -> None:
        place = AccountMembership(organization, MembershipRole.MEMBER)
        desk.invitations.invite(principal, email, membership=place)

    for _ in range(3):
        invite(owner, "t:f0")
        desk.services.clock.forward(timedelta(hours=1))
    with pytest.raises(TooManyAttempts) as refused:
        invite(owner, "t:f0", " A@Example.org")
    assert refused.value.seconds == 21 * 3600
    invite(owner, "t:f0", "b@example.org")
    invite(other, "t:f1")
    desk.services.clock.forward(timedelta(hours=22))
    invite(owner, "t:f0")
    assert desk.mail.receivers.count("a@example.org") == 5


def test_no_letter_follows_to_what_was_accepted_or_is_too_old(desk: Desk) -> None:
    used, old = (
        desk.invitations.invite(ADMIN, email, cluster="t:c").invitation
        for email in ("used@example.org", "old@example.org")
    )
    desk.invitations.make_account(desk.invitations.of_token(desk.token(used.id)), "U")
    assert desk.waiting() == {"old@example.org"}
    desk.services.clock.forward(timedelta(days=15))
    desk.mail.is_down = False
    assert desk.invitations.mail_due() == 0
    assert (desk.waiting(), desk.mail.receivers) == (set(), [])
    with pytest.raises(InvalidInput):
        desk.invitations.read(desk.token(old.id))


def test_a_letter_waits_while_who_invited_may_not_give_that_place(desk: Desk) -> None:
    """Out of the cluster by yesterday: its coordinator invites nobody to it any more."""
    coordinator = desk.services.coordinator()
    place = AccountMembership("t:f1", MembershipRole.OWNER)
    issued = desk.invitations.invite(coordinator, "f1@example.org", membership=place)
    token = desk.token(issued.invitation.id)
    assert desk.invitations.read(token).organization == "t:f1"
    desk.mail.is_down = False
    desk.directory.set_member(ADMIN, "t:c", "t:f1", stays=False)
    assert desk.invitations.mail_due() == 0
    assert desk.mail.receivers == []
    with pytest.raises(InvalidInput):
        desk.invitations.read(token)
    assert desk.invitations.open_for("f1@example.org") == []
    with pytest.raises(NotAllowed):
        desk.invitations.invite(coordinator, "f1@example.org", membership=place)
    desk.directory.set_member(ADMIN, "t:c", "t:f1", stays=True)
    assert desk.invitations.mail_due() == 1
    assert desk.mail.receivers == ["f1@example.org"]


def test_an_owner_who_left_gives_no_places(desk: Desk) -> None:
    owner = desk.services.person("t:f0")
    place = AccountMembership("t:f0", MembershipRole.MEMBER)
    issued = desk.invitations.invite(owner.principal(), "new@example.org", membership=place)
    desk.services.person("t:f0", 1)
    accounts = desk.services.repositories.accounts
    stored = accounts.get(owner.id)
    put = accounts.put(replace(stored.value, memberships=()), stored.version)
    desk.store.documents.commit([put])
    with pytest.raises(InvalidInput):
        desk.invitations.read(desk.token(issued.invitation.id))
    desk.mail.is_down = False
    assert desk.invitations.mail_due() == 0


def test_a_member_since_years_leaves_as_of_yesterday_and_keeps_its_first_day(desk: Desk) -> None:
    store, directory = desk.store, desk.directory
    since = datetime.now(UTC).date() - timedelta(days=800)
    store.upsert(
        GraphRows(
            clusters=(Cluster("t:d", "群"),), memberships=(Membership("t:d", "t:f0", since=since),)
        )
    )
    assert [cluster.id for cluster in store.clusters_of("t:f0")] == ["t:c", "t:d"]
    directory.set_member(ADMIN, "t:d", "t:f0", stays=False)
    [past] = store.memberships_in("t:d", ["t:f0", "t:f1"])
    assert past.since == since
    assert past.until is not None
    assert past.until < datetime.now().date()  # noqa: DTZ005 (as the cluster's people count it)
    assert [cluster.id for cluster in store.clusters_of("t:f0")] == ["t:c"]
    assert store.fellow_members("t:f0") == {"t:f0", "t:f1", "t:f2", "t:f3", "t:lab"}
    directory.set_member(ADMIN, "t:d", "t:f0", stays=True)
    [again] = store.memberships_in("t:d", ["t:f0"])
    assert (again.since, again.until) == (since, None)


def test_one_joins_as_a_member_from_today(desk: Desk) -> None:
    desk.store.upsert(GraphRows(clusters=(Cluster("t:d", "群"),)))
    assert desk.store.memberships_in("t:d", ["t:f0"]) == ()
    desk.directory.set_member(ADMIN, "t:d", "t:f0", stays=True)
    [member] = desk.store.memberships_in("t:d", ["t:f0", "t:f1"])
    assert (member.since, member.until) == (datetime.now().date(), None)  # noqa: DTZ005
    assert desk.store.memberships_in("t:c", ["t:lab", "t:f0", "t:none"]) == (
        Membership("t:c", "t:f0"),
        Membership("t:c", "t:lab"),
    )
