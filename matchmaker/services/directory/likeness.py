"""How likely an organisation is the one that is asked for, and by what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from matchmaker.domain import Organization
from matchmaker.ingest.codes import CODE_KINDS
from matchmaker.ingest.legal_forms import relation
from matchmaker.ingest.matching_model import Comparable, evidence
from matchmaker.ingest.names import name_parts
from matchmaker.ingest.resolve import keys_of
from matchmaker.store.ports import DuplicateKeys

# How much each thing that is said beside the name moves a score, where it agrees or does not.
_AGREES, _DIFFERS = 0.3, {"country": 0.2, "place": 0.1, "website": 0.1}
_CONTRADICTED = 0.5
# Firms of one name and two legal forms are two.
_OTHER_FORM = 0.95


@dataclass(frozen=True, slots=True)
class Likeness:
    """`score` in [0, 1]; `certain` where an import would merge the two without asking.

    `features` are what it rests on: a similarity from 0 to 100, or whether two things are one.
    """

    score: float
    certain: bool
    features: tuple[tuple[str, float | bool], ...]


def likeness(sought: DuplicateKeys, known: Organization) -> Likeness:
    """How like an organisation is to what is sought; of that, what is blank is not said."""
    name = name_similarity(sought.name, known)
    first, second = Comparable.of(sought), Comparable.of(keys_of(known))
    agreement = dict(_compared(first, second))
    codes = [agreement[kind] for kind in CODE_KINDS if kind in agreement]
    score = name
    for kind, loss in _DIFFERS.items():
        if kind in agreement:
            score = score + _AGREES * (1 - score) if agreement[kind] else score - loss
    if any(codes):
        score = 1.0
    elif codes:
        score = min(score, _CONTRADICTED)
    model = evidence(first, second)
    features = (
        ("chance", round(100 * model.chance, 1)),
        *((("name_similarity", round(100 * name, 1)),) if sought.name else ()),
        *((f"same_{kind}", agrees) for kind, agrees in agreement.items()),
    )
    return Likeness(max(0.0, min(1.0, score)), model.is_certain, features)


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


def _compared(sought: Comparable, known: Comparable) -> Iterator[tuple[str, bool]]:
    """What both sides say, and whether it is the same."""
    own = _facts(known)
    for kind, value in _facts(sought).items():
        if value and own[kind]:
            yield kind, value == own[kind]


def _facts(compared: Comparable) -> dict[str, str | None]:
    keys, codes = compared.keys, zip(CODE_KINDS, compared.codes, strict=True)
    return {"country": keys.country, "place": keys.place, "website": compared.host, **dict(codes)}
