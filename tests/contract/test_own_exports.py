"""What an organisation's owner takes away: what its pages show, on both stores, and no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from matchmaker.access import ADMIN, Principal
from matchmaker.domain import Cluster, GoalName, GraphRows, Membership
from matchmaker.store.documents import Store
from matchmaker.workflow.gathering import Gathering, GatheringKind, InvitationAnswer
from matchmaker.workflow.introduction import Proposal
from matchmaker.workflow.introduction_states import Side, State
from tests.contract.cooperation import FIRMS, LAB, START, Cooperation, cooperation_on

ASKER, ASKED, THIRD = "t:f0", "t:f1", "t:f2"


@pytest.fixture
def base(store: Store) -> Cooperation:
    return cooperation_on(store)


def exported(base: Cooperation, organization: str, part: str) -> list[dict[str, Any]]:
    privacy = base.privacy(keep_interactions=timedelta(days=30), keep_over=timedelta(days=60))
    own = frozenset({organization})
    owner = Principal("account:owner", "owner", organizations=own, owned=own)
    rows: list[dict[str, Any]] = privacy.export_organization(owner, organization)[part]
    return rows


def test_a_hidden_asker_and_its_cluster_are_hidden(base: Cooperation) -> None:
    base.store.upsert(
        GraphRows(clusters=(Cluster("t:d", "丁集群"),), memberships=(Membership("t:d", ASKER),))
    )
    proposal = Proposal(
        GoalName.SUPPLIER, ASKER, ASKED, terms_first=True, terms="30 days", message="secret",
        cluster="t:d", impression="list-1", position=3,
    )  # fmt: skip
    base.introductions.propose(base.person(ASKER).principal(), proposal)
    [told] = exported(base, ASKED, "introductions")
    assert (told["seeker"]["id"], told["candidate"]["id"]) == ("", ASKED)
    assert (told["terms"], told["cluster"]) == ("30 days", "")
    assert not {"secret", ASKER, "t:d", "list-1"} & set(map(str, told.values()))
    assert not {"impression", "position", "proposed_by"} & told.keys()


def test_an_administrator_reads_no_answer_of_a_survey(base: Cooperation) -> None:
    privacy = base.privacy(keep_interactions=timedelta(days=30), keep_over=timedelta(days=60))
    held = privacy.export_organization(ADMIN, ASKED)
    assert "survey_answers" not in held
    assert "survey_answers" in held["left_out"]
    assert exported(base, ASKED, "survey_answers") == []


def test_each_side_reads_its_own_satisfaction(base: Cooperation) -> None:
    asker = base.person(ASKER).principal()
    made = base.introductions.propose(asker, Proposal(GoalName.SUPPLIER, ASKER, ASKED))
    stored = base.repositories.introductions.get(made.id)
    marks = ((Side.SEEKER, 5), (Side.CANDIDATE, 2))
    over = replace(stored.value, state=State.COMPLETED, satisfaction=marks)
    base.store.documents.commit([base.repositories.introductions.put(over, stored.version)])
    for organization, mark in ((ASKER, 5), (ASKED, 2)):
        [told] = exported(base, organization, "introductions")
        assert told["satisfaction"] == mark


def test_who_is_kept_apart_is_in_no_gathering_of_the_export(base: Cooperation) -> None:
    parties = tuple((id, InvitationAnswer.WAITING) for id in (*FIRMS, LAB))
    circle = Gathering("g", GatheringKind.CIRCLE, "t:c", "圈", "", "account:x", START, parties)
    base.store.documents.commit([base.repositories.gatherings.put(circle)])
    third = base.person(THIRD).principal()
    base.introductions.exclusions.exclude(third, THIRD, ASKER)
    [told] = exported(base, ASKER, "gatherings")
    assert [party for party, _ in told["parties"]] == [ASKER, ASKED, "t:f3", LAB]
    assert (told["id"], "convened_by" in told) == ("g", False)
