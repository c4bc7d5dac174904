"""What a line of a list of organisations tells besides its cells."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from matchmaker.domain import (
    FieldOrigin,
    Kind,
    Observation,
    Organization,
    Provenance,
    Size,
    SourceTier,
    Tier,
)
from matchmaker.ingest.cells import UNNAMED
from matchmaker.ingest.codes import check
from matchmaker.ingest.names import name_key
from matchmaker.ingest.words import implied_by_kind, kind_of_name

HEADCOUNT = "headcount"
# Employees below which an industrial firm is of a size: 工信部联企业〔2011〕300号, table 1. Its
# second measure, turnover, is seldom in lists.
_SIZES = ((20, Size.MICRO), (300, Size.SMALL), (1000, Size.MEDIUM))


@dataclass(frozen=True, slots=True)
class Completed:
    """Values of an organisation, those `derived` among them, and how many work there."""

    values: Mapping[str, Any]
    derived: frozenset[str] = frozenset()
    headcount: int | None = None


def completed(values: Mapping[str, Any], cells: Mapping[str, str], source: str) -> Completed:
    """Values with what follows from others where its own cell is blank.

    The kind from the name, size and tier from the word for the kind, the size of a firm from
    its headcount, the id from the credit code or the name.
    """
    complete = dict(values)
    headcount = complete.pop(HEADCOUNT, None)
    derived = set()
    if "kind" not in complete:
        complete["kind"] = kind_of_name(complete["name"])
        derived.add("kind")
    match implied_by_kind(cells.get("kind", "")):
        case Size() as size:
            complete.setdefault("size", size)
        case Tier() as tier:
            complete.setdefault("tier", tier)
    if headcount is not None and "size" not in complete and complete["kind"] is Kind.FIRM:
        complete["size"] = size_of_headcount(headcount)
        derived.add("size")
    origins = tuple(FieldOrigin(name, source, SourceTier.DERIVED) for name in sorted(derived))
    if "id" not in complete:
        complete["id"] = _id(complete, source)
        derived.add("id")
    return Completed(complete | {"origins": origins}, frozenset(derived), headcount)


def size_of_headcount(headcount: int) -> Size:
    """The size class of an industrial firm with so many employees."""
    return next((size for limit, size in _SIZES if headcount < limit), Size.LARGE)


def _id(values: Mapping[str, Any], source: str) -> str:
    """An id from the credit code, else from the name, which is one firm within one source."""
    prefix = re.sub(r"[^a-z0-9]+", "-", source.lower()).strip("-")[:32] or UNNAMED
    code = values.get("credit_code", "")
    return f"{prefix}:{code if check('credit_code', code).valid else name_key(values['name'])}"


def headcount_of(
    organization: str, headcount: int, year: int, provenance: Provenance
) -> Observation:
    """The figure as an observation of its year."""
    id = f"{organization}#{HEADCOUNT}-{year}"
    return Observation(id, organization, HEADCOUNT, year, float(headcount), "", provenance)


def year_of_today() -> int:
    return datetime.datetime.now(datetime.UTC).year


def joined(before: Organization, again: Organization) -> Organization:
    """An organisation with its blanks filled from another line about it."""
    return replace(before, **dict(_filled(before, again)))


def _filled(before: Organization, again: Organization) -> Iterator[tuple[str, Any]]:
    for column in fields(Organization):
        value = getattr(again, column.name)
        if getattr(before, column.name) in (None, "", ()) and value not in (None, "", ()):
            yield column.name, value
