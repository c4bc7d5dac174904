"""What others vouch for, nobody states of itself: the official tier, and what it is."""

import itertools

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import GraphRows, Kind, Organization, Tier
from matchmaker.workflow.account import AccountMembership, MembershipRole, Scope

PASSWORD = "correct horse 9"
_number = itertools.count()


@pytest.fixture
def owner(app, wired):
    """An organisation that a list called specialised, and its owner's calls."""
    id = f"t:official{next(_number)}"
    wired.store.upsert(
        GraphRows(organizations=(Organization(id, "示例认定厂", Kind.FIRM, tier=Tier.SPECIALISED),))
    )
    account = wired.accounts.create(
        ADMIN, f"{id[2:]}@example.org", "O", PASSWORD,
        memberships=(AccountMembership(id, MembershipRole.OWNER),),
    )  # fmt: skip
    key = wired.api_keys.issue(account.principal(), "t", Scope.WRITE, PASSWORD).secret

    def ask(method, body=None, language="en"):
        path = f"/api/v1/organizations/{id}"
        client = app.test_client()
        headers = {"Authorization": f"Bearer {key}", "Accept-Language": language}
        headers["If-Match"] = client.get(path, headers=headers).headers["ETag"]
        return client.open(path, method=method, json=body, headers=headers)

    return ask


def test_an_owner_does_not_give_itself_an_official_tier(client, owner):
    before = owner("GET").json
    for language, words in (("en", "Only an administrator"), ("zh", "管理员")):
        refused = owner("PATCH", {"tier": "little_giant"}, language)
        assert refused.status_code == 403
        assert words in refused.json["detail"]
    assert owner("PATCH", {"tier": None}).status_code == 403
    assert owner("GET").json == before
    listed = client.get("/api/v1/organizations?tier=little_giant&limit=100").json["items"]
    assert before["id"] not in {row["id"] for row in listed}
    # All else it says itself, and may send the tier that is on record with it.
    assert owner("PATCH", {"tier": "specialised", "size": "small"}).status_code == 200


def test_an_administrator_sets_a_tier(client, owner):
    id = owner("GET").json["id"]
    headers = {"If-Match": owner("GET").headers["ETag"]}
    body = {"tier": "little_giant"}
    assert client.patch(f"/api/v1/organizations/{id}", json=body, headers=headers).json["tier"] == (
        "little_giant"
    )
