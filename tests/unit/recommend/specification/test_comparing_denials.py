"""A statement that denies what is needed, in whatever words, does not meet it."""

import pytest

from matchmaker.recommend.specification import read
from tests.unit.recommend.specification.comparisons import NEED, VALVES, compared


def test_who_says_that_it_does_not_make_it_is_no_match():
    assert compared(NEED, VALVES["denied"]).denied
    assert compared("碳钢闸阀DN40", "本厂已不再生产闸阀。").denied
    assert not compared("carbon steel gate valves DN80", VALVES["denied"]).denied


def test_a_denial_of_what_a_thing_has_leaves_the_thing():
    items = {(item.value, item.denied) for item in read("不要石墨的垫片").items}
    assert items == {("graphite", True), ("gasket", False)}


def test_what_is_denied_in_other_words_meets_nothing() -> None:
    assert not compared("找代理记账", "we do not offer bookkeeping").met


@pytest.mark.parametrize(
    ("need", "statement"),
    [
        ("求碳刷", "我們不生產碳刷"),
        ("求碳刷", "碳刷，我们目前不做"),
        ("需要动平衡", "动平衡外协，我厂不做"),
        ("需要动平衡", "本厂暂无动平衡能力"),
        ("need dynamic balancing", "dynamic balancing: no"),
        ("need dynamic balancing", "we cannot do rotor balancing"),
        ("need X-ray inspection", "radiographic testing excluded"),
        ("need hard chrome plating", "沒有鍍硬鉻"),
    ],
)
def test_who_denies_it_in_whatever_words_is_no_match(need: str, statement: str) -> None:
    assert compared(need, statement).denied


@pytest.mark.parametrize(
    ("need", "statement"),
    [
        ("求碳刷", "不做进口碳刷，只做国产碳刷"),
        ("缝头忙不过来，找缝头的", "机缝缝头外发，日一万五千双"),
        ("visual inertial navigation", "inertial navigation that works without GNSS"),
        ("找溫州鑄造廠", "铸造厂"),
    ],
)
def test_what_only_looks_like_a_denial_denies_nothing(need: str, statement: str) -> None:
    comparison = compared(need, statement)
    assert not comparison.denied
    assert not comparison.unmet
