"""Orders are sought for what stands idle, and makers by who sells for them: rivals give none."""

from __future__ import annotations

import pytest

from matchmaker.recommend.specification import (
    ItemRole,
    Specification,
    asks_for_customers,
    compare_customer,
    lends_own,
    offered,
    read,
)


def met(offer: str, says: str) -> bool:
    return bool(compare_customer(read(offer), read(says)).met)


def unmet(offer: str, says: str) -> bool:
    return bool(compare_customer(read(offer), read(says)).unmet)


@pytest.mark.parametrize(
    ("offer", "rival"),
    [
        ("六台横机停着没活，哪家有订单", "Bed socks, 84 needle machines, private label"),
        ("两台加工中心夜里空着，谁家有件", "十台数控车，承接阀杆来料加工"),
        ("三台五轴吃不饱，想接单", "铝合金件，五轴六台，打样快"),
        ("our lathes stand still on Fridays, give us work", "Contract turning of stems"),
        ("注塑机空了四台，可接外单", "代客注塑，ABS、PP，带模来打"),
    ],
)
def test_who_has_the_same_machines_gives_no_orders(offer: str, rival: str) -> None:
    assert unmet(offer, rival)
    assert not met(offer, rival)


def test_who_has_it_made_by_others_has_orders() -> None:
    brand = "自有品牌袜子，只做设计，生产全部外包"
    assert met("家里八台袜机闲着，找活", brand)
    assert not unmet("家里八台袜机闲着，找活", brand)


def _things(spec: Specification) -> set[tuple[str, str]]:
    return {(item.kind, item.value) for item in spec.items}


def test_of_machines_that_stand_idle_their_work_is_offered_and_of_those_sold_the_machines() -> None:
    idle, sold = offered(read("两台袜机闲着，找活")), offered(read("两台袜机闲置，转让"))
    assert {("process", "knitting"), ("product", "sock")} <= _things(idle)
    assert _things(sold) == {("product", "knitting machine")}


@pytest.mark.parametrize(
    ("offer", "maker", "trader"),
    [
        ("做外贸代理的，想帮水泵厂出口中东", "离心泵，自有铸造", "水泵外贸公司，中东为主"),
        (
            "We import pumps into Chile and seek manufacturers to represent",
            "Centrifugal pumps, own foundry",
            "Export sales of pumps",
        ),
    ],
)
def test_who_sells_for_others_has_makers_as_customers(offer: str, maker: str, trader: str) -> None:
    assert met(offer, maker)
    assert unmet(offer, trader)


def test_a_stockist_s_own_goods_are_no_customers_goods() -> None:
    assert not met("水泵经销，现货两百台，找用户", "离心泵，自有铸造")


@pytest.mark.parametrize(
    ("offer", "other_work", "maker"),
    [
        ("代做镜腿电镀，枪色", "镜腿喷漆、移印代工", "板材镜腿厂"),
        ("阀体热处理，台车炉", "阀体喷砂、磷化代加工", "闸阀阀体"),
    ],
)
def test_who_does_other_work_on_the_same_things_is_no_customer_before_their_makers(
    offer: str, other_work: str, maker: str
) -> None:
    assert unmet(offer, other_work)
    assert met(offer, maker)


@pytest.mark.parametrize("offer", ["线切割，接宁海的模具活", "wire cutting shop, takes mould work"])
def test_jobs_that_a_shop_takes_name_whose_they_are(offer: str) -> None:
    assert met(offer, "注塑模具厂，四十人")


@pytest.mark.parametrize(
    ("text", "own", "sought"),
    [
        ("准备做羊绒袜，要抗起球的纱", "sock", "yarn"),
        ("泵要换不锈钢叶轮", "pump", "impeller"),
        ("无人机需要做个碳纤外壳", "drone", "housing"),
    ],
)
def test_what_is_made_of_what_is_sought_is_not_sought(text: str, own: str, sought: str) -> None:
    wanted = {item.value for item in read(text).requirements}
    assert own not in wanted
    assert sought in wanted


@pytest.mark.parametrize("text", ["球阀，要带法兰", "球阀要做成气动的"])
def test_what_a_thing_is_to_have_is_no_other_thing(text: str) -> None:
    wanted = {item.value for item in read(text).requirements}
    assert "ball valve" in wanted


@pytest.mark.parametrize(
    ("offer", "sought"),
    [
        ("lens makers looking for hard coat lacquer", {"lens"}),
        ("lens makers looking for opticians' shops as customers", set()),
        ("纸盒厂，想给袜厂做彩盒", {"sock"}),
        ("在线监测传感器，卖给泵厂", {"pump"}),
    ],
)
def test_who_is_looked_for_is_told_from_who_speaks(offer: str, sought: set[str]) -> None:
    items = offered(read(offer)).items
    assert {item.value for item in items if item.role is ItemRole.CUSTOMER} == sought


@pytest.mark.parametrize(
    "text",
    ["导热膜，除了电池还有谁能用", "Our sealing paste: apart from valves, who else could use it?"],
)
def test_who_else_could_use_it_asks_for_customers(text: str) -> None:
    assert asks_for_customers(text)


def test_whom_else_one_could_ask_asks_for_no_customers() -> None:
    assert not asks_for_customers("除了这家还有谁能做低温阀")


@pytest.mark.parametrize(
    "text",
    [
        "压铸厂想转无人机行业做小件",
        "we want to get into the eyewear industry with our polishing",
        "tool shop, glad to machine small parts for motor makers",
    ],
)
def test_who_would_enter_another_trade_asks_for_its_firms(text: str) -> None:
    assert asks_for_customers(text)


@pytest.mark.parametrize(
    ("offer", "sought"),
    [
        ("压铸厂想进机器人行业做小件", {"robot"}),
        ("表面检测相机，给袜厂、镜片厂装", {"sock", "lens"}),
        ("looking for three spectacle brands to try our hard coat", {"spectacles"}),
    ],
)
def test_whose_trade_is_spoken_of_are_customers(offer: str, sought: set[str]) -> None:
    items = offered(read(offer)).items
    assert sought <= {item.value for item in items if item.role is ItemRole.CUSTOMER}


def test_frames_are_frames_whatever_plastic_they_are_called_by() -> None:
    assert {"tr90", "spectacle frame"} <= {item.value for item in read("TR90架子，批发").items}


@pytest.mark.parametrize(
    ("offer", "customers"),
    [
        ("轴承定制，水泵和减速机用", {"pump"}),
        ("bearings, ring ground; pump and motor makers", {"pump"}),
        ("弹簧定制，阀门和水泵厂都供过", {"valve"}),
    ],
)
def test_the_first_of_two_whom_it_is_for_is_a_customer_too(offer: str, customers: set[str]) -> None:
    named = {i.value for i in offered(read(offer)).items if i.role is ItemRole.CUSTOMER}
    assert customers <= named


def test_makers_who_sell_two_things_themselves_are_no_customers() -> None:
    items = offered(read("轴承和齿轮厂家直销")).items
    assert all(item.role is not ItemRole.CUSTOMER for item in items)


def test_who_asks_for_the_source_asks_for_no_brand_that_has_it_made() -> None:
    assert not met("直播卖袜子，找源头工厂", "自有品牌袜子，只做设计，生产全部外包")
    assert met("直播卖袜子，找源头工厂", "棉袜，自有车间")


@pytest.mark.parametrize("text", ["铸造厂想转做电机端盖", "织布厂，想接袜子的单"])
def test_who_would_make_something_else_asks_for_customers(text: str) -> None:
    assert asks_for_customers(text)


@pytest.mark.parametrize(
    ("text", "lends"),
    [
        ("我们的注塑机周末闲着，可以借给别人用", True),
        ("袜机空着二十台，谁要用", True),
        ("有个两千平的冷库空着一半", True),
        ("本厂三坐标用不满，可以给周边小厂测", True),
        ("有台五轴龙门每周空两天，可出租", True),
        ("we have a 3000-ton press idle three days a week", True),
        ("our CNC lathe is free at night, anyone need it?", True),
        ("our oven is free on weekends, happy to share with neighbours", True),
        ("we would like to share somebody's cold store until spring", False),
        ("谁家有闲置的注塑机", False),
        ("晚上有没有空的五轴可以租", False),
        ("三坐标坏了，想借一台", False),
        ("哪里的热压罐可以出租", False),
        ("looking for an idle press we can rent", False),
        ("who has a free autoclave?", False),
        ("is there a climatic chamber for rent", False),
    ],
)
def test_who_has_something_to_lend_is_told_from_who_looks_for_it(text: str, lends: bool) -> None:
    assert lends_own(text) is lends
