"""Seeded draws, sample members and the tables that `make_samples.py` fills."""

from __future__ import annotations

import csv
import datetime
import itertools
import random
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SEED = Path(__file__).resolve().parent
FIRST_DAY = datetime.date(2021, 1, 1)
LAST_DAY = datetime.date(2026, 5, 31)
YEARS = range(2021, 2026)
SOURCE = "sample"
COLUMNS = {
    "organizations": "id,name,name_en,kind,size,tier,place,industry,country,stages,credit_code,"
    "vat,website,contact,capacity,listed,founded,description,description_en,source",
    "clusters": "id,name,name_en,place,industry,level,batch,source",
    "memberships": "cluster,organization,since,until",
    "offers": "id,organization,kind,text,language,terms,slots,stages,date,active",
    "needs": "id,organization,goal,text,language,quantity,budget,currency,deadline,stages,date,"
    "state",
    "engagements": "id,kind,title,text,language,date,until,programme,topic,amount,currency",
    "participants": "engagement,organization,role,amount",
    "ties": "id,source,target,layer,since,until,note",
    "observations": "id,subject,indicator,year,value,unit,source",
    "planted_pairs": "need,offer",
}
SampleRow = dict[str, Any]


@dataclass
class Member:
    """A sample organisation with what the draws of ties and texts need to know."""

    id: str
    profile: dict[str, Any]
    since: datetime.date
    until: datetime.date | None = None

    @property
    def key(self) -> str:
        return str(self.profile["key"])

    @property
    def kind(self) -> str:
        return str(self.profile.get("kind", "firm"))


@dataclass
class Tables:
    rows: dict[str, list[SampleRow]] = field(default_factory=lambda: {name: [] for name in COLUMNS})

    def add(self, table: str, **row: Any) -> SampleRow:
        self.rows[table].append(row)
        return row

    def write(self, folder: Path) -> None:
        for table, columns in COLUMNS.items():
            name = "planted_pairs.csv" if table == "planted_pairs" else f"{table}.samples.csv"
            with (folder / name).open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, columns.split(","), lineterminator="\n", restval="")
                writer.writeheader()
                writer.writerows(self.rows[table])


class Draw:
    """Seeded choices of one trade; never gives the same sentence twice."""

    def __init__(self, name: str) -> None:
        # Reproducible samples, not secrets.
        self.random = random.Random(f"matchmaker seed 1: {name}")  # noqa: S311
        self.told: set[str] = set()

    def spin(self, text: str) -> str:
        """Text with one variant chosen in each pair of braces."""
        return re.sub(r"\{([^{}]*)\}", lambda m: self.random.choice(m[1].split("|")), text)

    def sentence(self, text: str, closings: list[str]) -> str:
        """A spun text not yet told, sometimes with a closing clause in Chinese texts."""
        for _ in range(30):
            text_drawn = self.spin(text)
            if language_of(text_drawn) == "zh" and self.random.random() < 0.3:
                text_drawn += self.random.choice(closings)
            if text_drawn not in self.told:
                break
        self.told.add(text_drawn)
        return text_drawn

    def day(self, first: datetime.date, last: datetime.date, late: bool = False) -> datetime.date:
        span = max((last - first).days, 0)
        days = [self.random.randint(0, span) for _ in range(2 if late else 1)]
        return first + datetime.timedelta(days=max(days))

    def split(self, choices: str) -> str:
        return self.random.choice(choices.split("|"))

    def sample(self, things: list[Any], count: int) -> list[Any]:
        return self.random.sample(things, min(count, len(things)))


def language_of(text: str) -> str:
    return "zh" if re.search(r"[一-鿿]", text) else "en"


def load(name: str) -> dict[str, Any]:
    return tomllib.loads((SEED / "trades" / f"{name}.toml").read_text(encoding="utf-8"))


def brands(common: dict[str, Any]) -> list[tuple[str, str]]:
    """Distinct two-character brands with their Pinyin, in a fixed shuffled order."""
    pairs = [
        (head.split()[0] + tail.split()[0], head.split()[1] + tail.split()[1])
        for head, tail in itertools.product(common["brand_heads"], common["brand_tails"])
    ]
    names = [pair for pair in pairs if pair[0][0] != pair[0][1]]
    Draw("brands").random.shuffle(names)
    return names
