"""How likely an organisation is the one that is asked for, and by what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from matchmaker.domain import Organization
from matchmaker.ingest.codes import CodeKind, valid_code
from matchmaker.ingest.legal_forms import relation
from matchmaker.ingest.matching_model import Comparable, evidence
from matchmaker.ingest.names import name_parts
from matchmaker.store.ports import DuplicateKeys

# How much each thing that is said beside the name moves a score, where it agrees or does not.
_AGREES, _DIFFERS = 0.3, {"country": 0.2, "place": 0.1, "website": 0.1}
_CONTRADICTED = 0.5
# Firms of one name and two legal forms are two.
_OTHER_FORM = 0.95
CODES: tuple[CodeKind, ...] = ("credit_code", "vat", "lei", "ror")


@dataclass(frozen=True, slots=True)
class Sought:
    """What is said of the organisation that is asked for; "" is not said.

    `place` is the id of a place, `country` ISO 3166-1 alpha-2, `website` a host; codes are
    valid ones.
    """

    name: str = ""
    country: str = ""
    place: str = ""
    website: str = ""
    credit_code: str = ""
    vat: str = ""
    lei: str = ""
    ror: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    """`score` in [0, 1]; `certain` where an import would merge the two without asking.

    `features` are what it rests on: a similarity from 0 to 100, or whether two things are one.
    """

    score: float
    certain: bool
    features: tuple[tuple[str, float | bool], ...]


def likeness(sought: Sought, known: Organization) -> Likeness:
    """How like an organisation is to what is sought."""
    name = name_similarity(sought.name, known)
    said = dict(_compared(sought, known))
    codes = [said[kind] for kind in CODES if kind in said]
    score = name
    for kind, loss in _DIFFERS.items():
        if kind in said:
            score = score + _AGREES * (1 - score) if said[kind] else score - loss
    if any(codes):
        score = 1.0
    elif codes:
        score = min(score, _CONTRADICTED)
    model = evidence(Comparable.of(_keys(sought)), Comparable.of(_keys(known)))
    features = (
        ("chance", round(100 * model.chance, 1)),
        *((("name_similarity", round(100 * name, 1)),) if sought.name else ()),
        *((f"same_{kind}", agrees) for kind, agrees in said.items()),
    )
    return Likeness(max(0.0, min(1.0, score)), model.is_certain, features)


def _keys(subject: Sought | Organization) -> DuplicateKeys:
    """What two organisations are compared by when one of them is imported."""
    codes = {str(kind): getattr(subject, kind) for kind in CODES}
    if isinstance(subject, Sought):
        own = {"id": "sought:it", "name_en": ""}
    else:
        own = {"id": subject.id, "name_en": subject.name_en}
    return DuplicateKeys(
        name=subject.name,
        country=subject.country,
        place=subject.place or None,
        website=subject.website,
        id=own["id"],
        name_en=own["name_en"],
        other_names=() if isinstance(subject, Sought) else subject.other_names,
        **codes,
    )


def name_similarity(name: str, known: Organization) -> float:
    """1 where the names are one but for spelling and a legal form that one of them lacks.

    Of its names the one that is most alike.
    """
    if not name.strip():
        return 0.0
    names = {known.name, known.name_en, *known.other_names}
    return max(_alike(name, own) for own in names if own.strip())


def _alike(name: str, other: str) -> float:
    first, second = name_parts(name), name_parts(other)
    alike = float(fuzz.token_sort_ratio(first.base, second.base)) / 100
    is_other_form = relation(first.form, second.form) == "different"
    return alike * _OTHER_FORM if is_other_form else alike


def _compared(sought: Sought, known: Organization) -> Iterator[tuple[str, bool]]:
    """What both sides say, and whether it is the same."""
    own = {
        "country": known.country,
        "place": known.place or "",
        "website": host_of(known.website),
        **{str(kind): valid_code(kind, getattr(known, kind)) for kind in CODES},
    }
    for kind, value in own.items():
        asked = getattr(sought, kind)
        if asked and value:
            yield kind, asked == value


def host_of(website: str) -> str:
    """The host of an address, without what all have: www.Example.com/en is example.com."""
    address = website.strip().casefold()
    address = address.partition("://")[2] or address
    return address.partition("/")[0].partition(":")[0].removeprefix("www.")
