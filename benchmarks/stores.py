"""The two stores beside each other: random graphs, writes and questions must have one answer.

    python -m benchmarks.stores [--count 100000] [--state FILE]

Each round fills an empty SQLite store and an empty database of a real Neo4j server (started here,
with the jars of MATCHMAKER_DATA_DIR) by the same random writes, some of which must be refused, and
asks both the same random questions. Every answer and every refusal is one comparison.
FILE keeps the sum, so that it can be stopped and goes on where it was. What differs is printed
with the number of its round, by which it comes again.
"""

from __future__ import annotations

import argparse
import datetime
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from matchmaker.domain import (
    Alias,
    Cluster,
    Description,
    DuplicateCandidate,
    Engagement,
    EngagementKind,
    GoalName,
    GraphRows,
    Industry,
    Kind,
    Layer,
    Membership,
    Need,
    NeedState,
    Observation,
    Offer,
    OfferKind,
    Organization,
    OrganizationFilter,
    Participant,
    Place,
    PlaceLevel,
    Provenance,
    Role,
    Size,
    SourceTier,
    Stage,
    Tie,
    Tier,
)
from matchmaker.errors import MatchmakerError, StoreUnavailable
from matchmaker.store.documents import Store
from matchmaker.store.upsert import MergeRules

# Ids at the edges: beyond the BMP (where orders by UTF-16 and by code point differ), full width,
# with what queries and addresses treat apart.
IDS = (
    "a",
    "b",
    "c#d",
    "e/f",
    "ä",
    "Ａ",
    "\U00020000",
    "x'y",
    'q"r',
    "z%_",
    "n\\m",
    "été",
    "甲",
    "乙",
)
TEXTS = (
    "", " \n ", "阀门 valve DN50", "Ventil & Pumpe", "不锈钢球阀", "O'Brien \"castings\"",
    "*:+-!(){}", "𠀀 rare", "AND OR NOT", "ＡＢＣ full width", "x" * 500,
)  # fmt: skip
DAYS = (None, datetime.date(1999, 12, 31), datetime.date(2020, 2, 29), datetime.date(2026, 1, 1))
Question = Callable[[Store], Any]
_PATIENCE = 30


class Graphs:
    """Random rows, writes and questions of one round."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.is_first = True  # what is written, so that something is there
        self.ids = [f"t:{id}" for id in self.rng.sample(IDS, self.rng.randint(3, len(IDS)))]

    def text(self) -> str:
        return self.rng.choice(TEXTS)

    def name(self) -> str:
        return self.text().strip() or "无名"

    def id(self) -> str:
        """Mostly one that may be there."""
        return self.rng.choice([*self.ids, *self.ids, "t:nobody", "alias:0", "alias:1"])

    def any(self, kinds: Any) -> Any:
        return self.rng.choice(list(kinds))

    def maybe(self, values: Any) -> Any:
        return self.rng.choice([None, *values])

    def source(self) -> Provenance:
        return Provenance(
            self.rng.choice(("a list", "another")), self.rng.choice(("", "line 3")),
            self.rng.choice(list(SourceTier)), self.rng.choice(DAYS),
        )  # fmt: skip

    def organization(self, id: str) -> Organization:
        rng = self.rng
        return Organization(
            id, self.name(), rng.choice(list(Kind)), name_en=rng.choice(("", "Valve Works")),
            size=self.maybe(Size), tier=self.maybe(Tier), place=self.maybe(("p:1", "p:2")),
            industry=self.maybe(("i:1", "i:2")), country=rng.choice(("", "CN", "DE")),
            stages=tuple(rng.sample(list(Stage), rng.randint(0, 2))),
            credit_code=rng.choice(("", "91330300MA00000000")), contact=self.text(),
            capacity=self.maybe((0, 3)), listed=rng.random() < 0.8, founded=rng.choice(DAYS),
            other_names=tuple(rng.sample(("甲阀", "Alpha; Beta", "Old & Co"), rng.randint(0, 2))),
            provenance=self.source(),
        )  # fmt: skip

    def rows(self) -> GraphRows:
        """Of every table; some refer to nobody, so that the write is refused."""
        rng = self.rng
        some = rng.sample(self.ids, rng.randint(1, len(self.ids)))
        strict = self.is_first or rng.random() < 0.8
        of = (lambda: rng.choice(some)) if strict else self.id

        def many(most: int, make: Callable[[str], Any]) -> tuple[Any, ...]:
            return tuple(make(str(rng.randint(0, 9))) for _ in range(rng.randint(0, most)))

        def tie(n: str) -> Any:
            return Tie(f"r:{n}", *self.two(some), rng.choice(list(Layer)), rng.choice(DAYS))

        def engagement(n: str) -> Any:
            parts = {(of(), rng.choice(list(Role))) for _ in range(rng.randint(1, 4))}
            return Engagement(
                f"e:{n}", rng.choice(list(EngagementKind)),
                tuple(Participant(*part) for part in sorted(parts)),
                title=self.text(), text=self.text(), date=rng.choice(DAYS),
            )  # fmt: skip

        return GraphRows(
            places=(
                Place("p:1", "中国", PlaceLevel.COUNTRY, "China", country="CN"),
                Place("p:2", self.name(), PlaceLevel.CITY, "", "p:1", "CN", 27.9, 120.7),
            ),
            industries=(Industry("i:1", "通用设备"), Industry("i:2", self.name(), parent="i:1")),
            organizations=tuple(self.organization(id) for id in some),
            aliases=many(2, lambda n: Alias(f"alias:{int(n) % 2}", rng.choice(some), "same code")),
            duplicates=(DuplicateCandidate(*sorted(self.two(some)), rng.random(), "like names"),)
            if len(some) > 1 and rng.random() < 0.3
            else (),
            descriptions=many(2, lambda n: Description(f"d:{n}", of(), self.text(), "zh")),
            clusters=(Cluster("c:1", self.name(), place=self.maybe(("p:1",))),),
            memberships=many(3, lambda _: Membership("c:1", of())),
            offers=many(3, lambda n: Offer(f"o:{n}", of(), self.any(OfferKind), self.name())),
            needs=many(3, lambda n: Need(f"n:{n}", of(), self.any(GoalName), self.name())),
            engagements=many(3, engagement),
            ties=many(6, tie) if len(some) > 1 else (),
            observations=many(2, lambda n: Observation(f"b:{n}", of(), "rd", 2024, float(n), "%")),
        )  # fmt: skip

    def two(self, some: list[str]) -> list[str]:
        return self.rng.sample(some, 2)

    def write(self) -> tuple[str, Question]:
        """One of the ways to write."""
        rng = self.rng
        rows = self.rows()
        way = 9 if self.is_first else rng.randint(0, 9)
        self.is_first = False
        match way:
            case 0:
                rules = MergeRules(dry_run=rng.random() < 0.3)
                return "import", lambda store: store.import_rows(rows, rules)
            case 1:
                gone = GraphRows(ties=rows.ties, offers=rows.offers, aliases=rows.aliases)
                return "replace rows", lambda store: store.replace_rows(GraphRows(), gone)
            case 2:
                gone = GraphRows(organizations=rows.organizations[:1])
                return "drop", lambda store: store.replace_rows(GraphRows(), gone)
            case 3:
                row, version = self.organization(self.id()), rng.randint(0, 2)
                about = self.maybe(TEXTS)
                return "replace organization", lambda store: store.replace_organization(
                    replace(row, place=None, industry=None), about, version
                )
            case 4:
                before, after = rng.choice(list(NeedState)), rng.choice(list(NeedState))
                id = f"n:{rng.randint(0, 9)}"
                return "need", lambda store: store.transition_need(id, before, after)
            case _:
                return "upsert", lambda store: store.upsert(rows)

    def filter(self) -> OrganizationFilter:
        def some(values: Any) -> frozenset[Any]:
            return frozenset(self.rng.sample(list(values), self.rng.choice((0, 0, 1, 2))))

        return OrganizationFilter(
            some(Kind), some(Size), some(Tier), some(("CN", "DE")), some(("p:1", "p:2")),
            some(("i:1", "i:2")), self.rng.choice((None, None, "c:1")),
        )  # fmt: skip

    def question(self) -> tuple[str, Question]:
        """One of the questions there are."""
        rng = self.rng
        id, other, limit = self.id(), self.id(), rng.randint(1, 9)
        after = rng.choice((None, None, id))
        where, text = self.filter(), rng.choice((*TEXTS, "valve", "阀", "castings pumpe"))
        length, depth = rng.randint(1, 4), rng.randint(1, 2)
        owner, state = rng.choice((None, id)), rng.choice((None, *NeedState))
        questions: dict[str, Question] = {
            "organization": lambda s: s.organization(id),
            "by id": lambda s: s.organizations_by_id([id, other]),
            "organizations": lambda s: s.organizations(where, after, limit),
            "search": lambda s: sorted(hit.organization.id for hit in s.search(text, where, 50)),
            "statements": lambda s: s.statements_of(id),
            "profile": lambda s: s.seeker_profile(id),
            "offers": lambda s: s.offers(owner, after, limit),
            "needs": lambda s: s.needs(owner, state, after, limit),
            "engagements": lambda s: s.engagements(owner, after, limit),
            "clusters": lambda s: s.clusters(after, limit),
            "members": lambda s: s.members("c:1", after, limit),
            "clusters of": lambda s: s.clusters_of(id),
            "descriptions": lambda s: s.descriptions_of(id),
            "memberships": lambda s: s.memberships_of(id),
            "observations": lambda s: s.observations_of(id),
            "neighbourhood": lambda s: s.neighborhood(id, depth, limit),
            "paths": lambda s: s.paths(id, other, length, limit),
            "about": lambda s: s.rows_about(id),
            "duplicates": lambda s: (s.duplicates(), s.aliases()),
            "without vectors": lambda s: s.missing_embeddings("r"),
            "need": lambda s: s.need(f"n:{limit}"),
            "offer": lambda s: s.offer(f"o:{limit}"),
        }
        name = rng.choice(list(questions))
        return f"{name} {id} {text!r} {where}" if name == "search" else name, questions[name]


class AnswerLost(Exception):
    """The server of a busy machine did not answer in time: nobody knows if a write is done."""


def answer_of(question: Question, store: Store, *, reads: bool = True) -> Any:
    """What a store answers, or how it refuses: which of several reasons it names is its own.

    One that only reads is asked again. Raises AnswerLost.
    """
    for _ in range(_PATIENCE if reads else 1):
        try:
            return question(store)
        except StoreUnavailable:
            time.sleep(2)
        except MatchmakerError as error:
            return type(error).__name__, error.where
    raise AnswerLost


def compare(
    seed: int, embedded: Store, server: Store, writes: int = 4, questions: int = 30
) -> Iterator[tuple[str, Any, Any]]:
    """Each comparison of a round on two empty stores: what was asked, and both answers."""
    graphs = Graphs(seed)
    for _ in range(writes):
        name, write = graphs.write()
        yield name, answer_of(write, embedded, reads=False), answer_of(write, server, reads=False)
        for _ in range(questions):
            name, question = graphs.question()
            yield name, answer_of(question, embedded), answer_of(question, server)
    yield "version", embedded.version(), server.version()
    yield "export", embedded.export().rows, server.export().rows


def main() -> None:
    """Rounds until the sum is reached."""
    from matchmaker.store.neo4j import Neo4jStore
    from matchmaker.store.sqlite import SqliteStore
    from tools.neo4j.server import running_server

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--state", type=Path, default=Path("stores-compared.json"))
    arguments = parser.parse_args()
    state = {"rounds": 0, "comparisons": 0, "unlike": 0}
    if arguments.state.exists():
        state |= json.loads(arguments.state.read_text())
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder) / "neo4j", heap="512m") as address,
    ):
        server = Neo4jStore(address.url, address.user, address.password)
        server.prepare()
        lost = 0
        while state["comparisons"] < arguments.count:
            file = Path(folder) / "graph.db"
            for beside in Path(folder).glob("graph.db*"):
                beside.unlink()
            embedded = SqliteStore(file)
            embedded.prepare()
            try:
                server.clear()
                answers = list(compare(state["rounds"], embedded, server))
            except (AnswerLost, StoreUnavailable):  # the same round again
                embedded.close()
                if (lost := lost + 1) > _PATIENCE:
                    raise SystemExit("the server does not answer") from None
                continue
            lost = 0
            for number, (name, ours, theirs) in enumerate(answers):
                state["comparisons"] += 1
                if ours != theirs:
                    state["unlike"] += 1
                    print(f"round {state['rounds']}, {number}, {name}:\n  {ours}\n  {theirs}")
            embedded.close()
            state["rounds"] += 1
            arguments.state.write_text(json.dumps(state))
        server.close()
    print(
        f"{state['comparisons']} comparisons in {state['rounds']} rounds, {state['unlike']} unlike"
    )


if __name__ == "__main__":
    main()
