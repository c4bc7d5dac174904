"""A stored row and what an import says of it, field by field: nothing is known less than before.

What an import leaves blank stays as it is. Of two values that of the stronger tier stays; of two
equal tiers the newer one. What a source contradicts is kept beside an organisation's field.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from enum import StrEnum
from functools import cache
from typing import Any

from matchmaker.domain import (
    MAX_OTHER_NAMES,
    Certificate,
    ClaimTier,
    ContradictedValue,
    DatePrecision,
    Engagement,
    FieldOrigin,
    Need,
    Offer,
    Organization,
    Participant,
    Provenance,
    SourceTier,
    date_text,
)
from matchmaker.provenance import POSTED
from matchmaker.store.schema import PARTICIPANTS, Table
from matchmaker.text import normal

# Fields that are not said of an organisation, or only together with another field.
_NO_FACTS = frozenset(
    {"id", "provenance", "origins", "version", "date_precision", "date_estimated"}
)
PRECISION = "date_precision"
OTHER_NAMES = "other_names"
# What the precision is of, in each class that has one.
_PRINCIPAL_DATES = ("founded", "since", "date")
NO_FIELDS: frozenset[str] = frozenset()
# Who stands for a certificate, and what of it they stand for.
CLAIM = ("claim", "confirmed_on", "taken_back_on")
_CONFIRMED = (
    "organization", "kind", "number", "issuer", "since", "until", "date_precision", "proof",
)  # fmt: skip


@cache
def facts(model: Any) -> tuple[str, ...]:
    """Fields of a class that say something of what the row is about."""
    return tuple(column.name for column in fields(model) if column.name not in _NO_FACTS)


@cache
def _defaults(model: Any) -> Mapping[str, Any]:
    return {column.name: column.default for column in fields(model)}


@cache
def principal_date(model: Any) -> str:
    """The field whose precision `date_precision` is; "" where the class has none."""
    names = {column.name for column in fields(model)}
    if PRECISION not in names:
        return ""
    return next(name for name in _PRINCIPAL_DATES if name in names)


def is_blank(row: Any, name: str) -> bool:
    """Tell whether a field says nothing: it is empty or as it is by default."""
    value = getattr(row, name)
    return value is None or value == "" or value == () or value == _defaults(row.__class__)[name]


def text_of(row: Any, name: str) -> str:
    """A field's value as people write it, "" for none."""
    value = getattr(row, name)
    if value is None:
        return ""
    if name == principal_date(row.__class__):
        return date_text(value, row.date_precision)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "; ".join(str(item) for item in value)
    if isinstance(value, float):
        return repr(value)
    return value.value if isinstance(value, StrEnum) else str(value)


def origin_of_field(row: Organization, name: str) -> FieldOrigin:
    """The source of one field of an organisation."""
    for origin in row.origins:
        if origin.field == name:
            return origin
    return _from(name, row.provenance)


def merged_row(
    table: Table[Any], before: Any, row: Any, written_defaults: Collection[str] = NO_FIELDS,
    *, only_blanks: bool = False,
) -> Any:  # fmt: skip
    """The row to store where `before` is stored and an import says `row`.

    `written_defaults` fields were written in the file although they are as they are by default.
    `only_blanks`: what is known stays, whatever the import says.
    """
    if isinstance(row, Organization):
        return merged_organization(before, row, only_blanks=only_blanks)
    if _is_posted_over(before, row):
        return before
    only_blanks |= (is_weaker := _is_weaker(row, before))
    changes: dict[str, Any] = {}
    is_certificate = isinstance(row, Certificate)
    for name in facts(row.__class__):
        if name in table.key or name == PARTICIPANTS or (name in CLAIM and is_certificate):
            continue
        if is_blank(row, name) and name not in written_defaults:
            continue
        if only_blanks and not is_blank(before, name):
            continue
        if _is_coarser(before, row, name) or _is_estimated(before, row, name):
            continue
        changes |= _change(before, row, name)
    if isinstance(row, Engagement):
        changes[PARTICIPANTS] = _merged_participants(before.participants, row.participants)
    if is_certificate:
        is_claim = "claim" in written_defaults or any(
            not is_blank(row, name) for name in CLAIM[::2]
        )
        if only_blanks and before.claim is not ClaimTier.STATED:
            is_claim = False
        changes |= _claim(before, replace(before, **changes), row if is_claim else None)
    if all(getattr(before, name) == value for name, value in changes.items()):
        return before
    if hasattr(row, "provenance") and not is_weaker:
        changes["provenance"] = row.provenance
    return replace(before, **changes)


def contradicts_stronger(before: Any, row: Any) -> bool:
    """Tell whether a stored row of a stronger source says otherwise, so that this one is not taken.

    Of organisations their fields tell it: what contradicts is kept beside each.
    """
    if isinstance(row, Organization):
        return False
    is_posted = _is_posted_over(before, row)
    if not is_posted and not _is_weaker(row, before):
        return False
    return any(
        name != PARTICIPANTS
        and not is_blank(row, name)
        and (is_posted or not is_blank(before, name))
        for name in changed_fields(before, row)
    )


def is_same_certificate(row: Certificate, other: Certificate) -> bool:
    """Tell whether two say the same of what is held: who confirmed one confirmed both."""
    return all(getattr(row, name) == getattr(other, name) for name in _CONFIRMED)


def _claim(before: Certificate, after: Certificate, row: Certificate | None) -> dict[str, Any]:
    """Fields of who stands for a certificate that an import changed, for what they confirmed.

    `row` is what the import says, None where it says nothing of that. What a coordinator took
    back no import restores, whatever it says; one that says so itself takes back what was
    confirmed before.
    """
    taken_back = before.taken_back_on
    if row is not None and row.taken_back_on is not None:
        if before.confirmed_on is None or before.confirmed_on < row.taken_back_on:
            taken_back = max(row.taken_back_on, taken_back or row.taken_back_on)
        row = None  # else it was confirmed anew since
    if taken_back is not None:
        return {"claim": ClaimTier.STATED, "confirmed_on": None, "taken_back_on": taken_back}
    is_as_before = is_same_certificate(before, after)
    if row is not None:
        # One that names no file that shows it says nothing against the one on record.
        said = row if row.proof else replace(row, proof=after.proof)
        if is_same_certificate(said, after):
            is_known = is_as_before and row.claim is before.claim
            day = row.confirmed_on or (before.confirmed_on if is_known else None)
            return {"claim": row.claim, "confirmed_on": day}
    if is_as_before:
        return {}
    return {"claim": ClaimTier.STATED, "confirmed_on": None}


def _is_weaker(row: Any, before: Any) -> bool:
    """Tell whether a row's source is weaker than the stored one's, of classes with sources."""
    if not hasattr(row, "provenance"):
        return False
    known: Provenance = before.provenance
    new: Provenance = row.provenance
    return known.tier.rank < new.tier.rank


def _is_posted_over(before: Any, row: Any) -> bool:
    """Tell whether the stored row is a posting's and the other one not: only postings change it.

    Else the two would differ, and each overwrite the other.
    """
    if not isinstance(row, (Need, Offer)):
        return False
    source: str = before.provenance.source
    other: str = row.provenance.source
    return source == POSTED and other != POSTED


def merged_organization(
    before: Organization, row: Organization, *, only_blanks: bool = False
) -> Organization:
    """An organisation with what another source says of it; `before` where that is nothing new."""
    changes: dict[str, Any] = {}
    origins = {origin.field: origin for origin in before.origins}
    incoming = {origin.field: origin for origin in row.origins}
    for name in facts(Organization):
        if is_blank(row, name) and name not in incoming:
            continue
        new = replace(incoming.get(name) or _from(name, row.provenance), conflict=None)
        is_unknown = is_blank(before, name) and name not in origins
        old = origins.get(name) or _from(name, before.provenance)
        if name == OTHER_NAMES and (is_unknown or new.tier.rank <= old.tier.rank):
            names = all_names(before, row)
            if names != before.other_names:
                changes[name], origins[name] = names, new
        elif is_unknown:
            changes |= _change(before, row, name)
            origins[name] = new
        elif text_of(row, name) == text_of(before, name):
            if new.tier.rank < old.tier.rank:
                origins[name] = replace(new, conflict=old.conflict)
            if old.conflict is not None and old.conflict.source == new.source:
                origins[name] = replace(origins.get(name, old), conflict=None)
        elif only_blanks or _is_coarser(before, row, name):
            continue
        elif _wins(new, old):
            changes |= _change(before, row, name)
            conflict = None if old.source == new.source else _contradicted(before, name, old)
            origins[name] = replace(new, conflict=conflict)
        elif new.tier is not SourceTier.DERIVED and not _is_told(old, row, name, new):
            origins[name] = replace(old, conflict=_contradicted(row, name, new))
    kept = _told_apart(origins.values(), before.provenance)
    if not changes and kept == before.origins:
        return before
    return replace(before, **changes, origins=kept)


def all_names(before: Organization, row: Organization) -> tuple[str, ...]:
    """The other names of both: that a source has one more does not contradict the others."""
    own = set(map(normal, (before.name, before.name_en)))
    by_spelling = {normal(name): name for name in (*row.other_names, *before.other_names)}
    ordered = (*before.other_names, *row.other_names)
    spellings = (by_spelling[normal(name)] for name in ordered if normal(name) not in own)
    return tuple(dict.fromkeys(spellings))[:MAX_OTHER_NAMES]


def as_said_of(row: Organization, id: str) -> Organization:
    """The row of a duplicate, as said of the one that it is: its name is an other name of that."""
    names = tuple(dict.fromkeys((row.name, *row.other_names)))
    return replace(row, id=id, other_names=names[:MAX_OTHER_NAMES])


def edited_organization(
    before: Organization,
    changes: Mapping[str, Any],
    source: Provenance,
    confirmed: Collection[str] = NO_FIELDS,
) -> Organization:
    """An organisation as a person changed it: the changed fields come from that person.

    A field that was emptied stays so, whatever weaker sources say. Who opts out has done so
    itself, also where a list had said it before. What is sent of the `confirmed` fields, as it
    stands already, comes from that person too where a weaker source had said it.
    """
    after = replace(before, **changes)
    origins = {origin.field: origin for origin in before.origins}
    for name in facts(Organization):
        is_opt_out = name == "listed" and name in changes and not after.listed
        if is_opt_out or text_of(after, name) != text_of(before, name):
            origins[name] = _from(name, source)
        elif name in confirmed and name in changes and not is_blank(after, name):
            old = origins.get(name) or _from(name, before.provenance)
            if source.tier.rank < old.tier.rank:
                origins[name] = replace(_from(name, source), conflict=old.conflict)
    return replace(after, origins=_told_apart(origins.values(), before.provenance))


def changed_fields(before: Any, after: Any) -> Iterator[str]:
    """Facts in which two rows of one class differ."""
    for name in facts(after.__class__):
        if text_of(before, name) != text_of(after, name):
            yield name


def same_facts(row: Any, other: Any) -> bool:
    """Tell whether two rows of one class say the same, wherever they come from."""
    return next(changed_fields(row, other), None) is None


def with_facts_of(row: Any, other: Any, names: Iterable[str]) -> Any:
    """A row with some fields of another."""
    changes: dict[str, Any] = {}
    for name in names:
        changes |= _change(row, other, name)
    return replace(row, **changes)


def _from(name: str, source: Provenance) -> FieldOrigin:
    return FieldOrigin(name, source.source, source.tier, source.date)


def _change(before: Any, row: Any, name: str) -> dict[str, Any]:
    """The value of a field; of a date with how well it is known."""
    change = {name: getattr(row, name)}
    if name == principal_date(before.__class__):
        change[PRECISION] = row.date_precision
        if hasattr(row, "date_estimated"):
            change["date_estimated"] = row.date_estimated
    return change


def _is_estimated(before: Any, row: Any, name: str) -> bool:
    """Tell whether a date is the middle of a period where the very day is known."""
    if name != principal_date(before.__class__) or not getattr(row, "date_estimated", False):
        return False
    return getattr(before, name) is not None and not before.date_estimated


def _is_coarser(before: Any, row: Any, name: str) -> bool:
    """Tell whether a date says less than the stored one and fits it: 2012 and 2012-10."""
    if name != principal_date(before.__class__):
        return False
    known: datetime.date | None = getattr(before, name)
    new: datetime.date | None = getattr(row, name)
    order = list(DatePrecision)
    if known is None or new is None:
        return False
    if order.index(row.date_precision) >= order.index(before.date_precision):
        return False
    return date_text(known, row.date_precision) == date_text(new, row.date_precision)


def _wins(new: FieldOrigin, old: FieldOrigin) -> bool:
    if new.tier is not old.tier:
        return new.tier.rank < old.tier.rank
    earliest = datetime.date.min
    return (new.date or earliest) >= (old.date or earliest)


def _contradicted(row: Organization, name: str, origin: FieldOrigin) -> ContradictedValue:
    return ContradictedValue(text_of(row, name), origin.source, origin.tier, origin.date)


def _is_told(old: FieldOrigin, row: Organization, name: str, new: FieldOrigin) -> bool:
    """Tell whether the same contradiction is on record, or one of a stronger source."""
    if old.conflict is None:
        return False
    if old.conflict.tier.rank < new.tier.rank:
        return True
    return (old.conflict.value, old.conflict.source) == (text_of(row, name), new.source)


# As by default where nobody says it, and where somebody does.
_SAID_OR_NOT = frozenset({"listed", "status"})


def _told_apart(
    origins: Collection[FieldOrigin], provenance: Provenance
) -> tuple[FieldOrigin, ...]:
    """Those that differ from where the row comes from, or are contradicted, in order.

    Of what is as by default they tell that somebody said it: they stay.
    """
    return tuple(
        sorted(
            (
                origin
                for origin in origins
                if origin != _from(origin.field, provenance) or origin.field in _SAID_OR_NOT
            ),
            key=lambda origin: origin.field,
        )
    )


def _merged_participants(
    before: tuple[Participant, ...], row: tuple[Participant, ...]
) -> tuple[Participant, ...]:
    """All of both; of one in the same role the newer amount, where there is one."""
    parts = {(part.organization, part.role): part for part in before}
    if len(parts) < len(before) or len({(p.organization, p.role) for p in row}) < len(row):
        return before if set(row) <= set(before) else row  # one takes part several times
    for part in row:
        known = parts.get((part.organization, part.role))
        amount = known.amount if known and part.amount is None else part.amount
        parts[part.organization, part.role] = replace(
            part, amount=amount, ended=part.ended or (known is not None and known.ended)
        )
    return tuple(parts.values())
