"""What is kept of names that people write: no more than so many of them."""

import functools
import sys

from matchmaker.recommend.specification import compare_customer, read
from matchmaker.recommend.specification.comparison import compare
from matchmaker.recommend.specification.names import names_of_kinds


def kept_without_end():
    """By name, how much is kept in caches that drop nothing."""
    modules = [module for name, module in sys.modules.items() if name.startswith("matchmaker.")]
    named = [each for module in modules for each in vars(module).values()]
    return {
        f"{each.__module__}.{each.__name__}": each.cache_info().currsize
        for each in named
        if isinstance(each, functools._lru_cache_wrapper) and each.cache_info().maxsize is None
    }


def ask_for(name):
    offer = read("我们生产不锈钢法兰和阀门")
    assert [item.value for item in read(f"求购{name}").items] == [name]
    for text in (f"求购{name}", f"求购阀门用{name}", f"我们供应{name}给阀门厂"):
        asked = read(text)
        compare(asked, offer)
        compare(offer, asked)
        compare_customer(asked, offer)
        for item in asked.items:
            names_of_kinds(item.value)


def test_a_thing_that_is_on_no_list_is_not_kept_for_good():
    """Seen: four entries for each such word, for as long as the server ran."""
    ask_for("套筒轮拉丝带")
    before = kept_without_end()
    ask_for("夹座盘卡扣柱")
    ask_for("罩环链滚轴座")
    assert kept_without_end() == before
