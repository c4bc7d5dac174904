"""Statements that say what is asked, nearly or in another language, or need what is offered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from matchmaker.domain import StatementKind
from matchmaker.goals import GoalName
from matchmaker.recommend.evidence import TextFit
from matchmaker.recommend.floor import floor
from matchmaker.recommend.model import SeekerText
from matchmaker.recommend.named_trades import FRAME
from matchmaker.recommend.own_names import are_silent, is_one_test, name_what_is_bought
from matchmaker.recommend.question_fit import statement_languages
from matchmaker.recommend.specification import (
    CORE,
    MAKING,
    NAMED_WORK,
    SUBJECT_KINDS,
    TOLD_BY_GRAPH,
    UNLISTED,
    Comparison,
    Fulfilment,
    Judgement,
    Requirement,
    RequirementKind,
    Specification,
    finishing,
    has_name,
)
from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.specification.kept import specification_of
from matchmaker.recommend.specification.wholes import RAW_FORMS
from matchmaker.regex import regex
from matchmaker.snapshot.lexical import known_share
from matchmaker.snapshot.model import STATEMENT_KINDS, BoolArray, FloatArray, IntArray, Snapshot

# Goals for which a thing is sought itself, not somebody who studies or tests it.
OF_THINGS = frozenset({GoalName.SUPPLIER, GoalName.CUSTOMER, GoalName.CROSS_CLUSTER})
# Equipment is looked for by its name to be used, too; it is told by its head.
NAMED_GOALS = OF_THINGS | {GoalName.SHARED_RESOURCE, GoalName.PLATFORM}
_EQUIPMENT = frozenset(
    {"microscope", "spectrometer", "harvester", "machine", "chamber", "furnace", "tester"}
)
_MACHINE_OF_WORK = regex(r"(?P<work>.{2,})[机炉箱台]")
_ROOMS = frozenset({"warehousing"})
# The share of a text's letters that names what it is about. Chosen on the readable judged sets.
MOST_OF = 1 / 3
# The same of what is to be borrowed: "drop hammer or large press free two days a week".
TO_BORROW = 1 / 4
# What is lost by who says something else where somebody says in another language what is asked for:
# likenesses across languages are lower, and a word that is known in both says more than they do.
# Of fits below the second figure: of others the reading may err (docs/measurements.md).
OTHER_THING, LIKE_ENOUGH = 0.4, 0.4
# What those lose at most of whom nothing is met where others say the name of what is sought, so
# that they stand well beneath the last of these (what is close is ordered by the graph). Chosen on
# the readable judged sets.
SILENT, BENEATH = 0.4, 0.8
# What they lose at least where equipment is to be shared, of which a trade's words say little.
LEAST = 0.15
# What is to be done together, which says nothing of with whom: "a prepreg firm to scale it up".
_TOGETHER = regex(
    r"\b(?:firms?|compan(?:y|ies))\b|"
    r"\bto (?:scale|try|test|trial|develop|pilot|work|cooperate|collaborate|join)\b"
    r"(?: (?:it|them|this|these))?(?: (?:up|out))?(?: together)?(?: with(?: us)?)?|"
    r"一起|共同|联合|合作|企业|公司|试试|试制|试产"
)
# What is told of oneself around a thing, in words that nothing is made of: "making ball valves
# ourselves does not pay", "not buying, only renting a printer", 老板让我找球阀.
_AROUND = regex(
    r"\b(?:ourselves|myself|our own|own|not|no|only|just|buying|buy|bought|renting|rent|hire|"
    r"hiring|does|did|don't|doesn't|pay|making|prices?|costs?|per|hours?|days?|weeks?|months?|next|boss|"
    r"told|asked|asks|used|use|using|with|and|but|by|from|this|that|it|"
    r"have|has|had|will|too|far|always|never|more|other|another|now|quickly|urgent(?:ly)?|asap|"
    r"thanks|times?|book|borrow|lend|share|sharing|access)\b|"
    r"老板|让我|自己|不划算|以前|之前|太远|想买|在线等|谢谢|帮忙|现在|一直|知道|听说|借用|租用|预约|"
    r"多少钱|小时|两天|几天|一下"
)
_COMPOUND = regex(r"[\u4e00-\u9fff]{4,}")
# What labs lose at most that study another thing than that of which a problem is told, where some
# study it. Chosen on the readable judged sets.
OTHER_SUBJECT = 0.3
# Who does such of one thing does it of no other: a sock mill has no hearing aids.
_OF_WHATEVER = frozenset({"contract manufacturing"})
# The fit of a posted need of just what is offered, at least, whatever its words.
WANTED_FIT = 0.4
# Goals for which who needs a thing is who is sought, where it is offered.
_GIVEN = frozenset({GoalName.CUSTOMER, GoalName.CROSS_CLUSTER, GoalName.SHARED_RESOURCE})


def is_literal(
    snapshot: Snapshot, fit: TextFit, texts: tuple[SeekerText, ...], statements: IntArray
) -> BoolArray:
    """A mask of statements that say nearly the same words, or name every code, (n,)."""
    literal = np.zeros(len(statements), dtype=np.bool_)
    for text, question in zip(texts, fit.questions, strict=True):
        known = known_share(snapshot.lexical, text.wording)
        literal |= question.lexical[statements] * known >= floor().literal
        if question.codes is not None:
            literal |= question.codes[statements] >= 1
    return literal


def is_named(texts: tuple[SeekerText, ...], comparisons: Sequence[Comparison | None]) -> BoolArray:
    """A mask of statements that name what most of a short text is, in any language, (n,).

    "seals" is answered by who makes 密封件, though a graph has no other word of English.
    """
    framed = FRAME.sub("", _AROUND.sub("", _TOGETHER.sub("", fold(texts[0].text))))
    places = [r.text for r in texts[0].specification.requirements if r.kind in TOLD_BY_GRAPH]
    letters = sum(character.isalnum() for character in framed)
    letters -= sum(character.isalnum() for place in places for character in place)
    named = np.zeros(len(comparisons), dtype=np.bool_)
    for place, comparison in enumerate(comparisons):
        if comparison is None or comparison.aside or comparison.unmet:
            continue
        met = [judged.requirement for judged in comparison.met]
        if any(requirement.kind in SUBJECT_KINDS for requirement in met):
            covered = sum(character.isalnum() for each in met for character in each.text)
            named[place] = covered >= floor().named * max(letters, 1)
    return named


def named_things(goal: GoalName, asked: Specification) -> list[Requirement]:
    """What is sought that whoever has it says: things by their names, else work alone."""
    sought = [r for r in asked.requirements if not r.denied]
    if goal not in OF_THINGS:
        named = [r for r in sought if _is_equipment(r) or is_one_test(r)]
        if named or goal is not GoalName.SHARED_RESOURCE:
            return named
        return [r for r in sought if _is_most_to_borrow(r, asked.text)][:1]
    # A form alone says little, that of a material what is sought: TR90 granulate.
    of_material = any(r.kind is RequirementKind.MATERIAL for r in sought)
    things = [r for r in sought if has_name(r) or (of_material and r.value in RAW_FORMS)]
    if any(r.kind is RequirementKind.PRODUCT for r in things):
        things = [r for r in things if r.value not in _OF_WHATEVER]
    if things or goal is not GoalName.SUPPLIER:
        return things
    return [r for r in sought if r.value in NAMED_WORK or _is_most_of(r, asked.text)]


def _is_equipment(thing: Requirement) -> bool:
    return thing.family.rsplit(" ", 1)[-1] in _EQUIPMENT and has_name(thing)


def names_and_work(goal: GoalName, thing: Requirement) -> list[str]:
    """The name of a thing, and what of it alone tells that somebody speaks of it.

    For equipment that is to be used the work that it is named by: 定型 of 定型机. Of a compound
    that no list has what it begins with, which few say of anything else: 柞木 of 柞木表板.
    """
    name = fold(thing.text)
    if thing.aspect == UNLISTED and _COMPOUND.fullmatch(name):
        return [name, name[:2]]
    work = _MACHINE_OF_WORK.fullmatch(name) if goal is GoalName.SHARED_RESOURCE else None
    return [name, work["work"]] if work else [name]


def _is_most_to_borrow(thing: Requirement, text: str) -> bool:
    """Whether a short text is about one thing that has a name, or room."""
    letters = sum(map(str.isalnum, text))
    is_most = sum(map(str.isalnum, thing.text)) >= TO_BORROW * letters
    return is_most and (has_name(thing) or thing.value in _ROOMS)


def _is_most_of(thing: Requirement, text: str) -> bool:
    """Whether a thing that no list has makes up much of a text: "camera tripods of carbon fibre".

    Of a long one it is seldom read right.
    """
    if thing.aspect != UNLISTED:
        return False
    letters = sum(map(str.isalnum, text))
    return sum(map(str.isalnum, thing.text)) > MOST_OF * letters


def is_wanted(
    snapshot: Snapshot,
    question: SeekerText,
    goal: GoalName,
    statement: int,
    comparison: Comparison | None,
) -> bool:
    """Whether somebody's posted need is of just the thing that is offered.

    Of technology, whether a laboratory is sought first of all for that work.
    """
    if (
        comparison is None
        or comparison.unmet
        or question.kind is not StatementKind.OFFER
        or goal not in (*_GIVEN, GoalName.INDUSTRY_PARTNER)
    ):
        return False
    is_need = STATEMENT_KINDS[snapshot.statements.kind[statement]] is StatementKind.NEED
    if goal is GoalName.INDUSTRY_PARTNER:
        is_for_labs = snapshot.goal_of(statement) is GoalName.RESEARCH_PARTNER
        return is_need and is_for_labs and _is_first_of_work(comparison)
    return is_need and any(
        j.requirement.kind is RequirementKind.PRODUCT and has_name(j.requirement)
        for j in comparison.met
    )


def _is_first_of_work(comparison: Comparison) -> bool:
    """Whether a need is first of all of work, which is what is offered."""
    first = next((j for j in comparison.judgements if j.requirement.kind in CORE), None)
    if first is None or first.verdict is not Fulfilment.MET:
        return False
    return first.requirement.value in NAMED_WORK


def name_thing(goal: GoalName, comparisons: Sequence[Comparison | None]) -> BoolArray:
    """A mask of statements that name a thing that is sought, or work that makes it, (n,).

    Who dyes has no zips that are dyed; who has things dyed is a customer of a dyer.
    """
    finished = finishing() - MAKING if goal is GoalName.SUPPLIER else frozenset()
    if not any(map(_wants_thing, comparisons)):
        finished -= NAMED_WORK
    else:
        finished |= _OF_WHATEVER
    return name_something(comparisons, CORE, finished)


def name_sought(
    goal: GoalName, asked: Specification, comparisons: Sequence[Comparison | None]
) -> BoolArray:
    """A mask of statements that name a thing that is sought, (n,).

    Of equipment and tests these themselves: who machines valve bodies has no test bench for them.
    """
    if goal in OF_THINGS:
        return name_thing(goal, comparisons)
    keys = {thing.key for thing in named_things(goal, asked)}
    says = [
        each is not None and any(judged.requirement.key in keys for judged in each.met)
        for each in comparisons
    ]
    return np.array(says, dtype=np.bool_)


def _wants_thing(comparison: Comparison | None) -> bool:
    return comparison is not None and any(
        judged.requirement.kind is RequirementKind.PRODUCT for judged in comparison.judgements
    )


def name_something(
    comparisons: Sequence[Comparison | None],
    kinds: frozenset[RequirementKind] = SUBJECT_KINDS,
    apart_from: frozenset[str] = frozenset(),
) -> BoolArray:
    """A mask of statements that name a thing of these kinds that is asked for, (n,).

    Names in `apart_from` do not count.
    """
    return np.array(
        [
            each is not None
            and any(
                judged.requirement.kind in kinds and judged.requirement.value not in apart_from
                for judged in each.met
            )
            for each in comparisons
        ],
        dtype=np.bool_,
    )


def is_foreign(
    snapshot: Snapshot, texts: tuple[SeekerText, ...], statements: IntArray
) -> BoolArray:
    """A mask of statements in another language than any of the texts, (n,)."""
    languages, language_of_statement = statement_languages(snapshot)
    asked_in = [languages.get(text.language, -1) for text in texts]
    return ~np.isin(language_of_statement[np.maximum(statements, 0)], asked_in)


def lost_by_another(
    snapshot: Snapshot,
    goal: GoalName,
    texts: tuple[SeekerText, ...],
    adjusted: FloatArray,
    statements: IntArray,
    comparisons: Sequence[Comparison | None],
    passed: BoolArray,
) -> FloatArray:
    """What fits (n,) lose of those who say another thing or other work than is asked for.

    Nothing unless matches name it, and all of them in another language than the question's; who
    says nothing of a thing that has a name stands behind who does in any language.
    """
    aside = np.array([each is not None and each.aside for each in comparisons], dtype=np.bool_)
    names = passed & (statements >= 0) & ~aside & name_something(comparisons, CORE)
    silent = np.zeros(len(adjusted), dtype=np.float32)
    if len(texts) == 1:
        named = names & name_what_is_bought(goal, texts[0].specification, comparisons)
        least = LEAST if goal is GoalName.SHARED_RESOURCE else 0.0
        silent = lost_by_silence(named, comparisons, adjusted, adjusted, least)
    if goal is GoalName.RESEARCH_PARTNER and len(texts) == 1:
        met = np.array(
            [each is not None and bool(each.met) for each in comparisons], dtype=np.bool_
        )
        silent = _behind_subject(
            snapshot, texts[0].specification, adjusted, statements, passed, met
        )
    if not names.any() or not is_foreign(snapshot, texts, statements[names]).all():
        return silent
    unmet = ([] if each is None else each.unmet for each in comparisons)
    another = [any(judged.requirement.kind in CORE for judged in each) for each in unmet]
    behind = aside & np.array(another, dtype=np.bool_) & (adjusted < LIKE_ENOUGH)
    lost = np.where(behind, -OTHER_THING * np.maximum(adjusted, 0), 0).astype(np.float32)
    return np.minimum(lost, silent)


def lost_by_silence(
    named: BoolArray,
    comparisons: Sequence[Comparison | None],
    adjusted: FloatArray,
    values: FloatArray,
    least: float = 0.0,
) -> FloatArray:
    """What values (n,) lose of those who say nothing of a thing whose name others say, `named`.

    Only where their fit, `adjusted`, tells little. `least`: the share that they lose at least.
    """
    if not named.any():
        return np.zeros(len(values), dtype=np.float32)
    behind = are_silent(comparisons) & (adjusted < LIKE_ENOUGH) & (values > 0)
    lowered = brought_beneath(values, values[named].min(), SILENT, least)
    return np.where(behind, lowered - values, 0).astype(np.float32)


def brought_beneath(
    adjusted: FloatArray, last: float, most: float, least: FloatArray | float = 0.0
) -> FloatArray:
    """Fits (n,) no further than beneath the `last` of others.

    Each loses a share of `least` at least, and of `most` at most.
    """
    beneath = np.minimum((1 - least) * adjusted, BENEATH * last)
    return np.asarray(np.maximum(beneath, (1 - most) * adjusted), dtype=np.float32)


def _behind_subject(
    snapshot: Snapshot,
    asked: Specification,
    adjusted: FloatArray,
    statements: IntArray,
    passed: BoolArray,
    met: BoolArray,
) -> FloatArray:
    """What fits (n,) lose of labs that study other things than that of which a problem is told."""
    things = [i for i in asked.of(RequirementKind.PRODUCT) if has_name(i) and not i.denied]
    subjects = {name for item in things for name in (item.value, item.family)}
    lost = np.zeros(len(adjusted), dtype=np.float32)
    if not subjects:
        return lost
    rated = np.flatnonzero((statements >= 0) & passed)
    said = [specification_of(snapshot, int(statements[at])) for at in rated]
    named = [
        {name for item in each.of(RequirementKind.PRODUCT) for name in (item.value, item.family)}
        for each in said
    ]
    speaks = np.array([not subjects.isdisjoint(each) for each in named], dtype=np.bool_)
    other = np.array([bool(each) and subjects.isdisjoint(each) for each in named], dtype=np.bool_)
    if not speaks.any():
        return lost
    behind = rated[other & ~met[rated] & (adjusted[rated] < LIKE_ENOUGH) & (adjusted[rated] > 0)]
    last = adjusted[rated[speaks]].min()
    lost[behind] = brought_beneath(adjusted[behind], last, OTHER_SUBJECT) - adjusted[behind]
    return lost


def speak_against(comparisons: Sequence[Comparison | None]) -> BoolArray:
    """A mask of statements that say something else than what is asked, and nothing of it, (n,)."""
    return np.array(
        [
            each is not None
            and not each.met
            and any(
                judged.requirement.kind in CORE and not judged.tentative for judged in each.unmet
            )
            for each in comparisons
        ],
        dtype=np.bool_,
    )


def said_of_it_elsewhere(
    comparison: Comparison | None, others: Sequence[Comparison | None]
) -> Comparison | None:
    """A comparison with what other statements of the same organisation say of the same thing.

    Who offers flanges in one statement and 法兰，材料以F304为主 in another has flanges of 304.
    """
    if comparison is None or comparison.aside or comparison.denied or not comparison.unknown:
        return comparison
    things = {each.requirement.key for each in comparison.met if each.requirement.kind in CORE}
    said: dict[str, Judgement] = {}
    for other in others:
        if other is None or other is comparison or other.aside or other.denied or other.whole:
            continue
        if things & {each.requirement.key for each in other.met}:
            for each in other.met:
                said.setdefault(each.requirement.key, each)
    judgements = tuple(
        said.get(each.requirement.key, each)
        if each.verdict is Fulfilment.UNKNOWN and each.requirement.kind not in CORE | TOLD_BY_GRAPH
        else each
        for each in comparison.judgements
    )
    return replace(comparison, judgements=judgements)
