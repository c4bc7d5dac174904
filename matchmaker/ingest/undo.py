"""Taking an import back, field by field: what others changed since stays, and is told."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from matchmaker.domain import (
    Certificate,
    ClaimTier,
    Engagement,
    FieldOrigin,
    GraphRows,
    Organization,
    Tie,
    key_of,
)
from matchmaker.ingest.stated_rows import (
    ALSO_STATED,
    STATED,
    added_statements,
    differs_by_statements,
    stated_by,
    with_statement,
)
from matchmaker.store.merging import (
    CLAIM,
    changed_fields,
    facts,
    is_same_certificate,
    origin_of_field,
    same_facts,
    text_of,
    with_facts_of,
)
from matchmaker.store.schema import TABLES, Table

_STATED_ROWS = (Tie, Engagement)


class WhyKept(StrEnum):
    """Reasons why something of an import stays when it is taken back."""

    CHANGED_SINCE = "changed_since"
    CONFIRMED_SINCE = "confirmed_since"
    GONE = "gone"
    IN_USE = "in_use"


@dataclass(frozen=True, slots=True)
class KeptField:
    """A field of an import that stays, and why; `field` "" is the whole row."""

    table: str
    key: str
    field: str
    why: WhyKept = WhyKept.CHANGED_SINCE


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The result of taking an import back: fields as before, rows that went, what stays."""

    fields: int
    rows: int
    kept: tuple[KeptField, ...]

    @property
    def is_nothing(self) -> bool:
        """Tell whether nothing is otherwise than it was."""
        return not self.fields and not self.rows


@dataclass(frozen=True, slots=True)
class Reversal:
    """`put` and `drop` undo an import, but for what is `kept`; how much goes back, and goes."""

    put: GraphRows
    drop: GraphRows
    kept: tuple[KeptField, ...]
    fields: int = 0
    rows: int = 0

    @property
    def taken(self) -> TakenBack:
        """The result that doing it will have."""
        return TakenBack(self.fields, self.rows, self.kept)


@dataclass(frozen=True, slots=True)
class RowReversal:
    """The same of one row; `put` and `drop` are rows of its table, `fields` of it go back."""

    put: tuple[Any, ...] = ()
    drop: tuple[Any, ...] = ()
    kept: tuple[KeptField, ...] = ()
    fields: int = 0


def reversal(written: GraphRows, before: GraphRows, now: GraphRows) -> Reversal:
    """Of the rows `written`, given what was stored under their keys `before` and is `now`.

    A field that the import changed, and that is as the import left it, goes back. A row that
    the import brought goes, unless somebody changed any of it; what others state as well stays
    as they do. `now` has what is stored under the keys of `statements_alone` too.
    """
    put: dict[str, tuple[Any, ...]] = {}
    drop: dict[str, tuple[Any, ...]] = {}
    kept: list[KeptField] = []
    fields = rows_gone = 0
    earlier, current = dict(before.tables()), dict(now.tables())
    for name, rows in written.tables():
        was, is_now = rows_by_key(earlier[name]), rows_by_key(current[name])
        back = [reversed_row(name, row, was.get(key_of(row)), is_now) for row in rows]
        put[name] = tuple(row for each in back for row in each.put)
        drop[name] = tuple(row for each in back for row in each.drop)
        kept.extend(field for each in back for field in each.kept)
        fields += sum(each.fields for each in back)
        rows_gone += sum(bool(each.drop) and not each.put for each in back)
    return Reversal(GraphRows(**put), GraphRows(**drop), tuple(kept), fields, rows_gone)


def reversed_row(name: str, row: Any, was: Any | None, now: Mapping[Any, Any]) -> RowReversal:
    """A written row as it goes back, given what was there and the rows of `now`."""
    key = key_of(row)
    words = key_words(key)
    if key not in now:
        stands_for = _stands_for(row, now) if name in STATED else None
        if stands_for is not None:
            return _word_withdrawn(name, row, was, stands_for)
        # What was brought and is gone is as before; an organisation may be joined to another.
        is_as_before = was is None and name != "organizations"
        gone = KeptField(name, words, "", WhyKept.GONE)
        return RowReversal(kept=() if is_as_before else (gone,))
    is_now = now[key]
    if was is not None:
        back, stays = restored_row(row, was, is_now)
        return row_restored(name, row, is_now, back, stays)
    if same_facts(row, is_now):
        if name not in STATED and is_confirmed_since(row, is_now):
            confirmed = KeptField(name, words, "", WhyKept.CONFIRMED_SINCE)
            return RowReversal(kept=(confirmed,))
        return RowReversal(drop=(row,))
    if name in STATED and differs_by_statements(row, is_now):
        others = added_statements(is_now, row)
        return RowReversal((stated_by(TABLES[name], is_now, others),), (row,), fields=1)
    return RowReversal(kept=(KeptField(name, words, ""),))


def row_restored(name: str, written: Any, now: Any, back: Any, stays: list[str]) -> RowReversal:
    """A row that is `back` instead of `now`; where only its sources differ, that is one field."""
    words = key_words(key_of(written))
    kept = tuple(KeptField(name, words, field, _why(written, now, field)) for field in stays)
    if back == now:
        return RowReversal(kept=kept)
    return RowReversal((back,), kept=kept, fields=max(1, len(list(changed_fields(now, back)))))


def _why(written: Any, now: Any, field: str) -> WhyKept:
    """Why a field that an import wrote is not put back: its value is another, or its source is."""
    is_other = field in changed_fields(written, now)
    return WhyKept.CHANGED_SINCE if is_other else WhyKept.CONFIRMED_SINCE


def is_confirmed_since(written: Any, now: Any) -> bool:
    """Tell whether a row that says what an import wrote is by now what a stronger source says.

    Of an organisation each field has a source of its own, see `confirmed_since`.
    """
    if isinstance(now, Organization) or not hasattr(now, "provenance"):
        return False
    rank: int = now.provenance.tier.rank  # 0 is the strongest
    return rank < int(written.provenance.tier.rank)


def _word_withdrawn(name: str, row: Any, was: Any | None, stands_for: Any) -> RowReversal:
    """Of a row that goes on as what others state of it: what the import itself stated goes."""
    back, is_left = _withdrawn(TABLES[name], row, was, stands_for)
    if is_left:
        return RowReversal(kept=(KeptField(name, stands_for.id, ""),))
    if back == stands_for:
        return RowReversal()
    is_other = back is None or back.id != stands_for.id
    put = () if back is None else (back,)
    return RowReversal(put, (stands_for,) if is_other else (), fields=len(put))


def restored_row(
    written: Any, was: Any, now: Any, names: Collection[str] | None = None
) -> tuple[Any, list[str]]:
    """The row with what the import changed as it was, and the fields that others changed since.

    What a stronger source confirmed since stays as well. Of the fields only these `names`, where
    some are given.
    """
    changed = [
        name
        for name in changed_fields(was, written)
        if name != ALSO_STATED and (names is None or name in names)
    ]
    of_others = set(changed_fields(written, now)) & set(changed_fields(was, now))
    if isinstance(now, Organization):
        of_others.update(confirmed_since(written, now))
    elif not isinstance(now, (Certificate, *_STATED_ROWS)) and is_confirmed_since(written, now):
        of_others.update(set(changed) - set(changed_fields(written, now)))
    stays = [name for name in changed if name in of_others]
    apart = CLAIM if isinstance(now, Certificate) else ()
    goes_back = [name for name in changed if name not in stays and name not in apart]
    back = with_facts_of(now, was, goes_back)
    if isinstance(now, _STATED_ROWS):
        back = _with_statements_of_others(back, written, was)
    if isinstance(now, Organization):
        origins = _origins(written, was, now, back, is_whole=names is None)
        back = replace(back, origins=tuple(origins))
    elif not stays and hasattr(was, "provenance"):
        back = replace(back, provenance=was.provenance)
    if isinstance(now, Certificate):
        back = replace(back, **_claim_before(written, was, now, back))
        if not is_same_certificate(now, back):
            stays = [name for name in stays if name not in CLAIM]
    return back, stays


def _claim_before(
    written: Certificate, was: Certificate, now: Certificate, back: Certificate
) -> dict[str, Any]:
    """Who stands for a certificate as it is `back`: who did before the import, or nobody.

    What was taken back since the import stays so.
    """
    is_untouched = all(getattr(now, name) == getattr(written, name) for name in CLAIM)
    if is_untouched and is_same_certificate(was, back):
        return {name: getattr(was, name) for name in CLAIM}
    if is_same_certificate(now, back):
        return {name: getattr(now, name) for name in CLAIM}
    return {"claim": ClaimTier.STATED, "confirmed_on": None}


def _with_statements_of_others(row: Any, written: Any, was: Any) -> Any:
    """A row without what an import stated of it, and with what others fill of its blanks."""
    mine = {each.id for each in added_statements(written, was)}
    before = {each.id: each for each in was.also_stated}
    as_written = {each.id: each for each in written.also_stated}
    others = [
        before.get(each.id, each) if as_written.get(each.id) == each else each
        for each in row.also_stated
        if each.id not in mine
    ]
    table = TABLES["ties" if isinstance(row, Tie) else "engagements"]
    whole = replace(row, also_stated=())
    for each in others:
        whole = with_statement(table, whole, stated_by(table, row, [each]))
    return replace(whole, also_stated=tuple(others))


def statements_alone(written: GraphRows) -> GraphRows:
    """Rows under the ids that may stand for those written: what others stated of them alone."""
    rows = {
        name: tuple(
            stated_by(TABLES[name], row, [each])
            for row in getattr(written, name)
            for each in row.also_stated
        )
        for name in STATED
    }
    return GraphRows(**rows)


def _stands_for(row: Any, now: Mapping[Any, Any]) -> Any | None:
    """The row that the others' word became when the first's was taken back."""
    return next((now[each.id] for each in row.also_stated if each.id in now), None)


def _withdrawn(table: Table[Any], written: Any, was: Any, now: Any) -> tuple[Any | None, bool]:
    """A row that stands for a written one without what the import stated; whether it must stay."""
    first = next(each for each in written.also_stated if each.id == now.id)
    standing = [first, *now.also_stated]
    if not same_facts(stated_by(table, now, standing), now):
        return now, True
    mine = {each.id for each in added_statements(written, was)}
    others = [each for each in standing if each.id not in mine]
    return (stated_by(table, now, others) if others else None), False


def confirmed_since(written: Organization, now: Organization) -> Iterator[str]:
    """Fields that say what an import wrote, and are another source's by now."""
    differs = set(changed_fields(written, now))
    for name in facts(Organization):
        origin = replace(origin_of_field(now, name), conflict=None)
        if name not in differs and origin != replace(origin_of_field(written, name), conflict=None):
            yield name


def _origins(
    written: Organization, was: Organization, now: Organization, back: Organization,
    *, is_whole: bool,
) -> Iterator[FieldOrigin]:  # fmt: skip
    """Of restored fields those from before, of the others those of now.

    What others said since beside a restored field stays. What the import said of fields that
    it did not change goes where the whole of it does.
    """
    restored = set(changed_fields(now, back))
    changed = set(changed_fields(was, now))
    for name in sorted(facts(Organization)):
        since, mine = origin_of_field(now, name), origin_of_field(written, name)
        is_unsaid = is_whole and name not in changed and since == mine
        of = was if name in restored or is_unsaid else now
        origin = origin_of_field(of, name)
        other = since.conflict if name in restored and origin.conflict is None else None
        if other not in (None, mine.conflict) and other.value != text_of(was, name):
            yield replace(origin, conflict=other)
        elif any(each.field == name for each in of.origins):
            yield origin


def rows_by_key(rows: tuple[Any, ...]) -> dict[Any, Any]:
    """Rows of a table by their keys."""
    return {key_of(row): row for row in rows}


def key_words(key: Any) -> str:
    """A key as one text."""
    return key if isinstance(key, str) else " ".join(key)
