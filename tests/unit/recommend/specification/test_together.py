"""With whom something is to be made, told apart from what is to be made with them."""

from __future__ import annotations

import pytest

from matchmaker.recommend.specification import (
    ItemRole,
    RequirementKind,
    only_seeks,
    read,
    without_aim,
    without_own,
    without_what_peers_buy,
)


def things(text: str) -> set[str]:
    """The things that a text asks for itself."""
    return {item.value for item in read(text).of(RequirementKind.PRODUCT) if is_asked(item)}


def is_asked(item) -> bool:
    return item.role is ItemRole.ITSELF and not item.denied


@pytest.mark.parametrize(
    ("need", "partner"),
    [
        ("想找做电池的企业一起开发长航时物流无人机", "battery"),
        ("找电池厂合作研发无人机", "battery"),
        ("looking for a battery maker to develop a long-range drone together", "battery"),
        ("we need an actuator manufacturer to co-develop a subsea valve", "actuator"),
        ("和做飞控的一起开发物流无人机，我们做机体", "flight controller"),
        ("looking to co-brand sunglasses with a sheet house", "sheet"),
        ("we want to develop smart glasses with a battery maker", "battery"),
    ],
)
def test_who_is_to_make_it_with_one_is_asked_for_and_what_is_made_is_not(need, partner):
    """Seen: for makers of batteries to build a drone with, makers of drones stood first."""
    assert things(without_aim(need)) == {partner}


@pytest.mark.parametrize(
    ("need", "peers"),
    [
        ("袜厂联合采购氨纶，找同行", "sock"),
        ("想找几家袜厂一起买氨纶", "sock"),
        ("几家眼镜厂拼单买板材，还差两家", "spectacles"),
        ("looking for other sock mills to pool our spandex orders", "sock"),
        ("valve makers wanted for joint purchasing of castings", "valve"),
    ],
)
def test_what_is_bought_together_is_not_what_those_make_who_buy_it(need, peers):
    """Seen: for sock mills that buy spandex with one, those who sell it stood first."""
    assert things(without_aim(need)) == {peers}


@pytest.mark.parametrize(
    "need", ["一起采购的平台", "shared containers for moulds", "几家镜架厂想做吊卡纸盒，哪家印"]
)
def test_buying_alone_is_no_aim(need):
    assert things(without_aim(need)) == things(need)


@pytest.mark.parametrize(
    "need",
    [
        "想找高校合作开发阀门",  # nothing says of which trade the partner is
        "looking for a company to make socks",
        "找一家企业一起做推广",
        "找做阀门铸件的厂，长期合作",
        "想跟热流道企业一起搞伺服阀针",  # who makes the one may say the other
    ],
)
def test_a_need_that_names_no_trade_of_the_partner_stays_whole(need):
    assert without_aim(need) == need


@pytest.mark.parametrize(
    ("text", "thing"),
    [("做电池的企业，做无人机的企业也行", "battery"), ("找做镜片的厂家一起做眼镜", "lens")],
)
def test_who_makes_a_thing_is_no_part_of_the_next_one(text, thing):
    assert thing in things(text)


@pytest.mark.parametrize(
    ("text", "work"),
    [
        ("压铸用脱模剂", "die casting"),
        ("水性脱模剂 压铸用", "die casting"),
        ("研磨用砂轮", "grinding"),
        ("masterbatch for injection moulding", "injection moulding"),
        ("release agent for die casting", "die casting"),
        ("grinding wheels for grinding", "grinding"),
    ],
)
def test_nobody_is_asked_to_do_the_work_that_a_thing_is_used_in(text, work):
    """Seen: for release agents, makers of die-casting dies were suggested."""
    named = [item for item in read(text).items if item.value == work]
    assert named
    assert not any(map(is_asked, named))


@pytest.mark.parametrize(
    ("text", "work"),
    [
        ("valve stems for hard chrome plating", "hard chrome plating"),
        ("喷涂用一下阀门", "painting"),
        ("阀体焊接用什么厂好", "welding"),
    ],
)
def test_work_that_is_to_be_done_on_a_thing_is_asked_for(text, work):
    assert any(item.value == work and is_asked(item) for item in read(text).items)


@pytest.mark.parametrize(
    ("text", "is_all"),
    [
        ("想找做电池的企业", True),
        ("我们想找一家电池厂一起", True),
        ("looking for a battery maker", True),
        ("我们做蓝牙方案，想找眼镜厂一起做", False),
        ("找树脂厂一起过Tg180、上中试", False),
        ("looking for lens makers whose lenses fade in the heat", False),
        ("a foundry with trial blocks wanted", False),
    ],
)
def test_who_only_seeks_has_nothing_to_offer_that_others_need(text, is_all):
    """Seen: of who sought makers of batteries, institutes that seek them, too, stood first."""
    assert only_seeks(text) is is_all


@pytest.mark.parametrize(
    ("need", "sought"),
    [
        ("we have PVD, looking for a frame brand to do a colour collection with", "frame"),
        ("joint tender for a water project: we do butterfly valves, need actuators", "actuator"),
        ("我们做手套，想找眼镜厂一起参加展会", "spectacles"),
        ("压铸件厂愿不愿意和我们模具厂一起做", "die casting"),
    ],
)
def test_what_a_firm_makes_itself_is_not_what_it_seeks(need, sought):
    """Seen: of butterfly valves with actuators sought, other makers of butterfly valves."""
    assert things(without_own(need)) == {sought}


@pytest.mark.parametrize(
    "need",
    [
        "石墨烯面内导热计算我们能做，找做导热膜的企业",  # no list has what they do
        "we make socks and look for other sock mills",  # its own kind is what it seeks
        "我们做阀门，想找高校合作",
    ],
)
def test_what_is_not_told_apart_stays(need):
    assert without_own(need) == need


def test_who_seeks_after_saying_what_for_asks_for_those():
    aimed = without_aim("想合伙搞一条袜子自动包装线，找包装厂或设备厂")
    assert {item.value for item in read(aimed).items if is_asked(item)} == {"packaging"}


@pytest.mark.parametrize(
    ("need", "trade"),
    [
        ("做螺栓的，B16棒一次要不了一整车，同行有要的拼一车", "bolt"),
        ("袜厂，包装袋起订量太大，其他袜厂一起凑", "sock"),
        ("我们做阀门，锌锭涨价，找同行", "valve"),
    ],
)
def test_who_seeks_its_own_trade_asks_for_that_and_not_for_what_it_buys(need, trade):
    """Seen: who had bars to share a lorry of was shown sellers of bars."""
    assert things(without_what_peers_buy(need)) == {trade}


def test_who_seeks_others_is_left_whole():
    need = "做螺栓的，找棒材厂"
    assert without_what_peers_buy(need) == need


def test_what_is_held_for_guests_is_not_what_they_make():
    need = "试飞场要办个材料专场，请外地做复合材料件的厂带样品来飞一飞"
    assert things(without_aim(need)) == {"composite part"}
