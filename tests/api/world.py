"""People of every role, and a valid request for every route, for the walk over access."""

import functools
import itertools
import re
from dataclasses import dataclass
from pathlib import Path

from matchmaker.access import ADMIN
from matchmaker.domain import Cluster, GraphRows
from matchmaker.workflow.account import AccountMembership, MembershipRole, Scope

PASSWORD = "correct horse 9"
ROLES = ("anyone", "stranger", "member", "owner", "coordinator", "elsewhere", "admin")
TABLE = Path(__file__).parents[2] / "docs" / "access.md"
ROW = re.compile(r"\| `([A-Z]+) /api/v1(/[^`]+)` \|(.+)\|")
_number = itertools.count()


PLACES = {
    "stranger": {"memberships": (AccountMembership("t:firm7", MembershipRole.OWNER),)},
    "member": {"memberships": (AccountMembership("t:firm1"),)},
    "owner": {"memberships": (AccountMembership("t:firm1", MembershipRole.OWNER),)},
    "coordinator": {"clusters": ("t:cluster",)},
    "elsewhere": {"clusters": ("t:other",)},
    "admin": {"admin": True},
    "liaison": {"memberships": (AccountMembership("t:lab", MembershipRole.LIAISON),)},
}


@dataclass
class World:
    """Accounts and keys by role, and the services below."""

    services: object
    keys: dict
    accounts: dict

    def headers(self, role):
        if role == "anyone":
            return {}
        return {"Authorization": f"Bearer {self.keys[role]}"}

    def headers_of_another(self, role):
        """The key of an account like the role's own, which may be deleted."""
        return {} if role == "anyone" else self.another(role)[1]

    def another(self, role):
        """An account like the role's own, and the headers with its key."""
        account, key = _person(self.services, role)
        return account, {"Authorization": f"Bearer {key}"}

    def principal(self, role):
        return self.accounts[role].principal()


def make_world(services):
    """Accounts of all roles round t:firm1 in t:cluster."""
    services.store.upsert(GraphRows(clusters=(Cluster("t:other", "Others of B", "Others"),)))
    people = {role: _person(services, role) for role in PLACES}
    return World(
        services,
        {role: key for role, (_, key) in people.items()},
        {role: account for role, (account, _) in people.items()},
    )


def _person(services, role):
    """A new account in the role's place, and its key."""
    email = f"{role}{next(_number)}@example.org"
    account = services.accounts.create(ADMIN, email, role, PASSWORD, **PLACES[role])
    return account, services.api_keys.issue(
        account.principal(), "tests", Scope.WRITE, PASSWORD
    ).secret


@functools.cache
def access_table():
    """Operation to the roles that may, as the page says."""
    found = {}
    for method, path, cells in ROW.findall(TABLE.read_text(encoding="utf-8")):
        marks = [cell.strip() for cell in cells.split("|")]
        assert len(marks) == len(ROLES), path
        found[f"{method} {path}"] = {
            role for role, mark in zip(ROLES, marks, strict=True) if mark == "✓"
        }
    return found
