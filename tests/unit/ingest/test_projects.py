"""Joint projects from any table, by a mapping file."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from matchmaker.domain import DatePrecision, EngagementKind, Role, SourceTier
from matchmaker.errors import InvalidInput
from matchmaker.ingest.mapping import read_mapped

MAPPING = """source = "my"
[projects]
lead = {name = "Lead"}
partners = [{name = "Partners"}, {name = "More partners"}]
id = "No."
title = "Title"
start = "Start"
until = "End"
amount = "Budget"
currency = "EUR"
programme = "Programme"
"""
TABLE = """Joint projects of our cluster,,,,,,,
No.,Title,Lead,Partners,More partners,Start,End,Budget
P1,LNG valves,Sample University,Alpha GmbH; Beta GmbH,Gamma GmbH,1/3/2024,28/2/2026,"1,200,000"
P2,Seals for hydrogen,Alpha GmbH,Alpha GmbH,,15/9/2024,,
P3,Springs,,Beta GmbH,,2025,,
P4,Nobody,N/A,-,,2025,,
"""


def read(folder: Path, table: str = TABLE, mapping: str = MAPPING):
    (folder / "projects.csv").write_text(table, "utf-8")
    (folder / "map.toml").write_text(mapping, "utf-8")
    return read_mapped(folder / "projects.csv", folder / "map.toml", "projects")


def mapping_without_programme() -> str:
    return MAPPING.replace('programme = "Programme"\n', "")


def test_a_line_is_a_project_of_its_lead_and_its_partners(tmp_path: Path) -> None:
    parsed = read(tmp_path, mapping=mapping_without_programme())
    names = {row.id: row.name for row in parsed.rows.organizations}
    first, second, third = parsed.rows.engagements
    assert first.kind is EngagementKind.RESEARCH_PROJECT
    assert [(names[part.organization], part.role) for part in first.participants] == [
        ("Sample University", Role.COORDINATOR),
        ("Alpha GmbH", Role.PARTNER),
        ("Beta GmbH", Role.PARTNER),
        ("Gamma GmbH", Role.PARTNER),
    ]
    assert (first.date, first.until) == (datetime.date(2024, 3, 1), datetime.date(2026, 2, 28))
    assert (first.amount, first.currency) == (1_200_000, "EUR")
    assert [part.role for part in second.participants] == [Role.COORDINATOR]
    assert third.date_precision is DatePrecision.YEAR


def test_who_leads_may_be_unknown_but_not_everybody(tmp_path: Path) -> None:
    parsed = read(tmp_path, mapping=mapping_without_programme())
    told = [(p.line, p.field, p.severity) for p in parsed.problems if p.severity != "note"]
    assert told == [(5, "Lead", "warning"), (6, "Lead", "error")]
    assert parsed.read == {"projects.csv": 4}


def test_a_project_on_several_lines_has_the_partners_of_all(tmp_path: Path) -> None:
    table = "No.,Title,Lead,Partners,More partners,Start,End,Budget\n" + "".join(
        f"P1,Valves,Sample University,{partner},,2024-01-01,,\n" for partner in ("A Ltd", "B Ltd")
    )
    (project,) = read(tmp_path, table, mapping_without_programme()).rows.engagements
    assert [part.role for part in project.participants] == [
        Role.COORDINATOR, Role.PARTNER, Role.PARTNER,
    ]  # fmt: skip


def test_a_column_that_the_file_lacks_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="Programme"):
        read(tmp_path)


def test_the_unit_in_a_title_scales_the_column_and_is_told(tmp_path: Path) -> None:
    table = TABLE.replace("Budget", "Budget (k€)").replace('"1,200,000"', "1200")
    mapping = MAPPING.replace('"Budget"', '"Budget (k€)"').replace('currency = "EUR"\n', "")
    parsed = read(tmp_path, table, mapping.replace('programme = "Programme"\n', ""))
    first = parsed.rows.engagements[0]
    assert (first.amount, first.currency) == (1_200_000, "EUR")
    notes = [p.field for p in parsed.problems if p.severity == "note"]
    assert "Budget (k€)" in notes


def test_a_lost_cell_is_said_to_be_lost_and_a_default_to_be_derived(tmp_path: Path) -> None:
    table = TABLE.replace("1/3/2024", "some day")
    parsed = read(tmp_path, table, mapping_without_programme())
    (lost,) = [p for p in parsed.problems if p.line == 3 and p.severity == "warning"]
    assert (lost.field, str(lost.outcome)) == ("Start", "The row is kept without this cell.")
    for row in parsed.rows.organizations:
        assert [(o.field, o.tier) for o in row.origins] == [("kind", SourceTier.DERIVED)]


def test_a_last_day_before_the_first_costs_the_cell(tmp_path: Path) -> None:
    table = TABLE.splitlines()
    text = "\n".join([*table[:2], "P1,Valves,Alpha GmbH,Beta GmbH,,2024,2023,", ""])
    parsed = read(tmp_path, text, mapping_without_programme())
    (row,) = parsed.rows.engagements
    assert (row.date, row.until) == (datetime.date(2024, 1, 1), None)
    lost = [(p.line, p.field) for p in parsed.problems if p.is_lost]
    assert lost == [(3, "End")]


def test_partners_need_no_legal_form(tmp_path: Path) -> None:
    table = TABLE.splitlines()
    text = "\n".join([*table[:2], "P1,Valves,Alpha,Beta; Gamma,Delta,2024,,", ""])
    names = {
        row.name for row in read(tmp_path, text, mapping_without_programme()).rows.organizations
    }
    assert names == {"Alpha", "Beta", "Gamma", "Delta"}
