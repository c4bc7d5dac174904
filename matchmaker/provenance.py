"""Provenance of facts: source, date and tier of a row and, where they differ, of its fields."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable
from dataclasses import dataclass

from matchmaker.vocabulary import SourceTier


@dataclass(frozen=True, slots=True)
class Provenance:
    """The provenance of a fact: the source's name, the record in it, how strong it is and when.

    `date` is the day on which it was said or imported.
    """

    source: str
    record: str = ""
    tier: SourceTier = SourceTier.IMPORT
    date: datetime.date | None = None

    @property
    def precedence(self) -> tuple[int, int]:
        """Sorts what is stronger first, and of what is equally strong the newer."""
        return self.tier.rank, -(self.date or datetime.date.min).toordinal()


# No public view has them, nor what contradicts them.
PRIVATE_FIELDS = frozenset({"contact"})
SAID_HERE = Provenance("api")
# The source of needs and offers that postings write: only they change them.
POSTED = "posted"
# That of what came of introductions: the topic of such an undertaking is its outcome's kind.
INTRODUCED = "introduction"
# That of offers which lists of their organisation itself bring.
LISTED = "listed"


@dataclass(frozen=True, slots=True)
class ContradictedValue:
    """The value that another, weaker or older, source has for a field; `value` as it is written."""

    value: str
    source: str
    tier: SourceTier = SourceTier.IMPORT
    date: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class FieldOrigin:
    """The provenance of one field of an organisation, and what contradicts it.

    A field without one comes from where the row comes from.
    """

    field: str
    source: str
    tier: SourceTier = SourceTier.IMPORT
    date: datetime.date | None = None
    conflict: ContradictedValue | None = None


@dataclass(frozen=True, slots=True)
class OtherStatement:
    """The same relation or undertaking as another list states it.

    `id` is what it would have if nobody else had stated it. `said` are the fields that this
    statement fills, by name, as text: what stays where the other is taken back.
    """

    id: str
    source: str
    record: str = ""
    tier: SourceTier = SourceTier.IMPORT
    date: datetime.date | None = None
    said: tuple[tuple[str, str], ...] = ()

    @property
    def provenance(self) -> Provenance:
        """Its provenance."""
        return Provenance(self.source, self.record, self.tier, self.date)


def statements_to_json(statements: Iterable[OtherStatement]) -> str:
    """As stores keep them: "" for none."""
    rows = [
        [each.id, each.source, each.record, each.tier.value,
         each.date.isoformat() if each.date else "", dict(each.said)]
        for each in statements
    ]  # fmt: skip
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")) if rows else ""


def statements_from_json(text: str | None) -> tuple[OtherStatement, ...]:
    """The inverse of `statements_to_json`."""
    return tuple(
        OtherStatement(id, source, record, SourceTier(tier), _date(date), tuple(said.items()))
        for id, source, record, tier, date, said in (json.loads(text) if text else ())
    )


def origins_to_json(origins: Iterable[FieldOrigin]) -> str:
    """As stores keep them: "" for none."""
    rows = [
        [*_plain(origin.field, origin), *(_plain(origin.conflict.value, origin.conflict)
                                          if origin.conflict else ())]
        for origin in origins
    ]  # fmt: skip
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")) if rows else ""


def origins_from_json(text: str | None) -> tuple[FieldOrigin, ...]:
    """The inverse of `origins_to_json`."""
    return tuple(_origin(*row) for row in json.loads(text)) if text else ()


def _plain(first: str, origin: FieldOrigin | ContradictedValue) -> tuple[str, str, str, str]:
    return first, origin.source, origin.tier.value, origin.date.isoformat() if origin.date else ""


def _origin(field: str, source: str, tier: str, date: str, *conflict: str) -> FieldOrigin:
    contradicted = None
    if conflict:
        value, other, other_tier, other_date = conflict
        contradicted = ContradictedValue(value, other, SourceTier(other_tier), _date(other_date))
    return FieldOrigin(field, source, SourceTier(tier), _date(date), contradicted)


def _date(text: str) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None
