"""Rows of an import that say what is stored already: most of one that is repeated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

from matchmaker.domain import Certificate, Organization, key_of
from matchmaker.store.merging import all_names

Row = TypeVar("Row")


@cache
def _compared(model: Any) -> tuple[str, ...]:
    return tuple(
        field.name for field in fields(model) if field.name not in ("provenance", "version")
    )


def is_said_again(before: Any, row: Any) -> bool:
    """Tell whether a row is as the stored one, of one source and tier.

    What record of it and on which day do not count, nor versions.
    """
    if not all(getattr(before, name) == getattr(row, name) for name in _compared(row.__class__)):
        return False
    if not hasattr(row, "provenance"):
        return True
    known, new = before.provenance, row.provenance
    return bool((known.source, known.tier) == (new.source, new.tier))


def parted(rows: Iterable[Row], stored: Mapping[Any, Row]) -> tuple[dict[Any, Row], set[Any]]:
    """The stored rows, by key, which `rows` do not say again; the keys of the others."""
    again = {
        key
        for row in rows
        if (before := stored.get(key := key_of(row))) is not None and is_said_again(before, row)
    }
    return {key: row for key, row in stored.items() if key not in again}, again


def stays(row: Any) -> bool:
    """Tell whether a stored row stays as it is where an import says it again (`merging`).

    Of rows of which that is not plain, False: they are merged, and then it shows. So are
    certificates, by whom they are confirmed, and organisations that a source contradicts.
    """
    if isinstance(row, Certificate):
        return False
    if not isinstance(row, Organization):
        return True
    source, names = row.provenance, [origin.field for origin in row.origins]
    return (
        names == sorted(set(names))
        and all(
            origin.conflict is None and (origin.source, origin.tier) != (source.source, source.tier)
            for origin in row.origins
        )
        and (not row.other_names or all_names(row, row) == row.other_names)
    )
