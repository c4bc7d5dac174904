"""Demo mode: one sample account for each role, on this machine only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matchmaker.access import ADMIN
from matchmaker.errors import MatchmakerError, NotFound
from matchmaker.messages import message
from matchmaker.services.people.accounts import Accounts
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.account import Account, AccountMembership, MembershipRole


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A sample person: their part, and for whom they act."""

    role: str
    memberships: tuple[AccountMembership, ...] = ()
    clusters: tuple[str, ...] = ()

    @property
    def email(self) -> str:
        """Under a domain that cannot exist (RFC 6761)."""
        return f"{self.role}@demo.matchmaker.example"


# What each is called, wherever a name is shown; stored in English, as all of our texts.
NAMES = {
    "firm": message("Demo firm"),
    "supplier": message("Demo supplier"),
    "university": message("Demo institute"),
    "coordinator": message("Demo coordinator"),
    "admin": message("Demo admin"),
}
_BY_NAME = {name.text("en"): name for name in NAMES.values()} | {
    # as earlier versions stored it
    "Demo university": NAMES["university"]
}


def shown_name(name: str, language: str) -> str:
    """The name of a person: a sample person in the reader's language, others as they wrote."""
    sample = _BY_NAME.get(name)
    return name if sample is None else sample.text(language)


PEOPLE = (
    DemoPerson("firm", (AccountMembership("seed:valves-001", MembershipRole.OWNER),)),
    DemoPerson("supplier", (AccountMembership("seed:valves-005", MembershipRole.OWNER),)),
    DemoPerson("university", (AccountMembership("seed:valves-054", MembershipRole.LIAISON),)),
    DemoPerson("coordinator", clusters=("seed:cluster-valves", "seed:cluster-hosiery")),
    DemoPerson("admin"),
)


@dataclass(frozen=True, slots=True)
class Demo:
    """Makes the sample people where the sample graph is loaded."""

    store: Callable[[], GraphStore]
    accounts: Accounts

    def people(self) -> tuple[DemoPerson, ...]:
        """Sample people whose organisation or cluster is in the graph."""
        return tuple(person for person in PEOPLE if self._is_there(person))

    def account(self, role: str) -> Account:
        """The account of a role, made when it is first asked for. Raises NotFound."""
        person = next((person for person in self.people() if person.role == role), None)
        if person is None:
            raise NotFound("There is no such sample account.", mend="`matchmaker seed`.")
        if (stored := self.accounts.find(person.email)) is not None:
            return stored.value
        return self.accounts.create(
            # Whoever tries it knows none, and would be asked for it before changes.
            ADMIN, person.email, NAMES[role].text("en"), None,
            memberships=person.memberships, clusters=person.clusters, admin=role == "admin",
        )  # fmt: skip

    def _is_there(self, person: DemoPerson) -> bool:
        try:
            for membership in person.memberships:
                self.store().organization(membership.organization)
            for cluster in person.clusters:
                self.store().cluster(cluster)
        except MatchmakerError:
            return False
        return True
