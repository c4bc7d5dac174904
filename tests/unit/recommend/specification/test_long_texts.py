"""Long texts are read as far as anybody writes them, and few of them are kept."""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from matchmaker.recommend.specification import comparison, makers_sought, ordered, read
from matchmaker.recommend.specification.comparison import compare
from matchmaker.recommend.specification.customers import compare_customer, made_by_customers
from matchmaker.recommend.specification.customers_named import is_for_customer, offered
from matchmaker.recommend.specification.makers_sought import are_makers
from matchmaker.recommend.specification.model import RequirementKind
from matchmaker.recommend.specification.reading import MOST
from matchmaker.recommend.specification.vocabulary import machines
from matchmaker.regex import made
from matchmaker.remembered import remembered
from matchmaker.snapshot.lexical import _buckets_of_text
from matchmaker.thesaurus import named

_FEWEST = 100


def test_of_a_text_that_names_thousands_of_things_the_first_are_read() -> None:
    text = "，".join(f"{size} mm" for size in range(10, 2_000))
    assert [item.text for item in read(text).items] == [
        f"{size} mm" for size in range(10, 10 + MOST)
    ]


def test_short_texts_are_worked_out_once_and_of_long_ones_the_last_are_kept() -> None:
    worked_out: list[str] = []

    @remembered(1_000)
    def length(text: str) -> int:
        worked_out.append(text)
        return len(text)

    short, long = [str(n) for n in range(900)], [f"{n} {'x' * 3_000}" for n in range(200)]
    for text in (*short, *long, *short, *long[-50:], long[0]):
        length(text)
    assert worked_out == [*short, *long, long[0]]


def test_what_is_worked_out_of_long_questions_does_not_stay() -> None:
    """Of a thousand questions of 20,000 characters it was a gigabyte, of whoever sent them."""
    kept = (_buckets_of_text, named, offered, made_by_customers, compare)
    short = read("DN50 ball valves")
    for number in range(3):  # each its own, as 1,000 would be
        text = f"{number} " + " ".join(f"{size} mm" for size in range(10, 3_000))
        for function in (named, lambda text: _buckets_of_text(text, 1_000)):
            function(text)
        long = read(text)
        offered(long), made_by_customers(long), compare(long, short), compare(short, long)
    for function in kept:
        assert function._of_short.cache_info().maxsize >= 10 * _FEWEST
        assert function._of_long.cache_info().currsize >= 3
        assert function._of_long.cache_info().maxsize <= 4 * _FEWEST


def test_a_long_offer_is_looked_through_once_whatever_it_names() -> None:
    """For each thing and each candidate it was looked through anew: a question took minutes."""
    things = "球阀、闸阀、蝶阀、截止阀、水泵、齿轮、轴承、弹簧、螺栓、法兰、袜子、毛巾、镜架、"
    offer = read.__wrapped__(f"我们做{things * 9}{'代理' * 8_500}")
    products = offer.of(RequirementKind.PRODUCT)
    assert len(products) > 50
    began = time.process_time()
    for _ in range(40):
        for product in products:
            is_for_customer(offer, product)
    assert time.process_time() - began < 5


def test_whether_the_source_is_sought_is_looked_up_once_for_all_things(monkeypatch) -> None:
    """Of a question of one word repeated each thing of each candidate had it searched whole."""
    searched: list[str] = []
    pattern = makers_sought._SOURCE

    class Counting:
        def search(self, text: str) -> object:
            searched.append(text)
            return pattern.search(text)

    monkeypatch.setattr(makers_sought, "_SOURCE", Counting())
    offer = read("卖袜子的，" + "袜子" * 4_000 + "，找源头工厂")
    products = offer.of(RequirementKind.PRODUCT)
    assert len(products) > 50
    assert all(are_makers(product, offer) for product in products * 3)
    assert len(searched) <= 1


def test_whether_a_stuff_is_named_is_looked_up_once_for_all_weights(monkeypatch) -> None:
    """A text of one weight repeated had its whole searched for each: five seconds to read it."""
    searched: Counter[str] = Counter()
    (pattern,) = (each for each in made() if each.pattern.startswith(ordered._STUFF))
    monkeypatch.setattr(pattern, "search", _counting(pattern, 0, searched))
    read.__wrapped__("一吨，" * 300)
    assert searched.total() == 1


def test_what_is_the_askers_own_is_looked_up_once_for_all_statements(monkeypatch) -> None:
    """For each thing and each statement the text behind was searched: four seconds and more."""
    things = ("球阀", "齿轮", "轴承", "弹簧", "螺栓", "法兰", "袜子", "毛巾", "镜架", "水泵")
    need = read.__wrapped__("，".join(f"我们做{thing}" for thing in things) + "加工厂" * 3_000)
    named = [r for r in need.requirements if r.kind is RequirementKind.PRODUCT]
    assert len(named) >= 10
    searched: Counter[str] = Counter()
    pattern = comparison._SEEKS
    monkeypatch.setattr(pattern, "search", _counting(pattern, len(need.text) // 2, searched))
    for number in range(10):
        compare(need, read(f"我们做球阀，DN{50 + number}"))
    assert searched[pattern.pattern] <= len(need.requirements)


def test_whether_machines_are_to_be_borrowed_is_looked_up_once_for_all_statements(
    monkeypatch,
) -> None:
    need = read.__wrapped__("用三坐标、注塑机、压铸机、加工中心、激光切割机" + "加工厂" * 3_000)
    assert sum(r.value in machines() for r in need.requirements) >= 3
    searched: Counter[str] = Counter()
    for pattern in made():
        monkeypatch.setattr(pattern, "search", _counting(pattern, len(need.text) // 2, searched))
    for number in range(20):
        compare(need, read(f"我们检测，DN{50 + number}"))
    most = searched.most_common(1)
    assert not most or most[0][1] <= len(need.requirements), most


@pytest.mark.parametrize(
    "words",
    [
        "一吨，",
        "24g，",
        "100t ",
        "2024，",
        "陪试台是我们的，",
        "get boxes printed, ",
        "锁模力模具，",
        "不要石墨，",
        "除温州，",
        "our valve stems, ",
        "温州或宁波、",
        "within 5 weeks ",
        "AB12 ",
        "盐雾试验箱，",
        "pellets ",
    ],
)
def test_no_pattern_looks_through_a_long_text_for_each_thing_in_it(words, monkeypatch) -> None:
    """Whoever asked so was answered after seconds, and the others of the process behind them."""
    text = (words * 3_000)[:3_000]
    searched: Counter[str] = Counter()
    for pattern in made():
        monkeypatch.setattr(pattern, "search", _counting(pattern, len(text) // 2, searched))
    read.__wrapped__(text)
    most = searched.most_common(1)
    assert not most or most[0][1] <= 20, most


def _counting(pattern: re.Pattern[str], least: int, searched: Counter[str]) -> Callable[..., Any]:
    search = pattern.search

    def counted(text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        searched[pattern.pattern] += min(end, len(text)) - start >= least
        return search(text, start, end)

    return counted


def test_whether_somebody_has_its_goods_made_is_looked_up_once_for_all_of_them(monkeypatch) -> None:
    things = (
        "球阀",
        "闸阀",
        "水泵",
        "齿轮",
        "轴承",
        "弹簧",
        "螺栓",
        "法兰",
        "袜子",
        "毛巾",
        "镜架",
    )
    offer = read("找" + "、".join(f"{thing}厂" for thing in things))
    description = read.__wrapped__("我们做" + "、".join(things) + "，本页介绍其余" * 600)
    searched: Counter[str] = Counter()
    for pattern in made():
        counting = _counting(pattern, len(description.text) // 2, searched)
        monkeypatch.setattr(pattern, "search", counting)
    compare_customer(offer, description)
    most = searched.most_common(1)
    assert not most or most[0][1] <= 3, most
