"""A patent that has lapsed is on record and speaks for nobody; on both stores."""

from __future__ import annotations

from dataclasses import replace

from matchmaker.domain import Engagement, EngagementKind, GraphRows, Participant, Role
from matchmaker.store.ports import GraphStore
from tests.contract.graphs import firm

OWNERS = (Participant("t:1", Role.OWNER), Participant("t:2", Role.OWNER))
VALVE = Engagement("t:valve", EngagementKind.PATENT, OWNERS, "Ball valve", number="CN1")
SEAL = Engagement("t:seal", EngagementKind.PATENT, OWNERS, "Seal ring", number="CN2", ended=True)


def test_what_has_lapsed_is_kept_and_is_no_statement(store: GraphStore) -> None:
    store.upsert(GraphRows(organizations=(firm(1), firm(2)), engagements=(VALVE, SEAL)))
    assert sorted(row.id for row in store.export().rows.engagements) == ["t:seal", "t:valve"]
    assert [row.id for row in store.seeker_profile("t:1").statements] == ["t:valve"]
    store.upsert(GraphRows(engagements=(replace(VALVE, ended=True), replace(SEAL, ended=False))))
    assert [row.id for row in store.seeker_profile("t:1").statements] == ["t:seal"]
    kept = {row.id: row for row in store.export().rows.engagements}
    assert kept["t:valve"] == replace(VALVE, ended=True)
