"""Indicators of one small cluster, every figure counted by hand.

Members in 2025: f0 large, f1–f3 small, f4 of unknown size, lab, hub (a platform).
f5 left in 2024, f4 joined in 2025. Industry 11 (below 1): f0, f1, f2, lab; 2: f3.
Ties, all COOPERATES_WITH since 2020 if nothing else is said:

    f0–f1   f0–f2 (since 2025)   f1–lab   f2–hub   f1–f3 (until 2024)
    f0–x (of DE)   f1–x   f0–y (of CN)                      x and y are no members
"""

import datetime
from dataclasses import replace

import numpy as np
import pytest

from matchmaker.audit.coverage import coverage
from matchmaker.audit.indicators import measured
from matchmaker.audit.landscape import Landscape
from matchmaker.audit.ties import Channel
from matchmaker.audit.view import View
from matchmaker.domain import (
    Cluster,
    GraphRows,
    Industry,
    Kind,
    Layer,
    Membership,
    Observation,
    Offer,
    OfferKind,
    Organization,
    Size,
    Tie,
)
from tests.unit.snapshot.graphs import snapshot_of


def day(year, month=1):
    return datetime.date(year, month, 1)


def organization(name, kind=Kind.FIRM, size=None, industry=None, country="CN"):
    return Organization(f"t:{name}", name, kind, size=size, industry=industry, country=country)


def tie(a, b, since=2020, until=None):
    return Tie(
        f"r:{a}{b}", f"t:{a}", f"t:{b}", Layer.COOPERATES_WITH, since=day(since),
        until=day(until, 6) if until else None,
    )  # fmt: skip


ROWS = GraphRows(
    industries=(
        Industry("i:1", "一"), Industry("i:11", "一一", parent="i:1"), Industry("i:2", "二"),
    ),
    organizations=(
        organization("f0", size=Size.LARGE, industry="i:11"),
        organization("f1", size=Size.SMALL, industry="i:11"),
        organization("f2", size=Size.MICRO, industry="i:1"),
        organization("f3", size=Size.MEDIUM, industry="i:2"),
        organization("f4"),
        organization("f5", size=Size.SMALL),
        organization("lab", Kind.UNIVERSITY, industry="i:11"),
        organization("hub", Kind.PLATFORM),
        organization("x", country="DE"),
        organization("y"),
    ),
    clusters=(Cluster("c:1", "One"),),
    memberships=(
        *(Membership("c:1", f"t:{name}") for name in ("f0", "f1", "f2", "f3", "lab", "hub")),
        Membership("c:1", "t:f4", since=day(2025, 3)),
        Membership("c:1", "t:f5", until=day(2024, 9)),
    ),
    offers=(Offer("o:1", "t:f3", OfferKind.PRODUCT, "阀"),),
    ties=(
        tie("f0", "f1"), tie("f0", "f2", 2025), tie("f1", "lab"), tie("f2", "hub"),
        tie("f1", "f3", until=2024), tie("f0", "x"), tie("f1", "x"), tie("f0", "y"),
    ),
    observations=(Observation("b:1", "t:f0", "rd_intensity", 2024, 3.0),),
)  # fmt: skip


@pytest.fixture(scope="module")
def view():
    found = Landscape(snapshot_of(ROWS, vectors=False))
    return View(found, 0, Channel.COOPERATION, 2025, samples=50)


@pytest.fixture(scope="module")
def figures(view):
    return measured(view)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("members", 7),
        ("sme_share", 3 / 4),  # f1, f2, f3 of four firms of known size
        ("kind_diversity", -(5 / 7 * np.log2(5 / 7) + 2 * (1 / 7) * np.log2(1 / 7))),
        ("industry_diversity", -(3 / 5 * np.log2(3 / 5) + 2 * (1 / 5) * np.log2(1 / 5))),
        ("leading_industry_share", 4 / 5),  # f0, f1, f2 and lab are of division 1
        ("entries", 1),
        ("exits", 0),
        ("ties", 4),
        ("mean_degree", 8 / 7),
        ("density", 4 / 21),
        ("isolates", 2),  # f3 and f4
        ("isolate_share", 2 / 7),
        ("large_small_share", 1),  # f0–f1 and f0–f2, both large with small
        ("lab_reach", 1 / 5),  # f1
        ("platform_reach", 1 / 5),  # f2
        ("openness", (3 - 4) / 7),
        ("outside_reach", 2 / 7),  # f0 and f1
        ("abroad_share", 2 / 3),  # x twice, y once
        ("ei_index", 1),  # large–small twice, small–lab, small–platform: all across
        ("tie_birth", 1),  # f0–f2
        ("tie_death", 1),  # f1–f3
        ("renewal", 1 / 4),
        ("giant_component", 5 / 7),
        ("giant_without_coordinator", 4 / 6),  # without hub: f0, f1, f2, lab
        ("fragmentation", 1 - 5 * 4 / (7 * 6)),
        # Steps on the path lab–f1–f0–f2–hub: four of 1, three of 2, two of 3, one of 4.
        ("compactness", 2 * (4 + 3 / 2 + 2 / 3 + 1 / 4) / 42),
        ("transitivity", 0),
        # Ends are tied to one (1), the inner three to two who do not know each other (½).
        ("constraint", (2 * 1 + 3 * 0.5) / 5),
        # f0: (x, f1) closed, (x, f2), (y, f1), (y, f2): 3; f1: (x, f0) closed, (x, lab): 1.
        ("gatekeeping", 4),
        ("gatekeeper_load", 3 / 4),
        # One member (5 % of 7, at least one) leaves, f0 by number: lab–f1 and f2–hub are left.
        ("fragility", 1 - (2 / 6) / (5 / 7)),
    ],
)
def test_figures_are_those_counted_by_hand(figures, name, value):
    assert figures[name].value == pytest.approx(value, abs=1e-9)


def test_an_sme_of_unknown_size_counts_among_smes():
    """f3 is known to be an SME and no more: still three of four."""
    firms = tuple(
        replace(row, size=Size.SME) if row.id == "t:f3" else row for row in ROWS.organizations
    )
    landscape = Landscape(snapshot_of(replace(ROWS, organizations=firms), vectors=False))
    figures = measured(View(landscape, 0, Channel.COOPERATION, 2025, samples=50))
    assert figures["sme_share"].value == pytest.approx(3 / 4)


def test_an_unknown_size_makes_the_share_an_estimate(figures):
    """Wilson's score interval of 3 out of 4, by its formula."""
    z, p, n = 1.959963984540054, 0.75, 4
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    assert figures["sme_share"].low == pytest.approx(centre - half, abs=1e-9)
    assert figures["sme_share"].high == pytest.approx(centre + half, abs=1e-9)


def test_chance_has_the_ties_of_permuted_sorts_across(figures):
    """Sorts 0,0,0 (f1–f3), 1, 2, 3, 4: of 21 pairs 3 are of the same; E–I 1 − 2 · 3/21."""
    assert figures["ei_index"].expected == pytest.approx(1 - 6 / 21, abs=0.03)


def test_without_direction_nothing_is_answered(figures):
    assert figures["reciprocity"].because.text("en") == "the layer has no direction"


def test_coverage_is_counted_by_hand(view):
    """With ties ever: f0, f1, f2, f3, lab, hub; f1–f3 ended within three years."""
    has = coverage(view)
    assert (has.members, has.with_tie, has.with_recent_tie) == (7, 6, 6)
    assert (has.with_statement, has.with_observation, has.with_industry) == (1, 1, 5)
    assert (has.ties, has.undated_ties, has.undertakings) == (8, 0, 0)
