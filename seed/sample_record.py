"""What the sample organisations did together, and the figures they reported."""

from __future__ import annotations

import datetime
import re
from typing import Any

from sample_draw import FIRST_DAY, LAST_DAY, SOURCE, YEARS, Member, language_of
from sample_trade import Trade

UNITS = {"unit_cost_index": "2021=100", "inventory_days": "days"}
FIRM_INDICATORS = ("sales_outside_province_share", "inventory_days", "rd_intensity")


class SampleRecord:
    """Engagements and observations of one trade, once its ties are drawn."""

    def __init__(self, trade: Trade) -> None:
        self.trade = trade
        self.spec, self.shape, self.common = trade.spec, trade.shape, trade.common
        self.draw, self.tables, self.members = trade.draw, trade.tables, trade.members

    # -- engagements -------------------------------------------------------

    def add_engagements(self) -> None:
        for kind in ("research_project", "contract", "patent", "event"):
            for _ in range(self.shape[kind]):
                getattr(self, f"add_{kind}")()

    def add_engagement(
        self, kind: str, title: str, text: str, parts: list[tuple[Member, str]], **more: Any
    ) -> None:
        id_ = self.trade.number("engagement")
        first = max([FIRST_DAY, *(member.since for member, _ in parts)])
        start = self.draw.day(first, LAST_DAY, late=self.shape.get("late", False))
        months = more.pop("months", 0)
        self.tables.add(
            "engagements",
            id=id_,
            kind=kind,
            title=title,
            text=text,
            language=language_of(title),
            date=start,
            until=start + datetime.timedelta(days=30 * months) if months else "",
            **more,
        )
        for member, role in parts:
            self.tables.add("participants", engagement=id_, organization=member.id, role=role)

    def staying(self, *kinds: str) -> list[Member]:
        return [m for m in self.members if m.kind in kinds and m.until is None]

    def add_research_project(self) -> None:
        lab = self.draw.random.choice(self.staying("research_institute"))
        firms = self.draw.sample(self.staying("firm"), self.draw.random.choice((1, 2, 2, 3)))
        leads = self.draw.random.random() < 0.4
        people = [lab, *firms] if leads else [*firms, lab]
        roles = ["coordinator"] + ["partner"] * (len(people) - 1)
        research = self.spec["research"]
        self.add_engagement(
            "research_project",
            self.draw.sentence(self.draw.random.choice(research["titles"]), ["（二期）"]),
            self.draw.spin(self.draw.random.choice(research["texts"])),
            list(zip(people, roles, strict=True)),
            programme=self.draw.split("企业委托|县级揭榜挂帅|产学研合作"),
            topic=self.spec["word"],
            amount=self.draw.random.choice((20, 35, 50, 80, 120, 200)) * 10_000,
            currency="CNY",
            months=self.draw.random.choice((12, 18, 24, 36)),
        )

    def add_contract(self) -> None:
        """A contract along a supply tie, about something the supplier offers."""
        staying = {member.id: member for member in self.members if member.until is None}
        supplies = [
            tie
            for tie in self.tables.rows["ties"]
            if tie["layer"] == "SUPPLIES" and {tie["source"], tie["target"]} <= staying.keys()
        ]
        tie = self.draw.random.choice(supplies)
        goods = self.draw.random.choice(self.trade.offers[tie["source"]])
        self.add_engagement(
            "contract",
            f"供货：{re.split('[，。；]', goods)[0]}"
            if language_of(goods) == "zh"
            else f"Supply: {goods.split(',')[0]}",
            self.draw.spin(self.draw.random.choice(self.common["contract"]["texts"])),
            [(staying[tie["source"]], "supplier"), (staying[tie["target"]], "buyer")],
            topic=self.spec["word"],
            amount=self.draw.random.choice((6, 12, 18, 30, 45, 70, 110, 180)) * 10_000,
            currency="CNY",
        )

    def add_patent(self) -> None:
        owners = self.draw.sample(self.staying("firm"), self.draw.random.choice((1, 2)))
        if self.draw.random.random() < 0.5:
            owners.append(self.draw.random.choice(self.staying("research_institute")))
        title = self.draw.sentence(self.draw.random.choice(self.spec["research"]["patents"]), [""])
        self.add_engagement("patent", title, "", [(owner, "owner") for owner in owners])

    def add_event(self) -> None:
        host = self.draw.random.choice(self.staying("platform"))
        guests = self.draw.sample(self.staying("firm"), self.draw.random.randint(4, 11))
        parts = [(host, "coordinator"), *((guest, "attendee") for guest in guests)]
        title = self.draw.spin(self.draw.random.choice(self.spec["research"]["events"]))
        self.add_engagement("event", title, "", parts)

    # -- observations ------------------------------------------------------

    def add_observations(self) -> None:
        for indicator, ends in self.shape["observed"].items():
            self.observe(self.trade.cluster, indicator, ends)
        for member in self.draw.sample(self.trade.firms(), len(self.trade.firms()) // 3):
            for indicator in FIRM_INDICATORS:
                first, last = self.shape["observed"][indicator]
                own = self.draw.random.uniform(0.8, 1.15)
                self.observe(member.id, indicator, [first * own, last * own])

    def observe(self, subject: str, indicator: str, ends: list[float]) -> None:
        """Five yearly figures from the first to the last value, with a little noise."""
        for step, year in enumerate(YEARS):
            level = ends[0] + (ends[1] - ends[0]) * step / (len(YEARS) - 1)
            base = level == 100 and indicator == "unit_cost_index"
            noise = 1 if base else self.draw.random.uniform(0.98, 1.02)
            self.tables.add(
                "observations",
                id=f"seed:obs-{subject.removeprefix('seed:')}-{indicator}-{year}",
                subject=subject,
                indicator=indicator,
                year=year,
                value=round(level * noise, 1),
                unit=UNITS.get(indicator, "%"),
                source=SOURCE,
            )
