"""Answers of statements to a question put in words: how well, what is met, who passes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matchmaker.domain import StatementKind
from matchmaker.goals import GoalName
from matchmaker.recommend.both_lack import also_lacking
from matchmaker.recommend.evidence import TextFit
from matchmaker.recommend.floor import floor
from matchmaker.recommend.literal import (
    NAMED_GOALS,
    OF_THINGS,
    WANTED_FIT,
    is_foreign,
    is_literal,
    is_named,
    is_wanted,
    lost_by_another,
    name_something,
    name_sought,
    named_things,
    names_and_work,
    said_of_it_elsewhere,
    speak_against,
)
from matchmaker.recommend.model import SeekerText
from matchmaker.recommend.named_trades import NAMED_FIT, TRADE_FIT, as_a_trade, called_so
from matchmaker.recommend.near_fit import NearTextFit, OrganizationFigures
from matchmaker.recommend.sought_trade import (
    behind_the_trade,
    gained_by_word,
    is_of,
    look_for,
    lost_by_labs,
    sought_trade,
    states_offer,
)
from matchmaker.recommend.specification import (
    CORE,
    TOLD_BY_GRAPH,
    Comparison,
    RequirementKind,
    compare,
    compare_customer,
    is_rival,
    lacking,
    names_customers,
    of_makers,
    offered,
    seeks_traders,
)
from matchmaker.recommend.specification.borrowed import is_lent
from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.specification.kept import specification_of
from matchmaker.recommend.usable_statements import filled_rows
from matchmaker.snapshot.lexical import term_shares
from matchmaker.snapshot.model import STATEMENT_KINDS, BoolArray, FloatArray, IntArray, Snapshot
from matchmaker.snapshot.nearest import best

# Of how many candidates the best statements are compared with what is specified, and how many.
COMPARED, STATEMENTS = 60, 6
# Of how many organisations of the whole graph, whether they may be recommended or not, the best
# statements tell whether anybody says this: it is the same whoever asks.
FOREMOST = 10
# What a comparison (`Comparison.adjustment`) makes of a fit in [0, 1]: what is met adds to it,
# what is not met leaves exp(UNMET · adjustment) of it, so that no likeness outweighs another
# material or size. Chosen on the tuning half of the judged needs (docs/measurements.md).
MET, UNMET = 1.0, 3.0
# What the codes and grades asked for take of a fit where nothing that is asked for is named.
CODES_ASIDE = 0.5
# Kinds that say more of it: a figure, a material, a code, a certificate.
DETAIL_KINDS = frozenset(RequirementKind) - CORE - TOLD_BY_GRAPH
# What is added to the fit of a statement that lends what is to be shared; of who only sells work
# done with it nothing. Chosen on the readable judged sets.
LENT = 0.05
NO_STATEMENT = -1
# A statement, its fit with what is specified, and how it compares with that.
RatedStatement = tuple[int, float, Comparison | None]


@dataclass(frozen=True)
class Answers:
    """The best answers of candidates to the words asked, all (n,).

    `fit` in [0, 1] before what is specified, which adds `adjustment` (0 where nothing is
    compared, see `comparisons`). `statements` are rows of the snapshot, -1 for none: who has a fit
    all the same only bears a name that says it (`named_trades`). `denied`:
    it says that it does not have it. `passed`: it is a match.
    """

    fit: FloatArray
    adjustment: FloatArray
    statements: IntArray
    comparisons: tuple[Comparison | None, ...]
    denied: BoolArray
    passed: BoolArray

    def at(self, positions: list[int]) -> Answers:
        """The answers of the candidates at these positions."""
        places = np.array(positions, dtype=np.int64)
        comparisons = tuple(self.comparisons[position] for position in positions)
        return Answers(
            self.fit[places],
            self.adjustment[places],
            self.statements[places],
            comparisons,
            self.denied[places],
            self.passed[places],
        )

    @property
    def adjusted(self) -> FloatArray:
        """Fit with what is specified, in [0, 1]."""
        return np.asarray(np.clip(self.fit + self.adjustment, 0, 1), dtype=np.float32)


def worded_fit(snapshot: Snapshot, fit: TextFit) -> FloatArray | OrganizationFigures:
    """Largest fit of each organisation's statements by what they are worth, shape (N,)."""
    if isinstance(fit, NearTextFit):
        return fit.worded(fit.worth)
    entries = snapshot.organization_statements
    values = fit.blended.take(entries.indices) * fit.worth
    largest = np.zeros(len(snapshot), dtype=np.float32)
    filled = filled_rows(snapshot)
    if len(filled):
        largest[filled] = np.maximum.reduceat(values, entries.indptr[filled])
    return np.maximum(largest, 0)


def best_answers(
    snapshot: Snapshot, fit: TextFit, question: SeekerText, row: int, count: int
) -> list[RatedStatement]:
    """Statements of an organisation, best first.

    The `count` that fit best, compared with what the question specifies.
    """
    statements, fits = _ordered(snapshot, fit, row, count)
    rated = []
    for statement, value in zip(statements, fits, strict=True):
        comparison = _compared(snapshot, question, statement)
        comparison = as_a_trade(snapshot, question, fit.goal, row, comparison, statement)
        likeness = _without_codes(fit, comparison, statement, value)
        if comparison is not None and comparison.in_name:
            likeness = max(likeness, TRADE_FIT)
        if is_wanted(snapshot, question, fit.goal, statement, comparison):
            likeness = max(likeness, WANTED_FIT)
        if fit.goal is GoalName.SHARED_RESOURCE and _is_lent(snapshot, statement, comparison):
            likeness += LENT
        rated.append((statement, likeness, comparison))
    others = [comparison for _, _, comparison in rated]
    whole = [(at, likeness, said_of_it_elsewhere(each, others)) for at, likeness, each in rated]
    return sorted(
        ((at, adjusted_fit(likeness, each), each) for at, likeness, each in whole),
        key=lambda answer: -answer[1],
    )


def _is_lent(snapshot: Snapshot, statement: int, comparison: Comparison | None) -> bool:
    """Whether a statement of what is asked for says that it is there for others to use."""
    if comparison is None or comparison.unmet or not comparison.met:
        return False
    return is_lent(snapshot.string("statements", "text", statement))


def _without_codes(
    fit: TextFit, comparison: Comparison | None, statement: int, value: float
) -> float:
    """A fit with less of what the codes and grades asked for gave it where the thing is not named.

    Who sells H13 has no inserts of it.
    """
    codes = fit.questions[0].codes
    if comparison is None or not comparison.aside or codes is None:
        return value
    return value * (1 - CODES_ASIDE * float(codes[statement]))


def answers(
    snapshot: Snapshot,
    fit: TextFit,
    texts: tuple[SeekerText, ...],
    rows: IntArray,
    own: int | None = None,
) -> Answers:
    """Answers of candidates at `rows` (n,) to texts put as the question; `own` is who asks.

    What anybody says, who asks too, tells whether the question is one of the graph's; nobody is
    faint beside what the asker says itself. So who is found by others is found by everybody.
    """
    everybody = worded_fit(snapshot, fit)
    fits = everybody[rows]
    adjustment = np.zeros(len(rows), dtype=np.float32)
    statements = np.full(len(rows), NO_STATEMENT, dtype=np.int32)
    denied, is_of_trade = (np.zeros(len(rows), dtype=np.bool_) for _ in range(2))
    trade = sought_trade(fit.goal, texts[0]) if len(texts) == 1 else frozenset()
    comparisons: list[Comparison | None] = [None] * len(rows)
    firsts: dict[int, RatedStatement] = {}
    sells = fit.goal is GoalName.CUSTOMER and not any(
        each.sought_stages and not seeks_traders(each.specification) for each in texts
    )
    compared = set(np.lexsort((rows, -fits))[:COMPARED].tolist()) if len(texts) == 1 else set()
    for position in np.flatnonzero(fits > 0).tolist():
        row = int(rows[position])
        if position not in compared:
            statements[position] = _best_statement(snapshot, fit, row)
            continue
        rated = best_answers(snapshot, fit, texts[0], row, STATEMENTS)
        statements[position], adjusted, comparisons[position] = firsts[row] = rated[0]
        adjustment[position] = adjusted - fits[position]
        denied[position] = any(each is not None and each.denied for _, _, each in rated)
        is_of_trade[position] = is_of(snapshot, row, trade, rated)
        comparison = comparisons[position]
        denied[position] |= comparison is not None and (
            comparison.another
            or (comparison.made_of_it and fit.goal in OF_THINGS)
            or (sells and is_rival(comparison))
        )
    named = called_so(snapshot, texts[0], fit.goal, rows) if len(texts) == 1 else {}
    by_name = np.zeros(len(rows), dtype=np.bool_)
    for position, row in enumerate(rows.tolist() if named else ()):
        if row in named:
            comparisons[position], by_name[position] = named[row], True
            fits[position] = NAMED_FIT
            adjustment[position] = adjusted_fit(NAMED_FIT, named[row]) - NAMED_FIT
    foremost = _foremost(everybody, FOREMOST)
    passed = _passed(snapshot, fit, texts, statements, comparisons, foremost)
    if _is_named_by_nobody(snapshot, fit, texts, everybody, firsts):
        near = fit.dense_of(np.maximum(statements, 0)) >= floor().unnamed
        passed &= near | name_sought(fit.goal, texts[0].specification, comparisons)
    if others := [row for row in _foremost(everybody, 2) if row != own]:
        is_faint = fits < floor().faint * everybody[others[0]]
        passed &= ~is_faint | name_something(comparisons)
    if fit.goal is GoalName.RESEARCH_PARTNER:
        passed &= ~speak_against(comparisons)
    adjusted_fits = fits + adjustment
    adjustment += lost_by_another(
        snapshot, fit.goal, texts, adjusted_fits, statements, comparisons, passed
    )
    gained = gained_by_word(trade, is_of_trade, fits + adjustment)
    adjustment, passed = adjustment + gained, passed | (gained > 0)
    adjustment += behind_the_trade(
        fits + adjustment, passed, is_of_trade, comparisons, look_for(snapshot, statements)
    )
    adjustment -= lost_by_labs(snapshot, fit.goal, texts, rows, fits + adjustment)
    passed |= by_name
    if texts and texts[0].kind is StatementKind.OFFER:
        wanted = [
            is_wanted(snapshot, texts[0], fit.goal, statement, comparison)
            for statement, comparison in zip(statements.tolist(), comparisons, strict=True)
        ]
        passed |= np.array(wanted, dtype=np.bool_)  # of nobody too
    return Answers(fits, adjustment, statements, tuple(comparisons), denied, passed & ~denied)


def answering_statements(
    snapshot: Snapshot, fit: TextFit, texts: tuple[SeekerText, ...], statements: IntArray
) -> BoolArray:
    """A mask of statements (k,) that answer texts put as the question, whoever makes them."""
    everybody = worded_fit(snapshot, fit)
    foremost = _foremost(everybody, FOREMOST)
    return _passed(snapshot, fit, texts, statements, [None] * len(statements), foremost)


def _foremost(everybody: FloatArray | OrganizationFigures, count: int) -> list[int]:
    """The first rows by figures of all (N,), of those above zero."""
    if isinstance(everybody, np.ndarray):
        return [row for row in best(everybody, count)[0].tolist() if everybody[row] > 0]
    # Whoever owns what is nearest, whether it may be recommended or not.
    return [int(row) for row in everybody.first(count)]


def _best_statement(snapshot: Snapshot, fit: TextFit, row: int) -> int:
    """The first of `_ordered`, of an organisation that has one."""
    entries = snapshot.organization_statements
    part = slice(int(entries.indptr[row]), int(entries.indptr[row + 1]))
    values = fit.blended_of(entries.indices[part]) * fit.worth[part]
    return int(entries.indices[part][values.argmax()])  # statements lie in order


def _ordered(
    snapshot: Snapshot, fit: TextFit, row: int, count: int
) -> tuple[list[int], list[float]]:
    """An organisation's statements that fit best by what they are worth, and how well."""
    entries = snapshot.organization_statements
    part = slice(int(entries.indptr[row]), int(entries.indptr[row + 1]))
    values = fit.blended_of(entries.indices[part]) * fit.worth[part]
    positive = np.flatnonzero(values > 0)
    indices, values = entries.indices[part][positive], values[positive]
    value_of: dict[int, float] = {}
    for place in np.lexsort((indices, -values)).tolist():
        value_of.setdefault(int(indices[place]), float(values[place]))
        if len(value_of) == count:
            break
    return list(value_of), list(value_of.values())


def _compared(snapshot: Snapshot, question: SeekerText, statement: int) -> Comparison | None:
    """The comparison of a need with what is had; None where both need, or both have."""
    asked = question.specification
    is_need = STATEMENT_KINDS[snapshot.statements.kind[statement]] is StatementKind.NEED
    says = specification_of(snapshot, statement)
    if question.kind is StatementKind.NEED and not is_need:
        compared = compare(asked, says) if asked.items else None
        if compared is not None and question.goal is GoalName.RESEARCH_PARTNER:
            return compared.with_what_is_studied()
        if compared is not None and question.goal is GoalName.INDUSTRY_PARTNER:
            return of_makers(compared, asked, says)
        return compared
    if question.kind is StatementKind.NEED and states_offer(snapshot, statement):
        return compare(asked, offered(says)) if asked.items else None
    if question.kind is StatementKind.NEED:
        return also_lacking(asked, says, snapshot.goal_of(statement))
    if question.kind is StatementKind.OFFER and is_need:
        # Of who calls for firms those are no requirement that it calls.
        lacked = offered(says) if states_offer(snapshot, statement) else lacking(says)
        wanted = compare(lacked, offered(asked))
        return replace(wanted, aside=False, elsewhere=False, made_of_it=False)
    if question.kind is not StatementKind.OFFER:
        return None
    kind = STATEMENT_KINDS[snapshot.statements.kind[statement]]
    is_joint = question.goal is GoalName.INDUSTRY_PARTNER
    if kind is StatementKind.DESCRIPTION or (is_joint and kind is StatementKind.OFFER):
        compared = compare_customer(asked, says)  # what they offer, too, tells what they make
        return compared.without_unmet() if is_joint else compared
    return None


def adjusted_fit(fit: float, comparison: Comparison | None) -> float:
    """A fit with what the statement says of what is specified, in [0, 1]; 0 where it denies it."""
    if comparison is None or comparison.denied:
        return 0.0 if comparison is not None else fit
    if comparison.adjustment < 0:
        return fit * math.exp(UNMET * comparison.adjustment)
    return min(fit + MET * comparison.adjustment, 1.0)


def _passed(
    snapshot: Snapshot,
    fit: TextFit,
    texts: tuple[SeekerText, ...],
    statements: IntArray,
    comparisons: Sequence[Comparison | None],
    foremost: Sequence[int],
) -> BoolArray:
    says, spoken = statements >= 0, np.maximum(statements, 0)
    if not says.any():  # nor may there be any statement at all
        return says
    if not snapshot.meta.dimension:
        shares = [term_shares(snapshot.lexical, text.wording)[spoken] for text in texts]
        in_words = np.max(shares, axis=0) >= floor().words_alone
        literal = is_literal(snapshot, fit, texts, spoken) | is_named(texts, comparisons)
        return np.asarray(says & (in_words | literal))
    standing = _standing(snapshot, fit, texts, spoken, comparisons)
    standing = np.where(says, standing, -np.inf).astype(np.float32)
    best = np.array([_best_statement(snapshot, fit, row) for row in foremost], dtype=np.int32)
    best_of_all = _standing(snapshot, fit, texts, best, [None] * len(best))
    top = max(best_of_all.max(initial=-np.inf), standing.max(initial=-np.inf))
    return floor().passed(standing, float(top))


def _is_named_by_nobody(
    snapshot: Snapshot,
    fit: TextFit,
    texts: tuple[SeekerText, ...],
    everybody: FloatArray | OrganizationFigures,
    firsts: Mapping[int, RatedStatement],
) -> bool:
    """Whether a thing that has a name is sought, or offered, and nobody says that name.

    Of whoever comes nearest in the whole graph: a list and each of its pairs say the same.
    `firsts` are first answers that are known already, by row.
    """
    if fit.goal not in NAMED_GOALS or len(texts) > 1 or not snapshot.meta.dimension:
        return False
    things = named_things(fit.goal, texts[0].specification)
    names = [name for thing in things for name in names_and_work(fit.goal, thing)]
    # Of customers whom nothing names, who makes the like says its name, too.
    sold = fit.goal is GoalName.CUSTOMER and not names_customers(texts[0].specification)
    for row in _foremost(everybody, COMPARED) if things else ():
        first = firsts.get(row) or best_answers(snapshot, fit, texts[0], row, STATEMENTS)[0]
        statement, _, comparison = first
        if name_sought(fit.goal, texts[0].specification, [comparison]).any():
            return False
        said = fold(snapshot.string("statements", "text", statement))
        is_rival = sold and bool(comparison and comparison.unmet)
        if comparison is not None and not is_rival and any(name in said for name in names):
            return False
    return bool(things)


def _standing(
    snapshot: Snapshot,
    fit: TextFit,
    texts: tuple[SeekerText, ...],
    statements: IntArray,
    comparisons: Sequence[Comparison | None],
) -> FloatArray:
    values = floor_values(snapshot, fit, texts, statements, comparisons)
    standing = floor().standing(fit.goal, texts[0].language, values)
    # Across languages the fit is on the scale of likeness, with what a dictionary knows.
    fits = fit.blended_of(np.maximum(statements, 0))
    likeness = np.where(values["foreign"] > 0, fits, values["likeness"])
    named = (likeness >= floor().named_likeness) & _has_thing(comparisons)
    named |= _has_thing(comparisons) & name_something(comparisons, DETAIL_KINDS)
    literal = is_literal(snapshot, fit, texts, statements) | is_named(texts, comparisons) | named
    return np.where(literal, np.maximum(standing, floor().gate), standing).astype(np.float32)


def _has_thing(comparisons: Sequence[Comparison | None]) -> BoolArray:
    """A mask of statements that name the thing asked for, and nothing unlike it, (n,)."""
    agrees = [each is not None and not each.unmet for each in comparisons]
    return name_something(comparisons, CORE) & np.array(agrees, dtype=np.bool_)


def floor_values(
    snapshot: Snapshot,
    fit: TextFit,
    texts: tuple[SeekerText, ...],
    statements: IntArray,
    comparisons: Sequence[Comparison | None],
) -> dict[str, FloatArray]:
    """Values of candidates' best statements that the floor weighs (`floor.toml`), (n,) each.

    And `foreign`, which it does not: 1 where a statement is of another language.
    """
    spoken = np.maximum(statements, 0)
    foreign = is_foreign(snapshot, texts, spoken)
    usual = [text.usual for text in texts]
    everyday = min(each.everyday for each in usual)
    abroad = min((each.everyday + each.everyday_abroad) / 2 for each in usual)
    return {
        "likeness": fit.dense_of(spoken),
        "everyday": np.where(foreign, abroad, everyday).astype(np.float32),
        "foreign": foreign.astype(np.float32),
        "product": (name_something(comparisons) | _speak_of_whole(comparisons)).astype(np.float32),
        "spread": np.full(len(spoken), max(each.spread for each in usual), dtype=np.float32),
    }


def _speak_of_whole(comparisons: Sequence[Comparison | None]) -> BoolArray:
    """A mask of statements that speak of the same whole, where nothing else is named, (n,)."""
    speak = [each is not None and each.same_whole and not each.met for each in comparisons]
    return np.array(speak, dtype=np.bool_)
