"""The yearly report of a recognised SME characteristic cluster: items, and what fills them.

工信部企业〔2022〕119号 and the notices of each batch. The ministry's own form was
not seen: the items are those of the recognition standard, each with what is
known of its level. A figure is one that the cluster reported, or a count of
members on record; what neither gives is named as a gap, never estimated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from matchmaker.audit.figures import Figure, Phrase
from matchmaker.audit.view import View
from matchmaker.domain import Tier
from matchmaker.snapshot.model import TIERS

NATIONAL = Phrase("国家标准", "national standard")
PROVINCIAL = Phrase("仅见于省级标准，国家数值未见", "seen in provincial standards only")
HEADING = Phrase("国家标准仅见标题", "national standard, heading only")


@dataclass(frozen=True)
class Item:
    """One thing to report: the observation that fills it, and the level asked for, if known."""

    code: str
    part: Phrase
    title: Phrase
    unit: str
    level: str
    source: Phrase


@dataclass(frozen=True)
class Entry:
    """An item of one cluster and year. `origin` says where the figure is from; empty: a gap."""

    item: Item
    figure: Figure
    year: int | None
    origin: Phrase | None


_CORE = Phrase("一、主导产业", "1 Core competitiveness")
_FIRMS = Phrase("二、优质企业", "2 Firm cultivation")
_CHAIN = Phrase("三、产业链协作", "3 Chain cooperation")
_JOINT = Phrase("四、协同创新", "4 Joint innovation")
_DIGITAL = Phrase("五、数字化", "5 Digital")
_GREEN = Phrase("六、绿色化", "6 Green")
_OPEN = Phrase("七、开放合作", "7 Open cooperation")
_SERVICE = Phrase("八、治理服务", "8 Governance and service")
_EXCLUDED = Phrase("否决项（近三年）", "Exclusions (last three years)")

ITEMS: tuple[Item, ...] = (
    Item("cluster_area", _CORE, Phrase("集群面积", "Area"), "km²", "≤ 100", NATIONAL),
    Item("cluster_output", _CORE, Phrase("集群产值", "Output"), "亿元 CNY 100 m", "≥ 40", NATIONAL),
    Item("sme_output_share", _CORE, Phrase("中小企业产值占比", "Share of output by SMEs"), "%", "≥ 70", NATIONAL),
    Item("leading_industry_output_share", _CORE, Phrase("主导产业产值占比", "Share of output by the leading industry"), "%", "> 70", NATIONAL),
    Item("output_growth", _CORE, Phrase("产值年均增速", "Yearly growth of output"), "%", "> 10", NATIONAL),
    Item("champions_and_little_giants", _FIRMS, Phrase("单项冠军与“小巨人”企业数", "Single champions and little giants"), "", "≥ 1 *", NATIONAL),
    Item("srdi_and_innovative_firms", _FIRMS, Phrase("专精特新与创新型中小企业数", "SRDI and innovative SMEs"), "", "≥ 10 *", NATIONAL),
    Item("high_tech_firms", _FIRMS, Phrase("国家高新技术企业数", "National high-tech firms"), "", "", NATIONAL),
    Item("local_supply_share", _CHAIN, Phrase("本地配套率", "Local supply"), "%", "", PROVINCIAL),
    Item("rd_spending_growth", _JOINT, Phrase("中小企业研发经费年均增速", "Yearly growth of SME R&D spending"), "%", "> 5", PROVINCIAL),
    Item("rd_intensity", _JOINT, Phrase("研发强度", "R&D intensity"), "%", "", PROVINCIAL),
    Item("standards_drafted", _JOINT, Phrase("主持或参与制修订标准数", "Standards drafted or revised"), "", "≥ 2", PROVINCIAL),
    Item("valid_invention_patents", _JOINT, Phrase("有效发明专利数", "Valid invention patents"), "", "", PROVINCIAL),
    Item("industrial_platform_share", _DIGITAL, Phrase("中小企业工业互联网平台应用率", "SMEs on an industrial-internet platform"), "%", "≥ 10", PROVINCIAL),
    Item("industrial_software_share", _DIGITAL, Phrase("工业软件应用率", "Use of industrial software"), "%", "", PROVINCIAL),
    Item("green_level", _GREEN, Phrase("绿色发展水平", "Green development"), "", "", HEADING),
    Item("open_cooperation", _OPEN, Phrase("产业开放合作", "Industrial opening"), "", "", HEADING),
    Item("service_bodies", _SERVICE, Phrase("市级以上公共服务机构数", "Public-service bodies, municipal or higher"), "", "≥ 1", PROVINCIAL),
    Item("accidents", _EXCLUDED, Phrase("较大以上安全、质量、环境事故", "Larger safety, quality or pollution accidents"), "", "0", NATIONAL),
    Item("data_incidents", _EXCLUDED, Phrase("重大以上网络和数据安全事件", "Major network- or data-security incidents"), "", "0", NATIONAL),
    Item("violations", _EXCLUDED, Phrase("偷漏税、违法违规、严重失信", "Tax evasion, breaches of law, bad credit"), "", "0", NATIONAL),
)  # fmt: skip
EITHER = Phrase("* 两项满足其一即可", "* either of the two is enough")

# What a count of members' cultivation tiers can fill.
_TIERS: Mapping[str, tuple[Tier, ...]] = {
    "champions_and_little_giants": (Tier.CHAMPION, Tier.LITTLE_GIANT),
    "srdi_and_innovative_firms": (Tier.SPECIALISED, Tier.INNOVATIVE),
}
_DEADLINES = {2022: "04-30", 2024: "03-31"}
REPORTED = Phrase("上报", "reported")
COUNTED = Phrase("按在册成员计数", "counted over members on record")


def annual_pack(view: View, reported: Mapping[str, tuple[Figure, int]]) -> tuple[Entry, ...]:
    """Every item for the year of a view; `reported` as `profile.observed` gives it.

    Only a figure of the year itself fills an item: last year's is no report of
    this one.
    """
    return tuple(_entry(view, item, reported) for item in ITEMS)


def _entry(view: View, item: Item, reported: Mapping[str, tuple[Figure, int]]) -> Entry:
    figure, year = reported.get(item.code, (None, None))
    if figure is not None and year == view.year:
        return Entry(item, figure, year, REPORTED)
    tiers = view.landscape.snapshot.organizations.tier[view.network.members]
    if item.code in _TIERS and (tiers >= 0).any():
        chosen = [TIERS.index(tier) for tier in _TIERS[item.code]]
        return Entry(item, Figure(float(np.isin(tiers, chosen).sum())), view.year, COUNTED)
    gap = Figure(None, because=Phrase("缺口：没有上报", "a gap: not reported"))
    return Entry(item, gap, None, None)


def deadline(batch: int | None, year: int) -> str | None:
    """By when the report of a year is due, ISO date; None where the batch's notice was not seen."""
    day = _DEADLINES.get(batch or 0)
    return f"{year + 1}-{day}" if day else None
