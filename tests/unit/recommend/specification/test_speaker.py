"""Who asks is told apart from what is asked for: neither its trade nor its place is wanted."""

from __future__ import annotations

import pytest

from matchmaker.recommend.specification import RequirementKind, read, without_speaker

DROPPED = {
    "深圳做无人机的，想绕开贸易商，直接找预浸料厂": "想绕开贸易商，直接找预浸料厂",
    "我们是温州的阀门厂，想找外地的预浸料厂": "想找外地的预浸料厂",
    "您好，我司是宁波一家模具厂，找进口模具钢": "找进口模具钢",
    "我們做泵閥的，軸承想換耐磨的改性PEEK料": "軸承想換耐磨的改性PEEK料",
    "本厂生产袜子，求购锦纶丝": "求购锦纶丝",
    "We are a valve maker in Wenzhou and need prepreg": "need prepreg",
    "Drone maker in Shenzhen looking for die casting dies": "looking for die casting dies",
    "Hello, we make sock machines. We need cotton yarn": "We need cotton yarn",
}
KEPT = [
    # What is made is what is wanted.
    "我们做304球阀的阀体，要精密铸造",
    "我们做阀体抛丸，找人代工",
    "we make valves and look for an agent",
    # Who is looked for, not who asks.
    "做密封件的，能耐400度",
    "找做瑜伽袜的工厂，脚底带防滑胶",
    "Foundry needed for valve castings",
    "drone motor makers who want die cast housings",
    "Injection moulder wanted",
    "",
]  # fmt: skip


@pytest.mark.parametrize("text", DROPPED)
def test_what_is_asked_for_is_left(text: str) -> None:
    wanted = without_speaker(text)
    assert wanted.strip().endswith(DROPPED[text])
    assert wanted.removesuffix(DROPPED[text]).strip(" ,，") in ("", "您好", "Hello")
    assert len(wanted) == len(text)  # offsets stay


@pytest.mark.parametrize("text", KEPT)
def test_a_text_that_introduces_nobody_stays(text: str) -> None:
    assert without_speaker(text) == text


def test_neither_the_trade_nor_the_town_of_who_asks_is_required() -> None:
    asked = read(without_speaker("We are a valve maker in Wenzhou and need prepreg"))
    assert [item.value for item in asked.items] == ["prepreg"]


@pytest.mark.parametrize(
    "text", ["想绕开贸易商，直接找预浸料厂", "prepreg makers, cutting out traders"]
)
def test_who_is_to_be_passed_by_is_not_wanted(text: str) -> None:
    traders = [item for item in read(text).items if item.kind is RequirementKind.PARTNER]
    assert [item.value for item in traders if not item.denied and item.value == "trader"] == []
    assert any(item.denied for item in traders)
