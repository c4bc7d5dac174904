"""Why: what each feature contributed, the texts that fit, and the path between the two."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommend.evidence import best_statements
from matchmaker.recommend.features import FEATURES, Pairs
from matchmaker.recommend.graph import FURTHER, Network
from matchmaker.recommend.model import Evidence, PathStep, Reason
from matchmaker.snapshot.model import (
    ENGAGEMENT_KINDS,
    LAYERS,
    STATEMENT_KINDS,
    FloatArray,
    from_days,
)

PIECES = 3
# Below this a contribution says nothing to a reader.
NEGLIGIBLE = 1e-6

Sentence = Callable[[float], tuple[str, str]]

_SENTENCES: dict[str, Sentence] = {
    "text_dense": lambda v: (
        f"其文字与您的需求语义相近（{v:.2f}）",
        f"one of its texts means nearly what you ask for ({v:.2f})",
    ),
    "text_lexical": lambda v: (
        f"其文字与您的需求用词相同（{v:.2f}）",
        f"one of its texts uses the words you use ({v:.2f})",
    ),
    "pagerank": lambda v: (
        f"在近期合作网络中与您相近（{v:.2f}）",
        f"close to you in the network of recent undertakings ({v:.2f})",
    ),
    "three_step": lambda v: (
        f"近期与您的伙伴之伙伴有合作（{v:.2f}）",
        f"lately active with the partners of your partners ({v:.2f})",
    ),
    "adamic_adar": lambda v: (
        f"与您有共同伙伴（{v:.2f}）",
        f"shares partners with you ({v:.2f})",
    ),
    "country_affinity": lambda v: (
        f"近期常与贵国机构合作（{v:.2f}）",
        f"often works with organisations of your country of late ({v:.2f})",
    ),
    "recent_activity": lambda v: (f"近期活跃（{v:.2f}）", f"active of late ({v:.2f})"),
    "completed": lambda v: (
        f"已有{v:.0f}项合作记录",
        f"{v:.0f} joint undertakings on record",
    ),
    "nearness": lambda v: (f"相距约{v:.0f}公里", f"about {v:.0f} km away"),
    "same_country": lambda _: ("在同一国家", "in the same country"),
    "same_industry": lambda v: (
        ("行业相同", "the same industry") if v == 1 else ("行业相近", "a related industry")
    ),
    "stages": lambda v: (
        f"其价值链环节有{v:.0%}是您没有的",
        f"{v:.0%} of its value-chain stages are ones you do not hold",
    ),
    "verified": lambda _: ("身份已核验", "its identity is verified"),
    "capacity": lambda v: (f"还可接洽{v:.0f}家", f"can take on {v:.0f} more introductions"),
    "terms": lambda v: (
        ("免费提供", "offered free of charge") if v == 1 else ("优惠提供", "offered at a discount")
    ),
    "other_cluster": lambda _: ("来自其他集群", "from another cluster"),
    "competitor": lambda _: ("有竞争关系记录", "recorded as a competitor"),
}
_UNKNOWN = {
    "nearness": ("距离不明，按一般计", "distance unknown, counted as average"),
}


def reasons(names: tuple[str, ...], values: FloatArray, parts: FloatArray) -> tuple[Reason, ...]:
    """One reason for each feature that counted, the weightiest first; they add up to the score."""
    order = sorted(range(len(names)), key=lambda i: (-abs(float(parts[i])), names[i]))
    return tuple(
        _reason(names[i], float(values[i]), float(parts[i]))
        for i in order
        if abs(float(parts[i])) > NEGLIGIBLE
    )


def _reason(name: str, value: float, contribution: float) -> Reason:
    if math.isnan(value):
        zh, en = _UNKNOWN.get(name, (FEATURES[name].zh, FEATURES[name].en))
        return Reason(name, contribution, None, zh, en)
    sentence = _SENTENCES.get(name)
    zh, en = sentence(value) if sentence else (FEATURES[name].zh, FEATURES[name].en)
    return Reason(name, contribution, value, zh, en)


def evidence(pairs: Pairs, row: int) -> tuple[Evidence, ...]:
    """The candidate's texts that fit best, at most three."""
    statements = pairs.snapshot.statements
    found = []
    for number, fit in best_statements(pairs.snapshot, pairs.fit, row, PIECES):
        day = from_days(int(statements.date[number]))
        found.append(
            Evidence(
                id=statements.table["id"][number].as_py(),
                kind=STATEMENT_KINDS[statements.kind[number]],
                text=statements.table["text"][number].as_py(),
                language=statements.table["language"][number].as_py(),
                year=day.year if day else None,
                fit=fit,
            )
        )
    return tuple(found)


def path(pairs: Pairs, row: int) -> tuple[PathStep, ...]:
    """A shortest path from the seeker over undertakings, at most four steps, the latest of each."""
    if pairs.seeker.row is None:
        return ()
    rows = shortest(pairs.network, pairs.steps, row)
    return tuple(_step(pairs, before, after) for before, after in pairwise(rows))


def shortest(network: Network, steps: NDArray[np.int8], target: int) -> list[int]:
    """Rows along a shortest path of at most four steps, [] when there is none.

    `steps` are those from the source (`Network.steps`): it was grown by two
    steps, the target's side is grown by as many as it takes to meet it. Of
    several ways the one over the rarest partners.
    """
    way = _to_second_ring(network, steps, target)
    while way and steps[way[0]] > 0:
        nearer = network.partners(way[0])
        way.insert(0, network.rarest(nearer[steps[nearer] == steps[way[0]] - 1]))
    return way


def _to_second_ring(network: Network, steps: NDArray[np.int8], target: int) -> list[int]:
    """The end of the path from where it is two steps from the source, [] when it never is."""
    if steps[target] < FURTHER:
        return [target]
    around = network.partners(target)
    second = around[steps[around] < FURTHER]
    if len(second):
        return [network.rarest(second), target]
    beyond = network.partners_of(around)
    second = beyond[steps[beyond] < FURTHER]
    if not len(second):
        return []
    middle = network.rarest(second)
    return [middle, int(network.shared_with(middle, target)[0]), target]


def _step(pairs: Pairs, before: int, after: int) -> PathStep:
    snapshot, undertakings = pairs.snapshot, pairs.network.undertakings
    column = int(pairs.network.joint_undertakings(before, after)[0])
    engagement, tie = int(undertakings.engagement[column]), int(undertakings.tie[column])
    day = from_days(int(undertakings.date[column]))
    if engagement >= 0:
        via = ENGAGEMENT_KINDS[snapshot.engagements.kind[engagement]].value
        title = snapshot.engagements.table["title"][engagement].as_py()
    else:
        via = _layer_of(pairs, before, tie)
        title = snapshot.ties["note"][tie].as_py()
    return PathStep(
        id=snapshot.id_of(after),
        name=snapshot.name_of(after),
        via=via,
        title=title,
        year=day.year if day else None,
    )


def _layer_of(pairs: Pairs, row: int, tie: int) -> str:
    for layer in LAYERS:
        both = pairs.snapshot.layers[layer]
        for ties in (both.out, both.into):
            if bool(np.any(ties.tie[ties.row(row)] == tie)):
                return layer.value
    return ""
