"""Stages of the value chain by what was ticked, else by what the words name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matchmaker.domain import Stage, Statement, StatementKind
from matchmaker.snapshot.model import STATEMENT_KINDS, Incidence, IntArray, Statements, stage_bits
from matchmaker.stages import read_stages

_SAYING_WHAT_IT_DOES = (StatementKind.DESCRIPTION, StatementKind.OFFER)


def statement_stages(
    spoken: Sequence[Statement], ticked: Sequence[Sequence[Stage] | None]
) -> IntArray:
    """Stages of each statement: as ticked, else as its words name; none for an engagement."""
    stages = np.zeros(len(spoken), dtype=np.int32)
    for number, (statement, stated) in enumerate(zip(spoken, ticked, strict=True)):
        if stated:
            stages[number] = stage_bits(stated)
        elif statement.kind is not StatementKind.ENGAGEMENT:
            is_need = statement.kind is StatementKind.NEED
            reading = read_stages(statement.text, is_need=is_need)
            stages[number] = stage_bits(reading.sought if is_need else reading.held)
    return stages


def stages_named(statements: Statements, speakers: Incidence, count: int) -> IntArray:
    """Stages that the descriptions and standing offers of each organisation name, (count,)."""
    kinds = [STATEMENT_KINDS.index(kind) for kind in _SAYING_WHAT_IT_DOES]
    usable = np.isin(statements.kind, kinds) & statements.active
    statement = np.repeat(np.arange(len(usable)), np.diff(speakers.indptr))
    chosen = usable[statement]
    stages = np.zeros(count, dtype=np.int32)
    np.bitwise_or.at(stages, speakers.indices[chosen], statements.stages[statement[chosen]])
    return stages
