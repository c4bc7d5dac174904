"""What an import repeats is passed over, and only where merging it would change nothing."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from dataclasses import fields, replace
from enum import StrEnum
from typing import Any

import pytest

from matchmaker.domain import (
    ContradictedValue,
    FieldOrigin,
    GraphRows,
    Organization,
    Provenance,
    SourceTier,
    key_of,
)
from matchmaker.errors import InvalidInput
from matchmaker.store.merging import contradicts_stronger, merged_row
from matchmaker.store.ports import GraphStore
from matchmaker.store.said_again import is_said_again, stays
from matchmaker.store.schema import TABLES
from tests.contract.graphs import DAY, everything, firm


def repeated(row: Any) -> Any:
    """A row as its source says it again, in another line and on another day."""
    if not hasattr(row, "provenance"):
        return row
    return replace(row, provenance=replace(row.provenance, record="line 99", date=DAY(2026, 7, 8)))


def otherwise(row: Any) -> Iterator[Any]:
    """A row with another value in one field, for each field that has a plain one."""
    for name in (field.name for field in fields(row)):
        value = getattr(row, name)
        if name in (*TABLES_OF[type(row)].key, "version"):
            continue
        other: Any
        match value:
            case bool():
                other = not value
            case datetime.date():
                other = value + datetime.timedelta(days=1)
            case int() | float():
                other = value + 1
            case StrEnum():
                other = next(each for each in type(value) if each is not value)
            case str():
                other = f"{value}x"
            case tuple() if value:
                other = value[1:]
            case Provenance():
                other = replace(value, source="another")
            case _:
                continue
        try:
            yield replace(row, **{name: other})
        except InvalidInput:
            continue


TABLES_OF = {table.model: table for table in TABLES.values()}


@pytest.mark.parametrize("name", list(TABLES))
def test_rows_said_again_are_told_from_others_by_every_field(store: GraphStore, name: str) -> None:
    store.upsert(everything())
    rows = [replace(row, version=1) if isinstance(row, Organization) else row
            for row in getattr(everything(), name)]  # fmt: skip
    table = TABLES[name]

    def unlike(*rows: Any) -> tuple[dict[Any, Any], set[Any]]:
        return store._read(lambda tx: tx.stored_unlike(table, rows))

    assert unlike(*map(repeated, rows)) == ({}, set(map(key_of, rows)))
    others = [(row, other) for row in rows for other in otherwise(row)]
    assert others
    for row, other in others:
        assert unlike(other) == ({key_of(row): row}, set()), other


def test_a_repeated_import_changes_nothing(store: GraphStore) -> None:
    """Rows of every table, by themselves and with one that is new."""
    store.import_rows(everything())
    rows = {name: tuple(map(repeated, table)) for name, table in everything().tables()}
    again = store.import_rows(GraphRows(**rows))
    assert (again.counts.created, again.counts.changed, len(again.after)) == ({}, {}, 0)
    assert again.counts.unchanged == {name: len(table) for name, table in rows.items()}
    assert store.version() == 1
    rows["organizations"] = (firm(77), *rows["organizations"])
    assert store.import_rows(GraphRows(**rows)).counts.created == {"organizations": 1}


def test_what_is_passed_over_would_not_have_changed() -> None:
    """Of organisations with names, sources and contradictions of all kinds."""
    draw = random.Random(5)
    tiers, days = (SourceTier.SELF, SourceTier.IMPORT, SourceTier.DERIVED), (None, DAY(2025, 1, 2))
    passed = 0
    for _ in range(4_000):

        def origin(field: str) -> FieldOrigin:
            conflict = draw.choice((None, None, ContradictedValue("x", "list", draw.choice(tiers))))
            source, tier, day = (draw.choice(each) for each in (("list", "api"), tiers, days))
            return FieldOrigin(field, source, tier, day, conflict)

        names = tuple(draw.choices(("Sample", "SAMPLE", "甲阀", "SP"), k=draw.randint(0, 2)))
        origins = tuple(map(origin, draw.choices(("kind", "vat", "website"), k=draw.randint(0, 2))))
        source = Provenance("list", "line 1", draw.choice(tiers), draw.choice(days))
        before = firm(1, "Sample", other_names=names, origins=origins, provenance=source,
                      vat=draw.choice(("", "DE136695976")), listed=draw.random() < 0.5)  # fmt: skip
        row = replace(before, provenance=replace(source, record="line 9", date=draw.choice(days)))
        assert is_said_again(before, row)
        if not stays(row):
            continue
        passed += 1
        assert merged_row(TABLES["organizations"], before, row) == before
        assert not contradicts_stronger(before, row)
    assert 500 < passed < 3_500
    for name, table in everything().tables():
        for row in table:
            if stays(row):
                assert merged_row(TABLES[name], row, repeated(row)) == row
                assert not contradicts_stronger(row, repeated(row))
