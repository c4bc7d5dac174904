"""Firms of lists that hold names only are found by what their names say."""

from __future__ import annotations

import pytest

from matchmaker.domain import GoalName, GraphRows, Industry, Kind
from matchmaker.messages import message
from matchmaker.recommend.model import Filters, Match, Request
from matchmaker.recommend.pipeline import recommend
from matchmaker.snapshot.model import Snapshot
from tests.unit.recommend.small_graphs import snapshot_of
from tests.unit.recommend.worded import CUSTOMER, SUPPLIER, asked, firm, ids, near, product

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


def likened(*says: tuple[str, str, str]) -> Snapshot:
    """Firms of these keys and names that say this, of which a model finds all much alike."""
    rows = GraphRows(
        organizations=tuple(firm(key, name=name) for key, name, _ in says),
        offers=tuple(product(key, text) for key, _, text in says),
    )
    return snapshot_of(rows, {f"o:{key}": [0.3, 0.95] for key, _, _ in says})


@pytest.mark.parametrize("question", ["找热处理厂", "heat treater", "a good heat treatment shop"])
def test_whose_name_is_the_trade_stands_first_where_a_trade_alone_is_asked_for(
    question: str,
) -> None:
    graph = likened(
        (
            "foundry",
            "致锐铸造有限公司",
            "WCB阀体单重100–3000公斤，热处理正火加回火，附低温冲击报告",
        ),
        ("treater", "禾峰热处理有限公司", "模具钢真空气淬，两天取"),
    )
    first, *_ = recommend(graph, near(question), Request(SUPPLIER)).matches
    assert first.id == "t:treater"
    (told,) = first.comparison.met
    assert told.requirement.value == "heat treatment"


def test_what_only_the_name_says_is_told_so() -> None:
    graph = likened(("works", "嘉帆眼镜有限公司", "TR90注塑，弯折两千次"))
    (match,) = recommend(graph, near("眼镜厂"), Request(SUPPLIER)).matches
    (told,) = match.comparison.met
    assert told.note == message("its name says so")


def test_a_name_takes_nothing_from_who_says_more_of_what_is_asked_for() -> None:
    graph = likened(
        ("named", "禾峰热处理有限公司", "等离子氮化"),
        ("says", "某某公司", "模具钢真空气淬，H13模具"),
    )
    assert ids(recommend(graph, near("H13模具真空气淬，三天取"), Request(SUPPLIER)))[0] == "says"


@pytest.mark.parametrize(
    ("others", "question"),
    [
        ("长期外发棉袜加工单，提供纱线", "找袜厂"),
        ("自有品牌袜子，生产七成外发给周边袜厂", "找袜厂"),
        ("慢走丝四台，专给袜厂做机针", "袜厂"),
        ("Socks of our own brand; production is outsourced", "sock factory"),
        ("袜机四台，对协作袜厂开放", "袜厂"),
    ],
)
def test_who_works_for_a_trade_or_has_others_do_it_stands_behind_who_is_of_it(
    others: str, question: str
) -> None:
    graph = likened(
        ("others", "同和服饰有限公司", others),
        ("mill", "丰帆实业有限公司", "电脑袜机六十台，来样织童袜 socks"),
    )
    assert ids(recommend(graph, near(question), Request(SUPPLIER)))[0] == "mill"


def test_who_takes_on_what_others_give_out_is_of_the_trade() -> None:
    graph = likened(("mill", "某某公司", "承接外发棉袜加工单"))
    (match,) = recommend(graph, near("找袜厂"), Request(SUPPLIER)).matches
    assert [each.requirement.value for each in match.comparison.met] == ["sock"]


@pytest.mark.parametrize("question", ["找镜片经销商", "lens distributor"])
def test_a_name_that_is_a_trade_answers_nobody_who_looks_for_traders(question: str) -> None:
    graph = likened(("maker", "恒川镜片有限公司", "树脂镜片厂，1.56为主 lens"))
    for match in recommend(graph, near(question), Request(SUPPLIER)).matches:
        assert not match.comparison.in_name


@pytest.mark.parametrize("question", ["杀菌锅坏了，要换一台新的", "求购杀菌锅"])
def test_who_is_called_by_a_thing_that_no_list_has_makes_it(question: str) -> None:
    """Its statement calls it otherwise; gaskets for it are another's."""
    graph = likened(
        ("maker", "某某杀菌锅机械厂", "杀菌釜、蒸煮锅"),
        ("gaskets", "某某杀菌锅密封圈厂", "硅胶密封圈"),
    )
    matches = recommend(graph, near(question), Request(SUPPLIER)).matches
    assert matches[0].id == "t:maker"
    assert matches[0].comparison.in_name
    assert not any(each.comparison.in_name for each in matches[1:])
