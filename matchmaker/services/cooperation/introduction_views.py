"""What each side may see of an introduction: names after terms, contacts after both agreed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from matchmaker.domain import GoalName, Kind, Organization
from matchmaker.workflow.account import Account
from matchmaker.workflow.introduction import (
    Action,
    Introduction,
    Origin,
    Outcome,
    Side,
    State,
)


@dataclass(frozen=True, slots=True)
class Counterpart:
    """One of the two; id and names are empty while it is hidden."""

    id: str
    name: str
    name_en: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who agreed for their organisation."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach the other side."""

    text: str
    website: str
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class SeenStep:
    """One thing that was done, without the person's id."""

    action: Action
    state: State
    at: datetime
    side: Side | None
    reason: str


@dataclass(frozen=True, slots=True)
class IntroductionView:
    """An introduction as one side, or a coordinator (`side` None), may see it."""

    id: str
    version: int
    goal: GoalName
    state: State
    origin: Origin
    side: Side | None
    asking: Side
    seeker: Counterpart
    candidate: Counterpart
    created: datetime
    expires: datetime
    message: str
    terms: str
    need: str
    cluster: str
    batch: str
    accepted: tuple[Side, ...]
    awaited: tuple[Side, ...]
    allowed: tuple[Action, ...]
    reported_by: Side | None
    outcome: Outcome | None
    satisfaction: int | None  # one's own
    steps: tuple[SeenStep, ...]
    contact: Contact | None

    @property
    def other(self) -> Counterpart:
        """Who is on the other side; for a coordinator the candidate."""
        return self.seeker if self.side is Side.CANDIDATE else self.candidate


def view_of(
    introduction: Introduction,
    version: int,
    side: Side | None,
    organizations: dict[str, Organization],
    people: Iterable[Account] = (),
) -> IntroductionView:
    """The introduction for the eyes of a side. `people` are those who accepted for the other."""
    one = introduction
    hides = side is not None and one.hides(side.other)
    return IntroductionView(
        id=one.id,
        version=version,
        goal=one.goal,
        state=one.state,
        origin=one.origin,
        side=side,
        asking=one.asking,
        seeker=_counterpart(one, Side.SEEKER, organizations, hides and side is not Side.SEEKER),
        candidate=_counterpart(
            one, Side.CANDIDATE, organizations, hides and side is not Side.CANDIDATE
        ),
        created=one.created,
        expires=one.expires,
        message="" if hides else one.message,
        terms=one.terms,
        need="" if hides else one.need,
        cluster="" if hides else one.cluster,
        batch=one.batch if side is None else "",
        accepted=tuple(sorted(one.accepted)),
        awaited=one.awaited,
        allowed=one.allowed(side),
        reported_by=one.reported_by,
        outcome=one.outcome,
        satisfaction=dict(one.satisfaction).get(side) if side else None,
        steps=tuple(
            SeenStep(step.action, step.state, step.at, step.side, step.reason) for step in one.steps
        ),
        contact=_contact(one, side, organizations, people),
    )


def _counterpart(
    introduction: Introduction, side: Side, organizations: dict[str, Organization], hidden: bool
) -> Counterpart:
    identity = introduction.organization(side)
    found = organizations.get(identity)
    if found is None:
        return Counterpart("" if hidden else identity, "", "", Kind.FIRM)
    if hidden:
        return Counterpart("", "", "", found.kind)
    return Counterpart(found.id, found.name, found.name_en, found.kind)


def _contact(
    introduction: Introduction,
    side: Side | None,
    organizations: dict[str, Organization],
    people: Iterable[Account],
) -> Contact | None:
    if side is None or not introduction.has_open_contact:
        return None
    other = organizations.get(introduction.organization(side.other))
    if other is None:
        return None
    persons = tuple(Person(one.name, one.email) for one in people)
    return Contact(other.contact, other.website, persons)
