"""How to go about a candidate, against habits counted by hand."""

from __future__ import annotations

import datetime
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest

from matchmaker.domain import GoalName, GraphRows, Kind, Place, PlaceLevel
from matchmaker.goals import GOALS
from matchmaker.recommend.advice import EVERYBODY, advice, tie_statistics, wilson
from matchmaker.recommend.explain import path
from matchmaker.recommend.model import AdviceWay
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.trials import seeker_of

from .small_graphs import organization, project, snapshot_of

GOAL = GOALS[GoalName.RESEARCH_PARTNER]
LONG_AGO, LATELY = datetime.date(2012, 5, 1), datetime.date(2019, 6, 1)
FIRMS, THROUGH_A_PARTNER = 40, 30


@pytest.fixture
def grown():
    """Forty firms find a lab each: thirty through the hub that both know, ten without."""
    where = tuple(
        Place(f"p:{number}", f"P{number}", PlaceLevel.CITY, latitude=30.0,
              longitude=120.0 + number / 10)
        for number in range(FIRMS)
    )  # fmt: skip
    who = [organization("hub")]
    done = []
    for number in range(FIRMS):
        firm, lab = f"f{number}", f"l{number}"
        who.append(organization(firm, place="p:0"))
        who.append(organization(lab, Kind.UNIVERSITY, place=f"p:{number}"))
        own = "hub" if number < THROUGH_A_PARTNER else f"other{number}"
        if own != "hub":
            who.append(organization(own))
        done.append(project(f"a{number}", f"{firm} {own}", LONG_AGO))
        done.append(project(f"b{number}", f"{lab} hub", LONG_AGO))
        done.append(project(f"c{number}", f"{firm} {lab}", LATELY))
    return snapshot_of(GraphRows(places=where, organizations=tuple(who), engagements=tuple(done)))


def pairs_of(snapshot, name):
    row = snapshot.row_of(f"t:{name}")
    return Pairs(snapshot, GOAL, seeker_of(snapshot, row), np.arange(len(snapshot), dtype=np.int32))


def test_habits_are_those_counted_by_hand(grown):
    pairs = pairs_of(grown, "f0")
    found = tie_statistics(grown, GOAL, pairs.network)[EVERYBODY]

    assert found.ties == FIRMS
    assert found.closing == THROUGH_A_PARTNER / FIRMS
    assert (found.first, found.last) == (2019, 2019)
    # At 30° north a tenth of a degree is 9.63 km; the labs lie 0 to 39 of them away.
    assert found.near_km == pytest.approx(9.75 * 9.63, rel=0.01)
    assert found.far_km == pytest.approx(29.25 * 9.63, rel=0.01)


def test_one_who_shares_a_partner_is_told_whom_to_ask(grown):
    told = advice(pairs_of(grown, "f0"), grown.row_of("t:l20"))

    assert told.way is AdviceWay.CLOSING
    assert told.message.text("en") == "You share 1 partner: HUB could bring you together."
    assert told.message.text("zh") == "双方有1个共同伙伴，可请HUB牵线。"
    assert told.usual.text("en") == (
        "New ties of this kind, 2019: 75% (60–86) came about over a partner in common."
        " Half were 94–282 km apart."
    )
    assert told.usual.text("zh") == (
        "2019年此类新联系：75%（60–86）由共同伙伴促成。半数相距94–282公里。"
    )


def test_one_beyond_a_gap_is_said_to_be(grown):
    told = advice(pairs_of(grown, "f35"), grown.row_of("t:l39"))

    assert told.way is AdviceWay.REACHING
    assert [step.text("en") for step in told.steps] == [
        "No partner in common: this reaches over a gap.",
        "Further away than is usual: meet online first.",
    ]


def test_what_is_usual_is_the_same_whoever_is_recommended(grown):
    """So that a list says it once."""
    pairs = pairs_of(grown, "f0")
    usual = {advice(pairs, grown.row_of(f"t:l{n}")).usual.text("en") for n in (20, 35, 39)}
    assert len(usual) == 1


def test_nothing_is_advised_about_a_partner_or_to_one_from_outside(grown):
    assert advice(pairs_of(grown, "f0"), grown.row_of("t:l0")) is None
    outside = seeker_of(grown, 0)
    pairs = Pairs(grown, GOAL, replace(outside, row=None), np.arange(len(grown), dtype=np.int32))
    assert advice(pairs, grown.row_of("t:l0")) is None


def test_too_few_new_ties_are_no_habit():
    rows = GraphRows(
        organizations=(organization("f"), organization("l", Kind.UNIVERSITY), organization("g"),
                       organization("m", Kind.UNIVERSITY)),
        engagements=(project("p", "f l", LATELY), project("q", "g m", LATELY)),
    )  # fmt: skip
    snapshot = snapshot_of(rows)
    pairs = pairs_of(snapshot, "f")
    assert tie_statistics(snapshot, GOAL, pairs.network) == {}
    assert advice(pairs, snapshot.row_of("t:m")).message.text("en") == (
        "No partner in common: this reaches over a gap."
    )


@pytest.mark.parametrize("one", ["firm", "lab"])
def test_ties_of_one_and_of_three_others_are_no_habit_of_an_industry(one):
    """It would tell how one came to its partners, and where they are, also once it opted out."""
    where = tuple(
        Place(f"p:{n}", f"P{n}", PlaceLevel.CITY, latitude=30.0, longitude=120.0 + n)
        for n in range(2)
    )
    firms, labs = (1, 40) if one == "firm" else (40, 1)
    who = [organization("hub"), *(organization(f"x{n}", place="p:0") for n in range(3))]
    who += [organization(f"f{n}", place="p:0") for n in range(firms)]
    who += [organization(f"l{n}", Kind.UNIVERSITY, place="p:1") for n in range(labs)]
    before = [project(f"a{row.id[2:]}", f"{row.id[2:]} hub", LONG_AGO) for row in who[1:]]
    ties = [(f, n) for f in range(firms) for n in range(labs)]
    done = [project(f"c{f}-{n}", f"f{f} l{n}", LATELY) for f, n in ties]
    done += [project(f"d{n}", f"x{n} l0", LATELY) for n in range(3)]
    rows = GraphRows(places=where, organizations=tuple(who), engagements=(*before, *done))
    snapshot = snapshot_of(rows)
    assert tie_statistics(snapshot, GOAL, pairs_of(snapshot, "x0").network) == {}


def test_each_language_names_whom_to_ask_and_over_whom_you_know_each_other():
    """The English name where there is one, the only one where there is none."""
    who = [
        organization("seeker"),
        organization("中介", name_en="Go-between"),
        organization("lab", Kind.UNIVERSITY),
    ]
    done = (project("a", "seeker 中介", LATELY), project("b", "中介 lab", LATELY))
    snapshot = snapshot_of(GraphRows(organizations=tuple(who), engagements=done))
    pairs = pairs_of(snapshot, "seeker")
    lab = snapshot.row_of("t:lab")

    told = advice(pairs, lab)
    assert "可请中介牵线" in told.message.text("zh")
    assert "Go-between could bring you together" in told.message.text("en")
    assert [(step.name, step.name_en) for step in path(pairs, lab)] == [
        ("中介", "Go-between"),
        ("LAB", "LAB"),
    ]


@pytest.mark.parametrize(("right", "count"), [(30, 40), (0, 30), (30, 30), (400, 1000)])
def test_the_interval_of_a_share_is_wilson_s(right, count):
    expected = binomtest(right, count).proportion_ci(0.95, "wilson")
    assert wilson(right / count, count) == pytest.approx((expected.low, expected.high), abs=1e-4)


def _through_a_partner(year: int, count: int, *, shared: bool) -> tuple[list, list]:
    """Firms that find a lab in a year; both knew one third, or each another one, a year before."""
    who, done = [], []
    before, then = datetime.date(year - 1, 3, 1), datetime.date(year, 3, 1)
    for number in range(count):
        name = f"{year}x{number:03}"
        firm, lab, others = f"f{name}", f"l{name}", (f"g{name}", f"h{name}")
        who += [organization(firm), organization(lab, Kind.UNIVERSITY)]
        who += [organization(other) for other in others]
        done.append(project(f"a{name}", f"{firm} {others[0]}", before))
        done.append(project(f"b{name}", f"{lab} {others[0 if shared else 1]}", before))
        done.append(project(f"c{name}", f"{firm} {lab}", then))
    return who, done


def test_a_bulk_of_the_last_year_counts_no_more_than_an_early_year(monkeypatch):
    """Forty ties over a partner in 2014, two hundred over a gap in 2019: one year each."""
    monkeypatch.setattr("matchmaker.recommend.advice.UNDERTAKINGS", 160)
    early, late = (
        _through_a_partner(2014, 40, shared=True),
        _through_a_partner(2019, 200, shared=False),
    )
    first = project("first", "f2014x000 h2014x000", datetime.date(2010, 1, 1))
    who, done = early[0] + late[0], [*early[1], *late[1], first]
    snapshot = snapshot_of(GraphRows(organizations=tuple(who), engagements=tuple(done)))
    found = tie_statistics(snapshot, GOAL, pairs_of(snapshot, "f2014x000").network)[EVERYBODY]
    assert (found.first, found.last) == (2013, 2019)
    assert found.closing == pytest.approx(0.5, abs=0.1)
