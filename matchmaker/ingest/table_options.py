"""Decisions that a person may make on a file of one of our tables before it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from matchmaker.ingest.pair_decisions import PairDecision
from matchmaker.ingest.table_file import FileOptions


@dataclass(frozen=True, slots=True)
class TableOptions:
    """Choices for a table's file; what is blank is judged from the file.

    `table` is one of ours, for a file that is not named for it; `source` names where rows
    come from and begins the ids that have none (default: the file's name). `mapping` leads
    from the file's titles to our columns ("" for none). `defaults` are words for cells that
    are empty, by column; `values` words that a person chose for cells, by column and cell.
    `edits` are cells that a person corrected, by line and title. `decimal` is "." or ",".
    `decisions` are what a person said of its organisations that may be known ones. `names_sheet`:
    several sheets are read together, and what is told of a line says of which.
    """

    table: str = ""
    source: str = ""
    file: FileOptions = field(default_factory=FileOptions)
    mapping: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    edits: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    decimal: str = ""
    day_first: bool | None = None
    decisions: tuple[PairDecision, ...] = ()
    names_sheet: bool = False
