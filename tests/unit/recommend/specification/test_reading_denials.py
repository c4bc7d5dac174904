"""What is not wanted, need not be, or is only wished is told apart from what is asked for."""

import pytest

from matchmaker.recommend.specification import read
from tests.unit.recommend.specification.readings import of


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("We do not make pumps, gate valves or fans.", {"pump", "gate valve", "fan"}),
        ("We make ball valves but no gate valves.", {"gate valve"}),
        ("本厂不再生产闸阀，只做蝶阀", {"gate valve"}),
        ("球阀已停产", {"ball valve"}),
        ("穿着不能滑落的袜子", set()),
        ("有没有做齿轮的", set()),
        ("有ABS粒子，外地注塑厂要不要", set()),
        ("给针织机械厂磨针筒行不行", set()),
        ("gate valves, not ball valves, within 50 km, pumps", {"ball valve"}),
        ("All valves except safety valves", {"safety valve"}),
        ("不锈钢球阀，压力不低于1.6MPa", set()),
        ("ball valves, no less than 500 pieces", set()),
    ],
)
def test_denials_speak_of_their_clause(text, denied):
    assert {i.value for i in of(text, "product") if i.denied} == denied


@pytest.mark.parametrize(
    ("text", "soft"),
    [
        ("球阀，最好浙江", {"浙江省"}),
        ("ball valves, within 50 km", {"≤50 km"}),
        ("ball valves, must be within 50 km", set()),
        ("阀门，必须在温州", set()),
        ("brass valves, preferably ISO 9001", {"ISO 9001"}),
        ("小厂优先，做球阀", {"small firm"}),
    ],
)
def test_preferences_are_soft_and_places_are_unless_insisted_on(text, soft):
    assert {i.value for i in read(text).items if i.soft} == soft


def test_who_denies_a_place_denies_nothing_behind_it() -> None:
    items = read("somebody in Zhejiang but not Wenzhou who casts CF8M bodies").items
    assert {item.text for item in items if item.denied} == {"Wenzhou"}
    assert {"casts", "CF8M"} <= {item.text for item in items}
    assert [i.text for i in read("不要温州和台州的铸造厂，做阀体").items if i.denied] == [
        "温州",
        "台州",
    ]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("不能超过两百克", None, 0.2),
        ("不得低于500克", 0.5, None),
        ("别超过3公斤", None, 3),
        ("payload not above 200 g, five bands", None, 0.2),
        ("no heavier than 5 kg", None, 5),
        ("should never be more than 200 g", None, 0.2),
        ("must be above 5 kg", 5, None),
        ("not less than 5 kg", 5, None),
        ("超过3公斤", 3, None),
    ],
)
def test_a_comparison_that_is_denied_is_turned_round_and_denies_nothing(text, low, high) -> None:
    (weight,) = of(text, "size")
    assert (weight.low, weight.high, weight.denied) == (low, high, False)


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("不一定要在温州", False),
        ("Need not be in Wenzhou", False),
        ("不接受温州以外的", False),
        ("No suppliers outside Zhejiang", False),
        ("must not be outside China", False),
        ("not in Ningbo", True),
        ("outside Wenzhou", True),
    ],
)
def test_what_need_not_be_is_not_left_out_and_two_denials_are_none(text, denied) -> None:
    (place,) = of(text, "place")
    assert place.denied is denied


@pytest.mark.parametrize(
    "text", ["不经过热处理的齿轮", "未经热处理的齿轮", "齿轮，没有经过热处理", "未经过热处理的齿轮"]
)
def test_work_that_was_not_done_is_not_asked_for(text) -> None:
    items = {item.text: item.denied for item in read(text).items}
    assert items == {"热处理": True, "齿轮": False}


@pytest.mark.parametrize(
    ("text", "unwanted"),
    [
        ("镜架要板材的，TR90、金属都不考虑，出口FDA", {"TR90", "金属"}),
        ("铸件，304和316都行，碳钢的就算了", {"碳钢"}),
        ("球阀，铸铁的免谈", {"铸铁"}),
        ("铸件，铸铁的不行", {"铸铁"}),
        ("贸易商免谈，直接找压铸厂", {"贸易商"}),
        ("热处理厂勿扰，找铸造", {"热处理"}),
        ("Castings, aluminium is out of the question", {"aluminium"}),
        ("Ball valves; traders need not apply", {"traders"}),
        ("Wanted: gaskets, graphite not accepted", {"graphite"}),
        # These say something else.
        ("不接受预付款的阀体厂", set()),
        ("阀体铸造，小单不接受", set()),
        ("轴承质量不行，想换PEEK料", set()),
        ("阀门漏水不能用，找密封件", set()),
        ("注塑机闲置不用，想出租", set()),
    ],
)
def test_what_is_refused_behind_its_name_is_not_wanted(text, unwanted) -> None:
    assert {item.text for item in read(text).items if item.denied} == unwanted


@pytest.mark.parametrize(
    "text",
    [
        "未经过ISO9001认证的厂家不要", "没有ISO9001证书的厂家不要，找球阀",
        "Suppliers without ISO 9001 need not apply; gate valves",
    ],
)  # fmt: skip
def test_who_does_not_want_what_lacks_something_wants_it(text) -> None:
    assert [(i.value, i.denied) for i in of(text, "certificate")] == [("ISO 9001", False)]


def test_who_does_not_trade_in_what_they_make_makes_it() -> None:
    assert [i.denied for i in of("不经销球阀，只生产", "product")] == [False]
