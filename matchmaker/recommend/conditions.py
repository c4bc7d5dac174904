"""The conditions on which a programme may be applied to, against what is known of who asks.

What is not on record is unknown, and never taken for met or not met.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from matchmaker.domain import Size, Tier, date_of_text, is_within, last_day_of_text
from matchmaker.messages import Message, message, plural
from matchmaker.recommend.certificates import HeldCertificate, answers_kind, held_by
from matchmaker.recommend.model import ConditionCheck, ConditionKind, ProperName, Seeker
from matchmaker.recommend.specification import Fulfilment
from matchmaker.snapshot.model import Snapshot, from_days

MET, UNMET, UNKNOWN = Fulfilment.MET, Fulfilment.UNMET, Fulfilment.UNKNOWN
# Who is one of these was one of those before (工信部企业〔2022〕63号); champions and lead firms
# are recognised apart from that.
_GRADES = (Tier.INNOVATIVE, Tier.SPECIALISED, Tier.LITTLE_GIANT)
_SMES = frozenset({Size.MICRO, Size.SMALL, Size.MEDIUM})
NOT_ON_RECORD = message("not on record")
BY_THE_READER = message("to be checked by you")


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme as the snapshot has it: its terms, and rows of organisation and statement.

    Places and industries are rows of the snapshot's tables, -1 for one that is not there.
    """

    id: str
    organization: int
    statement: int
    tiers: frozenset[Tier]
    certificates: tuple[str, ...]
    sizes: frozenset[Size]
    places: tuple[int, ...]
    industries: tuple[int, ...]
    min_years: int
    max_years: int
    further: tuple[str, ...]
    opens: date | None
    deadline: date | None
    amount: str
    url: str

    def is_open_on(self, day: date) -> bool:
        """Tell whether it can be applied to on a day."""
        return is_within(self.opens, self.deadline, day)


def programmes_of(snapshot: Snapshot) -> tuple[Programme, ...]:
    """Every programme that is not withdrawn, in order of id; made once."""
    return snapshot.cached("programmes", lambda: tuple(_programmes(snapshot)))


def open_programmes(snapshot: Snapshot) -> tuple[Programme, ...]:
    """Those that can be applied to on the snapshot's day, or later; made once."""
    day = snapshot.meta.as_of
    return snapshot.cached(
        "open programmes",
        lambda: tuple(
            each
            for each in programmes_of(snapshot)
            if each.deadline is None or each.deadline >= day
        ),
    )


def number_open(snapshot: Snapshot, hidden: frozenset[int]) -> int:
    """Number of those that can be applied to, without those of organisations at `hidden` rows."""
    return sum(each.organization not in hidden for each in open_programmes(snapshot))


def _programmes(snapshot: Snapshot) -> Iterator[Programme]:
    if not len(snapshot.programmes):
        return
    ids = snapshot.statements.table.column("id").combine_chunks()
    places, industries = _rows_of(snapshot.places), _rows_of(snapshot.industries)
    statements = np.asarray(
        pc.index_in(snapshot.programmes.column("id"), value_set=ids).fill_null(-1)
    )
    for row, statement in zip(snapshot.programmes.to_pylist(), statements.tolist(), strict=True):
        if statement < 0:
            continue
        yield Programme(
            row["id"],
            snapshot.row_of(row["organization"]),
            statement,
            frozenset(map(Tier, _lines(row["for_tiers"]))),
            _lines(row["for_certificates"]),
            frozenset(map(Size, _lines(row["for_sizes"]))),
            tuple(places.get(id, -1) for id in _lines(row["for_places"])),
            tuple(industries.get(id, -1) for id in _lines(row["for_industries"])),
            row["min_years"],
            row["max_years"],
            _lines(row["further_conditions"]),
            from_days(row["opens"]),
            from_days(row["deadline"]),
            row["amount"],
            row["url"],
        )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n")) if text else ()


def _rows_of(table: pa.Table) -> dict[str, int]:
    return {id: row for row, id in enumerate(table.column("id").to_pylist())}


def changes_by(snapshot: Snapshot, day: date) -> bool:
    """Tell whether a programme opened or closed between the snapshot's day and another."""
    as_of = snapshot.meta.as_of
    return as_of != day and any(
        each.is_open_on(as_of) is not each.is_open_on(day) for each in programmes_of(snapshot)
    )


def checks(snapshot: Snapshot, seeker: Seeker, programme: Programme) -> tuple[ConditionCheck, ...]:
    """Each condition of a programme against what is known of who asks."""
    return tuple(_checks(snapshot, seeker, programme))


def share_met(checked: Sequence[ConditionCheck]) -> float:
    """The share of conditions that are met, in (0, 1): unknown ones count half, as does one more.

    So more conditions that are met say more, and a programme without any says nothing: .5.
    """
    met = sum(check.verdict is MET for check in checked)
    unknown = sum(check.verdict is UNKNOWN for check in checked)
    return (met + 0.5 * (unknown + 1)) / (len(checked) + 1)


def _checks(snapshot: Snapshot, seeker: Seeker, programme: Programme) -> Iterator[ConditionCheck]:
    if programme.tiers or programme.certificates:
        yield _qualification(snapshot, seeker, programme)
    if programme.sizes:
        asked = _listed([size for size in Size if size in programme.sizes])
        value = NOT_ON_RECORD if seeker.size is None else _listed([seeker.size])
        yield ConditionCheck(ConditionKind.SIZE, asked, _sized(seeker.size, programme.sizes), value)
    if programme.places:
        yield _within(snapshot.places, ConditionKind.PLACE, seeker.place, programme.places)
    if programme.industries:
        table, own = snapshot.industries, seeker.industry
        yield _within(table, ConditionKind.INDUSTRY, own, programme.industries)
    if programme.min_years >= 0 or programme.max_years >= 0:
        yield _years(seeker, programme, snapshot.meta.as_of)
    for condition in programme.further:
        asked = Message("%(parts)s", {"parts": condition})
        yield ConditionCheck(ConditionKind.FURTHER, asked, UNKNOWN, BY_THE_READER)


def _listed(parts: Sequence[object]) -> Message:
    return Message("%(parts)s", {"parts": tuple(parts)})


# -- qualifications


def _qualification(snapshot: Snapshot, seeker: Seeker, programme: Programme) -> ConditionCheck:
    """One of the tiers or of the certificates is enough; of these the first that is held."""
    day = snapshot.meta.as_of
    named = [tier for tier in Tier if tier in programme.tiers]
    asked = _listed([*named, *programme.certificates])
    held = held_by(snapshot).get(-1 if seeker.row is None else seeker.row, ())
    verdicts = []
    if named:
        verdicts.append(_tiered(seeker.tier, programme.tiers))
        if verdicts[0] is MET and seeker.tier is not None:
            return ConditionCheck(ConditionKind.QUALIFICATION, asked, MET, _listed([seeker.tier]))
    ended: list[HeldCertificate] = []
    for kind in programme.certificates:
        answering = [each for each in held if answers_kind(each.kind, kind)]
        for each in answering:
            if each.is_valid_on(day):
                value = message("%(kind)s %(note)s", kind=each.kind, note=each.message)
                return ConditionCheck(ConditionKind.QUALIFICATION, asked, MET, value)
        ended += [each for each in answering if each.until is not None and each.until < day]
        verdicts.append(UNMET if answering else UNKNOWN)
    verdict = UNMET if all(each is UNMET for each in verdicts) else UNKNOWN
    said: list[object] = [] if seeker.tier is None else [seeker.tier]
    said += [
        message("%(kind)s ended %(month)s", kind=each.kind, month=f"{each.until:%Y-%m}")
        for each in ended
    ]
    value = _listed(said) if said else NOT_ON_RECORD
    return ConditionCheck(ConditionKind.QUALIFICATION, asked, verdict, value)


def _tiered(own: Tier | None, wanted: frozenset[Tier]) -> Fulfilment:
    """Tell whether a tier is, or has before it, one of those wanted."""
    if own is None:
        return UNKNOWN
    if own in wanted:
        return MET
    if own not in _GRADES:
        return UNKNOWN  # it may be one of the grades besides: one tier is on record
    if wanted & set(_GRADES[: _GRADES.index(own)]):
        return MET
    return UNMET if wanted <= set(_GRADES) else UNKNOWN


# -- size


def _sized(own: Size | None, wanted: frozenset[Size]) -> Fulfilment:
    if own is None:
        return UNKNOWN
    accepted = wanted | (_SMES if Size.SME in wanted else frozenset())
    if own is not Size.SME:
        return MET if own in accepted else UNMET
    if accepted >= _SMES:
        return MET
    return UNKNOWN if accepted & _SMES else UNMET


# -- places and industries


def _within(
    table: pa.Table, condition: ConditionKind, own: int, wanted: tuple[int, ...]
) -> ConditionCheck:
    """Tell whether a row of a hierarchy is one of those wanted or lies below it.

    Unknown where it is wider than what is wanted, or either is not known.
    """
    asked = _listed([_named(table, row) for row in wanted if row >= 0] or [NOT_ON_RECORD])
    if own < 0:
        return ConditionCheck(condition, asked, UNKNOWN, NOT_ON_RECORD)
    parents = np.asarray(table.column("parent"), dtype=np.int64)
    above = _above(parents, own)
    if above & set(wanted):
        verdict = MET
    elif -1 in wanted or any(own in _above(parents, row) for row in wanted):
        verdict = UNKNOWN
    else:
        verdict = UNMET
    return ConditionCheck(condition, asked, verdict, _named(table, own))


def _above(parents: NDArray[np.int64], row: int) -> set[int]:
    """A row and all that it lies in."""
    rows: set[int] = set()
    while row >= 0 and row not in rows:
        rows.add(row)
        row = int(parents[row])
    return rows


def _named(table: pa.Table, row: int) -> Message:
    return ProperName(
        str(table.column("name")[row].as_py()), english=str(table.column("name_en")[row].as_py())
    )


# -- years


def years_asked(least: int, most: int) -> Message:
    """Least and most years since somebody was founded; -1 for no bound, of one of the two."""
    if most < 0:
        return plural("at least one year", "at least %(count)s years", least)
    if least < 0:
        return plural("at most one year", "at most %(count)s years", most)
    return message("%(least)s to %(most)s years", least=least, most=most)


def _years(seeker: Seeker, programme: Programme, day: date) -> ConditionCheck:
    """Of a founding day of which only the year or the month is known, both ends are tried."""
    least, most = programme.min_years, programme.max_years
    asked = years_asked(least, most)
    if not seeker.founded:
        return ConditionCheck(ConditionKind.YEARS, asked, UNKNOWN, NOT_ON_RECORD)
    earliest, latest = date_of_text(seeker.founded)[0], last_day_of_text(seeker.founded)
    old_enough = [least < 0 or _after(founded, least) <= day for founded in (latest, earliest)]
    young_enough = [most < 0 or _after(founded, most) >= day for founded in (earliest, latest)]
    if old_enough[0] and young_enough[0]:
        verdict = MET
    else:
        verdict = UNKNOWN if old_enough[1] and young_enough[1] else UNMET
    value = message("founded %(day)s", day=seeker.founded)
    return ConditionCheck(ConditionKind.YEARS, asked, verdict, value)


def _after(day: date, years: int) -> date:
    """The same day so many years later; of 29 February the first of March."""
    year = min(day.year + years, date.max.year)
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
