"""What a statement says of each requirement of a need: met, unmet, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matchmaker.messages import message
from matchmaker.recommend.specification.borrowed import unless_work_is_done_with_it
from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.specification.codes import occurrence
from matchmaker.recommend.specification.concepts import NAMED, stated
from matchmaker.recommend.specification.doers import (
    FOR_OTHERS,
    TESTED,
    is_of_another,
    reaches,
    sold,
    unless_described,
    unless_of_the_unsaid,
    unless_on_another,
    unless_only_used,
    unless_others_do_it,
    unless_tool_for_it,
    unless_work_is_wanted,
    unless_worked_on,
)
from matchmaker.recommend.specification.materials import (
    another_does,
    as_examples,
    judged_material,
    named_among_others,
    names_wider,
)
from matchmaker.recommend.specification.model import (
    COMES_WITH,
    CONCEPT,
    CORE,
    TOLD_BY_GRAPH,
    UNLISTED,
    Comparison,
    Fulfilment,
    ItemRole,
    Judgement,
    Requirement,
    RequirementKind,
    Specification,
)
from matchmaker.recommend.specification.packing import unless_packed_in
from matchmaker.recommend.specification.reading import MEASURED
from matchmaker.recommend.specification.roles import OWN_NAMED
from matchmaker.recommend.specification.values import MET, UNMET, Say, measured
from matchmaker.recommend.specification.vocabulary import finishing, has_own_name, parts, shapes
from matchmaker.recommend.specification.wholes import (
    RAW_FORMS,
    does_other_work,
    is_made,
    is_spun_of_it,
    names_kind,
    offers_whole,
    speaks_of_whole,
    unless_thing_of_it,
)
from matchmaker.regex import regex
from matchmaker.remembered import remembered

_OTHER_NAME = {
    RequirementKind.PRODUCT: RequirementKind.PROCESS,
    RequirementKind.PROCESS: RequirementKind.PRODUCT,
}
_ITSELF_BEFORE = regex(r"自己[^，,;；。]{0,3}$")
_ITSELF_AFTER = regex(r"[^，,;；。\d]{0,3}自己[做来]")
_MADE_OF_IT = Say(Fulfilment.UNMET, message("made of it, not the material itself"), tentative=True)
_FOR_ITSELF = message("its own product, not work for others")
_OWN = regex(
    r"\b(?:we|i) (?:make|produce|manufacture|sell|build|knit|cast) (?:[a-z-]+ ){0,3}$|"
    r"(?:我们|我厂|本厂|我司|本公司|我公司|自己)(?:是)?(?:专门|主要)?(?:做|生产|专做|主营|织|卖)[^，,;；。找求]{0,4}$"
)
_SEEKS = regex(
    r"找|求|寻|需|想|缺|要|\b(?:look\w*|seek\w*|need\w*|want\w*|agents?|somebody|someone|who|anyone|partner|search\w*)\b"
)
_REACH = 48
# Who holds the first has shown what the second asks for.
_IMPLIED = {"IATF 16949": ("ISO 9001",), "AS 9100": ("ISO 9001",), "ISO/TS 16949": ("ISO 9001",)}


@remembered(4_000, 400)
def compare(need: Specification, statement: Specification) -> Comparison:
    """Each requirement of a need against what a statement says.

    Nothing is held against a statement that it does not speak of: that is unknown.
    """
    if not statement.items:
        unsaid = tuple(Judgement(r, Fulfilment.UNKNOWN) for r in need.requirements)
        return Comparison(unsaid, aside=any(map(_is_core, need.requirements)))
    wants_work = _wants_work(need)
    judgements = [
        _doubted(
            _judge_work(r, need, statement) if wants_work else _judge(r, statement), need, statement
        )
        for r in _sought(need)
    ]
    met = {id(j.evidence) for j in judgements if j.verdict is Fulfilment.MET}
    # What meets one requirement is not held against another: aluminium or magnesium, 304/316.
    held = tuple(
        Judgement(j.requirement, Fulfilment.UNKNOWN)
        if j.verdict is Fulfilment.UNMET and id(j.evidence) in met and not j.requirement.denied
        else j
        for j in judgements
    )
    held = tuple(
        Judgement(j.requirement, Fulfilment.UNKNOWN)
        if j.verdict is Fulfilment.UNMET and another_does(need, j, held)
        else j
        for j in held
    )
    held = tuple(unless_work_is_wanted(j, held) for j in held)
    held = as_examples(held) if wants_work else held
    core = [j for j in held if _is_core(j.requirement)]
    # Where a material is all that is asked for, it is what is to be had.
    core = core or [j for j in held if _is_material(j.requirement)]
    aside = bool(core) and not any(j.verdict is Fulfilment.MET for j in core)
    # Another kind of the work is near to it: such a statement does not speak of something else.
    apart = aside and not names_kind(core, statement)
    names = apart and all(_is_unsaid(j) for j in core)
    names = names and (_names(statement) or does_other_work(need, statement))
    # Of a thing that no list has, no reading tells that a statement speaks of something else.
    known = [j for j in core if j.requirement.aspect != UNLISTED]
    is_whole = bool(known) and apart and all(_is_unsaid(j) or j.tentative for j in core)
    is_whole = is_whole and offers_whole(need, statement)
    is_same = not aside and speaks_of_whole(need, statement)
    made_of_it = aside and all(map(_is_made_of_it, core)) and any(map(_is_its_material, held))
    return Comparison(
        held, _denial(need, statement), aside, names, is_whole, is_same, made_of_it=made_of_it
    )


def _doubted(judgement: Judgement, need: Specification, statement: Specification) -> Judgement:
    judgement = unless_worked_on(unless_only_used(judgement, need, statement), statement)
    judgement = unless_described(unless_tool_for_it(judgement, need, statement), need, statement)
    judgement = unless_of_the_unsaid(judgement, need, statement)
    judgement = unless_work_is_done_with_it(judgement, need, statement)
    judgement = unless_packed_in(judgement, need, statement)
    judgement = unless_thing_of_it(judgement, statement)
    return unless_on_another(judgement, need, statement)


def has_name(requirement: Requirement) -> bool:
    """Tell whether a requirement is a thing, or a service, that all call by the same few names."""
    if requirement.kind is RequirementKind.PROCESS:
        return requirement.aspect == CONCEPT or requirement.value in OWN_NAMED
    return (
        requirement.kind is RequirementKind.PRODUCT
        and requirement.aspect != UNLISTED
        and has_own_name(requirement.value)
    )


def _is_made_of_it(judgement: Judgement) -> bool:
    """Whether a material is wanted to make things of it, and such things are offered."""
    return judgement.requirement.value in RAW_FORMS and judgement.verdict is Fulfilment.UNMET


def _is_its_material(judgement: Judgement) -> bool:
    return judgement.verdict is Fulfilment.MET and _is_material(judgement.requirement)


def _is_core(requirement: Requirement) -> bool:
    is_asked = not requirement.denied and requirement.aspect != COMES_WITH
    return requirement.kind in CORE and is_asked


def _is_material(requirement: Requirement) -> bool:
    return requirement.kind is RequirementKind.MATERIAL and not requirement.denied


def _is_unsaid(judgement: Judgement) -> bool:
    return judgement.verdict is Fulfilment.UNKNOWN and judgement.evidence is None


def _names(statement: Specification) -> bool:
    """Whether a statement names any known product of its own."""
    return any(
        is_made(item) and item.aspect not in (UNLISTED, CONCEPT)
        for item in statement.of(RequirementKind.PRODUCT)
    )


@remembered(1_000)
def _sought(need: Specification) -> tuple[Requirement, ...]:
    """What a need requires, of which its author does not speak as its own: for all statements."""
    return tuple(r for r in need.requirements if not _is_own(need, r))


def _is_own(need: Specification, requirement: Requirement) -> bool:
    """Whether who asks says so of itself ("we make valves and look for an agent")."""
    if requirement.kind not in (RequirementKind.PRODUCT, RequirementKind.PROCESS):
        return False
    text = fold(need.text)
    before = text[max(0, requirement.start - _REACH) : requirement.start]
    return bool(_OWN.search(before) and _SEEKS.search(text, requirement.end))


def _wants_work(need: Specification) -> bool:
    """Whether work on a thing is wanted, and no thing."""
    work = [r for r in need.requirements if r.kind is RequirementKind.PROCESS and not r.denied]
    things = [r for r in need.requirements if r.kind is RequirementKind.PRODUCT and not r.denied]
    return bool(work) and not things and all(r.value in finishing() - TESTED for r in work)


def _judge_work(
    requirement: Requirement, need: Specification, statement: Specification
) -> Judgement:
    """The same of work that is wanted: whoever sells a thing, or does other work, does not do it."""
    judgement = _judge(requirement, statement)
    if requirement.kind is not RequirementKind.PROCESS or requirement.denied:
        return judgement
    if thing := sold(statement):
        tentative = not is_of_another(thing, need)
        return Judgement(requirement, Fulfilment.UNMET, thing, _FOR_ITSELF, tentative)
    if judgement.evidence is not None or judgement.verdict is not Fulfilment.UNKNOWN:
        return judgement
    work = [
        item
        for item in statement.of(RequirementKind.PROCESS)
        if not item.denied and item.aspect != CONCEPT
    ]
    work = work or [i for i in statement.of(RequirementKind.PRODUCT) if _is_shaped(i)]
    if not work:
        return judgement
    return Judgement(requirement, Fulfilment.UNMET, work[0], message("other work"), tentative=True)


def _is_for_itself(statement: Specification, item: Requirement) -> bool:
    """Whether work is said to be done for what its owner makes: 控制板自己贴片."""
    text = fold(statement.text)
    if item.kind is not RequirementKind.PROCESS or FOR_OTHERS.search(text):
        return False
    before = _ITSELF_BEFORE.search(text, max(0, item.start - 8), item.start)
    return bool(before or _ITSELF_AFTER.match(text, item.end))


def _is_shaped(item: Requirement) -> bool:
    """Whether a thing is named by the work that makes it: castings, forgings."""
    return item.value in shapes() and item.role is ItemRole.ITSELF and not item.denied


def _judge(requirement: Requirement, statement: Specification) -> Judgement:
    """The best that the statement says of a requirement: met before unmet before unknown."""
    if requirement.kind in TOLD_BY_GRAPH:
        return Judgement(requirement, Fulfilment.UNKNOWN)
    if requirement.kind is RequirementKind.CODE and (
        match := occurrence(requirement, statement.text)
    ):
        return Judgement(requirement, Fulfilment.MET, match)
    unmet: Judgement | None = None
    unknown: Judgement | None = None
    is_material = requirement.kind is RequirementKind.MATERIAL
    among_others = named_among_others(statement) if is_material else frozenset()
    for item in (*statement.of(requirement.kind), *_making(requirement, statement)):
        say = MET if item.kind is not requirement.kind else _say(requirement, item)
        if say is None:
            continue
        verdict, note, tentative = say
        if verdict is Fulfilment.UNMET and reaches(requirement, item, statement):
            verdict, note, tentative = MET
        if verdict is Fulfilment.MET and _is_for_itself(statement, item):
            verdict, note, tentative = Fulfilment.UNMET, _FOR_ITSELF, True
        if verdict is Fulfilment.UNMET and item.start in among_others:
            verdict, note = Fulfilment.UNKNOWN, None
        if item.denied != requirement.denied:
            if verdict is not Fulfilment.MET or _is_one_kind(item, requirement):
                continue
            verdict = Fulfilment.UNMET
        elif requirement.denied and verdict is not Fulfilment.MET:
            continue
        judgement = Judgement(requirement, verdict, item, note, tentative)
        judgement = unless_others_do_it(judgement, statement)
        if judgement.verdict is Fulfilment.MET:
            return judgement
        if judgement.verdict is Fulfilment.UNMET:
            unmet = unmet or judgement
        else:
            unknown = unknown or judgement
    if unmet is None and requirement.kind in NAMED and not requirement.denied:
        named = stated(requirement, statement)
        if named is not None:
            verdict = Fulfilment.UNMET if named.denied else Fulfilment.MET
            return unless_others_do_it(Judgement(requirement, verdict, named), statement)
    if unknown is not None and unknown.evidence is not None and unknown.evidence.aspect == "grade":
        return unknown  # 304 beside 316, where 304L is needed
    if is_material and unmet and unknown and names_wider(unknown, unmet):
        return unknown  # 镍基合金和奥氏体不锈钢, where 316L is needed
    return unmet or unknown or Judgement(requirement, Fulfilment.UNKNOWN)


def _is_one_kind(item: Requirement, requirement: Requirement) -> bool:
    """Whether work that is denied is only one kind of that needed: 机加工，没有五轴."""
    is_work = item.kind is RequirementKind.PROCESS
    return is_work and not requirement.denied and item.value != requirement.value


def _making(requirement: Requirement, statement: Specification) -> list[Requirement]:
    """What is needed by its other name: who casts valve bodies makes castings, and the reverse."""
    other = _OTHER_NAME.get(requirement.kind)
    if other is None:
        return []
    return [item for item in statement.of(other) if _process(requirement, item) is MET]


def _say(requirement: Requirement, item: Requirement) -> Say | None:
    if requirement.kind in MEASURED:
        return measured(requirement, item)
    named = _NAMED.get(requirement.kind)
    return named(requirement, item) if named else None  # of a place the graph tells


def _product(requirement: Requirement, item: Requirement) -> Say | None:
    same = requirement.value in (item.value, item.family)
    if item.role is not ItemRole.ITSELF:
        if not same:
            return _MADE_OF_IT if is_spun_of_it(requirement, item) else None
        if item.role is ItemRole.CUSTOMER:
            return Say(Fulfilment.UNMET, message("its customers make it"), tentative=True)
        return Say(
            Fulfilment.UNMET, message("a part of it or work on it, not itself"), tentative=True
        )
    if same and item.aspect == COMES_WITH != requirement.aspect:
        return Say(Fulfilment.UNMET, message("only a part of what it offers"))
    if same:
        return MET
    if item.family == requirement.family and item.value != item.family:
        return UNMET  # another kind of the same thing
    if not {UNLISTED, CONCEPT}.isdisjoint((requirement.aspect, item.aspect)):
        return None
    is_thing = requirement.value in RAW_FORMS and has_own_name(item.value)
    if is_thing or is_spun_of_it(requirement, item):
        return _MADE_OF_IT
    made = parts() | shapes()
    if requirement.value in made and item.value not in made:
        is_whole = item.family in requirement.value.split()  # a valve, not a valve seat
        note = message("the whole, not the part") if is_whole else message("another product")
        return Say(Fulfilment.UNMET, note, tentative=True)
    if item.value in made and requirement.value not in made:
        is_part = requirement.family in item.value.split()
        note = message("a part, not the whole") if is_part else message("another product")
        return Say(Fulfilment.UNMET, note, tentative=True)
    return None


def _process(requirement: Requirement, item: Requirement) -> Say | None:
    if item.role is not ItemRole.ITSELF:
        return None
    is_of = requirement.value == item.family or item.value.endswith(" " + requirement.value)
    if item.value == requirement.value or is_of:
        return MET
    is_kind = item.family == requirement.family and item.value != item.family
    if is_kind and not requirement.value.endswith(item.value):
        return Say(Fulfilment.UNKNOWN, message("another kind of it"))
    return None


def covers(wanted: str, stated: str) -> bool:
    """Whether who has one standard or certificate has another: its parts, and what it implies."""
    if stated == wanted or stated.startswith(wanted + "-") or wanted.startswith(stated + "-"):
        return True
    return wanted in _IMPLIED.get(stated, ())


def _standard(requirement: Requirement, item: Requirement) -> Say | None:
    return MET if covers(requirement.value, item.value) else None


def _code(requirement: Requirement, item: Requirement) -> Say | None:
    if item.family == requirement.family:
        return MET
    return UNMET if _shape(item.family) == _shape(requirement.family) else None


def _shape(code: str) -> str:
    """Digits aside, so that 6204-2RS and 6240-2RS are codes of one series."""
    return "".join("0" if sign.isdecimal() else sign for sign in code)


_NAMED: dict[RequirementKind, Callable[[Requirement, Requirement], Say | None]] = {
    RequirementKind.PRODUCT: _product,
    RequirementKind.PROCESS: _process,
    RequirementKind.MATERIAL: judged_material,
    RequirementKind.STANDARD: _standard,
    RequirementKind.CERTIFICATE: _standard,
    RequirementKind.CODE: _code,
}


def _denial(need: Specification, statement: Specification) -> Requirement | None:
    """What a statement says it does not make, when it is the product needed; of work that alone is
    needed, what it says it does not do.
    """
    wanted = [r for r in need.requirements if r.kind is RequirementKind.PRODUCT and not r.denied]
    kind = RequirementKind.PRODUCT if wanted else RequirementKind.PROCESS
    wanted = wanted or [r for r in need.requirements if r.kind is kind and not r.denied]
    if kind is RequirementKind.PROCESS and any(not i.denied for i in statement.of(kind)):
        return None  # of the work that it does, it does not do one kind
    for item in statement.of(kind):
        if not item.denied or item.role is not ItemRole.ITSELF:
            continue
        for requirement in wanted:
            if item.value in (requirement.value, requirement.family) and _only(
                need, _company(statement.items, item)
            ):
                affirmed = any(
                    other.value == item.value and not other.denied and other.role is ItemRole.ITSELF
                    for other in statement.of(kind)
                )
                is_limited = kind is RequirementKind.PRODUCT and _company(statement.items, item)
                if not affirmed or is_limited:
                    return item
    names = {item.value for item in statement.of(kind)}
    said = [s for r in wanted if r.value not in names and (s := stated(r, statement)) is not None]
    return said[0] if said and all(named.denied for named in said) else None


def _company(items: Sequence[Requirement], product: Requirement) -> list[Requirement]:
    """What a denied clause says of its product: it is denied of that only."""
    return [
        i for i in items if i.clause == product.clause and i.kind is not product.kind and i.denied
    ]


def _only(need: Specification, company: list[Requirement]) -> bool:
    """Whether the limits of a denial hold what is needed."""
    for item in company:
        says = [
            say
            for r in need.requirements
            if r.kind is item.kind and (say := _say(r, item)) is not None
        ]
        if says and all(say.verdict is Fulfilment.UNMET for say in says):
            return False
    return True
