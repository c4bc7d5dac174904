"""Texts asked by a known buyer and by nobody: counted on a graph small enough to read."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import EngagementKind, GoalName, GraphRows, Role
from matchmaker.errors import InvalidInput
from matchmaker.recommend.evaluate import OURS
from matchmaker.recommend.model import Request
from matchmaker.recommend.own_words import TextAsker
from matchmaker.services.matching.evaluation import AskedWith
from matchmaker.settings import Settings
from matchmaker.wiring import wire
from tests.samples import link_models
from tests.unit.recommend.small_graphs import organization, project

pytestmark = pytest.mark.slow  # the model reads the questions

CUT, YEAR = datetime.date(2018, 1, 1), datetime.timedelta(days=365)
BEFORE, AFTER = datetime.date(2017, 6, 1), datetime.date(2018, 6, 1)


def contract(name: str, buyer: str, supplier: str, day: datetime.date, text: str):
    roles = {buyer: Role.BUYER, supplier: Role.SUPPLIER}
    kind = EngagementKind.CONTRACT
    return project(name, f"{buyer} {supplier}", day, kind, roles, text=text)


def quiet(step: object, done: int, total: int) -> None:
    del step, done, total


@pytest.fixture(scope="module")
def tables(tmp_path_factory, model_folder):
    """Before the cut b bought valves of s and c pumps of t; after it b did so again, and n too.

    n was not heard of by then. Candidates are the firms b, c, s and t, in this order of rows.
    """
    folder = tmp_path_factory.mktemp("own-words")
    link_models(folder)
    wired = wire(Settings(data_dir=folder, store="", _env_file=None))
    wired.store.prepare()
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
    yield wired.learning.evaluate(
        GoalName.SUPPLIER, CUT, YEAR, "history", quiet, asked=AskedWith.OWN_WORDS
    )
    wired.store.close()


def figure(evaluation, asking: TextAsker, method: str, measure: str) -> float:
    return evaluation.tables[asking]["methods"][method][measure]["mean"]


def test_the_same_texts_are_asked_by_whom_is_known_and_by_nobody(tables):
    assert [(name, table["trials"]) for name, table in tables.tables.items()] == [
        (TextAsker.ORGANIZATION, 1),
        (TextAsker.NOBODY, 1),
        (TextAsker.PARTNERS_LEFT_OUT, 1),
        (TextAsker.STRANGER, 1),
    ]
    for asking in (TextAsker.ORGANIZATION, TextAsker.NOBODY, TextAsker.STRANGER):
        assert figure(tables, asking, OURS, "mrr") == 1  # who did just that stands first
        assert figure(tables, asking, "lexical", "mrr") == 1


def test_what_the_asker_changes_is_told_with_each_method(tables):
    """By "repeat" s is first of three for b, and third of four, by row, for nobody."""
    repeat = tables.asker["repeat"]["mrr"]
    assert (repeat["known"], repeat["nobody"]) == (1, pytest.approx(1 / 3))
    assert repeat["difference"] == pytest.approx(2 / 3)
    assert tables.asker[OURS]["mrr"]["difference"] == 0


def test_a_partner_left_out_is_a_need_that_is_not_met(tables):
    assert figure(tables, TextAsker.PARTNERS_LEFT_OUT, OURS, "hit@10") == 0
    assert figure(tables, TextAsker.PARTNERS_LEFT_OUT, "repeat", "hit@10") == 0


def test_a_time_without_texts_is_said(wired):
    wired.store.upsert(GraphRows(organizations=(organization("b"),)))
    wired.refresher.refresh(ADMIN)
    with pytest.raises(InvalidInput, match="nothing that"):
        wired.learning.evaluate(
            GoalName.SUPPLIER, CUT, YEAR, None, quiet, asked=AskedWith.OWN_WORDS
        )


TRADES = ("ball valves", "sewage pumps", "spectacle frames", "knitted socks", "steel castings")


@pytest.fixture
def taught(wired, monkeypatch):
    """240 contracts of four years: of each trade's three suppliers the first wins every second."""
    random = np.random.default_rng(7)
    suppliers = {trade: [f"s{n}{k}" for k in range(3)] for n, trade in enumerate(TRADES)}
    contracts = []
    for number in range(240):
        trade = TRADES[random.integers(len(TRADES))]
        first, *others = suppliers[trade]
        winner = first if random.random() < 0.5 else others[random.integers(2)]
        day = datetime.date(2014, 1, 1) + datetime.timedelta(days=int(random.integers(1460)))
        contracts.append(contract(str(number), f"b{number % 9}", winner, day, f"Supply of {trade}"))
    names = [f"b{n}" for n in range(9)] + [name for group in suppliers.values() for name in group]
    wired.store.upsert(
        GraphRows(organizations=tuple(map(organization, names)), engagements=tuple(contracts))
    )
    wired.refresher.refresh(ADMIN)
    monkeypatch.setattr("matchmaker.services.matching.training.MINIMUM_EVENTS", 200)
    return wired


def test_a_history_of_texts_teaches_to_read_and_chances_are_told(taught):
    """A tender goes to somebody once: its ten chances add up to about one, whatever the time."""
    figures = taught.learning.train(GoalName.SUPPLIER, quiet).figures
    rankers = taught.rankers
    model = rankers.load(rankers.path(GoalName.SUPPLIER), GoalName.SUPPLIER)
    answers = sum(cut["answers"] for cut in figures["cuts"])
    assert model.reads_words
    assert model.own_share == pytest.approx(answers / (answers + 150))

    found = taught.matching.for_text(ADMIN, "sewage pumps wanted", Request(GoalName.SUPPLIER))
    assert {candidate.id for candidate in found.recommendations[:3]} == {"t:s10", "t:s11", "t:s12"}
    assert found.recommendations[0].id == "t:s10"
    assert sum(candidate.chance for candidate in found.recommendations) == pytest.approx(1, rel=0.4)
    profile = taught.matching.for_organization(ADMIN, "t:b0", Request(GoalName.SUPPLIER))
    assert all(candidate.chance is None for candidate in profile.recommendations)
