"""Two needs beside each other: who lacks the same, or something else, offers nothing of it."""

from __future__ import annotations

from dataclasses import replace

from matchmaker.goals import GoalName
from matchmaker.messages import message
from matchmaker.recommend.own_names import BOUGHT
from matchmaker.recommend.specification import (
    SUBJECT_KINDS,
    Comparison,
    Fulfilment,
    RequirementKind,
    Specification,
    compare,
)
from matchmaker.regex import regex

_WORK = frozenset({RequirementKind.PROCESS})
# 把试飞场连上传感器集群: who has a thing to bring together with others.
_BROUGHT = regex(
    r"把[^,，;；。]{1,16}(?:连|接|带|放|开放|介绍)|"
    r"\b(?:bring|open|connect|link) (?:our|the)\b"
)


def also_lacking(
    asked: Specification, says: Specification, goal: GoalName | None
) -> Comparison | None:
    """Two needs: who lacks something else, or buys the same, offers nothing of what is asked for.

    Who wants to do the same together with others is asked for it, too; who looks elsewhere for
    makers of the same thing looks for them, too.
    """
    if goal in BOUGHT:
        return Comparison(whole=True)
    compared = compare(asked, says)
    if compared.aside or compared.names_nothing:
        return Comparison(whole=True)
    if goal is not GoalName.CROSS_CLUSTER or _BROUGHT.search(says.text):
        return None
    note = message("they look for it, too")
    sought = tuple(
        replace(judged, verdict=Fulfilment.UNMET, note=note)
        for judged in compared.met
        if judged.requirement.kind in SUBJECT_KINDS - _WORK and not judged.requirement.denied
    )
    return Comparison(sought) if sought else None
