"""Evidence for a candidate: the texts that fit, and the path between the two."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

from matchmaker.recommend.answers import STATEMENTS, best_answers
from matchmaker.recommend.evidence import FITS_PARTLY, best_statements
from matchmaker.recommend.graph import AffiliationNetwork
from matchmaker.recommend.model import Evidence, PathStep
from matchmaker.recommend.neighbourhood import Neighbourhood
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.questions import own_questions
from matchmaker.snapshot.model import ENGAGEMENT_KINDS, LAYERS, STATEMENT_KINDS, from_days

MAX_CLAUSES = 3


def evidence(pairs: Pairs, row: int) -> tuple[Evidence, ...]:
    """The candidate's texts that fit best, at most three; none where none fits.

    Of a question put in words with what they say of what it specifies.
    """
    if pairs.seeker.asks_in_words:
        asked = own_questions(pairs.seeker, pairs.goal)[0]
        answering = best_answers(pairs.snapshot, pairs.fit, asked, row, STATEMENTS)[:MAX_CLAUSES]
        return tuple(
            statement_evidence(pairs, number, fit)
            for place, (number, fit, _) in enumerate(answering)
            if place == 0 or fit >= FITS_PARTLY
        )
    return tuple(
        statement_evidence(pairs, number, fit)
        for number, fit in best_statements(pairs.snapshot, pairs.fit, row, MAX_CLAUSES)
        if fit >= FITS_PARTLY
    )


def statement_evidence(pairs: Pairs, number: int, fit: float) -> Evidence:
    """A statement as evidence, of a long one the passage that fits."""
    snapshot, statements = pairs.snapshot, pairs.snapshot.statements
    text = snapshot.string("statements", "text", number)
    start, end = pairs.fit.quotation(number, text)
    day = from_days(int(statements.date[number]))
    return Evidence(
        id=snapshot.string("statements", "id", number),
        kind=STATEMENT_KINDS[statements.kind[number]],
        text=text[start:end],
        start=start,
        language=snapshot.string("statements", "language", number),
        year=day.year if day else None,
        fit=fit,
        lapsed=not bool(statements.active[number]),
    )


def path(pairs: Pairs, row: int) -> tuple[PathStep, ...]:
    """A shortest path from the seeker over undertakings, at most four steps, the latest of each."""
    if pairs.seeker.row is None:
        return ()
    rows = shortest(pairs.network, pairs.around, row)
    # Several ways begin with the same step.
    return tuple(
        pairs.computed_once(("step", before, after), partial(_step, pairs, before, after))
        for before, after in pairwise(rows)
    )


def shortest(network: AffiliationNetwork, around: Neighbourhood, target: int) -> list[int]:
    """Rows along a shortest path of at most four steps, [] when there is none.

    Both ends are grown: the source's was by two steps (`around`), the target's is by as many
    as it takes to meet it, as far as the network's budget goes. Of several ways the one over
    the rarest partners.
    """
    if around.is_partner[target]:
        return [around.row, target]
    if len(shared := network.shared_around(around, target)):
        return [around.row, int(shared[0]), target]
    way = _from_second_step(network, around, target)
    if not way:
        return []
    return [around.row, int(network.shared_around(around, way[0])[0]), *way]


def _from_second_step(network: AffiliationNetwork, around: Neighbourhood, target: int) -> list[int]:
    """The end of a path that has no end within two steps from the source, [] without one."""
    partners = network.partners(target)
    second = partners[around.is_near.take(partners)]
    if len(second):
        return [network.rarest(second), target]
    middle = network.rarest_link(around, partners)
    if middle is None:
        return []
    return [middle, int(network.shared_with(middle, target)[0]), target]


def _step(pairs: Pairs, before: int, after: int) -> PathStep:
    snapshot, undertakings = pairs.snapshot, pairs.network.undertakings
    column = pairs.network.latest_joint_undertaking(before, after)
    engagement, tie = int(undertakings.engagement[column]), int(undertakings.tie[column])
    day = from_days(int(undertakings.date[column]))
    if engagement >= 0:
        via = ENGAGEMENT_KINDS[snapshot.engagements.kind[engagement]].value
        title = snapshot.string("engagements", "title", engagement)
    else:
        via = _layer_of(pairs, before, tie)
        title = snapshot.string("ties", "note", tie)
    return PathStep(
        id=snapshot.id_of(after),
        name=snapshot.name_of(after),
        name_en=snapshot.english_name_of(after),
        via=via,
        title=title,
        year=day.year if day else None,
    )


def _layer_of(pairs: Pairs, row: int, tie: int) -> str:
    for layer in LAYERS:
        tie_layer = pairs.snapshot.layers[layer]
        for ties in (tie_layer.out, tie_layer.into):
            if bool((ties.tie[ties.row(row)] == tie).any()):
                return layer.value
    return ""
