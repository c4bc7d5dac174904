"""What is read from a text, and how two texts compare."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from matchmaker.messages import Message


class RequirementKind(StrEnum):
    """What a requirement is about."""

    PRODUCT = "product"
    PROCESS = "process"
    MATERIAL = "material"
    SIZE = "size"
    PRESSURE = "pressure"
    TEMPERATURE = "temperature"
    QUANTITY = "quantity"
    STANDARD = "standard"
    CERTIFICATE = "certificate"
    CODE = "code"
    DEADLINE = "deadline"
    PRICE = "price"
    PLACE = "place"
    DISTANCE = "distance"
    PARTNER = "partner"


# What a need is of, before how it must be.
CORE = frozenset({RequirementKind.PRODUCT, RequirementKind.PROCESS, RequirementKind.CODE})
# Kinds of requirement that name the thing itself, apart from how much, when and where.
SUBJECT_KINDS = CORE | {RequirementKind.MATERIAL}

# What is asked of a partner itself. The graph tells it, whatever its statements say.
TOLD_BY_GRAPH = frozenset(
    {RequirementKind.PLACE, RequirementKind.DISTANCE, RequirementKind.PARTNER}
)

# Likenesses of right and wrong statements of one trade differ by some .2: an unmet
# requirement outweighs that, and what nothing is said of changes nothing.
DENIED = -1.0
_UNMET = {
    RequirementKind.PRODUCT: -0.5,
    RequirementKind.CODE: -0.5,
    RequirementKind.SIZE: -0.4,
    RequirementKind.PRESSURE: -0.4,
    RequirementKind.MATERIAL: -0.4,
    RequirementKind.TEMPERATURE: -0.4,
    RequirementKind.PROCESS: -0.3,
    RequirementKind.STANDARD: -0.3,
    RequirementKind.CERTIFICATE: -0.3,
    RequirementKind.PRICE: -0.3,
    RequirementKind.DEADLINE: -0.25,
    RequirementKind.QUANTITY: -0.25,
    # Who insists on a place filters by it; a wish only orders who is else alike.
    RequirementKind.PLACE: -0.2,
    RequirementKind.DISTANCE: -0.2,
    RequirementKind.PARTNER: -0.1,
}
_MET = {
    RequirementKind.PRODUCT: 0.14,
    RequirementKind.CODE: 0.2,
    RequirementKind.PLACE: 0.1,
    RequirementKind.DISTANCE: 0.1,
    RequirementKind.PARTNER: 0.1,
}
# Where work alone is needed it is what a product is elsewhere.
_MET_OF_WORK = {**_MET, RequirementKind.PROCESS: _MET[RequirementKind.PRODUCT]}
# So is a material where it is all that is needed.
_MET_OF_MATERIAL = {**_MET, RequirementKind.MATERIAL: _MET[RequirementKind.PRODUCT]}
UNMET, MET = -0.25, 0.04
SOFT = 0.3
# Chosen on the tuning half of the judged needs.
ASIDE = 0.5
# What an uncertain reading takes, however many there are: it orders what the words leave close, and
# where it is wrong it does not throw out who is right.
TENTATIVE = -0.05
WHOLE = -0.2
# What speaking of the same whole adds. Set by hand: no judged need asks for castings of a whole.
SAME_WHOLE = 0.1
# What a name adds that says the trade that is asked for alone. Set by hand; where more is asked
# for, names cost two judged needs for one that they gain.
IN_NAME = 0.15
LOWEST, HIGHEST = -1.0, 0.4


class ItemRole(StrEnum):
    """What a thing is in its text.

    ITSELF is what is wanted or offered. WHOLE is what it is a part of, made from, or a
    process on: the valve of "seats for valves". CUSTOMER is whom it goes to.
    """

    ITSELF = "itself"
    WHOLE = "whole"
    CUSTOMER = "customer"


# The aspect of a product that another one, named before it, is delivered with.
COMES_WITH = "comes with"
# The aspect of a material that names what a tool is for: of 铝压铸模 the castings are aluminium.
FOR_TOOL = "for tool"
# That of a product that no list has, and of what only the thesaurus knows.
UNLISTED, CONCEPT = "unlisted", "concept"


class Requirement(NamedTuple):
    """One thing that a text specifies, and the words it was read from.

    `value` is its canonical name or the value as it is shown; `family` the wider term of a
    material or the head of a product ("ball valve" → "valve"). Of a measured value `low` and
    `high` bound what is meant (inclusive, None: open), in `unit`; `aspect` says what is
    measured ("nominal diameter", "thread", "tolerance"). `start` and `end` are offsets of
    `text` in the text read; `clause` counts the clauses of the text.
    """

    kind: RequirementKind
    value: str
    text: str
    start: int
    end: int
    family: str = ""
    aspect: str = ""
    low: float | None = None
    high: float | None = None
    unit: str = ""
    soft: bool = False
    denied: bool = False
    role: ItemRole = ItemRole.ITSELF
    clause: int = 0

    @property
    def key(self) -> str:
        """Names the requirement within its text, whatever the words: `size:DN50`."""
        return f"{'not ' if self.denied else ''}{self.kind}:{self.value}"


@dataclass(frozen=True, slots=True, eq=False)
class Specification:
    """Everything read from one text, in the order of the text.

    `requirements` are what is wanted or offered itself, each once; not its wholes and customers.
    `choices` says how a person changed what was read; equal when text and choices are. `denials`
    are the spans that are denied.
    """

    text: str
    items: tuple[Requirement, ...] = ()
    choices: str = ""
    denials: tuple[tuple[int, int], ...] = ()
    requirements: tuple[Requirement, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # Once, and not at each of the thousands of comparisons with a text.
        unique: dict[str, Requirement] = {}
        for item in self.items:
            if item.role is ItemRole.ITSELF:
                unique.setdefault(item.key, item)
        object.__setattr__(self, "requirements", tuple(unique.values()))

    def __hash__(self) -> int:
        return hash((self.text, self.choices))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Specification) and (
            (self.text, self.choices) == (other.text, other.choices)
        )

    def of(self, kind: RequirementKind) -> tuple[Requirement, ...]:
        """The items of one kind, in the order of the text."""
        return tuple(item for item in self.items if item.kind is kind)


class Fulfilment(StrEnum):
    """Whether a statement says what is required, says otherwise, or says nothing of it."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One requirement against one statement; `evidence` is what the statement says of it.

    `tentative`: it rests on what a thing is in its phrase, which words do not always tell.
    `on_record`: a fact on record says so, whatever the statement says; `sureness` in [0, 1] is
    that of who stands for it.
    """

    requirement: Requirement
    verdict: Fulfilment
    evidence: Requirement | None = None
    note: Message | None = None
    tentative: bool = False
    on_record: bool = False
    sureness: float = 0.0


@dataclass(frozen=True)
class Comparison:
    """A need against a statement. `denied`: the statement says that it is not on offer.

    `aside`: the statement names neither the product nor the work that is needed; `elsewhere`:
    and it names others; `whole`: which what is needed is only for, or done on;
    `same_whole`: it names the thing, and that for what it is needed for (castings of valves).
    `in_name`: its owner's name says the trade, which alone is asked for. `made_of_it`: a material
    is wanted, and things of it are offered.
    """

    judgements: tuple[Judgement, ...] = ()
    denial: Requirement | None = None
    aside: bool = False
    elsewhere: bool = False
    whole: bool = False
    same_whole: bool = False
    in_name: bool = False
    made_of_it: bool = False

    @property
    def denied(self) -> bool:
        return self.denial is not None

    @property
    def names_nothing(self) -> bool:
        """Whether things, work or materials are asked for, and none of them is met."""
        asked = [j for j in self.judgements if j.requirement.kind in SUBJECT_KINDS]
        return bool(asked) and all(j.verdict is not Fulfilment.MET for j in asked)

    @property
    def another(self) -> bool:
        """Whether the exact type that is required is said to be another one (6204, 6240)."""
        return any(
            judgement.requirement.kind is RequirementKind.CODE and not judgement.requirement.soft
            for judgement in self.unmet
        )

    @cached_property
    def met(self) -> tuple[Judgement, ...]:
        return self._with(Fulfilment.MET)

    @cached_property
    def unmet(self) -> tuple[Judgement, ...]:
        return self._with(Fulfilment.UNMET)

    @cached_property
    def unknown(self) -> tuple[Judgement, ...]:
        return self._with(Fulfilment.UNKNOWN)

    @cached_property
    def adjustment(self) -> float:
        """What to add to a text fit in [0, 1]: from -1 (denied, or much unmet) to 0.4 (all met).

        Soft requirements count a third. What is unmet always outweighs what is met, but for
        what is read tentatively, of which all together take `TENTATIVE`. A material or date
        that fits says less of a statement that is aside of what is needed, and where its
        owner is says nothing of it.
        """
        if self.denied:
            return DENIED
        plain = [j for j in self.unmet if not j.tentative]
        unmet = sum(_weight(j, _UNMET.get(j.requirement.kind, UNMET)) for j in plain)
        speaking = [j for j in self.met if not (self.aside and j.requirement.kind in TOLD_BY_GRAPH)]
        worth = _MET if any(_is_thing(j) for j in self.judgements) else _MET_OF_WORK
        worth = worth if any(_is_of_core(j) for j in self.judgements) else _MET_OF_MATERIAL
        met = sum(_weight(j, worth.get(j.requirement.kind, MET)) for j in speaking)
        met *= ASIDE if self.aside else 1
        if unmet:  # what is met of another thing than the one asked for is worth little
            met = min(met, -unmet / 4)
        if self.same_whole and not unmet and any(map(_is_of_core, self.judgements)):
            met += SAME_WHOLE
        if self.in_name and not unmet:
            met += IN_NAME
        doubt = TENTATIVE * (self.elsewhere or len(plain) < len(self.unmet))
        doubt += WHOLE * self.whole
        return max(LOWEST, min(HIGHEST, unmet + met + doubt))

    def without_unmet(self) -> Comparison:
        """What speaks for a partner: who works with others on a thing may make it, or sell parts."""
        return replace(
            self,
            judgements=tuple(
                replace(each, verdict=Fulfilment.UNKNOWN, note=None)
                if each.verdict is Fulfilment.UNMET
                else each
                for each in self.judgements
            ),
        )

    def with_what_is_studied(self) -> Comparison:
        """What a lab says of work on a thing, or of a part of it, does not speak against it."""
        judgements = tuple(
            Judgement(each.requirement, Fulfilment.UNKNOWN) if _is_of_what_is_asked(each) else each
            for each in self.judgements
        )
        return self if judgements == self.judgements else replace(self, judgements=judgements)

    def _with(self, verdict: Fulfilment) -> tuple[Judgement, ...]:
        return tuple(j for j in self.judgements if j.verdict is verdict)


def _is_of_what_is_asked(judgement: Judgement) -> bool:
    """Whether a thing that is asked for is only spoken of as that which something else is of."""
    wanted, said = judgement.requirement, judgement.evidence
    return (
        judgement.verdict is Fulfilment.UNMET
        and judgement.tentative
        and not wanted.denied
        and said is not None
        and said.role is ItemRole.WHOLE
        and wanted.value in (said.value, said.family)
    )


def _is_of_core(judgement: Judgement) -> bool:
    return judgement.requirement.kind in CORE and not judgement.requirement.denied


def _is_thing(judgement: Judgement) -> bool:
    return (
        judgement.requirement.kind is RequirementKind.PRODUCT and not judgement.requirement.denied
    )


def _weight(judgement: Judgement, weight: float) -> float:
    return weight * SOFT if judgement.requirement.soft else weight
