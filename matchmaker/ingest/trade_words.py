"""Words of trades in names of firms, in Chinese and in English: which trade a name tells.

A trade name in Latin letters (Haixin) is that of many. Where the Chinese name says pumps and the
other electronics, they are two firms. Words that any firm has (科技,
machinery, industrial) tell none.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from matchmaker.regex import regex

# Chinese words, and English ones: of five letters and more how they begin, shorter ones whole.
# What is translated now so, now so, stands together.
_TRADES: tuple[tuple[str, str], ...] = (
    ("泵", "pump"),
    ("阀", "valve"),
    ("轴承", "bearing"),
    (
        "电子|电气|电器|电机|电缆|电线|照明|灯|光学|光电",
        "electr|optoel|motor|cable|wire|lighting|lamp|led|optic|photo",
    ),
    ("铸|锻", "casting|foundr|forging"),
    ("模具", "mould|molds|mold|dies"),
    ("塑|橡|胶", "plast|rubber|polymer|adhesive"),
    ("纺|织|针织|印染|化纤", "textil|weaving|spinn|knitt|dyeing|fiber|fibre|yarn"),
    ("服装|服饰|制衣", "garment|apparel|cloth|cloths|clothing|fashion"),
    ("鞋|皮革", "shoe|footwear|leather"),
    ("食品|饮料|酒|茶|粮", "food|beverage|wine|liquor|tea|grain"),
    ("药|医疗|医药|生物", "pharm|medic|bio|biolog|biotech|drug"),
    ("化工|化学|涂料", "chem|chemic|paint|coating"),
    ("包装|印刷|纸", "pack|packag|packing|print|paper"),
    ("家具|家居|木业", "furnitur|home|wood"),
    ("陶瓷|瓷业|玻璃|石材", "ceramic|porcelain|glass|stone"),
    ("五金|紧固|钢|铝|铜|金属|不锈钢", "hardware|fasten|steel|alumin|copper|brass|metal|iron"),
    ("物流|运输|货运|航运", "logist|transport|freight|shipping"),
    ("贸易|商贸|进出口", "trade|trading|import|export"),
    ("建筑|建设|建材|水泥", "construct|build|cement"),
    ("汽车|汽配|车业|车辆", "auto|automo|car|vehicle|bicycle|motorcycle"),
    ("软件|信息|网络|数码", "softw|inform|network|digital"),
    ("仪器|仪表|衡器", "instrument|meter|scale"),
    ("玩具|工艺|礼品|文具", "toy|craft|gift|station"),
    ("农|种业|饲料|渔", "agri|agricult|farm|farming|seed|feed|fish|fisher"),
)
_BEGINS = 5
_HAN = tuple(regex(chinese) for chinese, _ in _TRADES)
_LATIN = tuple(
    regex("|".join(w if len(w) >= _BEGINS else f"{w}s?$" for w in english.split("|")))
    for _, english in _TRADES
)


def are_of_other_trades(chinese: str, words: Sequence[str]) -> bool:
    """Tell whether a Chinese name and the words of a Latin one tell two different trades."""
    first, second = _of_han(chinese), _of_words(tuple(words))
    return bool(first) and bool(second) and first.isdisjoint(second)


@lru_cache(maxsize=50_000)
def _of_han(name: str) -> frozenset[int]:
    return frozenset(number for number, trade in enumerate(_HAN) if trade.search(name))


@lru_cache(maxsize=50_000)
def _of_words(words: tuple[str, ...]) -> frozenset[int]:
    return frozenset(number for number, trade in enumerate(_LATIN) if any(map(trade.match, words)))
