"""What needs as people write them name, and what answers them."""

from __future__ import annotations

import numpy as np
import pytest

from matchmaker.domain import Description, GraphRows
from matchmaker.recommend.literal import lost_by_another
from matchmaker.recommend.model import Request
from matchmaker.recommend.pipeline import recommend
from matchmaker.recommend.specification import (
    Fulfilment,
    ItemRole,
    RequirementKind,
    compare,
    made_by_customers,
    read,
    without_speaker,
)
from tests.unit.recommend.small_graphs import snapshot_of
from tests.unit.recommend.worded import CUSTOMER, SUPPLIER, firm, ids, near, product


def verdicts(need: str, statement: str) -> dict[str, Fulfilment]:
    compared = compare(read(need), read(statement))
    return {each.requirement.value: each.verdict for each in compared.judgements}


@pytest.mark.parametrize("statement", ["碳纤维缠绕管，壁厚0.8–5", "碳纤维管，外径8–120"])
def test_a_name_of_the_thesaurus_is_met_by_who_says_a_name_of_the_lists(statement):
    assert verdicts("碳纤卷管五十根，长一米二", statement)["carbon fibre tube"] is Fulfilment.MET


def test_another_thing_of_the_same_material_does_not_meet_it():
    found = verdicts("碳纤卷管五十根，长一米二", "碳纤维板，2 mm，CNC切割")
    assert found["carbon fibre tube"] is not Fulfilment.MET


@pytest.mark.parametrize(
    "text", ["Toe closing by machine for 14,000 pairs of socks a day", "toe closing of socks"]
)
def test_work_for_so_many_things_is_done_on_them(text):
    roles = {item.value: item.role for item in read(text).items}
    assert roles["sock"] is ItemRole.WHOLE


@pytest.mark.parametrize("text", ["镀彩虹色，哪些做钛架的厂要", "镀彩虹色，有没有做钛架的厂要的"])
def test_who_is_asked_whether_they_want_it_are_customers(text):
    assert "spectacle frame" in made_by_customers(read(text))


def test_who_speaks_of_the_whole_is_not_put_behind_where_what_is_wanted_is_on_no_list():
    compared = compare(
        read("third-party store for spectacle lenses, picked the same afternoon"),
        read("镜片分光度自动拣选云仓，当日16点前出库，旺季可临时加位。"),
    )
    assert not compared.whole
    # Valves are no seals of valves.
    assert compare(read("valve seals"), read("ball valves, DN50")).whole


@pytest.mark.parametrize(
    "text", ["我们的球阀阀体毛坯想找人粗车精车", "阀杆毛坯找厂家镀铬", "阀体毛坯急找一家能精车的"]
)
def test_blanks_for_which_somebody_is_sought_are_the_askers_own(text):
    roles = {item.value: item.role for item in read(text).items}
    assert {roles[name] for name in roles if name in ("valve body", "valve stem")} == {
        ItemRole.WHOLE
    }


def test_blanks_that_are_sought_are_wanted():
    roles = {item.value: item.role for item in read("想找毛坯阀体").items}
    assert roles["valve body"] is ItemRole.ITSELF


def test_a_machine_that_marks_is_a_machine_and_its_work_stays_work():
    (machine,) = read("激光打标机借用两天").of(RequirementKind.PRODUCT)
    assert machine.value == "laser marking machine"
    assert [each.value for each in read("镜腿激光打标").of(RequirementKind.PROCESS)] == [
        "laser marking"
    ]


@pytest.mark.parametrize("need", ["PA6 pellets, 5 t a month", "尼龙粒子，每月五吨"])
def test_what_is_spun_of_a_plastic_is_not_what_is_melted(need):
    assert verdicts(need, "40D尼龙6高弹丝，半光，袜用")["granules"] is Fulfilment.UNMET
    assert verdicts(need, "尼龙6粒子，25公斤起")["granules"] is Fulfilment.MET


@pytest.mark.parametrize(
    ("text", "asked", "said"),
    [
        (
            "We are a small eyewear brand-and-factory in Danyang. We'd need 20k flex hinges",
            "hinge",
            "spectacles",
        ),
        (
            "hello, i run a small webshop in Holland and i want to sell own brand bamboo socks",
            "sock",
            "荷兰",
        ),
    ],
)
def test_who_asks_and_where_they_sell_is_not_asked_for(text, asked, said):
    read_of = {item.value for item in read(without_speaker(text)).items}
    assert asked in read_of
    assert said not in read_of
    assert said in {item.value for item in read(text).items}


@pytest.mark.parametrize(
    ("need", "expected"),
    [
        ("采购六角螺栓，镀锌", [0.3, 0.24]),  # beneath the last who has bolts: .8 of .3
        (
            "车间里的机器老是松，一根六角螺栓都不剩，老板天天催，到底谁家肯明天就送几百个来",
            [0.3, 0.38],
        ),
    ],
)
def test_who_says_nothing_of_a_named_thing_stands_behind_who_has_it(need, expected):
    says = {"bolts": "B7双头螺柱，锌镍", "steel": "模具钢板，当天出库"}
    snapshot = snapshot_of(
        GraphRows(
            organizations=tuple(map(firm, says)),
            offers=tuple(product(key, text) for key, text in says.items()),
        )
    )
    (text,) = near(need).texts
    fits = np.array([0.3, 0.38], dtype=np.float32)
    lost = lost_by_another(
        snapshot,
        SUPPLIER,
        (text,),
        fits,
        np.arange(2, dtype=np.int32),
        [compare(text.specification, read(each)) for each in says.values()],
        np.ones(2, dtype=np.bool_),
    )
    assert fits + lost == pytest.approx(expected)


@pytest.mark.parametrize("offer", ["板材镜架找欧洲品牌", "板材镜架找经销商代理"])
def test_who_only_makes_the_same_is_no_customer(offer):
    says = {"rival": "板材镜架厂，开料到抛光自己做", "shop": "眼镜零售连锁，专卖板材眼镜"}
    rows = GraphRows(
        organizations=tuple(map(firm, says)),
        descriptions=tuple(Description(f"d:{key}", f"t:{key}", says[key]) for key in says),
    )
    snapshot = snapshot_of(rows, {"d:rival": [0.9, 0.44], "d:shop": [0.8, 0.6]})
    answer = recommend(snapshot, near(offer, CUSTOMER), Request(CUSTOMER))
    assert "rival" not in ids(answer)
