"""From rows to arrays, counted by hand and by plain loops."""

from __future__ import annotations

import datetime
from dataclasses import replace

import numpy as np
import pytest

from matchmaker.domain import (
    UNDIRECTED_LAYERS,
    Description,
    DuplicateCandidate,
    Engagement,
    EngagementKind,
    GoalName,
    GraphRows,
    Kind,
    Layer,
    Need,
    NeedState,
    Organization,
    Participant,
    Role,
    Tie,
)
from matchmaker.errors import NotFound
from matchmaker.snapshot.build import StatementVectors, build, statements
from matchmaker.snapshot.model import NO_DATE, ROLES, from_days, to_days
from matchmaker.store.ports import Export
from tests.unit.snapshot.graphs import AS_OF, random_rows, snapshot_of


def test_the_order_of_rows_does_not_matter() -> None:
    """Two stores give rows in any order; the snapshot is the same."""
    rows = random_rows(1)
    turned = GraphRows(**{name: tuple(reversed(table)) for name, table in rows.tables()})
    one, other = snapshot_of(rows), snapshot_of(turned)
    assert one.organizations.table.equals(other.organizations.table)
    assert one.statements.table.equals(other.statements.table)
    np.testing.assert_array_equal(one.vectors, other.vectors)
    for layer in Layer:
        np.testing.assert_array_equal(
            one.layers[layer].out.indices, other.layers[layer].out.indices
        )
        np.testing.assert_array_equal(one.layers[layer].out.tie, other.layers[layer].out.tie)


def test_a_tie_that_ended_on_an_unknown_day_holds_no_more() -> None:
    """It is known to have held on its first day; without one, not even that."""
    firms = tuple(Organization(f"t:{name}", name, Kind.FIRM) for name in "ab")
    began = datetime.date(2015, 1, 1)
    ties = (
        Tie("t:1", "t:a", "t:b", Layer.OWNS, since=began, ended=True),
        Tie("t:2", "t:a", "t:b", Layer.OWNS, ended=True),
        Tie("t:3", "t:a", "t:b", Layer.OWNS, since=began),
    )
    until = snapshot_of(GraphRows(organizations=firms, ties=ties)).layers[Layer.OWNS].out.until
    assert [from_days(int(day)) for day in until[:2]] == [began, AS_OF - datetime.timedelta(days=1)]
    assert until[2] == NO_DATE


def test_every_tie_stands_under_its_source_and_its_target() -> None:
    rows = random_rows(2)
    snapshot = snapshot_of(rows)
    ids = snapshot.ties.column("id").to_pylist()
    for layer, ties in snapshot.layers.items():
        for direction, wanted in ((ties.out, "source"), (ties.into, "target")):
            found = {
                (snapshot.id_of(row), snapshot.id_of(int(other)), ids[tie])
                for row in range(len(snapshot))
                for other, tie in zip(
                    direction.indices[direction.row(row)],
                    direction.tie[direction.row(row)],
                    strict=True,
                )
            }
            expected = set()
            for tie in rows.ties:
                if tie.layer is not layer:
                    continue
                ends = (tie.source, tie.target)
                here, there = ends if wanted == "source" else ends[::-1]
                expected.add((here, there, tie.id))
                if layer in UNDIRECTED_LAYERS:
                    expected.add((there, here, tie.id))
            assert found == expected


def test_participation_keeps_roles_both_ways() -> None:
    rows = random_rows(3)
    snapshot = snapshot_of(rows)
    ids = snapshot.engagements.table.column("id").to_pylist()
    for row in range(len(snapshot)):
        engaged = snapshot.organization_engagements
        found = {
            (ids[number], ROLES[code])
            for number, code in zip(engaged.row(row), engaged.codes(row), strict=True)
        }
        assert found == {
            (each.id, part.role)
            for each in rows.engagements
            for part in each.participants
            if part.organization == snapshot.id_of(row)
        }


def test_a_place_without_coordinates_has_those_of_the_place_it_lies_in() -> None:
    rows = random_rows(4)
    snapshot = snapshot_of(rows)
    for organization in rows.organizations:
        row = snapshot.row_of(organization.id)
        latitude = snapshot.organizations.latitude[row]
        expected = {"p:1": 28.0, "p:2": 30.0, "p:2a": 30.0, None: np.nan}[organization.place]
        assert latitude == pytest.approx(expected, nan_ok=True)


def test_a_closed_need_and_a_withdrawn_offer_are_not_active() -> None:
    rows = GraphRows(
        organizations=(Organization("t:1", "x", Kind.FIRM),),
        needs=(
            Need("n:1", "t:1", GoalName.SUPPLIER, "a"),
            Need("n:2", "t:1", GoalName.SUPPLIER, "b", state=NeedState.CLOSED),
        ),
    )
    assert snapshot_of(rows).statements.active.tolist() == [True, False]


@pytest.mark.parametrize(
    ("code", "vat", "verified"),
    [("91110000600037341L", "", True), ("911100006000373419", "", False), ("", "DE136695976", True),
     ("", "DE136695977", False), ("", "", False)],
)  # fmt: skip
def test_verified_means_a_right_check_digit(code: str, vat: str, verified: bool) -> None:
    rows = GraphRows(
        organizations=(Organization("t:1", "x", Kind.FIRM, credit_code=code, vat=vat),)
    )
    assert snapshot_of(rows).organizations.verified.tolist() == [verified]


def test_vectors_must_be_those_of_the_statements() -> None:
    rows = random_rows(5)
    wrong = StatementVectors("m", "1", np.zeros((3, 8), dtype=np.float32))
    with pytest.raises(ValueError, match="3 vectors"):
        build(Export(1, rows), AS_OF, wrong)


def test_an_engagement_without_a_text_is_no_statement() -> None:
    people = (Organization("t:1", "x", Kind.FIRM),)
    parts = (Participant("t:1", Role.OWNER),)
    rows = GraphRows(
        organizations=people,
        engagements=(
            Engagement("e:1", EngagementKind.PATENT, parts, title="阀门"),
            Engagement("e:2", EngagementKind.EVENT, parts),
        ),
        descriptions=(Description("d:1", "t:1", "  "),),
    )
    (statement,) = statements(rows)
    assert (statement.id, statement.language) == ("e:1", "zh")
    assert snapshot_of(rows).engagements.statement.tolist() == [0, -1]


def test_an_empty_graph_has_a_snapshot() -> None:
    snapshot = snapshot_of(GraphRows(), vectors=False)
    assert len(snapshot) == 0
    with pytest.raises(NotFound):
        snapshot.row_of("t:1")


def test_days_there_and_back() -> None:
    for day in (datetime.date(1969, 12, 31), datetime.date(2026, 11, 23), None):
        assert from_days(to_days(day)) == day
    assert to_days(None) == NO_DATE
    assert to_days(datetime.date(1970, 1, 2)) == 1


def test_ties_of_one_layer_do_not_show_in_another() -> None:
    people = tuple(Organization(f"t:{n}", "x", Kind.FIRM) for n in range(2))
    snapshot = snapshot_of(
        GraphRows(organizations=people, ties=(Tie("r:1", "t:0", "t:1", Layer.OWNS),))
    )
    assert {layer: len(ties.out.indices) for layer, ties in snapshot.layers.items()} == {
        layer: int(layer is Layer.OWNS) for layer in Layer
    }


def test_who_may_be_one_that_opted_out_is_not_met_until_somebody_decides() -> None:
    """An order list names a firm again, under an id of its own; who is only like it stays."""
    firms = tuple(
        Organization(id, "Muster Ltd", Kind.FIRM, listed=id != "members:1")
        for id in ("members:1", "orders:1", "orders:2", "orders:3")
    )
    pairs = (
        DuplicateCandidate("members:1", "orders:1", 0.93, "same name"),
        DuplicateCandidate("members:1", "orders:2", 0.2, "same name; different places"),
        DuplicateCandidate("members:1", "orders:3", 0.94, "like names; same place"),
    )
    rows = GraphRows(organizations=firms, duplicates=pairs)
    undecided, decided = snapshot_of(rows), snapshot_of(replace(rows, duplicates=()))
    assert undecided.organizations.open_to_meet.tolist() == [False, False, True, True]
    assert decided.organizations.open_to_meet.tolist() == [False, True, True, True]
