"""Programmes: conditions met, not met and unknown, what they were read from, and their order."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest

from matchmaker.domain import (
    Certificate,
    GraphRows,
    Industry,
    Kind,
    Offer,
    OfferKind,
    Organization,
    Place,
    PlaceLevel,
    Size,
    StatementKind,
    Terms,
    Tier,
)
from matchmaker.errors import InvalidInput
from matchmaker.goals import GOALS, GoalName
from matchmaker.recommend.conditions import changes_by
from matchmaker.recommend.model import ProgrammeFit, Request, Seeker, SeekerText
from matchmaker.recommend.pipeline import recommend
from matchmaker.recommend.programmes import asks_in_general
from matchmaker.recommend.usable_statements import usable_entries
from matchmaker.snapshot.model import Snapshot
from tests.unit.recommend.small_graphs import TODAY, snapshot_of

DAY = datetime.timedelta(days=1)
# Rows of the places and industries below, which lie in order of id.
COUNTRY, PROVINCE, CITY, COUNTY, ELSEWHERE = range(5)
MAKING, PUMPS, VALVES = range(3)


def programme(name: str, **terms: Any) -> Offer:
    text = terms.pop("text", name)
    return Offer(f"o:{name}", "t:office", OfferKind.PROGRAMME, text, "en", date=TODAY, **terms)


def graph(*programmes: Offer, **tables: Any) -> Snapshot:
    return snapshot_of(
        GraphRows(
            places=(
                Place("p:1", "China", PlaceLevel.COUNTRY),
                Place("p:2", "Zhejiang", PlaceLevel.PROVINCE, parent="p:1"),
                Place("p:3", "Shaoxing", PlaceLevel.CITY, parent="p:2"),
                Place("p:4", "Zhuji", PlaceLevel.COUNTY, parent="p:3"),
                Place("p:5", "Jiangsu", PlaceLevel.PROVINCE, parent="p:1"),
            ),
            industries=(
                Industry("i:1", "Making"),
                Industry("i:2", "Pumps", parent="i:1"),
                Industry("i:3", "Valves", parent="i:1"),
            ),
            organizations=(
                Organization("t:firm", "Firm", Kind.FIRM),
                Organization("t:office", "Office", Kind.PUBLIC_BODY),
            ),
            offers=programmes,
            **tables,
        )
    )


def fits(snapshot: Snapshot, seeker: Seeker) -> list[ProgrammeFit]:
    return list(recommend(snapshot, seeker, Request[int](GoalName.SUPPORT)).programmes)


def verdict(seeker: Seeker, /, *, rows: Any = None, **terms: Any) -> str:
    (fit,) = fits(graph(programme("a", **terms), **(rows or {})), seeker)
    (check,) = fit.checks
    return f"{check.verdict}: {check.value}"


@pytest.mark.parametrize(
    ("own", "wanted", "expected"),
    [
        (Tier.LITTLE_GIANT, Tier.SPECIALISED, "met: little giant"),  # it was one before
        (Tier.SPECIALISED, Tier.SPECIALISED, "met: specialised"),
        (Tier.INNOVATIVE, Tier.SPECIALISED, "unmet: innovative"),
        (Tier.LEAD, Tier.SPECIALISED, "unknown: lead"),  # one tier only is on record
        (None, Tier.SPECIALISED, "unknown: not on record"),
    ],
)
def test_tier(own: Tier | None, wanted: Tier, expected: str) -> None:
    assert verdict(Seeker(tier=own), for_tiers=(wanted,)) == expected


@pytest.mark.parametrize(
    ("own", "wanted", "expected"),
    [
        (Size.SMALL, {Size.SMALL, Size.MICRO}, "met: small"),
        (Size.LARGE, {Size.SMALL, Size.MICRO}, "unmet: large"),
        (Size.SMALL, {Size.SME}, "met: small"),
        (Size.SME, {Size.MICRO, Size.SMALL, Size.MEDIUM}, "met: sme"),
        (Size.SME, {Size.SMALL}, "unknown: sme"),
        (Size.SME, {Size.LARGE}, "unmet: sme"),
        (None, {Size.SMALL}, "unknown: not on record"),
    ],
)
def test_size(own: Size | None, wanted: set[Size], expected: str) -> None:
    assert verdict(Seeker(size=own), for_sizes=tuple(wanted)) == expected


@pytest.mark.parametrize(
    ("own", "wanted", "expected"),
    [
        (COUNTY, "p:2", "met: Zhuji"),  # lies in the province
        (PROVINCE, "p:3", "unknown: Zhejiang"),  # where in it is not known
        (ELSEWHERE, "p:2", "unmet: Jiangsu"),
        (-1, "p:2", "unknown: not on record"),
    ],
)
def test_place(own: int, wanted: str, expected: str) -> None:
    assert verdict(Seeker(place=own), for_places=(wanted,)) == expected


def test_industry_is_met_by_what_lies_below_it() -> None:
    assert verdict(Seeker(industry=VALVES), for_industries=("i:1",)) == "met: Valves"
    assert verdict(Seeker(industry=VALVES), for_industries=("i:2",)) == "unmet: Valves"
    assert verdict(Seeker(industry=MAKING), for_industries=("i:2",)) == "unknown: Making"


@pytest.mark.parametrize(
    ("founded", "terms", "expected"),
    [
        ("2018-01-01", {"min_years": 2}, "met"),  # two years old on this very day
        ("2018-01-02", {"min_years": 2}, "unmet"),
        ("2018", {"min_years": 2}, "unknown"),  # in its first days or its last
        ("2015-01-01", {"max_years": 5}, "met"),
        ("2014-12-31", {"max_years": 5}, "unmet"),
        ("2016-02-29", {"min_years": 1, "max_years": 4}, "met"),
        ("", {"min_years": 2}, "unknown"),
    ],
)
def test_years_since_founded(founded: str, terms: dict[str, int], expected: str) -> None:
    """The snapshot is of 2020-01-01."""
    assert verdict(Seeker(founded=founded), **terms).startswith(expected)


def test_a_certificate_counts_until_it_ends() -> None:
    firm = Seeker(row=0)
    held = Certificate("c:1", "t:firm", "高新技术企业", until=TODAY)
    terms = {"for_certificates": ("高新技术企业",)}
    value = verdict(firm, rows={"certificates": (held,)}, **terms)
    assert value.startswith("met: 高新技术企业 until 2020-01")
    ended = replace(held, until=TODAY - DAY)
    assert verdict(firm, rows={"certificates": (ended,)}, **terms).startswith("unmet")
    assert verdict(firm, **terms) == "unknown: not on record"


def test_a_tier_or_a_certificate_is_enough() -> None:
    terms = {"for_tiers": (Tier.LITTLE_GIANT,), "for_certificates": ("高新技术企业",)}
    held = Certificate("c:1", "t:firm", "高新技术企业")
    assert verdict(
        Seeker(row=0, tier=Tier.INNOVATIVE), rows={"certificates": (held,)}, **terms
    ).startswith("met")
    assert verdict(Seeker(row=0, tier=Tier.INNOVATIVE), **terms) == "unknown: innovative"


def test_what_is_closed_or_withdrawn_is_not_shown() -> None:
    snapshot = graph(
        programme("closed", deadline=TODAY - DAY),
        programme("lastday", deadline=TODAY),
        programme("withdrawn", active=False),
        programme("soon", opens=TODAY + DAY),
    )
    assert {each.id for each in fits(snapshot, Seeker())} == {"o:lastday", "o:soon"}
    assert changes_by(snapshot, TODAY + DAY)  # one closes, one opens
    assert not changes_by(snapshot, TODAY)


def test_more_conditions_met_come_first_and_one_not_met_last() -> None:
    small = Seeker(size=Size.SMALL, tier=Tier.SPECIALISED)
    snapshot = graph(
        programme("unmet", for_sizes=(Size.LARGE,), for_tiers=(Tier.SPECIALISED,)),
        programme("unknown", for_places=("p:3",)),
        programme("one", for_sizes=(Size.SMALL,)),
        programme("two", for_sizes=(Size.SMALL,), for_tiers=(Tier.SPECIALISED,)),
    )
    assert [each.id for each in fits(snapshot, small)] == [
        "o:two", "o:one", "o:unknown", "o:unmet",
    ]  # fmt: skip


def asked(text: str, **known: Any) -> Seeker:
    question = SeekerText(text, StatementKind.NEED, "en", GoalName.SUPPORT, is_question=True)
    return Seeker(texts=(question,), **known)


def test_words_come_before_conditions() -> None:
    snapshot = graph(
        programme("robots", text="Industrial robots\nReplacing workers by industrial robots"),
        programme("fairs", text="Trade fairs\nStands abroad", for_sizes=(Size.SMALL,)),
    )
    first, second = fits(snapshot, asked("industrial robots", size=Size.SMALL))
    assert (first.id, first.answers) == ("o:robots", True)
    assert (second.id, second.answers) == ("o:fairs", False)
    general = fits(snapshot, asked("what support is there for us", size=Size.SMALL))
    assert [each.id for each in general] == ["o:fairs", "o:robots"]
    assert [each.answers for each in general] == [None, None]


@pytest.mark.parametrize(
    ("text", "general"),
    [
        ("我们能申请哪些政策", True),
        ("有什么补贴可以申请？", True),
        ("what support is there for us?", True),
        ("Which grants can our company apply for", True),
        ("数字化改造补贴", False),
        ("grants for trade fairs", False),
    ],
)
def test_questions_that_name_nothing(text: str, general: bool) -> None:
    assert asks_in_general(text) is general


def test_terms_are_checked() -> None:
    with pytest.raises(InvalidInput, match="max_years"):
        programme("a", min_years=3, max_years=2)
    with pytest.raises(InvalidInput, match="deadline"):
        programme("a", opens=TODAY, deadline=TODAY - DAY)
    with pytest.raises(InvalidInput, match="url"):
        programme("a", url="javascript:alert(1)")


def test_a_programme_is_no_offer_to_a_buyer() -> None:
    snapshot = graph(programme("valves", text="Valves: money for makers of valves"))
    found = recommend(snapshot, asked("valves"), Request[int](GoalName.SHARED_RESOURCE))
    assert not found.matches
    assert not found.programmes


def test_a_grant_that_costs_nothing_is_no_equipment_that_somebody_shares() -> None:
    """Seen: "climate chamber for drones" found the office that pays for type certificates."""
    snapshot = graph(
        programme("grant", text="Drone grant: half of the tests", terms=Terms.FREE),
        Offer("o:hall", "t:firm", OfferKind.PRODUCT, "Drone test hall", "en", terms=Terms.FREE),
    )
    speaks = usable_entries(snapshot, GOALS[GoalName.SHARED_RESOURCE].answering)
    entries = snapshot.organization_statements
    ids = snapshot.statements.table.column("id").to_pylist()
    said = [ids[row] for row in entries.indices[speaks].tolist()]
    assert said == ["o:hall"]
