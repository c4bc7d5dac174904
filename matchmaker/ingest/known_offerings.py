"""A list of offerings beside what its organisation offers already: what is new, what is known.

Who sends a list anew does not want everything twice: what is said in the same words stays, what
has the same name is said anew, and what is not in the list is told of.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from re import escape

from matchmaker.domain import Offer
from matchmaker.ingest.offerings import Offering, plain
from matchmaker.provenance import LISTED, POSTED
from matchmaker.regex import regex
from matchmaker.text import normal

# What tells a thing from all others: letters with figures, or a long figure; no size and no grade.
_NUMBER = regex(r"(?=[^\s]*\d)(?=[^\s]*[a-z])[\w./\\-]{4,}")
_LONG_NUMBER = regex(r"\d{6,}(?:[.-][\dx]+)*")
_SIZE = regex(r"(?:dn|pn|cl|class|φ|ø|m|g|no\.?|d|t|ip|r)?[\d./x×*-]+(?:[a-z]{1,2}|inch)?")
# What stands behind a name where more is said of a thing.
_BEHIND_NAME = regex(r"\s*[,，;；:：、.。(（\n-]")


class OfferingState(StrEnum):
    """What becomes of an offering of a list."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    POSTED = "posted"
    MISSING = "missing"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class OfferingOutcome:
    """What becomes of an offering: `text` as others will read it, `before` as they do today.

    `posted`: a posting has the same name, and only its page changes it. `missing` ones, which stay,
    and `withdrawn` ones came by earlier lists and are not in this one: they have no line. `sheet`
    is that of the line where several are read together.
    """

    line: int
    kind: str
    text: str
    state: OfferingState
    before: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class MatchedOfferings:
    """Rows to write, each with the offering that says so, and what becomes of every offering.

    `missing` are those of earlier lists, of the kinds that are in this one, that it does not have.
    """

    rows: tuple[tuple[Offer, Offering], ...]
    outcomes: tuple[OfferingOutcome, ...]
    missing: tuple[Offer, ...]


def matched(
    offerings: Sequence[Offering], stored: Sequence[Offer], organization: str, day: datetime.date
) -> MatchedOfferings:
    """The offerings of a file beside all offers that are stored of their organisation."""
    same = _same(offerings, stored)
    left = [each for each in offerings if each.place not in same]
    known_ids = {row.id for row in same.values()}
    free = [each for each in stored if each.id not in known_ids]
    named = _of_name(left, [each for each in free if each.active])
    known_ids |= {row.id for row in named.values()}
    free = [each for each in free if each.id not in known_ids]
    named |= _of_number(offerings, [each for each in left if each.place not in named], free)
    rows, outcomes = [], []
    taken = {each.id for each in stored}
    for each in offerings:
        known = same.get(each.place) or named.get(each.place)
        offer = each.to_offer(organization, day)
        if known is None:
            while offer.id in taken:  # by what said so once and says something else by now
                offer = replace(offer, id=f"{offer.id}-2")
            taken.add(offer.id)
            rows.append((offer, each))
            state, before = OfferingState.NEW, ""
        elif known.provenance.source == POSTED:
            state = OfferingState.SAME if each.place in same else OfferingState.POSTED
            before = known.text
        else:
            # Since when it is offered it says already.
            rows.append((replace(offer, id=known.id, date=known.date), each))
            is_same = each.place in same
            state = OfferingState.SAME if is_same else OfferingState.CHANGED
            state, before = (state, known.text) if known.active else (OfferingState.NEW, "")
        outcomes.append(
            OfferingOutcome(each.line, each.kind.value, each.text, state, before, each.sheet)
        )
    found = {row.id for row in (*same.values(), *named.values())}
    kinds = {each.kind for each in offerings}
    missing = tuple(
        each
        for each in stored
        if each.active
        and each.id not in found
        and each.kind in kinds
        and each.provenance.source == LISTED
    )
    return MatchedOfferings(tuple(rows), tuple(outcomes), missing)


def withdrawn(rows: Collection[Offer], day: datetime.date) -> Iterator[Offer]:
    """Offers of earlier lists as they are once the list does not have them any more."""
    for row in rows:
        yield replace(row, active=False, provenance=replace(row.provenance, date=day))


def _same(offerings: Sequence[Offering], stored: Sequence[Offer]) -> dict[tuple[str, int], Offer]:
    """Offers that say the same as a line, each for one; what is still offered before the rest."""
    by_text: defaultdict[tuple[str, str], list[Offer]] = defaultdict(list)
    for row in sorted(stored, key=lambda row: (not row.active, row.id)):
        if row.active or row.provenance.source != POSTED:
            by_text[row.kind.value, plain(row.text)].append(row)
    same = {}
    for each in offerings:
        if rows := by_text.get((each.kind.value, plain(each.text))):
            same[each.place] = rows.pop(0)
    return same


def _of_name(
    offerings: Sequence[Offering], stored: Sequence[Offer]
) -> dict[tuple[str, int], Offer]:
    """Offers that have the name of a line, where one of each has it: several are told apart by
    what else they say."""
    lines: defaultdict[str, list[Offering]] = defaultdict(list)
    for each in offerings:
        lines[each.head].append(each)
    of_lists: defaultdict[str, list[Offer]] = defaultdict(list)
    for row in stored:
        if row.provenance.source == LISTED:
            of_lists[row.id.partition(":")[2].partition("-")[0]].append(row)
    others = [(row, normal(row.text)) for row in stored if row.provenance.source != LISTED]
    found: dict[tuple[str, int], Offer] = {}
    for head, alike in lines.items():
        if len(alike) > 1:
            continue
        rows = of_lists.get(head) or list(_named(others, alike[0]))
        if len(rows) == 1:
            found[alike[0].place] = rows[0]
    return found


def _of_number(
    all_lines: Sequence[Offering], offerings: Sequence[Offering], stored: Sequence[Offer]
) -> dict[tuple[str, int], Offer]:
    """Offers of earlier lists that have the number of a line, however each is called: one each.

    Numbers that are sizes, and those that several have, tell nothing apart.
    """
    lines = Counter((each.kind, normal(each.number)) for each in all_lines if each.number)
    rows = [
        (row, normal(row.text))
        for row in stored
        if row.active and row.provenance.source == LISTED
    ]  # fmt: skip
    found: dict[tuple[str, int], Offer] = {}
    for each in offerings:
        number = normal(each.number)
        if lines[each.kind, number] != 1 or not tells_apart(number):
            continue
        having = regex(rf"(?:^|(?<=[\s,])){escape(number)}(?=,|$)")
        known = [row for row, text in rows if row.kind is each.kind and having.search(text)]
        if len(known) == 1:
            found[each.place] = known[0]
    owners = Counter(row.id for row in found.values())
    return {place: row for place, row in found.items() if owners[row.id] == 1}


def tells_apart(number: str) -> bool:
    """Tell whether a number is one of a thing, and no size or grade: Q41F-16C, not DN50."""
    plain = normal(number)
    if _LONG_NUMBER.fullmatch(plain):
        return True
    return bool(_NUMBER.fullmatch(plain)) and not _SIZE.fullmatch(plain)


def _named(rows: Sequence[tuple[Offer, str]], offering: Offering) -> Iterator[Offer]:
    """Those of offers, each with its text as it is compared, that begin with a name."""
    name = normal(offering.name)
    for row, text in rows:
        is_alike = row.kind is offering.kind and text.startswith(name)
        if is_alike and (len(text) == len(name) or _BEHIND_NAME.match(text, len(name))):
            yield row
