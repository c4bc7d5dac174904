"""What is kept in a file of its own comes out of it as it went in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matchmaker.domain import EngagementKind, OtherStatement, SourceTier, key_of
from matchmaker.ingest import spool
from matchmaker.ingest.cells import SheetNumber
from matchmaker.ingest.report import Problem
from matchmaker.ingest.resolve import keys_of
from matchmaker.ingest.spool import Spool
from matchmaker.messages import message
from tests.contract.graphs import DAY, everything, project


@pytest.fixture(autouse=True)
def through_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "_WAITING", 1)


@pytest.mark.parametrize("name", [name for name, _ in everything().tables()])
def test_rows_of_a_table_come_out_as_they_went_in(name: str) -> None:
    """Their text tells the class of each value, too: a term, a day, a number."""
    rows = getattr(everything(), name)
    assert rows
    kept = Spool().mapping()
    for row in rows:
        kept[key_of(row)] = row
    assert list(map(repr, kept.values())) == list(map(repr, rows))
    assert [kept[key_of(row)] for row in rows] == list(rows)


def test_values_within_values_come_out_as_they_went_in() -> None:
    said = OtherStatement("t:9", "a list", "line 4", SourceTier.SELF, DAY(2024, 5, 6),
                          (("title", "Pumps"), ("amount", "4.5")))  # fmt: skip
    values = (
        replace(project("e", 1, 2), also_stated=(said, said)),
        *map(keys_of, everything().organizations),
        Problem("a.csv", 3, "", message("'%(kind)s' is none.", kind=EngagementKind.EVENT)),
        ("organization.csv", 77),
        ("a", EngagementKind.EVENT),
        5,
        "five",
        True,
    )
    kept = Spool().list()
    kept.extend(values)
    assert list(map(repr, kept)) == list(map(repr, values))


def test_a_text_that_is_more_than_one_stays_so() -> None:
    """A number of a sheet is read otherwise than the same in text."""
    kept = Spool().list()
    kept.append(project("e", 1, title=SheetNumber("4711.98")))
    assert type(kept[0].title) is SheetNumber
