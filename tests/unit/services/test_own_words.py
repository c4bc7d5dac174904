"""Texts asked by a known buyer and by nobody: counted on a graph small enough to read."""

from __future__ import annotations

import datetime

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import EngagementKind, GoalName, GraphRows, Role
from matchmaker.errors import InvalidInput
from matchmaker.recommend.evaluate import OURS
from matchmaker.recommend.own_words import Asking
from matchmaker.services.matching.evaluation import Asked
from tests.unit.recommend.small_graphs import organization, project

CUT, YEAR = datetime.date(2018, 1, 1), datetime.timedelta(days=365)
BEFORE, AFTER = datetime.date(2017, 6, 1), datetime.date(2018, 6, 1)


def contract(name: str, buyer: str, supplier: str, day: datetime.date, text: str):
    roles = {buyer: Role.BUYER, supplier: Role.SUPPLIER}
    kind = EngagementKind.CONTRACT
    return project(name, f"{buyer} {supplier}", day, kind, roles, text=text)


def quiet(step: object, done: int, total: int) -> None:
    del step, done, total


@pytest.fixture
def tables(wired):
    """Before the cut b bought valves of s and c pumps of t; after it b did so again, and n too.

    n was not heard of by then. Candidates are the firms b, c, s and t, in this order of rows.
    """
    wired.store.upsert(
        GraphRows(
            organizations=tuple(map(organization, "bcnst")),
            engagements=(
                contract("1", "b", "s", BEFORE, "Stainless steel ball valves DN50"),
                contract("2", "c", "t", BEFORE, "Centrifugal pumps for sewage"),
                contract("3", "b", "s", AFTER, "Ball valves of stainless steel"),
                contract("4", "n", "t", AFTER, "Sewage pumps, centrifugal"),
            ),
        )
    )
    wired.refresher.refresh(ADMIN)
    return wired.learning.evaluate(
        GoalName.SUPPLIER, CUT, YEAR, "history", quiet, asked=Asked.OWN_WORDS
    )


def figure(evaluation, asking: Asking, method: str, measure: str) -> float:
    return evaluation.tables[asking]["methods"][method][measure]["mean"]


def test_the_same_texts_are_asked_by_whom_is_known_and_by_nobody(tables):
    assert [(name, table["trials"]) for name, table in tables.tables.items()] == [
        (Asking.ORGANIZATION, 1),
        (Asking.NOBODY, 1),
        (Asking.PARTNERS_LEFT_OUT, 1),
        (Asking.STRANGER, 1),
    ]
    for asking in (Asking.ORGANIZATION, Asking.NOBODY, Asking.STRANGER):
        assert figure(tables, asking, OURS, "mrr") == 1  # who did just that stands first
        assert figure(tables, asking, "lexical", "mrr") == 1


def test_what_the_asker_changes_is_told_with_each_method(tables):
    """By "repeat" s is first of three for b, and third of four, by row, for nobody."""
    repeat = tables.asker["repeat"]["mrr"]
    assert (repeat["known"], repeat["nobody"]) == (1, pytest.approx(1 / 3))
    assert repeat["difference"] == pytest.approx(2 / 3)
    assert tables.asker[OURS]["mrr"]["difference"] == 0


def test_a_partner_left_out_is_a_need_that_is_not_met(tables):
    assert figure(tables, Asking.PARTNERS_LEFT_OUT, OURS, "hit@10") == 0
    assert figure(tables, Asking.PARTNERS_LEFT_OUT, "repeat", "hit@10") == 0


def test_a_time_without_texts_is_said(wired):
    wired.store.upsert(GraphRows(organizations=(organization("b"),)))
    wired.refresher.refresh(ADMIN)
    with pytest.raises(InvalidInput, match="nothing that"):
        wired.learning.evaluate(GoalName.SUPPLIER, CUT, YEAR, None, quiet, asked=Asked.OWN_WORDS)
