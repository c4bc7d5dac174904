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

from matchmaker.audit.figures import Figure, unknown
from matchmaker.audit.view import View
from matchmaker.domain import Tier
from matchmaker.messages import Message, message
from matchmaker.snapshot.model import TIERS

NATIONAL = message("national standard")
PROVINCIAL = message("seen in provincial standards only")
HEADING = message("national standard, heading only")


@dataclass(frozen=True)
class AnnualItem:
    """One thing to report: the observation that fills it, and the level asked for, if known."""

    code: str
    part: Message
    title: Message
    unit: Message | str
    level: str
    source: Message


@dataclass(frozen=True)
class AnnualEntry:
    """An item of one cluster and year. `origin` says where the figure is from; empty: a gap."""

    item: AnnualItem
    figure: Figure
    year: int | None
    origin: Message | None


_CORE = message("1 Core competitiveness")
_FIRMS = message("2 Firm cultivation")
_CHAIN = message("3 Chain cooperation")
_JOINT = message("4 Joint innovation")
_DIGITAL = message("5 Digital")
_GREEN = message("6 Green")
_OPEN = message("7 Open cooperation")
_SERVICE = message("8 Governance and service")
_EXCLUDED = message("Exclusions (last three years)")

ITEMS: tuple[AnnualItem, ...] = (
    AnnualItem("cluster_area", _CORE, message("Area"), "km²", "≤ 100", NATIONAL),
    AnnualItem("cluster_output", _CORE, message("Output"), message("CNY 100 m"), "≥ 40", NATIONAL),
    AnnualItem("sme_output_share", _CORE, message("Share of output by SMEs"), "%", "≥ 70", NATIONAL),
    AnnualItem("leading_industry_output_share", _CORE, message("Share of output by the leading industry"), "%", "> 70", NATIONAL),
    AnnualItem("output_growth", _CORE, message("Yearly growth of output"), "%", "> 10", NATIONAL),
    AnnualItem("champions_and_little_giants", _FIRMS, message("Single champions and little giants"), "", "≥ 1 *", NATIONAL),
    AnnualItem("srdi_and_innovative_firms", _FIRMS, message("SRDI and innovative SMEs"), "", "≥ 10 *", NATIONAL),
    AnnualItem("high_tech_firms", _FIRMS, message("National high-tech firms"), "", "", NATIONAL),
    AnnualItem("local_supply_share", _CHAIN, message("Local supply"), "%", "", PROVINCIAL),
    AnnualItem("rd_spending_growth", _JOINT, message("Yearly growth of SME R&D spending"), "%", "> 5", PROVINCIAL),
    AnnualItem("rd_intensity", _JOINT, message("R&D intensity"), "%", "", PROVINCIAL),
    AnnualItem("standards_drafted", _JOINT, message("Standards drafted or revised"), "", "≥ 2", PROVINCIAL),
    AnnualItem("valid_invention_patents", _JOINT, message("Valid invention patents"), "", "", PROVINCIAL),
    AnnualItem("industrial_platform_share", _DIGITAL, message("SMEs on an industrial-internet platform"), "%", "≥ 10", PROVINCIAL),
    AnnualItem("industrial_software_share", _DIGITAL, message("Use of industrial software"), "%", "", PROVINCIAL),
    AnnualItem("green_level", _GREEN, message("Green development"), "", "", HEADING),
    AnnualItem("open_cooperation", _OPEN, message("Industrial opening"), "", "", HEADING),
    AnnualItem("service_bodies", _SERVICE, message("Public-service bodies, municipal or higher"), "", "≥ 1", PROVINCIAL),
    AnnualItem("accidents", _EXCLUDED, message("Larger safety, quality or pollution accidents"), "", "0", NATIONAL),
    AnnualItem("data_incidents", _EXCLUDED, message("Major network- or data-security incidents"), "", "0", NATIONAL),
    AnnualItem("violations", _EXCLUDED, message("Tax evasion, breaches of law, bad credit"), "", "0", NATIONAL),
)  # fmt: skip
EITHER = message("* either of the two is enough")

# What a count of members' cultivation tiers can fill.
_TIERS: Mapping[str, tuple[Tier, ...]] = {
    "champions_and_little_giants": (Tier.CHAMPION, Tier.LITTLE_GIANT),
    "srdi_and_innovative_firms": (Tier.SPECIALISED, Tier.INNOVATIVE),
}
_DEADLINES = {2022: "04-30", 2024: "03-31"}
REPORTED = message("reported")
COUNTED = message("counted over members on record")


def annual_pack(view: View, reported: Mapping[str, tuple[Figure, int]]) -> tuple[AnnualEntry, ...]:
    """Every item for the year of a view; `reported` as `profile.observed` gives it.

    Only a figure of the year itself fills an item: last year's is no report of
    this one.
    """
    return tuple(_entry(view, item, reported) for item in ITEMS)


def _entry(view: View, item: AnnualItem, reported: Mapping[str, tuple[Figure, int]]) -> AnnualEntry:
    figure, year = reported.get(item.code, (None, None))
    if figure is not None and year == view.year:
        return AnnualEntry(item, figure, year, REPORTED)
    tiers = view.landscape.snapshot.organizations.tier[view.network.members]
    if item.code in _TIERS and (tiers >= 0).any():
        chosen = [TIERS.index(tier) for tier in _TIERS[item.code]]
        return AnnualEntry(item, Figure(float(np.isin(tiers, chosen).sum())), view.year, COUNTED)
    return AnnualEntry(item, unknown("a gap: not reported"), None, None)


def deadline(batch: int | None, year: int) -> str | None:
    """By when the report of a year is due, ISO date; None where the batch's notice was not seen."""
    day = _DEADLINES.get(batch or 0)
    return f"{year + 1}-{day}" if day else None
