"""Firms of lists that hold names only are found by what their names say."""

from __future__ import annotations

import pytest

from matchmaker.domain import GoalName, GraphRows, Industry, Kind
from matchmaker.recommend.model import Filters, Match, Request
from matchmaker.recommend.pipeline import recommend
from matchmaker.snapshot.model import Snapshot
from tests.unit.recommend.small_graphs import snapshot_of
from tests.unit.recommend.worded import CUSTOMER, SUPPLIER, asked, firm, ids, product

NAMES = {
    "valves": "温州海力阀门有限公司",
    "moulds": "宁波精工模具厂",
    "foundry": "永嘉县东方铸造厂",
    "fittings": "温州阀门配件厂",
    "english": "Haili Valve Co., Ltd.",
    "silent": "永嘉县东方实业有限公司",
}


@pytest.fixture(scope="module")
def named() -> Snapshot:
    """Firms with names alone, one that says what it makes, and an association of valve makers."""
    firms = [firm(id, name=name) for id, name in NAMES.items()]
    firms += [firm("socks", name="某某公司"), firm("club", Kind.PUBLIC_BODY, name="阀门行业协会")]
    firms.append(firm("dyer", name="东方实业二厂", industry="i:dyeing"))
    return snapshot_of(
        GraphRows(
            industries=(Industry("i:dyeing", "染整", "Dyeing and finishing"),),
            organizations=tuple(firms),
            offers=(product("socks", "棉袜"),),
        )
    )


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("阀门", {"valves", "english"}),
        ("butterfly valves", {"valves", "english"}),  # of the trade; which kinds is not known
        ("模具", {"moulds"}),
        ("need a foundry", {"foundry"}),
        ("袜子", {"socks"}),
        ("找染厂", {"dyer"}),
        ("轴承", set()),
    ],
)
def test_a_name_or_an_industry_answers_what_it_says(
    named: Snapshot, question: str, found: set[str]
) -> None:
    answer = recommend(named, asked(question), Request(SUPPLIER))
    assert set(ids(answer)) == found
    for match in answer.matches:
        if match.id != "t:socks":
            assert match.match is Match.PARTIAL
            assert not match.evidence
            reasons = [reason.message.id for reason in match.reasons]
            assert "only its name speaks of it: it has told nothing of itself yet" in reasons


def test_who_says_it_itself_stands_before_whom_only_the_name_speaks_for() -> None:
    graph = snapshot_of(
        GraphRows(
            organizations=(firm("named", name="海力阀门有限公司"), firm("says", name="某某公司")),
            offers=(product("says", "阀门"),),
        )
    )
    assert ids(recommend(graph, asked("阀门"), Request(SUPPLIER))) == ["says", "named"]


def test_an_offer_finds_customers_by_their_names(named: Snapshot) -> None:
    answer = recommend(named, asked("我们做阀体，卖给阀门厂", CUSTOMER), Request(CUSTOMER))
    assert {"valves", "english"} <= set(ids(answer))
    assert "fittings" not in ids(answer)


def test_names_are_no_answer_to_other_questions(named: Snapshot) -> None:
    for goal in (GoalName.RESEARCH_PARTNER, GoalName.PLATFORM):
        assert not recommend(named, asked("阀门", goal), Request(goal)).matches


def test_whom_only_names_speak_for_are_found_by_place_behind_many_of_elsewhere() -> None:
    elsewhere = [firm(f"a{n:03}", name=f"东方{n}阀门厂", country="CN") for n in range(250)]
    graph = snapshot_of(
        GraphRows(organizations=(*elsewhere, firm("z", name="西方阀门厂", country="DE")))
    )
    only_there = Request(SUPPLIER, filters=Filters(countries=frozenset({"DE"})))
    assert ids(recommend(graph, asked("阀门"), only_there)) == ["z"]
