"""Groups of provinces and sections of industries: people narrow by them, no list has codes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from matchmaker.text import normal

# Provinces (the first two digits of GB/T 2260) of what people call a region.
_REGIONS: Mapping[str, str] = {
    "长三角|长江三角洲|yangtze river delta|yangtze delta": "31 32 33 34",
    "江浙沪|江浙沪包邮区|包邮区": "31 32 33",
    "江浙|浙江和江苏": "32 33",
    "京津冀|jing-jin-ji|beijing-tianjin-hebei": "11 12 13",
    "粤港澳|粤港澳大湾区|大湾区|greater bay area|gba": "44 81 82",
    "珠三角|珠江三角洲|pearl river delta": "44",
    "成渝|川渝": "50 51",
    "两广": "44 45",
    "两湖": "42 43",
    "云贵川": "51 52 53",
    "东三省|东北|东北三省|northeast china|north-east china": "21 22 23",
    "华北|north china|northern china": "11 12 13 14 15",
    "华东|east china|eastern china": "31 32 33 34 35 36 37",
    "华中|central china": "41 42 43",
    "华南|south china|southern china": "44 45 46",
    "西南|southwest china|south-west china": "50 51 52 53 54",
    "西北|northwest china|north-west china": "61 62 63 64 65",
}
# Sections of GB/T 4754-2017 with their first and last divisions.
_SECTIONS: Mapping[str, tuple[int, int]] = {
    "a|农、林、牧、渔业|农林牧渔业|农林牧渔|agriculture and forestry": (1, 5),
    "b|采矿业|采矿|mining": (6, 12),
    "c|制造业|制造|manufacturing|manufacture": (13, 43),
    "d|电力、热力、燃气及水生产和供应业|utilities": (44, 46),
    "e|建筑业|construction": (47, 50),
    "f|批发和零售业|批发零售业|批发零售|wholesale and retail|wholesale and retail trade": (51, 52),
    "g|交通运输、仓储和邮政业|交通运输仓储和邮政业|transport, storage and post": (53, 60),
    "h|住宿和餐饮业|accommodation and catering": (61, 62),
    "i|信息传输、软件和信息技术服务业|软件和信息技术服务业|information technology": (63, 65),
    "j|金融业|金融|finance": (66, 69),
    "k|房地产业|real estate": (70, 70),
    "l|租赁和商务服务业|商务服务|leasing and business services": (71, 72),
    "m|科学研究和技术服务业|科研和技术服务|scientific research and technical services": (73, 75),
    "n|水利、环境和公共设施管理业": (76, 79),
    "o|居民服务、修理和其他服务业": (80, 82),
    "p|教育|education": (83, 83),
    "q|卫生和社会工作|health and social work": (84, 85),
    "r|文化、体育和娱乐业|culture, sports and entertainment": (86, 90),
    "s|公共管理、社会保障和社会组织": (91, 96),
    "t|国际组织": (97, 97),
}  # fmt: skip


@cache
def _places() -> Mapping[str, tuple[str, ...]]:
    return {
        normal(name): tuple(f"gbt2260:{province}0000" for province in provinces.split())
        for names, provinces in _REGIONS.items()
        for name in names.split("|")
    }


@cache
def _industries() -> Mapping[str, tuple[str, ...]]:
    return {
        normal(name): tuple(f"gbt4754:{division:02}" for division in range(first, last + 1))
        for names, (first, last) in _SECTIONS.items()
        for name in names.split("|")
    }


def region(text: str) -> tuple[str, ...]:
    """Ids of the provinces of what people call a region, () for what is none."""
    return _places().get(normal(text).removesuffix("地区"), ())


def section(text: str) -> tuple[str, ...]:
    """Ids of the divisions of a section of industries, () for what is none."""
    return _industries().get(normal(text), ())
