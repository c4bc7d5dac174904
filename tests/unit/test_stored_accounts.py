"""Accounts and invitations as earlier versions stored them."""

import json

from matchmaker.services.repositories import OPENID_SUBJECT_KEY, Repositories
from matchmaker.store.changes import Put
from matchmaker.store.sqlite import SqliteStore
from matchmaker.workflow.account import AccountMembership, MembershipRole

ACCOUNT = {
    "id": "a1", "email": "wang@example.org", "name": "王芳", "created": "2025-11-03T08:00:00Z",
    "password_hash": "", "belongings": [{"organization": "t:firm2", "post": "owner"}],
    "clusters": [], "admin": False, "active": True, "epoch": 2, "identity": "https://issuer 42",
    "preferences": {"language": "zh", "mail": "daily", "alerts_a_week": 0},
}  # fmt: skip
GONE = {"failures": 3, "locked_until": None}  # counted elsewhere since
INVITATION = {
    "id": "i1", "email": "li@example.org", "invited_by": "admin",
    "expires": "2025-11-17T08:00:00Z", "cluster": "", "admin": False, "language": "zh",
    "belonging": {"organization": "t:firm2", "post": "liaison"}, "used": False,
}  # fmt: skip


def test_what_was_stored_under_earlier_names_is_read_found_and_written_again(tmp_path):
    store = SqliteStore(tmp_path / "graph.db")
    store.prepare()
    store.documents.commit(
        [
            Put(
                "account", "a1", json.dumps(ACCOUNT | GONE), keys={"identity": "https://issuer 42"}
            ),
            Put("invitation", "i1", json.dumps(INVITATION), keys={"email": "li@example.org"}),
        ]
    )
    repositories = Repositories(lambda: store.documents)
    (stored,) = repositories.accounts.page(OPENID_SUBJECT_KEY, "https://issuer 42").rows
    assert stored.value.memberships == (AccountMembership("t:firm2", MembershipRole.OWNER),)
    assert stored.value.openid_subject == "https://issuer 42"
    invitation = repositories.invitations.get("i1").value
    assert invitation.membership == AccountMembership("t:firm2", MembershipRole.LIAISON)
    store.documents.commit([repositories.accounts.put(stored.value, stored.version)])
    assert repositories.accounts.get("a1").value == stored.value
    (found,) = repositories.accounts.values(OPENID_SUBJECT_KEY, "https://issuer 42")
    assert found.id == "a1"
    # What a person takes away keeps its names.
    newer = {"is_proved": False, "second_factor": None, "passkeys": [], "recovery": []}
    newer["last_recovery"] = None
    newer["given_by_key"] = []
    newer["preferences"] = ACCOUNT["preferences"] | {"programmes": True}
    assert repositories.accounts.plain(stored.value) == ACCOUNT | newer
    store.close()
