"""Which of two that may be one stands as the file's."""

from __future__ import annotations

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import DuplicateCandidate, GraphRows, Kind, Organization
from matchmaker.services.operations.import_decisions import ImportDecisions
from matchmaker.services.operations.import_report import ImportReport

FIRMS = {id: Organization(f"t:{id}", f"Firm {id}", Kind.FIRM) for id in "abc"}


@pytest.mark.parametrize(
    ("on_record", "in_file", "shown"),
    [
        ("ab", "a", "a"),  # seen: b, which the file never names
        ("ab", "b", "b"),
        ("a", "ab", "b"),
        ("b", "ab", "a"),
        ("", "ab", "a"),
    ],
)
def test_who_stands_as_the_file_s_is_named_in_it(wired, on_record, in_file, shown):
    wired.store.upsert(GraphRows(organizations=tuple(FIRMS[id] for id in on_record)))
    report = ImportReport(
        False,
        True,
        {},
        alike=(DuplicateCandidate("t:a", "t:b", 0.3, ""),),
        put=GraphRows(organizations=tuple(FIRMS[id] for id in in_file)),
    )
    (choice,) = ImportDecisions(wired.store, wired.repositories).choices(ADMIN, report)
    assert choice.name == f"Firm {shown}"
    assert {choice.name, choice.other_name} == {"Firm a", "Firm b"}
    assert choice.is_stored == (choice.other.removeprefix("t:") in on_record)
