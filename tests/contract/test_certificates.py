"""Certificates in both stores: filters, who stands for them, and telling of those that end."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from matchmaker.access import ADMIN, Principal
from matchmaker.domain import (
    Certificate,
    ClaimTier,
    Cluster,
    GoalName,
    GraphRows,
    Membership,
    OrganizationFilter,
    certificate_id,
)
from matchmaker.errors import InvalidInput, NotAllowed, NotFound, WrongState
from matchmaker.services.cooperation.attachment_files import AttachmentFiles, Scanner
from matchmaker.services.directory.certificates import CertificateContent, Certificates
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.repositories import Repositories
from matchmaker.store.documents import Store
from matchmaker.workflow.account import Account, AccountMembership
from matchmaker.workflow.certificate import due_reminder
from matchmaker.workflow.introduction import Introduction
from matchmaker.workflow.introduction_states import Origin, Side, State
from matchmaker.workflow.notification import NotificationKind
from tests.contract.graphs import everything, firm

NOW = datetime(2026, 5, 1, 9, tzinfo=UTC)
TODAY = NOW.date()
OWN = Principal("account:own", account="own", organizations=frozenset({"t:1"}))
COORDINATOR = Principal("account:c", account="c", clusters=frozenset({"c:1"}))
PARTNER = Principal("account:p", account="p", organizations=frozenset({"t:2"}))
STRANGER = Principal("account:s", account="s", organizations=frozenset({"t:3"}))


class Desk:
    """The use cases on a store with three firms, of which two completed an introduction."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.now = NOW
        self.store = store
        self.repositories = Repositories(lambda: store.documents)
        self.use_cases = Certificates(
            store, self.repositories, AttachmentFiles(folder, Scanner("")),
            NotificationOutbox(self.repositories), lambda: self.now,
        )  # fmt: skip
        store.upsert(
            GraphRows(
                organizations=(firm(1), firm(2), firm(3)),
                clusters=(Cluster("c:1", "x"), Cluster("c:2", "y")),
                memberships=(Membership("c:1", "t:1"),),
            )
        )
        owner = Account(
            "own", "own@example.org", "Own", NOW, memberships=(AccountMembership("t:1"),)
        )
        done = Introduction(
            GoalName.SUPPLIER, "t:2", "t:1", id="i1", origin=Origin.MEMBER, proposed_by="p",
            asking=Side.SEEKER, created=NOW, expires=NOW, state=State.COMPLETED,
        )  # fmt: skip
        put = self.repositories
        store.documents.commit([put.accounts.put(owner), put.introductions.put(done)])

    def told(self) -> list[tuple[NotificationKind, str]]:
        """What the firm's owner was told of."""
        rows = self.repositories.notifications.values("account", "own")
        return [(row.kind, row.facts["other"]) for row in sorted(rows, key=lambda row: row.at)]


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return Desk(store, tmp_path / "proofs")


def test_only_who_holds_a_kind_today_passes_its_filter(store: Store) -> None:
    today = date.today()  # noqa: DTZ011 (as stores compare it, but for midnight)
    day = timedelta(days=2)
    rows = everything()
    store.upsert(replace(rows, certificates=()))
    for number, (since, until) in enumerate([
        (None, None), (today - day, today + day), (None, today - day), (today + day, None),
    ]):  # fmt: skip
        row = Certificate(f"k:{number}", "t:1", f"Kind {number}", since=since, until=until)
        store.upsert(GraphRows(certificates=(row,)))
    passing = [
        [row.id for row in store.organizations(_holding(f"Kind {n}"), None, 9).rows]
        for n in range(5)
    ]
    assert passing == [["t:1"], ["t:1"], [], [], []]
    either = OrganizationFilter(certificates=frozenset({"Kind 2", "Kind 1"}))
    assert [row.id for row in store.organizations(either, None, 9).rows] == ["t:1"]
    assert store.certificates_by_owner(["t:1", "t:2"]).keys() == {"t:1"}
    ending = store.certificates_ending((today - day).isoformat(), today.isoformat())
    assert [row.id for row in ending] == ["k:2"]


def _holding(kind: str) -> OrganizationFilter:
    return OrganizationFilter(certificates=frozenset({kind}))


def test_what_is_entered_is_confirmed_by_others_and_once_changed_no_longer(desk: Desk) -> None:
    cases = desk.use_cases
    content = CertificateContent("iatf16949", "T-1", "TÜV", until=date(2027, 3, 31))
    entered = cases.enter(OWN, "t:1", content, ("iatf.txt", io.BytesIO(b"IATF 16949")))
    id = entered.certificate.id
    assert (entered.certificate.kind, entered.certificate.claim) == ("IATF 16949", ClaimTier.STATED)
    with pytest.raises(InvalidInput, match="on record already"):
        cases.enter(OWN, "t:1", content)
    for nobody in (OWN, STRANGER):
        with pytest.raises(NotAllowed):
            cases.confirm(nobody, id)
    with pytest.raises(NotFound):
        cases.file(STRANGER, id)
    assert cases.file(PARTNER, id)[1].read() == b"IATF 16949"
    assert cases.confirm(PARTNER, id).certificate.claim is ClaimTier.PARTNER
    assert cases.confirm(COORDINATOR, id).certificate.claim is ClaimTier.COORDINATOR
    # The weaker one changes nothing any more.
    assert cases.confirm(PARTNER, id).certificate.claim is ClaimTier.COORDINATOR
    assert [kind for kind, _ in desk.told()] == [NotificationKind.CERTIFICATE_CONFIRMED] * 2
    same = cases.change(OWN, id, content).certificate
    assert (same.claim, same.proof) == (ClaimTier.COORDINATOR, "iatf.txt")
    longer = replace(content, until=date(2030, 1, 1))
    assert cases.change(OWN, id, longer).certificate.claim is ClaimTier.STATED
    cases.confirm(COORDINATOR, id)
    assert cases.take_back(COORDINATOR, id).certificate.claim is ClaimTier.STATED
    with pytest.raises(NotAllowed):
        cases.remove(COORDINATOR, id)
    cases.remove(OWN, id)
    assert cases.listed(STRANGER, "t:1") == ()
    actions = [line.entry.action for line in desk.store.documents.last_log(20)]
    assert actions.count("certificate.confirmed") == 3
    assert actions.count("certificate.removed") == 1


def test_an_import_that_says_otherwise_takes_the_confirmation(desk: Desk) -> None:
    row = Certificate(
        certificate_id("t:1", "ISO 9001"), "t:1", "ISO 9001", until=date(2027, 1, 1),
        claim=ClaimTier.COORDINATOR, confirmed_on=TODAY,
    )  # fmt: skip
    desk.store.import_rows(GraphRows(certificates=(row,)))
    plain = replace(row, claim=ClaimTier.STATED, confirmed_on=None)
    desk.store.import_rows(GraphRows(certificates=(plain,)))
    assert desk.store.certificate(row.id).claim is ClaimTier.COORDINATOR
    desk.store.import_rows(GraphRows(certificates=(replace(plain, until=date(2028, 1, 1)),)))
    assert desk.store.certificate(row.id).claim is ClaimTier.STATED
    assert desk.store.certificate(row.id).confirmed_on is None


def test_an_expired_one_is_not_confirmed(desk: Desk) -> None:
    past = CertificateContent("CNAS", until=TODAY - timedelta(days=1))
    id = desk.use_cases.enter(OWN, "t:1", past).certificate.id
    with pytest.raises(WrongState):
        desk.use_cases.confirm(ADMIN, id)


def test_its_holder_is_told_in_time_and_once_each(desk: Desk) -> None:
    """Days before the end by hand: 60, 14, and after it."""
    until = TODAY + timedelta(days=61)
    desk.use_cases.enter(OWN, "t:1", CertificateContent("ISO 9001", until=until))
    told = []
    for left in (61, 60, 59, 15, 14, 1, 0, -1, -2):
        desk.now = NOW + timedelta(days=61 - left)
        if desk.use_cases.remind_due():
            told.append(left)
    assert told == [60, 14, -1]
    ends, ended = NotificationKind.CERTIFICATE_ENDS, NotificationKind.CERTIFICATE_ENDED
    assert desk.told() == [(ends, "ISO 9001"), (ends, "ISO 9001"), (ended, "ISO 9001")]
    # Renewed, it is told of anew when its time comes; with a longer one beside it, it is not.
    desk.now = NOW
    (view,) = desk.use_cases.listed(OWN, "t:1")
    later = CertificateContent("ISO 9001", until=TODAY + timedelta(days=10))
    desk.use_cases.change(OWN, view.certificate.id, later)
    longer = CertificateContent("ISO 9001", "N-2", until=TODAY + timedelta(days=900))
    desk.use_cases.enter(OWN, "t:1", longer)
    assert desk.use_cases.remind_due() == 0


def test_what_ended_long_ago_is_not_told_of() -> None:
    old = Certificate("k:1", "t:1", "CE", until=TODAY - timedelta(days=31))
    assert due_reminder(old, None, TODAY) is None
    assert due_reminder(replace(old, until=None), None, TODAY) is None
