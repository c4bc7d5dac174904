"""The goal that finds whom a question names, where the one that was asked for does not."""

from __future__ import annotations

from matchmaker.domain import GoalName, Kind
from matchmaker.goals import GOALS, LABS
from matchmaker.messages import Message, message
from matchmaker.recommend.specification import asks_for_labs

_FINDING_LABS = (GoalName.RESEARCH_PARTNER, GoalName.CROSS_CLUSTER)


def better_goal(goal: GoalName, text: str, asker: Kind | None) -> GoalName | None:
    """Another goal under which labs are found that a text asks for by name.

    None where the goal finds labs, or none is asked for.
    """
    if not LABS.isdisjoint(GOALS[goal].candidates) or not asks_for_labs(text):
        return None
    return next(
        (name for name in _FINDING_LABS if asker is None or asker in GOALS[name].askers), None
    )


def better_goal_notice(goal: GoalName | None, text: str, asker: Kind | None) -> tuple[Message, ...]:
    """What to say of it; nothing where the goal is right."""
    better = better_goal(goal, text, asker) if goal else None
    if better is None:
        return ()
    return (
        message(
            "Labs are asked for by name, and here firms are found. They are found under: %(goal)s",
            goal=GOALS[better].heading,
        ),
    )
