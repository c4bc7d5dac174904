"""The services of cooperation on any store, with organisations and people to act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from matchmaker.access import ADMIN, Principal
from matchmaker.domain import Cluster, GraphRows, Kind, Membership, Organization
from matchmaker.mail import Mailer
from matchmaker.services.cooperation.attachment_files import AttachmentFiles
from matchmaker.services.cooperation.capacity import Capacity
from matchmaker.services.cooperation.conversations import Conversations
from matchmaker.services.cooperation.dealings import Dealings
from matchmaker.services.cooperation.exclusions import Exclusions
from matchmaker.services.cooperation.file_quota import FileQuota
from matchmaker.services.cooperation.gatherings import Gatherings
from matchmaker.services.cooperation.graph_sync import GraphSync
from matchmaker.services.cooperation.introductions import Introductions
from matchmaker.services.cooperation.scanner import Scanner
from matchmaker.services.directory.opted_out import OptedOut
from matchmaker.services.directory.published import PublishedStatements
from matchmaker.services.people.accounts import Accounts
from matchmaker.services.people.links import Links
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.people.notifications import FindsStatement, named_now
from matchmaker.services.people.passkey_challenges import PasskeyChallenges
from matchmaker.services.people.privacy import Privacy
from matchmaker.services.people.second_factors import SecondFactors
from matchmaker.services.repositories import Repositories
from matchmaker.services.sealing import Sealer
from matchmaker.settings import Settings
from matchmaker.store.documents import Store
from matchmaker.workflow.account import Account, AccountMembership, MembershipRole
from tests.passwords import cheap_passwords

FIRMS = ("t:f0", "t:f1", "t:f2", "t:f3")
LAB = "t:lab"
START = datetime(2026, 3, 1, 8, tzinfo=UTC)
PASSWORD = "correct horse 9"
PASSWORDS = cheap_passwords()


class Watch:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, step: timedelta) -> None:
        self.now += step


@dataclass
class Cooperation:
    """Services on one store."""

    store: Store
    repositories: Repositories
    accounts: Accounts
    capacity: Capacity
    graph_sync: GraphSync
    introductions: Introductions
    conversations: Conversations
    clock: Watch

    def person(self, organization: str, number: int = 0) -> Account:
        """Somebody who acts for an organisation."""
        email = f"p{number}.{organization.replace(':', '.')}@example.org"
        return self.accounts.create(
            ADMIN, email, f"P of {organization}", PASSWORD,
            memberships=(AccountMembership(organization, MembershipRole.OWNER),),
        )  # fmt: skip

    def principal_of(self, email: str) -> Principal:
        """Whoever has this address."""
        return self.accounts.by_email(ADMIN, email).principal()

    def links(self) -> Links:
        """Links as letters have them, where no mail is sent."""
        mailer = Mailer(Settings(_env_file=None))
        return Links(lambda: "secret", lambda: "https://m.example", mailer)

    def second_factors(self) -> SecondFactors:
        """Second factors of these accounts."""
        challenges = PasskeyChallenges(self.repositories, self.links(), self.clock)
        return SecondFactors(self.accounts, challenges, Sealer(lambda: "key"), self.clock)

    def privacy(self, *, keep_interactions: timedelta, keep_over: timedelta) -> Privacy:
        """Keeping things for so long."""
        outbox, exclusions = NotificationOutbox(self.repositories), self.introductions.exclusions
        gatherings = Gatherings(self.store, self.repositories, outbox, exclusions, self.clock)
        return Privacy(
            self.store, self.repositories, self.accounts, self.second_factors(), gatherings,
            exclusions.opted_out, lambda told, who: named_now(told, who, self.finds_statement),
            self.clock,
            keep_interactions=keep_interactions, keep_over=keep_over,
        )  # fmt: skip

    @property
    def finds_statement(self) -> FindsStatement:
        return PublishedStatements(
            self.store, self.introductions.exclusions.opted_out
        ).finds_statement

    def coordinator(self) -> Principal:
        """Of the only cluster."""
        return self.accounts.create(
            ADMIN, "c@example.org", "C", PASSWORD, clusters=("t:c",)
        ).principal()


def cooperation_on(store: Store, capacities: dict[str, int] | None = None) -> Cooperation:
    """Four firms and a lab in a cluster; `capacities` of some."""
    capacities = capacities or {}
    organizations = [
        Organization(
            id,
            f"厂{id}",
            Kind.RESEARCH_INSTITUTE if id == LAB else Kind.FIRM,
            contact=f"secret of {id}",
            capacity=capacities.get(id),
        )
        for id in (*FIRMS, LAB)
    ]
    store.upsert(
        GraphRows(
            organizations=tuple(organizations),
            clusters=(Cluster("t:c", "群"),),
            memberships=tuple(Membership("t:c", id) for id in (*FIRMS, LAB)),
        )
    )
    return services_on(store)


def services_on(
    store: Store, files: Path = Path("/nonexistent"), scanner: str = "", files_mb: int = 500
) -> Cooperation:
    """The services on a store as it is; files of conversations lie in the folder `files`."""
    clock = Watch()
    repositories = Repositories(lambda: store.documents)
    accounts = Accounts(lambda: store, repositories, PASSWORDS, clock)
    capacity = Capacity(repositories, 5)
    graph_sync = GraphSync(store, repositories)
    opted_out = OptedOut(lambda: store, Dealings(repositories).exist)
    exclusions = Exclusions(store, opted_out, repositories, clock)
    introductions = Introductions(
        store, repositories, capacity, NotificationOutbox(repositories), graph_sync,
        exclusions, clock,
    )  # fmt: skip
    conversations = Conversations(
        store, repositories, introductions, AttachmentFiles(files, Scanner(scanner)),
        FileQuota(repositories, files_mb),
        NotificationOutbox(repositories), clock,
    )  # fmt: skip
    return Cooperation(
        store, repositories, accounts, capacity, graph_sync, introductions, conversations, clock
    )
