"""Programmes that somebody may apply to: by the words asked and by the conditions met.

Those that answer the words come first; among these, and among the others, those of which no
condition is not met. What stands alike is in order of score.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import numpy as np

from matchmaker.recommend.answers import answering_statements
from matchmaker.recommend.conditions import UNMET, Programme, checks, open_programmes, share_met
from matchmaker.recommend.model import ProgrammeFit, Seeker
from matchmaker.recommend.pairs import Pairs
from matchmaker.regex import regex
from matchmaker.snapshot.model import BoolArray, FloatArray, Snapshot

# Parts of a score: of the words where they were asked, and of the profile where not.
WORDS, PROFILE = 0.6, 0.25
# Words with which support of whatever kind is asked for: they name none of it.
_IN_GENERAL = regex(
    r"政策|补贴|补助|资助|扶持|奖补|奖励|资金|项目|惠企|优惠|支持|计划|申报|申请|享受|符合|条件|领取|"
    r"有哪些|有什么|哪些|哪个|什么|怎么|可以|能够|能不能|能否|能|可|请问|想|要|有没有|有|我们|我|咱们|"
    r"公司|企业|单位|本|贵|的|吗|呢|了|到|得|是|给|对|和|与|或|及|政府|"
    r"\b(?:what|which|is|are|there|any|the|a|an|of|for|to|in|on|us|we|our|my|i|me|you|can|could|may|"
    r"do|does|get|have|find|apply|applied|eligible|available|support|supports|subsid(?:y|ies)|"
    r"grants?|fund(?:s|ing)?|polic(?:y|ies)|programmes?|programs?|schemes?|aid|public|government|"
    r"compan(?:y|ies)|firms?|business(?:es)?|and|or|with|please|kinds?|sort|money)\b",
    re.IGNORECASE,
)


def asks_in_general(text: str) -> bool:
    """Tell whether words ask for support of any kind: they name nothing to compare."""
    return not any(character.isalnum() for character in _IN_GENERAL.sub(" ", text))


def without_general_questions(seeker: Seeker) -> Seeker:
    """The seeker without questions that ask in general: then its profile asks."""
    kept = [text for text in seeker.texts if not (text.is_question and asks_in_general(text.text))]
    return replace(seeker, texts=tuple(kept))


def best_programmes(pairs: Pairs, allowed: BoolArray, limit: int) -> tuple[ProgrammeFit, ...]:
    """At most `limit` open programmes of the organisations `allowed` (N,), best fit first."""
    snapshot, seeker = pairs.snapshot, pairs.seeker
    programmes = [each for each in open_programmes(snapshot) if allowed[each.organization]]
    if not programmes:
        return ()
    statements = np.array([each.statement for each in programmes], dtype=np.int32)
    questions = tuple(text for text in seeker.texts if text.is_question)
    fits: FloatArray = pairs.fit.blended_of(statements)
    answers: list[bool | None] = [None] * len(programmes)
    if questions:
        answers = list(answering_statements(snapshot, pairs.fit, questions, statements).tolist())
    weight = WORDS if questions else PROFILE
    ranked = [
        _fit(snapshot, seeker, programme, float(fit), weight, answer)
        for programme, fit, answer in zip(programmes, fits, answers, strict=True)
    ]
    ranked.sort(
        key=lambda each: (each.answers is False, each.count(UNMET) > 0, -each.score, each.id)
    )
    return tuple(ranked[:limit])


def programmes_by_conditions(snapshot: Snapshot, seeker: Seeker) -> tuple[ProgrammeFit, ...]:
    """Every open programme of who can be met, those first of which most is met, then by deadline.

    Nobody asks here: what its text says counts for nothing.
    """
    offered = [
        each
        for each in open_programmes(snapshot)
        if snapshot.organizations.open_to_meet[each.organization]
    ]
    fits = [_fit(snapshot, seeker, each, 0.0, 0.0, None) for each in offered]
    return tuple(
        sorted(
            fits,
            key=lambda each: (
                each.count(UNMET) > 0, -each.score, each.deadline or date.max, each.id,
            ),
        )
    )  # fmt: skip


def _fit(
    snapshot: Snapshot,
    seeker: Seeker,
    programme: Programme,
    fit: float,
    weight: float,
    answers: bool | None,
) -> ProgrammeFit:
    checked = checks(snapshot, seeker, programme)
    return ProgrammeFit(
        programme.id,
        snapshot.id_of(programme.organization),
        snapshot.name_of(programme.organization),
        snapshot.english_name_of(programme.organization),
        str(snapshot.statements.table["text"][programme.statement].as_py()),
        programme.amount,
        programme.url,
        programme.opens,
        programme.deadline,
        checked,
        weight * fit + (1 - weight) * share_met(checked),
        fit,
        answers,
    )
