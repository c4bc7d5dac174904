"""Demo mode: one sample account for each role, on this machine only."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from matchmaker.access import ADMIN
from matchmaker.errors import MatchmakerError, NotFound
from matchmaker.services.people.accounts import Accounts
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.account import Account, AccountMembership, MembershipRole


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A sample person: their role, and for whom they act."""

    role: str
    organization: str = ""
    clusters: tuple[str, ...] = ()
    post: MembershipRole = MembershipRole.OWNER

    @property
    def email(self) -> str:
        """Under a domain that cannot exist (RFC 6761)."""
        return f"{self.role}@demo.matchmaker.example"


PEOPLE = (
    DemoPerson("firm", organization="seed:valves-001"),
    DemoPerson("supplier", organization="seed:valves-005"),
    DemoPerson("university", organization="seed:valves-054", post=MembershipRole.LIAISON),
    DemoPerson("coordinator", clusters=("seed:cluster-hosiery", "seed:cluster-valves")),
    DemoPerson("admin"),
)


class Demo:
    """Makes the sample people where the sample graph is loaded."""

    def __init__(self, store: Callable[[], GraphStore], accounts: Accounts) -> None:
        self._store = store
        self._accounts = accounts

    def people(self) -> tuple[DemoPerson, ...]:
        """Those whose organisation or cluster is in the graph."""
        return tuple(one for one in PEOPLE if self._is_there(one))

    def account(self, role: str) -> Account:
        """The account of a role, made when it is first asked for. Raises NotFound."""
        person = next((one for one in self.people() if one.role == role), None)
        if person is None:
            raise NotFound("There is no such sample account.", mend="`matchmaker seed`.")
        try:
            return self._accounts.by_id(ADMIN, self._accounts.id_of_email(person.email))
        except NotFound:
            belongings = (
                (AccountMembership(person.organization, person.post),)
                if person.organization
                else ()
            )
            return self._accounts.create(
                ADMIN,
                person.email,
                f"Demo {person.role}",
                secrets.token_urlsafe(24),
                belongings=belongings,
                clusters=person.clusters,
                admin=person.role == "admin",
            )

    def _is_there(self, person: DemoPerson) -> bool:
        try:
            if person.organization:
                self._store().organization(person.organization)
            for cluster in person.clusters:
                self._store().cluster(cluster)
        except MatchmakerError:
            return False
        return True
