"""Goals that a recommendation can be for: one row each, no branches and no lists elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum

from matchmaker.goal_weights import ACROSS_CLUSTERS, BY_EVIDENCE, BY_HISTORY
from matchmaker.messages import Message
from matchmaker.terms import TERMS
from matchmaker.vocabulary import EngagementKind, Kind, Layer, OfferKind, Role, StatementKind

EVERY_KIND = frozenset(Kind)
LABS = frozenset({Kind.UNIVERSITY, Kind.RESEARCH_INSTITUTE})
FIRMS = frozenset({Kind.FIRM})
# A programme is applied to: it is no offer to trade, share or research with.
ALL_OFFERS = frozenset(OfferKind) - {OfferKind.PROGRAMME}
ALL_ROLES = frozenset(Role)
OFFER, NEED = StatementKind.OFFER, StatementKind.NEED
ENGAGEMENT, DESCRIPTION = StatementKind.ENGAGEMENT, StatementKind.DESCRIPTION
TITLE = "goal"  # the context of titles: some are the same word as a label in English only


class GoalName(StrEnum):
    """The purpose of a recommendation."""

    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    RESEARCH_PARTNER = "research_partner"
    INDUSTRY_PARTNER = "industry_partner"
    PLATFORM = "platform"
    SHARED_RESOURCE = "shared_resource"
    CROSS_CLUSTER = "cross_cluster"
    SUPPORT = "support"


PARTNER_GOALS = frozenset(GoalName) - {GoalName.SUPPORT}


class TieEnd(Enum):
    """The end of a directed tie at which a candidate stands."""

    SOURCE = "source"
    TARGET = "target"
    EITHER = "either"


@dataclass(frozen=True)
class EvidenceRule:
    """Statements of a candidate that can speak for it.

    Offers only of `offers` kinds, needs only for `needs` goals, engagements only
    where the candidate had one of `roles`, descriptions only of `described` organisations.
    `lent`: offers that cost nothing or less than usual count whatever their kind.
    `worth`: what a fit of a kind of statement counts as an answer to words, 1 if not named;
    `lapsed`: what of that a need counts that is no longer open, 0 where such needs are not read.
    `by_needs`: kinds of organisation of which only needs speak.
    """

    kinds: frozenset[StatementKind]
    offers: frozenset[OfferKind] = ALL_OFFERS
    needs: frozenset[GoalName] = frozenset()
    roles: frozenset[Role] = ALL_ROLES
    described: frozenset[Kind] = EVERY_KIND
    lent: bool = False
    worth: tuple[tuple[StatementKind, float], ...] = ()
    lapsed: float = 0.0
    by_needs: frozenset[Kind] = frozenset()

    def worth_of(self, kind: StatementKind) -> float:
        """The worth of a fit of this kind of statement, 1 at most."""
        return dict(self.worth).get(kind, 1.0)


@dataclass(frozen=True)
class Quotas:
    """Limits that the ten are held to besides the score.

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
    """One goal: everything that the other parts need to know of it.

    `label` stands in lists and forms, `title` over what is found where it is not the same,
    both in English.
    `asks` are the seeker's texts to ask with: the first group that it has; `words` is what
    words put as the question are: what one needs, or what one has to give. `evidence` says
    what speaks to a profile, `answering` what answers words (the same where it is not set), and
    `answering_offers` what answers them where they ask for those who need what they name.
    `layers` and
    `engagements` say what makes two organisations partners already; `candidate_end`
    which end of such a tie the candidate is; `walk` over which layers, besides
    engagements, acquaintance spreads. `taught_by` are kinds that look for the same
    candidates for other reasons: it is learned from their questions too. With
    `needs_of_peers`, a seeker without a need asks with those of its industry.

    `reverse` is the goal as a candidate sees the seeker, None where it has no wish of
    its own. With `seeker_gives`, the seeker is the source of the tie that comes of it.
    `pooled` needs of several can be met together; with `pool_names_candidates` the
    brief for them says by whom. `worklist_seekers` are asked for in a cluster's worklist.
    `asked_by` may ask for it besides, though no history is learned of them; `answered_by` may
    answer words besides, each by a need of its own for the same, see `may_answer`.
    `by_conditions`: what is looked for are programmes, one by one, of whoever offers any, and
    the conditions on which they may be applied to are checked.
    """

    name: GoalName
    label: str
    asks: tuple[frozenset[StatementKind], ...]
    evidence: EvidenceRule
    layers: frozenset[Layer]
    title: str = ""
    words: StatementKind = NEED
    answering: EvidenceRule | None = None
    answering_offers: EvidenceRule | None = None
    seekers: frozenset[Kind] = EVERY_KIND
    candidates: frozenset[Kind] = EVERY_KIND
    engagements: frozenset[EngagementKind] = frozenset()
    weights: Mapping[str, float] = field(default_factory=lambda: BY_EVIDENCE)
    quotas: Quotas = field(default_factory=Quotas)
    walk: frozenset[Layer] = frozenset({Layer.SUPPLIES, Layer.COOPERATES_WITH, Layer.SHARES_WITH})
    only_other_clusters: bool = False
    taught_by: frozenset[Kind] = frozenset()
    needs_of_peers: bool = False
    candidate_end: TieEnd = TieEnd.EITHER
    reverse: GoalName | None = None
    seeker_gives: bool = False
    pooled: bool = False
    pool_names_candidates: bool = False
    worklist_seekers: frozenset[Kind] = EVERY_KIND
    by_conditions: bool = False
    asked_by: frozenset[Kind] = frozenset()
    answered_by: frozenset[Kind] = frozenset()

    @property
    def askers(self) -> frozenset[Kind]:
        """Kinds that may ask for it."""
        return self.seekers | self.asked_by

    @property
    def answerers(self) -> frozenset[Kind]:
        """Kinds that may be found for it."""
        return self.candidates | self.answered_by

    def may_answer(self, asker: Kind, candidate: Kind) -> bool:
        """True where one of the candidate's kind may answer the wish of one of the asker's.

        Two that look for the same do not: labs among themselves, and those who call.
        """
        if asker not in self.askers or candidate not in self.answerers:
            return False
        if candidate in self.candidates or asker not in self.answered_by:
            return True
        return (asker in self.seekers) != (candidate in self.seekers)

    @property
    def heading(self) -> Message:
        """Its title, in the reader's language."""
        return Message(self.title or self.label, context=TITLE)

    def rule(self, *, words: StatementKind | None) -> EvidenceRule:
        """The rule of which statements speak to a profile, or to a need or an offer in words."""
        if words is None:
            return self.evidence
        as_offer = self.answering_offers if words is not self.words else None
        return as_offer or self.answering or self.evidence

    @property
    def by_text(self) -> bool:
        """True where texts decide, rather than history."""
        return self.weights.get("text_dense", 0) > self.weights.get("pagerank", 0)


_NEED_FIRST = (frozenset({NEED}), frozenset({DESCRIPTION, ENGAGEMENT, OFFER}))
_OFFER_FIRST = (frozenset({OFFER}), frozenset({DESCRIPTION, ENGAGEMENT}))
_GIVING_STATEMENTS = frozenset({OFFER, ENGAGEMENT, DESCRIPTION})
_ASKING_STATEMENTS = frozenset({NEED, ENGAGEMENT, DESCRIPTION})
_CONTRACTS = frozenset({EngagementKind.CONTRACT})
_RESEARCH = frozenset({EngagementKind.RESEARCH_PROJECT, EngagementKind.PATENT})
_WITHOUT_TRADE = frozenset({Layer.COOPERATES_WITH, Layer.SHARES_WITH})
# Who looked for just this last year is likelier to buy it than who is only of the trade: with such
# needs .96 of customers and all industry partners of the judged needs (tuning half) had a right one
# among the first three, .88 and .89 without; .6 and .8 gave the same.
_LAPSED = 0.7
# What shows who may buy what somebody has.
_BUYING = EvidenceRule(
    _ASKING_STATEMENTS,
    needs=frozenset({GoalName.SUPPLIER, GoalName.CROSS_CLUSTER}),
    roles=frozenset({Role.BUYER}),
    described=FIRMS,
    worth=((ENGAGEMENT, 0.9), (DESCRIPTION, 0.8)),
    lapsed=_LAPSED,
)
# What shows who may use what somebody lends.
_BORROWING = EvidenceRule(
    _ASKING_STATEMENTS,
    needs=frozenset({GoalName.SHARED_RESOURCE, GoalName.PLATFORM, GoalName.SUPPLIER}),
    roles=frozenset({Role.BUYER}),
    described=FIRMS,
    worth=((ENGAGEMENT, 0.9), (DESCRIPTION, 0.8)),
    lapsed=_LAPSED,
)
_CALLERS = frozenset({Kind.PLATFORM, Kind.PUBLIC_BODY})
_SHARED = frozenset({OfferKind.PLATFORM_ACCESS, OfferKind.EQUIPMENT, OfferKind.SERVICE})

_ROWS = (
    Goal(
        name=GoalName.SUPPLIER,
        label="Suppliers",
        seekers=FIRMS,
        candidates=FIRMS,
        asks=(frozenset({NEED}), frozenset({DESCRIPTION}), frozenset({ENGAGEMENT, OFFER})),
        needs_of_peers=True,
        evidence=EvidenceRule(
            _GIVING_STATEMENTS,
            offers=frozenset({OfferKind.PRODUCT, OfferKind.SERVICE}),
            roles=frozenset({Role.SUPPLIER}),
        ),
        # A process or spare capacity is what many a supplier sells, and who looks for customers
        # says what it has. What a house says of
        # itself in general counts less than what it offers: on the judged needs (tuning half)
        # .922 had a right one among the first three, against .914 with both the same.
        answering=EvidenceRule(
            _GIVING_STATEMENTS | {NEED},
            offers=frozenset(
                {OfferKind.PRODUCT, OfferKind.SERVICE, OfferKind.TECHNOLOGY, OfferKind.EQUIPMENT}
            ),
            needs=frozenset({GoalName.CUSTOMER}),
            roles=frozenset({Role.SUPPLIER}),
            worth=((DESCRIPTION, 0.8), (NEED, 0.8)),
        ),
        layers=frozenset({Layer.SUPPLIES}),
        candidate_end=TieEnd.SOURCE,
        engagements=_CONTRACTS,
        quotas=Quotas(place=0.004, exposure=0.02),
        reverse=GoalName.CUSTOMER,
        pooled=True,
    ),
    Goal(
        name=GoalName.CUSTOMER,
        label="Customers",
        words=OFFER,
        seekers=FIRMS,
        candidates=FIRMS | {Kind.PUBLIC_BODY},
        asks=(frozenset({OFFER}), frozenset({DESCRIPTION}), frozenset({ENGAGEMENT})),
        # What an office describes is whom it serves, and not what it buys.
        evidence=EvidenceRule(
            _ASKING_STATEMENTS,
            needs=frozenset({GoalName.SUPPLIER}),
            roles=frozenset({Role.BUYER}),
            described=FIRMS,
        ),
        answering=_BUYING,
        layers=frozenset({Layer.SUPPLIES}),
        candidate_end=TieEnd.TARGET,
        engagements=_CONTRACTS,
        quotas=Quotas(other_cluster=0.2, place=0.004, exposure=0.02),
        reverse=GoalName.SUPPLIER,
        seeker_gives=True,
    ),
    Goal(
        name=GoalName.RESEARCH_PARTNER,
        label="Research partners",
        seekers=FIRMS,
        candidates=LABS,
        asks=_NEED_FIRST,
        evidence=EvidenceRule(
            _GIVING_STATEMENTS, offers=frozenset({OfferKind.TECHNOLOGY, OfferKind.SERVICE})
        ),
        answering=EvidenceRule(
            _GIVING_STATEMENTS | {NEED},
            offers=frozenset({OfferKind.TECHNOLOGY, OfferKind.SERVICE}),
            needs=frozenset({GoalName.INDUSTRY_PARTNER}),
            worth=((NEED, 0.8),),
        ),
        layers=frozenset({Layer.COOPERATES_WITH}),
        engagements=_RESEARCH,
        weights=BY_HISTORY,
        quotas=Quotas(other_cluster=0.2, exposure=0.01),
        walk=_WITHOUT_TRADE,
        reverse=GoalName.INDUSTRY_PARTNER,
        pooled=True,
        pool_names_candidates=True,
    ),
    Goal(
        name=GoalName.INDUSTRY_PARTNER,
        label="Firms for joint research and trials",
        title="Industry partners",
        words=OFFER,
        seekers=LABS,
        candidates=FIRMS,
        # On EU projects of 2016 firms that look for firms taught labs that do
        # .016 of hit@10 (s.e. .006). Labs that look for labs taught firms that do
        # no more than chance: .005 (.006), and newcomers -.006.
        taught_by=FIRMS,
        asks=_OFFER_FIRST,
        evidence=EvidenceRule(_ASKING_STATEMENTS, needs=frozenset({GoalName.RESEARCH_PARTNER})),
        answering=EvidenceRule(  # who makes such things can use what is found out about them
            _ASKING_STATEMENTS | {OFFER},
            roles=ALL_ROLES - {Role.ATTENDEE},  # who heard a talk on it does nothing of the kind
            # Who calls firms to join finds who would, and is found by them.
            needs=frozenset({GoalName.RESEARCH_PARTNER, GoalName.INDUSTRY_PARTNER}),
            worth=((DESCRIPTION, 0.9), (ENGAGEMENT, 0.8)),
            lapsed=_LAPSED,
            by_needs=_CALLERS | LABS,
        ),
        asked_by=FIRMS | _CALLERS,
        answered_by=_CALLERS | LABS,
        layers=frozenset({Layer.COOPERATES_WITH}),
        engagements=_RESEARCH,
        weights=BY_HISTORY,
        quotas=Quotas(other_cluster=0.2, exposure=0.01),
        walk=_WITHOUT_TRADE,
        reverse=GoalName.RESEARCH_PARTNER,
    ),
    Goal(
        name=GoalName.PLATFORM,
        label="Platform",
        title="Public service platforms",
        candidates=frozenset({Kind.PLATFORM, Kind.PUBLIC_BODY}) | LABS,
        asks=_NEED_FIRST,
        evidence=EvidenceRule(frozenset({OFFER, DESCRIPTION}), offers=_SHARED),
        layers=frozenset({Layer.USES}),
        candidate_end=TieEnd.TARGET,
        weights=BY_EVIDENCE | {"nearness": 0.16, "text_lexical": 0.18},
        walk=frozenset({Layer.USES, Layer.COOPERATES_WITH, Layer.SUPPLIES}),
        pooled=True,
        worklist_seekers=FIRMS,  # one platform is no customer of another
    ),
    Goal(
        name=GoalName.SHARED_RESOURCE,
        label="Shared equipment and capacity",
        asks=_NEED_FIRST,
        evidence=EvidenceRule(frozenset({OFFER}), offers=_SHARED),
        answering=EvidenceRule(
            frozenset({OFFER, DESCRIPTION, NEED}),
            offers=_SHARED,
            needs=frozenset({GoalName.INDUSTRY_PARTNER, GoalName.CUSTOMER}),  # what stands idle
            described=frozenset({Kind.PLATFORM, Kind.PUBLIC_BODY}),
            lent=True,
            worth=((NEED, 0.8),),
        ),
        answering_offers=_BORROWING,
        layers=frozenset({Layer.SHARES_WITH, Layer.USES}),
        weights=BY_EVIDENCE | {"nearness": 0.12, "same_industry": 0.02, "terms": 0.06},
        quotas=Quotas(exposure=0.02),
        walk=frozenset({Layer.SHARES_WITH, Layer.USES, Layer.SUPPLIES}),
        pooled=True,
    ),
    Goal(
        name=GoalName.CROSS_CLUSTER,
        label="Partners in other clusters",
        title="Links to other clusters",
        asks=(frozenset({NEED, OFFER, DESCRIPTION}), frozenset({ENGAGEMENT})),
        evidence=EvidenceRule(kinds=frozenset(StatementKind), needs=PARTNER_GOALS),
        answering=EvidenceRule(
            kinds=frozenset(StatementKind),
            needs=PARTNER_GOALS,
            # Who bought a thing does not make it, nor who heard a talk on it.
            roles=ALL_ROLES - {Role.BUYER, Role.ATTENDEE},
            worth=((NEED, 0.8), (ENGAGEMENT, 0.8)),
        ),
        answering_offers=_BUYING,
        layers=frozenset({Layer.SUPPLIES, Layer.COOPERATES_WITH}),
        engagements=frozenset(EngagementKind),
        weights=ACROSS_CLUSTERS,
        quotas=Quotas(place=0.01, exposure=0.02),
        only_other_clusters=True,
        reverse=GoalName.CROSS_CLUSTER,
    ),
    Goal(
        name=GoalName.SUPPORT,
        label="Policies and programmes",
        title="Policies, grants and public programmes",
        seekers=EVERY_KIND - {Kind.PUBLIC_BODY},
        asks=_NEED_FIRST,
        evidence=EvidenceRule(frozenset({OFFER}), offers=frozenset({OfferKind.PROGRAMME})),
        # Nobody becomes a partner by it: one programme of an office speaks against no other.
        layers=frozenset(),
        weights={"conditions": 0.6, "text_dense": 0.24, "text_lexical": 0.16},
        worklist_seekers=frozenset(),
        by_conditions=True,
    ),
)
GOALS: Mapping[GoalName, Goal] = {goal.name: goal for goal in _ROWS}

TERMS.update({goal.name: goal.label for goal in _ROWS})
