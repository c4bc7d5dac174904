"""Tiers, dates and origins of fields, and how precise dates are, as both stores keep them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from matchmaker.domain import DatePrecision, GraphRows, Provenance, SourceTier, date_text
from matchmaker.store.ports import GraphStore
from matchmaker.store.sqlite import SqliteStore
from tests.contract.graphs import DAY, everything, firm


def test_tiers_origins_and_precision_come_back_as_written(store: GraphStore) -> None:
    rows = everything()
    store.upsert(rows)
    assert store.organization("t:1").origins == rows.organizations[0].origins
    assert store.organization("t:1").provenance.tier is SourceTier.REGISTER
    assert store.organization("t:2").provenance == Provenance("api")
    assert store.export().rows.memberships[0].date_precision is DatePrecision.YEAR


def test_the_strongest_tier_ranks_first() -> None:
    assert sorted(SourceTier, key=lambda tier: -tier.rank) == [
        "derived", "import", "register", "confirmed", "self",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("precision", "text"),
    [("year", "2012"), ("quarter", "2012-Q4"), ("month", "2012-10"), ("day", "2012-10-01")],
)
def test_a_date_is_written_as_precisely_as_it_is_known(precision: str, text: str) -> None:
    assert date_text(DAY(2012, 10, 1), DatePrecision(precision)) == text


def test_what_was_added_over_the_api_before_there_were_tiers_was_confirmed(tmp_path: Path) -> None:
    """As files were up to schema 4."""
    file = tmp_path / "graph.db"
    store = SqliteStore(file)
    store.prepare()
    imported = firm(2, provenance=Provenance("list.csv", "line 2"))
    store.upsert(GraphRows(organizations=(firm(1), imported)))
    store.close()
    with closing(sqlite3.connect(file)) as earlier:
        for column in ("provenance_tier", "provenance_date", "origins", "date_precision"):
            earlier.execute(f"ALTER TABLE organizations DROP COLUMN {column}")
        earlier.execute("PRAGMA user_version = 4")
        earlier.commit()
    store.prepare()
    assert store.organization("t:1").provenance == Provenance("api", tier=SourceTier.CONFIRMED)
    assert store.organization("t:2") == firm(2, provenance=imported.provenance, version=1)
    store.close()
