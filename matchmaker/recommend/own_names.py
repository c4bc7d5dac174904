"""Things and tests that are asked for by a name which whoever has them says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matchmaker.goals import GoalName
from matchmaker.recommend.specification import (
    UNLISTED,
    Comparison,
    Judgement,
    Requirement,
    RequirementKind,
    Specification,
    has_name,
)
from matchmaker.recommend.specification.model import CONCEPT
from matchmaker.snapshot.model import BoolArray

# Goals for which things are bought or borrowed by their names.
BOUGHT = frozenset({GoalName.SUPPLIER, GoalName.SHARED_RESOURCE, GoalName.PLATFORM})
# A text is about them where they are this share of its letters: of a story the reading errs. Chosen
# on the readable judged sets.
ABOUT = 0.12


def name_what_is_bought(
    goal: GoalName, asked: Specification, comparisons: Sequence[Comparison | None]
) -> BoolArray:
    """A mask of statements that say the name of what is to be bought, (n,), of a text about it."""
    if goal not in BOUGHT or not _is_about_thing(asked):
        return np.zeros(len(comparisons), dtype=np.bool_)
    aside = [each is None or each.aside for each in comparisons]
    return _say_names(comparisons) & ~np.array(aside, dtype=np.bool_)


def _say_names(comparisons: Sequence[Comparison | None]) -> BoolArray:
    says = [each is not None and any(map(_is_own_name, each.met)) for each in comparisons]
    return np.array(says, dtype=np.bool_)


def are_silent(comparisons: Sequence[Comparison | None]) -> BoolArray:
    """A mask of statements of which nothing is met where a thing is asked for by its name, (n,)."""
    silent = [
        each is not None and not each.met and any(map(_is_own_name, each.judgements))
        for each in comparisons
    ]
    return np.array(silent, dtype=np.bool_)


def _is_about_thing(asked: Specification) -> bool:
    """Whether names of what is sought make up a good part of a text, which tells no story."""
    names = [each.text for each in asked.requirements if _is_own(each) and not each.denied]
    letters = sum(map(str.isalnum, asked.text))
    return sum(map(str.isalnum, "".join(names))) >= ABOUT * letters


def is_one_test(work: Requirement) -> bool:
    """Whether work is one kind of testing, which whoever can do it calls by its name."""
    is_test = work.kind is RequirementKind.PROCESS and work.family == "testing"
    is_test |= work.aspect == CONCEPT and work.value.endswith((" testing", " test"))
    return is_test and work.value != "testing" and work.aspect != UNLISTED


def _is_own_name(judged: Judgement) -> bool:
    return _is_own(judged.requirement) and not judged.requirement.denied


def _is_own(thing: Requirement) -> bool:
    is_product = thing.kind is RequirementKind.PRODUCT
    return (is_product and has_name(thing)) or is_one_test(thing)
