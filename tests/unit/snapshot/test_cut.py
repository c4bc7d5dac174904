"""A cut knows nothing later: it answers as a snapshot of only what was there."""

from __future__ import annotations

import datetime
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from matchmaker.domain import GraphRows, Layer
from matchmaker.snapshot.build import build, statements
from matchmaker.snapshot.cut import cut
from matchmaker.snapshot.lexical import lexical_scores
from matchmaker.snapshot.model import Incidence, Snapshot, to_days
from matchmaker.store.ports import Export
from tests.unit.snapshot.graphs import AS_OF, WORDS, random_rows, random_vectors, snapshot_of

DAY = datetime.date(2020, 6, 15)


def known(rows: GraphRows, day: datetime.date) -> GraphRows:
    """Only rows that are dated up to a day, or not at all."""

    def kept(table: tuple, name: str) -> tuple:  # type: ignore[type-arg]
        return tuple(row for row in table if (date := getattr(row, name)) is None or date <= day)

    return replace(
        rows,
        descriptions=kept(rows.descriptions, "date"),
        offers=kept(rows.offers, "date"),
        needs=kept(rows.needs, "date"),
        engagements=kept(rows.engagements, "date"),
        ties=kept(rows.ties, "since"),
        memberships=kept(rows.memberships, "since"),
    )


def entries(incidence: Incidence, rows: list[str], columns: list[str]) -> set[tuple[str, str, int]]:
    return {
        (rows[row], columns[column], int(code))
        for row, (start, end) in enumerate(pairwise(incidence.indptr))
        for column, code in zip(
            incidence.indices[start:end], incidence.code[start:end], strict=True
        )
    }


def ids(snapshot: Snapshot) -> tuple[list[str], list[str], list[str]]:
    return tuple(
        table.column("id").to_pylist()
        for table in (
            snapshot.organizations.table, snapshot.statements.table, snapshot.engagements.table
        )
    )  # type: ignore[return-value]  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
def test_a_cut_is_the_snapshot_of_what_was_known(seed: int) -> None:
    rows = random_rows(seed)
    before = cut(snapshot_of(rows), DAY)
    only = known(rows, DAY)
    fresh = build(Export(3, only), DAY, random_vectors(only))
    people, said, engaged = ids(before)
    assert before.organizations.stages.tolist() == fresh.organizations.stages.tolist()
    assert before.organizations.stages_read.tolist() == fresh.organizations.stages_read.tolist()
    fresh_people, fresh_said, fresh_engaged = ids(fresh)
    assert people == fresh_people
    assert entries(before.statement_organizations, said, people) == entries(
        fresh.statement_organizations, fresh_said, people
    )
    assert entries(before.organization_statements, people, said) == entries(
        fresh.organization_statements, people, fresh_said
    )
    assert entries(before.engagement_organizations, engaged, people) == entries(
        fresh.engagement_organizations, fresh_engaged, people
    )
    assert entries(before.organization_engagements, people, engaged) == entries(
        fresh.organization_engagements, people, fresh_engaged
    )
    assert len(before.memberships.cluster) == len(only.memberships)
    tie_ids, fresh_tie_ids = (each.ties.column("id").to_pylist() for each in (before, fresh))
    for layer in Layer:
        for side in ("out", "into"):
            mine, theirs = getattr(before.layers[layer], side), getattr(fresh.layers[layer], side)
            np.testing.assert_array_equal(mine.indptr, theirs.indptr)
            np.testing.assert_array_equal(mine.indices, theirs.indices)
            assert [tie_ids[t] for t in mine.tie] == [fresh_tie_ids[t] for t in theirs.tie]
    place = {identity: row for row, identity in enumerate(said)}
    there = [place[identity] for identity in fresh_said]
    for word in WORDS:
        expected = lexical_scores(fresh.lexical, word)
        np.testing.assert_allclose(lexical_scores(before.lexical, word)[there], expected, rtol=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_nothing_later_can_be_reached(seed: int) -> None:
    rows = random_rows(seed)
    whole = snapshot_of(rows)
    before = cut(whole, DAY)
    later = whole.statements.date > to_days(DAY)
    assert later.any()
    assert not np.any(before.vectors[later])
    assert set(before.statements.table.column("text").filter(list(later)).to_pylist()) == {""}
    for word in WORDS:
        assert not np.any(lexical_scores(before.lexical, word)[later])
    assert not later[before.organization_statements.indices].any()
    assert before.meta.as_of == DAY
    assert (before.engagements.date <= to_days(DAY)).all()


def test_a_cut_after_the_end_leaves_all() -> None:
    whole = snapshot_of(random_rows(1))
    same = cut(whole, AS_OF)
    np.testing.assert_array_equal(same.vectors, whole.vectors)
    np.testing.assert_array_equal(
        same.organization_engagements.indices, whole.organization_engagements.indices
    )
    assert len(statements(random_rows(1))) == len(same.statements.kind)
