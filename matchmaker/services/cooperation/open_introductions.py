"""The introduction that two organisations have for a goal, as far as each of them knows of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from matchmaker.domain import GoalName, Organization
from matchmaker.errors import WrongState
from matchmaker.services.cooperation.capacity import no_free_slot
from matchmaker.services.cooperation.exclusions import Exclusions
from matchmaker.services.repositories import Repositories, Versioned, pair_id
from matchmaker.services.unit_of_work import Clock, UnitOfWork
from matchmaker.workflow.interactions import OpenPair
from matchmaker.workflow.introduction import Introduction
from matchmaker.workflow.introduction_states import FINAL, Origin, Side

# Requests of one organisation within a day: in all, and to the same one.
MAX_ASKED_A_DAY = 100
MAX_ASKED_ONE_A_DAY = 10
_A_DAY = timedelta(days=1)
# So many are looked at, those that others sent among them.
_NEWEST = 200


@dataclass(frozen=True, slots=True)
class OpenIntroductions:
    """One for two organisations and a goal.

    A second one begins where who asks may not know yet who asked first: a refusal would tell.
    """

    repositories: Repositories
    exclusions: Exclusions
    clock: Clock

    def require_new(
        self,
        goal: GoalName,
        seeker: Organization,
        candidate: Organization,
        side: Side | None,
        *,
        answers: bool = False,
    ) -> None:
        """Raise WrongState for two that have one already, as far as who asks may know, or apart.

        `side` is the one that asks, None where neither does. With `answers` the other side answered
        a call of who asks by its own will, and let the answer stand: what it chose since, untold,
        keeps them from meeting no more than a request that hides a name. It may decline.
        """
        asking, other = (candidate, seeker) if side is Side.CANDIDATE else (seeker, candidate)
        if answers:
            self._require_own_will(asking, other)
            return
        is_known = self._is_known(asking.id, other.id, goal, has_asked=side is not None)
        if is_known or self.exclusions.keeps_apart(asking.id, other.id):
            raise WrongState(
                "These two cannot be introduced for this goal now.",
                mend="Look among your introductions for one that is open.",
            )

    def require_room(
        self, goal: GoalName, seeker: Organization, candidate: Organization, side: Side
    ) -> None:
        """Raise WrongState for two that are kept apart, as where the one that is asked is busy.

        Looked at together with that: nobody learns by what else is wrong with a request that
        somebody named them. `side` is the one that asks; it may not have asked too often today.
        """
        asking, other = (candidate, seeker) if side is Side.CANDIDATE else (seeker, candidate)
        self._require_seldom(asking, other)
        is_apart = self.exclusions.keeps_apart(asking.id, other.id)
        if is_apart and not self._is_known(asking.id, other.id, goal, has_asked=True):
            self._require_own_will(asking, other)
            raise no_free_slot(other)

    def add(self, unit: UnitOfWork, introduction: Introduction) -> None:
        """Have it stand for the two from now on."""
        id = pair_id(introduction.seeker, introduction.candidate, introduction.goal)
        stored = self._stored(introduction.seeker, introduction.candidate, introduction.goal)
        version = stored.version if stored else 0
        unit.add(self.repositories.open_pairs.put(OpenPair(id, introduction.id), version))

    def remove(self, unit: UnitOfWork, introduction: Introduction) -> None:
        """It is over: another one that the two still have stands for them, if there is one."""
        seeker, candidate, goal = introduction.seeker, introduction.candidate, introduction.goal
        stored = self._stored(seeker, candidate, goal)
        if stored is None or stored.value.introduction != introduction.id:
            return
        still_open = self._open(seeker, candidate, goal)
        others = [each.id for each in still_open if each.id != introduction.id]
        pairs = self.repositories.open_pairs
        if others:
            unit.add(pairs.put(OpenPair(stored.value.id, min(others)), stored.version))
        else:
            unit.add(pairs.remove(stored))

    def _require_seldom(self, asking: Organization, other: Organization) -> None:
        """Raise WrongState for who asked often within a day: each is told, and kept.

        What is taken back leaves room to ask again, as often as a program likes.
        """
        page = self.repositories.introductions.page(
            "organization", asking.id, limit=_NEWEST, newest_first=True
        )
        asked = [
            each.value
            for each in page.rows
            if each.value.origin is Origin.MEMBER
            and each.value.organization(each.value.asking_side) == asking.id
            and self.clock() - each.value.created < _A_DAY
        ]
        of_other = sum(other.id in (each.seeker, each.candidate) for each in asked)
        if of_other >= MAX_ASKED_ONE_A_DAY or len(asked) >= MAX_ASKED_A_DAY:
            raise WrongState(
                "Your organisation has asked often enough within a day.", mend="Go on tomorrow."
            )

    def _require_own_will(self, asking: Organization, other: Organization) -> None:
        """Raise WrongState where who asks chose itself not to meet the other."""
        if self.exclusions.excludes(asking.id, other.id):
            raise chosen_apart(other)

    def _is_known(self, first: str, second: str, goal: str, *, has_asked: bool) -> bool:
        """True where the two have one that the first, where it asks, may know of."""
        if self._stored(first, second, goal) is None:
            return False
        return any(
            not has_asked or not each.hides(Side.CANDIDATE if each.seeker == first else Side.SEEKER)
            for each in self._open(first, second, goal)
        )

    def _open(self, first: str, second: str, goal: str) -> list[Introduction]:
        """All that the two have for the goal and that are not over."""
        return [
            each
            for each in self.repositories.introductions.values("organization", first)
            if {each.seeker, each.candidate} == {first, second}
            and each.goal == goal
            and each.state not in FINAL
        ]

    def _stored(self, first: str, second: str, goal: str) -> Versioned[OpenPair] | None:
        return self.repositories.open_pairs.get_or_none(pair_id(first, second, goal))


def chosen_apart(other: Organization) -> WrongState:
    """The refusal of who asks for somebody that its own organisation never wants to meet."""
    return WrongState(
        "Your organisation chose not to meet %(organization)s.",
        mend="Change whom it never wants to meet first.",
        organization=other.name,
    )
