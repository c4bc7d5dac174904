"""What who asks does not have is sought; where it was looked for in vain is no place to look."""

from __future__ import annotations

import pytest

from matchmaker.recommend.specification import (
    ItemRole,
    RequirementKind,
    Specification,
    read,
    with_lacks_sought,
)

# A need, and what its author wants, by hand.
LACKED = {
    "我们没有热处理，谁能做": "heat treatment",
    "自己没有淋雨房，想借一下": "ingress protection testing",
    "雨里一飞就进水短路，想淋上两小时看看从哪儿漏的，自己没有雨淋房": "ingress protection testing",
    "我们没有三坐标，想借用": "coordinate measuring machine",
    "本厂没有电镀线": "plating",
    "我们没有过滤器，哪里有": "filter",
    "我们不做电镀，要外发": "plating",
    "我们车间没有喷漆房，急": "painting",
    "We do not have a CMM, can we use somebody's for a day": "coordinate measuring machine",
    "We cannot measure hydrogen leakage ourselves, who can": "leak testing",
    "Our shop can't do deep hole drilling": "drilling",
    "we lack a clean room": "cleanroom",
    "We stopped making ball valves and will buy them": "ball valve",
    "买不起三坐标，想借别人的用": "coordinate measuring machine",
    "we can't afford a spectrometer, is there one we can use": "spectrometer",
    "No vacuum furnace in house, quenching of dies": "quenching",
}
# What is said of oneself beside what is sought, and what is truly not wanted.
BESIDE = {
    "我们不做电镀，找喷涂厂": ({"painting"}, set()),
    "厂里没有五轴，求五轴加工": ({"five-axis machining"}, set()),
    "We do not make moulds ourselves, looking for ball valves": ({"ball valve"}, set()),
    "我们不要电镀的，只要喷涂": ({"painting"}, {"plating"}),
    "We don't want brass, need ball valves": ({"ball valve"}, {"brass"}),
    "我们没有什么特别要求，找球阀": ({"ball valve"}, set()),
    # Of those who offer it, not of who asks.
    "厂里没有五轴的不要，叶轮加工": ({"five-axis machining", "impeller"}, set()),
    "公司没有自己的电镀线的勿扰，眼镜架": ({"plating", "spectacle frame"}, set()),
    "自己不会做设计的模具厂不要": ({"mould"}, set()),
    "内部没有电镀层的阀体": ({"valve body"}, {"plating"}),
    # What is not asked for, and what one is not.
    "我们没有电镀的计划，喷涂就行": ({"painting"}, {"plating"}),
    "我们没有说要电镀，喷涂就行": ({"painting"}, {"plating"}),
    "我们没有指定电镀，喷涂就行": ({"painting"}, {"plating"}),
    "本公司没有外协需求": (set(), {"subcontractor"}),
    "我们不做代理商": (set(), {"trader"}),
    "We have no plan for plating": (set(), {"plating"}),
    "We have no complaints about plating": (set(), {"plating"}),
    "I don't have any idea about anodising": (set(), {"anodising"}),
    "We don't do business with traders, knitting mill": ({"knitting"}, {"trader"}),
    "We cannot stand galvanised parts": (set(), {"galvanising"}),
    "We cannot sell PVC film": (set(), {"pvc", "film"}),
}


def named(specification: Specification, *, denied: bool) -> set[str]:
    return {
        item.value
        for item in specification.items
        if item.denied is denied and item.kind is not RequirementKind.PLACE
    }


def test_what_a_recommendation_is_asked_for_is_the_thing_itself() -> None:
    for need in ("Any recommendation for ball valves?", "contacts for ball valves please"):
        (item,) = read(need).of(RequirementKind.PRODUCT)
        assert (item.value, item.role) == ("ball valve", ItemRole.ITSELF)


@pytest.mark.parametrize(("need", "wanted"), LACKED.items())
def test_what_who_asks_does_not_have_is_what_it_asks_for(need: str, wanted: str) -> None:
    sought = with_lacks_sought(need)
    assert len(sought) == len(need)  # offsets stay
    assert wanted in named(read(sought), denied=False)
    assert wanted not in named(read(sought), denied=True)


@pytest.mark.parametrize(("need", "expected"), BESIDE.items())
def test_what_is_named_beside_is_sought_alone(
    need: str, expected: tuple[set[str], set[str]]
) -> None:
    specification = read(with_lacks_sought(need))
    assert (named(specification, denied=False), named(specification, denied=True)) == expected


@pytest.mark.parametrize(
    ("need", "wanted"),
    [
        ("问了好几家都不做球阀，谁能做", "ball valve"),
        ("没有球阀就开不了工", "ball valve"),
        ("no foundry in Wenzhou pours duplex, who does", "casting"),
        ("No plater near Ningbo will take 30 pieces", "plating"),
        ("丹阳本地没有做镜片镀膜的，求镀膜", "pvd coating"),
        ("we never bought ball valves before", "ball valve"),
        ("not sure who makes ball valves", "ball valve"),
        ("I don't know anything about ball valves, please advise", "ball valve"),
        ("not enough ball valves, one more source", "ball valve"),
        ("Any recommendation for ball valves?", "ball valve"),
        ("without ball valves our line stands still", "ball valve"),
        ("宁波没有电镀厂，求推荐", "plating"),
        ("诸暨没有染厂肯接，急", "dyeing"),
    ],
)
def test_what_others_do_not_have_is_sought(need: str, wanted: str) -> None:
    assert wanted in named(read(need), denied=False)
    assert not named(read(need), denied=True)


@pytest.mark.parametrize(
    ("need", "unwanted"),
    [
        ("没有电镀就完美，镜架", "plating"),
        ("Without brass, the valve cannot rust", "brass"),
        ("No foundry will do, only forging shop", "casting"),
        ("no trading company does, makers of valves only", "trader"),
    ],
)
def test_what_may_not_be_is_not_what_others_do_not_have(need: str, unwanted: str) -> None:
    assert unwanted in named(read(need), denied=True)


@pytest.mark.parametrize(
    "need",
    [
        "nobody in Danyang dares to polish it",
        "the queue elsewhere is eight weeks, glow wire test",
        "We asked three shops in Ningbo, all too busy. EDM of inserts",
        "We used to buy ball valves in Germany, too far",
        "No plater near Ningbo will take 30 pieces",
        "外地的太贵，找球阀",
        "Our supplier in Ningbo is too slow, moulds",
        "我们在宁波问遍了都没人做，渗氮",
        "外地要等八周，做灼热丝",
        "宁波的厂都排满了，求电火花加工",
        "丹阳没人做渗氮，找渗氮",
        "以前在广东买球阀，太远了",
        "宁波没有电镀厂，求推荐",
        "本地没有电镀厂，找PVD",
    ],
)
def test_where_it_was_looked_for_in_vain_is_not_where_it_is_sought(need: str) -> None:
    assert not [item for item in read(need).items if item.kind is RequirementKind.PLACE]


@pytest.mark.parametrize(
    ("need", "denied"),
    [
        ("宁波的模具厂，要能做压铸模", False),
        ("suppliers in Ningbo that are not too expensive", False),
        ("我们没有热处理，找宁波做真空淬火的", False),
        ("Valve castings from anywhere, no shops in Wenzhou", True),
        ("Not in Wenzhou please, valve castings", True),
        ("球阀，不要温州的", True),
        ("宁波注塑厂不要太贵", False),
        ("宁波注塑厂别太贵", False),
        ("温州没做过的也行，球阀", False),
        ("我们在宁波的厂排满了，找外协注塑", False),
        ("Our plant in Ningbo is fully booked, need injection moulding", False),
        ("Our Ningbo plant is too small, need a bigger moulder", False),
        ("问一下宁波有没有做渗氮的", False),
        ("温州那边有没有能接售后的，阀门", False),
        ("宁波有没有电镀厂，求推荐", False),
        ("Is there nobody in Ningbo who does EDM", False),
        ("宁波的厂不能太慢，做压铸", False),
        ("诸暨袜厂不要等太久", False),
        ("台州太远了点也行，模具", False),
        ("宁波要排期快的注塑厂", False),
        ("丹阳要等离子镀膜", False),
        ("宁波关闭件，阀门", False),
        ("问过了想找宁波的注塑厂", False),
        ("找了很久宁波的注塑厂", False),
        ("想找了解宁波市场的代理", False),
        ("找了一圈还是要宁波的注塑厂", False),
        ("以前不做现在想从温州买球阀", False),
        ("We used to make socks in Zhuji and look for a mill in Ningbo", False),
        ("we asked around and want a shop in Ningbo, EDM", False),
        ("I asked for suppliers in Zhejiang: ball valves", False),
        ("So far Zhuji mills only, please", False),
        ("quotes Ningbo only, moulds", False),
        ("price Ningbo, ball valves", False),
        ("Which shop in Ningbo takes 8 pieces, EDM", False),
        ("Ningbo makers have never refused small orders", False),
        ("宁波的太贵不要，便宜的注塑厂", True),
        ("宁波太远的不要", True),
        ("温州的厂要排除", True),
        ("Not in Wenzhou, they are too expensive; valve castings", True),
        ("not Ningbo shops, all too slow, EDM", True),
    ],
)
def test_other_places_are_sought_or_left_out_as_before(need: str, denied: bool) -> None:
    places = [item for item in read(need).items if item.kind is RequirementKind.PLACE]
    assert [place.denied for place in places] == [denied]


def test_a_chamber_in_a_clause_of_its_own_is_what_is_sought() -> None:
    """A test behind a comma is often only shown; what it is done in is not."""
    assert "ingress protection testing" in named(read("机壳漏水，淋雨房"), denied=False)
    assert "ingress protection testing" not in named(read("球阀，淋雨测试合格"), denied=False)


@pytest.mark.parametrize(
    "need",
    [
        "aeroacoustics group wanted; thrust stand and anechoic room are ours",
        "our rain chamber is free, need sealing rings",
        "找水密设计，淋雨房是我们的",
        "我们有淋雨房，找无人机外壳注塑",
    ],
)
def test_a_chamber_of_who_asks_is_not_sought(need: str) -> None:
    assert not {"ingress protection testing", "noise testing"} & named(read(need), denied=False)


def test_a_chamber_of_who_offers_is_offered() -> None:
    offer = "自有淋雨房，对外开放；our rain chamber is available by the day"
    assert "ingress protection testing" in named(read(offer), denied=False)


def test_none_of_this_begins_with_no_no() -> None:
    need = "We have none of this, only a vernier. Drop tests of frames"
    assert with_lacks_sought(need) == need


def test_what_one_has_not_and_looks_for_is_sought_once_and_not_denied() -> None:
    need = read(with_lacks_sought("要测面型，轮廓仪没有，找能按半天收费的三维轮廓仪"))
    assert [item.value for item in need.items if item.kind == "product" and not item.denied] == [
        "profilometer",
        "profilometer",
    ]
    assert not [item for item in need.items if item.denied]
