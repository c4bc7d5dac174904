"""People of every role, and a valid request for every route, for the walk over access."""

import itertools
from dataclasses import dataclass

from matchmaker.access import ADMIN
from matchmaker.domain import Cluster, GraphRows
from matchmaker.workflow.account import AccountMembership, MembershipRole, Scope
from tests.api.conftest import ADMIN_KEY

PASSWORD = "correct horse 9"
ROLES = ("anyone", "stranger", "member", "owner", "coordinator", "elsewhere", "admin")
_number = itertools.count()


@dataclass
class World:
    """Keys by role, and the services below."""

    services: object
    keys: dict
    accounts: dict

    def headers(self, role):
        if role == "anyone":
            return {}
        return {"Authorization": f"Bearer {self.keys[role]}"}

    def principal(self, role):
        return self.accounts[role].principal() if role != "admin" else ADMIN


def make_world(services):
    """Accounts of all roles round t:firm1 in t:cluster."""
    services.store.upsert(GraphRows(clusters=(Cluster("t:other", "乙市集群", "Others"),)))
    places = {
        "stranger": {"memberships": (AccountMembership("t:firm7", MembershipRole.OWNER),)},
        "member": {"memberships": (AccountMembership("t:firm1"),)},
        "owner": {"memberships": (AccountMembership("t:firm1", MembershipRole.OWNER),)},
        "coordinator": {"clusters": ("t:cluster",)},
        "elsewhere": {"clusters": ("t:other",)},
        "liaison": {"memberships": (AccountMembership("t:lab", MembershipRole.LIAISON),)},
    }
    accounts, keys = {}, {"admin": ADMIN_KEY}
    for role, place in places.items():
        email = f"{role}{next(_number)}@example.org"
        accounts[role] = services.accounts.create(ADMIN, email, role, PASSWORD, **place)
        made = services.api_keys.issue(accounts[role].principal(), "tests", Scope.WRITE)
        keys[role] = made.secret
    return World(services, keys, accounts)
