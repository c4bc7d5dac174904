"""What who asks does not have is sought; where it was looked for in vain is no place to look."""

from __future__ import annotations

import pytest

from matchmaker.recommend.specification import (
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
    "我们不做电镀，要外发": "plating",
    "我们车间没有喷漆房，急": "painting",
    "We do not have a CMM, can we use somebody's for a day": "coordinate measuring machine",
    "We cannot measure hydrogen leakage ourselves, who can": "leak testing",
    "Our shop can't do deep hole drilling": "drilling",
    "we lack a clean room": "cleanroom",
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
}


def named(specification: Specification, *, denied: bool) -> set[str]:
    return {
        item.value
        for item in specification.items
        if item.denied is denied and item.kind is not RequirementKind.PLACE
    }


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
        ("without ball valves our line stands still", "ball valve"),
    ],
)
def test_what_others_do_not_have_is_sought(need: str, wanted: str) -> None:
    assert wanted in named(read(need), denied=False)
    assert not named(read(need), denied=True)


@pytest.mark.parametrize(
    "need",
    [
        "nobody in Danyang dares to polish it",
        "the queue elsewhere is eight weeks, glow wire test",
        "We asked three shops in Ningbo, all too busy. EDM of inserts",
        "We used to buy ball valves in Germany, too far",
        "No plater near Ningbo will take 30 pieces",
        "外地的太贵，找球阀",
        "外地要等八周，做灼热丝",
        "宁波的厂都排满了，求电火花加工",
        "丹阳没人做渗氮，找渗氮",
        "以前在广东买球阀，太远了",
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
    ],
)
def test_other_places_are_sought_or_left_out_as_before(need: str, denied: bool) -> None:
    places = [item for item in read(need).items if item.kind is RequirementKind.PLACE]
    assert [place.denied for place in places] == [denied]


def test_a_chamber_in_a_clause_of_its_own_is_what_is_sought() -> None:
    """A test behind a comma is often only shown; what it is done in is not."""
    assert "ingress protection testing" in named(read("机壳漏水，淋雨房"), denied=False)
    assert "ingress protection testing" not in named(read("球阀，淋雨测试合格"), denied=False)
