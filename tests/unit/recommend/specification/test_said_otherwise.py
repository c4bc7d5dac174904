"""The same said in words of every day: who speaks, what stands around, whom is sought."""

from __future__ import annotations

import pytest

from matchmaker.recommend.literal import is_named
from matchmaker.recommend.specification import (
    ItemRole,
    RequirementKind,
    asks_for_labs,
    compare,
    offered,
    read,
)
from matchmaker.recommend.specification.speaker import without_speaker
from tests.unit.recommend.worded import asked


def customers(offer: str) -> set[str]:
    """Products that an offer names for who may buy it."""
    return {item.value for item in offered(read(offer)).items if item.role is ItemRole.CUSTOMER}


def denied(text: str) -> set[str]:
    return {item.value for item in read(text).items if item.denied}


def places(text: str) -> dict[str, bool]:
    """Places that a need names beside who asks, and whether they are left out."""
    return {
        item.value: item.denied
        for item in read(without_speaker(text)).items
        if item.kind is RequirementKind.PLACE
    }


# Offers whose author has what they name, by hand: it names no customer.
@pytest.mark.parametrize(
    "offer",
    [
        "who uses spring hinges?",
        "looking for orders for covered yarn",
        "distributors wanted for covered yarn",
        "We are a manufacturer of spring hinges and look for new customers",
        "Our company is a producer of ball valves seeking clients",
        "spring hinge manufacturer seeks buyers",
        "包覆纱厂家直销",
        "球阀厂家供货",
        "球阀厂家现货供应各种规格",
        "镜架厂直销全国",
        "谁用袜子，我有3000双",
        "who uses spring hinges? We have spring hinges in stock",
        "orders for our sock factory",
        "想认识采购包覆纱的人",
        "哪些厂会用到包覆纱",
        "产能过剩，找球阀订单",
    ],
)
def test_what_who_sells_has_is_not_whom_it_looks_for(offer):
    assert customers(offer) == set()


@pytest.mark.parametrize(
    ("offer", "customer"),
    [
        ("we make spring hinges, who makes spectacle frames?", "spectacle frame"),
        ("弹簧铰链，找镜架厂", "spectacle frame"),
        ("looking for sock makers for our covered yarn", "sock"),
        ("包覆纱，谁家做袜子", "sock"),
        ("包覆纱，找袜子厂家", "sock"),
        ("包覆纱，袜子厂家需要的联系我们", "sock"),
        ("covered yarn for manufacturers of socks", "sock"),
        ("we look for manufacturers of ball valves that need seals", "ball valve"),
        ("we are looking for makers of ball valves", "ball valve"),
        ("covered yarn, looking for sock mills", "sock"),
        # Who uses one thing is asked for by who has another.
        ("who uses titanium frames with our hinges", "spectacle frame"),
        ("who uses injection moulding machines? We sell granules", "injection moulding machine"),
        ("哪家用袜机，我们卖织针", "knitting machine"),
        ("谁家在用注塑机，我有二手机械手", "injection moulding machine"),
        # Whom the author serves, behind what it makes.
        ("we are suppliers of yarn to sock mills", "sock"),
        ("we are a producer of yarn that sock mills like", "sock"),
        ("we are makers of springs and seek valve makers", "valve"),
        ("clients of frame makers", "frame"),
        # What is offered is named behind whom it is for.
        ("袜厂直供包覆纱", "sock"),
        ("阀门厂供货的铸件，还能接单", "valve"),
        ("注塑机厂家供应粒子", "injection moulding machine"),
        ("怎么找到有阀门订单的客户，我们做铸件", "valve"),
    ],
)
def test_who_makes_what_an_offer_is_for_is_sought_as_before(offer, customer):
    assert customer in customers(offer) or any(
        item.role is not ItemRole.ITSELF and item.value == customer for item in read(offer).items
    )


@pytest.mark.parametrize(
    ("need", "asked"),
    [
        ("绍兴做包覆纱，想找氨纶丝", "spandex"),
        ("绍兴做包覆纱，想买真空包装机", "packaging machine"),
        ("温州做阀门，找不锈钢铸件", "casting"),
        ("诸暨这边做袜子，急需包装机", "packaging machine"),
    ],
)
def test_who_says_where_it_is_and_what_it_makes_speaks_of_itself(need, asked):
    wanted = read(without_speaker(need))
    assert asked in {item.value for item in wanted.items}
    assert not {item.value for item in wanted.items} & {"yarn", "valve", "sock"}
    assert places(need) == {}


@pytest.mark.parametrize(
    ("need", "asked", "place"),
    [
        ("绍兴做包覆纱的，谁家便宜", "yarn", "绍兴市"),
        ("温州做阀门的厂，找一家", "valve", "温州市"),
        ("余姚做注塑模具，想便宜点", "injection mould", "余姚市"),
        ("宁波做热处理，要能做真空的", "heat treatment", "宁波市"),
        ("上海做检测，求推荐", "testing", "上海市"),
        ("温州哪家做阀门，求推荐", "valve", "温州市"),
        ("想找温州做阀门的", "valve", "温州市"),
        ("能不能在温州做阀门", "valve", "温州市"),
        ("在不在温州做阀门", "valve", "温州市"),
        ("宁波有人做模具吗", "mould", "宁波市"),
        ("台州做阀门铸件，需要双相钢的", "casting", "台州市"),
        ("宁波做模具，需要带热处理", "mould", "宁波市"),
        ("绍兴做包覆纱，便宜的", "yarn", "绍兴市"),
    ],
)
def test_where_something_is_to_be_made_is_asked_for(need, asked, place):
    assert asked in {item.value for item in read(without_speaker(need)).items}
    assert places(need) == {place: False}


@pytest.mark.parametrize(
    "need",
    [
        "玉环没有做双相钢的厂，谁做",
        "玉环没有做双相钢铸件的厂家，求推荐",
        "我们这没有做双相钢的厂",
        "本地没有生产球阀的企业，想找外地的",
        "没有会做双相钢的师傅，急",
    ],
)
def test_that_nobody_there_makes_it_denies_nothing(need):
    assert denied(need) == set()


@pytest.mark.parametrize(
    ("need", "left_out"),
    [
        ("没有镀锌的阀体", "zinc plating"),
        ("没有做过双相钢的厂不要，阀体铸件", ""),
        ("我们不要双相钢的阀体", "duplex stainless steel"),
        ("不做双相钢，只做碳钢铸件", "duplex stainless steel"),
        ("阀体铸件，不要石墨的", "graphite"),
        ("no duplex please, valve bodies", "duplex stainless steel"),
        ("valve bodies without graphite", "graphite"),
    ],
)
def test_what_is_not_wanted_stays_so(need, left_out):
    assert denied(need) == ({left_out} if left_out else set())


@pytest.mark.parametrize(
    ("need", "thing"),
    [("no moulds in Ningbo please", "mould"), ("no castings from Wenzhou, please", "casting")],
)
def test_no_such_thing_from_a_place_is_sought_elsewhere(need, thing):
    items = {item.value: item.denied for item in read(need).items}
    assert items[thing] is False
    assert [denies for value, denies in items.items() if value != thing] == [True]


@pytest.mark.parametrize(
    ("need", "left_out"),
    [
        ("valve bodies, no castings from Wenzhou", "casting"),
        ("no traders from Wenzhou", "trader"),
        ("no brass, ball valves in Wenzhou", "brass"),
        ("ball valves, no plating", "plating"),
        ("no plating, no painting, valve bodies", "plating"),
    ],
)
def test_no_before_something_else_leaves_it_out(need, left_out):
    assert left_out in denied(need)


@pytest.mark.parametrize(
    "need",
    [
        "本地都是贸易商，想直接找外地厂家",
        "附近找到的全是贸易商，找碳纤维厂",
        "Local prepreg makers are all traders, want makers from elsewhere",
        "so far we only found traders, need a sock mill",
    ],
)
def test_whom_one_has_had_enough_of_is_not_sought(need):
    assert "trader" not in {item.value for item in read(need).items}


@pytest.mark.parametrize(
    "need",
    [
        "找贸易商",
        "我们都是贸易商，找袜子",
        "想找做袜子的贸易商，本地的",
        "looking for local traders of socks",
        "traders only, socks",
        "不要贸易商，找袜子厂",
        "本地贸易商也行，袜子",
        "we are all traders, looking for socks",
    ],
)
def test_traders_that_are_named_otherwise_are_read(need):
    assert "trader" in {item.value for item in read(need).items}


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("flame retardant nylon compounds", "granules"),
        ("flame retardant PA66 pellets", "granules"),
        ("overstock mould steel cheap", "tool steel"),
        ("price per hour for a coordinate measuring machine", "coordinate measuring machine"),
        ("waiting list for the coordinate measuring machine", "coordinate measuring machine"),
        ("printed paper boxes", "carton box"),
    ],
)
def test_the_thing_is_told_from_what_it_is_like_and_for(text, thing):
    itself = {item.value for item in read(text).items if item.role is ItemRole.ITSELF}
    assert thing in itself
    assert itself.isdisjoint({"flame retardant", "mould", "sock"})


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("flame retardant for nylon", "flame retardant"),
        ("flame retardant additive", "flame retardant additive"),
        ("moulds of steel", "mould"),
        ("steel moulds", "mould"),
        ("mould, steel 1.2343", "mould"),
        ("price for parts for pumps", ""),
        ("socks in boxes", "sock"),
        ("gear boxes", ""),
        ("socks, boxes", "sock"),
    ],
)
def test_things_that_only_stand_beside_such_words_stay_as_they_are(text, thing):
    itself = {item.value for item in read(text).items if item.role is ItemRole.ITSELF}
    assert not thing or thing in itself
    assert "carton box" not in itself


@pytest.mark.parametrize(
    "text",
    [
        "我校有石墨烯导热膜技术，想找做低温的实验室一起攻关",
        "想找高校一起做抗菌袜",
        "有没有老师研究阀门噪声",
        "谁能帮我们介绍个课题组",
        "哪个大学做复合材料比较强",
        "希望与研究所联合开发",
        "Our lab wants to work with another university lab on carbon fibre sizing",
        "we are stuck with sigma phase, any lab?",
        "looking for a professor who knows polymer ageing",
        "need a university for an EU proposal",
        "哪家实验室能测盐雾",
        "找高校和企业一起做",
        "找实验室测试样件",
        "any institute doing PEEK?",
        "looking for a laboratory accredited for EN 388",
        "we already work with a university, looking for a second institute",
    ],
)
def test_labs_are_asked_for_by_name(text):
    assert asks_for_labs(text)


@pytest.mark.parametrize(
    "text",
    [
        "我们实验室找企业中试",
        "我校课题组有光致变色染料，找镜片厂",
        "想找企业共建实验室",
        "求购实验室通风柜",
        "本课题组长期研究上浆剂，欢迎企业来谈",
        "高校项目路演，邀请企业",
        "Our lab has developed graphene film transfer, looking for firms",
        "University spin-off looking for moulders",
        "looking for firms for our university lab",
        "we need lab coats",
        "looking for laboratory equipment",
        "College students looking for a company for a trial",
        "we want to sell to universities",
        "请老师傅修模具",
        "要找大学城附近的注塑厂",
        "推荐一家做实验室通风柜的厂",
        "找做实验室离心机外壳的",
        "求实验室检测设备供应商",
        "寻找实验室级别的石墨烯粉",
        "找企业联合大学做项目",
        "联合浙江大学开发的阀门，找铸造厂",
        "大学用的试验机，找高校客户",
        "have you any lab stools",
        "need a lab press",
        "looking for lab glassware makers",
        "want a lab technician",
        "we work with a university and need a foundry",
        "we developed it together with a university, now need a caster",
    ],
)
def test_labs_that_ask_or_are_served_are_not_asked_for(text):
    assert not asks_for_labs(text)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("模具钢产能过剩，找订单", {"tool steel"}),
        ("ball valves, we have spare capacity", {"ball valve"}),
        ("积压球阀，清库存", {"ball valve"}),
    ],
)
def test_why_somebody_sells_is_no_thing(text, named):
    assert {item.value for item in read(text).items} == named


def test_spare_capacity_alone_is_what_is_asked_for():
    assert {item.value for item in read("产能过剩").items} == {"overcapacity"}


@pytest.mark.parametrize(
    ("need", "offer", "is_most"),
    [
        ("Making ball valves ourselves does not pay, we want to buy", "Floating ball valves", True),
        ("not buying, only renting a metal 3D printer", "Metal 3D printer, DMLS", True),
        ("老板让我找球阀", "浮动球阀，PN40", True),
        # Words of what is made, and of something else, are no talk around it.
        ("ball valves for submarine ballast trimming hydraulics", "Floating ball valves", False),
        ("Making ball valves explode in computer games and film scenery", "Ball valves", False),
    ],
)
def test_talk_around_a_thing_does_not_hide_that_it_is_named(need, offer, is_most):
    comparison = compare(read(need), read(offer))
    assert is_named(asked(need).texts, [comparison]).tolist() == [is_most]


def test_a_compound_is_of_the_plastic_that_it_is_named_by():
    values = {item.value for item in read("flame retardant nylon compounds").items}
    assert values == {"nylon", "granules"}


def test_a_compound_bow_is_no_granules():
    values = {item.value for item in read("nylon compound bow limbs").items}
    assert "nylon" in values
    assert "granules" not in values


@pytest.mark.parametrize(
    ("need", "thing"),
    [
        ("slot for heat treatment of moulds", "mould"),
        ("hourly rate per sample for XRD of zinc coatings", "coating"),
    ],
)
def test_what_work_is_booked_on_is_not_sought_itself(need, thing):
    roles = {item.role for item in read(need).items if item.value == thing}
    assert roles == {ItemRole.WHOLE}


@pytest.mark.parametrize(
    ("need", "unwanted"),
    [("没有镀层的弹簧的厂家", "coating"), ("no valves in Wenzhou but pumps", "valve")],
)
def test_what_is_said_in_the_words_of_those_who_do_not_have_it_may_be_unwanted(need, unwanted):
    assert unwanted in denied(need)


def test_who_wants_only_those_of_elsewhere_wants_the_thing():
    assert "sock" not in denied("no socks from Zhuji, only Turkish")
