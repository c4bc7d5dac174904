"""Small graphs to test with, and the same as networkx sees them."""

from __future__ import annotations

import datetime
import random
from dataclasses import replace

import networkx as nx

from matchmaker.domain import (
    Alias,
    Certificate,
    ClaimTier,
    Cluster,
    ContradictedValue,
    DatePrecision,
    Description,
    DuplicateCandidate,
    Engagement,
    EngagementKind,
    FieldOrigin,
    GoalName,
    GraphRows,
    Industry,
    Kind,
    Layer,
    Membership,
    Need,
    Observation,
    Offer,
    OfferKind,
    Organization,
    OrganizationStatus,
    Participant,
    Place,
    PlaceLevel,
    Provenance,
    Role,
    Size,
    SourceTier,
    Stage,
    Terms,
    Tie,
    Tier,
)
from matchmaker.store.schema import PARTICIPANTS, TABLES

DAY = datetime.date


def firm(number: int | str, name: str = "", **more: object) -> Organization:
    fields = {"kind": Kind.FIRM, **more}
    return Organization(f"t:{number}", name or f"Firm {number}", **fields)  # type: ignore[arg-type]


def tie(identity: str, source: int | str, target: int | str, layer: Layer = Layer.SUPPLIES) -> Tie:
    return Tie(f"t:{identity}", f"t:{source}", f"t:{target}", layer, since=DAY(2021, 5, 4))


def project(identity: str, *members: int | str, title: str = "", text: str = "") -> Engagement:
    return Engagement(
        f"t:{identity}",
        EngagementKind.RESEARCH_PROJECT,
        tuple(Participant(f"t:{member}", Role.PARTNER) for member in members),
        title=title,
        text=text,
        date=DAY(2020, 1, 1),
    )


def everything() -> GraphRows:
    """At least one row of every table, with every field filled somewhere."""
    return GraphRows(
        places=(
            Place("p:cn", "中国", PlaceLevel.COUNTRY, "China", country="CN"),
            Place("p:zj", "浙江省", PlaceLevel.PROVINCE, parent="p:cn", country="CN"),
            Place("p:zj-wz", "温州市", PlaceLevel.CITY, "Wenzhou", "p:zj", "CN", 27.99, 120.7),
            Place("p:zz", "Deutschland", PlaceLevel.COUNTRY, country="DE"),
        ),
        industries=(
            Industry("i:34", "通用设备制造业", "General machinery"),
            Industry("i:344", "泵、阀门制造", parent="i:34"),
        ),
        organizations=(
            firm(
                1,
                "示例·甲阀门有限公司",
                name_en="Sample Valve A Co., Ltd.",
                size=Size.SMALL,
                tier=Tier.LITTLE_GIANT,
                place="p:zj-wz",
                industry="i:344",
                country="CN",
                stages=(Stage.RESEARCH, Stage.MAKING),
                credit_code="91330300MA00000000",
                vat="DE136695976",
                website="https://example.com",
                contact="a@example.com",
                capacity=3,
                listed=False,
                founded=DAY(2001, 2, 3),
                date_precision=DatePrecision.MONTH,
                provenance=Provenance("file", "line 2", SourceTier.REGISTER, DAY(2024, 5, 6)),
                origins=(
                    FieldOrigin(
                        "contact", "api", SourceTier.SELF, DAY(2025, 1, 2),
                        ContradictedValue("b@example.com", "a list", SourceTier.IMPORT),
                    ),
                    FieldOrigin("kind", "a list", SourceTier.DERIVED),
                ),
            ),
            firm(
                2,
                "Beispiel Pumpen GmbH",
                place="p:zz",
                country="DE",
                size=Size.LARGE,
                lei="529900T8BM49AURSDO55",
                ror="05dxps055",
                status=OrganizationStatus.DISSOLVED,
                ended=DAY(2023, 6, 30),
                successor="t:3",
                other_names=("甲阀; 乙阀", '"Alpha" Valve', "Old & Co"),
            ),
            Organization("t:3", "示例大学", Kind.UNIVERSITY, place="p:zj", country="CN"),
        ),
        aliases=(Alias("other:1", "t:1", "same credit code"),),
        duplicates=(DuplicateCandidate("t:1", "t:2", 0.9, "like names"),),
        descriptions=(
            Description(
                "t:1#about", "t:1", "專業生產不鏽鋼閥門。", "zh", DAY(2020, 5, 6), True
            ),
        ),
        certificates=(
            Certificate(
                "k:1", "t:1", "IATF 16949", "IATF 0123456", "Certifier AG", DAY(2024, 3, 1),
                DAY(2027, 2, 28), "iatf.pdf", ClaimTier.COORDINATOR, DAY(2024, 6, 1),
                Provenance("a list", "line 3", SourceTier.CONFIRMED, DAY(2024, 6, 1)),
                DatePrecision.MONTH,
            ),
            Certificate("k:2", "t:2", "ISO 9001", taken_back_on=DAY(2025, 2, 3)),
        ),
        clusters=(
            Cluster("c:1", "阀门集群", "Valve cluster", "p:zj-wz", "i:344", "national", 2022),
        ),
        memberships=(
            Membership("c:1", "t:1", DAY(2020, 1, 1), date_precision=DatePrecision.YEAR),
            Membership("c:1", "t:2", DAY(2015, 1, 1), DAY(2019, 12, 31)),
        ),
        offers=(
            Offer(
                "o:1",
                "t:1",
                OfferKind.EQUIPMENT,
                "Spare hours on a five-axis machining centre",
                "en",
                Terms.DISCOUNTED,
                4,
                (Stage.MAKING,),
                DAY(2024, 3, 2),
                False,
            ),
        ),
        needs=(
            Need(
                "n:1",
                "t:2",
                GoalName.SUPPLIER,
                "Looking for valve body castings",
                "en",
                "500 a month",
                1200.5,
                "EUR",
                DAY(2027, 1, 1),
                (Stage.TRADING, Stage.STORAGE),
                DAY(2026, 1, 1),
            ),
        ),
        engagements=(
            Engagement(
                "e:1",
                EngagementKind.CONTRACT,
                (Participant("t:1", Role.SUPPLIER, 10.5), Participant("t:2", Role.BUYER)),
                "Ball valves",
                "Delivery of ball valves",
                "en",
                DAY(2022, 1, 1),
                DAY(2023, 1, 1),
                True,
                "P",
                "T",
                1.5,
                "EUR",
            ),
            Engagement("e:2", EngagementKind.EVENT, (Participant("t:3", Role.ATTENDEE),)),
        ),
        ties=(
            Tie("r:1", "t:1", "t:2", Layer.SUPPLIES, DAY(2021, 1, 1), DAY(2022, 1, 1), True, "x"),
            Tie("r:2", "t:3", "t:1", Layer.COOPERATES_WITH),
        ),
        observations=(
            Observation("b:1", "c:1", "export_share", 2025, 33.5, "%"),
            Observation("b:2", "t:1", "rd_intensity", 2024, 0.0),
        ),
    )  # fmt: skip


def dangling() -> dict[str, GraphRows]:
    """For every field that refers, a row of `everything()` that refers to nothing by it."""
    rows_by_field = {}
    for name, rows in everything().tables():
        table = TABLES[name]
        for reference in table.references:
            row = next(row for row in rows if getattr(row, reference.field))
            nothing = "a:missing" if reference.field == "first" else "z:missing"
            value: object = nothing
            if reference.field == PARTICIPANTS:
                value = (replace(row.participants[0], organization=nothing),)
            bad = replace(row, **{reference.field: value})
            rows_by_field[f"{name}.{reference.field}"] = GraphRows(**{name: (bad,)})  # type: ignore[arg-type]
    return rows_by_field


def random_graph(seed: int, size: int = 14) -> tuple[GraphRows, nx.MultiGraph]:
    """Organisations with random ties and engagements, and the steps between them."""
    rng = random.Random(seed)
    graph = nx.MultiGraph()
    graph.add_nodes_from(f"t:{number:02}" for number in range(size))
    ties, engagements = [], []
    for number in range(size):
        one, other = rng.sample(range(size), 2)
        layer = rng.choice(list(Layer))
        ties.append(tie(f"r{number:02}", f"{one:02}", f"{other:02}", layer))
        if layer is not Layer.COMPETES_WITH:
            graph.add_edge(f"t:{one:02}", f"t:{other:02}", key=f"t:r{number:02}")
    for number in range(size // 4):
        members = [f"{member:02}" for member in rng.sample(range(size), rng.randint(1, 3))]
        engagements.append(project(f"e{number:02}", *members))
        for position, one in enumerate(members):
            for other in members[position + 1 :]:
                graph.add_edge(f"t:{one}", f"t:{other}", key=f"t:e{number:02}")
    rows = GraphRows(
        organizations=tuple(firm(f"{number:02}") for number in range(size)),
        engagements=tuple(engagements),
        ties=tuple(ties),
    )
    return rows, graph
