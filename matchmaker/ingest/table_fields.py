"""Fields of the rows that tables make: which there are, and which hold ids of other rows."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Any

from matchmaker.store.schema import TABLES as STORED

# Where a table holds ids of rows of another, beside what `store.schema` says.
_ORGANIZATION_FIELDS = {"participants": {"organization": "organizations",
                                         "engagement": "engagements"}}  # fmt: skip


@cache
def referred_table(table: str, column: str) -> str:
    """The table whose ids a column holds; "" for none."""
    if column == "id":
        return table
    extra = _ORGANIZATION_FIELDS.get(table, {})
    if column in extra:
        return extra[column]
    stored = STORED.get(table)
    references = stored.references if stored else ()
    return next((ref.tables[0] for ref in references if ref.field == column), "")


@cache
def fields_of(model: type) -> frozenset[str]:
    """Names of a class's fields."""
    return frozenset(column.name for column in fields(model))


def name_in_english(table: str, values: dict[str, Any]) -> None:
    """Let an organisation that only has an English name be called so."""
    if table == "organizations" and "name" not in values and "name_en" in values:
        values["name"] = values.pop("name_en")
