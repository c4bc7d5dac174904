"""What a recommendation can be for: one row a goal, no branches elsewhere.

Weights are fixed and documented here until a ranker is learned from the graph's
own history. They follow what was measured: where organisations have a history
together, a recency-weighted personalised PageRank orders partners best
(hit@10 .443 of 5,119 labs, against .072 for texts); on tenders and for
newcomers the best single piece of evidence does (hit@10 .519, dense and lexical
together, against .400 for an averaged profile).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from matchmaker.domain import (
    EngagementKind,
    GoalName,
    Kind,
    Layer,
    OfferKind,
    Role,
    StatementKind,
)

EVERY_KIND = frozenset(Kind)
LABS = frozenset({Kind.UNIVERSITY, Kind.RESEARCH_INSTITUTE})
FIRMS = frozenset({Kind.FIRM})
ALL_OFFERS = frozenset(OfferKind)
ALL_ROLES = frozenset(Role)
OFFER, NEED = StatementKind.OFFER, StatementKind.NEED
ENGAGEMENT, DESCRIPTION = StatementKind.ENGAGEMENT, StatementKind.DESCRIPTION


class Side(Enum):
    """Which end of a directed tie a candidate is."""

    SOURCE = "source"
    TARGET = "target"
    EITHER = "either"


@dataclass(frozen=True)
class Evidence:
    """Which statements of a candidate can speak for it.

    Offers only of `offers` kinds, needs only for `needs` goals, engagements only
    where the candidate had one of `roles`.
    """

    kinds: frozenset[StatementKind]
    offers: frozenset[OfferKind] = ALL_OFFERS
    needs: frozenset[GoalName] = frozenset()
    roles: frozenset[Role] = ALL_ROLES


@dataclass(frozen=True)
class Quotas:
    """What the ten are held to besides the score.

    `other_cluster`: share of slots kept for other clusters. `place`: what each
    further candidate of one place costs, in score. `exposure`: what the most
    active candidate of all costs, in score, others in proportion: a price on
    fame, so that the same few do not get every slot.
    """

    other_cluster: float = 0.0
    place: float = 0.0
    exposure: float = 0.0


@dataclass(frozen=True)
class Goal:
    """One goal. `asks` are the seeker's texts to ask with: the first group that it has.

    `layers` and `engagements` say what makes two organisations partners already;
    `side` which end of such a tie the candidate is; `walk` over which layers,
    besides engagements, acquaintance spreads. `taught_by` are kinds that look for the
    same candidates for other reasons: it is learned from their questions too. With
    `needs_of_peers`, who posted no need asks with those of its industry.
    """

    name: GoalName
    title_zh: str
    title_en: str
    seekers: frozenset[Kind]
    candidates: frozenset[Kind]
    asks: tuple[frozenset[StatementKind], ...]
    evidence: Evidence
    layers: frozenset[Layer]
    engagements: frozenset[EngagementKind]
    weights: Mapping[str, float]
    quotas: Quotas = field(default_factory=Quotas)
    walk: frozenset[Layer] = frozenset({Layer.SUPPLIES, Layer.COOPERATES_WITH, Layer.SHARES_WITH})
    only_other_clusters: bool = False
    taught_by: frozenset[Kind] = frozenset()
    needs_of_peers: bool = False
    side: Side = Side.EITHER

    @property
    def by_text(self) -> bool:
        """Whether texts decide, rather than history."""
        return self.weights.get("text_dense", 0) > self.weights.get("pagerank", 0)


def _weights(**weights: float) -> Mapping[str, float]:
    return MappingProxyType(weights)


# Text decides; the graph and nearness (就近配套) break what text leaves close. Where
# texts say little, those whom others of the country turn to come first: on Chinese
# relations of February and March 2025 that put a partner among a newcomer's first
# ten in 15 of 161 cases, against 8 without; on tenders of 2020 it changes nothing.
_BY_EVIDENCE = {
    "country_affinity": 0.10,
    "text_dense": 0.34,
    "text_lexical": 0.24,
    "pagerank": 0.08,
    "adamic_adar": 0.03,
    "nearness": 0.10,
    "same_industry": 0.04,
    "capacity": 0.04,
    "verified": 0.03,
    "completed": 0.04,
    "recent_activity": 0.06,
    "competitor": -0.20,
}
# History decides; the country's habits stand in for who has none.
_BY_HISTORY = {
    "pagerank": 0.42,
    "three_step": 0.14,
    "adamic_adar": 0.06,
    "country_affinity": 0.12,
    "recent_activity": 0.06,
    "same_country": 0.03,
    "nearness": 0.05,
    "text_dense": 0.08,
    "text_lexical": 0.04,
    "competitor": -0.20,
}

GOALS: Mapping[GoalName, Goal] = MappingProxyType(
    {
        goal.name: goal
        for goal in (
            Goal(
                name=GoalName.SUPPLIER,
                title_zh="找供应商",
                title_en="Suppliers",
                seekers=FIRMS,
                candidates=FIRMS,
                asks=(frozenset({NEED}), frozenset({DESCRIPTION}), frozenset({ENGAGEMENT, OFFER})),
                needs_of_peers=True,
                evidence=Evidence(
                    kinds=frozenset({OFFER, ENGAGEMENT, DESCRIPTION}),
                    offers=frozenset({OfferKind.PRODUCT, OfferKind.SERVICE}),
                    roles=frozenset({Role.SUPPLIER}),
                ),
                layers=frozenset({Layer.SUPPLIES}),
                side=Side.SOURCE,
                engagements=frozenset({EngagementKind.CONTRACT}),
                weights=_weights(**_BY_EVIDENCE),
                quotas=Quotas(place=0.004, exposure=0.02),
            ),
            Goal(
                name=GoalName.CUSTOMER,
                title_zh="找客户",
                title_en="Customers",
                seekers=FIRMS,
                candidates=FIRMS | {Kind.PUBLIC_BODY},
                asks=(frozenset({OFFER}), frozenset({DESCRIPTION}), frozenset({ENGAGEMENT})),
                evidence=Evidence(
                    kinds=frozenset({NEED, ENGAGEMENT, DESCRIPTION}),
                    needs=frozenset({GoalName.SUPPLIER}),
                    roles=frozenset({Role.BUYER}),
                ),
                layers=frozenset({Layer.SUPPLIES}),
                side=Side.TARGET,
                engagements=frozenset({EngagementKind.CONTRACT}),
                weights=_weights(**_BY_EVIDENCE),
                quotas=Quotas(other_cluster=0.2, place=0.004, exposure=0.02),
            ),
            Goal(
                name=GoalName.RESEARCH_PARTNER,
                title_zh="找科研伙伴",
                title_en="Research partners",
                seekers=FIRMS,
                candidates=LABS,
                asks=(frozenset({NEED}), frozenset({DESCRIPTION, ENGAGEMENT, OFFER})),
                evidence=Evidence(
                    kinds=frozenset({OFFER, ENGAGEMENT, DESCRIPTION}),
                    offers=frozenset({OfferKind.TECHNOLOGY, OfferKind.SERVICE}),
                ),
                layers=frozenset({Layer.COOPERATES_WITH}),
                engagements=frozenset({EngagementKind.RESEARCH_PROJECT, EngagementKind.PATENT}),
                weights=_weights(**_BY_HISTORY),
                quotas=Quotas(other_cluster=0.2, exposure=0.01),
                walk=frozenset({Layer.COOPERATES_WITH, Layer.SHARES_WITH}),
            ),
            Goal(
                name=GoalName.INDUSTRY_PARTNER,
                title_zh="找企业伙伴",
                title_en="Industry partners",
                seekers=LABS,
                candidates=FIRMS,
                # On EU projects of 2016 firms that look for firms taught labs that do
                # .016 of hit@10 (s.e. .006). Labs that look for labs taught firms that do
                # no more than chance: .005 (.006), and newcomers -.006.
                taught_by=FIRMS,
                asks=(frozenset({OFFER}), frozenset({DESCRIPTION, ENGAGEMENT})),
                evidence=Evidence(
                    kinds=frozenset({NEED, ENGAGEMENT, DESCRIPTION}),
                    needs=frozenset({GoalName.RESEARCH_PARTNER}),
                ),
                layers=frozenset({Layer.COOPERATES_WITH}),
                engagements=frozenset({EngagementKind.RESEARCH_PROJECT, EngagementKind.PATENT}),
                weights=_weights(**_BY_HISTORY),
                quotas=Quotas(other_cluster=0.2, exposure=0.01),
                walk=frozenset({Layer.COOPERATES_WITH, Layer.SHARES_WITH}),
            ),
            Goal(
                name=GoalName.PLATFORM,
                title_zh="找公共服务平台",
                title_en="Public service platforms",
                seekers=EVERY_KIND,
                candidates=frozenset({Kind.PLATFORM, Kind.PUBLIC_BODY}) | LABS,
                asks=(frozenset({NEED}), frozenset({DESCRIPTION, OFFER, ENGAGEMENT})),
                evidence=Evidence(
                    kinds=frozenset({OFFER, DESCRIPTION}),
                    offers=frozenset(
                        {OfferKind.PLATFORM_ACCESS, OfferKind.EQUIPMENT, OfferKind.SERVICE}
                    ),
                ),
                layers=frozenset({Layer.USES}),
                side=Side.TARGET,
                engagements=frozenset(),
                weights=_weights(**{**_BY_EVIDENCE, "nearness": 0.16, "text_lexical": 0.18}),
                walk=frozenset({Layer.USES, Layer.COOPERATES_WITH, Layer.SUPPLIES}),
            ),
            Goal(
                name=GoalName.SHARED_RESOURCE,
                title_zh="找共享设备与产能",
                title_en="Shared equipment and capacity",
                seekers=EVERY_KIND,
                candidates=EVERY_KIND,
                asks=(frozenset({NEED}), frozenset({DESCRIPTION, OFFER, ENGAGEMENT})),
                evidence=Evidence(
                    kinds=frozenset({OFFER}),
                    offers=frozenset(
                        {OfferKind.EQUIPMENT, OfferKind.PLATFORM_ACCESS, OfferKind.SERVICE}
                    ),
                ),
                layers=frozenset({Layer.SHARES_WITH, Layer.USES}),
                engagements=frozenset(),
                weights=_weights(
                    **{**_BY_EVIDENCE, "nearness": 0.12, "same_industry": 0.02, "terms": 0.06}
                ),
                quotas=Quotas(exposure=0.02),
                walk=frozenset({Layer.SHARES_WITH, Layer.USES, Layer.SUPPLIES}),
            ),
            Goal(
                name=GoalName.CROSS_CLUSTER,
                title_zh="跨集群合作",
                title_en="Links to other clusters",
                seekers=EVERY_KIND,
                candidates=EVERY_KIND,
                asks=(frozenset({NEED, OFFER, DESCRIPTION}), frozenset({ENGAGEMENT})),
                evidence=Evidence(kinds=frozenset(StatementKind), needs=frozenset(GoalName)),
                layers=frozenset({Layer.SUPPLIES, Layer.COOPERATES_WITH}),
                engagements=frozenset(EngagementKind),
                weights=_weights(
                    country_affinity=0.10,
                    text_dense=0.30,
                    text_lexical=0.16,
                    pagerank=0.10,
                    three_step=0.06,
                    stages=0.10,
                    other_cluster=0.10,
                    recent_activity=0.08,
                    capacity=0.04,
                    verified=0.03,
                    completed=0.03,
                    competitor=-0.20,
                ),
                quotas=Quotas(place=0.01, exposure=0.02),
                only_other_clusters=True,
            ),
        )
    }
)
