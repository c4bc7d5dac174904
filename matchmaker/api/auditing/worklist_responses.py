"""What answers about a cluster's next steps carry."""

from __future__ import annotations

from pydantic import BaseModel

from matchmaker.api.auditing.responses import BasisOut, NamedOut
from matchmaker.api.http.fields import Outgoing
from matchmaker.domain import GoalName, Kind
from matchmaker.services.auditing.answers import Brief, Party, Suggestion, WhatIf, Worklist


class StandingOut(Outgoing):
    """A network in six figures."""

    fragmentation: float
    compactness: float
    giant_component: float
    isolates: int
    mean_degree: float
    cut_points: int


class PartyOut(Outgoing):
    """An organisation by name."""

    id: str
    name: str
    name_en: str
    kind: Kind

    @classmethod
    def of(cls, party: Party) -> PartyOut:
        return cls.model_validate(party)


class SuggestionOut(BaseModel):
    """A tie to make: who, for what, why it matters, why it is feasible, before and after."""

    asker: PartyOut
    partner: PartyOut
    goal: GoalName
    feasibility: float
    effect: float
    priority: float
    joins: tuple[int, int] | None
    steps_before: int | None
    relieves: list[PartyOut]
    reasons: list[str]
    before: StandingOut
    after: StandingOut

    @classmethod
    def of(cls, one: Suggestion, language: str) -> SuggestionOut:
        item = one.item
        return cls(
            asker=PartyOut.of(one.asker), partner=PartyOut.of(one.partner), goal=one.goal,
            feasibility=one.feasibility, effect=item.effect, priority=item.priority,
            joins=item.joins, steps_before=item.steps_before,
            relieves=[PartyOut.of(party) for party in one.relieves],
            reasons=[why.message.text(language) for why in one.reasons],
            before=StandingOut.model_validate(item.before),
            after=StandingOut.model_validate(item.after),
        )  # fmt: skip


class KeyMemberOut(BaseModel):
    """A member whose leaving would part the network into `pieces`."""

    organization: PartyOut
    pieces: list[int]
    fragmentation_before: float
    fragmentation_after: float


class OptionOut(BaseModel):
    """Who could bring an isolate in, and for what."""

    organization: PartyOut
    goal: GoalName
    feasibility: float


class IsolateOut(BaseModel):
    """A member without a partner."""

    organization: PartyOut
    options: list[OptionOut]


class GatekeeperOut(BaseModel):
    """A member through whom much of what is outside comes in."""

    organization: PartyOut
    pairs: int
    share: float


class CircleOut(BaseModel):
    """Firms that do not compete and could meet regularly."""

    members: list[PartyOut]
    industries: int
    pairs: int
    acquainted: int


class NeedToPoolOut(BaseModel):
    """One need of a brief."""

    organization: PartyOut
    need: str
    text: str


class BriefOut(BaseModel):
    """Needs alike enough for one brief; `labs` could answer a common research need."""

    goal: GoalName
    likeness: float
    needs: list[NeedToPoolOut]
    labs: list[PartyOut]

    @classmethod
    def of(cls, brief: Brief) -> BriefOut:
        needs = [
            NeedToPoolOut(organization=PartyOut.of(who), need=need, text=text)
            for who, need, text in brief.needs
        ]
        labs = [PartyOut.of(lab) for lab, _ in brief.labs]
        return cls(goal=brief.goal, likeness=brief.likeness, needs=needs, labs=labs)


class NearIndustryOut(BaseModel):
    """An industry of another cluster that is near to this one's."""

    name: str
    name_en: str
    density: float


class TieAcrossOut(BaseModel):
    """A tie with another cluster."""

    member: PartyOut
    partner: PartyOut
    feasibility: float


class OpeningOut(BaseModel):
    """Another cluster to open to."""

    cluster: NamedOut
    relatedness: float
    members: int
    ties: int
    nearest: list[NearIndustryOut]
    ties_to_make: list[TieAcrossOut]


class WorklistOut(BaseModel):
    """What to do next."""

    basis: BasisOut
    items: list[SuggestionOut]
    key_members: list[KeyMemberOut]
    isolates: list[IsolateOut]
    gatekeepers: list[GatekeeperOut]
    circles: list[CircleOut]
    briefs: list[BriefOut]
    openings: list[OpeningOut]

    @classmethod
    def of(cls, found: Worklist, language: str) -> WorklistOut:
        return cls(
            basis=BasisOut.of(found.basis),
            items=[SuggestionOut.of(one, language) for one in found.items],
            key_members=[
                KeyMemberOut(
                    organization=PartyOut.of(one.party), pieces=list(one.key.pieces),
                    fragmentation_before=one.key.fragmentation_before,
                    fragmentation_after=one.key.fragmentation_after,
                )
                for one in found.key_members
            ],
            isolates=[
                IsolateOut(
                    organization=PartyOut.of(one.isolate),
                    options=[
                        OptionOut(organization=PartyOut.of(who), goal=goal, feasibility=feasible)
                        for who, goal, feasible in one.options
                    ],
                )
                for one in found.isolates
            ],
            gatekeepers=[
                GatekeeperOut(
                    organization=PartyOut.of(one.party), pairs=one.load.pairs, share=one.load.share
                )
                for one in found.gatekeepers
            ],
            circles=[
                CircleOut(
                    members=[PartyOut.of(member) for member in one.members],
                    industries=one.circle.industries, pairs=one.circle.pairs,
                    acquainted=one.circle.acquainted,
                )
                for one in found.circles
            ],
            briefs=[BriefOut.of(one) for one in found.briefs],
            openings=[
                OpeningOut(
                    cluster=NamedOut(id=one.id, name=one.name, name_en=one.name_en),
                    relatedness=one.opening.relatedness, members=one.opening.members,
                    ties=one.opening.ties,
                    nearest=[
                        NearIndustryOut(name=name, name_en=name_en, density=density)
                        for name, name_en, density in one.industries
                    ],
                    ties_to_make=[
                        TieAcrossOut(
                            member=PartyOut.of(member), partner=PartyOut.of(partner),
                            feasibility=feasible,
                        )
                        for member, partner, feasible in one.ties
                    ],
                )
                for one in found.openings
            ],
        )  # fmt: skip


class WhatIfOut(BaseModel):
    """The network before and after some ties."""

    basis: BasisOut
    ties: int
    before: StandingOut
    after: StandingOut

    @classmethod
    def of(cls, found: WhatIf) -> WhatIfOut:
        return cls(
            basis=BasisOut.of(found.basis), ties=found.ties,
            before=StandingOut.model_validate(found.before),
            after=StandingOut.model_validate(found.after),
        )  # fmt: skip
