"""Certificates of three firms, for the tests of both stores: who may what, at one time."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from matchmaker.access import Principal
from matchmaker.domain import (
    Certificate,
    ClaimTier,
    Cluster,
    GoalName,
    GraphRows,
    Membership,
    Provenance,
    SourceTier,
)
from matchmaker.services.cooperation.attachment_files import AttachmentFiles
from matchmaker.services.cooperation.file_quota import FileQuota
from matchmaker.services.cooperation.scanner import Scanner
from matchmaker.services.directory.certificate_view import CertificateView
from matchmaker.services.directory.certificates import Certificates
from matchmaker.services.directory.opted_out import OptedOut
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.repositories import Repositories
from matchmaker.store.documents import Store
from matchmaker.workflow.account import Account, AccountMembership
from matchmaker.workflow.introduction import Introduction
from matchmaker.workflow.introduction_states import Origin, Side, State
from matchmaker.workflow.notification import NotificationKind
from tests.contract.graphs import firm

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
            store, OptedOut(lambda: store), self.repositories,
            AttachmentFiles(folder, Scanner("")),
            FileQuota(self.repositories, 500),
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
            asking_side=Side.SEEKER, created=NOW, expires=NOW, state=State.COMPLETED,
        )  # fmt: skip
        put = self.repositories
        store.documents.commit([put.accounts.put(owner), put.introductions.put(done)])

    def confirm(self, principal: Principal, id: str) -> CertificateView:
        """Confirmed by somebody who has just looked at it."""
        held = self.use_cases.listed(principal, self.store.certificate(id).organization)
        (seen,) = (view.digest for view in held if view.certificate.id == id)
        return self.use_cases.confirm(principal, id, seen)

    def told(self) -> list[tuple[NotificationKind, str]]:
        """What the firm's owner was told of."""
        rows = self.repositories.notifications.values("account", "own")
        return [(row.kind, row.facts["other"]) for row in sorted(rows, key=lambda row: row.at)]


OF_A_LIST = Provenance("list.csv", "", SourceTier.IMPORT, TODAY)
BY_OWNER = Certificate(
    "k:1", "t:1", "ISO 9001", "NEW-999", provenance=Provenance("api", "", SourceTier.SELF, TODAY)
)
CONFIRMED = {"claim": ClaimTier.COORDINATOR, "confirmed_on": TODAY}
