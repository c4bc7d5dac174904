"""One sample cluster: its members, what they say, and who is tied to whom."""

from __future__ import annotations

import datetime
import itertools
import re
from collections import Counter
from typing import Any

from sample_draw import (
    FIRST_DAY,
    LAST_DAY,
    SOURCE,
    Draw,
    Member,
    SampleRow,
    Tables,
    language_of,
    load,
)


class Trade:
    """One cluster: its members, then their texts, ties, engagements and observations."""

    def __init__(self, name: str, common: dict[str, Any], tables: Tables) -> None:
        self.name = name
        self.spec = load(name)
        self.shape: dict[str, Any] = self.spec["shape"]
        self.common = common
        self.tables = tables
        self.draw = Draw(name)
        self.cluster = f"seed:cluster-{name}"
        self.members: list[Member] = []
        self.offers: dict[str, list[str]] = {}
        self.cards: dict[str, SampleRow] = {}  # rows of organizations.samples.csv
        self.numbers: Counter[str] = Counter()
        self.joined: set[tuple[str, str, str]] = set()

    def number(self, kind: str) -> str:
        self.numbers[kind] += 1
        return f"seed:{kind}-{self.name}-{self.numbers[kind]:03d}"

    # -- organisations -----------------------------------------------------

    def add_cluster(self) -> None:
        self.tables.add(
            "clusters",
            id=self.cluster,
            name=self.spec["name"],
            name_en=self.spec["name_en"],
            place=self.spec["places"][0].split("*")[0],
            industry=self.spec["industry"],
            level="sample",
            batch=self.spec["batch"],
            source=SOURCE,
        )

    def add_members(self, names: list[tuple[str, str]]) -> None:
        for profile in self.spec["profiles"]:
            for _ in range(profile["count"]):
                self.add_member(profile, names.pop())
        leavers = [m for m in self.members if m.kind == "firm" and m.key != "lead"]
        for member in self.draw.sample(leavers, self.shape.get("exits", 0)):
            member.until = self.draw.day(datetime.date(2023, 6, 1), datetime.date(2025, 12, 1))
        for member in self.members:
            self.tables.add(
                "memberships",
                cluster=self.cluster,
                organization=member.id,
                since=member.since,
                until=member.until or "",
            )

    def add_member(self, profile: dict[str, Any], brand: tuple[str, str]) -> None:
        draw = self.draw
        founded = draw.day(datetime.date(1996, 1, 1), datetime.date(2022, 12, 31))
        first = max(founded, datetime.date(self.spec["batch"] - 4, 1, 1))
        id_ = f"seed:{self.name}-{len(self.members) + 1:03d}"
        self.members.append(
            Member(id_, profile, draw.day(first, max(first, datetime.date(2022, 12, 31))))
        )
        firm = profile.get("kind", "firm") == "firm"
        label = id_.removeprefix("seed:")
        place = profile.get("place") or (self.firm_place() if firm else self.spec["lab_place"])
        self.cards[id_] = self.tables.add(
            "organizations",
            id=id_,
            name=f"示例·{brand[0]}{profile['suffix']}",
            name_en=f"Sample {brand[1]} {profile['suffix_en']}",
            kind=profile.get("kind", "firm"),
            size=draw.split(profile.get("size", "micro|small|small|medium")),
            tier=draw.split(profile.get("tier", "")),
            place=place,
            industry=profile.get("industry", self.spec["industry"]),
            country=profile.get("country", "CN"),
            stages=profile["stages"],
            website=f"https://{label}.example.com" if draw.random.random() < 0.4 else "",
            contact=f"{label}@example.com",
            capacity=draw.split("||2|3|5"),
            listed="false" if draw.random.random() < 0.012 else "true",
            founded=founded,
            source=SOURCE,
        )

    def firm_place(self) -> str:
        """One of the trade's places; `*8` after a place is its weight."""
        weighted = [entry.split("*") for entry in self.spec["places"]]
        return self.draw.random.choices(
            [place for place, _ in weighted], [int(weight) for _, weight in weighted]
        )[0]

    # -- statements --------------------------------------------------------

    def add_statements(self) -> None:
        for member in self.members:
            offers = member.profile["offers"]
            for text in self.draw.sample(offers, self.draw.random.choice((1, 2, 2))):
                kind, words = text.split(" > ", 1)
                self.add_offer(member, kind, words)
            needs = member.profile["needs"]
            for text in self.draw.sample(needs, self.draw.random.choice((0, 1, 1, 1, 1, 1, 1))):
                goal, words = text.split(" > ", 1)
                self.add_need(member, goal, words)
        turns: Counter[str] = Counter()
        for pair in self.spec["pairs"]:
            self.add_pair(pair, turns)
        for member in self.members:
            self.describe(member)

    def describe(self, member: Member) -> None:
        """A profile in one language: of many spun ones that nearest to the own offers.

        Nearness is the number of shared character bigrams: a maker of gate valves
        should not call itself a maker of ball valves.
        """
        english = "description_en" in member.profile and self.draw.random.random() < 0.5
        column = "description_en" if english else "description"
        offered = bigrams(" ".join(self.offers[member.id]))
        drafts = [self.draw.spin(member.profile[column]) for _ in range(200)]
        self.cards[member.id][column] = max(drafts, key=lambda text: len(bigrams(text) & offered))

    def add_pair(self, pair: dict[str, str], turns: Counter[str]) -> None:
        need_by, goal, need = pair["need"].split(" ", 2)
        offer_by, kind, offer = pair["offer"].split(" ", 2)
        self.tables.add(
            "planted_pairs",
            need=self.add_need(self.next_of(need_by, turns), goal, need, planted=True),
            offer=self.add_offer(self.next_of(offer_by, turns), kind, offer, planted=True),
        )

    def next_of(self, key: str, turns: Counter[str]) -> Member:
        """The remaining members of a profile, by turns."""
        able = [m for m in self.members if m.key == key and m.until is None]
        turns[key] += 1
        return able[-turns[key] % len(able)]

    def add_offer(self, member: Member, kind: str, words: str, planted: bool = False) -> str:
        text = words if planted else self.draw.sentence(words, self.common["closings"][kind])
        id_ = self.number("offer")
        self.offers.setdefault(member.id, []).append(text)
        self.tables.add(
            "offers",
            id=id_,
            organization=member.id,
            kind=kind,
            text=text,
            language=language_of(text),
            terms=terms_of(text, kind, self.draw),
            slots=self.draw.random.randint(1, 8)
            if kind in ("equipment", "platform_access")
            else "",
            stages=member.profile["stages"].split(";")[0],
            date=self.draw.day(datetime.date(2022, 1, 1), LAST_DAY, late=True),
            active="true" if member.until is None else "false",
        )
        return id_

    def add_need(self, member: Member, goal: str, words: str, planted: bool = False) -> str:
        draw = self.draw
        text = words if planted else draw.sentence(words, self.common["closings"]["need"])
        first = datetime.date(2026, 1, 1) if planted else datetime.date(2025, 1, 1)
        posted = draw.day(first, LAST_DAY, late=True)
        days = 365 if planted else draw.random.choice((60, 90, 180, 365))
        deadline = posted + datetime.timedelta(days=days)
        id_ = self.number("need")
        budgeted = goal not in ("customer", "industry_partner") and draw.random.random() < 0.35
        self.tables.add(
            "needs",
            id=id_,
            organization=member.id,
            goal=goal,
            text=text,
            language=language_of(text),
            budget=draw.random.choice((2, 5, 8, 12, 20, 35, 50, 80)) * 10_000 if budgeted else "",
            currency="CNY" if budgeted else "",
            deadline=deadline,
            stages="research" if goal == "research_partner" else "",
            date=posted,
            state=need_state(member, deadline, planted, draw),
        )
        return id_

    # -- ties --------------------------------------------------------------

    def join(self, source: Member, target: Member, layer: str, note: str = "") -> bool:
        """Add a tie in the time both were there; False when there is one already."""
        ends = (source.id, target.id)
        undirected = layer in ("COOPERATES_WITH", "COMPETES_WITH")
        key = (layer, *(sorted(ends) if undirected else ends))
        if source is target or key in self.joined:
            return False
        until = min((m.until for m in (source, target) if m.until), default=None)
        first = max(FIRST_DAY, source.since, target.since)
        last = until or LAST_DAY
        if first > last:
            return False
        self.joined.add(key)
        self.tables.add(
            "ties",
            id=self.number("tie"),
            source=ends[0],
            target=ends[1],
            layer=layer,
            since=self.draw.day(first, last, late=self.shape.get("late", False)),
            until=until or "",
            note=note,
        )
        # For a column that is gone: without it every later draw would be another one.
        self.draw.random.choice((1, 1, 1, 2, 3))
        return True

    def with_keys(self, *keys: str) -> list[Member]:
        return [member for member in self.members if member.key in keys]

    def firms(self) -> list[Member]:
        return [member for member in self.members if member.kind == "firm"]

    def add_ties(self) -> None:
        draw, shape = self.draw, self.shape
        active = draw.sample(self.firms(), round(len(self.firms()) * shape.get("active", 1.0)))
        self.add_supplies(active)
        self.pairs_of("COOPERATES_WITH", active, shape["cooperates"])
        self.between("COOPERATES_WITH", self.with_keys("lab"), active, shape["lab_ties"])
        self.add_usage(active)
        leads = self.with_keys("lead")
        small = [member for member in active if member.key != "lead"]
        self.between("SHARES_WITH", leads or small, small, shape["shares"])
        self.between("OWNS", leads or small, small, shape["owns"])
        peers = [pair for pair in itertools.combinations(active, 2) if pair[0].key == pair[1].key]
        for source, target in draw.sample(peers, shape["competes"]):
            self.join(source, target, "COMPETES_WITH", "同类产品")

    def add_supplies(self, active: list[Member]) -> None:
        for buyer in active:
            keys = buyer.profile.get("buys", [])
            sellers = [member for member in active if member.key in keys]
            wanted = self.shape["supplies"] * (2.5 if buyer.key == "lead" else 1)
            count = int(wanted) + (self.draw.random.random() < wanted % 1)
            for seller in self.draw.sample(sellers, count):
                self.join(seller, buyer, "SUPPLIES", self.draw.split("长期供货|月度订单|试订单|"))

    def add_usage(self, active: list[Member]) -> None:
        platforms = self.with_keys("platform")
        users = self.draw.sample(active, round(len(active) * self.shape["platform_users"]))
        for user in users if platforms else []:
            self.join(user, self.draw.random.choice(platforms), "USES", "检测或共享设备")

    def pairs_of(self, layer: str, members: list[Member], count: int) -> None:
        self.between(layer, members, members, count)

    def between(self, layer: str, sources: list[Member], targets: list[Member], count: int) -> None:
        joined = 0
        for _ in range(count * 20):
            if joined == count:
                return
            joined += self.join(
                self.draw.random.choice(sources), self.draw.random.choice(targets), layer
            )


def bigrams(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


def terms_of(text: str, kind: str, draw: Draw) -> str:
    """Terms as the text says them; where it is silent, opened equipment is often cheaper."""
    if "免费" in text or "free of charge" in text:
        return "free"
    if re.search(r"半价|优惠|七折|抵扣|低于市价|discount", text):
        return "discounted"
    if kind in ("equipment", "platform_access"):
        return draw.split("free|discounted|market")
    return "market"


def need_state(member: Member, deadline: datetime.date, planted: bool, draw: Draw) -> str:
    if planted:
        return "open"
    if member.until is not None or deadline < LAST_DAY:
        return draw.split("expired|expired|closed|matched")
    return draw.split("open|open|open|open|open|open|matched|closed")
