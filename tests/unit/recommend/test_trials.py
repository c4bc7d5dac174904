"""What happened after a day: counted on a graph small enough to read."""

from __future__ import annotations

import datetime

from matchmaker.domain import EngagementKind, GoalName, GraphRows, Kind, Layer, Role
from matchmaker.goals import GOALS
from matchmaker.recommend.trials import described, seeker_of, trials, trials_in_words
from matchmaker.snapshot.cut import cut
from matchmaker.snapshot.model import Snapshot, to_days
from tests.unit.recommend.small_graphs import organization, project, snapshot_of, tie

CUT = datetime.date(2018, 1, 1)
BEFORE, AFTER, LATER = (datetime.date(year, 6, 1) for year in (2017, 2018, 2019))
UNTIL = to_days(datetime.date(2018, 12, 31))


def labs(names: str) -> tuple:
    return tuple(organization(name, Kind.UNIVERSITY) for name in names.split())


def asked(snapshot: Snapshot, goal: GoalName, until: int = UNTIL) -> dict[str, tuple[set, set]]:
    """Answers and those of them known before, by seeker."""
    found = trials(snapshot, cut(snapshot, CUT), GOALS[goal], until)
    return {
        snapshot.id_of(one.seeker.row): (
            {snapshot.id_of(row) for row in one.answers},
            {snapshot.id_of(row) for row in one.known},
        )
        for one in found
    }


def research(**more) -> Snapshot:
    return snapshot_of(
        GraphRows(
            organizations=(organization("f"), organization("g"), *labs("u v w x")),
            engagements=(
                project("p1", "f u", BEFORE),
                project("p2", "g v", BEFORE),
                project("p3", "f u v", AFTER),
                project("p4", "f x", AFTER),  # x was not known by then
                project("p5", "g w", LATER),
            ),
        ),
        as_of=LATER,
        **more,
    )


def test_new_partners_and_repeats_are_told_apart_and_strangers_left_out() -> None:
    found = asked(research(), GoalName.RESEARCH_PARTNER)
    assert found == {"t:f": ({"t:u", "t:v"}, {"t:u"})}


def test_the_other_way_round_the_lab_asks() -> None:
    found = asked(research(), GoalName.INDUSTRY_PARTNER)
    assert found == {"t:u": ({"t:f"}, {"t:f"}), "t:v": ({"t:f"}, set()), "t:x": ({"t:f"}, set())}


def test_a_seeker_is_as_it_was() -> None:
    snapshot = research()
    past = cut(snapshot, CUT)
    row = snapshot.row_of("t:f")
    assert past.organization_engagements.row(row).size == 1
    assert seeker_of(past, row).kind is Kind.FIRM


def test_who_is_known_only_from_a_period_is_no_candidate() -> None:
    """Its kind may have been filled in by a later source: that it has one would tell."""
    rows = GraphRows(
        organizations=(organization("f"), *labs("u v")),
        engagements=(
            project("p1", "f u", BEFORE, date_estimated=True),
            project("p2", "f v", BEFORE),
            project("p3", "f u v", AFTER),
        ),
    )
    snapshot = snapshot_of(rows, as_of=LATER)
    known = described(cut(snapshot, CUT))
    assert [snapshot.id_of(row) for row in known.nonzero()[0]] == ["t:f", "t:v"]


def test_a_contract_is_asked_for_with_its_text_by_the_buyer() -> None:
    roles = {"b": Role.BUYER, "s": Role.SUPPLIER, "r": Role.SUPPLIER}
    more = {"kind": EngagementKind.CONTRACT, "roles": roles}
    rows = GraphRows(
        organizations=tuple(organization(name) for name in ["b", "s", "r"]),
        engagements=(
            project("c1", "b s", BEFORE, text="valves", **more),
            project("c2", "b r", BEFORE, text="pumps", **more),
            project("c3", "b s", AFTER, text="ball valves", **more),
        ),
    )
    snapshot = snapshot_of(rows, as_of=LATER)
    (one,) = trials(snapshot, cut(snapshot, CUT), GOALS[GoalName.SUPPLIER], UNTIL)
    assert one.text
    assert one.seeker.row == snapshot.row_of("t:b")
    assert [text.text for text in one.seeker.texts] == ["ball valves"]
    assert one.answers.tolist() == one.known.tolist() == [snapshot.row_of("t:s")]


def test_a_supply_tie_is_asked_for_by_whom_it_supplies() -> None:
    rows = GraphRows(
        organizations=tuple(organization(name) for name in ["a", "b", "c"]),
        ties=(
            tie("a", Layer.SUPPLIES, "c", BEFORE),
            tie("b", Layer.SUPPLIES, "a", BEFORE),
            tie("b", Layer.SUPPLIES, "c", AFTER),
        ),
    )
    snapshot = snapshot_of(rows, as_of=LATER)
    assert asked(snapshot, GoalName.SUPPLIER) == {"t:c": ({"t:b"}, set())}
    assert asked(snapshot, GoalName.CUSTOMER) == {"t:b": ({"t:c"}, set())}


def test_a_projects_text_is_asked_by_a_firm_in_it_and_answered_by_its_labs() -> None:
    """Of two firms the one that was known by then; without a firm nobody known asks."""
    rows = GraphRows(
        organizations=(organization("a"), organization("f"), *labs("u v")),
        engagements=(
            project("p1", "f u v", BEFORE, text="turbine blades"),
            project("p2", "a f u", AFTER, text="cast blades"),
            project("p3", "u v", AFTER, text="enzymes"),
            project("p4", "f v", AFTER),
        ),
    )
    snapshot = snapshot_of(rows, as_of=LATER)
    past, goal = cut(snapshot, CUT), GOALS[GoalName.RESEARCH_PARTNER]
    found = {
        trial.seeker.texts[0].text: (
            trial.seeker.row,
            {snapshot.id_of(row) for row in trial.answers},
            {snapshot.id_of(row) for row in trial.known},
        )
        for trial in trials_in_words(snapshot, past, goal, UNTIL)
    }
    assert found == {
        "cast blades": (snapshot.row_of("t:f"), {"t:u"}, {"t:u"}),
        "enzymes": (None, {"t:u", "t:v"}, set()),
    }
